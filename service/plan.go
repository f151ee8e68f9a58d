package service

import (
	"cmp"
	"context"
	"slices"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
)

// Plans are cases folded into duties, as of an instant.
type Plans struct {
	Plans []*casework.Plan
	AsOf  time.Time
}

// Plan folds cases into duties.
func (o Offline) Plan(ctx context.Context, cases *Cases, v View) (*Plans, error) {
	m, err := o.moment(v)
	if err != nil {
		return nil, err
	}
	p := o.Watch.Begin("cases folded", len(cases.Cases))
	defer p.End()
	plans, err := eachCase(ctx, cases.Cases, func(events []casework.Event) *casework.Plan { return cases.Book.Fold(events, m) }, p)
	if err != nil {
		return nil, err
	}
	return &Plans{plans, m.AsOf}, nil
}

// Plan folds the cases of the record into duties, under the law in force.
func (s *Service) Plan(ctx context.Context, v View) (out *Plans, err error) {
	err = s.onCases(ctx, func(o Offline, cases *Cases) (err error) {
		out, err = o.Plan(ctx, cases, v)
		return err
	})
	return out, err
}

// onCases runs a use case on the cases of the record.
func (s *Service) onCases(ctx context.Context, do func(Offline, *Cases) error) error {
	return s.reads(ctx, func(u *use) error {
		cases, err := u.cases(ctx)
		if err != nil {
			return err
		}
		o, err := s.offline(ctx)
		if err != nil {
			return err
		}
		return do(o, cases)
	})
}

// Rows are the duties of all cases, in the order that docs/commands.md gives.
func (p *Plans) Rows() []api.PlannedDuty {
	var rows []api.PlannedDuty
	for _, plan := range p.Plans {
		for i := range plan.Duties {
			rows = append(rows, api.PlannedDutyOf(plan.Duties[i].Row(p.AsOf)))
		}
	}
	slices.SortStableFunc(rows, func(x, y api.PlannedDuty) int {
		return cmp.Or(cmp.Compare(x.Case, y.Case), cmp.Compare(x.Ref, y.Ref), cmp.Compare(x.Started, y.Started),
			cmp.Compare(x.Episode, y.Episode), cmp.Compare(x.Due, y.Due), cmp.Compare(x.Duty, y.Duty))
	})
	return rows
}

// NotCounted is what did not count, by case and day.
func (p *Plans) NotCounted() []api.NotCounted {
	var rows []api.NotCounted
	for _, plan := range p.Plans {
		for i := range plan.NotCounted {
			rows = append(rows, api.NotCountedOf(plan.Case, &plan.NotCounted[i]))
		}
	}
	slices.SortStableFunc(rows, func(x, y api.NotCounted) int {
		return cmp.Or(cmp.Compare(x.Case, y.Case), cmp.Compare(x.At, y.At), cmp.Compare(x.Event, y.Event), cmp.Compare(x.Ref, y.Ref))
	})
	return rows
}

// CameToNothing counts the events that counted for nothing, but for attempted visits.
func (p *Plans) CameToNothing() int {
	nothing := 0
	for _, plan := range p.Plans {
		for i := range plan.NotCounted {
			if n := &plan.NotCounted[i]; n.Nowhere && !n.Unseen {
				nothing++
			}
		}
	}
	return nothing
}

// Days are London days, both included.
type Days struct{ From, To calendar.Date }

// Check is wrong usage where the days run backwards or are too many.
func (d Days) Check() error {
	if d.To < d.From {
		return misuse("to", "%s lies before %s", d.To, d.From)
	}
	if last := d.From.AddYears(mostYears); d.To > last {
		return misuse("to", "%s lies more than %d years after %s, and no case is open for so long: ask for days until %s at most", d.To, mostYears, d.From, last)
	}
	return nil
}

// Notices plays the ladders of cases: what is sent on some days.
func (o Offline) Notices(ctx context.Context, cases *Cases, days Days) ([]api.PlannedNotice, error) {
	if err := days.Check(); err != nil {
		return nil, err
	}
	p := o.Watch.Begin("cases worked out", len(cases.Cases))
	defer p.End()
	lists, err := eachCase(ctx, cases.Cases, func(events []casework.Event) []casework.Notice {
		return cases.Book.Notices(events, days.From, days.To)
	}, p)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(lists...)
	casework.SortNotices(all)
	rows := make([]api.PlannedNotice, len(all))
	for i, n := range all {
		rows[i] = api.PlannedNoticeOf(n.Row())
	}
	return rows, nil
}

// Notices plays the ladders of the record's cases, under the law in force.
func (s *Service) Notices(ctx context.Context, days Days) (rows []api.PlannedNotice, err error) {
	if err := days.Check(); err != nil {
		return nil, err
	}
	err = s.onCases(ctx, func(o Offline, cases *Cases) (err error) {
		rows, err = o.Notices(ctx, cases, days)
		return err
	})
	return rows, err
}
