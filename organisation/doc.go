// Package organisation knows who works in a council, in which team and role, who manages them and
// who covers for them, and finds from that who is told. It is pure: a Directory is folded
// from staff events, and everything else is asked of a directory, a case's allocation and a day.
//
// Staff references are the council's own and name nobody. Names and addresses stay in a
// Directory: no error or refusal of this package repeats them.
package organisation
