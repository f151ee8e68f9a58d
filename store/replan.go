package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/casework"
	"longstop/pathway"
)

// Cases are planned again, though nothing was recorded in them, for three reasons:
//
//   - people changed, or what a source reports: replans holds the case;
//   - the law changed: the case was planned last by an earlier adoption (cases.planned_by),
//     which needs no queue. So an adoption is one row, however many cases there are, and a
//     case that was being made meanwhile is found as well;
//   - it was put aside: replans holds it, with attempts. These are tried one at a time, so
//     that one which takes long holds up no other.
//
// Nobody waits for a case that somebody else has locked: it is left for later.

const (
	// replanChunk is how many cases are planned again in one transaction.
	replanChunk = 100
	// retriesAtOnce is how many cases that were put aside are tried between two chunks.
	retriesAtOnce = 5
)

// PlanQueued plans again a chunk of the cases of each kind that waits for it, and reports
// whether there may be more. The nudges that follow are in the outbox. A case that cannot be
// planned is put aside. The error is that of the database. Several may do this at once.
func (s *Store) PlanQueued(ctx context.Context) (more bool, err error) {
	laws := adoptedLaws{}
	queued, failed := s.replanChunk(ctx, laws, &inQueue{due: true})
	left, failedLaw := s.replanForLaw(ctx, laws, &s.lawPass, func(replanned) {})
	retried, failedAgain := s.retryAsides(ctx, laws, retriesAtOnce, func(replanned) {})
	return queued.full || left || retried == retriesAtOnce, errors.Join(failed, failedLaw, failedAgain)
}

// replanQueued plans again every case that is queued because people changed, and returns the
// nudges that follow; they are in the outbox.
func (s *Store) replanQueued(ctx context.Context) ([]pathway.Nudge, error) {
	var all []pathway.Nudge
	err := s.replanAll(ctx, adoptedLaws{}, &inQueue{due: true}, func(r replanned) { all = append(all, r.nudges...) })
	return all, err
}

// heldAtMost is how often PlanAgain lets a lock time out.
const heldAtMost = 2

// PlanAgain plans again every case that waits for it, as the workers do, and returns when
// none is left: a case that a worker is at is waited for. Cases that are put aside are tried
// once; where somebody keeps some locked, they are left to the workers and the error says
// so. done is called after each transaction with how many cases it planned and the nudges
// that follow, which are in the outbox as well.
func (s *Store) PlanAgain(ctx context.Context, done func(cases int, nudges []pathway.Nudge)) error {
	laws, pass := adoptedLaws{}, &lawPass{}
	tell := func(r replanned) { done(len(r.keys), r.nudges) }
	for held := 0; ; {
		if err := s.replanAll(ctx, laws, &inQueue{}, tell); err != nil {
			return err
		}
		for more := true; more; {
			var err error
			if more, err = s.replanForLaw(ctx, laws, pass, tell); err != nil {
				return err
			}
		}
		left, err := s.awaitReplans(ctx)
		switch {
		case isHeld(err) && held < heldAtMost:
			held++
		case err != nil:
			return err
		case left == 0:
			_, err := s.retryAsides(ctx, laws, 0, tell)
			return err
		}
	}
}

// waiting are the keys of the cases that wait to be planned again, but for those that are
// put aside.
const waiting = `
	select key from cases where fault = '' and planned_by < (select max(seq) from laws_in_force)
	union select case_key from replans where attempts = 0`

// awaitReplans waits for those who are planning cases again, and returns how many of a
// chunk are left: whoever was at them gave up.
func (s *Store) awaitReplans(ctx context.Context) (left int, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select count(*) from (
				select from cases where key in (`+waiting+`) order by key limit $1 for no key update) held`, replanChunk).Scan(&left)
	})
	if err != nil {
		return 0, fmt.Errorf("waiting for cases that are planned again: %w", err)
	}
	return left, nil
}

// replanned is what one transaction planned again.
type replanned struct {
	keys   []string
	nudges []pathway.Nudge
	full   bool // it took as many as it may: there may be more
}

// replanSource is where cases to be planned again are taken from.
type replanSource interface {
	// take locks and returns cases of the source that nobody else has locked, a chunk at
	// most; of only these keys where it is not nil.
	take(ctx context.Context, tx pgx.Tx, only []string) (keys []string, full bool, err error)
	// settle queues what becomes of what was taken: planned are the keys of those that
	// were planned, held of those that somebody else has locked, or that are gone.
	settle(batch *pgx.Batch, planned, held []string)
	// wakes reports whether the clocks of a case that was taken are told though nothing of its plan changed.
	wakes(key string) bool
}

func (s *Store) replanAll(ctx context.Context, laws adoptedLaws, from replanSource, done func(replanned)) error {
	for {
		r, err := s.replanChunk(ctx, laws, from)
		if err != nil {
			return err
		}
		done(r)
		if !r.full {
			return nil
		}
	}
}

// replanChunk plans one chunk again. Where that fails because of one of its cases, it finds
// that case, puts it aside and plans the others.
func (s *Store) replanChunk(ctx context.Context, laws adoptedLaws, from replanSource) (replanned, error) {
	var all replanned
	var taken []string
	try := func(only []string) error {
		var r replanned
		err := s.recovering("", func() error {
			return s.inLoopTx(ctx, func(tx pgx.Tx) error {
				keys, full, err := from.take(ctx, tx, only)
				if err != nil || len(keys) == 0 {
					return err
				}
				taken = keys
				r, err = s.replanTaken(ctx, tx, laws, from, keys)
				r.full = full
				return err
			})
		})
		if err != nil {
			return err
		}
		all.keys, all.nudges = append(all.keys, r.keys...), append(all.nudges, r.nudges...)
		all.full = all.full || r.full
		return nil
	}
	err := try(nil)
	if err != nil && len(taken) > 0 && mayBeOfOneCase(err) {
		all.full = true // whatever comes of it, the rest of the queue has not been looked at
		err = bisect(ctx, taken, try, func(key string, err error) error { return s.replanFailed(ctx, key, err) })
	}
	if err != nil {
		return all, fmt.Errorf("planning cases again: %w", err)
	}
	return all, nil
}

// bisect tries what failed for this list with one half of it and then the other, down
// to single ones, for which alone is called with the error. It stops at an error of alone,
// and at one that comes from no case.
func bisect[T any](ctx context.Context, list []T, try func([]T) error, alone func(one T, err error) error) error {
	for _, part := range halves(list) {
		err := try(part)
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil || !mayBeOfOneCase(err):
			return err
		case len(part) == 1:
			err = alone(part[0], err)
		default:
			err = bisect(ctx, part, try, alone)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func halves[T any](list []T) [][]T {
	if len(list) < 2 {
		return [][]T{list}
	}
	return [][]T{list[:len(list)/2], list[len(list)/2:]}
}

// replanFailed deals with one case that could not be planned by itself.
func (s *Store) replanFailed(ctx context.Context, key string, err error) error {
	fault := faultOf(key, err)
	var coded *pgconn.PgError
	switch {
	case fault != nil:
		return s.putAside(ctx, fault)
	case errors.As(err, &coded) && coded.Code == codeQueryCanceled:
		return s.putAside(ctx, &CaseFaultError{key, "the database took too long over it"})
	}
	s.log.Warn().Str("case", key).Err(err).Msg("a case waits to be planned again: somebody keeps something locked that it needs, or this program was too slow")
	if _, err := s.loops.Exec(ctx, `update replans set next_at = clock_timestamp() + interval '30 seconds' where case_key = $1`, key); err != nil {
		return fmt.Errorf("leaving a case for later: %w", explain(err))
	}
	return nil
}

// replanTaken plans the cases that nobody else has locked, and notes what the law changed
// where it did.
func (s *Store) replanTaken(ctx context.Context, tx pgx.Tx, laws adoptedLaws, from replanSource, keys []string) (replanned, error) {
	var r replanned
	cases, err := s.lockFree(ctx, tx, keys)
	if err == nil {
		err = cases.clock.err()
	}
	if err != nil {
		return r, err
	}
	batch := &pgx.Batch{}
	attached, touched := s.attachAll(cases)
	if err := insertEvents(batch, attached); err != nil {
		return r, err
	}
	for i := range attached {
		if e := &attached[i]; e.Backlog {
			cases.files[e.Case].backlog = true
		}
	}
	var woken, others []*caseFile
	for _, f := range cases.inKeyOrder() {
		if from.wakes(f.key) {
			woken = append(woken, f)
		} else {
			others = append(others, f)
		}
	}
	changes := append(s.assessAll(cases, woken, false, true), s.assessAll(cases, others, false, false)...)
	for _, c := range changes {
		c.raise = c.raise || touched[c.file.key]
	}
	worked, _ := splitAsides(changes)
	for _, c := range worked {
		c.noted = true
		r.keys = append(r.keys, c.file.key)
	}
	for _, c := range changes {
		r.nudges = append(r.nudges, nudgesOf(c.pathways)...)
	}
	var held []string
	for _, key := range keys {
		if cases.files[key] == nil {
			held = append(held, key)
		}
	}
	from.settle(batch, r.keys, held)
	if err := s.writeChanges(ctx, tx, batch, changes); err != nil {
		return r, err
	}
	if err := s.noteAttached(ctx, tx, attached, cases.now); err != nil {
		return r, err
	}
	return r, s.noteLawChanges(ctx, tx, laws, worked)
}

// inQueue are the cases of replans: those that never failed or, with again, those that were
// put aside, one at a time. due leaves out those whose time has not come.
type inQueue struct {
	due, again bool
	woken      map[string]bool // of those that were taken last
}

func (q *inQueue) take(ctx context.Context, tx pgx.Tx, only []string) (keys []string, full bool, err error) {
	which, most := `attempts = 0`, replanChunk
	if q.again {
		which, most = `attempts > 0`, 1
	}
	if q.due {
		which += ` and next_at <= clock_timestamp()`
	}
	type row struct {
		CaseKey string
		Wake    bool
	}
	list, err := rows[row](ctx, tx, "taking cases to plan again", `
		select case_key::text, wake from replans where `+which+` and ($2::uuid[] is null or case_key = any($2))
		order by next_at limit $1 for update skip locked`, most, only)
	q.woken = map[string]bool{}
	for _, r := range list {
		keys = append(keys, r.CaseKey)
		q.woken[r.CaseKey] = r.Wake
	}
	return keys, len(keys) == most, err
}

func (q *inQueue) wakes(key string) bool { return q.woken[key] }

func (q *inQueue) settle(batch *pgx.Batch, planned, held []string) {
	if len(planned) > 0 {
		batch.Queue(`delete from replans where case_key = any($1::uuid[])`, planned)
	}
	if len(held) > 0 {
		batch.Queue(`delete from replans r where case_key = any($1::uuid[]) and not exists (select from cases where key = r.case_key)`, held)
		batch.Queue(`update replans set next_at = clock_timestamp() + interval '5 seconds' where case_key = any($1::uuid[])`, held)
	}
}

// retryAsides tries cases that were put aside and whose time has come, one by one, at most
// so many of them (0: all), and returns how many that were.
func (s *Store) retryAsides(ctx context.Context, laws adoptedLaws, most int, done func(replanned)) (tried int, err error) {
	for most == 0 || tried < most {
		r, err := s.replanChunk(ctx, laws, &inQueue{due: true, again: true})
		if err != nil {
			return tried, err
		}
		done(r)
		if !r.full {
			break
		}
		tried++
	}
	return tried, nil
}

// lawPass goes through the cases that were planned last by an earlier adoption. It goes on
// behind the last one it saw, so that it never walks twice over the places in the index
// that earlier chunks have left, which a long dump keeps from being cleared away.
type lawPass struct {
	mu    sync.Mutex
	seq   int64  // the adoption that it plans by
	after behind // the last case that it saw
	found bool   // it has found some since it began
	rest  int    // how many looks it leaves out: there was nothing to find
}

// behind is a place in the order of cases_planned_by.
type behind struct {
	by  int64
	key string
}

const (
	firstKey = "00000000-0000-0000-0000-000000000000"
	// lawRest is how many looks are left out once no case waits any more: one that was
	// being made during the adoption is found a minute after it at the latest.
	lawRest = 30
)

// replanForLaw plans again one chunk of the cases that were planned last by an earlier
// adoption, and reports whether it is worth looking at once for more.
func (s *Store) replanForLaw(ctx context.Context, laws adoptedLaws, p *lawPass, done func(replanned)) (more bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var seq int64
	if err := s.loops.QueryRow(ctx, `select coalesce(max(seq), 0) from laws_in_force`).Scan(&seq); err != nil {
		return false, fmt.Errorf("looking for the law in force: %w", explain(err))
	}
	if seq != p.seq {
		p.seq, p.found, p.rest, p.after = seq, false, 0, behind{key: firstKey}
	}
	if p.rest > 0 {
		p.rest--
		return false, nil
	}
	from := &byEarlierLaw{seq: seq, after: p.after}
	r, err := s.replanChunk(ctx, laws, from)
	if err != nil {
		return false, err
	}
	done(r)
	p.found = p.found || len(r.keys) > 0
	if r.full {
		p.after = from.last
		return true, nil
	}
	return s.nextPass(ctx, p)
}

// nextPass begins again from the first case: some may have been locked when the pass came
// by, or were made behind it.
func (s *Store) nextPass(ctx context.Context, p *lawPass) (more bool, err error) {
	more = p.found
	p.found, p.after = false, behind{key: firstKey}
	if more {
		return true, nil
	}
	var left bool
	err = s.loops.QueryRow(ctx, `select exists (select from cases where fault = '' and planned_by < $1)`, p.seq).Scan(&left)
	if err != nil {
		return false, fmt.Errorf("looking for cases of an earlier law: %w", explain(err))
	}
	if !left {
		p.rest = lawRest
	}
	return false, nil
}

// byEarlierLaw are the cases that were planned last by an adoption before seq.
type byEarlierLaw struct {
	seq   int64
	after behind
	last  behind // of those that were taken at first
}

func (l *byEarlierLaw) take(ctx context.Context, tx pgx.Tx, only []string) (keys []string, full bool, err error) {
	type row struct {
		Key       string
		PlannedBy int64
	}
	list, err := rows[row](ctx, tx, "taking cases of an earlier law", `
		select c.key::text, c.planned_by from cases c
		where c.fault = '' and c.planned_by < $1 and (c.planned_by, c.key) > ($2, $3::uuid) and ($5::uuid[] is null or c.key = any($5))
		order by c.planned_by, c.key limit $4 for no key update skip locked`,
		l.seq, l.after.by, l.after.key, replanChunk, only)
	for _, r := range list {
		keys = append(keys, r.Key)
		if only == nil {
			l.last = behind{r.PlannedBy, r.Key}
		}
	}
	return keys, len(keys) == replanChunk, err
}

func (l *byEarlierLaw) settle(*pgx.Batch, []string, []string) {}

func (l *byEarlierLaw) wakes(string) bool { return false }

// OpenPathways pages through every pathway that must have a live clock, in the order of
// workflow ids: at most limit of those after the one given ("" for the first page). Fewer
// than limit means that there are no more.
func (s *Store) OpenPathways(ctx context.Context, after string, limit int) ([]pathway.Nudge, error) {
	name, key, _ := strings.Cut(after, "/")
	if !isKey(key) {
		key = "00000000-0000-0000-0000-000000000000"
	}
	list, err := rows[pathwayRow](ctx, s.loops, "reading the open pathways", selectPathways+`
		where open and (pathways.pathway collate "C", pathways.case_key) > ($1::text collate "C", $2::uuid)
		order by pathways.pathway collate "C", pathways.case_key limit $3`, name, key, limit)
	if err != nil {
		return nil, explain(err)
	}
	return nudgesOf(list), nil
}

// Pathway returns one pathway as the record holds it now: the zero Nudge, which is not open,
// where it holds no such case or pathway.
func (s *Store) Pathway(ctx context.Context, caseKey, name string) (pathway.Nudge, error) {
	if !isKey(caseKey) {
		return pathway.Nudge{}, nil
	}
	list, err := rows[pathwayRow](ctx, s.pool, "reading a pathway", selectPathways+` where pathway = $1 and case_key = $2`, name, caseKey)
	if err != nil || len(list) == 0 {
		return pathway.Nudge{}, explain(err)
	}
	return list[0].nudge(), nil
}

// Rebuild begins a new epoch of the record: it plans every case again as of now, raises the
// revision of every open pathway and queues its nudge, which is newer than anything that a
// clock was ever told, by whichever copy of the record. It returns how many cases have an
// open pathway. It is safe at any time, several times at once too, and works in short
// transactions; an error leaves what was done so far.
func (s *Store) Rebuild(ctx context.Context) (cases int, err error) {
	if err := s.raiseEpoch(ctx); err != nil {
		return 0, err
	}
	held := 0
	for after := firstKey; ; {
		keys, err := s.keysAfter(ctx, after)
		switch {
		case err != nil || len(keys) > 0:
		case held > 0:
			err = fmt.Errorf("%w: %d cases stayed locked and were not rebuilt: run `starter rebuild` again", ErrUnreachable, held)
		default:
			err = explain(foldedBy(ctx, s.pool))
		}
		if err != nil || len(keys) == 0 {
			return cases, err
		}
		nudges, some, err := s.planForced(ctx, keys)
		cases, held = cases+countOpen(nudges), held+some
		if err != nil {
			return cases, fmt.Errorf("rebuilding after %d cases: %w", cases, err)
		}
		after = keys[len(keys)-1]
	}
}

type executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// foldedBy notes that the duties of the record are worked out by this program's fold.
func foldedBy(ctx context.Context, q executor) error {
	if _, err := q.Exec(ctx, `update epoch set fold = greatest(fold, $1)`, casework.FoldVersion); err != nil {
		return fmt.Errorf("noting which fold worked out the duties: %w", err)
	}
	return nil
}

// RebuildDue reports whether duties that the record holds were worked out by the fold of an earlier
// release, so that they may be shown, and their clocks run, otherwise than this program would have it
// until Rebuild.
func (s *Store) RebuildDue(ctx context.Context) (due bool, err error) {
	err = s.pool.QueryRow(ctx, `select fold < $1 and exists (select from cases) from epoch`, casework.FoldVersion).Scan(&due)
	if err != nil {
		return false, fmt.Errorf("reading which fold worked out the duties: %w", explain(err))
	}
	return due, nil
}

// raiseEpoch begins a new epoch. It commits before any case is planned, so that whatever is
// recorded from then on in a case belongs to the new epoch, or is overtaken when the case is
// planned. Time makes the epoch greater than those that a lost copy of the record has given:
// milliseconds since 1970, by the database's clock.
func (s *Store) raiseEpoch(ctx context.Context) error {
	tag, err := s.pool.Exec(ctx, `
		update epoch set raised = clock_timestamp(),
			epoch = greatest(epoch + 1, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)`)
	switch {
	case err != nil:
		return fmt.Errorf("beginning a new epoch of the record: %w", explain(err))
	case tag.RowsAffected() != 1:
		return errors.New("the table epoch is empty: put its one row back (insert into epoch default values) and run this again")
	}
	return nil
}

// planForced plans cases again and raises every open pathway, changed or not; the nudges are
// in the outbox. A case that cannot be worked out is put aside, and its clocks are raised all
// the same; held is how many somebody keeps locked.
func (s *Store) planForced(ctx context.Context, keys []string) (nudges []pathway.Nudge, held int, err error) {
	try := func(keys []string) error {
		var some []pathway.Nudge
		err := s.inTx(ctx, func(tx pgx.Tx) error {
			var err error
			some, err = s.planForcedIn(ctx, tx, keys)
			return err
		})
		if err == nil {
			nudges = append(nudges, some...)
		}
		return err
	}
	alone := func(key string, err error) error {
		fault := faultOf(key, err)
		if fault == nil {
			held++
			s.log.Warn().Str("case", key).Err(err).Msg("a case was not planned again: somebody keeps it locked")
			return nil
		}
		return s.inTx(ctx, func(tx pgx.Tx) error { return s.putAsideIn(ctx, tx, fault, true) })
	}
	if err = try(keys); err != nil && ctx.Err() == nil && mayBeOfOneCase(err) {
		err = bisect(ctx, keys, try, alone)
	}
	return nudges, held, err
}

func (s *Store) planForcedIn(ctx context.Context, tx pgx.Tx, keys []string) ([]pathway.Nudge, error) {
	cases, err := s.lockCases(ctx, tx, keys)
	if err == nil {
		err = cases.clock.err()
	}
	if err != nil {
		return nil, err
	}
	changes := s.assessAll(cases, cases.inKeyOrder(), false, true)
	if err := s.writeChanges(ctx, tx, &pgx.Batch{}, changes); err != nil {
		return nil, err
	}
	var nudges []pathway.Nudge
	for _, c := range changes {
		nudges = append(nudges, nudgesOf(c.pathways)...)
	}
	return nudges, nil
}

// countOpen counts the cases of open pathways.
func countOpen(nudges []pathway.Nudge) int {
	open := map[string]bool{}
	for i := range nudges {
		if nudges[i].Open {
			open[nudges[i].CaseKey] = true
		}
	}
	return len(open)
}

func (s *Store) keysAfter(ctx context.Context, after string) ([]string, error) {
	r, err := s.pool.Query(ctx, `select key::text from cases where key > $1 order by cases.key limit $2`, after, replanChunk)
	if err != nil {
		return nil, fmt.Errorf("paging through the cases: %w", explain(err))
	}
	keys, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("paging through the cases: %w", explain(err))
	}
	return keys, nil
}
