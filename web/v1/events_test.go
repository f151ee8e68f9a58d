package v1_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/access"
	"longstop/admission"
	"longstop/calendar"
	"longstop/casework"
	"longstop/service"
	"longstop/store"
)

const (
	oneEvent   = "application/cloudevents+json"
	manyEvents = "application/cloudevents-batch+json"
)

// cloud is an event in structured mode: attributes as name=value, a subject of "" for none, and data as JSON.
func cloud(id, subject, kind, at, data string, more ...string) string {
	attributes := []string{"specversion=1.0", "id=" + id, "source=" + source, "type=" + kind, "at=" + at}
	if subject != "" {
		attributes = append(attributes, "subject="+subject)
	}
	var text strings.Builder
	for _, a := range append(attributes, more...) {
		name, value, _ := strings.Cut(a, "=")
		fmt.Fprintf(&text, "%q:%q,", name, value)
	}
	if data == "" {
		data = "{}"
	}
	return "{" + text.String() + `"data":` + data + "}"
}

func batch(events ...string) string { return "[" + strings.Join(events, ",") + "]" }

func pushes(kind, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer key")
	r.Header.Set("Content-Type", kind)
	return r
}

func (d *door) push(body string) answer {
	d.Helper()
	kind := oneEvent
	if strings.HasPrefix(body, "[") {
		kind = manyEvents
	}
	return d.serve(pushes(kind, body))
}

// mustPush pushes what the record is to hold.
func (d *door) mustPush(body string) answer {
	d.Helper()
	a := d.push(body)
	if a.status >= 300 {
		d.Fatalf("%d %s", a.status, a.text)
	}
	return a
}

// ids are the events that the record holds of a case.
func (d *door) ids(ref string) []string {
	d.Helper()
	var list []string
	for _, e := range d.events(ref) {
		list = append(list, e.ID)
	}
	return list
}

func (d *door) events(ref string) []casework.Event {
	d.Helper()
	events, err := d.record.Events(d.Context(), source, ref)
	if err != nil {
		d.Fatal(err)
	}
	return events
}

var (
	planned = cloud("p1", "C1", "cp_plan.started", "2026-09-01", "")
	visited = cloud("v1", "C1", "cp_visit.made", "2026-09-10", `{"seen":true}`)
)

func TestOneEventIsAnsweredByWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for _, step := range []struct {
		name, body string
		status     int
		items      string
	}{
		{"new", planned, 201, "recorded"},
		{"known", planned, 200, "known"},
		{"a conflict", cloud("p1", "C1", "cp_plan.started", "2026-09-02", ""), 409, "refused conflict"},
		{"a conflict with another case", cloud("p1", "C2", "cp_plan.started", "2026-09-01", ""), 409, "refused conflict"},
		{"of no known type", cloud("x", "C1", "cp_plan.begun", "2026-09-01", ""), 422, "refused unknown_type"},
		{"of tomorrow", cloud("x", "C1", "cp_visit.made", "2026-11-03", `{"seen":true}`), 422, "refused in_future"},
		{"without a type", strings.Replace(planned, `"type"`, `"tipe"`, 1), 422, "refused unknown"},
		{"known, though noted at another time", strings.Replace(planned, `"at"`, `"time":"2026-09-01T10:00:00Z","at"`, 1), 200, "known"},
	} {
		a := d.push(step.body)
		if a.status != step.status || a.items() != step.items {
			t.Errorf("%s: %d %q, want %d %q: %s", step.name, a.status, a.items(), step.status, step.items, a.text)
		}
		if taken := a.Taken(); taken != (a.status < 300) {
			t.Errorf("%s: taken: %v, and it is answered %d", step.name, taken, a.status)
		}
	}
	if got := d.ids("C1"); !slices.Equal(got, []string{"p1"}) {
		t.Errorf("the record holds %q", got)
	}
	if _, err := d.record.Events(t.Context(), source, "C2"); err == nil {
		t.Error("a case was made of what was refused")
	}
}

func TestAnEventInHeadersIsRecorded(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for _, body := range []string{"", `{"note":"by telephone"}`} {
		r := pushes("application/json", body)
		if body == "" { // of what has no data libraries say no format
			r.Header.Del("Content-Type")
		}
		for name, value := range map[string]string{
			"specversion": "1.0", "id": "r%31" + fmt.Sprint(len(body)), "source": source, "type": "referral.received", "subject": `"C1"`, "time": "2026-10-26T09:00:00+01:00",
		} {
			r.Header.Set("ce-"+name, value)
		}
		if a := d.serve(r); a.status != 201 || a.items() != "recorded" {
			t.Errorf("%d %s", a.status, a.text)
		}
	}
	held := d.events("C1")
	if len(held) != 2 {
		t.Fatalf("the record holds %+v", held)
	}
	e := held[1]
	if e.ID != "r123" || e.At.String() != "2026-10-26T08:00:00Z" || e.Data.Text("note") != "by telephone" {
		t.Errorf("the record holds %+v", e)
	}
}

func TestABatchIsAnsweredItemByItem(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	a := d.push(batch(visited, planned, cloud("r", "C2", "referral.received", "2026-10-26", "")))
	if a.status != 200 || a.items() != "recorded, recorded, recorded" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	a = d.push(batch(
		planned, // known
		cloud("x", "C1", "cp_visit.mad", "2026-09-20", ""),                 // refused by the record
		`{"specversion":"1.0"}`,                                            // refused before
		cloud("r", "C2", "referral.received", "2026-10-27", ""),            // a conflict
		cloud("v2", "C1", "cp_visit.made", "2026-09-20", `{"seen":true}`),  // recorded
		cloud("v2", "C1", "cp_visit.made", "2026-09-20", `{"seen":true}`),  // the same
		cloud("y", "C1", "cp_visit.made", "2026-11-20", `{"seen":true}`),   // refused
		cloud("y", "C1", "cp_visit.made", "2026-11-20", `{"seen":true}`),   // and once more
		cloud("n1", "C3", "referral.received", "2026-10-26", ""),           // another case
		cloud("s1", "", "staff.left", "2026-10-26", `{"worker":"W1"}`),     // of people
		cloud("s2", "", "staff.left", "2026-10-26", `{"worker":"","x":1}`), // of people, refused
	))
	want := "known, refused unknown_type, refused missing, refused conflict, recorded, known, refused in_future, refused in_future, recorded, recorded, refused missing"
	if a.status != 422 || a.items() != want {
		t.Errorf("%d %q, want %q", a.status, a.items(), want)
	}
	if want := "/1/type, /2/id, /2/source, /2/type, /2/time, /3/id, /6/at, /7/at, /10/data/worker"; a.places() != want {
		t.Errorf("faults at %q, want %q", a.places(), want)
	}
	for i, o := range a.Items {
		if (o.Reason != "") != (o.Outcome == admission.Refused) {
			t.Errorf("item %d is %s with the reason %q", i, o.Outcome, o.Reason)
		}
	}
	if got := d.ids("C1"); !slices.Equal(got, []string{"p1", "v1", "v2"}) && !slices.Equal(got, []string{"v1", "p1", "v2"}) {
		t.Errorf("the record holds %q", got)
	}
	if got := d.ids("C3"); !slices.Equal(got, []string{"n1"}) {
		t.Errorf("the record holds %q", got)
	}
	if a := d.push("[]"); a.status != 200 || a.text != `{"items":[]}`+"\n" {
		t.Errorf("an empty batch is answered %d %s", a.status, a.text)
	}
}

func TestAnInferredEventThatGivesWayIsCommitted(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	real := cloud("a2", "C1", "assessment.completed", "2026-10-20", "")
	inferred := cloud("a1", "C1", "assessment.completed", "2026-10-20", `{"inferred":true}`)
	d.mustPush(cloud("r", "C1", "referral.received", "2026-10-01", ""))
	if a := d.mustPush(batch(real, inferred)); !strings.Contains("recorded, gave_way recorded, recorded", a.items()) {
		t.Errorf("%s", a.text)
	}
}

func TestACorrectionAndAVoidDoWhatTheCommandsDo(t *testing.T) {
	t.Parallel()
	byHTTP, byHand := newDoor(t), newDoor(t)
	for _, d := range []*door{byHTTP, byHand} {
		d.mustPush(batch(planned, visited))
	}
	corrected := byHTTP.mustPush(cloud("v1-c", "C1", "cp_visit.made", "2026-09-08", `{"seen":true,"correction_reason":"the diary"}`, "corrects=v1"))
	commanded, err := byHand.uses.Correct(t.Context(), service.Correction{
		Change: service.Change{Event: "v1", Reason: "the diary", ID: "v1-c"}, At: casework.OnDay(calendar.NewDate(2026, 9, 8)),
	})
	if err != nil || corrected.Changed == nil || commanded.Changed == nil || len(*commanded.Changed) == 0 {
		t.Fatalf("%s; %+v, %v", corrected.text, commanded, err)
	}
	if got, want := inJSON(t, corrected.Changed), inJSON(t, commanded.Changed); got != want {
		t.Errorf("a correction changed %s; the command %s", got, want)
	}
	voided := byHTTP.mustPush(cloud("v1-v", "C1", "cp_visit.made", "2026-11-02", `{"reason":"another child"}`, "voids=v1"))
	commanded, err = byHand.uses.Void(t.Context(), service.Change{Event: "v1", Reason: "another child", ID: "v1-v"})
	if err != nil || voided.Changed == nil || commanded.Changed == nil || len(*commanded.Changed) == 0 {
		t.Fatalf("%s; %+v, %v", voided.text, commanded, err)
	}
	if got, want := inJSON(t, voided.Changed), inJSON(t, commanded.Changed); got != want {
		t.Errorf("a void changed %s; the command %s", got, want)
	}
	if a := byHTTP.push(cloud("v1-v2", "C1", "cp_visit.made", "2026-11-02", "", "voids=none")); a.status != 422 {
		t.Errorf("a void of nothing is answered %d %s", a.status, a.text)
	}
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// kinds are an event that each action allows.
var kinds = map[access.Action]string{
	access.Record:      visited,
	access.People:      cloud("w1", "C1", "worker.allocated", "2026-09-01", `{"worker":"W1","team":"T1"}`),
	access.Attach:      cloud("s1", "C1", "source.attached", "2026-09-01", `{"reports":["cp_visit.made"],"from":"2026-09-01"}`),
	access.Acknowledge: cloud("n1", "C1", "notice.acknowledged", "2026-11-02", `{"duty":"CP-10:p1","by":"M1","promise":"2026-11-04","note":"booked"}`),
}

func TestAKeyRecordsNoOtherEventsThanItAllows(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.mustPush(batch(planned))
	people := cloud("t1", "", "team.formed", "2026-09-01", `{"team":"T1"}`)
	for _, allowed := range access.Actions() {
		for needed, body := range kinds {
			r := pushes(manyEvents, batch(body))
			r.Header.Set("Authorization", "Bearer key."+string(allowed))
			a := d.serve(r)
			if (a.status == 403) != (allowed != needed) {
				t.Errorf("%s with a key for %s: %d %s", needed, allowed, a.status, a.text)
			}
			if _, reaches := kinds[allowed]; a.status == 403 && reaches && a.places() != "/0/type" {
				t.Errorf("%s with a key for %s: faults at %q", needed, allowed, a.places())
			}
		}
		r := pushes(oneEvent, people)
		r.Header.Set("Authorization", "Bearer key."+string(allowed))
		if a := d.serve(r); (a.status == 403) != (allowed != access.People) {
			t.Errorf("people with a key for %s: %d %s", allowed, a.status, a.text)
		}
	}
}

func TestWhatAKeyMayNotRecordItMayNotTakeBack(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.mustPush(batch(planned, kinds[access.People]))
	for _, how := range []string{"voids=w1", "corrects=w1"} {
		r := pushes(oneEvent, cloud("x", "C1", "cp_visit.made", "2026-09-10", `{"seen":true}`, how))
		r.Header.Set("Authorization", "Bearer key.record")
		if a := d.serve(r); a.status != 403 || a.items() != "refused forbidden" {
			t.Errorf("%s: %d %s", how, a.status, a.text)
		}
	}
	r := pushes(oneEvent, cloud("x", "C1", "worker.allocated", "2026-09-10", "", "voids=w1"))
	r.Header.Set("Authorization", "Bearer key.people")
	if a := d.serve(r); a.status != 201 {
		t.Errorf("with its own key: %d %s", a.status, a.text)
	}
}

func TestAKeyThatMayNotReadIsToldNothingOfTheRecord(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.mustPush(batch(planned, visited, cloud("s9", "", "staff.appointed", "2020-01-01", `{"worker":"W09","name":"Ada Example","email":"ada@example.org","role":"worker"}`)))
	slip := cloud("w1", "C1", "worker.allocated", "2026-09-01", `{"worker":"W9"}`)
	correction := cloud("v1-c", "C1", "cp_visit.made", "2026-09-08", `{"seen":true,"correction_reason":"the diary"}`, "corrects=v1")
	unopened := cloud("o1", "NEW", "cp_visit.made", "2026-09-08", `{"seen":true}`)
	for body, action := range map[string]string{slip: "people", correction: "record", unopened: "record"} {
		r := pushes(oneEvent, body)
		r.Header.Set("Authorization", "Bearer key."+action)
		a := d.serve(r)
		if a.status != 201 || a.Changed != nil || strings.Contains(a.text, "W09") || strings.Contains(a.text, "2026-") || strings.Contains(a.text, "CP-10") {
			t.Errorf("%d %s", a.status, a.text)
		}
		if body == slip && (len(a.Warnings) != 1 || a.Warnings[0].Code != "doubtful" || a.Warnings[0].Event != "w1") {
			t.Errorf("of a slip it is told %s", a.text)
		}
	}
	told := d.mustPush(cloud("w2", "C1", "worker.allocated", "2026-09-02", `{"worker":"W9"}`))
	if len(told.Warnings) != 1 || !strings.Contains(told.Warnings[0].Reason, "W09") || told.Warnings[0].Code != "" {
		t.Errorf("a key that may read is told %s", told.text)
	}
}

func TestAnEventOfAnotherSourceIsRefusedWithTheWholeRequest(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	a := d.push(batch(planned, strings.Replace(visited, source, "elsewhere", 1)))
	if a.status != 403 || a.places() != "/1/source" || strings.Contains(a.text, "elsewhere") {
		t.Errorf("%d %s", a.status, a.text)
	}
	if _, err := d.record.Events(t.Context(), source, "C1"); err == nil {
		t.Error("the rest of the request was recorded")
	}
}

func TestABodyThatCannotBeReadIsAnsweredByItsKind(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"not JSON":          {oneEvent, "{", 400},
		"a list":            {oneEvent, batch(planned), 400},
		"an object":         {manyEvents, planned, 400},
		"empty":             {oneEvent, "", 400},
		"plain JSON":        {"application/json", planned, 415},
		"XML":               {"application/cloudevents+xml", "<event/>", 415},
		"another charset":   {oneEvent + "; charset=latin1", planned, 415},
		"a key twice":       {oneEvent, strings.Replace(planned, `"at"`, `"id":"p2","at"`, 1), 400},
		"more than a batch": {manyEvents, "[" + strings.Repeat("{},", 1000) + "{}]", 413},
	} {
		if a := d.serve(pushes(c.kind, c.body)); a.status != c.status {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
}

func TestWhatCannotBeReadInABatchIsNamedByItsPlace(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for what, broken := range map[string]string{
		"a key twice":      strings.Replace(planned, `"at"`, `"id":"p2","at"`, 1),
		"NUL in a text":    strings.Replace(visited, "true", `"a,]\u0000"`, 1),
		"half a surrogate": strings.Replace(visited, "true", `"\ud83d"`, 1),
	} {
		if a := d.push(batch(planned, visited, broken, planned)); a.status != 400 || a.places() != "/2" {
			t.Errorf("%s: %d, at %q: %s", what, a.status, a.places(), a.text)
		}
		if a := d.push(broken); a.status != 400 || a.places() != "" {
			t.Errorf("%s, alone: %d, at %q: %s", what, a.status, a.places(), a.text)
		}
	}
}

func TestAPushIsCommittedThoughTemporalIsAway(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.workflows.away = true
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.uses.SendNudges(ctx)
	}()
	d.mustPush(planned)
	if n := d.outbox(); n == 0 {
		t.Error("no nudge waits in the record")
	}
	cancel()
	<-ended
}

func TestTheClocksOfAPushAreToldBehindIt(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	go d.uses.SendNudges(t.Context())
	d.mustPush(planned)
	select {
	case <-d.workflows.sent:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was sent")
	}
	d.workflows.mu.Lock()
	defer d.workflows.mu.Unlock()
	if len(d.workflows.told) == 0 {
		t.Error("no workflow was told")
	}
}

// outbox is how many nudges wait in the record.
func (d *door) outbox() (n int) {
	d.Helper()
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(d.Context(), `select count(*) from outbox`).Scan(&n); err != nil {
		d.Fatal(err)
	}
	return n
}

func TestAPushIsCarriedThroughThoughItsSenderHasGone(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	r := pushes(manyEvents, batch(planned, cloud("r", "C2", "referral.received", "2026-10-26", "")))
	ctx, leave := context.WithCancel(r.Context())
	r = r.WithContext(ctx)
	r.Body = &lastRead{Reader: strings.NewReader(batch(planned, cloud("r", "C2", "referral.received", "2026-10-26", ""))), then: leave}
	if a := d.serve(r); a.status != 200 {
		t.Errorf("%d %s", a.status, a.text)
	}
	if ctx.Err() == nil {
		t.Fatal("the sender was there all the time")
	}
	if got := slices.Concat(d.ids("C1"), d.ids("C2")); !slices.Equal(got, []string{"p1", "r"}) {
		t.Errorf("the record holds %q", got)
	}
}

// lastRead is a body after whose end something happens.
type lastRead struct {
	*strings.Reader
	then func()
}

func (b *lastRead) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil {
		b.then()
	}
	return n, err
}

func (*lastRead) Close() error { return nil }

func TestWhereTheRecordIsAwayAPushIsToBeSentAgain(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.record.Close()
	a := d.push(batch(planned, `{}`))
	if a.status != 503 || a.header.Get("Retry-After") == "" || a.items() != "not_tried, refused missing" {
		t.Errorf("%d %v %s", a.status, a.header, a.text)
	}
	if strings.Contains(a.text, "closed") || strings.Contains(a.text, "Postgres") {
		t.Errorf("it shows what is inside: %s", a.text)
	}
}

func TestAnEventOfACaseThatCannotBeWorkedOutIsNotToBeSentAgain(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.mustPush(planned)
	conn, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `update pathways set display = '[]'`); err != nil { // which nobody can read
		t.Fatal(err)
	}
	more := cloud("m1", "C1", "cp_visit.made", "2026-11-02", `{"seen":true}`)
	other := cloud("m2", "C2", "cp_plan.started", "2026-11-02", "")
	for body, items := range map[string]string{
		more:               "not_tried case_not_worked_out",
		batch(other, more): "recorded, not_tried case_not_worked_out",
	} {
		a := d.push(body)
		if a.status != 422 || a.header.Get("Retry-After") != "" || a.items() != items {
			t.Errorf("%d %v %s", a.status, a.header, a.text)
		}
	}
}

func TestARunawayFeedIsRefusedOnceItsCaseIsFullAndOtherCasesAreTaken(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	events := make([]casework.Event, admission.MostEvents)
	for i := range events {
		events[i] = casework.Event{
			ID: fmt.Sprintf("s%d", i), Case: "C1", Type: "supervision.held", At: casework.OnDay(calendar.NewDate(2026, 10, 1).AddDays(i % 30)),
		}
	}
	if got, err := d.record.Record(t.Context(), source, events); err != nil || got.New != len(events) {
		t.Fatalf("%d, %v", got.New, err)
	}
	more := cloud("more", "C1", "supervision.held", "2026-10-31", "")
	a := d.push(more)
	if a.status != 422 || a.items() != "refused case_full" || !strings.Contains(a.text, "void what does not belong there") {
		t.Errorf("%d %s", a.status, a.text)
	}
	other := strings.Replace(planned, `"C1"`, `"C2"`, 1)
	if a := d.push(batch(more, other)); a.status != 422 || a.items() != "refused case_full, recorded" {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := d.push(cloud("x0", "C1", "supervision.held", "2026-11-02", "", "voids=s0")); a.status != 201 {
		t.Errorf("a void: %d %s", a.status, a.text)
	}
	if a := d.push(more); a.status != 201 {
		t.Errorf("once there is room: %d %s", a.status, a.text)
	}
}

func TestTheAuditHasARowOfAPushAndNoRunOfACommand(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	before := d.audit()
	d.mustPush(planned)
	d.mustPush(planned)
	// Of what is new the record's own row; of what was known that it was asked for.
	if got := d.audit()[len(before):]; !slices.Equal(got, []store.Outcome{store.AuditRecorded, store.AuditDone}) {
		t.Errorf("the audit has %v", got)
	}
}

func (d *door) audit() []store.Outcome {
	d.Helper()
	var list []store.Outcome
	if err := d.record.EachAudit(d.Context(), store.AuditFilter{}, func(r store.AuditRow) error {
		list = append(list, r.Outcome)
		return nil
	}); err != nil {
		d.Fatal(err)
	}
	return list
}

// A program mends what was refused by the place and the code, not by the words.
func TestARefusalNamesThePlaceInTheBodyAndACode(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.mustPush(batch(
		cloud("born", "C1", "person.born", "2020-03-01", `{"date":"2020-03-01"}`), cloud("ref", "C1", "referral.received", "2026-10-01", ""),
		cloud("elsewhere", "C2", "referral.received", "2026-10-01", ""), cloud("void", "C1", "referral.received", "2026-10-02", "", "voids=ref"),
	))
	rows := []struct{ name, event, place, code string }{
		{"a type that there is not", cloud("a1", "C1", "cp_visit.maid", "2026-10-05", ""), "/type", "unknown_type"},
		{"a word of another kind", cloud("a2", "C1", "cp_visit.made", "2026-10-05", `{"seen":"yes"}`), "/data/seen", "kind"},
		{"a field that is needed", cloud("a3", "C1", "clock.paused", "2026-10-05", `{"ref":"CP-10","reason":"why"}`), "/data/by", "missing"},
		{"a word that is none of the list", cloud("a4", "C1", "referral.decided", "2026-10-05", `{"outcome":"maybe"}`), "/data/outcome", "unknown_word"},
		{"a text that is not a date", cloud("a5", "C1", "person.born", "2020-03-01", `{"date":"1 March"}`), "/data/date", "form"},
		{"a null date", cloud("a6", "C1", "referral.received", "1900-01-01", ""), "/at", "impossible_date"},
		{"tomorrow", cloud("a7", "C1", "referral.received", "2027-10-01", ""), "/at", "in_future"},
		{"before the birth", cloud("a8", "C1", "looked_after.started", "2020-02-01", ""), "/at", "before_birth"},
		{"the end before the start", cloud("a9", "C1", "source.attached", "2026-10-01", `{"reports":["cp_visit.made"],"from":"2026-10-01","until":"2026-09-01"}`), "/data/until", "dates_contradict"},
		{"a source that reports what nobody records", cloud("a10", "C1", "source.attached", "2026-10-01", `{"reports":["cp_visit.maid"]}`), "/data/reports", "unknown_type"},
		{"a correction of nothing", cloud("a11", "C1", "referral.received", "2026-10-01", "", "corrects=none"), "/corrects", "unknown_target"},
		{"a correction in another case", cloud("a12", "C1", "referral.received", "2026-10-01", "", "corrects=elsewhere"), "/corrects", "other_case"},
		{"a void of a void", cloud("a13", "C1", "referral.received", "2026-10-01", "", "voids=void"), "/voids", "target_is_void"},
		{"a pause of what there is not", cloud("a14", "C1", "clock.paused", "2026-10-05", `{"ref":"XX-1","reason":"why","by":"W1"}`), "/data/ref", "unknown_timescale"},
		{"a pause of what the law does not stop", cloud("a15", "C1", "clock.paused", "2026-10-05", `{"ref":"CP-10","reason":"why","by":"W1"}`), "/data/ref", "against_law"},
		{"a person in a case", cloud("a16", "C1", "staff.left", "2026-10-05", `{"worker":"W1"}`), "/subject", "not_of_a_case"},
		{"a role that there is not", cloud("a17", "", "staff.appointed", "2026-10-05", `{"worker":"W1","role":"boss"}`), "/data/role", "unknown_word"},
		{"somebody who covers for themselves", cloud("a18", "", "staff.absent", "2026-11-02", `{"worker":"W1","cover":"W1"}`), "/data/cover", "covers_self"},
		{"no case", cloud("a19", "", "cp_visit.made", "2026-10-05", ""), "/subject", "missing"},
		{"the id of another case's event", cloud("ref", "C2", "referral.received", "2026-10-01", ""), "/id", "conflict"},
		{"what cannot be seen in a name", cloud("a20", "C1", "worker.allocated", "2026-10-05", `{"worker":"W\u202e1"}`), "/data/worker", "form"},
	}
	events := make([]string, len(rows))
	for i := range rows {
		events[i] = rows[i].event
	}
	a := d.push(batch(events...))
	if a.status != http.StatusUnprocessableEntity || len(a.Errors) != len(rows) {
		t.Fatalf("%d %s", a.status, a.text)
	}
	for i, row := range rows {
		if e := a.Errors[i]; e.Pointer != fmt.Sprintf("/%d%s", i, row.place) || e.Code != row.code || string(a.Items[i].Code) != row.code {
			t.Errorf("%s: %+v, want %s at %s", row.name, e, row.code, row.place)
		}
	}
	alone := d.push(rows[1].event)
	if len(alone.Errors) != 1 || alone.Errors[0].Pointer != "/data/seen" {
		t.Errorf("alone: %s", alone.text)
	}
	binary := pushes("application/json", `{"seen":"yes"}`)
	for name, value := range map[string]string{"specversion": "1.0", "id": "b1", "source": source, "type": "cp_visit.made", "subject": "C1", "time": "2026-10-05T10:00:00Z"} {
		binary.Header.Set("ce-"+name, value)
	}
	if a := d.serve(binary); len(a.Errors) != 1 || a.Errors[0].Pointer != "/seen" || a.Errors[0].Code != "kind" {
		t.Errorf("in headers: %s", a.text)
	}
	binary = pushes("application/json", "{}")
	for name, value := range map[string]string{"specversion": "1.0", "id": "b2", "source": source, "type": "cp_visit.made", "subject": "C1", "time": "2027-10-05T10:00:00Z"} {
		binary.Header.Set("ce-"+name, value)
	}
	if a := d.serve(binary); len(a.Errors) != 1 || a.Errors[0].Header != "ce-time" || a.Errors[0].Code != "in_future" {
		t.Errorf("in headers: %s", a.text)
	}
}
