package endtoend_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"longstop/internal/casetime"
	"longstop/internal/smtptest"
	"longstop/pathway"
	"longstop/store"
)

// burst is how many cases owe two notices at one moment, one to the worker and one to the
// team manager; before is how many messages go out before each kill.
const (
	burst  = 100
	before = 15
)

func TestWhateverDiesWhileNoticesAreSentNoneIsLostOrUnknowinglyRepeated(t *testing.T) {
	t.Parallel()
	s := ownStack(t)
	x := s.newSite(t, pathway.Namespace)
	mail := smtptest.Start(t)
	x.mail = mail.URL()
	refs := recordBurst(t, x)
	r := x.record(t)

	began := casetime.WallNow()
	w := x.startWorker(t)
	inTheMiddleOfSending(t, mail, func() { w.kill() })
	w = x.startWorker(t)
	t.Logf("the worker was killed, and runs again after %.1f s", time.Since(began).Seconds())
	inTheMiddleOfSending(t, mail, s.killTemporal)
	s.up(t)
	t.Logf("Temporal was killed, and runs again after %.1f s", time.Since(began).Seconds())
	inTheMiddleOfSending(t, mail, func() { s.killPostgres(t) })
	t.Logf("Postgres was killed, and runs again after %.1f s", time.Since(began).Seconds())

	until(t, "every notice that is due has gone out", func() string { return notGone(t, r, refs) })
	t.Logf("every notice has gone out after %.1f s", time.Since(began).Seconds())
	x.waitForClocks(t)
	sent := notices(t, r, store.NoticeFilter{})
	agree(t, sent, mail)
	if perhaps := count(sent, func(n store.NoticeRow) bool { return n.PerhapsTwice }); perhaps == 0 {
		t.Error("no notice says that it may have come twice: nothing was killed in the middle of sending")
	} else {
		t.Logf("%d notices, %d messages; %d notices may have come twice", len(sent), len(mail.Messages()), perhaps)
	}
	w.end(t)
	afterTemporalIsDropped(t, x, r, mail)
}

// recordBurst records cases whose notices fall due at one moment, which has passed when
// the first worker starts. It returns their references.
func recordBurst(t testing.TB, x *site) []string {
	t.Helper()
	list := managers()
	var refs []string
	for i := range burst {
		worker := fmt.Sprintf("W%d", i%5+1)
		if i < 5 {
			list = append(list, appointed(worker, "worker"))
		}
		ref := fmt.Sprintf("BURST-%03d", i+1)
		refs = append(refs, ref)
		list = append(list, protected(ref, worker, threeQuarters+time.Minute)...)
	}
	x.must(t, 0, "record", written(t, list...))
	return refs
}

// inTheMiddleOfSending kills when some more messages have gone out and one has just begun
// to, and lets that one end as it may.
func inTheMiddleOfSending(t testing.TB, mail *smtptest.Server, kill func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	if _, err := mail.WaitFor(ctx, len(mail.Messages())+before); err != nil {
		t.Fatal(err)
	}
	hold := mail.HoldNext()
	reached(t, "the next notice begins to go out", hold.Reached())
	kill()
	hold.Release()
}

// notGone says which of the notices that are due have not gone out: the worker's and the
// team manager's at three quarters of the time.
func notGone(t testing.TB, r *store.Store, refs []string) string {
	t.Helper()
	owed := map[string]bool{}
	for _, ref := range refs {
		owed[ref+" to worker"], owed[ref+" to team_manager"] = true, true
	}
	list, err := r.Notices(t.Context(), store.NoticeFilter{})
	if err != nil {
		return err.Error() // Postgres has just come back
	}
	for i := range list {
		switch n := &list[i]; {
		case n.State == "sent" && n.Rung == "75%":
			delete(owed, n.Case+" to "+n.Role)
		case n.State != "sent":
			return fmt.Sprintf("%v", states(list))
		}
	}
	if len(owed) > 0 {
		return fmt.Sprintf("%v are still owed", slices.Sorted(maps.Keys(owed)))
	}
	return ""
}

// afterTemporalIsDropped drops everything that Temporal knows: the record alone must bring
// every clock back, and nobody is told anything again.
func afterTemporalIsDropped(t *testing.T, x *site, r *store.Store, mail *smtptest.Server) {
	t.Helper()
	sent, arrived := notices(t, r, store.NoticeFilter{}), len(mail.Messages())
	x.stack.stop()
	x.stack.devstack(t, "drop-temporal")
	x.stack.up(t)
	if left := running(t, x.temporal(t), x.namespace); len(left) > 0 {
		t.Errorf("Temporal still runs %v", left)
	}
	if missing := x.must(t, 1, "check-clocks").refused(); len(missing) != burst {
		t.Errorf("check-clocks names %d clocks, expected %d", len(missing), burst)
	}
	x.must(t, 0, "rebuild")
	x.startWorker(t)
	x.waitForClocks(t)
	everyRunAnswers(t, x.temporal(t), wanted(t, r))
	if again := notices(t, r, store.NoticeFilter{}); len(again) != len(sent) || len(mail.Messages()) != arrived {
		t.Errorf("%d notices and %d messages became %d and %d", len(sent), arrived, len(again), len(mail.Messages()))
	}
}

// everyRunAnswers: the worker has taken every workflow in hand.
func everyRunAnswers(t testing.TB, c client.Client, ids []string) {
	t.Helper()
	if len(ids) != burst {
		t.Errorf("%d clocks, expected %d", len(ids), burst)
	}
	for _, id := range ids {
		answer, err := c.QueryWorkflow(t.Context(), id, "", pathway.StateQuery)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		var state pathway.State
		if err := answer.Get(&state); err != nil || state.Faults > 0 {
			t.Errorf("%s: %v, %d faults", id, err, state.Faults)
		}
	}
}

func count(list []store.NoticeRow, is func(store.NoticeRow) bool) int {
	n := 0
	for _, row := range list {
		if is(row) {
			n++
		}
	}
	return n
}
