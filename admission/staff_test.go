package admission_test

import (
	"strings"
	"testing"

	"longstop/admission"
	"longstop/calendar"
	"longstop/casework"
)

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// staffEvent is an event of people and teams: its data are "name=value".
func staffEvent(id, kind, at string, data ...string) casework.Event {
	e := casework.Event{ID: id, Type: kind, At: casework.OnDay(date(at)), Data: casework.Data{}}
	for _, field := range data {
		name, value, _ := strings.Cut(field, "=")
		e.Data[name] = value
	}
	return e
}

// admitStaff hands staff events in on a day, at 10:00.
func admitStaff(history []casework.Event, day string, events ...casework.Event) admission.Admission {
	batch := make([]admission.Event, len(events))
	for i, e := range events {
		batch[i] = admission.Event{Event: admission.Prepare(e, "hr"), N: i}
	}
	return admission.Staff(history, batch, date(day).At(10, 0))
}

func TestEventsOfPeopleThatCannotBeTrustedAreRefused(t *testing.T) {
	t.Parallel()
	var history []casework.Event
	for _, e := range []casework.Event{
		staffEvent("p1", "staff.appointed", "2020-01-01", "worker=W1", "role=worker"),
		staffEvent("p2", "staff.appointed", "2020-01-01", "worker=W2", "role=worker"),
		{ID: "void", Voids: "p2"},
	} {
		a := admitStaff(history, "2026-11-02", e)
		if len(a.Added) != 1 {
			t.Fatalf("%s: %+v", e.ID, a.Refused)
		}
		history = append(history, a.Added[0].Event)
	}
	ofVoided := staffEvent("x", "staff.appointed", "2026-01-01", "worker=W2", "role=worker")
	ofVoided.Corrects = "p2"
	for _, tc := range []struct {
		name   string
		event  casework.Event
		reason string
	}{
		{"no worker", staffEvent("x", "staff.appointed", "2026-01-01", "role=worker"), "needs data.worker"},
		{"no role", staffEvent("x", "staff.appointed", "2026-01-01", "worker=W9"), "needs data.level"},
		{"two levels", staffEvent("x", "staff.appointed", "2026-01-01", "worker=W9", "role=worker", "level=team_manager"), "leave out data.role"},
		{"an unknown role", staffEvent("x", "staff.appointed", "2026-01-01", "worker=W9", "role=chief"), "data.role of staff.appointed must be one of"},
		{"no e-mail address", staffEvent("x", "staff.appointed", "2026-01-01", "worker=W9", "role=worker", "email=Ada <a@b>"), "e-mail"},
		{"an unknown type", staffEvent("x", "staff.promoted", "2026-01-01", "worker=W9"), "unknown type"},
		{"no day", casework.Event{ID: "x", Type: "staff.left", Data: casework.Data{"worker": "W1"}}, "when it happened"},
		{"a day to come", staffEvent("x", "staff.appointed", "2026-11-03", "worker=W1", "level=worker"), "before it happened"},
		{"a year that is a slip", staffEvent("x", "staff.left", "2062-11-03", "worker=W1"), "more than 2 years ahead"},
		{"an absence that ends before it begins", staffEvent("x", "staff.absent", "2026-11-02", "worker=W1", "until=2026-11-01"), "lies before"},
		{"an absence until no date", staffEvent("x", "staff.absent", "2026-11-02", "worker=W1", "until=soon"), "must be a date"},
		{"a cover for oneself", staffEvent("x", "staff.absent", "2026-11-02", "worker=W1", "cover=W1"), "covers for themselves"},
		{"a number for a name", casework.Event{ID: "x", Type: "staff.left", At: casework.OnDay(date("2026-01-01")), Data: casework.Data{"worker": 7}}, "needs data.worker"},
		{"a control character", staffEvent("x", "staff.appointed", "2026-01-01", "worker=W9", "role=worker", "name=a\nb"), "U+000A (line break)"},
		{"a void of nothing", casework.Event{ID: "x", Voids: "p99"}, "does not exist"},
		{"a void of a void", casework.Event{ID: "x", Voids: "void"}, "cannot be corrected or voided"},
		{"a correction of what was voided", ofVoided, "was voided on Mon 2 Nov 2026"},
		{"a second void", casework.Event{ID: "x", Voids: "p2"}, "was voided already"},
		{"the same id with other content", staffEvent("p1", "staff.left", "2026-01-01", "worker=W1"), "other content"},
		{"no id", staffEvent("", "staff.left", "2026-01-01", "worker=W1"), "no id"},
		{"a team without a name", staffEvent("x", "team.formed", "2026-01-01", "name=Team"), "needs data.team"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := admission.Staff(history, []admission.Event{{Event: admission.Prepare(tc.event, "hr")}}, date("2026-11-02").At(11, 0))
			if len(a.Refused) != 1 || len(a.Added) != 0 || !strings.Contains(a.Refused[0].Reason, tc.reason) {
				t.Fatalf("%+v, want a refusal that says %q", a, tc.reason)
			}
		})
	}
}

func TestATeamThatEndsBelowADirectorIsWarnedOf(t *testing.T) {
	t.Parallel()
	a := admitStaff(nil, "2026-11-02", staffEvent("t1", "team.formed", "2026-11-01", "team=T1", "head_of_service=H1"),
		staffEvent("t2", "team.formed", "2026-11-01", "team=T2", "director=D1"))
	if len(a.Added) != 2 || len(a.Warnings) != 1 || a.Warnings[0].Event != "t1" {
		t.Errorf("%+v", a)
	}
}

func TestWhatWouldHaveBeenAddedIsRefusedForOneReason(t *testing.T) {
	t.Parallel()
	one := staffEvent("p1", "staff.appointed", "2026-11-01", "worker=W1", "role=worker")
	held := admitStaff(nil, "2026-11-02", one).Added[0].Event
	a := admitStaff([]casework.Event{held}, "2026-11-03", one, staffEvent("p2", "staff.left", "2026-11-02", "worker=W1"))
	a.RefuseAll(casework.CodeClockAhead, "the clock is wrong")
	if a.Known != 1 || len(a.Added) != 0 || len(a.Refused) != 1 || a.Refused[0].Event != "p2" || a.Refused[0].Reason != "the clock is wrong" {
		t.Errorf("%+v", a)
	}
}
