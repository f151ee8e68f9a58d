// Package notify is what carries a message to a person: the message, the channel and how a
// channel fails. What a message says is written in notify/letter; the channels are below
// notify/channel.
//
// Privacy: an error and a log line hold neither a case reference nor an address: they name
// the notice.
package notify

import (
	"context"
	"errors"
	"fmt"
)

// Message is one message to one person.
type Message struct {
	// ID is the Message-ID of RFC 5322 without its angle brackets. It is the same each
	// time the same notice is sent, so that a repetition can be recognised.
	ID      string
	To      string // the address
	ToName  string // the person's name; may be empty
	Subject string // one line, without a case reference
	Text    string // plain text, lines end in "\n"
	HTML    string // the same as an HTML document; "": there is none
	ReplyTo string // the address of who reads replies; "": nobody

	Notice string // the notice's id: the only thing that errors and logs may say
	Role   string // the role that it is meant for
	Kind   Kind

	// Attempt counts the attempts to send this message, from 1; 0 where the sender does not
	// count. It tells apart what the far side reports about each of them.
	Attempt int
	// Doubtful are the attempts before this one that took the same contents to the same address
	// and may or may not have been taken by the far side. A channel that can ask it does
	// so before it sends again.
	Doubtful []int

	// Short is what a channel with little room says in place of Text; "": Subject.
	Short string
}

// Kind is what a notice is for.
type Kind string

// The kinds of notice, as rules.md section 6 has them. Package casework has the same names: a
// channel is not to know how a notice comes about, so neither imports the other. List is the list that a manager
// gets after the first load of a council's history.
const (
	Reminder   Kind = "reminder"
	Escalation Kind = "escalation"
	Resolved   Kind = "resolved"
	Moved      Kind = "moved"
	Drift      Kind = "drift"
	List       Kind = "list"
)

// Channel delivers messages. Implementations are safe for concurrent use.
type Channel interface {
	// Name is a short word for the record: "email", "log".
	Name() string
	// Send delivers one message and returns what the other side answered, without
	// addresses: kept in the record as the receipt. An error is a *PermanentError
	// where this recipient was refused for good, so that another person must be
	// told; any other error is temporary: it may have been delivered or not, and the
	// same message with the same ID is to be sent again. Send returns soon after ctx
	// is done. Package channeltest checks all of this of a channel.
	Send(ctx context.Context, m Message) (receipt string, err error)
}

// Carrier is a channel of several.
type Carrier interface {
	Channel
	// Carry is Send, and returns the name of the channel that took the message or failed.
	Carry(ctx context.Context, m Message) (receipt, channel string, err error)
}

// Bouncer is a channel whose far side may report, after it has taken a message, that it could
// not deliver it.
type Bouncer interface {
	Channel
	// BounceKey returns what such a report names a message by. receipt is what Send
	// returned for it.
	BounceKey(m Message, receipt string) string
}

// ErrRefused matches every PermanentError with errors.Is.
var ErrRefused = errors.New("the recipient was refused for good")

// PermanentError says that a recipient was refused for good: trying again is no use, and
// somebody else must be told. It holds neither the address nor the name.
type PermanentError struct {
	Notice  string // the notice's id
	Channel string
	Reason  string // "550 5.1.1", "not an e-mail address"
}

// Error is one line that names the notice and the channel.
func (e *PermanentError) Error() string {
	return fmt.Sprintf("notice %s: %s: %s (%s); correct the address on the staff record", e.Notice, e.Channel, ErrRefused, e.Reason)
}

// Is says that a PermanentError is ErrRefused.
func (e *PermanentError) Is(target error) bool { return target == ErrRefused }
