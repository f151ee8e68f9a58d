package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"

	"longstop/notify"
)

// explain turns a failure into what the caller may see: which notice, at which stage, what
// to look at. It is a *notify.PermanentError where the recipient was refused for good, and
// a *notify.TemporaryError otherwise.
func (c *Channel) explain(ctx context.Context, notice string, err error) error {
	var f *stageError
	if !errors.As(err, &f) {
		f = &stageError{connecting, err}
	}
	r, answered := replyIn(err)
	if answered && r.refusesRecipient(f.at) {
		return &notify.PermanentError{Notice: notice, Channel: c.Name(), Reason: r.String()}
	}
	t := &notify.TemporaryError{
		Notice: notice, Channel: c.Name(), Side: notify.Service, Everybody: true,
		// RFC 5321 section 4.2.5: only the answer to the end of the message takes it.
		NotDelivered: f.at != finishing || answered,
	}
	cause, advice := f.cause(), hint(f.at)
	switch {
	case f.at == waiting:
		t.Side = notify.Unknown
	case answered:
		cause = r
		t.Side, t.Alarm, t.Everybody = r.side(f.at), r.alarms(), f.at.beforeRecipient()
		if f.at == naming || !f.at.beforeRecipient() {
			advice = whose(t.Side)
		}
	case errors.Is(ctx.Err(), context.Canceled):
		cause, t.Side = ctx.Err(), notify.Unknown // whoever sends has given up: nothing is known of the server
	case ctx.Err() != nil:
		cause = ctx.Err()
	}
	t.Err = fmt.Errorf("%s (%s): %w%s", f.at, c.cfg.Addr(), cause, advice)
	return t
}

var (
	errNotSMTP = errors.New("the mail server answers with something that is not SMTP")
	errSignIn  = errors.New("the mail server and Longstop do not understand each other")
)

// cause is the error of a failure without words of the mail server: those may hold an
// address, or what was signed in with.
func (f *stageError) cause() error {
	var notSMTP textproto.ProtocolError
	var network net.Error
	switch {
	case errors.As(f.err, &notSMTP):
		return errNotSMTP
	case f.at != signingIn, errors.As(f.err, &network), errors.Is(f.err, io.EOF), errors.Is(f.err, errNoAUTH):
		return f.err
	default:
		return errSignIn
	}
}

// hint says what to look at where no answer tells.
func hint(s stage) string {
	switch s {
	case connecting, greeting:
		return "; is the mail server up, and are host, port and helo= in " + envURL + " right?"
	case securing:
		return "; look at tls= in " + envURL + ": tls for a port that speaks TLS at once, none for a server on this machine, " +
			"and at " + envCAFile + " for a certificate of your own authority"
	case signingIn:
		return "; look at the user in " + envURL + " and at " + envPassword
	case finishing:
		return "; it is not known whether it was delivered, so the same Message-ID is to be sent again"
	case waiting, naming, addressing, beginning, writing:
	}
	return ""
}

// whose says who an answer is about, and what to look at.
func whose(s notify.Side) string {
	switch s {
	case notify.Service:
		return "; this is the mail server's trouble, not the recipient's"
	case notify.Account:
		return "; this is about Longstop's account, not the recipient: may it send as " + envFrom +
			", is its mailbox full, has it sent too much (connections= and per_minute= in " + envURL + ")?"
	case notify.RecipientSide:
		return "; this is about the recipient's mailbox"
	default:
		return "; the answer does not tell whether this is about the recipient or about Longstop's account"
	}
}
