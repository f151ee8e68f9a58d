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

// judgedInTurn returns the refusals of events that are judged one after the other, each with all that
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

// Extensions: rules.md, section 3. CT-01 issued on 5 January 2026 ends on 5 July, and eight
// weeks after that is 30 August; LA-30 begun that day ends on 27 April, and eight weeks
// after that is 22 June.
const (
	issued   = "c1 proceedings.issued 2026-01-05\n"
	approval = "m1 placement.started 2026-01-05 regulation24=true\n"
)

// extension returns a line that extends LA-30.
func extension(id, at, until string) string {
	return fmt.Sprintf("%s clock.extended %s ref=LA-30 until=%s reason=r by=b role=o", id, at, until)
}

func TestExtensionsThatStand(t *testing.T) {
	t.Parallel()
	runFoldCases(t, extensionCases)
}

var extensionCases = []foldCase{
	{
		name:   "on the day that it extends, to the last day allowed",
		events: approval + extension("x1", "2026-04-27", "2026-06-22"),
		asOf:   "2026-06-23", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-06-22 overdue late=1`,
	},
	{
		name:   "to a day later than before is enough",
		events: approval + extension("x1", "2026-01-05", "2026-04-28"),
		asOf:   "2026-04-28", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-04-28 due_today`,
	},
	{
		name:   "in its own episode only",
		events: "m1 placement.started 2026-01-05 regulation24=true ep=A\n" + extension("x1", "2026-04-20", "2026-05-28") + " ep=A",
		asOf:   "2026-04-28", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-05-28 running ep=A`,
	},
	{
		name:   "given in time and recorded after the date, it stands",
		events: approval + extension("x1", "2026-04-27", "2026-06-22") + " rec=2026-05-11T10:00:00Z",
		asOf:   "2026-05-12", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-06-22 running`,
	},
	{
		name: "given while the duty ran and recorded after it was met, it stands",
		events: approval + "p1 connected_person.approved 2026-05-04\n" +
			extension("x1", "2026-04-20", "2026-06-22") + " rec=2026-05-11T10:00:00Z",
		asOf: "2026-05-12", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-06-22 met met=2026-05-04`,
	},
	{
		name: "a correction replaces what it corrects",
		events: approval + extension("x1", "2026-04-20", "2026-06-22") + "\n" +
			extension("c1", "2026-04-20", "2026-06-01") + " corrects=x1 rec=2026-04-21T10:00:00Z",
		asOf: "2026-04-28", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-06-01 running`,
	},
	{
		name: "after a void there may be another, and the first is undone",
		events: approval + extension("x1", "2026-04-20", "2026-06-22") +
			"\ny1 - 2026-04-21 voids=x1\n" + extension("x2", "2026-04-22", "2026-05-04"),
		asOf: "2026-04-28", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-05-04 running`,
	},
	{
		name:   "the court may extend after the period's end, to eight weeks after the day granted",
		events: issued + "x1 court_timetable.extended 2026-07-20 until=2026-09-14",
		asOf:   "2026-07-21", refs: []string{"CT-01"},
		want: `CT-01:c1 2026-01-05 2026-09-14 running`,
	},
	{
		name:   "the day granted is the event's own unless it says another",
		events: issued + "x1 court_timetable.extended 2026-07-01 until=2026-09-14 granted=2026-07-20 rec=2026-07-20T10:00:00Z",
		asOf:   "2026-07-21", refs: []string{"CT-01"},
		want: `CT-01:c1 2026-01-05 2026-09-14 running`,
	},
	{
		name: "each extension counts from the end that it extends",
		events: issued + `
			x1 court_timetable.extended 2026-06-01 until=2026-08-30
			x2 court_timetable.extended 2026-06-02 until=2026-10-25`,
		asOf: "2026-10-26", refs: []string{"CT-01"},
		want: `CT-01:c1 2026-01-05 2026-10-25 overdue late=1`,
	},
	{
		name: "on the day of the conclusion it is taken before it",
		events: issued + `
			d1 proceedings.concluded 2026-07-10
			x1 court_timetable.extended 2026-07-10 until=2026-08-01`,
		asOf: "2026-08-02", refs: []string{"CT-01"},
		want: `CT-01:c1 2026-01-05 2026-08-01 met met=2026-07-10`,
	},
	{
		name: "what an extension was judged by does not change with a later correction of the start",
		events: approval + extension("x1", "2026-04-27", "2026-06-22") + `
			c1 placement.started 2026-01-02 regulation24=true corrects=m1 rec=2026-05-01T10:00:00Z`,
		asOf: "2026-05-02", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-02 2026-06-22 running`,
	},
	{
		name: "a start that is corrected past the extension's date leaves the extension without effect",
		events: issued + `
			x1 court_timetable.extended 2026-06-01 until=2026-07-20
			c2 proceedings.issued 2026-02-02 corrects=c1 rec=2026-06-10T10:00:00Z`,
		asOf: "2026-06-10", refs: []string{"CT-01"}, // 181 days from 2 February: 2 August
		want: `CT-01:c1 2026-02-02 2026-08-02 running`,
	},
}

func TestRefusedExtensions(t *testing.T) {
	t.Parallel()
	runRefusals(t, []refusalCase{
		{"an earlier date", approval + extension("x1", "2026-04-20", "2026-04-26"), "x1: LA-30: the new date must be later than 2026-04-27"},
		{"the same date", approval + extension("x1", "2026-04-20", "2026-04-27"), "x1: LA-30: the new date must be later than 2026-04-27"},
		{"a day over the cap", approval + extension("x1", "2026-04-20", "2026-06-23"), "x1: LA-30: the latest date allowed is 2026-06-22"},
		{"the day after the date it extends", approval + extension("x1", "2026-04-28", "2026-06-01"), "x1: LA-30: it was due on 2026-04-27: an extension must be given on or before that day"},
		{"a second extension", approval + extension("x1", "2026-04-20", "2026-05-01") + "\n" + extension("x2", "2026-04-28", "2026-06-01"), "x2: LA-30: it has been extended as often as the law allows"},
		{"a correction over the cap", approval + extension("x1", "2026-04-20", "2026-05-01") + "\n" + extension("x2", "2026-04-20", "2026-06-23") + " corrects=x1 rec=2026-04-21T10:00:00Z", "x2: LA-30: the latest date allowed is 2026-06-22"},
		{"no reason", approval + "x1 clock.extended 2026-04-20 ref=LA-30 until=2026-05-01 by=b role=o", "x1: clock.extended needs data.reason"},
		{"no name", approval + "x1 clock.extended 2026-04-20 ref=LA-30 until=2026-05-01 reason=r role=o", "x1: clock.extended needs data.by"},
		{"no role", approval + "x1 clock.extended 2026-04-20 ref=LA-30 until=2026-05-01 reason=r by=b", "x1: clock.extended needs data.role"},
		{"no date", approval + "x1 clock.extended 2026-04-20 ref=LA-30 reason=r by=b role=o", "x1: clock.extended needs data.until"},
		{"no duty of it", issued + extension("x1", "2026-04-20", "2026-05-01"), "x1: nothing was running on that day that it could extend"},
		{"before the duty began", approval + extension("x1", "2026-01-04", "2026-05-01"), "x1: nothing was running on that day"},
		{"after it was met", approval + "p1 connected_person.approved 2026-04-13\n" + extension("x1", "2026-04-14", "2026-05-01"), "x1: nothing was running on that day"},
		{"another episode's", "m1 placement.started 2026-01-05 regulation24=true ep=A\n" + extension("x1", "2026-04-20", "2026-05-01") + " ep=B", "x1: nothing was running on that day"},
		{"a duty that was not known then", "m1 placement.started 2026-01-05 regulation24=true rec=2026-04-21T10:00:00Z\n" + extension("x1", "2026-04-20", "2026-05-01"), "x1: nothing was running on that day"},
		{"an unknown timescale", "x1 clock.extended 2026-04-20 ref=ZZ-99 until=2026-05-01 reason=r by=b role=o", "x1: the rule pack has no timescale with that ref"},
		{"CT-01 otherwise than by the court", issued + "x1 clock.extended 2026-06-20 ref=CT-01 until=2026-08-01 reason=r by=b role=o", "x1: CT-01 cannot be extended in this way"},
		{"the court by a day too much", issued + "x1 court_timetable.extended 2026-06-20 until=2026-08-31", "x1: CT-01: the latest date allowed is 2026-08-30"},
		{"the court after the end by a day too much", issued + "x1 court_timetable.extended 2026-07-20 until=2026-09-15", "x1: CT-01: the latest date allowed is 2026-09-14"},
		{"the court to an earlier date", issued + "x1 court_timetable.extended 2026-06-20 until=2026-07-05", "x1: CT-01: the new date must be later than 2026-07-05"},
		{"the court without a date", issued + "x1 court_timetable.extended 2026-06-20", "x1: court_timetable.extended needs data.until"},
		{"the court after the conclusion", issued + "d1 proceedings.concluded 2026-06-01\nx1 court_timetable.extended 2026-06-20 until=2026-08-01", "x1: nothing was running on that day"},
	})
}

// Each is judged by itself: a refused one leaves the rest of the case alone.
func TestARefusedExtensionMovesNothing(t *testing.T) {
	t.Parallel()
	events, refused := book.Accept(tell(t, approval+extension("x1", "2026-04-20", "2026-06-23")+"\n"+extension("x2", "2026-04-21", "2026-06-22")))
	if len(refused) != 1 || refused[0].Event != "x1" {
		t.Fatalf("refused %v", refused)
	}
	plan := book.Fold(events, casework.Moment{AsOf: instant(t, "2026-04-22")})
	same(t, `LA-30:m1 2026-01-05 2026-06-22 running`, dutyLines(plan, "LA-30"))
	x := plan.Duty("LA-30:m1").Extensions
	if len(x) != 1 || x[0].Entry != "x2" || x[0].From.String() != "2026-04-27" || x[0].Reason != "r" || x[0].By != "b" || x[0].Role != "o" {
		t.Errorf("extended %+v", x)
	}
}

// A correction of what was refused has nothing to stand on.
func TestWhatHangsOnARefusedEventIsRefusedToo(t *testing.T) {
	t.Parallel()
	_, refused := book.Accept(tell(t, approval+extension("x1", "2026-04-20", "2026-06-23")+"\n"+
		extension("c1", "2026-04-20", "2026-06-22")+" corrects=x1 rec=2026-04-21T10:00:00Z\nv1 - 2026-04-22 voids=c1"))
	if len(refused) != 3 {
		t.Fatalf("refused %v", refused)
	}
}
