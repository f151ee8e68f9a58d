package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/pathway"
	"longstop/timescale"
)

// What somebody is to be told at the 09:00 of a working day gathers in their tray, of whatever
// cases it is, and goes as one message:
//
//	Claim      in a tray  a notice, whose words are written; Claim of a limit in hours goes at once
//	FindTrays             the trays whose pathways have all been planned, at the latest after trayWaitsAtMost
//	ClaimTray  claimed    each notice is decided on once more, case by case; then the tray is closed
//	Sending …             as of any delivery
//
// A claim locks its case and then holds the tray open (for share) until it has committed. ClaimTray
// closes the tray (for update), so nothing gets in between what is sent and what is noted. What comes after
// gathers in the next tray.
//
// A tray that has not gone by the time the next one gathers is not sent by itself any more: what is in it joins the next
// (joinTrays), which has a Message-ID of its own, since a mailbox may drop a second message under one that it has had.
// Its attempts stay with it. Whoever locks several trays of a person locks them in the order of their ids.

// stateInTray is what a claim returns of a notice that is in a tray which gathers. It is not a
// state of a row.
const stateInTray = "in_tray"

// holdsTray is a delivery that gathers what one person is to be told in a morning.
const holdsTray = "tray"

// trayWaitsAtMost is how long after it was begun a tray waits for pathways that are still to be planned.
const trayWaitsAtMost = 30 * time.Minute

// gathers reports whether the delivery is a tray that notices are still put into.
func (d *delivery) gathers() bool { return d.Holds == holdsTray && d.State == stateDue }

// goesInTray reports whether a claimed notice goes with what else its recipient is told that morning. What is told of a
// limit in hours goes at once, and what was begun by itself and tried goes on by itself: it may have arrived.
func (w *claimWriter) goesInTray(r *noticeRow) bool {
	if !w.c.trays || ofHours(w.c.law.book, r.notice()) {
		return false
	}
	own := w.c.file.deliveries[r.ID]
	return own == nil || own.Attempts == 0
}

// intoTray puts a notice into the tray of its recipient. Which one that is is found once all is decided.
func (w *claimWriter) intoTray(r *noticeRow, to organisation.Route) {
	t := w.trays[to.Staff]
	if t == nil {
		t = &delivery{Holds: holdsTray, State: stateDue, Recipient: to.Staff, PerhapsHad: []string{}}
		w.trays[to.Staff] = t
	}
	r.enclose(t, to.Why, w.c.at)
	w.touch(r, nil)
}

// findTrays finds or begins the open tray of each recipient, and keeps it open until the end of the transaction. In the
// order of the recipients, so that two claims never wait for each other.
func (w *claimWriter) findTrays(ctx context.Context, tx pgx.Tx) error {
	for _, staff := range sortedKeys(w.trays) {
		t := w.trays[staff]
		if err := w.s.openTray(ctx, tx, t, w.c.at); err != nil {
			return err
		}
		w.c.file.deliveries[t.ID] = t
		for _, r := range w.touched {
			if r.in == t {
				r.Delivery = t.ID
			}
		}
	}
	return nil
}

// openTray finds or begins the tray that gathers for somebody. One that is closed while this waits for it is passed over.
func (s *Store) openTray(ctx context.Context, tx pgx.Tx, t *delivery, at time.Time) error {
	for {
		found, err := rows[delivery](ctx, tx, "looking for a tray", `select `+deliveryColumns+` from deliveries d
			where d.holds = 'tray' and d.state = 'due' and d.recipient = $1 for share`, t.Recipient)
		switch {
		case err != nil:
			return err
		case len(found) > 0:
			*t = found[0]
			return nil
		}
		_, err = tx.Exec(ctx, `
			insert into deliveries (id, holds, state, recipient, not_before, message_id)
			select id, 'tray', 'due', $1, $2, id::text || '@' || $3::text from gen_random_uuid() as id
			on conflict (recipient) where holds = 'tray' and state = 'due' do nothing`, t.Recipient, at, s.domain)
		if err != nil {
			return fmt.Errorf("beginning a tray: %w", err)
		}
	}
}

// traysAtOnce bounds how many trays FindTrays returns; the others wait.
const traysAtOnce = 500

// FindTrays returns the trays that are to be sent now: those for which every pathway that was to
// be planned by the time they were begun has been, or which have waited long enough for it; and those that were
// claimed and have not certainly arrived. A pathway for which the last message before waited in vain is stuck, and nobody waits for it
// again; what an outage kept from being planned was waited for by none. Waiting: others wait, or may still be begun, since a pathway is due
// and not planned yet.
func (s *Store) FindTrays(ctx context.Context) (found pathway.TraysFound, err error) {
	type owed struct {
		pathway.Tray
		Ready bool
	}
	var list []owed
	err = s.inLoopTx(ctx, func(tx pgx.Tx) error {
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		list, err = rows[owed](ctx, tx, "looking for trays", `
			select d.id::text, d.recipient, d.state <> 'due' or d.not_before <= $2
				or d.not_before < coalesce((select min(wake) from pathways where open and fault = '' and wake > coalesce((
					select not_before from deliveries where holds = 'tray' and sent_at is not null and not_before <= $2
					order by sent_at desc limit 1), '-infinity')), 'infinity') as ready
			from deliveries d where d.holds = 'tray' and (
				d.state = 'due' and d.not_before <= $1
				or d.state = 'logged' and not $3
				or (d.state in ('claimed', 'failed') or d.state = 'sending' and d.sending_until <= clock_timestamp())
					and not exists (select from deliveries o where o.holds = 'tray' and o.state = 'due' and o.recipient = d.recipient))
			order by ready desc, d.not_before, d.id limit $4`, now, now.Add(-trayWaitsAtMost), s.logOnly, traysAtOnce)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `select exists (select from pathways where open and wake <= $1 and wake > $2 and fault = '')`,
			now, now.Add(-trayWaitsAtMost)).Scan(&found.Waiting)
	})
	for _, o := range list {
		if o.Ready {
			found.Ready = append(found.Ready, o.Tray)
		}
		found.Waiting = found.Waiting || !o.Ready
	}
	found.Waiting = found.Waiting || len(list) == traysAtOnce
	return found, explain(err)
}

// ClaimTray is Claim for a tray: each notice in it is decided on once more (whether it still stands, who holds the role
// now, how late it is); then what is left is closed and put into words. A tray with nothing left in it is not
// sent. ErrUnknown: the record has no tray of that id. ErrBusy: another attempt is sending it now.
func (s *Store) ClaimTray(ctx context.Context, id string) (Claimed, error) {
	if !isKey(id) {
		return Claimed{}, ErrUnknown
	}
	keys, over, err := s.casesOfTray(ctx, id)
	if err != nil {
		return Claimed{}, err
	}
	for i := 0; !over && i < len(keys); i++ {
		if err := s.reviseTray(ctx, id, keys[i]); err != nil {
			return Claimed{}, err
		}
	}
	var claimed Claimed
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		h, err := s.lockTray(ctx, tx, id)
		if err != nil {
			return err
		}
		if h.tray.State == stateSending && !h.tray.Sleeping {
			return ErrBusy
		}
		if !h.over() {
			err = s.closeTray(ctx, tx, h)
		}
		if err != nil {
			return err
		}
		claimed, err = h.result()
		return err
	})
	return claimed, err
}

// casesOfTray returns the cases whose notices are in a tray, with what joined it, and whether it is over with it.
func (s *Store) casesOfTray(ctx context.Context, id string) (keys []string, over bool, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		h, err := s.lockTray(ctx, tx, id)
		if err != nil {
			return err
		}
		if h.tray.State == stateSending && !h.tray.Sleeping {
			return ErrBusy
		}
		if over = h.over(); over {
			return nil
		}
		if over, err = s.joinTrays(ctx, tx, h); err != nil || over {
			return err
		}
		return s.lapseTray(ctx, tx, &h.tray)
	})
	if err != nil || over {
		return nil, over, err
	}
	keys, err = s.strings(ctx, "reading a tray", `select distinct case_key::text from notices where delivery = $1 order by 1`, id)
	return keys, false, err
}

// joinTrays puts what is in the other trays of somebody that have not gone into the one that gathers. While none does, it
// puts them into the one that was asked for, if that one was only logged: no mailbox has had its Message-ID, and after a month
// without a mail server it is one message that goes, not twenty. away reports whether the tray that was asked for was
// one of the others, and is over with it. One that is being sent now is left alone.
func (s *Store) joinTrays(ctx context.Context, tx pgx.Tx, h *trayHeld) (away bool, err error) {
	all := append(slices.Clone(h.others), &h.tray)
	into := &h.tray
	if i := slices.IndexFunc(all, (*delivery).gathers); i >= 0 {
		into = all[i]
	} else if h.tray.State != stateLogged {
		return false, nil
	}
	for _, d := range all {
		if d == into || !d.sleeps() {
			continue
		}
		if err := s.lapseTray(ctx, tx, d); err != nil {
			return false, err
		}
		if err := joinTray(ctx, tx, d, into, h.at); err != nil {
			return false, err
		}
	}
	return into != &h.tray, nil
}

// joinTray empties one tray into another, and closes it.
func joinTray(ctx context.Context, tx pgx.Tx, from, into *delivery, at time.Time) error {
	recipient := from.Recipient
	from.end(stateNotSent, "it did not go in time: what was in it goes with the next message", at)
	from.Recipient = recipient
	batch := &pgx.Batch{}
	batch.Queue(`update notices set delivery = $2 where delivery = $1`, from.ID, into.ID)
	if from.PerhapsTwice {
		into.PerhapsTwice, into.PerhapsHad = true, append(into.PerhapsHad, from.PerhapsHad...)
		batch.Queue(`update deliveries set perhaps_twice = true, perhaps_had = perhaps_had || $2::text[] where id = $1`, into.ID, from.PerhapsHad)
	}
	queueDelivery(batch, from)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("putting what did not go into the next message: %w", err)
	}
	return nil
}

// lapseTray is lapse for a tray: its notices are of cases that are not locked here. One that was only logged, by a program
// without a mail server, becomes one that did not go: what is in it is then decided on once more, as in any other.
func (s *Store) lapseTray(ctx context.Context, tx pgx.Tx, d *delivery) error {
	if d.State != stateLogged || s.logOnly {
		return lapse(ctx, tx, d, nil)
	}
	d.State, d.Reason = stateFailed, "it was only logged"
	if _, err := tx.Exec(ctx, `update deliveries set state = $2, reason = $3 where id = $1`, d.ID, d.State, d.Reason); err != nil {
		return fmt.Errorf("taking up a tray that was only logged: %w", err)
	}
	return nil
}

// reviseTray decides once more on the notices of one case in a tray. A case that cannot be worked out keeps
// in the tray what it put there: it was true when it was.
func (s *Store) reviseTray(ctx context.Context, id, key string) error {
	err := s.inLockedCase(ctx, key, func(tx pgx.Tx, c *lockedCase) error {
		if there, err := holdTray(ctx, tx, id); err != nil || !there {
			return err
		}
		made, err := s.assess(c.lockedCases, c.file, c.at)
		if err != nil {
			return err
		}
		w := s.claimWriter(c, made, nil)
		left := false
		for _, r := range c.file.inTray(id) {
			v := decideAgain(c.file, made, r)
			switch later := c.file.overtakes(r); {
			case v.state == stateClaimed && later != nil:
				w.makeUp(later, r)
				v = verdict{state: stateNotSent, reason: "a later step of the same timescale says it", settled: true}
			case v.state == stateClaimed && v.to.Staff == r.recipient():
				r.Standing = string(v.to.Why)
				w.touch(r, nil)
				continue
			}
			left = true
			w.take(r, v)
		}
		if err := w.write(ctx, tx); err != nil || !left {
			return err
		}
		return s.writeAfterRevision(ctx, tx, c)
	})
	if faultOf(key, err) != nil {
		return nil // it is put aside, and shown
	}
	return err
}

// inTray returns the notices of the case that are in a tray. What says that an alarm is settled comes last: whether somebody has that
// alarm is decided first.
func (f *caseFile) inTray(id string) []*noticeRow {
	var list, settled []*noticeRow
	for i := range f.notices {
		switch r := &f.notices[i]; {
		case r.Delivery != id:
		case r.Kind == string(casework.Resolved):
			settled = append(settled, r)
		default:
			list = append(list, r)
		}
	}
	return append(list, settled...)
}

// overtakes returns the later step of the same timescale, date and role that its person has had or is to have next to a notice
// that did not go in time; nil if there is none.
func (f *caseFile) overtakes(r *noticeRow) *noticeRow {
	for i := range f.notices {
		o := &f.notices[i]
		if r.Rung != "" && o.Rung != "" && o.Duty == r.Duty && o.Due == r.Due && o.Spell == r.Spell && o.Role == r.Role &&
			o.NominalAt.After(r.NominalAt) && o.reached() && o.recipient() == r.recipient() {
			return o
		}
	}
	return nil
}

// makeUp lets a later step in the same tray say which earlier one it makes up for.
func (w *claimWriter) makeUp(later, earlier *noticeRow) {
	if later.Delivery != earlier.Delivery {
		return
	}
	for _, step := range append(slices.Clone(earlier.Missed), earlier.Rung) {
		if !slices.Contains(later.Missed, step) {
			later.Missed = append(later.Missed, step)
		}
	}
	w.touch(later, nil)
}

// holdTray keeps a tray from being closed, or joined to another, until the end of the transaction. It reports false where it is
// over with it or being sent: nothing in it is to be decided on then.
func holdTray(ctx context.Context, tx pgx.Tx, id string) (bool, error) {
	found, err := rows[delivery](ctx, tx, "holding a tray", `select `+deliveryColumns+` from deliveries d where d.id = $1 for share`, id)
	return len(found) > 0 && found[0].unfinished() && found[0].sleeps(), err
}

// writeAfterRevision writes what follows in a case from notices that have left a tray, and nudges its pathways.
func (s *Store) writeAfterRevision(ctx context.Context, tx pgx.Tx, c *lockedCase) error {
	made, err := s.assess(c.lockedCases, c.file, c.at)
	if err != nil {
		return err
	}
	after := &change{file: c.file, made: made, law: c.law, pathways: s.settle(c.file, made, "", false), queue: true}
	return s.writeChanges(ctx, tx, &pgx.Batch{}, []*change{after})
}

// lockTray locks a tray, and what else of its person has not gone; ErrUnknown if there is none of that id.
func (s *Store) lockTray(ctx context.Context, tx pgx.Tx, id string) (*trayHeld, error) {
	found, err := rows[delivery](ctx, tx, "locking a tray", `select `+deliveryColumns+` from deliveries d
		where d.holds = 'tray' and (d.id = $1 or (d.state in ('due', 'claimed', 'sending', 'failed') or d.state = 'logged' and not $2)
			and d.recipient = (select recipient from deliveries where id = $1 and holds = 'tray'))
		order by d.id for update`, id, s.logOnly)
	if err != nil {
		return nil, err
	}
	h := &trayHeld{s: s}
	for i := range found {
		if d := &found[i]; d.ID == id {
			h.tray = *d
		} else {
			h.others = append(h.others, d)
		}
	}
	if h.tray.ID == "" {
		return nil, ErrUnknown
	}
	if h.dir, err = s.latestDirectory(ctx, tx); err != nil {
		return nil, err
	}
	h.at, err = s.now(ctx, tx)
	return h, err
}

// inTray is a notice in a tray.
type inTray struct {
	ID     string
	Role   string
	Letter json.RawMessage // what it says by itself
}

func (h *trayHeld) notices(ctx context.Context, tx pgx.Tx) ([]inTray, error) {
	return rows[inTray](ctx, tx, "reading a tray", `select id::text, role, letter from notices where delivery = $1
		order by case_key, nominal_at, ref, key`, h.tray.ID)
}

// closeTray claims a tray for its person, and writes what it says.
func (s *Store) closeTray(ctx context.Context, tx pgx.Tx, h *trayHeld) error {
	held, err := h.notices(ctx, tx)
	if err != nil {
		return err
	}
	d := &h.tray
	if len(held) > 0 && !h.dir.Person(d.Recipient).Employed() { // of cases that cannot be worked out: the others have taken theirs out of it
		return h.empty(ctx, tx, stateNotSent, "somebody has left", "who it was for has left: what was in it is told to who comes next")
	}
	if len(held) == 0 {
		d.end(stateNotSent, "nothing in it is to be told any more", h.at)
	} else {
		desk, err := s.deskOf(ctx, tx, h.dir, d.Recipient, h.at)
		if err != nil {
			return err
		}
		e := casework.Envelope{Parts: make([]json.RawMessage, len(held)), Desk: desk}
		role := timescale.Role(held[0].Role)
		for i, n := range held {
			e.Parts[i] = n.Letter
		}
		s.claimFor(d, organisation.Route{Staff: d.Recipient, Role: role}, h.dir, h.at)
		if err := s.compose(d, string(role), h.at, e); err != nil {
			return err
		}
	}
	batch := &pgx.Batch{}
	queueDelivery(batch, d)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("closing a tray: %w", err)
	}
	return nil
}

// trayHeld is a tray that is locked, and what else of its person has not gone.
type trayHeld struct {
	s      *Store
	tray   delivery
	others []*delivery
	dir    *organisation.Directory
	at     time.Time
}

// over reports whether the tray is not to be sent any more.
func (h *trayHeld) over() bool {
	switch h.tray.State {
	case stateSent, stateNotSent, stateUndeliverable, stateBounced:
		return true
	case stateLogged:
		return h.s.logOnly
	default:
		return false
	}
}

func (h *trayHeld) delivery() *delivery                { return &h.tray }
func (h *trayHeld) directory() *organisation.Directory { return h.dir }
func (h *trayHeld) now() time.Time                     { return h.at }
func (h *trayHeld) moment() time.Time                  { return h.at }
func (*trayHeld) nudge() pathway.Nudge                 { return pathway.Nudge{} }
func (h *trayHeld) result() (Claimed, error)           { return h.tray.claimed(h.dir) }

// changed does nothing: that a notice is in a tray counts as told until the tray comes back.
func (*trayHeld) changed(context.Context, pgx.Tx) error { return nil }

// reroute takes everything out of a tray whose person cannot be reached: each notice is due once more, and its pathway is
// planned again and told who comes next.
func (h *trayHeld) reroute(ctx context.Context, tx pgx.Tx, sure bool) (claimed Claimed, done bool, err error) {
	if !sure {
		others, err := h.othersReachable(ctx, tx)
		if err != nil || !others {
			return Claimed{}, false, err
		}
	}
	if err := h.empty(ctx, tx, stateUndeliverable, "a message was refused", "refused: what was in it is told to who comes next"); err != nil {
		return Claimed{}, false, err
	}
	claimed, err = h.result()
	return claimed, true, err
}

// empty closes a tray and takes everything out of it: each notice is due once more, and its case is planned again. why is what
// the plan notes, reason what the tray says.
func (h *trayHeld) empty(ctx context.Context, tx pgx.Tx, state, why, reason string) error {
	batch := &pgx.Batch{}
	batch.Queue(`insert into replans (case_key, why) select distinct case_key, $2::text from notices where delivery = $1
		on conflict do nothing`, h.tray.ID, why)
	batch.Queue(`update notices set state = 'due', delivery = null, reason = '', standing = '' where delivery = $1`, h.tray.ID)
	recipient := h.tray.Recipient
	h.tray.end(state, reason, h.at)
	h.tray.Recipient = recipient
	queueDelivery(batch, &h.tray)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("emptying a tray: %w", err)
	}
	return nil
}

// othersReachable reports whether somebody else can be told of anything in the tray.
func (h *trayHeld) othersReachable(ctx context.Context, tx pgx.Tx) (bool, error) {
	type held struct{ CaseKey, Role, Pathway, Ref string }
	list, err := rows[held](ctx, tx, "reading a tray", `
		select distinct case_key::text, role, pathway, ref from notices where delivery = $1 order by 1`, h.tray.ID)
	if err != nil {
		return false, err
	}
	found, err := rows[eventRow](ctx, tx, "reading whose cases are in a tray", selectEvents+`
		where case_key in (select case_key from notices where delivery = $1) order by case_key, seq`, h.tray.ID)
	if err != nil {
		return false, err
	}
	events := map[string][]casework.Event{}
	for i := range found {
		events[found[i].CaseKey] = append(events[found[i].CaseKey], found[i].event())
	}
	unreachable, err := refusedNow(ctx, tx, h.dir, h.at)
	if err != nil {
		return false, err
	}
	for _, n := range list {
		who := &teller{dir: h.dir, book: h.s.Book(), who: organisation.CaseOf(events[n.CaseKey]), at: h.at, unreachable: unreachable}
		if _, ok := who.of(timescale.Role(n.Role), n.Pathway, n.Ref); ok {
			return true, nil
		}
	}
	return false, nil
}

// blameServer does nothing: the tray stays failed, and says so.
func (*trayHeld) blameServer(context.Context, pgx.Tx, string) error { return nil }

// How far a morning's message looks.
const (
	deskDaysAhead  = 5 // working days
	answeredWithin = 2 // working days: an escalation without an answer is then shown to who comes next
	deskBefore     = 7 // days: the message whose figures are compared
	deskBeforeMost = 14
)

// deskOf returns what lies before somebody at an instant, other than what is new.
func (s *Store) deskOf(ctx context.Context, tx pgx.Tx, dir *organisation.Directory, staff string, at time.Time) (*casework.Desk, error) {
	book := s.Book()
	d := &casework.Desk{Book: book, At: at, Until: book.Calendar().AddWorkingDays(today(at), deskDaysAhead)}
	var err error
	if d.Held, err = s.heldBy(ctx, tx, d, staff); err != nil {
		return nil, err
	}
	managed := teamsOf(dir, staff)
	if len(managed) == 0 {
		return d, nil
	}
	if err := s.teamDesks(ctx, tx, dir, d, managed); err != nil {
		return nil, err
	}
	if err := s.unanswered(ctx, tx, dir, d, staff, managed); err != nil {
		return nil, err
	}
	return d, s.figuresBefore(ctx, tx, d, staff)
}

// managed is a team that somebody manages, and as what.
type managed struct {
	team  string
	level int  // the place of their role among timescale.Roles
	first bool // nobody of a lower role manages it
}

// teamsOf returns the teams that somebody manages, by their references.
func teamsOf(dir *organisation.Directory, staff string) []managed {
	var list []managed
	for _, team := range dir.Teams() {
		managers := dir.ManagersOf(team)
		lowest := len(timescale.Roles)
		for _, m := range managers {
			lowest = min(lowest, slices.Index(timescale.Roles, m.Role))
		}
		for _, m := range managers {
			if m.Ref == staff {
				level := slices.Index(timescale.Roles, m.Role)
				list = append(list, managed{team, level, level == lowest})
			}
		}
	}
	return list
}

// levelOf returns the highest place among timescale.Roles in which somebody manages a team; -1 if they do not.
func levelOf(dir *organisation.Directory, team, staff string) int {
	level := -1
	for _, m := range dir.ManagersOf(team) {
		if m.Ref == staff {
			level = max(level, slices.Index(timescale.Roles, m.Role))
		}
	}
	return level
}

// deskDuty is an open duty of somebody's desk.
type deskDuty struct {
	dutyRow
	Reference    string
	Worker, Team *string
}

func (r *deskDuty) arrear(pack *timescale.Pack) casework.Arrear {
	a := casework.Arrear{Reference: r.Reference, Duty: r.duty()}
	a.Duty.Edition = editionOf(pack, &a.Duty)
	return a
}

var selectDesk = `select ` + selectDuties + `, c.worker, c.team,
	coalesce((select reference from case_references r where r.case_key = d.case_key order by n limit 1), '') as reference
	from duties d join cases c on c.key = d.case_key where d.open and `

// heldBy returns the open duties of the cases that somebody holds which are past a limit or due within the days that
// a message looks ahead.
func (s *Store) heldBy(ctx context.Context, tx pgx.Tx, d *casework.Desk, staff string) ([]casework.Arrear, error) {
	found, err := rows[deskDuty](ctx, tx, "reading what somebody holds", selectDesk+`c.worker = $1 and (d.due <= $2 or d.due_at < $3 or d.local_due < $4)
		order by coalesce(d.due, (d.due_at at time zone 'Europe/London')::date), reference, d.duty`,
		staff, dayOf(d.Until), d.Until.End(), dayOf(today(d.At)))
	if err != nil {
		return nil, err
	}
	var held []casework.Arrear
	for i := range found {
		a := found[i].arrear(d.Book.Pack())
		switch a.Duty.State(d.At) {
		case casework.Running, casework.DueToday, casework.Overdue:
			held = append(held, a)
		default: // nobody can act on it by its date
		}
	}
	return held, nil
}

// teamDesks says how each team stands.
func (s *Store) teamDesks(ctx context.Context, tx pgx.Tx, dir *organisation.Directory, d *casework.Desk, list []managed) error {
	desks := map[string]*casework.TeamDesk{}
	var refs, members []string
	for _, m := range list {
		t, _ := dir.Team(m.team)
		desks[m.team] = &casework.TeamDesk{Ref: m.team, Name: cmp.Or(t.Name, m.team)}
		refs, members = append(refs, m.team), append(members, membersOf(dir, m.team)...)
	}
	found, err := rows[deskDuty](ctx, tx, "reading how teams stand", selectDesk+`(c.team = any($1) or c.team is null and c.worker = any($2))
		and (d.due < $3 or d.due_at < $4 or d.local_due < $3) order by d.case_key, d.duty`, refs, members, dayOf(today(d.At)), d.At)
	if err != nil {
		return err
	}
	for i := range found {
		t := desks[dir.TeamOf(organisation.Allocation{Worker: text(found[i].Worker), Team: text(found[i].Team)})]
		if t == nil {
			continue
		}
		a := found[i].arrear(d.Book.Pack())
		switch {
		case a.Duty.PastLaw(d.At):
			t.Overdue++
			if t.Longest == nil || a.Duty.LateDays(d.At) > t.Longest.Duty.LateDays(d.At) {
				t.Longest = &a
			}
		case a.Duty.PastLocal(d.At):
			t.Local++
		}
	}
	unallocated, err := rows[countRow](ctx, tx, "looking for cases without a worker", `select c.team as name, count(*) from cases c
		where c.team = any($1) and c.worker is null and exists (select from pathways p where p.case_key = c.key and p.open) group by 1`, refs)
	if err != nil {
		return err
	}
	for _, u := range unallocated {
		desks[u.Name].Unallocated = u.Count
	}
	for _, m := range list {
		t := desks[m.team]
		t.Away, t.Next = awayFrom(dir, m.team, today(d.At)), m.first
		d.Teams = append(d.Teams, *t)
	}
	slices.SortFunc(d.Teams, func(a, b casework.TeamDesk) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Ref, b.Ref))
	})
	return nil
}

// awayFrom returns the names of those of a team who are away on a day and who nobody stands in for.
func awayFrom(dir *organisation.Directory, team string, day calendar.Date) []string {
	var names []string
	for _, ref := range membersOf(dir, team) {
		p := dir.Person(ref)
		if !p.Employed() || !p.Away(day) {
			continue
		}
		if r, ok := dir.Route(timescale.Worker, organisation.Allocation{Worker: ref}, day, nil); !ok || r.Why != organisation.Cover {
			names = append(names, cmp.Or(p.Name, ref))
		}
	}
	return names
}

// unanswered finds the escalations to managers below somebody that have had no answer for some working days, and whose
// timescale is still open. What was re-routed to themselves, or to somebody as high as they are, is with nobody below them.
// An answer that was voided or corrected does not count: its correction does, if that is one too.
func (s *Store) unanswered(
	ctx context.Context, tx pgx.Tx, dir *organisation.Directory, d *casework.Desk, staff string, list []managed,
) error {
	type row struct {
		deskDuty
		To   string
		Role string
		Sent time.Time
	}
	levels := map[string]int{}
	var refs, members []string
	for _, m := range list {
		levels[m.team] = m.level
		refs, members = append(refs, m.team), append(members, membersOf(dir, m.team)...)
	}
	until := d.Book.Calendar().AddWorkingDays(today(d.At), -answeredWithin).End()
	found, err := rows[row](ctx, tx, "looking for escalations without an answer", `
		select distinct on (d.case_key, d.duty) `+selectDuties+`, c.worker, c.team, m.recipient as to, n.role, m.sent_at as sent,
			coalesce((select reference from case_references r where r.case_key = d.case_key order by n limit 1), '') as reference
		from duties d join cases c on c.key = d.case_key join notices n on n.case_key = d.case_key and n.duty = d.duty
		join deliveries m on m.id = n.delivery
		where d.open and n.kind in ('escalation', 'drift') and m.state = 'sent' and m.sent_at < $3
			and (c.team = any($1) or c.team is null and c.worker = any($2))
			and not exists (select from events e where e.case_key = d.case_key and e.type = 'notice.acknowledged'
				and e.data ->> 'duty' = d.duty and e.recorded >= m.sent_at
				and not exists (select from events v where v.case_key = e.case_key and v.source = e.source and e.id in (v.voids, v.corrects)))
		order by d.case_key, d.duty, m.sent_at desc`, refs, members, until)
	if err != nil {
		return err
	}
	for i := range found {
		r := &found[i]
		team := dir.TeamOf(organisation.Allocation{Worker: text(r.Worker), Team: text(r.Team)})
		level, ok := levels[team]
		if !ok || r.To == staff || max(slices.Index(timescale.Roles, timescale.Role(r.Role)), levelOf(dir, team, r.To)) >= level {
			continue
		}
		t, _ := dir.Team(team)
		a := r.arrear(d.Book.Pack())
		if a.Duty.State(d.At) != casework.Overdue && a.Duty.DueText() != "" {
			continue
		}
		d.Unanswered = append(d.Unanswered, casework.Unanswered{
			Reference: a.Reference, Duty: a.Duty, Team: cmp.Or(t.Name, team), To: cmp.Or(dir.Person(r.To).Name, r.To), Sent: today(r.Sent),
		})
	}
	slices.SortStableFunc(d.Unanswered, func(a, b casework.Unanswered) int {
		return cmp.Or(cmp.Compare(a.Sent, b.Sent), cmp.Compare(a.Reference, b.Reference), cmp.Compare(a.Duty.ID, b.Duty.ID))
	})
	return nil
}

// figuresBefore finds the figures of somebody's last message of a week ago or more.
func (s *Store) figuresBefore(ctx context.Context, tx pgx.Tx, d *casework.Desk, staff string) error {
	before := today(d.At).AddDays(1 - deskBefore).Start()
	type row struct {
		Letter json.RawMessage
		SentAt time.Time
	}
	found, err := rows[row](ctx, tx, "looking for an earlier message", `
		select letter, sent_at from deliveries where holds = 'tray' and recipient = $1 and state = 'sent' and sent_at < $2 and sent_at > $3
		order by sent_at desc limit 1`, staff, before, before.AddDate(0, 0, -deskBeforeMost))
	if err != nil || len(found) == 0 {
		return err
	}
	d.Before, err = s.composer.Figures(found[0].Letter)
	d.BeforeOn = today(found[0].SentAt)
	return err
}
