package sample

import (
	"cmp"
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
