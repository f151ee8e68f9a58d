package clocks

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"

	"longstop/pathway"
)

// Pathways is what the check of the clocks needs of the record.
type Pathways interface {
	// OpenPathways are the pathways that must have a live clock, as the record last
	// nudged them: those whose workflow id comes after one, in the order of the ids.
	OpenPathways(ctx context.Context, after string, limit int) ([]pathway.Nudge, error)
	// Pathway returns one pathway as the record holds it now: the zero Nudge, which is
	// not open, where it holds no such case or pathway.
	Pathway(ctx context.Context, caseKey, name string) (pathway.Nudge, error)
}

// Trouble is what is wrong with a clock.
type Trouble string

// The troubles. A clock is Ahead where the record was restored from a copy or has failed
// over, or where somebody has signalled it by hand. Heal says what is done about each.
const (
	Missing Trouble = "missing" // no run is open: it was terminated, or never started
	Stale   Trouble = "stale"   // its run knows an older nudge, or the same one with another wake
	Ahead   Trouble = "ahead"   // its run knows a nudge that the record never gave
	Faulted Trouble = "fault"   // its run is there, but an activity of it failed
	Late    Trouble = "late"    // its wake has passed and nobody has served it
	Unknown Trouble = "unknown" // it could not be looked at
	Orphan  Trouble = "orphan"  // a run is open for a pathway that is not
)

// Clock is a clock with which something is wrong.
type Clock struct {
	WorkflowID string
	Trouble    Trouble
	Nudge      pathway.Nudge // as the record has it
	Why        string

	run  string // the id of the run that was looked at; "" for none
	idle bool   // the run answered, and had taken every nudge that it had been sent
	// deaf: the run will not hear what the record says, or is not wanted.
	deaf bool
}

// Report is the result of a check.
type Report struct {
	Open   int // pathways that must have a live clock
	Live   int // those that have one
	Faulty []Clock
}

// OK reports whether every clock that the record wants runs.
func (r Report) OK() bool { return r.Live == r.Open && len(r.Faulty) == 0 }

// Count returns how many clocks have a trouble.
func (r Report) Count(t Trouble) int {
	n := 0
	for _, c := range r.Faulty {
		if c.Trouble == t {
			n++
		}
	}
	return n
}

// lateAfter is how long after its wake a clock may still wait for a free worker: a burst
// of a county at 09:00 takes minutes.
const lateAfter = 15 * time.Minute

// pageSize is how many pathways or runs are read at once.
const pageSize = 1000

// Check compares every open pathway of the record with the runs that Temporal lists.
// Lists are eventually consistent, so whatever differs is only suspected: after settle, in
// which nudges under way arrive, the run itself is asked and the record is read again. now
// is the wall's time.
//
// The error is that of the record, or temporal.ErrUnreachable.
func Check(ctx context.Context, record Pathways, c client.Client, namespace string, settle time.Duration, now time.Time) (Report, error) {
	runs, err := listRuns(ctx, c, namespace)
	if err != nil {
		return Report{}, err
	}
	found := checker{now: now, runs: runs, suspects: map[string]pathway.Nudge{}}
	if err := eachPathway(ctx, record, found.compare); err != nil {
		return Report{}, err
	}
	for id := range found.runs { // what is left has no open pathway
		found.suspects[id] = pathway.Nudge{}
	}
	if len(found.suspects) == 0 {
		return found.report, nil
	}
	if err := pause(ctx, settle); err != nil {
		return Report{}, err
	}
	i := inspector{record: record, temporal: c, settle: settle, now: now}
	clocks, err := i.inspectAll(ctx, found.suspects)
	if err != nil {
		return Report{}, err
	}
	found.count(clocks)
	return found.report, nil
}

type checker struct {
	now      time.Time
	runs     map[string]shown
	suspects map[string]pathway.Nudge // by workflow id, as the record had them first
	report   Report
}

// compare counts a pathway whose run shows what the record holds, and suspects another's.
func (c *checker) compare(id string, want pathway.Nudge) {
	run, ok := c.runs[id]
	delete(c.runs, id)
	if !ok || run.trouble(&want, c.now) != "" {
		c.suspects[id] = want
		return
	}
	c.report.Open++
	c.report.Live++
}

// count adds the suspects as they were found.
func (c *checker) count(clocks []Clock) {
	for i := range clocks {
		if clocks[i].Nudge.Open {
			c.report.Open++
		}
		switch {
		case clocks[i].Trouble != "":
			c.report.Faulty = append(c.report.Faulty, clocks[i])
		case clocks[i].Nudge.Open:
			c.report.Live++
		}
	}
}

func eachPathway(ctx context.Context, record Pathways, f func(id string, n pathway.Nudge)) error {
	after := ""
	for {
		page, err := record.OpenPathways(ctx, after, pageSize)
		if err != nil {
			return fmt.Errorf("reading the open pathways: %w", err)
		}
		for _, n := range page {
			after = pathway.WorkflowID(n.Pathway, n.CaseKey)
			f(after, n)
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
