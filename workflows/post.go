package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// How the post goes about its work.
const (
	traysAtOnce   = 4 // messages that are sent side by side
	firstLookPost = 5 * time.Second
	lastLookPost  = 30 * time.Second
	// postWaits bounds how long one post waits for pathways that are still to be planned: a little longer
	// than the record lets a tray wait for them.
	postWaits = 40 * time.Minute
	// holdsPlace is how long a message that cannot be sent keeps others waiting. It is tried on after that.
	holdsPlace = 20 * time.Second
)

// Post sends what people are told in a morning: one message for each person whose tray is ready. It looks
// again while pathways that were due are still to be planned, and while messages are under way, and ends once nothing is
// waited for. A message that cannot be sent keeps none of the others back; it stays owed in the record, which starts another
// post for it.
//
// It is started by a schedule at 09:00 London time on working days, and by a worker whenever the record
// owes a tray. Two at once are harmless: the record gives each tray to one attempt at a time. It returns nil, or the
// error of the record where it could not be asked.
func Post(ctx workflow.Context, state pathway.PostState) error {
	round := &postRound{places: workflow.NewSemaphore(ctx, traysAtOnce), tried: map[string]bool{}}
	for look := firstLookPost; ; look = min(2*look, lastLookPost) {
		found, err := perform(withOptions(ctx, planTimeout, giveUpAfter, "look which messages are ready"), pathway.FindTrays, pathway.None{})
		if err != nil {
			return firstError(err, round.end(ctx))
		}
		if state.Began.IsZero() {
			state.Began = workflow.Now(ctx)
		}
		round.send(ctx, found.Ready)
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return firstError(round.end(ctx), workflow.NewContinueAsNewError(ctx, pathway.Post, state))
		}
		waits := found.Waiting && workflow.Now(ctx).Sub(state.Began) <= postWaits
		over, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
			Timeout: look, TimerOptions: workflow.TimerOptions{Summary: "until it looks again"},
		}, func() bool { return round.under == 0 && !waits })
		if err != nil || over {
			return err
		}
	}
}

// firstError returns the first of some errors that is one.
func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// postRound is what one run of the post has under way.
type postRound struct {
	places workflow.Semaphore
	tried  map[string]bool // never ranged over
	under  int             // messages that have neither gone nor been given up
}

// end waits until nothing is under way.
func (r *postRound) end(ctx workflow.Context) error {
	return workflow.Await(ctx, func() bool { return r.under == 0 })
}

// send begins to send messages, a few side by side. One that was tried by this run is left to the next.
func (r *postRound) send(ctx workflow.Context, trays []pathway.Tray) {
	for _, t := range trays {
		if r.tried[t.ID] {
			continue
		}
		r.tried[t.ID] = true
		r.under++
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer func() { r.under-- }()
			if err := r.places.Acquire(ctx, 1); err != nil {
				return // cancelled
			}
			waited, done := workflow.WithCancel(ctx)
			defer done()
			r.leaveAfter(waited, holdsPlace)
			summary := "send: what " + t.Recipient + " is told this morning"
			if _, err := perform(toSendTray(ctx, giveUpAfter, summary), pathway.SendTray, pathway.TrayRequest{ID: t.ID}); err != nil && !temporal.IsCanceledError(err) {
				workflow.GetLogger(ctx).Error("a morning's message could not be sent: it is tried again by the next post", "Tray", t.ID, "Error", err)
			}
		})
	}
}

// leaveAfter gives a place to the next message once the context ends, or a time has passed.
func (r *postRound) leaveAfter(ctx workflow.Context, after time.Duration) {
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer r.places.Release(1)
		timer := workflow.NewTimerWithOptions(ctx, after, workflow.TimerOptions{Summary: "then the next message need not wait for this one"})
		if err := timer.Get(ctx, nil); err != nil {
			return // it has gone, or was given up
		}
	})
}
