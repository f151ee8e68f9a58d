package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"longstop/internal/pgtest"
)

func TestWhatAnEarlierReleaseWorkedOutIsSaidToWaitForARebuild(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", nowhere)
	owner := pgtest.Database(t)
	env := map[string]string{envDatabase: pgtest.AsApp(t, owner), envMigrate: owner}
	const due = "warning: an earlier release worked out the timescales that the record holds"
	warned := func(args ...string) bool {
		t.Helper()
		r := cli(t, env, "", args...)
		if r.code != exitDone {
			t.Fatalf("%v ended with %d: %s", args, r.code, r.err)
		}
		return strings.Contains(r.err, due)
	}
	if r := cli(t, env, `{"id":"p1","case":"C1","type":"cp_plan.started","at":"2026-10-05"}`, "record", "-"); r.code != exitDone {
		t.Fatal(r.err)
	}
	if warned("duties") || warned("migrate") {
		t.Error("warned of what this release worked out itself")
	}
	conn, err := pgx.Connect(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `update epoch set fold = 0`); err != nil { // as an earlier release leaves it
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !warned("duties", "--json") || !warned("migrate") {
		t.Error("not warned of what an earlier release worked out")
	}
	if r := cli(t, env, "", "rebuild"); !strings.Contains(r.out, "1 open case planned again") { // Temporal is away, and the record is ready
		t.Fatalf("%s%s", r.out, r.err)
	}
	if warned("duties") {
		t.Error("warned after the rebuild")
	}
}
