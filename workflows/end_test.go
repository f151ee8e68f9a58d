package workflows_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"longstop/pathway"
	"longstop/pathway/attributes"
)

// overdue is a nudge of a pathway of which something is overdue.
func overdue(name string) pathway.Nudge {
	n := open(7, day(10))
	n.Pathway, n.Display.Rag, n.Display.OverdueDuties, n.Display.OverdueRefs = name, pathway.Red, 1, []string{"AS-01"}
	return n
}

// endedShows is what a run of overdue shows once it has ended.
func endedShows(revision int64, team, worker string) pathway.Nudge {
	return pathway.Nudge{Revision: revision, Display: pathway.Display{Team: team, Worker: worker, Rag: pathway.Ended}}
}

func TestEveryPathwayShowsThatItHasEnded(t *testing.T) {
	t.Parallel()
	for _, name := range pathway.All {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, name, record{})
			last := pathway.Nudge{Revision: 8, Display: pathway.Display{Team: "T2", Worker: "W02", Rag: pathway.Green}}
			c.nudgeAt(day(1), last)
			if err := c.run(overdue(name)); err != nil {
				t.Fatal(err)
			}
			if left := attributes.Changes(c.atEnd, endedShows(8, "T2", "W02")); c.ends != 1 || len(left) != 0 {
				t.Errorf("it showed its end %d times, and %d attributes do not", c.ends, len(left))
			}
		})
	}
}

func TestAPathwayThatEndsWhileItIsInFaultShowsThatItHasEnded(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: func(time.Time) (pathway.Planned, error) {
		return pathway.Planned{}, temporal.NewNonRetryableApplicationError("cannot", "Drawn", nil)
	}})
	c.nudgeAt(day(1).Add(time.Minute), closed(20)) // before it tries again, ten minutes after the fault
	if err := c.run(open(1, day(1))); err != nil {
		t.Fatal(err)
	}
	before, _ := c.shown.GetKeyword(attributes.Rag)
	if after, _ := c.atEnd.GetKeyword(attributes.Rag); before != string(pathway.Fault) || after != string(pathway.Ended) {
		t.Errorf("it showed %q, and then %q", before, after)
	}
}

// What is still open is shown by the run that the check of the clocks then starts.
func TestACancelledRunShowsNothingAsOverdueAnyMore(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{})
	c.messages = append(c.messages, &message{at: day(1), name: cancelled})
	if err := c.run(overdue(pathway.Assessment)); !temporal.IsCanceledError(err) {
		t.Fatalf("it ended with %v", err)
	}
	if left := attributes.Changes(c.atEnd, endedShows(7, "T1", "W01")); c.ends != 1 || len(left) != 0 {
		t.Errorf("it showed its end %d times, and %d attributes do not", c.ends, len(left))
	}
}

func TestARunThatContinuesAsNewHandsOnWhatItShows(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{})
	c.continueAt(day(1))
	c.nudgeAt(day(2), closed(8))
	if err := c.run(overdue(pathway.Assessment)); err != nil {
		t.Fatal(err)
	}
	if c.runs != 2 || c.ends != 1 || c.upsert != 0 {
		t.Errorf("%d runs, of which %d showed an end, and %d upserts", c.runs, c.ends, c.upsert)
	}
	if left := attributes.Changes(c.shown, overdue(pathway.Assessment)); len(left) != 0 {
		t.Errorf("%d attributes of the second run do not show what the first did", len(left))
	}
}
