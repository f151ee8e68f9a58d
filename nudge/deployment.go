package nudge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"longstop/pathway"
)

// Standing is how a build stands in the worker deployment.
type Standing struct {
	Current string // the build that runs the pathways now
	Made    bool   // this call made it so
}

// goneAfter is how long a build has not asked for work when it is taken to run nowhere: a
// poll lasts a minute.
const goneAfter = 90 * time.Second

// EnsureCurrentVersion sees that some build runs the pathways. It makes this one the
// deployment's current version where there is none, where the current one has no worker
// left (nothing would move until somebody noticed), or where promote says so; otherwise
// the current one stays, and this build gets no work until it is promoted.
//
// It waits until the server has seen a worker of this build, which must poll already. It
// may run at every start, of several builds at once: what another has changed meanwhile is
// looked at again.
func EnsureCurrentVersion(ctx context.Context, c client.Client, build string, promote bool) (Standing, error) {
	handle := c.WorkerDeploymentClient().GetHandle(pathway.Deployment)
	var standing Standing
	err := poll(ctx, func() error {
		described, err := handle.Describe(ctx, client.WorkerDeploymentDescribeOptions{})
		if err != nil {
			return err
		}
		standing = Standing{Current: currentBuild(described.Info)}
		take, err := mustTake(ctx, c, standing.Current, build, promote)
		if err != nil || !take {
			return err
		}
		_, err = handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{
			BuildID: build, ConflictToken: described.ConflictToken,
		})
		if err == nil {
			standing = Standing{Current: build, Made: true}
		}
		return err
	})
	if err != nil {
		return Standing{}, fmt.Errorf("making build %s the current version of deployment %s: %w", build, pathway.Deployment, explain(err))
	}
	return standing, nil
}

func currentBuild(info client.WorkerDeploymentInfo) string {
	if current := info.RoutingConfig.CurrentVersion; current != nil {
		return current.BuildID
	}
	return ""
}

func mustTake(ctx context.Context, c client.Client, current, build string, promote bool) (bool, error) {
	switch {
	case current == build:
		return false, nil
	case current == "" || promote:
		return true, nil
	}
	runs, err := runsSomewhere(ctx, c, current)
	return !runs, err
}

// Attended says whether any worker has asked for the pathways' workflow tasks lately:
// without one nothing moves. The error is ErrUnreachable, or the server's own.
func Attended(ctx context.Context, c client.Client) (bool, error) {
	builds, err := buildsPolling(ctx, c)
	return len(builds) > 0, explain(err)
}

// runsSomewhere says whether a worker of a build has asked for workflow tasks lately.
func runsSomewhere(ctx context.Context, c client.Client, build string) (bool, error) {
	builds, err := buildsPolling(ctx, c)
	return slices.Contains(builds, build), err
}

// buildsPolling are the builds of the workers that have asked for workflow tasks lately.
func buildsPolling(ctx context.Context, c client.Client) ([]string, error) {
	queue, err := c.DescribeTaskQueue(ctx, pathway.TaskQueue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	var none *serviceerror.NotFound
	if err != nil && !errors.As(err, &none) {
		return nil, err
	}
	var builds []string
	for _, poller := range queue.GetPollers() {
		if time.Since(poller.GetLastAccessTime().AsTime()) < goneAfter {
			builds = append(builds, poller.GetDeploymentOptions().GetBuildId())
		}
	}
	return builds, nil
}
