// Package disk reads the text files that settings name. Package textfile itself reads no files.
package disk

import (
	"os"

	"longstop/internal/textfile"
)

// ReadFile returns a file's text without the byte order mark that Windows programs put before it. The
// errors are those of os.ReadFile, and textfile.ErrUTF16.
func ReadFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return textfile.UTF8(text)
}

// Readable returns the error with which a file cannot be opened; nil where it can be.
func Readable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return f.Close()
}
