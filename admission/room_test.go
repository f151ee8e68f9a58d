package admission

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
)

// visitsOf are visits from the n-th on, each on a day of its own. Of five, two find the child.
func visitsOf(from, count int) []Event {
	first := calendar.NewDate(2008, 1, 7)
	list := make([]Event, count)
	for i := range list {
		n := from + i
		list[i] = Event{N: i, Event: casework.Event{
			ID: fmt.Sprintf("v%d", n), Source: "s", Case: "C1", Type: "cp_visit.made", At: casework.OnDay(first.AddDays(n % 6000)),
			Data: casework.Data{"seen": n%5 < 2},
		}}
	}
	return list
}

// held are events that the record holds, recorded one after another.
func held(list []Event) []casework.Event {
	events := eventsOf(list)
	for i := range events {
		events[i].Recorded = time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Second)
	}
	return events
}

// admitInto hands events in for a case whose room is as given.
func admitInto(r room, history []casework.Event, list []Event) Admission {
	a := New(chainBook, nil, nil)
	a.room = r
	return a.Admit(&Input{
		History: history, Events: list, Directory: organisation.NewDirectory(nil), Now: time.Date(2026, 2, 2, 10, 0, 0, 0, time.UTC),
		Elsewhere: func(ID) bool { return false },
		May:       func([]casework.Event, *casework.Event) *casework.Refusal { return nil },
	})
}

func added(a *Admission) (ids []string) {
	for i := range a.Added {
		ids = append(ids, a.Added[i].ID)
	}
	return ids
}

func changed(e Event, id string, change func(*casework.Event)) Event {
	e.ID = id
	change(&e.Event)
	return e
}

func TestACaseTakesNoMoreEventsThanAChildHas(t *testing.T) {
	t.Parallel()
	small := room{10, mostBytes}
	history := held(visitsOf(0, 8))
	a := admitInto(small, history, visitsOf(8, 4))
	if !slices.Equal(added(&a), []string{"v8", "v9"}) || len(a.Refused) != 2 {
		t.Fatalf("%q are added, and refused %v", added(&a), a.Refused)
	}
	for _, o := range a.Outcomes {
		want := Outcome{N: o.N, Fate: Recorded}
		if o.N >= 2 {
			want = Outcome{N: o.N, Fate: Refused, Reason: small.why(), Code: casework.CodeCaseFull, Field: "case"}
		}
		if o != want {
			t.Errorf("%+v, want %+v", o, want)
		}
	}
	if !strings.Contains(small.why(), "more than 10 events, or 16 MB") {
		t.Error(small.why())
	}
	// What it holds it knows as ever.
	if a := admitInto(small, held(visitsOf(0, 12)), visitsOf(0, 2)); a.Known != 2 || len(a.Refused) != 0 {
		t.Errorf("of what is known: %+v", a)
	}
}

func TestAFullCaseIsCorrectedAndVoidedAndGoesOnOnceThereIsRoom(t *testing.T) {
	t.Parallel()
	small, full := room{10, mostBytes}, visitsOf(0, 10)
	correction := changed(full[3], "c3", func(e *casework.Event) { e.Corrects = "v3" })
	void := changed(full[4], "x4", func(e *casework.Event) { e.Voids, e.Data = "v4", nil })
	a := admitInto(small, held(full), []Event{correction, void})
	if got := added(&a); len(got) != 2 || len(a.Refused) != 0 {
		t.Fatalf("%q are added, and refused %v", got, a.Refused)
	}
	after := held(append(slices.Clone(full), correction, void))
	a = admitInto(small, after, visitsOf(10, 2))
	if !slices.Equal(added(&a), []string{"v10"}) || len(a.Refused) != 1 {
		t.Errorf("%q are added, and refused %v", added(&a), a.Refused)
	}
}

func TestWhatIsCorrectedAgainAndAgainHasAnEndToo(t *testing.T) {
	t.Parallel()
	small := room{10, mostBytes}
	chain := chainOf(30)
	more := changed(chain[1], "more", func(e *casework.Event) { e.Corrects = "v29" })
	void := changed(chain[1], "void", func(e *casework.Event) { e.Corrects, e.Voids, e.Data = "", "v0", nil })
	a := admitInto(small, held(chain), []Event{more, void})
	if !slices.Equal(added(&a), []string{"void"}) || len(a.Refused) != 1 || !strings.Contains(a.Refused[0].Reason, "more than 30 events") {
		t.Errorf("%q are added, and refused %v", added(&a), a.Refused)
	}
}

func TestACaseTakesNoMoreDataThanFits(t *testing.T) {
	t.Parallel()
	heavy := func(from, count int) []Event {
		list := visitsOf(from, count)
		for i := range list {
			list[i].Data = casework.Data{"seen": true, "note": strings.Repeat("x", 1000)}
		}
		return list
	}
	a := admitInto(room{10_000, 10_500}, held(heavy(0, 8)), heavy(8, 4))
	if !slices.Equal(added(&a), []string{"v8", "v9"}) || len(a.Refused) != 2 {
		t.Errorf("%q are added, and refused %v", added(&a), a.Refused)
	}
}

// A case that is above the bound, since it was lower once or is counted otherwise now, must be mended too.
func TestACorrectionTakesOnlyTheRoomByWhichItIsLarger(t *testing.T) {
	t.Parallel()
	noted := func(e Event, id, corrects string, bytes int) Event {
		return changed(e, id, func(e *casework.Event) {
			e.Corrects, e.Data = corrects, casework.Data{"seen": true, "note": strings.Repeat("x", bytes)}
		})
	}
	full := visitsOf(0, 10)
	for i := range full {
		full[i] = noted(full[i], full[i].ID, "", 1000)
	}
	smaller, larger := noted(full[3], "smaller", "v3", 10), noted(full[4], "larger", "v4", 1500)
	for name, bound := range map[string]room{"at its bound": {10, 10_300}, "above its bound": {8, 9_000}} {
		a := admitInto(bound, held(full), []Event{larger, smaller})
		if !slices.Equal(added(&a), []string{"smaller"}) || len(a.Refused) != 1 {
			t.Errorf("%s: %q are added, and refused %v", name, added(&a), a.Refused)
		}
	}
	// What the one has freed is there for the other, and a correction of the correction is measured by it.
	again := noted(full[3], "again", "smaller", 1000)
	a := admitInto(room{10, 10_300}, held(full), []Event{smaller, larger, again})
	if !slices.Equal(added(&a), []string{"smaller", "larger"}) || len(a.Refused) != 1 {
		t.Errorf("%q are added, and refused %v", added(&a), a.Refused)
	}
}

// BenchmarkACaseAtItsBound is what one more event costs a case that has as many as any may have: it is judged, and the case
// is folded.
func BenchmarkACaseAtItsBound(b *testing.B) {
	history := held(visitsOf(0, MostEvents-1))
	start := casework.Event{ID: "p", Source: "s", Case: "C1", Type: "cp_plan.started", At: casework.OnDay(calendar.NewDate(2008, 1, 4)), Recorded: history[0].Recorded}
	history = append([]casework.Event{start}, history[:MostEvents-2]...)
	now := time.Date(2026, 2, 2, 10, 0, 0, 0, time.UTC)
	b.Run("admitted", func(b *testing.B) {
		for b.Loop() {
			if a := admitInto(room{MostEvents, mostBytes}, history, visitsOf(MostEvents, 1)); len(a.Added) != 1 {
				b.Fatal(a.Refused)
			}
		}
	})
	b.Run("refused", func(b *testing.B) {
		for b.Loop() {
			if a := admitInto(room{MostEvents, mostBytes}, history, visitsOf(MostEvents, 1000)); len(a.Refused) != 999 {
				b.Fatal(len(a.Refused))
			}
		}
	})
	b.Run("folded", func(b *testing.B) {
		for b.Loop() {
			chainBook.Fold(history, casework.At(now))
		}
	})
}
