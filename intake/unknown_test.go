package intake

import (
	"strings"
	"testing"
)

func TestUnknownElementsAreCountedWithoutEnd(t *testing.T) {
	t.Parallel()
	var u Unknowns
	for i := range 300 {
		u.Add(strings.Repeat("é", 20)+strings.Repeat("x", i), "CINdetails", i+1)
	}
	list := u.List()
	total := 0
	for _, found := range list {
		total += found.Count
		if len(found.Element) > MaxElementName {
			t.Errorf("a name of %d bytes is kept", len(found.Element))
		}
	}
	if total != 300 || len(list) > maxUnknown+1 {
		t.Errorf("%d elements under %d names", total, len(list))
	}
	var many Unknowns
	for i := range 300 {
		many.Add(string(rune('a'+i%26))+string(rune('a'+i/26)), "CINdetails", i)
	}
	if list := many.List(); len(list) != maxUnknown+1 || list[0].Element != others || list[0].Count != 200 {
		t.Errorf("%d names, the first %+v", len(list), list[0])
	}
}
