package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/casework"
	"longstop/pathway"
)

// OpenPathways pages through every pathway that must have a live clock, in the order of
// workflow ids: at most limit of those after the one given ("" for the first page). Fewer
// than limit means that there are no more.
func (s *Store) OpenPathways(ctx context.Context, after string, limit int) ([]pathway.Nudge, error) {
	name, key, _ := strings.Cut(after, "/")
	if !isKey(key) {
		key = "00000000-0000-0000-0000-000000000000"
	}
	list, err := rows[pathwayRow](ctx, s.loops, "reading the open pathways", selectPathways+`
		where open and (pathways.pathway collate "C", pathways.case_key) > ($1::text collate "C", $2::uuid)
		order by pathways.pathway collate "C", pathways.case_key limit $3`, name, key, limit)
	if err != nil {
		return nil, explain(err)
	}
	return nudgesOf(list), nil
}

// Pathway returns one pathway as the record holds it now: the zero Nudge, which is not open,
// where it holds no such case or pathway.
func (s *Store) Pathway(ctx context.Context, caseKey, name string) (pathway.Nudge, error) {
	if !isKey(caseKey) {
		return pathway.Nudge{}, nil
	}
	list, err := rows[pathwayRow](ctx, s.pool, "reading a pathway", selectPathways+` where pathway = $1 and case_key = $2`, name, caseKey)
	if err != nil || len(list) == 0 {
		return pathway.Nudge{}, explain(err)
	}
	return list[0].nudge(), nil
}

// Rebuild begins a new epoch of the record: it plans every case again as of now, raises the
// revision of every open pathway and queues its nudge, which is newer than anything that a
// clock was ever told, by whichever copy of the record. It returns how many cases have an
// open pathway. It is safe at any time, several times at once too, and works in short
// transactions; an error leaves what was done so far.
func (s *Store) Rebuild(ctx context.Context) (cases int, err error) {
	if err := s.raiseEpoch(ctx); err != nil {
		return 0, err
	}
	held := 0
	for after := firstKey; ; {
		keys, err := s.keysAfter(ctx, after)
		switch {
		case err != nil || len(keys) > 0:
		case held > 0:
			err = fmt.Errorf("%w: %d cases stayed locked and were not rebuilt: run `starter rebuild` again", ErrUnreachable, held)
		default:
			err = explain(foldedBy(ctx, s.pool))
		}
		if err != nil || len(keys) == 0 {
			return cases, err
		}
		nudges, some, err := s.planForced(ctx, keys)
		cases, held = cases+countOpen(nudges), held+some
		if err != nil {
			return cases, fmt.Errorf("rebuilding after %d cases: %w", cases, err)
		}
		after = keys[len(keys)-1]
	}
}

type executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// foldedBy notes that the duties of the record are worked out by this program's fold.
func foldedBy(ctx context.Context, q executor) error {
	if _, err := q.Exec(ctx, `update epoch set fold = greatest(fold, $1)`, casework.FoldVersion); err != nil {
		return fmt.Errorf("noting which fold worked out the duties: %w", err)
	}
	return nil
}

// RebuildDue reports whether duties that the record holds were worked out by the fold of an earlier
// release, so that they may be shown, and their clocks run, otherwise than this program would have it
// until Rebuild.
func (s *Store) RebuildDue(ctx context.Context) (due bool, err error) {
	err = s.pool.QueryRow(ctx, `select fold < $1 and exists (select from cases) from epoch`, casework.FoldVersion).Scan(&due)
	if err != nil {
		return false, fmt.Errorf("reading which fold worked out the duties: %w", explain(err))
	}
	return due, nil
}

// raiseEpoch begins a new epoch. It commits before any case is planned, so that whatever is
// recorded from then on in a case belongs to the new epoch, or is overtaken when the case is
// planned. Time makes the epoch greater than those that a lost copy of the record has given:
// milliseconds since 1970, by the database's clock.
func (s *Store) raiseEpoch(ctx context.Context) error {
	tag, err := s.pool.Exec(ctx, `
		update epoch set raised = clock_timestamp(),
			epoch = greatest(epoch + 1, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)`)
	switch {
	case err != nil:
		return fmt.Errorf("beginning a new epoch of the record: %w", explain(err))
	case tag.RowsAffected() != 1:
		return errors.New("the table epoch is empty: put its one row back (insert into epoch default values) and run this again")
	}
	return nil
}

// planForced plans cases again and raises every open pathway, changed or not; the nudges are
// in the outbox. A case that cannot be worked out is put aside, and its clocks are raised all
// the same; held is how many somebody keeps locked.
func (s *Store) planForced(ctx context.Context, keys []string) (nudges []pathway.Nudge, held int, err error) {
	try := func(keys []string) error {
		var some []pathway.Nudge
		err := s.inTx(ctx, func(tx pgx.Tx) error {
			var err error
			some, err = s.planForcedIn(ctx, tx, keys)
			return err
		})
		if err == nil {
			nudges = append(nudges, some...)
		}
		return err
	}
	alone := func(key string, err error) error {
		fault := faultOf(key, err)
		if fault == nil {
			held++
			s.log.Warn().Str("case", key).Err(err).Msg("a case was not planned again: somebody keeps it locked")
			return nil
		}
		return s.inTx(ctx, func(tx pgx.Tx) error { return s.putAsideIn(ctx, tx, fault, true) })
	}
	if err = try(keys); err != nil && ctx.Err() == nil && mayBeOfOneCase(err) {
		err = bisect(ctx, keys, try, alone)
	}
	return nudges, held, err
}

func (s *Store) planForcedIn(ctx context.Context, tx pgx.Tx, keys []string) ([]pathway.Nudge, error) {
	cases, err := s.lockCases(ctx, tx, keys)
	if err == nil {
		err = cases.clock.err()
	}
	if err != nil {
		return nil, err
	}
	changes := s.assessAll(cases, cases.inKeyOrder(), false, true)
	if err := s.writeChanges(ctx, tx, &pgx.Batch{}, changes); err != nil {
		return nil, err
	}
	var nudges []pathway.Nudge
	for _, c := range changes {
		nudges = append(nudges, nudgesOf(c.pathways)...)
	}
	return nudges, nil
}

// countOpen counts the cases of open pathways.
func countOpen(nudges []pathway.Nudge) int {
	open := map[string]bool{}
	for i := range nudges {
		if nudges[i].Open {
			open[nudges[i].CaseKey] = true
		}
	}
	return len(open)
}

func (s *Store) keysAfter(ctx context.Context, after string) ([]string, error) {
	r, err := s.pool.Query(ctx, `select key::text from cases where key > $1 order by cases.key limit $2`, after, replanChunk)
	if err != nil {
		return nil, fmt.Errorf("paging through the cases: %w", explain(err))
	}
	keys, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("paging through the cases: %w", explain(err))
	}
	return keys, nil
}
