package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"longstop/internal/keepalive"
)

// ErrAddress says that the address of the Postgres is missing or is not one, or that the
// record would be sent to it in the clear.
var ErrAddress = errors.New("an address that cannot be used")

// addressError says what is wrong with the address that a setting gives. It repeats nothing
// of it: it holds a password.
type addressError struct{ words string }

func (e *addressError) Error() string        { return e.words }
func (e *addressError) Is(target error) bool { return target == ErrAddress }

// defaultSetting is where the address of the record comes from.
const defaultSetting = "LONGSTOP_DATABASE_URL"

const exampleURL = "postgres://longstop@localhost:5432/longstop"

// parsed reads the address, with what the environment and service files add to it.
func (o *Options) parsed() (*pgxpool.Config, error) {
	setting := o.Setting
	if setting == "" {
		setting = defaultSetting
	}
	if o.URL == "" {
		return nil, &addressError{setting + " is not set: give a Postgres URL such as " + exampleURL}
	}
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		// The parser's own words may quote the URL, and with it a password.
		return nil, &addressError{setting + " is not a Postgres URL: give one such as " + exampleURL}
	}
	if why := inTheClear(config.ConnConfig, o.TrustedHosts); why != "" {
		return nil, &addressError{setting + ": " + why}
	}
	return config, nil
}

// CheckAddress sees whether Open would take the address; the error is ErrAddress.
func CheckAddress(o Options) error {
	_, err := o.parsed()
	return err
}

// security is how a connection to a server would be protected.
type security int

const (
	plain      security = iota
	unverified          // encrypted, with whoever answers
	verified            // sslmode=verify-full: encrypted, with the host that was named
)

func securityOf(c *tls.Config) security {
	switch {
	case c == nil:
		return plain
	case c.InsecureSkipVerify || c.ServerName == "":
		// verify-ca too: whoever has any certificate of that authority would be believed,
		// and the authority of a managed Postgres is that of all its customers.
		return unverified
	default:
		return verified
	}
}

// inTheClear says why the record would be sent to a server without TLS that shows who it is;
// "" where it would not. This machine needs none, nor do the hosts that are trusted by name;
// but these must also say whether TLS is used, since by default a connection falls
// back to none without a word.
func inTheClear(c *pgx.ConnConfig, trusted []string) string {
	tried := map[string][]security{}
	try := func(host string, port uint16, t *tls.Config) {
		if network, _ := pgconn.NetworkAddress(host, port); network == "unix" || isLoopback(host) {
			return
		}
		tried[host] = append(tried[host], securityOf(t))
	}
	try(c.Host, c.Port, c.TLSConfig)
	for _, f := range c.Fallbacks {
		try(f.Host, f.Port, f.TLSConfig)
	}
	for host, ways := range tried {
		known := slices.ContainsFunc(trusted, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), host) })
		switch lowest := slices.Min(ways); {
		case !known && lowest < verified:
			return fmt.Sprintf("the record would go to another machine %s: add sslmode=verify-full (and sslrootcert=FILE for a "+
				"certificate authority of your own); or, where nobody else can reach that network, name the host in "+
				"LONGSTOP_DATABASE_TRUSTED_HOSTS", map[security]string{
				plain: "in the clear", unverified: "without seeing which machine it is",
			}[lowest])
		case lowest != slices.Max(ways):
			return "it does not say whether TLS is used, and would fall back to none without a word: add sslmode=verify-full, " +
				"sslmode=require or sslmode=disable"
		}
	}
	return ""
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// A program that hangs, a machine that is paused or a network that is cut must not keep a
// case locked, nor make others wait for it without end. So every session of Longstop bounds
// itself; what LONGSTOP_DATABASE_URL sets goes before these.

// limits are the settings by which a statement or transaction ends. In milliseconds.
var limits = map[string]string{
	"statement_timeout":                   "60000",
	"lock_timeout":                        "15000",
	"idle_in_transaction_session_timeout": "60000",
}

// vigilance is how the server finds out that this end is gone: half a minute at the latest.
var vigilance = map[string]string{
	"tcp_keepalives_idle":     "10", // s
	"tcp_keepalives_interval": "5",  // s
	"tcp_keepalives_count":    "3",
	"tcp_user_timeout":        "30000", // ms
}

// boundSessions gives the sessions of a pool their bounds.
func boundSessions(config *pgxpool.Config) {
	for _, settings := range []map[string]string{limits, vigilance} {
		for name, value := range settings {
			if _, set := config.ConnConfig.RuntimeParams[name]; !set {
				config.ConnConfig.RuntimeParams[name] = value
			}
		}
	}
	config.ConnConfig.DialFunc = keepalive.Dialer(config.ConnConfig.ConnectTimeout).DialContext
}

// unhurried lets the statements of one transaction take as long as they need: those that go
// through a county's record at the end of a load.
func unhurried(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `set local statement_timeout = 0`)
	return err
}

// withoutLimits is how to connect for what lawfully takes longer: migrations.
func (s *Store) withoutLimits() pgx.ConnConfig {
	config := s.pool.Config().ConnConfig.Copy()
	for name := range limits {
		config.RuntimeParams[name] = "0"
	}
	return *config
}

// loopConns is how many connections the loops of a worker have for themselves: one each for
// the outbox, the cases to be planned again and the rest, so that plans which wait for a
// lock cannot keep the loops from theirs. They are opened when they are first used.
const loopConns = 3

// sidePool is a pool of its own, next to that of everything else.
func sidePool(ctx context.Context, config *pgxpool.Config, conns int32) (*pgxpool.Pool, error) {
	own, reset := config.Copy(), &resetter{}
	own.MaxConns, own.MinConns, own.ConnConfig.Tracer = conns, 0, reset
	pool, err := pgxpool.NewWithConfig(ctx, own)
	if err == nil {
		reset.pool.Store(pool)
	}
	return pool, err
}

// resetter throws a pool's connections away once Postgres answers on one of them that it
// cannot work (it is a standby now, stops, has no disk or memory left), or that one broke:
// after a failover every connection of a pool leads to the wrong server, for as long as it
// is kept. It sees each statement's error as a tracer, whoever ran the statement.
//
// A connection belongs to the generation in which it was made, and only the first failure
// of a generation resets: what is made afterwards is not thrown away because of what
// failed before.
type resetter struct {
	generation atomic.Int64
	pool       atomic.Pointer[pgxpool.Pool]
}

const generationKey = "longstop.generation"

func (r *resetter) made(conn *pgx.Conn) {
	conn.PgConn().CustomData()[generationKey] = r.generation.Load()
}

func (r *resetter) ended(conn *pgx.Conn, err error) {
	if err == nil || conn == nil || !resets(err) {
		return
	}
	of, ok := conn.PgConn().CustomData()[generationKey].(int64)
	pool := r.pool.Load()
	if !ok || pool == nil || !r.generation.CompareAndSwap(of, of+1) {
		return
	}
	pool.Reset()
}

// resets reports whether an error speaks against every connection of the pool.
func resets(err error) bool {
	var coded *pgconn.PgError
	if errors.As(err, &coded) {
		if coded.Code == codeLockNotAvailable {
			return false // somebody holds a lock: a new connection would wait for it as well
		}
		t, _ := troubleOf(coded.Code)
		return t.away
	}
	return isLost(err)
}

// TraceConnectStart is a step of pgx.ConnectTracer.
func (r *resetter) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	return ctx
}

// TraceConnectEnd notes the generation of a connection.
func (r *resetter) TraceConnectEnd(_ context.Context, data pgx.TraceConnectEndData) {
	if data.Err == nil && data.Conn != nil {
		r.made(data.Conn)
	}
}

// TraceQueryStart is a step of pgx.QueryTracer.
func (r *resetter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd looks at the error of a statement.
func (r *resetter) TraceQueryEnd(_ context.Context, conn *pgx.Conn, data pgx.TraceQueryEndData) {
	r.ended(conn, data.Err)
}

// TraceBatchStart is a step of pgx.BatchTracer.
func (r *resetter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery looks at the error of one statement of a batch.
func (r *resetter) TraceBatchQuery(_ context.Context, conn *pgx.Conn, data pgx.TraceBatchQueryData) {
	r.ended(conn, data.Err)
}

// TraceBatchEnd looks at the error of a batch.
func (r *resetter) TraceBatchEnd(_ context.Context, conn *pgx.Conn, data pgx.TraceBatchEndData) {
	r.ended(conn, data.Err)
}

// TraceCopyFromStart is a step of pgx.CopyFromTracer.
func (r *resetter) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceCopyFromStartData) context.Context {
	return ctx
}

// TraceCopyFromEnd looks at the error of a copy.
func (r *resetter) TraceCopyFromEnd(_ context.Context, conn *pgx.Conn, data pgx.TraceCopyFromEndData) {
	r.ended(conn, data.Err)
}

// Errors that callers act on; match them with errors.Is.
var (
	// ErrUnknown: the record holds no such case, pathway, notice, list or load.
	ErrUnknown = errors.New("not in the record")
	// ErrBusy: another attempt is sending this notice now; come back when its time is up.
	ErrBusy = errors.New("another attempt is sending this notice now")
	// ErrNotMigrated: the database has no schema yet, or an older one.
	ErrNotMigrated = errors.New("the database is not prepared: run `starter migrate` once with LONGSTOP_MIGRATE_URL, or LONGSTOP_DATABASE_URL, set to its owner's address")
	// ErrUnreachable: Postgres could not be reached, or went away.
	ErrUnreachable = errors.New("the database (Postgres) cannot be reached")
	// ErrLinked: the two references belong to different cases.
	ErrLinked = errors.New("the references belong to different cases already")
)

// RefusedError is about what was handed in, which is refused whole with nothing written:
// trying again changes nothing.
type RefusedError struct{ reason error }

func (e *RefusedError) Error() string { return e.reason.Error() }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.reason }

func refusedf(format string, args ...any) error {
	return &RefusedError{fmt.Errorf(format, args...)}
}

// errNoWrites is why one of several servers is passed over.
var errNoWrites = errors.New("it takes no writes")

// unreachable wraps what went wrong on the way to Postgres. It keeps the address's host
// out, since a URL holds a password.
type unreachable struct{ cause error }

func (e *unreachable) Error() string {
	return fmt.Sprintf("%v: check that it runs and that LONGSTOP_DATABASE_URL names it (%s)", ErrUnreachable, symptom(e.cause))
}

func (e *unreachable) Is(target error) bool { return target == ErrUnreachable }

func (e *unreachable) Unwrap() error { return e.cause }

func symptom(err error) string {
	var coded *pgconn.PgError
	var network net.Error
	switch {
	case errors.Is(err, errNoWrites):
		return "none of the servers that it names takes writes, or those that would do not answer"
	case errors.As(err, &coded):
		return coded.Code + ": " + coded.Message
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case pgconn.Timeout(err):
		return "no answer in time"
	default:
		return "the connection was refused or lost"
	}
}

// failed wraps an answer of Postgres by which it did not do what it was asked to, for a
// reason that has nothing to do with what was handed in. It matches ErrUnreachable where
// another server, or the same one a little later, would do it.
type failed struct {
	cause *pgconn.PgError
	trouble
}

func (e *failed) Error() string {
	return fmt.Sprintf("the database (Postgres) could not do it: %s (%s: %s)", e.advice, e.cause.Code, e.cause.Message)
}

func (e *failed) Is(target error) bool { return e.away && target == ErrUnreachable }

func (e *failed) Unwrap() error { return e.cause }

// trouble is what a SQLSTATE means to whoever runs Longstop.
type trouble struct {
	away   bool   // the server cannot work now: as good as unreachable
	advice string // what is wrong, and what to do
}

// troubles are by SQLSTATE, or by its class (the first two characters) where a class is
// all alike.
var troubles = map[string]trouble{
	"08": {true, "the connection broke: check the network between them, and try again"},
	"25006": {true, "the server that answers takes no writes: it is a standby, or was set to read only. " +
		"Let LONGSTOP_DATABASE_URL name the primary (of several hosts the one that can write is taken)"},
	"25P03": {true, "it ended a transaction in which this program was silent for longer than idle_in_transaction_session_timeout allows: try again"},
	"40001": {false, "other transactions got in its way time after time: try again"},
	"40P01": {false, "it lost one deadlock after another: try again, with less at once"},
	"42501": {false, "the user of LONGSTOP_DATABASE_URL may not do this: its owner lays down its rights with `starter migrate` (docs/running.md, Roles)"},
	"53":    {true, "the server has run out of something: see its log"},
	"53100": {true, "its disk is full: make room, and try again"},
	"53200": {true, "it is out of memory: try again, with less at once"},
	"53300": {true, "all its connections are taken: raise max_connections, or run fewer programs at once"},
	"55P03": {true, "what it needs stayed locked for too long: try again, and look in pg_stat_activity for who holds the lock"},
	"57014": {false, "the statement was cancelled, because it took longer than statement_timeout allows or by somebody's hand: try again"},
	"57P":   {true, "it is starting, stopping, or has closed the connection: try again"},
	"58":    {false, "its operating system failed it: see its log before trying again"},
	"XX":    {false, "it found itself or its data in disorder: see its log before trying again"},
}

func troubleOf(code string) (trouble, bool) {
	for _, prefix := range []string{code, code[:min(3, len(code))], code[:min(2, len(code))]} {
		if t, ok := troubles[prefix]; ok {
			return t, true
		}
	}
	return trouble{}, false
}

// explain says what is wrong with Postgres, and what to do, where that is what went wrong;
// other errors pass. Explaining again changes nothing.
func explain(err error) error {
	var connect *pgconn.ConnectError
	var network net.Error
	var coded *pgconn.PgError
	var explained *failed
	switch {
	case err == nil, errors.Is(err, ErrUnreachable), errors.Is(err, context.Canceled), errors.As(err, &explained):
		return err
	case errors.As(err, &connect):
		return &unreachable{err}
	case errors.As(err, &coded):
		if coded.Code == codeUndefinedTable {
			return ErrNotMigrated
		}
		if t, known := troubleOf(coded.Code); known {
			return &failed{coded, t}
		}
		return err
	case errors.As(err, &network), pgconn.SafeToRetry(err), errors.Is(err, net.ErrClosed), isLost(err):
		return &unreachable{err}
	}
	return err
}

// The SQLSTATE codes that are acted on.
const (
	codeUndefinedTable  = "42P01"
	codeUniqueViolation = "23505"
	codeSerialization   = "40001"
	codeDeadlock        = "40P01"
)

// again reports whether a transaction failed for a reason that is gone when it is run again,
// and certainly wrote nothing.
func again(err error) bool {
	var coded *pgconn.PgError
	if !errors.As(err, &coded) {
		return false
	}
	switch coded.Code {
	case codeSerialization, codeDeadlock:
		return true
	case codeUniqueViolation:
		// Two cases were handed the same event id at once: the second is refused when
		// it looks again.
		return coded.ConstraintName == "events_source_id" || coded.ConstraintName == "staff_events_source_id"
	}
	return false
}

// unknownIfNone turns "no rows" into ErrUnknown.
func unknownIfNone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrUnknown
	}
	return err
}
