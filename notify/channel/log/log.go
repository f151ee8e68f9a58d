// Package log is the channel for a service without e-mail: a notice is written to the log,
// and reaches nobody. The start-up must say so, and the record must not call it sent.
package log

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"longstop/notify"
)

// Channel writes that a notice was sent to a log.
type Channel struct{ log zerolog.Logger }

var _ notify.Channel = (*Channel)(nil)

// New is a channel that writes to a logger.
func New(log zerolog.Logger) *Channel { return &Channel{log: log} }

// Name is "log".
func (*Channel) Name() string { return "log" }

// Send logs the notice's id, its kind and the role: no address, name, subject or text.
// The error is that of a context which is done.
func (c *Channel) Send(ctx context.Context, m notify.Message) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("notice %s: log: %w", m.Notice, err)
	}
	c.log.Info().Str("notice", m.Notice).Str("kind", string(m.Kind)).Str("role", m.Role).
		Msg("notice noted in the log only: it reaches nobody")
	return "noted in the log", nil
}
