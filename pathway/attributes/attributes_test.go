package attributes_test

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"longstop/pathway"
	"longstop/pathway/attributes"
)

var noon = time.Date(2026, time.December, 1, 12, 0, 0, 0, time.UTC)

func full() pathway.Nudge {
	return pathway.Nudge{
		Revision: 7, Wake: noon,
		Display: pathway.Display{
			Team: "T1", Worker: "W01", Rag: pathway.Red, DueAt: noon.AddDate(0, 0, 9),
			OpenDuties: 3, OverdueDuties: 1, OverdueRefs: []string{"CP-10"},
		},
	}
}

func TestWhatWasSetAtTheStartNeedsNoUpsert(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]pathway.Nudge{"everything": full(), "nothing": {}} {
		if changes := attributes.Changes(attributes.Start(n), n); len(changes) != 0 {
			t.Errorf("%s: %d changes", name, len(changes))
		}
	}
}

func TestOnlyWhatDiffersIsUpserted(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func(*pathway.Nudge)
		want   int
	}{
		{"a revision", func(n *pathway.Nudge) { n.Revision++ }, 1},
		{"a wake and its revision", func(n *pathway.Nudge) { n.Revision++; n.Wake = noon.Add(time.Hour) }, 2},
		{"the same wake in another zone", func(n *pathway.Nudge) { n.Wake = noon.In(time.FixedZone("", 3600)) }, 0},
		{"a wake taken away", func(n *pathway.Nudge) { n.Wake = time.Time{} }, 1},
		{"a worker taken away", func(n *pathway.Nudge) { n.Display.Worker = "" }, 1},
		{"nothing overdue any more", func(n *pathway.Nudge) {
			n.Display.OverdueDuties, n.Display.OverdueRefs, n.Display.Rag = 0, nil, pathway.Green
		}, 3},
		{"everything", func(n *pathway.Nudge) { *n = pathway.Nudge{} }, 9},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			have, want := attributes.Start(full()), full()
			tc.change(&want)
			changes := attributes.Changes(have, want)
			if len(changes) != tc.want {
				t.Errorf("%d changes, want %d", len(changes), tc.want)
			}
			now := temporal.NewSearchAttributes(append([]temporal.SearchAttributeUpdate{have.Copy()}, changes...)...)
			if left := attributes.Changes(now, want); len(left) != 0 {
				t.Errorf("%d differ after the upsert", len(left))
			}
		})
	}
}

// SQL visibility allows so many of each type in a namespace.
func TestTheAttributesFitTheBudgetOfSQLVisibility(t *testing.T) {
	t.Parallel()
	budget := map[enumspb.IndexedValueType]int{
		enumspb.INDEXED_VALUE_TYPE_KEYWORD: 10, enumspb.INDEXED_VALUE_TYPE_DATETIME: 3,
		enumspb.INDEXED_VALUE_TYPE_INT: 3, enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST: 3,
	}
	types := attributes.Types()
	if len(types) != 9 {
		t.Errorf("%d attributes", len(types))
	}
	for name, kind := range types {
		if budget[kind]--; budget[kind] < 0 {
			t.Errorf("%s is one %v too many", name, kind)
		}
	}
}
