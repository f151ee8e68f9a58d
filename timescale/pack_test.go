package timescale_test

import (
	"testing"

	"longstop/calendar"
	"longstop/timescale"
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

// validPack returns a small pack without faults: tests spoil one thing in it.
func validPack() *timescale.Pack {
	workdays := func(from, to int) timescale.Band {
		return timescale.Band{Unit: timescale.WorkingDays, From: from, To: to}
	}
	return &timescale.Pack{
		Name: "a test", Language: 1, Pathways: []string{"Assessment"},
		Events: []timescale.EventType{{Name: "thing.started"}, {Name: "thing.done"}},
		Periods: []timescale.Period{
			{Name: "care", Opens: opening("care.started"), Ends: []timescale.Ending{{Match: timescale.Match{Event: "care.ended"}}}},
			{Name: "stay", Opens: opening("stay.started"), EndsWith: "care", Replaces: true},
		},
		Ladders: []timescale.Ladder{
			{Name: "short", For: []timescale.Band{workdays(1, 19), {Unit: timescale.Days, From: 1}}, Rungs: []timescale.Rung{
				{Label: "-1wd", Days: -1}, {Label: "0"}, {Label: "+1wd", Days: 1},
			}},
			{Name: "long", For: []timescale.Band{workdays(20, 0), {Unit: timescale.Months, From: 1}}, Rungs: []timescale.Rung{{Label: "0"}}},
			{Name: "hours", For: []timescale.Band{{Unit: timescale.Hours, From: 1}}, Rungs: []timescale.Rung{
				{Label: "50%", Percent: 50, InHours: true}, {Label: "0", InHours: true}, {Label: "+4h", Hours: 4, InHours: true},
			}},
		},
		Timescales: []timescale.Timescale{validRule()},
	}
}

func opening(event string) []timescale.Opening {
	return []timescale.Opening{{Match: timescale.Match{Event: event}}}
}

func validRule() timescale.Timescale {
	return timescale.Timescale{
		Ref: "XX-01", Title: "A thing", Todo: "Do the thing.", Pathway: "Assessment", File: "x.yaml", Line: 3,
		Starts: []timescale.Start{{Match: timescale.Match{Event: "thing.started"}}},
		MetBy:  []timescale.Meeting{{Match: timescale.Match{Event: "thing.done"}}},
		Editions: []timescale.Edition{
			{Limits: []timescale.Limit{{N: 10, Unit: timescale.WorkingDays}}, Status: "statute", Source: "An Act", Line: 7},
		},
	}
}

func TestLadderFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		limit timescale.Limit
		want  string
	}{
		{"a limit inside a band takes its ladder", timescale.Limit{N: 19, Unit: timescale.WorkingDays}, "short"},
		{"a band without an end takes every longer limit", timescale.Limit{N: 500, Unit: timescale.WorkingDays}, "long"},
		{"weeks are counted as days", timescale.Limit{N: 6, Unit: timescale.Weeks}, "short"},
		{"years are counted as months", timescale.Limit{N: 1, Unit: timescale.Years}, "long"},
		{"hours have their own", timescale.Limit{N: 72, Unit: timescale.Hours}, "hours"},
		{"no ladder takes a limit of nothing", timescale.Limit{}, ""},
	}
	pack := validPack()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if l := pack.LadderFor(tt.limit); l != nil {
				got = l.Name
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestARuleMayNameItsLadder(t *testing.T) {
	t.Parallel()
	pack, rule := validPack(), validRule()
	tenDays := rule.Editions[0].Limits[0]
	if l := pack.LadderOf(&rule, tenDays); l == nil || l.Name != "short" {
		t.Errorf("without a name it is that of the limit: got %+v", l)
	}
	rule.Ladder = "long"
	if l := pack.LadderOf(&rule, tenDays); l == nil || l.Name != "long" {
		t.Errorf("got %+v", l)
	}
	rule.Ladder = "longer"
	if l := pack.LadderOf(&rule, tenDays); l != nil {
		t.Errorf("a ladder was found that the pack does not have: %+v", l)
	}
}

func TestAnAlarmIsKnownByHowLongAfterTheStartItComes(t *testing.T) {
	t.Parallel()
	start := date(t, "2026-12-21")
	tests := []struct {
		alarm     timescale.Alarm
		step      int
		label, on string
	}{
		{timescale.Alarm{After: timescale.Limit{Unit: timescale.Days}}, 0, "0d", "2026-12-21"},
		{timescale.Alarm{After: timescale.Limit{N: 5, Unit: timescale.WorkingDays}}, 0, "5wd", "2026-12-30"},
		{timescale.Alarm{After: timescale.Limit{N: 14, Unit: timescale.Days}}, 0, "14d", "2027-01-04"},
		{timescale.Alarm{After: timescale.Limit{N: 6, Unit: timescale.Weeks}, Every: &timescale.Limit{N: 2, Unit: timescale.Weeks}}, 2, "10w", "2027-03-01"},
		{timescale.Alarm{After: months(24), Every: pointer(months(3))}, 1, "27m", "2029-03-21"},
		{timescale.Alarm{After: timescale.Limit{N: 1, Unit: timescale.Years}}, 3, "1y", "2027-12-21"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			if label, on := tt.alarm.Label(tt.step), tt.alarm.On(calendar.Published(), start, tt.step).String(); label != tt.label || on != tt.on {
				t.Errorf("got %s on %s, want %s on %s", label, on, tt.label, tt.on)
			}
		})
	}
}

func TestFindingTheParts(t *testing.T) {
	t.Parallel()
	pack := validPack()
	if e, ok := pack.EventType("thing.done"); !ok || e.Name != "thing.done" {
		t.Error("the event type was not found")
	}
	if _, ok := pack.EventType("thing.undone"); ok {
		t.Error("an event type was found that the pack does not have")
	}
	if r := pack.Timescale("XX-01"); r == nil || r.Title != "A thing" {
		t.Error("the timescale was not found")
	}
	if pack.Timescale("XX-02") != nil {
		t.Error("a timescale was found that the pack does not have")
	}
	if p := pack.Period("stay"); p == nil || p.EndsWith != "care" {
		t.Error("the period was not found")
	}
	if pack.Period("holiday") != nil {
		t.Error("a period was found that the pack does not have")
	}
	if l := pack.Ladder("long"); l == nil || len(l.Rungs) != 1 {
		t.Error("the ladder was not found")
	}
	if pack.Ladder("longer") != nil {
		t.Error("a ladder was found that the pack does not have")
	}
}

func TestTheEditionOfTheDayGoverns(t *testing.T) {
	t.Parallel()
	rule := validRule()
	rule.Editions = []timescale.Edition{
		{Until: date(t, "2010-03-17"), Source: "old"},
		{From: date(t, "2010-03-17"), Until: date(t, "2013-04-15"), Source: "new"},
	}
	tests := []struct{ name, day, want string }{
		{"the first edition reaches back for ever", "1990-01-01", "old"},
		{"until is the first day on which it is not in force", "2010-03-17", "new"},
		{"the day before still has the old one", "2010-03-16", "old"},
		{"the last day of the last edition", "2013-04-14", "new"},
		{"after the last edition there is none", "2013-04-15", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if e := rule.EditionOn(date(t, tt.day)); e != nil {
				got = e.Source
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestARuleIsInHoursOrNot(t *testing.T) {
	t.Parallel()
	inDays := validRule()
	inHours := validRule()
	inHours.Editions[0].Limits[0].Unit = timescale.Hours
	byStart := validRule()
	byStart.Editions[0].Limits = nil
	byStart.Starts[0].Limits = []timescale.Limit{{N: 4, Unit: timescale.Hours}}
	if inDays.InHours() || !inHours.InHours() || !byStart.InHours() {
		t.Error("InHours does not tell hours from days")
	}
}
