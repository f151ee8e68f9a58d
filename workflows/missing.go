package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// Missing follows a child's return from going missing, until they have been offered an
// interview with somebody independent and have had or declined it (MI-01). The clock starts
// at the return, not at the report; every episode opens its own duty. It runs in hours.
func Missing(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "return from missing",
		steps:  []string{"child found or returned", "independent return interview, or declined"},
		source: "Statutory guidance on children who run away or go missing from home or care (2014)",
	}.follow(ctx, state)
}
