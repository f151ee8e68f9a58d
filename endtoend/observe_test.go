package endtoend_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"longstop/internal/smtptest"
	"longstop/pathway"
	"longstop/store"
)

// notices are the record's notices that a filter picks.
func notices(t testing.TB, r *store.Store, f store.NoticeFilter) []store.NoticeRow {
	t.Helper()
	list, err := r.Notices(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// notice waits until the record holds one notice of a case that is over, and returns it.
func over(t testing.TB, r *store.Store, ref string) store.NoticeRow {
	t.Helper()
	var found store.NoticeRow
	until(t, "the notice of "+ref+" is over", func() string {
		list := notices(t, r, store.NoticeFilter{Case: ref})
		if len(list) != 1 {
			return fmt.Sprintf("%d notices", len(list))
		}
		found = list[0]
		switch found.State {
		case "sent", "logged", "not_sent", "undeliverable":
			return ""
		}
		return found.State
	})
	return found
}

// wanted are the ids of the workflows that the record wants to run.
func wanted(t testing.TB, r *store.Store) []string {
	t.Helper()
	const most = 100_000
	list, err := r.OpenPathways(t.Context(), "", most)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = pathway.WorkflowID(list[i].Pathway, list[i].CaseKey)
	}
	slices.Sort(ids)
	return ids
}

// running are the ids of the pathways' workflows that visibility shows as open.
func running(t testing.TB, c client.Client, namespace string) []string {
	t.Helper()
	return listed(t, c, namespace, "ExecutionStatus = 'Running'")
}

// listed are the ids of the pathways' workflows that a query finds, each once.
func listed(t testing.TB, c client.Client, namespace, query string) []string {
	t.Helper()
	ids := map[string]bool{}
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, PageSize: 1000,
		Query: query + " AND WorkflowType IN ('" + strings.Join(pathway.All, "', '") + "')",
	}
	for {
		page, err := c.ListWorkflow(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.GetExecutions() {
			ids[e.GetExecution().GetWorkflowId()] = true
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return slices.Sorted(maps.Keys(ids))
		}
	}
}

// agree checks what must hold of a record and a mail server at any time when nothing is
// under way: what was sent arrived, nothing else did, every notice has one Message-ID, and
// only one that says so may have come twice.
func agree(t testing.TB, list []store.NoticeRow, mail *smtptest.Server) {
	t.Helper()
	copies := mail.Copies()
	known := map[string]store.NoticeRow{}
	for _, n := range list {
		if n.State == "sent" {
			known[n.MessageID] = n
		}
		if n.State == "sent" && n.In == "" && copies[n.MessageID] == 0 {
			t.Errorf("notice %s was sent and did not arrive", n.ID)
		}
		if copies[n.MessageID] > 1 && !n.PerhapsTwice {
			t.Errorf("notice %s arrived %d times, and the record does not say that it may have", n.ID, copies[n.MessageID])
		}
	}
	for id := range copies {
		if _, ok := known[id]; !ok {
			t.Errorf("the message %s arrived, and is of no notice that was sent", id)
		}
	}
}

// states counts notices by their states.
func states(list []store.NoticeRow) map[string]int {
	count := map[string]int{}
	for i := range list {
		count[list[i].State]++
	}
	return count
}
