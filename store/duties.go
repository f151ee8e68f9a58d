package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
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
