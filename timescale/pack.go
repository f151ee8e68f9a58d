// Package timescale holds the law as data: the types of a rule pack, what makes a
// pack valid, and the arithmetic from a start to a due date.
//
// A pack is read from YAML by package longstop/timescale/load. Nothing in here reads
// files, clocks or databases; it imports the standard library and longstop/calendar.
package timescale

import (
	"cmp"
	"fmt"
	"slices"

	"longstop/calendar"
)

// LeavingCare is the pathway whose duties the 18th birthday does not end.
const LeavingCare = "LeavingCare"

// Adulthood is the birthday on which the others that are limited in days end.
const Adulthood = 18

// Language is the version of the rule language that this program understands. A pack
// that declares a higher one is refused, so that a program too old for the pack in
// force does not start rather than leave clocks out.
const Language = 1

// Pack is a rule pack: the vocabulary of events, the periods, the ladders and every
// timescale. A Pack is immutable once loaded and safe for concurrent use.
type Pack struct {
	Name      string // "England, core timescales"
	Edition   string // the pack's own edition, e.g. "2026-11"
	Language  int
	Overlay   string // the council whose overlay lies over it; "" if none does
	Hash      string // hex SHA-256 of the files it was read from, overlays among them
	Base      string // the Hash of the pack without its overlays
	Overlays  string // hex SHA-256 of the overlays alone; "" if none lies over it
	Pathways  []string
	Events    []EventType
	Periods   []Period
	CaseOpens []string // event types that open a case again after it was closed
	CaseEnds  []string // event types that end every period and every running duty
	Ladders   []Ladder
	Calendars []OwnCalendar
	Terms     []Term
	// Publications come out again without an edition of their own in the rules.
	Publications []Publication
	Timescales   []Timescale
	// FieldPhrases are what fields of events say in plain words, by their names, and WordPhrases what
	// the words mean that they may hold. What has none, as in packs of earlier releases, reads as it is
	// spelt.
	FieldPhrases map[string]FieldPhrase
	WordPhrases  map[string]string
}

// FieldPhrase is what a field says in plain words, whatever event it stands in.
type FieldPhrase struct {
	Phrase string            // what it holds, as in "the date by which it is due"; may be ""
	Of     map[string]string // what it holds of one event, by its name
	// Holds and DoesNot are what is so where a flag holds and where it does not: both or neither.
	// {it} in them is the event, or the period that it opened.
	Holds, DoesNot string
}

// Publication is a text of guidance that sources name, and when it came out.
type Publication struct {
	Name     string          // as sources name it
	Editions []calendar.Date // the days, in order
}

// EventType is one row of the vocabulary (rules.md, section 7).
type EventType struct {
	Name    string // thing.happened
	Phrase  string // in plain words, as in "a referral is received"; "" in packs of earlier releases
	Pathway string // workflow type, or "" for the case itself
	Fields  []Field
	// Marks is true if an event of this type says something about the case
	// without being work on it (a birth, a source, an allocation).
	Marks bool
}

// Field is one named value of an event's data.
type Field struct {
	Name     string
	Kind     Kind
	OneOf    []string // the words a Word field may hold
	Required bool
}

// Kind is the kind of value that a data field holds.
type Kind string

// The kinds of data. Text is free, Word is one of a list, Day is YYYY-MM-DD.
const (
	Flag  Kind = "flag"
	Text  Kind = "text"
	Word  Kind = "word"
	Day   Kind = "date"
	Names Kind = "list"
)

// Kinds lists the kinds of data.
var Kinds = []Kind{Flag, Text, Word, Day, Names}

// Period is the time between what opens and what ends something (rules.md, section 1).
type Period struct {
	Name   string
	Phrase string // in plain words, as in "the child protection plan"; "" in packs of earlier releases
	Opens  []Opening
	Ends   []Ending
	// EndsWith names another period whose end ends this one too (a placement ends
	// with the care).
	EndsWith string
	// Single says that a child has one at a time, whatever the episode: an opening
	// while it is open opens nothing.
	Single bool
	// Replaces says that an opening ends the one before it (a placement).
	Replaces bool
	// EndsAll says that an end event ends it whatever its episode.
	EndsAll bool
	// Corrected is what was put right of the period, and so of the rules that go by it.
	Corrected []Correction
}

// Ending is one way in which a period ends.
type Ending struct {
	Match
	// TakenFirst says that it ends what was open before its day before anything else of the
	// day is taken, also where the period does not open again on it (a placement for adoption
	// that breaks down on the day on which the next placement starts).
	TakenFirst bool
}

// Correction is a fault of a rule, or of a period, that was put right: dates given before that
// may be other than those that the rule gives now.
type Correction struct {
	On  calendar.Date // when the pack that ships was put right
	Was string        // what it said until then, after "until then": "it gave three months, …"
}

// Opening is one way in which a period opens.
type Opening struct {
	Match
	// OnlyIfNone says that it opens the period only where no other way has opened it
	// by the end of that day.
	OnlyIfNone bool
}

// Match picks events by type and data.
type Match struct {
	Event string
	Where []Test
}

// Test is true if the data field holds one of the values. A field that is absent
// is false for a flag and empty for a word.
type Test struct {
	Field  string
	Flag   *bool
	Words  []string
	Filled *bool // whether the field holds anything at all
}

// Timescale is one rule of a pack.
type Timescale struct {
	Ref     string
	Title   string // plain English, "Assessment of a child in need"
	Todo    string // what to do, in the imperative: "Complete and authorise the assessment."
	Pathway string
	Period  string // "" if it has none
	Each    bool   // every start opens its own duty

	Starts  []Start
	MetBy   []Meeting
	EndedBy []Match
	// EndsWith names periods whose end ends the duty; it includes Period.
	EndsWith []string
	NotWhile []string // periods during which it does not start
	// ShownOpenBy is an event whose presence in the episode shows that the duty was
	// still open in a source that reaches back less far than its start (AS-01).
	ShownOpenBy *Match

	From       RepeatFrom
	Editions   []Edition
	Extend     *Extension
	Pausable   bool
	AnyHour    bool // rungs of hours go at any hour (EM-01)
	DateAsDays int  // a limit in hours whose start is only a date runs this many days instead (MI-01); 0: no
	Drift      []Alarm
	// Off is why the rule is not in force until an overlay switches it on; "" if it is.
	Off string
	// Ladder names a ladder in place of the one that the limit takes.
	Ladder string
	// Remind lists the parts of a case whose holders are reminded whenever the ladder reminds the worker, on any ladder; of a
	// part that nobody has nothing follows.
	Remind []Role
	// Windows says that each window of this kind which begins while the period is open
	// starts a duty of its own, due on the window's last day.
	Windows Windows
	// Calendar names one of the pack's own calendars, in which its working days are
	// counted; "" is that of England and Wales.
	Calendar string

	// Corrected is what was put right of the rule, in the order of the days.
	Corrected []Correction

	File string // where it was read, for messages
	Line int
}

// RepeatFrom says from where a recurring duty's next interval counts.
type RepeatFrom string

// The next interval counts from the day the last was done (the default), from the day
// it was due, or in whole steps from the start.
const (
	FromDone  RepeatFrom = "done"
	FromDue   RepeatFrom = "due"
	FromStart RepeatFrom = "start"
)

// Start is one way in which a duty starts.
type Start struct {
	Match
	// PeriodOpens says that the opening of the timescale's period is the start, by
	// whichever event opened it.
	PeriodOpens bool
	// Birthday says that this birthday of the child, while the period is open, is the start; 0
	// where none is.
	Birthday    int
	Nth         *Nth   // which occurrence of the event, counted in days, since the period opened
	NthIn       string // the period in which Nth counts; "" is the timescale's own
	Within      *Since // how long after a period opened
	PeriodWhere []Test // facts of the event that opened the period
	NoneSince   string // an event type that must not have happened since the period opened
	NoneSameDay string // an event type that must not have happened on that day
	SameDay     string // an event type that must have happened on that day
	// PrecededBy is what must have happened so often in the time up to and including that day.
	PrecededBy *Precedent
	Aged       *Ages // where the birth is known, the age on that day
	// OrBefore lets the latest such event in the time up to the opening of the period
	// start the duty, from its own day (LA-24).
	OrBefore    *Limit
	From, Until calendar.Date // in force for this way of starting only; Until is the first day on which it is not
	Limits      []Limit       // replaces the edition's
}

// Precedent is what must have happened before something counts.
type Precedent struct {
	Match
	Times  int   // at least so often; 1 or more
	Within Limit // in the time of this length up to and including the day
}

// Ages bounds an age in years: From <= age < Before, where a Before of 0 is no bound.
type Ages struct{ From, Before int }

// Nth bounds an ordinal: From <= n, and n <= To unless To is 0.
type Nth struct{ From, To int }

// Since bounds a day by the time since a period opened: on or after From, before Before.
type Since struct {
	From, Before *Limit
	In           string // the period; "" is the timescale's own
}

// Meeting is one way in which a duty is met.
type Meeting struct {
	Match
	// OrBefore lets the latest such event in the time up to the start meet the duty
	// on the day it starts; nil: what happened before does not meet it.
	OrBefore *Limit
}

// Edition is what a timescale said in a stretch of time; the day of the start event
// chooses it.
type Edition struct {
	From, Until calendar.Date // zero: without limit; Until is the first day on which it is not in force
	Limits      []Limit       // the first whose When holds; none for a timescale of alarms only
	Status      string        // statute, regulation, statutory guidance, practice direction, guidance, practice, local
	Source      string
	Local       bool // the only limit is local
	// Default says of a local limit that it is the pack's own, which no overlay has set or
	// confirmed: see Whose.
	Default bool
	// Checked is how the words of the source are known. A local edition may say nothing of it:
	// a council sets its number.
	Checked Check
	// SetFrom and SetTo say of a Default from which day on, and to what, an overlay has set the number
	// of the timescale: what began before keeps this one. Zero and nil if none has.
	SetFrom calendar.Date
	SetTo   *Limit
	// Confirmed says that the number is the pack's own, and that an overlay has confirmed it.
	Confirmed bool
	// Earliest says that the earliest date of those Limits that can be worked out counts,
	// rather than the first limit whose condition holds.
	Earliest bool
	By       []Deadline // what the thing is owed before, the first of them to happen; with a limit, whichever is earlier
	// NotBefore is how soon the thing may be done at all: what happens before that does
	// not meet the duty.
	NotBefore *Limit
	NoLimit   bool // the law sets a duty and no number
	// Moves says that duties which run on From take this edition's limit from then,
	// counted from their own start. Otherwise they keep the edition that they started with.
	Moves bool
	// Councils are the numbers that councils use, where no law sets one.
	Councils    []InUse
	LocalLimit  *Limit // a council's own limit, next to the national one
	LocalSource string
	Line        int // where it was read, for messages
}

// SetByLaw reports whether law or guidance sets the limit: missing another one is never shown
// or counted as a breach of law.
func (e *Edition) SetByLaw() bool {
	return !e.Local && e.Status != StatusLocal && e.Status != StatusPractice
}

// Whose returns what a limit is that no law sets, for people to read.
func (e *Edition) Whose() string {
	switch {
	case e.Default && e.SetTo != nil:
		return fmt.Sprintf("a default of Longstop for what began before %s, from when your council has set %s", e.SetFrom.Format("2 January 2006"), e.SetTo)
	case e.Default:
		return LongstopsDefault
	case !e.Local && e.Status == StatusPractice:
		return "accepted practice"
	default:
		return "the council's own limit"
	}
}

// LongstopsDefault is what a local number of the pack is called until an overlay sets or
// confirms it.
const LongstopsDefault = "a default of Longstop, which your council has not set"

// Deadline is an event before which something is owed: the Nth since the rule's period
// opened, or where Nth is 0 the first from the start on.
type Deadline struct {
	Match
	Nth int
}

// Extension says how a duty may be extended.
type Extension struct {
	Event                     string // the event type that extends: clock.extended, or one of its own
	Times                     int    // how often at the most; 0: no bound
	Most                      Limit  // at most this long
	AfterLaterOfDueAndGranted bool   // Most counts from the later of the due date and the day granted, else from the due date
	MayFollowDue              bool   // it may be granted after the due date
	Total                     *Limit // all together reach at most so long after the start; nil: no bound
	Source                    string // what allows it
}

// Alarm is one step of a drift ladder: After the start, then every Every.
type Alarm struct {
	After Limit
	Every *Limit // nil: once; in the unit of After
	Role  Role
}

// Label returns the rung of the alarm's step-th repetition: "9m", "6w", "14d", "5wd".
func (a Alarm) Label(step int) string { return a.at(step).short() }

// On returns the day of the alarm's step-th repetition.
func (a Alarm) On(cal *calendar.Calendar, start calendar.Date, step int) calendar.Date {
	return a.at(step).Due(cal, start)
}

func (a Alarm) at(step int) Limit {
	l := a.After
	if a.Every != nil {
		l.N += step * a.Every.N
	}
	return l
}

// Role is who a rung goes to.
type Role string

// The roles, in order of seniority.
const (
	Worker         Role = "worker"
	TeamManager    Role = "team_manager"
	ServiceManager Role = "service_manager"
	HeadOfService  Role = "head_of_service"
	// Director is told by no ladder of the national pack; a council's own may.
	Director Role = "director"
)

// Roles lists the roles from the worker up.
var Roles = []Role{Worker, TeamManager, ServiceManager, HeadOfService, Director}

// Parts lists what others do in a case who can be reminded by a step, whatever their level: of a part
// that nobody has in a case, the worker is reminded. Nobody is escalated to in a part.
var Parts = []Role{
	"co_worker", "enquiry_team", "hub", "clinician", "adult_practitioner", "child_practitioner", "domestic_abuse_practitioner",
	"domestic_abuse_officer", "recovery_worker", "mental_health_practitioner", "family_worker", "reviewing_officer", "chair",
	"personal_adviser", "lado", "coordinator",
}

// Told lists all that a step can tell: the roles, and then the parts.
var Told = slices.Concat(Roles, Parts)

// Ladder is one row of the table of rungs, and the limits that take it.
type Ladder struct {
	Name  string
	For   []Band
	Rungs []Rung // in the order of their moments
}

// Band is a range of limits in one unit; To 0 is without end.
type Band struct {
	Unit     Unit
	From, To int
}

// Rung is one step of a ladder. Exactly one of WorkingDays (which may be 0), Percent or
// Hours places it; Percent and Hours are for limits in hours.
type Rung struct {
	Label   string // "-10wd", "0", "+1wd", "50%", "+4h"
	Days    int    // working days from the due date
	Percent int    // of the time from start to due
	Hours   int    // after the due instant
	InHours bool   // Percent or Hours places it
	Roles   []RungRole
}

// RungRole is who a rung goes to and whether that is a reminder or an escalation.
type RungRole struct {
	Role       Role
	Escalation bool
}

// EventType returns a row of the vocabulary; ok is false for a type that the pack does not know.
func (p *Pack) EventType(name string) (EventType, bool) {
	for i := range p.Events {
		if p.Events[i].Name == name {
			return p.Events[i], true
		}
	}
	return EventType{}, false
}

// Timescale returns a timescale by its ref; nil if the pack has none.
func (p *Pack) Timescale(ref string) *Timescale {
	for i := range p.Timescales {
		if p.Timescales[i].Ref == ref {
			return &p.Timescales[i]
		}
	}
	return nil
}

// CorrectionsOf returns what was put right of a timescale, and of the periods by which it goes, in the
// order of the days.
func (p *Pack) CorrectionsOf(t *Timescale) []Correction {
	list := slices.Clone(t.Corrected)
	for _, name := range t.periods() {
		if period := p.Period(name); period != nil {
			list = append(list, period.Corrected...)
		}
	}
	slices.SortStableFunc(list, func(a, b Correction) int { return cmp.Compare(a.On, b.On) })
	return list
}

// periods returns the names of the periods by which a timescale goes.
func (t *Timescale) periods() []string {
	names := slices.Concat([]string{t.Period}, t.EndsWith, t.NotWhile)
	for i := range t.Starts {
		names = append(names, t.Starts[i].NthIn, t.Starts[i].since().In)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// Period returns a period by its name; nil if the pack has none.
func (p *Pack) Period(name string) *Period {
	for i := range p.Periods {
		if p.Periods[i].Name == name {
			return &p.Periods[i]
		}
	}
	return nil
}

// Ladder returns a ladder by its name; nil if the pack has none.
func (p *Pack) Ladder(name string) *Ladder {
	for i := range p.Ladders {
		if p.Ladders[i].Name == name {
			return &p.Ladders[i]
		}
	}
	return nil
}

// PartsOnLadders returns the parts of a case that steps of a timescale's ladders are for.
func (p *Pack) PartsOnLadders(t *Timescale) []Role {
	ladders := []*Ladder{p.Ladder(t.Ladder)}
	for _, l := range t.allLimits() {
		ladders = append(ladders, p.LadderOf(t, l))
	}
	var list []Role
	for _, ladder := range ladders {
		if ladder == nil {
			continue
		}
		for i := range ladder.Rungs {
			for _, to := range ladder.Rungs[i].Roles {
				if slices.Contains(Parts, to.Role) && !slices.Contains(list, to.Role) {
					list = append(list, to.Role)
				}
			}
		}
	}
	return list
}

// LadderOf returns the ladder of a limit of a timescale: the one that the timescale names,
// or that of the limit; nil if there is none.
func (p *Pack) LadderOf(t *Timescale, l Limit) *Ladder {
	if t.Ladder != "" {
		return p.Ladder(t.Ladder)
	}
	return p.LadderFor(l)
}

// LadderFor returns the ladder of a limit; nil if no band takes it.
func (p *Pack) LadderFor(l Limit) *Ladder {
	n, unit := l.inBandUnits()
	for i := range p.Ladders {
		for _, b := range p.Ladders[i].For {
			if b.Unit == unit && n >= b.From && (b.To == 0 || n <= b.To) {
				return &p.Ladders[i]
			}
		}
	}
	return nil
}

// EditionOn returns the edition in force on a day; nil if none is.
func (t *Timescale) EditionOn(day calendar.Date) *Edition {
	for i := range t.Editions {
		e := &t.Editions[i]
		if (e.From.IsZero() || day >= e.From) && (e.Until.IsZero() || day < e.Until) {
			return e
		}
	}
	return nil
}

// InHours reports whether the timescale is limited in hours, in any of its editions or starts.
func (t *Timescale) InHours() bool {
	for i := range t.Editions {
		if slices.ContainsFunc(t.Editions[i].Limits, Limit.InHours) {
			return true
		}
	}
	return slices.ContainsFunc(t.Starts, func(s Start) bool { return slices.ContainsFunc(s.Limits, Limit.InHours) })
}
