package nudge_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"longstop/nudge"
	"longstop/pathway"
	"longstop/workflows/attributes"
)

type bareArg struct{ Wake time.Time }

func bare(ctx workflow.Context, a bareArg) error {
	ch := workflow.GetSignalChannel(ctx, "nudge")
	var cancel workflow.CancelFunc
	var tctx workflow.Context
	n := 0
	for {
		if cancel != nil { cancel() }
		tctx, cancel = workflow.WithCancel(ctx)
		t := workflow.NewTimer(tctx, a.Wake.Sub(workflow.Now(ctx)))
		s := workflow.NewSelector(ctx)
		s.AddReceive(ch, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &a); n++
			if n > 1 { workflow.UpsertTypedSearchAttributes(ctx, attributes.Revision.ValueSet(int64(n)), attributes.WakeAt.ValueSet(a.Wake)) } })
		s.AddFuture(t, func(workflow.Future) {})
		s.Select(ctx)
	}
}

func TestZBench(t *testing.T) {
	addr := os.Getenv("BENCH_TEMPORAL")
	if addr == "" { t.Skip() }
	c, err := client.Dial(client.Options{HostPort: addr, Namespace: "longstop", Logger: nudge.NewLogger(zerolog.Nop())})
	if err != nil { t.Fatal(err) }
	nudge.RegisterSearchAttributes(t.Context(), c, "longstop")
	o := worker.Options{MaxConcurrentWorkflowTaskPollers: 16, MaxConcurrentActivityTaskPollers: 16, Interceptors: []interceptor.WorkerInterceptor{&counter{}}}
	record := &memory{pathways: map[string]pathway.Nudge{}}
	startWorker(t, c, record, o)
	wb := worker.New(c, "bare", o)
	wb.RegisterWorkflowWithOptions(bare, workflow.RegisterOptions{Name: "Bare"})
	wb.Start()
	defer wb.Stop()
	n := nudge.New(c)
	const N = 250
	run := fmt.Sprint(time.Now().Unix())
	count := func(q string) int64 {
		r, err := c.CountWorkflow(context.Background(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: "longstop", Query: q})
		if err != nil { return -1 }
		return r.Count
	}
	_ = count
	table := "| duty | started | due | state |\n|---|---|---|---|\n| CP-10 Child protection visit | 2026-11-02 | 2026-12-02 | running |\n| CP-11 First review | 2026-10-02 | 2027-01-02 | running |\n| CP-09 Core group | 2026-11-12 | 2026-12-24 | running |\n"
	mk := func(prefix string, i int, rev int64, wake time.Time) pathway.Nudge {
		x := open(fmt.Sprintf("%s-%s-%d", prefix, run, i), rev)
		x.Wake = wake; x.Display.Table = table
		return x
	}
	wakeAt := time.Now().AddDate(0, 3, 0)
	all := func(f func(i int) error) time.Duration {
		b := time.Now()
		var wg sync.WaitGroup
		ch := make(chan int)
		for range 24 { wg.Go(func() { for i := range ch { if err := f(i); err != nil { t.Error(err) } } }) }
		for i := range N { ch <- i }
		close(ch); wg.Wait()
		return time.Since(b)
	}
	var bs, os1, be, oe time.Duration
	for round := range 8 {
		b := time.Now()
		begun.Store(0)
		all(func(i int) error {
			_, err := c.SignalWithStartWorkflow(context.Background(), fmt.Sprintf("bare-%s-%d-%d", run, round, i), "nudge", bareArg{wakeAt}, client.StartWorkflowOptions{TaskQueue: "bare"}, "Bare", bareArg{wakeAt})
			return err
		})
		until(&begun, N)
		d1 := time.Since(b)
		list := make([]pathway.Nudge, N)
		for i := range list { list[i] = mk(fmt.Sprint("r", round), i, 1, wakeAt) }
		b = time.Now()
		begun.Store(0)
		for _, err := range n.Send(context.Background(), list) { if err != nil { t.Error(err) } }
		until(&begun, N)
		d2 := time.Since(b)
		bs += d1; os1 += d2
		w2 := wakeAt.AddDate(0, 0, 3)
		b = time.Now()
		signalled.Store(0)
		all(func(i int) error {
			return c.SignalWorkflow(context.Background(), fmt.Sprintf("bare-%s-%d-%d", run, round, i), "", "nudge", bareArg{w2})
		})
		until(&signalled, N)
		d3 := time.Since(b)
		for i := range list { list[i] = mk(fmt.Sprint("r", round), i, 2, w2) }
		b = time.Now()
		signalled.Store(0)
		for _, err := range n.Send(context.Background(), list) { if err != nil { t.Error(err) } }
		until(&signalled, N)
		d4 := time.Since(b)
		be += d3; oe += d4
		fmt.Printf("start %v %v %.2f  event %v %v %.2f   total start %.2f event %.2f\n", d1, d2, d2.Seconds()/d1.Seconds(), d3, d4, d4.Seconds()/d3.Seconds(), os1.Seconds()/bs.Seconds(), oe.Seconds()/be.Seconds())
	}
	_ = temporal.SearchAttributes{}
}


var begun, signalled atomic.Int64

type counter struct{ interceptor.WorkerInterceptorBase }
type counterIn struct{ interceptor.WorkflowInboundInterceptorBase }

func (*counter) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	in := &counterIn{}
	in.Next = next
	return in
}
func (c *counterIn) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	begun.Add(1)
	return c.Next.ExecuteWorkflow(ctx, in)
}
func (c *counterIn) HandleSignal(ctx workflow.Context, in *interceptor.HandleSignalInput) error {
	signalled.Add(1)
	return c.Next.HandleSignal(ctx, in)
}
func until(a *atomic.Int64, n int64) time.Duration {
	b := time.Now()
	for a.Load() < n && time.Since(b) < time.Minute { time.Sleep(5*time.Millisecond) }
	return time.Since(b)
}
