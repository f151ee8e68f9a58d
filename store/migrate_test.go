package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

func TestMigratingTwiceAndAtOnceGivesOneSchemaAndOneLaw(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			s := pgtest.OpenAs(t, store.Options{URL: url})
			if err := s.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
			if s.Book() == nil || s.Book().Calendar().Edition() != calendar.Published().Edition() {
				t.Error("the law that ships with the program is not in force")
			}
			if s.Book() != nil && s.Book().Pack().Hash != load.Embedded().Hash {
				t.Error("the pack in force is another one")
			}
		})
	}
	all.Wait()
	r := &record{t: t, url: url}
	equal(t, "laws in force", len(r.column(`select law from laws_in_force`)), 1)
}

func TestADatabaseWithoutASchemaSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := pgtest.Open(t, store.Options{URL: pgtest.Empty(t)})
	_, err := s.Record(t.Context(), source, []casework.Event{event("e1", "C1", "referral.received", "2026-01-01")})
	if !errors.Is(err, store.ErrNotMigrated) {
		t.Errorf("got %v", err)
	}
}

func TestADatabaseNewerThanTheProgramIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	if err := r.exec(`insert into goose_db_version (version_id, is_applied) values (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if err := r.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("got %v", err)
	}
}

func TestAddressesThatAreNoneAreSaidByName(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"none":         "",
		"not a URL":    "postgres://user:secret@host:port/x",
		"nobody there": "postgres://longstop:secret@127.0.0.1:1/longstop?connect_timeout=1",
	} {
		_, err := store.Open(t.Context(), store.Options{URL: url, Clock: casetime.Real(), Compiler: load.Compiler{}, Log: zerolog.Nop()})
		if err == nil || !strings.Contains(err.Error(), "LONGSTOP_DATABASE_URL") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		if name == "nobody there" && !errors.Is(err, store.ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALostServerIsSaidToBeUnreachable(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.MaxConns = 1 })
	if err := r.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	database := r.url[strings.LastIndex(r.url, "/")+1:]
	if i := strings.Index(database, "?"); i >= 0 {
		database = database[:i]
	}
	// The connections end, and no new ones are let in, as when the server stops.
	admin := &record{t: t, url: strings.Replace(r.url, database, "postgres", 1)}
	if err := admin.exec(`alter database ` + database + ` allow_connections false`); err != nil {
		t.Fatal(err)
	}
	if err := admin.exec(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, database); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := r.Record(t.Context(), source, []casework.Event{event("e1", "C1", "referral.received", "2026-11-02")})
		if !errors.Is(err, store.ErrUnreachable) || strings.Contains(err.Error(), "C1") {
			t.Errorf("got %v", err)
		}
	}
	if err := admin.exec(`alter database ` + database + ` allow_connections true`); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02")) // and it goes on by itself
}

func TestAnAdoptedLawIsUsedByEveryProcessFromThenOn(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	other := r.open()
	ctx := t.Context()
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	before := r.duty("C1", "CN-02")
	files := load.EmbeddedFiles()
	changed := make([]load.File, len(files))
	for i, f := range files {
		f.Text = strings.Replace(f.Text, "4 weeks", "3 weeks", 1)
		changed[i] = f
	}
	law := store.Law{Change: load.Change{Pack: changed}, Reason: "the council shortened the interval", By: "tests"}
	for range 2 {
		if _, err := r.Adopt(ctx, law); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "laws in force so far", len(r.column(`select law from laws_in_force`)), 2)
	if _, err := other.PlanQueued(ctx); err != nil {
		t.Fatal(err)
	}
	after := r.duty("C1", "CN-02")
	if after.Due >= before.Due {
		t.Errorf("due %s under the new law, %s before", after.Due, before.Due)
	}
	equal(t, "law of the duty", len(r.column(`select duty from duties d join laws_in_force f on f.law = d.law where f.seq = 2`)), 2)
	if n := r.row("C1", pathway.ChildInNeed); n.Display.DueAt.IsZero() || n.Revision < 2 {
		t.Errorf("the pathway is not nudged: %+v", n)
	}
	if _, err := r.Adopt(ctx, store.Law{Change: load.Change{Pack: []load.File{{Name: "x.yaml", Text: "pack: x"}}}, Reason: "x", By: "x"}); err == nil {
		t.Error("a faulty pack is adopted")
	}
	if _, err := r.Adopt(ctx, store.Law{Change: load.Change{Pack: files, Holidays: []byte("{}")}, Reason: "x", By: "x"}); err == nil {
		t.Error("a faulty calendar is adopted")
	}
}

func TestAProgramTooOldForTheLawInForceDoesNotStart(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	files := load.EmbeddedFiles()
	newer := make([]load.File, len(files))
	for i, f := range files {
		f.Text = strings.Replace(f.Text, "language: 1", "language: 999", 1)
		newer[i] = f
	}
	err := r.exec(`
		with l as (insert into laws (hash, pack_name, pack_edition, pack_hash, pack, calendar_name, calendar)
			select 'ffffffffffffffff', pack_name, pack_edition, pack_hash, $1, calendar_name, calendar from laws returning hash)
		insert into laws_in_force (law, reason, by_whom) select hash, 'a later release', 'tests' from l`, load.Bundle(newer))
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), store.Options{URL: r.url, Clock: casetime.Real(), Compiler: load.Compiler{}, Log: zerolog.Nop()})
	if err == nil || !strings.Contains(err.Error(), "does not start") {
		t.Errorf("got %v", err)
	}
	_, err = r.Record(t.Context(), source, []casework.Event{event("e1", "C1", "referral.received", "2026-11-02")})
	if err == nil {
		t.Error("a running program goes on with a law that it cannot read")
	}
}
