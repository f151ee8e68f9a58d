// Package ctxio makes reading end with a context, so that a large file does not keep an interrupted
// command.
package ctxio

import (
	"context"
	"io"
)

// NewReader returns a reader of r that returns the context's error once the context has ended.
func NewReader(ctx context.Context, r io.Reader) io.Reader { return &reader{ctx, r} }

type reader struct {
	ctx context.Context //nolint:containedctx // io.Reader takes none
	in  io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}
