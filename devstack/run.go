package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/rs/zerolog"
)

// runCommand is `devstack run`: a stack for as long as one command runs.
type runCommand struct {
	upCommand

	Command []string `arg:"" passthrough:"" help:"The command and its arguments." placeholder:"COMMAND"`
}

// Help is shown by `devstack run --help`.
func (c *runCommand) Help() string {
	return `Starts everything as 'up' does, and runs the command with the settings of the env file in its environment.
The exit code is the command's.

    devstack run -- bin/worker
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
		command := exec.Command(program, words[1:]...)
		command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
		command.Env = os.Environ()
		for _, setting := range s.settings() {
			command.Env = append(command.Env, setting.name+"="+setting.value)
		}
		return runCommandOn(ctx, s, command)
	})
	if errors.Is(err, context.Canceled) { // before the command could run, which must not look like its success
		signal, _ := signalForCommand(ctx)
		return commandEndedError(128 + int(signal))
	}
	return err
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
