package clocks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"longstop/internal/temporal"
	"longstop/pathway"
)

const (
	// inspectors is how many runs are asked at once.
	inspectors = 16
	// askTimeout is how long a run may take to answer: where no worker is there, it does
	// not.
	askTimeout = 5 * time.Second
	// unansweredMost is how many runs in a row may give no answer before no more are
	// asked: no worker runs them, and a county of time-outs would take an hour.
	unansweredMost = inspectors
	// looks is how often a clock is looked at while the record changes beneath.
	looks = 3
)

// inspector looks at single clocks closely.
type inspector struct {
	record   Pathways
	temporal client.Client
	settle   time.Duration
	now      time.Time

	unanswered atomic.Int32 // runs in a row that did not answer
}

// inspectAll looks at each clock, several at a time, and returns them in the order of their
// ids. Each comes with how the record had it when it was suspected. One that cannot be looked
// at is Unknown, and keeps none of the others from being judged; where that goes for all of
// several, the error says why.
func (i *inspector) inspectAll(ctx context.Context, suspects map[string]pathway.Nudge) ([]Clock, error) {
	ids := slices.Sorted(maps.Keys(suspects))
	clocks, failed := make([]Clock, len(ids)), make([]error, len(ids))
	each(len(ids), inspectors, func(n int) {
		id := ids[n]
		if clocks[n], failed[n] = i.inspect(ctx, id, suspects[id]); failed[n] != nil {
			clocks[n] = Clock{WorkflowID: id, Nudge: suspects[id], Trouble: Unknown, Why: "it could not be looked at: " + failed[n].Error()}
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	failed = slices.DeleteFunc(failed, func(err error) bool { return err == nil })
	if len(failed) > 1 && len(failed) == len(clocks) {
		return nil, failed[0] // it is not the clocks
	}
	return clocks, nil
}

// inspect compares a run with the record, which is read after the run was looked at: what a
// run has been told is in the record by then. Where the record has changed since it was
// last read, the nudge that follows may be under way, and the clock is looked at again.
func (i *inspector) inspect(ctx context.Context, id string, before pathway.Nudge) (Clock, error) {
	for look := 1; ; look++ {
		clock, err := i.look(ctx, id)
		if err != nil || clock.Trouble == "" || clock.Nudge.Compare(&before) == 0 || look == looks {
			return clock, err
		}
		before = clock.Nudge
		if err := pause(ctx, i.settle); err != nil {
			return Clock{}, err
		}
	}
}

func (i *inspector) look(ctx context.Context, id string) (Clock, error) {
	run, err := i.describe(ctx, id)
	if err != nil {
		return Clock{}, err
	}
	want, err := i.recorded(ctx, id)
	if err != nil {
		return Clock{}, err
	}
	if run != nil && want.Open && run.trouble(&want, i.now) != "" {
		// A nudge that has reached it may not have been served yet.
		if run, err = i.ask(ctx, id, run); err != nil {
			return Clock{}, err
		}
		if want, err = i.recorded(ctx, id); err != nil {
			return Clock{}, err
		}
	}
	return judge(id, run, &want, i.now), nil
}

// judge says what is wrong with a clock whose open run is given; nil: it has none.
func judge(id string, run *shown, want *pathway.Nudge, now time.Time) Clock {
	clock := Clock{WorkflowID: id, Nudge: *want}
	switch {
	case run == nil && !want.Open:
		return clock
	case run == nil:
		clock.Trouble, run = Missing, &shown{}
	case !want.Open:
		clock.Trouble, clock.deaf = Orphan, true
	default:
		clock.Trouble = run.trouble(want, now)
		// A nudge as new as what it knows changes nothing.
		clock.deaf = clock.Trouble == Ahead || clock.Trouble == Stale && run.compare(want) == 0
	}
	clock.run, clock.idle = run.run, run.answered && !run.busy
	clock.Why = run.why(clock.Trouble, want)
	return clock
}

// recorded returns a pathway as the record holds it now.
func (i *inspector) recorded(ctx context.Context, id string) (pathway.Nudge, error) {
	name, key, _ := strings.Cut(id, "/")
	want, err := i.record.Pathway(ctx, key, name)
	if err != nil {
		return want, fmt.Errorf("reading the pathway of %s: %w", id, err)
	}
	return want, nil
}

// describe asks the server for the open run of a workflow; nil if it has none.
func (i *inspector) describe(ctx context.Context, id string) (*shown, error) {
	described, err := i.temporal.DescribeWorkflowExecution(ctx, id, "")
	var gone *serviceerror.NotFound
	switch {
	case errors.As(err, &gone):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("describing %s: %w", id, temporal.Explain(err))
	}
	info := described.GetWorkflowExecutionInfo()
	if info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return nil, nil
	}
	run, err := shownBy(info.GetSearchAttributes())
	if err != nil {
		return nil, fmt.Errorf("the search attributes of %s: %w", id, err)
	}
	run.run = info.GetExecution().GetRunId()
	run.busy = len(described.GetPendingActivities()) > 0 || described.GetPendingWorkflowTask() != nil
	return &run, nil
}

// ask asks a run itself; where it does not answer, what it showed stays. The answer holds
// every nudge that had been sent, unless the run was busy. It returns nil where the run has
// ended meanwhile.
func (i *inspector) ask(ctx context.Context, id string, run *shown) (*shown, error) {
	state, ok := i.stateOf(ctx, id, run.run)
	if !ok {
		return run, nil
	}
	now, err := i.describe(ctx, id)
	if err != nil || now == nil || now.run != run.run {
		return now, err
	}
	now.answered = true
	now.epoch, now.revision, now.wake = state.Nudge.Epoch, state.Nudge.Revision, state.Nudge.Wake
	now.rag = state.Nudge.Display.Rag
	if state.Faults > 0 {
		now.rag = pathway.Fault
	}
	return now, nil
}

func (i *inspector) stateOf(ctx context.Context, id, run string) (state pathway.State, ok bool) {
	if i.unanswered.Load() >= unansweredMost {
		return state, false
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := i.temporal.QueryWorkflow(ctx, id, run, pathway.StateQuery)
	if err != nil {
		i.unanswered.Add(1)
		return state, false
	}
	i.unanswered.Store(0)
	return state, answer.Get(&state) == nil
}
