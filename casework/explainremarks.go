package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// happened is what moved the date, what came late, and what did not count.
func (x *explaining) happened() []string {
	var list []string
	if held := x.firstHeld(); held != "" {
		list = append(list, held)
	}
	list = append(list, x.whatMovedIt()...)
	d := x.duty
	if d.Met && d.MetEvent != d.MetOn {
		list = append(list, fmt.Sprintf("What met it had happened before it started, on %s.", longWhen(d.MetEvent)))
	}
	if d.Met && d.RecordedLateDays > 0 && !d.MetInferred {
		list = append(list, fmt.Sprintf("What met it was recorded %s after it happened. Whether it was in time goes by when it happened.", count(d.RecordedLateDays, "day")))
	}
	return append(list, x.whatDidNotCount()...)
}

// firstHeld says since when Longstop has held the date, where that was too late for the usual
// messages, where a load of a council's history brought what the duty started with, or where it
// held another date before.
func (x *explaining) firstHeld() string {
	n := x.entry(x.duty.Entry)
	if x.duty.DueText() == "" || n == nil {
		return ""
	}
	o, first := x.knownLate(), x.first(n.id)
	dates := x.datesHeld(first.Recorded)
	if o.moved && !o.again && len(dates) == 1 {
		dates[0].since = o.known
	}
	if !o.moved && len(dates) == 1 && !first.Backlog {
		return ""
	}
	return x.heldWords(dates, first) + x.countedLate(o)
}

// dateHeld is a due date, and since when it was held; "" where there was none.
type dateHeld struct {
	due   string
	since time.Time
}

// datesHeld are the due dates that the duty had one after the other, by what was changed.
func (x *explaining) datesHeld(first time.Time) []dateHeld {
	dates := []dateHeld{{due: x.duty.DueText(), since: first}} // the latest first
	for i := range slices.Backward(x.Changes) {
		c := &x.Changes[i]
		at, err := time.Parse(time.RFC3339, c.At)
		if err != nil || c.DueBefore == c.DueAfter || c.DueBefore == "" || c.DueAfter != dates[len(dates)-1].due {
			continue
		}
		dates[len(dates)-1].since = at
		dates = append(dates, dateHeld{due: c.DueBefore, since: first})
	}
	slices.Reverse(dates)
	return dates
}

// heldWords says since when the dates have been held, and by what the first was brought.
func (x *explaining) heldWords(dates []dateHeld, first *Event) string {
	last := dates[len(dates)-1]
	if !x.FromRecord {
		words := "By the times of recording in this file the date was first known on " + longInstant(last.since)
		if len(dates) > 1 {
			return words + "; until then it was " + longDue(dates[len(dates)-2].due) + "."
		}
		return words + "."
	}
	words := "Longstop first held this date on " + longInstant(dates[0].since)
	if len(dates) > 1 {
		words = "Longstop first held a date for this, " + longDue(dates[0].due) + ", on " + longInstant(dates[0].since)
	}
	if load := x.loadWords(first); load != "" && dates[0].since.Equal(first.Recorded) {
		words += " (" + load + ")"
	}
	if at, err := time.Parse(time.RFC3339, first.Data.Text(fieldSourceRecorded)); err == nil {
		words += ". The council's own system says that it recorded what started it on " + longInstant(at) + "."
	} else {
		words += ". It does not say when the council's own system held it."
	}
	if len(dates) > 1 {
		words += fmt.Sprintf(" It has held the present date since %s; until then it held %s.", longInstant(last.since), longDue(dates[len(dates)-2].due))
	}
	return words
}

// countedLate says that the messages are counted from another day than the date.
func (x *explaining) countedLate(o origin) string {
	switch {
	case !o.moved:
		return ""
	case o.again:
		return fmt.Sprintf(" %s Its messages are counted from %s as if that were the due date, which had passed.", x.againWords(o.known), longDay(o.day))
	}
	passed := "09:00 of the date"
	if !x.duty.DueAt.IsZero() {
		passed = "The time"
	}
	return fmt.Sprintf(" %s had passed when it was known, so its messages are counted from %s as if that were the day.", passed, longDay(o.day))
}

// againWords says from when a duty was owed again, and as what it had stood until then: it may have
// been met or ended, and it may be that no source reported what could meet it.
func (x *explaining) againWords(from time.Time) string {
	words := "It was owed again from " + longInstant(from) + "; until then it "
	then := x.run.log.at(x.duty.ID, from.Add(-time.Nanosecond))
	if then == nil {
		return words + "was not owed."
	}
	switch then.State(from) {
	case Met, MetLate, Ended:
		return words + "stood as " + outcome(then) + "."
	case Unreported:
		return fmt.Sprintf("It has been owed since %s; until then it stood as unreported (“%s”).", longInstant(from), then.NotReportedWhy)
	case Paused:
		return words + "was paused."
	default:
		return words + "was not owed."
	}
}

// fieldSourceRecorded is the field of data in which the record keeps when the source says that it
// recorded an event.
const fieldSourceRecorded = "source_recorded"

// loadWords names the load of a return that brought an event: "first load of the return to Tue 31
// Mar 2026"; "" where none is known to have.
func (e *Explainer) loadWords(brought *Event) string {
	which := "load"
	if brought.Backlog {
		which = "first load"
	}
	for _, s := range e.loads {
		if s.Source == brought.Source && s.Recorded.Equal(brought.Recorded) {
			return which + " of the return to " + longDay(s.Data.Day("until"))
		}
	}
	if brought.Backlog {
		return "first load of the council's history"
	}
	return ""
}

// allChanges are what changed about the duty, in order: events, its promises, and the law.
func (x *explaining) allChanges() []FactChange {
	list := slices.Concat(x.changes[x.duty.ID], x.promisesChanged(), x.Law[x.duty.ID])
	slices.SortStableFunc(list, func(a, b FactChange) int { return cmp.Compare(a.At, b.At) })
	return list
}

// promisesChanged are the corrections and voids of acknowledgements of the duty.
func (x *explaining) promisesChanged() []FactChange {
	var list []FactChange
	for i := range x.revised[x.duty.ID] {
		v := &x.revised[x.duty.ID][i]
		c := FactChange{
			At: v.Since.UTC().Format(time.RFC3339), Kind: ChangeCorrected, Event: v.of.ID(), Type: typeOf(v), By: v.By(), Why: v.Reason(),
		}
		if v.IsVoid() {
			c.Kind = ChangeVoided
		}
		c.Was, c.Became = difference(v)
		c.Text = x.revisionWords(v.Since, v, &c)
		list = append(list, c)
	}
	return list
}

// knownLate is where the ladder is counted from, where the date had come before it was known.
func (x *explaining) knownLate() origin {
	from := morning(x.duty.Due)
	if x.duty.Due.IsZero() {
		from = x.duty.DueAt
	}
	if from.IsZero() || len(x.Notices) == 0 && !rings(x.duty, x.plan.AsOf) {
		return origin{}
	}
	return x.run.originOf(x.duty, x.until)
}

// aboutTheLimit says whose the limit is, and how far its date can be relied upon.
func (x *explaining) aboutTheLimit() []string {
	var list []string
	d := x.duty
	e := d.Edition
	switch {
	case e.Confirmed:
		list = append(list, "No law sets this limit (a default of Longstop, which the council has confirmed): missing it is no breach of law.")
	case e.Local && e.Status == timescale.StatusLocal:
		list = append(list, fmt.Sprintf("No law sets this limit (%s): missing it is no breach of law.", e.Whose()))
	case e.Status == timescale.StatusLocal || e.Status == timescale.StatusPractice:
		list = append(list, fmt.Sprintf("No law sets this limit (%s): missing it is no breach of law.", e.Status))
	case e.Local:
		list = append(list, "The law sets the duty and no number: the number is the council's own, and missing it is no breach of a limit of law.")
	}
	if !d.LocalDue.IsZero() {
		list = append(list, "The local date is the council's own: missing it is no breach of the limit above.")
	}
	switch c := e.Checked; {
	case c.Unread():
		list = append(list, c.Sentence()+" Read the source before relying on this date.")
	case c.Read == timescale.Through:
		list = append(list, c.Sentence())
	}
	if d.Provisional {
		list = append(list, "The date is provisional: "+x.provisional())
	}
	if d.WindowPassed {
		list = append(list, "It was recorded only after its last day that it was owed: of all that had ended by then only the latest is owed, and the earlier ones are not listed.")
	}
	if len(e.By) > 0 && d.DueBy == "" && d.Open() && d.DueText() == "" {
		list = append(list, "It has no date yet: the day of that event will be the date, and from the day after it would be overdue.")
	}
	if e.NoLimit && d.Open() {
		list = append(list, "It runs until it is met. It has no date, so nobody is reminded of it.")
	}
	if field := x.dateNotSaid(); field != "" {
		list = append(list, fmt.Sprintf("The event that started it does not say “%s”. Where it does, that date is the one that counts: record it if there is one.", field))
	}
	return append(list, x.corrected()...)
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

// whatMovedIt are the editions that took the duty over, its extensions and its pauses, in the order
// in which they took effect.
func (x *explaining) whatMovedIt() []string {
	d := x.duty
	var list []movement
	for i, m := range d.Moves {
		list = append(list, movement{m.On, x.takenOver(i, m)})
	}
	for _, e := range d.Extensions {
		list = append(list, movement{e.On, fmt.Sprintf("Extended on %s from %s to %s by %s.%s What allows it: %s.",
			longDay(e.On), longDay(e.From), longDay(e.Until), x.event(e.Entry), x.extensionWords(e), d.Rule.Extend.Source)})
	}
	for _, p := range d.Pauses {
		by := x.nameOf(p.By, p.From.Day)
		words := fmt.Sprintf("Paused from %s up to %s by %s: %s.", longWhen(p.From), longWhen(p.Until), by, p.Reason)
		if p.Until.Day == 0 {
			words = fmt.Sprintf("Paused since %s by %s: %s. The clock stands still until it is resumed.", longWhen(p.From), by, p.Reason)
		}
		list = append(list, movement{p.From.Day, words})
	}
	slices.SortStableFunc(list, func(a, b movement) int { return cmp.Compare(a.on, b.on) })
	lines := make([]string, len(list))
	for i := range list {
		lines[i] = list[i].words
	}
	return lines
}

// movement is something that moved a date or stopped its count, on a day.
type movement struct {
	on    calendar.Date
	words string
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
func (x *explaining) extensionWords(e Extended) string {
	words := ""
	if e.By != "" {
		who, role := x.nameOf(e.By, e.On), "("+strings.ReplaceAll(e.Role, "_", " ")+")"
		words = " Authorised by " + who
		if e.Role != "" && !strings.HasSuffix(who, role) {
			words += " " + role
		}
		words += "."
	}
	if e.Reason != "" {
		words += " Reason: " + strings.TrimSuffix(e.Reason, ".") + "."
	}
	return words
}

// whatDidNotCount are the events that might have met the duty while it ran, or that came too late for
// it, and did not count.
func (x *explaining) whatDidNotCount() []string {
	var list []string
	d := x.duty
	all := x.notCounted[d.Ref]
	from, _ := slices.BinarySearchFunc(all, d.Started.Day, func(n NotCounted, day calendar.Date) int { return cmp.Compare(n.At.Day, day) })
	for _, n := range all[from:] {
		if !d.Open() && n.At.Day > d.closedOn() && n.Duty != d.ID { // it came too late for this one, or concerns a later
			continue
		}
		list = append(list, fmt.Sprintf("%s on %s (%s) did not count: %s.", n.Type, longWhen(n.At), n.Entry, n.Why))
	}
	return list
}
