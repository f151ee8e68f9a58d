package sample

import (
	"longstop/calendar"
	"longstop/casework"
)

// allocator deals families to workers, in the order in which they come. A family stays with
// one worker, or changes once.
type allocator struct {
	f     frame
	teams *teams
	held  []int // children held, by the place of the person
}

func newAllocator(f frame, t *teams) *allocator {
	return &allocator{f: f, teams: t, held: make([]int, len(t.people))}
}

// allocation says who holds a family from a day on.
type allocation struct {
	day    calendar.Date
	person *person
}

// The share of families that begin with another worker than they have now.
const (
	beganWithLeaver    = 0.2 // of those referred while the team's leaver was there
	beganWithColleague = 0.12
)

// allocate deals one family: at the referral or some days after, and to another worker
// later for some.
func (a *allocator) allocate(d *dice, fam *family) []allocation {
	t, place := a.choose(fam)
	a.held[place] += len(fam.children)
	now := &a.teams.people[place]
	day := min(a.f.wd(fam.episodes[0].referral, d.between(0, 3)), a.f.ref)
	if fam.conduct.holder != anyone {
		return []allocation{{day, now}}
	}
	if before := a.leaver(t); before != nil && day < before.left && d.chance(beganWithLeaver) {
		return []allocation{{day, before}, {min(a.f.wd(before.left, d.between(0, 4)), a.f.ref), now}}
	}
	changed := a.f.wd(day, d.between(15, 70))
	if before := a.colleague(d, t, place); before != nil && changed < a.f.ref && d.chance(beganWithColleague) {
		return []allocation{{day, before}, {changed, now}}
	}
	return []allocation{{day, now}}
}

// choose finds the team and worker for a family: the one whose situation it is, or the
// worker who holds the fewest children.
func (a *allocator) choose(fam *family) (*team, int) {
	first := &a.teams.teams[0]
	switch fam.conduct.holder {
	case whoLeft:
		return first, first.left
	case whoIsAway:
		return first, first.away
	case anyone:
	}
	t, best := first, first.workers[0]
	for i := range a.teams.teams {
		for _, place := range a.teams.teams[i].workers {
			if a.held[place] < a.held[best] {
				t, best = &a.teams.teams[i], place
			}
		}
	}
	return t, best
}

// leaver is the worker who has left the team, or nil.
func (a *allocator) leaver(t *team) *person {
	if t.left < 0 {
		return nil
	}
	return &a.teams.people[t.left]
}

// colleague is another worker of the team, or nil where there is none.
func (a *allocator) colleague(d *dice, t *team, than int) *person {
	if place := t.workers[d.between(0, len(t.workers)-1)]; place != than {
		return &a.teams.people[place]
	}
	return nil
}

func (l allocation) event(c *child) casework.Event {
	return casework.Event{
		Case: c.id, Type: "worker.allocated", At: casework.OnDay(l.day), Recorded: l.day.At(17, 15),
		Data: casework.Data{"worker": l.person.id, "team": l.person.team},
	}
}
