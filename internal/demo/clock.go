package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"longstop/internal/casetime"
	"longstop/internal/temporal"
	"longstop/pathway"
)

// ClockSetting is the environment variable that makes case time run faster than the
// wall clock.
const ClockSetting = "LONGSTOP_DEMO_CLOCK"

const clockExample = ClockSetting + `='{"from":"2026-11-02T08:00:00Z","at":"2026-11-21T10:00:00Z","factor":30000}'`

// A namespace that may have an accelerated clock says so in its data.
const (
	clockKey    = "longstop.clock"
	accelerated = "accelerated"
	demoEnding  = "_demo" // of the database's name
)

// Clock is an accelerated clock as the setting says: it showed the case instant From
// at the wall instant At, and has run Factor times as fast since.
type Clock struct {
	From   time.Time `json:"from"`
	At     time.Time `json:"at"`
	Factor float64   `json:"factor"`
}

// ParseClock reads the setting. The error shows a right one.
func ParseClock(setting string) (Clock, error) {
	var d Clock
	decoder := json.NewDecoder(strings.NewReader(setting))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return d, fmt.Errorf("%s: %w; for example %s", ClockSetting, err, clockExample)
	}
	if d.From.IsZero() || d.At.IsZero() || d.Factor < 1 {
		return d, fmt.Errorf("%s: from and at must be instants, and factor at least 1; for example %s", ClockSetting, clockExample)
	}
	return d, nil
}

// String is the setting that ParseClock reads.
func (d Clock) String() string {
	text, err := json.Marshal(d)
	if err != nil {
		return err.Error() // instants beyond the year 9999
	}
	return string(text)
}

// Clock is the case time.
func (d Clock) Clock() casetime.Clock { return casetime.Accelerated(d.From, d.At, d.Factor) }

// CaseClock is the case time that a program runs by: the wall clock where setting is empty,
// and the accelerated clock that it describes only where everything around was made for
// that. A notice that a fast clock sends about a real child would be false.
//
// The error says which of the namespace and the database is not made for it.
func CaseClock(ctx context.Context, setting string, c client.Client, namespace, databaseURL string) (casetime.Clock, error) {
	if setting == "" {
		return casetime.Real(), nil
	}
	d, err := ParseClock(setting)
	if err != nil {
		return nil, err
	}
	if err := madeForDemo(ctx, c.WorkflowService(), namespace, databaseURL); err != nil {
		return nil, fmt.Errorf("%s is refused: %w", ClockSetting, err)
	}
	return d.Clock(), nil
}

type describer interface {
	DescribeNamespace(ctx context.Context, in *workflowservice.DescribeNamespaceRequest, opts ...grpc.CallOption) (*workflowservice.DescribeNamespaceResponse, error)
}

func madeForDemo(ctx context.Context, server describer, namespace, databaseURL string) error {
	if namespace != pathway.DemoNamespace {
		return fmt.Errorf("it needs the namespace %s, and this one is %s", pathway.DemoNamespace, namespace)
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

// demoRetention is how long a demonstration's closed runs are kept.
const demoRetention = 24 * time.Hour

// MakeNamespace makes the namespace in which the clock may run fast, and waits until
// it can be used. One of that name that was not made for it is left as it is, and refused
// later by CaseClock.
func MakeNamespace(ctx context.Context, options client.Options) error {
	namespaces, err := client.NewNamespaceClient(options)
	if err != nil {
		return fmt.Errorf("connecting to Temporal at %s: %w", options.HostPort, temporal.Explain(err))
	}
	defer namespaces.Close()
	err = namespaces.Register(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        pathway.DemoNamespace,
		Description:                      "Longstop's demonstration: invented cases on a clock that runs fast",
		WorkflowExecutionRetentionPeriod: durationpb.New(demoRetention),
		Data:                             map[string]string{clockKey: accelerated},
	})
	var there *serviceerror.NamespaceAlreadyExists
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("making the namespace %s: %w", pathway.DemoNamespace, temporal.Explain(err))
	}
	options.Namespace = pathway.DemoNamespace
	return temporal.WaitNamespace(ctx, options)
}
