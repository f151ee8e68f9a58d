package workflows_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"longstop/pathway"
	"longstop/workflows"
)

// histories were recorded by releases that have pathways open, since 29 November 2026 in a
// folder for each release. None is ever changed or removed: every one must replay on every
// later release.
const histories = "testdata/histories"

// recorded lists the files of the recorded histories, of every release.
func recorded(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.json", "*/*.json"} {
		found, err := filepath.Glob(filepath.Join(histories, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	return files
}

func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	for _, file := range recorded(t) {
		t.Run(strings.TrimPrefix(filepath.ToSlash(file), histories+"/"), func(t *testing.T) {
			t.Parallel()
			replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DisableDeadlockDetection: true})
			if err != nil {
				t.Fatal(err)
			}
			workflows.Register(replayer)
			if err := replayer.ReplayWorkflowHistoryFromJSONFile(quiet{}, file); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEveryWorkflowTypeHasARecordedHistory(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, file := range recorded(t) {
		seen[readHistory(t, file).GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()] = true
	}
	for _, name := range append(slices.Clone(pathway.All), pathway.BacklogList) {
		if !seen[name] {
			t.Errorf("there is no recorded history of %s: run `make record-histories`", name)
		}
	}
}

func readHistory(t *testing.T, file string) *historypb.History {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	history, err := client.HistoryFromJSON(bytes.NewReader(text), client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return history
}

// A release that knew no epochs took the nudge of the second epoch for a stale one, or the
// other way about: what it did must replay.
func TestAHistoryOfAReleaseThatHeededNoEpochsReplays(t *testing.T) {
	t.Parallel()
	const file = histories + "/2026-11-21-pre-proceedings-asleep-run-1.json"
	history := readHistory(t, file)
	// The first nudge becomes one of a later epoch. The second, of epoch 0 and a higher
	// revision, was taken all the same.
	var changed bool
	for _, e := range history.GetEvents() {
		signal := e.GetWorkflowExecutionSignaledEventAttributes()
		if signal == nil || changed {
			continue
		}
		payload := signal.GetInput().GetPayloads()[0]
		payload.Data = bytes.Replace(payload.GetData(), []byte(`"revision":1,`), []byte(`"epoch":7,"revision":1,`), 1)
		changed = bytes.Contains(payload.GetData(), []byte(`"epoch":7`))
	}
	if !changed {
		t.Fatal("the history has no nudge of revision 1")
	}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DisableDeadlockDetection: true})
	if err != nil {
		t.Fatal(err)
	}
	workflows.Register(replayer)
	if err := replayer.ReplayWorkflowHistory(quiet{}, history); err != nil {
		t.Error(err)
	}
}
