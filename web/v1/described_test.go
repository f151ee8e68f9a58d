package v1_test

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	v1 "longstop/web/v1"
)

// everyAnswer are headers that HTTP and the frame give every answer, and that no client reads.
var everyAnswer = []string{"Content-Type", "Content-Length", "Cache-Control", "Connection", "X-Content-Type-Options"}

// elsewhere are statuses that other tests bring about: of a body that comes slowly, of too many requests, of faults, of a record that is away,
// and of a cursor that is older than what is kept.
var elsewhere = []string{"408", "429", "500", "503", "410"}

// conflicts are the operations whose 409 needs a thing that the record holds already, which tests of their own bring about.
var conflicts = []string{"acknowledge-notice", "attach-source"}

// worse is a request that is well but for what it changes.
type worse func(*http.Request)

func header(name, value string) worse { return func(r *http.Request) { r.Header.Set(name, value) } }

func query(raw string) worse { return func(r *http.Request) { r.URL.RawQuery = raw } }

// changedRequests are what every operation is asked with that is wrong, or odd.
var changedRequests = map[string][]worse{
	"without a key":           {func(r *http.Request) { r.Header.Del("Authorization") }},
	"with an unknown key":     {header("Authorization", "Bearer other")},
	"with a key for nothing":  {header("Authorization", "Bearer key.nothing")},
	"an unknown parameter":    {query("nobody=knows")},
	"a parameter twice":       {query("after=a&after=b")},
	"parameters of all kinds": {query("after=x&limit=many&details=perhaps&as_of=never&started=never&dry_run=perhaps&confirm_gone=perhaps")},
	"a cursor of elsewhere":   {query("after=9000.0a1b2c3d")},
	"a start":                 {query("started=2026-10-19"), header("If-None-Match", "*")},
	"a start long ago":        {query("started=1951-01-01")},
	"an unreadable query":     {query("%zz")},
	"what is kept":            {header("If-None-Match", "*")},
	"a table":                 {header("Accept", "text/csv")},
	"an image":                {header("Accept", "image/png")},
	"another format":          {header("Content-Type", "image/png")},
	"another encoding":        {header("Content-Type", "application/json; charset=utf-16")},
	"compressed":              {header("Content-Encoding", "gzip")},
	"too large":               {func(r *http.Request) { r.ContentLength = 1 << 40 }},
}

var oddBodies = []string{
	"", "{", "null", "7", "[]", "[7]", "{}", `{"nobody":"knows"}`, "\xff", "<a/>", "a: [", `{"case":7,"limit":"many","as_of":[]}`,
	`{"case":"none"}`, `{"case":"C1","ref":"none"}`, `{"case":"C1","ref":"CP-10","as_of":"2300-01-01"}`, `{"after":"none"}`, `{"limit":0}`, `{"state":"none"}`,
	`{"notice":"00000000-0000-4000-8000-000000000000"}`, strings.Repeat("[", 40) + strings.Repeat("]", 40),
	`{"id":"a","notice":"00000000-0000-4000-8000-000000000000","by":"M1","until":"2026-12-04","note":"n"}`,
	`{"id":"a","reports":["none"],"from":"2026-11-01"}`, `{"id":"a","reports":["cp_visit.made"],"from":"2026-11-01"}`, `{"attachment":"none","reason":"r"}`,
}

// TestWhatIsAnsweredIsDescribed: whatever is sent, the status, the headers and the body are those of the description; and what is described is answered.
func TestWhatIsAnsweredIsDescribed(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	text := d.description()
	compiler := schemas(t, text)
	list, err := v1.Examples()
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for path, methods := range d.described().Paths {
		for method, op := range methods {
			name := strings.ToUpper(method) + " " + path
			seen := map[string]bool{}
			for i := range list {
				if list[i].Operation == op.OperationID {
					seen[strconv.Itoa(list[i].Status)] = true
				}
			}
			look := func(what string, r *http.Request) {
				w := httptest.NewRecorder()
				sent++ // each from an address of its own: one from which many wrong keys came would be held up, in whatever order they come
				r.RemoteAddr = fmt.Sprintf("198.%d.%d.%d:1234", 18+sent>>16, sent>>8&255, sent&255)
				d.ServeHTTP(w, r)
				status := strconv.Itoa(w.Code)
				seen[status] = true
				answer, is := op.Responses[status]
				if !is {
					t.Errorf("%s, %s: it is answered %s, which is not described: %s", name, what, status, w.Body)
					return
				}
				for h := range w.Header() {
					known := slices.Contains(everyAnswer, h) || slices.ContainsFunc(slices.Collect(maps.Keys(answer.Headers)), func(k string) bool { return strings.EqualFold(k, h) })
					if !known {
						t.Errorf("%s, %s: %s has the header %s, which is not described", name, what, status, h)
					}
				}
				if w.Code == http.StatusNotModified {
					return
				}
				kind, _, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
				if err != nil {
					t.Errorf("%s, %s: %v", name, what, err)
					return
				}
				schema, err := compiler.Compile("openapi.json#/paths/" + escaped(path) + "/" + method + "/responses/" + status + "/content/" + escaped(kind) + "/schema")
				if err != nil {
					t.Errorf("%s, %s: %s is answered as %s, which is not described", name, what, status, kind)
					return
				}
				if err := schema.Validate(answerValue(t, kind, w.Body.String())); err != nil {
					t.Errorf("%s, %s: %s is not as described: %v", name, what, status, err)
				}
			}
			kinds := slices.Sorted(maps.Keys(op.RequestBody.Content))
			for what, changes := range changedRequests {
				look(what, asking(method, path, "CP-10", "{}", kinds, changes...))
			}
			if op.OperationID == "get-calendar" {
				for _, changes := range [][]worse{{}, {header("If-None-Match", "*")}, {query("nobody=knows")}, {header("Accept", "image/png")}} {
					look("by its secret", asking(method, path, d.secretOfCalendar(), "", nil, changes...))
				}
			}
			for _, part := range []string{"CP-10", "CP-04", "AS-01", "DR-01", "none", "cin-census", "845", "%20", strings.Repeat("x", 201)} {
				look("at "+part, asking(method, path, part, "", nil))
				look("of long ago at "+part, asking(method, path, part, "", nil, query("started=1955-06-01")))
			}
			for n, body := range oddBodies {
				for _, kind := range kinds {
					look(fmt.Sprintf("body %d as %s", n, kind), asking(method, path, "cin-census", body, []string{kind}))
				}
			}
			for status := range op.Responses {
				conflict := status == "409" && slices.Contains(conflicts, op.OperationID)
				if !seen[status] && !conflict && !slices.Contains(elsewhere, status) {
					t.Errorf("%s: %s is described, and nothing is answered so", name, status)
				}
			}
		}
	}
}

// asking is a request for an operation, with a text in place of the parameters of its path and a body in the first of some formats.
func asking(method, path, part, body string, kinds []string, changes ...worse) *http.Request {
	if before, after, is := strings.Cut(path, "{"); is {
		_, after, _ = strings.Cut(after, "}")
		path = before + part + after
	}
	if len(kinds) == 0 {
		body = ""
	}
	r := httptest.NewRequest(strings.ToUpper(method), path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer key")
	if len(kinds) > 0 {
		r.Header.Set("Content-Type", strings.Replace(kinds[0], "*", "vnd.example", 1))
	}
	for _, change := range changes {
		change(r)
	}
	return r
}
