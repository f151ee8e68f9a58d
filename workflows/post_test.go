package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longstop/pathway"
	"longstop/workflows"
)

// postOffice is a record that owes trays: look by look which are ready, and whether others wait.
type postOffice struct {
	mu      sync.Mutex
	looks   []pathway.TraysFound // the last one again and again
	refuses string               // the tray that cannot be sent
	stuck   map[string]bool      // trays that a channel does not take
	looked  int
	tried   []string
	atOnce  int
	most    int

	attemptHas, silentFor time.Duration
}

func (o *postOffice) find(context.Context, pathway.None) (pathway.TraysFound, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	found := o.looks[min(o.looked, len(o.looks)-1)]
	o.looked++
	return found, nil
}

func (o *postOffice) send(_ context.Context, r pathway.TrayRequest) (pathway.Sent, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r.ID == o.refuses {
		return pathway.Sent{}, temporal.NewNonRetryableApplicationError("gone", pathway.ErrTypeUnknown, nil)
	}
	if o.stuck[r.ID] {
		return pathway.Sent{}, temporal.NewApplicationError("421", pathway.ErrTypeChannel)
	}
	o.tried = append(o.tried, r.ID)
	return pathway.Sent{Outcome: "sent"}, nil
}

// run runs a post and returns how long it took and how it ended.
func (o *postOffice) run(state pathway.PostState) (took time.Duration, err error) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestWorkflowEnvironment()
	workflows.Register(env)
	env.RegisterActivityWithOptions(o.find, activity.RegisterOptions{Name: string(pathway.FindTrays)})
	env.RegisterActivityWithOptions(o.send, activity.RegisterOptions{Name: string(pathway.SendTray)})
	env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if info.ActivityType.Name == string(pathway.SendTray) {
			o.mu.Lock()
			o.attemptHas, o.silentFor = info.StartToCloseTimeout, info.HeartbeatTimeout
			o.atOnce++
			o.most = max(o.most, o.atOnce)
			o.mu.Unlock()
		}
	})
	env.SetOnActivityCompletedListener(func(info *activity.Info, _ converter.EncodedValue, _ error) {
		if info.ActivityType.Name == string(pathway.SendTray) {
			o.mu.Lock()
			o.atOnce--
			o.mu.Unlock()
		}
	})
	began := env.Now()
	env.ExecuteWorkflow(pathway.Post, state)
	return env.Now().Sub(began), env.GetWorkflowError()
}

func trays(from, to int) []pathway.Tray {
	var list []pathway.Tray
	for i := from; i <= to; i++ {
		list = append(list, pathway.Tray{ID: fmt.Sprintf("t%02d", i), Recipient: fmt.Sprintf("W%d", i)})
	}
	return list
}

func TestAPostSendsEachTrayOnceAFewSideBySide(t *testing.T) {
	t.Parallel()
	o := &postOffice{looks: []pathway.TraysFound{{Ready: trays(1, 20)}}}
	if _, err := o.run(pathway.PostState{}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(o.tried)
	if len(o.tried) != 20 || len(slices.Compact(o.tried)) != 20 {
		t.Errorf("sent %v", o.tried)
	}
	if o.most > 4 {
		t.Errorf("%d were sent side by side", o.most)
	}
}

func TestAPostLooksAgainWhilePathwaysAreStillPlanned(t *testing.T) {
	t.Parallel()
	o := &postOffice{looks: []pathway.TraysFound{{Waiting: true}, {Ready: trays(1, 2), Waiting: true}, {Ready: trays(2, 3)}}}
	if _, err := o.run(pathway.PostState{}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(o.tried)
	if !slices.Equal(o.tried, []string{"t01", "t02", "t03"}) || o.looked != 3 {
		t.Errorf("looked %d times, sent %v", o.looked, o.tried)
	}
}

func TestAPostDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	o := &postOffice{looks: []pathway.TraysFound{{Waiting: true}}}
	took, err := o.run(pathway.PostState{})
	if err != nil {
		t.Fatal(err)
	}
	if took < 30*time.Minute || took > time.Hour {
		t.Errorf("it waited %v", took)
	}
}

func TestAMessageThatCannotBeSentKeepsNoneOfTheOthersBack(t *testing.T) {
	t.Parallel()
	o := &postOffice{looks: []pathway.TraysFound{{Ready: trays(1, 3), Waiting: true}, {Ready: trays(2, 2)}}, refuses: "t02"}
	if _, err := o.run(pathway.PostState{}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(o.tried)
	if !slices.Equal(o.tried, []string{"t01", "t03"}) {
		t.Errorf("sent %v", o.tried)
	}
}

func TestMessagesThatAreTriedAgainGiveTheirPlaceToOthers(t *testing.T) {
	t.Parallel()
	o := &postOffice{
		looks: []pathway.TraysFound{{Ready: trays(1, 6)}, {Ready: trays(1, 7)}},
		stuck: map[string]bool{"t01": true, "t02": true, "t03": true, "t04": true},
	}
	took, err := o.run(pathway.PostState{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(o.tried)
	if !slices.Equal(o.tried, []string{"t05", "t06", "t07"}) {
		t.Errorf("sent %v", o.tried)
	}
	if took > time.Hour {
		t.Errorf("it took %v to give up what cannot be sent", took)
	}
}

// A manager's message may hold hundreds of cases, each of which is decided on once more.
func TestAnAttemptAtAMessageHasMinutesAndIsMissedWithinOne(t *testing.T) {
	t.Parallel()
	o := &postOffice{looks: []pathway.TraysFound{{Ready: trays(1, 1)}, {}}}
	if _, err := o.run(pathway.PostState{}); err != nil {
		t.Fatal(err)
	}
	if o.attemptHas < 5*time.Minute || o.silentFor <= 0 || o.silentFor > time.Minute {
		t.Errorf("an attempt has %v, and is missed after %v", o.attemptHas, o.silentFor)
	}
}
