package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"longstop/internal/program"
)

// probe asks the worker that listens on an address of this machine whether it is ready. It
// is for a container's health check, where there is no other program to ask with.
func probe(ctx context.Context, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return program.Usagef("LONGSTOP_METRICS_ADDRESS: %w; for example LONGSTOP_METRICS_ADDRESS=127.0.0.1:9464", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // it listens everywhere
	}
	ctx, cancel := context.WithTimeout(ctx, 2*checkTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no worker answers: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if closeErr := answer.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the worker is not ready: %s", strings.TrimSpace(string(text)))
	}
	return nil
}
