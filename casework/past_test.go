package casework_test

import (
	"fmt"
	"testing"

	"longstop/casework"
)

// A plan with two visits, that ended. Under 1 month: the first visit is due on 2 April and
// made on 20 March, the second on 20 April and made on 7 April, the third on 7 May, and the
// plan ended on 30 April.
const endedPlan = `
	p cp_plan.started 2026-03-02
	v1 cp_visit.made 2026-03-20 seen=true
	v2 cp_visit.made 2026-04-07 seen=true
	e cp_plan.ended 2026-04-30`

// tenDays is CP-10 at 10 working days from a day on, "" for always: 16 March after 2 March; 7
// April after 20 March, past Good Friday and Easter Monday; 21 April after 7 April.
func tenDays(from string) aLaw {
	if from != "" {
		from = "from: " + from + ", "
	}
	return overlaid("- ref: CP-10\n  editions:\n  - {" + from + "limit: 10 working days, source: Anytown}\n")
}

func TestWhatALawSaysAnewOfThePastIsCountedByKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		events   string
		from, to aLaw
		want     casework.Past
	}{
		{
			name:   "a number without a from shows as late what was met in time, and what ended before it was due",
			events: endedPlan, to: tenDays(""),
			want: casework.Past{InTimeToLate: 2, OtherwiseTheSame: 1},
		},
		{
			name:   "one from a day on leaves what started before it",
			events: endedPlan, to: tenDays("2026-04-01"),
			want: casework.Past{InTimeToLate: 1},
		},
		{
			name: "what an inferred visit met is shown as late under neither",
			events: `
				p1 cp_plan.started 2026-01-05
				v1 cp_visit.made 2026-02-02 seen=true inferred=true
				p2 cp_plan.ended 2026-02-02`,
			to: tenDays(""), want: casework.Past{TakenAsDone: 1, OtherwiseTheSame: 1}, // the next visit ended with the plan
		},
		{name: "one from a later day leaves the past as it is", events: endedPlan, to: tenDays("2026-05-01")},
		{
			name:   "taking it away shows as in time what was late",
			events: endedPlan, from: tenDays(""),
			want: casework.Past{LateToInTime: 2, OtherwiseTheSame: 1},
		},
		{
			name:   "a rule that is taken away takes its past with it",
			events: endedPlan, to: lacking("CP-10"),
			want: casework.Past{Go: 3},
		},
		{
			name:   "a rule that is switched on has a past at once",
			events: endedPlan,
			from:   lacking("CP-10"), to: tenDays(""),
			want: casework.Past{Appear: 3, AppearLate: 2},
		},
		{
			// 1 April is 22 working days after 2 March: within the 45, and past the 10 of 16 March.
			name:   "a date of the council's own beside the limit was passed though the limit was not",
			events: "r referral.received 2026-03-02\na assessment.completed 2026-04-01",
			to:     overlaid("- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n"),
			want:   casework.Past{InTimeToLocal: 1},
		},
		{
			name:   "and is passed no longer once it is taken away",
			events: "r referral.received 2026-03-02\na assessment.completed 2026-04-01",
			from:   overlaid("- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n"),
			want:   casework.Past{LocalToInTime: 1},
		},
		{
			name:   "a proclaimed bank holiday shows as in time what was late by a day",
			events: "s strategy_discussion.held 2026-11-02 s47=true\ni icpc.held 2026-11-24 outcome=no_plan",
			to:     withDays("2026-11-09"),
			want:   casework.Past{LateToInTime: 1},
		},
		{
			name:   "what is still owed is no part of the past",
			events: "p cp_plan.started 2026-03-02",
			to:     tenDays(""),
		},
		{
			name:   "another ladder changes nothing of it",
			events: endedPlan,
			to: func(t testing.TB) *casework.Book {
				t.Helper()
				return overOverlay(t, "ladders:\n  - name: four to six weeks\n    rungs:\n"+
					"      - {at: -1wd, remind: worker}\n      - {at: +1wd, escalate: [team_manager, service_manager, head_of_service]}\n")
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before, after := book, book
			if tc.from != nil {
				before = tc.from(t)
			}
			if tc.to != nil {
				after = tc.to(t)
			}
			events := accepted(t, tc.events)
			m := casework.Moment{AsOf: instant(t, "2026-11-25")}
			var got casework.Past
			for _, c := range casework.Compare(before.Fold(events, m), after.Fold(events, m)) {
				got.Count(&c)
			}
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestWhatIsCountedOfThePastAddsUp(t *testing.T) {
	t.Parallel()
	p := casework.Past{
		InTimeToLate: 1, LateToInTime: 2, InTimeToLocal: 4, LocalToInTime: 8, Appear: 16, AppearLate: 3, Go: 32,
		ToUnreported: 64, FromUnreported: 128, OtherwiseTheSame: 256, TakenAsDone: 512,
	}
	p.Add(p)
	got := fmt.Sprint(p.All(), p.Restated(), p.Accused())
	if got != "2046 510 16" { // 2*1023, 2*255, 2*(1+4+3)
		t.Errorf("got %s", got)
	}
}
