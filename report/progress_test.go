package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func TestProgressIsShownOnATerminalAfterTwoSeconds(t *testing.T) {
	t.Parallel()
	for name, terminal := range map[string]bool{"on a terminal": true, "elsewhere": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
			p := NewProgress(shownOn(terminal, &out), func() time.Time { return now }, "cases folded", 3)
			p.Add(1)
			if out.Len() > 0 {
				t.Errorf("shown at once: %q", out.String())
			}
			now = now.Add(progressAfter)
			p.Add(1)
			p.Add(1) // too soon after the last
			p.Set(3, 4)
			p.End()
			if got := strings.Contains(out.String(), "\r2 of 3 cases folded"); got != terminal {
				t.Errorf("shown: %q", out.String())
			}
			if !terminal && out.Len() > 0 || strings.Contains(out.String(), "3 of") {
				t.Errorf("shown: %q", out.String())
			}
		})
	}
}

func shownOn(terminal bool, out io.Writer) io.Writer {
	if terminal {
		return out
	}
	return nil
}
