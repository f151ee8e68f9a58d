package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rs/zerolog"
)

// postgres is the stack's own Postgres: its programs, its data, and the process while it runs.
type postgres struct {
	dir      stackDir
	place    place
	outside  bool // the data lies outside the project's folder
	user     postgresUser
	binaries binaries
	password string
	port     int
	log      zerolog.Logger

	mu      sync.Mutex
	running process // changes when Postgres is started again
}

// current is the process that runs now, or ran last.
func (p *postgres) current() process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running
}

func (p *postgres) setCurrent(running process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = running
}

// openPostgres finds everything that is needed to run Postgres on the folder, and starts nothing.
func openPostgres(dir stackDir, log zerolog.Logger) (*postgres, error) {
	user, err := findPostgresUser()
	if err != nil {
		return nil, err
	}
	finder := newFinder(user)
	found, err := finder.find(0)
	if err != nil {
		return nil, err
	}
	where, outside, err := findPlace(dir, user, found)
	if err != nil {
		return nil, err
	}
	if err := where.prepare(dir, user, outside, log); err != nil {
		return nil, err
	}
	if found, err = finder.find(where.dataMajor()); err != nil {
		return nil, err
	}
	p := &postgres{dir: dir, place: where, outside: outside, user: user, binaries: found, log: log}
	return p, p.loadPassword()
}

// adopt takes over a Postgres that an earlier devstack left running on this data, if there is one: a killed devstack
// does not take its database with it, and the next one need not wait for crash recovery.
func (p *postgres) adopt(ctx context.Context) (bool, error) {
	found := readPidFile(p.place.data())
	if found.pid == 0 || !isPostmaster(found.pid, p.place.data()) {
		return false, nil
	}
	p.port = found.port
	p.setCurrent(processByPid(found.pid, p.place.data()))
	err := p.waitReady(ctx)
	if errors.Is(err, errPostgresExited) { // it was on its way down
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("a Postgres (process %d) runs on %s but cannot be used: %w: stop it with `kill -INT %[1]d`",
			found.pid, p.place.data(), err)
	}
	p.log.Info().Int("pid", found.pid).Int("port", p.port).Msg("took over the Postgres that was left running")
	return true, nil
}

// start starts Postgres on data that is there and waits until it answers.
func (p *postgres) start(ctx context.Context) error {
	if err := p.endOrphans(ctx); err != nil {
		return err
	}
	logFile, err := os.OpenFile(p.dir.postgresLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write Postgres's log: %w", err)
	}
	defer func() { ignore(logFile.Close()) }() // Postgres has its own copy
	before, err := logFile.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("cannot write Postgres's log: %w", err)
	}
	command := p.user.command(p.place.data(), p.binaries.postgres(),
		postgresArguments(p.place.data(), p.port, p.binaries.major)...)
	command.Stdout, command.Stderr = logFile, logFile
	if err := command.Start(); err != nil {
		return fmt.Errorf("cannot run %s as %s: %w", p.binaries.postgres(), p.user, err)
	}
	exited := make(chan struct{})
	go func() {
		ignore(command.Wait()) // how it ended is in its log
		close(exited)
	}()
	p.setCurrent(process{pid: command.Process.Pid, exited: exited})
	if err := p.waitReady(ctx); err != nil {
		return errors.Join(fmt.Errorf("%w%s", err, p.complaints(before)), stopProcess(p.current()))
	}
	return nil
}

// errPostgresExited is returned by waitReady when the process ends before it answers.
var errPostgresExited = errors.New("it stopped by itself")

// waitReady asks again and again until Postgres answers, which during crash recovery takes a while.
func (p *postgres) waitReady(ctx context.Context) error {
	for {
		err := p.ping(ctx)
		if err == nil || isFinal(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; Postgres's last answer: %w", ctx.Err(), err)
		case <-p.current().exited:
			return errPostgresExited
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// ping makes sure that a Postgres answers at the port, and that it is the one with our data.
func (p *postgres) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	connection, err := pgx.Connect(ctx, p.database().named("postgres"))
	if err != nil {
		return err
	}
	defer func() { ignore(connection.Close(ctx)) }()
	var dataDir string
	if err := connection.QueryRow(ctx, "SHOW data_directory").Scan(&dataDir); err != nil {
		return err
	}
	if realPath(dataDir) != realPath(p.place.data()) {
		return fmt.Errorf("another Postgres, with data in %s, answers at %s", dataDir, address(p.port))
	}
	return nil
}

// isFinal tells whether asking again is useless: the password does not fit.
func isFinal(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && strings.HasPrefix(refused.Code, "28")
}

// complaints gives what Postgres wrote in its log since an offset that tells why it stopped.
func (p *postgres) complaints(since int64) string {
	content, err := os.ReadFile(p.dir.postgresLog())
	if err != nil || since > int64(len(content)) {
		return ""
	}
	var found []string
	for line := range strings.Lines(string(content[since:])) {
		// "The database system is starting up", "… not yet accepting connections": answers to our own asking.
		if _, text, fatal := strings.Cut(line, "FATAL:"); fatal && !strings.Contains(text, "the database system is") {
			found = append(found, strings.TrimSpace(text))
		}
	}
	if len(found) == 0 {
		return ""
	}
	return ": " + lastLines(strings.Join(found, "\n"), 2)
}

func (p *postgres) database() database {
	return ownDatabase(p.port, p.password)
}
