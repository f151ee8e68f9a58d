package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// moment is what a transaction goes by: the instant, and the law and the people as they
// are then.
type moment struct {
	Wall   time.Time // Postgres' clock
	Law    *int64
	People int64
}

// queueMoment queues a look at the moment. It must be read once the locks are held, by a
// statement of its own: a statement that waited for a lock has read its clock, and its
// picture of the other tables, before.
func queueMoment(batch *pgx.Batch, m *moment) {
	batch.Queue(`select clock_timestamp() as wall, (select max(seq) from laws_in_force) as law, (select revision from people) as people`).
		Query(each(func(r moment) { *m = r }))
}

// now is the present case instant by Postgres' clock, which every program shares.
func (s *Store) now(ctx context.Context, q querier) (time.Time, error) {
	var wall time.Time
	if err := q.QueryRow(ctx, `select clock_timestamp()`).Scan(&wall); err != nil {
		return time.Time{}, fmt.Errorf("reading the database's clock: %w", explain(err))
	}
	return s.caseTime(wall), nil
}

// Now is the present case instant by Postgres' clock.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.now(ctx, s.pool) }

// caseTime is the case instant at a wall instant, as Postgres keeps it.
func (s *Store) caseTime(wall time.Time) time.Time { return micro(s.clock.Case(wall)) }
