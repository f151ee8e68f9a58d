package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// oldestPostgres is the oldest major version that the Temporal server's schema supports.
const oldestPostgres = 12

// binaries is one installation of Postgres.
type binaries struct {
	dir   string
	major int
}

func (b binaries) postgres() string { return filepath.Join(b.dir, "postgres") }
func (b binaries) initdb() string   { return filepath.Join(b.dir, "initdb") }

// packagedDirs is where packages put Postgres's programs. Debian, Red Hat and Homebrew keep them out of PATH.
var packagedDirs = []string{
	"/usr/lib/postgresql/*/bin",         // Debian, Ubuntu
	"/usr/pgsql-*/bin",                  // Red Hat and Fedora, from the Postgres project
	"/usr/libexec/postgresql*",          // Alpine
	"/opt/homebrew/opt/postgresql*/bin", // Homebrew on Apple silicon
	"/usr/local/opt/postgresql*/bin",    // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// errNoPostgres is what a person without Postgres reads.
var errNoPostgres = errors.New(`no Postgres (version 12 or later) found on this machine. Install one:
    Debian, Ubuntu:  apt-get install postgresql
    Fedora, RHEL:    dnf install postgresql-server
    macOS:           brew install postgresql@17
  or use one that runs already: set ` + envDatabaseURL + ` (postgres://user:password@host:5432/longstop)`)

// finder looks for installations. Its fields are what the tests replace.
type finder struct {
	lookPath func(program string) (string, error)
	bindir   func() string                // what pg_config says
	version  func(postgres string) string // what `postgres --version` says, "" when it does not run
	root     string                       // put before packagedDirs; empty but in tests
}

func newFinder(user postgresUser) finder {
	return finder{
		lookPath: exec.LookPath,
		bindir: func() string {
			out, err := exec.Command("pg_config", "--bindir").Output()
			if err != nil {
				return ""
			}
			return strings.TrimSpace(string(out))
		},
		// Run as Postgres's user, so that programs which that user cannot execute do not count.
		version: func(postgres string) string {
			out, err := user.command("/", postgres, "--version").Output()
			if err != nil {
				return ""
			}
			return string(out)
		},
	}
}

// find gives the first usable installation: PATH, then pg_config, then the packages' folders, newest first. Data made
// by one major version can only be opened by the same one: wanted is that version, or 0 when there is no data yet.
func (f finder) find(wanted int) (binaries, error) {
	var others []string
	for _, dir := range f.candidates() {
		found := binaries{dir: dir, major: f.major(dir)}
		if found.major < oldestPostgres {
			continue
		}
		if wanted == 0 || found.major == wanted {
			return found, nil
		}
		others = append(others, fmt.Sprintf("version %d in %s", found.major, dir))
	}
	if len(others) > 0 {
		return binaries{}, fmt.Errorf("the data was made by Postgres %d, but this machine has only %s: install Postgres %[1]d, "+
			"or remove the data with `devstack remove` and start afresh", wanted, strings.Join(others, ", "))
	}
	return binaries{}, errNoPostgres
}

// candidates lists the folders that hold both programs, each once, in the order of preference.
func (f finder) candidates() []string {
	var dirs []string
	if path, err := f.lookPath("postgres"); err == nil {
		dirs = append(dirs, dirAndTarget(path)...)
	}
	if path, err := f.lookPath("initdb"); err == nil {
		dirs = append(dirs, dirAndTarget(path)...)
	}
	if dir := f.bindir(); dir != "" {
		dirs = append(dirs, dir)
	}
	dirs = append(dirs, f.packaged()...)
	var complete []string
	for _, dir := range dirs {
		if !slices.Contains(complete, dir) && isProgram(filepath.Join(dir, "postgres")) && isProgram(filepath.Join(dir, "initdb")) {
			complete = append(complete, dir)
		}
	}
	return complete
}

// dirAndTarget gives the folder of a program and, when it is a symbolic link, the folder that it points to: links in
// /usr/local/bin are often made for some of the programs only.
func dirAndTarget(path string) []string {
	dirs := []string{filepath.Dir(path)}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		dirs = append(dirs, filepath.Dir(target))
	}
	return dirs
}

// packaged lists the packages' folders, newest version first.
func (f finder) packaged() []string {
	var dirs []string
	for _, pattern := range packagedDirs {
		dirs = append(dirs, glob(filepath.Join(f.root, pattern))...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return cmp.Compare(versionInPath(b), versionInPath(a)) })
	return dirs
}

var numbers = regexp.MustCompile(`\d+`)

// versionInPath reads the version from a folder such as /usr/lib/postgresql/17/bin; 0 when there is none in it.
func versionInPath(dir string) int {
	found := numbers.FindAllString(dir, -1)
	if len(found) == 0 {
		return 0
	}
	return number(found[len(found)-1])
}

// major asks the program itself; 0 when it does not run.
func (f finder) major(dir string) int {
	_, version, _ := strings.Cut(f.version(filepath.Join(dir, "postgres")), "(PostgreSQL)")
	return number(numbers.FindString(version))
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

// postgresUser is the user that Postgres's processes run as. Postgres refuses to run as root, because whoever took it over
// would own the machine; so a devstack started by root gives its rights away for these processes.
type postgresUser struct {
	name       string
	credential *syscall.Credential // nil: the user who started devstack
}

// findPostgresUser gives the starting user, or for root an unprivileged one: `postgres` where the package made it,
// else `nobody`.
func findPostgresUser() (postgresUser, error) {
	if os.Geteuid() != 0 {
		return postgresUser{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if uidErr != nil || gidErr != nil || uid == 0 {
			continue
		}
		return postgresUser{name: name, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return postgresUser{}, errors.New("no user to run Postgres as: it refuses root, and this machine has neither a user " +
		"`postgres` nor a user `nobody`: start devstack as an ordinary user")
}

// command prepares a program to run as this user in the folder given, with an environment that holds nothing of the
// caller's: PGDATA, PGPORT, PGOPTIONS and their like would otherwise reach Postgres.
//
// Setsid puts it in a session of its own: Ctrl-C in a terminal goes to every process of the foreground group, and
// Postgres must outlive the Temporal server, not stop with it.
func (u postgresUser) command(dir, program string, args ...string) *exec.Cmd {
	command := exec.Command(program, args...)
	command.Dir = dir
	command.Env = []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, set := os.LookupEnv(name); set {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: u.credential}
	return command
}

// canReach tells whether the user can work in a folder, by trying: that also counts access lists and mounts, which
// reading the mode bits would miss.
func (u postgresUser) canReach(dir string, binaries binaries) bool {
	return u.credential == nil || u.command(dir, binaries.postgres(), "--version").Run() == nil
}

// ownDir makes a folder that only this user (and root) can enter.
func (u postgresUser) ownDir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return err
	}
	return u.own(path)
}

// own gives a file or folder to this user.
func (u postgresUser) own(path string) error {
	if u.credential == nil {
		return nil
	}
	return os.Lchown(path, int(u.credential.Uid), int(u.credential.Gid))
}

// owns tells whether a folder is this user's alone. One that somebody else prepared, or could look into, must not get
// a database: the places for data outside the project may be open to all users of the machine.
func (u postgresUser) owns(info fs.FileInfo) bool {
	stat, known := info.Sys().(*syscall.Stat_t)
	if !known || !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return false
	}
	if u.credential == nil {
		return int(stat.Uid) == os.Geteuid()
	}
	return stat.Uid == u.credential.Uid
}

func (u postgresUser) String() string {
	if u.name == "" {
		return "the user who started devstack"
	}
	return "user " + u.name
}
