package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/access"
	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// hold locks a case by a session that then does nothing more, as that of a machine does which
// is paused, until it is let go or the test ends.
func (r *record) hold(ref string) (letGo func()) {
	r.t.Helper()
	return r.holdBy("select from cases where key = '" + r.key(ref) + "' for no key update")
}

// holdBy is hold of what a statement locks.
func (r *record) holdBy(sql string) (letGo func()) {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	// Postgres answers to the rollback once the lock is released; to a connection that is
	// closed it answers nothing, and releases the lock some time after.
	letGo = sync.OnceFunc(func() {
		ctx := context.WithoutCancel(r.t.Context())
		_, err := conn.Exec(ctx, "rollback")
		if err := errors.Join(err, conn.Close(ctx)); err != nil {
			r.t.Error(err)
		}
	})
	r.t.Cleanup(letGo)
	for _, sql := range []string{"begin", sql} {
		if _, err := conn.Exec(r.t.Context(), sql); err != nil {
			r.t.Fatal(err)
		}
	}
	return letGo
}

// waiting for locks are the sessions of the record's database.
const waitingForLocks = `select count(*)::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

// with sets a parameter of the sessions of a store.
func with(name, value string) func(*store.Options) {
	return func(o *store.Options) {
		u, err := url.Parse(o.URL)
		if err != nil {
			panic(err)
		}
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		o.URL = u.String()
	}
}

// patient lets what waits for a lock wait for ever: whatever ends did not wait for it.
var patient = with("lock_timeout", "0")

// cases records that many cases, C0 and so on, each with one duty CN-02.
func (r *record) cases(n int) (refs []string) {
	r.t.Helper()
	var events []casework.Event
	for i := range n {
		ref := fmt.Sprint("C", i)
		refs = append(refs, ref)
		events = append(events, event(ref, ref, "cin_plan.started", "2026-11-02"))
	}
	r.mustRecord(events...)
	return refs
}

func TestASweepWaitsForNoCaseThatAFrozenClientHolds(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient)
	refs := r.cases(6)
	letGo := r.hold("C2")
	r.queue(refs...)
	r.planQueued()
	equal(t, "left for later", strings.Join(r.column(`select case_key::text from replans where attempts = 0 and next_at > now()`), " "), r.key("C2"))
	r.hurry()
	n, err := r.SweepOutbox(t.Context(), 10, func(_ context.Context, list []pathway.Nudge) []error { return allSent(list) })
	if n != 6 || err != nil {
		t.Errorf("sent %d, %v", n, err)
	}
	letGo()
	if err := r.exec(`update replans set next_at = now()`); err != nil {
		t.Fatal(err)
	}
	r.planQueued()
	equal(t, "queued", len(r.column(`select why from replans`)), 0)
}

func TestPlansOfACaseThatAFrozenClientHoldsLeaveThePoolToTheOthers(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient) // six connections
	r.cases(2)
	letGo := r.hold("C0")
	held := r.key("C0")
	var plans sync.WaitGroup
	for range 6 {
		plans.Go(func() {
			if _, err := r.Plan(t.Context(), held, pathway.ChildInNeed); err != nil {
				t.Error(err)
			}
		})
	}
	r.until(waitingForLocks, "1")
	r.plan("C1", pathway.ChildInNeed)
	r.mustRecord(event("v1", "C1", "cin_visit.made", "2026-11-02", "seen=true"))
	equal(t, "sessions that wait", strings.Join(r.column(waitingForLocks), ""), "1")
	letGo()
	plans.Wait()
}

func TestEventsOfACaseThatAFrozenClientHoldsLeaveThePoolToOtherCasesAndKeys(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient, func(o *store.Options) { o.MaxConns, o.PromptConns = 2, 1 })
	r.cases(2)
	letGo := r.hold("C0")
	var pushes sync.WaitGroup
	for i := range 3 {
		pushes.Go(func() {
			e := event(fmt.Sprint("v", i), "C0", "cin_visit.made", "2026-11-02", "seen=true")
			if got, err := r.Record(t.Context(), source, []casework.Event{e}); err != nil || got.New != 1 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	for r.InQueue() < 3 && t.Context().Err() == nil {
		runtime.Gosched()
	}
	r.until(waitingForLocks, "1")
	r.mustRecord(event("v9", "C1", "cin_visit.made", "2026-11-02", "seen=true"))

	// What was locked while nobody waited for it takes the rest of the pool.
	letGoOther := r.hold("C1")
	pushes.Go(func() {
		e := event("v10", "C1", "cin_visit.made", "2026-11-02", "seen=true")
		if _, err := r.Record(t.Context(), source, []casework.Event{e}); err != nil {
			t.Error(err)
		}
	})
	r.until(waitingForLocks, "2")
	if err := authenticates(t, r.Store, newKey(t, 1)); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("a key that is looked up meanwhile: %v", err)
	}
	if err := errors.Join(r.Ping(t.Context()), r.Current(t.Context())); err != nil {
		t.Errorf("readiness meanwhile: %v", err)
	}
	letGo()
	letGoOther()
	pushes.Wait()
}

func TestACaseThatIsCommittedWhileItIsLookedForIsNoFaultOfTheProgram(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.MaxConns = 1 })
	r.cases(1) // so that the connection knows its statements, and waits for no table before the first of them
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	const key = "6f1dd3ae-7dec-41d0-8765-00a0c91e6bf6"
	for _, sql := range []string{
		"begin",
		"insert into case_references (source, reference, case_key) values ('cms', 'X', '" + key + "')",
		"insert into cases (key, last_recorded) values ('" + key + "', '2026-11-02 09:00Z')",
		"insert into events (case_key, source, id, type, at_day, recorded) values ('" + key + "', 'cms', 'x1', 'cin_plan.started', '2026-11-02', '2026-11-02 09:00Z')",
		"lock table events in access exclusive mode", // the first that is read after the case is looked for
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	var got store.Recorded
	recorded := make(chan error, 1)
	go func() {
		var err error
		got, err = r.Record(t.Context(), source, []casework.Event{event("x2", "X", "cin_visit.made", "2026-11-02", "seen=true")})
		recorded <- err
	}()
	r.until(waitingForLocks, "1")
	if _, err := conn.Exec(t.Context(), "commit"); err != nil {
		t.Fatal(err)
	}
	if err := <-recorded; err != nil || got.New != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	equal(t, "events", strings.Join(r.column(`select id from events where case_key = '`+key+`' order by id`), " "), "x1 x2")
}

func TestAPlanThatIsGivenUpLeavesItsPlaceInTheQueue(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient)
	r.cases(1)
	letGo := r.hold("C0")
	key := r.key("C0")
	first := make(chan error, 1)
	go func() {
		_, err := r.Plan(t.Context(), key, pathway.ChildInNeed)
		first <- err
	}()
	r.until(waitingForLocks, "1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Plan(ctx, key, pathway.ChildInNeed); !errors.Is(err, context.Canceled) {
		t.Errorf("a plan that is given up: %v", err)
	}
	letGo()
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	r.plan("C0", pathway.ChildInNeed)
}

func TestAnAdoptionWaitsForNoCase(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient)
	r.cases(3)
	letGo := r.hold("C1")
	done := r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	r.mustRecord(event("n1", "NEW", "cin_plan.started", "2026-11-02"), event("v1", "C0", "cin_visit.made", "2026-11-02", "seen=true"))
	r.planQueued()
	e, err := r.EffectOf(t.Context(), done.Seq)
	if err != nil || e.Cases != 2 || e.Waiting != 1 {
		t.Errorf("the effect with it: %+v, %v", e, err)
	}
	letGo()
	r.planQueued()
	if e, err = r.EffectOf(t.Context(), done.Seq); err != nil || e.Cases != 3 || e.Waiting != 0 {
		t.Errorf("the effect: %+v, %v", e, err)
	}
	equal(t, "due", r.duty("C1", "CN-02").Due, "2026-11-23")
}

func TestPlanningAgainLeavesACaseThatStaysLockedToTheWorkers(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", with("lock_timeout", "100"))
	r.cases(3)
	r.hold("C1")
	done := r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	planned := 0
	err := r.PlanAgain(t.Context(), func(cases int, _ []pathway.Nudge) { planned += cases })
	if planned != 2 || err == nil || !strings.Contains(err.Error(), "locked for too long") {
		t.Errorf("planned %d, %v", planned, err)
	}
	if e, err := r.EffectOf(t.Context(), done.Seq); err != nil || e.Waiting != 1 || e.PutAside != 0 {
		t.Errorf("the effect: %+v, %v", e, err)
	}
}

// Nobody is at the case, but something is locked that its plan writes: it has no fault.
func TestACaseThatNeedsWhatSomebodyKeepsLockedIsLeftForLaterAndNotPutAside(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", with("lock_timeout", "100"))
	refs := r.cases(2)
	letGo := r.holdBy("select from pathways where case_key = '" + r.key("C1") + "' for update")
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	r.queue(refs...)
	before := r.column(`select clock_timestamp()::text`)[0]
	r.planQueued()
	equal(t, "faults", strings.Join(r.column(`select fault from cases where fault <> ''`), ", "), "")
	equal(t, "left for half a minute", strings.Join(r.column(`
		select case_key::text from replans where attempts = 0 and next_at >= $1::text::timestamptz + interval '30 seconds'`, before), " "), r.key("C1"))
	equal(t, "due in the other", r.duty("C0", "CN-02").Due, "2026-11-23")
	equal(t, "due in it", r.duty("C1", "CN-02").Due, "2026-11-30")
	letGo()
	r.planQueued()
	equal(t, "due once it is let go", r.duty("C1", "CN-02").Due, "2026-11-23")
}

func TestRecordingGoesOnBesideACaseThatStaysLocked(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", with("lock_timeout", "100"))
	r.cases(40)
	r.hold("C7")
	var events []casework.Event
	var batch []store.CaseEvents
	for i := range 40 {
		ref := fmt.Sprint("C", i)
		events = append(events, event("v"+ref, ref, "cin_visit.made", "2026-11-02", "seen=true"))
		batch = append(batch, store.CaseEvents{Reference: ref, Events: []casework.Event{event("w"+ref, ref, "cin_visit.made", "2026-11-02", "seen=true")}})
	}
	got, err := r.Record(t.Context(), source, events)
	if !errors.Is(err, store.ErrUnreachable) || got.New != 39 || got.NotTried["C7"] != 1 || got.EventsNotTried() != 1 {
		t.Errorf("recorded %d, not tried %v: %v", got.New, got.NotTried, err)
	}
	id, _, err := r.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
	if err != nil {
		t.Fatal(err)
	}
	got, err = r.LoadCases(t.Context(), id, batch)
	if !errors.Is(err, store.ErrUnreachable) || got.New != 39 || got.NotTried["C7"] != 1 || got.EventsNotTried() != 1 {
		t.Errorf("loaded %d, not tried %v: %v", got.New, got.NotTried, err)
	}
}

func TestAReferenceToALockedCaseWaitsForNobody(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient)
	r.cases(1)
	r.hold("C0")
	if err := r.LinkReference(t.Context(), source, "C0", "other", "X0"); err != nil {
		t.Error(err)
	}
}

func TestEverySessionBoundsItself(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for name, want := range map[string]string{
		"lock_timeout": "15s", "statement_timeout": "1min", "idle_in_transaction_session_timeout": "1min",
	} {
		for pool, got := range r.Settings(t.Context(), t, name) {
			if want := map[bool]string{true: "0", false: want}[pool == "migrations"]; got != want {
				t.Errorf("%s of the sessions for %s: %s, want %s", name, pool, got, want)
			}
		}
	}
}

func TestAFrozenTransactionEndsAndLetsItsCaseGo(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", with("idle_in_transaction_session_timeout", "100"))
	r.cases(1)
	key := r.key("C0")
	frozen, thaw := make(chan struct{}), make(chan struct{})
	r.BeforeWork(func(string) { // in the transaction that holds the case
		close(frozen)
		<-thaw
	})
	ended := make(chan error, 1)
	go func() {
		_, err := r.Plan(t.Context(), key, pathway.ChildInNeed)
		ended <- err
	}()
	<-frozen
	r.until(`select count(*)::text from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`, "0")
	other := r.open()
	if _, err := other.Plan(t.Context(), key, pathway.ChildInNeed); err != nil {
		t.Errorf("another process: %v", err)
	}
	r.BeforeWork(nil)
	close(thaw)
	if err := <-ended; err == nil {
		t.Error("a transaction that had ended was committed")
	}
}

// TestACaseGoesByTheLawThatIsInForceOnceItIsLocked: a load waits for one case while a law is
// adopted and another of its cases is planned by it.
func TestACaseGoesByTheLawThatIsInForceOnceItIsLocked(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient)
	r.cases(2)
	first, second := "C0", "C1"
	if r.key(first) > r.key(second) {
		first, second = second, first // in the order in which they are locked
	}
	id, _, err := r.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
	if err != nil {
		t.Fatal(err)
	}
	letGo := r.hold(first)
	loaded := make(chan error, 1)
	go func() {
		_, err := r.LoadCases(t.Context(), id, []store.CaseEvents{
			{Reference: first, Events: []casework.Event{event("x0", first, "strategy_discussion.held", "2026-11-02", "s47=true")}},
			{Reference: second, Events: []casework.Event{event("x1", second, "strategy_discussion.held", "2026-11-02", "s47=true")}},
		})
		loaded <- err
	}()
	r.until(waitingForLocks, "1")
	worker := &record{Store: r.open(), t: t, clock: r.clock, url: r.url}
	done := worker.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	worker.planQueued() // the second, by the new law
	equal(t, "due by the new law", r.duty(second, "CN-02").Due, "2026-11-23")
	letGo()
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	equal(t, "due after the load", r.duty(second, "CN-02").Due, "2026-11-23")
	worker.planQueued()
	equal(t, "laws of the pathways", strings.Join(r.column(`select distinct law from pathways`), " "), done.Law)
}

func TestSlowCasesThatTogetherOutlastATransactionHoldUpNoOther(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	var events []casework.Event
	for i := range 1 + 8*runtime.GOMAXPROCS(0) { // 8 of them one after the other
		events = append(events, event(fmt.Sprint("e", i), fmt.Sprint("C", i), "cin_plan.started", "2026-11-02"))
	}
	r.mustRecord(events...)
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	address, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	settings := address.Query()
	settings.Set("idle_in_transaction_session_timeout", "1000") // ms
	address.RawQuery = settings.Encode()
	worker := r.open(func(o *store.Options) { o.URL = address.String() })
	good := r.key("C0")
	worker.LimitWork(150 * time.Millisecond) // 8 of them are 1.2 s
	worker.BeforeWork(func(key string) {
		if key != good {
			<-time.After(200 * time.Millisecond) // work that ends, but too late, each time that it is begun
		}
	})
	// A machine that is slower still needs more than one look.
	for !slices.Equal(r.column(`select count(*)::text from cases where planned_by = (select max(seq) from laws_in_force)`), []string{"1"}) {
		if _, err := worker.PlanQueued(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "due by the new law", r.duty("C0", "CN-02").Due, "2026-11-23")
}
