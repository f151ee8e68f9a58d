package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
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
	CaseKey string
	Team    string
	Worker  string
	// Undeliverable is why a notice of this duty reached nobody, while that stands.
	Undeliverable string
	// Fault is why the case could not be worked out, or the duty's pathway could not do
	// what is due, while that stands: what is shown may be out of date.
	Fault string
}

// Key names the duty.
func (r *DutyRow) Key() DutyKey { return DutyKey{Case: r.CaseKey, Duty: r.Duty} }

// DutyKey names a duty for as long as it exists, whatever becomes of its dates.
type DutyKey struct{ Case, Duty string } // Case is the key of a case

// Duties lists duties as of now, sorted by case, ref, start, episode, due date and id.
func (s *Store) Duties(ctx context.Context, f DutyFilter) ([]DutyRow, error) {
	q, err := s.askDuties(ctx, f)
	if err != nil {
		return nil, err
	}
	out, _, err := q.read(ctx, DutyKey{}, 0)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b DutyRow) int { return compareRows(&a.DutyRow, &b.DutyRow) })
	return out, nil
}

// DutiesAfter lists at most so many duties as of now: those that come after one, in the order of their cases' keys and
// then of their ids. more reports whether others follow. Since a key does not change, whoever goes on after the last one
// of each answer sees every duty that exists all the while once.
func (s *Store) DutiesAfter(ctx context.Context, f DutyFilter, after DutyKey, most int) (list []DutyRow, more bool, err error) {
	q, err := s.askDuties(ctx, f)
	if err != nil {
		return nil, false, err
	}
	for {
		// How a duty stands is decided in one place, which is not the database: of what it picks some may fall away.
		page, last, err := q.read(ctx, after, most+1)
		if err != nil {
			return nil, false, err
		}
		list = append(list, page...)
		switch {
		case len(list) > most:
			return list[:most], true, nil
		case last == DutyKey{}:
			return list, false, nil
		}
		after = last
	}
}

// Secret returns the secret of the record, by which what leaves it can be sealed, and opened again by every program that uses it.
func (s *Store) Secret(ctx context.Context) (secret []byte, err error) {
	if err := s.pool.QueryRow(ctx, `select salt from feed`).Scan(&secret); err != nil {
		return nil, fmt.Errorf("reading the record's secret: %w", explain(err))
	}
	return secret, nil
}

// dutyQuery is one question after duties, as of a moment.
type dutyQuery struct {
	*Store
	filter DutyFilter
	dir    *organisation.Directory
	now    time.Time
	where  string
	args   pgx.NamedArgs
}

func (s *Store) askDuties(ctx context.Context, f DutyFilter) (*dutyQuery, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	q := &dutyQuery{Store: s, filter: f, dir: dir, now: now}
	return q, q.narrow(ctx)
}

// narrow has the database leave out what the filter does not pick, as far as it can tell.
func (q *dutyQuery) narrow(ctx context.Context) error {
	f, today := &q.filter, calendar.DateOf(q.now)
	q.args = pgx.NamedArgs{
		"ref": f.Ref, "worker": f.Worker, "team": f.Team,
		"today": dayOf(today), "now": q.now, "begins": today.Start(), "ends": today.End(),
	}
	conditions := []string{"true"}
	add := func(asked bool, condition string) {
		if asked {
			conditions = append(conditions, condition)
		}
	}
	if f.Case != "" {
		keys, err := q.keysOf(ctx, f.Source, f.Case)
		if err != nil {
			return err
		}
		q.args["cases"] = keys
	}
	if f.Team != "" {
		q.args["members"] = membersOf(q.dir, f.Team)
	}
	add(f.Case != "", `d.case_key = any(@cases::uuid[])`)
	add(f.Ref != "", `d.ref = @ref`)
	add(f.Worker != "", `c.worker = @worker`)
	add(f.Team != "", `(c.team = @team or c.team is null and c.worker = any(@members))`)
	add(f.State != "", mayBe[f.State])
	q.where = strings.Join(conditions, " and ")
	return nil
}

// mayBe is what the database knows of every duty in a state, and of few others.
var mayBe = map[casework.State]string{
	casework.Running:    `d.open and d.waiting_for is null and (d.due is null or d.due > @today or not d.limited)`,
	casework.DueToday:   `d.open and (d.due = @today or d.due_at between @begins and @ends)`,
	casework.Overdue:    `d.open and (d.due < @today or d.due_at < @now)`,
	casework.Waiting:    `d.open and d.waiting_for is not null`,
	casework.Paused:     `d.open and d.waiting_for is not null`,
	casework.Met:        `d.met`,
	casework.MetLate:    `d.met and (d.met_on > d.due or d.due_at is not null and (d.met_at is null or d.met_at > d.due_at))`,
	casework.Unreported: `(d.not_reported or d.reported_until is not null)`,
	casework.Ended:      `d.ended`,
}

// keysOf are the keys of the cases that sources, or the one named, refer to by a reference, and of the one whose key it is.
func (s *Store) keysOf(ctx context.Context, source, reference string) ([]string, error) {
	found, err := rows[struct{ Key string }](ctx, s.pool, "looking for a case",
		`select case_key::text as key from case_references where reference = $1 and ($2::text = '' or source = $2)`, reference, source)
	if err != nil {
		return nil, explain(err)
	}
	keys := []string{}
	for _, f := range found {
		keys = append(keys, f.Key)
	}
	if isUUID(reference) {
		keys = append(keys, reference)
	}
	return keys, nil
}

// membersOf are those whose cases are with a team where their allocation does not say.
func membersOf(dir *organisation.Directory, team string) []string {
	members := []string{}
	for _, who := range dir.Staff() {
		if dir.TeamOf(organisation.Allocation{Worker: who}) == team {
			members = append(members, who)
		}
	}
	return members
}

// beforeDuties and afterDuties stand around the conditions by which duties are picked.
const beforeDuties, afterDuties = `
	coalesce(d.worker, '') as worker, coalesce(d.team, '') as team,
	coalesce((select r.reference from case_references r where r.case_key = d.case_key order by n limit 1), '') as reference,
	coalesce((select max(n.reason) from notices n where n.case_key = d.case_key and n.duty = d.duty
		and n.state = 'undeliverable'), '') as undeliverable,
	coalesce(nullif(d.case_fault, ''), case when d.open then p.fault end, '') as fault
	from (select d.*, c.worker, c.team, c.fault as case_fault from duties d join cases c on c.key = d.case_key where `,
	`) d left join pathways p on p.pathway = d.pathway and p.case_key = d.case_key`

// read reads what comes after a duty, at most so many; 0 is all. It returns those that the filter picks, and
// the last that was read where others may follow.
func (q *dutyQuery) read(ctx context.Context, after DutyKey, most int) (list []DutyRow, last DutyKey, err error) {
	type row struct {
		dutyRow
		Reference     string
		Worker        string
		Team          string
		Undeliverable string
		Fault         string
	}
	sql := `select ` + selectDuties + `,` + beforeDuties + q.where
	if after != (DutyKey{}) {
		sql += ` and c.key >= @after_case::uuid and (d.case_key, d.duty) > (@after_case::uuid, @after_duty::text)`
		q.args["after_case"], q.args["after_duty"] = after.Case, after.Duty
	}
	if most > 0 {
		sql += ` order by d.case_key, d.duty limit @most`
		q.args["most"] = most
	}
	sql += afterDuties
	if most > 0 {
		sql += ` order by d.case_key, d.duty`
	}
	read, err := rows[row](ctx, q.pool, "reading the duties", sql, q.args)
	if err != nil {
		return nil, DutyKey{}, explain(err)
	}
	for i := range read {
		r := &read[i]
		d := r.duty()
		d.Case = r.Reference
		team := q.dir.TeamOf(organisation.Allocation{Worker: r.Worker, Team: r.Team})
		shown := DutyRow{DutyRow: d.Row(q.now), CaseKey: r.CaseKey, Team: team, Worker: r.Worker, Undeliverable: r.Undeliverable, Fault: r.Fault}
		if q.filter.matches(&shown) {
			list = append(list, shown)
		}
		if last = shown.Key(); most == 0 || len(read) < most {
			last = DutyKey{}
		}
	}
	return list, last, nil
}

func (f *DutyFilter) matches(r *DutyRow) bool {
	return (f.Team == "" || r.Team == f.Team) && (f.Worker == "" || r.Worker == f.Worker) && (f.State == "" || r.State == f.State)
}

// compareRows orders duties as commands do: by case, ref, start, episode, due date and id.
func compareRows(a, b *casework.DutyRow) int {
	return cmp.Or(
		cmp.Compare(a.Case, b.Case), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Started, b.Started),
		cmp.Compare(a.Episode, b.Episode), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Duty, b.Duty),
	)
}

// OwnDuty is an open duty with a date that is somebody's own to do.
type OwnDuty struct {
	casework.Duty // as far as its state and what commands show go by, with its edition
	Rule          *timescale.Timescale
	Reference     string // of the case, that people are shown
	Name          string // names the duty for good, and holds nothing that a source gave
	// Dated is since when it stands like this, in wall time: another date, and another law that is in force, make it later.
	Dated time.Time
}

// DutiesOf returns, as of now, the open duties with a date that are somebody's own: those of the cases that they hold; and in
// cases in which they have a part those of which the law in force has that part told, all of them where it is that of a co-worker.
// They come by their dates.
func (s *Store) DutiesOf(ctx context.Context, staff string) ([]OwnDuty, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.loadLaw(ctx, s.pool); err != nil {
		return nil, err
	}
	parts, err := s.partsOf(ctx, staff)
	if err != nil {
		return nil, explain(err)
	}
	type row struct {
		dutyRow
		Reference string
		Holds     bool
		Dated     time.Time
		Salt      []byte
	}
	found, err := rows[row](ctx, s.pool, "reading what somebody has to do", `
		select `+selectDuties+`, c.worker is not distinct from $1 as holds, f.salt,
			greatest(d.dated, (select max(adopted) from laws_in_force)) as dated,
			coalesce((select reference from case_references r where r.case_key = d.case_key order by n limit 1), '') as reference
		from duties d join cases c on c.key = d.case_key cross join feed f
		where d.open and (d.due is not null or d.due_at is not null)
			and d.case_key in (select key from cases where worker = $1 union all select unnest($2::uuid[]))`, staff, sortedKeys(parts))
	if err != nil {
		return nil, explain(err)
	}
	var own []OwnDuty
	pack := s.Book().Pack()
	for i := range found {
		r := &found[i]
		o := OwnDuty{Duty: r.duty(), Rule: pack.Timescale(r.Ref), Reference: r.Reference, Name: dutyKey(r.Salt, r.CaseKey, r.Duty), Dated: r.Dated.UTC()}
		if o.Rule == nil || !r.Holds && !isFor(pack, &o, parts[r.CaseKey]) {
			continue
		}
		o.Edition = editionOf(pack, &o.Duty)
		switch o.State(now) {
		case casework.Running, casework.DueToday, casework.Overdue:
			own = append(own, o)
		default: // nobody can act on it by its date
		}
	}
	slices.SortFunc(own, func(a, b OwnDuty) int {
		return cmp.Or(cmp.Compare(a.DueDay(), b.DueDay()), cmp.Compare(a.Reference, b.Reference), cmp.Compare(a.Name, b.Name))
	})
	return own, nil
}

// partsOf returns the parts that somebody has in cases, by their keys.
func (s *Store) partsOf(ctx context.Context, staff string) (map[string][]organisation.Assignment, error) {
	// The types are written out, as the index has them.
	found, err := rows[eventRow](ctx, s.pool, "reading in which cases somebody has a part", selectEvents+`
		where case_key in (select case_key from events where data ->> 'worker' = $1
				and type in ('worker.allocated', 'practitioner.joined', 'chair.appointed', 'iro.appointed'))
			and (type = any($2::text[]) or voids is not null)
		order by case_key, seq`, staff, organisation.PartTypes)
	if err != nil {
		return nil, err
	}
	events, parts := map[string][]casework.Event{}, map[string][]organisation.Assignment{}
	for i := range found {
		events[found[i].CaseKey] = append(events[found[i].CaseKey], found[i].event())
	}
	for key, list := range events {
		c := organisation.CaseOf(list)
		if own := c.PartsOf(staff); len(own) > 0 {
			parts[key] = own
		}
	}
	return parts, nil
}

// isFor reports whether a duty is for somebody who has these parts in its case.
func isFor(pack *timescale.Pack, d *OwnDuty, parts []organisation.Assignment) bool {
	return slices.ContainsFunc(parts, func(a organisation.Assignment) bool {
		return (a.Pathway == "" || a.Pathway == d.Pathway) && (a.Part == organisation.CoWorker || tells(pack, d, a.Part))
	})
}

// tells reports whether a step of a duty tells a role, or its timescale reminds it with the worker.
func tells(pack *timescale.Pack, d *OwnDuty, role timescale.Role) bool {
	if d.Rule != nil && slices.Contains(d.Rule.Remind, role) {
		return true
	}
	return slices.ContainsFunc(editionOf(pack, &d.Duty).Limits, func(l timescale.Limit) bool {
		ladder := pack.LadderOf(d.Rule, l)
		return ladder != nil && slices.ContainsFunc(ladder.Rungs, func(r timescale.Rung) bool {
			return slices.ContainsFunc(r.Roles, func(to timescale.RungRole) bool { return to.Role == role })
		})
	})
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
