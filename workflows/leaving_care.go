package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// LeavingCare follows a young person from the day on which they become eligible: the needs
// assessment, the pathway plan and its reviews, and the personal adviser's visits (LC-01 to
// LC-06). It is the one pathway that goes on after the eighteenth birthday.
func LeavingCare(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "leaving care",
		steps:  []string{"needs assessment", "pathway plan", "personal adviser's visits", "reviews"},
		source: "Care Leavers (England) Regulations 2010; Children Act 1989 ss.23A to 24D",
	}.follow(ctx, state)
}
