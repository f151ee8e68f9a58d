package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/admission"
	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// knownPeople is a directory of a day, and the events and the revision of the people that it was made from.
type knownPeople struct {
	revision int64
	events   []casework.Event
	day      calendar.Date
	dir      *organisation.Directory
}

// directory is who works where on a day, as of a revision or later. It is read again only when
// people were recorded since, and made again on another day: that somebody leaves may be known before.
func (s *Store) directory(ctx context.Context, q querier, revision int64, day calendar.Date) (*organisation.Directory, error) {
	if p := s.people.Load(); p != nil && p.revision >= revision {
		if p.day != day {
			p = &knownPeople{p.revision, p.events, day, organisation.DirectoryOn(p.events, day)}
			s.people.Store(p)
		}
		return p.dir, nil
	}
	// The revision is read first: should more be recorded in between, the directory is
	// newer than its revision says, and is read once more.
	var now int64
	if err := q.QueryRow(ctx, `select revision from people`).Scan(&now); err != nil {
		return nil, err
	}
	events, err := s.staffEvents(ctx, q)
	if err != nil {
		return nil, err
	}
	dir := organisation.DirectoryOn(events, day)
	s.people.Store(&knownPeople{now, events, day, dir})
	return dir, nil
}

// teller finds who is told of the notices of a case at an instant.
type teller struct {
	dir         *organisation.Directory
	book        *casework.Book
	who         organisation.Case
	at          time.Time
	unreachable []string
}

// companions are the roles of those who are told with somebody else, by why they are.
var companions = map[organisation.Why]timescale.Role{
	organisation.Supervises: organisation.Supervisor,
	organisation.OnDuty:     organisation.DutyTeam,
}

func isCompanion(role string) bool {
	for _, companion := range companions {
		if timescale.Role(role) == companion {
			return true
		}
	}
	return false
}

// of finds who is told in a role of a notice; ok is false for nobody.
func (t *teller) of(role timescale.Role, pathway, ref string) (r organisation.Route, ok bool) {
	if !isCompanion(string(role)) {
		told := t.told(role, pathway, ref)
		if len(told) == 0 || companions[told[0].Why] != "" {
			return organisation.Route{}, false
		}
		return told[0], true
	}
	for _, r := range t.told(timescale.Worker, pathway, ref) {
		if companions[r.Why] == role {
			return r, true
		}
	}
	return organisation.Route{}, false
}

func (t *teller) told(role timescale.Role, pathway, ref string) []organisation.Route {
	rule := t.book.Pack().Timescale(ref)
	return t.dir.Told(organisation.Question{
		Role: role, Pathway: pathway, Day: today(t.at), Unreachable: t.unreachable,
		OutOfHours: rule != nil && rule.InHours() && outOfHours(t.book.Calendar(), t.at),
	}, t.who)
}

// Office hours, on working days.
const (
	officeOpens  = 9
	officeCloses = 17
)

// outOfHours reports whether the emergency duty team works, and nobody else does.
func outOfHours(cal *calendar.Calendar, at time.Time) bool {
	day := today(at)
	return !cal.IsWorkingDay(day) || at.Before(day.At(officeOpens, 0)) || !at.Before(day.At(officeCloses, 0))
}

// unsaidCompanions returns what was to be told with something and did not arrive though the other did: the step that it
// belongs to is passed, so that no agenda names it again. It goes when the other might, and waits for that in a.later, as does
// what was claimed and is still to be sent; once another step of the duty has come it no longer goes.
func (a *assessment) unsaidCompanions(f *caseFile) []casework.Notice {
	latest := map[string]time.Time{} // by duty
	for i := range f.notices {
		if r := &f.notices[i]; r.NominalAt.After(latest[r.Duty]) {
			latest[r.Duty] = r.NominalAt
		}
	}
	for i := range a.agenda.Send {
		if n := &a.agenda.Send[i]; n.At.After(latest[n.Duty]) {
			latest[n.Duty] = n.At
		}
	}
	var list []casework.Notice
	for i := range f.notices {
		r := &f.notices[i]
		if isCompanion(r.Role) && r.unfinished() && !r.carried() && casework.StopReason(a.agenda.Plan, r.notice(), a.at) == "" {
			a.waits(r.notice())
		}
		if !isCompanion(r.Role) || r.said(a.reachable) || r.NominalAt.Before(latest[r.Duty]) || !a.saidWithout(f, r) {
			continue
		}
		n := r.notice()
		listed := slices.ContainsFunc(a.agenda.Send, func(o casework.Notice) bool { return o.Key() == n.Key() })
		if _, ok := a.who.of(n.Role, n.Pathway, n.Ref); !ok || listed || casework.StopReason(a.agenda.Plan, n, a.at) != "" {
			continue
		}
		if !a.waits(n) {
			list = append(list, n)
		}
	}
	return list
}

// waits reports whether something may not be told yet, and then keeps it in a.later until it may.
func (a *assessment) waits(n casework.Notice) bool {
	d := a.agenda.Plan.Duty(n.Duty)
	if d == nil { // it was undone, which is told at once
		return false
	}
	at := a.who.book.MayTell(d, n.Kind, a.at)
	if !at.After(a.at) {
		return false
	}
	a.later = append(a.later, laterNotice{n, at})
	return true
}

// laterNotice is something that is told with something else, and from when on it may be.
type laterNotice struct {
	casework.Notice
	at time.Time
}

// toSend are a pathway's notices that were claimed and are still to be sent, as [caseFile.unfinished], without what has to wait.
func (a *assessment) toSend(f *caseFile, name string) []*noticeRow {
	return slices.DeleteFunc(f.unfinished(name), func(r *noticeRow) bool { return a.isLater(r.Key) })
}

func (a *assessment) isLater(key string) bool {
	return slices.ContainsFunc(a.later, func(n laterNotice) bool { return n.Key() == key })
}

// saidWithout reports whether the notice went with which a companion was to be told.
func (a *assessment) saidWithout(f *caseFile, companion *noticeRow) bool {
	return slices.ContainsFunc(f.notices, func(o noticeRow) bool {
		return !isCompanion(o.Role) && companion.sameThing(&o) && o.said(a.reachable)
	})
}

// withCompanions returns what is due with what is told with it: a copy, for somebody else, of what
// reminds the worker or tells them of another date, and out of hours of every step of a limit in hours, and that it is
// resolved where the duty team was told of one.
// Each copy is a notice of its own, which goes, fails and is noted by itself.
func (t *teller) withCompanions(due, told []casework.Notice) []casework.Notice {
	has := make(map[string]bool, len(told))
	for i := range told {
		has[told[i].Key()] = true
	}
	var list []casework.Notice
	for _, n := range due {
		list = append(list, n)
		for _, r := range t.told(n.Role, n.Pathway, n.Ref) {
			with := n
			with.Role = companions[r.Why]
			switch {
			case with.Role == "", n.Kind == casework.Resolved && !wasTold(told, &with):
				continue
			case n.Kind != casework.Moved && n.Kind != casework.Resolved:
				with.Kind = casework.Reminder
			}
			if key := with.Key(); !has[key] {
				has[key] = true
				list = append(list, with)
			}
		}
	}
	return list
}

// wasTold reports whether the duty team was told of a duty in its present spell: who was told with a worker knows from them
// that it is resolved.
func wasTold(told []casework.Notice, resolved *casework.Notice) bool {
	return resolved.Role == companions[organisation.OnDuty] && slices.ContainsFunc(told, func(o casework.Notice) bool {
		return o.Duty == resolved.Duty && o.Spell == resolved.Spell && o.Role == resolved.Role
	})
}

// staffEvents returns all events of people and teams: some hundreds in a council. One that cannot be read is
// passed over: every case hangs on the others.
func (s *Store) staffEvents(ctx context.Context, q querier) ([]casework.Event, error) {
	list, err := readable[recordedRow](ctx, s, q, "reading the people", `
		select source, id, type, at_day, at_instant, `+recordedAs("staff_events", "staff_event")+` as recorded,
			data, corrects, voids, recorded_by`, `staff_events where true`)
	if err != nil {
		return nil, err
	}
	events := make([]casework.Event, len(list))
	for i := range list {
		events[i] = list[i].event()
	}
	return events, nil
}

// Employed reports whether somebody of a staff reference works here.
func (s *Store) Employed(ctx context.Context, ref string) (bool, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return false, explain(err)
	}
	return dir.Person(ref).Employed(), nil
}

// Team reports whether a team of a reference is recorded.
func (s *Store) Team(ctx context.Context, ref string) (bool, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return false, explain(err)
	}
	_, formed := dir.Team(ref)
	return formed, nil
}

// recordPeople records events of people and teams, and plans again the cases for which
// they matter: those with a notice that nobody could be told, and those whose team they
// change.
func (s *Store) recordPeople(ctx context.Context, batch []admission.Event) (Recorded, error) {
	var out Recorded
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var err error
		out, err = s.writePeople(ctx, tx, batch)
		return err
	})
	if err != nil {
		out = Recorded{}
		out.leave("", len(batch))
		return out, err
	}
	// For a request the workers plan the cases that the events concern: what follows is not the key's doing, and may be the
	// whole queue. So they do where it cannot be done now.
	if InRequest(ctx) {
		return out, nil
	}
	if out.Nudges, err = s.replanQueued(ctx); err != nil {
		s.log.Warn().Err(err).Msg("people were recorded; a worker plans the cases that they concern")
	}
	return out, nil
}

func (s *Store) writePeople(ctx context.Context, tx pgx.Tx, batch []admission.Event) (Recorded, error) {
	var out Recorded
	var last *time.Time
	if err := tx.QueryRow(ctx, `select last_recorded from people for update`).Scan(&last); err != nil {
		return out, fmt.Errorf("locking the people: %w", err)
	}
	history, err := s.staffEvents(ctx, tx)
	if err != nil {
		return out, err
	}
	clock, err := s.readClock(ctx, tx)
	if err == nil {
		err = clock.err()
	}
	if err != nil {
		return out, err
	}
	now := s.caseTime(clock.wall)
	if last != nil && now.Before(*last) {
		now = last.UTC()
	}
	a := admission.Staff(history, batch, now)
	if ahead := s.aheadOf(now, clock.wall); ahead > 0 {
		a.RefuseAll(casework.CodeClockAhead, aheadWords("the record of people", now, ahead))
	}
	out.count(&a, caseRef{})
	if len(a.Added) == 0 {
		return out, nil
	}
	if err := insertStaff(ctx, tx, a.Added); err != nil {
		return out, err
	}
	if _, err := tx.Exec(ctx, `update people set revision = revision + 1, last_recorded = $1`, now); err != nil {
		return out, fmt.Errorf("recording the people: %w", err)
	}
	return out, queueConcerned(ctx, tx, concerned(history, a.Added))
}

// concerned are the staff references of new events and of the events that they correct or
// void.
func concerned(history []casework.Event, added []admission.Event) []string {
	targets := map[admission.ID]bool{}
	var events []casework.Event
	for i := range added {
		e := &added[i].Event
		events = append(events, *e)
		targets[admission.TargetOf(e)] = true
	}
	for i := range history {
		if targets[admission.IDOf(&history[i])] {
			events = append(events, history[i])
		}
	}
	return namedIn(events)
}

// queueConcerned queues the cases that a change among people may concern: those with a notice that nobody could be told, or
// that a channel could not take for one of them, whose address may have been corrected; and those whose team is that of a
// worker concerned.
func queueConcerned(ctx context.Context, tx pgx.Tx, staff []string) error {
	_, err := tx.Exec(ctx, `
		insert into replans (case_key, why, wake)
		select case_key, 'people changed', bool_or(wake) from (
			select case_key, false as wake from notices where state = 'undeliverable'
			union all
			select n.case_key, true from notices n join deliveries d on d.id = n.delivery where d.state = 'failed' and d.recipient = any($1::text[])
			union all
			select key, false from cases where team is null and worker = any($1::text[])
				and exists (select from pathways p where p.case_key = key and p.open)) concerned
		group by case_key order by case_key
		on conflict (case_key) do update -- also of one that is put aside
			set next_at = clock_timestamp(), wake = replans.wake or excluded.wake`, staff)
	if err != nil {
		return fmt.Errorf("queueing the cases that people concern: %w", err)
	}
	return nil
}

func insertStaff(ctx context.Context, tx pgx.Tx, added []admission.Event) error {
	list := make([]newRow, len(added))
	for i := range added {
		list[i] = newRowOf(&added[i].Event)
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the people: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into staff_events (source, id, type, at_day, at_instant, recorded, data, corrects, voids, recorded_by)
		select * from json_to_recordset($1::json) as n(source text, id text, type text, at_day date,
			at_instant timestamptz, recorded timestamptz, data jsonb, corrects text, voids text, recorded_by text)`, doc)
	if err != nil {
		return fmt.Errorf("writing the people: %w", err)
	}
	return nil
}

// namedIn returns the staff references that staff events name.
func namedIn(events []casework.Event) []string {
	var staff []string
	for i := range events {
		if ref := events[i].Data.Text("worker"); ref != "" {
			staff = append(staff, ref)
		}
	}
	return staff
}
