package main

import (
	"context"
	"io"
	"time"

	"github.com/rs/zerolog"
)

// upCommand is `devstack up`.
type upCommand struct {
	Dir            string        `help:"The stack's folder: data, logs and settings. Git should ignore it." default:".devstack" type:"path"`
	DatabaseURL    string        `help:"Use this Postgres and start none. Better given in the environment: other users can see a command line." env:"LONGSTOP_DATABASE_URL" placeholder:"URL"`
	EphemeralPorts bool          `help:"Take any free ports instead of the well-known ones (for tests)."`
	PostgresPort   int           `help:"Port for Postgres (5433, or any free one)." placeholder:"N"`
	TemporalPort   int           `help:"Port for the Temporal server (7233, or any free one)." placeholder:"N"`
	UIPort         int           `help:"Port for the Temporal UI (8233, or any free one)." name:"ui-port" placeholder:"N"`
	Namespace      []string      `help:"Temporal namespaces to register beside longstop." placeholder:"NAME"`
	EnvFile        string        `help:"Where to write the settings, beside DIR/env." placeholder:"FILE" type:"path"`
	NoUI           bool          `help:"Do not start the Temporal UI." name:"no-ui"`
	Timeout        time.Duration `help:"How long the start of everything may take." default:"2m"`
}

// Help is shown by `devstack up --help`.
func (c *upCommand) Help() string {
	return `Starts everything and writes the env file once all of it is ready, so that a script can wait for the file:

    rm -f /tmp/stack/env
    devstack up --dir /tmp/stack --ephemeral-ports &
    until [ -f /tmp/stack/env ]; do sleep 0.2; done
    set -a; . /tmp/stack/env; set +a

Ctrl-C stops it in order: UI, Temporal server, Postgres.`
}

// Run starts the stack, waits for the end, and stops it.
func (c *upCommand) Run(ctx context.Context, log zerolog.Logger, stdout io.Writer) error {
	return c.withStack(ctx, log, func(s *stack, took time.Duration) error {
		if _, err := io.WriteString(stdout, s.summary(took)); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.failed:
			return err
		}
	})
}

// withStack lends a stack that is ready to a function, and stops the stack when that returns.
func (c *upCommand) withStack(ctx context.Context, log zerolog.Logger, use func(*stack, time.Duration) error) error {
	began := time.Now()
	dir, err := openDir(c.Dir)
	if err != nil {
		return err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	defer lock.release()
	s, err := c.newStack(dir, log)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.start(ctx); err != nil {
		return err
	}
	if err := s.becomeReady(); err != nil {
		return err
	}
	return use(s, time.Since(began))
}

// newStack sorts out what the flags, the environment and the folder say, and starts nothing.
func (c *upCommand) newStack(dir stackDir, log zerolog.Logger) (*stack, error) {
	envFiles := []string{dir.envFile()}
	if c.EnvFile != "" {
		envFiles = append(envFiles, c.EnvFile)
	}
	for _, path := range envFiles { // left by a devstack that was killed, they would tell lies
		if err := removeIfPresent(path); err != nil {
			return nil, err
		}
	}
	given, err := givenDatabaseURL(c.DatabaseURL)
	if err != nil {
		return nil, err
	}
	forgetPostgresEnvironment(given)
	return &stack{options: c, dir: dir, envFiles: envFiles, given: given, log: log, failed: make(chan error, 1)}, nil
}
