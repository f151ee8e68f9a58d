package casework

import (
	"slices"
	"time"

	"longstop/calendar"
)

// timeline is a case's events as seen at a moment, resolved and laid out by day.
type timeline struct {
	book   *Book
	all    []*entry // by day, then by when the entry was first recorded
	byType map[string][]*entry
	asOf   calendar.Date

	reopened map[calendar.Date]bool // days on which the case was open before, closed, and opened again
	spans    map[string][]*span     // by period
	birthday calendar.Date          // the 18th birthday; zero where the birth is not known
	born     calendar.Date
}

func (b *Book) lay(events []Event, m Moment) *timeline {
	t := &timeline{
		book: b, asOf: calendar.DateOf(m.AsOf),
		byType: map[string][]*entry{}, reopened: map[calendar.Date]bool{}, spans: map[string][]*span{},
	}
	for _, n := range entries(events, m.KnownAt) {
		if happened(n.At, m.AsOf) {
			t.all = append(t.all, n)
		}
	}
	slices.SortFunc(t.all, func(x, y *entry) int {
		if x.At.Day != y.At.Day {
			return int(x.At.Day) - int(y.At.Day)
		}
		return byRecorded(x, y)
	})
	for i, n := range t.all {
		n.place = i
		t.byType[n.Type] = append(t.byType[n.Type], n)
	}
	t.findBirthday()
	t.findReopenings()
	for _, p := range b.periods {
		t.spans[p.Name] = t.layPeriod(p)
	}
	return t
}

// happened says whether an event is seen as of an instant: one known by its day alone is
// seen from the start of that day.
func happened(at When, asOf time.Time) bool { return !at.Start().After(asOf) }

// The events that say when a child was or will be born.
const typeBorn = "person.born"

// adulthood is the birthday on which duties limited in days end.
const adulthood = 18

func (t *timeline) findBirthday() {
	for _, n := range t.byType[typeBorn] {
		t.born = n.At.Day
		if day := n.Data.Day("date"); !day.IsZero() {
			t.born = day
		}
	}
	if !t.born.IsZero() {
		t.birthday = t.born.Birthday(adulthood)
	}
}

// findReopenings finds the days on which a case that was open before is closed and opened
// again: on these the closing is taken first (rules.md, section 3, "Order").
func (t *timeline) findReopenings() {
	open := false
	for day, events := range t.days() {
		var closes, opens, works bool
		for _, n := range events {
			closes = closes || t.book.caseEnd[n.Type]
			opens = opens || t.book.caseOpen[n.Type]
			works = works || !t.book.types[n.Type].Marks
		}
		if open && closes && opens {
			t.reopened[day] = true
		}
		open = (open || works) && (!closes || t.reopened[day])
	}
}

// days walks the days on which something happened, with what happened on each.
func (t *timeline) days() func(yield func(calendar.Date, []*entry) bool) {
	return func(yield func(calendar.Date, []*entry) bool) {
		for i := 0; i < len(t.all); {
			j := i
			for j < len(t.all) && t.all[j].At.Day == t.all[i].At.Day {
				j++
			}
			if !yield(t.all[i].At.Day, t.all[i:j]) {
				return
			}
			i = j
		}
	}
}

// on are the events of a day among some that are laid out by day.
func on(list []*entry, day calendar.Date) []*entry {
	i, _ := slices.BinarySearchFunc(list, day, func(n *entry, d calendar.Date) int { return int(n.At.Day) - int(d) })
	j := i
	for j < len(list) && list[j].At.Day == day {
		j++
	}
	return list[i:j]
}
