package main

import (
	"testing"

	"longstop/casework"
	"longstop/store"
)

func TestDutiesAreCountedByHowTheyStandWithoutWhatIsInferred(t *testing.T) {
	t.Parallel()
	row := func(state casework.State, inferred bool) store.DutyRow {
		return store.DutyRow{DutyRow: casework.DutyRow{State: state, Inferred: inferred}}
	}
	for _, tc := range []struct {
		want string
		rows []store.DutyRow
	}{
		{"1 duty: 1 due today", []store.DutyRow{row(casework.DueToday, false)}},
		{"2 duties: 2 taken as done without a date", []store.DutyRow{row(casework.Met, true), row(casework.MetLate, true)}},
		{"5 duties: 1 in time, 1 late, 1 taken as done without a date, 1 overdue, 1 unreported", []store.DutyRow{
			row(casework.Unreported, false), row(casework.Overdue, false), row(casework.MetLate, false), row(casework.Met, false), row(casework.Met, true),
		}},
	} {
		if got := countedDuties(tc.rows); got != tc.want {
			t.Errorf("got %s, want %s", got, tc.want)
		}
	}
}

func TestADutyThatIsTakenAsDoneIsNotSaidToBeInTimeOrLate(t *testing.T) {
	t.Parallel()
	for _, state := range []casework.State{casework.Met, casework.MetLate} {
		row := casework.DutyRow{State: state, MetOn: "2026-10-27", LateDays: 1, Inferred: true}
		if got := stateCell(row); got != "taken as done: the return holds no date" {
			t.Error(got)
		}
	}
}
