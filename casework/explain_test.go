package casework_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

var update = flag.Bool("update", false, "write the golden explanations again")

// The explanations are read by practitioners, inspectors and courts: each is kept whole,
// to be read aloud when it changes. go test ./casework -run Explain -update writes them.
func TestExplanationsReadAsTheyShould(t *testing.T) {
	t.Parallel()
	for _, c := range explainCases {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			b := c.book
			if b == nil {
				b = book
			}
			events := acceptedBy(t, b, c.events)
			m := casework.Moment{AsOf: instant(t, c.asOf)}
			if c.knownAt != "" {
				m.KnownAt = instant(t, c.knownAt)
			}
			told := slices.DeleteFunc(b.Notices(events, day(t, "1990-01-01"), casework.Today(m.AsOf)),
				func(n casework.Notice) bool { return n.At.After(m.AsOf) })
			x := b.Explain(b.Fold(events, m), c.duty, events, told)
			if x == nil {
				t.Fatalf("no duty %s", c.duty)
			}
			golden(t, c.file+".txt", x.Text())
			golden(t, c.file+".md", x.Markdown())
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "explain", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-golden +got)\n%s", path, diff)
	}
}

var explainCases = []struct {
	file, duty    string
	asOf, knownAt string
	book          *casework.Book
	events        string
}{
	{
		file: "overdue-over-christmas", duty: "AS-01:e1", asOf: "2027-02-25",
		events: `
			e1 referral.received 2026-12-10 rec=2026-12-10T14:05:00Z
			d1 referral.decided 2026-12-11T12:00:00Z outcome=assessment`,
	},
	{
		file: "recorded-late", duty: "CP-10:p1", asOf: "2026-02-20",
		events: `
			p1 cp_plan.started 2026-01-05
			v0 cp_visit.made 2026-01-20 seen=false
			v1 cp_visit.made 2026-02-03 seen=true rec=2026-02-09T16:40:00Z
			v2 cp_visit.made 2026-02-03 seen=true rec=2026-02-10T09:10:00Z`,
	},
	{
		file: "extended-proceedings", duty: "CT-01:c1", asOf: "2026-09-15",
		events: `
			c1 proceedings.issued 2026-01-05
			x1 court_timetable.extended 2026-06-29 until=2026-08-24
			x2 court_timetable.extended 2026-08-10 until=2026-10-05`,
	},
	{
		file: "core-assessment-of-2012", duty: "AS-H2:a1", asOf: "2012-07-01",
		events: `
			a1 core_assessment.started 2012-04-30
			a2 core_assessment.completed 2012-06-25`,
	},
	{ // a feed says in June that it has reported visits since January: owed since then, and nothing was taken back
		file: "unreported-until-a-source-reports", duty: "CP-10:p1", asOf: "2026-06-10",
		events: `
			s1 source.attached 2026-01-02 name=return reports=[cp_plan.started] from=2026-01-01 until=2026-03-31 rec=2026-01-02T10:00:00Z
			p1 cp_plan.started 2026-02-02 rec=2026-02-03T10:00:00Z
			s2 source.attached 2026-06-01 name=feed reports=[cp_visit.made] from=2026-01-01 rec=2026-06-01T10:00:00Z`,
	},
	{
		file: "unreported", duty: "CN-02:c1", asOf: "2026-04-20",
		events: census + `c1 cin_plan.started 2026-01-05`,
	},
	{
		file: "unreported-and-ended-late", duty: "CN-02:c1", asOf: "2026-04-20",
		events: census + `
			c1 cin_plan.started 2026-01-05
			x1 case.closed 2026-02-10`,
	},
	{
		file: "not-owed-any-more-before-its-date", duty: "AS-01:e1", asOf: "2026-04-20",
		events: census + `
			e1 referral.received 2025-03-03
			d1 referral.decided 2025-03-04 outcome=nfa`,
	},
	{
		file: "unreported-and-met-late", duty: "CP-11:i1", asOf: "2026-04-20",
		events: census + `
			i1 icpc.held 2024-03-01 outcome=plan
			r1 cp_review.held 2025-06-10`,
	},
	{
		file: "unreported-in-a-gap", duty: "CP-11:i1", asOf: "2026-04-20",
		events: years + `i1 icpc.held 2024-02-01 outcome=plan`,
	},
	{
		file: "unreported-beyond-the-return", duty: "AS-01:e1", asOf: "2026-05-01",
		events: census + `e1 referral.received 2026-02-16 ep=R1 inferred=true`,
	},
	{
		file: "local-next-to-national", duty: "AS-01:e1", asOf: "2026-05-28", book: anytown,
		events: `e1 referral.received 2026-04-01 rec=2026-04-02T09:00:00Z`,
	},
	{
		file: "provisional", duty: "CP-03:s1", asOf: "2028-12-20",
		events: `s1 strategy_discussion.held 2028-12-18 s47=true`,
	},
	{
		file: "paused", duty: "PAU-1:a1", asOf: "2026-01-16", book: lenient,
		events: action + pause("p1", "2026-01-16", "PAU-1"),
	},
	{
		file: "paused-and-resumed", duty: "PAU-1:a1", asOf: "2026-01-16", book: lenient,
		events: action + pause("p1", "2026-01-08", "PAU-1") + resume("r1", "2026-01-13", "PAU-1"),
	},
	{
		file: "paused-weeks", duty: "PAU-2:a1", asOf: "2026-01-16", book: lenient,
		events: action + pause("p1", "2026-01-08", "PAU-2") + resume("r1", "2026-01-13", "PAU-2"),
	},
	{
		file: "hours", duty: "EM-01:p1", asOf: "2026-10-27T09:30:00Z",
		events: `
			p1 police_protection.started 2026-10-24T08:00:00Z
			c1 police_protection.started 2026-10-24T09:00:00Z corrects=p1 rec=2026-10-24T12:00:00Z`,
	},
	{
		file: "drift", duty: "CP-13:p1", asOf: "2026-01-16",
		events: `p1 cp_plan.started 2025-01-06`,
	},
	{
		file: "waiting", duty: "LA-24:h1", asOf: "2026-01-16", events: awaitingBirth,
	},
	{
		file: "ended-late-with-notices", duty: "CP-03:s1", asOf: "2026-02-06",
		events: enquiry + ack("k1", "2026-01-26", "2026-01-26T10:00:00Z", "2026-01-28") + "x1 icpc.not_required 2026-02-03",
	},
	{
		file: "eighteenth-birthday", duty: "CN-02:c1", asOf: "2026-02-06",
		events: "b1 person.born 2008-02-05\nc1 cin_plan.started 2026-01-05",
	},
	{
		file: "met-before-it-started", duty: "LA-26:l1", asOf: "2026-02-06",
		events: "e1 pep.completed 2025-12-01 rec=2025-12-02T10:00:00Z\nl1 looked_after.started 2026-01-05",
	},
	{
		file: "extended-by-name", duty: "LA-30:m1", asOf: "2026-04-28",
		events: approval + "x1 clock.extended 2026-04-20 ref=LA-30 until=2026-06-01 reason=checks by=W07 role=service_manager",
	},
	{
		file: "month-without-the-date", duty: "CP-10:p1", asOf: "2026-02-27", events: "p1 cp_plan.started 2026-01-31",
	},
	{
		file: "return-interview-by-the-day", duty: "MI-01:m1", asOf: "2026-03-05T10:00:00Z", events: "m1 missing.ended 2026-03-02",
	},
	{
		file: "initial-assessment-of-2012", duty: "AS-H1:e1", asOf: "2012-05-10", events: "e1 referral.received 2012-04-30",
	},
	{
		file: "known-then", duty: "CP-10:p1", asOf: "2026-02-09", knownAt: "2026-02-09T17:00:00Z",
		events: lateVisit + "\nc1 cp_plan.started 2026-01-04 corrects=p1 rec=2026-02-12T10:00:00Z",
	},
	{
		file: "made-up-for", duty: "CP-03:s1", asOf: "2026-01-27", events: "s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-26T08:00:00Z",
	},
	{
		file: "from-the-start", duty: "ANY-3:s1", asOf: "2026-03-01", book: anytown, events: supervisions,
	},
	{
		file: "from-due", duty: "ANY-2:s1", asOf: "2026-03-01", book: anytown, events: supervisions,
	},
	{
		file: "window-of-a-month", duty: "HO-01:h1.2026-11-01", asOf: "2026-12-02",
		events: "h1 home.opened 2026-10-20 rec=2026-10-21T09:30:00Z\nv1 independent_person.visited 2026-10-29 rec=2026-10-29T16:00:00Z",
	},
	{
		file: "window-of-a-term", duty: "WIN-2:s1.2027-01-01", asOf: "2027-02-01", book: madeUp,
		events: "s1 school.started 2026-08-20",
	},
	{
		file: "rolling-sum", duty: "SE-01:s3", asOf: "2026-02-05T09:00:00Z", book: everything,
		events: `
			s1 secure_accommodation.started 2026-01-05T09:00:00Z rec=2026-01-05T09:20:00Z
			e1 secure_accommodation.ended 2026-01-08T06:00:00Z rec=2026-01-08T06:10:00Z
			s2 secure_accommodation.started 2026-01-20T18:00:00Z rec=2026-01-20T18:30:00Z
			e2 secure_accommodation.ended 2026-01-21T13:30:00Z rec=2026-01-21T14:00:00Z
			s3 secure_accommodation.started 2026-02-04T16:00:00Z rec=2026-02-04T16:05:00Z`,
	},
	{
		file: "by-the-second-review", duty: "LA-29:l1", asOf: "2026-05-12",
		events: `
			l1 looked_after.started 2026-01-05 rec=2026-01-05T15:00:00Z
			r1 lac_review.held 2026-01-30 rec=2026-02-02T09:15:00Z
			r2 lac_review.held 2026-04-28 rec=2026-04-29T10:40:00Z`,
	},
	{
		file: "by-an-event-that-has-not-happened", duty: "LA-29:l1", asOf: "2026-04-27",
		events: "l1 looked_after.started 2026-01-05 rec=2026-01-05T15:00:00Z\nr1 lac_review.held 2026-01-30 rec=2026-02-02T09:15:00Z",
	},
	{
		file: "by-an-event-or-a-limit", duty: "BY-3:t1", asOf: "2026-01-21", book: madeUp,
		events: "t1 talks.started 2026-01-05\na1 application.made 2026-01-20",
	},
	{
		file: "moved-edition", duty: "MOVE-4:t1", asOf: "2026-06-25", book: madeUp,
		events: "t1 talks.started 2026-04-08 rec=2026-04-08T10:00:00Z",
	},
	{
		file: "moved-and-extended", duty: "MOVE-1:e1", asOf: "2026-06-02", book: madeUp,
		events: began + "x1 clock.extended 2026-05-20 ref=MOVE-1 until=2026-08-10 reason=illness by=W07 role=service_manager",
	},
	{
		file: "moved-with-its-window", duty: "WIN-1:h1.2027-03-01", asOf: "2027-03-20", book: madeUp,
		events: "h1 home.opened 2027-02-20",
	},
	{
		file: "moved-to-no-date", duty: "MOVE-3:p1", asOf: "2026-06-02", book: madeUp,
		events: "p1 placement.broken 2026-05-04",
	},
	{
		file: "before-a-date", duty: "BACK-1:a1", asOf: "2026-12-29", book: madeUp,
		events: "a1 meeting.arranged 2026-12-01 for=2026-12-30 rec=2026-12-01T11:00:00Z",
	},
	{
		file: "before-a-birth", duty: "BACK-2:x1", asOf: "2026-08-07", book: madeUp,
		events: "x1 person.expected 2026-06-01 date=2026-11-02 rec=2026-06-01T10:00:00Z\nx2 person.expected 2026-08-05 date=2026-11-16 rec=2026-08-05T10:00:00Z",
	},
	{
		file: "earliest-of-two", duty: "EARL-1:e1", asOf: "2026-11-06", book: madeUp,
		events: "x1 person.expected 2026-10-01 date=2027-01-18\ne1 enquiry.started 2026-11-02",
	},
	{
		file: "earliest-of-what-is-known", duty: "EARL-1:e1", asOf: "2026-11-06", book: madeUp,
		events: "e1 enquiry.started 2026-11-02",
	},
	{
		file: "waiting-for-a-date", duty: "BACK-1:a1", asOf: "2026-11-10", book: madeUp,
		events: "a1 meeting.arranged 2026-11-02 rec=2026-11-02T10:00:00Z",
	},
	{
		file: "too-early", duty: "NOTB-1:p1", asOf: "2026-02-03", book: madeUp,
		events: "p1 placement.broken 2026-01-05\nr1 placement.reviewed 2026-02-01\nr2 placement.reviewed 2026-02-03",
	},
	{
		file: "not-before-alone", duty: "NOTB-2:c1", asOf: "2026-02-03", book: madeUp,
		events: "b1 person.born 2025-12-22\nc1 care.started 2026-01-05",
	},
	{
		file: "waiting-for-the-birth", duty: "NOTB-2:c1", asOf: "2026-02-03", book: madeUp, events: "c1 care.started 2026-01-05",
	},
	{
		file: "no-number", duty: "NONE-1:m1", asOf: "2026-02-03", book: madeUp, events: "m1 meeting.held 2026-01-05",
	},
	{
		file: "no-number-met", duty: "NONE-1:m1", asOf: "2026-02-03", book: madeUp,
		events: "m1 meeting.held 2026-01-05\nn1 minutes.sent 2026-02-02",
	},
	{
		file: "school-days", duty: "CAL-1:l1", asOf: "2026-11-09", book: madeUp, events: lostPlace,
	},
	{
		file: "same-day", duty: "SAME-1:o1", asOf: "2026-06-01", book: madeUp,
		events: "o1 order.made 2026-01-05 until=2026-06-30",
	},
	{
		file: "a-number-of-the-councils-own", duty: "NONE-1:m1", asOf: "2026-01-20", book: numbered,
		events: "m1 meeting.held 2026-01-05",
	},
	{
		file: "rolling-sum-up-at-its-start", duty: "ROLL-1:s2", asOf: "2026-02-02T09:00:00Z", book: madeUp,
		events: `
			s1 secure.started 2026-01-05T00:00:00Z rec=2026-01-05T00:10:00Z
			e1 secure.ended 2026-01-08T06:01:00Z rec=2026-01-08T06:10:00Z
			s2 secure.started 2026-02-02T03:00:00Z rec=2026-02-02T03:10:00Z`,
	},
	{
		file: "days-of-breaks", duty: "LA-34D:s6", asOf: "2026-06-02", events: fiveFortnights + "\ns6 short_break.started 2026-06-01",
	},
	{
		file: "days-of-breaks-used-up", duty: "LA-34D:s6", asOf: "2026-06-08", events: fiveFortnights + "\ns6 short_break.started 2026-06-01",
	},
	{
		file: "days-of-breaks-in-time", duty: "LA-34D:s2", asOf: "2026-06-08", events: fiveFortnights,
	},
	{
		file: "days-of-breaks-used-up-before", duty: "LA-34D:s7", asOf: "2027-01-11",
		events: fiveFortnights + "\ns6 short_break.started 2026-06-01\ne6 short_break.ended 2026-06-05\ns7 short_break.started 2027-01-04\ne7 short_break.ended 2027-01-09",
	},
	{
		file: "by-the-first-of-several", duty: "BY-8:t1", asOf: "2026-01-20", book: madeUp,
		events: "t1 talks.started 2026-01-05\na1 application.made 2026-01-19",
	},
	{
		file: "by-the-first-of-several-that-have-not-happened", duty: "BY-7:c1", asOf: "2026-01-20", book: madeUp, events: "c1 care.started 2026-01-05",
	},
	{
		file: "on-a-birthday", duty: "BIRTH-2:c1.11", asOf: "2023-03-14", book: madeUp,
		events: "b1 person.born 2012-02-29 rec=2017-01-09T10:00:00Z\nc1 care.started 2017-01-09",
	},
	{
		file: "on-a-birthday-that-was-corrected", duty: "BIRTH-1:c1.16", asOf: "2026-06-15", book: madeUp,
		events: "b1 person.born 2010-03-15 rec=2014-01-07T10:00:00Z\nc1 care.started 2014-01-06\nb2 person.born 2010-03-05 corrects=b1 rec=2026-05-04T10:00:00Z",
	},
	{
		file: "on-a-birthday-that-is-not-known", duty: "BIRTH-1:c1.16", asOf: "2026-06-15", book: madeUp, events: "c1 care.started 2026-06-01",
	},
	{
		file: "before-a-birthday", duty: "BIRTH-3:c1", asOf: "2025-06-15", book: madeUp, events: "b1 person.born 2008-02-29\nc1 care.started 2025-06-02",
	},
	{
		file: "moved-twice", duty: "MOVE-5:a1", asOf: "2026-05-02", book: madeUp, events: "a1 application.made 2026-01-05",
	},
	{
		file: "by-the-age-of-17", duty: "AGE-1:c1", asOf: "2026-05-02", book: madeUp,
		events: "b1 person.born 2009-06-15\nc1 care.started 2026-01-05",
	},
	{
		file: "not-before-a-date", duty: "NOTB-4:x1", asOf: "2026-07-02", book: madeUp,
		events: "x1 person.expected 2026-06-01 date=2026-11-02",
	},
	{
		file: "by-the-fifth-review", duty: "BY-6:c1", asOf: "2026-07-02", book: madeUp, events: "c1 care.started 2026-01-05",
	},
	{
		file: "review-before-the-fifth-birthday", duty: "LA-24:h1", asOf: "2026-03-02",
		events: "b1 person.born 2023-05-01\nl1 looked_after.started 2026-01-05\nh1 health_assessment.completed 2026-02-02 initial=true",
	},
	{
		file: "hours-after", duty: "EM-01:p1", asOf: "2026-10-27T14:30:00Z", events: "p1 police_protection.started 2026-10-24T09:00:00Z",
	},
	{
		file: "drift-by-the-working-day", duty: "DRI-1:w1", asOf: "2026-02-16", book: madeUp,
		events: "w1 work.started 2026-02-02 rec=2026-02-02T08:00:00Z",
	},
	{
		file: "drift-by-the-week", duty: "DRI-2:p1", asOf: "2026-03-02", book: madeUp, events: "p1 plan.started 2026-01-05 rec=2026-01-05T08:00:00Z",
	},
}

// everything is the shipped pack with every rule switched on.
var everything = casework.NewBook(everythingOn(), calendar.Published())

// numbered is the made-up law under an overlay that gives a duty without a number one.
var numbered = casework.NewBook(overMadeUp(`
timescales:
  - ref: NONE-1
    editions: [{limit: 10 working days, source: "Anytown procedures, 12"}]
`), calendar.Published())

func overMadeUp(text string) *timescale.Pack {
	pack, faults := load.Overlay(madeUp.Pack(), load.File{Name: "o.yaml", Text: "overlay: Anytown County Council\nlanguage: 1" + text})
	if len(faults) > 0 {
		panic(faults[0].String())
	}
	return pack
}

func TestNoDutyHasNoExplanation(t *testing.T) {
	t.Parallel()
	events := accepted(t, enquiry)
	if x := book.Explain(book.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-06")}), "CP-03:s9", events, nil); x != nil {
		t.Errorf("%+v", x)
	}
}

func TestAnExplanationIsForMachinesToo(t *testing.T) {
	t.Parallel()
	events := accepted(t, enquiry)
	x := book.Explain(book.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-06")}), "CP-03:s1", events, nil)
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"case": "C1", "duty": "CP-03:s1", "ref": "CP-03", "state": "running"} {
		if fields[name] != want {
			t.Errorf("%s: %v", name, fields[name])
		}
	}
	if list, _ := fields["skipped"].([]any); len(list) != 6 { // three weekends of January
		t.Errorf("skipped %v", fields["skipped"])
	}
}
