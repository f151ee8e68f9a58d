package casework

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// FoldVersion is raised by one where events that a record may hold already fold into other duties than
// before, or stand otherwise: what is stored of them then waits for a rebuild of the record.
const FoldVersion = 1

// Fold works out every duty ever opened in a case, from its accepted events in any order,
// as seen at a moment, and lists what did not count. All events must be of one case.
func (b *Book) Fold(events []Event, m Moment) *Plan { return b.fold(events, m, true) }

// FoldDuties is Fold for those who look at nothing but the duties: what did not count is not listed.
func (b *Book) FoldDuties(events []Event, m Moment) *Plan { return b.fold(events, m, false) }

func (b *Book) fold(events []Event, m Moment, listing bool) *Plan {
	t := b.lay(events, m)
	t.room = rooms.Get().(*room) //nolint:forcetypeassert // nothing else is put there
	defer t.room.leave()
	plan := &Plan{AsOf: m.AsOf, KnownAt: m.KnownAt, birthday: t.birthday, holds: t.holds(), ahead: map[string]startAhead{}}
	t.turn(t.birthday)
	if len(events) > 0 {
		plan.Case = events[0].Case
	}
	var duties []*openDuty
	var folds []*ruleFold
	f := new(ruleFold) // of one timescale after another, until one has something to say
	for _, r := range b.rules {
		*f = ruleFold{timeline: t, rule: r}
		f.run()
		slices.SortFunc(f.duties, byStart)
		t.stands.join(f.stands)
		if next := plan.ahead[r.Pathway].sooner(f.ahead); !next.day.IsZero() {
			plan.ahead[r.Pathway] = next
		}
		duties = append(duties, f.duties...)
		if listing && (len(f.duties) > 0 || len(f.notCounted) > 0) {
			folds, f = append(folds, f), new(ruleFold)
		}
	}
	if listing {
		plan.NotCounted = append(t.listNotCounted(folds), t.listVoided(m)...)
	}
	plan.Duties = make([]Duty, len(duties))
	covered := t.findCoverage(plan)
	for i, d := range duties {
		d.Case = plan.Case
		t.findUnreported(&d.Duty, covered)
		plan.Duties[i] = d.Duty
	}
	plan.TooMany, plan.stands = t.tooMany, t.stands
	plan.index()
	return plan
}

// holds are the stretches in which acknowledgements hold rungs back, by duty.
func (t *timeline) holds() map[string][]hold {
	acknowledged := t.of(typeAcknowledged)
	if len(acknowledged) == 0 {
		return nil
	}
	holds := map[string][]hold{}
	for _, n := range acknowledged {
		duty := n.Data.Text("duty")
		holds[duty] = append(holds[duty], hold{from: n.recorded, until: n.Data.Day("promise").End()})
	}
	return holds
}

// ruleFold folds a case's days for one timescale.
type ruleFold struct {
	*timeline
	rule       *rule
	events     []*entry        // those that concern the timescale
	own        []*span         // of its period
	lasted     []calendar.Date // see lastOpen; of a timescale of rolling sums
	endsWith   []*span         // of every period whose end ends its duties
	duties     []*openDuty
	running    []*openDuty // those that were open when the day began, and what opened since
	openings   []opening   // of a timescale with windows
	notCounted []noted
	known      bool       // the instants give the order of the day
	stands     standing   // until when nothing changes of its duties unless something is recorded
	ahead      startAhead // when it next starts by itself
	trail
}

// openDuty is a duty with what the fold needs to go on with it.
type openDuty struct {
	Duty
	span   *span  // the period in which it runs; nil where the timescale has none
	opener *entry // the event that opened it
	by     *timescale.Start
	base   calendar.Date
	first  *openDuty // of those that follow each other, where it has a date
	stood  dates     // its dates when its clock was last stopped
	trodden
}

// run walks the days on which something can happen to a duty of the timescale; none where
// nothing starts one.
func (f *ruleFold) run() { f.runFrom(0) }

// runFrom walks those days from one on.
func (f *ruleFold) runFrom(first calendar.Date) {
	f.own, f.lasted, f.endsWith, f.stands, f.ahead = f.spans[f.rule.Period], nil, nil, standing{}, startAhead{}
	if !f.canStart() {
		return
	}
	f.events = f.gather(f.rule.concerns, first)
	for _, name := range f.rule.EndsWith {
		f.endsWith = append(f.endsWith, f.spans[name]...)
	}
	from := 0
	for _, day := range f.relevantDays(first) {
		through := from
		for through < len(f.events) && f.events[through].At.Day == day {
			through++
		}
		f.today = day
		f.day(day, f.events[from:through])
		from = through
	}
}

// relevantDays are those of its events, and those on which periods open and end.
func (f *ruleFold) relevantDays(first calendar.Date) []calendar.Date {
	days := make([]calendar.Date, 0, len(f.events)+8)
	for _, n := range f.events {
		days = append(days, n.At.Day)
	}
	for _, s := range f.endsWith {
		if !s.open() {
			days = append(days, s.ended)
		}
	}
	for _, s := range f.own {
		days = append(days, s.opened)
	}
	if f.endsAtAdulthood() {
		f.turn(f.birthday)
		if f.birthday <= f.asOf {
			days = append(days, f.birthday)
		}
	}
	days = slices.Concat(days, f.windowDays(first), f.birthdays(), f.movingDays())
	days = slices.DeleteFunc(days, func(day calendar.Date) bool { return day < first })
	slices.Sort(days)
	return slices.Compact(days)
}

func (f *ruleFold) canStart() bool {
	if f.rule.Windows != "" {
		return len(f.own) > 0
	}
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if (s.PeriodOpens || s.Birthday > 0) && len(f.own) > 0 || len(f.of(s.Event)) > 0 {
			return true
		}
	}
	return false
}
