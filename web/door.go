package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/clocks"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/figures"
	"longstop/internal/program"
	"longstop/internal/temporal"
	"longstop/notify/channel/govuknotify"
	"longstop/notify/letter"
	"longstop/notify/setting"
	"longstop/service"
	"longstop/service/calendars"
	"longstop/store"
	"longstop/store/reports"
	"longstop/timescale/load"
	"longstop/web/server"
	"longstop/web/v1"
)

// The sizes are fixed, for a machine of two to four cores.
const (
	// databaseConnections of this program. A request holds one only while it asks the record something.
	databaseConnections = 20
	// promptConnections are those by which keys are looked up and readiness is asked for, whatever the others wait for.
	promptConnections = 4
	// stopWithin is how long a stop waits for what has begun: longer than an operation may take.
	stopWithin = 80 * time.Second
	// checkWithin bounds one question to a service.
	checkWithin = 3 * time.Second
)

// door is everything that runs in this program. Its life: start, wait, stop; stop also after a start that failed.
type door struct {
	settings settings
	log      zerolog.Logger
	wallNow  func() time.Time // the machine's clock

	url     string
	limits  server.Limits
	tls     *tls.Config // nil: in the clear
	options client.Options
	figures *figures.Figures
	clocks  *clocks.Client
	clock   casetime.Clock
	record  *store.Store
	uses    *service.Service
	server  *server.Server
	// receipts is the token that GOV.UK Notify's receipts show; "": none are taken
	receipts setting.Secret
	api      *http.Server
	side     *http.Server // for whoever watches over the program

	loops     sync.WaitGroup
	stopLoops context.CancelFunc
	fatal     chan error // what ends the program from within
}

// start brings the program up in an order in which each part finds what it needs. The error says which setting is
// wrong or which service does not answer.
func (d *door) start(ctx context.Context) error {
	d.fatal = make(chan error, 2)
	for _, step := range []func(context.Context) error{d.readSettings, d.openClock, d.openRecord, d.startLoops, d.listen} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *door) readSettings(context.Context) (err error) {
	if d.url, err = d.settings.database(); err != nil {
		return err
	}
	if err := store.CheckAddress(store.Options{URL: d.url, TrustedHosts: d.settings.TrustedHosts}); err != nil {
		return program.Usage(err)
	}
	if err := d.settings.checkTransport(); err != nil {
		return err
	}
	if d.limits, err = d.settings.limits(); err != nil {
		return err
	}
	if d.settings.Cert != "" {
		c, err := openCertificate(d.settings.Cert, d.settings.Key, d.log)
		if err != nil {
			return err
		}
		d.tls = c.config()
	}
	if d.options, err = temporal.ClientOptions(d.log); err != nil {
		return program.Usage(err)
	}
	if _, err := calendars.ParseAddress(d.settings.Calendars); err != nil {
		return program.Usagef("%s: %w", envCalendars, err)
	}
	if d.receipts, err = govuknotify.ReceiptToken(os.Getenv); err != nil {
		return program.Usage(err)
	}
	if d.figures, err = figures.New(program.Build()); err != nil {
		return err
	}
	d.options.MetricsHandler = d.figures.Temporal()
	d.clocks = &clocks.Client{Options: d.options, WallNow: d.wallNow}
	return nil
}

// openClock finds the clock that case time comes from: the machine's, unless the demonstration's is set, which only
// Temporal knows to be meant.
func (d *door) openClock(ctx context.Context) error {
	d.clock = casetime.Real()
	if d.settings.DemoClock == "" {
		return nil
	}
	connection, err := d.clocks.Connect(ctx)
	if err != nil {
		return err
	}
	d.clock, err = stage.CaseClock(ctx, d.settings.DemoClock, connection, d.options.Namespace, d.url)
	if err != nil && !errors.Is(err, temporal.ErrUnreachable) {
		return program.Usage(err)
	}
	return err
}

func (d *door) openRecord(ctx context.Context) (err error) {
	d.record, err = store.Open(ctx, store.Options{
		URL: d.url, TrustedHosts: d.settings.TrustedHosts, Clock: d.clock, Log: d.log, Compiler: load.Compiler{}, Composer: letter.Composer{},
		MaxConns: databaseConnections, PromptConns: promptConnections, GivesWay: formats.GivesWay, MakeWay: intake.MakeWay, WallNow: d.wallNow, Actor: store.ThisProcess("web"),
	})
	if err != nil {
		return err
	}
	d.clocks.Record, d.uses = d.record, service.New(d.record, d.clocks, watcher{d.log})
	if err := d.record.Prepare(ctx); err != nil {
		return err
	}
	return d.record.Note(ctx, store.AuditBegan, "")
}

// errEnded is why the program ends when something ended that goes on for as long as it does.
var errEnded = errors.New("it has ended by itself")

// startLoops starts what works behind the requests. It ends when stop says so, after the last request.
func (d *door) startLoops(ctx context.Context) error {
	ctx, d.stopLoops = context.WithCancel(context.WithoutCancel(ctx))
	d.loops.Go(func() {
		err := service.Guarded(func() error {
			d.uses.SendNudges(ctx)
			return errEnded
		})
		if ctx.Err() == nil {
			d.fail(fmt.Errorf("what tells the clocks of new events: %w", err))
		}
	})
	return nil
}

// receiptsPath is where GOV.UK Notify sends its receipts, which show a token of their own.
const receiptsPath = "POST /notify/receipts"

// routes puts the frame and the operations together.
func (d *door) routes() http.Handler {
	d.server = server.New(server.Options{
		Authenticator: d.uses, Issuer: d.uses, Enter: enter, Denied: d.uses.Denied, OtherCouncil: d.uses.OtherCouncil, Limits: d.limits, Checks: d.checks(), Log: d.log,
		Meter: d.figures.Provider.Meter("longstop/web"), Now: d.wallNow, Build: program.Build(),
	})
	operations := v1.Deps{Service: d.uses}
	if d.settings.Calendars != "" {
		operations.Calendars = calendars.Of(d.uses, d.record)
	}
	v1.Register(d.server, operations)
	if d.receipts != "" {
		d.server.Mount(receiptsPath, govuknotify.Receipts(d.receipts, reports.Of(d.record), d.log))
	}
	return d.server.Handler()
}

// listen takes both addresses, and serves.
func (d *door) listen(ctx context.Context) error {
	handler := d.routes() //nolint:contextcheck // each request has a context of its own
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", d.settings.Address)
	if err != nil {
		return program.Usagef("%s: %w; name another, for example %s=127.0.0.1:8091", envAddress, err, envAddress)
	}
	side, err := config.Listen(ctx, "tcp", d.settings.MetricsAddress)
	if err != nil {
		return errors.Join(program.Usagef("%s: %w; name another, for example %s=127.0.0.1:9466", envMetrics, err, envMetrics), listener.Close())
	}
	d.api = d.server.Listening(handler, d.tls)
	d.side = d.server.Listening(d.watched(handler), nil)
	go d.serve(d.api, server.Bounded(listener))
	go d.serve(d.side, side)
	d.log.Info().Str("build", program.Build()).Str("address", listener.Addr().String()).Bool("tls", d.tls != nil).
		Str("health", side.Addr().String()).Msg("the API answers")
	if d.settings.Cleartext {
		d.log.Warn().Str("address", listener.Addr().String()).Msg(envCleartext + ": requests come in the clear, keys and children's data included")
	}
	return nil
}

// watched is what is served to whoever watches over the program.
func (d *door) watched(handler http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", d.figures.Handler())
	mux.Handle("GET /healthz", handler)
	mux.Handle("GET /readyz", handler)
	return mux
}

func (d *door) serve(s *http.Server, l net.Listener) {
	serve := s.Serve
	if s.TLSConfig != nil {
		serve = func(l net.Listener) error { return s.ServeTLS(l, "", "") }
	}
	if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
		d.fail(err)
	}
}

// fail ends the program from within; the first reason counts.
func (d *door) fail(err error) {
	select {
	case d.fatal <- err:
	default:
	}
}

// wait returns nil when ctx ends, and an error when the program cannot go on.
func (d *door) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case err := <-d.fatal:
		return fmt.Errorf("web cannot go on: %w", err)
	}
	d.server.Stop()
	if d.settings.Drain > 0 {
		d.log.Info().Stringer("for", d.settings.Drain).Msg("stopping: requests are still taken, and /readyz sends them elsewhere")
		drained := time.NewTimer(d.settings.Drain)
		defer drained.Stop()
		select {
		case <-drained.C:
		case err := <-d.fatal:
			return fmt.Errorf("web cannot go on: %w", err)
		}
	}
	d.log.Info().Msg("stopping: what has begun is finished first")
	return nil
}

// end lets a server finish what has begun, until ctx ends: then it breaks the rest off, so that what the requests hold of
// the record is given back.
func end(ctx context.Context, s *http.Server) error {
	err := s.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.Close())
	}
	return err
}

// stop takes no more requests, finishes those that have begun, and closes everything that start has opened.
func (d *door) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	var failed error
	if d.api != nil {
		failed = errors.Join(end(ctx, d.api), end(ctx, d.side))
	}
	if d.stopLoops != nil {
		d.stopLoops()
	}
	d.loops.Wait()
	if d.record != nil {
		d.record.Close()
	}
	if d.clocks != nil {
		d.clocks.Close()
	}
	if d.figures != nil {
		failed = errors.Join(failed, d.figures.Close(ctx))
	}
	if failed != nil {
		d.log.Warn().Err(failed).Msg("not everything ended cleanly")
	}
	if d.api != nil {
		d.log.Info().Msg("stopped")
	}
}
