package pages

import (
	"slices"

	"longstop/timescale"
)

// repeats says whether what meets a duty starts the next, and from when that counts.
func repeats(t *timescale.Timescale) string {
	switch {
	case t.Windows == timescale.CalendarMonths:
		return "Yes, one for each month"
	case t.Windows == timescale.SchoolTerms:
		return "Yes, one for each term"
	case !recurs(t) && t.Each:
		return "No, but every start has a clock of its own"
	case !recurs(t):
		return "No"
	}
	from := map[timescale.RepeatFrom]string{
		timescale.FromDone:  "Yes, counted from the day on which the last was done",
		timescale.FromDue:   "Yes, counted from the day on which the last was due",
		timescale.FromStart: "Yes, in whole steps from the first start",
	}[t.From]
	if t.Each {
		from += "; every start has a clock of its own"
	}
	return from
}

// recurs says whether an event that meets the timescale may start it again.
func recurs(t *timescale.Timescale) bool {
	return slices.ContainsFunc(t.Starts, func(s timescale.Start) bool {
		once := s.Nth != nil && s.Nth.To != 0
		return !once && !s.PeriodOpens && slices.ContainsFunc(t.MetBy, func(m timescale.Meeting) bool {
			return m.Event == s.Event && !apart(m.Where, s.Where)
		})
	})
}

// apart says whether no event can hold both.
func apart(a, b []timescale.Test) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Field == y.Field && contradict(x, y) {
				return true
			}
		}
	}
	return false
}

func contradict(x, y timescale.Test) bool {
	switch {
	case x.Flag != nil && y.Flag != nil:
		return *x.Flag != *y.Flag
	case x.Filled != nil && y.Filled != nil:
		return *x.Filled != *y.Filled
	case len(x.Words) > 0 && len(y.Words) > 0:
		return !slices.ContainsFunc(x.Words, func(w string) bool { return slices.Contains(y.Words, w) })
	}
	return false
}
