package workflows

import (
	"strconv"
	"strings"
	"time"

	"longstop/pathway"
)

// details returns the current details in the Temporal UI, as Markdown: how the pathway
// stands, what it waits for, its duties, and which procedure it follows.
func (p procedure) details(s pathway.State) string {
	paragraphs := []string{"**" + p.label(s.Nudge.Display) + "**"}
	if s.Faults > 0 {
		paragraphs = append(paragraphs, "**Fault**: what was due could not be done, "+times(s.Faults)+"; the log of the worker program says why.")
	}
	paragraphs = append(paragraphs, p.next(s))
	if table := strings.TrimRight(s.Nudge.Display.Table, "\n"); table != "" {
		paragraphs = append(paragraphs, table)
	}
	return strings.Join(append(paragraphs, p.followed()), "\n\n")
}

// endDetails returns the current details of a run that has ended.
func (p procedure) endDetails(s pathway.State) string {
	how := "**Ended**: nothing is open or owed any more. What comes later begins another run."
	if s.Nudge.Open {
		how = "**Cancelled**: this run was stopped while something was open or owed. The check of what runs starts another."
	}
	return how + "\n\n" + p.followed()
}

// followed returns the procedure that the pathway follows, and its source.
func (p procedure) followed() string {
	return "_" + upperFirst(p.title) + ": " + strings.Join(p.steps, " → ") + ". " + p.source + "._\n"
}

func (p procedure) label(d pathway.Display) string {
	if d.Label != "" {
		return d.Label
	}
	return upperFirst(p.title)
}

// next returns what the pathway waits for.
func (p procedure) next(s pathway.State) string {
	at := wakeAt(s)
	if at.IsZero() {
		return "Nothing to send until something is recorded."
	}
	return "Next: " + clock(at) + ", " + p.timerSummary(s) + "."
}

// timerSummary returns what the UI shows for the timer.
func (p procedure) timerSummary(s pathway.State) string {
	switch {
	case s.Faults > 0:
		return "try again: what was due could not be done"
	case !s.RetryAt.IsZero():
		return "look again: by the record's time it is too early"
	case s.Nudge.WakeSummary != "":
		return s.Nudge.WakeSummary
	default:
		return "look again: " + p.title
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times in a row"
}

// clock is in UTC, as the rest of the Temporal UI by default.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
