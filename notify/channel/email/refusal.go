package email

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"longstop/notify"
)

// replyError is what the mail server answered, as numbers. Its words are dropped: servers
// repeat the recipient's address in them.
type replyError struct {
	code     int
	enhanced string // RFC 3463, "5.1.1"; "" where the server gives none, or several
}

func (r replyError) Error() string { return "the mail server answered " + r.String() }

// String is the numbers alone: "550 5.1.1".
func (r replyError) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.code, r.enhanced))
}

// enhancedCode is the code at the beginning of a line. Some servers write "#5.1.1" or put
// more than one blank before it; an IP address is not one.
var enhancedCode = regexp.MustCompile(`^[ \t]*#?([245]\.\d{1,3}\.\d{1,3})(?:$|[^.\d]|\.(?:$|\D))`)

func replyIn(err error) (replyError, bool) {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		return replyError{}, false
	}
	return replyError{answer.Code, enhancedIn(answer.Msg)}, true
}

// enhancedIn returns the code of an answer, which may have several lines. RFC 2034 wants
// the same code on each of them; lines without one are passed over, and codes that
// contradict each other say nothing.
func enhancedIn(answer string) string {
	code := ""
	for line := range strings.SplitSeq(answer, "\n") {
		found := enhancedCode.FindStringSubmatch(line)
		switch {
		case found == nil:
		case code != "" && code != found[1]:
			return ""
		default:
			code = found[1]
		}
	}
	return code
}

func isReply(err error) bool {
	_, ok := replyIn(err)
	return ok
}

// The answers that mean that this recipient will not be served: at the moment when the
// recipient is named, and after it. Later, a server speaks of the message and of whoever
// sends it, in codes that it also uses for a recipient: 5.2.2 is the mailbox of the sender
// that is full, 5.2.0 that the account may not send as the sender.
var (
	refusedWhenNamed = []string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
	refusedLater     = []string{"5.1.1", "5.1.2", "5.1.3"}
)

// errNotAtTheEdge is how Exchange Online refuses, when it is named, a recipient that its directory
// does not hold: every leaver. (Elsewhere 5.4.1 is a host that does not answer.)
var errNotAtTheEdge = replyError{550, "5.4.1"}

// refusesRecipient reports whether an answer means that this recipient will not be served,
// so that somebody else must be told.
//
// Only an answer that says so in an enhanced code counts. A mistake here would send every
// notice of a council to the wrong person after one wrong setting, if nothing showed that the
// server serves others, while an answer that is wrongly taken for a temporary one is tried
// again, with an alarm.
//
// Sources: RFC 5321 section 4.2, RFC 3463 section 3, RFC 4954 section 6, RFC 7504.
func (r replyError) refusesRecipient(s stage) bool {
	if r.code/100 != 5 || r.wantsSignIn() || r.code == 503 {
		return false
	}
	switch s {
	case addressing:
		return r == errNotAtTheEdge || slices.Contains(refusedWhenNamed, r.enhanced)
	case beginning, finishing: // some servers keep their answer about the recipient until then
		return slices.Contains(refusedLater, r.enhanced)
	default:
		return false
	}
}

// wantsSignIn: RFC 4954 section 6.
func (r replyError) wantsSignIn() bool { return r.code == 530 || r.code == 535 || r.code == 538 }

// alarms reports whether an answer that is taken for a temporary one says that it is not:
// somebody must look.
func (r replyError) alarms() bool { return r.code/100 == 5 }

// side is whose trouble an answer speaks of.
func (r replyError) side(s stage) notify.Side {
	switch {
	case s == connecting, s == greeting, s == securing:
		return notify.Service
	case r.code == 421, 500 <= r.code && r.code <= 504 && r.enhanced == "":
		return notify.Service
	case r.wantsSignIn(), r.code == 432: // 432: too many connections of this account at once
		return notify.Account
	case r.enhanced == "":
		return sideWithoutCode(r.code, s)
	}
	subject, detail, _ := strings.Cut(r.enhanced[2:], ".")
	switch subject {
	case "1":
		return r.sideOfAddress(detail, s)
	case "2":
		return sideOfMailbox(detail, s)
	case "3", "4", "5":
		return notify.Service
	case "7":
		return r.sideOfPolicy(s)
	}
	return sideWithoutCode(r.code, s)
}

// sideWithoutCode: before the recipient is named it can only be about the sender.
func sideWithoutCode(code int, s stage) notify.Side {
	if (s == naming || s == signingIn) && code/100 == 5 {
		return notify.Account
	}
	if s == naming || s == signingIn {
		return notify.Service
	}
	return notify.Unknown
}

// sideOfAddress reads x.1.x.
func (r replyError) sideOfAddress(detail string, s stage) notify.Side {
	switch detail {
	case "7", "8", "90": // the sender's address; 90 is Exchange Online's daily limit
		return notify.Account
	case "0":
		return sideWithoutCode(r.code, s)
	}
	if s == naming {
		return notify.Account
	}
	return notify.RecipientSide
}

// sideOfMailbox reads x.2.x. Once the message is written the mailbox may be the sender's.
func sideOfMailbox(detail string, s stage) notify.Side {
	known := slices.Contains([]string{"1", "2", "3", "4"}, detail)
	switch {
	case s == addressing && known:
		return notify.RecipientSide
	case s == addressing && detail == "0", s != naming && known:
		return notify.Unknown
	default:
		return notify.Account
	}
}

// sideOfPolicy reads x.7.x: what is not allowed is not allowed to us. For now only, it is
// greylisting as a rule, or a sign-in that the server could not look up.
func (r replyError) sideOfPolicy(s stage) notify.Side {
	switch {
	case r.code/100 == 5:
		return notify.Account
	case s == signingIn, s == naming:
		return notify.Service
	default:
		return notify.Unknown
	}
}
