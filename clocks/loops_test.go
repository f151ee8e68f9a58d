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

// outbox is an outbox in memory: it gives what waits in batches, and ends the test's loop
// once it is empty.
type outbox struct {
	waits []pathway.Nudge
	empty context.CancelFunc
}

func (o *outbox) SweepOutbox(ctx context.Context, limit int, send func(context.Context, []pathway.Nudge) []error) (int, error) {
	batch := o.waits[:min(limit, len(o.waits))]
	for _, err := range send(ctx, batch) {
		if err != nil {
			return 0, err
		}
	}
	o.waits = o.waits[len(batch):]
	if len(o.waits) == 0 {
		o.empty()
	}
	return len(batch), nil
}

func TestTheSweepEmptiesTheOutboxInBatches(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	box := &outbox{empty: cancel}
	for i := range 450 {
		box.waits = append(box.waits, open(string(rune('a'+i)), 1))
	}
	server := &signals{}
	clocks.New(server).Sweep(ctx, box, zerolog.Nop())
	if len(server.started) != 450 || len(box.waits) != 0 {
		t.Errorf("%d were sent, %d wait", len(server.started), len(box.waits))
	}
}

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
