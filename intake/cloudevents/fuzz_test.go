package cloudevents_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"longstop/casework"
	"longstop/intake/cloudevents"
	"longstop/internal/names"
)

func asError(err error, fault **cloudevents.Error) bool { return errors.As(err, fault) }

// encoded writes an event as a sender does: as attributes, and data.
func encoded(t *testing.T, e *casework.Event) (attributes map[string]string, data []byte) {
	t.Helper()
	attributes = map[string]string{
		"specversion": "1.0", "id": e.ID, "source": e.Source, "type": e.Type, "subject": e.Case, "at": e.At.String(),
		"episode": e.Episode, "by": e.By, "corrects": e.Corrects, "voids": e.Voids,
	}
	if !e.Recorded.IsZero() {
		attributes["time"] = e.Recorded.Format(time.RFC3339)
	}
	for name, v := range attributes {
		if v == "" {
			delete(attributes, name)
		}
	}
	if e.Data == nil {
		return attributes, nil
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		t.Fatal(err)
	}
	return attributes, data
}

// inBody writes an event in structured mode.
func inBody(t *testing.T, e *casework.Event) string {
	t.Helper()
	attributes, data := encoded(t, e)
	all := map[string]any{}
	for name, v := range attributes {
		all[name] = v
	}
	if data != nil {
		all["data"] = json.RawMessage(data)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// inHeaders writes an event in binary mode.
func inHeaders(t *testing.T, e *casework.Event) (http.Header, string) {
	t.Helper()
	attributes, data := encoded(t, e)
	header := typed("application/json")
	for name, v := range attributes {
		var text strings.Builder
		for _, b := range []byte(v) {
			if b <= ' ' || b > '~' || b == '%' || b == '"' {
				text.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[b>>4])+string("0123456789abcdef"[b&15])))
			} else {
				text.WriteByte(b)
			}
		}
		header.Set("ce-"+name, text.String())
	}
	return header, string(data)
}

// checkTaken sees that an event that was taken is sound, and is read again as the same in each mode.
func checkTaken(t *testing.T, e *casework.Event) {
	t.Helper()
	for _, name := range []string{e.ID, e.Source, e.Type, e.Case, e.Episode, e.By, e.Corrects, e.Voids} {
		if names.Clean(name) != name || names.Fault(name) != "" {
			t.Fatalf("took the name %q", name)
		}
	}
	if e.ID == "" || e.Source == "" || e.Type == "" || e.At.Day.IsZero() && e.Voids == "" || e.Corrects != "" && e.Voids != "" {
		t.Fatalf("took %+v", e)
	}
	header, data := inHeaders(t, e)
	for mode, back := range map[string]casework.Event{
		"structured": one(t, typed(oneEvent), inBody(t, e)),
		"binary":     one(t, header, data),
		"batch":      one(t, typed(manyEvents), "["+inBody(t, e)+"]"),
	} {
		if !reflect.DeepEqual(*e, back) {
			t.Fatalf("%s: took %+v, and then %+v", mode, *e, back)
		}
	}
}

func checkFault(t *testing.T, f *cloudevents.Fault) {
	t.Helper()
	if f.Detail == "" || f.Code == "" || f.Header != "" && f.Pointer != "" {
		t.Fatalf("a fault that says nothing: %+v", f)
	}
	for _, r := range f.Pointer + f.Header {
		if r > unicode.MaxASCII || unicode.IsControl(r) || r == ' ' {
			t.Fatalf("a fault repeats what it may not: %q", f.Pointer+f.Header)
		}
	}
}

func checkDecoded(t *testing.T, header http.Header, body string) {
	t.Helper()
	_, items, err := cloudevents.Decode(header, []byte(body))
	if err != nil {
		var fault *cloudevents.Error
		if !errors.As(err, &fault) || items != nil {
			t.Fatalf("%+v, %v", items, err)
		}
		checkFault(t, &fault.Fault)
		return
	}
	for i := range items {
		if items[i].Faults == nil {
			checkTaken(t, &items[i].Event)
		}
		for j := range items[i].Faults {
			checkFault(t, &items[i].Faults[j])
		}
	}
}

func FuzzBody(f *testing.F) {
	const event = `{"specversion":"1.0","id":"v7","source":"lcs","type":"cp_visit.made","subject":"C1","at":"2026-11-02","data":{"seen":true}}`
	for _, body := range []string{
		event, "[" + event + "," + event + "]", "[]", "{}", "[{},null,7]", `{"id":"\ud83d\ude00","ID":""}`, `[{"data":{"a":{"a":1,"a":2}}}]`,
		strings.Replace(event, "true", `[1.5,-0,1e3,1E-400,0.1,123456789012345]`, 1), strings.Replace(event, `"C1"`, `" é\u0301C\u00a01 "`, 1),
		strings.Replace(event, `"at":"2026-11-02"`, `"time":"2026-11-02T23:59:59.9+14:00","corrects":"v6"`, 1),
		strings.Replace(event, `"at"`, `"time":"2026-11-02T10:00:00Z","at"`, 1), strings.Replace(event, `"at":"2026-11-02"`, `"voids":"v6"`, 1), strings.Replace(event, `"C1"`, `"\ud83d"`, 1),
	} {
		f.Add(body, false)
		f.Add(body, true)
	}
	f.Fuzz(func(t *testing.T, body string, batch bool) {
		kind := oneEvent
		if batch {
			kind = manyEvents
		}
		checkDecoded(t, typed(kind), body)
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add("application/json", "v7", "C1", "episode", "P%311", `{"seen":true}`)
	f.Add("application/json; charset=utf-8", `"v 7"`, "%C3%A9", "by", `"\"a\\"`, "")
	f.Add(oneEvent, "", "", "at", "", `{}`)
	f.Add("", "%", "%2", "my-ext", "%FF%fe", "[]")
	f.Fuzz(func(t *testing.T, kind, id, subject, attribute, value, body string) {
		header := typed(kind)
		header["Ce-Specversion"], header["Ce-Source"], header["Ce-Type"] = []string{"1.0"}, []string{"lcs"}, []string{"cp_visit.made"}
		header["Ce-Time"], header["Ce-Id"], header["Ce-Subject"] = []string{"2026-11-02T10:00:00Z"}, []string{id}, []string{subject}
		header["ce-"+attribute] = []string{value}
		checkDecoded(t, header, body)
	})
}
