package endtoend_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/smtptest"
	"longstop/store"
)

// exec runs SQL on the site's database.
func (x *site) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), x.ownersURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func TestACaseThatCannotBeWorkedOutShowsAsAFaultAndTheOthersAreTold(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsFault)
	mail := smtptest.Start(t)
	x.mail = mail.URL()
	x.must(t, 0, "record", written(t, slices.Concat(managers(), []casework.Event{appointed("W1", "worker")},
		protected("BROKEN", "W1", time.Hour), protected("SOUND", "W1", time.Hour))...))
	r, temporal := x.record(t), x.temporal(t)
	keyOf := func(ref string) string {
		key, err := r.CaseKey(t.Context(), "", ref)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	broken := keyOf("BROKEN")
	x.startWorker(t)
	x.waitForClocks(t)

	// As a broken disk would leave it: an event whose data cannot be read.
	x.exec(t, `insert into events (case_key, source, id, type, at_day, recorded, data)
		values ($1, 'broken', 'b1', 'cin_visit.made', current_date, now(), '[]')`, broken)
	x.exec(t, `insert into replans (case_key, why) values ($1, 'people changed')`, broken)
	faulty := func() []string {
		return listed(t, temporal, x.namespace, "Rag = 'fault' AND ExecutionStatus = 'Running'")
	}
	until(t, "the workflow of the broken case shows a fault", func() string {
		if got := faulty(); len(got) != 1 || !strings.HasSuffix(got[0], broken) {
			return fmt.Sprintf("%v do", got)
		}
		return ""
	})
	if said := x.must(t, 0, "duties", "BROKEN").said(); !strings.Contains(said, "fault: what the record holds of it cannot be read") {
		t.Errorf("duties says\n%s", said)
	}
	if said := x.must(t, 0, "duties").said(); !strings.Contains(said, "1 case could not be worked out") {
		t.Errorf("duties says\n%s", said)
	}

	// What is recorded of others is recorded, and tells their workers.
	events := append(protected("OTHER", "W1", inHalf), casework.Event{
		ID: "b2", Case: "BROKEN", Type: "police_protection.ended", At: casework.AtInstant(casetimetest.Now().Truncate(time.Second)),
	})
	if said := x.must(t, 3, "record", written(t, events...)).said(); !strings.Contains(said, "could not be worked out") || strings.Contains(said, "Person") {
		t.Errorf("record says\n%s", said)
	}
	until(t, "the worker of the other case is told", func() string {
		for _, n := range notices(t, r, store.NoticeFilter{Case: "OTHER"}) {
			if n.State == "sent" {
				return ""
			}
		}
		return "no notice is sent"
	})

	// Somebody mends it, and the next worker that starts finds that it can be worked out.
	x.exec(t, `alter table events disable trigger user`)
	x.exec(t, `delete from events where id = 'b1'`)
	x.exec(t, `alter table events enable trigger user`)
	x.exec(t, `update replans set next_at = now()`)
	until(t, "no workflow shows a fault", func() string {
		if got := faulty(); len(got) > 0 {
			return fmt.Sprintf("%v do", got)
		}
		return ""
	})
	x.waitForClocks(t)
}
