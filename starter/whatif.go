package main

import (
	"cmp"

	"longstop/casework"
	"longstop/store"
)

type whatIfCommand struct {
	draft
	Events string    `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	AsOf   momentArg `placeholder:"DATE|INSTANT" help:"Compare as things stood then; a date means the end of that day. Default: now."`
	List   bool      `help:"Name every duty that would change."`
	JSON   bool      `name:"json" help:"One JSON object, for machines; it names every duty."`
}

// Help shows examples.
func (whatIfCommand) Help() string {
	return `Example:

    starter what-if --overlay anytown.yaml
    starter what-if --overlay anytown.yaml --list
    starter what-if --bank-holidays bank-holidays.json --events events.jsonl --as-of 2026-12-01
    starter what-if --pack shipped --json

Plans every case twice, under the law in force and under the one that is named, and shows what differs: which duties there would be, which dates would move, what would be overdue. What is not named stays as it is. With --events the law in force is the one that LONGSTOP_PACK, LONGSTOP_OVERLAY and LONGSTOP_BANK_HOLIDAYS name, or that ships with this program. Nothing is written anywhere; 'starter adopt' puts the law in force.`
}

// Run compares two laws, on the record or on a file of events.
func (c *whatIfCommand) Run(a *app) error {
	if err := c.named(); err != nil {
		return err
	}
	if c.Events != "" {
		return c.ofFile(a)
	}
	if !named(a.getenv) {
		return usagef("name a file of events with --events, or the record with %s", exampleDatabase)
	}
	law, err := c.law()
	if err != nil {
		return err
	}
	return a.withService(false, func(s *service) error { return c.ofRecord(s, law) })
}

// ofFile compares on a file of events, without any service.
func (c *whatIfCommand) ofFile(a *app) error {
	set := draft{Pack: a.getenv("LONGSTOP_PACK"), BankHolidays: a.getenv("LONGSTOP_BANK_HOLIDAYS")}
	if overlay := a.getenv("LONGSTOP_OVERLAY"); overlay != "" {
		set.Overlay = []string{overlay}
	}
	var books [2]*casework.Book
	for i, d := range []draft{set, c.or(set)} {
		law, err := d.law()
		if err == nil {
			books[i], err = law.Book()
		}
		if err != nil {
			return refusedLaw(err)
		}
	}
	cases, refused, err := a.acceptedCases(books[1], c.Events)
	if err != nil {
		return err
	}
	w := &whatIf{before: books[0], after: books[1], team: store.TeamIn}
	return cmp.Or(c.compare(a, w, cases), refusedIf(refused))
}

// ofRecord compares on every case of the record.
func (c *whatIfCommand) ofRecord(s *service, law store.Law) error {
	before := s.record.Book()
	if before == nil {
		return store.ErrNotMigrated
	}
	after, err := s.record.Draft(s.app.ctx, law)
	if err != nil {
		return refusedLaw(err)
	}
	w := &whatIf{before: before, after: after}
	if w.team, err = s.record.Teams(s.app.ctx); err != nil {
		return err
	}
	from, err := s.fromRecord()
	if err != nil {
		return err
	}
	if err := s.goByRecord(); err != nil {
		return err
	}
	return c.compare(s.app, w, from.cases)
}

// compare compares every case and prints what differs.
func (c *whatIfCommand) compare(a *app, w *whatIf, cases [][]casework.Event) error {
	warnOfYears(a, w.before.Calendar(), w.after.Calendar())
	moment, err := momentOf(a, c.AsOf, momentArg{})
	if err != nil {
		return err
	}
	w.moment, w.cases = moment, len(cases)
	p := a.progress("cases compared", len(cases))
	lists, err := eachCase(a.ctx, cases, w.compare, p.step)
	p.end()
	if err != nil {
		return err
	}
	for _, list := range lists {
		w.add(list)
	}
	if c.JSON {
		return a.printJSON(w.row())
	}
	return w.print(a, c.List)
}
