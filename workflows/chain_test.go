package workflows_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"longstop/pathway"
	"longstop/pathway/attributes"
	"longstop/workflows"
)

// The virtual clock starts here.
var epoch = time.Date(2026, time.December, 1, 9, 0, 0, 0, time.UTC)

const childhood = 30 * 365 * 24 * time.Hour // longer than any test

// record is what the activities of a test answer with. Its functions are called from the
// activities' goroutines, one at a time, with the virtual clock's time.
type record struct {
	plan  func(now time.Time) (pathway.Planned, error)
	tell  func(now time.Time, activity string, n pathway.Notice) (pathway.Sent, error)
	fault func(now time.Time, r pathway.FaultReport) error
}

// chain runs a pathway's workflow on the virtual clock, and after each continue-as-new the
// next run, as the server would: with the state that was carried, the search attributes as
// they stood, and the messages that came meanwhile.
type chain struct {
	t        testing.TB
	workflow string
	record   record
	suggest  func(run int) bool // whether the server suggests to continue as new

	withStart []pathway.Nudge // signals that come with the start, before the first task

	mu       sync.Mutex
	messages []*message
	calls    int // of activities, over all runs

	env    *testsuite.TestWorkflowEnvironment
	shown  temporal.SearchAttributes
	runs   int
	upsert int // how many times search attributes were upserted before the end
	ends   int // how many times a run showed that it has ended
	atEnd  temporal.SearchAttributes
	timers []time.Duration // as they were started
	plans  []time.Time
	told   []telling
	faults []pathway.FaultReport
}

// telling is one notice that an activity was asked to send.
type telling struct {
	at       time.Time
	activity string
	key      string
}

// message is a signal that arrives at an instant, or during a call of an activity.
type message struct {
	at     time.Time
	during int // the number of the call, from 1; 0: at the instant
	name   string
	body   any
	with   []pathway.Nudge // nudges that come with it, in the same workflow task
	sent   bool
}

// cancelled stands in a message for a request to cancel the workflow.
const cancelled = "cancel"

func (m *message) send(env *testsuite.TestWorkflowEnvironment) {
	m.sent = true
	switch {
	case m.name == cancelled:
		env.CancelWorkflow()
	case len(m.with) > 0:
		env.SignalWorkflowSkippingWorkflowTask(m.name, m.body)
		last := len(m.with) - 1
		for _, n := range m.with[:last] {
			env.SignalWorkflowSkippingWorkflowTask(pathway.NudgeSignal, n)
		}
		env.SignalWorkflow(pathway.NudgeSignal, m.with[last])
	default:
		env.SignalWorkflow(m.name, m.body)
	}
}

func newChain(tb testing.TB, name string, r record) *chain {
	tb.Helper()
	return &chain{t: tb, workflow: name, record: r}
}

func (c *chain) nudgeAt(at time.Time, n pathway.Nudge) {
	c.messages = append(c.messages, &message{at: at, name: pathway.NudgeSignal, body: n})
}

func (c *chain) continueAt(at time.Time) {
	c.messages = append(c.messages, &message{at: at, name: pathway.ContinueSignal})
}

func (c *chain) continueDuring(call int) {
	c.messages = append(c.messages, &message{during: call, name: pathway.ContinueSignal})
}

// run starts the workflow as the nudger does and follows it to its end. It returns how it
// ended; nil where nothing was left to do.
func (c *chain) run(first pathway.Nudge) error {
	c.t.Helper()
	state := pathway.State{Schema: pathway.StateSchema, Nudge: first}
	c.shown = attributes.Start(first)
	if len(c.withStart) > 0 {
		c.shown = attributes.Start(c.withStart[0])
	}
	now := epoch
	for {
		c.runs++
		c.env = c.newEnv(now)
		if c.runs == 1 {
			c.signalWithStart()
		}
		c.env.ExecuteWorkflow(c.workflow, state)
		if !c.env.IsWorkflowCompleted() {
			c.t.Fatalf("run %d of %s did not end", c.runs, c.workflow)
		}
		var next *workflow.ContinueAsNewError
		err := c.env.GetWorkflowError()
		if !errors.As(err, &next) {
			return err
		}
		if next.WorkflowType.Name != c.workflow {
			c.t.Fatalf("continued as %s", next.WorkflowType.Name)
		}
		state = pathway.State{}
		if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, &state); err != nil {
			c.t.Fatalf("the state that was carried cannot be read: %v", err)
		}
		now = c.env.Now()
	}
}

// signalWithStart makes the nudges that come with the start wait for the first task: they
// are in the channel before the workflow looks.
func (c *chain) signalWithStart() {
	for _, n := range c.withStart {
		c.env.RegisterDelayedCallback(func() { c.env.SignalWorkflowSkippingWorkflowTask(pathway.NudgeSignal, n) }, 0)
	}
}

func (c *chain) newEnv(now time.Time) *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(now)
	env.SetWorkflowRunTimeout(childhood)
	env.SetContinueAsNewSuggested(c.suggest != nil && c.suggest(c.runs))
	env.SetWorkerOptions(worker.Options{
		DeadlockDetectionTimeout: time.Minute, // TMPRL1101 on a loaded machine
		Interceptors:             []interceptor.WorkerInterceptor{&upserts{chain: c}},
	})
	if err := env.SetTypedSearchAttributesOnStart(c.shown); err != nil {
		c.t.Fatal(err)
	}
	env.SetOnTimerScheduledListener(func(_ string, d time.Duration) { c.timers = append(c.timers, d) })
	workflows.Register(env)
	c.registerActivities(env)
	for _, m := range c.messages {
		if m.during == 0 && !m.sent {
			env.RegisterDelayedCallback(func() { m.send(env) }, max(0, m.at.Sub(now)))
		}
	}
	return env
}

func (c *chain) registerActivities(env *testsuite.TestWorkflowEnvironment) {
	register := func(name string, f any) {
		env.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
	register(string(pathway.PlanDuties), func(_ context.Context, _ pathway.PlanRequest) (pathway.Planned, error) {
		now := c.called(env)
		c.plans = append(c.plans, now)
		return c.record.plan(now)
	})
	tell := func(name string) func(context.Context, pathway.Notice) (pathway.Sent, error) {
		return func(_ context.Context, n pathway.Notice) (pathway.Sent, error) {
			now := c.called(env)
			c.told = append(c.told, telling{now, name, n.Key})
			return c.record.tell(now, name, n)
		}
	}
	register(string(pathway.NotifyWorker), tell(string(pathway.NotifyWorker)))
	register(string(pathway.EscalateToManager), tell(string(pathway.EscalateToManager)))
	register(string(pathway.ReportFault), func(_ context.Context, r pathway.FaultReport) error {
		now := c.called(env)
		c.faults = append(c.faults, r)
		if c.record.fault == nil {
			return nil
		}
		return c.record.fault(now, r)
	})
}

// called counts a call of an activity and sends what is to arrive during it.
func (c *chain) called(env *testsuite.TestWorkflowEnvironment) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	for _, m := range c.messages {
		if m.during == c.calls && !m.sent {
			m.send(env)
		}
	}
	return env.Now().UTC()
}

// state asks the run that has ended for its state.
func (c *chain) state() pathway.State {
	c.t.Helper()
	value, err := c.env.QueryWorkflow(pathway.StateQuery)
	if err != nil {
		c.t.Fatal(err)
	}
	var s pathway.State
	if err := value.Get(&s); err != nil {
		c.t.Fatal(err)
	}
	return s
}

// upserts keeps what the workflow upserts, so that the next run begins with it.
type upserts struct {
	interceptor.WorkerInterceptorBase
	chain *chain
}

func (u *upserts) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	in := &upsertsIn{chain: u.chain}
	in.Next = next
	return in
}

type upsertsIn struct {
	interceptor.WorkflowInboundInterceptorBase
	chain *chain
}

func (u *upsertsIn) Init(next interceptor.WorkflowOutboundInterceptor) error {
	out := &upsertsOut{chain: u.chain}
	out.Next = next
	return u.Next.Init(out)
}

type upsertsOut struct {
	interceptor.WorkflowOutboundInterceptorBase
	chain *chain
}

func (u *upsertsOut) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	shown := temporal.NewSearchAttributes(append([]temporal.SearchAttributeUpdate{u.chain.shown.Copy()}, updates...)...)
	if rag, _ := shown.GetKeyword(attributes.Rag); rag == string(pathway.Ended) {
		u.chain.ends++
		u.chain.atEnd = shown
	} else {
		u.chain.upsert++
		u.chain.shown = shown
	}
	return u.Next.UpsertTypedSearchAttributes(ctx, updates...)
}

func keys(told []telling) []string {
	list := make([]string, 0, len(told))
	for _, t := range told {
		list = append(list, t.key)
	}
	return list
}

// quiet drops what the SDK and the workflows log.
type quiet struct{}

var _ log.Logger = quiet{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func equalTimes(a, b []time.Time) bool {
	return slices.EqualFunc(a, b, time.Time.Equal)
}
