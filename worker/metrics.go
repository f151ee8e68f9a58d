package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"longstop/clocks"
	"longstop/internal/figures"
	"longstop/internal/temporal"
	"longstop/notify"
	"longstop/notify/bounce/mailbox"
	"longstop/notify/channel/breaker"
)

// metrics are what Prometheus reads: the SDK's own, the process's, and how the clocks were
// found at the last check.
type metrics struct {
	*figures.Figures

	notices *prometheus.CounterVec
	clocks  *prometheus.GaugeVec
	checked prometheus.Gauge
	apart   prometheus.Gauge
	current prometheus.Gauge
	swept   *prometheus.CounterVec // by outcome
	outside *prometheus.CounterVec // by outcome
	reports prometheus.Counter     // of mail servers, that were taken
	left    *prometheus.GaugeVec   // messages in the mailbox of reports, by kind
}

func newMetrics(build string) (*metrics, error) {
	shared, err := figures.New(build)
	if err != nil {
		return nil, err
	}
	m := &metrics{
		Figures: shared,
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longstop_notices_total",
			Help: "Messages that were handed to a channel, by channel and outcome: taken, refused (the recipient, for good) or failed. What the log takes reaches nobody.",
		}, []string{"channel", "outcome"}),
		clocks: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "longstop_clocks", Help: "Clocks at the last check, by what is wrong with them; live where nothing is.",
		}, []string{"state"}),
		checked: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "longstop_clocks_checked_timestamp_seconds", Help: "When the clocks were last checked.",
		}),
	}
	m.swept = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "longstop_nudges_swept_total", Help: "Nudges that the outbox was swept of, by outcome: sent, or failed and left for later.",
	}, []string{"outcome"})
	m.outside = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "longstop_webhook_messages_total",
		Help: "Messages that were sent to webhooks, by outcome: taken, refused (this message), down (the receiver takes nothing) or gone (it wants no more).",
	}, []string{"outcome"})
	m.apart = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "longstop_clock_offset_seconds",
		Help: "How far the worker's clock is ahead of the database's; beyond 5 either way nothing is planned.",
	})
	m.current = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "longstop_build_current", Help: "1 where this worker's build runs the pathways, 0 where it gets no work.",
	})
	m.reports = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "longstop_mailbox_reports_total", Help: "Reports of mail servers about messages that the record has taken from their mailbox.",
	})
	m.left = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "longstop_mailbox_left",
		Help: "Messages left in the mailbox of reports at the last look: later (reports that the record takes later), unknown (about no message of Longstop's), auto_reply or other (somebody should look).",
	}, []string{"kind"})
	m.Registry.MustRegister(m.reports, m.left, m.swept, m.outside, m.notices, m.clocks, m.checked, m.apart, m.current)
	return m, nil
}

// watch shows whether sending is paused, by every channel that may be.
func (m *metrics) watch(all []*breaker.Breaker) {
	if len(all) == 0 {
		return
	}
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "longstop_sending_paused", Help: "1 while no message is sent because sending failed for everybody.",
	}, func() float64 {
		if slices.ContainsFunc(all, func(b *breaker.Breaker) bool { return !b.State().Paused }) {
			return 0
		}
		return 1
	}))
}

// counted counts what becomes of a channel's messages.
func (m *metrics) counted(c notify.Channel) notify.Channel {
	for _, outcome := range []string{"taken", "refused", "failed"} {
		m.notices.WithLabelValues(c.Name(), outcome) // it is there before the first message
	}
	return &countedChannel{c, m.notices}
}

type countedChannel struct {
	notify.Channel
	notices *prometheus.CounterVec
}

// Send sends a message and counts it.
func (c *countedChannel) Send(ctx context.Context, msg notify.Message) (receipt string, err error) {
	receipt, err = c.Channel.Send(ctx, msg)
	outcome := "failed"
	switch {
	case err == nil:
		outcome = "taken"
	case errors.Is(err, notify.ErrRefused):
		outcome = "refused"
	}
	c.notices.WithLabelValues(c.Name(), outcome).Inc()
	return receipt, err
}

// stands keeps how this build stands in the deployment.
func (m *metrics) stands(s temporal.Standing, build string) {
	if s.Current == build {
		m.current.Set(1)
	} else {
		m.current.Set(0)
	}
}

// observe keeps the result of a check of the clocks.
func (m *metrics) observe(r clocks.Report, at time.Time) {
	m.clocks.WithLabelValues("live").Set(float64(r.Live))
	for _, t := range []clocks.Trouble{clocks.Missing, clocks.Stale, clocks.Ahead, clocks.Faulted, clocks.Late, clocks.Unknown, clocks.Orphan} {
		m.clocks.WithLabelValues(string(t)).Set(float64(r.Count(t)))
	}
	m.checked.Set(float64(at.Unix()))
}

// sweep counts what a sweep of the outbox has done.
func (m *metrics) sweep(sent, failed int) {
	m.swept.WithLabelValues("sent").Add(float64(sent))
	m.swept.WithLabelValues("failed").Add(float64(failed))
}

// countFaults lets whoever reads the figures know how many cases could not be worked out; it
// is NaN if the record does not answer in time.
func (m *metrics) countFaults(ctx context.Context, count func(context.Context) (int, error)) {
	ctx = context.WithoutCancel(ctx)
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "longstop_cases_put_aside", Help: "Cases that could not be worked out and are put aside; NaN where the record does not answer.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(ctx, checkTimeout)
		defer cancel()
		n, err := count(ctx)
		if err != nil {
			return math.NaN()
		}
		return float64(n)
	}))
}

// mailbox keeps what was found in the mailbox of reports.
func (m *metrics) mailbox(c mailbox.Counts) {
	m.reports.Add(float64(c.Taken))
	for kind, n := range map[string]int{"later": c.Later, "unknown": c.Unknown, "auto_reply": c.AutoReplies, "other": c.Other} {
		m.left.WithLabelValues(kind).Set(float64(n))
	}
}

// toldOutside counts how an attempt to tell a webhook ended.
func (m *metrics) toldOutside(outcome string) { m.outside.WithLabelValues(outcome).Inc() }

// countWebhooks lets whoever reads the figures know what waits for webhooks, and how many are disabled; both are NaN if
// the record does not answer in time.
func (m *metrics) countWebhooks(ctx context.Context, count func(context.Context) (waiting, disabled int, err error)) {
	ctx = context.WithoutCancel(ctx)
	figure := func(name, help string, pick func(waiting, disabled int) int) {
		m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			ctx, cancel := context.WithTimeout(ctx, checkTimeout)
			defer cancel()
			waiting, disabled, err := count(ctx)
			if err != nil {
				return math.NaN()
			}
			return float64(pick(waiting, disabled))
		}))
	}
	figure("longstop_webhook_messages_waiting", "Messages that wait to be sent to webhooks.", func(waiting, _ int) int { return waiting })
	figure("longstop_webhooks_disabled", "Webhooks that are told no more, because they could not be told for days or wanted no more.", func(_, disabled int) int { return disabled })
}
