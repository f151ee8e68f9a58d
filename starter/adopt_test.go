package main

import (
	"bytes"
	"strings"
	"testing"

	"longstop/api"
)

// Nobody may take the figures of the cases that could be compared for those of all: see also package report.
func TestAnAdoptionAsJSONSaysOfHowManyCasesItCouldNotBeTold(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := (&adoptCommand{JSON: true}).print(&app{streams: streams{out: &out}}, &api.Adoption{Unread: 2}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"cases_not_compared":2`) {
		t.Errorf("it does not say it:\n%s", out.String())
	}
}
