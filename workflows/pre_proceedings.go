package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// PreProceedings follows the stage before care proceedings in its steps: the letter before
// proceedings (PL-02), the first meeting with the parents (PL-03), its reviews (PL-04), and
// beside them the whole stage (PL-05). Each step starts the clock of the next. The run ends
// when the stage does: by stepping down, or by issuing proceedings, which CareProceedings
// then follows.
func PreProceedings(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "pre-proceedings",
		steps:  []string{"letter before proceedings", "first meeting", "reviews", "step down or issue"},
		source: "Children Act 1989 statutory guidance on court orders and pre-proceedings; Public Law Working Group, best practice guidance",
	}.follow(ctx, state)
}
