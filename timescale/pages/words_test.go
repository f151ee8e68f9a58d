package pages

import (
	"slices"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

// shipped is the book of the pack that ships.
var shipped = &book{pack: load.Embedded()}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func flagged(field string, is bool) timescale.Test {
	return timescale.Test{Field: field, Flag: &is}
}

func yes(field string) timescale.Test { return flagged(field, true) }

func no(field string) timescale.Test { return flagged(field, false) }

func filled(field string, is bool) timescale.Test {
	return timescale.Test{Field: field, Filled: &is}
}

func TestEventsInPlainWords(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, event, want string }{
		{"a thing and what happened to it", "cp_review.held", "a child protection review conference is held"},
		{"several things", "conference_minutes.sent", "the minutes of the conference are sent"},
		{"several things that begin", "pre_proceedings.started", "pre-proceedings start"},
		{"the end of what was spoken of", "cp_plan.ended", "the child protection plan ends"},
		{"a phrase of its own", "looked_after.ended", "the child stops being looked after"},
		{"a thing that no table has", "tea_party.held", "the tea party is held"},
		{"a thing whose name has an abbreviation", "lac_outing.made", "the looked-after child outing is made"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, shipped.phrase(tt.event), tt.want)
		})
	}
}

func TestWhatAnEventMustSayInPlainWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, event string
		where       []timescale.Test
		want        string
	}{
		{"a flag", "cp_visit.made", []timescale.Test{yes("seen")}, "a child protection visit is made (`cp_visit.made`) and the child is seen"},
		{"a word of several", "referral.decided", []timescale.Test{{Field: "outcome", Words: []string{"nfa", "early_help"}}}, "a referral is decided on (`referral.decided`) and the outcome is no further action or early help"},
		{"the outcome of several things", "section47.completed", []timescale.Test{{Field: "outcome", Words: []string{"cin"}}}, "section 47 enquiries are completed (`section47.completed`) and the outcome is child in need"},
		{"more than one thing", "placement.started", []timescale.Test{yes("with_parent"), no("to_18")}, "a placement starts (`placement.started`), where it is with a parent and it is not meant to last until the child is 18"},
		{"a field that is filled", "action.agreed", []timescale.Test{filled("due", true)}, "an action is agreed (`action.agreed`) and the date by which it is due is recorded"},
		{"a field that is empty", "action.agreed", []timescale.Test{filled("owner", false)}, "an action is agreed (`action.agreed`) and an owner is not recorded"},
		{"a flag that no table has", "action.agreed", []timescale.Test{yes("very_late")}, "an action is agreed (`action.agreed`) and very late: yes"},
		{"a flag that no table has and does not hold", "action.agreed", []timescale.Test{no("very_late")}, "an action is agreed (`action.agreed`) and very late: no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, shipped.event(timescale.Match{Event: tt.event, Where: tt.where}), tt.want)
		})
	}
}

func TestLimitsInPlainWords(t *testing.T) {
	t.Parallel()
	hearing := timescale.Timescale{Starts: []timescale.Start{{Match: timescale.Match{Event: "hearing.listed"}}}}
	birth := &timescale.Anchor{Event: "person.born", Field: "date"}
	tests := []struct {
		name  string
		limit timescale.Limit
		want  string
	}{
		{"a length", timescale.Limit{N: 45, Unit: timescale.WorkingDays}, "45 working days"},
		{"the day of the start", timescale.Limit{Unit: timescale.Days}, "on the day itself"},
		{"a rolling sum", timescale.Limit{N: 72, Unit: timescale.Hours, In: timescale.Length{N: 28, Unit: timescale.Days}}, "72 hours in any 28 days"},
		{"the day that the event names", timescale.Limit{Unit: timescale.Days, From: &timescale.Anchor{Field: "for"}}, "on the day of the hearing"},
		{"before the day that the event names", timescale.Limit{N: 2, Unit: timescale.WorkingDays, Back: true, From: &timescale.Anchor{Field: "for"}}, "2 working days before the day of the hearing"},
		{"after a day that no table has", timescale.Limit{N: 3, Unit: timescale.Days, From: &timescale.Anchor{Field: "signed_on"}}, "3 days after the signed on"},
		{"before the latest event's day", timescale.Limit{N: 12, Unit: timescale.Weeks, Back: true, From: &timescale.Anchor{Event: "person.expected", Field: "date"}}, "12 weeks before the expected date of birth"},
		{"after the latest event's day that no table has", timescale.Limit{N: 1, Unit: timescale.Weeks, From: &timescale.Anchor{Event: "epo.extended", Field: "until"}}, "1 week after the date until which it lasts of the latest time that the emergency protection order is extended"},
		{"a birthday by its number", timescale.Limit{Unit: timescale.Days, From: &timescale.Anchor{Birthday: 17}}, "by the 17th birthday"},
		{"before a birthday", timescale.Limit{N: 3, Unit: timescale.Months, Back: true, From: &timescale.Anchor{Birthday: 18}}, "3 months before the 18th birthday"},
		{"after a birthday", timescale.Limit{N: 3, Unit: timescale.Months, From: &timescale.Anchor{Birthday: 16}}, "3 months after the 16th birthday"},
		{"a birthday", timescale.Limit{N: 17, Unit: timescale.Years, From: birth}, "by the 17th birthday"},
		{"an age in weeks", timescale.Limit{N: 6, Unit: timescale.Weeks, From: birth}, "6 weeks after the date of birth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, shipped.limit(&hearing, tt.limit), tt.want)
		})
	}
}

func TestWhatAnEditionAllowsInPlainWords(t *testing.T) {
	t.Parallel()
	ten := timescale.Limit{N: 10, Unit: timescale.Days}
	six := timescale.Limit{N: 6, Unit: timescale.Weeks}
	rule := timescale.Timescale{Period: "placement"}
	tests := []struct {
		name    string
		edition timescale.Edition
		want    string
	}{
		{"the earlier of two", timescale.Edition{Earliest: true, Limits: []timescale.Limit{ten, six}}, "10 days or 6 weeks, whichever is first"},
		{
			"before the first of several",
			timescale.Edition{By: []timescale.Deadline{{Match: timescale.Match{Event: "baby.discharged"}}, {Match: timescale.Match{Event: "lac_review.held"}, Nth: 2}}},
			"before the baby leaves hospital (`baby.discharged`), or before the second time during the placement that a review of the looked-after child is held (`lac_review.held`), whichever is first",
		},
		{"before an event", timescale.Edition{By: []timescale.Deadline{{Match: timescale.Match{Event: "baby.discharged"}}}}, "before the baby leaves hospital (`baby.discharged`)"},
		{"before the second of its kind", timescale.Edition{By: []timescale.Deadline{{Match: timescale.Match{Event: "lac_review.held"}, Nth: 2}}}, "before the second time during the placement that a review of the looked-after child is held (`lac_review.held`)"},
		{"a limit, and not too early", timescale.Edition{Limits: []timescale.Limit{six}, NotBefore: &ten}, "6 weeks, and not before 10 days after the start"},
		{"no number", timescale.Edition{NoLimit: true}, "no number"},
		{"a fact of the period", timescale.Edition{Limits: []timescale.Limit{
			{N: 3, Unit: timescale.Months, When: &timescale.Condition{PeriodWhere: []timescale.Test{yes("to_18")}, BeforeBirthday: 5}}, six,
		}}, "3 months where the placement is meant to last until the child is 18 and where that falls before the age of 5; else 6 weeks"},
		{"what has happened and what has not", timescale.Edition{Limits: []timescale.Limit{
			{N: 1, Unit: timescale.Weeks, When: &timescale.Condition{HeldSince: "lac_review.held", NotHeldSince: "pep.completed"}}, six,
		}}, "1 week once a review of the looked-after child is held (`lac_review.held`) during the placement and until the personal education plan is completed (`pep.completed`) during the placement; else 6 weeks"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, shipped.limitOf(&rule, &tt.edition), tt.want)
		})
	}
}

func TestStartsInPlainWords(t *testing.T) {
	t.Parallel()
	b := &book{pack: load.Embedded()}
	year, weeks := timescale.Limit{N: 1, Unit: timescale.Years}, timescale.Limit{N: 6, Unit: timescale.Weeks}
	visit := timescale.Match{Event: "lac_visit.made"}
	const made = "a visit to the looked-after child is made (`lac_visit.made`)"
	tests := []struct {
		name  string
		start timescale.Start
		want  string
	}{
		{"the opening of the period", timescale.Start{PeriodOpens: true}, "a placement starts (`placement.started`)"},
		{"the first", timescale.Start{Match: visit, Nth: &timescale.Nth{From: 1, To: 1}}, made + ", for the first time during the placement"},
		{"all but the first, in another period", timescale.Start{Match: visit, Nth: &timescale.Nth{From: 2}, NthIn: "care"}, made + ", for the second or a later time during the child's time in care"},
		{"some", timescale.Start{Match: visit, Nth: &timescale.Nth{From: 2, To: 6}}, made + ", for the second to 6th time during the placement"},
		{"early in the period", timescale.Start{Match: visit, Within: &timescale.Since{Before: &year}}, made + ", in the first year of the placement"},
		{"late in the period", timescale.Start{Match: visit, Within: &timescale.Since{From: &year}}, made + ", after the first year of the placement"},
		{"midway in the period", timescale.Start{Match: visit, Within: &timescale.Since{From: &weeks, Before: &year}}, made + ", after the first 6 weeks of the placement and in its first year"},
		{"facts of the period", timescale.Start{Match: visit, PeriodWhere: []timescale.Test{no("regulation24"), yes("with_parent")}}, made + ", where the placement is not with a connected person who is approved for the time being and it is with a parent"},
		{"nothing before", timescale.Start{Match: visit, NoneSince: "adoption.placed"}, made + ", unless before that, during the placement, the child is placed for adoption (`adoption.placed`)"},
		{"nothing that day", timescale.Start{Match: visit, NoneSameDay: "lac_review.held"}, made + ", unless on that day a review of the looked-after child is held (`lac_review.held`)"},
		{"something that day", timescale.Start{Match: visit, SameDay: "lac_review.held"}, made + ", where on that day a review of the looked-after child is held (`lac_review.held`)"},
		{"something before", timescale.Start{Match: visit, PrecededBy: &timescale.Precedent{Match: timescale.Match{Event: "missing.started"}, Times: 3, Within: year}}, made + ", where the child goes missing (`missing.started`) 3 times or more in the year up to and including that day"},
		{"an age", timescale.Start{Match: visit, Aged: &timescale.Ages{From: 4, Before: 17}}, made + ", where the child is aged 4 to 16 or the birth is not known"},
		{"or before the period", timescale.Start{Match: visit, OrBefore: &year}, made + ", also where that was in the year up to the beginning of the placement (the latest counts)"},
		{"in its time", timescale.Start{Match: visit, From: calendar.NewDate(2013, 4, 15), Until: calendar.NewDate(2018, 1, 1)}, made + ", from 15 April 2013, before 1 January 2018"},
		{"a limit of its own", timescale.Start{Match: visit, Limits: []timescale.Limit{weeks}}, made + ": **6 weeks**"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			words := b.starts(&timescale.Timescale{Period: "placement", Starts: []timescale.Start{tt.start}})
			expect(t, strings.Join(words, "|"), tt.want)
		})
	}
}

func TestEveryStageHasAPageOfItsOwn(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for _, p := range load.Embedded().Pathways {
		if other := files[pathwayFile(p)]; other != "" {
			t.Errorf("%s and %s have one page", p, other)
		}
		files[pathwayFile(p)] = p
		if slices.Contains([]string{indexFile, toldFile, wordsFile, leftOutFile}, pathwayFile(p)) {
			t.Errorf("the page of %s has the name of another", p)
		}
	}
}
