// Package migrations embeds the numbered SQL files that make and change the record's
// schema. A file that was released is never edited: a change is a new file.
package migrations

import "embed"

// FS holds the files, at its root.
//
//go:embed *.sql
var FS embed.FS
