// Package clocks is the client's side of Longstop's workflows: it tells pathways what the
// record holds, sees that a namespace is fit for them, and checks that every clock which the
// record wants is running.
//
// The record decides, this package carries: nothing in here knows a rule, and everything
// in here may be done twice.
package clocks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"longstop/internal/temporal"
	"longstop/pathway"
	"longstop/pathway/attributes"
)

const (
	// inFlight is how many nudges are under way at once. The Temporal server's CPU is the
	// limit, not the wait: on two cores 16 and 32 do alike, and one at a time is a fifth
	// as fast.
	inFlight = 24
	// sendTimeout bounds one nudge, the SDK's own retries included. What it does not get
	// through waits in the outbox.
	sendTimeout = 10 * time.Second
)

// Signaller is what a Nudger needs of a Temporal client.
type Signaller interface {
	SignalWithStartWorkflow(ctx context.Context, workflowID, signalName string, signalArg any,
		options client.StartWorkflowOptions, workflow any, workflowArgs ...any) (client.WorkflowRun, error)
	SignalWorkflow(ctx context.Context, workflowID, runID, signalName string, arg any) error
}

// Nudger sends nudges. It is safe for concurrent use.
type Nudger struct {
	temporal Signaller
	// Swept is told of each batch of the outbox how many nudges were sent and how many were
	// not; nil: nobody is. It is set before Sweep.
	Swept func(sent, failed int)
}

// New returns a Nudger that sends through a Temporal client.
func New(c Signaller) *Nudger { return &Nudger{temporal: c} }

// Send sends every nudge, several at a time, and returns an error for each, in their
// order; nil for one that has arrived. Once Temporal cannot be reached for one
// (temporal.ErrUnreachable), those that have not been begun are not, and have the same error. A
// nudge may be sent again after an error, and after none: the workflow ignores a revision
// that it knows.
func (n *Nudger) Send(ctx context.Context, nudges []pathway.Nudge) []error {
	errs := make([]error, len(nudges))
	var down atomic.Pointer[error]
	each(len(nudges), inFlight, func(i int) {
		if err := down.Load(); err != nil {
			errs[i] = *err
			return
		}
		if errs[i] = n.send(ctx, nudges[i]); errors.Is(errs[i], temporal.ErrUnreachable) {
			down.Store(&errs[i])
		}
	})
	return errs
}

// each calls do with 0 to n-1, at most limit at a time, and returns when all have returned.
func each(n, limit int, do func(i int)) {
	var calls sync.WaitGroup
	slots := make(chan struct{}, limit)
	for i := range n {
		slots <- struct{}{}
		calls.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	calls.Wait()
}

func (n *Nudger) send(ctx context.Context, nudge pathway.Nudge) error {
	if !slices.Contains(pathway.All, nudge.Pathway) || nudge.CaseKey == "" {
		return fmt.Errorf("a nudge for the pathway %q of the case %q: no such workflow", nudge.Pathway, nudge.CaseKey)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	id := pathway.WorkflowID(nudge.Pathway, nudge.CaseKey)
	if err := n.deliver(ctx, id, nudge); err != nil {
		return fmt.Errorf("nudging %s: %w", id, temporal.Explain(err))
	}
	return nil
}

// deliver signals, and starts what does not run and should. A case's first nudge finds
// nothing running; a later one mostly does, and a plain signal costs the server a tenth
// less than one that brings a start with it.
func (n *Nudger) deliver(ctx context.Context, id string, nudge pathway.Nudge) error {
	if nudge.Revision > 1 || !nudge.Open {
		err := n.temporal.SignalWorkflow(ctx, id, "", pathway.NudgeSignal, nudge)
		switch {
		case !isNotFound(err):
			return err
		case !nudge.Open: // what is to end and does not run has ended
			return nil
		}
	}
	_, err := n.temporal.SignalWithStartWorkflow(ctx, id, pathway.NudgeSignal, nudge, startOptions(id, nudge), nudge.Pathway, start(nudge))
	return err
}

// start returns what a run that the nudge starts begins with: whose it is. The signal that comes
// with the start says the rest, so that history holds it once.
func start(n pathway.Nudge) pathway.State {
	return pathway.State{Schema: pathway.StateSchema, Nudge: pathway.Nudge{CaseKey: n.CaseKey, Pathway: n.Pathway}}
}

func startOptions(id string, n pathway.Nudge) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:        id,
		TaskQueue: pathway.TaskQueue,
		// One at a time; once it has ended, the next event begins another.
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes:    attributes.Start(n),
		StaticSummary:            summary(n.Display.Label),
		// No time-outs: a pathway lives for as long as its duties do.
	}
}

// summary cannot change later, so it says of when it is.
func summary(label string) string {
	if label == "" {
		return ""
	}
	return "at the start: " + label
}

func isNotFound(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
