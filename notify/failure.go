package notify

import (
	"errors"
	"time"
)

// Side is whose trouble keeps a message from being sent, as far as the other side's answer
// tells.
type Side string

// Unknown: the answer does not tell. Service: the mail server's, or that of the way to it.
// Account: that of Longstop's own account or address, which may not send, or not so much.
// RecipientSide: the recipient's mailbox or address.
const (
	Unknown       Side = ""
	Service       Side = "service"
	Account       Side = "account"
	RecipientSide Side = "recipient"
)

// String is a phrase for a log: "the mail server's".
func (s Side) String() string {
	switch s {
	case Service:
		return "the mail server's"
	case Account:
		return "our account's"
	case RecipientSide:
		return "the recipient's"
	default:
		return "unknown"
	}
}

// TemporaryError is a message that a channel could not take just now. It is to be sent
// again under the same ID.
type TemporaryError struct {
	Notice  string // the notice's id; "" where there was none
	Channel string
	Err     error // holds no address
	Side    Side
	// Alarm: trying again may not help until somebody has looked.
	Alarm bool
	// Everybody: the failure has nothing to do with the recipient, whose turn had not
	// come or who got no answer.
	Everybody bool
	// NotDelivered: the message has certainly not been delivered.
	NotDelivered bool
	// RetryAfter is how long the channel takes no message; zero: it does not know.
	RetryAfter time.Duration
}

// Error is one line that names the notice and the channel.
func (e *TemporaryError) Error() string {
	said := e.Err.Error()
	if e.Channel != "" {
		said = e.Channel + ": " + said
	}
	if e.Notice != "" {
		said = "notice " + e.Notice + ": " + said
	}
	return said
}

// Unwrap returns Err.
func (e *TemporaryError) Unwrap() error { return e.Err }

// Undelivered reports whether the message has certainly not been delivered.
func (e *TemporaryError) Undelivered() bool { return e.NotDelivered }

// Temporary returns the TemporaryError in an error; of another error it makes one that
// tells nothing.
func Temporary(err error) *TemporaryError {
	var t *TemporaryError
	if errors.As(err, &t) {
		return t
	}
	return &TemporaryError{Err: err}
}
