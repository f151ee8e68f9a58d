package csc

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
)

// On 2024-06-03 the feed tells of the days from 2022-04-01: two years before the financial year that began on 2024-04-01.

// lists is a body of one episode with one list.
func lists(list, items string) string {
	return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2019-04-20", "` + list + `": [` + items + `]}]}`
}

func TestAPlacementThatFellOutOfTheWindowStillBeginsTheCareThatItBegan(t *testing.T) {
	t.Parallel()
	const second = `{"child_looked_after_placement_id": "P2", "start_date": "2022-01-10", "start_reason": "S"}`
	r := newRecord(t)
	r.day = day(t, "2022-03-01")
	r.adds(lists(placements.list, `{"child_looked_after_placement_id": "P1", "start_date": "2019-05-01", "start_reason": "S", "end_date": "2022-01-10", "end_reason": "X1"}, `+second),
		"+ referral.received 2019-04-20", "+ referral.decided 2019-04-20", "+ looked_after.started 2019-05-01",
		"+ placement.started 2019-05-01", "+ placement.ended 2022-01-10", "+ placement.started 2022-01-10")
	r.day = day(t, today)
	r.adds(lists(placements.list, second))
	if len(r.kept) > 0 {
		t.Errorf("what ended before the window is kept with a line: %q", r.kept)
	}
	r.adds(lists(placements.list, `{"child_looked_after_placement_id": "P2", "end_date": "2024-05-01", "end_reason": "E4A"}`),
		"+ placement.ended 2024-05-01", "+ looked_after.ended 2024-05-01")
}

func TestAnAssessmentAfterOneThatFellOutOfTheWindowIsAReassessment(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.day = day(t, "2019-08-01")
	r.sends(lists(assessments.list, `{"child_and_family_assessment_id": "A1", "start_date": "2019-06-01", "authorisation_date": "2019-07-01"}`))
	r.day = day(t, today)
	r.adds(lists(assessments.list, `{"child_and_family_assessment_id": "A2", "start_date": "2024-05-01"}`), "+ assessment.started 2024-05-01")
	i := slices.IndexFunc(r.events, func(e casework.Event) bool { return e.Type == typeAssessmentStart && e.At.Day == day(t, "2024-05-01") })
	if i < 0 || r.events[i].Data["reassessment"] != true {
		t.Errorf("there stands %q", r.standing())
	}
}

func TestAPlanThatAListLeavesOutGoesWholeOrStaysWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, start, end string
		want             []string
		kept             int
	}{
		{name: "the day before the window, and ended in it", start: "2022-03-31", end: "2022-05-10", kept: 2},
		{name: "the day before the window, and goes on", start: "2022-03-31", kept: 1},
		{name: "ended the day before the window", start: "2021-02-01", end: "2022-03-31"},
		{name: "ended on its first day", start: "2021-02-01", end: "2022-04-01", kept: 2},
		{name: "on its first day", start: "2022-04-01", end: "2022-05-10", want: []string{"- cp_plan.started", "- icpc.held", "- cp_plan.ended"}},
		{name: "on its first day, and goes on", start: "2022-04-01", want: []string{"- cp_plan.started", "- icpc.held"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t)
			r.day = day(t, "2022-06-01")
			end := ""
			if c.end != "" {
				end = `, "end_date": "` + c.end + `"`
			}
			r.sends(lists(plans.list, `{"child_protection_plan_id": "P1", "start_date": "`+c.start+`"`+end+`}`))
			r.day = day(t, today)
			other := lists(plans.list, `{"child_protection_plan_id": "P2", "start_date": "2023-02-01"}`)
			r.adds(other, append(c.want, "+ icpc.held 2023-02-01", "+ cp_plan.started 2023-02-01")...)
			if len(r.kept) != c.kept || len(r.kept) > 0 && !strings.Contains(r.kept[0], whyBefore) {
				t.Errorf("kept: %q", r.kept)
			}
			if again := r.sends(other); len(again) > 0 {
				t.Errorf("again it adds %v", again)
			}
		})
	}
}

func TestAnEpisodeThatABodyLeavesOutGoesWholeOrStaysWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, referral, closure string
		want                    []string
		kept                    int
	}{
		{name: "the day before the window, and closed in it", referral: "2022-03-31", closure: "2022-05-01", kept: 2},
		{name: "the day before the window, and open", referral: "2022-03-31", kept: 1},
		{name: "closed the day before the window", referral: "2021-02-01", closure: "2022-03-31"},
		{name: "on its first day", referral: "2022-04-01", closure: "2022-05-01", want: []string{"- referral.received", "- case.closed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t)
			r.day = day(t, "2022-06-01")
			closed := ""
			if c.closure != "" {
				closed = `, "closure_date": "` + c.closure + `"`
			}
			r.sends(`{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "` + c.referral + `"` + closed + `}]}`)
			r.day = day(t, today)
			r.adds(`{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E2", "referral_date": "2024-05-01"}]}`,
				append(c.want, "+ referral.received 2024-05-01")...)
			if len(r.kept) != c.kept {
				t.Errorf("kept: %q", r.kept)
			}
		})
	}
}

func TestAPurgedPlacementOfBeforeTheWindowTakesTheCareThatItBeganWithIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.day = day(t, "2022-06-01")
	r.sends(lists(placements.list, `{"child_looked_after_placement_id": "P1", "start_date": "2021-05-01", "start_reason": "S", "end_date": "2022-05-01", "end_reason": "E4A"}`))
	r.day = day(t, today)
	r.adds(lists(placements.list, `{"child_looked_after_placement_id": "P1", "purge": true}`),
		"- placement.started", "- placement.ended", "- looked_after.started", "- looked_after.ended")
}

func TestANullStartLeavesTheItemAsItWas(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.day = day(t, today)
	r.sends(lists(cinPlans.list, `{"child_in_need_plan_id": "P1", "start_date": "2024-02-01", "end_date": "2024-03-01"}`))
	r.adds(`{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": null, "child_in_need_plans": [
		{"child_in_need_plan_id": "P1", "start_date": null, "end_date": "2024-03-02"}]}]}`, "~ cin_plan.ended 2024-03-02")
	if len(r.refused) != 2 {
		t.Errorf("refused: %q", r.refused)
	}
}

func TestTheWindowBeginsTwoYearsBeforeTheFinancialYear(t *testing.T) {
	t.Parallel()
	for on, from := range map[string]string{"2026-03-31": "2023-04-01", "2026-04-01": "2024-04-01"} {
		if got := periodOf(day(t, on)).From; got != day(t, from) {
			t.Errorf("on %s it begins on %s", on, got)
		}
	}
}

// A sender writes the same of a child who has left the cohort, since all of it lies before the window, and of one that was
// entered by mistake.
func TestADeletionLeavesWhatBeganBeforeTheDaysOfWhichTheFeedTells(t *testing.T) {
	t.Parallel()
	const details = `{"la_child_id": "K1", "child_details": {"date_of_birth": "2015-02-03"}, "social_care_episodes": [`
	const old = `{"social_care_episode_id": "E1", "referral_date": "2019-04-20", "closure_date": "2022-03-31",
		"child_protection_plans": [{"child_protection_plan_id": "P1", "start_date": "2020-01-02", "end_date": "2021-01-02"}]}`
	const open = `{"social_care_episode_id": "E2", "referral_date": "2022-03-30",
		"child_protection_plans": [{"child_protection_plan_id": "P2", "start_date": "2022-05-02", "end_date": "2023-01-02"}]}`
	const young = `{"social_care_episode_id": "E3", "referral_date": "2024-01-02"}`
	for _, c := range []struct {
		name, episodes string
		want           []string
		attached       int
	}{
		{name: "left the cohort", episodes: old, attached: 1},
		{name: "an episode that began before and goes on", episodes: open, attached: 1},
		{name: "an old episode and one of these days", episodes: old + "," + young, want: []string{"- referral.received"}, attached: 1},
		{name: "one of these days", episodes: young, want: []string{"- person.born", "- referral.received"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t)
			r.sends(details + c.episodes + "]}")
			r.adds(deletion, c.want...)
			if (len(r.kept) > 0) != (c.attached > 0) {
				t.Errorf("kept with a line: %q", r.kept)
			}
			if got := r.attached(); got != c.attached {
				t.Errorf("%d statements of what the feed reports stand, want %d", got, c.attached)
			}
			r.adds(deletion)
			before := r.standing()
			r.day = day(t, "2025-04-01")
			r.adds(deletion)
			if !slices.Equal(r.standing(), before) {
				t.Errorf("a year later it takes back more: %q", r.standing())
			}
		})
	}
}

func TestADeletionLeavesTheDatesOfAnAdoptionTogether(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.sends(`{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2023-01-10",
		"adoption": {"initial_decision_date": "2022-03-30", "matched_date": "2022-04-20"}}]}`)
	r.adds(deletion, "- referral.received")
}

// A body that holds a child twice, once to be deleted and once not, changes nothing that the record holds of it.
func TestADeletionThatTheBodyItselfDisputesTakesNothingBack(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.sends(planned)
	before := r.standing()
	r.sends(deletion + "," + planned)
	if !slices.Equal(r.standing(), before) || r.attached() != 1 {
		t.Errorf("there stands %q, and %d statements of what the feed reports", r.standing(), r.attached())
	}
}
