// Package store keeps the record in Postgres: what happened in the cases, what is owed
// because of it, who was told, and which nudges still wait for their workflows.
//
// How it hangs together:
//
//   - Whatever changes a case locks its row first, then reads Postgres' clock, then writes: so
//     what is recorded in a case is recorded in one order, and a plan is never older than
//     the events it was made from. Several cases are locked in the order of their keys.
//   - Events, staff events and laws are only ever added; the database refuses anything else.
//   - The programs run with the rights of grants.sql. What is evidence of what they did they
//     cannot write: triggers keep the history of notices (notice_log) and the audit.
//   - What depends on today is never stored. Duties hold facts, pathways hold when to wake.
//   - The revision of a case rises with everything that changes a plan. A pathway's row
//     holds the revision at which it last changed, and a workflow believes the higher one.
//     The epoch stands before the revision: Rebuild raises it, for a record that was
//     restored and whose revisions have gone back. It is read after the cases are locked.
//   - Those who record at the same moment share a transaction: see recordTogether.
//   - A nudge is written to the outbox in the transaction that causes it. Sending it at
//     once is a shortcut; SweepOutbox sends what was kept back.
//   - A notice is claimed before it is sent: see claim.go.
//   - A case that cannot be worked out is put aside and holds up no other: see fault.go.
//     Nor does a case that somebody keeps locked: see connection.go, casefile.go and
//     replan.go.
//   - Once Postgres answers that it cannot work (a standby, a full disk, a shutdown), every
//     connection is made again: see connection.go, also for what such an answer means.
//
// There are two times. Case time, from Options.Clock, is when things happen, are recorded,
// become due and are told. Wall time is for leases and delays: outbox.next_at,
// notices.sending_until. Both come from Postgres' clock, read once the locks are held
// (store.go). A program whose own clock differs begins nothing, and what was recorded in the
// database's future is put aside (fault.go).
//
// Privacy: no error, log line or nudge of this package holds a name, a source's reference
// of a case, or an id that a source gave. Refusals do hold the id of the event that was
// handed in, and Recorded.NotTried the references; they go back to who handed them in.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"

	"longstop/admission"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/together"
)

// Options are what a Store needs. URL, Clock and Compiler are required.
type Options struct {
	URL   string         // a Postgres URL; it may not lead to another machine in the clear: see ErrAddress
	Clock casetime.Clock // case time
	Log   zerolog.Logger // holds case keys and counts, never a reference or a name
	// Compiler reads the laws that the record keeps.
	Compiler Compiler
	// Setting is where URL comes from, for errors; "": LONGSTOP_DATABASE_URL.
	Setting string
	// TrustedHosts are other machines to which the record may go without TLS that shows who
	// they are: those of a network that nobody else can reach.
	TrustedHosts []string
	// MaxConns bounds the connections; 0: 8. Each concurrent Record, Plan or Claim uses one.
	MaxConns int32
	// PromptConns are further connections for what must be answered though all others wait for cases that somebody keeps
	// locked: Authenticate, Current and CompareClocks; 0: they share those of everything else.
	PromptConns int32
	// GivesWay reports whether an inferred event gives way to a real one; nil: none does.
	GivesWay admission.GivesWay
	// MakeWay writes the void of one that does; nil: the record's own.
	MakeWay admission.MakeWay
	// Composer puts what is told into words. Required.
	Composer Composer
	// SendLease is how long, by the wall clock, an attempt to send a notice may take
	// before another one believes that it died; 0: 30 seconds. A channel must have given
	// up by then.
	SendLease time.Duration
	// MessageDomain is the part of a Message-ID after the @; "": "longstop.invalid".
	MessageDomain string
	// ListSettle is how long after the last allocation of a case the lists of a first load
	// are held back, so that they are whole; 0: they are not.
	ListSettle time.Duration
	// Trays gathers what somebody is told at the 09:00 of a working day into one message. Without it each notice goes by
	// itself.
	Trays bool
	// WallNow reads the program's own wall clock, to be compared with Postgres'; nil: the
	// machine's.
	WallNow func() time.Time
	// LogOnly says that notices go to the log, because nobody has set up a mail server: what was
	// logged then counts as said, for this program alone.
	LogOnly bool
	// Actor is who runs the program, for the audit; WithActor says it of one request.
	Actor Actor
}

// Store is the record. It is safe for concurrent use.
type Store struct {
	pool       *pgxpool.Pool
	clock      casetime.Clock
	compiler   Compiler
	wallNow    func() time.Time // see Options.WallNow
	log        zerolog.Logger
	rule       admission.GivesWay
	void       admission.MakeWay
	composer   Composer
	lease      time.Duration
	domain     string
	logOnly    bool
	trays      bool          // see Options.Trays
	listSettle time.Duration // see Options.ListSettle

	law    atomic.Pointer[law]
	people atomic.Pointer[knownPeople]

	attached atomic.Pointer[knownAttachments]

	prompt     *pgxpool.Pool // see Options.PromptConns; pool if there is none
	loops      *pgxpool.Pool // of SweepOutbox, PlanQueued and the like: see loopConns
	lawPass    lawPass
	cases      queues // who waits for which case in this process
	loads      queues // and for the turn of which source and kind: see InTurn
	together   *together.Queue[*sharing]
	slow       slowCases
	session    map[string]string // the settings with which sessions begin
	stuck      sync.Map          // keys of cases of which some work does not end
	panics     sync.Map          // places that panicked before
	workLimit  time.Duration     // the constant, but in tests
	beforeWork func(caseKey string)
}

const (
	defaultConns  = 8
	defaultLease  = 30 * time.Second
	defaultDomain = "longstop.invalid"
)

// Open connects to the record, and loads the law in force where there is one. It returns
// an error that names LONGSTOP_DATABASE_URL if the URL is invalid or the server does not
// answer, ErrClocksApart where its clock and the program's differ, and the compiler's
// where it cannot read the law in force. The schema is not
// looked at: see Migrate.
func Open(ctx context.Context, o Options) (*Store, error) {
	config, err := configOf(o)
	if err != nil {
		return nil, err
	}
	reset := &resetter{}
	config.ConnConfig.Tracer = reset
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain(err)
	}
	reset.pool.Store(pool)
	loops, err := sidePool(ctx, config, loopConns)
	if err != nil {
		pool.Close()
		return nil, explain(err)
	}
	prompt := pool
	if o.PromptConns > 0 {
		if prompt, err = sidePool(ctx, config, o.PromptConns); err != nil {
			pool.Close()
			loops.Close()
			return nil, explain(err)
		}
	}
	s := &Store{
		pool: pool, loops: loops, prompt: prompt, clock: o.Clock, compiler: o.Compiler, log: o.Log, rule: o.GivesWay, void: o.MakeWay,
		composer: o.Composer, lease: o.SendLease, domain: o.MessageDomain, logOnly: o.LogOnly, trays: o.Trays, listSettle: o.ListSettle, workLimit: workLimit,
		slow: slowCases{places: make(chan struct{}, slowAtOnce), after: slowWork},
	}
	s.together, s.session = together.New(sharedAtOnce, mostShared, sharedPatience, s.recordTogether), config.ConnConfig.RuntimeParams
	if s.lease == 0 {
		s.lease = defaultLease
	}
	if s.wallNow = o.WallNow; s.wallNow == nil {
		s.wallNow = casetime.WallNow
	}
	if s.domain == "" {
		s.domain = defaultDomain
	}
	if err := s.begin(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func configOf(o Options) (*pgxpool.Config, error) {
	if o.Clock == nil {
		return nil, errors.New("store: Options.Clock is missing")
	}
	if o.Compiler == nil {
		return nil, errors.New("store: Options.Compiler is missing")
	}
	config, err := o.parsed()
	if err != nil {
		return nil, err
	}
	config.MaxConns = defaultConns
	if o.MaxConns > 0 {
		config.MaxConns = o.MaxConns
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "longstop"
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	o.Actor.claim(config.ConnConfig.RuntimeParams)
	if severalHosts(config.ConnConfig) && !asksForServer(o.URL) {
		config.ConnConfig.ValidateConnect = takesWrites
	}
	boundSessions(config)
	return config, nil
}

// takesWrites is target_session_attrs=read-write.
func takesWrites(ctx context.Context, conn *pgconn.PgConn) error {
	if err := pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, conn); err != nil {
		return fmt.Errorf("%w (%w)", errNoWrites, err)
	}
	return nil
}

// severalHosts reports whether an address names more than one server. A server is also
// tried again without TLS, which makes it no other one.
func severalHosts(c *pgx.ConnConfig) bool {
	return slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != c.Host || f.Port != c.Port })
}

// asksForServer reports whether the settings say themselves which of several servers is
// wanted. Otherwise it is the one that can write.
func asksForServer(url string) bool {
	return strings.Contains(url, "target_session_attrs") || os.Getenv("PGTARGETSESSIONATTRS") != ""
}

// begin sees that the server answers and that its clock is the program's, and loads the law
// where the schema is there.
func (s *Store) begin(ctx context.Context) error {
	if _, err := s.CompareClocks(ctx); err != nil {
		return err
	}
	err := s.loadLaw(ctx, s.pool)
	if errors.Is(err, ErrNotMigrated) {
		return nil // Migrate comes next
	}
	return err
}

// Close waits for what is under way and closes the connections.
func (s *Store) Close() {
	s.pool.Close()
	s.loops.Close()
	s.prompt.Close() // closing a pool twice does nothing
}

// Ping sees whether Postgres answers; the error is ErrUnreachable.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.loops.Ping(ctx); err != nil {
		return &unreachable{err}
	}
	return nil
}

// Book is the law in force as this program last saw it; nil before Migrate.
func (s *Store) Book() *casework.Book {
	if l := s.law.Load(); l != nil {
		return l.book
	}
	return nil
}

// maxTries bounds how often a transaction is run again after a deadlock.
const maxTries = 6

// inTx runs fn in a transaction, and again where it lost a deadlock. fn must start afresh
// each time.
func (s *Store) inTx(ctx context.Context, fn func(pgx.Tx) error) error { return inTx(ctx, s.pool, fn) }

// inLoopTx is inTx on the connections of the loops.
func (s *Store) inLoopTx(ctx context.Context, fn func(pgx.Tx) error) error {
	return inTx(ctx, s.loops, fn)
}

// LoopTx runs fn in a transaction on the connections of the loops, and again where it lost a deadlock, for packages
// that keep tables of their own in the record.
func (s *Store) LoopTx(ctx context.Context, fn func(pgx.Tx) error) error { return s.inLoopTx(ctx, fn) }

// Tx is LoopTx on the connections by which requests are answered.
func (s *Store) Tx(ctx context.Context, fn func(pgx.Tx) error) error { return s.inTx(ctx, fn) }

func inTx(ctx context.Context, pool *pgxpool.Pool, fn func(pgx.Tx) error) error {
	var o pgx.TxOptions
	if a := actingIn(ctx); a != nil {
		o.BeginQuery = a.begin()
	}
	return retried(ctx, func() error { return pgx.BeginTxFunc(ctx, pool, o, fn) })
}

// retried runs a transaction, and again where it lost a deadlock.
func retried(ctx context.Context, run func() error) error {
	for try := 1; ; try++ {
		err := run()
		if err == nil || !again(err) || try == maxTries {
			return explain(err)
		}
		if err := pause(ctx, time.Duration(try*try)*5*time.Millisecond); err != nil {
			return err
		}
	}
}

// transaction is what runs statements in a transaction: pgx's own, or a brief one.
type transaction interface {
	querier
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, from pgx.CopyFromSource) (int64, error)
}

// brief is a transaction that takes no round trip to begin or to commit: it begins with its first statements, and
// commits with those that are marked as its last.
type brief struct {
	conn      *pgx.Conn
	begins    []*pgx.QueuedQuery // what begins it; nil once it has begun
	last      bool               // the next batch is the last
	committed bool
}

// commitWithNext lets a transaction that can commit together with its next batch, after which nothing follows.
func commitWithNext(tx transaction) {
	if b, ok := tx.(*brief); ok {
		b.last = true
	}
}

// SendBatch sends statements, with what begins and commits the transaction around them.
func (t *brief) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if t.begins != nil {
		b.QueuedQueries, t.begins = append(t.begins, b.QueuedQueries...), nil
	}
	if t.last {
		b.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
			t.committed = tag.String() == "COMMIT"
			if !t.committed {
				return pgx.ErrTxCommitRollback
			}
			return nil
		})
	}
	return t.conn.SendBatch(ctx, b)
}

// begin begins the transaction by itself, for what cannot be sent in a batch.
func (t *brief) begin(ctx context.Context) error {
	if t.begins == nil {
		return nil
	}
	return t.SendBatch(ctx, &pgx.Batch{}).Close()
}

// Exec runs a statement.
func (t *brief) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := t.begin(ctx); err != nil {
		return pgconn.CommandTag{}, err
	}
	return t.conn.Exec(ctx, sql, args...)
}

// Query asks a question.
func (t *brief) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	return t.conn.Query(ctx, sql, args...)
}

// QueryRow asks a question that has one row as its answer.
func (t *brief) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := t.begin(ctx); err != nil {
		return failedRow{err}
	}
	return t.conn.QueryRow(ctx, sql, args...)
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

// CopyFrom writes many rows.
func (t *brief) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, from pgx.CopyFromSource) (int64, error) {
	if err := t.begin(ctx); err != nil {
		return 0, err
	}
	return t.conn.CopyFrom(ctx, table, columns, from)
}

// end commits the transaction where it has begun and nothing went wrong, or rolls it back. A connection on which that
// fails is thrown away by its pool.
func (t *brief) end(ctx context.Context, err error) error {
	switch {
	case t.committed || t.conn.IsClosed():
		return err
	case t.conn.PgConn().TxStatus() == idle: // it has not begun
		return err
	case err != nil:
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackWithin)
		defer cancel()
		if _, failed := t.conn.Exec(ctx, "rollback"); failed != nil {
			return errors.Join(err, t.conn.Close(ctx))
		}
		return err
	}
	t.last = true
	return t.SendBatch(ctx, &pgx.Batch{}).Close()
}

// idle is the state of a connection without a transaction.
const idle = 'I'

// rollbackWithin is how long a transaction that failed may take to be rolled back.
const rollbackWithin = 5 * time.Second

// inBriefTx is inTx with two round trips fewer.
func (s *Store) inBriefTx(ctx context.Context, fn func(transaction) error) error {
	return retried(ctx, func() error { return s.briefly(ctx, fn) })
}

// briefly is inBriefTx for what is tried once.
func (s *Store) briefly(ctx context.Context, fn func(transaction) error) error {
	return s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) (err error) {
		t := &brief{conn: conn.Conn(), begins: actingIn(ctx).beginning()}
		done := false
		defer func() {
			if !done { // a panic
				t.end(ctx, errPanicked) //nolint:errcheck // the panic goes on
			}
		}()
		err = fn(t)
		done = true
		return t.end(ctx, err)
	})
}

var errPanicked = errors.New("panicked")

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wall is the wall instant of a case instant: never early, so that a timer set for it does
// not wake before it.
func (s *Store) wall(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	w := s.clock.Wall(t).UTC()
	if cut := w.Truncate(time.Millisecond); !cut.Equal(w) {
		return cut.Add(time.Millisecond)
	}
	return w
}

// isLost reports whether a connection ended in the middle of an answer.
func isLost(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// querier is a pool, a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func rows[T any](ctx context.Context, q querier, doing, sql string, args ...any) ([]T, error) {
	r, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	list, err := pgx.CollectRows(r, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return list, nil
}

// readable is rows for a table whose rows have a seq, in its order: from names the table first, and says which rows. One that
// cannot be read is logged and passed over.
func readable[T any](ctx context.Context, s *Store, q querier, doing, columns, from string) ([]T, error) {
	list, err := rows[T](ctx, q, doing, columns+" from "+from+" order by seq")
	if unreadable := (pgx.ScanArgError{}); !errors.As(err, &unreadable) {
		return list, err
	}
	type place struct{ Seq int64 }
	places, err := rows[place](ctx, q, doing, "select seq from "+from+" order by seq")
	if err != nil {
		return nil, err
	}
	table, _, _ := strings.Cut(from, " ")
	list = nil
	for _, p := range places {
		one, err := rows[T](ctx, q, doing, columns+" from "+table+" where seq = $1", p.Seq)
		var unreadable pgx.ScanArgError
		switch {
		case errors.As(err, &unreadable):
			s.log.Error().Str("table", table).Int64("seq", p.Seq).Str("column", unreadable.FieldName).
				Msg("a row cannot be read and is passed over: what it says counts for nothing until it is mended")
		case err != nil:
			return nil, err
		}
		list = append(list, one...)
	}
	return list, nil
}

// moment is what a transaction goes by: the instant, and the law and the people as they
// are then.
type moment struct {
	Wall   time.Time // Postgres' clock
	Law    *int64
	People int64
	// Attached is the last of the attachments; 0 if there are none.
	Attached int64
	Epoch    int64
}

// momentColumns are the columns of a moment.
const momentColumns = `clock_timestamp() as wall, (select max(seq) from laws_in_force) as law, (select revision from people) as people,
	(select coalesce(max(seq), 0) from attachments) as attached, (select epoch from epoch) as epoch`

// queueMoment queues a look at the moment. It must be read once the locks are held, by a
// statement of its own: a statement that waited for a lock has read its clock, and its
// picture of the other tables, before. So is the epoch: a case that rebuild has raised while
// the lock was waited for must not be given the epoch of before.
func queueMoment(batch *pgx.Batch, m *moment) {
	batch.Queue(`select ` + momentColumns).Query(each(func(r moment) { *m = r }))
}

// now is the present case instant by Postgres' clock, which every program shares. It is for
// what is read, and for noting what has happened: see nowToWrite.
func (s *Store) now(ctx context.Context, q querier) (time.Time, error) {
	r, err := s.readClock(ctx, q)
	return s.caseTime(r.wall), err
}

// nowToWrite is now for what begins something: the error is a *ClockError where the
// program's clock and Postgres' differ.
func (s *Store) nowToWrite(ctx context.Context, q querier) (time.Time, error) {
	r, err := s.readClock(ctx, q)
	if err == nil {
		err = r.err()
	}
	return s.caseTime(r.wall), err
}

func (s *Store) readClock(ctx context.Context, q querier) (reading, error) {
	var wall time.Time
	r, err := s.read(&wall, func() error { return q.QueryRow(ctx, `select clock_timestamp()`).Scan(&wall) })
	if err != nil {
		return r, fmt.Errorf("reading the database's clock: %w", explain(err))
	}
	return r, nil
}

// Now is the present case instant by Postgres' clock.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.now(ctx, s.pool) }

// WallClock is Postgres' clock.
func (s *Store) WallClock(ctx context.Context) (time.Time, error) {
	r, err := s.readClock(ctx, s.pool)
	return r.wall.UTC(), err
}

// caseTime is the case instant at a wall instant, as Postgres keeps it.
func (s *Store) caseTime(wall time.Time) time.Time { return micro(s.clock.Case(wall)) }

// today is the London day of an instant.
func today(now time.Time) calendar.Date { return calendar.DateOf(now) }

// What is recorded and planned goes by Postgres' clock. A program's own clock is compared
// with it all the same: where the two differ one of them is wrong, and if that is Postgres',
// every alarm is early or late. So a program whose clock differs by more than MostApart
// records, plans and claims nothing. What was sent already it still notes.

// MostApart is how far a program's clock may be from Postgres'.
const MostApart = 5 * time.Second

// ErrClocksApart says that the clocks of this program and of Postgres differ by more than
// MostApart. Match it with errors.Is; the error is a *ClockError.
var ErrClocksApart = errors.New("the clocks differ")

// ClockError says by how much a program's clock differs from Postgres'.
type ClockError struct {
	Apart time.Duration // how far the program's is ahead; negative where it is behind
}

// Error says which clock differs, by how much, and what to do.
func (e *ClockError) Error() string {
	apart, way := e.Apart, "ahead of"
	if apart < 0 {
		apart, way = -apart, "behind"
	}
	return fmt.Sprintf("the clock of this machine is %s %s the database's (Postgres), and nothing is done while they differ by more than %s: "+
		"compare `date -u` here with `select clock_timestamp()` there, set the wrong one right (see that NTP runs on both), and try again",
		roughly(apart), way, MostApart)
}

// Is reports whether the target is ErrClocksApart.
func (e *ClockError) Is(target error) bool { return target == ErrClocksApart }

// roughly is a duration in its largest unit, since people look for an hour or a year.
func roughly(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d.Round(day)/day)
	case d >= time.Minute:
		return d.Round(time.Minute).String()
	default:
		return d.Round(100 * time.Millisecond).String()
	}
}

// reading is one reading of Postgres' clock, which was taken at some time between two
// readings of the program's.
type reading struct {
	before time.Time
	took   time.Duration
	wall   time.Time // Postgres'
}

// apart is how far the program's clock is ahead, at best guess: Postgres read its own
// halfway.
func (r reading) apart() time.Duration { return r.before.Add(r.took / 2).Sub(r.wall) }

// err is a *ClockError where the clocks differ by more than MostApart, whenever between the
// program's readings Postgres took its own: a slow answer is not a wrong clock.
func (r reading) err() error {
	apart := r.apart()
	if max(apart, -apart)-r.took/2 > MostApart {
		return &ClockError{Apart: apart}
	}
	return nil
}

// read reads Postgres' clock by a question that fills wall.
func (s *Store) read(wall *time.Time, ask func() error) (reading, error) {
	before := s.wallNow()
	err := ask()
	return reading{before: before, took: s.wallNow().Sub(before), wall: *wall}, err
}

// CompareClocks returns how far the program's clock is ahead of Postgres', negative where it
// is behind. The error is a *ClockError where they differ by more than MostApart, and
// ErrUnreachable where Postgres does not answer.
func (s *Store) CompareClocks(ctx context.Context) (time.Duration, error) {
	conn, err := s.prompt.Acquire(ctx) // before the clock is read, since it may take long
	if err != nil {
		return 0, &unreachable{err}
	}
	defer conn.Release()
	var wall time.Time
	r, err := s.read(&wall, func() error {
		// One round trip: nothing is prepared.
		return conn.QueryRow(ctx, `select clock_timestamp()`, pgx.QueryExecModeExec).Scan(&wall)
	})
	if err != nil {
		return 0, &unreachable{err}
	}
	return r.apart(), r.err()
}

// micro cuts an instant to what Postgres keeps.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
