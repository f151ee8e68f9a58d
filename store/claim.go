package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/notify"
	"longstop/pathway"
	"longstop/timescale"
)

// How a notice goes out, and what a crash at each point leaves:
//
//	Plan     due       nobody has it; the next Plan names it again while it is due
//	Claim    claimed   recipient and letter are fixed; the next Claim returns them
//	Sending  sending   the channel has it, or not: when the time for an attempt is up,
//	                   Claim returns it once more, to be sent again with the same
//	                   Message-ID, and marks it perhaps twice
//	Sent     sent      never sent again
//
// Two that run at once: both may Claim, one gets past Sending, the other gets ErrBusy.

// Claimed is a notice or a list as a claim leaves it.
type Claimed struct {
	NoticeID string
	// State: claimed, to be handed to Sending and then to the channel; sending, to be
	// sent again at once: an attempt died with it; sent, not_sent, undeliverable: over.
	State        string
	Reason       string // of not_sent and undeliverable
	PerhapsTwice bool
	MessageID    string
	To           Recipient
	Letter       notify.Letter      // of a notice
	List         *notify.ListLetter // of a list; nil of a notice
	Next         pathway.Nudge      // the pathway as it is then; of no meaning for a list
}

// Recipient is a person as they are known at the claim.
type Recipient struct {
	Staff string // the staff reference
	Name  string
	Email string
	Role  timescale.Role
}

// Message is what the channel is to deliver.
func (c *Claimed) Message() notify.Message {
	if c.List != nil {
		list := *c.List
		list.PerhapsTwice = c.PerhapsTwice
		return list.Message(c.MessageID, c.To.Email, c.To.Name)
	}
	letter := c.Letter
	letter.PerhapsTwice = c.PerhapsTwice
	return letter.Message(c.MessageID, c.To.Email, c.To.Name)
}

// Claim claims a notice by its key. It locks the case, folds it as of now, checks that the
// notice is still among what is due, finds whom to tell, and notes all of that in one
// transaction; or it returns the notice as an earlier claim left it.
//
// ErrUnknown: the record has no such case or notice. ErrBusy: another attempt is sending
// it now; ask again when its time is up (Options.SendLease).
func (s *Store) Claim(ctx context.Context, caseKey, noticeKey string) (Claimed, error) {
	var claimed Claimed
	if !isKey(caseKey) || !isKey(noticeKey) {
		return claimed, ErrUnknown
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		c, err := s.lockCase(ctx, tx, caseKey)
		if err != nil {
			return err
		}
		if err := c.clock.err(); err != nil {
			return err
		}
		row := c.file.notice(noticeKey)
		if row == nil {
			return ErrUnknown
		}
		switch {
		case row.untouched():
			claimed, err = s.claimAgain(ctx, tx, c, row)
		case row.said(c.reachable()):
			claimed, err = s.claimedBefore(ctx, tx, c.dir, row)
			claimed.Next = c.file.nudge(row.Pathway)
		default:
			claimed, err = s.claimNow(ctx, tx, c, row)
		}
		return err
	})
	return claimed, err
}

func (f *caseFile) notice(id string) *noticeRow {
	for i := range f.notices {
		if f.notices[i].ID == id {
			return &f.notices[i]
		}
	}
	return nil
}

func (f *caseFile) nudge(name string) pathway.Nudge {
	row := f.pathways[name]
	return row.nudge()
}

// untouched says whether a notice was claimed and certainly reached nobody yet.
func (r *noticeRow) untouched() bool {
	return (r.State == stateClaimed || r.State == stateFailed) && !r.PerhapsTwice
}

// claimAgain returns a notice that was claimed and reached nobody: after a crash, or when
// the channel could take it only now. The recipient stays; the stop conditions are checked
// once more, and the letter speaks of today.
func (s *Store) claimAgain(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow) (Claimed, error) {
	made := assess(c.law, c.dir, c.file, c.at)
	if why := casework.StopReason(made.agenda.Plan, row.notice(), c.at); why != "" {
		row.Recipient, row.RecipientRole, row.Standing, row.Letter = "", "", "", nil
		if err := s.keep(ctx, tx, c, made, row, verdict{state: stateNotSent, reason: why}); err != nil {
			return Claimed{}, err
		}
		return s.afterClaim(ctx, tx, c, row)
	}
	letter, err := json.Marshal(s.letter(c, made, row))
	if err != nil {
		return Claimed{}, fmt.Errorf("writing a letter: %w", err)
	}
	row.Letter = letter
	if _, err := tx.Exec(ctx, `update notices set letter = $2 where id = $1`, row.ID, row.Letter); err != nil {
		return Claimed{}, fmt.Errorf("claiming a notice: %w", err)
	}
	claimed, err := s.claimed(c.dir, row)
	claimed.Next = c.file.nudge(row.Pathway)
	return claimed, err
}

// claimedBefore returns a notice that an earlier claim fixed.
func (s *Store) claimedBefore(ctx context.Context, tx pgx.Tx, dir *directory, row *noticeRow) (Claimed, error) {
	if row.State == stateSending {
		if !row.Sleeping {
			return Claimed{}, ErrBusy
		}
		if err := s.takeOver(ctx, tx, row); err != nil {
			return Claimed{}, err
		}
	}
	return s.claimed(dir, row)
}

// takeOver goes on with a notice whose attempt died: nobody knows whether it was sent.
func (s *Store) takeOver(ctx context.Context, tx pgx.Tx, row *noticeRow) error {
	row.PerhapsTwice = true
	row.Attempts++
	batch := &pgx.Batch{}
	batch.Queue(`update notices set perhaps_twice = true, attempts = $2,
		sending_until = clock_timestamp() + $3::interval where id = $1`, row.ID, row.Attempts, s.lease)
	batch.Queue(`update notice_attempts set state = 'lost', ended = clock_timestamp() where notice = $1 and state = 'sending'`, row.ID)
	batch.Queue(`insert into notice_attempts (notice, n, recipient, state) values ($1, $2, $3, 'sending')`,
		row.ID, row.Attempts, row.Recipient)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("taking over a notice: %w", err)
	}
	return nil
}

// claimed is a row as a claim returns it.
func (s *Store) claimed(dir *directory, row *noticeRow) (Claimed, error) {
	c := Claimed{
		NoticeID: row.ID, State: row.State, Reason: row.Reason, PerhapsTwice: row.PerhapsTwice, MessageID: row.MessageID,
	}
	if row.State == stateFailed {
		c.State = stateClaimed // to be sent as if for the first time
	}
	if row.Recipient == "" {
		return c, nil
	}
	p := dir.people[row.Recipient]
	c.To = Recipient{Staff: row.Recipient, Name: p.name, Email: p.email, Role: timescale.Role(row.RecipientRole)}
	if row.Letter == nil {
		return c, errors.New("a claimed notice holds no letter")
	}
	if row.LoadID != "" {
		c.List = &notify.ListLetter{}
		return c, json.Unmarshal(row.Letter, c.List)
	}
	return c, json.Unmarshal(row.Letter, &c.Letter)
}

// verdict is what a claim decides.
type verdict struct {
	state   string
	reason  string
	settled bool
	to      route
}

// claimNow decides on a notice that nobody has, and on what else is due of its duty: the
// notices of one step go to its roles together or not at all, since once one of them is
// said the step is passed. The pathway is then looked at again.
func (s *Store) claimNow(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow) (Claimed, error) {
	made := assess(c.law, c.dir, c.file, c.at)
	together, err := s.dueTogether(ctx, tx, c.file, made, row)
	if err != nil {
		return Claimed{}, err
	}
	row = c.file.notice(row.ID) // where it is now: what was noted may have moved it
	if !slices.Contains(together, row.ID) {
		v := verdict{state: stateNotSent, reason: whyNot(made, row.notice())}
		if err := s.keep(ctx, tx, c, made, row, v); err != nil {
			return Claimed{}, err
		}
		together = nil
	}
	for _, id := range together {
		r := c.file.notice(id)
		if err := s.keep(ctx, tx, c, made, r, decide(c.dir, c.file, made, r)); err != nil {
			return Claimed{}, err
		}
	}
	return s.afterClaim(ctx, tx, c, row)
}

// dueTogether are the ids of the notices that are due now of a notice's duty, itself among
// them where it still is. One that was not offered before is noted.
func (s *Store) dueTogether(ctx context.Context, tx pgx.Tx, f *caseFile, made *assessment, row *noticeRow) ([]string, error) {
	batch := &pgx.Batch{}
	var ids []string
	for _, n := range made.sends(row.Pathway) {
		if n.Duty != row.Duty {
			continue
		}
		before := f.noticeByKey(n.Key())
		if before == nil {
			id := s.offerOne(batch, nil, n)
			f.notices = append(f.notices, noticeRow{
				ID: id, CaseKey: f.key, Key: n.Key(), Pathway: n.Pathway, Duty: n.Duty, Ref: n.Ref, Due: n.Due, Rung: n.Rung,
				Role: string(n.Role), Kind: string(n.Kind), Spell: n.Spell, Missed: n.Missed, NominalAt: n.At,
				State: stateDue, MessageID: s.messageID(id), Refused: []string{},
			})
			before = &f.notices[len(f.notices)-1]
		}
		ids = append(ids, before.ID)
	}
	if batch.Len() == 0 {
		return ids, nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("noting what is due: %w", err)
	}
	return ids, nil
}

// keep notes a verdict, with the letter where somebody is to be told.
func (s *Store) keep(ctx context.Context, tx pgx.Tx, c *lockedCase, made *assessment, row *noticeRow, v verdict) error {
	row.State, row.Reason, row.Settled = v.state, v.reason, v.settled
	row.ClaimedAt = &c.at
	if v.state == stateClaimed {
		row.Recipient, row.RecipientRole, row.Standing = v.to.staff, string(v.to.role), string(v.to.standing)
		letter, err := json.Marshal(s.letter(c, made, row))
		if err != nil {
			return fmt.Errorf("writing a letter: %w", err)
		}
		row.Letter = letter
	}
	return keepVerdict(ctx, tx, row)
}

// afterClaim looks at the pathway again and returns the notice as it is now.
func (s *Store) afterClaim(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow) (Claimed, error) {
	after, err := s.writePathway(ctx, tx, c, assess(c.law, c.dir, c.file, c.at), row.Pathway, true)
	if err != nil {
		return Claimed{}, err
	}
	claimed, err := s.claimed(c.dir, row)
	claimed.Next = after.nudge()
	return claimed, err
}

func keepVerdict(ctx context.Context, tx pgx.Tx, row *noticeRow) error {
	_, err := tx.Exec(ctx, `
		update notices set state = $2, reason = $3, settled = $4, claimed_at = $5, recipient = $6, recipient_role = $7,
			standing = $8, letter = $9, refused = $10, sending_until = null
		where id = $1`, row.ID, row.State, row.Reason, row.Settled, row.ClaimedAt, row.Recipient, row.RecipientRole,
		row.Standing, row.Letter, row.Refused)
	if err != nil {
		return fmt.Errorf("claiming a notice: %w", err)
	}
	return nil
}

// decide finds whom to tell of a notice that is due.
func decide(dir *directory, f *caseFile, made *assessment, row *noticeRow) verdict {
	if row.Kind == string(casework.Resolved) && !f.escalationReached(row) {
		return verdict{state: stateNotSent, reason: "the escalation reached nobody in this role", settled: true}
	}
	return decideRoute(dir, f, made.alloc, row, made.at)
}

// escalationReached says whether somebody got an escalation of the notice's duty and spell
// in its role.
func (f *caseFile) escalationReached(row *noticeRow) bool {
	return slices.ContainsFunc(f.notices, func(o noticeRow) bool {
		return o.Duty == row.Duty && o.Spell == row.Spell && o.Role == row.Role &&
			o.Kind == string(casework.Escalation) && o.reached()
	})
}

func decideRoute(dir *directory, f *caseFile, alloc allocation, row *noticeRow, at time.Time) verdict {
	to, ok := dir.find(timescale.Role(row.Role), alloc, today(at), row.Refused)
	switch {
	case !ok && len(row.Refused) > 0:
		return verdict{state: stateUndeliverable, reason: "refused: nobody at any level can be reached"}
	case !ok:
		return verdict{state: stateUndeliverable, reason: "nobody: there is nobody to tell at any level"}
	}
	for i := range f.notices {
		o := &f.notices[i]
		if o.ID != row.ID && o.Recipient == to.staff && o.reached() && o.sameThing(row) {
			return verdict{state: stateNotSent, reason: "told as " + roleWords(timescale.Role(o.Role)), settled: true}
		}
	}
	return verdict{state: stateClaimed, to: to}
}
