package program

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
)

// NewLogger returns the log of a program that runs until it is stopped: lines for a person on a terminal, and JSON
// everywhere else. set is LONGSTOP_LOG_LEVEL; info where it is empty.
func NewLogger(out *os.File, set string) (zerolog.Logger, error) {
	level, err := Level(set, zerolog.InfoLevel)
	if err != nil {
		return zerolog.Nop(), err
	}
	log := zerolog.New(out)
	if isatty.IsTerminal(out.Fd()) {
		log = zerolog.New(zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly})
	}
	return log.Level(level).With().Timestamp().Logger(), nil
}

// Code writes what ended a program that runs until it is stopped, and returns its exit code; nil is no failure. Nothing
// is handed in that could be refused: what is not wrong usage is a failure, after which it is started again.
func Code(w io.Writer, name string, err error) int {
	if err == nil {
		return Done
	}
	fmt.Fprintf(w, "%s: %v\n", name, err)
	var usage *UsageError
	if errors.As(err, &usage) {
		return Misused
	}
	return Failed
}
