//go:build testnow

package casetime

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// nowSetting is the instant that a build with the tag testnow takes for the present when a
// test binary starts: "2026-12-25T23:30:00Z". The programs that the tests start are handed
// "2026-12-25T23:30:00Z@2026-11-29T04:30:00Z", so that they go on from the same start.
const nowSetting = "LONGSTOP_TEST_NOW"

var shifted = fromSetting()

// Real returns the wall clock, moved so that it showed the instant of LONGSTOP_TEST_NOW when the
// tests began. The programs that people run are built without the tag testnow.
func Real() Clock { return shifted }

func fromSetting() Clock {
	text := os.Getenv(nowSetting)
	wall := WallNow()
	if text == "" {
		return Accelerated(wall, wall, 1)
	}
	start, anchor, anchored := strings.Cut(text, "@")
	from, err := time.Parse(time.RFC3339, start)
	if err == nil && anchored {
		wall, err = time.Parse(time.RFC3339Nano, anchor)
	}
	if err == nil && !anchored {
		wall = wall.UTC().Round(0)
		err = os.Setenv(nowSetting, start+"@"+wall.Format(time.RFC3339Nano))
	}
	if err != nil {
		panic(fmt.Sprintf("%s: %v; for example make test NOW=2026-12-25T23:30:00Z", nowSetting, err))
	}
	return Accelerated(from, wall, 1)
}
