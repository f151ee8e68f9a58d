package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"longstop/internal/textfile"
	"longstop/internal/textfile/disk"
)

func TestAFileIsReadWithoutItsByteOrderMarkAndOneInUTF16IsRefused(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]struct {
		text string
		err  error
	}{
		"plain\n":        {"plain\n", nil},
		"\ufeffmarked\n": {"marked\n", nil},
		"\xff\xfem\x00":  {"", textfile.ErrUTF16},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := disk.ReadFile(path)
		if string(text) != want.text || !errors.Is(err, want.err) {
			t.Errorf("%q is read as %q, %v", content, text, err)
		}
	}
	if _, err := disk.ReadFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
