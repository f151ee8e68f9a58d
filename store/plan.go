package store

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/organisation"
	"longstop/pathway"
	"longstop/timescale"
)

// Plan folds a case as of now for one of its pathways, and returns the notices that are
// due to be sent now and how the pathway goes on once they are. The notices are noted as
// due, so that each can be claimed by its key; those that are due no longer are noted as
// not sent. Of many notices those with the highest stakes are returned, and the pathway wakes
// again at once for the rest. A note of a fault is taken away. Planning again without a change
// in between returns the same.
//
// ErrUnknown: the record has no such case, or the pathway was never open in it.
// ErrCaseFault: the case cannot be worked out, and is put aside.
func (s *Store) Plan(ctx context.Context, caseKey, name string) (pathway.Planned, error) {
	var planned pathway.Planned
	if !isKey(caseKey) {
		return planned, ErrUnknown
	}
	err := s.inLockedCase(ctx, caseKey, func(tx pgx.Tx, c *lockedCase) error {
		before, ok := c.file.pathways[name]
		if !ok {
			return ErrUnknown
		}
		made, err := s.assess(c.lockedCases, c.file, c.at)
		if err != nil {
			return err
		}
		send, err := s.offer(ctx, tx, c.file, made, name)
		if err != nil {
			return err
		}
		more := len(send) > sendsAWake
		if more {
			send = send[:sendsAWake]
			made.wakeAgain(name)
		}
		if err := clearFault(ctx, tx, &before); err != nil {
			return err
		}
		after, err := s.writePathway(ctx, tx, c, made, name, false)
		if err != nil {
			return err
		}
		planned = pathway.Planned{Send: send, Next: after.nudge()}
		if len(send) > 0 && !more {
			planned.Next = s.onceSent(planned.Next, c.file, made, name)
		}
		return nil
	})
	return planned, err
}

// isKey reports whether a text can be the key of anything in the record.
func isKey(s string) bool { return uuid.Validate(s) == nil }

// lockedCase is one case, locked, and the instant at which it is looked at.
type lockedCase struct {
	*lockedCases
	file *caseFile
	at   time.Time
}

// inLockedCase is inCase with the case locked and read, for what begins something: it fails
// where the program's clock differs from the database's.
func (s *Store) inLockedCase(ctx context.Context, key string, fn func(pgx.Tx, *lockedCase) error) error {
	return s.inCase(ctx, key, func(tx pgx.Tx) error {
		c, err := s.lockCase(ctx, tx, key)
		if err != nil {
			return err
		}
		if err := c.clock.err(); err != nil {
			return err
		}
		return fn(tx, c)
	})
}

// lockCase locks one case; ErrUnknown if the record has no case of that key.
func (s *Store) lockCase(ctx context.Context, tx pgx.Tx, key string) (*lockedCase, error) {
	cases, err := s.lockCases(ctx, tx, []string{key})
	if err != nil {
		return nil, err
	}
	for _, file := range cases.files {
		return &lockedCase{lockedCases: cases, file: file, at: file.at(cases.now)}, nil
	}
	return nil, ErrUnknown
}

// writePathway writes the duties of a case and one of its pathways, and returns the
// pathway as it is then. raise raises the case's revision though nothing that shows has
// changed: a notice was claimed.
func (s *Store) writePathway(ctx context.Context, tx pgx.Tx, c *lockedCase, made *assessment, name string, raise bool) (pathwayRow, error) {
	changes := []*change{{file: c.file, made: made, law: c.law, pathways: s.settle(c.file, made, name, raise), raise: raise}}
	if err := s.writeChanges(ctx, tx, &pgx.Batch{}, changes); err != nil {
		return pathwayRow{}, err
	}
	for _, row := range changes[0].pathways {
		c.file.pathways[row.Pathway] = row
	}
	return c.file.pathways[name], nil
}

// onceSent is how a pathway goes on if everything that is due goes. The record's own row
// says until then that something is still to be sent.
func (s *Store) onceSent(n pathway.Nudge, f *caseFile, made *assessment, name string) pathway.Nudge {
	wake := made.wake(f, name)
	n.Open = n.Display.OpenDuties > 0 || made.owes(name)
	n.Wake, n.WakeSummary = s.wall(wake.At), wake.Why
	return n
}

// offer notes what is due in a pathway, so that it can be claimed, and what is due no more. It
// returns what is to be sent, in the order of its stakes.
// What was claimed and not sent is offered again: whoever claimed it may be no more.
func (s *Store) offer(ctx context.Context, tx pgx.Tx, f *caseFile, made *assessment, name string) ([]pathway.Notice, error) {
	batch := &pgx.Batch{}
	var all []offered
	for _, r := range made.toSend(f, name) {
		all = append(all, offered{Notice: r.notice(), id: r.ID, failed: r.in.State == stateFailed, attempts: r.in.Attempts})
	}
	due := map[string]bool{}
	for _, n := range made.sends(name) {
		id := s.offerOne(batch, f.noticeByKey(n.Key()), n)
		due[n.Key()] = true
		all = append(all, offered{Notice: n, id: id})
	}
	slices.SortStableFunc(all, compareTries)
	if len(all) > sendsAWake {
		slices.SortFunc(all, compareStakes)
	}
	var send []pathway.Notice
	for i := range all {
		send = append(send, s.onWire(all[i].Notice, all[i].id))
	}
	for i := range made.agenda.Stopped {
		n := &made.agenda.Stopped[i]
		if n.Pathway == name && f.noticeByKey(n.Key()) == nil {
			s.insertNotice(batch, n.Notice, stateNotSent, n.Reason, made.at)
		}
	}
	for i := range f.notices {
		if r := &f.notices[i]; r.State == stateDue && r.Pathway == name && !due[r.Key] && made.keeps(r.Key) == "" {
			batch.Queue(`update notices set state = 'not_sent', reason = $2, claimed_at = $3 where id = $1`,
				r.ID, whyNot(made, r.notice()), made.at)
		}
	}
	if batch.Len() == 0 {
		return send, nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("noting what is due: %w", err)
	}
	return send, nil
}

// onWire is a notice as its pathway's workflow sees it.
func (s *Store) onWire(n casework.Notice, id string) pathway.Notice {
	return pathway.Notice{Key: id, CaseKey: n.Case, Pathway: n.Pathway, Escalation: escalates(n), Summary: s.composer.Summary(n)}
}

// offerOne notes that a notice is due, and returns its id: the one that it had before,
// where it had one.
func (s *Store) offerOne(batch *pgx.Batch, before *noticeRow, n casework.Notice) (id string) {
	if before != nil {
		if before.State != stateDue {
			batch.Queue(`update notices set state = 'due', reason = '', nominal_at = $2, missed = $3, delivery = null where id = $1`,
				before.ID, n.At, missed(n))
		}
		return before.ID
	}
	return s.insertNotice(batch, n, stateDue, "", time.Time{})
}

// insertNotice notes a notice for the first time.
func (s *Store) insertNotice(batch *pgx.Batch, n casework.Notice, state, reason string, decided time.Time) (id string) {
	id = uuid.NewString()
	batch.Queue(`
		insert into notices (id, case_key, key, pathway, duty, ref, due, rung, role, kind, spell, missed, nominal_at, state, reason,
			claimed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		id, n.Case, n.Key(), n.Pathway, n.Duty, n.Ref, n.Due, n.Rung, string(n.Role), string(n.Kind), n.Spell,
		missed(n), n.At, state, reason, pointer(decided))
	return id
}

func missed(n casework.Notice) []string {
	if n.Missed == nil {
		return []string{}
	}
	return n.Missed
}

// whyNot says why a notice that was due is not to be sent as things stand.
func whyNot(made *assessment, n casework.Notice) string {
	if why := casework.StopReason(made.agenda.Plan, n, made.at); why != "" {
		return why
	}
	return "its time is over: what is due now is told instead, or goes at the next 09:00 of a working day"
}

// Faulted notes that a pathway could not be planned or a notice not sent, so that every
// list and summary shows it. The next good Plan takes the note away. ErrUnknown: the
// record has no such pathway.
func (s *Store) Faulted(ctx context.Context, caseKey, name, reason string) error {
	if !isKey(caseKey) {
		return ErrUnknown
	}
	if reason == "" {
		reason = "an activity failed"
	}
	return explain(s.inTx(ctx, func(tx pgx.Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return fmt.Errorf("noting a fault: %w", err)
		}
		return faulted(ctx, tx, caseKey, name, reason, now)
	}))
}

func faulted(ctx context.Context, tx pgx.Tx, caseKey, name, reason string, at time.Time) error {
	tag, err := tx.Exec(ctx, `
		update pathways set faulted_at = coalesce(faulted_at, $4),
			fault = case when starts_with(fault, $5) then fault else left($3, 500) end -- why it is put aside says more
		where case_key = $1 and pathway = $2`, caseKey, name, reason, at, asideWords)
	switch {
	case err != nil:
		return fmt.Errorf("noting a fault: %w", err)
	case tag.RowsAffected() == 0:
		return ErrUnknown
	}
	return nil
}

func clearFault(ctx context.Context, tx pgx.Tx, row *pathwayRow) error {
	if row.Fault == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `update pathways set fault = '', faulted_at = null where case_key = $1 and pathway = $2`,
		row.CaseKey, row.Pathway)
	return err
}

// assessment is what follows at an instant from what the record holds of a case. It is
// pure: nothing is written.
type assessment struct {
	say    Composer
	at     time.Time
	who    *teller
	alloc  organisation.Allocation
	team   string
	told   []casework.Notice
	agenda *casework.Agenda
	held   []casework.Notice // due, and kept for tomorrow: see hold
	later  []laterNotice     // see unsaidCompanions
	// heldInHours: one of them is an escalation of a limit in hours.
	heldInHours bool
	// reachable reports of a notice whether anybody could be told.
	reachable func(*noticeRow) bool
	states    []pathwayRow // every pathway that is or was open, by name; revisions not set
}

// assess folds a case and works out for each pathway whether it is open, when it must next
// wake and what it shows.
func assess(say Composer, l *law, dir *organisation.Directory, f *caseFile, at time.Time) *assessment {
	a := &assessment{say: say, at: at}
	a.who = &teller{dir: dir, book: l.book, who: organisation.CaseOf(f.events), at: at, unreachable: f.refused}
	a.alloc = a.who.who.Allocation
	a.team = dir.TeamOf(a.alloc)
	a.reachable = func(r *noticeRow) bool {
		_, ok := a.who.of(timescale.Role(r.Role), r.Pathway, r.Ref)
		return ok
	}
	a.told = byThen(told(f.notices, a.reachable), at)
	a.agenda = l.book.AgendaAfter(f.folded, f.events, a.told, at)
	a.agenda.Send = a.who.withCompanions(a.agenda.Send, a.told)
	a.agenda.Send = append(a.agenda.Send, a.unsaidCompanions(f)...)
	a.hold(l, f)
	for _, name := range a.pathwayNames(f) {
		if row, ever := a.state(l, f, name); ever {
			a.states = append(a.states, row)
		}
	}
	return a
}

func (a *assessment) pathwayNames(f *caseFile) []string {
	names := map[string]bool{}
	for i := range a.agenda.Plan.Duties {
		names[a.agenda.Plan.Duties[i].Pathway] = true
	}
	for i := range a.agenda.Send {
		names[a.agenda.Send[i].Pathway] = true
	}
	for i := range a.held {
		names[a.held[i].Pathway] = true
	}
	for name := range a.agenda.Owed {
		names[name] = true
	}
	for name := range f.pathways {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// state is how a pathway stands; ever is false for one that is not open and never was.
func (a *assessment) state(l *law, f *caseFile, name string) (row pathwayRow, ever bool) {
	before, ever := f.pathways[name]
	row = pathwayRow{
		CaseKey: f.key, Pathway: name,
		Display: a.say.Display(l.book, name, a.agenda.Plan, a.team, a.alloc.Worker, a.at),
	}
	due := a.dueNow(f, name)
	row.Open = row.Display.OpenDuties > 0 || a.owes(name) || due != ""
	if !row.Open {
		return row, ever
	}
	wake := a.wake(f, name)
	at, why := wake.At, wake.Why
	if due != "" {
		// Something is to be sent now: the pathway wakes now, or is at it already.
		at, why = a.at, due
		if before.Open && before.Wake != nil && !before.Wake.After(a.at) {
			at, why = before.Wake.UTC(), before.WakeWhy
		}
	}
	if !at.IsZero() {
		at = ceilMicro(at)
		row.Wake, row.WakeWhy = &at, why
	}
	return row, true
}

// dueNow says what a pathway has to send now: what is due, or what was claimed and is
// still to be sent; "" where that is nothing.
func (a *assessment) dueNow(f *caseFile, name string) string {
	if unfinished := a.toSend(f, name); len(unfinished) > 0 {
		return a.say.Summary(unfinished[0].notice())
	}
	if sends := a.sends(name); len(sends) > 0 {
		return a.say.Summary(sends[0])
	}
	return ""
}

func (a *assessment) sends(name string) []casework.Notice {
	var list []casework.Notice
	for _, n := range a.agenda.Send {
		if n.Pathway == name {
			list = append(list, n)
		}
	}
	return list
}

// changed reports whether a pathway's workflow must be told: what it wakes for or shows has
// changed. A pathway that was closed and stays so says nothing.
func changed(before, after *pathwayRow) bool {
	if !before.Open && !after.Open {
		return false
	}
	return before.Open != after.Open || !instant(before.Wake).Equal(instant(after.Wake)) ||
		before.WakeWhy != after.WakeWhy || !sameDisplay(before.Display, after.Display)
}

// ceilMicro rounds up to what Postgres keeps, so that nothing wakes too early.
func ceilMicro(t time.Time) time.Time {
	cut := t.UTC().Truncate(time.Microsecond)
	if cut.Before(t) {
		return cut.Add(time.Microsecond)
	}
	return cut
}

// settle turns an assessment into the rows that changed, under a new revision of the case.
// only limits it to one pathway; "" is all. force takes unchanged open pathways as well.
func (s *Store) settle(f *caseFile, a *assessment, only string, force bool) []pathwayRow {
	var list []pathwayRow
	for i := range a.states {
		after := a.states[i]
		if only != "" && after.Pathway != only {
			continue
		}
		before := f.pathways[after.Pathway]
		after.Fault = standingFault(before.Fault)
		if !changed(&before, &after) && (!force || !after.Open) {
			continue
		}
		after.WallWake = pointer(s.wall(instant(after.Wake)))
		after.Epoch, after.Revision = f.epoch, f.revision+1
		list = append(list, after)
	}
	return list
}

// nudgesOf are the nudges of rows that changed.
func nudgesOf(list []pathwayRow) []pathway.Nudge {
	nudges := make([]pathway.Nudge, len(list))
	for i := range list {
		nudges[i] = list[i].nudge()
	}
	return nudges
}

// sameDisplay compares two displays by what they say.
func sameDisplay(a, b pathway.Display) bool {
	return a.Label == b.Label && a.Team == b.Team && a.Worker == b.Worker && a.DueAt.Equal(b.DueAt) && a.Rag == b.Rag &&
		a.OpenDuties == b.OpenDuties && a.OverdueDuties == b.OverdueDuties && a.LocalDuties == b.LocalDuties &&
		slices.Equal(a.OverdueRefs, b.OverdueRefs) && a.Table == b.Table
}

// assessAll assesses cases on every processor, and keeps the order of the files.
// raise raises every case's revision; force takes every open pathway, changed or not.
func (s *Store) assessAll(cases *lockedCases, files []*caseFile, raise, force bool) []*change {
	changes := make([]*change, len(files))
	if len(files) == 1 {
		changes[0] = s.assessOne(cases, files[0], raise, force)
		return changes
	}
	eachParallel(files, func(i int, f *caseFile) { changes[i] = s.assessOne(cases, f, raise, force) })
	return changes
}

// eachParallel calls f with each element and its index, on every processor, and returns when all
// calls have. A call that panics panics where all were asked for, where it is recovered, and not in a goroutine of its own, which would end
// the program.
func eachParallel[T any](list []T, f func(int, T)) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	var failed atomic.Pointer[any]
	for i, x := range list {
		group.Go(func() error {
			defer func() {
				if p := recover(); p != nil {
					failed.CompareAndSwap(nil, &p)
				}
			}()
			f(i, x)
			return nil
		})
	}
	_ = group.Wait() //nolint:errcheck // no call returns an error
	if p := failed.Load(); p != nil {
		panic(*p)
	}
}

// assessOne assesses one case, or puts it aside where that cannot be done.
func (s *Store) assessOne(cases *lockedCases, f *caseFile, raise, force bool) *change {
	begun := casetime.WallNow()
	made, err := s.assess(cases, f, f.at(cases.now))
	f.took += casetime.WallNow().Sub(begun)
	if fault := faultOf(f.key, err); fault != nil {
		return s.aside(f, cases.law, fault, f.at(cases.now), raise, force)
	}
	return &change{
		file: f, made: made, law: cases.law, recorded: f.recorded, queue: true, raise: raise, whole: true,
		pathways: s.settle(f, made, "", force),
	}
}

// assess is assess under guard: the error is a *CaseFaultError.
func (s *Store) assess(cases *lockedCases, f *caseFile, at time.Time) (*assessment, error) {
	if why := f.whyAhead(); why != "" {
		return nil, &CaseFaultError{f.key, why}
	}
	made, err := guard(s, f.key, func() *assessment { return assess(s.composer, cases.law, cases.dir, f, at) })
	if err == nil && made.agenda.Plan.TooMany {
		return nil, &CaseFaultError{f.key, "it has " + casework.TooManyReason}
	}
	return made, err
}

// FoldWith folds the case that a source refers to by a reference as of an instant, as it is and as
// it would be with some more events of that source, recorded then. Nothing is written. ErrUnknown
// as in Events; ErrCaseFault: it cannot be worked out.
func (s *Store) FoldWith(ctx context.Context, source, reference string, more []casework.Event, asOf time.Time) (before, after *casework.Plan, err error) {
	key, err := s.caseKey(ctx, source, reference)
	if err != nil {
		return nil, nil, err
	}
	events, err := s.eventsOfCase(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	book, m := s.Book(), casework.Moment{AsOf: asOf}
	events = oneCase(events, reference)
	if before, err = guard(s, key, func() *casework.Plan { return book.Fold(events, m) }); err != nil {
		return nil, nil, err
	}
	with := slices.Clone(events)
	for _, e := range more {
		e.Source, e.Case, e.Recorded = source, reference, asOf
		with = append(with, e)
	}
	after, err = guard(s, key, func() *casework.Plan { return book.Fold(with, m) })
	return before, after, err
}

// morningHour is the hour of the day, in London, at which what waits for a person is looked
// at again.
const morningHour = 9

// nextMorning is the first 09:00 in London after an instant, of any day.
func nextMorning(at time.Time) time.Time {
	day := calendar.DateOf(at)
	if first := day.At(morningHour, 0); first.After(at) {
		return first
	}
	return day.AddDays(1).At(morningHour, 0)
}

// owes reports whether a pathway has still something to say, or to open, though no duty may
// be open.
func (a *assessment) owes(name string) bool {
	return a.agenda.Owed[name] || a.holds(name)
}

// wake is when a pathway must be looked at again if everything that is due goes: for what
// comes next; each morning, and when a refusal ends, while nobody can be told of a notice; the
// next morning for what is held until then.
func (a *assessment) wake(f *caseFile, name string) casework.Wake {
	wake := a.agenda.Wakes[name]
	add := func(at time.Time, why string) {
		if at.After(a.at) && (wake.At.IsZero() || at.Before(wake.At)) {
			wake = casework.Wake{At: at, Why: why}
		}
	}
	if n := a.untold(f, name); n != nil {
		add(nextMorning(a.at), "nobody could be told: "+n.Ref)
		add(f.refusedUntil, "an address is tried again: "+n.Ref)
	}
	for i := range a.later {
		if n := &a.later[i]; n.Pathway == name {
			add(n.at, a.say.Summary(n.Notice))
		}
	}
	if a.holds(name) {
		add(nextMorning(a.at), "tell what is kept for the morning")
		if a.heldInHours {
			add(calendar.DateOf(a.at).AddDays(1).Start(), "tell what is kept for the next day")
		}
	}
	return wake
}

// untold returns a notice of a pathway that nobody can be told of, and that is still true;
// nil without one.
func (a *assessment) untold(f *caseFile, name string) *noticeRow {
	for i := range f.notices {
		r := &f.notices[i]
		if r.Pathway == name && r.State == stateUndeliverable && !a.reachable(r) && casework.StopReason(a.agenda.Plan, r.notice(), a.at) == "" {
			return r
		}
	}
	return nil
}

// wakeAgain makes a pathway wake again at once: just after this instant, so that its workflow
// sees that this is another wake.
func (a *assessment) wakeAgain(name string) {
	for i := range a.states {
		if row := &a.states[i]; row.Pathway == name && row.Open {
			row.Wake = pointer(ceilMicro(a.at.Add(time.Millisecond)))
		}
	}
}
