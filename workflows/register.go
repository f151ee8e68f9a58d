// Package workflows holds Longstop's Temporal workflows: one type per pathway of a child's
// journey, which share one small engine, BacklogList and Post.
//
// A pathway's workflow waits. The record (Postgres) knows what is owed and nudges it with
// the instant at which something must happen next; the workflow arms one timer, asks the
// record what to do when it fires, does it, and waits again. No rule, date or limit is in
// here, so that a case can stay open for eighteen years of releases.
//
// Nothing in here reads a clock, ranges over a map or makes an id, except through the
// SDK: `workflowcheck` and the replay of recorded histories guard that. A change of the
// order of commands needs workflow.GetVersion; a change of what the current details or a
// summary says does not.
package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
)

// Registry is where workflows are registered: a worker, or a test.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register registers every workflow type under its name. Their versioning behaviour is
// auto-upgrade: a task runs on the deployment's current version, whichever the run began
// on, since a pathway sleeps for longer than any release is kept running.
func Register(r Registry) {
	for _, p := range procedures {
		r.RegisterWorkflowWithOptions(p.follow, workflow.RegisterOptions{
			Name: p.workflow, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
		})
	}
	r.RegisterWorkflowWithOptions(Post, workflow.RegisterOptions{
		Name: pathway.Post, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	r.RegisterWorkflowWithOptions(BacklogList, workflow.RegisterOptions{
		Name: pathway.BacklogList, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
}
