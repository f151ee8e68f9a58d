package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// perform runs an activity with the options of ctx and returns its answer.
func perform[In, Out any](ctx workflow.Context, a pathway.Activity[In, Out], in In) (out Out, err error) {
	err = workflow.ExecuteActivity(ctx, string(a), in).Get(ctx, &out)
	return out, err
}

// wake asks the record what is due now, and does it, one thing after the other. What the
// record answered last, by epoch and revision, is how the pathway goes on.
func (r *run) wake(ctx workflow.Context) {
	woke := wakeAt(r.state)
	planned, err := r.plan(ctx)
	if err != nil {
		r.fault(ctx, failure{string(pathway.PlanDuties), err})
		return
	}
	r.answer(ctx, planned.Next)
	if failed := r.tell(ctx, planned.Send); failed != nil {
		r.fault(ctx, *failed)
		return
	}
	r.done(ctx, woke)
}

func (r *run) plan(ctx workflow.Context) (pathway.Planned, error) {
	ctx = withOptions(ctx, planTimeout, giveUpAfter, "plan: "+r.procedure.title)
	request := pathway.PlanRequest{CaseKey: r.state.Nudge.CaseKey, Pathway: r.state.Nudge.Pathway}
	return perform(ctx, pathway.PlanDuties, request)
}

// tell sends the notices that are due. One that cannot be sent does not keep back those
// after it; the last failure is returned, or nil.
func (r *run) tell(ctx workflow.Context, notices []pathway.Notice) (failed *failure) {
	for _, n := range notices {
		send := pathway.NotifyWorker
		if n.Escalation {
			send = pathway.EscalateToManager
		}
		sent, err := perform(toSend(ctx, giveUpAfter, n.Summary), send, n)
		if err != nil {
			failed = &failure{string(send), err}
			continue
		}
		r.answer(ctx, sent.Next)
	}
	return failed
}

// answer takes what the record answered: as new as what is known, or newer.
func (r *run) answer(ctx workflow.Context, next pathway.Nudge) {
	known := &r.state.Nudge
	if byEpoch(ctx, next.Compare(known) >= 0, next.Revision >= known.Revision) {
		r.take(next)
	}
}

// done ends a good wake. A record that names no later instant than the one at which the
// pathway woke (its clock may be behind the server's) is asked again, at growing intervals.
func (r *run) done(ctx workflow.Context, woke time.Time) {
	r.state.Faults, r.state.RetryAt = 0, time.Time{}
	next := r.state.Nudge.Wake
	if next.IsZero() || next.After(woke) {
		r.state.Repeats = 0
		return
	}
	r.state.Repeats++
	r.state.RetryAt = workflow.Now(ctx).Add(repeatPause(r.state.Repeats))
}

// failure is an activity that failed though it was tried for as long as its options allow.
type failure struct {
	activity string
	err      error
}

// reason names the activity and the type of its error, never what the error says.
func (f failure) reason() string {
	var typed *temporal.ApplicationError
	var late *temporal.TimeoutError
	switch {
	case errors.As(f.err, &typed):
		return f.activity + ": " + typed.Type()
	case errors.As(f.err, &late):
		return f.activity + ": no answer in time"
	default:
		return f.activity + ": failed"
	}
}

// fault keeps the pathway going after an activity failed: it shows, it is noted in the
// record, and it is tried again within the hour.
func (r *run) fault(ctx workflow.Context, f failure) {
	if ctx.Err() != nil {
		return // cancelled: nothing has failed
	}
	r.state.Faults++
	r.state.RetryAt = r.tryAgainAt(workflow.Now(ctx))
	r.log.Error("a pathway stands still", "Reason", f.reason(), "Faults", r.state.Faults)

	ctx = withOptions(ctx, planTimeout, reportGiveUp, "report: "+f.reason())
	report := pathway.FaultReport{CaseKey: r.state.Nudge.CaseKey, Pathway: r.state.Nudge.Pathway, Reason: f.reason()}
	if _, err := perform(ctx, pathway.ReportFault, report); err != nil {
		r.log.Error("and the record could not be told", "Error", err)
	}
}

// tryAgainAt returns when a pathway in fault tries again: after a pause, or when it would have
// woken anyway.
func (r *run) tryAgainAt(now time.Time) time.Time {
	at := now.Add(faultPause(r.state.Faults))
	if wake := r.state.Nudge.Wake; wake.After(now) && wake.Before(at) {
		return wake
	}
	return at
}
