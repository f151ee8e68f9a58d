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

// underOverlay returns the shipped pack with an overlay of these entries of its timescales.
func underOverlay(t testing.TB, timescales string) *casework.Book {
	t.Helper()
	return overOverlay(t, "timescales:\n"+timescales)
}

// overOverlay returns the shipped law under an overlay of these parts.
func overOverlay(t testing.TB, parts string) *casework.Book {
	t.Helper()
	text := "overlay: Anytown\nlanguage: 1\n" + parts
	pack, faults := load.Overlay(load.Embedded(), load.File{Name: "anytown.yaml", Text: text})
	for _, f := range faults {
		t.Fatal(f)
	}
	return casework.NewBook(pack, calendar.Published())
}

// proclaimed returns the shipped pack with a calendar that has one more bank holiday.
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

// without returns the shipped pack without some of its timescales.
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
		name:   "a local limit next to the national one is a date of its own, and may have passed",
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

// A plan with two visits, that ended. Under 1 month: the first visit is due on 2 April and
// made on 20 March, the second on 20 April and made on 7 April, the third on 7 May, and the
// plan ended on 30 April.
const endedPlan = `
	p cp_plan.started 2026-03-02
	v1 cp_visit.made 2026-03-20 seen=true
	v2 cp_visit.made 2026-04-07 seen=true
	e cp_plan.ended 2026-04-30`

// tenDays returns CP-10 at 10 working days from a day on, "" for always: 16 March after 2 March; 7
// April after 20 March, past Good Friday and Easter Monday; 21 April after 7 April.
func tenDays(from string) aLaw {
	if from != "" {
		from = "from: " + from + ", "
	}
	return overlaid("- ref: CP-10\n  editions:\n  - {" + from + "limit: 10 working days, source: Anytown}\n")
}

func TestWhatALawSaysAnewOfThePastIsCountedByKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		events   string
		from, to aLaw
		want     casework.Past
	}{
		{
			name:   "a number without a from shows as late what was met in time, and what ended before it was due",
			events: endedPlan, to: tenDays(""),
			want: casework.Past{InTimeToLate: 2, OtherwiseTheSame: 1},
		},
		{
			name:   "one from a day on leaves what started before it",
			events: endedPlan, to: tenDays("2026-04-01"),
			want: casework.Past{InTimeToLate: 1},
		},
		{
			name: "what an inferred visit met is shown as late under neither",
			events: `
				p1 cp_plan.started 2026-01-05
				v1 cp_visit.made 2026-02-02 seen=true inferred=true
				p2 cp_plan.ended 2026-02-02`,
			to: tenDays(""), want: casework.Past{TakenAsDone: 1, OtherwiseTheSame: 1}, // the next visit ended with the plan
		},
		{name: "one from a later day leaves the past as it is", events: endedPlan, to: tenDays("2026-05-01")},
		{
			name:   "taking it away shows as in time what was late",
			events: endedPlan, from: tenDays(""),
			want: casework.Past{LateToInTime: 2, OtherwiseTheSame: 1},
		},
		{
			name:   "a rule that is taken away takes its past with it",
			events: endedPlan, to: lacking("CP-10"),
			want: casework.Past{Go: 3},
		},
		{
			name:   "a rule that is switched on has a past at once",
			events: endedPlan,
			from:   lacking("CP-10"), to: tenDays(""),
			want: casework.Past{Appear: 3, AppearLate: 2},
		},
		{
			// 1 April is 22 working days after 2 March: within the 45, and past the 10 of 16 March.
			name:   "the council's own date was passed though the limit was not",
			events: "r referral.received 2026-03-02\na assessment.completed 2026-04-01",
			to:     overlaid("- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n"),
			want:   casework.Past{InTimeToLocal: 1},
		},
		{
			name:   "and is passed no longer once it is taken away",
			events: "r referral.received 2026-03-02\na assessment.completed 2026-04-01",
			from:   overlaid("- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n"),
			want:   casework.Past{LocalToInTime: 1},
		},
		{
			name:   "a proclaimed bank holiday shows as in time what was late by a day",
			events: "s strategy_discussion.held 2026-11-02 s47=true\ni icpc.held 2026-11-24 outcome=no_plan",
			to:     withDays("2026-11-09"),
			want:   casework.Past{LateToInTime: 1},
		},
		{
			name:   "what is still owed is no part of the past",
			events: "p cp_plan.started 2026-03-02",
			to:     tenDays(""),
		},
		{
			name:   "another ladder changes nothing of it",
			events: endedPlan,
			to: func(t testing.TB) *casework.Book {
				t.Helper()
				return overOverlay(t, "ladders:\n  - name: four to six weeks\n    rungs:\n"+
					"      - {at: -1wd, remind: worker}\n      - {at: +1wd, escalate: [team_manager, service_manager, head_of_service]}\n")
			},
		},
	} {
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
			m := casework.Moment{AsOf: instant(t, "2026-11-25")}
			var got casework.Past
			for _, c := range casework.Compare(before.Fold(events, m), after.Fold(events, m)) {
				got.Count(&c)
			}
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestWhatIsCountedOfThePastAddsUp(t *testing.T) {
	t.Parallel()
	p := casework.Past{
		InTimeToLate: 1, LateToInTime: 2, InTimeToLocal: 4, LocalToInTime: 8, Appear: 16, AppearLate: 3, Go: 32,
		ToUnreported: 64, FromUnreported: 128, OtherwiseTheSame: 256, TakenAsDone: 512,
	}
	p.Add(p)
	got := fmt.Sprint(p.All(), p.Restated(), p.Accused())
	if got != "2046 510 16" { // 2*1023, 2*255, 2*(1+4+3)
		t.Errorf("got %s", got)
	}
}

func TestALawAsksWhereItBringsManyOpenDutiesPastALimitAtOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		overdue, local int
		open, past     int
		want           bool
	}{
		{"nothing", 0, 0, 0, 0, false},
		{"ten, of however few", 10, 0, 10, 0, false},
		{"eleven in a record without an open duty", 11, 0, 0, 0, true},
		{"eleven of 110, which is a tenth, where eleven are past a limit", 11, 0, 110, 11, false},
		{"eleven of 109, where many are past a limit", 11, 0, 109, 50, true},
		{"eleven of many, where ten are past a limit", 11, 0, 5000, 10, true},
		{"500 of 5000, which is a tenth, where 500 are past a limit", 500, 0, 5000, 500, false},
		{"local dates count with the others", 6, 5, 109, 50, true},
		{"a child of ten years in care, from 10 to 113", 103, 0, 10, 0, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			at := casework.AtOnce{Overdue: tc.overdue, Local: tc.local}
			if got := at.TooMany(casework.OpenDuties{Open: tc.open, Past: tc.past}); got != tc.want {
				t.Errorf("asks: %v, not %v", got, tc.want)
			}
		})
	}
}

func TestADutyIsBroughtPastALimitOnce(t *testing.T) {
	t.Parallel()
	const none, law, local = casework.PassedNone, casework.PassedLaw, casework.PassedLocal
	for _, tc := range []struct {
		before, after casework.Passed
		want          casework.AtOnce
	}{
		{none, none, casework.AtOnce{}},
		{none, law, casework.AtOnce{Overdue: 1}},
		{local, law, casework.AtOnce{Overdue: 1}}, // a local date was passed; now a law is broken
		{law, law, casework.AtOnce{}},
		{none, local, casework.AtOnce{Local: 1}},
		{local, local, casework.AtOnce{}},
		{law, local, casework.AtOnce{}}, // its readers were told already
		{law, none, casework.AtOnce{}},
	} {
		var got casework.AtOnce
		got.Count(&casework.Change{PassedBefore: tc.before, PassedAfter: tc.after})
		if got != tc.want {
			t.Errorf("from %q to %q: %+v, not %+v", tc.before, tc.after, got, tc.want)
		}
	}
}

func TestOnlyWhatIsOwedIsCountedAsOpen(t *testing.T) {
	t.Parallel()
	const (
		referred = "r referral.received 2026-01-05"
		decided  = referred + "\nd referral.decided 2026-01-07 outcome=assessment"
	)
	for _, tc := range []struct {
		name, events, asOf string
		want               casework.OpenDuties
	}{
		// Monday 5 January: the decision (FD-01) is due on Tuesday, and the assessment (AS-01) on 9 March.
		{"nothing is past its date", referred, "2026-01-05T12:00:00Z", casework.OpenDuties{Open: 2}},
		{"one is", referred, "2026-01-07T12:00:00Z", casework.OpenDuties{Open: 2, Past: 1}},
		{"it was met, late", decided, "2026-01-08T12:00:00Z", casework.OpenDuties{Open: 1}},
		{"the other is", decided, "2026-03-10T12:00:00Z", casework.OpenDuties{Open: 1, Past: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got casework.OpenDuties
			got.Count(book.FoldDuties(accepted(t, tc.events), casework.Moment{AsOf: instant(t, tc.asOf)}))
			if got != tc.want {
				t.Errorf("%+v, not %+v", got, tc.want)
			}
		})
	}
}

// adoptedAt returns the law with proclaimed bank holidays, adopted at an instant in place of
// the shipped one.
func adoptedAt(t testing.TB, at string, days ...string) *casework.Book {
	t.Helper()
	return proclaimed(t, days...).After(func() *casework.Book { return book }, instant(t, at))
}

// A conference after a strategy discussion on 23 November 2026 is due on 14 December; with
// 11 December a bank holiday on the 15th.
func TestWhatIsSaidGoesByTheLawThatWasInForceThen(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		adopted string
		days    []string
		want    string
	}{
		{
			name: "who was told the old date is told the new one at the next 09:00, by its rung", adopted: "2026-12-10T15:00:00Z", days: []string{"2026-12-11"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-14 -2wd worker reminder
				2026-12-14T09:00 CP-03 2026-12-15 -2wd worker reminder
				2026-12-15T09:00 CP-03 2026-12-15 0 worker reminder
				2026-12-16T09:00 CP-03 2026-12-15 +1wd team_manager escalation
				2026-12-18T09:00 CP-03 2026-12-15 +3wd service_manager escalation`,
		},
		{
			name: "or in so many words", adopted: "2026-12-10T15:00:00Z", days: []string{"2026-12-01", "2026-12-02"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-14 -2wd worker reminder
				2026-12-11T09:00 CP-03 2026-12-16 worker moved
				2026-12-14T09:00 CP-03 2026-12-16 -2wd worker reminder
				2026-12-16T09:00 CP-03 2026-12-16 0 worker reminder
				2026-12-17T09:00 CP-03 2026-12-16 +1wd team_manager escalation`,
		},
		{
			// Due on the 15th, and known only from the 16th: that morning is its 0.
			name: "a date that had passed when the law gave it has its ladder from the first 09:00 after", adopted: "2026-12-15T15:00:00Z", days: []string{"2026-12-11"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-14 -2wd worker reminder
				2026-12-14T09:00 CP-03 2026-12-14 0 worker reminder
				2026-12-15T09:00 CP-03 2026-12-14 +1wd team_manager escalation
				2026-12-16T09:00 CP-03 2026-12-15 0 worker reminder
				2026-12-16T09:00 CP-03 2026-12-15 team_manager moved
				2026-12-17T09:00 CP-03 2026-12-15 +1wd team_manager escalation`,
		},
		{
			name: "a law that was adopted before anything was recorded was always in force", adopted: "2026-11-01T15:00:00Z", days: []string{"2026-12-11"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-15 -2wd worker reminder
				2026-12-15T09:00 CP-03 2026-12-15 0 worker reminder
				2026-12-16T09:00 CP-03 2026-12-15 +1wd team_manager escalation
				2026-12-18T09:00 CP-03 2026-12-15 +3wd service_manager escalation`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := adoptedAt(t, tc.adopted, tc.days...)
			events := acceptedBy(t, b, "s strategy_discussion.held 2026-11-23 s47=true")
			same(t, tc.want, noticesOf(b.Notices(events, day(t, "2026-12-01"), day(t, "2026-12-18")), "CP-03"))
		})
	}
}

func TestALawIsInForceAtOnceWhateverAnotherMachinesClockSays(t *testing.T) {
	t.Parallel()
	b := adoptedAt(t, "2026-12-10T15:00:05Z", "2026-12-11")
	events := acceptedBy(t, b, "s strategy_discussion.held 2026-11-23 s47=true")
	plan := b.Agenda(events, nil, instant(t, "2026-12-10T15:00:00Z")).Plan
	if due := plan.Duty("CP-03:s").DueText(); due != "2026-12-15" {
		t.Errorf("due %s by the law in force", due)
	}
}

func TestALawBeforeThatCannotBeReadIsPassedOver(t *testing.T) {
	t.Parallel()
	b := proclaimed(t, "2026-12-11").After(func() *casework.Book { return nil }, instant(t, "2026-12-10T15:00:00Z"))
	events := acceptedBy(t, b, "s strategy_discussion.held 2026-11-23 s47=true")
	got := noticesOf(b.Notices(events, day(t, "2026-12-10"), day(t, "2026-12-10")), "CP-03")
	same(t, "2026-12-10T09:00 CP-03 2026-12-15 -2wd worker reminder", got)
}

// At the 09:00 before the adoption there was no such duty. That morning takes nothing back of what is
// sent at the adoption, which every plan would otherwise send again.
func TestADutyInHoursOfANewLawIsSaidOnceAtItsAdoption(t *testing.T) {
	t.Parallel()
	adopted := instant(t, "2026-04-09T11:00:00Z")
	law := madeUp.After(func() *casework.Book { return book }, adopted)
	// Of the 72 hours since the start of Saturday the 4th none is left since the end of Monday.
	events := acceptedBy(t, madeUp, "e1 secure.started 2026-04-04")
	told := law.Agenda(events, nil, adopted).Send
	if len(told) == 0 || !slices.ContainsFunc(told, func(n casework.Notice) bool { return n.Kind == casework.Escalation }) {
		t.Fatalf("nobody was alarmed: %v", told)
	}
	if again := law.Agenda(events, told, adopted); len(again.Send) > 0 || len(again.Stopped) > 0 {
		t.Errorf("said again: %v, stopped: %v", again.Send, again.Stopped)
	}
}
