package clocks_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"longstop/clocks"
	"longstop/pathway"
)

// partly is a Temporal that lists runs which show nothing, and cannot describe some of them.
type partly struct {
	client.Client // nothing else is called
	ids           []string
	broken        func(id string) bool
}

func (p *partly) ListWorkflow(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	page := &workflowservice.ListWorkflowExecutionsResponse{}
	for _, id := range p.ids {
		page.Executions = append(page.Executions, &workflowpb.WorkflowExecutionInfo{
			Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: "r-" + id},
			// An attribute that no release has written.
			SearchAttributes: &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{
				pathway.AttrRevision: {Data: []byte(`"seven"`)},
			}},
		})
	}
	return page, nil
}

func (p *partly) DescribeWorkflowExecution(_ context.Context, id, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	if p.broken(id) {
		return nil, serviceerror.NewInternal("a shard is in disorder")
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Status: enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED,
	}}, nil
}

func TestOneClockThatCannotBeLookedAtKeepsNoOtherFromBeingChecked(t *testing.T) {
	t.Parallel()
	record := &memory{pathways: map[string]pathway.Nudge{}}
	server := &partly{broken: func(id string) bool { return id == "Assessment/b" }}
	for _, key := range []string{"a", "b", "c"} {
		record.set(open(key, 1))
		server.ids = append(server.ids, "Assessment/"+key)
	}
	report, err := clocks.Check(t.Context(), record, server, "longstop", 0, wake)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, c := range report.Faulty {
		found = append(found, c.WorkflowID+" "+string(c.Trouble))
	}
	if !slices.Equal(found, []string{"Assessment/a missing", "Assessment/b unknown", "Assessment/c missing"}) || report.Open != 3 || report.OK() {
		t.Errorf("found %v of %d", found, report.Open)
	}
	if why := report.Faulty[1].Why; !strings.Contains(why, "it could not be looked at") {
		t.Errorf("why: %s", why)
	}

	server.broken = func(string) bool { return true }
	var disorder *serviceerror.Internal
	if _, err := clocks.Check(t.Context(), record, server, "longstop", 0, wake); !errors.As(err, &disorder) {
		t.Errorf("where none can be looked at: %v", err)
	}
}
