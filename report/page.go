// Package report turns the answers of package service into text for people: the tables and sentences of the command
// line. Each file is named after the answers that it prints.
//
// It writes to a writer, or returns lines, and reads no flag, file, clock or environment. What to do next is
// different on a command line and on a web page, so whoever prints says it: see Hints.
package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Page is what answers are written to. It keeps the first error of its writer, which every method that prints an
// answer returns, and writes nothing after it.
type Page struct {
	to    io.Writer
	hints Hints
	err   error
}

// New returns a page that writes to a writer.
func New(to io.Writer, hints Hints) *Page { return &Page{to: to, hints: hints} }

// printf writes text.
func (p *Page) printf(format string, args ...any) {
	if p.err != nil {
		return
	}
	if _, err := fmt.Fprintf(p.to, format, args...); err != nil {
		p.err = fmt.Errorf("writing the output: %w", err)
	}
}

// paragraph writes a line of its own after an empty one; nothing where there is no text.
func (p *Page) paragraph(text string) {
	if text != "" {
		p.printf("\n%s\n", text)
	}
}

// table writes rows of cells under headings, in columns two spaces apart.
func (p *Page) table(indent string, rows ...[]string) {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, indent+strings.Join(row, "\t"))
	}
	w.Flush() //nolint:errcheck // a buffer takes everything
	for line := range strings.Lines(text.String()) {
		p.printf("%s\n", strings.TrimRight(line, " \n"))
	}
}

// tableAlone writes a table after which nothing follows.
func (p *Page) tableAlone(rows [][]string) error {
	p.table("", rows...)
	return p.err
}

// Hint is a place in an answer that says what to do next.
type Hint int

// The places, with where in the answer the hint stands and what it says.
const (
	ToList           Hint = iota // a paragraph below a comparison: how each timescale is named, and the law put in force
	ToRestate                    // a sentence in a comparison: what adopting a law that restates the past needs
	ToOverdue                    // a sentence in a comparison: what adopting a law that makes timescales overdue needs
	BeforeOverdue                // a sentence: what to record before, so that fewer timescales become overdue
	RestateMeant                 // a sentence in a refusal: how to adopt a law that is meant to restate the past
	OverdueMeant                 // the same of one that makes timescales overdue
	ExplainMoved                 // a paragraph after an adoption: where each date that moved is explained
	WhyPutAside                  // the end of a sentence: what shows why a case could not be worked out
	AllChanges                   // the end of a sentence: where the changes are that were left out
	CasesAttached                // a sentence: where it is shown what single cases have attached
	UnsetRules                   // the end of a sentence: what lists the limits that a council has still to set
	OneRule                      // a paragraph: how one timescale of the pack is shown
	TemplateOfUnset              // a paragraph: how to get an overlay to begin with
	EachQuery                    // the end of a remark: how queries are listed row by row
	ChildrenByID                 // a line: how children are named by their ids
	RotateKeys                   // a sentence: how keys are replaced that end soon
	UsesOfKey                    // a sentence: how what was done by a key is shown
	RebuildAfterMend             // a sentence: what to run once recording times were mended
)

// Hints say what to do next, in the caller's terms: commands and flags, or the links of a page. One that is left
// out is not said.
type Hints map[Hint]string

// before returns a hint with text after it.
func (h Hints) before(hint Hint, text string) string { return sentences(h[hint], text) }

// after returns text with a hint after it.
func (h Hints) after(text string, hint Hint) string { return sentences(text, h[hint]) }

// sentences joins two sentences, of which either may be missing.
func sentences(a, b string) string { return strings.TrimSpace(a + " " + b) }
