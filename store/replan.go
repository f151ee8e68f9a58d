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
	err := s.replanEach(ctx, func(done replanned) { all = append(all, done.nudges...) })
	return all, err
}

// PlanAgain plans again every case that is queued for it, as a worker's sweep does, and
// returns when none is left: a case that a worker is at is waited for. done is called after
// each transaction with how many cases it planned and the nudges that follow, which are in
// the outbox as well.
func (s *Store) PlanAgain(ctx context.Context, done func(cases int, nudges []pathway.Nudge)) error {
	for {
		err := s.replanEach(ctx, func(r replanned) { done(len(r.keys), r.nudges) })
		if err != nil {
			return err
		}
		left, err := s.awaitReplans(ctx)
		if err != nil || left == 0 {
			return err
		}
	}
}

// awaitReplans waits for those who are planning cases again, and returns how many of a
// chunk are left: whoever was at them gave up.
func (s *Store) awaitReplans(ctx context.Context) (left int, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select count(*) from (select from replans order by case_key limit $1 for update) waiting`, replanChunk).Scan(&left)
	})
	if err != nil {
		return 0, fmt.Errorf("waiting for cases that are planned again: %w", err)
	}
	return left, nil
}

// replanned is what one transaction planned again.
type replanned struct {
	keys   []string
	nudges []pathway.Nudge
}

func (s *Store) replanEach(ctx context.Context, done func(replanned)) error {
	laws := adoptedLaws{}
	for {
		var r replanned
		err := s.inTx(ctx, func(tx pgx.Tx) error {
			var err error
			r, err = s.replanSome(ctx, tx, laws)
			return err
		})
		if err != nil {
			return fmt.Errorf("planning cases again: %w", err)
		}
		done(r)
		if len(r.keys) < replanChunk {
			return nil
		}
	}
}

func (s *Store) replanSome(ctx context.Context, tx pgx.Tx, laws adoptedLaws) (replanned, error) {
	var r replanned
	since, err := takeReplans(ctx, tx)
	if err != nil || len(since) == 0 {
		return r, err
	}
	r.keys = sortedKeys(since)
	changes, err := s.planCases(ctx, tx, r.keys, false)
	if err != nil {
		return r, err
	}
	for _, c := range changes {
		r.nudges = append(r.nudges, nudgesOf(c.pathways)...)
	}
	return r, s.noteLawChanges(ctx, tx, laws, changes, since)
}

// takeReplans takes cases out of the queue, each with the adoption by which it was planned
// last where the law changed since; nil where something else did.
func takeReplans(ctx context.Context, tx pgx.Tx) (map[string]*int64, error) {
	type row struct {
		CaseKey string
		Since   *int64
	}
	sql := `
		delete from replans where case_key in (
			select case_key from replans order by case_key limit $1 for update skip locked)
		returning case_key::text, since`
	list, err := rows[row](ctx, tx, "taking cases to plan again", sql, replanChunk)
	if err != nil {
		return nil, err
	}
	since := make(map[string]*int64, len(list))
	for _, r := range list {
		since[r.CaseKey] = r.Since
	}
	return since, nil
}

// planAgain plans cases as of now and queues a nudge for each pathway that changed, or for
// each that is open.
func (s *Store) planAgain(ctx context.Context, tx pgx.Tx, keys []string, force bool) ([]pathway.Nudge, error) {
	changes, err := s.planCases(ctx, tx, keys, force)
	var nudges []pathway.Nudge
	for _, c := range changes {
		nudges = append(nudges, nudgesOf(c.pathways)...)
	}
	return nudges, err
}

func (s *Store) planCases(ctx context.Context, tx pgx.Tx, keys []string, force bool) ([]*change, error) {
	cases, err := s.lockCases(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	if err := cases.clock.err(); err != nil {
		return nil, err
	}
	changes := s.assessAll(cases, cases.inKeyOrder(), false, force)
	return changes, s.writeChanges(ctx, tx, &pgx.Batch{}, changes)
}
