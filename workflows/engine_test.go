package workflows_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"longstop/pathway"
	"longstop/pathway/attributes"
)

func day(n int) time.Time { return epoch.AddDate(0, 0, n) }

// open is a nudge of a pathway with something to do.
func open(revision int64, wake time.Time) pathway.Nudge {
	return pathway.Nudge{
		CaseKey: "k7f3", Pathway: pathway.Assessment, Revision: revision, Open: true,
		Wake: wake, WakeSummary: "remind: assessment due in 5 working days",
		Display: pathway.Display{
			Label: "1 open", Team: "T1", Worker: "W01", DueAt: day(60), Rag: pathway.Green, OpenDuties: 1, Table: "| duty |\n|---|\n",
		},
	}
}

// closed is a nudge of a pathway with nothing left to do.
func closed(revision int64) pathway.Nudge {
	return pathway.Nudge{CaseKey: "k7f3", Pathway: pathway.Assessment, Revision: revision}
}

// inEpoch is a nudge of an epoch of the record.
func inEpoch(n int64, of pathway.Nudge) pathway.Nudge {
	of.Epoch = n
	return of
}

// always answers every plan with the same.
func always(p pathway.Planned) func(time.Time) (pathway.Planned, error) {
	return func(time.Time) (pathway.Planned, error) { return p, nil }
}

// answers gives one answer after the other, and the last for ever.
func answers(list ...pathway.Planned) func(time.Time) (pathway.Planned, error) {
	return func(time.Time) (pathway.Planned, error) {
		p := list[0]
		list = list[min(1, len(list)-1):]
		return p, nil
	}
}

func notice(key string, escalation bool) pathway.Notice {
	return pathway.Notice{Key: key, CaseKey: "k7f3", Pathway: pathway.Assessment, Escalation: escalation, Summary: "remind " + key}
}

func TestAFirstRunArmsOneTimerAndNothingElse(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(2)})})
	var timers, plans, upserts int
	c.record.plan = func(time.Time) (pathway.Planned, error) {
		timers, plans, upserts = len(c.timers), len(c.plans), c.upsert
		return pathway.Planned{Next: closed(2)}, nil
	}
	if err := c.run(open(1, day(40))); err != nil {
		t.Fatal(err)
	}
	if timers != 1 || plans != 1 || upserts != 0 {
		t.Fatalf("before the wake: %d timers, %d plans, %d upserts; want 1, 1, 0", timers, plans, upserts)
	}
	if c.timers[0] != 40*24*time.Hour {
		t.Errorf("the timer runs for %v", c.timers[0])
	}
	if !c.plans[0].Equal(day(40)) {
		t.Errorf("planned at %v", c.plans[0])
	}
}

func TestAStartSaysOnlyWhoseItIsAndTheNudgeComesWithIt(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(2)})})
	c.withStart = []pathway.Nudge{open(1, day(3))}
	if err := c.run(pathway.Nudge{CaseKey: "k7f3", Pathway: pathway.Assessment}); err != nil {
		t.Fatal(err)
	}
	if len(c.timers) != 1 || c.upsert != 0 || !equalTimes(c.plans, []time.Time{day(3)}) {
		t.Errorf("%d timers, %d upserts, planned at %v", len(c.timers), c.upsert, c.plans)
	}
}

func TestTheSameNudgeAgainCountsOnce(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(2)})})
	first := open(1, day(3))
	c.nudgeAt(epoch, first)
	if err := c.run(first); err != nil {
		t.Fatal(err)
	}
	if len(c.timers) != 1 || c.upsert != 0 {
		t.Errorf("%d timers, %d upserts", len(c.timers), c.upsert)
	}
}

func TestANudge(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		nudge pathway.Nudge
		want  time.Time // of the plan
		timer int       // how many are started
	}{
		{"of a higher revision with an earlier wake arms the timer again", inEpoch(3, open(6, day(2))), day(2), 2},
		{"of a higher revision with a later wake arms the timer again", inEpoch(3, open(6, day(30))), day(30), 2},
		{"of a higher revision with the same wake leaves the timer alone", inEpoch(3, open(6, day(10))), day(10), 1},
		{"of the same revision changes nothing", inEpoch(3, open(5, day(2))), day(10), 1},
		{"of a lower revision changes nothing", inEpoch(3, open(4, day(2))), day(10), 1},
		{"with a wake that has passed wakes at once", inEpoch(3, open(6, day(-3))), day(1), 1},
		{"of a later epoch counts though its revision has gone back", inEpoch(4, open(1, day(2))), day(2), 2},
		{"of a later epoch counts with the same revision", inEpoch(4, open(5, day(2))), day(2), 2},
		{"of the same epoch and a higher revision counts", inEpoch(3, open(6, day(2))), day(2), 2},
		{"of an earlier epoch changes nothing, whatever its revision", inEpoch(2, open(900, day(2))), day(10), 1},
		{"of before there were epochs changes nothing", inEpoch(0, open(900, day(2))), day(10), 1},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: inEpoch(9, closed(9))})})
			c.nudgeAt(day(1), tc.nudge)
			if err := c.run(inEpoch(3, open(5, day(10)))); err != nil {
				t.Fatal(err)
			}
			if !equalTimes(c.plans, []time.Time{tc.want}) {
				t.Errorf("planned at %v, want %v", c.plans, tc.want)
			}
			if len(c.timers) != tc.timer {
				t.Errorf("%d timers were started, want %d", len(c.timers), tc.timer)
			}
		})
	}
}

func TestAMessageThatCannotBeReadChangesNothing(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(9)})})
	c.messages = append(c.messages,
		&message{at: day(1), name: pathway.NudgeSignal, body: "sent by hand"},
		&message{at: day(2), name: pathway.ContinueSignal, body: "please"})
	if err := c.run(open(1, day(10))); err != nil {
		t.Fatal(err)
	}
	if c.runs != 2 || !equalTimes(c.plans, []time.Time{day(10)}) {
		t.Errorf("%d runs, planned at %v", c.runs, c.plans)
	}
}

func TestANudgeCannotMakeAPathwayAnothersOwn(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: pathway.Nudge{Revision: 9}})})
	c.nudgeAt(day(1), pathway.Nudge{Revision: 2, Open: true, Wake: day(4)})
	c.continueAt(day(2))
	if err := c.run(open(1, day(10))); err != nil {
		t.Fatal(err)
	}
	if s := c.state(); s.Nudge.CaseKey != "k7f3" || s.Nudge.Pathway != pathway.Assessment || c.runs != 2 {
		t.Errorf("after %d runs it is %s of %s", c.runs, s.Nudge.Pathway, s.Nudge.CaseKey)
	}
}

func TestANudgeUpsertsOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(9)})})
	changed := open(6, day(10))
	changed.Display.Rag, changed.Display.Worker, changed.Display.DueAt = pathway.Amber, "", time.Time{}
	c.nudgeAt(day(1), changed)
	if err := c.run(open(5, day(10))); err != nil {
		t.Fatal(err)
	}
	if c.upsert != 1 {
		t.Errorf("%d upserts", c.upsert)
	}
	if left := attributes.Changes(c.shown, changed); len(left) != 0 {
		t.Errorf("%d attributes do not show the nudge", len(left))
	}
}

func TestAWakeTellsEverybodyInTurnAndArmsTheNextTimer(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{
		plan: answers(
			pathway.Planned{Send: []pathway.Notice{notice("a", false), notice("b", true)}, Next: open(2, day(20))},
			pathway.Planned{Next: closed(5)}),
		tell: func(_ time.Time, _ string, n pathway.Notice) (pathway.Sent, error) {
			next := map[string]pathway.Nudge{"a": open(3, day(22)), "b": open(4, day(25))}[n.Key]
			return pathway.Sent{Outcome: "sent", Next: next}, nil
		},
	})
	if err := c.run(open(1, day(5))); err != nil {
		t.Fatal(err)
	}
	want := []telling{{day(5), string(pathway.NotifyWorker), "a"}, {day(5), string(pathway.EscalateToManager), "b"}}
	if !slices.Equal(c.told, want) {
		t.Errorf("told %v, want %v", c.told, want)
	}
	if !equalTimes(c.plans, []time.Time{day(5), day(25)}) {
		t.Errorf("planned at %v: the highest revision that was answered should rule", c.plans)
	}
}

func TestAnAnswerOfALowerRevisionChangesNothing(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{
		plan: answers(
			pathway.Planned{Send: []pathway.Notice{notice("a", false)}, Next: open(4, day(20))},
			pathway.Planned{Next: closed(5)}),
		tell: func(time.Time, string, pathway.Notice) (pathway.Sent, error) {
			return pathway.Sent{Outcome: "sent", Next: open(3, day(90))}, nil
		},
	})
	if err := c.run(open(1, day(5))); err != nil {
		t.Fatal(err)
	}
	if !equalTimes(c.plans, []time.Time{day(5), day(20)}) {
		t.Errorf("planned at %v", c.plans)
	}
}

func TestAnAnswerOfALaterEpochRulesThoughItsRevisionHasGoneBack(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{
		plan: answers(
			pathway.Planned{Send: []pathway.Notice{notice("a", false)}, Next: inEpoch(1, open(2, day(20)))},
			pathway.Planned{Next: inEpoch(1, closed(5))}),
		tell: func(time.Time, string, pathway.Notice) (pathway.Sent, error) {
			return pathway.Sent{Outcome: "sent", Next: open(8, day(90))}, nil // of a copy that is lost
		},
	})
	if err := c.run(open(7, day(5))); err != nil {
		t.Fatal(err)
	}
	if !equalTimes(c.plans, []time.Time{day(5), day(20)}) {
		t.Errorf("planned at %v", c.plans)
	}
	if got := c.state().Nudge; got.Epoch != 1 || got.Revision != 5 {
		t.Errorf("it ended knowing epoch %d, revision %d", got.Epoch, got.Revision)
	}
}

func TestAPathwayWithNothingToSendWaitsWithoutATimer(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{})
	c.nudgeAt(day(5), open(2, time.Time{}))
	c.nudgeAt(day(900), closed(3))
	if err := c.run(open(1, day(40))); err != nil {
		t.Fatal(err)
	}
	if len(c.plans) != 0 || len(c.timers) != 1 {
		t.Errorf("%d plans, %d timers: the first timer should have been cancelled and none armed", len(c.plans), len(c.timers))
	}
	if got := c.env.Now(); !got.Equal(day(900)) {
		t.Errorf("ended at %v", got)
	}
}

func TestAPathwayEndsOnlyAfterTakingWhatCameIn(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(9)})})
	c.messages = append(c.messages, &message{
		at: day(1), name: pathway.NudgeSignal, body: closed(2), with: []pathway.Nudge{closed(3), open(4, day(7))},
	})
	if err := c.run(open(1, day(40))); err != nil {
		t.Fatal(err)
	}
	if !equalTimes(c.plans, []time.Time{day(7)}) {
		t.Errorf("planned at %v: the nudge that came with the end was lost", c.plans)
	}
}

func TestANudgeThatComesWhileSomebodyIsToldIsTaken(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{
		plan: answers(
			pathway.Planned{Send: []pathway.Notice{notice("a", false)}, Next: open(2, day(20))},
			pathway.Planned{Next: closed(9)}),
		tell: func(time.Time, string, pathway.Notice) (pathway.Sent, error) {
			return pathway.Sent{Outcome: "sent", Next: open(3, day(20))}, nil
		},
	})
	c.messages = append(c.messages, &message{during: 2, name: pathway.NudgeSignal, body: open(4, day(8))})
	if err := c.run(open(1, day(5))); err != nil {
		t.Fatal(err)
	}
	if !equalTimes(c.plans, []time.Time{day(5), day(8)}) {
		t.Errorf("planned at %v", c.plans)
	}
}

func TestACancelledPathwayStops(t *testing.T) {
	t.Parallel()
	for _, wake := range []time.Time{day(40), {}} {
		c := newChain(t, pathway.Assessment, record{})
		c.messages = append(c.messages, &message{at: day(1), name: cancelled})
		err := c.run(open(1, wake))
		var canceled *temporal.CanceledError
		if !errors.As(err, &canceled) {
			t.Errorf("ended with %v", err)
		}
	}
}

func TestAWrongStartIsRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]pathway.Nudge{
		"without a case":      {Pathway: pathway.Assessment, Revision: 1, Open: true},
		"for another pathway": {CaseKey: "k7f3", Pathway: pathway.Missing, Revision: 1, Open: true},
	}
	for name, n := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := newChain(t, pathway.Assessment, record{}).run(n)
			var refused *temporal.ApplicationError
			if !errors.As(err, &refused) || refused.Type() != "WrongStart" || !refused.NonRetryable() {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestTheStateCanBeAskedFor(t *testing.T) {
	t.Parallel()
	c := newChain(t, pathway.Assessment, record{plan: always(pathway.Planned{Next: closed(2)})})
	if err := c.run(open(1, day(3))); err != nil {
		t.Fatal(err)
	}
	if s := c.state(); s.Nudge.Revision != 2 || s.Schema != pathway.StateSchema {
		t.Errorf("the state is %+v", s)
	}
}
