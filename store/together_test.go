package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/casework"
	"longstop/store"
)

// pushed is one call of Record, and what became of it.
type pushed struct {
	events []casework.Event
	actor  *store.Actor
	leaves bool // while it waits

	leave    func() // ends its context
	answered <-chan struct{}
	got      store.Recorded
	err      error
}

func (p *pushed) context(ctx context.Context) context.Context {
	if p.actor == nil {
		return ctx
	}
	return store.WithActor(ctx, *p.actor)
}

// come has many calls come at once, which wait for each other: every call but those that wait for another of the same
// reference has come, in this order, when it returns. letGo lets them record, one shared transaction after the other, and
// wait waits until all are answered.
func (r *record) come(list []*pushed) (letGo, wait func()) {
	r.t.Helper()
	letGo = r.HoldTogether(r.t)
	all := &sync.WaitGroup{}
	waiting, refs := 0, map[string]bool{}
	for _, p := range list {
		ctx, cancel := context.WithCancel(p.context(r.t.Context()))
		p.leave = cancel
		r.t.Cleanup(cancel)
		answered := make(chan struct{})
		p.answered = answered
		all.Go(func() {
			defer close(answered)
			p.got, p.err = r.Record(ctx, source, p.events)
		})
		ref := p.events[0].Case
		if !refs[ref] {
			waiting++
		}
		r.waitTogether(waiting)
		if refs[ref] = true; p.leaves {
			p.leave()
			<-p.answered
			waiting--
			delete(refs, ref)
			r.waitTogether(waiting)
		}
	}
	return letGo, func() {
		all.Wait()
		for range store.SharedAtOnce {
			letGo()
		}
	}
}

// waitTogether waits until so many wait to share a transaction.
func (r *record) waitTogether(n int) {
	r.t.Helper()
	for r.WaitingTogether() != n {
		if r.t.Context().Err() != nil {
			r.t.Fatalf("%d wait, and never %d", r.WaitingTogether(), n)
		}
		runtime.Gosched()
	}
}

// traces are the rows of what recording writes, without what differs between two databases in which the same is
// recorded: keys of cases are the references, and places, wall times and the audit's runs of a program are left out.
func (r *record) traces() []string {
	r.t.Helper()
	names := r.names()
	var list []string
	for table, without := range map[string]string{
		"events": "seq", "duties": "dated", "pathways": "updated", "outbox": "queued,next_at", "changes": "id,mark,position,written",
		"cases": "created,faulted_at", "audit": "at,seq,login", "replans": "queued,next_at", "case_references": "n,linked",
	} {
		for _, row := range r.column(`select jsonb_strip_nulls(to_jsonb(x) - string_to_array($1, ','))::text from `+table+` x`, without) {
			list = append(list, table+" "+names(row))
		}
	}
	slices.Sort(list)
	return list
}

var aKey = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// names returns what replaces keys of cases by their references, and other keys by nothing.
func (r *record) names() func(string) string {
	r.t.Helper()
	refs := map[string]string{}
	for _, row := range r.column(`select case_key::text || ' ' || reference from case_references order by n`) {
		key, ref, _ := strings.Cut(row, " ")
		if refs[key] == "" {
			refs[key] = ref
		}
	}
	return func(text string) string {
		return aKey.ReplaceAllStringFunc(text, func(key string) string { return refs[key] })
	}
}

// answer is what a call was answered.
func (p *pushed) answer(names func(string) string) string {
	got := p.got
	failed := fmt.Sprint(got.Failed)
	got.Failed = nil
	doc, err := json.Marshal(got)
	if err != nil {
		panic(err)
	}
	return names(fmt.Sprintf("%s failed %s: %v", doc, failed, p.err))
}

// differ fails the test where two lists differ, and says in what.
func differ(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, row := range got {
		if !slices.Contains(want, row) {
			t.Errorf("%s: together there is\n  %s", what, row)
		}
	}
	for _, row := range want {
		if !slices.Contains(got, row) {
			t.Errorf("%s: one after the other there is\n  %s", what, row)
		}
	}
	equal(t, what+": how many", len(got), len(want))
}

// mixture makes calls as they come: each of a case of its own, but for some that come for the same one.
type mixture struct {
	*rand.Rand
	cases, n int
}

func (m *mixture) calls(round int) (list []*pushed) {
	free := m.Perm(m.cases)
	take := func() string {
		ref := fmt.Sprint("C", free[0])
		free = free[1:]
		return ref
	}
	for range 14 + m.IntN(8) {
		m.n++
		id, ref := fmt.Sprint("n", m.n), take()
		visit := event(id, ref, "cin_visit.made", "2026-11-03", "seen=true")
		p := &pushed{events: []casework.Event{visit}}
		switch m.IntN(13) {
		case 0: // known
			p.events[0] = event(ref, ref, "cin_plan.started", "2026-11-02")
		case 1: // known with another content
			p.events[0] = event(ref, ref, "cin_plan.started", "2026-11-01")
		case 2: // recorded in another case
			p.events[0].ID = fmt.Sprint("C", m.cases) // nothing else comes for it
		case 3: // refused
			p.events[0].Type = "no.such_type"
		case 4: // a new case
			p.events[0] = event(id, "new-"+id, "cin_plan.started", "2026-11-02")
		case 5: // a new case, and nothing of it is kept
			p.events[0] = event(id, "new-"+id, "no.such_type", "2026-11-02")
		case 6: // a correction
			p.events[0] = event(id, ref, "cin_plan.started", "2026-10-28")
			p.events[0].Corrects = ref
		case 7: // a void
			p.events[0] = casework.Event{ID: id, Case: ref, Voids: ref}
		case 8: // several, of which one is refused
			p.events = append(p.events, event(id+"b", ref, "worker.allocated", "2026-11-02", "worker=W1"), event(id+"c", ref, "no.such_type", "2026-11-02"))
		case 9: // twice for the same case
			list = append(list, &pushed{events: []casework.Event{visit}})
			p.events = []casework.Event{visit}
		case 10: // whoever does it leaves
			p.leaves = true
		case 11: // the same id for two cases
			p2 := &pushed{events: []casework.Event{event(id, take(), "cin_visit.made", "2026-11-03", "seen=true")}}
			list = append(list, p2)
		}
		if m.IntN(2) == 0 {
			p.actor = &store.Actor{Command: "web", Request: fmt.Sprint("request-", m.n), Key: fmt.Sprint("key-", m.n%3), Action: "record"}
			if m.IntN(2) == 0 {
				p.actor.KeyName = `O'Brien \ system`
			}
		}
		list = append(list, p)
	}
	if round%2 == 1 { // a case that cannot be worked out
		m.n++
		list = append(list, &pushed{events: []casework.Event{event(fmt.Sprint("n", m.n), "panics", "cin_visit.made", "2026-11-03", "seen=true")}})
	}
	return list
}

func TestRecordedTogetherIsWhatIsRecordedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	const cases, rounds = 40, 6
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			at := func(r *record) *record {
				r.mustRecord(people()...)
				r.mustRecord(event("panics", "panics", "cin_plan.started", "2026-11-02"))
				r.cases(cases + 1)
				panics := r.key("panics")
				r.BeforeWork(func(key string) {
					if key == panics {
						panic("it cannot be worked out")
					}
				})
				return r
			}
			alone, shared := at(newRecord(t, "2026-11-04 10:00")), at(newRecord(t, "2026-11-04 10:00"))
			mix := &mixture{Rand: rand.New(rand.NewPCG(seed, seed)), cases: cases}
			for round := range rounds {
				calls := mix.calls(round)
				var answers [2][]string
				var second []*pushed
				for _, p := range calls {
					own := *p
					second = append(second, &own)
					if p.leaves {
						continue
					}
					p.got, p.err = alone.Record(p.context(t.Context()), source, slices.Clone(p.events))
				}
				letGo, wait := shared.come(second)
				letGo()
				wait()
				first, then := alone.names(), shared.names()
				for i, p := range calls {
					if p.leaves {
						if own := second[i]; !errors.Is(own.err, context.Canceled) || own.got.New != 0 || own.got.EventsNotTried() != len(own.events) {
							t.Errorf("who left: %s", own.answer(then))
						}
						continue
					}
					answers[0], answers[1] = append(answers[0], p.answer(first)), append(answers[1], second[i].answer(then))
				}
				differ(t, fmt.Sprint("answers of round ", round), answers[1], answers[0])
			}
			differ(t, "rows", shared.traces(), alone.traces())
		})
	}
}

// visitsOf are calls that each record a visit of one of these cases, by different keys.
func visitsOf(prefix string, refs ...string) (list []*pushed) {
	for i, ref := range refs {
		list = append(list, &pushed{
			events: []casework.Event{event(prefix+ref, ref, "cin_visit.made", "2026-11-02", "seen=true")},
			actor:  &store.Actor{Command: "web", Request: fmt.Sprint("request-", i), Key: fmt.Sprint("key-", i), Action: "record"},
		})
	}
	return list
}

// transactions are in how many transactions events of ids that begin so were written.
func (r *record) transactions(prefix string) string {
	r.t.Helper()
	return r.column(`select count(distinct xmin::text)::text from events where starts_with(id, $1)`, prefix)[0]
}

func (p *pushed) mustBeNew(t *testing.T) {
	t.Helper()
	<-p.answered
	if p.err != nil || p.got.New != 1 || len(p.got.Outcomes) != 1 {
		t.Errorf("%s: %+v, %v", p.events[0].ID, p.got, p.err)
	}
}

func TestThoseWhoRecordAtTheSameMomentShareATransactionAndTheAuditSaysWhoDidWhat(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.Actor = store.Actor{Command: "starter"} })
	list := visitsOf("v", r.cases(4)...)
	list[1].actor = &store.Actor{Request: "request-1"} // the rest of it is as the program says
	list[2].actor = nil
	list[3].events = append(list[3].events, event("vb", "C3", "worker.allocated", "2026-11-02", "worker=W1"))
	letGo, wait := r.come(list)
	letGo()
	wait()
	equal(t, "transactions", r.transactions("v"), "1")
	got := r.column(`select concat_ws('|', (select reference from case_references r where r.case_key = a.case_key),
		case when starts_with(run, 'request') then run else 'run' end, command, key, action, events) from audit a order by seq desc limit 4`)
	slices.Sort(got)
	equal(t, "the audit", strings.Join(got, " "), "C0|request-0|web|key-0|record|1 C1|request-1|starter|1 C2|run|starter|1 C3|request-3|web|key-3|record|2")
}

func TestACaseThatSomebodyKeepsLockedKeepsNobodyWaitingWhoRecordsAtTheSameMoment(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient)
	list := visitsOf("v", r.cases(4)...)
	free := r.hold("C1")
	letGo, wait := r.come(list)
	letGo()
	for _, i := range []int{0, 2, 3} {
		list[i].mustBeNew(t)
	}
	equal(t, "transactions", r.transactions("v"), "1")
	r.until(waitingForLocks, "1")
	free()
	list[1].mustBeNew(t)
	wait()
}

func TestThoseWhoWaitForLocksLeaveTheirPlacesToOthers(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", patient, func(o *store.Options) { o.MaxConns = 2 * store.SharedAtOnce })
	refs := r.cases(store.SharedAtOnce + 2)
	var free []func()
	for _, ref := range refs[:store.SharedAtOnce] {
		free = append(free, r.hold(ref))
	}
	var all sync.WaitGroup
	for _, p := range visitsOf("v", refs[:store.SharedAtOnce]...) {
		all.Go(func() {
			if got, err := r.Record(t.Context(), source, p.events); err != nil || got.New != 1 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	r.until(waitingForLocks, fmt.Sprint(store.SharedAtOnce))
	r.mustRecord(event("w", refs[store.SharedAtOnce], "cin_visit.made", "2026-11-02", "seen=true"))
	letGo, wait := r.come(visitsOf("x", refs[store.SharedAtOnce:]...)) // every place is free
	letGo()
	wait()
	for _, free := range free {
		free()
	}
	all.Wait()
}

func TestWhoeverLeavesASharedTransactionLeavesTheOthersRecorded(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	list := visitsOf("v", r.cases(3)...)
	begun, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r.BeforeWork(func(string) {
		once.Do(func() {
			close(begun)
			<-goOn
		})
	})
	letGo, wait := r.come(list)
	letGo()
	<-begun
	for _, p := range list[:2] {
		p.leave()
		<-p.answered
		if !errors.Is(p.err, context.Canceled) || p.got.NotTried[p.events[0].Case] != 1 || p.got.New != 0 {
			t.Errorf("who left: %+v, %v", p.got, p.err)
		}
	}
	// Who comes for a case of theirs waits until it is over.
	next := make(chan struct{})
	go func() {
		defer close(next)
		if got, err := r.Record(t.Context(), source, list[0].events); err != nil || got.Known != 1 {
			t.Errorf("sent again while it goes on: %+v, %v", got, err)
		}
	}()
	for r.InQueue() != 4 {
		runtime.Gosched()
	}
	close(goOn)
	<-next
	list[2].mustBeNew(t)
	wait()
	equal(t, "transactions", r.transactions("v"), "1")
	for _, p := range list {
		if got, err := r.Record(t.Context(), source, p.events); err != nil || got.Known != 1 {
			t.Errorf("sent again: %+v, %v", got, err)
		}
	}
}

func TestWhereASharedTransactionFailsEachIsRecordedAloneAndOnlyTheBadCaseFails(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	list := visitsOf("v", r.cases(4)...)
	r.breakCase("C2")
	letGo, wait := r.come(list)
	letGo()
	wait()
	for _, i := range []int{0, 1, 3} {
		list[i].mustBeNew(t)
	}
	if p := list[2]; !errors.Is(p.err, store.ErrCaseFault) || p.got.NotTried["C2"] != 1 {
		t.Errorf("the bad case: %+v, %v", p.got, p.err)
	}
	equal(t, "transactions", r.transactions("v"), "3")
	equal(t, "put aside", strings.Join(r.column(`select r.reference from cases c join case_references r on r.case_key = c.key where c.fault <> ''`), " "), "C2")

	// From then on it is left out of what is shared.
	list = visitsOf("w", "C0", "C1", "C2", "C3")
	letGo, wait = r.come(list)
	letGo()
	wait()
	equal(t, "transactions", r.transactions("w"), "1")
	if p := list[2]; !errors.Is(p.err, store.ErrCaseFault) {
		t.Errorf("the bad case: %+v, %v", p.got, p.err)
	}
}

func TestTwoReferencesOfOneCaseAreRecordedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.cases(2)
	if err := r.LinkReference(t.Context(), source, "C0", source, "also C0"); err != nil {
		t.Fatal(err)
	}
	list := visitsOf("v", "C0", "also C0", "C1")
	letGo, wait := r.come(list)
	letGo()
	wait()
	for _, p := range list {
		if p.err != nil || p.got.New != 1 {
			t.Errorf("%s: %+v, %v", p.events[0].ID, p.got, p.err)
		}
	}
	equal(t, "transactions", r.transactions("v"), "2")
}

func TestMuchThatIsHandedInForOneCaseIsRecordedAlone(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.cases(1)
	r.HoldTogether(t)
	r.mustRecord(event("v", "C0", "cin_visit.made", "2026-11-02", "seen=true", "note="+strings.Repeat("x", 33<<10)))
}

// As many cases as may be recorded at once are at work that does not end: others are recorded next to them.
func TestCasesThatTakeLongHoldUpNoOther(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.MaxConns = 2*store.SharedAtOnce + 2 })
	slow := map[string]bool{}
	for i := range store.SharedAtOnce {
		ref := fmt.Sprint("S", i)
		r.mustRecord(event(ref, ref, "cin_plan.started", "2026-11-02"))
		slow[r.key(ref)] = true
	}
	r.mustRecord(event("q", "Q", "cin_plan.started", "2026-11-02"))
	begun, end := make(chan struct{}, 10*store.SharedAtOnce), make(chan struct{})
	r.BeforeWork(func(key string) {
		if slow[key] {
			begun <- struct{}{}
			<-end
		}
	})
	visit := func(ref string) error {
		got, err := r.Record(t.Context(), source, []casework.Event{event("v"+ref, ref, "cin_visit.made", "2026-11-02", "seen=true")})
		if err == nil && got.New != 1 {
			err = fmt.Errorf("%+v", got)
		}
		return err
	}
	var all sync.WaitGroup
	for i := range store.SharedAtOnce {
		all.Go(func() {
			if err := visit(fmt.Sprint("S", i)); err != nil {
				t.Error(err)
			}
		})
		<-begun
	}
	if err := visit("Q"); err != nil { // it waits until one of them has been at it too long, and not until it ends
		t.Error(err)
	}
	close(end)
	all.Wait()
}

// What took long of a case is no company for others: it is recorded alone, though somebody waits to share a transaction.
func TestACaseThatTookLongSharesNoTransactionUntilItIsQuickAgain(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	visit := func(id string) *pushed {
		return &pushed{events: []casework.Event{event(id, "C1", "cin_visit.made", "2026-11-02", "seen=true")}}
	}
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.CallSlow(0)
	r.mustRecord(visit("v1").events...)
	r.CallSlow(time.Hour)
	r.HoldTogether(t) // every place is taken
	r.mustRecord(visit("v2").events...)
	// That was quick, so the next one waits for company again.
	answered := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, err := r.Record(ctx, source, visit("v3").events)
		answered <- err
	}()
	r.waitTogether(1)
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
