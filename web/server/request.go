package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

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
	begins func() // called before the header is written
}

// WriteHeader writes the header.
func (a *answer) WriteHeader(status int) {
	a.begin(status)
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) begin(status int) {
	if a.status == 0 {
		a.status = status
		a.begins()
	}
}

// Write writes a part of the body.
func (a *answer) Write(text []byte) (int, error) {
	a.begin(http.StatusOK)
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
		a := &answer{ResponseWriter: w, begins: func() {}}
		if r.ContentLength != 0 {
			b := &arriving{ReadCloser: r.Body, server: s, control: http.NewResponseController(w), r: r}
			b.within(bodyWithin)
			r.Body, a.begins = b, b.leave
		}
		a.Header().Set(headerRequest, rec.id)
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

// restWithin is how long what is left of a body may take to arrive once the request is answered.
const restWithin = time.Second

// arriving is a body that has a time in which to arrive, whether anybody reads it or not: net/http reads what is left of one before it
// answers, and would wait for it for ever, also where nobody knows who sends it.
type arriving struct {
	io.ReadCloser
	server  *Server
	control *http.ResponseController
	r       *http.Request
	ended   bool // all of it was read, or it failed
}

// Read reads, and takes the time back once it is at the end: what an operation takes does not count.
func (b *arriving) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !b.ended {
		if b.ended = true; errors.Is(err, io.EOF) {
			b.until(time.Time{})
		}
	}
	return n, err
}

// leave ends the wait for what is left of it.
func (b *arriving) leave() {
	if !b.ended {
		b.within(restWithin)
	}
}

func (b *arriving) within(d time.Duration) { b.until(b.server.options.Now().Add(d)) }

func (b *arriving) until(at time.Time) {
	if err := b.control.SetReadDeadline(at); err != nil && !errors.Is(err, http.ErrNotSupported) {
		b.server.logGone(b.r, err)
	}
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

// figures are what is measured of requests, by OpenTelemetry's names for it: of each route, never of an address.
type figures struct {
	took   metric.Float64Histogram
	bytes  metric.Int64Counter
	active metric.Int64UpDownCounter
}

// newFigures makes the instruments; those of a nil meter measure nothing.
func newFigures(meter metric.Meter) *figures {
	if meter == nil {
		meter = noop.NewMeterProvider().Meter("")
	}
	f, failed := &figures{}, [3]error{}
	f.took, failed[0] = meter.Float64Histogram("http.server.request.duration", metric.WithUnit("s"),
		metric.WithDescription("How long requests took, by route, method and status."))
	f.bytes, failed[1] = meter.Int64Counter("http.server.response.body.size", metric.WithUnit("By"),
		metric.WithDescription("How many bytes were answered, by route."))
	f.active, failed[2] = meter.Int64UpDownCounter("http.server.active_requests", metric.WithDescription("Requests that are being served."))
	for _, err := range failed {
		if err != nil { // a name that OpenTelemetry does not take: the same at every start
			panic(err)
		}
	}
	return f
}

// begin counts a request that begins, and returns what to call when it has ended.
func (f *figures) begin(r *http.Request) (end func(route string, status int, bytes int64, took time.Duration)) {
	ctx := r.Context()
	f.active.Add(ctx, 1)
	return func(route string, status int, bytes int64, took time.Duration) {
		f.active.Add(ctx, -1)
		if _, path, ok := strings.Cut(route, " "); ok {
			route = path
		}
		f.bytes.Add(ctx, bytes, metric.WithAttributes(attribute.String("http.route", route)))
		f.took.Record(ctx, took.Seconds(), metric.WithAttributes(
			attribute.String("http.route", route), attribute.String("http.request.method", methodOf(r)), attribute.Int("http.response.status_code", status),
		))
	}
}
