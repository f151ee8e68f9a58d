package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// Assessment follows the assessment of a child in need: from the referral, or the start of
// a reassessment, until the manager has authorised the outcome (AS-01; before April 2013 the
// initial and the core assessment, AS-H1 and AS-H2). The limit is a maximum and cannot be
// extended: a recorded reason for an over-run moves nothing. A referral that leads to no
// assessment ends it.
func Assessment(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "assessment",
		steps:  []string{"referral", "child seen", "assessment completed and authorised"},
		source: "Children Act 1989 s.17; Working Together to Safeguard Children, chapter 3",
	}.follow(ctx, state)
}
