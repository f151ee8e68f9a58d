package store_test

import (
	"testing"

	"longstop/store"
)

// What a command plans is sent by a worker, under the domain of the sender that the worker
// has: a command knows none. Once a channel may have had it, it stays.
func TestTheWorkerThatClaimsANoticeGivesItsMessageIDTheSendersDomain(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00") // as a command opens it
	ofDomain := func(domain string) *record {
		worker := *r
		worker.Store = r.open(func(o *store.Options) { o.MessageDomain = domain })
		return &worker
	}
	due := r.plan("C1", cp).Send[0]
	first, second := ofDomain("council.example"), ofDomain("other.example")
	for range 2 {
		c := second.claim(due) // and dies before it has sent anything
		equal(t, "message id", c.MessageID, c.NoticeID+"@other.example")
	}
	c := first.claim(due)
	equal(t, "message id of the worker that sends", c.MessageID, c.NoticeID+"@council.example")
	equal(t, "and of its message", message(t, c).ID, c.MessageID)
	first.sending(c)
	if err := first.SendFailed(t.Context(), c.NoticeID, 0, "email", "421", false); err != nil {
		t.Fatal(err)
	}
	equal(t, "message id of a repetition", second.claim(due).MessageID, c.MessageID)
}
