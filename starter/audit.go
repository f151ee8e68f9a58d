package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/store"
)

type auditCommand struct {
	Case string `arg:"" optional:"" help:"One case. Default: all, and what is about none."`
	anySource
	Since momentArg `placeholder:"DATE|INSTANT" help:"Only what was done from then on. Default: of a case everything, else the last 7 days."`
	JSON  bool      `name:"json" help:"One JSON object a line, for machines."`
}

// Help shows examples.
func (auditCommand) Help() string {
	return `Example:

    starter audit C1
    starter audit --since 2026-11-01 --json

Who ran what, oldest first: every command that opens the record, with the database login; the user and the machine as the command saw them. What was recorded in a case the database notes by itself, whoever writes it. Reading the audit is itself noted.`
}

// auditedDays is how far back the audit is shown where nothing says.
const auditedDays = 7

// Run shows the audit.
func (c *auditCommand) Run(a *app) error {
	return a.withService(false, func(s *session) error {
		filter := store.AuditFilter{Since: c.since(a)}
		var err error
		if c.Case != "" {
			if filter.CaseKey, err = s.readsCase(c.Source, c.Case); err != nil {
				return err
			}
		} else if err := s.readsCases(); err != nil {
			return err
		}
		if c.JSON {
			return s.record.EachAudit(a.ctx, filter, func(r store.AuditRow) error { return a.printJSON(r) })
		}
		cells := [][]string{{"WHEN", "LOGIN", "USER", "COMMAND", "CASE", "WHAT"}}
		err = s.record.EachAudit(a.ctx, filter, func(r store.AuditRow) error {
			cells = append(cells, auditCells(&r))
			return nil
		})
		return cmp.Or(err, a.table("", cells...))
	})
}

func (c *auditCommand) since(a *app) time.Time {
	switch {
	case !c.Since.isZero() && c.Since.DayOnly():
		return c.Since.Day.Start()
	case !c.Since.isZero():
		return c.Since.Instant
	case c.Case != "":
		return time.Time{}
	default:
		return a.wall().AddDate(0, 0, -auditedDays)
	}
}

func auditCells(r *store.AuditRow) []string {
	who := r.User
	if r.Host != "" {
		who += "@" + r.Host
	}
	what := string(r.Outcome)
	if r.Events > 0 {
		what = fmt.Sprintf("%s %d", what, r.Events)
	}
	return []string{
		calendar.InLondon(r.At).Format("2006-01-02 15:04:05"), r.Login, cmp.Or(who, "-"), cmp.Or(r.Command, "-"), cmp.Or(r.Case, "-"), what,
	}
}

// commandName is a command without its arguments, which may hold a child's reference:
// "import cin-census <file>" is "import cin-census".
func commandName(parsed string) string {
	name, _, _ := strings.Cut(parsed, " <")
	return name
}

// audited runs a command that writes between two rows of the audit. Where the first cannot
// be written nothing is done.
func (s *session) audited(run func(*session) error) error {
	if err := s.record.Note(s.app.ctx, store.AuditBegan, ""); err != nil {
		return err
	}
	err := run(s)
	// It ends also where it was interrupted.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.app.ctx), endTimeout)
	defer cancel()
	if failed := s.record.Note(ctx, outcomeOf(s.app.interruptedOr(err)), s.about); failed != nil {
		s.app.say("warning: the audit shows that this command began, and not how it ended: " + failed.Error())
	}
	return err
}

// endTimeout is how long a command waits to note how it ended.
const endTimeout = 5 * time.Second

func outcomeOf(err error) store.Outcome {
	switch exitCode(err) {
	case exitDone:
		return store.AuditDone
	case exitRefused, exitUsage:
		return store.AuditRefused
	default:
		return store.AuditFailed
	}
}

// reading runs a command that reads, and sees that it has noted what.
func (s *session) reading(run func(*session) error) error {
	err := run(s)
	if err == nil && !s.noted {
		return errors.New("a fault of this program: it has read the record, and noted nothing of it in the audit")
	}
	return err
}

// readsCase notes that this command reads what the record holds of one child, before it
// does, and returns the case's key.
func (s *session) readsCase(source, ref string) (string, error) {
	key, err := s.record.CaseKey(s.app.ctx, source, ref)
	if err != nil {
		return "", unknownCase(err, ref)
	}
	s.noted = true
	return key, s.record.Note(s.app.ctx, store.AuditRead, key)
}

// readsCases notes that this command reads of many cases, before it does.
func (s *session) readsCases() error {
	s.noted = true
	return s.record.Note(s.app.ctx, store.AuditRead, "")
}
