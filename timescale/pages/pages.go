// Package pages turns a rule pack into pages that a practitioner can read: one for each
// stage with every timescale, an index, who is told when, and the events and periods in plain
// words. The pages under docs/law are what it makes of the pack that ships.
//
// Limits are in the words of package timescale, events in the phrases of the pack, because nobody
// should have to read cp_review.held to know when a timescale starts.
package pages

import (
	"longstop/english"
	"longstop/timescale"
)

// Page is one Markdown file.
type Page struct {
	Name string // "child-protection.md"
	Text string
}

// Mark is in the first line of every page that is made, and of no other file.
const Mark = "Generated from the rule pack by docs/makedocs"

const header = "<!-- " + Mark + ": run `make docs`. Do not edit. -->\n\n"

// The pages that are of no one pathway.
const (
	indexFile   = "README.md"
	toldFile    = "who-is-told.md"
	wordsFile   = "words.md"
	unsetFile   = "what-a-council-sets.md"
	leftOutFile = "left-out.md" // written by hand
)

// All is every page of a pack: the index first, then the pathways in the pack's order. One
// pack gives the same pages each time.
func All(pack *timescale.Pack) []Page {
	b := &book{pack: pack}
	pages := []Page{b.indexPage()}
	for _, pathway := range pack.Pathways {
		pages = append(pages, b.pathwayPage(pathway))
	}
	return append(pages, b.unsetPage(), b.toldPage(), b.wordsPage())
}

// book makes the pages of one pack.
type book struct{ pack *timescale.Pack }

// rulesOf is the timescales of a pathway in the pack's order: those in force, and those
// that are off.
func (b *book) rulesOf(pathway string) (on, off []*timescale.Timescale) {
	for i := range b.pack.Timescales {
		t := &b.pack.Timescales[i]
		switch {
		case t.Pathway != pathway:
		case t.Off == "":
			on = append(on, t)
		default:
			off = append(off, t)
		}
	}
	return on, off
}

func pathwayFile(pathway string) string {
	return slug(english.Stage(pathway)) + ".md"
}
