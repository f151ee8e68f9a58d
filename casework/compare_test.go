package casework_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

// underOverlay is the shipped pack with an overlay of these entries of its timescales.
func underOverlay(t testing.TB, timescales string) *casework.Book {
	t.Helper()
	return overOverlay(t, "timescales:\n"+timescales)
}

// overOverlay is the shipped law under an overlay of these parts.
func overOverlay(t testing.TB, parts string) *casework.Book {
	t.Helper()
	text := "overlay: Anytown\nlanguage: 1\n" + parts
	pack, faults := load.Overlay(load.Embedded(), load.File{Name: "anytown.yaml", Text: text})
	for _, f := range faults {
		t.Fatal(f)
	}
	return casework.NewBook(pack, calendar.Published())
}

// proclaimed is the shipped pack with a calendar that has one more bank holiday.
func proclaimed(t testing.TB, days ...string) *casework.Book {
	t.Helper()
	type entry struct {
		Title string `json:"title"`
		Date  string `json:"date"`
	}
	var list []entry
	published := calendar.Published()
	last := calendar.NewDate(published.LastYear(), 12, 31)
	for d := calendar.NewDate(published.FirstYear(), 1, 1); d <= last; d = d.AddDays(1) {
		if name, ok := published.Holiday(d); ok {
			list = append(list, entry{name, d.String()})
		}
	}
	for _, d := range days {
		list = append(list, entry{"A proclaimed day", d})
	}
	file, err := json.Marshal(map[string]any{"england-and-wales": map[string]any{"events": list}})
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Parse(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return casework.NewBook(load.Embedded(), cal)
}

// without is the shipped pack without some of its timescales.
func without(t testing.TB, refs ...string) *casework.Book {
	t.Helper()
	pack := *load.Embedded()
	pack.Timescales = slices.DeleteFunc(slices.Clone(pack.Timescales), func(x timescale.Timescale) bool {
		return slices.Contains(refs, x.Ref)
	})
	return casework.NewBook(&pack, calendar.Published())
}

// aLaw makes a book.
type aLaw func(t testing.TB) *casework.Book

func withDays(days ...string) aLaw {
	return func(t testing.TB) *casework.Book { t.Helper(); return proclaimed(t, days...) }
}

func lacking(refs ...string) aLaw {
	return func(t testing.TB) *casework.Book { t.Helper(); return without(t, refs...) }
}

func overlaid(timescales string) aLaw {
	return func(t testing.TB) *casework.Book { t.Helper(); return underOverlay(t, timescales) }
}

var compareCases = []struct {
	name     string
	events   string
	asOf     string
	from, to aLaw // the shipped law where nil
	want     string
}{
	{
		name:   "a proclaimed bank holiday moves what is counted in working days across it, and nothing else",
		events: "s strategy_discussion.held 2026-11-23 s47=true\np cp_plan.started 2026-11-23\nr referral.received 2026-11-30",
		asOf:   "2026-12-02",
		to:     withDays("2026-12-09"),
		// 15 working days after 23 November: 14 December; without the 9th, the 15th. 45 after
		// 30 November: 18 in December up to Christmas Eve, 3 after it, 20 in January, 4 February.
		want: `
			moves AS-01:r 2027-02-04 -> 2027-02-05 running -> running live
			moves CP-03:s 2026-12-14 -> 2026-12-15 running -> running live`,
	},
	{
		name:   "a holiday before the start or after the due date moves nothing",
		events: "s strategy_discussion.held 2026-11-23 s47=true",
		asOf:   "2026-12-02",
		to:     withDays("2026-11-20", "2026-12-16"),
		want:   ``,
	},
	{
		name:   "a duty that is overdue under the shorter limit becomes overdue",
		events: "p cin_plan.started 2026-11-02",
		asOf:   "2026-11-25",
		to:     overlaid("- ref: CN-02\n  editions:\n  - {limit: 3 weeks, source: Anytown}\n"),
		want:   `moves CN-02:p 2026-11-30 -> 2026-11-23 running -> overdue live passes its local date`,
	},
	{
		name:   "a local limit beside the national one is a date of its own, and may have passed",
		events: "r referral.received 2026-11-02 ep=R1\nq referral.received 2026-11-30 ep=R2",
		asOf:   "2026-11-25",
		to:     overlaid("- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n"),
		want:   `local AS-01:r - -> 2026-11-16 running -> running live passes its local date`,
	},
	{
		name:   "a timescale that is no more takes its duties away, and what was overdue is not",
		events: "r referral.received 2026-11-02\nd referral.decided 2026-11-03 outcome=assessment\np cp_plan.started 2026-09-01",
		asOf:   "2026-11-25",
		to:     lacking("FD-01", "CP-10"),
		want: `
			goes CP-10:p 2026-10-01 -> - overdue -> - live no longer past its local date
			goes FD-01:r 2026-11-03 -> - met -> -`,
	},
	{
		name:   "a new timescale opens a duty in every case that it would have",
		events: "p cp_plan.started 2026-09-01",
		asOf:   "2026-11-25",
		from:   lacking("CP-10"),
		want:   `appears CP-10:p - -> 2026-10-01 - -> overdue live passes its local date`,
	},
	{
		name:   "what is past a limit of law becomes overdue, and what no law sets does not",
		events: "p cp_plan.started 2026-09-01\ni icpc.held 2026-08-03 outcome=plan",
		asOf:   "2026-11-25",
		from:   lacking("CP-10", "CP-11"),
		want: `
			appears CP-10:p - -> 2026-10-01 - -> overdue live passes its local date
			appears CP-11:i - -> 2026-11-03 - -> overdue live becomes overdue`,
	},
	{
		name:   "what no law asks for any more is no longer overdue",
		events: "i icpc.held 2026-08-03 outcome=plan",
		asOf:   "2026-11-25",
		to:     lacking("CP-11"),
		want:   `goes CP-11:i 2026-11-03 -> - overdue -> - live no longer overdue`,
	},
	{
		name: "a date that was missed and would not have been is met in time",
		events: `
			s strategy_discussion.held 2026-11-02 s47=true
			i icpc.held 2026-11-24 outcome=no_plan`,
		asOf: "2026-11-25",
		to:   withDays("2026-11-09"),
		want: `moves CP-03:s 2026-11-23 -> 2026-11-24 met_late -> met`,
	},
}

func TestTwoLawsAreComparedDutyByDuty(t *testing.T) {
	t.Parallel()
	for _, tc := range compareCases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before, after := book, book
			if tc.from != nil {
				before = tc.from(t)
			}
			if tc.to != nil {
				after = tc.to(t)
			}
			events := accepted(t, tc.events)
			m := casework.Moment{AsOf: instant(t, tc.asOf)}
			same(t, tc.want, changeLines(casework.Compare(before.Fold(events, m), after.Fold(events, m))))
		})
	}
}

// changeLines writes changes, one a line.
func changeLines(list []casework.Change) string {
	var lines []string
	for i := range list {
		c := &list[i]
		from, to := datesOf(c.Before, c.Kind), datesOf(c.After, c.Kind)
		line := fmt.Sprintf("%s %s %s -> %s %s -> %s", c.Kind, c.Duty().ID, from, to, orDash(string(c.StateBefore)), orDash(string(c.StateAfter)))
		for _, said := range []struct {
			is    bool
			words string
		}{
			{c.Live(), "live"},
			{c.BecomesOverdue(), "becomes overdue"},
			{c.NoLongerOverdue(), "no longer overdue"},
			{c.PassesLocalDate(), "passes its local date"},
			{c.NoLongerPastLocalDate(), "no longer past its local date"},
		} {
			if said.is {
				line += " " + said.words
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func datesOf(d *casework.Duty, kind casework.ChangeKind) string {
	switch {
	case d == nil:
		return "-"
	case kind == casework.Local:
		return orDash(d.LocalDue.String())
	default:
		return orDash(d.DueText())
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func TestALawComparedWithItselfFindsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, _ := book.Accept(withActs(t, randomCase(t)))
		m := randomMoment(t)
		if got := casework.Compare(book.Fold(events, m), book.Fold(shuffled(t, events), m)); len(got) > 0 {
			t.Fatal(changeLines(got))
		}
	})
}

// What appears one way goes away the other, and every date moves back.
func TestComparingTheOtherWayRoundIsTheMirrorImage(t *testing.T) {
	t.Parallel()
	other := proclaimed(t, "2026-01-13", "2026-02-20")
	other = casework.NewBook(without(t, "CN-02", "LA-14", "AS-01").Pack(), other.Calendar())
	rapid.Check(t, func(t *rapid.T) {
		events, _ := book.Accept(randomCase(t))
		m := randomMoment(t)
		one, two := book.Fold(events, m), other.Fold(events, m)
		there, back := casework.Compare(one, two), casework.Compare(two, one)
		if a, b := sides(there, false), sides(back, true); !slices.Equal(a, b) {
			t.Fatalf("there:\n%s\nand back:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	})
}

// sides writes changes as pairs; the other way round where they are mirrored.
func sides(list []casework.Change, mirrored bool) []string {
	var lines []string
	for i := range list {
		c := list[i]
		if mirrored {
			c.Before, c.After, c.StateBefore, c.StateAfter = c.After, c.Before, c.StateAfter, c.StateBefore
			c.Kind = map[casework.ChangeKind]casework.ChangeKind{
				casework.Appears: casework.Goes, casework.Goes: casework.Appears,
				casework.Moves: casework.Moves, casework.Local: casework.Local, casework.Stands: casework.Stands,
			}[c.Kind]
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s %s", c.Kind, c.Duty().ID,
			datesOf(c.Before, c.Kind), datesOf(c.After, c.Kind), c.StateBefore, c.StateAfter))
	}
	slices.Sort(lines)
	return lines
}
