package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
)

// story draws the events of one case: sensible ones, repeated ones, corrections, voids and
// nonsense.
func story(t *rapid.T, ref string) []casework.Event {
	kinds := []string{
		"referral.received", "referral.decided outcome=assessment", "assessment.started open=true", "assessment.completed",
		"strategy_discussion.held s47=true", "icpc.held outcome=plan", "icpc.held outcome=plan inferred=true", "cp_plan.started",
		"cp_visit.made seen=true", "cp_visit.made seen=false", "core_group.held", "cp_review.held", "cp_plan.ended",
		"looked_after.started", "placement.started", "lac_visit.made seen=true", "lac_review.held", "looked_after.ended",
		"worker.allocated worker=W1", "worker.allocated team=T1", "case.closed", "person.born date=2020-05-05", "visit.dreamt",
		"source.attached name=x reports=cp_plan.started,referral.received",
		"notice.acknowledged duty=AS-01:" + ref + "-0 by=M1 promise=2026-11-06",
	}
	n := rapid.IntRange(1, 14).Draw(t, "events")
	var events []casework.Event
	for i := range n {
		kind := strings.Fields(rapid.SampledFrom(kinds).Draw(t, "kind"))
		at := fmt.Sprintf("2026-%02d-%02d", rapid.IntRange(5, 10).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
		e := event(fmt.Sprintf("%s-%d", ref, i), ref, kind[0], at, kind[1:]...)
		switch change := rapid.IntRange(0, 11).Draw(t, "change"); {
		case change == 0 && i > 0:
			e = casework.Event{ID: e.ID, Case: ref, Voids: fmt.Sprintf("%s-%d", ref, rapid.IntRange(0, n-1).Draw(t, "voids"))}
		case change == 1:
			e.Corrects = fmt.Sprintf("%s-%d", ref, rapid.IntRange(0, n-1).Draw(t, "corrects"))
		case change == 2:
			e.ID = fmt.Sprintf("%s-%d", ref, rapid.IntRange(0, i).Draw(t, "repeats"))
		case change == 3:
			e.Recorded = london("2026-10-30 12:00")
		}
		events = append(events, e)
	}
	return events
}

// contents is all that a record holds of cases whose references begin so, without the keys
// that are drawn by lot.
func (r *record) contents(prefix string) []string {
	var all []string
	for _, sql := range []string{
		`select concat_ws('|', r.source, r.reference, c.revision, c.last_recorded, c.worker, c.team)
			from cases c join case_references r on r.case_key = c.key where reference like $1 order by 1`,
		`select concat_ws('|', r.reference, e.source, e.id, e.type, e.at_day, e.at_instant, e.recorded, e.data, e.episode, e.corrects,
			e.voids, e.recorded_by) from events e join case_references r using (case_key) where reference like $1 order by 1`,
		`select concat_ws('|', r.reference, to_jsonb(d) - 'case_key' - 'dated')
			from duties d join case_references r using (case_key) where reference like $1 order by 1`,
		`select concat_ws('|', r.reference, to_jsonb(p) - 'case_key' - 'updated')
			from pathways p join case_references r using (case_key) where reference like $1 order by 1`,
		`select concat_ws('|', r.reference, o.pathway, o.revision, o.nudge - 'caseKey')
			from outbox o join case_references r using (case_key) where reference like $1 order by 1`,
	} {
		all = append(all, r.column(sql, prefix+"%")...)
	}
	return all
}

func TestABulkLoadGivesTheSameAsRecording(t *testing.T) {
	t.Parallel()
	rules := func(o *store.Options) { o.GivesWay = sameType }
	one, bulk := newRecord(t, "2026-11-02 10:00", rules), newRecord(t, "2026-11-02 10:00", rules)
	for _, r := range []*record{one, bulk} {
		r.mustRecord(people()...)
		// So that the load is no backlog, which is told apart from recording.
		r.mustRecord(event("before", "before", "contact.received", "2026-01-01"))
	}
	id, backlog, err := bulk.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
	if err != nil || backlog {
		t.Fatal(backlog, err)
	}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		prefix := fmt.Sprintf("R%dC", round)
		cases := drawCases(rt, prefix)
		want := recordEach(rt, one, cases)
		got, err := bulk.LoadCases(t.Context(), id, cases)
		if err != nil {
			rt.Fatal(err)
		}
		got.Nudges, want.Outcomes = nil, nil
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("what became of the events (-recorded +loaded):\n%s", diff)
		}
		if diff := cmp.Diff(one.contents(prefix), bulk.contents(prefix)); diff != "" {
			rt.Fatalf("the records differ (-recorded +loaded):\n%s", diff)
		}
		again, err := bulk.LoadCases(t.Context(), id, cases)
		if err != nil || again.New != 0 || len(again.Nudges) != 0 {
			rt.Fatalf("loaded again: %+v, %v", again, err)
		}
	})
}

func drawCases(rt *rapid.T, prefix string) []store.CaseEvents {
	var cases []store.CaseEvents
	for i := range rapid.IntRange(1, 6).Draw(rt, "cases") {
		ref := fmt.Sprint(prefix, i)
		events := story(rt, ref)
		if i > 0 && rapid.Bool().Draw(rt, "takes another's id") {
			events = append(events, event(prefix+"0-0", ref, "contact.received", "2026-06-01"))
		}
		cases = append(cases, store.CaseEvents{Reference: ref, Events: events})
	}
	return cases
}

// recordEach records cases one by one.
func recordEach(rt *rapid.T, r *record, cases []store.CaseEvents) store.Recorded {
	var all store.Recorded
	for _, c := range cases {
		got, err := r.Record(r.t.Context(), source, c.Events)
		if err != nil {
			rt.Fatal(err)
		}
		all.New, all.Known, all.GaveWay = all.New+got.New, all.Known+got.Known, all.GaveWay+got.GaveWay
		all.Refused = append(all.Refused, got.Refused...)
		all.Warnings = append(all.Warnings, got.Warnings...)
		all.Unopened = append(all.Unopened, got.Unopened...)
	}
	return all
}

// county makes the events of n cases, all open and each with a worker.
func county(n int) []store.CaseEvents {
	cases := make([]store.CaseEvents, n)
	for i := range cases {
		ref := fmt.Sprintf("C%05d", i)
		random := rand.New(rand.NewPCG(1, uint64(i)))
		day := func(month int) string { return fmt.Sprintf("2026-%02d-%02d", month, 1+random.IntN(27)) }
		id := func(k int) string { return fmt.Sprintf("%s-%d", ref, k) }
		cases[i] = store.CaseEvents{Reference: ref, Events: []casework.Event{
			event(id(0), ref, "person.born", "2015-03-04", "date=2015-03-04"),
			event(id(1), ref, "referral.received", day(1)), event(id(2), ref, "referral.decided", day(2), "outcome=assessment"),
			event(id(3), ref, "assessment.started", day(2)), event(id(4), ref, "assessment.completed", day(4)),
			event(id(5), ref, "strategy_discussion.held", day(4), "s47=true"), event(id(6), ref, "icpc.held", day(5), "outcome=plan"),
			event(id(7), ref, "cp_plan.started", day(5), "category=neglect"), event(id(8), ref, "core_group.held", day(6)),
			event(id(9), ref, "cp_visit.made", day(6), "seen=true"), event(id(10), ref, "cp_visit.made", day(7), "seen=true"),
			event(id(11), ref, "cp_visit.made", day(8), "seen=true"), event(id(12), ref, "cp_review.held", day(8)),
			event(id(13), ref, "worker.allocated", day(3), fmt.Sprintf("worker=W%d", 1+i%2)), event(id(14), ref, "cp_visit.made", day(9), "seen=true"),
		}}
	}
	return cases
}

func TestABacklogOwesOneListToEachManager(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	ctx := t.Context()
	r.mustRecord(people()...)
	id, backlog, err := r.BeginLoad(ctx, store.Load{Source: source, Kind: "test", FileHash: "abc"})
	if err != nil || !backlog {
		t.Fatal(backlog, err)
	}
	if _, err := r.LoadCases(ctx, id, county(5)); err != nil {
		t.Fatal(err)
	}
	if ids, err := r.OwedLists(ctx); err != nil || len(ids) != 0 {
		t.Fatalf("owed before it is complete: %v, %v", ids, err)
	}
	for range 2 {
		if err := r.CompleteLoad(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if ids, err := r.OwedLists(ctx); err != nil || len(ids) != 0 {
		t.Fatalf("owed before the morning: %v, %v", ids, err)
	}
	r.setClock("2026-11-03 09:00")
	ids, err := r.OwedLists(ctx)
	if err != nil || len(ids) != 3 {
		t.Fatalf("owed: %v, %v", ids, err)
	}
	told := map[string]string{}
	worker := r.open(func(o *store.Options) { o.MessageDomain = "council.example" })
	for _, list := range ids {
		c, err := worker.ClaimList(ctx, list)
		if err != nil || c.State != "claimed" {
			t.Fatalf("%+v, %v", c, err)
		}
		equal(t, "message id, though a command loaded the return", c.MessageID, c.NoticeID+"@council.example")
		overdue, err := r.Duties(ctx, store.DutyFilter{State: casework.Overdue})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "what is on it", len(said(t, c).Rows), len(overdue))
		equal(t, "from", text(t, said(t, c).From), "2026-11-10")
		has(t, "text", message(t, c).Text, "C00000")
		r.sending(c)
		r.sent(c)
		told[c.To.Staff] = string(said(t, c).Role)
	}
	if diff := cmp.Diff(map[string]string{"M1": "team_manager", "S1": "service_manager", "H1": "head_of_service"}, told); diff != "" {
		t.Error(diff)
	}
	if ids, err := r.OwedLists(ctx); err != nil || len(ids) != 0 {
		t.Errorf("owed once they are sent: %v, %v", ids, err)
	}
	// Nobody is written to about what was overdue, until five working days later.
	key := "C00000"
	equal(t, "due the next morning", len(r.plan(key, pathway.ChildProtection).Send), 0)
	r.setClock("2026-11-10 09:00")
	if len(r.plan(key, pathway.ChildProtection).Send) == 0 {
		t.Error("the ladders do not start five working days later")
	}
}

func TestAListIsOwedOnceACaseHasATeam(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	ctx := t.Context()
	id, _, err := r.BeginLoad(ctx, store.Load{Source: source, Kind: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.LoadCases(ctx, id, county(1)); err != nil {
		t.Fatal(err)
	}
	if err := r.CompleteLoad(ctx, id); err != nil {
		t.Fatal(err)
	}
	if ids, err := r.OwedLists(ctx); err != nil || len(ids) != 0 {
		t.Fatalf("owed to nobody: %v, %v", ids, err)
	}
	r.mustRecord(append(people(), staff("cover", "staff.absent", "2026-11-02", "worker=M1", "cover=S1"))...)
	if ids, err := r.OwedLists(ctx); err != nil || len(ids) != 0 {
		t.Fatalf("owed before the morning: %v, %v", ids, err)
	}
	r.setClock("2026-11-03 09:00")
	ids, err := r.OwedLists(ctx)
	if err != nil || len(ids) != 3 {
		t.Fatalf("owed: %v, %v", ids, err)
	}
	for _, list := range ids {
		c, err := r.ClaimList(ctx, list)
		if err != nil {
			t.Fatal(err)
		}
		if said(t, c).Role == "team_manager" {
			equal(t, "the cover gets it", c.To.Staff, "S1")
			r.sending(c)
			r.setClock("2026-11-03 09:00")
			c, err = r.NotDelivered(ctx, c.NoticeID, 0, "550")
			if err != nil || c.State != "failed" {
				t.Errorf("believed at once: %+v, %v", c, err)
			}
			r.setClock("2026-11-03 09:15")
			if c, err = r.ClaimList(ctx, list); err != nil {
				t.Fatal(err)
			}
			r.sending(c)
			c, err = r.NotDelivered(ctx, c.NoticeID, 0, "550")
			if err != nil || c.State != "claimed" || c.To.Staff == "S1" {
				t.Errorf("routed on: %+v, %v", c, err)
			}
		}
	}
}

func TestAListWithNothingLeftOnItIsNotSent(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	ctx := t.Context()
	r.mustRecord(people()...)
	id, _, err := r.BeginLoad(ctx, store.Load{Source: source, Kind: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.LoadCases(ctx, id, county(1)); err != nil {
		t.Fatal(err)
	}
	if err := r.CompleteLoad(ctx, id); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(event("x", "C00000", "case.closed", "2026-11-02"))
	r.setClock("2026-11-03 09:00")
	ids, err := r.OwedLists(ctx)
	if err != nil || len(ids) != 3 {
		t.Fatal(ids, err)
	}
	c, err := r.ClaimList(ctx, ids[0])
	if err != nil || c.State != "not_sent" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestABacklogThatWasCutOffGoesOnAsOne(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	ctx := t.Context()
	first, backlog, err := r.BeginLoad(ctx, store.Load{Source: source, Kind: "test"})
	if err != nil || !backlog {
		t.Fatal(backlog, err)
	}
	cases := county(4)
	if _, err := r.LoadCases(ctx, first, cases[:2]); err != nil {
		t.Fatal(err)
	}
	second, backlog, err := r.BeginLoad(ctx, store.Load{Source: source, Kind: "test"})
	if err != nil || !backlog || second != first {
		t.Fatalf("%v %v %v", second, backlog, err)
	}
	got, err := r.LoadCases(ctx, second, cases)
	if err != nil || got.Known != 30 || got.New != 30 {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := r.CompleteLoad(ctx, second); err != nil {
		t.Fatal(err)
	}
	equal(t, "events outside the backlog", len(r.column(`select id from events where not backlog`)), 0)
	third, backlog, err := r.BeginLoad(ctx, store.Load{Source: source, Kind: "test"})
	if err != nil || backlog || third == first {
		t.Errorf("the next load: %v %v %v", third, backlog, err)
	}
	if _, err := r.LoadCases(ctx, first, nil); err == nil {
		t.Error("a complete load takes no more")
	}
	other, backlog, err := r.BeginLoad(ctx, store.Load{Source: "another", Kind: "test"})
	if err != nil || !backlog || other == first {
		t.Errorf("another source's first: %v %v %v", other, backlog, err)
	}
}

func TestLoadsAndRecordingAtOnceNeitherDeadlockNorLoseAnything(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	ctx := t.Context()
	cases := county(60)
	id, _, err := r.BeginLoad(ctx, store.Load{Source: source, Kind: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for part := range 3 { // overlapping batches, in different orders
		all.Go(func() {
			batch := append([]store.CaseEvents{}, cases[part*10:part*10+40]...)
			rand.New(rand.NewPCG(2, uint64(part))).Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			if _, err := r.LoadCases(ctx, id, batch); err != nil {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		for i := range 60 {
			ref := fmt.Sprintf("C%05d", i)
			if _, err := r.Record(ctx, source, []casework.Event{event("x"+ref, ref, "core_group.held", "2026-10-01")}); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	equal(t, "events", len(r.column(`select id from events`)), 60*15+60)
	equal(t, "cases", len(r.column(`select key::text from cases`)), 60)
}

// turns counts the turns of loads that are held or waited for.
const turns = `select count(*)::text from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`

func TestLoadsOfASourceAndKindTakeTurnsAlsoInTwoPrograms(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.MaxConns = 1 })
	other := r.open()
	const soon = 50 * time.Millisecond
	runs := func(s *store.Store, source, kind string, wait time.Duration) error {
		return s.InTurn(t.Context(), source, kind, wait, func(ctx context.Context) error {
			_, err := s.Now(ctx) // the turn takes none of the connections of what it guards
			return err
		})
	}
	first := make(chan error, 1)
	err := r.InTurn(t.Context(), source, "csc-api", soon, func(context.Context) error {
		for _, s := range []*store.Store{r.Store, other} {
			if err := runs(s, source, "csc-api", soon); !errors.Is(err, store.ErrTaken) {
				t.Errorf("the same at once: %v", err)
			}
			if err := errors.Join(runs(s, source, "cin-census", soon), runs(s, "another", "csc-api", soon)); err != nil {
				t.Errorf("another kind, and another source: %v", err)
			}
		}
		go func() { first <- runs(other, source, "csc-api", 0) }()
		r.until(turns+` and not granted`, "1") //nolint:contextcheck // what it asks is the test's
		return errors.New("why it ended")
	})
	if err == nil || err.Error() != "why it ended" {
		t.Errorf("the first: %v", err)
	}
	if err := errors.Join(<-first, runs(r.Store, source, "csc-api", soon)); err != nil {
		t.Errorf("those that follow: %v", err)
	}
	r.until(turns, "0")
}

// Its program may be gone, or Postgres was: then another may begin, and this one writes no more.
func TestALoadEndsThatHasLostItsTurn(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	other := r.open()
	err := r.InTurn(t.Context(), source, "csc-api", 0, func(ctx context.Context) error {
		r.column(strings.Replace(turns, `count(*)`, `pg_terminate_backend(pid)`, 1))                                        //nolint:contextcheck // what it asks is the test's
		if err := other.InTurn(t.Context(), source, "csc-api", 0, func(context.Context) error { return nil }); err != nil { //nolint:contextcheck // another program's
			t.Errorf("the other program: %v", err)
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if !errors.Is(err, store.ErrUnreachable) || !strings.Contains(err.Error(), "turn of the load was lost") {
		t.Errorf("it ends with %v", err)
	}
}

func TestALoadThatIsGivenUpWhileItWaitsLeavesTheTurnToOthers(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	other := r.open()
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error, 1)
	none := func(context.Context) error { return nil }
	err := r.InTurn(t.Context(), source, "csc-api", 0, func(context.Context) error {
		go func() { given <- other.InTurn(ctx, source, "csc-api", 0, none) }()
		r.until(turns+` and not granted`, "1") //nolint:contextcheck // what it asks is the test's
		cancel()
		return nil
	})
	if given := <-given; err != nil || !errors.Is(given, context.Canceled) {
		t.Errorf("the first %v, what was given up %v", err, given)
	}
	if err := other.InTurn(t.Context(), source, "csc-api", 0, none); err != nil {
		t.Error(err)
	}
}

// The body of a feed adds little, and dozens come in a night.
func TestTheTablesAreAnalysedAfterALoadThatAddsMuch(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	n := 0
	load := func(cases, each int) {
		t.Helper()
		id, _, err := r.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
		if err != nil {
			t.Fatal(err)
		}
		var batch []store.CaseEvents
		for range cases {
			n++
			one := store.CaseEvents{Reference: fmt.Sprint("A", n)}
			for i := range each {
				one.Events = append(one.Events, event(fmt.Sprint("a", n, "-", i), one.Reference, "contact.received", "2026-10-01"))
			}
			batch = append(batch, one)
		}
		if _, err := r.LoadCases(t.Context(), id, batch); err != nil {
			t.Fatal(err)
		}
		if err := r.CompleteLoad(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	known := func() string {
		return r.column(`select reltuples::text from pg_class where oid = 'events'::regclass`)[0]
	}
	load(3, 1)
	equal(t, "events that the planner knows of, after the first load", known(), "3")
	load(3, 1)
	equal(t, "after a small one", known(), "3")
	load(11, 100)
	equal(t, "after one of more than a thousand", known(), "1106")
}
