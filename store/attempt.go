package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/pathway"
)

// stillCarried is true in SQL of a notice that the letter of another one says, which is still
// to go: see caseFile.carried.
const stillCarried = `exists (select from notices c where c.id = notices.carried_by and c.state in ('claimed', 'sending', 'failed'))`

// Sending notes that a claimed notice or list is about to be handed to a channel, and returns
// the number of the attempt. claim is which claim of it is sent (Claimed.Claim). From now on a
// crash leaves it unknown whether it was sent. ErrBusy: it is not there to be sent, because
// another attempt has it or has sent it, or it was claimed again since: Claim says which.
// ErrUnknown: the record has no such notice.
func (s *Store) Sending(ctx context.Context, noticeID string, claim int) (attempt int, err error) {
	if !isKey(noticeID) {
		return 0, ErrUnknown
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockCaseOfNotice(ctx, tx, noticeID); err != nil {
			return err
		}
		var recipient, address string
		err := tx.QueryRow(ctx, `
			update notices set state = 'sending', attempts = attempts + 1, sending_until = clock_timestamp() + $2::interval
			where id = $1 and state in ('claimed', 'failed') and claim = $3 and not `+stillCarried+`
			returning attempts, recipient, address`, noticeID, s.lease, claim).Scan(&attempt, &recipient, &address)
		if err != nil {
			return s.busyOrUnknown(ctx, tx, noticeID, err)
		}
		_, err = tx.Exec(ctx, `insert into notice_attempts (notice, n, recipient, address, state, carried)
			select $1, $2, $3, $4, 'sending', array(select id from notices where carried_by = $1 and state = 'claimed')`,
			noticeID, attempt, recipient, address)
		return err
	})
	return attempt, err
}

// lockCaseOfNotice locks the case of a notice, so that no claim decides on it at the same
// time. A list, which has no case, is locked by itself.
func lockCaseOfNotice(ctx context.Context, tx pgx.Tx, noticeID string) error {
	_, err := tx.Exec(ctx, `select from cases where key = (select case_key from notices where id = $1) for no key update`, noticeID)
	if err != nil {
		return fmt.Errorf("locking the case of a notice: %w", err)
	}
	return nil
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

// Sent notes that a channel has taken a notice or list, with all that its letter says, and
// returns its pathway as it is then (of no meaning for a list). attempt is the number that
// Sending returned; 0 is the last. What went is noted whatever was decided since: that it is
// not to be sent, that another person is told. Noting it twice changes nothing. ErrUnknown:
// the record has no such notice.
func (s *Store) Sent(ctx context.Context, noticeID string, attempt int, channel, receipt string) (pathway.Nudge, error) {
	return s.went(ctx, noticeID, attempt, channel, receipt, stateSent)
}

// Logged notes that a notice or list went to the log of a program without a mail server, and
// so reached nobody: a program that has one makes up for it. Otherwise it is Sent.
func (s *Store) Logged(ctx context.Context, noticeID string, attempt int) (pathway.Nudge, error) {
	return s.went(ctx, noticeID, attempt, "log", "", stateLogged)
}

func (s *Store) went(ctx context.Context, noticeID string, attempt int, channel, receipt, state string) (pathway.Nudge, error) {
	caseKey, err := s.caseOfNotice(ctx, noticeID)
	if err != nil {
		return pathway.Nudge{}, err
	}
	var nudge pathway.Nudge
	err = s.inCase(ctx, caseKey, func(tx pgx.Tx) error {
		w := wentOut{notice: noticeID, attempt: attempt, channel: channel, receipt: receipt, state: state}
		if caseKey == "" {
			if w.at, err = s.now(ctx, tx); err != nil {
				return err
			}
			_, err = w.note(ctx, tx)
			return err
		}
		c, err := s.lockCase(ctx, tx, caseKey)
		if err != nil {
			return err
		}
		w.at = c.now
		row := c.file.notice(noticeID)
		news, err := w.note(ctx, tx)
		if err != nil || !news {
			nudge = c.file.nudge(row.Pathway)
			return err
		}
		if c.file.notices, err = s.readNotices(ctx, tx, caseKey); err != nil {
			return err
		}
		after, err := s.writeAfterClaim(ctx, tx, c, row.Pathway, true)
		nudge = after.nudge()
		return err
	})
	if errors.Is(err, ErrCaseFault) { // what was sent was sent, whatever becomes of the case
		return pathway.Nudge{}, s.inTx(ctx, func(tx pgx.Tx) error {
			now, err := s.now(ctx, tx)
			if err != nil {
				return err
			}
			w := wentOut{notice: noticeID, attempt: attempt, channel: channel, receipt: receipt, state: state, at: now}
			_, err = w.note(ctx, tx)
			return err
		})
	}
	return nudge, err
}

// readNotices reads the notices of a locked case once more.
func (s *Store) readNotices(ctx context.Context, tx pgx.Tx, caseKey string) ([]noticeRow, error) {
	list, err := rows[noticeRow](ctx, tx, "reading the notices", selectNotices+` where case_key = $1
		order by claimed_at nulls last, key`, caseKey)
	for i := range list {
		list[i].LogOnly = s.logOnly
	}
	return list, err
}

// wentOut is a letter that a channel has taken.
type wentOut struct {
	notice           string
	attempt          int // 0: the last
	channel, receipt string
	state            string // sent or logged
	at               time.Time
}

// note writes that a letter went: the attempt, the notice, and those that its letter carried.
// It returns false where that was noted before.
func (w *wentOut) note(ctx context.Context, tx pgx.Tx) (news bool, err error) {
	if err := lockCaseOfNotice(ctx, tx, w.notice); err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, `update notice_attempts a set state = 'sent', channel = left($3, 100), receipt = left($4, 1000),
			ended = clock_timestamp()
		from notices n where n.id = $1 and a.notice = n.id and a.n = case when $2::integer > 0 then $2 else n.attempts end
			and a.state <> 'sent'`, w.notice, w.attempt, w.channel, w.receipt)
	if err != nil || tag.RowsAffected() == 0 {
		return false, err
	}
	// What was decided since on a notice that went out all the same stays as the reason.
	_, err = tx.Exec(ctx, `
		update notices n set state = $3, sent_at = $4, channel = left($5, 100), sending_until = null,
			recipient = a.recipient, address = case when a.address = '' then n.address else a.address end,
			recipient_role = case when n.recipient = a.recipient then n.recipient_role else '' end,
			standing = case when n.recipient = a.recipient then n.standing else '' end,
			carried_by = case when n.id = $1 then null else $1 end,
			carries = case when n.id = $1 then cardinality(a.carried) else 0 end,
			reason = case when n.state in ('not_sent', 'undeliverable') then left('it went all the same: ' || n.reason, 1000) else '' end,
			settled = false
		from notice_attempts a
		where a.notice = $1 and a.n = case when $2::integer > 0 then $2 else (select attempts from notices where id = $1) end
			and (n.id = $1 or n.id = any(a.carried)) and n.state <> 'sent'`,
		w.notice, w.attempt, w.state, w.at, w.channel)
	if err != nil {
		return false, fmt.Errorf("noting that a notice was sent: %w", err)
	}
	return true, nil
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
// next attempt need not wait for this one's time to be up. attempt is the number that Sending
// returned; 0 is the last. maybe says that it may have been delivered all the same: the next
// attempt is then marked perhaps twice. Noting it of an attempt that is not under way, because
// its time was up and a later one has the notice, changes nothing.
func (s *Store) SendFailed(ctx context.Context, noticeID string, attempt int, channel, reason string, maybe bool) error {
	if !isKey(noticeID) {
		return ErrUnknown
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockCaseOfNotice(ctx, tx, noticeID); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			update notice_attempts a set state = 'failed', channel = left($2, 100), receipt = left($3, 1000), ended = clock_timestamp()
			from notices n where n.id = $1 and n.state = 'sending' and a.notice = n.id and a.n = n.attempts
				and $4::integer in (0, n.attempts)`, noticeID, channel, reason, attempt)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		batch := &pgx.Batch{}
		if maybe {
			queuePerhapsHad(batch, noticeID)
		}
		batch.Queue(`update notices set state = 'failed', reason = left($2, 1000), sending_until = null where id = $1`, noticeID, reason)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("noting that a notice could not be sent: %w", err)
		}
		return nil
	})
}

// Why a notice whose recipient was refused is kept to be tried again.
const (
	reasonNotBelieved = "refused, not yet believed: "
	reasonAboutServer = "the mail server refuses every address: "
)

// NotDelivered notes that a channel refused the recipient for good. Where that is believed, the
// notice or list is routed to the next role up, as a further attempt of the same notice, or
// it is found undeliverable. Where it is not believed, or the mail server refuses everybody, the
// notice is failed, to be claimed again in a minute: see refusal.go. attempt is the number
// that Sending returned; 0 is the last. Noting it of an attempt that is not under way changes
// nothing, and returns the notice as it is. ErrBusy: a later attempt is sending it. ErrUnknown:
// the record has no such notice.
func (s *Store) NotDelivered(ctx context.Context, noticeID string, attempt int, reason string) (Claimed, error) {
	caseKey, err := s.caseOfNotice(ctx, noticeID)
	if err != nil {
		return Claimed{}, err
	}
	if caseKey == "" {
		return s.listNotDelivered(ctx, noticeID, attempt, reason)
	}
	var claimed Claimed
	err = s.inCase(ctx, caseKey, func(tx pgx.Tx) error {
		c, err := s.lockCase(ctx, tx, caseKey)
		if err != nil {
			return err
		}
		row := c.file.notice(noticeID)
		if row.State != stateSending {
			claimed, err = s.claimed(c.dir, row)
			claimed.Next = c.file.nudge(row.Pathway)
			return err
		}
		if !row.isAttempt(attempt) {
			return ErrBusy
		}
		claimed, err = s.refused(ctx, tx, c, row, reason)
		return err
	})
	return claimed, err
}

// isAttempt reports whether the number of an attempt is the last one's (0 is).
func (r *noticeRow) isAttempt(n int) bool { return n == 0 || n == r.Attempts }

// refused decides what the refusal of a notice's recipient is taken for, and acts on it.
func (s *Store) refused(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow, reason string) (Claimed, error) {
	if err := endRefused(ctx, tx, row, reason); err != nil {
		return Claimed{}, err
	}
	is, err := noteRefusal(ctx, tx, row, c.dir, reason, c.at)
	if err != nil {
		return Claimed{}, err
	}
	if is == believed || is == believedByTime {
		if err := c.readRefusals(ctx, tx); err != nil {
			return Claimed{}, err
		}
		row.State = stateFailed
		made, err := s.assess(c.lockedCases, c.file, c.at)
		if err != nil {
			return Claimed{}, err
		}
		due, err := s.noteDue(ctx, tx, c.file, made)
		if err != nil {
			return Claimed{}, err
		}
		row = c.file.notice(row.ID)
		v := decideAgain(c.dir, c.file, made, row)
		if v.state != stateUndeliverable || is == believed {
			return s.claimWith(ctx, tx, c, made, row, v, due)
		}
		is = aboutServer // everybody was refused, and nothing shows that the server serves anybody
	}
	return s.keepRefused(ctx, tx, c, row, is, reason)
}

// keepRefused keeps a notice whose recipient was refused to be tried again.
func (s *Store) keepRefused(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow, is belief, reason string) (Claimed, error) {
	if err := keepFailed(ctx, tx, row, is, reason, c.at); err != nil {
		return Claimed{}, err
	}
	if is == aboutServer {
		if err := faulted(ctx, tx, c.file.key, row.Pathway, reasonAboutServer+reason, c.at); err != nil {
			return Claimed{}, err
		}
	}
	claimed, err := s.claimed(c.dir, row)
	claimed.Next = c.file.nudge(row.Pathway)
	return claimed, err
}

// keepFailed writes that a notice or list is to be tried again with the same recipient; where
// the server refuses everybody, the refusals are taken back.
func keepFailed(ctx context.Context, tx pgx.Tx, row *noticeRow, is belief, reason string, now time.Time) error {
	row.State, row.Reason = stateFailed, reasonNotBelieved+reason
	if is == aboutServer {
		row.Reason = reasonAboutServer + reason
		if err := forgiveServer(ctx, tx, now); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `update notices set state = 'failed', reason = left($2, 1000), sending_until = null where id = $1`, row.ID, row.Reason)
	if err != nil {
		return fmt.Errorf("keeping a refused notice: %w", err)
	}
	return nil
}

// endRefused ends the attempt at hand.
func endRefused(ctx context.Context, tx pgx.Tx, row *noticeRow, reason string) error {
	_, err := tx.Exec(ctx, `update notice_attempts set state = 'refused', receipt = left($3, 1000), ended = clock_timestamp()
		where notice = $1 and n = $2`, row.ID, row.Attempts, reason)
	if err != nil {
		return fmt.Errorf("noting a refused recipient: %w", err)
	}
	return nil
}
