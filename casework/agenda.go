package casework

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Agenda is what is to be said about a case at an instant, and when to look again.
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
	// Owed are the pathways in which something is still to be said although no duty
	// may be open: a message that something is resolved.
	Owed map[string]bool
}

// Wake is an instant to wake at and what for, in words without names or references.
type Wake struct {
	At  time.Time
	Why string
}

// Agenda works out what is to be said now, given what has been said (told: every notice
// of the case that was claimed, whatever became of it), and when to look again. The rungs
// of limits in days are chosen at the last 09:00 of a working day, if that is today's and
// it is not yet 20:00: what a longer outage kept back goes at the next 09:00.
func (b *Book) Agenda(events []Event, told []Notice, now time.Time) *Agenda {
	return newLadderRun(b.inForceFrom(now), events, told).agenda(told, now)
}

func (r *ladderRun) agenda(told []Notice, now time.Time) *Agenda {
	b := r.book
	r.until = now
	plan := r.planAt(now)
	if plan.TooMany { // what is left out may be met, or owed
		return &Agenda{Plan: plan, Wakes: map[string]Wake{}, Owed: map[string]bool{}}
	}
	at := b.lastMorning(now)
	if b.allHours || calendar.DateOf(at) == calendar.DateOf(now) && !now.After(calendar.DateOf(now).At(dayEnds, 0)) {
		r.mornings(r.planAt(at), at)
	}
	r.hours(plan, now)
	ag := &Agenda{Plan: plan}
	for _, n := range r.sent {
		if why := StopReason(plan, n, now); why != "" {
			ag.Stopped = append(ag.Stopped, Stopped{Notice: n, Reason: why})
			continue
		}
		ag.Send = append(ag.Send, n)
	}
	if len(ag.Stopped) > 0 { // nobody was told
		r.told = tell(slices.Concat(told, ag.Send))
	}
	ag.Wakes, ag.Owed = r.wakes(plan, now).inWords(), r.owed(plan, now)
	return ag
}

// Stopped is a notice that is not sent, and why.
type Stopped struct {
	Notice
	Reason string
}

// StopReason says why a notice chosen at its moment is not to be sent as things stand; ""
// where it is.
func StopReason(plan *Plan, n Notice, now time.Time) string {
	d := plan.Duty(n.Duty)
	live := d != nil && rings(d, now)
	switch {
	case n.Kind == Resolved && live:
		return "the duty is open again"
	case n.Kind == Resolved:
		return ""
	case d == nil:
		return "the duty no longer exists"
	case !live:
		return "the duty is " + string(d.State(now))
	case d.DueText() != n.Due:
		return "the due date has moved"
	case n.Rung != "" && n.Kind != Reminder && plan.held(d.ID, n.Role, now):
		return "it is held by an acknowledgement"
	}
	return ""
}

// rings says whether a duty has a ladder at an instant: it is open, and not unreported.
func rings(d *Duty, now time.Time) bool {
	switch d.State(now) {
	case Running, DueToday, Overdue, Waiting:
		return true
	default:
		return false
	}
}

// held says whether an acknowledgement holds back the rungs of a role: the team manager's
// and the service manager's.
func (p *Plan) held(duty string, role timescale.Role, at time.Time) bool {
	return !p.heldUntil(duty, role, at).IsZero()
}

// heldUntil is the end of the hold at an instant; zero where nothing holds. Of several
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
