package casework

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"
)

// maxLine bounds one line of a file of events, in bytes.
const maxLine = 1 << 20

// ReadEvents reads a file of events, one JSON object a line; blank lines are passed over.
// A line that is not an event is refused with its number and its id where it has one, and
// the rest is read. Recorded is the end of when the event happened where a line leaves it
// out. The error is that of reading, or of a line over 1 MiB.
func ReadEvents(r io.Reader) ([]Event, []Refusal, error) {
	var events []Event
	var refused []Refusal
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	for n := 1; scanner.Scan(); n++ {
		text := bytes.TrimSpace(bytes.TrimPrefix(scanner.Bytes(), []byte("\xef\xbb\xbf")))
		if len(text) == 0 {
			continue
		}
		e, err := readLine(text)
		if err != nil {
			refused = append(refused, Refusal{Line: n, Event: idOf(text), Reason: err.Error()})
			continue
		}
		events = append(events, e)
	}
	if err := scanner.Err(); err != nil {
		return nil, nil, fmt.Errorf("reading events after line %d: %w", len(events)+len(refused), err)
	}
	return events, refused, nil
}

func readLine(text []byte) (Event, error) {
	var e Event
	if !utf8.Valid(text) {
		return e, fmt.Errorf("the line is not UTF-8: save the file as UTF-8")
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, explainJSON(err)
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
