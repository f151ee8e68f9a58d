package service

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/access"
	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/store"
)

// Attaching says what a source reports, in all of its cases and in those that come later.
type Attaching struct {
	Source  string
	Reports []string      // event types
	From    calendar.Date // the first day of which it reports them
	Until   calendar.Date // the last; zero: it is a live feed, without an end
	Backlog bool          // what it brings to light as overdue goes on one list for each manager
	ID      string        // "" for one that is made
	AttachOptions
}

// attachmentIDs are the ids under which the record may hold an attachment, the one under which it is written first: one that a
// key's holder chose is apart from those of others. Without an id of whoever says it there are none.
func (s *Service) attachmentIDs(ctx context.Context, id string) ([]string, error) {
	caller, ok := access.CallerFrom(ctx)
	switch {
	case id == "":
		return nil, nil
	case !ok || caller.Key == "":
		return []string{id}, nil
	}
	return s.ownIDs(ctx, "attached", id, store.MostAttachmentID)
}

// Detaching takes an attachment back as a mistake, in all cases.
type Detaching struct {
	Attachment string // its id
	Source     string // whose it must be; "": anybody's
	AttachOptions
}

// AttachOptions say how an attachment is made or taken back.
type AttachOptions struct {
	Reason, By        string
	DryRun            bool // say what it would do, and write nothing
	ConfirmUnreported bool // do it though clocks that run now would be followed no longer
}

// Attach says from which day on a source reports event types. Saying the same again changes nothing. The answer comes
// with a failure where not every case was planned again. For a request the workers do that, behind the answer.
func (s *Service) Attach(ctx context.Context, in Attaching) (*api.Attached, error) {
	return s.changeAttachment(ctx, in.AttachOptions, func(stands []store.Attachment) (*attaching, error) {
		return s.planAttach(ctx, &in, stands)
	})
}

// Detach takes an attachment back.
func (s *Service) Detach(ctx context.Context, in Detaching) (*api.Attached, error) {
	return s.changeAttachment(ctx, in.AttachOptions, func(stands []store.Attachment) (*attaching, error) {
		return s.planDetach(ctx, &in, stands)
	})
}

// Attachments lists what a source reports, or all of them ("").
func (s *Service) Attachments(ctx context.Context, source string) (rows []api.Attachment, err error) {
	err = s.reads(ctx, func(u *use) error {
		if err := u.readsCases(ctx); err != nil {
			return err
		}
		stands, err := s.record.Attachments(ctx, source)
		for i := range stands {
			rows = append(rows, api.AttachmentOf(&stands[i]))
		}
		return err
	})
	return rows, err
}

// attaching is one change of what a source reports.
type attaching struct {
	row     api.Attachment
	preview func(book *casework.Book, events []casework.Event, now time.Time) casework.Event // without an id: the case stays as it is
	do      func(context.Context) (store.Attached, error)
	void    bool
	doubts  []casework.Refusal // what is perhaps a slip in it
}

// changeAttachment looks at what a change would do, and does it.
func (s *Service) changeAttachment(
	ctx context.Context, o AttachOptions, plan func([]store.Attachment) (*attaching, error),
) (answer *api.Attached, err error) {
	run := s.writes
	if o.DryRun {
		run = s.reads
	}
	err = run(ctx, func(u *use) (err error) {
		if u.record.Book() == nil {
			return store.ErrNotMigrated
		}
		stands, err := u.record.Attachments(ctx, "")
		if err != nil {
			return err
		}
		to, err := plan(stands)
		if err != nil {
			return err
		}
		answer, err = u.attach(ctx, o, to)
		return err
	})
	return answer, err
}

func (u *use) attach(ctx context.Context, o AttachOptions, to *attaching) (*api.Attached, error) {
	effect, err := u.attachEffect(ctx, to)
	if err != nil {
		return nil, err
	}
	out := &api.Attached{Attachment: to.row, DryRun: o.DryRun, AttachEffect: effect, Void: to.void}
	for _, doubt := range to.doubts {
		if store.InRequest(ctx) {
			out.Warnings = append(out.Warnings, api.Refusal{Reason: doubt.Reason})
		} else {
			u.watch.Warn(doubt.Reason)
		}
	}
	if o.DryRun {
		return out, nil
	}
	if n := out.Unfollowed; n > 0 && !o.ConfirmUnreported {
		return nil, refusef(ClocksUnfollowed, "%s that %s now would be followed no longer, since nothing would report that they are done (%s)",
			english.Count(n, "timescale"), english.Plural(n, "runs", "run"), strings.Join(unfollowed(effect.Timescales), ", "))
	}
	done, err := to.do(ctx)
	switch {
	case errors.Is(err, store.ErrUnknownSource):
		return nil, &Error{Kind: Refused, Code: UnknownSource, err: err}
	case err != nil:
		return nil, err
	}
	out.Attachment.Attachment, out.Changed, out.By = done.ID, done.Changed, done.By
	if store.InRequest(ctx) {
		return out, nil // the cases are queued, and the workers plan them
	}
	out.Clocks, err = u.planAgain(ctx, "cases attached", out.Cases, func(int) {})
	out.Failure = failureOf(ctx, err)
	return out, err
}

// unfollowed names the timescales whose clocks would be followed no longer.
func unfollowed(rows []api.AttachTally) []string {
	var refs []string
	for _, t := range rows {
		if t.Unfollowed > 0 {
			refs = append(refs, t.Ref)
		}
	}
	return refs
}

func (s *Service) planDetach(ctx context.Context, in *Detaching, stands []store.Attachment) (*attaching, error) {
	whose := func(x *store.Attachment) bool { return in.Source == "" || x.Source == in.Source }
	at := slices.IndexFunc(stands, func(x store.Attachment) bool { return x.ID == in.Attachment && whose(&x) })
	if at < 0 {
		// A request that is sent again has not heard that it was done.
		if store.InRequest(ctx) {
			gone, err := s.record.AttachmentTakenBack(ctx, in.Attachment)
			if err != nil {
				return nil, err
			}
			if gone != nil && whose(gone) {
				return unchanged(gone, true), nil
			}
		}
		return nil, refusef(UnknownAttachment, "no attachment of that id stands")
	}
	x := stands[at]
	return &attaching{
		row: api.AttachmentOf(&x), void: true,
		preview: func(_ *casework.Book, events []casework.Event, now time.Time) casework.Event {
			return store.PreviewDetach(events, x, now)
		},
		do: func(ctx context.Context) (store.Attached, error) { return s.record.Detach(ctx, x.ID, in.Reason, in.By) },
	}, nil
}

// unchanged is a change that was made before.
func unchanged(x *store.Attachment, void bool) *attaching {
	return &attaching{
		row: api.AttachmentOf(x), void: void,
		preview: func(*casework.Book, []casework.Event, time.Time) casework.Event { return casework.Event{} },
		do:      func(context.Context) (store.Attached, error) { return store.Attached{Attachment: *x}, nil },
	}
}

func (s *Service) planAttach(ctx context.Context, in *Attaching, stands []store.Attachment) (*attaching, error) {
	ids, err := s.attachmentIDs(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	a := store.Attach{
		Source: in.Source, Reports: in.Reports, From: in.From, Until: in.Until, By: in.By, Reason: in.Reason, Backlog: in.Backlog,
	}.Sorted()
	if len(ids) > 0 {
		a.ID = ids[0]
	}
	switch held, err := s.record.AttachmentHeld(ctx, a, ids...); {
	case errors.Is(err, store.ErrKnownOtherwise):
		return nil, refusef(OtherAttachment, "%s is the id of another attachment", in.ID)
	case err != nil:
		return nil, err
	case held != nil:
		return unchanged(held, false), nil
	}
	to := &attaching{do: func(ctx context.Context) (store.Attached, error) { return s.record.Attach(ctx, a) }}
	was := ""
	for i := range stands {
		if x := &stands[i]; a.SameSubject(x) {
			if was = x.ID; x.Until == a.Until { // it stands already
				return unchanged(x, false), nil
			}
		}
	}
	now, err := s.record.Now(ctx)
	if err != nil {
		return nil, err
	}
	said, refused := a.Preview(s.record.Book(), nil, "", now)
	if refused != nil {
		return nil, Refusef("%s", refused.Reason)
	}
	to.doubts = s.record.Book().Doubts(&said)
	to.row = api.Attachment{Source: a.Source, Reports: a.Reports, From: a.From.String(), Until: a.Until.String(), Reason: a.Reason}
	to.preview = func(book *casework.Book, events []casework.Event, now time.Time) casework.Event {
		e, refused := a.Preview(book, events, was, now)
		if refused != nil { // it would be left out of this case
			return casework.Event{}
		}
		return e
	}
	return to, nil
}

// attachEffect plans every case of the source twice, without and with what would be attached.
func (u *use) attachEffect(ctx context.Context, to *attaching) (api.AttachEffect, error) {
	var none api.AttachEffect
	if err := u.readsCases(ctx); err != nil {
		return none, err
	}
	now, err := u.record.Now(ctx)
	if err != nil {
		return none, err
	}
	cases, err := u.casesOf(ctx, to.row.Source)
	if err != nil {
		return none, err
	}
	book, moment := u.record.Book(), casework.At(now)
	p := u.watch.Begin("cases compared", len(cases))
	changes, err := eachCase(ctx, cases, func(events []casework.Event) []casework.Change {
		e := to.preview(book, events, moment.AsOf)
		if e.ID == "" {
			return nil
		}
		return casework.Compare(book.Fold(events, moment), book.Fold(append(slices.Clip(events), e), moment))
	}, p)
	p.End()
	if err != nil {
		return none, err
	}
	effect := tallyAttached(book, slices.Concat(changes...))
	effect.Cases = len(cases)
	return effect, nil
}

// casesOf reads the cases of a source.
func (u *use) casesOf(ctx context.Context, source string) (cases [][]casework.Event, err error) {
	p := u.watch.Begin("cases read", 0)
	defer p.End()
	err = u.record.EachCaseOf(ctx, source, func(_ string, events []casework.Event) error {
		cases = append(cases, events)
		p.Add(1)
		return nil
	})
	return cases, err
}

func tallyAttached(book *casework.Book, changes []casework.Change) api.AttachEffect {
	byRef := map[string]*api.AttachTally{}
	for i := range changes {
		if changes[i].Before == nil || changes[i].After == nil {
			continue
		}
		ref := changes[i].After.Ref
		if byRef[ref] == nil {
			byRef[ref] = &api.AttachTally{Ref: ref, Title: api.TitleUnder(ref, book)}
		}
		byRef[ref].Count(&changes[i])
	}
	effect := api.AttachEffect{Timescales: []api.AttachTally{}}
	for _, ref := range slices.Sorted(maps.Keys(byRef)) {
		t := *byRef[ref]
		if t.Alive+t.Unfollowed+t.Late > 0 {
			effect.Timescales = append(effect.Timescales, t)
			effect.Add(t)
		}
	}
	return effect
}
