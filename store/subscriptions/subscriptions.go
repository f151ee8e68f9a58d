// Package subscriptions keeps, in a table of its own in the record, the addresses at which calendar programs read what somebody has
// to do. What such a calendar holds is read by package store (DutiesOf).
package subscriptions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/access"
	"longstop/store"
)

// Subscriptions are the addresses of calendars. It is safe for concurrent use.
type Subscriptions struct{ record *store.Store }

// Of returns the addresses of a record.
func Of(record *store.Store) *Subscriptions { return &Subscriptions{record} }

// State is how an address stands.
type State string

// The states of an address.
const (
	Active  State = "active"
	Expired State = "expired"
	Revoked State = "revoked"
)

// Calendar is the address of a calendar, without its secret. Times are wall times.
type Calendar struct {
	ID               string
	Person           string // a staff reference
	Created, Expires time.Time
	Revoked          *time.Time // nil: it is not
	Reason           string     // of the revocation
	LastUsed         *time.Time // the hour
	LastRefused      *time.Time // the last hour in which it was asked for when it was no longer good
	State            State      // by Postgres' clock
}

// ErrOwners is returned where the role of this program may not make addresses.
var ErrOwners = errors.New("only the database's owner makes the addresses of calendars: set LONGSTOP_MIGRATE_URL to the owner's address")

// codeNoPrivilege is Postgres' code for what a role may not do.
const codeNoPrivilege = "42501"

const selectCalendars = `select id, person, created, expires, revoked, reason, last_used, last_refused,
	case when revoked is not null then 'revoked' when expires <= clock_timestamp() then 'expired' else 'active' end as state from calendars`

// Add writes an address, of which secret is the digest of its secret, and returns it. The error is ErrOwners where this role may not.
func (s *Subscriptions) Add(ctx context.Context, id, person string, expires time.Time, secret access.Digest) (made Calendar, err error) {
	err = s.record.Tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into calendars (id, person, expires, digest) values ($1, $2, $3, $4)`, id, person, expires, secret[:])
		if err != nil {
			return err
		}
		made, err = one(ctx, tx, id)
		return err
	})
	var coded *pgconn.PgError
	switch {
	case errors.As(err, &coded) && coded.Code == codeNoPrivilege:
		return made, ErrOwners
	case err != nil:
		return made, fmt.Errorf("writing the address of a calendar: %w", err)
	}
	return made, nil
}

func one(ctx context.Context, tx pgx.Tx, id string) (Calendar, error) {
	found, err := tx.Query(ctx, selectCalendars+` where id = $1`, id)
	if err != nil {
		return Calendar{}, err
	}
	return pgx.CollectExactlyOneRow(found, pgx.RowToStructByName[Calendar])
}

// List returns every address that was ever made for somebody, or for all where person is "", in the order in which they were.
func (s *Subscriptions) List(ctx context.Context, person string) (list []Calendar, err error) {
	err = s.record.Tx(ctx, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, selectCalendars+` where $1 in ('', person) order by created, id`, person)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(found, pgx.RowToStructByName[Calendar])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the addresses of calendars: %w", err)
	}
	return list, nil
}

// Wanted says which addresses are meant: that of an id, that of a secret, or all that a person has.
type Wanted struct {
	ID     string
	Secret *access.Digest
	Person string
}

// Revoke takes addresses away, and returns them as they stand then: one that is meant by its id or its secret also where it was taken away
// before, of a person those that were not. They are refused from the next request on. None is no error.
func (s *Subscriptions) Revoke(ctx context.Context, w Wanted, reason string) (list []Calendar, err error) {
	var digest []byte
	if w.Secret != nil {
		digest = w.Secret[:]
	}
	err = s.record.Tx(ctx, func(tx pgx.Tx) error {
		locked, err := tx.Query(ctx, `select id from calendars where id = $1 or digest = $2 or person = $3 and revoked is null order by id for update`, w.ID, digest, w.Person)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(locked, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update calendars set revoked = clock_timestamp(), reason = $2 where id = any($1) and revoked is null`, ids, reason); err != nil {
			return err
		}
		found, err := tx.Query(ctx, selectCalendars+` where id = any($1) order by created, id`, ids)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(found, pgx.RowToStructByName[Calendar])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("revoking the address of a calendar: %w", err)
	}
	return list, nil
}

// Find returns whose calendar a secret is for, and its id. Nothing is remembered of an earlier call, so that an address which is revoked
// is refused from then on; works reports whether a person works here. The hour is kept in which an address was used last, and in which it was last
// refused because it is no longer good. The error is access.ErrUnknownKey where there is no such address, it is expired or
// revoked, or its person works here no more; every other is a failure.
func (s *Subscriptions) Find(ctx context.Context, secret access.Digest, works func(ctx context.Context, person string) (bool, error)) (id, person string, err error) {
	var good, unused, unrefused bool
	err = s.record.Tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select id, person, revoked is null and expires > clock_timestamp(), last_used is distinct from date_trunc('hour', clock_timestamp()),
				last_refused is distinct from date_trunc('hour', clock_timestamp())
			from calendars where digest = $1`, secret[:]).Scan(&id, &person, &good, &unused, &unrefused)
	})
	if err == nil && good { // not within the transaction: it needs a connection of its own
		good, err = works(ctx, person)
	}
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", "", access.ErrUnknownKey
	case err == nil && good && unused:
		err = s.stamp(ctx, id, "last_used")
	case err == nil && !good && unrefused:
		err = s.stamp(ctx, id, "last_refused")
	}
	switch {
	case err != nil:
		return "", "", fmt.Errorf("looking up the address of a calendar: %w", err)
	case !good:
		return "", "", access.ErrUnknownKey
	}
	return id, person, nil
}

// stamp keeps the hour in a column, once.
func (s *Subscriptions) stamp(ctx context.Context, id, column string) error {
	return s.record.Tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update calendars set `+column+` = date_trunc('hour', clock_timestamp())
			where id = $1 and `+column+` is distinct from date_trunc('hour', clock_timestamp())`, id)
		return err
	})
}
