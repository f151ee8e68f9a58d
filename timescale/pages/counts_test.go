package pages_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"longstop/timescale/load"
)

// counted are the ways in which a text counts the pack's timescales, each with the number.
var counted = map[string]*regexp.Regexp{
	"timescales":   regexp.MustCompile(`\b(\d{2,})\**\s+timescales\b`),
	"in force":     regexp.MustCompile(`\b(\d{2,})\s+(?:of\s+them\s+)?(?:are\s+)?in\s+force\b`),
	"switched off": regexp.MustCompile(`\b(\d{2,})\s+(?:that\s+)?(?:are|ship)\s+(?:switched\s+)?off\b`),
	"local":        regexp.MustCompile(`\b(\d{2,})\s+are\s+local\b`),
}

// What people type by hand goes stale with the next row: each count of the pack in the texts
// that people write is the pack's.
func TestEveryCountOfThePackThatIsTypedByHandIsThePacks(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	have := map[string]int{"timescales": len(pack.Timescales)}
	for i := range pack.Timescales {
		rule := &pack.Timescales[i]
		if rule.Off == "" {
			have["in force"]++
		} else {
			have["switched off"]++
		}
		if rule.Editions[len(rule.Editions)-1].Status == "local" {
			have["local"]++
		}
	}
	for _, path := range written(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for kind, pattern := range counted {
			for _, found := range pattern.FindAllStringSubmatch(string(text), -1) {
				if n, err := strconv.Atoi(found[1]); err != nil || n != have[kind] {
					t.Errorf("%s says %q, and the pack has %d: leave the number out, and lead to docs/law/README.md", path, found[0], have[kind])
				}
			}
		}
	}
}

// written are the texts that people write. The decisions and the change log speak of the pack
// of their time.
func written(t *testing.T) []string {
	t.Helper()
	paths := []string{"../../README.md", law + "/" + leftOut}
	for _, pattern := range []string{"../../docs/*.md", "../../overlays/*.yaml", "../../deploy/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	return paths
}

func TestACountThatIsTypedByHandIsFound(t *testing.T) {
	t.Parallel()
	for kind, text := range map[string]string{
		"timescales":   "The pack holds 215 timescales",
		"in force":     "of which 69 are in force",
		"switched off": "146 that ship switched off",
		"local":        "65 are local",
	} {
		if found := counted[kind].FindStringSubmatch(text); found == nil {
			t.Errorf("%q is not found as a count of %s", text, kind)
		}
	}
}
