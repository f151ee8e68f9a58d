package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Where the program says how it is.
const (
	alivePath = "/healthz"
	readyPath = "/readyz"
)

// Check is something that the program needs, or works without for a while.
type Check struct {
	// Trouble is what /readyz says of it when Ask fails, such as "the record does not answer". It is told to anybody.
	Trouble string
	// Ask returns nil where it is as it should be. The error goes to the log.
	Ask func(context.Context) error
	// Optional: the program is ready all the same, and says so.
	Optional bool
}

// health is how the program was when it was last asked.
type health struct {
	stopping atomic.Bool

	mu      sync.Mutex
	asked   time.Time
	status  int
	text    string
	trouble string // as it was last logged
}

// How long an answer of /readyz stands, so that whoever asks often does not keep the record busy; and how long the
// checks have.
const (
	readyStands = time.Second
	checkWithin = 3 * time.Second
)

// Stop makes /readyz answer that the program is stopping, so that whoever distributes requests sends them elsewhere.
func (s *Server) Stop() { s.health.stopping.Store(true) }

// alive answers for as long as a restart would not help.
func (s *Server) alive(w http.ResponseWriter, r *http.Request) { s.say(w, r, http.StatusOK, "alive") }

// ready answers whether operations can be done.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.health.stopping.Load() {
		s.say(w, r, http.StatusServiceUnavailable, "the program is stopping")
		return
	}
	status, text := s.look(r.Context())
	s.say(w, r, status, text)
}

// look asks what is to be asked, unless somebody has just done so.
func (s *Server) look(ctx context.Context) (status int, text string) {
	h := &s.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := s.options.Now(); now.Before(h.asked) || now.Sub(h.asked) > readyStands {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkWithin)
		defer cancel()
		h.status, h.text = s.check(ctx)
		h.asked = s.options.Now()
	}
	return h.status, h.text
}

func (s *Server) check(ctx context.Context) (status int, text string) {
	var missing, lesser, log []string
	for _, c := range s.options.Checks {
		err := c.Ask(ctx)
		switch {
		case err == nil:
			continue
		case c.Optional:
			lesser = append(lesser, c.Trouble)
		default:
			missing = append(missing, c.Trouble)
		}
		log = append(log, c.Trouble+" ("+err.Error()+")")
	}
	if trouble := strings.Join(log, "; "); trouble != s.health.trouble {
		s.health.trouble = trouble
		s.options.Log.Warn().Bool("ready", missing == nil).Str("trouble", trouble).Msg("how /readyz finds this program")
	}
	if missing != nil {
		return http.StatusServiceUnavailable, strings.Join(missing, "\n")
	}
	return http.StatusOK, strings.Join(append([]string{"ready"}, lesser...), "; ")
}

func (s *Server) say(w http.ResponseWriter, r *http.Request, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if _, err := fmt.Fprintln(w, text); err != nil {
		s.logGone(r, err)
	}
}
