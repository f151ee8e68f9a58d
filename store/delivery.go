package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/organisation"
	"longstop/pathway"
	"longstop/timescale"
)

// Composer puts what is told into words. The record keeps what it makes of an envelope, and does
// not look into it.
type Composer interface {
	// Compose returns what an envelope says.
	Compose(e *casework.Envelope) (json.RawMessage, error)
	// Listed returns the duties on a list, of what Compose returned in this release or an
	// earlier one.
	Listed(letter json.RawMessage) ([]casework.Listed, error)
	// Figures returns the figures with which a message of a morning began, in this release or an earlier one; nil where it
	// began with none.
	Figures(letter json.RawMessage) (*casework.Figures, error)
	// Display returns what an operator sees of a pathway: no name, no reference of a case.
	Display(book *casework.Book, name string, plan *casework.Plan, team, worker string, now time.Time) pathway.Display
	// Summary names a notice in one line, for a timeline.
	Summary(n casework.Notice) string
}

// The states of a delivery.
const (
	stateClaimed = "claimed" // the recipient is fixed; not yet handed to a channel
	stateSending = "sending" // handed to a channel
	stateFailed  = "failed"  // the channel could not take it just now; it is tried again
	stateSent    = "sent"
	stateLogged  = "logged"  // written to the log of a program without a mail server: it reached nobody
	stateBounced = "bounced" // a channel had taken it, and it came back: it reached nobody
	// A delivery that is not to be sent any more is stateNotSent. A list waits as stateDue, and
	// is stateUndeliverable while there is nobody to tell.
)

// delivery is a row of deliveries: one message to one person, which holds one or more notices of a case, all that
// somebody is told in a morning, or the duties of a list after first loads. The id is that of the notice for which it was begun: what
// is claimed again after a crash is the same message.
type delivery struct {
	ID            string
	Holds         string // holdsNotices, holdsList or holdsTray
	State         string
	Reason        string
	ClaimedAt     *time.Time
	Claim         int // how often it was claimed
	Recipient     string
	RecipientRole string
	Standing      string
	Address       string // of the recipient
	Letter        json.RawMessage
	MessageID     string
	Attempts      int
	Sleeping      bool // nobody is at work on it: its time to be sent is up
	SentAt        *time.Time
	Channel       string
	PerhapsTwice  bool
	PerhapsHad    []string // the staff who may have had it

	isNew bool // it is not in the record yet
}

const (
	holdsNotices = "notices"
	holdsList    = "list"
)

const deliveryColumns = `d.id::text, d.holds, d.state, d.reason, d.claimed_at, d.claim, d.recipient, d.recipient_role, d.standing, d.address,
	d.letter, d.message_id, d.attempts, coalesce(d.sending_until <= clock_timestamp(), true) as sleeping, d.sent_at, d.channel,
	d.perhaps_twice, d.perhaps_had`

// caseDelivery is a delivery of a case.
type caseDelivery struct {
	CaseKey string
	delivery
}

// selectCaseDeliveries reads the deliveries that hold a case's notices, or once did.
const selectCaseDeliveries = `select distinct on (n.case_key, d.id) n.case_key::text, ` + deliveryColumns + `
	from notices n join deliveries d on d.id in (n.id, n.delivery) where n.case_key = {keys}`

// unfinished reports whether the delivery is still to be sent.
func (d *delivery) unfinished() bool {
	return d.State == stateClaimed || d.State == stateSending || d.State == stateFailed || d.gathers()
}

// sleeps reports whether an unfinished delivery is with nobody who might be sending it.
func (d *delivery) sleeps() bool { return d.State != stateSending || d.Sleeping }

// mayHaveHad reports whether somebody may have had the delivery though that is not known.
func (d *delivery) mayHaveHad(staff string) bool {
	return d.PerhapsTwice && (len(d.PerhapsHad) == 0 || slices.Contains(d.PerhapsHad, staff))
}

// isAttempt reports whether the number of an attempt is the last one's (0 is).
func (d *delivery) isAttempt(n int) bool { return n == 0 || n == d.Attempts }

// own returns the delivery that was begun for a notice, and begins it if there is none.
func (s *Store) own(f *caseFile, row *noticeRow) *delivery {
	d := f.deliveries[row.ID]
	if d == nil {
		d = &delivery{ID: row.ID, Holds: holdsNotices, State: stateNotSent, MessageID: s.messageID(row.ID), PerhapsHad: []string{}, isNew: true}
		f.deliveries[row.ID] = d
	}
	return d
}

// claimFor fixes who gets the delivery. What was claimed before and not sent may not be sent as
// it was. A delivery that no channel has had yet gets its Message-ID for good here: the worker that
// claims it knows the sender's domain, and who planned it (a command, perhaps) need not.
func (s *Store) claimFor(d *delivery, to organisation.Route, dir *organisation.Directory, at time.Time) {
	d.State, d.Reason, d.Letter, d.ClaimedAt = stateClaimed, "", nil, &at
	d.Recipient, d.RecipientRole, d.Standing = to.Staff, string(to.Role), string(to.Why)
	d.Address = dir.Person(to.Staff).Email
	d.Claim++
	if d.Attempts == 0 {
		d.MessageID = s.messageID(d.ID)
	}
}

// end closes a delivery that is not to be sent.
func (d *delivery) end(state, reason string, at time.Time) {
	d.State, d.Reason, d.Letter, d.ClaimedAt = state, reason, nil, &at
	d.Recipient, d.RecipientRole, d.Standing, d.Address = "", "", "", ""
	d.Claim++
}

// messageID is the Message-ID of a delivery: the same for every attempt.
func (s *Store) messageID(id string) string { return id + "@" + s.domain }

// queueDelivery writes what was decided on a delivery, which is new where it was begun just now.
func queueDelivery(batch *pgx.Batch, d *delivery) {
	if d.isNew {
		batch.Queue(`insert into deliveries (id, holds, state, message_id, perhaps_twice, perhaps_had) values ($1, $2, $3, $4, $5, $6)`,
			d.ID, d.Holds, d.State, d.MessageID, d.PerhapsTwice, d.PerhapsHad)
		d.isNew = false
	}
	batch.Queue(`
		update deliveries set state = $2, reason = $3, claimed_at = $4, claim = $5, recipient = $6, recipient_role = $7,
			standing = $8, address = $9, letter = $10, message_id = $11, sending_until = null
		where id = $1`,
		d.ID, d.State, d.Reason, d.ClaimedAt, d.Claim, d.Recipient, d.RecipientRole, d.Standing, d.Address, d.Letter, d.MessageID)
}

// claimed is a delivery as a claim returns it.
func (d *delivery) claimed(dir *organisation.Directory) (Claimed, error) {
	c := Claimed{
		NoticeID: d.ID, State: d.State, Reason: d.Reason, Claim: d.Claim, MessageID: d.MessageID, PerhapsTwice: d.mayHaveHad(d.Recipient),
	}
	if d.Recipient == "" {
		return c, nil
	}
	p := dir.Person(d.Recipient)
	c.To = Recipient{
		Staff: d.Recipient, Name: p.Name, Email: cmp.Or(d.Address, p.Email), Role: timescale.Role(d.RecipientRole),
	}
	if d.Letter == nil && d.State == stateClaimed {
		return c, errors.New("a claimed delivery holds no letter")
	}
	c.Letter = d.Letter
	return c, nil
}

// lapse ends an attempt whose time is up: nobody knows whether it arrived.
func lapse(ctx context.Context, tx pgx.Tx, d *delivery, held []noticeRow) error {
	if d.State != stateSending {
		return nil
	}
	batch := &pgx.Batch{}
	queuePerhapsHad(batch, d.ID)
	batch.Queue(`update deliveries set state = 'failed', sending_until = null where id = $1`, d.ID)
	batch.Queue(`update delivery_attempts set state = 'lost', ended = clock_timestamp() where delivery = $1 and state = 'sending'`, d.ID)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("taking over a delivery: %w", err)
	}
	d.State, d.PerhapsTwice, d.PerhapsHad = stateFailed, true, append(d.PerhapsHad, d.Recipient)
	for i := range held {
		if r := &held[i]; r.Delivery == d.ID {
			r.PerhapsTwice, r.PerhapsHad = true, append(r.PerhapsHad, d.Recipient)
		}
	}
	return nil
}

// queuePerhapsHad notes that a delivery may have arrived, with all that it holds.
func queuePerhapsHad(batch *pgx.Batch, id string) {
	batch.Queue(`update notices n set perhaps_twice = true, perhaps_had = array_append(n.perhaps_had, d.recipient)
		from deliveries d where d.id = $1 and n.delivery = $1`, id)
	batch.Queue(`update deliveries set perhaps_twice = true, perhaps_had = array_append(perhaps_had, recipient) where id = $1`, id)
}

// contents is what a locked delivery holds: the notices of a case, those in a tray, or the duties of a list. It
// decides how the delivery goes on.
type contents interface {
	// delivery is nil where a notice was in none yet.
	delivery() *delivery
	directory() *organisation.Directory
	now() time.Time
	// moment is now, or where the record is ahead of it, the last recording.
	moment() time.Time
	// nudge is the pathway of the notice for which the delivery was begun; of no meaning for a list.
	nudge() pathway.Nudge
	// result is the delivery as a claim returns it.
	result() (Claimed, error)
	// changed works out what follows now that the delivery has gone.
	changed(ctx context.Context, tx pgx.Tx) error
	// reroute claims the delivery once more, now that its recipient cannot be reached. done is
	// false where nobody can be, and that is not sure.
	reroute(ctx context.Context, tx pgx.Tx, sure bool) (claimed Claimed, done bool, err error)
	// blameServer notes that the mail server refuses everybody.
	blameServer(ctx context.Context, tx pgx.Tx, reason string) error
}

// inDelivery runs a function in a transaction in which a delivery and the cases of its notices are
// locked. ErrUnknown: the record has none of that id.
func (s *Store) inDelivery(ctx context.Context, id string, fn func(pgx.Tx, contents) error) error {
	if !isKey(id) {
		return ErrUnknown
	}
	var caseKey string // the case of the notice for which it was begun
	err := s.pool.QueryRow(ctx, `select coalesce(n.case_key::text, '')
		from (select $1::uuid as id) a left join notices n using (id) left join deliveries d using (id)
		where n.id is not null or d.id is not null`, id).Scan(&caseKey)
	if err != nil {
		return fmt.Errorf("looking for a delivery: %w", explain(unknownIfNone(err)))
	}
	return s.inCase(ctx, caseKey, func(tx pgx.Tx) error {
		held, err := s.open(ctx, tx, id, caseKey)
		if err != nil {
			return err
		}
		return fn(tx, held)
	})
}

// open locks what a delivery holds.
func (s *Store) open(ctx context.Context, tx pgx.Tx, id, caseKey string) (contents, error) {
	if caseKey == "" {
		return s.openGathered(ctx, tx, id)
	}
	c, err := s.lockCase(ctx, tx, caseKey)
	if err != nil {
		return nil, err
	}
	return &noticesHeld{s: s, c: c, row: c.file.notice(id)}, nil
}

// openGathered locks a delivery that is of no one case: a list or a tray.
func (s *Store) openGathered(ctx context.Context, tx pgx.Tx, id string) (contents, error) {
	tray, err := s.lockTray(ctx, tx, id)
	if errors.Is(err, ErrUnknown) {
		return s.lockList(ctx, tx, id)
	}
	return tray, err
}

// noticesHeld are the notices of a case in a delivery; row is the one for which it was begun.
type noticesHeld struct {
	s   *Store
	c   *lockedCase
	row *noticeRow
}

func (h *noticesHeld) delivery() *delivery                { return h.c.file.deliveries[h.row.ID] }
func (h *noticesHeld) directory() *organisation.Directory { return h.c.dir }
func (h *noticesHeld) now() time.Time                     { return h.c.now }
func (h *noticesHeld) moment() time.Time                  { return h.c.at }
func (h *noticesHeld) nudge() pathway.Nudge               { return h.c.file.nudge(h.row.Pathway) }
func (h *noticesHeld) result() (Claimed, error)           { return h.c.claimed(h.row) }

func (h *noticesHeld) changed(ctx context.Context, tx pgx.Tx) error {
	id := h.row.ID
	if err := h.c.file.readNotices(ctx, tx); err != nil {
		return err
	}
	h.row = h.c.file.notice(id)
	_, err := h.s.writeAfterClaim(ctx, tx, h.c, h.row.Pathway, true)
	return err
}

func (h *noticesHeld) reroute(ctx context.Context, tx pgx.Tx, sure bool) (claimed Claimed, done bool, err error) {
	if err := h.c.readRefusals(ctx, tx); err != nil {
		return Claimed{}, false, err
	}
	made, err := h.s.assess(h.c.lockedCases, h.c.file, h.c.at)
	if err != nil {
		return Claimed{}, false, err
	}
	due, err := h.s.noteDue(ctx, tx, h.c.file, made)
	if err != nil {
		return Claimed{}, false, err
	}
	h.row = h.c.file.notice(h.row.ID) // where it is now: what was noted may have moved it
	v := decideAgain(h.c.file, made, h.row)
	if v.state == stateUndeliverable && !sure {
		return Claimed{}, false, nil
	}
	claimed, err = h.s.claimWith(ctx, tx, h.c, made, h.row, v, due)
	return claimed, true, err
}

func (h *noticesHeld) blameServer(ctx context.Context, tx pgx.Tx, reason string) error {
	return faulted(ctx, tx, h.c.file.key, h.row.Pathway, reasonAboutServer+reason, h.c.at)
}

// listHeld are the duties of a list.
type listHeld struct {
	s    *Store
	list *listRow
	dir  *organisation.Directory
	at   time.Time
}

func (h *listHeld) delivery() *delivery                { return &h.list.delivery }
func (h *listHeld) directory() *organisation.Directory { return h.dir }
func (h *listHeld) now() time.Time                     { return h.at }
func (h *listHeld) moment() time.Time                  { return h.at }
func (*listHeld) nudge() pathway.Nudge                 { return pathway.Nudge{} }
func (h *listHeld) result() (Claimed, error)           { return h.list.claimed(h.dir) }

func (*listHeld) changed(context.Context, pgx.Tx) error { return nil }

func (h *listHeld) reroute(ctx context.Context, tx pgx.Tx, sure bool) (claimed Claimed, done bool, err error) {
	unreachable, err := refusedNow(ctx, tx, h.dir, h.at)
	if err != nil {
		return Claimed{}, false, err
	}
	if _, ok := h.list.route(h.dir, today(h.at), unreachable); !ok && !sure {
		return Claimed{}, false, nil
	}
	claimed, err = h.s.claimListNow(ctx, tx, h)
	return claimed, true, err
}

func (*listHeld) blameServer(context.Context, pgx.Tx, string) error { return nil }
