package stage

import (
	"context"
	"strings"

	"longstop/notify"
)

// Marked returns a channel that says of every message that it is about nobody.
func Marked(c notify.Channel) notify.Channel { return marked{c} }

const mark = "This is a demonstration. Everything in it is invented."

type marked struct{ notify.Channel }

// Send sends the message with the mark.
func (m marked) Send(ctx context.Context, msg notify.Message) (receipt string, err error) {
	msg.Subject = "[Demo] " + msg.Subject
	msg.Text = mark + "\n\n" + msg.Text
	msg.HTML = strings.Replace(msg.HTML, "<h1", "<p>"+mark+"</p>\n<h1", 1)
	return m.Channel.Send(ctx, msg)
}
