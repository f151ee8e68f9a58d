package sample

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"longstop/calendar"
	"longstop/casework"
)

// The case system, and what it pushes: what no return can tell.
const feedName = "case-system"

var feedReports = []string{
	"cp_visit.made", "core_group.held", "cin_visit.made", "cin_review.held", "pre_proceedings_review.held",
}

// fact is what the case system holds of a family, not yet of one child.
type fact struct {
	kind string
	moment
	seen bool // of a visit
}

// facts are what the case system holds of a family's plans, in order of the day.
func (fam *family) facts(f frame, d *dice) []fact {
	var list []fact
	for i := range fam.episodes {
		e := &fam.episodes[i]
		for _, p := range e.protection {
			list = append(list, protectionFacts(f, d, &fam.conduct, &p)...)
		}
		for _, p := range e.inNeed {
			list = append(list, supportFacts(f, d, &fam.conduct, p)...)
		}
		for _, p := range e.preCourt {
			for _, day := range p.reviews {
				list = append(list, fact{kind: "pre_proceedings_review.held", moment: f.onDay(d, day)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.day, b.day), a.at.Compare(b.at), cmp.Compare(a.kind, b.kind))
	})
	return list
}

func protectionFacts(f frame, d *dice, c *conduct, p *protectionPlan) []fact {
	var list []fact
	for _, v := range visits(f, d, protectionVisits, c.visits, p.start, p.end) {
		list = append(list, fact{"cp_visit.made", v.moment, v.seen})
	}
	for _, m := range meetings(f, d, coreGroups, c.coreGroups, firstCoreGroup(f, d, p.start), p.end) {
		list = append(list, fact{kind: "core_group.held", moment: m})
	}
	return list
}

func supportFacts(f frame, d *dice, c *conduct, p inNeedPlan) []fact {
	var list []fact
	for _, v := range visits(f, d, supportVisits, c.visits, p.start, p.end) {
		list = append(list, fact{"cin_visit.made", v.moment, v.seen})
	}
	first := supportReviews.after(f, d, c.reviews, p.start)
	for _, m := range meetings(f, d, supportReviews, c.reviews, first, p.end) {
		list = append(list, fact{kind: "cin_review.held", moment: m})
	}
	return list
}

// seenAlone: from four years a child is mostly spoken with alone.
const seenAloneFrom = 4

// event is a fact as an event of one child's case.
func (t *fact) event(d *dice, c *child) casework.Event {
	e := casework.Event{Case: c.id, Type: t.kind, At: casework.OnDay(t.day), Recorded: t.recorded}
	if !t.at.IsZero() {
		alone := t.seen && !c.birth.IsZero() && t.day >= c.birth.Birthday(seenAloneFrom) && d.chance(0.75)
		e.At = casework.AtInstant(t.at)
		e.Data = casework.Data{"seen": t.seen, "seen_alone": alone}
	}
	return e
}

// attached says that the case system reports on the child from a day on. It is known at the
// end of that day.
func attached(c *child, from calendar.Date) casework.Event {
	return casework.Event{
		Case: c.id, Type: "source.attached", At: casework.OnDay(from), Recorded: from.At(17, 0),
		Data: casework.Data{"name": feedName, "reports": feedReports, "from": from.String()},
	}
}

// WriteEvents writes what the case system would push up to the day of the return, one JSON
// object a line: for each child which source reports on it, who holds the case, and the
// visits and meetings of its plans. The case is the child's id in the return, so both must
// be recorded under one source name. The error is the writer's.
func (s *Sample) WriteEvents(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	allocator := newAllocator(s.f, &s.teams)
	lines := 0
	for fam := range s.families() {
		d := newDice(s.seed, fam.number, streamFeed)
		allocations, facts := allocator.allocate(d, fam), fam.facts(s.f, d)
		for i := range fam.children {
			events := childEvents(d, &fam.children[i], fam.episodes[0].referral, allocations, facts)
			for _, e := range events {
				lines++
				// The id says nothing of the child: ids are logged.
				e.ID = fmt.Sprintf("feed-%s-%06d", s.f.day, lines)
				if err := writeLine(buffered, e); err != nil {
					return err
				}
			}
		}
	}
	return buffered.Flush()
}

// childEvents are those of one child, in order of the day.
func childEvents(d *dice, c *child, from calendar.Date, allocations []allocation, facts []fact) []casework.Event {
	events := []casework.Event{attached(c, from)}
	for _, l := range allocations {
		events = append(events, l.event(c))
	}
	for i := range facts {
		events = append(events, facts[i].event(d, c))
	}
	slices.SortStableFunc(events, func(a, b casework.Event) int {
		return cmp.Or(cmp.Compare(a.At.Day, b.At.Day), a.At.Start().Compare(b.At.Start()))
	})
	return events
}

// WritePeople writes the staff and their teams, one JSON object a line. The error is the
// writer's.
func (s *Sample) WritePeople(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	for _, e := range s.teams.events() {
		if err := writeLine(buffered, e); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func writeLine(w *bufio.Writer, e casework.Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("sample: event %s: %w", e.ID, err)
	}
	if _, err := w.Write(line); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

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

// colleague is another worker of the team, or nil.
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
