package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"longstop/notify"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale"
	"longstop/timescale/load"
)

const s47 = pathway.Section47

// newEnquiry is a case C1 in which a section 47 enquiry began on 23 November 2026: the
// conference is due on 14 December, the worker is told on the 10th and 14th, the team
// manager on the 15th, the service manager on the 17th.
func newEnquiry(t *testing.T) *record {
	t.Helper()
	r := newRecord(t, "2026-11-23 10:00")
	r.mustRecord(append(people(), event("s", "C1", "strategy_discussion.held", "2026-11-23", "s47=true"),
		event("a", "C1", "worker.allocated", "2026-11-23", "worker=W1"))...)
	return r
}

// Nobody recorded anything, and the fold goes by the present calendar at every instant: what
// the date was is known only from what people were told.
func TestWhoWasToldADateThatANewCalendarMovesIsToldTheNewOneOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		told       []string // mornings before
		adopted    string   // after the last hour at which anybody is told anything
		proclaimed []string
		due        string
		morning    string
		roles      []string // who was told the old date
		moved      bool     // that nothing else tells the new date
	}{
		{
			name: "by a rung of the new date, where one goes to them then", told: []string{"2026-12-10 09:00"},
			adopted: "2026-12-10 21:00", proclaimed: []string{"2026-12-11"}, due: "2026-12-15", morning: "2026-12-14 09:00",
			roles: []string{"worker"},
		},
		{
			name: "by a message that it moved, where none does", told: []string{"2026-12-10 09:00"},
			adopted: "2026-12-10 21:00", proclaimed: []string{"2026-12-01", "2026-12-02"}, due: "2026-12-16", morning: "2026-12-11 09:00",
			roles: []string{"worker"}, moved: true,
		},
		{
			name: "managers too", told: []string{"2026-12-10 09:00", "2026-12-14 09:00", "2026-12-15 09:00"},
			adopted: "2026-12-15 21:00", proclaimed: []string{"2026-12-11"}, due: "2026-12-15", morning: "2026-12-16 09:00",
			roles: []string{"worker", "team_manager"}, moved: true,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newEnquiry(t)
			for _, at := range tc.told {
				r.tellIn(s47, at)
			}
			r.setClock(tc.adopted)
			r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays(tc.proclaimed...)}})
			r.planAgain()
			equal(t, "due", r.duty("C1", "CP-03").Due, tc.due)
			if wake := r.row("C1", s47).Wake; wake.After(london(tc.morning)) {
				t.Errorf("the pathway wakes at %s, after the morning", wake)
			}
			equal(t, "told at night", len(r.tellIn(s47, tc.adopted)), 0)
			letters := r.letters(tc.morning)
			var roles []string
			moved := false
			for _, l := range letters {
				equal(t, "due date in the letter to "+l.role, text(t, l.Due), tc.due)
				roles = append(roles, l.role)
				moved = moved || l.Kind == notify.Moved
				if l.Kind == notify.Moved {
					equal(t, "the date before", text(t, l.DueWas), "2026-12-14")
				}
			}
			slices.Sort(roles)
			slices.Sort(tc.roles)
			equal(t, "who is told", fmt.Sprint(roles), fmt.Sprint(tc.roles))
			equal(t, "that it moved", moved, tc.moved)
			equal(t, "told again", len(r.letters(tc.morning)), 0)
		})
	}
}

type sentLetter struct {
	letter.Letter
	role string
}

// letters sends what the enquiry's pathway has to say at a moment.
func (r *record) letters(now string) []sentLetter {
	r.t.Helper()
	r.setClock(now)
	var list []sentLetter
	for _, c := range r.sendAll("C1", s47) {
		list = append(list, sentLetter{letterOf(r.t, c), string(c.To.Role)})
	}
	return list
}

// sendAll sends what a pathway of a case has to say now, and returns what went.
func (r *record) sendAll(caseRef, name string) []store.Claimed {
	r.t.Helper()
	var list []store.Claimed
	for _, n := range r.plan(caseRef, name).Send {
		c := r.claim(n)
		if c.State != "claimed" {
			continue
		}
		r.sending(c)
		r.sent(c)
		list = append(list, c)
	}
	return list
}

func TestWhoWasToldNothingIsToldNothing(t *testing.T) {
	t.Parallel()
	r := newEnquiry(t)
	r.setClock("2026-12-01 10:00")
	before := r.row("C1", s47)
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}})
	r.planAgain()
	equal(t, "due", r.duty("C1", "CP-03").Due, "2026-12-15")
	after := r.row("C1", s47)
	equal(t, "wake", after.Wake, london("2026-12-11 09:00")) // two working days before the 15th
	if after.Revision <= before.Revision {
		t.Error("the pathway's clock is not told")
	}
	equal(t, "told", len(r.letters("2026-12-02 09:00")), 0)
}

// What was about to be told of the old date is stopped.
func TestWhatWasDueBeforeALawChangedIsStopped(t *testing.T) {
	t.Parallel()
	r := newEnquiry(t)
	r.setClock("2026-12-10 09:00")
	n := r.plan("C1", s47).Send[0]
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-11")}})
	r.planAgain()
	c := r.claim(n)
	equal(t, "state", c.State, "not_sent")
	has(t, "reason", c.Reason, "the due date has moved")
}

func TestALetterSaysFromWhenOnTheCouncilHasSetANumberOfItsOwn(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	whose := func(now string) string {
		t.Helper()
		r.setClock(now)
		var all []string
		for _, n := range r.plan("C1", cp).Send {
			c := r.claim(n)
			if c.State == "claimed" && said(r.t, c).Letters[0].DutyRef == "CP-10" {
				r.sending(c)
				r.sent(c)
				all = append(all, said(r.t, c).Letters[0].Whose)
			}
		}
		return strings.Join(all, "; ")
	}
	equal(t, "before", whose("2026-11-25 09:00"), timescale.LongstopsDefault) // due on 2 December
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", "- ref: CP-10\n  editions:\n  - {from: 2026-11-16, limit: 3 weeks, source: Anytown}\n")}}})
	r.planAgain()
	equal(t, "since", whose("2026-12-03 09:00"), "a default of Longstop for what began before 16 November 2026, from when your council has set 3 weeks")
}

// The date is known from when the law was adopted: the morning of that day is over.
func TestALawThatIsAdoptedByDayIsToldAtTheNextNineOClock(t *testing.T) {
	t.Parallel()
	r := newEnquiry(t)
	r.tellIn(s47, "2026-12-10 09:00")
	r.setClock("2026-12-10 15:00")
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-11")}})
	r.planAgain()
	equal(t, "told at once", len(r.letters("2026-12-10 15:00")), 0)
	equal(t, "wake", r.row("C1", s47).Wake, london("2026-12-14 09:00")) // the 11th is a bank holiday now
	equal(t, "told that morning", len(r.letters("2026-12-14 09:00")), 1)
}

// Nobody is blamed for what nobody knew.
func TestADutyThatALawMakesOverdueHasItsLadderFromTheNextMorning(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(append(people(), event("e1", "C1", "cin_plan.started", "2026-11-02"),
		event("a", "C1", "worker.allocated", "2026-11-02", "worker=W1"))...)
	r.setClock("2026-11-25 15:00")
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyTwoWeeks)}}}) // due on the 16th, and on the 30th before
	r.planAgain()
	for _, morning := range []struct{ at, want string }{
		{"2026-11-25 15:00", "[]"},
		{"2026-11-26 09:00", "[W1 reminder 0]"},
		{"2026-11-27 09:00", "[M1 escalation +1wd]"},
	} {
		equal(t, "told at "+morning.at, fmt.Sprint(r.tellIn(pathway.ChildInNeed, morning.at)), morning.want)
	}
}

// A process that starts later knows what another has seen.
func TestAProcessThatStartsLaterKnowsTheLawsBefore(t *testing.T) {
	t.Parallel()
	r := newEnquiry(t)
	r.tellIn(s47, "2026-12-10 09:00")
	r.setClock("2026-12-10 15:00")
	for _, day := range []string{"2026-12-01", "2026-12-11"} {
		r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays(day)}})
	}
	r.Store = r.open()
	r.planAgain()
	equal(t, "told at once", len(r.letters("2026-12-10 15:30")), 0)
	equal(t, "told at the next 09:00", len(r.letters("2026-12-14 09:00")), 1)
}

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
