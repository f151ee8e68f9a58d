package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
)

// lawPass goes through the cases that were planned last by an earlier adoption. It goes on
// behind the last one it saw, so that it never walks twice over the places in the index
// that earlier chunks have left, which a long dump keeps from being cleared away.
type lawPass struct {
	mu    sync.Mutex
	seq   int64  // the adoption that it plans by
	after behind // the last case that it saw
	found bool   // it has found some since it began
	rest  int    // how many looks it leaves out: there was nothing to find
}

// behind is a place in the order of cases_planned_by.
type behind struct {
	by  int64
	key string
}

const (
	firstKey = "00000000-0000-0000-0000-000000000000"
	// lawRest is how many looks are left out once no case waits any more: one that was
	// being made during the adoption is found a minute after it at the latest.
	lawRest = 30
)

// replanForLaw plans again one chunk of the cases that were planned last by an earlier
// adoption, and reports whether it is worth looking at once for more.
func (s *Store) replanForLaw(ctx context.Context, laws adoptedLaws, p *lawPass, done func(replanned)) (more bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var seq int64
	if err := s.loops.QueryRow(ctx, `select coalesce(max(seq), 0) from laws_in_force`).Scan(&seq); err != nil {
		return false, fmt.Errorf("looking for the law in force: %w", explain(err))
	}
	if seq != p.seq {
		p.seq, p.found, p.rest, p.after = seq, false, 0, behind{key: firstKey}
	}
	if p.rest > 0 {
		p.rest--
		return false, nil
	}
	from := &byEarlierLaw{seq: seq, after: p.after}
	r, err := s.replanChunk(ctx, laws, from)
	if err != nil {
		return false, err
	}
	done(r)
	p.found = p.found || len(r.keys) > 0
	if r.full {
		p.after = from.last
		return true, nil
	}
	return s.nextPass(ctx, p)
}

// nextPass begins again from the first case: some may have been locked when the pass came
// by, or were made behind it.
func (s *Store) nextPass(ctx context.Context, p *lawPass) (more bool, err error) {
	more = p.found
	p.found, p.after = false, behind{key: firstKey}
	if more {
		return true, nil
	}
	var left bool
	err = s.loops.QueryRow(ctx, `select exists (select from cases where fault = '' and planned_by < $1)`, p.seq).Scan(&left)
	if err != nil {
		return false, fmt.Errorf("looking for cases of an earlier law: %w", explain(err))
	}
	if !left {
		p.rest = lawRest
	}
	return false, nil
}

// byEarlierLaw are the cases that were planned last by an adoption before seq.
type byEarlierLaw struct {
	seq   int64
	after behind
	last  behind // of those that were taken at first
}

func (l *byEarlierLaw) take(ctx context.Context, tx pgx.Tx, only []string) (keys []string, full bool, err error) {
	type row struct {
		Key       string
		PlannedBy int64
	}
	list, err := rows[row](ctx, tx, "taking cases of an earlier law", `
		select c.key::text, c.planned_by from cases c
		where c.fault = '' and c.planned_by < $1 and (c.planned_by, c.key) > ($2, $3::uuid) and ($5::uuid[] is null or c.key = any($5))
		order by c.planned_by, c.key limit $4 for no key update skip locked`,
		l.seq, l.after.by, l.after.key, replanChunk, only)
	for _, r := range list {
		keys = append(keys, r.Key)
		if only == nil {
			l.last = behind{r.PlannedBy, r.Key}
		}
	}
	return keys, len(keys) == replanChunk, err
}

func (l *byEarlierLaw) settle(*pgx.Batch, []string, []string) {}
