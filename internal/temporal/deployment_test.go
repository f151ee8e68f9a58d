package temporal_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/types/known/timestamppb"

	"longstop/internal/casetime"
	"longstop/internal/temporal"
	"longstop/pathway"
)

// deployment is a Temporal client that knows the worker deployment and who asked for work.
type deployment struct {
	client.Client // nothing else is called

	current string
	seen    map[string]time.Time // the builds, with when the deployment saw each first
	asked   map[string]time.Time // by build, by the server's clock
}

func (d *deployment) WorkerDeploymentClient() client.WorkerDeploymentClient {
	return deployments{deployment: d}
}

type deployments struct {
	client.WorkerDeploymentClient
	deployment *deployment
}

func (d deployments) GetHandle(string) client.WorkerDeploymentHandle {
	return handle{deployment: d.deployment}
}

type handle struct {
	client.WorkerDeploymentHandle
	deployment *deployment
}

func (h handle) Describe(context.Context, client.WorkerDeploymentDescribeOptions) (client.WorkerDeploymentDescribeResponse, error) {
	d := h.deployment
	var info client.WorkerDeploymentInfo
	if d.current != "" {
		info.RoutingConfig.CurrentVersion = &worker.WorkerDeploymentVersion{DeploymentName: pathway.Deployment, BuildID: d.current}
	}
	for _, build := range slices.Sorted(maps.Keys(d.seen)) {
		info.VersionSummaries = append(info.VersionSummaries, client.WorkerDeploymentVersionSummary{
			Version: worker.WorkerDeploymentVersion{DeploymentName: pathway.Deployment, BuildID: build}, CreateTime: d.seen[build],
		})
	}
	return client.WorkerDeploymentDescribeResponse{Info: info}, nil
}

func (h handle) SetCurrentVersion(_ context.Context, o client.WorkerDeploymentSetCurrentVersionOptions) (client.WorkerDeploymentSetCurrentVersionResponse, error) {
	h.deployment.current = o.BuildID
	return client.WorkerDeploymentSetCurrentVersionResponse{}, nil
}

func (d *deployment) DescribeTaskQueue(context.Context, string, enumspb.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	answer := &workflowservice.DescribeTaskQueueResponse{}
	for _, build := range slices.Sorted(maps.Keys(d.asked)) {
		answer.Pollers = append(answer.Pollers, &taskqueuepb.PollerInfo{
			LastAccessTime: timestamppb.New(d.asked[build]), DeploymentOptions: &deploymentpb.WorkerDeploymentOptions{BuildId: build},
		})
	}
	return answer, nil
}

// look is what the server's list shows at one look: when each build asked last, in seconds
// of the server's clock. A build that is not named is not listed.
type look struct {
	at    int // seconds since the first look, by the worker's monotonic clock
	asked map[string]int
}

func TestAWaitingBuildTakesOverOnlyFromOneThatAsksForNothingForNinetySeconds(t *testing.T) {
	t.Parallel()
	both := func(current, own int) map[string]int { return map[string]int{"v1": current, "v2": own} }
	cases := []struct {
		name  string
		looks []look
		taken int // at which look, from 1; 0: never
	}{
		{
			"Temporal has just restarted and this build asked first",
			[]look{{0, map[string]int{"v2": 1}}, {30, both(20, 31)}, {60, both(50, 61)}, {90, both(80, 91)}, {120, both(110, 121)}},
			0,
		},
		{
			"Temporal restarts between looks, again and again",
			[]look{{0, both(0, 0)}, {30, map[string]int{"v2": 30}}, {60, both(55, 60)}, {90, map[string]int{"v2": 90}}, {120, both(115, 120)}},
			0,
		},
		{"the list is empty", []look{{0, nil}, {30, nil}, {60, nil}, {90, nil}, {120, nil}, {150, nil}}, 0},
		{
			"the list holds neither build but another",
			[]look{{0, map[string]int{"v0": 0}}, {30, map[string]int{"v0": 30}}, {60, map[string]int{"v0": 60}}, {120, map[string]int{"v0": 90}}},
			0,
		},
		{
			"the list was empty in between: the looks before do not count",
			[]look{{0, both(0, 0)}, {30, both(0, 30)}, {60, nil}, {90, both(0, 90)}, {120, both(0, 120)}, {150, both(0, 150)}, {180, both(0, 180)}},
			7,
		},
		{
			"this machine's clock is an hour ahead of the server's, and the current build asks once a minute",
			[]look{{3600, both(5, 10)}, {3630, both(5, 40)}, {3660, both(65, 70)}, {3690, both(65, 100)}, {3720, both(125, 130)}, {3750, both(125, 160)}},
			0,
		},
		{
			"the server's clock went back: a question is one whatever its time",
			[]look{{0, both(500, 500)}, {30, both(500, 530)}, {60, both(60, 60)}, {90, both(60, 90)}, {120, both(110, 120)}},
			0,
		},
		{
			"one long pause of this process is not many looks",
			[]look{{0, both(0, 0)}, {600, both(0, 600)}},
			0,
		},
		{
			"three looks within a minute are too soon",
			[]look{{0, both(0, 0)}, {20, both(0, 20)}, {40, both(0, 40)}, {60, both(0, 60)}},
			0,
		},
		{
			"the current build is gone and still listed",
			[]look{{0, both(0, 5)}, {30, both(0, 30)}, {60, both(0, 60)}, {90, both(0, 90)}},
			4,
		},
		{
			"the current build is gone and its entry expires",
			[]look{{0, both(0, 5)}, {30, both(0, 30)}, {60, map[string]int{"v2": 60}}, {90, map[string]int{"v2": 90}}},
			4,
		},
		{
			"the current build is gone and was never listed",
			[]look{{0, map[string]int{"v2": 1}}, {45, map[string]int{"v2": 40}}, {95, map[string]int{"v2": 90}}},
			3,
		},
		{
			"neither build asks any more: the server's list stands still",
			[]look{{0, both(0, 5)}, {30, both(0, 5)}, {60, both(0, 5)}, {90, both(0, 5)}, {120, both(0, 5)}},
			0,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			began := time.Date(2026, time.December, 1, 9, 0, 0, 0, time.UTC)
			now := began
			d := &deployment{current: "v1"}
			c := &temporal.Candidate{Temporal: d, Build: "v2", TakeOver: temporal.WhenGone, Now: func() time.Time { return now }}
			taken := 0
			for i, l := range tc.looks {
				now = began.Add(time.Duration(l.at) * time.Second)
				d.asked = map[string]time.Time{}
				for build, at := range l.asked {
					d.asked[build] = began.Add(time.Duration(at) * time.Second)
				}
				standing, err := c.Stand(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if standing.Made {
					taken = i + 1
					break
				}
			}
			if taken != tc.taken {
				t.Errorf("it took over at look %d, and should at %d (0: never)", taken, tc.taken)
			}
		})
	}
}

var wake = time.Date(2027, time.February, 16, 9, 0, 0, 0, time.UTC)

// gone has a build look until the current one must be taken to be gone.
func gone(t *testing.T, d *deployment, c *temporal.Candidate) temporal.Standing {
	t.Helper()
	now := wake
	c.Temporal, c.Now = d, func() time.Time { return now }
	var standing temporal.Standing
	for range 4 {
		d.asked = map[string]time.Time{c.Build: now}
		var err error
		if standing, err = c.Stand(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(40 * time.Second)
	}
	return standing
}

func TestWhichBuildTakesThePlaceOfOneThatIsGone(t *testing.T) {
	t.Parallel()
	first, later := wake.AddDate(0, -2, 0), wake.AddDate(0, -1, 0)
	cases := []struct {
		name, current, build string
		how                  temporal.TakeOver
		seen                 map[string]time.Time
		refused              string // a part of why; "": it takes over
	}{
		{"a later release", "v1.4.0", "v1.5.0", temporal.WhenGone, nil, ""},
		{"a later one by its number, not by the alphabet", "v1.9.3", "v1.10.0", temporal.WhenGone, nil, ""},
		{"commits after a release", "v1.4.0", "v1.4.0-12-g1a2b3c4", temporal.WhenGone, nil, ""},
		{"the release before", "v1.5.0", "v1.4.9", temporal.WhenGone, nil, "older"},
		{"the release itself, after commits that followed it", "v1.4.0-12-g1a2b3c4", "v1.4.0", temporal.WhenGone, nil, "older"},
		{"an old release that was seen again", "v1.5.0", "v1.4.9", temporal.WhenGone, map[string]time.Time{"v1.5.0": first, "v1.4.9": later}, "older"},
		{"a commit that was seen later", "1a2b3c4", "5d6e7f8", temporal.WhenGone, map[string]time.Time{"1a2b3c4": first, "5d6e7f8": later}, ""},
		{"a commit that was seen earlier", "1a2b3c4", "5d6e7f8", temporal.WhenGone, map[string]time.Time{"1a2b3c4": later, "5d6e7f8": first}, "older"},
		{"a build that says nothing about its age", "1a2b3c4", "5d6e7f8", temporal.WhenGone, nil, ""},
		{"a development build", "v1.4.0", "dev", temporal.WhenGone, nil, "development"},
		{"a build of changed files", "v1.4.0", "v1.5.0-dirty", temporal.WhenGone, nil, "development"},
		{"a release after a development build", "dev", "v1.4.0", temporal.WhenGone, nil, ""},
		{"a later release where nobody may", "v1.4.0", "v1.5.0", temporal.Never, nil, "LONGSTOP_TAKE_OVER=never"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := &deployment{current: tc.current, seen: tc.seen}
			got := gone(t, d, &temporal.Candidate{Build: tc.build, TakeOver: tc.how})
			if tc.refused == "" && d.current != tc.build {
				t.Errorf("it does not take over: %+v", got)
			}
			if tc.refused != "" && (d.current != tc.current || !got.Gone || !strings.Contains(got.Refused, tc.refused)) {
				t.Errorf("%s is current: %+v", d.current, got)
			}
			if got := gone(t, d, &temporal.Candidate{Build: tc.build, TakeOver: tc.how, Promote: true}); got.Current != tc.build {
				t.Errorf("promoted, it is %+v", got)
			}
		})
	}
}

func TestTheFirstBuildOfANamespaceBeginsUnlessItIsADevelopmentBuildFarFromHome(t *testing.T) {
	t.Parallel()
	cases := []struct {
		build string
		local bool
		how   temporal.TakeOver
		made  bool
	}{
		{"v1.4.0", false, temporal.WhenGone, true},
		{"v1.4.0", false, temporal.Never, true}, // nobody's place is taken
		{"dev", true, temporal.WhenGone, true},
		{"dev", false, temporal.WhenGone, false},
		{"1a2b3c4-dirty", false, temporal.WhenGone, false},
	}
	for _, tc := range cases {
		d := &deployment{}
		c := &temporal.Candidate{Temporal: d, Build: tc.build, Local: tc.local, TakeOver: tc.how, Now: casetime.WallNow}
		got, err := c.Stand(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.Made != tc.made || (d.current == tc.build) != tc.made || (got.Refused != "") == tc.made {
			t.Errorf("%+v: %+v", tc, got)
		}
	}
}

func TestAPromotionIsMadeOnce(t *testing.T) {
	t.Parallel()
	d := &deployment{current: "v1"}
	c := &temporal.Candidate{Temporal: d, Build: "v2", Promote: true, Now: casetime.WallNow}
	if got, err := c.Stand(t.Context()); err != nil || !got.Made {
		t.Fatalf("%+v, %v", got, err)
	}
	d.current = "v1" // an operator goes back
	if got, err := c.Stand(t.Context()); err != nil || got != (temporal.Standing{Current: "v1"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestATakeOverThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]temporal.TakeOver{"": temporal.WhenGone, "when-gone": temporal.WhenGone, "never": temporal.Never} {
		if got, err := temporal.ParseTakeOver(text); err != nil || got != want {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	if _, err := temporal.ParseTakeOver("always"); err == nil || !strings.Contains(err.Error(), "LONGSTOP_TAKE_OVER") {
		t.Errorf("%v", err)
	}
}
