package main

import (
	"cmp"
	"errors"

	"longstop/casework"
	"longstop/notify/letter"
	"longstop/store"
)

type explainCommand struct {
	Of       []string  `arg:"" name:"what" help:"What to explain: a case and one of its timescales or duties; or a case, a duty, a notice or a timescale alone."`
	Events   string    `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	AsOf     momentArg `placeholder:"DATE|INSTANT" help:"As things stood then; a date means the end of that day. Default: now."`
	KnownAt  momentArg `placeholder:"DATE|INSTANT" help:"With nothing that was recorded, sent or adopted later; also the default of --as-of. Default: everything."`
	JSON     bool      `name:"json" xor:"form" help:"A JSON object a duty, for machines."`
	Markdown bool      `xor:"form" help:"Markdown, for a page or a file."`
	anySource
	law
}

// Help shows examples.
func (explainCommand) Help() string {
	return `Example:

    starter explain C1 CP-10
    starter explain C1 as-01:e17 --as-of 2026-12-01 --markdown
    starter explain C1
    starter explain 6f1d0c1e
    starter explain C1 CP-10 --known-at 2026-11-15T09:00:00Z
    starter explain --events events.jsonl C1 AS-01

A case is its reference, its key, or a workflow's id as the Temporal UI shows it. A timescale (cp-10) and a duty (as-01:e17) may be written in small letters. A case alone lists its duties, with what to type next. A duty or a timescale alone is explained where only one case has it. A notice is named by its id, or by the first eight characters in the subject of its e-mail.`
}

// Run explains every duty that is asked for.
func (c *explainCommand) Run(a *app) error {
	if len(c.Of) > 2 {
		return usagef("explain takes a case and one of its timescales or duties, or one of these alone: %d were given", len(c.Of))
	}
	if c.Events == "" && !named(a.getenv) {
		return usagef("name a file of events with --events, or the record with %s", envDatabase+"="+exampleURL)
	}
	if c.Events == "" {
		return a.withService(false, c.fromRecord)
	}
	from, err := a.fromFile(c.law, c.Events)
	if err != nil {
		return err
	}
	moment, err := c.moment(a)
	if err != nil {
		return err
	}
	return cmp.Or(c.ofFile(a, from, moment), refusedIf(from.refused))
}

// ofFile explains what a file of events holds.
func (c *explainCommand) ofFile(a *app, from *casebook, m casework.Moment) error {
	want, err := inFile(from, c.Of, m)
	if err != nil {
		return err
	}
	events := eventsOf(from.cases, want.ref)
	plan := from.book.Fold(events, m)
	return c.show(a, want, plan, from.book.Explainer(plan, events, nil), from.book)
}

// fromRecord explains what the record holds, with the notices that were sent.
func (c *explainCommand) fromRecord(s *session) error {
	if s.record.Book() == nil {
		return store.ErrNotMigrated
	}
	if err := s.goByRecord(); err != nil {
		return err
	}
	m, err := c.moment(s.app)
	if err != nil {
		return err
	}
	want, err := s.wanted(c.Source, c.Of)
	if err != nil {
		return err
	}
	x, err := s.record.Explain(s.app.ctx, want.key, m)
	if errors.Is(err, store.ErrUnknown) {
		return unknownCase(err, want.ref)
	}
	if err != nil {
		return err
	}
	e := x.Book.Explainer(x.Plan, x.Events, x.Told())
	e.Names, e.FromRecord, e.Law = x.Name, true, lawByDuty(x.Book, x.Law)
	return c.showRecorded(s, want, x, e)
}

// moment is the moment of the explanation: what was known at an instant is shown as of that instant,
// unless another is named.
func (c *explainCommand) moment(a *app) (casework.Moment, error) {
	asOf := c.AsOf
	if asOf.isZero() {
		asOf = c.KnownAt
	}
	return momentOf(a, asOf, c.KnownAt)
}

func eventsOf(cases [][]casework.Event, ref string) []casework.Event {
	for _, events := range cases {
		if events[0].Case == ref {
			return events
		}
	}
	return nil
}

// showRecorded explains duties of the record: with the notices as they were sent, and the lists.
func (c *explainCommand) showRecorded(s *session, want wanted, x *store.Explained, e *casework.Explainer) error {
	if want.lists() {
		return c.list(s.app, want, x.Plan)
	}
	list, err := c.explained(want, x.Plan, e, x.Book)
	if err != nil {
		return err
	}
	remark := lawOfLater(x)
	for _, d := range list {
		d.Notices = tellings(x, d)
		if remark != "" {
			d.Remarks = append(d.Remarks, remark)
		}
	}
	return c.print(s.app, list)
}

// show explains duties, or lists those of a case.
func (c *explainCommand) show(a *app, want wanted, plan *casework.Plan, e *casework.Explainer, book *casework.Book) error {
	if want.lists() {
		return c.list(a, want, plan)
	}
	list, err := c.explained(want, plan, e, book)
	if err != nil {
		return err
	}
	return c.print(a, list)
}

// explained are the duties that are asked for, explained.
func (c *explainCommand) explained(want wanted, plan *casework.Plan, e *casework.Explainer, book *casework.Book) ([]*casework.Explanation, error) {
	var list []*casework.Explanation
	for i := range plan.Duties {
		if want.has(&plan.Duties[i]) {
			list = append(list, e.Explain(plan.Duties[i].ID))
		}
	}
	if len(list) == 0 {
		return nil, want.none(plan, book)
	}
	return list, nil
}

func (c *explainCommand) print(a *app, list []*casework.Explanation) error {
	if c.JSON {
		return printLines(a, list)
	}
	for i, x := range list {
		if i > 0 {
			a.printf("\n")
		}
		if c.Markdown {
			a.printf("%s", x.Markdown())
		} else {
			a.printf("%s", x.Text())
		}
	}
	return nil
}

// list shows the duties of a case, with what to type next.
func (c *explainCommand) list(a *app, want wanted, plan *casework.Plan) error {
	rows := planRows([]*casework.Plan{plan}, plan.AsOf)
	if want.pathway != "" {
		rows = ofPathway(rows, want.pathway)
	}
	if c.JSON {
		return printLines(a, rows)
	}
	if len(rows) == 0 {
		a.printf("Case %s has no duties.\n", want.ref)
		return nil
	}
	a.printf("Case %s has %d %s. To have one explained:\n\n", want.ref, len(rows), pluralDuties(len(rows)))
	l := localsIn(plan)
	cells := [][]string{{"WHAT", "STARTED", "DUE", "STATE", "TYPE"}}
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{plan.Duty(r.Duty).Rule.Title, r.Started, l.due(r), l.state(r), "starter explain " + letter.ShellWord(want.ref) + " " + letter.ShellWord(r.Duty)})
	}
	if err := a.table("", cells...); err != nil {
		return err
	}
	l.print(a, "")
	return nil
}
