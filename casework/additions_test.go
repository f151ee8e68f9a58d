package casework_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

// madeUp is a law that is not one: a rule for each thing that the rule language can say and
// the core rules do not.
var madeUp = casework.NewBook(loadMadeUp(madeUpText()), calendar.Published())

func madeUpText() string {
	text, err := os.ReadFile("testdata/additions.yaml")
	if err != nil {
		panic(err)
	}
	return string(text)
}

func loadMadeUp(text string) *timescale.Pack {
	pack, err := load.Files([]load.File{{Name: "additions.yaml", Text: text}})
	if err != nil {
		panic(err)
	}
	return pack
}

func runMadeUpCases(t *testing.T, cases []foldCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			plan := madeUp.Fold(acceptedBy(t, madeUp, c.events), casework.Moment{AsOf: instant(t, c.asOf)})
			same(t, c.want, dutyLines(plan, c.refs...))
		})
	}
}

func runMadeUpNotices(t *testing.T, cases []noticeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, madeUp, c.events)
			same(t, c.want, noticesOf(madeUp.Notices(events, day(t, c.from), day(t, c.to)), c.refs...))
		})
	}
}

// notCounted writes what was kept and did not count; of the refs given, if any are.
func notCounted(plan *casework.Plan, refs ...string) string {
	var lines []string
	for _, n := range plan.NotCounted {
		if len(refs) == 0 || slices.Contains(refs, n.Ref) {
			lines = append(lines, n.Ref+" "+n.Entry+": "+n.Why)
		}
	}
	return strings.Join(lines, "\n")
}
