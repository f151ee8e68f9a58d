package casework_test

import (
	"testing"

	"longstop/casework"
)

// What closes an episode, and what closes the case (rules.md, section 1).
func TestClosings(t *testing.T) {
	t.Parallel()
	runFoldCases(t, closingCases)
}

var closingCases = []foldCase{
	{
		name: "the closing of one referral leaves the clocks of another alone",
		events: `
			r1 referral.received 2025-12-01 ep=R1
			a1 assessment.completed 2026-01-20 ep=R1
			r2 referral.received 2026-02-12 ep=R2
			p cp_plan.started 2026-02-16 ep=R2
			c1 case.closed 2026-02-20 ep=R1`,
		asOf: "2026-02-20", refs: []string{"FD-01", "AS-01", "CP-10", "CP-13"},
		// 45 working days after 12 February: 12 in February, 22 in March, 2 in April up to Maundy
		// Thursday, and from Tuesday the 7th on 9 more.
		want: `
			AS-01:r1 2025-12-01 2026-02-05 met ep=R1 met=2026-01-20
			AS-01:r2 2026-02-12 2026-04-20 running ep=R2
			CP-10:p 2026-02-16 2026-03-16 running ep=R2 local
			CP-13:p 2026-02-16 - running ep=R2
			FD-01:r1 2025-12-01 2025-12-02 ended ep=R1 ended=2026-02-20 late=80
			FD-01:r2 2026-02-12 2026-02-13 overdue ep=R2 late=7`,
	},
	{
		name: "closed in the other order, the earlier goes on",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-12 ep=R2
			c2 case.closed 2026-01-20 ep=R2`,
		asOf: "2026-01-20", refs: []string{"AS-01"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 running ep=R1
			AS-01:r2 2026-01-12 2026-03-16 ended ep=R2 ended=2026-01-20`,
	},
	{
		name: "what carries no episode ends with the last open one, and not before",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-12 ep=R2
			l looked_after.started 2026-01-13
			s strategy_discussion.held 2026-01-14 s47=true
			c1 case.closed 2026-01-20 ep=R1
			c2 case.closed 2026-01-21 ep=R2`,
		asOf: "2026-01-21", refs: []string{"CP-03", "LA-06"},
		want: `
			CP-03:s 2026-01-14 2026-02-04 ended ended=2026-01-21
			LA-06:l 2026-01-13 2026-02-10 ended ended=2026-01-21`,
	},
	{
		name: "both closed on one day end it too",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-12 ep=R2
			l looked_after.started 2026-01-13
			c1 case.closed 2026-01-20 ep=R1
			c2 case.closed 2026-01-20 ep=R2`,
		asOf: "2026-01-20", refs: []string{"LA-06", "AS-01"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-20
			AS-01:r2 2026-01-12 2026-03-16 ended ep=R2 ended=2026-01-20
			LA-06:l 2026-01-13 2026-02-10 ended ended=2026-01-20`,
	},
	{
		name: "the only referral, closed with its id, ends what carries none",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			l looked_after.started 2026-01-13
			e police_protection.started 2026-01-20T09:00:00Z
			c1 case.closed 2026-01-20T15:00:00Z ep=R1`,
		asOf: "2026-01-20", refs: []string{"LA-06", "EM-01"},
		want: `
			EM-01:e 2026-01-20T09:00:00Z 2026-01-23T09:00:00Z ended ended=2026-01-20T15:00:00Z
			LA-06:l 2026-01-13 2026-02-10 ended ended=2026-01-20`,
	},
	{
		name: "a limit in hours of another episode goes on",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-19 ep=R2
			e police_protection.started 2026-01-20T09:00:00Z ep=R2
			f police_protection.started 2026-01-20T10:00:00Z ep=R1
			c1 case.closed 2026-01-20T15:00:00Z ep=R1`,
		asOf: "2026-01-20", refs: []string{"EM-01"},
		want: `
			EM-01:e 2026-01-20T09:00:00Z 2026-01-23T09:00:00Z running ep=R2
			EM-01:f 2026-01-20T10:00:00Z 2026-01-23T10:00:00Z ended ep=R1 ended=2026-01-20T15:00:00Z`,
	},
	{
		name: "a plan with an id of its own is not of the referral that is closed",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			p cp_plan.started 2026-01-13 ep=P1
			m missing.ended 2026-01-19T10:00:00Z
			c1 case.closed 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"CP-10", "MI-01"},
		want: `
			CP-10:p 2026-01-13 2026-02-13 running ep=P1 local
			MI-01:m 2026-01-19T10:00:00Z 2026-01-22T10:00:00Z running`,
	},
	{
		name: "and once the plan has ended its id holds nothing open",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			p cp_plan.started 2026-01-13 ep=P1
			q cp_plan.ended 2026-01-16 ep=P1
			l looked_after.started 2026-01-19
			c1 case.closed 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"LA-06"},
		want: `LA-06:l 2026-01-19 2026-02-16 ended ended=2026-01-20`,
	},
	{
		name: "also where it ends on the day of the closing",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			p cp_plan.started 2026-01-13 ep=P1
			q cp_plan.ended 2026-01-20 ep=P1
			l looked_after.started 2026-01-19
			c1 case.closed 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"LA-06"},
		want: `LA-06:l 2026-01-19 2026-02-16 ended ended=2026-01-20`,
	},
	{
		name: "a timescale of an id of its own holds nothing else open",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			m missing.ended 2026-01-19T10:00:00Z ep=M1
			l looked_after.started 2026-01-19
			c1 case.closed 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"LA-06", "MI-01"},
		want: `
			LA-06:l 2026-01-19 2026-02-16 ended ended=2026-01-20
			MI-01:m 2026-01-19T10:00:00Z 2026-01-22T10:00:00Z running ep=M1`,
	},
	{
		name: "care of one referral, with reviews of another, goes by the referral that opened it",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			l looked_after.started 2026-01-05 ep=R1
			pl placement.started 2026-01-05 ep=R1
			r2 referral.received 2026-01-12 ep=R2
			v lac_visit.made 2026-01-13 ep=R2 seen=true
			w lac_review.held 2026-01-14 ep=R2
			c2 case.closed 2026-01-20 ep=R2`,
		asOf: "2026-01-20", refs: []string{"LA-07", "LA-14", "LA-15"},
		// A child has one care at a time, so the review of the other id starts the next in it; a visit of
		// that id is none of this placement's.
		want: `
			LA-07:w 2026-01-14 2026-04-14 running ep=R2
			LA-14:pl 2026-01-05 2026-01-12 overdue ep=R1 late=8`,
	},
	{
		name: "and ends with it, with its placements, whatever episode those carry",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-05 ep=R2
			l looked_after.started 2026-01-05 ep=R1
			pl placement.started 2026-01-07 ep=R2
			w lac_review.held 2026-01-14 ep=R2
			c1 case.closed 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"LA-07", "LA-14"},
		want: `
			LA-07:w 2026-01-14 2026-04-14 ended ep=R2 ended=2026-01-20
			LA-14:pl 2026-01-07 2026-01-14 ended ep=R2 ended=2026-01-20 late=6`,
	},
	{
		name: "the end of care touches all, whatever the episode",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			l looked_after.started 2026-01-05 ep=R1
			x looked_after.ended 2026-01-20 ep=R2`,
		asOf: "2026-01-20", refs: []string{"LA-06"},
		want: `LA-06:l 2026-01-05 2026-02-02 ended ep=R1 ended=2026-01-20`,
	},
	{
		name: "a transfer with an episode ends everything",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-12 ep=R2
			x case.transferred 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"AS-01"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-20
			AS-01:r2 2026-01-12 2026-03-16 ended ep=R2 ended=2026-01-20`,
	},
	{
		name: "so does a closing without one",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-12 ep=R2
			x case.closed 2026-01-20`,
		asOf: "2026-01-20", refs: []string{"AS-01"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-20
			AS-01:r2 2026-01-12 2026-03-16 ended ep=R2 ended=2026-01-20`,
	},
	{
		name: "the closing of an episode that nobody opened ends nothing",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			s strategy_discussion.held 2026-01-14 s47=true
			x case.closed 2026-01-20 ep=R9`,
		asOf: "2026-01-20", refs: []string{"AS-01", "CP-03"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 running ep=R1
			CP-03:s 2026-01-14 2026-02-04 running`,
	},
	{
		name: "nor does a second closing end what has begun since",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			c1 case.closed 2026-01-20 ep=R1
			s strategy_discussion.held 2026-01-21 s47=true
			c2 case.closed 2026-01-22 ep=R1`,
		asOf: "2026-01-22", refs: []string{"AS-01", "CP-03"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-20
			CP-03:s 2026-01-21 2026-02-11 running`,
	},
	{
		name: "a re-referral under another id on the day of closing: the old ends first, with what carries none",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			s strategy_discussion.held 2026-01-14 s47=true
			c1 case.closed 2026-01-20 ep=R1
			r2 referral.received 2026-01-20 ep=R2
			m missing.ended 2026-01-20`,
		asOf: "2026-01-20", refs: []string{"AS-01", "CP-03", "MI-01"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-20
			AS-01:r2 2026-01-20 2026-03-24 running ep=R2
			CP-03:s 2026-01-14 2026-02-04 ended ended=2026-01-20
			MI-01:m 2026-01-20 2026-01-23 running`,
	},
	{
		name: "under the same id, too",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			c1 case.closed 2026-01-20 ep=R1
			r2 referral.received 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"AS-01"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-20
			AS-01:r2 2026-01-20 2026-03-24 running ep=R1`,
	},
	{
		name: "and without any id",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			c1 case.closed 2026-01-20T17:00:00Z ep=R1
			r2 referral.received 2026-01-20T10:00:00Z`,
		asOf: "2026-01-20", refs: []string{"AS-01", "FD-01"},
		// The first is running when the second comes: nothing of its own starts but the decision.
		want: `
			AS-01:r1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-20
			AS-01:r2 2026-01-20 2026-03-24 running
			FD-01:r1 2026-01-05 2026-01-06 ended ep=R1 ended=2026-01-20 late=14
			FD-01:r2 2026-01-20 2026-01-21 running`,
	},
	{
		name: "a closing that was taken back ended nothing",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			l looked_after.started 2026-01-05
			c1 case.closed 2026-01-20 ep=R1
			x - - voids=c1 rec=2026-01-22T10:00:00Z`,
		asOf: "2026-01-22", refs: []string{"AS-01", "LA-06"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 running ep=R1
			LA-06:l 2026-01-05 2026-02-02 running`,
	},
	{
		name: "one whose episode was corrected ends that one",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-12 ep=R2
			c1 case.closed 2026-01-20 ep=R1
			c2 case.closed 2026-01-20 ep=R2 corrects=c1 rec=2026-01-22T10:00:00Z`,
		asOf: "2026-01-22", refs: []string{"AS-01"},
		want: `
			AS-01:r1 2026-01-05 2026-03-09 running ep=R1
			AS-01:r2 2026-01-12 2026-03-16 ended ep=R2 ended=2026-01-20`,
	},
	{
		name: "leaving care ends with the case that it is of",
		events: `
			r1 referral.received 2026-01-05 ep=R1
			r2 referral.received 2026-01-05 ep=R2
			e pathway_plan.completed 2026-01-07 ep=R2
			c1 case.closed 2026-01-20 ep=R1
			c2 case.closed 2026-01-21 ep=R2`,
		asOf: "2026-01-21", refs: []string{"LC-04"},
		want: `LC-04:e 2026-01-07 2026-07-07 ended ep=R2 ended=2026-01-21`,
	},
	{
		name: "no further month opens in an episode that is closed, and those of another go on",
		events: `
			r1 home.opened 2026-01-05 ep=H1
			r2 home.opened 2026-01-05 ep=H2
			c1 case.closed 2026-01-20 ep=H1`,
		asOf: "2026-03-02", refs: []string{"HO-01"},
		want: `
			HO-01:r2.2026-02-01 2026-02-01 2026-02-28 overdue ep=H2 late=2
			HO-01:r2.2026-03-01 2026-03-01 2026-03-31 running ep=H2`,
	},
}

// Nothing starts after the day on which the child died.
func TestDeath(t *testing.T) {
	t.Parallel()
	runFoldCases(t, deathCases)
}

const (
	inCare = `
			l looked_after.started 2026-01-05
			pl placement.started 2026-01-05
			v lac_visit.made 2026-01-08 seen=true
`
	deadInFebruary = "d person.died 2026-02-02\n"
)

var deathCases = []foldCase{
	{
		name: "a referral and a start of care after a death start nothing",
		events: `
			b person.born 2015-05-01
			d person.died 2026-02-02
			r referral.received 2026-03-02
			l looked_after.started 2026-03-05`,
		asOf: "2026-03-05",
		want: ``,
	},
	{
		name:   "what runs ends with it, and a visit after it meets and opens nothing",
		events: inCare + deadInFebruary + "w lac_visit.made 2026-02-03 seen=true",
		asOf:   "2026-02-10", refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:pl 2026-01-05 2026-01-12 met met=2026-01-08
			LA-15:v 2026-01-08 2026-02-19 ended ended=2026-02-02`,
	},
	{
		name:   "a visit on the day of it meets what was owed, and leaves nothing running",
		events: inCare + deadInFebruary + "w lac_visit.made 2026-02-02 seen=true",
		asOf:   "2026-02-10", refs: []string{"LA-15"},
		want: `
			LA-15:v 2026-01-08 2026-02-19 met met=2026-02-02
			LA-15:w 2026-02-02 2026-03-16 ended ended=2026-02-02`,
	},
	{
		name:   "a referral on the day of it does not survive it, whatever the hours say",
		events: "r referral.received 2026-01-05\nd person.died 2026-02-02T08:00:00Z\ns referral.received 2026-02-02T15:00:00Z\nm missing.ended 2026-02-02T16:00:00Z",
		asOf:   "2026-02-10", refs: []string{"AS-01", "FD-01", "MI-01"},
		want: `
			AS-01:r 2026-01-05 2026-03-09 ended ended=2026-02-02
			FD-01:r 2026-01-05 2026-01-06 ended ended=2026-02-02 late=27
			FD-01:s 2026-02-02 2026-02-03 ended ended=2026-02-02
			MI-01:m 2026-02-02T16:00:00Z 2026-02-05T16:00:00Z ended ended=2026-02-02T16:00:00Z`,
	},
	{
		name:   "nor a move on the day of it",
		events: inCare + deadInFebruary + "x placement.ended 2026-02-02\ny placement.started 2026-02-02",
		asOf:   "2026-02-10", refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:pl 2026-01-05 2026-01-12 met met=2026-01-08
			LA-14:y 2026-02-02 2026-02-09 ended ended=2026-02-02
			LA-15:v 2026-01-08 2026-02-19 ended ended=2026-02-02`,
	},
	{
		name:   "a death of which the day was corrected",
		events: "d person.died 2026-02-02\nr referral.received 2026-03-02\nd2 person.died 2026-03-05 corrects=d",
		asOf:   "2026-03-05", refs: []string{"FD-01"},
		want: `FD-01:r 2026-03-02 2026-03-03 ended ended=2026-03-05 late=2`,
	},
	{
		name:   "a death that was taken back lets start what had not",
		events: "d person.died 2026-02-02\nr referral.received 2026-03-02\nx - - voids=d rec=2026-03-03T10:00:00Z",
		asOf:   "2026-03-03", refs: []string{"FD-01"},
		want: `FD-01:r 2026-03-02 2026-03-03 due_today`,
	},
	{
		name:   "of two deaths the earlier counts",
		events: "d person.died 2026-02-03\ne person.died 2026-02-01\nr referral.received 2026-02-02",
		asOf:   "2026-02-10",
		want:   ``,
	},
	{
		name:   "no term begins after it",
		events: "l looked_after.started 2025-09-15\np pep.completed 2025-09-22\n" + deadInFebruary,
		asOf:   "2026-06-30", refs: []string{"LA-27"},
		want: `LA-27:p.2026-01-01 2026-01-01 2026-03-31 ended ended=2026-02-02 provisional`,
	},
}

// A death that is heard of later undoes what had started since: who was told of that is told.
func TestWhoWasToldOfWhatStartedAfterADeathIsToldThatItIsResolved(t *testing.T) {
	t.Parallel()
	// The decision is due on 3 March; the team manager hears of it on the 4th, and on the 5th, at
	// 10:00, that the child had died is recorded.
	got := notices(t, `
		r referral.received 2026-03-02 rec=2026-03-02T10:00:00Z
		d person.died 2026-02-02 rec=2026-03-05T10:00:00Z`, "2026-03-01", "2026-03-31", "FD-01")
	same(t, `
		2026-03-03T09:00 FD-01 2026-03-03 0 worker reminder missed=-1wd
		2026-03-04T09:00 FD-01 2026-03-03 +1wd team_manager escalation
		2026-03-05T09:00 FD-01 2026-03-03 +2wd service_manager escalation
		2026-03-06T09:00 FD-01 2026-03-03 team_manager resolved
		2026-03-06T09:00 FD-01 2026-03-03 service_manager resolved`, got)
}

// The instants of all openings and endings of a period on one day give the order.
func TestInstantsOrderTheDayOfAPeriod(t *testing.T) {
	t.Parallel()
	runFoldCases(t, instantCases)
}

var instantCases = []foldCase{
	{
		name: "in, out and in again: the second time runs",
		events: `
			l looked_after.started 2026-03-02T08:00:00Z
			e looked_after.ended 2026-03-02T12:00:00Z
			l2 looked_after.started 2026-03-02T20:00:00Z`,
		asOf: "2026-03-30", refs: []string{"LA-06"},
		want: `
			LA-06:l 2026-03-02 2026-03-30 ended ended=2026-03-02
			LA-06:l2 2026-03-02 2026-03-30 due_today`,
	},
	{
		name: "where one of the hours is not known the day is taken as a whole",
		events: `
			l looked_after.started 2026-03-02T08:00:00Z
			e looked_after.ended 2026-03-02
			l2 looked_after.started 2026-03-02T20:00:00Z`,
		asOf: "2026-03-30", refs: []string{"LA-06"},
		want: `LA-06:l 2026-03-02 2026-03-30 ended ended=2026-03-02`,
	},
	{
		name: "out, in and out again: nothing runs, though it was recorded in another order",
		events: `
			l looked_after.started 2026-02-02
			e2 looked_after.ended 2026-03-02T20:00:00Z rec=2026-03-03T09:00:00Z
			l2 looked_after.started 2026-03-02T12:00:00Z rec=2026-03-03T10:00:00Z
			e looked_after.ended 2026-03-02T08:00:00Z rec=2026-03-03T11:00:00Z`,
		asOf: "2026-03-30", refs: []string{"LA-06"},
		want: `
			LA-06:l 2026-02-02 2026-03-02 ended ended=2026-03-02
			LA-06:l2 2026-03-02 2026-03-30 ended ended=2026-03-02`,
	},
	{
		name: "at one instant the old rule holds: what was open ends, and opens again",
		events: `
			l looked_after.started 2026-02-02
			l2 looked_after.started 2026-03-02T12:00:00Z
			e looked_after.ended 2026-03-02T12:00:00Z`,
		asOf: "2026-03-02", refs: []string{"LA-06"},
		want: `
			LA-06:l 2026-02-02 2026-03-02 ended ended=2026-03-02
			LA-06:l2 2026-03-02 2026-03-30 running`,
	},
	{
		name: "of two placements of a day the later by the clock stands",
		events: `
			l looked_after.started 2026-03-02T08:00:00Z
			b placement.started 2026-03-02T18:00:00Z rec=2026-03-02T19:00:00Z
			a placement.started 2026-03-02T09:00:00Z rec=2026-03-02T20:00:00Z`,
		asOf: "2026-03-02", refs: []string{"LA-14"},
		want: `
			LA-14:a 2026-03-02 2026-03-09 ended ended=2026-03-02
			LA-14:b 2026-03-02 2026-03-09 running`,
	},
	{
		name: "a placement of which only the day is known stays in the care that is open at last",
		events: `
			l looked_after.started 2026-03-02T08:00:00Z
			e looked_after.ended 2026-03-02T12:00:00Z
			l2 looked_after.started 2026-03-02T20:00:00Z
			p placement.started 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"LA-14"},
		want: `LA-14:p 2026-03-02 2026-03-09 running`,
	},
	{
		name: "a placement in the evening opens care again that ended in the morning",
		events: `
			l looked_after.started 2026-02-02
			e looked_after.ended 2026-03-02T08:00:00Z
			p placement.started 2026-03-02T20:00:00Z`,
		asOf: "2026-03-02", refs: []string{"LA-06"},
		want: `
			LA-06:l 2026-02-02 2026-03-02 ended ended=2026-03-02
			LA-06:p 2026-03-02 2026-03-30 running`,
	},
	{
		name: "a plan",
		events: `
			p cp_plan.started 2026-03-02T08:00:00Z
			q cp_plan.ended 2026-03-02T12:00:00Z
			p2 cp_plan.started 2026-03-02T20:00:00Z
			v cp_visit.made 2026-03-02T10:00:00Z seen=true`,
		asOf: "2026-03-02", refs: []string{"CP-10", "CP-13"},
		// The visit at ten was in the first plan: what it opened ended with that.
		want: `
			CP-10:p 2026-03-02 2026-04-02 met met=2026-03-02 local
			CP-10:p2 2026-03-02 2026-04-02 met met=2026-03-02 local
			CP-10:v 2026-03-02 2026-04-02 ended ended=2026-03-02 local
			CP-13:p 2026-03-02 - ended ended=2026-03-02
			CP-13:p2 2026-03-02 - running`,
	},
	{
		name: "private fostering, of two episodes each by its own",
		events: `
			n private_fostering.notified 2026-03-02T08:00:00Z ep=A
			b private_fostering.notified 2026-03-02T09:00:00Z ep=B
			x private_fostering.ended 2026-03-02T12:00:00Z ep=A
			n2 private_fostering.notified 2026-03-02T20:00:00Z ep=A`,
		asOf: "2026-03-02", refs: []string{"PF-02"},
		want: `
			PF-02:n 2026-03-02 2026-03-11 ended ep=A ended=2026-03-02
			PF-02:n2 2026-03-02 2026-03-11 running ep=A
			PF-02:b 2026-03-02 2026-03-11 running ep=B`,
	},
	{
		name: "a case that is opened, closed and referred again",
		events: `
			r referral.received 2026-03-02T08:00:00Z
			d referral.decided 2026-03-02T09:00:00Z outcome=assessment
			s strategy_discussion.held 2026-03-02T10:00:00Z s47=true
			c case.closed 2026-03-02T12:00:00Z
			r2 referral.received 2026-03-02T20:00:00Z`,
		asOf: "2026-03-02", refs: []string{"AS-01", "FD-01", "CP-03"},
		want: `
			AS-01:r 2026-03-02 2026-05-07 ended ended=2026-03-02
			AS-01:r2 2026-03-02 2026-05-07 running
			CP-03:s 2026-03-02 2026-03-23 ended ended=2026-03-02
			FD-01:r 2026-03-02 2026-03-03 met met=2026-03-02
			FD-01:r2 2026-03-02 2026-03-03 running`,
	},
	{
		name: "in two episodes",
		events: `
			r referral.received 2026-03-02T08:00:00Z ep=R1
			c case.closed 2026-03-02T12:00:00Z ep=R1
			r2 referral.received 2026-03-02T20:00:00Z ep=R1
			q referral.received 2026-03-02T09:00:00Z ep=R2`,
		asOf: "2026-03-02", refs: []string{"AS-01"},
		want: `
			AS-01:r 2026-03-02 2026-05-07 ended ep=R1 ended=2026-03-02
			AS-01:r2 2026-03-02 2026-05-07 running ep=R1
			AS-01:q 2026-03-02 2026-05-07 running ep=R2`,
	},
	{
		name: "what closes the old work after the new referral has come leaves that alone",
		events: `
			r referral.received 2026-01-05
			r2 referral.received 2026-03-02T10:00:00Z
			c case.closed 2026-03-02T17:00:00Z`,
		asOf: "2026-03-02", refs: []string{"FD-01"},
		want: `
			FD-01:r 2026-01-05 2026-01-06 ended ended=2026-03-02 late=55
			FD-01:r2 2026-03-02 2026-03-03 running`,
	},
	{
		name: "closed, referred again and closed again",
		events: `
			r referral.received 2026-01-05
			c case.closed 2026-03-02T09:00:00Z
			r2 referral.received 2026-03-02T12:00:00Z
			c2 case.closed 2026-03-02T18:00:00Z`,
		asOf: "2026-03-02", refs: []string{"FD-01"},
		want: `
			FD-01:r 2026-01-05 2026-01-06 ended ended=2026-03-02 late=55
			FD-01:r2 2026-03-02 2026-03-03 ended ended=2026-03-02`,
	},
	{
		name: "an ending that closes nothing comes after the starts of its day, whatever the hours",
		events: `
			s strategy_discussion.held 2026-03-02T08:00:00Z s47=true
			n icpc.not_required 2026-03-02T12:00:00Z
			s2 strategy_discussion.held 2026-03-02T20:00:00Z s47=true`,
		asOf: "2026-03-02", refs: []string{"CP-03"},
		want: `CP-03:s 2026-03-02 2026-03-23 ended ended=2026-03-02`,
	},
}

// Which referral's closing ended a duty is what its explanation names.
func TestTheExplanationNamesTheClosingThatEndedADuty(t *testing.T) {
	t.Parallel()
	events := accepted(t, `
		r1 referral.received 2026-01-05 ep=R1
		r2 referral.received 2026-01-12 ep=R2
		p cp_plan.started 2026-01-12
		c1 case.closed 2026-01-20 ep=R1
		c2 case.closed 2026-01-21 ep=R2`)
	plan := book.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-22")})
	for duty, want := range map[string]string{"AS-01:r1": "c1", "AS-01:r2": "c2", "CP-13:p": "c2", "CP-10:p": "c2"} {
		if d := plan.Duty(duty); d == nil || d.EndedBy != want {
			t.Errorf("%s: %+v, want it ended by %s", duty, d, want)
		}
	}
}
