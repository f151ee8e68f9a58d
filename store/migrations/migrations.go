// Package migrations embeds the numbered SQL files that make and change the record's
// schema. A file that was released is never edited: a change is a new file.
package migrations

import (
	"embed"
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

// FS holds the files, at its root.
//
//go:embed *.sql
var FS embed.FS

// Latest is the number of the last file: the version of a schema that is up to date.
func Latest() int64 { return latest() }

var latest = sync.OnceValue(func() int64 {
	files, err := fs.Glob(FS, "*.sql")
	if err != nil || len(files) == 0 {
		panic("migrations: no file is embedded")
	}
	// Glob sorts, and the numbers have five digits.
	number, _, _ := strings.Cut(files[len(files)-1], "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		panic("migrations: a file without a number: " + files[len(files)-1])
	}
	return version
})
