package cincensus

import (
	"bufio"
	"io"
)

// Bounds on what one return may hold. They are far beyond any real return and keep a
// damaged or hostile file from filling the memory.
const (
	maxToken = 64 << 10 // bytes of one tag, text or comment
	maxText  = 16 << 10 // bytes of the text of one element
	maxDepth = 32       // elements inside one another; a return has 6
	maxRows  = 5_000    // elements of one child
	maxAlike = 200      // groups side by side in one element, such as the episodes of a child
)

// bounded gives the decoder one byte at a time and stops it before one token grows beyond
// all measure: the decoder holds a whole token in memory.
type bounded struct {
	text  *bufio.Reader
	since int // bytes read since the last token
}

// ReadByte gives the next byte of the text; past the bound it gives a *BrokenError.
func (b *bounded) ReadByte() (byte, error) {
	if b.since >= maxToken {
		return 0, broken(0, "a text, tag or comment of more than %d bytes: that is no return, check the file", maxToken)
	}
	b.since++
	return b.text.ReadByte()
}

// Read gives one byte, so that the bound holds whoever reads.
func (b *bounded) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := b.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

var _ io.ByteReader = (*bounded)(nil)
