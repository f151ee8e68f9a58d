package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"pgregory.net/rapid"

	"longstop/pathway"
	"longstop/pathway/attributes"
)

// storyMinutes is how long facts come in, from the epoch.
const storyMinutes = 60 * 24 * 60

// story is a case as the record would have it: notices that fall due, facts that come in
// and change what is due, nudges that are late, and calls that fail.
type story struct {
	due   []int  // minutes at which a notice falls due, known from the start
	facts []fact // in the order in which they are recorded
	fails []int  // calls of PlanDuties or of a notice's activity that fail
}

// fact adds a notice, or takes one away, and nudges the pathway some time after.
type fact struct {
	minute int
	add    int // the minute at which a new notice falls due
	drop   int // which notice it takes away, modulo how many there are; negative: none
	late   int // minutes until the nudge arrives
	twice  bool
	// restored: with it the record begins a new epoch, in which its revisions begin again.
	restored bool
}

func minute(n int) time.Time { return epoch.Add(time.Duration(n) * time.Minute) }

func drawStory(t *rapid.T) story {
	at := rapid.IntRange(1, storyMinutes)
	facts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fact {
		return fact{
			minute: at.Draw(t, "minute"), add: at.Draw(t, "adds"), drop: rapid.IntRange(-3, 5).Draw(t, "drops"),
			late: rapid.SampledFrom([]int{0, 0, 0, 1, 600, 30000}).Draw(t, "late"), twice: rapid.Bool().Draw(t, "twice"), restored: rapid.IntRange(0, 3).Draw(t, "restored") == 0,
		}
	}), 0, 8).Draw(t, "facts")
	slices.SortStableFunc(facts, func(a, b fact) int { return a.minute - b.minute })
	return story{
		due:   rapid.SliceOfN(at, 1, 6).Draw(t, "due"),
		facts: facts,
		fails: rapid.SliceOfN(rapid.IntRange(1, 12), 0, 3).Draw(t, "fails"),
	}
}

// tell runs the story, cut by continue-as-new at the moments and during the calls given.
func (s story) tell(t *rapid.T, moments, calls []int) *chain {
	c := newChain(fatalOf{rapid: t}, pathway.ChildProtection, record{})
	told := &storyRecord{story: s}
	c.record.plan, c.record.tell = told.plan, told.tell
	for i, f := range s.facts {
		// No two things happen at one instant, where chance would say which is first: and
		// while an activity runs, the virtual clock keeps pace with the wall's, so that
		// they are seconds apart.
		n, at := told.nudge(i+1), minute(f.minute+f.late).Add(time.Duration(2*i+1)*time.Second)
		c.nudgeAt(at, n)
		if f.twice {
			c.nudgeAt(at.Add(time.Second), n)
		}
	}
	for i, m := range moments {
		c.continueAt(minute(m).Add(time.Duration(30+i) * time.Second))
	}
	for _, n := range calls {
		c.continueDuring(n)
	}
	if err := c.run(told.nudge(0)); err != nil {
		t.Fatal(err)
	}
	return c
}

// storyRecord folds a story: pure, but for which notices were sent and which calls failed.
type storyRecord struct {
	story
	sent  []int
	calls int
}

// known is which notices are due, as the first n facts have it.
func (r *storyRecord) known(n int) []int {
	due := slices.Clone(r.due)
	for _, f := range r.facts[:n] {
		if f.drop >= 0 && len(due) > 0 {
			due = slices.Delete(due, f.drop%len(due), f.drop%len(due)+1)
		}
		due = append(due, f.add)
	}
	return due
}

// recorded is how many facts are recorded by an instant.
func (r *storyRecord) recorded(now time.Time) int {
	n := 0
	for n < len(r.facts) && !minute(r.facts[n].minute).After(now) {
		n++
	}
	return n
}

// nudge is how the pathway stands with the first n facts known: it stays
// open until every fact has come in and every notice is sent.
func (r *storyRecord) nudge(n int) pathway.Nudge {
	epoch, since := 0, 0
	for i := range n {
		if r.facts[i].restored {
			epoch, since = epoch+1, i+1
		}
	}
	nudge := pathway.Nudge{
		CaseKey: "k7f3", Pathway: pathway.ChildProtection,
		Epoch: int64(epoch), Revision: int64(1 + (n-since)*100 + len(r.sent)),
		Open: n < len(r.facts), Display: pathway.Display{Rag: pathway.Green, OpenDuties: n},
	}
	for _, due := range r.known(n) {
		if slices.Contains(r.sent, due) {
			continue
		}
		nudge.Open = true
		if nudge.Wake.IsZero() || minute(due).Before(nudge.Wake) {
			nudge.Wake = minute(due)
		}
	}
	return nudge
}

func (r *storyRecord) failed() error {
	if r.calls++; slices.Contains(r.fails, r.calls) {
		return temporal.NewNonRetryableApplicationError("cannot", "Drawn", nil)
	}
	return nil
}

func (r *storyRecord) plan(now time.Time) (pathway.Planned, error) {
	if err := r.failed(); err != nil {
		return pathway.Planned{}, err
	}
	n := r.recorded(now)
	planned := pathway.Planned{Next: r.nudge(n)}
	for _, due := range r.known(n) {
		if !minute(due).After(now) && !slices.Contains(r.sent, due) {
			key := fmt.Sprint(due)
			if !slices.ContainsFunc(planned.Send, func(o pathway.Notice) bool { return o.Key == key }) {
				planned.Send = append(planned.Send, notice(key, due%2 == 0))
			}
		}
	}
	return planned, nil
}

func (r *storyRecord) tell(now time.Time, _ string, n pathway.Notice) (pathway.Sent, error) {
	if err := r.failed(); err != nil {
		return pathway.Sent{}, err
	}
	var due int
	if _, err := fmt.Sscan(n.Key, &due); err != nil {
		return pathway.Sent{}, err
	}
	r.sent = append(r.sent, due)
	return pathway.Sent{Outcome: "sent", Next: r.nudge(r.recorded(now))}, nil
}

// fatalOf lets a property's chain fail the property.
type fatalOf struct {
	testing.TB
	rapid *rapid.T
}

func (f fatalOf) Helper()                           {}
func (f fatalOf) Fatal(args ...any)                 { f.rapid.Fatal(args...) }
func (f fatalOf) Fatalf(format string, args ...any) { f.rapid.Fatalf(format, args...) }

// shownBy reads search attributes back as a nudge that would set them.
func shownBy(have temporal.SearchAttributes) pathway.Nudge {
	var n pathway.Nudge
	n.Revision, _ = have.GetInt64(attributes.Revision)
	n.Wake, _ = have.GetTime(attributes.WakeAt)
	rag, _ := have.GetKeyword(attributes.Rag)
	n.Display.Rag = pathway.Rag(rag)
	open, _ := have.GetInt64(attributes.OpenDuties)
	n.Display.OpenDuties = int(open)
	return n
}
