package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"longstop/internal/program"
	"longstop/service"
)

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
	Events       eventsCommand       `cmd:"" group:"service" help:"What the record holds of a case, in the format that record takes."`
	Correct      correctCommand      `cmd:"" group:"service" help:"Correct an event: writes a correction, with the reason."`
	Void         voidCommand         `cmd:"" group:"service" help:"Take an event back: writes a void, with the reason."`
	Duties       dutiesCommand       `cmd:"" group:"service" help:"The timescales that the record holds, as of now."`
	Acknowledge  acknowledgeCommand  `cmd:"" group:"service" help:"Acknowledge a notice with an agreed date, which holds back the managers' alerts."`
	Adopt        adoptCommand        `cmd:"" group:"service" help:"Put a changed law in force: the pack, an overlay or the bank holidays."`
	Audit        auditCommand        `cmd:"" group:"service" help:"Who ran what, and who read or wrote what of a case."`
	Rebuild      rebuildCommand      `cmd:"" group:"service" help:"Start every workflow again from the record; safe at any time."`
	Retry        retryCommand        `cmd:"" name:"retry-undeliverable" group:"service" help:"Try again what nobody could be told, after a mail server that refused good addresses."`
	CheckClocks  checkClocksCommand  `cmd:"" group:"service" help:"Every open timescale against a running workflow."`
	MendRecorded mendRecordedCommand `cmd:"" name:"mend-recorded" group:"service" help:"Say when events were recorded that a wrong clock put into the future."`
	Migrate      migrateCommand      `cmd:"" group:"service" help:"Prepare the database of the record."`
	Demo         demoCommand         `cmd:"" group:"service" help:"Load the sample return and play it."`
}

const description = `The statutory timescales of English children's social care.

Exit codes: 0 done; 1 something in the input was refused (named on stderr, one line each) and the rest is done; 2 wrong usage; 3 not everything was tried, since a service failed or the command was interrupted: try again.`

func newParser(cli *grammar, s streams) (*kong.Kong, error) {
	return kong.New(cli,
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
}

// run parses and runs a command and returns the program's exit code. With --json a command
// that fails says so in its last line, unless its own JSON has said so.
func run(ctx context.Context, s streams, args []string) int {
	out, said := &valve{to: s.out}, &valve{to: s.err}
	s.out, s.err = out, said
	inv, err := parsed(ctx, s, args)
	if err != nil {
		report(s.err, err)
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
	report(stderr, err)
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
	if err := cleanTexts(command); err != nil {
		return nil, err
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

// report says what went wrong, unless the command has said so itself.
func report(w io.Writer, err error) {
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
