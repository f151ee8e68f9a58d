package service

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/store"
	"longstop/timescale/load"
)

// Comparison says how two laws are compared.
type Comparison struct {
	AsOf  casework.When // as things stood then; a date means the end of that day. Zero: now
	Named bool          // the answer names every duty that differs
}

// WhatIf compares two laws on a file of events.
func (o Offline) WhatIf(ctx context.Context, before *casework.Book, cases *Cases, c Comparison) (*api.WhatIf, error) {
	x := newComparing(before, cases.Book, c.Named)
	x.holidaysAlone = before.Pack().Hash == cases.Book.Pack().Hash
	x.team = store.TeamIn
	return o.whatIf(c, x, len(cases.Cases), func(p Progress) error {
		_, err := eachCase(ctx, cases.Cases, func(events []casework.Event) struct{} { x.compare(events); return struct{}{} }, p)
		return err
	})
}

// whatIf compares all cases, so many where that is known, and returns what differs. Where cases were left out the answer comes with a failure.
func (o Offline) whatIf(c Comparison, x *comparing, total int, all func(Progress) error) (*api.WhatIf, error) {
	warnOfYears(o.Watch, x.before.Calendar(), x.after.Calendar())
	var err error
	if x.moment, err = o.moment(View{AsOf: c.AsOf}); err != nil {
		return nil, err
	}
	p := o.Watch.Begin("cases compared", total)
	err = all(p)
	p.End()
	if err != nil {
		return nil, err
	}
	return x.answer(), x.uncompared()
}

// WhatIf compares the law in force with what a change would make of it, on every case of the record. Nothing is
// written.
func (s *Service) WhatIf(ctx context.Context, change store.Amendment, c Comparison) (answer *api.WhatIf, err error) {
	err = s.reads(ctx, func(u *use) (err error) {
		answer, err = u.whatIf(ctx, change, c)
		return err
	})
	return answer, err
}

// OverlayName is what the faults of an overlay that came without a name call its file.
const OverlayName = "overlay.yaml"

// WhatIfOverlay is WhatIf of an overlay's text in place of the overlays in force.
func (s *Service) WhatIfOverlay(ctx context.Context, text string, c Comparison) (*api.WhatIf, error) {
	return s.WhatIf(ctx, load.Change{Overlays: []load.File{{Name: OverlayName, Text: text}}}, c)
}

func (u *use) whatIf(ctx context.Context, change store.Amendment, c Comparison) (*api.WhatIf, error) {
	if u.record.Book() == nil {
		return nil, store.ErrNotMigrated
	}
	draft, err := u.record.Draft(ctx, store.Law{Change: change})
	if err != nil {
		return nil, RefusedLaw(err)
	}
	x := newComparing(draft.Before, draft.After, c.Named)
	x.holidaysAlone = draft.HolidaysAlone
	if x.team, err = u.record.Teams(ctx); err != nil {
		return nil, err
	}
	if err := u.readsCases(ctx); err != nil {
		return nil, err
	}
	o, err := u.offline(ctx)
	if err != nil {
		return nil, err
	}
	return o.whatIf(c, x, 0, func(p Progress) error { return u.compareAll(ctx, x, p) })
}

// compareAll compares every case of the record, as it is read.
func (s *Service) compareAll(ctx context.Context, x *comparing, p Progress) (err error) {
	x.unread, err = s.eachOfRecord(ctx, x.compare, p)
	return err
}

// warnOfYears says which years a calendar no longer covers: an older copy of the file is easily taken for the new
// one.
func warnOfYears(watch Watcher, before, after *calendar.Calendar) {
	if after.FirstYear() <= before.FirstYear() && after.LastYear() >= before.LastYear() {
		return
	}
	watch.Warn(fmt.Sprintf("these bank holidays cover the years %d to %d, and those before %d to %d: counts that touch a year that is missing become provisional",
		after.FirstYear(), after.LastYear(), before.FirstYear(), before.LastYear()))
}

// comparing is two laws on the same cases, and what differs.
type comparing struct {
	before, after *casework.Book
	team          func([]casework.Event) string
	moment        casework.Moment
	holidaysAlone bool // only the bank holidays are others
	named         bool // each duty that differs is kept, by name

	mu      sync.Mutex
	cases   int
	unread  int                      // cases that could not be worked out
	touched int                      // cases in which something that is still owed differs
	tallies map[[2]string]*api.Tally // by team and ref, of duties that are still owed
	past    pastByRef
	atOnce  atOnce
	rows    []api.Change
}

func newComparing(before, after *casework.Book, named bool) *comparing {
	return &comparing{before: before, after: after, named: named, tallies: map[[2]string]*api.Tally{}, past: pastByRef{}}
}

// compare compares one case. It is called for several at once.
func (x *comparing) compare(events []casework.Event) {
	before := x.before.FoldDuties(events, x.moment)
	changes := casework.Compare(before, x.after.FoldDuties(events, x.moment))
	team := ""
	if len(changes) > 0 && x.team != nil {
		team = x.team(events)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cases++
	x.past.add(changes)
	x.atOnce.add(before, changes)
	touched := false
	for i := range changes {
		c := &changes[i]
		if c.Live() {
			touched = true
			x.tally(team, c.Duty().Ref).Count(c)
		}
		if x.named {
			x.rows = append(x.rows, api.ChangeOf(c, team, x.after, x.before))
		}
	}
	if touched {
		x.touched++
	}
}

func (x *comparing) tally(team, ref string) *api.Tally {
	key := [2]string{team, ref}
	if x.tallies[key] == nil {
		x.tallies[key] = &api.Tally{}
	}
	return x.tallies[key]
}

// counts are the tallies by team and timescale, and all of them together.
func (x *comparing) counts() (rows []api.TallyRow, all api.Tally) {
	rows = []api.TallyRow{}
	for key, t := range x.tallies {
		rows = append(rows, api.TallyRow{Team: key[0], Ref: key[1], Title: api.TitleUnder(key[1], x.after, x.before), Tally: *t})
		all.Add(*t)
	}
	slices.SortFunc(rows, func(x, y api.TallyRow) int { return cmp.Or(cmp.Compare(x.Team, y.Team), cmp.Compare(x.Ref, y.Ref)) })
	return rows, all
}

// refs are the timescales of which something differs, in order, each once.
func (x *comparing) refs() []string {
	var refs []string
	for key := range x.tallies {
		refs = append(refs, key[1])
	}
	for ref := range x.past {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

func (x *comparing) answer() *api.WhatIf {
	rows, all := x.counts()
	past := x.past.all()
	// By case, and in the order in which a plan lists them.
	slices.SortStableFunc(x.rows, func(x, y api.Change) int { return cmp.Compare(x.Case, y.Case) })
	return &api.WhatIf{
		AsOf: instantText(x.moment.AsOf), Before: api.LawOf(x.before), After: api.LawOf(x.after), Cases: x.cases, Touched: x.touched,
		All: all, Closed: past.All(), Past: past, Pasts: x.past.rows(x.after, x.before), RestatesThePast: x.past.asks(x.holidaysAlone), Unread: x.unread,
		OverdueAtOnce: x.atOnce.row(x.after, x.before), ConfirmOverdue: x.atOnce.asks(),
		Corrected: corrections(x.before, x.after, x.refs()),
		Counts:    rows, Changes: append([]api.Change{}, x.rows...), HolidaysAlone: x.holidaysAlone,
	}
}

// uncompared is the failure of a comparison that left cases out; nil where it left none out.
func (x *comparing) uncompared() error {
	if x.unread == 0 {
		return nil
	}
	return fmt.Errorf("%s could not be worked out, so that what the law would do to %s is not known",
		english.Count(x.unread, "case"), english.Plural(x.unread, "it", "them"))
}

// corrections are what a law says was put right of some timescales that the one before it does not say yet.
func corrections(before, after *casework.Book, refs []string) []api.Correction {
	if before == nil || after == nil {
		return nil
	}
	var rows []api.Correction
	for _, ref := range refs {
		rows = append(rows, api.CorrectionsOf(ref, casework.Corrections(before.Pack(), after.Pack(), ref))...)
	}
	return rows
}

// pastByRef counts by timescale what a law says otherwise of duties that are over.
type pastByRef map[string]casework.Past

// add adds what differs in one case.
func (p pastByRef) add(changes []casework.Change) {
	for i := range changes {
		c := &changes[i]
		count := p[c.Duty().Ref]
		count.Count(c)
		if count.All() > 0 {
			p[c.Duty().Ref] = count
		}
	}
}

func (p pastByRef) all() casework.Past {
	var all casework.Past
	for _, one := range p {
		all.Add(one)
	}
	return all
}

// asks reports whether such a law is adopted only by who says that it is meant to change the past. Bank holidays are
// proclaimed and not chosen, and may show something that was late as in time; but a calendar by which something would
// be late is likely to be the wrong one.
func (p pastByRef) asks(holidaysAlone bool) bool {
	all := p.all()
	if holidaysAlone {
		return all.Accused() > 0
	}
	return all.Restated() > 0
}

func (p pastByRef) rows(books ...*casework.Book) []api.PastRow {
	rows := []api.PastRow{}
	for _, ref := range slices.Sorted(maps.Keys(p)) {
		rows = append(rows, api.PastRow{Ref: ref, Title: api.TitleUnder(ref, books...), Past: p[ref]})
	}
	return rows
}

// atOnce counts by timescale the open duties that a law would bring past a limit as soon as it is in force, and
// what is open under the law before.
type atOnce struct {
	before casework.OpenDuties
	refs   map[string]casework.AtOnce
}

// add adds one case.
func (o *atOnce) add(before *casework.Plan, changes []casework.Change) {
	o.before.Count(before)
	for i := range changes {
		c := &changes[i]
		count := o.refs[c.Duty().Ref]
		count.Count(c)
		if count.All() == 0 {
			continue
		}
		if o.refs == nil {
			o.refs = map[string]casework.AtOnce{}
		}
		o.refs[c.Duty().Ref] = count
	}
}

func (o *atOnce) all() casework.AtOnce {
	var all casework.AtOnce
	for _, one := range o.refs {
		all.Add(one)
	}
	return all
}

// asks reports whether such a law is adopted only by who says that this is meant.
func (o *atOnce) asks() bool { return o.all().TooMany(o.before) }

func (o *atOnce) row(books ...*casework.Book) api.AtOnce {
	row := api.AtOnce{Before: o.before, AtOnce: o.all(), Timescales: []api.AtOnceRow{}}
	for _, ref := range slices.Sorted(maps.Keys(o.refs)) {
		row.Timescales = append(row.Timescales, api.AtOnceRow{Ref: ref, Title: api.TitleUnder(ref, books...), AtOnce: o.refs[ref]})
	}
	return row
}
