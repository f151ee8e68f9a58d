package store_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/store"
)

// breaker stands between a store and its database, and breaks off the connection on which a certain request
// is made: the server never sees that one.
type breaker struct {
	net.Listener
	server string

	mu   sync.Mutex
	left int  // requests until one is broken off; 0: none is
	did  bool // one was
}

// breaking opens a record once more, through a breaker.
func (r *record) breaking() (*store.Store, *breaker) {
	r.t.Helper()
	direct, err := url.Parse(pgtest.AsApp(r.t, r.url))
	if err != nil {
		r.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	b := &breaker{Listener: listener, server: direct.Host}
	r.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go b.carry(client)
		}
	}()
	direct.Host = listener.Addr().String()
	s := pgtest.OpenAs(r.t, store.Options{URL: direct.String(), Clock: r.clock, MaxConns: 2})
	return s, b
}

// after lets the n-th request from now on be broken off.
func (b *breaker) after(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left, b.did = n, false
}

// broke reports whether a request was broken off, and lets all others pass.
func (b *breaker) broke() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = 0
	return b.did
}

// ends reports whether a message of a client ends a request, and is to be broken off.
func (b *breaker) ends(kind byte) bool {
	if kind != 'S' && kind != 'Q' { // Sync, and a simple query: each waits for its answer
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left == 0 {
		return false
	}
	b.left--
	b.did = b.left == 0
	return b.did
}

func (b *breaker) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", b.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	head := make([]byte, 5)
	for first := true; ; first = false { // the first message has no kind
		h := head
		if first {
			h = head[1:]
			head[0] = 0
		}
		if _, err := io.ReadFull(client, h); err != nil {
			return
		}
		rest := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(client, rest); err != nil || b.ends(head[0]) {
			return
		}
		if _, err := server.Write(append(append([]byte{}, h...), rest...)); err != nil {
			return
		}
	}
}

// Whichever of its requests the connection to the database breaks at, an operation says that it failed, and
// done once more it does what it would have done.
func TestAnOperationThatWasBrokenOffSaysSo(t *testing.T) {
	t.Parallel()
	type op func(*store.Store) (any, error)
	ops := []struct {
		name    string
		prepare func(*record) op
		want    string
	}{
		{"recording", func(*record) op {
			return func(s *store.Store) (any, error) {
				got, err := s.Record(t.Context(), source, []casework.Event{event("v", "C1", "cp_visit.made", "2026-11-24", "seen=true")})
				return got.New, err
			}
		}, "1"},
		{"planning", func(r *record) op {
			key := r.key("C1")
			return func(s *store.Store) (any, error) {
				got, err := s.Plan(t.Context(), key, cp)
				return len(got.Send), err
			}
		}, "1"},
		{"claiming", func(r *record) op {
			notice := r.plan1("2026-11-25 09:00")
			return func(s *store.Store) (any, error) {
				got, err := s.Claim(t.Context(), notice.CaseKey, notice.Key)
				return got.State + " " + got.To.Staff, err
			}
		}, "claimed W1"},
		{"sending", func(r *record) op {
			c := r.claim(r.plan1("2026-11-25 09:00"))
			return func(s *store.Store) (any, error) { return s.Sending(t.Context(), c.NoticeID, c.Claim) }
		}, "1"},
		{"noting that it was sent", func(r *record) op {
			c := r.claim(r.plan1("2026-11-25 09:00"))
			r.sending(c)
			return func(s *store.Store) (any, error) {
				_, err := s.Sent(t.Context(), c.NoticeID, 1, "email", "250 ok")
				return r.deliveryOf(c), err
			}
		}, "sent W1 ada@example.org"},
		{"noting that it failed", func(r *record) op {
			c := r.claim(r.plan1("2026-11-25 09:00"))
			r.sending(c)
			return func(s *store.Store) (any, error) {
				err := s.SendFailed(t.Context(), c.NoticeID, 1, "email", "451", true)
				return r.deliveryOf(c), err
			}
		}, "failed W1 ada@example.org"},
		{"noting a refusal", func(r *record) op {
			c := r.claim(r.plan1("2026-11-25 09:00"))
			r.sending(c)
			return func(s *store.Store) (any, error) {
				got, err := s.NotDelivered(t.Context(), c.NoticeID, 1, "550 5.1.1")
				return got.State, err
			}
		}, "failed"},
		{"noting that it came back", func(r *record) op {
			c := r.claim(r.plan1("2026-11-25 09:00"))
			r.sending(c)
			r.sent(c)
			return func(s *store.Store) (any, error) {
				err := s.Bounced(t.Context(), c.MessageID, c.To.Email, "550 5.1.1")
				return r.deliveryOf(c), err
			}
		}, "bounced W1 ada@example.org"},
		{"explaining", func(r *record) op {
			r.tell("2026-11-25 09:00")
			key := r.key("C1")
			return func(s *store.Store) (any, error) {
				got, err := s.Explain(t.Context(), key, casework.Moment{AsOf: london("2026-11-26 09:00"), KnownAt: london("2026-11-26 09:00")})
				if err != nil {
					return nil, err
				}
				return len(got.Notices), nil
			}
		}, "1"},
		{"reading notices", func(r *record) op {
			r.tell("2026-11-25 09:00")
			return func(s *store.Store) (any, error) {
				got, err := s.Notices(t.Context(), store.NoticeFilter{})
				return len(got), err
			}
		}, "1"},
		{"reading duties", func(*record) op {
			return func(s *store.Store) (any, error) {
				got, err := s.Duties(t.Context(), store.DutyFilter{Case: "C1", Ref: "CP-10"})
				return len(got), err
			}
		}, "1"},
		{"retrying what was put aside", func(r *record) op {
			if err := r.exec(`insert into replans (case_key, why, attempts) select key, 'a fault', 1 from cases`); err != nil {
				r.t.Fatal(err)
			}
			return func(s *store.Store) (any, error) { return s.RetryFaults(t.Context()) }
		}, "1"},
		{"looking for lists", func(*record) op {
			return func(s *store.Store) (any, error) {
				got, err := s.OwedLists(t.Context())
				return len(got), err
			}
		}, "0"},
	}
	for _, o := range ops {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-25 09:00")
			do := o.prepare(r)
			s, b := r.breaking()
			for n := 1; ; n++ {
				b.after(n)
				got, err := do(s)
				if !b.broke() {
					if err != nil || fmt.Sprint(got) != o.want {
						t.Errorf("in the end: %v, %v, want %s", got, err, o.want)
					}
					if n < 2 {
						t.Error("it made no request that could be broken off")
					}
					return
				}
				if err == nil {
					t.Errorf("broken off at request %d: it returned %v, as if that were all", n, got)
				}
			}
		})
	}
}

// refuse lets Postgres refuse each change of a delivery with a SQLSTATE, and returns how often it has.
func (r *record) refuse(code string) (times func() string) {
	r.t.Helper()
	err := r.exec(`
		create sequence refused;
		create function refuse_delivery() returns trigger language plpgsql security definer as $$ begin
			perform nextval('refused'); -- it is not rolled back
			raise exception 'a test' using errcode = '` + code + `';
		end $$;
		create trigger refuse_delivery before update on deliveries for each row execute function refuse_delivery()`)
	if err != nil {
		r.t.Fatal(err)
	}
	return func() string {
		return r.column(`select case when is_called then last_value else 0 end::text from refused`)[0]
	}
}

// A transaction that Postgres has refused is rolled back, whoever goes on in it; the error says why.
func TestWhatPostgresRefusesIsSaidAndTriedAgainOnlyWhereThatMayHelp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code        string
		unreachable bool
		says, times string
	}{
		{"53100", true, "its disk is full", "1"},
		{"42501", false, "may not do this", "1"},
		{"40001", false, "other transactions got in its way time after time", "6"},
		{"40P01", false, "it lost one deadlock after another", "6"},
	} {
		t.Run(tc.code, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-25 09:00")
			c := r.claim(r.plan1("2026-11-25 09:00"))
			r.sending(c)
			times := r.refuse(tc.code)
			_, err := r.Sent(t.Context(), c.NoticeID, 1, "email", "250 ok")
			if err == nil || errors.Is(err, store.ErrUnreachable) != tc.unreachable || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("it says: %v", err)
			}
			equal(t, "tried", times(), tc.times)
			equal(t, "the delivery", r.deliveryOf(c), "sending W1 ada@example.org")
		})
	}
}
