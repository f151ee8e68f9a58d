package cincensus

import (
	"fmt"
	"strings"
	"testing"

	"longstop/casework"
)

func TestIdsAreTakenApart(t *testing.T) {
	t.Parallel()
	const base = "cin-abcdefghij234567"
	for _, c := range []struct {
		id       string
		ok       bool
		inferred bool
		lives    int
	}{
		{base, true, false, 0},
		{base + "+i", true, true, 0},
		{base + "+r+r", true, false, 2},
		{base + "+i+r", true, true, 1},
		{base + "+c1", false, false, 0},
		{base + "+v", false, false, 0},
		{base + "+w", false, false, 0},
		{base + "x", false, false, 0},
		{"hand-1", false, false, 0},
		{"", false, false, 0},
	} {
		got, ok := parseRoot(c.id)
		if ok != c.ok || got.inferred != c.inferred || got.lives != c.lives || ok && got.family != base {
			t.Errorf("%s is %+v, %v", c.id, got, ok)
		}
	}
	for id, want := range map[string]int{
		base + "+c1": 1, base + "+ca10": 10, base + "+cb100": 100, base + "+cc1234": 1234,
		base + "+c12": 12, // as it was once recorded
		base + "+c0":  0, base + "+cx": 0, base + "+ca1": 0, base + "+cb12": 0, base + "+cab12": 0, base + "+c01": 0, base + "+ca+9": 0,
		base + "+v": 0, "other+c1": 0,
	} {
		if got := correctionNumber(id, base); got != want {
			t.Errorf("%s is correction %d", id, got)
		}
	}
}

func TestRowsThatAreAlikeHaveIdsOfTheirOwn(t *testing.T) {
	t.Parallel()
	n := namer{reference: "K", taken: map[string]bool{}}
	first, second := n.name("R1", elReview, 7), n.name("R1", elReview, 7)
	if first == second || first != (&namer{reference: "K", taken: map[string]bool{}}).name("R1", elReview, 7) {
		t.Errorf("%s and %s", first, second)
	}
	if other := (&namer{reference: "L", taken: map[string]bool{}}).name("R1", elReview, 7); other == first {
		t.Error("another child has the same id")
	}
}

func TestTheIdsOfCorrectionsAreInOrderAsText(t *testing.T) {
	t.Parallel()
	for n := 1; n < 1200; n++ {
		id, next := correctionID("cin-abcdefghij234567", n), correctionID("cin-abcdefghij234567", n+1)
		if id >= next || correctionNumber(id, "cin-abcdefghij234567") != n {
			t.Fatalf("%s comes before %s, and is correction %d", next, id, correctionNumber(id, "cin-abcdefghij234567"))
		}
	}
}

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
	got := standingRows(held, func(e *entry) bool { return e.element() == elConference })
	same(t, got, []string{elConference + " 2025-05-22 outcome=no_plan;"}) // the eleventh correction
}

func TestEpisodeNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"R1": 1, "R12": 12, "R": 0, "R01": 0, "R+1": 0, "": 0, "S1": 0, "Rx": 0} {
		if got := episodeNumber(name); got != want {
			t.Errorf("%q is episode %d", name, got)
		}
	}
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
	for _, kind := range Reports() {
		if _, ok := order[kind]; !ok {
			t.Errorf("%s has no place in the order of a day", kind)
		}
	}
}

func TestDataHasOneWrittenForm(t *testing.T) {
	t.Parallel()
	if got := words(casework.Data{"b": true, "a": "x", "c": 2.5}); got != "a=x;b=true;c=2.5;" {
		t.Errorf("it is written %s", got)
	}
}
