package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

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
