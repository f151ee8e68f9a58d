package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that the migrations go by
	"github.com/pressly/goose/v3"

	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/pathway"
	"longstop/store"
	"longstop/store/migrations"
	"longstop/timescale/load"
)

func TestAdoptionsInARowAreToldApart(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	for _, step := range []struct{ reason, change string }{{"first", everyThreeWeeks}, {"second", everyTwoWeeks}} {
		r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", step.change)}}, Reason: step.reason, By: "x"})
	}
	equal(t, "cases planned again", r.planAgain(), 1)
	equal(t, "changes", fmt.Sprint(r.changed("C1")),
		"[CN-02:e1 moves 2026-11-30 2026-11-23: first CN-02:e1 moves 2026-11-23 2026-11-16: second]")
	equal(t, "due", r.duty("C1", "CN-02").Due, "2026-11-16")
}

func TestWhatIsRecordedBeforeACaseIsPlannedAgainIsNotTheLawsDoing(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	r.setClock("2026-11-20 10:00")
	r.mustRecord(event("e2", "C1", "cin_visit.made", "2026-11-20", "seen=true")) // goes by the new law at once
	r.planAgain()
	// The first duty was met before either date, and the one that the visit opened has another.
	equal(t, "changes", fmt.Sprint(r.changed("C1")), "[CN-02:e1 moves 2026-11-30 2026-11-23: agreed by the board "+
		"CN-02:e2 moves 2026-12-18 2026-12-11: agreed by the board]")
}

func TestACaseIsPlannedAgainOnceHoweverManyAreAtIt(t *testing.T) {
	t.Parallel()
	const cases = 230 // more than two transactions
	r := newRecord(t, "2026-11-02 10:00")
	var events []casework.Event
	for i := range cases {
		events = append(events, event(fmt.Sprint("e", i), fmt.Sprint("C", i), "cin_plan.started", "2026-11-02"))
	}
	r.mustRecord(events...)
	done := r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	var mu sync.Mutex
	planned := 0
	var all sync.WaitGroup
	all.Go(func() { // a worker
		worker := r.open()
		for more := true; more; {
			var err error
			if more, err = worker.PlanQueued(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	for range 2 {
		all.Go(func() {
			err := r.PlanAgain(t.Context(), func(n int, _ []pathway.Nudge) {
				mu.Lock()
				defer mu.Unlock()
				planned += n
			})
			if err != nil {
				t.Error(err)
			}
			// It returns when none is left, whoever planned them.
			if e, err := r.EffectOf(t.Context(), done.Seq); err != nil || e.Waiting != 0 || e.Cases != cases || e.Refs[0].Moves != cases {
				t.Errorf("the effect: %+v, %v", e, err)
			}
		})
	}
	all.Wait()
	if planned > cases {
		t.Errorf("%d cases were planned again of %d", planned, cases)
	}
}

func TestPlanningAgainWaitsForWhoeverIsAtACase(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `select from cases for no key update`); err != nil { // somebody is at it
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- r.PlanAgain(t.Context(), func(int, []pathway.Nudge) {}) }()
	r.until(`select count(*)::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`, "1")
	if err := tx.Rollback(t.Context()); err != nil { // and gives up
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	equal(t, "due", r.duty("C1", "CN-02").Due, "2026-11-23")
}

// until asks the record's database until it answers so.
func (r *record) until(sql, want string) {
	r.t.Helper()
	for r.t.Context().Err() == nil {
		if got := r.column(sql); slices.Equal(got, []string{want}) {
			return
		}
	}
	r.t.Fatalf("%s: never %s", sql, want)
}

func TestACaseThatIsMadeWhileALawIsAdoptedGoesByIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Somebody has seen the law of before, and is making a case by it.
	if _, err := tx.Exec(t.Context(), `
		with c as (insert into cases (key) values (gen_random_uuid()) returning key),
			s as (insert into sources (name) values ('cms')),
			x as (insert into case_references (source, reference, case_key) select 'cms', 'C1', key from c)
		insert into events (case_key, source, id, type, at_day, recorded)
		select key, 'cms', 'e1', 'cin_plan.started', '2026-11-02', '2026-11-02T10:00:00Z' from c`); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := r.Adopt(t.Context(), store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}, Reason: "x", By: "x"})
		ended <- err
	}()
	r.until(`select count(*)::text from laws_in_force`, "2") // it cannot see the case
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	equal(t, "cases planned again", r.planAgain(), 1)
	equal(t, "due", r.duty("C1", "CN-02").Due, "2026-11-23")
}

func TestALawThatThisReleaseCannotReadKeepsNoCaseFromBeingPlanned(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	done := r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	// As if an earlier release had written it: something that is not a pack.
	if err := r.exec(`
		alter table laws disable trigger user;
		update laws set pack = '{"format":"longstop-pack-0"}' where hash = (select law from laws_in_force where seq = 1);
		alter table laws enable trigger user`); err != nil {
		t.Fatal(err)
	}
	r.Store = r.open()
	equal(t, "cases planned again", r.planAgain(), 1)
	equal(t, "due", r.duty("C1", "CN-02").Due, "2026-11-23")
	e, err := r.EffectOf(t.Context(), done.Seq)
	if err != nil || e.Cases != 1 || e.Unread != 1 || len(e.Refs) != 0 {
		t.Errorf("the effect: %+v, %v", e, err)
	}
}

func TestWhatALawChangedIsNeverChanged(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	r.planAgain()
	for _, sql := range []string{
		`update law_plans set compared = false`, `delete from law_plans`, `truncate law_plans`,
		`update law_changes set due_before = ''`, `delete from law_changes`, `truncate law_changes`,
	} {
		if err := r.exec(sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// previousSchema is the version of the schema before laws could be adopted with an overlay.
const previousSchema = 4

func TestADatabaseOfThePreviousSchemaMigratesAndCanAdopt(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), previousSchema); err != nil {
		t.Fatal(err)
	}
	r := &record{t: t, url: url, clock: pgtest.NewClock(london("2026-12-01 10:00"))}
	err = r.exec(`
		with l as (insert into laws (hash, pack_name, pack_edition, pack_hash, pack, calendar_name, calendar)
			values ('0123456789abcdef', 'England', '2026-11', $1, $2, 'a calendar', $3) returning hash)
		insert into laws_in_force (law, reason, by_whom) select hash, 'nothing was in force before', 'longstop' from l`,
		load.Embedded().Hash, load.Bundle(load.EmbeddedFiles()), load.ShippedHolidays())
	if err != nil {
		t.Fatal(err)
	}
	r.Store = pgtest.OpenAs(t, store.Options{URL: url, Clock: r.clock})
	if r.Book() == nil {
		t.Fatal("the law of the previous schema cannot be read")
	}
	if _, err := r.Draft(t.Context(), store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}}); err != nil {
		t.Errorf("a law cannot be tried before the database is migrated: %v", err)
	}
	if err := r.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Store = r.open()
	r.mustRecord(event("e1", "C1", "strategy_discussion.held", "2026-11-23", "s47=true"))
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}})
	equal(t, "cases planned again", r.planAgain(), 1)
}

func TestWhatAnAdoptionMakesOverdueIsPastALimitOfLawAndWhatNoLawSetsIsCountedApart(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-03 10:00")
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-11-02")}})
	r.mustRecord(
		event("e1", "C1", "referral.received", "2026-10-30"), // FD-01: 1 working day, 3 November with the holiday and the 2nd without it
		event("p1", "C2", "cin_plan.started", "2026-10-10"),  // CN-02: 4 weeks, 7 November; 3 weeks, 31 October
	)
	effect := func(l store.Law) map[string]store.RefEffect {
		t.Helper()
		done := r.adopt(l)
		r.planAgain()
		e, err := r.EffectOf(t.Context(), done.Seq)
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]store.RefEffect{}
		for _, ref := range e.Refs {
			of[ref.Ref] = ref
		}
		return of
	}
	there := effect(store.Law{Change: load.Change{Holidays: load.ShippedHolidays(), Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	equal(t, "by law", there["FD-01"], store.RefEffect{Ref: "FD-01", Moves: 1, Overdue: 1})
	equal(t, "by no law", there["CN-02"], store.RefEffect{Ref: "CN-02", Moves: 1, LocalPassed: 1})
	back := effect(store.Law{Change: load.Change{Holidays: bankHolidays("2026-11-02"), Overlays: []load.File{}}})
	equal(t, "by law, and back", back["FD-01"], store.RefEffect{Ref: "FD-01", Moves: 1, NoLongerOverdue: 1})
	equal(t, "by no law, and back", back["CN-02"], store.RefEffect{Ref: "CN-02", Moves: 1, NotPastLocal: 1})
}

// A look plans a hundred cases. While the first of 102 is locked it plans the next hundred; the second goes on
// behind them, where there is one more, and the third begins again with what is left.
func TestAPassOverTheCasesOfAnEarlierLawGoesOnWhereItWasAndComesBackForWhatWasLocked(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient)
	r.cases(102)
	letGo := r.hold(r.column(`select reference from case_references order by case_key limit 1`)[0])
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	for look, want := range []string{"100", "101", "102"} {
		more, err := r.PlanQueued(t.Context())
		if !more || err != nil {
			t.Fatalf("look %d: more %v, %v", look+1, more, err)
		}
		equal(t, fmt.Sprint("planned after look ", look+1), r.column(`
			select count(*)::text from cases where planned_by = (select max(seq) from laws_in_force)`)[0], want)
		letGo()
	}
}
