// Package temporal connects a program to Temporal: the settings and the connection, sealed
// payloads (package payloads), the SDK's log, the search attributes of a namespace, and the
// worker deployment with its builds.
package temporal

import (
	"context"
	"fmt"
	"net"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"longstop/internal/temporal/payloads"
	"longstop/pathway"
)

// ClientOptions reads how to reach Temporal from the SDK's own environment configuration
// (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*,
// TEMPORAL_PROFILE and the file that TEMPORAL_CONFIG_FILE names). The namespace is
// pathway.Namespace unless one is set, the address 127.0.0.1:7233. Payloads are sealed where
// payloads.Setting names the keys. The error names what is wrong in them.
func ClientOptions(log zerolog.Logger) (client.Options, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return client.Options{}, fmt.Errorf("the settings for Temporal (TEMPORAL_…): %w; for example TEMPORAL_ADDRESS=127.0.0.1:7233", err)
	}
	if options.Namespace == "" {
		options.Namespace = pathway.Namespace
	}
	if options.HostPort == "" {
		options.HostPort = client.DefaultHostPort
	}
	options.Logger = NewLogger(log)
	keys, err := payloads.KeysFromEnv()
	if err != nil {
		return client.Options{}, err
	}
	payloads.Use(&options, keys)
	return options, nil
}

// InTheClear says what whoever runs the Temporal server of these options can read, where it
// is somebody else's, to judge by TLS or an API key and by the address, and there is no key;
// "" if there is nothing to warn about.
func InTheClear(options client.Options) string {
	secured := options.ConnectionOptions.TLS != nil || options.Credentials != nil
	if !secured || isLoopback(options.HostPort) || payloads.UsedBy(options).Seal() {
		return ""
	}
	return "what is handed to Temporal lies in the clear there, for as long as it keeps it: which duties each case has, when they are due and " +
		"whose they are (staff references, no names), under the case's random key: set " + payloads.Setting + " for the worker and the command line alike to seal it"
}

func isLoopback(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Dial connects, and fails where the server does not answer (ErrUnreachable, naming the
// address). A program that can do without Temporal for a while uses client.NewLazyClient
// with the same options instead.
func Dial(ctx context.Context, options client.Options) (client.Client, error) {
	// The namespace may be another by now than when the options were read, and a payload is
	// bound to its own.
	payloads.Use(&options, payloads.UsedBy(options))
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal at %s: %w", options.HostPort, Explain(err))
	}
	return c, nil
}
