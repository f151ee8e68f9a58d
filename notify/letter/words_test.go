package letter

import (
	"reflect"
	"strings"
	"testing"

	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

func TestDatesAndInstantsAreShownInLondonsTime(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"2026-12-03":                "Thu 3 Dec 2026",
		"2026-07-01T23:30:00Z":      "00:30 on Thu 2 Jul 2026",
		"2026-12-03T09:00:00Z":      "09:00 on Thu 3 Dec 2026",
		"2026-12-03T09:00:00+01:00": "08:00 on Thu 3 Dec 2026",
		"":                          "",
	} {
		if got := oneLine(on(given).short()); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

func TestWhatTheRecordKeepsOfADateIsReadBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026-12-03", "2026-07-01T23:30:00Z", ""} {
		if kept, err := on(text).MarshalText(); err != nil || string(kept) != text {
			t.Errorf("%q is kept as %q, %v", text, kept, err)
		}
	}
	var w When
	if err := w.UnmarshalText([]byte("soon")); err == nil {
		t.Errorf("%q is read as %v", "soon", w)
	}
}

func TestTodayAndTomorrowAreLondonDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ today, due, want string }{
		{"2026-12-02", "2026-12-03", "by tomorrow, Thursday 3 December 2026"},
		{"2026-03-28", "2026-03-30", "by Monday 30 March 2026"}, // the clocks go forward between them
		{"2026-07-01", "2026-07-01T23:30:00Z", "by 00:30 on Thursday 2 July 2026, tomorrow"},
		{"", "2026-12-03", "by Thursday 3 December 2026"},
	} {
		if got := oneLine(Letter{Today: on(c.today), Due: on(c.due)}.deadline()); got != c.want {
			t.Errorf("on %q, %q is %q, want %q", c.today, c.due, got, c.want)
		}
	}
}

func TestEventNamesInWords(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"referral.received": "referral received", "cp_visit.made": "CP visit made", "icpc.held": "ICPC held",
		"the plan ended": "the plan ended", "birthday": "birthday", "see reg. 5": "see reg. 5",
	} {
		if got := eventWords(given); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

func TestCommandsCanBeTypedAsTheyStand(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"KX-1042": "KX-1042", "A/7:b@c_d.e": "A/7:b@c_d.e", "KX 7": "'KX 7'", "O'Neil": `'O'\''Neil'`, "$(rm)": "'$(rm)'", "": "''",
	} {
		if got := ShellWord(given); got != want {
			t.Errorf("%q is %s, want %s", given, got, want)
		}
	}
}

func TestNothingFromARecordCanAddALineOrAHeader(t *testing.T) {
	t.Parallel()
	l := assessment()
	l.CaseReference = "KX-1\r\nBcc: x@y.example\u2028\x1b[2J\u202e"
	l.DutyTitle = "Title\nBcc: x@y.example"
	if s := l.Subject(); strings.ContainsAny(s, "\r\n\u2028\x1b\u202e") {
		t.Errorf("the subject has more than one line: %q", s)
	}
	text := l.Text()
	if strings.ContainsAny(text, "\r\u2028\x1b\u202e") || strings.Contains(text, "\nBcc") {
		t.Errorf("a field has broken out of its line:\n%q", text)
	}
}

func TestAWordLongerThanALineKeepsALineOfItsOwn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", Width+10)
	var p page
	p.para("before " + long + " after")
	if got, want := p.String(), "before\n"+long+"\nafter\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAMessageCarriesWhatTheRecordNeeds(t *testing.T) {
	t.Parallel()
	e := Envelope{NoticeID: "n7f3c2a9e41", Role: timescale.Worker, Letters: []Letter{assessment()}}
	m := e.Message("n7f3c2a9e41@longstop", "ada@council.example", "Ada Example")
	want := notify.Message{
		ID: "n7f3c2a9e41@longstop", To: "ada@council.example", ToName: "Ada Example", Subject: assessment().Subject(),
		Text: assessment().Text(), Notice: "n7f3c2a9e41", Role: "worker", Kind: notify.Reminder,
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("got %+v", m)
	}
	list := lists()["list"]
	if m := list.Message("x@longstop", "mo@council.example", "Mo"); m.Kind != notify.List || m.Notice != list.NoticeID || m.Text != list.Text() ||
		m.Role != "team_manager" || m.To != "mo@council.example" {
		t.Errorf("got %+v", m)
	}
}

// Each reason that a notice can have for its person is put into words of its own.
func TestALetterSaysWhyItIsThisPersonWhoGetsIt(t *testing.T) {
	t.Parallel()
	for why, want := range map[organisation.Why]string{
		organisation.InRole:     "You get it as the team manager.",
		organisation.Cover:      "You get it as cover for the team manager.",
		organisation.Acting:     "You get it because you act for the team manager, whose post is vacant.",
		organisation.Vacant:     "You get it because there is no team manager to tell.",
		organisation.Refused:    "You get it because the message to the team manager could not be delivered.",
		organisation.NoLevel:    "You get it because no team manager stands above the team.",
		organisation.OwnCase:    "You get it because the team manager holds the case.",
		organisation.Alone:      "You get it as the team manager, although you hold the case yourself: nobody else can be told who manages it.",
		organisation.NoPart:     "You get it because nobody is recorded as team manager in this case.",
		organisation.Together:   "You get it because your team holds the case together.",
		organisation.Supervises: "You get it as supervisor of the social worker or lead practitioner who holds the case.",
		organisation.OnDuty:     "You get it because it concerns hours, and you are the team for them outside office hours.",
	} {
		if got := because(timescale.TeamManager, why); got != want {
			t.Errorf("%q: %q, want %q", why, got, want)
		}
	}
}

func TestLettersThatLackSomethingStillReadWell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		letter Letter
		want   string
	}{
		"standing in for somebody who was refused": {
			with(assessment(), func(l *Letter) { l.Standing = organisation.Refused }), "because the message to the social worker or lead practitioner could not be delivered.",
		},
		"an unknown role": {with(assessment(), func(l *Letter) { l.Role = "" }), "You get it as the person responsible."},
		"late by hours and done": {
			with(custody(), func(l *Letter) { l.Kind, l.Outcome, l.MetOn = notify.Resolved, MetLate, on("2026-12-06T11:00:00Z") }),
			"done, at 11:00 on Sunday 6 December 2026, out of timescale.",
		},
		"done, it is not said when": {
			with(custody(), func(l *Letter) { l.Kind, l.Outcome, l.MetOn = notify.Resolved, Met, When{} }), "was done in timescale.",
		},
		"ended, it is not said why": {
			with(custody(), func(l *Letter) { l.Kind, l.Outcome, l.MetOn = notify.Resolved, Ended, on("2026-12-06") }), "it ended, on Sunday 6 December 2026.",
		},
		"late and recorded late": {
			with(assessment(), func(l *Letter) { l.Kind, l.Outcome, l.RecordedLateDays = notify.Resolved, MetLate, 1 }),
			"It was recorded 1 day after it happened.",
		},
		"moved for a manager, it is not said from when": {
			with(assessment(), func(l *Letter) { l.Kind, l.Role = notify.Moved, "team_manager" }), "To be done by Tuesday 16 February 2027: Complete",
		},
		"moved, no date and nothing missing": {
			with(Letter{}, func(l *Letter) { l.Kind, l.DueWas = notify.Moved, on("2027-02-16") }), "no longer stands for this.",
		},
		"no title": {with(Letter{}, func(l *Letter) { l.Kind, l.DutyTitle, l.Outcome = notify.Resolved, "Visit", Undone }), "“Visit” is not owed"},
		"no todo":  {with(Letter{}, func(l *Letter) { l.Due = on("2026-12-03") }), "To do by Thursday 3 December 2026: "},
		"an hour's limit missed in an outage": {
			with(custody(), func(l *Letter) { l.Missed = []string{"0"} }), "the message for the time by which it was due.",
		},
		"waits, the missing thing has no name of an event": {
			with(assessment(), func(l *Letter) { l.Due, l.WaitingFor = When{}, "the day of birth" }), "record what is missing, the day of birth.",
		},
		"due today within hours": {
			with(custody(), func(l *Letter) { l.Today = on("2026-12-06") }), "by 09:30 on Sunday 6 December 2026, today:",
		},
		"a limit without its start": {with(assessment(), func(l *Letter) { l.Started = When{} }), "Limit: 45 working days Source:"},
		"an instant next":           {with(assessment(), func(l *Letter) { l.Next = []NextRung{{"team_manager", When{}}} }), "the team manager is told."},
		"moved and already late": {
			with(assessment(), func(l *Letter) { l.Kind, l.DueWas, l.DaysLate, l.Overdue = notify.Moved, on("2027-02-19"), 2, true }), "To do now (2 days late):",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := c.letter.Text()
			if !strings.Contains(words(text), words(c.want)) {
				t.Errorf("it does not say %q:\n%s", c.want, text)
			}
			if c.letter.Subject() == "" && c.letter.DutyRef != "" {
				t.Error("it has no subject")
			}
		})
	}
}

// words is a text without its line breaks.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }
