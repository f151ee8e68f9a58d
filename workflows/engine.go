package workflows

import (
	"cmp"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
	"longstop/pathway/attributes"
)

// run is one run of a pathway's workflow. Everything that the next run must know is in
// state; the rest is set up again for each run.
type run struct {
	procedure procedure
	state     pathway.State
	log       log.Logger

	nudges    workflow.ReceiveChannel
	continues workflow.ReceiveChannel
	continued bool // an operator asked to continue as new

	timer alarm
}

// follow is the body of every pathway's workflow. It returns nil when nothing is left to
// do, a ContinueAsNewError when the history has grown long or an operator asks for it, and
// a CanceledError when an admin cancels the workflow: the check of the clocks then finds
// that a clock has stopped and starts it again.
//
// A failure is never returned: see fault.
func (p procedure) follow(ctx workflow.Context, state pathway.State) error {
	r, err := setup(ctx, p, state)
	if err != nil {
		return err
	}
	return r.loop(ctx)
}

func setup(ctx workflow.Context, p procedure, state pathway.State) (*run, error) {
	if err := check(ctx, state); err != nil {
		return nil, err
	}
	state.Schema = pathway.StateSchema
	r := &run{
		procedure: p,
		state:     state,
		log:       log.With(workflow.GetLogger(ctx), "Case", state.Nudge.CaseKey),
		nudges:    workflow.GetSignalChannel(ctx, pathway.NudgeSignal),
		continues: workflow.GetSignalChannel(ctx, pathway.ContinueSignal),
	}
	err := workflow.SetQueryHandler(ctx, pathway.StateQuery, func() (pathway.State, error) { return r.state, nil })
	return r, err
}

// check refuses an input that no release of the nudger sends. A state that only a later
// release understands blocks the workflow, by the worker's panic policy, until a worker
// of that release takes the task.
func check(ctx workflow.Context, state pathway.State) error {
	if state.Schema > pathway.StateSchema {
		panic("the state of this pathway was written by a later release: run a worker of that release")
	}
	if state.Nudge.CaseKey == "" || state.Nudge.Pathway != workflow.GetInfo(ctx).WorkflowType.Name {
		return temporal.NewNonRetryableApplicationError(
			"started without a case or for another pathway: pathways are started by the record, see `starter rebuild`", "WrongStart", nil)
	}
	return nil
}

// loop takes what has come in, and then ends, continues as new, or waits. Between drain
// and either return nothing blocks, so that no nudge is lost.
func (r *run) loop(ctx workflow.Context) error {
	for {
		r.drain(ctx)
		switch {
		case ctx.Err() != nil:
			return cmp.Or(r.showEnd(ctx), ctx.Err())
		case !r.state.Nudge.Open:
			return r.showEnd(ctx)
		case r.mustContinue(ctx):
			return workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, r.state)
		}
		if err := r.show(ctx); err != nil {
			return err
		}
		r.timer.arm(ctx, wakeAt(r.state), r.procedure.timerSummary(r.state))
		if fired := r.wait(ctx); fired {
			r.wake(ctx)
		}
	}
}

// drain takes every message that has come in, without blocking.
func (r *run) drain(ctx workflow.Context) {
	for {
		var n pathway.Nudge
		if !r.nudges.ReceiveAsync(&n) {
			break
		}
		r.nudge(ctx, n)
	}
	for r.continues.ReceiveAsync(nil) {
		r.continued = true
	}
}

// nudge takes what the record says, unless as much or more is known. A pathway in fault
// keeps to the instant of its next try, or to the nudge's where that is earlier.
func (r *run) nudge(ctx workflow.Context, n pathway.Nudge) {
	known := &r.state.Nudge
	if !byEpoch(ctx, n.Compare(known) > 0, n.Revision > known.Revision) {
		return
	}
	r.take(n)
	sooner := !n.Wake.IsZero() && n.Wake.Before(r.state.RetryAt)
	if r.state.Faults == 0 || sooner {
		r.state.RetryAt = time.Time{}
	}
}

// changeEpoch is the id of the change by which runs heed the epoch of a nudge.
const changeEpoch = "epoch"

// byEpoch returns whether a message of the record is taken: by its epoch and revision, or,
// where a release that knew no epochs decided otherwise by the revision alone, as it did:
// its histories must replay. No marker is written where both agree, which is nearly always,
// so that going back to that release stays possible.
func byEpoch(ctx workflow.Context, byPair, byRevision bool) bool {
	if byPair == byRevision {
		return byPair
	}
	if workflow.GetVersion(ctx, changeEpoch, workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return byRevision
	}
	return byPair
}

// take takes a nudge for what the record holds. Whose pathway this is never changes.
func (r *run) take(n pathway.Nudge) {
	n.CaseKey, n.Pathway = r.state.Nudge.CaseKey, r.state.Nudge.Pathway
	r.state.Nudge = n
}

// mustContinue: the history is long, an operator asked, or, which happens only where an
// operator has pinned the run, the deployment's version has changed.
func (r *run) mustContinue(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return r.continued || info.GetContinueAsNewSuggested() || info.GetTargetWorkerDeploymentVersionChanged()
}

// show puts the pathway's display before an admin: the current details, which cost
// nothing, and the search attributes that differ from what is shown.
func (r *run) show(ctx workflow.Context) error {
	workflow.SetCurrentDetails(ctx, r.procedure.details(r.state))
	changes := attributes.Changes(workflow.GetTypedSearchAttributes(ctx), r.shown())
	if len(changes) == 0 {
		return nil
	}
	return workflow.UpsertTypedSearchAttributes(ctx, changes...)
}

// shown returns the nudge as it is shown: a fault outdoes what the record last said.
func (r *run) shown() pathway.Nudge {
	n := r.state.Nudge
	if r.state.Faults > 0 {
		n.Display.Rag = pathway.Fault
	}
	return n
}

// changeEnd is the id of the change by which a run shows that it has ended.
const changeEnd = "end"

// showEnd shows that this run has ended, done or cancelled: whoever lists what is overdue is
// not shown it for ever. Runs that ended under a release which left them as they were replay
// as they did. A run that continues as new ends too, and hands on what it shows.
func (r *run) showEnd(ctx workflow.Context) error {
	workflow.SetCurrentDetails(ctx, r.procedure.endDetails(r.state))
	if workflow.GetVersion(ctx, changeEnd, workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil
	}
	changes := attributes.Changes(workflow.GetTypedSearchAttributes(ctx), ended(r.state.Nudge))
	if len(changes) == 0 {
		return nil
	}
	return workflow.UpsertTypedSearchAttributes(ctx, changes...)
}

// ended returns what a run shows once it has ended: who held it, and nothing that is due.
func ended(n pathway.Nudge) pathway.Nudge {
	return pathway.Nudge{
		Revision: n.Revision,
		Display:  pathway.Display{Team: n.Display.Team, Worker: n.Display.Worker, Rag: pathway.Ended},
	}
}

// wakeAt returns the wall instant of the next wake; zero: there is none.
func wakeAt(s pathway.State) time.Time {
	if !s.RetryAt.IsZero() {
		return s.RetryAt
	}
	return s.Nudge.Wake
}

// wait blocks until the timer fires, a message comes in or the workflow is cancelled. A
// message goes before a timer that fires in the same moment: what it says may be why
// nothing need be done. It is left in its channel, for drain: receiving it here would block
// for ever on one that cannot be read.
func (r *run) wait(ctx workflow.Context) (fired bool) {
	s := workflow.NewSelector(ctx)
	for _, c := range []workflow.ReceiveChannel{ctx.Done(), r.nudges, r.continues} {
		s.AddReceive(c, func(workflow.ReceiveChannel, bool) {})
	}
	r.timer.addTo(ctx, s, func() { fired = true })
	s.Select(ctx)
	return fired
}
