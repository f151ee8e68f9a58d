package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/pathway"
)

// WakeUnsent makes the pathways that have something unsent try again at once: what a channel
// could not take, what was claimed and got no further, what nobody could be told, and, unless
// this program writes to the log itself, what was only logged. It is for when a mail server
// works again, and for the start of a worker. Their cases are planned as of now, and nudges
// with a raised revision are put into the outbox. It returns how many cases it woke; an error
// leaves what was done so far.
func (s *Store) WakeUnsent(ctx context.Context) (cases int, err error) {
	nudges, err := s.wakeEach(ctx, `(n.state = 'undeliverable' or d.state in ('claimed', 'failed', 'bounced') or d.state = 'logged' and not $3::boolean)`, s.logOnly)
	return countCases(nudges), err
}

// WakeLogged is WakeUnsent for what was only logged in the last hours, by a worker without a
// mail server that serves the same queues. It is for a worker that has one, again and again:
// a case that it wakes may be planned by the other worker, which finds nothing to say. It
// does nothing where this program writes to the log itself.
func (s *Store) WakeLogged(ctx context.Context) (cases int, err error) {
	if s.logOnly {
		return 0, nil
	}
	nudges, err := s.wakeEach(ctx, `d.state = 'logged' and exists (select from delivery_attempts a
		where a.delivery = d.id and a.ended > clock_timestamp() - $3::interval)`, loggedOfLate)
	return countCases(nudges), err
}

// loggedOfLate bounds how often WakeLogged wakes a case whose notice is not to be told any more.
const loggedOfLate = 3 * time.Hour

// wakeFailed is WakeUnsent for what a channel could not take for some staff, whose address
// may have been corrected.
func (s *Store) wakeFailed(ctx context.Context, staff []string) ([]pathway.Nudge, error) {
	if len(staff) == 0 {
		return nil, nil
	}
	return s.wakeEach(ctx, `d.state = 'failed' and d.recipient = any($3::text[])`, staff)
}

// wakeEach plans the cases with a notice as described, some in each transaction, and returns
// the nudges.
func (s *Store) wakeEach(ctx context.Context, notice string, arg any) (nudges []pathway.Nudge, err error) {
	after := "00000000-0000-0000-0000-000000000000"
	for {
		keys, err := s.strings(ctx, "looking for what is unsent", `
			select distinct n.case_key::text from notices n left join deliveries d on d.id = n.delivery
			where n.case_key > $1::uuid and `+notice+` order by 1 limit $2`, after, replanChunk, arg)
		if err != nil || len(keys) == 0 {
			return nudges, err
		}
		some, _, err := s.planForced(ctx, keys) // one that is locked is being worked on
		if err != nil {
			return nudges, fmt.Errorf("waking what is unsent: %w", err)
		}
		nudges = append(nudges, some...)
		after = keys[len(keys)-1]
	}
}

func countCases(nudges []pathway.Nudge) int {
	keys := map[string]bool{}
	for _, n := range nudges {
		keys[n.CaseKey] = true
	}
	return len(keys)
}

// strings reads one column of texts.
func (s *Store) strings(ctx context.Context, doing, sql string, args ...any) ([]string, error) {
	r, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, explain(err))
	}
	list, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, explain(err))
	}
	return list, nil
}

// Undeliverable lists the notices and lists that nobody could be told since an instant, and
// that still stand so, by their moments.
func (s *Store) Undeliverable(ctx context.Context, since time.Time) ([]NoticeRow, error) {
	all, err := s.Notices(ctx, NoticeFilter{State: stateUndeliverable})
	if err != nil {
		return nil, err
	}
	var list []NoticeRow
	for i := range all {
		if all[i].ClaimedAt != nil && !all[i].ClaimedAt.Before(since) {
			list = append(list, all[i])
		}
	}
	return list, nil
}

// RetryUndeliverable takes back the refusals of addresses since an instant, as if they had
// been about the mail server, and wakes what is unsent: those addresses are tried again at
// once. It returns the nudges, which are in the outbox as well.
func (s *Store) RetryUndeliverable(ctx context.Context, since time.Time) ([]pathway.Nudge, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update refusals set forgiven_at = $1 where forgiven_at is null and at >= $2`, now, since)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("taking back refusals: %w", err)
	}
	return s.wakeEach(ctx, `((n.state = 'undeliverable' or d.state = 'failed') and n.claimed_at >= $3::timestamptz)`, since)
}
