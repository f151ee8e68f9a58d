package load

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"longstop/timescale"
)

// maxBundle is the largest bundle that is read, in bytes.
const maxBundle = 32 << 20

// bundle is the document that holds a pack's files.
type bundle struct {
	Format string `json:"format"`
	Files  []File `json:"files"`
}

// bundleFormat names the document, and with its number how it is read.
const bundleFormat = "longstop-pack-1"

// Bundle puts a pack's files into one canonical JSON document: the same files give the
// same bytes in whatever order they are named. The record keeps it as one row, by hash.
func Bundle(files []File) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(bundle{Format: bundleFormat, Files: inOrder(files)}); err != nil {
		panic("load: texts could not be encoded: " + err.Error()) // strings always can be
	}
	return out.Bytes()
}

// Unbundle gets the files back out of a bundle. It returns an error where the document
// is not one, is too large, or is of a format that this program does not know.
func Unbundle(document []byte) ([]File, error) {
	if len(document) > maxBundle {
		return nil, fmt.Errorf("a bundle of a rule pack: %d bytes; at most %d are read", len(document), maxBundle)
	}
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.DisallowUnknownFields()
	var b bundle
	if err := dec.Decode(&b); err != nil {
		return nil, fmt.Errorf("a bundle of a rule pack: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("a bundle of a rule pack: something follows the document")
	}
	if b.Format != bundleFormat {
		return nil, fmt.Errorf("a bundle of a rule pack: the format is %q, this program reads %q", b.Format, bundleFormat)
	}
	return b.Files, nil
}

// FromBundle loads the pack that a bundle holds; its hash is that of the files that went
// in. Errors are those of [Unbundle] and [Files].
func FromBundle(document []byte) (*timescale.Pack, error) {
	files, err := Unbundle(document)
	if err != nil {
		return nil, err
	}
	return Files(files)
}

// hashOf names a set of files: the hex SHA-256 of their bundle.
func hashOf(files []File) string {
	sum := sha256.Sum256(Bundle(files))
	return hex.EncodeToString(sum[:])
}
