package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

func TestWhatIsProbablyASlipIsDoubted(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{ // "" where nothing is doubted
		"v cp_visit.made 2026-01-05 seen=true":                                         "",
		"v cp_visit.made 2026-01-05 seen=false":                                        "",
		"v cp_visit.made 2026-01-05":                                                   "it does not say whether the child was seen",
		"v lac_visit.made 2026-01-05 seen_alone=true":                                  "it does not say whether the child was seen",
		"v cp_visit.made 2026-01-05 Seen=true":                                         `data."Seen" is not read. Did you mean seen?`,
		"v cp_visit.made 2026-01-05 seen=true sene_alone=true":                         `data."sene_alone" is not read. Did you mean seen_alone?`,
		"v cp_visit.made 2026-01-05 seen=true colour=blue":                             "", // a source's own
		"v cp_visit.made 2026-01-05 seen=true note=x reason=y":                         "",
		"v pa_visit.made 2026-01-05":                                                   "", // it asks for no seen
		"i icpc.held 2026-01-05 outcome=plan outcom=plan":                              "Did you mean outcome?",
		"h hearing.listed 2026-01-05 hearing=cmh for=2026-01-04":                       "data.for is earlier than the event",
		"h hearing.listed 2026-01-05 hearing=cmh for=2026-01-05":                       "",
		"a action.agreed 2026-01-05 due=2025-01-05 owner=W1":                           "data.due is earlier than the event",
		"s source.attached 2026-01-05 name=x reports=[cp_visit.made,worker.allocated]": "",
		"s source.attached 2026-01-05 name=x reports=[notice.acknowledged]": "nothing of what it reports (notice.acknowledged) is work on a case, " +
			"so the source is taken as not attached",
		"s source.attached 2026-01-05 name=x reports=[referral.received,cp_plan.started]": "nothing of what it reports (referral.received, cp_plan.started) " +
			"meets a timescale",
		"v cp_visit.made 2026-01-05 seen=true\nx - - voids=v rec=2026-01-06 Seen=x": "",
	} {
		events := tell(t, script)
		var got []string
		for _, r := range book.Doubts(&events[len(events)-1]) {
			got = append(got, r.Reason)
		}
		if len(got) > 1 || want == "" && len(got) > 0 || !strings.Contains(strings.Join(got, ""), want) {
			t.Errorf("%s\n\tis doubted for %q, want %q", script, got, want)
		}
	}
}

func TestWhatNothingHasOpenedIsFound(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{ // the id of what is found
		"r referral.received 2026-01-05\nv cp_visit.made 2026-01-06 seen=true":  "",
		"w worker.allocated 2026-01-05 worker=W1\nv cp_visit.made 2026-01-06":   "v",
		"v lac_visit.made 2026-01-05 seen=true\nv2 lac_visit.made 2026-02-05":   "v",
		"g core_group.held 2026-01-05":                                          "g",
		"a assessment.completed 2026-01-05":                                     "a",
		"c case.closed 2026-01-05":                                              "c",
		"o case.opened 2026-01-05\nv cp_visit.made 2026-01-06":                  "",
		"p placement.started 2026-01-05\nv lac_visit.made 2026-01-06 seen=true": "",
		"i icpc.held 2026-01-05 outcome=plan\ng core_group.held 2026-01-06":     "",
		"s strategy_discussion.held 2026-01-05 s47=true":                        "",
		"m missing.ended 2026-01-05":                                            "",
		"n case_note.recorded 2026-01-05":                                       "n",
		"b person.born 2016-01-05":                                              "",
		"h home.opened 2016-01-05":                                              "",
	} {
		got := ""
		if e := book.Unopened(tell(t, script), instant(t, "2026-12-31")); e != nil {
			got = e.ID
		}
		if got != want {
			t.Errorf("%s\n\tnothing has opened %q, want %q", script, got, want)
		}
	}
	if book.Unopened([]casework.Event{}, instant(t, "2026-12-31")) != nil {
		t.Error("something in an empty case")
	}
}

func TestADeathThatIsProbablyDatedTooEarlyIsDoubted(t *testing.T) {
	t.Parallel()
	const dated = "d: the child died on Mon 5 Jan 2026, and "
	for script, want := range map[string]string{ // "" where nothing is doubted
		"r referral.received 2026-01-05\nd person.died 2026-01-05":                                        "",
		"d person.died 2026-01-05\nr referral.received 2026-01-06":                                        dated + "1 event is dated after that day: it does not count",
		"d person.died 2026-01-05\nr referral.received 2026-01-06\nv cp_visit.made 2026-02-06":            dated + "2 events are dated after that day",
		"p cp_plan.started 2026-01-01\nd person.died 2026-01-05\nc case.closed 2026-01-09":                "", // what follows a death
		"p cp_plan.started 2026-01-01\nd person.died 2026-01-05\ne cp_plan.ended 2026-01-09":              "",
		"d person.died 2026-01-05\nw worker.allocated 2026-01-09 worker=W1":                               "", // it only marks the case
		"d0 person.died 2025-01-05\nd person.died 2026-01-05 corrects=d0\nr referral.received 2026-03-02": dated + "1 event",
		"d person.died 2026-01-05\nx - - voids=d rec=2026-02-01\nr referral.received 2026-03-02":          "",
		"b person.born 2026-01-05\nd person.died 2026-01-05":                                              "",
		"b person.born 2026-01-06\nd person.died 2026-01-05":                                              "d: the child died before the day of birth",
	} {
		var got []string
		for _, d := range book.DoubtfulDeaths(tell(t, script), instant(t, "2026-12-31")) {
			got = append(got, d.Death.ID+": "+d.Why)
		}
		if len(got) > 1 || want == "" && len(got) > 0 || !strings.Contains(strings.Join(got, ""), want) {
			t.Errorf("%s\n\tis doubted for %q, want %q", script, got, want)
		}
	}
}
