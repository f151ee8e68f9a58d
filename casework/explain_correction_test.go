package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

func TestAnExplanationSaysWhoCorrectedAnEventAndWhy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, correction, want string }{
		{"who and why", "c cp_visit.made 2026-08-12 seen=true correction_reason=diary corrects=v rec=2026-08-20", " was corrected by W01 because: “diary”. It was: on Mon 10 Aug 2026;"},
		{"why, as a return says it", "c cp_visit.made 2026-08-12 seen=true reason=return corrects=v rec=2026-08-20", " was corrected because: “return”. It was: on Mon 10 Aug 2026;"},
		{"neither", "c cp_visit.made 2026-08-12 seen=true corrects=v rec=2026-08-20", " was corrected. It was: on Mon 10 Aug 2026; it became: on Wed 12 Aug 2026."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, "p cp_plan.started 2026-08-03\nv cp_visit.made 2026-08-10 seen=true\n"+tc.correction)
			if strings.Contains(tc.want, " by ") {
				events[len(events)-1].By = "W01"
			}
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-09-20").End()})
			x := book.Explain(plan, "CP-10:p", events, nil)
			if len(x.Changes) != 1 || !strings.Contains(x.Changes[0].Text, tc.want) {
				t.Errorf("changes %+v, of which one should hold %q", x.Changes, tc.want)
			}
			if !strings.Contains(x.MetBy, "(v), as corrected on Thu 20 Aug 2026") {
				t.Errorf("met by %q", x.MetBy)
			}
		})
	}
}
