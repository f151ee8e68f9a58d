package timescale

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Documents are a law as the record keeps it. They are compiled by timescale/load.
type Documents struct {
	Pack     []byte // the files of the pack, and of the overlays over it
	Calendar []byte // the bank holidays, in the shape that GOV.UK publishes
}

// Hash returns the name by which the record keeps a law: the same documents have the same one.
func (d Documents) Hash() string {
	const digits = 16
	sum := sha256.Sum256(slices.Concat(d.Pack, d.Calendar))
	return hex.EncodeToString(sum[:])[:digits]
}
