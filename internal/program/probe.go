package program

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// probeWithin is longer than a program takes to ask its services whether they answer.
const probeWithin = 6 * time.Second

// Probe asks the program of a name that listens on an address of this machine whether it is ready. setting gave the
// address. It is for a container's health check, where there is no other program to ask with.
func Probe(ctx context.Context, name, setting, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return Usagef("%s: %w; for example %s=127.0.0.1:9464", setting, err, setting)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // it listens everywhere
	}
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no %s answers: %w", name, err)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if closeErr := answer.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the %s is not ready: %s", name, strings.TrimSpace(string(text)))
	}
	return nil
}
