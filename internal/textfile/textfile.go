// Package textfile reads the files that people save with Excel, Notepad and the like: lists,
// settings and rules. It imports the standard library only.
package textfile

import (
	"bytes"
	"errors"
)

// ErrUTF16 is returned for text in UTF-16, which Notepad and Excel call Unicode.
var ErrUTF16 = errors.New(`the file is saved as UTF-16 (Notepad and Excel call it "Unicode"): save it again as UTF-8`)

var byteOrderMark = []byte("\ufeff")

// UTF8 returns a file's text without the byte order mark that Windows programs put before
// it. The error is ErrUTF16; whether the rest is UTF-8 is not looked at.
func UTF8(text []byte) ([]byte, error) {
	if isUTF16(text) {
		return nil, ErrUTF16
	}
	return bytes.TrimPrefix(text, byteOrderMark), nil
}

// isUTF16 reports whether text begins with the byte order mark of UTF-16, or with a letter
// of two bytes of which one is zero.
func isUTF16(text []byte) bool {
	if len(text) < 2 {
		return false
	}
	first, second := text[0], text[1]
	marked := first == 0xff && second == 0xfe || first == 0xfe && second == 0xff
	return marked || (first == 0) != (second == 0)
}
