package casework

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"longstop/calendar"
)

// Plan is what a fold found: every duty ever opened in a case, and what was recorded but
// did not count.
type Plan struct {
	Case       string
	AsOf       time.Time
	KnownAt    time.Time // zero: everything that was ever recorded
	Duties     []Duty    // by ref, start, episode, due date and id
	NotCounted []NotCounted
	// TooMany says that the case has more duties than MaxDuties, of which the rest is left out: the
	// plan is no guide to what is owed, and nothing is to be said by it. Such a case is refused
	// when it is recorded; this is for one that was recorded before there was a bound.
	TooMany bool

	open     []*Duty                 // those that are neither met nor ended, in order
	byID     func() map[string]*Duty // the first of each id
	holds    map[string][]hold       // by duty
	birthday calendar.Date           // the 18th; zero where the birth is not known
	stands   standing
	ahead    map[string]startAhead // by pathway, when its next duty starts by itself
}

// startAhead is a day to come on which a duty starts by itself, and with what; its day is zero
// where there is none.
type startAhead struct {
	day calendar.Date
	why string
}

// sooner is the earlier of two.
func (a startAhead) sooner(b startAhead) startAhead {
	if a.day.IsZero() || !b.day.IsZero() && b.day < a.day {
		return b
	}
	return a
}

// standing is the time from since to the day before until in which nothing changes unless
// something is recorded; zero: without bound.
type standing struct{ since, until calendar.Date }

// standsOn says whether what was found is that of another instant too, as far as it is known
// the same: no birthday, window or new edition lies between.
func (s standing) standsOn(t time.Time) bool {
	day := calendar.DateOf(t)
	return day >= s.since && (s.until.IsZero() || day < s.until)
}

// turn notes a day on which something changes though nothing is recorded.
func (s *standing) turn(day, asOf calendar.Date) {
	switch {
	case day.IsZero():
	case day <= asOf:
		s.since = max(s.since, day)
	case s.until.IsZero() || day < s.until:
		s.until = day
	}
}

// join takes what another says too.
func (s *standing) join(other standing) {
	s.since = max(s.since, other.since)
	if !other.until.IsZero() && (s.until.IsZero() || other.until < s.until) {
		s.until = other.until
	}
}

// hold is the stretch in which an acknowledgement holds a duty's rungs back.
type hold struct{ from, until time.Time }

// Duty finds a duty by its id; nil where the plan has none.
func (p *Plan) Duty(id string) *Duty {
	if p.byID == nil {
		return nil
	}
	return p.byID()[id]
}

// index finds the plan's duties by their ids, once it is asked for one, and those that are open.
func (p *Plan) index() {
	for i := range p.Duties {
		if d := &p.Duties[i]; d.Open() {
			p.open = append(p.open, d)
		}
	}
	duties := p.Duties
	p.byID = sync.OnceValue(func() map[string]*Duty {
		found := make(map[string]*Duty, len(duties))
		for i := range slices.Backward(duties) {
			found[duties[i].ID] = &duties[i]
		}
		return found
	})
}

// byStart orders the duties of one timescale as commands show them: by start, episode, due
// date and id.
func byStart(a, b *openDuty) int {
	if c := compareStarts(&a.Duty, &b.Duty); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Episode, b.Episode), cmp.Compare(a.Due, b.Due), a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID))
}

// compareStarts orders as the texts would, without writing them where both are days.
func compareStarts(a, b *Duty) int {
	if a.DueAt.IsZero() && b.DueAt.IsZero() {
		return cmp.Compare(a.Started.Day, b.Started.Day)
	}
	return cmp.Compare(a.StartedText(), b.StartedText())
}

// StartedText is the day on which the duty started, or for a limit in hours its instant,
// as commands show it.
func (d *Duty) StartedText() string {
	if !d.DueAt.IsZero() {
		return d.Started.Start().UTC().Format(time.RFC3339)
	}
	return d.Started.Day.String()
}
