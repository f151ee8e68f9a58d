package store

import (
	"context"
	"fmt"

	"longstop/casework"
)

// casesInPage is how many cases EachCase reads at a time.
const casesInPage = 200

// EachCase hands over every case of the record, one at a time, with the reference that
// people are shown and all that the record holds of it in the order of recording; the Case
// of each event is that reference. It stops at the first error, which it returns.
func (s *Store) EachCase(ctx context.Context, each func(reference string, events []casework.Event) error) error {
	return s.EachCaseOf(ctx, "", each)
}

// EachCaseOf is EachCase for the cases to which a source refers; "" is any.
func (s *Store) EachCaseOf(ctx context.Context, source string, each func(reference string, events []casework.Event) error) error {
	type page struct {
		CaseKey   string
		Reference string
	}
	for after := "00000000-0000-0000-0000-000000000000"; ; {
		cases, err := rows[page](ctx, s.pool, "reading the cases", `
			select c.key::text as case_key, coalesce((select r.reference from case_references r
				where r.case_key = c.key order by n limit 1), '') as reference
			from cases c where c.key > $1::uuid and ($3 = '' or exists (
				select from case_references r where r.case_key = c.key and r.source = $3))
			order by c.key limit $2`, after, casesInPage, source)
		if err != nil {
			return explain(err)
		}
		for _, c := range cases {
			events, err := s.eventsOfCase(ctx, c.CaseKey)
			if err != nil {
				return err
			}
			for i := range events {
				events[i].Case = c.Reference
			}
			if err := each(c.Reference, events); err != nil {
				return err
			}
			after = c.CaseKey
		}
		if len(cases) < casesInPage {
			return nil
		}
	}
}

func (s *Store) eventsOfCase(ctx context.Context, key string) ([]casework.Event, error) {
	list, err := rows[eventRow](ctx, s.pool, "reading a case", selectEvents+` where case_key = $1 order by seq`, key)
	if err != nil {
		return nil, explain(err)
	}
	events := make([]casework.Event, len(list))
	for i := range list {
		events[i] = list[i].event()
	}
	return events, nil
}

// CaseOfEvent reads all that the record holds of the case that an event belongs to, as
// Events does. With source "" the event may be of any; ErrUnknown where the record has no
// such event.
func (s *Store) CaseOfEvent(ctx context.Context, source, id string) ([]casework.Event, error) {
	var key string
	err := s.pool.QueryRow(ctx, `
		select case_key::text from events where id = $1 and ($2::text = '' or source = $2) order by seq limit 1`, id, source).Scan(&key)
	if err != nil {
		return nil, fmt.Errorf("looking for an event: %w", explain(unknownIfNone(err)))
	}
	events, err := s.eventsOfCase(ctx, key)
	if err != nil {
		return nil, err
	}
	refs, err := s.referencesOf(ctx, key)
	if err != nil {
		return nil, err
	}
	for i := range events {
		events[i].Case = refs[events[i].Source]
	}
	return events, nil
}
