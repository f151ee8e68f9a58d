package casework

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// ladderRun works the ladders of one case, keeping what was said.
type ladderRun struct {
	book    *Book
	events  []Event
	learned []time.Time // the distinct instants at which something was recorded
	told    said        // what was said before, and now
	sent    []Notice    // what is said now
	origins map[originKey]origin
	plans   map[int]*Plan // by how many of the instants had passed
}

type originKey struct{ duty, due string }

func newLadderRun(b *Book, events []Event, told []Notice) *ladderRun {
	return &ladderRun{
		book: b, events: events, learned: recordedUpTo(events), told: tell(told),
		origins: map[originKey]origin{}, plans: map[int]*Plan{},
	}
}

// recordedUpTo are the distinct instants at which something was recorded.
func recordedUpTo(events []Event) []time.Time {
	list := make([]time.Time, 0, len(events))
	for i := range events {
		list = append(list, events[i].Recorded)
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// knownAt is how many of the instants at which something was recorded had passed.
func (r *ladderRun) knownAt(t time.Time) int {
	n, exact := slices.BinarySearchFunc(r.learned, t, time.Time.Compare)
	if exact {
		n++
	}
	return n
}

// keptPlans bounds the plans that are kept at one time.
const keptPlans = 16

// planAt is the plan as of an instant with what was known then. Nothing is recorded before
// it happens, so between two recordings only the 18th birthday can change a duty.
func (r *ladderRun) planAt(t time.Time) *Plan {
	known := r.knownAt(t)
	kept := r.plans[known]
	if kept == nil || kept.grownUp(t) != kept.grownUp(kept.AsOf) {
		if len(r.plans) >= keptPlans {
			clear(r.plans)
		}
		kept = r.book.Fold(r.events, At(t))
		r.plans[known] = kept
	}
	plan := *kept
	plan.AsOf, plan.KnownAt = t, t
	return &plan
}

// grownUp says whether the child is known to be 18 at an instant.
func (p *Plan) grownUp(t time.Time) bool {
	return !p.birthday.IsZero() && calendar.DateOf(t) >= p.birthday
}

func (r *ladderRun) stepsOf(d *Duty, t time.Time) []step {
	o := origin{}
	switch {
	case d.Limit == nil && d.WaitingFor == "", d.inHours(), !d.Due.IsZero() && t.After(morning(d.Due)):
		key := originKey{d.ID, d.DueText()}
		found, ok := r.origins[key]
		if !ok {
			found = r.originOf(d, t)
			r.origins[key] = found
		}
		o = found
	}
	return r.book.steps(d, o, t)
}

// mornings says what is due at a 09:00 of a working day: the rungs of limits in days, what
// has moved, and what is resolved.
func (r *ladderRun) mornings(plan *Plan, at time.Time) {
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if rings(d, at) && !d.inHours() {
			r.ring(plan, d, at)
		}
	}
	for _, n := range append(r.movedNow(plan, at), r.resolvedNow(plan, at, false)...) {
		r.say(n, at)
	}
}

// hours says what is due at any instant: the rungs of limits in hours, and that they are
// resolved.
func (r *ladderRun) hours(plan *Plan, at time.Time) {
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if rings(d, at) && d.inHours() && (d.Rule.AnyHour || civilHour(at).Equal(at)) {
			r.ring(plan, d, at)
		}
	}
	for _, n := range r.resolvedNow(plan, at, true) {
		r.say(n, at)
	}
}

func (r *ladderRun) say(n Notice, at time.Time) {
	n.At = at
	r.told.add(n)
	r.sent = append(r.sent, n)
}

// ring sends a duty's highest rung that has come due and was neither sent nor passed.
func (r *ladderRun) ring(plan *Plan, d *Duty, at time.Time) {
	steps := r.stepsOf(d, at)
	passed := r.passed(d, steps)
	for i := len(steps) - 1; i >= max(passed, 0); i-- {
		s := &steps[i]
		if s.at.After(at) {
			continue
		}
		roles := r.freeRoles(plan, d, s, at)
		if len(roles) == 0 {
			continue
		}
		missed := r.missedOf(plan, d, steps[min(passed+1, i):i], at)
		for _, role := range roles {
			n := r.noticeOf(d, s, role)
			n.Missed = missed
			r.say(n, at)
		}
		return
	}
}

// untold are the roles of a step that were not told it: one step can go to two, of whom
// one was held back, or told before a crash.
func (r *ladderRun) untold(d *Duty, s *step) []timescale.RungRole {
	told := r.told.of(d.ID)
	return slices.DeleteFunc(slices.Clone(s.roles), func(role timescale.RungRole) bool {
		return slices.ContainsFunc(told.list, func(n Notice) bool {
			return n.Role == role.Role && n.Rung == s.label && told.current(&n, d)
		})
	})
}

// freeRoles are the roles of a step that are still to be told it and that no acknowledgement
// holds it back from.
func (r *ladderRun) freeRoles(plan *Plan, d *Duty, s *step, at time.Time) []timescale.RungRole {
	return slices.DeleteFunc(r.untold(d, s), func(role timescale.RungRole) bool {
		return r.unheld(plan, d, s, role.Role, s.at).After(at) || s.kind != Reminder && plan.held(d.ID, role.Role, at)
	})
}

// missedOf are the labels of the steps that were never sent at their time: neither in a
// spell before this one, nor held back by an acknowledgement.
func (r *ladderRun) missedOf(plan *Plan, d *Duty, steps []step, at time.Time) []string {
	var labels []string
	for i := range steps {
		s := &steps[i]
		held := !slices.ContainsFunc(s.roles, func(role timescale.RungRole) bool {
			return r.unheld(plan, d, s, role.Role, s.at).Equal(s.at)
		})
		if s.at.Before(at) && !held && !r.told.of(d.ID).sent(s.label, d) {
			labels = append(labels, s.label)
		}
	}
	return labels
}

func (r *ladderRun) noticeOf(d *Duty, s *step, role timescale.RungRole) Notice {
	kind := s.kind
	if kind == "" {
		kind = Reminder
		if role.Escalation {
			kind = Escalation
		}
	}
	return Notice{
		Case: d.Case, Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, Due: d.DueText(),
		Rung: s.label, Role: role.Role, Kind: kind, Spell: r.told.of(d.ID).spell,
	}
}

// passed is the place of the highest rung of this due date and spell that was sent; -1
// where none was.
func (r *ladderRun) passed(d *Duty, steps []step) int {
	told := r.told.of(d.ID)
	for i := len(steps) - 1; i >= 0; i-- {
		for j := range told.list {
			if n := &told.list[j]; n.Rung == steps[i].label && told.current(n, d) {
				return i
			}
		}
	}
	return -1
}

// movedNow tells each role that was told a date which has since moved the new one, once,
// unless a rung of the new date goes to it now.
func (r *ladderRun) movedNow(plan *Plan, at time.Time) []Notice {
	var list []Notice
	for i := range plan.Duties {
		d := &plan.Duties[i]
		told := r.told.of(d.ID)
		if len(told.list) == 0 || !rings(d, at) || d.DueText() == "" {
			continue
		}
		for _, role := range timescale.Roles {
			n := Notice{
				Case: d.Case, Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, Due: d.DueText(),
				Role: role, Kind: Moved, Spell: told.spell,
			}
			if last := told.lastDue(role, at); last != "" && last != n.Due && !told.has(n.Key()) {
				list = append(list, n)
			}
		}
	}
	return list
}

// resolvedNow tells each role that got an escalation for a duty which is no longer owed so,
// once.
func (r *ladderRun) resolvedNow(plan *Plan, at time.Time, inHours bool) []Notice {
	var list []Notice
	for _, told := range r.told.all {
		if !told.owed || r.inHours(told.list[0].Ref) != inHours {
			continue
		}
		d := plan.Duty(told.list[0].Duty)
		if d != nil && (rings(d, at) || d.paused()) {
			continue
		}
		for _, role := range timescale.Roles {
			if last := told.unresolved(role); last != nil {
				list = append(list, resolvedOf(last, d))
			}
		}
	}
	return list
}

// resolvedOf takes back an escalation. d is the duty as it is now; nil where it was undone.
func resolvedOf(escalation *Notice, d *Duty) Notice {
	n := Notice{
		Case: escalation.Case, Duty: escalation.Duty, Ref: escalation.Ref, Pathway: escalation.Pathway,
		Due: escalation.Due, Role: escalation.Role, Kind: Resolved, Spell: escalation.Spell,
	}
	if d != nil {
		n.Due = d.DueText()
	}
	return n
}

// inHours says whether a timescale is limited in hours; its duty may be undone by now.
func (r *ladderRun) inHours(ref string) bool {
	t := r.book.pack.Timescale(ref)
	return t != nil && t.InHours()
}
