package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
)

// The notices of a case are worked out by going on with what was found before. Here they are
// compared with the plainest way: at every instant at which anything was recorded, a law was
// adopted or something was to be looked at, the whole case is folded from its beginning.

// history draws a random case of months or of years with what acts on its duties, and a law.
type history struct {
	events  []casework.Event
	book    *casework.Book
	before  *casework.Book // the law before; nil if it is always the same
	adopted time.Time
}

func (k kitchen) history(t *rapid.T) history {
	h := history{book: k.book}
	if rapid.Bool().Draw(t, "long") {
		h.events = k.longCase(t, 30)
	} else {
		h.events = k.randomCase(t)
	}
	if len(h.events) > 0 {
		h.events = takenBack(t, k.withActs(t, h.events))
	}
	if rapid.IntRange(0, 7).Draw(t, "death") == 0 {
		e := randomEvent(t, 99)
		e.Type, e.Episode = "person.died", ""
		h.events = append(h.events, e)
	}
	h.events, _ = k.book.Accept(h.events)
	if rapid.IntRange(0, 3).Draw(t, "another law before") == 0 {
		h.before = rapid.SampledFrom(kitchens).Draw(t, "law").book
		h.adopted = firstDay.AddDays(rapid.IntRange(-3000, 200).Draw(t, "adopted")).At(12, 0)
		h.book = k.book.After(func() *casework.Book { return h.before }, h.adopted)
	}
	return h
}

// takenBack adds voids and corrections of what acts on duties.
func takenBack(t *rapid.T, events []casework.Event) []casework.Event {
	for i := range rapid.IntRange(0, 2).Draw(t, "taken back") {
		e := rapid.SampledFrom(events).Draw(t, "act")
		if e.Voids != "" {
			continue
		}
		e.ID, e.Corrects, e.Recorded = fmt.Sprintf("t%02d", i), e.ID, e.Recorded.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "later"))
		if rapid.Bool().Draw(t, "void it") {
			e = casework.Event{ID: e.ID, Case: e.Case, Voids: e.Corrects, Recorded: e.Recorded}
		}
		events = append(events, e)
	}
	return events
}

// inForce returns the law that was in force at an instant.
func (h history) inForce(t time.Time) *casework.Book {
	if h.before != nil && t.Before(h.adopted) {
		return h.before
	}
	return h.book
}

// played plays a history as a service does that looks at the case at every such instant, knows
// nothing but the events and what it said, and folds the case for each answer.
func (h history) played(from, to calendar.Date) []casework.Notice {
	var told []casework.Notice
	for at := from.Start(); !at.After(to.End()); {
		b := h.inForce(at)
		agenda := b.Agenda(h.events, told, at)
		for len(agenda.Send) > 0 {
			told = append(told, agenda.Send...)
			agenda = b.Agenda(h.events, told, at)
		}
		at = h.nextLook(agenda, at, to.End().Add(time.Second))
	}
	casework.SortNotices(told)
	return told
}

// nextLook returns the earliest instant after one at which there is something to be looked at.
func (h history) nextLook(agenda *casework.Agenda, at, next time.Time) time.Time {
	sooner := func(t time.Time) {
		if t.After(at) && t.Before(next) {
			next = t
		}
	}
	for _, w := range agenda.Wakes {
		sooner(w.At)
	}
	for i := range h.events {
		sooner(h.events[i].Recorded)
	}
	if h.before != nil {
		sooner(h.adopted)
	}
	return next
}

func TestTheNoticesOfACaseAreThoseOfFoldingItAgainAtEveryInstant(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		h := k.history(t)
		from, to := firstDay.AddYears(-11), calendar.NewDate(2026, 9, 1)
		got, want := noticeLines(h.book.Notices(h.events, from, to)), noticeLines(h.played(from, to))
		if got != want {
			t.Fatalf("law changed at %s\n%s\ngot\n%s\nwant\n%s", h.adopted, eventLines(h.events), got, want)
		}
	})
}

func TestTheOriginOfALadderIsTheSameFromTheLogOfHowEachDutyStood(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		h := k.history(t)
		if len(h.events) == 0 {
			return
		}
		at := anInstant(t, h.events)
		var told []casework.Notice
		if rapid.Bool().Draw(t, "told") {
			told = slices.DeleteFunc(h.book.Notices(h.events, firstDay.AddYears(-11), calendar.DateOf(at)), func(n casework.Notice) bool { return !n.At.Before(at) })
		}
		got, want := casework.OriginsFromLog(h.book, h.events, told, at), casework.OriginsByScan(h.book, h.events, told, at)
		if !slices.Equal(got, want) {
			t.Fatalf("as of %s, law changed at %s\n%s\ngot\n%s\nwant\n%s", at, h.adopted, eventLines(h.events), strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// eventLines returns a case's events, for a failing property.
func eventLines(events []casework.Event) string {
	text := ""
	for _, e := range events {
		text += fmt.Sprintf("%s %s %s recorded %s ep=%q corrects=%q voids=%q backlog=%t %v\n",
			e.ID, e.Type, e.At, e.Recorded.Format(time.RFC3339), e.Episode, e.Corrects, e.Voids, e.Backlog, e.Data)
	}
	return text
}

func TestAFoldThatGoesOnFindsTheDutiesOfFoldingFromTheBeginning(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		h := k.history(t)
		if at, got, want := casework.Unfolded(h.book, h.events); got != want {
			t.Fatalf("at %s, law changed at %s\n%s\ngot\n%s\nwant\n%s", at, h.adopted, eventLines(h.events), got, want)
		}
	})
}
