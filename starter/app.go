package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"longstop/internal/casetime"
	"longstop/report"
)

// app is what every command runs with.
type app struct {
	streams
	ctx     context.Context
	direct  io.Writer // standard output without its buffer, for a command that speaks while it runs
	command string    // its name, without its arguments

	saidFailed bool // the command's own JSON says that it failed
}

// now is the present case instant, by this machine.
func (a *app) now() time.Time { return a.clock.Case(a.wall()) }

// printf writes to standard output, which is buffered: its error comes back when the
// program ends.
func (a *app) printf(format string, args ...any) {
	fmt.Fprintf(a.out, format, args...)
}

// say writes one line to standard error.
func (a *app) say(line string) {
	fmt.Fprintln(a.err, line)
}

// printJSON writes one JSON value on a line of its own.
func (a *app) printJSON(v any) error { return writeJSON(a.out, v) }

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printLines writes each row as JSON on a line of its own.
func printLines[Row any](a *app, rows []Row) error {
	for i := range rows {
		if err := a.printJSON(rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// page is standard output for answers, with what to type next.
func (a *app) page() *report.Page { return report.New(a.out, nextSteps) }

// printAnswer writes an answer: one JSON object, or text for people.
func printAnswer[T any](a *app, x T, asJSON bool, print func(*report.Page, T) error) error {
	if asJSON {
		return a.printJSON(x)
	}
	return print(a.page(), x)
}

// printRows writes rows that a use case returned: one JSON object a line, or a table.
func printRows[Row any](a *app, rows []Row, err error, asJSON bool, print func(*report.Page, []Row) error) error {
	switch {
	case err != nil:
		return err
	case asJSON:
		return printLines(a, rows)
	default:
		return print(a.page(), rows)
	}
}

// streams is where a command reads and writes, and the clock that it goes by.
type streams struct {
	in       io.Reader
	out, err io.Writer
	terminal bool             // err is a terminal: progress may be shown on it
	wall     func() time.Time // the wall clock, for progress and for what Temporal says
	clock    casetime.Clock   // case time, unless another clock is set
	getenv   func(string) string
}

func processStreams() streams {
	return streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isTerminal(os.Stderr), wall: casetime.WallNow, clock: casetime.Real(), getenv: os.Getenv}
}

// isTerminal reports whether a file is a character device: a terminal, or a sink where
// showing progress does no harm.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress shows progress on a terminal.
func (a *app) progress(what string, total int) *report.Progress {
	var out io.Writer
	if a.terminal {
		out = a.err
	}
	return report.NewProgress(out, a.wall, what, total)
}
