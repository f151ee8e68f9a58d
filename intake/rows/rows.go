// Package rows reads events as JSON lines: one event a line, as people export them, systems push them
// and archives keep them. A line that is not an event is refused by its number, and the rest is read.
package rows

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"longstop/casework"
	"longstop/internal/textfile"
)

// maxLine bounds one line of a file of events, in bytes.
const maxLine = 1 << 20

// Read reads a file of events, one JSON object a line; blank lines are passed over. It returns the
// events in the order of the file, each with its line, and a refusal for each line that is not an event,
// with its id if it has one; a line of over 1 MiB is refused as well. Recorded stays zero where a line
// leaves it out: [casework.Book.Accept] takes the end of when the event happened, the record its own
// present. The error is that of reading, or wraps [ErrNotEvents].
func Read(r io.Reader) ([]casework.Event, []casework.Refusal, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if err := knownFormat(in); err != nil {
		return nil, nil, err
	}
	parts, err := readParts(in)
	if err != nil {
		return nil, nil, err
	}
	events, refused := joined(parts)
	return events, refused, nil
}

// readParts reads the file part by part; what has been read is parsed meanwhile.
func readParts(in *bufio.Reader) (parts []*part, err error) {
	var parsing errgroup.Group
	parsing.SetLimit(parsersAtOnce)
	parse := func(p *part) {
		parts = append(parts, p)
		parsing.Go(func() error {
			p.parse()
			return nil
		})
	}
	next, number := &part{first: 1}, 0
	for err == nil {
		var line []byte
		if line, err = next.read(in); err == io.EOF && len(line) == 0 { //nolint:errorlint // a reader's own io.EOF is never wrapped
			break
		}
		if number++; next.isFull() {
			parse(next)
			next = &part{first: number + 1}
		}
	}
	parse(next)
	if parseErr := parsing.Wait(); parseErr != nil {
		return nil, parseErr
	}
	if err != io.EOF { //nolint:errorlint // as above
		return nil, fmt.Errorf("reading events after line %d: %w", number, err)
	}
	return parts, nil
}

// ErrNotEvents is the error of a file that does not hold lines of text at all.
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

// knownFormat returns an error for a file that plainly is something else, which would otherwise be
// refused line by line.
func knownFormat(in *bufio.Reader) error {
	start, _ := in.Peek(16) //nolint:errcheck // a shorter file is not a fault, and an error comes again when it is read
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

// linesAtOnce and textAtOnce bound a part: on several processors the parts of a large file are parsed
// at the same time.
const (
	linesAtOnce = 1000
	textAtOnce  = maxLine // in bytes
)

// parsersAtOnce bounds how many parts are parsed at the same time; reading waits for them.
const parsersAtOnce = 8

// part is a stretch of lines of a file of events.
type part struct {
	first   int // the number of its first line
	text    []byte
	ends    []int // of each line
	long    []int // which of them are too long, by their place
	events  []casework.Event
	refused []casework.Refusal
}

func (p *part) isFull() bool { return len(p.ends) >= linesAtOnce || len(p.text) >= textAtOnce }

// read adds the next line and returns it as far as it is kept: nothing of a line that is too long. The
// error is that of reading; with io.EOF the last line may come.
func (p *part) read(in *bufio.Reader) (line []byte, err error) {
	from, long := len(p.text), false
	for {
		var piece []byte
		piece, err = in.ReadSlice('\n')
		if len(p.text)-from+len(piece) > maxLine+len("\r\n") {
			long = true
			p.text = p.text[:from]
		}
		if !long {
			p.text = append(p.text, piece...)
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

func (p *part) parse() {
	p.events = make([]casework.Event, 0, len(p.ends))
	from := 0
	for i, end := range p.ends {
		text := bytes.TrimSpace(bytes.TrimPrefix(p.text[from:end], []byte("\xef\xbb\xbf")))
		from = end
		number := p.first + i
		if slices.Contains(p.long, i) || len(text) > maxLine {
			p.refused = append(p.refused, casework.Refusal{Line: number, Reason: "the line is longer than 1 MiB: give one event a line, " +
				"and keep documents where they are"})
			continue
		}
		if len(text) == 0 {
			continue
		}
		e, err := readLine(text)
		if err != nil {
			p.refused = append(p.refused, casework.Refusal{Line: number, Event: idOf(text), Reason: err.Error()})
			continue
		}
		e.Line = number
		p.events = append(p.events, e)
	}
	p.text = nil
}

func joined(parts []*part) (events []casework.Event, refused []casework.Refusal) {
	count := 0
	for _, p := range parts {
		count += len(p.events)
	}
	if count > 0 {
		events = make([]casework.Event, 0, count)
	}
	for _, p := range parts {
		events, refused = append(events, p.events...), append(refused, p.refused...)
	}
	return events, refused
}

func readLine(text []byte) (casework.Event, error) {
	var e casework.Event
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

// idOf returns the id in a line that could not be read, or "", so that its refusal can be found.
func idOf(text []byte) string {
	if found := idInLine.FindSubmatch(text); found != nil {
		return string(found[1])
	}
	return ""
}
