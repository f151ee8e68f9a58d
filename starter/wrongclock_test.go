package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/pgtest"
)

// contents are the rows of every table of a record, but for what notes that a command ran.
func contents(t *testing.T, url string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	column := func(sql string) []string {
		rows, err := conn.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	var all []string
	for _, table := range column(`select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
		and relname not in ('audit', 'goose_db_version') order by 1`) {
		all = append(all, table+":")
		all = append(all, column("select t::text from "+table+" t order by 1")...)
	}
	return strings.Join(all, "\n")
}

func TestOnAMachineWhoseClockIsWrongEveryCommandIsRefusedAndNothingWritten(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", nowhere)
	owner := pgtest.Database(t)
	env := map[string]string{envDatabase: pgtest.AsApp(t, owner), envMigrate: owner}
	monday := casetimetest.At(time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC))
	tuesday := casetimetest.At(time.Date(2026, time.November, 24, 10, 0, 0, 0, time.UTC))
	notice := claimed(t, monday, tuesday, env[envDatabase])
	before := contents(t, owner)

	commands := map[string][]string{
		"record":        {"record", "-"},
		"import":        {"import", "cin-census", filepath.Join("..", "internal", "sample", "testdata", "cin-census.xml")},
		"adopt":         {"adopt", "--overlay", filepath.Join("..", "overlays", "cambridgeshire.yaml"), "--reason", "x", "--by", "x"},
		"acknowledge":   {"acknowledge", notice, "--by", "M1", "--promise", "2026-11-27", "--note", "x"},
		"correct":       {"correct", "d1", "--at", "2026-10-05", "--reason", "x"},
		"void":          {"void", "d1", "--reason", "x"},
		"feed":          {"feed", "--authority", "846", "--reason", "x"},
		"rebuild":       {"rebuild"},
		"migrate":       {"migrate"},
		"mend-recorded": {"mend-recorded", "--reason", "x", "--by", "x"},
	}
	for said, ahead := range map[string]time.Duration{
		"1h0m0s ahead of": time.Hour, "1h0m0s behind": -time.Hour, "365 days ahead of": 365 * 24 * time.Hour, "365 days behind": -365 * 24 * time.Hour,
	} {
		wrong := func() time.Time { return casetime.WallNow().Add(ahead) }
		for _, name := range slices.Sorted(maps.Keys(commands)) {
			r := cliOn(t, wrong, tuesday, env, `{"id":"n1","case":"C1","type":"icpc.held","at":"2026-11-20","data":{"outcome":"plan"}}`, commands[name]...)
			if want := "the clock of this machine is " + said + " the database's"; r.code != exitFailed || !strings.Contains(r.err, want) {
				t.Errorf("%s: exit code %d, expected %d and %q, and it said %s%s", name, r.code, exitFailed, want, r.err, r.out)
			}
		}
	}
	if after := contents(t, owner); after != before {
		t.Errorf("something was written:\n%s\nbefore:\n%s", after, before)
	}
	// The same commands on a machine whose clock is right.
	if r := cliAt(t, tuesday, env, "", commands["void"]...); r.code != exitDone {
		t.Errorf("%+v", r)
	}
}

func TestWhatAnEarlierReleaseRecordedInTheFutureIsRefusedUntilItIsMended(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", nowhere)
	owner := pgtest.Database(t)
	env := map[string]string{envDatabase: pgtest.AsApp(t, owner), envMigrate: owner}
	now, later := casetimetest.At(time.Date(2026, time.November, 3, 10, 0, 0, 0, time.UTC)), casetimetest.At(time.Date(2027, time.November, 3, 10, 0, 0, 0, time.UTC))
	if r := cliAt(t, later, env, `{"id":"e1","case":"C1","type":"cp_plan.started","at":"2026-11-02"}`, "record", "-"); r.code != exitDone {
		t.Fatalf("%+v", r)
	}
	visit := `{"id":"e2","case":"C1","type":"cp_visit.made","at":"2026-11-03","data":{"seen":true}}` + "\n" +
		`{"id":"e3","case":"C2","type":"referral.received","at":"2026-11-03"}`
	r := cliAt(t, now, env, visit, "record", "-")
	if r.code != exitRefused || !strings.Contains(r.out, "1 event recorded, 0 known already, 1 refused.") ||
		!strings.Contains(r.err, "e2: ") || !strings.Contains(r.err, "starter mend-recorded") {
		t.Errorf("%+v", r)
	}
	r = cliAt(t, now, env, "", "mend-recorded", "--dry-run")
	if r.code != exitDone || !strings.Contains(r.out, "C1") || strings.Contains(r.out, "C2") || !strings.Contains(r.out, "1 event to be mended; nothing was written.") {
		t.Errorf("%+v", r)
	}
	r = cliAt(t, now, env, "", "mend-recorded", "--reason", "the host's clock", "--by", "O. Operator", "--recorded", "2026-11-03T09:00:00Z")
	if r.code != exitDone || !strings.Contains(r.out, "1 event mended. Run 'starter rebuild' now") {
		t.Errorf("%+v", r)
	}
	if r := cliAt(t, now, env, visit, "record", "-"); r.code != exitDone || !strings.Contains(r.out, "1 event recorded, 1 known already, 0 refused.") {
		t.Errorf("%+v", r)
	}
	if events := cliAt(t, now, env, "", "events", "C1").out; !strings.Contains(events, `"recorded":"2026-11-03T09:00:00Z"`) {
		t.Errorf("%s", events)
	}
}
