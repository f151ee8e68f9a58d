package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// postgresUser is whom Postgres's processes run as. Postgres refuses to run as root, because whoever took it over
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
// Postgres must outlive the Temporal server, not stop beside it.
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
