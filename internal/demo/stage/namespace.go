package stage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"longstop/internal/temporal"
)

// Namespace is the namespace of a demonstration, the only one in which the clock may run
// faster than the wall's.
const Namespace = "longstop-demo"

// retention is how long a demonstration's closed runs are kept.
const retention = 24 * time.Hour

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
		Namespace:                        Namespace,
		Description:                      "Longstop's demonstration: invented cases on a clock that runs fast",
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		Data:                             map[string]string{clockKey: accelerated},
	})
	var there *serviceerror.NamespaceAlreadyExists
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("making the namespace %s: %w", Namespace, temporal.Explain(err))
	}
	options.Namespace = Namespace
	return temporal.WaitNamespace(ctx, options)
}
