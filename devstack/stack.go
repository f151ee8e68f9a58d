package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

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

// startDatabase starts the stack's own Postgres, or connects to the one that was given.
func (s *stack) startDatabase(ctx context.Context) error {
	if s.postgres == nil {
		if err := s.choosePorts(); err != nil {
			return err
		}
		return givenDatabaseFailed(s.database.create(ctx, s.database.name()))
	}
	if err := s.runPostgres(ctx); err != nil {
		return err
	}
	s.database = s.postgres.database()
	return s.database.create(ctx, recordDatabase)
}

// givenDatabaseFailed says where the address came from: a shell may have read it from the env file of another stack, or
// long ago.
func givenDatabaseFailed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w; that address is in %s, which says that Postgres runs already: start that one, or unset the "+
		"variable (`unset %[2]s`) and the stack starts one of its own", err, envDatabaseURL)
}

// runPostgres takes over a Postgres that was left running, or starts one, and from then on watches over it.
func (s *stack) runPostgres(ctx context.Context) error {
	adopted, err := s.postgres.adopt(ctx)
	if err != nil {
		return err
	}
	if adopted && s.options.PostgresPort != 0 && s.options.PostgresPort != s.postgres.port {
		s.log.Info().Int("from", s.postgres.port).Int("to", s.options.PostgresPort).Msg("Postgres changes its port")
		if err := stopProcess(s.postgres.current()); err != nil {
			return err
		}
		adopted = false
	}
	s.ports.Postgres = 0
	if adopted {
		s.ports.Postgres = s.postgres.port
	}
	if err := s.choosePorts(); err != nil {
		return err
	}
	if s.postgres.port = s.ports.Postgres; !adopted {
		if err := s.postgres.firstStart(ctx); err != nil {
			return err
		}
	}
	s.watchPostgres(ctx)
	return nil
}

// watchPostgres begins to supervise, and arranges for Postgres's stop.
func (s *stack) watchPostgres(started context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(started)) // the start has a time limit, this has none
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.postgres.supervise(ctx, s.postgresRestarted); err != nil {
			s.failed <- &partError{"Postgres", s.dir.postgresLog(), err}
		}
	}()
	s.stops = append(s.stops, namedStop{"Postgres", func() error {
		cancel()
		<-ended
		return stopProcess(s.postgres.current())
	}})
}

// choosePorts fills in the ports that are not yet decided, and remembers them for the next start.
func (s *stack) choosePorts() (err error) {
	c := newPortChooser(s.options.EphemeralPorts)
	o, last := s.options, s.lastPorts
	if s.ports.Postgres != 0 {
		c.take(s.ports.Postgres)
	} else if s.postgres != nil {
		if s.ports.Postgres, err = c.forPart("Postgres", "postgres-port", o.PostgresPort, last.Postgres, defaultPostgresPort); err != nil {
			return err
		}
	}
	if s.ports.Temporal, err = c.forPart("Temporal", "temporal-port", o.TemporalPort, last.Temporal, defaultTemporalPort); err != nil {
		return err
	}
	if s.ports.UI, err = c.forPart("Temporal UI", "ui-port", o.UIPort, last.UI, defaultUIPort); err != nil {
		return err
	}
	for _, inner := range []struct {
		port *int
		last int
	}{
		{&s.ports.HTTP, last.HTTP},
		{&s.ports.History, last.History},
		{&s.ports.Matching, last.Matching},
		{&s.ports.Worker, last.Worker},
	} {
		if *inner.port, err = c.forService(inner.last); err != nil {
			return err
		}
	}
	for _, note := range c.notes {
		s.log.Warn().Msg(note)
	}
	remembered := s.ports
	if s.postgres == nil {
		remembered.Postgres = last.Postgres
	}
	return savePorts(s.dir, remembered)
}

// becomeReady writes the env file, for which scripts wait.
func (s *stack) becomeReady() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
	return s.writeEnvFiles()
}

func (s *stack) writeEnvFiles() error {
	for _, path := range s.envFiles {
		if err := writeEnvFile(path, s.settings()); err != nil {
			return err
		}
	}
	return nil
}

// postgresRestarted corrects Postgres's process id in the env file.
func (s *stack) postgresRestarted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ready {
		return
	}
	if err := s.writeEnvFiles(); err != nil {
		s.log.Warn().Err(err).Msg("the env file names the process that died")
	}
}

func (s *stack) settings() []setting {
	settings := []setting{
		{envDatabaseURL, s.database.String()},
		{envTemporal, address(s.ports.Temporal)},
		{envNamespace, mainNamespace},
		{envStackDir, string(s.dir)},
	}
	if !s.options.NoUI {
		settings = append(settings, setting{envUI, uiURL(s.ports)})
	}
	if s.postgres != nil {
		settings = append(settings, setting{envPostgresPID, strconv.Itoa(s.postgres.current().pid)})
	}
	return append(settings, setting{envDevstackPID, strconv.Itoa(os.Getpid())})
}

// summary is what a person reads on the terminal once everything is ready.
func (s *stack) summary(took time.Duration) string {
	var text strings.Builder
	line := func(name, value string) { fmt.Fprintf(&text, "  %-12s%s\n", name, value) }
	fmt.Fprintf(&text, "Longstop's stack is ready (%.1f s). Ctrl-C stops it.\n", took.Seconds())
	if !s.options.NoUI {
		line("Temporal UI", uiURL(s.ports))
	}
	line("Temporal", address(s.ports.Temporal)+"  namespaces: "+strings.Join(s.namespaces(), ", "))
	line("Postgres", s.database.redacted())
	if s.postgres != nil && s.postgres.outside {
		line("", "its data: "+s.postgres.place.data()+" ("+s.postgres.user.String()+" cannot reach this folder)")
	}
	line("Settings", "set -a; . "+s.envFiles[len(s.envFiles)-1]+"; set +a")
	line("Logs", s.dir.file("*.log"))
	return text.String()
}

func (s *stack) prepareSchemas(ctx context.Context) error {
	_, err := unlessFailed(ctx, s.failed, func() (struct{}, error) {
		return struct{}{}, prepareSchemas(ctx, s.database, s.temporalLog)
	})
	return err
}

func (s *stack) startTemporal(ctx context.Context) error {
	server, err := unlessFailed(ctx, s.failed, func() (*temporalServer, error) {
		return startTemporal(s.database, s.ports, s.temporalLog)
	})
	if err != nil {
		return err
	}
	s.stops = append(s.stops, namedStop{"Temporal server", server.stop})
	return nil
}

func (s *stack) registerNamespaces(ctx context.Context) error {
	_, err := unlessFailed(ctx, s.failed, func() (struct{}, error) {
		return struct{}{}, registerNamespaces(ctx, address(s.ports.Temporal), s.namespaces())
	})
	return err
}

func (s *stack) namespaces() []string {
	names := []string{mainNamespace}
	for _, name := range s.options.Namespace {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (s *stack) startUI(ctx context.Context) error {
	if s.options.NoUI {
		return nil
	}
	ui, err := startUI(ctx, s.ports)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, namedStop{"Temporal UI", func() error { ui.stop(); return nil }})
	return nil
}

// unlessFailed runs what knows no context (the server's own functions), and stops waiting for it when the context ends
// or the server gives up.
func unlessFailed[T any](ctx context.Context, failed <-chan error, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := do()
		done <- outcome{value, err}
	}()
	var nothing T
	select {
	case result := <-done:
		return result.value, result.err
	case err := <-failed:
		return nothing, err
	case <-ctx.Done():
		// Something that knows the context ends now by itself, and says better what it waited for.
		select {
		case result := <-done:
			return result.value, result.err
		case <-time.After(time.Second):
			return nothing, ctx.Err()
		}
	}
}
