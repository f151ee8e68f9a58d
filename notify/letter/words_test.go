package letter

import (
	"strings"
	"testing"

	"longstop/notify"
)

func TestRungsInWords(t *testing.T) {
	t.Parallel()
	for rung, want := range map[string]string{
		"0": "on the due date", "-10wd": "10 working days before the due date", "-1wd": "1 working day before the due date",
		"+1wd": "1 working day after the due date", "+10wd": "10 working days after the due date",
		"50%": "when 50% of the time had gone", "+4h": "4 hours after the time by which it was due", "9m": "at 9 months",
		"waiting": "a date that could not be worked out", "": "", "later": "later", "3x": "3x",
	} {
		if got := rungWords(rung); got != want {
			t.Errorf("%q is %q, want %q", rung, got, want)
		}
	}
}

func TestDatesAndInstantsAreShownInLondonsTime(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"2026-12-03":                "Thu 3 Dec 2026",
		"2026-07-01T23:30:00Z":      "00:30 on Thu 2 Jul 2026",
		"2026-12-03T09:00:00Z":      "09:00 on Thu 3 Dec 2026",
		"2026-12-03T09:00:00+01:00": "08:00 on Thu 3 Dec 2026",
		"soon":                      "soon",
		"":                          "",
	} {
		if got := oneLine(shortWhen(given)); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

func TestDaysBetweenAreLondonDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		days     int
		ok       bool
	}{
		{"2026-12-02", "2026-12-03", 1, true},
		{"2026-03-28", "2026-03-30", 2, true}, // the clocks go forward between them
		{"2026-07-01", "2026-07-01T23:30:00Z", 1, true},
		{"", "2026-12-03", 0, false},
		{"2026-12-03", "soon", 0, false},
	} {
		if days, ok := daysBetween(c.from, c.to); days != c.days || ok != c.ok {
			t.Errorf("from %q to %q: %d, %v", c.from, c.to, days, ok)
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
	m := assessment().Message("n7f3c2a9e41@longstop", "ada@council.example", "Ada Example")
	want := notify.Message{
		ID: "n7f3c2a9e41@longstop", To: "ada@council.example", ToName: "Ada Example", Subject: assessment().Subject(),
		Text: assessment().Text(), Notice: "n7f3c2a9e41", Role: "worker", Kind: notify.Reminder,
	}
	if m != want {
		t.Errorf("got %+v", m)
	}
	list := lists()["list"]
	if m := list.Message("x@longstop", "mo@council.example", "Mo"); m.Kind != notify.List || m.Notice != list.NoticeID || m.Text != list.Text() ||
		m.Role != "team_manager" || m.To != "mo@council.example" {
		t.Errorf("got %+v", m)
	}
}

func TestLettersThatLackSomethingStillReadWell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		letter Letter
		want   string
	}{
		"standing in for somebody who was refused": {
			with(assessment(), func(l *Letter) { l.Standing = Refused }), "because the message to the allocated worker could not be delivered.",
		},
		"a role of which nobody has heard": {with(assessment(), func(l *Letter) { l.Role = "" }), "You get it as the person responsible."},
		"late by hours and done": {
			with(custody(), func(l *Letter) { l.Kind, l.Outcome, l.MetOn = notify.Resolved, MetLate, "2026-12-06T11:00:00Z" }),
			"done, at 11:00 on Sunday 6 December 2026, after its time.",
		},
		"done, it is not said when": {
			with(custody(), func(l *Letter) { l.Kind, l.Outcome, l.MetOn = notify.Resolved, Met, "" }), "was done in time.",
		},
		"ended, it is not said why": {
			with(custody(), func(l *Letter) { l.Kind, l.Outcome, l.MetOn = notify.Resolved, Ended, "2026-12-06" }), "it ended, on Sunday 6 December 2026.",
		},
		"late and recorded late": {
			with(assessment(), func(l *Letter) { l.Kind, l.Outcome, l.RecordedLateDays = notify.Resolved, MetLate, 1 }),
			"It was recorded 1 day after it happened.",
		},
		"moved for a manager, it is not said from when": {
			with(assessment(), func(l *Letter) { l.Kind, l.Role = notify.Moved, "team_manager" }), "To be done by Tuesday 16 February 2027: Complete",
		},
		"moved, no date and nothing missing": {
			with(Letter{}, func(l *Letter) { l.Kind, l.DueWas = notify.Moved, "2027-02-16" }), "no longer stands for this.",
		},
		"no title": {with(Letter{}, func(l *Letter) { l.Kind, l.DutyTitle, l.Outcome = notify.Resolved, "Visit", Undone }), "“Visit” is not owed"},
		"no todo":  {with(Letter{}, func(l *Letter) { l.Due = "2026-12-03" }), "To do by Thursday 3 December 2026: "},
		"an hour's limit missed in an outage": {
			with(custody(), func(l *Letter) { l.Missed = []string{"0"} }), "the message for the time by which it was due.",
		},
		"waits, the missing thing has no name of an event": {
			with(assessment(), func(l *Letter) { l.Due, l.WaitingFor = "", "the day of birth" }), "record what is missing, the day of birth.",
		},
		"due today within hours": {
			with(custody(), func(l *Letter) { l.Today = "2026-12-06" }), "by 09:30 on Sunday 6 December 2026, today:",
		},
		"a limit without its start": {with(assessment(), func(l *Letter) { l.Started = "" }), "Limit: 45 working days Source:"},
		"an instant next":           {with(assessment(), func(l *Letter) { l.Next = []NextRung{{"team_manager", ""}} }), "the team manager is told."},
		"moved and already late": {
			with(assessment(), func(l *Letter) { l.Kind, l.DueWas, l.DaysLate, l.Overdue = notify.Moved, "2027-02-19", 2, true }), "To do now (2 days late):",
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
