package store

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// BeforeWork runs f before anything is worked out about a case: a fault of one case.
func (s *Store) BeforeWork(f func(caseKey string)) { s.beforeWork = f }

// LimitWork changes how long work on one case may take.
func (s *Store) LimitWork(d time.Duration) { s.workLimit = d }

// InQueue is how many are at cases, or wait for others who are.
func (s *Store) InQueue() (n int) {
	s.cases.mu.Lock()
	defer s.cases.mu.Unlock()
	for _, q := range s.cases.byKey {
		n += q.users
	}
	return n
}

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
