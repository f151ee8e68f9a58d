package notify_test

import (
	"testing"

	"longstop/notify"
)

func TestWhatIsKnownOfAMessageDoesNotDependOnTheOrderOfItsReports(t *testing.T) {
	t.Parallel()
	all := []notify.Outcome{notify.Delayed, notify.FailedForNow, notify.Delivered, notify.FailedForGood}
	for _, a := range all {
		for _, b := range all {
			for _, c := range all {
				first := fold(a, b, c)
				for _, other := range []notify.Outcome{fold(a, c, b), fold(b, a, c), fold(b, c, a), fold(c, a, b), fold(c, b, a), fold(a, a, b, b, c, c)} {
					if other != first {
						t.Errorf("%s, %s, %s: %s in one order, %s in another", a, b, c, first, other)
					}
				}
			}
		}
	}
	for _, c := range []struct{ known, reported, want notify.Outcome }{
		{notify.Delivered, notify.FailedForGood, notify.FailedForGood},
		{notify.Delivered, notify.Delayed, notify.Delivered},
		{notify.FailedForNow, notify.Delivered, notify.Delivered},
	} {
		if got := fold(c.known, c.reported); got != c.want {
			t.Errorf("%s, then %s: %s, want %s", c.known, c.reported, got, c.want)
		}
	}
}

func fold(reported ...notify.Outcome) notify.Outcome {
	var known notify.Outcome
	for _, r := range reported {
		if r.Supersedes(known) {
			known = r
		}
	}
	return known
}
