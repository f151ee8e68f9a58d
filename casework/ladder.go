package casework

import (
	"slices"
	"sort"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// step is one rung of one duty at its moment.
type step struct {
	label string
	at    time.Time
	roles []timescale.RungRole
	kind  Kind // "" if each role reports whether it is a reminder or an escalation
}

// The hour at which notices go, and the hours between which those of limits in hours do.
const (
	morningHour = 9
	dayBegins   = 8
	dayEnds     = 20
)

func morning(day calendar.Date) time.Time { return day.At(morningHour, 0) }

// morningFrom returns the first 09:00 of a working day at or after an instant.
func (b *Book) morningFrom(t time.Time) time.Time {
	day := calendar.DateOf(t)
	if t.After(morning(day)) {
		day = day.AddDays(1)
	}
	return morning(b.calendar.OnOrAfter(day))
}

// morningAfter returns the first 09:00 of a working day after an instant.
func (b *Book) morningAfter(t time.Time) time.Time { return b.morningFrom(t.Add(time.Nanosecond)) }

// lastMorning returns the last 09:00 of a working day at or before an instant.
func (b *Book) lastMorning(t time.Time) time.Time {
	day := calendar.DateOf(t)
	if t.Before(morning(day)) {
		day = day.AddDays(-1)
	}
	return morning(b.calendar.OnOrBefore(day))
}

// steps returns a duty's rungs in the order of their moments; of drift alarms, those up to some
// years after an instant. origin is where a ladder is counted from in place of the due date.
func (b *Book) steps(d *Duty, o origin, t time.Time) []step {
	switch {
	case d.WaitingFor != "":
		return b.waitingSteps(d)
	case d.Limit == nil:
		return b.alarmSteps(d, o, t)
	case d.inHours():
		return hourSteps(d, b.pack.LadderOf(d.Rule, *d.Limit), o)
	default:
		return b.daySteps(d, o)
	}
}

// waitingRung is the one reminder of what is missing, on the fifth working day after the
// start.
const (
	waitingRung = "waiting"
	waitingDays = 5
)

func (b *Book) waitingSteps(d *Duty) []step {
	at := morning(b.calendar.AddWorkingDays(d.Started.Day, waitingDays))
	return []step{{label: waitingRung, at: at, kind: Reminder, roles: []timescale.RungRole{{Role: timescale.Worker}}}}
}

func (b *Book) daySteps(d *Duty, o origin) []step {
	ladder := b.pack.LadderOf(d.Rule, *d.Limit)
	if ladder == nil {
		return nil
	}
	var steps []step
	for i := range ladder.Rungs {
		if r := &ladder.Rungs[i]; !r.InHours {
			steps = append(steps, b.rungSteps(d, r, o)...)
		}
	}
	return inOrder(steps)
}

// rungSteps returns the moments of a rung: one, or none if it is skipped, or two where a
// reminder and an alarm for one day are moved apart by its being no working day.
func (b *Book) rungSteps(d *Duty, r *timescale.Rung, o origin) []step {
	switch {
	case o.moved && r.Days < 0: // its moment had passed before anybody knew the date
		return nil
	case o.moved:
		return []step{{label: r.Label, at: morning(b.calendar.AddWorkingDays(o.day, r.Days)), roles: r.Roles}}
	case r.Days != 0:
		return skipEarly(d, step{label: r.Label, at: morning(b.calendar.AddWorkingDays(d.Due, r.Days)), roles: r.Roles})
	case b.calendar.IsWorkingDay(d.Due):
		return []step{{label: r.Label, at: morning(d.Due), roles: r.Roles}}
	}
	reminders := slices.DeleteFunc(slices.Clone(r.Roles), func(x timescale.RungRole) bool { return x.Escalation })
	alarms := slices.DeleteFunc(slices.Clone(r.Roles), func(x timescale.RungRole) bool { return !x.Escalation })
	return append(skipEarly(d, step{label: r.Label, at: morning(b.calendar.OnOrBefore(d.Due)), roles: reminders}),
		skipEarly(d, step{label: r.Label, at: morning(b.calendar.OnOrAfter(d.Due)), roles: alarms})...)
}

// skipEarly leaves out a step before the day of the start, and one that goes to nobody.
func skipEarly(d *Duty, s step) []step {
	if len(s.roles) == 0 || calendar.DateOf(s.at) < d.Started.Day {
		return nil
	}
	return []step{s}
}

// withinReminders reports whether the day, or of a limit in hours the instant, of the first reminder of a
// duty's ladder has come, whether or not it was sent.
func (b *Book) withinReminders(d *Duty, now time.Time) bool {
	if d.Limit == nil {
		return false
	}
	ladder := b.pack.LadderOf(d.Rule, *d.Limit)
	if ladder == nil {
		return false
	}
	return slices.ContainsFunc(ladder.Rungs, func(r timescale.Rung) bool {
		switch {
		case r.InHours:
			return r.Percent > 0 && !d.DueAt.IsZero() && !now.Before(partOf(d.Started.Start(), d.DueAt, r.Percent))
		default:
			return r.Days < 0 && !d.Due.IsZero() && calendar.DateOf(now) >= b.calendar.AddWorkingDays(d.Due, r.Days)
		}
	})
}

// partOf returns the instant at which some percent of the time from a start until a limit have passed.
func partOf(start, due time.Time, percent int) time.Time {
	return start.Add(due.Sub(start) * time.Duration(percent) / 100)
}

// alarmsAhead is how many years of alarms are worked out at once.
const alarmsAhead = 5

// alarmSteps returns the drift alarms: on the first working day on or after each, up to one
// that lies some years after an instant.
func (b *Book) alarmSteps(d *Duty, o origin, t time.Time) []step {
	var steps []step
	ahead := t.AddDate(alarmsAhead, 0, 0)
	for _, a := range d.Rule.Drift {
		for n := 0; ; n++ {
			day := b.calendar.OnOrAfter(a.On(b.CalendarOf(d.Rule), d.Started.Day, n))
			if day.IsZero() { // beyond the year 9999
				break
			}
			at := morning(day)
			due := at
			switch {
			case !o.moved || at.After(o.known):
			case o.inTurn:
				at = morning(b.calendar.AddWorkingDays(o.day, placeAmong(d.Rule.Drift, a.Role)))
			default:
				at = morning(o.day)
			}
			steps = append(steps, step{
				label: a.Label(n), at: at, kind: Drift, roles: []timescale.RungRole{{Role: a.Role}},
			})
			if a.Every == nil || due.After(ahead) {
				break
			}
		}
	}
	return steps
}

// placeAmong returns the place of a role among those that alarms go to.
func placeAmong(alarms []timescale.Alarm, role timescale.Role) int {
	var roles []timescale.Role
	for i := range alarms {
		if !slices.Contains(roles, alarms[i].Role) {
			roles = append(roles, alarms[i].Role)
		}
	}
	return slices.Index(roles, role)
}

// hourSteps returns the rungs of a limit in hours: between 08:00 and 20:00 London, else at the
// next 08:00, unless the timescale's go at any hour.
func hourSteps(d *Duty, ladder *timescale.Ladder, o origin) []step {
	if ladder == nil {
		return nil
	}
	start, due := d.Started.Start(), d.DueAt
	if due.IsZero() { // the start is known by its day: the limit runs to the end of a day
		due = d.Due.AddDays(1).Start()
	}
	var steps []step
	for _, r := range ladder.Rungs {
		if !r.InHours {
			continue
		}
		at := due.Add(time.Duration(r.Hours) * time.Hour)
		switch {
		case o.inTurn && r.Percent > 0:
			at = o.known
		case o.inTurn:
			at = morning(o.day).Add(time.Duration(r.Hours) * time.Hour)
		case r.Percent > 0:
			at = partOf(start, due, r.Percent)
		}
		if !d.Rule.AnyHour {
			at = civilHour(at)
		}
		if o.moved && !o.inTurn && !at.After(o.known) {
			at = morning(o.day)
		}
		steps = append(steps, step{label: r.Label, at: at, roles: r.Roles})
	}
	return inOrder(steps)
}

// civilHour returns the instant itself between 08:00 and 20:00 London, else the next 08:00.
func civilHour(t time.Time) time.Time {
	day := calendar.DateOf(t)
	switch {
	case t.Before(day.At(dayBegins, 0)):
		return day.At(dayBegins, 0)
	case t.After(day.At(dayEnds, 0)):
		return day.AddDays(1).At(dayBegins, 0)
	default:
		return t
	}
}

// inOrder sorts steps by their moments; a pack lists a ladder's rungs from low to high, and
// of several at one moment the last is the highest.
func inOrder(steps []step) []step {
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return steps
}

// ladderRun works out the ladders of one case, keeping the notices that were sent.
type ladderRun struct {
	book          *Book
	events        []Event
	learned       []time.Time   // the distinct instants at which something was recorded, or a law adopted
	notices       noticeLog     // that were sent before, and now
	sent          []Notice      // those that are sent now
	plans         map[int]*Plan // by how many of the instants had passed
	dues          map[duesKey]*duesThen
	back          *recordedReach // see reaches; nil until it is asked for
	backlogEvents *backlogLoads  // see loads; nil until it is asked for
	// reopened is what may have reopened duties, by the instants; nil until it is asked for.
	reopened []reopening
	// log is how each duty stood when, where that is known: of the timescales in logOf, or where that
	// is nil of all.
	log   dutyLog
	logOf map[string]bool
	// until is the instant up to which it may be worked out once too many folds were made; zero: never.
	until   time.Time
	folds   int // how many folds were made, of the case or of one timescale
	ladders map[ladderKey]cachedLadder
	parts   *partsThen // see partsAt; nil until it is asked for
}

func newLadderRun(b *Book, events []Event, sent []Notice) *ladderRun {
	return &ladderRun{
		book: b, events: events, learned: b.learnedAt(events), notices: newNoticeLog(sent),
		plans: map[int]*Plan{}, dues: map[duesKey]*duesThen{}, ladders: map[ladderKey]cachedLadder{},
	}
}

// recordedUpTo returns the distinct instants at which something was recorded.
func recordedUpTo(events []Event) []time.Time {
	list := make([]time.Time, 0, len(events))
	for i := range events {
		list = append(list, events[i].Recorded)
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// countLearned returns how many of the instants at which something was recorded had passed.
func (r *ladderRun) countLearned(t time.Time) int {
	n, exact := slices.BinarySearchFunc(r.learned, t, time.Time.Compare)
	if exact {
		n++
	}
	return n
}

// foldsApart is how many folds are made to find how things stood at single instants, before a log
// of all of them is made.
const foldsApart = 12

// logFor returns how the duties of a timescale stood when; nil if it is found by folds.
func (r *ladderRun) logFor(ref string) dutyLog {
	if r.log == nil && r.folds > foldsApart && !r.until.IsZero() {
		u := newIncrementalFold(r)
		u.only = map[string]bool{}
		for _, d := range r.planAt(r.until).open {
			u.only[d.Ref] = true
		}
		u.advance(r.until)
		r.log, r.logOf = u.log, u.only
		r.folds++
	}
	if r.logOf != nil && !r.logOf[ref] {
		return nil
	}
	return r.log
}

// keptPlans bounds the plans that are kept at one time.
const keptPlans = 16

// planAt returns the plan as of an instant with what was known then, by the law of then. Nothing
// is recorded before it happens, so between two recordings only a day can change a duty: the 18th birthday,
// the first of a window, and that from which a new edition holds.
func (r *ladderRun) planAt(t time.Time) *Plan {
	known := r.countLearned(t)
	kept := r.plans[known]
	if kept == nil || !kept.stable.includes(t) {
		if len(r.plans) >= keptPlans {
			clear(r.plans)
		}
		kept = r.book.inForce(t).FoldDuties(r.events, At(t))
		r.folds++
		r.plans[known] = kept
	}
	plan := *kept
	plan.AsOf, plan.KnownAt = t, t
	return &plan
}

// ladderKey is what a duty's ladder depends on.
type ladderKey struct {
	law          *Book // in force at the instant
	duty         string
	limit        *timescale.Limit
	started, due calendar.Date
	at           int64
}

// cachedLadder is a ladder that was worked out before.
type cachedLadder struct {
	steps      []step
	fromOrigin bool      // from its origin, which is known once its date has come
	at         time.Time // up to when it was worked out
	again      time.Time // when its duty was owed again; zero if it was not
}

// lastsBeyond reports whether the ladder goes on after an instant.
func (l cachedLadder) lastsBeyond(t time.Time) bool {
	return len(l.steps) > 0 && l.steps[len(l.steps)-1].at.After(t)
}

// stepsOf returns a duty's rungs, which stay as they are until its date has come.
func (r *ladderRun) stepsOf(d *Duty, t time.Time) []step {
	law := r.book.inForce(t)
	key := ladderKey{law: law, duty: d.ID, limit: d.Limit, started: d.Started.Day, due: d.Due, at: d.DueAt.UnixNano()}
	drifts := d.Limit == nil && d.WaitingFor == ""
	through := drifts || d.inHours() || !d.Due.IsZero() && t.After(morning(d.Due))
	kept, ok := r.ladders[key]
	if !ok || kept.fromOrigin != through || drifts && !kept.lastsBeyond(t) || through && len(r.mayReopen(d, kept.at, t)) > 0 {
		o := origin{}
		if through {
			o = r.originOf(d, t)
		}
		kept = cachedLadder{steps: law.steps(d, o, t), fromOrigin: through}
		if o.again {
			kept.again = o.known
		}
	}
	kept.at = t
	r.ladders[key] = kept
	if about := r.notices.about(d.ID); about != noNotices {
		about.startSpell(kept.again)
	}
	return kept.steps
}

// sendMorning sends what is due at a 09:00 of a working day: the rungs of limits in days, what
// has moved, and what is resolved.
func (r *ladderRun) sendMorning(plan *Plan, at time.Time) {
	for _, d := range plan.open {
		if hasLadder(d, at) && !d.inHours() {
			r.sendHighest(plan, d, at)
		}
	}
	r.sendAll(append(r.movedNow(plan, at), r.resolvedNow(plan, at, false)...), at)
}

// sendHours sends what is due at any instant: the rungs of limits in hours, and that they are
// resolved.
func (r *ladderRun) sendHours(plan *Plan, at time.Time) {
	for _, d := range plan.open {
		if hasLadder(d, at) && r.maySendAt(d, at) {
			r.sendHighest(plan, d, at)
		}
	}
	r.sendAll(r.resolvedNow(plan, at, true), at)
}

// maySendAt reports whether the rungs of a duty may go at an instant because its limit is in hours.
func (r *ladderRun) maySendAt(d *Duty, at time.Time) bool {
	return d.inHours() && (d.Rule.AnyHour || civilHour(at).Equal(at))
}

func (r *ladderRun) send(n Notice, at time.Time) {
	n.At = at
	r.notices.add(&n)
	r.sent = append(r.sent, n)
}

func (r *ladderRun) sendAll(list []Notice, at time.Time) {
	for _, n := range list {
		r.send(n, at)
	}
}

// climb is a duty's ladder and how far it was climbed.
type climb struct {
	duty    *Duty
	due     string
	sent    *dutyNotices
	steps   []step
	highest int // the place of the highest rung of this due date and spell that was sent; -1 if none was
}

func (r *ladderRun) climbOf(d *Duty, t time.Time) *climb {
	steps := r.stepsOf(d, t) // it finds whether a new spell has begun
	u := &climb{duty: d, due: d.DueText(), sent: r.notices.about(d.ID), steps: steps, highest: -1}
	for i := range u.steps {
		if u.sent.wasSent(u.steps[i].label, u.due, "") {
			u.highest = i
		}
	}
	return u
}

// lowest returns the place of the lowest rung that may still be to be sent, to a role that was
// not told it.
func (u *climb) lowest() int { return max(u.highest, 0) }

// rolesNotSent returns the roles of a step that were not told it: one step can go to two, one of which
// was held back, or told before a crash.
func (r *ladderRun) rolesNotSent(u *climb, s *step, now time.Time) []timescale.RungRole {
	return slices.DeleteFunc(slices.Clone(r.rolesOf(u.duty, s, now)), func(role timescale.RungRole) bool {
		return u.sent.wasSent(s.label, u.due, role.Role)
	})
}

// rolesOf returns the roles that a step of a duty tells, by who has which part in the case at the step's moment, as far as is known then, or
// now where that is to come: in place of a part that nobody has the worker, and with the worker the parts that the timescale reminds
// with them.
func (r *ladderRun) rolesOf(d *Duty, s *step, now time.Time) []timescale.RungRole {
	if len(d.Rule.Remind) == 0 && !slices.ContainsFunc(s.roles, toPart) {
		return s.roles
	}
	at := s.at
	if now.Before(at) {
		at = now
	}
	has := r.partsAt(at)
	nobody := func(role timescale.Role) bool { return len(has.In(role, d.Pathway)) == 0 }
	var list []timescale.RungRole
	add := func(role timescale.RungRole) {
		if !slices.ContainsFunc(list, func(o timescale.RungRole) bool { return o.Role == role.Role }) {
			list = append(list, role)
		}
	}
	for _, role := range s.roles {
		if toPart(role) && nobody(role.Role) {
			role.Role = timescale.Worker
		}
		add(role)
	}
	for _, part := range d.Rule.Remind {
		if s.kind == "" && slices.Contains(list, timescale.RungRole{Role: timescale.Worker}) && !nobody(part) {
			add(timescale.RungRole{Role: part})
		}
	}
	return list
}

func toPart(role timescale.RungRole) bool { return slices.Contains(timescale.Parts, role.Role) }

// partsThen is who had which part in a case when.
type partsThen struct {
	events []Event // of the entries that say so, in the order in which they were recorded
	known  map[int]Parts
}

// partsAt returns who has which part, as far as was known at an instant.
func (r *ladderRun) partsAt(t time.Time) Parts {
	if r.parts == nil {
		r.parts = &partsThen{events: eventsOfParts(r.events), known: map[int]Parts{}}
	}
	n := sort.Search(len(r.parts.events), func(i int) bool { return r.parts.events[i].Recorded.After(t) })
	has, ok := r.parts.known[n]
	if !ok {
		has = PartsOf(r.parts.events[:n])
		r.parts.known[n] = has
	}
	return has
}

// eventsOfParts returns the events of those entries of a case that say, or once said, who has a part in it, in the order in
// which they were recorded.
func eventsOfParts(events []Event) []Event {
	if !slices.ContainsFunc(events, func(e Event) bool { return namesPart(&e) }) {
		return nil
	}
	c := chainsOf(events)
	ofParts := map[int]bool{} // by the place of the entry's first event
	for i := range events {
		if namesPart(&events[i]) {
			ofParts[c.links[i].first] = true
		}
	}
	var list []Event
	for i := range events {
		if first := c.links[i].first; first >= 0 && ofParts[first] {
			list = append(list, events[i])
		}
	}
	slices.SortStableFunc(list, func(a, b Event) int { return a.Recorded.Compare(b.Recorded) })
	return list
}

// sendHighest sends a duty's highest rung that has come due and was neither sent nor passed.
func (r *ladderRun) sendHighest(plan *Plan, d *Duty, at time.Time) {
	u := r.climbOf(d, at)
	for i := len(u.steps) - 1; i >= u.lowest(); i-- {
		s := &u.steps[i]
		if s.at.After(at) {
			continue
		}
		roles := r.rolesToSend(plan, u, s, at)
		if len(roles) == 0 {
			continue
		}
		missed := r.missedOf(plan, u, u.steps[min(u.highest+1, i):i], at)
		for _, role := range roles {
			n := r.noticeOf(d, s, role)
			n.Missed = missed
			r.send(n, at)
		}
		return
	}
}

// rolesToSend returns the roles of a step that are still to be told it and that no acknowledgement
// holds it back from.
func (r *ladderRun) rolesToSend(plan *Plan, u *climb, s *step, at time.Time) []timescale.RungRole {
	return slices.DeleteFunc(r.rolesNotSent(u, s, at), func(role timescale.RungRole) bool {
		return r.afterHolds(plan, u.duty, s, role.Role, s.at).After(at) || s.kind != Reminder && plan.isHeld(u.duty.ID, role.Role, at)
	})
}

// missedOf returns the labels of the steps that were never sent at their time: neither in a
// spell before this one, nor held back by an acknowledgement.
func (r *ladderRun) missedOf(plan *Plan, u *climb, steps []step, at time.Time) []string {
	var labels []string
	for i := range steps {
		s := &steps[i]
		held := !slices.ContainsFunc(s.roles, func(role timescale.RungRole) bool {
			return r.afterHolds(plan, u.duty, s, role.Role, s.at).Equal(s.at)
		})
		if s.at.Before(at) && !held && !u.sent.everSent(s.label, u.due) {
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
		Rung: s.label, Role: role.Role, Kind: kind, Spell: r.notices.about(d.ID).spell,
	}
}

// movedNow tells each role that was told a date which has since moved the new one, once,
// unless a rung of the new date goes to it now.
func (r *ladderRun) movedNow(plan *Plan, at time.Time) []Notice {
	var list []Notice
	for _, d := range plan.open {
		list = append(list, r.movedOf(d, at)...)
	}
	return list
}

func (r *ladderRun) movedOf(d *Duty, at time.Time) []Notice {
	about := r.notices.about(d.ID)
	if about == noNotices || !hasLadder(d, at) {
		return nil
	}
	r.stepsOf(d, at) // it finds whether a new spell has begun
	var list []Notice
	due := d.DueText()
	for _, role := range timescale.Told {
		if last := about.lastDue(role, at); due == "" || last == "" || last == due || about.hasMoved(role, due) {
			continue
		}
		list = append(list, Notice{
			Case: d.Case, Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, Due: due,
			Role: role, Kind: Moved, Spell: about.spell,
		})
	}
	return list
}

// resolvedNow tells each role that got an escalation for a duty which is no longer owed so,
// once.
func (r *ladderRun) resolvedNow(plan *Plan, at time.Time, inHours bool) []Notice {
	var list []Notice
	for _, about := range r.notices.all {
		if len(about.escalated) > 0 && r.book.inHours(about.first.Ref) == inHours {
			list = append(list, r.resolvedOf(about, plan.Duty(about.first.Duty), at)...)
		}
	}
	return list
}

// resolvedOf returns the messages that take back the escalations of a duty; d is the duty as it is now,
// nil if it was undone.
func (r *ladderRun) resolvedOf(about *dutyNotices, d *Duty, at time.Time) []Notice {
	if len(about.escalated) == 0 || d != nil && (hasLadder(d, at) || d.paused()) {
		return nil
	}
	var list []Notice
	for _, role := range timescale.Roles {
		if last := about.escalated[role]; last != nil {
			list = append(list, resolvedNotice(last, d))
		}
	}
	return list
}

// resolvedNotice takes back an escalation. d is the duty as it is now; nil if it was undone.
func resolvedNotice(escalation *Notice, d *Duty) Notice {
	n := Notice{
		Case: escalation.Case, Duty: escalation.Duty, Ref: escalation.Ref, Pathway: escalation.Pathway,
		Due: escalation.Due, Role: escalation.Role, Kind: Resolved, Spell: escalation.Spell,
	}
	if d != nil {
		n.Due = d.DueText()
	}
	return n
}

// inHours reports whether a timescale of the book is limited in hours; a duty of it may be undone by now.
func (b *Book) inHours(ref string) bool {
	t := b.pack.Timescale(ref)
	return t != nil && t.InHours()
}
