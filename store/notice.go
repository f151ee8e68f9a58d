package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
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

// NoticeStates lists what can have become of a notice or a list that is shown: that it is due, or how its delivery goes.
var NoticeStates = []string{
	stateDue, stateInTray, stateClaimed, stateSending, stateFailed, stateSent, stateLogged, stateBounced, stateNotSent, stateUndeliverable,
}

// NoticeKinds lists what a notice can be that is shown: a kind of notice, or the list of a first load.
func NoticeKinds() []string {
	var kinds []string
	for _, k := range casework.Kinds {
		kinds = append(kinds, string(k))
	}
	return append(kinds, holdsList)
}

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

	in      *delivery       // Delivery; nil while it is in none
	letter  json.RawMessage // what it says in the message of a tray
	LogOnly bool            `db:"-"` // this program has no mail server: what was logged counts as said
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
	queueNotices(batch, keyed([]string{f.key}), func(string) *caseFile { return f })
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return explain(err)
	}
	f.link()
	return nil
}

// queueNotices reads the notices of cases and their deliveries. file is the case of a key.
func queueNotices(batch *pgx.Batch, which selected, file func(key string) *caseFile) {
	which.queue(batch, selectCaseDeliveries).Query(each(func(r caseDelivery) {
		d := r.delivery
		file(r.CaseKey).deliveries[d.ID] = &d
	}))
	which.queue(batch, selectNotices+` where case_key = {keys} order by case_key, claimed_at nulls last, key`).Query(each(func(r noticeRow) {
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
// that was begun for another notice is still to go, a notice in it is claimed. A tray was begun for none, and how it goes is shown
// with each that is in it.
const withTold = `with told as (
	select n.id, n.case_key, n.key, n.pathway, n.duty, n.ref, n.due, n.rung, n.role, n.kind, n.spell, n.nominal_at as at, n.claimed_at,
		case when n.state <> 'enclosed' then n.state
			when d.holds = 'tray' and d.state = 'due' then 'in_tray'
			when d.holds <> 'tray' and d.id <> n.id and d.state in ('claimed', 'sending', 'failed') then 'claimed' else d.state end as state,
		case when d.id = n.id or d.holds = 'tray' and n.reason = '' then d.reason else n.reason end as reason, coalesce(d.recipient, '') as "to",
		n.standing, case when d.holds = 'tray' then d.message_id else coalesce(o.message_id, '') end as message_id,
		case when d.holds = 'tray' then d.attempts else coalesce(o.attempts, 0) end as attempts, n.perhaps_twice, d.sent_at,
		coalesce(d.channel, '') as channel, n.missed,
		case when d.id is null then 0 else (select count(*) from notices h where h.delivery = d.id) - 1 end as "with",
		case when d.id <> n.id then d.id::text else '' end as "in", case when d.holds = 'tray' then d.id else n.id end as receipts
	from notices n left join deliveries d on d.id = n.delivery left join deliveries o on o.id = n.id
	union all
	select id, null, manager, '', '', '', '', '', role, 'list', 1, not_before, claimed_at, state, reason, recipient, standing,
		message_id, attempts, perhaps_twice, sent_at, channel, '{}', 0, '', id
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
			return e.Refuse("data.duty", casework.CodeNobodyTold, "nobody has been told of this yet: a notice is acknowledged, by somebody who was told or who is above them")
		case by == a.Worker:
			return e.Refuse("data.by", casework.CodeNotManager, "it holds back the alerts to the managers of whoever holds the case, who cannot acknowledge them: ask a manager")
		case !c.dir.Manages(by, timescale.Roles[max(lowest, firstManager):], a, today(at)):
			return e.Refuse("data.by", casework.CodeNotManager, "who acknowledges must manage the case now, in a role that was told of it or above it, "+
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
		level := max(0, slices.Index(timescale.Roles, timescale.Role(n.Role))) // a part is told as the worker is
		if n.Duty == duty && n.went() && (lowest < 0 || level < lowest) {
			lowest = level
		}
	}
	return lowest
}

// went reports whether somebody got the notice, or may have. What is only planned told nobody, and what lies in a tray that
// gathers not yet.
func (r *noticeRow) went() bool {
	if r.State != stateEnclosed || r.in.State == stateBounced || r.in.gathers() {
		return r.PerhapsTwice
	}
	return true
}

// NoticeFilter picks notices; what is empty picks all. Case as in DutyFilter.
type NoticeFilter struct {
	ID           string
	Source, Case string
	State        string
	Duty         string
	Recipient    string // a staff reference
}

// NoticeRow is a notice or a list as commands and pages show it.
// It has fields of noticeRow, which is what a plan needs of a notice: each grows by itself, so neither holds the other.
type NoticeRow struct {
	ID           string
	Case         string // the reference that people are shown; "" of a list
	CaseKey      string
	Pathway      string
	Duty         string
	Ref          string
	Due          string
	Rung         string
	Role         string
	Kind         string
	Spell        int
	At           time.Time // the moment for which it was chosen
	ClaimedAt    *time.Time
	State        string
	Reason       string
	To           string // a staff reference
	ToName       string
	Standing     string // cover, nobody, refused: why this person
	MessageID    string
	Attempts     int
	PerhapsTwice bool
	SentAt       *time.Time
	Channel      string
	Receipt      string
	Missed       []string
	With         int    // how many others its letter says too
	In           string // the id of the notice under which that letter goes; "": its own
}

func (r *NoticeRow) notice(reference string) casework.Notice {
	return casework.Notice{
		At: r.At, Case: reference, Duty: r.Duty, Ref: r.Ref, Pathway: r.Pathway, Due: r.Due, Rung: r.Rung,
		Role: timescale.Role(r.Role), Kind: casework.Kind(r.Kind), Spell: r.Spell, Missed: r.Missed,
	}
}

// Notices lists notices and lists by their moments, with how the last attempt ended.
func (s *Store) Notices(ctx context.Context, f NoticeFilter) ([]NoticeRow, error) {
	return s.readNotices(ctx, f, "", 0)
}

// NoticesAfter is Notices in the order of their ids, which do not change: at most so many, those that come after an id;
// "" is the beginning. more reports whether others follow.
func (s *Store) NoticesAfter(ctx context.Context, f NoticeFilter, after string, most int) (list []NoticeRow, more bool, err error) {
	list, err = s.readNotices(ctx, f, after, most+1)
	if len(list) > most {
		return list[:most], true, err
	}
	return list, false, err
}

// readNotices reads the notices that come after an id, at most so many and by their ids; 0 is all, by their moments.
func (s *Store) readNotices(ctx context.Context, f NoticeFilter, after string, most int) ([]NoticeRow, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	where, args, err := s.pickNotices(ctx, f)
	if err != nil {
		return nil, err
	}
	order := `n.at, n.case_key, n.ref, n.key`
	if most > 0 {
		args["after"], args["most"] = cmp.Or(after, uuid.Nil.String()), most
		where, order = where+` and n.id > @after::uuid`, `n.id limit @most`
	}
	r, err := s.pool.Query(ctx, withTold+`
		select n.id::text as id, coalesce(n.case_key::text, '') as case_key,
			coalesce((select r.reference from case_references r where r.case_key = n.case_key order by r.n limit 1), '') as "case",
			n.pathway, n.duty, n.ref, n.due, n.rung, n.role, n.kind, n.spell, n.at, n.claimed_at, n.state, n.reason, n."to", n.standing,
			n.message_id, n.attempts, n.perhaps_twice, n.sent_at, n.channel, n.missed, n."with", n."in",
			coalesce((select a.receipt from delivery_attempts a where a.delivery = n.receipts order by a.n desc limit 1), '') as receipt
		from told n where `+where+` order by `+order, args)
	if err != nil {
		return nil, fmt.Errorf("reading the notices: %w", explain(err))
	}
	list, err := pgx.CollectRows(r, pgx.RowToStructByNameLax[NoticeRow])
	if err != nil {
		return nil, fmt.Errorf("reading the notices: %w", explain(err))
	}
	for i := range list {
		list[i].ToName = dir.Person(list[i].To).Name
		list[i].At = list[i].At.UTC()
		list[i].MessageID = cmp.Or(list[i].MessageID, s.messageID(list[i].ID)) // it would have this one
	}
	return list, nil
}

// pickNotices returns the conditions by which a filter picks notices.
func (s *Store) pickNotices(ctx context.Context, f NoticeFilter) (where string, args pgx.NamedArgs, err error) {
	args = pgx.NamedArgs{"state": f.State, "duty": f.Duty, "to": f.Recipient, "id": f.ID}
	conditions := []string{"true"}
	if f.Case != "" {
		if args["cases"], err = s.keysOf(ctx, f.Source, f.Case); err != nil {
			return "", nil, err
		}
		conditions = append(conditions, `n.case_key = any(@cases::uuid[])`)
	}
	for _, c := range []struct{ asked, condition string }{
		{f.State, `n.state = @state`}, {f.Duty, `n.duty = @duty`}, {f.Recipient, `n."to" = @to`},
	} {
		if c.asked != "" {
			conditions = append(conditions, c.condition)
		}
	}
	if f.ID != "" {
		condition := `false` // what is not an id names no notice
		if isUUID(f.ID) {
			condition = `n.id = @id::uuid`
		}
		conditions = append(conditions, condition)
	}
	return strings.Join(conditions, " and "), args, nil
}

// isUUID reports whether a text is an id as it is shown.
func isUUID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// FindNotices finds the notices and lists that an id may name: the whole of it, or the first eight
// characters or more, as the subject of an e-mail shows them. The id of a morning's message names all that is in it. More than
// twenty are not looked for.
func (s *Store) FindNotices(ctx context.Context, id string) ([]NoticeRow, error) {
	least, most, ok := idsLike(id)
	if !ok {
		return nil, nil
	}
	ids, err := rows[struct{ ID string }](ctx, s.pool, "looking for a notice",
		withTold+`select id::text from told
			where id between $1::uuid and $2::uuid or receipts between $1::uuid and $2::uuid order by id limit 20`, least, most)
	if err != nil {
		return nil, explain(err)
	}
	var found []NoticeRow
	for _, n := range ids {
		list, err := s.Notices(ctx, NoticeFilter{ID: n.ID})
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	return found, nil
}

// idsLike are the least and the greatest id that begin with a text; ok is false where none can.
func idsLike(text string) (least, most string, ok bool) {
	digits := strings.ReplaceAll(strings.ToLower(text), "-", "")
	const all = 32
	if len(digits) < shortest || len(digits) > all {
		return "", "", false
	}
	pad := func(with string) string { return digits + strings.Repeat(with, all-len(digits)) }
	low, err := uuid.Parse(pad("0"))
	if err != nil {
		return "", "", false
	}
	high, err := uuid.Parse(pad("f"))
	if err != nil {
		return "", "", false
	}
	return low.String(), high.String(), true
}

// noticesBy are the notices that were claimed by a moment, as they were known then.
func (s *Store) noticesBy(ctx context.Context, f NoticeFilter, m casework.Moment) ([]NoticeRow, error) {
	list, err := s.Notices(ctx, f)
	if err != nil {
		return nil, err
	}
	if !m.KnownAt.IsZero() {
		if list, err = s.asKnown(ctx, list, m.KnownAt); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(list, func(n NoticeRow) bool { return n.ClaimedAt == nil || n.ClaimedAt.After(m.AsOf) }), nil
}

// asKnown returns notices as they were known at an instant, by the log of their changes: what
// became of them later is not there, and neither are those that were not yet claimed.
func (s *Store) asKnown(ctx context.Context, list []NoticeRow, at time.Time) ([]NoticeRow, error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	type row struct {
		Notice   string
		Delivery bool // Notice is the id of a delivery
		Became   json.RawMessage
	}
	log, err := rows[row](ctx, s.pool, "reading the log of notices", `
		select notice::text, delivery, became - 'letter' as became from notice_log
		where attempt is null and notice in (select unnest($1::uuid[]) union select (became ->> 'delivery')::uuid from notice_log
			where notice = any($1::uuid[]) and attempt is null and became ->> 'delivery' is not null)
		order by seq`, ids)
	if err != nil {
		return nil, explain(err)
	}
	was := map[string]*noticeThen{}
	for _, id := range ids {
		was[id] = &noticeThen{}
	}
	deliveries := map[string][]json.RawMessage{} // what became of each so far
	for i := range log {
		id, became := log[i].Notice, log[i].Became
		if !log[i].Delivery {
			if was[id] == nil { // of another notice in a delivery
				continue
			}
			if err := was[id].applyNotice(became, at, deliveries); err != nil {
				return nil, fmt.Errorf("reading the log of notices: %w", err)
			}
			continue
		}
		deliveries[id] = append(deliveries[id], became)
		for notice, w := range was {
			if w.isIn(id) || notice == id && w.list() {
				if err := w.applyDelivery(became, at); err != nil {
					return nil, fmt.Errorf("reading the log of deliveries: %w", err)
				}
			}
		}
	}
	var then []NoticeRow
	for i := range list {
		if w := was[list[i].ID]; w.ClaimedAt != nil {
			then = append(then, w.of(&list[i]))
		}
	}
	return then, nil
}

// noticeThen is what the log says of a notice up to an instant. Its columns are those that change.
type noticeThen struct {
	ClaimedAt    *time.Time `json:"claimed_at"`
	SentAt       *time.Time `json:"sent_at"`
	State        string     `json:"state"`
	Reason       string     `json:"reason"`
	Recipient    string     `json:"recipient"`
	Standing     string     `json:"standing"`
	Channel      string     `json:"channel"`
	PerhapsTwice bool       `json:"perhaps_twice"`
	Missed       []string   `json:"missed"`
	Kind         string     `json:"kind"`     // of a notice
	Delivery     *string    `json:"delivery"` // that a notice is in; nil: none
	past         bool       // a change was met that came after the instant
}

// apply applies one change, unless it or one before it came after the instant. The log's own time
// is the wall's; case time stands in what a claim and a sending set.
func (w *noticeThen) apply(became []byte, at time.Time) error {
	next := *w
	if err := json.Unmarshal(became, &next); err != nil {
		return err
	}
	later := func(t *time.Time) bool { return t != nil && t.After(at) }
	if w.past = w.past || later(next.ClaimedAt) || later(next.SentAt); !w.past {
		*w = next
	}
	return nil
}

// list reports whether the log is that of a list: one of an earlier release began as a notice.
func (w *noticeThen) list() bool { return w.Kind == "" || w.Kind == "list" }

// applyNotice applies a change of the notice itself. Once it is in a delivery, how it stands
// is what became of that.
func (w *noticeThen) applyNotice(became []byte, at time.Time, deliveries map[string][]json.RawMessage) error {
	before := *w
	if err := w.apply(became, at); err != nil || w.past {
		return err
	}
	if w.State != stateEnclosed {
		return nil
	}
	w.State = before.State
	if w.Delivery == nil || before.isIn(*w.Delivery) {
		return nil
	}
	for _, change := range deliveries[*w.Delivery] {
		if err := w.applyDelivery(change, at); err != nil {
			return err
		}
	}
	return nil
}

// applyDelivery applies a change of the delivery. Why a notice goes to this person is the notice's own.
func (w *noticeThen) applyDelivery(became []byte, at time.Time) error {
	standing := w.Standing
	err := w.apply(became, at)
	if !w.list() {
		w.Standing = standing
	}
	return err
}

func (w *noticeThen) isIn(delivery string) bool { return w.Delivery != nil && *w.Delivery == delivery }

// of is the notice as it was then.
func (w *noticeThen) of(n *NoticeRow) NoticeRow {
	then := *n
	then.ClaimedAt, then.SentAt, then.State, then.Reason, then.To = w.ClaimedAt, w.SentAt, w.State, w.Reason, w.Recipient
	then.Standing, then.Channel, then.PerhapsTwice, then.Missed = w.Standing, w.Channel, w.PerhapsTwice, w.Missed
	then.Receipt = ""
	unfinished := w.State == stateSending || w.State == stateFailed
	if unfinished && w.Delivery != nil && !w.isIn(n.ID) { // see withTold
		then.State, then.Reason = stateClaimed, ""
	}
	if w.State == stateDue && w.Delivery != nil {
		then.State, then.Reason = stateInTray, ""
	}
	if w.State != stateSent && w.State != stateLogged {
		then.With, then.In = 0, ""
	}
	return then
}
