package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"longstop/casework"
	"longstop/pathway"
)

// hurry makes everything in the outbox due.
func (r *record) hurry() {
	r.t.Helper()
	if err := r.exec(`update outbox set next_at = now() - interval '1 second'`); err != nil {
		r.t.Fatal(err)
	}
}

func allSent(nudges []pathway.Nudge) []error { return make([]error, len(nudges)) }

func TestTheSweepSendsWhatNobodySent(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	ctx := t.Context()
	got := r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	never := func(context.Context, []pathway.Nudge) []error { t.Error("sent too early"); return nil }
	if n, err := r.SweepOutbox(ctx, 10, never); n != 0 || err != nil {
		t.Errorf("within the grace of whoever recorded it: %d, %v", n, err)
	}
	r.hurry()
	var sent []pathway.Nudge
	n, err := r.SweepOutbox(ctx, 10, func(_ context.Context, list []pathway.Nudge) []error {
		sent = append(sent, list...)
		return allSent(list)
	})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	for _, want := range got.Nudges {
		if !slices.ContainsFunc(sent, func(n pathway.Nudge) bool {
			return n.Pathway == want.Pathway && n.Revision == want.Revision && n.Wake.Equal(want.Wake)
		}) {
			t.Errorf("not sent: %+v", want)
		}
	}
	equal(t, "left", len(r.column(`select pathway from outbox`)), 0)
}

func TestANudgeThatCouldNotBeSentWaitsLongerEachTime(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"))
	fail := func(_ context.Context, list []pathway.Nudge) []error { return []error{errors.New("no Temporal")} }
	for range 3 {
		r.hurry()
		if n, err := r.SweepOutbox(t.Context(), 10, fail); n != 0 || err != nil {
			t.Fatal(n, err)
		}
	}
	waits := r.column(`select round(extract(epoch from next_at - clock_timestamp()))::text || ' ' || attempts from outbox`)
	equal(t, "waits", fmt.Sprint(waits), "[8 3]")
	r.mustRecord(event("e2", "C1", "cp_visit.made", "2026-11-01", "seen=true"), event("e3", "C1", "core_group.held", "2026-11-02"))
	equal(t, "attempts of the nudge that takes its place", fmt.Sprint(r.column(`select attempts::text from outbox`)), "[0]")
}

func TestANudgeThatWasOvertakenIsNotDeleted(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-10-05"))
	r.hurry()
	_, err := r.SweepOutbox(t.Context(), 10, func(ctx context.Context, list []pathway.Nudge) []error {
		visit := event("e2", "C1", "cp_visit.made", "2026-11-01", "seen=true")
		if _, err := r.Record(ctx, source, []casework.Event{visit}); err != nil { // while it is on its way
			t.Error(err)
		}
		return allSent(list)
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "left", fmt.Sprint(r.column(`select revision::text from outbox`)), "[2]")
}

func TestSweepsAtOnceTakeDifferentNudges(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for i := range 20 {
		r.mustRecord(event(fmt.Sprint("e", i), fmt.Sprint("C", i), "cp_plan.started", "2026-11-02"))
	}
	r.hurry()
	var mu sync.Mutex
	seen := map[string]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				n, err := r.SweepOutbox(t.Context(), 3, func(_ context.Context, list []pathway.Nudge) []error {
					mu.Lock()
					defer mu.Unlock()
					for _, n := range list {
						seen[n.CaseKey]++
					}
					return allSent(list)
				})
				if err != nil || n == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	all.Wait()
	equal(t, "cases", len(seen), 20)
	for _, n := range seen {
		equal(t, "sent", n, 1)
	}
}

func TestASweepThatDiesLeavesItsNudges(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"))
	r.hurry()
	func() {
		defer func() { _ = recover() }()
		_, _ = r.SweepOutbox(t.Context(), 10, func(context.Context, []pathway.Nudge) []error { panic("kill -9") })
	}()
	equal(t, "left", len(r.column(`select pathway from outbox`)), 1)
	r.hurry() // its minute is up
	n, err := r.SweepOutbox(t.Context(), 10, func(_ context.Context, list []pathway.Nudge) []error { return allSent(list) })
	if err != nil || n != 1 {
		t.Error(n, err)
	}
}

func TestOpenPathwaysArePagedInTheOrderOfWorkflowIDs(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for i := range 7 {
		r.mustRecord(event(fmt.Sprint("e", i), fmt.Sprint("C", i), "referral.received", "2026-11-02"))
	}
	r.mustRecord(event("end", "C3", "case.closed", "2026-11-02"))
	var ids []string
	after := ""
	for {
		page, err := r.OpenPathways(t.Context(), after, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range page {
			after = pathway.WorkflowID(n.Pathway, n.CaseKey)
			ids = append(ids, after)
		}
		if len(page) < 5 {
			break
		}
	}
	equal(t, "open", len(ids), 12)
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != 12 {
		t.Errorf("not in order, or repeated: %v", ids)
	}
}

func TestRebuildRaisesEveryOpenPathwayAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	r.tell("2026-11-25 09:00")
	r.mustRecord(event("x", "C2", "referral.received", "2025-11-02"), event("y", "C2", "case.closed", "2025-11-03"))
	before := r.row("C1", cp)
	if err := r.exec(`delete from outbox`); err != nil {
		t.Fatal(err)
	}
	cases, err := r.Rebuild(t.Context())
	if err != nil || cases != 1 {
		t.Fatal(cases, err)
	}
	after := r.row("C1", cp)
	if after.Revision <= before.Revision {
		t.Errorf("revision %d after %d", after.Revision, before.Revision)
	}
	equal(t, "wake", after.Wake, before.Wake)
	equal(t, "queued", fmt.Sprint(r.column(`select pathway from outbox`)), "[ChildProtection]")
	equal(t, "due again", len(r.plan("C1", cp).Send), 0)
	if cases, err = r.Rebuild(t.Context()); err != nil || cases != 1 {
		t.Errorf("once more: %d, %v", cases, err)
	}
}

func TestARecordThatIsOpenedAgainIsTheSame(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	other := r.open()
	c, err := other.Claim(t.Context(), n.CaseKey, n.Key)
	if err != nil || c.To.Staff != "W1" {
		t.Fatalf("another process claims it: %+v, %v", c, err)
	}
	r.mustRecord(staff("x", "staff.appointed", "2026-11-25", "worker=W9", "role=worker", "team=T1"))
	r.mustRecord(event("y", "C1", "worker.allocated", "2026-11-25", "worker=W9"))
	if err := other.SendFailed(t.Context(), c.NoticeID, 0, "email", "x", false); err != nil {
		t.Fatal(err)
	}
	planned, err := other.Plan(t.Context(), n.CaseKey, cp)
	if err != nil || planned.Next.Display.Worker != "W9" || planned.Next.Display.Team != "T1" {
		t.Errorf("another process sees people recorded elsewhere: %+v, %v", planned.Next.Display, err)
	}
}
