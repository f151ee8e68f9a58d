package workflows_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longstop/pathway"
	"longstop/workflows"
)

// A mail server that hangs keeps up the queue of what is sent, and no pathway's planning.
func TestWhatSendsMessagesRunsOnAQueueOfItsOwn(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	follow := func(workflow string, input any) {
		var suite testsuite.WorkflowTestSuite
		suite.SetLogger(quiet{})
		env := suite.NewTestWorkflowEnvironment()
		env.SetStartTime(epoch)
		workflows.Register(env)
		queue := func(ctx context.Context) {
			info := activity.GetInfo(ctx)
			got[info.ActivityType.Name] = info.TaskQueue
		}
		planned := pathway.Planned{Send: []pathway.Notice{notice("n1", false), notice("n2", true)}, Next: closed(2)}
		env.RegisterActivityWithOptions(func(ctx context.Context, _ pathway.PlanRequest) (pathway.Planned, error) {
			queue(ctx)
			return planned, nil
		}, activity.RegisterOptions{Name: string(pathway.PlanDuties)})
		for _, name := range []string{string(pathway.NotifyWorker), string(pathway.EscalateToManager)} {
			env.RegisterActivityWithOptions(func(ctx context.Context, n pathway.Notice) (pathway.Sent, error) {
				queue(ctx)
				if n.Escalation { // once: what is reported then is a fault
					return pathway.Sent{}, temporal.NewNonRetryableApplicationError("gone", pathway.ErrTypeUnknown, nil)
				}
				return pathway.Sent{Outcome: "sent", Next: closed(3)}, nil
			}, activity.RegisterOptions{Name: name})
		}
		env.RegisterActivityWithOptions(func(ctx context.Context, _ pathway.FaultReport) error {
			queue(ctx)
			return nil
		}, activity.RegisterOptions{Name: string(pathway.ReportFault)})
		env.RegisterActivityWithOptions(func(ctx context.Context, _ pathway.ListRequest) (pathway.Sent, error) {
			queue(ctx)
			return pathway.Sent{Outcome: "sent"}, nil
		}, activity.RegisterOptions{Name: string(pathway.SendList)})
		env.ExecuteWorkflow(workflow, input)
		if err := env.GetWorkflowError(); err != nil {
			t.Fatal(err)
		}
	}
	follow(pathway.Assessment, pathway.State{Schema: pathway.StateSchema, Nudge: open(1, epoch.Add(time.Hour))})
	follow(pathway.BacklogList, pathway.ListRequest{ID: "l1"})
	const own = "default-test-taskqueue" // the workflow's, in the test environment
	want := map[string]string{
		string(pathway.PlanDuties): own, string(pathway.ReportFault): own,
		string(pathway.NotifyWorker): pathway.SendTaskQueue, string(pathway.EscalateToManager): pathway.SendTaskQueue,
		string(pathway.SendList): pathway.SendTaskQueue,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
