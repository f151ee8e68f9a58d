// Package server is the frame of the web program: what every request goes through before and after an operation. It
// gives the request an id, reads its key, asks package access whether the caller may, bounds how much and how often,
// reads and checks the body, answers problems, and notes in the log and in figures what became of it. Operations are
// registered by packages above it (Register); no use case is in here.
package server

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/metric"

	"longstop/access"
)

// Authenticator finds out who a key belongs to.
type Authenticator interface {
	// Authenticate returns the caller that a key stands for. The error is access.ErrUnknownKey where the key is
	// malformed, unknown, expired or revoked, access.ErrOtherCouncil, with the caller, where it is for another council,
	// perhaps wrapped; every other error is a failure. A key that was revoked before the call is refused.
	Authenticate(ctx context.Context, key string) (access.Caller, error)
}

// Issuer gives tokens that stand for keys.
type Issuer interface {
	// IssueToken returns a token for the key of a caller, in a context that Enter returned. The error is access.ErrUnknownKey
	// where the key is good no longer; every other is a failure.
	IssueToken(ctx context.Context, c access.Caller) (access.Token, error)
}

// Options are what a server is made of.
type Options struct {
	Authenticator Authenticator
	Issuer        Issuer // nil: no tokens are given
	// Enter returns the context in which the operation of a caller's request runs, such as one that tells the record
	// who writes, by which request and for what; nil: the request's own. The caller is in the context already
	// (access.CallerFrom).
	Enter func(ctx context.Context, caller access.Caller, action access.Action, request string) context.Context
	// Denied notes that a caller asked for what the key does not allow, in the context that Enter returns; nil: nobody
	// does.
	Denied func(ctx context.Context) error
	// OtherCouncil notes, in the same context, that a key came that is for another council; nil: nobody does.
	OtherCouncil func(ctx context.Context) error
	Limits       Limits
	Checks       []Check // what /readyz asks
	Log          zerolog.Logger
	Meter        metric.Meter     // nil: nothing is measured
	Now          func() time.Time // the machine's clock
	Build        string           // of this program, for the description; "" leaves it out
}

// Server is the frame. Operations are registered before Handler is called.
type Server struct {
	options Options
	mux     *http.ServeMux
	gate    *gate
	figures *figures
	health  health
	started time.Time // when the pages were made
	api     huma.API
	actions map[string]access.Action // by the id of the operation
	// properties are the names that bodies of the API have.
	properties map[string]bool
}

// New returns a server without operations.
func New(o Options) *Server {
	s := &Server{
		options: o, started: o.Now(), mux: http.NewServeMux(), gate: newGate(o.Limits), figures: newFigures(o.Meter),
		actions: map[string]access.Action{}, properties: map[string]bool{},
	}
	s.api = humago.New(s.mux, s.config())
	s.mux.HandleFunc("GET "+alivePath, s.alive)
	s.mux.HandleFunc("GET "+readyPath, s.ready)
	if o.Issuer != nil {
		s.mux.HandleFunc("POST "+tokenPath, s.token)
	}
	return s
}

// Mount serves an address that is not an operation, by a handler that finds out by itself who asks. What every request goes
// through before it finds its route, and the log, hold for it, too.
func (s *Server) Mount(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// OpenAPI is the description of the operations registered so far.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

// Handler returns the whole of it.
func (s *Server) Handler() http.Handler {
	for _, schema := range s.api.OpenAPI().Components.Schemas.Map() {
		for name := range schema.Properties {
			s.properties[name] = true
		}
	}
	openAnswers(s.OpenAPI())
	s.addPages()
	return s.observe(http.HandlerFunc(s.route))
}
