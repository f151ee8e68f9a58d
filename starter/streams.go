package main

import (
	"io"
	"os"
	"time"

	"longstop/internal/casetime"
)

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

// isTerminal says whether a file is a character device: a terminal, or a sink where
// showing progress does no harm.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
