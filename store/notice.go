package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// The states of a notice: what was decided on it. Once it is in a delivery, the delivery says
// how that goes.
const (
	stateDue           = "due"           // planned, and not yet decided
	stateEnclosed      = "enclosed"      // in a delivery
	stateNotSent       = "not_sent"      // a stop condition held
	stateUndeliverable = "undeliverable" // there is nobody to tell
)

// stateCarried is what a claim returns of a notice that is in a delivery begun for another one.
// It is not a state of a row.
const stateCarried = "carried"

// noticeRow is a row of notices: what is due.
type noticeRow struct {
	ID           string
	CaseKey      string
	Key          string
	Pathway      string
	Duty         string
	Ref          string
	Due          string
	Rung         string
	Role         string
	Kind         string
	Spell        int
	Missed       []string
	NominalAt    time.Time
	ClaimedAt    *time.Time
	State        string
	Reason       string
	Settled      bool
	Standing     string // why it is told to this person, and not to the holder of Role
	PerhapsTwice bool
	PerhapsHad   []string // the staff who may have had it
	Delivery     string   // the id of the delivery that it is in

	in      *delivery // Delivery; nil while it is in none
	LogOnly bool      `db:"-"` // this program has no mail server: what was logged counts as said
}

const selectNotices = `select id::text, case_key::text, key, pathway, duty, ref, due, rung, role, kind, spell, missed, nominal_at,
	claimed_at, state, reason, settled, standing, perhaps_twice, perhaps_had, coalesce(delivery::text, '') as delivery from notices`

// link gives each notice of a case the delivery that it is in.
func (f *caseFile) link() {
	for i := range f.notices {
		r := &f.notices[i]
		r.in = f.deliveries[r.Delivery]
	}
}

// readNotices reads the notices of a locked case once more, with their deliveries.
func (f *caseFile) readNotices(ctx context.Context, tx pgx.Tx) error {
	f.notices, f.deliveries = nil, map[string]*delivery{}
	batch := &pgx.Batch{}
	queueNotices(batch, []string{f.key}, func(string) *caseFile { return f })
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return explain(err)
	}
	f.link()
	return nil
}

// queueNotices reads the notices of cases and their deliveries. file is the case of a key.
func queueNotices(batch *pgx.Batch, keys []string, file func(key string) *caseFile) {
	sql, arg := byKey(selectCaseDeliveries, keys)
	batch.Queue(sql, arg).Query(each(func(r caseDelivery) {
		d := r.delivery
		file(r.CaseKey).deliveries[d.ID] = &d
	}))
	sql, arg = byKey(selectNotices+` where case_key = {keys} order by case_key, claimed_at nulls last, key`, keys)
	batch.Queue(sql, arg).Query(each(func(r noticeRow) {
		f := file(r.CaseKey)
		r.LogOnly = f.logOnly
		f.notices = append(f.notices, r)
	}))
}

// notice is the row as the core knows it.
func (r *noticeRow) notice() casework.Notice {
	return casework.Notice{
		At: r.NominalAt.UTC(), Case: r.CaseKey, Duty: r.Duty, Ref: r.Ref, Pathway: r.Pathway, Due: r.Due, Rung: r.Rung,
		Role: timescale.Role(r.Role), Kind: casework.Kind(r.Kind), Spell: r.Spell, Missed: r.Missed,
	}
}

// told lists what was told of a case, for the core to go on from. Three things that did not
// arrive are left out, so that they are made up for: what a stop condition held back, what
// nobody could be told while somebody can be now, and what was only logged or came back.
func told(notices []noticeRow, reachable func(*noticeRow) bool) []casework.Notice {
	var list []casework.Notice
	for i := range notices {
		if r := &notices[i]; r.said(reachable) {
			list = append(list, r.notice())
		}
	}
	slices.SortStableFunc(list, func(a, b casework.Notice) int { return a.At.Compare(b.At) })
	return list
}

// byThen leaves out what was told for a moment that has not come: a clock that was ahead told
// it too early, and when the moment comes it is told as if for the first time. The list is
// in the order of its moments.
func byThen(list []casework.Notice, at time.Time) []casework.Notice {
	n, _ := slices.BinarySearchFunc(list, at, func(n casework.Notice, at time.Time) int {
		if n.At.After(at) {
			return 1
		}
		return -1
	})
	return list[:n]
}

// said reports whether the notice need not be told (again).
func (r *noticeRow) said(reachable func(*noticeRow) bool) bool {
	switch r.State {
	case stateDue:
		return false
	case stateNotSent:
		return r.Settled
	case stateUndeliverable:
		return !reachable(r)
	}
	switch r.in.State {
	case stateLogged:
		return r.LogOnly
	case stateBounced:
		return false
	default:
		return true
	}
}

// reached reports whether somebody got the notice, or is about to.
func (r *noticeRow) reached() bool {
	return r.State == stateEnclosed && (r.in.State == stateSent || r.in.State == stateLogged && r.LogOnly || r.in.unfinished())
}

// unfinished reports whether the notice was claimed and is still to be sent.
func (r *noticeRow) unfinished() bool { return r.State == stateEnclosed && r.in.unfinished() }

// carried reports whether the notice is in a delivery that was begun for another one and is
// still to go.
func (r *noticeRow) carried() bool { return r.unfinished() && r.in.ID != r.ID }

// sleeps reports whether a claimed notice is with nobody who might be sending it.
func (r *noticeRow) sleeps() bool { return r.unfinished() && r.in.sleeps() }

// recipient is who gets the notice; "" while nobody does.
func (r *noticeRow) recipient() string {
	if r.in == nil {
		return ""
	}
	return r.in.Recipient
}

// mayHaveHad reports whether somebody may have had the notice though that is not known.
func (r *noticeRow) mayHaveHad(staff string) bool {
	return r.PerhapsTwice && (len(r.PerhapsHad) == 0 || slices.Contains(r.PerhapsHad, staff))
}

// sameThing reports whether two notices tell the same to somebody who gets both: one duty, date and
// step, in two roles.
func (r *noticeRow) sameThing(o *noticeRow) bool {
	if r.Duty != o.Duty || r.Due != o.Due || r.Rung != o.Rung || r.Spell != o.Spell || r.Role == o.Role {
		return false
	}
	return r.Rung != "" || r.Kind == o.Kind
}

// escalates reports whether a notice goes out as an escalation rather than to the worker.
func escalates(n casework.Notice) bool {
	return n.Kind == casework.Escalation || n.Kind == casework.Drift
}

// notice finds a notice of the case by its id; nil if it has none.
func (f *caseFile) notice(id string) *noticeRow {
	i := slices.IndexFunc(f.notices, func(r noticeRow) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return &f.notices[i]
}

// dueToldBefore is the date that the role was last told before this notice.
func dueToldBefore(notices []noticeRow, row *noticeRow) string {
	var last *noticeRow
	for i := range notices {
		o := &notices[i]
		if o.ID == row.ID || o.Duty != row.Duty || o.Role != row.Role || o.Due == "" || !o.reached() {
			continue
		}
		if last == nil || o.NominalAt.After(last.NominalAt) {
			last = o
		}
	}
	if last == nil {
		return ""
	}
	return last.Due
}

// withTold is a common table expression of what people are told, as commands and pages show it: each
// notice with the delivery that it is in, and each list. While a delivery
// that was begun for another notice is still to go, a notice in it is claimed.
const withTold = `with told as (
	select n.id, n.case_key, n.key, n.pathway, n.duty, n.ref, n.due, n.rung, n.role, n.kind, n.spell, n.nominal_at as at, n.claimed_at,
		case when n.state <> 'enclosed' then n.state
			when d.id <> n.id and d.state in ('claimed', 'sending', 'failed') then 'claimed' else d.state end as state,
		case when d.id = n.id then d.reason else n.reason end as reason, coalesce(d.recipient, '') as "to", n.standing,
		coalesce(o.message_id, '') as message_id, coalesce(o.attempts, 0) as attempts, n.perhaps_twice, d.sent_at,
		coalesce(d.channel, '') as channel, n.missed,
		case when d.id is null then 0 else (select count(*) from notices h where h.delivery = d.id) - 1 end as "with",
		case when d.id <> n.id then d.id::text else '' end as "in"
	from notices n left join deliveries d on d.id = n.delivery left join deliveries o on o.id = n.id
	union all
	select id, null, manager, '', '', '', '', '', role, 'list', 1, not_before, claimed_at, state, reason, recipient, standing,
		message_id, attempts, perhaps_twice, sent_at, channel, '{}', 0, ''
	from deliveries where holds = 'list') `

// typeAcknowledged is the case event that holds the alarms of a duty's managers.
const typeAcknowledged = "notice.acknowledged"

// mayAcknowledge returns who may acknowledge in a case, as a check of one more event: a
// manager of the case's team who was told of the duty or is above one who was, or whoever
// covers for such a manager; never the worker who holds the case, whose own managers it would
// silence.
func (c *lockedCases) mayAcknowledge(f *caseFile, at time.Time) func(history []casework.Event, e *casework.Event) *casework.Refusal {
	return func(history []casework.Event, e *casework.Event) *casework.Refusal {
		if e.Type != typeAcknowledged || e.Voids != "" {
			return nil
		}
		by, a := e.Data.Text("by"), organisation.AllocationOf(history)
		lowest := lowestTold(f.notices, e.Data.Text("duty"))
		switch {
		case lowest < 0:
			return e.Refuse("nobody has been told of this yet: a notice is acknowledged, by somebody who was told or who is above them")
		case by == a.Worker:
			return e.Refuse("it holds back the alerts to the managers of whoever holds the case, who cannot acknowledge them: ask a manager")
		case !c.dir.Manages(by, timescale.Roles[max(lowest, firstManager):], a, today(at)):
			return e.Refuse("who acknowledges must manage the case now, in a role that was told of it or above it, " +
				"or cover for such a manager: data.by is none of them")
		}
		return nil
	}
}

// firstManager is where the managers begin among timescale.Roles.
var firstManager = slices.Index(timescale.Roles, timescale.TeamManager)

// lowestTold is the place among timescale.Roles of the lowest role to which a notice of a
// duty went, or perhaps did; -1 where none did.
func lowestTold(notices []noticeRow, duty string) int {
	lowest := -1
	for i := range notices {
		n := &notices[i]
		level := slices.Index(timescale.Roles, timescale.Role(n.Role))
		if n.Duty == duty && n.went() && (lowest < 0 || level < lowest) {
			lowest = level
		}
	}
	return lowest
}

// went reports whether somebody got the notice, or may have. What is only planned told nobody.
func (r *noticeRow) went() bool {
	if r.State != stateEnclosed || r.in.State == stateBounced {
		return r.PerhapsTwice
	}
	return true
}
