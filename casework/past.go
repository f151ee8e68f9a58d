package casework

// Past counts the duties that are owed no more, under either of two laws, about which the
// two differ: what adopting the second would say anew of what is over. Each duty is counted
// once, but for AppearLate.
type Past struct {
	InTimeToLate     int `json:"in_time_to_late,omitempty"`
	LateToInTime     int `json:"late_to_in_time,omitempty"`
	InTimeToLocal    int `json:"in_time_to_past_local,omitempty"` // in time by the limit of law, and now past a local date beside it
	LocalToInTime    int `json:"past_local_to_in_time,omitempty"`
	Appear           int `json:"appear,omitempty"`
	AppearLate       int `json:"appear_late,omitempty"` // those of Appear that would be late
	Go               int `json:"go,omitempty"`
	ToUnreported     int `json:"to_unreported,omitempty"`
	FromUnreported   int `json:"from_unreported,omitempty"`
	OtherwiseTheSame int `json:"date_alone,omitempty"` // another date, and in time or late as before
	// TakenAsDone are those that an inferred event met under both: they are in time or late under neither.
	TakenAsDone int `json:"taken_as_done,omitempty"`
}

// verdict is what is said of a duty once it is over.
type verdict int

const (
	absent      verdict = iota // there is no such duty
	inTime                     // met in time, or ended before it was late
	pastLocal                  // in time, and later than the council's own date beside the limit
	late                       // met late, or late when it ended
	takenAsDone                // met by an inferred event: whether it was in time is not known
	unreported                 // no source could say
)

// Count counts a change, unless the duty is still owed under one of the two laws.
func (p *Past) Count(c *Change) {
	if c.Live() {
		return
	}
	before, after := verdictOf(c.Before, c.StateBefore), verdictOf(c.After, c.StateAfter)
	switch {
	case before == takenAsDone || after == takenAsDone && before != absent && before != unreported:
		p.countTakenAsDone(after)
	case before == absent:
		p.Appear++
		if after == late {
			p.AppearLate++
		}
	case after == absent:
		p.Go++
	case before == after:
		p.OtherwiseTheSame++
	case after == unreported:
		p.ToUnreported++
	case before == unreported:
		p.FromUnreported++
	case after == late:
		p.InTimeToLate++
	case before == late:
		p.LateToInTime++
	case after == pastLocal:
		p.InTimeToLocal++
	default:
		p.LocalToInTime++
	}
}

// countTakenAsDone counts a duty that is taken as done under the first law, or both.
func (p *Past) countTakenAsDone(after verdict) {
	switch after {
	case absent:
		p.Go++
	case unreported:
		p.ToUnreported++
	default:
		p.TakenAsDone++
	}
}

// verdictOf says how a duty that is over stands.
func verdictOf(d *Duty, s State) verdict {
	switch {
	case d == nil:
		return absent
	case s == Unreported:
		return unreported
	case d.Met && d.MetInferred:
		return takenAsDone
	case s == MetLate, s == Ended && d.LateDays(d.EndedOn.End()) > 0:
		return late
	case !d.LocalDue.IsZero() && d.closedOn() > d.LocalDue:
		return pastLocal
	default:
		return inTime
	}
}

// Add adds another count.
func (p *Past) Add(o Past) {
	p.InTimeToLate += o.InTimeToLate
	p.LateToInTime += o.LateToInTime
	p.InTimeToLocal += o.InTimeToLocal
	p.LocalToInTime += o.LocalToInTime
	p.Appear += o.Appear
	p.AppearLate += o.AppearLate
	p.Go += o.Go
	p.ToUnreported += o.ToUnreported
	p.FromUnreported += o.FromUnreported
	p.OtherwiseTheSame += o.OtherwiseTheSame
	p.TakenAsDone += o.TakenAsDone
}

// All is how many duties are counted.
func (p *Past) All() int { return p.Restated() + p.OtherwiseTheSame + p.TakenAsDone }

// Restated is how many duties would be said to have gone otherwise than was said until now,
// or would be there, or not be there, for the first time.
func (p *Past) Restated() int {
	return p.InTimeToLate + p.LateToInTime + p.InTimeToLocal + p.LocalToInTime + p.Appear + p.Go + p.ToUnreported + p.FromUnreported
}

// Accused is how many duties would be shown as late, or as past a local date, that were not.
func (p *Past) Accused() int { return p.InTimeToLate + p.InTimeToLocal + p.AppearLate }
