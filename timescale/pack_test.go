package timescale_test

import (
	"testing"

	"longstop/timescale"
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

// soundPack is a small pack without faults: tests spoil one thing in it.
func soundPack() *timescale.Pack {
	workdays := func(from, to int) timescale.Band {
		return timescale.Band{Unit: timescale.WorkingDays, From: from, To: to}
	}
	return &timescale.Pack{
		Name: "a test", Language: 1, Pathways: []string{"Assessment"},
		Events: []timescale.EventType{{Name: "thing.started"}, {Name: "thing.done"}},
		Periods: []timescale.Period{
			{Name: "care", Opens: opening("care.started"), Ends: []timescale.Match{{Event: "care.ended"}}},
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
		Timescales: []timescale.Timescale{soundRule()},
	}
}

func opening(event string) []timescale.Opening {
	return []timescale.Opening{{Match: timescale.Match{Event: event}}}
}

func soundRule() timescale.Timescale {
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
	pack := soundPack()
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

func TestFindingTheParts(t *testing.T) {
	t.Parallel()
	pack := soundPack()
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
}

func TestTheEditionOfTheDayGoverns(t *testing.T) {
	t.Parallel()
	rule := soundRule()
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
	inDays := soundRule()
	inHours := soundRule()
	inHours.Editions[0].Limits[0].Unit = timescale.Hours
	if inDays.InHours() || !inHours.InHours() {
		t.Error("InHours does not tell hours from days")
	}
}
