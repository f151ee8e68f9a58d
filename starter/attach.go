package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"longstop/api"
	"longstop/english"
	"longstop/service"
)

type attachCommand struct {
	source
	Reports           []string `placeholder:"TYPE" help:"The event types that the source reports from then on; in all of its cases, those that come later too."`
	From              dayArg   `placeholder:"DATE" help:"The first day of which it reports them. Nobody is said to be late with what started before."`
	Until             dayArg   `placeholder:"DATE" help:"The last day of which it reports them. Default: it is a live feed, without an end."`
	Backlog           bool     `help:"It tells of history: what it brings to light as overdue goes on one list for each manager, and reminders and escalations about it start five working days later."`
	DryRun            bool     `name:"dry-run" help:"Say what it would do, and write nothing."`
	ConfirmUnreported bool     `name:"confirm-unreported" help:"Attach it though timescales that run now would be followed no longer."`
	List              bool     `help:"List what sources report, and do nothing else."`
	Void              string   `placeholder:"ID" help:"Take an attachment back as a mistake, in all cases, by the id that --list shows."`
	Reason            string   `placeholder:"TEXT" help:"Why; it is kept. Needed with --void."`
	By                string   `placeholder:"WHO" help:"Who says so. Default: the login of the database."`
	ID                string   `name:"id" placeholder:"ID" help:"Its id, where a script wants to know it. Default: one is made."`
	JSON              bool     `name:"json" help:"One JSON object, for machines; with --list one for each attachment."`
}

// Help shows examples.
func (attachCommand) Help() string {
	return `Example:

    starter attach --reports cp_visit.made,cin_visit.made,core_group.held --from 2026-11-01 --dry-run
    starter attach --reports cp_visit.made,cin_visit.made,core_group.held --from 2026-11-01
    starter attach --reports cp_visit.made,cin_visit.made,core_group.held --from 2026-11-01 --until 2027-03-31
    starter attach --list
    starter attach --void attached-3f0c29d1a8b7 --reason 'the feed never held core groups'

Says from which day on a source reports event types, for every case of it and those that come later. A census return does not tell of visits or core groups: their timescales stand still (not reported) until something says that they are reported. From then on they run, remind and alert.

Name everything that the source reports. A case to which nothing is attached is taken to report everything; once something is, what it does not name is followed no longer, and the command asks before it does that. The same types from the same day with another --until end what was said before, or move its end. Saying the same again changes nothing.`
}

// Run attaches a source, takes an attachment back, or lists them.
func (c *attachCommand) Run(a *app) error {
	switch {
	case c.List:
		return c.list(a)
	case c.Void != "":
		if c.Reason == "" {
			return usagef("say why with --reason: an attachment is taken back for one, which is kept")
		}
	case len(c.Reports) == 0:
		return usagef("say what the source reports, with --reports: event types such as cp_visit.made, joined by commas")
	case c.From.IsZero():
		return usagef("say from which day on the source reports this, with --from: without a first day every timescale of the past " +
			"would be taken as reported, and what nobody recorded then would be overdue at once")
	}
	return a.with(func(s *session) error {
		done, err := c.change(a, s.uses)
		return cmp.Or(c.print(a, done), err)
	})
}

func (c *attachCommand) change(a *app, s *service.Service) (*api.Attached, error) {
	options := service.AttachOptions{Reason: c.Reason, By: c.By, DryRun: c.DryRun, ConfirmUnreported: c.ConfirmUnreported}
	if c.Void != "" {
		return s.Detach(a.ctx, service.Detaching{Attachment: c.Void, AttachOptions: options})
	}
	return s.Attach(a.ctx, service.Attaching{
		Source: c.Source, Reports: c.Reports, From: c.From.Date, Until: c.Until.Date, Backlog: c.Backlog, ID: c.ID, AttachOptions: options,
	})
}

// list shows what stands.
func (c *attachCommand) list(a *app) error {
	return a.with(func(s *session) error {
		rows, err := s.uses.Attachments(a.ctx)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return printLines(a, rows)
		case len(rows) == 0:
			a.printf("Nothing is attached to a source as a whole. What single cases have, 'starter events CASE' shows.\n")
			return nil
		}
		cells := [][]string{{"ID", "SOURCE", "FROM", "UNTIL", "SAID", "BY", "REPORTS"}}
		for _, r := range rows {
			cells = append(cells, []string{r.Attachment, r.Source, r.From, cmp.Or(r.Until, "-"), r.Said, r.By, strings.Join(r.Reports, " ")})
		}
		return a.table("", cells...)
	})
}

func (c *attachCommand) print(a *app, x *api.Attached) error {
	if x == nil {
		return nil
	}
	a.saidFailed = x.Failure != nil
	if c.JSON {
		a.sayWaiting(x.Clocks)
		return a.printJSON(x)
	}
	a.printf("%s\n", attachHeadline(x))
	if err := printAttached(a, x.Timescales); err != nil {
		return err
	}
	for _, line := range attachSentences(x) {
		a.printf("%s\n", line)
	}
	switch {
	case x.DryRun:
		a.printf("Nothing was written.\n")
	case x.Failure != nil:
		a.printf("Not finished: it is recorded, and not every case has it yet (%s). The worker program does the rest, and so does the same command again.\n", x.Failure.Reason)
	default:
		a.printClocks(x.Clocks)
	}
	return nil
}

// attachHeadline says who reports what, from when, in how many cases.
func attachHeadline(x *api.Attached) string {
	what := x.Source + " reports " + strings.Join(x.Reports, ", ") + " from " + x.From
	if x.Until != "" {
		what += " until " + x.Until
	}
	cases := english.Count(x.Cases, "case")
	id := x.Attachment.Attachment
	switch {
	case x.Void && x.DryRun:
		return "Taking back that " + what + ", in " + cases + ":"
	case x.Void:
		return "Taken back, in " + cases + ": " + what + "."
	case x.DryRun:
		return "If " + what + ", in " + cases + " and in those that come later:"
	case !x.Changed:
		return "Nothing has changed: it stands already that " + what + " (" + id + ")."
	default:
		return "Attached to " + cases + " and to those that come later: " + what + " (" + id + ")."
	}
}

func printAttached(a *app, list []api.AttachTally) error {
	if len(list) == 0 {
		return nil
	}
	rows := [][]string{{"", "COME ALIVE", "OVERDUE AT ONCE", "NO LONGER FOLLOWED", "SHOWN AS LATE"}}
	for _, t := range list {
		rows = append(rows, []string{
			t.Ref + " " + t.Title, strconv.Itoa(t.Alive), strconv.Itoa(t.Overdue), strconv.Itoa(t.Unfollowed), strconv.Itoa(t.Late),
		})
	}
	a.printf("\n")
	err := a.table("  ", rows...)
	a.printf("\n")
	return err
}

// attachSentences say the totals.
func attachSentences(x *api.Attached) []string {
	if !x.DryRun && !x.Changed {
		return nil
	}
	timescales := func(n int) string { return english.Count(n, "timescale") }
	alive := timescales(x.Alive) + " started to run"
	overdue := fmt.Sprintf(", of which %d %s overdue at once", x.Overdue, english.Are(x.Overdue))
	unfollowed := fmt.Sprintf("%s that ran until now %s followed no longer", timescales(x.Unfollowed), english.Are(x.Unfollowed))
	if x.DryRun {
		alive = timescales(x.Alive) + " would start to run"
		overdue = fmt.Sprintf(", of which %d would be overdue at once", x.Overdue)
		unfollowed = fmt.Sprintf("%s that %s now would be followed no longer", timescales(x.Unfollowed), english.Plural(x.Unfollowed, "runs", "run"))
	}
	if x.Alive > 0 {
		alive += overdue
	}
	list := []string{alive + "."}
	if x.Unfollowed > 0 {
		list = append(list, unfollowed+": nothing reports that they are done.")
	}
	return list
}
