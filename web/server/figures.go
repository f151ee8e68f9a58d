package server

import (
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

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
