package store

import (
	"context"
	"slices"
	"time"

	"longstop/casework"
)

// FoldWith folds the case that a source refers to by a reference as of an instant, as it is and as
// it would be with some more events of that source, recorded then. Nothing is written. ErrUnknown
// as in Events; ErrCaseFault: it cannot be worked out.
func (s *Store) FoldWith(ctx context.Context, source, reference string, more []casework.Event, asOf time.Time) (before, after *casework.Plan, err error) {
	key, err := s.caseKey(ctx, source, reference)
	if err != nil {
		return nil, nil, err
	}
	events, err := s.eventsOfCase(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	book, m := s.Book(), casework.Moment{AsOf: asOf}
	events = oneCase(events, reference)
	if before, err = guard(s, key, func() *casework.Plan { return book.Fold(events, m) }); err != nil {
		return nil, nil, err
	}
	with := slices.Clone(events)
	for _, e := range more {
		e.Source, e.Case, e.Recorded = source, reference, asOf
		with = append(with, e)
	}
	after, err = guard(s, key, func() *casework.Plan { return book.Fold(with, m) })
	return before, after, err
}
