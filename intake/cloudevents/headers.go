package cloudevents

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"longstop/internal/jsonkeys"
)

// prefix begins the headers that carry attributes, in whatever case.
const prefix = "ce-"

// headers are those that are read.
type headers struct {
	contentType []string
	attributes  map[string][]string // by their names in lower case, without the prefix
}

func headersOf(all map[string][]string) *headers {
	h := &headers{attributes: map[string][]string{}}
	for name, values := range all {
		name = strings.ToLower(name)
		if name == "content-type" {
			h.contentType = append(h.contentType, values...)
		} else if rest, is := strings.CutPrefix(name, prefix); is {
			h.attributes[rest] = append(h.attributes[rest], values...)
		}
	}
	return h
}

// decode reads an event in binary mode.
func (h *headers) decode(body []byte) (Item, error) {
	a := &attributes{at: place{binary: true}, values: map[string]string{}}
	for n, name := range slices.Sorted(maps.Keys(h.attributes)) {
		h.attribute(a, n, name)
	}
	if len(body) == 0 {
		return a.item(nil), nil
	}
	if len(h.contentType) == 0 {
		return Item{}, unsupported("it is missing: the data of an event is a JSON object, sent as application/json")
	}
	if err := wellFormed(body); err != nil {
		return Item{}, err
	}
	if _, twin := jsonkeys.Read(body); twin != nil {
		a.faults = append(a.faults, twinFault(twin, ""))
		return a.item(nil), nil
	}
	return a.item(a.data(body, "")), nil
}

func (h *headers) attribute(a *attributes, n int, name string) {
	switch values := h.attributes[name]; {
	case name == attrDataType:
		a.fault(name, Unknown, "in binary mode the Content-Type says what data is: leave this header out")
	case name == "data" || name == "data_base64":
		a.fault(name, Unknown, "in binary mode data is the body: leave this header out")
	case !a.isKnown(name, n):
	case len(values) != 1:
		a.fault(name, Twice, "it stands more than once: send one")
	default:
		text, err := headerText(values[0])
		if err != nil {
			a.fault(name, Form, "it %v", err)
			return
		}
		a.values[name] = text
	}
}

// headerText reads the value of a header as the binding says: without the quotes around it, and
// percent-decoded once.
func headerText(s string) (string, error) {
	s = strings.Trim(s, " \t")
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return "", errors.New("holds a character that a header may not: encode what is not ASCII as UTF-8 in per cent signs, such as %C3%A9")
		}
	}
	s, err := unquoted(s)
	if err != nil {
		return "", err
	}
	if s, err = percentDecoded(s); err != nil {
		return "", err
	}
	if !utf8.ValidString(s) {
		return "", errors.New("is not UTF-8 once its per cent signs are decoded")
	}
	return s, nil
}

func unquoted(s string) (string, error) {
	if !strings.HasPrefix(s, `"`) {
		return s, nil
	}
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"' && i == len(s)-1:
			return text.String(), nil
		case s[i] == '"':
			return "", errors.New("goes on after the quotation mark that ends it")
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		text.WriteByte(s[i])
	}
	return "", errors.New("begins with a quotation mark and does not end with one")
}

func percentDecoded(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	var text strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			text.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", errPercent
		}
		high, okHigh := hexDigit(s[i+1])
		low, okLow := hexDigit(s[i+2])
		if !okHigh || !okLow {
			return "", errPercent
		}
		text.WriteByte(high<<4 | low)
		i += 2
	}
	return text.String(), nil
}

var errPercent = errors.New("holds a per cent sign without two hexadecimal digits after it: write the sign itself as %25")

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
