package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/pathway"
)

// One case must not stop the others. Whatever is worked out about a case runs under guard,
// which turns a panic, and work that does not end, into a CaseFaultError. A case with a fault is
// put aside: its events are kept, its fault is shown, and it is tried again.

// ErrCaseFault says that a case cannot be worked out, though the record can be reached. Match
// it with errors.Is; the error is a *CaseFaultError.
var ErrCaseFault = errors.New("the case could not be worked out")

// CaseFaultError says which case could not be worked out, and why. It holds nothing of what the
// record holds of the case.
type CaseFaultError struct {
	CaseKey string
	Why     string // "panic in casework.overlap (windows.go:60): index out of range"
}

func (e *CaseFaultError) Error() string {
	return fmt.Sprintf("%v: case %s: %s", ErrCaseFault, e.CaseKey, e.Why)
}

// Is reports whether the target is ErrCaseFault.
func (e *CaseFaultError) Is(target error) bool { return target == ErrCaseFault }

// workLimit is how long one piece of work on one case may take: less than an activity's
// attempt, and a thousand times what the longest real case takes.
const workLimit = 10 * time.Second

// guard runs work on one case, and returns a *CaseFaultError where it panics or takes longer
// than workLimit. Work that does not end goes on by itself, since nothing can stop it: it must
// touch nothing that is used afterwards. Until it ends, no more of its case is begun.
func guard[T any](s *Store, key string, work func() T) (T, error) {
	var none T
	if _, stuck := s.stuck.Load(key); stuck {
		return none, &CaseFaultError{key, "an earlier attempt to work it out has not ended yet"}
	}
	type outcome struct {
		made T
		err  error
	}
	ended := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if p := recover(); p != nil {
				o.err = s.panicked(key, p)
			}
			ended <- o
		}()
		if s.beforeWork != nil {
			s.beforeWork(key)
		}
		o.made = work()
	}()
	timer := time.NewTimer(s.workLimit)
	defer timer.Stop()
	select {
	case o := <-ended:
		return o.made, o.err
	case <-timer.C:
	}
	s.stuck.Store(key, struct{}{})
	go func() {
		<-ended
		s.stuck.Delete(key)
	}()
	return none, &CaseFaultError{key, fmt.Sprintf("it took longer than %v to work out", s.workLimit)}
}

// panicked makes a fault of a panic, and logs its stack the first time that one happens at
// that place. It is called by the deferred function that recovers.
func (s *Store) panicked(key string, value any) error {
	place := panicPlace()
	why := "panic in " + place
	var failed runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &failed) {
		why += ": " + strings.TrimPrefix(failed.Error(), "runtime error: ")
	} // what a program's own panic says may quote the case
	if _, known := s.panics.LoadOrStore(place, struct{}{}); !known {
		s.log.Error().Str("case", key).Str("fault", why).Bytes("stack", debug.Stack()).Msg("working out a case panicked")
	}
	return &CaseFaultError{key, why}
}

// panicPlace is the function, file and line that panicked: the first that is not the
// runtime's, counted from where the panic began.
func panicPlace() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers[:])])
	begun := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			begun = true
		case begun && !strings.HasPrefix(f.Function, "runtime."):
			return fmt.Sprintf("%s (%s:%d)", filepath.Base(f.Function), filepath.Base(f.File), f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// faultOf is the fault of a case that made a transaction about this case alone fail; nil
// where the error does not come from the case.
func faultOf(key string, err error) *CaseFaultError {
	var shared *everyCaseError
	var fault *CaseFaultError
	var coded *pgconn.PgError
	var scan pgx.ScanArgError
	var unwritable *json.MarshalerError
	var unsupported *json.UnsupportedValueError
	switch {
	case err == nil, errors.As(err, &shared):
		return nil
	case errors.As(err, &fault) && fault.CaseKey == "":
		return &CaseFaultError{key, fault.Why}
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &coded):
		if slowOrHeld(coded.Code) || !ofData(coded.Code) {
			return nil
		}
		return &CaseFaultError{key, "what follows from it cannot be written: SQLSTATE " + coded.Code}
	case errors.As(err, &scan):
		return &CaseFaultError{key, "what the record holds of it cannot be read: column " + scan.FieldName}
	case errors.As(err, &unwritable), errors.As(err, &unsupported): // a date beyond the year 9999, or not a number
		return &CaseFaultError{key, "what follows from it cannot be written as JSON"}
	}
	return nil
}

// everyCaseError is an error of what every case hangs on, and not of the case at which it was met.
type everyCaseError struct{ err error }

func (e *everyCaseError) Error() string { return e.err.Error() }
func (e *everyCaseError) Unwrap() error { return e.err }

// ofEveryCase marks an error as one of no single case, but for one of the moment, after which others may be tried.
func ofEveryCase(err error) error {
	var coded *pgconn.PgError
	if errors.As(err, &coded) && slowOrHeld(coded.Code) {
		return err
	}
	return &everyCaseError{err}
}

// recovering runs a transaction, and makes a fault of a panic in what is not worked out under guard, so that it is
// found whose it is, and ends no program. The key is that of the one case that it is about; "" where it is about several,
// or the key is not known.
func (s *Store) recovering(key string, run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.panicked(key, p)
		}
	}()
	return run()
}

// mayBeOfOneCase reports whether a transaction about several cases may have failed because
// of one of them, so that the others are worth a try without it.
func mayBeOfOneCase(err error) bool {
	var shared *everyCaseError
	if errors.As(err, &shared) {
		return false
	}
	if errors.Is(err, errTakenAway) {
		return true
	}
	var coded *pgconn.PgError
	if errors.As(err, &coded) {
		return slowOrHeld(coded.Code) || ofData(coded.Code)
	}
	return faultOf("", err) != nil
}

// isHeld reports whether something waited too long for a lock.
func isHeld(err error) bool {
	var coded *pgconn.PgError
	return errors.As(err, &coded) && coded.Code == codeLockNotAvailable
}

// slowOrHeld: a statement took too long, or waited too long for a lock; or the work between
// two statements took too long, as that on many slow cases together does.
func slowOrHeld(code string) bool {
	return code == codeQueryCanceled || code == codeLockNotAvailable || code == codeIdleInTransaction
}

// ofData: the database refused a value or a row, or found one broken.
func ofData(code string) bool {
	for _, class := range []string{"21", "22", "23", "54", "P0", "XX001"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

const (
	codeQueryCanceled     = "57014"
	codeLockNotAvailable  = "55P03"
	codeIdleInTransaction = "25P03"
)

// A case with a fault is put aside:
//
//   - its events stay, and new ones are accepted; its duties and wakes stay as they last were;
//   - cases.fault says why, and so do its open pathways, whose workflows are nudged to
//     show it;
//   - replans holds it, to be tried again after 1, 2, 4 … minutes, at most an hour; it is
//     also tried by every event, by every adoption and by every worker that starts;
//   - once it can be worked out again, planning it takes the fault away.

const (
	// asideWords begin the fault of every pathway of a case that is put aside. Other
	// faults are those of activities.
	asideWords = "the case could not be worked out: "
	// asideLabel begins what such a pathway's workflow shows: the rest is how it stood.
	asideLabel = "FAULT, last known: "
	// maxFault is how long the reason of a fault may be, in bytes.
	maxFault = 400
)

// aside is the change of a case that is put aside. force also takes pathways that show the
// fault already; raise raises the revision in any case.
func (s *Store) aside(f *caseFile, l *law, fault *CaseFaultError, at time.Time, raise, force bool) *change {
	why := cut(fault.Why, maxFault)
	s.log.Error().Str("case", f.key).Str("fault", why).Msg("a case is put aside: its timescales keep to what was last worked out, and it is tried again")
	return &change{
		file: f, law: l, recorded: f.recorded, queue: true, raise: raise,
		fault: why, faultAt: at, pathways: f.asideRows(why, force),
	}
}

// asideRows are the open pathways of a case that is put aside, under a new revision.
func (f *caseFile) asideRows(why string, force bool) []pathwayRow {
	var list []pathwayRow
	for _, name := range sortedKeys(f.pathways) {
		before := f.pathways[name]
		if !before.Open {
			continue
		}
		after := before
		after.Fault = asideWords + why
		after.Display.Rag = pathway.Fault
		after.Display.Label = asideLabel + strings.TrimPrefix(before.Display.Label, asideLabel)
		if !force && after.Fault == before.Fault && sameDisplay(before.Display, after.Display) {
			continue
		}
		after.Epoch, after.Revision = f.epoch, f.revision+1
		list = append(list, after)
	}
	return list
}

// standingFault is the fault that a pathway of a case keeps when the case is worked out: an
// activity's. Only a good run of the activity takes that away.
func standingFault(before string) string {
	if strings.HasPrefix(before, asideWords) {
		return ""
	}
	return before
}

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// putAside puts a case aside in a transaction of its own, after one that failed because of
// it.
func (s *Store) putAside(ctx context.Context, fault *CaseFaultError) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error { return s.putAsideIn(ctx, tx, fault, false) })
	if err != nil {
		return fmt.Errorf("putting the case %s aside: %w", fault.CaseKey, err)
	}
	return nil
}

// putAsideIn reads as little of the case as it can: what cannot be read may be why.
func (s *Store) putAsideIn(ctx context.Context, tx pgx.Tx, fault *CaseFaultError, force bool) error {
	f := &caseFile{key: fault.CaseKey, pathways: map[string]pathwayRow{}}
	err := tx.QueryRow(ctx, `select revision from cases where key = $1 for no key update`, f.key).Scan(&f.revision)
	if err == nil { // once the lock is held
		err = tx.QueryRow(ctx, `select epoch from epoch`).Scan(&f.epoch)
	}
	if err != nil {
		return unknownIfNone(err)
	}
	now, err := s.now(ctx, tx)
	if err != nil {
		return err
	}
	list, err := rows[pathwayRow](ctx, tx, "reading the pathways", selectPathways+` where case_key = $1`, f.key)
	if err != nil {
		return err
	}
	for _, r := range list {
		f.pathways[r.Pathway] = r
	}
	return s.writeChanges(ctx, tx, &pgx.Batch{}, []*change{s.aside(f, nil, fault, now, false, force)})
}

// queueAsides queues the writing of cases that are put aside, and when they are tried again.
func queueAsides(batch *pgx.Batch, asides []*change) error {
	if len(asides) == 0 {
		return nil
	}
	type row struct {
		CaseKey  string          `json:"case_key"`
		Pathway  string          `json:"pathway"`
		Epoch    int64           `json:"epoch"`
		Revision int64           `json:"revision"`
		Display  pathway.Display `json:"display"`
		Fault    string          `json:"fault"`
		At       time.Time       `json:"at"`
	}
	var shown []row
	n := len(asides)
	keys, whys, raised := make([]string, n), make([]string, n), make([]int32, n)
	recorded, at := make([]*time.Time, n), make([]time.Time, n)
	for i, c := range asides {
		for j := range c.pathways {
			p := &c.pathways[j]
			shown = append(shown, row{p.CaseKey, p.Pathway, p.Epoch, p.Revision, p.Display, p.Fault, c.faultAt})
		}
		keys[i], whys[i], at[i], recorded[i] = c.file.key, c.fault, c.faultAt, pointer(c.recorded)
		if c.raised() {
			raised[i] = 1
		}
	}
	if shown != nil {
		doc, err := json.Marshal(shown)
		if err != nil {
			return fmt.Errorf("writing the pathways: %w", err)
		}
		batch.Queue(`
			update pathways p set epoch = n.epoch, revision = n.revision, display = n.display, fault = n.fault,
				faulted_at = coalesce(p.faulted_at, n.at), updated = now()
			from json_to_recordset($1::json) as n(case_key uuid, pathway text, epoch bigint, revision bigint, display jsonb, fault text, at timestamptz)
			where p.pathway = n.pathway and p.case_key = n.case_key`, doc)
	}
	batch.Queue(`
		update cases c set revision = c.revision + n.raised, last_recorded = greatest(c.last_recorded, n.recorded),
			fault = n.why, faulted_at = coalesce(c.faulted_at, n.at)
		from unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[], $5::timestamptz[]) as n(key, raised, recorded, why, at)
		where c.key = n.key`, keys, raised, recorded, whys, at)
	batch.Queue(`
		insert into replans (case_key, why, attempts, next_at)
		select key, 'it could not be worked out', 1, clock_timestamp() + interval '1 minute'
		from unnest($1::uuid[]) as n(key) order by key
		on conflict (case_key) do update set why = excluded.why, attempts = replans.attempts + 1,
			next_at = clock_timestamp() + least(interval '1 hour', interval '1 minute' * power(2, least(replans.attempts, 10)))`, keys)
	return nil
}

// splitAsides parts changes into those of cases that were worked out and those that are
// put aside.
func splitAsides(changes []*change) (worked, asides []*change) {
	for _, c := range changes {
		if c.made == nil {
			asides = append(asides, c)
		} else {
			worked = append(worked, c)
		}
	}
	return worked, asides
}

// retryFaults leaves out those that somebody is trying just now.
const retryFaults = `update replans set next_at = clock_timestamp() where case_key in (
	select case_key from replans where attempts > 0 for update skip locked)`

// RetryFaults lets every case that was put aside be tried again now: a release may mend it.
// It returns how many there are.
func (s *Store) RetryFaults(ctx context.Context) (int, error) {
	tag, err := s.pool.Exec(ctx, retryFaults)
	if err != nil {
		return 0, fmt.Errorf("trying again what was put aside: %w", explain(err))
	}
	return int(tag.RowsAffected()), nil
}

// CountPutAside is how many cases could not be worked out.
func (s *Store) CountPutAside(ctx context.Context) (n int, err error) {
	err = s.loops.QueryRow(ctx, `select count(*) from cases where fault <> ''`).Scan(&n)
	return n, explain(err)
}

// PutAside is a case that could not be worked out.
type PutAside struct {
	CaseKey   string    `json:"-"`
	Reference string    `json:"case"` // the one that people are shown
	Fault     string    `json:"fault"`
	Since     time.Time `json:"since"` // case time
}

// PutAsides lists the cases that could not be worked out, the longest first.
func (s *Store) PutAsides(ctx context.Context) ([]PutAside, error) {
	list, err := rows[PutAside](ctx, s.pool, "reading what was put aside", `
		select c.key::text as case_key, c.fault, c.faulted_at as since,
			coalesce((select r.reference from case_references r where r.case_key = c.key order by n limit 1), '') as reference
		from cases c where c.fault <> '' order by c.faulted_at, c.key`)
	for i := range list {
		list[i].Since = list[i].Since.UTC()
	}
	return list, explain(err)
}

// A case whose last event was recorded in the database's future was recorded by another
// clock: the database's own was set, or the record came from another host. Folded as of
// then it would raise false alarms, and folded as of now the true ones would wait. So
// nothing more is recorded in it, and it is put aside, until the clock has come
// there, or until somebody says when those events were recorded: see MendRecordingTimes.

// recordedAs is when an event, or a staff event, is read as recorded. table is what the
// statement calls its table, column that of recording_times which names it.
func recordedAs(table, column string) string {
	return fmt.Sprintf(`case when exists (select from recording_times) -- looked at once, and hardly ever so
		then least(%[1]s.recorded, (select min(t.recorded) from recording_times t where t.%[2]s = %[1]s.seq)) else %[1]s.recorded end`, table, column)
}

// aheadOf is how far an instant of recording lies in the future of a wall instant; zero where
// it does not, or by no more than clocks may differ.
func (s *Store) aheadOf(recorded, wall time.Time) time.Duration {
	if !recorded.After(s.latest(wall)) {
		return 0
	}
	return recorded.Sub(s.caseTime(wall))
}

// latest is the last instant of recording that can be right at a wall instant. Case time may
// run fast.
func (s *Store) latest(wall time.Time) time.Time {
	now, reach := s.caseTime(wall).Add(MostApart), s.caseTime(wall.Add(MostApart))
	if reach.After(now) {
		return reach
	}
	return now
}

// aheadWords says why nothing is recorded in a case, or among the people, and what to do.
func aheadWords(what string, last time.Time, ahead time.Duration) string {
	return fmt.Sprintf("what %s holds was recorded at %s, which is %s after the database's present: a clock was wrong. "+
		"Set the database's clock right, and if it is, see `starter mend-recorded`", what, last.UTC().Format(time.RFC3339), roughly(ahead))
}

// RecordedAhead is a case of which something was recorded in the database's future.
type RecordedAhead struct {
	Reference    string // the one that people are shown; "" of people and teams
	Events       int
	LastRecorded time.Time
}

// RecordedAhead lists the cases, and the people as a whole, that hold events which were
// recorded in the database's future.
func (s *Store) RecordedAhead(ctx context.Context) ([]RecordedAhead, error) {
	clock, err := s.readClock(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	list, err := rows[RecordedAhead](ctx, s.pool, "looking for what was recorded in the future", `
		select '' as reference, count(*)::integer as events, max(r.recorded) as last_recorded
		from (select `+recordedAs("e", "staff_event")+` as recorded from staff_events e where e.recorded > $1) r
		where r.recorded > $1 having count(*) > 0
		union all
		select coalesce((select f.reference from case_references f where f.case_key = r.case_key order by f.n limit 1), ''),
			count(*)::integer, max(r.recorded)
		from (
			select e.case_key, `+recordedAs("e", "event")+` as recorded from cases c join events e on e.case_key = c.key
			where c.last_recorded > $1 and e.recorded > $1
		) r
		where r.recorded > $1 group by r.case_key order by reference`, s.latest(clock.wall))
	for i := range list {
		list[i].LastRecorded = list[i].LastRecorded.UTC()
	}
	return list, explain(err)
}

// Mend says as of when events that were recorded in the database's future are to be read as
// recorded. All of it but Recorded is required.
type Mend struct {
	Recorded time.Time // case time, not in the future; zero: the present
	Reason   string
	By       string
}

// MendRecordingTimes has every event that was recorded in the database's future be read as
// recorded at an instant: in each case not before its last event that was not. It keeps who
// says so and why, queues the cases to be planned again, and returns what it mended. The
// events themselves stay. It works in short transactions; running it again changes nothing.
func (s *Store) MendRecordingTimes(ctx context.Context, m Mend) ([]RecordedAhead, error) {
	if err := (Law{Reason: m.Reason, By: m.By}).explained(); err != nil {
		return nil, err
	}
	found, err := s.RecordedAhead(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.nowToWrite(ctx, s.pool)
	switch {
	case err != nil:
		return nil, err
	case m.Recorded.IsZero():
		m.Recorded = now
	case m.Recorded.After(now):
		return nil, refusedf("%s is after the database's present, %s: name an instant that has passed",
			m.Recorded.UTC().Format(time.RFC3339), now.Format(time.RFC3339))
	}
	if err := s.inTx(ctx, func(tx pgx.Tx) error { return s.mendPeople(ctx, tx, m, now) }); err != nil {
		return nil, err
	}
	for {
		n, err := s.mendSome(ctx, m, now)
		if err != nil || n == 0 {
			return found, err
		}
	}
}

// mendPeople mends when people were recorded. What is to be mended, here and in mendSome, is
// found by the clock as it is once the locks are held: what somebody has recorded since the
// mending began was recorded by a clock that is right.
func (s *Store) mendPeople(ctx context.Context, tx pgx.Tx, m Mend, now time.Time) error {
	if _, err := tx.Exec(ctx, `select from people for update`); err != nil {
		return fmt.Errorf("locking the people: %w", err)
	}
	clock, err := s.readClock(ctx, tx)
	if err != nil {
		return err
	}
	latest, batch := s.latest(clock.wall), &pgx.Batch{}
	queueMend(batch, `from staff_events e where e.recorded > $1`, "staff_event", "true", m, latest, now)
	batch.Queue(`update people set revision = revision + 1,
			last_recorded = (select max(`+recordedAs("e", "staff_event")+`) from staff_events e)
		where last_recorded > $1`, latest)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("mending when people were recorded: %w", err)
	}
	return nil
}

// mendSome mends a chunk of the cases, in the order of their keys, and returns how many.
func (s *Store) mendSome(ctx context.Context, m Mend, now time.Time) (n int, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		clock, err := s.readClock(ctx, tx)
		if err != nil {
			return err
		}
		r, err := tx.Query(ctx, `select key::text from cases where last_recorded > $1 order by key limit $2 for no key update`,
			s.latest(clock.wall), replanChunk)
		if err != nil {
			return err
		}
		keys, err := pgx.CollectRows(r, pgx.RowTo[string])
		if n = len(keys); err != nil || n == 0 {
			return err
		}
		if clock, err = s.readClock(ctx, tx); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		queueMend(batch, `from events e where e.case_key = any($6::uuid[]) and e.recorded > $1`, "event", "o.case_key = e.case_key",
			m, s.latest(clock.wall), now, keys)
		batch.Queue(`update cases c set last_recorded = (select max(`+recordedAs("e", "event")+`) from events e where e.case_key = c.key)
			where c.key = any($1::uuid[])`, keys)
		batch.Queue(`insert into replans (case_key, why) select key, 'when it was recorded was mended' from unnest($1::uuid[]) as n(key) order by key
			on conflict (case_key) do update set next_at = clock_timestamp()`, keys)
		return tx.SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return 0, fmt.Errorf("mending when cases were recorded: %w", err)
	}
	return n, nil
}

// queueMend queues the writing of recording times. $1 is the last instant that can be right,
// $2 the one that was given; of what belongs together nothing is read as recorded before what comes earlier.
func queueMend(batch *pgx.Batch, from, column, together string, m Mend, latest, now time.Time, more ...any) {
	table := strings.Fields(from)[1]
	batch.Queue(`
		insert into recording_times (`+column+`, recorded, was, mended, reason, by_whom)
		select w.seq, w.became, w.was, $3::timestamptz, $4::text, $5::text from (
			select e.seq, `+recordedAs("e", column)+` as was, greatest($2::timestamptz, (
				select max(before.recorded) from (
					select `+recordedAs("o", column)+` as recorded from `+table+` o where `+together+`) before
				where before.recorded <= $1)) as became
			`+from+`) w
		where w.was > $1`, append([]any{latest, m.Recorded, now, m.Reason, m.By}, more...)...)
}

// whyAhead is why nothing can be recorded or planned of a case; "" where it can.
func (f *caseFile) whyAhead() string {
	if f.ahead == 0 {
		return ""
	}
	return aheadWords("the case", f.recorded, f.ahead)
}
