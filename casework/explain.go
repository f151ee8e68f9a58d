package casework

import (
	"fmt"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Explanation is how one duty came to its date, in words that a practitioner, an inspector
// or a court can read (rules.md, section 5).
type Explanation struct {
	Case       string             `json:"case"`
	Duty       string             `json:"duty"`
	Ref        string             `json:"ref"`
	Title      string             `json:"title"`
	Todo       string             `json:"todo"`
	Pathway    string             `json:"pathway"`
	State      State              `json:"state"`
	AsOf       string             `json:"as_of"`
	KnownAt    string             `json:"known_at,omitempty"` // left out where everything is known
	Standing   string             `json:"standing"`           // the state in a sentence
	Started    string             `json:"started"`
	StartedBy  string             `json:"started_by"`
	Window     string             `json:"window,omitempty"` // that it is for
	Limit      string             `json:"limit,omitempty"`
	Local      bool               `json:"local,omitempty"`
	Status     string             `json:"status"`
	Source     string             `json:"source"`
	Unverified bool               `json:"unverified,omitempty"`
	InForce    string             `json:"in_force"`
	Pack       string             `json:"pack"`
	Calendar   string             `json:"calendar"`
	Counted    string             `json:"counted,omitempty"`
	Hours      []string           `json:"hours,omitempty"` // of a rolling sum, each stretch that counted
	Skipped    []calendar.Skipped `json:"skipped,omitempty"`
	NotBefore  string             `json:"not_before,omitempty"`
	OwedBefore string             `json:"owed_before,omitempty"` // the event
	Due        string             `json:"due,omitempty"`
	LocalDue   string             `json:"local_due,omitempty"`
	MetBy      string             `json:"met_by,omitempty"`
	EndedBy    string             `json:"ended_by,omitempty"`
	Remarks    []string           `json:"remarks,omitempty"`
	Notices    []string           `json:"notices,omitempty"`
}

// explaining is what is at hand to explain a duty.
type explaining struct {
	*Explanation
	book     *Book
	calendar *calendar.Calendar // in which the timescale's working days are counted
	plan     *Plan
	duty     *Duty
	events   []Event
	line     *timeline
	entries  []*entry // everything that was known, also what happens after the moment
}

// Explain explains a duty of a plan, with the notices that were sent about it. It returns
// nil where the plan has no duty of that id. events are those that the plan was made from.
func (b *Book) Explain(plan *Plan, dutyID string, events []Event, told []Notice) *Explanation {
	d := plan.Duty(dutyID)
	if d == nil {
		return nil
	}
	stands, _ := entries(events, plan.KnownAt)
	x := &explaining{
		book: b, calendar: b.CalendarOf(d.Rule), plan: plan, duty: d, events: events,
		line:    b.lay(events, Moment{AsOf: plan.AsOf, KnownAt: plan.KnownAt}),
		entries: stands,
		Explanation: &Explanation{
			Case: d.Case, Duty: d.ID, Ref: d.Ref, Title: d.Rule.Title, Todo: d.Rule.Todo, Pathway: d.Pathway,
			State: d.State(plan.AsOf), AsOf: asOfWords(plan.AsOf, d),
			Started: longWhen(d.Started), Local: d.Local, Status: d.Edition.Status, Source: d.Edition.Source,
			Unverified: d.Edition.Unverified, InForce: inForce(d), Pack: packWords(b.pack),
		},
	}
	x.Calendar = x.calendar.Edition()
	if !plan.KnownAt.IsZero() {
		x.KnownAt = longInstant(plan.KnownAt)
	}
	x.Standing = x.standing()
	x.StartedBy, x.MetBy, x.EndedBy = x.event(d.Entry), x.event(d.MetBy), x.event(d.EndedBy)
	if n := x.entry(d.Entry); d.Window != "" && n != nil {
		x.StartedBy = fmt.Sprintf("the beginning of the window; the period was opened on %s by %s", longDay(n.At.Day), x.StartedBy)
	}
	if d.EndedBy == byBirthday {
		x.EndedBy = "the 18th birthday"
	}
	x.explainDate()
	for i := range told {
		if told[i].Duty == d.ID {
			x.Notices = append(x.Notices, b.noticeWords(&told[i]))
		}
	}
	x.Remarks = x.remarks()
	return x.Explanation
}

// entry is one of those that were known; nil where it is none of them.
func (x *explaining) entry(id string) *entry {
	i := slices.IndexFunc(x.entries, func(n *entry) bool { return n.id == id })
	if id == "" || i < 0 {
		return nil
	}
	return x.entries[i]
}

// asOfWords is the day, or for a limit in hours the instant, as of which a duty stands.
func asOfWords(asOf time.Time, d *Duty) string {
	if d.inHours() {
		return longInstant(asOf)
	}
	return longDay(Today(asOf))
}

// packWords names a pack, with the overlay that lies over it.
func packWords(p *timescale.Pack) string {
	words := p.Name + ", edition " + p.Edition
	if p.Overlay != "" {
		words += ", with the overlay of " + p.Overlay
	}
	return words
}

// inForce says for which starts the duty's edition holds, and whether it took the duty over.
func inForce(d *Duty) string {
	e := d.Edition
	words := ""
	switch {
	case e.From.IsZero() && e.Until.IsZero():
		return "without limit of time"
	case e.From.IsZero():
		words = "for starts before " + longDay(e.Until)
	case e.Until.IsZero():
		words = "for starts from " + longDay(e.From) + " on"
	default:
		words = "for starts from " + longDay(e.From) + " on, before " + longDay(e.Until)
	}
	if len(d.Moves) > 0 {
		words += "; and for what ran on " + longDay(e.From)
	}
	return words
}
