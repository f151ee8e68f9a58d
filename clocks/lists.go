package clocks

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"longstop/internal/temporal"
	"longstop/pathway"
)

// Lists is where the record keeps the lists that managers are owed after a first load.
type Lists interface {
	// OwedLists returns the ids of the lists whose morning has come and that are still to be sent.
	OwedLists(ctx context.Context) ([]string, error)
}

// Starter is what starting a workflow needs of a Temporal client.
type Starter interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

const (
	listsEvery = 20 * time.Second
	listsRest  = 10 * time.Minute
	// listsWithin is enough for every manager of a county.
	listsWithin = 5 * time.Minute
)

// SendLists sees that a workflow delivers each list that is owed, until the context ends.
// The workflow's id is the list's: two workers never deliver the same one at once.
func SendLists(ctx context.Context, lists Lists, c Starter, log zerolog.Logger) {
	loop(ctx, log, rhythm{listsEvery, listsRest, listsWithin}, func(ctx context.Context) error {
		ids, err := lists.OwedLists(ctx)
		for i := 0; err == nil && i < len(ids); i++ {
			err = startList(ctx, c, ids[i])
		}
		if err != nil {
			log.Error().Err(err).Msg("lists owed to managers wait")
		}
		return err
	})
}

func startList(ctx context.Context, c Starter, id string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       pathway.WorkflowID(pathway.BacklogList, id),
		TaskQueue:                pathway.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:            "the list a manager is owed after a first load",
	}, pathway.BacklogList, pathway.ListRequest{ID: id})
	if err != nil {
		return fmt.Errorf("starting the delivery of a list: %w", temporal.Explain(err))
	}
	return nil
}
