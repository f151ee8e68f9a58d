package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/access"
)

// Key is a key as the record holds it: everything of it but the secret. Times are wall times.
type Key struct {
	ID          string
	Environment string // as the key itself shows it
	Name        string // which system has it
	Owner       string // who answers for it
	access.Scope

	// PerSecond and AtOnce bound its requests; 0: as the program is set that is asked.
	PerSecond, AtOnce int

	Created, Expires time.Time
	Revoked          time.Time // zero: it is not
	Reason           string    // of the revocation
	ReplacedBy       string    // the id of the key that replaces it; "" for none
	LastUsed         time.Time // the hour
	LastRefused      time.Time // the last hour in which it was shown when it was no longer good
}

// Label is the part of the key that may be shown, by which it is found where it should not be.
func (k *Key) Label() string { return access.Label(k.Environment, k.ID) }

// KeyState is how a key stands.
type KeyState string

// The states of a key.
const (
	KeyActive   KeyState = "active"
	KeyReplaced KeyState = "replaced" // and good until it expires
	KeyExpired  KeyState = "expired"
	KeyRevoked  KeyState = "revoked"
)

// State returns how the key stands at a wall instant.
func (k *Key) State(at time.Time) KeyState {
	switch {
	case !k.Revoked.IsZero():
		return KeyRevoked
	case !at.Before(k.Expires):
		return KeyExpired
	case k.ReplacedBy != "":
		return KeyReplaced
	default:
		return KeyActive
	}
}

// ErrKeysAreTheOwners is returned where the role of this program may not make keys.
var ErrKeysAreTheOwners = errors.New("only the database's owner makes keys: set LONGSTOP_MIGRATE_URL to the owner's address")

// AddKey writes a key, of which secret is the digest of the secret. Its times but Expires are the database's to say. The error
// is ErrKeysAreTheOwners where this role may not.
func (s *Store) AddKey(ctx context.Context, k *Key, secret access.Digest) error {
	return s.inTx(ctx, func(tx pgx.Tx) error { return addKey(ctx, tx, k, secret) })
}

func addKey(ctx context.Context, tx pgx.Tx, k *Key, secret access.Digest) error {
	_, err := tx.Exec(ctx, `
		insert into api_keys (id, environment, digest, name, owner, actions, source, council, per_second, at_once, expires)
		values ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, 0), nullif($10, 0), $11)`,
		k.ID, k.Environment, secret[:], k.Name, k.Owner, actionNames(k.Actions), k.Source, k.Council, k.PerSecond, k.AtOnce, k.Expires)
	return addingKey(err)
}

func addingKey(err error) error {
	var coded *pgconn.PgError
	if errors.As(err, &coded) && coded.Code == codeNoPrivilege {
		return ErrKeysAreTheOwners
	}
	if err != nil {
		return fmt.Errorf("writing a key: %w", err)
	}
	return nil
}

const codeNoPrivilege = "42501"

func actionNames(list []access.Action) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = string(a)
	}
	return names
}

// ReplaceKey writes a key instead of another, which stays good until an instant, or until it expires if that is earlier; where
// until is not after the present the other is revoked. The error is ErrUnknown where the record holds no such key, and
// ErrNotReplaceable where it is not active.
func (s *Store) ReplaceKey(ctx context.Context, old string, k *Key, secret access.Digest, until time.Time) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := addKey(ctx, tx, k, secret); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			update api_keys set replaced_by = $2, expires = least(expires, greatest($3, clock_timestamp())),
				revoked = case when $3 <= clock_timestamp() then clock_timestamp() end,
				reason = case when $3 <= clock_timestamp() then 'replaced' else '' end
			where id = $1 and revoked is null and replaced_by is null and expires > clock_timestamp()`, old, k.ID, until)
		switch {
		case err != nil:
			return addingKey(err)
		case tag.RowsAffected() == 0:
			return ErrNotReplaceable
		}
		return nil
	})
}

// ErrNotReplaceable is returned for a key that is expired, revoked or replaced, or that the record does not hold.
var ErrNotReplaceable = errors.New("only a key that is active is replaced")

// RevokeKey revokes a key. It is refused at the next request. revoked reports whether it was good until then; the error is
// ErrUnknown where the record holds no such key.
func (s *Store) RevokeKey(ctx context.Context, id, reason string) (revoked bool, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		var was bool
		err := tx.QueryRow(ctx, `select revoked is not null from api_keys where id = $1 for update`, id).Scan(&was)
		if err != nil {
			return unknownIfNone(err)
		}
		if was {
			return nil
		}
		revoked = true
		_, err = tx.Exec(ctx, `update api_keys set revoked = clock_timestamp(), reason = $2 where id = $1`, id, reason)
		return err
	})
	if err != nil && !errors.Is(err, ErrUnknown) {
		err = fmt.Errorf("revoking a key: %w", err)
	}
	return revoked, err
}

// keyRow is a key as Postgres hands it over.
type keyRow struct {
	ID, Environment, Name, Owner   string
	Actions                        []string
	Source, Council                string
	PerSecond, AtOnce              int
	Created, Expires               time.Time
	Revoked, LastUsed, LastRefused *time.Time
	Reason, ReplacedBy             string
}

const selectKeys = `select id, environment, name, owner, actions, source, council, coalesce(per_second, 0) as per_second,
	coalesce(at_once, 0) as at_once, created, expires, revoked, last_used, last_refused, reason, coalesce(replaced_by, '') as replaced_by
	from api_keys`

func (r *keyRow) key() Key {
	k := Key{
		ID: r.ID, Environment: r.Environment, Name: r.Name, Owner: r.Owner, PerSecond: r.PerSecond, AtOnce: r.AtOnce,
		Created: r.Created.UTC(), Expires: r.Expires.UTC(), Revoked: instant(r.Revoked), Reason: r.Reason, ReplacedBy: r.ReplacedBy,
		LastUsed: instant(r.LastUsed), LastRefused: instant(r.LastRefused),
	}
	k.Scope = access.Scope{Actions: actionsOf(r.Actions), Source: r.Source, Council: r.Council}
	return k
}

func actionsOf(names []string) []access.Action {
	list := make([]access.Action, len(names))
	for i, name := range names {
		list[i] = access.Action(name)
	}
	return list
}

// Keys returns every key that was ever made, in the order in which they were, and the wall instant by Postgres' clock at
// which they stand like this.
func (s *Store) Keys(ctx context.Context) ([]Key, time.Time, error) {
	return s.keys(ctx, ` order by created, id`)
}

// Key returns one key, as Keys does. The error is ErrUnknown where the record holds no such key.
func (s *Store) Key(ctx context.Context, id string) (Key, time.Time, error) {
	list, at, err := s.keys(ctx, ` where id = $1`, id)
	if err == nil && len(list) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Key{}, at, err
	}
	return list[0], at, nil
}

func (s *Store) keys(ctx context.Context, which string, args ...any) ([]Key, time.Time, error) {
	clock, err := s.readClock(ctx, s.pool)
	if err != nil {
		return nil, time.Time{}, err
	}
	found, err := rows[keyRow](ctx, s.pool, "reading the keys", selectKeys+which, args...)
	list := make([]Key, len(found))
	for i := range found {
		list[i] = found[i].key()
	}
	return list, clock.wall.UTC(), explain(err)
}

// KeyLine returns the ids of the keys that replaced one another, one of which is key: first the one that replaced none. It is
// empty where the record holds no such key.
func (s *Store) KeyLine(ctx context.Context, key string) ([]string, error) {
	found, err := s.pool.Query(ctx, `
		with recursive line as (
			select id, replaced_by from api_keys where id = $1
			union
			select k.id, k.replaced_by from api_keys k join line l on k.replaced_by = l.id or k.id = l.replaced_by
		)
		select id from line join api_keys k using (id)
		order by exists (select from api_keys before where before.replaced_by = line.id), k.created, id`, key)
	if err != nil {
		return nil, fmt.Errorf("looking up the keys that replaced one another: %w", explain(err))
	}
	ids, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("looking up the keys that replaced one another: %w", explain(err))
	}
	return ids, nil
}

// Authenticate returns who calls with a key, by one statement: nothing is remembered from an earlier one, so that a key which is
// revoked is refused from then on. The hour is kept in which a key was used last, and in which it was last refused because it is no longer good; so
// the statement writes, and a standby, which may not have heard of a revocation, answers none.
//
// The error is access.ErrUnknownKey where there is no such key, or its secret is another, or it is expired or revoked;
// access.ErrOtherCouncil where its council's overlay is not in force; every other is a failure of Postgres.
func (s *Store) Authenticate(ctx context.Context, shown access.Key) (access.Caller, error) {
	secret := shown.Digest()
	row, err := s.signIn(ctx, `select $1::text as id, $2::bytea as digest`, shown.ID, secret[:])
	if err != nil {
		return access.Caller{}, err
	}
	// An unknown key is compared as well, so that it takes as long.
	if same := secret.Equal(row.Digest); !same || !row.Good {
		return access.Caller{}, access.ErrUnknownKey
	}
	return row.caller(), s.checkCouncil(ctx, row.Council, row.Law)
}

// AuthenticateToken returns who calls with a token, of which it is given the digest: as Authenticate does with the key that the
// token stands for. A token is good no longer than its key.
func (s *Store) AuthenticateToken(ctx context.Context, token access.Digest) (access.Caller, error) {
	row, err := s.signIn(ctx, `
		select k.id, k.digest from api_tokens t join api_keys k on k.id = t.key where t.digest = $1 and t.expires > clock_timestamp()`, token[:])
	if err != nil {
		return access.Caller{}, err
	}
	if !row.Good {
		return access.Caller{}, access.ErrUnknownKey
	}
	return row.caller(), s.checkCouncil(ctx, row.Council, row.Law)
}

// signedIn is the key by which somebody signs in.
type signedIn struct {
	ID, Name, Source, Council string
	Actions                   []string
	PerSecond, AtOnce         int
	Expires                   time.Time
	Digest                    []byte
	Good                      bool
	Law                       *int64
}

func (r *signedIn) caller() access.Caller {
	return access.Caller{
		Key: r.ID, Name: r.Name, Source: r.Source, Council: r.Council, Actions: actionsOf(r.Actions),
		PerSecond: r.PerSecond, AtOnce: r.AtOnce, Expires: r.Expires.UTC(),
	}
}

// signIn returns a key, or an empty one, and keeps the hour of it. claimed is SQL for the id of the key and
// the digest of its secret as they are shown.
func (s *Store) signIn(ctx context.Context, claimed string, args ...any) (row signedIn, err error) {
	err = s.prompt.QueryRow(ctx, `
		with claimed as (`+claimed+`), key as (
			select k.*, c.digest as shown, revoked is null and expires > clock_timestamp() as good, date_trunc('hour', clock_timestamp()) as hour
			from api_keys k join claimed c using (id)
		), stamped as (
			update api_keys k
			set last_used = case when key.good then key.hour else k.last_used end,
				last_refused = case when key.good then k.last_refused else key.hour end
			from key
			where k.id = key.id and k.digest = key.shown and case when key.good then k.last_used else k.last_refused end is distinct from key.hour
		)
		select id, name, source, council, actions, coalesce(per_second, 0), coalesce(at_once, 0), expires, digest, good,
			(select max(seq) from laws_in_force)
		from key`, args...).
		Scan(&row.ID, &row.Name, &row.Source, &row.Council, &row.Actions, &row.PerSecond, &row.AtOnce, &row.Expires, &row.Digest, &row.Good, &row.Law)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return signedIn{}, fmt.Errorf("looking up a key: %w", explain(err))
	}
	return row, nil
}

// AddToken writes a token that stands for a key, and returns how long it is good: the database says that, and notes in the
// audit who asked. Those that have ended go. The error is access.ErrUnknownKey where the key is not good.
func (s *Store) AddToken(ctx context.Context, key string, token access.Digest) (lasts time.Duration, err error) {
	var seconds float64
	err = inTx(ctx, s.prompt, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			with ended as (delete from api_tokens where expires <= clock_timestamp()),
			good as (select id, expires from api_keys where id = $2 and revoked is null and expires > clock_timestamp())
			insert into api_tokens (digest, key) select $1, id from good
			returning extract(epoch from least(expires, (select g.expires from good g)) - clock_timestamp())::float8`, token[:], key).Scan(&seconds)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, access.ErrUnknownKey
	case err != nil:
		return 0, fmt.Errorf("writing a token: %w", err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// NoteOtherCouncil adds to the audit that the caller of a context was denied because its key is for another council, once an
// hour at most.
func (s *Store) NoteOtherCouncil(ctx context.Context) error {
	a := actingIn(ctx)
	if a == nil || a.said["key"] == "" {
		return errors.New("noting a key for another council: the context is of no key's request")
	}
	_, err := s.pool.Exec(ctx, `
		with stamped as (
			update api_keys set last_denied = date_trunc('hour', clock_timestamp())
			where id = $1 and last_denied is distinct from date_trunc('hour', clock_timestamp())
			returning id
		)
		select note_use(null, $2, $3) from stamped`, a.said["key"], string(AuditDenied), a.said)
	if err != nil {
		return fmt.Errorf("noting in the audit that a key is for another council: %w", explain(err))
	}
	return nil
}

// checkCouncil returns access.ErrOtherCouncil unless a council's overlay is in force; law is the row of the law that is.
func (s *Store) checkCouncil(ctx context.Context, council string, law *int64) error {
	if council == "" {
		return nil
	}
	if law == nil {
		return access.ErrOtherCouncil
	}
	l, err := s.lawOf(ctx, s.prompt, *law)
	if err != nil {
		return err
	}
	if l.book.Pack().Overlay != council {
		return access.ErrOtherCouncil
	}
	return nil
}
