package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
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
	return s.eventsByReference(ctx, key, reference)
}

// eventsByReference returns the events of a case, each with its own source's reference as its
// case, and with the other where its source has none.
func (s *Store) eventsByReference(ctx context.Context, key, other string) ([]casework.Event, error) {
	events, err := s.eventsOfCase(ctx, key)
	if err != nil {
		return nil, err
	}
	refs, err := s.referencesOf(ctx, key)
	if err != nil {
		return nil, err
	}
	for i := range events {
		events[i].Case = cmp.Or(refs[events[i].Source], other)
	}
	return events, nil
}

// CaseKey is the key of the case that a source refers to by a reference; with source "",
// any source, the first that was linked. A case's key, by which it is named outwards, will do as a reference. ErrUnknown
// if there is none.
func (s *Store) CaseKey(ctx context.Context, source, reference string) (string, error) {
	return s.caseKey(ctx, source, reference)
}

// CaseKeys are the keys of the cases that a reference names: with source "" several sources may call children by
// the same. A case's key will do as a reference. ErrUnknown if there is none.
func (s *Store) CaseKeys(ctx context.Context, source, reference string) ([]string, error) {
	keys, err := s.keysOf(ctx, source, reference)
	if err != nil {
		return nil, err
	}
	slices.Sort(keys)
	if keys = slices.Compact(keys); len(keys) > 1 {
		return keys, nil
	}
	key, err := s.caseKey(ctx, source, reference) // what only looks like a key names no case
	if err != nil {
		return nil, err
	}
	return []string{key}, nil
}

func (s *Store) caseKey(ctx context.Context, source, reference string) (string, error) {
	var key string
	err := s.pool.QueryRow(ctx, `
		select case_key::text from case_references where reference = $1 and ($2::text = '' or source = $2) order by n limit 1`,
		reference, source).Scan(&key)
	if errors.Is(err, pgx.ErrNoRows) && isKey(reference) {
		err = s.pool.QueryRow(ctx, `select case_key::text from case_references where case_key = $1 and ($2::text = '' or source = $2) limit 1`,
			reference, source).Scan(&key)
	}
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
	events, err := s.staffEvents(ctx, s.pool)
	return events, explain(err)
}

// oneCase gives the events of one case, which several sources call differently, one name.
func oneCase(events []casework.Event, reference string) []casework.Event {
	for i := range events {
		events[i].Case = reference
	}
	return events
}

// Found is a case, by its key and the reference that people are shown.
type Found struct{ Key, Reference string }

// shortest is how much of a key or an id names it: as much as the subject of an e-mail shows.
const shortest = 8

// FindCases finds the cases that a text may name, at most three: by a source's reference, by one that differs in
// capital letters alone, or by a case key or the first eight characters or more of one. With source "" any source's
// references count, and two sources may call two children by the same.
func (s *Store) FindCases(ctx context.Context, source, text string) ([]Found, error) {
	const byReference = `
		select key, (select reference from case_references r where r.case_key::text = key order by n limit 1) as reference
		from (select case_key::text as key, min(n) as n from case_references where `
	for _, q := range []struct{ sql, end string }{
		{`reference = $1 and ($2::text = '' or source = $2)`, `limit 3`},
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
	return s.eventsByReference(ctx, key, "")
}

// EventPlace is where the record holds an event: among those of a case, or of people and teams.
type EventPlace struct {
	Source string
	People bool
}

// WhereEvent returns where the record holds events of an id, by source: each source has its own ids. None is no error.
func (s *Store) WhereEvent(ctx context.Context, id string) ([]EventPlace, error) {
	found, err := rows[EventPlace](ctx, s.pool, "looking for an event", `
		select source, people from (
			select source, false as people from events where id = $1
			union all select source, true from staff_events where id = $1) e
		order by source collate "C", people`, id)
	return found, explain(err)
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

// Named returns those of some references that a source has given to a case.
func (s *Store) Named(ctx context.Context, source string, refs []string) ([]string, error) {
	type row struct{ Reference string }
	list, err := rows[row](ctx, s.pool, "looking for a source's references",
		`select reference from case_references where source = $1 and reference = any($2)`, source, refs)
	named := make([]string, len(list))
	for i := range list {
		named[i] = list[i].Reference
	}
	return named, explain(err)
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
	events, err := s.staffEvents(ctx, s.pool)
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

// Allocated is how many cases in which something is open are with a worker, a team, or both.
type Allocated struct {
	Worker, Team string // references; "" for none
	Cases        int
}

// OpenAllocations returns who has the cases in which something is open, each pair of worker and
// team once.
func (s *Store) OpenAllocations(ctx context.Context) ([]Allocated, error) {
	list, err := rows[Allocated](ctx, s.pool, "reading who has the cases", `
		select coalesce(worker, '') as worker, coalesce(team, '') as team, count(*)::int as cases
		from cases where exists (select from pathways p where p.case_key = key and p.open)
		group by 1, 2 order by 1, 2`)
	return list, explain(err)
}

// Drift is what is wrong with the organisation itself: references and counts, and no names. What is counted are cases in
// which something is open.
type Drift struct {
	WithoutWorker       int      // that no worker has
	WithoutAnybody      int      // with nobody to tell, at any level
	OwnManager          int      // with nobody to escalate to but whoever holds them
	WithoutPart         int      // in which nobody has a part that a step is for: it goes to the worker
	PartUnknown         int      // in which somebody has a part who does not work here: their steps go to a manager
	TeamsWithoutManager []string // with nobody at the nearest level of their chain
	Uncovered           []string // managers who are away, with nobody who stands in
}

// String returns what is wrong, so that two can be compared; "" if nothing is.
func (d Drift) String() string {
	counts := []int{d.WithoutWorker, d.WithoutAnybody, d.OwnManager, d.WithoutPart, d.PartUnknown}
	if slices.Max(counts)+len(d.TeamsWithoutManager)+len(d.Uncovered) == 0 {
		return ""
	}
	return fmt.Sprintf("%d %q %q", counts, d.TeamsWithoutManager, d.Uncovered)
}

// OrganisationDrift returns what is wrong with the organisation as of now. A case that a team holds together has
// somebody.
func (s *Store) OrganisationDrift(ctx context.Context) (Drift, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return Drift{}, err
	}
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return Drift{}, explain(err)
	}
	open, err := s.OpenAllocations(ctx)
	if err != nil {
		return Drift{}, err
	}
	day := today(now)
	d := Drift{TeamsWithoutManager: dir.TeamsWithoutManager(day), Uncovered: dir.Uncovered(day)}
	for _, a := range open {
		alloc := organisation.Allocation{Worker: a.Worker, Team: a.Team}
		if dir.HolderOf(alloc) == "" {
			d.WithoutWorker += a.Cases
		}
		if _, ok := dir.Route(timescale.Worker, alloc, day, nil); !ok {
			d.WithoutAnybody += a.Cases
		}
		if r, ok := dir.Route(timescale.TeamManager, alloc, day, nil); ok && r.Why == organisation.Alone {
			d.OwnManager += a.Cases
		}
	}
	err = s.partDrift(ctx, dir, &d)
	return d, err
}

// partDrift counts the cases in which something is wrong with who has a part.
func (s *Store) partDrift(ctx context.Context, dir *organisation.Directory, d *Drift) error {
	parts, err := s.openParts(ctx)
	if err != nil {
		return err
	}
	kept := map[timescale.Role]bool{} // the parts that the council records
	for _, of := range parts {
		unknown := false
		for i := range of {
			kept[of[i].Part] = true
			ref := cmp.Or(of[i].Staff, organisation.InboxRef(of[i].Team))
			unknown = unknown || !dir.Person(ref).Employed()
		}
		if unknown {
			d.PartUnknown++
		}
	}
	pack := s.Book().Pack()
	tells := map[string][]timescale.Role{} // by the ref of the timescale
	for i := range pack.Timescales {
		t := &pack.Timescales[i]
		list := pack.PartsOnLadders(t)
		for _, part := range t.Remind {
			if kept[part] {
				list = append(list, part)
			}
		}
		if len(list) > 0 {
			tells[t.Ref] = list
		}
	}
	if len(tells) == 0 {
		return nil
	}
	type row struct{ CaseKey, Ref, Pathway string }
	open, err := rows[row](ctx, s.pool, "reading what is open of the parts", `
		select distinct case_key::text, ref, pathway from duties where open and ref = any($1)`, sortedKeys(tells))
	if err != nil {
		return explain(err)
	}
	without := map[string]bool{}
	for _, o := range open {
		of := parts[o.CaseKey]
		if slices.ContainsFunc(tells[o.Ref], func(part timescale.Role) bool { return len(of.In(part, o.Pathway)) == 0 }) {
			without[o.CaseKey] = true
		}
	}
	d.WithoutPart = len(without)
	return nil
}

// openParts returns who has which part in the cases in which something is open, by their keys.
func (s *Store) openParts(ctx context.Context) (map[string]casework.Parts, error) {
	columns, table, _ := strings.Cut(selectEvents, "from events")
	list, err := readable[eventRow](ctx, s, s.pool, "reading who has parts", columns, "events"+table+` where `+ofParts+`
		and case_key in (select case_key from pathways where open)`)
	if err != nil {
		return nil, explain(err)
	}
	events := map[string][]casework.Event{}
	for i := range list {
		events[list[i].CaseKey] = append(events[list[i].CaseKey], list[i].event())
	}
	parts := make(map[string]casework.Parts, len(events))
	for key, of := range events {
		if p := casework.PartsOf(of); len(p) > 0 {
			parts[key] = p
		}
	}
	return parts, nil
}

// ofParts picks the events that say who has a part in a case, and those that correct or void another: what the index
// events_of_parts holds, in its words.
const ofParts = `(type in ('practitioner.joined', 'practitioner.left', 'chair.appointed', 'iro.appointed')
	or type = 'worker.allocated' and data ? 'part' or corrects is not null or voids is not null)`
