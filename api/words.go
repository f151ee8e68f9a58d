package api

import (
	"reflect"
	"slices"

	"longstop/admission"
	"longstop/casework"
	"longstop/organisation"
	"longstop/store"
	"longstop/timescale"
)

// Closed are the types of which every value is one of a list, with the list: the description has it wherever a field is
// of the type.
var Closed = map[reflect.Type][]any{
	reflect.TypeFor[casework.State]():      listed(casework.States),
	reflect.TypeFor[casework.ChangeKind](): listed(casework.ChangeKinds),
	reflect.TypeFor[casework.Kind]():       listed(casework.Kinds),
	reflect.TypeFor[store.ChangeKind]():    listed(store.ChangeKinds),
	reflect.TypeFor[casework.Code]():       listed(casework.Codes),
	reflect.TypeFor[admission.Fate]():      listed(admission.Fates),
	reflect.TypeFor[timescale.Role]():      listed(rolesTold()),
	reflect.TypeFor[timescale.Reading]():   listed(timescale.Readings),
	reflect.TypeFor[timescale.Kind]():      listed(timescale.Kinds),
}

// Words are the lists that a field of texts names by its tag words.
var Words = map[string][]any{
	"state":        listed(casework.States),
	"status":       listed(timescale.Statuses),
	"role":         listed(rolesTold()),
	"reading":      listed(timescale.Readings),
	"windows":      {string(timescale.CalendarMonths), string(timescale.SchoolTerms)},
	"passed":       {string(casework.PassedLaw), string(casework.PassedLocal)},
	"notice_state": listed(store.NoticeStates),
	"notice_kind":  listed(store.NoticeKinds()),
	"refusal_code": append(listed(casework.Codes), Doubtful, DidNotCount),
}

// The codes of warnings to a key that may not read the record.
const (
	Doubtful    = "doubtful"
	DidNotCount = "did_not_count"
)

// rolesTold are all roles in which a notice can go to somebody: those that a step names, and those of who is told
// with somebody else.
func rolesTold() []timescale.Role {
	list := slices.Clone(timescale.Told)
	for _, part := range organisation.Parts {
		if !slices.Contains(list, part) {
			list = append(list, part)
		}
	}
	return list
}

func listed[T ~string](list []T) []any {
	values := make([]any, len(list))
	for i, v := range list {
		values[i] = string(v)
	}
	return values
}
