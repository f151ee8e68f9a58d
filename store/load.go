package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longstop/admission"
	"longstop/casework"
)

// Load describes a bulk load.
type Load struct {
	Source   string // the name under which its events are recorded
	Kind     string // what is loaded: "cin-census"
	FileHash string // of the file, for the record
	// Backlog makes it one though the record holds something of the source: a history
	// that comes in several files.
	Backlog bool
}

// CaseEvents are the events of one case of a load.
type CaseEvents struct {
	Reference string
	Events    []casework.Event // their Case is left out of account
}

// ErrTaken says that another load of the same source and kind runs, here or in another process.
var ErrTaken = errors.New("another load of this source is under way")

// The session that holds the turn of a load shows this often that it lives, and Postgres ends it once it has not for so long:
// then its program is frozen. Where the machine or the network is gone, see vigilance.
const (
	turnShown  = 5 * time.Second
	turnUnseen = "60000" // ms
	turnEnds   = 5 * time.Second
)

// InTurn runs fn while no other load of a source and kind runs, in whatever process: a load compares what it brings with what
// the record holds, and writes afterwards. It waits for its turn so long (0: as long as the context lasts), and then returns
// ErrTaken. fn gets a context that ends when the turn is lost, since then another load may begin.
//
// The turn is an advisory lock of a session of its own, outside the pools: it takes no connection from what it guards, and
// ends with its program.
func (s *Store) InTurn(ctx context.Context, source, kind string, wait time.Duration, fn func(context.Context) error) error {
	patience, done := ctx, func() {}
	if wait > 0 {
		patience, done = context.WithTimeout(ctx, wait)
	}
	defer done()
	taken := func(err error) error {
		if ctx.Err() == nil && patience.Err() != nil {
			return ErrTaken
		}
		return explain(err)
	}
	leave, err := s.loads.enter(patience, source+"\x00"+kind) // so that a program has one session for it, however many wait
	if err != nil {
		return taken(err)
	}
	defer leave()
	conn, err := pgx.ConnectConfig(ctx, s.forTurns())
	if err != nil {
		return fmt.Errorf("connecting to wait for other loads: %w", explain(err))
	}
	if _, err = conn.Exec(patience, `select pg_advisory_lock(hashtextextended('load of ' || $1::text || ' as ' || $2::text, 0))`, source, kind); err != nil {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnEnds)
		defer cancel()
		conn.Close(end) //nolint:errcheck // it holds nothing, and the first error is the reason
		return taken(err)
	}
	return s.whileHeld(ctx, conn, fn)
}

// forTurns is how to connect for a session that holds the turn of a load.
func (s *Store) forTurns() *pgx.ConnConfig {
	config := s.withoutLimits()
	config.Tracer = nil // what it meets says nothing of the pool's connections
	config.RuntimeParams["idle_session_timeout"] = turnUnseen
	return &config
}

// whileHeld runs fn while a session lives, and ends it.
func (s *Store) whileHeld(ctx context.Context, conn *pgx.Conn, fn func(context.Context) error) error {
	held, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for watching.Err() == nil {
			if err := watchTurn(watching, conn); err != nil && watching.Err() == nil {
				lose(&unreachable{err})
				return
			}
		}
	}()
	defer func() {
		stop()
		<-stopped
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnEnds)
		defer cancel()
		if err := conn.Close(end); err != nil { // Postgres releases the lock when it sees that the session is gone
			s.log.Warn().Err(explain(err)).Msg("the session that held the turn of a load could not be ended in order")
		}
	}()
	err := fn(held)
	if err != nil && ctx.Err() == nil && held.Err() != nil {
		return fmt.Errorf("the turn of the load was lost: %w", context.Cause(held))
	}
	return err
}

// watchTurn waits a while for the end of a session, and then shows that its program lives. The error is that end, or the
// context's.
func watchTurn(ctx context.Context, conn *pgx.Conn) error {
	quiet, cancel := context.WithTimeout(ctx, turnShown)
	defer cancel()
	if _, err := conn.WaitForNotification(quiet); quiet.Err() == nil || ctx.Err() != nil {
		return err
	}
	shown, cancel := context.WithTimeout(ctx, turnEnds)
	defer cancel()
	return conn.Ping(shown)
}

// BeginLoad begins a load. It is a backlog, a council's first, where it says so or the
// record holds nothing of the source; so it is where an earlier backlog of the source and
// kind was never completed, and then the load goes on under its id.
func (s *Store) BeginLoad(ctx context.Context, l Load) (loadID string, backlog bool, err error) {
	if l.Source == "" || l.Kind == "" {
		return "", false, errors.New("a load needs the name of its source and its kind")
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		// One load of a source begins at a time.
		if err := lockSource(ctx, tx, l.Source); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `select id::text from loads where source = $1 and kind = $2 and backlog and completed is null`,
			l.Source, l.Kind).Scan(&loadID)
		if err == nil {
			backlog = true
			_, err = tx.Exec(ctx, `update loads set file_hash = $2 where id = $1`, loadID, nullable(l.FileHash))
			return err
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		loadID = uuid.NewString()
		return tx.QueryRow(ctx, `
			insert into loads (id, source, kind, file_hash, began, backlog)
			values ($1, $2, $3, $4, $5, $6 or not exists (select from case_references where source = $2)) returning backlog`,
			loadID, l.Source, l.Kind, nullable(l.FileHash), now, l.Backlog).Scan(&backlog)
	})
	if err != nil {
		return "", false, fmt.Errorf("beginning a load: %w", err)
	}
	return loadID, backlog, nil
}

// OpenBacklog returns the id of a backlog of a source and kind that was begun and never completed, or "".
func (s *Store) OpenBacklog(ctx context.Context, source, kind string) (loadID string, err error) {
	err = s.pool.QueryRow(ctx, `select coalesce(min(id::text), '') from loads where source = $1 and kind = $2 and backlog and completed is null`,
		source, kind).Scan(&loadID)
	if err != nil {
		return "", fmt.Errorf("looking for a load that was not completed: %w", explain(err))
	}
	return loadID, nil
}

// CasesVoided counts the cases of which loads of a source and kind that began after an instant have voided something for a
// reason, and all cases that the source has ever named.
func (s *Store) CasesVoided(ctx context.Context, source, kind, reason string, after time.Time) (voided, all int, err error) {
	err = s.pool.QueryRow(ctx, `
		select (select count(distinct e.case_key) from loads l join events e on e.load_id = l.id
				where l.source = $1 and l.kind = $2 and l.began > $3 and e.voids is not null and e.data ->> 'reason' = $4
					and exists (select from events v where v.case_key = e.case_key and v.source = e.source and v.id = e.voids and v.type <> 'source.attached')),
			(select count(*) from case_references where source = $1)`, source, kind, after, reason).Scan(&voided, &all)
	if err != nil {
		return 0, 0, fmt.Errorf("counting the cases of which a load has voided something: %w", explain(err))
	}
	return voided, all, nil
}

// FeedAuthority is whose children a feed of a source tells of.
type FeedAuthority struct {
	Source, Kind string
	Authority    string // three digits
	Reason       string
	By           string    // "" to be written: the database's login
	Said         time.Time // case time
}

// firstBody is the reason of an authority that nobody has stated.
const firstBody = "its first body was of this authority"

// FeedAuthority returns whose children a feed tells of, "" before its first body.
func (s *Store) FeedAuthority(ctx context.Context, source, kind string) (string, error) {
	return feedAuthority(ctx, s.pool, source, kind)
}

func feedAuthority(ctx context.Context, q querier, source, kind string) (authority string, err error) {
	err = q.QueryRow(ctx, `select coalesce((select authority from feed_authorities where source = $1 and kind = $2 order by seq desc limit 1), '')`,
		source, kind).Scan(&authority)
	if err != nil {
		return "", fmt.Errorf("looking for the authority of a feed: %w", explain(err))
	}
	return authority, nil
}

// BindFeed says that a feed is of an authority, where nothing says whose it is, and returns whose it is.
func (s *Store) BindFeed(ctx context.Context, source, kind, authority string) (is string, err error) {
	err = s.inFeed(ctx, source, func(tx pgx.Tx) error {
		if is, err = feedAuthority(ctx, tx, source, kind); err != nil || is != "" {
			return err
		}
		is = authority
		return s.addFeedAuthority(ctx, tx, FeedAuthority{Source: source, Kind: kind, Authority: authority, Reason: firstBody})
	})
	return is, err
}

// MoveFeed says of which authority the children of a feed are from now on, and returns of which they were, "" where nothing
// said so. Where it stands so already nothing is written. The error is a RefusedError where the source is not known or the
// reason cannot be kept.
func (s *Store) MoveFeed(ctx context.Context, f FeedAuthority) (was string, err error) {
	if err := saidBy(f.Reason, f.By); err != nil {
		return "", err
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `select from sources where name = $1 for update`, f.Source)
		if err != nil {
			return fmt.Errorf("locking a source: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return s.unknownSource(ctx, tx, f.Source)
		}
		if was, err = feedAuthority(ctx, tx, f.Source, f.Kind); err != nil || was == f.Authority {
			return err
		}
		return s.addFeedAuthority(ctx, tx, f)
	})
	return was, err
}

// inFeed runs fn while nobody else says anything of a source.
func (s *Store) inFeed(ctx context.Context, source string, fn func(pgx.Tx) error) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockSource(ctx, tx, source); err != nil {
			return fmt.Errorf("locking a source: %w", err)
		}
		return fn(tx)
	})
}

// lockSource locks a source, which it makes where the record does not have it.
func lockSource(ctx context.Context, tx pgx.Tx, source string) error {
	if _, err := tx.Exec(ctx, `insert into sources (name) values ($1) on conflict do nothing`, source); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `select from sources where name = $1 for update`, source)
	return err
}

func (s *Store) addFeedAuthority(ctx context.Context, tx pgx.Tx, f FeedAuthority) error {
	now, err := s.nowToWrite(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into feed_authorities (source, kind, authority, reason, recorded, recorded_by)
		values ($1, $2, $3, $4, $5, coalesce(nullif($6, ''), session_user))`, f.Source, f.Kind, f.Authority, f.Reason, now, f.By)
	if err != nil {
		return fmt.Errorf("recording the authority of a feed: %w", err)
	}
	return nil
}

// FeedAuthorities lists whose children the feeds tell of, as it stands.
func (s *Store) FeedAuthorities(ctx context.Context) ([]FeedAuthority, error) {
	type row struct {
		Source, Kind, Authority, Reason, RecordedBy string
		Recorded                                    time.Time
	}
	found, err := rows[row](ctx, s.pool, "reading the authorities of feeds", `
		select distinct on (source, kind) source, kind, authority, reason, recorded_by, recorded
		from feed_authorities order by source, kind, seq desc`)
	if err != nil {
		return nil, explain(err)
	}
	list := make([]FeedAuthority, len(found))
	for i, r := range found {
		list[i] = FeedAuthority{r.Source, r.Kind, r.Authority, r.Reason, r.RecordedBy, r.Recorded.UTC()}
	}
	return list, nil
}

// What one transaction of a load takes, so that it holds its locks for well under a second.
const (
	chunkCases  = 100
	chunkEvents = 2000
)

// LoadCases records a batch of a load: the same as Record would, in transactions of some
// hundreds of events each. An error means that Postgres failed, or that the load is unknown
// or complete; what Recorded counts was written, Recorded.NotTried counts what was not, and
// calling again with the same batch writes the rest. Several batches may be loaded at once.
func (s *Store) LoadCases(ctx context.Context, loadID string, batch []CaseEvents) (Recorded, error) {
	var out Recorded
	source, load, err := s.openLoad(ctx, loadID)
	if err != nil {
		out.leaveCases(batch)
		out.Stopped = true
		return out, err
	}
	left := batch
	for chunk := range chunks(batch) {
		left = left[len(chunk):]
		if err := s.loadSome(ctx, source, load, chunk, &out); err != nil {
			out.leaveCases(left)
			out.Stopped = true
			return out, fmt.Errorf("loading cases: %w", err)
		}
	}
	return out, out.failure()
}

// loadSome loads a chunk, and where that fails because of one of its cases, the others. The
// error is one by which nothing more can be loaded.
func (s *Store) loadSome(ctx context.Context, source string, load *loading, chunk []CaseEvents, out *Recorded) error {
	tried := map[string]bool{} // by reference
	try := func(cases []CaseEvents) error {
		r, err := s.loadChunk(ctx, source, load, cases)
		if err != nil {
			return err
		}
		out.add(r)
		for i := range cases {
			tried[cases[i].Reference] = true
		}
		return nil
	}
	alone := func(one CaseEvents, err error) error {
		err = s.asideByRef(ctx, caseRef{source, one.Reference}, err)
		if !s.goOn(ctx, out, err) {
			return err
		}
		out.leaveCases([]CaseEvents{one})
		tried[one.Reference] = true
		return nil
	}
	err := s.tryParts(ctx, source, chunk, try, alone)
	if err != nil {
		out.leaveCases(slices.DeleteFunc(slices.Clone(chunk), func(c CaseEvents) bool { return tried[c.Reference] }))
	}
	return err
}

// tryParts tries a chunk whole, and then in parts. Where the chunk waited for a lock too
// long, those that are free now go first, and each of the others waits by itself.
func (s *Store) tryParts(
	ctx context.Context, source string, chunk []CaseEvents, try func([]CaseEvents) error, alone func(CaseEvents, error) error,
) error {
	err := try(chunk)
	if err == nil || ctx.Err() != nil || !mayBeOfOneCase(err) {
		return err
	}
	if !isHeld(err) {
		return bisect(ctx, chunk, try, alone)
	}
	free, held := s.partHeld(ctx, source, chunk)
	if len(free) == 0 || len(held) == 0 {
		return bisect(ctx, chunk, try, alone)
	}
	if err := s.tryParts(ctx, source, free, try, alone); err != nil {
		return err
	}
	for _, one := range held {
		if err := bisect(ctx, []CaseEvents{one}, try, alone); err != nil {
			return err
		}
	}
	return nil
}

// partHeld parts cases into those that nobody has locked now and the others.
func (s *Store) partHeld(ctx context.Context, source string, cases []CaseEvents) (free, held []CaseEvents) {
	type row struct{ Reference string }
	refs := make([]string, len(cases))
	for i := range cases {
		refs[i] = cases[i].Reference
	}
	locked := map[string]bool{}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		got, err := rows[row](ctx, tx, "looking for locked cases", `
			select r.reference from case_references r join cases c on c.key = r.case_key
			where r.source = $1 and r.reference = any($2) order by c.key for no key update of c skip locked`, source, refs)
		if err != nil {
			return err
		}
		all, err := rows[row](ctx, tx, "looking for locked cases",
			`select reference from case_references where source = $1 and reference = any($2)`, source, refs)
		for _, r := range all {
			locked[r.Reference] = true
		}
		for _, r := range got {
			delete(locked, r.Reference)
		}
		return err
	})
	if err != nil {
		return nil, nil
	}
	for i := range cases {
		if locked[cases[i].Reference] {
			held = append(held, cases[i])
		} else {
			free = append(free, cases[i])
		}
	}
	return free, held
}

// chunks cuts a batch into what one transaction takes; a case is never cut.
func chunks(batch []CaseEvents) func(yield func([]CaseEvents) bool) {
	return func(yield func([]CaseEvents) bool) {
		for len(batch) > 0 {
			n, events := 0, 0
			for n < len(batch) && n < chunkCases && (n == 0 || events+len(batch[n].Events) <= chunkEvents) {
				events += len(batch[n].Events)
				n++
			}
			if !yield(batch[:n]) {
				return
			}
			batch = batch[n:]
		}
	}
}

func (s *Store) openLoad(ctx context.Context, loadID string) (source string, load *loading, err error) {
	if !isKey(loadID) {
		return "", nil, ErrUnknown
	}
	load = &loading{id: loadID}
	var completed *time.Time
	err = s.pool.QueryRow(ctx, `select source, backlog, completed from loads where id = $1`, loadID).
		Scan(&source, &load.backlog, &completed)
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("looking for a load: %w", explain(unknownIfNone(err)))
	case completed != nil:
		return "", nil, errors.New("the load is complete: begin another")
	}
	return source, load, nil
}

func (s *Store) loadChunk(ctx context.Context, source string, load *loading, chunk []CaseEvents) (Recorded, error) {
	var events []casework.Event
	for _, c := range chunk {
		for _, e := range c.Events {
			e.Case = c.Reference
			events = append(events, e)
		}
	}
	var out Recorded
	err := s.recovering("", func() error {
		return s.inTx(ctx, func(tx pgx.Tx) error {
			batches := group(prepare(source, events))
			// Staged before anything is locked, so that no lock waits for the network.
			if err := stage(ctx, tx, batches); err != nil {
				return err
			}
			var err error
			out, err = s.recordCases(ctx, tx, batches, manner{load: load, insert: insertStaged})
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `
				update loads set cases = cases + $2, new = new + $3, known = known + $4, refused = refused + $5 where id = $1`,
				load.id, len(chunk), out.New, out.Known, len(out.Refused))
			return err
		})
	})
	if err != nil {
		return Recorded{}, err
	}
	out.Outcomes = nil // nobody asks about single events of a load
	return out, nil
}

// CompleteLoad ends a load. Of a backlog it notes which duties it found overdue, so that
// each manager is owed one list of them. Completing again changes nothing.
func (s *Store) CompleteLoad(ctx context.Context, loadID string) error {
	if !isKey(loadID) {
		return ErrUnknown
	}
	added := 0
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		var backlog bool
		var completed *time.Time
		err := tx.QueryRow(ctx, `select backlog, completed, new from loads where id = $1 for update`, loadID).Scan(&backlog, &completed, &added)
		if err != nil || completed != nil {
			return unknownIfNone(err)
		}
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		if backlog {
			if err := noteOverdue(ctx, tx, loadID, nil, now); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `update loads set completed = $2 where id = $1`, loadID, now); err != nil {
			return err
		}
		return s.oweLists(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("completing a load: %w", err)
	}
	return s.analyse(ctx, added)
}

// fewestAnalysed is how many events may be new before the tables are analysed again; and a tenth of those that they held.
const fewestAnalysed = 1000

// analyse lets the planner know what a load has changed, where that is much: plans that were made while the
// tables were small are thrown away. The body of a feed adds little, and there are dozens in a night.
func (s *Store) analyse(ctx context.Context, added int) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		// What Postgres has counted itself is of the loads before this one, and may come late.
		var much bool
		err := tx.QueryRow(ctx, `
			select c.reltuples < 0 or greatest($1::bigint, coalesce(s.n_mod_since_analyze, 0)) >= $2 + c.reltuples / 10 `+ //nolint:misspell // as Postgres spells it
			`from pg_class c left join pg_stat_all_tables s on s.relid = c.oid where c.oid = 'events'::regclass`, added, fewestAnalysed).Scan(&much)
		if err != nil || !much {
			return err
		}
		_, err = tx.Exec(ctx, `select analyse_record()`)
		return err
	})
	if err != nil {
		return fmt.Errorf("analysing the tables after a load: %w", explain(err))
	}
	return nil
}

// noteOverdue keeps which duties of a load's cases (of these, where they are named) are overdue at
// its end, but for those that an earlier load has noted: they are on its lists. What is unreported
// is not overdue.
func noteOverdue(ctx context.Context, tx pgx.Tx, loadID string, keys []string, now time.Time) error {
	found, err := rows[dutyRow](ctx, tx, "looking for overdue duties", `
		select `+selectDuties+` from duties d
		where d.open and (d.due < $2::date or d.due_at < $3)
			and case when $4::uuid[] is null then d.case_key in (select case_key from events where load_id = $1)
				else d.case_key = any($4) end
			and not exists (select from load_overdue o where o.case_key = d.case_key and o.duty = d.duty)
		order by d.case_key, d.duty`, loadID, dayOf(today(now)), now, keys)
	if err != nil {
		return err
	}
	var list [][]any
	for i := range found {
		d := found[i].duty()
		if d.State(now) == casework.Overdue {
			list = append(list, []any{loadID, d.Case, d.ID, d.Ref, d.DueText()})
		}
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"load_overdue"}, []string{"load_id", "case_key", "duty", "ref", "due"},
		pgx.CopyFromRows(list))
	if err != nil {
		return fmt.Errorf("noting what was overdue: %w", err)
	}
	return nil
}

// stagedColumns are the columns of the staging table: an event as it was handed in, under
// its place among those of the transaction.
var stagedColumns = []string{
	"n", "source", "id", "type", "at_day", "at_instant", "data", "episode", "corrects", "voids", "recorded_by",
}

// stage copies a transaction's events to the server. The table is this connection's own
// and empty again after the transaction. An event that could not be kept is left out: it
// will be refused.
func stage(ctx context.Context, tx pgx.Tx, batches []caseBatch) error {
	_, err := tx.Exec(ctx, `
		create temporary table if not exists staged_events (
			n integer not null, source text not null, id text not null, type text not null, at_day date,
			at_instant timestamptz, data jsonb, episode text, corrects text, voids text, recorded_by text
		) on commit delete rows`)
	if err != nil {
		return fmt.Errorf("making the staging table: %w", err)
	}
	var list [][]any
	for i := range batches {
		for j := range batches[i].events {
			e := &batches[i].events[j]
			if admission.CheckStorable(&e.Event) != nil {
				continue
			}
			data, err := json.Marshal(e.Data)
			if err != nil {
				return fmt.Errorf("staging the events: %w", err)
			}
			if len(e.Data) == 0 {
				data = nil
			}
			list = append(list, []any{
				e.N, e.Source, e.ID, e.Type, dayOf(e.At.Day), pointer(e.At.Instant), data,
				nullable(e.Episode), nullable(e.Corrects), nullable(e.Voids), nullable(e.By),
			})
		}
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"staged_events"}, stagedColumns, pgx.CopyFromRows(list)); err != nil {
		return fmt.Errorf("staging the events: %w", err)
	}
	return nil
}

// insertStaged queues the writing of the events that were accepted, from the staging table,
// and of those that the record itself made, as elsewhere.
func insertStaged(batch *pgx.Batch, list []addedEvent) error {
	var places []int32
	var keys []string
	var recorded []time.Time
	var own []addedEvent
	var load *loading
	for i := range list {
		e := &list[i]
		load = e.load
		if e.N < 0 {
			own = append(own, *e)
			continue
		}
		places, keys, recorded = append(places, int32(e.N)), append(keys, e.Case), append(recorded, e.Recorded)
	}
	if len(places) > 0 {
		batch.Queue(`
			insert into events (case_key, source, id, type, at_day, at_instant, recorded, data, episode, corrects, voids,
				recorded_by, load_id, backlog)
			select a.case_key, s.source, s.id, s.type, s.at_day, s.at_instant, a.recorded, s.data, s.episode, s.corrects, s.voids,
				s.recorded_by, $4, $5
			from unnest($1::integer[], $2::uuid[], $3::timestamptz[]) with ordinality as a(n, case_key, recorded, o)
			join staged_events s on s.n = a.n order by a.o`, places, keys, recorded, load.id, load.backlog)
	}
	return insertEvents(batch, own)
}

// FedPlace is where something stands that a feed told of a child.
type FedPlace struct {
	Reference string // of the child; "" where it came without one
	Path      string // a JSON pointer, whose items of lists are named by their ids
	Element   string
}

// FedRefusal is something of a child that a feed brought and that was not taken.
type FedRefusal struct {
	FedPlace
	Reason  string // without what was refused
	Receipt string // of the child in the body
}

// FedBody is what a body of a feed refuses, and puts right of what earlier ones refused.
type FedBody struct {
	Source     string
	References []string // of the children that it tells of
	Refused    []FedRefusal
	// Settles reports whether the body puts right what was refused at a place. It is not asked about what Refused has.
	Settles func(FedPlace) bool
}

// FedRow is a refusal as it is listed. Receipt is that of the last body in which it was refused.
type FedRow struct {
	ID int64
	FedRefusal
	First, Last time.Time
	Settled     *time.Time // nil: it stands
}

const selectFedRows = `select id, reference, path, element, reason, receipt, first_at as first, last_at as last, settled_at as settled from feed_refusals`

// FollowFeed writes down what a body of a feed refuses and settles. The same body again changes receipts and times alone.
func (s *Store) FollowFeed(ctx context.Context, b *FedBody) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		open, err := rows[FedRow](ctx, tx, "reading what a feed was refused", selectFedRows+`
			where source = $1 and settled_at is null and (reference = '' or reference = any($2)) order by id for update`, b.Source, b.References)
		if err != nil || len(open)+len(b.Refused) == 0 {
			return err
		}
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		refused, err := b.insert(ctx, tx, now)
		if err != nil {
			return err
		}
		var settled []int64
		for i := range open {
			if !refused[open[i].FedPlace] && b.Settles(open[i].FedPlace) {
				settled = append(settled, open[i].ID)
			}
		}
		_, err = tx.Exec(ctx, `update feed_refusals set settled_at = $2 where id = any($1)`, settled, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down what a feed was refused: %w", err)
	}
	return nil
}

// insert writes down what the body refuses, and returns where. Of one place the first reason stays.
func (b *FedBody) insert(ctx context.Context, tx pgx.Tx, now time.Time) (refused map[FedPlace]bool, err error) {
	refused = map[FedPlace]bool{}
	var columns [5][]string
	for i := range b.Refused {
		r := &b.Refused[i]
		if refused[r.FedPlace] {
			continue
		}
		refused[r.FedPlace] = true
		for j, text := range []string{r.Reference, r.Path, r.Element, r.Reason, r.Receipt} {
			columns[j] = append(columns[j], text)
		}
	}
	_, err = tx.Exec(ctx, `
		insert into feed_refusals as f (source, reference, path, element, reason, receipt, first_at, last_at)
		select $1, reference, path, element, reason, receipt, $2, $2
		from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as r (reference, path, element, reason, receipt)
		on conflict (source, reference, path, element) do update set reason = excluded.reason, receipt = excluded.receipt,
			first_at = case when f.settled_at is null then f.first_at else excluded.first_at end, last_at = excluded.last_at, settled_at = null`,
		b.Source, now, columns[0], columns[1], columns[2], columns[3], columns[4])
	return refused, err
}

// FedRefusals lists what a source's feeds were refused, at most so many, after the one with which the part before ended ("":
// from the beginning). last is the end of this part; "" where nothing follows.
func (s *Store) FedRefusals(ctx context.Context, source string, settled bool, after string, most int) (list []FedRow, last string, err error) {
	list, err = rows[FedRow](ctx, s.pool, "listing what a feed was refused", selectFedRows+`
		where source = $1 and id > coalesce(nullif($2, ''), '0')::bigint and ($3 or settled_at is null) order by id limit $4`, source, after, settled, most+1)
	if err != nil || len(list) <= most {
		return list, "", err
	}
	return list[:most], strconv.FormatInt(list[most-1].ID, 10), nil
}
