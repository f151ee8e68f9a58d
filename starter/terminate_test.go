package main

import (
	"context"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// terminate ends the open workflows of some types by hand, as an admin would: one of each
// type at least, which it waits for, since lists are eventually consistent. Negated, it
// fails where there is any.
//
//	terminate Section47 FrontDoor
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	options := client.Options{HostPort: ts.Getenv("TEMPORAL_ADDRESS"), Namespace: ts.Getenv("TEMPORAL_NAMESPACE")}
	temporal, err := client.Dial(options)
	ts.Check(err)
	defer temporal.Close()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for missing := args; len(missing) > 0; {
		for _, name := range terminateListed(ctx, ts, temporal, options.Namespace, missing) {
			missing = slices.DeleteFunc(slices.Clone(missing), func(arg string) bool { return arg == name })
		}
		switch {
		case neg && len(missing) < len(args):
			ts.Fatalf("there are workflows of %v", args)
		case neg || len(missing) == 0:
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			ts.Fatalf("no workflow of %v is listed", missing)
		}
	}
}

// terminateListed ends the workflows of some types that are listed, and returns the types
// of those.
func terminateListed(ctx context.Context, ts *testscript.TestScript, temporal client.Client, namespace string, types []string) []string {
	list, err := temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, Query: "ExecutionStatus = 'Running'",
	})
	ts.Check(err)
	var ended []string
	for _, run := range list.GetExecutions() {
		if name := run.GetType().GetName(); slices.Contains(types, name) {
			ts.Check(temporal.TerminateWorkflow(ctx, run.GetExecution().GetWorkflowId(), "", "by hand"))
			ended = append(ended, name)
		}
	}
	return ended
}
