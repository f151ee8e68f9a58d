package casework

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"unicode/utf8"
)

// maxLine bounds one line of a file of events, in bytes.
const maxLine = 1 << 20

// ReadEvents reads a file of events, one JSON object a line; blank lines are passed over.
// A line that is not an event is refused with its number and its id where it has one, and
// the rest is read. Recorded is the end of when the event happened where a line leaves it
// out. The error is that of reading, or of a line over 1 MiB.
func ReadEvents(r io.Reader) ([]Event, []Refusal, error) {
	var parts []*someLines
	var parsing sync.WaitGroup
	free := make(chan struct{}, parsersAtOnce)
	hand := func(p *someLines) {
		parts = append(parts, p)
		free <- struct{}{}
		parsing.Go(func() {
			p.parse()
			<-free
		})
	}
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	next, lines := &someLines{first: 1}, 0
	for ; scanner.Scan(); lines++ {
		if next.add(scanner.Bytes()); len(next.ends) == linesAtOnce {
			hand(next)
			next = &someLines{first: lines + 2}
		}
	}
	hand(next)
	parsing.Wait()
	if err := scanner.Err(); err != nil {
		return nil, nil, fmt.Errorf("reading events after line %d: %w", lines, err)
	}
	events, refused := joined(parts)
	return events, refused, nil
}

// linesAtOnce is how many lines are parsed in one go: on several processors the parts of a
// large file are parsed side by side.
const linesAtOnce = 1000

// parsersAtOnce bounds how many parts wait in memory to be parsed.
const parsersAtOnce = 8

// someLines are lines of a file of events that follow each other.
type someLines struct {
	first   int // the number of its first line
	text    []byte
	ends    []int // of each line
	events  []Event
	refused []Refusal
}

func (p *someLines) add(line []byte) {
	p.text = append(p.text, line...)
	p.ends = append(p.ends, len(p.text))
}

func (p *someLines) parse() {
	p.events = make([]Event, 0, len(p.ends))
	from := 0
	for i, end := range p.ends {
		text := bytes.TrimSpace(bytes.TrimPrefix(p.text[from:end], []byte("\xef\xbb\xbf")))
		from = end
		if len(text) == 0 {
			continue
		}
		e, err := readLine(text)
		if err != nil {
			p.refused = append(p.refused, Refusal{Line: p.first + i, Event: idOf(text), Reason: err.Error()})
			continue
		}
		p.events = append(p.events, e)
	}
	p.text = nil
}

func joined(parts []*someLines) (events []Event, refused []Refusal) {
	count := 0
	for _, p := range parts {
		count += len(p.events)
	}
	if count > 0 {
		events = make([]Event, 0, count)
	}
	for _, p := range parts {
		events, refused = append(events, p.events...), append(refused, p.refused...)
	}
	return events, refused
}

func readLine(text []byte) (Event, error) {
	var e Event
	if !utf8.Valid(text) {
		return e, fmt.Errorf("the line is not UTF-8: save the file as UTF-8")
	}
	if err := e.UnmarshalJSON(text); err != nil {
		return e, err
	}
	if e.ID == "" {
		return e, errors.New("it has no id: every event needs one of its own")
	}
	if e.Recorded.IsZero() && e.At.Day != 0 {
		e.Recorded = e.At.End()
	}
	return e, nil
}

var idInLine = regexp.MustCompile(`"id"\s*:\s*"([^"\\]{1,200})"`)

// idOf finds the id of a line that could not be read, so that its refusal can be found.
func idOf(text []byte) string {
	if found := idInLine.FindSubmatch(text); found != nil {
		return string(found[1])
	}
	return ""
}
