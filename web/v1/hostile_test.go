package v1_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"longstop/admission"
	"longstop/api"
)

// hostile is a request that nobody means well by, or nobody means, and what it is answered.
type hostile struct {
	name    string
	sent    sent
	status  int
	problem string
}

// anEvent is an event in structured mode: attributes that are well but for those of more, as name=value.
func anEvent(id, data string, more ...string) string {
	return cloud(id, "H1", "referral.received", "2026-11-02", data, more...)
}

// inPlaceOf is an event with something in it exchanged.
func inPlaceOf(id, old, other string) string {
	text := anEvent(id, "")
	if !strings.Contains(text, old) {
		panic("the event has no " + old)
	}
	return strings.Replace(text, old, other, 1)
}

// hostileGroup are the hostile requests about one thing.
type hostileGroup struct {
	about    string
	requests []hostile
}

// hostiles are hostile requests to the operations, by what they are about. next is a cursor of the list of duties.
func hostiles(next, notice string) (list []hostileGroup) {
	about := func(what string, requests ...hostile) {
		list = append(list, hostileGroup{what, requests})
	}
	push := func(body string) sent { return sent{operation: "push-events", kind: oneEvent, body: body} }
	pushAll := func(events ...string) sent {
		return sent{operation: "push-events", kind: manyEvents, body: batch(events...)}
	}
	inHeaders := func(id, headers string) sent {
		return sent{
			operation: "push-events", kind: "application/json", body: "{}",
			headers: "ce-specversion: 1.0\nce-id: " + id + "\nce-source: " + source + "\nce-type: referral.received\nce-subject: H1\nce-at: 2026-11-02\n" + headers,
		}
	}
	about("A push",
		hostile{"1,001 events", pushAll(strings.Split(strings.Repeat("{},", 1000)+"{}", ",")...), 413, "too-large"},
		hostile{"no event in a batch", pushAll(), 200, ""},
		hostile{"one event twice in a batch", pushAll(anEvent("t1", ""), anEvent("t1", "")), 200, ""},
		hostile{"one id twice in a batch, with other content: the first is recorded", pushAll(anEvent("t2", ""), inPlaceOf("t2", "2026-11-02", "2026-11-01")), 422, "refused"},
		hostile{"an id that is known, with other content", push(inPlaceOf("t1", "2026-11-02", "2026-11-01")), 409, "conflict"},
		hostile{"items of a batch that are not objects: the event between them is recorded", pushAll("null", anEvent("t3", ""), "7"), 422, "refused"},
		hostile{"one event of another source in a batch: none is recorded", pushAll(anEvent("t4", ""), inPlaceOf("t5", source, "elsewhere")), 403, "not-allowed"},
		hostile{"a batch that says it is one event", push(batch(anEvent("t6", ""))), 400, "malformed"},
		hostile{"one event that says it is a batch", sent{operation: "push-events", kind: manyEvents, body: anEvent("t7", "")}, 400, "malformed"},
		hostile{"nothing", push(""), 400, "malformed"},
		hostile{"data in 17 levels, the event being the first", push(anEvent("t8", `{"a":`+strings.Repeat("[", 15)+strings.Repeat("]", 15)+`}`)), 413, "too-large"},
		hostile{"more than 200,000 values", push(anEvent("t9", `{"a":[`+strings.Repeat("1,", 200_000)+`1]}`)), 413, "too-large"},
		hostile{"more than 4 MiB", push(anEvent("t10", `{"a":"`+strings.Repeat("a", 4<<20)+`"}`)), 413, "too-large"},
		hostile{"a key twice in the data of the second event: none is recorded", pushAll(anEvent("t11", ""), anEvent("t12", `{"a":[{"b":1,"b":2}]}`)), 400, "malformed"},
		hostile{"half of a surrogate pair in the second event: none is recorded", pushAll(anEvent("t13", ""), anEvent("t14", `{"a":"\ud83d"}`)), 400, "malformed"},
		hostile{"a number of 16 digits", push(anEvent("t15", `{"a":1234567890123456}`)), 422, "refused"},
		hostile{"a number of 301 digits, written with an exponent", push(anEvent("t16", `{"a":1e300}`)), 422, "refused"},
		hostile{"a number so small that it needs 300 places", push(anEvent("t17", `{"a":[0,1E-300]}`)), 422, "refused"},
		hostile{"a number beyond every type", push(anEvent("t18", `{"a":{"b":-1e999}}`)), 422, "refused"},
		hostile{"a number with a small exponent", push(anEvent("t19", `{"a":[1.5e3,1E-3]}`)), 201, ""},
		hostile{"an id of 201 characters", push(anEvent(strings.Repeat("i", 201), "")), 422, "refused"},
		hostile{"a reference of two lines", push(inPlaceOf("t20", `"H1"`, `"H1\nH2"`)), 422, "refused"},
		hostile{"a reference that is shown from right to left", push(inPlaceOf("t21", `"H1"`, `"H1\u202e"`)), 422, "refused"},
		hostile{"a reference of blanks", push(inPlaceOf("t22", `"H1"`, `"  "`)), 422, "refused"},
		hostile{"an invalid date", push(inPlaceOf("t23", "2026-11-02", "2026-02-30")), 422, "refused"},
		hostile{"tomorrow", push(inPlaceOf("t24", "2026-11-02", "2026-12-04")), 422, "refused"},
		hostile{"the year 1", push(inPlaceOf("t25", "2026-11-02", "0001-01-01")), 422, "refused"},
		hostile{"the year 9999", push(inPlaceOf("t26", "2026-11-02", "9999-12-31")), 422, "refused"},
		hostile{"an offset of 99 hours", push(inPlaceOf("t27", "2026-11-02", "2026-11-02T10:00:00+99:99")), 422, "refused"},
		hostile{"an attribute that is unknown", push(anEvent("t28", "", "plover=x")), 422, "refused"},
		hostile{"an attribute that is a number", push(inPlaceOf("t29", `"1.0"`, `1.0`)), 422, "refused"},
		hostile{"another version of CloudEvents", push(inPlaceOf("t30", `"1.0"`, `"2.0"`)), 422, "refused"},
		hostile{"binary data", push(inPlaceOf("t31", `"data":{}`, `"data_base64":"AA=="`)), 422, "refused"},
		hostile{"a correction of itself", push(anEvent("t32", "", "corrects=t32")), 422, "refused"},
		hostile{"a void of what is unknown", push(anEvent("t33", `{"reason":"x"}`, "voids=nothing")), 422, "refused"},
		hostile{"a correction and a void at once", push(anEvent("t34", "", "corrects=t1", "voids=t1")), 422, "refused"},
		hostile{"a ce- header twice", inHeaders("t35", "ce-subject: H2"), 422, "refused"},
		hostile{"a ce- header that is unknown", inHeaders("t36", "ce-plover: x"), 422, "refused"},
		hostile{"a ce- header with an invalid escape", inHeaders("t37", "ce-by: %zz"), 422, "refused"},
		hostile{"a ce- header with NUL, escaped", inHeaders("t38", "ce-by: a%00"), 422, "refused"},
		hostile{"attributes in headers and in the body: those in the body count", sent{operation: "push-events", kind: oneEvent, headers: "ce-id: other", body: anEvent("t39", "")}, 201, ""},
	)
	ask := func(operation, body string) sent {
		return sent{operation: operation, kind: "application/json", body: body}
	}
	about("A question",
		hostile{"an invalid cursor", ask("query-duties", `{"after":"x"}`), 422, "refused"},
		hostile{"a cursor of which a character was changed", ask("query-duties", `{"after":"`+changedIn(next)+`"}`), 422, "refused"},
		hostile{"a cursor that was cut", ask("query-duties", `{"after":"`+next[:len(next)-4]+`"}`), 422, "refused"},
		hostile{"a cursor of another list", ask("query-notices", `{"after":"`+next+`"}`), 422, "refused"},
		hostile{"no rows", ask("query-duties", `{"limit":0}`), 422, "refused"},
		hostile{"1,001 rows", ask("query-duties", `{"limit":1001}`), 422, "refused"},
		hostile{"a number of rows that is a text", ask("query-duties", `{"limit":"10"}`), 422, "refused"},
		hostile{"a number of rows with an exponent", ask("query-duties", `{"limit":1e1}`), 422, "refused"},
		hostile{"a number of rows beyond 64 bits", ask("query-duties", `{"limit":99999999999999999999}`), 422, "refused"},
		hostile{"SQL as the reference of a case", ask("query-duties", `{"case":"'; drop table events; --"}`), 404, "unknown"},
		hostile{"SQL as a team: an empty list, with a warning", ask("query-duties", `{"team":"' or '1'='1"}`), 200, ""},
		hostile{"a wildcard as the reference of a case", ask("query-duties", `{"case":"%"}`), 404, "unknown"},
		hostile{"a state that does not exist", ask("query-duties", `{"state":"late"}`), 422, "refused"},
		hostile{"a property of another question", ask("query-duties", `{"notice":"`+notice+`"}`), 422, "refused"},
		hostile{"properties in capitals", ask("query-duties", `{"CASE":"C1"}`), 422, "refused"},
		hostile{"a moment in the year 9999", ask("query-plans", `{"as_of":"9999-12-31"}`), 422, "refused"},
		hostile{"a moment in words", ask("query-plans", `{"known_at":"now"}`), 422, "refused"},
		hostile{"a notice that is not a UUID", ask("query-explanations", `{"notice":"1"}`), 422, "refused"},
		hostile{"a notice and a case at once", ask("query-explanations", `{"notice":"`+notice+`","case":"C1"}`), 422, "refused"},
		hostile{"a list of questions", ask("query-duties", `[{}]`), 422, "refused"},
		hostile{"no body", sent{operation: "query-duties"}, 415, "media-type"},
		hostile{"a parameter in the address", sent{operation: "query-duties", kind: "application/json", query: "case=C1", body: "{}"}, 400, "bad-parameter"},
	)
	promise := func(old, other string) sent {
		return ask("acknowledge-notice", strings.Replace(`{"id":"h1","notice":"`+notice+`","by":"M1","until":"2026-12-10","note":"n"}`, old, other, 1))
	}
	about("A promise",
		hostile{"for a notice that is unknown", promise(notice, "00000000-0000-4000-8000-00000000c0de"), 404, "unknown"},
		hostile{"by somebody who manages nobody", promise("M1", "W1"), 422, "refused"},
		hostile{"by nobody who works here", promise("M1", "X1"), 422, "refused"},
		hostile{"until yesterday", promise("2026-12-10", "2026-12-01"), 422, "refused"},
		hostile{"until the year 9999", promise("2026-12-10", "9999-12-31"), 422, "refused"},
		hostile{"under an id of 201 characters", promise("h1", strings.Repeat("i", 201)), 422, "refused"},
		hostile{"with a note of 2,001 characters", promise(`"n"`, `"`+strings.Repeat("n", 2001)+`"`), 422, "refused"},
		hostile{"that is empty", promise(`"n"`, `""`), 422, "refused"},
	)
	attach := func(old, other string) sent {
		return ask("attach-source", strings.Replace(`{"id":"h1","reports":["referral.received"],"from":"2026-11-01","reason":"r"}`, old, other, 1))
	}
	about("What a source reports",
		hostile{"nothing", attach(`["referral.received"]`, `[]`), 422, "refused"},
		hostile{"an event type that does not exist", attach("referral.received", "referral.maid"), 422, "refused"},
		hostile{"501 events", attach(`"referral.received"`, strings.Repeat(`"referral.received",`, 500)+`"referral.received"`), 422, "refused"},
		hostile{"from an invalid date", attach("2026-11-01", "2026-02-30"), 422, "refused"},
		hostile{"until before it begins", attach(`"reason"`, `"until":"2026-10-01","reason"`), 422, "refused"},
		hostile{"under an id of two lines", attach("h1", `h\n1`), 422, "refused"},
		hostile{"taken back, and never said", ask("void-attachment", `{"attachment":"attached:x:y","reason":"r"}`), 404, "unknown"},
		hostile{"taken back without a reason", ask("void-attachment", `{"attachment":"attached:x:y","reason":""}`), 422, "refused"},
	)
	changes := func(query string) sent { return sent{operation: "list-changes", query: query} }
	about("Following changes",
		hostile{"an invalid cursor", changes("after=x"), 400, "bad-parameter"},
		hostile{"a cursor that was made up", changes("after=1.0a1b2c3d"), 409, "cursor-elsewhere"},
		hostile{"a cursor ahead of everything", changes("after=9000.0a1b2c3d"), 409, "cursor-elsewhere"},
		hostile{"a cursor below nothing", changes("after=-1"), 400, "bad-parameter"},
		hostile{"a cursor beyond 64 bits", changes("after=99999999999999999999.0a1b2c3d"), 400, "bad-parameter"},
		hostile{"a cursor twice", changes("after=0&after=latest"), 400, "bad-parameter"},
		hostile{"a cursor of 61 characters", changes("after=" + strings.Repeat("1", 61)), 400, "bad-parameter"},
		hostile{"a limit that is not a number", changes("limit=many"), 400, "bad-parameter"},
		hostile{"a limit with an exponent", changes("limit=1e2"), 400, "bad-parameter"},
		hostile{"1,001 changes", changes("limit=1001"), 400, "bad-parameter"},
		hostile{"a flag that is neither true nor false", changes("details=maybe"), 400, "bad-parameter"},
		hostile{"a parameter that is unknown", changes("before=1"), 400, "bad-parameter"},
	)
	overlay := func(text string) sent { return sent{operation: "what-if", kind: "application/yaml", body: text} }
	about("The law",
		hostile{"SQL as the ref of a rule", sent{operation: "get-rule", path: "' or 1=1 --"}, 404, "unknown"},
		hostile{"a ref of 101 characters", sent{operation: "get-rule", path: strings.Repeat("r", 101)}, 400, "bad-parameter"},
		hostile{"a start on an invalid date", sent{operation: "get-due", path: "CP-03", query: "started=2026-02-30"}, 400, "bad-parameter"},
		hostile{"a start in the year 9999", sent{operation: "get-due", path: "CP-03", query: "started=9999-12-31"}, 400, "bad-parameter"},
		hostile{"an If-None-Match of many", sent{operation: "list-rules", headers: "If-None-Match: " + strings.Repeat(`"x",`, 200)}, 200, ""},
		hostile{"an If-None-Match that stands for whatever there is", sent{operation: "list-event-types", headers: "If-None-Match: *"}, 304, ""},
		hostile{"an If-None-Match that cannot be read", sent{operation: "get-law", headers: `If-None-Match: ",W/"x`}, 200, ""},
		hostile{"an If-None-Match of 1,001 characters", sent{operation: "get-law", headers: "If-None-Match: " + strings.Repeat("x", 1001)}, 400, "bad-parameter"},
		hostile{"an overlay that is not YAML", overlay("overlay: ["), 422, "refused"},
		hostile{"an overlay that is a bomb of aliases", overlay(brokenIn["application/yaml"][14]), 422, "refused"},
		hostile{"an overlay in 20,000 levels", overlay(strings.Repeat("[", 20_000)), 422, "refused"},
		hostile{"an overlay with NUL", overlay("overlay: \x00"), 422, "refused"},
		hostile{"an overlay that is not UTF-8", overlay("overlay: \xff"), 422, "refused"},
		hostile{"an overlay with a type of its own", overlay("overlay: !!python/object/apply:os.system [x]\n"), 422, "refused"},
		hostile{"an overlay of more than 1 MiB", overlay(strings.Repeat("#", 1<<20+1)), 413, "too-large"},
		hostile{"an overlay that is JSON", sent{operation: "what-if", kind: "application/json", body: "{}"}, 415, "media-type"},
		hostile{"no overlay", overlay(""), 400, "malformed"},
	)
	upload := func(text string) sent {
		return sent{operation: "load-return", path: "cin-census", kind: "application/xml", body: text}
	}
	feed := func(authority, body string) sent {
		return sent{operation: "feed-children", path: authority, kind: "application/json", body: body}
	}
	calendar := func(secret, query string) sent { return sent{operation: "get-calendar", path: secret, query: query} }
	about("Somebody's calendar",
		hostile{"a secret that was guessed", calendar(shownCalendar, ""), 404, "unknown"},
		hostile{"a secret in capitals", calendar(strings.ToUpper(shownCalendar), ""), 404, "unknown"},
		hostile{"a key in place of the secret", calendar("ls_test_aaaaaaaa_"+strings.Repeat("a", 59), ""), 404, "unknown"},
		hostile{"a token in place of the secret", calendar("lst_"+strings.Repeat("a", 52), ""), 404, "unknown"},
		hostile{"a staff reference in place of the secret", calendar("W1", ""), 404, "unknown"},
		hostile{"SQL in place of the secret", calendar("' or '1'='1", ""), 404, "unknown"},
		hostile{"a secret of 5,000 characters", calendar("lsc_"+strings.Repeat("a", 5000), ""), 404, "unknown"},
		hostile{"a secret that is a letter too long", calendar(shownCalendar+"\n", ""), 404, "unknown"},
		hostile{"NUL in place of the secret, escaped", calendar("\x00", ""), 400, "malformed"},
		hostile{"up in place of the secret, escaped", calendar("..", ""), 404, "not-found"},
		hostile{"a parameter, with a secret that was guessed", calendar(shownCalendar, "nocache=1"), 404, "unknown"},
	)
	about("A return, or the daily JSON",
		hostile{"a return that is not XML", upload("x"), 422, "refused"},
		hostile{"a return that breaks off", upload("<Message><Header>"), 422, "refused"},
		hostile{"a return with entities of its own", upload(`<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]><Message>&c;</Message>`), 422, "refused"},
		hostile{"a return that asks for a file of the server", upload(`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Message>&b;</Message>`), 422, "refused"},
		hostile{"a return in 50,000 levels", upload(strings.Repeat("<a>", 50_000)), 422, "refused"},
		hostile{"a return that names an encoding that is unknown", upload(`<?xml version="1.0" encoding="ebcdic"?><Message/>`), 422, "refused"},
		hostile{"a return that is a spreadsheet", sent{operation: "load-return", path: "cin-census", kind: "text/csv", body: "a,b"}, 415, "media-type"},
		hostile{"a return of a format that is unknown", sent{operation: "load-return", path: "annex-a", kind: "application/xml", body: "<a/>"}, 400, "bad-parameter"},
		hostile{"a flag that is neither true nor false", sent{operation: "load-return", path: "cin-census", query: "confirm_gone=maybe", kind: "application/xml", body: "<a/>"}, 400, "bad-parameter"},
		hostile{"101 children", feed("999", "["+strings.Repeat("{},", 100)+"{}]"), 413, "too-large"},
		hostile{"no child", feed("999", "[]"), 400, "malformed"},
		hostile{"one child that is not in a list", feed("999", "{}"), 400, "malformed"},
		hostile{"children that are not objects: a receipt for each, and a line on the list of what was refused", feed("999", "[1,null]"), 200, ""},
		hostile{"children in 33 levels", feed("999", strings.Repeat("[", 33)+strings.Repeat("]", 33)), 413, "too-large"},
		hostile{"an authority of two digits", feed("99", "[{}]"), 400, "bad-parameter"},
	)
	fed := func(query string) sent { return sent{operation: "list-feed-refusals", query: query} }
	about("What was refused of the daily JSON",
		hostile{"a cursor that was made up", fed("after=12"), 400, "bad-parameter"},
		hostile{"a cursor of another list", fed("after=" + next), 400, "bad-parameter"},
		hostile{"a cursor of 1,001 characters", fed("after=" + strings.Repeat("A", 1001)), 400, "bad-parameter"},
		hostile{"no rows", fed("limit=0"), 400, "bad-parameter"},
		hostile{"1,001 rows", fed("limit=1001"), 400, "bad-parameter"},
		hostile{"a flag that is neither true nor false", fed("settled=maybe"), 400, "bad-parameter"},
		hostile{"the list of another source", fed("source=elsewhere"), 400, "bad-parameter"},
	)
	return list
}

// changedIn is a cursor with one character exchanged.
func changedIn(cursor string) string {
	at, other := len(cursor)/2, "A"
	if cursor[at] == 'A' {
		other = "B"
	}
	return cursor[:at] + other + cursor[at+1:]
}

// hostileWorld is a world, and what of it the hostile requests use.
func hostileWorld(t *testing.T) (w *world, next string) {
	t.Helper()
	w = newWorld(t)
	return w, gets[api.DutyPage](w.door, "POST", "/v1/duties:query", `{"limit":1}`).Next
}

// Each is sent over a connection, to the server as web has it, in HTTP/1.1 in the clear and in HTTP/2 over TLS.
func TestEachHostileRequestToAnOperationGetsItsAnswerAndWritesNothing(t *testing.T) {
	t.Parallel()
	for protocol, start := range map[string]func(*httptest.Server){
		"HTTP/1.1": (*httptest.Server).Start,
		"HTTP/2.0": func(s *httptest.Server) {
			s.EnableHTTP2 = true
			s.StartTLS()
		},
	} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			w, next := hostileWorld(t)
			served := httptest.NewUnstartedServer(nil)
			served.Config = w.frame.Listening(w.Handler, nil)
			start(served)
			t.Cleanup(served.Close)
			for _, group := range hostiles(next, w.notice) {
				for _, c := range group.requests {
					w.meet(t, served, protocol, group.about+": "+c.name, &c)
				}
			}
		})
	}
}

// meet sends a hostile request over a connection.
func (w *world) meet(t *testing.T, served *httptest.Server, protocol, name string, c *hostile) {
	t.Helper()
	w.content.changed(t)
	drawn := w.request(t, &c.sent)
	if drawn == nil {
		t.Fatalf("%s: it is not a request", name)
	}
	r, err := http.NewRequestWithContext(t.Context(), drawn.Method, served.URL+drawn.RequestURI, drawn.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header, r.ContentLength = drawn.Header, drawn.ContentLength
	got, err := served.Client().Do(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := got.Body.Close(); err != nil {
		t.Fatal(err)
	}
	a := &answer{status: got.StatusCode, header: got.Header, text: string(text)}
	if got.Proto != protocol {
		t.Fatalf("it is answered in %s", got.Proto)
	}
	a.read(t)
	if a.status != c.status || a.Type != kindAt(c.problem) {
		t.Errorf("%s: it is answered %d %s", name, a.status, a.text)
	}
	w.checkDescribed(t, &c.sent, a)
	if a.status < http.StatusBadRequest {
		return
	}
	checkRefusal(t, &c.sent, a)
	if changed := withoutNumbers(&c.sent, w.content.changed(t)); len(changed) > 0 && !a.recorded() {
		t.Errorf("%s: it changed %v: %s", name, changed, a.text)
	}
}

func kindAt(problem string) string {
	if problem == "" {
		return ""
	}
	return "/problems/" + problem
}

// recorded reports whether an answer says that something was recorded.
func (a *answer) recorded() bool {
	for i := range a.Items {
		if a.Items[i].Outcome == admission.Recorded {
			return true
		}
	}
	return false
}

func TestTheHostileTableLeavesNoOperationOut(t *testing.T) {
	t.Parallel()
	w, next := hostileWorld(t)
	met := map[string]bool{}
	for _, group := range hostiles(next, w.notice) {
		for _, c := range group.requests {
			met[c.sent.operation] = true
		}
	}
	for _, o := range slices.Concat(w.operations, w.addresses) {
		if (o.RequestBody != nil || len(o.Parameters) > 0) && !met[o.OperationID] {
			t.Errorf("no hostile request is sent to %s", o.OperationID)
		}
	}
}

const (
	pageOfHostiles = "../../docs/hostile.md"
	headOfHostiles = "## What a push, a question, a return or a cursor holds\n"
)

// The page for readers has the table as it is here.
func TestThePageOfHostileRequestsHasEachThatIsSentToAnOperation(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, group := range hostiles("a cursor", "a notice") {
		fmt.Fprintf(&text, "\n| %s | status | problem |\n|---|---|---|\n", strings.ToLower(group.about[:1])+group.about[1:])
		for _, c := range group.requests {
			fmt.Fprintf(&text, "| %s | %d | %s |\n", c.name, c.status, c.problem)
		}
	}
	page, err := os.ReadFile(pageOfHostiles)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(page), headOfHostiles)
	want := before + headOfHostiles + text.String()
	if *update {
		if err := os.WriteFile(pageOfHostiles, []byte(want), 0o644); err != nil { //nolint:gosec // everybody may read it
			t.Fatal(err)
		}
	} else if string(page) != want {
		t.Errorf("%s has another table: run make openapi and look at its difference", pageOfHostiles)
	}
}
