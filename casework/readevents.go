package casework

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"

	"longstop/internal/textfile"
)

// maxLine bounds one line of a file of events, in bytes.
const maxLine = 1 << 20

// ReadEvents reads a file of events, one JSON object a line; blank lines are passed over.
// A line that is not an event is refused with its number and its id where it has one, and
// the rest is read; so is a line of over 1 MiB. Recorded stays zero where a line leaves it out:
// Accept takes the end of when the event happened, the record its own present.
// The error is that of reading, or ErrNotEvents.
func ReadEvents(r io.Reader) ([]Event, []Refusal, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if err := knownFormat(in); err != nil {
		return nil, nil, err
	}
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
	next, number := &someLines{first: 1}, 0
	var failed error
	for failed == nil {
		var line []byte
		if line, failed = next.read(in); failed == io.EOF && len(line) == 0 { //nolint:errorlint // a reader's own io.EOF is never wrapped
			break
		}
		if number++; next.isFull() {
			hand(next)
			next = &someLines{first: number + 1}
		}
	}
	hand(next)
	parsing.Wait()
	if failed != io.EOF { //nolint:errorlint // as above
		return nil, nil, fmt.Errorf("reading events after line %d: %w", number, failed)
	}
	events, refused := joined(parts)
	return events, refused, nil
}

// ErrNotEvents is the error of a file that holds no lines of text at all, whatever they may say.
var ErrNotEvents = errors.New("not a file of events")

// wrongFormats are the beginnings of files that are given by mistake.
var wrongFormats = []struct{ begins, what string }{
	{"\x1f\x8b", "it is compressed with gzip: unpack it first, for example with \"gunzip -c FILE | starter record -\""},
	{"\x28\xb5\x2f\xfd", "it is compressed with zstd: unpack it first"},
	{"BZh", "it is compressed with bzip2: unpack it first"},
	{"PK\x03\x04", "it is a ZIP archive or a spreadsheet: unpack it, or save it as one JSON object a line"},
	{"<?xml", "it is XML: a return is loaded with \"starter import\""},
	{"SQLite format 3", "it is a database"},
}

// knownFormat refuses a file that plainly is something else, which would be refused line by line.
func knownFormat(in *bufio.Reader) error {
	start, _ := in.Peek(16) //nolint:errcheck // a shorter file is no fault, and an error comes again when it is read
	for _, f := range wrongFormats {
		if bytes.HasPrefix(start, []byte(f.begins)) {
			return fmt.Errorf("%w: %s", ErrNotEvents, f.what)
		}
	}
	if _, err := textfile.UTF8(start); err != nil {
		return fmt.Errorf("%w: %w", ErrNotEvents, err)
	}
	return nil
}

// linesAtOnce and textAtOnce are how much is parsed in one go: on several processors the parts of
// a large file are parsed side by side.
const (
	linesAtOnce = 1000
	textAtOnce  = maxLine // in bytes
)

// parsersAtOnce bounds how many parts wait in memory to be parsed.
const parsersAtOnce = 8

// someLines are lines of a file of events that follow each other.
type someLines struct {
	first   int // the number of its first line
	text    []byte
	ends    []int // of each line
	long    []int // which of them are too long, by their place
	events  []Event
	refused []Refusal
}

func (p *someLines) isFull() bool { return len(p.ends) >= linesAtOnce || len(p.text) >= textAtOnce }

// read adds the next line, without its end, and returns it as far as it is kept. Of a line that
// is too long nothing is. The error is that of reading: with io.EOF the last line may come.
func (p *someLines) read(in *bufio.Reader) (line []byte, err error) {
	from, long := len(p.text), false
	for {
		var part []byte
		part, err = in.ReadSlice('\n')
		if len(p.text)-from+len(part) > maxLine+len("\r\n") {
			long = true
			p.text = p.text[:from]
		}
		if !long {
			p.text = append(p.text, part...)
		}
		if err != bufio.ErrBufferFull { //nolint:errorlint // ReadSlice returns it as it is
			break
		}
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	line = p.text[from:]
	if long {
		p.long = append(p.long, len(p.ends))
		line = []byte{0}
	}
	if len(line) > 0 {
		p.ends = append(p.ends, len(p.text))
	}
	return line, err
}

func (p *someLines) parse() {
	p.events = make([]Event, 0, len(p.ends))
	from := 0
	for i, end := range p.ends {
		text := bytes.TrimSpace(bytes.TrimPrefix(p.text[from:end], []byte("\xef\xbb\xbf")))
		from = end
		number := p.first + i
		if slices.Contains(p.long, i) || len(text) > maxLine {
			p.refused = append(p.refused, Refusal{Line: number, Reason: "the line is longer than 1 MiB: give one event a line, " +
				"and keep documents where they are"})
			continue
		}
		if len(text) == 0 {
			continue
		}
		e, err := readLine(text)
		if err != nil {
			p.refused = append(p.refused, Refusal{Line: number, Event: idOf(text), Reason: err.Error()})
			continue
		}
		e.Line = number
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
