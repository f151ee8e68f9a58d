package server

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/service"
)

// record is what is known of a request while it is served.
type record struct {
	id         string // made here: what a request calls itself is not taken
	route      string // the pattern, which holds nothing of the request
	key        string // the id of the caller's key; "" for none
	properties map[string]bool
	enter      func(context.Context, access.Action) context.Context // see Doing; nil before the operation begins
}

type recordKey struct{}

// recordOf returns the record of the request that a context is of; an empty one of any other.
func recordOf(ctx context.Context) *record {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		return r
	}
	return &record{}
}

// RequestID returns the id of the request that a context is of, under which the log has what became of it.
func RequestID(ctx context.Context) string { return recordOf(ctx).id }

func instanceOf(ctx context.Context) string { return "urn:uuid:" + RequestID(ctx) }

// answer is a ResponseWriter that remembers what was answered.
type answer struct {
	http.ResponseWriter
	status int // 0 before the header is written
	bytes  int64
}

// WriteHeader writes the header.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (a *answer) Write(text []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(text)
	a.bytes += int64(n)
	return n, err
}

// Unwrap gives http.ResponseController the writer below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// observe gives each request an id, and notes what became of it. It says of a request its route's pattern, never
// its path or its query: these hold references of cases.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.options.Now()
		rec := &record{id: uuid.NewString(), properties: s.properties}
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		a := &answer{ResponseWriter: w}
		a.Header().Set("X-Request-Id", rec.id)
		a.Header().Set("X-Content-Type-Options", "nosniff")
		a.Header().Set("Cache-Control", "no-store")
		ended := s.figures.begin(r)
		defer func() { // also where an answer is broken off
			took := s.options.Now().Sub(began)
			ended(rec.route, a.status, a.bytes, took)
			s.logRequest(r, a, took)
		}()
		defer s.rescue(a, r)
		next.ServeHTTP(a, r)
	})
}

func (s *Server) logRequest(r *http.Request, a *answer, took time.Duration) {
	log := s.logOf(r.Context())
	log.WithLevel(levelOf(recordOf(r.Context()).route)).Str("method", methodOf(r)).Int("status", a.status).
		Int64("ms", took.Milliseconds()).Int64("bytes", a.bytes).Msg("request")
}

// levelOf: what asks again and again whether the program lives is not worth a line each time.
func levelOf(route string) zerolog.Level {
	if strings.HasSuffix(route, alivePath) || strings.HasSuffix(route, readyPath) {
		return zerolog.DebugLevel
	}
	return zerolog.InfoLevel
}

// methodOf is the method of a request, where it is one that there is.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// rescue answers a request whose operation panicked. An answer that has begun is broken off, so that nobody takes a
// part for the whole.
func (s *Server) rescue(a *answer, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // a value that panics carry as it is
		panic(p)
	}
	s.logFailure(r.Context(), &service.PanicError{Value: p, Stack: debug.Stack()})
	if a.status != 0 {
		panic(http.ErrAbortHandler)
	}
	s.refuse(a, r, fault())
}
