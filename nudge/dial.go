package nudge

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"longstop/pathway"
)

// ClientOptions reads how to reach Temporal from the SDK's own environment configuration
// (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*,
// TEMPORAL_PROFILE and the file that TEMPORAL_CONFIG_FILE names). The namespace is
// pathway.Namespace unless one is set, the address 127.0.0.1:7233. The error names what is
// wrong in them.
func ClientOptions(log zerolog.Logger) (client.Options, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return client.Options{}, fmt.Errorf("the settings for Temporal (TEMPORAL_…): %w", err)
	}
	if options.Namespace == "" {
		options.Namespace = pathway.Namespace
	}
	if options.HostPort == "" {
		options.HostPort = client.DefaultHostPort
	}
	options.Logger = NewLogger(log)
	return options, nil
}

// Dial connects, and fails where the server does not answer (ErrUnreachable, naming the
// address). A program that can do without Temporal for a while uses client.NewLazyClient
// with the same options instead.
func Dial(ctx context.Context, options client.Options) (client.Client, error) {
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal at %s: %w", options.HostPort, explain(err))
	}
	return c, nil
}
