package email

import (
	"bytes"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"longstop/notify"
)

// letter is a message as it goes over the wire.
type letter struct {
	from, to      string // with angle brackets
	international bool   // an address is not ASCII: the server must know RFC 6531
	raw           []byte
}

// compose writes a message with its headers. The error is a *notify.PermanentError where
// the address is not one; it never holds the address.
func (c *Channel) compose(m notify.Message) (letter, error) {
	if !isAddress(m.To) {
		return letter{}, &notify.PermanentError{Notice: m.Notice, Channel: c.Name(), Reason: "the address on record is not an e-mail address"}
	}
	if !isMessageID(m.ID) {
		return letter{}, fmt.Errorf("notice %s: email: its Message-ID is not of the form left@right; this is a fault of the program", m.Notice)
	}
	from := &mail.Address{Name: c.cfg.FromName, Address: c.cfg.From}
	to := &mail.Address{Name: plain(m.ToName), Address: m.To}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(plain(m.ReplyTo)); err != nil {
			return letter{}, fmt.Errorf("notice %s: email: the address for replies (LONGSTOP_REPLY_TO) is not an e-mail address", m.Notice)
		}
	}
	msg.Subject(plain(m.Subject))
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers by machines
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	msg.SetGenHeader("X-Longstop-Notice", plain(m.Notice))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return letter{}, fmt.Errorf("notice %s: email: the message cannot be written: %w", m.Notice, err)
	}
	return letter{
		from: c.envelope(m), to: bracket(to), raw: raw.Bytes(),
		international: !ascii(from.Address) || !ascii(to.Address),
	}, nil
}

// envelope is the address that servers report to, with angle brackets.
func (c *Channel) envelope(m notify.Message) string {
	if c.cfg.Bounces != nil {
		if own := c.cfg.Bounces.Of(m.Notice, m.Attempt); own != "" {
			return bracket(&mail.Address{Address: own})
		}
	}
	return bracket(&mail.Address{Address: c.cfg.From})
}

func bracket(a *mail.Address) string { return (&mail.Address{Address: a.Address}).String() }

// plain is one line: nothing that comes from a record can add a header.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

func isMessageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	if !ok || left == "" || right == "" || strings.Contains(right, "@") {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>()[],;:\"`, r) }) < 0
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// redact takes a recipient's address out of what a server answered, and bounds it.
func redact(answer, address string) string {
	const longest = 200
	address = `(?i)` + regexp.QuoteMeta(address)
	answer = regexp.MustCompile(address).ReplaceAllLiteralString(plain(answer), "(address)")
	if runes := []rune(answer); len(runes) > longest {
		answer = string(runes[:longest])
	}
	return answer
}
