package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	probeQueue = "devstack-test"
	probeBuild = "build-1"
)

// probeWorkflow waits for an update and then for a timer, which is what Longstop's workflows do.
func probeWorkflow(ctx workflow.Context) error {
	answered := false
	err := workflow.SetUpdateHandler(ctx, "answer", func(workflow.Context) (string, error) {
		answered = true
		return "heard", nil
	})
	if err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, "waits for an answer")
	if err := workflow.Await(ctx, func() bool { return answered }); err != nil {
		return err
	}
	timer := workflow.NewTimerWithOptions(ctx, 2*time.Second, workflow.TimerOptions{Summary: "a moment"})
	return timer.Get(ctx, nil)
}

// useTemporal runs a worker and a workflow on the stack, with the features that Longstop uses: worker deployments,
// update-with-start, summaries and details. While the workflow waits it lets the caller do harm, and afterwards both
// that workflow and a new one must complete.
func useTemporal(t *testing.T, s *runningStack, harm func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	service := s.dial(t)
	version := worker.WorkerDeploymentVersion{DeploymentName: "longstop-test", BuildID: probeBuild}
	w := worker.New(service, probeQueue, worker.Options{DeploymentOptions: worker.DeploymentOptions{
		UseVersioning: true, Version: version, DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	}})
	w.RegisterWorkflowWithOptions(probeWorkflow, workflow.RegisterOptions{Name: "Probe"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	eventually(t, "make the worker's build current", func() error {
		_, err := service.WorkerDeploymentClient().GetHandle(version.DeploymentName).
			SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: probeBuild})
		return err
	})
	before := startProbe(ctx, t, service, "probe")
	harm()
	if err := before.Get(ctx, nil); err != nil {
		t.Errorf("the workflow that ran through it: %v", err)
	}
	if err := startProbe(ctx, t, service, "probe-after").Get(ctx, nil); err != nil {
		t.Errorf("a workflow started after it: %v", err)
	}
}

// startProbe starts the workflow by update-with-start.
func startProbe(ctx context.Context, t *testing.T, service client.Client, id string) client.WorkflowRun {
	t.Helper()
	start := service.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: id, TaskQueue: probeQueue, StaticSummary: "a probe", StaticDetails: "of the **stack**",
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, "Probe")
	var answer string
	update, err := service.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateName: "answer", WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err == nil {
		err = update.Get(ctx, &answer)
	}
	if err == nil && answer != "heard" {
		err = fmt.Errorf("answered %q", answer)
	}
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	run, err := start.Get(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return run
}
