package store

import (
	"context"
	"errors"
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

// What is recorded and planned goes by Postgres' clock. A program's own clock is compared
// with it all the same: where the two differ one of them is wrong, and if that is Postgres',
// every alarm is early or late. So a program whose clock differs by more than MostApart
// records, plans and claims nothing. What was sent already it still notes.

// MostApart is how far a program's clock may be from Postgres'.
const MostApart = 5 * time.Second

// ErrClocksApart says that the clocks of this program and of Postgres differ by more than
// MostApart. Match it with errors.Is; the error is a *ClockError.
var ErrClocksApart = errors.New("the clocks differ")

// ClockError says by how much a program's clock differs from Postgres'.
type ClockError struct {
	Apart time.Duration // how far the program's is ahead; negative where it is behind
}

// Error says which clock differs, by how much, and what to do.
func (e *ClockError) Error() string {
	apart, way := e.Apart, "ahead of"
	if apart < 0 {
		apart, way = -apart, "behind"
	}
	return fmt.Sprintf("the clock of this machine is %s %s the database's (Postgres), and nothing is done while they differ by more than %s: "+
		"compare `date -u` here with `select clock_timestamp()` there, set the wrong one right (see that NTP runs on both), and try again",
		roughly(apart), way, MostApart)
}

// Is reports whether the target is ErrClocksApart.
func (e *ClockError) Is(target error) bool { return target == ErrClocksApart }

// roughly is a duration in its largest unit, since people look for an hour or a year.
func roughly(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d.Round(day)/day)
	case d >= time.Minute:
		return d.Round(time.Minute).String()
	default:
		return d.Round(100 * time.Millisecond).String()
	}
}

// reading is one reading of Postgres' clock, which was taken at some time between two
// readings of the program's.
type reading struct {
	before time.Time
	took   time.Duration
	wall   time.Time // Postgres'
}

// apart is how far the program's clock is ahead, at best guess: Postgres read its own
// halfway.
func (r reading) apart() time.Duration { return r.before.Add(r.took / 2).Sub(r.wall) }

// err is a *ClockError where the clocks differ by more than MostApart, whenever between the
// program's readings Postgres took its own: a slow answer is not a wrong clock.
func (r reading) err() error {
	apart := r.apart()
	if max(apart, -apart)-r.took/2 > MostApart {
		return &ClockError{Apart: apart}
	}
	return nil
}

// read reads Postgres' clock by a question that fills wall.
func (s *Store) read(wall *time.Time, ask func() error) (reading, error) {
	before := s.wallNow()
	err := ask()
	return reading{before: before, took: s.wallNow().Sub(before), wall: *wall}, err
}

// CompareClocks returns how far the program's clock is ahead of Postgres', negative where it
// is behind. The error is a *ClockError where they differ by more than MostApart, and
// ErrUnreachable where Postgres does not answer.
func (s *Store) CompareClocks(ctx context.Context) (time.Duration, error) {
	conn, err := s.pool.Acquire(ctx) // before the clock is read, since it may take long
	if err != nil {
		return 0, &unreachable{err}
	}
	defer conn.Release()
	var wall time.Time
	r, err := s.read(&wall, func() error {
		// One round trip: nothing is prepared.
		return conn.QueryRow(ctx, `select clock_timestamp()`, pgx.QueryExecModeExec).Scan(&wall)
	})
	if err != nil {
		return 0, &unreachable{err}
	}
	return r.apart(), r.err()
}

// micro cuts an instant to what Postgres keeps.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
