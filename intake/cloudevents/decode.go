// Package cloudevents reads CloudEvents 1.0 as they come over HTTP: one in the body (structured), one in
// headers (binary), or a list (batch). What it accepts is an event in the same form as a line of a file of
// events (rules.md, section 7):
//
//	id            the event's id
//	source        the source; the rest of a key's rights are the caller's to check
//	type          its type, such as cp_visit.made
//	subject       the source's own reference of the case; left out for events of people and teams
//	time          when it happened, an instant; where at says that, when the source noted it
//	at            when it happened: a date, where only the day is known, or an instant
//	data          an object
//	episode, by, corrects, voids    as in a line
//
// It is strict, since what is not understood must not be lost: an attribute that it does not know, one that
// stands twice and one of another kind are faults. The attributes dataschema, traceparent and tracestate are
// taken and not kept.
//
// No text of a fault repeats a value of the request. Names of attributes and fields are repeated where they
// are lower-case letters, digits and underscores.
package cloudevents

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"longstop/casework"
	"longstop/internal/jsonkeys"
)

// The bounds of a request. Who reads the body bounds it by MaxBody.
const (
	MaxBody  = 4 << 20 // bytes
	MaxItems = 1000    // events in a batch
	MaxDepth = 16      // of objects and lists, the body being the first
)

// Mode is how a request carries its events.
type Mode int

// The modes.
const (
	Structured Mode = iota + 1 // one event, in the body
	Binary                     // one event: its attributes in headers, its data in the body
	Batch                      // a list of events, in the body
)

// Item is one event of a request, or what is wrong with it.
type Item struct {
	Event  casework.Event
	Faults []Fault // nil: the event was read

	at    place // of its attributes
	hasAt bool  // the attribute at says when it happened, and not time
}

// Place returns where in the request something of the event stands that a refusal names (casework.Refusal's Field): a JSON
// pointer into the body, or a header. What was left out stands where it would stand.
func (i *Item) Place(field string) (pointer, header string) {
	data := i.at.prefix + "/data"
	if i.at.binary { // the body is the data
		data = ""
	}
	if name, is := strings.CutPrefix(field, "data."); is {
		return data + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name), ""
	}
	switch field {
	case "":
		return i.at.prefix, ""
	case "data":
		return data, ""
	case "case":
		field = attrSubject
	case "recorded":
		field = attrTime
	case "at":
		if !i.hasAt {
			field = attrTime
		}
	}
	f := i.at.fault(field, "", "")
	return f.Pointer, f.Header
}

// Fault is what is wrong with one place of a request.
type Fault struct {
	Pointer string // the place in the body, as a JSON pointer; "" for the whole body, or with Header
	Header  string // the header; "" for a place in the body
	Code    Code
	Detail  string // what is wrong and what to do; it repeats no value
}

// Code is what kind of fault it is, for programs.
type Code = casework.Code

// The codes of what is wrong with a request; those of what the record refuses are package casework's.
const (
	Missing  = casework.CodeMissing     // a required attribute
	Unknown  = casework.CodeUnknownName // an attribute that no event has
	Twice    = casework.CodeTwice       // the same place says two things
	WrongKey = casework.CodeWrongKey    // a name that no attribute may have
	Kind     = casework.CodeKind        // a number where a text is needed, and the like
	Form     = casework.CodeForm        // a text that is not of the form that its place needs
	TooMuch  = casework.CodeTooMuch     // too deep, too many, too long
)

// Error is why nothing of a request was read.
type Error struct {
	// Unsupported says that the request has a media type that is not taken; otherwise it is broken.
	Unsupported bool
	// TooLarge says that it is beyond MaxItems, MaxBody or MaxDepth.
	TooLarge bool
	Fault
}

func (e *Error) Error() string {
	if e.Header != "" {
		return e.Header + ": " + e.Detail
	}
	return e.Detail
}

// The media types of the two modes that have one of their own. Parameters may follow.
const (
	typeEvent = "application/cloudevents"
	typeBatch = "application/cloudevents-batch"
	inJSON    = "+json"
)

// Decode reads a request: its headers, under whatever spelling of their names, and its whole body. It returns an item
// for each event, in their order: one for Structured and Binary. The error is an *Error.
func Decode(header map[string][]string, body []byte) (Mode, []Item, error) {
	if len(body) > MaxBody {
		return 0, nil, tooMuch("the body is larger than %d MiB: send fewer events at once, and keep documents where they are", MaxBody>>20)
	}
	h := headersOf(header)
	mode, err := h.mode()
	if err != nil {
		return mode, nil, err
	}
	if mode == Binary {
		item, err := h.decode(body)
		if err != nil {
			return mode, nil, err
		}
		return mode, []Item{item}, nil
	}
	if err := wellFormed(body); err != nil {
		return mode, nil, err
	}
	if mode == Batch {
		items, err := decodeBatch(body)
		return mode, items, err
	}
	if kind := kindOf(body); kind != "an object" {
		return mode, nil, broken(Kind, "the body is %s: one event is an object; several are sent as %s%s", kind, typeBatch, inJSON)
	}
	return mode, []Item{decodeObject(body, "")}, nil
}

// mode goes by the beginning of the media type, as the binding says, and takes no encoding but JSON.
func (h *headers) mode() (Mode, error) {
	kind, charset, err := h.mediaType()
	if err != nil {
		return 0, err
	}
	mode, rest := Binary, ""
	switch {
	case strings.HasPrefix(kind, typeBatch):
		mode, rest = Batch, strings.TrimPrefix(kind, typeBatch)
	case strings.HasPrefix(kind, typeEvent):
		mode, rest = Structured, strings.TrimPrefix(kind, typeEvent)
	case len(h.attributes) == 0:
		return 0, unsupported("send one event as %s%s, several as %s%s, or one in binary mode with the attributes as ce- headers",
			typeEvent, inJSON, typeBatch, inJSON)
	case kind != "" && kind != "application/json" && !strings.HasSuffix(kind, inJSON):
		return 0, unsupported("the data of an event is a JSON object: send it as application/json")
	}
	if mode != Binary && rest != inJSON {
		return 0, unsupported("events are read in JSON: send %s%s, or %s%s for several", typeEvent, inJSON, typeBatch, inJSON)
	}
	if charset != "" && !strings.EqualFold(charset, "utf-8") {
		return 0, unsupported("the charset is not UTF-8: JSON is always sent in UTF-8")
	}
	return mode, nil
}

// mediaType is the media type and its charset; "" where none is given.
func (h *headers) mediaType() (kind, charset string, err error) {
	switch len(h.contentType) {
	case 0:
		return "", "", nil
	case 1:
	default:
		return "", "", unsupported("it stands more than once: send one")
	}
	kind, parameters, err := mime.ParseMediaType(h.contentType[0])
	if err != nil {
		return "", "", unsupported("it is not a media type such as %s%s", typeEvent, inJSON)
	}
	return kind, parameters["charset"], nil
}

func unsupported(format string, args ...any) *Error {
	return &Error{Unsupported: true, Fault: Fault{Header: "Content-Type", Code: Form, Detail: fmt.Sprintf(format, args...)}}
}

func broken(code Code, format string, args ...any) *Error {
	return &Error{Fault: Fault{Code: code, Detail: fmt.Sprintf(format, args...)}}
}

func tooMuch(format string, args ...any) *Error {
	return &Error{TooLarge: true, Fault: Fault{Code: TooMuch, Detail: fmt.Sprintf(format, args...)}}
}

// wellFormed refuses a body that is not JSON, or is nested so deep that it is not an event of anybody.
func wellFormed(body []byte) error {
	switch {
	case !utf8.Valid(body):
		return broken(Form, "the body is not UTF-8")
	case jsonkeys.Depth(body) > MaxDepth:
		return tooMuch("objects and lists are nested more than %d deep: no event is", MaxDepth)
	case !json.Valid(body):
		return broken(Form, "the body is not JSON")
	case loneSurrogate(body):
		return broken(Form, "a text holds half of a character (one \\u escape of a pair): send the whole of it")
	}
	return nil
}

func decodeBatch(body []byte) ([]Item, error) {
	if kind := kindOf(body); kind != "a list" {
		return nil, broken(Kind, "the body is %s: a batch is a list of events", kind)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, broken(Form, "the body is not JSON")
	}
	if len(list) > MaxItems {
		return nil, tooMuch("the batch holds more than %d events: send several", MaxItems)
	}
	items := make([]Item, len(list))
	for i, text := range list {
		at := fmt.Sprintf("/%d", i)
		if kind := kindOf(text); kind != "an object" {
			items[i].Faults = []Fault{{Pointer: at, Code: Kind, Detail: "it is " + kind + ": an event is an object"}}
			continue
		}
		items[i] = decodeObject(text, at)
	}
	return items, nil
}

// kindOf names what kind of value a well-formed JSON text is.
func kindOf(text []byte) string {
	switch text = bytes.TrimLeft(text, " \t\r\n"); text[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// loneSurrogate reports whether a well-formed JSON text escapes one half of a pair alone, which the decoder
// would replace without a word.
func loneSurrogate(text []byte) bool {
	for i := 0; ; {
		next := bytes.IndexByte(text[i:], '\\')
		if next < 0 {
			return false
		}
		i += next
		if text[i+1] != 'u' {
			i += 2
			continue
		}
		first := text[i+2 : i+6]
		i += 6
		switch {
		case !isSurrogate(first):
		case !isHigh(first) || len(text) < i+6 || text[i] != '\\' || text[i+1] != 'u':
			return true
		case !isSurrogate(text[i+2:i+6]) || isHigh(text[i+2:i+6]):
			return true
		default:
			i += 6
		}
	}
}

// isSurrogate reports whether four hexadecimal digits are from d800 to dfff.
func isSurrogate(hex []byte) bool {
	return hex[0]|0x20 == 'd' && (hex[1] >= '8' && hex[1] <= '9' || hex[1]|0x20 >= 'a')
}

// isHigh reports whether a surrogate is the first of its pair: d800 to dbff.
func isHigh(hex []byte) bool { return hex[1] <= '9' || hex[1]|0x20 <= 'b' }
