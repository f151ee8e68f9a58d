package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/rs/zerolog"
)

// upCommand is `devstack up`.
type upCommand struct {
	Dir            string   `help:"The stack's folder: data, logs and settings. Git should ignore it." default:".devstack" type:"path"`
	DatabaseURL    string   `help:"Use this Postgres and start none. Better given in the environment: other users can see a command line." env:"LONGSTOP_DATABASE_URL" placeholder:"URL"`
	EphemeralPorts bool     `help:"Take any free ports instead of the well-known ones (for tests)."`
	PostgresPort   int      `help:"Port for Postgres (5433, or any free one)." placeholder:"N"`
	TemporalPort   int      `help:"Port for the Temporal server (7233, or any free one)." placeholder:"N"`
	UIPort         int      `help:"Port for the Temporal UI (8233, or any free one)." name:"ui-port" placeholder:"N"`
	Namespace      []string `help:"Temporal namespaces to register as well as longstop." placeholder:"NAME"`
	EnvFile        string   `help:"Where to write the settings, as well as DIR/env." placeholder:"FILE" type:"path"`
	NoUI           bool     `help:"Do not start the Temporal UI." name:"no-ui"`
	// A start takes some three seconds. The bound is against one that hangs: making Temporal's tables, hundreds of
	// statements that each wait for the disk, took over two minutes next to a build on two cores.
	Timeout time.Duration `help:"How long the start of everything may take." default:"5m"`
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
	dir, lock, err := openLocked(c.Dir, openDir)
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

// runCommand is `devstack run`: a stack for as long as one command runs.
type runCommand struct {
	upCommand

	With    []string `help:"A program to run next to the command, with the same settings and for as long; may be given several times." placeholder:"PROGRAM"`
	Command []string `arg:"" passthrough:"" help:"The command and its arguments." placeholder:"COMMAND"`
}

// Help is shown by `devstack run --help`.
func (c *runCommand) Help() string {
	return `Starts everything as 'up' does, and runs the command with the settings of the env file in its environment.
The exit code is the command's.

    devstack run -- bin/worker
    devstack run --with bin/web -- bin/worker
    devstack run --dir /tmp/stack --ephemeral-ports -- make test`
}

// commandEndedError carries the command's exit code when it is not zero.
type commandEndedError int

func (e commandEndedError) Error() string {
	return fmt.Sprintf("the command ended with exit code %d", int(e))
}

// Run says where things are on stderr: stdout is the command's.
func (c *runCommand) Run(ctx context.Context, log zerolog.Logger) error {
	words := c.Command
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		return errors.New("no command given: devstack run -- COMMAND")
	}
	program, err := exec.LookPath(words[0])
	if err != nil {
		return fmt.Errorf("cannot run the command: %w", err)
	}
	err = c.withStack(ctx, log, func(s *stack, took time.Duration) error {
		fmt.Fprint(os.Stderr, s.summary(took))
		command := s.command(program, words[1:]...)
		command.Stdin = os.Stdin
		return c.runOn(ctx, s, command)
	})
	if errors.Is(err, context.Canceled) { // before the command could run, which must not look like its success
		signal, _ := signalForCommand(ctx)
		return commandEndedError(128 + int(signal))
	}
	return err
}

// command is a program with the stack's settings in its environment.
func (s *stack) command(program string, arguments ...string) *exec.Cmd {
	command := exec.Command(program, arguments...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.Env = os.Environ()
	for _, setting := range s.settings() {
		command.Env = append(command.Env, setting.name+"="+setting.value)
	}
	return command
}

// runOn runs the command, and the programs of --with for as long. One of these that ends by itself ends the command.
func (c *runCommand) runOn(ctx context.Context, s *stack, command *exec.Cmd) (err error) {
	for _, program := range c.With {
		other := s.command(program)
		if err := other.Start(); err != nil {
			return fmt.Errorf("cannot run %s: %w", program, err)
		}
		ended, stopping := make(chan error, 1), make(chan struct{})
		go func() {
			how := other.Wait()
			ended <- how
			select {
			case <-stopping:
			case <-ctx.Done():
			case s.failed <- fmt.Errorf("%s has ended by itself", program):
				s.log.Error().Str("program", program).AnErr("how", how).Msg("it has ended, and so does everything")
			}
		}()
		defer func() {
			close(stopping)
			var code commandEndedError
			if stopErr := endCommand(other, ended, syscall.SIGTERM, 0); stopErr != nil && !errors.As(stopErr, &code) {
				err = errors.Join(err, stopErr)
			}
		}()
	}
	return runCommandOn(ctx, s, command)
}

// runCommandOn waits for the command, and ends it when somebody ends devstack or the stack fails.
func runCommandOn(ctx context.Context, s *stack, command *exec.Cmd) error {
	if err := command.Start(); err != nil {
		return fmt.Errorf("cannot run the command: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		return commandError(err)
	case failure := <-s.failed:
		return errors.Join(failure, endCommand(command, ended, syscall.SIGTERM, 0))
	case <-ctx.Done():
		signal, grace := signalForCommand(ctx)
		return endCommand(command, ended, signal, grace)
	}
}

// signalForCommand passes the signal on that devstack got. Ctrl-C in a terminal has gone to the command already, which
// may take a second one for impatience: so it is given time.
func signalForCommand(ctx context.Context) (syscall.Signal, time.Duration) {
	var stopped stoppedError
	if !errors.As(context.Cause(ctx), &stopped) || stopped.signal != os.Interrupt {
		return syscall.SIGTERM, 0
	}
	if isTerminal(os.Stdin) {
		return syscall.SIGTERM, 15 * time.Second
	}
	return syscall.SIGINT, 0
}

// endCommand waits a while, asks the command to end, and at last makes it end: the stack under it is about to go.
func endCommand(command *exec.Cmd, ended <-chan error, signal syscall.Signal, grace time.Duration) error {
	const patience = 15 * time.Second
	for _, next := range []struct {
		after  time.Duration
		signal syscall.Signal
	}{{grace, signal}, {patience, syscall.SIGKILL}} {
		select {
		case err := <-ended:
			return commandError(err)
		case <-time.After(next.after):
			if err := command.Process.Signal(next.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("cannot end the command: %w", err)
			}
		}
	}
	return commandError(<-ended)
}

// commandError turns the command's end into its exit code. A shell's convention for a command that a signal ended is
// 128 and the signal's number.
func commandError(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if status, known := exit.Sys().(syscall.WaitStatus); known && exit.ExitCode() < 0 {
		return commandEndedError(128 + int(status.Signal()))
	}
	return commandEndedError(exit.ExitCode())
}
