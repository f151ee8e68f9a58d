package main

import (
	"errors"
	"fmt"
	"strings"

	"longstop/api"
	"longstop/internal/program"
	"longstop/notify/letter"
	"longstop/service"
	"longstop/timescale/load"
)

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

// hints say after the text of a refusal what to type next.
var hints = map[service.Code]string{
	service.UnknownCase:       ": 'starter duties' lists the cases",
	service.UnknownDuty:       ": 'starter duties' lists them",
	service.UnknownEvent:      ": 'starter events CASE' shows what it holds of a case",
	service.UnknownTimescale:  ": 'starter rules' lists them",
	service.SeveralCases:      ": give the source with --source, or more of the key",
	service.ListNotice:        ": 'starter explain CASE REF' explains each",
	service.OtherSource:       " with --source",
	service.UnknownAttachment: ": 'starter attach --list' shows those that do",
	service.ClocksUnfollowed:  ": name those event types too, or say --confirm-unreported; --dry-run shows them. Nothing was written",
	service.LimitHangsOnMore:  ". 'starter plan' works it out from a case's events",
	service.NothingToCorrect:  ": --at, --set KEY=VALUE, --unset KEY, --episode or --type",
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
		for _, line := range refusalLines(unconfirmed) {
			lines = append(lines, "starter: "+line)
		}
	default:
		lines = []string{"starter: " + inWords(err)}
	}
	return lines
}

// inWords is an error as this program says it: a field of the input is a flag.
func inWords(err error) string {
	var e *service.Error
	var duty *service.DutyError
	var several *service.CandidatesError
	switch {
	case errors.As(err, &duty):
		return fmt.Sprintf("%s: case %s has no such timescale: 'starter explain %s' lists those that it has%s",
			duty.Asked, duty.Case, letter.ShellWord(duty.Case), duty.Meant)
	case errors.As(err, &several):
		return several.Error() + "\n" + strings.Join(candidateLines(several), "\n")
	case !errors.As(err, &e):
		return err.Error()
	case e.Field != "":
		return "--" + e.Text() + hints[e.Code] + e.Meant
	default:
		return e.Text() + hints[e.Code] + e.Meant
	}
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
