package pages_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"longstop/timescale"
	"longstop/timescale/load"
	"longstop/timescale/pages"
)

const template = "../../overlays/template.yaml"

func TestTheTemplateOfAnOverlayIsThatOfTheShippedPack(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	if want := pages.Template(load.Embedded()); string(text) != want {
		t.Errorf("overlays/template.yaml is out of date: run make docs and read the diff. %s", firstDifference(string(text), want))
	}
}

// commented is the rows of the template by their refs, each with its lines.
func commented(t *testing.T) (head string, rows map[string]string) {
	t.Helper()
	text := pages.Template(load.Embedded())
	head, rest, ok := strings.Cut(text, "\n#timescales:\n")
	if !ok {
		t.Fatal("the template has no timescales")
	}
	rows = map[string]string{}
	for _, block := range strings.Split(rest, "\n\n") {
		if ref := regexp.MustCompile(`(?m)^#  - ref: (\S+)$`).FindStringSubmatch(block); ref != nil {
			rows[ref[1]] = block + "\n"
		}
	}
	return head + "\n", rows
}

// uncomment takes one hash away from the lines that have only one.
func uncomment(lines string) string {
	return regexp.MustCompile(`(?m)^#([^#])`).ReplaceAllString(lines, "$1")
}

// laid is the shipped pack with rows of the template taken over, and what check says of them.
func laid(t *testing.T, rows string) *timescale.Pack {
	t.Helper()
	head, _ := commented(t)
	file := load.File{Name: "anytown.yaml", Text: head + "timescales:\n" + uncomment(rows)}
	pack, faults := load.Overlay(load.Embedded(), file)
	for _, f := range append(faults, load.Warnings([]load.File{file}, 0)...) {
		t.Errorf("%s in\n%s", f, rows)
	}
	return pack
}

func TestEveryRowOfTheTemplateCanBeTakenOverByItself(t *testing.T) {
	t.Parallel()
	_, rows := commented(t)
	if unset := pages.Unset(load.Embedded()); len(unset) != len(rows) || len(rows) == 0 {
		t.Fatalf("%d rows wait for a council, and the template has %d", len(unset), len(rows))
	}
	for ref, row := range rows {
		pack := laid(t, row)
		if pack == nil {
			continue
		}
		if pack.Timescale(ref).ForCouncil() {
			t.Errorf("%s still waits for a council after its row was taken over", ref)
		}
		if left := len(pages.Unset(pack)); left != len(rows)-1 {
			t.Errorf("%s takes more than itself off the list: %d of %d are left", ref, left, len(rows))
		}
	}
}

func TestEveryRowOfTheTemplateCanBeTakenOverTogether(t *testing.T) {
	t.Parallel()
	_, rows := commented(t)
	all := ""
	for _, row := range rows {
		all += row
	}
	pack := laid(t, all)
	if pack == nil {
		return
	}
	if left := pages.Unset(pack); len(left) != 0 {
		t.Errorf("%d are left", len(left))
	}
	if again := pages.Template(pack); strings.Contains(again, "ref:") {
		t.Error("the template of a pack in which everything is set has a row")
	}
}

func TestTheTemplateAsItShipsSetsNothing(t *testing.T) {
	t.Parallel()
	pack, faults := load.Overlay(load.Embedded(), load.File{Name: "t.yaml", Text: pages.Template(load.Embedded())})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if before, after := len(pages.Unset(load.Embedded())), len(pages.Unset(pack)); before != after {
		t.Errorf("%d wait for a council, and with the template %d", before, after)
	}
}

// Choosing is copying: each number that councils use loads instead of the pack's own.
func TestEveryNumberThatCouncilsUseCanBeChosen(t *testing.T) {
	t.Parallel()
	_, rows := commented(t)
	chosen := 0
	for _, rule := range pages.Unset(load.Embedded()) {
		e := rule.Editions[len(rule.Editions)-1]
		for _, used := range e.Councils {
			for _, number := range []*timescale.Limit{used.Limit, used.To} {
				if number == nil {
					continue
				}
				own := e.Limits[0].String()
				if e.Limits[0].From != nil {
					bare := e.Limits[0]
					bare.From = nil
					own = bare.String()
				}
				row := strings.Replace(rows[rule.Ref], "limit: "+own, "limit: "+number.String(), 1)
				pack := laid(t, row)
				if pack == nil {
					continue
				}
				set := pack.Timescale(rule.Ref).Editions
				got := set[len(set)-1].Limits[0]
				got.From = nil
				if got != *number {
					t.Errorf("%s: chose %s, got %s", rule.Ref, number, got)
				}
				chosen++
			}
		}
	}
	if chosen == 0 {
		t.Error("no number could be chosen")
	}
}

func TestEveryLocalTimescaleIsInTheTemplateButAlarmsThatRun(t *testing.T) {
	t.Parallel()
	_, rows := commented(t)
	pack, missing := load.Embedded(), ""
	for i := range pack.Timescales {
		rule := &pack.Timescales[i]
		if rule.Editions[len(rule.Editions)-1].Status == timescale.StatusLocal && rows[rule.Ref] == "" {
			missing += fmt.Sprintf("%s ", rule.Ref)
		}
	}
	// Its alarms have no number that an overlay could set or confirm.
	if missing != "CP-13 " {
		t.Errorf("not in the template: %s", missing)
	}
}
