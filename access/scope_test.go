package access

import (
	"slices"
	"strings"
	"testing"
)

func TestActionsAreReadInOneOrderEachOnce(t *testing.T) {
	t.Parallel()
	got, err := ParseActions([]string{"read", " record", "read"})
	if err != nil || !slices.Equal(got, []Action{Record, Read}) {
		t.Errorf("read %v, %v", got, err)
	}
	if got, err := ParseActions(nil); err == nil || got != nil {
		t.Errorf("no action: %v, %v", got, err)
	}
	for _, wrong := range []string{"", "Read", "write", "record read"} {
		got, err := ParseActions([]string{"read", wrong})
		if err == nil || !strings.Contains(err.Error(), "record, people, attach, return, feed, read, law, acknowledge, changes") {
			t.Errorf("%q: %v, %v", wrong, got, err)
		}
	}
}

func TestAScopeNamesActionsAndTheSourceThatTheyAreAbout(t *testing.T) {
	t.Parallel()
	for _, a := range Actions() {
		if err := (&Scope{Actions: []Action{a}}).Check(); (err != nil) != a.NeedsSource() {
			t.Errorf("%s without a source: %v", a, err)
		}
		if err := (&Scope{Actions: []Action{a}, Source: "cms", Council: "Anytown"}).Check(); err != nil {
			t.Errorf("%s of a source: %v", a, err)
		}
	}
	for _, wrong := range []Scope{{}, {Source: "cms"}, {Actions: []Action{"write"}, Source: "cms"}} {
		if wrong.Check() == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}
