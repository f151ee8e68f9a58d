package workflows_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/pathway"
	"longstop/pathway/attributes"
)

func TestAnOperatorMakesAPathwayContinueAsNew(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(9)})})
	first := open(1, day(40))
	c.continueAt(day(3))
	if err := c.run(first); err != nil {
		t.Fatal(err)
	}
	if c.runs != 2 || !equalTimes(c.plans, []time.Time{day(40)}) {
		t.Errorf("%d runs, planned at %v", c.runs, c.plans)
	}
	if want := []time.Duration{40 * 24 * time.Hour, 37 * 24 * time.Hour}; !slices.Equal(c.timers, want) {
		t.Errorf("timers ran for %v: the second run waits for the same instant", c.timers)
	}
	if c.upsert != 0 || len(attributes.Changes(c.shown, first)) != 0 {
		t.Error("search attributes cross over and need no upsert")
	}
}

func TestAPathwayContinuesAsNewWhenTheServerSuggestsIt(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(9)})})
	c.suggest = func(run int) bool { return run < 4 }
	if err := c.run(open(1, day(40))); err != nil {
		t.Fatal(err)
	}
	if c.runs != 4 || !equalTimes(c.plans, []time.Time{day(40)}) {
		t.Errorf("%d runs, planned at %v", c.runs, c.plans)
	}
}

func TestANudgeThatComesWithARequestToContinueIsCarried(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(9)})})
	c.messages = append(c.messages, &message{at: day(1), name: pathway.ContinueSignal, with: []pathway.Nudge{open(2, day(9)), open(3, day(6))}})
	if err := c.run(open(1, day(40))); err != nil {
		t.Fatal(err)
	}
	if c.runs != 2 || !equalTimes(c.plans, []time.Time{day(6)}) {
		t.Errorf("%d runs, planned at %v: the nudge was lost", c.runs, c.plans)
	}
}

func TestAnEndThatComesWithARequestToContinueEndsThePathway(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{})
	c.messages = append(c.messages, &message{at: day(1), name: pathway.ContinueSignal, with: []pathway.Nudge{closed(2)}})
	if err := c.run(open(1, day(40))); err != nil {
		t.Fatal(err)
	}
	if c.runs != 1 {
		t.Errorf("%d runs", c.runs)
	}
}

func TestAFaultCrossesOver(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{})
	c.record.plan = func(time.Time) (pathway.Planned, error) {
		if len(c.plans) < 3 {
			return pathway.Planned{}, errUnknown
		}
		return pathway.Planned{Next: closed(9)}, nil
	}
	c.continueAt(day(1).Add(5 * time.Minute))
	if err := c.run(open(1, day(1))); err != nil {
		t.Fatal(err)
	}
	want := []time.Time{day(1), day(1).Add(10 * time.Minute), day(1).Add(30 * time.Minute)}
	if c.runs != 2 || !equalTimes(c.plans, want) {
		t.Errorf("%d runs, planned at %v, want %v", c.runs, c.plans, want)
	}
}

func TestContinuingAsNewAnywhereChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t)
		whole := s.tell(t, nil, nil)
		moments := rapid.SliceOfN(rapid.IntRange(0, storyMinutes+2000), 0, 6).Draw(t, "cuts at minute")
		calls := rapid.SliceOfN(rapid.IntRange(1, max(1, whole.calls)), 0, 4).Draw(t, "cuts during call")
		cut := s.tell(t, moments, calls)
		if !slices.Equal(whole.told, cut.told) {
			t.Fatalf("told %v in one run, %v in %d", whole.told, cut.told, cut.runs)
		}
		if !equalTimes(whole.plans, cut.plans) {
			t.Fatalf("planned at %v in one run, at %v in %d", whole.plans, cut.plans, cut.runs)
		}
		if !slices.Equal(whole.faults, cut.faults) {
			t.Fatalf("faults %v in one run, %v in %d", whole.faults, cut.faults, cut.runs)
		}
		if left := attributes.Changes(whole.shown, shownBy(cut.shown)); len(left) != 0 {
			t.Fatalf("%d search attributes differ at the end", len(left))
		}
	})
}

func TestNudgesInAnyOrderEndInTheOneOfTheGreatestEpochAndRevision(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int64Range(0, 3)
		nudges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pathway.Nudge {
			return inEpoch(number.Draw(t, "epoch"), open(1+number.Draw(t, "revision"), time.Time{}))
		}), 1, 12).Draw(t, "nudges")
		greatest := 0
		for i := range nudges {
			// The first of those that are as new as each other counts.
			nudges[i].Wake = day(100 + i)
			if nudges[i].Compare(&nudges[greatest]) > 0 {
				greatest = i
			}
		}
		c := newChain(fatalOf{rapid: t}, pathway.Assessment, record{plan: always(pathway.Planned{Next: inEpoch(9, closed(9))})})
		for i, n := range nudges[1:] {
			c.nudgeAt(day(1+i), n)
		}
		for i, cut := range rapid.SliceOfN(rapid.IntRange(1, 20), 0, 3).Draw(t, "cuts on day") {
			c.continueAt(day(cut).Add(time.Duration(1+i) * time.Minute))
		}
		if err := c.run(nudges[0]); err != nil {
			t.Fatal(err)
		}
		if !equalTimes(c.plans, []time.Time{nudges[greatest].Wake}) {
			t.Fatalf("planned at %v: of %d nudges number %d is the newest", c.plans, len(nudges), greatest)
		}
	})
}

func TestAChildhoodOfMonthlyVisits(t *testing.T) {
	t.Parallel()
	const months = 18 * 12
	visits := 0
	c := newChain(t, pathway.LookedAfter, record{})
	next := func() pathway.Nudge {
		n := open(int64(2*visits+2), epoch.AddDate(0, visits+1, 0))
		n.Pathway, n.Open = pathway.LookedAfter, visits < months
		return n
	}
	c.record.plan = func(now time.Time) (pathway.Planned, error) {
		visits++
		return pathway.Planned{Send: []pathway.Notice{notice(now.Format(time.DateOnly), false)}, Next: next()}, nil
	}
	c.record.tell = func(time.Time, string, pathway.Notice) (pathway.Sent, error) {
		n := next()
		n.Revision++
		return pathway.Sent{Outcome: "sent", Next: n}, nil
	}
	for year := range 18 {
		c.continueAt(epoch.AddDate(year, 5, 3))
	}
	first := next()
	first.Revision = 1
	if err := c.run(first); err != nil {
		t.Fatal(err)
	}
	if len(c.told) != months || c.runs != 19 {
		t.Fatalf("%d visits in %d runs", len(c.told), c.runs)
	}
	for i, told := range c.told {
		if want := epoch.AddDate(0, i+1, 0); !told.at.Equal(want) {
			t.Fatalf("visit %d was reminded of at %v, want %v", i+1, told.at, want)
		}
	}
}
