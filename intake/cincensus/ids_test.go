package cincensus

import (
	"fmt"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/intake"
)

// All loads are recorded at one instant, as in a file of events that was written within a second.
func TestTheTenthCorrectionStandsAlsoWhereAllWereRecordedAtOneInstant(t *testing.T) {
	t.Parallel()
	var held []casework.Event
	at := date(t, "2026-11-02").At(12, 0)
	for day := 11; day <= 22; day++ {
		text := message("2026-03-31", kid("K", details(referral("2025-05-01"), conference(fmt.Sprintf("2025-05-%d", day)))))
		header, list := children(t, text)
		for _, e := range toRecord(header.Period, held, list[0], header.Period.To) {
			e.Recorded = at
			held = append(held, e)
		}
	}
	got := standingRows(held, func(e *intake.Entry) bool { return e.Element() == elConference })
	same(t, got, []string{elConference + " 2025-05-22 outcome=no_plan;"}) // the eleventh correction
}

// A record may hold things that no return wrote, and broken ones: they are passed over.
func TestWhatIsNotAReturnsOwnIsPassedOver(t *testing.T) {
	t.Parallel()
	header, list := children(t, message("2026-03-31", kid("K", details(referral("2025-05-01")))))
	fresh := toRecord(header.Period, nil, list[0], header.Period.To)
	day := casework.OnDay(header.Period.To)
	held := append(fresh,
		casework.Event{ID: "note", Type: "supervision.held", At: day},
		casework.Event{ID: "lost", Corrects: "nothing", Type: typeReferral, At: day},
		casework.Event{ID: "a", Corrects: "b", At: day}, casework.Event{ID: "b", Corrects: "a", At: day},
		casework.Event{ID: fresh[1].ID + "+c9+c1", Corrects: "lost", At: day},
		casework.Event{ID: "cin-aaaaaaaaaaaaaaaa", Type: typeReview, At: day, Episode: "R7", Data: casework.Data{"element": elReview, "x": nil, "count": 2.0}},
	)
	got := toRecord(header.Period, held, list[0], header.Period.To)
	same(t, lines(got), []string{"void cp_review.held"})
	if !strings.HasPrefix(got[0].ID, "cin-aaaaaaaaaaaaaaaa") {
		t.Errorf("%s is voided", got[0].ID)
	}
}

func TestIdsThatWereGivenAreNotGivenAgain(t *testing.T) {
	t.Parallel()
	var l ledger
	year := func(reviews ...string) string {
		return message("2026-03-31", kid("K", details(referral("2025-05-01"), protected("2025-05-02", "", reviews...))))
	}
	l.load(t, year("2025-08-01"))
	l.load(t, year("2025-08-02"))
	l.load(t, year("2025-08-02", "2025-08-01"))
	sound(t, l.held["K"])
	if again := l.load(t, year("2025-08-01", "2025-08-02"))["K"]; len(again) > 0 {
		t.Errorf("the same return again says %v", lines(again))
	}
}

func TestAssignFindsTheCheapestPairs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cost [][]int
		want int
	}{
		{nil, 0},
		{[][]int{{5}}, 5},
		{[][]int{{4, 1, 3}, {2, 0, 5}, {3, 2, 2}}, 5},
		{[][]int{{0, 0, 9}, {0, 9, 9}, {9, 1, 1}}, 1},
		{[][]int{{-1, impossible}, {-1, impossible}}, impossible - 1},
	} {
		sum, used := 0, map[int]bool{}
		for row, column := range assign(c.cost) {
			sum += c.cost[row][column]
			used[column] = true
		}
		if sum != c.want || len(used) != len(c.cost) {
			t.Errorf("%v costs %d", c.cost, sum)
		}
	}
}

func TestEveryReportedTypeHasItsPlaceInADay(t *testing.T) {
	t.Parallel()
	for _, kind := range (Census{}).Reports() {
		if _, ok := layout.Order[kind]; !ok {
			t.Errorf("%s has no place in the order of a day", kind)
		}
	}
}
