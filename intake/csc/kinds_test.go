package csc

import (
	"slices"
	"strings"
	"testing"
)

func TestAFieldOfAnotherKindIsRefusedWithALine(t *testing.T) {
	t.Parallel()
	episode := func(fields string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2024-01-10", ` + fields + `}]}`
	}
	long := strings.Repeat("x", longestID+1)
	for body, want := range map[string]string{
		`{"la_child_id": "K1", "child_details": "x"}`:                             "child_details ",
		`{"la_child_id": "K1", "child_details": [1]}`:                             "child_details ",
		`{"la_child_id": "K1", "health_and_wellbeing": 1}`:                        "health_and_wellbeing ",
		`{"la_child_id": "K1", "health_and_wellbeing": {"sdq_assessments": "x"}}`: "health_and_wellbeing.sdq_assessments ",
		`{"la_child_id": "K1", "health_and_wellbeing": {"sdq_assessments": [1]}}`: "health_and_wellbeing.sdq_assessments ",
		`{"la_child_id": "K1", "purge": "perhaps"}`:                               "purge ",
		`{"la_child_id": "K1", "child_details": {"purge": []}}`:                   "child_details.purge ",
		episode(`"purge": 7`):                                   "social_care_episodes[1].purge ",
		episode(`"adoption": "none"`):                           "social_care_episodes[1].adoption ",
		episode(`"care_leavers": []`):                           "social_care_episodes[1].care_leavers ",
		episode(`"referral_no_further_action_flag": "perhaps"`): "social_care_episodes[1].referral_no_further_action_flag ",
		episode(`"closure_reason": {}`):                         "social_care_episodes[1].closure_reason ",
		episode(`"closure_reason": "` + long + `"`):             "social_care_episodes[1].closure_reason ",
		episode(`"section_47_assessments": [{"section_47_assessment_id": "S1", "start_date": "2024-01-11", "icpc_required_flag": "perhaps"}]`):                                 "social_care_episodes[1].section_47_assessments[1].icpc_required_flag ",
		episode(`"child_looked_after_placements": [{"child_looked_after_placement_id": "P1", "start_date": "2024-01-11", "start_reason": ["S"]}]`):                             "social_care_episodes[1].child_looked_after_placements[1].start_reason ",
		episode(`"child_looked_after_placements": [{"child_looked_after_placement_id": "P1", "start_date": "2024-01-11", "start_reason": "S", "end_reason": "` + long + `"}]`): "social_care_episodes[1].child_looked_after_placements[1].end_reason ",
	} {
		r := newRecord(t)
		r.sends(body)
		if len(r.refused) != 1 || !strings.Contains(r.refused[0], ": "+want) || strings.Contains(r.refused[0], "perhaps") || strings.Contains(r.refused[0], long) {
			t.Errorf("%s\nis refused as %q\nwant %s", body, r.refused, want)
		}
	}
}

func TestWhatIsNullOrAbsentIsRefusedWithoutALine(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.sends(`{"la_child_id": "K1", "purge": null, "child_details": null, "health_and_wellbeing": null, "social_care_episodes": [{
		"social_care_episode_id": "E1", "referral_date": "2024-01-10", "purge": null, "adoption": null, "care_leavers": null,
		"referral_no_further_action_flag": null, "closure_reason": null, "section_47_assessments": null,
		"child_in_need_plans": [{"child_in_need_plan_id": "P1", "start_date": "2024-01-11", "end_date": null, "purge": null}]}]}`)
	if len(r.refused) > 0 {
		t.Errorf("refused: %q", r.refused)
	}
}

// The blocks of adoption and of contacts repeat in every episode, and one child has one of each.
func TestWhatAdoptionAndContactsSayDoesNotHangOnTheOrderOfEpisodes(t *testing.T) {
	t.Parallel()
	const matched = `"adoption": {"matched_date": "2024-02-01"}, "care_leavers": {"contact_date": "2024-03-01"}`
	for _, c := range []struct {
		name, one, other string
		want             []string
	}{
		{name: "null and absent", one: `"adoption": {"matched_date": null}`, other: `"adoption": {}`, want: []string{"- adm.decided"}},
		{name: "null and no block", one: `"adoption": {"matched_date": null}`, other: `"purge": false`, want: []string{"- adm.decided"}},
		{name: "null and a date", one: `"adoption": {"matched_date": null}`, other: matched},
		{name: "null and what cannot be read", one: `"adoption": {"matched_date": null}`, other: `"adoption": {"matched_date": "x"}`},
		{name: "purge and a date", one: `"adoption": {"purge": true}, "care_leavers": {"purge": true}`, other: matched},
		{name: "purge and what cannot be read", one: `"adoption": {"purge": true}`, other: `"adoption": {"matched_date": "x"}`},
		{name: "purge and no block", one: `"adoption": {"purge": true}, "care_leavers": {"purge": true}`, other: `"purge": false`, want: []string{"- adm.decided", "- care_leaver.contacted"}},
		{name: "a date in a purged block and no block", one: `"adoption": {"purge": true, "matched_date": "2024-02-01"}`, other: `"purge": false`, want: []string{"- adm.decided"}},
		{name: "a purged episode and a date", one: `"purge": true, "adoption": {"matched_date": null, "purge": true}`, other: matched},
		{name: "a later and an earlier date", one: `"adoption": {"matched_date": "2024-02-05"}`, other: matched, want: []string{"~ adm.decided 2024-02-05"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, order := range [][]string{{c.one, c.other}, {c.other, c.one}} {
				r := newRecord(t)
				r.sends(`{"la_child_id": "K1", "social_care_episodes": [
					{"social_care_episode_id": "E0", "referral_date": "2024-01-09", ` + matched + `}]}`)
				before := len(r.events)
				r.sends(`{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E0"},
					{"social_care_episode_id": "E1", "referral_date": "2024-01-10", ` + order[0] + `},
					{"social_care_episode_id": "E2", "referral_date": "2024-01-11", ` + order[1] + `}]}`)
				var got []string
				for _, e := range r.events[before:] {
					switch {
					case e.Voids != "":
						got = append(got, "- "+e.Type)
					case e.Corrects != "":
						got = append(got, "~ "+e.Type+" "+e.At.Day.String())
					}
				}
				if slices.Sort(got); !slices.Equal(got, c.want) {
					t.Errorf("%q\nadds %q\nwant %q\nrefused: %q", order, got, c.want, r.refused)
				}
			}
		})
	}
}

func TestADateOfTomorrowIsRefusedAndSaysThatTheChildMustBeSentAgain(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	plan := func(end string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2024-01-10",
			"child_protection_plans": [{"child_protection_plan_id": "P1", "start_date": "2024-02-01", "end_date": "` + end + `"}]}]}`
	}
	r.adds(plan("2024-06-04"), "+ referral.received 2024-01-10", "+ referral.decided 2024-01-10", "+ icpc.held 2024-02-01", "+ cp_plan.started 2024-02-01")
	if len(r.refused) != 1 || !strings.Contains(r.refused[0], "have the whole child sent again once that day has come") {
		t.Errorf("refused: %q", r.refused)
	}
	r.day = r.day.AddDays(1)
	r.adds(plan("2024-06-04"), "+ cp_plan.ended 2024-06-04")
}
