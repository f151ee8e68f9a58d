package casework

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/english"
	"longstop/timescale"
)

// FactChange is one change of what the record held about a duty, or of the law: what it was and
// became, who made it when and why, and the due dates before and after.
type FactChange struct {
	At          string `json:"at" doc:"When it took effect, in UTC." format:"date-time"`
	Kind        string `json:"kind" doc:"What it was: an event was corrected, voided or recorded, or the law changed." enum:"corrected,voided,recorded,law"`
	Event       string `json:"event,omitempty" doc:"The id of the event; of a corrected one that of the first."`
	Type        string `json:"type,omitempty" doc:"The event's type; of the law the part of it that changed."`
	Was         string `json:"was,omitempty" doc:"What it said before, in words."`
	Became      string `json:"became,omitempty" doc:"What it says since, in words."`
	By          string `json:"by,omitempty" doc:"Who did it, as far as is known."`
	Why         string `json:"why,omitempty" doc:"Why, in their words."`
	DueBefore   string `json:"due_before,omitempty" doc:"When the duty was due before: a date, or an instant in UTC." example:"2026-10-10"`
	DueAfter    string `json:"due_after,omitempty" doc:"When it was due after that: a date, or an instant in UTC." example:"2026-10-09"`
	LocalBefore string `json:"local_due_before,omitempty" doc:"What the council's own date was before." format:"date"`
	LocalAfter  string `json:"local_due_after,omitempty" doc:"What the council's own date was after that." format:"date"`
	Text        string `json:"text" doc:"All of it in a sentence."`
}

// The kinds of change.
const (
	ChangeCorrected = "corrected"
	ChangeVoided    = "voided"
	ChangeRecorded  = "recorded" // an event that moved the date only by being recorded
	ChangeLaw       = "law"
)

func (c FactChange) line() string { return c.Text }

// recordedAt is what was changed or recorded at an instant.
type recordedAt struct {
	at        time.Time
	revisions []revised
	recorded  []*Event // first events of their entries
}

// revised is a revision with the entry that it is of.
type revised struct {
	*Revision
	of *History
}

// findChanges plays the case as it became known, and notes for each duty what was changed of what
// it rests on.
func (e *Explainer) findChanges() {
	e.changes = map[string][]FactChange{}
	recordings := e.recordings()
	u := newIncrementalFold(e.run)
	was := &dutiesThen{duties: map[string]*Duty{}, since: map[string]time.Time{}, restOn: map[string][]string{}}
	var gone []goneDuty
	for t := u.next(); len(e.run.learned) > 0 && !t.IsZero() && !t.After(e.run.learned[len(e.run.learned)-1]); t = u.next() {
		plan, changed := u.advance(t)
		recording := recordings[t.UnixNano()]
		if recording != nil {
			changed = was.with(changed, recording.revisions)
		}
		for _, id := range changed {
			before := was.duties[id]
			after := was.set(id, plan.Duty(id), t)
			if recording == nil {
				e.cameBack(id, before, after)
				continue
			}
			w := &factEffect{Explainer: e, recordedAt: recording, before: before, after: after}
			e.changes[id] = append(e.changes[id], w.changes()...)
			if before != nil && after == nil {
				gone = append(gone, goneDuty{factEffect: *w})
			}
		}
	}
	for i := range gone {
		if id, c, ok := gone[i].successor(was.since); ok {
			e.changes[id] = append(e.changes[id], c)
		}
	}
	u.advance(e.until)
	e.run.log = u.log
	for id, d := range e.duties {
		e.cameBack(id, was.duties[id], d)
	}
}

// cameBack adds to what took a duty away that it was owed again, where the day alone brought it
// back: a birth that was corrected to a later day, say, and the birthday has come.
func (e *Explainer) cameBack(id string, before, after *Duty) {
	if list := e.changes[id]; before == nil && after != nil && len(list) > 0 {
		list[len(list)-1].Text += fmt.Sprintf(" It came to be owed again, with its start on %s; due is %s.", longWhen(after.Started), dueOrNone(after.DueText()))
	}
}

// recordings returns what was changed or recorded, by the instants in nanoseconds.
func (e *Explainer) recordings() map[int64]*recordedAt {
	at := map[int64]*recordedAt{}
	of := func(t time.Time) *recordedAt {
		if at[t.UnixNano()] == nil {
			at[t.UnixNano()] = &recordedAt{at: t}
		}
		return at[t.UnixNano()]
	}
	for i := range e.histories {
		h := &e.histories[i]
		t := of(h.First.Recorded)
		t.recorded = append(t.recorded, h.First)
		for j := range h.Revisions {
			v := &h.Revisions[j]
			t := of(v.Since)
			t.revisions = append(t.revisions, revised{v, h})
		}
	}
	return at
}

// dutiesThen are the duties as they were at an instant.
type dutiesThen struct {
	duties map[string]*Duty
	since  map[string]time.Time // by id, when the duty was first owed
	restOn map[string][]string  // by entry, the duties that ever rested on it
}

// set takes over a duty as it is from an instant on, and returns it; nil if it is not owed.
func (x *dutiesThen) set(id string, d *Duty, t time.Time) *Duty {
	if d == nil {
		delete(x.duties, id)
		return nil
	}
	is := d.snapshot()
	x.duties[id] = is
	if _, known := x.since[id]; !known {
		x.since[id] = t
	}
	for _, entry := range restsOn(is) {
		if !slices.Contains(x.restOn[entry], id) {
			x.restOn[entry] = append(x.restOn[entry], id)
		}
	}
	return is
}

// with adds to the ids of duties those that rest on what was revised, in order, each once.
func (x *dutiesThen) with(ids []string, revisions []revised) []string {
	for i := range revisions {
		ids = append(ids, x.restOn[revisions[i].of.ID()]...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// restsOn returns the entries on which a duty rests: what started, met, ended, extended or paused it.
func restsOn(d *Duty) []string {
	list := []string{d.Entry, d.MetBy, d.EndedBy, d.DueBy}
	for i := range d.Extensions {
		list = append(list, d.Extensions[i].Entry)
	}
	for i := range d.Pauses {
		list = append(list, d.Pauses[i].Entry)
	}
	return slices.DeleteFunc(list, func(id string) bool { return id == "" })
}

// mayMove reports whether the first record of an event can move the date of a duty that runs.
func (e *Explainer) mayMove(r *rule, first *Event) bool {
	return first.Type == typeBorn || r.looksAhead && e.ofRule(r, first.Type)
}

// concerns reports whether a revision is of an event that can concern a timescale, as it was or as
// it became.
func (e *Explainer) concerns(r *rule, v *revised) bool {
	for _, x := range []*Event{v.of.First, v.Was, v.Became} {
		if x != nil && (x.Type == typeBorn || e.ofRule(r, x.Type)) {
			return true
		}
	}
	return false
}

// ofRule reports whether events of a type can concern a timescale: its own, those that open or end
// its periods, the dates of other events from which it counts, and what stops its starting.
func (e *Explainer) ofRule(r *rule, eventType string) bool {
	kind := e.book.types[eventType]
	if kind == nil {
		return false
	}
	if r.concerns[kind.place] {
		return true
	}
	for _, p := range e.book.periods {
		mine := p.Name == r.Period || slices.Contains(r.EndsWith, p.Name) || slices.Contains(r.NotWhile, p.Name)
		if mine && p.concerns[kind.place] {
			return true
		}
	}
	return slices.Contains(r.anchors(), eventType)
}

// anchors returns the types of other events from whose dates a timescale counts, or whose events decide
// which limit a duty has.
func (r *rule) anchors() []string {
	var types []string
	for i := range r.Editions {
		x := &r.Editions[i]
		for _, l := range x.Limits {
			if l.From != nil {
				types = append(types, l.From.Event)
			}
		}
		if x.NotBefore != nil && x.NotBefore.From != nil {
			types = append(types, x.NotBefore.From.Event)
		}
		for i := range x.By {
			types = append(types, x.By[i].Event)
		}
	}
	return types
}

// factEffect is one duty before and after a recording; nil if it was not owed, or is not.
type factEffect struct {
	*Explainer
	*recordedAt
	before, after *Duty
}

// rule returns that of the duty, in the law of then.
func (w *factEffect) rule() *rule {
	ref := ""
	if d := cmp.Or(w.after, w.before); d != nil {
		ref = d.Ref
	}
	return w.book.inForce(w.at).byRef[ref]
}

// changes returns those of the instant's that mattered to the duty: of what it rests on, or, where it
// differs for another reason, of all that can concern its timescale.
func (w *factEffect) changes() []FactChange {
	var list []FactChange
	for i := range w.revisions {
		if v := &w.revisions[i]; named(w.before, v.of.ID()) || named(w.after, v.of.ID()) {
			list = append(list, w.revision(v))
		}
	}
	rule := w.rule()
	if len(list) == 0 && rule != nil && w.differs() {
		for i := range w.revisions {
			if v := &w.revisions[i]; w.concerns(rule, v) {
				list = append(list, w.revision(v))
			}
		}
	}
	if len(list) > 0 || rule == nil || w.before == nil || w.after == nil || w.before.DueText() == w.after.DueText() {
		return list
	}
	for _, first := range w.recorded {
		if w.mayMove(rule, first) && !w.extendsOrPauses(first.ID) {
			list = append(list, w.firstRecord(first))
		}
	}
	return list
}

// differs reports whether the duty is another after the recording than before.
func (w *factEffect) differs() bool {
	x, y := w.before, w.after
	if x == nil || y == nil {
		return x != y
	}
	return x.DueText() != y.DueText() || x.LocalDue != y.LocalDue || x.Started != y.Started ||
		x.Met != y.Met || x.MetOn != y.MetOn || x.Ended != y.Ended || x.EndedOn != y.EndedOn || x.Limit != y.Limit && x.DueText() == ""
}

// named reports whether a duty rests on an entry.
func named(d *Duty, id string) bool { return d != nil && slices.Contains(restsOn(d), id) }

// extendsOrPauses: what an extension or a pause did to the date is told with it.
func (w *factEffect) extendsOrPauses(id string) bool {
	return slices.ContainsFunc(w.after.Extensions, func(x Extended) bool { return x.Entry == id }) ||
		len(w.after.Pauses) > 0 || len(w.before.Pauses) > 0
}

// dates fills in the due dates before and after.
func (w *factEffect) dates(c *FactChange) {
	if w.before != nil {
		c.DueBefore, c.LocalBefore = w.before.DueText(), w.before.LocalDue.String()
	}
	if w.after != nil {
		c.DueAfter, c.LocalAfter = w.after.DueText(), w.after.LocalDue.String()
	}
}

// firstRecord returns a first record that moved the date.
func (w *factEffect) firstRecord(first *Event) FactChange {
	c := FactChange{At: w.at.UTC().Format(time.RFC3339), Kind: ChangeRecorded, Event: first.ID, Type: first.Type, By: first.By}
	w.dates(&c)
	c.Text = fmt.Sprintf("%s  %s (%s) of %s was recorded%s. %s", english.Instant(w.at), first.Type, first.ID, longWhen(first.At), w.whoAndWhy(first, ""), w.effect())
	return c
}

// revision returns a correction or void, with what it changed.
func (w *factEffect) revision(v *revised) FactChange {
	c := FactChange{
		At: w.at.UTC().Format(time.RFC3339), Kind: ChangeCorrected, Event: v.of.ID(), Type: typeOf(v),
		By: v.By(), Why: v.Reason(),
	}
	if v.IsVoid() {
		c.Kind = ChangeVoided
	}
	w.dates(&c)
	c.Was, c.Became = difference(v)
	c.Text = w.revisionWords(w.at, v, &c) + " " + w.effect()
	return c
}

// typeOf returns what kind of event the entry was before a revision.
func typeOf(v *revised) string {
	if v.Was != nil {
		return v.Was.Type
	}
	return v.of.First.Type
}

// revisionWords returns what was corrected or voided at an instant, who did so and why, and what it was and
// became.
func (e *Explainer) revisionWords(at time.Time, v *revised, c *FactChange) string {
	was := cmp.Or(v.Was, v.of.First)
	subject := fmt.Sprintf("%s  %s (%s) of %s%s", english.Instant(at), was.Type, c.Event, longWhen(was.At), recordedBefore(was))
	done := e.whoAndWhy(v.Event, c.Why)
	switch {
	case v.IsVoid() && v.Was == nil:
		return subject + " was voided once more" + done + "; it was void already."
	case v.IsVoid():
		return subject + " was voided" + done + "."
	case !v.TookEffect():
		return subject + " was corrected" + done + "; another correction stands, so this one changed nothing."
	case c.Was == "":
		return subject + " was corrected" + done + "; what matters here stayed the same."
	}
	return fmt.Sprintf("%s was corrected%s. It was: %s; it became: %s.", subject, done, c.Was, c.Became)
}

// recordedBefore returns ", recorded Mon 5 Jan 2026 10:00 GMT,", where it is known.
func recordedBefore(was *Event) string {
	if words := recordedWords(was); words != "" {
		return words + ","
	}
	return ""
}

// whoAndWhy returns " by Carys Plover (team manager) because: “the diary says Tuesday”", as far as an
// event says.
func (e *Explainer) whoAndWhy(x *Event, why string) string {
	by, load := e.nameOf(x.By, Today(x.Recorded)), e.loadWords(x)
	words := ""
	switch {
	case by != "":
		words = " by " + by
	case load != "":
		words = " by the " + load
	}
	if why != "" {
		words += " because: “" + strings.TrimRight(why, ". ") + "”"
	}
	return words
}

// difference returns what a revision changed, as it was and as it became.
func difference(v *revised) (was, became string) {
	if v.Was == nil || v.Became == nil || !v.TookEffect() {
		return "", ""
	}
	var x, y []string
	add := func(name, a, b string) {
		if a != b {
			x, y = append(x, name+cmp.Or(a, "not given")), append(y, name+cmp.Or(b, "not given"))
		}
	}
	add("", v.Was.Type, v.Became.Type)
	add("on ", longWhen(v.Was.At), longWhen(v.Became.At))
	add("episode ", v.Was.Episode, v.Became.Episode)
	add("", inferredWords(v.Was), inferredWords(v.Became))
	for _, key := range slices.Sorted(maps.Keys(unionOf(v.Was.Data, v.Became.Data))) {
		if key != fieldInferred && key != fieldCorrectionReason && key != fieldSourceRecorded && (key != fieldReason || v.Became.Data.Text(key) != v.Reason()) {
			add(english.Spaced(key)+" ", valueWords(v.Was.Data[key]), valueWords(v.Became.Data[key]))
		}
	}
	return strings.Join(x, ", "), strings.Join(y, ", ")
}

// fieldInferred is the field of data that marks an event for which a return holds no date.
const fieldInferred = "inferred"

func inferredWords(e *Event) string {
	if e.Data.Flag(fieldInferred) {
		return "inferred"
	}
	return "not inferred"
}

func unionOf(a, b Data) Data {
	all := Data{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

// valueWords returns the value of a field as people read it.
func valueWords(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case string:
		if day, err := ParseWhen(v); err == nil {
			return longWhen(day)
		}
		return "“" + v + "”"
	default:
		return fmt.Sprint(v)
	}
}

// effect returns what a recording did to the duty: its dates, and how it stood.
func (w *factEffect) effect() string {
	x, y := w.before, w.after
	switch {
	case y == nil:
		return fmt.Sprintf("From then on this was not owed; due was %s.", dueOrNone(x.DueText()))
	case x == nil:
		return fmt.Sprintf("Since then this is owed; due is %s.", dueOrNone(y.DueText()))
	}
	var parts []string
	if x.DueText() != y.DueText() {
		parts = append(parts, movedWords("Due was", x.DueText(), y.DueText()))
	} else if y.DueText() != "" {
		parts = append(parts, fmt.Sprintf("Due was %s, and stayed so.", dueOrNone(y.DueText())))
	}
	if x.LocalDue != y.LocalDue {
		parts = append(parts, movedWords("The council's own date was", x.LocalDue.String(), y.LocalDue.String()))
	}
	if was, became := outcome(x), outcome(y); was != became {
		parts = append(parts, fmt.Sprintf("It stood as %s; since then as %s.", was, became))
	}
	return strings.Join(parts, " ")
}

// movedWords reports whether a date is another: "Due was Tue 6 Oct 2026; changed to Wed 7 Oct 2026."
func movedWords(due, was, became string) string {
	switch "" {
	case was:
		return fmt.Sprintf("%s not known; changed to %s.", due, longDue(became))
	case became:
		return fmt.Sprintf("%s %s; since then there is none.", due, longDue(was))
	}
	return fmt.Sprintf("%s %s; changed to %s.", due, longDue(was), longDue(became))
}

// outcome returns whether and when a duty was met or ended.
func outcome(d *Duty) string {
	switch {
	case d.Met && d.MetInferred:
		return "taken as done"
	case d.Met:
		return "done on " + longWhen(d.MetOn)
	case d.Ended:
		return "ended on " + english.Day(d.EndedOn)
	default:
		return "open"
	}
}

// goneDuty is a duty that was taken away.
type goneDuty struct{ factEffect }

// successor returns the duty that came where another was taken away because what started it was
// voided: of one episode, started by an event of the same type, the nearest; with the change
// that is to be told of it. since is when each duty was first owed.
func (v *goneDuty) successor(since map[string]time.Time) (id string, c FactChange, ok bool) {
	i := slices.IndexFunc(v.revisions, func(r revised) bool { return r.of.ID() == v.before.Entry && r.IsVoid() })
	if i < 0 {
		return "", c, false
	}
	r := &v.revisions[i]
	var next *Duty
	for _, d := range v.duties {
		n := v.entry(d.Entry)
		if d.Ref != v.before.Ref || d.Episode != v.before.Episode || since[d.ID].Before(v.at) || n == nil || n.Type != typeOf(r) {
			continue
		}
		if next == nil || apart(d, v.before) < apart(next, v.before) || apart(d, v.before) == apart(next, v.before) && d.ID < next.ID {
			next = d
		}
	}
	if next == nil {
		return "", c, false
	}
	c = FactChange{At: v.at.UTC().Format(time.RFC3339), Kind: ChangeVoided, Event: r.of.ID(), Type: typeOf(r), By: r.By(), Why: r.Reason(), DueBefore: v.before.DueText()}
	c.Text = v.revisionWords(v.at, r, &c) + fmt.Sprintf(" The timescale %s, which was due %s, went with it.", v.before.ID, dueOrNone(v.before.DueText()))
	return next.ID, c, true
}

// apart returns how many days lie between the starts of two duties.
func apart(a, b *Duty) int {
	return max(a.Started.Day.DaysSince(b.Started.Day), b.Started.Day.DaysSince(a.Started.Day))
}

// Corrections returns what a later law says was put right of a timescale, that an earlier one does not
// say yet.
func Corrections(before, after *timescale.Pack, ref string) []timescale.Correction {
	t := after.Timescale(ref)
	if t == nil {
		return nil
	}
	var known []timescale.Correction
	if old := before.Timescale(ref); old != nil {
		known = before.CorrectionsOf(old)
	}
	return slices.DeleteFunc(after.CorrectionsOf(t), func(c timescale.Correction) bool { return slices.Contains(known, c) })
}

// CorrectionsBy returns what the law that came into force at an instant put right of a timescale, as far
// as that can have changed a duty in a way; none if this program cannot read that law or the one
// before it. Where the timescale itself was put right, that moved a date, and not what was put right of
// a period, which decides whether there is a duty at all.
func (b *Book) CorrectionsBy(adopted time.Time, ref string, kind ChangeKind) []timescale.Correction {
	after, readable := b.InForce(adopted)
	before, readableBefore := b.InForce(adopted.Add(-time.Nanosecond))
	if !readable || !readableBefore || before == after {
		return nil
	}
	list := Corrections(before.pack, after.pack, ref)
	if kind == Appears || kind == Goes {
		return list
	}
	t := after.pack.Timescale(ref)
	own := func(c timescale.Correction) bool { return slices.Contains(t.Corrected, c) }
	if slices.ContainsFunc(list, own) {
		list = slices.DeleteFunc(list, func(c timescale.Correction) bool { return !own(c) })
	}
	return list
}

// CorrectionWords returns when a rule was put right, and what it said until then: "The rule was
// corrected on Sun 29 Nov 2026: until then it gave three months."
func CorrectionWords(list []timescale.Correction) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = fmt.Sprintf("The rule was corrected on %s: until then %s.", english.Day(c.On), strings.TrimRight(strings.TrimSpace(c.Was), "."))
	}
	return strings.Join(words, " ")
}

// correctionRemarks returns of a duty that started before its rule was put right that it may have had another
// date. On the record the adoption of the law says what it moved.
func (x *explaining) correctionRemarks() []string {
	if x.FromRecord {
		return nil
	}
	list := x.book.pack.CorrectionsOf(x.duty.Rule)
	list = slices.DeleteFunc(list, func(c timescale.Correction) bool { return x.duty.Started.Day >= c.On || !x.couldMatter(c) })
	if len(list) == 0 {
		return nil
	}
	return []string{CorrectionWords(list) + " What an earlier release gave may be another date."}
}

// couldMatter reports whether a correction can have mattered to the duty: one of its rule can, and one
// of a period where the case has what opens it. A child who never was placed for adoption has
// nothing from what was put right of such placements.
func (x *explaining) couldMatter(c timescale.Correction) bool {
	if slices.Contains(x.duty.Rule.Corrected, c) {
		return true
	}
	opens := map[string]bool{}
	for i := range x.book.pack.Periods {
		p := &x.book.pack.Periods[i]
		for j := range p.Opens {
			opens[p.Opens[j].Event] = opens[p.Opens[j].Event] || slices.Contains(p.Corrected, c)
		}
	}
	return slices.ContainsFunc(x.events, func(e Event) bool { return opens[e.Type] })
}
