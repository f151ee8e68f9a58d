package csc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/casework"
	"longstop/intake"
)

// tonight is the child of planned under the ids of a night, whole: a system that gives every row another id each night tells of
// each as if it were new.
func tonight(night int) string {
	return strings.NewReplacer(`"E1"`, fmt.Sprintf(`"E%d"`, night), `"P1"`, fmt.Sprintf(`"Pa%d"`, night), `"P2"`, fmt.Sprintf(`"Pb%d"`, night)).Replace(planned)
}

func TestIdsThatChangeEveryNightFillNoCase(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.sends(tonight(0))
	told, standing := len(r.events), len(r.standing())
	for night := 1; night < 40; night++ {
		r.sends(tonight(night))
		if len(r.refused)+len(r.kept) > 0 {
			t.Fatalf("night %d: refused %q, kept %q", night, r.refused, r.kept)
		}
	}
	if most := told + 4*mostRenamed; len(r.events) > most || len(r.standing()) != standing {
		t.Errorf("%d events, want no more than %d; there stands %q", len(r.events), most, r.standing())
	}
	// What changes is recorded as ever, and with the ids of the night.
	r.adds(strings.Replace(tonight(41), `"start_date": "2024-04-01"`, `"start_date": "2024-04-01", "end_date": "2024-05-03"`, 1),
		"+ cin_plan.ended 2024-05-03", "~ cin_plan.started 2024-04-01")
	r.adds(strings.Replace(tonight(41), `{"child_in_need_plan_id": "Pb41", "start_date": "2024-04-01"}`, `{"child_in_need_plan_id": "Pb41"}`, 1))
}

// An id that the record knows of one item may be that of another tonight.
func TestAnIDThatIsUsedAgainIsThatOfTheItemOfItsDates(t *testing.T) {
	t.Parallel()
	list := func(items string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "child_in_need_plans": [` + items + `]}]}`
	}
	const one, other = `"start_date": "2024-02-01", "end_date": "2024-03-01"`, `"start_date": "2024-04-01"`
	item := func(id, rest string) string { return `{"child_in_need_plan_id": "` + id + `", ` + rest + `}` }
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{name: "two that changed their ids", body: item("P2", one) + "," + item("P1", other)},
		{name: "of a new item", body: item("P9", one) + "," + item("P2", other) + "," + item("P1", `"start_date": "2024-05-01"`), want: []string{"2024-05-01 cin_plan.started"}},
		{name: "of a new item, in another order", body: item("P1", `"start_date": "2024-05-01"`) + "," + item("P9", one) + "," + item("P2", other), want: []string{"2024-05-01 cin_plan.started"}},
		{name: "of nothing: the start is corrected", body: item("P1", `"start_date": "2024-02-03"`) + "," + item("P2", other), want: []string{"2024-02-03 cin_plan.started"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t)
			r.sends(planned)
			want := r.plans()
			if c.name == "of nothing: the start is corrected" {
				want = slices.DeleteFunc(want, func(line string) bool { return line == "2024-02-01 cin_plan.started" })
			}
			r.sends(list(c.body))
			want = append(want, c.want...)
			slices.Sort(want)
			if got := r.plans(); !slices.Equal(got, want) || len(r.refused)+len(r.kept) > 0 {
				t.Errorf("there stands %q, want %q; refused %q, kept %q", got, want, r.refused, r.kept)
			}
			if again := r.sends(list(c.body)); len(again) > 0 {
				t.Errorf("again it adds %v", again)
			}
		})
	}
}

// plans are the plans that stand.
func (r *record) plans() (list []string) {
	for _, line := range r.standing() {
		if strings.Contains(line, "cin_plan") {
			list = append(list, strings.Join(strings.Fields(line)[:2], " "))
		}
	}
	return list
}

// As many unknown ids, alone, as the record has items left are those items.
func TestUnknownIDsAloneAreTheItemsThatAreLeftIfTheyAreAsMany(t *testing.T) {
	t.Parallel()
	list := func(items string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "child_in_need_plans": [` + items + `]}]}`
	}
	r := newRecord(t)
	r.sends(planned)
	r.adds(list(`{"child_in_need_plan_id": "X1"}, {"child_in_need_plan_id": "X2"}, {"child_in_need_plan_id": "P3", "start_date": "2024-05-06"}`), "+ cin_plan.started 2024-05-06")
	if len(r.refused)+len(r.kept) > 0 {
		t.Errorf("refused %q, kept %q", r.refused, r.kept)
	}
	r.adds(list(`{"child_in_need_plan_id": "X1"}, {"child_in_need_plan_id": "P3"}`))
	if len(r.refused) != 1 || len(r.kept) != 3 {
		t.Errorf("one of two: refused %q, kept %q", r.refused, r.kept)
	}
}

// byHand corrects what stands of the first event of a type, or takes it back where no day is given.
func (r *record) byHand(eventType, on string) {
	r.Helper()
	i := slices.IndexFunc(r.events, func(e casework.Event) bool { return e.Type == eventType })
	e := r.events[i]
	e.ID, e.Recorded = "hand-"+eventType, r.events[len(r.events)-1].Recorded.Add(time.Minute)
	if on == "" {
		e.Voids = r.events[i].ID
	} else {
		e.Corrects, e.At = r.events[i].ID, casework.OnDay(day(r, on))
	}
	r.events = append(r.events, e)
}

func TestWhatSomebodyCorrectedByHandStaysWhateverTheFeedSaysLater(t *testing.T) {
	t.Parallel()
	whole := func(id, start, rest string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2024-01-10", "child_and_family_assessments": [
			{"child_and_family_assessment_id": "` + id + `", "start_date": "` + start + `"` + rest + `}]}]}`
	}
	const authorised = `, "authorisation_date": "2024-02-20"`
	started := func(list []string) string {
		for _, line := range list {
			if strings.Contains(line, "assessment.started") {
				return line[:len("2024-01-10")]
			}
		}
		return ""
	}
	for _, c := range []struct {
		name, hand string // the day to which the start is corrected, "": it is taken back
		body       string
		want       []string // what it adds
		kept       int
	}{
		{name: "the same", hand: "2024-01-15", body: whole("A1", "2024-01-11", "")},
		{name: "another id", hand: "2024-01-15", body: whole("A2", "2024-01-11", "")},
		{name: "its end comes", hand: "2024-01-15", body: whole("A1", "2024-01-11", authorised), want: []string{"+ assessment.completed 2024-02-20"}, kept: 1},
		{name: "its end comes, under another id", hand: "2024-01-15", body: whole("A2", "2024-01-11", authorised), want: []string{"+ assessment.completed 2024-02-20"}, kept: 1},
		{name: "another start", hand: "2024-01-15", body: whole("A1", "2024-01-12", ""), kept: 1},
		{name: "the start that it has by hand", hand: "2024-01-15", body: whole("A1", "2024-01-15", "")},
		{name: "taken back, and the same", body: whole("A1", "2024-01-11", "")},
		{name: "taken back, and another start", body: whole("A1", "2024-01-12", ""), kept: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t)
			r.sends(whole("A1", "2024-01-11", ""))
			r.byHand(typeAssessmentStart, c.hand)
			for range 3 {
				r.adds(c.body, c.want...)
				if got := started(r.standing()); got != c.hand {
					t.Errorf("it started %q, want %q", got, c.hand)
				}
				if len(r.kept) != c.kept || len(r.refused) > 0 {
					t.Errorf("kept %q, refused %q", r.kept, r.refused)
				}
				c.want = nil
			}
		})
	}
}

func TestANullLeavesWhatSomebodyCorrectedByHandAndAPurgeTakesItWithItsItem(t *testing.T) {
	t.Parallel()
	of := func(plan string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "child_in_need_plans": [` + plan + `, {"child_in_need_plan_id": "P2"}]}]}`
	}
	r := newRecord(t)
	r.sends(planned)
	r.byHand(typeCINPlanEnd, "2024-03-05")
	r.adds(of(`{"child_in_need_plan_id": "P1", "end_date": null}`))
	if !slices.Contains(r.plans(), "2024-03-05 cin_plan.ended") || len(r.kept) != 1 {
		t.Errorf("there stands %q, kept %q", r.plans(), r.kept)
	}
	r.adds(of(`{"child_in_need_plan_id": "P1", "purge": true}`), "- cin_plan.started", "- cin_plan.ended")
}

// A conference that gave way to a real one was taken back by nobody.
func TestAnInferredConferenceThatGaveWayMovesWithItsPlan(t *testing.T) {
	t.Parallel()
	of := func(start string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2024-01-10",
			"child_protection_plans": [{"child_protection_plan_id": "P1", "start_date": "` + start + `"}]}]}`
	}
	r := newRecord(t)
	r.sends(of("2024-02-01"))
	i := slices.IndexFunc(r.events, func(e casework.Event) bool { return e.Type == typeConference })
	way := intake.MakeWay(r.events[i], r.events[i].ID, day(t, today))
	way.Recorded = r.events[len(r.events)-1].Recorded.Add(time.Minute)
	r.events = append(r.events, way)
	r.adds(of("2024-02-01"))
	r.adds(of("2024-05-01"), "~ cp_plan.started 2024-05-01", "+ icpc.held 2024-05-01")
	if len(r.kept) > 0 {
		t.Errorf("kept as by hand: %q", r.kept)
	}
}
