package casework

import (
	"container/heap"
	"slices"
	"time"

	"longstop/calendar"
)

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
