package v1_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/net/http/httpguts"

	"longstop/access"
	"longstop/admission"
	"longstop/api"
	"longstop/internal/casetime"
	"longstop/web/server"
	v1 "longstop/web/v1"
)

// What is sent here to every operation of the description is what nobody should send, or is drawn. Operations come from
// the description, and what they are sent from its examples: one that is added is tried without a line here.

// secret stands in hostile requests where a child's reference could. No problem repeats it.
const secret = "Plover"

// sent is a request as it is drawn: text that need not be anything.
type sent struct {
	operation string // its id
	path      string // the values of the path's parameters, one a line
	query     string
	headers   string // name: value, one a line; Authorization has a good key where none is named
	kind      string // the Content-Type; "" for none
	body      string
}

// world is the API, with keys, over the record of the examples.
type world struct {
	*keyed
	notice     string
	good       *api.NewKey // one that may do everything
	byID       map[string]operation
	compiler   *jsonschema.Compiler
	compiled   map[string]*jsonschema.Schema
	content    *content
	written    int // how many requests wrote something
	recordings ledger
}

// typeForm is the format of the form by which a token is asked for.
const typeForm = "application/x-www-form-urlencoded"

// asksToken is how a token is asked for. OAuth 2 says how, and the description names the address alone.
var asksToken = operation{method: http.MethodPost, path: "/v1/token", Operation: &huma.Operation{
	OperationID: "token", RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{typeForm: {}}},
}}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	d, notice := newExamples(tb)
	w := &world{keyed: keyedOver(tb, d), notice: notice, byID: map[string]operation{}, compiled: map[string]*jsonschema.Schema{}}
	w.compiler = schemas(tb, d.description())
	w.good = w.key(access.Actions())
	for _, o := range w.all() {
		w.byID[o.OperationID] = o
	}
	w.content = newContent(tb, w.url)
	w.recordings = d.ledger(w.content.conn, ledger{})
	return w
}

// all are the operations of the description, those for which no key is looked at among them, and how a token is asked for.
func (w *world) all() []operation { return append(slices.Concat(w.operations, w.addresses), asksToken) }

// request makes a request of what was drawn, or returns nil where Go's HTTP server would not take it for one.
func (w *world) request(t *testing.T, s *sent) *http.Request {
	t.Helper()
	o := w.byID[s.operation]
	target := o.path
	values := strings.Split(s.path, "\n")
	for _, p := range o.Parameters {
		if p.In == "path" {
			target = strings.ReplaceAll(target, "{"+p.Name+"}", url.PathEscape(values[0]))
			values = append(values[1:], "")
		}
	}
	if s.query != "" {
		target += "?" + s.query
	}
	at, err := url.ParseRequestURI(target)
	if err != nil || strings.ContainsAny(target, " \r\n\t") {
		return nil
	}
	r := httptest.NewRequest(o.method, "/", nil).WithContext(t.Context())
	r.URL, r.RequestURI = at, target
	r.Header = http.Header{}
	if o.OperationID != asksToken.OperationID {
		r.Header.Set("Authorization", "Bearer "+w.good.Secret)
	}
	if s.kind != "" && httpguts.ValidHeaderFieldValue(s.kind) {
		r.Header.Set("Content-Type", s.kind)
	}
	named := map[string]bool{}
	for line := range strings.SplitSeq(s.headers, "\n") {
		name, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			continue
		}
		if name = http.CanonicalHeaderKey(name); name == "Authorization" && !named[name] {
			r.Header.Del(name)
		}
		named[name] = true
		r.Header.Add(name, value)
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(s.body)), int64(len(s.body))
	if s.body == "" {
		r.Body = http.NoBody
	}
	w.callers++
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1234", w.callers>>16&255, w.callers>>8&255, w.callers&255)
	return r
}

// answered is longer than anything on a record of five children takes, and far shorter than what an operation may.
const answered = 20 * time.Second

// ask serves what was drawn and checks what holds of every answer.
func (w *world) ask(t *testing.T, s *sent) *answer {
	t.Helper()
	r := w.request(t, s)
	if r == nil {
		return nil
	}
	began := casetime.WallNow()
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	took := casetime.WallNow().Sub(began)
	a := &answer{status: rec.Code, header: rec.Header(), text: rec.Body.String()}
	if took > answered {
		t.Errorf("it took %v: %+v", took, *s)
	}
	if a.status >= http.StatusInternalServerError {
		t.Errorf("%d %s: %+v", a.status, a.text, *s)
		return a
	}
	a.read(t)
	w.checkDescribed(t, s, a)
	if a.status >= http.StatusBadRequest {
		checkRefusal(t, s, a)
	}
	return a
}

// withoutNumbers are the tables that were changed without those in which whoever follows the changes numbers what has been
// committed since somebody last did.
func withoutNumbers(s *sent, changed []string) []string {
	if s.operation != "list-changes" {
		return changed
	}
	return slices.DeleteFunc(changed, func(table string) bool { return table == "changes" || table == "feed" })
}

// read reads an answer that is a problem or that of a push, as far as it is one.
func (a *answer) read(t *testing.T) {
	t.Helper()
	if !strings.HasSuffix(a.header.Get("Content-Type"), "json") {
		return
	}
	for _, into := range []any{&a.Problem, &a.Pushed} {
		if err := json.Unmarshal([]byte(a.text), into); err != nil && a.status >= http.StatusBadRequest {
			t.Errorf("%v: %s", err, a.text)
		}
	}
}

// checkRefusal checks that an answer is a problem that Longstop knows, and repeats nothing of the request.
func checkRefusal(t *testing.T, s *sent, a *answer) {
	t.Helper()
	known := slices.ContainsFunc(server.Kinds(), func(k *server.Kind) bool {
		return a.Type == "/problems/"+k.Name && a.Status == k.Status && a.Title == k.Title
	})
	if !known || a.Status != a.status || a.Detail == "" || a.Instance != "urn:uuid:"+a.header.Get("X-Request-Id") {
		t.Errorf("not a problem that is known: %d %s: %+v", a.status, a.text, *s)
	}
	if strings.Contains(withoutMayRepeat(s, a), secret) {
		t.Errorf("the answer repeats the request: %d %s: %+v", a.status, a.text, *s)
	}
	for name, values := range a.header {
		if strings.Contains(strings.Join(values, " "), secret) {
			t.Errorf("the header %s repeats the request: %+v", name, *s)
		}
	}
}

var misspelt = regexp.MustCompile(`[Uu]nknown type \\"([^"\\]|\\.)*"`)

// withoutMayRepeat is an answer without what docs/api.md says that it repeats: the misspelt type of an event; and the
// faults of an overlay, which is law and holds nothing of a child.
func withoutMayRepeat(s *sent, a *answer) string {
	if s.operation == "what-if" && a.status == http.StatusUnprocessableEntity {
		return ""
	}
	return misspelt.ReplaceAllString(a.text, "")
}

// checkDescribed checks that the description has an answer like this one: its status, its format and its shape.
func (w *world) checkDescribed(t *testing.T, s *sent, a *answer) {
	t.Helper()
	o := w.byID[s.operation]
	if a.Type == "/problems/not-found" {
		return // an empty part of the path is no address of the operation
	}
	if o.OperationID == asksToken.OperationID {
		checkToken(t, s, a)
		return
	}
	response := o.Responses[strconv.Itoa(a.status)]
	if response == nil {
		t.Errorf("the description of %s has no answer %d: %s: %+v", s.operation, a.status, a.text, *s)
		return
	}
	if a.text == "" && len(response.Content) == 0 {
		return
	}
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || response.Content[kind] == nil {
		t.Errorf("the description of %s has no answer %d as %q: %v: %s: %+v", s.operation, a.status, kind, err, a.text, *s)
		return
	}
	at := fmt.Sprintf("openapi.json#/paths/%s/%s/responses/%d/content/%s/schema", escaped(o.path), strings.ToLower(o.method), a.status, escaped(kind))
	if w.compiled[at] == nil {
		if w.compiled[at], err = w.compiler.Compile(at); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.compiled[at].Validate(answerValue(t, kind, a.text)); err != nil {
		t.Errorf("the answer is not as described: %v: %d %s: %+v", err, a.status, a.text, *s)
	}
}

// checkToken checks that what a request for a token is answered is what OAuth 2 says.
func checkToken(t *testing.T, s *sent, a *answer) {
	t.Helper()
	var said struct {
		Token       string `json:"access_token"`
		Type        string `json:"token_type"`
		Seconds     int    `json:"expires_in"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal([]byte(a.text), &said); err != nil {
		t.Errorf("%v: %d %s: %+v", err, a.status, a.text, *s)
	}
	if s.query != "" && a.status == http.StatusBadRequest {
		return // the frame refuses it before anybody knows what it asks for
	}
	issued := strings.HasPrefix(said.Token, "lst_") && said.Type == "Bearer" && said.Seconds > 0 && said.Error == ""
	refused := said.Token == "" && said.Error != "" && said.Description == a.Detail
	if issued != (a.status == http.StatusOK) || refused != (a.status >= http.StatusBadRequest) {
		t.Errorf("OAuth 2 has no such answer: %d %s: %+v", a.status, a.text, *s)
	}
}

// again are the tables that are written each time that something is sent: each load of a return is noted, and each token is another.
var again = map[string]string{"load-return": "loads", "feed-children": "loads", asksToken.OperationID: "api_tokens"}

// more are the tables that have more or other rows since what was sent is sent again; held is what they held before.
func (w *world) more(t *testing.T, s *sent, held map[string]string) []string {
	t.Helper()
	return slices.DeleteFunc(w.content.changed(t), func(table string) bool {
		rows := func(sums map[string]string) string { n, _, _ := strings.Cut(sums[table], " "); return n }
		// A refusal of the daily JSON has the receipt of the last body, and stays one row.
		return table == again[s.operation] || table == "feed_refusals" && rows(held) == rows(w.content.sums)
	})
}

// try sends what was drawn twice, and checks what the record holds afterwards.
func (w *world) try(t *testing.T, s *sent) {
	t.Helper()
	first := w.ask(t, s)
	if first == nil {
		return
	}
	changed := w.content.changed(t)
	w.checkWritten(t, s, first, changed)
	held := maps.Clone(w.content.sums)
	second := w.ask(t, s)
	if more := w.more(t, s, held); len(more) > 0 {
		t.Errorf("sent again it changes %v: %d %s, and then %d %s: %+v", more, first.status, first.text, second.status, second.text, *s)
		w.recordings = w.ledger(w.content.conn, w.recordings)
	}
	if (first.status < 300) != (second.status < 300) {
		t.Errorf("sent again it is answered otherwise: %d %s, and then %d %s: %+v", first.status, first.text, second.status, second.text, *s)
	}
	if len(changed) > 0 {
		w.written++
	}
}

// writes reports whether an action may change what the record holds.
func writes(a access.Action) bool { return a.NeedsSource() || a == access.Acknowledge }

// checkWritten checks that the record holds all of what was taken and nothing of what was refused.
func (w *world) checkWritten(t *testing.T, s *sent, a *answer, changed []string) {
	t.Helper()
	o := w.byID[s.operation]
	changed = withoutNumbers(s, changed)
	taken := takenBy(t, s, a)
	written := 0
	if len(changed) > 0 {
		now := w.ledger(w.content.conn, w.recordings)
		if now.empty > 0 || now.alone > 0 {
			t.Errorf("a part of something was written: %+v: %d %s: %+v", now, a.status, a.text, *s)
		}
		written, w.recordings = now.handedIn-w.recordings.handedIn, now
	}
	switch may := slices.ContainsFunc(o.actions, writes) || s.operation == asksToken.OperationID; {
	case !may && len(changed) > 0:
		t.Errorf("a question changed %v: %d %s: %+v", changed, a.status, a.text, *s)
	case a.status >= http.StatusBadRequest && taken.events == 0 && len(changed) > 0:
		t.Errorf("what was refused changed %v: %d %s: %+v", changed, a.status, a.text, *s)
	case taken.table != "" && !slices.Contains(changed, taken.table), taken.nothing && len(changed) > 0:
		t.Errorf("it changed %v, and the answer says otherwise: %d %s: %+v", changed, a.status, a.text, *s)
	case !taken.untold && written != taken.events:
		t.Errorf("%d events were written, and the answer says %d: %d %s: %+v", written, taken.events, a.status, a.text, *s)
	}
}

// taken is what an answer says that was written.
type taken struct {
	events  int    // that somebody handed in
	untold  bool   // the answer does not say how many
	table   string // it was written as well; "": the answer says of none
	nothing bool   // not even anything else
}

// takenBy reads what an answer says that was written.
func takenBy(t *testing.T, s *sent, a *answer) (said taken) {
	t.Helper()
	read := func(into any) {
		if err := json.Unmarshal([]byte(a.text), into); err != nil {
			t.Errorf("%v: %d %s: %+v", err, a.status, a.text, *s)
		}
	}
	if s.operation == "push-events" {
		for _, item := range a.Items {
			if item.Outcome == admission.Recorded || item.Outcome == admission.GaveWay {
				said.events++
			}
		}
		return said
	}
	if a.status >= http.StatusBadRequest {
		return said
	}
	switch s.operation {
	case "acknowledge-notice":
		var done api.Recorded
		read(&done)
		said.events = done.New
	case "attach-source", "void-attachment":
		var done api.Attached
		read(&done)
		if said.nothing = !done.Changed; done.Changed {
			said.table = "attachments"
		}
	case "load-return":
		var done api.Loaded
		read(&done)
		if said.nothing = done.DryRun; !done.DryRun {
			said.events = done.New + done.Corrections + done.Voids
		}
	case "feed-children": // what became of each child stands under its receipt in the log
		var children []json.RawMessage
		var receipts []string
		read(&receipts)
		if err := json.Unmarshal([]byte(s.body), &children); err != nil || len(receipts) != len(children) {
			t.Errorf("%v: there are %d receipts for %d children: %+v", err, len(receipts), len(children), *s)
		}
		said.untold = true
	case asksToken.OperationID:
		said.table = "api_tokens"
	}
	return said
}

// examplesSent are the examples, as they are sent.
func (w *world) examplesSent(tb testing.TB) (list []sent) {
	tb.Helper()
	examples, err := v1.Examples()
	if err != nil {
		tb.Fatal(err)
	}
	for i := range examples {
		x := &examples[i]
		s := sent{operation: x.Operation}
		var path []string
		for _, p := range w.byID[x.Operation].Parameters {
			if p.In == "path" {
				path = append(path, strings.ReplaceAll(x.Path[p.Name], shownCalendar, w.secretOfCalendar()))
			}
		}
		s.path = strings.Join(path, "\n")
		query := url.Values{}
		for name, value := range x.Query {
			query.Set(name, value)
		}
		s.query = query.Encode()
		for _, name := range slices.Sorted(maps.Keys(x.Headers)) {
			s.headers += name + ": " + x.Headers[name] + "\n"
		}
		if x.Body != nil {
			s.kind = x.BodyFormat()
			text, isText := x.Body.(string)
			if !isText {
				written, err := json.Marshal(x.Body)
				if err != nil {
					tb.Fatal(err)
				}
				text = string(written)
			}
			s.body = strings.NewReplacer(shownNotice, w.notice, "attached:k1:", "attached:"+w.good.Key.Key+":").Replace(text)
		}
		list = append(list, s)
	}
	id, secret := w.good.Key.Key, w.good.Secret
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
	return append(list,
		sent{operation: asksToken.OperationID, kind: typeForm, body: form(id, secret).Encode()},
		sent{operation: asksToken.OperationID, kind: typeForm, headers: basic, body: "grant_type=client_credentials"},
	)
}

// hostileValues are put in place of each value of a body: texts of JSON, or broken ones.
var hostileValues = []string{
	`null`, `true`, `0`, `-1`, `1e999`, `-0.0`, `1e-999`, `1E300`, `123456789012345678901234567890`, `9007199254740993`, `0.1`, `1000000000`,
	`[]`, `{}`, `[null]`, `[[]]`, `{"Plover":"Plover"}`, `{"a":1,"a":2}`, `{"a":1,"A":2}`, `[{"Plover":1,"Plover":2}]`,
	strings.Repeat("[", 14) + strings.Repeat("]", 14), strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40),
	`""`, `" "`, `"Plover"`, `" Plover "`, `"Plover\u0000"`, `"\ud800"`, `"\udc00\ud800"`, `"\ud83d\ude00"`, `"\u202ePlover"`, `"e\u0301"`, `"\ufeffC1"`, `"\uffff"`,
	`"Plover\n"`, `"\u0085\u2028"`, `"` + strings.Repeat("Plover", 60) + `"`, `"` + strings.Repeat("é", 3000) + `"`,
	`"'; drop table events; --"`, `"%00"`, `"../../../etc/passwd"`, `"=cmd|'/c calc'!A1"`, `"<script>alert(1)</script>"`, `"{{.}}"`, `"${jndi:ldap://x}"`, `"C1\\"`, `"*"`, `"%"`, `"_"`,
	`"2026-02-30"`, `"0000-00-00"`, `"0001-01-01"`, `"9999-12-31"`, `"2026-11-02T24:00:00Z"`, `"2026-11-02T10:00:60Z"`, `"2026-11-02T10:00:00+99:99"`, `"1950-01-01"`, `"2199-12-31"`,
	`"2026-11-02T10:00:00.123456789012Z"`, `"-2026-11-02"`, `"+002026-11-02"`, `"20261102"`, `"2026-W45-1"`, `"00000000-0000-4000-8000-00000000c0de"`, `"ABCDEFAB-0000-0000-0000-000000000000"`,
	`tru`, `NaN`, `'x'`, `"\x"`, "\"\xff\"", "\"\x00\"", "\"\t\"", `"Plover`, `1,2`, ``, `/**/1`,
}

// hostileTexts are put in place of each parameter.
var hostileTexts = []string{
	"", " ", "Plover", "Plover\x00", "\xff", "\u202e", "é", "😀", "..", ".", "a/b", "//", ";", "a;b=c", "%", "%2e%2e", "?", "#", "&", "+", "*", "\r\nX: y", "null", "true", "-1", "0", "1e9", "1001", "999999999999999999999",
	strings.Repeat("Plover", 100), "2026-02-30", "9999-12-31", "0001-01-01", "1950-01-01T00:00:00+23:59", "latest", "0.", "1.0a1b2c3d", "9223372036854775808.0a1b2c3d", "-1.00000000", "'; drop table events; --",
	`"`, `"Plover", W/"x"`, "text/csv", "*/*;q=0", "image/png", "text/csv;q=NaN, application/json;q=-1", ",,,;;;", "application/problem+json",
}

// here is a text that stands in a body for what is put in its place.
const here = "\u241fhere\u241f"

// variants are a JSON text with a hostile value in place of each of its values, the whole and each object's names
// included; some chooses of the values those that a place gets.
func variants(tb testing.TB, place, text string, some func(place string, all []string) []string) (list []string) {
	tb.Helper()
	var whole any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&whole); err != nil {
		tb.Fatal(err)
	}
	shape := func() string {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(whole); err != nil {
			tb.Fatal(err)
		}
		return out.String()
	}
	put := func(values []string) {
		around := shape()
		for _, v := range values {
			list = append(list, strings.Replace(around, `"`+here+`"`, v, 1))
		}
	}
	var walk func(at string, v any, set func(any))
	walk = func(at string, v any, set func(any)) {
		set(here)
		put(some(at, hostileValues))
		set(v)
		switch v := v.(type) {
		case map[string]any:
			v[here] = "x"
			put(some(at+"/", []string{`"Plover"`, `"__proto__"`, `""`, `"ID"`, `"\u0000"`, `"case":1,"case"`}))
			delete(v, here)
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(at+"/"+name, v[name], func(other any) { v[name] = other })
			}
		case []any:
			for i := range v {
				walk(at+"/0", v[i], func(other any) { v[i] = other })
			}
		}
	}
	walk(place, whole, func(other any) { whole = other })
	return list
}

// authorization and accept are headers of every operation.
var authorization, accept = &huma.Param{Name: "Authorization", In: "header"}, &huma.Param{Name: "Accept", In: "header"}

// queried is a query with a hostile text in place of one parameter.
func queried(p string, value string) string { return url.Values{p: {value}}.Encode() }

// formVariants are a form with a hostile text in place of each of its values, and fields more.
func formVariants(tb testing.TB, place, text string, some func(place string, all []string) []string) (list []string) {
	tb.Helper()
	fields, err := url.ParseQuery(text)
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, value := range some(place+" "+name, hostileTexts) {
			other := maps.Clone(fields)
			other.Set(name, value)
			list = append(list, other.Encode())
		}
	}
	for _, more := range some(place+" more", []string{"Plover=Plover", "client_id=Plover", "=", "a;b", "%zz=1", "grant_type[]=password", "client_assertion=Plover"}) {
		list = append(list, text+"&"+more)
	}
	return list
}

// hostileTo are hostile requests to an operation, made of an example: at each place of it, each hostile value.
func hostileTo(tb testing.TB, o operation, x *sent, some func(place string, all []string) []string) (list []sent) {
	tb.Helper()
	with := func(change func(*sent)) {
		s := *x
		change(&s)
		list = append(list, s)
	}
	if strings.HasSuffix(x.kind, "json") {
		for _, body := range variants(tb, o.OperationID+" "+x.kind, x.body, some) {
			with(func(s *sent) { s.body = body })
		}
	}
	if x.kind == typeForm {
		for _, body := range formVariants(tb, o.OperationID+" "+x.kind, x.body, some) {
			with(func(s *sent) { s.body = body })
		}
	}
	for _, p := range append(slices.Clone(o.Parameters), authorization, accept) {
		for _, text := range some(o.OperationID+" "+p.In+" "+p.Name, hostileTexts) {
			with(func(s *sent) {
				switch p.In {
				case "path":
					s.path = text // of the first, which all have that have one
				case "query":
					s.query = strings.Trim(s.query+"&"+queried(p.Name, text), "&")
					if values, err := url.ParseQuery(x.query); err == nil {
						values.Set(p.Name, text)
						s.query = values.Encode()
					}
				case "header":
					s.headers += p.Name + ": " + text + "\n"
				}
			})
		}
	}
	for _, query := range some(o.OperationID+" query", []string{"debug=1", "a=1&a=2", "Plover=Plover", "%zz", "a;b", "%00=1", "=", "&&&", strings.Repeat("a", 5000) + "=1", "limit=1&limit=2"}) {
		with(func(s *sent) { s.query = strings.Trim(s.query+"&"+query, "&") })
	}
	for _, kind := range some(o.OperationID+" kind", []string{"", "text/plain", "Plover", "application/json; charset=Plover", "application/json; charset=utf-8; charset=utf-16", "application/PLOVER+json", "multipart/form-data", ";", "application/cloudevents+xml", "*/*"}) {
		with(func(s *sent) { s.kind = kind })
	}
	for _, header := range some(o.OperationID+" header", []string{"Content-Encoding: gzip", "Transfer-Encoding: gzip", "X-HTTP-Method-Override: DELETE", "Range: bytes=0-0", "Expect: Plover", "If-Match: *", "If-Modified-Since: Plover", "Prefer: return=minimal", "Cookie: key=Plover", "ce-plover: Plover"}) {
		with(func(s *sent) { s.headers += header + "\n" })
	}
	return list
}

// brokenIn are bad bodies, by their formats.
var brokenIn = map[string][]string{
	"application/yaml": {
		"", "x", "[]", "- ", "\t", "{", "overlay: [", "overlay: Plover", "overlay: Anytown\nlanguage: 999999999999\ntimescales: {}\n", "\xff", "\x00", "\ufeffoverlay: Anytown\n", "--- \n---\n", "&a [*a]", "a: *b",
		"a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n", "!!python/object/apply:os.system [x]", "<<: {a: 1}", "? [a]\n: b",
		strings.Repeat("[", 20_000), strings.Repeat("- ", 20_000), strings.Repeat(" ", 100_000), "overlay: Anytown\noverlay: Anytown\n", "overlay: " + strings.Repeat("x", 200_000) + "\nlanguage: 1\ntimescales: []\n",
		"overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: CP-10\n    editions:\n      - limit: 99999999999999999999 days\n        source: x\n",
		"overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: CP-10\n    editions:\n      - limit: -5 days\n        source: x\n      - limit: 0 working days\n",
	},
	"application/xml": {
		"", "x", "<", "<a", "<a>", "<a></b>", "<Message/>", "<Message></Message><Message/>", "\xff\xfe<\x00", "\x00", "<?xml version=\"1.0\" encoding=\"ebcdic\"?><Message/>", "<?xml version=\"9.9\"?><Message/>",
		"<!DOCTYPE a [<!ENTITY b \"Plover\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><Message>&c;</Message>", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><Message>&b;</Message>", "<Message>&#0;</Message>", "<Message>&#xFFFFFFFFFF;</Message>",
		"<Message xmlns='Plover' xmlns:p='q'><p:Header/></Message>", strings.Repeat("<a>", 50_000), "<Message " + strings.Repeat("a", 50_000) + "='1'/>", "<Message a='1' a='2'/>", "<!--" + strings.Repeat("-", 5000), "<![CDATA[", "<Message><Children>" + strings.Repeat("<Child/>", 2000) + "</Children></Message>",
	},
	typeForm: {
		"", "&", "=", "&&&==", "%", "%zz=1", ";", "\x00", "\xff", "{}", "grant_type", "grant_type=client_credentials", "grant_type=client_credentials&grant_type=client_credentials",
		"grant_type=client_credentials&client_id=Plover&client_secret=Plover", "GRANT_TYPE=client_credentials", strings.Repeat("a=1&", 2000), strings.Repeat("a", 8193), strings.Repeat("a", 9_000_000),
	},
	"*": {
		"", "{", "[", "null", "0", "\"\"", "{}", "[]", "[{},7,null]", "\xff", "\x00", "\xef\xbb\xbf{}", "{}{}", "{}\x00", "[" + strings.Repeat("{},", 1000) + "{}]", strings.Repeat("[", 90_000), "{" + strings.Repeat(" ", 90_000), "[" + strings.Repeat("1,", 250_000) + "1]",
		`{"` + strings.Repeat("a", 90_000) + `":1}`, "Plover",
	},
}

func brokenBodies(o operation) (list []sent) {
	if o.RequestBody == nil {
		return nil
	}
	for kind := range o.RequestBody.Content {
		bodies := brokenIn[kind]
		if strings.HasSuffix(kind, "json") {
			bodies = brokenIn["*"]
		}
		for _, body := range bodies {
			list = append(list, sent{operation: o.OperationID, kind: strings.Replace(kind, "*", "plover", 1), body: body})
		}
	}
	return list
}

var everything = flag.Bool("everything", false, "try every hostile value at every place of every example, which takes some minutes")

// odd chooses which of the hostile values are tried at which places.
type odd struct {
	share int  // of the values of a place one in so many is tried, and at least one; 1: all
	seed  int  // another one each: the seeds from 0 up to share together try all
	whole bool // at the places of every example, and not once where examples have the same
	tried map[string]int
}

// share is of how many values one is tried in a run of the tests.
const share = 40

// newOdd is the choice of this run: by RAPID_SEED, as that of the other tests whose cases are drawn, and by lot where that is not set.
func newOdd(tb testing.TB) *odd {
	tb.Helper()
	if *everything {
		return &odd{share: 1, whole: true}
	}
	seed, err := strconv.Atoi(cmp.Or(os.Getenv("RAPID_SEED"), "0"))
	if err != nil {
		tb.Fatal("RAPID_SEED is a number: ", err)
	}
	if seed == 0 {
		seed = 1 + rand.IntN(1_000_000) //nolint:gosec // a choice of tests
	}
	tb.Logf("RAPID_SEED=%d tries the same values at the same places", seed)
	return &odd{share: share, seed: seed % share}
}

func (o *odd) some(place string, all []string) (chosen []string) {
	if o.tried == nil {
		o.tried = map[string]int{}
	}
	if _, before := o.tried[place]; before && !o.whole {
		return nil
	}
	first, step := len(o.tried)+o.seed, min(o.share, len(all))
	for i, v := range all {
		if (first+i)%step == 0 {
			chosen = append(chosen, v)
		}
	}
	o.tried[place] = len(chosen)
	return chosen
}

// requests are the examples, what is made of them, and bad bodies, each once; so many of them are the examples.
func (w *world) requests(tb testing.TB, o *odd) (list []sent, examples int) {
	tb.Helper()
	good := w.examplesSent(tb)
	all := slices.Clone(good)
	for _, x := range good {
		all = append(all, hostileTo(tb, w.byID[x.operation], &x, o.some)...)
	}
	for _, o := range w.all() {
		all = append(all, brokenBodies(o)...)
	}
	known := map[sent]bool{}
	for i := range all {
		if !known[all[i]] {
			known[all[i]] = true
			list = append(list, all[i])
		}
		if i < len(good) {
			examples = len(list)
		}
	}
	return list, examples
}

// Every place of every example of every operation, with hostile values in it. Each processor has a record of its own.
func TestWhateverStandsAnywhereInARequestIsAnsweredAndWritesAllOrNothing(t *testing.T) {
	t.Parallel()
	chosen, parts := newOdd(t), runtime.GOMAXPROCS(0)
	for part := range parts {
		t.Run(strconv.Itoa(part+1), func(t *testing.T) {
			t.Parallel()
			w, o := newWorld(t), *chosen
			list, examples := w.requests(t, &o)
			for place, n := range o.tried {
				if n == 0 {
					t.Errorf("nothing is tried at %s", place)
				}
			}
			sent := 0
			for i := range list {
				if i < examples || i%parts == part {
					sent++
					w.try(t, &list[i])
				}
			}
			t.Logf("%d of %d requests at %d places, of which %d wrote something", sent, len(list), len(o.tried), w.written)
		})
	}
}

// What one run leaves out another has: the seeds together try each hostile value at each place.
func TestEveryHostileValueComesToEveryPlaceByOneSeedOrAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	left := map[sent]bool{}
	all, _ := w.requests(t, &odd{share: 1})
	for _, s := range all {
		left[s] = true
	}
	for seed := range share {
		list, _ := w.requests(t, &odd{share: share, seed: seed})
		if len(list) > len(all)/10 {
			t.Errorf("seed %d makes %d of %d requests", seed, len(list), len(all))
		}
		for _, s := range list {
			delete(left, s)
		}
	}
	for s := range left {
		t.Errorf("no seed makes %+v", s)
	}
}

// A body in a format that nothing here is written in is not fuzzed.
func TestEveryFormatOfEveryBodyHasSomethingToFuzzFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := map[string][]string{} // the formats of the examples of each operation
	for _, s := range w.examplesSent(t) {
		good[s.operation] = append(good[s.operation], s.kind)
	}
	for _, o := range w.all() {
		broken := map[string]int{}
		for _, s := range brokenBodies(o) {
			broken[s.kind]++
		}
		if o.RequestBody == nil {
			continue
		}
		for kind := range o.RequestBody.Content {
			if kind = strings.Replace(kind, "*", "plover", 1); broken[kind] == 0 {
				t.Errorf("%s takes %s, of which brokenIn has no bodies", o.OperationID, kind)
			}
		}
		if !slices.ContainsFunc(good[o.OperationID], func(kind string) bool { return kind != "" }) {
			t.Errorf("%s takes a body, of which examples.json has none", o.OperationID)
		}
	}
}

func FuzzOperations(f *testing.F) {
	w := newWorld(f)
	all, index := w.all(), map[string]uint8{}
	for i, o := range all {
		index[o.OperationID] = uint8(i)
	}
	seeds := w.examplesSent(f)
	for _, o := range all {
		seeds = append(seeds, brokenBodies(o)...)
	}
	for i := range seeds {
		s := &seeds[i]
		f.Add(index[s.operation], s.path, s.query, s.headers, s.kind, s.body)
	}
	f.Fuzz(func(t *testing.T, operation uint8, path, query, headers, kind, body string) {
		w.TB = t
		w.try(t, &sent{operation: all[int(operation)%len(all)].OperationID, path: path, query: query, headers: headers, kind: kind, body: body})
	})
}
