package main

import (
	"cmp"
	"time"

	"longstop/api"
	"longstop/english"
	"longstop/store"
)

type retryCommand struct {
	Since  momentArg `required:"" placeholder:"DATE|INSTANT" help:"Only what nobody could be told from then on."`
	DryRun bool      `name:"dry-run" help:"Only list it."`
	JSON   bool      `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (retryCommand) Help() string {
	return `Example:

    starter retry-undeliverable --since 2026-11-30T09:00:00Z --dry-run
    starter retry-undeliverable --since 2026-11-30

Lists the notices that nobody could be told since an instant, and takes back the refusals of addresses since then: these are tried again at once, and so is what waits for the mail server. For after a mail server that refused good addresses; an address that was wrong is corrected by recording the person, which tries again by itself.`
}

// retried is what the command lists and does.
type retried struct {
	Notices      []store.NoticeRow `json:"notices"` // what it makes up for
	DryRun       bool              `json:"dry_run,omitempty"`
	Cases        int               `json:"cases"` // that were planned again
	Clocks       api.Clocks        `json:"clocks"`
	*api.Failure                   // nil where every pathway was nudged
}

// Run lists what nobody could be told, and tries it again. Where Temporal does not answer,
// the nudges wait in the outbox, and a worker sends them.
func (c *retryCommand) Run(a *app) error {
	return a.withService(!c.DryRun, func(s *session) error {
		if err := s.readsCases(); err != nil {
			return err
		}
		list, err := s.record.Undeliverable(a.ctx, c.from())
		if err != nil {
			return err
		}
		out := retried{Notices: list, DryRun: c.DryRun}
		if out.Notices == nil {
			out.Notices = []store.NoticeRow{}
		}
		if !c.DryRun {
			err = c.retry(s, &out)
		}
		if out.Failure = a.failureOf(err); out.Failure != nil {
			a.saidFailed = true
		}
		if c.JSON {
			return cmp.Or(a.printJSON(out), err)
		}
		return cmp.Or(out.print(a, err), err)
	})
}

func (c *retryCommand) from() time.Time {
	if c.Since.DayOnly() {
		return c.Since.Day.Start()
	}
	return c.Since.Instant
}

func (c *retryCommand) retry(s *session, out *retried) error {
	nudges, err := s.record.RetryUndeliverable(s.app.ctx, c.from())
	keys := map[string]bool{}
	for _, n := range nudges {
		keys[n.CaseKey] = true
	}
	out.Cases = len(keys)
	if err != nil {
		return err
	}
	courier := s.connected()
	courier.Deliver(s.app.ctx, nudges)
	out.Clocks, err = courier.clocks()
	if out.Clocks.Waiting == 0 {
		return nil
	}
	return err
}

func (r *retried) print(a *app, failed error) error {
	cells := [][]string{{"SINCE", "CASE", "WHAT", "TO", "WHY"}}
	for i := range r.Notices {
		n := &r.Notices[i]
		cells = append(cells, []string{
			english.Short(*n.ClaimedAt), cmp.Or(n.Case, "-"), n.Kind + ", " + cmp.Or(n.Ref, "-") + ": " + stepCell(n.Rung),
			english.Role(n.Role), n.Reason,
		})
	}
	if len(r.Notices) > 0 {
		if err := a.table("", cells...); err != nil {
			return err
		}
	}
	if r.DryRun {
		a.printf("%d %s that nobody could be told would be tried again. Nothing was changed.\n", len(r.Notices), english.Plural(len(r.Notices), "notice", "notices"))
		return nil
	}
	a.printf("%d %s that nobody could be told, and what waits for the mail server, in %d %s: tried again now.\n",
		len(r.Notices), english.Plural(len(r.Notices), "notice", "notices"), r.Cases, english.Plural(r.Cases, "case", "cases"))
	printWaiting(a, r.Clocks, failed)
	return nil
}
