package store_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// underTheEarlierPack is a record that goes on by the pack of the release before the law was checked
// against its sources.
func underTheEarlierPack(t *testing.T, now string) *record {
	t.Helper()
	files, err := load.Paths("../timescale/load/testdata/england-2026-11")
	if err != nil {
		t.Fatal(err)
	}
	r := newRecord(t, now)
	r.adopt(store.Law{Change: load.Change{Pack: files}, Reason: "as the last release had it", By: "D. Director"})
	return r
}

// A child in a long-term foster placement has agreed to fewer visits: the visit of 10 September 2026 had
// asked for the next by 22 October (42 days), and asks for it by 10 March 2027.
func TestWhoWasToldADateThatACorrectedRuleMovesIsToldTheNewOneOnce(t *testing.T) {
	t.Parallel()
	r := underTheEarlierPack(t, "2026-09-10 10:00")
	r.mustRecord(append(people(),
		event("p", "C1", "placement.started", "2025-03-03", "long_term=true"),
		event("a", "C1", "fewer_visits.agreed", "2026-06-01"),
		event("v", "C1", "lac_visit.made", "2026-09-10", "seen=true"),
		event("w", "C1", "worker.allocated", "2025-03-03", "worker=W1"))...)
	due := func() string { return r.visitDuty().Due }
	equal(t, "due under the earlier pack", due(), "2026-10-22")
	told := r.lettersOf(pathway.LookedAfter, "LA-16", "2026-10-22 09:00", "2026-10-23 09:00")
	equal(t, "told", strings.Join(told, ", "), "worker reminder 0 2026-10-22, team_manager escalation +1wd 2026-10-22")

	r.setClock("2026-10-23 21:00")
	r.adopt(store.Law{Change: load.Change{Pack: load.EmbeddedFiles()}, Reason: "the law, checked", By: "D. Director"})
	r.planAgain()
	equal(t, "due since", due(), "2027-03-10")
	if !slices.Contains(r.changed("C1"), "LA-16:v moves 2026-10-22 2027-03-10: the law, checked") {
		t.Errorf("changed: %q", r.changed("C1"))
	}
	// The 24th is a Saturday.
	told = r.lettersOf(pathway.LookedAfter, "LA-16", "2026-10-26 09:00")
	equal(t, "told of it", strings.Join(told, ", "), "team_manager moved 2027-03-10, worker moved 2027-03-10")
	equal(t, "told again", len(r.lettersOf(pathway.LookedAfter, "LA-16", "2026-10-27 09:00", "2026-11-02 09:00")), 0)
}

// A child lives with a parent under a care order: the visit of 14 September 2026 had asked for the next by
// 14 December, and asks for it by 26 October (42 days), which has passed. Whoever was reminded of the old
// date is reminded of the new one, and nobody is blamed for the weeks in which the rule was wrong.
func TestADateThatACorrectedRuleMovesIntoThePastHasItsLadderFromTheAdoption(t *testing.T) {
	t.Parallel()
	r := underTheEarlierPack(t, "2026-09-14 10:00")
	r.mustRecord(append(people(),
		event("p", "C1", "placement.started", "2025-03-03", "with_parent=true", "to_18=true"),
		event("v", "C1", "lac_visit.made", "2026-09-14", "seen=true"),
		event("w", "C1", "worker.allocated", "2025-03-03", "worker=W1"))...)
	equal(t, "due under the earlier pack", r.visitDuty().Due, "2026-12-14")
	r.setClock("2026-11-29 21:00")
	r.adopt(store.Law{Change: load.Change{Pack: load.EmbeddedFiles()}, Reason: "the law, checked", By: "D. Director"})
	r.planAgain()
	equal(t, "due since", r.visitDuty().Due, "2026-10-26")
	told := r.lettersOf(pathway.LookedAfter, "LA-16", "2026-11-30 09:00", "2026-12-01 09:00")
	equal(t, "told", strings.Join(told, ", "), "worker reminder 0 2026-10-26, team_manager escalation +1wd 2026-10-26")
}

// visitDuty is what the visit v asks for.
func (r *record) visitDuty() store.DutyRow {
	r.t.Helper()
	list, err := r.Duties(r.t.Context(), store.DutyFilter{Case: "C1", Ref: "LA-16"})
	i := slices.IndexFunc(list, func(d store.DutyRow) bool { return d.Duty == "LA-16:v" })
	if err != nil || i < 0 {
		r.t.Fatalf("no such duty of the case: %v", err)
	}
	return list[i]
}

// lettersOf sends what a pathway of C1 has to say at some instants, and returns the letters about a
// timescale: "worker reminder 0 2026-10-22", in the order of the roles at one instant.
func (r *record) lettersOf(name, ref string, times ...string) []string {
	r.t.Helper()
	var list []string
	for _, now := range times {
		r.setClock(now)
		var at []string
		for _, c := range r.sendAll("C1", name) {
			letters := said(r.t, c).Letters
			for i := range letters {
				if l := &letters[i]; l.DutyRef == ref {
					at = append(at, strings.Join(strings.Fields(strings.Join([]string{string(c.To.Role), string(l.Kind), l.Rung, text(r.t, l.Due)}, " ")), " "))
				}
			}
		}
		slices.Sort(at)
		list = append(list, at...)
	}
	return list
}
