package casework_test

import (
	"testing"
	"time"

	"longstop/casework"
)

func TestEditionsThatTakeOver(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, takeoverCases)
}

// An enquiry of 4 May is due in twelve weeks on 27 July; from 1 June in eight, on 29 June.
const began = "e1 enquiry.started 2026-05-04 rec=2026-05-04T10:00:00Z\n"

var takeoverCases = []foldCase{
	{
		name: "the day before, it has the limit that it started with", events: began,
		asOf: "2026-05-31", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-07-27 running`,
	},
	{
		name: "from its first day, that of the new edition, from its own start", events: began,
		asOf: "2026-06-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-06-29 running`,
	},
	{
		name: "what started on that day has it anyway, and what was closed before keeps the old",
		events: `
			e1 enquiry.started 2026-06-01 ep=A
			e2 enquiry.started 2026-05-04 ep=B
			s2 report.shared 2026-05-31 ep=B`,
		asOf: "2026-06-02", refs: []string{"MOVE-1"},
		want: `
			MOVE-1:e2 2026-05-04 2026-07-27 met ep=B met=2026-05-31
			MOVE-1:e1 2026-06-01 2026-07-27 running ep=A`,
	},
	{
		name: "met on that day it is judged by the new one", events: "e1 enquiry.started 2026-03-30\ns1 report.shared 2026-06-01",
		asOf: "2026-06-01", refs: []string{"MOVE-1"}, // eight weeks: 25 May
		want: `MOVE-1:e1 2026-03-30 2026-05-25 met_late met=2026-06-01 late=7`,
	},
	{
		name: "one that does not say so leaves what runs", events: "e1 enquiry.started 2026-08-10",
		asOf: "2026-09-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-08-10 2026-10-05 running`,
	},
	{
		name:   "what was extended keeps the later date",
		events: began + "x1 clock.extended 2026-05-20 ref=MOVE-1 until=2026-08-10 reason=r by=b role=o",
		asOf:   "2026-06-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-08-10 running`,
	},
	{
		name:   "the days of a pause are left out of the new count too",
		events: began + pause("p1", "2026-05-11", "MOVE-1") + resume("r1", "2026-05-18", "MOVE-1"),
		asOf:   "2026-06-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-07-06 running`,
	},
	{
		name:   "a clock that stands still on the day keeps the edition that it has",
		events: began + pause("p1", "2026-05-25", "MOVE-1") + resume("r1", "2026-06-08", "MOVE-1"),
		asOf:   "2026-06-08", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-08-10 running`,
	},
	{
		name: "hours run from the start, as before, and less a pause",
		events: `
			t1 talks.started 2026-05-30T10:00:00Z ep=A
			t2 talks.started 2026-05-30T10:00:00Z ep=B
			p2 clock.paused 2026-05-30T12:00:00Z ref=MOVE-2 reason=r by=b ep=B
			r2 clock.resumed 2026-05-31T12:00:00Z ref=MOVE-2 ep=B`,
		asOf: "2026-06-01", refs: []string{"MOVE-2"},
		want: `
			MOVE-2:t1 2026-05-30T10:00:00Z 2026-06-03T10:00:00Z running ep=A
			MOVE-2:t2 2026-05-30T10:00:00Z 2026-06-04T10:00:00Z running ep=B`,
	},
	{
		name: "taken over twice", events: "a1 application.made 2026-01-05",
		asOf: "2026-05-01", refs: []string{"MOVE-5"}, // 5 July, then 5 June, then 5 August
		want: `MOVE-5:a1 2026-01-05 2026-08-05 running`,
	},
	{
		name:   "an edition without a number takes the date away from what was paused too",
		events: "p1 placement.broken 2026-05-04\n" + pause("k1", "2026-05-11", "MOVE-3") + resume("r1", "2026-05-18", "MOVE-3"),
		asOf:   "2026-06-01", refs: []string{"MOVE-3"},
		want: `MOVE-3:p1 2026-05-04 - running local`,
	},
	{
		name: "an edition without a number takes the date away", events: "p1 placement.broken 2026-05-04",
		asOf: "2026-06-01", refs: []string{"MOVE-3"},
		want: `MOVE-3:p1 2026-05-04 - running local`,
	},
}

func TestADutySaysWhatTookItOverAndWhen(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, began)
	d := madeUp.Fold(events, casework.Moment{AsOf: instant(t, "2026-06-02")}).Duty("MOVE-1:e1")
	if len(d.Moves) != 1 {
		t.Fatalf("got %+v", d)
	}
	m := d.Moves[0]
	if m.On.String() != "2026-06-01" || m.From != "2026-07-27" || m.Until != "2026-06-29" || m.Replaced.Source != "Guidance on enquiries 2020" || d.Edition.Source != "Guidance on enquiries 2026" {
		t.Errorf("got %+v with %s", m, d.Edition.Source)
	}
	none := madeUp.Fold(acceptedBy(t, madeUp, "p1 placement.broken 2026-05-04"), casework.Moment{AsOf: instant(t, "2026-06-02")}).Duty("MOVE-3:p1")
	if len(none.Moves) != 1 || none.Moves[0].From != "2026-08-04" || none.Moves[0].Until != "" {
		t.Errorf("got %+v", none.Moves)
	}
}

func TestANewEditionIsToldOnce(t *testing.T) {
	t.Parallel()
	runMadeUpNotices(t, []noticeCase{
		{
			name: "nobody is told of a date that nobody was told", events: began,
			from: "2026-05-01", to: "2026-06-21", refs: []string{"MOVE-1"}, want: ``,
		},
		{
			name:   "who was told the old date is told the new one, once, on its first morning",
			events: "t1 talks.started 2026-04-08 rec=2026-04-08T10:00:00Z",
			from:   "2026-05-01", to: "2026-07-01", refs: []string{"MOVE-4"}, // 3 June, then 1 July
			want: `
				2026-05-27T09:00 MOVE-4 2026-06-03 -5wd worker reminder
				2026-06-01T09:00 MOVE-4 2026-07-01 worker moved
				2026-06-24T09:00 MOVE-4 2026-07-01 -5wd worker reminder
				2026-07-01T09:00 MOVE-4 2026-07-01 0 worker reminder`,
		},
		{
			name:   "a date that the new edition puts in the past has its ladder from that morning: nobody is blamed for what was no law",
			events: "e1 enquiry.started 2026-03-30 rec=2026-03-30T10:00:00Z",
			from:   "2026-05-01", to: "2026-06-10", refs: []string{"MOVE-1"}, // 22 June, then 25 May
			want: `
				2026-06-01T09:00 MOVE-1 2026-05-25 0 worker reminder
				2026-06-02T09:00 MOVE-1 2026-05-25 +1wd team_manager escalation
				2026-06-08T09:00 MOVE-1 2026-05-25 +5wd service_manager escalation`,
		},
		{
			name:   "its rungs are armed though no rung of the old date wakes anybody",
			events: "e1 enquiry.started 2026-05-11 rec=2026-05-11T10:00:00Z",
			from:   "2026-05-01", to: "2026-07-08", refs: []string{"MOVE-1"}, // 3 August, then 6 July; five working days before the first is 27 July
			want: `
				2026-06-29T09:00 MOVE-1 2026-07-06 -5wd worker reminder
				2026-07-06T09:00 MOVE-1 2026-07-06 0 worker reminder
				2026-07-07T09:00 MOVE-1 2026-07-06 +1wd team_manager escalation`,
		},
	})
}

func TestTheAgendaWakesForANewEdition(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, "p1 placement.broken 2026-05-04 rec=2026-05-04T10:00:00Z")
	ag := madeUp.Agenda(events, nil, instant(t, "2026-05-05T12:00:00Z"))
	want := day(t, "2026-06-01").Start()
	if w := ag.Wakes["Orders"]; !w.At.Equal(want) || w.Why != "a new edition: MOVE-3" {
		t.Errorf("got %+v, want %s", w, want.Format(time.RFC3339))
	}
}

func TestDriftThatRecurs(t *testing.T) {
	t.Parallel()
	runMadeUpNotices(t, driftInOtherUnits)
}

var driftInOtherUnits = []noticeCase{
	{
		name:   "the same day, and working days of the office's own calendar",
		events: "w1 work.started 2026-12-21 rec=2026-12-21T08:00:00Z",
		from:   "2026-12-01", to: "2027-01-20", refs: []string{"DRI-1"},
		want: `
			2026-12-21T09:00 DRI-1  0d worker drift
			2027-01-05T09:00 DRI-1  5wd team_manager drift
			2027-01-12T09:00 DRI-1  10wd service_manager drift
			2027-01-19T09:00 DRI-1  15wd service_manager drift`,
	},
	{
		name: "looked at, it begins anew, and nobody is told that it is resolved",
		events: `
			w1 work.started 2026-02-02 rec=2026-02-02T08:00:00Z
			l1 work.looked_at 2026-02-11T08:00:00Z rec=2026-02-11T08:00:00Z`,
		from: "2026-02-01", to: "2026-02-25", refs: []string{"DRI-1"},
		want: `
			2026-02-02T09:00 DRI-1  0d worker drift
			2026-02-09T09:00 DRI-1  5wd team_manager drift
			2026-02-11T09:00 DRI-1  0d worker drift
			2026-02-18T09:00 DRI-1  5wd team_manager drift
			2026-02-25T09:00 DRI-1  10wd service_manager drift`,
	},
	{
		name: "days and weeks, until it ends",
		events: `
			p1 plan.started 2026-01-03 rec=2026-01-03T08:00:00Z
			e1 plan.ended 2026-03-20 rec=2026-03-20T08:00:00Z`,
		from: "2026-01-01", to: "2026-06-01", refs: []string{"DRI-2"}, // from a Saturday: Saturdays, so Mondays
		want: `
			2026-01-19T09:00 DRI-2  14d team_manager drift
			2026-02-16T09:00 DRI-2  6w service_manager drift
			2026-03-02T09:00 DRI-2  8w service_manager drift
			2026-03-16T09:00 DRI-2  10w service_manager drift`,
	},
}

func TestADriftDutyIsMetAndBeginsAnew(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, []foldCase{{
		name: "by each review",
		events: `
			p1 plan.started 2026-01-05
			r1 plan.reviewed 2026-02-02
			r2 plan.reviewed 2026-03-30
			e1 plan.ended 2026-04-20`,
		asOf: "2026-05-01", refs: []string{"DRI-2"},
		want: `
			DRI-2:p1 2026-01-05 - met met=2026-02-02
			DRI-2:r1 2026-02-02 - met met=2026-03-30
			DRI-2:r2 2026-03-30 - ended ended=2026-04-20`,
	}})
}
