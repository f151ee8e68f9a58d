package casework_test

import (
	"testing"

	"longstop/casework"
)

// Corrections, voids and the two times: rules.md, section 3. A case is folded as of an
// instant with what was known at another; without it everything is known.
func TestTwoTimes(t *testing.T) {
	t.Parallel()
	for _, c := range twoTimesCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := casework.Moment{AsOf: instant(t, c.asOf)}
			if c.knownAt != "" {
				m.KnownAt = instant(t, c.knownAt)
			}
			same(t, c.want, dutyLines(book.Fold(accepted(t, c.events), m), c.refs...))
		})
	}
}

const lateVisit = `
	p1 cp_plan.started 2026-01-05 rec=2026-01-05T10:00:00Z
	v1 cp_visit.made 2026-02-03 seen=true rec=2026-02-10T10:00:00Z`

const correctedTwice = `
	e1 referral.received 2026-01-05 rec=2026-01-05T10:00:00Z
	c1 referral.received 2026-01-07 corrects=e1 rec=2026-01-12T10:00:00Z
	c2 referral.received 2026-01-06 corrects=c1 rec=2026-01-14T10:00:00Z
	c3 referral.received 2026-01-08 corrects=e1 rec=2026-01-13T10:00:00Z
	x1 - 2026-01-16 voids=c3 rec=2026-01-16T10:00:00Z`

var twoTimesCases = []struct {
	name, events, asOf, knownAt, want string
	refs                              []string
}{
	{
		name: "when a first load's history was recorded nobody knows, so nobody is said to have recorded it late",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-03-01T10:00:00Z backlog
			v1 cp_visit.made 2026-02-03 seen=true rec=2026-03-01T10:00:00Z backlog`,
		asOf: "2026-03-01", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-02-03 local
			CP-10:v1 2026-02-03 2026-03-03 running local`,
	},
	{
		name:   "what was recorded later is not seen: the duty is overdue as far as was known",
		events: lateVisit, asOf: "2026-02-09", knownAt: "2026-02-09", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 overdue late=4 local`,
	},
	{
		name:   "with everything known it was met in time, as of the same day",
		events: lateVisit, asOf: "2026-02-09", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-02-03 recorded_late=7 local
			CP-10:v1 2026-02-03 2026-03-03 running local`,
	},
	{
		name:   "what was recorded at the very instant is known",
		events: lateVisit, asOf: "2026-02-10T10:00:00Z", knownAt: "2026-02-10T10:00:00Z", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-02-03 recorded_late=7 local
			CP-10:v1 2026-02-03 2026-03-03 running local`,
	},
	{
		name:   "a second before, it is not",
		events: lateVisit, asOf: "2026-02-10T10:00:00Z", knownAt: "2026-02-10T09:59:59Z", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 overdue late=5 local`,
	},
	{
		name:   "what happens after as of is not seen, also where it is known by then",
		events: lateVisit, asOf: "2026-02-02", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 running local`,
	},
	{
		name: "as of an instant: what is known by its day alone is seen from its start, an instant from itself",
		events: `
			e1 referral.received 2026-01-05 ep=A
			e2 referral.received 2026-01-05T15:00:00Z ep=B
			e3 referral.received 2026-01-05T15:00:01Z ep=C`,
		asOf: "2026-01-05T15:00:00Z", refs: []string{"AS-01"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 running ep=A
			AS-01:e2 2026-01-05 2026-03-09 running ep=B`,
	},
	{
		name: "a correction is in effect from the moment it is recorded", events: correctedTwice,
		asOf: "2026-01-12", knownAt: "2026-01-12T09:59:59Z", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 running`,
	},
	{
		name: "the first correction", events: correctedTwice,
		asOf: "2026-01-12", knownAt: "2026-01-12", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-07 2026-03-11 running`,
	},
	{
		name: "of several corrections the last recorded stands, whichever event of the entry it names", events: correctedTwice,
		asOf: "2026-01-13", knownAt: "2026-01-13", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-08 2026-03-12 running`,
	},
	{
		name: "a correction of a correction", events: correctedTwice,
		asOf: "2026-01-14", knownAt: "2026-01-14", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-06 2026-03-10 running`,
	},
	{
		name: "a void of any event of the entry takes all of it back", events: correctedTwice,
		asOf: "2026-01-16", knownAt: "2026-01-16", refs: []string{"AS-01"}, want: ``,
	},
	{
		name: "with everything known it is taken back from the beginning", events: correctedTwice,
		asOf: "2026-01-12", refs: []string{"AS-01"}, want: ``,
	},
	{
		name: "a correction that moves an event past as of: it has not happened yet",
		events: `
			e1 referral.received 2026-01-05
			a1 assessment.completed 2026-01-20
			c1 assessment.completed 2026-02-20 corrects=a1 rec=2026-03-01T10:00:00Z`,
		asOf: "2026-01-31", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 running`,
	},
	{
		name: "as of that day, and as far as was known then, it had happened where it was first said to",
		events: `
			e1 referral.received 2026-01-05
			a1 assessment.completed 2026-01-20
			c1 assessment.completed 2026-02-20 corrects=a1 rec=2026-03-01T10:00:00Z`,
		asOf: "2026-01-31", knownAt: "2026-01-31", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 met met=2026-01-20`,
	},
	{
		name: "a correction replaces the whole event: its data, episode and type",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			v1 cp_visit.made 2026-01-20 seen=true ep=P1
			c1 cp_visit.made 2026-01-20 corrects=v1 rec=2026-01-21T10:00:00Z ep=P1
			v2 cp_visit.made 2026-01-22 seen=true ep=P1
			c2 cp_review.held 2026-01-22 corrects=v2 rec=2026-01-23T10:00:00Z ep=P1`,
		asOf: "2026-01-23", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 running ep=P1 local`,
	},
	{
		name: "a visit recorded between two others changes what each of them met",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-26 seen=true
			v3 cp_visit.made 2026-03-16 seen=true
			v2 cp_visit.made 2026-02-20 seen=true rec=2026-03-20T10:00:00Z`,
		asOf: "2026-03-20", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-26 local
			CP-10:v1 2026-01-26 2026-02-26 met met=2026-02-20 recorded_late=28 local
			CP-10:v2 2026-02-20 2026-03-20 met met=2026-03-16 local
			CP-10:v3 2026-03-16 2026-04-16 running local`,
	},
	{
		name: "how late counts in London dates: recorded half past eleven at night in UTC is the next day in summer",
		events: `
			e1 referral.received 2026-06-01
			a1 assessment.completed 2026-06-10 rec=2026-06-10T23:30:00Z`,
		asOf: "2026-06-30", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-06-01 2026-08-03 met met=2026-06-10 recorded_late=1`,
	},
	{
		name: "a start that is recorded late makes no meeting late: what happened decides",
		events: `
			a1 assessment.completed 2026-03-09
			e1 referral.received 2026-01-05 rec=2026-06-01T10:00:00Z`,
		asOf: "2026-06-01", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 met met=2026-03-09`,
	},
	{
		name: "an end that is voided opens the duty again",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			x1 icpc.not_required 2026-01-12
			y1 - 2026-01-19 voids=x1`,
		asOf: "2026-01-27",
		want: `CP-03:s1 2026-01-05 2026-01-26 overdue late=1`,
	},
	{
		name: "the edition goes by the day of the start as it stands now",
		events: `
			e1 referral.received 2010-03-16
			c1 referral.received 2010-03-17 corrects=e1 rec=2010-04-01T10:00:00Z`,
		asOf: "2010-03-18", refs: []string{"AS-H1"}, // 7 working days on the 16th, 10 on the 17th
		want: `AS-H1:e1 2010-03-17 2010-03-31 running provisional`,
	},
	{
		name: "a change that is recorded before what it changes waits for it",
		events: `
			c1 referral.received 2026-01-06 corrects=e1 rec=2026-01-06T10:00:00Z
			e1 referral.received 2026-01-05 rec=2026-01-08T10:00:00Z`,
		asOf: "2026-01-09", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-06 2026-03-10 running`,
	},
	{
		name: "and is of no effect before it",
		events: `
			c1 referral.received 2026-01-06 corrects=e1 rec=2026-01-06T10:00:00Z
			e1 referral.received 2026-01-05 rec=2026-01-08T10:00:00Z`,
		asOf: "2026-01-07", knownAt: "2026-01-07", refs: []string{"AS-01"}, want: ``,
	},
}
