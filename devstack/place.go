package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rs/zerolog"
)

// place is the folder that Postgres's user owns: Postgres's data is in its folder `data`. It is DIR/postgres, except
// when root starts the stack and Postgres's user cannot pass through to DIR (a clone in root's home, say). Then it is
// a folder outside the project, named from DIR's path, and DIR/postgres-place holds its name.
type place string

func (p place) data() string       { return filepath.Join(string(p), "data") }
func (p place) unfinished() string { return filepath.Join(string(p), "data.unfinished") }
func (p place) old() place         { return p + ".old" }
func (p place) ownerFile() string  { return filepath.Join(string(p), "belongs-to") }

// outsideParents is where data outside the project may lie. /var/lib comes first because systems clean /var/tmp of
// files that were not touched for a month, which would break a database from within.
var outsideParents = []string{"/var/lib/longstop-devstack", "/var/tmp/longstop-devstack"}

// findPlace gives the folder for Postgres's data, without making it, and whether it is outside the project.
func findPlace(dir stackDir, user postgresUser, found binaries) (where place, outside bool, err error) {
	if recorded := recordedPlace(dir); recorded != "" {
		return recorded, true, nil
	}
	if user.canReach(string(dir), found) {
		return place(dir.postgres()), false, nil
	}
	for _, parent := range outsideParents {
		if err = os.MkdirAll(parent, 0o755); err != nil {
			continue
		}
		if !user.canReach(parent, found) {
			err = fmt.Errorf("%s cannot enter %s", user, parent)
			continue
		}
		return outsidePlace(parent, dir), true, nil
	}
	return "", false, fmt.Errorf("no place for Postgres's data: it must not run as root, %s cannot reach %s, and there is no "+
		"other folder (%w): start devstack as an ordinary user, or give a --dir that every user can reach", user, dir, err)
}

func outsidePlace(parent string, dir stackDir) place {
	sum := sha256.Sum256([]byte(dir))
	return place(filepath.Join(parent, hex.EncodeToString(sum[:8])))
}

// recordedPlace gives the place outside the project that an earlier start recorded; "" when there is none, or when it
// now belongs to another folder (this one is a copy of that).
func recordedPlace(dir stackDir) place {
	content, err := os.ReadFile(dir.placeFile())
	if err != nil {
		return ""
	}
	recorded := place(strings.TrimSpace(string(content)))
	owner, err := os.ReadFile(recorded.ownerFile())
	if err != nil {
		return ""
	}
	other := stackDir(strings.TrimSpace(string(owner)))
	if other != dir && samePlaceRecorded(other, recorded) {
		return ""
	}
	return recorded
}

// samePlaceRecorded tells whether another folder still claims the place; if not, the folder was moved here.
func samePlaceRecorded(dir stackDir, recorded place) bool {
	content, err := os.ReadFile(dir.placeFile())
	return err == nil && strings.TrimSpace(string(content)) == string(recorded)
}

// prepare makes the place when it is missing and refuses one that is not Postgres's user's alone.
func (p place) prepare(dir stackDir, user postgresUser, outside bool, log zerolog.Logger) error {
	if outside && exists(filepath.Join(dir.postgres(), "data")) {
		return fmt.Errorf("%s holds the data of a stack that was started by an ordinary user: start devstack as that "+
			"user, or begin afresh with `devstack remove`", dir.postgres())
	}
	if outside && recordedPlace(dir) != p && exists(string(p)) {
		if err := p.setAside(log); err != nil {
			return err
		}
	}
	info, err := os.Lstat(string(p))
	if errors.Is(err, fs.ErrNotExist) {
		if err = user.ownDir(string(p)); err == nil {
			info, err = os.Lstat(string(p))
		}
	}
	if err != nil {
		return fmt.Errorf("cannot make the folder for Postgres's data: %w", err)
	}
	if !user.owns(info) {
		return fmt.Errorf("the folder for Postgres's data, %s, must belong to %s alone (mode 0700) and does not: "+
			"remove it, or start devstack as the user who made it", p, user)
	}
	if !outside {
		return nil
	}
	if err := os.WriteFile(p.ownerFile(), []byte(string(dir)+"\n"), 0o600); err != nil {
		return err
	}
	return writeFileAtomically(dir.placeFile(), []byte(string(p)+"\n"), 0o600)
}

// setAside keeps, for once, the data of a project folder that was removed and made again. Removing the folder means
// starting afresh, as it does when the data is inside; but data is never deleted unasked.
func (p place) setAside(log zerolog.Logger) error {
	if pid := readPidFile(p.data()).pid; pid != 0 && isPostmaster(pid, p.data()) {
		if err := stopProcess(processByPid(pid, p.data())); err != nil {
			return fmt.Errorf("a Postgres (process %d) still runs on the data of a folder that was removed: %w", pid, err)
		}
	}
	old := string(p.old())
	if err := os.RemoveAll(old); err != nil {
		return fmt.Errorf("cannot set old data aside: %w", err)
	}
	if err := os.Rename(string(p), old); err != nil {
		return fmt.Errorf("cannot set old data aside: %w", err)
	}
	log.Warn().Str("data", old).Msg("the stack's folder was removed since the last start: its old data is set aside " +
		"until this happens again; remove it when you do not need it")
	return nil
}

// dataMajor reads which major version made the data; 0 when there is none.
func (p place) dataMajor() int {
	content, err := os.ReadFile(filepath.Join(p.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	return number(string(content))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
