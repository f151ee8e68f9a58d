// Package demo shows Longstop at work to somebody who has never seen it: it loads an
// invented return as a council's data team would, plays a few invented cases on a clock
// that runs fast, and ends with a summary of which clocks run, what is overdue, and who
// was told.
//
// It types the same commands that a person types, as programs of their own, and pushes the
// stories' events to the API as a case system does, so that what is seen can be repeated by hand.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/calendar"
	"longstop/notify/letter"
	"longstop/store"
	"longstop/timescale/load"
)

// Options say where everything is.
type Options struct {
	Out      io.Writer
	Starter  string         // the path of this program
	Worker   string         // the path of the worker
	Web      string         // the path of the API
	Dir      string         // where the sample's files and the programs' logs go
	Database string         // the URL of the record
	Temporal client.Options // of the namespace of real time
	UI       string         // the address of the Temporal UI; "" where nobody knows
	Children int
	Day      calendar.Date // London's today
	Now      func() time.Time
	Log      zerolog.Logger
	Linger   bool // go on after the summary until the context ends
}

// Run plays the demonstration. It ends with the context, or after the summary where it is
// not to linger. The error says which part could not be started, and which log to read.
func Run(ctx context.Context, o Options) error {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return fmt.Errorf("making the demonstration's folder: %w", err)
	}
	s := &show{Options: o}
	defer s.stop()
	for _, act := range []func(context.Context) error{s.load, s.play, s.summary} {
		if err := act(ctx); err != nil {
			return s.explain(ctx, err)
		}
	}
	if !o.Linger {
		return nil
	}
	s.say("\nEverything goes on. Ctrl-C ends it; `make demo` starts again where this left off.\n")
	<-ctx.Done()
	return nil
}

// show is the demonstration under way.
type show struct {
	Options
	programs []*process
	story    *story // what was played on the fast clock
	door     *door  // to the record of real time
	receiver *receiver
	mailbox  *mailbox
}

func (s *show) say(format string, args ...any) { fmt.Fprintf(s.Out, format, args...) }

// explain tells an interruption, which is how a demonstration that somebody watches usually
// ends, from a fault.
func (s *show) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, errStopped)) {
		s.say("\nStopped before the end. `make demo` goes on from here.\n")
		if s.Linger {
			return nil
		}
	}
	return err
}

func (s *show) stop() {
	for _, p := range slices.Backward(s.programs) {
		p.stop()
	}
	if s.mailbox != nil {
		if err := s.mailbox.server.Close(); err != nil {
			s.Log.Debug().Err(err).Msg("the mail server of the stories")
		}
	}
	if s.receiver != nil {
		if err := s.receiver.server.Close(); err != nil {
			s.Log.Debug().Err(err).Msg("the system that was told of changes")
		}
	}
}

// openRecord opens a record to read, or to tell the stories to.
func (s *show) openRecord(ctx context.Context, o store.Options) (*store.Store, error) {
	o.Log, o.MaxConns, o.Compiler = s.Log, 4, load.Compiler{}
	o.Composer = letter.Composer{}
	return store.Open(ctx, o)
}

func (s *show) file(name string) string { return filepath.Join(s.Dir, name) }
