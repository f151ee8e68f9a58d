package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"longstop/casework"
	"longstop/store"
)

// newCounty is a record of some cases in every state, on a day on which some duties are due.
func newCounty(tb testing.TB, cases int) *record {
	tb.Helper()
	r := newRecord(tb, "2026-11-02 10:00")
	r.mustRecord(people()...)
	for _, c := range county(cases) {
		r.mustRecord(c.Events...)
	}
	r.mustRecord(
		event("o1", "OPEN1", "cp_plan.started", "2026-10-01"), event("o2", "OPEN1", "worker.allocated", "2026-10-01", "worker=W2", "team=T2"),
		event("o3", "OPEN2", "referral.received", "2026-10-30"), event("o4", "OPEN2", "worker.allocated", "2026-10-30", "worker=W2"),
		event("o5", "OPEN3", "referral.received", "2026-11-02T09:00:00Z"),
		event("o6", "C00001", "source.attached", "2026-11-01", "name=x", "reports=cp_plan.started,icpc.held", "until=2026-08-01"),
		event("o7", "C00002", "cp_plan.ended", "2026-10-30", "reason=an example"),
	)
	return r
}

// walk reads duties page by page.
func (r *record) walk(f store.DutyFilter, most int, between func(page int)) []store.DutyRow {
	r.t.Helper()
	var all []store.DutyRow
	for page, after := 0, (store.DutyKey{}); ; page++ {
		list, more, err := r.DutiesAfter(r.t.Context(), f, after, most)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(list) > most || more && len(list) < most {
			r.t.Fatalf("page %d has %d duties of %d, and more reports %t", page, len(list), most, more)
		}
		all = append(all, list...)
		if !more {
			return all
		}
		after = list[len(list)-1].Key()
		between(page)
	}
}

func byKey(a, b store.DutyRow) int {
	return cmp.Or(cmp.Compare(a.CaseKey, b.CaseKey), cmp.Compare(a.Duty, b.Duty))
}

// What the database leaves out must be nothing that the state picks, and pages must leave out nothing either.
func TestPagesHoldWhatTheWholeListHolds(t *testing.T) {
	t.Parallel()
	r := newCounty(t, 12)
	filters := []store.DutyFilter{
		{},
		{Case: "C00003"},
		{Case: r.key("C00004")},
		{Case: "C00005", Source: source},
		{Case: "C00005", Source: "feed"},
		{Case: "nobody"},
		{Team: "T1"},
		{Team: "T2"},
		{Worker: "W2"},
		{Ref: "CP-10"},
		{Worker: "W1", State: casework.Overdue},
	}
	for _, state := range casework.States {
		filters = append(filters, store.DutyFilter{State: state})
	}
	seen := map[casework.State]bool{}
	for _, f := range filters {
		// The list as it would be had the database left out nothing but by case.
		whole, err := r.Duties(t.Context(), store.DutyFilter{Source: f.Source, Case: f.Case})
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(whole, func(d store.DutyRow) bool {
			return f.Team != "" && d.Team != f.Team || f.Worker != "" && d.Worker != f.Worker || f.State != "" && d.State != f.State || f.Ref != "" && d.Ref != f.Ref
		})
		slices.SortFunc(want, byKey)
		for _, d := range want {
			seen[d.State] = true
		}
		for _, most := range []int{1, 3, 1000} {
			got := r.walk(f, most, func(int) {})
			equal(t, fmt.Sprintf("%+v, %d at a time", f, most), fmt.Sprint(got), fmt.Sprint(want))
		}
	}
	for _, state := range []casework.State{casework.Running, casework.DueToday, casework.Overdue, casework.Met, casework.MetLate, casework.Ended, casework.Unreported} {
		equal(t, "some duty is "+string(state), seen[state], true)
	}
}

// Between two pages visits are made, duties are met and opened, and dates move.
func TestPagesGoOnWhileTheRecordChanges(t *testing.T) {
	t.Parallel()
	r := newCounty(t, 8)
	before := r.walk(store.DutyFilter{}, 1000, func(int) {})
	got := r.walk(store.DutyFilter{}, 5, func(page int) {
		ref := fmt.Sprintf("C%05d", page%8)
		r.mustRecord(
			event(fmt.Sprint("v", page), ref, "cp_visit.made", fmt.Sprintf("2026-10-%02d", 1+page%28), "seen=true"),
			event(fmt.Sprint("n", page), fmt.Sprint("NEW", page), "referral.received", "2026-11-02"),
		)
	})
	times := map[store.DutyKey]int{}
	for _, d := range got {
		times[d.Key()]++
	}
	for _, d := range before {
		equal(t, "how often a page has "+d.Case+" "+d.Duty, times[d.Key()], 1)
	}
	for key, n := range times {
		if n != 1 {
			t.Errorf("%v stands in %d pages", key, n)
		}
	}
	if len(got) <= len(before) {
		t.Errorf("nothing of what began meanwhile was listed: %d duties before, %d listed", len(before), len(got))
	}
}
