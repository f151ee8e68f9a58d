package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// Section47 follows an enquiry into significant harm: from the strategy discussion that
// decided on it until the initial child protection conference (CP-03), or until the enquiry
// ends without one. A later strategy discussion does not start the limit again.
func Section47(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "section 47 enquiry",
		steps:  []string{"strategy discussion", "enquiry", "initial child protection conference, or none needed"},
		source: "Children Act 1989 s.47; Working Together to Safeguard Children, chapter 3",
	}.follow(ctx, state)
}
