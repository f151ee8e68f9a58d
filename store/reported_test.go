package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/notify"
	"longstop/store"
)

// sentBy plans a case and has its notice sent by a channel.
func (r *record) sentBy(channel string) store.Claimed {
	r.t.Helper()
	c := r.claim(r.plan1("2026-11-25 09:00"))
	r.sending(c)
	if _, err := r.Sent(r.t.Context(), c.NoticeID, 0, channel, "201 id"); err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *record) reports() string {
	r.t.Helper()
	return strings.Join(r.column(`select n || ' ' || state || ' ' || reported from delivery_attempts order by n`), ", ")
}

func TestWhatIsReportedStandsInWhateverOrderItComes(t *testing.T) {
	t.Parallel()
	for want, reported := range map[notify.Outcome][]notify.Outcome{
		notify.Delivered:     {notify.Delivered, notify.Delayed, notify.Delivered},
		notify.Delayed:       {notify.Delayed},
		notify.FailedForGood: {notify.Delivered, notify.FailedForGood, notify.Delivered, notify.Delayed},
		notify.FailedForNow:  {notify.Delayed, notify.FailedForNow},
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-25 09:00")
			c := r.sentBy("govuknotify")
			for _, outcome := range reported {
				err := r.Reported(t.Context(), store.Report{Delivery: c.NoticeID, Attempt: 1, Outcome: string(outcome), Reason: "a-code"})
				if err != nil {
					t.Fatal(err)
				}
			}
			state := "sent"
			if want.Failed() {
				state = "bounced"
			}
			equal(t, "attempts", r.reports(), fmt.Sprintf("1 %s %s", state, want))
		})
	}
}

func TestWhatIsReportedAsFailedIsToldToTheNextRoleUp(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	c := r.sentBy("email")
	r.setClock("2026-11-25 10:00")
	for range 2 {
		err := r.Reported(t.Context(), store.Report{Delivery: c.NoticeID, Attempt: 1, Outcome: string(notify.FailedForNow), Reason: "4.4.7"})
		if err != nil {
			t.Fatal(err)
		}
	}
	again := r.claim(r.plan1("2026-11-25 10:01"))
	equal(t, "to", again.To.Staff, "M1")
	r.sending(again)
	// A report of the first attempt that comes late blames nobody else.
	err := r.Reported(t.Context(), store.Report{Delivery: c.NoticeID, Attempt: 1, Outcome: string(notify.FailedForGood), Reason: "5.1.1"})
	if err != nil {
		t.Fatal(err)
	}
	r.sent(again)
	equal(t, "attempts", r.reports(), "1 bounced failed_for_good, 2 sent ")
	equal(t, "due after that", len(r.plan("C1", cp).Send), 0)
}

func TestAReportByMessageIDIsAboutTheAttemptToItsAddress(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	c := r.sentBy("email")
	err := r.Reported(t.Context(), store.Report{MessageID: c.MessageID, Address: strings.ToUpper(c.To.Email), Outcome: string(notify.Delivered), Reason: "2.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "attempts", r.reports(), "1 sent delivered")
	if err := r.Reported(t.Context(), store.Report{MessageID: c.MessageID, Address: c.To.Email, Outcome: string(notify.FailedForGood), Reason: "5.1.1"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "attempts", r.reports(), "1 bounced failed_for_good")
}

func TestAReportAboutNothingIsUnknownAndOneThatIsEarlyIsToComeAgain(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	c := r.claim(r.plan1("2026-11-25 09:00"))
	delivered := func(delivery string, attempt int, messageID string) error {
		return r.Reported(t.Context(), store.Report{Delivery: delivery, Attempt: attempt, MessageID: messageID, Outcome: string(notify.Delivered)})
	}
	for name, err := range map[string]error{
		"not sent yet": delivered(c.NoticeID, 1, ""), "another's": delivered("6f1d3a52-0c1e-4b0b-9f0a-2a3b4c5d6e7f", 1, ""),
		"not an id": delivered("n1", 1, ""), "no name": delivered("", 0, ""), "another's Message-ID": delivered("", 0, "a@b"),
	} {
		if !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.sending(c)
	if err := delivered(c.NoticeID, 1, ""); !errors.Is(err, store.ErrBusy) {
		t.Errorf("under way: %v", err)
	}
}

func TestTheAttemptsThatMayHaveBeenTakenAreThoseToTheSameAddressWithTheSame(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan1("2026-11-25 09:00")
	for attempt := 1; attempt <= 3; attempt++ {
		c := r.claim(n)
		r.sending(c)
		got, err := r.Doubtful(t.Context(), c.NoticeID, attempt)
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 2}[:attempt-1]; !slices.Equal(got, want) {
			t.Errorf("before attempt %d: %v, want %v", attempt, got, want)
		}
		if err := r.SendFailed(t.Context(), c.NoticeID, attempt, "govuknotify", "504", true); err != nil {
			t.Fatal(err)
		}
	}
	c := r.claim(n)
	r.sending(c)
	r.sent(c)
	if err := r.Reported(t.Context(), store.Report{Delivery: c.NoticeID, Attempt: 4, Outcome: string(notify.FailedForGood), Reason: "5.1.1"}); err != nil {
		t.Fatal(err)
	}
	next := r.claim(r.plan1("2026-11-25 09:01"))
	equal(t, "to", next.To.Staff, "M1")
	r.sending(next)
	if got, err := r.Doubtful(t.Context(), c.NoticeID, 5); err != nil || len(got) > 0 {
		t.Errorf("to somebody else: %v, %v", got, err)
	}
}

func TestWhatHasNoReportIsAwaitedOfTheChannelsThatTell(t *testing.T) {
	t.Parallel()
	for channel, want := range map[string]int{"govuknotify": 1, "sms": 1, "email": 0} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-25 09:00")
			c := r.sentBy(channel)
			awaited := func(since time.Duration) []store.Attempt {
				list, err := r.Awaited(context.WithoutCancel(t.Context()), channel, since)
				if err != nil {
					t.Fatal(err)
				}
				return list
			}
			if got := awaited(0); len(got) != want || want == 1 && got[0] != (store.Attempt{Delivery: c.NoticeID, N: 1}) {
				t.Errorf("awaited: %v", got)
			}
			if got := awaited(time.Hour); len(got) > 0 {
				t.Errorf("too early: %v", got)
			}
			if err := r.Reported(t.Context(), store.Report{Delivery: c.NoticeID, Attempt: 1, Outcome: string(notify.Delivered), Reason: "delivered"}); err != nil {
				t.Fatal(err)
			}
			if got := awaited(0); len(got) > 0 {
				t.Errorf("though it was delivered: %v", got)
			}
		})
	}
}
