// Package stage is what a demonstration runs on in place of a service: a clock that runs fast,
// in a namespace and a database that were made for it, and messages that say that they are
// about nobody. Only programs use it, where they put their parts together.
package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"

	"longstop/internal/casetime"
	"longstop/internal/temporal"
)

// Setting is the environment variable that makes case time run faster than the
// wall clock.
const Setting = "LONGSTOP_DEMO_CLOCK"

const example = Setting + `='{"from":"2026-11-02T08:00:00Z","at":"2026-11-21T10:00:00Z","factor":30000}'`

// A namespace that may have an accelerated clock says so in its data.
const (
	clockKey    = "longstop.clock"
	accelerated = "accelerated"
	demoEnding  = "_demo" // of the database's name
)

// Clock is an accelerated clock as the setting says: it showed the case instant From
// at the wall instant At, and has run Factor times as fast since. One that hurries does so
// only in the hours in which notices go, and runs faster still at night and at the weekend.
type Clock struct {
	From    time.Time `json:"from"`
	At      time.Time `json:"at"`
	Factor  float64   `json:"factor"`
	Hurries bool      `json:"hurries,omitempty"`
}

// Between returns a clock that hurries, shows one case instant at a wall instant, and another
// once some wall time has passed.
func Between(from, to, at time.Time, lasts time.Duration) Clock {
	return Clock{From: from, At: at, Factor: float64(effort(to)-effort(from)) / float64(lasts), Hurries: true}
}

// Parse reads the setting. The error shows a right one.
func Parse(setting string) (Clock, error) {
	var d Clock
	decoder := json.NewDecoder(strings.NewReader(setting))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return d, fmt.Errorf("%s: %w; for example %s", Setting, err, example)
	}
	if d.From.IsZero() || d.At.IsZero() || d.Factor < 1 {
		return d, fmt.Errorf("%s: from and at must be instants, and factor at least 1; for example %s", Setting, example)
	}
	return d, nil
}

// String returns the setting that Parse reads.
func (d Clock) String() string {
	text, err := json.Marshal(d)
	if err != nil {
		return err.Error() // instants beyond the year 9999
	}
	return string(text)
}

// Clock returns the case time.
func (d Clock) Clock() casetime.Clock {
	if d.Hurries {
		return hurried{from: d.From.UTC(), at: d.At, factor: d.Factor}
	}
	return casetime.Accelerated(d.From, d.At, d.Factor)
}

// CaseClock returns the case time that a program runs by: the wall clock where setting is empty,
// and the accelerated clock that it describes only where everything around was made for
// that. A notice that a fast clock sends about a real child would be false.
//
// The error says which of the namespace and the database is not made for it.
func CaseClock(ctx context.Context, setting string, c client.Client, namespace, databaseURL string) (casetime.Clock, error) {
	if setting == "" {
		return casetime.Real(), nil
	}
	d, err := Parse(setting)
	if err != nil {
		return nil, err
	}
	if err := madeForDemo(ctx, c.WorkflowService(), namespace, databaseURL); err != nil {
		return nil, fmt.Errorf("%s is refused: %w", Setting, err)
	}
	return d.Clock(), nil
}

type describer interface {
	DescribeNamespace(ctx context.Context, in *workflowservice.DescribeNamespaceRequest, opts ...grpc.CallOption) (*workflowservice.DescribeNamespaceResponse, error)
}

func madeForDemo(ctx context.Context, server describer, namespace, databaseURL string) error {
	if namespace != Namespace {
		return fmt.Errorf("it needs the namespace %s, and this one is %s", Namespace, namespace)
	}
	if err := demoDatabase(databaseURL); err != nil {
		return err
	}
	described, err := server.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("the namespace %s cannot be described: %w", namespace, temporal.Explain(err))
	}
	if described.GetNamespaceInfo().GetData()[clockKey] != accelerated {
		return fmt.Errorf("the namespace %s does not say %s=%s in its data: it was not made for this (see `starter demo`)",
			namespace, clockKey, accelerated)
	}
	return nil
}

// demoDatabase looks at the name of the database that the driver would connect to, which
// need not be the one in the address's path.
func demoDatabase(databaseURL string) error {
	config, err := pgconn.ParseConfig(databaseURL)
	if err != nil {
		return errors.New("the database's address cannot be read") // the driver's words may quote it
	}
	if !strings.HasSuffix(config.Database, demoEnding) {
		return fmt.Errorf("it needs a database whose name ends in %s, and this one is %q", demoEnding, config.Database)
	}
	return nil
}
