package main

import (
	"fmt"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// printPlans writes a table for each case, and what did not count.
func printPlans(a *app, plans []*casework.Plan, asOf time.Time) error {
	a.printf("As of %s\n", longDay(calendar.DateOf(asOf)))
	if len(plans) == 0 {
		a.printf("\nNo events, so no duties.\n")
	}
	for _, p := range plans {
		a.printf("\nCase %s\n", p.Case)
		if len(p.Duties) == 0 {
			a.printf("  no duties\n")
		}
		if err := printDuties(a, p, asOf); err != nil {
			return err
		}
		printNotCounted(a, p.NotCounted)
	}
	return nil
}

func printDuties(a *app, p *casework.Plan, asOf time.Time) error {
	if len(p.Duties) == 0 {
		return nil
	}
	l := localsIn(p)
	rows := [][]string{{"REF", "WHAT", "STARTED", "DUE", "STATE", "DUTY"}}
	for i := range p.Duties {
		d := &p.Duties[i]
		row := d.Row(asOf)
		rows = append(rows, []string{d.Ref, d.Rule.Title, row.Started, l.due(&row), l.state(&row), d.ID})
	}
	if err := a.table("  ", rows...); err != nil {
		return err
	}
	l.print(a, "  ")
	return nil
}

// takenAsDone is how a duty stands that an inferred event met.
const takenAsDone = "taken as done: the return holds no date"

// stateCell is how a duty stands, in words.
func stateCell(row casework.DutyRow) string {
	late := lateWords(row.LateDays)
	switch row.State {
	case casework.Met, casework.MetLate:
		switch {
		case row.Inferred:
			return takenAsDone
		case row.State == casework.MetLate && late == "": // by hours, on the day on which it was due
			return "met " + row.MetOn + ", late"
		}
		return "met " + row.MetOn + late
	case casework.Ended:
		return "ended " + row.EndedOn + late
	case casework.Unreported:
		if row.MetOn != "" {
			return "unreported, met " + row.MetOn
		}
		return string(row.State)
	case casework.Waiting:
		return "waiting for " + row.WaitingFor
	case casework.DueToday:
		return "due today"
	default:
		return string(row.State) + late
	}
}

// lateWords is by how many days something is late, after how it stands.
func lateWords(days int) string {
	switch {
	case days == 1:
		return ", 1 day late"
	case days > 1:
		return fmt.Sprintf(", %d days late", days)
	default:
		return ""
	}
}

func printNotCounted(a *app, list []casework.NotCounted) {
	if len(list) == 0 {
		return
	}
	a.printf("  Did not count\n")
	for _, n := range list {
		of := ""
		if n.Ref != "" {
			of = ", for " + n.Ref
		}
		a.printf("    %s (%s) on %s%s: %s\n", n.Type, n.Entry, n.At, of, n.Why)
	}
}
