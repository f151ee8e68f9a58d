package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// DutyFilter picks duties; what is empty picks all. Case is any source's reference, or a
// case key.
type DutyFilter struct {
	Source string // narrows Case to the references of one source
	Case   string
	Team   string
	Worker string
	State  casework.State
	Ref    string
}

// DutyRow is a duty as commands and pages show it, as of the time of asking. Case is the
// reference that people are shown.
type DutyRow struct {
	casework.DutyRow
	CaseKey string `json:"-"`
	Team    string `json:"team,omitempty"`
	Worker  string `json:"worker,omitempty"`
	// Undeliverable is why a notice of this duty reached nobody, while that stands.
	Undeliverable string `json:"undeliverable,omitempty"`
	// Fault is why the case could not be worked out, or the duty's pathway could not do
	// what is due, while that stands: what is shown may be out of date.
	Fault string `json:"fault,omitempty"`
}

// Duties lists duties as of now, sorted by case, ref, start, episode, due date and id.
func (s *Store) Duties(ctx context.Context, f DutyFilter) ([]DutyRow, error) {
	type row struct {
		dutyFactsRow
		Reference     string
		Worker        string
		Team          string
		Undeliverable string
		Fault         string
	}
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	list, err := rows[row](ctx, s.pool, "reading the duties", `
		select `+dutyFactsColumns+`, coalesce(c.worker, '') as worker, coalesce(c.team, '') as team,
			coalesce((select r.reference from case_references r where r.case_key = d.case_key order by n limit 1), '') as reference,
			coalesce((select max(n.reason) from notices n where n.case_key = d.case_key and n.duty = d.duty
				and n.state = 'undeliverable'), '') as undeliverable,
			coalesce(nullif(c.fault, ''), case when d.open then p.fault end, '') as fault
		from duties d join cases c on c.key = d.case_key
		left join pathways p on p.pathway = d.pathway and p.case_key = d.case_key
		where ($1::text = '' or d.ref = $1) and (not $2::boolean or d.open)
			and ($3::text = '' or d.case_key::text = $3 or exists (
				select from case_references r where r.case_key = d.case_key and r.reference = $3 and ($4::text = '' or r.source = $4)))`,
		f.Ref, onlyOpen(f.State), f.Case, f.Source)
	if err != nil {
		return nil, explain(err)
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	var out []DutyRow
	for i := range list {
		r := &list[i]
		d := r.duty()
		d.Case = r.Reference
		team := dir.TeamOf(organisation.Allocation{Worker: r.Worker, Team: r.Team})
		shown := DutyRow{DutyRow: d.Row(now), CaseKey: r.CaseKey, Team: team, Worker: r.Worker, Undeliverable: r.Undeliverable, Fault: r.Fault}
		if f.matches(&shown) {
			out = append(out, shown)
		}
	}
	slices.SortFunc(out, func(a, b DutyRow) int { return compareRows(&a.DutyRow, &b.DutyRow) })
	return out, nil
}

// onlyOpen says whether every duty in a state is open.
func onlyOpen(state casework.State) bool {
	switch state {
	case casework.Running, casework.DueToday, casework.Overdue, casework.Waiting, casework.Paused:
		return true
	default:
		return false
	}
}

func (f *DutyFilter) matches(r *DutyRow) bool {
	return (f.Team == "" || r.Team == f.Team) && (f.Worker == "" || r.Worker == f.Worker) && (f.State == "" || r.State == f.State)
}

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
// any source, the first that was linked. ErrUnknown where there is none.
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
	ID           string     `json:"id"`
	Case         string     `json:"case,omitempty"` // the reference that people are shown; "" of a list
	CaseKey      string     `json:"-"`
	Pathway      string     `json:"pathway,omitempty"`
	Duty         string     `json:"duty,omitempty"`
	Ref          string     `json:"ref,omitempty"`
	Due          string     `json:"due,omitempty"`
	Rung         string     `json:"rung,omitempty"`
	Role         string     `json:"role"`
	Kind         string     `json:"kind"`
	Spell        int        `json:"spell"`
	At           time.Time  `json:"at"` // the moment for which it was chosen
	ClaimedAt    *time.Time `json:"claimed_at,omitempty"`
	State        string     `json:"state"`
	Reason       string     `json:"reason,omitempty"`
	To           string     `json:"to,omitempty"` // a staff reference
	ToName       string     `json:"to_name,omitempty"`
	Standing     string     `json:"standing,omitempty"` // cover, nobody, refused: why this person
	MessageID    string     `json:"message_id"`
	Attempts     int        `json:"attempts"`
	PerhapsTwice bool       `json:"perhaps_twice,omitempty"`
	SentAt       *time.Time `json:"sent_at,omitempty"`
	Channel      string     `json:"channel,omitempty"`
	Receipt      string     `json:"receipt,omitempty"`
	Missed       []string   `json:"missed,omitempty"`
	With         int        `json:"with,omitempty"` // how many others its letter says too
	In           string     `json:"in,omitempty"`   // the id of the notice under which that letter goes; "": its own
}

func (r *NoticeRow) notice(reference string) casework.Notice {
	return casework.Notice{
		At: r.At, Case: reference, Duty: r.Duty, Ref: r.Ref, Pathway: r.Pathway, Due: r.Due, Rung: r.Rung,
		Role: timescale.Role(r.Role), Kind: casework.Kind(r.Kind), Spell: r.Spell, Missed: r.Missed,
	}
}

// Notices lists notices and lists by their moments, with how the last attempt ended.
func (s *Store) Notices(ctx context.Context, f NoticeFilter) ([]NoticeRow, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	r, err := s.pool.Query(ctx, withTold+`
		select n.id::text as id, coalesce(n.case_key::text, '') as case_key,
			coalesce((select r.reference from case_references r where r.case_key = n.case_key order by r.n limit 1), '') as "case",
			n.pathway, n.duty, n.ref, n.due, n.rung, n.role, n.kind, n.spell, n.at, n.claimed_at, n.state, n.reason, n."to", n.standing,
			n.message_id, n.attempts, n.perhaps_twice, n.sent_at, n.channel, n.missed, n."with", n."in",
			coalesce((select a.receipt from delivery_attempts a where a.delivery = n.id order by a.n desc limit 1), '') as receipt
		from told n
		where ($1::text = '' or n.state = $1) and ($2::text = '' or n.duty = $2) and ($3::text = '' or n."to" = $3)
			and ($4::text = '' or n.case_key::text = $4 or exists (
				select from case_references r where r.case_key = n.case_key and r.reference = $4 and ($5::text = '' or r.source = $5)))
			and ($6::text = '' or n.id::text = $6)
		order by n.at, n.case_key, n.ref, n.key`, f.State, f.Duty, f.Recipient, f.Case, f.Source, f.ID)
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
	type page struct {
		CaseKey   string
		Reference string
	}
	for after := "00000000-0000-0000-0000-000000000000"; ; {
		cases, err := rows[page](ctx, s.pool, "reading the cases", `
			select c.key::text as case_key, coalesce((select r.reference from case_references r
				where r.case_key = c.key order by n limit 1), '') as reference
			from cases c where c.key > $1::uuid and ($3 = '' or exists (
				select from case_references r where r.case_key = c.key and r.source = $3))
			order by c.key limit $2`, after, casesInPage, source)
		if err != nil {
			return explain(err)
		}
		for _, c := range cases {
			events, err := s.eventsOfCase(ctx, c.CaseKey)
			if err != nil {
				return err
			}
			for i := range events {
				events[i].Case = c.Reference
			}
			if err := each(c.Reference, events); err != nil {
				return err
			}
			after = c.CaseKey
		}
		if len(cases) < casesInPage {
			return nil
		}
	}
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

// compareRows orders duties as commands do: by case, ref, start, episode, due date and id.
func compareRows(a, b *casework.DutyRow) int {
	return cmp.Or(
		cmp.Compare(a.Case, b.Case), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Started, b.Started),
		cmp.Compare(a.Episode, b.Episode), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Duty, b.Duty),
	)
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
