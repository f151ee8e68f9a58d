package clocks_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/clocks"
	"longstop/pathway"
)

// lists is a record that owes lists until each has been started.
type lists struct {
	owed []string
	err  error
}

func (l *lists) OwedLists(context.Context) ([]string, error) { return l.owed, l.err }

type starts struct {
	ids  []string
	all  int
	done context.CancelFunc
}

func (s *starts) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	if workflow != pathway.BacklogList || args[0].(pathway.ListRequest).ID == "" {
		return nil, errors.New("started something else")
	}
	s.ids = append(s.ids, o.ID)
	if len(s.ids) == s.all {
		s.done()
	}
	return nil, nil
}

func TestEveryOwedListGetsAWorkflowOfItsOwn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &starts{all: 2, done: cancel}
	clocks.SendLists(ctx, &lists{owed: []string{"l1", "l2"}}, s, zerolog.Nop())
	if !slices.Equal(s.ids, []string{"BacklogList/l1", "BacklogList/l2"}) {
		t.Errorf("started %v", s.ids)
	}
}
