package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
)

// moment is what a transaction goes by: the instant, and the law and the people as they
// are then.
type moment struct {
	Wall   time.Time // Postgres' clock
	Law    *int64
	People int64
	// Attached is the last of the attachments; 0 where there are none.
	Attached int64
}

// queueMoment queues a look at the moment. It must be read once the locks are held, by a
// statement of its own: a statement that waited for a lock has read its clock, and its
// picture of the other tables, before.
func queueMoment(batch *pgx.Batch, m *moment) {
	batch.Queue(`select clock_timestamp() as wall, (select max(seq) from laws_in_force) as law, (select revision from people) as people,
		(select coalesce(max(seq), 0) from attachments) as attached`).
		Query(each(func(r moment) { *m = r }))
}

// now is the present case instant by Postgres' clock, which every program shares. It is for
// what is read, and for noting what has happened: see nowToWrite.
func (s *Store) now(ctx context.Context, q querier) (time.Time, error) {
	r, err := s.readClock(ctx, q)
	return s.caseTime(r.wall), err
}

// nowToWrite is now for what begins something: the error is a *ClockError where the
// program's clock and Postgres' differ.
func (s *Store) nowToWrite(ctx context.Context, q querier) (time.Time, error) {
	r, err := s.readClock(ctx, q)
	if err == nil {
		err = r.err()
	}
	return s.caseTime(r.wall), err
}

func (s *Store) readClock(ctx context.Context, q querier) (reading, error) {
	var wall time.Time
	r, err := s.read(&wall, func() error { return q.QueryRow(ctx, `select clock_timestamp()`).Scan(&wall) })
	if err != nil {
		return r, fmt.Errorf("reading the database's clock: %w", explain(err))
	}
	return r, nil
}

// Now is the present case instant by Postgres' clock.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.now(ctx, s.pool) }

// caseTime is the case instant at a wall instant, as Postgres keeps it.
func (s *Store) caseTime(wall time.Time) time.Time { return micro(s.clock.Case(wall)) }

// today is the London day of an instant.
func today(now time.Time) calendar.Date { return calendar.DateOf(now) }
