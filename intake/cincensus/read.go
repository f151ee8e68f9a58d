package cincensus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"longstop/calendar"
	"longstop/internal/names"
)

// Options are what [Read] may be told.
type Options struct {
	// Checked is what [Check] found in the same file. With it the file is known to be
	// whole, its header may stand after its children, and a file that changed in
	// between is noticed.
	Checked *Contents

	// Today is the London day of the reading: nothing of a later day can have happened. Zero
	// where it is not known.
	Today calendar.Date

	// Calendar counts the working days of the validator's rules; nil for the published
	// calendar of England and Wales.
	Calendar *calendar.Calendar
}

// Contents is what [Check] found in a return.
type Contents struct {
	Header     Header
	Children   int       // every Child, loadable or not
	References []string  // the LAchildIDs that can be loaded, in file order: never to be logged
	Refused    []Refusal // children refused as a whole: no id, or one that came before
	Unknown    []Unknown // elements that no layout has in their place, passed over
	SHA256     string    // of the file, in hexadecimal
	// Unnamed counts the children whose LAchildID is missing or cannot be used: each may be
	// any child that the return does not seem to hold.
	Unnamed int

	disputed map[string]bool // the ids of which the file holds copies that differ
}

// Check reads a whole return and says what is in it. Its error is a [*BrokenError] where
// the file is broken (cut off, not XML, in another encoding than it declares or in one
// that is not read, with a DOCTYPE, with a text or a nesting beyond all measure, of
// another kind, without a reference date or without a child): nothing of such a file may
// be loaded. Any other error is one of reading.
func Check(r io.Reader) (*Contents, error) {
	digest := sha256.New()
	w, err := newWalker(io.TeeReader(r, digest))
	if err != nil {
		return nil, err
	}
	found := &Contents{}
	var firsts census
	w.header = func(g *group) error {
		h, err := readHeader(g, w.encoding)
		found.Header = h
		return err
	}
	w.child = func(g *group) error {
		reference, refusal := firsts.next(g)
		if refusal != nil {
			found.Refused = append(found.Refused, *refusal)
			return nil
		}
		found.References = append(found.References, reference)
		return nil
	}
	if err := w.message(); err != nil {
		return nil, err
	}
	if w.headers == 0 {
		return nil, broken(0, "it has no Header, so no reference date: without it nobody knows what the return covers")
	}
	if firsts.children == 0 {
		return nil, broken(0, "it holds no Child: an empty return is not loaded")
	}
	found.Children, found.Unknown, found.SHA256 = firsts.children, w.unknown.list(), sum(digest)
	found.Unnamed, found.disputed = firsts.unnamed, firsts.disputed
	return found, nil
}

// Read streams a return: it calls each with every Child in file order, those that are
// refused as a whole included, and gives the header. One child at a time is in memory.
// Its errors are those of [Check], and what each returns, as it is; children before a
// break have been handed over by then, so that [Check] comes first where anything is
// written.
func Read(r io.Reader, opts Options, each func(Child) error) (Header, error) {
	digest := sha256.New()
	w, err := newWalker(io.TeeReader(r, digest))
	if err != nil {
		return Header{}, err
	}
	if opts.Calendar == nil {
		opts.Calendar = calendar.Published()
	}
	in := &reading{opts: opts, w: w, each: each}
	if opts.Checked != nil {
		in.header = opts.Checked.Header
	}
	w.header, w.child = in.onHeader, in.onChild
	if err := w.message(); err != nil {
		return in.header, err
	}
	if in.header.ReferenceDate.IsZero() {
		return in.header, broken(0, "it has no Header, so no reference date: without it nobody knows what the return covers")
	}
	if opts.Checked != nil && opts.Checked.SHA256 != sum(digest) {
		return in.header, broken(0, "the file changed while it was loaded: load it again, what is known already is passed over")
	}
	return in.header, nil
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// reading is one run of Read.
type reading struct {
	opts   Options
	w      *walker
	each   func(Child) error
	header Header
	firsts census
}

func (in *reading) onHeader(g *group) error {
	if in.opts.Checked != nil {
		return nil
	}
	h, err := readHeader(g, in.w.encoding)
	in.header = h
	return err
}

func (in *reading) onChild(g *group) error {
	if in.header.ReferenceDate.IsZero() {
		return broken(g.line, "its first Child stands before the reference date: check the file first, and read it with what was found")
	}
	reference, refusal := in.firsts.next(g)
	child := Child{Place: in.firsts.children, Line: g.line, Reference: reference}
	if refusal != nil {
		child.Refused = []Refusal{*refusal}
		return in.each(child)
	}
	if in.opts.Checked != nil {
		child.disputed = in.opts.Checked.disputed[reference]
	}
	readChild(&child, g, in.header.Period, in.opts)
	return in.each(child)
}

// census counts the children of a file and knows which ids came before.
type census struct {
	children int
	unnamed  int
	seen     map[string]copied
	disputed map[string]bool
}

// copied is where a child stood first, and a digest of what was read of it.
type copied struct {
	place, line int
	content     [sha256.Size]byte
}

// next gives the LAchildID of the next child, or why the child is refused as a whole.
func (c *census) next(g *group) (reference string, refusal *Refusal) {
	c.children++
	id := leaf{line: g.line}
	for _, identifiers := range g.within("ChildIdentifiers") {
		if l, n := identifiers.first(elChildID); n > 0 && id.text == "" {
			id = l
		}
	}
	id.text = names.Clean(id.text)
	refuse := func(format string, args ...any) (string, *Refusal) {
		return "", &Refusal{Child: c.children, Element: elChildID, Line: id.line, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case id.text == "":
		c.unnamed++
		return refuse("is missing: without it nobody knows whose case this is; the whole child is refused")
	case names.Fault(id.text) != "":
		c.unnamed++
		return refuse("%s; the whole child is refused", names.Fault(id.text))
	}
	first, again := c.seen[id.text]
	if !again {
		if c.seen == nil {
			c.seen = map[string]copied{}
		}
		c.seen[id.text] = copied{c.children, id.line, g.digest()}
		return id.text, nil
	}
	if g.digest() == first.content {
		return refuse("came before in the file (rule 8510), as child %d, line %d, which says the same and is loaded: this one is refused whole",
			first.place, first.line)
	}
	if c.disputed == nil {
		c.disputed = map[string]bool{}
	}
	c.disputed[id.text] = true
	return refuse("came before in the file (rule 8510), as child %d, line %d, and this one says something else: that one is loaded, "+
		"this one is refused whole, and nothing that the record holds of the child is changed", first.place, first.line)
}

// digest is a digest of what was read of a group, wherever in the file it stands.
func (g *group) digest() [sha256.Size]byte {
	h := sha256.New()
	g.write(h)
	return [sha256.Size]byte(h.Sum(nil))
}

// write writes a group so that two that differ are written differently.
func (g *group) write(w io.Writer) {
	fmt.Fprintf(w, "%q%d:%d", g.name, len(g.leaves), len(g.groups))
	for _, l := range g.leaves {
		fmt.Fprintf(w, "%q%q", l.name, l.text)
	}
	for _, inner := range g.groups {
		inner.write(w)
	}
}
