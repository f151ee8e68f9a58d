package load_test

import (
	"path/filepath"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale/load"
)

// Only a whole check says when it was made, and so when it is to be made again: eighteen
// calendar months after 5 January 2026 is 5 July 2027.
func TestChecksOfTheLawThatAreStaleAreWarnedOf(t *testing.T) {
	t.Parallel()
	text := strings.Replace(mini, oneLimit, oneLimit+"        checked: {read: words, in: An Act, on: 2026-01-05}\n", 1)
	files := []load.File{{Name: "mini.yaml", Text: text}}
	for _, day := range []calendar.Date{0, calendar.NewDate(2027, 7, 5)} {
		if warned := load.Warnings(files, day); len(warned) > 0 {
			t.Errorf("on %s: %v", day, warned)
		}
	}
	warned := load.Warnings(files, calendar.NewDate(2027, 7, 6))
	want := "mini.yaml:48: XX-01: its source was last checked on 2026-01-05, and the check is older than eighteen months: check it again, and put what was read and the day into checked"
	if len(warned) != 1 || warned[0].String() != want {
		t.Errorf("got %v", warned)
	}
	if found := load.Check(files); len(found) > 0 {
		t.Errorf("a stale check is no fault: %v", found)
	}
}

func TestCheckLendsWhatFilesDoNotDefine(t *testing.T) {
	t.Parallel()
	rule := "timescales:\n  - {ref: XX-01, title: A, todo: B, pathway: Missing, starts: [missing.ended], met_by: [return_interview.completed],\n" +
		"     editions: [{limit: 3 days, status: local, source: C}]}\n"
	events := "events:\n  - pathway: Missing\n    types: {missing.found: {}, return_interview.completed: {}}\n"
	tests := []struct {
		name  string
		files []load.File
		want  string // "" for none
	}{
		{"rules alone are checked against the shipped vocabulary", []load.File{{Name: "x.yaml", Text: rule}}, ""},
		{"rules with their own vocabulary are checked against that", []load.File{{Name: "x.yaml", Text: rule}, {Name: "y.yaml", Text: events}}, `x.yaml:2: XX-01: the event "missing.ended" is not in the vocabulary`},
		{"a rule of the shipped pack may be checked alone", []load.File{embedded(t, "front_door.yaml")}, ""},
		{"rules with their own ladders are checked against those", []load.File{{Name: "x.yaml", Text: rule + "ladders:\n  - {name: a, for: [{unit: hours, from: 1}], rungs: [{at: 0, remind: worker}]}\n"}}, "x.yaml:3: XX-01: no ladder covers a limit of 3 days"},
		{"rules with their own periods are checked against those", []load.File{{Name: "x.yaml", Text: rule + "periods:\n  - {name: care, opens: [missing.started], ends_with: house}\n"}}, `x.yaml:5: period care: it ends with the period "house"`},
		{"rules with their own pathways are checked against those", []load.File{{Name: "x.yaml", Text: rule + "pathways: [Lost]\n"}}, `x.yaml:2: XX-01: the pathway "Missing" is not known`},
		{"fields and events of every case may be defined alone", []load.File{{Name: "x.yaml", Text: rule + "every_event: {checked: flag}\ncase_opens: [missing.started]\ncase_ends: [missing.ended]\n"}}, ""},
		{"a whole pack lends nothing", []load.File{{Name: "mini.yaml", Text: strings.Replace(mini, "thing.started]", "missing.ended]", 1)}}, `mini.yaml:45: XX-01: the event "missing.ended"`},
		{"an overlay lies over the shipped pack", []load.File{{Name: "o.yaml", Text: "overlay: A\nlanguage: 1\ntimescales: [{ref: XX-01, remove: true}]\n"}}, `o.yaml:3: XX-01: the pack has no timescale`},
		{"an overlay lies over the pack alongside it", []load.File{{Name: "o.yaml", Text: "overlay: A\nlanguage: 1\ntimescales: [{ref: XX-01, remove: true}]\n"}, {Name: "mini.yaml", Text: mini}}, "o.yaml:3: XX-01: it cannot be removed"},
		{"an overlay is not judged over a faulty pack", []load.File{{Name: "o.yaml", Text: "overlay: A\nlanguage: 1\ntimescales: [{ref: XX-01, remove: true}]\n"}, {Name: "mini.yaml", Text: mini + "law: none\n"}}, "mini.yaml:"},
		{"an overlay is judged over the shipped pack alongside rules alone", []load.File{{Name: "o.yaml", Text: "overlay: A\nlanguage: 1\ntimescales: [{ref: CP-03, remove: true}]\n"}, {Name: "x.yaml", Text: rule}}, "o.yaml:3: CP-03: it cannot be removed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			faults := load.Check(tt.files)
			if tt.want != "" || len(faults) > 0 {
				expectOnly(t, faults, tt.want)
			}
		})
	}
}

func embedded(t *testing.T, name string) load.File {
	t.Helper()
	for _, f := range load.EmbeddedFiles() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("the shipped pack has no %s", name)
	return load.File{}
}

func TestCheckFilesReadsPathsAndTellsThoseThatItCannotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	faulty := filepath.Join(dir, "faulty.yaml")
	write(t, faulty, "language: 1\nlaw: none\n")

	if faults, _ := load.CheckFiles([]string{"../packs", "testdata/overlay-anytown.yaml"}, 0); len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
	faults, _ := load.CheckFiles([]string{faulty}, 0)
	expectOnly(t, faults, `faulty.yaml:2: a file of a pack has no key "law"`)
	gone := filepath.Join(dir, "gone.yaml")
	faults, _ = load.CheckFiles([]string{gone}, 0)
	expectOnly(t, faults, gone+": a rule pack: ")
}
