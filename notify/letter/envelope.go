package letter

import (
	"encoding/json"
	"fmt"

	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

// Envelope is what one message says to one person: one notice, several of one case, all that they are told in a morning, or the
// duties that first loads found overdue. The record keeps it as JSON.
type Envelope struct {
	NoticeID string         // of the message in the record
	Role     timescale.Role // in which this person gets it
	Standing organisation.Why
	Today    When `json:",omitzero"`

	CaseReference string   `json:",omitempty"`
	Letters       []Letter `json:",omitempty"` // each as if it went by itself

	// Morning: the letters are all that this person is told in a morning, of any number of cases.
	Morning bool  `json:",omitempty"`
	Desk    *Desk `json:",omitempty"` // of a morning: what else lies before them

	Teams    []string `json:",omitempty"` // of a list: the teams that it is about; their references
	LoadedOn When     `json:",omitzero"`  // of a list: the day of the load, the first of several
	// LoadedUntil is the day of the last load; zero or LoadedOn where all were on one day.
	LoadedUntil When      `json:",omitzero"`
	From        When      `json:",omitzero"`  // of a list: the day on which reminders for these begin, for the first load
	Rows        []ListRow `json:",omitempty"` // of a list: all of them, in any order

	PerhapsTwice bool `json:",omitempty"`
	// Contact is the e-mail address of who reads replies; "" for nobody. It is a setting, and not kept with the message.
	Contact string `json:"-"`
}

// Read reads what the record keeps, of earlier releases too: they kept a single letter without
// its envelope.
func Read(doc json.RawMessage) (Envelope, error) {
	var e Envelope
	if err := json.Unmarshal(doc, &e); err != nil {
		return Envelope{}, fmt.Errorf("reading a letter: %w", err)
	}
	if len(e.Letters) > 0 || len(e.Rows) > 0 {
		return e, nil
	}
	var l Letter
	if err := json.Unmarshal(doc, &l); err != nil {
		return Envelope{}, fmt.Errorf("reading a letter: %w", err)
	}
	e.Letters = []Letter{l}
	return e, nil
}

// contents puts what an envelope holds into words.
type contents interface {
	Subject() string
	Text() string
	kind() notify.Kind
}

func (e *Envelope) contents() contents {
	switch {
	case len(e.Rows) > 0:
		return (*list)(e)
	case e.Morning:
		return (*morning)(e)
	case len(e.Letters) == 1:
		l := e.Letters[0]
		l.PerhapsTwice, l.Contact = e.PerhapsTwice, e.Contact
		return l
	default:
		return (*combined)(e)
	}
}

// Subject is one line, without a case reference.
func (e *Envelope) Subject() string { return e.contents().Subject() }

// Text is plain text in lines of at most Width characters.
func (e *Envelope) Text() string { return e.contents().Text() }

// Message is the envelope as a message to one person. The id is the Message-ID, the same for
// each attempt.
func (e *Envelope) Message(id, to, toName string) notify.Message {
	c := e.contents()
	m := notify.Message{
		ID: id, To: to, ToName: toName, Subject: c.Subject(), Text: c.Text(),
		Notice: e.NoticeID, Role: string(e.Role), Kind: c.kind(), ReplyTo: e.Contact,
	}
	if dressed, ok := c.(interface{ HTML() string }); ok {
		m.HTML = dressed.HTML()
	}
	return m
}
