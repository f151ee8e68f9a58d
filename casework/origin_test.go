package casework_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
)

// longCase draws a case of ten years in which much is recorded late, by days or by years.
func (k kitchen) longCase(t *rapid.T, most int) []casework.Event {
	cook := k.recipe(t)
	var events []casework.Event
	for i := range rapid.IntRange(1, most).Draw(t, "events") {
		e := randomEvent(t, i)
		e.At = casework.OnDay(firstDay.AddDays(-rapid.IntRange(0, 3650).Draw(t, "days ago")))
		late := rapid.SampledFrom([]int{0, 0, 0, 1, 30, 400, 3650}).Draw(t, "recorded late by days")
		e.Recorded = e.At.End().AddDate(0, 0, late)
		if rapid.IntRange(0, 3).Draw(t, "in one recording") == 0 {
			e.Recorded = firstDay.At(10, 0)
			e.Backlog = rapid.Bool().Draw(t, "backlog")
		}
		e.Type, e.Data = cook(e.At.Day)
		if len(events) > 0 && rapid.IntRange(0, 4).Draw(t, "change") == 0 {
			target := rapid.SampledFrom(events).Draw(t, "target")
			switch {
			case target.Voids != "":
			case rapid.IntRange(0, 2).Draw(t, "void") == 0:
				e.Type, e.Data, e.Voids = "", nil, target.ID
			default:
				e.Type, e.Corrects = target.Type, target.ID
				if rapid.Bool().Draw(t, "same day") {
					e.At = target.At
				}
			}
		}
		events = append(events, e)
	}
	events, _ = k.book.Accept(events)
	return events
}

// anInstant is one at which the agenda of a long case may be asked for: near a recording, or
// any time later.
func anInstant(t *rapid.T, events []casework.Event) time.Time {
	e := rapid.SampledFrom(events).Draw(t, "around")
	return e.Recorded.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "days later"))
}

func TestTheOriginOfALadderIsThatOfFoldingTheCaseAtEveryRecording(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := k.withActs(t, k.randomCase(t))
		if rapid.Bool().Draw(t, "long") {
			events = k.longCase(t, 30)
		}
		events, _ = k.book.Accept(events)
		if len(events) == 0 {
			return
		}
		at := anInstant(t, events)
		b := k.book
		if rapid.IntRange(0, 3).Draw(t, "another law before") == 0 {
			other := rapid.SampledFrom(kitchens).Draw(t, "law").book
			b = b.After(func() *casework.Book { return other }, firstDay.AddDays(rapid.IntRange(-3000, 100).Draw(t, "adopted")).At(12, 0))
		}
		var told []casework.Notice
		if rapid.Bool().Draw(t, "told") {
			told = slices.DeleteFunc(b.Notices(events, firstDay.AddYears(-11), calendar.DateOf(at)), func(n casework.Notice) bool { return !n.At.Before(at) })
		}
		got := casework.Origins(b, events, told, at)
		want := casework.OriginsByScan(b, events, told, at)
		if !slices.Equal(got, want) {
			t.Fatalf("as of %s\n%s\ngot\n%s\nwant\n%s", at, eventLines(events), strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
