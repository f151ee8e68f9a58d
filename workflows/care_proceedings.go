package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// CareProceedings follows care and supervision proceedings from the day of issue until they
// are concluded (CT-01). Only the court extends the period, each time by an extension that it
// grants; the pathway then waits for the new date.
func CareProceedings(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "care proceedings",
		steps:  []string{"issue", "case management hearing", "issues resolution hearing", "final order"},
		source: "Children Act 1989 s.32; Family Procedure Rules PD12A",
	}.follow(ctx, state)
}
