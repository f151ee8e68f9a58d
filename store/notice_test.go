package store_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/casework"
	"longstop/notify"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
)

const cp = pathway.ChildProtection

// planned is a case C1 with a child protection plan since 2 November 2026: the first visit
// is due on 2 December, the worker is told on 25 November, 1 and 2 December, the team
// manager on the 3rd, the service manager on the 9th.
func newPlanned(t *testing.T, now string, change ...func(*store.Options)) *record {
	t.Helper()
	r := newRecord(t, "2026-11-02 10:00", change...)
	r.mustRecord(append(people(),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"))...)
	r.setClock(now)
	return r
}

func (r *record) claim(n pathway.Notice) store.Claimed {
	r.t.Helper()
	c, err := r.Claim(r.t.Context(), n.CaseKey, n.Key)
	if err != nil {
		r.t.Fatalf("claiming %s: %v", n.Summary, err)
	}
	return c
}

func (r *record) sending(c store.Claimed) {
	r.t.Helper()
	if _, err := r.Sending(r.t.Context(), c.NoticeID, c.Claim); err != nil {
		r.t.Fatalf("sending: %v", err)
	}
}

func (r *record) sent(c store.Claimed) pathway.Nudge {
	r.t.Helper()
	n, err := r.Sent(r.t.Context(), c.NoticeID, 0, "email", "250 ok")
	if err != nil {
		r.t.Fatalf("sent: %v", err)
	}
	return n
}

// tell plans the child protection pathway at an instant and sends what is due: "W1 reminder
// -5wd" each.
func (r *record) tell(now string) []string {
	r.t.Helper()
	return r.tellIn(cp, now)
}

func (r *record) tellIn(name, now string) []string {
	r.t.Helper()
	r.setClock(now)
	var told []string
	for _, n := range r.plan("C1", name).Send {
		c := r.claim(n)
		what := c.State + ": " + c.Reason
		if c.State == "claimed" {
			r.sending(c)
			r.sent(c)
			what = strings.TrimSpace(strings.Join([]string{c.To.Staff, string(letterOf(r.t, c).Kind), letterOf(r.t, c).Rung}, " "))
		}
		told = append(told, what)
	}
	return told
}

func TestANoticeGoesFromDueToSent(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	planned := r.plan("C1", cp)
	if len(planned.Send) != 1 {
		t.Fatalf("due: %+v", planned.Send)
	}
	equal(t, "summary", planned.Send[0].Summary, "remind social worker or lead practitioner: CP-10, the step “5 working days before the due date”")
	equal(t, "escalation", planned.Send[0].Escalation, false)
	equal(t, "next wake once it is sent", planned.Next.Wake, london("2026-12-01 09:00"))
	equal(t, "the record's wake until then", r.row("C1", cp).Wake, london("2026-11-25 09:00"))

	before := r.row("C1", cp).Revision
	c := r.claim(planned.Send[0])
	equal(t, "state", c.State, "claimed")
	equal(t, "to", c.To, store.Recipient{Staff: "W1", Name: "Ada Example", Email: "ada@example.org", Role: "worker"})
	equal(t, "wake until it is sent", c.Next.Wake, london("2026-11-25 09:00"))
	if c.Next.Revision <= before {
		t.Errorf("a claim raises the revision: %d after %d", c.Next.Revision, before)
	}
	has(t, "message id", c.MessageID, c.NoticeID+"@")
	l := letterOf(t, c)
	equal(t, "case", l.CaseReference, "C1")
	equal(t, "due", text(t, l.Due), "2026-12-02")
	equal(t, "today", text(t, l.Today), "2026-11-25")
	equal(t, "limit", l.LimitText, "1 month")
	equal(t, "started by", l.StartedBy, "cp_plan.started")
	equal(t, "local", l.Local, true)
	equal(t, "next", l.Next[0], letter.NextRung{Role: "team_manager", At: letter.When(casework.OnDay(date("2026-12-03")))})
	m := message(t, c)
	equal(t, "address", m.To, "ada@example.org")
	has(t, "text", m.Text, "C1")

	r.sending(c)
	next := r.sent(c)
	equal(t, "wake after sending", next.Wake, london("2026-12-01 09:00"))
	r.sent(c) // noted twice
	list, err := r.Notices(t.Context(), store.NoticeFilter{Case: "C1"})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	equal(t, "state", list[0].State, "sent")
	equal(t, "receipt", list[0].Receipt, "250 ok")
	equal(t, "attempts", list[0].Attempts, 1)
	equal(t, "name", list[0].ToName, "Ada Example")
	equal(t, "due again", len(r.plan("C1", cp).Send), 0)
}

func TestALadderIsClimbedToTheEnd(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-02 10:00")
	for _, step := range []struct{ at, told string }{
		{"2026-11-24 09:00", ""},
		{"2026-11-25 09:00", "W1 reminder -5wd"},
		{"2026-12-01 09:00", "W1 reminder -1wd"},
		{"2026-12-02 09:00", "W1 reminder 0"},
		{"2026-12-03 09:00", "M1 escalation +1wd"},
		{"2026-12-03 15:00", ""},
		{"2026-12-09 09:00", "S1 escalation +5wd"},
		{"2026-12-16 09:00", "H1 escalation +10wd"},
		{"2027-01-20 09:00", ""},
	} {
		equal(t, step.at, strings.Join(r.tell(step.at), ", "), step.told)
	}
	r.mustRecord(event("e3", "C1", "cp_visit.made", "2027-01-19", "seen=true"))
	equal(t, "wake for the resolved messages", r.row("C1", cp).Wake, london("2027-01-20 09:00"))
	equal(t, "resolved", strings.Join(r.tell("2027-01-21 09:00"), ", "), "M1 resolved, S1 resolved, H1 resolved")
	equal(t, "once", len(r.tell("2027-01-22 09:00")), 0)
}

func TestWhatWasMissedIsMadeUpForInOneMessage(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-02 09:00")
	planned := r.plan("C1", cp)
	if len(planned.Send) != 1 {
		t.Fatalf("due: %+v", planned.Send)
	}
	c := r.claim(planned.Send[0])
	equal(t, "rung", letterOf(t, c).Rung, "0")
	equal(t, "made up for", strings.Join(letterOf(t, c).Missed, ","), "-5wd,-1wd")
}

func TestWhatStopsANoticeIsRecordedWithTheReason(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		event  casework.Event
		reason string
	}{
		{"the visit was made", event("x", "C1", "cp_visit.made", "2026-12-03", "seen=true"), "it is done"},
		{"the plan was ended", event("x", "C1", "cp_plan.ended", "2026-12-03"), "it is ended"},
		{"the start was voided", casework.Event{ID: "x", Case: "C1", Voids: "e1"}, "no longer exists"},
		{
			"the manager acknowledged", event("x", "C1", "notice.acknowledged", "2026-12-03", "duty=CP-10:e1", "by=M1", "promise=2026-12-10"),
			"held by an acknowledgement",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-12-03 09:00")
			r.tell("2026-12-02 09:00") // the worker: a manager acknowledges what somebody was told of
			r.setClock("2026-12-03 09:00")
			planned := r.plan("C1", cp)
			r.setClock("2026-12-03 09:00:30")
			r.mustRecord(tc.event)
			c := r.claim(planned.Send[0])
			equal(t, "state", c.State, "not_sent")
			has(t, "reason", c.Reason, tc.reason)
			again := r.claim(planned.Send[0])
			equal(t, "state when the activity is run again", again.State, "not_sent")
			list, err := r.Notices(t.Context(), store.NoticeFilter{State: "not_sent"})
			if err != nil || len(list) != 1 || list[0].ClaimedAt == nil || !list[0].At.Equal(london("2026-12-03 09:00")) {
				t.Errorf("both times are kept: %+v, %v", list, err)
			}
		})
	}
}

func TestWhatWasStoppedBeforeItWasPlannedIsRecordedToo(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00:20")
	r.mustRecord(event("x", "C1", "cp_visit.made", "2026-12-03", "seen=true"))
	r.setClock("2026-12-03 09:00:40") // the timer's activity comes late
	equal(t, "due", len(r.plan("C1", cp).Send), 0)
	r.plan("C1", cp)
	list, err := r.Notices(t.Context(), store.NoticeFilter{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	equal(t, "state", list[0].State, "not_sent")
	equal(t, "reason", list[0].Reason, "it is done out of timescale")
}

func TestWhatWasStoppedIsSaidWhenItIsDueAgain(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00")
	planned := r.plan("C1", cp)
	r.setClock("2026-12-03 09:00:20") // after nine: at every nine it was owed
	r.mustRecord(event("x", "C1", "cp_visit.made", "2026-12-03", "seen=true"))
	equal(t, "state", r.claim(planned.Send[0]).State, "not_sent")
	r.setClock("2026-12-03 12:00")
	r.mustRecord(casework.Event{ID: "v", Case: "C1", Voids: "x"}) // it was another child's visit
	equal(t, "told", strings.Join(r.tell("2026-12-04 09:00"), ", "), "M1 escalation +1wd")
}

func TestANoticeThatIsDueNoMoreIsTakenBackByTheNextPlan(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-01 09:00")
	r.plan("C1", cp) // and nothing claimed it: the worker's machine was off
	r.setClock("2026-12-02 09:00")
	planned := r.plan("C1", cp)
	equal(t, "due", planned.Send[0].Summary, "remind social worker or lead practitioner: CP-10, the step “on the due date”")
	equal(t, "states", strings.Join(r.column(`select rung || ' ' || state from notices order by nominal_at`), ", "), "-1wd not_sent, 0 due")
}

func TestTwoThatRunAtOnceSendOnce(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	var all sync.WaitGroup
	results := make(chan error, 10)
	for range 10 {
		all.Go(func() {
			c, err := r.Claim(t.Context(), n.CaseKey, n.Key)
			if err == nil && c.State == "claimed" {
				_, err = r.Sending(t.Context(), c.NoticeID, c.Claim)
			}
			results <- err
		})
	}
	all.Wait()
	close(results)
	passed := 0
	for err := range results {
		switch {
		case err == nil:
			passed++
		case !errors.Is(err, store.ErrBusy):
			t.Error(err)
		}
	}
	equal(t, "got past Sending", passed, 1)
	equal(t, "notices", len(r.column(`select key from notices`)), 1)
}

func TestANoticeFoundHalfSentIsSentAgainUnderTheSameMessageID(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00", func(o *store.Options) { o.SendLease = time.Nanosecond })
	n := r.plan("C1", cp).Send[0]
	first := r.claim(n)
	r.sending(first)
	second := r.claim(n) // after a crash
	equal(t, "state", second.State, "claimed")
	equal(t, "perhaps twice", second.PerhapsTwice, true)
	equal(t, "message id", second.MessageID, first.MessageID)
	equal(t, "recipient", second.To.Staff, first.To.Staff)
	has(t, "text", message(t, second).Text, "You may have had this message before")
	r.sending(second)
	r.sent(second)
	equal(t, "state", r.claim(n).State, "sent")
	equal(t, "attempts", strings.Join(r.column(`select n || ' ' || state from delivery_attempts order by n`), ", "), "1 lost, 2 sent")
}

func TestAClaimIsRepeatedAfterACrashBeforeSending(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	first := r.claim(n)
	r.setClock("2026-11-25 21:00") // that it is sent is decided
	second := r.claim(n)
	equal(t, "state", second.State, "claimed")
	equal(t, "recipient", second.To.Staff, "W1")
	equal(t, "message", message(t, second).Text, message(t, first).Text)
	equal(t, "perhaps twice", second.PerhapsTwice, false)
	if _, err := r.Sending(t.Context(), n.Key, first.Claim); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a claim that another has overtaken is sent: %v", err)
	}
	r.sending(second)
}

func TestWhatWasClaimedAndNeverSentIsOfferedAgain(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	r.claim(n) // and then Temporal was lost
	r.setClock("2026-11-26 11:00")
	if _, err := r.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if wake := r.row("C1", cp).Wake; wake.After(london("2026-11-26 11:00")) {
		t.Errorf("the pathway does not wake at once: %v", wake)
	}
	planned := r.plan("C1", cp)
	if len(planned.Send) != 1 || planned.Send[0].Key != n.Key {
		t.Fatalf("due: %+v", planned.Send)
	}
	c := r.claim(planned.Send[0])
	equal(t, "state", c.State, "claimed")
	equal(t, "the letter speaks of today", text(t, letterOf(t, c).Today), "2026-11-26")
	r.sending(c)
	r.sent(c)
	equal(t, "due once it is sent", len(r.plan("C1", cp).Send), 0)
}

func TestWhatWasClaimedAndNeverSentIsStoppedWhenItIsNoLongerTrue(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00")
	n := r.plan("C1", cp).Send[0]
	c := r.claim(n)
	r.sending(c)
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "connection refused", false); err != nil {
		t.Fatal(err)
	}
	r.setClock("2026-12-04 09:00")
	r.mustRecord(event("x", "C1", "cp_visit.made", "2026-12-03", "seen=true"))
	again := r.claim(n)
	equal(t, "state", again.State, "not_sent")
	equal(t, "reason", again.Reason, "it is done out of timescale")
	equal(t, "nobody is told that it is resolved", len(r.plan("C1", cp).Send), 0)
}

func TestAFailedAttemptIsTriedAgainAtOnce(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	c := r.claim(n)
	r.sending(c)
	if _, err := r.Claim(t.Context(), n.CaseKey, n.Key); !errors.Is(err, store.ErrBusy) {
		t.Errorf("while it is being sent: %v", err)
	}
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "connection refused", false); err != nil {
		t.Fatal(err)
	}
	again := r.claim(n)
	equal(t, "state", again.State, "claimed")
	equal(t, "perhaps twice", again.PerhapsTwice, false)
	r.sending(again)
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "no answer to DATA", true); err != nil {
		t.Fatal(err)
	}
	equal(t, "perhaps twice", r.claim(n).PerhapsTwice, true)
}

func TestNobodyToTellIsShownAndMadeUpForWhenSomebodyIsNamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		names []casework.Event
		told  string
	}{
		{"a worker is allocated", []casework.Event{event("a", "C1", "worker.allocated", "2026-11-25", "worker=W1")}, "W1 reminder -5wd"},
		{"a worker is appointed", []casework.Event{staff("a", "staff.appointed", "2026-11-25", "worker=W7", "role=worker", "team=T7")}, "W7 reminder -5wd"},
		{
			"a team gets a manager", []casework.Event{
				staff("a", "team.formed", "2026-11-25", "team=T7", "head_of_service=H7"),
				staff("b", "staff.appointed", "2026-11-25", "worker=H7", "role=head_of_service"),
			}, "H7 reminder -5wd",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, "2026-11-02 10:00")
			r.mustRecord(append(people(), event("e1", "C1", "cp_plan.started", "2026-11-02"),
				event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W7", "team=T7"))...)
			told := r.tell("2026-11-25 09:00")
			if len(told) != 1 {
				t.Fatalf("told: %v", told)
			}
			has(t, "told", told[0], "undeliverable: nobody")
			equal(t, "due again at once", len(r.plan("C1", cp).Send), 0)
			equal(t, "looked at again the next morning", r.row("C1", cp).Wake, london("2026-11-26 09:00"))
			has(t, "shown with the duty", r.duty("C1", "CP-10").Undeliverable, "nobody")
			s, err := r.Summary(t.Context())
			if err != nil || s.Undeliverable != 1 {
				t.Errorf("shown in the summary: %+v, %v", s, err)
			}

			r.setClock("2026-11-25 10:00")
			got := r.mustRecord(tc.names...)
			if !slices.ContainsFunc(got.Nudges, func(n pathway.Nudge) bool { return n.Pathway == cp && n.Wake.Equal(london("2026-11-25 10:00")) }) {
				t.Fatalf("the pathway is nudged to wake now: %+v", got.Nudges)
			}
			equal(t, "made up for", strings.Join(r.tell("2026-11-25 10:00:01"), ", "), tc.told)
			equal(t, "shown no more", r.duty("C1", "CP-10").Undeliverable, "")
			equal(t, "once", len(r.tell("2026-11-25 10:05")), 0)
		})
	}
}

func TestAClaimOfWhatNobodyCanBeToldIsRepeatedAlike(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"))
	r.setClock("2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0]
	equal(t, "state", r.claim(n).State, "undeliverable")
	revision := r.row("C1", cp).Revision
	equal(t, "state again", r.claim(n).State, "undeliverable")
	equal(t, "revision", r.row("C1", cp).Revision, revision)
}

func TestNobodyIsToldTheSameThingTwiceInTwoRoles(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-02 10:00")
	r.mustRecord(staff("x", "staff.left", "2026-12-02", "worker=M1")) // the service manager stands in
	equal(t, "escalated", strings.Join(r.tell("2026-12-03 09:00"), ", "), "S1 escalation +1wd")
	equal(t, "escalated", strings.Join(r.tell("2026-12-09 09:00"), ", "), "S1 escalation +5wd")
	r.mustRecord(event("e3", "C1", "cp_visit.made", "2026-12-09", "seen=true"))
	equal(t, "resolved", strings.Join(r.tell("2026-12-10 09:00"), ", "), "S1 resolved, not_sent: told as team manager")
	equal(t, "once", len(r.tell("2026-12-11 09:00")), 0)
}

func TestOneStepThatGoesToTwoRolesIsToldToBoth(t *testing.T) {
	t.Parallel()
	const emergency = pathway.EmergencyProtection
	for _, tc := range []struct {
		name  string
		event casework.Event
		told  string
	}{
		{"two people", event("x", "C1", "worker.allocated", "2026-11-02", "worker=W1"), "W1 reminder 75%, M1 escalation 75%"},
		{"one person for both", event("x", "C1", "worker.allocated", "2026-11-02", "team=T1"), "M1 reminder 75%, not_sent: told as worker"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, "2026-11-02 10:00")
			r.mustRecord(append(people(), event("e1", "C1", "police_protection.started", "2026-11-02T09:00:00Z"), tc.event)...)
			equal(t, "half way", len(r.tellIn(emergency, "2026-11-03 21:00")), 1)
			equal(t, "at three quarters", strings.Join(r.tellIn(emergency, "2026-11-04 15:00"), ", "), tc.told)
			equal(t, "once", len(r.tellIn(emergency, "2026-11-04 15:01")), 0)
			equal(t, "next wake", r.row("C1", emergency).Wake, london("2026-11-05 09:00"))
		})
	}
}

func TestAnEscalationThatReachedNobodyIsNotResolved(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"))
	told := r.tell("2026-12-03 09:00")
	if len(told) != 1 || !strings.Contains(told[0], "undeliverable") {
		t.Fatalf("told: %v", told)
	}
	r.mustRecord(event("e3", "C1", "cp_visit.made", "2026-12-03", "seen=true"))
	told = r.tell("2026-12-04 09:00")
	if len(told) != 1 || !strings.Contains(told[0], "reached nobody") {
		t.Errorf("told: %v", told)
	}
	equal(t, "once", len(r.tell("2026-12-07 09:00")), 0)
}

func TestWhoWasToldADateIsToldThatItMoved(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	r.tell("2026-11-25 09:00")
	correction := event("c1", "C1", "cp_plan.started", "2026-11-09")
	correction.Corrects = "e1"
	r.mustRecord(correction)
	r.setClock("2026-11-26 09:00")
	planned := r.plan("C1", cp)
	if len(planned.Send) != 1 {
		t.Fatalf("due: %+v", planned.Send)
	}
	c := r.claim(planned.Send[0])
	equal(t, "kind", letterOf(t, c).Kind, notify.Moved)
	equal(t, "was", text(t, letterOf(t, c).DueWas), "2026-12-02")
	equal(t, "is", text(t, letterOf(t, c).Due), "2026-12-09")
}

func TestEachWayInWhichADutyIsResolvedIsSaid(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		event   casework.Event
		outcome letter.Outcome
		on      string
	}{
		{"met late", event("x", "C1", "cp_visit.made", "2026-12-03", "seen=true"), letter.MetLate, "2026-12-03"},
		{"met in time and recorded late", event("x", "C1", "cp_visit.made", "2026-11-30", "seen=true"), letter.Met, "2026-11-30"},
		{"ended", event("x", "C1", "cp_plan.ended", "2026-12-03"), letter.Ended, "2026-12-03"},
		{"undone", casework.Event{ID: "x", Case: "C1", Voids: "e1"}, letter.Undone, ""},
		{"not reported", event("x", "C1", "source.attached", "2026-12-03", "name=census", "reports=cp_plan.started,cp_plan.ended"), letter.NotReported, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-12-03 09:00")
			r.tell("2026-12-03 09:00")
			r.setClock("2026-12-03 10:00")
			r.mustRecord(tc.event)
			r.setClock("2026-12-04 09:00")
			planned := r.plan("C1", cp)
			if len(planned.Send) != 1 {
				t.Fatalf("due: %+v", planned.Send)
			}
			c := r.claim(planned.Send[0])
			equal(t, "kind", letterOf(t, c).Kind, notify.Resolved)
			equal(t, "outcome", letterOf(t, c).Outcome, tc.outcome)
			equal(t, "on", text(t, letterOf(t, c).MetOn), tc.on)
			equal(t, "to", c.To.Staff, "M1")
			if message(t, c).Text == "" {
				t.Error("the letter says nothing")
			}
		})
	}
}

func TestAPathwayEndsOnceNothingIsOwed(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00")
	r.tell("2026-12-03 09:00")
	r.setClock("2026-12-03 10:00")
	r.mustRecord(event("x", "C1", "cp_plan.ended", "2026-12-03"))
	equal(t, "open while the manager is owed a message", r.row("C1", cp).Open, true)
	r.setClock("2026-12-04 09:00")
	planned := r.plan("C1", cp)
	equal(t, "open once it is sent", planned.Next.Open, false)
	c := r.claim(planned.Send[0])
	equal(t, "open after the claim", c.Next.Open, true)
	r.sending(c)
	equal(t, "open after sending", r.sent(c).Open, false)
	planned = r.plan("C1", cp)
	equal(t, "open when planned again", planned.Next.Open, false)
}

func TestAFaultIsNotedAndTakenAwayByTheNextGoodPlan(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	key := r.key("C1")
	if err := r.Faulted(t.Context(), key, cp, "PlanDuties: RecordUnavailable"); err != nil {
		t.Fatal(err)
	}
	s, err := r.Summary(t.Context())
	if err != nil || len(s.Faults) != 1 || s.Faults[0].Reason != "PlanDuties: RecordUnavailable" {
		t.Fatalf("%+v, %v", s.Faults, err)
	}
	r.mustRecord(event("x", "C1", "core_group.held", "2026-11-24"))
	equal(t, "recording keeps the note", len(r.column(`select fault from pathways where fault <> ''`)), 1)
	r.plan("C1", cp)
	equal(t, "planning takes it away", len(r.column(`select fault from pathways where fault <> ''`)), 0)
}

func TestWhatTheRecordDoesNotHoldIsUnknown(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	ctx, key, other := t.Context(), r.key("C1"), "0b7e9f5e-8f0e-4b0e-9a55-0d5f3a1f7a11"
	for name, call := range map[string]func() error{
		"plan, no case":         func() error { _, err := r.Plan(ctx, other, cp); return err },
		"plan, no key":          func() error { _, err := r.Plan(ctx, "C1", cp); return err },
		"plan, no such pathway": func() error { _, err := r.Plan(ctx, key, pathway.Missing); return err },
		"claim, no case":        func() error { _, err := r.Claim(ctx, other, other); return err },
		"claim, no notice":      func() error { _, err := r.Claim(ctx, key, other); return err },
		"claim, no key":         func() error { _, err := r.Claim(ctx, key, "x|y"); return err },
		"claim, no list":        func() error { _, err := r.ClaimList(ctx, other); return err },
		"sending":               func() error { _, err := r.Sending(ctx, other, 1); return err },
		"sent":                  func() error { _, err := r.Sent(ctx, other, 0, "email", ""); return err },
		"not delivered":         func() error { _, err := r.NotDelivered(ctx, other, 0, ""); return err },
		"faulted":               func() error { return r.Faulted(ctx, other, cp, "") },
		"load":                  func() error { _, err := r.LoadCases(ctx, other, nil); return err },
		"complete":              func() error { return r.CompleteLoad(ctx, other) },
		"events":                func() error { _, err := r.Events(ctx, source, "C9"); return err },
	} {
		if err := call(); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
