package main

import (
	"cmp"
	"strings"
	"time"

	"longstop/casework"
	"longstop/english"
	"longstop/store"
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
	return a.withService(!c.DryRun, func(s *session) error {
		return refusedLaw(c.change(s))
	})
}

// change looks at what it would do, and does it.
func (c *attachCommand) change(s *session) error {
	if s.record.Book() == nil {
		return store.ErrNotMigrated
	}
	to, err := c.plan(s)
	if err != nil {
		return err
	}
	out := attachDone{DryRun: c.DryRun, attachRow: to.row}
	if out.attachEffect, err = to.effect(s); err != nil {
		return err
	}
	if c.DryRun {
		return out.print(s.app, c.JSON, to)
	}
	if n := out.Unfollowed; n > 0 && !c.ConfirmUnreported {
		return refusef("%d %s that %s now would be followed no longer, since nothing would report that they are done (%s): name those event types too, "+
			"or say --confirm-unreported; --dry-run shows them. Nothing was written", n, english.Plural(n, "timescale", "timescales"), runs(n), out.refsUnfollowed())
	}
	done, err := to.do(s)
	if err != nil {
		return err
	}
	out.Attachment, out.Changed, out.By = done.ID, done.Changed, done.By
	err = out.follow(s)
	if out.Failure = s.app.failureOf(err); out.Failure != nil {
		s.app.saidFailed = true
	}
	return cmp.Or(out.print(s.app, c.JSON, to), err)
}

func runs(n int) string {
	if n == 1 {
		return "runs"
	}
	return "run"
}

// attaching is one change of what a source reports.
type attaching struct {
	row     attachRow
	preview func(book *casework.Book, events []casework.Event, now time.Time) casework.Event // without an id: the case stays as it is
	do      func(*session) (store.Attached, error)
	void    bool
}

// attachRow is an attachment as JSON.
type attachRow struct {
	Attachment string   `json:"attachment,omitempty"`
	Source     string   `json:"source"`
	Reports    []string `json:"reports"`
	From       string   `json:"from"`
	Until      string   `json:"until,omitempty"`
	Said       string   `json:"said,omitempty"`
	By         string   `json:"by,omitempty"`
	Reason     string   `json:"reason,omitempty"`
}

func attachRowOf(x *store.Attachment) attachRow {
	row := attachRow{
		Attachment: x.ID, Source: x.Source, Reports: x.Reports, From: x.From.String(), Until: x.Until.String(), By: x.By, Reason: x.Reason,
	}
	if !x.Said.IsZero() {
		row.Said = instantText(x.Said)
	}
	return row
}

func (c *attachCommand) plan(s *session) (*attaching, error) {
	stands, err := s.record.Attachments(s.app.ctx, "")
	if err != nil {
		return nil, err
	}
	if c.Void != "" {
		return c.planVoid(stands)
	}
	return c.planAttach(s, stands)
}

func (c *attachCommand) planVoid(stands []store.Attachment) (*attaching, error) {
	for _, x := range stands {
		if x.ID == c.Void {
			return &attaching{
				row: attachRowOf(&x), void: true,
				preview: func(_ *casework.Book, events []casework.Event, now time.Time) casework.Event {
					return store.PreviewDetach(events, x, now)
				},
				do: func(s *session) (store.Attached, error) { return s.record.Detach(s.app.ctx, c.Void, c.Reason, c.By) },
			}, nil
		}
	}
	return nil, refusef("no attachment of that id stands: 'starter attach --list' shows those that do")
}

func (c *attachCommand) planAttach(s *session, stands []store.Attachment) (*attaching, error) {
	a := store.Attach{
		Source: c.Source, Reports: c.Reports, From: c.From.Date, Until: c.Until.Date, By: c.By, Reason: c.Reason, Backlog: c.Backlog, ID: c.ID,
	}.Sorted()
	do := func(s *session) (store.Attached, error) { return s.record.Attach(s.app.ctx, a) }
	was := ""
	for i := range stands {
		if x := &stands[i]; a.SameSubject(x) {
			if was = x.ID; x.Until == a.Until { // it stands already
				return &attaching{
					row:     attachRowOf(x),
					preview: func(*casework.Book, []casework.Event, time.Time) casework.Event { return casework.Event{} },
					do:      do,
				}, nil
			}
		}
	}
	now, err := s.now()
	if err != nil {
		return nil, err
	}
	said, refused := a.Preview(s.record.Book(), nil, "", now)
	if refused != nil {
		return nil, refusef("%s", refused.Reason)
	}
	for _, doubt := range s.record.Book().Doubts(&said) {
		s.app.say("warning: " + doubt.Reason)
	}
	return &attaching{
		row: attachRow{Source: a.Source, Reports: a.Reports, From: a.From.String(), Until: a.Until.String(), Reason: a.Reason},
		preview: func(book *casework.Book, events []casework.Event, now time.Time) casework.Event {
			e, refused := a.Preview(book, events, was, now)
			if refused != nil { // it would be left out of this case
				return casework.Event{}
			}
			return e
		},
		do: do,
	}, nil
}

// follow plans every case again that waits for it, and moves the clocks that follow.
func (x *attachDone) follow(s *session) (err error) {
	x.Clocks, x.why, err = s.planAgain("cases attached", x.Cases, func(int) {})
	return err
}

// list shows what stands.
func (c *attachCommand) list(a *app) error {
	return a.withService(false, func(s *session) error {
		if err := s.readsCases(); err != nil {
			return err
		}
		stands, err := s.record.Attachments(a.ctx, "")
		if err != nil {
			return err
		}
		rows := make([]attachRow, len(stands))
		cells := [][]string{{"ID", "SOURCE", "FROM", "UNTIL", "SAID", "BY", "REPORTS"}}
		for i := range stands {
			r := attachRowOf(&stands[i])
			rows[i] = r
			cells = append(cells, []string{r.Attachment, r.Source, r.From, cmp.Or(r.Until, "-"), r.Said, r.By, strings.Join(r.Reports, " ")})
		}
		if c.JSON {
			return printLines(a, rows)
		}
		if len(rows) == 0 {
			a.printf("Nothing is attached to a source as a whole. What single cases have, 'starter events CASE' shows.\n")
			return nil
		}
		return a.table("", cells...)
	})
}
