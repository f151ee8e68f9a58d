package main

import (
	"cmp"
	"maps"
	"slices"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
	"longstop/store"
)

type adoptCommand struct {
	draft
	Reason string `required:"" placeholder:"TEXT" help:"Why; it stands on the record, and beside every date that moves."`
	By     string `required:"" placeholder:"WHO" help:"Who adopts it."`
	Past   bool   `name:"restate-the-past" help:"Adopt it though timescales that are over would be shown otherwise than until now: in time and then late, say."`
	Late   bool   `name:"confirm-overdue" help:"Adopt it though many open timescales would at once be overdue, or past a local date, that are not now."`
	JSON   bool   `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (adoptCommand) Help() string {
	return `Example:

    starter what-if --overlay anytown.yaml
    starter adopt --overlay anytown.yaml --reason 'agreed by the board on 3 November' --by 'D. Director'
    starter adopt --bank-holidays bank-holidays.json --reason 'a bank holiday was proclaimed for 11 December' --by 'D. Director'
    starter adopt --pack shipped --reason 'the rules of the new release' --by 'D. Director'

Puts a law in force on the record from now on and plans every case again. What is not named stays as it is in force. A faulty pack, overlay or calendar is refused, naming file, line and rule, with nothing written. Whoever was told of a date that moves is told the new one. A law by which timescales that are over would be shown otherwise, in timescale and then out of it, is refused unless --restate-the-past says that it is meant; one that would at once bring many open timescales past a limit (more than ten, and more than a tenth of those that are open or more than are past one now), unless --confirm-overdue does.`
}

// Run adopts the law and plans every case again.
func (c *adoptCommand) Run(a *app) error {
	if err := c.named(); err != nil {
		return err
	}
	change, err := c.change()
	if err != nil {
		return err
	}
	law := store.Law{Change: change, Reason: c.Reason, By: c.By}
	return a.withService(true, func(s *session) error { return c.adopt(s, law) })
}

func (c *adoptCommand) adopt(s *session, law store.Law) error {
	w, err := c.compared(s, &law)
	if err != nil {
		return refusedLaw(err)
	}
	done, err := s.record.Adopt(s.app.ctx, law)
	if err != nil && !done.Changed {
		return refusedLaw(err)
	}
	out := &adopted{Adopted: done, past: w.past, unread: w.unread}
	if err == nil {
		out.now = s.record.Book()
		err = out.follow(s)
	}
	if out.failure = s.app.failureOf(err); out.failure != nil {
		s.app.saidFailed = true
	}
	return cmp.Or(out.print(s.app, c.JSON), err, w.uncompared())
}

// compared counts what the law would say anew of duties that are over and which open ones it would
// bring past a limit at once, and refuses it where that was not said to be meant. A case that cannot
// be compared holds up no law.
func (c *adoptCommand) compared(s *session, law *store.Law) (*whatIf, error) {
	draft, err := s.record.Draft(s.app.ctx, *law)
	if err != nil || !draft.Changes {
		return &whatIf{}, err
	}
	law.Over = draft.Over
	if err := s.goByRecord(); err != nil {
		return nil, err
	}
	w := &whatIf{
		before: draft.Before, after: draft.After, moment: casework.At(s.app.now()),
		team: func([]casework.Event) string { return "" }, tallies: map[[2]string]*tally{}, past: past{},
	}
	if err := s.compareAll(w); err != nil {
		return nil, err
	}
	w.holidaysAlone = draft.HolidaysAlone
	if err := c.unconfirmed(s.app, w); err != nil {
		return nil, err
	}
	if all := w.past.all(); all.Restated() > 0 {
		law.Past = &all
	}
	return w, nil
}

// unconfirmed refuses a law of which something must be said to be meant that was not.
func (c *adoptCommand) unconfirmed(a *app, w *whatIf) error {
	refused := adoptionRefusedRow{OverdueAtOnce: w.atOnce.row(w.after, w.before), Past: w.past.all()}
	var lines []string
	if !c.Past && w.past.asks(w.holidaysAlone) {
		lines = append(lines, w.past.refusal(w.holidaysAlone)...)
		refused.Needs = append(refused.Needs, "--restate-the-past")
	}
	if !c.Late && w.atOnce.asks() {
		lines = append(lines, w.atOnce.refusal(w.after)...)
		refused.Needs = append(refused.Needs, "--confirm-overdue")
	}
	if lines == nil {
		return nil
	}
	if c.JSON {
		if err := a.printJSON(refused); err != nil {
			return err
		}
	}
	return &linesError{lines}
}

// adoptionRefusedRow says as JSON what a law would do that was not said to be meant.
type adoptionRefusedRow struct {
	Changed       bool          `json:"changed"` // false: nothing was adopted
	Needs         []string      `json:"needs"`   // the flags that say that it is meant
	Past          casework.Past `json:"past"`
	OverdueAtOnce atOnceRow     `json:"overdue_at_once"`
}

// follow plans again the cases that wait for it, also those that an adoption which was
// interrupted has left.
func (x *adopted) follow(s *session) error {
	if x.Changed {
		warnOfYears(s.app, x.Before.Calendar(), x.now.Calendar())
	}
	waiting, err := s.record.EffectOf(s.app.ctx, x.Seq)
	if err != nil {
		return err
	}
	x.waiting, x.planned = waiting.Waiting, x.Changed || waiting.Waiting > 0
	if x.waiting > 0 {
		if err := x.planAgain(s); err != nil {
			return err
		}
	}
	if x.effect, err = s.record.EffectOf(s.app.ctx, x.Seq); err == nil {
		x.waiting = x.effect.Waiting + x.effect.PutAside
	}
	return err
}

// planAgain plans every case that waits for it and moves the clocks that follow.
func (x *adopted) planAgain(s *session) (err error) {
	x.Clocks, x.why, err = s.planAgain("cases planned again", x.waiting, func(cases int) { x.waiting = max(0, x.waiting-cases) })
	return err
}

// adopted says what an adoption did.
type adopted struct {
	store.Adopted
	now     *casework.Book // nil where it could not be read again
	past    past           // what it says anew of duties that are over, as counted before it was adopted
	unread  int            // cases that could not be compared before it was adopted
	planned bool           // cases were planned again, now
	waiting int            // cases that are still to be planned again
	effect  store.Effect
	Clocks  api.Clocks
	why     error // why nudges wait
	failure *api.Failure
}

// adoptedRow is that as JSON.
type adoptedRow struct {
	Changed bool   `json:"changed"`
	Law     string `json:"law"`
	On      string `json:"adopted"`
	Reason  string `json:"reason"`
	By      string `json:"by"`
	*lawRow
	Cases  int   `json:"cases"`
	All    tally `json:"duties"`
	Closed int   `json:"closed_duties"`
	// What it says anew of those, as counted before it was adopted.
	Past *casework.Past `json:"past,omitempty"`
	// Corrected is what the law says was put right, of the timescales of which something differs.
	Corrected  []correctionRow `json:"corrected,omitempty"`
	Unread     int             `json:"cases_not_compared,omitempty"`
	Timescales []tallyRow      `json:"timescales"`
	Clocks     api.Clocks      `json:"clocks"`
	// Where not every case was planned again. The reason above is that of the adoption.
	Failed  bool   `json:"failed,omitempty"`
	Failure string `json:"failure,omitempty"`
	Waiting int    `json:"cases_not_planned,omitempty"`
}

func (x *adopted) row() adoptedRow {
	var law *lawRow
	if x.now != nil {
		row := lawRowOf(x.now)
		law = &row
	}
	row := adoptedRow{
		Changed: x.Changed, Law: x.Law, On: instantText(x.On), Reason: x.Reason, By: x.By, lawRow: law,
		Cases: x.effect.Cases, All: x.all(), Closed: x.effect.Closed,
		Past: x.Past, Unread: x.unread, Corrected: x.corrected(), Timescales: x.rows(), Clocks: x.Clocks, Waiting: x.waiting,
	}
	if x.failure != nil {
		row.Failed, row.Failure = true, x.failure.Reason
	}
	return row
}

// corrected is what it put right of the timescales of which something differs.
func (x *adopted) corrected() []correctionRow {
	if !x.Changed {
		return nil
	}
	refs := slices.Collect(maps.Keys(x.past))
	for _, r := range x.effect.Refs {
		refs = append(refs, r.Ref)
	}
	slices.Sort(refs)
	return correctionRows(x.Before, x.now, slices.Compact(refs))
}

// rows are the timescales of which something that is still owed has changed.
func (x *adopted) rows() []tallyRow {
	rows := make([]tallyRow, len(x.effect.Refs))
	for i, r := range x.effect.Refs {
		rows[i] = tallyRow{Ref: r.Ref, Title: titleUnder(r.Ref, x.now, x.Before), tally: tallyOf(r)}
	}
	return rows
}

// all adds up the timescales.
func (x *adopted) all() tally {
	var all tally
	for _, r := range x.effect.Refs {
		all.add(tallyOf(r))
	}
	return all
}

func (x *adopted) print(a *app, asJSON bool) error {
	if asJSON {
		if x.Clocks.Waiting > 0 {
			a.say(waitWords(x.Clocks.Waiting, x.why))
		}
		return a.printJSON(x.row())
	}
	if x.Changed {
		a.printf("In force from %s on, adopted by %s: %s\n\n", english.Second(x.On), x.By, x.Reason)
	} else {
		a.printf("Nothing has changed: this law is in force already, since %s, adopted by %s: %s\n", english.Second(x.On), x.By, x.Reason)
	}
	if x.failure != nil {
		a.printf("Not finished: it is in force, and not every case has been planned again (%s). The worker program does the rest, and so does the same command again.\n", x.failure.Reason)
		return nil
	}
	if !x.planned {
		return nil
	}
	before := x.now
	if x.Changed {
		before = x.Before
	}
	return cmp.Or(lawRowOf(x.now).print(a, lawRowOf(before)), x.printEffect(a))
}
