package cloudevents_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/intake/cloudevents"
)

const (
	oneEvent   = "application/cloudevents+json"
	manyEvents = "application/cloudevents-batch+json"
)

// visit is an event in structured mode; edits replace the first of each pair by the second.
func visit(t *testing.T, edits ...string) string {
	t.Helper()
	text := `{"specversion":"1.0","id":"v7","source":"lcs","type":"cp_visit.made","subject":"C1","time":"2026-11-02T10:00:00Z","data":{"seen":true}}`
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("there is no %s to change in %s", edits[i], text)
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return text
}

func typed(contentType string) http.Header { return http.Header{"Content-Type": {contentType}} }

// one reads a request of one event that is taken.
func one(t *testing.T, header http.Header, body string) casework.Event {
	t.Helper()
	_, items, err := cloudevents.Decode(header, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 1 || items[0].Faults != nil {
		t.Fatalf("want one event, got %+v", items)
	}
	return items[0].Event
}

func TestTheSameEventIsReadInAllThreeModes(t *testing.T) {
	t.Parallel()
	line := `{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-02T10:00:00Z","data":{"seen":true},` +
		`"episode":"P1","by":"Zoë","corrects":"v6"}`
	var want casework.Event
	if err := want.UnmarshalJSON([]byte(line)); err != nil {
		t.Fatal(err)
	}
	structured := visit(t, `"data"`, `"episode":"P1","by":"Zoë","corrects":"v6","data"`)
	binary := http.Header{
		"Content-Type": {"application/json; charset=UTF-8"}, "Ce-Specversion": {"1.0"}, "Ce-Id": {`"v7"`}, "Ce-Source": {"lcs"},
		"Ce-Type": {"cp_visit.made"}, "Ce-Subject": {"%431"}, "Ce-Time": {"2026-11-02T10:00:00Z"}, "Ce-Episode": {"P1"},
		"Ce-By": {"Zo%C3%AB"}, "Ce-Corrects": {"v6"}, "Accept": {"*/*"},
	}
	for name, got := range map[string]casework.Event{
		"structured": one(t, typed(oneEvent+"; charset=utf-8"), structured),
		"batch":      one(t, typed(manyEvents+";charset=utf-8"), "["+structured+"]"),
		"binary":     one(t, binary, `{"seen":true}`),
	} {
		if got.ID != want.ID || got.Source != want.Source || got.By != want.By || !casework.Same(got, want) {
			t.Errorf("%s: read %+v, want %+v", name, got, want)
		}
	}
}

func TestWhatAnEventMayBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{ // want is the line
		"a day": {
			visit(t, `"time":"2026-11-02T10:00:00Z"`, `"at":"2026-11-02"`),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-02","data":{"seen":true}}`,
		},
		"a day, and when it was noted, as libraries do": {
			visit(t, `"time":"2026-11-02T10:00:00Z"`, `"at":"2026-11-01","time":"2026-11-02T10:00:00.123Z"`),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-01","recorded":"2026-11-02T10:00:00Z","data":{"seen":true}}`,
		},
		"a fraction of a second, and an offset": {
			visit(t, "10:00:00Z", "11:00:00.999+01:00"),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-02T10:00:00Z","data":{"seen":true}}`,
		},
		"attributes that are not set": {
			visit(t, `"data":{"seen":true}`, `"episode":null,"at":null,"dataschema":null,"data":null`),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-02T10:00:00Z"}`,
		},
		"attributes that are taken and not kept": {
			visit(t, `"data"`, `"datacontenttype":"application/json","dataschema":"https://example.org/s","traceparent":"00-0-0-00","tracestate":"a=b","data"`),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-02T10:00:00Z","data":{"seen":true}}`,
		},
		"an event of people": {
			visit(t, `"subject":"C1",`, "", "cp_visit.made", "staff.left", `"seen":true`, `"worker":"W01"`),
			`{"id":"v7","source":"lcs","type":"staff.left","at":"2026-11-02T10:00:00Z","data":{"worker":"W01"}}`,
		},
		"a void needs no day": {
			visit(t, `"time":"2026-11-02T10:00:00Z"`, `"voids":"v6"`),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","data":{"seen":true},"voids":"v6"}`,
		},
		"blanks around names": {
			visit(t, `"C1"`, `" C1\u00a0"`, `"v7"`, `"v7 "`),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-02T10:00:00Z","data":{"seen":true}}`,
		},
		"data of every kind": {
			visit(t, `"seen":true`, `"n":1.5,"list":["a",{"b":[null,false]}],"smile":"\ud83d\ude00"`),
			`{"id":"v7","source":"lcs","case":"C1","type":"cp_visit.made","at":"2026-11-02T10:00:00Z","data":{"n":1.5,"list":["a",{"b":[null,false]}],"smile":"😀"}}`,
		},
	} {
		var want casework.Event
		if err := want.UnmarshalJSON([]byte(c.want)); err != nil {
			t.Fatal(err)
		}
		if got := one(t, typed(oneEvent), c.body); got.ID != want.ID || got.Source != want.Source || !casework.Same(got, want) {
			t.Errorf("%s: read %+v, want %+v", name, got, want)
		}
	}
}

// found writes faults as "place code", in their order.
func found(faults []cloudevents.Fault) string {
	list := make([]string, len(faults))
	for i, f := range faults {
		list[i] = f.Pointer + f.Header + " " + string(f.Code)
	}
	return strings.Join(list, ", ")
}

func TestEachFaultOfAnEventIsNamedByItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"no id":                       {visit(t, `"id":"v7",`, ""), "/id missing"},
		"an id that is null":          {visit(t, `"v7"`, "null"), "/id missing"},
		"an empty id":                 {visit(t, `"v7"`, `""`), "/id form"},
		"a blank id":                  {visit(t, `"v7"`, `"\u200b "`), "/id form"},
		"an id that is a number":      {visit(t, `"v7"`, "7"), "/id kind, /id missing"},
		"an empty subject":            {visit(t, `"C1"`, `" "`), "/subject form"},
		"a control character":         {visit(t, `"C1"`, `"C\u00001"`), "/subject form"},
		"a long id":                   {visit(t, "v7", strings.Repeat("v", 201)), "/id form"},
		"another version":             {visit(t, `"1.0"`, `"0.3"`), "/specversion form"},
		"a type with a name in it":    {visit(t, "cp_visit.made", "Zoë Example"), "/type form"},
		"no time":                     {visit(t, `"time":"2026-11-02T10:00:00Z",`, ""), "/time missing"},
		"a day and a wrong time":      {visit(t, `"time":"2026-11-02T10:00:00Z"`, `"at":"2026-11-02","time":"2026-11-02T10:00:00"`), "/time form"},
		"a wrong day and a time":      {visit(t, `"time"`, `"at":"2026-11-32","time"`), "/at form"},
		"a time that is a day":        {visit(t, "2026-11-02T10:00:00Z", "2026-11-02"), "/time form"},
		"a time without an offset":    {visit(t, "10:00:00Z", "10:00:00"), "/time form"},
		"a day that is not there":     {visit(t, `"time":"2026-11-02T10:00:00Z"`, `"at":"2026-11-31"`), "/at form"},
		"a day that is empty":         {visit(t, `"time":"2026-11-02T10:00:00Z"`, `"at":""`), "/at form"},
		"an unknown attribute":        {visit(t, `"data"`, `"priority":"1","data"`), "/priority unknown"},
		"an unknown one that is null": {visit(t, `"data"`, `"priority":null,"data"`), "/priority unknown"},
		"a name in capitals":          {visit(t, `"data"`, `"myExt":"1","data"`), " wrong_key"},
		"a key twice":                 {visit(t, `"data"`, `"id":"v8","data"`), "/id twice"},
		"a key twice, otherwise":      {visit(t, `"data"`, `"ID":"v8","data"`), " twice"},
		"a key of data twice":         {visit(t, `"seen":true`, `"l":[0,{"seen":true,"seen":false}]`), "/data/l/1/seen twice"},
		"data that is a list":         {visit(t, `{"seen":true}`, "[]"), "/data kind"},
		"data that is a text":         {visit(t, `{"seen":true}`, `"{}"`), "/data kind"},
		"binary data":                 {visit(t, `"data":{"seen":true}`, `"data_base64":"e30="`), "/data_base64 unknown"},
		"both kinds of data":          {visit(t, `"data"`, `"data_base64":"e30=","data"`), "/data_base64 unknown"},
		"data of XML":                 {visit(t, `"data"`, `"datacontenttype":"text/xml","data"`), "/datacontenttype form"},
		"a number that is not kept":   {visit(t, "true", `[{"upn":12345678901234567}]`), "/data/seen/0/upn form"},
		"a number beyond all":         {visit(t, "true", "1e999"), "/data/seen form"},
		"a number of 301 digits":      {visit(t, "true", "1e300"), "/data/seen form"},
		"a number of 300 places":      {visit(t, "true", "[0,-1E-300]"), "/data/seen/1 form"},
		"a number of 16 places":       {visit(t, "true", "1e15"), "/data/seen form"},
		"corrects and voids":          {visit(t, `"data"`, `"corrects":"v5","voids":"v6","data"`), "/voids twice"},
		"itself":                      {visit(t, `"data"`, `"corrects":"v7","data"`), "/id form"},
		"an empty void":               {visit(t, `"data"`, `"voids":"","data"`), "/voids form"},
		"nothing":                     {"{}", "/specversion missing, /id missing, /source missing, /type missing, /time missing"},
	} {
		for in, at := range map[string]string{c.body: "", "[" + visit(t) + "," + c.body + "]": "/1"} {
			header := typed(oneEvent)
			if at != "" {
				header = typed(manyEvents)
			}
			_, items, err := cloudevents.Decode(header, []byte(in))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			want := at + strings.ReplaceAll(c.want, ", /", ", "+at+"/")
			if got := found(items[len(items)-1].Faults); got != want {
				t.Errorf("%s: found %q, want %q", name, got, want)
			}
			if at != "" && items[0].Faults != nil {
				t.Errorf("%s: the event before it is refused: %+v", name, items[0].Faults)
			}
		}
	}
}

func TestABodyThatHoldsNoEventsIsRefusedWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ kind, body, want string }{
		"not JSON":           {oneEvent, visit(t) + "}", " form"},
		"nothing":            {oneEvent, "", " form"},
		"a byte order mark":  {oneEvent, "\ufeff" + visit(t), " form"},
		"not UTF-8":          {oneEvent, visit(t, "C1", "C\xff"), " form"},
		"half a character":   {oneEvent, visit(t, "C1", `\ud83d`), " form"},
		"halves in disorder": {oneEvent, visit(t, "C1", `\ude00\ud83d`), " form"},
		"two events":         {oneEvent, visit(t) + visit(t), " form"},
		"a list":             {oneEvent, "[" + visit(t) + "]", " kind"},
		"an event":           {manyEvents, visit(t), " kind"},
		"deep":               {oneEvent, visit(t, "true", strings.Repeat("[", 1000)+strings.Repeat("]", 1000)), " too_much"},
		"deeper than a mind": {oneEvent, strings.Repeat(`{"a":`, 1<<19), " too_much"},
		"many":               {manyEvents, "[" + strings.Repeat("{},", cloudevents.MaxItems) + "{}]", " too_much"},
		"large":              {oneEvent, strings.Repeat(" ", cloudevents.MaxBody+1), " too_much"},
		"XML":                {"application/cloudevents+xml", "<event/>", "Content-Type form"},
		"a batch of Avro":    {"application/cloudevents-batch+avro", "x", "Content-Type form"},
		"no encoding":        {"application/cloudevents", visit(t), "Content-Type form"},
		"an event's cousin":  {"application/cloudeventsish+json", visit(t), "Content-Type form"},
		"a text":             {"text/plain", visit(t), "Content-Type form"},
		"plain JSON":         {"application/json", visit(t), "Content-Type form"},
		"Latin":              {oneEvent + "; charset=iso-8859-1", visit(t), "Content-Type form"},
		"no media type":      {"; charset=utf-8", visit(t), "Content-Type form"},
	} {
		_, items, err := cloudevents.Decode(typed(c.kind), []byte(c.body))
		fault := new(cloudevents.Error)
		if !asError(err, &fault) {
			t.Errorf("%s: read %+v, %v", name, items, err)
			continue
		}
		if got := found([]cloudevents.Fault{fault.Fault}); got != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
		if fault.Unsupported != strings.HasPrefix(c.want, "Content-Type") || fault.TooLarge != (fault.Code == cloudevents.TooMuch) {
			t.Errorf("%s: unsupported %v, too large %v", name, fault.Unsupported, fault.TooLarge)
		}
	}
}

func TestABatchMayBeEmpty(t *testing.T) {
	t.Parallel()
	mode, items, err := cloudevents.Decode(typed(manyEvents), []byte(" [] "))
	if err != nil || mode != cloudevents.Batch || items == nil || len(items) > 0 {
		t.Errorf("read %v %+v, %v", mode, items, err)
	}
}

func TestWhatInABatchIsNotAnObjectIsRefusedByItself(t *testing.T) {
	t.Parallel()
	_, items, err := cloudevents.Decode(typed(manyEvents), []byte(`[null,`+visit(t)+`,7,[]]`))
	if err != nil || len(items) != 4 {
		t.Fatalf("read %+v, %v", items, err)
	}
	for i, want := range []string{"/0 kind", "", "/2 kind", "/3 kind"} {
		if got := found(items[i].Faults); got != want {
			t.Errorf("event %d: found %q, want %q", i, got, want)
		}
	}
}

func TestFaultsOfBinaryModeAreNamedByTheirHeaders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header, value, body, want string
	}{
		"none":                       {"Ce-Episode", "P1", `{"seen":true}`, ""},
		"no body":                    {"Ce-Episode", "P1", "", ""},
		"a sign of its own":          {"Ce-Episode", "50%25", "{}", ""},
		"a quoted text":              {"Ce-Episode", `"a \"b\" %41"`, "{}", ""},
		"what is not ASCII":          {"Ce-Episode", "Zoë", "{}", "ce-episode form"},
		"half a per cent sign":       {"Ce-Episode", "50%", "{}", "ce-episode form"},
		"a wrong per cent sign":      {"Ce-Episode", "%zz", "{}", "ce-episode form"},
		"not UTF-8":                  {"Ce-Episode", "%ff", "{}", "ce-episode form"},
		"an open quote":              {"Ce-Episode", `"P1`, "{}", "ce-episode form"},
		"more than a quote":          {"Ce-Episode", `"P1"x`, "{}", "ce-episode form"},
		"empty":                      {"Ce-Episode", "", "{}", "ce-episode form"},
		"unknown":                    {"Ce-Priority", "1", "{}", "ce-priority unknown"},
		"a name that none may have":  {"Ce-My-Ext", "1", "{}", " wrong_key"},
		"the type of data":           {"Ce-Datacontenttype", "application/json", "{}", "ce-datacontenttype unknown"},
		"data in a header":           {"Ce-Data", "{}", "{}", "ce-data unknown"},
		"data that is a list":        {"Ce-Episode", "P1", "[1]", " kind"},
		"a key of data twice":        {"Ce-Episode", "P1", `{"a":1,"a":2}`, "/a twice"},
		"a number that is not kept":  {"Ce-Episode", "P1", `{"a":{"b":123456789.0123456789}}`, "/a/b form"},
		"the same header once again": {"ce-id", "v8", "{}", "ce-id twice, ce-id missing"},
	} {
		header := http.Header{
			"Content-Type": {"application/json"}, "Ce-Specversion": {"1.0"}, "Ce-Id": {"v7"}, "Ce-Source": {"lcs"},
			"Ce-Type": {"cp_visit.made"}, "Ce-Subject": {"C1"}, "Ce-At": {"2026-11-02"},
		}
		header[c.header] = []string{c.value}
		mode, items, err := cloudevents.Decode(header, []byte(c.body))
		if err != nil || mode != cloudevents.Binary || len(items) != 1 {
			t.Errorf("%s: read %v %+v, %v", name, mode, items, err)
			continue
		}
		if got := found(items[0].Faults); got != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

func TestNoFaultRepeatsAValue(t *testing.T) {
	t.Parallel()
	const secret = "Zoe Example"
	bodies := []string{
		visit(t, "v7", secret+`\u0007`), visit(t, "cp_visit.made", secret), visit(t, "2026-11-02T10:00:00Z", secret), visit(t, `"1.0"`, `"`+secret+`"`),
		visit(t, `"data"`, `"`+secret+`":"1","data"`), visit(t, "true", `{"`+secret+`":1,"`+secret+`":2}`), visit(t, "true", `{"`+secret+`":12345678901234567}`),
		visit(t, `{"seen":true}`, `"`+secret+`"`), visit(t, `"data"`, `"datacontenttype":"`+secret+`","data"`), visit(t, `"time"`, `"at":"`+secret+`","time"`),
	}
	for _, body := range bodies {
		_, items, err := cloudevents.Decode(typed(oneEvent), []byte(body))
		if err != nil || len(items[0].Faults) == 0 {
			t.Errorf("%s: no fault, %v", body, err)
			continue
		}
		for _, f := range items[0].Faults {
			if text := fmt.Sprintf("%+v", f); strings.Contains(text, "Zoe") || strings.Contains(text, "Example") {
				t.Errorf("%s: %s", body, text)
			}
		}
	}
}
