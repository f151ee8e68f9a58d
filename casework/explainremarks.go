package casework

import (
	"fmt"
	"strings"

	"longstop/timescale"
)

// statusPractice is the status of a limit of national good practice, which no law sets.
const statusPractice = "practice"

// remarks are what else a reader must know about the date.
func (x *explaining) remarks() []string {
	list := x.aboutTheLimit()
	list = append(list, x.whatMovedIt()...)
	d := x.duty
	if d.Met && d.MetEvent != d.MetOn {
		list = append(list, fmt.Sprintf("What met it had happened before it started, on %s.", longWhen(d.MetEvent)))
	}
	if d.Met && d.RecordedLateDays > 0 {
		list = append(list, fmt.Sprintf("What met it was recorded %s after it happened. Whether it was in time goes by when it happened.", count(d.RecordedLateDays, "day")))
	}
	for _, h := range x.plan.holds {
		if h.duty == d.ID {
			list = append(list, fmt.Sprintf("An acknowledgement recorded on %s held the messages to the team manager and the service manager until the end of %s.",
				longInstant(h.from), longDay(Today(h.until))))
		}
	}
	if late := x.knownLate(); late != "" {
		list = append(list, late)
	}
	return append(list, x.whatDidNotCount()...)
}

// knownLate says that the ladder was counted from another morning, because the date had
// come before anybody knew it.
func (x *explaining) knownLate() string {
	if x.duty.Due.IsZero() || len(x.Notices) == 0 && !rings(x.duty, x.plan.AsOf) {
		return ""
	}
	until := x.plan.AsOf
	if !x.plan.KnownAt.IsZero() {
		until = x.plan.KnownAt
	}
	o := newLadderRun(x.book, x.events, nil).originOf(x.duty, until)
	if !o.moved {
		return ""
	}
	return fmt.Sprintf("The date was known only from %s on, when 09:00 of the day had passed: the messages count from %s, "+
		"as if that were the day, for nobody is blamed for what nobody knew.",
		longInstant(o.known), longDay(o.day))
}

// aboutTheLimit says whose the limit is, and how far its date can be relied upon.
func (x *explaining) aboutTheLimit() []string {
	var list []string
	d := x.duty
	e := d.Edition
	switch {
	case e.Status == timescale.StatusLocal || e.Status == statusPractice:
		list = append(list, fmt.Sprintf("No law sets this limit (%s): missing it is no breach of law.", e.Status))
	case e.Local:
		list = append(list, "The law sets the duty and no number: the number is the council's own, and missing it is no breach of a limit of law.")
	}
	if !d.LocalDue.IsZero() {
		list = append(list, "The local date is the council's own: missing it is no breach of the limit above.")
	}
	if e.Unverified {
		list = append(list, "The words of this source have not been verified: read them before relying on this date.")
	}
	if d.Provisional {
		list = append(list, "The date is provisional: "+x.provisional())
	}
	if d.WindowPassed {
		list = append(list, "It was recorded only after its last day that it was owed: of all that had ended by then only the latest is owed, and the earlier ones are not listed.")
	}
	if e.By != nil && d.DueBy == "" && d.Open() && d.DueText() == "" {
		list = append(list, "It has no date yet: the day of that event will be the date, and from the day after it would be overdue.")
	}
	if e.NoLimit && d.Open() {
		list = append(list, "It runs until it is met. Nobody is reminded of it, for there is no date to be reminded of.")
	}
	return list
}

// provisional says why a date may move.
func (x *explaining) provisional() string {
	d := x.duty
	switch {
	case d.Window != "":
		return "the dates of this term are the usual ones, and may move when the council's own are put in."
	case d.Rule.Calendar != "" && !x.book.calendar.Provisional(d.CountedFrom, d.Due):
		return "further closed days are to be expected in the calendar “" + d.Rule.Calendar + "”, and it may move when they are put in."
	default:
		return "the count touches a year whose bank holidays are not published in this calendar, and it may move when they are."
	}
}

// whatMovedIt are the editions that took the duty over, its extensions and its pauses.
func (x *explaining) whatMovedIt() []string {
	var list []string
	d := x.duty
	for i, m := range d.Moves {
		list = append(list, x.takenOver(i, m))
	}
	for _, e := range d.Extensions {
		list = append(list, fmt.Sprintf("Extended on %s from %s to %s by %s.%s What allows it: %s.",
			longDay(e.On), longDay(e.From), longDay(e.Until), x.event(e.Entry), extensionWords(e), d.Rule.Extend.Source))
	}
	for _, p := range d.Pauses {
		if p.Until.Day == 0 {
			list = append(list, fmt.Sprintf("Paused since %s by %s: %s. The clock stands still until it is resumed.", longWhen(p.From), p.By, p.Reason))
			continue
		}
		list = append(list, fmt.Sprintf("Paused from %s up to %s by %s: %s.", longWhen(p.From), longWhen(p.Until), p.By, p.Reason))
	}
	return list
}

// takenOver says what an edition that took the duty over did to it.
func (x *explaining) takenOver(i int, m TakenOver) string {
	d := x.duty
	source := d.Edition.Source
	if i+1 < len(d.Moves) {
		source = d.Moves[i+1].Replaced.Source
	}
	did := "and the date stayed"
	if m.From != m.Until {
		did = fmt.Sprintf("and the date moved from %s to %s", dueOrNone(m.From), dueOrNone(m.Until))
	}
	return fmt.Sprintf("On %s a new edition took over what was running, %s. Until then it went by: %s. Since then by: %s.",
		longDay(m.On), did, m.Replaced.Source, source)
}

// extensionWords is by whom something was extended, and why.
func extensionWords(e Extended) string {
	words := ""
	if e.By != "" {
		words = " Authorised by " + e.By
		if e.Role != "" {
			words += " (" + strings.ReplaceAll(e.Role, "_", " ") + ")"
		}
		words += "."
	}
	if e.Reason != "" {
		words += " Reason: " + strings.TrimSuffix(e.Reason, ".") + "."
	}
	return words
}

// whatDidNotCount are the events that might have met the duty while it ran, and did not.
func (x *explaining) whatDidNotCount() []string {
	var list []string
	d := x.duty
	for _, n := range x.plan.NotCounted {
		if n.Ref == d.Ref && n.At.Day >= d.Started.Day && (d.Open() || n.At.Day <= d.closedOn()) {
			list = append(list, fmt.Sprintf("%s on %s (%s) did not count: %s.", n.Type, longWhen(n.At), n.Entry, n.Why))
		}
	}
	return list
}
