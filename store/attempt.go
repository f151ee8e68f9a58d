package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/notify"
	"longstop/pathway"
)

// Sending notes that a claimed notice or list is about to be handed to a channel. From now
// on a crash leaves it unknown whether it was sent. ErrBusy: it is not there to be sent,
// because another attempt has it or has sent it: Claim says which. ErrUnknown: the record
// has no such notice.
func (s *Store) Sending(ctx context.Context, noticeID string) error {
	if !isKey(noticeID) {
		return ErrUnknown
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var n int
		var recipient string
		err := tx.QueryRow(ctx, `
			update notices set state = 'sending', attempts = attempts + 1, sending_until = clock_timestamp() + $2::interval
			where id = $1 and state in ('claimed', 'failed') returning attempts, recipient`, noticeID, s.lease).Scan(&n, &recipient)
		if err != nil {
			return s.busyOrUnknown(ctx, tx, noticeID, err)
		}
		_, err = tx.Exec(ctx, `insert into notice_attempts (notice, n, recipient, state) values ($1, $2, $3, 'sending')`,
			noticeID, n, recipient)
		return err
	})
}

func (s *Store) busyOrUnknown(ctx context.Context, tx pgx.Tx, noticeID string, err error) error {
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	var known bool
	if err := tx.QueryRow(ctx, `select exists (select from notices where id = $1)`, noticeID).Scan(&known); err != nil {
		return err
	}
	if known {
		return ErrBusy
	}
	return ErrUnknown
}

// Sent notes that a channel has taken a notice or list, and returns its pathway as it is
// then (of no meaning for a list). Noting it twice changes nothing. ErrUnknown: the record
// has no such notice.
func (s *Store) Sent(ctx context.Context, noticeID, channel, receipt string) (pathway.Nudge, error) {
	caseKey, err := s.caseOfNotice(ctx, noticeID)
	if err != nil {
		return pathway.Nudge{}, err
	}
	var nudge pathway.Nudge
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if caseKey == "" {
			now, err := s.now(ctx, tx)
			if err != nil {
				return err
			}
			_, err = noteSent(ctx, tx, noticeID, channel, receipt, now)
			return err
		}
		c, err := s.lockCase(ctx, tx, caseKey)
		if err != nil {
			return err
		}
		row := c.file.notice(noticeID)
		news, err := noteSent(ctx, tx, noticeID, channel, receipt, c.now)
		if err != nil || !news {
			nudge = c.file.nudge(row.Pathway)
			return err
		}
		row.State = stateSent
		after, err := s.writePathway(ctx, tx, c, assess(c.law, c.dir, c.file, c.at), row.Pathway, true)
		nudge = after.nudge()
		return err
	})
	return nudge, err
}

// noteSent is false where the notice was noted as sent before, or was never claimed.
func noteSent(ctx context.Context, tx pgx.Tx, noticeID, channel, receipt string, now time.Time) (news bool, err error) {
	tag, err := tx.Exec(ctx, `update notices set state = 'sent', sent_at = $2, channel = left($3, 100), sending_until = null
		where id = $1 and state in ('claimed', 'sending', 'failed')`, noticeID, now, channel)
	if err != nil || tag.RowsAffected() == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `update notice_attempts a set state = 'sent', channel = left($2, 100), receipt = left($3, 1000),
			ended = clock_timestamp()
		from notices n where n.id = $1 and a.notice = n.id and a.n = n.attempts`, noticeID, channel, receipt)
	return true, err
}

// caseOfNotice is the key of a notice's case; "" for a list.
func (s *Store) caseOfNotice(ctx context.Context, noticeID string) (string, error) {
	if !isKey(noticeID) {
		return "", ErrUnknown
	}
	var key string
	err := s.pool.QueryRow(ctx, `select coalesce(case_key::text, '') from notices where id = $1`, noticeID).Scan(&key)
	if err != nil {
		return "", fmt.Errorf("looking for a notice: %w", explain(unknownIfNone(err)))
	}
	return key, nil
}

// SendFailed notes that a channel could not take a notice or list just now, so that the
// next attempt need not wait for this one's time to be up. maybe says that it may have
// been delivered all the same: the next attempt is then marked perhaps twice. Noting it
// when it is not being sent changes nothing.
func (s *Store) SendFailed(ctx context.Context, noticeID, channel, reason string, maybe bool) error {
	if !isKey(noticeID) {
		return ErrUnknown
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(`update notice_attempts a set state = 'failed', channel = left($2, 100), receipt = left($3, 1000), ended = clock_timestamp()
			from notices n where n.id = $1 and n.state = 'sending' and a.notice = n.id and a.n = n.attempts`, noticeID, channel, reason)
		batch.Queue(`update notices set state = 'failed', perhaps_twice = perhaps_twice or $2, reason = left($3, 1000), sending_until = null
			where id = $1 and state = 'sending'`, noticeID, maybe, reason)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("noting that a notice could not be sent: %w", err)
		}
		return nil
	})
}

// NotDelivered notes that a channel refused the recipient for good, and routes the notice
// or list to the next role up, as a further attempt of the same notice; or it finds it
// undeliverable. Noting it when the notice is not being sent returns it as it is.
// ErrUnknown: the record has no such notice.
func (s *Store) NotDelivered(ctx context.Context, noticeID, reason string) (Claimed, error) {
	caseKey, err := s.caseOfNotice(ctx, noticeID)
	if err != nil {
		return Claimed{}, err
	}
	if caseKey == "" {
		return s.listNotDelivered(ctx, noticeID, reason)
	}
	var claimed Claimed
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		c, err := s.lockCase(ctx, tx, caseKey)
		if err != nil {
			return err
		}
		row := c.file.notice(noticeID)
		if row.State != stateSending && row.State != stateClaimed {
			claimed, err = s.claimed(c.dir, row)
			claimed.Next = c.file.nudge(row.Pathway)
			return err
		}
		claimed, err = s.reroute(ctx, tx, c, row, reason)
		return err
	})
	return claimed, err
}

func (s *Store) reroute(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow, reason string) (Claimed, error) {
	if err := endRefused(ctx, tx, row, reason); err != nil {
		return Claimed{}, err
	}
	made := assess(c.law, c.dir, c.file, c.at)
	if err := s.keep(ctx, tx, c, made, row, decideRoute(c.dir, c.file, made.alloc, row, c.at)); err != nil {
		return Claimed{}, err
	}
	return s.afterClaim(ctx, tx, c, row)
}

// endRefused ends the attempt at hand and keeps whom it could not reach.
func endRefused(ctx context.Context, tx pgx.Tx, row *noticeRow, reason string) error {
	row.Refused = append(row.Refused, row.Recipient)
	row.Recipient, row.RecipientRole, row.Standing, row.Letter = "", "", string(notify.Refused), nil
	_, err := tx.Exec(ctx, `update notice_attempts set state = 'refused', receipt = left($3, 1000), ended = clock_timestamp()
		where notice = $1 and n = $2`, row.ID, row.Attempts, reason)
	if err != nil {
		return fmt.Errorf("noting a refused recipient: %w", err)
	}
	return nil
}
