package main

import (
	"context"
	"slices"
	"time"
)

func (s *stack) prepareSchemas(ctx context.Context) error {
	_, err := unlessFailed(ctx, s.failed, func() (struct{}, error) {
		return struct{}{}, prepareSchemas(ctx, s.database, s.temporalLog)
	})
	return err
}

func (s *stack) startTemporal(ctx context.Context) error {
	server, err := unlessFailed(ctx, s.failed, func() (*temporalServer, error) {
		return startTemporal(s.database, s.ports, s.temporalLog)
	})
	if err != nil {
		return err
	}
	s.stops = append(s.stops, namedStop{"Temporal server", server.stop})
	return nil
}

func (s *stack) registerNamespaces(ctx context.Context) error {
	_, err := unlessFailed(ctx, s.failed, func() (struct{}, error) {
		return struct{}{}, registerNamespaces(ctx, address(s.ports.Temporal), s.namespaces())
	})
	return err
}

func (s *stack) namespaces() []string {
	names := []string{mainNamespace}
	for _, name := range s.options.Namespace {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (s *stack) startUI(ctx context.Context) error {
	if s.options.NoUI {
		return nil
	}
	ui, err := startUI(ctx, s.ports)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, namedStop{"Temporal UI", func() error { ui.stop(); return nil }})
	return nil
}

// unlessFailed runs what knows no context (the server's own functions), and stops waiting for it when the context ends
// or the server gives up.
func unlessFailed[T any](ctx context.Context, failed <-chan error, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := do()
		done <- outcome{value, err}
	}()
	var nothing T
	select {
	case result := <-done:
		return result.value, result.err
	case err := <-failed:
		return nothing, err
	case <-ctx.Done():
		// Something that knows the context ends now by itself, and says better what it waited for.
		select {
		case result := <-done:
			return result.value, result.err
		case <-time.After(time.Second):
			return nothing, ctx.Err()
		}
	}
}
