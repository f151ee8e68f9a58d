// Command devstack runs everything else that Longstop needs, in one process: a Postgres made from the
// machine's own binaries, a Temporal server that keeps its state in that Postgres, and the Temporal UI.
//
// It is for development, tests and demonstrations on one machine. It is a module of its own because the Temporal
// server brings some 460 modules that the product must not carry.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// Exit codes are the same as those of the product's other commands.
const (
	exitDone        = 0
	exitRefused     = 1
	exitWrongUsage  = 2
	exitUnreachable = 3
)

// commandLine is what a person types; kong reads the flags from the tags.
type commandLine struct {
	Up           upCommand     `cmd:"" help:"Start Postgres, the Temporal server and the Temporal UI; run until Ctrl-C."`
	Run          runCommand    `cmd:"" help:"Start everything, run a command with the settings, and stop everything when it ends."`
	Status       statusCommand `cmd:"" help:"Say which parts run, and where. Exit code 3 when one does not answer."`
	DropTemporal dropCommand   `cmd:"" name:"drop-temporal" help:"Drop Temporal's two databases (not Longstop's record). The stack must be stopped."`
	Remove       removeCommand `cmd:"" help:"Remove the stack's folder and all its data, wherever that lies. The stack must be stopped."`
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process around it.
func run(args []string, stdout, stderr *os.File) int {
	log := newLogger(stderr)
	parser, err := kong.New(&commandLine{},
		kong.Name("devstack"),
		kong.Description("Postgres, the Temporal server and the Temporal UI in one command, for development.\n\n"+
			"Example: devstack up --dir .devstack"),
		kong.Writers(stdout, stderr),
		kong.Bind(log),
		kong.BindTo(io.Writer(stdout), (*io.Writer)(nil)),
	)
	if err != nil {
		log.Error().Err(err).Msg("the command line is not set up correctly: please report this")
		return exitWrongUsage
	}
	command, err := parser.Parse(args)
	if err != nil {
		parser.Errorf("%s (see devstack --help)", err)
		return exitWrongUsage
	}
	ctx, stop := stopSignals(log)
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))
	return exitCode(log, command.Run())
}

// stopSignals gives a context that ends at the first SIGINT, SIGTERM or SIGHUP, with a stoppedError as its cause. Later
// signals are only answered, not obeyed: dying half-way through a stop would leave Postgres behind, and every step of
// the stop has its own limit.
func stopSignals(log zerolog.Logger) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup asks to live on when the terminal goes
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		for received := range signals {
			if ctx.Err() != nil {
				log.Info().Msg("still stopping: Postgres must write its checkpoint first")
				continue
			}
			log.Info().Stringer("signal", received).Msg("stopping")
			cancel(stoppedError{received})
		}
	}()
	return ctx, func() { cancel(nil) }
}

// stoppedError tells which signal ended the program's context.
type stoppedError struct{ signal os.Signal }

func (s stoppedError) Error() string { return "stopped by " + s.signal.String() }

// exitCode says the error to the person and turns it into the program's exit code.
func exitCode(log zerolog.Logger, err error) int {
	var failed *partError
	var ended commandEndedError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &ended): // the command has said itself what was wrong
		return int(ended)
	case errors.Is(err, errNotAllRunning):
		return exitUnreachable
	case errors.Is(err, context.Canceled):
		log.Info().Msg("stopped before everything was up")
		return exitDone
	case errors.As(err, &failed):
		log.Error().Msg(err.Error())
		return exitUnreachable
	default:
		log.Error().Msg(err.Error())
		return exitRefused
	}
}

// newLogger writes for people on a terminal and JSON lines for machines otherwise.
func newLogger(to *os.File) zerolog.Logger {
	var writer io.Writer = to
	if isTerminal(to) {
		writer = zerolog.ConsoleWriter{Out: to, TimeFormat: time.TimeOnly}
	}
	return zerolog.New(writer).With().Timestamp().Logger()
}

// isTerminal tells whether a person looks at the file.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// partError is a failure of one part of the stack: it names the part and the log that tells more.
type partError struct {
	part string
	log  string
	err  error
}

func (e *partError) Error() string {
	if e.log == "" {
		return fmt.Sprintf("%s: %v", e.part, e.err)
	}
	return fmt.Sprintf("%s: %v (its log: %s)", e.part, e.err, e.log)
}

func (e *partError) Unwrap() error { return e.err }

// ignore takes an error that changes nothing for anybody, such as that of closing what was only read. It is there so
// that the checkers still find every error that was forgotten.
func ignore(error) {}

// number reads a number from a file or a program's output; 0, which is never a process, a port or a version, when
// there is none.
func number(text string) int {
	value, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return value
}

// glob lists the files that match a pattern of the program's own.
func glob(pattern string) []string {
	found, err := filepath.Glob(pattern)
	if err != nil {
		panic("a pattern that no system accepts: " + pattern)
	}
	return found
}
