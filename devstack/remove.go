package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

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
	dir, err := existingDir(c.Dir)
	if err != nil {
		return err
	}
	lock, err := lockDir(dir)
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
