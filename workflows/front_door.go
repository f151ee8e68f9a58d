package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// FrontDoor follows a contact or referral from the day it is received until a decision on
// what happens next is recorded (FD-01): an assessment, a strategy discussion, early help,
// information, or nothing further. Each referral opens its own duty, so one run may hold
// several; the run ends when the last of them is decided.
func FrontDoor(ctx workflow.Context, state pathway.State) error {
	return procedure{
		title:  "front door",
		steps:  []string{"contact or referral received", "decision on the next step"},
		source: "Working Together to Safeguard Children, chapter 3",
	}.follow(ctx, state)
}
