package store_test

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/store"
	"longstop/timescale/load"
)

// inDatabase runs a statement in a database; %s stands for its name.
func inDatabase(t *testing.T, address, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	// Whoever mends a server is not stopped by what is wrong with it.
	if _, err := conn.Exec(t.Context(), "set default_transaction_read_only = off"); err != nil {
		t.Fatal(err)
	}
	sql = strings.ReplaceAll(sql, "%s", pgx.Identifier{conn.Config().Database}.Sanitize())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

const (
	noWrites = "alter database %s set default_transaction_read_only = on"
	writes   = "alter database %s reset default_transaction_read_only"
)

func TestConnectionsThatLeadToAStandbyAreThrownAway(t *testing.T) {
	t.Parallel()
	address := pgtest.Database(t)
	inDatabase(t, address, noWrites)
	s := pgtest.Open(t, store.Options{URL: address})
	events := []casework.Event{event("e1", "C1", "referral.received", "2026-11-02"), event("e2", "C2", "referral.received", "2026-11-02")}
	done, err := s.Record(t.Context(), source, events)
	if !errors.Is(err, store.ErrUnreachable) || done.New != 0 || done.EventsNotTried() != 2 || done.NotTried["C1"] != 1 {
		t.Fatalf("expected a failure with two events that were not tried: %+v, %v", done, err)
	}
	// The same pool, once the server takes writes: no connection of before is used again.
	inDatabase(t, address, writes)
	if done, err := s.Record(t.Context(), source, events); err != nil || done.New != 2 || done.NotTried != nil {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestOfSeveralServersOneThatTakesWritesIsAskedFor(t *testing.T) {
	t.Parallel()
	address := pgtest.Database(t)
	inDatabase(t, address, noWrites)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host += "," + net.JoinHostPort("127.0.0.1", "1") // and one that does not answer
	several := u.String()
	o := store.Options{URL: several, Clock: pgtest.NewClock(london("2026-11-02 10:00")), Compiler: load.Compiler{}}
	if _, err := store.Open(t.Context(), o); !errors.Is(err, store.ErrUnreachable) || !strings.Contains(err.Error(), "takes writes") {
		t.Errorf("expected that no server takes writes, got %v", err)
	}
	o.URL += "&target_session_attrs=any"
	reading, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("whoever asks for any server gets one: %v", err)
	}
	reading.Close()
	inDatabase(t, address, writes)
	o.URL = several
	writing, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	writing.Close()
}
