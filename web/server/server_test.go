package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/internal/casetime"
	"longstop/web/server"
)

// keys are the callers that a test's server knows, by their keys.
type keys map[string]access.Caller

func (k keys) Authenticate(_ context.Context, key string) (access.Caller, error) {
	switch c, ok := k[key]; {
	case key == "broken":
		return c, errors.New("no connection to 10.0.0.7")
	case key == "other-council":
		return c, access.ErrOtherCouncil
	case !ok:
		return c, access.ErrUnknownKey
	default:
		return c, nil
	}
}

var callers = keys{
	"reader":  {Key: "k1", Name: "a reader", Actions: []access.Action{access.Read, access.Law}},
	"records": {Key: "k2", Name: "a case system", Source: "case-system", Actions: []access.Action{access.Record}},
}

// newServer returns a server that logs to log.
func newServer(log io.Writer) *server.Server {
	return server.New(server.Options{Authenticator: callers, Log: zerolog.New(log), Now: casetime.WallNow, Build: "test"})
}

// got is what a server answered.
type got struct {
	*http.Response
	text    string
	problem server.Problem
}

func serveOne(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// ask serves one request and checks what holds for every answer that is not a success.
func ask(t *testing.T, h http.Handler, r *http.Request) got {
	t.Helper()
	w := serveOne(h, r)
	answer := got{Response: w.Result(), text: w.Body.String()}
	if answer.Header.Get("X-Request-Id") == "" {
		t.Error("the answer has no id")
	}
	if answer.StatusCode < 400 {
		return answer
	}
	if kind := answer.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("the problem is %q: %s", kind, answer.text)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer.problem); err != nil {
		t.Fatalf("%v: %s", err, answer.text)
	}
	p := answer.problem
	if p.Status != answer.StatusCode || p.Title == "" || p.Detail == "" || !strings.HasPrefix(p.Type, "/problems/") ||
		p.Instance != "urn:uuid:"+answer.Header.Get("X-Request-Id") {
		t.Errorf("%s", answer.text)
	}
	return answer
}

func request(method, path, key, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

type thing struct {
	Name string   `json:"name" minLength:"1"`
	At   string   `json:"at,omitempty" format:"date"`
	Tags []string `json:"tags,omitempty" required:"false"`
}

type putThing struct {
	Kind string `query:"kind" enum:"one,two"`
	Body thing
}

type shown struct {
	Body struct {
		Names []string          `json:"names"`
		Inner *inner            `json:"inner"`
		Left  []string          `json:"left,omitempty"`
		By    map[string][]byte `json:"by"`
	}
}

type inner struct {
	List []inner `json:"list"`
}

// echo registers an operation that takes a thing and answers with empty lists, and returns the handler.
func echo(t *testing.T, log io.Writer, handle func(context.Context, *putThing) (*shown, error)) http.Handler {
	t.Helper()
	s := newServer(log)
	server.Register(s, server.Operation{
		ID: "put-thing", Method: http.MethodPost, Path: "/v1/things", Summary: "Put a thing", Action: access.Record, MaxBytes: 300_000,
	}, handle)
	return s.Handler()
}

func answerEmpty(context.Context, *putThing) (*shown, error) {
	out := &shown{}
	out.Body.Inner = &inner{}
	return out, nil
}

func TestAnOperationWithoutAnActionFailsWhenTheProgramStarts(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]server.Operation{
		"no action":      {ID: "a", Method: "GET", Path: "/a", Summary: "A"},
		"unknown action": {ID: "a", Method: "GET", Path: "/a", Summary: "A", Action: "everything"},
		"no id":          {Method: "GET", Path: "/a", Summary: "A", Action: access.Law},
		"no summary":     {ID: "a", Method: "GET", Path: "/a", Action: access.Law},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: it was registered", name)
				}
			}()
			server.Register(newServer(io.Discard), op, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
		}()
	}
}

func TestOnlyAKeyThatAllowsTheActionReachesAnOperation(t *testing.T) {
	t.Parallel()
	reached := 0
	h := echo(t, io.Discard, func(ctx context.Context, in *putThing) (*shown, error) {
		reached++
		if c, ok := access.CallerFrom(ctx); !ok || c.Source != "case-system" {
			t.Errorf("the caller is %+v", c)
		}
		return answerEmpty(ctx, in)
	})
	for key, want := range map[string]int{
		"": 401, "nobody": 401, "reader": 403, "broken": 503, "other-council": 403, "records": 200,
	} {
		answer := ask(t, h, request("POST", "/v1/things", key, `{"name":"n"}`))
		if answer.StatusCode != want || strings.Contains(answer.text, "10.0.0.7") {
			t.Errorf("%q: %d %s", key, answer.StatusCode, answer.text)
		}
		if (want == 401) != (answer.Header.Get("WWW-Authenticate") != "") {
			t.Errorf("%q: %v", key, answer.Header)
		}
	}
	if reached != 1 {
		t.Errorf("it was reached %d times", reached)
	}
}

func TestAnEmptyListIsWrittenAsOneAndNothingIsAdded(t *testing.T) {
	t.Parallel()
	answer := ask(t, echo(t, io.Discard, answerEmpty), request("POST", "/v1/things", "records", `{"name":"n"}`))
	if want := `{"names":[],"inner":{"list":[]},"by":null}` + "\n"; answer.text != want {
		t.Errorf("%s", answer.text)
	}
	if link := answer.Header.Get("Link"); link != "" {
		t.Errorf("Link: %s", link)
	}
}

// Whatever a body holds, no answer repeats it: it is about children.
func TestNoProblemRepeatsTheRequest(t *testing.T) {
	t.Parallel()
	h := echo(t, io.Discard, answerEmpty)
	for body, want := range map[string]struct {
		status  int
		pointer string
	}{
		`{"name":"n","Plover":"Plover"}`:              {422, ""},
		`{"name":"n","Jane.Plover":{"Plover":1}}`:     {422, ""},
		`{"name":"n","NAME":"Plover"}`:                {400, ""},
		`{"NAME":"Plover"}`:                           {422, ""},
		`{"name":"n","at":"Plover"}`:                  {422, "/at"},
		`{"name":"n","tags":["Plover",7]}`:            {422, "/tags/1"},
		`{"name":{"Plover":"Plover"}}`:                {422, "/name"},
		`["Plover"]`:                                  {422, ""},
		`"Plover"`:                                    {422, ""},
		`{"name":"Plover"`:                            {400, ""},
		`{"name":"n","name":"Plover"}`:                {400, ""},
		`{"name":"Plover\u0000"}`:                     {400, ""},
		`{"name":"Plover\ud800"}`:                     {400, ""},
		"{\"name\":\"Plover\xff\"}":                   {400, ""},
		"\xef\xbb\xbf{\"name\":\"Plover\"}":           {400, ""},
		`{"name":"Plover"} {"name":"Plover"}`:         {400, ""},
		strings.Repeat("[", 40) + `"Plover"`:          {413, ""},
		`[` + strings.Repeat(`1,`, 140_000) + `1]`:    {422, ""},
		`{"name":"` + strings.Repeat("x", 300_000):    {413, ""},
		`{"name":"` + strings.Repeat("Plover ", 9999): {400, ""},
	} {
		answer := ask(t, h, request("POST", "/v1/things", "records", body))
		if answer.StatusCode != want.status || strings.Contains(answer.text, "Plover") || strings.Contains(answer.text, "json:") {
			t.Errorf("%.40s: %d %s", body, answer.StatusCode, answer.text)
		}
		if errs := answer.problem.Errors; want.pointer != "" && (len(errs) == 0 || errs[0].Pointer != want.pointer) {
			t.Errorf("%.40s: %s", body, answer.text)
		}
	}
	for path, parameter := range map[string]string{"?kind=Plover": "kind", "?plover=Plover": "?", "?kind=one&kind=Plover": "", "?kind=%zzPlover": "", "?kind=Plover%00": "", "?Plover=%ff": ""} {
		answer := ask(t, h, request("POST", "/v1/things"+path, "records", `{"name":"n"}`))
		if answer.StatusCode != 400 || strings.Contains(strings.ToLower(answer.text), "plover") {
			t.Errorf("%s: %d %s", path, answer.StatusCode, answer.text)
		}
		if errs := answer.problem.Errors; parameter != "" && (len(errs) != 1 || errs[0].Parameter != parameter) {
			t.Errorf("%s: %s", path, answer.text)
		}
	}
}

func TestAFailureIsToldToTheLogAndNotToTheCaller(t *testing.T) {
	t.Parallel()
	for name, handle := range map[string]func(context.Context, *putThing) (*shown, error){
		"an error": func(context.Context, *putThing) (*shown, error) { return nil, errors.New("relation plovers") },
		"a panic":  func(context.Context, *putThing) (*shown, error) { panic("relation plovers") },
	} {
		var log strings.Builder
		answer := ask(t, echo(t, &log, handle), request("POST", "/v1/things", "records", `{"name":"n"}`))
		if answer.StatusCode != 500 || strings.Contains(answer.text, "plovers") {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.text)
		}
		if id := answer.Header.Get("X-Request-Id"); !strings.Contains(log.String(), "relation plovers") || !strings.Contains(log.String(), `"request":"`+id) {
			t.Errorf("%s: %s", name, log.String())
		}
	}
}
