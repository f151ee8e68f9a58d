package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"longstop/access"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/store"
	"longstop/timescale/load"
)

// newKey makes a key by lot: each n another.
func newKey(t *testing.T, n byte) access.Key {
	t.Helper()
	k, err := access.NewKey("test", bytes.NewReader(bytes.Repeat([]byte{n}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// issue adds a key to the record, for record and read of the tests' source unless changed.
func (r *record) issue(s *store.Store, n byte, change ...func(*store.Key)) access.Key {
	r.t.Helper()
	made := newKey(r.t.(*testing.T), n)
	k := &store.Key{
		ID: made.ID, Environment: made.Environment, Name: "Case system", Owner: "Data team",
		Scope:   access.Scope{Actions: []access.Action{access.Record, access.Read}, Source: source},
		Expires: casetime.WallNow().Add(24 * time.Hour),
	}
	for _, f := range change {
		f(k)
	}
	if err := s.AddKey(r.t.Context(), k, made.Digest()); err != nil {
		r.t.Fatal(err)
	}
	return made
}

// authenticates returns the error with which a key is answered.
func authenticates(t *testing.T, s *store.Store, k access.Key) error {
	t.Helper()
	_, err := s.Authenticate(t.Context(), k)
	return err
}

func TestAKeyThatIsGoodSaysWhoCalls(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	expires := casetime.WallNow().Add(time.Hour).UTC().Truncate(time.Microsecond)
	key := r.issue(r.owner(), 1, func(k *store.Key) { k.PerSecond, k.AtOnce, k.Expires = 50, 4, expires })
	got, err := r.Authenticate(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	want := access.Caller{
		Key: key.ID, Name: "Case system", Source: source, Actions: []access.Action{access.Record, access.Read},
		PerSecond: 50, AtOnce: 4, Expires: expires,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if c, err := r.Authenticate(t.Context(), r.issue(r.owner(), 2)); err != nil || c.PerSecond != 0 || c.AtOnce != 0 {
		t.Errorf("a key without limits of its own: %+v, %v", c, err)
	}
}

func TestAKeyThatIsUnknownOfAnotherSecretExpiredOrRevokedIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	owner := r.owner()
	good := r.issue(owner, 1)
	otherSecret, err := access.NewKey("test", bytes.NewReader(append(bytes.Repeat([]byte{1}, 5), bytes.Repeat([]byte{9}, 64)...)))
	if err != nil || otherSecret.ID != good.ID {
		t.Fatal(otherSecret, err)
	}
	expired := r.issue(owner, 2, func(k *store.Key) { k.Expires = casetime.WallNow().Add(-time.Minute) })
	revoked := r.issue(owner, 3)
	if was, err := r.RevokeKey(t.Context(), revoked.ID, "leaked"); err != nil || !was {
		t.Fatal(was, err)
	}
	for what, key := range map[string]access.Key{"unknown": newKey(t, 7), "of another secret": otherSecret, "expired": expired, "revoked": revoked, "empty": {}} {
		c, err := r.Authenticate(t.Context(), key)
		if !errors.Is(err, access.ErrUnknownKey) || err.Error() != access.ErrUnknownKey.Error() || c.Key != "" {
			t.Errorf("a key that is %s: %+v, %v", what, c, err)
		}
	}
	if err := authenticates(t, r.Store, good); err != nil {
		t.Error(err)
	}
}

func TestARevokedKeyIsRefusedAtTheNextRequestOfEveryProcess(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	key := r.issue(r.owner(), 1)
	webs := []*store.Store{r.open(), r.open(), r.open()}
	for range 3 {
		for _, web := range webs {
			if err := authenticates(t, web, key); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := webs[0].RevokeKey(t.Context(), key.ID, ""); err != nil {
		t.Fatal(err)
	}
	for i, web := range webs {
		if err := authenticates(t, web, key); !errors.Is(err, access.ErrUnknownKey) {
			t.Errorf("process %d: %v", i, err)
		}
	}
	if was, err := r.RevokeKey(t.Context(), key.ID, "again"); was || err != nil {
		t.Errorf("revoking it again: %v, %v", was, err)
	}
	if _, err := r.RevokeKey(t.Context(), "aaaaaaaa", ""); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("revoking an unknown one: %v", err)
	}
}

// A server that was demoted may not have heard of a revocation: it answers reads, and no key.
func TestAStandbyAnswersNoKey(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	key := r.issue(r.owner(), 1)
	if err := authenticates(t, r.Store, key); err != nil { // stamped: there is nothing to write any more
		t.Fatal(err)
	}
	standby := r.open(func(o *store.Options) { o.URL = readOnly(pgtest.AsApp(t, o.URL)) })
	if err := authenticates(t, standby, key); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("a standby: %v", err)
	}
}

func TestWhilePostgresIsAwayNoKeyIsGoodAndNoneIsCalledUnknown(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	key := r.issue(r.owner(), 1)
	trips := &roundTrips{}
	web := r.open(func(o *store.Options) { o.URL = trips.through(t, o.URL) })
	if err := authenticates(t, web, key); err != nil {
		t.Fatal(err)
	}
	trips.cut()
	if err := authenticates(t, web, key); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("while it is away: %v", err)
	}
	if _, err := r.RevokeKey(t.Context(), key.ID, "by another way"); err != nil {
		t.Fatal(err)
	}
	if err := authenticates(t, web, key); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("while it is away, and the key revoked: %v", err)
	}
	trips.listen(t)
	if err := authenticates(t, web, key); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("at the first request afterwards: %v", err)
	}
}

// readOnly is an address whose sessions take no writes, as those of a standby.
func readOnly(url string) string {
	sign := "?"
	if strings.Contains(url, "?") {
		sign = "&"
	}
	return url + sign + "default_transaction_read_only=on"
}

func TestAKeyForACouncilIsGoodWhileItsOverlayIsInForce(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	key := r.issue(r.owner(), 1, func(k *store.Key) { k.Council = "anytown.yaml" })
	web := r.open() // it has read the law before it changes
	if c, err := web.Authenticate(t.Context(), key); !errors.Is(err, access.ErrOtherCouncil) {
		t.Errorf("without an overlay: %+v, %v", c, err)
	}
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	if c, err := web.Authenticate(t.Context(), key); err != nil || c.Council != "anytown.yaml" {
		t.Errorf("with its overlay: %+v, %v", c, err)
	}
}

func TestTheHourOfAUseIsStampedOnceWhoeverAsks(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	owner := r.owner()
	key, expired := r.issue(owner, 1), r.issue(owner, 2, func(k *store.Key) { k.Expires = casetime.WallNow().Add(-time.Minute) })
	before := casetime.WallNow()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := r.Authenticate(t.Context(), key); err != nil {
				t.Error(err)
			}
			if _, err := r.Authenticate(t.Context(), expired); !errors.Is(err, access.ErrUnknownKey) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	// Each row has been written twice: when it was made, and stamped. The hour may have ended meanwhile.
	hours := 1
	if !before.Truncate(time.Hour).Equal(casetime.WallNow().Truncate(time.Hour)) {
		hours = 2
	}
	if n := len(r.column(`select ''::text from audit where key = $1 and outcome = 'rejected'`, expired.ID)); n < 1 || n > hours {
		t.Errorf("the audit has %d rows of the expired key", n)
	}
	list, _, err := r.Keys(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	for _, k := range list {
		used, refused := k.LastUsed, k.LastRefused
		if k.ID == expired.ID {
			used, refused = refused, used
		}
		if !refused.IsZero() || used.Before(before.Truncate(time.Hour)) || used.After(casetime.WallNow()) || !used.Equal(used.Truncate(time.Hour)) {
			t.Errorf("%s: used %s, refused %s", k.ID, k.LastUsed, k.LastRefused)
		}
	}
}

func TestReplacingAKeyKeepsTheOldOneForAsLongAsIsSaid(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	owner := r.owner()
	replace := func(old access.Key, n byte, until time.Time) (access.Key, error) {
		made := newKey(t, n)
		k, _, err := owner.Key(t.Context(), old.ID)
		if err != nil {
			t.Fatal(err)
		}
		k.ID, k.Expires = made.ID, casetime.WallNow().Add(48*time.Hour)
		return made, owner.ReplaceKey(t.Context(), old.ID, &k, made.Digest(), until)
	}
	first := r.issue(owner, 1)
	second, err := replace(first, 2, casetime.WallNow().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []access.Key{first, second} {
		if err := authenticates(t, r.Store, k); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
	if _, err := replace(first, 3, casetime.WallNow().Add(time.Hour)); !errors.Is(err, store.ErrNotReplaceable) {
		t.Errorf("replacing it twice: %v", err)
	}
	if err := authenticates(t, r.Store, newKey(t, 3)); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("a key whose making was refused: %v", err)
	}
	// It never lives longer for being replaced.
	long, err := replace(second, 4, casetime.WallNow().Add(1000*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	old, at, err := r.Key(t.Context(), second.ID)
	if err != nil || old.State(at) != store.KeyReplaced || old.ReplacedBy != long.ID || old.Expires.After(casetime.WallNow().Add(48*time.Hour)) {
		t.Errorf("the old key: %+v, %v", old, err)
	}
	// And not at all where nothing is to be kept.
	last, err := replace(long, 5, casetime.WallNow().Add(-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if err := authenticates(t, r.Store, long); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("the old key: %v", err)
	}
	if k, at, err := r.Key(t.Context(), long.ID); err != nil || k.State(at) != store.KeyRevoked || k.Reason != "replaced" {
		t.Errorf("the old key: %+v, %v", k, err)
	}
	if k, at, err := r.Key(t.Context(), last.ID); err != nil || k.State(at) != store.KeyActive {
		t.Errorf("the new key: %+v, %v", k, err)
	}
}

func TestOnlyTheOwnerMakesKeysAndWhoeverRecordsTakesThemAway(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	key := r.issue(r.owner(), 1)
	made := newKey(t, 2)
	k := store.Key{ID: made.ID, Environment: "test", Name: "x", Owner: "x", Scope: access.Scope{Actions: access.Actions()}, Expires: casetime.WallNow().Add(time.Hour)}
	if err := r.AddKey(t.Context(), &k, made.Digest()); !errors.Is(err, store.ErrKeysAreTheOwners) {
		t.Errorf("making a key as a program: %v", err)
	}
	if err := r.ReplaceKey(t.Context(), key.ID, &k, made.Digest(), casetime.WallNow().Add(time.Hour)); !errors.Is(err, store.ErrKeysAreTheOwners) {
		t.Errorf("replacing a key as a program: %v", err)
	}
	app, reader := session(t, pgtest.AsApp(t, r.url)), session(t, pgtest.AsReader(t, r.url))
	for _, sql := range []string{
		`update api_keys set actions = '{law}'`, `update api_keys set expires = 'infinity'`, `update api_keys set digest = ''`,
		`update api_keys set replaced_by = id`, `delete from api_keys`, `truncate api_keys`, `alter table api_keys disable trigger all`,
		`insert into api_keys select * from api_keys`,
	} {
		equal(t, sql, app(sql), insufficientPrivilege)
	}
	for _, sql := range []string{`update api_keys set revoked = now()`, `update api_keys set last_used = now()`} {
		equal(t, sql, reader(sql), insufficientPrivilege)
	}
	equal(t, "revoking as a program", app(`update api_keys set revoked = 'infinity', reason = 'lost'`), "")
	if err := authenticates(t, r.Store, key); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("after it was revoked in some far time: %v", err)
	}
}

func TestNobodyMakesAKeyGoodAgainOrWidensIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	owner := r.owner()
	key, revoked := r.issue(owner, 1), r.issue(owner, 2)
	if _, err := r.RevokeKey(t.Context(), revoked.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	refusal := session(t, r.url) // the owner
	for _, sql := range []string{
		`update api_keys set expires = expires + interval '1 day' where id = '` + key.ID + `'`,
		`update api_keys set actions = actions || '{law}' where id = '` + key.ID + `'`,
		`update api_keys set source = 'other' where id = '` + key.ID + `'`,
		`update api_keys set council = 'Othertown' where id = '` + key.ID + `'`,
		`update api_keys set digest = sha256('mine') where id = '` + key.ID + `'`,
		`update api_keys set per_second = 1000 where id = '` + key.ID + `'`,
		`update api_keys set created = now() where id = '` + key.ID + `'`,
		`update api_keys set reason = 'x' where id = '` + key.ID + `'`,
		`update api_keys set revoked = null where id = '` + revoked.ID + `'`,
		`update api_keys set revoked = now() where id = '` + revoked.ID + `'`,
		`update api_keys set reason = 'another' where id = '` + revoked.ID + `'`,
		`delete from api_keys`, `truncate api_keys`,
	} {
		equal(t, sql, refusal(sql), restrictViolation)
	}
	if err := authenticates(t, r.Store, key); err != nil {
		t.Error(err)
	}
}

func TestWhatHappensToAKeyIsAudited(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", actor)
	owner := r.owner()
	first, other := r.issue(owner, 1), newKey(t, 2)
	k, _, err := r.Key(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	k.ID = other.ID
	if err := owner.ReplaceKey(t.Context(), first.ID, &k, other.Digest(), casetime.WallNow().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.RevokeKey(t.Context(), first.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := authenticates(t, r.Store, first); !errors.Is(err, access.ErrUnknownKey) {
			t.Fatal(err)
		}
	}
	for id, want := range map[string][]string{
		first.ID: {"created Case system", "replaced Case system", "record revoked Case system", "record rejected Case system"},
		other.ID: {"created Case system"},
	} {
		var got []string
		err := r.EachAudit(t.Context(), store.AuditFilter{Key: id}, func(row store.AuditRow) error {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", row.Command, row.Outcome, row.KeyName)))
			return nil
		})
		// Of an hour that ended between the two there is one more.
		if err != nil || !slices.Equal(slices.Compact(got), want) {
			t.Errorf("the audit of %s: %q, %v", id, got, err)
		}
	}
}

// request is the context of a request by a key, as a program that answers many makes it.
func request(ctx context.Context, n int) context.Context {
	return store.WithActor(ctx, store.Actor{
		Command: "web", Request: fmt.Sprintf("request-%d", n), Key: fmt.Sprintf("key-%d", n), KeyName: fmt.Sprintf(`O'Brien \ system %d`, n), Action: "record",
	})
}

// doneBy are the rows of the audit of requests, each as who did what.
func (r *record) doneBy(f store.AuditFilter) []string {
	r.t.Helper()
	var list []string
	err := r.EachAudit(r.t.Context(), f, func(row store.AuditRow) error {
		run := row.Run
		if !strings.HasPrefix(run, "request-") {
			run = "-"
		}
		list = append(list, strings.Join([]string{row.Command, run, row.Key, row.KeyName, row.Action, row.Case, string(row.Outcome)}, "|"))
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func TestWhatARequestWritesIsItsOwnAndNobodyElsesOnTheSameConnections(t *testing.T) {
	t.Parallel()
	for _, conns := range []int32{1, 2} {
		t.Run(fmt.Sprint(conns), func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, "2026-11-02 10:00", actor, func(o *store.Options) { o.MaxConns = conns })
			const requests = 24
			var all sync.WaitGroup
			for n := range requests {
				all.Go(func() {
					ref := fmt.Sprintf("C%d", n)
					ctx := request(t.Context(), n)
					// Something of each kind: what is recorded, what is refused by Postgres in the middle, what is read, what belongs to nobody.
					if _, err := r.Record(ctx, source, []casework.Event{event(fmt.Sprintf("e%d", n), ref, "referral.received", "2026-11-02")}); err != nil {
						t.Error(err)
					}
					if n%3 == 0 {
						cut, cancel := context.WithCancel(ctx)
						cancel()
						if _, err := r.Record(cut, source, []casework.Event{event(fmt.Sprintf("cut%d", n), ref, "referral.received", "2026-11-02")}); err == nil {
							t.Error("a request that had ended was recorded")
						}
					}
					key, err := r.CaseKey(ctx, source, ref)
					if err != nil {
						t.Error(err)
					}
					if err := r.Note(ctx, store.AuditRead, key); err != nil {
						t.Error(err)
					}
					own := fmt.Sprintf("P%d", n)
					if _, err := r.Record(t.Context(), source, []casework.Event{event("own"+own, own, "referral.received", "2026-11-02")}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			for n := range requests {
				who := fmt.Sprintf(`web|request-%d|key-%d|O'Brien \ system %d|record|C%d|`, n, n, n, n)
				want := []string{who + "recorded", who + "read"}
				if got := r.doneBy(store.AuditFilter{CaseKey: r.key(fmt.Sprintf("C%d", n))}); !slices.Equal(got, want) {
					t.Errorf("the audit of C%d: %q, want %q", n, got, want)
				}
				if got := r.doneBy(store.AuditFilter{Key: fmt.Sprintf("key-%d", n)}); !slices.Equal(got, want) {
					t.Errorf("the audit of key-%d: %q", n, got)
				}
				own := fmt.Sprintf("P%d", n)
				if got := r.doneBy(store.AuditFilter{CaseKey: r.key(own)}); !slices.Equal(got, []string{"record|-||||" + own + "|recorded"}) {
					t.Errorf("the audit of %s: %q", own, got)
				}
			}
		})
	}
}

// It costs no round trip of its own: Postgres is told who acts as the transaction begins.
func TestATransactionOfARequestIsAsManyRoundTripsAsAnyOther(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	count := func(ctx context.Context, id string) int64 {
		t.Helper()
		trips := &roundTrips{}
		s := r.open(func(o *store.Options) { o.URL = trips.through(t, pgtest.AsApp(t, o.URL)); o.MaxConns = 1 }) //nolint:contextcheck // what stands between lives as long as the test
		record := func(id, ref string) {
			if _, err := s.Record(ctx, source, []casework.Event{event(id, ref, "referral.received", "2026-11-02")}); err != nil {
				t.Fatal(err)
			}
		}
		record(id+"1", id+"1") // statements are prepared
		before := trips.n.Load()
		record(id+"2", id+"2")
		return trips.n.Load() - before
	}
	plain, acting := count(t.Context(), "a"), count(request(t.Context(), 1), "b")
	if plain == 0 || plain != acting {
		t.Errorf("%d round trips without an actor, %d with one", plain, acting)
	}
}

// roundTrips counts how often Postgres has answered and waits: it stands between a program and the server.
type roundTrips struct {
	n      atomic.Int64
	server string

	mu   sync.Mutex
	at   string
	open []io.Closer
}

// through returns the address of a server by way of the count.
func (c *roundTrips) through(t *testing.T, to string) string {
	t.Helper()
	address, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	c.server, c.at = address.Host, "127.0.0.1:0"
	c.listen(t)
	t.Cleanup(c.cut)
	address.Host = c.at
	query := address.Query()
	query.Set("sslmode", "disable")
	address.RawQuery = query.Encode()
	return address.String()
}

// listen lets connections through.
func (c *roundTrips) listen(t *testing.T) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", c.at)
	if err != nil {
		t.Fatal(err)
	}
	c.at = listener.Addr().String()
	c.opened(listener)
	ctx := context.WithoutCancel(t.Context())
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			c.opened(client)
			go c.carry(ctx, client)
		}
	}()
}

func (c *roundTrips) opened(x io.Closer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = append(c.open, x)
}

// cut ends every connection, and lets none through.
func (c *roundTrips) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.open {
		x.Close() // it may have ended
	}
	c.open = nil
}

// carry hands on what both ends say, and counts the server's ReadyForQuery.
func (c *roundTrips) carry(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(server, client) // an end that is gone is seen by the other
		server.Close()
	}()
	for {
		head := make([]byte, 5) // the kind of a message and its length, without the kind
		if _, err := io.ReadFull(server, head); err != nil {
			return
		}
		if head[0] == 'Z' {
			c.n.Add(1)
		}
		if _, err := client.Write(head); err != nil {
			return
		}
		if _, err := io.CopyN(client, server, int64(binary.BigEndian.Uint32(head[1:]))-4); err != nil {
			return
		}
	}
}
