package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// A case whose last event was recorded in the database's future was recorded by another
// clock: the database's own was set, or the record came from another host. Folded as of
// then it would raise false alarms, and folded as of now the true ones would wait. So
// nothing more is recorded in it, and it is put aside (see aside.go), until the clock has come
// there, or until somebody says when those events were recorded: see MendRecordingTimes.

// recordedAs is when an event, or a staff event, is read as recorded. table is what the
// statement calls its table, column that of recording_times which names it.
func recordedAs(table, column string) string {
	return fmt.Sprintf(`least(%[1]s.recorded, (select min(t.recorded) from recording_times t where t.%[2]s = %[1]s.seq))`, table, column)
}

// aheadOf is how far an instant of recording lies in the future of a wall instant; zero where
// it does not, or by no more than clocks may differ.
func (s *Store) aheadOf(recorded, wall time.Time) time.Duration {
	if !recorded.After(s.latest(wall)) {
		return 0
	}
	return recorded.Sub(s.caseTime(wall))
}

// latest is the last instant of recording that is no fault at a wall instant. Case time may
// run fast.
func (s *Store) latest(wall time.Time) time.Time {
	now, reach := s.caseTime(wall).Add(MostApart), s.caseTime(wall.Add(MostApart))
	if reach.After(now) {
		return reach
	}
	return now
}

// aheadWords says why nothing is recorded in a case, or among the people, and what to do.
func aheadWords(what string, last time.Time, ahead time.Duration) string {
	return fmt.Sprintf("what %s holds was recorded at %s, which is %s after the database's present: a clock was wrong. "+
		"Set the database's clock right, and if it is, see `starter mend-recorded`", what, last.UTC().Format(time.RFC3339), roughly(ahead))
}

// refuseAhead turns what was admitted to a case, or to the people, into refusals where the
// last recording lies in the future. What was known already stays known.
func (a *admission) refuseAhead(why string) {
	for i := range a.added {
		if e := &a.added[i]; e.n >= 0 {
			a.refused = append(a.refused, *refuse(&e.Event, why))
		}
	}
	a.added, a.gaveWay, a.warnings, a.nothing, a.unopened, a.changes = nil, 0, nil, nil, nil, nil
}

// RecordedAhead is a case of which something was recorded in the database's future.
type RecordedAhead struct {
	Reference    string    `json:"case"` // the one that people are shown; "" of people and teams
	Events       int       `json:"events"`
	LastRecorded time.Time `json:"last_recorded"`
}

// RecordedAhead lists the cases, and the people as a whole, that hold events which were
// recorded in the database's future.
func (s *Store) RecordedAhead(ctx context.Context) ([]RecordedAhead, error) {
	clock, err := s.readClock(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	list, err := rows[RecordedAhead](ctx, s.pool, "looking for what was recorded in the future", `
		select '' as reference, count(*)::integer as events, max(r.recorded) as last_recorded
		from (select `+recordedAs("e", "staff_event")+` as recorded from staff_events e where e.recorded > $1) r
		where r.recorded > $1 having count(*) > 0
		union all
		select coalesce((select f.reference from case_references f where f.case_key = r.case_key order by f.n limit 1), ''),
			count(*)::integer, max(r.recorded)
		from (
			select e.case_key, `+recordedAs("e", "event")+` as recorded from cases c join events e on e.case_key = c.key
			where c.last_recorded > $1 and e.recorded > $1
		) r
		where r.recorded > $1 group by r.case_key order by reference`, s.latest(clock.wall))
	for i := range list {
		list[i].LastRecorded = list[i].LastRecorded.UTC()
	}
	return list, explain(err)
}

// Mend says as of when events that were recorded in the database's future are to be read as
// recorded. All of it but Recorded is required.
type Mend struct {
	Recorded time.Time // case time, not in the future; zero: the present
	Reason   string
	By       string
}

// MendRecordingTimes has every event that was recorded in the database's future be read as
// recorded at an instant: in each case not before its last event that was not. It keeps who
// says so and why, queues the cases to be planned again, and returns what it mended. The
// events themselves stay. It works in short transactions; running it again changes nothing.
func (s *Store) MendRecordingTimes(ctx context.Context, m Mend) ([]RecordedAhead, error) {
	if err := (Law{Reason: m.Reason, By: m.By}).explained(); err != nil {
		return nil, err
	}
	found, err := s.RecordedAhead(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.nowToWrite(ctx, s.pool)
	switch {
	case err != nil:
		return nil, err
	case m.Recorded.IsZero():
		m.Recorded = now
	case m.Recorded.After(now):
		return nil, refusedf("%s is after the database's present, %s: name an instant that has passed",
			m.Recorded.UTC().Format(time.RFC3339), now.Format(time.RFC3339))
	}
	if err := s.inTx(ctx, func(tx pgx.Tx) error { return s.mendPeople(ctx, tx, m, now) }); err != nil {
		return nil, err
	}
	for {
		n, err := s.mendSome(ctx, m, now)
		if err != nil || n == 0 {
			return found, err
		}
	}
}

// mendPeople mends when people were recorded. What is to be mended, here and in mendSome, is
// found by the clock as it is once the locks are held: what somebody has recorded since the
// mending began was recorded by a clock that is right.
func (s *Store) mendPeople(ctx context.Context, tx pgx.Tx, m Mend, now time.Time) error {
	if _, err := tx.Exec(ctx, `select from people for update`); err != nil {
		return fmt.Errorf("locking the people: %w", err)
	}
	clock, err := s.readClock(ctx, tx)
	if err != nil {
		return err
	}
	latest, batch := s.latest(clock.wall), &pgx.Batch{}
	queueMend(batch, `from staff_events e where e.recorded > $1`, "staff_event", "true", m, latest, now)
	batch.Queue(`update people set revision = revision + 1,
			last_recorded = (select max(`+recordedAs("e", "staff_event")+`) from staff_events e)
		where last_recorded > $1`, latest)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("mending when people were recorded: %w", err)
	}
	return nil
}

// mendSome mends a chunk of the cases, in the order of their keys, and returns how many.
func (s *Store) mendSome(ctx context.Context, m Mend, now time.Time) (n int, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		clock, err := s.readClock(ctx, tx)
		if err != nil {
			return err
		}
		r, err := tx.Query(ctx, `select key::text from cases where last_recorded > $1 order by key limit $2 for no key update`,
			s.latest(clock.wall), replanChunk)
		if err != nil {
			return err
		}
		keys, err := pgx.CollectRows(r, pgx.RowTo[string])
		if n = len(keys); err != nil || n == 0 {
			return err
		}
		if clock, err = s.readClock(ctx, tx); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		queueMend(batch, `from events e where e.case_key = any($6::uuid[]) and e.recorded > $1`, "event", "o.case_key = e.case_key",
			m, s.latest(clock.wall), now, keys)
		batch.Queue(`update cases c set last_recorded = (select max(`+recordedAs("e", "event")+`) from events e where e.case_key = c.key)
			where c.key = any($1::uuid[])`, keys)
		batch.Queue(`insert into replans (case_key, why) select key, 'when it was recorded was mended' from unnest($1::uuid[]) as n(key) order by key
			on conflict (case_key) do update set next_at = clock_timestamp()`, keys)
		return tx.SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return 0, fmt.Errorf("mending when cases were recorded: %w", err)
	}
	return n, nil
}

// queueMend queues the writing of recording times. $1 is the last instant that is no fault,
// $2 the one that was given; of what belongs together nothing is read as recorded before what comes earlier.
func queueMend(batch *pgx.Batch, from, column, together string, m Mend, latest, now time.Time, more ...any) {
	table := strings.Fields(from)[1]
	batch.Queue(`
		insert into recording_times (`+column+`, recorded, was, mended, reason, by_whom)
		select w.seq, w.became, w.was, $3::timestamptz, $4::text, $5::text from (
			select e.seq, `+recordedAs("e", column)+` as was, greatest($2::timestamptz, (
				select max(before.recorded) from (
					select `+recordedAs("o", column)+` as recorded from `+table+` o where `+together+`) before
				where before.recorded <= $1)) as became
			`+from+`) w
		where w.was > $1`, append([]any{latest, m.Recorded, now, m.Reason, m.By}, more...)...)
}

// whyAhead is why nothing can be recorded or planned of a case; "" where it can.
func (f *caseFile) whyAhead() string {
	if f.ahead == 0 {
		return ""
	}
	return aheadWords("the case", f.recorded, f.ahead)
}
