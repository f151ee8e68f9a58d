package admission

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale/load"
)

var chainBook = casework.NewBook(load.Embedded(), calendar.Published())

// chainOf is a visit of a child protection plan with n-1 corrections, each of the one before.
func chainOf(n int) []Event {
	first := calendar.NewDate(2026, 1, 6)
	list := make([]Event, n)
	for i := range list {
		list[i] = Event{N: i, Event: casework.Event{
			ID: fmt.Sprintf("v%d", i), Source: "s", Case: "C1", Type: "cp_visit.made",
			At: casework.OnDay(first.AddDays(i % 20)), Data: casework.Data{"seen": true},
		}}
		if i > 0 {
			list[i].Corrects = list[i-1].ID
		}
	}
	return list
}

func admitAll(history []casework.Event, list []Event) Admission {
	return New(chainBook, nil, nil).Admit(&Input{
		History: history, Events: list, Directory: organisation.NewDirectory(nil), Now: time.Date(2026, 2, 2, 10, 0, 0, 0, time.UTC),
		Elsewhere: func(ID) bool { return false },
		May:       func([]casework.Event, *casework.Event) *casework.Refusal { return nil },
		Loaded:    true,
	})
}

// What is recorded together is recorded at one instant, so only the chain says which comes last.
func TestAChainThatIsRecordedTogetherStandsAsItsLastInWhateverOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "events")
		list := rapid.Permutation(chainOf(n)).Draw(t, "order")
		a := admitAll(nil, list)
		if len(a.Added) != n || len(a.Refused) > 0 {
			t.Fatalf("%d of %d added, refused: %v", len(a.Added), n, a.Refused)
		}
		events := make([]casework.Event, n)
		for i := range a.Added {
			events[i] = a.Added[i].Event
		}
		if got := entries(events); len(got) != 1 || got[0].id != "v0" || got[0].ID != fmt.Sprintf("v%d", n-1) {
			t.Fatalf("%+v", got)
		}
	})
}

func TestWhatCannotBeChangedIsRefusedInABatchByName(t *testing.T) {
	t.Parallel()
	change := func(id, corrects, voids string) Event {
		return Event{Event: casework.Event{
			ID: id, Source: "s", Case: "C1", Type: "cp_visit.made", At: casework.OnDay(calendar.NewDate(2026, 1, 7)), Corrects: corrects, Voids: voids,
		}}
	}
	list := slices.Concat([]Event{
		change("after", "lost", ""), change("lost", "nothing", ""), change("a", "b", ""), change("b", "a", ""),
		change("y", "", "x"), change("x", "", "v1"), change("z", "x", ""), change("late", "v1", ""),
	}, chainOf(2))
	a := admitAll(nil, list)
	var refused, added []string
	for i := range a.Refused {
		refused = append(refused, a.Refused[i].Event)
	}
	for i := range a.Added {
		added = append(added, a.Added[i].ID)
	}
	slices.Sort(refused)
	slices.Sort(added)
	if got := strings.Join(refused, " "); got != "a after b lost y z" {
		t.Errorf("refused: %s: %v", got, a.Refused)
	}
	if got := strings.Join(added, " "); got != "late v0 v1 x" {
		t.Errorf("added: %s", got)
	}
}

// BenchmarkAdmittingChains takes a chain of n corrections that is handed in at once, in any order.
func BenchmarkAdmittingChains(b *testing.B) {
	for _, n := range []int{1000, 4000} {
		list := chainOf(n)
		rand.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				if a := admitAll(nil, slices.Clone(list)); len(a.Added) != n {
					b.Fatal(len(a.Added), a.Refused[0])
				}
			}
		})
	}
}

// Who does what in a case is judged where it is handed in, and a reference that nobody has recorded is warned
// of, since nobody could be told.
func TestAPartInACaseIsRefusedOrWarnedOfWhereNobodyCouldBeTold(t *testing.T) {
	t.Parallel()
	event := func(n int, kind string, data casework.Data) Event {
		return Event{N: n, Event: casework.Event{
			ID: fmt.Sprintf("p%d", n), Source: "s", Case: "C1", Type: kind, At: casework.OnDay(calendar.NewDate(2026, 1, 6)), Data: data,
		}}
	}
	a := admitAll(nil, []Event{
		event(0, organisation.Joined, casework.Data{"worker": "W7", "part": "clinician"}),
		event(1, organisation.Joined, casework.Data{"part": "clinician"}),
		event(2, organisation.Joined, casework.Data{"worker": "W7", "part": "gardener"}),
		event(3, organisation.Joined, casework.Data{"team": "HUB", "part": "hub", "pathway": "ChildProtection"}),
		event(4, organisation.Allocated, casework.Data{"worker": "W8", "supervisor": "W9"}),
		event(5, "iro.appointed", casework.Data{"worker": "W10"}),
		event(6, organisation.ChairAppointed, casework.Data{}),
	})
	var refused, warned []string
	for _, r := range a.Refused {
		refused = append(refused, r.Event)
	}
	for _, r := range a.Warnings {
		_, after, _ := strings.Cut(r.Reason, "recorded, but no ")
		who, _, _ := strings.Cut(after, " is in")
		warned = append(warned, r.Event+" "+who)
	}
	slices.Sort(refused)
	slices.Sort(warned)
	if !slices.Equal(refused, []string{"p1", "p2", "p6"}) {
		t.Errorf("refused %v: %v", refused, a.Refused)
	}
	if !slices.Equal(warned, []string{"p0 worker W7", "p3 team HUB", "p4 worker W8", "p4 worker W9", "p5 worker W10"}) {
		t.Errorf("warned of %q", warned)
	}
}
