package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

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
	list, err := rows[pathwayRow](ctx, s.pool, "reading the open pathways", selectPathways+`
		where open and (pathway collate "C", case_key) > ($1::text collate "C", $2::uuid)
		order by pathway collate "C", case_key limit $3`, name, key, limit)
	if err != nil {
		return nil, explain(err)
	}
	return nudgesOf(list), nil
}

// Rebuild plans every case again as of now, raises the revision of every open pathway and
// queues its nudge, so that the next sweeps start every clock anew whatever Temporal still
// holds. It returns how many cases have an open pathway. It is safe at any time, and works
// in short transactions; an error leaves what was done so far.
func (s *Store) Rebuild(ctx context.Context) (cases int, err error) {
	after := "00000000-0000-0000-0000-000000000000"
	for {
		keys, err := s.keysAfter(ctx, after)
		if err != nil || len(keys) == 0 {
			return cases, err
		}
		open := map[string]bool{}
		err = s.inTx(ctx, func(tx pgx.Tx) error {
			clear(open)
			nudges, err := s.planAgain(ctx, tx, keys, true)
			for _, n := range nudges {
				open[n.CaseKey] = open[n.CaseKey] || n.Open
			}
			return err
		})
		if err != nil {
			return cases, fmt.Errorf("rebuilding after %d cases: %w", cases, err)
		}
		for _, isOpen := range open {
			if isOpen {
				cases++
			}
		}
		after = keys[len(keys)-1]
	}
}

func (s *Store) keysAfter(ctx context.Context, after string) ([]string, error) {
	r, err := s.pool.Query(ctx, `select key::text from cases where key > $1 order by key limit $2`, after, replanChunk)
	if err != nil {
		return nil, fmt.Errorf("paging through the cases: %w", explain(err))
	}
	keys, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("paging through the cases: %w", explain(err))
	}
	return keys, nil
}
