package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"strings"

	"longstop/notify"
)

// replyError is what the mail server answered, as numbers. Its words are dropped: servers
// repeat the recipient's address in them.
type replyError struct {
	code     int
	enhanced string // RFC 3463, "5.1.1"; "" where the server gives none
}

func (r replyError) Error() string {
	return "the mail server answered " + strings.TrimSpace(fmt.Sprintf("%d %s", r.code, r.enhanced))
}

var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

func replyIn(err error) (replyError, bool) {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		return replyError{}, false
	}
	return replyError{answer.Code, enhancedCode.FindString(answer.Msg)}, true
}

func isReply(err error) bool {
	_, ok := replyIn(err)
	return ok
}

// explain turns a failure into what the caller may see: which notice, at which stage,
// what to look at. It is a *notify.PermanentError where the recipient was refused for good.
func (c *Channel) explain(ctx context.Context, notice string, err error) error {
	var f *stageError
	if !errors.As(err, &f) {
		f = &stageError{connecting, err}
	}
	r, answered := replyIn(err)
	if answered && r.refusesRecipient(f.at) {
		return &notify.PermanentError{Notice: notice, Channel: c.Name(), Reason: strings.TrimSpace(fmt.Sprintf("%d %s", r.code, r.enhanced))}
	}
	cause := f.cause()
	switch {
	case answered:
		cause = r
	case ctx.Err() != nil:
		cause = ctx.Err()
	}
	subject := "email"
	if notice != "" {
		subject = "notice " + notice + ": email"
	}
	failed := fmt.Errorf("%s: %s (%s): %w%s", subject, f.at, c.cfg.Addr(), cause, hint(f.at, answered))
	return &sendError{failed, f.at != finishing || answered}
}

// sendError is a temporary failure. It has a type for one thing that whoever sends the
// message again must know.
type sendError struct {
	error
	undelivered bool
}

// Unwrap gives the cause.
func (e *sendError) Unwrap() error { return e.error }

// Undelivered says that the message has certainly not been delivered: the server said so,
// or it never had the whole message (RFC 5321 section 4.2.5: only its answer to the end of
// the message takes it).
func (e *sendError) Undelivered() bool { return e.undelivered }

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

// hint says what to look at.
func hint(s stage, answered bool) string {
	switch s {
	case connecting, greeting:
		return "; is the mail server up, and is " + envURL + " right?"
	case securing:
		return "; look at tls= in " + envURL + ": tls for a port that speaks TLS at once, none for a server on this machine, " +
			"and at " + envCAFile + " for a certificate of your own authority"
	case signingIn:
		return "; look at the user in " + envURL + " and at " + envPassword
	case naming:
		return "; may this user send as " + envFrom + "?"
	case finishing:
		if answered {
			return ""
		}
		return "; it is not known whether it was delivered, so the same Message-ID is to be sent again"
	case addressing, beginning, writing:
	}
	return ""
}

// refusesRecipient says whether a reply means that this recipient will never be served.
//
// A refusal that is about us and not about them is no such thing, though servers give it
// at the same moment: no sign-in (530, 535, 538, 503), policy and relaying (x.7.x), or the
// sender's address (x.1.7, x.1.8). Taking those for a refusal would send every notice of
// a council to the wrong person after one wrong setting.
//
// At the end of the message only a reply about the address or the mailbox counts; the
// others are about what was written.
//
// Sources: RFC 5321 section 4.2, RFC 3463 section 3, RFC 4954 section 6.
func (r replyError) refusesRecipient(s stage) bool {
	if r.code/100 != 5 {
		return false
	}
	aboutAddress := strings.HasPrefix(r.enhanced, "5.1.") || strings.HasPrefix(r.enhanced, "5.2.")
	aboutSender := r.enhanced == "5.1.7" || r.enhanced == "5.1.8"
	switch s {
	case addressing:
		return !aboutSender && !r.aboutUs()
	case finishing:
		return aboutAddress && !aboutSender
	default:
		return false
	}
}

func (r replyError) aboutUs() bool {
	switch r.code {
	case 503, 530, 535, 538:
		return true
	}
	return strings.HasPrefix(r.enhanced, "5.7.")
}
