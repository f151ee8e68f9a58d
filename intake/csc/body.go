package csc

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"longstop/intake"
	"longstop/internal/names"
)

// MostChildren is how many children a body holds at most, as the Department's service takes them.
const MostChildren = 100

// maxBody bounds a body that is read, in bytes: some 80 KiB a child.
const maxBody = 8 << 20

// ErrTooMany is in the error of a body that holds too much, with an [*intake.BrokenError].
var ErrTooMany = errors.New("too much at once")

// item is one child of a body.
type item struct {
	content object // nil if it is not an object
	line    int
	digest  [sha256.Size]byte
}

// decode reads a body.
func decode(r io.Reader) (items []item, sum string, err error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil {
		return nil, "", err
	}
	if len(text) > maxBody {
		return nil, "", fmt.Errorf("%w: %w", ErrTooMany, intake.Broken(0, "it has more than %d bytes: send the children in several", maxBody))
	}
	digest := sha256.Sum256(text)
	in := json.NewDecoder(bytes.NewReader(text))
	if first, err := in.Token(); err != nil || first != json.Delim('[') {
		return nil, "", intake.Broken(lineAt(text, in.InputOffset()), "it is not an array of children: this is not the JSON of the children's social care data API")
	}
	for in.More() {
		if len(items) == MostChildren {
			return nil, "", fmt.Errorf("%w: %w", ErrTooMany, intake.Broken(lineAt(text, in.InputOffset()), "it holds more than %d children: send them in several", MostChildren))
		}
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return nil, "", malformed(text, in)
		}
		one := item{line: lineAt(text, in.InputOffset()-int64(len(raw))), digest: sha256.Sum256(raw)}
		if err := readObject(raw, &one.content); err != nil {
			return nil, "", malformed(text, in)
		}
		items = append(items, one)
	}
	if _, err := in.Token(); err != nil {
		return nil, "", malformed(text, in)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, "", intake.Broken(lineAt(text, in.InputOffset()), "something follows the array of children")
	}
	if len(items) == 0 {
		return nil, "", intake.Broken(1, "it holds no child")
	}
	return items, hex.EncodeToString(digest[:]), nil
}

// readObject reads a text that is JSON; anything but an object is nil.
func readObject(raw json.RawMessage, into *object) error {
	if !bytes.HasPrefix(raw, []byte("{")) {
		return nil
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	return in.Decode(into)
}

func malformed(text []byte, in *json.Decoder) error {
	return intake.Broken(lineAt(text, in.InputOffset()), "it is not JSON, or it is cut off")
}

// lineAt is the line of a byte, from 1.
func lineAt(text []byte, offset int64) int {
	return bytes.Count(text[:max(0, min(int(offset), len(text)))], []byte("\n")) + 1
}

// id is the council's id of the child, "" where it has none.
func (i *item) id() string {
	id, _ := i.content.text("la_child_id")
	return id
}

// mis is the id that the council's system has for the child, "" where it has none that can be kept.
func (i *item) mis() string {
	id, how := i.content.text("mis_child_id")
	if how != given || len(id) > longestID {
		return ""
	}
	return id
}

// said is whether, and how, an object says something, from what says least to what says most.
type said int

const (
	absent said = iota // it does not stand there: it is as it was
	none               // null: there is none
	unread             // it stands there and cannot be read
	given
)

// object is an object of a body.
type object map[string]any

// text returns a text as the record keeps it, so that an id which a system writes otherwise today (a blank after it, an accent
// apart from its letter) is the one of yesterday. A number is taken as it is written: some systems' ids are.
func (o object) text(name string) (string, said) {
	value, there := o[name]
	switch v := value.(type) {
	case string:
		if v = names.Clean(v); v == "" {
			return "", none
		}
		return v, given
	case json.Number:
		return v.String(), given
	case nil:
		if there {
			return "", none
		}
		return "", absent
	default:
		return "", unread
	}
}

// flag returns a flag: true or false, or in one of the words that systems have for them.
func (o object) flag(name string) (bool, said) {
	if v, ok := o[name].(bool); ok {
		return v, given
	}
	text, how := o.text(name)
	if how != given {
		return false, how
	}
	switch strings.ToLower(text) {
	case "y", "yes", "true", "1":
		return true, given
	case "n", "no", "false", "0":
		return false, given
	}
	return false, unread
}

// object returns an object within, or nil.
func (o object) object(name string) object {
	inner, _ := o[name].(map[string]any)
	return inner
}

// list returns the objects of a list, and whether it came. Null is absent: which of the two it stands for is not
// known, and one of them takes everything back. whole is false if something in it is not an object.
func (o object) list(name string) (items []object, came, whole bool) {
	values, came := o[name].([]any)
	whole = came || o[name] == nil
	for _, v := range values {
		inner, ok := v.(map[string]any)
		if !ok {
			whole = false
			continue
		}
		items = append(items, inner)
	}
	return items, came, whole
}

// shape is what an object may hold: further objects or lists of them, and other fields.
type shape struct {
	inner  map[string]*shape
	fields []string
}

func fields(names ...string) *shape { return &shape{fields: append(names, "purge")} }

var childShape = &shape{
	fields: []string{"la_child_id", "mis_child_id", "purge"},
	inner: map[string]*shape{
		"child_details": fields("unique_pupil_number", "former_unique_pupil_number", "unique_pupil_number_unknown_reason", "first_name", "surname",
			"date_of_birth", "expected_date_of_birth", "sex", "ethnicity", "disabilities", "postcode", "uasc_flag", "uasc_end_date"),
		"health_and_wellbeing": {fields: []string{"purge"}, inner: map[string]*shape{"sdq_assessments": fields("date", "score")}},
		elEpisode:              episodeShape(),
	},
}

func episodeShape() *shape {
	s := fields("social_care_episode_id", "referral_date", "referral_source", flagNFA, "closure_date", "closure_reason")
	s.inner = map[string]*shape{
		"care_worker_details": fields("worker_id", "start_date", "end_date"),
		"adoption":            fields("initial_decision_date", "matched_date", "placed_date"),
		"care_leavers":        fields("contact_date", "activity", "accommodation"),
	}
	for _, k := range kinds {
		s.inner[k.list] = fields(slices.Concat([]string{k.id}, k.dates(), k.texts, k.flags, k.passed)...)
	}
	return s
}

// unknown counts the fields that the feed is not known to have.
func (i *item) unknown(found *intake.Unknowns) { childShape.unknown(i.content, "child", i.line, found) }

func (s *shape) unknown(o object, name string, line int, found *intake.Unknowns) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		inner, nested := s.inner[key]
		switch {
		case nested:
			list, came, _ := o.list(key)
			if !came {
				list = []object{o.object(key)}
			}
			for _, one := range list {
				inner.unknown(one, key, line, found)
			}
		case !slices.Contains(s.fields, key):
			found.Add(key, name, line)
		}
	}
}
