package workflows_test

import (
	"context"
	"errors"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longstop/pathway"
	"longstop/workflows"
)

func runList(list pathway.ListRequest, send func(context.Context, pathway.ListRequest) (pathway.Sent, error)) error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestWorkflowEnvironment()
	workflows.Register(env)
	env.RegisterActivityWithOptions(send, activity.RegisterOptions{Name: string(pathway.SendList)})
	env.ExecuteWorkflow(pathway.BacklogList, list)
	return env.GetWorkflowError()
}

func TestAListIsSentOnce(t *testing.T) {
	t.Parallel()
	var sent []string
	failures := 3
	err := runList(pathway.ListRequest{ID: "l1"}, func(_ context.Context, r pathway.ListRequest) (pathway.Sent, error) {
		if failures--; failures >= 0 {
			return pathway.Sent{}, temporal.NewApplicationError("not just now", pathway.ErrTypeChannel)
		}
		sent = append(sent, r.ID)
		return pathway.Sent{Outcome: "sent"}, nil
	})
	if err != nil || len(sent) != 1 || sent[0] != "l1" {
		t.Errorf("sent %v, ended with %v", sent, err)
	}
}

func TestAListThatCannotBeSentFailsVisibly(t *testing.T) {
	t.Parallel()
	err := runList(pathway.ListRequest{ID: "l1"}, func(context.Context, pathway.ListRequest) (pathway.Sent, error) {
		return pathway.Sent{}, temporal.NewNonRetryableApplicationError("gone", pathway.ErrTypeUnknown, nil)
	})
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) || failed.Type() != pathway.ErrTypeUnknown {
		t.Errorf("ended with %v", err)
	}
}

func TestAListWithoutAnIDIsRefused(t *testing.T) {
	t.Parallel()
	if err := runList(pathway.ListRequest{}, func(context.Context, pathway.ListRequest) (pathway.Sent, error) { return pathway.Sent{}, nil }); err == nil {
		t.Error("it was taken")
	}
}
