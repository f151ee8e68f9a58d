package store_test

import (
	"errors"
	"fmt"
	"testing"

	"longstop/casework"
	"longstop/store"
)

func TestEveryCaseIsHandedOverOnceWithItsOwnReference(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	const cases = 203 // more than one page
	var events []casework.Event
	for i := range cases {
		ref := fmt.Sprintf("C%03d", i)
		events = append(events,
			event("a-"+ref, ref, "referral.received", "2026-10-01"), event("b-"+ref, ref, "referral.decided", "2026-10-02", "outcome=assessment"))
	}
	r.mustRecord(events...)
	seen := map[string]int{}
	err := r.EachCase(t.Context(), func(reference string, events []casework.Event) error {
		seen[reference]++
		if len(events) != 2 || events[0].Case != reference || events[0].ID != "a-"+reference || events[1].ID != "b-"+reference {
			t.Errorf("%s is handed over with %v", reference, events)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != cases {
		t.Errorf("%d cases were handed over, want %d", len(seen), cases)
	}
	for ref, times := range seen {
		if times != 1 {
			t.Errorf("%s was handed over %d times", ref, times)
		}
	}
}

func TestTheFirstErrorEndsTheWalk(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-10-01"), event("e2", "C2", "referral.received", "2026-10-01"))
	stop := errors.New("enough")
	calls := 0
	err := r.EachCase(t.Context(), func(string, []casework.Event) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}

func TestTheCaseOfAnEventIsFoundByItsId(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-10-01"), event("e2", "C1", "referral.decided", "2026-10-02", "outcome=nfa"))
	events, err := r.CaseOfEvent(t.Context(), "", "e2")
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 || events[0].ID != "e1" || events[0].Case != "C1" {
		t.Errorf("the case of e2 is %v", events)
	}
	for _, tc := range []struct{ source, id string }{{"", "e9"}, {"another-system", "e2"}} {
		if _, err := r.CaseOfEvent(t.Context(), tc.source, tc.id); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("an event %q of source %q: %v, want ErrUnknown", tc.id, tc.source, err)
		}
	}
}
