package main

import (
	"testing"

	"longstop/casework"
)

func TestWhatWasDoneLateByHoursOfTheSameDayReadsAsLate(t *testing.T) {
	t.Parallel()
	// 72 hours from 10:00:00 end at 10:00:00, so one second later is late, by no whole day.
	row := casework.DutyRow{State: casework.MetLate, MetOn: "2026-03-05T10:00:01Z"}
	if got := stateCell(row); got != "done 2026-03-05T10:00:01Z, late" {
		t.Errorf("it reads %q", got)
	}
}
