package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"longstop/internal/casetime"
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

// When progress is first shown, and how often after that.
const (
	progressAfter = 2 * time.Second
	progressEvery = 200 * time.Millisecond
)

// progress counts work that is done, and shows it on a terminal once it takes more than
// two seconds. It is safe for concurrent use.
type progress struct {
	mu    sync.Mutex
	out   io.Writer // nil where nothing is shown
	now   func() time.Time
	what  string // "cases folded"
	total int    // 0: not known
	done  int
	next  time.Time
	shown bool
}

// progress starts counting.
func (a *app) progress(what string, total int) *progress {
	p := &progress{now: a.wall, what: what, total: total, next: a.wall().Add(progressAfter)}
	if a.terminal {
		p.out = a.err
	}
	return p
}

// step counts one more.
func (p *progress) step() { p.Add(1) }

// Add counts n more.
func (p *progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	p.show()
}

// Set says how many of how many are done.
func (p *progress) Set(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	p.show()
}

// show writes the line where it is time to; the lock is held.
func (p *progress) show() {
	now := p.now()
	if p.out == nil || now.Before(p.next) {
		return
	}
	p.next, p.shown = now.Add(progressEvery), true
	fmt.Fprintf(p.out, "\r%s", p.line())
}

func (p *progress) line() string {
	if p.total > 0 {
		return fmt.Sprintf("%d of %d %s", p.done, p.total, p.what)
	}
	return fmt.Sprintf("%d %s", p.done, p.what)
}

// End takes the line away.
func (p *progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
