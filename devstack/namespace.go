package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// mainNamespace is the one that Longstop's programs use; it is always there.
const mainNamespace = "longstop"

// retention is how long Temporal keeps a run after it closed. Temporal is not the record: a week is enough to look at
// what happened, over a weekend too, and keeps a database small that sees tests and demonstrations all day.
const retention = 7 * 24 * time.Hour

// registerNamespaces makes the namespaces that are missing and waits until each can be used.
func registerNamespaces(ctx context.Context, frontend string, names []string) error {
	options := client.Options{HostPort: frontend, Logger: silence()}
	namespaces, err := client.NewNamespaceClient(options)
	if err != nil {
		return err
	}
	defer namespaces.Close()
	for _, name := range names {
		request := &workflowservice.RegisterNamespaceRequest{
			Namespace:                        name,
			Description:                      "made by devstack",
			WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		}
		err := untilDone(ctx, func() error { return ignoreExisting(namespaces.Register(ctx, request)) })
		if err != nil {
			return fmt.Errorf("cannot register the namespace %s: %w", name, err)
		}
	}
	for _, name := range names {
		if err := waitUsable(ctx, frontend, name); err != nil {
			return fmt.Errorf("the namespace %s cannot be used yet: %w", name, err)
		}
	}
	return nil
}

func ignoreExisting(err error) error {
	var there *serviceerror.NamespaceAlreadyExists
	if errors.As(err, &there) {
		return nil
	}
	return err
}

// waitUsable waits until every service knows the namespace: each keeps a list of its own, read every other second,
// and until then the first workflow would fail with "namespace not found".
func waitUsable(ctx context.Context, frontend, name string) error {
	service, err := client.DialContext(ctx, client.Options{HostPort: frontend, Namespace: name, Logger: silence()})
	if err != nil {
		return err
	}
	defer service.Close()
	return untilDone(ctx, func() error {
		if _, err := service.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: name}); err != nil {
			return fmt.Errorf("counting its workflows: %w", err)
		}
		if _, err := service.DescribeTaskQueue(ctx, "devstack-probe", enumspb.TASK_QUEUE_TYPE_WORKFLOW); err != nil {
			return fmt.Errorf("asking the matching service: %w", err)
		}
		_, err := service.DescribeWorkflowExecution(ctx, "devstack-probe", "")
		var noSuchWorkflow *serviceerror.NotFound
		if err != nil && !errors.As(err, &noSuchWorkflow) {
			return fmt.Errorf("asking the history service: %w", err)
		}
		return nil
	})
}

// untilDone tries again and again until it succeeds or the context ends; then it says what was wrong last.
func untilDone(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// silence is for clients that only probe: that a service does not answer yet is no news.
func silence() sdklog.Logger {
	return sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
}
