package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"

	"longstop/internal/casetime"
	"longstop/notify/letter"
	"longstop/store"
	"longstop/timescale/load"
)

// EnvURL names the Postgres that tests use in place of one of their own.
const EnvURL = "LONGSTOP_TEST_DATABASE_URL"

// server is the Postgres of this test binary, started when the first test asks for it.
var server = sync.OnceValues(start)

type running struct {
	url      string        // of the maintenance database
	pool     *pgxpool.Pool // of it; open as long as this process lives
	template string        // the migrated database
	password string        // of the roles that this process made
}

func start() (running, error) {
	r := running{url: os.Getenv(EnvURL)}
	if r.url == "" {
		found, err := startCluster()
		if err != nil {
			return r, err
		}
		r.url = found
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) //nolint:forbidigo // the server outlives the test that starts it
	defer cancel()
	var err error
	if r.pool, err = pgxpool.New(ctx, r.url); err != nil {
		return r, err
	}
	r.password, r.template = rand.Text(), name("template")
	if err := r.execute(ctx, "create database "+r.template); err != nil {
		return r, fmt.Errorf("making the template database: %w", err)
	}
	if err := r.makeRoles(ctx); err != nil {
		return r, fmt.Errorf("making the roles: %w", err)
	}
	s, err := store.Open(ctx, store.Options{URL: r.with(r.template), Clock: casetime.Real(), Log: zerolog.Nop(), Compiler: load.Compiler{}, Composer: letter.Composer{}})
	if err != nil {
		return r, err
	}
	defer s.Close()
	return r, s.Migrate(ctx)
}

// Database is the URL of a new, migrated database, dropped when the test ends, as its owner
// has it: for SQL of the test's own. See AsApp.
func Database(tb testing.TB) string {
	tb.Helper()
	r := mustStart(tb)
	return r.create(tb, "template "+r.template)
}

// Empty is the URL of a new database without a schema, dropped when the test ends.
func Empty(tb testing.TB) string {
	tb.Helper()
	return mustStart(tb).create(tb, "")
}

// Open opens a store with the rights of the programs (AsApp), closed when the test ends. A
// missing URL is that of a new database, a missing clock the wall clock, a missing log none, a
// missing compiler timescale/load's.
func Open(tb testing.TB, o store.Options) *store.Store {
	tb.Helper()
	if o.URL == "" {
		o.URL = Database(tb)
	}
	o.URL = AsApp(tb, o.URL)
	return OpenAs(tb, o)
}

// OpenAs is Open with the rights of whoever the URL names.
func OpenAs(tb testing.TB, o store.Options) *store.Store {
	tb.Helper()
	if o.Clock == nil {
		o.Clock = casetime.Real()
	}
	if o.Compiler == nil {
		o.Compiler = load.Compiler{}
	}
	if o.Composer == nil {
		o.Composer = letter.Composer{}
	}
	s, err := store.Open(tb.Context(), o)
	if err != nil {
		tb.Fatalf("opening a store on a test database: %v", err)
	}
	tb.Cleanup(s.Close)
	return s
}

func mustStart(tb testing.TB) running {
	tb.Helper()
	r, err := server()
	if err != nil {
		tb.Fatalf("this test needs Postgres: %v", err)
	}
	return r
}

func (r running) create(tb testing.TB, how string) string {
	tb.Helper()
	db := name("test")
	if err := r.execute(tb.Context(), "create database "+db+" "+how); err != nil {
		tb.Fatalf("making a test database: %v", err)
	}
	database := r.with(db)
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), 30*time.Second)
		defer cancel()
		if err := r.execute(ctx, "drop database if exists "+db+" with (force)"); err != nil {
			tb.Errorf("dropping a test database: %v", err)
		}
	})
	// The rights on a database are not copied from its template.
	if err := r.runRoles(tb.Context(), database); err != nil {
		tb.Fatalf("making the roles of a test database: %v", err)
	}
	return database
}

// execute runs one statement on the maintenance database.
func (r running) execute(ctx context.Context, sql string) error {
	_, err := r.pool.Exec(ctx, sql)
	return err
}

// with is the server's URL with another database.
func (r running) with(db string) string {
	return changed(r.url, func(u *url.URL) { u.Path = "/" + db })
}

func changed(text string, change func(*url.URL)) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	change(u)
	return u.String()
}

var count atomic.Int64

// name is unique among the test binaries that may share a server.
func name(kind string) string {
	return fmt.Sprintf("longstop_%s_%d_%d", kind, os.Getpid(), count.Add(1))
}
