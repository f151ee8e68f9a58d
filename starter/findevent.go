package main

import (
	"slices"

	"longstop/casework"
)

// refsAtOnce is how many cases are looked through at once.
const refsAtOnce = 200

// findEvent finds an event of a source by its id, as it stands; it refuses one that the
// record does not hold, and one that is voided.
func (s *service) findEvent(source, id string) (*held, error) {
	staff, err := s.record.StaffEvents(s.app.ctx)
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(staff, func(e casework.Event) bool { return e.Source != source })
	if h := standingOf(mine, id); h != nil {
		return h.unlessVoided(id)
	}
	refs, err := s.record.SourceReferences(s.app.ctx, source)
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(refs, refsAtOnce) {
		cases, err := s.record.SourceEntries(s.app.ctx, source, chunk)
		if err != nil {
			return nil, err
		}
		for _, events := range cases {
			if h := standingOf(events, id); h != nil {
				return h.unlessVoided(id)
			}
		}
	}
	return nil, refusef("%s: the record holds no such event of the source %s: 'starter events CASE' shows what it holds of a case", id, source)
}

func (h *held) unlessVoided(id string) (*held, error) {
	if h.voided {
		return nil, refusef("%s: it is voided already: record the event anew, with an id of its own", id)
	}
	return h, nil
}
