// Package organisation knows who works in a council, in which team and at which level, who manages
// them, who covers for them and who does what in a case, and finds from that who is told. It is pure: a
// Directory is folded from staff events, a Case from a case's events, and everything else is asked of
// the two and a day.
//
// # Post, level, qualification, part
//
// Four things that are easily taken for one. A post is what somebody is called in the council, free
// text, and is shown to people. A level (timescale.Role) is where they stand on the ladder by which
// a step is told. A qualification is what they are by training. A part is what they do in one case: the
// same social worker holds one case and is a co-worker in another.
//
// # Whose chain
//
// Who is told after the worker, and in which order, is a team's own data: its chain, from the manager nearest to the work up. A
// level that a chain lacks is no vacancy; the step goes to the next level that it has. A team recorded
// with the four fields team_manager to director, as releases before had it, has all four levels.
//
// Staff references are the council's own and name nobody. Names and addresses stay in a
// Directory: no error or refusal of this package repeats them.
package organisation
