package organisation

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/timescale"
)

// field is one that a staff event may carry in its data.
type field struct {
	name     string
	required bool
	kind     kind
	words    []string // of which its text is one; nil for any
}

// kind is what a field holds.
type kind int

const (
	text kind = iota
	reference
	address
	day
	flag
	list
	chain
)

// fields are what each staff event carries in its data. The columns of a people file are the same
// (docs/people.md).
var fields = map[string][]field{
	Appointed: {
		{name: "worker", required: true, kind: reference},
		{name: "level", words: textsOf(timescale.Roles)},
		{name: "role", words: textsOf(timescale.Roles)},
		{name: "name"},
		{name: "email", kind: address},
		{name: "team", kind: reference},
		{name: "post"},
		{name: "qualification", words: textsOf(Qualifications)},
		{name: "holds_cases", kind: flag},
		{name: "supervisor", kind: reference},
	},
	Left:     {{name: "worker", required: true, kind: reference}},
	Absent:   {{name: "worker", required: true, kind: reference}, {name: "until", kind: day}, {name: "cover", kind: reference}},
	Returned: {{name: "worker", required: true, kind: reference}},
	Formed: {
		{name: "team", required: true, kind: reference},
		{name: "name"},
		{name: "kind", words: textsOf(Kinds)},
		{name: "councils", kind: list},
		{name: "district"},
		{name: "inbox", kind: address},
		{name: "chain", kind: chain},
		{name: "team_manager", kind: reference},
		{name: "service_manager", kind: reference},
		{name: "head_of_service", kind: reference},
		{name: "director", kind: reference},
	},
	Ended: {{name: "team", required: true, kind: reference}, {name: "into", kind: reference}},
	Vacated: {
		{name: "team", required: true, kind: reference},
		{name: "level", words: textsOf(timescale.Roles)},
		{name: "post"},
		{name: "until", kind: day},
		{name: "cover", kind: reference},
	},
}

// types lists the staff events in the order in which people read of them.
var types = []string{Appointed, Left, Absent, Returned, Formed, Ended, Vacated}

var phrases = map[string]string{
	Appointed: "somebody takes up a post, or what is known of them changes",
	Left:      "somebody leaves",
	Absent:    "somebody is away",
	Returned:  "somebody is back",
	Formed:    "a team is formed, or its managers change",
	Ended:     "a team ends",
	Vacated:   "a post in a team is vacant",
}

// Vocabulary lists the types of staff events, as that of a rule pack lists those of cases. Of a list that
// holds more than names it says that it is a list.
func Vocabulary() []timescale.EventType {
	list := make([]timescale.EventType, len(types))
	for i, name := range types {
		list[i] = timescale.EventType{Name: name, Phrase: phrases[name], Marks: true}
		for _, f := range fields[name] {
			list[i].Fields = append(list[i].Fields, timescale.Field{Name: f.name, Kind: f.inVocabulary(), OneOf: f.words, Required: f.required})
		}
	}
	return list
}

func (f *field) inVocabulary() timescale.Kind {
	switch {
	case f.words != nil:
		return timescale.Word
	case f.kind == day:
		return timescale.Day
	case f.kind == flag:
		return timescale.Flag
	case f.kind == list, f.kind == chain:
		return timescale.Names
	default:
		return timescale.Text
	}
}

func textsOf[T ~string](words []T) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return list
}

// FieldsOf returns the names of the fields that a staff event may carry.
func FieldsOf(eventType string) []string {
	var list []string
	for _, f := range fields[eventType] {
		list = append(list, f.name)
	}
	return list
}

// fault returns what is wrong with the value of a field; "" if nothing is, and what kind of fault it is. It does not repeat it.
func (f *field) fault(d casework.Data) (code casework.Code, what string) {
	value := d[f.name]
	if value == nil {
		return "", ""
	}
	s, isText := value.(string)
	switch {
	case f.kind == flag:
		if _, is := value.(bool); !is {
			return casework.CodeKind, "must be true or false"
		}
		return "", ""
	case f.kind == list:
		what = listFault(value)
		return formOf(what), what
	case f.kind == chain:
		what = chainFault(value)
		return formOf(what), what
	case !isText:
		return casework.CodeKind, "must be a text"
	case names.Fault(s) != "":
		return casework.CodeForm, names.Fault(s)
	case s == "":
		return "", ""
	case f.words != nil && !slices.Contains(f.words, s):
		return casework.CodeUnknownWord, "must be one of " + strings.Join(f.words, ", ")
	case f.kind == address && !isAddress(s):
		return casework.CodeForm, "is not an e-mail address such as name@example.org"
	case f.kind == reference && IsInbox(s):
		return casework.CodeForm, "begins with \"" + inboxOf + "\", which is how teams' inboxes are told apart from people: choose another reference"
	case f.kind == day:
		if _, err := calendar.ParseDate(s); err != nil {
			return casework.CodeForm, "must be a date (YYYY-MM-DD)"
		}
	}
	return "", ""
}

// formOf is the kind of fault of a list in which something is wrong; "" where nothing is.
func formOf(what string) casework.Code {
	if what == "" {
		return ""
	}
	return casework.CodeForm
}

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

func listFault(value any) string {
	items, is := value.([]any)
	if s, one := value.(string); one {
		items, is = []any{s}, true
	}
	if !is {
		return "must be a list of texts"
	}
	for _, item := range items {
		s, isText := item.(string)
		switch {
		case !isText || s == "":
			return "must be a list of texts"
		case names.Fault(s) != "":
			return names.Fault(s)
		}
	}
	return ""
}

// longestChain bounds a chain: no council has as many managers above one worker.
const longestChain = 12

// chainFault returns what is wrong with a chain: [["team_manager", "M1"], ["service_manager", "S1"]].
func chainFault(value any) string {
	pairs, is := value.([]any)
	if !is || len(pairs) == 0 || len(pairs) > longestChain {
		return fmt.Sprintf("must be a list of 1 to %d steps, from the nearest manager up, such as [[\"team_manager\", \"M1\"], [\"head_of_service\", \"H1\"]]", longestChain)
	}
	last := 0
	for i, pair := range pairs {
		two, is := pair.([]any)
		if !is || len(two) != 2 {
			return fmt.Sprintf("is wrong in step %d: each is a level and the reference of who holds it, \"\" for nobody", i+1)
		}
		level, isLevel := two[0].(string)
		staff, isStaff := two[1].(string)
		at := slices.Index(timescale.Roles, timescale.Role(level))
		switch {
		case !isLevel || !isStaff:
			return fmt.Sprintf("is wrong in step %d: each is a level and the reference of who holds it, \"\" for nobody", i+1)
		case at < 1:
			return fmt.Sprintf("is wrong in step %d: the level must be one of %s", i+1, strings.Join(textsOf(timescale.Roles[1:]), ", "))
		case at < last:
			return fmt.Sprintf("is wrong in step %d: its level lies below that of the step before; begin with the manager nearest to the work", i+1)
		case names.Fault(staff) != "":
			return fmt.Sprintf("is wrong in step %d: the reference %s", i+1, names.Fault(staff))
		case IsInbox(staff):
			return fmt.Sprintf("is wrong in step %d: a step names a person and no inbox", i+1)
		}
		last = at
	}
	return ""
}
