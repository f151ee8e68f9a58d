package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"longstop/casework"
	"longstop/intake/rows"
	"longstop/internal/ctxio"
	"longstop/service"
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
	events, refused, err := rows.Read(ctxio.NewReader(a.ctx, in))
	switch {
	case errors.Is(err, rows.ErrNotEvents):
		return nil, nil, refusef("%s: %w", inputName(name), err)
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", inputName(name), err)
	}
	return events, refused, nil
}

func inputName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// onFile runs a command on the cases of a file of events. What of it is refused is named on
// stderr, and what is probably a slip is warned of.
func (a *app) onFile(book *casework.Book, name string, run func(service.Offline, *service.Cases) error) error {
	// A command that folds a file keeps all of it until it ends, so that collecting sooner
	// frees little: a county is a fifth faster, for some hundreds of megabytes.
	debug.SetGCPercent(400)
	events, unread, err := a.parseEvents(name)
	if err != nil {
		return err
	}
	cases := service.FromEvents(book, events, unread)
	for i := range cases.Refused {
		a.say(cases.Refused[i].Error())
	}
	for i := range cases.Doubts {
		a.say("warning: " + cases.Doubts[i].Error())
	}
	return run(service.Offline{Now: a.now(), Watch: watcher{a}}, cases)
}

// refusedIf is errRefused where something was.
func refusedIf(refused bool) error {
	if refused {
		return errRefused
	}
	return nil
}
