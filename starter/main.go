// Command starter is Longstop's command line: the due dates, plans and notices of a file
// of events without any service, and the record and its clocks with them.
//
// Each command stands in a file of its own. docs/commands.md is the reference; what
// scripts rely on is the exit codes (see exit.go) and the JSON of --json.
package main

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"longstop/api"
	"longstop/internal/arguments"
	"longstop/internal/program"
	"longstop/notify/letter"
	"longstop/service"
	"longstop/timescale/load"
)

func main() {
	program.Main(func(ctx context.Context) int { return run(ctx, processStreams(), os.Args[1:]) })
}

// grammar is every command.
type grammar struct {
	Version kong.VersionFlag `help:"Show the release and exit."`

	Due     dueCommand     `cmd:"" group:"pure" help:"The due date of a timescale that started on a date, and how it was worked out."`
	Plan    planCommand    `cmd:"" group:"pure" help:"Work out from events what is owed, when, and how it stands."`
	Notices noticesCommand `cmd:"" group:"pure" help:"What would be sent to which role between two dates."`
	Explain explainCommand `cmd:"" group:"pure" help:"How a timescale came to its date, in words."`
	Rules   rulesCommand   `cmd:"" group:"pure" help:"The rule pack: every timescale, its limit, source and in-force dates."`
	Check   checkCommand   `cmd:"" group:"pure" help:"Check rule packs and overlays: every fault, with file, line and rule."`
	WhatIf  whatIfCommand  `cmd:"" name:"what-if" group:"pure" help:"What a changed law would do to the cases, before it is put in force."`

	Record       recordCommand       `cmd:"" group:"service" help:"Record events: what was refused, and why."`
	Import       importCommand       `cmd:"" group:"service" help:"Load a statutory return."`
	Attach       attachCommand       `cmd:"" group:"service" help:"Say from which day on a source reports event types, in all of its cases."`
	Feed         feedCommand         `cmd:"" group:"service" help:"Of which authority the children of a feed are, and change it."`
	Events       eventsCommand       `cmd:"" group:"service" help:"What the record holds of a case, in the format that record takes."`
	Correct      correctCommand      `cmd:"" group:"service" help:"Correct an event: writes a correction, with the reason."`
	Void         voidCommand         `cmd:"" group:"service" help:"Take an event back: writes a void, with the reason."`
	Duties       dutiesCommand       `cmd:"" group:"service" help:"The timescales that the record holds, as of now."`
	Acknowledge  acknowledgeCommand  `cmd:"" group:"service" help:"Acknowledge a notice with an agreed date, which holds back the managers' alerts."`
	Adopt        adoptCommand        `cmd:"" group:"service" help:"Put a changed law in force: the pack, an overlay or the bank holidays."`
	Audit        auditCommand        `cmd:"" group:"service" help:"Who ran what, and who read or wrote what of a case."`
	Keys         keysCommand         `cmd:"" group:"service" help:"Keys by which other systems use the record: make, list, rotate and revoke them."`
	Calendar     calendarCommand     `cmd:"" group:"service" help:"Addresses at which people's calendar programs read what they have to do: make, list and revoke them."`
	Changes      changesCommand      `cmd:"" group:"service" help:"What changed of timescales after a cursor: what systems outside are told."`
	Webhooks     webhooksCommand     `cmd:"" group:"service" help:"Systems that are told of changes: add, list, rotate, pause, resume, remove and test them."`
	Rebuild      rebuildCommand      `cmd:"" group:"service" help:"Start every workflow again from the record; safe at any time."`
	Retry        retryCommand        `cmd:"" name:"retry-undeliverable" group:"service" help:"Try again what nobody could be told, after a mail server that refused good addresses."`
	CheckClocks  checkClocksCommand  `cmd:"" group:"service" help:"Every open timescale against a running workflow."`
	MendRecorded mendRecordedCommand `cmd:"" name:"mend-recorded" group:"service" help:"Say when events were recorded that a wrong clock put into the future."`
	Migrate      migrateCommand      `cmd:"" group:"service" help:"Prepare the database of the record."`
	Demo         demoCommand         `cmd:"" group:"service" help:"Load the sample return and play it."`
}

const description = `The statutory timescales of English children's social care.

Exit codes: 0 done; 1 something in the input was refused (named on stderr, one line each) and the rest is done; 2 wrong usage; 3 not everything was tried, since a service failed or the command was interrupted: try again.`

// examples are what each command's help says after its flags: a file for each, under the command's name.
//
//go:embed help
var examples embed.FS

func newParser(cli *grammar, s streams) (*kong.Kong, error) {
	parser, err := kong.New(cli,
		kong.Name("starter"),
		kong.Description(description),
		kong.Writers(s.out, s.err),
		kong.Vars{"version": program.Build()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "pure", Title: "Without any service:"},
			{Key: "service", Title: "With the services:"},
		}),
	)
	if err != nil {
		return nil, err
	}
	for _, command := range parser.Model.Leaves(false) {
		file := strings.Join(strings.Fields(command.Path()), "-") + ".txt"
		text, err := examples.ReadFile("help/" + file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		command.Detail = strings.TrimSuffix(string(text), "\n")
	}
	return parser, nil
}

// run parses and runs a command and returns the program's exit code. With --json a command
// that fails says so in its last line, unless its own JSON has said so.
func run(ctx context.Context, s streams, args []string) int {
	out, said := &valve{to: s.out}, &valve{to: s.err}
	s.out, s.err = out, said
	inv, err := parsed(ctx, s, args)
	if err != nil {
		complain(s.err, err)
		return exitCode(err)
	}
	gone, err := attended(ctx, inv.command, inv.run)
	err = inv.app.interruptedOr(err)
	stdout, stderr := io.Writer(inv.buffer), s.err
	if gone {
		stdout, stderr = out.shut(), said.shut()
	}
	var wrote error
	if f := inv.app.failureOf(err); f != nil && inv.json && (gone || !inv.app.saidFailed) {
		wrote = writeJSON(stdout, f)
	}
	if !gone {
		wrote = errors.Join(wrote, inv.buffer.Flush())
	}
	if wrote != nil && exitCode(err) != exitFailed {
		err = fmt.Errorf("writing the output: %w", wrote)
	}
	complain(stderr, err)
	return exitCode(err)
}

// invocation is a command with its arguments.
type invocation struct {
	app     *app
	buffer  *bufio.Writer // standard output
	command any
	run     func() error
	json    bool // --json
}

// parsed parses a command line. Its error is wrong usage.
func parsed(ctx context.Context, s streams, args []string) (*invocation, error) {
	var cli grammar
	parser, err := newParser(&cli, s)
	if err != nil {
		return nil, err
	}
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return nil, usagef("%q is not text in UTF-8", arg)
		}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return nil, usagef("%w\nTry 'starter --help', or 'starter COMMAND --help' for an example.", err)
	}
	if err := arguments.Clean(command); err != nil {
		return nil, usagef("%w", err)
	}
	direct := s.out
	buffer := bufio.NewWriterSize(s.out, 64<<10)
	s.out = buffer
	a := &app{streams: s, ctx: ctx, direct: direct, command: commandName(command.Command())}
	inv := &invocation{app: a, buffer: buffer, command: command.Selected().Target.Addr().Interface(), run: func() error { return command.Run(a) }}
	for _, flag := range command.Flags() {
		inv.json = inv.json || flag.Name == "json" && flag.Target.Bool()
	}
	return inv, nil
}

// commandName is a command without its arguments, which may hold a child's reference:
// "import cin-census <file>" is "import cin-census".
func commandName(parsed string) string {
	name, _, _ := strings.Cut(parsed, " <")
	return name
}

// complain says what went wrong, unless the command has said so itself.
func complain(w io.Writer, err error) {
	var fault *service.PanicError
	if err != nil && !errors.Is(err, errRefused) {
		for _, line := range errorLines(err) {
			fmt.Fprintln(w, line)
		}
	}
	if errors.As(err, &fault) {
		fmt.Fprintf(w, "%s", fault.Stack)
	}
}

// The exit codes: see package program.
const (
	exitDone    = program.Done
	exitRefused = program.Refused
	exitUsage   = program.Misused
	exitFailed  = program.Failed
)

// usage says that the command was given wrongly, where an error of package program does.
func usage(err error) error {
	var wrong *program.UsageError
	if errors.As(err, &wrong) {
		return usagef("%w", wrong)
	}
	return err
}

// errRefused ends a command that has named on stderr, one line each, what it refused, and
// has done the rest.
var errRefused = service.ErrPartlyRefused

// errInterrupted is why a command that was sent SIGINT or SIGTERM did not do everything.
var errInterrupted = service.ErrInterrupted

// refusef refuses the whole input of a command.
func refusef(format string, args ...any) error { return service.Refusef(format, args...) }

// usagef says that the command was given wrongly.
func usagef(format string, args ...any) error { return service.Usagef(format, args...) }

// exitCode is the exit code of what a command returned. A refusal and wrong usage say that
// they are one; every other error is a failure, after which the caller tries again.
func exitCode(err error) int {
	return map[service.Kind]int{
		service.Done: exitDone, service.Refused: exitRefused, service.Usage: exitUsage, service.Failed: exitFailed,
	}[service.KindOf(err)]
}

// errorLines are an error as this program says it. The faults of a law stand by themselves: they begin
// with the file.
func errorLines(err error) []string {
	var law *service.LawError
	var unconfirmed *service.UnconfirmedError
	var lines []string
	switch {
	case errors.As(err, &law):
		for i := range law.Faults {
			lines = append(lines, law.Faults[i].String())
		}
		if law.OverlayInForce {
			lines = append(lines, "starter: "+load.ErrOverlayInForce.Error()+": name one that does with --overlay, or take it away with --overlay none")
		}
	case errors.As(err, &unconfirmed):
		for _, line := range nextSteps.Unconfirmed(unconfirmed) {
			lines = append(lines, "starter: "+line)
		}
	default:
		lines = []string{"starter: " + inWords(err)}
	}
	return lines
}

// inWords is an error as this program says it: a field of the input is a flag, and a refusal
// ends with what to type. What wraps a refusal stays around it.
func inWords(err error) string {
	var e *service.Error
	var duty *service.DutyError
	var several *service.CandidatesError
	switch {
	case errors.As(err, &duty):
		return around(err, duty, fmt.Sprintf("%s: case %s has no such timescale: 'starter explain %s' lists those that it has%s",
			duty.Asked, duty.Case, letter.ShellWord(duty.Case), duty.Meant))
	case errors.As(err, &several):
		return around(err, several, several.Error()+"\n"+strings.Join(candidateLines(several), "\n"))
	case !errors.As(err, &e):
		return err.Error()
	case e.Field != "":
		return around(err, e, "--"+e.Text()+hints[e.Code]+e.Meant)
	default:
		return around(err, e, e.Text()+hints[e.Code]+e.Meant)
	}
}

// around returns the text of an error in which words replace the text of one that it wraps.
func around(err, wrapped error, words string) string {
	return strings.Replace(err.Error(), wrapped.Error(), words, 1)
}

// failureOf is what a command failed by; nil where it did not fail. An interrupt explains
// every failure that follows from it.
func (a *app) failureOf(err error) *api.Failure {
	err = a.interruptedOr(err)
	if exitCode(err) != exitFailed {
		return nil
	}
	return &api.Failure{Failed: true, Reason: err.Error()}
}

// interruptedOr is a failure's true reason: what fails once the command was interrupted
// fails because of that.
func (a *app) interruptedOr(err error) error {
	if exitCode(err) == exitFailed && a.ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// untilGivenUp is how long a command that was interrupted has to end by itself and to say
// what it has done. What does not look at its context, such as the fold of one case or a
// read from a terminal, is left to itself then: the process ends within a second.
const untilGivenUp = 600 * time.Millisecond

// patient is a command that needs longer than that to end, since it has others to end.
type patient interface{ untilGivenUp() time.Duration }

// attended runs a command until it ends, or was interrupted and does not end by itself.
// gone reports the latter: the command may still be running then.
func attended(ctx context.Context, command any, run func() error) (gone bool, err error) {
	ended := make(chan error, 1)
	go func() { ended <- service.Guarded(run) }()
	select {
	case err := <-ended:
		return false, err
	case <-ctx.Done():
	}
	within := untilGivenUp
	if p, ok := command.(patient); ok {
		within = p.untilGivenUp()
	}
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case err := <-ended:
		return false, err
	case <-late.C:
		return true, errInterrupted
	}
}

// valve is a writer that can be shut, so that a command which was given up cannot write
// into what the program reports of it.
type valve struct {
	mu      sync.Mutex // held while something is written
	to      io.Writer
	closed  atomic.Bool
	midLine bool
}

var errShut = errors.New("the command was given up")

// Write writes, until the valve is shut.
func (v *valve) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed.Load() {
		return 0, errShut
	}
	if len(p) > 0 {
		v.midLine = p[len(p)-1] != '\n'
	}
	return v.to.Write(p)
}

// shut lets nothing more through, and returns what to write to after it, at the beginning
// of a line: nowhere, where whoever reads has stopped reading.
func (v *valve) shut() io.Writer {
	v.closed.Store(true)
	if !v.mu.TryLock() {
		return io.Discard
	}
	defer v.mu.Unlock()
	if v.midLine {
		fmt.Fprintln(v.to)
	}
	return v.to
}
