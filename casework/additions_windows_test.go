package casework_test

import (
	"testing"

	"longstop/casework"
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
		name: "one that is not met stays overdue beside the next", events: home,
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
		name: "a dated term stands in the place of the usual one", events: `s1 school.started 2026-08-20`,
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
	if got := noticesOf(madeUp.Notices(events, day(t, "2027-03-01"), day(t, "2027-03-25"))); got != "2027-03-24T09:00 WIN-1 2027-03-31 -5wd worker reminder" {
		t.Errorf("nobody is told of a date that did not move: %s", got)
	}
}

// A window begins by itself: the pathway stays, and looks again then.
func TestTheAgendaWakesWhenTheNextWindowBegins(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, events, at string
		want             string // "" where nothing is owed
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
		2026-08-21T09:00 WIN-1 2026-08-31 -5wd worker reminder
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
