package report

import (
	"testing"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale/load"
)

func TestDutiesAreCountedByHowTheyStandWithoutWhatIsInferred(t *testing.T) {
	t.Parallel()
	row := func(state casework.State, inferred bool) api.Duty {
		return api.Duty{PlannedDuty: api.PlannedDuty{State: state, Inferred: inferred}}
	}
	for _, tc := range []struct {
		want string
		rows []api.Duty
	}{
		{"1 timescale: 1 due today", []api.Duty{row(casework.DueToday, false)}},
		{"2 timescales: 2 taken as done without a date", []api.Duty{row(casework.Met, true), row(casework.MetLate, true)}},
		{"5 timescales: 1 done in timescale, 1 done out of timescale, 1 taken as done without a date, 1 overdue, 1 not reported", []api.Duty{
			row(casework.Unreported, false), row(casework.Overdue, false), row(casework.MetLate, false), row(casework.Met, false), row(casework.Met, true),
		}},
	} {
		if got := countedDuties(localsOf(load.Embedded(), calendar.NewDate(2026, 11, 25)), tc.rows); got != tc.want {
			t.Errorf("got %s, want %s", got, tc.want)
		}
	}
}

// What is past a limit that no law sets breaks no law, and is counted and called apart.
func TestADutyThatIsPastNoLimitOfLawIsNotCalledOverdue(t *testing.T) {
	t.Parallel()
	pack, faults := load.Overlay(load.Embedded(), load.File{Name: "o.yaml", Text: "overlay: Anytown\nlanguage: 1\ntimescales:\n" +
		"  - {ref: CN-02, confirmed: true}\n  - {ref: AS-01, editions: [{local_limit: 10 working days, source: A}]}\n"})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	rows := []api.Duty{
		{PlannedDuty: api.PlannedDuty{Ref: "CP-08", Started: "2026-10-01", Due: "2026-10-15", State: casework.Overdue, LateDays: 41}},
		{PlannedDuty: api.PlannedDuty{Ref: "CP-10", Started: "2026-10-01", Due: "2026-11-01", State: casework.Overdue, LateDays: 24, Local: true}},
		{PlannedDuty: api.PlannedDuty{Ref: "CN-02", Started: "2026-10-27", Due: "2026-11-24", State: casework.Overdue, LateDays: 1, Local: true}},
		{PlannedDuty: api.PlannedDuty{Ref: "PL-05", Started: "2026-07-01", Due: "2026-10-21", State: casework.Overdue, LateDays: 35}},
		{PlannedDuty: api.PlannedDuty{Ref: "AS-01", Started: "2026-11-02", Due: "2027-01-07", LocalDue: "2026-11-16", State: casework.Running}},
		{PlannedDuty: api.PlannedDuty{Ref: "AS-01", Started: "2026-11-11", Due: "2027-01-18", LocalDue: "2026-11-25", State: casework.Running}},
		{PlannedDuty: api.PlannedDuty{Ref: "AS-01", Started: "2026-08-03", Due: "2026-10-06", LocalDue: "2026-08-17", State: casework.Overdue, LateDays: 50}},
	}
	want := []string{
		"overdue, 41 days late", "past the default, 24 days late", "past the council's own limit, 1 day late", "past accepted practice, 35 days late",
		"running, past the council's own limit", "running", "overdue, 50 days late",
	}
	l := localsOf(pack, calendar.NewDate(2026, 11, 25))
	for i := range rows {
		if got := l.state(&rows[i].PlannedDuty); got != want[i] {
			t.Errorf("%s: %s, want %s", rows[i].Ref, got, want[i])
		}
	}
	if got := l.due(&rows[1].PlannedDuty) + "; " + l.due(&rows[2].PlannedDuty) + "; " + l.due(&rows[4].PlannedDuty); got != "2026-11-01 (default); 2026-11-24 (local); 2027-01-07, here 2026-11-16" {
		t.Errorf("dates: %s", got)
	}
	if got := countedDuties(l, rows); got != "7 timescales: 1 running, 2 overdue, 4 past a limit that no law sets" {
		t.Errorf("got %s", got)
	}
}

func TestADutyThatIsTakenAsDoneIsNotSaidToBeInTimeOrLate(t *testing.T) {
	t.Parallel()
	for _, state := range []casework.State{casework.Met, casework.MetLate} {
		row := api.PlannedDuty{State: state, MetOn: "2026-10-27", LateDays: 1, Inferred: true}
		if got := stateCell(row); got != "taken as done: the return holds no date" {
			t.Error(got)
		}
	}
}

func TestWhatWasDoneLateByHoursOfTheSameDayReadsAsLate(t *testing.T) {
	t.Parallel()
	// 72 hours from 10:00:00 end at 10:00:00, so one second later is late, by no whole day.
	row := api.PlannedDuty{State: casework.MetLate, MetOn: "2026-03-05T10:00:01Z"}
	if got := stateCell(row); got != "done 2026-03-05T10:00:01Z, late" {
		t.Errorf("it reads %q", got)
	}
}
