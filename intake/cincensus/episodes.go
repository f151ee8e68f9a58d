package cincensus

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// paired is an episode of the return and the one of the record that it is: nil where it
// is seen for the first time.
type paired struct {
	said *episode
	held *heldEpisode
}

// pairing finds which episode of the record each episode of a return is.
type pairing struct {
	d    *differ
	said []*episode // in order of referral
	held []*heldEpisode
	is   []*heldEpisode // parallel to said
	used map[*heldEpisode]bool
}

// pairEpisodes matches episodes: by the date of the referral; where that has changed, by
// a row that both have; then by order within the period. It gives the pairs in order of
// referral and the episodes of the record that are left.
func (d *differ) pairEpisodes(said []*episode) (pairs []paired, left []*heldEpisode) {
	p := &pairing{d: d, said: standing(said), held: d.record.episodes, used: map[*heldEpisode]bool{}}
	p.is = make([]*heldEpisode, len(p.said))
	if !p.unchanged() {
		p.byReferral()
		p.bySharing()
		p.byOrder()
	}
	for i, e := range p.said {
		pairs = append(pairs, paired{e, p.is[i]})
	}
	for _, h := range p.held {
		if !p.used[h] {
			left = append(left, h)
		}
	}
	return pairs, left
}

// standing are the episodes whose referral stands, by referral and then by what they say,
// so that the order of the file does not matter.
func standing(said []*episode) []*episode {
	list := slices.DeleteFunc(slices.Clone(said), func(e *episode) bool { return !e.referral.stands() })
	slices.SortStableFunc(list, func(a, b *episode) int {
		if n := cmp.Compare(a.referral.day, b.referral.day); n != 0 {
			return n
		}
		return cmp.Compare(a.words(), b.words())
	})
	return list
}

// words are what an episode says, in one fixed form.
func (e *episode) words() string {
	var b strings.Builder
	for _, f := range e.facts(nil, Period{}) {
		b.WriteString(f.day.String() + f.element + words(f.data) + f.besideWords() + "\n")
	}
	return b.String()
}

// gone says whether the record holds the episode only as one that went.
func (h *heldEpisode) gone() bool { return h.referral != nil && h.referral.gone }

func (p *pairing) take(i int, h *heldEpisode) { p.is[i], p.used[h] = h, true }

// byReferral pairs episodes of one referral date; one that went comes back under its name
// where none of that date is left.
func (p *pairing) byReferral() {
	for _, gone := range []bool{false, true} {
		p.best(func(e *episode, h *heldEpisode) bool {
			return h.gone() == gone && e.sameReferral(h)
		})
	}
}

// bySharing pairs what has another referral date in the return than in the record but
// goes on to tell the same.
func (p *pairing) bySharing() {
	p.best(func(e *episode, h *heldEpisode) bool { return !h.gone() && e.shares(h) })
}

// best pairs what fits; where episodes compete for each other, so that the fewest events
// have to be recorded.
func (p *pairing) best(fits func(*episode, *heldEpisode) bool) {
	fit := map[int][]*heldEpisode{}
	wanted := map[*heldEpisode]int{}
	contest := false
	for i, e := range p.said {
		for _, h := range p.held {
			if p.is[i] == nil && !p.used[h] && fits(e, h) {
				fit[i] = append(fit[i], h)
				wanted[h]++
				contest = contest || len(fit[i]) > 1 || wanted[h] > 1
			}
		}
	}
	if contest {
		p.cheapest(fit, wanted)
		return
	}
	for i, list := range fit {
		p.take(i, list[0])
	}
}

// cheapest pairs episodes that compete. Every event counts two, and a pair one less, so
// that of two ways with as many events the one with more pairs is taken.
func (p *pairing) cheapest(fit map[int][]*heldEpisode, wanted map[*heldEpisode]int) {
	said := slices.Sorted(maps.Keys(fit))
	held := slices.DeleteFunc(slices.Clone(p.held), func(h *heldEpisode) bool { return wanted[h] == 0 })
	pairs, _ := p.assign(said, held, func(i int, h *heldEpisode) int {
		switch {
		case i < 0 || h == nil:
			return 2 * p.cost(i, h)
		case slices.Contains(fit[i], h):
			return 2*p.cost(i, h) - 1
		}
		return impossible
	})
	for i, h := range pairs {
		p.take(i, h)
	}
}

// unchanged pairs all episodes in a way in which nothing is new of any, where there is
// one: a return that was loaded says nothing new, however alike its episodes are.
func (p *pairing) unchanged() bool {
	if p.settledByReferral() {
		return false
	}
	said := make([]int, len(p.said))
	for i := range said {
		said[i] = i
	}
	pairs, sum := p.assign(said, p.held, func(i int, h *heldEpisode) int {
		switch {
		case i >= 0 && h == nil, i >= 0 && (h.gone() || !p.said[i].sameReferral(h) && !p.said[i].shares(h)), p.cost(i, h) > 0:
			return 1
		}
		return 0
	})
	if sum > 0 {
		return false
	}
	for i, h := range pairs {
		p.take(i, h)
	}
	return true
}

// settledByReferral says whether each episode of the return has one of its referral date
// in the record that no other has: then there is nothing to choose.
func (p *pairing) settledByReferral() bool {
	for i, e := range p.said {
		if i > 0 && p.said[i-1].referral.day == e.referral.day {
			return false
		}
		n := 0
		for _, h := range p.held {
			if !h.gone() && e.sameReferral(h) {
				n++
			}
		}
		if n != 1 {
			return false
		}
	}
	return true
}

// cost is how many events a pair takes; -1 and nil stand for nothing.
func (p *pairing) cost(i int, h *heldEpisode) int {
	switch {
	case i < 0 && h == nil:
		return 0
	case i < 0:
		return p.d.cost(nil, h)
	}
	return p.d.cost(p.said[i], h)
}

// assign pairs some episodes with some of the record, or with nothing, so that the sum of
// the costs is the least.
func (p *pairing) assign(said []int, held []*heldEpisode, cost func(int, *heldEpisode) int) (pairs map[int]*heldEpisode, sum int) {
	rows := slices.Concat(said, slices.Repeat([]int{-1}, len(held)))
	columns := slices.Concat(held, make([]*heldEpisode, len(said)))
	matrix := make([][]int, len(rows))
	for row, i := range rows {
		matrix[row] = make([]int, len(columns))
		for column, h := range columns {
			matrix[row][column] = cost(i, h)
		}
	}
	pairs = map[int]*heldEpisode{}
	for row, column := range assign(matrix) {
		sum += matrix[row][column]
		if rows[row] >= 0 && columns[column] != nil {
			pairs[rows[row]] = columns[column]
		}
	}
	return pairs, sum
}

// byOrder pairs what is left of the period, by date.
func (p *pairing) byOrder() {
	var free []*heldEpisode
	for _, h := range p.held {
		if !p.used[h] && !h.gone() && h.referral != nil && p.d.period.Holds(h.referral.said.At.Day) {
			free = append(free, h)
		}
	}
	slices.SortStableFunc(free, func(a, b *heldEpisode) int {
		return cmp.Compare(a.referral.said.At.Day, b.referral.said.At.Day)
	})
	for i, e := range p.said {
		if p.is[i] == nil && len(free) > 0 && p.d.period.Holds(e.referral.day) {
			p.take(i, free[0])
			free = free[1:]
		}
	}
}

func (e *episode) sameReferral(h *heldEpisode) bool {
	return h.referral != nil && h.referral.said.At.Day == e.referral.day
}

// shares says whether an episode has a row of one element and date in common with one of
// the record, the referral aside.
func (e *episode) shares(h *heldEpisode) bool {
	return slices.ContainsFunc(e.facts(nil, Period{}), func(f *fact) bool {
		return slices.ContainsFunc(h.rows, func(row *entry) bool {
			return !row.gone && row.element() == f.element && row.said.At.Day == f.day
		})
	})
}
