package clocks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"longstop/internal/temporal"
	"longstop/pathway"
)

// shown is what a run shows of its clock, or answers when it is asked.
type shown struct {
	run      string // the run's id
	answered bool   // it was asked itself: only then is the epoch known
	epoch    int64
	revision int64
	wake     time.Time
	rag      pathway.Rag
	// busy: it plans or sends at this moment, so that it takes no nudge before that is
	// done, and knows already how it goes on if all of it is sent.
	busy bool
}

// trouble returns what is wrong with a run, compared with what the record holds; "" if nothing.
func (s *shown) trouble(want *pathway.Nudge, now time.Time) Trouble {
	compared := s.compare(want)
	switch {
	case compared > 0:
		return Ahead
	case compared < 0:
		return Stale
	case s.rag == pathway.Fault:
		return Faulted
	case s.answered && s.busy:
		return ""
	case !sameInstant(s.wake, want.Wake):
		return Stale
	case !s.wake.IsZero() && now.Sub(s.wake) > lateAfter:
		return Late
	default:
		return ""
	}
}

// compare compares what the run knows with what the record holds, as pathway.Nudge does. The
// search attributes do not show the epoch, so one that has not answered is taken to know
// the record's.
func (s *shown) compare(want *pathway.Nudge) int {
	knows := pathway.Nudge{Epoch: want.Epoch, Revision: s.revision}
	if s.answered {
		knows.Epoch = s.epoch
	}
	return knows.Compare(want)
}

// sameInstant: Postgres keeps microseconds, Temporal more.
func sameInstant(a, b time.Time) bool {
	return a.Truncate(time.Microsecond).Equal(b.Truncate(time.Microsecond))
}

// listRuns lists the open runs of every pathway by their ids.
func listRuns(ctx context.Context, c client.Client, namespace string) (map[string]shown, error) {
	runs := map[string]shown{}
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, PageSize: pageSize,
		Query: "ExecutionStatus = 'Running' AND WorkflowType IN ('" + strings.Join(pathway.All, "', '") + "')",
	}
	for {
		page, err := c.ListWorkflow(ctx, request)
		if err != nil {
			return nil, fmt.Errorf("listing the open workflows: %w", temporal.Explain(err))
		}
		for _, info := range page.GetExecutions() {
			id := info.GetExecution().GetWorkflowId()
			run, err := shownBy(info.GetSearchAttributes())
			if err != nil {
				run = shown{} // it shows nothing that can be read: it is looked at closely
			}
			run.run = info.GetExecution().GetRunId()
			runs[id] = run
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return runs, nil
		}
	}
}

func shownBy(attributes *commonpb.SearchAttributes) (shown, error) {
	var s shown
	fields := attributes.GetIndexedFields()
	return s, errors.Join(
		read(fields[pathway.AttrRevision], &s.revision),
		read(fields[pathway.AttrWakeAt], &s.wake),
		read(fields[pathway.AttrRag], &s.rag),
	)
}

// read reads a search attribute; one that is missing or unset leaves the value.
func read(p *commonpb.Payload, value any) error {
	if len(p.GetData()) == 0 {
		return nil
	}
	return json.Unmarshal(p.GetData(), value)
}

// why returns what is wrong, with what the run knows and what the record holds.
func (s *shown) why(t Trouble, want *pathway.Nudge) string {
	switch t {
	case Stale, Ahead:
		knows := "revision " + fmt.Sprint(s.revision)
		if s.answered && s.epoch != want.Epoch {
			knows = fmt.Sprintf("epoch %d, revision %d", s.epoch, s.revision)
		}
		return fmt.Sprintf("its run knows %s and wakes %s; the record has epoch %d, revision %d and wants it to wake %s",
			knows, instant(s.wake), want.Epoch, want.Revision, instant(want.Wake))
	case Faulted:
		return "an activity failed; it is tried again within the hour"
	case Late:
		return "it should have woken at " + instant(s.wake) + ": is a worker running?"
	case Missing:
		return "no run is open"
	case Orphan:
		return "a run is open, but the record holds nothing that is open or owed"
	case Unknown: // whoever could not look at it says why
	}
	return ""
}

func instant(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
