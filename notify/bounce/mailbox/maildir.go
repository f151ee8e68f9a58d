package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"longstop/notify"
	"longstop/notify/bounce"
)

// takenFolder is the folder of a maildir that reports are moved to.
const takenFolder = ".Longstop-taken"

// maildir is a folder to which a mail server delivers.
type maildir struct{ root *os.Root }

// Maildir reads a maildir: its folders new and cur. What is taken goes to the folder .Longstop-taken in
// it. addresses may be nil: then reports are matched by Message-ID. The error says what is wrong with the
// folder.
func Maildir(path string, addresses *bounce.Addresses, taker notify.Taker) (*Reader, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("opening the maildir: %w", err)
	}
	for _, name := range []string{"new", "cur"} {
		if info, err := root.Stat(name); err != nil || !info.IsDir() {
			return nil, errors.Join(fmt.Errorf("the maildir has no folder %s", name), root.Close())
		}
	}
	for _, name := range []string{takenFolder, filepath.Join(takenFolder, "cur"), filepath.Join(takenFolder, "new"), filepath.Join(takenFolder, "tmp")} {
		if err := root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, errors.Join(fmt.Errorf("making the folder for what is taken: %w", err), root.Close())
		}
	}
	return newReader(&maildir{root}, addresses, taker), nil
}

func (m *maildir) visit(ctx context.Context, skip func(string) bool, handle func(string, []byte) (bool, error)) error {
	for _, folder := range []string{"new", "cur"} {
		entries, err := fs.ReadDir(m.root.FS(), folder)
		if err != nil {
			return fmt.Errorf("reading the maildir: %w", err)
		}
		for _, entry := range entries {
			if ctx.Err() != nil {
				return nil
			}
			// A mail program moves a message from new to cur and changes what follows the colon.
			id, _, _ := strings.Cut(entry.Name(), ":")
			if !entry.Type().IsRegular() || strings.HasPrefix(id, ".") || skip(id) {
				continue
			}
			if err := m.one(filepath.Join(folder, entry.Name()), id, handle); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *maildir) one(path, id string, handle func(string, []byte) (bool, error)) error {
	file, err := m.root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // somebody has moved it
	}
	if err != nil {
		return fmt.Errorf("opening a message of the maildir: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(file, mostBytes))
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("reading a message of the maildir: %w", err)
	}
	done, err := handle(id, raw)
	if err != nil || !done {
		return err
	}
	if err := m.root.Rename(path, filepath.Join(takenFolder, "cur", id+":2,S")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("moving a message of the maildir that is taken: %w", err)
	}
	return nil
}
