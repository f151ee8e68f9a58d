package cincensus

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"

	"longstop/intake"
)

// explain turns what the decoder met into words that a data team can act on. The
// decoder's own words may quote the file, so they are never passed on. An error of
// reading (a disk, a pipe) says nothing about the file and is passed on as it is.
func explain(err error, at position, open []opened) error {
	var known *intake.BrokenError
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &known):
		return intake.Broken(at.line, "%s", known.Reason)
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return intake.Broken(at.line, "it is not valid UTF-8: save the file as UTF-8, or declare the encoding that it has")
	case errors.As(err, &syntax):
		return &intake.BrokenError{Line: at.line, Column: at.column, Reason: syntaxWords(syntax.Msg, open)}
	case strings.HasPrefix(err.Error(), "xml: "):
		return &intake.BrokenError{Line: at.line, Column: at.column, Reason: syntaxWords(err.Error(), open)}
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
	return name[:min(len(name), intake.MaxElementName)]
}
