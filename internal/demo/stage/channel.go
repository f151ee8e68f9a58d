package stage

import (
	"context"

	"longstop/notify"
)

// Marked returns a channel that says of every message that it is about nobody.
func Marked(c notify.Channel) notify.Channel { return marked{c} }

type marked struct{ notify.Channel }

// Send sends the message with the mark.
func (m marked) Send(ctx context.Context, msg notify.Message) (receipt string, err error) {
	msg.Subject = "[Demo] " + msg.Subject
	msg.Text = "This is a demonstration. Everything in it is invented.\n\n" + msg.Text
	return m.Channel.Send(ctx, msg)
}
