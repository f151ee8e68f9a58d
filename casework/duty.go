package casework

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Duty is one instance of a timescale in one case.
type Duty struct {
	ID      string // REF:ENTRY, after the entry that opened it
	Case    string
	Ref     string
	Pathway string
	Episode string // "" if the events carry none
	Entry   string // the entry that opened it

	Rule    *timescale.Timescale
	Edition *timescale.Edition
	Limit   *timescale.Limit // nil for a duty of alarms only, or while it waits

	// Window is the window that the duty is for, by its name; "" if it is for none.
	Window string
	// Birthday is the birthday of the child that started the duty; 0 if an event did.
	Birthday int
	// WindowPassed says that the window had ended before it was recorded that its period was
	// open: of those it is the latest, and the only one that is owed.
	WindowPassed bool
	// NotBefore is the day before which the thing may not be done; zero if there is none.
	NotBefore calendar.Date
	// DueBy is the event before which the thing was owed, once it has happened; "" otherwise.
	DueBy string
	Moves []TakenOver // new editions that the duty took while it ran

	Started     When
	CountedFrom calendar.Date // the day from which a limit in days counts: that of the start, unless the rule says another
	Due         calendar.Date // of a limit in days; zero while it waits, and for hours
	DueAt       time.Time     // of a limit in hours
	LocalDue    calendar.Date // the council's own limit, next to the national one
	Local       bool          // the only limit is local
	Provisional bool
	WaitingFor  string // the type of the missing event; clock.resumed while it is paused

	Met      bool
	MetOn    When
	MetBy    string // the entry that met it
	MetEvent When   // when that event happened (before MetOn where it met the duty "or before")
	// MetInferred says that the meeting event stands in for a date that a return does
	// not hold: never counted in a measure of timeliness.
	MetInferred      bool
	RecordedLateDays int

	Ended   bool
	EndedOn calendar.Date
	EndedAt time.Time // of a limit in hours ended by an event known to the instant
	EndedBy string    // the entry that ended it, or "birthday"

	Extensions []Extended
	Pauses     []Pause // the last stands where WaitingFor is clock.resumed

	// NotReported says that no attached source could have shown it met in time, whatever the
	// day; ReportedUntil is the last day that any of them covers (zero: no end).
	NotReported   bool
	ReportedUntil calendar.Date
	// NotReportedWhy is the reason in words.
	NotReportedWhy string
}

// Extended is one extension of a duty.
type Extended struct {
	Entry  string
	On     calendar.Date
	From   calendar.Date // the due date before
	Until  calendar.Date
	Reason string
	By     string
	Role   string
}

// TakenOver is a new edition that a running duty took.
type TakenOver struct {
	On       calendar.Date
	From     string // the due date before; "" if there was none
	Until    string
	Replaced *timescale.Edition
}

// State is where a duty stands at an instant.
type State string

// The states.
const (
	Running    State = "running"
	DueToday   State = "due_today"
	Overdue    State = "overdue"
	Met        State = "met"
	MetLate    State = "met_late"
	Paused     State = "paused"
	Waiting    State = "waiting"
	Unreported State = "unreported"
	Ended      State = "ended"
)

// States lists every state a duty can be in.
var States = []State{Running, DueToday, Overdue, Met, MetLate, Paused, Waiting, Unreported, Ended}

// Open reports whether the duty is still owed: neither met nor ended.
func (d *Duty) Open() bool { return !d.Met && !d.Ended }

// openOn reports whether the duty was open on a day, or when it began: what was recorded late
// is judged by when it happened.
func (d *Duty) openOn(day calendar.Date) bool {
	return d.Started.Day <= day && (d.Open() || day <= d.closedOn())
}

// closedOn returns the day on which the duty was met or ended; zero while it is open.
func (d *Duty) closedOn() calendar.Date {
	if d.Met {
		return d.MetOn.Day
	}
	return d.EndedOn
}

// inHours reports whether the duty's limit is in hours, also where its start is known by the
// day alone.
func (d *Duty) inHours() bool { return d.Limit != nil && d.Limit.InHours() }

// State returns where the duty stands at an instant. It is the one place where due, overdue
// and the rest are decided: every screen, count and notice uses it (rules.md, section 2,
// rule 9).
func (d *Duty) State(now time.Time) State {
	switch {
	case d.Met && !d.metLate():
		return Met
	case d.unreported(now):
		return Unreported
	case d.Met:
		return MetLate
	case d.Ended:
		return Ended
	case d.paused():
		return Paused
	case d.WaitingFor != "":
		return Waiting
	case d.Limit == nil:
		return Running
	case d.inHours() && d.Due.IsZero():
		return stateOfHours(d.DueAt, now)
	default:
		return stateOfDays(d.Due, calendar.DateOf(now))
	}
}

func stateOfDays(due, today calendar.Date) State {
	switch {
	case today < due:
		return Running
	case today == due:
		return DueToday
	default:
		return Overdue
	}
}

func stateOfHours(due, now time.Time) State {
	now = ToSecond(now)
	switch {
	case now.After(due):
		return Overdue
	case calendar.DateOf(now) == calendar.DateOf(due):
		return DueToday
	default:
		return Running
	}
}

// LateDays returns how many London dates lie between the due date and the day on which the
// duty was met or ended, or the instant given while it is open; 0 if it is not late,
// has no date, or is unreported.
func (d *Duty) LateDays(now time.Time) int {
	due := d.DueDay()
	if due.IsZero() || d.State(now) == Unreported {
		return 0
	}
	until := calendar.DateOf(now)
	if !d.Open() {
		until = d.closedOn()
	}
	return max(0, until.DaysSince(due))
}

// DueDay returns the London date of the due date or instant; zero if there is none.
func (d *Duty) DueDay() calendar.Date {
	if !d.Due.IsZero() || d.DueAt.IsZero() {
		return d.Due
	}
	return calendar.DateOf(d.DueAt)
}

// DueText returns the due date as YYYY-MM-DD, the due instant in UTC to the second for a
// limit in hours, or "" if there is none.
func (d *Duty) DueText() string {
	switch {
	case !d.Due.IsZero():
		return d.Due.String()
	case !d.DueAt.IsZero():
		return d.DueAt.UTC().Format(time.RFC3339)
	default:
		return ""
	}
}

// metLate: a limit in hours goes by the instant, and a meeting known only by its date
// is in time on the London day of the due instant (rules.md, section 3).
func (d *Duty) metLate() bool {
	switch {
	case !d.Due.IsZero():
		return d.MetOn.Day > d.Due
	case d.DueAt.IsZero():
		return false
	case d.MetOn.DayOnly():
		return d.MetOn.Day > calendar.DateOf(d.DueAt)
	default:
		return d.MetOn.Instant.After(d.DueAt)
	}
}

// unreported reports whether no source could have shown the duty met in time (rules.md, section 3).
func (d *Duty) unreported(now time.Time) bool {
	switch {
	case d.neverFellDue():
		return false
	case d.NotReported || d.Met:
		return d.NotReported
	}
	due := d.DueDay()
	if d.ReportedUntil.IsZero() || due.IsZero() || due <= d.ReportedUntil {
		return false
	}
	if d.Due.IsZero() {
		return ToSecond(now).After(d.DueAt)
	}
	return calendar.DateOf(now) > due
}

// neverFellDue reports whether the duty ended on or before its due date, or before it had one.
func (d *Duty) neverFellDue() bool {
	switch {
	case !d.Ended || d.Met:
		return false
	case !d.Due.IsZero():
		return d.EndedOn <= d.Due
	case d.DueAt.IsZero():
		return true
	case d.EndedAt.IsZero():
		return d.EndedOn <= calendar.DateOf(d.DueAt)
	default:
		return !d.EndedAt.After(d.DueAt)
	}
}

// Plan is what a fold found: every duty ever opened in a case, and what was recorded but
// did not count.
type Plan struct {
	Case       string
	AsOf       time.Time
	KnownAt    time.Time // zero: everything that was ever recorded
	Duties     []Duty    // by ref, start, episode, due date and id
	NotCounted []NotCounted
	// TooMany says that the case has more duties than MaxDuties, of which the rest is left out: the
	// plan is no guide to what is owed, and nothing may be sent by it. Such a case is refused
	// when it is recorded; this is for one that was recorded before there was a bound.
	TooMany bool

	open     []*Duty                 // those that are neither met nor ended, in order
	byID     func() map[string]*Duty // the first of each id
	holds    map[string][]hold       // by duty
	birthday calendar.Date           // the 18th; zero if the birth is not known
	stable   stableDays
	ahead    map[string]startAhead // by pathway, when its next duty starts by itself
}

// startAhead is a day to come on which a duty starts by itself, and with what; its day is zero
// if there is no such day.
type startAhead struct {
	day calendar.Date
	why string
}

// sooner returns the earlier of two.
func (a startAhead) sooner(b startAhead) startAhead {
	if a.day.IsZero() || !b.day.IsZero() && b.day < a.day {
		return b
	}
	return a
}

// stableDays is the time from since to the day before until in which nothing changes unless
// something is recorded; zero: without bound.
type stableDays struct{ since, until calendar.Date }

// includes reports whether what was found is that of another instant too, as far as it is known
// the same: no birthday, window or new edition lies between.
func (s stableDays) includes(t time.Time) bool {
	day := calendar.DateOf(t)
	return day >= s.since && (s.until.IsZero() || day < s.until)
}

// changesOn notes a day on which something changes though nothing is recorded.
func (s *stableDays) changesOn(day, asOf calendar.Date) {
	switch {
	case day.IsZero():
	case day <= asOf:
		s.since = max(s.since, day)
	case s.until.IsZero() || day < s.until:
		s.until = day
	}
}

// intersect takes what another says too.
func (s *stableDays) intersect(other stableDays) {
	s.since = max(s.since, other.since)
	if !other.until.IsZero() && (s.until.IsZero() || other.until < s.until) {
		s.until = other.until
	}
}

// hold is the stretch in which an acknowledgement holds a duty's rungs back.
type hold struct{ from, until time.Time }

// Duty returns a duty by its id; nil if the plan has none.
func (p *Plan) Duty(id string) *Duty {
	if p.byID == nil {
		return nil
	}
	return p.byID()[id]
}

// index finds the plan's duties by their ids, once it is asked for one, and those that are open.
func (p *Plan) index() {
	for i := range p.Duties {
		if d := &p.Duties[i]; d.Open() {
			p.open = append(p.open, d)
		}
	}
	duties := p.Duties
	p.byID = sync.OnceValue(func() map[string]*Duty {
		found := make(map[string]*Duty, len(duties))
		for i := range slices.Backward(duties) {
			found[duties[i].ID] = &duties[i]
		}
		return found
	})
}

// byStart orders the duties of one timescale as commands show them: by start, episode, due
// date and id.
func byStart(a, b *openDuty) int {
	if c := compareStarts(&a.Duty, &b.Duty); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Episode, b.Episode), cmp.Compare(a.Due, b.Due), a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID))
}

// compareStarts orders as the texts would, without writing them where both are days.
func compareStarts(a, b *Duty) int {
	if a.DueAt.IsZero() && b.DueAt.IsZero() {
		return cmp.Compare(a.Started.Day, b.Started.Day)
	}
	return cmp.Compare(a.StartedText(), b.StartedText())
}

// StartedText returns the day on which the duty started, or for a limit in hours its instant,
// as commands show it.
func (d *Duty) StartedText() string {
	if !d.DueAt.IsZero() {
		return d.Started.Start().UTC().Format(time.RFC3339)
	}
	return d.Started.Day.String()
}

// PastLaw reports whether the duty is open and past a limit that law or guidance sets.
func (d *Duty) PastLaw(now time.Time) bool { return d.State(now) == Overdue && d.Edition.SetByLaw() }

// PastLocal reports whether the duty is open and past no limit of law, but past one that no
// law sets: its only limit, or the council's own date next to that of law. No law is broken
// by that, and nothing may look as if one were.
func (d *Duty) PastLocal(now time.Time) bool {
	switch d.State(now) {
	case Overdue:
		return !d.Edition.SetByLaw()
	case Running, DueToday:
		return !d.LocalDue.IsZero() && calendar.DateOf(now) > d.LocalDue
	default:
		return false
	}
}

// Passed is whose limit an open duty is past: that of law or guidance, or one that no law sets.
type Passed string

// The limits that a duty may be past.
const (
	PassedNone  Passed = ""
	PassedLaw   Passed = "law"
	PassedLocal Passed = "local" // and past none of law
)

// Passed returns past whose limit the duty is: see PastLaw and PastLocal.
func (d *Duty) Passed(now time.Time) Passed {
	switch {
	case d.PastLaw(now):
		return PassedLaw
	case d.PastLocal(now):
		return PassedLocal
	default:
		return PassedNone
	}
}

// LocalWords returns whose limit PastLocal means, in words.
func (d *Duty) LocalWords() string {
	if !d.LocalDue.IsZero() && d.Edition.SetByLaw() {
		return "the council's own limit"
	}
	return d.Edition.Whose()
}

// DutyRow is a duty as commands show it (commands.md, "plan"): dates as YYYY-MM-DD,
// instants in UTC to the second.
type DutyRow struct {
	Case     string
	Duty     string
	Ref      string
	Pathway  string
	Episode  string
	Started  string
	Due      string
	LocalDue string
	Local    bool
	State    State
	MetOn    string
	// Inferred marks a duty that is taken as done although the return holds no date: it counts in
	// no measure of timeliness (docs/census.md).
	Inferred         bool
	EndedOn          string
	LateDays         int
	RecordedLateDays int
	WaitingFor       string
	Provisional      bool
}

// Row returns the duty as it stands at an instant.
func (d *Duty) Row(now time.Time) DutyRow {
	row := DutyRow{
		Case: d.Case, Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, Episode: d.Episode,
		Started: d.StartedText(), Due: d.DueText(), LocalDue: d.LocalDue.String(), Local: d.Local,
		State: d.State(now), LateDays: d.LateDays(now), RecordedLateDays: d.RecordedLateDays,
		Provisional: d.Provisional,
	}
	switch {
	case d.Met:
		row.MetOn, row.Inferred = d.MetOn.Day.String(), d.MetInferred
		if !d.DueAt.IsZero() {
			row.MetOn = d.MetOn.String()
		}
	case d.Ended:
		row.EndedOn = d.EndedOn.String()
		if !d.DueAt.IsZero() && !d.EndedAt.IsZero() {
			row.EndedOn = d.EndedAt.UTC().Format(time.RFC3339)
		}
	default:
		row.WaitingFor = d.WaitingFor
	}
	return row
}

// Today returns the London date of an instant: what "today" means on every screen.
func Today(now time.Time) calendar.Date { return calendar.DateOf(now) }

// OpenIn returns a pathway's duties that are still owed: by the day on which they are due, those without a
// date last, then by ref.
func (p *Plan) OpenIn(pathway string) []*Duty {
	var list []*Duty
	for i := range p.Duties {
		if d := &p.Duties[i]; d.Pathway == pathway && d.Open() {
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b *Duty) int {
		x, y := cmp.Or(a.DueDay(), lastOfAll), cmp.Or(b.DueDay(), lastOfAll)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.Ref, b.Ref))
	})
	return list
}

// InTimeUntil returns the last instant at which the duty is in time; zero if it has no date.
func (d *Duty) InTimeUntil() time.Time {
	if !d.Due.IsZero() {
		return d.Due.End().UTC().Truncate(time.Second)
	}
	return d.DueAt
}

// Rag is how some duties stand together: red, amber or green, or what is none of these.
type Rag string

// The ratings.
const (
	RagRed   Rag = "red"   // one is past a limit of law or guidance
	RagLocal Rag = "local" // one is past a limit that no law sets, and none past one of law
	RagAmber Rag = "amber" // one is due today, or within its reminders
	RagGreen Rag = "green" // none of these; or nothing is open
	RagGrey  Rag = "grey"  // nothing can be told of any: each is unreported, or waits for what gives it a date
)

// Rag returns how the open duties of a pathway stand together at an instant.
func (b *Book) Rag(open []*Duty, now time.Time) Rag {
	rated, near, local := len(open) == 0, false, false
	for _, d := range open {
		if d.PastLaw(now) {
			return RagRed
		}
		local = local || d.PastLocal(now)
		switch d.State(now) {
		case DueToday:
			rated, near = true, true
		case Running, Paused:
			rated, near = true, near || b.withinReminders(d, now)
		default: // waiting and unreported
		}
	}
	switch {
	case local:
		return RagLocal
	case near:
		return RagAmber
	case rated:
		return RagGreen
	default:
		return RagGrey
	}
}
