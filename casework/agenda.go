package casework

import (
	"fmt"
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
	r := newLadderRun(b, events, told)
	plan := r.planAt(now)
	at := b.lastMorning(now)
	if calendar.DateOf(at) == calendar.DateOf(now) && !now.After(calendar.DateOf(now).At(dayEnds, 0)) {
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
	ag.Wakes, ag.Owed = r.wakes(plan, now), r.owed(plan, now)
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
	}
	return false
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
	for _, h := range p.holds {
		if h.duty == duty && !at.Before(h.from) && !at.After(h.until) && h.until.After(until) {
			until = h.until
		}
	}
	return until
}

// ladderRun works the ladders of one case, keeping what was said.
type ladderRun struct {
	book    *Book
	events  []Event
	told    []Notice // what was said before, and now
	sent    []Notice // what is said now
	origins map[originKey]origin
	plans   map[int64]*Plan
}

type originKey struct {
	duty string
	due  calendar.Date
}

func newLadderRun(b *Book, events []Event, told []Notice) *ladderRun {
	return &ladderRun{
		book: b, events: events, told: slices.Clone(told),
		origins: map[originKey]origin{}, plans: map[int64]*Plan{},
	}
}

// planAt folds as of an instant with what was known then, once.
func (r *ladderRun) planAt(t time.Time) *Plan {
	key := t.UnixNano()
	if r.plans[key] == nil {
		clear(r.plans) // only the last few moments are asked for again
		r.plans[key] = r.book.Fold(r.events, At(t))
	}
	return r.plans[key]
}

func (r *ladderRun) stepsOf(d *Duty, t time.Time) []step {
	o := origin{}
	switch {
	case d.Limit == nil && d.WaitingFor == "", d.inHours(), !d.Due.IsZero() && t.After(morning(d.Due)):
		key := originKey{d.ID, d.Due}
		found, ok := r.origins[key]
		if !ok {
			found = r.book.originOf(r.events, d, t)
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
	r.told = append(r.told, n)
	r.sent = append(r.sent, n)
}

// ring sends a duty's highest rung that has come due and was neither sent nor passed.
func (r *ladderRun) ring(plan *Plan, d *Duty, at time.Time) {
	steps := r.stepsOf(d, at)
	from := r.passed(d, steps) + 1
	for i := len(steps) - 1; i >= from; i-- {
		s := &steps[i]
		if s.at.After(at) {
			continue
		}
		roles := plan.freeRoles(d, s, at)
		if len(roles) == 0 {
			continue
		}
		missed := r.missed(steps[from:i], at)
		for _, role := range roles {
			n := r.noticeOf(d, s, role)
			n.Missed = missed
			r.say(n, at)
		}
		return
	}
}

// freeRoles are the roles of a step that no acknowledgement holds back.
func (p *Plan) freeRoles(d *Duty, s *step, at time.Time) []timescale.RungRole {
	return slices.DeleteFunc(slices.Clone(s.roles), func(role timescale.RungRole) bool {
		return s.kind != Reminder && p.held(d.ID, role.Role, at)
	})
}

func (r *ladderRun) missed(steps []step, at time.Time) []string {
	var labels []string
	for i := range steps {
		if steps[i].at.Before(at) {
			labels = append(labels, steps[i].label)
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
		Rung: s.label, Role: role.Role, Kind: kind, Spell: r.spell(d.ID),
	}
}

// passed is the place of the highest rung of this due date and spell that was sent; -1
// where none was.
func (r *ladderRun) passed(d *Duty, steps []step) int {
	highest, spell := -1, r.spell(d.ID)
	for _, n := range r.told {
		if n.Duty != d.ID || n.Due != d.DueText() || n.Spell != spell || n.Rung == "" {
			continue
		}
		for i := range steps {
			if steps[i].label == n.Rung {
				highest = max(highest, i)
			}
		}
	}
	return highest
}

// spell is the spell that an open duty is in: one more than were resolved.
func (r *ladderRun) spell(duty string) int {
	spell := 1
	for _, n := range r.told {
		if n.Duty == duty && n.Kind == Resolved {
			spell = max(spell, n.Spell+1)
		}
	}
	return spell
}

// movedNow tells each role that was told a date which has since moved the new one, once,
// unless a rung of the new date goes to it now.
func (r *ladderRun) movedNow(plan *Plan, at time.Time) []Notice {
	var list []Notice
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if !rings(d, at) || d.DueText() == "" {
			continue
		}
		spell := r.spell(d.ID)
		for _, role := range timescale.Roles {
			if last := r.lastDue(d.ID, role, spell); last != "" && last != d.DueText() {
				list = append(list, Notice{
					Case: d.Case, Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, Due: d.DueText(),
					Role: role, Kind: Moved, Spell: spell,
				})
			}
		}
	}
	return list
}

// lastDue is the due date that a role was last told of in a spell; "" where it was told none.
func (r *ladderRun) lastDue(duty string, role timescale.Role, spell int) string {
	last := ""
	for _, n := range r.told {
		if n.Duty == duty && n.Role == role && n.Spell == spell && n.Kind != Resolved && n.Due != "" {
			last = n.Due
		}
	}
	return last
}

// resolvedNow tells each role that got an escalation for a duty which no longer rings so,
// once.
func (r *ladderRun) resolvedNow(plan *Plan, at time.Time, inHours bool) []Notice {
	var list []Notice
	asked := map[string]bool{}
	for i := range r.told {
		n := &r.told[i]
		if n.Kind != Escalation || asked[n.Duty] {
			continue
		}
		asked[n.Duty] = true
		d := plan.Duty(n.Duty)
		if d != nil && rings(d, at) || r.inHours(n.Ref) != inHours {
			continue
		}
		list = append(list, r.resolvedRoles(n, d)...)
	}
	return list
}

// inHours says whether a timescale is limited in hours; its duty may be undone by now.
func (r *ladderRun) inHours(ref string) bool {
	t := r.book.pack.Timescale(ref)
	return t != nil && t.InHours()
}

func (r *ladderRun) resolvedRoles(told *Notice, d *Duty) []Notice {
	var list []Notice
	spell := r.spell(told.Duty)
	for _, role := range timescale.Roles {
		due, escalated := r.escalated(told.Duty, role, spell)
		if !escalated {
			continue
		}
		if d != nil {
			due = d.DueText()
		}
		list = append(list, Notice{
			Case: told.Case, Duty: told.Duty, Ref: told.Ref, Pathway: told.Pathway, Due: due,
			Role: role, Kind: Resolved, Spell: spell,
		})
	}
	return list
}

// escalated says whether a role got an escalation for a duty in a spell, and for which
// due date the last one was.
func (r *ladderRun) escalated(duty string, role timescale.Role, spell int) (due string, ok bool) {
	for _, n := range r.told {
		if n.Duty == duty && n.Role == role && n.Spell == spell && n.Kind == Escalation {
			due, ok = n.Due, true
		}
	}
	return due, ok
}

// wakes works out when each pathway must next be looked at, with what is known.
func (r *ladderRun) wakes(plan *Plan, now time.Time) map[string]Wake {
	w := map[string]Wake{}
	add := func(pathway string, at time.Time, why string) {
		if old, ok := w[pathway]; at.After(now) && (!ok || at.Before(old.At)) {
			w[pathway] = Wake{At: at, Why: why}
		}
	}
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if !rings(d, now) {
			continue
		}
		r.stepWakes(plan, d, now, add)
		if !d.Due.IsZero() {
			add(d.Pathway, d.Due.AddDays(1).Start(), "overdue: "+d.Ref)
		}
		if !d.DueAt.IsZero() {
			add(d.Pathway, d.DueAt.Add(time.Second), "overdue: "+d.Ref)
		}
		if !d.inHours() && !plan.birthday.IsZero() && d.Pathway != leavingCare {
			add(d.Pathway, r.book.morningFrom(plan.birthday.Start()), "18th birthday")
		}
	}
	for _, n := range r.pending(plan, now) {
		add(n.Pathway, r.book.morningAfter(now), fmt.Sprintf("tell: %s %s", n.Ref, n.Kind))
	}
	return w
}

// pending is what the next 09:00 of a working day will have to say that is no rung.
func (r *ladderRun) pending(plan *Plan, now time.Time) []Notice {
	return append(r.movedNow(plan, now), r.resolvedNow(plan, now, false)...)
}

func (r *ladderRun) owed(plan *Plan, now time.Time) map[string]bool {
	owed := map[string]bool{}
	for _, n := range r.resolvedNow(plan, now, false) {
		owed[n.Pathway] = true
	}
	return owed
}

// stepWakes adds the moments of a duty's rungs that are still to come, or to be made up for.
func (r *ladderRun) stepWakes(plan *Plan, d *Duty, now time.Time, add func(string, time.Time, string)) {
	steps := r.stepsOf(d, now)
	for i := r.passed(d, steps) + 1; i < len(steps); i++ {
		s := &steps[i]
		at := s.at
		if !at.After(now) {
			at = r.nextChance(d, now)
		}
		for _, role := range s.roles {
			when := at
			for until := plan.heldUntil(d.ID, role.Role, when); s.kind != Reminder && !until.IsZero(); until = plan.heldUntil(d.ID, role.Role, when) {
				when = r.nextChance(d, until)
			}
			add(d.Pathway, when, stepWords(d, s, role))
		}
	}
}

// nextChance is the first moment after an instant at which a duty's rungs may go.
func (r *ladderRun) nextChance(d *Duty, t time.Time) time.Time {
	switch {
	case !d.inHours():
		return r.book.morningAfter(t)
	case d.Rule.AnyHour:
		return t.Add(time.Second)
	default:
		return civilHour(t.Add(time.Second))
	}
}

// stepWords is a timer's summary: "remind worker: CP-10 due 2026-12-02 (-1wd)".
func stepWords(d *Duty, s *step, role timescale.RungRole) string {
	verb := "remind"
	if role.Escalation || s.kind == Drift {
		verb = "escalate to"
	}
	words := fmt.Sprintf("%s %s: %s", verb, roleWords(role.Role), d.Ref)
	if due := d.DueDay(); !due.IsZero() {
		words += " due " + due.String()
	}
	return words + " (" + s.label + ")"
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
