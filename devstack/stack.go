package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/rs/zerolog"
	temporallog "go.temporal.io/server/common/log"
)

// stack is everything that runs, and how to end it.
type stack struct {
	options     *upCommand
	envFiles    []string
	given       string // the URL of a database that a person gave, or nothing
	dir         stackDir
	log         zerolog.Logger
	temporalLog temporallog.Logger
	lastPorts   ports
	ports       ports
	database    database
	postgres    *postgres // nil when a person gave a database
	failed      chan error
	stops       []namedStop // in the order of the starts

	mu    sync.Mutex
	ready bool // the env file is there
}

// namedStop ends one part.
type namedStop struct {
	part string
	stop func() error
}

// start brings up one part after the other. Each is ready before the next begins.
func (s *stack) start(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	if err := s.prepare(); err != nil {
		return err
	}
	parts := []struct {
		name, log string
		start     func(context.Context) error
	}{
		{"Postgres", s.dir.postgresLog(), s.startDatabase},
		{"Temporal's database schema", s.dir.temporalLog(), s.prepareSchemas},
		{"Temporal server", s.dir.temporalLog(), s.startTemporal},
		{"Temporal namespaces", s.dir.temporalLog(), s.registerNamespaces},
		{"Temporal UI", s.dir.temporalLog(), s.startUI},
	}
	for _, part := range parts {
		if err := part.start(ctx); err != nil {
			return s.startFailed(part.name, part.log, err)
		}
	}
	return nil
}

// prepare finds what the start needs; it starts nothing.
func (s *stack) prepare() (err error) {
	if s.lastPorts, err = loadPorts(s.dir); err != nil {
		s.log.Warn().Err(err).Msg("starting without what the last start left")
	}
	if s.given != "" && !isOwnDatabase(s.dir, s.given) && !isLeftFromOwn(s.dir, s.given) {
		s.database, err = givenDatabase(s.given)
	} else {
		s.postgres, err = openPostgres(s.dir, s.log)
	}
	if err != nil {
		return err
	}
	s.temporalLog, err = newTemporalLogger(s.dir.temporalLog(), s.failed)
	return err
}

// startFailed says which part failed, and where to read more.
func (s *stack) startFailed(part, log string, err error) error {
	var elsewhere *partError
	if errors.As(err, &elsewhere) { // another part gave up while this one was starting
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("not ready within %s (--timeout): %w", s.options.Timeout, err)
	}
	if !hasContent(log) {
		log = ""
	}
	return &partError{part, log, err}
}

func hasContent(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

// stop ends the parts in the reverse order of their starts: nobody loses what it stands on. Each has its own limit.
func (s *stack) stop() {
	s.mu.Lock()
	if s.ready {
		s.ready = false
		for _, path := range s.envFiles {
			if err := removeIfPresent(path); err != nil {
				s.log.Warn().Err(err).Msg("the settings are no longer true")
			}
		}
	}
	s.mu.Unlock()
	for _, part := range slices.Backward(s.stops) {
		if err := part.stop(); err != nil {
			s.log.Error().Err(err).Msg(part.part + " did not stop cleanly")
		}
	}
	if len(s.stops) > 0 {
		s.log.Info().Msg("stopped")
	}
}
