package main

import (
	"net/url"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
)

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
