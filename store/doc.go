// Package store keeps the record in Postgres: what happened in the cases, what is owed
// because of it, who was told, and which nudges still wait for their workflows.
//
// How it hangs together:
//
//   - Whatever changes a case locks its row first, then reads Postgres' clock, then writes: so
//     what is recorded in a case is recorded in one order, and a plan is never older than
//     the events it was made from. Several cases are locked in the order of their keys.
//   - Events, staff events and laws are only ever added; the database refuses anything else.
//   - The programs run with the rights of grants.sql. What is evidence of what they did they
//     cannot write: triggers keep the history of notices (notice_log) and the audit.
//   - What depends on today is never stored. Duties hold facts, pathways hold when to wake.
//   - The revision of a case rises with everything that changes a plan. A pathway's row
//     holds the revision at which it last changed, and a workflow believes the higher one.
//     The epoch stands before the revision: Rebuild raises it, for a record that was
//     restored and whose revisions have gone back. It is read after the cases are locked.
//   - A nudge is written to the outbox in the transaction that causes it. Sending it at
//     once is a shortcut; SweepOutbox sends what was kept back.
//   - A notice is claimed before it is sent: see claim.go.
//   - A case that cannot be worked out is put aside and holds up no other: see fault.go.
//     Nor does a case that somebody keeps locked: see connection.go, casefile.go and
//     replan.go.
//   - Once Postgres answers that it cannot work (a standby, a full disk, a shutdown), every
//     connection is made again: see connection.go, also for what such an answer means.
//
// There are two times. Case time, from Options.Clock, is when things happen, are recorded,
// become due and are told. Wall time is for leases and delays: outbox.next_at,
// notices.sending_until. Both come from Postgres' clock, read once the locks are held
// (store.go). A program whose own clock differs begins nothing, and what was recorded in the
// database's future is put aside (fault.go).
//
// Privacy: no error, log line or nudge of this package holds a name, a source's reference
// of a case, or an id that a source gave. Refusals do hold the id of the event that was
// handed in, and Recorded.NotTried the references; they go back to who handed them in.
package store
