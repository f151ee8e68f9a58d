package intake

import "fmt"

// BrokenError says why a file is refused whole: nothing of it may be written. It holds nothing of the
// file's content but names of elements and encodings.
type BrokenError struct {
	Line   int    // of the file, from 1; 0 where the fault has no place
	Column int    // of the line, in bytes from 1, where the text itself is malformed; else 0
	Reason string // what is wrong and what to do
}

// Error returns one line that begins with the place.
func (e *BrokenError) Error() string {
	switch {
	case e.Line == 0:
		return "the return is refused whole: " + e.Reason
	case e.Column == 0:
		return fmt.Sprintf("the return is refused whole: line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("the return is refused whole: line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// Broken returns a [*BrokenError] for a line of the file, 0 where the fault has no place.
func Broken(line int, format string, args ...any) error {
	return &BrokenError{Line: line, Reason: fmt.Sprintf(format, args...)}
}

// Changed returns the [*BrokenError] of a file whose SHA-256 is not the one that Check found, or nil.
func (c *Contents) Changed(sha256 string) error {
	if c.SHA256 == sha256 {
		return nil
	}
	return Broken(0, "the file changed while it was loaded: load it again, what is known already is passed over")
}
