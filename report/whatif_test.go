package report

import (
	"bytes"
	"strings"
	"testing"

	"longstop/api"
)

// A law may be adopted though one case cannot be worked out by it; nobody may take the figures of
// the others for all of it.
func TestCasesThatCouldNotBeComparedAreSaid(t *testing.T) {
	t.Parallel()
	law := api.Law{Pack: "England"}
	for name, c := range map[string]struct {
		print func(*Page) error
		want  string
	}{
		"what-if": {
			func(p *Page) error {
				return p.WhatIf(&api.WhatIf{AsOf: "2026-11-02T10:00:00Z", Cases: 5, Unread: 2}, false)
			},
			"2 cases could not be worked out and are left out.",
		},
		"adopt": {
			func(p *Page) error {
				return p.Adoption(&api.Adoption{Changed: true, Planned: true, Unread: 2, Law: &law, Before: &law})
			},
			"Of 2 cases it could not be told beforehand how it changes what is over",
		},
	} {
		var out bytes.Buffer
		if err := c.print(New(&out, nil)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s does not say %q:\n%s", name, c.want, out.String())
		}
	}
}
