package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"longstop/casework"
)

// openInput opens a file, or standard input for "-".
func (a *app) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, usagef("the file cannot be read: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(usagef("%s is a folder: name a file", name), f.Close())
	}
	return f, nil
}

// parseEvents reads a file of events, and what in it is none. One that cannot be opened is
// wrong usage, one that plainly is something else is refused, and one that breaks off is a failure.
func (a *app) parseEvents(name string) ([]casework.Event, []casework.Refusal, error) {
	in, err := a.openInput(name)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	events, refused, err := casework.ReadEvents(&interruptible{a.ctx, in})
	switch {
	case errors.Is(err, casework.ErrNotEvents):
		return nil, nil, refusef("%s: %w", inputName(name), err)
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", inputName(name), err)
	}
	return events, refused, nil
}

// interruptible reads until the command is interrupted.
type interruptible struct {
	ctx context.Context //nolint:containedctx // io.Reader takes none
	in  io.Reader
}

// Read reads, or returns the context's error.
func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}

func inputName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// acceptedCases reads a file of events and returns those that stand, case by case in the
// order of their references. What does not is refused on stderr, and what is probably a slip
// is warned of.
func (a *app) acceptedCases(book *casework.Book, name string) (cases [][]casework.Event, refused bool, err error) {
	events, unread, err := a.parseEvents(name)
	if err != nil {
		return nil, false, err
	}
	refused = a.refuse(unread)
	accepted, refusals := book.Accept(events)
	refused = a.refuse(refusals) || refused
	cases = byCase(accepted)
	a.warn(doubtsOf(book, cases))
	return cases, refused, nil
}

// byCase cuts accepted events, which come grouped, into cases.
func byCase(events []casework.Event) [][]casework.Event {
	var cases [][]casework.Event
	for i := 0; i < len(events); {
		j := i + 1
		for j < len(events) && events[j].Case == events[i].Case && events[j].Source == events[i].Source {
			j++
		}
		cases = append(cases, events[i:j])
		i = j
	}
	return cases
}

// refusedIf is errRefused where something was.
func refusedIf(refused bool) error {
	if refused {
		return errRefused
	}
	return nil
}
