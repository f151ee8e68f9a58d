package casework

import "time"

// refolding is a growing plan that is folded again from the beginning of the case at each instant.
type refolding struct {
	r    *ladderRun
	plan *Plan
	at   time.Time
}

func newRefolding(r *ladderRun) *refolding { return &refolding{r: r} }

func (g *refolding) next() time.Time {
	var next time.Time
	if k := g.r.knownAt(g.at); g.at.IsZero() || k < len(g.r.learned) {
		if len(g.r.learned) == 0 {
			return next
		}
		next = g.r.learned[k]
	}
	if g.plan != nil && !g.plan.stands.until.IsZero() {
		if turn := g.plan.stands.until.Start(); next.IsZero() || turn.Before(next) {
			next = turn
		}
	}
	return next
}

func (g *refolding) to(t time.Time) (*Plan, []string) {
	var changed []string
	if next := g.next(); !next.IsZero() && !next.After(t) {
		ids := map[string]bool{}
		if g.plan != nil {
			for _, d := range g.plan.open {
				ids[d.ID] = true
			}
		}
		for _, told := range g.r.told.all {
			ids[told.first.Duty] = true
		}
		g.plan = g.r.planAt(t)
		for _, d := range g.plan.open {
			ids[d.ID] = true
		}
		for id := range ids {
			changed = append(changed, id)
		}
	}
	g.at = t
	return g.plan, changed
}
