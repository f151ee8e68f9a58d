package casework

import (
	"cmp"
	"container/heap"
	"slices"
	"strconv"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Notice is one rung of one duty to one role.
type Notice struct {
	At      time.Time // the moment for which it was chosen
	Case    string
	Duty    string
	Ref     string
	Pathway string
	Due     string // the due date or instant that it speaks of, as Duty.DueText; "" if there is none
	Rung    string // "-10wd", "0", "50%", "9m", "waiting"; "" for resolved and moved
	Role    timescale.Role
	Kind    Kind
	Spell   int      // 1, and one more each time the duty is opened again after it was resolved
	Missed  []string // the rungs before it that were never sent, which it makes up for
}

// Kind is what a notice is for.
type Kind string

// The kinds of notice.
const (
	Reminder   Kind = "reminder"
	Escalation Kind = "escalation"
	Resolved   Kind = "resolved"
	Moved      Kind = "moved"
	Drift      Kind = "drift"
)

// Kinds lists the kinds of notice.
var Kinds = []Kind{Reminder, Escalation, Resolved, Moved, Drift}

// Key names the notice within its case: duty, due date, rung, role, kind and spell.
func (n Notice) Key() string {
	return strings.Join([]string{n.Duty, n.Due, n.Rung, string(n.Role), string(n.Kind), strconv.Itoa(n.Spell)}, "|")
}

// NoticeRow is a notice as commands show it (commands.md, "notices").
type NoticeRow struct {
	At   string
	Case string
	Ref  string
	Due  string
	Rung string
	Role timescale.Role
	Kind Kind
}

// Row returns the notice as commands show it.
func (n Notice) Row() NoticeRow {
	return NoticeRow{
		At: n.At.UTC().Format(time.RFC3339), Case: n.Case, Ref: n.Ref, Due: n.Due, Rung: n.Rung, Role: n.Role, Kind: n.Kind,
	}
}

// SortNotices orders notices by moment, case and ref, then duty and role.
func SortNotices(list []Notice) {
	slices.SortStableFunc(list, func(a, b Notice) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Ref, b.Ref),
			cmp.Compare(a.Duty, b.Duty), cmp.Compare(slices.Index(timescale.Told, a.Role), slices.Index(timescale.Told, b.Role)))
	})
}

// noticeLog is the notices that were sent in a case.
type noticeLog struct {
	byDuty map[string]*dutyNotices
	all    []*dutyNotices // in the order in which each duty was first spoken of
}

// dutyNotices is the notices that were sent about one duty.
type dutyNotices struct {
	first   *Notice
	spell   int // that the duty is in, if it is open: one more than the times that it was resolved or owed again
	reached int // the latest spell that the notices show
	// escalated is the last escalation that each role got, if it was not told since that
	// the duty is resolved.
	escalated map[timescale.Role]*Notice
	toRole    map[timescale.Role][]*Notice // in order
	rungs     map[sentRung]bool
	dues      map[namedDue]bool
}

// sentRung is a rung of a due date that was sent, in a spell and to a role; in any spell where that
// is 0, and to any role where that is "". The news that a date moved is the rung movedRung.
type sentRung struct {
	rung, due string
	spell     int
	role      timescale.Role
}

// movedRung stands for the news that a date moved, which is not a rung of any ladder.
const movedRung = "\x00moved"

// namedDue is a due date that was spoken of at an instant, in nanoseconds.
type namedDue struct {
	due string
	at  int64
}

func newNoticeLog(notices []Notice) noticeLog {
	s := noticeLog{byDuty: make(map[string]*dutyNotices, len(notices))}
	for i := range notices {
		s.add(&notices[i])
	}
	return s
}

func (s *noticeLog) add(n *Notice) {
	of := s.byDuty[n.Duty]
	if of == nil {
		of = &dutyNotices{
			first: n, spell: 1, reached: 1, toRole: map[timescale.Role][]*Notice{}, escalated: map[timescale.Role]*Notice{},
			rungs: map[sentRung]bool{}, dues: map[namedDue]bool{},
		}
		s.byDuty[n.Duty] = of
		s.all = append(s.all, of)
	}
	of.add(n)
}

func (s *dutyNotices) add(n *Notice) {
	s.toRole[n.Role] = append(s.toRole[n.Role], n)
	s.dues[namedDue{n.Due, n.At.UnixNano()}] = true
	rung := n.Rung
	if n.Kind == Moved {
		rung = movedRung
	}
	s.rungs[sentRung{rung, n.Due, n.Spell, n.Role}] = true
	s.rungs[sentRung{rung, n.Due, n.Spell, ""}] = true
	s.rungs[sentRung{rung, n.Due, 0, ""}] = true
	s.reached = max(s.reached, n.Spell)
	switch n.Kind {
	case Resolved:
		s.reached = max(s.reached, n.Spell+1)
		delete(s.escalated, n.Role)
	case Escalation:
		s.escalated[n.Role] = n
	case Reminder, Moved, Drift: // nothing is taken back of these
	}
	s.spell = max(s.spell, s.reached)
}

// startSpell sets the spell that the duty is in, which was owed again at an instant; zero if it was
// not. What was sent before then belongs to the spells before.
func (s *dutyNotices) startSpell(again time.Time) {
	s.spell = s.reached
	if again.IsZero() {
		return
	}
	for _, list := range s.toRole {
		for _, n := range list {
			if n.At.Before(again) {
				s.spell = max(s.spell, n.Spell+1)
			}
		}
	}
}

// noNotices is the notices about a duty that nobody was told about.
var noNotices = &dutyNotices{spell: 1}

// about returns the notices that were sent about a duty.
func (s *noticeLog) about(duty string) *dutyNotices {
	if of := s.byDuty[duty]; of != nil {
		return of
	}
	return noNotices
}

// wasSent reports whether a rung of a due date was sent in the present spell to a role; to any
// where it is "".
func (s *dutyNotices) wasSent(rung, due string, role timescale.Role) bool {
	return s.rungs[sentRung{rung, due, s.spell, role}]
}

// everSent reports whether a rung of a due date was sent, in whichever spell.
func (s *dutyNotices) everSent(rung, due string) bool { return s.rungs[sentRung{rung: rung, due: due}] }

// namedAt reports whether a due date was spoken of at an instant.
func (s *dutyNotices) namedAt(t time.Time, due string) bool {
	return s.dues[namedDue{due, t.UnixNano()}]
}

// instantsNaming returns the instants at which a due date was spoken of.
func (s *dutyNotices) instantsNaming(due string) []time.Time {
	var list []time.Time
	for _, notices := range s.toRole {
		for _, n := range notices {
			if n.Due == due {
				list = append(list, n.At)
			}
		}
	}
	return list
}

// hasMoved reports whether a role was told in the present spell that the date moved to this one.
func (s *dutyNotices) hasMoved(role timescale.Role, due string) bool {
	return s.rungs[sentRung{movedRung, due, s.spell, role}]
}

// lastDue returns the due date that a role had last been told of at an instant; "" if it had
// been told none, or since then that the duty is resolved.
func (s *dutyNotices) lastDue(role timescale.Role, at time.Time) string {
	for _, n := range slices.Backward(s.toRole[role]) {
		switch {
		case n.At.After(at):
		case n.Kind == Resolved:
			return ""
		case n.Due != "":
			return n.Due
		}
	}
	return ""
}

// Notices works out what is sent about one case between two London dates, both included,
// given its accepted events and when each was recorded. What was sent before is worked out
// from the whole record.
func (b *Book) Notices(events []Event, from, to calendar.Date) []Notice {
	r := newLadderRun(b, events, nil)
	u := newIncrementalFold(r)
	r.log = u.log
	r.play(u, to.End())
	list := slices.DeleteFunc(r.sent, func(n Notice) bool { return calendar.DateOf(n.At) < from })
	SortNotices(list)
	return list
}

// play sends what is due up to an instant. A duty is looked at when it or what was promised about
// it changes, and when it said that it wants to be.
func (r *ladderRun) play(u *incrementalFold, end time.Time) {
	looks := schedule{at: map[string]time.Time{}}
	for {
		t := looks.next()
		if next := u.next(); t.IsZero() || !next.IsZero() && next.Before(t) {
			t = next
		}
		if t.IsZero() || t.After(end) {
			return
		}
		plan, changed := u.advance(t)
		for _, id := range changed {
			looks.set(id, t)
		}
		for _, id := range looks.due(t) {
			if at := r.sendDue(plan, id, t); !at.IsZero() {
				looks.set(id, at)
			}
		}
	}
}

// sendDue returns what is due of one duty, which may be undone by now, and returns when to look at it
// next; zero if that is only once it changes.
func (r *ladderRun) sendDue(plan *Plan, id string, at time.Time) time.Time {
	if plan.TooMany { // what is left out may be met, or owed
		return time.Time{}
	}
	d := plan.Duty(id)
	if r.book.lastMorning(at).Equal(at) {
		r.sendMorningOf(plan, id, d, at)
	}
	if d != nil && hasLadder(d, at) && r.maySendAt(d, at) {
		r.sendHighest(plan, d, at)
	}
	if about := r.notices.about(id); about != noNotices && r.book.inForce(at).inHours(about.first.Ref) {
		r.sendAll(r.resolvedOf(about, d, at), at)
	}
	return r.nextMoment(plan, id, d, at)
}

// sendMorningOf sends for one duty what sendMorning sends for all.
func (r *ladderRun) sendMorningOf(plan *Plan, id string, d *Duty, at time.Time) {
	var list []Notice
	if d != nil {
		if hasLadder(d, at) && !d.inHours() {
			r.sendHighest(plan, d, at)
		}
		list = r.movedOf(d, at)
	}
	if about := r.notices.about(id); about != noNotices && !r.book.inForce(at).inHours(about.first.Ref) {
		list = append(list, r.resolvedOf(about, d, at)...)
	}
	r.sendAll(list, at)
}

func (r *ladderRun) nextMoment(plan *Plan, id string, d *Duty, now time.Time) time.Time {
	w := wakes{}
	var pending []Notice
	if d != nil {
		r.dutyWakes(w, plan, d, now)
		pending = r.movedOf(d, now)
	}
	if about := r.notices.about(id); about != noNotices {
		pending = append(pending, r.resolvedOf(about, d, now)...)
	}
	for _, n := range pending {
		w.add(n.Pathway, now, r.noticeWake(n, now))
	}
	return w.first()
}

// schedule is when duties are to be looked at next, by their ids.
type schedule struct {
	at    map[string]time.Time
	queue scheduleQueue // may hold what was put off since
}

func (l *schedule) set(id string, at time.Time) {
	if old, ok := l.at[id]; !ok || !old.Equal(at) {
		l.at[id] = at
		heap.Push(&l.queue, scheduled{at, id})
	}
}

// next returns the earliest instant of all; zero if there is none.
func (l *schedule) next() time.Time {
	for len(l.queue) > 0 {
		first := l.queue[0]
		if at, ok := l.at[first.id]; ok && at.Equal(first.at) {
			return first.at
		}
		heap.Pop(&l.queue)
	}
	return time.Time{}
}

// due takes out what is to be looked at by an instant.
func (l *schedule) due(t time.Time) []string {
	var ids []string
	for next := l.next(); !next.IsZero() && !next.After(t); next = l.next() {
		id := l.queue[0].id
		heap.Pop(&l.queue)
		delete(l.at, id)
		ids = append(ids, id)
	}
	return ids
}

type scheduled struct {
	at time.Time
	id string
}

// scheduleQueue is a heap of them, the earliest on top.
type scheduleQueue []scheduled

func (q scheduleQueue) Len() int           { return len(q) }
func (q scheduleQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q scheduleQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push is heap's.
func (q *scheduleQueue) Push(x any) { *q = append(*q, x.(scheduled)) } //nolint:forcetypeassert // heap hands over what was pushed

// Pop returns heap's.
func (q *scheduleQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
