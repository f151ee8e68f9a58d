package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
)

// newLogger writes lines for a person on a terminal, and JSON everywhere else.
func newLogger(out *os.File, level string) (zerolog.Logger, error) {
	parsed, err := zerolog.ParseLevel(strings.ToLower(level))
	if err != nil {
		return zerolog.Nop(), &usageError{fmt.Errorf("LONGSTOP_LOG_LEVEL: %q is no level: debug, info, warn or error; for example LONGSTOP_LOG_LEVEL=debug", level)}
	}
	log := zerolog.New(out)
	if isatty.IsTerminal(out.Fd()) {
		log = zerolog.New(zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly})
	}
	return log.Level(parsed).With().Timestamp().Logger(), nil
}
