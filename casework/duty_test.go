package casework_test

import (
	"encoding/json"
	"strings"
	"testing"

	"longstop/api"
	"longstop/casework"
)

// A duty as machines read it: what does not apply, and what is false, is left out.
func TestARowHoldsWhatApplies(t *testing.T) {
	t.Parallel()
	events := accepted(t, `
		p1 cp_plan.started 2026-01-05 ep=P1
		v1 cp_visit.made 2026-02-06 seen=true ep=P1 rec=2026-02-09T10:00:00Z
		m1 missing.ended 2026-06-01T20:00:00Z
		d1 return_interview.declined 2026-06-05T09:30:00Z
		m2 missing.ended 2026-06-08T20:00:00Z
		i2 return_interview.completed 2026-06-11T18:00:00Z
		l1 looked_after.started 2026-06-01
		h1 health_assessment.completed 2026-06-02 initial=true`)
	plan := book.Fold(events, casework.Moment{AsOf: instant(t, "2026-06-12")})
	var lines []string
	for _, id := range []string{"CP-10:p1", "CP-10:v1", "MI-01:m1", "MI-01:m2", "LA-24:h1", "CP-13:p1"} {
		text, err := json.Marshal(api.PlannedDutyOf(plan.Duty(id).Row(plan.AsOf)))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(text))
	}
	same(t, `
		{"case":"C1","duty":"CP-10:p1","ref":"CP-10","pathway":"ChildProtection","episode":"P1","started":"2026-01-05","due":"2026-02-05","local":true,"state":"met_late","met_on":"2026-02-06","late_days":1,"recorded_late_days":3}
		{"case":"C1","duty":"CP-10:v1","ref":"CP-10","pathway":"ChildProtection","episode":"P1","started":"2026-02-06","due":"2026-03-06","local":true,"state":"overdue","late_days":98}
		{"case":"C1","duty":"MI-01:m1","ref":"MI-01","pathway":"Missing","started":"2026-06-01T20:00:00Z","due":"2026-06-04T20:00:00Z","state":"ended","ended_on":"2026-06-05T09:30:00Z","late_days":1}
		{"case":"C1","duty":"MI-01:m2","ref":"MI-01","pathway":"Missing","started":"2026-06-08T20:00:00Z","due":"2026-06-11T20:00:00Z","state":"met","met_on":"2026-06-11T18:00:00Z"}
		{"case":"C1","duty":"LA-24:h1","ref":"LA-24","pathway":"LookedAfter","started":"2026-06-02","state":"waiting","waiting_for":"person.born"}
		{"case":"C1","duty":"CP-13:p1","ref":"CP-13","pathway":"ChildProtection","episode":"P1","started":"2026-01-05","state":"running"}`,
		strings.Join(lines, "\n"))
}

// What is inferred stands in for a date that a return does not hold: who measures
// timeliness must be able to leave it out.
func TestWhatIsMetByAnInferredEventIsMarked(t *testing.T) {
	t.Parallel()
	plan := book.Fold(accepted(t, `
		e1 referral.received 2026-01-05 ep=R1
		d1 referral.decided 2026-01-05 outcome=assessment inferred=true ep=R1
		e2 referral.received 2026-01-05 ep=R2
		d2 referral.decided 2026-01-05 outcome=assessment ep=R2`), casework.Moment{AsOf: instant(t, "2026-01-05")})
	if !plan.Duty("FD-01:e1").MetInferred || plan.Duty("FD-01:e2").MetInferred {
		t.Errorf("%+v", plan.Duties)
	}
	for id, want := range map[string]bool{"FD-01:e1": true, "FD-01:e2": false} {
		if row := plan.Duty(id).Row(plan.AsOf); row.Inferred != want {
			t.Errorf("%+v", row)
		}
	}
}

// An acknowledgement holds messages back and moves no date.
func TestAnAcknowledgementMovesNothing(t *testing.T) {
	t.Parallel()
	same(t, "CP-03:s1 2026-01-05 2026-01-26 overdue late=2",
		duties(t, enquiry+ack("k1", "2026-01-26", "2026-01-26T10:00:00Z", "2026-02-06"), "2026-01-28"))
}

func TestAPlanIsSortedByRefStartEpisodeDueAndDuty(t *testing.T) {
	t.Parallel()
	same(t, `
		FD-01:e9 2026-01-02 2026-01-05 overdue late=1
		FD-01:e1 2026-01-05 2026-01-06 due_today
		FD-01:e2 2026-01-05 2026-01-06 due_today
		FD-01:e5 2026-01-05 2026-01-06 due_today ep=R1
		FD-01:e4 2026-01-05 2026-01-06 due_today ep=R2`,
		duties(t, `
			e2 referral.received 2026-01-05
			e4 referral.received 2026-01-05 ep=R2
			e5 referral.received 2026-01-05 ep=R1
			e1 referral.received 2026-01-05
			e9 referral.received 2026-01-02`, "2026-01-06", "FD-01"))
}

// The council's own date next to that of law: 16 November, and 7 January by law. When it has
// passed is shown from 00:00 of the next day, so the pathway is looked at then.
func TestAPathwayIsLookedAtWhenTheCouncilsOwnDateHasPassed(t *testing.T) {
	t.Parallel()
	book := underOverlay(t, "- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n")
	events := accepted(t, "r referral.received 2026-11-02")
	at := instant(t, "2026-11-16T18:00:00Z")
	plan := book.Fold(events, casework.At(at))
	d := plan.Duty("AS-01:r")
	if d.PastLocal(at) || d.PastLaw(at) || d.PastLocal(d.LocalDue.End()) {
		t.Error("on its day nothing has passed")
	}
	next := instant(t, "2026-11-17T00:00:00Z")
	if !d.PastLocal(next) || d.PastLaw(next) || d.LocalWords() != "the council's own limit" {
		t.Error("the day after it has")
	}
	after := instant(t, "2027-01-08T00:00:00Z")
	if d.PastLocal(after) || !d.PastLaw(after) {
		t.Error("past the limit of law it is overdue")
	}
	if wake := book.Agenda(events, nil, at).Wakes["Assessment"]; !wake.At.Equal(next) {
		t.Errorf("it is looked at next at %s: %s", wake.At, wake.Why)
	}
}

func TestTheOpenDutiesOfAPathwayStandByTheirDatesAndTogetherInOneColour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, events, pathway, asOf, open, rag string }{
		{"nothing open", "", "Assessment", "2026-03-01T12:00:00Z", "", "green"},
		{"long before the reminders", "e1 referral.received 2026-03-02", "Assessment", "2026-03-03T12:00:00Z", "AS-01", "green"},
		{"from the day of the first reminder on", "e1 referral.received 2026-03-02", "Assessment", "2026-04-22T00:00:00+01:00", "AS-01", "amber"},
		{"the day before it", "e1 referral.received 2026-03-02", "Assessment", "2026-04-21T23:59:59+01:00", "AS-01", "green"},
		{"overdue", "e1 referral.received 2026-03-02", "Assessment", "2026-05-08T12:00:00Z", "AS-01", "red"},
		{"in hours, before half of them have passed", "p1 police_protection.started 2026-03-02T10:00:00Z", "EmergencyProtection", "2026-03-03T21:59:59Z", "EM-01", "green"},
		{"in hours, once half of them have passed", "p1 police_protection.started 2026-03-02T10:00:00Z", "EmergencyProtection", "2026-03-03T22:00:00Z", "EM-01", "amber"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := instant(t, c.asOf)
			open := book.FoldDuties(accepted(t, c.events), casework.At(now)).OpenIn(c.pathway)
			var refs []string
			for _, d := range open {
				refs = append(refs, d.Ref)
			}
			if got := strings.Join(refs, " "); got != c.open || string(book.Rag(open, now)) != c.rag {
				t.Errorf("open are %q, together %s", got, book.Rag(open, now))
			}
		})
	}
}

func TestOpenDutiesAreInOrderOfTheirDatesAndThoseWithoutOneAreLast(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-03T12:00:00Z")
	var got []string
	for _, d := range book.FoldDuties(accepted(t, "p1 cp_plan.started 2026-03-02"), casework.At(now)).OpenIn("ChildProtection") {
		got = append(got, strings.Join(strings.Fields(d.Ref+" "+d.DueText()+" "+d.InTimeUntil().Format("15:04:05")), " "))
	}
	same(t, `
		CP-10 2026-04-02 22:59:59
		CP-13 00:00:00`, strings.Join(got, "\n"))
}
