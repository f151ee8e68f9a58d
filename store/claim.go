package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/english"
	"longstop/organisation"
	"longstop/pathway"
	"longstop/timescale"
)

// How a notice goes out, and what a crash at each point leaves:
//
//	Plan     due       nobody has it; the next Plan names it again while it is due
//	Claim    claimed   it is in a delivery, whose recipient and letter are fixed; the next
//	                   Claim fixes them once more
//	Sending  sending   the channel has it, or not: when the time for an attempt is up, the
//	                   next Claim takes it over, and marks it perhaps twice
//	Sent     sent      never sent again
//
// Each Claim of a notice that has not certainly arrived looks at everything again: whether it
// is still to be told (if not, it is not sent, and perhaps was delivered before), who holds the
// role now, what today is. The Message-ID stays. A claim that a later one has overtaken is not
// sent: Sending is given the claim that it is for.
//
// When more than a few letters would go from one case to one person on one day, one delivery
// holds several notices. See bundle.go.
//
// Two that run at once: both may Claim, one gets past Sending, the other gets ErrBusy.

// Claimed is a notice or a list as a claim leaves it.
type Claimed struct {
	NoticeID string
	// State: claimed, to be handed to Sending and then to the channel; failed, to be claimed
	// again later: the address was refused, and that is not believed; carried, sent with the
	// letter of another notice; in_tray, to be sent with what else this person is told that morning; sent, logged, not_sent, undeliverable: over.
	State        string
	Reason       string // of failed, not_sent and undeliverable
	Claim        int    // which claim this is, for Sending
	PerhapsTwice bool   // this person may have had it before
	MessageID    string
	To           Recipient
	Letter       json.RawMessage // what it says, as the Composer made it
	Next         pathway.Nudge   // the pathway as it is then; of no meaning for a list
}

// Recipient is a person as they are known at the claim.
type Recipient struct {
	Staff string // the staff reference
	Name  string
	Email string
	Role  timescale.Role
}

// Claim claims a notice by its key. It locks the case, folds it as of now, checks that the
// notice is still to be told, finds who is told, and notes all of that in one transaction; or
// it returns how the notice ended.
//
// ErrUnknown: the record has no such case or notice. ErrCaseFault: the case cannot be
// worked out, and is put aside. ErrBusy: another attempt is sending
// it now; ask again when its time is up (Options.SendLease).
func (s *Store) Claim(ctx context.Context, caseKey, noticeKey string) (Claimed, error) {
	var claimed Claimed
	if !isKey(caseKey) || !isKey(noticeKey) {
		return claimed, ErrUnknown
	}
	err := s.inLockedCase(ctx, caseKey, func(tx pgx.Tx, c *lockedCase) (err error) {
		row := c.file.notice(noticeKey)
		if row == nil {
			return ErrUnknown
		}
		claimed, err = s.claimLocked(ctx, tx, c, row)
		return err
	})
	return claimed, err
}

func (s *Store) claimLocked(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow) (Claimed, error) {
	if row.unfinished() && !row.carried() {
		if !row.sleeps() {
			return Claimed{}, ErrBusy
		}
		return s.claimAgain(ctx, tx, c, row)
	}
	made, err := s.assess(c.lockedCases, c.file, c.at)
	if err != nil {
		return Claimed{}, err
	}
	if row.said(made.reachable) {
		return c.claimed(row)
	}
	return s.claimNow(ctx, tx, c, made, row)
}

// claimed is a notice as a claim returns it, with its delivery.
func (c *lockedCase) claimed(row *noticeRow) (claimed Claimed, err error) {
	claimed = Claimed{State: row.State, Reason: row.Reason}
	if row.in != nil {
		if claimed, err = row.in.claimed(c.dir); err != nil {
			return claimed, err
		}
		claimed.PerhapsTwice = row.mayHaveHad(row.in.Recipient)
	}
	switch {
	case row.unfinished() && row.in.gathers():
		claimed.State = stateInTray
	case row.carried():
		claimed.State = stateCarried
	}
	claimed.NoticeID = row.ID
	claimed.Next = c.file.nudge(row.Pathway)
	return claimed, nil
}

func (f *caseFile) nudge(name string) pathway.Nudge {
	row := f.pathways[name]
	return row.nudge()
}

// claimAgain claims a notice that was claimed before and has not certainly arrived: after a
// crash, or when the channel could take it only now.
func (s *Store) claimAgain(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow) (Claimed, error) {
	if err := lapse(ctx, tx, row.in, c.file.notices); err != nil {
		return Claimed{}, err
	}
	made, err := s.assess(c.lockedCases, c.file, c.at)
	if err != nil {
		return Claimed{}, err
	}
	due, err := s.noteDue(ctx, tx, c.file, made)
	if err != nil {
		return Claimed{}, err
	}
	row = c.file.notice(row.ID) // where it is now: what was noted may have moved it
	return s.claimWith(ctx, tx, c, made, row, decideAgain(c.file, made, row), due)
}

// verdict is what a claim decides.
type verdict struct {
	state   string
	reason  string
	settled bool
	to      organisation.Route
}

// claimNow decides on a notice that nobody has, and on what else is due of its duty: the
// notices of one step go to its roles together or not at all, since once one of them is
// told the step is passed.
func (s *Store) claimNow(ctx context.Context, tx pgx.Tx, c *lockedCase, made *assessment, row *noticeRow) (Claimed, error) {
	due, err := s.noteDue(ctx, tx, c.file, made)
	if err != nil {
		return Claimed{}, err
	}
	row = c.file.notice(row.ID) // where it is now: what was noted may have moved it
	if !due[row.ID] {
		v := verdict{state: stateNotSent, reason: whyNot(made, row.notice())}
		if kept := made.keeps(row.Key); kept != "" {
			v = verdict{state: stateDue, reason: kept}
		}
		return s.claimWith(ctx, tx, c, made, row, v, nil)
	}
	return s.claimWith(ctx, tx, c, made, row, decide(c.file, made, row), due)
}

// noteDue notes everything that is due in a case and was not offered yet, and returns the
// ids of all that is due.
func (s *Store) noteDue(ctx context.Context, tx pgx.Tx, f *caseFile, made *assessment) (map[string]bool, error) {
	batch := &pgx.Batch{}
	due := make(map[string]bool, len(made.agenda.Send))
	for _, n := range made.agenda.Send {
		before := f.noticeByKey(n.Key())
		if before == nil {
			id := s.offerOne(batch, nil, n)
			f.notices = append(f.notices, noticeRow{
				ID: id, CaseKey: f.key, Key: n.Key(), Pathway: n.Pathway, Duty: n.Duty, Ref: n.Ref, Due: n.Due, Rung: n.Rung,
				Role: string(n.Role), Kind: string(n.Kind), Spell: n.Spell, Missed: n.Missed, NominalAt: n.At,
				State: stateDue, PerhapsHad: []string{}, LogOnly: s.logOnly,
			})
			before = &f.notices[len(f.notices)-1]
		}
		due[before.ID] = true
	}
	if batch.Len() == 0 {
		return due, nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("noting what is due: %w", err)
	}
	return due, nil
}

// claimWith keeps what was decided on a notice. Where somebody is to be told, that person is
// also told what else is due of the duty, and where that makes too many letters everything
// goes in one. due are the ids of what is due now.
// The pathways are then looked at again.
func (s *Store) claimWith(
	ctx context.Context, tx pgx.Tx, c *lockedCase, made *assessment, row *noticeRow, v verdict, due map[string]bool,
) (Claimed, error) {
	w := s.claimWriter(c, made, due)
	w.claim(row, v)
	if err := w.write(ctx, tx); err != nil {
		return Claimed{}, err
	}
	return s.afterClaim(ctx, tx, c, row, w.wide)
}

func (s *Store) claimWriter(c *lockedCase, made *assessment, due map[string]bool) *claimWriter {
	return &claimWriter{s: s, c: c, made: made, due: due, trays: map[string]*delivery{}}
}

// afterClaim looks at the pathway again and returns the notice as it is now. wide: other
// pathways of the case are concerned too.
func (s *Store) afterClaim(ctx context.Context, tx pgx.Tx, c *lockedCase, row *noticeRow, wide bool) (Claimed, error) {
	after, err := s.writeAfterClaim(ctx, tx, c, row.Pathway, wide)
	if err != nil {
		return Claimed{}, err
	}
	claimed, err := c.claimed(row)
	claimed.Next = after.nudge()
	return claimed, err
}

// writeAfterClaim writes a pathway in which a notice changed, under a new revision; its
// workflow gets the answer. Others that changed with it are nudged.
func (s *Store) writeAfterClaim(ctx context.Context, tx pgx.Tx, c *lockedCase, name string, wide bool) (pathwayRow, error) {
	made, err := s.assess(c.lockedCases, c.file, c.at)
	if err != nil {
		return pathwayRow{}, err
	}
	rows := s.settle(c.file, made, name, true)
	if wide {
		for _, other := range s.settle(c.file, made, "", false) {
			if other.Pathway != name {
				rows = append(rows, other)
			}
		}
	}
	changes := []*change{{file: c.file, made: made, law: c.law, pathways: rows, raise: true, queue: wide, answered: name}}
	if err := s.writeChanges(ctx, tx, &pgx.Batch{}, changes); err != nil {
		return pathwayRow{}, err
	}
	for _, after := range rows {
		c.file.pathways[after.Pathway] = after
	}
	return c.file.pathways[name], nil
}

// take keeps in the row a verdict that it is not to be sent. at is when it was decided.
func (r *noticeRow) take(v verdict, at time.Time) {
	r.State, r.Reason, r.Settled, r.ClaimedAt = v.state, v.reason, v.settled, &at
	if v.state == stateDue { // held: nothing was decided
		r.ClaimedAt = nil
	}
	r.Delivery, r.in, r.Standing = "", nil, ""
}

// enclose puts a notice into a delivery.
func (r *noticeRow) enclose(d *delivery, why organisation.Why, at time.Time) {
	r.State, r.Reason, r.Settled, r.ClaimedAt = stateEnclosed, "", false, &at
	r.Delivery, r.in, r.Standing = d.ID, d, string(why)
}

// decide finds who is told of a notice that is due.
func decide(f *caseFile, made *assessment, row *noticeRow) verdict {
	if row.Kind == string(casework.Resolved) && !f.escalationReached(row) {
		return verdict{state: stateNotSent, reason: "the escalation reached nobody in this role", settled: true}
	}
	return decideRoute(f, made, row)
}

// decideAgain decides on a notice that was claimed before and has not certainly arrived.
func decideAgain(f *caseFile, made *assessment, row *noticeRow) verdict {
	why := casework.StopReason(made.agenda.Plan, row.notice(), made.at)
	switch {
	case made.isLater(row.Key):
		return verdict{state: stateDue, reason: laterReason}
	case why == "":
		return decide(f, made, row)
	case row.PerhapsTwice:
		why += "; perhaps delivered before"
	}
	return verdict{state: stateNotSent, reason: why}
}

// escalationReached reports whether somebody got an escalation of the notice's duty and spell
// in its role, may have got it, or is about to.
func (f *caseFile) escalationReached(row *noticeRow) bool {
	return slices.ContainsFunc(f.notices, func(o noticeRow) bool {
		return o.Duty == row.Duty && o.Spell == row.Spell && o.Role == row.Role &&
			o.ID != row.ID && (o.Kind == string(casework.Escalation) || isCompanion(o.Role)) && (o.reached() || o.PerhapsTwice)
	})
}

func decideRoute(f *caseFile, made *assessment, row *noticeRow) verdict {
	to, ok := made.who.of(timescale.Role(row.Role), row.Pathway, row.Ref)
	switch {
	case !ok && isCompanion(row.Role):
		return verdict{state: stateNotSent, reason: "nobody is told with the worker now", settled: true}
	case !ok && len(f.refused) > 0:
		return verdict{state: stateUndeliverable, reason: "refused: nobody at any level can be reached"}
	case !ok:
		return verdict{state: stateUndeliverable, reason: "nobody: there is nobody to tell at any level"}
	}
	for i := range f.notices {
		o := &f.notices[i]
		if isCompanion(o.Role) && !isCompanion(row.Role) {
			continue // what somebody is told with the worker stands for no step of their own
		}
		if o.ID != row.ID && o.recipient() == to.Staff && o.reached() && o.sameThing(row) {
			return verdict{state: stateNotSent, reason: "told as " + english.Spaced(o.Role), settled: true}
		}
	}
	return verdict{state: stateClaimed, to: to}
}
