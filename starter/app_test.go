package main

import (
	"bytes"
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
			a := &app{streams: streams{err: &out, terminal: terminal, wall: func() time.Time { return now }}}
			p := a.progress("cases folded", 3)
			p.step()
			if out.Len() > 0 {
				t.Errorf("shown at once: %q", out.String())
			}
			now = now.Add(progressAfter)
			p.step()
			p.step() // too soon after the last
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
