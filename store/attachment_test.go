package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
)

// visits is a feed of visits from 1 October 2026 on.
var visits = store.Attach{Source: source, Reports: []string{"cp_visit.made"}, From: calendar.NewDate(2026, time.October, 1), By: "D. Data"}

// withReturns is a record at 10:00 on Monday 2 November 2026 that holds n cases C1 … Cn of which a return was loaded,
// with a plan of 1 October each: its visit is due on 1 November.
func withReturns(t *testing.T, n int) *record {
	t.Helper()
	r := newRecord(t, "2026-11-02 10:00")
	for i := range n {
		ref := fmt.Sprintf("C%d", i+1)
		r.mustRecord(
			event("s-"+ref, ref, "source.attached", "2026-11-01", "name=returns", "reports=cp_plan.started,cp_plan.ended", "from=2026-04-01"),
			event("p-"+ref, ref, "cp_plan.started", "2026-10-01"))
	}
	return r
}

func (r *record) attach(a store.Attach) store.Attached {
	r.t.Helper()
	done, err := r.Attach(r.t.Context(), a)
	if err != nil {
		r.t.Fatal(err)
	}
	return done
}

// attachedTo are the ids of the events by which the record's cases hold an attachment, without the
// case's key, in the order of recording.
func (r *record) attachedTo(ref string) string {
	r.t.Helper()
	return strings.Join(r.column(`select split_part(e.id, '.', 1) || case when e.corrects is not null then ' corrects ' || split_part(e.corrects, '.', 1)
		when e.voids is not null then ' voids ' || split_part(e.voids, '.', 1) else '' end
		from events e join case_references f on f.case_key = e.case_key where f.reference = $1 and e.id like '%.' || e.case_key::text order by e.seq`, ref), ", ")
}

func TestAnAttachmentReachesEveryCaseOfItsSourceAndThoseThatComeLater(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 3)
	if _, err := r.Record(t.Context(), "other", []casework.Event{event("o1", "O1", "cp_plan.started", "2026-10-01")}); err != nil {
		t.Fatal(err)
	}
	equal(t, "before", r.duty("C1", "CP-10").State, casework.Unreported)
	a := visits
	a.ID = "feed"
	done := r.attach(a)
	equal(t, "changed", done.Changed, true)
	equal(t, "cases", done.Cases, 3)
	equal(t, "by", done.By, "D. Data")
	equal(t, "before it was planned again", r.attachedTo("C1"), "")
	r.planQueued() // as a worker does
	for _, ref := range []string{"C1", "C2", "C3"} {
		equal(t, ref, r.attachedTo(ref), "feed")
		equal(t, ref, r.duty(ref, "CP-10").State, casework.Overdue)
	}
	equal(t, "another source's case", r.attachedTo("O1"), "")

	r.setClock("2026-11-04 10:00")
	r.mustRecord(event("p9", "C9", "cp_plan.started", "2026-11-03"))
	equal(t, "a case that comes later", r.attachedTo("C9"), "feed")
	held, err := r.Events(t.Context(), source, "C9")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "attached on the day on which that was recorded", held[0].At.String(), "2026-11-02")
	equal(t, "and known from when the case was recorded", held[0].Recorded.Equal(held[1].Recorded), true)

	again := r.attach(visits)
	equal(t, "the same again", again.Changed, false)
	equal(t, "is", again.ID, "feed")
	r.mustRebuild()
	r.planQueued()
	equal(t, "after a rebuild", r.attachedTo("C1"), "feed")
}

// Of a case that has no pathway yet no clock is told anything. It holds one event more all the same: what was
// worked out before is out of date.
func TestAnAttachmentThatMovesNoDateMakesItsCasesNewer(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("b1", "C1", "person.born", "2026-06-10"))
	revision := func() string { return r.column(`select revision::text from cases`)[0] }
	equal(t, "pathways", len(r.column(`select pathway from pathways`)), 0)
	equal(t, "revision", revision(), "1")
	r.attach(visits)
	r.planQueued()
	equal(t, "events", r.column(`select count(*)::text from events`)[0], "2")
	equal(t, "revision with the attachment", revision(), "2")
	r.queue("C1")
	r.planQueued()
	equal(t, "revision when it is planned once more", revision(), "2")
}

func TestAnAttachmentThatEndsOrWasAMistakeIsCorrectedInEveryCase(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 2)
	a := visits
	a.ID = "feed"
	r.attach(a)
	r.planQueued()
	a.ID, a.Until = "ends", calendar.NewDate(2026, time.October, 31)
	equal(t, "corrects", r.attach(a).Was, "feed")
	// Nobody has planned the cases again: what is recorded in one brings it up to date.
	r.mustRecord(event("x1", "C1", "cp_plan.ended", "2026-11-02"))
	equal(t, "recorded meanwhile", r.attachedTo("C1"), "feed, ends corrects feed")
	equal(t, "the other waits", r.attachedTo("C2"), "feed")
	r.planQueued()
	equal(t, "planned again", r.attachedTo("C2"), "feed, ends corrects feed")
	r.mustRecord(event("p9", "C9", "cp_plan.started", "2026-11-02"))
	equal(t, "one that comes later has what stands", r.attachedTo("C9"), "ends")
	equal(t, "beyond its last day", r.duty("C2", "CP-10").State, casework.Unreported)

	void, err := r.Detach(t.Context(), "feed", "it never held visits", "")
	if err != nil || !void.Changed {
		t.Fatalf("%+v, %v", void, err)
	}
	r.planQueued()
	for ref, want := range map[string]string{"C2": "feed, ends corrects feed, %s voids ends", "C9": "ends, %s voids ends"} {
		id := r.column(`select id from attachments where voids is not null`)[0]
		equal(t, ref, r.attachedTo(ref), fmt.Sprintf(want, id))
	}
	again, err := r.Detach(t.Context(), "ends", "again", "")
	if err != nil || again.Changed {
		t.Errorf("taken back twice: %+v, %v", again, err)
	}
	stands, err := r.Attachments(t.Context(), "")
	if err != nil || len(stands) != 0 {
		t.Errorf("what stands: %+v, %v", stands, err)
	}
	r.mustRecord(event("p8", "C8", "cp_plan.started", "2026-11-02"))
	equal(t, "one that comes after that", r.attachedTo("C8"), "")
}

func TestTwoAttachmentsOfOneSourceStandSideBySide(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 1)
	a, b := visits, visits
	a.ID = "visits"
	b.ID, b.Reports, b.From = "groups", []string{"core_group.held"}, calendar.NewDate(2026, time.September, 1)
	r.attach(a)
	r.attach(b)
	r.planQueued()
	equal(t, "the case", r.attachedTo("C1"), "visits, groups")
}

func TestAnAttachmentThatCannotBeIsRefusedWithNothingWritten(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 1)
	for why, change := range map[string]func(*store.Attach){
		`but cms`: func(a *store.Attach) { a.Source = "cmss" },
		`names "cp_visit.mad", which is not an event type (did you mean cp_visit.made?)`: func(a *store.Attach) { a.Reports = []string{"cp_visit.mad"} },
		`data.reports is empty`:                  func(a *store.Attach) { a.Reports = nil },
		`data.until is earlier than data.from`:   func(a *store.Attach) { a.Until = a.From.AddDays(-1) },
		`before 1 January 1980`:                  func(a *store.Attach) { a.From = calendar.NewDate(1979, time.January, 1) },
		`the name of who says so is longer than`: func(a *store.Attach) { a.By = strings.Repeat("x", 201) },
		`the reason holds`:                       func(a *store.Attach) { a.Reason = "a\x00b" },
	} {
		a := visits
		change(&a)
		_, err := r.Attach(t.Context(), a)
		var refused *store.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
	equal(t, "written", len(r.column(`select id from attachments`))+len(r.column(`select case_key::text from replans`)), 0)
}

// Cases that are being made while a source is attached get it, whoever commits first.
func TestNoCaseSlipsBetweenAnAttachmentAndItsCases(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 1)
	const cases = 40
	var all sync.WaitGroup
	for part := range 4 {
		all.Go(func() {
			for i := range cases / 4 {
				ref := fmt.Sprintf("N%d-%d", part, i)
				if _, err := r.Record(t.Context(), source, []casework.Event{event("p-"+ref, ref, "cp_plan.started", "2026-10-01")}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Go(func() {
		a := visits
		a.ID = "feed"
		if _, err := r.Attach(t.Context(), a); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	r.planQueued()
	equal(t, "cases without it", len(r.column(`select key::text from cases c where not exists (
		select from events e where e.case_key = c.key and e.id = 'feed.' || c.key)`)), 0)
	equal(t, "events by which cases have it", len(r.column(`select id from events where id like 'feed.%'`)), cases+1)
}

// What an attachment of history brings to light goes on the lists of the next morning, and those
// ladders start five working days later; what one of a live feed does is told to the worker first.
func TestAnAttachmentOfHistoryTellsManagersByOneList(t *testing.T) {
	t.Parallel()
	for _, backlog := range []bool{true, false} {
		t.Run(fmt.Sprint(backlog), func(t *testing.T) {
			t.Parallel()
			r := withReturns(t, 2)
			r.mustRecord(people()...)
			r.mustRecord(event("w1", "C1", "worker.allocated", "2026-10-01", "worker=W1"), event("w2", "C2", "worker.allocated", "2026-10-01", "worker=W1"))
			a := visits
			a.Backlog = backlog
			r.attach(a)
			r.planQueued()
			equal(t, "overdue", r.duty("C1", "CP-10").State, casework.Overdue)
			r.setClock("2026-11-03 09:00")
			if !backlog {
				equal(t, "lists", len(r.owedLists()), 0)
				planned := r.plan("C1", cp)
				equal(t, "told on the first morning", len(planned.Send), 1)
				equal(t, "the worker first", r.claim(planned.Send[0]).To.Staff, "W1")
				return
			}
			sent := r.sendLists()
			equal(t, "managers with a list", len(sent), 3)
			for _, c := range sent {
				equal(t, "cases", casesOn(t, c), "C1 C2")
			}
			equal(t, "told on the first morning", len(r.plan("C1", cp).Send), 0)
			// Five working days after Tuesday the 3rd.
			r.setClock("2026-11-10 09:00")
			equal(t, "told five working days later", len(r.plan("C1", cp).Send), 1)
			r.mustRecord(event("p9", "C9", "cp_plan.started", "2026-11-09"))
			equal(t, "a later case is no history", len(r.column(`select id from events where backlog and case_key = (
				select case_key from case_references where reference = 'C9')`)), 0)
		})
	}
}

func TestACaseThatAClockHasPutAheadIsAttachedOnceItIsMended(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 1)
	r.setClock("2027-11-03 10:00")
	r.mustRecord(event("late", "C1", "cp_visit.made", "2026-10-05", "seen=true"))
	r.setClock("2026-11-03 10:00")
	a := visits
	a.ID = "feed"
	r.attach(a)
	r.planQueued()
	equal(t, "while it lies in the future", r.attachedTo("C1"), "")
	if _, err := r.owner().MendRecordingTimes(t.Context(), store.Mend{Reason: "the clock was wrong", By: "O. Operator"}); err != nil {
		t.Fatal(err)
	}
	r.planQueued()
	equal(t, "once it is mended", r.attachedTo("C1"), "feed")
}

func TestACaseThatASecondSourceIsLinkedToHasWhatThatReports(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 1)
	if _, err := r.Record(t.Context(), "visits", []casework.Event{event("o1", "V9", "cp_plan.started", "2026-10-01")}); err != nil {
		t.Fatal(err)
	}
	a := visits
	a.ID, a.Source = "feed", "visits"
	r.attach(a)
	r.planQueued()
	if err := r.LinkReference(t.Context(), source, "C1", "visits", "V1"); err != nil {
		t.Fatal(err)
	}
	r.planQueued()
	equal(t, "the linked case", r.attachedTo("C1"), "feed")
}

// What the record writes of a case can be recorded elsewhere as it is.
func TestTheEventsOfAnAttachedCaseAreAcceptedByAnotherRecord(t *testing.T) {
	t.Parallel()
	r := withReturns(t, 1)
	r.attach(visits)
	r.planQueued()
	events, err := r.Events(t.Context(), source, "C1")
	if err != nil || len(events) != 3 {
		t.Fatal(len(events), err)
	}
	other := newRecord(t, "2026-11-02 11:00")
	other.mustRecord(events...)
	equal(t, "stands there", other.duty("C1", "CP-10").State, casework.Overdue)
}
