package store

import (
	"context"
	"fmt"
	"time"

	"longstop/casework"
	"longstop/organisation"
)

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
