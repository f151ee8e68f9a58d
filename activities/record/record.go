// Package record is the record as the activities see it: the store, with its errors by the names
// that the activities act on.
package record

import (
	"context"
	"errors"
	"fmt"

	"longstop/activities"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
)

// Record is the store as the activities see it.
type Record struct {
	*store.Store
	// Contact is the e-mail address of who reads replies, which every message names; "" for nobody.
	Contact string
}

var _ activities.Record = Record{}

// Plan plans a pathway: see activities.Record.
func (r Record) Plan(ctx context.Context, caseKey, name string) (pathway.Planned, error) {
	planned, err := r.Store.Plan(ctx, caseKey, name)
	return planned, known(err)
}

// Faulted notes that a pathway could not do what is due: see activities.Record.
func (r Record) Faulted(ctx context.Context, caseKey, name, reason string) error {
	return known(r.Store.Faulted(ctx, caseKey, name, reason))
}

// Claim claims a notice: see activities.Record.
func (r Record) Claim(ctx context.Context, caseKey, noticeKey string) (activities.Claimed, error) {
	return r.claimed(r.Store.Claim(ctx, caseKey, noticeKey))
}

// ClaimList claims a list: see activities.Record.
func (r Record) ClaimList(ctx context.Context, id string) (activities.Claimed, error) {
	return r.claimed(r.Store.ClaimList(ctx, id))
}

// FindTrays returns the trays that are to be sent: see activities.Trays.
func (r Record) FindTrays(ctx context.Context) (pathway.TraysFound, error) {
	found, err := r.Store.FindTrays(ctx)
	return found, known(err)
}

// ClaimTray claims a tray: see activities.Trays.
func (r Record) ClaimTray(ctx context.Context, id string) (activities.Claimed, error) {
	return r.claimed(r.Store.ClaimTray(ctx, id))
}

// Sending notes that the channel is about to be called: see activities.Record.
func (r Record) Sending(ctx context.Context, noticeID string, claim int) (int, error) {
	attempt, err := r.Store.Sending(ctx, noticeID, claim)
	return attempt, known(err)
}

// Doubtful returns the attempts that may or may not have been taken: see activities.Record.
func (r Record) Doubtful(ctx context.Context, noticeID string, attempt int) ([]int, error) {
	numbers, err := r.Store.Doubtful(ctx, noticeID, attempt)
	return numbers, known(err)
}

// Sent notes that the channel took a message: see activities.Record.
func (r Record) Sent(ctx context.Context, noticeID string, attempt int, channel, receipt string) (pathway.Nudge, error) {
	next, err := r.Store.Sent(ctx, noticeID, attempt, channel, receipt)
	return next, known(err)
}

// Logged notes that a message was only logged: see activities.Record.
func (r Record) Logged(ctx context.Context, noticeID string, attempt int) (pathway.Nudge, error) {
	next, err := r.Store.Logged(ctx, noticeID, attempt)
	return next, known(err)
}

// SendFailed notes that the channel could not take a message just now: see activities.Record.
func (r Record) SendFailed(ctx context.Context, noticeID string, attempt int, channel, reason string, maybe bool) error {
	return known(r.Store.SendFailed(ctx, noticeID, attempt, channel, reason, maybe))
}

// NotDelivered notes that a recipient was refused: see activities.Record.
func (r Record) NotDelivered(ctx context.Context, noticeID string, attempt int, reason string) (activities.Claimed, error) {
	return r.claimed(r.Store.NotDelivered(ctx, noticeID, attempt, reason))
}

func (r Record) claimed(c store.Claimed, err error) (activities.Claimed, error) {
	if err != nil {
		return activities.Claimed{}, known(err)
	}
	made := activities.Claimed{
		NoticeID: c.NoticeID, State: activities.State(c.State), Reason: c.Reason, Claim: c.Claim, Next: c.Next,
	}
	if made.State != activities.Ready {
		return made, nil
	}
	said, err := letter.Read(c.Letter)
	if err != nil {
		return activities.Claimed{}, err
	}
	said.PerhapsTwice, said.Contact = c.PerhapsTwice, r.Contact
	made.Message = said.Message(c.MessageID, c.To.Email, c.To.Name)
	return made, nil
}

// known gives the errors of the store that the activities act on the activities' names.
func known(err error) error {
	switch {
	case errors.Is(err, store.ErrUnknown):
		return fmt.Errorf("%w: %w", activities.ErrUnknown, err)
	case errors.Is(err, store.ErrBusy):
		return fmt.Errorf("%w: %w", activities.ErrBusy, err)
	case errors.Is(err, store.ErrCaseFault):
		return fmt.Errorf("%w: %w", activities.ErrCaseFault, err)
	case errors.Is(err, store.ErrClocksApart):
		return fmt.Errorf("%w: %w", activities.ErrClock, err)
	default:
		return err
	}
}
