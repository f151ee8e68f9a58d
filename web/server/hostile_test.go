package server_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/internal/casetime"
	"longstop/web/server"
)

// serve serves an echo on a real listener, with bounds that a test can wait for, and returns its address.
func serve(t *testing.T) string {
	t.Helper()
	s := server.New(server.Options{
		Authenticator: callers, Log: zerolog.Nop(), Now: casetime.WallNow, Build: "test",
		Limits: server.Limits{HeaderWithin: 300 * time.Millisecond},
	})
	server.Register(s, server.Operation{
		ID: "put-thing", Method: http.MethodPost, Path: "/v1/things", Summary: "Put a thing", Action: access.Record, MaxBytes: 100_000, BodyWithin: 300 * time.Millisecond,
	}, answerEmpty)
	server.Register(s, server.Operation{
		ID: "get-thing", Method: http.MethodGet, Path: "/v1/things/{ref}", Summary: "Get a thing", Action: access.Law,
	}, func(_ context.Context, in *struct {
		Ref string `path:"ref"`
	},
	) (*struct{ Body thing }, error) {
		return &struct{ Body thing }{thing{Name: strconv.Itoa(len(in.Ref))}}, nil
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := s.Listening(s.Handler(), nil)
	ended := make(chan error, 1)
	go func() { ended <- served.Serve(server.Bounded(listener)) }()
	t.Cleanup(func() {
		if err := served.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// post is a request that is well but for what a case changes.
func post(head, body string) string {
	return "POST /v1/things HTTP/1.1\r\nHost: longstop\r\nAuthorization: Bearer records\r\nContent-Type: application/json\r\n" + head + "\r\n" + body
}

// sized is a post with a body of its true length.
func sized(body string) string { return post("Content-Length: "+strconv.Itoa(len(body))+"\r\n", body) }

func typed(kind, body string) string {
	return strings.Replace(sized(body), "Content-Type: application/json", kind, 1)
}

func get(target, head string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: longstop\r\nAuthorization: Bearer reader\r\n" + head + "\r\n"
}

// headerLimit is where Go's server stops reading a header: 4 KiB after the bound that is set. What it has not read when it
// closes would take its answer away.
const headerLimit = 20 << 10

func bomb(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(bytes.Repeat([]byte(`[`), 10_000_000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// hostile are requests that nobody means well by, or nobody means, and what each is answered. What has no problem is
// answered by Go's HTTP server before any of this program sees it, in its words, which are of the status alone.
func hostile(t *testing.T) map[string]struct {
	raw     string
	status  int
	problem string
} {
	t.Helper()
	const well = `{"name":"n"}`
	chunked := "Transfer-Encoding: chunked\r\n"
	return map[string]struct {
		raw     string
		status  int
		problem string
	}{
		"a good one": {sized(well), 200, ""},

		"depth, objects":               {sized(strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)), 413, "too-large"},
		"depth, arrays, never closed":  {sized(strings.Repeat("[", 90_000)), 413, "too-large"},
		"as deep as may be":            {sized(strings.Repeat("[", 32) + strings.Repeat("]", 32)), 422, "refused"},
		"brackets within a text":       {sized(`{"name":"` + strings.Repeat("[{", 200) + `"}`), 200, ""},
		"size, as declared":            {post("Content-Length: 100001\r\n", "{"), 413, "too-large"},
		"size, past what an int holds": {post("Content-Length: 99999999999999999999\r\n", ""), 400, ""},
		"size, undeclared": {
			post(chunked, "1e848\r\n"+strings.Repeat("[", 125_000)+"\r\n0\r\n\r\n"), 413, "too-large",
		},
		"no size at all":                {post("", ""), 400, "malformed"},
		"a negative size":               {post("Content-Length: -1\r\n", ""), 400, ""},
		"two sizes":                     {post("Content-Length: 12\r\nContent-Length: 13\r\n", well), 400, ""},
		"a size and chunks (smuggling)": {post("Content-Length: 12\r\n"+chunked, "c\r\n"+well+"\r\n0\r\n\r\n"), 200, ""},
		"an unknown transfer encoding":  {post("Transfer-Encoding: gzip, chunked\r\n", ""), 501, ""},
		"a chunk that is not one":       {post(chunked, "zz\r\n"+well), 400, "malformed"},
		"a body that breaks off":        {post("Content-Length: 50\r\n", well), 400, "malformed"},

		"not JSON":                {sized(`<name/>`), 400, "malformed"},
		"JSON twice":              {sized(well + well), 400, "malformed"},
		"a comment":               {sized(`{"name":"n"/*n*/}`), 400, "malformed"},
		"NaN":                     {sized(`{"name":NaN}`), 400, "malformed"},
		"a key twice":             {sized(`{"name":"n","name":"m"}`), 400, "malformed"},
		"a key twice, escaped":    {sized(`{"name":"n","n\u0061me":"m"}`), 400, "malformed"},
		"a key twice, in capital": {sized(`{"name":"n","Name":"m"}`), 400, "malformed"},
		"a number too large":      {sized(`{"name":1e999}`), 422, "refused"},
		"NUL in a text":           {sized(`{"name":"\u0000"}`), 400, "malformed"},
		"an escaped backslash":    {sized(`{"name":"\\u0000"}`), 200, ""},
		"half a surrogate":        {sized(`{"name":"\ud83d"}`), 400, "malformed"},
		"the wrong half first":    {sized(`{"name":"\ude00\ud83d"}`), 400, "malformed"},
		"a whole surrogate pair":  {sized(`{"name":"\ud83d\ude00"}`), 200, ""},
		"not UTF-8":               {sized("{\"name\":\"\xe9\"}"), 400, "malformed"},
		"UTF-8 too long":          {sized("{\"name\":\"\xc0\xaf\"}"), 400, "malformed"},
		"a byte order mark":       {sized("\xef\xbb\xbf" + well), 400, "malformed"},
		"UTF-16":                  {sized("\xff\xfe{\x00}\x00"), 400, "malformed"},
		"null":                    {sized(`null`), 422, "refused"},
		"an unknown property":     {sized(`{"name":"n","__proto__":{}}`), 422, "refused"},

		"no Content-Type":            {typed("X-None: 1", well), 415, "media-type"},
		"two Content-Types":          {typed("Content-Type: application/json\r\nContent-Type: text/plain", well), 415, "media-type"},
		"another Content-Type":       {typed("Content-Type: text/plain", well), 415, "media-type"},
		"a form":                     {typed("Content-Type: application/x-www-form-urlencoded", "name=n"), 415, "media-type"},
		"a Content-Type that is not": {typed("Content-Type: ;;", well), 415, "media-type"},
		"another charset":            {typed("Content-Type: application/json; charset=iso-8859-1", well), 415, "media-type"},
		"UTF-8 by name":              {typed(`Content-Type: application/json; charset="UTF-8"`, well), 200, ""},
		"compressed":                 {post("Content-Encoding: gzip\r\nContent-Length: 12\r\n", well), 415, "media-type"},
		"a compressed bomb":          {post("Content-Encoding: gzip\r\nContent-Length: "+strconv.Itoa(len(bomb(t)))+"\r\n", bomb(t)), 415, "media-type"},
		"compressed twice":           {post("Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 12\r\n", well), 415, "media-type"},

		"an unknown path":               {get("/v1/nothing", ""), 404, "not-found"},
		"a slash at the end":            {get("/v1/things/a/", ""), 404, "not-found"},
		"two slashes":                   {get("//v1//things/a", ""), 404, "not-found"},
		"up and down":                   {get("/docs/../v1/things/a", ""), 404, "not-found"},
		"up, escaped":                   {get("/docs/%2e%2e/v1/things/a", ""), 404, "not-found"},
		"a slash, escaped, in a part":   {get("/v1/things/a%2fb", ""), 200, ""},
		"dots as a part, escaped":       {get("/v1/things/%2e%2e", ""), 200, ""},
		"NUL in the path":               {get("/v1/things/a%00", ""), 400, "malformed"},
		"a line end in the path":        {get("/v1/things/a%0d%0aX:y", ""), 400, "malformed"},
		"not UTF-8 in the path":         {get("/v1/things/%ff", ""), 400, "malformed"},
		"a path that cannot be read":    {get("/v1/things/%zz", ""), 400, ""},
		"another host, as a target":     {get("http://elsewhere.example/v1/things/a", ""), 200, ""},
		"another host, as a header":     {get("/v1/things/a", "X-Forwarded-Host: elsewhere.example\r\nForwarded: host=elsewhere.example\r\n"), 200, ""},
		"another path, as a header":     {get("/v1/things/a", "X-Original-URL: /metrics\r\nX-Rewrite-URL: /metrics\r\n"), 200, ""},
		"two hosts":                     {get("/v1/things/a", "Host: elsewhere.example\r\n"), 400, ""},
		"no host":                       {"GET /v1/things/a HTTP/1.1\r\n\r\n", 400, ""},
		"an unknown parameter":          {get("/v1/things/a?debug=1", ""), 400, "bad-parameter"},
		"a parameter twice":             {get("/v1/things/a?b=1&b=2", ""), 400, "bad-parameter"},
		"a semicolon":                   {get("/v1/things/a?b=1;c=2", ""), 400, "malformed"},
		"NUL in a parameter":            {get("/v1/things/a?b=%00", ""), 400, "malformed"},
		"a body where none is taken":    {get("/v1/things/a", "Content-Length: 2\r\n") + "{}", 400, "malformed"},
		"another method":                {strings.Replace(sized(well), "POST", "PUT", 1), 405, "method-not-allowed"},
		"a method that there is not":    {strings.Replace(sized(well), "POST", "BREW", 1), 405, "method-not-allowed"},
		"another method, as a header":   {get("/v1/things", "X-HTTP-Method-Override: POST\r\n"), 405, "method-not-allowed"},
		"TRACE":                         {strings.Replace(get("/v1/things/a", ""), "GET", "TRACE", 1), 405, "method-not-allowed"},
		"OPTIONS of everything":         {"OPTIONS * HTTP/1.1\r\nHost: longstop\r\n\r\n", 404, "not-found"},
		"CONNECT":                       {"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n", 404, "not-found"},
		"the preface of HTTP/2":         {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404, "not-found"},
		"another protocol":              {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, ""},
		"a header too long":             {get("/v1/things/a", "X-Long: "+strings.Repeat("a", 40_000))[:headerLimit], 431, ""},
		"too many headers":              {get("/v1/things/a", strings.Repeat("X-Many: a\r\n", 4_000))[:headerLimit], 431, ""},
		"a header that goes on":         {get("/v1/things/a", "X-Folded: a\r\n b\r\n"), 200, ""},
		"a blank before the colon":      {get("/v1/things/a", "X-Blank : a\r\n"), 400, ""},
		"NUL in a header":               {get("/v1/things/a", "X-Nul: \x00\r\n"), 400, ""},
		"an id of the request's own":    {get("/v1/things/a", "X-Request-Id: \"><script>\r\n"), 200, ""},
		"no key":                        {strings.Replace(get("/v1/things/a", ""), "Bearer reader", "", 1), 401, "not-signed-in"},
		"two keys":                      {get("/v1/things/a", "Authorization: Bearer records\r\n"), 401, "not-signed-in"},
		"a key by another scheme":       {strings.Replace(get("/v1/things/a", ""), "Bearer", "Basic", 1), 401, "not-signed-in"},
		"a key in the address":          {strings.Replace(get("/v1/things/a?key=reader", ""), "Bearer reader", "", 1), 401, "not-signed-in"},
		"a key in a cookie":             {strings.Replace(get("/v1/things/a", ""), "Authorization: Bearer ", "Cookie: key=", 1), 401, "not-signed-in"},
		"a very long key":               {strings.Replace(get("/v1/things/a", ""), "reader", strings.Repeat("k", 9_000), 1), 401, "not-signed-in"},
		"an unknown key with a body":    {strings.Replace(sized(strings.Repeat("[", 90_000)), "records", "nobody", 1), 401, "not-signed-in"},
		"expecting what there is not":   {post("Expect: 200-ok\r\nContent-Length: 12\r\n", well), 417, ""},
		"a body that is waited for":     {post("Expect: 100-continue\r\nContent-Length: 100001\r\n", ""), 413, "too-large"},
		"an upgrade":                    {get("/v1/things/a", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), 200, ""},
		"a range of an answer":          {get("/v1/things/a", "Range: bytes=0-1,0-1,0-1\r\n"), 200, ""},
		"a format that is not answered": {get("/v1/things/a", "Accept: image/png\r\n"), 200, ""},
	}
}

func TestEachHostileRequestGetsItsAnswer(t *testing.T) {
	t.Parallel()
	address := serve(t)
	for name, c := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, address)
			// The server may have answered and closed before it has read all of it.
			if _, err := io.WriteString(conn, c.raw); err != nil {
				t.Logf("writing: %v", err)
			}
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Logf("closing: %v", err)
			}
			answer := readAnswer(t, conn)
			if answer.StatusCode != c.status {
				t.Fatalf("%s: %s", answer.Status, answer.text)
			}
			checkProblem(t, answer, c.problem)
		})
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := conn.SetDeadline(casetime.WallNow().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func readAnswer(t *testing.T, conn net.Conn) got {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return got{Response: answer, text: string(text)}
}

func checkProblem(t *testing.T, answer got, kind string) {
	t.Helper()
	if kind == "" {
		return
	}
	var p server.Problem
	if err := json.Unmarshal([]byte(answer.text), &p); err != nil || answer.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%v: %s: %s", err, answer.Header, answer.text)
	}
	if p.Type != "/problems/"+kind || p.Status != answer.StatusCode || p.Instance != "urn:uuid:"+answer.Header.Get("X-Request-Id") {
		t.Errorf("%s", answer.text)
	}
}

func TestASlowBodyIsAnsweredAndItsConnectionClosed(t *testing.T) {
	t.Parallel()
	conn := dial(t, serve(t))
	if _, err := io.WriteString(conn, post("Content-Length: 50\r\n", `{"name"`)); err != nil {
		t.Fatal(err)
	}
	answer := readAnswer(t, conn)
	if answer.StatusCode != http.StatusRequestTimeout || !answer.Close {
		t.Fatalf("%s, closed %v: %s", answer.Status, answer.Close, answer.text)
	}
	checkProblem(t, answer, "slow")
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("the connection is still open: %d, %v", n, err)
	}
}

func TestASlowHeaderIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	conn := dial(t, serve(t))
	if _, err := io.WriteString(conn, "GET /v1/things/a HTTP/1.1\r\nHost: longstop\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("it read %d, %v", n, err)
	}
}
