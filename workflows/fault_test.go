package workflows_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"longstop/pathway"
	"longstop/pathway/attributes"
)

var errUnknown = temporal.NewNonRetryableApplicationError("cannot plan: not in the record", pathway.ErrTypeUnknown, nil)

func TestAFailedPlanIsTriedAgainWithinTheHourForAsLongAsItFails(t *testing.T) {
	t.Parallel()
	failures := 8
	c := newChain(t, pathway.Assessment, record{})
	var shown []string
	c.record.plan = func(time.Time) (pathway.Planned, error) {
		rag, _ := c.shown.GetKeyword(attributes.Rag)
		shown = append(shown, rag)
		if failures--; failures >= 0 {
			return pathway.Planned{}, errUnknown
		}
		return pathway.Planned{Next: closed(2)}, nil
	}
	if err := c.run(open(1, day(1))); err != nil {
		t.Fatalf("a failure ended the pathway: %v", err)
	}
	want := []time.Time{day(1)}
	for _, minutes := range []int{10, 20, 30, 40, 50, 60, 60, 60} {
		want = append(want, want[len(want)-1].Add(time.Duration(minutes)*time.Minute))
	}
	if !equalTimes(c.plans, want) {
		t.Errorf("planned at %v, want %v", c.plans, want)
	}
	if shown[0] != string(pathway.Green) || shown[1] != string(pathway.Fault) || shown[8] != string(pathway.Fault) {
		t.Errorf("Rag was %v at the plans", shown)
	}
	if len(c.faults) != 8 || c.faults[0].Reason != "PlanDuties: NotInRecord" || c.faults[0].CaseKey != "k7f3" {
		t.Errorf("the record was told of %v", c.faults)
	}
}

func TestAnErrorThatMayPassIsRetriedBeforeItIsAFault(t *testing.T) {
	t.Parallel()
	failures := 5
	c := newChain(t, pathway.Assessment, record{plan: func(time.Time) (pathway.Planned, error) {
		if failures--; failures >= 0 {
			return pathway.Planned{}, temporal.NewApplicationError("the record cannot be reached", pathway.ErrTypeRecord)
		}
		return pathway.Planned{Next: closed(2)}, nil
	}})
	if err := c.run(open(1, day(1))); err != nil {
		t.Fatal(err)
	}
	if len(c.faults) != 0 || len(c.plans) != 6 {
		t.Errorf("%d faults, %d attempts", len(c.faults), len(c.plans))
	}
}

func TestAfterAFaultAGoodPlanShowsTheRecordAgain(t *testing.T) {
	t.Parallel()
	failed := false
	c := newChain(t, pathway.Assessment, record{})
	c.record.plan = func(time.Time) (pathway.Planned, error) {
		if !failed {
			failed = true
			return pathway.Planned{}, errUnknown
		}
		if rag, _ := c.shown.GetKeyword(attributes.Rag); rag == string(pathway.Green) {
			return pathway.Planned{Next: closed(3)}, nil
		}
		return pathway.Planned{Next: open(2, day(9))}, nil
	}
	if err := c.run(open(1, day(1))); err != nil {
		t.Fatal(err)
	}
	if !equalTimes(c.plans, []time.Time{day(1), day(1).Add(10 * time.Minute), day(9)}) {
		t.Errorf("planned at %v", c.plans)
	}
	if s := c.state(); s.Faults != 0 || !s.RetryAt.IsZero() {
		t.Errorf("the state still tells of the fault: %+v", s)
	}
}

func TestANoticeThatCannotBeSentDoesNotKeepBackTheOthersAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{
		plan: answers(
			pathway.Planned{Send: []pathway.Notice{notice("a", true), notice("b", false)}, Next: open(2, day(20))},
			pathway.Planned{Send: []pathway.Notice{notice("a", true)}, Next: open(3, day(20))},
			pathway.Planned{Next: closed(9)}),
	})
	c.record.tell = func(_ time.Time, _ string, n pathway.Notice) (pathway.Sent, error) {
		if n.Key == "a" && len(c.told) < 3 {
			return pathway.Sent{}, temporal.NewNonRetryableApplicationError("refused", pathway.ErrTypeRoutes, nil)
		}
		return pathway.Sent{Outcome: "sent", Next: open(int64(len(c.told))+3, day(20))}, nil
	}
	if err := c.run(open(1, day(5))); err != nil {
		t.Fatal(err)
	}
	if got := keys(c.told); len(got) != 3 || got[0] != "a" || got[1] != "b" || got[2] != "a" {
		t.Errorf("told %v", got)
	}
	if !equalTimes(c.plans, []time.Time{day(5), day(5).Add(10 * time.Minute), day(20)}) {
		t.Errorf("planned at %v", c.plans)
	}
	if len(c.faults) != 1 || c.faults[0].Reason != "EscalateToManager: TooManyRoutes" {
		t.Errorf("the record was told of %v", c.faults)
	}
}

func TestAPathwayInFault(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		nudge pathway.Nudge
		want  time.Time // of the second plan
	}{
		{"tries again at its own time where a nudge wakes later", open(2, day(30)), day(1).Add(10 * time.Minute)},
		{"tries again at its own time where a nudge has nothing to wake for", open(2, time.Time{}), day(1).Add(10 * time.Minute)},
		{"tries again where a nudge wakes sooner", open(2, day(1).Add(7*time.Minute)), day(1).Add(7 * time.Minute)},
		{"tries again at once where a nudge's wake has passed", open(2, day(1)), day(1).Add(5 * time.Minute)},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			failed := false
			c := newChain(t, pathway.Assessment, record{plan: func(time.Time) (pathway.Planned, error) {
				if !failed {
					failed = true
					return pathway.Planned{}, errUnknown
				}
				return pathway.Planned{Next: closed(9)}, nil
			}})
			c.nudgeAt(day(1).Add(5*time.Minute), tc.nudge)
			if err := c.run(open(1, day(1))); err != nil {
				t.Fatal(err)
			}
			if !equalTimes(c.plans, []time.Time{day(1), tc.want}) {
				t.Errorf("planned at %v, want %v", c.plans, tc.want)
			}
		})
	}
}

func TestARecordThatCannotBeToldOfAFaultDoesNotEndThePathway(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{
		fault: func(time.Time, pathway.FaultReport) error { return errUnknown },
	})
	c.record.plan = func(time.Time) (pathway.Planned, error) {
		if len(c.plans) == 1 {
			return pathway.Planned{}, errUnknown
		}
		return pathway.Planned{Next: closed(9)}, nil
	}
	if err := c.run(open(1, day(1))); err != nil {
		t.Fatal(err)
	}
	if len(c.plans) != 2 {
		t.Errorf("planned at %v", c.plans)
	}
}

func TestARecordThatNamesTheSameInstantAgainIsAskedAtGrowingIntervals(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{})
	c.record.plan = func(time.Time) (pathway.Planned, error) {
		if len(c.plans) < 13 {
			return pathway.Planned{Next: open(1, day(1))}, nil // its clock is behind
		}
		return pathway.Planned{Next: closed(2)}, nil
	}
	if err := c.run(open(1, day(1))); err != nil {
		t.Fatal(err)
	}
	want := []time.Time{day(1)}
	for _, seconds := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600} {
		want = append(want, want[len(want)-1].Add(time.Duration(seconds)*time.Second))
	}
	if !equalTimes(c.plans, want) {
		t.Errorf("planned at %v", c.plans)
	}
	if len(c.faults) != 0 {
		t.Error("a fault was reported")
	}
}
