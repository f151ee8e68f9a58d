package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// Oversight follows what managers owe to every case: the worker's recorded supervision
// (SU-01), and the actions agreed there or in a unit meeting, each by its own date.
func Oversight(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "management oversight",
		steps:  []string{"supervision", "actions agreed", "actions done"},
		source: "LGA standards for employers of social workers in England, standard 5",
	}.follow(ctx, state)
}
