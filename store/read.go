package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/organisation"
	"longstop/timescale"
)

// Events reads all that the record holds of the case that a source refers to by a
// reference, in the order of recording, in the form in which it is recorded: the case of
// each event is its own source's reference. ErrUnknown: no source "" or of that name
// refers to a case so.
func (s *Store) Events(ctx context.Context, source, reference string) ([]casework.Event, error) {
	key, err := s.caseKey(ctx, source, reference)
	if err != nil {
		return nil, err
	}
	events, err := s.eventsOfCase(ctx, key)
	if err != nil {
		return nil, err
	}
	refs, err := s.referencesOf(ctx, key)
	if err != nil {
		return nil, err
	}
	for i := range events {
		events[i].Case = refs[events[i].Source]
		if events[i].Case == "" {
			events[i].Case = reference
		}
	}
	return events, nil
}

// CaseKey is the key of the case that a source refers to by a reference; with source "",
// any source, the first that was linked. ErrUnknown if there is none.
func (s *Store) CaseKey(ctx context.Context, source, reference string) (string, error) {
	return s.caseKey(ctx, source, reference)
}

func (s *Store) caseKey(ctx context.Context, source, reference string) (string, error) {
	var key string
	err := s.pool.QueryRow(ctx, `
		select case_key::text from case_references where reference = $1 and ($2::text = '' or source = $2) order by n limit 1`,
		reference, source).Scan(&key)
	if err != nil {
		return "", fmt.Errorf("looking for a case: %w", explain(unknownIfNone(err)))
	}
	return key, nil
}

func (s *Store) referencesOf(ctx context.Context, key string) (map[string]string, error) {
	list, err := rows[refRow](ctx, s.pool, "reading a case's references", `
		select distinct on (source) source, reference, case_key::text from case_references where case_key = $1 order by source, n`, key)
	if err != nil {
		return nil, explain(err)
	}
	refs := make(map[string]string, len(list))
	for _, r := range list {
		refs[r.Source] = r.Reference
	}
	return refs, nil
}

// StaffEvents reads all that the record holds of people and teams, in the order of
// recording.
func (s *Store) StaffEvents(ctx context.Context) ([]casework.Event, error) {
	events, err := staffEvents(ctx, s.pool)
	return events, explain(err)
}

// oneCase gives the events of one case, which several sources call differently, one name.
func oneCase(events []casework.Event, reference string) []casework.Event {
	for i := range events {
		events[i].Case = reference
	}
	return events
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
			coalesce((select a.receipt from delivery_attempts a where a.delivery = n.id order by a.n desc limit 1), '') as receipt
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
		condition := `false` // a text that is no id names none
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

// Found is a case, by its key and the reference that people are shown.
type Found struct{ Key, Reference string }

// shortest is how much of a key or an id names it: as much as the subject of an e-mail shows.
const shortest = 8

// FindCases finds the cases that a text may name: by a source's reference (of several sources'
// cases of one reference the first that was linked), by a reference that differs in capital
// letters alone, or by a case key or the first eight characters or more of one. With source ""
// any source's references count.
func (s *Store) FindCases(ctx context.Context, source, text string) ([]Found, error) {
	const byReference = `
		select key, (select reference from case_references r where r.case_key::text = key order by n limit 1) as reference
		from (select case_key::text as key, min(n) as n from case_references where `
	for _, q := range []struct{ sql, end string }{
		{`reference = $1 and ($2::text = '' or source = $2)`, `limit 1`},
		{`lower(reference) = lower($1) and ($2::text = '' or source = $2)`, `limit 3`},
	} {
		found, err := rows[Found](ctx, s.pool, "looking for a case", byReference+q.sql+` group by case_key) f order by f.n `+q.end, text, source)
		if err != nil || len(found) > 0 {
			return found, explain(err)
		}
	}
	least, most, ok := idsLike(text)
	if !ok {
		return nil, nil
	}
	found, err := rows[Found](ctx, s.pool, "looking for a case", `
		select key::text, coalesce((select reference from case_references r where r.case_key = c.key order by n limit 1), '') as reference
		from cases c where key between $1::uuid and $2::uuid order by key limit 3`, least, most)
	return found, explain(err)
}

// FindNotices finds the notices and lists that an id may name: the whole of it, or the first eight
// characters or more, as the subject of an e-mail shows them. More than three are not looked for.
func (s *Store) FindNotices(ctx context.Context, id string) ([]NoticeRow, error) {
	least, most, ok := idsLike(id)
	if !ok {
		return nil, nil
	}
	ids, err := rows[struct{ ID string }](ctx, s.pool, "looking for a notice",
		withTold+`select id::text from told where id between $1::uuid and $2::uuid order by id limit 3`, least, most)
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

// casesInPage is how many cases EachCase reads at a time.
const casesInPage = 200

// EachCase hands over every case of the record, one at a time, with the reference that
// people are shown and all that the record holds of it in the order of recording; the Case
// of each event is that reference. It stops at the first error, which it returns.
func (s *Store) EachCase(ctx context.Context, each func(reference string, events []casework.Event) error) error {
	return s.EachCaseOf(ctx, "", each)
}

// EachCaseOf is EachCase for the cases to which a source refers; "" is any.
func (s *Store) EachCaseOf(ctx context.Context, source string, each func(reference string, events []casework.Event) error) error {
	for after := ""; ; {
		cases, err := s.CasesAfter(ctx, source, after, casesInPage)
		if err != nil {
			return err
		}
		for _, c := range cases {
			events, err := s.EventsOf(ctx, c)
			if err != nil {
				return err
			}
			if err := each(c.Reference, events); err != nil {
				return err
			}
			after = c.Key
		}
		if len(cases) < casesInPage {
			return nil
		}
	}
}

// CasesAfter lists at most so many cases in the order of their keys: those that come after one; "" is the beginning.
// Source narrows them to those to which it refers; "" is any.
func (s *Store) CasesAfter(ctx context.Context, source, after string, most int) ([]Found, error) {
	found, err := rows[Found](ctx, s.pool, "reading the cases", `
		select c.key::text as key, coalesce((select r.reference from case_references r
			where r.case_key = c.key order by n limit 1), '') as reference
		from cases c where c.key > $1::uuid and ($3 = '' or exists (
			select from case_references r where r.case_key = c.key and r.source = $3))
		order by c.key limit $2`, cmp.Or(after, uuid.Nil.String()), most, source)
	return found, explain(err)
}

// EventsOf reads all that the record holds of a case, in the order of recording. The Case of each event is the
// reference that people are shown.
func (s *Store) EventsOf(ctx context.Context, c Found) ([]casework.Event, error) {
	events, err := s.eventsOfCase(ctx, c.Key)
	return oneCase(events, c.Reference), err
}

func (s *Store) eventsOfCase(ctx context.Context, key string) ([]casework.Event, error) {
	list, err := rows[eventRow](ctx, s.pool, "reading a case", selectEvents+` where case_key = $1 order by seq`, key)
	if err != nil {
		return nil, explain(err)
	}
	events := make([]casework.Event, len(list))
	for i := range list {
		events[i] = list[i].event()
	}
	return events, nil
}

// CaseOfEvent reads all that the record holds of the case that an event belongs to, as
// Events does. With source "" the event may be of any; ErrUnknown where the record has no
// such event.
func (s *Store) CaseOfEvent(ctx context.Context, source, id string) ([]casework.Event, error) {
	var key string
	err := s.pool.QueryRow(ctx, `
		select case_key::text from events where id = $1 and ($2::text = '' or source = $2) order by seq limit 1`, id, source).Scan(&key)
	if err != nil {
		return nil, fmt.Errorf("looking for an event: %w", explain(unknownIfNone(err)))
	}
	events, err := s.eventsOfCase(ctx, key)
	if err != nil {
		return nil, err
	}
	refs, err := s.referencesOf(ctx, key)
	if err != nil {
		return nil, err
	}
	for i := range events {
		events[i].Case = refs[events[i].Source]
	}
	return events, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// SourceEntries reads all that the record holds from a source about the cases that it
// refers to by these references: every event, corrections and voids too, in the order of
// recording. The case of each is the reference. References that are not known are left out.
// A void by "longstop" is one that the record wrote: an inferred event gave way.
func (s *Store) SourceEntries(ctx context.Context, source string, refs []string) (map[string][]casework.Event, error) {
	type row struct {
		eventRow
		Reference string
	}
	list, err := rows[row](ctx, s.pool, "reading what a source has reported", `
		select r.reference, e.case_key::text, e.source, e.id, e.type, e.at_day, e.at_instant, `+recordedAs("e", "event")+` as recorded, e.data, e.episode,
			e.corrects, e.voids, e.recorded_by, e.backlog
		from case_references r join events e on e.case_key = r.case_key and e.source = r.source
		where r.source = $1 and r.reference = any($2::text[]) order by r.reference, e.seq`, source, refs)
	if err != nil {
		return nil, explain(err)
	}
	entries := map[string][]casework.Event{}
	for i := range list {
		e := list[i].event()
		e.Case = list[i].Reference
		entries[e.Case] = append(entries[e.Case], e)
	}
	return entries, nil
}

// SourceReferences lists every reference that a source has given to a case, sorted.
func (s *Store) SourceReferences(ctx context.Context, source string) ([]string, error) {
	type row struct{ Reference string }
	list, err := rows[row](ctx, s.pool, "reading a source's references", `
		select reference from case_references where source = $1 order by reference collate "C"`, source)
	if err != nil {
		return nil, explain(err)
	}
	refs := make([]string, len(list))
	for i := range list {
		refs[i] = list[i].Reference
	}
	return refs, nil
}

// References lists what a source calls the cases in which something has started.
func (s *Store) References(ctx context.Context, source string) ([]string, error) {
	type row struct{ Reference string }
	list, err := rows[row](ctx, s.pool, "listing the references of cases",
		`select r.reference from case_references r where r.source = $1 and exists (select from duties d where d.case_key = r.case_key)`, source)
	refs := make([]string, len(list))
	for i := range list {
		refs[i] = list[i].Reference
	}
	return refs, err
}

// Summary is the state of the record in numbers.
type Summary struct {
	AsOf      time.Time              `json:"as_of"` // case time
	Cases     int                    `json:"cases"`
	OpenCases int                    `json:"open_cases"` // with an open pathway
	Events    int                    `json:"events"`
	People    int                    `json:"people"`   // who work here
	Pathways  map[string]int         `json:"pathways"` // open ones, by name: each has a clock
	Duties    map[casework.State]int `json:"duties"`   // every duty ever opened but the inferred, by its state now
	Inferred  int                    `json:"inferred"` // duties that are taken as done without a date
	Overdue   []OverdueRef           `json:"overdue"`  // what is past its limit by ref, those of law first
	// PastLaw and PastLocal are how many open duties are past a limit that law or guidance
	// sets, and past one that no law sets and none of law.
	PastLaw   int            `json:"past_law"`
	PastLocal int            `json:"past_local"`
	Notices   map[string]int `json:"notices"` // by state, lists too
	// Undeliverable are notices that nobody could be told of; a duty's own row says which.
	Undeliverable int            `json:"undeliverable"`
	PerhapsTwice  int            `json:"perhaps_twice"`
	Faults        []FaultRow     `json:"faults"`
	Outbox        int            `json:"outbox"`      // nudges that wait
	OutboxTried   int            `json:"outbox_held"` // of them, those that could not be sent when tried
	Replans       int            `json:"replans"`     // cases that wait to be planned again
	Loads         int            `json:"loads"`
	LoadsOpen     int            `json:"loads_open"` // begun and not completed
	Law           string         `json:"law"`        // the hash of the law in force
	Pack          string         `json:"pack"`
	Calendar      string         `json:"calendar"`
	Told          map[string]int `json:"told"` // notices sent, by kind
}

// OverdueRef is how many duties of a timescale are past their limit, and the most days late.
type OverdueRef struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	// Local says whose limit it is where no law sets it; "" for one that law or guidance sets.
	Local    string `json:"local,omitempty"`
	Duties   int    `json:"duties"`
	MostDays int    `json:"most_days"`
}

// FaultRow is a pathway that stands still.
type FaultRow struct {
	CaseKey string    `json:"case_key"`
	Pathway string    `json:"pathway"`
	Reason  string    `json:"reason"`
	Since   time.Time `json:"since"`
}

// Summary counts what the record holds, as of now.
func (s *Store) Summary(ctx context.Context) (Summary, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return Summary{}, err
	}
	out := Summary{AsOf: now, Pathways: map[string]int{}, Notices: map[string]int{}, Told: map[string]int{}}
	batch := &pgx.Batch{}
	for _, c := range []struct {
		into *int
		sql  string
	}{
		{&out.Cases, `select count(*) from cases`},
		{&out.OpenCases, `select count(distinct case_key) from pathways where open`},
		{&out.Events, `select count(*) from events`},
		{&out.PerhapsTwice, withTold + `select count(*) from told where perhaps_twice`},
		{&out.Outbox, `select count(*) from outbox`},
		{&out.OutboxTried, `select count(*) from outbox where attempts > 0`},
		{&out.Replans, `select count(*) from (` + waiting + `) w`},
		{&out.Loads, `select count(*) from loads`},
		{&out.LoadsOpen, `select count(*) from loads where completed is null`},
	} {
		batch.Queue(c.sql).QueryRow(func(r pgx.Row) error { return r.Scan(c.into) })
	}
	batch.Queue(`select pathway as name, count(*) from pathways where open group by 1`).Query(each(counted(out.Pathways)))
	batch.Queue(withTold + `select state as name, count(*) from told group by 1`).Query(each(counted(out.Notices)))
	batch.Queue(withTold + `select kind as name, count(*) from told where state = 'sent' group by 1`).Query(each(counted(out.Told)))
	batch.Queue(`select case_key::text, pathway, fault as reason, faulted_at as since from pathways where fault <> ''
		order by faulted_at, pathway, case_key limit 100`).
		Query(each(func(f FaultRow) { out.Faults = append(out.Faults, f) }))
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return out, fmt.Errorf("counting what the record holds: %w", explain(err))
	}
	out.Undeliverable = out.Notices[stateUndeliverable]
	return out, s.summariseRest(ctx, &out)
}

type countRow struct {
	Name  string
	Count int
}

func counted(into map[string]int) func(countRow) {
	return func(r countRow) { into[r.Name] = r.Count }
}

func (s *Store) summariseRest(ctx context.Context, out *Summary) error {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return explain(err)
	}
	for _, ref := range dir.Staff() {
		if dir.Person(ref).Employed() {
			out.People++
		}
	}
	if err := s.loadLaw(ctx, s.pool); err != nil {
		return err
	}
	l := s.law.Load()
	out.Law, out.Pack, out.Calendar = l.hash, l.book.Pack().Name+" "+l.book.Pack().Edition, l.book.Calendar().Edition()
	return s.countDuties(ctx, l, out)
}

// countDuties counts duties by their state, which no query can: it depends on today, and
// is decided in one place.
func (s *Store) countDuties(ctx context.Context, l *law, out *Summary) error {
	out.Duties = map[casework.State]int{}
	overdue := map[OverdueRef]*OverdueRef{}
	r, err := s.pool.Query(ctx, `select `+selectDuties+` from duties d`)
	if err != nil {
		return fmt.Errorf("counting the duties: %w", explain(err))
	}
	defer r.Close()
	for r.Next() {
		row, err := pgx.RowToStructByName[dutyRow](r)
		if err != nil {
			return fmt.Errorf("counting the duties: %w", err)
		}
		d := row.duty()
		if d.Met && d.MetInferred {
			out.Inferred++
			continue
		}
		state := d.State(out.AsOf)
		out.Duties[state]++
		d.Edition = editionOf(l.book.Pack(), &d)
		key := OverdueRef{Ref: d.Ref}
		days := d.LateDays(out.AsOf)
		switch {
		case d.PastLocal(out.AsOf):
			key.Local = d.LocalWords()
			if state != casework.Overdue { // by the council's own date, not that of law
				days = calendar.DateOf(out.AsOf).DaysSince(d.LocalDue)
			}
			out.PastLocal++
		case d.PastLaw(out.AsOf):
			out.PastLaw++
		default:
			continue
		}
		if rule := l.book.Pack().Timescale(d.Ref); rule != nil {
			key.Title = rule.Title
		}
		o := overdue[key]
		if o == nil {
			o = &OverdueRef{Ref: key.Ref, Title: key.Title, Local: key.Local}
			overdue[key] = o
		}
		o.Duties++
		o.MostDays = max(o.MostDays, days)
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("counting the duties: %w", explain(err))
	}
	for _, o := range overdue {
		out.Overdue = append(out.Overdue, *o)
	}
	slices.SortFunc(out.Overdue, func(a, b OverdueRef) int { return cmp.Or(cmp.Compare(a.Local, b.Local), cmp.Compare(a.Ref, b.Ref)) })
	return nil
}

// editionOf is the edition that governs a duty which was read from the record: that of its
// start. One of a timescale that the pack no longer has is without a source.
func editionOf(pack *timescale.Pack, d *casework.Duty) *timescale.Edition {
	if rule := pack.Timescale(d.Ref); rule != nil {
		if e := rule.EditionOn(d.Started.Day); e != nil {
			return e
		}
	}
	return &timescale.Edition{Local: d.Local}
}

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
	if unfinished && w.Delivery != nil && !w.isIn(n.ID) { // see withTold
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
