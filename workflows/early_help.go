package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// EarlyHelp follows a family that is helped before statutory services are needed: the
// early help assessment (EH-01) and the reviews of the team around the family (EH-02). All
// its limits are the council's own.
func EarlyHelp(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "early help",
		steps:  []string{"assessment", "team around the family", "reviews"},
		source: "Working Together to Safeguard Children, chapter 3; the council's own strategy",
	}.follow(ctx, state)
}
