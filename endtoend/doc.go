// Package endtoend holds no code. Its tests run the real programs (bin/worker, bin/starter, bin/web)
// against real servers: Postgres, Temporal and a mail server. They end them at the worst
// moments, and look at what is left in the record, in Temporal and in the mailboxes.
//
// `make test` names the development stack in LONGSTOP_DEVSTACK; without it the tests are
// skipped. The programs are built from the source unless LONGSTOP_WORKER, LONGSTOP_STARTER and
// LONGSTOP_WEB name them.
package endtoend
