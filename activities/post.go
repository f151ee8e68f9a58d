package activities

import (
	"context"

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
	return a.deliver(ctx, func() (Claimed, error) { return a.Record.ClaimTray(ctx, r.ID) })
}
