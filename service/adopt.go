package service

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"longstop/api"
	"longstop/casework"
	"longstop/store"
)

// Adopting is a law to be put in force.
type Adopting struct {
	Change         store.Amendment // of the law in force
	Reason, By     string
	RestateThePast bool // adopt it though duties that are over would be shown otherwise
	ConfirmOverdue bool // adopt it though many open duties would at once be past a limit
}

// UnconfirmedError refuses a law that would do what its adoption did not confirm.
type UnconfirmedError struct{ api.AdoptionRefused }

func (e *UnconfirmedError) Error() string {
	return "nothing was adopted: it would restate the past, or bring many open timescales past a limit at once, and that was not confirmed"
}

// Adopt puts a law in force and plans every case again. The answer is nil where nothing was adopted. It comes with a
// failure where not every case was planned again, or where some could not be compared beforehand.
func (s *Service) Adopt(ctx context.Context, in Adopting) (answer *api.Adoption, err error) {
	err = s.writes(ctx, func(u *use) (err error) {
		answer, err = u.adopt(ctx, in)
		return err
	})
	return answer, err
}

func (u *use) adopt(ctx context.Context, in Adopting) (*api.Adoption, error) {
	law := store.Law{Change: in.Change, Reason: in.Reason, By: in.By}
	x, err := u.compareLaw(ctx, in, &law)
	if err != nil {
		return nil, RefusedLaw(err)
	}
	done, err := u.record.Adopt(ctx, law)
	if err != nil && !done.Changed {
		return nil, RefusedLaw(err)
	}
	out := &adoption{Adopted: done, compared: x}
	if err == nil {
		out.now = u.record.Book()
		err = out.follow(ctx, u.Service)
	}
	return out.answer(failureOf(ctx, err)), cmp.Or(err, x.uncompared())
}

// compareLaw counts what the law would say otherwise of duties that are over and which open ones it would bring past a
// limit at once, and refuses it where that was not said to be meant. A case that cannot be compared holds up no law.
func (u *use) compareLaw(ctx context.Context, in Adopting, law *store.Law) (*comparing, error) {
	draft, err := u.record.Draft(ctx, *law)
	if err != nil || !draft.Changes {
		return newComparing(nil, nil, false), err
	}
	law.Over = draft.Over
	now, err := u.record.Now(ctx)
	if err != nil {
		return nil, err
	}
	x := newComparing(draft.Before, draft.After, false)
	x.holidaysAlone, x.moment = draft.HolidaysAlone, casework.At(now)
	p := u.watch.Begin("cases compared", 0)
	err = u.compareAll(ctx, x, p)
	p.End()
	if err != nil {
		return nil, err
	}
	if refused := in.unconfirmed(x); refused != nil {
		return nil, refused
	}
	if all := x.past.all(); all.Restated() > 0 {
		law.Past = &all
	}
	return x, nil
}

// unconfirmed refuses a law that would do what its adoption did not confirm.
func (in *Adopting) unconfirmed(x *comparing) error {
	var needs []string
	if !in.RestateThePast && x.past.asks(x.holidaysAlone) {
		needs = append(needs, api.RestateThePast)
	}
	if !in.ConfirmOverdue && x.atOnce.asks() {
		needs = append(needs, api.ConfirmOverdue)
	}
	if needs == nil {
		return nil
	}
	return refused(&UnconfirmedError{api.AdoptionRefused{
		Needs: needs, Past: x.past.all(), OverdueAtOnce: x.atOnce.row(x.after, x.before),
		Pasts: x.past.rows(x.after, x.before), After: api.LawOf(x.after), HolidaysAlone: x.holidaysAlone,
	}})
}

// adoption is what an adoption did.
type adoption struct {
	store.Adopted
	compared *comparing     // as counted before it was adopted
	now      *casework.Book // nil where it could not be read again
	planned  bool           // cases were planned again, now
	waiting  int            // cases that are still to be planned again
	effect   store.Effect
	clocks   api.Clocks
}

// follow plans again the cases that wait for it, also those that an adoption which was interrupted has left.
func (x *adoption) follow(ctx context.Context, s *Service) error {
	if x.Changed {
		warnOfYears(s.watch, x.Before.Calendar(), x.now.Calendar())
	}
	waiting, err := s.record.EffectOf(ctx, x.Seq)
	if err != nil {
		return err
	}
	x.waiting, x.planned = waiting.Waiting, x.Changed || waiting.Waiting > 0
	if x.waiting > 0 {
		x.clocks, err = s.planAgain(ctx, "cases planned again", x.waiting, func(cases int) { x.waiting = max(0, x.waiting-cases) })
		if err != nil {
			return err
		}
	}
	if x.effect, err = s.record.EffectOf(ctx, x.Seq); err == nil {
		x.waiting = x.effect.Waiting + x.effect.PutAside
	}
	return err
}

func (x *adoption) answer(failure *api.Failure) *api.Adoption {
	a := &api.Adoption{
		Changed: x.Changed, Hash: x.Law, On: instantText(x.On), Reason: x.Reason, By: x.By,
		Cases: x.effect.Cases, Closed: x.effect.Closed, Past: x.Past, Unread: x.compared.unread, Corrected: x.corrected(),
		Timescales: make([]api.TallyRow, len(x.effect.Refs)), Clocks: x.clocks, Waiting: x.waiting,
		At: x.On, Planned: x.planned, Pasts: x.compared.past.rows(x.now, x.Before), LawUnread: x.effect.Unread, PutAside: x.effect.PutAside,
	}
	for i, r := range x.effect.Refs {
		a.Timescales[i] = api.TallyRow{Ref: r.Ref, Title: api.TitleUnder(r.Ref, x.now, x.Before), Tally: tallyOf(r)}
		a.All.Add(a.Timescales[i].Tally)
	}
	if x.now != nil {
		now := api.LawOf(x.now)
		before := now
		if x.Changed {
			before = api.LawOf(x.Before)
		}
		a.Law, a.Before = &now, &before
	}
	if failure != nil {
		a.Failed, a.Failure = true, failure.Reason
	}
	return a
}

func tallyOf(e store.RefEffect) api.Tally {
	return api.Tally{
		Appears: e.Appears, Moves: e.Moves, Local: e.Local, Stands: e.Stands, Goes: e.Goes,
		Overdue: e.Overdue, NoLongerOverdue: e.NoLongerOverdue, LocalPassed: e.LocalPassed, NotPastLocal: e.NotPastLocal,
	}
}

// corrected is what it put right of the timescales of which something differs.
func (x *adoption) corrected() []api.Correction {
	if !x.Changed {
		return nil
	}
	refs := slices.Collect(maps.Keys(x.compared.past))
	for _, r := range x.effect.Refs {
		refs = append(refs, r.Ref)
	}
	slices.Sort(refs)
	return corrections(x.Before, x.now, slices.Compact(refs))
}
