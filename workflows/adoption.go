package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// Adoption follows a child from the authority to place for adoption until the order, or
// until the plan changes: the reviews before and after placing (AD-05, AD-06) and the visits
// from the placement to its first review (AD-07). While it is open it takes the place of the
// looked-after reviews, and once the child is placed of the visits too.
func Adoption(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "adoption",
		steps:  []string{"authority to place", "reviews", "placed", "visits and reviews", "adoption order"},
		source: "Adoption Agencies Regulations 2005",
	}.follow(ctx, state)
}
