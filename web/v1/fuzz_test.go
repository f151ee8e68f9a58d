package v1_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"longstop/admission"
)

// ledger counts what a record holds.
type ledger struct {
	handedIn int // events of cases and people that somebody handed in: not those that say in a case what its source reports
	empty    int // cases without events
	alone    int // duties, pathways, nudges and rows of the audit of cases that do not exist
	audited  int // the last row of the audit
}

// ledger counts what a record holds; of the audit it looks at the rows since it last did.
func (d *door) ledger(conn *pgx.Conn, last ledger) (l ledger) {
	d.Helper()
	if err := conn.QueryRow(d.Context(), `
		select (select count(*) from events e where recorded_by is distinct from $1 and not exists (
					select from attachments a where a.source = e.source and a.id || '.' || e.case_key = e.id)) + (select count(*) from staff_events),
			(select count(*) from cases c where not exists (select from events where case_key = c.key))
				+ (select count(*) from case_references c where not exists (select from events where case_key = c.case_key)),
			(select count(*) from duties d where not exists (select from events where case_key = d.case_key))
				+ (select count(*) from pathways p where not exists (select from events where case_key = p.case_key))
				+ (select count(*) from outbox o where not exists (select from events where case_key = o.case_key))
				+ (select count(*) from audit a where a.seq > $2 and a.case_key is not null and not exists (select from events where case_key = a.case_key)),
			(select coalesce(max(seq), 0) from audit)`,
		admission.Recorder, last.audited).Scan(&l.handedIn, &l.empty, &l.alone, &l.audited); err != nil {
		d.Fatal(err)
	}
	return l
}

// Whatever is sent, the answer is not a fault, and says of each event what the record holds of it afterwards: nothing
// else is written. Which body a test finds in the record makes no difference, so all share one.
func FuzzPush(f *testing.F) {
	seeds := []string{
		planned, visited, batch(planned, visited), batch(visited, visited, planned), "[]", "{}", "[{},7,null]", "{", "\xff", "null",
		batch(planned, cloud("p1", "C1", "cp_plan.started", "2026-09-03", ""), cloud("x", "C1", "nothing.known", "2026-09-03", "")),
		cloud("v1-v", "C1", "cp_visit.made", "2026-11-02", `{"reason":"x"}`, "voids=v1"),
		cloud("v1-c", "C1", "cp_visit.made", "2026-09-09", `{"seen":false}`, "corrects=v1"),
		batch(cloud("i", "C4", "assessment.completed", "2026-10-20", `{"inferred":true}`), cloud("j", "C4", "assessment.completed", "2026-10-20", "")),
		cloud("s1", "", "staff.appointed", "2020-01-01", `{"worker":"W1","role":"worker","name":"Ada Example","email":"ada@example.org","team":"T1"}`),
		cloud("s2", "C1", "staff.left", "2026-01-01", `{"worker":"W1"}`), cloud("s3", "", "cp_visit.made", "2026-01-01", ""),
		batch(kinds["people"], kinds["attach"], kinds["acknowledge"]),
		strings.Replace(planned, "C1", `\u0000`, 1), strings.Replace(planned, "C1", strings.Repeat("é", 101), 1),
		strings.Replace(visited, "true", strings.Repeat("[", 40)+strings.Repeat("]", 40), 1),
		strings.Replace(visited, "true", `"`+strings.Repeat("x", 70<<10)+`"`, 1),
		strings.Replace(visited, "true", `{"a":[1,2.5e3,-0,{"b":"\ud83d\ude00"}]}`, 1), strings.Replace(visited, "true", "1e400", 1),
		strings.Replace(planned, "2026-09-01", "0001-01-01", 1), strings.Replace(planned, "2026-09-01", "9999-12-31T23:59:59Z", 1),
		strings.Replace(planned, source, "elsewhere", 1), strings.Replace(planned, "1.0", "2.0", 1),
	}
	for _, body := range seeds {
		f.Add(body, uint8(0), "e1")
		f.Add(body, uint8(1), "e1")
	}
	f.Add(`{"seen":true}`, uint8(2), "h%31")
	f.Add("", uint8(2), `"h2"`)
	f.Add("[]", uint8(2), "")
	f.Add(planned, uint8(3), "")

	d := newDoor(f)
	conn, err := pgx.Connect(f.Context(), d.url)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = conn.Close(context.Background()) })
	before := d.ledger(conn, ledger{})
	f.Fuzz(func(t *testing.T, body string, how uint8, id string) {
		d := *d
		d.TB = t
		r := pushes([]string{oneEvent, manyEvents, "application/json", "text/plain"}[how%4], body)
		if how%4 == 2 {
			for name, value := range map[string]string{
				"specversion": "1.0", "id": id, "source": source, "type": "referral.received", "subject": "H1", "at": "2026-10-26",
			} {
				r.Header["Ce-"+strings.ToUpper(name[:1])+name[1:]] = []string{value}
			}
		}
		a := d.serve(r)
		now := d.ledger(conn, before)
		written := 0
		for _, o := range a.Items {
			switch o.Outcome {
			case admission.Recorded, admission.GaveWay:
				written++
			case admission.NotTried:
				t.Errorf("an event was not tried: %s", a.text)
			case admission.Known, admission.Refused:
			}
		}
		switch {
		case a.status >= http.StatusInternalServerError:
			t.Errorf("%d %s", a.status, a.text)
		case now.handedIn-before.handedIn != written:
			t.Errorf("%d events were written, and the answer says %d: %d %s", now.handedIn-before.handedIn, written, a.status, a.text)
		case now.empty > 0 || now.alone > 0:
			t.Errorf("a part of something was written: %+v", now)
		case a.status < 300 != a.Taken() && a.Items != nil:
			t.Errorf("%d %s", a.status, a.text)
		}
		before = now
	})
}
