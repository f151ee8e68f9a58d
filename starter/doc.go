// Command starter is Longstop's command line: the due dates, plans and notices of a file
// of events without any service, and the record and its clocks with them.
//
// Each command stands in a file of its own. docs/commands.md is the reference; what
// scripts rely on is the exit codes (see exit.go) and the JSON of --json.
package main
