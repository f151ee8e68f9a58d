package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

func TestAnExplanationSaysWhoCorrectedAnEventAndWhy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, correction, want string }{
		{"who and why", "c cp_visit.made 2026-08-12 seen=true correction_reason=diary corrects=v rec=2026-08-20", " was corrected by W01 because: “diary”. It was: on Mon 10 Aug 2026;"},
		{"why, as a return says it", "c cp_visit.made 2026-08-12 seen=true reason=return corrects=v rec=2026-08-20", " was corrected because: “return”. It was: on Mon 10 Aug 2026;"},
		{"neither", "c cp_visit.made 2026-08-12 seen=true corrects=v rec=2026-08-20", " was corrected. It was: on Mon 10 Aug 2026; it became: on Wed 12 Aug 2026."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, "p cp_plan.started 2026-08-03\nv cp_visit.made 2026-08-10 seen=true\n"+tc.correction)
			if strings.Contains(tc.want, " by ") {
				events[len(events)-1].By = "W01"
			}
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-09-20").End()})
			x := book.Explain(plan, "CP-10:p", events, nil)
			if len(x.Changes) != 1 || !strings.Contains(x.Changes[0].Text, tc.want) {
				t.Errorf("changes %+v, of which one should hold %q", x.Changes, tc.want)
			}
			if !strings.Contains(x.MetBy, "(v), as corrected on Thu 20 Aug 2026") {
				t.Errorf("met by %q", x.MetBy)
			}
		})
	}
}

func TestAnExplanationAsksForTheDateThatAnOrderMayName(t *testing.T) {
	t.Parallel()
	const asks = "The event that started it does not say “until”. Where it does, that date is the one that counts"
	for _, tc := range []struct {
		name, events, duty string
		asks               bool
	}{
		{"an order without its end", "e epo.granted 2026-11-02", "EM-02:e", true},
		{"an order with it", "e epo.granted 2026-11-02 until=2026-11-09", "EM-02:e", false},
		{"a supervision order without it", "e supervision_order.made 2026-11-02", "CT-10:e", true},
		{"what has no such date", "e police_protection.started 2026-11-02", "EM-01:e", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, tc.events)
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-11-03").End()})
			remarks := strings.Join(book.Explain(plan, tc.duty, events, nil).Remarks, "\n")
			if strings.Contains(remarks, asks) != tc.asks {
				t.Errorf("asks for it %t: %s", tc.asks, remarks)
			}
		})
	}
}

func TestAnExplanationOfAFileSaysThatTheRuleWasCorrected(t *testing.T) {
	t.Parallel()
	const corrected = "The rule was corrected on Sun 29 Nov 2026: until then it counted from the day on which the incident was known"
	for _, tc := range []struct {
		notified string
		says     bool
	}{{"2026-11-28", true}, {"2026-11-29", false}} {
		events := acceptedBy(t, book, "n serious_incident.notified "+tc.notified)
		plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-12-01").End()})
		remarks := strings.Join(book.Explain(plan, "SI-02:n", events, nil).Remarks, "\n")
		if strings.Contains(remarks, corrected) != tc.says {
			t.Errorf("notified on %s, it says that the rule was corrected %t: %s", tc.notified, tc.says, remarks)
		}
	}
}

// What was put right of placements for adoption is nothing to a child who never had one.
func TestACorrectionOfAPeriodIsToldOnlyWhereTheCaseHadThePeriod(t *testing.T) {
	t.Parallel()
	const corrected = "a placement for adoption was taken to last after it had broken down"
	const visits = "p placement.started 2025-03-03\nv lac_visit.made 2025-03-07 seen=true\n"
	for _, tc := range []struct {
		name, events string
		says         bool
	}{
		{"never placed for adoption", visits, false},
		{"placed for adoption before", "a adoption.placed 2024-03-04\nd adoption.disrupted 2024-05-20\n" + visits, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, tc.events)
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2025-03-10").End()})
			remarks := strings.Join(book.Explain(plan, "LA-15:v", events, nil).Remarks, "\n")
			if strings.Contains(remarks, corrected) != tc.says {
				t.Errorf("tells of it %t: %s", tc.says, remarks)
			}
		})
	}
}

// Born on 29 February 2012, the child is 16 on 29 February 2028. On 3 March the birth is corrected to 29
// March: what ran goes, and on that day starts again, due three months later.
func TestADutyThatABirthdayBringsBackIsNotSaidToBeNoLongerOwed(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, book, `
		b person.born 2012-02-29 date=2012-02-29 rec=2027-01-05
		l looked_after.started 2027-01-04 rec=2027-01-05
		c person.born 2012-03-29 date=2012-03-29 corrects=b rec=2028-03-03`)
	plan := book.Fold(events, casework.Moment{AsOf: day(t, "2028-05-05").End()})
	x := book.Explain(plan, "LC-01B:l.16", events, nil)
	const want = " From then on this was not owed; due was Mon 29 May 2028." +
		" It came to be owed again, with its start on Wed 29 Mar 2028; due is Thu 29 Jun 2028."
	if len(x.Changes) != 1 || !strings.HasSuffix(x.Changes[0].Text, want) {
		t.Errorf("changes %+v, of which the one should end %q", x.Changes, want)
	}
}
