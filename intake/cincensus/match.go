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
	anyDay bool // by order outside the period too
	beside map[string]*entry
}

// match gives for each fact the entry that it is, or nil, and the entries that are left.
func (d *differ) match(facts []*fact, held []*entry, anyDay bool) (pairs, left []*entry) {
	held = slices.Clone(held)
	slices.SortStableFunc(held, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.said.At.Day, b.said.At.Day), cmp.Compare(a.id, b.id))
	})
	m := &matcher{
		facts: facts, held: held, pairs: make([]*entry, len(facts)), used: make([]bool, len(held)),
		period: d.period, anyDay: anyDay, beside: d.record.beside,
	}
	for _, gone := range []bool{false, true} {
		m.pass(func(f *fact, e *entry) bool { return e.gone == gone && f.says(e.said) && m.likeBeside(f, e) })
		m.pass(func(f *fact, e *entry) bool { return e.gone == gone && f.says(e.said) })
		m.pass(func(f *fact, e *entry) bool { return e.gone == gone && f.day == e.said.At.Day })
		if gone {
			break
		}
		// A person may have corrected the record before the return was.
		m.pass(func(f *fact, e *entry) bool { return !e.gone && f.day == e.stands.At.Day })
		m.pass(func(f *fact, e *entry) bool { return !e.gone && m.within(f.day) && m.within(e.said.At.Day) })
	}
	for i, e := range m.held {
		if !m.used[i] && !e.gone {
			left = append(left, e)
		}
	}
	return m.pairs, left
}

// likeBeside says whether what is inferred beside a fact is what was inferred beside the
// entry: it tells rows of one day apart.
func (m *matcher) likeBeside(f *fact, e *entry) bool {
	beside := m.beside[e.root.family]
	if f.beside == nil {
		return beside == nil || beside.gone
	}
	return beside != nil && beside.gone == e.gone && words(saidData(beside.said)) == words(f.beside.data)
}

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
