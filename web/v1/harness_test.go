package v1_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/api"
	"longstop/clocks"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/internal/temporal"
	"longstop/pathway"
	"longstop/service"
	"longstop/service/calendars"
	"longstop/store"
	"longstop/web/server"
	v1 "longstop/web/v1"
)

// source is that of the keys of these tests.
const source = "case-system"

// keys are callers by their keys: key, and another of the same rights. What a key says after a dot is an action that it
// alone allows.
type keys struct{}

func (keys) Authenticate(_ context.Context, key string) (access.Caller, error) {
	c := access.Caller{Key: "k1", Name: "the tests' own", Source: source, Actions: access.Actions()}
	switch name, action, alone := strings.Cut(key, "."); {
	case name == "another":
		c.Key = "k2"
	case name != "key":
		return access.Caller{}, access.ErrUnknownKey
	case alone:
		c.Actions = []access.Action{access.Action(action)}
	}
	return c, nil
}

// workflows stand for Temporal: they take every nudge, cannot be reached, or hang.
type workflows struct {
	mu    sync.Mutex
	away  bool
	hangs bool // whoever asks waits until its time is up
	told  map[string]pathway.Nudge
	sent  chan struct{} // after each time that nudges were sent
}

func (w *workflows) Reach(ctx context.Context) error {
	if w.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if w.away {
		return fmt.Errorf("connecting: %w", temporal.ErrUnreachable)
	}
	return nil
}

func (w *workflows) Prepare(ctx context.Context) error { return w.Reach(ctx) }

func (w *workflows) Send(ctx context.Context, nudges []pathway.Nudge) []error {
	if w.hangs {
		return slices.Repeat([]error{w.Reach(ctx)}, len(nudges))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range nudges {
		w.told[pathway.WorkflowID(n.Pathway, n.CaseKey)] = n
	}
	select {
	case w.sent <- struct{}{}:
	default:
	}
	return make([]error, len(nudges))
}

func (w *workflows) Check(ctx context.Context) (clocks.Report, error) {
	return clocks.Report{}, w.Reach(ctx)
}

func (w *workflows) Heal(context.Context, clocks.Report) (clocks.Healed, error) {
	return clocks.Healed{}, nil
}

func (w *workflows) Attended(ctx context.Context) (bool, error) { return true, w.Reach(ctx) }

// screen shows what use cases warn of in the test's log.
type screen struct{ testing.TB }

func (s screen) Warn(text string) {
	if _, fuzzes := s.TB.(*testing.F); !fuzzes {
		s.Log("warning: " + text)
	}
}

func (screen) Begin(string, int) service.Progress { return progress{} }

type progress struct{}

func (progress) Add(int)      {}
func (progress) Set(int, int) {}
func (progress) End()         {}

// door is the API over a record of the test's own, whose clock is set by hand.
type door struct {
	testing.TB
	http.Handler
	uses      *service.Service
	record    *store.Store
	clock     *pgtest.Clock
	workflows *workflows
	url       string // of the database
	calendars *calendars.Calendars
	calendar  *api.NewCalendar // W1's, over the record of the examples
}

func newDoor(tb testing.TB) *door {
	tb.Helper()
	d := &door{
		TB: tb, url: pgtest.Database(tb), clock: pgtest.NewClock(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)),
		workflows: &workflows{told: map[string]pathway.Nudge{}, sent: make(chan struct{}, 1)},
	}
	d.record = pgtest.OpenAs(tb, store.Options{URL: d.url, Clock: d.clock, GivesWay: formats.GivesWay, MakeWay: intake.MakeWay})
	d.uses = service.New(d.record, d.workflows, screen{tb})
	d.calendars = calendars.Of(d.uses, d.record)
	s := server.New(server.Options{
		Authenticator: keys{}, Issuer: d.uses, Enter: enter, Log: logOf(tb), Now: casetime.WallNow, Limits: server.Limits{PerSecond: 1 << 20, AtOnce: 1 << 10, AllAtOnce: 1 << 10},
	})
	v1.Register(s, v1.Deps{Service: d.uses, Calendars: d.calendars})
	d.Handler = s.Handler()
	return d
}

// enter is what the web program does: what a request does is noted as its own.
func enter(ctx context.Context, c access.Caller, a access.Action, request string) context.Context {
	return service.WithCaller(ctx, c, request, a)
}

// logOf is where the API logs to: a test's own log, but not a fuzz target's, which may not log while it fuzzes.
func logOf(tb testing.TB) zerolog.Logger {
	tb.Helper()
	if _, fuzzes := tb.(*testing.F); fuzzes {
		return zerolog.Nop()
	}
	return zerolog.New(zerolog.NewTestWriter(tb))
}

// answer is what was answered.
type answer struct {
	status int
	header http.Header
	text   string
	server.Problem
	api.Pushed
}

// items are what became of each event, each with its code.
func (a *answer) items() string {
	list := make([]string, len(a.Items))
	for i, o := range a.Items {
		list[i] = strings.TrimSuffix(string(o.Outcome)+" "+string(o.Code), " ")
	}
	return strings.Join(list, ", ")
}

// places are where something is wrong.
func (a *answer) places() string {
	list := make([]string, len(a.Errors))
	for i, e := range a.Errors {
		list[i] = e.Pointer + e.Header + e.Parameter
	}
	return strings.Join(list, ", ")
}

// serve serves one request.
func (d *door) serve(r *http.Request) answer {
	d.Helper()
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
	kind := w.Header().Get("Content-Type")
	if a.status >= http.StatusBadRequest && kind != "application/problem+json" {
		d.Errorf("%d is answered as %q: %s", a.status, kind, a.text)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a.Problem); err != nil {
		d.Fatalf("%v: %s", err, a.text)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a.Pushed); err != nil {
		d.Fatalf("%v: %s", err, a.text)
	}
	return a
}
