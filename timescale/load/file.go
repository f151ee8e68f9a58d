package load

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
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
