package archtest

import (
	"slices"
	"strings"
	"testing"
)

// A program may put its parts together as a demonstration's; what those parts are, such as a
// clock that runs fast, no package may know.
func TestOnlyProgramsKnowTheDemonstration(t *testing.T) {
	t.Parallel()
	for name, p := range list(t) {
		if top, _, _ := strings.Cut(name, "/"); slices.Contains(programs, top) || strings.HasPrefix(name, "internal/demo") {
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, module+"/internal/demo") {
				t.Errorf("%s imports %s: let the program hand in what differs", name, imported)
			}
		}
	}
}
