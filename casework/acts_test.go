package casework_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
)

// A file of many promises, pauses and extensions is judged by one fold that goes on: what it accepts
// is what is accepted where the case is folded for each.
func TestWhatActsOnDutiesIsJudgedAlikeByOneFoldThatGoesOnAndByOneForEach(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := k.manyActs(t)
		one, all := casework.WithActsApart(k.book, 0), casework.WithActsApart(k.book, len(events))
		got, want := refusalLines(refusedOf(one.Accept(events))), refusalLines(refusedOf(all.Accept(events)))
		if got != want {
			t.Fatalf("in a file\n%s\nby one fold\n%s\nby one for each\n%s", eventLines(events), got, want)
		}
		now := firstDay.AddDays(300).At(10, 0)
		if rapid.Bool().Draw(t, "at one instant") {
			for i := range events {
				events[i].Recorded = now
			}
		}
		got, want = judgedInTurn(one, events), judgedInTurn(all, events)
		if got != want {
			t.Fatalf("one after the other\n%s\nby one fold\n%s\nby one for each\n%s", eventLines(events), got, want)
		}
	})
}

// In a case of many interviews owed each has a promise, which is renewed the next day and no more. They
// are recorded as they were made, or all at once as the record takes a file.
func TestManyPromisesInOneFileFoldTheirCaseABoundedNumberOfTimes(t *testing.T) {
	t.Parallel()
	const count = 300
	first := calendar.NewDate(2024, 1, 8)
	at := func(id, kind string, on calendar.Date, data casework.Data) casework.Event {
		return casework.Event{ID: id, Case: "C1", Type: kind, At: casework.OnDay(on), Recorded: on.At(10, 0), Data: data}
	}
	var opened, acts []casework.Event
	for i := range count {
		day, id := first.AddDays(i), fmt.Sprintf("m%03d", i)
		opened = append(opened, at(id, "missing.ended", day, nil))
		for n := range 3 {
			on := day.AddDays(n)
			acts = append(acts, at(fmt.Sprintf("%s-%d", id, n), "notice.acknowledged", on,
				casework.Data{"duty": "MI-01:" + id, "by": "M1", "promise": on.AddDays(1).String()}))
		}
	}
	slices.SortStableFunc(acts, func(x, y casework.Event) int { return x.Recorded.Compare(y.Recorded) })
	for range 2 {
		allowed, folds := casework.ActsInFolds(book, slices.Clone(opened), acts)
		if allowed != 2*count || folds > 13 { // twelve, and the one that goes on
			t.Errorf("%d of %d allowed, in %d folds", allowed, len(acts), folds)
		}
		for i := range acts {
			acts[i].Recorded = first.AddDays(count+10).At(10, 0)
			acts[i].At = casework.OnDay(first.AddDays(count + 10))
			acts[i].Data["promise"] = first.AddDays(count + 11).String()
		}
	}
}

// manyActs draws a case with events that act on its duties, some of them corrected or voided.
func (k kitchen) manyActs(t *rapid.T) []casework.Event {
	events := k.randomCase(t)
	accepted, _ := k.book.Accept(events)
	duties := k.book.Fold(accepted, casework.Moment{AsOf: firstDay.AddDays(300).End()}).Duties
	if len(duties) == 0 {
		return events
	}
	movable := slices.DeleteFunc(slices.Clone(duties), func(d casework.Duty) bool { return d.Rule.Extend == nil && !d.Rule.Pausable })
	if len(movable) > 0 && rapid.Bool().Draw(t, "only what can be moved") {
		duties = movable
	}
	var acts []casework.Event
	for i := range rapid.IntRange(1, 12).Draw(t, "acts") {
		d := &duties[rapid.IntRange(0, len(duties)-1).Draw(t, "of")]
		on := d.Started.Day.AddDays(rapid.IntRange(0, 30).Draw(t, "on"))
		e := casework.Event{ID: fmt.Sprintf("a%02d", i), Case: "C1", At: casework.OnDay(on), Recorded: on.End()}
		e.Type, e.Data = k.actOn(t, d, on)
		if rapid.IntRange(0, 3).Draw(t, "recorded later") == 0 {
			e.Recorded = on.AddDays(rapid.IntRange(1, 20).Draw(t, "days later")).At(9, 0)
		}
		if len(acts) > 0 && rapid.IntRange(0, 5).Draw(t, "correct another") == 0 {
			e.Corrects = acts[rapid.IntRange(0, len(acts)-1).Draw(t, "which")].ID
		}
		acts = append(acts, e)
	}
	return append(events, takenBack(t, acts)...)
}

// actOn draws what acts on a duty: an extension or a pause where its timescale allows one, else a
// promise.
func (k kitchen) actOn(t *rapid.T, d *casework.Duty, on calendar.Date) (string, casework.Data) {
	name, x := "notice.acknowledged", d.Rule.Extend
	switch way := rapid.IntRange(0, 3).Draw(t, "way"); {
	case x != nil && way > 0:
		name = x.Event
	case d.Rule.Pausable && way > 0:
		name = []string{"clock.paused", "clock.resumed"}[way%2]
	}
	kind, _ := k.book.Pack().EventType(name)
	data := randomData(t, kind, on, d.Ref)
	switch days := rapid.IntRange(0, 9).Draw(t, "days"); {
	case name == "notice.acknowledged":
		data["duty"], data["promise"] = d.ID, on.AddDays(days).String()
	case x != nil && name == x.Event:
		delete(data, "granted")
		data["until"] = max(d.Due, on).AddDays(days).String()
	}
	return name, data
}

func refusedOf(_ []casework.Event, refused []casework.Refusal) []casework.Refusal { return refused }

// judgedInTurn are the refusals of events that are judged one after the other, each with all that
// was accepted before.
func judgedInTurn(b *casework.Book, events []casework.Event) string {
	half := len(events) / 2
	history, _ := b.Accept(events[:half])
	judging := b.Judging(slices.Clip(history))
	var refused []casework.Refusal
	for _, e := range events[half:] {
		if r := judging.Check(e); r != nil {
			refused = append(refused, *r)
		} else {
			judging.Accept(e)
		}
	}
	return refusalLines(refused)
}
