package casework

import (
	"fmt"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// Agenda is what to send about a case at an instant, and when to look again.
type Agenda struct {
	Plan *Plan // as of the instant, with what was known then
	// Send are the notices due now that nobody has been sent.
	Send []Notice
	// Stopped are rungs that were due at the last 09:00 and that something recorded
	// since has overtaken: to be kept as not sent, with the reason.
	Stopped []Stopped
	// Wakes says for each pathway when to look again, if everything in Send goes; a
	// pathway without an entry has nothing to wake for.
	Wakes map[string]Wake
	// Owed are the pathways that have something left to send although no duty
	// may be open: a message that something is resolved.
	Owed map[string]bool
}

// Wake is an instant to wake at and what for, in words without names or references.
type Wake struct {
	At  time.Time
	Why string
}

// Agenda works out what to send now, given what was sent (sent: every notice
// of the case that was claimed, whatever became of it), and when to look again. The rungs
// of limits in days are chosen at the last 09:00 of a working day, if that is today's and
// it is not yet 20:00: what a longer outage kept back goes at the next 09:00.
func (b *Book) Agenda(events []Event, sent []Notice, now time.Time) *Agenda {
	return b.AgendaAfter(nil, events, sent, now)
}

// AgendaAfter is Agenda for whoever has folded the same events with this book already, as [At] an instant up to now.
// That fold is taken where it is the one that would be made; nil is no fold.
func (b *Book) AgendaAfter(folded *Plan, events []Event, sent []Notice, now time.Time) *Agenda {
	r := newLadderRun(b.inForceFrom(now), events, sent)
	if folded != nil && r.book.inForce(folded.AsOf) == b {
		r.plans[r.countLearned(folded.AsOf)] = folded
	}
	return r.agenda(sent, now)
}

func (r *ladderRun) agenda(sent []Notice, now time.Time) *Agenda {
	b := r.book
	r.until = now
	plan := r.planAt(now)
	if plan.TooMany { // what is left out may be met, or owed
		return &Agenda{Plan: plan, Wakes: map[string]Wake{}, Owed: map[string]bool{}}
	}
	at := b.lastMorning(now)
	if calendar.DateOf(at) == calendar.DateOf(now) && !now.After(calendar.DateOf(now).At(dayEnds, 0)) {
		r.sendMorning(r.planAt(at), at)
	}
	r.sendHours(plan, now)
	ag := &Agenda{Plan: plan}
	for _, n := range r.sent {
		if why := StopReason(plan, n, now); why != "" {
			ag.Stopped = append(ag.Stopped, Stopped{Notice: n, Reason: why})
			continue
		}
		ag.Send = append(ag.Send, n)
	}
	if len(ag.Stopped) > 0 { // nobody was told
		r.notices = newNoticeLog(slices.Concat(sent, ag.Send))
	}
	ag.Wakes, ag.Owed = r.wakes(plan, now).inWords(b), r.owed(plan, now)
	return ag
}

// Stopped is a notice that is not sent, and why.
type Stopped struct {
	Notice
	Reason string
}

// StopReason returns why a notice chosen at its moment is not to be sent as things stand; ""
// where it is.
func StopReason(plan *Plan, n Notice, now time.Time) string {
	d := plan.Duty(n.Duty)
	live := d != nil && hasLadder(d, now)
	switch {
	case n.Kind == Resolved && live:
		return "it is open again"
	case n.Kind == Resolved:
		return ""
	case d == nil:
		return "it no longer exists"
	case !live:
		return "it is " + english.State(d.State(now))
	case d.DueText() != n.Due:
		return "the due date has moved"
	case n.Rung != "" && n.Kind != Reminder && plan.isHeld(d.ID, n.Role, now):
		return "it is held by an acknowledgement"
	}
	return ""
}

// hasLadder reports whether a duty has a ladder at an instant: it is open, and not unreported.
func hasLadder(d *Duty, now time.Time) bool {
	switch d.State(now) {
	case Running, DueToday, Overdue, Waiting:
		return true
	default:
		return false
	}
}

// isHeld reports whether an acknowledgement holds back the rungs of a role: the team manager's
// and the service manager's.
func (p *Plan) isHeld(duty string, role timescale.Role, at time.Time) bool {
	return !p.heldUntil(duty, role, at).IsZero()
}

// heldUntil returns the end of the hold at an instant; zero if nothing holds. Of several
// acknowledgements the longest promise counts.
func (p *Plan) heldUntil(duty string, role timescale.Role, at time.Time) time.Time {
	var until time.Time
	if role != timescale.TeamManager && role != timescale.ServiceManager {
		return until
	}
	for _, h := range p.holds[duty] {
		if !at.Before(h.from) && !at.After(h.until) && h.until.After(until) {
			until = h.until
		}
	}
	return until
}

// wakes are the next moments at which each pathway must be looked at.
type wakes map[string]wake

// wake is one such moment, and what it is for: a rung of a duty, or something in words.
type wake struct {
	at   time.Time
	why  string
	duty *Duty
	step *step // nil if it is not a rung
	role timescale.RungRole
}

// add keeps the earliest of a pathway's moments that are still to come.
func (w wakes) add(pathway string, now time.Time, next wake) {
	if old, ok := w[pathway]; next.at.After(now) && (!ok || next.at.Before(old.at)) {
		w[pathway] = next
	}
}

// first returns the earliest moment of all; zero if there is none.
func (w wakes) first() time.Time {
	var first time.Time
	for _, next := range w {
		if first.IsZero() || next.at.Before(first) {
			first = next.at
		}
	}
	return first
}

// inWords returns the moments with what a timer says of them.
func (w wakes) inWords(b *Book) map[string]Wake {
	out := make(map[string]Wake, len(w))
	for pathway, next := range w {
		out[pathway] = Wake{At: next.at, Why: next.words(b)}
	}
	return out
}

// words returns a timer's summary: "remind team manager: CP-10 due Wed 2 Dec 2026, 1 working day
// after the due date". Of a step that goes later than on that day it says which one it is.
func (w *wake) words(b *Book) string {
	switch {
	case w.duty == nil:
		return w.why
	case w.step == nil:
		return w.why + ": " + w.duty.Ref
	}
	verb := "remind"
	if w.role.Escalation || w.step.kind == Drift {
		verb = "escalate to"
	}
	words := fmt.Sprintf("%s %s: %s", verb, english.Role(w.role.Role), w.duty.Ref)
	due := w.duty.DueDay()
	if !due.IsZero() {
		words += " due " + english.Day(due)
	}
	switch label := w.step.label; {
	case due.IsZero() || w.duty.inHours() || !inDays(label) || b.onItsDay(label, w.at, due):
		return words + ", " + english.Step(label)
	default:
		return words + ", the step “" + english.Step(label) + "”"
	}
}

// wakes works out when each pathway must next be looked at, with what is known.
func (r *ladderRun) wakes(plan *Plan, now time.Time) wakes {
	w := wakes{}
	for _, d := range plan.open {
		r.dutyWakes(w, plan, d, now)
	}
	for pathway, next := range plan.ahead {
		w.add(pathway, now, wake{at: next.day.Start(), why: next.why})
	}
	for _, n := range r.pending(plan, now) {
		w.add(n.Pathway, now, r.noticeWake(n, now))
	}
	return w
}

// dutyWakes adds when a duty must next be looked at.
func (r *ladderRun) dutyWakes(w wakes, plan *Plan, d *Duty, now time.Time) {
	if !hasLadder(d, now) {
		return
	}
	r.stepWakes(w, plan, d, now)
	if !d.Due.IsZero() {
		w.add(d.Pathway, now, wake{at: d.Due.AddDays(1).Start(), why: "overdue", duty: d})
	}
	if !d.LocalDue.IsZero() { // what is shown changes, though no rung may be due
		w.add(d.Pathway, now, wake{at: d.LocalDue.AddDays(1).Start(), why: "past the council's own date", duty: d})
	}
	if !d.DueAt.IsZero() {
		w.add(d.Pathway, now, wake{at: d.DueAt.Add(time.Second), why: "overdue", duty: d})
	}
	if day := d.takenOverNext(calendar.DateOf(now)); !day.IsZero() {
		w.add(d.Pathway, now, wake{at: day.Start(), why: "a new edition", duty: d})
	}
	if !d.inHours() && !plan.birthday.IsZero() && d.Pathway != timescale.LeavingCare {
		w.add(d.Pathway, now, wake{at: r.book.morningFrom(plan.birthday.Start()), why: "18th birthday"})
	}
}

// noticeWake returns the next 09:00 of a working day, at which something other than a rung is due.
func (r *ladderRun) noticeWake(n Notice, now time.Time) wake {
	return wake{at: r.book.morningAfter(now), why: fmt.Sprintf("tell: %s %s", n.Ref, n.Kind)}
}

// pending returns the notices other than rungs that are due at the next 09:00 of a working day.
func (r *ladderRun) pending(plan *Plan, now time.Time) []Notice {
	return append(r.movedNow(plan, now), r.resolvedNow(plan, now, false)...)
}

// owed returns the pathways that still have to tell somebody that a duty is resolved, or whose next duty starts by itself.
func (r *ladderRun) owed(plan *Plan, now time.Time) map[string]bool {
	owed := map[string]bool{}
	for _, n := range r.resolvedNow(plan, now, false) {
		owed[n.Pathway] = true
	}
	for pathway := range plan.ahead { // its next duty starts by itself
		owed[pathway] = true
	}
	return owed
}

// stepWakes adds the moments of a duty's rungs that are still to come, or to be made up for:
// the highest first, since of several at one moment it is the one that goes.
func (r *ladderRun) stepWakes(w wakes, plan *Plan, d *Duty, now time.Time) {
	u := r.climbOf(d, now)
	for i := len(u.steps) - 1; i >= u.lowest(); i-- {
		s := &u.steps[i]
		for _, role := range r.rolesNotSent(u, s, now) {
			at := r.afterHolds(plan, d, s, role.Role, s.at)
			if !at.After(now) {
				at = r.afterHolds(plan, d, s, role.Role, r.nextChance(d, now))
			}
			w.add(d.Pathway, now, wake{at: at, duty: d, step: s, role: role})
		}
	}
}

// afterHolds returns the first moment from an instant on at which no acknowledgement holds a step
// back from a role: after a hold the next 09:00, for days that of a working day.
func (r *ladderRun) afterHolds(plan *Plan, d *Duty, s *step, role timescale.Role, at time.Time) time.Time {
	for s.kind != Reminder {
		until := plan.heldUntil(d.ID, role, at)
		if until.IsZero() {
			break
		}
		at = morning(calendar.DateOf(until).AddDays(1))
		if !d.inHours() {
			at = r.book.morningAfter(until)
		}
	}
	return at
}

// nextChance returns the first moment after an instant at which a duty's rungs may go.
func (r *ladderRun) nextChance(d *Duty, t time.Time) time.Time {
	next := t.Add(time.Second).Truncate(time.Second)
	switch {
	case !d.inHours():
		return r.book.morningAfter(t)
	case d.Rule.AnyHour:
		return next
	default:
		return civilHour(next)
	}
}

// MayTell returns the first moment at or after an instant at which a notice of a kind about a duty may go: of a limit in days
// within the hours of a working day's notices, and of one in hours as its rungs do.
func (b *Book) MayTell(d *Duty, kind Kind, t time.Time) time.Time {
	day := calendar.DateOf(t)
	switch {
	case d.inHours() && (kind == Resolved || kind != Moved && d.Rule.AnyHour):
		return t
	case d.inHours() && kind != Moved:
		return civilHour(t)
	case b.calendar.IsWorkingDay(day) && !t.Before(morning(day)) && !t.After(day.At(dayEnds, 0)):
		return t
	default:
		return b.morningAfter(t)
	}
}

// StepAhead is a step of a duty's ladder that is still to come.
type StepAhead struct {
	At   time.Time
	Rung string // as in Notice
	Role timescale.Role
	Kind Kind
	// Local reports that the limit is one that no law sets.
	Local bool
	// InHours reports that the limit is in hours: the step goes at its instant; else on the day of it.
	InHours bool
}

// Day returns the London date of the step.
func (s StepAhead) Day() calendar.Date { return calendar.DateOf(s.At) }

// StepsAhead returns the steps of a duty's ladder that come after the moment of a plan, in order, if
// nothing more is recorded: those that the agendas of the coming days will name. So what an acknowledgement
// holds back comes after it, a date that was known late has its own ladder, and no step comes once the duty
// has ended, as on the 18th birthday. Alarms that recur are listed for five years. A duty that is paused,
// unreported or no longer owed has no steps ahead.
//
// The plan is as of now, with what is known now: see [At]. sent are all notices of the case that were sent,
// with those that go now; what is due now and is not among them comes at the next moment at which it can.
func (b *Book) StepsAhead(plan *Plan, dutyID string, events []Event, sent []Notice) []StepAhead {
	now := plan.AsOf
	d := plan.Duty(dutyID)
	if d == nil || plan.TooMany || !hasLadder(d, now) {
		return nil
	}
	r := newLadderRun(b.inForceFrom(now), recordedBy(events, now), sent)
	u := newIncrementalFold(r)
	u.only = map[string]bool{d.Ref: true}
	r.log, r.logOf = u.log, u.only
	plan, _ = u.advance(now)
	var ahead []StepAhead
	end := now.AddDate(alarmsAhead, 0, 0)
	for at := r.nextMoment(plan, dutyID, plan.Duty(dutyID), now); !at.IsZero() && !at.After(end); {
		plan, _ = u.advance(at)
		sent := len(r.sent)
		next := r.sendDue(plan, dutyID, at)
		for _, n := range r.sent[sent:] {
			if n.Rung != "" {
				ahead = append(ahead, stepAhead(plan.Duty(dutyID), n))
			}
		}
		at = next
	}
	return ahead
}

func stepAhead(d *Duty, n Notice) StepAhead {
	return StepAhead{At: n.At, Rung: n.Rung, Role: n.Role, Kind: n.Kind, Local: !d.Edition.SetByLaw(), InHours: d.inHours()}
}
