package main

import (
	"errors"
	"slices"

	"longstop/casework"
	"longstop/store"
)

// findEvent finds an event by its id, as it stands; with source "" it may be of any. It
// refuses one that the record does not hold, and one that is voided.
func (s *service) findEvent(source, id string) (*held, error) {
	events, err := s.record.CaseOfEvent(s.app.ctx, source, id)
	if errors.Is(err, store.ErrUnknown) {
		events, err = s.record.StaffEvents(s.app.ctx)
	}
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(events, func(e casework.Event) bool { return e.ID == id && (source == "" || e.Source == source) })
	if i < 0 {
		return nil, refusef("%s: the record holds no such event: 'starter events CASE' shows what it holds of a case", id)
	}
	from := events[i].Source
	h := standingOf(slices.DeleteFunc(events, func(e casework.Event) bool { return e.Source != from }), id)
	switch {
	case h == nil:
		return nil, refusef("%s: it is a void, and a void is never changed: record the event anew, with an id of its own", id)
	case h.voided:
		return nil, refusef("%s: it is voided already: record the event anew, with an id of its own", id)
	}
	return h, nil
}
