// Package reports is the record as those see it who read what far sides report about messages: the mailbox of mail
// servers' reports, GOV.UK Notify's receipts, and the answers to what it is asked.
package reports

import (
	"context"
	"errors"

	"longstop/notify"
	"longstop/store"
)

// Of returns who keeps reports in a record.
func Of(record *store.Store) notify.Taker { return keeper{record} }

type keeper struct{ record *store.Store }

// Take keeps a report in the record.
func (k keeper) Take(ctx context.Context, r notify.Report) error {
	err := k.record.Reported(ctx, store.Report{
		Delivery: r.Delivery, Attempt: r.Attempt, MessageID: r.MessageID, Address: r.Address, Outcome: string(r.Outcome), Reason: r.Reason,
	})
	switch {
	case errors.Is(err, store.ErrUnknown):
		return notify.ErrUnknown
	case errors.Is(err, store.ErrBusy):
		return notify.ErrNotYet
	}
	return err
}
