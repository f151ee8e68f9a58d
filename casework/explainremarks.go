package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// happened returns what moved the date, what came late, and what did not count.
func (x *explaining) happened() []string {
	var list []string
	if held := x.firstHeld(); held != "" {
		list = append(list, held)
	}
	list = append(list, x.whatMovedIt()...)
	d := x.duty
	if d.Met && d.MetEvent != d.MetOn {
		list = append(list, fmt.Sprintf("It had been done before it started, on %s.", longWhen(d.MetEvent)))
	}
	if d.Met && d.RecordedLateDays > 0 && !d.MetInferred {
		list = append(list, fmt.Sprintf("It was recorded %s after it was done. Whether it is in timescale depends on when it was done.", english.Count(d.RecordedLateDays, "day")))
	}
	return append(list, x.whatDidNotCount()...)
}

// firstHeld returns since when Longstop has held the date, where that was too late for the usual
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

// dateHeld is a due date, and since when it was held; "" if there was none.
type dateHeld struct {
	due   string
	since time.Time
}

// datesHeld returns the due dates that the duty had one after the other, by what was changed.
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

// heldWords returns since when the dates have been held, and by what the first was brought.
func (x *explaining) heldWords(dates []dateHeld, first *Event) string {
	last := dates[len(dates)-1]
	if !x.FromRecord {
		words := "By the times of recording in this file the date was first known on " + english.Instant(last.since)
		if len(dates) > 1 {
			return words + "; until then it was " + longDue(dates[len(dates)-2].due) + "."
		}
		return words + "."
	}
	words := "Longstop first held this date on " + english.Instant(dates[0].since)
	if len(dates) > 1 {
		words = "Longstop first held a date for this, " + longDue(dates[0].due) + ", on " + english.Instant(dates[0].since)
	}
	if load := x.loadWords(first); load != "" && dates[0].since.Equal(first.Recorded) {
		words += " (" + load + ")"
	}
	if at, err := time.Parse(time.RFC3339, first.Data.Text(fieldSourceRecorded)); err == nil {
		words += ". The council's own system says that it recorded what started it on " + english.Instant(at) + "."
	} else {
		words += ". It does not say when the council's own system held it."
	}
	if len(dates) > 1 {
		words += fmt.Sprintf(" It has held the present date since %s; until then it held %s.", english.Instant(last.since), longDue(dates[len(dates)-2].due))
	}
	return words
}

// countedLate reports whether the messages are counted from another day than the date.
func (x *explaining) countedLate(o origin) string {
	switch {
	case !o.moved:
		return ""
	case o.again:
		return fmt.Sprintf(" %s Its messages are counted from %s as if that were the due date, which had passed.", x.againWords(o.known), english.Day(o.day))
	}
	passed := "09:00 of the date"
	if !x.duty.DueAt.IsZero() {
		passed = "The time"
	}
	return fmt.Sprintf(" %s had passed when it was known, so its messages are counted from %s as if that were the day.", passed, english.Day(o.day))
}

// againWords returns from when a duty was owed again, and as what it had stood until then: it may have
// been met or ended, and it may be that no source reported what could meet it.
func (x *explaining) againWords(from time.Time) string {
	words := "It was owed again from " + english.Instant(from) + "; until then it "
	then := x.run.log.at(x.duty.ID, from.Add(-time.Nanosecond))
	if then == nil {
		return words + "was not owed."
	}
	switch then.State(from) {
	case Met, MetLate, Ended:
		return words + "stood as " + outcome(then) + "."
	case Unreported:
		return fmt.Sprintf("It has been owed since %s; until then it stood as not reported (“%s”).", english.Instant(from), then.NotReportedWhy)
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
// Mar 2026"; "" if none is known to have.
func (e *Explainer) loadWords(brought *Event) string {
	which := "load"
	if brought.Backlog {
		which = "first load"
	}
	for _, s := range e.sourceLoads {
		if s.Source == brought.Source && s.Recorded.Equal(brought.Recorded) {
			return which + " of the return to " + english.Day(s.Data.Day("until"))
		}
	}
	if brought.Backlog {
		return "first load of the council's history"
	}
	return ""
}

// allChanges returns what changed about the duty, in order: events, its promises, and the law.
func (x *explaining) allChanges() []FactChange {
	list := slices.Concat(x.changes[x.duty.ID], x.promisesChanged(), x.Law[x.duty.ID])
	slices.SortStableFunc(list, func(a, b FactChange) int { return cmp.Compare(a.At, b.At) })
	return list
}

// promisesChanged returns the corrections and voids of acknowledgements of the duty.
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

// knownLate returns where the ladder is counted from, where the date had come before it was known.
func (x *explaining) knownLate() origin {
	from := morning(x.duty.Due)
	if x.duty.Due.IsZero() {
		from = x.duty.DueAt
	}
	if from.IsZero() || len(x.Notices) == 0 && !hasLadder(x.duty, x.plan.AsOf) {
		return origin{}
	}
	return x.run.originOf(x.duty, x.until)
}

// aboutTheLimit returns whose the limit is, and how far its date can be relied upon.
func (x *explaining) aboutTheLimit() []string {
	var list []string
	d := x.duty
	e := d.Edition
	switch {
	case e.Confirmed:
		list = append(list, "No law sets this limit (a default of Longstop, which the council has confirmed): being out of timescale is not a breach of law.")
	case e.Local && e.Status == timescale.StatusLocal:
		list = append(list, fmt.Sprintf("No law sets this limit (%s): being out of timescale is not a breach of law.", e.Whose()))
	case e.Status == timescale.StatusLocal || e.Status == timescale.StatusPractice:
		list = append(list, fmt.Sprintf("No law sets this limit (%s): being out of timescale is not a breach of law.", e.Status))
	case e.Local:
		list = append(list, "The law sets no number: the number is the council's own, and being out of timescale is not a breach of law.")
	}
	if !d.LocalDue.IsZero() {
		list = append(list, "The local date is the council's own: passing it is not a breach of the limit above.")
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
		list = append(list, "It runs until it is done. It has no date, so nobody is reminded of it.")
	}
	if field := x.dateNotSaid(); field != "" {
		list = append(list, fmt.Sprintf("The event that started it does not say “%s”. Where it does, that date is the one that counts: record it if there is one.", field))
	}
	return append(list, x.correctionRemarks()...)
}

// provisional returns why a date may move.
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

// whatMovedIt returns the editions that took the duty over, its extensions and its pauses, in the order
// in which they took effect.
func (x *explaining) whatMovedIt() []string {
	d := x.duty
	var list []movement
	for i, m := range d.Moves {
		list = append(list, movement{m.On, x.takenOver(i, m)})
	}
	for _, e := range d.Extensions {
		list = append(list, movement{e.On, fmt.Sprintf("Extended on %s from %s to %s by %s.%s What allows it: %s.",
			english.Day(e.On), english.Day(e.From), english.Day(e.Until), x.event(e.Entry), x.extensionWords(e), d.Rule.Extend.Source)})
	}
	for _, p := range d.Pauses {
		by := x.nameOf(p.By, p.From.Day)
		words := fmt.Sprintf("Paused from %s up to %s by %s: %s.", longWhen(p.From), longWhen(p.Until), by, p.Reason)
		if p.Until.Day == 0 {
			words = fmt.Sprintf("Paused since %s by %s: %s. It stands still until it is resumed.", longWhen(p.From), by, p.Reason)
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

// takenOver returns what an edition that took the duty over did to it.
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
		english.Day(m.On), did, m.Replaced.Source, source)
}

// extensionWords returns who extended something, and why.
func (x *explaining) extensionWords(e Extended) string {
	words := ""
	if e.By != "" {
		who, role := x.nameOf(e.By, e.On), "("+english.Role(e.Role)+")"
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

// whatDidNotCount returns the events that might have met the duty while it ran, or that came too late for
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

// ExplainedNotice is a notice as an explanation lists it: what was sent, to which role, and what became of it.
type ExplainedNotice struct {
	At   string         `json:"at" doc:"The moment for which it was chosen, in UTC." format:"date-time"`
	Kind string         `json:"kind" doc:"What it is: a reminder or an escalation of something due, that it was done (resolved), that its date moved, that something drifts, or the list of a first load." words:"notice_kind"`
	Rung string         `json:"rung,omitempty" doc:"The step of the ladder: how long before or after the due date; wd counts working days." example:"+1wd"`
	Role timescale.Role `json:"role" doc:"The role that the step names."`
	Due  string         `json:"due,omitempty" doc:"The due date for which it was chosen: a date, or an instant in UTC."`

	// Of a notice that the record holds.
	ID      string `json:"id,omitempty" doc:"Names the notice, where the record holds it." format:"uuid"`
	To      string `json:"to,omitempty" doc:"Who was told, by staff reference." example:"M1"`
	Name    string `json:"name,omitempty" doc:"Their name and role, where they are known."`
	State   string `json:"state,omitempty" doc:"What became of it." words:"notice_state"`
	SentAt  string `json:"sent_at,omitempty" doc:"When a channel took it, in UTC." format:"date-time"`
	Channel string `json:"channel,omitempty" doc:"By which channel it went." example:"email"`
	Reason  string `json:"reason,omitempty" doc:"Why it failed, was not sent or could not be delivered."`

	Text string `json:"text" doc:"All of it in a sentence."`
}

func (t ExplainedNotice) line() string { return t.Text }

// explainNotice returns a notice as an explanation lists it, as far as the notice itself says.
func (b *Book) explainNotice(n *Notice) ExplainedNotice {
	return ExplainedNotice{
		At: n.At.UTC().Format(time.RFC3339), Kind: string(n.Kind), Rung: n.Rung, Role: n.Role, Due: n.Due,
		Text: english.Instant(n.At) + "  " + b.NoticeWords(n, english.TheRole(n.Role)) + ".",
	}
}

// NoticeWords returns what a notice says to the person it is addressed to: "escalation to the team manager, 1
// working day after it was due on Sat 5 Dec 2026".
func (b *Book) NoticeWords(n *Notice, to string) string {
	words := noticeKind(n.Kind) + " to " + to
	switch n.Kind {
	case Resolved:
		return words + " that nothing more is to be done"
	case Moved:
		if n.Due == "" {
			return words + " that the date no longer stands"
		}
		return words + " that it is now due on " + longDue(n.Due)
	default:
	}
	words += ", " + b.rungWords(n)
	if len(n.Missed) > 0 {
		words += ", also for what had not been sent: " + strings.Join(missedWords(n), "; ")
	}
	return words
}

// noticeKind returns a kind of notice as people say it.
func noticeKind(k Kind) string {
	switch k {
	case Resolved, Moved:
		return "message"
	case Drift:
		return "alert about drift"
	default:
		return string(k)
	}
}

// missedWords returns the steps for which a notice makes up.
func missedWords(n *Notice) []string {
	list := make([]string, len(n.Missed))
	for i, label := range n.Missed {
		list[i] = stepWords(label, n)
	}
	return list
}

// rungWords returns which step went, and of which date: "10 working days before the due date, Tue
// 16 Feb 2027". Where the steps are counted from another day, because the date was not known by
// then or an agreed date held it, it says which step it was.
func (b *Book) rungWords(n *Notice) string {
	words := stepWords(n.Rung, n)
	due, err := ParseWhen(n.Due)
	switch {
	case n.Rung == waitingRung || n.Kind == Drift || err != nil:
		return words
	case !due.DayOnly() || strings.HasSuffix(n.Rung, "%"):
		return words + ", due " + longWhen(due)
	}
	switch onTime := b.onItsDay(n.Rung, n.At, due.Day); {
	case onTime && numberIn(n.Rung) == 0 && calendar.DateOf(n.At) != due.Day:
		return "on the last working day up to the due date, " + english.Day(due.Day)
	case onTime:
		return words + ", " + english.Day(due.Day)
	}
	return "the step “" + words + "”, later than that day; due " + english.Day(due.Day)
}

// onItsDay reports whether an instant lies on the day that the label of a rung in working days
// names, counted from the due date.
func (b *Book) onItsDay(label string, at time.Time, due calendar.Date) bool {
	on, number := calendar.DateOf(at), numberIn(label)
	if number == 0 {
		return on == due || on == b.calendar.OnOrBefore(due)
	}
	return b.calendar.AddWorkingDays(due, number) == on
}

// inDays reports whether the label of a rung counts in days from the due date: "-10wd", "0".
func inDays(label string) bool { return label == "0" || strings.HasSuffix(label, "wd") }

// stepWords returns a step of a notice's duty in words.
func stepWords(label string, n *Notice) string {
	switch {
	case label == waitingRung:
		return "because a date cannot be worked out and something is missing"
	case label == "0" && strings.Contains(n.Due, "T"):
		return "when the time was up"
	default:
		return english.Step(label)
	}
}

// numberIn returns the number that the label of a rung holds: -10 of "-10wd".
func numberIn(label string) int {
	number := 0
	for _, c := range label {
		if c >= '0' && c <= '9' {
			number = 10*number + int(c-'0')
		}
	}
	if strings.HasPrefix(label, "-") {
		return -number
	}
	return number
}

// Promise is an acknowledgement of a duty's notices, which holds some of them back.
type Promise struct {
	At      string   `json:"at" doc:"When it was recorded, in UTC." format:"date-time"`
	Entry   string   `json:"entry" doc:"The id of its event."`
	By      string   `json:"by,omitempty" doc:"Who promised, by staff reference." example:"M1"`
	Name    string   `json:"name,omitempty" doc:"Their name and role, where they are known."`
	Note    string   `json:"note,omitempty" doc:"What is being done, in their words."`
	Until   string   `json:"until" doc:"The promised day." format:"date" example:"2026-12-10"`
	Renewal bool     `json:"renewal,omitempty" doc:"Whether it renews an earlier one."`
	Held    []string `json:"held_back,omitempty" doc:"The messages that it held back, in words."`
	Text    string   `json:"text" doc:"All of it in a sentence."`

	from, until time.Time
}

func (p Promise) line() string { return p.Text }

// promises returns those that were made about the duty, in the order in which they were recorded.
func (x *explaining) promises() []Promise {
	var list []Promise
	for _, n := range x.promised[x.duty.ID] {
		p := Promise{
			At: n.recorded.UTC().Format(time.RFC3339), Entry: n.id, By: n.Data.Text("by"), Note: n.Data.Text("note"),
			Until: n.Data.Day("promise").String(), from: n.recorded, until: n.Data.Day("promise").End(),
		}
		if name := x.nameOf(p.By, calendar.DateOf(n.recorded)); name != p.By {
			p.Name = name
		}
		last := len(list) - 1
		p.Renewal = last >= 0 && !p.from.After(list[last].until) && x.dueAt(p.from) == x.dueAt(list[last].from)
		p.Held = x.heldBack(&p, list)
		p.Text = x.promiseWords(&p)
		list = append(list, p)
	}
	return list
}

// dueAt returns the due date that the duty had at an instant; "" if it had none.
func (x *explaining) dueAt(t time.Time) string {
	if d := x.run.log.at(x.duty.ID, t); d != nil {
		return d.DueText()
	}
	return ""
}

// promiseWords returns "Mon 14 Dec 2026 10:00 GMT  Carys Plover (team manager) wrote: “…”, to be done by
// Mon 21 Dec 2026", and what that held back.
func (x *explaining) promiseWords(p *Promise) string {
	who := cmp.Or(p.Name, p.By, "Somebody who is not named")
	day := english.Day(calendar.DateOf(p.until))
	verb := "wrote"
	if p.Renewal {
		verb = "agreed a new date and wrote"
	}
	said := fmt.Sprintf("%s %s: “%s”, to be done by %s.", who, verb, p.Note, day)
	switch {
	case p.Note == "" && p.Renewal:
		said = fmt.Sprintf("%s agreed a new date: to be done by %s.", who, day)
	case p.Note == "":
		said = fmt.Sprintf("%s agreed that it would be done by %s.", who, day)
	}
	held := "This held back"
	if x.plan.AsOf.Before(p.until) {
		held = "So far this has held back"
	}
	if len(p.Held) == 0 {
		return english.Instant(p.from) + "  " + said + " " + held + " no message."
	}
	return english.Instant(p.from) + "  " + said + " " + held + ": " + strings.Join(p.Held, "; ") + "."
}

// heldBack returns the messages that would have gone to the managers while a promise held, but for
// those that an earlier promise held back already.
func (x *explaining) heldBack(p *Promise, before []Promise) []string {
	until := p.until
	if x.plan.AsOf.Before(until) {
		until = x.plan.AsOf
	}
	turns := append([]time.Time{p.from}, x.run.learned[x.run.countLearned(p.from):x.run.countLearned(until)]...)
	var list []string
	for i, at := range turns {
		next := until.Add(1)
		if i+1 < len(turns) {
			next = turns[i+1]
		}
		list = append(list, x.heldBetween(at, next, before)...)
	}
	return slices.Compact(list)
}

// heldBetween returns the managers' messages that would have gone between two instants between which
// nothing was recorded, but for those that a promise held back already.
func (x *explaining) heldBetween(from, until time.Time, before []Promise) []string {
	d := x.run.planAt(from).Duty(x.duty.ID)
	if d == nil || !hasLadder(d, from) {
		return nil
	}
	var list []string
	for _, s := range x.run.stepsOf(d, from) {
		if s.kind == Reminder || s.at.Before(from) || !s.at.Before(until) || heldBefore(before, s.at) {
			continue
		}
		if then := x.run.planAt(s.at).Duty(x.duty.ID); then == nil || !hasLadder(then, s.at) {
			continue
		}
		for _, role := range s.roles {
			if role.Role == timescale.TeamManager || role.Role == timescale.ServiceManager {
				n := x.run.noticeOf(d, &s, role)
				n.At = s.at
				list = append(list, fmt.Sprintf("the %s to %s of %s, %s", noticeKind(n.Kind), english.TheRole(n.Role), english.Instant(n.At), x.book.rungWords(&n)))
			}
		}
	}
	return list
}

func heldBefore(list []Promise, at time.Time) bool {
	return slices.ContainsFunc(list, func(p Promise) bool { return !at.Before(p.from) && !at.After(p.until) })
}

// findPromises finds the acknowledgements that had happened by the moment, and those that were
// corrected or voided, by duty.
func (e *Explainer) findPromises() {
	e.promised, e.revised = map[string][]*entry{}, map[string][]revised{}
	for _, n := range e.line.eventsOfType(typeAcknowledged) {
		duty := n.Data.Text("duty")
		e.promised[duty] = append(e.promised[duty], n)
	}
	for _, list := range e.promised {
		slices.SortFunc(list, byRecorded)
	}
	for i := range e.histories {
		h := &e.histories[i]
		if h.First.Type != typeAcknowledged {
			continue
		}
		duty := h.First.Data.Text("duty")
		for j := range h.Revisions {
			e.revised[duty] = append(e.revised[duty], revised{&h.Revisions[j], h})
		}
	}
}
