package intake

import (
	"crypto/sha256"
	"fmt"

	"longstop/internal/names"
)

// Children counts the children of a file and knows which ids came before. The zero value is ready.
type Children struct {
	Count    int             // so far, loadable or not
	Unnamed  int             // of them: those without an id that can be used
	Disputed map[string]bool // ids of which the file holds copies that differ
	Repeats  string          // the id of the child that Next took last, where that came before; else ""

	seen map[string]firstCopy
}

// firstCopy is where a child stood first, and a digest of what was read of it.
type firstCopy struct {
	place, line int
	content     [sha256.Size]byte
}

// Next takes the next child of the file: its id as written, the element and line of the id, and a
// digest of everything read of the child. It returns the id to load the child under, or why the child
// is refused as a whole; rule is that of the validator against a second copy, such as " (rule 8510)".
func (c *Children) Next(id, element string, line int, content [sha256.Size]byte, rule string) (reference string, refusal *Refusal) {
	c.Count++
	c.Repeats = ""
	id = names.Clean(id)
	refuse := func(format string, args ...any) (string, *Refusal) {
		return "", &Refusal{Child: c.Count, Element: element, Line: line, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case id == "":
		c.Unnamed++
		return refuse("is missing: without it nobody knows whose case this is; the whole child is refused")
	case names.Fault(id) != "":
		c.Unnamed++
		return refuse("%s; the whole child is refused", names.Fault(id))
	}
	first, again := c.seen[id]
	if !again {
		if c.seen == nil {
			c.seen = map[string]firstCopy{}
		}
		c.seen[id] = firstCopy{c.Count, line, content}
		return id, nil
	}
	c.Repeats = id
	if content == first.content {
		return refuse("came before in the file%s, as child %d, line %d, which says the same and is loaded: this one is refused whole",
			rule, first.place, first.line)
	}
	if c.Disputed == nil {
		c.Disputed = map[string]bool{}
	}
	c.Disputed[id] = true
	return refuse("came before in the file%s, as child %d, line %d, and this one says something else: that one is loaded, "+
		"this one is refused whole, and nothing that the record holds of the child is changed", rule, first.place, first.line)
}
