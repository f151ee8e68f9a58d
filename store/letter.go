package store

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/notify"
	"longstop/notify/letter"
	"longstop/timescale"
)

// letter writes what a notice says, from the case as it stands at the claim. It is kept
// with the notice, so that each attempt says the same.
func (s *Store) letter(c *lockedCase, made *assessment, row *noticeRow) letter.Letter {
	l := letter.Letter{
		NoticeID: row.ID, Kind: notify.Kind(row.Kind), Role: row.Role, Standing: letter.Standing(row.Standing),
		Today: today(c.at).String(), CaseReference: c.file.reference, DutyRef: row.Ref, Pathway: row.Pathway,
		Due: row.Due, Rung: row.Rung, Missed: row.Missed,
	}
	if rule := c.law.book.Pack().Timescale(row.Ref); rule != nil {
		l.DutyTitle, l.Todo = rule.Title, rule.Todo
	}
	d := made.agenda.Plan.Duty(row.Duty)
	if d != nil {
		describe(&l, d, c.file.events, c.at)
	}
	switch row.Kind {
	case string(casework.Resolved):
		resolve(&l, d, c.file.events, c.at)
	case string(casework.Moved):
		l.DueWas = dueToldBefore(c.file.notices, row)
	default:
		if d != nil {
			l.Next = nextRungs(c.law.book, d, row)
		}
	}
	return l
}

// describe fills in the duty: what it counts from, by which rule, and how late it is.
func describe(l *letter.Letter, d *casework.Duty, events []casework.Event, at time.Time) {
	l.Started = d.StartedText()
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
		l.LocalDue, l.LocalLimitText, l.LocalSource = d.LocalDue.String(), d.Edition.LocalLimit.String(), d.Edition.LocalSource
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
func resolve(l *letter.Letter, d *casework.Duty, events []casework.Event, at time.Time) {
	l.Overdue = false
	if d == nil {
		l.Outcome = letter.Undone
		return
	}
	if d.Met && d.MetInferred {
		l.Outcome = letter.TakenAsDone
		return
	}
	switch d.State(at) {
	case casework.Met:
		l.Outcome, l.MetOn, l.RecordedLateDays = letter.Met, metOn(d), d.RecordedLateDays
	case casework.MetLate:
		l.Outcome, l.MetOn, l.RecordedLateDays = letter.MetLate, metOn(d), d.RecordedLateDays
	case casework.Ended:
		l.Outcome, l.MetOn, l.EndedBy = letter.Ended, d.EndedOn.String(), endedBy(events, d)
	case casework.Unreported:
		l.Outcome = letter.NotReported
	default:
		l.Outcome = letter.Undone
	}
}

func metOn(d *casework.Duty) string {
	if !d.DueAt.IsZero() {
		return d.MetOn.String()
	}
	return d.MetOn.Day.String()
}

// endedBy is the type of the event that ended a duty, or words where none did.
func endedBy(events []casework.Event, d *casework.Duty) string {
	if t := typeOfEntry(events, d.EndedBy); t != "" {
		return t
	}
	return d.EndedBy
}

// dueToldBefore is the date that the role was last told before this notice.
func dueToldBefore(notices []noticeRow, row *noticeRow) string {
	var last *noticeRow
	for i := range notices {
		o := &notices[i]
		if o.ID == row.ID || o.Duty != row.Duty || o.Role != row.Role || o.Due == "" || !o.reached() {
			continue
		}
		if last == nil || o.NominalAt.After(last.NominalAt) {
			last = o
		}
	}
	if last == nil {
		return ""
	}
	return last.Due
}

// nextRungs is who is told next if nothing is recorded, in order, for a duty limited in
// days whose ladder is counted from its due date. Of one that is counted from another day
// nothing is said rather than something wrong.
func nextRungs(book *casework.Book, d *casework.Duty, row *noticeRow) []letter.NextRung {
	if d.Limit == nil || d.Due.IsZero() {
		return nil
	}
	ladder := book.Pack().LadderOf(d.Rule, *d.Limit)
	if ladder == nil {
		return nil
	}
	at := slices.IndexFunc(ladder.Rungs, func(r timescale.Rung) bool { return r.Label == row.Rung })
	if at < 0 || rungDay(book.Calendar(), ladder.Rungs[at], d.Due) != calendar.DateOf(row.NominalAt) {
		return nil
	}
	var next []letter.NextRung
	for _, r := range ladder.Rungs[at+1:] {
		for _, role := range r.Roles {
			if string(role.Role) != row.Role {
				next = append(next, letter.NextRung{Role: string(role.Role), At: rungDay(book.Calendar(), r, d.Due).String()})
			}
		}
	}
	return next
}

// rungDay is the day of a rung that is counted from the due date: see rules.md, section 6.
func rungDay(cal *calendar.Calendar, r timescale.Rung, due calendar.Date) calendar.Date {
	if r.Days != 0 {
		return cal.AddWorkingDays(due, r.Days)
	}
	return cal.OnOrBefore(due)
}
