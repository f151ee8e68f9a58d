package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

// The referral is voided on Friday 9 January at ten.
const voidedReferral = `
	e1 referral.received 2026-01-05 rec=2026-01-05T10:00:00Z
	c1 referral.received 2026-01-06 corrects=e1 rec=2026-01-06T10:00:00Z
	x1 - - voids=e1 rec=2026-01-09T10:00:00Z
`

var changesOfTheVoided = []struct{ name, events, want string }{
	{
		"a correction of what was voided before", "c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-09T10:00:01Z",
		"c2: the event that it corrects was voided on Fri 9 Jan 2026: record the event anew, with an id of its own",
	},
	{
		"a correction of its correction", "c2 referral.received 2026-01-07 corrects=c1 rec=2026-01-12T10:00:00Z",
		"c2: the event that it corrects was voided on Fri 9 Jan 2026: record the event anew, with an id of its own",
	},
	{
		"a second void", "x2 - - voids=c1 rec=2026-01-12T10:00:00Z",
		"x2: the event that it voids was voided already, on Fri 9 Jan 2026: leave this void out",
	},
	{
		"what hangs on such a correction",
		"c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-12T10:00:00Z\nc3 referral.received 2026-01-08 corrects=c2 rec=2026-01-13T10:00:00Z",
		"c2: the event that it corrects was voided on Fri 9 Jan 2026: record the event anew, with an id of its own\n" +
			"c3: the event that it corrects was voided on Fri 9 Jan 2026: record the event anew, with an id of its own",
	},
	{"a correction recorded before the void, whatever the order of the lines", "c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-09T09:59:59Z", ""},
	{"a correction recorded together with the void", "c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-09T10:00:00Z", ""},
	{"a void recorded together with the void", "x2 - - voids=c1 rec=2026-01-09T10:00:00Z", ""},
	{"the void once more", "x1 - - voids=e1 rec=2026-01-09T10:00:00Z", ""},
	{"the event anew", "e2 referral.received 2026-01-05 rec=2026-01-12T10:00:00Z", ""},
}

func TestAChangeOfWhatWasVoidedBeforeIsRefusedInAFile(t *testing.T) {
	t.Parallel()
	for _, c := range changesOfTheVoided {
		for _, lines := range []string{voidedReferral + c.events, c.events + "\n" + voidedReferral} {
			_, refused := book.Accept(tell(t, lines))
			same(t, c.want, refusalLines(refused))
		}
	}
}

func TestAChangeOfWhatWasVoidedBeforeIsRefusedByARecord(t *testing.T) {
	t.Parallel()
	for _, c := range changesOfTheVoided {
		judging := book.Judging(accepted(t, voidedReferral))
		history := accepted(t, voidedReferral)
		var atOnce, single []casework.Refusal
		for _, e := range tell(t, c.events) {
			if r := judging.Check(e); r != nil {
				atOnce = append(atOnce, *r)
			} else {
				judging.Accept(e)
			}
			if r := book.Check(history, e); r != nil {
				single = append(single, *r)
			}
		}
		// What hangs on a correction that was refused names one that the record does not hold.
		want := strings.Replace(c.want, "c3: the event that it corrects was voided on Fri 9 Jan 2026: record the event anew, with an id of its own",
			"c3: the event that it corrects or voids does not exist (or was refused): check its id", 1)
		same(t, want, refusalLines(atOnce))
		same(t, want, refusalLines(single))
	}
}

func TestWhatIsVoidedInABatchIsKnownToTheRestOfIt(t *testing.T) {
	t.Parallel()
	judging := book.Judging(nil)
	for _, e := range tell(t, voidedReferral) {
		if r := judging.Check(e); r != nil {
			t.Fatal(r.Error())
		}
		judging.Accept(e)
	}
	r := judging.Check(tell(t, "c2 referral.received 2026-01-07 corrects=c1 rec=2026-01-09T10:00:01Z")[0])
	if r == nil || r.Reason != "the event that it corrects was voided on Fri 9 Jan 2026: record the event anew, with an id of its own" {
		t.Errorf("%v", r)
	}
}

// A record may hold such a correction from before they were refused.
func TestACorrectionOfWhatWasVoidedChangesNothingAndIsListed(t *testing.T) {
	t.Parallel()
	events := tell(t, voidedReferral+`
		c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-12T10:00:00Z
		x2 - - voids=e1 rec=2026-01-13T10:00:00Z
		c3 referral.received 2026-02-01 corrects=c2 rec=2026-02-01T10:00:00Z`)
	plan := book.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-20")})
	same(t, "", dutyLines(plan))
	same(t, "e1: the event that it corrects had been voided, on Fri 9 Jan 2026: it changes nothing", whatCameToNothing(plan))
	if plan.NotCounted[0].Event != "c2" {
		t.Errorf("%+v", plan.NotCounted[0])
	}
	same(t, "", whatCameToNothing(book.Fold(events, casework.At(instant(t, "2026-01-10")))))
}

func refusalLines(refused []casework.Refusal) string {
	lines := make([]string, len(refused))
	for i := range refused {
		lines[i] = refused[i].Error()
	}
	return strings.Join(lines, "\n")
}
