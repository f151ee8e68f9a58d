package temporal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"longstop/pathway/attributes"
)

// visibleWithin is how long a new search attribute may take to be known to every part of
// the server: each reads its list again every few seconds.
const visibleWithin = time.Minute

// RegisterSearchAttributes makes the search attributes of the pathways known in a
// namespace, and waits until they can be used. It adds only those that are missing, so it
// may run at every start, of several programs at once. The error names an attribute that
// exists with another type.
func RegisterSearchAttributes(ctx context.Context, c client.Client, namespace string) error {
	listed, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("listing the search attributes of %s: %w", namespace, Explain(err))
	}
	missing, err := missingAttributes(listed.GetCustomAttributes())
	if err != nil {
		return fmt.Errorf("namespace %s: %w", namespace, err)
	}
	if len(missing) > 0 {
		_, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: missing,
		})
		var there *serviceerror.AlreadyExists // another program was quicker
		if err != nil && !errors.As(err, &there) {
			return fmt.Errorf("adding search attributes to %s (may this client do that?): %w", namespace, Explain(err))
		}
	}
	return waitVisible(ctx, c, namespace)
}

func missingAttributes(have map[string]enumspb.IndexedValueType) (map[string]enumspb.IndexedValueType, error) {
	missing := map[string]enumspb.IndexedValueType{}
	for name, want := range attributes.Types() {
		switch got, ok := have[name]; {
		case !ok:
			missing[name] = want
		case got != want:
			return nil, fmt.Errorf("the search attribute %s is %v and should be %v: remove it with "+
				"`temporal operator search-attribute remove`, or use a namespace of its own", name, got, want)
		}
	}
	return missing, nil
}

// waitVisible waits until a query may name every attribute.
func waitVisible(ctx context.Context, c client.Client, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, visibleWithin)
	defer cancel()
	query := everyAttribute()
	return poll(ctx, func() error {
		_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: query})
		if err != nil {
			return fmt.Errorf("the search attributes of %s are not in use yet: %w", namespace, Explain(err))
		}
		return nil
	})
}

func everyAttribute() string {
	var terms []string
	for name := range attributes.Types() {
		terms = append(terms, name+" IS NULL")
	}
	slices.Sort(terms)
	return strings.Join(terms, " AND ")
}

const pollEvery = 200 * time.Millisecond

// poll tries until it succeeds or the context ends; then it returns the last failure.
func poll(ctx context.Context, try func() error) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-ticker.C:
		}
	}
}
