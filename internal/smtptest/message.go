package smtptest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
)

// Message is what the server was sent.
type Message struct {
	From    string   // of the envelope
	To      []string // of the envelope
	ID      string   // the Message-ID without its angle brackets
	Header  mail.Header
	Subject string // decoded
	Text    string // decoded, lines end in "\n"
	Raw     []byte
	TLS     bool   // it came over TLS
	User    string // who had signed in; "" for nobody
}

// read takes a message apart. The error says what no mail program could read either.
func (m *Message) read(raw []byte) error {
	m.Raw = slices.Clone(raw)
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("smtptest: the message cannot be read: %w", err)
	}
	m.Header = parsed.Header
	m.ID = strings.Trim(parsed.Header.Get("Message-Id"), "<>")
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return fmt.Errorf("smtptest: the subject cannot be read: %w", err)
	}
	body := parsed.Body
	switch strings.ToLower(parsed.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("smtptest: the text cannot be read: %w", err)
	}
	m.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	return nil
}
