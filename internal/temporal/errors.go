package temporal

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
)

// ErrUnreachable is returned, wrapped, where the Temporal server could not be reached or did
// not answer in time.
var ErrUnreachable = errors.New("the Temporal server cannot be reached")

// Explain says what to look at where Temporal did not answer; other errors pass.
func Explain(err error) error {
	var unavailable *serviceerror.Unavailable
	var late *serviceerror.DeadlineExceeded
	var noNamespace *serviceerror.NamespaceNotFound
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unavailable), errors.As(err, &late), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: is it up, and is TEMPORAL_ADDRESS right? (%w)", ErrUnreachable, err)
	case errors.As(err, &noNamespace):
		return fmt.Errorf("the Temporal server has no namespace %q: make it with `temporal operator namespace create`, "+
			"or set TEMPORAL_NAMESPACE: %w", noNamespace.Namespace, err)
	default:
		return err
	}
}
