// Package pgtest gives each test a database of its own in a real Postgres.
//
// It uses the server that LONGSTOP_TEST_DATABASE_URL names (a user that may create
// databases and roles), or else starts one for the test binary from the machine's own Postgres
// programs. That server ends, and its files go, with the test binary, however that ends:
// it is run by a shell that waits for the binary to close a pipe. Where there is no
// Postgres the test fails and says what to install.
//
// A migrated template makes a new database cost some tens of milliseconds. Nothing here is
// made to last: the server does not sync to disk.
//
// Stores are opened with the rights that deploy/roles.sql and store/grants.sql give to the
// programs, so that every test of the store is a test of these too. A new table is out of
// reach until store/grants.sql names it.
package pgtest
