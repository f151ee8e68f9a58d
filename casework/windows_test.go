package casework_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

func TestWindows(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, monthCases)
	runMadeUpCases(t, termCases)
}

const home = "h1 home.opened 2026-10-20\n"

var monthCases = []foldCase{
	{
		name: "no window before the first that begins after the opening", events: home,
		asOf: "2026-10-31", refs: []string{"WIN-1"}, want: ``,
	},
	{
		name: "the first whole month, due on its last day", events: home,
		asOf: "2026-11-01", refs: []string{"WIN-1"},
		want: `WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 running`,
	},
	{
		name:   "a month counts whole where it begins on the day of the opening",
		events: `h1 home.opened 2026-11-01`,
		asOf:   "2026-11-30", refs: []string{"WIN-1"},
		want: `WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 due_today`,
	},
	{
		name: "one that is not met stays overdue while the next runs", events: home,
		asOf: "2026-12-02", refs: []string{"WIN-1"},
		want: `
			WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 overdue late=2
			WIN-1:h1.2026-12-01 2026-12-01 2026-12-31 running`,
	},
	{
		name: "one visit meets all that run, and the next begins by itself", events: home + "v1 home.visited 2026-12-05 seen=true",
		asOf: "2027-01-01", refs: []string{"WIN-1"},
		want: `
			WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 met_late met=2026-12-05 late=5
			WIN-1:h1.2026-12-01 2026-12-01 2026-12-31 met met=2026-12-05
			WIN-1:h1.2027-01-01 2027-01-01 2027-01-31 running`,
	},
	{
		name: "a visit of before the window begins does not meet it, nor one that does not count",
		events: home + `
			v1 home.visited 2026-10-31 seen=true
			v2 home.visited 2026-11-10 seen=false`,
		asOf: "2026-11-30", refs: []string{"WIN-1"},
		want: `WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 due_today`,
	},
	{
		name: "a second visit in the month is of no consequence",
		events: home + `
			v1 home.visited 2026-11-10 seen=true
			v2 home.visited 2026-11-20 seen=true`,
		asOf: "2026-11-30", refs: []string{"WIN-1"},
		want: `WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 met met=2026-11-10`,
	},
	{
		name: "the end of the period ends what runs, and no further window begins", events: home + "x1 home.closed 2026-12-10",
		asOf: "2027-02-01", refs: []string{"WIN-1"},
		want: `
			WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 ended ended=2026-12-10 late=10
			WIN-1:h1.2026-12-01 2026-12-01 2026-12-31 ended ended=2026-12-10`,
	},
	{
		name: "closed on the first of a month, that month begins and ends with it", events: home + "x1 home.closed 2026-11-01",
		asOf: "2026-12-01", refs: []string{"WIN-1"},
		want: `WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 ended ended=2026-11-01`,
	},
	{
		name: "closed on the first of a month and opened again that day, the month is that of the new opening",
		events: home + `
			x1 home.closed 2026-11-01
			h2 home.opened 2026-11-01`,
		asOf: "2026-11-01", refs: []string{"WIN-1"},
		want: `WIN-1:h2.2026-11-01 2026-11-01 2026-11-30 running`,
	},
	{
		name: "two homes have each their own",
		events: `
			h1 home.opened 2026-10-20 ep=A
			h2 home.opened 2026-10-21 ep=B
			v1 home.visited 2026-11-10 seen=true ep=B`,
		asOf: "2026-11-10", refs: []string{"WIN-1"},
		want: `
			WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 running ep=A
			WIN-1:h2.2026-11-01 2026-11-01 2026-11-30 met ep=B met=2026-11-10`,
	},
	{
		name: "a month that begins while another period is open does not start a duty",
		events: home + `
			s1 secure.started 2026-10-31T10:00:00Z
			e1 secure.ended 2026-11-02T10:00:00Z`,
		asOf: "2026-12-01", refs: []string{"WIN-1"},
		want: `WIN-1:h1.2026-12-01 2026-12-01 2026-12-31 running`,
	},
	{
		name: "none begins once the timescale is no longer in force", events: "h1 home.opened 2027-02-20\nv1 home.visited 2027-06-30 seen=true",
		asOf: "2027-07-01", refs: []string{"WIN-1"}, // in force until 30 April
		want: `
			WIN-1:h1.2027-03-01 2027-03-01 2027-03-31 met_late met=2027-06-30 late=91
			WIN-1:h1.2027-04-01 2027-04-01 2027-04-30 met_late met=2027-06-30 late=61`,
	},
	{
		name: "the eighteenth birthday ends what runs, and none begins after it", events: "b1 person.born 2008-12-15\n" + home + "v1 home.visited 2026-11-10 seen=true",
		asOf: "2027-02-01", refs: []string{"WIN-1"},
		want: `
			WIN-1:h1.2026-11-01 2026-11-01 2026-11-30 met met=2026-11-10
			WIN-1:h1.2026-12-01 2026-12-01 2026-12-31 ended ended=2026-12-15`,
	},
}

var termCases = []foldCase{
	{
		name: "a dated term replaces the usual one", events: `s1 school.started 2026-08-20`,
		asOf: "2026-09-03", refs: []string{"WIN-2"},
		want: `WIN-2:s1.2026-09-03 2026-09-03 2026-12-18 running`,
	},
	{
		name: "a usual term is provisional", events: "s1 school.started 2026-08-20\nr1 pep.reviewed 2026-11-10",
		asOf: "2027-01-01", refs: []string{"WIN-2"},
		want: `
			WIN-2:s1.2026-09-03 2026-09-03 2026-12-18 met met=2026-11-10
			WIN-2:s1.2027-01-01 2027-01-01 2027-03-31 running provisional`,
	},
	{
		name: "over the summer no term runs", events: "s1 school.started 2027-03-20\nr1 pep.reviewed 2027-06-10",
		asOf: "2027-08-31", refs: []string{"WIN-2"},
		want: `WIN-2:s1.2027-04-01 2027-04-01 2027-07-31 met met=2027-06-10 provisional`,
	},
	{
		name: "a review on the first day of the term meets it, also where such a review opened the period",
		events: `
			p1 pep.reviewed 2026-08-10
			p2 pep.reviewed 2026-09-03`,
		asOf: "2026-09-03", refs: []string{"WIN-3"},
		want: `WIN-3:p1.2026-09-03 2026-09-03 2026-12-18 met met=2026-09-03`,
	},
	{
		name: "no term of before the timescale was in force", events: "p1 pep.reviewed 2026-01-10",
		asOf: "2026-09-03", refs: []string{"WIN-3"},
		want: `WIN-3:p1.2026-09-03 2026-09-03 2026-12-18 running`,
	},
	{
		name: "the review that opens the period on the first day of the term is not the one that the term asks for",
		events: `
			p1 pep.reviewed 2026-09-03T10:00:00Z
			p2 pep.reviewed 2026-09-03T12:00:00Z`,
		asOf: "2026-09-04", refs: []string{"WIN-3"},
		want: `WIN-3:p1.2026-09-03 2026-09-03 2026-12-18 running`,
	},
}

func TestADutySaysForWhichWindowItIs(t *testing.T) {
	t.Parallel()
	plan := madeUp.Fold(acceptedBy(t, madeUp, home+"s1 school.started 2026-08-20"), casework.Moment{AsOf: instant(t, "2027-01-01")})
	for id, want := range map[string]string{
		"WIN-1:h1.2026-11-01": "November 2026", "WIN-1:h1.2027-01-01": "January 2027",
		"WIN-2:s1.2026-09-03": "autumn term 2026 in Anytown", "WIN-2:s1.2027-01-01": "spring term 2027",
	} {
		if d := plan.Duty(id); d == nil || d.Window != want {
			t.Errorf("%s is for %+v, want %s", id, d, want)
		}
	}
}

func TestANewEditionTakesOverAWindowAndItsLastDayStays(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, "h1 home.opened 2027-02-20")
	d := madeUp.Fold(events, casework.Moment{AsOf: instant(t, "2027-03-15")}).Duty("WIN-1:h1.2027-03-01")
	if len(d.Moves) != 1 || d.Moves[0].From != "2027-03-31" || d.Moves[0].Until != "2027-03-31" || d.Edition.Source != "Homes Regulations, regulation 44(1) as amended" {
		t.Errorf("got %+v", d)
	}
	if got := noticesOf(madeUp.Notices(events, day(t, "2027-03-01"), day(t, "2027-03-25"))); got != "2027-03-22T09:00 WIN-1 2027-03-31 -5wd worker reminder" { // Easter lies between
		t.Errorf("nobody is told of a date that did not move: %s", got)
	}
}

// A window begins by itself: the pathway stays, and looks again then.
func TestTheAgendaWakesWhenTheNextWindowBegins(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, events, at string
		want             string // "" if nothing is owed
	}{
		{"before the first", home, "2026-10-25T12:00:00Z", "2026-11-01T00:00:00Z"},
		{"when the last was met", home + "v1 home.visited 2026-11-10T10:00:00Z seen=true", "2026-11-11T12:00:00Z", "2026-12-01T00:00:00Z"},
		{"at the instant at which one begins its first rung is next", home, "2026-11-01T00:00:00Z", "2026-11-23T09:00:00Z"},
		{"British Summer Time begins its day an hour before", "h1 home.opened 2026-05-02", "2026-05-03T12:00:00Z", "2026-05-31T23:00:00Z"},
		{"not once the home is closed", home + "v1 home.visited 2026-11-10T10:00:00Z seen=true\nx1 home.closed 2026-11-12T10:00:00Z", "2026-11-13T12:00:00Z", ""},
		{"not once the timescale is no longer in force", "h1 home.opened 2027-02-20\nv1 home.visited 2027-04-30T10:00:00Z seen=true", "2027-04-30T12:00:00Z", ""},
		{"not after the eighteenth birthday", "b1 person.born 2008-11-15\n" + home + "v1 home.visited 2026-11-10T10:00:00Z seen=true", "2026-11-16T12:00:00Z", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ag := madeUp.Agenda(acceptedBy(t, madeUp, tt.events), nil, instant(t, tt.at))
			wake, wakes := ag.Wakes["Stays"]
			switch {
			case tt.want == "" && (wakes || ag.Owed["Stays"]):
				t.Errorf("it wakes %+v and owes %v", ag.Wakes, ag.Owed)
			case tt.want != "" && (!wake.At.Equal(instant(t, tt.want)) || !ag.Owed["Stays"]):
				t.Errorf("it wakes %+v and owes %v", ag.Wakes, ag.Owed)
			}
		})
	}
}

func TestTheNextWindowIsTheFirstInWhichTheTimescaleIsInForce(t *testing.T) {
	t.Parallel()
	ag := madeUp.Agenda(acceptedBy(t, madeUp, "p1 pep.reviewed 2026-01-10"), nil, instant(t, "2026-01-12T12:00:00Z"))
	if w := ag.Wakes["School"]; !w.At.Equal(day(t, "2026-09-03").Start()) {
		t.Errorf("it wakes %+v", w)
	}
}

func TestTheWakeOfAWindowSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	ag := madeUp.Agenda(acceptedBy(t, madeUp, home), nil, instant(t, "2026-10-25T12:00:00Z"))
	if got := ag.Wakes["Stays"].Why; got != "a new window begins" {
		t.Errorf("got %q", got)
	}
}

func TestNoticesAcrossAYearOfWindowsAreThoseOfTheAgenda(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, `
		h1 home.opened 2026-02-10 rec=2026-02-10T10:00:00Z
		v1 home.visited 2026-03-10 seen=true rec=2026-03-11T10:00:00Z
		v2 home.visited 2026-05-08 seen=true rec=2026-05-11T10:00:00Z
		v3 home.visited 2026-06-30 seen=true rec=2026-07-03T10:00:00Z
		v4 home.visited 2026-09-10 seen=true rec=2026-09-10T10:00:00Z
		v5 home.visited 2026-11-30 seen=true rec=2026-11-30T10:00:00Z
		s1 school.started 2026-02-10 rec=2026-02-10T10:00:00Z
		r1 pep.reviewed 2026-06-10 rec=2026-06-10T10:00:00Z`)
	from, to := day(t, "2026-01-01"), day(t, "2027-01-10")
	offline := madeUp.Notices(events, from, to)
	if live := playAgenda(madeUp, events, from, to, allOfThem); noticeLines(offline) != noticeLines(live) {
		t.Errorf("offline:\n%s\nlive:\n%s", noticeLines(offline), noticeLines(live))
	}
	// Met in March, late for April, recorded late for June, missed in July and August, in time since.
	same(t, `
		2026-04-23T09:00 WIN-1 2026-04-30 -5wd worker reminder
		2026-04-30T09:00 WIN-1 2026-04-30 0 worker reminder
		2026-05-01T09:00 WIN-1 2026-04-30 +1wd team_manager escalation
		2026-05-08T09:00 WIN-1 2026-04-30 +5wd service_manager escalation
		2026-05-12T09:00 WIN-1 2026-04-30 team_manager resolved
		2026-05-12T09:00 WIN-1 2026-04-30 service_manager resolved
		2026-06-23T09:00 WIN-1 2026-06-30 -5wd worker reminder
		2026-06-30T09:00 WIN-1 2026-06-30 0 worker reminder
		2026-07-01T09:00 WIN-1 2026-06-30 +1wd team_manager escalation
		2026-07-06T09:00 WIN-1 2026-06-30 team_manager resolved
		2026-07-24T09:00 WIN-1 2026-07-31 -5wd worker reminder
		2026-07-31T09:00 WIN-1 2026-07-31 0 worker reminder
		2026-08-03T09:00 WIN-1 2026-07-31 +1wd team_manager escalation
		2026-08-07T09:00 WIN-1 2026-07-31 +5wd service_manager escalation
		2026-08-24T09:00 WIN-1 2026-08-31 -5wd worker reminder
		2026-08-28T09:00 WIN-1 2026-08-31 0 worker reminder
		2026-09-01T09:00 WIN-1 2026-08-31 +1wd team_manager escalation
		2026-09-07T09:00 WIN-1 2026-08-31 +5wd service_manager escalation
		2026-09-11T09:00 WIN-1 2026-07-31 team_manager resolved
		2026-09-11T09:00 WIN-1 2026-07-31 service_manager resolved
		2026-09-11T09:00 WIN-1 2026-08-31 team_manager resolved
		2026-09-11T09:00 WIN-1 2026-08-31 service_manager resolved
		2026-10-26T09:00 WIN-1 2026-10-31 -5wd worker reminder
		2026-10-30T09:00 WIN-1 2026-10-31 0 worker reminder
		2026-11-02T09:00 WIN-1 2026-10-31 +1wd team_manager escalation
		2026-11-06T09:00 WIN-1 2026-10-31 +5wd service_manager escalation
		2026-11-23T09:00 WIN-1 2026-11-30 -5wd worker reminder
		2026-11-30T09:00 WIN-1 2026-11-30 0 worker reminder
		2026-12-01T09:00 WIN-1 2026-10-31 team_manager resolved
		2026-12-01T09:00 WIN-1 2026-10-31 service_manager resolved
		2026-12-22T09:00 WIN-1 2026-12-31 -5wd worker reminder
		2026-12-31T09:00 WIN-1 2026-12-31 0 worker reminder
		2027-01-04T09:00 WIN-1 2026-12-31 +1wd team_manager escalation
		2027-01-08T09:00 WIN-1 2026-12-31 +5wd service_manager escalation`, noticesOf(offline, "WIN-1"))
}

// Of windows that had ended before it was recorded that their period was open, only the latest
// opens a duty (rules.md, section 6). Expected values by hand.
func TestWindowsOfBeforeAnythingWasRecorded(t *testing.T) {
	t.Parallel()
	runFoldCases(t, lateWindowCases)
}

var lateWindowCases = []foldCase{
	{
		name: "a home of 1998 that is recorded in 2026 owes the latest month that had ended, and what began since",
		events: `
			h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`,
		asOf: "2026-12-02", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 overdue late=32
			HO-01:h1.2026-11-01 2026-11-01 2026-11-30 overdue late=2
			HO-01:h1.2026-12-01 2026-12-01 2026-12-31 running`,
	},
	{
		name:   "on the last day of a month it has not ended",
		events: `h1 home.opened 1998-01-01 rec=2026-11-30T23:30:00Z`,
		asOf:   "2026-12-01", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 overdue late=31
			HO-01:h1.2026-11-01 2026-11-01 2026-11-30 overdue late=1
			HO-01:h1.2026-12-01 2026-12-01 2026-12-31 running`,
	},
	{
		name:   "as of a day long before it was recorded the latest is the one of that day",
		events: `h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`,
		asOf:   "2003-05-10", refs: []string{"HO-01"},
		want: `HO-01:h1.2003-05-01 2003-05-01 2003-05-31 running`,
	},
	{
		name: "a home that closed before it was recorded owes its last month",
		events: `
			h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z
			x1 home.closed 2004-03-15 rec=2026-11-27T10:00:00Z`,
		asOf: "2026-12-02", refs: []string{"HO-01"},
		want: `HO-01:h1.2004-03-01 2004-03-01 2004-03-31 ended ended=2004-03-15`,
	},
	{
		name:   "what was recorded as it happened keeps every month",
		events: `h1 home.opened 2026-07-20`,
		asOf:   "2026-10-02", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=32
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=2
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`,
	},
	{
		name: "an opening that is corrected to an earlier day keeps the months that were known, and owes one of those before",
		events: `
			h1 home.opened 2026-07-20
			c1 home.opened 2006-07-20 corrects=h1 rec=2026-10-05T10:00:00Z`,
		asOf: "2026-10-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-07-01 2026-07-01 2026-07-31 overdue late=67
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=36
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=6
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`,
	},
	{
		name: "a correction that leaves the day as it is takes no month away",
		events: `
			h1 home.opened 2026-07-20
			c1 home.opened 2026-07-20 corrects=h1 rec=2026-10-05T10:00:00Z`,
		asOf: "2026-10-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=36
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=6
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`,
	},
	{
		name: "what was moved to a later day and back again was not known for the months between",
		events: `
			h1 home.opened 2026-01-20
			c1 home.opened 2026-06-20 corrects=h1 rec=2026-06-21T10:00:00Z
			c2 home.opened 2026-01-20 corrects=c1 rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-06-01 2026-06-01 2026-06-30 overdue late=68
			HO-01:h1.2026-07-01 2026-07-01 2026-07-31 overdue late=37
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	},
	{
		name: "an event that became an opening by a correction is known from that",
		events: `
			h1 home.closed 2025-01-20
			c1 home.opened 2025-01-20 corrects=h1 rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	},
	{
		name: "a closing that is taken back after years owes the latest month, and those before it was recorded",
		events: `
			h1 home.opened 2015-11-20
			v1 independent_person.visited 2016-01-10
			x1 home.closed 2016-02-20
			z1 - - voids=x1 rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2015-12-01 2015-12-01 2015-12-31 met_late met=2016-01-10 late=10
			HO-01:h1.2016-01-01 2016-01-01 2016-01-31 met met=2016-01-10
			HO-01:h1.2016-02-01 2016-02-01 2016-02-29 overdue late=3842
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	},
	{
		name: "a closing that is taken back does not concern the months of a later opening",
		events: `
			h1 home.opened 2026-01-20
			x1 home.closed 2026-02-10
			h2 home.opened 2026-05-20
			z1 - - voids=x1 rec=2026-08-05T10:00:00Z`,
		asOf: "2026-08-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-02-01 2026-02-01 2026-02-28 overdue late=159
			HO-01:h1.2026-05-01 2026-05-01 2026-05-31 overdue late=67
			HO-01:h2.2026-06-01 2026-06-01 2026-06-30 overdue late=37
			HO-01:h2.2026-07-01 2026-07-01 2026-07-31 overdue late=6
			HO-01:h2.2026-08-01 2026-08-01 2026-08-31 running`,
	},
	{
		name: "ten years of terms of a looked-after child whose first plan is recorded late are two",
		events: `
			a1 looked_after.started 2016-09-01
			p1 pep.completed 2016-09-10 rec=2026-11-03T10:00:00Z`,
		asOf: "2026-11-04", refs: []string{"LA-27"},
		want: `
			LA-27:p1.2026-04-01 2026-04-01 2026-07-31 overdue late=96 provisional
			LA-27:p1.2026-09-01 2026-09-01 2026-12-31 running provisional`,
	},
	{
		name: "an older plan that is heard of later changes neither the names nor the number of what was owed",
		events: `
			a1 looked_after.started 2016-09-01
			p2 pep.completed 2025-08-20
			p1 pep.completed 2016-09-10 rec=2026-11-03T10:00:00Z`,
		asOf: "2026-11-04", refs: []string{"LA-27"},
		want: `
			LA-27:p1.2025-04-01 2025-04-01 2025-07-31 met_late met=2025-08-20 late=20 provisional
			LA-27:p2.2025-09-01 2025-09-01 2025-12-31 overdue late=308 provisional
			LA-27:p2.2026-01-01 2026-01-01 2026-03-31 overdue late=218 provisional
			LA-27:p2.2026-04-01 2026-04-01 2026-07-31 overdue late=96 provisional
			LA-27:p2.2026-09-01 2026-09-01 2026-12-31 running provisional`,
	},
}

func TestWindowsWhileAnotherPeriodWasTakenForOpen(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, []foldCase{{
		name: "the end of what keeps them from starting is heard of late: of those that had ended only the latest is owed",
		events: `
			h1 home.opened 2026-01-20
			s1 secure.started 2026-02-10T10:00:00Z
			v1 home.visited 2026-02-20 seen=true
			e1 secure.ended 2026-03-10T10:00:00Z rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"WIN-1"},
		want: `
			WIN-1:h1.2026-02-01 2026-02-01 2026-02-28 met met=2026-02-20
			WIN-1:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			WIN-1:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	}})
}

func TestWindowsThatHadEndedAreJudgedWithWhatWasKnownThen(t *testing.T) {
	t.Parallel()
	events := accepted(t, `
		h1 home.opened 2026-07-20
		c1 home.opened 2006-07-20 corrects=h1 rec=2026-10-05T10:00:00Z`)
	before := book.Fold(events, casework.At(instant(t, "2026-10-04")))
	same(t, `
		HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=34
		HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=4
		HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`, dutyLines(before, "HO-01"))
}

func TestTheLatestOfTheWindowsThatHadEndedIsToldToTheWorkerFirst(t *testing.T) {
	t.Parallel()
	// Recorded on a Friday after 09:00: the ladder of October is counted from Monday, that of
	// November is its own.
	events := accepted(t, `h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`)
	same(t, `
		2026-11-30T09:00 HO-01 2026-10-31 0 worker reminder
		2026-11-30T09:00 HO-01 2026-11-30 0 worker reminder missed=-5wd,-1wd
		2026-12-01T09:00 HO-01 2026-10-31 +1wd team_manager escalation
		2026-12-01T09:00 HO-01 2026-11-30 +1wd team_manager escalation`,
		noticesOf(book.Notices(events, day(t, "1998-01-01"), day(t, "2026-12-02")), "HO-01"))
}

func TestAnExplanationSaysThatEarlierWindowsAreNotListed(t *testing.T) {
	t.Parallel()
	events := accepted(t, `h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`)
	plan := book.Fold(events, casework.At(instant(t, "2026-11-30")))
	for id, want := range map[string]bool{"HO-01:h1.2026-10-01": true, "HO-01:h1.2026-11-01": false} {
		if got := strings.Contains(strings.Join(book.Explain(plan, id, events, nil).Remarks, "\n"), "only the latest is owed"); got != want {
			t.Errorf("%s: says so %t, want %t", id, got, want)
		}
	}
}

// The cases of which one late record once opened hundreds of duties.

// homeOf1998 returns a home that is recorded long after it opened.
func homeOf1998() []casework.Event {
	return []casework.Event{{
		ID: "h1", Case: "C1", Type: "home.opened", At: casework.OnDay(calendar.NewDate(1998, 1, 1)), Recorded: lateMorning,
	}}
}

// lateMorning is a Tuesday.
var lateMorning = calendar.NewDate(2026, 11, 10).At(8, 0)

// tenYearsInCare returns a child who has been looked after since 2016, recorded as it happened, but for
// the first personal education plan: that is heard of on lateMorning.
func tenYearsInCare() []casework.Event {
	var events []casework.Event
	add := func(day calendar.Date, eventType string, data casework.Data) {
		at := casework.OnDay(day)
		events = append(events, casework.Event{
			ID: fmt.Sprintf("e%d", len(events)), Case: "C1", Type: eventType, At: at, Recorded: at.End(), Data: data,
		})
	}
	born, start, today := calendar.NewDate(2011, 3, 3), calendar.NewDate(2016, 9, 1), calendar.NewDate(2026, 11, 9)
	add(born, "person.born", casework.Data{"date": born.String()})
	add(start, "looked_after.started", nil)
	add(start, "placement.started", nil)
	add(start, "care_plan.completed", nil)
	add(start, "iro.appointed", nil)
	for day := start.AddDays(5); day < today; day = day.AddDays(38) {
		add(day, "lac_visit.made", casework.Data{"seen": true})
	}
	for day := start.AddDays(19); day < today; day = day.AddMonths(5) {
		add(day.AddDays(-1), "iro_contact.made", nil)
		add(day, "lac_review.held", nil)
		add(day.AddDays(3), "lac_review_decisions.sent", nil)
		add(day.AddDays(10), "lac_review_record.completed", nil)
		add(day.AddDays(15), "lac_review_record.sent", nil)
	}
	for day := start.AddDays(15); day < today; day = day.AddMonths(11) {
		add(day, "health_assessment.completed", casework.Data{"initial": day == start.AddDays(15)})
	}
	for year := range 10 {
		add(start.AddYears(year), "unit_meeting.held", nil)
	}
	add(start.AddDays(9), "pep.completed", nil)
	events[len(events)-1].Recorded = lateMorning
	return events
}

// asOneLoad returns a case whose whole history is recorded at once, as a council's first load is.
func asOneLoad(events []casework.Event) []casework.Event {
	events = slices.Clone(events)
	for i := range events {
		events[i].Recorded, events[i].Backlog = lateMorning, true
	}
	return events
}

// homeRecordedPiecemeal returns a home of 1988 with events of two types, each recorded at another time:
// some at once, some years later.
func homeRecordedPiecemeal(types ...string) []casework.Event {
	r := rand.New(rand.NewSource(1))
	opened := calendar.NewDate(1988, 5, 17)
	events := []casework.Event{{ID: "h1", Case: "C1", Type: "home.opened", At: casework.OnDay(opened), Recorded: opened.End()}}
	for i := range 30 {
		at := casework.OnDay(opened.AddDays(r.Intn(14000)))
		events = append(events, casework.Event{
			ID: fmt.Sprintf("v%d", i), Case: "C1", Type: types[i%len(types)], At: at,
			Recorded: at.End().AddDate(0, r.Intn(60), r.Intn(28)),
		})
	}
	return events
}

var lateCases = []struct {
	name   string
	events []casework.Event
	duties int // that still run or are overdue when it is recorded, at most
	sends  int // in one agenda, at most
	folds  int // in one agenda, at most
}{
	{"a home of 1998", homeOf1998(), 3, 2, 4},
	{"ten years in care, the first plan recorded late", tenYearsInCare(), 11, 6, 30},
	{"ten years in care, in one load", asOneLoad(tenYearsInCare()), 11, 0, 20},
	{"a home of 1988 that is recorded piecemeal", homeRecordedPiecemeal("independent_person.visited", "supervision.held"), 30, 30, 40},
	// Each of its 461 months, and the first review of the quality of care, was owed, and told in its time, by a service that ran.
	{"a home of 1988 that was never visited", homeRecordedPiecemeal("unit_meeting.held", "supervision.held"), 463, 462, 40},
}

// The case is planned at the 09:00 after its last recording, and nobody was told anything before.
func TestOneLateRecordOpensAHandfulOfDuties(t *testing.T) {
	t.Parallel()
	for _, c := range lateCases {
		now := lateMorning.Add(time.Hour)
		ag, folds := casework.AgendaInFolds(book, c.events, nil, now)
		open := 0
		for i := range ag.Plan.Duties {
			if ag.Plan.Duties[i].Open() {
				open++
			}
		}
		if open > c.duties || len(ag.Send) > c.sends || folds > c.folds {
			t.Errorf("%s: %d duties are open, %d notices are sent, %d folds were made; at most %d, %d and %d",
				c.name, open, len(ag.Send), folds, c.duties, c.sends, c.folds)
		}
	}
}

func BenchmarkAgendaOfLateRecords(b *testing.B) {
	for _, c := range lateCases {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				book.Agenda(c.events, nil, lateMorning.Add(time.Hour))
			}
		})
	}
}

// However late ten years of a case are recorded, the agenda that follows a recording names of each
// timescale at most two rungs (one goes to two roles at most) for each duty that an event can
// open; and for each period with windows those of three: the latest that had ended when it was
// heard of, one that ended since, and the one that runs. So the number depends on what happened,
// never on how many years it lies back. (What is told to be resolved or moved goes once to each
// who was told before.) Nothing is taken back in these cases, nor is a birth or the end of a period
// heard of late: what had met or ended many duties, or had kept them from opening, has been one
// record too.
func TestNoAgendaNamesMoreRungsThanItsEventsCanOpen(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := slices.DeleteFunc(k.longCase(t, 10), func(e casework.Event) bool {
			return e.Corrects != "" || e.Voids != "" || e.Type == "person.born" || k.endsPeriod(e.Type)
		})
		events, _ = k.book.Accept(append(events, k.openingOfWindows(t)))
		for i := range events {
			before, after := morningsAround(events[i].Recorded)
			told := k.book.Agenda(events, nil, before).Send // of a service that ran up to then
			rungs := map[string]int{}
			for _, n := range k.book.Agenda(events, told, after).Send {
				if n.Rung != "" {
					rungs[n.Ref]++
				}
			}
			for ref, n := range rungs {
				if most := 2 * k.canOpen(k.book.Pack().Timescale(ref), events); n > most {
					t.Fatalf("%d rungs of %s are named at %s, more than %d", n, ref, after, most)
				}
			}
		}
	})
}

// morningsAround returns the last 09:00 of a working day before an instant and the first from it on.
func morningsAround(at time.Time) (before, after time.Time) {
	cal := calendar.Published()
	day := cal.OnOrBefore(calendar.DateOf(at))
	if before = day.At(9, 0); !before.Before(at) {
		before = cal.OnOrBefore(day.AddDays(-1)).At(9, 0)
	}
	return before, cal.OnOrAfter(calendar.DateOf(before).AddDays(1)).At(9, 0)
}

// endsPeriod reports whether an event of a type ends a period, or the case.
func (k kitchen) endsPeriod(eventType string) bool {
	pack := k.book.Pack()
	return slices.Contains(pack.CaseEnds, eventType) || slices.ContainsFunc(pack.Periods, func(p timescale.Period) bool {
		return slices.ContainsFunc(p.Ends, func(e timescale.Ending) bool { return e.Event == eventType })
	})
}

// openingOfWindows draws an event that opens a period with windows, recorded years later or at once.
func (k kitchen) openingOfWindows(t *rapid.T) casework.Event {
	pack := k.book.Pack()
	windowed := slices.DeleteFunc(slices.Clone(pack.Timescales), func(r timescale.Timescale) bool { return r.Windows == "" || r.Off != "" })
	r := rapid.SampledFrom(windowed).Draw(t, "windows")
	at := casework.OnDay(firstDay.AddDays(-rapid.IntRange(0, 3650).Draw(t, "opened days ago")))
	return casework.Event{
		ID: "w", Case: "C1", Type: pack.Period(r.Period).Opens[0].Event, At: at,
		Recorded: at.End().AddDate(0, 0, rapid.IntRange(0, 4000).Draw(t, "recorded days later")),
	}
}

// canOpen returns how many duties of a timescale that may ring at one time a case's events can open.
func (k kitchen) canOpen(r *timescale.Timescale, events []casework.Event) int {
	count := 0
	for i := range events {
		opens := false
		if p := k.book.Pack().Period(r.Period); p != nil {
			opens = slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return o.Event == events[i].Type })
		}
		if r.Windows != "" && opens {
			count += 3
		}
		for _, s := range r.Starts {
			if s.Event == events[i].Type || (s.PeriodOpens || s.Birthday > 0) && opens {
				count++
			}
		}
	}
	return count
}

// Of the windows of one opening that had ended before it was recorded, at most one opens a duty,
// and it is the latest of them all.
func TestOfWindowsThatHadEndedOnlyTheLatestOpensADuty(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := k.longCase(t, 15)
		if len(events) == 0 {
			return
		}
		recorded := map[string]time.Time{}
		for i := range events {
			if events[i].Corrects == "" && events[i].Voids == "" {
				recorded[events[i].ID] = events[i].Recorded
			}
		}
		passed := map[string]calendar.Date{}
		for _, d := range k.book.Fold(events, casework.At(anInstant(t, events))).Duties {
			if d.Window == "" || d.Due.End().After(recorded[d.Entry]) && !d.WindowPassed {
				continue
			}
			key := d.Ref + d.Entry
			if !d.WindowPassed || passed[key] != 0 {
				t.Fatalf("%s had ended before its opening was recorded", d.ID)
			}
			passed[key] = d.Due
		}
	})
}
