package temporal

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"longstop/pathway"
)

// TakeOver says when a build may take the place of the deployment's current one by itself.
type TakeOver string

// WhenGone: once the current build runs nowhere any more. Never: somebody promotes it.
const (
	WhenGone TakeOver = "when-gone"
	Never    TakeOver = "never"
)

// ParseTakeOver reads LONGSTOP_TAKE_OVER; "" is when-gone.
func ParseTakeOver(text string) (TakeOver, error) {
	switch t := TakeOver(text); t {
	case "":
		return WhenGone, nil
	case WhenGone, Never:
		return t, nil
	default:
		return "", fmt.Errorf("LONGSTOP_TAKE_OVER: %q is unknown: set when-gone (a newer build takes over once the current one runs nowhere) or never", text)
	}
}

// Candidate is a build that may come to run the pathways. It remembers what it saw, so it
// is asked again and again, by one goroutine.
type Candidate struct {
	Temporal client.Client
	Build    string
	// Promote makes this build the current one, once: what an operator decides later stands.
	Promote  bool
	TakeOver TakeOver
	// Local: Temporal is on this machine, where a development build may begin by itself.
	Local bool
	Now   func() time.Time // monotonic: only differences count

	gone absence
}

// Standing is how a build stands in the worker deployment.
type Standing struct {
	Current string // the build that runs the pathways; "" for none
	Made    bool   // this call made it so
	Gone    bool   // the current build runs nowhere
	Refused string // why this build does not take the place that is free; "" where it need not
}

// Stand sees that some build runs the pathways. It makes this one the deployment's current
// version if there is no current one; if Promote says so; and if the current one runs nowhere
// (see absence) and this one may take over: a development build never does, nor one that is
// older than the current one. Otherwise the current one stays, and this build gets no work
// until it is promoted.
//
// It waits until the server has seen a worker of this build, which must poll already.
// Several builds may do this at once: what another has changed meanwhile is looked at again.
func (c *Candidate) Stand(ctx context.Context) (Standing, error) {
	handle := c.Temporal.WorkerDeploymentClient().GetHandle(pathway.Deployment)
	var standing Standing
	err := poll(ctx, func() error {
		described, err := handle.Describe(ctx, client.WorkerDeploymentDescribeOptions{})
		if err != nil {
			return err
		}
		take := false
		if standing, take, err = c.consider(ctx, &described.Info); err != nil || !take {
			return err
		}
		_, err = handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{
			BuildID: c.Build, ConflictToken: described.ConflictToken,
		})
		if err == nil {
			standing = Standing{Current: c.Build, Made: true}
			c.Promote, c.gone = false, absence{}
		}
		return err
	})
	if err != nil {
		return Standing{}, fmt.Errorf("making build %s the current version of deployment %s: %w", c.Build, pathway.Deployment, Explain(err))
	}
	return standing, nil
}

// consider returns how the build stands, and reports whether it takes over.
func (c *Candidate) consider(ctx context.Context, info *client.WorkerDeploymentInfo) (s Standing, take bool, err error) {
	s.Current = currentBuild(info)
	switch {
	case s.Current == c.Build:
		c.Promote, c.gone = false, absence{}
		return s, false, nil
	case c.Promote:
		return s, true, nil
	case s.Current == "":
		s.Gone = true
		if IsDevelopment(c.Build) && !c.Local {
			s.Refused = "it is a development build, and Temporal is not on this machine"
		}
		return s, s.Refused == "", nil
	}
	asked, err := buildsAsking(ctx, c.Temporal)
	if err != nil {
		return s, false, err
	}
	if s.Gone = c.gone.look(c.Now(), asked, s.Current, c.Build); !s.Gone {
		return s, false, nil
	}
	s.Refused = c.refusal(info, s.Current)
	return s, s.Refused == "", nil
}

// refusal returns why the build does not take the place of one that is gone; "" where it does.
func (c *Candidate) refusal(info *client.WorkerDeploymentInfo, current string) string {
	switch {
	case c.TakeOver == Never:
		return "LONGSTOP_TAKE_OVER=never"
	case IsDevelopment(c.Build):
		return "it is a development build"
	case older(info, c.Build, current):
		return "it is older than that one"
	}
	return ""
}

func currentBuild(info *client.WorkerDeploymentInfo) string {
	if current := info.RoutingConfig.CurrentVersion; current != nil {
		return current.BuildID
	}
	return ""
}

// Attended reports whether any worker has asked for the pathways' workflow tasks in the last
// minutes: without one nothing moves. The error is ErrUnreachable, or the server's own.
func Attended(ctx context.Context, c client.Client) (bool, error) {
	asked, err := buildsAsking(ctx, c)
	return len(asked) > 0, Explain(err)
}

// buildsAsking returns the builds that have asked for the pathways' workflow tasks in the last
// minutes, with when they did last, by the server's clock.
func buildsAsking(ctx context.Context, c client.Client) (map[string]time.Time, error) {
	queue, err := c.DescribeTaskQueue(ctx, pathway.TaskQueue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	var none *serviceerror.NotFound
	if err != nil && !errors.As(err, &none) {
		return nil, err
	}
	asked := map[string]time.Time{}
	for _, poller := range queue.GetPollers() {
		build, at := poller.GetDeploymentOptions().GetBuildId(), poller.GetLastAccessTime().AsTime()
		if at.After(asked[build]) {
			asked[build] = at
		}
	}
	return asked, nil
}
