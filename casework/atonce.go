package casework

// AtOnce counts the open duties that a law brings past a limit as soon as it is in force. Each is
// counted once.
type AtOnce struct {
	Overdue int `json:"become_overdue"`    // past a limit of law or guidance
	Local   int `json:"local_date_passed"` // past one that no law sets, and past no limit before
}

// FewestAtOnce is how many open duties a law may bring past a limit without a question, however few
// are open: a rule that is switched on finds a handful in any council.
const FewestAtOnce = 10

// Count counts a change. What is past a local date where it was past a limit of law is not brought
// past anything.
func (a *AtOnce) Count(c *Change) {
	switch {
	case c.BecomesOverdue():
		a.Overdue++
	case c.PassesLocalDate() && c.PassedBefore == PassedNone:
		a.Local++
	}
}

// Add adds another count.
func (a *AtOnce) Add(o AtOnce) {
	a.Overdue += o.Overdue
	a.Local += o.Local
}

// All is how many duties are counted.
func (a AtOnce) All() int { return a.Overdue + a.Local }

// TooMany reports whether so many are brought past a limit that whoever adopts the law must say
// that it is meant: more than [FewestAtOnce], and more than a tenth of the duties that are open under the
// law before or more than are past a limit under it. A list of what is late that doubles in a night is
// not read any more, however many duties are open.
func (a AtOnce) TooMany(before OpenDuties) bool {
	n := a.All()
	return n > FewestAtOnce && (10*n > before.Open || n > before.Past)
}

// OpenDuties counts the duties that are owed.
type OpenDuties struct {
	Open int `json:"open"`
	Past int `json:"past"` // those that are past a limit, of law or not
}

// Count counts the open duties of a plan.
func (o *OpenDuties) Count(p *Plan) {
	for i := range p.Duties {
		d := &p.Duties[i]
		if !owed(d.State(p.AsOf)) {
			continue
		}
		o.Open++
		if d.Passed(p.AsOf) != PassedNone {
			o.Past++
		}
	}
}
