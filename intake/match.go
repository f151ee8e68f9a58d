package intake

import (
	"cmp"
	"slices"

	"longstop/calendar"
)

// matcher pairs what a return says with what the record holds, within one episode: by element and
// date, then by order within the period (census.md, "Loading again").
type matcher struct {
	facts   []*Fact
	held    []*Entry
	pairs   []*Entry // parallel to facts
	used    []bool   // parallel to held
	period  Period
	anyDay  bool // by order outside the period too
	refused RefusedRows
	record  *Record
}

// match returns for each fact of a group the entry that it is, or nil, and the entries that are left.
func (c *Comparison) match(g *Group) (pairs, left []*Entry) {
	held := slices.Clone(g.Held)
	slices.SortStableFunc(held, func(a, b *Entry) int {
		return cmp.Or(cmp.Compare(a.Stated.At.Day, b.Stated.At.Day), cmp.Compare(a.id, b.id))
	})
	m := &matcher{
		facts: g.Facts, held: held, pairs: make([]*Entry, len(g.Facts)), used: make([]bool, len(held)),
		period: c.Period, anyDay: g.AnyDay, refused: g.Refused, record: c.record,
	}
	m.byDay()
	if !c.onlyAdds {
		m.oldStarts()
	}
	for i, e := range m.held {
		if !m.used[i] && !e.Gone {
			left = append(left, e)
		}
	}
	return m.pairs, left
}

// byDay pairs rows of one day, and what is left of an element by its order within the period; rows
// that went come back where none that stands is left.
func (m *matcher) byDay() {
	most := 0
	for _, f := range m.facts {
		most = max(most, f.unreadParts())
	}
	for _, gone := range []bool{false, true} {
		// Those first of which most could be read.
		for unread := range most + 1 {
			m.pass(func(f *Fact, e *Entry) bool {
				return e.Gone == gone && f.unreadParts() == unread && f.asHeld(e).says(e.Stated) && m.likeInferred(f, e)
			})
		}
		m.pass(func(f *Fact, e *Entry) bool { return e.Gone == gone && f.asHeld(e).says(e.Stated) })
		m.pass(func(f *Fact, e *Entry) bool { return e.Gone == gone && f.Day == e.Stated.At.Day })
		if gone {
			return
		}
		// A person may have corrected the record before the return was.
		m.pass(func(f *Fact, e *Entry) bool { return !e.Gone && f.Day == e.Current.At.Day })
		m.pass(func(f *Fact, e *Entry) bool {
			return !e.Gone && !m.refused.Has(f.Element) && m.within(f.Day) && m.within(e.Stated.At.Day)
		})
	}
}

// likeInferred reports whether what is inferred from a fact is what was inferred from the entry: it
// tells rows of one day apart.
func (m *matcher) likeInferred(f *Fact, e *Entry) bool {
	inferred := m.record.InferredFrom(e)
	if f.InferredUnread {
		return true
	}
	if f.Inferred == nil {
		return inferred == nil || inferred.Gone
	}
	return inferred != nil && inferred.Gone == e.Gone && words(StatedData(inferred.Stated)) == words(f.Inferred.Data)
}

func (m *matcher) within(d calendar.Date) bool { return m.anyDay || m.period.Holds(d) }

// pass pairs what is not paired yet, both sides in order.
func (m *matcher) pass(fits func(*Fact, *Entry) bool) {
	for i, f := range m.facts {
		if m.pairs[i] != nil {
			continue
		}
		for j, e := range m.held {
			if !m.used[j] && e.Element() == f.Element && fits(f, e) {
				m.pairs[i], m.used[j] = e, true
				break
			}
		}
	}
}

// oldStarts pairs, by their order, starts of before the period of what still goes on in it: a return
// holds them all, so that one whose date is corrected must not become two. Where there are more of one
// side than of the other nobody knows which is which.
func (m *matcher) oldStarts() {
	for start := range m.record.layout.Ends {
		if m.refused.Has(start) {
			continue
		}
		var said, held []int
		for i, f := range m.facts {
			if m.pairs[i] == nil && f.Element == start && f.Day < m.period.From {
				said = append(said, i)
			}
		}
		for j, e := range m.held {
			if !m.used[j] && !e.Voided && e.Element() == start && m.record.goesOn(e, m.held, m.period) {
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

// restarts reports whether a fact is the start of an entry on another day, both before the period.
func (c *Comparison) restarts(f *Fact, e *Entry) bool {
	_, lasting := c.record.layout.Ends[f.Element]
	return lasting && f.Day != e.Stated.At.Day && f.Day < c.Period.From && e.Stated.At.Day < c.Period.From
}
