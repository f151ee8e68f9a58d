package workflows_test

import (
	"slices"
	"testing"

	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
	"longstop/workflows"
)

type registered map[string]workflow.RegisterOptions

func (r registered) RegisterWorkflowWithOptions(_ any, o workflow.RegisterOptions) { r[o.Name] = o }

func TestEveryPathwayIsRegisteredUnderItsNameAndUpgradesItself(t *testing.T) {
	t.Parallel()
	r := registered{}
	workflows.Register(r)
	for _, name := range append(slices.Clone(pathway.All), pathway.BacklogList, pathway.Post) {
		o, ok := r[name]
		if !ok {
			t.Errorf("%s is not registered", name)
		}
		if o.VersioningBehavior != workflow.VersioningBehaviorAutoUpgrade {
			t.Errorf("%s has versioning behaviour %v", name, o.VersioningBehavior)
		}
	}
	if len(r) != len(pathway.All)+2 {
		t.Errorf("%d types are registered", len(r))
	}
}

// Each type takes only nudges of its own pathway: a name that is registered for another's
// function would be refused here.
func TestEveryPathwayRunsUnderItsOwnName(t *testing.T) {
	t.Parallel()
	for _, name := range pathway.All {
		c := newChain(t, name, record{})
		n := open(1, day(3))
		n.Pathway = name
		c.nudgeAt(day(1), closed(2))
		if err := c.run(n); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
