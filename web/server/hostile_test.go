package server_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/internal/casetime"
	"longstop/web/server"
)

// noTokens knows no key that a token could stand for.
type noTokens struct{}

func (noTokens) IssueToken(context.Context, access.Caller) (access.Token, error) {
	return access.Token{}, access.ErrUnknownKey
}

// serve serves an echo on a real listener, with bounds that a test can wait for, and returns its address.
func serve(t *testing.T, encrypted bool) string {
	t.Helper()
	s := server.New(server.Options{
		Authenticator: callers, Issuer: noTokens{}, Log: zerolog.Nop(), Now: casetime.WallNow, Build: "test",
		Limits: server.Limits{HeaderWithin: 300 * time.Millisecond, FormWithin: 300 * time.Millisecond},
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
	var config *tls.Config
	if encrypted {
		config = &tls.Config{Certificates: []tls.Certificate{certificate(t)}, MinVersion: tls.VersionTLS12}
	}
	served := s.Listening(s.Handler(), config)
	ended := make(chan error, 1)
	go func() {
		if encrypted {
			ended <- served.ServeTLS(server.Bounded(listener), "", "")
			return
		}
		ended <- served.Serve(server.Bounded(listener))
	}()
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

// hostile is a request that nobody means well by, or nobody means, and what it is answered. What has no problem is
// answered by Go's HTTP server before any of this program sees it, in its words, which are of the status alone.
type hostile struct {
	name    string
	raw     string
	status  int
	problem string
}

// hostileGroup are the hostile requests about one thing.
type hostileGroup struct {
	about    string
	requests []hostile
}

// hostiles are the hostile requests, by what they are about.
func hostiles(t *testing.T) (list []hostileGroup) {
	t.Helper()
	const well = `{"name":"n"}`
	chunked := "Transfer-Encoding: chunked\r\n"
	thing := func(head string) string { return get("/v1/things/a", head) }
	add := func(about string, requests ...hostile) {
		list = append(list, hostileGroup{about, requests})
	}
	add("For comparison",
		hostile{"a good push", sized(well), 200, ""},
		hostile{"a good question", thing(""), 200, ""},
	)
	add("Depth and size",
		hostile{"objects in 33 levels", sized(strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)), 413, "too-large"},
		hostile{"90,000 arrays, never closed", sized(strings.Repeat("[", 90_000)), 413, "too-large"},
		hostile{"as many levels as may be, of nothing that is asked for", sized(strings.Repeat("[", 32) + strings.Repeat("]", 32)), 422, "refused"},
		hostile{"brackets within a text", sized(`{"name":"` + strings.Repeat("[{", 200) + `"}`), 200, ""},
		hostile{"an object of 10,000 names", sized(manyNames(10_000)), 422, "refused"},
		hostile{"a declared size beyond the limit", post("Content-Length: 100001\r\n", "{"), 413, "too-large"},
		hostile{"a declared size beyond 64 bits", post("Content-Length: 99999999999999999999\r\n", ""), 400, ""},
		hostile{"chunks beyond the limit", post(chunked, "1e848\r\n"+strings.Repeat("[", 125_000)+"\r\n0\r\n\r\n"), 413, "too-large"},
		hostile{"no size at all", post("", ""), 400, "malformed"},
		hostile{"a text of 90,000 characters", sized(`{"name":"` + strings.Repeat("n", 90_000) + `"}`), 200, ""},
	)
	add("JSON",
		hostile{"not JSON", sized(`<name/>`), 400, "malformed"},
		hostile{"blanks alone", sized("  \n"), 400, "malformed"},
		hostile{"JSON twice", sized(well + well), 400, "malformed"},
		hostile{"something after the JSON", sized(well + "\x00"), 400, "malformed"},
		hostile{"a comment", sized(`{"name":"n"/*n*/}`), 400, "malformed"},
		hostile{"a comma too many", sized(`{"name":"n",}`), 400, "malformed"},
		hostile{"single quotation marks", sized(`{'name':'n'}`), 400, "malformed"},
		hostile{"NaN", sized(`{"name":NaN}`), 400, "malformed"},
		hostile{"a number with a plus, a leading zero or without digits", sized(`{"name":[+1,01,.5]}`), 400, "malformed"},
		hostile{"a number beyond every type", sized(`{"name":1e999}`), 422, "refused"},
		hostile{"a number of 50,000 digits", sized(`{"name":` + strings.Repeat("9", 50_000) + `}`), 422, "refused"},
		hostile{"a key twice", sized(`{"name":"n","name":"m"}`), 400, "malformed"},
		hostile{"a key twice, one of them escaped", sized(`{"name":"n","n\u0061me":"m"}`), 400, "malformed"},
		hostile{"a key twice, one of them in capitals", sized(`{"name":"n","Name":"m"}`), 400, "malformed"},
		hostile{"a key twice, ten levels down", sized(strings.Repeat(`{"a":[`, 10) + `{"b":1,"b":2}` + strings.Repeat("]}", 10)), 400, "malformed"},
		hostile{"a property that is unknown", sized(`{"name":"n","__proto__":{}}`), 422, "refused"},
		hostile{"null for everything", sized(`null`), 422, "refused"},
		hostile{"a text for everything", sized(`"n"`), 422, "refused"},
	)
	add("Text",
		hostile{"NUL, escaped", sized(`{"name":"\u0000"}`), 400, "malformed"},
		hostile{"NUL, as it is", sized("{\"name\":\"\x00\"}"), 400, "malformed"},
		hostile{"a line end, as it is", sized("{\"name\":\"a\nb\"}"), 400, "malformed"},
		hostile{"an escaped backslash before u0000", sized(`{"name":"\\u0000"}`), 200, ""},
		hostile{"an escape that does not exist", sized(`{"name":"\x41"}`), 400, "malformed"},
		hostile{"half of a surrogate pair", sized(`{"name":"\ud83d"}`), 400, "malformed"},
		hostile{"a surrogate pair the wrong way round", sized(`{"name":"\ude00\ud83d"}`), 400, "malformed"},
		hostile{"a whole surrogate pair", sized(`{"name":"\ud83d\ude00"}`), 200, ""},
		hostile{"not UTF-8", sized("{\"name\":\"\xe9\"}"), 400, "malformed"},
		hostile{"UTF-8 in more bytes than needed", sized("{\"name\":\"\xc0\xaf\"}"), 400, "malformed"},
		hostile{"a surrogate in UTF-8", sized("{\"name\":\"\xed\xa0\x80\"}"), 400, "malformed"},
		hostile{"a byte order mark", sized("\xef\xbb\xbf" + well), 400, "malformed"},
		hostile{"UTF-16", sized("\xff\xfe{\x00}\x00"), 400, "malformed"},
	)
	add("The format of the body",
		hostile{"no Content-Type", typed("X-None: 1", well), 415, "media-type"},
		hostile{"two Content-Types", typed("Content-Type: application/json\r\nContent-Type: text/plain", well), 415, "media-type"},
		hostile{"two Content-Types in one header", typed("Content-Type: application/json, text/plain", well), 415, "media-type"},
		hostile{"another Content-Type", typed("Content-Type: text/plain", well), 415, "media-type"},
		hostile{"a form", typed("Content-Type: application/x-www-form-urlencoded", "name=n"), 415, "media-type"},
		hostile{"files of a form", typed("Content-Type: multipart/form-data; boundary=b", "--b--"), 415, "media-type"},
		hostile{"a Content-Type that cannot be read", typed("Content-Type: ;;", well), 415, "media-type"},
		hostile{"another charset", typed("Content-Type: application/json; charset=iso-8859-1", well), 415, "media-type"},
		hostile{"two charsets", typed("Content-Type: application/json; charset=utf-8; charset=utf-16", well), 415, "media-type"},
		hostile{"UTF-8, by name", typed(`Content-Type: application/json; charset="UTF-8"`, well), 200, ""},
		hostile{"a Content-Type in capitals", typed("Content-Type: APPLICATION/JSON", well), 200, ""},
		hostile{"a body that says it is compressed", post("Content-Encoding: gzip\r\nContent-Length: 12\r\n", well), 415, "media-type"},
		hostile{"a compressed bomb (10 kB that become 10 MB)", post("Content-Encoding: gzip\r\nContent-Length: "+strconv.Itoa(len(bomb(t)))+"\r\n", bomb(t)), 415, "media-type"},
		hostile{"compressed in two ways", post("Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 12\r\n", well), 415, "media-type"},
		hostile{"Content-Encoding: identity", post("Content-Encoding: identity\r\nContent-Length: 12\r\n", well), 200, ""},
	)
	add("Where a request ends (smuggling)",
		hostile{"a negative size", post("Content-Length: -1\r\n", ""), 400, ""},
		hostile{"a size with a plus", post("Content-Length: +12\r\n", well), 400, ""},
		hostile{"a size in hexadecimal", post("Content-Length: 0xc\r\n", well), 400, ""},
		hostile{"two sizes", post("Content-Length: 12\r\nContent-Length: 13\r\n", well), 400, ""},
		hostile{"two sizes in one header", post("Content-Length: 12, 13\r\n", well), 400, ""},
		hostile{"a size twice, the same", post("Content-Length: 12\r\nContent-Length: 12\r\n", well), 200, ""},
		hostile{"a size and chunks: the chunks count", post("Content-Length: 12\r\n"+chunked, "c\r\n"+well+"\r\n0\r\n\r\n"), 200, ""},
		hostile{"a size that is shorter than the chunks: the chunks count", post("Content-Length: 3\r\n"+chunked, "c\r\n"+well+"\r\n0\r\n\r\n"), 200, ""},
		hostile{"chunked twice", post("Transfer-Encoding: chunked\r\n"+chunked, "0\r\n\r\n"), 501, ""},
		hostile{"compressed, then chunked", post("Transfer-Encoding: gzip, chunked\r\n", ""), 501, ""},
		hostile{"something that looks like chunked", post("Transfer-Encoding: xchunked\r\n", ""), 501, ""},
		hostile{"chunked on a second line (folded)", post("Transfer-Encoding:\r\n chunked\r\n", "c\r\n"+well+"\r\n0\r\n\r\n"), 200, ""},
		hostile{"chunked, with a blank before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400, ""},
		hostile{"a chunk with an invalid size", post(chunked, "zz\r\n"+well), 400, "malformed"},
		hostile{"a chunk whose size is beyond 64 bits", post(chunked, "fffffffffffffffffff\r\n"+well), 400, "malformed"},
		hostile{"a chunk with an extension of 10,000 characters", post(chunked, "c;"+strings.Repeat("x", 10_000)+"\r\n"+well+"\r\n0\r\n\r\n"), 400, "malformed"},
		hostile{"a key in a trailer", strings.Replace(post(chunked+"Trailer: Authorization\r\n", "c\r\n"+well+"\r\n0\r\nAuthorization: Bearer records\r\n\r\n"), "Authorization: Bearer records\r\n", "", 1), 401, "not-signed-in"},
		hostile{"a body that breaks off", post("Content-Length: 50\r\n", well), 400, "malformed"},
		hostile{"a body where none is taken", thing("Content-Length: 2\r\n") + "{}", 400, "malformed"},
		hostile{"chunks where no body is taken", thing(chunked) + "0\r\n\r\n", 400, "malformed"},
	)
	add("The address",
		hostile{"a path that is unknown", get("/v1/nothing", ""), 404, "not-found"},
		hostile{"a slash at the end", get("/v1/things/a/", ""), 404, "not-found"},
		hostile{"a dot at the end is part of the text", get("/v1/things/a.", ""), 200, ""},
		hostile{"two slashes", get("//v1//things/a", ""), 404, "not-found"},
		hostile{"a path in capitals", get("/V1/things/a", ""), 404, "not-found"},
		hostile{"backslashes", get(`/v1\things\a`, ""), 404, "not-found"},
		hostile{"up and down again", get("/docs/../v1/things/a", ""), 404, "not-found"},
		hostile{"up and down again, escaped", get("/docs/%2e%2e/v1/things/a", ""), 404, "not-found"},
		hostile{"a dot as a part, escaped", get("/v1/%2e/things/a", ""), 404, "not-found"},
		hostile{"a slash between parts, escaped", get("/v1%2fthings/a", ""), 404, "not-found"},
		hostile{"a slash within a part, escaped, is text", get("/v1/things/a%2fb", ""), 200, ""},
		hostile{"dots as a whole part, escaped, are text", get("/v1/things/%2e%2e", ""), 200, ""},
		hostile{"a part that is escaped twice is read once", get("/v1/things/a%2500", ""), 200, ""},
		hostile{"a semicolon within a part is text", get("/v1/things/a;b=c", ""), 200, ""},
		hostile{"an empty part", get("/v1/things/", ""), 404, "not-found"},
		hostile{"NUL, escaped", get("/v1/things/a%00", ""), 400, "malformed"},
		hostile{"a line end, escaped", get("/v1/things/a%0d%0aX:y", ""), 400, "malformed"},
		hostile{"not UTF-8", get("/v1/things/%ff", ""), 400, "malformed"},
		hostile{"UTF-8 in more bytes than needed, for dots", get("/v1/things/%c0%ae%c0%ae", ""), 400, "malformed"},
		hostile{"an invalid escape", get("/v1/things/%zz", ""), 400, ""},
		hostile{"a path of 40,000 characters", get("/v1/things/"+strings.Repeat("a", 40_000), "")[:headerLimit], 431, ""},
		hostile{"a parameter that is unknown", get("/v1/things/a?debug=1", ""), 400, "bad-parameter"},
		hostile{"a parameter twice", get("/v1/things/a?b=1&b=2", ""), 400, "bad-parameter"},
		hostile{"a semicolon between parameters", get("/v1/things/a?b=1;c=2", ""), 400, "malformed"},
		hostile{"NUL in a parameter", get("/v1/things/a?b=%00", ""), 400, "malformed"},
		hostile{"another server as the target: its path is answered here", get("http://elsewhere.example/v1/things/a", ""), 200, ""},
	)
	add("Methods and protocols",
		hostile{"another method", strings.Replace(sized(well), "POST", "PUT", 1), 405, "method-not-allowed"},
		hostile{"a method that does not exist", strings.Replace(sized(well), "POST", "BREW", 1), 405, "method-not-allowed"},
		hostile{"a method in small letters", strings.Replace(thing(""), "GET", "get", 1), 405, "method-not-allowed"},
		hostile{"another method, by X-HTTP-Method-Override", get("/v1/things", "X-HTTP-Method-Override: POST\r\n"), 405, "method-not-allowed"},
		hostile{"HEAD of what can be got", strings.Replace(thing(""), "GET", "HEAD", 1), 200, ""},
		hostile{"TRACE", strings.Replace(thing(""), "GET", "TRACE", 1), 405, "method-not-allowed"},
		hostile{"OPTIONS, as a browser asks before it sends", strings.Replace(thing("Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: GET\r\n"), "GET", "OPTIONS", 1), 405, "method-not-allowed"},
		hostile{"OPTIONS of the whole server", "OPTIONS * HTTP/1.1\r\nHost: longstop\r\n\r\n", 404, "not-found"},
		hostile{"CONNECT", "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n", 404, "not-found"},
		hostile{"the preface of HTTP/2, in the clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404, "not-found"},
		hostile{"an upgrade to HTTP/2 is not made", thing("Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), 200, ""},
		hostile{"HTTP/0.9", "GET /v1/things/a\r\n\r\n", 400, ""},
		hostile{"HTTP/1.0 without a host", "GET /v1/things/a HTTP/1.0\r\nAuthorization: Bearer reader\r\n\r\n", 200, ""},
		hostile{"HTTP/9.9", strings.Replace(thing(""), "HTTP/1.1", "HTTP/9.9", 1), 505, ""},
		hostile{"another protocol", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, ""},
	)
	add("Headers",
		hostile{"another host by X-Forwarded-Host and Forwarded, which are not read", thing("X-Forwarded-Host: elsewhere.example\r\nForwarded: host=elsewhere.example\r\n"), 200, ""},
		hostile{"another path by X-Original-URL and X-Rewrite-URL, which are not read", thing("X-Original-URL: /metrics\r\nX-Rewrite-URL: /metrics\r\n"), 200, ""},
		hostile{"two hosts", thing("Host: elsewhere.example\r\n"), 400, ""},
		hostile{"no host", "GET /v1/things/a HTTP/1.1\r\n\r\n", 400, ""},
		hostile{"an invalid host", strings.Replace(thing(""), "Host: longstop", "Host: a b", 1), 400, ""},
		hostile{"a header of 40,000 characters", thing("X-Long: " + strings.Repeat("a", 40_000))[:headerLimit], 431, ""},
		hostile{"4,000 headers", thing(strings.Repeat("X-Many: a\r\n", 4_000))[:headerLimit], 431, ""},
		hostile{"a header on two lines (folded)", thing("X-Folded: a\r\n b\r\n"), 200, ""},
		hostile{"a blank before the colon", thing("X-Blank : a\r\n"), 400, ""},
		hostile{"a header without a colon", thing("X-None\r\n"), 400, ""},
		hostile{"NUL in a header", thing("X-Nul: \x00\r\n"), 400, ""},
		hostile{"an id of the request's own, which is not taken", thing("X-Request-Id: \"><script>\r\n"), 200, ""},
		hostile{"a header that asks for others to be dropped", thing("Connection: Authorization, close\r\n"), 200, ""},
		hostile{"an expectation that cannot be met", post("Expect: 200-ok\r\nContent-Length: 12\r\n", well), 417, ""},
		hostile{"a body that is too large and waits to be asked for: it is not", post("Expect: 100-continue\r\nContent-Length: 100001\r\n", ""), 413, "too-large"},
		hostile{"ranges of an answer, which is sent whole", thing("Range: bytes=0-1,0-1,0-1\r\n"), 200, ""},
		hostile{"a range of a body, which is taken whole", post("Content-Range: bytes 0-11/99\r\nContent-Length: 12\r\n", well), 200, ""},
		hostile{"a format that is not answered, by Accept: JSON is", thing("Accept: image/png\r\n"), 200, ""},
		hostile{"an Accept that cannot be read", thing("Accept: ;;q=x,,*/*;q=-1\r\n"), 200, ""},
		hostile{"an answer that is asked for compressed: it is not", thing("Accept-Encoding: gzip, br, *\r\n"), 200, ""},
	)
	add("Keys",
		hostile{"none", strings.Replace(thing(""), "Bearer reader", "", 1), 401, "not-signed-in"},
		hostile{"two", thing("Authorization: Bearer records\r\n"), 401, "not-signed-in"},
		hostile{"two in one header", strings.Replace(thing(""), "reader", "reader, Bearer records", 1), 401, "not-signed-in"},
		hostile{"the scheme in small letters", strings.Replace(thing(""), "Bearer", "bearer", 1), 200, ""},
		hostile{"two blanks before it", strings.Replace(thing(""), "Bearer reader", "Bearer  reader", 1), 401, "not-signed-in"},
		hostile{"by another scheme", strings.Replace(thing(""), "Bearer", "Basic", 1), 401, "not-signed-in"},
		hostile{"in the address", strings.Replace(get("/v1/things/a?key=reader", ""), "Bearer reader", "", 1), 401, "not-signed-in"},
		hostile{"before the host of the address", strings.Replace(get("http://reader@longstop/v1/things/a", ""), "Bearer reader", "", 1), 401, "not-signed-in"},
		hostile{"in a cookie", strings.Replace(thing(""), "Authorization: Bearer ", "Cookie: key=", 1), 401, "not-signed-in"},
		hostile{"by X-Api-Key", strings.Replace(thing(""), "Authorization: Bearer ", "X-Api-Key: ", 1), 401, "not-signed-in"},
		hostile{"of 9,000 characters", strings.Replace(thing(""), "reader", strings.Repeat("k", 9_000), 1), 401, "not-signed-in"},
		hostile{"an unknown one, with a body: it is not read", strings.Replace(sized(strings.Repeat("[", 90_000)), "records", "nobody", 1), 401, "not-signed-in"},
		hostile{"one for something else", strings.Replace(sized(well), "records", "reader", 1), 403, "not-allowed"},
	)
	token := func(head, form string) string {
		return "POST /v1/token HTTP/1.1\r\nHost: longstop\r\n" + head + "Content-Length: " + strconv.Itoa(len(form)) + "\r\n\r\n" + form
	}
	const isForm, grant = "Content-Type: application/x-www-form-urlencoded\r\n", "grant_type=client_credentials"
	add("Asking for a token",
		hostile{"with a key that is unknown", token(isForm, grant+"&client_id=a&client_secret=b"), 401, "not-signed-in"},
		hostile{"with NUL in the key", token(isForm, grant+"&client_id=a%00&client_secret=%00"), 401, "not-signed-in"},
		hostile{"with the key in the address", strings.Replace(token(isForm, grant), "/v1/token", "/v1/token?client_secret=b", 1), 400, "bad-parameter"},
		hostile{"by GET", strings.Replace(token("", ""), "POST", "GET", 1), 405, "method-not-allowed"},
		hostile{"by another grant", token(isForm, "grant_type=password&client_id=a&client_secret=b"), 400, "bad-parameter"},
		hostile{"without a key", token(isForm, grant), 400, "bad-parameter"},
		hostile{"with a field twice", token(isForm, grant+"&client_id=a&client_id=b"), 400, "malformed"},
		hostile{"with semicolons", token(isForm, grant+";client_id=a"), 400, "malformed"},
		hostile{"with an invalid escape", token(isForm, grant+"&client_id=%zz"), 400, "malformed"},
		hostile{"with the key in a header and in the form", token(isForm+"Authorization: Basic YTpi\r\n", grant+"&client_id=a&client_secret=b"), 400, "malformed"},
		hostile{"with two headers Authorization", token(isForm+"Authorization: Basic YTpi\r\nAuthorization: Basic YTpj\r\n", grant), 400, "malformed"},
		hostile{"in JSON", token("Content-Type: application/json\r\n", `{"grant_type":"client_credentials"}`), 415, "media-type"},
		hostile{"with two Content-Types", token(isForm+"Content-Type: application/json\r\n", grant), 415, "media-type"},
		hostile{"in another charset", token("Content-Type: application/x-www-form-urlencoded; charset=utf-16\r\n", grant), 415, "media-type"},
		hostile{"compressed", token(isForm+"Content-Encoding: gzip\r\n", grant), 415, "media-type"},
		hostile{"in 10,000 characters", token(isForm, grant+"&client_id="+strings.Repeat("a", 10_000)), 413, "too-large"},
		hostile{"in chunks of 10,000 characters", "POST /v1/token HTTP/1.1\r\nHost: longstop\r\n" + isForm + chunked + "\r\n2710\r\n" + strings.Repeat("a", 10_000) + "\r\n0\r\n\r\n", 413, "too-large"},
	)
	return list
}

// manyNames is an object of so many names.
func manyNames(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(`"n%d":0`, i)
	}
	return "{" + strings.Join(names, ",") + "}"
}

func TestEachHostileRequestGetsItsAnswer(t *testing.T) {
	t.Parallel()
	for protocol, dialled := range map[string]func(*testing.T, string) net.Conn{"in the clear": dial, "over TLS": dialTLS} {
		address := serve(t, protocol == "over TLS")
		for _, group := range hostiles(t) {
			for _, c := range group.requests {
				t.Run(group.about+"/"+c.name+"/"+protocol, func(t *testing.T) {
					t.Parallel()
					conn := dialled(t, address)
					// The server may have answered and closed before it has read all of it.
					if _, err := io.WriteString(conn, c.raw); err != nil {
						t.Logf("writing: %v", err)
					}
					if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
						t.Logf("closing: %v", err)
					}
					answer := readAnswer(t, conn, strings.HasPrefix(c.raw, "HEAD"))
					if answer.StatusCode != c.status {
						t.Fatalf("%s: %s", answer.Status, answer.text)
					}
					checkProblem(t, answer, c.problem)
				})
			}
		}
	}
}

// pageOfHostiles is the page on which readers find the table.
const (
	pageOfHostiles = "../../docs/hostile.md"
	headOfHostiles = "## Whatever is asked for\n"
)

var update = flag.Bool("update", false, "write the table of docs/hostile.md again")

// The page for readers has the table as it is here.
func TestThePageOfHostileRequestsHasEachOfThem(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, group := range hostiles(t) {
		fmt.Fprintf(&text, "\n| %s | status | problem |\n|---|---|---|\n", strings.ToLower(group.about[:1])+group.about[1:])
		for _, c := range group.requests {
			fmt.Fprintf(&text, "| %s | %d | %s |\n", c.name, c.status, c.problem)
		}
	}
	page, err := os.ReadFile(pageOfHostiles)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(page), headOfHostiles)
	_, after, _ := strings.Cut(rest, "\n## ")
	want := before + headOfHostiles + text.String() + "\n## " + after
	if *update {
		if err := os.WriteFile(pageOfHostiles, []byte(want), 0o644); err != nil { //nolint:gosec // everybody may read it
			t.Fatal(err)
		}
	} else if string(page) != want {
		t.Errorf("%s has another table: run make openapi and look at its difference", pageOfHostiles)
	}
}

// certificate is one for a server on this machine.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := casetime.WallNow()
	of := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"longstop"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, of, of, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: private}
}

// trusting is a client's configuration that takes the certificate of a test's server.
func trusting() *tls.Config { return &tls.Config{InsecureSkipVerify: true, ServerName: "longstop"} } //nolint:gosec // as it was made above

func dialTLS(t *testing.T, address string) net.Conn {
	t.Helper()
	return tls.Client(dial(t, address), trusting())
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

func readAnswer(t *testing.T, conn net.Conn, head bool) got {
	t.Helper()
	method := http.MethodGet
	if head {
		method = http.MethodHead
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
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
	for protocol, dialled := range map[string]func(*testing.T, string) net.Conn{"in the clear": dial, "over TLS": dialTLS} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			conn := dialled(t, serve(t, protocol == "over TLS"))
			if _, err := io.WriteString(conn, post("Content-Length: 50\r\n", `{"name"`)); err != nil {
				t.Fatal(err)
			}
			answer := readAnswer(t, conn, false)
			if answer.StatusCode != http.StatusRequestTimeout || !answer.Close {
				t.Fatalf("%s, closed %v: %s", answer.Status, answer.Close, answer.text)
			}
			checkProblem(t, answer, "slow")
			if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("the connection is still open: %d, %v", n, err)
			}
		})
	}
}

// A body that nobody reads is not waited for either: whoever announces one and does not send it would hold a connection for ever, and
// needs no key for that.
func TestABodyThatIsNotReadIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	withBody := func(start, headers string) string {
		return start + " HTTP/1.1\r\nHost: longstop\r\nContent-Length: 50\r\n" + headers + "\r\n{\"name\""
	}
	for _, c := range []struct {
		name, raw string
		status    int
	}{
		{"of a key that is unknown", withBody("POST /v1/things", "Authorization: Bearer guessed\r\nContent-Type: application/json\r\n"), 401},
		{"of nobody, in chunks", "POST /v1/things HTTP/1.1\r\nHost: longstop\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 401},
		{"of a key for something else", withBody("POST /v1/things", "Authorization: Bearer reader\r\nContent-Type: application/json\r\n"), 403},
		{"in another format", withBody("POST /v1/things", "Authorization: Bearer records\r\nContent-Type: text/plain\r\n"), 415},
		{"to no operation", withBody("POST /v1/nothing", ""), 404},
		{"by another method", withBody("PUT /v1/things", ""), 405},
		{"where none is taken", withBody("GET /v1/things/a", "Authorization: Bearer reader\r\n"), 400},
		{"to a page", withBody("GET /docs", ""), 200},
		{"to whether it lives", withBody("GET /healthz", ""), 200},
		{"for a token, in another format", withBody("POST /v1/token", "Content-Type: text/plain\r\n"), 415},
		{"for a token, that is announced as too large", strings.Replace(withBody("POST /v1/token", "Content-Type: application/x-www-form-urlencoded\r\n"), " 50", " 9000", 1), 413},
		{"for a token, that comes slowly", withBody("POST /v1/token", "Content-Type: application/x-www-form-urlencoded\r\n"), 408},
	} {
		for protocol, dialled := range map[string]func(*testing.T, string) net.Conn{"in the clear": dial, "over TLS": dialTLS} {
			t.Run(c.name+"/"+protocol, func(t *testing.T) {
				t.Parallel()
				conn := dialled(t, serve(t, protocol == "over TLS"))
				if err := conn.SetDeadline(casetime.WallNow().Add(10 * time.Second)); err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(conn, c.raw); err != nil {
					t.Fatal(err)
				}
				answer := readAnswer(t, conn, false)
				if answer.StatusCode != c.status {
					t.Errorf("%s: %s", answer.Status, answer.text)
				}
				if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the connection is still open: %d, %v", n, err)
				}
			})
		}
	}
}

// A body that does come is read to its end though the request is refused, and the connection goes on with the next.
func TestAConnectionGoesOnAfterABodyThatWasNotRead(t *testing.T) {
	t.Parallel()
	conn := dial(t, serve(t, false))
	reader := bufio.NewReader(conn)
	for range 3 {
		if _, err := io.WriteString(conn, post("Content-Length: 11\r\n", `{"name":""}`)+"GET /v1/things/a HTTP/1.1\r\nHost: longstop\r\nAuthorization: Bearer reader\r\n\r\n"+
			"POST /v1/nothing HTTP/1.1\r\nHost: longstop\r\nContent-Length: 5\r\n\r\nabcde"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []bool{false, false, true} {
			answer, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				t.Fatal(err)
			}
			if err := answer.Body.Close(); err != nil {
				t.Fatal(err)
			}
			if answer.Close || (answer.StatusCode == http.StatusNotFound) != want {
				t.Errorf("%s, closed %v", answer.Status, answer.Close)
			}
		}
	}
}

func TestASlowHeaderIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for protocol, dialled := range map[string]func(*testing.T, string) net.Conn{"in the clear": dial, "over TLS": dialTLS} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			conn := dialled(t, serve(t, protocol == "over TLS"))
			if _, err := io.WriteString(conn, "GET /v1/things/a HTTP/1.1\r\nHost: longstop\r\nX-Slow: "); err != nil {
				t.Fatal(err)
			}
			if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
				t.Errorf("it read %d, %v", n, err)
			}
		})
	}
}

// A connection of many requests at once must not be held by one whose body does not come.
func TestASlowBodyIsAnsweredOverHTTP2(t *testing.T) {
	t.Parallel()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trusting(), ForceAttemptHTTP2: true}}
	t.Cleanup(client.CloseIdleConnections)
	body, sender := io.Pipe()
	t.Cleanup(func() { _ = sender.Close() })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+serve(t, true)+"/v1/things", body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 50
	r.Header.Set("Authorization", "Bearer records")
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
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
	if answer.ProtoMajor != 2 || answer.StatusCode != http.StatusRequestTimeout {
		t.Errorf("%s %s: %s", answer.Proto, answer.Status, text)
	}
}
