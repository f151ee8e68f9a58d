package load

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"longstop/timescale"
)

// File is one file of a pack: its name, without folders, and its text.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// FS reads the files of a pack: every .yaml file at the root of a file system, by name.
// It returns an error that names the file that could not be read or is too large.
func FS(fsys fs.FS) ([]File, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("a rule pack: no .yaml file found: %w", fs.ErrNotExist)
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		f, err := readFile(fsys, name)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// Paths reads files of the machine; a folder stands for every .yaml file in it. Names are
// cut down to their last part, so a pack's hash does not depend on where its files lie.
// It returns an error that names the path that could not be read or is too large.
func Paths(paths ...string) ([]File, error) {
	var files []File
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("a rule pack: %w", err)
		}
		var found []File
		if info.IsDir() {
			found, err = FS(os.DirFS(p))
		} else {
			var one File
			one, err = readFile(os.DirFS(filepath.Dir(p)), filepath.Base(p))
			found = []File{one}
		}
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func readFile(fsys fs.FS, name string) (File, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return File{}, fmt.Errorf("a rule pack: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return File{}, fmt.Errorf("a rule pack: %s: %w", name, err)
	}
	if len(text) > MaxFile {
		return File{}, fmt.Errorf("a rule pack: %s is larger than %d bytes, the most that is read", name, MaxFile)
	}
	return File{Name: path.Base(name), Text: string(text)}, nil
}

// inOrder is the files by name, so that the order in which they were named decides nothing.
func inOrder(files []File) []File {
	sorted := slices.Clone(files)
	slices.SortStableFunc(sorted, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return sorted
}

// checkNames finds names that a pack's files cannot have.
func checkNames(files []File, found *faults) {
	for i, f := range files {
		if f.Name == "" || strings.ContainsAny(f.Name, `/\`) {
			found.add(f.Name, 0, "", "a file's name is one word without folders")
		}
		if i > 0 && files[i-1].Name == f.Name {
			found.add(f.Name, 0, "", "two files of the pack have this name: rename one")
		}
	}
}

// maxBundle is the largest bundle that is read, in bytes.
const maxBundle = 32 << 20

// bundle is the document that holds a pack's files.
type bundle struct {
	Format string `json:"format"`
	Files  []File `json:"files"`
}

// bundleFormat names the document, and with its number how it is read.
const bundleFormat = "longstop-pack-1"

// Bundle puts a pack's files into one canonical JSON document: the same files give the
// same bytes in whatever order they are named. The record keeps it as one row, by hash.
func Bundle(files []File) []byte {
	return encode(bundle{Format: bundleFormat, Files: inOrder(files)})
}

// encode writes a document that people can read as well.
func encode(document any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(document); err != nil {
		panic("load: texts could not be encoded: " + err.Error()) // strings always can be
	}
	return out.Bytes()
}

// Unbundle gets the files back out of a bundle. It returns an error where the document
// is not one, is too large, or is of a format that this program does not know.
func Unbundle(document []byte) ([]File, error) {
	if len(document) > maxBundle {
		return nil, fmt.Errorf("a bundle of a rule pack: %d bytes; at most %d are read", len(document), maxBundle)
	}
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.DisallowUnknownFields()
	var b bundle
	if err := dec.Decode(&b); err != nil {
		return nil, fmt.Errorf("a bundle of a rule pack: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("a bundle of a rule pack: something follows the document")
	}
	if b.Format != bundleFormat {
		return nil, fmt.Errorf("a bundle of a rule pack: the format is %q, this program reads %q", b.Format, bundleFormat)
	}
	return b.Files, nil
}

// FromBundle loads the pack that a bundle holds; its hash is that of the files that went
// in. Errors are those of [Unbundle] and [Files].
func FromBundle(document []byte) (*timescale.Pack, error) {
	files, err := Unbundle(document)
	if err != nil {
		return nil, err
	}
	return Files(files)
}

// hashOf names a set of files: the hex SHA-256 of their bundle.
func hashOf(files []File) string {
	sum := sha256.Sum256(Bundle(files))
	return hex.EncodeToString(sum[:])
}
