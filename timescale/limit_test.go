package timescale_test

import (
	"testing"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		limit timescale.Limit
		start string
		want  string
	}{
		{"the day of the event is day 0 of a limit in working days", timescale.Limit{N: 45, Unit: timescale.WorkingDays}, "2026-12-10", "2027-02-16"},
		{"a start on a non-working day has the next working day as day 1", timescale.Limit{N: 15, Unit: timescale.WorkingDays}, "2026-12-19", "2027-01-13"},
		{"beginning with a working day counts that day", timescale.Limit{N: 1, Unit: timescale.WorkingDays, BeginningWith: true}, "2026-11-02", "2026-11-02"},
		{"beginning with a Sunday counts from the Monday", timescale.Limit{N: 2, Unit: timescale.WorkingDays, BeginningWith: true}, "2026-11-01", "2026-11-03"},
		{"days are counted through weekends", timescale.Limit{N: 7, Unit: timescale.Days}, "2026-11-02", "2026-11-09"},
		{"a week is seven days", timescale.Limit{N: 6, Unit: timescale.Weeks}, "2026-11-02", "2026-12-14"},
		{"26 weeks beginning with the day of issue end 181 days later", timescale.Limit{N: 26, Unit: timescale.Weeks, BeginningWith: true}, "2026-01-05", "2026-07-05"},
		{"a year beginning with a day ends on the day before its corresponding date", timescale.Limit{N: 1, Unit: timescale.Years, BeginningWith: true}, "2026-05-03", "2027-05-02"},
		{"a year beginning with 29 February ends on the 28th, for there is no 29th", timescale.Limit{N: 1, Unit: timescale.Years, BeginningWith: true}, "2028-02-29", "2029-02-28"},
		{"four years beginning with 29 February end on the 28th, the day before the 29th", timescale.Limit{N: 4, Unit: timescale.Years, BeginningWith: true}, "2028-02-29", "2032-02-28"},
		{"a month beginning with the 31st ends with a shorter month", timescale.Limit{N: 1, Unit: timescale.Months, BeginningWith: true}, "2026-03-31", "2026-04-30"},
		{"a month beginning with the 1st ends with the month", timescale.Limit{N: 1, Unit: timescale.Months, BeginningWith: true}, "2026-04-01", "2026-04-30"},
		{"a month ends on the corresponding date", timescale.Limit{N: 1, Unit: timescale.Months}, "2026-11-02", "2026-12-02"},
		{"a month without the date ends on its last day", timescale.Limit{N: 3, Unit: timescale.Months}, "2026-11-30", "2027-02-28"},
		{"a month in a leap year has a day more", timescale.Limit{N: 3, Unit: timescale.Months}, "2027-11-30", "2028-02-29"},
		{"two working days before a Monday is the Thursday", timescale.Limit{N: 2, Unit: timescale.WorkingDays, Back: true}, "2026-11-02", "2026-10-29"},
		{"two working days before a Sunday is the Thursday too", timescale.Limit{N: 2, Unit: timescale.WorkingDays, Back: true}, "2026-11-01", "2026-10-29"},
		{"working days before skip bank holidays", timescale.Limit{N: 3, Unit: timescale.WorkingDays, Back: true}, "2026-12-30", "2026-12-23"},
		{"weeks before are seven days each", timescale.Limit{N: 12, Unit: timescale.Weeks, Back: true}, "2026-11-02", "2026-08-10"},
		{"months before are corresponding dates", timescale.Limit{N: 1, Unit: timescale.Months, Back: true}, "2026-03-31", "2026-02-28"},
		{"the same day is the day itself, working day or not", timescale.Limit{Unit: timescale.Days}, "2026-11-01", "2026-11-01"},
		{"a year ends on the corresponding date", timescale.Limit{N: 1, Unit: timescale.Years}, "2026-11-02", "2027-11-02"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.limit.Due(calendar.Published(), date(t, tt.start)).String(); got != tt.want {
				t.Errorf("%s from %s: got %s, want %s", tt.limit, tt.start, got, tt.want)
			}
		})
	}
}

func TestALimitInHoursIsElapsedTimeThroughAClockChange(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC)
	limit := timescale.Limit{N: 72, Unit: timescale.Hours}
	if got, want := limit.DueAt(start), time.Date(2026, 10, 27, 20, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if !limit.InHours() || (timescale.Limit{N: 3, Unit: timescale.Days}).InHours() {
		t.Error("InHours does not tell hours from days")
	}
}

func TestALimitInHoursHasNoDueDate(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("Due of a limit in hours did not panic")
		}
	}()
	timescale.Limit{N: 72, Unit: timescale.Hours}.Due(calendar.Published(), date(t, "2026-11-02"))
}

func TestBeforeCountsBackwards(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		limit timescale.Limit
		want  string
	}{
		{"months are corresponding dates", timescale.Limit{N: 3, Unit: timescale.Months}, "2026-08-02"},
		{"working days skip weekends", timescale.Limit{N: 2, Unit: timescale.WorkingDays}, "2026-10-29"},
		{"what is counted backwards is counted on again", timescale.Limit{N: 2, Unit: timescale.WorkingDays, Back: true}, "2026-11-04"},
		{"beginning with the day makes no difference", timescale.Limit{N: 1, Unit: timescale.Weeks, BeginningWith: true}, "2026-10-26"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.limit.Before(calendar.Published(), date(t, "2026-11-02")).String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestALimitInWordsIsHowItIsWritten(t *testing.T) {
	t.Parallel()
	for want, limit := range map[string]timescale.Limit{
		"1 working day":                        {N: 1, Unit: timescale.WorkingDays},
		"45 working days":                      {N: 45, Unit: timescale.WorkingDays},
		"1 day":                                {N: 1, Unit: timescale.Days},
		"26 weeks beginning with the day":      {N: 26, Unit: timescale.Weeks, BeginningWith: true},
		"1 month":                              {N: 1, Unit: timescale.Months},
		"2 years":                              {N: 2, Unit: timescale.Years},
		"72 hours":                             {N: 72, Unit: timescale.Hours},
		"1 working day beginning with the day": {N: 1, Unit: timescale.WorkingDays, BeginningWith: true},
		"2 working days before":                {N: 2, Unit: timescale.WorkingDays, Back: true},
		"the same day":                         {Unit: timescale.Days},
		"72 hours in any 28 days":              {N: 72, Unit: timescale.Hours, In: timescale.Length{N: 28, Unit: timescale.Days}},
		"3 months before (from the 18th birthday)": {N: 3, Unit: timescale.Months, Back: true, From: &timescale.Anchor{Birthday: 18}},
		"75 days in any 12 months":                 {N: 75, Unit: timescale.Days, In: timescale.Length{N: 12, Unit: timescale.Months}},
		"1 day in any 1 week":                      {N: 1, Unit: timescale.Days, In: timescale.Length{N: 1, Unit: timescale.Weeks}},
		"1 week before (from its date for)":        {N: 1, Unit: timescale.Weeks, Back: true, From: &timescale.Anchor{Field: "for"}},
		"the same day (from its date until)":       {Unit: timescale.Days, From: &timescale.Anchor{Field: "until"}},
		"12 weeks before (from the date of the latest person.expected)": {
			N: 12, Unit: timescale.Weeks, Back: true, From: &timescale.Anchor{Event: "person.expected", Field: "date"},
		},
		"3 months (from the date until of the latest order.made)": {
			N: 3, Unit: timescale.Months, From: &timescale.Anchor{Event: "order.made", Field: "until"},
		},
	} {
		if got := limit.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestABirthdayInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		1: "the 1st birthday", 2: "the 2nd birthday", 3: "the 3rd birthday", 4: "the 4th birthday", 11: "the 11th birthday", 12: "the 12th birthday",
		13: "the 13th birthday", 18: "the 18th birthday", 21: "the 21st birthday", 22: "the 22nd birthday", 23: "the 23rd birthday", 25: "the 25th birthday",
	} {
		if got := timescale.Birthday(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestALimitIsPlainWhereItNeedsTheDayOfTheStartAlone(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]timescale.Limit{
		"from another date": {N: 1, Unit: timescale.Weeks, From: &timescale.Anchor{Field: "for"}},
		"a rolling sum":     {N: 72, Unit: timescale.Hours, In: timescale.Length{N: 28, Unit: timescale.Days}},
		"on a condition":    {N: 1, Unit: timescale.Weeks, When: &timescale.Condition{BeforeBirthday: 5}},
	} {
		if limit.Plain() {
			t.Errorf("%s is plain", name)
		}
	}
	if !(timescale.Limit{N: 1, Unit: timescale.Weeks}).Plain() {
		t.Error("one week is not")
	}
}

func TestNeverLonger(t *testing.T) {
	t.Parallel()
	wd := func(n int) timescale.Limit { return timescale.Limit{N: n, Unit: timescale.WorkingDays} }
	weeks := func(n int) timescale.Limit { return timescale.Limit{N: n, Unit: timescale.Weeks} }
	months := func(n int) timescale.Limit { return timescale.Limit{N: n, Unit: timescale.Months} }
	hours := timescale.Limit{N: 24, Unit: timescale.Hours}
	inclusive := timescale.Limit{N: 26, Unit: timescale.Weeks, BeginningWith: true}
	tests := []struct {
		name     string
		limit    timescale.Limit
		than     timescale.Limit
		expected bool
	}{
		{"a smaller number of one unit is shorter", wd(35), wd(45), true},
		{"the same limit is no longer", wd(45), wd(45), true},
		{"a greater number of one unit is longer", wd(46), wd(45), false},
		{"a day more of hours is longer", timescale.Limit{N: 48, Unit: timescale.Hours}, hours, false},
		{"nine weeks can be longer than 45 working days that begin on a Sunday", weeks(9), wd(45), false},
		{"eight weeks never are", weeks(8), wd(45), true},
		{"four weeks are never longer than a month", weeks(4), months(1), true},
		{"a month can be longer than four weeks", months(1), weeks(4), false},
		{"ten working days over a bank holiday can be longer than two weeks", wd(10), weeks(2), false},
		{"five working days always fit into three weeks", wd(5), weeks(3), true},
		{"eleven working days fit into three weeks only until more holidays are proclaimed at Christmas", wd(11), weeks(3), false},
		{"twelve months and a year are the same", months(12), timescale.Limit{N: 1, Unit: timescale.Years}, true},
		{"beginning with the day is a day shorter", inclusive, weeks(26), true},
		{"the day after is a day longer than beginning with it", weeks(26), inclusive, false},
		{"hours are not compared with days", hours, wd(5), false},
		{"days are not compared with hours", wd(1), hours, false},
		{"the same day is never longer than a week", timescale.Limit{Unit: timescale.Days}, weeks(1), true},
		{"what is counted backwards is not compared", timescale.Limit{N: 2, Unit: timescale.WorkingDays, Back: true}, wd(5), false},
		{"nor with what is", wd(1), timescale.Limit{N: 2, Unit: timescale.WorkingDays, Back: true}, false},
		{"nor what counts from another date", timescale.Limit{N: 1, Unit: timescale.Weeks, From: &timescale.Anchor{Field: "for"}}, weeks(2), false},
		{"nor a rolling sum", timescale.Limit{N: 10, Unit: timescale.Hours, In: timescale.Length{N: 28, Unit: timescale.Days}}, timescale.Limit{N: 72, Unit: timescale.Hours, In: timescale.Length{N: 28, Unit: timescale.Days}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.limit.NeverLonger(tt.than, calendar.Published()); got != tt.expected {
				t.Errorf("%s never longer than %s: got %t", tt.limit, tt.than, got)
			}
		})
	}
}
