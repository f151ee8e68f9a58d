package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"longstop/casework"
)

// whatCameToNothing lists the events that changed nothing, with the reasons.
func whatCameToNothing(plan *casework.Plan) string {
	var lines []string
	for _, n := range plan.NotCounted {
		if n.Nowhere {
			lines = append(lines, strings.TrimPrefix(fmt.Sprintf("%s %s: %s", n.Ref, n.Entry, n.Why), " "))
		}
	}
	return strings.Join(lines, "\n")
}

func TestWhatCameToNothingIsListedWithTheReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, events, want string }{
		{
			"an episode that nobody opened",
			`r referral.received 2026-01-05 ep=R1
			a assessment.completed 2026-01-20 ep=R9
			v cp_visit.made 2026-01-21 ep=R9 seen=true
			c case.closed 2026-01-22 ep=R9`,
			`AS-01 a: no referral or plan with the id R9 had been opened
			v: no referral or plan with the id R9 had been opened
			c: no referral or plan with the id R9 had been opened`,
		},
		{
			"what opens something for a child who had turned 18, by a birth that may be mistyped",
			`b person.born 2006-02-28
			p cp_plan.started 2026-03-02
			l looked_after.started 2026-03-03`,
			`p: the child had turned 18, on Wed 28 Feb 2024: it starts no timescale
			l: the child had turned 18, on Wed 28 Feb 2024: it starts no timescale`,
		},
		{
			"an episode that was closed, and closed again",
			`r referral.received 2026-01-05 ep=R1
			c case.closed 2026-01-20 ep=R1
			a assessment.completed 2026-01-21 ep=R1
			d case.closed 2026-01-22 ep=R1`,
			`AS-01 a: R1 had been closed, on Tue 20 Jan 2026
			d: R1 had been closed already, on Tue 20 Jan 2026`,
		},
		{
			"a visit after the plan has ended, one before there was any, and one after the case was closed",
			`u cp_visit.made 2026-01-02 seen=true
			p cp_plan.started 2026-01-05
			e cp_plan.ended 2026-03-03
			v cp_visit.made 2026-03-04 seen=true
			l looked_after.started 2026-03-05
			m placement.started 2026-03-05
			c case.closed 2026-03-09
			w lac_visit.made 2026-03-10 seen=true`,
			`CP-10 u: nothing was open that it could be for: "Child protection visit" had not started
			CP-10 v: nothing was open that it could be for: "Child protection visit" ended on Tue 3 Mar 2026 (cp_plan.ended e)
			LA-14 w: nothing was open that it could be for: "First visit in a placement" ended on Mon 9 Mar 2026 (case.closed c)`,
		},
		{
			"what was done already",
			`r referral.received 2026-01-05
			d referral.decided 2026-01-05 outcome=assessment
			a assessment.completed 2026-01-20
			b assessment.completed 2026-01-22`,
			`AS-01 b: nothing was open that it could be for: "Assessment of a child in need" had been done on Tue 20 Jan 2026 (assessment.completed a)`,
		},
		{
			"a start while the clock runs, and an opening of what is open",
			`s strategy_discussion.held 2026-01-05 s47=true
			t strategy_discussion.held 2026-01-12 s47=true
			l looked_after.started 2026-01-13
			m looked_after.started 2026-01-20 legal_status=C2`,
			`CP-03 t: "Initial child protection conference" was running already, since Mon 5 Jan 2026, and does not start again
			m: what it opens was open already, since Tue 13 Jan 2026 (looked_after.started l)`,
		},
		{
			"an end of what is not open, and of what has ended",
			`e cp_plan.ended 2026-01-05
			p cp_plan.started 2026-01-06
			f cp_plan.ended 2026-01-20
			g cp_plan.ended 2026-01-21
			n icpc.not_required 2026-01-22
			x case.closed 2026-01-23
			y case.closed 2026-01-24`,
			`e: nothing was open that it ends
			g: what it ends had ended, on Tue 20 Jan 2026 (cp_plan.ended f)
			CP-03 n: nothing was open that it ends: "Initial child protection conference" was not running
			y: nothing of the case was open`,
		},
		{
			"what came after a death, a closing too, but not what only speaks of the case",
			`l looked_after.started 2026-01-05
			d person.died 2026-02-02
			v lac_visit.made 2026-02-03 seen=true
			r referral.received 2026-03-02
			w worker.allocated 2026-03-02 worker=W1
			s source.attached 2026-03-02 name=x reports=[lac_visit.made]
			c case.closed 2026-03-03`,
			`v: the child had died, on Mon 2 Feb 2026: nothing starts after that day
			r: the child had died, on Mon 2 Feb 2026: nothing starts after that day
			c: the child had died, on Mon 2 Feb 2026: nothing starts after that day`,
		},
		{
			"a referral of somebody who is 18",
			`b person.born 2008-01-05 rec=2026-02-02
			r referral.received 2026-02-02 rec=2026-02-02T10:00:00Z`,
			`AS-01 r: the child had turned 18, on Mon 5 Jan 2026`,
		},
		{
			"a visit that does not count comes to nothing, and says why by itself",
			`p cp_plan.started 2026-01-05
			v cp_visit.made 2026-01-12 seen=false
			w cp_visit.made 2026-01-13`,
			`CP-10 v: the child was not seen
			CP-10 w: it does not say that the child was seen`,
		},
		{
			"an attempt counts where it is counted for something else; a core group that meets one of two counts",
			`i icpc.held 2026-01-05 outcome=plan
			p cp_plan.started 2026-01-05
			g core_group.held 2026-01-12
			h core_group.held 2026-01-19`,
			``,
		},
		{
			"what by its nature touches nothing is not listed",
			`s strategy_discussion.held 2026-01-05
			a assessment.started 2026-01-05
			f family.linked 2026-01-05 family=F1`,
			``,
		},
		{
			"of another episode than what is open",
			`r referral.received 2026-01-05 ep=R1
			q referral.received 2026-01-06 ep=R2
			p cp_plan.started 2026-01-06 ep=R1
			v cp_visit.made 2026-01-12 ep=R2 seen=true`,
			`CP-10 v: "Child protection visit" was open for R1, and this is of R2`,
		},
		{
			"of another episode than what had ended: that was not open, and nothing of this one had started",
			`r referral.received 2026-01-05 ep=R1
			q referral.received 2026-01-06 ep=R2
			p cp_plan.started 2026-01-06 ep=R2
			e cp_plan.ended 2026-01-20 ep=R2
			v cp_visit.made 2026-01-27 ep=R1 seen=true`,
			`CP-10 v: nothing was open that it could be for: "Child protection visit" had not started`,
		},
		{
			"on the day on which its episode was opened, which says nothing of it",
			`r referral.received 2026-01-05 ep=R1
			v cp_visit.made 2026-01-05 ep=R1 seen=true`,
			`CP-10 v: nothing was open that it could be for: "Child protection visit" had not started`,
		},
		{
			"an episode that was opened and closed on one day, whichever has the lesser id",
			`r referral.received 2026-01-20 ep=R1
			c case.closed 2026-01-20 ep=R1
			q referral.received 2026-01-20 ep=R2
			x case.closed 2026-01-20 ep=R2
			v cp_visit.made 2026-01-21 ep=R1 seen=true
			w cp_visit.made 2026-01-21 ep=R2 seen=true`,
			`v: R1 had been closed, on Tue 20 Jan 2026
			w: R2 had been closed, on Tue 20 Jan 2026`,
		},
		{
			"an episode that was closed and opened again on one day had not been closed; another had",
			`r referral.received 2026-01-05 ep=R1
			s referral.received 2026-01-05 ep=R2
			c case.closed 2026-01-20
			q referral.received 2026-01-20 ep=R1
			v cp_visit.made 2026-01-21 ep=R1 seen=true
			w cp_visit.made 2026-01-21 ep=R2 seen=true`,
			`CP-10 v: nothing was open that it could be for: "Child protection visit" had not started
			w: R2 had been closed, on Tue 20 Jan 2026`,
		},
		{
			"nor where the closing has its id",
			`r referral.received 2026-01-05 ep=R1
			c case.closed 2026-01-20 ep=R1
			q referral.received 2026-01-20 ep=R1
			v cp_visit.made 2026-01-21 ep=R1 seen=true`,
			`CP-10 v: nothing was open that it could be for: "Child protection visit" had not started`,
		},
		{
			"nor where the hours give the order; but closed again in the evening it had been closed",
			`r referral.received 2026-01-05 ep=R1
			c case.closed 2026-01-20T09:00:00Z ep=R1
			q referral.received 2026-01-20T12:00:00Z ep=R1
			v cp_visit.made 2026-01-21 ep=R1 seen=true
			d case.closed 2026-01-22T09:00:00Z ep=R1
			e referral.received 2026-01-22T12:00:00Z ep=R1
			f case.closed 2026-01-22T18:00:00Z ep=R1
			w cp_visit.made 2026-01-23 ep=R1 seen=true`,
			`CP-10 v: nothing was open that it could be for: "Child protection visit" had not started
			w: R1 had been closed, on Thu 22 Jan 2026`,
		},
		{
			"a case that was closed and opened again on one day is open to be closed",
			`r referral.received 2026-01-05
			c case.closed 2026-01-20
			o case.opened 2026-01-20
			d case.closed 2026-01-22
			e case.closed 2026-01-23`,
			`e: nothing of the case was open`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			same(t, c.want, whatCameToNothing(book.Fold(accepted(t, c.events), casework.Moment{AsOf: instant(t, "2026-06-30")})))
		})
	}
}

// What came to nothing can be left out, and no duty is another. The order within a day is where
// that has its bound: there an event whose hour is not known, or that would open something again,
// can turn what another of the day does (rules.md, section 3, "Order"), and any work at all shows
// that a case was open before it was closed and opened again.
func TestWhatCameToNothingChangesNoDutyWhenItIsLeftOut(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, _ := k.book.Accept(k.randomCase(t))
		m := randomMoment(t)
		with := k.book.Fold(events, m)
		for _, n := range with.NotCounted {
			if !n.Nowhere || changedOrShared(events, n) || closedAndOpened(events) {
				continue
			}
			without := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool { return e.ID == n.Entry })
			if a, b := dutyLines(with), k.foldLines(without, m); a != b {
				t.Fatalf("%s (%s) came to nothing: %s; with it:\n%s\nwithout it:\n%s", n.Entry, n.Type, n.Why, a, b)
			}
		}
	})
}

// changedOrShared reports whether an event was corrected or voided, or something else happened, or
// was at some time recorded to have happened, on its day.
func changedOrShared(events []casework.Event, n casework.NotCounted) bool {
	return slices.ContainsFunc(events, func(e casework.Event) bool {
		return e.Corrects == n.Entry || e.Voids == n.Entry || e.ID != n.Entry && e.At.Day == n.At.Day
	})
}

// closedAndOpened reports whether the case is closed on a day on which it opens.
func closedAndOpened(events []casework.Event) bool {
	return slices.ContainsFunc(events, func(c casework.Event) bool {
		return c.Type == "case.closed" && slices.ContainsFunc(events, func(o casework.Event) bool {
			return o.At.Day == c.At.Day && (o.Type == "referral.received" || o.Type == "case.opened")
		})
	})
}

// Events of these types do nothing but meet the duties of timescales, start the next, or end one:
// so each is named by a duty, or it did not count.
func TestWhatNoDutyNamesDidNotCount(t *testing.T) {
	t.Parallel()
	types := []string{"cp_visit.made", "cin_visit.made", "assessment.completed", "icpc.not_required", "return_interview.completed"}
	rapid.Check(t, func(t *rapid.T) {
		events, _ := book.Accept(randomCase(t))
		m := randomMoment(t)
		plan := book.Fold(events, m)
		named, listed := map[string]bool{}, map[string]bool{}
		for _, d := range plan.Duties {
			named[d.Entry], named[d.MetBy], named[d.EndedBy] = true, true, true
		}
		for _, n := range plan.NotCounted {
			if n.Nowhere {
				listed[n.Entry] = true
			}
		}
		for _, e := range events {
			seen := e.At.Start().Compare(m.AsOf) <= 0 && (m.KnownAt.IsZero() || !e.Recorded.After(m.KnownAt))
			changed := slices.ContainsFunc(events, func(o casework.Event) bool { return o.Corrects == e.ID || o.Voids == e.ID })
			if !slices.Contains(types, e.Type) || e.Corrects != "" || changed || !seen {
				continue
			}
			if named[e.ID] == listed[e.ID] {
				t.Fatalf("%s (%s): named by a duty %t, listed %t\n%s", e.ID, e.Type, named[e.ID], listed[e.ID], dutyLines(plan))
			}
		}
	})
}

// The expected date of birth moved what had been owed before the birthday, though it came after it.
func TestWhatADateCountsFromIsNotSaidToHaveStartedNoClock(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, everything, `
		b person.born 2026-01-01 date=2008-01-01
		x person.expected 2026-01-01
		y person.expected 2026-01-02 date=2026-06-01`)
	plan := everything.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-05")})
	if d := plan.Duty("PB-01:x"); d == nil || d.DueText() == "" {
		t.Fatalf("it has no date: %+v", d)
	}
	for _, n := range plan.NotCounted {
		if n.Entry == "y" && n.Nowhere {
			t.Errorf("y came to nothing: %s", n.Why)
		}
	}
}

// Twins: rules.md, section 3.
func TestTwins(t *testing.T) {
	t.Parallel()
	runFoldCases(t, twinCases)
}

var twinCases = []foldCase{
	{
		name: "twin core groups count once; the first meeting of the plan and the next are of one day",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			g2 core_group.held 2026-01-12 rec=2026-01-13T10:00:00Z
			g1 core_group.held 2026-01-12 rec=2026-01-14T10:00:00Z`,
		asOf: "2026-01-14", refs: []string{"CP-08", "CP-09"},
		want: `
			CP-08:i1 2026-01-05 2026-01-19 met met=2026-01-12 recorded_late=1
			CP-09:g2 2026-01-12 2026-02-23 running local`,
	},
	{
		name: "on the day of a year in placement twins meet one duty and open one of the next kind",
		events: `
			m1 placement.started 2025-01-06
			v1 lac_visit.made 2025-12-30 seen=true
			v2 lac_visit.made 2026-01-06 seen=true
			v3 lac_visit.made 2026-01-06 seen=true`,
		asOf: "2026-01-06", refs: []string{"LA-15", "LA-16"},
		want: `
			LA-15:v1 2025-12-30 2026-02-10 met met=2026-01-06
			LA-16:v2 2026-01-06 2026-02-17 running`,
	},
	{
		name: "the meeting and a review of the same day are of two types, and no twins",
		events: `
			p1 pre_proceedings.started 2026-01-05
			m1 pre_proceedings_meeting.held 2026-01-19
			r1 pre_proceedings_review.held 2026-01-19
			r2 pre_proceedings_review.held 2026-01-19`,
		asOf: "2026-01-19", refs: []string{"PL-04"},
		want: `
			PL-04:m1 2026-01-19 2026-03-02 met met=2026-01-19
			PL-04:r1 2026-01-19 2026-03-02 running`,
	},
	{
		name: "visits of one day in two episodes are no twins",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			p2 cp_plan.started 2026-01-05 ep=P2
			v1 cp_visit.made 2026-01-20 seen=true ep=P1
			v2 cp_visit.made 2026-01-20 seen=true ep=P2`,
		asOf: "2026-01-20", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met ep=P1 met=2026-01-20 local
			CP-10:p2 2026-01-05 2026-02-05 met ep=P2 met=2026-01-20 local
			CP-10:v1 2026-01-20 2026-02-20 running ep=P1 local
			CP-10:v2 2026-01-20 2026-02-20 running ep=P2 local`,
	},
	{
		name: "a visit without an episode is a twin of one whose duty it touches",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			v1 cp_visit.made 2026-01-20 seen=true ep=P1
			v2 cp_visit.made 2026-01-20 seen=true`,
		asOf: "2026-01-20", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met ep=P1 met=2026-01-20 local
			CP-10:v1 2026-01-20 2026-02-20 running ep=P1 local`,
	},
	{
		name: "of three twins one counts, whatever the hour they were made at",
		events: `
			p1 cp_plan.started 2026-01-05
			v3 cp_visit.made 2026-01-20T17:00:00Z seen=true rec=2026-01-20T18:00:00Z
			v1 cp_visit.made 2026-01-20T09:00:00Z seen=true rec=2026-01-20T19:00:00Z
			v2 cp_visit.made 2026-01-20 seen=true rec=2026-01-21T09:00:00Z`,
		asOf: "2026-01-21", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-20 local
			CP-10:v3 2026-01-20 2026-02-20 running local`,
	},
	{
		name: "when the first of two twins is voided the other counts",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-20 seen=true rec=2026-01-20T18:00:00Z
			v2 cp_visit.made 2026-01-20 seen=true rec=2026-01-20T19:00:00Z
			x1 - 2026-01-22 voids=v1`,
		asOf: "2026-01-22", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-20 local
			CP-10:v2 2026-01-20 2026-02-20 running local`,
	},
	{
		name: "an unseen visit recorded first is no twin of a seen one",
		events: `
			m1 placement.started 2026-01-05
			v1 lac_visit.made 2026-01-09 seen=false rec=2026-01-09T09:00:00Z
			v2 lac_visit.made 2026-01-09 seen=true rec=2026-01-12T09:00:00Z`,
		asOf: "2026-01-12", refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-09 recorded_late=3
			LA-15:v2 2026-01-09 2026-02-20 running`,
	},
	{
		name: "a visit meets every running visit duty of its scope",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			v1 lac_visit.made 2026-01-08 seen=true
			m2 placement.started 2026-01-12
			v2 lac_visit.made 2026-01-15 seen=true
			p1 cp_plan.started 2026-01-05`,
		asOf: "2026-01-15", refs: []string{"LA-14", "LA-15", "CP-10"}, // a visit of another kind is another scope
		want: `
			CP-10:p1 2026-01-05 2026-02-05 running local
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-08
			LA-14:m2 2026-01-12 2026-01-19 met met=2026-01-15
			LA-15:v1 2026-01-08 2026-02-19 ended ended=2026-01-12
			LA-15:v2 2026-01-15 2026-02-26 running`,
	},
}

// What does not count is kept and shown.
func TestWhatDoesNotCountIsShownWithTheReason(t *testing.T) {
	t.Parallel()
	plan := book.Fold(accepted(t, `
		p1 cp_plan.started 2026-01-05
		v1 cp_visit.made 2026-01-20 seen=true
		v2 cp_visit.made 2026-01-20 seen=true
		v3 cp_visit.made 2026-01-27 seen=false
		v4 cp_visit.made 2026-01-28
		i1 icpc.held 2026-01-05 outcome=plan
		r1 referral.received 2026-01-05
		d1 referral.decided 2026-01-05 outcome=assessment
		h1 health_assessment.completed 2026-01-06
		l1 looked_after.started 2026-01-05`), casework.Moment{AsOf: instant(t, "2026-02-01")})
	var got []string
	for _, n := range plan.NotCounted {
		got = append(got, fmt.Sprintf("%s %s %s %s: %s", n.Ref, n.Entry, n.Type, n.At, n.Why))
	}
	same(t, `
		CP-10 v2 cp_visit.made 2026-01-20: another of the same day was counted
		CP-10 v3 cp_visit.made 2026-01-27: the child was not seen
		CP-10 v4 cp_visit.made 2026-01-28: it does not say that the child was seen
		LA-23 h1 health_assessment.completed 2026-01-06: what it records does not meet this timescale`,
		strings.Join(got, "\n"))
}
