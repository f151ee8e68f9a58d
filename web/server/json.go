package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"longstop/internal/jsonkeys"
)

// The bounds of every body of JSON.
const (
	mostLevels = 32
	mostValues = 200_000 // as many as some thousand events have
)

// checkJSON returns what is wrong with a body of JSON as a whole: how deep it is and of how many values, whether it
// is JSON in UTF-8, whether a key stands twice in an object, and text that the record cannot keep. What a body's
// parts may be is each operation's.
func checkJSON(body []byte) *Problem {
	if !utf8.Valid(body) {
		return Malformed.Problem("The body is not in UTF-8.")
	}
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		return Malformed.Problem("The body begins with a byte order mark: leave it out.")
	}
	switch levels, values := measure(body); {
	case levels > mostLevels:
		return TooLarge.Problemf("The body has objects and arrays within each other in more than %d levels, which is the most.", mostLevels)
	case values > mostValues:
		return TooLarge.Problemf("The body has more than %d values, which is the most: send it in several requests.", mostValues)
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(body, new(json.RawMessage)); errors.As(err, &syntax) {
		line, column := place(body, int(syntax.Offset))
		return Malformed.Problemf("The body is not JSON: line %d, column %d cannot be read.", line, column)
	} else if err != nil {
		return Malformed.Problem("The body is not JSON.")
	}
	if _, twin := jsonkeys.Read(body); twin != nil {
		p := Malformed.Problem("A key stands twice in an object of the body, perhaps once in capitals: which of the two is meant cannot be known.")
		if isList(body) && len(twin.In) > 0 {
			p.At(Error{Detail: "In this item.", Pointer: "/" + twin.In[0]})
		}
		return p
	}
	if at := unkeepable(body); at >= 0 {
		p := Malformed.Problem(`A text of the body has an escape that stands for no character that can be kept: \u0000, or half of a surrogate pair.`)
		if isList(body) {
			p.At(Error{Detail: "In this item.", Pointer: "/" + strconv.Itoa(itemAt(body, at))})
		}
		return p
	}
	return nil
}

// isList reports whether the outermost value of a body is a list.
func isList(body []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) }

// itemAt returns in which value of the outermost list a byte stands, from 0.
func itemAt(body []byte, at int) (item int) {
	level := 0
	for i := 0; i < at; i++ {
		switch body[i] {
		case '{', '[':
			level++
		case '}', ']':
			level--
		case ',':
			if level == 1 {
				item++
			}
		case '"':
			i = endOfText(body, i)
		}
	}
	return item
}

// measure returns how deep a JSON text is and of how many values, in one pass and without trusting it.
func measure(body []byte) (levels, values int) {
	level := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			level++
			levels = max(levels, level)
			values++
		case '}', ']':
			level--
		case ',':
			values++
		case '"':
			i = endOfText(body, i)
		}
	}
	return levels, values
}

// endOfText returns where a text ends that begins at a quotation mark.
func endOfText(body []byte, at int) int {
	for at++; at < len(body) && body[at] != '"'; at++ {
		if body[at] == '\\' {
			at++
		}
	}
	return at
}

// place returns the line and column of a byte, both from 1.
func place(body []byte, offset int) (line, column int) {
	before := body[:max(0, min(offset-1, len(body)))]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, len(before) - (bytes.LastIndexByte(before, '\n') + 1) + 1
}

// unkeepable returns where in valid JSON an \u stands for no character, or for NUL; -1 for nowhere: package json makes the
// same replacement character of each half of a surrogate pair, and Postgres refuses NUL.
func unkeepable(body []byte) int {
	for i := 0; i < len(body)-1; i++ {
		if body[i] != '\\' {
			continue
		}
		i++
		if body[i] != 'u' {
			continue
		}
		code := hex4(body[i+1:])
		switch {
		case code == 0, code >= 0xdc00 && code <= 0xdfff:
			return i
		case code < 0xd800 || code > 0xdfff:
		case len(body) < i+11 || body[i+5] != '\\' || body[i+6] != 'u':
			return i
		default:
			if low := hex4(body[i+7:]); low < 0xdc00 || low > 0xdfff {
				return i
			}
			i += 6
		}
	}
	return -1
}

// hex4 reads the four digits of an escape.
func hex4(digits []byte) (code int) {
	for _, c := range digits[:min(4, len(digits))] {
		code <<= 4
		switch {
		case c >= '0' && c <= '9':
			code += int(c - '0')
		case c >= 'a' && c <= 'f':
			code += int(c-'a') + 10
		case c >= 'A' && c <= 'F':
			code += int(c-'A') + 10
		}
	}
	return code
}

// strictJSON is how bodies are read and answers are written: an empty list as [], and nothing before all of it could
// be.
var strictJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(filled(v)); err != nil {
			return err
		}
		_, err := w.Write(text.Bytes())
		return err
	},
	Unmarshal: json.Unmarshal,
}

// filled returns a value in which every list that is nil is an empty one, so that it is written as [] and not as
// null. What is shared with others is copied before it is changed.
func filled(v any) any {
	if v == nil {
		return nil
	}
	if out, changed := fill(reflect.ValueOf(v)); changed {
		return out.Interface()
	}
	return v
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// fill returns a value without nil lists, and whether it is another than the one handed in.
func fill(v reflect.Value) (reflect.Value, bool) {
	if v.Type().Implements(marshaler) {
		return v, false
	}
	switch v.Kind() {
	case reflect.Slice:
		return fillSlice(v)
	case reflect.Array:
		return fillList(v, func() reflect.Value { return reflect.New(v.Type()).Elem() })
	case reflect.Struct:
		return fillStruct(v)
	case reflect.Map:
		return fillMap(v)
	case reflect.Pointer, reflect.Interface:
		return fillBehind(v)
	default:
		return v, false
	}
}

func fillSlice(v reflect.Value) (reflect.Value, bool) {
	if v.IsNil() {
		return reflect.MakeSlice(v.Type(), 0, 0), v.Type().Elem().Kind() != reflect.Uint8 // bytes are text
	}
	return fillList(v, func() reflect.Value { return reflect.MakeSlice(v.Type(), v.Len(), v.Len()) })
}

// fillList fills the elements of a list, in a copy if one changes.
func fillList(v reflect.Value, fresh func() reflect.Value) (reflect.Value, bool) {
	out, changed := v, false
	for i := range v.Len() {
		e, other := fill(v.Index(i))
		if !other {
			continue
		}
		if !changed {
			out, changed = fresh(), true
			reflect.Copy(out, v)
		}
		out.Index(i).Set(e)
	}
	return out, changed
}

func fillStruct(v reflect.Value) (reflect.Value, bool) {
	out, changed := v, false
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || field.Tag.Get("json") == "-" || strings.Contains(field.Tag.Get("json"), ",omitempty") && isEmptyList(v.Field(i)) {
			continue
		}
		f, other := fill(v.Field(i))
		if !other {
			continue
		}
		if !changed {
			out, changed = reflect.New(v.Type()).Elem(), true
			out.Set(v)
		}
		out.Field(i).Set(f)
	}
	return out, changed
}

func isEmptyList(v reflect.Value) bool { return v.Kind() == reflect.Slice && v.Len() == 0 }

func fillMap(v reflect.Value) (reflect.Value, bool) {
	out, changed := v, false
	for entries := v.MapRange(); entries.Next(); {
		e, other := fill(entries.Value())
		if !other {
			continue
		}
		if !changed {
			out, changed = reflect.MakeMap(v.Type()), true
			for all := v.MapRange(); all.Next(); {
				out.SetMapIndex(all.Key(), all.Value())
			}
		}
		out.SetMapIndex(entries.Key(), e)
	}
	return out, changed
}

func fillBehind(v reflect.Value) (reflect.Value, bool) {
	if v.IsNil() {
		return v, false
	}
	e, changed := fill(v.Elem())
	if !changed {
		return v, false
	}
	out := reflect.New(v.Type()).Elem()
	if v.Kind() == reflect.Pointer {
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(e)
		return out, true
	}
	out.Set(e)
	return out, true
}
