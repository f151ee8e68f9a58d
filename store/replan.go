package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"longstop/pathway"
)

// replanChunk is how many cases are planned again in one transaction.
const replanChunk = 100

// replanQueued plans again every case that is queued for it, and returns the nudges that
// follow; they are in the outbox. Several may do this at once.
func (s *Store) replanQueued(ctx context.Context) ([]pathway.Nudge, error) {
	var all []pathway.Nudge
	for {
		var nudges []pathway.Nudge
		more := false
		err := s.inTx(ctx, func(tx pgx.Tx) error {
			var err error
			nudges, more, err = s.replanSome(ctx, tx)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("planning cases again: %w", err)
		}
		all = append(all, nudges...)
		if !more {
			return all, nil
		}
	}
}

func (s *Store) replanSome(ctx context.Context, tx pgx.Tx) (nudges []pathway.Nudge, more bool, err error) {
	r, err := tx.Query(ctx, `
		delete from replans where case_key in (
			select case_key from replans order by case_key limit $1 for update skip locked)
		returning case_key::text`, replanChunk)
	if err != nil {
		return nil, false, err
	}
	keys, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil || len(keys) == 0 {
		return nil, false, err
	}
	nudges, err = s.planAgain(ctx, tx, keys, false)
	return nudges, len(keys) == replanChunk, err
}

// planAgain plans cases as of now and queues a nudge for each pathway that changed, or for
// each that is open.
func (s *Store) planAgain(ctx context.Context, tx pgx.Tx, keys []string, force bool) ([]pathway.Nudge, error) {
	cases, err := s.lockCases(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	changes := s.assessAll(cases, cases.inKeyOrder(), s.now(), false, force)
	if err := s.writeChanges(ctx, tx, &pgx.Batch{}, changes); err != nil {
		return nil, err
	}
	var nudges []pathway.Nudge
	for _, c := range changes {
		nudges = append(nudges, nudgesOf(c.pathways)...)
	}
	return nudges, nil
}
