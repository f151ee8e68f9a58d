package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"longstop/access"
	"longstop/api"
	"longstop/english"
	"longstop/internal/names"
	"longstop/store"
)

// How long a key lasts. One that ends too early silences a feed, and nobody is told of what happens until somebody notices; one that
// never ends is still good when everybody who knew of it has left. So it is a year, in which a council meets each of its suppliers once, and
// two at most.
const (
	KeyLasts       = 365 * 24 * time.Hour
	KeyLastsAtMost = 2 * 366 * 24 * time.Hour
)

// How long the old key of two stays good: long enough for a supplier's change on a working day, and never so long that
// nobody knows any more which is in use.
const (
	OldKeyKept       = 7 * 24 * time.Hour
	OldKeyKeptAtMost = 30 * 24 * time.Hour
)

// NewKey is a key that is to be made.
type NewKey struct {
	Name        string // which system has it
	Owner       string // who answers for it
	Environment string // which record it is for, in a word: "live"
	May         []string
	Source      string
	Council     string
	Expires     time.Time // wall time; zero: KeyLasts from now

	PerSecond, AtOnce int // 0: as the program is set that is asked
}

// CreateKey makes a key. It needs the rights of the database's owner. The answer alone holds the whole of it.
func (s *Service) CreateKey(ctx context.Context, in NewKey) (*api.NewKey, error) {
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	var made *api.NewKey
	err = s.writes(ctx, func(*use) error {
		if k.Expires, err = s.expiry(ctx, in.Expires); err != nil {
			return err
		}
		s.warnOfCouncil(k.Council)
		secret, err := s.draw(k)
		if err != nil {
			return err
		}
		if err := s.record.AddKey(ctx, k, secret.Digest()); err != nil {
			return err
		}
		made, err = s.shown(ctx, secret)
		return err
	})
	return made, err
}

// mostName is how long a name can be, in bytes: as in the record.
const mostName = 200

// key checks what is asked for. Names are kept as those of events and overlays are, with which they are compared.
func (in NewKey) key() (*store.Key, error) {
	for field, text := range map[string]*string{"owner": &in.Owner, "name": &in.Name, "source": &in.Source, "council": &in.Council} {
		if *text = names.Clean(*text); len(*text) > mostName {
			return nil, misuse(field, "is longer than %d bytes", mostName)
		}
		if fault := names.Fault(*text); fault != "" {
			return nil, misuse(field, "%s", fault)
		}
	}
	k := &store.Key{Environment: in.Environment, Name: in.Name, Owner: in.Owner, PerSecond: in.PerSecond, AtOnce: in.AtOnce}
	switch {
	case in.Name == "":
		return nil, Usagef("the name is missing: say which system has the key")
	case in.Owner == "":
		return nil, misuse("owner", "is missing: say who answers for the key")
	case in.PerSecond < 0:
		return nil, misuse("per-second", "is a number of requests from 1 on")
	case in.AtOnce < 0:
		return nil, misuse("at-once", "is a number of requests from 1 on")
	}
	if err := access.CheckEnvironment(in.Environment); err != nil {
		return nil, misuse("environment", "%w", err)
	}
	actions, err := access.ParseActions(in.May)
	if err != nil {
		return nil, misuse("may", "%w", err)
	}
	k.Scope = access.Scope{Actions: actions, Source: in.Source, Council: in.Council}
	if err := k.Check(); err != nil {
		return nil, misuse("source", "is missing: %w", err)
	}
	return k, nil
}

// expiry returns when a key that is made now expires.
func (s *Service) expiry(ctx context.Context, asked time.Time) (time.Time, error) {
	now, err := s.record.WallClock(ctx)
	switch {
	case err != nil:
		return time.Time{}, err
	case asked.IsZero():
		return now.Add(KeyLasts), nil
	case !asked.After(now):
		return time.Time{}, misuse("expires", "%s is over", english.Minute(asked))
	case asked.Sub(now) > KeyLastsAtMost:
		return time.Time{}, misuse("expires", "%s is too far away: a key lasts two years at most", english.Minute(asked))
	}
	return asked, nil
}

// warnOfCouncil warns of a key for a council whose overlay is not in force: a slip, or a key for later.
func (s *Service) warnOfCouncil(council string) {
	if book := s.record.Book(); council != "" && book != nil && book.Pack().Overlay != council {
		s.watch.Warn(fmt.Sprintf("no overlay of %s is in force: until one is the key is refused", council))
	}
}

// draw gives a key its id and its secret.
func (*Service) draw(k *store.Key) (access.Key, error) {
	secret, err := access.NewKey(k.Environment, rand.Reader)
	k.ID = secret.ID
	return secret, err
}

// shown is a key that was made, with its secret.
func (s *Service) shown(ctx context.Context, secret access.Key) (*api.NewKey, error) {
	k, at, err := s.record.Key(ctx, secret.ID)
	if err != nil {
		return nil, err
	}
	return &api.NewKey{Key: api.KeyOf(&k, at), Secret: secret.Reveal()}, nil
}

// Keys returns every key that was ever made, without their secrets.
func (s *Service) Keys(ctx context.Context) (list []api.Key, err error) {
	err = s.reads(ctx, func(u *use) error {
		if err := u.readsCases(ctx); err != nil { // the audit notes the command, and no one case
			return err
		}
		found, at, err := s.record.Keys(ctx)
		for i := range found {
			list = append(list, api.KeyOf(&found[i], at))
		}
		return err
	})
	return list, err
}

// Rotation is a key that is to be replaced by another with the same scope.
type Rotation struct {
	Key        string        // its id, its label, or the whole of it
	KeepOldFor time.Duration // 0: it is revoked at once
	Expires    time.Time     // of the new one; zero: KeyLasts from now
}

// RotateKey makes a key instead of another. Both are good until the time of the old one is up. It needs the rights of the
// database's owner.
func (s *Service) RotateKey(ctx context.Context, r Rotation) (*api.NewKey, error) {
	id, err := keyID(r.Key)
	switch {
	case err != nil:
		return nil, err
	case r.KeepOldFor < 0 || r.KeepOldFor > OldKeyKeptAtMost:
		return nil, misuse("keep-old-for", "is between 0 and 30 days: later nobody knows which of the two is in use")
	}
	var made *api.NewKey
	err = s.writes(ctx, func(*use) error {
		old, at, err := s.record.Key(ctx, id)
		if err != nil {
			return unknownKey(err)
		}
		k := store.Key{
			Environment: old.Environment, Name: old.Name, Owner: old.Owner, Scope: old.Scope, PerSecond: old.PerSecond, AtOnce: old.AtOnce,
		}
		if k.Expires, err = s.expiry(ctx, r.Expires); err != nil {
			return err
		}
		secret, err := s.draw(&k)
		if err != nil {
			return err
		}
		err = s.record.ReplaceKey(ctx, id, &k, secret.Digest(), at.Add(r.KeepOldFor))
		if errors.Is(err, store.ErrNotReplaceable) {
			return notReplaceable(&old, at)
		}
		if err != nil {
			return err
		}
		if made, err = s.shown(ctx, secret); err != nil {
			return err
		}
		if old, at, err = s.record.Key(ctx, id); err == nil {
			replaced := api.KeyOf(&old, at)
			made.Replaces = &replaced
		}
		return err
	})
	return made, err
}

func notReplaceable(old *store.Key, at time.Time) error {
	if old.ReplacedBy != "" {
		return Refusef("%s: it was replaced already, by %s: rotate that one", old.ID, old.ReplacedBy)
	}
	return Refusef("%s: it is not active (%s): make a new key", old.ID, cmp.Or(old.State(at), store.KeyExpired))
}

// RevokeKey takes a key away: it is refused from the next request on. That it was revoked before is no refusal.
func (s *Service) RevokeKey(ctx context.Context, key, reason string) (*api.Key, error) {
	id, err := keyID(key)
	if err != nil {
		return nil, err
	}
	var row api.Key
	err = s.writes(ctx, func(*use) error {
		if _, err := s.record.RevokeKey(ctx, id, reason); err != nil {
			return unknownKey(err)
		}
		k, at, err := s.record.Key(ctx, id)
		row = api.KeyOf(&k, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &row, nil
}

// keyID reads what names a key. It repeats nothing of what it cannot read, which may be a secret.
func keyID(text string) (string, error) {
	id, err := access.IDOf(text)
	if err != nil {
		return "", Usagef("this is not the id of a key, nor a key: an id is eight letters and digits")
	}
	return id, nil
}

func unknownKey(err error) error {
	if errors.Is(err, store.ErrUnknown) {
		return refusef(UnknownKey, "the record holds no such key")
	}
	return err
}

// Authenticate returns who calls with a key. The error is access.ErrUnknownKey where it is malformed, unknown, expired or revoked, and
// access.ErrOtherCouncil, with the caller, where it is for a council whose overlay is not in force; every other is a failure.
// Nothing is remembered of an earlier call: a key that was revoked before this one is refused.
//
// A token is taken instead of the key that it stands for.
func (s *Service) Authenticate(ctx context.Context, key string) (access.Caller, error) {
	if token, ok := access.TokenDigest(key); ok {
		return s.record.AuthenticateToken(ctx, token)
	}
	shown, err := access.ParseKey(key)
	if err != nil {
		return access.Caller{}, access.ErrUnknownKey
	}
	caller, err := s.record.Authenticate(ctx, shown)
	if err != nil && !errors.Is(err, access.ErrOtherCouncil) {
		return access.Caller{}, err
	}
	return caller, err
}

// IssueToken returns a token that stands for the key of a caller, as Authenticate returned it. The error is
// access.ErrUnknownKey where the key is good no longer. A token ends with its key, and is refused from the next request on when that is revoked.
func (s *Service) IssueToken(ctx context.Context, c access.Caller) (access.Token, error) {
	text, err := access.NewToken(rand.Reader)
	if err != nil {
		return access.Token{}, err
	}
	digest, _ := access.TokenDigest(text)
	lasts, err := s.record.AddToken(ctx, c.Key, digest)
	if err != nil {
		return access.Token{}, err
	}
	return access.Token{Text: text, Lasts: lasts}, nil
}

// WithCaller returns a context in which what is read and written is noted in the audit as done by a caller, by a request of that id.
func WithCaller(ctx context.Context, c access.Caller, request string, a access.Action) context.Context {
	return store.WithActor(access.WithCaller(ctx, c), store.Actor{Request: request, Key: c.Key, KeyName: c.Name, Action: string(a)})
}

// Denied notes in the audit that the caller of a context asked for what its key is not for.
func (s *Service) Denied(ctx context.Context) error { return s.record.Note(ctx, store.AuditDenied, "") }

// OtherCouncil notes the same of a caller whose key is for another council, once an hour at most: a feed that was pointed at
// the wrong record asks again and again.
func (s *Service) OtherCouncil(ctx context.Context) error { return s.record.NoteOtherCouncil(ctx) }
