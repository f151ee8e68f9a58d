package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"longstop/pathway"
)

// outboxLease is how long a sweep has for the nudges that it took before another one takes
// them as well. A nudge that is sent twice changes nothing.
const outboxLease = "1 minute"

// sendWithin is how long a sweep has for sending what it took, and noteWithin for noting
// what became of it: together less than the lease.
const (
	sendWithin = 40 * time.Second
	noteWithin = 15 * time.Second
)

// SweepOutbox sends nudges that nobody has sent yet, at most limit of them, the longest
// waiting first. send is given them without any lock being held, and returns one error for
// each, nil where it was sent; a nudge that failed waits longer each time, up to five
// minutes. It returns how many were sent; the error is that of the database. Several may
// sweep at once: each takes other nudges.
func (s *Store) SweepOutbox(
	ctx context.Context, limit int, send func(context.Context, []pathway.Nudge) []error,
) (sent int, err error) {
	taken, err := s.takeNudges(ctx, limit)
	if err != nil || len(taken) == 0 {
		return 0, err
	}
	sending, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	errs := send(sending, taken)
	// Also of a sweep that is stopped: what was sent need not be sent again.
	ctx, cancelNoting := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancelNoting()
	var done, failed []pathway.Nudge
	for i := range taken {
		if i < len(errs) && errs[i] == nil {
			done = append(done, taken[i])
		} else {
			failed = append(failed, taken[i])
		}
	}
	return len(done), errors.Join(deleteSent(ctx, s.loops, done), s.postpone(ctx, failed))
}

// takeNudges takes nudges for a while: should this sweep die with them, a later one takes
// them again. One that cannot be read is left for later.
func (s *Store) takeNudges(ctx context.Context, limit int) ([]pathway.Nudge, error) {
	type row struct {
		CaseKey  string
		Pathway  string
		Epoch    int64
		Revision int64
		Nudge    string
	}
	var list []row
	err := s.inLoopTx(ctx, func(tx pgx.Tx) error {
		var err error
		list, err = rows[row](ctx, tx, "taking nudges from the outbox", `
			update outbox o set next_at = clock_timestamp() + interval '`+outboxLease+`'
			from (
				select case_key, pathway from outbox where next_at <= clock_timestamp()
				order by next_at limit $1 for update skip locked
			) t
			where o.case_key = t.case_key and o.pathway = t.pathway
			returning o.case_key::text, o.pathway, o.epoch, o.revision, o.nudge::text`, limit)
		return err
	})
	var nudges, broken []pathway.Nudge
	for i := range list {
		var n pathway.Nudge
		if err := json.Unmarshal([]byte(list[i].Nudge), &n); err != nil {
			id := pathway.WorkflowID(list[i].Pathway, list[i].CaseKey)
			s.log.Error().Str("workflow", id).Msg("a nudge in the outbox cannot be read: `starter rebuild` writes it again")
			broken = append(broken, pathway.Nudge{CaseKey: list[i].CaseKey, Pathway: list[i].Pathway, Epoch: list[i].Epoch, Revision: list[i].Revision})
			continue
		}
		nudges = append(nudges, n)
	}
	return nudges, errors.Join(err, s.postpone(ctx, broken))
}

// DeleteSent takes nudges that were sent out of the outbox, each only where no later one
// has taken its place.
func (s *Store) DeleteSent(ctx context.Context, sent []pathway.Nudge) error {
	return deleteSent(ctx, s.pool, sent)
}

func deleteSent(ctx context.Context, pool *pgxpool.Pool, sent []pathway.Nudge) error {
	if len(sent) == 0 {
		return nil
	}
	if len(sent) == 1 { // an event's: the planner need not think about it each time
		_, err := pool.Exec(ctx, `delete from outbox where case_key = $1 and pathway = $2 and epoch = $3 and revision = $4`,
			sent[0].CaseKey, sent[0].Pathway, sent[0].Epoch, sent[0].Revision)
		return sentError(err)
	}
	keys, names, epochs, revisions := columnsOf(sent)
	_, err := pool.Exec(ctx, `
		delete from outbox o using unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) as n(case_key, pathway, epoch, revision)
		where o.case_key = n.case_key and o.pathway = n.pathway and (o.epoch, o.revision) = (n.epoch, n.revision)`, keys, names, epochs, revisions)
	return sentError(err)
}

func sentError(err error) error {
	if err != nil {
		return fmt.Errorf("taking sent nudges out of the outbox: %w", explain(err))
	}
	return nil
}

// postpone leaves nudges that could not be sent for later: after 2, 4, 8 … seconds, at
// most five minutes.
func (s *Store) postpone(ctx context.Context, failed []pathway.Nudge) error {
	if len(failed) == 0 {
		return nil
	}
	keys, names, epochs, revisions := columnsOf(failed)
	_, err := s.loops.Exec(ctx, `
		update outbox o set attempts = attempts + 1,
			next_at = clock_timestamp() + least(interval '5 minutes', interval '2 seconds' * power(2, least(attempts, 10)))
		from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) as n(case_key, pathway, epoch, revision)
		where o.case_key = n.case_key and o.pathway = n.pathway and (o.epoch, o.revision) = (n.epoch, n.revision)`, keys, names, epochs, revisions)
	if err != nil {
		return fmt.Errorf("leaving nudges for later: %w", explain(err))
	}
	return nil
}

func columnsOf(list []pathway.Nudge) (keys, names []string, epochs, revisions []int64) {
	for i := range list {
		n := &list[i]
		keys, names = append(keys, n.CaseKey), append(names, n.Pathway)
		epochs, revisions = append(epochs, n.Epoch), append(revisions, n.Revision)
	}
	return keys, names, epochs, revisions
}
