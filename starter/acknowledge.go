package main

import (
	"errors"
	"strings"

	"longstop/casework"
	"longstop/store"
)

type acknowledgeCommand struct {
	Notice  string `arg:"" help:"The notice's id, as its letter shows it."`
	By      string `required:"" placeholder:"WHO" help:"Who acknowledges it: a manager who was told of the duty, or one above them, or who covers for one of these."`
	Promise dayArg `required:"" placeholder:"DATE" help:"The day by which it will be done, at most ten working days from today."`
	Note    string `required:"" placeholder:"TEXT" help:"What is being done."`
	JSON    bool   `name:"json" help:"One JSON object, for machines."`
}

// Help shows an example.
func (acknowledgeCommand) Help() string {
	return `Example:

    starter acknowledge 6f1d0c1e-9f0e-4f0f-8a53-0d1c3f0a7b52 --by M01 --promise 2026-12-04 --note "visit booked for Thursday"

Until the end of the promised day the alarms of the team manager and the service manager are held. The head of service's is never held, and nothing moves the due date. A promise is renewed once for a due date, while it still holds. Whoever holds the case cannot acknowledge: it would silence their own managers.`
}

// Run records the acknowledgement in the case that the notice is about.
func (c *acknowledgeCommand) Run(a *app) error {
	done := newRecorded(1)
	return done.end(a, c.JSON, a.withService(true, func(s *service) error {
		n, err := s.findNotice(c.Notice)
		if err != nil {
			return err
		}
		s.about = n.CaseKey // a promise that is refused leaves its trace there
		from, err := s.sourceOf(n)
		if err != nil {
			return err
		}
		now, err := s.now()
		if err != nil {
			return err
		}
		e := casework.Event{
			ID: changeID(n.ID), Source: from, Case: n.Case, Type: "notice.acknowledged", At: casework.AtInstant(now), By: c.By,
			Data: casework.Data{"duty": n.Duty, "by": c.By, "promise": c.Promise.String(), "note": c.Note, "notice": n.ID},
		}
		if err := s.employed(c.By); err != nil {
			return err
		}
		done.ID = e.ID
		err = s.recordAll(from, []casework.Event{e}, done)
		if len(done.Refused) > 0 {
			return refusef("%s: %s", c.Notice, done.Refused[0].Reason)
		}
		return err
	}))
}

// employed refuses whoever the record does not know as working here, by their reference.
func (s *service) employed(who string) error {
	known, err := s.record.Employed(s.app.ctx, who)
	if err == nil && !known {
		err = refusef("--by %s: the record knows nobody of that reference who works here: it is the worker of a staff.appointed", who)
	}
	return err
}

// findNotice finds a notice by its id.
func (s *service) findNotice(id string) (*store.NoticeRow, error) {
	if id == "" {
		return nil, refusef("name a notice by its id, which stands in the letter")
	}
	list, err := s.record.Notices(s.app.ctx, store.NoticeFilter{ID: strings.ToLower(id)})
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, refusef("%s: the record holds no such notice: its id stands in the letter", id)
	case list[0].Case == "":
		return nil, refusef("%s: it is a list of a first load, not a notice about one duty", id)
	}
	return &list[0], nil
}

// sourceOf is the source by whose reference the notice shows its case.
func (s *service) sourceOf(n *store.NoticeRow) (string, error) {
	events, err := s.record.Events(s.app.ctx, "", n.Case)
	if err != nil {
		return "", err
	}
	for i := range events {
		key, err := s.record.CaseKey(s.app.ctx, events[i].Source, n.Case)
		switch {
		case errors.Is(err, store.ErrUnknown):
		case err != nil:
			return "", err
		case key == n.CaseKey:
			return events[i].Source, nil
		}
	}
	return "", refusef("%s: no source refers to its case as %s any more", n.ID, n.Case)
}
