package bench_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"longstop/internal/temporal"
	"longstop/pathway/attributes"
)

// The bare workflows: as little as Temporal can be asked to do for a clock.
const (
	typeSleeper = "Sleeper"
	typeAlarm   = "Alarm"
	bareSignal  = "moved"
)

// asleep is how long they sleep: the limit of a first review conference.
const asleep = 91 * 24 * time.Hour

// sleeper only sleeps.
func sleeper(ctx workflow.Context) error { return workflow.Sleep(ctx, asleep) }

// moved is the signal of an alarm: when it is to go off, and how many search attributes
// say so.
type moved struct {
	At         time.Time
	Attributes int
}

// alarm arms a timer, and arms it again with each signal.
func alarm(ctx workflow.Context, m moved) error {
	signals := workflow.GetSignalChannel(ctx, bareSignal)
	for {
		timerCtx, disarm := workflow.WithCancel(ctx)
		timer := workflow.NewTimer(timerCtx, m.At.Sub(workflow.Now(ctx)))
		fired := false
		workflow.NewSelector(ctx).
			AddFuture(timer, func(workflow.Future) { fired = true }).
			AddReceive(signals, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &m) }).
			Select(ctx)
		disarm()
		if fired {
			return nil
		}
		if m.Attributes == 0 {
			continue
		}
		if err := workflow.UpsertTypedSearchAttributes(ctx, shows(m)...); err != nil {
			return err
		}
	}
}

// shows is as many attributes as the signal asks for, in the order in which an event
// changes ours most often.
func shows(m moved) []sdk.SearchAttributeUpdate {
	second := m.At.Unix()
	all := []sdk.SearchAttributeUpdate{
		attributes.Revision.ValueSet(second), attributes.WakeAt.ValueSet(m.At), attributes.DueAt.ValueSet(m.At),
		attributes.OpenDuties.ValueSet(second), attributes.OverdueDuties.ValueSet(second),
		attributes.Rag.ValueSet(m.At.String()), attributes.Worker.ValueSet(m.At.String()), attributes.Team.ValueSet(m.At.String()),
		attributes.OverdueRefs.ValueSet([]string{m.At.String()}),
	}
	return all[:min(m.Attributes, len(all))]
}

// envBare makes this program the worker of the bare workflows; it holds the namespace.
const envBare = "LONGSTOP_BENCH_BARE"

const envAddress = "TEMPORAL_ADDRESS"

// The settings of worker/options.go, but for versioning, which makes no difference that
// could be measured.
var bareOptions = worker.Options{
	MaxConcurrentWorkflowTaskPollers:       16,
	MaxConcurrentActivityTaskPollers:       16,
	MaxConcurrentWorkflowTaskExecutionSize: 64,
	MaxConcurrentActivityExecutionSize:     24,
	DisableRegistrationAliasing:            true,
}

const bareCached = 1000

// runBare is the program that runs the bare workflows, as a process of its own as
// Longstop's worker is one. It returns the exit code.
func runBare() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := client.Dial(client.Options{
		HostPort: os.Getenv(envAddress), Namespace: os.Getenv(envBare), Logger: temporal.NewLogger(zerolog.New(os.Stderr)),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer c.Close()
	worker.SetStickyWorkflowCacheSize(bareCached)
	w := worker.New(c, queue, bareOptions)
	w.RegisterWorkflowWithOptions(sleeper, workflow.RegisterOptions{Name: typeSleeper})
	w.RegisterWorkflowWithOptions(alarm, workflow.RegisterOptions{Name: typeAlarm})
	if err := w.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	<-ctx.Done()
	w.Stop()
	return 0
}

// startBare starts that program and waits until it asks for tasks. stop ends it.
func (p *place) startBare(b *testing.B) (stop func()) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	stop, _ = p.start(b, "bare", p.environment(envBare+"="+p.namespace), self)
	until(b, "the bare worker is ready", func() (bool, error) {
		described, err := p.temporal.DescribeTaskQueue(b.Context(), queue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
		return err == nil && len(described.GetPollers()) > 0, nil
	})
	return stop
}

// atOnce is how many requests are under way at once, as in clocks.Nudger.
const atOnce = 24

// each does something for every number below n, several at once.
func each(b *testing.B, n, several int, do func(i int) error) {
	b.Helper()
	next := make(chan int)
	var workers sync.WaitGroup
	for range several {
		workers.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
	if b.Failed() {
		b.FailNow()
	}
}
