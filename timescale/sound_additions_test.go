package timescale_test

import (
	"testing"

	"longstop/calendar"
	"longstop/timescale"
)

// soundWindows is a rule whose windows start it.
func soundWindows() timescale.Timescale {
	r := soundRule()
	r.Period, r.Windows, r.Starts, r.Editions[0].Limits = "care", timescale.CalendarMonths, nil, nil
	return r
}

func TestSoundRulesOfTheAdditions(t *testing.T) {
	t.Parallel()
	week := timescale.Limit{N: 1, Unit: timescale.Weeks}
	tests := []struct {
		name string
		make func(*timescale.Timescale)
	}{
		{"windows of a period", func(r *timescale.Timescale) { *r = soundWindows() }},
		{"a ladder by name", func(r *timescale.Timescale) { r.Ladder = "long" }},
		{"a calendar by name", func(r *timescale.Timescale) { r.Calendar = "school" }},
		{"owed before an event on a ladder by name", func(r *timescale.Timescale) { r.Ladder, r.Editions[0] = "long", by("care.ended", 0) }},
		{"owed before an event that ends another period", func(r *timescale.Timescale) {
			r.Ladder, r.Editions[0] = "long", by("care.ended", 0)
			r.EndsWith = []string{"stay", "gone"}
		}},
		{"owed before the second since its period opened", func(r *timescale.Timescale) {
			r.Ladder, r.Period, r.Editions[0] = "long", "care", by("thing.started", 2)
		}},
		{"a lower bound alone", func(r *timescale.Timescale) { r.Editions[0].Limits, r.Editions[0].NotBefore = nil, &week }},
		{"no number", func(r *timescale.Timescale) { r.Editions[0].Limits, r.Editions[0].NoLimit = nil, true }},
		{"the earliest of two", func(r *timescale.Timescale) {
			r.Editions[0].Limits, r.Editions[0].Earliest = []timescale.Limit{week, {N: 15, Unit: timescale.WorkingDays}}, true
		}},
		{"a rolling sum that starts with its period", func(r *timescale.Timescale) { *r = rolling(timescale.Start{PeriodOpens: true}) }},
		{"an edition that takes over", func(r *timescale.Timescale) {
			r.Editions[0].From, r.Editions[0].Moves = calendar.NewDate(2026, 6, 1), true
		}},
		{"drift by the working day, with what meets it", func(r *timescale.Timescale) {
			r.Editions[0].Limits = nil
			r.Drift = []timescale.Alarm{{After: timescale.Limit{Unit: timescale.Days}}, {After: timescale.Limit{N: 5, Unit: timescale.WorkingDays}}, {After: timescale.Limit{N: 2, Unit: timescale.Weeks}, Every: &week}}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack := soundPack()
			pack.Calendars = []timescale.OwnCalendar{{Name: "school"}}
			tt.make(&pack.Timescales[0])
			for _, f := range pack.Faults() {
				t.Error(f)
			}
		})
	}
}

// by is an edition that says before what the thing is owed.
func by(event string, nth int) timescale.Edition {
	return timescale.Edition{
		Status: "statute", Source: "An Act", Line: 7,
		By: []timescale.Deadline{{Match: timescale.Match{Event: event}, Nth: nth}},
	}
}

// rolling is a rule of hours in any so many days.
func rolling(starts ...timescale.Start) timescale.Timescale {
	r := soundRule()
	r.Period, r.Starts = "care", starts
	r.Editions[0].Limits = []timescale.Limit{{N: 72, Unit: timescale.Hours, In: timescale.Length{N: 28, Unit: timescale.Days}}}
	return r
}

func TestFaultsOfTheAdditions(t *testing.T) {
	t.Parallel()
	week := timescale.Limit{N: 1, Unit: timescale.Weeks}
	back, hours := timescale.Limit{N: 1, Unit: timescale.Weeks, Back: true}, timescale.Limit{N: 72, Unit: timescale.Hours}
	windows := func(change func(*timescale.Timescale)) func(*timescale.Timescale) {
		return func(r *timescale.Timescale) {
			*r = soundWindows()
			change(r)
		}
	}
	edition := func(change func(*timescale.Edition)) func(*timescale.Timescale) {
		return func(r *timescale.Timescale) { change(&r.Editions[0]) }
	}
	alarm := func(a timescale.Alarm) func(*timescale.Timescale) {
		return func(r *timescale.Timescale) { r.Editions[0].Limits, r.Drift = nil, []timescale.Alarm{a} }
	}
	tests := []struct {
		name  string
		spoil func(*timescale.Timescale)
		want  string
	}{
		{"windows need a period", windows(func(r *timescale.Timescale) { r.Period = "" }), "windows follow each other while the rule's period is open"},
		{"windows need no start", windows(func(r *timescale.Timescale) { r.Starts = soundRule().Starts }), "it has no starts, extend or pausable"},
		{"windows are not extended", windows(func(r *timescale.Timescale) { r.Extend = &timescale.Extension{Most: week} }), "it has no starts, extend or pausable"},
		{"windows are not paused", windows(func(r *timescale.Timescale) { r.Pausable = true }), "it has no starts, extend or pausable"},
		{"windows have no limit", windows(func(r *timescale.Timescale) { r.Editions[0].Limits = []timescale.Limit{week} }), "due on the last day of each window"},
		{"windows are not owed before an event", windows(func(r *timescale.Timescale) { r.Editions[0] = by("thing.started", 0) }), "due on the last day of each window"},
		{"windows have no lower bound", windows(func(r *timescale.Timescale) { r.Editions[0].NotBefore = &week }), "due on the last day of each window"},
		{"windows have a number", windows(func(r *timescale.Timescale) { r.Editions[0].NoLimit = true }), "due on the last day of each window"},
		{"windows do not drift", windows(func(r *timescale.Timescale) { r.Drift = []timescale.Alarm{{After: months(9)}} }), "due on the last day of each window"},
		{"school terms need terms", windows(func(r *timescale.Timescale) { r.Windows = timescale.SchoolTerms }), "the pack has no terms"},
		{"windows have a ladder", windows(func(r *timescale.Timescale) { r.Ladder = "hours" }), `the rungs of the ladder "hours" are not counted as a limit of 1 month is`},

		{"a named ladder is there", func(r *timescale.Timescale) { r.Ladder = "longer" }, `the pack has no ladder "longer"`},
		{"a limit in days is on a ladder in days", func(r *timescale.Timescale) { r.Ladder = "hours" }, "nobody would be told"},
		{"a limit in hours is on a ladder in hours", func(r *timescale.Timescale) {
			r.Ladder, r.Editions[0].Limits = "long", []timescale.Limit{hours}
		}, "nobody would be told"},
		{"a named calendar is there", func(r *timescale.Timescale) { r.Calendar = "school" }, `the pack has no calendar "school"`},

		{"owed before an event it has a ladder", func(r *timescale.Timescale) { r.Editions[0] = by("thing.started", 0) }, "no ladder covers a limit of 0 days"},
		{"owed before the second it has a period", func(r *timescale.Timescale) { r.Ladder, r.Editions[0] = "long", by("thing.started", 2) }, "nth in by counts from the opening"},
		{"what it is owed before does not end it", func(r *timescale.Timescale) {
			r.Ladder, r.Editions[0], r.EndedBy = "long", by("care.ended", 0), []timescale.Match{{Event: "care.ended"}}
		}, "it is owed before care.ended, which also ends it"},
		{"nor with a period", func(r *timescale.Timescale) {
			r.Ladder, r.Editions[0], r.EndsWith = "long", by("care.ended", 0), []string{"care"}
		}, "it is owed before care.ended, which also ends it"},
		{"owed before an event it is not in hours", func(r *timescale.Timescale) {
			r.Ladder, r.Editions[0] = "long", by("thing.started", 0)
			r.Starts[0].Limits = []timescale.Limit{hours}
		}, "some limits are in hours and some are not"},

		{"no number and a limit exclude each other", edition(func(e *timescale.Edition) { e.NoLimit = true }), "it has no_limit and a limit"},
		{"a lower bound is a day", edition(func(e *timescale.Edition) { e.NotBefore = &hours }), "not_before is a day"},
		{"an edition takes over on its first day", edition(func(e *timescale.Edition) { e.Moves = true }), "running: move says what happens on the edition's from"},
		{"the earliest is of two", edition(func(e *timescale.Edition) { e.Earliest = true }), "earliest chooses among two limits or more"},
		{"the earliest has no condition", edition(func(e *timescale.Edition) {
			one := week
			one.When = &timescale.Condition{BeforeBirthday: 5}
			e.Earliest, e.Limits = true, []timescale.Limit{one, week}
		}), "none has a condition or is in hours"},
		{"the earliest is of days", edition(func(e *timescale.Edition) { e.Earliest, e.Limits = true, []timescale.Limit{hours, hours} }), "none has a condition or is in hours"},
		{"a local limit does not lie before", edition(func(e *timescale.Edition) { e.LocalLimit = &back }), "a local limit beside a national one gives a day after the start"},

		{"a rolling sum is of a period", func(r *timescale.Timescale) { *r = rolling(timescale.Start{PeriodOpens: true}); r.Period = "" }, "adds up the times for which the rule's period was open"},
		{"a rolling sum starts with its period alone", func(r *timescale.Timescale) {
			*r = rolling(timescale.Start{PeriodOpens: true}, timescale.Start{Match: timescale.Match{Event: "thing.started"}})
		}, "adds up the times for which the rule's period was open"},

		{"what went before is not counted in hours", func(r *timescale.Timescale) { r.Starts[0].PrecededBy = &timescale.Precedent{Within: hours} }, "not in hours and not backwards"},
		{"nor what may have happened before a start", func(r *timescale.Timescale) { r.Period, r.Starts[0].OrBefore = "care", &back }, "not in hours and not backwards"},
		{"nor what may have met it before", func(r *timescale.Timescale) { r.MetBy[0].OrBefore = &back }, "not in hours and not backwards"},
		{"somebody is of the age", func(r *timescale.Timescale) { r.Starts[0].Aged = &timescale.Ages{From: 17, Before: 17} }, "nobody is of an age from 17 and before 17"},

		{"an extension does not lie before", func(r *timescale.Timescale) { r.Extend = &timescale.Extension{Most: back} }, "most and total are not counted in hours or backwards"},
		{"nor all of them together", func(r *timescale.Timescale) { r.Extend = &timescale.Extension{Most: week, Total: &back} }, "most and total are not counted in hours or backwards"},
		{"nor are they in hours", func(r *timescale.Timescale) { r.Extend = &timescale.Extension{Most: week, Total: &hours} }, "most and total are not counted in hours or backwards"},

		{"an alarm is not in hours", alarm(timescale.Alarm{After: hours}), "an alarm comes after days, weeks or months"},
		{"an alarm does not come before", alarm(timescale.Alarm{After: back}), "an alarm comes after days, weeks or months"},
		{"an alarm repeats in its unit", alarm(timescale.Alarm{After: week, Every: pointer(months(1))}), "an alarm comes after days, weeks or months"},
		{"an alarm repeats forwards", alarm(timescale.Alarm{After: week, Every: &back}), "an alarm comes after days, weeks or months"},
		{"an alarm does not repeat on one day for ever", alarm(timescale.Alarm{After: timescale.Limit{Unit: timescale.Days}, Every: &timescale.Limit{Unit: timescale.Days}}), "an alarm comes after days, weeks or months"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack := soundPack()
			tt.spoil(&pack.Timescales[0])
			expectFault(t, pack, tt.want)
		})
	}
}

func TestALadderThatNoLimitTakesIsSoundForRulesThatNameIt(t *testing.T) {
	t.Parallel()
	pack := soundPack()
	pack.Ladders = append(pack.Ladders, timescale.Ladder{Name: "managers", Rungs: []timescale.Rung{{Label: "0"}}})
	for _, f := range pack.Faults() {
		t.Error(f)
	}
}

func TestWindowsThatCouldNotBeReadAreNotToldTwice(t *testing.T) {
	t.Parallel()
	pack := soundPack()
	pack.Timescales[0] = soundWindows()
	pack.Timescales[0].Windows = "weeks"
	if faults := pack.Faults(); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}
