package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rs/zerolog"

	"longstop/casework"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

const secret = "Ada Example, born 2019-03-04"

// poison makes working out one case panic until the returned function is called. What it
// says of the child must not be seen anywhere.
func (r *record) poison(ref string) (cure func()) {
	r.t.Helper()
	var key atomic.Pointer[string]
	k := r.key(ref)
	key.Store(&k)
	r.BeforeWork(func(caseKey string) {
		if p := key.Load(); p != nil && caseKey == *p {
			panic(secret)
		}
	})
	return func() { key.Store(nil) }
}

// logged lets a store log into a buffer.
func logged(into *bytes.Buffer) func(*store.Options) {
	return func(o *store.Options) { o.Log = zerolog.New(zerolog.SyncWriter(into)) }
}

// planQueued plans what waits, as a worker's loop does.
func (r *record) planQueued() {
	r.t.Helper()
	for more := true; more; {
		var err error
		if more, err = r.PlanQueued(r.t.Context()); err != nil {
			r.t.Fatalf("planning what waits: %v", err)
		}
	}
}

func TestAnEventOfACaseThatPanicsIsRecordedAndTheCasePutAside(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := newRecord(t, "2026-11-02 10:00", logged(&log))
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	before := r.duty("C1", "CN-02")
	cure := r.poison("C1")
	// Judged without folding, so that it is accepted; what follows from it cannot be told.
	calls := 0
	poisoned := r.key("C1")
	r.BeforeWork(func(key string) {
		if calls++; key == poisoned && calls > 1 { // the first judges
			panic(secret)
		}
	})
	got, err := r.Record(t.Context(), source, []casework.Event{event("e2", "C1", "cin_visit.made", "2026-11-02", "seen=true")})
	if err != nil || got.New != 1 || len(got.Refused) != 0 {
		t.Fatalf("the event is accepted: %+v, %v", got, err)
	}
	equal(t, "events", strings.Join(r.column(`select id from events order by seq`), " "), "e1 e2")
	equal(t, "due as it last was", r.duty("C1", "CN-02").Due, before.Due)
	has(t, "the fault of the duty", r.duty("C1", "CN-02").Fault, "panic in store_test.")
	n := r.row("C1", pathway.ChildInNeed)
	equal(t, "what its workflow shows", n.Display.Rag, pathway.Fault)
	has(t, "and says", n.Display.Label, "FAULT, last known: ")
	if len(got.Nudges) != 1 || got.Nudges[0].Display.Rag != pathway.Fault || got.Nudges[0].Revision != n.Revision {
		t.Errorf("the nudge that shows it: %+v", got.Nudges)
	}
	equal(t, "stacks in the log", strings.Count(log.String(), `"stack":`), 1)
	if strings.Contains(log.String(), "Ada") || strings.Contains(r.duty("C1", "CN-02").Fault, "Ada") {
		t.Errorf("the log or the fault tells of the child: %s", log.String())
	}
	asides, err := r.PutAsides(t.Context())
	if err != nil || len(asides) != 1 || asides[0].Reference != "C1" {
		t.Errorf("put aside: %+v, %v", asides, err)
	}

	r.BeforeWork(nil)
	cure()
	if n, err := r.RetryFaults(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	r.planQueued()
	// The visit of 2 November met the duty; the next one is due four weeks later.
	list, err := r.Duties(t.Context(), store.DutyFilter{Case: "C1", Ref: "CN-02"})
	if err != nil || len(list) != 2 || list[0].Fault != "" || list[0].State != casework.Met || list[1].Due != "2026-11-30" {
		t.Errorf("once it can be worked out: %+v, %v", list, err)
	}
	equal(t, "what its workflow shows then", r.row("C1", pathway.ChildInNeed).Display.Rag, pathway.Green)
	equal(t, "queued", len(r.column(`select why from replans`)), 0)
	equal(t, "faults", len(r.column(`select fault from cases where fault <> '' union all select fault from pathways where fault <> ''`)), 0)
}

func TestACaseOfWhichNobodyCanSayWhatIsAcceptedIsNotTriedAndTheOthersAreRecorded(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	cure := r.poison("C1")
	events := []casework.Event{
		event("e2", "C1", "cin_visit.made", "2026-11-02", "seen=true"), event("f1", "C2", "cin_plan.started", "2026-11-02"),
	}
	got, err := r.Record(t.Context(), source, events)
	if !errors.Is(err, store.ErrCaseFault) || got.New != 1 || got.EventsNotTried() != 1 || got.NotTried["C1"] != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	equal(t, "due in the other case", r.duty("C2", "CN-02").Due, "2026-11-30")
	cure()
	if got, err = r.Record(t.Context(), source, events); err != nil || got.New != 1 || got.Known != 1 {
		t.Errorf("again: %+v, %v", got, err)
	}
	equal(t, "fault", r.duty("C2", "CN-02").Fault, "")
}

func TestALoadGoesOnBesideACaseThatPanics(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.poison("C1")
	id, _, err := r.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
	if err != nil {
		t.Fatal(err)
	}
	batch := []store.CaseEvents{{Reference: "C1", Events: []casework.Event{event("e2", "C1", "cin_visit.made", "2026-11-02", "seen=true")}}}
	for i := range 250 {
		ref := fmt.Sprint("D", i)
		batch = append(batch, store.CaseEvents{Reference: ref, Events: []casework.Event{event(ref, ref, "cin_plan.started", "2026-11-02")}})
	}
	got, err := r.LoadCases(t.Context(), id, batch)
	if !errors.Is(err, store.ErrCaseFault) || got.New != 250 || got.NotTried["C1"] != 1 || got.EventsNotTried() != 1 {
		t.Errorf("new %d, not tried %v, %v", got.New, got.NotTried, err)
	}
}

func TestOnePoisonedCaseBesideAThousandHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	const others = 1000
	r := newRecord(t, "2026-11-02 10:00")
	id, _, err := r.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var batch []store.CaseEvents
	for i := range others + 1 {
		ref := fmt.Sprint("C", i)
		batch = append(batch, store.CaseEvents{Reference: ref, Events: []casework.Event{event(ref, ref, "cin_plan.started", "2026-11-02")}})
	}
	if _, err := r.LoadCases(t.Context(), id, batch); err != nil {
		t.Fatal(err)
	}
	cure := r.poison("C500")
	done := r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	r.planQueued()
	effect := func() store.Effect {
		e, err := r.EffectOf(t.Context(), done.Seq)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	equal(t, "planned by the new law", effect().Cases, others)
	equal(t, "waiting", effect().Waiting, 0)
	equal(t, "put aside", effect().PutAside, 1)

	// The others record, plan and nudge.
	r.mustRecord(event("v1", "C7", "cin_visit.made", "2026-11-02", "seen=true"))
	r.plan("C8", pathway.ChildInNeed)
	r.hurry()
	sent := map[string]bool{}
	for {
		n, err := r.SweepOutbox(t.Context(), 500, func(_ context.Context, list []pathway.Nudge) []error {
			for _, n := range list {
				sent[n.CaseKey] = true
			}
			return allSent(list)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	equal(t, "cases nudged, of which one shows its fault", len(sent), others+1)

	_, err = r.Plan(t.Context(), r.key("C500"), pathway.ChildInNeed)
	if !errors.Is(err, store.ErrCaseFault) || strings.Contains(err.Error(), "Ada") {
		t.Errorf("planning the poisoned one: %v", err)
	}
	s, err := r.Summary(t.Context())
	if err != nil || len(s.Faults) != 1 || s.Faults[0].CaseKey != r.key("C500") {
		t.Errorf("faults in the summary: %+v, %v", s.Faults, err)
	}

	cure()
	if _, err := r.RetryFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.planQueued()
	equal(t, "planned once it can be", effect().Cases, others+1)
	equal(t, "put aside then", effect().PutAside, 0)
	equal(t, "due", r.duty("C500", "CN-02").Due, "2026-11-23")
}

func TestNudgesAreSentThoughACaseCannotBePlannedAgain(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02")) // two nudges
	r.mustRecord(event("e2", "C2", "cin_plan.started", "2026-11-02"))
	r.breakCase("C2")
	if err := r.exec(`delete from outbox where case_key = $1`, r.key("C2")); err != nil {
		t.Fatal(err)
	}
	r.queue("C1", "C2")
	r.hurry()
	n, err := r.SweepOutbox(t.Context(), 10, func(_ context.Context, list []pathway.Nudge) []error { return allSent(list) })
	if n != 2 || err != nil {
		t.Errorf("sent %d, %v", n, err)
	}
	r.planQueued()
	has(t, "the fault", r.duty("C2", "CN-02").Fault, "what the record holds of it cannot be read")
	equal(t, "the fault of the other", r.duty("C1", "AS-01").Fault, "")
}

// breakCase makes what the record holds of a case unreadable, as a broken disk would.
func (r *record) breakCase(ref string) {
	r.t.Helper()
	err := r.exec(`insert into events (case_key, source, id, type, at_day, recorded, data)
		values ($1, 'broken', gen_random_uuid()::text, 'cin_visit.made', '2026-11-02', '2026-11-02T10:00:00Z', '["no object"]')`, r.key(ref))
	if err != nil {
		r.t.Fatal(err)
	}
}

// queue queues cases to be planned again.
func (r *record) queue(refs ...string) {
	r.t.Helper()
	for _, ref := range refs {
		if err := r.exec(`insert into replans (case_key, why) values ($1, 'a test') on conflict do nothing`, r.key(ref)); err != nil {
			r.t.Fatal(err)
		}
	}
}

func TestACaseThatCannotBeReadIsFoundAmongOthersAndPutAside(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	var refs []string
	for i := range 9 {
		ref := fmt.Sprint("C", i)
		r.mustRecord(event(ref, ref, "cin_plan.started", "2026-11-02"))
		refs = append(refs, ref)
	}
	r.breakCase("C3")
	r.breakCase("C7")
	r.queue(refs...)
	r.planQueued()
	equal(t, "put aside", strings.Join(r.column(`select r.reference from cases c join case_references r on r.case_key = c.key
		where c.fault <> '' order by 1`), " "), "C3 C7")
	equal(t, "queued", len(r.column(`select why from replans where attempts > 0`)), 2)
	equal(t, "left over", len(r.column(`select why from replans where attempts = 0`)), 0)

	cases, err := r.Rebuild(t.Context())
	if err != nil || cases != 7 {
		t.Errorf("rebuilt %d, %v", cases, err)
	}
	equal(t, "what a rebuilt one shows", r.row("C3", pathway.ChildInNeed).Display.Rag, pathway.Fault)
	got, err := r.Record(t.Context(), source, []casework.Event{
		event("x3", "C3", "cin_visit.made", "2026-11-02", "seen=true"), event("x4", "C4", "cin_visit.made", "2026-11-02", "seen=true"),
	})
	if !errors.Is(err, store.ErrCaseFault) || got.New != 1 || got.NotTried["C3"] != 1 {
		t.Errorf("recorded %+v, %v", got, err)
	}
}

// Five between two chunks of what waits, so that slow ones hold up no other: the sixth has its turn at the next look.
func TestAllThatWasPutAsideIsTriedAgainAndFiveOfItAtOneLook(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	refs := r.cases(6)
	r.BeforeWork(func(string) { panic(secret) })
	r.queue(refs...)
	r.planQueued()
	faults := func() string { return r.column(`select count(*)::text from cases where fault <> ''`)[0] }
	equal(t, "put aside", faults(), "6")
	r.BeforeWork(nil)
	if n, err := r.RetryFaults(t.Context()); n != 6 || err != nil {
		t.Fatal(n, err)
	}
	for look, want := range []string{"1", "0"} {
		more, err := r.PlanQueued(t.Context())
		if more != (look == 0) || err != nil {
			t.Errorf("look %d: more %v, %v", look+1, more, err)
		}
		equal(t, fmt.Sprint("put aside after look ", look+1), faults(), want)
	}
}

// A key has 36 characters.
func TestAFaultSaysWhatWentWrongInTheProgramAndNothingThatItSaidItself(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.cases(1)
	for _, tc := range []struct {
		name string
		work func(key string)
		want string // what it ends with
	}{
		{"a mistake that Go finds", func(key string) { _ = []int{}[len(key)] }, "): index out of range [36] with length 0"},
		{"an error of its own", func(string) { panic(errors.New(secret)) }, ")"},
		{"words of its own", func(string) { panic(secret) }, ")"},
	} {
		r.BeforeWork(tc.work)
		_, err := r.Plan(t.Context(), r.key("C0"), pathway.ChildInNeed)
		var fault *store.CaseFaultError
		if !errors.As(err, &fault) || !strings.HasPrefix(fault.Why, "panic in store_test.") || !strings.HasSuffix(fault.Why, tc.want) ||
			strings.Contains(err.Error(), "Ada") {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestACaseThatCannotBeWorkedOutIsNotExplained(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.cases(1)
	r.poison("C0")
	x, err := r.Explain(t.Context(), r.key("C0"), casework.At(london("2026-11-02 10:00")))
	if !errors.Is(err, store.ErrCaseFault) || x != nil || strings.Contains(err.Error(), "Ada") {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestACaseThatIsPutAsideIsTriedAtGrowingIntervals(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.breakCase("C1")
	r.queue("C1")
	r.planQueued()
	var minutes []string
	for range 8 {
		minutes = append(minutes, r.column(`select round(extract(epoch from next_at - clock_timestamp()) / 60)::text from replans`)...)
		if _, err := r.RetryFaults(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.planQueued()
	}
	equal(t, "minutes", strings.Join(minutes, " "), "1 2 4 8 16 32 60 60")
	n := r.row("C1", pathway.ChildInNeed)
	equal(t, "revision: it is shown once", n.Revision, 2)
}

func TestWorkOnACaseThatDoesNotEndIsGivenUpAndBegunOnce(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"), event("e2", "C2", "cin_plan.started", "2026-11-02"))
	release := make(chan struct{})
	begun := make(chan struct{}, 10)
	stuck := r.key("C1")
	r.BeforeWork(func(key string) {
		if key == stuck {
			begun <- struct{}{}
			<-release
		}
	})
	r.LimitWork(20 * time.Millisecond)
	for i, want := range []string{"it took longer than 20ms to work out", "an earlier attempt to work it out has not ended yet"} {
		_, err := r.Plan(t.Context(), stuck, pathway.ChildInNeed)
		var fault *store.CaseFaultError
		if !errors.As(err, &fault) || fault.Why != want {
			t.Errorf("attempt %d: %v", i, err)
		}
	}
	equal(t, "begun", len(begun), 1)
	r.LimitWork(10 * time.Second)
	r.plan("C2", pathway.ChildInNeed)
	close(release)
	for {
		_, err := r.Plan(t.Context(), stuck, pathway.ChildInNeed)
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrCaseFault) {
			t.Fatal(err)
		}
	}
	r.planQueued() // at once, since it could be planned
	equal(t, "fault", r.duty("C1", "CN-02").Fault, "")
}

func TestThePlansOfPeopleWhoChangedKeepNothingOfAFileFromBeingRecorded(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"))
	r.breakCase("C1")
	events := append(people(), event("f1", "C2", "cin_plan.started", "2026-11-02"))
	got, err := r.Record(t.Context(), source, events)
	if err != nil || got.New != len(events) {
		t.Errorf("recorded %+v, %v", got, err)
	}
	equal(t, "due", r.duty("C2", "CN-02").Due, "2026-11-30")
	has(t, "the fault of the case that they concern", r.duty("C1", "CN-02").Fault, "cannot be read")
}

func TestANoticeThatWasSentIsNotedThoughItsCaseCannotBeWorkedOut(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	c, err := r.Claim(t.Context(), n.CaseKey, n.Key)
	if err != nil {
		t.Fatal(err)
	}
	attempt, err := r.Sending(t.Context(), c.NoticeID, c.Claim)
	if err != nil {
		t.Fatal(err)
	}
	r.poison("C1")
	if _, err := r.Sent(t.Context(), c.NoticeID, attempt, "email", "250 ok"); err != nil {
		t.Fatal(err)
	}
	equal(t, "state", strings.Join(r.column(`select state from deliveries where id = $1`, c.NoticeID), ""), "sent")
	equal(t, "put aside", len(r.column(`select fault from cases where fault <> ''`)), 1)
}

func TestANudgeThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"), event("e2", "C2", "cin_plan.started", "2026-11-02"))
	if err := r.exec(`update outbox set nudge = '[]' where case_key = $1`, r.key("C1")); err != nil {
		t.Fatal(err)
	}
	r.hurry()
	n, err := r.SweepOutbox(t.Context(), 10, func(_ context.Context, list []pathway.Nudge) []error { return allSent(list) })
	if n != 1 || err != nil {
		t.Errorf("sent %d, %v", n, err)
	}
	equal(t, "tried", strings.Join(r.column(`select attempts::text from outbox`), " "), "1")
}

// Everybody's cases hang on the people: one of their events that cannot be read stops nobody, and is no fault of a case.
func TestAnEventOfPeopleThatCannotBeReadStopsNobody(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := newRecord(t, "2026-11-02 10:00", logged(&log))
	r.mustRecord(append(people(), event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"))...)
	if err := r.exec(`insert into staff_events (source, id, type, at_day, recorded, data)
		values ('broken', 'x', 'staff.absent', '2026-11-02', '2026-11-02T10:00:00Z', '["no object"]')`); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(staff("p9", "staff.absent", "2026-11-02", "worker=W1", "cover=W2"), event("f1", "C2", "cin_plan.started", "2026-11-02"))
	r.expect("2026-11-25 09:00", "W2 reminder -5wd")
	if _, err := r.OrganisationDrift(t.Context()); err != nil {
		t.Error(err)
	}
	equal(t, "put aside", len(r.column(`select fault from cases where fault <> ''`)), 0)
	has(t, "log", log.String(), `"table":"staff_events"`)
	if strings.Contains(log.String(), "no object") {
		t.Error("the log repeats what the row holds")
	}
}

func TestAPartThatCannotBeReadIsNoReasonNotToCountTheOthers(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(append(people(), event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e3", "C1", "chair.appointed", "2026-11-02", "worker=C9"))...)
	if err := r.exec(`insert into events (case_key, source, id, type, at_day, recorded, data)
		values ($1, 'broken', 'x', 'chair.appointed', '2026-11-02', '2026-11-02T10:00:00Z', '["no object"]')`, r.key("C1")); err != nil {
		t.Fatal(err)
	}
	if d, err := r.OrganisationDrift(t.Context()); err != nil || d.PartUnknown != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestAnErrorIsThatOfTheCaseThatItIsAbout(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	_, unwritable := json.Marshal(map[string]any{"due": time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)})
	_, noNumber := json.Marshal(map[string]any{"n": math.NaN()})
	unreadable := pgx.ScanArgError{FieldName: "data", Err: errors.New("x")}
	panicked := r.Recovering("", func() error { panic(secret) })
	for name, tc := range map[string]struct {
		err   error
		of    string
		mayBe bool
	}{
		"a date that cannot be written":       {fmt.Errorf("writing: %w", unwritable), "K", true},
		"a number that cannot be written":     {fmt.Errorf("writing: %w", noNumber), "K", true},
		"a row that cannot be read":           {unreadable, "K", true},
		"a panic outside of what is guarded":  {panicked, "K", true},
		"a value that the database refuses":   {&pgconn.PgError{Code: "22001"}, "K", true},
		"a lock that somebody holds":          {&pgconn.PgError{Code: "55P03"}, "", true},
		"the people cannot be read":           {fmt.Errorf("the people: %w", store.OfEveryCase(unreadable)), "", false},
		"the table of the people is broken":   {store.OfEveryCase(&pgconn.PgError{Code: "XX001"}), "", false},
		"the people took too long to be read": {store.OfEveryCase(&pgconn.PgError{Code: "57014"}), "", true},
		"the database is away":                {errors.New("connection refused"), "", false},
	} {
		if of, mayBe := store.CaseOf("K", tc.err); of != tc.of || mayBe != tc.mayBe {
			t.Errorf("%s: of %q, %v", name, of, mayBe)
		}
	}
	if strings.Contains(panicked.Error(), "Ada") {
		t.Errorf("the fault tells of the child: %v", panicked)
	}
}

// composes panics over the letters of one case.
type composes struct {
	store.Composer
	not string
}

func (c composes) Compose(e *casework.Envelope) (json.RawMessage, error) {
	if len(e.Notices) > 0 && e.Notices[0].Case.Reference == c.not {
		panic(secret)
	}
	return c.Composer.Compose(e)
}

func TestALetterThatCannotBeWrittenPutsItsCaseAsideAndEndsNoProgram(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.Composer = composes{letter.Composer{}, "C1"} })
	r.mustRecord(append(people(),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		event("f1", "C2", "cp_plan.started", "2026-11-02"), event("f2", "C2", "worker.allocated", "2026-11-02", "worker=W1"))...)
	r.setClock("2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	if _, err := r.Claim(t.Context(), n.CaseKey, n.Key); !errors.Is(err, store.ErrCaseFault) {
		t.Errorf("claimed: %v", err)
	}
	has(t, "the fault", r.duty("C1", "CP-10").Fault, "panic in store_test.")
	equal(t, "the other", r.claim(r.plan("C2", cp).Send[0]).State, "claimed")
}
