package load_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"longstop/timescale/load"
)

func TestAPackComesBackFromItsBundleUnderTheSameHashInWhateverOrderItsFilesWereNamed(t *testing.T) {
	t.Parallel()
	files := load.EmbeddedFiles()
	want := load.Bundle(files)
	rapid.Check(t, func(rt *rapid.T) {
		shuffled := rapid.Permutation(files).Draw(rt, "files")
		bundle := load.Bundle(shuffled)
		if !bytes.Equal(bundle, want) {
			rt.Fatal("the bundle hangs on the order of the files")
		}
		pack, err := load.FromBundle(bundle)
		if err != nil {
			rt.Fatal(err)
		}
		if pack.Hash != load.Embedded().Hash || len(pack.Timescales) != len(load.Embedded().Timescales) {
			rt.Fatalf("the hash is %s, was %s", pack.Hash, load.Embedded().Hash)
		}
	})
}

func TestAChangedFileHasAnotherHash(t *testing.T) {
	t.Parallel()
	one, err := load.Files([]load.File{{Name: "mini.yaml", Text: mini}})
	if err != nil {
		t.Fatal(err)
	}
	other, err := load.Files([]load.File{{Name: "mini.yaml", Text: mini + "# a note\n"}})
	if err != nil {
		t.Fatal(err)
	}
	if one.Hash == other.Hash || len(one.Hash) != 64 {
		t.Errorf("the hashes are %s and %s", one.Hash, other.Hash)
	}
}

func TestABundleThatCannotBeRead(t *testing.T) {
	t.Parallel()
	sound := string(load.Bundle([]load.File{{Name: "mini.yaml", Text: mini}}))
	tests := []struct{ name, document, want string }{
		{"no document", "", "EOF"},
		{"no JSON", "pack: A", "invalid character"},
		{"an unknown key", `{"format":"longstop-pack-1","law":[]}`, "unknown field"},
		{"a newer format", strings.Replace(sound, "pack-1", "pack-2", 1), `the format is "longstop-pack-2", this program reads "longstop-pack-1"`},
		{"something after it", sound + "{}", "something follows the document"},
		{"a faulty pack in it", strings.Replace(sound, "10 working days", "10 wd", 1), "mini.yaml:48: XX-01"},
		{"too much", strings.Repeat(" ", 33<<20), "at most 33554432 are read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := load.FromBundle([]byte(tt.document)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestABundleIsOneDocumentThatAPersonCanRead(t *testing.T) {
	t.Parallel()
	bundle := load.Bundle([]load.File{{Name: "b.yaml", Text: "<b>"}, {Name: "a.yaml", Text: "a"}})
	if !json.Valid(bundle) || !strings.Contains(string(bundle), "<b>") || strings.Index(string(bundle), "a.yaml") > strings.Index(string(bundle), "b.yaml") {
		t.Errorf("got %s", bundle)
	}
}

func TestFilesAreReadFromAFolder(t *testing.T) {
	t.Parallel()
	files, err := load.FS(fstest.MapFS{
		"b.yaml": {Data: []byte("b")}, "a.yaml": {Data: []byte("a")}, "README.md": {Data: []byte("no")}, "deeper/c.yaml": {Data: []byte("no")},
	})
	if err != nil || !slices.Equal(files, []load.File{{Name: "a.yaml", Text: "a"}, {Name: "b.yaml", Text: "b"}}) {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestPathsAreFilesAndFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.yaml"), "a")
	deeper := filepath.Join(dir, "deeper")
	if err := os.Mkdir(deeper, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(deeper, "b.yml"), "b")
	write(t, filepath.Join(deeper, "c.yaml"), "c")

	files, err := load.Paths(dir, filepath.Join(deeper, "b.yml"), deeper)
	want := []load.File{{Name: "a.yaml", Text: "a"}, {Name: "b.yml", Text: "b"}, {Name: "c.yaml", Text: "c"}}
	if err != nil || !slices.Equal(files, want) {
		t.Errorf("got %v, %v", files, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPathsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yaml")
	write(t, large, strings.Repeat("#", load.MaxFile+1))
	empty := filepath.Join(dir, "empty")
	if err := os.MkdirAll(filepath.Join(empty, "folder.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(dir, "bare")
	if err := os.Mkdir(bare, 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, path, want string }{
		{"a path that is not there", filepath.Join(dir, "gone.yaml"), "gone.yaml"},
		{"a file that is too large", large, "large.yaml is larger than 1048576 bytes"},
		{"a folder without a pack", bare, "no .yaml file found"},
		{"a folder named like a file", empty, "folder.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := load.Paths(tt.path); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAFileThatVanishesWhileItIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// A link to nothing is listed and cannot be opened.
	if err := os.Symlink(filepath.Join(dir, "nothing"), filepath.Join(dir, "gone.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := load.FS(os.DirFS(dir)); err == nil || !strings.Contains(err.Error(), "gone.yaml") {
		t.Errorf("got %v", err)
	}
}
