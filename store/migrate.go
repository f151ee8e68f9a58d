package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"longstop/store/migrations"
)

// Migrate brings the schema up to this program's, lays down what each role may do, and
// installs the pack and calendar that it ships with as the law in force if there is
// no law yet. It needs the owner of the schema. Several processes may call it at once: one works,
// the others wait. Running it again changes nothing. A database newer than the program is
// refused.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", explain(err))
	}
	return s.ready(ctx)
}

// Prepare sees that the schema is this program's, and that a law is in force. Where the
// schema is older, the owner migrates it; for any other role the error is ErrNotMigrated,
// and says what to run.
func (s *Store) Prepare(ctx context.Context) error {
	switch has, err := s.Version(ctx); {
	case err != nil:
		return err
	case has == migrations.Latest():
		return s.ready(ctx)
	}
	owns, err := s.ownsSchema(ctx)
	if err != nil {
		return fmt.Errorf("preparing the database: %w", explain(err))
	}
	if !owns {
		return s.Current(ctx)
	}
	return s.Migrate(ctx)
}

// Current sees that the schema is this program's; where it is older the error is
// ErrNotMigrated. It changes nothing.
func (s *Store) Current(ctx context.Context) error {
	has, err := s.Version(ctx)
	switch {
	case err != nil:
		return err
	case has == 0:
		return ErrNotMigrated
	case has < migrations.Latest():
		return &outdated{has: has, want: migrations.Latest()}
	}
	return nil
}

// Version is the last migration that the database has had; 0 where it has had none. A
// database newer than the program is an error.
func (s *Store) Version(ctx context.Context) (int64, error) {
	var has int64
	err := s.prompt.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&has)
	err = explain(err)
	switch {
	case errors.Is(err, ErrNotMigrated):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("reading the version of the database: %w", err)
	case has > migrations.Latest():
		return has, fmt.Errorf("the database has schema %d, which is newer than this program's %d: run the newer release", has, migrations.Latest())
	}
	return has, nil
}

// outdated says that the schema is older than the program.
type outdated struct{ has, want int64 }

func (e *outdated) Error() string {
	return fmt.Sprintf("the database has schema %d and this program needs %d: run `starter migrate` of this release "+
		"with LONGSTOP_MIGRATE_URL set to the owner's address", e.has, e.want)
}

func (e *outdated) Is(target error) bool { return target == ErrNotMigrated }

// ownsSchema reports whether this role may migrate: it owns what there is, or may make
// tables where there is nothing.
func (s *Store) ownsSchema(ctx context.Context) (owns bool, err error) {
	err = s.pool.QueryRow(ctx, `
		select coalesce(
			(select pg_has_role(current_user, relowner, 'usage') from pg_class where oid = to_regclass('goose_db_version')),
			has_schema_privilege(current_schema(), 'create'), false)`).Scan(&owns)
	return owns, err
}

// ready installs the law that this program ships with if there is none, and loads the
// one in force.
func (s *Store) ready(ctx context.Context) error {
	if err := s.installLaw(ctx); err != nil {
		return err
	}
	return s.loadLaw(ctx, s.pool)
}

func (s *Store) migrate(ctx context.Context) error {
	if _, err := s.Version(ctx); err != nil {
		return err
	}
	db := stdlib.OpenDB(s.withoutLimits())
	defer db.Close() //nolint:errcheck // what it did is known by then
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, migrationWait))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithSessionLocker(locker), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return err
	}
	if len(done) > 0 {
		s.log.Info().Int64("from", done[0].Source.Version-1).Int64("to", migrations.Latest()).
			Msg("the database's schema was brought up to date")
	}
	return s.grant(ctx)
}

// migrationWait is how many seconds one process waits for another that migrates.
const migrationWait = 300

//go:embed grants.sql
var grants string

// grantLock is the key of the advisory lock under which the roles' rights are laid down.
const grantLock int64 = 0x6c6f6e676c617702

// grant lays down what the roles may do with the tables, where an administrator has made
// them (deploy/roles.sql). A database with one role for everything has none.
func (s *Store) grant(ctx context.Context) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var both bool
		err := tx.QueryRow(ctx, `
			select count(*) = 2 from pg_roles where rolname in ('longstop_app', 'longstop_reader')`).Scan(&both)
		if err != nil || !both {
			return err
		}
		// One at a time: two that change the rights of one table at once would fail.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, grantLock); err != nil {
			return err
		}
		var schema string
		if err := tx.QueryRow(ctx, `select current_schema()`).Scan(&schema); err != nil {
			return err
		}
		schema = pgx.Identifier{schema}.Sanitize()
		_, err = tx.Exec(ctx, `revoke all on all tables in schema `+schema+` from longstop_app, longstop_reader;
			revoke all on all functions in schema `+schema+` from longstop_app, longstop_reader;`+grants)
		if err != nil {
			return fmt.Errorf("granting the roles their rights: %w", err)
		}
		return nil
	})
}
