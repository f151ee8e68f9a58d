package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/pgtest"
	"longstop/store"
)

// ahead is a record in which the second of two events of C1, and somebody, were recorded a
// year ahead; then the clock was set right. C2 is as it should be.
func ahead(t *testing.T) *record {
	t.Helper()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(people()...)
	r.mustRecord(
		event("a1", "C1", "worker.allocated", "2026-11-02", "worker=W1", "team=T1"),
		event("a2", "C2", "worker.allocated", "2026-11-02", "worker=W1", "team=T1"))
	r.setClock("2027-11-03 10:00")
	r.mustRecord(event("s1", "C1", "strategy_discussion.held", "2026-11-02", "s47=true"))
	r.mustRecord(staff("p9", "staff.left", "2026-11-03", "worker=W2"))
	r.setClock("2026-11-03 10:00")
	return r
}

// owner is the record as the owner of its database has it.
func (r *record) owner() *store.Store {
	return pgtest.OpenAs(r.t, store.Options{URL: r.url, Clock: r.clock})
}

func TestNothingIsAddedToWhatWasRecordedInTheFuture(t *testing.T) {
	t.Parallel()
	r := ahead(t)
	before := r.column(`select t::text from events t union all select t::text from staff_events t order by 1`)
	got, err := r.Record(t.Context(), source, []casework.Event{
		event("v1", "C1", "icpc.held", "2026-11-03", "outcome=plan"),
		event("x1", "C1", "", "2026-11-03"),
		event("s1", "C1", "strategy_discussion.held", "2026-11-02", "s47=true"), // as before
		staff("p10", "staff.left", "2026-11-03", "worker=W1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "events that were new", got.New, 0)
	equal(t, "events that were known", got.Known, 1)
	reasons := map[string]string{}
	for _, x := range got.Refused {
		reasons[x.Event] = x.Reason
	}
	for _, id := range []string{"v1", "p10"} {
		for _, part := range []string{"2027-11-03T10:00:00Z", "365 days after the database's present", "mend-recorded"} {
			has(t, id, reasons[id], part)
		}
	}
	if after := r.column(`select t::text from events t union all select t::text from staff_events t order by 1`); !slices.Equal(before, after) {
		t.Errorf("written: %v", after)
	}
	r.mustRecord(event("v2", "C2", "referral.received", "2026-11-03")) // another case
}

// A program stops when its clock is more than five seconds off, so that much is no fault.
func TestSomeSecondsInTheFutureAreNoFault(t *testing.T) {
	t.Parallel()
	start := london("2026-11-03 10:00")
	at := func(offset time.Duration) func(*store.Options) {
		return func(o *store.Options) { o.Clock = casetimetest.At(start.Add(offset)) }
	}
	r := newRecord(t, "2026-11-02 10:00", at(time.Hour))
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	// What passes meanwhile only brings the two nearer to each other.
	r.Store = r.open(at(time.Hour - 4*time.Second))
	r.mustRecord(event("e2", "C1", "assessment.completed", "2026-11-03"))
	if got := r.column(`select count(distinct recorded)::text from events`); got[0] != "1" && got[0] != "2" {
		t.Errorf("recorded at %v different instants", got)
	}
	r.Store = r.open(at(0))
	got, err := r.Record(t.Context(), source, []casework.Event{event("e3", "C1", "case.closed", "2026-11-03")})
	if err != nil || len(got.Refused) != 1 {
		t.Errorf("an hour ahead: %+v, %v", got, err)
	}
}

func TestWhatWasRecordedInTheFutureIsNotPlannedAsOfThen(t *testing.T) {
	t.Parallel()
	r := ahead(t)
	planned, err := r.Plan(t.Context(), r.key("C1"), "Section47")
	if !errors.Is(err, store.ErrCaseFault) || len(planned.Send) > 0 {
		t.Fatalf("planned: %+v, %v", planned, err)
	}
	has(t, "the reason", err.Error(), "365 days after the database's present")
	// Nor is it worked out as of now, as if nobody knew of the conference: it stays as it was.
	was := r.row("C1", "Section47")
	if _, err := r.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if row := r.row("C1", "Section47"); !row.Open || row.Display.OpenDuties != 1 || !row.Wake.Equal(was.Wake) {
		t.Errorf("was %+v, is %+v", was, row)
	}
	faults := r.column(`select fault from pathways where pathway = 'Section47'`)
	has(t, "the fault that is shown", strings.Join(faults, ""), "365 days after the database's present")

	if _, err := r.owner().MendRecordingTimes(t.Context(), store.Mend{Reason: "the clock of the host", By: "O. Operator"}); err != nil {
		t.Fatal(err)
	}
	r.setClock("2026-11-24 09:00") // the conference is due on 23 November: 15 working days
	if got := r.plan("C1", "Section47").Send; len(got) == 0 {
		t.Error("nothing is due although the conference is late")
	}
}

func TestWhatWasRecordedInTheFutureIsMendedByWhoSaysSo(t *testing.T) {
	t.Parallel()
	r := ahead(t)
	ctx, owner := t.Context(), r.owner()
	found, err := r.RecordedAhead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	future := london("2027-11-03 10:00")
	if want := []store.RecordedAhead{{"", 1, future}, {"C1", 1, future}}; !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
	for reason, m := range map[string]store.Mend{
		"the reason is missing":           {By: "O. Operator"},
		"the name of who":                 {Reason: "x"},
		"is after the database's present": {Reason: "x", By: "O. Operator", Recorded: london("2026-11-03 10:01")},
	} {
		if _, err := owner.MendRecordingTimes(ctx, m); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", reason, err)
		}
	}
	raw := r.column(`select recorded::text from events order by seq`)

	// On 1 November nothing had been recorded yet: so it is read as of the event before.
	m := store.Mend{Recorded: london("2026-11-01 12:00"), Reason: "the clock of the host was a year ahead", By: "O. Operator"}
	done, err := owner.MendRecordingTimes(ctx, m)
	if err != nil || !slices.Equal(done, found) {
		t.Fatalf("mended %v, %v", done, err)
	}
	events, err := r.Events(ctx, source, "C1")
	if err != nil || len(events) != 2 || !events[1].Recorded.Equal(london("2026-11-02 10:00")) {
		t.Errorf("read as recorded: %+v, %v", events, err)
	}
	everybody, err := r.StaffEvents(ctx)
	if err != nil || !everybody[len(everybody)-1].Recorded.Equal(london("2026-11-02 10:00")) {
		t.Errorf("people: %+v, %v", everybody, err)
	}
	if after := r.column(`select recorded::text from events order by seq`); !slices.Equal(raw, after) {
		t.Errorf("the events themselves were changed: %v", after)
	}
	kept := r.column(`select concat_ws('|', reason, by_whom, (was at time zone 'UTC')::date) from recording_times order by seq`)
	if want := "the clock of the host was a year ahead|O. Operator|2027-11-03"; len(kept) != 2 || kept[0] != want || kept[1] != want {
		t.Errorf("kept: %v", kept)
	}
	if err := r.exec(`update recording_times set reason = 'x'`); err == nil || !strings.Contains(err.Error(), "append-only") {
		t.Errorf("changing why: %v", err)
	}

	if waiting := r.column(`select why from replans`); len(waiting) != 1 {
		t.Errorf("cases that wait to be planned again: %v", waiting)
	}

	r.mustRecord(event("v1", "C1", "icpc.held", "2026-11-03", "outcome=plan"), staff("p10", "staff.left", "2026-11-03", "worker=W1"))
	if again, err := owner.MendRecordingTimes(ctx, m); err != nil || len(again) > 0 {
		t.Errorf("again: %v, %v", again, err)
	}
}

// The year is over before its time: whatever was told meanwhile was told too early, and what
// is true is told when it is.
func TestWhatAFastClockToldTooEarlyIsToldAgainInTime(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(people()...)
	r.mustRecord(
		event("a1", "C1", "worker.allocated", "2026-11-02", "worker=W1", "team=T1"),
		event("s1", "C1", "strategy_discussion.held", "2026-11-02", "s47=true")) // the conference: by 23 November
	r.setClock("2027-11-03 10:00")
	for _, n := range r.plan("C1", "Section47").Send {
		claimed, err := r.Claim(t.Context(), r.key("C1"), n.Key)
		if err != nil || claimed.State != "claimed" {
			continue // another letter carries it
		}
		if _, err := r.Sending(t.Context(), claimed.NoticeID, claimed.Claim); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Sent(t.Context(), claimed.NoticeID, 0, "email", "250 taken"); err != nil {
			t.Fatal(err)
		}
	}
	r.setClock("2026-11-24 09:00")
	if _, err := r.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	planned := r.plan("C1", "Section47")
	if len(planned.Send) == 0 {
		t.Errorf("nothing is due of a conference that is a day late: %+v", planned)
	}
}

func TestWhatIsRecordedWhileOthersAreMendedKeepsItsTime(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2027-11-02 10:00") // a year ahead
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.setClock("2026-11-02 10:00")
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `select from cases for no key update`); err != nil { // somebody is at it
		t.Fatal(err)
	}
	owner := r.owner()
	ended := make(chan error, 1)
	go func() {
		_, err := owner.MendRecordingTimes(t.Context(), store.Mend{Recorded: london("2026-10-01 09:00"), Reason: "the clock was a year ahead", By: "O. Operator"})
		ended <- err
	}()
	r.until(`select count(*)::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`, "1")
	r.setClock("2026-11-02 10:30")
	r.mustRecord(event("e2", "C2", "cin_plan.started", "2026-11-02")) // recorded by a clock that is right
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	equal(t, "mended", strings.Join(r.column(`select e.id from recording_times t join events e on e.seq = t.event`), " "), "e1")
}
