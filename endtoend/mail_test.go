package endtoend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/casework"
	"longstop/notify/smtptest"
	"longstop/store"
)

// inHalf is in the stretch in which the worker alone is told: so long ago that the first
// rung is due, and the second is hours away.
const inHalf = half + 2*time.Hour

func TestWhatAMailServerAnswersDecidesWhoIsTold(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsMail)
	mail := smtptest.Start(t)
	x.mail = mail.URL()
	x.startWorker(t)
	r := x.record(t)
	x.must(t, 0, "record", written(t, append(managers(), appointed("W1", "worker"), appointed("W2", "worker"))...))

	tell := func(ref, worker string) store.NoticeRow {
		t.Helper()
		x.must(t, 0, "record", written(t, protected(ref, worker, inHalf)...))
		return over(t, r, ref)
	}
	t.Run("an address that is refused for good leads to the team manager", func(t *testing.T) { //nolint:paralleltest // each waits for the one before it
		mail.Refuse(address("W1"), 550)
		n := tell("REFUSED", "W1")
		if n.State != "sent" || n.To != "TM1" || n.Standing != "refused" || n.Attempts != 2 {
			t.Errorf("the notice is %s to %q (%s) after %d attempts", n.State, n.To, n.Standing, n.Attempts)
		}
		got := messageOf(t, mail, n)
		if !slices.Equal(got.To, []string{address("TM1")}) || !strings.Contains(got.Text, "REFUSED") {
			t.Errorf("it went to %v and says\n%s", got.To, got.Text)
		}
	})
	t.Run("one that is refused for now is tried again", func(t *testing.T) { //nolint:paralleltest // each waits for the one before it
		mail.FailNext(451)
		n := tell("LATER", "W2")
		if n.State != "sent" || n.To != "W2" || n.Attempts != 2 || n.PerhapsTwice {
			t.Errorf("the notice is %s to %q after %d attempts, perhaps twice: %v", n.State, n.To, n.Attempts, n.PerhapsTwice)
		}
		messageOf(t, mail, n)
	})
	t.Run("an answer that is lost leads to a copy with the same Message-ID", func(t *testing.T) { //nolint:paralleltest // each waits for the one before it
		mail.DropNext()
		n := tell("LOST", "W2")
		if n.State != "sent" || !n.PerhapsTwice || mail.Copies()[n.MessageID] != 2 {
			t.Errorf("the notice is %s, perhaps twice: %v; %d copies", n.State, n.PerhapsTwice, mail.Copies()[n.MessageID])
		}
	})
	t.Run("where everybody is refused the record shows it", func(t *testing.T) { //nolint:paralleltest // each waits for the one before it
		for _, ref := range []string{"TM1", "SM1", "HS1"} {
			mail.Refuse(address(ref), 550)
		}
		n := tell("NOBODY", "W1")
		if n.State != "undeliverable" || !strings.Contains(n.Reason, "refused") {
			t.Errorf("the notice is %s: %s", n.State, n.Reason)
		}
		if said := x.must(t, 0, "duties", "NOBODY").said(); !strings.Contains(said, "undeliverable: refused") {
			t.Errorf("duties does not show it:\n%s", said)
		}
	})
	agree(t, notices(t, r, store.NoticeFilter{}), mail)
	x.waitForClocks(t)
}

// messageOf is the one copy of a notice that arrived.
func messageOf(t testing.TB, mail *smtptest.Server, n store.NoticeRow) smtptest.Message {
	t.Helper()
	var found []smtptest.Message
	for _, m := range mail.Messages() {
		if m.ID == n.MessageID {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d copies of %s arrived", len(found), n.MessageID)
	}
	return found[0]
}

func TestWithoutAMailServerNoticesGoToTheRecordAndTheLog(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsNoMail)
	w := x.startWorker(t)
	if said := text(w.log); !strings.Contains(said, "no e-mail is configured (LONGSTOP_SMTP_URL): notices go to the record and to this log, and reach nobody") {
		t.Errorf("the start-up does not say so:\n%s", said)
	}
	events := slices.Concat(managers(), []casework.Event{appointed("W1", "worker")}, protected("QUIET-1", "W1", inHalf))
	x.must(t, 0, "record", written(t, events...))
	n := over(t, x.record(t), "QUIET-1")
	if n.State != "sent" || n.Channel != "log" || n.To != "W1" {
		t.Errorf("the notice is %s by %s to %q", n.State, n.Channel, n.To)
	}
	said := text(w.log)
	if !strings.Contains(said, n.ID) {
		t.Errorf("the log does not name the notice:\n%s", said)
	}
	for _, private := range []string{"QUIET-1", "Person W1", address("W1")} {
		if strings.Contains(said, private) {
			t.Errorf("the log names %s", private)
		}
	}
}
