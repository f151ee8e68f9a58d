// Package receivers keeps, in tables of its own in the record, who is told outwards of changes, and what waits to be
// sent to them. PlaceChanges of package store queues the messages; what sends them is package outwards.
//
// How a message goes, and what a crash at each point leaves:
//
//	queued    it waits; the first of a case that waits is the only one of it that can be claimed
//	Claim     somebody sends it; when the lease is over the next claim takes it, with the same id
//	Taken     deleted
//	Refused   the receiver did not take this one: it waits for longer, and with it what comes after it in its case. After
//	          the last attempt all of that is put aside (next_at is infinity), so that nobody looks at it again and again
//	Down      the receiver takes nothing: it is tried with one message at a time until it takes one
package receivers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/store"
)

// Receivers is who is told. It is safe for concurrent use.
type Receivers struct {
	record *store.Store
}

// Of returns the receivers of a record.
func Of(record *store.Store) *Receivers { return &Receivers{record} }

// State is whether a webhook is told.
type State string

// The states.
const (
	Active   State = "active"
	Paused   State = "paused"   // by an operator; its messages wait
	Disabled State = "disabled" // it wanted no more, or could not be told for days; its messages wait
)

// Webhook is a system that is told. Times are wall times.
type Webhook struct {
	ID      string
	Name    string
	URL     string   // "" where it is only listed
	Address string   // as people are shown it: what stands behind the question mark may be secret
	Kinds   []string // of changes; empty: all
	Backlog bool     // also what a first load brings
	Owner   string   // who answers for it
	State   State
	Reason  string // of Disabled
	Created time.Time

	DownSince  *time.Time // nil: it takes messages
	Tries      int        // since then
	NextAt     *time.Time // when the next is tried, while it is down
	Streak     int        // messages that it refused since it took one
	LastTaken  *time.Time
	LastFailed *time.Time
	LastReason string

	Waiting int // messages
	Aside   int // cases of which a message was put aside after its last attempt
}

// Secret says from which key a secret of a webhook is derived, and under which number.
type Secret struct {
	N     int
	KeyID string
	Made  time.Time
	Until *time.Time // it signs until then; nil: until it is replaced
}

// Errors that callers act on.
var (
	ErrTaken   = errors.New("there is a webhook of that name already")
	ErrUnknown = errors.New("there is no webhook of that name")
	// ErrOwners is returned where the role of this program may not change who is told, and where.
	ErrOwners = errors.New("only the database's owner adds, rotates and removes webhooks: set LONGSTOP_MIGRATE_URL to the owner's address")
)

const (
	aboutWebhooks = `
		select id::text, name, address, kinds, backlog, owner, state, reason, created, down_since, tries, next_at, streak, last_taken, last_failed, last_reason`
	// What comes after a message that was put aside was never tried.
	countMessages = `,
		(select count(*) from webhook_messages m where m.webhook = w.id) as waiting,
		(select count(*) from webhook_messages m where m.webhook = w.id and m.next_at = 'infinity' and m.attempts > 0) as aside`
)

// Add adds a webhook, with a first secret from a key, and returns its id. It is told of what gets its place in the
// feed from now on.
func (r *Receivers) Add(ctx context.Context, w Webhook, keyID string, now time.Time) (id string, err error) {
	id = uuid.NewString()
	if w.Kinds == nil {
		w.Kinds = []string{}
	}
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(`insert into webhooks (id, name, url, kinds, backlog, owner, created) values ($1, $2, $3, $4, $5, $6, $7)`,
			id, w.Name, w.URL, w.Kinds, w.Backlog, w.Owner, now)
		batch.Queue(`insert into webhook_secrets (webhook, n, key_id, made) values ($1, 1, $2, $3)`, id, keyID, now)
		return tx.SendBatch(ctx, batch).Close()
	})
	var coded *pgconn.PgError
	if errors.As(err, &coded) && coded.ConstraintName == "webhooks_name_key" {
		return "", ErrTaken
	}
	return id, wrap("adding a webhook", err)
}

// List lists the webhooks by their names, without their URLs, which whoever may only read the record may not.
func (r *Receivers) List(ctx context.Context) ([]Webhook, error) {
	return r.read(ctx, aboutWebhooks+countMessages+`, '' as url from webhooks w order by name`)
}

// Due lists the webhooks for which something waits that is not put aside, without counting it.
func (r *Receivers) Due(ctx context.Context) ([]Webhook, error) {
	return r.read(ctx, aboutWebhooks+`, 0 as waiting, 0 as aside, url from webhooks w
		where state = 'active' and exists (select from webhook_messages m where m.webhook = w.id and m.next_at < 'infinity')`)
}

func (r *Receivers) read(ctx context.Context, sql string, args ...any) (list []Webhook, err error) {
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(found, pgx.RowToStructByName[Webhook])
		return err
	})
	return list, wrap("reading the webhooks", err)
}

// RecordName is what names the record to those who are told.
func (r *Receivers) RecordName(ctx context.Context) (name string, err error) {
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error { return tx.QueryRow(ctx, `select record::text from feed`).Scan(&name) })
	return name, wrap("reading what names the record", err)
}

// Find returns a webhook by its name or its id, or ErrUnknown.
func (r *Receivers) Find(ctx context.Context, name string) (Webhook, error) {
	list, err := r.read(ctx, aboutWebhooks+countMessages+`, url from webhooks w where name = $1 or id::text = $1`, name)
	switch {
	case err != nil:
		return Webhook{}, err
	case len(list) == 0:
		return Webhook{}, ErrUnknown
	}
	return list[0], nil
}

// Secrets are the secrets with which a webhook's messages are signed at an instant, the newest first: two while one
// is being replaced.
func (r *Receivers) Secrets(ctx context.Context, id string, now time.Time) (list []Secret, err error) {
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, `select n, key_id, made, until from webhook_secrets
			where webhook = $1 and (until is null or until > $2) order by n desc limit 2`, id, now)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(found, pgx.RowToStructByName[Secret])
		return err
	})
	return list, wrap("reading the secrets of a webhook", err)
}

// Rotate gives a webhook another secret, from a key, and returns its number. The one before signs as well until an
// instant; those before that, no more.
func (r *Receivers) Rotate(ctx context.Context, id, keyID string, now, until time.Time) (n int, err error) {
	err = r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select from webhooks where id = $1 for update`, id); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `select max(n) + 1 from webhook_secrets where webhook = $1`, id).Scan(&n)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(`delete from webhook_secrets where webhook = $1 and n < $2`, id, n-1)
		batch.Queue(`update webhook_secrets set until = $3 where webhook = $1 and n = $2`, id, n-1, until)
		batch.Queue(`insert into webhook_secrets (webhook, n, key_id, made) values ($1, $2, $3, $4)`, id, n, keyID, now)
		return tx.SendBatch(ctx, batch).Close()
	})
	return n, wrap("rotating a secret", err)
}

// Pause lets the messages of a webhook wait.
func (r *Receivers) Pause(ctx context.Context, id string) error {
	return r.exec(ctx, "pausing a webhook", `update webhooks set state = 'paused' where id = $1`, id)
}

// Resume has a webhook told again, from where it stopped; also what was put aside is tried again.
func (r *Receivers) Resume(ctx context.Context, id string) error {
	return wrap("resuming a webhook", r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		// Under the lock of the places, so that nothing is queued meanwhile behind what was put aside.
		if _, err := tx.Exec(ctx, `select from feed for update`); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(`update webhooks set state = 'active', reason = '', down_since = null, tries = 0, next_at = null, streak = 0 where id = $1`, id)
		batch.Queue(`update webhook_messages set attempts = 0, next_at = '-infinity' where webhook = $1 and (attempts > 0 or next_at = 'infinity')`, id)
		return tx.SendBatch(ctx, batch).Close()
	}))
}

// Remove forgets a webhook and what waits for it. Like Add and Rotate it needs the database's owner, or the error is ErrOwners.
func (r *Receivers) Remove(ctx context.Context, id string) error {
	return r.exec(ctx, "removing a webhook", `delete from webhooks where id = $1`, id)
}

func (r *Receivers) exec(ctx context.Context, doing, sql string, args ...any) error {
	return wrap(doing, r.record.LoopTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}))
}

func wrap(doing string, err error) error {
	var coded *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &coded) && coded.Code == codeNoPrivilege:
		return fmt.Errorf("%s: %w", doing, ErrOwners)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

const codeNoPrivilege = "42501"
