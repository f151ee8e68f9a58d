package cincensus

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
)

// BrokenError says why a file is refused whole: nothing of it may be written. It holds
// nothing of the file's content but names of elements and encodings.
type BrokenError struct {
	Line   int    // of the file, from 1; 0 where there is none
	Reason string // what is wrong and what to do
}

// Error is one line that begins with where.
func (e *BrokenError) Error() string {
	if e.Line == 0 {
		return "the return is refused whole: " + e.Reason
	}
	return fmt.Sprintf("the return is refused whole: line %d: %s", e.Line, e.Reason)
}

func broken(line int, format string, args ...any) error {
	return &BrokenError{Line: line, Reason: fmt.Sprintf(format, args...)}
}

// explain turns what the decoder met into words that a data team can act on. The
// decoder's own words may quote the file, so they are never passed on. An error of
// reading (a disk, a pipe) says nothing about the file and is passed on as it is.
func explain(err error, line int) error {
	var known *BrokenError
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &known):
		return broken(line, "%s", known.Reason)
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return broken(line, "it is not valid UTF-8: save the file as UTF-8, or declare the encoding that it has")
	case errors.As(err, &syntax):
		return broken(syntax.Line, "%s", syntaxWords(syntax.Msg))
	case strings.HasPrefix(err.Error(), "xml: "):
		return broken(line, "%s", syntaxWords(err.Error()))
	default:
		return fmt.Errorf("reading the return near line %d: %w", line, err)
	}
}

func syntaxWords(msg string) string {
	switch {
	case strings.Contains(msg, "EOF"):
		return "the file is cut off: export it again"
	case strings.Contains(msg, "entity"):
		return "an & that begins no character of XML; other entities are not read: write & as &amp;"
	case strings.Contains(msg, "invalid UTF-8"), strings.Contains(msg, "illegal character"):
		return "a character that XML does not allow: export the file again as UTF-8"
	case strings.Contains(msg, "closed by"), strings.Contains(msg, "end element"):
		return "an end tag does not fit the tag that it closes: the file is damaged, export it again"
	case strings.Contains(msg, "encoding"), strings.Contains(msg, "version"):
		return "the XML declaration on the first line is not one of XML 1.0: export the file again"
	default:
		return "it is not well-formed XML: export the file again"
	}
}
