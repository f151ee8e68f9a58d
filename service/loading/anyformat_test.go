package loading_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"longstop/api"
	"longstop/casework"
	"longstop/intake"
	"longstop/service/loading"
)

// visitsOf is a list of visits to twenty children, two to each: lines 3 and 4 are those of V1.
func visitsOf() string {
	var s strings.Builder
	s.WriteString("visits,999,2025-04-01,2026-03-31\nchild,born,visited,seen\n")
	for n := 1; n <= 20; n++ {
		fmt.Fprintf(&s, "V%d,2018-05-04,2026-01-%02d,yes\nV%d,2018-05-04,2026-02-%02d,no\n", n, n, n, n)
	}
	return s.String()
}

// visitEvents is how many events a child of visitsOf becomes: the birth, two visits, what the source reports.
const visitEvents = 4

// edit replaces the first of each pair by the second, and fails where there is nothing to replace.
func edit(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		if !strings.Contains(text, pair[0]) {
			t.Fatalf("there is no %q to change", pair[0])
		}
		text = strings.Replace(text, pair[0], pair[1], 1)
	}
	return text
}

// visits loads lists of visits.
func visits(t *testing.T) *loader {
	t.Helper()
	l := newLoader(t)
	l.change = func(o *loading.Options) { o.Format, o.Source = visitList{}, "visits" }
	return l
}

// seen are the days on which the record holds visits to a child that stand, each with whether the child was seen.
func (l *loader) seen(source, child string) []string {
	l.t.Helper()
	held, err := l.record.SourceEntries(l.t.Context(), source, []string{child})
	if err != nil {
		l.t.Fatal(err)
	}
	var list []string
	for _, e := range intake.ReadRecord(visitLayout, held[child]).PersonRows("visited") {
		if !e.Voided {
			list = append(list, fmt.Sprintf("%s %t", e.Current.At, e.Current.Data.Flag("seen")))
		}
	}
	slices.Sort(list)
	return list
}

func (l *loader) expectSeen(child string, want ...string) {
	l.t.Helper()
	if got := l.seen("visits", child); !slices.Equal(got, want) {
		l.t.Errorf("the record holds visits to %s on %v, expected %v", child, got, want)
	}
}

func TestAnyFormatIsLoadedAndLoadedAgainAddsNothing(t *testing.T) {
	t.Parallel()
	l := visits(t)
	first := l.must(visitsOf())
	if first.New != 20*visitEvents || !first.Backlog || first.Children != 20 || first.Authority != "999" || first.Until != "2026-03-31" {
		t.Errorf("the first load: %+v", first)
	}
	l.expectSeen("V3", "2026-01-03 true", "2026-02-03 false")
	again := l.must(visitsOf())
	if again.New+again.Corrections+again.Voids > 0 || again.Known != 20*visitEvents || again.Backlog {
		t.Errorf("loaded again: %+v", again)
	}
	held, err := l.record.Events(t.Context(), "visits", "V3")
	if err != nil {
		t.Fatal(err)
	}
	for i := range held {
		if !strings.HasPrefix(held[i].ID, "visit-") || strings.Contains(held[i].ID, "V3") {
			t.Errorf("an event has the id %s", held[i].ID)
		}
	}
}

func TestAChangedFileOfAnyFormatLeadsToExactlyWhatChanged(t *testing.T) {
	t.Parallel()
	l := visits(t)
	l.must(visitsOf())
	result := l.must(edit(t, visitsOf(),
		"V3,2018-05-04,2026-01-03,yes", "V3,2018-05-04,2026-01-13,yes", // another day
		"V4,2018-05-04,2026-02-04,no", "V4,2018-05-04,2026-02-04,yes", // the child was seen
		"V5,2018-05-04,2026-02-05,no\n", "", // gone
		"V6,2018-05-04,2026-02-06,no\n", "V6,2018-05-04,2026-02-06,no\nV6,2018-05-04,2026-03-06,yes\n", // new
	))
	if result.Corrections != 2 || result.Voids != 1 || result.New != 1 {
		t.Errorf("corrected %d, voided %d, new %d", result.Corrections, result.Voids, result.New)
	}
	l.expectSeen("V3", "2026-01-13 true", "2026-02-03 false")
	l.expectSeen("V4", "2026-01-04 true", "2026-02-04 true")
	l.expectSeen("V5", "2026-01-05 true")
	l.expectSeen("V6", "2026-01-06 true", "2026-02-06 false", "2026-03-06 true")
	if len(result.TakenBack) != 1 || result.TakenBack[0].Child != 5 || result.TakenBack[0].Rows[0] != (api.HeldRow{Element: "visited", Date: "2026-02-05"}) {
		t.Errorf("taken back: %+v", result.TakenBack)
	}
	if len(result.Moved) != 1 || result.Moved[0].Moved != 1 || result.Moved[0].First.Is != "2026-01-13" {
		t.Errorf("moved: %+v", result.Moved)
	}
	if back := l.must(visitsOf()); back.New != 1 || back.Voids != 1 || back.Corrections != 2 {
		t.Errorf("the first file again: new %d, voided %d, corrected %d", back.New, back.Voids, back.Corrections)
	}
	l.expectSeen("V5", "2026-01-05 true", "2026-02-05 false")
}

func TestAFaultyRowOfAnyFormatIsRefusedByItsLineAndTakesNothingBack(t *testing.T) {
	t.Parallel()
	l := visits(t)
	l.must(visitsOf())
	result := l.must(edit(t, visitsOf(), "2026-01-03,yes", "03/01/2026,yes", "2018-05-04,2026-01-04", "4 May 2018,2026-01-04", "2026-01-05,yes", "2026-05-05,yes"))
	want := []string{
		"child 3, line 7: visited is not a date (03/01/2026): dates are written YYYY-MM-DD, such as 2026-03-31",
		"child 4, line 9: born is not a date: dates are written YYYY-MM-DD, such as 2026-03-31",
		"child 5, line 11: visited is after the reference date of the return, 2026-03-31: it is 2026-05-05",
	}
	if !slices.Equal(result.Refusals, want) {
		t.Errorf("refused:\n%s", strings.Join(result.Refusals, "\n"))
	}
	if result.New+result.Corrections+result.Voids > 0 || len(result.TakenBack) > 0 || len(result.Kept) != 2 {
		t.Errorf("%+v", result)
	}
	if kept := result.Kept[0]; kept.Child != 3 || kept.Rows[0].Line != 7 || kept.Rows[0].Why != intake.WhyRefused {
		t.Errorf("kept: %+v", kept)
	}
	l.expectSeen("V3", "2026-01-03 true", "2026-02-03 false")
}

func TestAChildThatAnyFormatNoLongerHoldsIsTakenBackAndManyOnlyOnceConfirmed(t *testing.T) {
	t.Parallel()
	l := visits(t)
	l.must(visitsOf())
	withoutLast := func(children int) string {
		lines := strings.SplitAfter(visitsOf(), "\n")
		return strings.Join(lines[:2+2*(20-children)], "")
	}
	if result := l.must(withoutLast(2)); result.ChildrenGone != 2 || result.Voids != 2*2 {
		t.Errorf("gone %d, voids %d", result.ChildrenGone, result.Voids)
	}
	l.must(visitsOf())
	asked := l.asked(withoutLast(8))
	if !strings.Contains(asked.Asks[0], "8 of the 20 children that the record holds of this period are not in the return") {
		t.Errorf("it asks %v", asked.Asks)
	}
	l.expectSeen("V20", "2026-01-20 true", "2026-02-20 false")
	l.change = func(o *loading.Options) { o.Format, o.Source, o.ConfirmGone = visitList{}, "visits", true }
	if result := l.must(withoutLast(8)); result.ChildrenGone != 8 || result.Voids != 8*2 {
		t.Errorf("confirmed: gone %d, voids %d", result.ChildrenGone, result.Voids)
	}
	l.expectSeen("V20")
}

func TestRowsOfAnyFormatThatAreGoneOrMovedInGreatNumberAskFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ change, asks string }{
		"every second visit is gone": {"no\n", "20 of the 40 rows of visited"},
		"all visits are moved":       {"2026-0", "all 40 dates of visited would be moved (the first in child 1, line 3, from 2026-01-01 to 2025-11-01)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := visits(t)
			l.must(visitsOf())
			text := strings.NewReplacer(",2026-01", ",2025-11", ",2026-02", ",2025-12").Replace(visitsOf())
			if c.change == "no\n" {
				var kept []string
				for line := range strings.Lines(visitsOf()) {
					if !strings.HasSuffix(line, ",no\n") {
						kept = append(kept, line)
					}
				}
				text = strings.Join(kept, "")
			}
			asked := l.asked(text)
			if !slices.ContainsFunc(asked.Asks, func(s string) bool { return strings.Contains(s, c.asks) }) {
				t.Errorf("it asks:\n%s", strings.Join(asked.Asks, "\n"))
			}
		})
	}
}

func TestABrokenFileOfAnyFormatIsRefusedWholeAndWritesNothing(t *testing.T) {
	t.Parallel()
	whole := visitsOf()
	for name, c := range map[string]struct{ text, reason string }{
		"cut off":                   {whole[:len(whole)-15], "line 42: a row of 2 cells, not 4"},
		"a heading that is another": {edit(t, whole, "visited", "visit_date"), "line 2: its headings are not"},
		"another kind of file":      {returnOf(3), "line 1: a quotation mark"},
		"of a period to come":       {edit(t, whole, "2025-04-01", "2026-06-01"), "line 1: it has no period that has begun"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := visits(t)
			result, err := l.load(c.text)
			var broken *intake.BrokenError
			if !errors.As(err, &broken) || result != nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("%+v, %v", result, err)
			}
			if refs, err := l.record.SourceReferences(t.Context(), "visits"); err != nil || len(refs) > 0 {
				t.Errorf("it has written %d cases, %v", len(refs), err)
			}
		})
	}
}

func TestAFileOfAnyFormatThatChangesBetweenThePassesIsRefused(t *testing.T) {
	t.Parallel()
	l := visits(t)
	texts := []string{visitsOf(), edit(t, visitsOf(), "2026-01-03", "2026-01-04")}
	l.change = func(o *loading.Options) {
		o.Format, o.Source = visitList{}, "visits"
		o.Open = func() (io.ReadCloser, error) {
			text := texts[0]
			texts = texts[1:]
			return io.NopCloser(strings.NewReader(text)), nil
		}
	}
	var broken *intake.BrokenError
	if _, err := l.load(""); !errors.As(err, &broken) || !strings.Contains(err.Error(), "changed while it was loaded") {
		t.Errorf("it says %v", err)
	}
}

func TestAnEarlierPeriodAndAnotherAuthorityTakeNothingBackInAnyFormat(t *testing.T) {
	t.Parallel()
	l := visits(t)
	l.must(visitsOf())
	other := edit(t, visitsOf(), "visits,999,", "visits,888,", "V3,2018-05-04,2026-01-03,yes\n", "", "V4,2018-05-04,2026-01-04", "V4,2018-05-04,2026-01-24")
	asked := l.asked(other)
	if !strings.Contains(strings.Join(asked.Asks, "; "), "20 of the 20 children that the record knows were loaded from the returns of another authority") {
		t.Errorf("it asks %v", asked.Asks)
	}
	earlier := edit(t, visitsOf(), "2025-04-01", "2024-04-01", "V3,2018-05-04,2026-01-03,yes\n", "", "V4,2018-05-04,2026-01-04", "V4,2018-05-04,2026-01-24")
	if result := l.must(earlier); result.Voids+result.Corrections > 0 || result.New != 20 { // the days that it covers, of each child
		t.Errorf("new %d, voids %d, corrections %d", result.New, result.Voids, result.Corrections)
	}
	l.expectSeen("V3", "2026-01-03 true", "2026-02-03 false")
	l.expectSeen("V4", "2026-01-04 true", "2026-02-04 false")
}

func TestWhatPeopleCorrectedByHandStandsUntilTheFileSaysSomethingNew(t *testing.T) {
	t.Parallel()
	l := visits(t)
	l.must(visitsOf())
	held, err := l.record.SourceEntries(t.Context(), "visits", []string{"V3"})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(held["V3"], func(e casework.Event) bool { return e.At.String() == "2026-01-03" })
	byHand := casework.Event{
		ID: "hand-1", Case: "V3", Source: "visits", Type: "cp_visit.made", At: held["V3"][at].At, Corrects: held["V3"][at].ID,
		Data: casework.Data{"seen": false, "reason": "the visit was to the sister"},
	}
	if recorded, err := l.record.Record(t.Context(), "visits", []casework.Event{byHand}); err != nil || recorded.New != 1 {
		t.Fatal(recorded, err)
	}
	if again := l.must(visitsOf()); again.New+again.Voids+again.Corrections > 0 {
		t.Errorf("the same file again: %+v", again)
	}
	l.expectSeen("V3", "2026-01-03 false", "2026-02-03 false")
	if changed := l.must(edit(t, visitsOf(), "V3,2018-05-04,2026-01-03", "V3,2018-05-04,2026-01-05")); changed.Corrections != 1 {
		t.Errorf("corrected %d", changed.Corrections)
	}
	l.expectSeen("V3", "2026-01-05 true", "2026-02-03 false")
}

func TestTwoFormatsUnderOneSourceLeaveEachOthersRowsAlone(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	l.must(returnOf(20))
	census := l.change
	l.change = func(o *loading.Options) { o.Format = visitList{} }
	list := strings.ReplaceAll(visitsOf(), "V", "K")
	if result := l.must(list); result.Voids+result.Corrections > 0 || result.ChildrenGone > 0 {
		t.Errorf("the visits: %+v", result)
	}
	l.change = census
	if result := l.must(returnOf(20)); result.Voids+result.Corrections+result.New > 0 || result.Known != 20*eventsOfChild {
		t.Errorf("the census again: %+v", result)
	}
	if got := l.seen("council", "K3"); !slices.Equal(got, []string{"2026-01-03 true", "2026-02-03 false"}) {
		t.Errorf("the visits are now %v", got)
	}
}
