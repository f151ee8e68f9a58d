package server_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/web/server"
)

// clock is a machine's clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var limited = keys{
	"a": {Key: "ka", Actions: []access.Action{access.Law}},
	"b": {Key: "kb", Actions: []access.Action{access.Law}},
	"c": {Key: "kc", Actions: []access.Action{access.Law}, PerSecond: 1, AtOnce: 1},
}

// limitedServer returns a handler of one operation, GET /v1/thing, by a clock.
func limitedServer(c *clock, l server.Limits, handle func(context.Context, *struct{}) (*struct{}, error)) http.Handler {
	s := server.New(server.Options{Authenticator: limited, Limits: l, Log: zerolog.New(io.Discard), Now: c.Now, Build: "test"})
	server.Register(s, server.Operation{ID: "get-thing", Method: "GET", Path: "/v1/thing", Summary: "Get a thing", Action: access.Law}, handle)
	return s.Handler()
}

func nothing(context.Context, *struct{}) (*struct{}, error) { return &struct{}{}, nil }

func askFor(t *testing.T, h http.Handler, key, from string) got {
	t.Helper()
	r := request("GET", "/v1/thing", key, "")
	r.RemoteAddr = from
	return ask(t, h, r)
}

// asMany asks until it is told to wait, and returns how many requests went through and for how long it is to wait.
func asMany(t *testing.T, h http.Handler, key, from string, status int) (n, wait int) {
	t.Helper()
	for ; n < 1000; n++ {
		answer := askFor(t, h, key, from)
		if answer.StatusCode == http.StatusTooManyRequests {
			wait, err := strconv.Atoi(answer.Header.Get("Retry-After"))
			if err != nil || answer.problem.Type != "/problems/too-many" {
				t.Errorf("%v: %s", err, answer.text)
			}
			return n, wait
		}
		if answer.StatusCode != status {
			t.Fatalf("%d: %s", answer.StatusCode, answer.text)
		}
	}
	t.Fatal("it is never told to wait")
	return 0, 0
}

const here = "192.0.2.1:1000"

func TestEachKeyHasItsRate(t *testing.T) {
	t.Parallel()
	c := newClock()
	h := limitedServer(c, server.Limits{PerSecond: 5}, nothing)
	if n, wait := asMany(t, h, "a", here, 200); n != 10 || wait != 1 {
		t.Errorf("%d went through; wait for %d", n, wait)
	}
	if n, _ := asMany(t, h, "b", here, 200); n != 10 {
		t.Errorf("of another key %d went through", n)
	}
	if n, wait := asMany(t, h, "c", here, 200); n != 2 || wait != 1 {
		t.Errorf("of a key with a limit of its own %d went through; wait for %d", n, wait)
	}
	c.forward(time.Second)
	if n, _ := asMany(t, h, "a", here, 200); n != 5 {
		t.Errorf("after a second %d more went through", n)
	}
}

func TestAKeyIsServedSoManyTimesAtOnceAndAllOfThemTogether(t *testing.T) {
	t.Parallel()
	began, end := make(chan struct{}), make(chan struct{})
	h := limitedServer(newClock(), server.Limits{AtOnce: 2, AllAtOnce: 3}, func(context.Context, *struct{}) (*struct{}, error) {
		began <- struct{}{}
		<-end
		return &struct{}{}, nil
	})
	var running sync.WaitGroup
	begin := func(key string) {
		running.Go(func() {
			if answer := askFor(t, h, key, here); answer.StatusCode != 200 {
				t.Errorf("%s: %s", key, answer.text)
			}
		})
		<-began
	}
	begin("c")
	if answer := askFor(t, h, "c", here); answer.StatusCode != 429 || answer.Header.Get("Retry-After") != "1" {
		t.Errorf("of a key that may have one: %d %s", answer.StatusCode, answer.text)
	}
	begin("a")
	begin("b")
	if answer := askFor(t, h, "a", here); answer.StatusCode != 503 || answer.Header.Get("Retry-After") != "1" {
		t.Errorf("beyond what is served at once: %d %s", answer.StatusCode, answer.text)
	}
	close(end)
	running.Wait()
	running.Go(func() { <-began })
	if answer := askFor(t, h, "a", here); answer.StatusCode != 200 {
		t.Errorf("afterwards: %s", answer.text)
	}
	running.Wait()
}

func TestWhoTriesKeysIsToldToWaitAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	c := newClock()
	h := limitedServer(c, server.Limits{}, nothing)
	if answer := askFor(t, h, "a", here); answer.StatusCode != 200 {
		t.Fatal(answer.text)
	}
	if n, wait := asMany(t, h, "guessed", here, 401); n != 30 || wait != 2 {
		t.Errorf("%d guesses went through; wait for %d", n, wait)
	}
	if answer := askFor(t, h, "guessed", "192.0.2.2:1000"); answer.StatusCode != 401 {
		t.Errorf("another address: %d", answer.StatusCode)
	}
	if answer := askFor(t, h, "a", here); answer.StatusCode != 200 {
		t.Errorf("a key that was valid just now: %d", answer.StatusCode)
	}
	if answer := askFor(t, h, "b", here); answer.StatusCode != 429 {
		t.Errorf("a key that has not come before: %d", answer.StatusCode)
	}
	if answer := ask(t, h, request("GET", "/docs", "", "")); answer.StatusCode != 200 {
		t.Errorf("a page: %d", answer.StatusCode)
	}
	c.forward(2 * time.Second)
	if answer := askFor(t, h, "b", here); answer.StatusCode != 200 {
		t.Errorf("after it has waited: %d", answer.StatusCode)
	}
}

func TestOnlyAProxyOfOursSaysForWhomItAsks(t *testing.T) {
	t.Parallel()
	const proxy = "10.0.3.7:555"
	guess := func(h http.Handler, from, forwarded string) int {
		r := request("GET", "/v1/thing", "guessed", "")
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", forwarded)
		return ask(t, h, r).StatusCode
	}
	h := limitedServer(newClock(), server.Limits{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.3.0/24")}}, nothing)
	for range 30 {
		guess(h, proxy, "203.0.113.9, 192.0.2.1, 10.0.3.8")
	}
	for forwarded, want := range map[string]int{
		"192.0.2.1":                         429,
		"198.51.100.1, 192.0.2.1, 10.0.3.9": 429, // what comes before the last one is anybody's claim
		"192.0.2.2":                         401,
		"203.0.113.9":                       401,
	} {
		if got := guess(h, proxy, forwarded); got != want {
			t.Errorf("for %s: %d", forwarded, got)
		}
	}
	if got := guess(h, "192.0.2.1:99", "192.0.2.77"); got != 429 {
		t.Errorf("who claims another address without being a proxy: %d", got)
	}
	for range 30 {
		guess(h, "[2001:db8::1]:9", "")
	}
	if got := guess(h, "[2001:db8::ffff:2]:9", ""); got != 429 {
		t.Errorf("another address of the same network: %d", got)
	}
	if got := guess(h, "[2001:db8:0:1::1]:9", ""); got != 401 {
		t.Errorf("another network: %d", got)
	}
}

func TestARefusalCountsAgainstItsKeysRate(t *testing.T) {
	t.Parallel()
	c, denied := newClock(), 0
	s := server.New(server.Options{
		Authenticator: callers, Log: zerolog.Nop(), Now: c.Now, Build: "test", Limits: server.Limits{PerSecond: 5},
		Denied: func(context.Context) error { denied++; return nil },
	})
	server.Register(s, server.Operation{ID: "a", Method: "GET", Path: "/v1/thing", Summary: "A", Action: access.Law}, nothing)
	if n, _ := asMany(t, s.Handler(), "records", here, 403); n != 10 || denied != 10 {
		t.Errorf("%d were refused and %d noted", n, denied)
	}
}

func TestAnOperationThatTakesLongIsServedSoManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	began, end := make(chan struct{}), make(chan struct{})
	s := server.New(server.Options{Authenticator: callers, Log: zerolog.Nop(), Now: newClock().Now, Build: "test"})
	server.Register(s, server.Operation{ID: "a", Method: "GET", Path: "/v1/thing", Summary: "A", Action: access.Law, AtOnce: 1}, func(context.Context, *struct{}) (*struct{}, error) {
		began <- struct{}{}
		<-end
		return &struct{}{}, nil
	})
	h := s.Handler()
	var running sync.WaitGroup
	serve := func() {
		if answer := askFor(t, h, "reader", here); answer.StatusCode >= 400 {
			t.Errorf("%s", answer.text)
		}
	}
	running.Go(serve)
	<-began
	if answer := askFor(t, h, "reader", here); answer.StatusCode != 429 || answer.Header.Get("Retry-After") != "30" {
		t.Errorf("a second: %d %s", answer.StatusCode, answer.text)
	}
	close(end)
	running.Wait()
	running.Go(serve)
	<-began
	running.Wait()
}

func TestTheBodiesThatAreServedAtOnceAreBoundedAllTogether(t *testing.T) {
	t.Parallel()
	began, end := make(chan struct{}), make(chan struct{})
	type in struct{ RawBody []byte }
	s := server.New(server.Options{Authenticator: callers, Log: zerolog.Nop(), Now: newClock().Now, Build: "test", Limits: server.Limits{BodyBytes: 10}})
	server.Register(s, server.Operation{ID: "a", Method: "POST", Path: "/v1/thing", Summary: "A", Action: access.Law}, func(context.Context, *in) (*struct{}, error) {
		began <- struct{}{}
		<-end
		return &struct{}{}, nil
	})
	h := s.Handler()
	post := func(body string) got {
		r := request("POST", "/v1/thing", "reader", body)
		r.Header.Set("Content-Type", "application/octet-stream")
		return ask(t, h, r)
	}
	var running sync.WaitGroup
	serve := func() {
		if answer := post("123456"); answer.StatusCode >= 400 {
			t.Errorf("%s", answer.text)
		}
	}
	running.Go(serve)
	<-began
	if answer := post("12345"); answer.StatusCode != 503 || answer.Header.Get("Retry-After") != "1" {
		t.Errorf("beyond the bound: %d %s", answer.StatusCode, answer.text)
	}
	close(end)
	running.Wait()
	running.Go(serve)
	<-began
	running.Wait()
}
