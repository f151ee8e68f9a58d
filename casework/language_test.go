package casework_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

// anytown is the embedded pack under a council's overlay, which uses of the rule language
// what the core rules do not.
var anytown = casework.NewBook(anytownPack(), calendar.Published())

func anytownPack() *timescale.Pack {
	text, err := os.ReadFile("testdata/language.yaml")
	if err != nil {
		panic(err)
	}
	pack, faults := load.Overlay(load.Embedded(), load.File{Name: "language.yaml", Text: string(text)})
	if len(faults) > 0 {
		panic(faults[0].String())
	}
	return pack
}

func TestTheRestOfTheLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range languageCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			plan := anytown.Fold(acceptedBy(t, anytown, c.events), casework.Moment{AsOf: instant(t, c.asOf)})
			same(t, c.want, dutyLines(plan, c.refs...))
		})
	}
}

const supervisions = `
	c1 contact.received 2026-01-31
	s1 supervision.held 2026-02-10
	s2 supervision.held 2026-03-20
	s3 supervision.held 2026-05-05
`

var languageCases = []foldCase{
	{
		name: "the next interval counts from when the last was done", events: supervisions,
		asOf: "2026-05-05", refs: []string{"ANY-1"},
		want: `
			ANY-1:c1 2026-01-31 2026-02-28 met met=2026-02-10 local
			ANY-1:s1 2026-02-10 2026-03-10 met_late met=2026-03-20 late=10 local
			ANY-1:s2 2026-03-20 2026-04-20 met_late met=2026-05-05 late=15 local
			ANY-1:s3 2026-05-05 2026-06-05 running local`,
	},
	{
		name: "or from when the last was due", events: supervisions,
		asOf: "2026-05-05", refs: []string{"ANY-2"},
		want: `
			ANY-2:c1 2026-01-31 2026-02-28 met met=2026-02-10 local
			ANY-2:s1 2026-02-10 2026-03-28 met met=2026-03-20 local
			ANY-2:s2 2026-03-20 2026-04-28 met_late met=2026-05-05 late=7 local
			ANY-2:s3 2026-05-05 2026-05-28 running local`,
	},
	{
		name: "or in whole steps from the first start, so that the 31st stays the last of the month", events: supervisions,
		asOf: "2026-05-05", refs: []string{"ANY-3"},
		want: `
			ANY-3:c1 2026-01-31 2026-02-28 met met=2026-02-10 local
			ANY-3:s1 2026-02-10 2026-03-31 met met=2026-03-20 local
			ANY-3:s2 2026-03-20 2026-04-30 met_late met=2026-05-05 late=5 local
			ANY-3:s3 2026-05-05 2026-05-31 running local`,
	},
	{
		name: "in whole steps of working days: early, on the day, and so late that steps are left out",
		events: `
			c1 contact.received 2026-01-05
			s1 supervision.held 2026-01-12
			s2 supervision.held 2026-02-02
			s3 supervision.held 2026-03-05`,
		asOf: "2026-03-05", refs: []string{"ANY-4"}, // 10, 20, 30, 50 working days after 5 January
		want: `
			ANY-4:c1 2026-01-05 2026-01-19 met met=2026-01-12 local
			ANY-4:s1 2026-01-12 2026-02-02 met met=2026-02-02 local
			ANY-4:s2 2026-02-02 2026-02-16 met_late met=2026-03-05 late=17 local
			ANY-4:s3 2026-03-05 2026-03-16 running local`,
	},
	{
		name: "a start of its own begins the steps again",
		events: `
			c1 contact.received 2026-01-05
			s1 supervision.held 2026-01-12
			x1 case.closed 2026-01-20
			c2 contact.received 2026-03-10`,
		asOf: "2026-03-10", refs: []string{"ANY-2", "ANY-3"},
		want: `
			ANY-2:c1 2026-01-05 2026-02-05 met met=2026-01-12 local
			ANY-2:s1 2026-01-12 2026-03-05 ended ended=2026-01-20 local
			ANY-2:c2 2026-03-10 2026-04-10 running local
			ANY-3:c1 2026-01-05 2026-02-05 met met=2026-01-12 local
			ANY-3:s1 2026-01-12 2026-03-05 ended ended=2026-01-20 local
			ANY-3:c2 2026-03-10 2026-04-10 running local`,
	},
	{
		name: "leaving care goes on after the eighteenth birthday",
		events: `
			b1 person.born 2008-03-03
			e1 eligible.became 2026-01-05 ep=A
			e2 eligible.became 2026-03-04 ep=B`,
		asOf: "2026-03-04", refs: []string{"LEA-1"},
		want: `
			LEA-1:e1 2026-01-05 2026-04-05 running ep=A local
			LEA-1:e2 2026-03-04 2026-06-04 running ep=B local`,
	},
	{
		name: "a way of starting has dates in force of its own: the last is the first on which it is not",
		events: `
			r1 adm.referred 2026-03-01 ep=A
			r2 adm.referred 2026-03-02 ep=B
			r3 adm.referred 2026-03-03 ep=C
			r4 adm.referred 2026-03-04 ep=D`,
		asOf: "2026-03-04", refs: []string{"STA-1"},
		want: `
			STA-1:r2 2026-03-02 2026-03-09 running ep=B local
			STA-1:r3 2026-03-03 2026-03-10 running ep=C local`,
	},
	{
		name: "extended as often as need be, each by a week from the date it extends",
		events: `
			h1 cmh.held 2026-01-05
			x1 clock.extended 2026-01-12 ref=EXT-1 until=2026-02-09 reason=r by=b role=o
			x2 clock.extended 2026-01-13 ref=EXT-1 until=2026-02-16 reason=r by=b role=o`,
		asOf: "2026-02-10", refs: []string{"EXT-1"},
		want: `EXT-1:h1 2026-01-05 2026-02-16 running local`,
	},
	{
		name: "the end of care ends what is of another episode, and of no period of its own",
		events: `
			l1 looked_after.started 2026-01-05 ep=A
			m1 accommodation.moved 2026-01-12 ep=B
			l2 looked_after.ended 2026-01-20 ep=A`,
		asOf: "2026-01-20", refs: []string{"END-1"},
		want: `END-1:m1 2026-01-12 2026-02-12 ended ep=B ended=2026-01-20 local`,
	},
	{
		name: "care that ends and begins again on a day ends it first",
		events: `
			l1 looked_after.started 2026-01-05
			m1 accommodation.moved 2026-01-12
			l2 looked_after.ended 2026-01-20
			l3 looked_after.started 2026-01-20
			m2 accommodation.moved 2026-01-20`,
		asOf: "2026-01-20", refs: []string{"END-1"},
		want: `
			END-1:m1 2026-01-12 2026-02-12 ended ended=2026-01-20 local
			END-1:m2 2026-01-20 2026-02-20 running local`,
	},
	{
		name: "a limit may hang on what was held since the period opened, up to the day of the start",
		events: `
			l1 looked_after.started 2026-01-05
			p1 placement_plan.completed 2026-01-12 ep=A
			r1 lac_review.held 2026-01-20
			p2 placement_plan.completed 2026-01-20 ep=B`,
		asOf: "2026-01-20", refs: []string{"HLD-1"},
		want: `
			HLD-1:p1 2026-01-12 2026-02-12 running ep=A local
			HLD-1:p2 2026-01-20 2026-01-27 running ep=B local`,
	},
	{
		name: "a local limit is another date than the national one, from the day it is in force",
		events: `
			e1 referral.received 2026-03-31 ep=A
			e2 referral.received 2026-04-01 ep=B
			i1 icpc.held 2026-01-05 outcome=plan`,
		asOf: "2026-04-01", refs: []string{"AS-01", "CP-11"}, // 45 and 35 working days, 10 weeks
		want: `
			AS-01:e1 2026-03-31 2026-06-08 running ep=A
			AS-01:e2 2026-04-01 2026-06-09 running ep=B local_due=2026-05-26
			CP-11:i1 2026-01-05 2026-04-05 running local_due=2026-03-16`,
	},
	{
		name: "missing the local date is no breach of the national one",
		events: `
			e2 referral.received 2026-04-01
			a2 assessment.completed 2026-06-09`,
		asOf: "2026-06-09", refs: []string{"AS-01"},
		want: `AS-01:e2 2026-04-01 2026-06-09 met met=2026-06-09 local_due=2026-05-26`,
	},
}

func TestNoticesOfOtherLadders(t *testing.T) {
	t.Parallel()
	for _, c := range otherLadderCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, anytown, c.events)
			same(t, c.want, noticesOf(anytown.Notices(events, day(t, c.from), day(t, c.to)), c.refs...))
		})
	}
}

var otherLadderCases = []noticeCase{
	{
		name:   "two weeks are 8 to 27 days; an alarm for a Saturday goes on Monday",
		events: `r1 legal_planning.requested 2026-01-03`,
		from:   "2026-01-01", to: "2026-03-01", refs: []string{"ROW-1"}, // due on Saturday the 17th
		want: `
			2026-01-15T09:00 ROW-1 2026-01-17 -2wd worker reminder
			2026-01-19T09:00 ROW-1 2026-01-17 0 team_manager escalation
			2026-01-21T09:00 ROW-1 2026-01-17 +3wd service_manager escalation
			2026-01-23T09:00 ROW-1 2026-01-17 +5wd head_of_service escalation`,
	},
	{
		name:   "eight weeks are over 6 weeks",
		events: `r1 fgdm.offered 2026-01-05`,
		from:   "2026-01-01", to: "2026-02-16", refs: []string{"ROW-2"}, // due on Monday 2 March
		want: `2026-02-16T09:00 ROW-2 2026-03-02 -10wd worker reminder`,
	},
	{
		name:   "a rung that reminds one and alarms another goes to both on a working day",
		events: `m1 placement.started 2026-01-05`,
		from:   "2026-01-05", to: "2026-01-31", refs: []string{"LA-14"},
		want: `
			2026-01-09T09:00 LA-14 2026-01-12 -1wd worker reminder
			2026-01-12T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-12T09:00 LA-14 2026-01-12 0 team_manager escalation
			2026-01-13T09:00 LA-14 2026-01-12 +1wd service_manager escalation
			2026-01-15T09:00 LA-14 2026-01-12 +3wd head_of_service escalation`,
	},
	{
		name:   "for a Saturday the reminder goes on Friday, and the alarm on Monday, where a higher one takes its place",
		events: `m1 placement.started 2026-01-10`,
		from:   "2026-01-05", to: "2026-01-31", refs: []string{"LA-14"},
		want: `
			2026-01-16T09:00 LA-14 2026-01-17 0 worker reminder
			2026-01-19T09:00 LA-14 2026-01-17 +1wd service_manager escalation
			2026-01-21T09:00 LA-14 2026-01-17 +3wd head_of_service escalation`,
	},
	{
		name:   "known late, both go on the morning that is its 0",
		events: `m1 placement.started 2026-01-10 rec=2026-01-20T12:00:00Z`,
		from:   "2026-01-05", to: "2026-01-22", refs: []string{"LA-14"},
		want: `
			2026-01-21T09:00 LA-14 2026-01-17 0 worker reminder
			2026-01-21T09:00 LA-14 2026-01-17 0 team_manager escalation
			2026-01-22T09:00 LA-14 2026-01-17 +1wd service_manager escalation`,
	},
	{
		name: "a paused clock rings for nobody; when it runs on who was told is told the new date, and its ladder goes on",
		events: `
			a1 action.agreed 2026-01-05
			p1 clock.paused 2026-01-16T10:00:00Z ref=PAU-1 reason=r by=b
			r1 clock.resumed 2026-01-21T10:00:00Z ref=PAU-1
			d1 action.done 2026-01-22T12:00:00Z`,
		from: "2026-01-05", to: "2026-03-01", refs: []string{"PAU-1"}, // due 19, then 22 January, whose -2wd is the 20th
		want: `
			2026-01-15T09:00 PAU-1 2026-01-19 -2wd worker reminder
			2026-01-22T09:00 PAU-1 2026-01-22 worker moved
			2026-01-22T09:00 PAU-1 2026-01-22 0 team_manager escalation missed=-2wd
			2026-01-23T09:00 PAU-1 2026-01-22 team_manager resolved`,
	},
	{
		name: "a pause resolves nothing",
		events: `
			a1 action.agreed 2026-01-05
			p1 clock.paused 2026-01-19T10:00:00Z ref=PAU-1 reason=r by=b
			r1 clock.resumed 2026-01-26T10:00:00Z ref=PAU-1`,
		from: "2026-01-15", to: "2026-01-30", refs: []string{"PAU-1"}, // due the 19th, then the 26th, after nine of it
		want: `
			2026-01-15T09:00 PAU-1 2026-01-19 -2wd worker reminder
			2026-01-19T09:00 PAU-1 2026-01-19 0 team_manager escalation
			2026-01-27T09:00 PAU-1 2026-01-26 worker moved
			2026-01-27T09:00 PAU-1 2026-01-26 0 team_manager escalation
			2026-01-30T09:00 PAU-1 2026-01-26 +3wd service_manager escalation`,
	},
}

// lenient is Anytown's pack with two core rules pausable, as none is.
var lenient = func() *casework.Book {
	pack := *anytown.Pack()
	pack.Timescales = slices.Clone(pack.Timescales)
	for i := range pack.Timescales {
		if t := &pack.Timescales[i]; t.Ref == "AS-01" || t.Ref == "LA-24" {
			t.Pausable = true
		}
	}
	return casework.NewBook(&pack, calendar.Published())
}()

func TestPausing(t *testing.T) {
	t.Parallel()
	for _, c := range pauseCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			plan := lenient.Fold(acceptedBy(t, lenient, c.events), casework.Moment{AsOf: instant(t, c.asOf)})
			same(t, c.want, dutyLines(plan, c.refs...))
		})
	}
}

// An action agreed on Monday 5 January is due in ten working days on the 19th, in six weeks
// on 16 February, in four weeks beginning with the day on 1 February.
const action = "a1 action.agreed 2026-01-05\n"

// pause returns a line that pauses a timescale from a day, for a reason and by authority.
func pause(id, at, ref string) string {
	return id + " clock.paused " + at + " ref=" + ref + " reason=adjourned by=W01\n"
}

func resume(id, at, ref string) string { return id + " clock.resumed " + at + " ref=" + ref + "\n" }

var pauseCases = []foldCase{
	{
		name:   "while it is paused it has no date, and waits to run on",
		events: action + pause("p1", "2026-01-08", "PAU-1"),
		asOf:   "2026-03-12", refs: []string{"PAU-1", "PAU-2"},
		want: `
			PAU-1:a1 2026-01-05 - paused waiting=clock.resumed local
			PAU-2:a1 2026-01-05 2026-02-16 overdue late=24 local`,
	},
	{
		name:   "working days: two were counted, eight are left from the day on which it runs on",
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-15", "PAU-1"),
		asOf:   "2026-01-15", refs: []string{"PAU-1"},
		want: `PAU-1:a1 2026-01-05 2026-01-26 running local`,
	},
	{
		name:   "it runs on on a Sunday: Monday is the next of the eight",
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-11", "PAU-1"),
		asOf:   "2026-01-15", refs: []string{"PAU-1"},
		want: `PAU-1:a1 2026-01-05 2026-01-21 running local`,
	},
	{
		name: "weeks: the days of the pause are added",
		events: action + pause("p1", "2026-01-08", "PAU-2") + resume("r1", "2026-01-15", "PAU-2") +
			pause("p2", "2026-01-08", "PAU-3") + resume("r2", "2026-01-15", "PAU-3"),
		asOf: "2026-01-15", refs: []string{"PAU-2", "PAU-3"},
		want: `
			PAU-2:a1 2026-01-05 2026-02-23 running local
			PAU-3:a1 2026-01-05 2026-02-08 running local`,
	},
	{
		name: "from the day of the start on: that day counts only in a limit that begins with it",
		events: action + pause("p1", "2026-01-05", "PAU-1") + resume("r1", "2026-01-07", "PAU-1") +
			pause("p2", "2026-01-05", "PAU-2") + resume("r2", "2026-01-07", "PAU-2") +
			pause("p3", "2026-01-05", "PAU-3") + resume("r3", "2026-01-07", "PAU-3"),
		asOf: "2026-01-07", refs: []string{"PAU-1", "PAU-2", "PAU-3"},
		want: `
			PAU-1:a1 2026-01-05 2026-01-20 running local
			PAU-2:a1 2026-01-05 2026-02-17 running local
			PAU-3:a1 2026-01-05 2026-02-03 running local`,
	},
	{
		name:   "paused and running on within a day moves nothing",
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-08", "PAU-1"),
		asOf:   "2026-01-08", refs: []string{"PAU-1"},
		want: `PAU-1:a1 2026-01-05 2026-01-19 running local`,
	},
	{
		name:   "paused on its last day it has that day left",
		events: action + pause("p1", "2026-01-19", "PAU-1") + resume("r1", "2026-01-22", "PAU-1"),
		asOf:   "2026-01-22", refs: []string{"PAU-1"},
		want: `PAU-1:a1 2026-01-05 2026-01-22 due_today local`,
	},
	{
		name: "paused twice",
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-15", "PAU-1") +
			pause("p2", "2026-01-20", "PAU-1") + resume("r2", "2026-01-22", "PAU-1"),
		asOf: "2026-01-22", refs: []string{"PAU-1"}, // due on the 26th, five of which are left on the 20th
		want: `PAU-1:a1 2026-01-05 2026-01-28 running local`,
	},
	{
		name: "running on and paused again on one day, in the order in which that was recorded",
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-15T09:00:00Z", "PAU-1") +
			pause("p2", "2026-01-15T12:00:00Z", "PAU-1"),
		asOf: "2026-01-16", refs: []string{"PAU-1"},
		want: `PAU-1:a1 2026-01-05 - paused waiting=clock.resumed local`,
	},
	{
		name:   "met while it is paused it is met in time, by the days that were left",
		events: action + pause("p1", "2026-01-08", "PAU-1") + "d1 action.done 2026-01-20\n",
		asOf:   "2026-01-20", refs: []string{"PAU-1", "PAU-2"},
		want: `
			PAU-1:a1 2026-01-05 2026-01-29 met met=2026-01-20 local
			PAU-2:a1 2026-01-05 2026-02-16 met met=2026-01-20 local`,
	},
	{
		name:   "ended while it is paused, it was never late",
		events: action + pause("p1", "2026-01-08", "PAU-1") + "x1 case.closed 2026-03-20\n",
		asOf:   "2026-03-20", refs: []string{"PAU-1"}, // eight working days from 20 March, before Good Friday
		want: `PAU-1:a1 2026-01-05 2026-03-31 ended ended=2026-03-20 local`,
	},
	{
		name:   "the eighteenth birthday ends what is paused",
		events: "b1 person.born 2008-01-12\n" + action + pause("p1", "2026-01-08", "PAU-2"),
		asOf:   "2026-01-12", refs: []string{"PAU-2"},
		want: `PAU-2:a1 2026-01-05 2026-02-20 ended ended=2026-01-12 local`,
	},
	{
		name:   "hours: the time between is added",
		events: "o1 epo.granted 2026-01-05T10:00:00Z\n" + pause("p1", "2026-01-06T10:00:00Z", "PAU-4") + resume("r1", "2026-01-07T12:00:00Z", "PAU-4"),
		asOf:   "2026-01-08", refs: []string{"PAU-4"},
		want: `PAU-4:o1 2026-01-05T10:00:00Z 2026-01-09T12:00:00Z running local`,
	},
	{
		name:   "hours: known by the day, from its beginning",
		events: "o1 epo.granted 2026-01-05T10:00:00Z\n" + pause("p1", "2026-01-06", "PAU-4") + resume("r1", "2026-01-07", "PAU-4"),
		asOf:   "2026-01-08", refs: []string{"PAU-4"},
		want: `PAU-4:o1 2026-01-05T10:00:00Z 2026-01-09T10:00:00Z running local`,
	},
	{
		name: "it pauses the duties of its episode alone",
		events: "a1 action.agreed 2026-01-05 ep=A\na2 action.agreed 2026-01-05 ep=B\n" +
			"p1 clock.paused 2026-01-08 ref=PAU-1 reason=r by=b ep=A\n",
		asOf: "2026-01-12", refs: []string{"PAU-1"},
		want: `
			PAU-1:a1 2026-01-05 - paused ep=A waiting=clock.resumed local
			PAU-1:a2 2026-01-05 2026-01-19 running ep=B local`,
	},
	{
		name:   "a pause that is taken back has never been, and running on is of no effect",
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-15", "PAU-1") + "x1 - 2026-01-16 voids=p1\n",
		asOf:   "2026-01-16", refs: []string{"PAU-1"},
		want: `PAU-1:a1 2026-01-05 2026-01-19 running local`,
	},
	{
		name: "a pause that is corrected",
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-15", "PAU-1") +
			"c1 clock.paused 2026-01-13 ref=PAU-1 reason=r by=b corrects=p1 rec=2026-01-16T10:00:00Z\n",
		asOf: "2026-01-16", refs: []string{"PAU-1"}, // five of the ten are left on the 13th
		want: `PAU-1:a1 2026-01-05 2026-01-21 running local`,
	},
	{
		name: "running on is recorded after the duty was met, and still counts",
		events: action + pause("p1", "2026-01-08", "PAU-1") + "d1 action.done 2026-01-27\n" +
			resume("r1", "2026-01-15", "PAU-1 rec=2026-01-28T10:00:00Z"),
		asOf: "2026-01-28", refs: []string{"PAU-1"},
		want: `PAU-1:a1 2026-01-05 2026-01-26 met_late met=2026-01-27 late=1 local`,
	},
	{
		name:   "the local limit is moved with the national one",
		events: "e1 referral.received 2026-04-01\n" + pause("p1", "2026-04-13", "AS-01") + resume("r1", "2026-04-20", "AS-01"),
		asOf:   "2026-04-20", refs: []string{"AS-01"}, // 45 working days: 9 June, 35: 26 May; five more
		want: `AS-01:e1 2026-04-01 2026-06-16 running local_due=2026-06-02`,
	},
	{
		name:   "a count that a pause moves beyond the published calendar is provisional",
		events: "e1 referral.received 2028-11-01\n" + pause("p1", "2028-11-06", "AS-01") + resume("r1", "2028-12-11", "AS-01"),
		asOf:   "2028-12-11", refs: []string{"AS-01"}, // 43 and 33 are left; new year's day of 2029 is a Monday
		want: `AS-01:e1 2028-11-01 2029-02-12 running local_due=2029-01-29 provisional`,
	},
}

func TestRefusedPauses(t *testing.T) {
	t.Parallel()
	for _, c := range []refusalCase{
		{"running on without a pause", action + resume("r1", "2026-01-08", "PAU-1"), "r1: PAU-1: it is not paused"},
		{"running on twice", action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-09", "PAU-1") + resume("r2", "2026-01-12", "PAU-1"), "r2: PAU-1: it is not paused"},
		{"running on before the pause", action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-07", "PAU-1 rec=2026-01-09T10:00:00Z"), "r1: PAU-1: it was paused on 2026-01-08: a timescale runs on from that day or later"},
		{"a second pause", action + pause("p1", "2026-01-08", "PAU-1") + pause("p2", "2026-01-09", "PAU-1"), "p2: PAU-1: it is paused already"},
		{"a pause after the due date", action + pause("p1", "2026-01-20", "PAU-1"), "p1: PAU-1: it was due on 2026-01-19: a timescale is paused on or before that day"},
		{"hours: a pause after the due instant", "o1 epo.granted 2026-01-05T10:00:00Z\n" + pause("p1", "2026-01-08T10:00:01Z", "PAU-4"), "p1: PAU-4: it was due on 2026-01-08"},
		{"a pause before the start", action + pause("p1", "2026-01-04", "PAU-1"), "p1: PAU-1: it was not running on that day"},
		{"a pause after the duty was met", action + "d1 action.done 2026-01-07\n" + pause("p1", "2026-01-08", "PAU-1"), "p1: PAU-1: it was not running on that day"},
		{"a pause without a reason", action + "p1 clock.paused 2026-01-08 ref=PAU-1 by=b", "p1: clock.paused needs data.reason"},
		{"an extension of what is paused", "h1 cmh.held 2026-01-05\n" + pause("p1", "2026-01-08", "EXT-1") + "x1 clock.extended 2026-01-09 ref=EXT-1 until=2026-02-09 reason=r by=b role=o", "x1: EXT-1: it has no due date to extend"},
		{"a pause of what waits", awaitingBirth + pause("p1", "2026-01-08", "LA-24"), "p1: LA-24: it has no date to pause"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expectRefusal(t, lenient, c)
		})
	}
}

func TestAPausedDutySaysWhyAndByWhom(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, lenient, action+pause("p1", "2026-01-08", "PAU-1")+resume("r1", "2026-01-15", "PAU-1"))
	d := lenient.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-20")}).Duty("PAU-1:a1")
	if len(d.Pauses) != 1 {
		t.Fatalf("%+v", d)
	}
	p := d.Pauses[0]
	if p.Entry != "p1" || p.From.String() != "2026-01-08" || p.Until.String() != "2026-01-15" || p.Reason != "adjourned" || p.By != "W01" {
		t.Errorf("%+v", p)
	}
}

// madeUp is a law that is not one: a rule for each thing that the rule language can say and
// the core rules do not.
var madeUp = casework.NewBook(loadMadeUp(madeUpText()), calendar.Published())

func madeUpText() string {
	text, err := os.ReadFile("testdata/additions.yaml")
	if err != nil {
		panic(err)
	}
	return string(text)
}

func loadMadeUp(text string) *timescale.Pack {
	pack, err := load.Files([]load.File{{Name: "additions.yaml", Text: text}})
	if err != nil {
		panic(err)
	}
	return pack
}

func runMadeUpCases(t *testing.T, cases []foldCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			plan := madeUp.Fold(acceptedBy(t, madeUp, c.events), casework.Moment{AsOf: instant(t, c.asOf)})
			same(t, c.want, dutyLines(plan, c.refs...))
		})
	}
}

func runMadeUpNotices(t *testing.T, cases []noticeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, madeUp, c.events)
			same(t, c.want, noticesOf(madeUp.Notices(events, day(t, c.from), day(t, c.to)), c.refs...))
		})
	}
}

// notCounted writes what was kept and did not count; of the refs given, if any are.
func notCounted(plan *casework.Plan, refs ...string) string {
	var lines []string
	for _, n := range plan.NotCounted {
		if len(refs) == 0 || slices.Contains(refs, n.Ref) {
			lines = append(lines, n.Ref+" "+n.Entry+": "+n.Why)
		}
	}
	return strings.Join(lines, "\n")
}
