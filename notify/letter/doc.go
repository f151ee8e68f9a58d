// Package letter puts into English what a notice says to the person who gets it: a letter
// about one duty, several of one case in one letter, or the list of a first load.
//
// It knows nothing of cases, the record or Temporal: a field of a letter is plain text, a
// date as text, or a number. Nothing in here reads a clock.
//
// Privacy: a letter names a case by its source's reference and never holds a name. A
// subject holds no case reference: it names the notice.
package letter
