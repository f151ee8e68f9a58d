package main

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/temporal"
)

// temporalServer is the embedded server with all its services.
type temporalServer struct{ server temporal.Server }

// startTemporal starts the server on schemas that are ready. It returns once the services listen.
func startTemporal(db database, chosen ports, logger log.Logger) (*temporalServer, error) {
	settings := serverConfig(db, chosen)
	authorizer, err := authorization.GetAuthorizerFromConfig(&settings.Global.Authorization)
	if err != nil {
		return nil, err
	}
	claims, err := authorization.GetClaimMapperFromConfig(&settings.Global.Authorization, logger)
	if err != nil {
		return nil, err
	}
	server, err := temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(staticHosts(chosen)),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(dynamicConfig()),
	)
	if err != nil {
		return nil, fmt.Errorf("cannot set the server up: %w", err)
	}
	if err := server.Start(); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return &temporalServer{server}, nil
}

// stop ends the server. The server gives itself minutes for that; a person at a terminal has less patience, and its
// state is safe in Postgres at every moment.
func (t *temporalServer) stop() error {
	const patience = 20 * time.Second
	stopped := make(chan error, 1)
	go func() { stopped <- t.server.Stop() }()
	select {
	case err := <-stopped:
		return err
	case <-time.After(patience):
		return fmt.Errorf("the Temporal server did not stop within %s; going on without it", patience)
	}
}
