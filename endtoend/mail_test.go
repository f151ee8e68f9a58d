package endtoend_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/casework"
	"longstop/internal/smtptest"
	"longstop/store"
)

// inHalf is in the stretch in which the worker alone is told: so long ago that the first
// rung is due, and the second is hours away.
const inHalf = half + 2*time.Hour

// mailed is a site with a mail server, and two workers: W1 and W2.
type mailed struct {
	*site
	mail *smtptest.Server
	r    *store.Store
}

func TestWhatAMailServerAnswersDecidesWhoIsTold(t *testing.T) {
	t.Parallel()
	m := &mailed{site: sharedStack(t).newSite(t, nsMail), mail: smtptest.Start(t)}
	m.site.mail = m.mail.URL()
	m.startWorker(t)
	m.r = m.record(t)
	m.must(t, 0, "record", written(t, append(managers(), appointed("W1", "worker"), appointed("W2", "worker"))...))

	m.anAddressRefusedForGoodLeadsToTheTeamManager(t)
	m.oneRefusedForNowIsTriedAgain(t)
	m.aLostAnswerLeadsToACopyWithTheSameMessageID(t)
	m.whereEverybodyIsRefusedItWaitsForTheMailServer(t)
	agree(t, notices(t, m.r, store.NoticeFilter{}), m.mail)
	m.waitForClocks(t)
}

// tell records a case of which its worker must be told at once, and waits until that is over.
func (m *mailed) tell(t *testing.T, ref, worker string) store.NoticeRow {
	t.Helper()
	m.must(t, 0, "record", written(t, protected(ref, worker, inHalf)...))
	return over(t, m.r, ref)
}

// The server takes a letter to W2 in between: so the refusal is believed at the next try.
func (m *mailed) anAddressRefusedForGoodLeadsToTheTeamManager(t *testing.T) {
	t.Helper()
	m.mail.Refuse(address("W1"), 550)
	m.must(t, 0, "record", written(t, protected("REFUSED", "W1", inHalf)...))
	m.failed(t, "REFUSED")
	m.tell(t, "TAKEN", "W2")
	n := over(t, m.r, "REFUSED")
	if n.State != "sent" || n.To != "TM1" || n.Standing != "refused" || n.Attempts != 3 || n.PerhapsTwice {
		t.Errorf("refused for good: the notice is %s to %q (%s) after %d attempts", n.State, n.To, n.Standing, n.Attempts)
	}
	got := m.messageOf(t, n)
	if !slices.Equal(got.To, []string{address("TM1")}) || !strings.Contains(got.Text, "REFUSED") {
		t.Errorf("refused for good: the message went to %v and says\n%s", got.To, got.Text)
	}
}

// failed waits until the notice of a case was refused, and that is not believed.
func (m *mailed) failed(t *testing.T, ref string) {
	t.Helper()
	until(t, "the notice of "+ref+" is refused", func() string {
		list := notices(t, m.r, store.NoticeFilter{Case: ref})
		if len(list) == 1 && list[0].State == "failed" && strings.Contains(list[0].Reason, "refused, not yet believed: 550") {
			return ""
		}
		return fmt.Sprintf("%v", states(list))
	})
}

func (m *mailed) oneRefusedForNowIsTriedAgain(t *testing.T) {
	t.Helper()
	m.mail.FailNext(451)
	n := m.tell(t, "LATER", "W2")
	if n.State != "sent" || n.To != "W2" || n.Attempts != 2 || n.PerhapsTwice {
		t.Errorf("refused for now: the notice is %s to %q after %d attempts, perhaps twice: %v", n.State, n.To, n.Attempts, n.PerhapsTwice)
	}
	m.messageOf(t, n)
}

func (m *mailed) aLostAnswerLeadsToACopyWithTheSameMessageID(t *testing.T) {
	t.Helper()
	m.mail.DropNext()
	n := m.tell(t, "LOST", "W2")
	if n.State != "sent" || !n.PerhapsTwice || m.mail.Copies()[n.MessageID] != 2 {
		t.Errorf("a lost answer: the notice is %s, perhaps twice: %v; %d copies", n.State, n.PerhapsTwice, m.mail.Copies()[n.MessageID])
	}
}

func (m *mailed) whereEverybodyIsRefusedItWaitsForTheMailServer(t *testing.T) {
	t.Helper()
	for _, ref := range []string{"W1", "W2", "TM1", "SM1", "HS1"} {
		m.mail.Refuse(address(ref), 550)
	}
	m.must(t, 0, "record", written(t, protected("NOBODY", "W2", inHalf)...))
	m.failed(t, "NOBODY")
	for _, ref := range []string{"W1", "W2", "TM1", "SM1", "HS1"} {
		m.mail.Refuse(address(ref), 0)
	}
	if n := over(t, m.r, "NOBODY"); n.State != "sent" || n.To != "W2" {
		t.Errorf("everybody refused, then mended: the notice is %s to %q: %s", n.State, n.To, n.Reason)
	}
}

// messageOf is the one copy of a notice that arrived.
func (m *mailed) messageOf(t testing.TB, n store.NoticeRow) smtptest.Message {
	t.Helper()
	found := slices.DeleteFunc(m.mail.Messages(), func(got smtptest.Message) bool { return got.ID != n.MessageID })
	if len(found) != 1 {
		t.Fatalf("%d copies of %s arrived", len(found), n.MessageID)
	}
	return found[0]
}

func TestWithoutAMailServerNoticesGoToTheRecordAndTheLog(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsNoMail)
	w := x.startWorker(t)
	if said := text(w.log); !strings.Contains(said, "LONGSTOP_NOTICES=log: notices are written to this log and reach nobody") {
		t.Errorf("the start-up does not say so:\n%s", said)
	}
	events := slices.Concat(managers(), []casework.Event{appointed("W1", "worker")}, protected("QUIET-1", "W1", inHalf))
	x.must(t, 0, "record", written(t, events...))
	n := over(t, x.record(t), "QUIET-1")
	if n.State != "logged" || n.Channel != "log" || n.To != "W1" {
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
