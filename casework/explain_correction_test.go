package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

func TestAnExplanationSaysWhoCorrectedAnEventAndWhy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, correction, want string }{
		{"who and why", "c cp_visit.made 2026-08-12 seen=true correction_reason=diary corrects=v rec=2026-08-20", " by W01 because: diary"},
		{"why, as a return says it", "c cp_visit.made 2026-08-12 seen=true reason=return corrects=v rec=2026-08-20", " because: return"},
		{"neither", "c cp_visit.made 2026-08-12 seen=true corrects=v rec=2026-08-20", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, "p cp_plan.started 2026-08-03\nv cp_visit.made 2026-08-10 seen=true\n"+tc.correction)
			if strings.HasPrefix(tc.want, " by ") {
				events[len(events)-1].By = "W01"
			}
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-09-20").End()})
			got := book.Explain(plan, "CP-10:p", events, nil).MetBy
			if !strings.Contains(got, ", corrected by c, ") || !strings.HasSuffix(got, tc.want) || tc.want == "" && strings.Contains(got, "because") {
				t.Errorf("met by %q, which should end with %q", got, tc.want)
			}
		})
	}
}
