package endtoend_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/smtptest"
	"longstop/store"
)

// monday is shortly before the notices go out on the first working day after the sample
// was loaded.
var monday = time.Date(2026, time.November, 23, 8, 58, 0, 0, time.UTC)

// hurry is how much faster case time runs until then.
const hurry = 15

// told is a notice as `starter notices` foretells it.
type told struct {
	At                               time.Time
	Case, Ref, Due, Rung, Role, Kind string
}

func (n told) String() string {
	return fmt.Sprintf("%s %s due %s: %s %s to %s", n.Case, n.Ref, n.Due, n.Kind, n.Rung, n.Role)
}

// theMorningIsAsForetold lets a Monday morning come, and compares what is then claimed in
// the record with what the pure command works out beforehand.
func theMorningIsAsForetold(t testing.TB, x *site, mail *smtptest.Server) {
	t.Helper()
	x.clock = stage.Clock{From: monday, At: casetime.WallNow(), Factor: hurry}.String()
	day := monday.Format(time.DateOnly)
	var foretold []string
	for line := range strings.Lines(text(x.must(t, 0, "notices", "--from", day, "--to", day, "--json").out)) {
		var n told
		if err := json.Unmarshal([]byte(line), &n); err != nil {
			t.Fatal(err)
		}
		foretold = append(foretold, n.String())
	}
	slices.Sort(foretold)
	x.must(t, 0, "rebuild") // what was planned went by the slow clock
	x.startWorker(t)
	record := x.record(t)
	var said []string
	until(t, "the notices of the morning are over", func() string {
		list := notices(t, record, store.NoticeFilter{})
		said = nil
		for i := range list {
			n := &list[i]
			if n.State != "sent" && n.State != "not_sent" {
				return fmt.Sprintf("%v", states(list))
			}
			if n.Kind == "list" {
				continue
			}
			said = append(said, told{n.At, n.Case, n.Ref, n.Due, n.Rung, n.Role, n.Kind}.String())
		}
		if len(said) < len(foretold) {
			return fmt.Sprintf("%d of %d", len(said), len(foretold))
		}
		return ""
	})
	slices.Sort(said)
	t.Logf("%d notices, of which %v", len(said), states(notices(t, record, store.NoticeFilter{})))
	if len(foretold) == 0 || !slices.Equal(said, foretold) {
		t.Errorf("foretold were %d notices, and %d came; they differ in\n%s", len(foretold), len(said), strings.Join(differ(said, foretold), "\n"))
	}
	agree(t, notices(t, record, store.NoticeFilter{}), mail)
}
