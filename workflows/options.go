package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// How long an activity may take. One attempt is short, so that an attempt which died with
// its worker is soon followed by another. All attempts together have half an hour: a
// burst at 09:00 may wait that long for a free worker, and a mail server's restart is no
// fault. What comes after is fault's.
const (
	planTimeout   = 20 * time.Second
	sendTimeout   = 30 * time.Second
	trayTimeout   = 5 * time.Minute  // the claim of a tray decides on each of its cases
	trayHeard     = 40 * time.Second // how long an attempt at a tray may be silent: longer than one call of a channel with what is noted of it
	giveUpAfter   = 30 * time.Minute
	reportGiveUp  = time.Minute
	listGiveUp    = 24 * time.Hour
	firstInterval = time.Second
	lastInterval  = time.Minute
)

func retries() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:        firstInterval,
		BackoffCoefficient:     2,
		MaximumInterval:        lastInterval,
		MaximumAttempts:        0, // bounded by time, not by number
		NonRetryableErrorTypes: pathway.NotRetried(),
	}
}

func withOptions(ctx workflow.Context, attempt, giveUp time.Duration, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    attempt,
		ScheduleToCloseTimeout: giveUp,
		RetryPolicy:            retries(),
		Summary:                summary,
	})
}

// toSend is withOptions for an activity that sends a message: those have a queue of their
// own.
func toSend(ctx workflow.Context, giveUp time.Duration, summary string) workflow.Context {
	return workflow.WithTaskQueue(withOptions(ctx, sendTimeout, giveUp, summary), pathway.SendTaskQueue)
}

// toSendTray is toSend for a message of a morning, whose claim takes as long as it has cases. An attempt says that it is at work,
// so that one which died with its worker is soon followed by another all the same.
func toSendTray(ctx workflow.Context, giveUp time.Duration, summary string) workflow.Context {
	return workflow.WithHeartbeatTimeout(workflow.WithStartToCloseTimeout(toSend(ctx, giveUp, summary), trayTimeout), trayHeard)
}

// How long a pathway waits before it looks again.
const (
	firstFaultPause  = 10 * time.Minute
	lastFaultPause   = time.Hour // within the hour
	firstRepeatPause = time.Second
	lastRepeatPause  = 10 * time.Minute
)

// faultPause grows by ten minutes with each fault in a row, to an hour.
func faultPause(faults int) time.Duration {
	return min(time.Duration(faults)*firstFaultPause, lastFaultPause)
}

// repeatPause doubles with each repeat in a row, from a second to ten minutes.
func repeatPause(repeats int) time.Duration {
	const doublings = 10 // more than lead from the first pause to the last
	return min(firstRepeatPause<<min(repeats-1, doublings), lastRepeatPause)
}
