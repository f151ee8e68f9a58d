package teams

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"longstop/notify"
	"longstop/notify/markdown"
)

const (
	// mostBytes of what is posted. Teams takes about 28 KB; a client has been seen to fail above 21.
	mostBytes = 20 << 10
	// mostCharacters of a line.
	mostCharacters = 1000
)

// element is a block of an adaptive card.
type element struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	Wrap    bool   `json:"wrap"`
	Weight  string `json:"weight,omitempty"`
	Size    string `json:"size,omitempty"`
	Spacing string `json:"spacing,omitempty"`
	Subtle  bool   `json:"isSubtle,omitempty"`
}

// card is an adaptive card. Version 1.4 is what every client of Teams shows.
type card struct {
	Schema   string    `json:"$schema"`
	Type     string    `json:"type"`
	Version  string    `json:"version"`
	FallBack string    `json:"fallbackText"`
	Body     []element `json:"body"`
}

// attachment and message are the envelope of the workflow "Post to a channel when a webhook request
// is received".
type attachment struct {
	ContentType string  `json:"contentType"`
	ContentURL  *string `json:"contentUrl"`
	Content     card    `json:"content"`
}

type message struct {
	Type        string       `json:"type"`
	Attachments []attachment `json:"attachments"`
}

var errTooLong = errors.New("the card is too large though all but its title was left out: this is a fault of the program")

// compose writes what is posted for a message: its subject, and as many lines of its text as fit.
func compose(m notify.Message, envelope Envelope) ([]byte, error) {
	lines := linesOf(m)
	for shown := fits(lines); ; shown -= max(1, shown/10) {
		body, err := json.Marshal(wrap(cardOf(m, lines, shown), envelope))
		if err != nil {
			return nil, fmt.Errorf("writing a card: %w", err)
		}
		if len(body) <= mostBytes {
			return body, nil
		}
		if shown <= 0 {
			return nil, errTooLong
		}
	}
}

// linesOf returns the blocks of a text: one for each line, since cards join the lines of one.
func linesOf(m notify.Message) []element {
	var blocks []element
	gap := "medium"
	for _, line := range markdown.Lines(strings.TrimSpace(withoutNames(m, m.Text))) {
		if strings.TrimSpace(line) == "" {
			gap = "medium"
			continue
		}
		blocks = append(blocks, element{Type: "TextBlock", Text: markdown.Line(cut(line)), Wrap: true, Spacing: gap})
		gap = "none"
	}
	return blocks
}

// fits is about how many of the blocks fit.
func fits(blocks []element) int {
	const frame, each = 1000, 70 // bytes around the text, of the card and of a block
	left := mostBytes - frame
	for i, b := range blocks {
		if left -= len(b.Text) + each; left < 0 {
			return i
		}
	}
	return len(blocks)
}

func cardOf(m notify.Message, lines []element, shown int) card {
	title := cut(strings.Join(strings.Fields(withoutNames(m, m.Subject)), " "))
	body := append([]element{{Type: "TextBlock", Text: markdown.Line(title), Wrap: true, Weight: "Bolder", Size: "Medium"}}, lines[:shown]...)
	switch left := len(lines) - shown; {
	case left == 1:
		body = append(body, element{Type: "TextBlock", Text: "… and 1 more line", Wrap: true, Subtle: true, Spacing: "medium"})
	case left > 1:
		body = append(body, element{Type: "TextBlock", Text: fmt.Sprintf("… and %d more lines", left), Wrap: true, Subtle: true, Spacing: "medium"})
	}
	return card{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4", FallBack: title, Body: body,
	}
}

func wrap(c card, envelope Envelope) any {
	if envelope == Card {
		return c
	}
	return message{Type: "message", Attachments: []attachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: c}}}
}

// withoutNames leaves out the name and the address of the person who would otherwise get a
// message: many people read a channel.
func withoutNames(m notify.Message, text string) string {
	for _, name := range []string{m.To, m.ToName} {
		if strings.TrimSpace(name) != "" {
			text = strings.ReplaceAll(text, name, "(name)")
		}
	}
	return text
}

func cut(line string) string {
	if utf8.RuneCountInString(line) <= mostCharacters {
		return line
	}
	return string([]rune(line)[:mostCharacters-1]) + "…"
}
