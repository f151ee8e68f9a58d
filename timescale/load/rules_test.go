package load_test

import (
	"cmp"
	"reflect"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

// changed is the small pack with one thing said in another way.
func changed(t *testing.T, old, with string) *timescale.Pack {
	t.Helper()
	if !strings.Contains(mini, old) {
		t.Fatalf("the pack does not hold %q", old)
	}
	pack, err := load.Files([]load.File{{Name: "mini.yaml", Text: strings.Replace(mini, old, with, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func TestWhatAnEditionSaysIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	week := []timescale.Limit{{N: 1, Unit: timescale.Weeks}}
	tests := []struct {
		name, says string
		want       timescale.Edition
	}{
		{"before", "limit: 2 working days before", timescale.Edition{Limits: []timescale.Limit{{N: 2, Unit: timescale.WorkingDays, Back: true}}}},
		{"the same day", "limit: the same day", timescale.Edition{Limits: []timescale.Limit{{Unit: timescale.Days}}}},
		{
			"from a date of the start", "limit: {limit: 1 day before, from: on}",
			timescale.Edition{Limits: []timescale.Limit{{N: 1, Unit: timescale.Days, Back: true, From: &timescale.Anchor{Field: "on"}}}},
		},
		{
			"from a date of the latest event", "limit: {limit: 12 weeks before, from: {event: thing.started, field: on}}",
			timescale.Edition{Limits: []timescale.Limit{{N: 12, Unit: timescale.Weeks, Back: true, From: &timescale.Anchor{Event: "thing.started", Field: "on"}}}},
		},
		{"a limit in a mapping of its own", "limit: {limit: 3 weeks}", timescale.Edition{Limits: []timescale.Limit{{N: 3, Unit: timescale.Weeks}}}},
		{
			"one of the limits from another date, and one as a text", "limits: [{limit: 1 week, from: on, when: {before_birthday: 5}}, 2 weeks]",
			timescale.Edition{Limits: []timescale.Limit{
				{N: 1, Unit: timescale.Weeks, From: &timescale.Anchor{Field: "on"}, When: &timescale.Condition{BeforeBirthday: 5}},
				{N: 2, Unit: timescale.Weeks},
			}},
		},
		{
			"the earliest", "earliest: [15 working days, {limit: 12 weeks before, from: on}]",
			timescale.Edition{Earliest: true, Limits: []timescale.Limit{
				{N: 15, Unit: timescale.WorkingDays},
				{N: 12, Unit: timescale.Weeks, Back: true, From: &timescale.Anchor{Field: "on"}},
			}},
		},
		{
			"from a birthday", "limit: {limit: 3 months before, from: {birthday: 18}}",
			timescale.Edition{Limits: []timescale.Limit{{N: 3, Unit: timescale.Months, Back: true, From: &timescale.Anchor{Birthday: 18}}}},
		},
		{
			"before the first of several events", "by: [thing.done, {event: thing.started, has: [on]}]",
			timescale.Edition{By: []timescale.Deadline{
				{Match: timescale.Match{Event: "thing.done"}},
				{Match: timescale.Match{Event: "thing.started", Where: []timescale.Test{{Field: "on", Filled: is(true)}}}},
			}},
		},
		{"before an event", "by: thing.done", timescale.Edition{By: []timescale.Deadline{{Match: timescale.Match{Event: "thing.done"}}}}},
		{
			"before an event with a condition, and a limit", "by: {event: thing.started, where: {open: true}}\n        limit: 1 month",
			timescale.Edition{
				By:     []timescale.Deadline{{Match: timescale.Match{Event: "thing.started", Where: []timescale.Test{{Field: "open", Flag: is(true)}}}}},
				Limits: []timescale.Limit{{N: 1, Unit: timescale.Months}},
			},
		},
		{"a lower bound alone", "not_before: 6 weeks", timescale.Edition{NotBefore: &timescale.Limit{N: 6, Unit: timescale.Weeks}}},
		{"no number", "no_limit: true", timescale.Edition{NoLimit: true}},
		{
			"that its words were read", "checked: {read: words, in: An Act, on: 2026-11-29}\n        limit: 1 week",
			timescale.Edition{Checked: timescale.Check{Read: timescale.OwnWords, In: "An Act", On: calendar.NewDate(2026, 11, 29)}, Limits: week},
		},
		{
			"that it was read through another text", "checked: {read: through, in: Kent, on: 2026-11-29}\n        limit: 1 week",
			timescale.Edition{Checked: timescale.Check{Read: timescale.Through, In: "Kent", On: calendar.NewDate(2026, 11, 29)}, Limits: week},
		},
		{
			"that a part of it was read", "checked: {read: part, in: Kent, missing: the number, on: 2026-11-29}\n        limit: 1 week",
			timescale.Edition{Checked: timescale.Check{Read: timescale.Part, In: "Kent", Missing: "the number", On: calendar.NewDate(2026, 11, 29)}, Limits: week},
		},
		{
			"that a similar text was read", "checked: {read: similar, in: Wales, on: 2026-11-29}\n        limit: 1 week",
			timescale.Edition{Checked: timescale.Check{Read: timescale.Similar, In: "Wales", On: calendar.NewDate(2026, 11, 29)}, Limits: week},
		},
		{"that nothing was read", "checked: {read: none}\n        limit: 1 week", timescale.Edition{Checked: timescale.Check{Read: timescale.NotRead}, Limits: week}},
		{
			"that it was looked for", "checked: {read: none, on: 2026-11-29}\n        limit: 1 week",
			timescale.Edition{Checked: timescale.Check{Read: timescale.NotRead, On: calendar.NewDate(2026, 11, 29)}, Limits: week},
		},
		{"that nothing was read, as earlier releases say it", "unverified: true\n        limit: 1 week", timescale.Edition{Checked: timescale.Check{Read: timescale.NotRead}, Limits: week}},
		{"nothing of it, as earlier releases may", "unverified: false\n        limit: 1 week", timescale.Edition{Limits: week}},
		{
			"what councils use", "limit: 1 week\n        councils: [{limit: 1 week, to: 2 weeks, who: Anytown}, {limit: 3 weeks, says: with a plan}, {says: monthly}]",
			timescale.Edition{Limits: week, Councils: []timescale.InUse{
				{Limit: &week[0], To: &timescale.Limit{N: 2, Unit: timescale.Weeks}, Who: "Anytown"},
				{Limit: &timescale.Limit{N: 3, Unit: timescale.Weeks}, Says: "with a plan"},
				{Says: "monthly"},
			}, Status: "local", Local: true, Default: true},
		},
		{
			"what it does to running duties", "from: 2026-06-01\n        running: move\n        limit: 1 week",
			timescale.Edition{From: calendar.NewDate(2026, 6, 1), Moves: true, Limits: []timescale.Limit{{N: 1, Unit: timescale.Weeks}}},
		},
		{
			"that it does nothing to them", "from: 2026-06-01\n        running: keep\n        limit: 1 week",
			timescale.Edition{From: calendar.NewDate(2026, 6, 1), Limits: []timescale.Limit{{N: 1, Unit: timescale.Weeks}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status := cmp.Or(tt.want.Status, "statute")
			got := changed(t, theLimit, edition(tt.says)+"        status: "+status+"\n        source: An Act\n").Timescales[0].Editions[0]
			tt.want.Status, tt.want.Source, tt.want.Line = status, "An Act", 48
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func is(so bool) *bool { return &so }

func TestWhatStartsARuleIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	started := timescale.Match{Event: "thing.started"}
	year := timescale.Limit{N: 1, Unit: timescale.Years}
	tests := []struct {
		name, says string
		want       timescale.Start
	}{
		{
			"preceded by one", "preceded_by: {event: thing.done, within: 1 year}",
			timescale.Start{PrecededBy: &timescale.Precedent{Match: timescale.Match{Event: "thing.done"}, Times: 1, Within: year}},
		},
		{
			"preceded by several with a condition", "preceded_by: {event: thing.started, where: {open: true}, times: 3, within: 1 year}",
			timescale.Start{PrecededBy: &timescale.Precedent{
				Match: timescale.Match{Event: "thing.started", Where: []timescale.Test{{Field: "open", Flag: is(true)}}}, Times: 3, Within: year,
			}},
		},
		{"on the same day", "same_day: thing.done", timescale.Start{SameDay: "thing.done"}},
		{"of an age", "aged: {from: 4, before: 17}", timescale.Start{Aged: &timescale.Ages{From: 4, Before: 17}}},
		{"of an age or older", "aged: {from: 16}", timescale.Start{Aged: &timescale.Ages{From: 16}}},
		{"younger than an age", "aged: {before: 5}", timescale.Start{Aged: &timescale.Ages{Before: 5}}},
		{
			"with and without fields, alongside a condition", "has: [on], lacks: [note, names], where: {open: true}",
			timescale.Start{Match: timescale.Match{Event: "thing.started", Where: []timescale.Test{
				{Field: "open", Flag: is(true)},
				{Field: "on", Filled: is(true)},
				{Field: "note", Filled: is(false)},
				{Field: "names", Filled: is(false)},
			}}},
		},
		{
			"with a limit of its own from a date", "limit: {limit: the same day, from: on}",
			timescale.Start{Limits: []timescale.Limit{{Unit: timescale.Days, From: &timescale.Anchor{Field: "on"}}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := changed(t, oneStart, starts("{event: thing.started, "+tt.says+"}")).Timescales[0].Starts[0]
			if tt.want.Event == "" {
				tt.want.Match = started
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestFieldsAreAskedForInWhatMeetsAndEndsToo(t *testing.T) {
	t.Parallel()
	rule := changed(t, "    met_by: [thing.done]\n", "    met_by: [{event: thing.started, has: [on]}]\n    ended_by: [{event: thing.started, lacks: [on]}]\n").Timescales[0]
	if got := rule.MetBy[0].String() + ", " + rule.EndedBy[0].String(); got != "thing.started (with on), thing.started (without on)" {
		t.Errorf("got %s", got)
	}
}

const besides = `calendars:
  - name: school
    incomplete: true
    closed: [{from: 2026-12-21, until: 2027-01-01, why: Christmas holidays}]
terms:
  - {name: autumn term, from: 09-01, until: 12-31}
  - {name: spring of 2027, from: 2027-01-05, until: 2027-03-26}
timescales:
  - ref: XX-03
    title: A thing
    todo: Do the thing.
    pathway: Assessment
    off: local practice
    ladder: days
    calendar: school
    starts: [thing.started]
    met_by: [thing.done]
    extend: {event: clock.extended, most: 2 weeks, total: 3 months, source: An Act}
    editions: [{limit: 5 working days, status: local, source: A}]
  - ref: XX-04
    title: A review each term
    todo: Review.
    pathway: LookedAfter
    period: care
    windows: school terms
    met_by: [review.held]
    editions: [{status: local, source: A}]
  - ref: XX-05
    title: Drift
    todo: Look at it.
    pathway: LookedAfter
    starts: [care.started, review.held]
    met_by: [review.held]
    drift:
      - {after: the same day, role: worker}
      - {after: 5 working days, role: team_manager}
      - {after: 14 days, role: team_manager}
      - {after: 6 weeks, role: service_manager}
      - {after: 9 months, every: 3 months, role: head_of_service}
    editions: [{status: local, source: A}]
`

func TestWhatARuleSaysBesidesIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	pack, err := load.Files([]load.File{{Name: "mini.yaml", Text: mini}, {Name: "more.yaml", Text: besides}})
	if err != nil {
		t.Fatal(err)
	}
	rule := pack.Timescale("XX-03")
	if rule.Off != "local practice" || rule.Ladder != "days" || rule.Calendar != "school" || rule.Extend.Total.String() != "3 months" {
		t.Errorf("got %+v", rule)
	}
	if w := pack.Timescale("XX-04"); w.Windows != timescale.SchoolTerms || len(w.Starts) != 0 || w.EndsWith[0] != "care" {
		t.Errorf("got %+v", w)
	}
	var labels []string
	for _, a := range pack.Timescale("XX-05").Drift {
		labels = append(labels, a.Label(0)+" "+a.Label(1))
	}
	if got := strings.Join(labels, ", "); got != "0d 0d, 5wd 5wd, 14d 14d, 6w 6w, 9m 12m" {
		t.Errorf("the alarms are %s", got)
	}
	wantCalendar := timescale.OwnCalendar{Name: "school", Incomplete: true, Closed: []calendar.Closed{
		{From: calendar.NewDate(2026, 12, 21), Until: calendar.NewDate(2027, 1, 1), Why: "Christmas holidays"},
	}}
	if len(pack.Calendars) != 1 || !reflect.DeepEqual(pack.Calendars[0], wantCalendar) {
		t.Errorf("got %+v", pack.Calendars)
	}
	wantTerms := []timescale.Term{
		{Name: "autumn term", FromMonth: time.September, FromDay: 1, UntilMonth: time.December, UntilDay: 31},
		{Name: "spring of 2027", First: calendar.NewDate(2027, 1, 5), Last: calendar.NewDate(2027, 3, 26)},
	}
	if !reflect.DeepEqual(pack.Terms, wantTerms) {
		t.Errorf("got %+v", pack.Terms)
	}
}

func TestFilesThatSpeakOfSchoolLeanOnTheShippedCalendarAndTerms(t *testing.T) {
	t.Parallel()
	lending := strings.NewReplacer("thing.started", "case.opened", "thing.done", "unit_meeting.held", "review.held", "lac_review.held",
		"care.started", "looked_after.started", "ladder: days", "ladder: over six weeks").Replace(besides)
	alone := lending[strings.Index(lending, "timescales:"):]
	for _, f := range load.Check([]load.File{{Name: "x.yaml", Text: alone}}) {
		t.Error(f)
	}
	own := "calendars: [{name: office}]\nterms: []\n" + alone
	faults := load.Check([]load.File{{Name: "x.yaml", Text: own}})
	want := []string{`x.yaml:4: XX-03: the pack has no calendar "school"`, "x.yaml:15: XX-04: the pack has no terms, so no school term ever begins"}
	if len(faults) != len(want) || faults[0].String() != want[0] || faults[1].String() != want[1] {
		t.Errorf("got %v", faults)
	}
}
