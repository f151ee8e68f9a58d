package workflows_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"longstop/activities"
	"longstop/clocks"
	"longstop/internal/casetime"
	"longstop/internal/temporal"
	"longstop/internal/temporaltest"
	notifylog "longstop/notify/channel/log"
	"longstop/pathway"
	"longstop/workflows"
)

var recordFlag = flag.String("record", "", "the release whose workflow histories are recorded from a real server into testdata/histories")

func TestMain(m *testing.M) { temporaltest.Main(m) }

// TestRecordHistories plays stories on a real server, one at least for each pathway, and keeps
// their histories in a folder that today's date and the release name. Those of earlier releases
// stay as they are. `make record-histories` runs it; do so before each release that changes
// what a workflow does.
func TestRecordHistories(t *testing.T) {
	if *recordFlag == "" {
		t.Skip("records only with -record: run `make record-histories`")
	}
	r := newRecorder(t)
	t.Run("a list", r.playList)
	t.Run("a pathway", func(t *testing.T) {
		for _, s := range stories() {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				r.play(t, s)
			})
		}
	})
}

// scene is a story that is played on a real server, within seconds.
type scene struct {
	name    string
	pathway string
	plans   []func(now time.Time) (pathway.Planned, error) // what each plan answers; the last for ever
	act     func(t *testing.T, s *stage)
	open    bool // it is recorded while it waits
}

// soon is within the story; later is not.
const (
	soon  = time.Second
	later = 90 * 24 * time.Hour
)

func stories() []scene {
	var all []scene
	for _, name := range pathway.All {
		all = append(all, common(name))
	}
	return append(all, special()...)
}

// common is what most runs of every pathway do: the timer is armed and armed again, a
// reminder and an escalation are sent, and the pathway ends.
func common(name string) scene {
	return scene{
		name: strings.ToLower(name) + "-reminded-escalated-ended", pathway: name,
		plans: []func(time.Time) (pathway.Planned, error){sends(3, soon, false), sends(6, later, true)},
		act: func(t *testing.T, s *stage) {
			t.Helper()
			s.start(t, 1, later, "remind: due in 10 working days")
			s.waitFor(t, enumspb.EVENT_TYPE_TIMER_STARTED, 1)
			s.nudge(t, 2, soon, "remind: due in 5 working days")
			s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 4)
			s.waitFor(t, enumspb.EVENT_TYPE_TIMER_STARTED, 4)
			s.end(t, 19)
		},
	}
}

// special are the stories of what happens now and then.
func special() []scene {
	return []scene{
		{
			name: "assessment-rearmed-then-breached", pathway: pathway.Assessment,
			plans: []func(time.Time) (pathway.Planned, error){
				sends(3, soon, false), sends(6, 0, true), ends(20),
			},
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 1, later, "remind: assessment due in 10 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_TIMER_STARTED, 1)
				s.nudge(t, 2, soon, "remind: assessment due in 5 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 4)
				s.end(t, 19)
			},
		},
		{
			name: "child-protection-continued-as-new", pathway: pathway.ChildProtection,
			plans: []func(time.Time) (pathway.Planned, error){sends(3, later, false), sends(12, later, true), ends(20)},
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 1, soon, "remind: visit due in 2 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 2)
				s.signal(t, pathway.ContinueSignal, nil)
				s.waitForRuns(t, 2)
				s.nudge(t, 10, soon, "escalate: visit overdue")
				s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 2)
				s.end(t, 30)
			},
		},
		{
			name: "care-proceedings-restored", pathway: pathway.CareProceedings,
			plans: []func(time.Time) (pathway.Planned, error){restored(sends(3, later, false))},
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 7, later, "remind: hearing in 10 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_TIMER_STARTED, 1)
				s.epoch = 1 // the record was restored from a copy in which the revision is lower
				s.nudge(t, 2, soon, "remind: hearing in 5 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 2)
				s.end(t, 30)
			},
		},
		{
			name: "looked-after-fault-then-mended", pathway: pathway.LookedAfter,
			plans: []func(time.Time) (pathway.Planned, error){fails, sends(4, later, false), ends(20)},
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 1, soon, "remind: review due in 10 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 1) // the report
				s.waitFor(t, enumspb.EVENT_TYPE_TIMER_STARTED, 2)
				s.nudge(t, 2, soon, "remind: review due in 10 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 3)
				s.end(t, 30)
			},
		},
		{
			name: "missing-record-behind-then-nothing-left", pathway: pathway.Missing,
			plans: []func(time.Time) (pathway.Planned, error){repeats, repeats, ends(20)},
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 1, soon, "escalate: return interview due")
				s.finish(t)
			},
		},
		{
			name: "child-in-need-shows-its-end", pathway: pathway.ChildInNeed,
			plans: []func(time.Time) (pathway.Planned, error){sends(3, later, true)},
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 1, soon, "escalate: visit overdue")
				s.waitFor(t, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 2)
				s.end(t, 30)
			},
		},
		{
			name: "fostering-cancelled", pathway: pathway.Fostering,
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 1, later, "remind: review due in 5 working days")
				s.waitFor(t, enumspb.EVENT_TYPE_TIMER_STARTED, 1)
				if err := s.client.CancelWorkflow(t.Context(), s.id, ""); err != nil {
					t.Fatal(err)
				}
				s.waitFor(t, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, 1)
			},
		},
		{
			name: "pre-proceedings-asleep", pathway: pathway.PreProceedings, open: true,
			act: func(t *testing.T, s *stage) {
				t.Helper()
				s.start(t, 1, later, "remind: letter due in 1 working day")
				s.waitFor(t, enumspb.EVENT_TYPE_TIMER_STARTED, 1)
				s.nudge(t, 2, 0, "")
				s.waitFor(t, enumspb.EVENT_TYPE_TIMER_CANCELED, 1)
			},
		},
	}
}

// answer is a nudge of the scene that a plan or a notice answers with.
func answer(revision int64, wake time.Duration, now time.Time) pathway.Nudge {
	n := pathway.Nudge{Revision: revision, Open: true, WakeSummary: "remind: due in 5 working days", Display: display(revision)}
	if wake != 0 {
		n.Wake = now.Add(wake)
	}
	return n
}

func display(revision int64) pathway.Display {
	return pathway.Display{
		Label: "1 open, 1 overdue", Team: "T1", Worker: "W01", DueAt: day(60), Rag: pathway.Amber, OpenDuties: 1,
		OverdueDuties: int(revision % 2), OverdueRefs: []string{"AS-01"}[:revision%2], Table: "| duty | due |\n|---|---|\n",
	}
}

func sends(revision int64, wake time.Duration, escalation bool) func(time.Time) (pathway.Planned, error) {
	return func(now time.Time) (pathway.Planned, error) {
		return pathway.Planned{
			Send: []pathway.Notice{{Key: fmt.Sprint(revision), Escalation: escalation, Summary: "remind -5wd to worker"}},
			Next: answer(revision, wake, now),
		}, nil
	}
}

func ends(revision int64) func(time.Time) (pathway.Planned, error) {
	return func(time.Time) (pathway.Planned, error) {
		return pathway.Planned{Next: pathway.Nudge{Revision: revision}}, nil
	}
}

// restored makes a plan answer from the epoch after a restore.
func restored(plan func(time.Time) (pathway.Planned, error)) func(time.Time) (pathway.Planned, error) {
	return func(now time.Time) (pathway.Planned, error) {
		planned, err := plan(now)
		planned.Next.Epoch = 1
		return planned, err
	}
}

func fails(time.Time) (pathway.Planned, error) { return pathway.Planned{}, activities.ErrUnknown }

func repeats(now time.Time) (pathway.Planned, error) {
	return pathway.Planned{Next: answer(1, -time.Minute, now)}, nil
}

// recorder is the record of every scene, and the worker that plays them.
type recorder struct {
	client client.Client
	nudger *clocks.Nudger
	day    string // on which it records

	mu     sync.Mutex
	scenes map[string]*scene // by case key
	last   map[string]pathway.Nudge
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	stack := temporaltest.Shared(t)
	c, err := client.Dial(client.Options{
		HostPort: stack.Temporal, Namespace: pathway.Namespace, Logger: quiet{}, Identity: "recorder",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := temporal.RegisterSearchAttributes(t.Context(), c, pathway.Namespace); err != nil {
		t.Fatal(err)
	}
	r := &recorder{
		client: c, nudger: clocks.New(c), day: casetime.WallNow().UTC().Format(time.DateOnly),
		scenes: map[string]*scene{}, last: map[string]pathway.Nudge{},
	}
	const build = "recorded"
	for _, queue := range []string{pathway.SendTaskQueue, pathway.TaskQueue} {
		w := worker.New(c, queue, worker.Options{
			DisableRegistrationAliasing: true, DisableWorkflowWorker: queue != pathway.TaskQueue,
			DeploymentOptions: worker.DeploymentOptions{
				UseVersioning: true, Version: worker.WorkerDeploymentVersion{DeploymentName: pathway.Deployment, BuildID: build},
			},
		})
		if queue == pathway.TaskQueue {
			workflows.Register(w)
		}
		(&activities.Activities{Record: r, Channel: notifylog.New(zerolog.Nop()), Log: zerolog.Nop()}).Register(w)
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.Stop)
	}
	candidate := temporal.Candidate{Temporal: c, Build: build, Promote: true, Now: casetime.WallNow}
	if _, err := candidate.Stand(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *recorder) Plan(_ context.Context, caseKey, _ string) (pathway.Planned, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.scenes[caseKey]
	plan := s.plans[0]
	s.plans = s.plans[min(1, len(s.plans)-1):]
	planned, err := plan(casetime.WallNow())
	planned.Next.CaseKey, planned.Next.Pathway = caseKey, s.pathway
	for i := range planned.Send {
		planned.Send[i].CaseKey, planned.Send[i].Pathway = caseKey, s.pathway
	}
	r.last[caseKey] = planned.Next
	return planned, err
}

func (r *recorder) Faulted(context.Context, string, string, string) error { return nil }

func (r *recorder) Claim(_ context.Context, caseKey, _ string) (activities.Claimed, error) {
	return activities.Claimed{NoticeID: caseKey, State: activities.Ready}, nil
}

func (*recorder) ClaimTray(context.Context, string) (activities.Claimed, error) {
	return activities.Claimed{}, activities.ErrUnknown
}

func (*recorder) FindTrays(context.Context) (pathway.TraysFound, error) {
	return pathway.TraysFound{}, nil
}

func (r *recorder) ClaimList(_ context.Context, id string) (activities.Claimed, error) {
	return activities.Claimed{NoticeID: id, State: activities.Ready}, nil
}

func (r *recorder) Sending(context.Context, string, int) (int, error) { return 1, nil }

func (r *recorder) Doubtful(context.Context, string, int) ([]int, error) { return nil, nil }

func (r *recorder) SendFailed(context.Context, string, int, string, string, bool) error { return nil }

func (r *recorder) Logged(ctx context.Context, noticeID string, attempt int) (pathway.Nudge, error) {
	return r.Sent(ctx, noticeID, attempt, "log", "")
}

func (r *recorder) Sent(_ context.Context, noticeID string, _ int, _, _ string) (pathway.Nudge, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.last[noticeID]
	n.Revision++
	return n, nil
}

func (r *recorder) NotDelivered(context.Context, string, int, string) (activities.Claimed, error) {
	return activities.Claimed{}, activities.ErrUnknown
}

// play plays a scene and keeps the history of each of its runs.
func (r *recorder) play(t *testing.T, s scene) {
	t.Helper()
	st := &stage{recorder: r, scene: &s, key: s.name, id: pathway.WorkflowID(s.pathway, s.name)}
	r.mu.Lock()
	r.scenes[s.name] = &s
	r.mu.Unlock()
	s.act(t, st)
	for i, run := range st.runs(t) {
		st.keep(t, fmt.Sprintf("%s-run-%d", s.name, i+1), run)
	}
}

// playList delivers a list and keeps the history.
func (r *recorder) playList(t *testing.T) {
	const id = "backlog-list"
	st := &stage{recorder: r, id: pathway.WorkflowID(pathway.BacklogList, id)}
	run, err := r.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: st.id, TaskQueue: pathway.TaskQueue},
		pathway.BacklogList, pathway.ListRequest{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	st.finish(t)
	st.keep(t, id+"-run-1", run.GetRunID())
}

// stage is a scene being played.
type stage struct {
	*recorder
	scene   *scene
	key, id string
	epoch   int64 // of the nudges that are sent
}

func (s *stage) start(t *testing.T, revision int64, wake time.Duration, summary string) {
	t.Helper()
	s.nudge(t, revision, wake, summary)
}

func (s *stage) nudge(t *testing.T, revision int64, wake time.Duration, summary string) {
	t.Helper()
	n := answer(revision, wake, casetime.WallNow())
	n.CaseKey, n.Pathway, n.WakeSummary = s.key, s.scene.pathway, summary
	s.send(t, n)
}

// end nudges the pathway to its end.
func (s *stage) end(t *testing.T, revision int64) {
	t.Helper()
	s.send(t, pathway.Nudge{CaseKey: s.key, Pathway: s.scene.pathway, Revision: revision})
	s.finish(t)
}

func (s *stage) send(t *testing.T, n pathway.Nudge) {
	t.Helper()
	n.Epoch = s.epoch
	if err := s.nudger.Send(t.Context(), []pathway.Nudge{n})[0]; err != nil {
		t.Fatal(err)
	}
}

func (s *stage) signal(t *testing.T, name string, body any) {
	t.Helper()
	if err := s.client.SignalWorkflow(t.Context(), s.id, "", name, body); err != nil {
		t.Fatal(err)
	}
}

func (s *stage) finish(t *testing.T) {
	t.Helper()
	if err := s.client.GetWorkflow(t.Context(), s.id, "").Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// waitFor waits until the present run's history holds so many events of a type.
func (s *stage) waitFor(t *testing.T, event enumspb.EventType, n int) {
	t.Helper()
	s.wait(t, fmt.Sprintf("%d of %v", n, event), func() bool {
		count := 0
		for _, e := range s.history(t, "").GetEvents() {
			if e.GetEventType() == event {
				count++
			}
		}
		return count >= n
	})
}

func (s *stage) waitForRuns(t *testing.T, n int) {
	t.Helper()
	s.wait(t, fmt.Sprintf("%d runs", n), func() bool { return len(s.runs(t)) == n })
}

func (s *stage) wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: no %s", s.id, what)
		case <-ticker.C:
		}
	}
}

func (s *stage) history(t *testing.T, run string) *historypb.History {
	t.Helper()
	var h historypb.History
	events := s.client.GetWorkflowHistory(t.Context(), s.id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		h.Events = append(h.Events, e)
	}
	return &h
}

// runs are the ids of the scene's runs, from the first.
func (s *stage) runs(t *testing.T) []string {
	t.Helper()
	var ids []string
	for run := ""; ; {
		started := s.history(t, run).GetEvents()[0].GetWorkflowExecutionStartedEventAttributes()
		ids = append(ids, started.GetOriginalExecutionRunId())
		if run = started.GetContinuedExecutionRunId(); run == "" {
			slices.Reverse(ids)
			return ids
		}
	}
}

// keep writes a run's history, without the name of the machine on which it was recorded:
// the SDK puts it into the name of a worker's own queue.
func (s *stage) keep(t *testing.T, name, run string) {
	t.Helper()
	h := s.history(t, run)
	for _, e := range h.GetEvents() {
		if queue := e.GetWorkflowTaskScheduledEventAttributes().GetTaskQueue(); queue.GetKind() == enumspb.TASK_QUEUE_KIND_STICKY {
			queue.Name = "recorder"
		}
	}
	text, err := temporalproto.CustomJSONMarshalOptions{Indent: "  "}.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(histories, s.day+"-"+*recordFlag)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(folder, name+".json"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		t.Fatal(err) // it exists: no recorded history is ever replaced
	}
	defer file.Close()
	if _, err := file.Write(append(text, '\n')); err != nil {
		t.Fatal(err)
	}
}
