package temporal

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// WaitNamespace waits until each part of the server knows the namespace: each reads its
// list every few seconds.
func WaitNamespace(ctx context.Context, options client.Options) error {
	c, err := client.NewLazyClient(options)
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, visibleWithin)
	defer cancel()
	return poll(ctx, func() error {
		if _, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: options.Namespace}); err != nil {
			return fmt.Errorf("the namespace %s is not in use yet: %w", options.Namespace, Explain(err))
		}
		_, err := c.DescribeWorkflowExecution(ctx, "no-such-workflow", "")
		var none *serviceerror.NotFound
		if err != nil && !errors.As(err, &none) {
			return fmt.Errorf("the namespace %s is not in use yet: %w", options.Namespace, Explain(err))
		}
		return nil
	})
}
