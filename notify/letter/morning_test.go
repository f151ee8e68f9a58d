package letter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/notify"
	"longstop/organisation"
)

func tray(today string, desk *Desk, letters ...Letter) Envelope {
	e := Envelope{NoticeID: "t41c0ffee-0000", Role: "worker", Today: on(today), Morning: true, Desk: desk, Letters: letters}
	for i := range e.Letters {
		e.Letters[i].Today = on(today)
	}
	return e
}

// late is an escalation of an assessment.
func late(ref, id string, change ...func(*Letter)) Letter {
	l := with(assessment(), func(l *Letter) {
		l.NoticeID, l.Kind, l.Role, l.CaseReference, l.Rung = id, notify.Escalation, "team_manager", ref, "+1wd"
		l.Overdue, l.DaysLate, l.WorkingDaysLate, l.LimitDays = true, 1, 1, 45
		l.Worker, l.Team = "Ada Example", "Alder"
		l.Earlier = []Earlier{{on("2027-02-16"), "worker", "Ada Example"}, {on("2027-02-09"), "worker", "Ada Example"}}
	})
	for _, f := range change {
		f(&l)
	}
	return l
}

var mornings = map[string]Envelope{
	"morning of a worker": tray("2026-12-02", &Desk{
		Until: on("2026-12-09"),
		Held: []ListRow{
			{CaseReference: "KX-31", DutyRef: "AS-01", DutyTitle: "Assessment of a child in need", Due: on("2026-11-26"), DaysLate: 6, Passed: casework.PassedLaw},
			{CaseReference: "KX-32", DutyRef: "MI-01", DutyTitle: "Return interview", Due: on("2026-12-02T08:15:00Z"), Passed: casework.PassedLaw},
			{CaseReference: "KX-33", DutyRef: "AS-01", DutyTitle: "Assessment of a child in need", Due: on("2026-12-16"), Passed: casework.PassedLocal, LocalDue: on("2026-12-01")},
			{CaseReference: "KX-34", DutyRef: "CN-02", DutyTitle: "Child in need visit", Due: on("2026-11-30"), DaysLate: 2, Local: true, Passed: casework.PassedLocal},
			{CaseReference: "KX-77", DutyRef: "CP-10", DutyTitle: "Child protection visit", Due: on("2026-12-03"), Local: true},
			{CaseReference: "KX-40", DutyRef: "LA-05", DutyTitle: "Review of the looked-after child", Due: on("2026-12-02")},
			{CaseReference: "KX-41", DutyRef: "CP-10", DutyTitle: "Child protection visit", Due: on("2026-12-08"), Local: true},
			{CaseReference: "KX-42", DutyRef: "CP-10", DutyTitle: "Child protection visit", Due: on("2026-12-08"), Local: true},
		},
	},
		with(visit(), func(l *Letter) { l.CaseReference = "KX-77" }),
		with(visit(), func(l *Letter) { l.CaseReference = "KX-78" }),
		with(visit(), func(l *Letter) { l.CaseReference, l.Due, l.Missed = "KX-79", on("2026-12-04"), []string{"-2wd"} }),
		with(assessment(), func(l *Letter) {
			l.CaseReference, l.Kind, l.DueWas, l.MovedWhy = "KX-50", notify.Moved, on("2027-02-12"), "a bank holiday was proclaimed for 8 January 2027"
		}),
	),
	"morning of a manager": tray("2027-02-17", &Desk{
		Until: on("2027-02-24"), Now: Figures{7, 3, 1}, Before: &Figures{9, 3, 0}, BeforeOn: on("2027-02-08"),
		Teams: []TeamRow{
			{Ref: "T1", Name: "Alder", Overdue: 5, Local: 3, Unallocated: 1, Away: []string{"Ben Example"}, Next: true, Longest: &ListRow{
				CaseReference: "KX-12", DutyRef: "AS-01", DutyTitle: "Assessment of a child in need", Due: on("2027-01-13"), DaysLate: 35,
			}},
			{Ref: "T2", Name: "Rowan & Birch", Overdue: 2, Away: []string{"Cas Example"}},
		},
		Unanswered: []UnansweredRow{{ListRow{CaseReference: "KX-8", DutyRef: "CP-03", DutyTitle: "Initial child protection conference"}, "Alder", "Tess Manager", on("2027-02-12")}},
	},
		late("KX-1042", "n7f3c2a9e41"), late("KX-1043", "n8e3c2a9e41", func(l *Letter) { l.Promised = on("2027-02-16") }),
		with(visit(), func(l *Letter) {
			l.CaseReference, l.Role, l.Worker, l.Team, l.Standing, l.Due = "KX-90", "worker", "", "Alder", organisation.Vacant, on("2027-02-18")
		}),
		with(late("KX-3", "n9"), func(l *Letter) {
			l.Kind, l.Outcome, l.MetOn, l.Overdue, l.RecordedLateDays = notify.Resolved, Met, on("2027-02-15"), false, 2
		}),
	),
}

func TestAMorningsMessageReadsAsItsGoldenFiles(t *testing.T) {
	t.Parallel()
	for name, e := range mornings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := e.Message("t@x", "a@example.org", "Ada")
			for ext, got := range map[string]string{".txt": "Subject: " + m.Subject + "\n\n" + m.Text, ".html": m.HTML} {
				file := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+ext)
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("%s reads otherwise:\n%s", file, got)
				}
			}
		})
	}
}

// What the record keeps of a message reads the same again.
func TestAMorningsMessageSurvivesTheRecord(t *testing.T) {
	t.Parallel()
	for name, e := range mornings {
		doc, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(doc)
		if err != nil {
			t.Fatal(err)
		}
		if again.Text() != e.Text() {
			t.Errorf("%s reads otherwise:\n%s", name, again.Text())
		}
	}
}
