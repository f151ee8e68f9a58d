package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// OwedLists returns the ids of the lists that first loads owe to managers and whose morning has
// come. A case that had no team with a manager when it was loaded is listed once it has one.
func (s *Store) OwedLists(ctx context.Context) ([]string, error) {
	var owed []string
	err := s.inLoopTx(ctx, func(tx pgx.Tx) error {
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.oweLists(ctx, tx, now); err != nil {
			return err
		}
		ids, err := s.unsentLists(ctx, tx, now)
		owed = ids
		return err
	})
	return owed, err
}

// listWaitsAtMost is how long after its morning a list waits for allocations that are still being
// recorded.
const listWaitsAtMost = 5 * time.Minute

// unsentLists returns the lists that are still to be sent now: those that nobody could be given
// too, once there is somebody. While a council still records who holds which of the cases,
// a list waits, so that it is whole.
func (s *Store) unsentLists(ctx context.Context, tx pgx.Tx, now time.Time) ([]string, error) {
	list, err := rows[listRow](ctx, tx, "looking for owed lists",
		selectLists+` and d.state not in ('sent', 'not_sent') and (d.state <> 'logged' or not $4)
			and (d.state <> 'due' or d.not_before <= $1 and not (
				d.not_before > $2 and exists (
					select from list_duties o join events e on e.case_key = o.case_key
					where o.delivery = d.id and e.type = 'worker.allocated' and e.recorded > $3)))
		order by d.id`, now, now.Add(-listWaitsAtMost), now.Add(-s.listSettle), s.logOnly)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	dir, err := s.latestDirectory(ctx, tx)
	if err != nil {
		return nil, err
	}
	refused, err := refusedNow(ctx, tx, dir, now)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range list {
		if _, ok := list[i].route(dir, today(now), refused); ok || list[i].State != stateUndeliverable {
			ids = append(ids, list[i].ID)
		}
	}
	return ids, nil
}

// unlisted is a duty that a first load found overdue and that is on no list yet.
type unlisted struct {
	LoadID       string
	CaseKey      string
	Duty         string
	Worker, Team *string // who holds the case
	team         string  // whose managers are told
}

// oweLists puts what first loads found overdue, and what is on no list yet, on the lists of the
// managers of each case's team. A list gathers until it is claimed, which is not before its
// morning: so a manager gets one list of all the loads since the last.
func (s *Store) oweLists(ctx context.Context, tx pgx.Tx, now time.Time) error {
	// Two workers may be at this: what one of them has locked the other leaves to it.
	found, err := rows[unlisted](ctx, tx, "looking for cases that are on no list", `
		select o.load_id::text, o.case_key::text, o.duty, c.worker, c.team
		from load_overdue o join cases c on c.key = o.case_key join loads l on l.id = o.load_id
		where o.team is null and l.completed is not null and (c.worker is not null or c.team is not null)
		order by o.load_id, o.case_key, o.duty for update of o skip locked`)
	if err != nil || len(found) == 0 {
		return err
	}
	dir, err := s.latestDirectory(ctx, tx)
	if err != nil {
		return err
	}
	gathered := gather(dir, found)
	batch := &pgx.Batch{}
	for _, ref := range sortedKeys(gathered.byTeam) {
		loads, cases, duties := columnsOfUnlisted(gathered.byTeam[ref])
		batch.Queue(`
			update load_overdue o set team = $4 from unnest($1::uuid[], $2::uuid[], $3::text[]) as n(load_id, case_key, duty)
			where o.load_id = n.load_id and o.case_key = n.case_key and o.duty = n.duty`, loads, cases, duties, ref)
	}
	for _, ref := range sortedKeys(gathered.byManager) {
		s.queueList(batch, gathered.byManager[ref], now)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("noting which lists are owed: %w", err)
	}
	return nil
}

// gathering is what is to be listed, by the team's reference and by the manager's.
type gathering struct {
	byTeam    map[string][]unlisted
	byManager map[string]*managersList
}

// managersList is what one manager's list is to name.
type managersList struct {
	organisation.Manager
	teams  []string
	duties []unlisted
}

// gather finds for each duty the team of its case and the team's managers; one whose team has
// none stays unlisted.
func gather(dir *organisation.Directory, found []unlisted) gathering {
	g := gathering{map[string][]unlisted{}, map[string]*managersList{}}
	for _, u := range found {
		u.team = dir.TeamOf(organisation.Allocation{Worker: text(u.Worker), Team: text(u.Team)})
		managers := dir.ManagersOf(u.team)
		if len(managers) == 0 {
			continue
		}
		g.byTeam[u.team] = append(g.byTeam[u.team], u)
		for _, m := range managers {
			list := g.byManager[m.Ref]
			if list == nil {
				list = &managersList{Manager: m}
				g.byManager[m.Ref] = list
			}
			list.duties = append(list.duties, u)
			if !slices.Contains(list.teams, u.team) {
				list.teams = append(list.teams, u.team)
			}
		}
	}
	return g
}

func columnsOfUnlisted(list []unlisted) (loads, cases, duties []string) {
	for i := range list {
		loads, cases, duties = append(loads, list[i].LoadID), append(cases, list[i].CaseKey), append(duties, list[i].Duty)
	}
	return loads, cases, duties
}

// queueList queues the adding of duties to the list that gathers for a manager, which is begun
// if there is none.
func (s *Store) queueList(batch *pgx.Batch, list *managersList, now time.Time) {
	id := uuid.NewString()
	loads, cases, duties := columnsOfUnlisted(list.duties)
	batch.Queue(`
		insert into deliveries (id, holds, manager, role, teams, not_before, state, message_id)
		values ($1, 'list', $2, $3, $4, $5, 'due', $6)
		on conflict (manager) where holds = 'list' and state = 'due' do update set teams = array(
			select distinct t from unnest(deliveries.teams || excluded.teams) t order by t)`,
		id, list.Ref, string(list.Role), slices.Sorted(slices.Values(list.teams)), s.morningFrom(now).At(9, 0), s.messageID(id))
	batch.Queue(`
		insert into list_duties (delivery, load_id, case_key, duty)
		select l.id, n.load_id, n.case_key, n.duty
		from unnest($2::uuid[], $3::uuid[], $4::text[]) as n(load_id, case_key, duty),
			(select id from deliveries where manager = $1 and holds = 'list' and state = 'due') l
		on conflict do nothing`, list.Ref, loads, cases, duties)
}

// morningFrom is the day of the first 09:00 of a working day at or after an instant, by the
// calendar of the law in force.
func (s *Store) morningFrom(t time.Time) calendar.Date {
	day := today(t)
	if t.After(day.At(9, 0)) {
		day = day.AddDays(1)
	}
	return s.Book().Calendar().OnOrAfter(day)
}

// latestDirectory is who works where as of now.
func (s *Store) latestDirectory(ctx context.Context, q querier) (*organisation.Directory, error) {
	var revision int64
	var wall time.Time
	if err := q.QueryRow(ctx, `select revision, clock_timestamp() from people`).Scan(&revision, &wall); err != nil {
		return nil, fmt.Errorf("reading the people: %w", err)
	}
	return s.directory(ctx, q, revision, today(s.caseTime(wall)))
}

// listRow is a list: a delivery of the duties that first loads found overdue.
type listRow struct {
	delivery
	Manager string // who is to get it
	Role    string
	Teams   []string
}

const selectLists = `select ` + deliveryColumns + `, d.manager, d.role, d.teams from deliveries d where d.holds = 'list'`

// ClaimList is Claim for a list: it fixes what is on it and who gets it, also where it was
// claimed before and has not certainly arrived. What is no longer overdue is left off, and a
// list with nothing left on it is not sent.
func (s *Store) ClaimList(ctx context.Context, id string) (Claimed, error) {
	var claimed Claimed
	if !isKey(id) {
		return claimed, ErrUnknown
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		h, err := s.lockList(ctx, tx, id)
		if err != nil {
			return err
		}
		switch l := h.list; {
		case l.State == stateSending && !l.Sleeping:
			return ErrBusy
		case l.State == stateSent, l.State == stateNotSent, l.State == stateLogged && s.logOnly:
			claimed, err = h.result()
			return err
		}
		if err := lapse(ctx, tx, h.delivery(), nil); err != nil {
			return err
		}
		if h.at, err = s.nowToWrite(ctx, tx); err != nil {
			return err
		}
		claimed, err = s.claimListNow(ctx, tx, h)
		return err
	})
	return claimed, err
}

// lockList locks a list; ErrUnknown if there is none of that id.
func (s *Store) lockList(ctx context.Context, tx pgx.Tx, id string) (*listHeld, error) {
	list, err := rows[listRow](ctx, tx, "locking a list", selectLists+` and d.id = $1 for update`, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrUnknown
	}
	h := &listHeld{s: s, list: &list[0]}
	if h.dir, err = s.latestDirectory(ctx, tx); err != nil {
		return nil, err
	}
	h.at, err = s.now(ctx, tx)
	return h, err
}

func (s *Store) claimListNow(ctx context.Context, tx pgx.Tx, h *listHeld) (Claimed, error) {
	l := h.list
	content, err := s.listLines(ctx, tx, l, h.at)
	if err != nil {
		return Claimed{}, err
	}
	unreachable, err := refusedNow(ctx, tx, h.dir, h.at)
	if err != nil {
		return Claimed{}, err
	}
	to, ok := l.route(h.dir, today(h.at), unreachable)
	switch {
	case len(content.Duties) == 0:
		l.end(stateNotSent, "nothing on it is overdue any more", h.at)
	case !ok:
		l.end(stateUndeliverable, "nobody: there is nobody to tell at any level", h.at)
	default:
		s.claimFor(&l.delivery, to, h.dir, h.at)
		content.From = s.laddersFrom(content.first)
		if err := s.compose(&l.delivery, l.Role, h.at, casework.Envelope{Backlog: &content.Backlog}); err != nil {
			return Claimed{}, err
		}
	}
	batch := &pgx.Batch{}
	queueDelivery(batch, &l.delivery)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return Claimed{}, fmt.Errorf("claiming a list: %w", err)
	}
	return h.result()
}

// laddersFrom is the day on which reminders begin for what a first load found overdue
// (rules.md, section 6).
func (s *Store) laddersFrom(loaded time.Time) calendar.Date {
	const workingDays = 5
	return s.Book().Calendar().AddWorkingDays(s.morningFrom(loaded), workingDays)
}

// route returns who gets a list.
func (l *listRow) route(dir *organisation.Directory, day calendar.Date, unreachable []string) (organisation.Route, bool) {
	return dir.RouteToManager(organisation.Manager{Ref: l.Manager, Role: timescale.Role(l.Role)}, l.Teams, day, unreachable)
}

// listContent is what a list says, and when the loads that found it were complete.
type listContent struct {
	casework.Backlog
	first, last time.Time
}

// listLines reads the duties of a list that are still overdue.
func (s *Store) listLines(ctx context.Context, tx pgx.Tx, l *listRow, now time.Time) (listContent, error) {
	type line struct {
		dutyRow
		Reference string
		Completed time.Time
	}
	found, err := rows[line](ctx, tx, "reading a list", `
		select `+selectDuties+`, l.completed, (
			select reference from case_references r where r.case_key = d.case_key order by n limit 1) as reference
		from list_duties o join loads l on l.id = o.load_id
		join duties d on d.case_key = o.case_key and d.duty = o.duty
		where o.delivery = $1 and d.open
		order by d.due, reference, d.duty`, l.ID)
	if err != nil {
		return listContent{}, err
	}
	list := listContent{Backlog: casework.Backlog{Teams: l.Teams, Book: s.Book(), At: now}}
	for i := range found {
		d, loaded := found[i].duty(), found[i].Completed.UTC()
		if d.State(now) != casework.Overdue {
			continue
		}
		list.Duties = append(list.Duties, casework.Arrear{Reference: found[i].Reference, Duty: d})
		if list.first.IsZero() || loaded.Before(list.first) {
			list.first = loaded
		}
		if loaded.After(list.last) {
			list.last = loaded
		}
	}
	list.First, list.Last = today(list.first), today(list.last)
	return list, nil
}
