package service

import (
	"cmp"
	"context"
	"slices"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
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

// PlanQuery asks for the plans of one case, or of some of all.
type PlanQuery struct {
	Source, Case string // "": all, some at a time
	View
}

// mostPageCases is how many cases are planned for one page.
const mostPageCases = 100

// PlanPage folds a case of the record, or some of all, into duties, under the law in force. A page's rows are cases.
func (s *Service) PlanPage(ctx context.Context, q PlanQuery, p Page) (*api.PlanPage, error) {
	key, err := s.keyAfter(ctx, p, listCases, 1)
	if err != nil {
		return nil, err
	}
	out := &api.PlanPage{}
	err = s.reads(ctx, func(u *use) error {
		o, err := s.offline(ctx)
		if err != nil {
			return err
		}
		m, err := o.moment(q.View)
		if err != nil {
			return err
		}
		cases, err := u.pageOfCases(ctx, q, key[0], p.rows(mostPageCases)+1)
		if err != nil {
			return err
		}
		if most := p.rows(mostPageCases); len(cases) > most {
			cases = cases[:most]
			if out.Next, err = s.cursorOf(ctx, listCases, cases[most-1].Key); err != nil {
				return err
			}
		}
		out.AsOf = instantText(m.AsOf)
		if !m.KnownAt.IsZero() {
			out.KnownAt = instantText(m.KnownAt)
		}
		return u.planCases(ctx, cases, m, out)
	})
	return out, err
}

// pageOfCases notes that cases are read and returns which: the one that is asked for, or at most so many after one.
func (u *use) pageOfCases(ctx context.Context, q PlanQuery, after string, most int) ([]store.Found, error) {
	if u.record.Book() == nil {
		return nil, store.ErrNotMigrated
	}
	if q.Case != "" {
		key, err := u.readsCase(ctx, q.Source, q.Case)
		return []store.Found{{Key: key, Reference: q.Case}}, err
	}
	if err := u.readsCases(ctx); err != nil {
		return nil, err
	}
	return u.record.CasesAfter(ctx, q.Source, after, most)
}

// planCases plans cases, and warns of those that cannot be worked out.
func (u *use) planCases(ctx context.Context, cases []store.Found, m casework.Moment, out *api.PlanPage) error {
	plans := &Plans{AsOf: m.AsOf}
	for _, c := range cases {
		events, err := u.record.EventsOf(ctx, c)
		if err != nil {
			return err
		}
		err = Guarded(func() error {
			plans.Plans = append(plans.Plans, u.record.Book().Fold(events, m))
			return nil
		})
		if err != nil {
			out.Warnings = append(out.Warnings, api.Warning{Code: "case_not_worked_out", Case: c.Reference, Detail: "This case could not be worked out: this program has a fault."})
		}
	}
	out.Duties, out.NotCounted = plans.Rows(), plans.NotCounted()
	return nil
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

// NoticeQuery picks notices; what is left out picks all.
type NoticeQuery struct {
	Source, Case string
	Duty         string // its id
	State        string
	To           string // a staff reference
}

// NoticePage lists some of the notices and lists that the record holds, with what became of each.
func (s *Service) NoticePage(ctx context.Context, q NoticeQuery, p Page) (*api.NoticePage, error) {
	key, err := s.keyAfter(ctx, p, listNotices, 1)
	if err != nil {
		return nil, err
	}
	out := &api.NoticePage{}
	err = s.reads(ctx, func(u *use) error {
		if _, err := u.readsSome(ctx, q.Source, q.Case); err != nil {
			return err
		}
		rows, more, err := s.record.NoticesAfter(ctx, store.NoticeFilter{
			Source: q.Source, Case: q.Case, Duty: q.Duty, State: q.State, Recipient: q.To,
		}, key[0], p.rows(mostPageRows))
		if err != nil {
			return err
		}
		out.Notices = api.NoticesOf(rows)
		if more {
			if out.Next, err = s.cursorOf(ctx, listNotices, rows[len(rows)-1].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
