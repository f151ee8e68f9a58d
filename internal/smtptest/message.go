package smtptest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
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
	HTML    string // the same as HTML, decoded; "" if it is text alone
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
	kind, parameters, err := mime.ParseMediaType(cmp.Or(parsed.Header.Get("Content-Type"), "text/plain"))
	if err != nil {
		return fmt.Errorf("smtptest: the type of the message cannot be read: %w", err)
	}
	if kind == "multipart/alternative" {
		return m.readAlternatives(multipart.NewReader(parsed.Body, parameters["boundary"]))
	}
	m.Text, err = decoded(parsed.Body, parsed.Header.Get("Content-Transfer-Encoding"))
	return err
}

// readAlternatives takes a message apart that says the same as text and as HTML.
func (m *Message) readAlternatives(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF) && m.Text != "":
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("smtptest: the message has no text")
		case err != nil:
			return fmt.Errorf("smtptest: a part of the message cannot be read: %w", err)
		}
		text, err := decoded(part, part.Header.Get("Content-Transfer-Encoding"))
		if err != nil {
			return err
		}
		switch kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";"); kind {
		case "text/plain":
			m.Text = text
		case "text/html":
			m.HTML = text
		default:
			return fmt.Errorf("smtptest: a part of the message is %s", kind)
		}
	}
}

// decoded returns a body with lines that end in "\n".
func decoded(body io.Reader, encoding string) (string, error) {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return "", fmt.Errorf("smtptest: the text cannot be read: %w", err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n"), nil
}
