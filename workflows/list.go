package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// BacklogList delivers the one list that a manager is owed after the first load of a
// council's history: what was overdue already, in place of a message about each duty. The
// worker starts one for each list that the record owes, under the list's id, so that two
// workers never send the same one at once.
//
// It returns nil once the record has the list as sent, not to be sent or undeliverable.
// Any error fails it, visibly; the worker starts it again while the list is owed.
func BacklogList(ctx workflow.Context, list pathway.ListRequest) error {
	if list.ID == "" {
		return temporal.NewNonRetryableApplicationError("started without a list: the worker starts these", "WrongStart", nil)
	}
	ctx = toSend(ctx, listGiveUp, "send: list of what was overdue at the first load")
	_, err := perform(ctx, pathway.SendList, list)
	return err
}
