package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// PrivateFostering follows a private fostering arrangement from the day the council is
// told: the first visit (PF-02) and the regular ones, more often in the first year (PF-04)
// than after it (PF-05), until the arrangement ends.
func PrivateFostering(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "private fostering",
		steps:  []string{"notification", "first visit", "regular visits", "arrangement ended"},
		source: "Children (Private Arrangements for Fostering) Regulations 2005",
	}.follow(ctx, state)
}
