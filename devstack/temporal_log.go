package main

import (
	"errors"
	"fmt"
	"os"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
	"go.uber.org/zap"
)

// temporalLogger writes what the server says into a file, from warnings up: on the terminal it would drown our own
// few lines.
//
// The server's own logger ends the process at a fatal message, which would leave Postgres and the UI as they are. This
// one reports the message, and the stack is stopped in order.
type temporalLogger struct {
	log.Logger
	path  string
	fatal chan<- error
}

// newTemporalLogger keeps the file of the run before as temporal.log.1 and begins a new one.
func newTemporalLogger(path string, fatal chan<- error) (log.Logger, error) {
	if exists(path) {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("cannot keep the last log: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) // made here for its mode; zap would let all read it
	if err != nil {
		return nil, fmt.Errorf("cannot write Temporal's log: %w", err)
	}
	ignore(file.Close())
	lines := log.BuildZapLogger(log.Config{Level: "warn", Format: "console", OutputFile: path}).
		WithOptions(zap.AddStacktrace(zap.PanicLevel)) // forty lines of the server's insides for each error hide the errors
	return temporalLogger{Logger: log.NewZapLogger(lines), path: path, fatal: fatal}, nil
}

// Fatal never returns, as its callers expect.
func (l temporalLogger) Fatal(msg string, tags ...tag.Tag) {
	l.Error(msg, tags...)
	for _, t := range tags {
		if t.Key() == "error" {
			msg = fmt.Sprintf("%s: %v", msg, t.Value())
		}
	}
	select {
	case l.fatal <- &partError{"Temporal server", l.path, errors.New("it gave up: " + msg)}:
	default: // one such message is enough
	}
	select {}
}
