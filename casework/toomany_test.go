package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
)

// few is the shipped law in a world in which a case has at most ten duties.
var few = casework.WithMost(book, 10)

// referrals open two duties each: FD-01 and AS-01.
func referrals(from, count int) string {
	var b strings.Builder
	for i := from; i < from+count; i++ {
		fmt.Fprintf(&b, "r%02d referral.received 2026-01-%02d ep=R%d\n", i, i, i)
	}
	return b.String()
}

func ids(events []casework.Event) string {
	var list []string
	for i := range events {
		list = append(list, events[i].ID)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestAFileWithMoreDutiesThanAnyCaseHasIsTakenUpToTheBound(t *testing.T) {
	t.Parallel()
	accepted, refused := few.Accept(tell(t, referrals(1, 7)+"d1 referral.decided 2026-01-20 outcome=nfa ep=R1"))
	if got := ids(accepted); got != "d1 r01 r02 r03 r04 r05" {
		t.Errorf("accepted %s", got)
	}
	if len(refused) != 2 || refused[0].Event != "r06" || !strings.Contains(refused[0].Reason, "more than 5000 duties, which no child has") {
		t.Errorf("refused %v", refused)
	}
}

func TestTheRecordRefusesWhatACaseHasNoRoomFor(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-02-01")
	for _, tt := range []struct{ name, history, added, refused string }{
		{"there is room", referrals(1, 4), referrals(5, 1), ""},
		{"there is room for one", referrals(1, 4), referrals(5, 2), "r06"},
		{"there is none", referrals(1, 5), referrals(6, 2), "r06 r07"},
		{"what ends and what meets needs none", referrals(1, 5), "d1 referral.decided 2026-01-20 outcome=nfa ep=R1\na1 assessment.completed 2026-01-25 ep=R2", ""},
		{"what takes something back needs none", referrals(1, 5), "v1 - - voids=r01 rec=2026-01-30", ""},
		{"what is taken back makes room", referrals(1, 5), "v1 - - voids=r01 rec=2026-01-30\n" + referrals(6, 1), ""},
		{"a void of what is refused is refused with it", referrals(1, 5), referrals(6, 1) + "v1 - - voids=r06 rec=2026-01-30\nx1 referral.received 2026-01-30 ep=X", "r06 v1 x1"},
		{"a case that has too many can be put right", referrals(1, 8), "v1 - - voids=r01 rec=2026-01-30\nr9 referral.received 2026-01-09 ep=R9", "r9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			added := tell(t, tt.added)
			var refused []string
			for _, r := range few.Exceeding(tell(t, tt.history), added, now) {
				if r != nil {
					refused = append(refused, r.Event)
				}
			}
			if got := strings.Join(refused, " "); got != tt.refused {
				t.Errorf("refused %q, want %q", got, tt.refused)
			}
		})
	}
}

// A case that was recorded before there was a bound.
func TestTheFoldOfACaseWithTooManyDutiesIsCutOffAndSaysSo(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-02-01")
	enough, tooMany := few.Agenda(tell(t, referrals(1, 5)), nil, now), few.Agenda(tell(t, referrals(1, 6)), nil, now)
	if enough.Plan.TooMany || len(enough.Plan.Duties) != 10 || len(enough.Wakes) == 0 {
		t.Errorf("five referrals: %+v", enough)
	}
	if !tooMany.Plan.TooMany || len(tooMany.Plan.Duties) != 10 {
		t.Errorf("six referrals: %d duties, too many %t", len(tooMany.Plan.Duties), tooMany.Plan.TooMany)
	}
	if len(tooMany.Send)+len(tooMany.Stopped)+len(tooMany.Wakes)+len(tooMany.Owed) > 0 {
		t.Errorf("something is said by a plan that is no guide: %+v", tooMany)
	}
}

func TestNoCaseHasMoreDutiesThanItsEventsAndTheirTimesAllow(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := k.longCase(t, 20)
		if rapid.Bool().Draw(t, "short") {
			events, _ = k.book.Accept(k.randomCase(t))
		}
		if len(events) == 0 {
			return
		}
		now := anInstant(t, events)
		known := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool { return e.Recorded.After(now) })
		if got, most := len(k.book.Fold(known, casework.At(now)).Duties), casework.AtMost(k.book, known, now); got > most {
			t.Fatalf("%d duties of %d events, at most %d were counted on", got, len(known), most)
		}
	})
}

// weekly is a child in care from the first week to the eighteenth birthday whose every timescale
// turns as fast as it can.
func weekly() []casework.Event {
	var events []casework.Event
	born := calendar.NewDate(2008, 2, 29)
	every := func(first, days int, eventType string, data casework.Data) {
		for day := born.AddDays(first); day < born.AddYears(18); day = day.AddDays(days) {
			at := casework.OnDay(day)
			events = append(events, casework.Event{
				ID: fmt.Sprintf("e%d", len(events)), Case: "C1", Type: eventType, At: at, Recorded: at.End(), Data: data,
			})
		}
	}
	every(0, 10000, "person.born", casework.Data{"date": born.String()})
	every(2, 10000, "looked_after.started", nil)
	every(2, 120, "placement.started", casework.Data{"regulation24": true})
	every(5, 7, "lac_visit.made", casework.Data{"seen": true})
	every(19, 91, "lac_review.held", nil)
	every(19, 91, "pep.completed", nil)
	every(19, 182, "health_assessment.completed", nil)
	every(30, 60, "missing.started", nil)
	every(31, 60, "missing.ended", nil)
	every(32, 60, "return_interview.completed", nil)
	every(0, 28, "supervision.held", nil)
	return events
}

func TestTheBusiestChildHasRoomToSpare(t *testing.T) {
	t.Parallel()
	for _, k := range []kitchen{core, kitchens[2]} {
		events, refused := k.book.Accept(weekly())
		plan := k.book.Fold(events, casework.Moment{AsOf: calendar.NewDate(2026, 3, 1).End()})
		if len(refused) > 0 || plan.TooMany || 3*len(plan.Duties) > 2*casework.MaxDuties {
			t.Errorf("%s: %d duties of %d events, %d refused", k.name, len(plan.Duties), len(events), len(refused))
		}
	}
}

func BenchmarkExceeding(b *testing.B) {
	events := weekly()
	b.ReportMetric(float64(len(events)), "events")
	for b.Loop() {
		book.Exceeding(events[:len(events)-1], events[len(events)-1:], calendar.NewDate(2026, 3, 1).End())
	}
}
