package store

import (
	"context"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

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
