// Package packs embeds the rule pack that ships with Longstop: the vocabulary of
// events, the periods, the ladders, and the timescales in one file per pathway.
//
// The files are data: docs/rule-language.md says how they are written, and
// package longstop/timescale/load reads them.
package packs

import "embed"

// FS holds the files of the shipped pack, at its root.
//
//go:embed *.yaml
var FS embed.FS
