package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
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

// postgresRole is the database's owner. It is not called postgres, so that a URL that was meant for another server
// fails to log in instead of working.
const postgresRole = "longstop"

// password reads the role's password, or makes a random one before the data is first made. There is no default: any
// program of this machine's other users can reach a port on the loopback address.
func (p *postgres) loadPassword() error {
	content, err := os.ReadFile(p.dir.passwordFile())
	if err == nil {
		p.password = strings.TrimSpace(string(content))
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot read the database's password: %w", err)
	}
	if p.place.dataMajor() != 0 {
		return fmt.Errorf("%s is missing, and without it the data in %s cannot be opened: put it back, or remove the data "+
			"with `devstack remove` and start afresh", p.dir.passwordFile(), p.place)
	}
	secret := make([]byte, 24)
	if _, err := rand.Read(secret); err != nil {
		return fmt.Errorf("cannot make a password: %w", err)
	}
	p.password = hex.EncodeToString(secret)
	return writeFileAtomically(p.dir.passwordFile(), []byte(p.password+"\n"), 0o600)
}

// firstStart starts Postgres, and makes its data folder before if there is none.
func (p *postgres) firstStart(ctx context.Context) error {
	if err := p.initialise(ctx); err != nil {
		return err
	}
	return p.start(ctx)
}

// initialise makes the data folder if there is none. It is made under another name and renamed when it is complete, so
// that one whose making was interrupted is never taken for a database.
func (p *postgres) initialise(ctx context.Context) error {
	if p.place.dataMajor() != 0 {
		return nil
	}
	if exists(p.place.data()) {
		return fmt.Errorf("%s exists but is not a Postgres data folder: remove it", p.place.data())
	}
	if err := os.RemoveAll(p.place.unfinished()); err != nil {
		return fmt.Errorf("cannot remove an unfinished data folder: %w", err)
	}
	secret, err := p.secretForInitdb()
	if err != nil {
		return err
	}
	defer func() { ignore(os.Remove(secret)) }()
	p.log.Info().Str("data", p.place.data()).Int("postgres", p.binaries.major).Msg("making Postgres's data folder")
	initdb := p.user.command(string(p.place), p.binaries.initdb(),
		"--pgdata="+p.place.unfinished(),
		"--username="+postgresRole,
		"--pwfile="+secret,
		"--auth=scram-sha-256",
		"--encoding=UTF8",
		"--locale=C", // the same order of text on every machine, and no need for installed locales
	)
	if output, err := runUntil(ctx, initdb); err != nil {
		return fmt.Errorf("initdb failed: %w: %s", err, lastLines(output, 3))
	}
	return os.Rename(p.place.unfinished(), p.place.data())
}

// secretForInitdb puts the password in a file that Postgres's user can read, for as long as initdb runs.
func (p *postgres) secretForInitdb() (string, error) {
	path := filepath.Join(string(p.place), "initdb-password")
	if err := os.WriteFile(path, []byte(p.password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("cannot hand initdb its password: %w", err)
	}
	if err := p.user.own(path); err != nil {
		return "", fmt.Errorf("cannot hand initdb its password: %w", err)
	}
	return path, nil
}

// runUntil runs a program to its end, and kills it with all that it started when the context ends first.
func runUntil(ctx context.Context, command *exec.Cmd) (string, error) {
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		return "", err
	}
	watching := context.AfterFunc(ctx, func() { ignore(syscall.Kill(-command.Process.Pid, syscall.SIGKILL)) })
	err := command.Wait()
	if watching(); ctx.Err() != nil {
		err = ctx.Err()
	}
	return output.String(), err
}

// lastLines gives the end of a program's output on one line, for an error message.
func lastLines(output string, count int) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], " | ")
}

// How long to wait before Postgres is started again after it died. The wait doubles at each failure, and begins again
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

// postgresSetting is one setting and why it has this value.
type postgresSetting struct{ name, value, why string }

// postgresSettings suit a development machine, and lose nothing that was committed: a stack in which a crash could
// lose a statutory record would hide just the faults that it is there to show. They are given on the command line,
// not written into the data folder, so that a newer devstack brings its newer settings to old data.
var postgresSettings = []postgresSetting{
	{"listen_addresses", loopback, "this machine only"},
	{"unix_socket_directories", "", "TCP only: a socket's path may be at most 107 bytes, and project folders are longer"},
	{"cluster_name", "longstop-devstack", "so that `ps` tells it from the system's own Postgres"},

	{"max_connections", "200", "Temporal's four services take up to 120, see temporal.go; the rest is for Longstop and psql"},
	{"shared_buffers", "256MB", "keeps about ten thousand open workflows (25 KB each) in memory; the default is 128MB"},
	{"jit", "off", "every query here is short: compiling one costs more than running it"},

	{"fsync", "on", "a commit is on the disk, also after a power cut"},
	{"synchronous_commit", "on", "and it is there before the program hears that it succeeded; off would gain 7 %"},
	{"full_page_writes", "on", "a page half-written in a crash is repaired"},
	{"wal_compression", "on", "Temporal rewrites the same pages again and again: less log to write for a little CPU"},
	{"max_wal_size", "2GB", "a bulk load does not force a checkpoint every few seconds"},
	{"min_wal_size", "128MB", "and an idle stack keeps a laptop's disk free"},

	{"timezone", "UTC", "the database holds instants; London's dates are the program's business"},
	{"log_timezone", "UTC", "the log can be laid next to Temporal's"},
	{"log_checkpoints", "off", "the log is for what went wrong"},
	{"log_parameter_max_length", "0", "no statement's values in the log: they may be about children"},
	{"log_parameter_max_length_on_error", "0", "nor when it fails"},
	{"log_error_verbosity", "terse", "nor the row that a constraint refused"},
}

// settingsSince names the settings that older versions of Postgres do not know, which would refuse to start.
var settingsSince = map[string]int{
	"log_parameter_max_length":          13,
	"log_parameter_max_length_on_error": 13,
}

// postgresArguments turns the settings into Postgres's arguments.
func postgresArguments(dataDir string, port, major int) []string {
	arguments := []string{"-D", dataDir, "-p", strconv.Itoa(port)}
	for _, setting := range postgresSettings {
		if settingsSince[setting.name] <= major {
			arguments = append(arguments, "-c", setting.name+"="+setting.value)
		}
	}
	return arguments
}
