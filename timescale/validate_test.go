package timescale_test

import (
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
)

func TestASoundPackHasNoFaults(t *testing.T) {
	t.Parallel()
	if faults := validPack().Faults(); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}

// limits of the valid rule's edition.
func limits(l ...timescale.Limit) func(*timescale.Timescale) {
	return func(t *timescale.Timescale) { t.Editions[0].Limits = l }
}

func TestFaultsOfATimescale(t *testing.T) {
	t.Parallel()
	hours := timescale.Limit{N: 72, Unit: timescale.Hours}
	tenDays := timescale.Limit{N: 10, Unit: timescale.WorkingDays}
	conditional := func(c timescale.Condition) timescale.Limit {
		return timescale.Limit{N: 5, Unit: timescale.WorkingDays, When: &c}
	}
	start := func(s timescale.Start) func(*timescale.Timescale) {
		return func(t *timescale.Timescale) { t.Starts = append(t.Starts, s) }
	}
	editions := func(e ...timescale.Edition) func(*timescale.Timescale) {
		return func(t *timescale.Timescale) {
			for i := range e {
				e[i].Limits, e[i].Status, e[i].Source = []timescale.Limit{tenDays}, "statute", "An Act"
			}
			t.Editions = e
		}
	}
	y2010, y2013 := calendar.NewDate(2010, 1, 1), calendar.NewDate(2013, 1, 1)
	tests := []struct {
		name  string
		spoil func(*timescale.Timescale)
		want  string
	}{
		{"a rule needs a ref", func(r *timescale.Timescale) { r.Ref = "" }, "it has no ref"},
		{"a rule needs a title", func(r *timescale.Timescale) { r.Title = "" }, "it has no title"},
		{"a rule needs a todo", func(r *timescale.Timescale) { r.Todo = "" }, "it has no todo"},
		{"a rule needs a pathway", func(r *timescale.Timescale) { r.Pathway = "" }, "it has no pathway"},
		{"a ref holds nothing that separates the parts of a duty's name", func(r *timescale.Timescale) { r.Ref = "XX:01" }, "a ref is of capital letters"},
		{"a rule needs a start", func(r *timescale.Timescale) { r.Starts = nil }, "nothing starts it"},
		{"a rule that nothing can meet is refused", func(r *timescale.Timescale) { r.MetBy = nil }, "nothing can meet it"},
		{"a rule that never starts is refused", func(r *timescale.Timescale) { r.Period, r.NotWhile = "care", []string{"stay", "care"} }, "it can never start"},
		{"what happened before is not counted in hours", func(r *timescale.Timescale) { r.MetBy[0].OrBefore = &hours }, "not in hours"},

		{"nth needs a period", start(timescale.Start{Nth: &timescale.Nth{From: 1, To: 1}}), "nth (without nth_in) counts from"},
		{"nth_in needs nth", start(timescale.Start{NthIn: "care"}), "there is no nth"},
		{"within needs a period", start(timescale.Start{Within: &timescale.Since{Before: &tenDays}}), "within (without in) counts from"},
		{"within is not counted in hours", start(timescale.Start{Within: &timescale.Since{From: &hours}}), "not in hours"},
		{"the opening of a period needs a period", start(timescale.Start{PeriodOpens: true}), "period_opens counts from"},
		{"the facts of a period need a period", start(timescale.Start{PeriodWhere: []timescale.Test{{Field: "open", Flag: yes()}}}), "period_where counts from"},
		{"none_since needs a period", start(timescale.Start{NoneSince: "thing.done"}), "none_since counts from"},
		{"a start before the period needs a period", start(timescale.Start{OrBefore: &tenDays}), "or_before of a start counts from"},
		{"a start in force for no day is refused", start(timescale.Start{From: y2013, Until: y2013}), "which is never"},

		{"a rule needs an edition", func(r *timescale.Timescale) { r.Editions = nil }, "it has no editions"},
		{"an edition needs a source", func(r *timescale.Timescale) { r.Editions[0].Source = "" }, "the edition has no source"},
		{"an edition needs a status", func(r *timescale.Timescale) { r.Editions[0].Status = "" }, "the edition has no status"},
		{"an edition in force for no day is refused", editions(timescale.Edition{From: y2013, Until: y2010}), "which is never"},
		{"editions overlap where the first has no end", editions(timescale.Edition{}, timescale.Edition{From: y2010}), "two editions are in force on 2010-01-01"},
		{"editions overlap where the second begins too soon", editions(timescale.Edition{Until: y2013}, timescale.Edition{From: y2010}), "two editions are in force on 2010-01-01"},
		{"editions stand in order", editions(timescale.Edition{From: y2013}, timescale.Edition{From: y2010, Until: y2013}), "out of order"},
		{"only the first edition has no beginning", editions(timescale.Edition{Until: y2010}, timescale.Edition{Until: y2013}), "two editions have no from"},
		{"an edition without a beginning stands first", editions(timescale.Edition{From: y2010, Until: y2013}, timescale.Edition{Until: y2010}), "out of order"},
		{"two editions begin on one day", editions(timescale.Edition{From: y2010}, timescale.Edition{From: y2010}), "two editions begin on 2010-01-01, and only one can be in force on a day: leave one out, or give it another from"},

		{"an edition needs a limit", limits(), "the edition has no limit"},
		{"the last limit has no condition", limits(conditional(timescale.Condition{BeforeBirthday: 5})), "the last limit has a condition"},
		{"a limit after one without a condition is never reached", limits(tenDays, tenDays), "never reached"},
		{"a condition on the period needs a period", limits(conditional(timescale.Condition{HeldSince: "thing.done"}), tenDays), "speaks of the rule's period"},
		{"every limit has a ladder", limits(timescale.Limit{N: 0, Unit: timescale.Months}), "no ladder covers a limit of 0 months"},
		{"the limit of a start has a ladder too", start(timescale.Start{Limits: []timescale.Limit{{N: -1, Unit: timescale.Days}}}), "no ladder covers"},
		{"a local limit has a ladder too", func(r *timescale.Timescale) { r.Editions[0].LocalLimit = &timescale.Limit{N: 0, Unit: timescale.Days} }, "no ladder covers"},
		{"a local limit is not in hours", func(r *timescale.Timescale) { r.Editions[0].LocalLimit = &hours }, "a local limit alongside a national one gives a day"},
		{"an extension is not in hours", func(r *timescale.Timescale) { r.Extend = &timescale.Extension{Most: hours} }, "most and total are not counted in hours"},

		{"alarms and a limit exclude each other", func(r *timescale.Timescale) { r.Drift = []timescale.Alarm{{After: months(9)}} }, "a rule with drift has no limit"},
		{"alarms stand in order", func(r *timescale.Timescale) { r.Drift = []timescale.Alarm{{After: months(9)}, {After: months(9)}} }, "the alarms are out of order"},
		{"only the last alarm repeats", func(r *timescale.Timescale) {
			r.Drift = []timescale.Alarm{{After: months(9), Every: pointer(months(3))}, {After: months(15)}}
		}, "the alarms are out of order"},

		{"hours and days do not mix", func(r *timescale.Timescale) { r.Starts[0].Limits = []timescale.Limit{hours} }, "some limits are in hours"},
		{"any hour is for hours", func(r *timescale.Timescale) { r.AnyHour = true }, "are for limits in hours"},
		{"a date as days is for hours", func(r *timescale.Timescale) { r.DateAsDays = 3 }, "are for limits in hours"},
		{"hours are not extended", func(r *timescale.Timescale) {
			r.Editions[0].Limits, r.Extend = []timescale.Limit{hours}, &timescale.Extension{Most: tenDays}
		}, "a limit in hours cannot be extended"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack := validPack()
			tt.spoil(&pack.Timescales[0])
			expectFault(t, pack, tt.want)
			for _, f := range pack.Faults() {
				if f.File != "x.yaml" || f.Line != 3 && f.Line != 7 {
					t.Errorf("the fault is not placed: %+v", f)
				}
			}
		})
	}
}

func expectFault(t *testing.T, pack *timescale.Pack, want string) {
	t.Helper()
	faults := pack.Faults()
	for _, f := range faults {
		if strings.Contains(f.Reason, want) {
			return
		}
	}
	t.Errorf("got %v, want a fault with %q", faults, want)
}

func TestFaultsOfAPack(t *testing.T) {
	t.Parallel()
	stay := func(change func(*timescale.Period)) func(*timescale.Pack) {
		return func(p *timescale.Pack) { change(&p.Periods[1]) }
	}
	short := func(change func(*timescale.Ladder)) func(*timescale.Pack) {
		return func(p *timescale.Pack) { change(&p.Ladders[0]) }
	}
	tests := []struct {
		name  string
		spoil func(*timescale.Pack)
		want  string
	}{
		{"two rules have one ref", func(p *timescale.Pack) { p.Timescales = append(p.Timescales, validRule()) }, "two timescales have this ref, the other at x.yaml:3"},
		{"a period opens somehow", stay(func(p *timescale.Period) { p.Opens = nil }), "nothing opens the period"},
		{"a period ends somehow", stay(func(p *timescale.Period) { p.EndsWith = "" }), "nothing ends the period"},
		{"a period ends with a known one", stay(func(p *timescale.Period) { p.EndsWith = "holiday" }), "which is not known"},
		{"a period does not end with itself", stay(func(p *timescale.Period) { p.EndsWith = "stay" }), "a cycle"},
		{"two periods do not end with each other", func(p *timescale.Pack) { p.Periods[0].EndsWith = "stay" }, "a cycle"},
		{"a period replaces or is single", stay(func(p *timescale.Period) { p.Single = true }), "contradict each other"},
		{"a calendar has a name of its own", func(p *timescale.Pack) {
			p.Calendars = []timescale.OwnCalendar{{Name: "school"}, {Name: "office"}, {Name: "school"}}
		}, "two calendars have this name"},
		{"a ladder has rungs", short(func(l *timescale.Ladder) { l.Rungs = nil }), "it has no rungs"},
		{"a band holds a limit", short(func(l *timescale.Ladder) { l.For[0] = timescale.Band{Unit: timescale.WorkingDays, From: 5, To: 4} }), "holds no limit"},
		{"a ladder is for hours or for days", short(func(l *timescale.Ladder) { l.For[1].Unit = timescale.Hours }), "make two"},
		{"two ladders have one name", short(func(l *timescale.Ladder) { l.Name = "long" }), "two ladders have this name"},
		{"bands do not overlap", short(func(l *timescale.Ladder) { l.For[0].To = 20 }), "limits of 20 working_days take this ladder"},
		{"rungs stand in order", short(func(l *timescale.Ladder) { l.Rungs[0].Days = 2 }), "put them in order"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack := validPack()
			tt.spoil(pack)
			expectFault(t, pack, tt.want)
		})
	}
}

func TestACycleFurtherOnIsToldOnce(t *testing.T) {
	t.Parallel()
	pack := validPack()
	pack.Periods[0].EndsWith = "stay"
	pack.Periods = append(pack.Periods, timescale.Period{Name: "visit", Opens: opening("visit.started"), EndsWith: "care"})
	if got := len(pack.Faults()); got != 2 {
		t.Errorf("got %d faults, want one for each period of the cycle: %v", got, pack.Faults())
	}
}

func TestALimitThatCouldNotBeReadIsNotToldTwice(t *testing.T) {
	t.Parallel()
	pack := validPack()
	e := &pack.Timescales[0].Editions[0]
	e.Limits = []timescale.Limit{{}}
	if faults := pack.Faults(); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
	e.Earliest, e.Limits = true, []timescale.Limit{{}, {N: 1, Unit: timescale.Weeks}}
	if faults := pack.Faults(); len(faults) > 0 {
		t.Errorf("of the earliest: %v", faults)
	}
}

func TestAFaultOfAnEditionWithoutALineIsOfItsRule(t *testing.T) {
	t.Parallel()
	pack := validPack()
	pack.Timescales[0].Editions[0].Line = 0
	pack.Timescales[0].Editions[0].Source = ""
	if faults := pack.Faults(); len(faults) != 1 || faults[0].Line != 3 {
		t.Errorf("%v", faults)
	}
}

func TestAFaultSaysWhereItStands(t *testing.T) {
	t.Parallel()
	faults := []timescale.Fault{
		{File: "b.yaml", Line: 2, Reason: "third"},
		{File: "a.yaml", Line: 9, Rule: "XX-01", Reason: "second"},
		{Rule: "XX-02", Reason: "first"},
		{File: "b.yaml", Reason: "nearly third"},
	}
	timescale.SortFaults(faults)
	want := []string{"XX-02: first", "a.yaml:9: XX-01: second", "b.yaml: nearly third", "b.yaml:2: third"}
	for i, f := range faults {
		if f.String() != want[i] {
			t.Errorf("got %q, want %q", f, want[i])
		}
	}
}

func months(n int) timescale.Limit { return timescale.Limit{N: n, Unit: timescale.Months} }

func pointer(l timescale.Limit) *timescale.Limit { return &l }

// validWindows returns a rule whose windows start it.
func validWindows() timescale.Timescale {
	r := validRule()
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
		{"windows of a period", func(r *timescale.Timescale) { *r = validWindows() }},
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
		{"a start from an age on", func(r *timescale.Timescale) { r.Starts[0].Aged = &timescale.Ages{From: 16} }},
		{"a start before an age", func(r *timescale.Timescale) { r.Starts[0].Aged = &timescale.Ages{Before: 5} }},
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
			pack := validPack()
			pack.Calendars = []timescale.OwnCalendar{{Name: "school"}}
			tt.make(&pack.Timescales[0])
			for _, f := range pack.Faults() {
				t.Error(f)
			}
		})
	}
}

// by returns an edition that says before what the thing is owed.
func by(event string, nth int) timescale.Edition {
	return timescale.Edition{
		Status: "statute", Source: "An Act", Line: 7,
		By: []timescale.Deadline{{Match: timescale.Match{Event: event}, Nth: nth}},
	}
}

// rolling returns a rule of hours in any so many days.
func rolling(starts ...timescale.Start) timescale.Timescale {
	r := validRule()
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
			*r = validWindows()
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
		{"windows need no start", windows(func(r *timescale.Timescale) { r.Starts = validRule().Starts }), "it has no starts, extend or pausable"},
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
		{"a local limit does not lie before", edition(func(e *timescale.Edition) { e.LocalLimit = &back }), "a local limit alongside a national one gives a day after the start"},

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
			pack := validPack()
			tt.spoil(&pack.Timescales[0])
			expectFault(t, pack, tt.want)
		})
	}
}

func TestALadderThatNoLimitTakesIsSoundForRulesThatNameIt(t *testing.T) {
	t.Parallel()
	pack := validPack()
	pack.Ladders = append(pack.Ladders, timescale.Ladder{Name: "managers", Rungs: []timescale.Rung{{Label: "0"}}})
	for _, f := range pack.Faults() {
		t.Error(f)
	}
}

func TestWindowsThatCouldNotBeReadAreNotToldTwice(t *testing.T) {
	t.Parallel()
	pack := validPack()
	pack.Timescales[0] = validWindows()
	pack.Timescales[0].Windows = "weeks"
	if faults := pack.Faults(); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}
