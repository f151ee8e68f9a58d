package cincensus

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
)

// BrokenError says why a file is refused whole: nothing of it may be written. It holds
// nothing of the file's content but names of elements and encodings.
type BrokenError struct {
	Line   int    // of the file, from 1; 0 where there is none
	Column int    // of the line, in bytes from 1, where the XML itself is at fault; else 0
	Reason string // what is wrong and what to do
}

// Error is one line that begins with where.
func (e *BrokenError) Error() string {
	switch {
	case e.Line == 0:
		return "the return is refused whole: " + e.Reason
	case e.Column == 0:
		return fmt.Sprintf("the return is refused whole: line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("the return is refused whole: line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

func broken(line int, format string, args ...any) error {
	return &BrokenError{Line: line, Reason: fmt.Sprintf(format, args...)}
}

// explain turns what the decoder met into words that a data team can act on. The
// decoder's own words may quote the file, so they are never passed on. An error of
// reading (a disk, a pipe) says nothing about the file and is passed on as it is.
func explain(err error, at position, open []opened) error {
	var known *BrokenError
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &known):
		return broken(at.line, "%s", known.Reason)
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return broken(at.line, "it is not valid UTF-8: save the file as UTF-8, or declare the encoding that it has")
	case errors.As(err, &syntax):
		return &BrokenError{Line: at.line, Column: at.column, Reason: syntaxWords(syntax.Msg, open)}
	case strings.HasPrefix(err.Error(), "xml: "):
		return &BrokenError{Line: at.line, Column: at.column, Reason: syntaxWords(err.Error(), open)}
	default:
		return fmt.Errorf("reading the return near line %d: %w", at.line, err)
	}
}

// position is a place in the file, both from 1.
type position struct{ line, column int }

// opened is an element that has begun and not ended.
type opened struct {
	name string
	line int
}

func syntaxWords(msg string, open []opened) string {
	switch {
	case strings.Contains(msg, "EOF"):
		return "the file is cut off" + innermost(open, ", while ", " is open") + ": export it again"
	case strings.Contains(msg, "entity"):
		return "an & that begins no character of XML; other entities are not read: write & as &amp;"
	case strings.Contains(msg, "invalid UTF-8"), strings.Contains(msg, "illegal character"):
		return "a character that XML does not allow: export the file again as UTF-8"
	case strings.Contains(msg, "closed by"), strings.Contains(msg, "end element"):
		return endTag(msg) + " does not fit the tag that it closes" + innermost(open, ": ", " is open") + "; the file is damaged, export it again"
	case strings.Contains(msg, "encoding"), strings.Contains(msg, "version"):
		return "the XML declaration on the first line is not one of XML 1.0: export the file again"
	default:
		return "it is not well-formed XML" + innermost(open, " inside ", "") + ": export the file again"
	}
}

// innermost names the element that is open, and its line, between two texts; "" where none is.
func innermost(open []opened, before, after string) string {
	if len(open) == 0 {
		return ""
	}
	last := open[len(open)-1]
	return fmt.Sprintf("%s<%s> of line %d%s", before, elementName(last.name), last.line, after)
}

var closedBy = regexp.MustCompile(`(?:closed by|end element) </([^>]*)>`)

// endTag is the end tag that the decoder speaks of.
func endTag(msg string) string {
	m := closedBy.FindStringSubmatch(msg)
	if m == nil {
		return "an end tag"
	}
	return "the end tag </" + elementName(m[1]) + ">"
}

// elementName is a name as messages show it.
func elementName(name string) string {
	name = printable([]byte(name))
	return name[:min(len(name), maxUnknownName)]
}
