package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// LookedAfter follows a child whom the council looks after: the care plan (LA-01), the
// reviews (LA-06 to LA-08), the visits, which start anew with every placement (LA-14 to LA-16,
// LA-18, LA-19), health and education (LA-23, LA-24, LA-26), and the approval of a connected
// person (LA-30). It may stay open from infancy to eighteen.
func LookedAfter(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "looked-after child",
		steps:  []string{"care plan", "visits in each placement", "reviews", "health and education plans", "care ended"},
		source: "Care Planning, Placement and Case Review (England) Regulations 2010",
	}.follow(ctx, state)
}
