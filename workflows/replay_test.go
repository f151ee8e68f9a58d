package workflows_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"longstop/workflows"
)

// histories were recorded by releases that have pathways open. None is ever changed or
// removed: every one must replay on every later release.
const histories = "testdata/histories"

func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(histories, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("there are no recorded histories: run `make record-histories`")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
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

// A release that knew no epochs took the nudge of the second epoch for a stale one, or the
// other way about: what it did must replay.
func TestAHistoryOfAReleaseThatHeededNoEpochsReplays(t *testing.T) {
	t.Parallel()
	const file = histories + "/2026-11-21-pre-proceedings-asleep-run-1.json"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	history, err := client.HistoryFromJSON(bytes.NewReader(text), client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
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
