package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/organisation"
)

// Explained is a case with all that its explanations draw on, as it was known at an instant.
type Explained struct {
	Key       string
	Reference string // that people are shown
	Events    []casework.Event
	Book      *casework.Book
	Plan      *casework.Plan
	Notices   []NoticeRow // what was claimed, in the order of its moments
	Listed    []Listed
	Law       []LawChange
	// LawUnread says that this release cannot read the law of that instant: it goes by a later one.
	LawUnread bool
	names     *whoThen
}

// Listed is a duty that stood on the list that a manager was sent after a first load.
type Listed struct {
	NoticeRow        // of the list
	Named     bool   // it is among those that the letter names; else it is counted there
	ListedDue string // the due date that the list gave it
}

// Explain reads the case of a key as of a moment. With a KnownAt it holds nothing that was
// recorded, sent or adopted later: neither events, nor names, notices, lists or laws.
// ErrUnknown: there is no such case; ErrCaseFault: it cannot be worked out.
func (s *Store) Explain(ctx context.Context, key string, m casework.Moment) (x *Explained, err error) {
	x = &Explained{Key: key, Book: s.Book()}
	if x.Reference, err = s.shownReference(ctx, key); err != nil {
		return nil, err
	}
	if x.Events, err = s.eventsOfCase(ctx, key); err != nil {
		return nil, err
	}
	x.Events = oneCase(x.Events, x.Reference)
	if !m.KnownAt.IsZero() {
		then, readable := x.Book.InForce(m.KnownAt)
		x.Book, x.LawUnread = then, !readable
	}
	x.Plan, err = guard(s, key, func() *casework.Plan { return x.Book.Fold(x.Events, m) })
	if err != nil {
		return nil, err
	}
	return x, s.readTold(ctx, x, m)
}

// Told are the notices that were not withdrawn, as the core knows them.
func (x *Explained) Told() []casework.Notice {
	var list []casework.Notice
	for i := range x.Notices {
		if n := &x.Notices[i]; n.State != stateNotSent {
			list = append(list, n.notice(x.Reference))
		}
	}
	return list
}

// readTold reads who was told what, what the law changed, and who is who.
func (s *Store) readTold(ctx context.Context, x *Explained, m casework.Moment) (err error) {
	if x.names, err = s.readNames(ctx, m.KnownAt); err != nil {
		return err
	}
	if x.Notices, err = s.noticesBy(ctx, NoticeFilter{Case: x.Key}, m); err != nil {
		return err
	}
	if x.Listed, err = s.listed(ctx, x.Key, m); err != nil {
		return err
	}
	x.Law, err = s.lawChanges(ctx, x.Key)
	x.Law = slices.DeleteFunc(x.Law, func(c LawChange) bool {
		return c.At.After(m.AsOf) || !m.KnownAt.IsZero() && c.At.After(m.KnownAt)
	})
	return err
}

// shownReference is the reference of a case that people are shown.
func (s *Store) shownReference(ctx context.Context, key string) (string, error) {
	var ref string
	err := s.pool.QueryRow(ctx, `select reference from case_references where case_key = $1 order by n limit 1`, key).Scan(&ref)
	if err != nil {
		return "", fmt.Errorf("looking for a case's reference: %w", explain(unknownIfNone(err)))
	}
	return ref, nil
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
	if unfinished && w.Delivery != nil && !w.isIn(n.ID) { // see noticeRow.state
		then.State, then.Reason = stateClaimed, ""
	}
	if w.State != stateSent && w.State != stateLogged {
		then.With, then.In = 0, ""
	}
	return then
}

// listed are the duties of a case that stood on lists which were sent, each with the list.
func (s *Store) listed(ctx context.Context, key string, m casework.Moment) ([]Listed, error) {
	type row struct {
		ID     string
		Letter json.RawMessage
	}
	found, err := rows[row](ctx, s.pool, "reading the lists", `
		select n.id::text, n.letter from deliveries n
		where n.holds = 'list' and n.claimed_at is not null and n.letter is not null and exists (
			select from case_references r where r.case_key = $1
				and n.letter -> 'Rows' @> jsonb_build_array(jsonb_build_object('CaseReference', r.reference)))
		order by n.not_before, n.manager, n.id`, key)
	if err != nil || len(found) == 0 {
		return nil, explain(err)
	}
	refs, err := s.referencesOf(ctx, key)
	if err != nil {
		return nil, err
	}
	var list []Listed
	for _, f := range found {
		notices, err := s.noticesBy(ctx, NoticeFilter{ID: f.ID}, m)
		if err != nil {
			return nil, err
		}
		said, err := s.composer.Listed(f.Letter)
		if err != nil {
			return nil, fmt.Errorf("reading a list: %w", err)
		}
		for i := range notices {
			list = append(list, onList(&notices[i], said, refs)...)
		}
	}
	return list, nil
}

// onList are the duties of a case that stand on a list.
func onList(n *NoticeRow, said []casework.Listed, refs map[string]string) []Listed {
	var list []Listed
	for _, on := range said {
		for _, ref := range refs {
			if on.Reference == ref {
				l := Listed{NoticeRow: *n, Named: on.Named, ListedDue: on.Due}
				l.Duty, l.Ref = on.Duty, on.Ref
				list = append(list, l)
				break
			}
		}
	}
	return list
}

// whoThen is who people were, by what was recorded of them.
type whoThen struct {
	events []casework.Event // as known
	on     map[calendar.Date]*organisation.Directory
}

func (s *Store) readNames(ctx context.Context, knownAt time.Time) (*whoThen, error) {
	events, err := staffEvents(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	if !knownAt.IsZero() {
		events = slices.DeleteFunc(events, func(e casework.Event) bool { return e.Recorded.After(knownAt) })
	}
	return &whoThen{events: events, on: map[calendar.Date]*organisation.Directory{}}, nil
}

// Name returns how people know somebody of a staff reference, with the role that they had on a
// day: "Carys Plover (team manager)"; "" where the record did not know them.
func (x *Explained) Name(ref string, on calendar.Date) string {
	if name := nameIn(x.names.at(on), ref); name != "" {
		return name
	}
	return nameIn(x.names.at(0), ref)
}

// at is the directory as of a day; of all days where it is zero.
func (n *whoThen) at(on calendar.Date) *organisation.Directory {
	if n.on[on] == nil {
		n.on[on] = organisation.DirectoryOn(n.events, on)
	}
	return n.on[on]
}

// nameIn returns the name of somebody with their role.
func nameIn(d *organisation.Directory, ref string) string {
	p := d.Person(ref)
	switch {
	case p.Name == "":
		return ""
	case p.Role == "":
		return p.Name
	}
	return p.Name + " (" + english.Role(p.Role) + ")"
}
