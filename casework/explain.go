package casework

import (
	"cmp"
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
	Pathway    string             `json:"pathway"`
	State      State              `json:"state"`
	AsOf       string             `json:"as_of"`
	KnownAt    string             `json:"known_at,omitempty"` // left out where everything is known
	Standing   string             `json:"standing"`           // the state in a sentence
	Started    string             `json:"started"`
	StartedBy  string             `json:"started_by"`
	Limit      string             `json:"limit,omitempty"`
	Local      bool               `json:"local,omitempty"`
	Status     string             `json:"status"`
	Source     string             `json:"source"`
	Unverified bool               `json:"unverified,omitempty"`
	InForce    string             `json:"in_force"`
	Pack       string             `json:"pack"`
	Calendar   string             `json:"calendar"`
	Counted    string             `json:"counted,omitempty"`
	Skipped    []calendar.Skipped `json:"skipped,omitempty"`
	Due        string             `json:"due,omitempty"`
	LocalDue   string             `json:"local_due,omitempty"`
	MetBy      string             `json:"met_by,omitempty"`
	EndedBy    string             `json:"ended_by,omitempty"`
	Remarks    []string           `json:"remarks,omitempty"`
	Notices    []string           `json:"notices,omitempty"`
}

// Explain explains a duty of a plan, with the notices that were sent about it. It returns
// nil where the plan has no duty of that id. events are those that the plan was made from.
func (b *Book) Explain(plan *Plan, dutyID string, events []Event, told []Notice) *Explanation {
	d := plan.Duty(dutyID)
	if d == nil {
		return nil
	}
	x := &Explanation{
		Case: d.Case, Duty: d.ID, Ref: d.Ref, Title: d.Rule.Title, Pathway: d.Pathway,
		State: d.State(plan.AsOf), AsOf: asOfWords(plan.AsOf, d), Standing: standing(d, plan.AsOf),
		Started: longWhen(d.Started), Local: d.Local, Status: d.Edition.Status, Source: d.Edition.Source,
		Unverified: d.Edition.Unverified, InForce: inForce(d.Edition),
		Pack: packWords(b.pack), Calendar: b.calendar.Edition(),
	}
	if !plan.KnownAt.IsZero() {
		x.KnownAt = longInstant(plan.KnownAt)
	}
	known := entries(events, plan.KnownAt)
	x.StartedBy, x.MetBy = eventOf(known, d.Entry), eventOf(known, d.MetBy)
	x.EndedBy = eventOf(known, d.EndedBy)
	if d.EndedBy == byBirthday {
		x.EndedBy = "the 18th birthday"
	}
	b.explainDate(x, d)
	x.Remarks = remarks(plan, d)
	for i := range told {
		if told[i].Duty == d.ID {
			x.Notices = append(x.Notices, noticeWords(&told[i]))
		}
	}
	return x
}

func (b *Book) explainDate(x *Explanation, d *Duty) {
	x.Limit = d.Rule.LimitText()
	if d.Limit == nil {
		return
	}
	x.Limit = d.Limit.String()
	switch {
	case !d.DueAt.IsZero():
		x.Due = longInstant(d.DueAt)
		x.Counted = "elapsed time from the start, through weekends and clock changes"
	case !d.Due.IsZero():
		first := d.Due
		if len(d.Extensions) > 0 {
			first = d.Extensions[0].From
		}
		x.Due, x.Counted, x.Skipped = longDay(d.Due), counted(d, first), b.skipped(d, first)
	}
	if !d.LocalDue.IsZero() {
		x.LocalDue = longDay(d.LocalDue) + ", " + d.Edition.LocalLimit.String() + ": " + d.Edition.LocalSource
	}
}

// skipped are the days that the duty's count passed over: weekends and bank holidays where
// it is of working days, and those of pauses.
func (b *Book) skipped(d *Duty, due calendar.Date) []calendar.Skipped {
	var list []calendar.Skipped
	inWorkingDays := d.Limit.Unit == timescale.WorkingDays
	if inWorkingDays {
		list = b.calendar.Skipped(d.CountedFrom, due)
	}
	for _, p := range d.Pauses {
		for day := max(p.From.Day, d.CountedFrom.AddDays(1)); day < min(p.Until.Day, due); day = day.AddDays(1) {
			if !inWorkingDays || b.calendar.IsWorkingDay(day) {
				list = append(list, calendar.Skipped{Date: day, Why: "paused: " + p.Reason})
			}
		}
	}
	slices.SortFunc(list, func(x, y calendar.Skipped) int { return cmp.Compare(x.Date, y.Date) })
	return list
}

// asOfWords is the day, or for a limit in hours the instant, as of which a duty stands.
func asOfWords(asOf time.Time, d *Duty) string {
	if d.inHours() {
		return longInstant(asOf)
	}
	return longDay(Today(asOf))
}
