package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/organisation"
	"longstop/pathway"
)

// Sending notes that a claimed delivery is about to be handed to a channel, and returns
// the number of the attempt. claim is which claim of it is sent (Claimed.Claim). From now on a
// crash leaves it unknown whether it was sent. ErrBusy: it is not there to be sent, because
// another attempt has it or has sent it, or it was claimed again since: Claim says which.
// ErrUnknown: the record has no such delivery.
func (s *Store) Sending(ctx context.Context, id string, claim int) (attempt int, err error) {
	if !isKey(id) {
		return 0, ErrUnknown
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockHeld(ctx, tx, id); err != nil {
			return err
		}
		var recipient, address string
		err := tx.QueryRow(ctx, `
			update deliveries set state = 'sending', attempts = attempts + 1, sending_until = clock_timestamp() + $2::interval
			where id = $1 and state in ('claimed', 'failed') and claim = $3
			returning attempts, recipient, address`, id, s.lease, claim).Scan(&attempt, &recipient, &address)
		if err != nil {
			return s.busyOrUnknown(ctx, tx, id, err)
		}
		_, err = tx.Exec(ctx, `insert into delivery_attempts (delivery, n, recipient, address, state, carried)
			select $1, $2, $3, $4, 'sending', array(select id from notices where delivery = $1 and id <> $1)`,
			id, attempt, recipient, address)
		return err
	})
	return attempt, err
}

// lockHeld locks the cases of the notices that a delivery holds, so that no claim decides on one
// of them at the same time, and then the delivery.
func lockHeld(ctx context.Context, tx pgx.Tx, id string) error {
	_, err := tx.Exec(ctx, `select from cases where key in (select case_key from notices where delivery = $1 or id = $1)
		order by key for no key update`, id)
	if err != nil {
		return fmt.Errorf("locking the cases of a delivery: %w", err)
	}
	if _, err := tx.Exec(ctx, `select from deliveries where id = $1 for no key update`, id); err != nil {
		return fmt.Errorf("locking a delivery: %w", err)
	}
	return nil
}

func (s *Store) busyOrUnknown(ctx context.Context, tx pgx.Tx, id string, err error) error {
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	var known bool
	err = tx.QueryRow(ctx, `select exists (select from deliveries where id = $1) or exists (select from notices where id = $1)`, id).Scan(&known)
	if err != nil {
		return err
	}
	if known {
		return ErrBusy
	}
	return ErrUnknown
}

// Sent notes that a channel has taken a delivery, with all that it holds, and
// returns the pathway of the notice for which it was begun as it is then (of no meaning for a list).
// attempt is the number that
// Sending returned; 0 is the last. What went is noted whatever was decided since: that it is
// not to be sent, that another person is told. Noting it twice changes nothing. ErrUnknown:
// the record has no such delivery.
func (s *Store) Sent(ctx context.Context, id string, attempt int, channel, receipt string) (pathway.Nudge, error) {
	return s.went(ctx, wentOut{id: id, attempt: attempt, channel: channel, receipt: receipt, state: stateSent})
}

// Logged notes that a delivery went to the log of a program without a mail server, and
// so reached nobody: a program that has one makes up for it. Otherwise it is Sent.
func (s *Store) Logged(ctx context.Context, id string, attempt int) (pathway.Nudge, error) {
	return s.went(ctx, wentOut{id: id, attempt: attempt, channel: "log", state: stateLogged})
}

func (s *Store) went(ctx context.Context, w wentOut) (nudge pathway.Nudge, err error) {
	err = s.inDelivery(ctx, w.id, func(tx pgx.Tx, held contents) error {
		w.at = held.now()
		news, err := s.noteWent(ctx, tx, &w)
		if err == nil && news {
			err = held.changed(ctx, tx)
		}
		nudge = held.nudge()
		return err
	})
	if errors.Is(err, ErrCaseFault) { // what was sent was sent, whatever becomes of the case
		return pathway.Nudge{}, s.inTx(ctx, func(tx pgx.Tx) error {
			if err := lockHeld(ctx, tx, w.id); err != nil {
				return err
			}
			if w.at, err = s.now(ctx, tx); err != nil {
				return err
			}
			_, err = s.noteWent(ctx, tx, &w)
			return err
		})
	}
	return nudge, err
}

// wentOut is a delivery that a channel has taken.
type wentOut struct {
	id               string
	attempt          int // 0: the last
	channel, receipt string
	state            string // sent or logged
	at               time.Time
}

// noteWent writes that a delivery went: the attempt, the delivery, and the notices that it held
// then. It returns false if that was noted before.
func (s *Store) noteWent(ctx context.Context, tx pgx.Tx, w *wentOut) (news bool, err error) {
	tag, err := tx.Exec(ctx, `update delivery_attempts a set state = 'sent', channel = left($3, 100), receipt = left($4, 1000),
			ended = clock_timestamp()
		from deliveries d where d.id = $1 and a.delivery = d.id and a.n = case when $2::integer > 0 then $2 else d.attempts end
			and a.state not in ('sent', 'bounced')`, w.id, w.attempt, w.channel, w.receipt)
	if err != nil || tag.RowsAffected() == 0 {
		return false, err
	}
	batch := &pgx.Batch{}
	// What a later claim put in was not in what went: it is to go by itself. Where a later attempt is under
	// way with it, its recipient may have had it by then.
	batch.Queue(`
		with missing as (
			select n.id, d.claimed_at, d.recipient, d.recipient_role, d.standing, d.address, n.perhaps_twice or d.state = 'sending' as perhaps_twice,
				case when d.state = 'sending' then array_append(n.perhaps_had, d.recipient) else n.perhaps_had end as perhaps_had
			from notices n join deliveries d on d.id = n.delivery join delivery_attempts a on a.delivery = d.id
			where d.id = $1 and n.id <> $1 and a.n = case when $2::integer > 0 then $2 else d.attempts end and n.id <> all(a.carried)
				and d.state in ('claimed', 'sending', 'failed'))
		insert into deliveries (id, holds, state, claimed_at, claim, recipient, recipient_role, standing, address, message_id, perhaps_twice, perhaps_had)
		select id, 'notices', 'failed', claimed_at, 1, recipient, recipient_role, standing, address, id::text || '@' || $3::text, perhaps_twice, perhaps_had
		from missing on conflict (id) do update set state = 'failed', claimed_at = excluded.claimed_at, claim = deliveries.claim + 1,
			recipient = excluded.recipient, recipient_role = excluded.recipient_role, standing = excluded.standing, address = excluded.address,
			letter = null, sending_until = null, perhaps_twice = excluded.perhaps_twice, perhaps_had = excluded.perhaps_had`, w.id, w.attempt, s.domain)
	batch.Queue(`
		update notices n set delivery = n.id, perhaps_twice = n.perhaps_twice or d.state = 'sending',
			perhaps_had = case when d.state = 'sending' then array_append(n.perhaps_had, d.recipient) else n.perhaps_had end
		from deliveries d join delivery_attempts a on a.delivery = d.id
		where d.id = $1 and n.delivery = $1 and n.id <> $1 and a.n = case when $2::integer > 0 then $2 else d.attempts end
			and n.id <> all(a.carried) and d.state in ('claimed', 'sending', 'failed')`, w.id, w.attempt)
	// A notice that another delivery has told since stays with that one. What was decided since on one
	// that went out all the same stays as the reason.
	batch.Queue(`
		update notices n set state = 'enclosed', delivery = $1, settled = false,
			reason = case when n.state in ('not_sent', 'undeliverable') then left('it went all the same: ' || n.reason, 1000) else '' end
		from delivery_attempts a
		where a.delivery = $1 and a.n = case when $2::integer > 0 then $2 else (select attempts from deliveries where id = $1) end
			and (n.id = $1 or n.id = any(a.carried))
			and not exists (select from deliveries o where o.id = n.delivery and o.state = 'sent')`, w.id, w.attempt)
	if w.state == stateSent {
		queueEscalated(batch, w)
	}
	batch.Queue(`
		update deliveries d set state = $3, sent_at = $4, channel = left($5, 100), sending_until = null,
			recipient = a.recipient, address = case when a.address = '' then d.address else a.address end,
			recipient_role = case when d.recipient = a.recipient then d.recipient_role else '' end,
			standing = case when d.recipient = a.recipient then d.standing else '' end,
			reason = case when d.state in ('not_sent', 'undeliverable') then left('it went all the same: ' || d.reason, 1000) else '' end
		from delivery_attempts a
		where a.delivery = $1 and a.n = case when $2::integer > 0 then $2 else d.attempts end and d.id = $1 and d.state <> 'sent'`,
		w.id, w.attempt, w.state, w.at, w.channel)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return false, fmt.Errorf("noting that a delivery went: %w", err)
	}
	return true, nil
}

// SendFailed notes that a channel could not take a delivery just now, so that the
// next attempt need not wait for this one's time to be up. attempt is the number that Sending
// returned; 0 is the last. maybe: it may have been delivered all the same, and the
// next attempt is then marked perhaps twice. Noting it of an attempt that is not under way, because
// its time was up and a later one has the delivery, changes nothing.
func (s *Store) SendFailed(ctx context.Context, id string, attempt int, channel, reason string, maybe bool) error {
	if !isKey(id) {
		return ErrUnknown
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockHeld(ctx, tx, id); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			update delivery_attempts a set state = 'failed', channel = left($2, 100), receipt = left($3, 1000), ended = clock_timestamp()
			from deliveries d where d.id = $1 and d.state = 'sending' and a.delivery = d.id and a.n = d.attempts
				and $4::integer in (0, d.attempts)`, id, channel, reason, attempt)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		batch := &pgx.Batch{}
		if maybe {
			queuePerhapsHad(batch, id)
		}
		batch.Queue(`update deliveries set state = 'failed', reason = left($2, 1000), sending_until = null where id = $1`, id, reason)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("noting that a delivery could not be sent: %w", err)
		}
		return nil
	})
}

// Bounced notes that a message which a channel had taken came back: nobody got it. messageID is what the
// report of it names (notify.Bouncer), address the recipient that it names, and reason a code, never words. A
// delivery that is told to one person after another keeps its Message-ID, so the address says which of its
// attempts came back; where all went to one address, any is taken for that one, since a mailbox that
// forwards is reported by where it forwards to.
//
// The address is unreachable for a day, as after a refusal that is believed. Where nobody else has the
// delivery, what it held is told again, to the next role up where the address has not changed by then.
// Noting it twice changes nothing, whatever was sent in between. ErrBusy: the attempt is not noted as
// over yet; hand the report in again. ErrUnknown: nothing of that id went to that address.
func (s *Store) Bounced(ctx context.Context, messageID, address, reason string) error {
	ids, err := s.strings(ctx, "looking for a delivery", `select id::text from deliveries where message_id = $1 and attempts > 0`, messageID)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return ErrUnknown
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockHeld(ctx, tx, ids[0]); err != nil {
			return err
		}
		a, err := attemptTo(ctx, tx, ids[0], sameAddress(address))
		if err != nil || a == nil {
			return err
		}
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		return noteBounced(ctx, tx, ids[0], a, reason, now)
	})
}

// Report is what the far side of a channel says of an attempt after it has taken the message.
type Report struct {
	Delivery  string // "" where only MessageID is known
	Attempt   int    // 0: the last
	MessageID string
	Address   string // the recipient that the report names, where only MessageID is known
	Outcome   string // delayed, failed_for_now, delivered or failed_for_good
	Reason    string // a code, never words
}

// failed reports whether the message reached nobody.
func (r *Report) failed() bool {
	return r.Outcome == "failed_for_now" || r.Outcome == "failed_for_good"
}

// Reported notes what is reported about an attempt. Reports come in any order and more than once: of
// several outcomes the one that stands is the last of delayed, failed for now, delivered, failed for
// good. What has failed has come back, as Bounced has it: it is told to the next role up.
// ErrBusy: the attempt is not noted as over yet; hand the report in again. ErrUnknown: the record has no
// such attempt.
func (s *Store) Reported(ctx context.Context, r Report) error {
	id := r.Delivery
	if id == "" {
		ids, err := s.strings(ctx, "looking for a delivery", `select id::text from deliveries where message_id = $1 and attempts > 0`, r.MessageID)
		if err != nil {
			return err
		}
		id = append(ids, "")[0]
	}
	if !isKey(id) {
		return ErrUnknown
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockHeld(ctx, tx, id); err != nil {
			return err
		}
		a, err := reportedOn(ctx, tx, id, &r)
		if err != nil || a == nil {
			return err
		}
		_, err = tx.Exec(ctx, `update delivery_attempts set reported = $3, reported_reason = left($4, 200), reported_at = clock_timestamp()
			where delivery = $1 and n = $2 and array_position($5::text[], $3) > array_position($5::text[], reported)`,
			id, a.N, r.Outcome, r.Reason, []string{"", "delayed", "failed_for_now", "delivered", "failed_for_good"})
		if err != nil {
			return fmt.Errorf("noting what is reported about an attempt: %w", err)
		}
		if !r.failed() || a.State == attemptBounced || a.State == attemptRefused {
			return nil
		}
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		return noteBounced(ctx, tx, id, a, r.Reason, now)
	})
}

// reportedOn returns the attempt that a report is about; nil where only an address tells, and every
// attempt to it has come back already.
func reportedOn(ctx context.Context, tx pgx.Tx, id string, r *Report) (*attempted, error) {
	if r.Delivery == "" {
		return attemptTo(ctx, tx, id, sameAddress(r.Address))
	}
	list, err := rows[attempted](ctx, tx, "reading an attempt of a delivery", `
		select a.n, a.state, a.recipient, case when a.address = '' then d.address else a.address end as address
		from delivery_attempts a join deliveries d on d.id = a.delivery
		where d.id = $1 and a.n = case when $2::integer > 0 then $2 else d.attempts end`, id, r.Attempt)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, ErrUnknown
	case list[0].State == stateSending:
		return nil, ErrBusy
	}
	return &list[0], nil
}

// mostDoubtful bounds the attempts that the far side is asked about.
const mostDoubtful = 5

// Doubtful returns the numbers of the attempts before one, from the first on, that took the same to the same
// address and may or may not have been taken by the far side: at most the last five of two days.
func (s *Store) Doubtful(ctx context.Context, id string, attempt int) ([]int, error) {
	if !isKey(id) {
		return nil, ErrUnknown
	}
	type number struct{ N int }
	list, err := rows[number](ctx, s.pool, "reading the earlier attempts of a delivery", `
		select a.n from delivery_attempts a join delivery_attempts this on this.delivery = a.delivery and this.n = $2
		where a.delivery = $1 and a.n < $2 and a.state in ('failed', 'lost') and a.recipient = this.recipient and a.address = this.address
			and a.carried @> this.carried and a.carried <@ this.carried and a.started > clock_timestamp() - interval '2 days'
		order by a.n desc limit $3`, id, attempt, mostDoubtful)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, n := range slices.Backward(list) {
		numbers = append(numbers, n.N)
	}
	return numbers, nil
}

// Attempt names an attempt.
type Attempt struct {
	Delivery string
	N        int
}

// mostAwaited bounds what is asked for at a time.
const mostAwaited = 1000

// Awaited returns the attempts by a channel that went longer ago than so, within a week, and whose end nobody
// has reported, the oldest first.
func (s *Store) Awaited(ctx context.Context, channel string, since time.Duration) ([]Attempt, error) {
	return rows[Attempt](ctx, s.pool, "reading the attempts without a report", `
		select delivery::text as delivery, n from delivery_attempts
		where state = 'sent' and reported in ('', 'delayed') and channel in ('govuknotify', 'sms') and channel = $1
			and ended between clock_timestamp() - interval '7 days' and clock_timestamp() - $2::interval
		order by ended, delivery, n limit $3`, channel, since, mostAwaited)
}

// attempted is an attempt that may have come back.
type attempted struct {
	N                         int
	State, Recipient, Address string
}

// attemptTo returns the last attempt of a delivery to an address that has not come back yet; nil if all
// of them have. ErrBusy and ErrUnknown are those of Bounced.
func attemptTo(ctx context.Context, tx pgx.Tx, id, address string) (*attempted, error) {
	list, err := rows[attempted](ctx, tx, "reading the attempts of a delivery", `
		select a.n, a.state, a.recipient, case when a.address = '' then d.address else a.address end as address
		from delivery_attempts a join deliveries d on d.id = a.delivery where d.id = $1 order by a.n desc`, id)
	if err != nil {
		return nil, err
	}
	toOne := !slices.ContainsFunc(list, func(a attempted) bool { return sameAddress(a.Address) != sameAddress(list[0].Address) })
	known := false
	for i := range list {
		a := &list[i]
		if !toOne && sameAddress(a.Address) != address {
			continue
		}
		switch known = true; a.State {
		case stateSending:
			return nil, ErrBusy
		case attemptBounced, attemptRefused:
		default:
			return a, nil
		}
	}
	if !known {
		return nil, ErrUnknown
	}
	return nil, nil
}

// The states of an attempt whose recipient did not get it; others are those of a delivery.
const (
	attemptBounced = "bounced"
	attemptRefused = "refused"
)

// noteBounced writes that an attempt came back. The delivery has come back with it unless another attempt
// went: one that was thought lost, and was heard of later.
func noteBounced(ctx context.Context, tx pgx.Tx, id string, a *attempted, reason string, now time.Time) error {
	batch := &pgx.Batch{}
	batch.Queue(`update delivery_attempts set state = 'bounced', ended = clock_timestamp() where delivery = $1 and n = $2`, id, a.N)
	batch.Queue(`insert into refusals (delivery, staff, address, at, reason, believed_until) values ($1, $2, $3, $4, left($5, 200), $6)`,
		id, a.Recipient, sameAddress(a.Address), now, reason, now.Add(refusalLasts))
	batch.Queue(`update deliveries d set state = 'bounced', reason = left($2, 1000) where id = $1 and state = 'sent'
		and not exists (select from delivery_attempts where delivery = d.id and state = 'sent')`, id, reason)
	batch.Queue(`update deliveries d set recipient = a.recipient, address = a.address, recipient_role = '', standing = ''
		from delivery_attempts a where d.id = $1 and d.state = 'sent' and a.delivery = d.id and a.state = 'sent' and d.recipient = $2
			and a.recipient <> d.recipient`, id, a.Recipient)
	batch.Queue(`insert into replans (case_key, why) select distinct case_key, 'a message came back' from notices where delivery = $1
		on conflict do nothing`, id)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("noting that a delivery came back: %w", err)
	}
	return nil
}

// Why a delivery whose recipient was refused is kept to be tried again.
const (
	reasonNotBelieved = "refused, not yet believed: "
	reasonAboutServer = "the mail server refuses every address: "
)

// NotDelivered notes that a channel refused the recipient for good. Where that is believed, the
// delivery is routed to the next role up, as a further attempt of the same one, or
// it is found undeliverable. Where it is not believed, or the mail server refuses everybody, the
// delivery is failed, to be claimed again in a minute: see judge. attempt is the number
// that Sending returned; 0 is the last. Noting it of an attempt that is not under way changes
// nothing, and returns the delivery as it is. ErrBusy: a later attempt is sending it. ErrUnknown: the
// record has no such delivery.
func (s *Store) NotDelivered(ctx context.Context, id string, attempt int, reason string) (claimed Claimed, err error) {
	err = s.inDelivery(ctx, id, func(tx pgx.Tx, held contents) error {
		switch d := held.delivery(); {
		case d == nil || d.State != stateSending:
			claimed, err = held.result()
			return err
		case !d.isAttempt(attempt):
			return ErrBusy
		}
		claimed, err = s.refused(ctx, tx, held, reason)
		return err
	})
	return claimed, err
}

// refused decides what the refusal of a delivery's recipient is taken for, and acts on it.
func (s *Store) refused(ctx context.Context, tx pgx.Tx, held contents, reason string) (Claimed, error) {
	d := held.delivery()
	if err := endRefused(ctx, tx, d, reason); err != nil {
		return Claimed{}, err
	}
	is, err := noteRefusal(ctx, tx, d, held.directory(), reason, held.moment())
	if err != nil {
		return Claimed{}, err
	}
	if is == believed || is == believedByTime {
		d.State = stateFailed
		claimed, done, err := held.reroute(ctx, tx, is == believed)
		if err != nil || done {
			return claimed, err
		}
		is = aboutServer // everybody was refused, and nothing shows that the server serves anybody
	}
	if err := keepFailed(ctx, tx, d, is, reason, held.moment()); err != nil {
		return Claimed{}, err
	}
	if is == aboutServer {
		if err := held.blameServer(ctx, tx, reason); err != nil {
			return Claimed{}, err
		}
	}
	return held.result()
}

// keepFailed writes that a delivery is to be tried again with the same recipient; where
// the server refuses everybody, the refusals are taken back.
func keepFailed(ctx context.Context, tx pgx.Tx, d *delivery, is belief, reason string, now time.Time) error {
	d.State, d.Reason = stateFailed, reasonNotBelieved+reason
	if is == aboutServer {
		d.Reason = reasonAboutServer + reason
		if err := forgiveServer(ctx, tx, now); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `update deliveries set state = 'failed', reason = left($2, 1000), sending_until = null where id = $1`, d.ID, d.Reason)
	if err != nil {
		return fmt.Errorf("keeping a refused delivery: %w", err)
	}
	return nil
}

// endRefused ends the attempt at hand.
func endRefused(ctx context.Context, tx pgx.Tx, d *delivery, reason string) error {
	_, err := tx.Exec(ctx, `update delivery_attempts set state = 'refused', receipt = left($3, 1000), ended = clock_timestamp()
		where delivery = $1 and n = $2`, d.ID, d.Attempts, reason)
	if err != nil {
		return fmt.Errorf("noting a refused recipient: %w", err)
	}
	return nil
}

// WakeUnsent makes the pathways that have something unsent try again at once: what a channel
// could not take, what was claimed and got no further, what nobody could be told, and, unless
// this program writes to the log itself, what was only logged. It is for when a mail server
// works again, and for the start of a worker. Their cases are planned as of now, and nudges
// with a raised revision are put into the outbox. It returns how many cases it woke; an error
// leaves what was done so far.
func (s *Store) WakeUnsent(ctx context.Context) (cases int, err error) {
	nudges, err := s.wakeEach(ctx, `(n.state = 'undeliverable' or d.state = 'bounced' or d.state in ('claimed', 'failed') and d.holds <> 'tray'
		or d.state = 'logged' and not $3::boolean)`, s.logOnly) // a tray is tried again by the post
	return countCases(nudges), err
}

// WakeLogged is WakeUnsent for what was only logged in the last hours, by a worker without a
// mail server that serves the same queues. It is for a worker that has one, again and again:
// a case that it wakes may be planned by the other worker, which finds nothing to say. It
// does nothing where this program writes to the log itself.
func (s *Store) WakeLogged(ctx context.Context) (cases int, err error) {
	if s.logOnly {
		return 0, nil
	}
	nudges, err := s.wakeEach(ctx, `d.state = 'logged' and exists (select from delivery_attempts a
		where a.delivery = d.id and a.ended > clock_timestamp() - $3::interval)`, loggedOfLate)
	return countCases(nudges), err
}

// loggedOfLate bounds how often WakeLogged wakes a case whose notice is not to be told any more.
const loggedOfLate = 3 * time.Hour

// wakeEach plans the cases with a notice as described, some in each transaction, and returns
// the nudges.
func (s *Store) wakeEach(ctx context.Context, notice string, arg any) (nudges []pathway.Nudge, err error) {
	after := "00000000-0000-0000-0000-000000000000"
	for {
		keys, err := s.strings(ctx, "looking for what is unsent", `
			select distinct n.case_key::text from notices n left join deliveries d on d.id = n.delivery
			where n.case_key > $1::uuid and `+notice+` order by 1 limit $2`, after, replanChunk, arg)
		if err != nil || len(keys) == 0 {
			return nudges, err
		}
		some, _, err := s.planForced(ctx, keys) // one that is locked is being worked on
		if err != nil {
			return nudges, fmt.Errorf("waking what is unsent: %w", err)
		}
		nudges = append(nudges, some...)
		after = keys[len(keys)-1]
	}
}

func countCases(nudges []pathway.Nudge) int {
	keys := map[string]bool{}
	for _, n := range nudges {
		keys[n.CaseKey] = true
	}
	return len(keys)
}

// strings reads one column of texts.
func (s *Store) strings(ctx context.Context, doing, sql string, args ...any) ([]string, error) {
	r, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, explain(err))
	}
	list, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, explain(err))
	}
	return list, nil
}

// Undeliverable lists the notices and lists that nobody could be told since an instant, and
// that still stand so, by their moments.
func (s *Store) Undeliverable(ctx context.Context, since time.Time) ([]NoticeRow, error) {
	all, err := s.Notices(ctx, NoticeFilter{State: stateUndeliverable})
	if err != nil {
		return nil, err
	}
	var list []NoticeRow
	for i := range all {
		if all[i].ClaimedAt != nil && !all[i].ClaimedAt.Before(since) {
			list = append(list, all[i])
		}
	}
	return list, nil
}

// RetryUndeliverable takes back the refusals of addresses since an instant, as if they had
// been about the mail server, and wakes what is unsent: those addresses are tried again at
// once. It returns the nudges, which are in the outbox as well.
func (s *Store) RetryUndeliverable(ctx context.Context, since time.Time) ([]pathway.Nudge, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update refusals set forgiven_at = $1 where forgiven_at is null and at >= $2`, now, since)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("taking back refusals: %w", err)
	}
	return s.wakeEach(ctx, `((n.state = 'undeliverable' or d.state = 'failed') and n.claimed_at >= $3::timestamptz)`, since)
}

// A mail server that refuses an address may be right about the address, or wrong about every
// address: one that lost its directory answers "no such user" for everybody. So a refusal is
// believed only when the server is seen to serve others, and it is believed for a day.
const (
	// refusalLasts is how long a believed refusal makes an address unreachable.
	refusalLasts = 24 * time.Hour
	// believedAfter is how long an address must have been refused to be believed where no
	// letter to anybody else shows that the server works.
	believedAfter = 15 * time.Minute
	// refusesEverybody is how many different addresses, refused with no letter accepted in
	// between, show that the server refuses everybody.
	refusesEverybody = 5
	// refusalRun is how long ago refusals of an address still belong to the present trouble.
	refusalRun = 2 * time.Hour
)

// answer is what a mail server answered about an address.
type answer struct {
	address  string
	at       time.Time
	accepted bool
	forgiven bool // a refusal that was found to be about the server
}

// belief is what a refusal is taken for.
type belief int

const (
	notBelieved    belief = iota // yet: the same person is tried again
	believed                     // the address is unreachable; the server serves others
	believedByTime               // the address is unreachable; nothing shows that the server serves others
	aboutServer                  // the server refuses everybody, so nobody is unreachable
)

// judge says what the refusal of an address at an instant is taken for. answers are what the
// server answered before, with this refusal, in the order of time.
//
// Five leavers look like a server that refuses everybody, and no letter might ever show the
// difference, since the same five are tried again and again. So after believedAfter the next
// role up is tried on account of the time alone, whatever was forgiven meanwhile: who is
// accepted is told, and where nobody is up to the last level, all of it is forgiven again.
func judge(address string, answers []answer, now time.Time) belief {
	if address == "" { // no server was asked
		return believed
	}
	refused := map[string]bool{}
	for _, a := range slices.Backward(answers) {
		if a.accepted {
			break
		}
		refused[a.address] = true
	}
	first, unforgiven := firstOfRun(address, answers, now)
	everybody := len(refused) >= refusesEverybody
	for _, a := range answers {
		if a.accepted && a.address != address && !a.at.Before(unforgiven) && now.After(unforgiven) && !everybody {
			return believed
		}
	}
	switch {
	case now.Sub(first) >= believedAfter:
		return believedByTime
	case everybody:
		return aboutServer
	}
	return notBelieved
}

// firstOfRun is the first refusal of an address since a letter to it was accepted or it was
// long not tried, and the first of those since its refusals were last forgiven.
func firstOfRun(address string, answers []answer, now time.Time) (first, unforgiven time.Time) {
	first, unforgiven = now, now
	forgiven := false
	for _, a := range slices.Backward(answers) {
		if a.address != address {
			continue
		}
		if a.accepted || a.at.Before(now.Add(-refusalRun)) {
			break
		}
		first = a.at
		if forgiven = forgiven || a.forgiven; !forgiven {
			unforgiven = a.at
		}
	}
	return first, unforgiven
}

// sameAddress is an address in the form in which two are compared.
func sameAddress(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// answersBefore reads what the server answered in the last day, as far as judge needs it:
// of the letters that it accepted the latest to each address of the last hours, since only
// the latest counts.
func answersBefore(ctx context.Context, q querier, now time.Time) ([]answer, error) {
	type row struct {
		Address  string
		At       time.Time
		Accepted bool
		Forgiven bool
	}
	list, err := rows[row](ctx, q, "reading what the mail server refused", `
		select address, at, false as accepted, forgiven_at is not null as forgiven from refusals where at > $1 and address <> ''
		union all
		select lower(address), max(sent_at), true, false from deliveries
		where sent_at > $2 and state = 'sent' and channel <> 'log' group by 1
		union all
		(select lower(address), sent_at, true, false from deliveries
		where sent_at > $1 and state = 'sent' and channel <> 'log' order by sent_at desc limit 1)
		order by at, accepted`, now.Add(-refusalLasts), now.Add(-refusalRun))
	answers := make([]answer, len(list))
	for i, r := range list {
		answers[i] = answer{sameAddress(r.Address), r.At.UTC(), r.Accepted, r.Forgiven} // the database may lower ASCII alone
	}
	return answers, err
}

// noteRefusal keeps that a mail server refused the recipient of a delivery, and returns what
// that is taken for.
func noteRefusal(ctx context.Context, tx pgx.Tx, d *delivery, dir *organisation.Directory, reason string, now time.Time) (belief, error) {
	address := d.Address
	if d.Claim == 0 { // claimed by an earlier release, which did not keep it
		address = dir.Person(d.Recipient).Email
	}
	address = sameAddress(address)
	answers, err := answersBefore(ctx, tx, now)
	if err != nil {
		return notBelieved, err
	}
	is := judge(address, append(answers, answer{address: address, at: now}), now)
	var until *time.Time
	if is == believed || is == believedByTime {
		until = pointer(now.Add(refusalLasts))
	}
	_, err = tx.Exec(ctx, `
		insert into refusals (delivery, staff, address, at, reason, believed_until) values ($1, $2, $3, $4, left($5, 200), $6)`,
		d.ID, d.Recipient, address, now, reason, until)
	if err != nil {
		return notBelieved, fmt.Errorf("noting a refused address: %w", err)
	}
	return is, nil
}

// forgiveServer takes back the refusals since the last letter that the server accepted: they
// were about the server. What nobody could be told on their account is planned again.
func forgiveServer(ctx context.Context, tx pgx.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `
		with forgiven as (
			update refusals set forgiven_at = $1
			where forgiven_at is null and address <> '' and at > $2 and at >= coalesce((
				select max(sent_at) from deliveries where sent_at > $2 and state = 'sent' and channel <> 'log'), $2)
			returning address, believed_until)
		insert into replans (case_key, why)
		select distinct case_key, 'the mail server refused everybody' from notices
		where state = 'undeliverable' and exists (select from forgiven where believed_until is not null)
		on conflict do nothing`, now, now.Add(-refusalLasts))
	if err != nil {
		return fmt.Errorf("forgiving refusals: %w", err)
	}
	return nil
}

// refusal is a believed refusal of an address.
type refusal struct {
	Address       string
	BelievedUntil time.Time
}

// selectRefusals reads the refusals that are believed at an instant. selectLastRefusals reads
// those that are believed the longest, for a reader that does not know the time yet: somebody
// who is left out because there are so many is tried once more.
const (
	selectRefusals = `select address, max(believed_until) as believed_until from refusals
		where believed_until > $1 and forgiven_at is null group by address`
	selectLastRefusals = `select address, believed_until from refusals
		where believed_until is not null and forgiven_at is null order by believed_until desc limit 200`
)

// unreachableStaff are the staff whose address is refused at an instant, and the end of the first
// of those refusals; zero if there are none. Somebody whose address was changed since is
// not among them.
func unreachableStaff(dir *organisation.Directory, refusals []refusal, at time.Time) (staff []string, until time.Time) {
	refused := map[string]bool{}
	for _, r := range refusals {
		if !r.BelievedUntil.After(at) {
			continue
		}
		refused[r.Address] = true
		if until.IsZero() || r.BelievedUntil.Before(until) {
			until = r.BelievedUntil.UTC()
		}
	}
	if len(refused) == 0 {
		return nil, time.Time{}
	}
	for _, ref := range dir.Recipients() {
		if refused[sameAddress(dir.Person(ref).Email)] {
			staff = append(staff, ref)
		}
	}
	return staff, until
}

// refusedNow are the staff who cannot be reached at an instant.
func refusedNow(ctx context.Context, q querier, dir *organisation.Directory, at time.Time) ([]string, error) {
	list, err := rows[refusal](ctx, q, "reading which addresses are refused", selectRefusals, at)
	if err != nil {
		return nil, err
	}
	staff, _ := unreachableStaff(dir, list, at)
	return staff, nil
}

// readRefusals reads once more which addresses are refused, after a refusal was noted.
func (c *lockedCase) readRefusals(ctx context.Context, tx pgx.Tx) error {
	list, err := rows[refusal](ctx, tx, "reading which addresses are refused", selectRefusals, c.at)
	if err != nil {
		return err
	}
	c.file.refused, c.file.refusedUntil = unreachableStaff(c.dir, list, c.at)
	return nil
}
