package receivers

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Message is a claimed message: a change, by its place in the feed.
type Message struct {
	Webhook  string
	Position int64
	CaseKey  string
	Attempts int // that the receiver refused
	Tries    int // of the receiver in vain, while it is down
	Streak   int // how many messages the receiver had refused one after the other
	// Early: it is not this message's time yet. It is sent to see whether a receiver that is down is back, and if it is
	// refused, that says nothing of the message.
	Early bool
}

const (
	// StreakOfDown is how many messages a receiver refuses one after the other before it is believed to be down: then it
	// is not the messages.
	StreakOfDown = 5
	// longDown is how long a receiver is down before what it refused is put down to that, and tried at once when it is back.
	// Shorter, and a few messages that it can never take would be tried, and put aside, with every other that it takes.
	longDown = 15 * time.Minute
)

// Claim takes messages of a webhook that are to be sent now, at most limit of them and one of each case, for as long
// as the lease; of a receiver that is down one, when it is time to try it, whether or not that message's own time has come.
// Several may claim at once: each gets others.
func (r *Receivers) Claim(ctx context.Context, webhook string, now time.Time, lease time.Duration, limit int) (list []Message, err error) {
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		var active bool
		var down, next *time.Time
		var tries, streak int
		err := tx.QueryRow(ctx, `select state = 'active', down_since, next_at, tries, streak from webhooks where id = $1 for no key update skip locked`, webhook).
			Scan(&active, &down, &next, &tries, &streak)
		switch {
		case errors.Is(err, pgx.ErrNoRows): // somebody else is at it
			return nil
		case err != nil || !active || down != nil && next != nil && next.After(now):
			return err
		}
		order := `h.position`
		if down != nil {
			limit, order = 1, `h.next_at > $2, h.attempts, h.position` // what it refuses is not what tells whether it is back
			if _, err := tx.Exec(ctx, `update webhooks set next_at = $2 where id = $1`, webhook, now.Add(lease)); err != nil {
				return err
			}
		}
		found, err := tx.Query(ctx, `
			update webhook_messages m set lease_until = $3
			from (
				select h.position, h.next_at > $2 as early from webhook_messages h
				where h.webhook = $1 and h.next_at < 'infinity' and (h.next_at <= $2 or $7) and (h.lease_until is null or h.lease_until <= $2) and not exists (
					select from webhook_messages e where e.webhook = h.webhook and e.case_key = h.case_key and e.position < h.position)
				order by `+order+` limit $4 for update skip locked) t
			where m.webhook = $1 and m.position = t.position
			returning m.webhook::text, m.position, m.case_key::text, m.attempts, $5::integer as tries, $6::integer as streak, t.early`,
			webhook, now, now.Add(lease), limit, tries, streak, down != nil)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(found, pgx.RowToStructByName[Message])
		return err
	})
	return list, wrap("claiming messages", err)
}

// Taken forgets a message that was taken. A receiver that was down is up again, and what it refused meanwhile is tried at
// once if that was long.
func (r *Receivers) Taken(ctx context.Context, m Message, now time.Time) error {
	return wrap("noting that a message was taken", r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(`delete from webhook_messages where webhook = $1 and position = $2`, m.Webhook, m.Position)
		batch.Queue(`update webhook_messages m set next_at = $2 from webhooks w
			where w.id = $1 and w.down_since <= $3 and m.webhook = w.id and m.next_at > $2 and m.next_at < 'infinity'`, m.Webhook, now, now.Add(-longDown))
		// Not for every message: they would wait for each other.
		batch.Queue(`update webhooks set last_taken = $2::timestamptz, down_since = null, tries = 0, next_at = null, streak = 0
			where id = $1 and (down_since is not null or tries > 0 or streak > 0 or last_taken is null or last_taken < $2::timestamptz - interval '5 seconds')`, m.Webhook, now)
		return tx.SendBatch(ctx, batch).Close()
	}))
}

// Refused notes that the receiver did not take a message. It is tried again at an instant, or put aside where that is
// zero. A receiver that refuses one message after the other is down, and is tried again at the other instant. That it
// answers is not one more try in vain: these are counted for the pauses of one that does not.
func (r *Receivers) Refused(ctx context.Context, m Message, now, again, tryAt time.Time, reason string) error {
	return wrap("noting that a message was refused", r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		if m.Early {
			batch.Queue(releasing, m.Webhook, m.Position)
		} else {
			batch.Queue(`update webhook_messages set attempts = attempts + 1, next_at = coalesce($3, 'infinity'::timestamptz), lease_until = null
				where webhook = $1 and position = $2`, m.Webhook, m.Position, nullable(again))
		}
		if again.IsZero() && !m.Early {
			batch.Queue(`update webhook_messages set next_at = 'infinity' where webhook = $1 and case_key = $2 and position > $3`, m.Webhook, m.CaseKey, m.Position)
		}
		batch.Queue(`update webhooks set streak = streak + 1, last_failed = $2, last_reason = $3,
				down_since = case when streak + 1 >= $5 then coalesce(down_since, $2) else down_since end,
				next_at = case when streak + 1 >= $5 then $4 else next_at end
			where id = $1`, m.Webhook, now, reason, tryAt, StreakOfDown)
		return tx.SendBatch(ctx, batch).Close()
	}))
}

// Down notes that the receiver takes nothing, and when it is tried again. Of several messages that failed at once the first
// counts. It reports whether this one did.
func (r *Receivers) Down(ctx context.Context, m Message, now, tryAt time.Time, reason string) (counted bool, err error) {
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		if err := release(ctx, tx, m); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `update webhooks set down_since = coalesce(down_since, $2), tries = tries + 1, next_at = $3, last_failed = $2, last_reason = $4
			where id = $1 and tries = $5`, m.Webhook, now, tryAt, reason, m.Tries)
		counted = err == nil && tag.RowsAffected() == 1
		return err
	})
	return counted, wrap("noting that a receiver is down", err)
}

// Disable stops telling a webhook until somebody resumes it. Its messages wait.
func (r *Receivers) Disable(ctx context.Context, m Message, now time.Time, reason string) error {
	return wrap("disabling a webhook", r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		if err := release(ctx, tx, m); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update webhooks set state = 'disabled', reason = $2, last_failed = $3, last_reason = $2 where id = $1 and state = 'active'`,
			m.Webhook, reason, now)
		return err
	}))
}

// Release gives a claimed message back that was not sent.
func (r *Receivers) Release(ctx context.Context, m Message) error {
	return wrap("giving a message back", r.record.LoopTx(ctx, func(tx pgx.Tx) error { return release(ctx, tx, m) }))
}

const releasing = `update webhook_messages set lease_until = null where webhook = $1 and position = $2`

func release(ctx context.Context, tx pgx.Tx, m Message) error {
	_, err := tx.Exec(ctx, releasing, m.Webhook, m.Position)
	return err
}

// Drop forgets a message whose change is kept no more.
func (r *Receivers) Drop(ctx context.Context, m Message) error {
	return r.exec(ctx, "dropping a message", `delete from webhook_messages where webhook = $1 and position = $2`, m.Webhook, m.Position)
}

// Count returns how many messages wait, and how many webhooks are disabled.
func (r *Receivers) Count(ctx context.Context) (waiting, disabled int, err error) {
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select (select count(*) from webhook_messages), (select count(*) from webhooks where state = 'disabled')`).
			Scan(&waiting, &disabled)
	})
	return waiting, disabled, wrap("counting messages", err)
}

func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
