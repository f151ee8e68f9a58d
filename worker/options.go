package main

import (
	"time"

	"github.com/rs/zerolog"
	sdkworker "go.temporal.io/sdk/worker"

	"longstop/pathway"
)

// The sizes are fixed, for a machine of two to four cores; more work wants more workers.
const (
	// pollers wait for tasks. With one partition of the task queue and 16 pollers the
	// last of a burst of 1,000 starts waits 8 s; with the SDK's 2 and the server's 4
	// partitions, 72 s (docs: what the parts cost).
	pollers = 16
	// workflowSlots is how many workflow tasks run at once: each is a millisecond of CPU.
	workflowSlots = 64
	// activitySlots is how many activities run at once that need the record only. Most wait
	// for Postgres, so there are more than cores, and about as many as connections.
	activitySlots = 24
	// databaseConnections of this worker: one for each activity at most, and some for
	// the loops. Notices hold theirs only while they claim.
	databaseConnections = 16
	// cachedWorkflows keep their state in memory between tasks. A pathway has a task a
	// week, so the cache is for bursts and for whoever looks at them in the UI.
	cachedWorkflows = 1000
	// stopWithin is how long a stop waits for what runs: longer than a message takes.
	stopWithin = 30 * time.Second
)

// workerOptions returns the options of the queue of workflows and of activities that need the record
// only.
func workerOptions(build string, log zerolog.Logger, fatal func(error)) sdkworker.Options {
	o := commonOptions(build, log, fatal)
	o.MaxConcurrentWorkflowTaskPollers = pollers
	o.MaxConcurrentActivityTaskPollers = pollers
	o.MaxConcurrentWorkflowTaskExecutionSize = workflowSlots
	o.MaxConcurrentActivityExecutionSize = activitySlots
	return o
}

// sendOptions returns the options of the queue of activities that send messages: as many slots as
// there are connections to the mail server, so that what waits waits in the queue and not in
// an attempt whose time is running.
func sendOptions(build string, slots int, log zerolog.Logger, fatal func(error)) sdkworker.Options {
	o := commonOptions(build, log, fatal)
	o.DisableWorkflowWorker = true
	o.MaxConcurrentActivityTaskPollers = slots
	o.MaxConcurrentActivityExecutionSize = slots
	return o
}

func commonOptions(build string, log zerolog.Logger, fatal func(error)) sdkworker.Options {
	return sdkworker.Options{
		DisableRegistrationAliasing: true, // names are given, never guessed
		WorkerStopTimeout:           stopWithin,
		// A workflow that cannot be replayed waits for a build that can: ending it would
		// lose a clock.
		WorkflowPanicPolicy: sdkworker.BlockWorkflow,
		OnFatalError: func(err error) {
			log.Error().Err(err).Msg("the Temporal worker cannot go on")
			fatal(err)
		},
		DeploymentOptions: sdkworker.DeploymentOptions{
			UseVersioning: true,
			Version:       sdkworker.WorkerDeploymentVersion{DeploymentName: pathway.Deployment, BuildID: build},
		},
	}
}
