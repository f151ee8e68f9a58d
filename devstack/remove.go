package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
)

// removeCommand is `devstack remove`. Removing the folder by hand does the same, except where the data had to go
// outside of it.
type removeCommand struct {
	Dir string `help:"The stack's folder." default:".devstack" type:"path"`
}

// Help is shown by `devstack remove --help`.
func (c *removeCommand) Help() string {
	return "Example: devstack remove --dir .devstack\n\nEverything recorded in the stack is lost, Longstop's own database too."
}

// Run refuses while the stack runs, and ends a Postgres that was left behind.
func (c *removeCommand) Run(_ context.Context, _ zerolog.Logger, stdout io.Writer) error {
	dir, lock, err := openLocked(c.Dir, existingDir)
	if err != nil {
		return err
	}
	defer lock.release()
	if !exists(dir.portsFile()) && !exists(dir.passwordFile()) {
		return fmt.Errorf("%s does not look like a stack's folder (it has neither ports.json nor postgres-password): "+
			"nothing is removed", dir)
	}
	places := []place{place(dir.postgres())}
	if outside := recordedPlace(dir); outside != "" {
		places = append(places, outside, outside.old())
		defer func() { ignore(os.Remove(filepath.Dir(string(outside)))) }() // when no other folder's data is in it
	}
	for _, where := range places {
		if err := where.remove(); err != nil {
			return err
		}
	}
	if err := dir.removeFiles(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "Removed the stack in %s and its data.\n", dir)
	return err
}

// remove ends a Postgres that works on the place and removes it.
func (p place) remove() error {
	if pid := readPidFile(p.data()).pid; pid != 0 && isPostmaster(pid, p.data()) {
		if err := stopProcess(processByPid(pid, p.data())); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(string(p)); err != nil {
		return fmt.Errorf("cannot remove Postgres's data: %w", err)
	}
	return nil
}

// removeFiles removes what devstack made, by name, and then the folder if nothing else is in it: somebody may have
// given --dir a folder that holds other things.
func (d stackDir) removeFiles() error {
	for _, path := range []string{
		d.envFile(), d.lockFile(), d.portsFile(), d.passwordFile(), d.placeFile(),
		d.postgresLog(), d.temporalLog(), d.temporalLog() + ".1",
	} {
		if err := removeIfPresent(path); err != nil {
			return err
		}
	}
	ignore(os.Remove(string(d))) // fails when it is not empty, as it should
	return nil
}

// dropCommand is `devstack drop-temporal`. It exists to show that Postgres holds the record and Temporal only the
// waiting: after it, `devstack up` and `starter rebuild` bring every clock back.
type dropCommand struct {
	Dir         string        `help:"The stack's folder." default:".devstack" type:"path"`
	DatabaseURL string        `help:"The Postgres that was given to 'up', if one was." env:"LONGSTOP_DATABASE_URL" placeholder:"URL"`
	Timeout     time.Duration `help:"How long it may take." default:"2m"`
}

// Help is shown by `devstack drop-temporal --help`.
func (c *dropCommand) Help() string {
	return "Example: devstack drop-temporal --dir .devstack\n\nLongstop's own database is not touched."
}

// Run starts Postgres alone (or takes over one that was left running), drops, and leaves Postgres as it was.
func (c *dropCommand) Run(ctx context.Context, log zerolog.Logger, stdout io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	dir, lock, err := openLocked(c.Dir, existingDir)
	if err != nil {
		return err
	}
	defer lock.release()
	databaseURL, err := givenDatabaseURL(c.DatabaseURL)
	if err != nil {
		return err
	}
	forgetPostgresEnvironment(databaseURL)
	last, err := loadPorts(dir)
	if err != nil {
		log.Warn().Err(err).Msg("going on without the ports of the last start")
	}
	drop := func(db database) error {
		if err := db.drop(ctx, temporalDatabase, visibilityDatabase); err != nil {
			return &partError{"Postgres", "", err}
		}
		fmt.Fprintf(stdout, "Dropped %s and %s on %s. The next `devstack up` makes them again, empty.\n",
			temporalDatabase, visibilityDatabase, db.url.Host)
		return nil
	}
	if databaseURL != "" && !isOwnDatabase(dir, databaseURL) {
		db, err := givenDatabase(databaseURL)
		if err != nil {
			return err
		}
		return drop(db)
	}
	return withPostgres(ctx, dir, last, log, drop)
}

// withPostgres lends the stack's Postgres to a function, and stops it afterwards unless it was running before.
func withPostgres(ctx context.Context, dir stackDir, last ports, log zerolog.Logger, use func(database) error) error {
	p, err := openPostgres(dir, log)
	if err != nil {
		return err
	}
	adopted, err := p.adopt(ctx)
	if err != nil {
		return &partError{"Postgres", dir.postgresLog(), err}
	}
	if !adopted {
		chooser := newPortChooser(true) // nobody but us needs it
		if p.port, err = chooser.forPart("Postgres", "", 0, last.Postgres, 0); err != nil {
			return err
		}
		if err := p.firstStart(ctx); err != nil {
			return &partError{"Postgres", dir.postgresLog(), err}
		}
		defer func() {
			if err := stopProcess(p.current()); err != nil {
				log.Error().Err(err).Msg("Postgres did not stop cleanly")
			}
		}()
	}
	return use(p.database())
}
