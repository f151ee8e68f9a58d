package store

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

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
