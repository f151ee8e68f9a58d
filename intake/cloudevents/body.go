package cloudevents

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"longstop/casework"
	"longstop/internal/jsonkeys"
)

// decodeObject reads a well-formed JSON object as one event; at is the pointer to it.
func decodeObject(text []byte, at string) Item {
	a := &attributes{at: place{prefix: at}, values: map[string]string{}}
	top, twin := jsonkeys.Read(text)
	if twin != nil {
		return Item{Faults: []Fault{twinFault(twin, at)}}
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		a.fault("", Form, "it is not a JSON object")
		return Item{Faults: a.faults}
	}
	var data casework.Data
	for n, name := range top {
		switch value := members[name]; name {
		case "data":
			data = a.data(value, at+"/data")
		case "data_base64":
			a.fault(name, Unknown, "binary data is not taken: send data as a JSON object")
		default:
			a.member(name, n, value)
		}
	}
	return a.item(data)
}

func (a *attributes) item(data casework.Data) Item {
	e := a.event()
	if len(a.faults) > 0 {
		return Item{Faults: a.faults}
	}
	e.Data = data
	_, hasAt := a.values[attrAt]
	return Item{Event: casework.Clean(e), at: a.at, hasAt: hasAt}
}

func (a *attributes) member(name string, n int, value json.RawMessage) {
	if !a.isKnown(name, n) {
		return
	}
	switch kind := kindOf(value); kind {
	case "null": // an attribute that is not set
	case "a text":
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			a.fault(name, Form, "it is not a text that can be read")
			return
		}
		a.values[name] = text
	default:
		a.fault(name, Kind, "it is %s: give a text", kind)
	}
}

// data reads the data of an event: an object, or null.
func (a *attributes) data(text []byte, at string) casework.Data {
	switch kind := kindOf(text); kind {
	case "null":
		return nil
	case "an object":
	default:
		a.faults = append(a.faults, Fault{Pointer: at, Code: Kind, Detail: "it is " + kind + ": data is an object"})
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var data map[string]any
	if err := decoder.Decode(&data); err != nil {
		a.faults = append(a.faults, Fault{Pointer: at, Code: Form, Detail: "it is not a JSON object"})
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		n, at, ok := plain(data[name], at+step(name))
		if !ok {
			a.faults = append(a.faults, Fault{Pointer: at, Code: Form, Detail: fmt.Sprintf(
				"a number of more than %d digits, or one with as many places before or after its point, is not kept: give it as a text", mostDigits)})
			return nil
		}
		data[name] = n
	}
	return data
}

// mostDigits is how many decimal digits a number may have and be kept exactly.
const mostDigits = 15

// plain returns a value with its numbers as encoding/json reads them by default. Where one would be changed
// by that, it returns false, and at leads to it.
func plain(v any, at string) (_ any, where string, ok bool) {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Float64()
		return n, at, err == nil && digits(string(v)) <= mostDigits && !casework.BeyondKeeping(n)
	case []any:
		for i := range v {
			if v[i], where, ok = plain(v[i], at+"/"+strconv.Itoa(i)); !ok {
				return nil, where, false
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if v[name], where, ok = plain(v[name], at+step(name)); !ok {
				return nil, where, false
			}
		}
	}
	return v, at, true
}

// digits counts the significant digits of a number, without an exponent.
func digits(number string) int {
	number, _, _ = strings.Cut(strings.ToLower(number), "e")
	number = strings.Replace(strings.TrimLeft(number, "-"), ".", "", 1)
	return len(strings.Trim(number, "0"))
}

func twinFault(twin *jsonkeys.Twin, at string) Fault {
	f := Fault{Pointer: at, Code: Twice, Detail: "a key stands twice in one object: leave one of them out"}
	for _, name := range append(twin.In, twin.Again) {
		next := step(name)
		if next == "" {
			return f
		}
		f.Pointer += next
	}
	if twin.First != twin.Again {
		f.Detail = "a key stands twice in one object, once in other letters: leave one of them out"
	}
	return f
}

// fieldName is a name that a fault may repeat: that of a field, not what somebody put in its place.
var fieldName = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// step is the step of a JSON pointer to a member; "" where the name may not be repeated: then it leads to
// what holds it.
func step(name string) string {
	if !fieldName.MatchString(name) {
		return ""
	}
	return "/" + name
}
