package clocks

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"longstop/internal/temporal"
	"longstop/pathway"
)

// Client is the clocks as use cases reach them. It connects when something is first asked of it, so that a program
// runs without Temporal as long as it needs none. It is safe for concurrent use.
type Client struct {
	Options client.Options
	Record  Pathways
	WallNow func() time.Time

	mu         sync.Mutex
	connection client.Client
}

// Connect connects, once, and returns the connection. The error is temporal.ErrUnreachable, or the server's own.
func (c *Client) Connect(ctx context.Context) (client.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.connection != nil {
		return c.connection, nil
	}
	connection, err := temporal.Dial(ctx, c.Options)
	if err != nil {
		return nil, err
	}
	c.connection = connection
	return connection, nil
}

// Reach connects, and returns the error of Connect.
func (c *Client) Reach(ctx context.Context) error {
	_, err := c.Connect(ctx)
	return err
}

// Prepare connects and makes the namespace ready: it may be new, and clocks are started with search attributes.
func (c *Client) Prepare(ctx context.Context) error {
	connection, err := c.Connect(ctx)
	if err != nil {
		return err
	}
	return temporal.RegisterSearchAttributes(ctx, connection, c.Options.Namespace)
}

// Send sends nudges and returns the error of each, as Nudger.Send does.
func (c *Client) Send(ctx context.Context, nudges []pathway.Nudge) []error {
	connection, err := c.Connect(ctx)
	if err != nil {
		errs := make([]error, len(nudges))
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	return New(connection).Send(ctx, nudges)
}

// Check compares every open pathway of the record with its clock, as the function Check does.
func (c *Client) Check(ctx context.Context) (Report, error) {
	connection, err := c.Connect(ctx)
	if err != nil {
		return Report{}, err
	}
	return Check(ctx, c.Record, connection, c.Options.Namespace, Settle, c.WallNow())
}

// Heal puts right what a report found, as Healer.Heal does: also orphans, however many they are.
func (c *Client) Heal(ctx context.Context, report Report) (Healed, error) {
	connection, err := c.Connect(ctx)
	if err != nil {
		return Healed{}, err
	}
	healer := &Healer{
		Nudger: New(connection), Record: c.Record, Temporal: connection, Namespace: c.Options.Namespace, Settle: Settle, EndAll: true,
	}
	return healer.Heal(ctx, report, c.WallNow())
}

// Attended reports whether a worker has asked for work in the last minutes.
func (c *Client) Attended(ctx context.Context) (bool, error) {
	connection, err := c.Connect(ctx)
	if err != nil {
		return false, err
	}
	return temporal.Attended(ctx, connection)
}

// Close ends the connection, where there is one.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.connection != nil {
		c.connection.Close()
	}
}
