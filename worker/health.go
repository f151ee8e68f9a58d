package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"longstop/internal/program"
	"longstop/store"
)

// checkTimeout bounds one question to a service.
const checkTimeout = 3 * time.Second

// health answers on /healthz (the process and each of its loops are alive), /readyz (it can
// do its work: the loops live, its services answer, it asks for tasks, and notices reach
// somebody; if not, which of them) and /metrics, and on /codec/ where that is asked for.
type health struct {
	server   *http.Server
	listener net.Listener
	log      zerolog.Logger
	checks   []check
	codec    http.Handler  // nil for none
	detail   func() string // what a worker that is ready may be told about all the same
	polling  atomic.Bool   // set while tasks are asked for
	loops    loops
}

// noticesCheck names the check that a worker which is to tell nobody does without:
// /readyz?exclude=notices.
const noticesCheck = "notices"

// errReachNobody is why a worker that only logs notices is not ready.
var errReachNobody = errors.New("notices reach nobody: LONGSTOP_NOTICES=log; set up e-mail (LONGSTOP_SMTP_URL)")

// check is a service that the worker cannot do without.
type check struct {
	name string
	ask  func(context.Context) error
}

// listen takes the address, so that a second worker on a machine is told at once.
func (h *health) listen(ctx context.Context, address string, m *metrics) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return program.Usagef("LONGSTOP_METRICS_ADDRESS: %w; name another, for example LONGSTOP_METRICS_ADDRESS=127.0.0.1:9465", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	mux.HandleFunc("GET /healthz", h.alive)
	mux.HandleFunc("GET /readyz", h.ready)
	if h.codec != nil {
		mux.Handle("/codec/", h.codec)
	}
	h.listener = listener
	h.server = &http.Server{Handler: mux, ReadHeaderTimeout: checkTimeout}
	go h.serve()
	return nil
}

func (h *health) serve() {
	if err := h.server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
		h.log.Error().Err(err).Msg("metrics and health no longer answer")
	}
}

// alive answers for as long as a restart would not help.
func (h *health) alive(w http.ResponseWriter, _ *http.Request) {
	if sick := h.loops.sick(); sick != nil {
		h.say(w, http.StatusServiceUnavailable, strings.Join(sick, "\n"))
		return
	}
	h.say(w, http.StatusOK, "alive")
}

func (h *health) ready(w http.ResponseWriter, r *http.Request) {
	if !h.polling.Load() { // before that, the services are not there to be asked
		h.say(w, http.StatusServiceUnavailable, "no tasks are asked for: the worker is starting or stopping")
		return
	}
	if sick := h.loops.sick(); sick != nil {
		h.say(w, http.StatusServiceUnavailable, strings.Join(sick, "\n"))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	excluded := r.URL.Query()["exclude"]
	for _, c := range h.checks {
		if slices.Contains(excluded, c.name) {
			continue
		}
		if err := c.ask(ctx); err != nil {
			if !errors.Is(err, errReachNobody) { // the start has said so
				h.log.Warn().Str("service", c.name).Err(err).Msg("not ready")
			}
			h.say(w, http.StatusServiceUnavailable, c.trouble(err))
			return
		}
	}
	text := "ready"
	if more := h.detail(); more != "" {
		text += "; " + more
	}
	h.say(w, http.StatusOK, text)
}

// trouble returns what is wrong, in no more words than whoever asks may know.
func (c *check) trouble(err error) string {
	if errors.Is(err, errReachNobody) {
		return err.Error()
	}
	if errors.Is(err, store.ErrClocksApart) {
		return c.name + " of this machine differs from the database's"
	}
	return c.name + " does not answer"
}

func (h *health) say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if _, err := fmt.Fprintln(w, text); err != nil {
		h.log.Debug().Err(err).Msg("whoever asked has gone")
	}
}

func (h *health) close(ctx context.Context) error {
	if h.server == nil {
		return nil
	}
	return h.server.Shutdown(ctx)
}
