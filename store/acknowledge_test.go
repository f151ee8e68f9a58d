package store_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

// acknowledged records an acknowledgement of the visit by somebody, and returns why it is
// refused; "" where it is not.
func (r *record) acknowledged(id, day, by, promise string) string {
	r.t.Helper()
	got, err := r.Record(r.t.Context(), source, []casework.Event{
		event(id, "C1", "notice.acknowledged", day, "duty=CP-10:e1", "by="+by, "promise="+promise),
	})
	if err != nil || got.New+len(got.Refused) != 1 {
		r.t.Fatalf("acknowledging: %+v, %v", got, err)
	}
	if got.New == 1 {
		return ""
	}
	return got.Refused[0].Reason
}

func TestOnlyAManagerWhoWasToldOrIsAboveAcknowledges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, by, reason string }{
		{"the team manager, who was told", "M1", ""},
		{"the service manager, who is above", "S1", ""},
		{"the head of service, who is above", "H1", ""},
		{"who covers for the team manager while they are away", "M2", ""},
		{"the team manager, though away", "M1", ""},
		{"the worker who holds the case", "W1", "the managers of whoever holds the case"},
		{"another worker", "W2", "must manage the case now"},
		{"a manager of another team", "X1", "must manage the case now"},
		{"who covers for a manager who is here", "M3", "must manage the case now"},
		{"a manager who has left", "L1", "must manage the case now"},
		{"nobody of the record", "Z9", "must manage the case now"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-12-03 09:00")
			r.mustRecord(
				staff("q1", "staff.appointed", "2020-01-01", "worker=M2", "role=team_manager", "team=T2"),
				staff("q2", "staff.appointed", "2020-01-01", "worker=M3", "role=team_manager", "team=T2"),
				staff("q3", "staff.appointed", "2020-01-01", "worker=X1", "role=team_manager", "team=T3"),
				staff("q4", "team.formed", "2020-01-01", "team=T3", "team_manager=X1"),
				staff("q5", "staff.appointed", "2020-01-01", "worker=L1", "role=service_manager", "team=T1"),
				staff("q6", "staff.left", "2026-12-01", "worker=L1"),
			)
			equal(t, "told", strings.Join(r.tell("2026-12-03 09:00"), ", "), "M1 escalation +1wd")
			// An absence of the past says nothing of today; W2 covers for somebody who is here.
			r.mustRecord(staff("q7", "staff.absent", "2026-11-02", "worker=S1", "until=2026-11-30", "cover=M3"))
			if strings.Contains(tc.name, "away") {
				r.mustRecord(staff("q8", "staff.absent", "2026-12-03", "worker=M1", "until=2026-12-10", "cover=M2"))
			}
			reason := r.acknowledged("k1", "2026-12-03", tc.by, "2026-12-10")
			if tc.reason == "" && reason != "" || !strings.Contains(reason, tc.reason) {
				t.Errorf("refused: %q", reason)
			}
		})
	}
}

func TestAWorkerCannotSilenceTheirOwnManager(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	equal(t, "told", strings.Join(r.tell("2026-11-25 09:00"), ", "), "W1 reminder -5wd")
	has(t, "the worker's promise", r.acknowledged("k1", "2026-11-25", "W1", "2026-12-09"), "ask a manager")
	equal(t, "told", strings.Join(r.tell("2026-12-03 09:00"), ", "), "M1 escalation +1wd")
	// One who manages the team and holds the case: it is the service manager they would silence.
	r.mustRecord(event("w2", "C1", "worker.allocated", "2026-12-03", "worker=M1", "team=T1"))
	has(t, "the promise of a manager who holds the case", r.acknowledged("k2", "2026-12-03", "M1", "2026-12-10"), "ask a manager")
	equal(t, "the service manager's", r.acknowledged("k3", "2026-12-03", "S1", "2026-12-10"), "")
}

func TestADutyOfWhichNobodyWasToldIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-04 10:00")
	has(t, "reason", r.acknowledged("k1", "2026-11-04", "M1", "2026-11-10"), "nobody has been told")
}

func TestWhereOnlyASeniorManagerWasToldThoseBelowDoNotAcknowledge(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-02 10:00")
	r.tell("2026-12-03 09:00")
	if err := r.exec(`update notices set role = 'service_manager'`); err != nil {
		t.Fatal(err)
	}
	has(t, "the team manager's", r.acknowledged("k1", "2026-12-03", "M1", "2026-12-10"), "must manage the case now")
	equal(t, "the service manager's", r.acknowledged("k2", "2026-12-03", "S1", "2026-12-10"), "")
}

func TestAPromiseIsRenewedOnceWhileItHolds(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00")
	r.tell("2026-12-03 09:00")
	equal(t, "the first", r.acknowledged("k1", "2026-12-03", "M1", "2026-12-08"), "")
	equal(t, "the same again", r.mustRecord(event("k1", "C1", "notice.acknowledged", "2026-12-03",
		"duty=CP-10:e1", "by=M1", "promise=2026-12-08")).Known, 1)
	r.setClock("2026-12-08 15:00")
	equal(t, "its renewal", r.acknowledged("k2", "2026-12-08", "M1", "2026-12-10"), "")
	has(t, "another", r.acknowledged("k3", "2026-12-08", "S1", "2026-12-11"), "renewed once")
	equal(t, "told when it has run out", strings.Join(r.tell("2026-12-11 09:00"), ", "), "S1 escalation +5wd")
	has(t, "after that", r.acknowledged("k4", "2026-12-11", "S1", "2026-12-20"), "renewed once")
}

func TestNobodyAcknowledgesWhatIsOnlyPlanned(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", cp).Send[0] // planned, and with no channel yet
	acknowledge := event("k1", "C1", "notice.acknowledged", "2026-11-25", "duty=CP-10:e1", "by=M1", "promise=2026-12-01", "note=booked")
	got, err := r.Record(t.Context(), source, []casework.Event{acknowledge})
	if err != nil || len(got.Refused) != 1 {
		t.Fatalf("before anybody was told: %+v, %v", got, err)
	}
	has(t, "the reason", got.Refused[0].Reason, "nobody has been told of this yet")
	c := r.claim(n)
	r.sending(c)
	r.sent(c)
	r.mustRecord(acknowledge)
}

func TestAPromiseInACaseThatIsPutAsideIsToldOutwards(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00")
	r.tell("2026-12-03 09:00")
	works := 0
	r.BeforeWork(func(string) {
		if works++; works == 2 { // the first judges the promise, the second works out what follows
			panic("a fault of the test's")
		}
	})
	equal(t, "refused", r.acknowledged("k1", "2026-12-03", "M1", "2026-12-08"), "")
	equal(t, "put aside", len(r.column(`select fault from cases where fault <> ''`)), 1)
	equal(t, "told", strings.Join(r.column(`select what::jsonb->0->>'duty' from changes where what::jsonb->0->>'kind' = 'acknowledged'`), " "), "CP-10:e1")
}
