package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"longstop/store/migrations"
)

// Migrate brings the schema up to this program's, and installs the pack and calendar that
// it ships with as the law in force where there is none. Several processes may call it at
// once: one works, the others wait. Running it again changes nothing. A database newer
// than the program is refused.
func (s *Store) Migrate(ctx context.Context) error {
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close() //nolint:errcheck // it only lets go of the pool, which stays open
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, migrationWait))
	if err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithSessionLocker(locker), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrating the database: %w", explain(err))
	}
	if current > target {
		return fmt.Errorf("the database has schema %d, which is newer than this program's %d: run the newer release", current, target)
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrating the database: %w", explain(err))
	}
	if len(done) > 0 {
		s.log.Info().Int64("from", current).Int64("to", target).Msg("the database's schema was brought up to date")
	}
	if err := s.installLaw(ctx); err != nil {
		return err
	}
	err = s.loadLaw(ctx, s.pool)
	if errors.Is(err, ErrNotMigrated) {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return err
}

// migrationWait is how many seconds one process waits for another that migrates.
const migrationWait = 300
