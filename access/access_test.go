package access_test

import (
	"testing"

	"longstop/access"
)

func TestACallerMayWhatItsKeyAllowsAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, allowed := range access.Actions() {
		c := access.Caller{Source: "case-system", Actions: []access.Action{allowed}}
		for _, asked := range access.Actions() {
			if got := c.May(asked); got != (asked == allowed) {
				t.Errorf("a key for %s may %s: %v", allowed, asked, got)
			}
		}
	}
}

func TestACallerWithoutASourceHandsNothingIn(t *testing.T) {
	t.Parallel()
	c := access.Caller{Actions: access.Actions()}
	for _, a := range access.Actions() {
		if c.May(a) == a.NeedsSource() {
			t.Errorf("without a source it may %s: %v", a, c.May(a))
		}
	}
}

func TestAnUnknownActionIsNotKnownAndAllowedToNobody(t *testing.T) {
	t.Parallel()
	for _, a := range []access.Action{"", "admin", "Read"} {
		if a.Known() || (access.Caller{Source: "s", Actions: access.Actions()}).May(a) {
			t.Errorf("%q", a)
		}
	}
}

func TestAContextCarriesTheCaller(t *testing.T) {
	t.Parallel()
	if _, ok := access.CallerFrom(t.Context()); ok {
		t.Error("a context without a caller has one")
	}
	if c, ok := access.CallerFrom(access.WithCaller(t.Context(), access.Caller{Key: "k1"})); !ok || c.Key != "k1" {
		t.Errorf("%+v, %v", c, ok)
	}
}
