package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

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
		if err := r.Bounced(t.Context(), c.MessageID, c.To.Email, "550 5.1.1"); err != nil {
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
	equal(t, "attempts", strings.Join(r.column(`select n || ' ' || state from delivery_attempts order by n, state`), ", "), "1 bounced")
	equal(t, "cases to be planned again", len(r.column(`select case_key::text from replans`)), 1)

	again := r.claim(r.plan1("2026-11-25 10:01"))
	equal(t, "to", again.To.Staff, "M1")
	equal(t, "the same notice", again.NoticeID, c.NoticeID)
	r.sending(again)
	r.sent(again)
	equal(t, "due after that", len(r.plan("C1", cp).Send), 0)
	equal(t, "attempts", strings.Join(r.column(`select n || ' ' || state from delivery_attempts order by n, state`), ", "), "1 bounced, 2 sent")
}

func TestEverythingInALetterThatCameBackIsToldAgain(t *testing.T) {
	t.Parallel()
	r := newBacklog(t, 5)
	r.setClock("2026-11-03 09:00")
	c := r.claim(r.plan("C1", s47).Send[0])
	r.sending(c)
	r.sent(c)
	if err := r.Bounced(t.Context(), c.MessageID, c.To.Email, "550 5.1.1"); err != nil {
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
		if err := r.Bounced(t.Context(), id, "ada@example.org", "550 5.1.1"); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bounced hands in a report that a message to an address came back.
func (r *record) bounced(c store.Claimed, address string) {
	r.t.Helper()
	if err := r.Bounced(r.t.Context(), c.MessageID, address, "550 5.1.1"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *record) deliveryOf(c store.Claimed) string {
	r.t.Helper()
	return strings.Join(r.column(`select state || ' ' || recipient || ' ' || address from deliveries where id = $1::uuid`, c.NoticeID), ", ")
}

func (r *record) attempts() string {
	r.t.Helper()
	return strings.Join(r.column(`select n || ' ' || recipient || ' ' || state from delivery_attempts order by n, state`), ", ")
}

// The reader of reports dies before it has put the report away, and hands it in once more when the next person
// has been told: that message has not come back.
func TestAReportThatIsHandedInAgainBlamesNobodyElse(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	c := r.claim(r.plan1("2026-11-25 09:00"))
	r.sending(c)
	r.sent(c)
	r.bounced(c, "Ada@Example.org ")
	again := r.claim(r.plan1("2026-11-25 10:01"))
	equal(t, "the same Message-ID", again.MessageID, c.MessageID)
	r.sending(again)
	if err := r.Bounced(t.Context(), c.MessageID, again.To.Email, "550 5.1.1"); !errors.Is(err, store.ErrBusy) {
		t.Errorf("of one that is under way: %v", err)
	}
	r.sent(again)
	r.bounced(c, "ada@example.org")
	equal(t, "delivery", r.deliveryOf(again), "sent M1 tess@example.org")
	equal(t, "attempts", r.attempts(), "1 W1 bounced, 2 M1 sent")
	equal(t, "refusals", len(r.column(`select staff from refusals`)), 1)
	if err := r.Bounced(t.Context(), c.MessageID, "forwarded@example.org", "550 5.1.1"); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("of an address that is neither's: %v", err)
	}
	equal(t, "due after that", len(r.plan("C1", cp).Send), 0)
}

// The connection broke after the message had gone, the address was corrected, and it went there: then the
// first comes back.
func TestAReportOfAnAddressThatWasCorrectedMeanwhileLeavesWhatWentToTheNewOne(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan1("2026-11-25 09:00")
	c := r.claim(n)
	r.sending(c)
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "no answer to DATA", true); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(staff("p9", "staff.appointed", "2026-11-25", "worker=W1", "name=Ada Example", "email=ada.new@example.org", "role=worker", "team=T1"))
	r.setClock("2026-11-25 09:10")
	again := r.claim(n)
	equal(t, "the same person", again.To.Staff, "W1")
	equal(t, "at the new address", again.To.Email, "ada.new@example.org")
	r.sending(again)
	r.sent(again)
	r.bounced(c, "ada@example.org")
	equal(t, "delivery", r.deliveryOf(again), "sent W1 ada.new@example.org")
	equal(t, "attempts", r.attempts(), "1 W1 bounced, 2 W1 sent")
	equal(t, "refusals", strings.Join(r.column(`select address from refusals`), ", "), "ada@example.org")
	equal(t, "due after that", len(r.plan("C1", cp).Send), 0)
}

// Two attempts went, since the first was thought lost: while one of them stands somebody has been told.
func TestWhatWentToTwoHasComeBackOnlyWhenBothHave(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00", func(o *store.Options) { o.SendLease = time.Nanosecond })
	n := r.plan1("2026-11-25 09:00")
	c := r.claim(n)
	frozen, err := r.Sending(t.Context(), c.NoticeID, c.Claim)
	if err != nil {
		t.Fatal(err)
	}
	r.mustRecord(event("a", "C1", "worker.allocated", "2026-11-25", "worker=W2"))
	later := r.claim(n)
	equal(t, "the later goes to", later.To.Staff, "W2")
	r.sending(later)
	for _, attempt := range []int{frozen, 0} {
		if _, err := r.Sent(t.Context(), c.NoticeID, attempt, "email", "250 ok"); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "at first", r.deliveryOf(c), "sent W1 ada@example.org")
	r.bounced(c, "ada@example.org")
	equal(t, "one has it", r.deliveryOf(c), "sent W2 ben@example.org")
	equal(t, "due while one has it", len(r.plan("C1", cp).Send), 0)
	r.bounced(c, "ben@example.org")
	equal(t, "nobody has it", r.deliveryOf(c), "bounced W2 ben@example.org")
	equal(t, "attempts", r.attempts(), "1 W1 bounced, 2 W2 bounced")
	equal(t, "told again to", r.claim(r.plan1("2026-11-25 10:00")).To.Staff, "M1")
}

// One mailbox that forwards is reported by where it forwards to.
func TestAReportOfTheOnlyMessageIsBelievedWhateverAddressItNames(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	c := r.claim(r.plan1("2026-11-25 09:00"))
	r.sending(c)
	r.sent(c)
	r.bounced(c, "ada@elsewhere.example")
	equal(t, "delivery", r.deliveryOf(c), "bounced W1 ada@example.org")
	equal(t, "told again to", r.claim(r.plan1("2026-11-25 10:00")).To.Staff, "M1")
}

// The database of a council may know the capitals of ASCII alone.
func TestAnAddressThatIsNotASCIIIsBelievedToBeRefusedTooInCapitals(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	r.mustRecord(staff("p9", "staff.appointed", "2026-11-25", "worker=W1", "name=Ada Example", "email=ŴYN@example.org", "role=worker", "team=T1"))
	c := r.claim(r.plan1("2026-11-25 09:00"))
	r.sending(c)
	r.sent(c)
	r.bounced(c, "ŵyn@example.org")
	equal(t, "told again to", r.claim(r.plan1("2026-11-25 10:00")).To.Staff, "M1")
}
