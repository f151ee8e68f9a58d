package report

import (
	"bytes"
	"strings"
	"testing"

	"longstop/api"
)

// A release may bring another text of the edition in force, and a council may edit its overlay under the same name.
func TestAnAdoptionShowsWhatIsAnotherTextUnderTheSameName(t *testing.T) {
	t.Parallel()
	law := api.Law{Pack: "England, edition 2026-12", Overlay: "Anytown", BankHolidays: "2018 to 2028", PackHash: "a", OverlayHash: "b"}
	for name, tc := range map[string]struct {
		before func(*api.Law)
		want   string
	}{
		"nothing": {func(*api.Law) {}, "Rule pack England, edition 2026-12\nOverlay Anytown\nBank holidays 2018 to 2028"},
		"another edition": {
			func(l *api.Law) { l.Pack, l.PackHash = "England, edition 2026-11", "c" },
			"Rule pack England, edition 2026-12 (before: England, edition 2026-11)\nOverlay Anytown\nBank holidays 2018 to 2028",
		},
		"another text of the pack": {
			func(l *api.Law) { l.PackHash = "c" },
			"Rule pack England, edition 2026-12 (before: another text of this name)\nOverlay Anytown\nBank holidays 2018 to 2028",
		},
		"another text of the overlay": {
			func(l *api.Law) { l.OverlayHash = "c" },
			"Rule pack England, edition 2026-12\nOverlay Anytown (before: another text of this name)\nBank holidays 2018 to 2028",
		},
		"no overlay": {
			func(l *api.Law) { l.Overlay, l.OverlayHash = "", "" },
			"Rule pack England, edition 2026-12\nOverlay Anytown (before: none)\nBank holidays 2018 to 2028",
		},
	} {
		before := law
		tc.before(&before)
		var out bytes.Buffer
		if err := New(&out, nil).Adoption(&api.Adoption{Changed: true, Planned: true, Law: &law, Before: &before}); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "Rule pack ") || strings.HasPrefix(line, "Overlay ") || strings.HasPrefix(line, "Bank holidays ") {
				lines = append(lines, strings.Join(strings.Fields(line), " "))
			}
		}
		if got := strings.Join(lines, "\n"); got != tc.want {
			t.Errorf("%s is another:\n%s\nwant\n%s", name, got, tc.want)
		}
	}
}
