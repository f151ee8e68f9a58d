package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// terminate ends the open workflows of some types by hand, as an admin would, and fails
// where there are none:
//
//	terminate Section47 FrontDoor
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	options := client.Options{HostPort: ts.Getenv("TEMPORAL_ADDRESS"), Namespace: ts.Getenv("TEMPORAL_NAMESPACE")}
	temporal, err := client.Dial(options)
	ts.Check(err)
	defer temporal.Close()
	list, err := temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: options.Namespace, Query: "ExecutionStatus = 'Running'",
	})
	ts.Check(err)
	ended := 0
	for _, run := range list.GetExecutions() {
		if !slices.Contains(args, run.GetType().GetName()) {
			continue
		}
		ts.Check(temporal.TerminateWorkflow(ctx, run.GetExecution().GetWorkflowId(), "", "by hand"))
		ended++
	}
	if (ended == 0) != neg {
		ts.Fatalf("%s", fmt.Sprintf("terminated %d of %v", ended, args))
	}
}
