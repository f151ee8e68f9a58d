package main

import (
	"strings"
	"testing"
)

// afterThePlan is a case with a visit that came too late, an attempt, and an event of an episode
// that nobody opened.
const afterThePlan = `{"id":"p","case":"C1","type":"cp_plan.started","at":"2026-02-02"}
{"id":"u","case":"C1","type":"cp_visit.made","at":"2026-02-16","data":{"seen":false}}
{"id":"q","case":"C1","type":"cp_plan.ended","at":"2026-03-03"}
{"id":"v","case":"C1","type":"cp_visit.made","at":"2026-03-04","data":{"seen":true}}
{"id":"a","case":"C1","type":"assessment.completed","at":"2026-03-05","episode":"R9"}
`

func TestAPlanListsWhatDidNotCountWithTheReason(t *testing.T) {
	t.Parallel()
	r := cli(t, nil, afterThePlan, "plan", "--events", "-", "--as-of", "2026-03-31")
	if r.code != exitDone || r.err != "" {
		t.Fatalf("exit %d: %s", r.code, r.err)
	}
	for _, want := range []string{
		"Did not count\n",
		"cp_visit.made (u) on 2026-02-16, for CP-10: the child was not seen\n",
		`cp_visit.made (v) on 2026-03-04, for CP-10: nothing was open that it could be for: "Child protection visit" ended on Tue 3 Mar 2026 (cp_plan.ended q)`,
		"assessment.completed (a) on 2026-03-05: no referral or plan with the id R9 had been opened\n",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("missing %q in\n%s", want, r.out)
		}
	}
}

// A pipe of duties stays one: what did not count comes into it only where it is asked for.
func TestAPlanAsJSONSaysHowMuchCameToNothingAndListsItWhenAsked(t *testing.T) {
	t.Parallel()
	args := []string{"plan", "--events", "-", "--as-of", "2026-03-31", "--json"}
	r := cli(t, nil, afterThePlan, args...)
	if n := strings.Count(r.out, "\n"); n != strings.Count(r.out, `"duty":`) || n != 2 { // CP-10 and CP-13
		t.Errorf("%d lines:\n%s", n, r.out)
	}
	if want := "warning: 2 events did not count: --not-counted lists them with the reasons\n"; r.err != want {
		t.Errorf("said %q, want %q", r.err, want)
	}
	all := cli(t, nil, afterThePlan, append(args, "--not-counted")...)
	want := r.out + `{"case":"C1","did_not_count":"u","type":"cp_visit.made","at":"2026-02-16","ref":"CP-10","nowhere":true,"why":"the child was not seen"}
{"case":"C1","did_not_count":"v","type":"cp_visit.made","at":"2026-03-04","ref":"CP-10","for_duty":"CP-10:p","nowhere":true,"why":"nothing was open that it could be for: \"Child protection visit\" ended on Tue 3 Mar 2026 (cp_plan.ended q)"}
{"case":"C1","did_not_count":"a","type":"assessment.completed","at":"2026-03-05","nowhere":true,"why":"no referral or plan with the id R9 had been opened"}
`
	if all.out != want || all.err != "" {
		t.Errorf("got\n%s\nwant\n%s\nsaid %q", all.out, want, all.err)
	}
}

func TestAnExplanationSaysWhatCameTooLateForItsDuty(t *testing.T) {
	t.Parallel()
	r := cli(t, nil, afterThePlan, "explain", "--events", "-", "C1", "CP-10", "--as-of", "2026-03-31")
	for _, want := range []string{
		"cp_visit.made on Mon 16 Feb 2026 (u) did not count: the child was not seen.",
		"cp_visit.made on Wed 4 Mar 2026 (v) did not count: nothing was open that it could be for",
	} {
		if !strings.Contains(strings.Join(strings.Fields(r.out), " "), want) {
			t.Errorf("missing %q in\n%s%s", want, r.out, r.err)
		}
	}
}

// record says at once, by line, of what nothing came.
func TestRecordingWarnsOfWhatCameToNothing(t *testing.T) {
	env := onRecord(t)
	r := cli(t, env, afterThePlan, "record", "-")
	for _, want := range []string{
		"warning: v: recorded, but it did not count: nothing was open that it could be for",
		"warning: a: recorded, but it did not count: no referral or plan with the id R9 had been opened",
	} {
		if !strings.Contains(r.err, want) {
			t.Errorf("missing %q in\n%s", want, r.err)
		}
	}
	if strings.Contains(r.err, "warning: u:") { // it says itself that it was an attempt
		t.Errorf("warned of an attempt:\n%s", r.err)
	}
	if !strings.Contains(r.out, "5 events recorded") {
		t.Errorf("not recorded:\n%s", r.out)
	}
}

// An offset that no place has is refused wherever an instant is read, with the place.
func TestAnOffsetThatNoPlaceHasIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	const sound = `{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}` + "\n"
	const why = "ends with an offset from UTC that no place has: they run from -12:00 to +14:00"
	for _, c := range []struct {
		name, events, asOf, want string
	}{
		{"in a file", sound + `{"id":"e2","case":"C1","type":"assessment.started","at":"2026-01-06T10:00:00+15:00"}` + "\n", "2026-03-31", "e2: at: "},
		{"of a recording", sound + `{"id":"e2","case":"C1","type":"assessment.started","at":"2026-01-06","recorded":"2026-01-06T10:00:00-13:00"}` + "\n", "2026-03-31", "e2: recorded: "},
		{"on the command line", sound, "2026-03-31T10:00:00+23:59", "--as-of"},
	} {
		r := cli(t, nil, c.events, "plan", "--events", "-", "--as-of", c.asOf)
		if said := r.out + r.err; r.code == exitDone || !strings.Contains(said, why) || !strings.Contains(said, c.want) {
			t.Errorf("%s: exit code %d, %s", c.name, r.code, said)
		}
	}
}
