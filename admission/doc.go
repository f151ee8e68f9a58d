// Package admission decides what becomes of events that are handed in to the record: which are
// accepted, known or refused, which inferred events give way to them, and what to warn of. It is
// pure: the record locks the case, hands in what it holds, and writes what is accepted.
//
// The order in which events are handed in makes no difference, so what corrects or voids another is
// judged after it, and what acts on duties after what opens them.
package admission
