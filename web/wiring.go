package main

import (
	"context"
	"errors"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/access"
	"longstop/internal/temporal"
	"longstop/service"
	"longstop/store"
	"longstop/web/server"
)

// enter tells the record who writes or reads in a request, for the audit.
func enter(ctx context.Context, c access.Caller, a access.Action, request string) context.Context {
	return service.WithCaller(ctx, c, request, a)
}

// errNoLaw: the record was made and has had no law yet.
var errNoLaw = errors.New("no law is in force")

// checks are what the program needs, in the order in which one hangs on another.
func (d *door) checks() []server.Check {
	return []server.Check{
		{Trouble: "the record does not answer", Ask: d.record.Ping},
		{Trouble: "the record is not prepared for this release: run 'starter migrate'", Ask: d.record.Current},
		{Trouble: "no law is in force on the record", Ask: func(context.Context) error {
			if d.record.Book() == nil {
				return errNoLaw
			}
			return nil
		}},
		{Trouble: "the clock of this machine differs from the database's", Ask: func(ctx context.Context) error {
			_, err := d.record.CompareClocks(ctx)
			if errors.Is(err, store.ErrUnreachable) {
				return nil // said above
			}
			return err
		}},
		{Trouble: "Temporal does not answer: what is recorded is kept, and its clocks follow", Optional: true, Ask: d.temporalAnswers},
	}
}

// temporalAnswers returns why Temporal does not; nil where it does.
func (d *door) temporalAnswers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkWithin/3)
	defer cancel()
	connection, err := d.clocks.Connect(ctx)
	if err != nil {
		return err
	}
	_, err = connection.CheckHealth(ctx, &client.CheckHealthRequest{})
	return temporal.Explain(err)
}

// watcher writes to the log what use cases warn of. Nobody sees how far they have come.
type watcher struct{ log zerolog.Logger }

// Warn writes a warning.
func (w watcher) Warn(text string) { w.log.Warn().Msg(text) }

// Begin returns what shows nothing.
func (watcher) Begin(string, int) service.Progress { return unseen{} }

type unseen struct{}

// Add does nothing.
func (unseen) Add(int) {}

// Set does nothing.
func (unseen) Set(int, int) {}

// End does nothing.
func (unseen) End() {}
