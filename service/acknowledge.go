package service

import (
	"context"
	"errors"
	"strings"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
)

// Promise acknowledges a notice.
type Promise struct {
	Notice string // its id, as its letter shows it
	By     string // the reference of who promises
	Until  calendar.Date
	Note   string // what is being done
}

// Acknowledge records a promise in the case that a notice is about. Until the end of the promised day the alarms of
// the team manager and the service manager are held.
func (s *Service) Acknowledge(ctx context.Context, p Promise) (*api.Recorded, error) {
	done := newRecording(1)
	return done.end(ctx, s.writes(ctx, func(u *use) error {
		n, err := s.findNotice(ctx, p.Notice)
		if err != nil {
			return err
		}
		u.about = n.CaseKey // a promise that is refused leaves its trace there
		from, err := s.sourceOf(ctx, n)
		if err != nil {
			return err
		}
		now, err := s.record.Now(ctx)
		if err != nil {
			return err
		}
		e := casework.Event{
			ID: changeID(n.ID), Source: from, Case: n.Case, Type: "notice.acknowledged", At: casework.AtInstant(now), By: p.By,
			Data: casework.Data{"duty": n.Duty, "by": p.By, "promise": p.Until.String(), "note": p.Note, "notice": n.ID},
		}
		if err := s.checkEmployed(ctx, p.By); err != nil {
			return err
		}
		err = s.writeChange(ctx, e, done)
		if len(done.Refused) > 0 {
			return Refusef("%s: %s", p.Notice, done.Refused[0].Reason)
		}
		return err
	}))
}

// checkEmployed refuses a reference of nobody who works here.
func (s *Service) checkEmployed(ctx context.Context, who string) error {
	known, err := s.record.Employed(ctx, who)
	if err == nil && !known {
		err = refuseField("by", "%s: the record knows nobody of that reference who works here: give the staff reference of a staff.appointed", who)
	}
	return err
}

// findNotice finds a notice by its id.
func (s *Service) findNotice(ctx context.Context, id string) (*store.NoticeRow, error) {
	if id == "" {
		return nil, Refusef("name a notice by its id, which stands in the letter")
	}
	list, err := s.record.Notices(ctx, store.NoticeFilter{ID: strings.ToLower(id)})
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, Refusef("%s: the record holds no such notice: its id stands in the letter", id)
	case list[0].Case == "":
		return nil, Refusef("%s: it is a list of a first load, not a notice about one timescale", id)
	}
	return &list[0], nil
}

// sourceOf is the source by whose reference the notice shows its case.
func (s *Service) sourceOf(ctx context.Context, n *store.NoticeRow) (string, error) {
	events, err := s.record.Events(ctx, "", n.Case)
	if err != nil {
		return "", err
	}
	for i := range events {
		key, err := s.record.CaseKey(ctx, events[i].Source, n.Case)
		switch {
		case errors.Is(err, store.ErrUnknown):
		case err != nil:
			return "", err
		case key == n.CaseKey:
			return events[i].Source, nil
		}
	}
	return "", Refusef("%s: no source refers to its case as %s any more", n.ID, n.Case)
}
