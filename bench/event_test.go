package bench_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"longstop/calendar"
	"longstop/casework"
	"longstop/clocks"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/pathway"
	"longstop/store"
)

// ways is in how many ways the events are recorded.
const ways = 3

// BenchmarkEvent records one event in each of many cases (A), and signals as many bare
// workflows, which re-arm a timer and upsert as many search attributes as ours do (B),
// until each has answered.
func BenchmarkEvent(b *testing.B) {
	ours, bare := newCases(b), newAlarms(b)
	ours.several(b, 1) // a first time, to see what an event does
	bare.attributes = ours.upserted(b)
	bare.signal(b, 1)

	type way struct {
		name       string
		ours, bare func() cost
		a, b       []cost
	}
	all := [ways]*way{
		{name: "one after the other", ours: func() cost { return ours.several(b, 1) }, bare: func() cost { return bare.signal(b, 1) }},
		{name: "16 at once", ours: func() cost { return ours.several(b, 16) }, bare: func() cost { return bare.signal(b, 16) }},
		{name: "`starter record` of a file", ours: func() cost { return ours.file(b) }, bare: func() cost { return bare.signal(b, atOnce) }},
	}
	for range *rounds {
		for _, w := range all {
			w.a = append(w.a, w.ours())
			w.b = append(w.b, w.bare())
		}
	}
	ours.checkClocks(b, *events)
	for _, w := range all {
		figures.compare(b, fmt.Sprintf("an event, %d search attributes, %s", bare.attributes, w.name), *events, w.a, w.b)
	}
}

// cases are cases of Longstop whose clocks run.
type cases struct {
	*place
	starter string
	record  *store.Store
	nudger  *clocks.Nudger
	days    []calendar.Date // of the visits that are measured
	visits  int             // measured so far
}

func newCases(b *testing.B) *cases {
	b.Helper()
	today := casetimetest.Today()
	days := visitDays(today, ways**rounds+1)
	if len(days) <= ways**rounds {
		b.Fatalf("-rounds=%d is too many: a month has only so many visits", *rounds)
	}
	c := &cases{place: newPlace(b, "event-a"), starter: built(b, "starter"), days: days}
	c.startWorker(b, built(b, "worker"))
	c.record, c.nudger = c.open(b), clocks.New(c.temporal)
	b.Cleanup(c.record.Close)
	if err := c.put(b, staff(today)...); err != nil {
		b.Fatal(err)
	}
	each(b, *events, 16, func(i int) error { return c.put(b, planned(i, today)...) })
	c.started(b, *events)
	return c
}

// put does what `starter record` does with events of one case.
func (c *cases) put(b *testing.B, events ...casework.Event) error {
	b.Helper()
	done, err := c.record.Record(b.Context(), source, events)
	if err != nil {
		return err
	}
	if len(done.Refused) > 0 {
		return fmt.Errorf("refused: %w", &done.Refused[0])
	}
	if err := errors.Join(c.nudger.Send(b.Context(), done.Nudges)...); err != nil {
		return err
	}
	return c.record.DeleteSent(b.Context(), done.Nudges)
}

// visit is the next visit of a case.
func (c *cases) visit(i int) casework.Event { return visit(i, c.visits, c.days[c.visits]) }

// several records the next visit of every case, so many at once.
func (c *cases) several(b *testing.B, at int) cost {
	b.Helper()
	return c.next(b, func() {
		each(b, *events, at, func(i int) error { return c.put(b, c.visit(i)) })
	})
}

// file records the next visit of every case by the command.
func (c *cases) file(b *testing.B) cost {
	b.Helper()
	name := filepath.Join(b.TempDir(), "visits.jsonl")
	file, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	for i := range *events {
		if err := json.NewEncoder(file).Encode(c.visit(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return c.next(b, func() { c.run(b, c.starter, "record", "--source", source, name) })
}

// next measures until every case's workflow has answered.
func (c *cases) next(b *testing.B, do func()) cost {
	b.Helper()
	before := c.histories(b)
	took := measure(func() {
		do()
		c.answered(b, before, *events)
	})
	c.visits++
	return took
}

// upserted is how many search attributes an event upserts, most often. It also sees that
// an event re-arms a timer.
func (c *cases) upserted(b *testing.B) int {
	b.Helper()
	nudges, err := c.record.OpenPathways(b.Context(), "", *events)
	if err != nil {
		b.Fatal(err)
	}
	var counts []int
	for _, n := range nudges[:min(9, len(nudges))] {
		attributes, timers := 0, 0
		history := c.temporal.GetWorkflowHistory(b.Context(), pathway.WorkflowID(n.Pathway, n.CaseKey), "", false,
			enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for history.HasNext() {
			e, err := history.Next()
			if err != nil {
				b.Fatal(err)
			}
			attributes += len(e.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes().GetIndexedFields())
			if e.GetTimerStartedEventAttributes() != nil {
				timers++
			}
		}
		if timers != 2 {
			b.Fatalf("an event armed %d timers in %s, not another one", timers-1, n.Pathway)
		}
		counts = append(counts, attributes)
	}
	slices.Sort(counts)
	return counts[len(counts)/2]
}

// alarms are bare workflows with a timer.
type alarms struct {
	*place
	attributes int
	at         time.Time
}

func newAlarms(b *testing.B) *alarms {
	b.Helper()
	a := &alarms{place: newPlace(b, "event-b"), at: casetime.WallNow().Add(asleep).Truncate(time.Second)}
	a.startBare(b)
	each(b, *events, 16, func(i int) error {
		m := moved{At: a.at}
		_, err := a.temporal.SignalWithStartWorkflow(b.Context(), a.name(i), bareSignal, m,
			client.StartWorkflowOptions{TaskQueue: queue}, typeAlarm, m)
		return err
	})
	a.started(b, *events)
	return a
}

func (a *alarms) name(i int) string { return fmt.Sprint("alarm/", i) }

// signal moves every alarm by a day, so many at once, and waits until all have answered.
func (a *alarms) signal(b *testing.B, at int) cost {
	b.Helper()
	a.at = a.at.AddDate(0, 0, 1)
	before := a.histories(b)
	return measure(func() {
		each(b, *events, at, func(i int) error {
			return a.temporal.SignalWorkflow(b.Context(), a.name(i), "", bareSignal, moved{At: a.at, Attributes: a.attributes})
		})
		a.answered(b, before, *events)
	})
}
