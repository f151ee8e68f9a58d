package letter

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

// Composer puts what the record has to tell into words. It is the record's own: see
// store.Composer.
type Composer struct{}

// Compose returns what an envelope says, as the record keeps it: an Envelope as JSON.
func (Composer) Compose(e *casework.Envelope) (json.RawMessage, error) {
	made := Envelope{NoticeID: e.ID, Role: e.Role, Standing: organisation.Why(e.Why), Today: onDay(e.Today)}
	for i := range e.Notices {
		l, err := compose(&e.Notices[i], e)
		if err != nil {
			return nil, fmt.Errorf("writing notice %s: %w", e.Notices[i].ID, err)
		}
		made.CaseReference = l.CaseReference
		made.Letters = append(made.Letters, l)
	}
	if e.Backlog != nil {
		made.list(e.Backlog)
	}
	for _, part := range e.Parts {
		said, err := Read(part)
		if err != nil {
			return nil, fmt.Errorf("gathering message %s: %w", e.ID, err)
		}
		made.Letters = append(made.Letters, said.Letters...)
		made.Morning = true
	}
	if e.Desk != nil {
		made.desk(e.Desk)
	}
	doc, err := json.Marshal(made)
	if err != nil {
		return nil, fmt.Errorf("writing a letter: %w", err)
	}
	return doc, nil
}

// compose returns what a notice says by itself, from its case as it stands.
func compose(n *casework.Enclosed, e *casework.Envelope) (Letter, error) {
	told, c := &n.Notice, n.Case
	due, err := whenOf(told.Due)
	if err != nil {
		return Letter{}, err
	}
	l := Letter{
		NoticeID: n.ID, Kind: notify.Kind(told.Kind), Role: told.Role, Standing: organisation.Why(n.Why),
		Today: onDay(e.Today), CaseReference: c.Reference, DutyRef: told.Ref, Pathway: told.Pathway,
		Due: due, Rung: told.Rung, Missed: told.Missed,
	}
	if day := calendar.DateOf(told.At); !told.At.IsZero() && day < e.Today {
		l.Meant = onDay(day)
	}
	if rule := c.Book.Pack().Timescale(told.Ref); rule != nil {
		l.DutyTitle, l.Todo = rule.Title, rule.Todo
	}
	d := c.Plan.Duty(told.Duty)
	if d != nil {
		describe(&l, d, c.Events, c.At)
		if d.Limit != nil && d.Limit.Plain() && !d.Limit.Back && d.Limit.Unit == timescale.WorkingDays && len(d.Extensions) == 0 && !d.Due.IsZero() {
			if late := c.Book.Calendar().WorkingDaysBetween(d.Due, e.Today); late > 0 {
				l.WorkingDaysLate, l.LimitDays = late, d.Limit.N
			}
		}
	}
	l.Worker, l.Team, l.Promised = n.Worker, n.Team, promised(c.Events, told.Duty)
	for _, e := range n.Earlier {
		l.Earlier = append(l.Earlier, Earlier{On: onDay(e.On), Role: e.Role, To: e.To})
	}
	switch told.Kind {
	case casework.Resolved:
		resolve(&l, d, c.Events, c.At)
	case casework.Moved:
		if l.DueWas, err = whenOf(n.DueBefore); err != nil {
			return Letter{}, err
		}
	default:
		if len(e.Notices) == 1 { // several have no room for it
			l.Next = nextSteps(c, told)
		}
	}
	return l, nil
}

// promised returns the day that was last promised for a duty; zero where none was.
func promised(events []casework.Event, duty string) When {
	var last *casework.Event
	for _, e := range casework.Standing(events) {
		if e.Type == "notice.acknowledged" && e.Data.Text("duty") == duty && (last == nil || e.Recorded.After(last.Recorded)) {
			last = e
		}
	}
	if last == nil {
		return When{}
	}
	return onDay(last.Data.Day("promise"))
}

// describe fills in the duty: what it counts from, by which rule, and how late it is.
func describe(l *Letter, d *casework.Duty, events []casework.Event, at time.Time) {
	l.Started = startOf(d)
	l.StartedBy = typeOfEntry(events, d.Entry)
	l.Local, l.Provisional, l.WaitingFor = d.Local, d.Provisional, d.WaitingFor
	l.Overdue, l.DaysLate = d.State(at) == casework.Overdue, d.LateDays(at)
	if d.Limit != nil {
		l.LimitText = d.Limit.String()
	}
	if d.Edition == nil {
		return
	}
	if l.Default = d.Edition.Default; l.Default {
		l.Whose = d.Edition.Whose()
	}
	l.Status, l.Source, l.Unread = d.Edition.Status, d.Edition.Source, d.Edition.Checked.Unread()
	if !d.LocalDue.IsZero() && d.Edition.LocalLimit != nil {
		l.LocalDue, l.LocalLimitText, l.LocalSource = onDay(d.LocalDue), d.Edition.LocalLimit.String(), d.Edition.LocalSource
	}
}

// typeOfEntry is the type of what stands of an entry; "" where it does not stand.
func typeOfEntry(events []casework.Event, id string) string {
	if h, ok := casework.HistoryOf(events, id, time.Time{}); ok && !h.Voided() {
		return h.Stands().Type
	}
	return ""
}

// resolve says how the duty came to be owed no longer.
func resolve(l *Letter, d *casework.Duty, events []casework.Event, at time.Time) {
	l.Overdue = false
	if d == nil {
		l.Outcome = Undone
		return
	}
	if d.Met && d.MetInferred {
		l.Outcome = TakenAsDone
		return
	}
	switch d.State(at) {
	case casework.Met:
		l.Outcome, l.MetOn, l.RecordedLateDays = Met, metOn(d), d.RecordedLateDays
	case casework.MetLate:
		l.Outcome, l.MetOn, l.RecordedLateDays = MetLate, metOn(d), d.RecordedLateDays
	case casework.Ended:
		l.Outcome, l.MetOn, l.EndedBy = Ended, onDay(d.EndedOn), endedBy(events, d)
	case casework.Unreported:
		l.Outcome = NotReported
	default:
		l.Outcome = Undone
	}
}

// startOf is when a duty's limit begins to count: an instant of one in hours.
func startOf(d *casework.Duty) When {
	if !d.DueAt.IsZero() {
		return When(casework.AtInstant(d.Started.Start()))
	}
	return onDay(d.Started.Day)
}

func metOn(d *casework.Duty) When {
	if !d.DueAt.IsZero() {
		return When(d.MetOn)
	}
	return onDay(d.MetOn.Day)
}

// endedBy is the type of the event that ended a duty, or words where none did.
func endedBy(events []casework.Event, d *casework.Duty) string {
	if t := typeOfEntry(events, d.EndedBy); t != "" {
		return t
	}
	return d.EndedBy
}

// nextSteps returns when each other role is told first if nothing is recorded, in order.
func nextSteps(c *casework.Situation, told *casework.Notice) []NextRung {
	var next []NextRung
	for _, step := range c.Book.StepsAhead(c.Plan, told.Duty, c.Events, c.Told) {
		known := func(n NextRung) bool { return n.Role == step.Role }
		if step.Role == told.Role || slices.ContainsFunc(next, known) {
			continue
		}
		at := onDay(step.Day())
		if step.InHours {
			at = When(casework.AtInstant(step.At))
		}
		next = append(next, NextRung{Role: step.Role, At: at})
	}
	return next
}

// list puts what first loads found overdue into the envelope.
func (e *Envelope) list(b *casework.Backlog) {
	e.Teams, e.LoadedOn, e.LoadedUntil, e.From = b.Teams, onDay(b.First), onDay(b.Last), onDay(b.From)
	for i := range b.Duties {
		e.Rows = append(e.Rows, listRow(b, &b.Duties[i]))
	}
}

func listRow(b *casework.Backlog, o *casework.Arrear) ListRow {
	d := &o.Duty
	r := ListRow{
		CaseReference: o.Reference, DutyRef: d.Ref, Due: dueOf(d), DaysLate: d.LateDays(b.At), Local: d.Local, Duty: d.ID,
	}
	rule := b.Book.Pack().Timescale(d.Ref)
	if rule == nil {
		return r
	}
	r.DutyTitle = rule.Title
	if e := rule.EditionOn(d.Started.Day); e != nil {
		r.Local, r.Default = r.Local || !e.SetByLaw(), e.Default
		if r.Default {
			r.Whose = e.Whose()
		}
	}
	return r
}

func dueOf(d *casework.Duty) When {
	if d.DueAt.IsZero() {
		return onDay(d.Due)
	}
	return When(casework.AtInstant(d.DueAt))
}

// Listed returns the duties on a list that the record kept: those that it names, and those that
// it only counts.
func (Composer) Listed(doc json.RawMessage) ([]casework.Listed, error) {
	e, err := Read(doc)
	if err != nil {
		return nil, err
	}
	l := (*list)(&e)
	var found []casework.Listed
	for i := range l.Rows {
		r := &l.Rows[i]
		due, err := r.Due.MarshalText()
		if err != nil {
			return nil, err
		}
		found = append(found, casework.Listed{
			Reference: r.CaseReference, Duty: r.Duty, Ref: r.DutyRef, Due: string(due), Named: l.names(r),
		})
	}
	return found, nil
}
