package report

import (
	"cmp"
	"fmt"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
	"longstop/timescale"
)

// passedWord is how a duty stands. One that is past no limit of law is not called overdue.
func passedWord(s casework.State, passed casework.Passed) string {
	switch {
	case passed != casework.PassedLocal:
		return english.State(s)
	case s == casework.Overdue:
		return "past its local date"
	default:
		return english.State(s) + ", past its local date"
	}
}

// arrow shows a change; what stays or was not there is shown once.
func arrow(before, after string) string {
	switch {
	case before == after || before == "":
		return cmp.Or(after, "-")
	case after == "":
		return before
	default:
		return before + " → " + after
	}
}

// takenAsDone is how a duty stands that an inferred event met.
const takenAsDone = "taken as done: the return holds no date"

// stateCell is how a duty stands, in words.
func stateCell(row api.PlannedDuty) string {
	late := lateWords(row.LateDays)
	switch row.State {
	case casework.Met, casework.MetLate:
		switch {
		case row.Inferred:
			return takenAsDone
		case row.State == casework.MetLate && late == "": // by hours, on the day on which it was due
			return "done " + row.MetOn + ", late"
		}
		return "done " + row.MetOn + late
	case casework.Ended:
		return "ended " + row.EndedOn + late
	case casework.Unreported:
		if row.MetOn != "" {
			return "not reported, done " + row.MetOn
		}
		return english.State(row.State)
	case casework.Waiting:
		return "waiting for " + row.WaitingFor
	default:
		return english.State(row.State) + late
	}
}

func rowDue(r *api.PlannedDuty) string {
	text := cmp.Or(r.Due, "-")
	if r.Provisional {
		text += " (provisional)"
	}
	if r.LocalDue != "" {
		text += ", here " + r.LocalDue
	}
	return text
}

// titleOf is what a timescale is called; one that the pack in force no longer has shows its ref alone.
func titleOf(pack *timescale.Pack, ref string) string {
	if t := pack.Timescale(ref); t != nil {
		return t.Title
	}
	return "-"
}

// stepCell is the step of a notice in words; "-" where it has none.
func stepCell(label string) string {
	if label == "" {
		return "-"
	}
	return english.Step(label)
}

// countTimescales returns "1 timescale", "3 timescales".
func countTimescales(n int) string { return english.Count(n, "timescale") }

// lateWords is by how many days something is late, after how it stands.
func lateWords(days int) string {
	if days < 1 {
		return ""
	}
	return fmt.Sprintf(", %s late", english.Count(days, "day"))
}

func dueInWords(due string) string {
	if due == "" {
		return "without a due date"
	}
	return "due " + dueDay(due)
}

// dueDay is a due date, or the instant of a limit in hours, as people read it.
func dueDay(due string) string {
	when, err := casework.ParseWhen(due)
	switch {
	case err != nil:
		return due
	case when.DayOnly():
		return english.Day(when.Day)
	default:
		return english.Minute(when.Instant)
	}
}
