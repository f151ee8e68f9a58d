package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

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
	r, err := s.pool.Query(ctx, `select `+dutyFactsColumns+` from duties d`)
	if err != nil {
		return fmt.Errorf("counting the duties: %w", explain(err))
	}
	defer r.Close()
	for r.Next() {
		row, err := pgx.RowToStructByName[dutyFactsRow](r)
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
			if state != casework.Overdue { // by the council's own date beside that of law
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
