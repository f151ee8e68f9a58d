package main

import (
	"cmp"
	"fmt"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/service"
	"longstop/store"
)

type whatIfCommand struct {
	draft
	Events string    `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	AsOf   momentArg `placeholder:"DATE|INSTANT" help:"Compare as things stood then; a date means the end of that day. Default: now."`
	List   bool      `help:"Name every timescale that would change."`
	JSON   bool      `name:"json" help:"One JSON object, for machines; it names every timescale."`
}

// Help shows examples.
func (whatIfCommand) Help() string {
	return `Example:

    starter what-if --overlay anytown.yaml
    starter what-if --overlay anytown.yaml --list
    starter what-if --bank-holidays bank-holidays.json --events events.jsonl --as-of 2026-12-01
    starter what-if --pack shipped --json

Plans every case twice, under the law in force and under the one that is named, and shows what differs: which timescales there would be, which dates would move, what would be overdue. What is not named stays as it is. With --events the law in force is the one that LONGSTOP_PACK, LONGSTOP_OVERLAY and LONGSTOP_BANK_HOLIDAYS name, or that ships with this program. Nothing is written anywhere; 'starter adopt' puts the law in force.`
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
		return usagef("name a file of events with --events, or the record with %s", envDatabase+"="+exampleURL)
	}
	change, err := c.change()
	if err != nil {
		return err
	}
	return a.withService(false, func(s *session) error { return c.ofRecord(s, store.Law{Change: change}) })
}

// ofFile compares on a file of events, without any service.
func (c *whatIfCommand) ofFile(a *app) error {
	set := draft{Pack: a.getenv("LONGSTOP_PACK"), BankHolidays: a.getenv("LONGSTOP_BANK_HOLIDAYS")}
	if overlay := a.getenv("LONGSTOP_OVERLAY"); overlay != "" {
		set.Overlay = []string{overlay}
	}
	var books [2]*casework.Book
	for i, d := range []draft{set, c.or(set)} {
		change, err := d.change()
		if err != nil {
			return refusedLaw(err)
		}
		pack, cal, err := change.Compile()
		if err != nil {
			return refusedLaw(refusef("%w", err))
		}
		books[i] = casework.NewBook(pack, cal)
	}
	var read *service.Cases
	if err := a.onFile(books[1], c.Events, func(_ service.Offline, cases *service.Cases) error { read = cases; return nil }); err != nil {
		return err
	}
	cases := read.Cases
	w := c.comparison(books[0], books[1])
	w.team = store.TeamIn
	w.holidaysAlone = books[0].Pack().Hash == books[1].Pack().Hash
	err := c.compare(a, w, func() error {
		p := a.progress("cases compared", len(cases))
		defer p.End()
		_, err := eachCase(a.ctx, cases, func(events []casework.Event) struct{} { w.compare(events); return struct{}{} }, p.step)
		return err
	})
	return cmp.Or(err, read.PartlyRefused())
}

// ofRecord compares on every case of the record.
func (c *whatIfCommand) ofRecord(s *session, law store.Law) error {
	if s.record.Book() == nil {
		return store.ErrNotMigrated
	}
	draft, err := s.record.Draft(s.app.ctx, law)
	if err != nil {
		return refusedLaw(err)
	}
	w := c.comparison(draft.Before, draft.After)
	w.holidaysAlone = draft.HolidaysAlone
	if w.team, err = s.record.Teams(s.app.ctx); err != nil {
		return err
	}
	if err := s.readsCases(); err != nil {
		return err
	}
	if err := s.goByRecord(); err != nil {
		return err
	}
	return c.compare(s.app, w, func() error { return s.compareAll(w) })
}

// compareAll compares every case of the record, as it is read.
func (s *session) compareAll(w *whatIf) (err error) {
	p := s.app.progress("cases compared", 0)
	defer p.End()
	w.unread, err = s.eachOfRecord(w.compare, p.step)
	return err
}

func (c *whatIfCommand) comparison(before, after *casework.Book) *whatIf {
	return &whatIf{before: before, after: after, named: c.List || c.JSON, tallies: map[[2]string]*tally{}, past: past{}}
}

// compare compares every case and prints what differs.
func (c *whatIfCommand) compare(a *app, w *whatIf, all func() error) error {
	warnOfYears(a, w.before.Calendar(), w.after.Calendar())
	var err error
	if w.moment, err = momentOf(a, c.AsOf); err != nil {
		return err
	}
	if err := all(); err != nil {
		return err
	}
	if c.JSON {
		return cmp.Or(a.printJSON(w.row()), w.uncompared())
	}
	return cmp.Or(w.print(a, c.List), w.uncompared())
}

// uncompared is the failure of a comparison that left cases out; nil where it left none out.
func (w *whatIf) uncompared() error {
	if w.unread == 0 {
		return nil
	}
	return fmt.Errorf("%d %s could not be worked out, so that what the law would do to %s is not known", w.unread, english.Plural(w.unread, "case", "cases"), itOrThem(w.unread))
}

func itOrThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// yearsAtMost bounds what a command looks at in one go: no child's case is open for longer,
// and recurring duties grow with the time that is looked at.
const yearsAtMost = 30

// momentOf is the moment that --as-of means. It is wrong usage to look further ahead than any case lasts.
func momentOf(a *app, asOf momentArg) (casework.Moment, error) {
	m := casework.Moment{AsOf: a.now()}
	if !asOf.isZero() {
		m.AsOf = asOf.through()
	}
	if last := calendar.DateOf(a.now()).AddYears(yearsAtMost); calendar.DateOf(m.AsOf) > last {
		return m, usagef("--as-of %s lies more than %d years ahead, and no case is open for so long: look at %s or earlier", asOf, yearsAtMost, last)
	}
	return m, nil
}
