package english

import (
	"fmt"

	"longstop/timescale"
)

// states are how a duty stands in the words of the field. They are spelt here as package
// casework, which is above this one, spells them in the record.
var states = map[string]string{
	"running":    "running",
	"due_today":  "due today",
	"overdue":    "overdue",
	"met":        "done in timescale",
	"met_late":   "done out of timescale",
	"paused":     "paused",
	"waiting":    "waiting",
	"unreported": "not reported",
	"ended":      "ended",
}

// State returns how a duty stands: "done in timescale". It takes the code of the state.
func State[S ~string](state S) string {
	if words := states[string(state)]; words != "" {
		return words
	}
	return Spaced(string(state))
}

// units are what the labels of steps are counted in.
var units = map[string]string{"wd": "working day", "d": "day", "w": "week", "m": "month", "y": "year", "h": "hour"}

// Step returns the moment of a reminder, an escalation or an alert by its label in the record: "2
// working days before the due date" for "-2wd", "after 9 months" for "9m". A label of another form
// is returned as it is.
func Step(label string) string {
	var n int
	var unit string
	if label == "0" {
		return "on the due date"
	}
	if label == "waiting" {
		return "a date that could not be worked out"
	}
	if found, err := fmt.Sscanf(label, "%d%s", &n, &unit); err != nil || found != 2 {
		return label
	}
	switch one := units[unit]; {
	case unit == "%":
		return fmt.Sprintf("when %d%% of the time had gone", n)
	case one == "":
		return label
	case unit == "h":
		return Count(n, one) + " after the time by which it was due"
	case label[0] == '-':
		return Count(-n, one) + " before the due date"
	case label[0] == '+':
		return Count(n, one) + " after the due date"
	case n == 0:
		return "on the day of the start"
	default:
		return "after " + Count(n, one)
	}
}

// Band returns a range of limits: "31 working days or more", "8 to 27 days".
func Band(b timescale.Band) string {
	unit := Spaced(string(b.Unit))
	one := unit[:len(unit)-1] // every unit is a plural with an s
	switch b.To {
	case 0:
		return CountOf(b.From, one, unit) + " or more"
	case b.From:
		return CountOf(b.From, one, unit)
	default:
		return fmt.Sprintf("%d to %d %s", b.From, b.To, unit)
	}
}
