package clocks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"

	"longstop/internal/temporal"
	"longstop/pathway"
)

// Healer puts right the clocks that do not run as the record wants.
type Healer struct {
	Nudger    *Nudger
	Record    Pathways
	Temporal  client.Client
	Namespace string
	Settle    time.Duration // before a suspect is looked at again
	// EndAll ends orphans however many they are: an operator says that this record is the
	// one that the namespace belongs to.
	EndAll bool

	stayed atomic.Int32 // runs in a row that did not end when they were asked to
}

// Healed counts what was done.
type Healed struct {
	Nudged    int `json:"nudged"`        // told once more what the record holds
	Restarted int `json:"restarted"`     // ended and started again: their runs heard no nudge
	Ended     int `json:"orphans_ended"` // the record wants no such clock
}

// ErrOtherRecord is returned where most of the clocks of the namespace are none of the record's.
var ErrOtherRecord = errors.New("most of the clocks that run in this namespace are unknown to this record, and none was ended: " +
	"is LONGSTOP_DATABASE_URL the record of this TEMPORAL_NAMESPACE? If it is, and was restored from an old copy, `starter rebuild` ends them")

// manyOrphans is how many orphans make the healer doubt that the record is the right one,
// where they are also more than the pathways that the record has open.
const manyOrphans = 20

// Heal does what mends each trouble. A clock that is missing or behind is nudged. A run that
// hears no nudge of the record (it is Ahead, or a nudge did not help) is ended and started
// again from the record; one that the record does not want is ended. Before a run is ended
// it and the record are looked at once more, and afterwards the record again, so that what
// is recorded meanwhile starts its clock. Faulted and Late clocks need no healing: they try
// again by themselves, or wait for a worker.
//
// The error is that of the last clock that could not be healed, or ErrOtherRecord; the next
// check finds it again.
func (h *Healer) Heal(ctx context.Context, report Report, now time.Time) (Healed, error) {
	spared := h.spared(report)
	behind, deaf := split(report, spared != nil)
	nudged, unsent := h.nudge(ctx, behind)
	ended, err := h.lookAgain(ctx, nudged, deaf, now)
	if err != nil {
		return Healed{Nudged: len(nudged)}, errors.Join(spared, unsent, err)
	}
	healed, err := h.replaceAll(ctx, ended)
	healed.Nudged = len(nudged)
	return healed, errors.Join(spared, unsent, err)
}

// split returns the clocks that a nudge may mend and those that it cannot.
func split(report Report, spareOrphans bool) (behind, deaf []Clock) {
	for _, c := range report.Faulty {
		switch {
		case c.Trouble == Orphan && spareOrphans:
		case c.deaf:
			deaf = append(deaf, c)
		case c.Trouble == Missing || c.Trouble == Stale:
			behind = append(behind, c)
		}
	}
	return behind, deaf
}

// lookAgain returns the clocks whose runs must be ended: those that are still deaf, and those
// that were nudged just now, have taken all that they were sent, and are behind all the same.
func (h *Healer) lookAgain(ctx context.Context, nudged, deaf []Clock, now time.Time) ([]Clock, error) {
	suspects, told := map[string]pathway.Nudge{}, map[string]bool{}
	for _, c := range nudged {
		if c.Trouble == Stale {
			suspects[c.WorkflowID], told[c.WorkflowID] = c.Nudge, true
		}
	}
	for _, c := range deaf {
		suspects[c.WorkflowID] = c.Nudge
	}
	i := inspector{record: h.Record, temporal: h.Temporal, settle: h.Settle, now: now}
	clocks, err := i.inspectAll(ctx, suspects)
	if err != nil {
		return nil, err
	}
	var ended []Clock
	for _, c := range clocks {
		before := suspects[c.WorkflowID]
		unheard := told[c.WorkflowID] && c.Trouble == Stale && c.idle && c.Nudge.Compare(&before) == 0
		if c.deaf || unheard {
			ended = append(ended, c)
		}
	}
	return ended, nil
}

// spared returns ErrOtherRecord where orphans are not to be ended.
func (h *Healer) spared(report Report) error {
	if orphans := report.Count(Orphan); !h.EndAll && orphans > manyOrphans && orphans > report.Open {
		return fmt.Errorf("%d of %d: %w", orphans, orphans+report.Live, ErrOtherRecord)
	}
	return nil
}

// nudge nudges clocks and returns those whose nudge has arrived.
func (h *Healer) nudge(ctx context.Context, clocks []Clock) (arrived []Clock, failed error) {
	nudges := make([]pathway.Nudge, len(clocks))
	for i := range clocks {
		nudges[i] = clocks[i].Nudge
	}
	for i, err := range h.Nudger.Send(ctx, nudges) {
		if err != nil {
			failed = err
		} else {
			arrived = append(arrived, clocks[i])
		}
	}
	return arrived, failed
}

// replaceAll replaces runs, several at a time, and counts what became of them.
func (h *Healer) replaceAll(ctx context.Context, clocks []Clock) (healed Healed, failed error) {
	var mu sync.Mutex
	each(len(clocks), inFlight, func(i int) {
		started, err := h.replace(ctx, &clocks[i])
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			failed = err
		case started:
			healed.Restarted++
		default:
			healed.Ended++
		}
	})
	return healed, failed
}

// replace ends one run, and starts what the record wants then, if anything. The run is named,
// so that one that somebody else has started meanwhile is left alone; that is also why the
// start does not terminate by its conflict policy, which could not give a reason either.
func (h *Healer) replace(ctx context.Context, c *Clock) (started bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*sendTimeout+leaveTimeout)
	defer cancel()
	if err := h.end(ctx, c); err != nil {
		return false, err
	}
	i := inspector{record: h.Record}
	want, err := i.recorded(ctx, c.WorkflowID)
	if err != nil || !want.Open {
		return false, err
	}
	return true, h.Nudger.Send(ctx, []pathway.Nudge{want})[0]
}

const (
	// leaveTimeout is how long a run may take to end by itself once it is asked to.
	leaveTimeout = 3 * time.Second
	// stayedMost is how many runs in a row may not end when asked to, before the rest are
	// terminated at once: no worker runs them.
	stayedMost = 16
)

// end ends one run. It is asked to end by itself, so that it shows in Temporal's lists that
// it has ended; one that does not is terminated, and keeps what it showed.
func (h *Healer) end(ctx context.Context, c *Clock) error {
	reason := "ended by Longstop's check of the clocks: " + c.Why
	if h.stayed.Load() < stayedMost {
		if h.leaves(ctx, c, reason) {
			h.stayed.Store(0)
			return nil
		}
		h.stayed.Add(1)
	}
	err := h.Temporal.TerminateWorkflow(ctx, c.WorkflowID, c.run, reason)
	if err != nil && !isNotFound(err) { // not found: it has ended by itself
		return fmt.Errorf("ending %s: %w", c.WorkflowID, temporal.Explain(err))
	}
	return nil
}

// leaves asks a run to end by itself and reports whether it did.
func (h *Healer) leaves(ctx context.Context, c *Clock, reason string) bool {
	ctx, cancel := context.WithTimeout(ctx, leaveTimeout)
	defer cancel()
	run := &commonpb.WorkflowExecution{WorkflowId: c.WorkflowID, RunId: c.run}
	_, err := h.Temporal.WorkflowService().RequestCancelWorkflowExecution(ctx, &workflowservice.RequestCancelWorkflowExecutionRequest{
		Namespace: h.Namespace, WorkflowExecution: run, Reason: reason, RequestId: uuid.NewString(),
	})
	if err != nil {
		return isNotFound(err)
	}
	err = h.Temporal.GetWorkflow(ctx, c.WorkflowID, c.run).GetWithOptions(ctx, nil, client.WorkflowRunGetOptions{DisableFollowingRuns: true})
	var ended *sdk.WorkflowExecutionError
	return err == nil || errors.As(err, &ended)
}
