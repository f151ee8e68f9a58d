package intake

import (
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
		{"ssd-abcdefghij234567", false, false, 0}, // of another format
		{"", false, false, 0},
	} {
		got, ok := parseRoot("cin-", c.id)
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
	n := namer{prefix: "cin-", reference: "K", taken: map[string]bool{}}
	first, second := n.name("R1", "CPPreviewDate", 7), n.name("R1", "CPPreviewDate", 7)
	if first == second || first != (&namer{prefix: "cin-", reference: "K", taken: map[string]bool{}}).name("R1", "CPPreviewDate", 7) {
		t.Errorf("%s and %s", first, second)
	}
	if other := (&namer{prefix: "cin-", reference: "L", taken: map[string]bool{}}).name("R1", "CPPreviewDate", 7); other == first {
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

func TestEpisodeNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"R1": 1, "R12": 12, "R": 0, "R01": 0, "R+1": 0, "": 0, "S1": 0, "Rx": 0} {
		if got := episodeNumber(name); got != want {
			t.Errorf("%q is episode %d", name, got)
		}
	}
}

func TestDataHasOneWrittenForm(t *testing.T) {
	t.Parallel()
	if got := words(casework.Data{"b": true, "a": "x", "c": 2.5}); got != "a=x;b=true;c=2.5;" {
		t.Errorf("it is written %s", got)
	}
}
