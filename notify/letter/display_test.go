package letter

import (
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/pathway"
	"longstop/timescale"
	"longstop/timescale/load"
)

func testBook() *casework.Book { return casework.NewBook(load.Embedded(), calendar.Published()) }

func londonTime(s string) time.Time {
	day, clock, _ := strings.Cut(s, " ")
	h, m := int(clock[0]-'0')*10+int(clock[1]-'0'), int(clock[3]-'0')*10+int(clock[4]-'0')
	return date0(day).At(h, m)
}

// pathwayEvent is an event of a case whose reference and id must not be seen.
func pathwayEvent(id, kind, at string, data casework.Data) casework.Event {
	return casework.Event{
		ID: "SECRET-" + id, Case: "SECRET-CHILD", Type: kind, At: casework.OnDay(date0(at)), Data: data,
		Recorded: date0(at).At(12, 0),
	}
}

func TestWhatAPathwayShows(t *testing.T) {
	t.Parallel()
	book := testBook()
	seen := casework.Data{"seen": true}
	for _, tc := range []struct {
		name    string
		events  []casework.Event
		pathway string
		now     string
		label   string
		rag     pathway.Rag
		dueAt   string
		table   []string // what the table must hold
	}{
		{
			"long before the first reminder it is green",
			[]casework.Event{pathwayEvent("1", "referral.received", "2026-11-02", nil)},
			pathway.Assessment, "2026-11-03 10:00", "1 open, next AS-01 due 2027-01-07", pathway.Green, "2027-01-07",
			[]string{"| AS-01 | 2027-01-07 | running |"},
		},
		{
			"from the first reminder on it is amber",
			[]casework.Event{pathwayEvent("1", "referral.received", "2026-11-02", nil)},
			pathway.Assessment, "2026-12-21 09:00", "1 open, next AS-01 due 2027-01-07", pathway.Amber, "2027-01-07", nil,
		},
		{
			"on its day it is amber and due today",
			[]casework.Event{pathwayEvent("1", "referral.received", "2026-11-02", nil)},
			pathway.Assessment, "2027-01-07 10:00", "1 open, next AS-01 due 2027-01-07", pathway.Amber, "2027-01-07",
			[]string{"due today"},
		},
		{
			"from midnight after its day it is red",
			[]casework.Event{pathwayEvent("1", "referral.received", "2026-11-02", nil)},
			pathway.Assessment, "2027-01-08 00:00", "1 open, 1 overdue (AS-01)", pathway.Red, "2027-01-07",
			[]string{"**overdue**"},
		},
		{
			"one overdue duty of several makes it red and is named once",
			[]casework.Event{
				pathwayEvent("1", "icpc.held", "2026-11-02", casework.Data{"outcome": "plan"}),
				pathwayEvent("2", "cp_plan.started", "2026-11-02", nil), pathwayEvent("3", "cp_visit.made", "2026-11-09", seen),
			},
			pathway.ChildProtection, "2026-11-20 10:00", "4 open, 1 overdue (CP-08)", pathway.Red, "2026-11-16",
			[]string{"| CP-08 | 2026-11-16 | **overdue** |", "| CP-13 | none | running |"},
		},
		{
			"what no source reports is shown, and is nothing to wait for",
			[]casework.Event{
				pathwayEvent("1", "cin_plan.started", "2026-11-02", nil),
				pathwayEvent("2", "source.attached", "2026-11-02", casework.Data{"name": "return", "reports": []any{"cin_plan.started"}}),
			},
			pathway.ChildInNeed, "2027-06-01 10:00", "2 that no source reports", pathway.Grey, "",
			[]string{"not reported"},
		},
		{
			"what waits for an event that gives it a date is open, and has none yet",
			[]casework.Event{pathwayEvent("1", "adoption_consent.sought", "2026-11-02", nil)},
			pathway.Adoption, "2026-11-05 10:00", "1 open, none with a date yet", pathway.Grey, "",
			[]string{"| AD-16 | none | waiting for person.born |"},
		},
		{
			"nothing open",
			[]casework.Event{
				pathwayEvent("1", "referral.received", "2026-11-02", nil), pathwayEvent("2", "assessment.completed", "2026-11-04", nil),
			},
			pathway.Assessment, "2026-11-05 10:00", "nothing open", pathway.Green, "", nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			now := londonTime(tc.now)
			d := Composer{}.Display(book, tc.pathway, book.Fold(tc.events, casework.Moment{AsOf: now}), "T1", "W1", now)
			if d.Label != tc.label || d.Rag != tc.rag {
				t.Errorf("got %q and %s, want %q and %s", d.Label, d.Rag, tc.label, tc.rag)
			}
			if tc.dueAt == "" != d.DueAt.IsZero() || tc.dueAt != "" && calendar.DateOf(d.DueAt).String() != tc.dueAt {
				t.Errorf("due at %v, want %q", d.DueAt, tc.dueAt)
			}
			for _, part := range tc.table {
				if !strings.Contains(d.Table, part) {
					t.Errorf("the table does not hold %q:\n%s", part, d.Table)
				}
			}
			if strings.Contains(d.Table+d.Label, "SECRET") {
				t.Errorf("a reference or an id of a source is shown:\n%s", d.Table)
			}
		})
	}
}

// A limit that no law sets looks unlike one that law sets, wherever it has passed.
func TestWhatAPathwayShowsOfALimitThatNoLawSets(t *testing.T) {
	t.Parallel()
	pack, faults := load.Overlay(load.Embedded(), load.File{Name: "anytown.yaml", Text: "overlay: Anytown\nlanguage: 1\ntimescales:\n" +
		"  - {ref: AS-01, editions: [{local_limit: 10 working days, source: A}]}\n  - {ref: CN-03, confirmed: true}\n" +
		"  - {ref: CN-02, editions: [{from: 2026-11-16, limit: 3 weeks, source: A}]}\n"})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	book := casework.NewBook(pack, calendar.Published())
	referral := []casework.Event{pathwayEvent("1", "referral.received", "2026-11-02", nil)} // 16 November here, 7 January by law
	plan := []casework.Event{
		pathwayEvent("1", "icpc.held", "2026-11-02", casework.Data{"outcome": "plan"}), // a core group by 16 November
		pathwayEvent("2", "cp_plan.started", "2026-11-02", nil),                        // a visit by 2 December
	}
	for _, tc := range []struct {
		name    string
		events  []casework.Event
		pathway string
		now     string
		label   string
		rag     pathway.Rag
		overdue int
		local   int
		row     string
	}{
		{
			"the council's own date as well as that of law, on its day",
			referral, pathway.Assessment, "2026-11-16 23:59",
			"1 open, next AS-01 due 2027-01-07 (local 2026-11-16)", pathway.Green, 0, 0, "| running |",
		},
		{
			"and after it",
			referral, pathway.Assessment, "2026-11-17 00:00",
			"1 open, 1 past a limit that no law sets (AS-01)", pathway.Local, 0, 1, "| past the council's own limit |",
		},
		{
			"and past both",
			referral, pathway.Assessment, "2027-01-08 00:00",
			"1 open, 1 overdue (AS-01)", pathway.Red, 1, 0, "| **overdue** |",
		},
		{
			"a default that the council has set from a later day on",
			[]casework.Event{pathwayEvent("1", "cin_plan.started", "2026-11-02", nil)},
			pathway.ChildInNeed, "2026-12-01 10:00",
			"2 open, 1 past a limit that no law sets (CN-02)", pathway.Local, 0, 1,
			"| CN-02 | 2026-11-30 | past a default of Longstop for what began before 16 November 2026, from when your council has set 3 weeks |",
		},
		{
			"a default that was confirmed",
			[]casework.Event{
				pathwayEvent("1", "cin_plan.started", "2026-08-03", nil),
				pathwayEvent("2", "cin_visit.made", "2026-11-03", casework.Data{"seen": true}),
			},
			pathway.ChildInNeed, "2026-11-05 10:00",
			"2 open, 1 past a limit that no law sets (CN-03)", pathway.Local, 0, 1, "| CN-03 | 2026-11-03 | past the council's own limit |",
		},
		{
			"one of each: law comes first",
			plan, pathway.ChildProtection, "2026-12-03 10:00",
			"4 open, 1 overdue (CP-08), 1 past a limit that no law sets (CP-10)", pathway.Red, 1, 1,
			"| CP-10 | 2026-12-02 | past a default of Longstop, which your council has not set |",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			now := londonTime(tc.now)
			d := Composer{}.Display(book, tc.pathway, book.Fold(tc.events, casework.Moment{AsOf: now}), "T1", "W1", now)
			if d.Label != tc.label || d.Rag != tc.rag || d.OverdueDuties != tc.overdue || d.LocalDuties != tc.local {
				t.Errorf("got %q, %s, %d and %d; want %q, %s, %d and %d",
					d.Label, d.Rag, d.OverdueDuties, d.LocalDuties, tc.label, tc.rag, tc.overdue, tc.local)
			}
			if len(d.OverdueRefs) != tc.overdue {
				t.Errorf("by law %v are overdue", d.OverdueRefs)
			}
			if !strings.Contains(d.Table, tc.row) {
				t.Errorf("the table does not hold %q:\n%s", tc.row, d.Table)
			}
		})
	}
}

func TestALongTableIsCutOffAndSaysHowMuch(t *testing.T) {
	t.Parallel()
	book := testBook()
	var events []casework.Event
	for i := range maxTableRows + 3 {
		e := pathwayEvent(string(rune('A'+i)), "referral.received", "2026-11-02", nil)
		e.Episode = string(rune('A' + i))
		events = append(events, e)
	}
	now := londonTime("2026-11-02 10:00")
	d := Composer{}.Display(book, pathway.FrontDoor, book.Fold(events, casework.Moment{AsOf: now}), "", "", now)
	if rows := strings.Count(d.Table, "\n"); rows != maxTableRows+3 || !strings.Contains(d.Table, "| and 3 more |") {
		t.Errorf("%d rows:\n%s", rows, d.Table)
	}
}

func date0(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestASummaryNamesTheStepAndWhoIsToldInTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]casework.Notice{
		"remind social worker or lead practitioner: CP-10, the step “5 working days before the due date”": {Kind: casework.Reminder, Ref: "CP-10", Rung: "-5wd", Role: timescale.Worker},
		"escalate to team manager: CP-10, the step “1 working day after the due date”":                    {Kind: casework.Escalation, Ref: "CP-10", Rung: "+1wd", Role: timescale.TeamManager},
		"alert service manager: CP-13, the step “after 15 months”":                                        {Kind: casework.Drift, Ref: "CP-13", Rung: "15m", Role: timescale.ServiceManager},
		"tell team manager: AS-01 is done, or is owed no more":                                            {Kind: casework.Resolved, Ref: "AS-01", Role: timescale.TeamManager},
		"tell social worker or lead practitioner: CP-11 has another due date":                             {Kind: casework.Moved, Ref: "CP-11", Role: timescale.Worker},
	} {
		if got := (Composer{}).Summary(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
