package pages_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"longstop/timescale/load"
	"longstop/timescale/pages"
)

// law is where the pages of the shipped pack lie.
const law = "../../docs/law"

// leftOut is the one page of that folder that a person wrote.
const leftOut = "left-out.md"

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(law, name))
	if err != nil {
		t.Fatalf("%v: run make docs", err)
	}
	return string(text)
}

func TestThePagesUnderDocsLawAreThoseOfTheShippedPack(t *testing.T) {
	t.Parallel()
	made := map[string]bool{leftOut: true}
	for _, p := range pages.All(load.Embedded()) {
		made[p.Name] = true
		if got := read(t, p.Name); got != p.Text {
			t.Errorf("docs/law/%s is out of date: run make docs and read the diff. %s", p.Name, firstDifference(got, p.Text))
		}
	}
	entries, err := os.ReadDir(law)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !made[e.Name()] {
			t.Errorf("docs/law/%s is no page of the pack: run make docs, or remove it", e.Name())
		}
	}
}

func firstDifference(have, want string) string {
	haveLines, wantLines := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range min(len(haveLines), len(wantLines)) {
		if haveLines[i] != wantLines[i] {
			return "It has\n  " + haveLines[i] + "\nand the pack gives\n  " + wantLines[i]
		}
	}
	return "One is longer than the other."
}

func TestTheSamePackGivesTheSamePages(t *testing.T) {
	t.Parallel()
	first := pages.All(load.Embedded())
	for range 5 {
		for i, p := range pages.All(load.Embedded()) {
			if p != first[i] {
				t.Fatalf("%s differs from one time to the next", p.Name)
			}
		}
	}
}

func TestEveryTimescaleStandsOnAPageWithItsSourcesAndMarks(t *testing.T) {
	t.Parallel()
	text := map[string]string{}
	for _, p := range pages.All(load.Embedded()) {
		text[p.Name] = p.Text
	}
	sections := map[string]string{}
	for _, page := range text {
		for _, part := range strings.Split(page, "\n### ")[1:] {
			heading, rest, _ := strings.Cut(part, "\n")
			rest, _, _ = strings.Cut(rest, "\n## ")
			sections[heading] = rest
		}
	}
	pack := load.Embedded()
	for i := range pack.Timescales {
		rule := &pack.Timescales[i]
		section, ok := sections[rule.Ref+": "+rule.Title]
		if !ok {
			t.Errorf("%s has no section", rule.Ref)
			continue
		}
		if off := strings.Contains(section, "**Off:**"); off != (rule.Off != "") {
			t.Errorf("%s: said to be off: %t, and is: %t", rule.Ref, off, rule.Off != "")
		}
		for _, e := range rule.Editions {
			if !strings.Contains(section, strings.TrimSuffix(e.Source, ".")) {
				t.Errorf("%s does not say its source %q", rule.Ref, e.Source)
			}
			if known := e.Checked.Sentence(); !strings.Contains(section, known) {
				t.Errorf("%s does not say of its source: %s", rule.Ref, known)
			}
		}
		if !strings.Contains(text["README.md"], "["+rule.Ref+"](") {
			t.Errorf("%s is not in the index", rule.Ref)
		}
	}
}

// link is a Markdown link: what follows it is the file and the heading.
var link = regexp.MustCompile(`\]\(([^)#]*)(#[^)]*)?\)`)

func TestEveryLinkOfThePagesLeadsSomewhere(t *testing.T) {
	t.Parallel()
	anchors := map[string]map[string]bool{}
	entries, err := os.ReadDir(law)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for _, found := range link.FindAllStringSubmatch(read(t, e.Name()), -1) {
			file, anchor := found[1], strings.TrimPrefix(found[2], "#")
			if file == "" {
				file = e.Name()
			}
			if anchors[file] == nil {
				anchors[file] = anchorsOf(read(t, file))
			}
			if anchor != "" && !anchors[file][anchor] {
				t.Errorf("%s: nothing in %s has the anchor %s", e.Name(), file, anchor)
			}
		}
	}
}

var notInAnchors = regexp.MustCompile(`[^a-z0-9 _-]`)

func anchorsOf(text string) map[string]bool {
	anchors := map[string]bool{}
	for line := range strings.Lines(text) {
		if heading := strings.TrimLeft(line, "#"); heading != line {
			bare := notInAnchors.ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
			anchors[strings.ReplaceAll(bare, " ", "-")] = true
		}
	}
	return anchors
}

var refOfRow = regexp.MustCompile(`(?m)^\| ([A-Z]{2}-\w+) \|`)

func TestWhatIsLeftOutIsNotInThePackAndWhatHasARemarkIs(t *testing.T) {
	t.Parallel()
	rows, remarks, ok := strings.Cut(read(t, leftOut), "\n## Numbers and remarks")
	if !ok {
		t.Fatal("left-out.md has no second table")
	}
	left := refOfRow.FindAllStringSubmatch(rows, -1)
	remarked := refOfRow.FindAllStringSubmatch(remarks, -1)
	if len(left) == 0 || len(remarked) == 0 {
		t.Fatalf("%d rows are left out and %d have remarks", len(left), len(remarked))
	}
	for _, ref := range left {
		if load.Embedded().Timescale(ref[1]) != nil {
			t.Errorf("left-out.md says that %s is left out, and the pack has it", ref[1])
		}
	}
	for _, ref := range remarked {
		if load.Embedded().Timescale(ref[1]) == nil {
			t.Errorf("left-out.md speaks of a remark in %s, and the pack has no such timescale", ref[1])
		}
	}
}
