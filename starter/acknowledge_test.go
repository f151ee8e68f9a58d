package main

import (
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"longstop/calendar"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// claimed records an overdue conference at one time and claims the notice that is due about
// it at another.
func claimed(t *testing.T, recorded, clock casetime.Clock, url string) string {
	t.Helper()
	record, err := store.Open(t.Context(), store.Options{URL: url, Clock: clock, Log: zerolog.Nop(), Compiler: load.Compiler{}, Composer: letter.Composer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	if r := cliAt(t, recorded, map[string]string{envDatabase: url}, `{"id":"s1","type":"staff.appointed","at":"2026-04-01","data":{"worker":"M1","name":"Max","email":"max@example.org","role":"team_manager","team":"T1"}}
{"id":"t1","type":"team.formed","at":"2026-04-01","data":{"team":"T1","name":"North","team_manager":"M1","service_manager":"M1","head_of_service":"M1"}}
{"id":"w1","case":"C1","type":"worker.allocated","at":"2026-11-02","data":{"worker":"W1","team":"T1"}}
{"id":"d1","case":"C1","type":"strategy_discussion.held","at":"2026-10-02","data":{"s47":true}}
`, "record", "-"); r.code != exitDone {
		t.Fatalf("recording: %+v", r)
	}
	key, err := record.CaseKey(t.Context(), "case-system", "C1")
	if err != nil {
		t.Fatal(err)
	}
	planned, err := record.Plan(t.Context(), key, pathway.Section47)
	if err != nil || len(planned.Send) == 0 {
		t.Fatalf("nothing is due: %+v, %v", planned, err)
	}
	n, err := record.Claim(t.Context(), key, planned.Send[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	return n.NoticeID
}

func TestANoticeIsAcknowledgedByItsId(t *testing.T) {
	env := onRecord(t)
	// Recorded on a Monday, so that the next 09:00 of a working day is Tuesday's.
	tuesday := calendar.NewDate(2026, 11, 24)
	clock := casetimetest.At(tuesday.At(10, 0))
	id := claimed(t, casetimetest.At(tuesday.AddDays(-1).At(10, 0)), clock, env[envDatabase])
	soon := tuesday.AddDays(3).String()

	r := cliAt(t, clock, env, "", "acknowledge", id, "--by", "M1", "--promise", soon, "--note", "booked")
	if r.code != exitDone || !strings.HasPrefix(r.out, "Recorded as ") {
		t.Fatalf("%+v", r)
	}
	events := cliAt(t, clock, env, "", "events", "C1").out
	for _, part := range []string{`"type":"notice.acknowledged"`, `"duty":"CP-03:d1"`, `"promise":"` + soon + `"`, `"note":"booked"`} {
		if !strings.Contains(events, part) {
			t.Errorf("the record lacks %s:\n%s", part, events)
		}
	}
	// A promise is at most ten working days away.
	late := tuesday.AddDays(40).String()
	if r := cliAt(t, clock, env, "", "acknowledge", id, "--by", "M1", "--promise", late, "--note", "x"); r.code != exitRefused {
		t.Errorf("a far promise: %+v", r)
	}
	if r := cliAt(t, clock, env, "", "acknowledge", "none", "--by", "M1", "--promise", soon, "--note", "x"); r.code != exitRefused || !strings.Contains(r.err, "none: ") {
		t.Errorf("an unknown notice: %+v", r)
	}
}

// The case holds nothing of a promise that was refused, and the audit has that it was tried.
func TestAPromiseThatIsRefusedIsInTheAuditOfItsCase(t *testing.T) {
	env := onRecord(t)
	tuesday := calendar.NewDate(2026, 11, 24)
	clock := casetimetest.At(tuesday.At(10, 0))
	id := claimed(t, casetimetest.At(tuesday.AddDays(-1).At(10, 0)), clock, env[envDatabase])
	late := tuesday.AddDays(40).String() // a promise is at most ten working days away
	if r := cliAt(t, clock, env, "", "acknowledge", id, "--by", "M1", "--promise", late, "--note", "x"); r.code != exitRefused {
		t.Fatalf("a far promise: %+v", r)
	}
	if events := cliAt(t, clock, env, "", "events", "C1").out; strings.Contains(events, "notice.acknowledged") {
		t.Errorf("it is in the record:\n%s", events)
	}
	audit := cliAt(t, clock, env, "", "audit", "C1", "--json").out
	if !strings.Contains(audit, `"command":"acknowledge","case":"C1","outcome":"refused"`) || strings.Contains(audit, late) {
		t.Errorf("the audit of the case:\n%s", audit)
	}
}
