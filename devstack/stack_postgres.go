package main

import (
	"context"
	"fmt"
)

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
