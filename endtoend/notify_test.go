package endtoend_test

import (
	"net/http"
	"strings"
	"testing"

	"longstop/internal/notifytest"
	"longstop/store"
)

// GOV.UK Notify does not recognise a repetition: what may have been taken is looked up before it is sent again.
func TestByGOVUKNotifyEverybodyIsToldOnceWhateverIsLost(t *testing.T) {
	t.Parallel()
	const template = "f33517ff-2a88-4f6e-b855-c550268ce08a"
	far := notifytest.Start(t, notifytest.WithTemplate(notifytest.Template{ID: template, Type: "email", Subject: "((subject))", Body: "((body))"}))
	x := sharedStack(t).newSite(t, nsNotify)
	x.more = []string{
		"LONGSTOP_NOTICES=govuknotify", "LONGSTOP_NOTIFY_URL=" + far.URL(), "LONGSTOP_NOTIFY_API_KEY=" + far.Key(notifytest.LiveKey),
		"LONGSTOP_NOTIFY_EMAIL_TEMPLATE=" + template,
	}
	worker := x.startWorker(t)
	r := x.record(t)
	x.must(t, 0, "record", written(t, append(managers(), appointed("W1", "worker"))...))
	tell := func(ref string) { x.must(t, 0, "record", written(t, protected(ref, "W1", inHalf)...)) }

	far.LoseNext()
	tell("LOST")
	once(t, far, over(t, r, "LOST"), 2)

	far.FailNextAfterTaking(http.StatusInternalServerError)
	tell("BROKEN")
	once(t, far, over(t, r, "BROKEN"), 2)

	hold := far.HoldNextAfterTaking()
	tell("KILLED")
	reached(t, "Notify has the message", hold.Reached())
	worker.kill()
	hold.Release()
	x.startWorker(t)
	once(t, far, over(t, r, "KILLED"), 2)

	far.RateLimited()
	tell("LATER")
	once(t, far, over(t, r, "LATER"), 2)
	if n := len(far.Notifications()); n != 4 {
		t.Errorf("Notify has %d messages, want 4", n)
	}
}

// once checks that Notify has one message of a notice, after so many attempts.
func once(t *testing.T, far *notifytest.Server, n store.NoticeRow, attempts int) {
	t.Helper()
	copies := 0
	for _, got := range far.Notifications() {
		if strings.HasPrefix(got.Reference, n.ID+".") {
			copies++
			if got.To != address("W1") {
				t.Errorf("%s went to %s", n.Case, got.To)
			}
		}
	}
	if copies != 1 || n.State != "sent" || n.To != "W1" || n.Attempts != attempts {
		t.Errorf("%s: Notify has %d messages; it is %s to %s after %d attempts", n.Case, copies, n.State, n.To, n.Attempts)
	}
}
