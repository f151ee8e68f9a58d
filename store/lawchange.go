package store

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/organisation"
)

// lawChange is what one adoption did to one case.
type lawChange struct {
	step
	change *change // the plan that was made by the law in force
	duties []casework.Change
}

func (c *lawChange) compared() bool { return c.before != nil && c.after != nil }

// compare folds the case by both laws, as of the moment at which it was planned.
func (c *lawChange) compare() []casework.Change {
	m := casework.At(c.change.made.at)
	after := c.change.made.agenda.Plan
	if c.after != c.change.law {
		after = c.after.book.FoldDuties(c.change.file.events, m)
	}
	return casework.Compare(c.before.book.FoldDuties(c.change.file.events, m), after)
}

// compareAll compares on every processor. Where that cannot be done, the change counts as
// one of which the law before could not be read: the case is planned all the same.
func (s *Store) compareAll(work []*lawChange) {
	next := make(chan *lawChange)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(work)) {
		workers.Go(func() {
			for c := range next {
				if !c.compared() {
					continue
				}
				duties, err := guard(s, c.change.file.key, c.compare)
				if err != nil {
					s.log.Error().Err(err).Int64("adoption", c.adoption).Msg("what a law changed about a case is not told")
					c.before = nil
				}
				c.duties = duties
			}
		})
	}
	for _, c := range work {
		next <- c
	}
	close(next)
	workers.Wait()
}

// lawPlanRow is a row of law_plans, and lawChangeRow one of law_changes.
type (
	lawPlanRow struct {
		Adoption int64     `json:"adoption"`
		CaseKey  string    `json:"case_key"`
		At       time.Time `json:"at"`
		Compared bool      `json:"compared"`
	}
	lawChangeRow struct {
		Adoption     int64           `json:"adoption"`
		CaseKey      string          `json:"case_key"`
		Duty         string          `json:"duty"`
		Ref          string          `json:"ref"`
		Change       string          `json:"change"`
		DueBefore    string          `json:"due_before"`
		DueAfter     string          `json:"due_after"`
		LocalBefore  string          `json:"local_before"`
		LocalAfter   string          `json:"local_after"`
		StateBefore  string          `json:"state_before"`
		StateAfter   string          `json:"state_after"`
		PassedBefore casework.Passed `json:"passed_before"`
		PassedAfter  casework.Passed `json:"passed_after"`
		Live         bool            `json:"live"`
	}
)

func (c *lawChange) rows() []lawChangeRow {
	list := make([]lawChangeRow, len(c.duties))
	for i := range c.duties {
		d := &c.duties[i]
		list[i] = lawChangeRow{
			Adoption: c.adoption, CaseKey: c.change.file.key, Duty: d.Duty().ID, Ref: d.Duty().Ref, Change: string(d.Kind),
			StateBefore: string(d.StateBefore), StateAfter: string(d.StateAfter), Live: d.Live(),
			PassedBefore: d.PassedBefore, PassedAfter: d.PassedAfter,
		}
		if d.Before != nil {
			list[i].DueBefore, list[i].LocalBefore = d.Before.DueText(), d.Before.LocalDue.String()
		}
		if d.After != nil {
			list[i].DueAfter, list[i].LocalAfter = d.After.DueText(), d.After.LocalDue.String()
		}
	}
	return list
}

func writeLawChanges(ctx context.Context, tx pgx.Tx, work []*lawChange) error {
	plans, duties := make([]lawPlanRow, len(work)), []lawChangeRow{}
	for i, c := range work {
		plans[i] = lawPlanRow{c.adoption, c.change.file.key, c.change.made.at, c.compared()}
		duties = append(duties, c.rows()...)
	}
	batch := &pgx.Batch{}
	for _, table := range []struct {
		sql  string
		rows any
	}{
		{`insert into law_plans (adoption, case_key, at, compared)
			select adoption, case_key, at, compared
			from json_to_recordset($1::json) as n(adoption bigint, case_key uuid, at timestamptz, compared boolean)
			on conflict do nothing`, plans},
		{`insert into law_changes (adoption, case_key, duty, ref, change, due_before, due_after, local_before, local_after,
				state_before, state_after, passed_before, passed_after, live)
			select adoption, case_key, duty, ref, change, due_before, due_after, local_before, local_after, state_before, state_after,
				passed_before, passed_after, live
			from json_to_recordset($1::json) as n(adoption bigint, case_key uuid, duty text, ref text, change text, due_before text,
				due_after text, local_before text, local_after text, state_before text, state_after text,
				passed_before text, passed_after text, live boolean)
			on conflict do nothing`, duties},
	} {
		doc, err := json.Marshal(table.rows)
		if err != nil {
			return fmt.Errorf("writing what the law changed: %w", err)
		}
		batch.Queue(table.sql, doc)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("writing what the law changed: %w", err)
	}
	return nil
}

// adoptedLaws are compiled laws by their adoptions, read when they are first asked for; nil
// for one that this program cannot read.
type adoptedLaws map[int64]*law

// step is an adoption: the law that it put in force, and the law before it. Either is nil
// where this program cannot read it.
type step struct {
	adoption      int64
	before, after *law
}

// noteLawChanges notes, for the cases that were planned again because the law changed, why
// they were, and each duty about which the law says something else than before. Several
// adoptions that came in a row are told apart.
func (s *Store) noteLawChanges(ctx context.Context, tx pgx.Tx, laws adoptedLaws, changes []*change) error {
	stepsSince := map[int64][]step{}
	var work []*lawChange
	for _, c := range changes {
		from := c.file.plannedBy
		if from >= c.law.seq {
			continue
		}
		steps, known := stepsSince[from]
		if !known {
			var err error
			if steps, err = s.steps(ctx, tx, laws, from, c.law); err != nil {
				return err
			}
			stepsSince[from] = steps
		}
		for _, st := range steps {
			work = append(work, &lawChange{change: c, step: st})
		}
	}
	if work == nil {
		return nil
	}
	s.compareAll(work)
	return writeLawChanges(ctx, tx, work)
}

// steps are the adoptions after one, up to the law in force.
func (s *Store) steps(ctx context.Context, tx pgx.Tx, laws adoptedLaws, from int64, now *law) ([]step, error) {
	laws[now.seq] = now
	list, err := rows[Adoption](ctx, tx, "reading the adoptions", selectAdoption+` where seq between $1 and $2 order by seq`, from, now.seq)
	if err != nil {
		return nil, err
	}
	var steps []step
	for i, a := range list {
		if err := s.readAdopted(ctx, tx, laws, a); err != nil {
			return nil, err
		}
		if i > 0 {
			steps = append(steps, step{adoption: a.Seq, before: laws[list[i-1].Seq], after: laws[a.Seq]})
		}
	}
	return steps, nil
}

func (s *Store) readAdopted(ctx context.Context, q querier, laws adoptedLaws, a Adoption) error {
	if _, known := laws[a.Seq]; known {
		return nil
	}
	docs, err := documentsOf(ctx, q, a.Law)
	if err != nil {
		return err
	}
	l, err := s.compile(a, docs)
	if err != nil {
		// That must not keep the cases from being planned.
		s.log.Warn().Err(err).Int64("adoption", a.Seq).Msg("this release cannot read an earlier law: what has changed since is not told")
	}
	laws[a.Seq] = l
	return nil
}

// Effect is what an adoption did, as far as the cases have been planned again.
type Effect struct {
	Cases   int // planned again because of it
	Waiting int // cases that wait to be planned again, for whatever reason
	// PutAside are those that could not be worked out by it, and are tried again.
	PutAside int
	// Unread are those of Cases of which the law before could not be read.
	Unread int
	Refs   []RefEffect // by ref, of duties that are still owed
	// Closed are the duties that are not owed any more about which something differs.
	Closed int
}

// RefEffect is what an adoption did to the duties of a timescale that are still owed. A duty
// is counted in one of the first five, and in the rest besides.
type RefEffect struct {
	Ref             string
	Appears         int
	Moves           int
	Local           int
	Stands          int
	Goes            int
	Overdue         int
	NoLongerOverdue int
	LocalPassed     int // of a limit that no law sets, and none of law
	NotPastLocal    int
}

// EffectOf counts what an adoption did.
func (s *Store) EffectOf(ctx context.Context, adoption int64) (Effect, error) {
	var e Effect
	err := s.pool.QueryRow(ctx, `
		select (select count(*) from law_plans where adoption = $1), (select count(*) from (`+waiting+`) w),
			(select count(*) from law_plans where adoption = $1 and not compared),
			(select count(*) from law_changes where adoption = $1 and not live),
			(select count(*) from cases where fault <> '' and planned_by < $1)`, adoption).
		Scan(&e.Cases, &e.Waiting, &e.Unread, &e.Closed, &e.PutAside)
	if err != nil {
		return e, fmt.Errorf("counting what the law changed: %w", explain(err))
	}
	e.Refs, err = rows[RefEffect](ctx, s.pool, "counting what the law changed", `
		select ref, count(*) filter (where change = 'appears') as appears, count(*) filter (where change = 'moves') as moves,
			count(*) filter (where change = 'local') as local, count(*) filter (where change = 'stands') as stands,
			count(*) filter (where change = 'goes') as goes,
			count(*) filter (where after = 'law' and before <> 'law') as overdue,
			count(*) filter (where before = 'law' and after <> 'law') as no_longer_overdue,
			count(*) filter (where after = 'local' and before <> 'local') as local_passed,
			count(*) filter (where before = 'local' and after <> 'local') as not_past_local
		from (
			select ref, change, coalesce(passed_before, case state_before when 'overdue' then 'law' else '' end) as before,
				coalesce(passed_after, case state_after when 'overdue' then 'law' else '' end) as after
			from law_changes where adoption = $1 and live
		) c group by ref order by ref collate "C"`, adoption)
	return e, explain(err)
}

// LawChange is what an adoption changed about a duty, and when the case was planned again.
type LawChange struct {
	Adoption
	At                      time.Time // case time
	Duty, Ref               string
	Change                  casework.ChangeKind
	DueBefore, DueAfter     string // a date, an instant in UTC, or "" for none
	LocalBefore, LocalAfter string // the council's own date beside it
	StateBefore, StateAfter casework.State
	// What the adoption put in force that was not in force before it: other rules, bank holidays, or both.
	RulesChanged, CalendarChanged bool

	Live bool           // the duty is still owed under one of the two laws
	Past *casework.Past // all that the adoption said anew of duties that were over, as it was meant to; nil: nothing
}

// LawChanges lists what adoptions changed about the duties of the case that a source refers
// to by a reference, in the order of the adoptions. ErrUnknown as in Events.
func (s *Store) LawChanges(ctx context.Context, source, reference string) ([]LawChange, error) {
	key, err := s.caseKey(ctx, source, reference)
	if err != nil {
		return nil, err
	}
	return s.lawChanges(ctx, key)
}

func (s *Store) lawChanges(ctx context.Context, key string) ([]LawChange, error) {
	list, err := rows[LawChange](ctx, s.pool, "reading what the law changed", `
		select f.seq, f.law, f.adopted as on, f.reason, f.by_whom as by, p.at, c.duty, c.ref, c.change,
			c.due_before, c.due_after, c.local_before, c.local_after, c.state_before, c.state_after, c.live, r.duties as past,
			l.pack_hash is distinct from b.pack_hash as rules_changed, l.calendar is distinct from b.calendar as calendar_changed
		from law_changes c join law_plans p using (adoption, case_key) join laws_in_force f on f.seq = c.adoption
		join laws l on l.hash = f.law
		left join laws b on b.hash = (select law from laws_in_force where seq < f.seq order by seq desc limit 1)
		left join law_restated r on r.adoption = c.adoption
		where c.case_key = $1 order by f.seq, c.ref, c.duty`, key)
	for i := range list {
		list[i].On, list[i].At = list[i].On.UTC(), list[i].At.UTC()
	}
	return list, explain(err)
}

// Teams says with which team a case is, by its events: that of its latest allocation, or
// else its worker's; "" where neither is known.
func (s *Store) Teams(ctx context.Context) (func([]casework.Event) string, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	return func(events []casework.Event) string { return dir.TeamOf(organisation.AllocationOf(events)) }, nil
}

// TeamIn is the team that the latest allocation among a case's events names; "" where there
// is none.
func TeamIn(events []casework.Event) string { return organisation.AllocationOf(events).Team }
