package casework

import (
	"fmt"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// wakes are the next moments at which each pathway must be looked at.
type wakes map[string]wake

// wake is one such moment, and what it is for: a rung of a duty, or something in words.
type wake struct {
	at   time.Time
	why  string
	duty *Duty
	step *step // nil where it is no rung
	role timescale.RungRole
}

// add keeps the earliest of a pathway's moments that are still to come.
func (w wakes) add(pathway string, now time.Time, next wake) {
	if old, ok := w[pathway]; next.at.After(now) && (!ok || next.at.Before(old.at)) {
		w[pathway] = next
	}
}

// first is the earliest moment of all; zero where there is none.
func (w wakes) first() time.Time {
	var first time.Time
	for _, next := range w {
		if first.IsZero() || next.at.Before(first) {
			first = next.at
		}
	}
	return first
}

// inWords are the moments with what a timer says of them.
func (w wakes) inWords() map[string]Wake {
	out := make(map[string]Wake, len(w))
	for pathway, next := range w {
		out[pathway] = Wake{At: next.at, Why: next.words()}
	}
	return out
}

// words is a timer's summary: "remind worker: CP-10 due 2026-12-02 (-1wd)".
func (w *wake) words() string {
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
	words := fmt.Sprintf("%s %s: %s", verb, roleWords(w.role.Role), w.duty.Ref)
	if due := w.duty.DueDay(); !due.IsZero() {
		words += " due " + due.String()
	}
	return words + " (" + w.step.label + ")"
}

func roleWords(r timescale.Role) string {
	switch r {
	case timescale.TeamManager:
		return "team manager"
	case timescale.ServiceManager:
		return "service manager"
	case timescale.HeadOfService:
		return "head of service"
	default:
		return string(r)
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
		w.add(n.Pathway, now, r.tellWake(n, now))
	}
	return w
}

// dutyWakes adds when a duty must next be looked at.
func (r *ladderRun) dutyWakes(w wakes, plan *Plan, d *Duty, now time.Time) {
	if !rings(d, now) {
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

// tellWake is the next 09:00 of a working day, which will have to say something that is no rung.
func (r *ladderRun) tellWake(n Notice, now time.Time) wake {
	return wake{at: r.book.morningAfter(now), why: fmt.Sprintf("tell: %s %s", n.Ref, n.Kind)}
}

// pending is what the next 09:00 of a working day will have to say that is no rung.
func (r *ladderRun) pending(plan *Plan, now time.Time) []Notice {
	return append(r.movedNow(plan, now), r.resolvedNow(plan, now, false)...)
}

// owed are the pathways in which it is still to be said that something is resolved.
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
	u := r.rungsOf(d, now)
	for i := len(u.steps) - 1; i >= u.lowest(); i-- {
		s := &u.steps[i]
		for _, role := range u.untold(s) {
			at := r.unheld(plan, d, s, role.Role, s.at)
			if !at.After(now) {
				at = r.unheld(plan, d, s, role.Role, r.nextChance(d, now))
			}
			w.add(d.Pathway, now, wake{at: at, duty: d, step: s, role: role})
		}
	}
}

// unheld is the first moment from an instant on at which no acknowledgement holds a step
// back from a role: after a hold the next 09:00, for days that of a working day.
func (r *ladderRun) unheld(plan *Plan, d *Duty, s *step, role timescale.Role, at time.Time) time.Time {
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

// nextChance is the first moment after an instant at which a duty's rungs may go.
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
