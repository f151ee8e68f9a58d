package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// ChildInNeed follows a child in need plan: the visits at which the child is seen (CN-02)
// and the reviews of the plan (CN-03), until the plan ends. No national limit is set for
// either: the numbers are the council's own.
func ChildInNeed(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "child in need plan",
		steps:  []string{"plan", "visits, the child seen", "reviews", "plan ended"},
		source: "Children Act 1989 s.17; Working Together to Safeguard Children, chapter 3",
	}.follow(ctx, state)
}
