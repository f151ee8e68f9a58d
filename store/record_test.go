package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
)

func TestARecordedEventBringsDutiesAWakeAndANudge(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	got := r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	equal(t, "new", got.New, 1)
	equal(t, "nudges", len(got.Nudges), 2) // FrontDoor and Assessment
	d := r.duty("C1", "AS-01")
	equal(t, "due", d.Due, "2027-01-07")
	equal(t, "state", d.State, casework.Running)
	n := r.row("C1", pathway.Assessment)
	equal(t, "open", n.Open, true)
	equal(t, "wake", n.Wake, london("2026-12-21 09:00"))
	has(t, "summary", n.WakeSummary, "AS-01")
	equal(t, "outbox", len(r.column(`select pathway from outbox`)), 2)
}

func TestRecordingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	e := event("e1", "C1", "cp_plan.started", "2026-11-02", "category=neglect")
	r.mustRecord(e)
	before := r.row("C1", pathway.ChildProtection)
	r.setClock("2026-11-02 11:00")
	e.Recorded = london("2026-11-02 09:00") // when the source recorded it makes no difference
	got := r.mustRecord(e, e)
	equal(t, "known", got.Known, 2)
	equal(t, "new", got.New, 0)
	equal(t, "nudges", len(got.Nudges), 0)
	equal(t, "revision", r.row("C1", pathway.ChildProtection).Revision, before.Revision)
}

// No fraction of a second is shown, so the record keeps none: neither of when something happened
// nor of when it was recorded.
func TestTheRecordKeepsNoFractionOfASecond(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-06-05 10:00")
	r.clock.Set(london("2026-06-05 10:00").Add(750 * time.Millisecond))
	m := event("m", "C1", "missing.ended", "2026-06-01T10:00:00.999Z")
	r.mustRecord(m, event("i", "C1", "return_interview.completed", "2026-06-04T10:00:00.999500Z"))
	got := r.column(`select at_instant::text || ' ' || recorded::text from events order by id`)
	equal(t, "written", strings.Join(got, "; "), "2026-06-04 10:00:00+00 2026-06-05 09:00:00+00; 2026-06-01 10:00:00+00 2026-06-05 09:00:00+00")
	d := r.duty("C1", "MI-01") // 72 hours after 10:00:00
	equal(t, "state", d.State, casework.Met)
	m.At.Instant = m.At.Instant.Add(250 * time.Millisecond)
	equal(t, "known", r.mustRecord(m).Known, 1)
}

// A feed that was recorded yesterday and comes again today, from another program: with blanks, the
// offset of London, a fraction of a second, and flags that say no more than if they were left out.
func TestTheSameEventWrittenOtherwiseIsKnown(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-06-02 10:00")
	first := event("v1", "C1", "cp_visit.made", "2026-06-01T10:00:00Z", "seen=true")
	first.Episode, first.Recorded = "P1", london("2026-06-01 12:00")
	r.mustRecord(event("p1", "C1", "cp_plan.started", "2026-06-01"), first)
	r.setClock("2026-06-03 10:00")
	again := event(" v1", "C1\u00a0", "cp_visit.made", "2026-06-01T11:00:00.75+01:00", "seen=true", "seen_alone=false")
	again.Episode, again.Data["note"] = "P1 ", nil
	got := r.mustRecord(again)
	equal(t, "known", got.Known, 1)
	equal(t, "new", got.New, 0)
	equal(t, "cases", len(r.column(`select key::text from cases`)), 1)

	other := event("v1", "C1", "cp_visit.made", "2026-06-01T10:00:00Z", "seen=true", "seen_alone=true")
	other.Episode = "P1"
	refused, err := r.Record(t.Context(), source, []casework.Event{other})
	if err != nil || len(refused.Refused) != 1 {
		t.Fatalf("refused %v, %v", refused.Refused, err)
	}
	has(t, "reason", refused.Refused[0].Reason, "other content")
}

func TestRefusalsSayWhyAndLeaveTheRest(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"), event("e2", "C2", "referral.received", "2026-11-02"))
	void := casework.Event{ID: "v1", Case: "C1", Voids: "e2"}
	lost := casework.Event{ID: "v2", Case: "C1", Voids: "e99"}
	nul := event("n1", "C1", "assessment.completed", "2026-11-02", "outcome=a\x00b")
	big := event("n2", "C1", "assessment.completed", "2026-11-02", "outcome="+strings.Repeat("x", 70<<10))
	for _, tc := range []struct {
		name   string
		event  casework.Event
		reason string
	}{
		{"the same id with other content", event("e1", "C1", "referral.received", "2026-11-01"), "other content"},
		{"the same id in another case", event("e1", "C2", "referral.received", "2026-11-02"), "another case"},
		{"a void of another case's event", void, "belongs to another case"},
		{"a void of an event that is not there", lost, "does not exist"},
		{"an unknown type", event("x1", "C1", "visit.dreamt", "2026-11-02"), "unknown type"},
		{"something that has not happened yet", event("x2", "C1", "assessment.completed", "2026-11-03"), "before it happened"},
		{"something a minute ahead", event("x3", "C1", "assessment.completed", "2026-11-02T10:01:00Z"), "before it happened"},
		{"a character that a text cannot hold", nul, "U+0000"},
		{"data that is a document", big, "64 KB"},
		{"what nobody sees in a reference", event("x7", "C\u200b1", "referral.received", "2026-11-02"), `"case" holds U+200B`},
		{"what nobody sees in an id", event("x\u202e8", "C1", "referral.received", "2026-11-02"), `"id" holds U+202E`},
		{"no id", event("", "C1", "referral.received", "2026-11-02"), "no id"},
		{"an id that is too long", event(strings.Repeat("x", 201), "C1", "referral.received", "2026-11-02"), "200 bytes"},
		{"a reference that is too long", event("x4", strings.Repeat("x", 201), "referral.received", "2026-11-02"), "200 bytes"},
		{"a worker's name that is too long", event("x5", "C1", "worker.allocated", "2026-11-02", "worker="+strings.Repeat("x", 201)), "200 bytes"},
		{"nobody's event", staff("x6", "referral.received", "2026-11-02"), "names no case"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			good := event("good-"+tc.name, "C3", "contact.received", "2026-11-02")
			got, err := r.Record(t.Context(), source, []casework.Event{tc.event, good})
			if err != nil || len(got.Refused) != 1 {
				t.Fatalf("refused %v, %v", got.Refused, err)
			}
			has(t, "reason", got.Refused[0].Reason, tc.reason)
			equal(t, "event", got.Refused[0].Event, tc.event.ID)
			equal(t, "new", got.New, 1)
		})
	}
}

// Whichever of the events it is: first, between the others, or last.
func TestAnEventWithAnIDThatCannotBeKeptTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	for place := range 3 {
		r := newRecord(t, "2026-11-03 10:00")
		events := []casework.Event{
			event("e0", "C1", "referral.received", "2026-11-02"),
			event("e1", "C1", "cin_plan.started", "2026-11-02"),
			event("e2", "C1", "cin_visit.made", "2026-11-03", "seen=true"),
		}
		events[place].ID = strings.Repeat("x", 201)
		got, err := r.Record(t.Context(), source, events)
		if err != nil || got.New != 2 || len(got.Refused) != 1 {
			t.Fatalf("at place %d: %d new, refused %v, %v", place, got.New, got.Refused, err)
		}
		equal(t, "the one that is refused", got.Refused[0].Event, events[place].ID)
		equal(t, "events of the record", len(r.column(`select id from events`)), 2)
	}
}

func TestACaseOfWhichEverythingIsRefusedIsNotMade(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	got, err := r.Record(t.Context(), source, []casework.Event{event("e1", "C1", "visit.dreamt", "2026-11-02")})
	if err != nil || len(got.Refused) != 1 {
		t.Fatal(got, err)
	}
	equal(t, "cases", len(r.column(`select key::text from cases`)), 0)
	if _, err := r.CaseKey(t.Context(), source, "C1"); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("the case is known: %v", err)
	}
}

func TestTheOrderOfTheEventsHandedInMakesNoDifference(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-12-01 10:00")
	ref := func(id string, e casework.Event) casework.Event { e.Corrects = id; return e }
	got := r.mustRecord(
		casework.Event{ID: "v", Case: "C1", Voids: "e2"},
		event("x", "C1", "court_timetable.extended", "2026-12-01", "until=2027-05-10"),
		ref("c1", event("c2", "C1", "cp_visit.made", "2026-11-11", "seen=true")),
		ref("e3", event("c1", "C1", "cp_visit.made", "2026-11-10", "seen=true")),
		event("e2", "C1", "cp_visit.made", "2026-11-12", "seen=true"),
		event("e3", "C1", "cp_visit.made", "2026-11-09", "seen=true"),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("p1", "C1", "proceedings.issued", "2026-10-19"),
	)
	equal(t, "new", got.New, 8)
	list, err := r.Duties(t.Context(), store.DutyFilter{Case: "C1", Ref: "CP-10"})
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	equal(t, "met on", list[0].MetOn, "2026-11-11")
}

func TestRecordedIsOursAndNeverGoesBack(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-10-02"))
	r.clock.Set(london("2026-11-02 10:00").Add(-4 * time.Second)) // the clock was corrected a little
	late := event("e2", "C1", "assessment.started", "2026-10-03")
	late.Recorded = london("2026-10-05 14:30")
	inFile := event("e3", "C1", "assessment.checkpoint", "2026-10-04")
	inFile.Recorded = inFile.At.End() // what a file of events says that says nothing
	r.mustRecord(late, inFile)
	events, err := r.Events(t.Context(), source, "C1")
	if err != nil || len(events) != 3 {
		t.Fatal(events, err)
	}
	for _, e := range events {
		equal(t, "recorded "+e.ID, e.Recorded, london("2026-11-02 10:00"))
		equal(t, "case", e.Case, "C1")
	}
	equal(t, "the source's own time", events[1].Data.Text("source_recorded"), "2026-10-05T13:30:00Z")
	equal(t, "no time of the source's own", len(events[2].Data), 0)
	again, err := r.Record(t.Context(), source, events) // as `starter events | starter record` would
	if err != nil || again.Known != 3 {
		t.Errorf("recording what was read: %+v, %v", again, err)
	}
}

func TestManyAtOnceMakeOneCaseAndLoseNothing(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	var all sync.WaitGroup
	errs := make(chan error, 40)
	for i := range 40 {
		all.Go(func() {
			e := event(fmt.Sprint("e", i%20), "C1", "cp_visit.made", fmt.Sprintf("2026-10-%02d", i%20+1), "seen=true")
			_, err := r.Record(t.Context(), source, []casework.Event{e})
			errs <- err
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "cases", len(r.column(`select key::text from cases`)), 1)
	equal(t, "events", len(r.column(`select id from events`)), 20)
}

func TestTheSameIDInTwoCasesAtOnceIsRefusedInOne(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for i := range 10 {
		var both sync.WaitGroup
		refused := make(chan int, 2)
		for _, ref := range []string{"A", "B"} {
			both.Go(func() {
				got, err := r.Record(t.Context(), source, []casework.Event{event(fmt.Sprint("same", i), ref, "contact.received", "2026-11-01")})
				if err != nil {
					t.Error(err)
				}
				refused <- len(got.Refused)
			})
		}
		both.Wait()
		equal(t, "refused", <-refused+<-refused, 1)
	}
}

func TestTheRecordIsAppendOnly(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(append(people(), event("e1", "C1", "referral.received", "2026-11-02"))...)
	for _, sql := range []string{
		`update events set type = 'contact.received'`, `delete from events`, `truncate events cascade`,
		`update staff_events set type = ''`, `delete from staff_events`, `truncate staff_events cascade`,
		`update laws set pack_name = 'x'`, `delete from laws_in_force`, `truncate laws_in_force cascade`,
		`truncate feed_authorities`, `truncate attachments`, `truncate list_duties`,
	} {
		if err := r.exec(sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestOnlyPathwaysThatChangedAreNudged(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(
		event("e1", "C1", "cp_plan.started", "2026-10-26"), event("e2", "C1", "looked_after.started", "2026-11-02"),
	)
	care := r.row("C1", pathway.LookedAfter)
	got := r.mustRecord(event("e3", "C1", "cp_visit.made", "2026-11-02", "seen=true"))
	equal(t, "nudges", len(got.Nudges), 1)
	equal(t, "pathway", got.Nudges[0].Pathway, pathway.ChildProtection)
	equal(t, "the other's revision", r.row("C1", pathway.LookedAfter).Revision, care.Revision)
	if got.Nudges[0].Revision <= care.Revision {
		t.Errorf("the revision does not rise: %d after %d", got.Nudges[0].Revision, care.Revision)
	}
	got = r.mustRecord(event("e4", "C1", "contact.received", "2026-11-02"))
	equal(t, "nudges for an event that changes nothing", len(got.Nudges), 0)
}

func TestAPathwayThatWasNeverOpenHasNoNudge(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	got := r.mustRecord(
		event("e1", "C1", "referral.received", "2025-01-02"), event("e2", "C1", "referral.decided", "2025-01-02", "outcome=nfa"),
		event("e3", "C1", "case.closed", "2025-01-03"),
	)
	equal(t, "nudges", len(got.Nudges), 0)
	equal(t, "outbox", len(r.column(`select pathway from outbox`)), 0)
	equal(t, "pathways", len(r.column(`select pathway from pathways`)), 0)
	equal(t, "duties are kept all the same", r.duty("C1", "AS-01").State, casework.Ended)
}

func TestAPathwayThatClosesIsNudgedOnceToEnd(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	first := r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	if err := r.DeleteSent(t.Context(), first.Nudges); err != nil {
		t.Fatal(err)
	}
	got := r.mustRecord(event("e2", "C1", "case.closed", "2026-11-02"))
	equal(t, "nudges", len(got.Nudges), 2)
	for _, n := range got.Nudges {
		equal(t, "open", n.Open, false)
		equal(t, "wake", n.Wake, time.Time{})
	}
	again := r.mustRecord(event("e3", "C1", "contact.received", "2026-11-02"))
	equal(t, "nudges once it is closed", len(again.Nudges), 0)
	r.setClock("2026-11-03 10:00")
	reopened := r.mustRecord(event("e4", "C1", "referral.received", "2026-11-03"))
	if !slices.ContainsFunc(reopened.Nudges, func(n pathway.Nudge) bool { return n.Pathway == pathway.Assessment && n.Open }) {
		t.Errorf("a new referral nudges it open: %+v", reopened.Nudges)
	}
}

// A pathway's clock goes on as long as anything of it is owed: the closing of one referral ends what
// is of that, and not the clock of another.
func TestAClosingOfOneReferralLeavesTheClockOfAnotherRunning(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-06 10:00")
	of := func(episode string, e casework.Event) casework.Event { e.Episode = episode; return e }
	r.mustRecord(
		of("R1", event("r1", "C1", "referral.received", "2026-11-02")), of("R2", event("r2", "C1", "referral.received", "2026-11-03")),
		of("R2", event("p", "C1", "cp_plan.started", "2026-11-04")), of("R1", event("c1", "C1", "case.closed", "2026-11-05")),
	)
	for _, name := range []string{pathway.Assessment, pathway.ChildProtection} {
		equal(t, name+" once R1 is closed", r.row("C1", name).Open, true)
	}
	ended := r.column(`select duty from duties where ended_on is not null order by duty`)
	equal(t, "ended", strings.Join(ended, " "), "AS-01:r1 FD-01:r1")
	closed := r.mustRecord(of("R2", event("c2", "C1", "case.closed", "2026-11-06")))
	for _, name := range []string{pathway.Assessment, pathway.ChildProtection} {
		equal(t, name+" once R2 is closed", slices.ContainsFunc(closed.Nudges, func(n pathway.Nudge) bool { return n.Pathway == name && !n.Open }), true)
	}
}

func TestAPlanThatIsRecordedForAnAdultIsWarnedOf(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-06 10:00")
	got := r.mustRecord(event("b", "C1", "person.born", "2006-05-01"), event("p", "C1", "cp_plan.started", "2026-11-02"))
	lines := make([]string, len(got.DidNotCount))
	for i := range got.DidNotCount {
		lines[i] = got.DidNotCount[i].Error()
	}
	equal(t, "warned of", strings.Join(lines, "\n"),
		"p: recorded, but it did not count: the child had turned 18, on Wed 1 May 2024: it starts no timescale")
}

func TestWhatIsRecordedAndComesToNothingIsNamedWithTheReason(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-06 10:00")
	visit := event("v2", "C1", "cp_visit.made", "2026-11-04", "seen=true")
	visit.Line = 3
	of := event("a1", "C1", "assessment.completed", "2026-11-05")
	of.Episode = "R9"
	got := r.mustRecord(
		event("p1", "C1", "cp_plan.started", "2026-11-02"), event("p2", "C1", "cp_plan.ended", "2026-11-03"), visit, of,
		event("v3", "C1", "cp_visit.made", "2026-11-04", "seen=false"), event("v1", "C1", "cp_visit.made", "2026-11-02", "seen=true"),
	)
	equal(t, "new", got.New, 6)
	lines := make([]string, len(got.DidNotCount))
	for i := range got.DidNotCount {
		lines[i] = got.DidNotCount[i].Error()
		if n := got.DidNotCount[i]; n.Event == "v2" {
			equal(t, "its line", n.Line, 3)
		}
	}
	slices.Sort(lines)
	equal(t, "came to nothing", strings.Join(lines, "\n"),
		"a1: recorded, but it did not count: no referral or plan with the id R9 had been opened\n"+
			`v2: recorded, but it did not count: nothing was open that it could be for: "Child protection visit" ended on Tue 3 Nov 2026 (cp_plan.ended p2)`)
	again := r.mustRecord(visit, event("v4", "C1", "cp_visit.made", "2026-11-05", "seen=true"))
	equal(t, "only of what is new", len(again.DidNotCount), 1)
	corrected := event("v5", "C1", "cp_visit.made", "2026-11-05", "seen=true", "seen_alone=true")
	corrected.Corrects = "v4"
	equal(t, "a correction", r.mustRecord(corrected).DidNotCount[0].Event, "v5")
}

// What was voided stays so: a change of it that is recorded later would change nothing.
func TestAChangeOfWhatWasVoidedBeforeIsRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	correcting := func(id, of string) casework.Event {
		e := event(id, "C1", "referral.received", "2026-11-01")
		e.Corrects = of
		return e
	}
	void := casework.Event{ID: "x1", Case: "C1", Voids: "e1"}
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"), correcting("c1", "e1"))
	r.setClock("2026-11-03 10:00")
	r.mustRecord(void)
	r.setClock("2026-11-04 10:00")
	anew := event("e2", "C1", "referral.received", "2026-11-01")
	got, err := r.Record(t.Context(), source, []casework.Event{
		correcting("c2", "e1"), correcting("c3", "c1"), {ID: "x2", Case: "C1", Voids: "c1"}, void, anew,
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(got.Refused))
	for i := range got.Refused {
		lines[i] = got.Refused[i].Error()
	}
	slices.Sort(lines)
	equal(t, "refused", strings.Join(lines, "\n"),
		"c2: the event that it corrects was voided on Tue 3 Nov 2026: record the event again, with an id of its own\n"+
			"c3: the event that it corrects was voided on Tue 3 Nov 2026: record the event again, with an id of its own\n"+
			"x2: the event that it voids was voided already, on Tue 3 Nov 2026: leave this void out")
	equal(t, "the void once more", got.Known, 1)
	equal(t, "the event again", got.New, 1)
}

// A file that is recorded at once is recorded at one instant: what its source says of when tells a
// correction that came after the void from one that stood before it.
func TestACorrectionThatItsSourceMadeAfterTheVoidIsNamedAsOneThatDidNotCount(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-10 10:00")
	at := func(e casework.Event, corrects, recorded string) casework.Event {
		e.Corrects, e.Recorded = corrects, london(recorded)
		return e
	}
	visit := func(id string) casework.Event { return event(id, "C1", "cp_visit.made", "2026-11-03", "seen=true") }
	got := r.mustRecord(
		event("p1", "C1", "cp_plan.started", "2026-11-02"),
		at(visit("v1"), "", "2026-11-04 10:00"), at(visit("c1"), "v1", "2026-11-05 10:00"),
		at(casework.Event{ID: "x1", Case: "C1", Voids: "v1"}, "", "2026-11-06 10:00"), at(visit("c2"), "v1", "2026-11-07 10:00"),
	)
	equal(t, "new", got.New, 5)
	if len(got.DidNotCount) != 1 {
		t.Fatalf("%+v", got.DidNotCount)
	}
	equal(t, "did not count", got.DidNotCount[0].Error(), "c2: recorded, but it did not count: "+
		"the event that it corrects was voided on Fri 6 Nov 2026: record the event again, with an id of its own")
}

func TestATypeThatNobodyReportsIsAcceptedWithAWarning(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("s1", "C1", "source.attached", "2026-11-01", "name=return", "reports=cp_plan.started,cp_review.held"))
	got := r.mustRecord(
		event("e1", "C1", "cp_visit.made", "2026-11-02", "seen=true"), event("e2", "C1", "cp_review.held", "2026-11-02"),
		event("e3", "C1", "person.born", "2020-01-01", "date=2020-01-01"),
		event("i1", "C1", "strategy_discussion.held", "2026-11-01", "s47=true", "inferred=true"),
	)
	equal(t, "new", got.New, 4)
	if len(got.Warnings) != 1 || got.Warnings[0].Event != "e1" {
		t.Fatalf("warnings: %v", got.Warnings)
	}
	has(t, "warning", got.Warnings[0].Reason, "'starter attach --source cms --reports cp_visit.made --from DATE'")
	got = r.mustRecord(
		event("s2", "C1", "source.attached", "2026-11-02", "name=feed", "reports=cp_visit.made,", "from=2026-10-01"),
		event("e4", "C1", "cp_visit.made", "2026-11-02", "seen=true"),
	)
	equal(t, "warnings once a feed reports it", len(got.Warnings), 0)
	got = r.mustRecord(event("s3", "C1", "source.attached", "2026-11-02", "name=feed", "reports=core_group.held,"))
	if len(got.Warnings) != 1 || got.Warnings[0].Event != "s3" {
		t.Fatalf("warnings of a source without a first day: %v", got.Warnings)
	}
	has(t, "warning", got.Warnings[0].Reason, "no data.from, so it reaches back for ever")
}

// sameType is a rule for tests: an inferred event gives way to a real one of its type.
func sameType(inferred, real casework.Event) bool { return inferred.Type == real.Type }

func TestAnInferredEventGivesWayWhicheverComesFirst(t *testing.T) {
	t.Parallel()
	inferred := event("i1", "C1", "icpc.held", "2026-10-05", "outcome=plan", "inferred=true")
	real := event("e1", "C1", "icpc.held", "2026-10-02", "outcome=plan")
	correction := event("c1", "C1", "icpc.held", "2026-10-02", "outcome=plan")
	correction.Corrects = "e0"
	for _, tc := range []struct {
		name    string
		batches [][]casework.Event
	}{
		{"the real one later", [][]casework.Event{{inferred}, {real}}},
		{"the inferred one later", [][]casework.Event{{real}, {inferred}}},
		{"both at once", [][]casework.Event{{inferred, real}}},
		{"a correction makes a real one of another event", [][]casework.Event{
			{inferred, event("e0", "C1", "contact.received", "2026-10-02")}, {correction},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.GivesWay = sameType })
			gaveWay := 0
			for _, batch := range tc.batches {
				gaveWay += r.mustRecord(batch...).GaveWay
			}
			equal(t, "gave way", gaveWay, 1)
			equal(t, "voids", strings.Join(r.column(`select voids || ' by ' || recorded_by from events where voids is not null`), ","), "i1 by longstop")
			d := r.duty("C1", "CP-11")
			equal(t, "what counts is the real one", d.Started, "2026-10-02")
			again := r.mustRecord(tc.batches[0]...)
			equal(t, "known when recorded again", again.Known, len(tc.batches[0]))
			equal(t, "nothing gives way twice", again.GaveWay, 0)
		})
	}
}

func TestARealEventFromAnotherSourceMakesAnInferredOneGiveWay(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.GivesWay = sameType })
	r.mustRecord(event("i1", "C1", "icpc.held", "2026-10-05", "outcome=plan", "inferred=true"))
	if err := r.LinkReference(t.Context(), source, "C1", "feed", "4711"); err != nil {
		t.Fatal(err)
	}
	got, err := r.Record(t.Context(), "feed", []casework.Event{event("r1", "4711", "icpc.held", "2026-10-02", "outcome=plan")})
	if err != nil || got.GaveWay != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	// The void is of the inferred event's own source, so that the source's next diff sees it.
	entries, err := r.SourceEntries(t.Context(), source, []string{"C1"})
	if err != nil || len(entries["C1"]) != 2 || entries["C1"][1].Voids != "i1" {
		t.Errorf("entries: %+v, %v", entries, err)
	}
	events, err := r.Events(t.Context(), "feed", "4711")
	if err != nil || len(events) != 3 || events[0].Case != "C1" || events[1].Case != "4711" {
		t.Errorf("events under their own references: %+v, %v", events, err)
	}
}

func TestLinkingAReferenceOfAnotherCaseIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "contact.received", "2026-11-01"), event("e2", "C2", "contact.received", "2026-11-01"))
	ctx := t.Context()
	if err := r.LinkReference(ctx, source, "C1", source, "C2"); !errors.Is(err, store.ErrLinked) {
		t.Errorf("another case's: %v", err)
	}
	if err := r.LinkReference(ctx, source, "C9", source, "C8"); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("an unknown case: %v", err)
	}
	for range 2 {
		if err := r.LinkReference(ctx, source, "C1", "feed", "4711"); err != nil {
			t.Error(err)
		}
	}
}

func TestAnIDThatAnotherSourceUsedInTheCaseIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-01"))
	if err := r.LinkReference(t.Context(), source, "C1", "feed", "4711"); err != nil {
		t.Fatal(err)
	}
	got, err := r.Record(t.Context(), "feed", []casework.Event{
		event("e1", "4711", "assessment.started", "2026-11-01"), event("f1", "4711", "assessment.checkpoint", "2026-11-01"),
	})
	if err != nil || got.New != 1 || len(got.Refused) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	has(t, "reason", got.Refused[0].Reason, "another source")
}

func TestNothingThatLeavesTheRecordHoldsAReferenceOrAnID(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-12-20 10:00")
	got := r.mustRecord(append(people(),
		event("SECRET-1", "SECRET-CHILD", "cp_plan.started", "2026-11-02"), event("SECRET-3", "SECRET-CHILD", "icpc.held", "2026-11-02", "outcome=plan"),
		event("SECRET-4", "SECRET-CHILD", "person.born", "2020-01-01", "date=2020-01-01"),
		event("SECRET-2", "SECRET-CHILD", "worker.allocated", "2026-11-02", "worker=W1"))...)
	r.setClock("2026-12-21 09:00")
	planned := r.plan("SECRET-CHILD", pathway.ChildProtection)
	if len(planned.Send) == 0 {
		t.Fatal("nothing is due")
	}
	for _, text := range []string{fmt.Sprintf("%+v", got.Nudges), fmt.Sprintf("%+v", planned)} {
		for _, secret := range []string{"SECRET", "Ada", "ada@", "2020-01-01"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s leaves the record: %s", secret, text)
			}
		}
	}
	equal(t, "worker", planned.Next.Display.Worker, "W1")
	equal(t, "team", planned.Next.Display.Team, "T1")
}

func TestACancelledContextIsNoFaultOfPostgres(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Record(ctx, source, []casework.Event{event("e1", "C1", "referral.received", "2026-11-02")})
	if !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

// Of one event the values are handed over one by one, of several in JSON: the rows are the same.
func TestAnEventByItselfIsWrittenAsAmongOthers(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	rich := func(ref string) casework.Event {
		e := event(ref+"-strategy", ref, "strategy_discussion.held", "2026-10-30T09:15:00Z", "outcome=section_47")
		e.Episode, e.By = "E1", "Ada Example"
		return e
	}
	plain := func(ref string) casework.Event { return event(ref+"-referral", ref, "referral.received", "2026-10-29") }
	change := func(ref string) casework.Event {
		e := event(ref+"-corrected", ref, "referral.received", "2026-10-28")
		e.Corrects = ref + "-referral"
		return e
	}
	void := func(ref string) casework.Event {
		return casework.Event{ID: ref + "-voided", Case: ref, Voids: ref + "-strategy"}
	}
	for _, e := range []func(string) casework.Event{plain, rich, change, void} {
		r.mustRecord(e("ALONE"))
	}
	r.mustRecord(plain("TOGETHER"), rich("TOGETHER"), change("TOGETHER"), void("TOGETHER"))
	rows := func(table, order string) func(ref string) string {
		return func(ref string) string {
			list := r.column(`select replace((to_jsonb(x) - 'seq' - 'case_key' - 'revision' - 'digest' - 'updated' - 'dated')::text, $1, 'CASE')
				from `+table+` x where case_key = $2 order by `+order, ref, r.key(ref))
			return strings.ReplaceAll(strings.Join(list, "\n"), r.key(ref), "KEY")
		}
	}
	for table, order := range map[string]string{"events": "id", "duties": "duty", "pathways": "pathway"} {
		of := rows(table, order)
		if alone, together := of("ALONE"), of("TOGETHER"); alone != together || alone == "" {
			t.Errorf("%s, alone:\n%s\ntogether:\n%s", table, alone, together)
		}
	}
	equal(t, "audited alone", len(r.column(`select seq::text from audit where case_key = $1 and outcome = 'recorded'`, r.key("ALONE"))), 4)
	equal(t, "audited together", strings.Join(r.column(`select events::text from audit where case_key = $1 and outcome = 'recorded'`, r.key("TOGETHER")), " "), "4")
}
