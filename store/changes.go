package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/casework"
	"longstop/timescale"
)

// What changes of a duty is told outwards: to whoever follows GET /v1/changes, and by webhooks.
//
//   - A change is written in the transaction that writes the duty, whatever made the duty change: an event, a
//     correction, an adopted law, or time, which the wake of a pathway finds out. duties.told holds how the duty
//     stood at its last change, so that a wake that comes late or twice tells nothing twice, and a rebuild tells
//     nothing of what is as it was.
//   - A transaction cannot know its place among those that commit at the same time, so it gives none. PlaceChanges
//     does, in one transaction after the other: whoever has read up to a place has missed nothing before it.
//   - A cursor names the change at which its reader stands, and not only the place: after a restore another change
//     may have that place, and the reader is told so.

// ChangeKind is what happened to a duty.
type ChangeKind string

// The kinds of change.
const (
	DutyOpened       ChangeKind = "opened"
	DutyMoved        ChangeKind = "moved"        // another date; or it was paused, goes on, or waits
	DutyOverdue      ChangeKind = "overdue"      // it has passed a limit
	DutyMet          ChangeKind = "met"          // in time or late; again where the day of it is corrected
	DutyEnded        ChangeKind = "ended"        // otherwise than by being met
	DutyReopened     ChangeKind = "reopened"     // it was met or ended, and is not
	DutyWithdrawn    ChangeKind = "withdrawn"    // there is no such duty any more
	DutyUnreported   ChangeKind = "unreported"   // no source could show whether it was met
	DutyEscalated    ChangeKind = "escalated"    // a manager was told
	DutyPromised     ChangeKind = "acknowledged" // a manager who was told has promised something
	PromiseTakenBack ChangeKind = "acknowledgement_withdrawn"
)

// ChangeKinds lists every kind.
var ChangeKinds = []ChangeKind{
	DutyOpened, DutyMoved, DutyOverdue, DutyMet, DutyEnded, DutyReopened, DutyWithdrawn, DutyUnreported, DutyEscalated, DutyPromised, PromiseTakenBack,
}

// Change is one change of a duty. Dates are YYYY-MM-DD, instants RFC 3339 in UTC.
type Change struct {
	Kind           ChangeKind      `json:"kind"`
	Duty           string          `json:"duty"`
	Ref            string          `json:"ref"`
	Pathway        string          `json:"pathway,omitempty"`
	State          casework.State  `json:"state,omitempty"` // running also on the day on which it is due
	StateBefore    casework.State  `json:"state_before,omitempty"`
	Due            string          `json:"due,omitempty"`
	DueBefore      string          `json:"due_before,omitempty"` // where it was another
	LocalDue       string          `json:"local_due,omitempty"`
	LocalDueBefore string          `json:"local_due_before,omitempty"`
	Past           casework.Passed `json:"past,omitempty"` // whose limit it is past
	// Of an escalation, and of its acknowledgement.
	Notice string         `json:"notice,omitempty"`
	Role   timescale.Role `json:"role,omitempty"` // who was told
	Rung   string         `json:"rung,omitempty"`
	Until  string         `json:"until,omitempty"` // the day up to which is promised
}

// telling is how a duty stands, as far as others are told of it.
type telling struct {
	state         casework.State
	due, localDue string
	past          casework.Passed
	closed        string // when it was met or ended
}

// tellingOf returns how a duty stands at an instant. That it is due today is no change.
func tellingOf(d *casework.Duty, at time.Time) telling {
	t := telling{state: d.State(at), due: d.DueText(), localDue: d.LocalDue.String(), past: d.Passed(at)}
	switch {
	case t.state == casework.DueToday:
		t.state = casework.Running
	case d.Met:
		t.closed = d.MetOn.String()
	case d.Ended:
		t.closed = d.EndedOn.String()
	}
	return t
}

// String is the telling as duties.told keeps it.
func (t telling) String() string {
	return strings.Join([]string{string(t.state), t.due, t.localDue, string(t.past), t.closed}, "/")
}

// parseTelling reads what String wrote.
func parseTelling(s string) telling {
	part := append(strings.Split(s, "/"), "", "", "", "")
	return telling{casework.State(part[0]), part[1], part[2], casework.Passed(part[3]), part[4]}
}

// open reports whether the duty is owed, as far as anybody knows.
func (t *telling) open() bool {
	return !slices.Contains([]casework.State{casework.Met, casework.MetLate, casework.Ended, casework.Unreported}, t.state)
}

// standing is the state without what time does to it.
func (t *telling) standing() casework.State {
	if t.state == casework.Overdue {
		return casework.Running
	}
	return t.state
}

// passed is the date that the duty is past; "" where it is past none.
func (t *telling) passed() string {
	switch {
	case t.past == casework.PassedNone:
		return ""
	case t.state == casework.Overdue:
		return t.due
	default:
		return t.localDue
	}
}

// newsOf returns what changed of a duty since it was told last (nil: it is new).
func newsOf(d *casework.Duty, told *string, now telling) []Change {
	var before telling
	if told != nil {
		if *told == now.String() {
			return nil
		}
		before = parseTelling(*told)
	}
	c := Change{
		Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, State: now.state, StateBefore: before.state, Due: now.due, LocalDue: now.localDue, Past: now.past,
	}
	if before.due != now.due {
		c.DueBefore = before.due
	}
	if before.localDue != now.localDue {
		c.LocalDueBefore = before.localDue
	}
	var list []Change
	for _, kind := range kindsOf(&before, &now) {
		c.Kind = kind
		list = append(list, c)
	}
	return list
}

// kindsOf returns in what ways a duty differs, in the order in which they are told. A new duty is the zero
// telling before.
func kindsOf(before, now *telling) []ChangeKind {
	var kinds []ChangeKind
	isNew := before.state == ""
	if isNew {
		kinds = append(kinds, DutyOpened)
	}
	switch {
	case !isNew && now.open() && !before.open() && before.state != casework.Unreported:
		kinds = append(kinds, DutyReopened)
	case now.state != before.state || now.closed != before.closed:
		switch now.state {
		case casework.Met, casework.MetLate:
			kinds = append(kinds, DutyMet)
		case casework.Ended:
			kinds = append(kinds, DutyEnded)
		case casework.Unreported:
			kinds = append(kinds, DutyUnreported)
		default: // the rest is told by its date, or by the limit that it has passed
		}
	}
	restands := now.open() && (before.open() || before.state == casework.Unreported) && now.standing() != before.standing()
	if !isNew && (now.due != before.due || now.localDue != before.localDue || restands) {
		kinds = append(kinds, DutyMoved)
	}
	if now.past != casework.PassedNone && (now.past != before.past || now.passed() != before.passed()) {
		kinds = append(kinds, DutyOverdue)
	}
	return kinds
}

// withdrawn is the change of a duty that is no more.
func withdrawn(book *casework.Book, duty string, told *string) Change {
	before := parseTelling(text(told))
	c := Change{Kind: DutyWithdrawn, Duty: duty, StateBefore: before.state, DueBefore: before.due, LocalDueBefore: before.localDue}
	c.Ref, _, _ = strings.Cut(duty, ":")
	if rule := book.Pack().Timescale(c.Ref); rule != nil {
		c.Pathway = rule.Pathway
	}
	return c
}

// acknowledgements returns what an event that is recorded says of promises: that one is made, or taken back.
func acknowledgements(history []casework.Event, e *casework.Event) []Change {
	kind := DutyPromised
	if e.Voids != "" {
		at := slices.IndexFunc(history, func(o casework.Event) bool { return o.Source == e.Source && o.ID == e.Voids })
		if at < 0 {
			return nil
		}
		kind, e = PromiseTakenBack, &history[at]
	}
	if e.Type != typeAcknowledged {
		return nil
	}
	return []Change{{Kind: kind, Duty: e.Data.Text("duty"), Notice: e.Data.Text("notice"), Until: e.Data.Text("promise")}}
}

// complete adds to what an event says of a duty what the plan knows of it.
func (c *Change) complete(plan *casework.Plan, at time.Time) {
	c.Ref, _, _ = strings.Cut(c.Duty, ":")
	d := plan.Duty(c.Duty)
	if d == nil {
		return
	}
	t := tellingOf(d, at)
	c.Ref, c.Pathway, c.State, c.Due, c.LocalDue, c.Past = d.Ref, d.Pathway, t.state, t.due, t.localDue, t.past
}

// recallTold works out for duties that an earlier release wrote how they stood when there began to be changes, so
// that nobody is told of what was so before. A case needs it once.
func recallTold(ctx context.Context, tx transaction, changes []*change) error {
	files, byDuty := map[string]*caseFile{}, map[string]map[string]*casework.Duty{}
	for _, c := range changes {
		for _, kept := range c.file.duties {
			if kept.told == nil {
				files[c.file.key], byDuty[c.file.key] = c.file, map[string]*casework.Duty{}
				break
			}
		}
		if into := byDuty[c.file.key]; into != nil {
			for i := range c.made.agenda.Plan.Duties {
				d := &c.made.agenda.Plan.Duties[i]
				into[d.ID] = d
			}
		}
	}
	if len(files) == 0 {
		return nil
	}
	var began time.Time
	if err := tx.QueryRow(ctx, `select began from feed`).Scan(&began); err != nil {
		return fmt.Errorf("reading since when there are changes: %w", err)
	}
	kept, err := rows[dutyRow](ctx, tx, "reading duties of an earlier release",
		`select `+selectDuties+` from duties d where d.told is null and d.case_key = any($1::uuid[])`, sortedKeys(files))
	for i := range kept {
		d := kept[i].duty()
		d.Edition = &timescale.Edition{Local: d.Local}
		if now := byDuty[d.Case][d.ID]; now != nil {
			d.Edition = now.Edition
		}
		files[d.Case].duties[d.ID] = keptDuty{digest: kept[i].Digest, told: new(tellingOf(&d, began).String()), unsaved: true}
	}
	return err
}

// queueNews queues the changes of cases that go outwards: one row for each case.
func queueNews(batch *pgx.Batch, changes []*change) error {
	type row struct {
		CaseKey  string    `json:"case_key"`
		Revision int64     `json:"revision"`
		Known    time.Time `json:"known"`
		Law      string    `json:"law"`
		Backlog  bool      `json:"backlog"`
		What     []Change  `json:"what"`
	}
	var list []row
	for _, c := range changes {
		known := c.faultAt // of a case that is put aside, of which only what the events themselves say is told
		if c.made != nil {
			known = c.made.at
		}
		for _, n := range c.file.news {
			if c.made != nil {
				n.complete(c.made.agenda.Plan, known)
			} else {
				n.Ref, _, _ = strings.Cut(n.Duty, ":")
			}
			c.news = append(c.news, n)
		}
		c.file.news = nil
		if len(c.news) == 0 {
			continue
		}
		revision := c.file.revision
		if c.raised() {
			revision++
		}
		list = append(list, row{c.file.key, revision, known, c.law.hash, c.file.backlog, c.news})
	}
	if len(list) <= fewRows {
		for i := range list {
			r := &list[i]
			batch.Queue(`insert into changes (case_key, revision, known, law, backlog, what) values ($1, $2, $3, $4, $5, $6)`,
				r.CaseKey, r.Revision, r.Known, r.Law, r.Backlog, r.What)
		}
		return nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing what changed: %w", err)
	}
	batch.Queue(`
		insert into changes (case_key, revision, known, law, backlog, what)
		select case_key, revision, known, law, backlog, what
		from json_to_recordset($1::json) as n(case_key uuid, revision bigint, known timestamptz, law text, backlog boolean, what jsonb)`, doc)
	return nil
}

// queueEscalated queues that escalations went out with a delivery that had not gone yet. The case is locked. A tray is of no one
// role: each notice in it has its own.
func queueEscalated(batch *pgx.Batch, w *wentOut) {
	batch.Queue(`
		insert into changes (case_key, revision, known, law, what)
		select c.key, c.revision, $3, coalesce(max(p.law), ''), jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', 'escalated',
			'duty', n.duty, 'ref', n.ref, 'pathway', n.pathway, 'due', nullif(n.due, ''), 'notice', n.id, 'rung', nullif(n.rung, ''),
			'role', case when d.recipient = a.recipient and d.holds <> 'tray' then d.recipient_role else n.role end)) order by n.nominal_at, n.key)
		from delivery_attempts a join deliveries d on d.id = a.delivery
		join notices n on n.id = d.id or n.id = any(a.carried) join cases c on c.key = n.case_key
		left join pathways p on p.case_key = n.case_key and p.pathway = n.pathway
		where d.id = $1 and a.n = case when $2::integer > 0 then $2 else d.attempts end and d.state <> 'sent'
			and n.kind in ('escalation', 'drift')
		group by c.key`, w.id, w.attempt, w.at)
}

// placedAtOnce is how many rows of changes get their places in one transaction.
const placedAtOnce = 5000

// PlaceChanges gives changes that were committed their places in the feed, and queues them for the webhooks
// that are told of them. It returns how many rows got one. One transaction at a time does it, and what it cannot
// see yet comes after what it can.
func (s *Store) PlaceChanges(ctx context.Context) (placed int, err error) {
	for {
		var waiting bool
		if err := s.loops.QueryRow(ctx, `select exists (select from changes where position is null)`).Scan(&waiting); err != nil || !waiting {
			return placed, explain(err)
		}
		var some int
		err := s.inLoopTx(ctx, func(tx pgx.Tx) (err error) {
			some, err = placeSome(ctx, tx, `for update`)
			return err
		})
		if err != nil {
			return placed, fmt.Errorf("giving changes their places: %w", err)
		}
		if placed += some; some < placedAtOnce {
			return placed, nil
		}
	}
}

// placeSome gives some changes their places. lock is how it locks the feed: a reader passes over a lock that is held,
// and places nothing.
func placeSome(ctx context.Context, tx pgx.Tx, lock string) (placed int, err error) {
	// By a statement of its own: the next one sees what others placed while the lock was waited for.
	var last int64
	if err := tx.QueryRow(ctx, `select last from feed `+lock).Scan(&last); errors.Is(err, pgx.ErrNoRows) {
		return 0, nil // somebody else is at it
	} else if err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, `
		update changes c set position = $1 + w.upto
		from (select id, sum(n) over (order by id) as upto from (
			select id, n from changes where position is null order by id limit $2) t) w
		where c.id = w.id`, last, placedAtOnce)
	if err != nil || tag.RowsAffected() == 0 {
		return 0, err
	}
	batch := &pgx.Batch{}
	batch.Queue(`update feed set last = (select max(position) from changes)`)
	// A webhook that is being removed is waited for, and is told of nothing. What comes after a message that was put
	// aside is put aside with it: see package receivers.
	batch.Queue(`
		insert into webhook_messages (webhook, position, case_key, next_at)
		select w.id, c.position - c.n + x.i, c.case_key, case when exists (
			select from webhook_messages a where a.webhook = w.id and a.case_key = c.case_key and a.next_at = 'infinity')
			then timestamptz 'infinity' else '-infinity' end
		from changes c cross join lateral jsonb_array_elements(c.what) with ordinality as x(change, i)
		join webhooks w on (w.kinds = '{}' or x.change ->> 'kind' = any(w.kinds)) and (w.backlog or not c.backlog)
		where c.position > $1
		for key share of w`, last)
	return int(tag.RowsAffected()), tx.SendBatch(ctx, batch).Close()
}

// Cursor is where a reader of the changes stands: after the change at a place. The zero Cursor stands before
// everything that is kept.
type Cursor struct {
	Position int64
	Mark     string // the first letters of the id of the change's row
}

const markLetters = 8

// String is the cursor as readers keep it; they need not understand it.
func (c Cursor) String() string {
	if c.Position == 0 {
		return "0"
	}
	return strconv.FormatInt(c.Position, 10) + "." + c.Mark
}

// ParseCursor reads what String wrote.
func ParseCursor(s string) (Cursor, error) {
	place, mark, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(place, 10, 64)
	if err != nil || n < 0 || n > 0 && len(mark) != markLetters || n == 0 && mark != "" {
		return Cursor{}, refusedf("not a cursor: give back the cursor of the last answer as it was, 0 for everything that is kept, or latest")
	}
	return Cursor{n, mark}, nil
}

// Errors of a cursor.
var (
	// ErrCursorOld: changes after the cursor are kept no more.
	ErrCursorOld = errors.New("what came next after this cursor is kept no more")
	// ErrCursorElsewhere: the change at which it stands is not in this record, which was perhaps restored from a copy.
	ErrCursorElsewhere = errors.New("the change at which this cursor stands is not in the record, which was perhaps restored from a copy")
)

// FeedItem is a change in the feed.
type FeedItem struct {
	ID       string // the same for good, also after a restore
	Cursor   Cursor // of whoever has read up to it
	CaseKey  string
	Revision int64 // the case's
	Known    time.Time
	Law      string
	Backlog  bool
	Record   string // names the record to others, also after a restore
	DutyKey  string // names the duty, without the id that a source gave
	Case     string // the reference that people are shown, where it was asked for
	Change
}

// FeedPage is a stretch of the feed.
type FeedPage struct {
	Items []FeedItem
	Next  Cursor // of whoever has read the page
	More  bool   // whether there is more already
}

// FeedEnd is the cursor of whoever has read everything.
func (s *Store) FeedEnd(ctx context.Context) (Cursor, error) {
	if err := s.placeForReader(ctx); err != nil {
		return Cursor{}, err
	}
	var c Cursor
	err := s.pool.QueryRow(ctx, `select position, left(mark::text, $1) from changes where position is not null order by position desc limit 1`,
		markLetters).Scan(&c.Position, &c.Mark)
	if errors.Is(err, pgx.ErrNoRows) {
		return Cursor{}, nil
	}
	return c, explain(err)
}

// placeForReader places some of what waits, on the connections of whoever reads. Where somebody else is at it, or a
// lock is not free at once, it leaves that to them: the reader is shown what is placed, and the rest next time. A role
// that may only read leaves it to the workers.
func (s *Store) placeForReader(ctx context.Context) error {
	var waiting bool
	if err := s.pool.QueryRow(ctx, `select exists (select from changes where position is null)`).Scan(&waiting); err != nil || !waiting {
		return explain(err)
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local lock_timeout = '200ms'`); err != nil {
			return err
		}
		_, err := placeSome(ctx, tx, `for update skip locked`)
		return err
	})
	var coded *pgconn.PgError
	if errors.As(err, &coded) && (coded.Code == codeNoPrivilege || coded.Code == codeLockNotAvailable) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("giving changes their places: %w", err)
	}
	return nil
}

// changeRow is a row of changes that has its place.
type changeRow struct {
	Mark     string
	Position int64
	N        int
	CaseKey  string
	Revision int64
	Known    time.Time
	Law      string
	Backlog  bool
	What     []Change
	Case     string
}

const selectChanges = `select mark::text, position, n, case_key::text, revision, known, law, backlog, what, case when $2::boolean then
	coalesce((select reference from case_references r where r.case_key = c.case_key order by r.n limit 1), '') else '' end as "case" from changes c `

// Feed returns the changes after a cursor, at most limit of them, in their order; with references, also
// those of their cases. ErrCursorOld and ErrCursorElsewhere are about the cursor.
func (s *Store) Feed(ctx context.Context, after Cursor, limit int, references bool) (page FeedPage, err error) {
	if err := s.placeForReader(ctx); err != nil {
		return page, err
	}
	var list []changeRow
	var of feedNames
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := checkCursor(ctx, tx, after); err != nil {
			return err
		}
		if of, err = readFeedNames(ctx, tx); err != nil {
			return err
		}
		list, err = rows[changeRow](ctx, tx, "reading the changes",
			selectChanges+`where position > $1 order by position limit $3`, after.Position, references, limit+1)
		return err
	})
	if err != nil {
		return page, explain(err)
	}
	page.Next = after
	for i := range list {
		for _, item := range list[i].items(of) {
			switch {
			case item.Cursor.Position <= after.Position:
			case len(page.Items) == limit:
				page.More = true
				return page, nil
			default:
				page.Items, page.Next = append(page.Items, item), item.Cursor
			}
		}
	}
	return page, nil
}

// FeedItems returns the changes at these places, by place; those that are kept no more are left out.
func (s *Store) FeedItems(ctx context.Context, places []int64) (map[int64]FeedItem, error) {
	of, err := readFeedNames(ctx, s.loops)
	if err != nil {
		return nil, explain(err)
	}
	list, err := rows[changeRow](ctx, s.loops, "reading changes", selectChanges+`
		where c.position in (select (select min(position) from changes where position >= p) from unnest($1::bigint[]) as p)`,
		places, false)
	found := make(map[int64]FeedItem, len(places))
	for i := range list {
		for _, item := range list[i].items(of) {
			if slices.Contains(places, item.Cursor.Position) {
				found[item.Cursor.Position] = item
			}
		}
	}
	return found, explain(err)
}

// feedNames is what names to others the record and its duties.
type feedNames struct {
	record string
	salt   []byte
}

func readFeedNames(ctx context.Context, q querier) (of feedNames, err error) {
	if err := q.QueryRow(ctx, `select record::text, salt from feed`).Scan(&of.record, &of.salt); err != nil {
		return of, fmt.Errorf("reading what the feed names the record: %w", err)
	}
	return of, nil
}

// items are the changes of a row, each at its place.
func (r *changeRow) items(of feedNames) []FeedItem {
	list := make([]FeedItem, len(r.What))
	for i := range r.What {
		list[i] = FeedItem{
			ID: fmt.Sprintf("%s-%d", r.Mark, i+1), Cursor: Cursor{r.Position - int64(r.N) + int64(i) + 1, r.Mark[:markLetters]},
			CaseKey: r.CaseKey, Revision: r.Revision, Known: r.Known.UTC(), Law: r.Law, Backlog: r.Backlog, Case: r.Case,
			Record: of.record, DutyKey: dutyKey(of.salt, r.CaseKey, r.What[i].Duty), Change: r.What[i],
		}
	}
	return list
}

// dutyKey names a duty to others. Its own id holds the id of an event, which its source made, of a child's number
// perhaps; nobody can work that out without the salt.
func dutyKey(salt []byte, caseKey, duty string) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(caseKey + "\x00" + duty))
	var key uuid.UUID
	copy(key[:], mac.Sum(nil))
	key[6], key[8] = key[6]&0x0f|0x80, key[8]&0x3f|0x80 // version 8: as the application likes
	return key.String()
}

// checkCursor finds the change at which a cursor stands.
func checkCursor(ctx context.Context, q querier, at Cursor) error {
	if at.Position == 0 {
		return nil
	}
	var mark string
	var first int64
	err := q.QueryRow(ctx, `select left(mark::text, $2), position - n + 1 from changes where position >= $1 order by position limit 1`,
		at.Position, markLetters).Scan(&mark, &first)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return ErrCursorElsewhere
	case err != nil:
		return fmt.Errorf("looking for a cursor's place: %w", err)
	case first > at.Position:
		return ErrCursorOld
	case mark != at.Mark:
		return ErrCursorElsewhere
	}
	return nil
}

// ChangesKept is how long changes are kept: a term, with its holidays.
const ChangesKept = 90 * 24 * time.Hour

// PruneChanges deletes changes that were written before an instant (wall time) and messages of webhooks about
// them, a chunk at a time, and returns how many rows of changes that were. The last row before that instant stays, so that
// whoever has read it, and missed nothing, is told of no gap.
func (s *Store) PruneChanges(ctx context.Context, before time.Time) (pruned int, err error) {
	for {
		var some int
		err := s.inLoopTx(ctx, func(tx pgx.Tx) (err error) {
			some, err = pruneSome(ctx, tx, before)
			return err
		})
		pruned += some
		if err != nil {
			return pruned, fmt.Errorf("deleting old changes: %w", err)
		}
		if some < placedAtOnce {
			return pruned, nil
		}
	}
}

func pruneSome(ctx context.Context, tx pgx.Tx, before time.Time) (pruned int, err error) {
	// Under this lock nothing is queued behind a message that is put aside.
	var last, upTo int64
	if err := tx.QueryRow(ctx, `select last from feed for update`).Scan(&last); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		with edge as (select coalesce((select position from changes where position is not null and written >= $1
				order by position limit 1), $2 + 1) as at),
			old as (select id from changes where position < (select max(position) from changes where position < (select at from edge))
				order by position limit $3),
			gone as (delete from changes c using old o where c.id = o.id returning c.position)
		select count(*), coalesce(max(position), 0) from gone`, before, last, placedAtOnce).Scan(&pruned, &upTo)
	if err != nil || pruned == 0 {
		return 0, err
	}
	batch := &pgx.Batch{}
	// Webhook by webhook, as the primary key has them.
	batch.Queue(`delete from webhook_messages where webhook = any(array(select id from webhooks)) and position <= $1`, upTo)
	// What was put aside only because it came after one of these goes on.
	batch.Queue(`
		update webhook_messages m set next_at = '-infinity'
		where m.next_at = 'infinity' and m.attempts = 0 and not exists (select from webhook_messages a
			where a.webhook = m.webhook and a.case_key = m.case_key and a.next_at = 'infinity' and a.attempts > 0)`)
	return pruned, tx.SendBatch(ctx, batch).Close()
}
