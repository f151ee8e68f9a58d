package timescale_test

import (
	"testing"

	"longstop/calendar"
	"longstop/timescale"
)

func TestLimitText(t *testing.T) {
	t.Parallel()
	week, month := timescale.Limit{N: 1, Unit: timescale.Weeks}, timescale.Limit{N: 1, Unit: timescale.Months}
	when := func(c timescale.Condition) []timescale.Limit {
		l := week
		l.When = &c
		return []timescale.Limit{l, month}
	}
	y2010 := calendar.NewDate(2010, 3, 17)
	tests := []struct {
		name  string
		rule  timescale.Timescale
		want  string
		hangs bool
	}{
		{"one limit", rule(timescale.Edition{Limits: []timescale.Limit{week}}), "1 week", false},
		{
			"several editions",
			rule(timescale.Edition{Limits: []timescale.Limit{week}, Until: y2010}, timescale.Edition{Limits: []timescale.Limit{month}, From: y2010}),
			"1 week until 17 March 2010; 1 month from 17 March 2010", false,
		},
		{"a local limit", rule(timescale.Edition{Limits: []timescale.Limit{month}, LocalLimit: &week}), "1 month (here 1 week)", false},
		{
			"a fact of the period",
			rule(timescale.Edition{Limits: when(timescale.Condition{PeriodWhere: []timescale.Test{{Field: "to_18", Flag: yes()}}})}),
			"1 week where to_18, else 1 month", true,
		},
		{
			"what happened since",
			rule(timescale.Edition{Limits: when(timescale.Condition{HeldSince: "a.held", NotHeldSince: "b.held"})}),
			"1 week once there was a.held and until there was b.held, else 1 month", true,
		},
		{
			"a birthday", rule(timescale.Edition{Limits: when(timescale.Condition{BeforeBirthday: 5})}),
			"1 week where that falls before the age of 5, else 1 month", true,
		},
		{
			"limits of their own for starts",
			timescale.Timescale{
				Starts:   []timescale.Start{{Match: timescale.Match{Event: "a.held"}, Limits: []timescale.Limit{week}}},
				Editions: []timescale.Edition{{Limits: []timescale.Limit{month}, From: y2010}},
			},
			"1 week after a.held; 1 month from 17 March 2010", true,
		},
		{
			"backwards from a date of the start",
			rule(timescale.Edition{Limits: []timescale.Limit{{N: 2, Unit: timescale.WorkingDays, Back: true, From: &timescale.Anchor{Field: "for"}}}}),
			"2 working days before (from its date for)", true,
		},
		{"backwards from the day of the start", rule(timescale.Edition{Limits: []timescale.Limit{{N: 2, Unit: timescale.Weeks, Back: true}}}), "2 weeks before", true},
		{"a rolling sum", rule(timescale.Edition{Limits: []timescale.Limit{{N: 72, Unit: timescale.Hours, In: timescale.Length{N: 28, Unit: timescale.Days}}}}), "72 hours in any 28 days", true},
		{
			"the earliest of two",
			rule(timescale.Edition{Earliest: true, Limits: []timescale.Limit{week, {N: 12, Unit: timescale.Weeks, Back: true, From: &timescale.Anchor{Event: "person.expected", Field: "date"}}}}),
			"1 week or 12 weeks before (from the date of the latest person.expected), whichever is first", true,
		},
		{
			"before the first of several events",
			rule(timescale.Edition{Limits: []timescale.Limit{month}, By: []timescale.Deadline{{Match: timescale.Match{Event: "b.held"}}, {Match: timescale.Match{Event: "c.held"}, Nth: 2}}}),
			"1 month, and before b.held or no. 2 of c.held", true,
		},
		{
			"on a birthday, with a limit of its own",
			timescale.Timescale{Starts: []timescale.Start{{Birthday: 16, Limits: []timescale.Limit{week}, NoneSameDay: "a.held"}}},
			"1 week after the 16th birthday (no a.held that day)", true,
		},
		{"before an event", rule(timescale.Edition{By: []timescale.Deadline{{Match: timescale.Match{Event: "b.held"}}}}), "before b.held", true},
		{
			"before the second of an event, and a limit",
			rule(timescale.Edition{Limits: []timescale.Limit{month}, By: []timescale.Deadline{{Match: timescale.Match{Event: "b.held", Where: []timescale.Test{{Field: "seen", Flag: yes()}}}, Nth: 2}}}),
			"1 month, and before no. 2 of b.held (seen)", true,
		},
		{"a lower bound alone", rule(timescale.Edition{NotBefore: &week}), "not before 1 week", true},
		{"a lower bound and a limit", rule(timescale.Edition{Limits: []timescale.Limit{month}, NotBefore: &week}), "1 month, not before 1 week", false},
		{"no number", rule(timescale.Edition{NoLimit: true}), "no number", true},
		{
			"windows",
			timescale.Timescale{Windows: timescale.CalendarMonths, Editions: []timescale.Edition{{}}},
			"by the end of each of the calendar months", true,
		},
		{
			"limits from a date for starts",
			timescale.Timescale{
				Starts: []timescale.Start{{
					Match:  timescale.Match{Event: "a.held", Where: []timescale.Test{{Field: "until", Filled: yes()}}},
					Limits: []timescale.Limit{{Unit: timescale.Days, From: &timescale.Anchor{Field: "until"}}},
				}},
				Editions: []timescale.Edition{{Limits: []timescale.Limit{month}}},
			},
			"the same day (from its date until) after a.held (with until); 1 month", false,
		},
		{
			"drift in other units",
			timescale.Timescale{Editions: []timescale.Edition{{}}, Drift: []timescale.Alarm{{After: timescale.Limit{Unit: timescale.Days}}, {After: timescale.Limit{N: 5, Unit: timescale.WorkingDays}}}},
			"no limit, alerts at the same day, 5 working days", true,
		},
		{
			"alarms only",
			timescale.Timescale{Editions: []timescale.Edition{{}}, Drift: []timescale.Alarm{{After: months(9)}, {After: months(24), Every: pointer(months(3))}}},
			"no limit, alerts at 9 months, 24 months and every 3 months after", true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.rule.LimitText(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := tt.rule.HangsOnMore(); got != tt.hangs {
				t.Errorf("hangs on more than the date: got %t", got)
			}
		})
	}
}

func rule(e ...timescale.Edition) timescale.Timescale {
	return timescale.Timescale{
		Starts: []timescale.Start{{Match: timescale.Match{Event: "thing.started"}}}, Editions: e,
	}
}

func TestAStartInWords(t *testing.T) {
	t.Parallel()
	seen := timescale.Match{Event: "visit.made", Where: []timescale.Test{{Field: "seen", Flag: yes()}}}
	year := timescale.Limit{N: 1, Unit: timescale.Years}
	tests := []struct {
		name  string
		start timescale.Start
		want  string
	}{
		{"an event alone", timescale.Start{Match: timescale.Match{Event: "visit.made"}}, "visit.made"},
		{"an event with a condition", timescale.Start{Match: seen}, "visit.made (seen)"},
		{"the opening of the period", timescale.Start{PeriodOpens: true}, "the opening of the period"},
		{"the first", timescale.Start{Match: seen, Nth: &timescale.Nth{From: 1, To: 1}}, "visit.made (seen, no. 1)"},
		{"later ones in another period", timescale.Start{Match: seen, Nth: &timescale.Nth{From: 2}, NthIn: "stay"}, "visit.made (seen, no. 2 and later in stay)"},
		{"some of them", timescale.Start{Match: seen, Nth: &timescale.Nth{From: 2, To: 4}}, "visit.made (seen, no. 2 to 4)"},
		{"within a time", timescale.Start{Match: seen, Within: &timescale.Since{From: &year, Before: &year}}, "visit.made (seen, from 1 year on, before 1 year)"},
		{"a fact of the period", timescale.Start{PeriodOpens: true, PeriodWhere: []timescale.Test{{Field: "with_parent", Flag: no()}}}, "the opening of the period (period not with_parent)"},
		{"where nothing else happened", timescale.Start{Match: seen, NoneSince: "a.held", NoneSameDay: "b.held"}, "visit.made (seen, no a.held since, no b.held that day)"},
		{"before the period", timescale.Start{Match: seen, OrBefore: &year}, "visit.made (seen, or up to 1 year before)"},
		{"preceded by one", timescale.Start{Match: seen, PrecededBy: &timescale.Precedent{Match: seen, Times: 1, Within: year}}, "visit.made (seen, visit.made (seen) within 1 year)"},
		{"preceded by several", timescale.Start{Match: seen, PrecededBy: &timescale.Precedent{Match: timescale.Match{Event: "a.held"}, Times: 3, Within: year}}, "visit.made (seen, 3 times a.held within 1 year)"},
		{"on the same day", timescale.Start{Match: seen, SameDay: "a.held"}, "visit.made (seen, a.held that day)"},
		{"of some ages", timescale.Start{Match: seen, Aged: &timescale.Ages{From: 4, Before: 17}}, "visit.made (seen, aged 4 to 16)"},
		{"of an age or older", timescale.Start{Match: seen, Aged: &timescale.Ages{From: 16}}, "visit.made (seen, aged 16 or more)"},
		{"of one age", timescale.Start{Match: seen, Aged: &timescale.Ages{From: 4, Before: 5}}, "visit.made (seen, aged 4)"},
		{"younger than an age", timescale.Start{Match: seen, Aged: &timescale.Ages{Before: 5}}, "visit.made (seen, aged under 5)"},
		{"with and without fields", timescale.Start{Match: timescale.Match{Event: "a.held", Where: []timescale.Test{{Field: "until", Filled: yes()}, {Field: "reason", Filled: no()}}}}, "a.held (with until, without reason)"},
		{"in force for a time", timescale.Start{Match: seen, From: calendar.NewDate(2013, 4, 15), Until: calendar.NewDate(2014, 4, 22)}, "visit.made (seen, from 15 April 2013 until 22 April 2014)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.start.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAMeetingInWords(t *testing.T) {
	t.Parallel()
	month := timescale.Limit{N: 3, Unit: timescale.Months}
	match := timescale.Match{Event: "icpc.held", Where: []timescale.Test{{Field: "outcome", Words: []string{"plan", "no_plan"}}}}
	if got, want := match.String(), "icpc.held (outcome plan/no_plan)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	meeting := timescale.Meeting{Match: match, OrBefore: &month}
	if got, want := meeting.String(), "icpc.held (outcome plan/no_plan, or up to 3 months before)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
