package server_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/web/server"
)

// issues stands for the record: it knows keys and the tokens that it has issued for them.
type issues struct {
	mu     sync.Mutex
	keys   map[string]access.Caller // by the key, or the token
	issued int
	asked  int   // how often somebody's key was looked up
	fails  error // of issuing
}

func (i *issues) Authenticate(_ context.Context, key string) (access.Caller, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	c, ok := i.keys[key]
	switch {
	case !ok:
		return access.Caller{}, access.ErrUnknownKey
	case c.Council != "":
		return c, access.ErrOtherCouncil
	}
	return c, nil
}

func (i *issues) IssueToken(ctx context.Context, c access.Caller) (access.Token, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fails != nil {
		return access.Token{}, i.fails
	}
	if of, ok := access.CallerFrom(ctx); !ok || of.Key != c.Key {
		return access.Token{}, errors.New("the context is not the caller's")
	}
	i.issued++
	text := "lst_" + strconv.Itoa(i.issued)
	i.keys[text] = c
	return access.Token{Text: text}, nil
}

// add makes a key.
func (i *issues) add(t *testing.T, c access.Caller) access.Key {
	t.Helper()
	k, err := access.NewKey("test", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.Key, c.Actions = k.ID, []access.Action{access.Law}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys[k.Reveal()] = c
	return k
}

// issuing is a server that gives tokens, and what was noted.
type issuing struct {
	http.Handler
	*issues
	elsewhere int // how often a key of another council was noted
}

func newIssuing(c *clock, l server.Limits) *issuing {
	s := &issuing{issues: &issues{keys: map[string]access.Caller{}}}
	web := server.New(server.Options{
		Authenticator: s.issues, Issuer: s.issues, Limits: l, Log: zerolog.New(io.Discard), Now: c.Now, Build: "test",
		OtherCouncil: func(context.Context) error { s.elsewhere++; return nil },
	})
	server.Register(web, server.Operation{ID: "get-thing", Method: "GET", Path: "/v1/thing", Summary: "Get a thing", Action: access.Law}, nothing)
	s.Handler = web.Handler()
	return s
}

// formOf asks for a token.
func formOf(id, secret string) string {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}.Encode()
}

func (s *issuing) asks(t *testing.T, from string, body io.Reader) got {
	t.Helper()
	r := httptest.NewRequest("POST", "/v1/token", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = from
	return ask(t, s, r)
}

func (s *issuing) tokenOf(t *testing.T, from string, k access.Key) got {
	t.Helper()
	return s.asks(t, from, strings.NewReader(formOf(k.ID, k.Reveal())))
}

func TestAKeyThatAsksForTokensTooOftenHasNoneIssued(t *testing.T) {
	t.Parallel()
	s := newIssuing(newClock(), server.Limits{PerSecond: 5})
	k := s.add(t, access.Caller{})
	for range 10 {
		if answer := s.tokenOf(t, here, k); answer.StatusCode != 200 {
			t.Fatalf("%d %s", answer.StatusCode, answer.text)
		}
	}
	if answer := s.tokenOf(t, here, k); answer.StatusCode != 429 || s.issued != 10 {
		t.Errorf("%d %s: %d tokens were issued", answer.StatusCode, answer.text, s.issued)
	}
}

func TestAKeyOfAnotherCouncilThatAsksForATokenIsNotedAndCounts(t *testing.T) {
	t.Parallel()
	s := newIssuing(newClock(), server.Limits{PerSecond: 5})
	k := s.add(t, access.Caller{Council: "Anytown"})
	for range 10 {
		if answer := s.tokenOf(t, here, k); answer.StatusCode != 403 {
			t.Fatalf("%d %s", answer.StatusCode, answer.text)
		}
	}
	if answer := s.tokenOf(t, here, k); answer.StatusCode != 429 || s.elsewhere != 10 || s.issued != 0 {
		t.Errorf("%d %s: noted %d times, %d tokens issued", answer.StatusCode, answer.text, s.elsewhere, s.issued)
	}
}

func TestAKeyThatEndsWhileATokenIsIssuedIsNotValid(t *testing.T) {
	t.Parallel()
	s := newIssuing(newClock(), server.Limits{})
	k := s.add(t, access.Caller{})
	for fails, want := range map[error]int{access.ErrUnknownKey: 401, errors.New("no connection to 10.0.0.7"): 503} {
		s.fails = fails
		if answer := s.tokenOf(t, here, k); answer.StatusCode != want || strings.Contains(answer.text, "10.0.0.7") {
			t.Errorf("%v: %d %s", fails, answer.StatusCode, answer.text)
		}
	}
}

// The clock stands, so that an address which has used up its failures goes on waiting.
func TestWhoGuessesLocksNoTokenOutOfWhichAKeyHasTheLastFew(t *testing.T) {
	t.Parallel()
	s := newIssuing(newClock(), server.Limits{PerSecond: 1000})
	k, never := s.add(t, access.Caller{}), s.add(t, access.Caller{})
	for range 100 {
		if answer := s.tokenOf(t, here, k); answer.StatusCode != 200 {
			t.Fatalf("%d %s", answer.StatusCode, answer.text)
		}
	}
	for n := 0; ; n++ {
		answer := s.asks(t, here, strings.NewReader(formOf(k.ID, "guessed")))
		if answer.StatusCode == http.StatusTooManyRequests && n == 30 {
			break
		}
		if answer.StatusCode != http.StatusUnauthorized || n >= 30 {
			t.Fatalf("guess %d: %d %s", n, answer.StatusCode, answer.text)
		}
	}
	for key, want := range map[string]int{
		"lst_100": 200, // which has not been used yet
		"lst_90":  200,
		"lst_1":   429,
		"lst_70":  429,
	} {
		if answer := askFor(t, s, key, here); answer.StatusCode != want {
			t.Errorf("%s: %d %s", key, answer.StatusCode, answer.text)
		}
	}
	if answer := s.tokenOf(t, here, k); answer.StatusCode != 200 {
		t.Errorf("another token for the key: %d %s", answer.StatusCode, answer.text)
	}
	asked := s.asked
	if answer := s.tokenOf(t, here, never); answer.StatusCode != 429 || s.asked != asked {
		t.Errorf("a key that has not come before: %d %s", answer.StatusCode, answer.text)
	}
	// A token that is not valid any more is forgotten.
	s.mu.Lock()
	delete(s.keys, "lst_100")
	s.mu.Unlock()
	if answer := askFor(t, s, "lst_100", here); answer.StatusCode != 401 {
		t.Errorf("a token that has ended: %d %s", answer.StatusCode, answer.text)
	}
	if answer := askFor(t, s, "lst_100", here); answer.StatusCode != 429 {
		t.Errorf("the same again: %d %s", answer.StatusCode, answer.text)
	}
}

// slow is a form that comes when somebody writes it.
type slow struct {
	io.Reader
	began chan<- struct{} // told at the first read
	once  sync.Once
}

func (s *slow) Read(p []byte) (int, error) {
	s.once.Do(func() { s.began <- struct{}{} })
	return s.Reader.Read(p)
}

func TestFewFormsAreReadAtOnce(t *testing.T) {
	t.Parallel()
	s := newIssuing(newClock(), server.Limits{})
	k := s.add(t, access.Caller{})
	began := make(chan struct{})
	var running sync.WaitGroup
	var writers []*io.PipeWriter
	open := func(from string, n int) {
		for range n {
			body, writer := io.Pipe()
			writers = append(writers, writer)
			running.Go(func() {
				if answer := s.asks(t, from, &slow{Reader: body, began: began}); answer.StatusCode != 200 {
					t.Errorf("a form that came slowly: %d %s", answer.StatusCode, answer.text)
				}
			})
			<-began
		}
	}
	turned := func(from string, want int) {
		t.Helper()
		if answer := s.tokenOf(t, from, k); answer.StatusCode != want || answer.Header.Get("Retry-After") != "1" || answer.Header.Get("Connection") != "close" {
			t.Errorf("from %s: %d %s", from, answer.StatusCode, answer.text)
		}
	}
	open("192.0.2.1:1", 16)
	turned("192.0.2.1:2", 429)
	open("192.0.2.2:1", 16)
	open("192.0.2.3:1", 16)
	// An address that has used up its failures has one at a time.
	for range 30 {
		s.asks(t, "192.0.2.4:1", strings.NewReader(formOf(k.ID, "guessed")))
	}
	open("192.0.2.4:1", 1)
	turned("192.0.2.4:2", 429)
	open("192.0.2.5:1", 15)
	turned("192.0.2.6:1", 503)
	if answer := askFor(t, s, k.Reveal(), "192.0.2.6:1"); answer.StatusCode != 200 {
		t.Errorf("another operation: %d %s", answer.StatusCode, answer.text)
	}
	for _, writer := range writers {
		if _, err := io.WriteString(writer, formOf(k.ID, k.Reveal())); err != nil {
			t.Error(err)
		}
		if err := writer.Close(); err != nil {
			t.Error(err)
		}
	}
	running.Wait()
	for _, from := range []string{"192.0.2.1:2", "192.0.2.4:2", "192.0.2.6:1"} {
		if answer := s.tokenOf(t, from, k); answer.StatusCode != 200 {
			t.Errorf("afterwards from %s: %d %s", from, answer.StatusCode, answer.text)
		}
	}
}
