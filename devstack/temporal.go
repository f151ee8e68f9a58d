package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers the driver that sqlConfig names, too
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/durationpb"
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

const (
	// historyShards is how many parts the workflows are divided into. It can never be changed for a database. Four keep
	// two to eight cores busy; 128 were no faster when measured, and each costs timers and queries when idle.
	historyShards = 4

	// The connections of one service to each of the two databases. There are four services, so at most
	// 4 x (20 + 10) = 120 of Postgres's 200.
	defaultStoreConns    = 20
	visibilityStoreConns = 10

	clusterName = "active"
	clusterID   = "5d1c7f0e-6b0e-4a37-9a53-2f4b6f3c8a10" // any, but always the same: it is written into the database
)

// sqlConfig tells the server (and its schema tool) how to reach one of its databases.
func sqlConfig(db database, name string, conns int) *config.SQL {
	password, _ := db.url.User.Password()
	attributes := map[string]string{}
	for key, values := range db.url.Query() {
		attributes[key] = values[0]
	}
	return &config.SQL{
		PluginName:        postgresql.PluginNamePGX,
		User:              url.QueryEscape(db.url.User.Username()), // the server pastes it into a URL as it is
		Password:          password,
		DatabaseName:      name,
		ConnectAddr:       db.url.Host,
		ConnectProtocol:   "tcp",
		ConnectAttributes: attributes,
		MaxConns:          conns,
		MaxIdleConns:      conns, // else Go keeps two and opens a new connection for nearly every query
		MaxConnLifetime:   time.Hour,
	}
}

// serverConfig is the whole configuration of a Temporal cluster of one process.
func serverConfig(db database, chosen ports) *config.Config {
	frontend := address(chosen.Temporal)
	return &config.Config{
		Global: config.Global{Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback}},
		Persistence: config.Persistence{
			DefaultStore:     "default",
			VisibilityStore:  "visibility",
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				"default":    {SQL: sqlConfig(db, temporalDatabase, defaultStoreConns)},
				"visibility": {SQL: sqlConfig(db, visibilityDatabase, visibilityStoreConns)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend, ClusterID: clusterID},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): service(chosen.Temporal, chosen.HTTP),
			string(primitives.HistoryService):  service(chosen.History, 0),
			string(primitives.MatchingService): service(chosen.Matching, 0),
			string(primitives.WorkerService):   service(chosen.Worker, 0),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
}

func service(grpcPort, httpPort int) config.Service {
	return config.Service{RPC: config.RPC{GRPCPort: grpcPort, HTTPPort: httpPort, BindOnLocalHost: true}}
}

// staticHosts says where the services are: all here. It spares the server's gossip protocol and its ports.
func staticHosts(chosen ports) map[primitives.ServiceName]static.Hosts {
	return map[primitives.ServiceName]static.Hosts{
		primitives.FrontendService: static.SingleLocalHost(address(chosen.Temporal)),
		primitives.HistoryService:  static.SingleLocalHost(address(chosen.History)),
		primitives.MatchingService: static.SingleLocalHost(address(chosen.Matching)),
		primitives.WorkerService:   static.SingleLocalHost(address(chosen.Worker)),
	}
}

// dynamicConfig is where this stack differs from the server's defaults. Worker deployments (versioning), updates,
// update-with-start and user metadata need nothing here: they are on by default in the server that go.mod names, and
// the stack's test uses them.
func dynamicConfig() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// A new search attribute is seen at once, not after the cache's next refresh.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
		// One partition for each task queue. With the default of four and the few pollers of a development machine, a
		// task waits in a partition that no poller happens to look at: the last of a burst of 1,000 starts waited over
		// a minute. With one partition it was seconds.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// The default allows ten list and count calls a second for a namespace. The UI alone comes near that with a few
		// windows open, and a check of every clock would be throttled for its own sake.
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,
		// The server would tell its makers now and then which version runs here. Nothing here calls outside.
		dynamicconfig.EnableServerVersionCheck.Key(): false,
	}
}

// prepareSchemas makes Temporal's databases, or brings older ones to the version that the embedded server needs.
func prepareSchemas(ctx context.Context, db database, logger log.Logger) error {
	if err := db.create(ctx, temporalDatabase, visibilityDatabase); err != nil {
		return err
	}
	for _, s := range []struct{ database, schema string }{
		{temporalDatabase, "postgresql/v12/temporal"},
		{visibilityDatabase, "postgresql/v12/visibility"},
	} {
		if err := updateSchema(ctx, db, s.database, s.schema, logger); err != nil {
			return fmt.Errorf("the schema of the database %s: %w", s.database, err)
		}
	}
	return nil
}

// updateSchema sets up a database without a version and then runs the updates that it lacks. The set-up must never run
// on a database that has a version: it can set the version back, and the updates then fail on tables that exist. So
// whether there is a version is asked for itself: the schema tool reports "no version" and "no answer" alike.
func updateSchema(ctx context.Context, db database, name, schemaName string, logger log.Logger) error {
	versioned, err := hasVersion(ctx, db, name)
	if err != nil {
		return err
	}
	connection, err := sqltool.NewConnection(sqlConfig(db, name, 1), logger)
	if err != nil {
		return err
	}
	defer connection.Close()
	if !versioned {
		setup := schema.NewSetupSchemaTask(connection, &schema.SetupConfig{InitialVersion: "0.0"}, logger)
		if err := setup.Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(connection, &schema.UpdateConfig{SchemaName: schemaName}, logger).Run()
}

// hasVersion looks where the schema tool keeps the version.
func hasVersion(ctx context.Context, db database, name string) (versioned bool, err error) {
	connection, err := pgx.Connect(ctx, db.named(name))
	if err != nil {
		return false, err
	}
	defer func() { ignore(connection.Close(ctx)) }()
	const table = "SELECT to_regclass('schema_version') IS NOT NULL"
	if err := connection.QueryRow(ctx, table).Scan(&versioned); err != nil || !versioned {
		return false, err
	}
	const row = "SELECT EXISTS (SELECT FROM schema_version WHERE version_partition = 0 AND db_name = $1)"
	err = connection.QueryRow(ctx, row, name).Scan(&versioned)
	return versioned, err
}

// temporalLogger writes what the server says into a file, from warnings up: on the terminal it would drown our own
// few lines.
//
// The server's own logger ends the process at a fatal message, which would leave Postgres and the UI as they are. This
// one reports the message, and the stack is stopped in order.
type temporalLogger struct {
	log.Logger
	path  string
	fatal chan<- error
}

// newTemporalLogger keeps the file of the run before as temporal.log.1 and begins a new one.
func newTemporalLogger(path string, fatal chan<- error) (log.Logger, error) {
	if exists(path) {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("cannot keep the last log: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) // made here for its mode; zap would let all read it
	if err != nil {
		return nil, fmt.Errorf("cannot write Temporal's log: %w", err)
	}
	ignore(file.Close())
	lines := log.BuildZapLogger(log.Config{Level: "warn", Format: "console", OutputFile: path}).
		WithOptions(zap.AddStacktrace(zap.PanicLevel)) // forty lines of the server's insides for each error hide the errors
	return temporalLogger{Logger: log.NewZapLogger(lines), path: path, fatal: fatal}, nil
}

// Fatal never returns, as its callers expect.
func (l temporalLogger) Fatal(msg string, tags ...tag.Tag) {
	l.Error(msg, tags...)
	for _, t := range tags {
		if t.Key() == "error" {
			msg = fmt.Sprintf("%s: %v", msg, t.Value())
		}
	}
	select {
	case l.fatal <- &partError{"Temporal server", l.path, errors.New("it gave up: " + msg)}:
	default: // one such message is enough
	}
	select {}
}

// mainNamespace is the one that Longstop's programs use; it is always there.
const mainNamespace = "longstop"

// retention is how long Temporal keeps a run after it closed. Temporal is not the record: a week is enough to look at
// what happened, over a weekend too, and keeps a database small that sees tests and demonstrations all day.
const retention = 7 * 24 * time.Hour

// registerNamespaces makes the namespaces that are missing and waits until each can be used.
func registerNamespaces(ctx context.Context, frontend string, names []string) error {
	options := client.Options{HostPort: frontend, Logger: silence()}
	namespaces, err := client.NewNamespaceClient(options)
	if err != nil {
		return err
	}
	defer namespaces.Close()
	for _, name := range names {
		request := &workflowservice.RegisterNamespaceRequest{
			Namespace:                        name,
			Description:                      "made by devstack",
			WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		}
		err := untilDone(ctx, func() error { return ignoreExisting(namespaces.Register(ctx, request)) })
		if err != nil {
			return fmt.Errorf("cannot register the namespace %s: %w", name, err)
		}
	}
	for _, name := range names {
		if err := waitUsable(ctx, frontend, name); err != nil {
			return fmt.Errorf("the namespace %s cannot be used yet: %w", name, err)
		}
	}
	return nil
}

func ignoreExisting(err error) error {
	var there *serviceerror.NamespaceAlreadyExists
	if errors.As(err, &there) {
		return nil
	}
	return err
}

// waitUsable waits until every service knows the namespace: each keeps a list of its own, read every other second,
// and until then the first workflow would fail with "namespace not found".
func waitUsable(ctx context.Context, frontend, name string) error {
	service, err := client.DialContext(ctx, client.Options{HostPort: frontend, Namespace: name, Logger: silence()})
	if err != nil {
		return err
	}
	defer service.Close()
	return untilDone(ctx, func() error {
		if _, err := service.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: name}); err != nil {
			return fmt.Errorf("counting its workflows: %w", err)
		}
		if _, err := service.DescribeTaskQueue(ctx, "devstack-probe", enumspb.TASK_QUEUE_TYPE_WORKFLOW); err != nil {
			return fmt.Errorf("asking the matching service: %w", err)
		}
		_, err := service.DescribeWorkflowExecution(ctx, "devstack-probe", "")
		var noSuchWorkflow *serviceerror.NotFound
		if err != nil && !errors.As(err, &noSuchWorkflow) {
			return fmt.Errorf("asking the history service: %w", err)
		}
		return nil
	})
}

// untilDone tries again and again until it succeeds or the context ends; then its error says what was wrong last.
// Package internal/temporal has such a loop, which this module cannot import.
func untilDone(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// silence is for clients that only probe: that a service does not answer yet is no news.
func silence() sdklog.Logger {
	return sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
}
