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
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
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
// but for these it must be said too whether TLS is used, since by default a connection falls
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

// keepAlive and userTimeout are the same at this end.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}

const userTimeout = 30 * time.Second

// boundSessions gives the sessions of a pool their bounds.
func boundSessions(config *pgxpool.Config) {
	for _, settings := range []map[string]string{limits, vigilance} {
		for name, value := range settings {
			if _, set := config.ConnConfig.RuntimeParams[name]; !set {
				config.ConnConfig.RuntimeParams[name] = value
			}
		}
	}
	dialer := &net.Dialer{Timeout: config.ConnConfig.ConnectTimeout, KeepAliveConfig: keepAlive, Control: func(network, _ string, c syscall.RawConn) error {
		if network == "unix" {
			return nil
		}
		return setUserTimeout(c, userTimeout)
	}}
	config.ConnConfig.DialFunc = dialer.DialContext
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

func loopPool(ctx context.Context, config *pgxpool.Config) (*pgxpool.Pool, error) {
	own, reset := config.Copy(), &resetter{}
	own.MaxConns, own.MinConns, own.ConnConfig.Tracer = loopConns, 0, reset
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
