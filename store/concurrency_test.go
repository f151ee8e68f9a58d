package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// TestEverythingAtOnceLosesNothingAndNobodyWaitsForEver: recording into the same cases in
// opposite orders, a load, people, adoptions, planning again, rebuilds, claims and retries.
func TestEverythingAtOnceLosesNothingAndNobodyWaitsForEver(t *testing.T) {
	t.Parallel()
	const cases, rounds = 8, 3
	r := newPlanned(t, "2026-11-25 09:00")
	other, third := r.open(), r.open()
	ref := func(i int) string { return fmt.Sprint("S", i) }
	for i := range cases {
		r.mustRecord(event(fmt.Sprint("s", i), ref(i), "cp_plan.started", "2026-11-02"),
			event(fmt.Sprint("a", i), ref(i), "worker.allocated", "2026-11-02", "worker=W1"))
	}
	want := map[string]bool{}
	var mu sync.Mutex
	var all sync.WaitGroup
	accepted := func(list ...casework.Event) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range list {
			want[e.ID] = true
		}
	}
	recorder := func(s *store.Store, who string, down bool) {
		for round := range rounds {
			var list []casework.Event
			for i := range cases {
				if down {
					i = cases - 1 - i
				}
				list = append(list, event(fmt.Sprintf("%s-%d-%d", who, round, i), ref(i), "cp_visit.made", fmt.Sprintf("2026-11-%02d", 3+round), "seen=true"),
					event(fmt.Sprintf("%s-%d-new%d", who, round, i), fmt.Sprint("N", round, "-", i), "cin_plan.started", "2026-11-02"))
			}
			got, err := s.Record(t.Context(), source, list)
			if err != nil || len(got.Refused) > 0 || got.New != len(list) {
				t.Errorf("%s, round %d: %d of %d new, refused %v: %v", who, round, got.New, len(list), got.Refused, err)
			}
			accepted(list...)
		}
	}
	all.Go(func() { recorder(r.Store, "up", false) })
	all.Go(func() { recorder(other, "down", true) })
	all.Go(func() {
		id, _, err := third.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
		if err != nil {
			t.Error(err)
			return
		}
		for round := range rounds {
			var batch []store.CaseEvents
			for i := range cases {
				e := event(fmt.Sprintf("load-%d-%d", round, i), ref(i), "cp_visit.made", fmt.Sprintf("2026-11-%02d", 10+round), "seen=true")
				batch = append(batch, store.CaseEvents{Reference: ref(i), Events: []casework.Event{e}})
				accepted(e)
			}
			if got, err := third.LoadCases(t.Context(), id, batch); err != nil || got.New != len(batch) {
				t.Errorf("loading: %+v, %v", got, err)
			}
		}
		if err := third.CompleteLoad(t.Context(), id); err != nil {
			t.Error(err)
		}
	})
	all.Go(func() {
		for round := range rounds {
			e := staff(fmt.Sprint("absent", round), "staff.absent", "2026-11-24", "worker=W1", "from=2026-11-24", "until=2026-11-24")
			if got, err := other.Record(t.Context(), source, []casework.Event{e}); err != nil || got.New != 1 {
				t.Errorf("people: %+v, %v", got, err)
			}
		}
	})
	all.Go(func() {
		for round := range rounds {
			l := store.Law{Reason: fmt.Sprint("round ", round), By: "a test"}
			if round%2 == 0 {
				l.Change = load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}
			}
			r.adopt(l)
			if err := r.PlanAgain(t.Context(), func(int, []pathway.Nudge) {}); err != nil {
				t.Errorf("planning again: %v", err)
			}
		}
	})
	all.Go(func() {
		for range rounds {
			if _, err := third.Rebuild(t.Context()); err != nil {
				t.Errorf("rebuilding: %v", err)
			}
		}
	})
	keys := make([]string, cases)
	for i := range keys {
		keys[i] = r.key(ref(i))
	}
	var over atomic.Bool
	var loops sync.WaitGroup
	for _, s := range []*store.Store{r.Store, other} {
		loops.Go(func() {
			for !over.Load() {
				if _, err := s.PlanQueued(t.Context()); err != nil {
					t.Errorf("a worker's loop: %v", err)
				}
			}
		})
		loops.Go(func() {
			for i := 0; !over.Load(); i++ {
				planned, err := s.Plan(t.Context(), keys[i%cases], cp)
				if err != nil {
					t.Errorf("planning: %v", err)
					continue
				}
				for _, n := range planned.Send {
					if _, err := s.Claim(t.Context(), keys[i%cases], n.Key); err != nil && !errors.Is(err, store.ErrBusy) {
						t.Errorf("claiming: %v", err)
					}
				}
			}
		})
	}
	all.Wait()
	over.Store(true)
	loops.Wait()
	held := map[string]bool{}
	for _, id := range r.column(`select id from events`) {
		held[id] = true
	}
	for id := range want {
		if !held[id] {
			t.Errorf("%s was accepted and is lost", id)
		}
	}
	equal(t, "cases put aside", len(r.column(`select fault from cases where fault <> ''`)), 0)
	// Every open pathway stands as its case, folded now, has it.
	r.planQueued()
	before := r.column(`select pathway || case_key || coalesce(wake::text, '') || (display::text) from pathways order by 1`)
	r.mustRebuild()
	after := r.column(`select pathway || case_key || coalesce(wake::text, '') || (display::text) from pathways order by 1`)
	equal(t, "pathways", fmt.Sprint(after), fmt.Sprint(before))
	equal(t, "nudges that wait for an older revision", len(r.column(`
		select 1::text from pathways p where open and not exists (
			select from outbox o where o.case_key = p.case_key and o.pathway = p.pathway and (o.epoch, o.revision) = (p.epoch, p.revision))`)), 0)
}
