package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"

	"longstop/activities"
	"longstop/activities/record"
	"longstop/clocks"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/program"
	"longstop/internal/temporal"
	"longstop/notify/bounce/mailbox"
	"longstop/notify/letter"
	"longstop/outwards"
	"longstop/pathway"
	"longstop/store"
	"longstop/store/receivers"
	"longstop/timescale/load"
	"longstop/workflows"
)

// service is everything that runs in a worker. Its life: start, wait, stop; stop also
// after a start that failed.
type service struct {
	settings settings
	log      zerolog.Logger
	wallNow  func() time.Time // the machine's clock

	url      string
	options  client.Options
	takeOver temporal.TakeOver

	webhookKeys     *outwards.Keys
	webhookNetworks outwards.Networks

	metrics  *metrics
	health   health
	channel  channel
	mailbox  *mailbox.Reader // of reports of mail servers; nil: none is read
	temporal client.Client
	record   *store.Store
	watch    *clockWatch
	people   *organisationWatch
	workers  []sdkworker.Worker // of the task queues

	loops     sync.WaitGroup
	stopLoops context.CancelFunc
	fatal     chan error // what ends the worker from within
}

// start brings the worker up in an order in which each part finds what it needs. The error
// says which setting is wrong or which service does not answer.
func (s *service) start(ctx context.Context) error {
	s.fatal = make(chan error, 1)
	for _, step := range []func(context.Context) error{
		s.readSettings, s.openHealth, s.openChannel, s.openTemporal, s.openRecord, s.openMailbox, s.startWorker,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.startLoops(ctx)
	s.log.Info().Str("build", program.Build()).Str("namespace", s.options.Namespace).Str("temporal", s.options.HostPort).
		Str("health", s.health.listener.Addr().String()).Msg("the clocks are running")
	return nil
}

func (s *service) readSettings(context.Context) (err error) {
	if s.url, err = s.settings.database(); err != nil {
		return err
	}
	if err := store.CheckAddress(store.Options{URL: s.url, TrustedHosts: s.settings.TrustedHosts}); err != nil {
		return program.Usage(err)
	}
	if err := s.settings.checkReplyTo(); err != nil {
		return err
	}
	if s.options, err = temporal.ClientOptions(s.log); err != nil {
		return program.Usage(err)
	}
	if words := temporal.InTheClear(s.options); words != "" {
		s.log.Warn().Str("temporal", s.options.HostPort).Msg(words)
	}
	if s.health.codec, err = s.settings.codec(s.options); err != nil {
		return err
	}
	if s.takeOver, err = temporal.ParseTakeOver(s.settings.TakeOver); err != nil {
		return program.Usage(err)
	}
	if s.webhookKeys, s.webhookNetworks, err = outwards.Settings(os.Getenv); err != nil {
		return program.Usage(err)
	}
	if s.metrics, err = newMetrics(program.Build()); err != nil {
		return err
	}
	s.options.MetricsHandler = s.metrics.Temporal()
	return nil
}

func (s *service) openHealth(ctx context.Context) error {
	s.health.log = s.log
	s.health.loops.log, s.health.loops.now, s.health.loops.fail = s.log, s.wallNow, s.fail
	s.health.checks = []check{
		{"Temporal", func(ctx context.Context) error {
			_, err := s.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
			return err
		}},
		{"Postgres", func(ctx context.Context) error { return s.record.Ping(ctx) }},
		{"the clock", func(context.Context) error { return s.watch.err() }},
		{noticesCheck, s.noticesReachSomebody},
	}
	s.health.detail = s.channel.detail
	return s.health.listen(ctx, s.settings.MetricsAddress, s.metrics)
}

func (s *service) openChannel(ctx context.Context) (err error) {
	s.channel, err = s.newChannel(ctx)
	return err
}

// noticesReachSomebody: a service that tells nobody is not ready, though it does what it was
// told to.
func (s *service) noticesReachSomebody(context.Context) error {
	if s.channel.logOnly {
		return errReachNobody
	}
	return nil
}

// wakeUnsent makes everything that could not be sent try again at once: when messages go again
// after a pause, and at the start, when what was written to a log has a mail server now.
func (s *service) wakeUnsent(ctx context.Context) {
	cases, err := s.record.WakeUnsent(ctx)
	switch {
	case err != nil:
		s.log.Error().Err(err).Msg("what could not be sent was not woken: each pathway tries again within the hour")
	case cases > 0:
		s.log.Info().Int("cases", cases).Msg("what could not be sent is tried again")
	}
}

func (s *service) openTemporal(ctx context.Context) (err error) {
	if s.temporal, err = temporal.Dial(ctx, s.options); err != nil {
		return err
	}
	return temporal.RegisterSearchAttributes(ctx, s.temporal, s.options.Namespace)
}

// demoPostEvery is short enough for a clock on which a day takes two seconds.
const demoPostEvery = 300 * time.Millisecond

// listSettle is longer than a data team's files follow each other apart in a first load.
const listSettle = 10 * time.Second

func (s *service) openRecord(ctx context.Context) error {
	clock, err := s.clock(ctx)
	if err != nil {
		return err
	}
	s.record, err = store.Open(ctx, store.Options{
		URL: s.url, TrustedHosts: s.settings.TrustedHosts, Clock: clock, Log: s.log, Compiler: load.Compiler{}, Composer: letter.Composer{}, MaxConns: databaseConnections,
		GivesWay: formats.GivesWay, MakeWay: intake.MakeWay,
		MessageDomain: s.channel.domain, ListSettle: listSettle,
		LogOnly: s.channel.logOnly, Trays: true,
		WallNow: s.wallNow, Actor: store.ThisProcess("worker"),
	})
	if err != nil {
		return err
	}
	s.metrics.countFaults(ctx, s.record.CountPutAside)
	s.people = s.metrics.watchOrganisation(s.record.OrganisationDrift, s.log)
	s.watch = &clockWatch{compare: s.record.CompareClocks, apart: s.metrics.apart, log: s.log}
	if err := s.record.Prepare(ctx); err != nil {
		return err
	}
	if due, err := s.record.RebuildDue(ctx); err != nil {
		return err
	} else if due {
		s.log.Warn().Msg("an earlier release worked out the timescales that the record holds, and this one would show some of them otherwise: " +
			"run `starter rebuild` once every worker program is of this release")
	}
	return s.record.Note(ctx, store.AuditBegan, "")
}

func (s *service) clock(ctx context.Context) (casetime.Clock, error) {
	clock, err := stage.CaseClock(ctx, s.settings.DemoClock, s.temporal, s.options.Namespace, s.url)
	if err != nil && !errors.Is(err, temporal.ErrUnreachable) {
		return nil, program.Usage(err)
	}
	if err == nil && s.settings.DemoClock != "" {
		s.channel.Channel = stage.Marked(s.channel.Channel)
		s.log.Warn().Time("case_time", clock.Case(s.wallNow())).Msg("case time runs fast: this is a demonstration")
	}
	return clock, err
}

func (s *service) startWorker(context.Context) error {
	sdkworker.SetStickyWorkflowCacheSize(cachedWorkflows)
	does := &activities.Activities{Record: record.Record{Store: s.record, Contact: s.settings.ReplyTo}, Channel: s.channel.Channel, Log: s.log}

	sends := sdkworker.New(s.temporal, pathway.SendTaskQueue, sendOptions(program.Build(), s.channel.slots, s.log, s.fail))
	does.Register(sends)
	plans := sdkworker.New(s.temporal, pathway.TaskQueue, workerOptions(program.Build(), s.log, s.fail))
	workflows.Register(plans)
	// Those that send too: releases before SendTaskQueue scheduled them here, and one that was
	// scheduled then may be due only now.
	does.Register(plans)

	// The queue of what the workflows schedule is served before the workflows are.
	for _, w := range []sdkworker.Worker{sends, plans} {
		if err := w.Start(); err != nil {
			return fmt.Errorf("starting the Temporal worker: %w", err)
		}
		s.workers = append(s.workers, w)
	}
	s.health.polling.Store(true)
	return nil
}

// stopWorkers asks for no more tasks, and waits for what runs.
func (s *service) stopWorkers() {
	var stopping sync.WaitGroup
	for _, w := range s.workers {
		stopping.Go(w.Stop)
	}
	stopping.Wait()
}

// startLoops starts what watches over the clocks. The loops end with their context, which
// outlives that of the process's start: stop ends it, when the workflows have had time.
func (s *service) startLoops(ctx context.Context) {
	ctx, s.stopLoops = context.WithCancel(context.WithoutCancel(ctx))
	nudger := clocks.New(s.temporal)
	nudger.Swept = s.metrics.sweep
	watcher := &clocks.Watcher{
		Healer: &clocks.Healer{
			Nudger: nudger, Record: s.record, Temporal: s.temporal, Namespace: s.options.Namespace, Settle: clocks.Settle,
		},
		Log: s.log,
		Now: s.wallNow, Checked: func(r clocks.Report) {
			s.metrics.observe(r, s.wallNow())
			s.people.check(ctx)
		},
	}
	preparer := &clocks.Preparer{
		Candidate: &temporal.Candidate{
			Temporal: s.temporal, Build: program.Build(), Promote: s.settings.Promote, TakeOver: s.takeOver,
			Local: isLocal(s.options.HostPort), Now: s.wallNow,
		},
		Namespace: s.options.Namespace, Log: s.log, Stands: func(n temporal.Standing) { s.metrics.stands(n, program.Build()) },
	}
	s.health.loops.start(ctx, "prepare", preparer.Run)
	for _, b := range s.channel.breakers {
		s.loops.Go(func() { b.Run(ctx) })
	}
	s.loops.Go(func() { s.wakeUnsent(ctx) })
	s.loops.Go(func() { s.retryFaults(ctx) })
	s.health.loops.start(ctx, "compare clocks", s.watch.run)
	s.health.loops.start(ctx, "outbox", func(ctx context.Context) { nudger.Sweep(ctx, timely{s.record, s.watch}, s.log) })
	s.health.loops.start(ctx, "replan", func(ctx context.Context) { clocks.Replan(ctx, s.record, s.log) })
	s.health.loops.start(ctx, "lists", func(ctx context.Context) { clocks.SendLists(ctx, s.record, s.temporal, s.log) })
	every := clocks.PostEvery
	if s.settings.DemoClock != "" {
		every = demoPostEvery
	}
	s.health.loops.start(ctx, "post", func(ctx context.Context) {
		clocks.SendPost(ctx, record.Record{Store: s.record}, s.temporal, every, s.log)
	})
	if s.settings.DemoClock == "" { // a schedule goes by the wall's clock
		s.health.loops.start(ctx, "schedule", func(ctx context.Context) { clocks.KeepPost(ctx, s.temporal, s.log) })
	}
	s.health.loops.start(ctx, "check clocks", watcher.Run)
	s.readReports(ctx)
	sender := s.sender(ctx)
	s.health.loops.start(ctx, "webhooks", func(ctx context.Context) { clocks.TellOutside(ctx, sender, s.log) })
	s.health.loops.start(ctx, "logged", func(ctx context.Context) { clocks.WakeLogged(ctx, s.record, s.log) })
}

// sender is what tells systems outside.
func (s *service) sender(ctx context.Context) *outwards.Sender {
	to := receivers.Of(s.record)
	s.metrics.countWebhooks(ctx, to.Count)
	return &outwards.Sender{
		Record: s.record, Receivers: to, Client: outwards.NewClient(s.webhookNetworks, s.wallNow), Keys: s.webhookKeys,
		Log: s.log, Now: s.wallNow, Sent: s.metrics.toldOutside,
	}
}

// retryFaults lets what could not be worked out be tried again: this may be the release that
// mends it.
func (s *service) retryFaults(ctx context.Context) {
	cases, err := s.record.RetryFaults(ctx)
	switch {
	case err != nil:
		s.log.Error().Err(err).Msg("what was put aside is not tried at once, but within the hour")
	case cases > 0:
		s.log.Warn().Int("cases", cases).Msg("cases that could not be worked out are tried again")
	}
}

// isLocal reports whether an address (host:port) is one of this machine's own.
func isLocal(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// fail ends the worker from within; the first reason counts.
func (s *service) fail(err error) {
	select {
	case s.fatal <- err:
	default:
	}
}

// wait returns nil when ctx ends, and an error when the worker cannot go on.
func (s *service) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		s.log.Info().Msg("stopping: what runs is finished first")
		return nil
	case err := <-s.fatal:
		return fmt.Errorf("the worker cannot go on: %w", err)
	}
}

// stop ends everything that was started, in reverse: no more tasks are asked for, what
// runs is finished, and then the services are left. It may run after a start that failed,
// and after ctx has ended.
func (s *service) stop(ctx context.Context) {
	s.health.polling.Store(false)
	s.stopWorkers()
	if s.stopLoops != nil {
		s.stopLoops()
	}
	s.loops.Wait()
	s.health.loops.running.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
	defer cancel()
	var failed error
	if s.channel.close != nil {
		failed = s.channel.close()
	}
	if s.record != nil {
		s.record.Close()
	}
	if s.temporal != nil {
		s.temporal.Close()
	}
	if s.metrics != nil {
		failed = errors.Join(failed, s.health.close(ctx), s.metrics.Close(ctx))
	}
	if failed != nil {
		s.log.Warn().Err(failed).Msg("not everything ended cleanly")
	}
	if len(s.workers) > 0 {
		s.log.Info().Msg("stopped")
	}
}
