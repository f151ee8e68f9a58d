package store_test

import (
	"fmt"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/store"
)

func TestAnEventIsReadTheSameByWhoeverRecordsAndWhoeverOnlyLooks(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	full := event("e2", "C1", "cp_visit.made", "2026-10-05T09:30:00Z", "seen=true", "seen_alone=false", "present=mother,father")
	full.Episode, full.By = "plan 1", "W1"
	corrected := event("e3", "C1", "cp_visit.made", "2026-10-06", "seen=true")
	corrected.Corrects, corrected.Episode = "e2", "plan 1"
	voided := casework.Event{ID: "e4", Case: "C1", Voids: "e3", Data: casework.Data{"reason": "another child's"}}
	opened := event("e1", "C1", "cp_plan.started", "2026-10-01")
	opened.Episode = "plan 1"
	r.mustRecord(opened)
	r.mustRecord(full)
	r.mustRecord(corrected)
	r.mustRecord(voided)
	key := r.key("C1")
	locked, err := r.Locked(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	looked, err := r.Read(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if len(locked) != 4 {
		t.Fatalf("%d events were read", len(locked))
	}
	equal(t, "the events of who records", fmt.Sprintf("%+v", locked), fmt.Sprintf("%+v", looked))
}

func TestACaseWithAnEventOfNoDayIsPutAsideAndTakenUpAgain(t *testing.T) {
	t.Parallel()
	for _, column := range []string{"at_day", "at_instant", "recorded"} {
		t.Run(column, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, "2026-11-02 10:00")
			r.mustRecord(event("entry-1", "C1", "cp_plan.started", "2026-10-01"), event("entry-2", "C1", "cp_visit.made", "2026-10-05T09:30:00Z", "seen=true"))
			id := map[string]string{"at_day": "entry-1", "at_instant": "entry-2", "recorded": "entry-2"}[column]
			change := func(to string) {
				t.Helper()
				for _, sql := range []string{
					`alter table events disable trigger events_append_only`,
					`update events set ` + column + ` = ` + to + ` where id = '` + id + `'`,
				} {
					if err := r.exec(sql); err != nil {
						t.Fatal(err)
					}
				}
			}
			change("'infinity'")
			got, err := r.Record(t.Context(), source, []casework.Event{event("entry-3", "C1", "cp_visit.made", "2026-10-20", "seen=true")})
			if err == nil || got.New != 0 || strings.Contains(err.Error(), id) {
				t.Fatalf("recorded %+v: %v", got, err)
			}
			equal(t, "cases put aside", strings.Join(r.column(`select count(*)::text from cases where fault <> ''`), ""), "1")
			change(map[string]string{"at_day": "'2026-10-01'", "at_instant": "'2026-10-05 09:30:00Z'", "recorded": "'2026-11-02 10:00:00Z'"}[column])
			if got = r.mustRecord(event("entry-3", "C1", "cp_visit.made", "2026-10-20", "seen=true")); got.New != 1 {
				t.Errorf("recorded %+v", got)
			}
		})
	}
}

func TestWhatOneCaseWritesIsOneStatementWhoseParametersAreCountedOn(t *testing.T) {
	t.Parallel()
	got := store.Fused("\n\tinsert into a (x, y) values ($1, $2)", "update b set x = $2 where y = $1", "insert into c (z) values ($1) on conflict do nothing")
	equal(t, "the statement", strings.Join(got, ";"),
		"with w0 as (insert into a (x, y) values ($1, $2)),\nw1 as (update b set x = $4 where y = $3)\ninsert into c (z) values ($5) on conflict do nothing")
}

func TestWhatPostgresWouldLeaveOutOrSeeOtherwiseStaysAStatementOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]string{
		"a question":      {"insert into a (x) values ($1)", "select set_config('x', $1, true)"},
		"what is deleted": {"delete from a where x = $1", "insert into a (x) values ($1)"},
		"one alone":       {"insert into a (x) values ($1)"},
	} {
		equal(t, name, strings.Join(store.Fused(list...), ";"), strings.Join(list, ";"))
	}
}
