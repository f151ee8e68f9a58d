package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/temporaltest"
	"longstop/notify"
	notifylog "longstop/notify/channel/log"
	"longstop/pathway"
	"longstop/store"
)

// hung is a channel that answers nobody, whatever its context says, until it is released.
type hung struct {
	calls   atomic.Int32
	release chan struct{}
}

func (*hung) Name() string { return "hung" }

func (c *hung) Send(context.Context, notify.Message) (string, error) {
	c.calls.Add(1)
	<-c.release
	return "", errors.New("hung up")
}

func TestAMailServerThatHangsKeepsUpNoPathwaysPlanning(t *testing.T) {
	channelOfTest := &hung{release: make(chan struct{})}
	s := startService(t, temporaltest.Shared(t), "other-1", channel{Channel: channelOfTest, slots: 2, close: func() error { return nil }})
	t.Cleanup(func() { close(channelOfTest.release) }) // before the service stops
	s.mustRecord(t, staff())

	// More than all slots of the queue that plans.
	const first, then = activitySlots + 6, 5
	for i := range first {
		s.mustRecord(t, inPoliceProtection(fmt.Sprint("FIRST-", i)))
	}
	eventually(t, nil, "the channel hangs", func() bool { return channelOfTest.calls.Load() > 0 && s.planned(t, "FIRST") == first })
	for i := range then {
		s.mustRecord(t, inPoliceProtection(fmt.Sprint("THEN-", i)))
	}
	eventually(t, nil, "what came then is planned", func() bool { return s.planned(t, "THEN") == then })
	if n := channelOfTest.calls.Load(); n != 2 {
		t.Errorf("%d messages are under way at once", n)
	}
}

// A release before the queue of what is sent scheduled it where the workflows run: what was
// scheduled then and is due only now must still be done.
func TestWhatAnEarlierReleaseScheduledIsStillDone(t *testing.T) {
	stack := temporaltest.Shared(t)
	const namespace, earlier = "other-2", "earlier-release"
	startService(t, stack, namespace, channel{Channel: notifylog.New(zerolog.Nop()), logOnly: true, slots: 2, close: func() error { return nil }})
	c := stack.Client(t, namespace)
	w := sdkworker.New(c, earlier, sdkworker.Options{})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: pathway.TaskQueue, ScheduleToCloseTimeout: time.Minute})
		unknown := pathway.Notice{CaseKey: "7d1f0d5e-3c5c-4f5e-9a54-0d3c6b0a2b11", Key: "7d1f0d5e-3c5c-4f5e-9a54-0d3c6b0a2b12", Pathway: pathway.Assessment}
		return workflow.ExecuteActivity(ctx, string(pathway.NotifyWorker), unknown).Get(ctx, nil)
	}, workflow.RegisterOptions{Name: earlier})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: earlier}, earlier)
	if err != nil {
		t.Fatal(err)
	}
	var typed *temporal.ApplicationError
	if err := run.Get(t.Context(), nil); !errors.As(err, &typed) || typed.Type() != pathway.ErrTypeUnknown {
		t.Errorf("ended with %v, want what the activity says of a notice that the record does not hold", err)
	}
}

// startService starts a worker's service with a channel of the test's, in a namespace and a
// database of its own.
func startService(t *testing.T, stack *temporaltest.Stack, namespace string, c channel) *service {
	t.Helper()
	t.Setenv("TEMPORAL_ADDRESS", stack.Temporal)
	t.Setenv("TEMPORAL_NAMESPACE", namespace)
	s := &service{
		settings: settings{DatabaseURL: makeDatabase(t, stack, namespace), MetricsAddress: "127.0.0.1:0"},
		log:      zerolog.Nop(), wallNow: casetime.WallNow, channel: c, fatal: make(chan error, 1),
	}
	t.Cleanup(func() { s.stop(context.WithoutCancel(t.Context())) })
	for _, step := range []func(context.Context) error{s.readSettings, s.openHealth, s.openTemporal, s.openRecord, s.startWorker} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.startLoops(t.Context())
	return s
}

func makeDatabase(t *testing.T, stack *temporaltest.Stack, name string) (address string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), stack.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(stack.DatabaseURL)
	if err != nil {
		t.Fatal("the stack's database address cannot be read")
	}
	u.Path = "/" + name
	return u.String()
}

func (s *service) mustRecord(t *testing.T, events []casework.Event) {
	t.Helper()
	done, err := s.record.Record(t.Context(), "case-system", events)
	if err != nil || len(done.Refused) > 0 {
		t.Fatalf("refused %v, error %v", done.Refused, err)
	}
}

// planned is how many cases, of those whose reference begins so, have a notice: it is what
// PlanDuties leaves in the record.
func (s *service) planned(t *testing.T, prefix string) int {
	t.Helper()
	rows, err := s.record.Notices(t.Context(), store.NoticeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]bool{}
	for i := range rows {
		if len(rows[i].Case) > len(prefix) && rows[i].Case[:len(prefix)] == prefix {
			cases[rows[i].Case] = true
		}
	}
	return len(cases)
}

// staff is team T1, whose worker is W1.
func staff() []casework.Event {
	at := casework.OnDay(calendar.NewDate(2020, time.January, 6))
	list := []casework.Event{{
		ID: "team-T1", Type: "team.formed", At: at,
		Data: casework.Data{"team": "T1", "name": "North", "team_manager": "TM1", "service_manager": "SM1", "head_of_service": "HS1"},
	}}
	for ref, role := range map[string]string{"W1": "worker", "TM1": "team_manager", "SM1": "service_manager", "HS1": "head_of_service"} {
		list = append(list, casework.Event{
			ID: "staff-" + ref, Type: "staff.appointed", At: at,
			Data: casework.Data{"worker": ref, "name": "Person " + ref, "email": ref + "@council.example", "role": role, "team": "T1"},
		})
	}
	return list
}

// inPoliceProtection is a child whose 72 hours are more than half over, so that the worker
// must be told at once, at whatever hour.
func inPoliceProtection(ref string) []casework.Event {
	at := casework.AtInstant(casetimetest.Now().Add(-38 * time.Hour).Truncate(time.Second))
	return []casework.Event{
		{ID: ref + "-allocated", Case: ref, Type: "worker.allocated", At: at, Data: casework.Data{"worker": "W1", "team": "T1"}},
		{ID: ref + "-protected", Case: ref, Type: "police_protection.started", At: at},
	}
}
