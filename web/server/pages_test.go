package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/web/server"
)

func TestPagesNeedNoKeyAndNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	h := echo(t, io.Discard, answerEmpty)
	paths := []string{"/docs", "/problems"}
	for _, k := range server.Kinds() {
		paths = append(paths, "/problems/"+k.Name)
	}
	for _, path := range paths {
		answer := ask(t, h, request("GET", path, "", ""))
		if answer.StatusCode != 200 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", path, answer.StatusCode, answer.Header)
		}
		if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script") {
			t.Errorf("%s: %s", path, policy)
		}
		if found := regexp.MustCompile(`<script|https?://|style="`).FindString(answer.text); found != "" {
			t.Errorf("%s holds %s", path, found)
		}
		for _, link := range regexp.MustCompile(`href="(/[^"#]*)"`).FindAllStringSubmatch(answer.text, -1) {
			if to := ask(t, h, request("GET", link[1], "", "")); to.StatusCode != 200 {
				t.Errorf("%s leads to %s: %d", path, link[1], to.StatusCode)
			}
		}
		for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(answer.text, -1) {
			if !strings.Contains(answer.text, `id="`+link[1]+`"`) {
				t.Errorf("%s leads to #%s, which is not there", path, link[1])
			}
		}
	}
	if answer := ask(t, h, request("GET", "/", "", "")); answer.StatusCode != 303 || answer.Header.Get("Location") != "/docs" {
		t.Errorf("/: %d %s", answer.StatusCode, answer.Header)
	}
}

func TestTheDescriptionNamesEveryOperationWithItsAction(t *testing.T) {
	t.Parallel()
	h := echo(t, io.Discard, answerEmpty)
	for path, version := range map[string]string{"/openapi.json": "3.1.0", "/openapi-3.0.json": "3.0.3"} {
		answer := ask(t, h, request("GET", path, "", ""))
		var d struct {
			OpenAPI string
			Paths   map[string]map[string]struct {
				Action    string `json:"x-action"`
				Security  []map[string][]string
				Responses map[string]struct {
					Content map[string]json.RawMessage
				}
			}
		}
		if err := json.Unmarshal([]byte(answer.text), &d); err != nil || d.OpenAPI != version {
			t.Errorf("%s: %v, %q", path, err, d.OpenAPI)
		}
		op := d.Paths["/v1/things"]["post"]
		if op.Action != "record" || len(op.Security) != 1 {
			t.Errorf("%s: %+v", path, op)
		}
		for _, status := range []string{"400", "401", "403", "408", "413", "415", "422", "429", "500", "503"} {
			if op.Responses[status].Content["application/problem+json"] == nil {
				t.Errorf("%s: %s is not a problem", path, status)
			}
		}
		if strings.Contains(answer.text, "$schema") || strings.Contains(answer.text, "ErrorModel") {
			t.Errorf("%s has what is huma's own", path)
		}
	}
	page := ask(t, h, request("GET", "/docs", "", "")).text
	for _, want := range []string{"Put a thing", "/v1/things", "<code>record</code>", `<th scope="row"><code>kind</code></th>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestWhatNobodyServesIsAProblem(t *testing.T) {
	t.Parallel()
	h := echo(t, io.Discard, answerEmpty)
	if answer := ask(t, h, request("GET", "/v1/none", "", "")); answer.StatusCode != 404 || answer.problem.Type != "/problems/not-found" {
		t.Errorf("%d %s", answer.StatusCode, answer.text)
	}
	answer := ask(t, h, request("DELETE", "/v1/things", "records", ""))
	if answer.StatusCode != 405 || answer.Header.Get("Allow") != "POST" {
		t.Errorf("%d %s", answer.StatusCode, answer.Header)
	}
	if answer := ask(t, h, request("HEAD", "/problems/refused", "", "")); answer.StatusCode != 200 || answer.text != "" {
		t.Errorf("%d %s", answer.StatusCode, answer.text)
	}
}

func TestReadinessSaysWhatIsMissingAndNothingOfTheInside(t *testing.T) {
	t.Parallel()
	c := newClock()
	var record, temporal error
	var log strings.Builder
	asked := 0
	s := server.New(server.Options{
		Authenticator: callers, Log: zerolog.New(&log), Now: c.Now, Build: "test",
		Checks: []server.Check{
			{Trouble: "the record does not answer", Ask: func(context.Context) error { asked++; return record }},
			{Trouble: "Temporal does not answer", Optional: true, Ask: func(context.Context) error { return temporal }},
		},
	})
	h := s.Handler()
	for _, step := range []struct {
		record, temporal error
		status           int
		text             string
	}{
		{nil, nil, 200, "ready\n"},
		{nil, errors.New("10.0.0.7 refused"), 200, "ready; Temporal does not answer\n"},
		{errors.New("10.0.0.8 refused"), nil, 503, "the record does not answer\n"},
		{nil, nil, 200, "ready\n"},
	} {
		c.forward(2 * time.Second)
		record, temporal = step.record, step.temporal
		before := asked
		for range 5 {
			answer := readiness(t, h)
			if answer.status != step.status || answer.text != step.text {
				t.Errorf("%d %q, not %q", answer.status, answer.text, step.text)
			}
		}
		if asked != before+1 {
			t.Errorf("the record was asked %d times within a second", asked-before)
		}
	}
	if !strings.Contains(log.String(), "10.0.0.8 refused") || strings.Count(log.String(), "10.0.0.7 refused") != 1 {
		t.Errorf("%s", log.String())
	}
	s.Stop()
	if answer := readiness(t, h); answer.status != 503 || answer.text != "the program is stopping\n" {
		t.Errorf("%+v", answer)
	}
	if answer := ask(t, h, request("GET", "/healthz", "", "")); answer.StatusCode != 200 {
		t.Errorf("/healthz: %d", answer.StatusCode)
	}
}

type state struct {
	status int
	text   string
}

func readiness(t *testing.T, h http.Handler) state {
	t.Helper()
	w := serveOne(h, request("GET", "/readyz", "", ""))
	return state{w.Code, w.Body.String()}
}

func TestTheLogSaysWhatBecameOfARequestAndNothingOfItsContent(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := newServer(&log)
	server.Register(s, server.Operation{ID: "get-case", Method: "GET", Path: "/v1/cases/{ref}", Summary: "Get a case", Action: access.Law}, func(context.Context, *struct {
		Ref  string `path:"ref"`
		Team string `query:"team"`
	},
	) (*struct{ Body thing }, error) {
		return &struct{ Body thing }{thing{Name: "n"}}, nil
	})
	r := request("GET", "/v1/cases/Plover?team=Plover", "reader", "")
	r.Header.Set("X-Request-Id", "Plover")
	answer := ask(t, s.Handler(), r)
	var line struct {
		Request, Route, Key, Method string
		Status, Bytes               int
	}
	if err := json.Unmarshal([]byte(log.String()), &line); err != nil {
		t.Fatalf("%v: %s", err, log.String())
	}
	if line.Route != "GET /v1/cases/{ref}" || line.Key != "k1" || line.Method != "GET" || line.Status != 200 || line.Bytes != len(answer.text) ||
		line.Request != answer.Header.Get("X-Request-Id") {
		t.Errorf("%s", log.String())
	}
	if strings.Contains(log.String()+answer.Header.Get("X-Request-Id"), "Plover") || strings.Contains(log.String(), "reader") {
		t.Errorf("%s", log.String())
	}
}
