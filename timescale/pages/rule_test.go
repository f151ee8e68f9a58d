package pages

import (
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

func TestWhetherATimescaleRepeats(t *testing.T) {
	t.Parallel()
	visit := func(where ...timescale.Test) timescale.Match {
		return timescale.Match{Event: "cp_visit.made", Where: where}
	}
	starts := func(m timescale.Match, nth *timescale.Nth) []timescale.Start {
		return []timescale.Start{{Match: timescale.Match{Event: "cp_plan.started"}}, {Match: m, Nth: nth}}
	}
	met := func(where ...timescale.Test) []timescale.Meeting {
		return []timescale.Meeting{{Match: visit(where...)}}
	}
	const done = "Yes, counted from the day on which the last was done"
	tests := []struct {
		name string
		rule timescale.Timescale
		want string
	}{
		{"what meets it starts the next", timescale.Timescale{Starts: starts(visit(), nil), MetBy: met(), From: timescale.FromDone}, done},
		{"only some of what meets it starts the next", timescale.Timescale{Starts: starts(visit(yes("seen")), nil), MetBy: met(), From: timescale.FromDone}, done},
		{"from the due date", timescale.Timescale{Starts: starts(visit(), nil), MetBy: met(), From: timescale.FromDue}, "Yes, counted from the day on which the last was due"},
		{"in steps", timescale.Timescale{Starts: starts(visit(), nil), MetBy: met(), From: timescale.FromStart}, "Yes, in whole steps from the first start"},
		{"what meets it is never what starts it", timescale.Timescale{Starts: starts(visit(yes("seen")), nil), MetBy: met(no("seen"))}, "No"},
		{"what meets it has another outcome", timescale.Timescale{
			Starts: starts(visit(timescale.Test{Field: "x", Words: []string{"a"}}), nil), MetBy: met(timescale.Test{Field: "x", Words: []string{"b"}}),
		}, "No"},
		{"what meets it lacks what starts it", timescale.Timescale{Starts: starts(visit(filled("x", true)), nil), MetBy: met(filled("x", false))}, "No"},
		{"only the first starts it", timescale.Timescale{Starts: starts(visit(), &timescale.Nth{From: 1, To: 1}), MetBy: met()}, "No"},
		{"every start has its own", timescale.Timescale{Starts: starts(visit(yes("seen")), nil), MetBy: met(no("seen")), Each: true}, "No, but every start has a timescale of its own"},
		{"every start has its own, and goes on", timescale.Timescale{Starts: starts(visit(), nil), MetBy: met(), Each: true, From: timescale.FromDone}, done + "; every start has a timescale of its own"},
		{"calendar months", timescale.Timescale{Windows: timescale.CalendarMonths}, "Yes, one for each month"},
		{"school terms", timescale.Timescale{Windows: timescale.SchoolTerms}, "Yes, one for each term"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, repeats(&tt.rule), tt.want)
		})
	}
}

func TestWhatARollingSumAddsUp(t *testing.T) {
	t.Parallel()
	days := timescale.Length{N: 28, Unit: timescale.Days}
	for want, l := range map[string]timescale.Limit{
		"": {N: 5, Unit: timescale.Days},
		"- **Adds up** all the time for which it was open, as elapsed hours.\n":                             {N: 72, Unit: timescale.Hours, In: days},
		"- **Adds up** each day on which it was open, once, and the first and the last of each time too.\n": {N: 7, Unit: timescale.Days, In: days},
	} {
		expect(t, shipped.bounds(&timescale.Timescale{Editions: []timescale.Edition{{Limits: []timescale.Limit{l}}}}), want)
	}
}

func TestHowATimescaleIsExtended(t *testing.T) {
	t.Parallel()
	weeks := timescale.Limit{N: 8, Unit: timescale.Weeks}
	total := timescale.Limit{N: 3, Unit: timescale.Years}
	const by = ", when the court extends its timetable (`court_timetable.extended`)"
	tests := []struct {
		name string
		rule timescale.Timescale
		want string
	}{
		{"not", timescale.Timescale{}, "None"},
		{"paused only", timescale.Timescale{Pausable: true}, "None. The timescale may be paused, with a reason"},
		{"once", timescale.Timescale{Extend: &timescale.Extension{Event: "court_timetable.extended", Times: 1, Most: weeks, Source: "An Act"}}, "By at most 8 weeks after the due date, once" + by + ". An Act"},
		{"twice", timescale.Timescale{Extend: &timescale.Extension{Event: "court_timetable.extended", Times: 2, Most: weeks, Source: "An Act"}}, "By at most 8 weeks after the due date, 2 times at most" + by + ". An Act"},
		{"late, up to a bound", timescale.Timescale{Extend: &timescale.Extension{
			Event: "court_timetable.extended", Most: weeks, AfterLaterOfDueAndGranted: true, MayFollowDue: true, Total: &total, Source: "An Act",
		}}, "By at most 8 weeks after the due date or the day granted, whichever is later, and to no more than 3 years in all" + by + ", also after the due date. An Act"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, shipped.extension(&tt.rule), tt.want)
		})
	}
}

func TestWhoIsTold(t *testing.T) {
	t.Parallel()
	b := &book{pack: load.Embedded()}
	edition := func(l timescale.Limit) []timescale.Edition {
		return []timescale.Edition{{Limits: []timescale.Limit{l}}}
	}
	months := timescale.Limit{N: 3, Unit: timescale.Months}
	every := timescale.Limit{N: 2, Unit: timescale.Months}
	tests := []struct {
		name string
		rule timescale.Timescale
		want string
	}{
		{"by the limit", timescale.Timescale{Editions: edition(timescale.Limit{N: 10, Unit: timescale.WorkingDays})}, "The social worker or lead practitioner is reminded 2 working days before and on the day; the team manager is alerted 1 working day after, the service manager 3 working days after, the head of service 5 working days after ([over one week](who-is-told.md))"},
		{"in hours, at any hour", timescale.Timescale{AnyHour: true, Editions: edition(timescale.Limit{N: 72, Unit: timescale.Hours})}, "The social worker or lead practitioner is reminded when 50% and 75% of the time is gone; the team manager is alerted when 75% of the time is gone, the service manager when the time is up, the head of service 4 hours after ([hours](who-is-told.md)), at any hour"},
		{"by the ladder that it names", timescale.Timescale{Ladder: "managers", Editions: edition(months)}, "The team manager is reminded on the day; the service manager is alerted 5 working days after, the head of service 10 working days after ([managers](who-is-told.md))"},
		{"windows", timescale.Timescale{Windows: timescale.CalendarMonths, Ladder: "managers", Editions: []timescale.Edition{{}}}, "The team manager is reminded on the day; the service manager is alerted 5 working days after, the head of service 10 working days after ([managers](who-is-told.md))"},
		{"without a number", timescale.Timescale{Editions: []timescale.Edition{{NoLimit: true}}}, "Nobody: it has no date"},
		{"alarms", timescale.Timescale{Drift: []timescale.Alarm{
			{After: timescale.Limit{Unit: timescale.Days}, Role: timescale.Worker}, {After: months, Every: &every, Role: timescale.HeadOfService},
		}}, "The social worker or lead practitioner is alerted on the day itself, the head of service after 3 months and every 2 months from then on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, strings.Join(b.whoIsTold(&tt.rule), "|"), tt.want)
		})
	}
}

func TestSeveralLaddersAreToldApartByTheirLimits(t *testing.T) {
	t.Parallel()
	b := &book{pack: load.Embedded()}
	words := b.whoIsTold(&timescale.Timescale{Editions: []timescale.Edition{{Limits: []timescale.Limit{
		{N: 1, Unit: timescale.Weeks}, {N: 6, Unit: timescale.Weeks}, {N: 5, Unit: timescale.Weeks},
	}}}})
	if len(words) != 2 || !strings.HasPrefix(words[0], "1 week: the social worker") || !strings.HasPrefix(words[1], "6 weeks: the social worker") {
		t.Errorf("got %q", words)
	}
}

func TestWhichStartsAnEditionGoverns(t *testing.T) {
	t.Parallel()
	from, until := calendar.NewDate(2013, 4, 15), calendar.NewDate(2026, 6, 1)
	tests := []struct {
		name    string
		edition timescale.Edition
		want    string
	}{
		{"all", timescale.Edition{}, "starts at any time"},
		{"those from a day on", timescale.Edition{From: from}, "starts from 15 April 2013"},
		{"those of a time", timescale.Edition{From: from, Until: until}, "starts from 15 April 2013, before 1 June 2026"},
		{"those from a day on, and what runs then", timescale.Edition{From: from, Moves: true}, "starts from 15 April 2013; it also governs what was running on 15 April 2013, counted from its own start"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, applies(&tt.edition), tt.want)
		})
	}
}
