package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// EmergencyProtection follows a child in police protection, which ends after a number of
// hours that no weekend or clock change lengthens and that cannot begin again (EM-01), and
// emergency protection orders. Its notices go out at any hour of the day.
func EmergencyProtection(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "emergency protection",
		steps:  []string{"police protection or order", "child released, accommodated or an order made"},
		source: "Children Act 1989 ss.44 to 46",
	}.follow(ctx, state)
}
