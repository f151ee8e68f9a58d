package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// Fostering follows a foster carer from the application (FO-03) through the decisions
// (FO-02, FO-04) to the yearly reviews (FO-01) and the visits of their supervising social
// worker (FO-05), and an application for special guardianship (SG-01).
func Fostering(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "fostering and special guardianship",
		steps:  []string{"application", "panel", "decision", "approval", "visits and yearly reviews", "approval ended"},
		source: "Fostering Services (England) Regulations 2011; Children Act 1989, section 14A",
	}.follow(ctx, state)
}
