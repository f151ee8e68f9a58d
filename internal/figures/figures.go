// Package figures is what every program that runs until it is stopped has for Prometheus to read: a registry, the
// process's own figures, and meters of OpenTelemetry's that end in it.
package figures

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	prometheusexporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
)

// Figures are a program's figures.
type Figures struct {
	Registry *prometheus.Registry
	Provider *metric.MeterProvider
}

// seconds are the bounds of every latency's histogram: from a task that is done at once to
// a message that a mail server takes its time over.
var seconds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}

// New returns the figures of a build.
func New(build string) (*Figures, error) {
	f := &Figures{Registry: prometheus.NewRegistry()}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "longstop_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"build": build},
	})
	info.Set(1)
	f.Registry.MustRegister(info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))

	exporter, err := prometheusexporter.New(
		prometheusexporter.WithRegisterer(f.Registry),
		prometheusexporter.WithoutScopeInfo(), prometheusexporter.WithoutTargetInfo(),
	)
	if err != nil {
		return nil, err
	}
	f.Provider = metric.NewMeterProvider(metric.WithReader(exporter), metric.WithView(metric.NewView(
		metric.Instrument{Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: seconds}},
	)))
	return f, nil
}

// Temporal gives Temporal's SDK its meters.
func (f *Figures) Temporal() client.MetricsHandler {
	return opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{Meter: f.Provider.Meter("temporal-sdk-go")})
}

// Handler serves the figures.
func (f *Figures) Handler() http.Handler {
	return promhttp.HandlerFor(f.Registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Close gives the last figures to whoever still reads them.
func (f *Figures) Close(ctx context.Context) error { return f.Provider.Shutdown(ctx) }
