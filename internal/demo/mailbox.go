package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"longstop/english"
)

// mailbox stands for the council's mail server in the stories: it takes the messages of the demonstration's worker, and keeps
// each as files that a browser and a terminal can show. It listens on this machine alone and delivers to nobody.
type mailbox struct {
	server  *smtp.Server
	address string
	dir     string

	mu     sync.Mutex
	caught []caught
}

// caught is a message as the mailbox's page lists it.
type caught struct{ To, Subject, Text, HTML string } // the last two are names of files; HTML is "" if it has no page

func (s *show) openMailbox(ctx context.Context) (*mailbox, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("a mail server for the stories: %w", err)
	}
	m := &mailbox{address: listener.Addr().String(), dir: s.file("messages")}
	if err := errors.Join(os.RemoveAll(m.dir), os.MkdirAll(m.dir, 0o755), m.list()); err != nil {
		return nil, errors.Join(fmt.Errorf("the folder of the stories' messages: %w", err), listener.Close())
	}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{box: m}, nil }))
	m.server.ReadTimeout, m.server.WriteTimeout, m.server.MaxMessageBytes = time.Minute, time.Minute, 1<<20
	m.server.Domain, m.server.MaxRecipients = "localhost", 1
	go func() {
		if err := m.server.Serve(listener); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			s.Log.Error().Err(err).Msg("the mail server of the stories has stopped: their messages wait")
		}
	}()
	return m, nil
}

// settings let a worker send to the mailbox.
func (m *mailbox) settings() []string {
	return []string{
		"LONGSTOP_NOTICES=email", "LONGSTOP_SMTP_URL=smtp://" + m.address + "?tls=none", "LONGSTOP_SMTP_FROM=longstop@council.example",
		"LONGSTOP_REPLY_TO=longstop-help@council.example",
	}
}

// delivery is a connection that brings messages, one after another.
type delivery struct {
	box *mailbox
	to  string
}

// Mail takes any sender.
func (*delivery) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes any recipient.
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}

// Data keeps a message.
func (d *delivery) Data(r io.Reader) error { return d.box.keep(d.to, r) }

// Reset forgets the recipient.
func (d *delivery) Reset() { d.to = "" }

// Logout does nothing.
func (*delivery) Logout() error { return nil }

// keep writes a message to files and lists it.
func (m *mailbox) keep(to string, raw io.Reader) error {
	message, err := mail.ReadMessage(raw)
	if err != nil {
		return fmt.Errorf("a message that cannot be read: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return fmt.Errorf("a subject that cannot be read: %w", err)
	}
	parts, err := bodies(message)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	name, _, _ := strings.Cut(to, "@")
	name = fmt.Sprintf("%03d-%s", len(m.caught)+1, filepath.Base(name))
	got := caught{To: to, Subject: subject, Text: name + ".txt"}
	files := map[string]string{got.Text: "To: " + to + "\nSubject: " + subject + "\n\n" + parts["text/plain"]}
	if page := parts["text/html"]; page != "" {
		got.HTML = name + ".html"
		files[got.HTML] = page
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	m.caught = append(m.caught, got)
	return m.list()
}

// bodies returns what a message says, by media type.
func bodies(message *mail.Message) (map[string]string, error) {
	kind, parameters, err := mime.ParseMediaType(cmp.Or(message.Header.Get("Content-Type"), "text/plain"))
	if err != nil {
		return nil, fmt.Errorf("the type of a message: %w", err)
	}
	found := map[string]string{}
	if !strings.HasPrefix(kind, "multipart/") {
		text, err := io.ReadAll(quotedprintable.NewReader(message.Body)) // as the worker writes them
		found[kind] = string(text)
		return found, err
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextPart() // which decodes
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("a part of a message: %w", err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("a part of a message: %w", err)
		}
		kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		found[kind] = string(text)
	}
}

var mailboxPage = template.Must(template.New("mailbox").Parse(`<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Messages of the demonstration</title></head>
<body style="font-family:Arial,Helvetica,sans-serif;max-width:800px;margin:20px auto;padding:0 12px;">
<h1>Messages of the demonstration</h1>
<p>What Longstop told people on the fast clock, the first on top. Everybody in it is invented.</p>
<ol>{{range .}}
<li>{{if .HTML}}<a href="{{.HTML}}">{{.Subject}}</a>{{else}}<a href="{{.Text}}">{{.Subject}}</a>{{end}} to {{.To}}{{if .HTML}} (<a href="{{.Text}}">as text</a>){{end}}</li>
{{end}}</ol>
</body></html>
`))

// list writes the page that lists what was caught.
func (m *mailbox) list() (err error) {
	f, err := os.Create(m.page())
	if err != nil {
		return err
	}
	return errors.Join(mailboxPage.Execute(f, m.caught), f.Close())
}

func (m *mailbox) page() string { return filepath.Join(m.dir, "index.html") }

// sayMessages says where to read what people were told.
func (s *show) sayMessages() {
	if s.mailbox == nil {
		return
	}
	s.mailbox.mu.Lock()
	defer s.mailbox.mu.Unlock()
	s.say("\nRead what they were told: %s, one for each person and working morning, and letters about limits in hours by themselves\n  in a browser   %s\n  as text        %s\n",
		english.CountOf(len(s.mailbox.caught), "message", "messages"), s.mailbox.page(), filepath.Join(s.mailbox.dir, "*.txt"))
	for i := range s.mailbox.caught {
		s.say("  %s  %s\n", s.mailbox.caught[i].Text, s.mailbox.caught[i].Subject)
	}
}
