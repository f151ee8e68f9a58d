package service

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/store"
)

// Cases are what is planned, explained and compared, with the law that they go by: from a file of events or from the
// record.
type Cases struct {
	Book    *casework.Book
	Cases   [][]casework.Event // each of one case
	Refused []casework.Refusal // what was refused of a file
	Doubts  []casework.Refusal // what was accepted of it and is probably a slip
}

// FromEvents returns the cases of a file of events under a law, in the order of their references. unread is what of
// the file was not an event.
func FromEvents(book *casework.Book, events []casework.Event, unread []casework.Refusal) *Cases {
	accepted, refused := book.Accept(events)
	c := &Cases{Book: book, Cases: byCase(accepted), Refused: slices.Concat(unread, refused)}
	c.Doubts = doubts(book, c.Cases)
	return c
}

// PartlyRefused returns ErrPartlyRefused where something of the file was refused.
func (c *Cases) PartlyRefused() error { return partlyRefused(len(c.Refused) > 0) }

// of returns the events of a case; nil where there is no such case.
func (c *Cases) of(ref string) []casework.Event {
	for _, events := range c.Cases {
		if events[0].Case == ref {
			return events
		}
	}
	return nil
}

// byCase cuts accepted events, which come grouped, into cases.
func byCase(events []casework.Event) [][]casework.Event {
	var cases [][]casework.Event
	for i := 0; i < len(events); {
		j := i + 1
		for j < len(events) && events[j].Case == events[i].Case && events[j].Source == events[i].Source {
			j++
		}
		cases = append(cases, events[i:j])
		i = j
	}
	return cases
}

// doubts returns what is probably a slip in the events of a file, case by case.
func doubts(book *casework.Book, cases [][]casework.Event) []casework.Refusal {
	var list []casework.Refusal
	var opened []string
	var unopened []*casework.Event
	for _, events := range cases {
		for i := range events {
			list = append(list, book.Doubts(&events[i])...)
		}
		for _, d := range book.DoubtfulDeaths(events, lastRecorded(events)) {
			list = append(list, casework.Refusal{Line: d.Death.Line, Event: d.Death.ID, Reason: d.Why})
		}
		if e := book.Unopened(events, lastRecorded(events)); e != nil {
			unopened = append(unopened, e)
		} else if len(events) > 0 {
			opened = append(opened, events[0].Case)
		}
	}
	for i, e := range unopened {
		others := ""
		if i < mostLookedFor {
			others = names.DidYouMean(e.Case, slices.Values(opened))
		}
		list = append(list, casework.Refusal{Line: e.Line, Event: e.ID, Reason: unopenedReason(e.Case, others)})
	}
	return list
}

// lastRecorded is when the last of some events was recorded.
func lastRecorded(events []casework.Event) time.Time {
	var last time.Time
	for i := range events {
		if events[i].Recorded.After(last) {
			last = events[i].Recorded
		}
	}
	return last
}

// cases reads all cases of the record, under the law in force.
func (u *use) cases(ctx context.Context) (*Cases, error) {
	if u.record.Book() == nil {
		return nil, store.ErrNotMigrated
	}
	if err := u.readsCases(ctx); err != nil {
		return nil, err
	}
	c := &Cases{Book: u.record.Book()}
	p := u.watch.Begin("cases read", 0)
	defer p.End()
	err := u.record.EachCase(ctx, func(_ string, events []casework.Event) error {
		if len(events) > 0 {
			c.Cases = append(c.Cases, events)
		}
		p.Add(1)
		return nil
	})
	slices.SortStableFunc(c.Cases, func(x, y []casework.Event) int { return cmp.Compare(x[0].Case, y[0].Case) })
	return c, err
}

// Offline is the use cases that need no record, at a case instant.
type Offline struct {
	Now   time.Time
	Watch Watcher
}

// offline is what the record's cases are worked on with: at the record's present, so that nothing that it holds lies
// in the future of a machine whose clock is some seconds behind.
func (s *Service) offline(ctx context.Context) (Offline, error) {
	now, err := s.record.Now(ctx)
	return Offline{Now: now, Watch: s.watch}, err
}

// View is the moment at which cases are looked at. A date means the end of that day in London.
type View struct {
	AsOf    casework.When // nothing that happened later is seen; zero: the present
	KnownAt casework.When // nothing that was recorded later is seen; zero: everything is
}

// mostYears bounds what is looked at in one go: no child's case is open for longer, and recurring duties grow with
// the time that is looked at.
const mostYears = 30

// moment returns the moment of a view. It is wrong usage to look further ahead than any case lasts.
func (o Offline) moment(v View) (casework.Moment, error) {
	m := casework.Moment{AsOf: o.Now}
	if !v.AsOf.Day.IsZero() {
		m.AsOf = through(v.AsOf)
	}
	if !v.KnownAt.Day.IsZero() {
		m.KnownAt = through(v.KnownAt)
	}
	if last := calendar.DateOf(o.Now).AddYears(mostYears); calendar.DateOf(m.AsOf) > last {
		return m, misuse("as-of", "%s lies more than %d years ahead, and no case is open for so long: look at %s or earlier", v.AsOf, mostYears, last)
	}
	return m, nil
}

// through is the instant itself, or the last of a date.
func through(w casework.When) time.Time {
	if w.DayOnly() {
		return w.Day.End()
	}
	return w.Instant
}

// eachCase works on every case, on all processors, and returns the results in the order of the cases. Once the
// context has ended no more are begun. A panic is an error that says where.
func eachCase[Result any](ctx context.Context, cases [][]casework.Event, work func([]casework.Event) Result, p Progress) ([]Result, error) {
	results := make([]Result, len(cases))
	group, working := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range cases {
		if working.Err() != nil {
			break
		}
		group.Go(func() error {
			return Guarded(func() error {
				results[i] = work(cases[i])
				p.Add(1)
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return results, ctx.Err()
}

// eachOfRecord works on every case of the record on all processors while it is read, so that it is never in memory as
// a whole. work is called from several goroutines. A case with which work panics keeps none of the others from being
// worked on: failed counts those.
func (s *Service) eachOfRecord(ctx context.Context, work func([]casework.Event), p Progress) (failed int, err error) {
	var panics atomic.Int64
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	err = s.record.EachCase(ctx, func(_ string, events []casework.Event) error {
		if len(events) == 0 {
			return nil
		}
		group.Go(func() error {
			if err := Guarded(func() error { work(events); return nil }); err != nil {
				panics.Add(1)
			}
			p.Add(1)
			return nil
		})
		return ctx.Err()
	})
	waited := group.Wait()
	return int(panics.Load()), cmp.Or(err, waited)
}
