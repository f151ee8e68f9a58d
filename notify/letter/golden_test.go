package letter

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

var update = flag.Bool("update", false, "write the golden letters")

// assessment is a duty whose limit statutory guidance sets.
func assessment() Letter {
	return Letter{
		NoticeID: "n7f3c2a9e41", Kind: notify.Reminder, Role: "worker", Today: on("2027-02-09"),
		CaseReference: "KX-1042", DutyRef: "AS-01", DutyTitle: "Assessment of a child in need",
		Todo: "Complete and authorise the assessment.", Pathway: "Assessment",
		Started: on("2026-12-10"), StartedBy: "referral.received", LimitText: "45 working days",
		Status: "statutory guidance", Source: "Working Together to Safeguard Children 2023, chapter 3",
		Due: on("2027-02-16"), Rung: "-5wd",
		Next: []NextRung{{"worker", on("2027-02-15")}, {"team_manager", on("2027-02-17")}},
	}
}

// visit is a duty whose only limit is the council's own.
func visit() Letter {
	return Letter{
		NoticeID: "n20b8d5c077", Kind: notify.Reminder, Role: "worker", Today: on("2026-12-02"),
		CaseReference: "KX 77/2", DutyRef: "CP-10", DutyTitle: "Child protection visit",
		Todo: "Visit the child and see them, alone where that is right", Pathway: "ChildProtection",
		Started: on("2026-11-03"), StartedBy: "cp_visit.made", LimitText: "1 month",
		Status: "local", Source: "Cambridgeshire expectation (Ofsted inspection report, September 2012, paragraph 28)",
		Local: true, Due: on("2026-12-03"), Rung: "-1wd",
		Next: []NextRung{{"team_manager", on("2026-12-04")}},
	}
}

// custody is a duty whose limit runs in hours.
func custody() Letter {
	return Letter{
		NoticeID: "n5d", Kind: notify.Escalation, Role: "team_manager", Today: on("2026-12-05"),
		CaseReference: "KX-9", DutyRef: "EM-01", DutyTitle: "Police protection",
		Todo: "End police protection, or go to court.", Pathway: "EmergencyProtection",
		Started: on("2026-12-03T09:30:00Z"), StartedBy: "police_protection.started", LimitText: "72 hours",
		Status: "statute", Source: "Children Act 1989, section 46(6)",
		Due: on("2026-12-06T09:30:00Z"), Rung: "75%",
		Next: []NextRung{{"service_manager", on("2026-12-06T09:30:00Z")}},
	}
}

// on is the moment of a text: a day, or an instant.
func on(text string) When {
	w, err := whenOf(text)
	if err != nil {
		panic(err)
	}
	return w
}

func with(l Letter, change func(*Letter)) Letter {
	change(&l)
	return l
}

var letters = map[string]Letter{
	"reminder": assessment(),
	"reminder, due today": with(assessment(), func(l *Letter) {
		l.Today, l.Rung, l.Next = on("2027-02-16"), "0", []NextRung{{"team_manager", on("2027-02-17")}}
	}),
	"reminder of a local limit, due tomorrow": visit(),
	"reminder of a local limit as well as the law's": with(assessment(), func(l *Letter) {
		l.LocalDue, l.LocalLimitText, l.LocalSource = on("2027-01-26"), "30 working days", "Assessment protocol 2025"
		l.Provisional, l.Unread = true, true
	}),
	"reminder of a date that cannot be worked out": with(assessment(), func(l *Letter) {
		l.DutyRef, l.DutyTitle, l.Todo, l.Pathway = "LA-24", "Review health assessment", "Hold the review health assessment.", "LookedAfter"
		l.Due, l.WaitingFor, l.Rung, l.Next = When{}, "person.born", "waiting", nil
		l.LimitText, l.Source, l.Status = "", "Care Planning Regulations 2010, regulation 7", "regulation"
		l.StartedBy = "health_assessment.completed"
	}),
	"escalation": with(assessment(), func(l *Letter) {
		l.Kind, l.Role, l.Rung, l.Today = notify.Escalation, "team_manager", "+1wd", on("2027-02-17")
		l.Overdue, l.DaysLate = true, 1
		l.Next = []NextRung{{"service_manager", on("2027-02-23")}}
	}),
	"escalation of a local limit": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.Rung, l.Today = notify.Escalation, "service_manager", "+3wd", on("2026-12-08")
		l.Overdue, l.DaysLate = true, 5
		l.Missed, l.PerhapsTwice = []string{"0", "+1wd"}, true
		l.Next = []NextRung{{"head_of_service", on("2026-12-10")}}
	}),
	"escalation of a default of Longstop": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.Rung, l.Today, l.Default = notify.Escalation, "service_manager", "+3wd", on("2026-12-08"), true
		l.Overdue, l.DaysLate = true, 5
		l.Next = []NextRung{{"head_of_service", on("2026-12-10")}}
	}),
	"escalation of a default that the council has set since": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.Rung, l.Today, l.Default, l.Whose = notify.Escalation, "service_manager", "+3wd", on("2026-12-08"), true, setLater
		l.Overdue, l.DaysLate = true, 5
		l.Next = []NextRung{{"head_of_service", on("2026-12-10")}}
	}),
	"resolved, default of Longstop, done late": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.Today, l.Default = notify.Resolved, "team_manager", on("2026-12-10"), true
		l.Outcome, l.MetOn, l.DaysLate, l.Rung = MetLate, on("2026-12-09"), 6, ""
	}),
	"escalation to the head of service, as cover, known late": with(assessment(), func(l *Letter) {
		l.Kind, l.Role, l.Standing, l.Rung, l.Today = notify.Escalation, "head_of_service", organisation.Cover, "+10wd", on("2027-03-16")
		l.Overdue, l.DaysLate, l.Next, l.LadderFrom = true, 28, nil, on("2027-03-02")
	}),
	"escalation before a limit in hours": custody(),
	"escalation at a limit in hours": with(custody(), func(l *Letter) {
		l.Role, l.Standing, l.Rung, l.Today, l.Overdue = "service_manager", organisation.Vacant, "0", on("2026-12-06"), true
		l.Next = []NextRung{{"head_of_service", on("2026-12-06T13:30:00Z")}}
	}),
	"resolved, done late": with(assessment(), func(l *Letter) {
		l.Kind, l.Role, l.Outcome, l.MetOn, l.DaysLate = notify.Resolved, "team_manager", MetLate, on("2027-02-18"), 2
		l.Rung, l.Next = "", nil
	}),
	"resolved, done in time and recorded late": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.Outcome, l.MetOn, l.RecordedLateDays = notify.Resolved, "team_manager", Met, on("2026-12-02"), 6
		l.Rung, l.Next = "", nil
	}),
	"resolved, local limit, done late": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.Outcome, l.MetOn, l.DaysLate = notify.Resolved, "service_manager", MetLate, on("2026-12-09"), 6
		l.Rung, l.Next = "", nil
	}),
	"resolved, taken as done": with(assessment(), func(l *Letter) {
		l.Kind, l.Role, l.Outcome = notify.Resolved, "team_manager", TakenAsDone
	}),
	"resolved, not reported": with(assessment(), func(l *Letter) {
		l.Kind, l.Role, l.Outcome, l.Rung, l.Next = notify.Resolved, "team_manager", NotReported, "", nil
	}),
	"resolved, ended": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.Outcome, l.MetOn, l.EndedBy = notify.Resolved, "team_manager", Ended, on("2026-12-07"), "cp_plan.ended"
		l.Rung, l.Next = "", nil
	}),
	"resolved, undone": with(assessment(), func(l *Letter) {
		l.Kind, l.Role, l.Outcome, l.Rung, l.Next, l.Due = notify.Resolved, "team_manager", Undone, "", nil, When{}
	}),
	"moved": with(assessment(), func(l *Letter) {
		l.Kind, l.DueWas, l.Due, l.Rung = notify.Moved, on("2027-02-16"), on("2027-02-19"), ""
		l.MovedWhy = "the day of the referral was corrected from 10 to 15 December 2026"
		l.Next = []NextRung{{"worker", on("2027-02-12")}}
	}),
	"moved, no date any more": with(assessment(), func(l *Letter) {
		l.Kind, l.Role, l.DueWas, l.Due, l.Rung, l.Next = notify.Moved, "team_manager", on("2027-02-16"), When{}, "", nil
		l.WaitingFor = "assessment.started"
	}),
	"drift": with(visit(), func(l *Letter) {
		l.Kind, l.Role, l.DutyRef, l.DutyTitle, l.Rung = notify.Drift, "team_manager", "CP-13", "Length of the child protection plan", "9m"
		l.Todo = "Decide in supervision whether the plan is making the child safer, and what changes if it is not."
		l.Due, l.LimitText, l.Local, l.Status = When{}, "", true, "local"
		l.Started, l.StartedBy = on("2026-02-02"), "cp_plan.started"
		l.Next = []NextRung{{"service_manager", on("2027-05-04")}}
	}),
	"only what must be there": {Kind: notify.Reminder, Due: on("2026-12-03"), DutyRef: "X-1", Todo: "Do it"},
}

// setLater is whose a limit is that the council has set since.
const setLater = "a default of Longstop for what began before 4 January 2027, from when your council has set 2 weeks"

func lists() map[string]*Envelope {
	rows := []ListRow{
		{CaseReference: "KX-2", DutyRef: "AS-01", DutyTitle: "Assessment of a child in need", Due: on("2026-10-30"), DaysLate: 25, Local: false, Default: false, Whose: ""},
		{CaseReference: "KX-1", DutyRef: "AS-01", DutyTitle: "Assessment of a child in need", Due: on("2026-09-30"), DaysLate: 55, Local: false, Default: false, Whose: ""},
		{CaseReference: "KX-3", DutyRef: "CP-10", DutyTitle: "Child protection visit", Due: on("2026-11-20"), DaysLate: 4, Local: true, Default: false, Whose: ""},
		{CaseReference: "KX-5", DutyRef: "CN-02", DutyTitle: "Child in need visit", Due: on("2026-11-19"), DaysLate: 5, Local: true, Default: true, Whose: ""},
		{CaseReference: "KX-6", DutyRef: "CN-03", DutyTitle: "Child in need review", Due: on("2026-10-02"), DaysLate: 53, Local: true, Default: true, Whose: setLater},
		{CaseReference: "KX-4", DutyRef: "MI-01", DutyTitle: "Return interview", Due: on("2026-11-24T07:00:00Z"), DaysLate: 0, Local: false, Default: false, Whose: ""},
	}
	many := make([]ListRow, 0, 230)
	for i := range 230 {
		many = append(many, ListRow{
			CaseReference: "KX-" + strings.Repeat("i", i%7+1), DutyRef: "AS-01", DutyTitle: "Assessment of a child in need", Due: on("2026-11-01"), DaysLate: i,
		})
	}
	return map[string]*Envelope{
		"list": {
			NoticeID: "n0a1b2c3d4e", Role: "team_manager", Teams: []string{"T1"}, LoadedOn: on("2026-11-24"), From: on("2026-12-01"), Rows: rows,
		},
		"list of more than can be shown": {
			NoticeID: "n0a1b2c3d4e", Role: "head_of_service", Standing: organisation.Vacant, Teams: []string{"T1", "T 2", "T3", "T4"},
			LoadedOn: on("2026-11-24"), From: on("2026-12-01"), Rows: many, PerhapsTwice: true,
		},
		"list of several loads": {
			NoticeID: "n0a1b2c3d4e", Role: "team_manager", Teams: []string{"T1"}, LoadedOn: on("2026-11-23"), LoadedUntil: on("2026-11-25"), From: on("2026-12-01"), Rows: rows[:2],
		},
		"list of one": {NoticeID: "n1", Role: "service_manager", Rows: rows[:1]},
	}
}

func TestEveryLetterReadsAsItsGoldenFile(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for name, l := range letters {
		said[name] = "Subject: " + l.Subject() + "\n\n" + l.Text()
	}
	for name, l := range lists() {
		said[name] = "Subject: " + l.Subject() + "\n\n" + l.Text()
	}
	for name, l := range combinations() {
		said[name] = "Subject: " + l.Subject() + "\n\n" + l.Text()
	}
	for name, text := range said {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, text)
			keepsTheRules(t, text)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", strings.NewReplacer(" ", "-", ",", "", "'", "").Replace(name)+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the letter is not as %s has it (look, then go test ./notify/letter -update):\n%s", path, got)
	}
}

// keepsTheRules checks what holds for every letter.
func keepsTheRules(t *testing.T, text string) {
	t.Helper()
	subject, body, _ := strings.Cut(text, "\n")
	if strings.Contains(subject, "KX") {
		t.Errorf("the subject travels in the clear and names a case: %s", subject)
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if utf8.RuneCountInString(line) > Width && !strings.HasPrefix(line, "  starter ") {
			t.Errorf("a line of %d characters: %s", utf8.RuneCountInString(line), line)
		}
		if strings.ContainsAny(line, "\u00a0\t\r") {
			t.Errorf("a line with a character that is not plain text: %q", line)
		}
	}
	if strings.Contains(strings.ToLower(body), "due on ") {
		t.Error("a due date is a day by which, never the only day")
	}
}

func TestALimitThatNoLawSetsIsNeverSpokenOfAsABreach(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"local", "practice", "guidance"} {
		for _, kind := range []notify.Kind{notify.Reminder, notify.Escalation, notify.Resolved, notify.Moved, notify.Drift} {
			for _, role := range []timescale.Role{"worker", "team_manager", "service_manager", "head_of_service"} {
				l := with(visit(), func(l *Letter) {
					l.Local, l.Status, l.Kind, l.Role = status == "local", status, kind, role
					l.Overdue, l.DaysLate, l.Outcome, l.DueWas = true, 3, MetLate, on("2026-12-01")
					l.Source = "a protocol"
				})
				text := strings.ToLower(l.Subject() + "\n" + l.Text())
				text = strings.ReplaceAll(text, "\n", " ")
				for _, word := range []string{"overdue", "breach", "statutory", "days late", "unlawful"} {
					if strings.Contains(text, word) {
						t.Errorf("%s %s to %s says %q:\n%s", status, kind, role, word, text)
					}
				}
				said := strings.Contains(text, "no law sets it") || kind == notify.Drift && strings.Contains(text, "is not about a limit")
				if !said {
					t.Errorf("%s %s does not say that no law sets it:\n%s", status, kind, text)
				}
			}
		}
	}
}
