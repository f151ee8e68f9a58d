package calendar

import (
	"sort"
	"time"
)

// The tables reach over every year a living person's record can name. Counting
// is then two look-ups, however many days are counted.
const (
	tableFirstYear = 1900
	tableLastYear  = 2199

	// Constants rather than calls of NewDate, so that a look-up compiles to a
	// subtraction and a comparison.
	tableFirst  Date = 693596 // 1 January 1900
	tableLast   Date = 803168 // 31 December 2199
	tableBefore      = tableFirst - 1
)

// tables turn days into numbers of working days and back.
type tables struct {
	// upTo holds at place i how many working days there are among the first i
	// days of the tables.
	upTo [tableLast - tableBefore + 1]int32
	// nth holds the date of each working day; place 0 is not used.
	nth []Date
}

// fill counts through the years of the tables. The dates off must be in order;
// it makes no difference if one is a weekend too.
func (t *tables) fill(off []Date) {
	t.nth = make([]Date, 1, len(t.upTo)*5/7+2)
	for d := tableFirst; d <= tableLast; d++ {
		holiday := len(off) > 0 && off[0] == d
		if holiday {
			off = off[1:]
		}
		if !holiday && !weekend(d) {
			t.nth = append(t.nth, d)
		}
		t.upTo[d-tableBefore] = int32(len(t.nth) - 1)
	}
}

// count returns the number of working days from the first day of the tables to
// d; it is negative or nought before them. d must be a date or no date.
func (t *tables) count(d Date) int {
	if i := uint32(d - tableBefore); i < uint32(len(t.upTo)) {
		return int(t.upTo[i])
	}
	return t.countOutside(d)
}

// date returns the working day with that count, or no date where none exists
// in the years 1 to 9999.
func (t *tables) date(count int) Date {
	if uint(count-1) < uint(len(t.nth)-1) {
		return t.nth[count]
	}
	return t.dateOutside(count)
}

// countOutside returns count beyond the tables, by the standing rules.
func (t *tables) countOutside(d Date) int {
	if d < tableFirst {
		return standingUpTo(d) - standingUpTo(tableBefore)
	}
	return len(t.nth) - 1 + standingUpTo(d) - standingUpTo(tableLast)
}

// dateOutside returns date beyond the tables. It searches for the first day that
// reaches the count: some twenty steps for any distance.
func (t *tables) dateOutside(count int) Date {
	if count <= t.count(0) {
		return 0
	}
	return checked(sort.Search(int(lastDate), func(i int) bool {
		return t.count(Date(i)+1) >= count
	}) + 1)
}

func weekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
