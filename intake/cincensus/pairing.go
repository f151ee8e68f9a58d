package cincensus

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"longstop/intake"
)

// paired is an episode of the return and the one of the record that it is: nil where it
// is seen for the first time.
type paired struct {
	said *episode
	held *intake.HeldEpisode
}

// lostEpisode is an episode of the record that stays as it is, since its referral was refused
// in the return.
type lostEpisode struct {
	held *intake.HeldEpisode
	line int // of that referral
}

// pairedEpisodes is what pairing found.
type pairedEpisodes struct {
	pairs []paired              // in order of referral
	kept  []lostEpisode         // the episodes of the record that the return tells of in a way that cannot be read
	left  []*intake.HeldEpisode // those that it does not tell of
	lost  int                   // the line of a refused referral that may be any episode's; 0 if there is no such referral
}

// pairing finds which episode of the record each episode of a return is.
type pairing struct {
	c    *comparison
	said []*episode // in order of referral
	lost []*episode // those whose referral was refused, by what else they say
	held []*intake.HeldEpisode
	is   []*intake.HeldEpisode // parallel to said
	used map[*intake.HeldEpisode]bool
}

// pairEpisodes matches episodes: by the date of the referral; where that has changed, by
// a row that both have; then by order. An episode whose referral was refused is known by a
// row that it shares with one of the record, and otherwise it may be any.
func (c *comparison) pairEpisodes(said []*episode) pairedEpisodes {
	p := &pairing{c: c, said: standing(said), held: c.Record().Episodes, used: map[*intake.HeldEpisode]bool{}}
	p.is = make([]*intake.HeldEpisode, len(p.said))
	for _, e := range said {
		if !e.referral.Valid() {
			p.lost = append(p.lost, e)
		}
	}
	slices.SortStableFunc(p.lost, func(a, b *episode) int { return cmp.Compare(a.refusedWords(), b.refusedWords()) })
	var found pairedEpisodes
	_, onlyAdds := c.OnlyAdds()
	unchanged := p.unchanged()
	if !unchanged {
		p.byReferral()
		p.swapped()
		p.bySharing()
	}
	found.kept, found.lost = p.byRefused()
	if !unchanged && found.lost == 0 && !onlyAdds {
		p.byOrder(p.inPeriod, func(e *episode) bool { return c.Period.Holds(e.referral.Day) })
		p.byOrder(p.older, func(e *episode) bool { return e.referral.Day < c.Period.From })
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
	list := slices.DeleteFunc(slices.Clone(said), func(e *episode) bool { return !e.referral.Valid() })
	slices.SortStableFunc(list, func(a, b *episode) int {
		if n := cmp.Compare(a.referral.Day, b.referral.Day); n != 0 {
			return n
		}
		return cmp.Or(cmp.Compare(a.words(), b.words()), cmp.Compare(a.refusedWords(), b.refusedWords()))
	})
	return list
}

// words returns what an episode says, in one fixed form.
func (e *episode) words() string {
	var b strings.Builder
	for _, f := range e.facts(against{}) {
		b.WriteString(f.Words() + "\n")
	}
	return b.String()
}

// refusedWords are words for what was refused of an episode.
func (e *episode) refusedWords() string {
	var list []string
	for _, d := range e.dates() {
		if d.Refused {
			list = append(list, d.Element+d.Was.String())
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func (p *pairing) take(i int, h *intake.HeldEpisode) { p.is[i], p.used[h] = h, true }

// byReferral pairs episodes of one referral date; one that went comes back under its name
// where none of that date is left.
func (p *pairing) byReferral() {
	for _, gone := range []bool{false, true} {
		p.best(func(e *episode, h *intake.HeldEpisode) bool {
			return h.Gone() == gone && e.sameReferral(h)
		})
	}
}

// swapped repairs two pairs that have their referral dates in common but tell each what the
// other told: the dates were corrected into each other.
func (p *pairing) swapped() {
	for i := range p.said {
		for j := range i {
			a, b := p.is[i], p.is[j]
			if a == nil || b == nil || a.Gone() || b.Gone() {
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
	held   *intake.HeldEpisode
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
			kept = append(kept, lostEpisode{c.held, p.lost[k].referral.Line})
		}
	}
	for k, e := range p.lost {
		if !found[k] {
			unknown = cmp.Or(unknown, e.referral.Line)
		}
	}
	return kept, unknown
}

// claims are what byRefused chooses from, the best first.
func (p *pairing) claims() []claim {
	var list []claim
	for i, e := range slices.Concat(p.said, p.lost) {
		for _, h := range p.held {
			if p.used[h] || h.Gone() || i < len(p.said) && (p.is[i] != nil || !p.mistyped(e, h)) {
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
func (p *pairing) mistyped(e *episode, h *intake.HeldEpisode) bool {
	return h.Opening != nil && !p.closedBefore(h) && goesAgainst(h, &e.referral, e.standing()) != nil
}

// bySharing pairs what has another referral date in the return than in the record but
// goes on to tell the same.
func (p *pairing) bySharing() {
	p.best(func(e *episode, h *intake.HeldEpisode) bool { return !h.Gone() && e.shares(h) })
}

// best pairs what fits; where episodes compete for each other, so that the fewest events
// have to be recorded.
func (p *pairing) best(fits func(*episode, *intake.HeldEpisode) bool) {
	fit := map[int][]*intake.HeldEpisode{}
	wanted := map[*intake.HeldEpisode]int{}
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
func (p *pairing) cheapest(fit map[int][]*intake.HeldEpisode, wanted map[*intake.HeldEpisode]int) {
	held := slices.DeleteFunc(slices.Clone(p.held), func(h *intake.HeldEpisode) bool { return wanted[h] == 0 })
	for k, e := range p.lost {
		for _, h := range held {
			if !h.Gone() && e.sharesRefused(h) > 0 {
				fit[len(p.said)+k] = append(fit[len(p.said)+k], h)
			}
		}
	}
	said := slices.Sorted(maps.Keys(fit))
	pairs, _ := p.assign(said, held, func(i int, h *intake.HeldEpisode) int {
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
	pairs, sum := p.assign(said, p.held, func(i int, h *intake.HeldEpisode) int {
		switch {
		case i < 0 && h == nil:
			return 0
		case i < 0 && p.events(nil, h) == 0:
			return 0
		case i < 0 && len(p.lost) > 0:
			return 1
		case i < 0, h == nil, h.Gone(), !p.known(p.said[i], h), p.events(p.said[i], h) > 0:
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
func (p *pairing) known(e *episode, h *intake.HeldEpisode) bool {
	return e.sameReferral(h) || e.shares(h) || p.mistyped(e, h)
}

// settledByReferral reports whether each episode of the return has one of its referral date
// in the record that no other has: then there is nothing to choose.
func (p *pairing) settledByReferral() bool {
	for i, e := range p.said {
		if i > 0 && p.said[i-1].referral.Day == e.referral.Day {
			return false
		}
		n := 0
		for _, h := range p.held {
			if !h.Gone() && e.sameReferral(h) {
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
// row and what is inferred from it, so that nothing is refused to save recording it, and less than an
// episode with its rows, so that a mistyped start does not move it into another.
const asEvents = 3

// What an event and a change count when episodes compete; a pair counts one less. A child has far
// fewer pairs than the one, and fewer changes than the other.
const (
	perChange = 1 << 8
	perEvent  = 1 << 20
)

// cost is how much a pair takes; -1 and nil stand for nothing, and what is beyond p.said for one of p.lost.
func (p *pairing) cost(i int, h *intake.HeldEpisode) int {
	switch {
	case i < 0 && (h == nil || len(p.lost) > 0): // it may be kept where a referral was refused
		return 0
	case i < 0:
		return weight(p.c.cost(nil, h))
	case i < len(p.said):
		return weight(p.c.cost(p.said[i], h))
	}
	return weight(p.c.cost(p.c.referredAsHeld(p.lost[i-len(p.said)], h), h))
}

// referredAsHeld returns an episode whose referral was refused as it would read with that of one of the
// record, and, with nil, as it would read if it were new.
func (c *comparison) referredAsHeld(e *episode, h *intake.HeldEpisode) *episode {
	as := e.clone()
	first := c.Period.To
	for _, row := range as.dates() {
		row.Against = nil
		if !row.Was.IsZero() {
			row.Day, row.Was, row.Refused = row.Was, 0, false
			first = min(first, row.Day)
		}
	}
	as.referral.Refused, as.referral.Day = false, first
	if h != nil && h.Opening != nil {
		as.referral.Day = min(h.Opening.Stated.At.Day, c.Period.To) // a later one would not stand
	}
	(&faults{Faults: intake.Faults{Child: &intake.Child{}, Layout: layout, Period: c.Period}, said: &statement{}}).episode(as)
	as.noteRefused()
	return as
}

func weight(c intake.Cost) int { return perEvent*(c.Events+asEvents*c.Refused) + perChange*c.Changes }

// events is how many events a pair takes.
func (p *pairing) events(said *episode, h *intake.HeldEpisode) int { return p.c.cost(said, h).Events }

// assign pairs some episodes with some of the record, or with nothing, so that the sum of
// the costs is the least.
func (p *pairing) assign(said []int, held []*intake.HeldEpisode, cost func(int, *intake.HeldEpisode) int) (pairs map[int]*intake.HeldEpisode, sum int) {
	rows := slices.Concat(said, slices.Repeat([]int{-1}, len(held)))
	columns := slices.Concat(held, make([]*intake.HeldEpisode, len(said)))
	matrix := make([][]int, len(rows))
	for row, i := range rows {
		matrix[row] = make([]int, len(columns))
		for column, h := range columns {
			matrix[row][column] = cost(i, h)
		}
	}
	pairs = map[int]*intake.HeldEpisode{}
	for row, column := range assign(matrix) {
		sum += matrix[row][column]
		if rows[row] >= 0 && columns[column] != nil {
			pairs[rows[row]] = columns[column]
		}
	}
	return pairs, sum
}

// byOrder pairs, by date, what is left of the episodes of a kind.
func (p *pairing) byOrder(held func(*intake.HeldEpisode) bool, said func(*episode) bool) {
	free := p.free(held)
	for i, e := range p.said {
		if p.is[i] == nil && len(free) > 0 && said(e) {
			p.take(i, free[0])
			free = free[1:]
		}
	}
}

// free are the episodes of the record of a kind that are not paired, by referral.
func (p *pairing) free(kind func(*intake.HeldEpisode) bool) []*intake.HeldEpisode {
	var free []*intake.HeldEpisode
	for _, h := range p.held {
		if !p.used[h] && !h.Gone() && h.Opening != nil && kind(h) {
			free = append(free, h)
		}
	}
	slices.SortStableFunc(free, func(a, b *intake.HeldEpisode) int {
		return cmp.Compare(a.Opening.Stated.At.Day, b.Opening.Stated.At.Day)
	})
	return free
}

func (p *pairing) inPeriod(h *intake.HeldEpisode) bool {
	return p.c.Period.Holds(h.Opening.Stated.At.Day)
}

// older reports whether an episode was referred before the period and was not over when it
// began, so that the return has to tell of it.
func (p *pairing) older(h *intake.HeldEpisode) bool {
	from := p.c.Period.From
	if h.Opening.Voided || h.Opening.Stated.At.Day >= from {
		return false
	}
	return p.c.Record().Flag(h.Opening) != elNFA && !p.closedBefore(h)
}

// closedBefore reports whether the record holds that an episode was closed before the period.
func (p *pairing) closedBefore(h *intake.HeldEpisode) bool {
	return slices.ContainsFunc(h.Rows, func(e *intake.Entry) bool {
		return e.Element() == elClosure && !e.Voided && e.Current.At.Day < p.c.Period.From
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
	free := p.free(func(h *intake.HeldEpisode) bool { return p.inPeriod(h) || p.older(h) })
	if at < 0 || more || len(free) != 1 {
		return
	}
	was, is := free[0].Opening.Stated.At.Day, p.said[at].referral.Day
	if away := is.DaysSince(was); -nearby <= away && away <= nearby {
		p.take(at, free[0])
	}
}

func (e *episode) sameReferral(h *intake.HeldEpisode) bool {
	return h.Opening != nil && h.Opening.Stated.At.Day == e.referral.Day
}

// shares reports whether an episode has a row of one element and date in common with one of
// the record, the referral aside.
func (e *episode) shares(h *intake.HeldEpisode) bool {
	return slices.ContainsFunc(e.facts(against{}), func(f *intake.Fact) bool { return h.Holding(intake.RowDay{Element: f.Element, Day: f.Day}) > 0 })
}

// sharesRefused counts the rows of an episode that were refused and of which the record holds one of
// the same element and date.
func (e *episode) sharesRefused(h *intake.HeldEpisode) int {
	n := 0
	for _, d := range append(e.activity(), &e.closure) {
		if !d.Was.IsZero() && h.Holding(intake.RowDay{Element: d.Element, Day: d.Was}) > 0 {
			n++
		}
	}
	return n
}

// impossible is the cost of a pair that may not be made.
const impossible = 1 << 50

// assign chooses one column for each row of a square matrix of costs so that the sum is
// the least: the Hungarian method, O(n³). Of several best choices it makes the same one
// every time. It is called for the few episodes of one child that compete with each other.
func assign(cost [][]int) (columns []int) {
	n := len(cost)
	h := &hungarian{
		cost: cost, rowOf: make([]int, n+1),
		rowPotential: make([]int, n+1), columnPotential: make([]int, n+1),
	}
	for row := 1; row <= n; row++ {
		h.place(row)
	}
	columns = make([]int, n)
	for j := 1; j <= n; j++ {
		columns[h.rowOf[j]-1] = j - 1
	}
	return columns
}

// hungarian is the state of the method. Rows and columns count from 1: 0 stands for none.
type hungarian struct {
	cost                          [][]int
	rowPotential, columnPotential []int
	rowOf                         []int // the row that each column has, so far
}

// place finds a column for one more row along the cheapest path of exchanges.
func (h *hungarian) place(row int) {
	n := len(h.rowOf)
	before, least, visited := make([]int, n), make([]int, n), make([]bool, n)
	for j := range least {
		least[j] = math.MaxInt
	}
	h.rowOf[0] = row
	column := 0
	for h.rowOf[column] != 0 {
		visited[column] = true
		column = h.step(column, before, least, visited)
	}
	for column != 0 {
		h.rowOf[column] = h.rowOf[before[column]]
		column = before[column]
	}
}

// step reaches the next nearest column and moves the potentials up to it.
func (h *hungarian) step(column int, before, least []int, visited []bool) (next int) {
	row, delta := h.rowOf[column], math.MaxInt
	for j := 1; j < len(visited); j++ {
		if visited[j] {
			continue
		}
		if reduced := h.cost[row-1][j-1] - h.rowPotential[row] - h.columnPotential[j]; reduced < least[j] {
			least[j], before[j] = reduced, column
		}
		if least[j] < delta {
			delta, next = least[j], j
		}
	}
	for j := range visited {
		if visited[j] {
			h.rowPotential[h.rowOf[j]] += delta
			h.columnPotential[j] -= delta
		} else {
			least[j] -= delta
		}
	}
	return next
}
