package clocks_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"longstop/calendar"
	"longstop/clocks"
	"longstop/internal/temporaltest"
	"longstop/pathway"
)

// office is a record that owes messages.
type office struct {
	found pathway.TraysFound
	done  context.CancelFunc
}

func (o *office) FindTrays(context.Context) (pathway.TraysFound, error) {
	if len(o.found.Ready) == 0 {
		o.done()
	}
	return o.found, nil
}

// posts takes the start of a post.
type posts struct {
	started []client.StartWorkflowOptions
	done    context.CancelFunc
}

func (p *posts) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, workflow any, _ ...any) (client.WorkflowRun, error) {
	if workflow != pathway.Post {
		return nil, errors.New("started something else")
	}
	p.started = append(p.started, o)
	p.done()
	return nil, nil
}

func TestAPostIsStartedWhileAMessageIsOwed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		found pathway.TraysFound
		posts int
	}{
		"one is ready":           {pathway.TraysFound{Ready: []pathway.Tray{{ID: "t1"}}}, 1},
		"pathways are planned":   {pathway.TraysFound{Waiting: true}, 0},
		"nobody is told a thing": {pathway.TraysFound{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := &posts{done: cancel}
			clocks.SendPost(ctx, &office{tc.found, cancel}, p, clocks.PostEvery, zerolog.Nop())
			if len(p.started) != tc.posts {
				t.Fatalf("%d posts", len(p.started))
			}
			if tc.posts > 0 && (p.started[0].ID != "Post/owed" || p.started[0].WorkflowIDConflictPolicy != enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING) {
				t.Errorf("started %+v", p.started[0])
			}
		})
	}
}

func TestTheScheduleOfThePostIsMadeOnceAndPutRight(t *testing.T) {
	t.Parallel()
	stack := temporaltest.Shared(t)
	c, err := client.Dial(client.Options{HostPort: stack.Temporal, Namespace: pathway.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ensure := func() {
		t.Helper()
		if err := clocks.EnsurePost(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	ensure()
	handle := c.ScheduleClient().GetHandle(t.Context(), clocks.PostSchedule)
	if err := handle.Pause(t.Context(), client.SchedulePauseOptions{Note: "maintenance"}); err != nil {
		t.Fatal(err)
	}
	err = handle.Update(t.Context(), client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		s := in.Description.Schedule
		s.Spec = &client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour}}}
		return &client.ScheduleUpdate{Schedule: &s}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	ensure()
	is, err := handle.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !is.Schedule.State.Paused {
		t.Error("an operator's pause was undone")
	}
	if is.Schedule.Policy.Overlap != enumspb.SCHEDULE_OVERLAP_POLICY_SKIP || is.Schedule.Policy.CatchupWindow != 4*time.Hour {
		t.Errorf("policy %+v", is.Schedule.Policy)
	}
	nineOnWorkingDays(t, is.Info.NextActionTimes)

	// Over a change of the clocks, by the server's own data: from 24 March 2027 on, of which the 28th is a Sunday.
	err = handle.Update(t.Context(), client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		s := in.Description.Schedule
		s.Spec.StartAt = calendar.NewDate(2027, time.March, 24).Start()
		return &client.ScheduleUpdate{Schedule: &s}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if is, err = handle.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	nineOnWorkingDays(t, is.Info.NextActionTimes)
	hours := map[int]bool{}
	for _, next := range is.Info.NextActionTimes {
		hours[next.UTC().Hour()] = true
	}
	if !hours[8] || !hours[9] {
		t.Errorf("it would start at these hours of UTC: %v", hours)
	}
	ensure()
}

func nineOnWorkingDays(t *testing.T, times []time.Time) {
	t.Helper()
	if len(times) == 0 {
		t.Fatal("no time to come")
	}
	for _, next := range times {
		if at := calendar.InLondon(next); at.Hour() != 9 || at.Minute() != 0 || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			t.Errorf("it would start at %v", at)
		}
	}
}
