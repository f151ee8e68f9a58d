package server

import (
	"crypto/tls"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/net/netutil"
)

const (
	// mostConnections are open at once, idle ones included.
	mostConnections = 1024
	// headerWithin is how long the header of a request may take to arrive; its body has a time of its own.
	headerWithin = 10 * time.Second
	// idleWithin is how long a connection is kept for the next request: longer than load balancers keep theirs, so
	// that it is they who close.
	idleWithin = 2 * time.Minute
	// answerWithin is how long a request may take from its header to the end of its answer.
	answerWithin = 5 * time.Minute
	// headerBytes is how long a header may be.
	headerBytes = 16 << 10
)

// Listening returns what serves a handler on a listener, with bounds to what a connection may take; config is nil for
// one in the clear.
func (s *Server) Listening(handler http.Handler, config *tls.Config) *http.Server {
	header := s.options.Limits.HeaderWithin
	if header == 0 {
		header = headerWithin
	}
	return &http.Server{
		Handler: handler, TLSConfig: config,
		MaxHeaderBytes: headerBytes, ReadHeaderTimeout: header, WriteTimeout: answerWithin, IdleTimeout: idleWithin,
		DisableGeneralOptionsHandler: true, ErrorLog: connectionLog(s.options.Log),
	}
}

// Bounded returns a listener with as many connections at once as the program can hold.
func Bounded(l net.Listener) net.Listener { return netutil.LimitListener(l, mostConnections) }

// connectionLog is where net/http writes what went wrong with a connection: mostly others who hang up, or speak
// something else.
func connectionLog(log zerolog.Logger) *stdlog.Logger { return stdlog.New(debugWriter{log}, "", 0) }

type debugWriter struct{ log zerolog.Logger }

// Write writes a line.
func (w debugWriter) Write(text []byte) (int, error) {
	w.log.Debug().Str("said", strings.TrimSpace(string(text))).Msg("a connection")
	return len(text), nil
}
