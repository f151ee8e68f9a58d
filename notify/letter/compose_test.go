package letter

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"longstop/casework"
	"longstop/notify"
	"longstop/timescale"
)

// enquiry is a section 47 enquiry from Mon 5 Jan 2026: its conference (CP-03) is due 15 working days
// later, by Mon 26 Jan.
func enquiry(more ...casework.Event) []casework.Event {
	return append([]casework.Event{happened("s1", "strategy_discussion.held", "2026-01-05", "2026-01-05", casework.Data{"s47": true})}, more...)
}

// happened is an event of the case KX-1 that was recorded at noon of a day.
func happened(id, kind, at, recorded string, data casework.Data) casework.Event {
	return casework.Event{ID: id, Case: "KX-1", Type: kind, At: casework.When(on(at)), Data: data, Recorded: date0(recorded).At(12, 0)}
}

// conference is a notice about the conference of the enquiry.
func conference(kind casework.Kind, rung string, role timescale.Role) casework.Notice {
	return casework.Notice{Duty: "CP-03:s1", Ref: "CP-03", Pathway: "Section47", Due: "2026-01-26", Rung: rung, Role: role, Kind: kind}
}

// enclosed is a notice with its case as it stands at noon of a day.
func enclosed(n casework.Notice, day string, events []casework.Event) casework.Enclosed {
	book, now := testBook(), date0(day).At(12, 0)
	return casework.Enclosed{ID: "n1", Notice: n, Case: &casework.Situation{
		Reference: "KX-1", Events: events, Book: book, Plan: book.Fold(events, casework.At(now)), Told: []casework.Notice{n}, At: now,
	}}
}

// composed is what the record keeps of notices to a person, read back.
func composed(t *testing.T, day string, notices ...casework.Enclosed) Envelope {
	t.Helper()
	kept, err := Composer{}.Compose(&casework.Envelope{ID: "n1", Role: "worker", Today: date0(day), Notices: notices})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Read(kept)
	if err != nil {
		t.Fatal(err)
	}
	if e.NoticeID != "n1" || e.CaseReference != "KX-1" || e.Today != on(day) || len(e.Letters) != len(notices) {
		t.Errorf("the envelope is %+v", e)
	}
	return e
}

func TestALetterSaysWhatIsOwedSinceWhenAndWhoIsToldNext(t *testing.T) {
	t.Parallel()
	e := composed(t, "2026-01-22", enclosed(conference(casework.Reminder, "-2wd", "worker"), "2026-01-22", enquiry()))
	got := e.Letters[0]
	want := Letter{
		NoticeID: "n1", Kind: notify.Reminder, Role: "worker", Today: on("2026-01-22"), CaseReference: "KX-1",
		DutyRef: "CP-03", DutyTitle: "Initial child protection conference", Pathway: "Section47",
		Todo:    "Hold the initial child protection conference, or record that none is needed.",
		Started: on("2026-01-05"), StartedBy: "strategy_discussion.held", LimitText: "15 working days",
		Status: "statutory guidance", Source: "Working Together to Safeguard Children 2023, chapter 3 (timing of the initial conference)", Due: on("2026-01-26"), Rung: "-2wd",
		// The worker's own step on the day itself is not "next"; each other role is there once.
		Next: []NextRung{
			{"team_manager", on("2026-01-27")}, {"service_manager", on("2026-01-29")}, {"head_of_service", on("2026-02-02")},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// Police protection from 22:00 on Thu 5 Mar 2026 may last until 22:00 on Sun 8 Mar. At half of it, at
// 10:00 on Saturday, the worker is told; the worker's own step at three quarters is not "next".
func TestALetterOfALimitInHoursSaysTheHourAtWhichTheNextIsTold(t *testing.T) {
	t.Parallel()
	events := []casework.Event{happened("p1", "police_protection.started", "2026-03-05T22:00:00Z", "2026-03-06", nil)}
	n := casework.Notice{
		Duty: "EM-01:p1", Ref: "EM-01", Pathway: "EmergencyProtection", Due: "2026-03-08T22:00:00Z", Rung: "50%", Role: "worker", Kind: casework.Reminder,
	}
	l := composed(t, "2026-03-07", enclosed(n, "2026-03-07", events)).Letters[0]
	next := []NextRung{
		{"team_manager", on("2026-03-08T04:00:00Z")}, {"service_manager", on("2026-03-08T22:00:00Z")}, {"head_of_service", on("2026-03-09T02:00:00Z")},
	}
	if !reflect.DeepEqual(l.Next, next) || l.Started != on("2026-03-05T22:00:00Z") || l.LimitText != "72 hours" || l.Overdue {
		t.Errorf("got %+v", l)
	}
}

func TestALetterAboutSeveralNoticesSaysOfNoneWhoIsToldNext(t *testing.T) {
	t.Parallel()
	n := enclosed(conference(casework.Reminder, "0", "worker"), "2026-01-26", enquiry())
	for _, l := range composed(t, "2026-01-26", n, n).Letters {
		if l.Next != nil || l.DutyTitle == "" {
			t.Errorf("got %+v", l)
		}
	}
}

func TestALetterSaysHowLateADutyIs(t *testing.T) {
	t.Parallel()
	for day, late := range map[string]int{"2026-01-26": 0, "2026-01-27": 1, "2026-01-29": 3} {
		l := composed(t, day, enclosed(conference(casework.Escalation, "+1wd", "team_manager"), day, enquiry())).Letters[0]
		if l.Overdue != (late > 0) || l.DaysLate != late {
			t.Errorf("on %s: overdue %t, by %d days", day, l.Overdue, l.DaysLate)
		}
	}
}

func TestALetterSaysHowADutyCameToBeOwedNoLonger(t *testing.T) {
	t.Parallel()
	plan := casework.Data{"outcome": "plan"}
	for _, c := range []struct {
		name   string
		events []casework.Event
		want   Letter
	}{
		{
			"done on its day", enquiry(happened("i1", "icpc.held", "2026-01-26", "2026-01-26", plan)),
			Letter{Outcome: Met, MetOn: on("2026-01-26")},
		},
		{
			"done in time and recorded two days later", enquiry(happened("i1", "icpc.held", "2026-01-26", "2026-01-28", plan)),
			Letter{Outcome: Met, MetOn: on("2026-01-26"), RecordedLateDays: 2},
		},
		{
			"done two days late", enquiry(happened("i1", "icpc.held", "2026-01-28", "2026-01-28", plan)),
			Letter{Outcome: MetLate, MetOn: on("2026-01-28"), DaysLate: 2},
		},
		{
			"ended", enquiry(happened("n1", "icpc.not_required", "2026-01-20", "2026-01-20", nil)),
			Letter{Outcome: Ended, MetOn: on("2026-01-20"), EndedBy: "icpc.not_required"},
		},
		{
			"ended by the 18th birthday, not by an event",
			enquiry(happened("b1", "person.born", "2008-01-21", "2026-01-06", nil)),
			Letter{Outcome: Ended, MetOn: on("2026-01-21"), EndedBy: "birthday"},
		},
		{
			"what started it was voided", enquiry(casework.Event{ID: "x1", Case: "KX-1", Voids: "s1", At: casework.When(on("2026-01-28")), Recorded: date0("2026-01-28").At(12, 0)}),
			Letter{Outcome: Undone},
		},
		{
			"and is open again by the time of the letter", enquiry(),
			Letter{Outcome: Undone, DaysLate: 4},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := composed(t, "2026-01-30", enclosed(conference(casework.Resolved, "", "team_manager"), "2026-01-30", c.events)).Letters[0]
			got := Letter{Outcome: l.Outcome, MetOn: l.MetOn, EndedBy: l.EndedBy, RecordedLateDays: l.RecordedLateDays, DaysLate: l.DaysLate}
			if !reflect.DeepEqual(got, c.want) || l.Overdue || l.Next != nil {
				t.Errorf("got %+v", l)
			}
		})
	}
}

func TestALetterSaysFromWhichDateADutyMoved(t *testing.T) {
	t.Parallel()
	n := enclosed(conference(casework.Moved, "", "worker"), "2026-01-12", enquiry())
	n.DueBefore = "2026-01-23"
	if l := composed(t, "2026-01-12", n).Letters[0]; l.DueWas != on("2026-01-23") || l.Due != on("2026-01-26") || l.Next != nil {
		t.Errorf("got %+v", l)
	}
	for _, spoil := range []func(*casework.Enclosed){
		func(n *casework.Enclosed) { n.DueBefore = "soon" },
		func(n *casework.Enclosed) { n.Notice.Due = "soon" },
	} {
		spoilt := n
		spoil(&spoilt)
		if made, err := (Composer{}).Compose(&casework.Envelope{ID: "n1", Notices: []casework.Enclosed{spoilt}}); err == nil || !strings.Contains(err.Error(), "notice n1") {
			t.Errorf("made %s, %v", made, err)
		}
	}
}

// A backlog of two: by law, and by a default that no law sets.
func TestAListNamesWhatIsOverdueAndWhatNoLawSets(t *testing.T) {
	t.Parallel()
	book, now := testBook(), date0("2026-01-30").At(12, 0)
	events := enquiry(happened("p1", "cin_plan.started", "2025-12-01", "2026-01-29", nil))
	plan := book.Fold(events, casework.At(now))
	b := &casework.Backlog{Teams: []string{"T1"}, First: date0("2026-01-29"), Last: date0("2026-01-29"), From: date0("2026-02-06"), Book: book, At: now}
	for _, id := range []string{"CP-03:s1", "CN-02:p1"} {
		b.Duties = append(b.Duties, casework.Arrear{Reference: "KX-1", Duty: *plan.Duty(id)})
	}
	kept, err := Composer{}.Compose(&casework.Envelope{ID: "n1", Role: "team_manager", Today: date0("2026-01-30"), Backlog: b})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Read(kept)
	if err != nil {
		t.Fatal(err)
	}
	want := []ListRow{
		{CaseReference: "KX-1", DutyRef: "CP-03", DutyTitle: "Initial child protection conference", Due: on("2026-01-26"), DaysLate: 4, Duty: "CP-03:s1"},
		// four weeks from Mon 1 Dec 2025
		{CaseReference: "KX-1", DutyRef: "CN-02", DutyTitle: "Child in need visit", Due: on("2025-12-29"), DaysLate: 32, Local: true, Default: true, Duty: "CN-02:p1", Whose: longstopsDefault},
	}
	if !reflect.DeepEqual(e.Rows, want) || e.LoadedOn != on("2026-01-29") || e.LoadedUntil != on("2026-01-29") || e.From != on("2026-02-06") {
		t.Errorf("got %+v", e)
	}
	listed, err := Composer{}.Listed(kept)
	if err != nil || !reflect.DeepEqual(listed, []casework.Listed{
		{Reference: "KX-1", Duty: "CP-03:s1", Ref: "CP-03", Due: "2026-01-26", Named: true},
		{Reference: "KX-1", Duty: "CN-02:p1", Ref: "CN-02", Due: "2025-12-29", Named: true},
	}) {
		t.Errorf("listed %+v, %v", listed, err)
	}
}

func TestWhatTheRecordKeepsThatIsNoLetterIsAnError(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{"", "[]", `"letter"`, `{"Today": "soon"}`, `{"Due": "soon"}`, `{"Letters": [{"Due": "soon"}]}`} {
		if e, err := Read([]byte(kept)); err == nil || !strings.HasPrefix(err.Error(), "reading a letter: ") {
			t.Errorf("%s is read as %+v, %v", kept, e, err)
		}
		if list, err := (Composer{}).Listed([]byte(kept)); err == nil {
			t.Errorf("%s lists %+v", kept, list)
		}
	}
}

// The record of an earlier release holds a single letter without its envelope.
func TestALetterWithoutItsEnvelopeIsReadToo(t *testing.T) {
	t.Parallel()
	e, err := Read([]byte(`{"NoticeID": "n1", "Kind": "reminder", "DutyTitle": "Visit", "Due": "2026-12-03"}`))
	if err != nil || len(e.Letters) != 1 || e.NoticeID != "n1" || e.Letters[0].DutyTitle != "Visit" || e.Letters[0].Due != on("2026-12-03") {
		t.Errorf("got %+v, %v", e, err)
	}
}

// Two of one day go by their hours, whatever their references say.
func TestOfOneDayWhatPassedFirstIsListedFirst(t *testing.T) {
	t.Parallel()
	early, late := time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC), time.Date(2026, 11, 24, 19, 0, 0, 0, time.UTC)
	row := func(ref string, at time.Time) ListRow {
		return ListRow{CaseReference: ref, DutyRef: "MI-01", Due: When(casework.AtInstant(at))}
	}
	l := list{Rows: []ListRow{row("KX-1", late), row("KX-2", early)}}
	if got := l.shown(); got[0].CaseReference != "KX-2" || got[1].CaseReference != "KX-1" {
		t.Errorf("got %+v", got)
	}
}

func TestASubjectNamesTheFirstEightCharactersOfTheNotice(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"": "Visit", "n1": "Visit [n1]", "12345678": "Visit [12345678]", "123456789": "Visit [12345678]"} {
		if got := subjectLine("Visit", id); got != want {
			t.Errorf("of %q: %q, want %q", id, got, want)
		}
	}
}
