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
	Due     string // the due date or instant that it speaks of, as Duty.DueText; "" where there is none
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

// Key names the notice within its case: duty, due date, rung, role, kind and spell.
func (n Notice) Key() string {
	return strings.Join([]string{n.Duty, n.Due, n.Rung, string(n.Role), string(n.Kind), strconv.Itoa(n.Spell)}, "|")
}

// NoticeRow is a notice as commands show it (commands.md, "notices").
type NoticeRow struct {
	At   string         `json:"at"`
	Case string         `json:"case"`
	Ref  string         `json:"ref"`
	Due  string         `json:"due,omitempty"`
	Rung string         `json:"rung,omitempty"`
	Role timescale.Role `json:"role"`
	Kind Kind           `json:"kind"`
}

// Row is the notice as commands show it.
func (n Notice) Row() NoticeRow {
	return NoticeRow{
		At: n.At.UTC().Format(time.RFC3339), Case: n.Case, Ref: n.Ref, Due: n.Due, Rung: n.Rung, Role: n.Role, Kind: n.Kind,
	}
}

// SortNotices orders notices by moment, case and ref, then duty and role.
func SortNotices(list []Notice) {
	slices.SortStableFunc(list, func(a, b Notice) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Ref, b.Ref),
			cmp.Compare(a.Duty, b.Duty), cmp.Compare(slices.Index(timescale.Roles, a.Role), slices.Index(timescale.Roles, b.Role)))
	})
}

// said is what was said in a case.
type said struct {
	byDuty map[string]*saidOfDuty
	all    []*saidOfDuty // in the order in which each duty was first spoken of
}

// saidOfDuty is what was said about one duty.
type saidOfDuty struct {
	first   *Notice
	spell   int // that the duty is in, if it is open: one more than the times that it was resolved or owed again
	reached int // the spell that what was said shows
	// escalated is the last escalation that each role got, if it was not told since that
	// the duty is resolved.
	escalated map[timescale.Role]*Notice
	toRole    map[timescale.Role][]*Notice // in order
	rungs     map[saidRung]bool
	dues      map[saidDue]bool
}

// saidRung is a rung of a due date that was sent, in a spell and to a role; in any spell where that
// is 0, and to any role where that is "". The news that a date moved is the rung movedRung.
type saidRung struct {
	rung, due string
	spell     int
	role      timescale.Role
}

// movedRung stands for the news that a date moved, which is no rung.
const movedRung = "\x00moved"

// saidDue is a due date that was spoken of at an instant, in nanoseconds.
type saidDue struct {
	due string
	at  int64
}

func tell(notices []Notice) said {
	s := said{byDuty: make(map[string]*saidOfDuty, len(notices))}
	for i := range notices {
		s.add(&notices[i])
	}
	return s
}

func (s *said) add(n *Notice) {
	of := s.byDuty[n.Duty]
	if of == nil {
		of = &saidOfDuty{
			first: n, spell: 1, reached: 1, toRole: map[timescale.Role][]*Notice{}, escalated: map[timescale.Role]*Notice{},
			rungs: map[saidRung]bool{}, dues: map[saidDue]bool{},
		}
		s.byDuty[n.Duty] = of
		s.all = append(s.all, of)
	}
	of.add(n)
}

func (s *saidOfDuty) add(n *Notice) {
	s.toRole[n.Role] = append(s.toRole[n.Role], n)
	s.dues[saidDue{n.Due, n.At.UnixNano()}] = true
	rung := n.Rung
	if n.Kind == Moved {
		rung = movedRung
	}
	s.rungs[saidRung{rung, n.Due, n.Spell, n.Role}] = true
	s.rungs[saidRung{rung, n.Due, n.Spell, ""}] = true
	s.rungs[saidRung{rung, n.Due, 0, ""}] = true
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

// since sets the spell that the duty is in, which was owed again at an instant; zero where it was
// not. What was said before then belongs to the spells before.
func (s *saidOfDuty) since(again time.Time) {
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

// nothing is what was said about a duty that nobody has spoken of.
var nothing = &saidOfDuty{spell: 1}

// of is what was said about a duty.
func (s *said) of(duty string) *saidOfDuty {
	if of := s.byDuty[duty]; of != nil {
		return of
	}
	return nothing
}

// wasTold says whether a rung of a due date was sent in the present spell to a role; to any
// where it is "".
func (s *saidOfDuty) wasTold(rung, due string, role timescale.Role) bool {
	return s.rungs[saidRung{rung, due, s.spell, role}]
}

// sent says whether a rung of a due date was sent, in whichever spell.
func (s *saidOfDuty) sent(rung, due string) bool { return s.rungs[saidRung{rung: rung, due: due}] }

// saidAt says whether a due date was spoken of at an instant.
func (s *saidOfDuty) saidAt(t time.Time, due string) bool { return s.dues[saidDue{due, t.UnixNano()}] }

// saidOf are the instants at which a due date was spoken of.
func (s *saidOfDuty) saidOf(due string) []time.Time {
	var list []time.Time
	for _, told := range s.toRole {
		for _, n := range told {
			if n.Due == due {
				list = append(list, n.At)
			}
		}
	}
	return list
}

// hasMoved says whether a role was told in the present spell that the date moved to this one.
func (s *saidOfDuty) hasMoved(role timescale.Role, due string) bool {
	return s.rungs[saidRung{movedRung, due, s.spell, role}]
}

// lastDue is the due date that a role had last been told of at an instant; "" where it had
// been told none, or since then that the duty is resolved.
func (s *saidOfDuty) lastDue(role timescale.Role, at time.Time) string {
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
	u := newUnfolding(r)
	r.log = u.log
	r.play(u, to.End())
	list := slices.DeleteFunc(r.sent, func(n Notice) bool { return calendar.DateOf(n.At) < from })
	SortNotices(list)
	return list
}

// play says what is due up to an instant. A duty is looked at when it or what was promised about
// it changes, and when it said that it wants to be.
func (r *ladderRun) play(u *unfolding, end time.Time) {
	looks := looks{at: map[string]time.Time{}}
	for {
		t := looks.next()
		if next := u.next(); t.IsZero() || !next.IsZero() && next.Before(t) {
			t = next
		}
		if t.IsZero() || t.After(end) {
			return
		}
		plan, changed := u.to(t)
		for _, id := range changed {
			looks.set(id, t)
		}
		for _, id := range looks.due(t) {
			if at := r.look(plan, id, t); !at.IsZero() {
				looks.set(id, at)
			}
		}
	}
}

// look says what is due of one duty, which may be undone by now, and returns when to look at it
// next; zero where that is only once it changes.
func (r *ladderRun) look(plan *Plan, id string, at time.Time) time.Time {
	if plan.TooMany { // what is left out may be met, or owed
		return time.Time{}
	}
	d := plan.Duty(id)
	if r.book.lastMorning(at).Equal(at) {
		r.morning(plan, id, d, at)
	}
	if d != nil && rings(d, at) && r.ringsAtHour(d, at) {
		r.ring(plan, d, at)
	}
	if told := r.told.of(id); told != nothing && r.book.inForce(at).inHours(told.first.Ref) {
		r.sayAll(r.resolvedOf(told, d, at), at)
	}
	return r.nextLook(plan, id, d, at)
}

// morning says of one duty what mornings says of all.
func (r *ladderRun) morning(plan *Plan, id string, d *Duty, at time.Time) {
	var list []Notice
	if d != nil {
		if rings(d, at) && !d.inHours() {
			r.ring(plan, d, at)
		}
		list = r.movedOf(d, at)
	}
	if told := r.told.of(id); told != nothing && !r.book.inForce(at).inHours(told.first.Ref) {
		list = append(list, r.resolvedOf(told, d, at)...)
	}
	r.sayAll(list, at)
}

func (r *ladderRun) nextLook(plan *Plan, id string, d *Duty, now time.Time) time.Time {
	w := wakes{}
	var pending []Notice
	if d != nil {
		r.dutyWakes(w, plan, d, now)
		pending = r.movedOf(d, now)
	}
	if told := r.told.of(id); told != nothing {
		pending = append(pending, r.resolvedOf(told, d, now)...)
	}
	for _, n := range pending {
		w.add(n.Pathway, now, r.tellWake(n, now))
	}
	return w.first()
}

// looks is when duties are to be looked at next, by their ids.
type looks struct {
	at    map[string]time.Time
	queue lookQueue // may hold what was put off since
}

func (l *looks) set(id string, at time.Time) {
	if old, ok := l.at[id]; !ok || !old.Equal(at) {
		l.at[id] = at
		heap.Push(&l.queue, lookAt{at, id})
	}
}

// next is the earliest instant of all; zero where there is none.
func (l *looks) next() time.Time {
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
func (l *looks) due(t time.Time) []string {
	var ids []string
	for next := l.next(); !next.IsZero() && !next.After(t); next = l.next() {
		id := l.queue[0].id
		heap.Pop(&l.queue)
		delete(l.at, id)
		ids = append(ids, id)
	}
	return ids
}

type lookAt struct {
	at time.Time
	id string
}

// lookQueue is a heap of them, the earliest on top.
type lookQueue []lookAt

func (q lookQueue) Len() int           { return len(q) }
func (q lookQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q lookQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push is heap's.
func (q *lookQueue) Push(x any) { *q = append(*q, x.(lookAt)) } //nolint:forcetypeassert // heap hands over what was pushed

// Pop is heap's.
func (q *lookQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
