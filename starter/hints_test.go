package main

import (
	"testing"

	"longstop/report"
)

func TestTheCommandLineHasATextForEveryHint(t *testing.T) {
	t.Parallel()
	for hint := range report.RebuildAfterMend + 1 {
		if nextSteps[hint] == "" {
			t.Errorf("hint %d has no text", hint)
		}
	}
}
