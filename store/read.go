package store

import (
	"context"
	"fmt"
	"slices"
	"time"

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
	r, err := s.pool.Query(ctx, `
		select n.id::text as id, coalesce(n.case_key::text, '') as case_key,
			coalesce((select r.reference from case_references r where r.case_key = n.case_key order by r.n limit 1), '') as "case",
			n.pathway, n.duty, n.ref, n.due, n.rung, n.role, n.kind, n.spell, n.nominal_at as at, n.claimed_at, n.state,
			n.reason, n.recipient as to, n.standing, n.message_id, n.attempts, n.perhaps_twice, n.sent_at, n.channel, n.missed,
			coalesce((select c.carries from notices c where c.id = n.carried_by), n.carries) as "with", coalesce(n.carried_by::text, '') as "in",
			coalesce((select a.receipt from notice_attempts a where a.notice = n.id order by a.n desc limit 1), '') as receipt
		from notices n
		where ($1::text = '' or n.state = $1) and ($2::text = '' or n.duty = $2) and ($3::text = '' or n.recipient = $3)
			and ($4::text = '' or n.case_key::text = $4 or exists (
				select from case_references r where r.case_key = n.case_key and r.reference = $4 and ($5::text = '' or r.source = $5)))
			and ($6::text = '' or n.id::text = $6)
		order by n.nominal_at, n.case_key, n.ref, n.key`, f.State, f.Duty, f.Recipient, f.Case, f.Source, f.ID)
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
	}
	return list, nil
}
