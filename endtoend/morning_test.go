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
// the record with what the pure command works out beforehand. The worker is killed while the messages gather, and in
// the middle of sending one.
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
	record := x.record(t)
	killedWhileTheMessagesGo(t, x, mail, record)
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
	all := notices(t, record, store.NoticeFilter{})
	agree(t, all, mail)
	eachIsInOneMessage(t, all, mail)
}

// killedWhileTheMessagesGo starts a worker, kills it once between what gathers and what is sent and once in the middle of sending,
// and starts it again each time.
func killedWhileTheMessagesGo(t testing.TB, x *site, mail *smtptest.Server, record *store.Store) {
	t.Helper()
	w := x.startWorker(t)
	until(t, "messages gather", func() string {
		list := notices(t, record, store.NoticeFilter{})
		if in := states(list); in["in_tray"] == 0 {
			return fmt.Sprintf("%v", in)
		}
		return ""
	})
	w.kill()
	w = x.startWorker(t)
	for {
		hold := mail.HoldNext()
		reached(t, "a message begins to go out", hold.Reached())
		sending := notices(t, record, store.NoticeFilter{State: "sending"})
		middle := slices.ContainsFunc(sending, func(n store.NoticeRow) bool { return n.Kind != "list" })
		if middle {
			w.kill()
		}
		hold.Release()
		if middle {
			x.startWorker(t)
			return
		}
	}
}

// eachIsInOneMessage checks that all that somebody was told came in few messages, and each of it in one.
func eachIsInOneMessage(t testing.TB, list []store.NoticeRow, mail *smtptest.Server) {
	t.Helper()
	messages, of := map[string]map[string]bool{}, map[string]int{}
	twice := 0
	for i := range list {
		n := &list[i]
		if n.State != "sent" || n.Kind == "list" || n.In == "" {
			continue
		}
		if messages[n.To] == nil {
			messages[n.To] = map[string]bool{}
		}
		messages[n.To][n.MessageID] = true
		of[n.To]++
		if n.PerhapsTwice {
			twice++
		}
	}
	several, notices := 0, 0
	for to, ids := range messages {
		notices += of[to]
		if len(ids) < of[to] {
			several++
		}
		for id := range ids {
			for _, m := range mail.Messages() {
				if m.ID == id && (m.HTML == "" || len(m.To) != 1) {
					t.Errorf("the message %s went to %v, with %d bytes of HTML", id, m.To, len(m.HTML))
				}
			}
		}
	}
	if several == 0 || twice == 0 {
		t.Errorf("%d people were told %d things: %d of them several in one message; %d things may have come twice", len(messages), notices, several, twice)
	}
	t.Logf("%d people were told %d things, %d of them several in one message; %d things may have come twice", len(messages), notices, several, twice)
}
