package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/store"
)

// On Friday the connection breaks at the end of the message, and mail is down until Monday;
// the visit was made in time.
func TestANoticeThatPerhapsArrivedIsNotSentAgainWhenItIsNoLongerTrue(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*record, store.Claimed){
		"the attempt died": func(*record, store.Claimed) {},
		"the connection broke": func(r *record, c store.Claimed) {
			if err := r.SendFailed(r.t.Context(), c.NoticeID, 0, "email", "no answer to DATA", true); err != nil {
				r.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-12-03 09:00", func(o *store.Options) { o.SendLease = time.Nanosecond })
			n := r.plan1("2026-12-03 09:00")
			c := r.claim(n)
			r.sending(c)
			breaks(r, c)
			r.setClock("2026-12-04 08:00")
			r.mustRecord(event("x", "C1", "cp_visit.made", "2026-12-02", "seen=true"))
			r.setClock("2026-12-07 09:00")
			again := r.claim(n)
			equal(t, "state", again.State, "not_sent")
			equal(t, "reason", again.Reason, "it is done in timescale; perhaps delivered before")
		})
	}
}

func TestANoticeThatPerhapsArrivedSpeaksOfTheDayOnWhichItIsSentAgain(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00")
	n := r.plan1("2026-12-03 09:00")
	c := r.claim(n)
	equal(t, "late at first", letterOf(t, c).DaysLate, 1)
	r.sending(c)
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "no answer to DATA", true); err != nil {
		t.Fatal(err)
	}
	r.setClock("2026-12-07 08:00")
	again := r.claim(n)
	equal(t, "state", again.State, "claimed")
	equal(t, "today", text(t, letterOf(t, again).Today), "2026-12-07")
	equal(t, "late", letterOf(t, again).DaysLate, 5)
	equal(t, "perhaps twice", again.PerhapsTwice, true)
}

// While mail is down the worker leaves and another is allocated.
func TestANoticeThatFailedGoesToWhoHoldsTheRoleNow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		maybe  bool
		events []casework.Event
		to     string
	}{
		{"another worker is allocated", false, []casework.Event{
			staff("l", "staff.left", "2026-11-25", "worker=W1"), event("p", "C1", "worker.allocated", "2026-11-25", "worker=W2"),
		}, "W2"},
		{"the worker has left", false, []casework.Event{staff("l", "staff.left", "2026-11-25", "worker=W1")}, "M1"},
		{"the worker is away and covered", false, []casework.Event{
			staff("l", "staff.absent", "2026-11-25", "worker=W1", "until=2026-11-30", "cover=W2"),
		}, "W2"},
		{"another worker is allocated, and the first may have had it", true, []casework.Event{
			event("p", "C1", "worker.allocated", "2026-11-25", "worker=W2"),
		}, "W2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-25 09:00")
			n := r.plan1("2026-11-25 09:00")
			c := r.claim(n)
			equal(t, "at first", c.To.Email, "ada@example.org")
			r.sending(c)
			if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "connection refused", tc.maybe); err != nil {
				t.Fatal(err)
			}
			r.setClock("2026-11-25 12:00")
			r.mustRecord(tc.events...)
			again := r.claim(n)
			equal(t, "state", again.State, "claimed")
			equal(t, "to", again.To.Staff, tc.to)
			equal(t, "this person had it before", again.PerhapsTwice, false)
			r.sending(again)
			r.sent(again)
			equal(t, "nobody else is told", len(r.plan("C1", cp).Send), 0)
		})
	}
}

// The attempt was frozen while the record went on without it: what it sent is in the record.
func TestALetterThatWentIsNeverDenied(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		event casework.Event
		state string // before it is noted
		to    string
	}{
		{"though it was decided not to send it", event("x", "C1", "cp_visit.made", "2026-11-24", "seen=true"), "not_sent", "W1"},
		{"though another person was to be told", event("p", "C1", "worker.allocated", "2026-11-25", "worker=W2"), "claimed", "W1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-25 09:00", func(o *store.Options) { o.SendLease = time.Nanosecond })
			n := r.plan1("2026-11-25 09:00")
			c := r.claim(n)
			attempt, err := r.Sending(t.Context(), c.NoticeID, c.Claim)
			if err != nil {
				t.Fatal(err)
			}
			r.setClock("2026-11-25 10:00")
			r.mustRecord(tc.event)
			equal(t, "meanwhile", r.claim(n).State, tc.state)
			for range 2 { // noting it twice changes nothing
				if _, err := r.Sent(t.Context(), c.NoticeID, attempt, "email", "250 ok"); err != nil {
					t.Fatal(err)
				}
			}
			list, err := r.Notices(t.Context(), store.NoticeFilter{ID: c.NoticeID})
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			equal(t, "state", list[0].State, "sent")
			equal(t, "to", list[0].To, tc.to)
			equal(t, "sent again", len(r.plan("C1", cp).Send), 0)
			equal(t, "attempts", strings.Join(r.column(`select n || ' ' || state from delivery_attempts order by n`), ", "), "1 sent")
		})
	}
}

// The attempt was frozen past its time, and another has the notice when it wakes.
func TestAnAttemptWhoseTimeIsUpDecidesNothingOnALaterOne(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00", func(o *store.Options) { o.SendLease = time.Nanosecond })
	n := r.plan1("2026-11-25 09:00")
	c := r.claim(n)
	frozen, err := r.Sending(t.Context(), c.NoticeID, c.Claim)
	if err != nil {
		t.Fatal(err)
	}
	later := r.claim(n)
	wakes := func(doing string, busy bool) {
		t.Helper()
		if err := r.SendFailed(t.Context(), c.NoticeID, frozen, "email", "no answer to DATA", true); err != nil {
			t.Fatal(err)
		}
		got, err := r.NotDelivered(t.Context(), c.NoticeID, frozen, "550 5.1.1")
		if busy {
			if !errors.Is(err, store.ErrBusy) {
				t.Errorf("%s: refused with %v", doing, err)
			}
		} else if err != nil || got.State != doing || got.To.Staff != "W1" {
			t.Errorf("%s: a refusal leaves it %s to %s, %v", doing, got.State, got.To.Staff, err)
		}
		equal(t, doing+": state", strings.Join(r.column(`select state from deliveries where attempts > 0`), ", "), doing)
		equal(t, doing+": refusals", len(r.column(`select address from refusals`)), 0)
	}
	wakes("claimed", false)
	r.sending(later)
	wakes("sending", true)
	equal(t, "attempts", strings.Join(r.column(`select n || ' ' || state from delivery_attempts order by n`), ", "), "1 lost, 2 sending")
	r.sent(later)
	wakes("sent", false)
	equal(t, "may have had it", strings.Join(r.column(`select unnest(n.perhaps_had) from notices n join deliveries d on d.id = n.delivery where d.attempts > 0`), ", "), "W1")

	r.setClock("2026-12-03 09:00") // one that is under way is decided on
	n = r.plan1("2026-12-03 09:00")
	c = r.claim(n)
	present, err := r.Sending(t.Context(), c.NoticeID, c.Claim)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SendFailed(t.Context(), c.NoticeID, present, "email", "connection refused", false); err != nil {
		t.Fatal(err)
	}
	equal(t, "the present one", strings.Join(r.column(`select state from deliveries where id = '`+c.NoticeID+`'`), ""), "failed")
}

// A council without a director: the alarm falls into a week of leave without cover.
func TestNobodysAlarmIsLostBecauseTheyAreAway(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ at, who, told string }{
		{"2026-11-25", "W1,M1,S1,H1", "W1 reminder -5wd"},
		{"2026-12-03", "M1,S1,H1", "M1 escalation +1wd"},
		{"2026-12-09", "S1,H1", "S1 escalation +5wd"},
		{"2026-12-16", "H1", "H1 escalation +10wd"},
		{"2026-12-09", "S1", "H1 escalation +5wd"},
	} {
		t.Run(tc.at+" "+tc.who, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-24 09:00")
			for n, ref := range strings.Split(tc.who, ",") {
				r.mustRecord(staff(fmt.Sprintf("x%d", n), "staff.absent", "2026-11-24", "worker="+ref, "until=2027-01-08"))
			}
			for _, day := range []string{"2026-11-25", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-09"} {
				if day < tc.at {
					r.tell(day + " 09:00")
				}
			}
			equal(t, "told", strings.Join(r.tell(tc.at+" 09:00"), ", "), tc.told)
		})
	}
}

func TestATeamWithoutADirectorIsWarnedOf(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	got := r.mustRecord(people()...)
	if len(got.Warnings) != 1 || got.Warnings[0].Event != "p6" || !strings.Contains(got.Warnings[0].Reason, "no director") {
		t.Errorf("warned: %+v", got.Warnings)
	}
	got = r.mustRecord(staff("p7", "team.formed", "2026-11-02", "team=T1", "head_of_service=H1", "director=H1"))
	equal(t, "with a director", len(got.Warnings), 0)
}

func TestWhatCouldNotBeSentIsWokenWithAHigherRevision(t *testing.T) {
	t.Parallel()
	r, refs := newCouncil(t, 2)
	m := &relay{refuses: everybody}
	r.deliverAll(m, "2026-11-25 09:00", refs[0])
	before := r.row("C1", cp)
	cases, err := r.WakeUnsent(t.Context())
	if err != nil || cases != 1 {
		t.Fatalf("%d cases, %v", cases, err)
	}
	after := r.row("C1", cp)
	if after.Revision <= before.Revision || after.Wake.After(london("2026-11-25 09:00")) {
		t.Errorf("from %d to %d, waking at %s", before.Revision, after.Revision, after.Wake)
	}
	equal(t, "in the outbox", len(r.column(`select pathway from outbox where (nudge->>'revision')::bigint = $1`, after.Revision)), 1)
	m.refuses = nobody
	r.deliverAll(m, "2026-11-25 09:01", refs[0])
	if cases, err := r.WakeUnsent(t.Context()); err != nil || cases != 0 {
		t.Errorf("once all is sent: %d cases, %v", cases, err)
	}
}

func TestACorrectedAddressWakesWhatWaitsForIt(t *testing.T) {
	t.Parallel()
	r, refs := newCouncil(t, 2)
	r.deliverAll(&relay{refuses: everybody}, "2026-11-25 09:00", refs...)
	got := r.mustRecord(appointment(1, "ada@example.org"))
	key := r.key("C1")
	woken := map[string]bool{}
	for _, n := range got.Nudges {
		woken[n.CaseKey] = true
	}
	if len(woken) != 1 || !woken[key] {
		t.Errorf("woken: %v, want %s", woken, key)
	}
}

// Somebody keeps the case locked meanwhile, for which no request waits.
func TestACorrectedAddressThatARequestRecordsWakesWhatWaitsForItBehindTheAnswer(t *testing.T) {
	t.Parallel()
	r, refs := newCouncil(t, 2)
	r.deliverAll(&relay{refuses: everybody}, "2026-11-25 09:00", refs...)
	before := r.row("C1", cp)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ctx = store.WithActor(ctx, store.Actor{Key: "k1", Request: "00000000-0000-4000-8000-000000000001"})
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	locked, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := locked.Exec(t.Context(), `select from cases where key = $1 for update`, r.key("C1")); err != nil {
		t.Fatal(err)
	}
	got, err := r.Record(ctx, source, []casework.Event{appointment(1, "ada@example.org")})
	if err != nil || got.New != 1 || len(got.Nudges) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := locked.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "what waits to be woken", strings.Join(r.column(`select case_key from replans where wake`), ", "), r.key("C1"))
	equal(t, "revision after the answer", r.row("C1", cp).Revision, before.Revision)
	r.planQueued()
	after := r.row("C1", cp)
	if after.Revision <= before.Revision || len(r.column(`select pathway from outbox where (nudge->>'revision')::bigint = $1`, after.Revision)) != 1 {
		t.Errorf("from revision %d to %d: its clock is not told", before.Revision, after.Revision)
	}
	equal(t, "what waits after that", len(r.column(`select case_key from replans`)), 0)
}

// With the log asked for, what was logged goes by mail once mail is set, and nothing twice.
func TestWhatWasOnlyLoggedIsSentOnceMailIsSet(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	toLog := &record{Store: r.open(func(o *store.Options) { o.LogOnly = true }), t: t, clock: r.clock, url: r.url}
	for _, n := range toLog.plan("C1", cp).Send {
		c := toLog.claim(n)
		toLog.sending(c)
		if _, err := toLog.Logged(t.Context(), c.NoticeID, 1); err != nil {
			t.Fatal(err)
		}
		equal(t, "claimed again", toLog.claim(n).State, "logged")
	}
	equal(t, "a program that logs is handed it", len(toLog.plan("C1", cp).Send), 0)
	equal(t, "its next wake", toLog.row("C1", cp).Wake, london("2026-12-01 09:00"))

	if cases, err := r.WakeUnsent(t.Context()); err != nil || cases != 1 { // a worker with mail starts
		t.Fatalf("%d cases, %v", cases, err)
	}
	equal(t, "woken", r.row("C1", cp).Wake, london("2026-11-25 09:00"))
	equal(t, "told", strings.Join(r.tell("2026-11-25 09:30"), ", "), "W1 reminder -5wd")
	equal(t, "once", len(r.tell("2026-11-25 09:31")), 0)
	equal(t, "states", r.states(), "sent 1")
	equal(t, "a program that logs is handed it too", len(toLog.plan("C1", cp).Send), 0)
}

func TestWhatAnotherWorkerLogsIsMadeUpForWithoutARestart(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	toLog := &record{Store: r.open(func(o *store.Options) { o.LogOnly = true }), t: t, clock: r.clock, url: r.url}
	n := toLog.plan("C1", cp).Send[0]
	c := toLog.claim(n)
	toLog.sending(c)
	if _, err := toLog.Logged(t.Context(), c.NoticeID, 1); err != nil {
		t.Fatal(err)
	}
	wakes := func(by *store.Store, want int) {
		t.Helper()
		if cases, err := by.WakeLogged(t.Context()); err != nil || cases != want {
			t.Errorf("%d cases, %v, want %d", cases, err, want)
		}
	}
	wakes(toLog.Store, 0)
	wakes(r.Store, 1)
	equal(t, "woken", r.row("C1", cp).Wake, london("2026-11-25 09:00"))
	toLog.plan("C1", cp) // the other worker is asked first, and has nothing to say
	wakes(r.Store, 1)
	equal(t, "told", strings.Join(r.tell("2026-11-25 09:30"), ", "), "W1 reminder -5wd")
	wakes(r.Store, 0)
}

func TestUndeliverableNoticesAreRetriedOnRequest(t *testing.T) {
	t.Parallel()
	r, _ := newCouncil(t, 3)
	m := &relay{refuses: only("w1@example.org", "tess@example.org", "sam@example.org", "hal@example.org")}
	r.deliverAll(m, "2026-11-25 09:00", "C1", "C2")
	for minute := 1; minute < 33; minute++ { // a quarter of an hour for each manager but the last
		r.deliverAll(m, fmt.Sprintf("2026-11-25 09:%02d", minute), "C1")
	}
	r.deliverAll(m, "2026-11-25 09:33", "C3", "C1")
	equal(t, "all refuse", r.states(), "sent 2, undeliverable 1")
	list, err := r.Undeliverable(t.Context(), london("2026-11-25 09:00"))
	if err != nil || len(list) != 1 || list[0].Case != "C1" {
		t.Fatalf("%+v, %v", list, err)
	}
	r.setClock("2026-11-25 11:00")
	nudges, err := r.RetryUndeliverable(t.Context(), london("2026-11-25 09:00"))
	if err != nil || len(nudges) == 0 {
		t.Fatalf("%+v, %v", nudges, err)
	}
	m.refuses = nobody
	r.deliverAll(m, "2026-11-25 11:00", "C1")
	equal(t, "told", m.took[len(m.took)-1], "11:00 w1@example.org")
}
