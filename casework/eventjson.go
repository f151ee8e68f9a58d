package casework

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"longstop/internal/jsonkeys"
	"longstop/internal/names"
)

// line is the JSON form of an event (rules.md, section 7).
type line struct {
	ID       string         `json:"id"`
	Source   string         `json:"source,omitempty"`
	Case     string         `json:"case,omitempty"`
	Type     string         `json:"type,omitempty"`
	At       string         `json:"at,omitempty"`
	Recorded string         `json:"recorded,omitempty"`
	Data     map[string]any `json:"data,omitempty"`
	Episode  string         `json:"episode,omitempty"`
	Corrects string         `json:"corrects,omitempty"`
	Voids    string         `json:"voids,omitempty"`
	By       string         `json:"by,omitempty"`
}

// MarshalJSON writes the event as one line of a file of events.
func (e Event) MarshalJSON() ([]byte, error) {
	l := line{
		ID: e.ID, Source: e.Source, Case: e.Case, Type: e.Type, At: e.At.String(), Data: e.Data,
		Episode: e.Episode, Corrects: e.Corrects, Voids: e.Voids, By: e.By,
	}
	if !e.Recorded.IsZero() {
		l.Recorded = e.Recorded.UTC().Format(time.RFC3339)
	}
	return json.Marshal(l)
}

// UnmarshalJSON reads one line of a file of events. It refuses unknown keys and a key that stands
// twice, a date that is none, and a moment without a time zone. Recorded stays zero where the line
// has none.
func (e *Event) UnmarshalJSON(text []byte) error {
	var l line
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&l); err != nil {
		return explainJSON(err)
	}
	if rest := bytes.TrimSpace(text[decoder.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("it is not JSON, from character %d on: give one JSON object a line", len(text)-len(rest)+1)
	}
	if err := soundKeys(text); err != nil {
		return err
	}
	*e = Event{
		ID: l.ID, Source: l.Source, Case: l.Case, Type: l.Type, Data: l.Data,
		Episode: l.Episode, Corrects: l.Corrects, Voids: l.Voids, By: l.By,
	}
	if l.At != "" {
		at, err := ParseWhen(l.At)
		if err != nil {
			return fmt.Errorf("at: %w", err)
		}
		e.At = at
	}
	if l.Recorded != "" {
		recorded, err := ParseWhen(l.Recorded)
		if err != nil {
			return fmt.Errorf("recorded: %w", err)
		}
		e.Recorded = recorded.End()
	}
	*e = Clean(*e)
	return nil
}

// lineKeys are the keys of an event.
var lineKeys = []string{"id", "source", "case", "type", "at", "recorded", "data", "episode", "corrects", "voids", "by"}

// soundKeys refuses a key that stands twice in one object, also where the two differ by case, and
// one that no event has.
func soundKeys(text []byte) error {
	top, twin := jsonkeys.Read(text)
	if twin != nil {
		return fmt.Errorf("the key %.40q stands twice%s: leave one of them out", twin.First, otherwiseWritten(twin))
	}
	for _, key := range top {
		if !slices.Contains(lineKeys, key) {
			return fmt.Errorf("unknown key %.40q: the keys are %s.%s", key, strings.Join(lineKeys, ", "),
				names.DidYouMean(key, slices.Values(lineKeys)))
		}
	}
	return nil
}

func otherwiseWritten(t *jsonkeys.Twin) string {
	if t.First == t.Again {
		return ""
	}
	return fmt.Sprintf(", once as %.40q", t.Again)
}

// explainJSON turns the decoder's words into ones that a data team can act on, and keeps
// values out of them.
func explainJSON(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("it is no JSON object but %s: give one JSON object a line", article(kind.Value))
	case errors.As(err, &kind):
		return fmt.Errorf("%s holds %s: give %s", kind.Field, article(kind.Value), article(kind.Type.String()))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), "unexpected end"):
		return errors.New("the JSON object is cut off")
	case syntax != nil:
		return fmt.Errorf("it is not JSON, from character %d on: give one JSON object a line", syntax.Offset)
	default:
		return err
	}
}

// article puts "a" or "an" before one of JSON's or Go's words for a kind of value.
func article(word string) string {
	if word = strings.TrimPrefix(word, "map[string]interface {}"); word == "" {
		word = "object"
	}
	if strings.ContainsRune("aeio", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}
