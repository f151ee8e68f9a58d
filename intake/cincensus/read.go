package cincensus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"longstop/calendar"
	"longstop/intake"
)

// check is [Census.Check] but for the day, with all that the header says.
func check(r io.Reader) (*intake.Contents, *header, error) {
	digest := sha256.New()
	w, err := newWalker(io.TeeReader(r, digest))
	if err != nil {
		return nil, nil, err
	}
	found := &intake.Contents{}
	var head *header
	var children intake.Children
	w.header = func(g *group) (err error) {
		head, err = readHeader(g, w.encoding)
		return err
	}
	w.child = func(g *group) error {
		reference, refusal := nextChild(&children, g)
		if refusal != nil {
			found.Refused = append(found.Refused, *refusal)
			return nil
		}
		found.References = append(found.References, reference)
		return nil
	}
	if err := w.message(); err != nil {
		return nil, nil, err
	}
	if w.headers == 0 {
		return nil, nil, intake.Broken(0, "it has no Header, so no reference date: without it nobody knows what the return covers")
	}
	if children.Count == 0 {
		return nil, nil, intake.Broken(0, "it holds no Child: an empty return is not loaded")
	}
	found.Header, found.Children, found.Unknown, found.SHA256 = head.Header, children.Count, w.unknown.List(), sum(digest)
	found.Unnamed, found.Disputed = children.Unnamed, children.Disputed
	return found, head, nil
}

// options are what read may be told.
type options struct {
	// checked is what check found in the same file. With it the file is known to be whole, its header may
	// stand after its children, and a file that changed in between is noticed.
	checked *intake.Contents
	// today is the London day of the reading: nothing of a later day can have happened. Zero: not known.
	today    calendar.Date
	calendar *calendar.Calendar // nil: the published one
}

// read streams a return and returns its header. Its errors are those of [Census.Check], and what each
// returns, as it is; children before a break have been handed over by then, so that check comes first
// where anything is written.
func read(r io.Reader, o options, each func(intake.Child) error) (intake.Header, error) {
	digest := sha256.New()
	w, err := newWalker(io.TeeReader(r, digest))
	if err != nil {
		return intake.Header{}, err
	}
	if o.calendar == nil {
		o.calendar = calendar.Published()
	}
	in := &reading{options: o, w: w, each: each}
	if o.checked != nil {
		in.header = o.checked.Header
	}
	w.header, w.child = in.onHeader, in.onChild
	if err := w.message(); err != nil {
		return in.header, err
	}
	if in.header.ReferenceDate.IsZero() {
		return in.header, intake.Broken(0, "it has no Header, so no reference date: without it nobody knows what the return covers")
	}
	if o.checked != nil {
		return in.header, o.checked.Changed(sum(digest))
	}
	return in.header, nil
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// reading is one run of read.
type reading struct {
	options
	w        *walker
	each     func(intake.Child) error
	header   intake.Header
	children intake.Children
}

func (in *reading) onHeader(g *group) error {
	if in.checked != nil {
		return nil
	}
	h, err := readHeader(g, in.w.encoding)
	if err == nil {
		in.header = h.Header
	}
	return err
}

func (in *reading) onChild(g *group) error {
	if in.header.ReferenceDate.IsZero() {
		return intake.Broken(g.line, "its first Child stands before the reference date: check the file first, and read it with what was found")
	}
	reference, refusal := nextChild(&in.children, g)
	child := intake.Child{Place: in.children.Count, Line: g.line, Reference: reference}
	if refusal != nil {
		child.Refused = []intake.Refusal{*refusal}
		return in.each(child)
	}
	if in.checked != nil {
		child.Disputed = in.checked.Disputed[reference]
	}
	readChild(&child, g, in.header.Period, in.today, in.calendar)
	return in.each(child)
}

// nextChild returns the LAchildID of the next child, or why the child is refused as a whole.
func nextChild(children *intake.Children, g *group) (reference string, refusal *intake.Refusal) {
	id := leaf{line: g.line}
	for _, identifiers := range g.within("ChildIdentifiers") {
		if l, n := identifiers.first(elChildID); n > 0 && id.text == "" {
			id = l
		}
	}
	return children.Next(id.text, elChildID, id.line, g.digest(), " (rule 8510)")
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
