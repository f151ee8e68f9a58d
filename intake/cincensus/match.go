package cincensus

import (
	"cmp"
	"slices"

	"longstop/calendar"
)

// matcher pairs what a return says with what the record holds, within one episode: by
// element and date, then by order within the period (census.md, "Loading again").
type matcher struct {
	facts  []*fact
	held   []*entry
	pairs  []*entry // parallel to facts
	used   []bool   // parallel to held
	period Period
	anyDay bool     // by order outside the period too
	said   *episode // says of which elements rows were refused; nil where the return tells of none
	beside map[string]*entry
}

// match gives for each fact the entry that it is, or nil, and the entries that are left.
func (d *differ) match(facts []*fact, held []*entry, said *episode, anyDay bool) (pairs, left []*entry) {
	held = slices.Clone(held)
	slices.SortStableFunc(held, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.said.At.Day, b.said.At.Day), cmp.Compare(a.id, b.id))
	})
	m := &matcher{
		facts: facts, held: held, pairs: make([]*entry, len(facts)), used: make([]bool, len(held)),
		period: d.Period, anyDay: anyDay, said: said, beside: d.record.beside,
	}
	for _, gone := range []bool{false, true} {
		// Those first of which most could be read.
		for unread := range maxUnread + 1 {
			m.pass(func(f *fact, e *entry) bool {
				return e.gone == gone && f.unreadParts() == unread && f.asHeld(e).says(e.said) && m.likeBeside(f, e)
			})
		}
		m.pass(func(f *fact, e *entry) bool { return e.gone == gone && f.asHeld(e).says(e.said) })
		m.pass(func(f *fact, e *entry) bool { return e.gone == gone && f.day == e.said.At.Day })
		if gone {
			break
		}
		// A person may have corrected the record before the return was.
		m.pass(func(f *fact, e *entry) bool { return !e.gone && f.day == e.stands.At.Day })
		m.pass(func(f *fact, e *entry) bool {
			return !e.gone && !m.refused(f.element) && m.within(f.day) && m.within(e.said.At.Day)
		})
	}
	if !d.onlyAdds {
		m.oldStarts()
	}
	for i, e := range m.held {
		if !m.used[i] && !e.gone {
			left = append(left, e)
		}
	}
	return m.pairs, left
}

// unreadParts is how much of a fact could not be read: of several rows of one day those that could
// be read find their own first, and the others are what is left.
func (f *fact) unreadParts() int {
	if f.besideUnread {
		return len(f.unread) + 1
	}
	return len(f.unread)
}

// likeBeside says whether what is inferred beside a fact is what was inferred beside the
// entry: it tells rows of one day apart.
func (m *matcher) likeBeside(f *fact, e *entry) bool {
	beside := m.beside[e.root.family]
	if f.besideUnread {
		return true
	}
	if f.beside == nil {
		return beside == nil || beside.gone
	}
	return beside != nil && beside.gone == e.gone && words(saidData(beside.said)) == words(f.beside.data)
}

// refused reports whether rows of an element were refused: then nobody knows which of the
// others was which, so that none is known by its order.
func (m *matcher) refused(element string) bool { return m.said != nil && m.said.refused[element] }

func (m *matcher) within(d calendar.Date) bool { return m.anyDay || m.period.Holds(d) }

// pass pairs what is not paired yet, both sides in order.
func (m *matcher) pass(fits func(*fact, *entry) bool) {
	for i, f := range m.facts {
		if m.pairs[i] != nil {
			continue
		}
		for j, e := range m.held {
			if !m.used[j] && e.element() == f.element && fits(f, e) {
				m.pairs[i], m.used[j] = e, true
				break
			}
		}
	}
}

// endOf is the element that ends what another starts.
var endOf = map[string]string{
	elAssessmentStart: elAssessmentEnd,
	elCINPlanStart:    elCINPlanEnd,
	elEnquiry:         elConference,
	elPlanStart:       elPlanEnd,
	elPPStart:         elStep,
}

// oldStarts pairs, by their order, starts of before the period of what still goes on in it: a
// return holds them all, so that one whose date is corrected must not become two. Where there
// are more of one side than of the other nobody knows which is which.
func (m *matcher) oldStarts() {
	for start := range endOf {
		if m.refused(start) {
			continue
		}
		var said, held []int
		for i, f := range m.facts {
			if m.pairs[i] == nil && f.element == start && f.day < m.period.From {
				said = append(said, i)
			}
		}
		for j, e := range m.held {
			if !m.used[j] && !e.voided && e.element() == start && goesOn(e, m.held, m.beside, m.period) {
				held = append(held, j)
			}
		}
		if len(said) != len(held) {
			continue
		}
		for n, i := range said {
			m.pairs[i], m.used[held[n]] = m.held[held[n]], true
		}
	}
}

// goesOn reports whether what an entry of before a period starts had not ended when the period
// began, by what the record holds of its episode.
func goesOn(e *entry, held []*entry, besides map[string]*entry, period Period) bool {
	day := e.said.At.Day
	if day >= period.From {
		return false
	}
	if beside := besides[e.root.family]; beside != nil && !beside.voided && beside.said.Type == typeNotRequired {
		return false
	}
	return !slices.ContainsFunc(held, func(end *entry) bool {
		on := end.stands.At.Day
		return end.element() == endOf[e.element()] && !end.voided && day <= on && on < period.From
	})
}

// restarts reports whether a fact is the start of an entry on another day, both before the
// period.
func (d *differ) restarts(f *fact, e *entry) bool {
	return endOf[f.element] != "" && f.day != e.said.At.Day && f.day < d.Period.From && e.said.At.Day < d.Period.From
}
