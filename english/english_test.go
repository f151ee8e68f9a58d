package english_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
	"longstop/timescale/load"
)

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCountsAgreeWithTheirNumber(t *testing.T) {
	t.Parallel()
	expect(t, english.Count(1, "day"), "1 day")
	expect(t, english.Count(0, "day"), "0 days")
	expect(t, english.CountOf(2, "reply", "replies"), "2 replies")
	expect(t, english.Are(1)+" "+english.Are(2), "is are")
}

func TestListsReadAsSentences(t *testing.T) {
	t.Parallel()
	for want, list := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		expect(t, english.And(list), want)
		expect(t, english.Or(list), strings.Replace(want, " and ", " or ", 1))
	}
	expect(t, english.AndAlso([]string{"a", "b"}), "a, and b")
}

func TestSentencesBeginWithACapitalAndEndOnce(t *testing.T) {
	t.Parallel()
	expect(t, english.Capital("no date"), "No date")
	expect(t, english.Capital(""), "")
	for in, want := range map[string]string{"": "", "a": "a.", "a.": "a.", "a? ": "a?"} {
		expect(t, english.Sentence(in), want)
	}
}

func TestOrdinals(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "first", 5: "fifth", 6: "6th", 11: "11th", 21: "21st", 22: "22nd", 23: "23rd", 112: "112th"} {
		expect(t, english.Ordinal(n), want)
	}
}

func TestDatesAndInstantsAreLondons(t *testing.T) {
	t.Parallel()
	day := calendar.NewDate(2026, time.January, 5)
	expect(t, english.Date(day), "5 January 2026")
	expect(t, english.Day(day), "Mon 5 Jan 2026")
	expect(t, english.AlignedDay(day), "Mon 05 Jan 2026")
	expect(t, english.LongDay(day), "Monday 5 January 2026")
	expect(t, english.DayOfYear(time.February, 29), "29 February")
	summer := time.Date(2026, time.October, 24, 9, 0, 0, 0, time.UTC)
	expect(t, english.Time(summer), "10:00")
	expect(t, english.Minute(summer), "Sat 24 Oct 2026 10:00 BST")
	expect(t, english.Instant(summer), "Sat 24 Oct 2026 10:00 BST")
	expect(t, english.Instant(summer.Add(5*time.Second)), "Sat 24 Oct 2026 10:00:05 BST")
	expect(t, english.Short(summer), "2026-10-24 10:00")
}

func TestRolesAreThoseOfTheField(t *testing.T) {
	t.Parallel()
	expect(t, english.TheRole(timescale.Worker), "the social worker or lead practitioner")
	expect(t, english.Role("head_of_service"), "head of service")
	expect(t, english.TheRole(""), "the person responsible")
}

func TestStepsAreMomentsAroundTheDueDate(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"-1wd": "1 working day before the due date", "+5wd": "5 working days after the due date", "0": "on the due date",
		"75%": "when 75% of the time had gone", "+4h": "4 hours after the time by which it was due", "9m": "after 9 months", "5wd": "after 5 working days", "0d": "on the day of the start", "3x": "3x",
		"waiting": "a date that could not be worked out", "soon": "soon",
	} {
		expect(t, english.Step(label), want)
	}
}

func TestEveryStepOfTheShippedPackIsSaidInWords(t *testing.T) {
	t.Parallel()
	for _, ladder := range load.Embedded().Ladders {
		for _, rung := range ladder.Rungs {
			if english.Step(rung.Label) == rung.Label {
				t.Errorf("the step %s of %s has no words", rung.Label, ladder.Name)
			}
		}
	}
}

func TestRangesOfLimits(t *testing.T) {
	t.Parallel()
	expect(t, english.Band(timescale.Band{Unit: timescale.WorkingDays, From: 31}), "31 working days or more")
	expect(t, english.Band(timescale.Band{Unit: timescale.Days, From: 8, To: 27}), "8 to 27 days")
	expect(t, english.Band(timescale.Band{Unit: timescale.Days, From: 1, To: 1}), "1 day")
}

func TestEventsAndPeriodsTakeThePhraseOfThePack(t *testing.T) {
	t.Parallel()
	pack := &timescale.Pack{
		Events:  []timescale.EventType{{Name: "referral.received", Phrase: "a referral arrives"}, {Name: "lac_outing.made"}},
		Periods: []timescale.Period{{Name: "cin", Phrase: "the plan"}},
	}
	expect(t, english.Event(pack, "referral.received"), "a referral arrives")
	expect(t, english.Event(pack, "lac_outing.made"), "the looked-after child outing is made")
	expect(t, english.Period(pack, "cin"), "the plan")
	expect(t, english.Period(pack, "short_break"), "the short break")
}

func TestStagesOfACase(t *testing.T) {
	t.Parallel()
	for pathway, want := range map[string]string{
		"ChildProtection": "Child protection", "Section47": "Section 47", "PreProceedings": "Pre-proceedings", "Missing": "Missing children",
	} {
		expect(t, english.Stage(pathway), want)
	}
	names := map[string]bool{}
	for _, p := range load.Embedded().Pathways {
		names[english.Stage(p)] = true
	}
	if len(names) != len(load.Embedded().Pathways) || slices.Contains(load.Embedded().Pathways, "") {
		t.Error("two stages have one name")
	}
}
