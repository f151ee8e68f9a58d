package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/internal/pgtest"
)

// The question is on standard error, with the dates that would move, and a child whose clocks a death
// would stop is named.
func TestALoadThatAsksSaysWhichDatesMoveAndWhoseClocksADeathStops(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "return.xml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before := sixtyChildren()
	const assessment = `<Assessments><AssessmentActualStartDate>2026-01-06</AssessmentActualStartDate></Assessments></CINdetails>`
	before = strings.Replace(before, "</CINdetails>", assessment, 1)
	if r := starter(t, url, "", "import", "cin-census", file(before)); r.code != exitDone {
		t.Fatalf("exit code %d, %s%s", r.code, r.out, r.err)
	}
	moved := strings.ReplaceAll(before, "2026-01-05", "2026-01-04")
	moved = strings.Replace(moved, "<PersonBirthDate>2018-05-04</PersonBirthDate>", "<PersonBirthDate>2018-05-04</PersonBirthDate><PersonDeathDate>2026-03-20</PersonDeathDate>", 1)
	r := starter(t, url, "", "import", "cin-census", file(moved), "--show-ids")
	if r.code != exitRefused || r.out != "" {
		t.Errorf("exit code %d, on standard output %s", r.code, r.out)
	}
	for _, want := range []string{
		"Dates that it would move, by element",
		"60 of 60 ×", "the first: K0, child 1, line 3, from 2026-01-05 to 2026-01-04",
		"It would take back, by child, with each birth and death that stops a timescale\n  K0, child 1, line 3: PersonDeathDate is new\n    would stop: AS-01",
		"all 60 dates of CINreferralDate would be moved (the first in child 1, line 3, from 2026-01-05 to 2026-01-04); it would move 60 dates. Check that",
	} {
		if !strings.Contains(r.err, want) {
			t.Errorf("it does not say %q:\n%s", want, r.err)
		}
	}
	if strings.Contains(r.err, "2026-03-20") || strings.Contains(r.err, "2018-05-04") || strings.Contains(r.err, "Rows taken back") {
		t.Errorf("it says what it should not:\n%s", r.err)
	}
	if r := starter(t, url, "", "import", "cin-census", file(moved), "--confirm-gone"); r.code != exitDone || !strings.Contains(r.out, "\nDates moved, by element\n") {
		t.Errorf("confirmed: exit code %d, %s%s", r.code, r.out, r.err)
	}
}
