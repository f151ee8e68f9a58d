package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
)

// BeforeWork runs f before anything is worked out about a case: a fault of one case.
func (s *Store) BeforeWork(f func(caseKey string)) { s.beforeWork = f }

// LimitWork changes how long work on one case may take.
func (s *Store) LimitWork(d time.Duration) { s.workLimit = d }

// CallSlow changes after how long the work on a case is called slow.
func (s *Store) CallSlow(d time.Duration) { s.slow.after = d }

// Recovering runs something as a transaction about one case is run.
func (s *Store) Recovering(key string, run func() error) error { return s.recovering(key, run) }

// CaseOf returns the case of which an error is, where it was met at a case, and whether it may be of one of several.
func CaseOf(key string, err error) (of string, mayBe bool) {
	if fault := faultOf(key, err); fault != nil {
		of = fault.CaseKey
	}
	return of, mayBeOfOneCase(err)
}

// OfEveryCase marks an error as one of no single case.
func OfEveryCase(err error) error { return ofEveryCase(err) }

// InQueue is how many are at cases, or wait for others who are.
func (s *Store) InQueue() (n int) {
	s.cases.mu.Lock()
	defer s.cases.mu.Unlock()
	for _, q := range s.cases.byKey {
		n += q.users
	}
	return n
}

// HoldTogether takes every place at which somebody may record alone, so that those who come wait. One after another of
// the places is let go with each call of letGo, and whoever waits then shares a transaction.
func (s *Store) HoldTogether(tb testing.TB) (letGo func()) {
	tb.Helper()
	var held []func()
	for range sharedAtOnce {
		leave, _, err := s.together.Enter(tb.Context(), nil)
		if err != nil || leave == nil {
			tb.Fatalf("no place to record alone is free: %v", err)
		}
		held = append(held, leave)
	}
	letGo = func() {
		if len(held) > 0 {
			held[0]()
			held = held[1:]
		}
	}
	tb.Cleanup(func() {
		for range sharedAtOnce {
			letGo()
		}
	})
	return letGo
}

// WaitingTogether is how many wait to share a transaction.
func (s *Store) WaitingTogether() int { return s.together.Waiting() }

// SharedAtOnce is how many transactions run before others share the next.
const SharedAtOnce = sharedAtOnce

// Settings reads a setting of the sessions of each kind.
func (s *Store) Settings(ctx context.Context, tb testing.TB, name string) map[string]string {
	tb.Helper()
	got := map[string]string{}
	read := func(kind string, q querier) {
		var value string
		if err := q.QueryRow(ctx, `select current_setting($1)`, name).Scan(&value); err != nil {
			tb.Fatal(err)
		}
		got[kind] = value
	}
	read("commands", s.pool)
	read("loops", s.loops)
	config := s.withoutLimits()
	conn, err := pgx.ConnectConfig(ctx, &config)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	read("migrations", conn)
	return got
}

// Locked reads the events of a case as whoever records in it reads them.
func (s *Store) Locked(ctx context.Context, key string) (events []casework.Event, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		cases, err := s.lockCases(ctx, tx, []string{key})
		if err == nil {
			events = cases.files[key].events
		}
		return err
	})
	return events, err
}

// Read reads the events of a case as whoever only looks at it reads them.
func (s *Store) Read(ctx context.Context, key string) ([]casework.Event, error) {
	return s.eventsOfCase(ctx, key)
}

// Fused makes one statement of several; it has as many as before where it does not.
func Fused(list ...string) []string {
	batch, texts := &pgx.Batch{}, []string(nil)
	for _, sql := range list {
		args := make([]any, strings.Count(sql, "$"))
		batch.Queue(sql, args...)
	}
	for _, q := range fused(batch).QueuedQueries {
		texts = append(texts, q.SQL)
	}
	return texts
}
