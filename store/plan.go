package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/pathway"
)

// Plan folds a case as of now for one of its pathways, and returns the notices that are
// due to be sent now and how the pathway goes on once they are. The notices are noted as
// due, so that each can be claimed by its key; those that are due no longer are noted as
// not sent. Of many notices those with the highest stakes are returned, and the pathway wakes
// again at once for the rest. A note of a fault is taken away. Planning again without a change
// in between returns the same.
//
// ErrUnknown: the record has no such case, or the pathway was never open in it.
// ErrCaseFault: the case cannot be worked out, and is put aside.
func (s *Store) Plan(ctx context.Context, caseKey, name string) (pathway.Planned, error) {
	var planned pathway.Planned
	if !isKey(caseKey) {
		return planned, ErrUnknown
	}
	err := s.inCase(ctx, caseKey, func(tx pgx.Tx) error {
		c, err := s.lockCase(ctx, tx, caseKey)
		if err != nil {
			return err
		}
		if err := c.clock.err(); err != nil {
			return err
		}
		before, ok := c.file.pathways[name]
		if !ok {
			return ErrUnknown
		}
		made, err := s.assess(c.lockedCases, c.file, c.at)
		if err != nil {
			return err
		}
		send, err := s.offer(ctx, tx, c.file, made, name)
		if err != nil {
			return err
		}
		more := len(send) > sendsAWake
		if more {
			send = send[:sendsAWake]
			made.wakeAgain(name)
		}
		if err := clearFault(ctx, tx, &before); err != nil {
			return err
		}
		after, err := s.writePathway(ctx, tx, c, made, name, false)
		if err != nil {
			return err
		}
		planned = pathway.Planned{Send: send, Next: after.nudge()}
		if len(send) > 0 && !more {
			planned.Next = s.onceSent(planned.Next, c.file, made, name)
		}
		return nil
	})
	return planned, err
}

// isKey says whether a text can be the key of anything in the record.
func isKey(s string) bool { return uuid.Validate(s) == nil }

// lockedCase is one case, locked, and the instant at which it is looked at.
type lockedCase struct {
	*lockedCases
	file *caseFile
	at   time.Time
}

// lockCase locks one case; ErrUnknown where there is none of that key.
func (s *Store) lockCase(ctx context.Context, tx pgx.Tx, key string) (*lockedCase, error) {
	cases, err := s.lockCases(ctx, tx, []string{key})
	if err != nil {
		return nil, err
	}
	for _, file := range cases.files {
		return &lockedCase{lockedCases: cases, file: file, at: file.at(cases.now)}, nil
	}
	return nil, ErrUnknown
}

// writePathway writes the duties of a case and one of its pathways, and returns the
// pathway as it is then. raise raises the case's revision though nothing that shows has
// changed: a notice was claimed.
func (s *Store) writePathway(ctx context.Context, tx pgx.Tx, c *lockedCase, made *assessment, name string, raise bool) (pathwayRow, error) {
	changes := []*change{{file: c.file, made: made, law: c.law, pathways: s.settle(c.file, made, name, raise), raise: raise}}
	if err := s.writeChanges(ctx, tx, &pgx.Batch{}, changes); err != nil {
		return pathwayRow{}, err
	}
	for _, row := range changes[0].pathways {
		c.file.pathways[row.Pathway] = row
	}
	return c.file.pathways[name], nil
}

// onceSent is how a pathway goes on if everything that is due goes. The record's own row
// says until then that something is still to be sent.
func (s *Store) onceSent(n pathway.Nudge, f *caseFile, made *assessment, name string) pathway.Nudge {
	wake := made.wake(f, name)
	n.Open = n.Display.OpenDuties > 0 || made.owes(name)
	n.Wake, n.WakeSummary = s.wall(wake.At), wake.Why
	return n
}

// offer notes what is due in a pathway, so that it can be claimed, and what is due no more. It
// returns what is to be sent, in the order of its stakes.
// What was claimed and not sent is offered again: whoever claimed it may be no more.
func (s *Store) offer(ctx context.Context, tx pgx.Tx, f *caseFile, made *assessment, name string) ([]pathway.Notice, error) {
	batch := &pgx.Batch{}
	var all []offered
	for _, r := range f.unfinished(name) {
		all = append(all, offered{Notice: r.notice(), id: r.ID, failed: r.State == stateFailed, attempts: r.Attempts})
	}
	due := map[string]bool{}
	for _, n := range made.sends(name) {
		id := s.offerOne(batch, f.noticeByKey(n.Key()), n)
		due[n.Key()] = true
		all = append(all, offered{Notice: n, id: id})
	}
	slices.SortStableFunc(all, compareTries)
	if len(all) > sendsAWake {
		slices.SortFunc(all, compareStakes)
	}
	var send []pathway.Notice
	for i := range all {
		send = append(send, s.onWire(all[i].Notice, all[i].id))
	}
	for i := range made.agenda.Stopped {
		n := &made.agenda.Stopped[i]
		if n.Pathway == name && f.noticeByKey(n.Key()) == nil {
			s.insertNotice(batch, n.Notice, stateNotSent, n.Reason, made.at)
		}
	}
	for i := range f.notices {
		if r := &f.notices[i]; r.State == stateDue && r.Pathway == name && !due[r.Key] && !made.holdsKey(r.Key) {
			batch.Queue(`update notices set state = 'not_sent', reason = $2, claimed_at = $3 where id = $1`,
				r.ID, whyNot(made, r.notice()), made.at)
		}
	}
	if batch.Len() == 0 {
		return send, nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("noting what is due: %w", err)
	}
	return send, nil
}

// onWire is a notice as its pathway's workflow sees it.
func (s *Store) onWire(n casework.Notice, id string) pathway.Notice {
	return pathway.Notice{Key: id, CaseKey: n.Case, Pathway: n.Pathway, Escalation: escalates(n), Summary: s.composer.Summary(n)}
}

// offerOne notes that a notice is due, and returns its id: the one that it had before,
// where it had one.
func (s *Store) offerOne(batch *pgx.Batch, before *noticeRow, n casework.Notice) (id string) {
	if before != nil {
		if before.State != stateDue {
			batch.Queue(`update notices set state = 'due', reason = '', nominal_at = $2, missed = $3 where id = $1`,
				before.ID, n.At, missed(n))
		}
		return before.ID
	}
	return s.insertNotice(batch, n, stateDue, "", time.Time{})
}

// insertNotice notes a notice for the first time.
func (s *Store) insertNotice(batch *pgx.Batch, n casework.Notice, state, reason string, decided time.Time) (id string) {
	id = uuid.NewString()
	batch.Queue(`
		insert into notices (id, case_key, key, pathway, duty, ref, due, rung, role, kind, spell, missed, nominal_at, state, reason,
			claimed_at, message_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		id, n.Case, n.Key(), n.Pathway, n.Duty, n.Ref, n.Due, n.Rung, string(n.Role), string(n.Kind), n.Spell,
		missed(n), n.At, state, reason, pointer(decided), s.messageID(id))
	return id
}

func missed(n casework.Notice) []string {
	if n.Missed == nil {
		return []string{}
	}
	return n.Missed
}

// messageID is the Message-ID of a notice: the same for every attempt (see fixMessageID).
func (s *Store) messageID(noticeID string) string { return noticeID + "@" + s.domain }

// whyNot says why a notice that was due is not to be sent as things stand.
func whyNot(made *assessment, n casework.Notice) string {
	if why := casework.StopReason(made.agenda.Plan, n, made.at); why != "" {
		return why
	}
	return "its time is over: what is due now is said in its place, or goes at the next 09:00 of a working day"
}

// Faulted notes that a pathway could not be planned or a notice not sent, so that every
// list and summary shows it. The next good Plan takes the note away. ErrUnknown: the
// record has no such pathway.
func (s *Store) Faulted(ctx context.Context, caseKey, name, reason string) error {
	if !isKey(caseKey) {
		return ErrUnknown
	}
	if reason == "" {
		reason = "an activity failed"
	}
	return explain(s.inTx(ctx, func(tx pgx.Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return fmt.Errorf("noting a fault: %w", err)
		}
		return faulted(ctx, tx, caseKey, name, reason, now)
	}))
}

func faulted(ctx context.Context, tx pgx.Tx, caseKey, name, reason string, at time.Time) error {
	tag, err := tx.Exec(ctx, `
		update pathways set faulted_at = coalesce(faulted_at, $4),
			fault = case when starts_with(fault, $5) then fault else left($3, 500) end -- why it is put aside says more
		where case_key = $1 and pathway = $2`, caseKey, name, reason, at, asideWords)
	switch {
	case err != nil:
		return fmt.Errorf("noting a fault: %w", err)
	case tag.RowsAffected() == 0:
		return ErrUnknown
	}
	return nil
}

func clearFault(ctx context.Context, tx pgx.Tx, row *pathwayRow) error {
	if row.Fault == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `update pathways set fault = '', faulted_at = null where case_key = $1 and pathway = $2`,
		row.CaseKey, row.Pathway)
	return err
}
