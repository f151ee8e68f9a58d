package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// ChildProtection follows a child protection plan: the first core group after the initial
// conference and those after it (CP-08, CP-09), the visits at which the child is seen
// (CP-10), and the review conferences (CP-11, CP-12). It stays open for as long as the plan
// does, through many visits and reviews, and warns of drift at nine months and after
// (CP-13). What began with the conference ends with the plan.
func ChildProtection(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "child protection plan",
		steps:  []string{"initial conference", "core groups", "visits, the child seen", "review conferences", "plan ended"},
		source: "Children Act 1989 s.47; Working Together to Safeguard Children, chapter 3",
	}.follow(ctx, state)
}
