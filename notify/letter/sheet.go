package letter

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"longstop/english"
)

// sheet is a message of several sections, before it is text or HTML: both say the same.
type sheet struct {
	title    string
	summary  string
	figures  []figure
	sections []section
	foot     []string
}

// figure is a number with what it counts, and what it was.
type figure struct {
	label  string
	now    int
	before string // "" where it is not known
}

// tone is what a section is about, for its colour. Its title says the same in words.
type tone string

const (
	toneAct   tone = "act"  // asks for something
	toneLate  tone = "late" // past a limit of law or guidance
	toneDone  tone = "done"
	tonePlain tone = "plain"
)

// section is a heading with blocks, or a table.
type section struct {
	title  string
	count  int
	tone   tone
	lead   string
	blocks []block
	table  *grid
	more   int // how many it counts and does not show
}

// block is a timescale with the cases that it is about.
type block struct {
	ref   string
	head  string
	notes []string
	items []item
}

// item is a line about one case, or about several that say the same.
type item struct {
	head  string
	lines []string
	more  []string // sentences that follow
	ref   string   // how to refer to it in an answer; "" where none is asked
}

type grid struct {
	head  []string
	rows  [][]string
	notes []string
}

// add adds a section; an empty one is left out.
func (s *sheet) add(next section) {
	if next.count == 0 {
		return
	}
	if next.tone == "" {
		next.tone = tonePlain
	}
	s.sections = append(s.sections, next)
}

func (s *section) heading() string {
	if s.table != nil {
		return s.title
	}
	return fmt.Sprintf("%s: %d", s.title, s.count)
}

func (s *section) rest() string {
	if s.more == 0 {
		return ""
	}
	return fmt.Sprintf("and %d more", s.more)
}

func (i *item) words() string {
	return strings.Join(i.lines, "; ")
}

// after is what follows the line.
func (i *item) after() string {
	sentences := slices.Clone(i.more)
	if i.ref != "" {
		sentences = append(sentences, i.ref)
	}
	return strings.Join(sentences, " ")
}

// text is the sheet in lines of at most Width characters.
func (s *sheet) text() string {
	var t page
	t.para(s.title)
	t.para(s.summary)
	if len(s.figures) > 0 {
		t.gap()
		for _, f := range s.figures {
			words := fmt.Sprintf("%d %s", f.now, f.label)
			if f.before != "" {
				words += " (" + f.before + ")"
			}
			t.item(words)
		}
	}
	for i := range s.sections {
		s.sections[i].text(&t)
	}
	t.b.WriteString("\n-- \n") // the mark of RFC 3676, section 4.3
	for _, line := range s.foot {
		t.wrap(line, "", "")
	}
	return t.String()
}

func (s *section) text(t *page) {
	t.gap()
	t.wrap(strings.ToUpper(s.title)+strings.TrimPrefix(s.heading(), s.title), "", "")
	t.para(s.lead)
	for i := range s.blocks {
		b := &s.blocks[i]
		t.gap()
		t.wrap(b.head, "", "")
		for _, note := range b.notes {
			t.wrap(note, "  ", "  ")
		}
		for j := range b.items {
			t.wrap(b.items[j].head+": "+b.items[j].words(), "- ", "  ")
			if after := b.items[j].after(); after != "" {
				t.wrap(after, "  ", "  ")
			}
		}
	}
	if s.table != nil {
		s.table.text(t)
	}
	t.para(s.rest())
}

// text prints a table as a line for each row: it fits a telephone, and a screen reader.
func (b *grid) text(t *page) {
	t.gap()
	for _, row := range b.rows {
		parts := make([]string, 0, len(row)-1)
		for i, cell := range row[1:] {
			parts = append(parts, cell+" "+strings.ToLower(b.head[i+1][:1])+b.head[i+1][1:])
		}
		t.wrap(row[0]+": "+strings.Join(parts, ", "), "- ", "  ")
	}
	for _, note := range b.notes {
		t.wrap(note, "", "")
	}
}

//go:embed sheet.html
var sheetHTML string

var sheetTemplate = template.Must(template.New("sheet").Parse(sheetHTML))

// shownSheet is a sheet as the template sees it.
type shownSheet struct {
	Title, Summary string
	Figures        []shownFigure
	Sections       []shownSection
	Foot           []string
}

type shownFigure struct {
	Label, Before string
	Now           int
}

type shownSection struct {
	Heading, Lead, Colour, Rest string
	Blocks                      []shownBlock
	Head                        []string
	Rows                        [][]string
	Notes                       []string
}

type shownBlock struct {
	Head  string
	Notes []string
	Items []shownItem
}

type shownItem struct{ Head, Words, After string }

// colours are of the bar next to a section: dark enough on white to be seen as more than a tint.
var colours = map[tone]string{toneAct: "#b35900", toneLate: "#b10e1e", toneDone: "#00703c", tonePlain: "#505a5f"}

// html is the sheet as a document for mail programs: tables for what must stay in place, styles in every element, no image,
// nothing that is loaded from elsewhere.
func (s *sheet) html() string {
	shown := shownSheet{Title: clean(s.title), Summary: clean(s.summary)}
	for _, f := range s.figures {
		shown.Figures = append(shown.Figures, shownFigure{Label: f.label, Before: f.before, Now: f.now})
	}
	for i := range s.sections {
		shown.Sections = append(shown.Sections, s.sections[i].shown())
	}
	for _, line := range s.foot {
		shown.Foot = append(shown.Foot, clean(line))
	}
	var b bytes.Buffer
	if err := sheetTemplate.Execute(&b, shown); err != nil {
		panic("letter: the template of a message: " + err.Error()) // it writes to memory, and its fields are those above
	}
	return b.String()
}

func (s *section) shown() shownSection {
	made := shownSection{Heading: clean(s.heading()), Lead: clean(s.lead), Colour: colours[s.tone], Rest: s.rest()}
	for i := range s.blocks {
		b := &s.blocks[i]
		block := shownBlock{Head: clean(b.head), Notes: cleanAll(b.notes)}
		for j := range b.items {
			block.Items = append(block.Items, shownItem{Head: clean(b.items[j].head), Words: clean(b.items[j].words()), After: clean(b.items[j].after())})
		}
		made.Blocks = append(made.Blocks, block)
	}
	if s.table != nil {
		made.Head, made.Notes = s.table.head, cleanAll(s.table.notes)
		for _, row := range s.table.rows {
			made.Rows = append(made.Rows, cleanAll(row))
		}
	}
	return made
}

// clean is a text on one line, its no-break spaces kept.
func clean(s string) string {
	kept := strings.Map(func(r rune) rune {
		if r == '\u00a0' {
			return r
		}
		if r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	words := strings.FieldsFunc(kept, breaks)
	for i, w := range words {
		parts := strings.Split(w, "\u00a0")
		for j := range parts {
			parts[j] = printable(parts[j])
		}
		words[i] = strings.Join(parts, "\u00a0")
	}
	return strings.Join(words, " ")
}

func cleanAll(list []string) []string {
	made := make([]string, len(list))
	for i, s := range list {
		made[i] = clean(s)
	}
	return made
}

// dayOfWeek is "Wednesday".
func (w When) dayOfWeek() string {
	name, _, _ := strings.Cut(english.LongDay(w.Day), " ")
	return name
}
