// Package people reads a list of the people and teams of a council, and of the cases that a
// reorganisation moves, and finds what of it the record does not hold yet.
//
// A file is CSV with a line of column names, or JSON lines; its fields have the names that they have in
// events (docs/people.md). What differs from the record becomes events; what agrees becomes nothing, so
// that the same file twice changes nothing. What a row leaves empty stays as the record has it.
//
// The package is pure. No fault repeats a name or an address: it says where they stand.
package people
