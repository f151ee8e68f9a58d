package casework

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// Explanation is how one duty came to its date and what was sent about it, in words that a
// practitioner, an inspector or a court can read (rules.md, section 5).
type Explanation struct {
	Case      string `json:"case" doc:"The reference of the case that people are shown." example:"C1"`
	Duty      string `json:"duty" doc:"The duty, by its id." example:"CP-10:v1"`
	Ref       string `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Title     string `json:"title" doc:"What the timescale is called." example:"Child protection visit"`
	Todo      string `json:"todo" doc:"What to do, in the imperative."`
	Pathway   string `json:"pathway" doc:"The stage of the work that it belongs to." example:"ChildProtection"`
	State     State  `json:"state" doc:"How it stands."`
	AsOf      string `json:"as_of" doc:"The moment at which it is explained, in words." example:"Thu 3 Dec 2026"`
	KnownAt   string `json:"known_at,omitempty" doc:"The moment after which nothing that was recorded is seen, in words; left out where everything is."`
	Standing  string `json:"standing" doc:"How it stands, in a sentence."`
	Inferred  bool   `json:"inferred,omitempty" doc:"Whether it is taken as done although the return holds no date of it."`
	Started   string `json:"started" doc:"When it started, in words."`
	StartedBy string `json:"started_by" doc:"What started it, in words."`
	Window    string `json:"window,omitempty" doc:"The window of time that it is for, in words."`
	Limit     string `json:"limit,omitempty" doc:"The limit, in words." example:"10 working days"`
	Local     bool   `json:"local,omitempty" doc:"Whether no law sets the limit."`
	Status    string `json:"status" doc:"What kind of source sets the limit." words:"status"`
	Source    string `json:"source" doc:"The words of law or guidance that set the limit."`
	// Checked is how the words of the source are known; nil if nobody has said.
	Checked    *SourceCheck `json:"checked,omitempty" doc:"How the words of the source are known; left out where nobody has stated that."`
	InForce    string       `json:"in_force" doc:"When the limit was in force, in words."`
	Pack       string       `json:"pack" doc:"The rule pack by which it was worked out, with its edition."`
	Calendar   string       `json:"calendar" doc:"By which bank holidays working days were counted."`
	Counted    string       `json:"counted,omitempty" doc:"How its days were counted, in words."`
	NotBefore  string       `json:"not_before,omitempty" doc:"Before when it may not be done, in words."`
	OwedBefore string       `json:"owed_before,omitempty" doc:"The event before which it is owed, in words."`
	Due        string       `json:"due,omitempty" doc:"When it is due, in words."`
	DueDate    string       `json:"due_date,omitempty" doc:"When it is due: a date, or of a limit in hours an instant in UTC." example:"2026-10-10"`
	LocalDue   string       `json:"local_due,omitempty" doc:"The council's own date next to that of law, in words."`
	MetBy      string       `json:"met_by,omitempty" doc:"What met it, in words."`
	EndedBy    string       `json:"ended_by,omitempty" doc:"What ended it without meeting it, in words."`
	// Happened is what moved the date or came late, and what did not count. Remarks say whose the
	// limit is and how far the date can be relied upon.
	Happened []string           `json:"happened,omitempty" doc:"What moved the date or came late, and what did not count, a sentence each."`
	Changes  []FactChange       `json:"changes,omitempty" doc:"What changed of what the record held about it, and of the law."`
	Promises []Promise          `json:"promises,omitempty" doc:"What managers promised about it."`
	Notices  []ExplainedNotice  `json:"notices,omitempty" doc:"Who was told what about it."`
	Remarks  []string           `json:"remarks,omitempty" doc:"Whose the limit is, and how far the date can be relied upon, a sentence each."`
	Hours    []string           `json:"hours,omitempty" doc:"Of a sum of hours: each stretch that counted, in words."`
	Days     []string           `json:"days,omitempty" doc:"Of a sum of days: each stretch that counted, in words."`
	Skipped  []calendar.Skipped `json:"skipped,omitempty" doc:"Each day that was not counted."`
}

// Explainer explains the duties of one plan. What they share is worked out once.
type Explainer struct {
	// Names returns how people know somebody of a staff reference on a day: "Carys Plover (team
	// manager)". Where it is nil the reference stands alone.
	Names func(ref string, on calendar.Date) string
	// FromRecord says that the events come from the record, which knows when it was told them. A
	// file's own times of recording are its author's.
	FromRecord bool
	// Law are what adopted laws did to duties, by duty, which the events do not say.
	Law map[string][]FactChange

	book        *Book
	plan        *Plan
	events      []Event // what was known
	duties      map[string]*Duty
	sent        map[string][]*Notice    // by duty
	line        *timeline               // what had happened by the moment
	entries     map[string]*entry       // everything that was known, also what happened after the moment
	happenedAs  map[string]*entry       // of the timeline, by id
	notCounted  map[string][]NotCounted // by ref, in the order of the days
	histories   []History
	sourceLoads []*Event                // the returns that were loaded
	firsts      map[string]*Event       // the first events of the entries, by id
	changes     map[string][]FactChange // by duty
	run         *ladderRun
	until       time.Time            // up to which everything is known that is
	promised    map[string][]*entry  // acknowledgements that had happened by the moment, by duty
	revised     map[string][]revised // of acknowledgements, by duty
}

// Explainer prepares to explain the duties of a plan. events are those that the plan was
// made from, sent the notices that were sent.
func (b *Book) Explainer(plan *Plan, events []Event, sent []Notice) *Explainer {
	events = recordedBy(events, plan.KnownAt)
	x := &Explainer{
		book: b, plan: plan, events: events, duties: make(map[string]*Duty, len(plan.Duties)), sent: map[string][]*Notice{},
		line: b.timelineOf(events, Moment{AsOf: plan.AsOf}), notCounted: map[string][]NotCounted{},
		histories: Histories(events, time.Time{}), run: newLadderRun(b, events, nil),
		until: cmp.Or(plan.KnownAt, plan.AsOf),
	}
	for i := range plan.Duties {
		x.duties[plan.Duties[i].ID] = &plan.Duties[i]
	}
	for i := range sent {
		x.sent[sent[i].Duty] = append(x.sent[sent[i].Duty], &sent[i])
	}
	stands, _ := entries(events, time.Time{})
	x.entries = make(map[string]*entry, len(stands))
	for _, n := range slices.Backward(stands) { // of two sources with one id the first counts
		x.entries[n.id] = n
	}
	x.happenedAs = make(map[string]*entry, len(x.line.all))
	for _, n := range x.line.all {
		x.happenedAs[n.id] = n
	}
	for i := range events {
		if s := &events[i]; s.Type == typeSource && !s.Data.Day("until").IsZero() {
			x.sourceLoads = append(x.sourceLoads, s)
		}
	}
	x.findPromises()
	x.firsts = make(map[string]*Event, len(x.histories))
	for i := range slices.Backward(x.histories) {
		x.firsts[x.histories[i].ID()] = x.histories[i].First
	}
	for _, n := range plan.NotCounted {
		x.notCounted[n.Ref] = append(x.notCounted[n.Ref], n)
	}
	for _, list := range x.notCounted {
		slices.SortStableFunc(list, func(a, b NotCounted) int { return cmp.Compare(a.At.Day, b.At.Day) })
	}
	return x
}

// recordedBy returns the events that were recorded by an instant; all of them where it is zero.
func recordedBy(events []Event, at time.Time) []Event {
	if at.IsZero() {
		return events
	}
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !isKnown(e.Recorded, at) })
}

// Explain explains a duty of a plan, with the notices that were sent about it. It returns
// nil if the plan has no duty of that id. events are those that the plan was made from.
func (b *Book) Explain(plan *Plan, dutyID string, events []Event, sent []Notice) *Explanation {
	if plan.Duty(dutyID) == nil {
		return nil
	}
	return b.Explainer(plan, events, sent).Explain(dutyID)
}

// explaining is what is at hand to explain a duty.
type explaining struct {
	*Explanation
	*Explainer
	calendar *calendar.Calendar // in which the timescale's working days are counted
	duty     *Duty
}

// Explain explains a duty; it returns nil if the plan has none of that id.
func (e *Explainer) Explain(dutyID string) *Explanation {
	d := e.duties[dutyID]
	if d == nil {
		return nil
	}
	if e.changes == nil {
		e.findChanges()
	}
	plan := e.plan
	x := &explaining{
		Explainer: e, calendar: e.book.CalendarOf(d.Rule), duty: d,
		Explanation: &Explanation{
			Case: d.Case, Duty: d.ID, Ref: d.Ref, Title: d.Rule.Title, Todo: d.Rule.Todo, Pathway: d.Pathway,
			State: d.State(plan.AsOf), AsOf: asOfWords(plan.AsOf, d), Inferred: d.Met && d.MetInferred,
			Started: longWhen(d.Started), Local: d.Local, DueDate: d.DueText(), Status: d.Edition.Status, Source: d.Edition.Source,
			Checked: sourceCheckOf(d.Edition.Checked), InForce: inForce(d), Pack: packWords(e.book.pack),
		},
	}
	x.Calendar = x.calendar.Edition()
	if !plan.KnownAt.IsZero() {
		x.KnownAt = english.Instant(plan.KnownAt)
	}
	x.Standing = x.stateWords()
	x.StartedBy, x.MetBy, x.EndedBy = x.event(d.Entry), x.event(d.MetBy), x.event(d.EndedBy)
	if n := x.entry(d.Entry); d.Window != "" && n != nil {
		x.StartedBy = fmt.Sprintf("the beginning of the window; the period was opened on %s by %s", english.Day(n.At.Day), x.StartedBy)
	}
	if n := x.entry(d.Entry); d.Birthday > 0 && n != nil {
		x.StartedBy = x.startedByBirthday(n)
	}
	if d.EndedBy == byBirthday {
		x.EndedBy = "the 18th birthday"
	}
	x.explainDate()
	for _, n := range e.sent[d.ID] {
		x.Notices = append(x.Notices, e.book.explainNotice(n))
	}
	x.Promises = x.promises()
	x.Changes = x.allChanges()
	x.Happened, x.Remarks = x.happened(), x.aboutTheLimit()
	return x.Explanation
}

// first returns the event by which an entry was first recorded.
func (e *Explainer) first(id string) *Event { return e.firsts[id] }

// entry returns one of those that were known; nil if it is none of them.
func (e *Explainer) entry(id string) *entry { return e.entries[id] }

// nameOf returns how people know somebody of a staff reference on a day.
func (e *Explainer) nameOf(ref string, on calendar.Date) string {
	if e.Names == nil || ref == "" {
		return ref
	}
	return cmp.Or(e.Names(ref, on), ref)
}

// asOfWords returns the day, or for a limit in hours the instant, as of which a duty stands.
func asOfWords(asOf time.Time, d *Duty) string {
	if d.inHours() {
		return english.Instant(asOf)
	}
	return english.Day(Today(asOf))
}

// packWords names a pack, with the overlay that lies over it.
func packWords(p *timescale.Pack) string {
	words := p.Name + ", edition " + p.Edition
	if p.Overlay != "" {
		words += ", with the overlay of " + p.Overlay
	}
	return words
}

// inForce returns for which starts the duty's edition holds, and whether it took the duty over. A
// council's own limit does not divide the time in which the law holds.
func inForce(d *Duty) string {
	from, until := lawInForce(d)
	words := cmp.Or(startsBetween(from, until), "without limit of time")
	if len(d.Moves) > 0 {
		words += "; and for what ran on " + english.Day(d.Edition.From)
	}
	return words
}

// startsBetween returns "for starts from Thu 1 Jan 2026 on"; "" if there is neither day.
func startsBetween(from, until calendar.Date) string {
	switch {
	case from.IsZero() && until.IsZero():
		return ""
	case from.IsZero():
		return "for starts before " + english.Day(until)
	case until.IsZero():
		return "for starts from " + english.Day(from) + " on"
	default:
		return "for starts from " + english.Day(from) + " on, before " + english.Day(until)
	}
}

// lawInForce returns the time in which the law that the duty's edition says is in force: the edition's own
// and that of its neighbours that differ only in a council's limit.
func lawInForce(d *Duty) (from, until calendar.Date) {
	from, until = d.Edition.From, d.Edition.Until
	law := lawOf(d.Edition)
	at := slices.IndexFunc(d.Rule.Editions, func(e timescale.Edition) bool { return e.From == from && e.Until == until })
	if at < 0 || law.Moves {
		return from, until
	}
	same := func(i int) bool { return reflect.DeepEqual(lawOf(&d.Rule.Editions[i]), law) }
	for i := at - 1; i >= 0 && d.Rule.Editions[i].Until == from && same(i); i-- {
		from = d.Rule.Editions[i].From
	}
	for i := at + 1; i < len(d.Rule.Editions) && d.Rule.Editions[i].From == until && same(i); i++ {
		until = d.Rule.Editions[i].Until
	}
	return from, until
}

// lawOf returns an edition without its time and without a council's limit.
func lawOf(e *timescale.Edition) timescale.Edition {
	law := *e
	law.From, law.Until, law.LocalLimit, law.LocalSource, law.Line = 0, 0, nil, "", 0
	return law
}

// Text returns the explanation for a terminal.
func (x *Explanation) Text() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s  %s\n%s\n\nCase %s, timescale %s, %s: %s.\n\n", x.Ref, x.Title, x.Todo, x.Case, x.Duty, x.seen(), x.Standing)
	for _, row := range x.rows() {
		fmt.Fprintf(&s, "%-10s %s\n", row[0], row[1])
	}
	var skipped []string
	for _, d := range x.Skipped {
		skipped = append(skipped, english.AlignedDay(d.Date)+"  "+d.Why)
	}
	for _, part := range x.parts(skipped) {
		fmt.Fprintf(&s, "\n%s\n  %s\n", part.title, strings.Join(part.lines, "\n  "))
	}
	return s.String()
}

// Markdown returns the explanation for a page or a file.
func (x *Explanation) Markdown() string {
	var s strings.Builder
	fmt.Fprintf(&s, "# %s: %s\n\n%s\n\nCase %s, timescale `%s`, %s: **%s**.\n\n| | |\n|---|---|\n", x.Ref, x.Title, x.Todo, x.Case, x.Duty, x.seen(), x.Standing)
	for _, row := range x.rows() {
		fmt.Fprintf(&s, "| %s | %s |\n", row[0], strings.ReplaceAll(row[1], "|", `\|`))
	}
	var skipped []string
	for _, d := range x.Skipped {
		skipped = append(skipped, english.Day(d.Date)+": "+d.Why)
	}
	for _, part := range x.parts(skipped) {
		fmt.Fprintf(&s, "\n## %s\n\n- %s\n", part.title, strings.Join(part.lines, "\n- "))
	}
	return s.String()
}

// seen returns the moment that the explanation is of.
func (x *Explanation) seen() string {
	if x.KnownAt == "" {
		return "as of " + x.AsOf
	}
	return "as of " + x.AsOf + " with what was known on " + x.KnownAt
}

func (x *Explanation) rows() [][2]string {
	rows := [][2]string{
		{"Started", x.Started + ", by " + x.StartedBy},
		{"For", x.Window},
		{"Limit", x.Limit},
		{"Counted", x.Counted},
		{"Not before", x.NotBefore},
		{"Before", x.OwedBefore},
		{"Due", x.Due},
		{"Local due", x.LocalDue},
		{"Done by", x.MetBy},
		{"Ended by", x.EndedBy},
		{"Source", x.Source + " (" + x.source() + ")"},
		{"In force", x.InForce},
		{"Rule pack", x.Pack},
		{"Calendar", x.Calendar},
	}
	return slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
}

// source returns how binding the source is, and how its words are known where they were not read.
func (x *Explanation) source() string {
	if x.Checked != nil && x.Checked.mark != "" {
		return x.Status + ", " + x.Checked.mark
	}
	return x.Status
}

type part struct {
	title string
	lines []string
}

// parts returns the lists below the table, of which those without a line are left out: what
// happened and who was told come first, and the days of the count last.
func (x *Explanation) parts(skipped []string) []part {
	all := []part{
		{"What happened", x.Happened},
		{"What was changed", texts(x.Changes)},
		{"Dates agreed", texts(x.Promises)},
		{"Who was told", texts(x.Notices)},
		{"About the limit", x.Remarks},
		{"Hours that count", x.Hours},
		{"Days that count", x.Days},
		{"Days not counted", skipped},
	}
	return slices.DeleteFunc(all, func(p part) bool { return len(p.lines) == 0 })
}

// texts returns the lines of a list in words.
func texts[L interface{ line() string }](list []L) []string {
	lines := make([]string, len(list))
	for i := range list {
		lines[i] = list[i].line()
	}
	return lines
}

func longWhen(w When) string {
	if w.DayOnly() {
		return english.Day(w.Day)
	}
	return english.Instant(w.Instant)
}

// longDue returns a due date as a notice names it, in words.
func longDue(text string) string {
	due, err := ParseWhen(text)
	if err != nil {
		return text
	}
	return longWhen(due)
}

// dueOrNone returns a due date in words, or that there is none.
func dueOrNone(text string) string {
	if text == "" {
		return "no date"
	}
	return longDue(text)
}

// event names an entry: its type and id, when it was recorded, and by what it was
// corrected. It is "" if the id is, or is not among them.
func (x *explaining) event(id string) string {
	n := x.entry(id)
	if n == nil {
		return ""
	}
	first := x.first(n.id)
	words := fmt.Sprintf("%s (%s)%s", n.Type, n.id, recordedWords(first))
	if n.Corrects != "" {
		words += ", as corrected on " + english.Instant(n.since)
	}
	if n.Data.Flag("inferred") {
		words += "; inferred: the return does not hold this date"
	}
	return words
}

// recordedWords returns ", recorded Mon 5 Jan 2026 10:00 GMT". Where an event that did not say when it
// was recorded was given the end of its own day or its own instant, it returns "".
func recordedWords(e *Event) string {
	if e.Recorded.Equal(e.At.End()) {
		return ""
	}
	return ", recorded " + english.Instant(e.Recorded)
}

// stateWords returns in a sentence how the duty stands. One that is past no limit of law is not called
// overdue.
func (x *explaining) stateWords() string {
	d, asOf := x.duty, x.plan.AsOf
	late := lateWords(d.LateDays(asOf))
	past := ""
	if d.PastLocal(asOf) {
		past = "past " + d.LocalWords()
	}
	if d.Met && d.MetInferred {
		return "taken as done: the return holds no date"
	}
	switch d.State(asOf) {
	case Met:
		if d.DueText() == "" {
			return "done on " + longWhen(d.MetOn)
		}
		return "done in timescale, on " + longWhen(d.MetOn)
	case MetLate:
		return "done out of timescale" + late + ", on " + longWhen(d.MetOn)
	case Ended:
		return "ended on " + english.Day(d.EndedOn) + late
	case Unreported:
		return "not reported: " + unreportedWords(d)
	case Waiting:
		return "waiting: no date can be worked out until " + x.missing() + " is recorded"
	case Paused:
		return "paused since " + longWhen(d.Pauses[len(d.Pauses)-1].From)
	case DueToday:
		return andPast("due today", past)
	case Overdue:
		return cmp.Or(past, "overdue") + late
	default:
		return andPast("running", past)
	}
}

// andPast returns of what is not overdue that it is past a limit that no law sets.
func andPast(words, past string) string {
	if past == "" {
		return words
	}
	return words + ", " + past
}

func lateWords(days int) string {
	if days == 0 {
		return ""
	}
	return ", " + english.Count(days, "day") + " late"
}

// unreportedWords returns why nobody can tell whether a duty was met in time.
func unreportedWords(d *Duty) string {
	why := cmp.Or(d.NotReportedWhy, "it fell due after "+english.Day(d.ReportedUntil)+", the last day that a source covers")
	switch {
	case d.Met:
		return why + "; it was done on " + longWhen(d.MetOn)
	case d.Ended:
		return why + "; whether it was done before it ended on " + english.Day(d.EndedOn) + " cannot be shown"
	default:
		return why + "; whether it was done in time is not known"
	}
}

// missing returns what a waiting duty waits for: an event, or a date that one should hold.
func (x *explaining) missing() string {
	d := x.duty
	limits := slices.Clone(d.Edition.Limits)
	if d.Edition.NotBefore != nil {
		limits = append(limits, *d.Edition.NotBefore)
	}
	for _, s := range d.Rule.Starts {
		limits = append(limits, s.Limits...)
	}
	for _, l := range limits {
		if l.From != nil && (l.From.Event == "" || l.From.Event == d.WaitingFor) {
			return dateWords(d.WaitingFor, l.From.Field)
		}
	}
	return d.WaitingFor
}

// SourceCheck is how the words of a source are known, as an explanation says it.
type SourceCheck struct {
	Read    timescale.Reading `json:"read" doc:"What was read: the words themselves (words), a text that quotes them (through), a part of them (part), those of another source like it (similar), or nothing (none)."`
	In      string            `json:"in,omitempty" doc:"In which text."`
	Missing string            `json:"missing,omitempty" doc:"What was not read."`
	On      string            `json:"on,omitempty" doc:"On which day." format:"date"`
	Text    string            `json:"text" doc:"All of it in a sentence."`
	mark    string
}

// sourceCheckOf returns nil if nobody has said.
func sourceCheckOf(c timescale.Check) *SourceCheck {
	if c.Read == "" {
		return nil
	}
	return &SourceCheck{Read: c.Read, In: c.In, Missing: c.Missing, On: c.On.String(), Text: c.Sentence(), mark: c.Mark()}
}
