package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"longstop/pathway"
)

// Trays are what people are told in a morning. Sending, Sent, SendFailed and NotDelivered of Notices work on them too.
type Trays interface {
	// FindTrays returns the trays that are to be sent now, and whether pathways are still to be planned, for
	// which others wait.
	FindTrays(ctx context.Context) (pathway.TraysFound, error)
	// ClaimTray is Claim for the tray of that id.
	ClaimTray(ctx context.Context, id string) (Claimed, error)
}

// FindTrays asks the record which messages of this morning are ready to be sent.
//
// It may be run many times: it changes nothing. Errors: pathway.ErrTypeRecord and pathway.ErrTypeClock, which are tried again.
func (a *Activities) FindTrays(ctx context.Context, _ pathway.None) (pathway.TraysFound, error) {
	found, err := a.Record.FindTrays(ctx)
	if err != nil {
		return pathway.TraysFound{}, a.recordError("look which messages are ready", err)
	}
	return found, nil
}

// SendTray sends one person's message of this morning.
//
// It may be run many times, as NotifyWorker. Errors: those of NotifyWorker.
func (a *Activities) SendTray(ctx context.Context, r pathway.TrayRequest) (pathway.Sent, error) {
	return a.deliver(ctx, func() (Claimed, error) {
		defer alive(ctx)()
		return a.Record.ClaimTray(ctx, r.ID)
	})
}

// aliveEvery is how often an attempt says that it is still at work on its claim: several times in the time
// for which Temporal waits to hear of it. A claim that is shorter says nothing, so that what send says next is not held
// back with it: the SDK sends the first heartbeat at once, and gathers those that follow.
const aliveEvery = 5 * time.Second

// alive says that an attempt is still at work, again and again until the function that it returns is called. A claim decides on every case
// in a tray, which may be hundreds, or wait for one that is locked.
func alive(ctx context.Context) (stop func()) {
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(aliveEvery)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() { close(over); <-ended }
}
