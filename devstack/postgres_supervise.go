package main

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// How long to wait before Postgres is started again after it died. The wait doubles at each failure, and begins anew
// once Postgres has lived for a while.
const (
	firstRestartDelay = 100 * time.Millisecond
	longestRestart    = 5 * time.Second
	livedWell         = 30 * time.Second
)

// supervise starts Postgres again whenever it dies, until the context ends; then it returns nil. What was committed is
// there again after Postgres's own crash recovery, and the Temporal server reconnects by itself.
//
// It gives up only when the data is gone: going on with an empty database would hide that.
func (p *postgres) supervise(ctx context.Context, restarted func()) error {
	delay := firstRestartDelay
	for {
		started := time.Now()
		select {
		case <-ctx.Done():
			return nil
		case <-p.current().exited:
		}
		if p.place.dataMajor() == 0 {
			return fmt.Errorf("it ended, and its data folder %s is gone: start again to begin with an empty one",
				p.place.data())
		}
		p.log.Warn().Int("pid", p.current().pid).Str("log", p.dir.postgresLog()).Msg("Postgres died: starting it again")
		if time.Since(started) > livedWell {
			delay = firstRestartDelay
		}
		if delay = p.restart(ctx, delay); ctx.Err() != nil {
			return nil
		}
		p.log.Info().Int("pid", p.current().pid).Msg("Postgres runs again")
		restarted()
	}
}

// restart tries until Postgres runs or the context ends, and gives the delay to begin with next time.
func (p *postgres) restart(ctx context.Context, delay time.Duration) time.Duration {
	for {
		select {
		case <-ctx.Done():
			return delay
		case <-time.After(delay):
		}
		delay = min(2*delay, longestRestart)
		err := p.start(ctx)
		if err == nil || ctx.Err() != nil {
			return delay
		}
		p.log.Error().Err(err).Stringer("again_in", delay).Msg("Postgres does not start")
	}
}

// endOrphans gets rid of what a killed postmaster left behind, without which a new one refuses to start (or worse:
// would work on the same files). The postmaster's children notice its death when they next wait for something, but
// one in a long query would hold the shared memory until its end. SIGQUIT is what the postmaster itself would send them.
func (p *postgres) endOrphans(ctx context.Context) error {
	if !haveProc() { // Postgres checks for itself; the caller tries again
		return nil
	}
	const patience, look = 5 * time.Second, 20 * time.Millisecond
	signal := syscall.SIGQUIT
	for waited := time.Duration(0); ; waited += look {
		orphans := processesIn(p.place.data())
		if len(orphans) == 0 {
			return p.removeStalePidFile()
		}
		if waited == patience {
			signal = syscall.SIGKILL
		}
		if waited > 2*patience {
			return fmt.Errorf("processes %v of an earlier Postgres still hold %s and cannot be ended", orphans, p.place.data())
		}
		for _, pid := range orphans {
			ignore(syscall.Kill(pid, signal)) // one that is gone by now is what we want
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(look):
		}
	}
}

// removeStalePidFile removes Postgres's pid file when the process that it names is an unrelated one: after a reboot the
// number may belong to anything, and Postgres would refuse to start. It is called only when nothing works on the data;
// where that cannot be known, Postgres is left to judge for itself.
func (p *postgres) removeStalePidFile() error {
	pid := readPidFile(p.place.data()).pid
	if pid == 0 || !processExists(pid) {
		return nil // no file, or one that Postgres recognises as stale
	}
	p.log.Info().Int("pid", pid).Msg("removing the pid file that a dead Postgres left: its number is not free again")
	return removeIfPresent(pidFilePath(p.place.data()))
}
