// Package notifytest is a server that speaks the API of GOV.UK Notify, for tests: Notify has no
// test environment. It checks requests in Notify's order, renders templates, answers look-ups, and
// sends receipts again as Notify does. Notify's own client for JavaScript is tried against it in a
// test. Tests can make it refuse, fail, break off and stand still.
package notifytest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longstop/internal/casetime"
)

// KeyType decides what becomes of a message.
type KeyType string

// TestKey: nothing is delivered, receipts come. TeamKey: to the team and its guests only.
// LiveKey: to anybody.
const (
	LiveKey KeyType = "live"
	TeamKey KeyType = "team"
	TestKey KeyType = "test"
)

// Server is Notify for one service. It is safe for concurrent use.
type Server struct {
	http    *httptest.Server
	service string
	now     func() time.Time

	mu        sync.Mutex
	keys      []key
	templates []Template
	replyTos  []string
	team      []string // addresses and numbers that TeamKey may write to
	kinds     []string // channel permissions
	stored    []*Notification
	planned   []planned
	receipts  receipts
	perDay    int // 0: no limit
	accepted  map[string]int
	requests  int
}

type key struct {
	secret  string
	kind    KeyType
	revoked bool
}

// Template is a template of the service.
type Template struct {
	ID            string
	Type          string // "email" or "sms"
	Subject, Body string
	Archived      bool
}

// Notification is a message that the server has taken.
type Notification struct {
	ID, Reference, Type, To, Subject, Body, Status string
	TemplateID                                     string
	Key                                            KeyType
	CreatedAt                                      time.Time
	SentAt, CompletedAt                            *time.Time
}

// Option changes a server.
type Option func(*Server)

// WithTemplate adds a template.
func WithTemplate(t Template) Option {
	return func(s *Server) { s.templates = append(s.templates, t) }
}

// WithTeam names an address or a number that a TeamKey may write to.
func WithTeam(to string) Option { return func(s *Server) { s.team = append(s.team, to) } }

// WithReplyTo adds the id of a reply-to address.
func WithReplyTo(id string) Option {
	return func(s *Server) { s.replyTos = append(s.replyTos, id) }
}

// WithoutPermission takes away the permission to send by "email" or "sms".
func WithoutPermission(kind string) Option {
	return func(s *Server) {
		s.kinds = slices.DeleteFunc(s.kinds, func(k string) bool { return k == kind })
	}
}

// WithDailyLimit sets how many messages of each type are taken in a day.
func WithDailyLimit(n int) Option { return func(s *Server) { s.perDay = n } }

// WithClock sets the server's clock.
func WithClock(now func() time.Time) Option { return func(s *Server) { s.now = now } }

// Start starts a server that ends with the test.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{service: uuid.NewString(), now: casetime.WallNow, kinds: []string{"email", "sms"}, accepted: map[string]int{}}
	for _, o := range options {
		o(s)
	}
	s.http = httptest.NewServer(s.routes())
	t.Cleanup(s.http.Close)
	return s
}

// URL is the base address.
func (s *Server) URL() string { return s.http.URL }

// Close stops the server: who connects is refused.
func (s *Server) Close() { s.http.Close() }

// Key makes an API key of the service.
func (s *Server) Key(kind KeyType) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{secret: uuid.NewString(), kind: kind}
	s.keys = append(s.keys, k)
	return "test_key-" + s.service + "-" + k.secret
}

// Revoke makes an API key invalid.
func (s *Server) Revoke(apiKey string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.keys {
		s.keys[i].revoked = s.keys[i].revoked || strings.HasSuffix(apiKey, s.keys[i].secret)
	}
}

// Notifications returns what the server has taken, in order.
func (s *Server) Notifications() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Notification
	for _, n := range s.stored {
		all = append(all, *n)
	}
	return all
}

// Requests returns how many requests the server has had.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/notifications/email", func(w http.ResponseWriter, r *http.Request) { s.send(w, r, "email") })
	mux.HandleFunc("POST /v2/notifications/sms", func(w http.ResponseWriter, r *http.Request) { s.send(w, r, "sms") })
	mux.HandleFunc("GET /v2/notifications/{id}", s.one)
	mux.HandleFunc("GET /v2/notifications", s.list)
	mux.HandleFunc("GET /v2/template/{id}", s.template)
	mux.HandleFunc("GET /v2/templates", s.allTemplates)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, &refusal{http.StatusNotFound, "NoResultFound", "No result found"})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests++
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	})
}

// refusal is an answer other than a success.
type refusal struct {
	status     int
	err, words string
}

func (r *refusal) Error() string { return r.err }

func refuse(w http.ResponseWriter, r *refusal) {
	answer(w, r.status, map[string]any{"status_code": r.status, "errors": []map[string]string{{"error": r.err, "message": r.words}}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	//nolint:errcheck,errchkjson // a client that has gone is what some tests are about
	json.NewEncoder(w).Encode(body)
}
