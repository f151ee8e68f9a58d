package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
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

// table writes rows of cells under headings, in columns two spaces apart.
func (a *app) table(indent string, rows ...[]string) error {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		line := indent
		for i, cell := range row {
			if i > 0 {
				line += "\t"
			}
			line += cell
		}
		fmt.Fprintln(w, line)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		a.printf("%s\n", strings.TrimRight(line, " \n"))
	}
	return nil
}
