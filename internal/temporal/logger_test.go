package temporal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/log"

	"longstop/internal/temporal"
)

func TestTheLoggerWritesOnlyWhatIsKnownToBeHarmless(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := temporal.NewLogger(zerolog.New(&out))
	logger.With("WorkflowID", "Assessment/k1").Warn("it failed", "Attempt", 3, "Error", errors.New("down"), "Name", "Ada Example")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	want := map[string]any{
		"level": "warn", "message": "it failed", "WorkflowID": "Assessment/k1", "Attempt": 3.0, "Error": "down", "Name": "left out",
	}
	for key, value := range want {
		if line[key] != value {
			t.Errorf("%s is %v, want %v", key, line[key], value)
		}
	}
}

func TestTheLoggerNamesTheCaller(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := temporal.NewLogger(zerolog.New(&out).With().Caller().Logger())
	logger.Info("here")
	log.Skip(logger, 0).Error("and here")
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if !strings.Contains(line, "logger_test.go") {
			t.Errorf("%s", line)
		}
	}
}
