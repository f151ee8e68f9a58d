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

// lostEpisode is an episode of the record that stays as it is, since its referral was refused
// in the return.
type lostEpisode struct {
	held *heldEpisode
	line int // of that referral
}

// pairedEpisodes is what pairing found.
type pairedEpisodes struct {
	pairs []paired       // in order of referral
	kept  []lostEpisode  // the episodes of the record that the return tells of in a way that cannot be read
	left  []*heldEpisode // those that it does not tell of
	lost  int            // the line of a refused referral of which nobody knows whose it is; 0: there is none
}

// pairing finds which episode of the record each episode of a return is.
type pairing struct {
	d    *differ
	said []*episode // in order of referral
	lost []*episode // those whose referral was refused, by what else they say
	held []*heldEpisode
	is   []*heldEpisode // parallel to said
	used map[*heldEpisode]bool
}

// pairEpisodes matches episodes: by the date of the referral; where that has changed, by
// a row that both have; then by order. An episode whose referral was refused is known by a
// row that it shares with one of the record, and where there is none it may be any.
func (d *differ) pairEpisodes(said []*episode) pairedEpisodes {
	p := &pairing{d: d, said: standing(said), held: d.record.episodes, used: map[*heldEpisode]bool{}}
	p.is = make([]*heldEpisode, len(p.said))
	for _, e := range said {
		if !e.referral.stands() {
			p.lost = append(p.lost, e)
		}
	}
	slices.SortStableFunc(p.lost, func(a, b *episode) int { return cmp.Compare(a.refusedWords(), b.refusedWords()) })
	var found pairedEpisodes
	unchanged := p.unchanged()
	if !unchanged {
		p.byReferral()
		p.swapped()
		p.bySharing()
	}
	found.kept, found.lost = p.byRefused()
	if !unchanged && found.lost == 0 && !d.onlyAdds {
		p.byOrder(p.inPeriod, func(e *episode) bool { return d.Period.Holds(e.referral.day) })
		p.byOrder(p.older, func(e *episode) bool { return e.referral.day < d.Period.From })
		p.acrossTheFirst()
	}
	for i, e := range p.said {
		found.pairs = append(found.pairs, paired{e, p.is[i]})
	}
	for _, h := range p.held {
		if !p.used[h] {
			found.left = append(found.left, h)
		}
	}
	return found
}

// standing are the episodes whose referral stands, by referral and then by what they say,
// so that the order of the file does not matter.
func standing(said []*episode) []*episode {
	list := slices.DeleteFunc(slices.Clone(said), func(e *episode) bool { return !e.referral.stands() })
	slices.SortStableFunc(list, func(a, b *episode) int {
		if n := cmp.Compare(a.referral.day, b.referral.day); n != 0 {
			return n
		}
		return cmp.Or(cmp.Compare(a.words(), b.words()), cmp.Compare(a.refusedWords(), b.refusedWords()))
	})
	return list
}

// words are what an episode says, in one fixed form.
func (e *episode) words() string {
	var b strings.Builder
	for _, f := range e.facts(against{}) {
		b.WriteString(f.day.String() + f.element + words(f.data) + f.besideWords() + "\n")
	}
	return b.String()
}

// refusedWords are words for what was refused of an episode.
func (e *episode) refusedWords() string {
	var list []string
	for _, d := range e.dates() {
		if d.refused {
			list = append(list, d.element+d.was.String())
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
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

// swapped mends two pairs that have their referral dates in common but tell each what the
// other told: the dates were corrected into each other.
func (p *pairing) swapped() {
	for i := range p.said {
		for j := range i {
			a, b := p.is[i], p.is[j]
			if a == nil || b == nil || a.gone() || b.gone() {
				continue
			}
			if p.said[i].shares(b) && p.said[j].shares(a) && !p.said[i].shares(a) && !p.said[j].shares(b) {
				p.is[i], p.is[j] = b, a
			}
		}
	}
}

// claim is an episode of the record that one of the return may be by the rows that were refused of it.
type claim struct {
	i      int // in p.said; beyond it one of p.lost
	held   *heldEpisode
	shared int // rows that were refused and that the record holds
}

// byRefused finds the episodes of the record whose referral was refused in the return, by the rows that they
// share: those that share most first. So it finds those whose referral is to be refused for what the record
// holds, where the return has to tell of them. It returns the line of a refused referral that it does not find.
func (p *pairing) byRefused() (kept []lostEpisode, unknown int) {
	found := make([]bool, len(p.lost))
	for _, c := range p.claims() {
		k := c.i - len(p.said)
		switch {
		case p.used[c.held]:
		case k < 0 && p.is[c.i] == nil:
			p.take(c.i, c.held)
		case k >= 0 && !found[k]:
			found[k], p.used[c.held] = true, true
			kept = append(kept, lostEpisode{c.held, p.lost[k].referral.line})
		}
	}
	for k, e := range p.lost {
		if !found[k] {
			unknown = cmp.Or(unknown, e.referral.line)
		}
	}
	return kept, unknown
}

// claims are what byRefused chooses from, the best first.
func (p *pairing) claims() []claim {
	var list []claim
	for i, e := range slices.Concat(p.said, p.lost) {
		for _, h := range p.held {
			if p.used[h] || h.gone() || i < len(p.said) && (p.is[i] != nil || !p.mistyped(e, h)) {
				continue
			}
			if n := e.sharesRefused(h); n > 0 {
				list = append(list, claim{i, h, n})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b claim) int { return cmp.Compare(b.shared, a.shared) })
	return list
}

// mistyped reports whether the referral of an episode is to be refused for what the record holds of
// one that the return has to tell of.
func (p *pairing) mistyped(e *episode, h *heldEpisode) bool {
	return h.referral != nil && !p.closedBefore(h) && h.goesAgainst(&e.referral, e.standing()) != nil
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

// cheapest pairs episodes that compete, so that the fewest events are recorded; of two ways with as
// many events the one is taken that changes less of what the record holds, and then the one with more
// pairs. Those whose referral was refused compete by what else they say, and are paired later.
func (p *pairing) cheapest(fit map[int][]*heldEpisode, wanted map[*heldEpisode]int) {
	held := slices.DeleteFunc(slices.Clone(p.held), func(h *heldEpisode) bool { return wanted[h] == 0 })
	for k, e := range p.lost {
		for _, h := range held {
			if !h.gone() && e.sharesRefused(h) > 0 {
				fit[len(p.said)+k] = append(fit[len(p.said)+k], h)
			}
		}
	}
	said := slices.Sorted(maps.Keys(fit))
	pairs, _ := p.assign(said, held, func(i int, h *heldEpisode) int {
		switch {
		case i < 0 || h == nil:
			return p.cost(i, h)
		case slices.Contains(fit[i], h):
			return p.cost(i, h) - 1
		}
		return impossible
	})
	for i, h := range pairs {
		if i < len(p.said) {
			p.take(i, h)
		}
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
	// Where a referral was refused, what is left may be kept for it: that is nothing new either, but
	// as few as can be are to be left so.
	changed := len(p.held) + 1
	pairs, sum := p.assign(said, p.held, func(i int, h *heldEpisode) int {
		switch {
		case i < 0 && h == nil:
			return 0
		case i < 0 && p.events(nil, h) == 0:
			return 0
		case i < 0 && len(p.lost) > 0:
			return 1
		case i < 0, h == nil, h.gone(), !p.known(p.said[i], h), p.events(p.said[i], h) > 0:
			return changed
		}
		return 0
	})
	if sum >= changed {
		return false
	}
	for i, h := range pairs {
		p.take(i, h)
	}
	return true
}

// known reports whether an episode of the return is one of the record by itself: by its referral, by
// a row that both have, or because its referral was refused for what the record holds.
func (p *pairing) known(e *episode, h *heldEpisode) bool {
	return e.sameReferral(h) || e.shares(h) || p.mistyped(e, h)
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

// asEvents is how much a row counts that a pair would refuse for what the record holds: more than the
// row and what is inferred beside it, so that nothing is refused to save recording it, and less than an
// episode with its rows, so that a mistyped start does not move it into another.
const asEvents = 3

// What an event and a change count when episodes compete; a pair counts one less. A child has far
// fewer pairs than the one, and fewer changes than the other.
const (
	perChange = 1 << 8
	perEvent  = 1 << 20
)

// cost is how much a pair takes; -1 and nil stand for nothing, and what is beyond p.said for one of p.lost.
func (p *pairing) cost(i int, h *heldEpisode) int {
	switch {
	case i < 0 && (h == nil || len(p.lost) > 0): // it may be kept where a referral was refused
		return 0
	case i < 0:
		return p.d.cost(nil, h).weight()
	case i < len(p.said):
		return p.d.cost(p.said[i], h).weight()
	}
	return p.d.cost(p.d.referredAsHeld(p.lost[i-len(p.said)], h), h).weight()
}

// referredAsHeld is an episode whose referral was refused as it would read with that of one of the
// record, and without one where it were new.
func (d *differ) referredAsHeld(e *episode, h *heldEpisode) *episode {
	c := e.clone()
	first := d.Period.To
	for _, row := range c.dates() {
		row.against = nil
		if !row.was.IsZero() {
			row.day, row.was, row.refused = row.was, 0, false
			first = min(first, row.day)
		}
	}
	c.referral.refused, c.referral.day = false, first
	if h != nil && h.referral != nil {
		c.referral.day = min(h.referral.said.At.Day, d.Period.To) // a later one would not stand
	}
	(&faults{child: &Child{}, period: d.Period}).episode(c)
	c.noteRefused()
	return c
}

func (c cost) weight() int { return perEvent*(c.events+asEvents*c.refused) + perChange*c.changes }

// events is how many events a pair takes.
func (p *pairing) events(said *episode, h *heldEpisode) int { return p.d.cost(said, h).events }

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

// byOrder pairs, by date, what is left of the episodes of a kind.
func (p *pairing) byOrder(held func(*heldEpisode) bool, said func(*episode) bool) {
	free := p.free(held)
	for i, e := range p.said {
		if p.is[i] == nil && len(free) > 0 && said(e) {
			p.take(i, free[0])
			free = free[1:]
		}
	}
}

// free are the episodes of the record of a kind that are not paired, by referral.
func (p *pairing) free(kind func(*heldEpisode) bool) []*heldEpisode {
	var free []*heldEpisode
	for _, h := range p.held {
		if !p.used[h] && !h.gone() && h.referral != nil && kind(h) {
			free = append(free, h)
		}
	}
	slices.SortStableFunc(free, func(a, b *heldEpisode) int {
		return cmp.Compare(a.referral.said.At.Day, b.referral.said.At.Day)
	})
	return free
}

func (p *pairing) inPeriod(h *heldEpisode) bool { return p.d.Period.Holds(h.referral.said.At.Day) }

// older reports whether an episode was referred before the period and was not over when it
// began, so that the return has to tell of it.
func (p *pairing) older(h *heldEpisode) bool {
	from := p.d.Period.From
	if h.referral.voided || h.referral.said.At.Day >= from {
		return false
	}
	if beside := p.d.record.beside[h.referral.root.family]; beside != nil && !beside.voided && flagOf(beside) == elNFA {
		return false
	}
	return !p.closedBefore(h)
}

// closedBefore reports whether the record holds that an episode was closed before the period.
func (p *pairing) closedBefore(h *heldEpisode) bool {
	return slices.ContainsFunc(h.rows, func(e *entry) bool {
		return e.element() == elClosure && !e.voided && e.stands.At.Day < p.d.Period.From
	})
}

// nearby is how far a referral may be moved over the first day of a period and still be known
// where nothing else in its episode says so, in days.
const nearby = 31

// acrossTheFirst pairs the one episode that is left with the one of the record that is, where
// their referrals lie on either side of the period's first day and close together.
func (p *pairing) acrossTheFirst() {
	at, more := -1, false
	for i := range p.said {
		if p.is[i] == nil {
			at, more = i, at >= 0
		}
	}
	free := p.free(func(h *heldEpisode) bool { return p.inPeriod(h) || p.older(h) })
	if at < 0 || more || len(free) != 1 {
		return
	}
	was, is := free[0].referral.said.At.Day, p.said[at].referral.day
	if away := is.DaysSince(was); -nearby <= away && away <= nearby {
		p.take(at, free[0])
	}
}

func (e *episode) sameReferral(h *heldEpisode) bool {
	return h.referral != nil && h.referral.said.At.Day == e.referral.day
}

// shares says whether an episode has a row of one element and date in common with one of
// the record, the referral aside.
func (e *episode) shares(h *heldEpisode) bool {
	return slices.ContainsFunc(e.facts(against{}), func(f *fact) bool { return h.holding(rowDay{f.element, f.day}) > 0 })
}

// sharesRefused counts the rows of an episode that were refused and of which the record holds one of
// the same element and date.
func (e *episode) sharesRefused(h *heldEpisode) int {
	n := 0
	for _, d := range append(e.activity(), &e.closure) {
		if !d.was.IsZero() && h.holding(rowDay{d.element, d.was}) > 0 {
			n++
		}
	}
	return n
}
