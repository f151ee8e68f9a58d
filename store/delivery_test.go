package store_test

import (
	"errors"
	"strings"
	"testing"

	"longstop/store"
)

// A mail server takes a message, and says an hour later that the mailbox is gone.
func TestWhatCameBackIsToldToTheNextRoleUp(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	c := r.claim(r.plan1("2026-11-25 09:00"))
	r.sending(c)
	r.sent(c)
	equal(t, "due after it was sent", len(r.plan("C1", cp).Send), 0)

	r.setClock("2026-11-25 10:00")
	for range 2 { // noting it twice changes nothing
		if err := r.Bounced(t.Context(), c.MessageID, "550 5.1.1"); err != nil {
			t.Fatal(err)
		}
	}
	list, err := r.Notices(t.Context(), store.NoticeFilter{ID: c.NoticeID})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	equal(t, "state", list[0].State, "bounced")
	equal(t, "reason", list[0].Reason, "550 5.1.1")
	equal(t, "refusals", strings.Join(r.column(`select staff || ' ' || address from refusals`), ", "), "W1 ada@example.org")
	equal(t, "attempts", strings.Join(r.column(`select n || ' ' || state from delivery_attempts order by n`), ", "), "1 bounced")
	equal(t, "cases to be planned again", len(r.column(`select case_key::text from replans`)), 1)

	again := r.claim(r.plan1("2026-11-25 10:01"))
	equal(t, "to", again.To.Staff, "M1")
	equal(t, "the same notice", again.NoticeID, c.NoticeID)
	r.sending(again)
	r.sent(again)
	equal(t, "due after that", len(r.plan("C1", cp).Send), 0)
	equal(t, "attempts", strings.Join(r.column(`select n || ' ' || state from delivery_attempts order by n`), ", "), "1 bounced, 2 sent")
}

func TestEverythingInALetterThatCameBackIsToldAgain(t *testing.T) {
	t.Parallel()
	r := newBacklog(t, 5)
	r.setClock("2026-11-03 09:00")
	c := r.claim(r.plan("C1", s47).Send[0])
	r.sending(c)
	r.sent(c)
	if err := r.Bounced(t.Context(), c.MessageID, "550 5.1.1"); err != nil {
		t.Fatal(err)
	}
	r.setClock("2026-11-03 09:05")
	var told []string
	for _, n := range r.plan("C1", s47).Send {
		again := r.claim(n)
		if again.State != "claimed" {
			continue
		}
		for _, l := range said(t, again).Letters {
			told = append(told, again.To.Staff+" "+l.DutyRef)
		}
		r.sending(again)
		r.sent(again)
	}
	equal(t, "told", strings.Join(told, ", "), strings.TrimSuffix(strings.Repeat("M1 CP-03, ", 5), ", "))
	equal(t, "states", r.states(), "sent 5")
}

func TestAReportOfAMessageThatWasNotSentIsUnknown(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	c := r.claim(r.plan1("2026-11-25 09:00"))
	for name, id := range map[string]string{"of another": "x@council.example", "of one that is still to go": c.MessageID} {
		if err := r.Bounced(t.Context(), id, "550 5.1.1"); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
