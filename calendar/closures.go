package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Closed is a stretch of days, both included, that are not working days in a calendar of
// somebody's own: a school's holidays, a council's shutdown.
type Closed struct {
	From, Until Date
	Why         string
}

// With returns the calendar of somebody's own that has these closed days as well as the bank
// holidays. The name says whose it is, in the edition. Where it is incomplete, because
// further closed days are to be expected, every count in it is provisional.
//
// A stretch whose last day is before its first closes nothing.
func (c *Calendar) With(name string, closed []Closed, incomplete bool) *Calendar {
	own := &Calendar{
		first: c.first, last: c.last, published: c.published,
		closed:     slices.SortedFunc(slices.Values(closed), func(a, b Closed) int { return a.From.DaysSince(b.From) }),
		incomplete: incomplete,
	}
	sum := sha256.New()
	var off []Date
	for year := tableFirstYear; year <= tableLastYear; year++ {
		for _, h := range c.holidays(year) {
			off = append(off, h.date)
		}
	}
	for _, x := range own.closed {
		fmt.Fprintln(sum, x.From, x.Until)
		for d := max(x.From, tableFirst); d <= min(x.Until, tableLast); d++ {
			off = append(off, d)
		}
	}
	slices.Sort(off)
	own.tables.fill(slices.Compact(off))
	own.edition = fmt.Sprintf("%s (%s), on %s", name, hex.EncodeToString(sum.Sum(nil))[:8], c.edition)
	return own
}

// closedOn returns why a day that is not a bank holiday is closed; "" if it is not.
func (c *Calendar) closedOn(d Date) string {
	for _, x := range c.closed {
		if x.From <= d && d <= x.Until {
			return x.Why
		}
	}
	return ""
}
