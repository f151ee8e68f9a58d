package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

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
