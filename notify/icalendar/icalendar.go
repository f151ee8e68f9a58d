// Package icalendar writes a person's duties as an iCalendar feed (RFC 5545, RFC 7986), which calendar programs
// subscribe to. A subscription mirrors the feed: what is done is left out and vanishes, what moves keeps its UID
// and its place in the calendar follows.
//
// It is pure: a struct in, bytes out, and the same bytes for the same struct, so that they can be
// compared by a hash. Programs fetch a feed when they like, so a calendar never replaces a notice.
package icalendar

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"longstop/calendar"
)

// ContentType is what a feed is served as.
const ContentType = "text/calendar; charset=utf-8"

// Calendar is a feed.
type Calendar struct {
	Name   string
	Events []Event
}

// Event is a duty on the day by which it is due. It holds no names: it is read on servers of others.
type Event struct {
	// UID is the same for ever, whatever becomes of the duty: a program takes another for another event.
	UID         string
	Date        calendar.Date
	Summary     string // one line
	Description string
	URL         string // where it can be read; "": nowhere
	// Changed is when anything of this last changed, not when the feed is made: programs take an
	// event with a new instant for a new version.
	Changed time.Time
	// Sequence counts the times that Date has moved.
	Sequence int
}

// Encode writes a feed, which is valid without any event, too. The error is about an event that cannot be written,
// which is a fault of the caller.
func (c Calendar) Encode() ([]byte, error) {
	var w writer
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//Longstop//Timescales//EN")
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	w.text("NAME", c.Name)
	w.text("X-WR-CALNAME", c.Name)
	w.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	w.line("X-PUBLISHED-TTL", "PT1H")
	seen := map[string]bool{}
	for i, e := range c.Events {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("event %d of a calendar: %w", i+1, err)
		}
		if seen[e.UID] {
			return nil, fmt.Errorf("event %d of a calendar: its UID is that of another", i+1)
		}
		seen[e.UID] = true
		w.event(e)
	}
	w.line("END", "VCALENDAR")
	return w.out.Bytes(), nil
}

// ETag returns the entity tag of a feed, by which a program asks whether it has changed.
func ETag(feed []byte) string {
	sum := sha256.Sum256(feed)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

func (e Event) check() error {
	switch {
	case e.UID == "" || strings.IndexFunc(e.UID, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`\;,`, r) }) >= 0:
		return errors.New("its UID must be plain characters, and some")
	case e.Date.IsZero():
		return errors.New("it has no date")
	case e.Changed.IsZero():
		return errors.New("it does not tell when it last changed")
	case strings.IndexFunc(e.URL, func(r rune) bool { return r <= ' ' || r >= 0x7f }) >= 0:
		return errors.New("its URL is not one")
	}
	return nil
}

// writer writes lines as the standard has them.
type writer struct{ out bytes.Buffer }

func (w *writer) event(e Event) {
	changed := e.Changed.UTC().Format("20060102T150405Z")
	w.line("BEGIN", "VEVENT")
	w.line("UID", e.UID)
	w.line("DTSTAMP", changed)
	w.line("LAST-MODIFIED", changed)
	w.line("SEQUENCE", strconv.Itoa(max(e.Sequence, 0)))
	w.line("DTSTART;VALUE=DATE", e.Date.Format("20060102"))
	w.line("DTEND;VALUE=DATE", e.Date.AddDays(1).Format("20060102"))
	w.text("SUMMARY", strings.Join(strings.Fields(e.Summary), " "))
	if e.Description != "" {
		w.text("DESCRIPTION", e.Description)
	}
	if e.URL != "" {
		w.line("URL", e.URL)
	}
	// Without both, Outlook shows the whole day as busy.
	w.line("TRANSP", "TRANSPARENT")
	w.line("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
	w.line("END", "VEVENT")
}

// text writes a property whose value is text, escaped.
func (w *writer) text(name, value string) { w.fold(name+":", escape(value)) }

// line writes a property whose value is not text.
func (w *writer) line(name, value string) { w.fold(name+":", value) }

// longest is how many octets a line has at most, without its end.
const longest = 75

// fold writes a property over as many lines as it needs. Each later one begins with a space. A
// line ends neither within a character nor within an escape: Google drops the event otherwise.
func (w *writer) fold(name, value string) {
	w.out.WriteString(name)
	for used := len(name); len(value) > 0; {
		unit := 2
		if value[0] != '\\' {
			_, unit = utf8.DecodeRuneInString(value)
		}
		unit = min(unit, len(value))
		if used+unit > longest {
			w.out.WriteString("\r\n ")
			used = 1
		}
		w.out.WriteString(value[:unit])
		used += unit
		value = value[unit:]
	}
	w.out.WriteString("\r\n")
}

// escape returns a text as a value, with what means something escaped, without characters that
// may not stand in it.
func escape(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\ufffd")
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\\' || r == ';' || r == ',':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n' || r == '\r':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteByte(' ')
		case r < ' ' || r == 0x7f:
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
