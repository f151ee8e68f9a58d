package v1_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/api"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/pathway"
	"longstop/service"
	"longstop/service/calendars"
	"longstop/store"
	"longstop/web/server"
)

// ask is one request and what was answered, whatever it is.
type ask struct {
	status int
	header http.Header
	text   string
}

// asks sends a request with a key of all actions, or the one named, and headers as name=value.
func (d *door) asks(method, path, body string, headers ...string) ask {
	d.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer key")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, "=")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return ask{w.Code, w.Header(), w.Body.String()}
}

// gets sends a request that succeeds, and returns its answer.
func gets[T any](d *door, method, path, body string, headers ...string) (out T) {
	d.Helper()
	a := d.asks(method, path, body, headers...)
	if a.status != http.StatusOK {
		d.Fatalf("%s %s: %d %s", method, path, a.status, a.text)
	}
	if err := json.Unmarshal([]byte(a.text), &out); err != nil {
		d.Fatalf("%v: %s", err, a.text)
	}
	return out
}

// story is what is recorded of four children and the people who work with them.
func story() []casework.Event {
	e := func(id, ref, kind, at string, data casework.Data) casework.Event {
		when, err := casework.ParseWhen(at)
		if err != nil {
			panic(err)
		}
		return casework.Event{ID: id, Case: ref, Type: kind, At: when, Data: data}
	}
	return []casework.Event{
		e("s1", "", "staff.appointed", "2020-01-01", casework.Data{"worker": "W1", "name": "Ada Example", "email": "ada@example.org", "role": "worker", "team": "T1"}),
		e("s2", "", "staff.appointed", "2020-01-01", casework.Data{"worker": "M1", "name": "Tess Manager", "email": "tess@example.org", "role": "team_manager", "team": "T1"}),
		e("s3", "", "team.formed", "2020-01-01", casework.Data{"team": "T1", "name": "North", "team_manager": "M1"}),
		e("p1", "C1", "cp_plan.started", "2026-09-01", nil),
		e("w1", "C1", "worker.allocated", "2026-09-01", casework.Data{"worker": "W1"}),
		e("v1", "C1", "cp_visit.made", "2026-09-10", casework.Data{"seen": true}),
		e("x1", "C1", "cp_visit.made", "2026-09-12", casework.Data{"seen": false}),
		e("r2", "C2", "referral.received", "2026-10-30", nil),
		e("w2", "C2", "worker.allocated", "2026-10-30", casework.Data{"worker": "W1", "team": "T2"}),
		e("r3", "C3", "referral.received", "2026-11-02", nil),
		e("p4", "C4", "cp_plan.started", "2026-10-01", nil),
	}
}

// newRead is a door to a record that holds the story.
func newRead(tb testing.TB) *door {
	tb.Helper()
	d := newDoor(tb)
	done, err := d.uses.Record(tb.Context(), service.Recording{Source: source, Events: story()})
	if err != nil || len(done.Refused) > 0 {
		tb.Fatal(done, err)
	}
	if d.calendar, err = d.calendars.Create(tb.Context(), calendars.New{Person: "W1"}); err != nil {
		tb.Fatal(err)
	}
	return d
}

// tell plans a case's pathway and sends what is due, as a worker does.
func (d *door) tell(ref, name string) {
	d.Helper()
	key, err := d.record.CaseKey(d.Context(), "", ref)
	if err != nil {
		d.Fatal(err)
	}
	planned, err := d.record.Plan(d.Context(), key, name)
	if err != nil {
		d.Fatal(err)
	}
	for _, n := range planned.Send {
		claimed, err := d.record.Claim(d.Context(), n.CaseKey, n.Key)
		if err != nil || claimed.State != "claimed" {
			continue
		}
		if _, err := d.record.Sending(d.Context(), claimed.NoticeID, claimed.Claim); err != nil {
			d.Fatal(err)
		}
		if _, err := d.record.Sent(d.Context(), claimed.NoticeID, 0, "email", "250 ok"); err != nil {
			d.Fatal(err)
		}
	}
}

func TestDutiesComeInPartsEachOnce(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	all := gets[api.DutyPage](d, "POST", "/v1/duties:query", `{}`)
	if len(all.Duties) < 6 || all.Next != "" {
		t.Fatalf("%+v", all)
	}
	var walked []api.Duty
	for body := `{"limit":2}`; ; {
		page := gets[api.DutyPage](d, "POST", "/v1/duties:query", body)
		walked = append(walked, page.Duties...)
		if page.Next == "" {
			break
		}
		plain, err := base64.RawURLEncoding.DecodeString(page.Next)
		if err != nil || bytes.Contains(plain, []byte(page.Duties[len(page.Duties)-1].Duty)) {
			t.Errorf("the cursor shows a duty: %q, %v", plain, err)
		}
		body = `{"limit":2,"after":"` + page.Next + `"}`
	}
	if !reflect.DeepEqual(walked, all.Duties) {
		t.Errorf("in parts %+v\nat once %+v", walked, all.Duties)
	}
	for body, want := range map[string]string{
		`{"case":"C1"}`: "C1", `{"case":"C2","source":"case-system"}`: "C2", `{"team":"T2"}`: "C2", `{"team":"T1"}`: "C1",
		`{"worker":"W1","ref":"CP-10"}`: "C1", `{"state":"due_today"}`: "C2", `{"state":"overdue","ref":"CP-10"}`: "C1 C4",
	} {
		var cases []string
		for _, duty := range gets[api.DutyPage](d, "POST", "/v1/duties:query", body).Duties {
			cases = append(cases, duty.Case)
		}
		slices.Sort(cases)
		if got := strings.Join(slices.Compact(cases), " "); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

// A misspelled filter must not read like good news.
func TestACursorShowsNothingAndATamperedOneIsRefused(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	page := gets[api.DutyPage](d, "POST", "/v1/duties:query", `{"limit":2}`)
	sealed, err := base64.RawURLEncoding.DecodeString(page.Next)
	if err != nil || bytes.Contains(sealed, []byte(page.Duties[1].Duty)) || bytes.Contains(sealed, []byte(page.Duties[1].Ref)) {
		t.Errorf("the cursor shows a duty: %q, %v", sealed, err)
	}
	sealed[len(sealed)-1] ^= 0xff
	key, err := d.record.CaseKey(t.Context(), "", "C1")
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []string{base64.RawURLEncoding.EncodeToString(sealed), base64.RawURLEncoding.EncodeToString([]byte("duties\x00" + key + "\x00\xff")), "AA"} {
		if a := d.asks("POST", "/v1/duties:query", `{"after":"`+after+`"}`); a.status != 422 {
			t.Errorf("%s: %d %s", after, a.status, a.text)
		}
	}
	if a := d.asks("POST", "/v1/notices:query", `{"after":"`+page.Next+`"}`); a.status != 422 {
		t.Errorf("a cursor of another list: %d %s", a.status, a.text)
	}
	cases := gets[api.PlanPage](d, "POST", "/v1/plans:query", `{"limit":1}`)
	if cases.Next == "" {
		t.Fatal("there is one case")
	}
	if a := d.asks("POST", "/v1/notices:query", `{"after":"`+cases.Next+`"}`); a.status != 422 {
		t.Errorf("a cursor of another list, of as many parts: %d %s", a.status, a.text)
	}
}

func TestATableSaysInHeadersWhatJSONSaysBesideTheDuties(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	if a := d.asks("POST", "/v1/duties:query", `{"limit":2}`); a.header.Get("Longstop-Next") != "" {
		t.Errorf("JSON has a cursor in a header: %v", a.header)
	}
	if a := d.asks("POST", "/v1/duties:query", `{"limit":2}`, "Accept=text/csv"); a.header.Get("Longstop-Next") == "" || a.header.Get("Longstop-Warnings") != "" {
		t.Errorf("a table: %v", a.header)
	}
	if a := d.asks("POST", "/v1/duties:query", `{"team":"T9","worker":"W9"}`, "Accept=text/csv"); a.header.Get("Longstop-Warnings") != "unknown_team, unknown_worker" {
		t.Errorf("a table of nothing: %v", a.header)
	}
}

func TestAFilterThatNobodyKnowsIsWarnedOf(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	page := gets[api.DutyPage](d, "POST", "/v1/duties:query", `{"team":"T9","worker":"W9"}`)
	if len(page.Duties) != 0 || len(page.Warnings) != 2 || page.Warnings[0].Code != "unknown_team" || page.Warnings[1].Code != "unknown_worker" {
		t.Errorf("%+v", page)
	}
}

func TestDutiesAreATableForASpreadsheet(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	d.mustPush(cloud("f1", "=HYPERLINK(1)", "referral.received", "2026-11-01", ""))
	answer := d.asks("POST", "/v1/duties:query", `{"limit":3}`, "Accept=text/csv")
	if answer.status != 200 || !strings.HasPrefix(answer.header.Get("Content-Type"), "text/csv") || answer.header.Get("Longstop-Next") == "" {
		t.Fatalf("%d %v %s", answer.status, answer.header, answer.text)
	}
	answer = d.asks("POST", "/v1/duties:query", `{}`, "Accept=text/csv;q=0.9, text/html;q=0.1")
	rows, err := csv.NewReader(strings.NewReader(answer.text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range slices.Concat(reflect.VisibleFields(reflect.TypeFor[api.Duty]())) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	if !slices.Equal(rows[0], names) {
		t.Errorf("the columns are %v, and a duty's fields %v", rows[0], names)
	}
	whole := gets[api.DutyPage](d, "POST", "/v1/duties:query", `{}`)
	if len(rows) != len(whole.Duties)+1 || answer.header.Get("Longstop-Next") != "" {
		t.Errorf("%d rows for %d duties", len(rows), len(whole.Duties))
	}
	if !strings.Contains(answer.text, "\n'=HYPERLINK(1),") || strings.Contains(answer.text, "\n=") {
		t.Errorf("a cell is a formula: %s", answer.text)
	}
}

func TestAReadOfACaseIsNotedBeforeItIsShown(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	for _, ask := range []struct{ path, body, about string }{
		{"/v1/duties:query", `{"case":"C1"}`, "C1"},
		{"/v1/duties:query", `{"team":"T1"}`, ""},
		{"/v1/plans:query", `{"case":"C2"}`, "C2"},
		{"/v1/plans:query", `{}`, ""},
		{"/v1/explanations:query", `{"case":"C1","ref":"CP-10"}`, "C1"},
		{"/v1/notices:query", `{"case":"C4"}`, "C4"},
	} {
		before := len(d.audited())
		gets[json.RawMessage](d, "POST", ask.path, ask.body)
		rows := d.audited()[before:]
		if len(rows) != 1 || rows[0].Outcome != store.AuditRead || rows[0].Case != ask.about {
			t.Errorf("%s %s: the audit has %+v", ask.path, ask.body, rows)
		}
	}
}

func (d *door) audited() []store.AuditRow {
	d.Helper()
	var list []store.AuditRow
	err := d.record.EachAudit(d.Context(), store.AuditFilter{}, func(r store.AuditRow) error {
		list = append(list, r)
		return nil
	})
	if err != nil {
		d.Fatal(err)
	}
	return list
}

// What a key may not read is not read, whatever it asks.
func TestOnlyAKeyThatMayReadReads(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	before := len(d.audited())
	for path, body := range map[string]string{
		"/v1/duties:query": `{}`, "/v1/plans:query": `{}`, "/v1/explanations:query": `{"case":"C1","ref":"CP-10"}`, "/v1/notices:query": `{}`,
	} {
		for _, key := range []string{"key.record", "key.law", "key.changes", "key.acknowledge"} {
			if answer := d.asks("POST", path, body, "Authorization=Bearer "+key); answer.status != http.StatusForbidden {
				t.Errorf("%s with %s: %d %s", path, key, answer.status, answer.text)
			}
		}
	}
	if rows := d.audited()[before:]; slices.ContainsFunc(rows, func(r store.AuditRow) bool { return r.Outcome == store.AuditRead }) {
		t.Errorf("it was read: %+v", rows)
	}
}

func TestPlansAreAsOfAndAsKnownAtAMoment(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	recorded := d.clock.Now().Format(time.RFC3339)
	d.clock.Set(d.clock.Now().Add(time.Hour))
	d.mustPush(cloud("v2", "C1", "cp_visit.made", "2026-10-20", `{"seen":true}`))
	of := func(page api.PlanPage, duty string) api.PlannedDuty {
		for _, r := range page.Duties {
			if r.Duty == duty {
				return r
			}
		}
		return api.PlannedDuty{}
	}
	now := gets[api.PlanPage](d, "POST", "/v1/plans:query", `{"case":"C1"}`)
	if got := of(now, "CP-10:v1"); got.State != casework.MetLate || len(now.NotCounted) == 0 {
		t.Errorf("now: %+v, not counted %+v", got, now.NotCounted)
	}
	then := gets[api.PlanPage](d, "POST", "/v1/plans:query", `{"case":"C1","known_at":"`+recorded+`"}`)
	if got := of(then, "CP-10:v1"); got.State != casework.Overdue || then.KnownAt == "" {
		t.Errorf("as known before the visit: %+v", then)
	}
	early := gets[api.PlanPage](d, "POST", "/v1/plans:query", `{"case":"C1","as_of":"2026-09-09"}`)
	if got := of(early, "CP-10:p1"); got.State != casework.Running || early.AsOf != "2026-09-09T22:59:59Z" {
		t.Errorf("as of before any visit: %+v", early)
	}
}

func TestAReferenceOfSeveralChildrenIsAskedBackAndNothingIsRead(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	other := story()[7]
	other.ID, other.Case = "o1", "C1"
	if _, err := d.record.Record(t.Context(), "other-system", []casework.Event{other}); err != nil {
		t.Fatal(err)
	}
	before := len(d.audited())
	for path, more := range map[string]string{"/v1/duties:query": "", "/v1/plans:query": "", "/v1/explanations:query": `,"ref":"AS-01"`, "/v1/notices:query": ""} {
		answer := d.asks("POST", path, `{"case":"C1"`+more+`}`)
		if answer.status != http.StatusUnprocessableEntity || !strings.Contains(answer.text, "several_cases") || strings.Contains(answer.text, "C1") {
			t.Errorf("%s: %d %s", path, answer.status, answer.text)
		}
		if answer = d.asks("POST", path, `{"case":"C1","source":"other-system"`+more+`}`); answer.status != http.StatusOK {
			t.Errorf("%s of one source: %d %s", path, answer.status, answer.text)
		}
	}
	if rows := d.audited()[before:]; len(rows) != 4 {
		t.Errorf("each that was answered is noted once: %+v", rows)
	}
}

func TestPlansOfAllCasesComeInParts(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	all := gets[api.PlanPage](d, "POST", "/v1/plans:query", `{}`)
	var ids, walked []string
	for _, r := range all.Duties {
		ids = append(ids, r.Case+" "+r.Duty)
	}
	pages := 0
	for body := `{"limit":1}`; body != ""; pages++ {
		page := gets[api.PlanPage](d, "POST", "/v1/plans:query", body)
		for _, r := range page.Duties {
			walked = append(walked, r.Case+" "+r.Duty)
		}
		if body = ""; page.Next != "" {
			body = `{"limit":1,"after":"` + page.Next + `"}`
		}
	}
	slices.Sort(ids)
	slices.Sort(walked)
	if pages != 4 || !slices.Equal(ids, walked) {
		t.Errorf("%d pages: %v, want %v", pages, walked, ids)
	}
}

func TestAnExplanationIsThatOfTheCommand(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	want, err := d.uses.Explain(t.Context(), service.Question{Of: []string{"C1", "CP-10:p1"}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(want.Explanations[0])
	if err != nil {
		t.Fatal(err)
	}
	got := gets[struct {
		Case         string
		Explanations []json.RawMessage
	}](d, "POST", "/v1/explanations:query", `{"case":"C1","duty":"CP-10:p1"}`)
	if got.Case != "C1" || len(got.Explanations) != 1 || string(got.Explanations[0]) != string(text) {
		t.Errorf("got  %s\nwant %s", got.Explanations, text)
	}
}

func TestNoticesSayWhatBecameOfThemAndAreAcknowledgedOnce(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	d.mustPush(batch(cloud("p5", "C5", "cp_plan.started", "2026-11-02", ""), cloud("w5", "C5", "worker.allocated", "2026-11-02", `{"worker":"W1"}`)))
	d.clock.Set(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC))
	d.tell("C5", pathway.ChildProtection)
	sent := gets[api.NoticePage](d, "POST", "/v1/notices:query", `{"case":"C5","state":"sent"}`)
	i := slices.IndexFunc(sent.Notices, func(n api.Notice) bool { return n.Role == "team_manager" && n.Ref == "CP-10" })
	if i < 0 || sent.Notices[i].To != "M1" || sent.Notices[i].Channel != "email" {
		t.Fatalf("%+v", sent.Notices)
	}
	told := sent.Notices[i]
	explained := gets[api.Explanations](d, "POST", "/v1/explanations:query", `{"notice":"`+told.ID+`"}`)
	if len(explained.Explanations) != 1 || explained.Explanations[0].Duty != told.Duty {
		t.Errorf("%+v", explained)
	}
	promise := `{"id":"ack-1","notice":"` + told.ID + `","by":"M1","until":"2026-12-10","note":"a visit is booked"}`
	first := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", promise)
	again := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", promise)
	if first.New != 1 || again.New != 0 || again.Known != 1 || first.ID != "ack-1" || again.ID != "ack-1" {
		t.Errorf("first %+v\nagain %+v", first, again)
	}
	for name, tc := range map[string]struct {
		body    string
		status  int
		pointer string
		code    string
	}{
		"the id of another promise": {strings.Replace(promise, "12-10", "12-11", 1), 409, "/id", "known_otherwise"},
		"an unknown notice":         {strings.Replace(promise, told.ID, "00000000-0000-4000-8000-00000000c0de", 1), 404, "/notice", "unknown_notice"},
		"the worker themselves":     {strings.NewReplacer("ack-1", "ack-2", `"M1"`, `"W1"`).Replace(promise), 422, "/by", "not_manager"},
		"nobody who works here":     {strings.NewReplacer("ack-1", "ack-3", `"M1"`, `"Plover"`).Replace(promise), 422, "/by", "unknown_person"},
		"no day":                    {strings.Replace(promise, "2026-12-10", "2026-02-30", 1), 422, "/until", ""},
		"a day that is past":        {strings.NewReplacer("ack-1", "ack-4", "2026-12-10", "2026-12-02").Replace(promise), 422, "/until", "dates_contradict"},
		"a day too far away":        {strings.NewReplacer("ack-1", "ack-5", "2026-12-10", "2027-02-10").Replace(promise), 422, "/until", "too_far_ahead"},
	} {
		answer := d.asks("POST", "/v1/notices:acknowledge", tc.body)
		var problem server.Problem
		if err := json.Unmarshal([]byte(answer.text), &problem); err != nil || answer.status != tc.status || len(problem.Errors) != 1 ||
			problem.Errors[0].Pointer != tc.pointer || problem.Errors[0].Code != tc.code {
			t.Errorf("%s: %d %s", name, answer.status, answer.text)
		}
		if strings.Contains(answer.text, "Plover") || strings.Contains(answer.text, told.ID) || strings.Contains(answer.text, "data.") {
			t.Errorf("%s: the answer repeats the request: %s", name, answer.text)
		}
	}
	// The ids of promises are none of the case's source: neither is taken, nor told, by the other.
	d.mustPush(cloud("ack-1", "C5", "worker.allocated", "2026-12-03", `{"worker":"W1"}`))
	if answer := d.asks("POST", "/v1/notices:acknowledge", strings.Replace(promise, "ack-1", "p5", 1)); answer.status == 409 {
		t.Errorf("a promise under an id that the case's source uses: %s", answer.text)
	}
}

func TestAKeyThatMayNotReadIsToldNothingOfTheCaseThatItAcknowledges(t *testing.T) {
	t.Parallel()
	d, notice := newExamples(t)
	long := strings.Repeat("x", 200) // with what keeps it apart it is longer than an id may be
	promise := `{"id":"` + long + `","notice":"` + notice + `","by":"M1","until":"2026-12-10","note":"a visit is booked"}`
	for i, want := range []int{1, 0} {
		done := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", promise, "Authorization=Bearer key.acknowledge")
		if done.New != want || done.ID != long || done.Changed != nil || done.Clocks != (api.Clocks{}) {
			t.Errorf("%d: %+v", i, done)
		}
	}
}

// toldManager is a door to the record of a case of which a manager was told, and what promises about that notice.
func toldManager(t *testing.T) (d *door, promise string) {
	t.Helper()
	d, notice := newExamples(t)
	return d, `{"id":"ack-1","notice":"` + notice + `","by":"M1","until":"2026-12-10","note":"a visit is booked"}`
}

// With a Temporal that takes every question and answers none, whoever waited for it would wait for as long as the request
// may take, and then be answered 503.
func TestAPromiseDoesNotWaitForATemporalThatHangs(t *testing.T) {
	t.Parallel()
	d, promise := toldManager(t)
	d.workflows.hangs = true
	began := casetime.WallNow()
	first := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", promise)
	again := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", promise)
	if first.New != 1 || again.New != 0 || again.Known != 1 {
		t.Errorf("first %+v\nagain %+v", first, again)
	}
	if took := casetime.WallNow().Sub(began); took > 25*time.Second {
		t.Errorf("both took %v", took)
	}
	if a := d.push(cloud("v-hang", "C5", "cp_visit.made", "2026-12-02", `{"seen":true}`)); a.status != http.StatusCreated {
		t.Errorf("a push: %d %s", a.status, a.text)
	}
}

// What one key calls its promise says nothing of what another calls its own: neither takes the other's id, nor is told
// that it is taken.
func TestTheIdsOfPromisesAreEachKeysOwn(t *testing.T) {
	t.Parallel()
	d, promise := toldManager(t)
	first := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", promise)
	renewal := strings.Replace(promise, "12-10", "12-11", 1)
	if answer := d.asks("POST", "/v1/notices:acknowledge", renewal); answer.status != http.StatusConflict {
		t.Errorf("another promise of the same key under the same id: %d %s", answer.status, answer.text)
	}
	other := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", renewal, "Authorization=Bearer another")
	if first.New != 1 || other.New != 1 || other.Known != 0 || other.ID != "ack-1" {
		t.Errorf("of one key %+v\nof another %+v", first, other)
	}
	// Each knows its own again.
	for key, body := range map[string]string{"key": promise, "another": renewal} {
		if again := gets[api.Recorded](d, "POST", "/v1/notices:acknowledge", body, "Authorization=Bearer "+key); again.Known != 1 || again.New != 0 {
			t.Errorf("the same again by %s: %+v", key, again)
		}
	}
	var ids []string
	for _, e := range d.events("C5") {
		if e.Type == "notice.acknowledged" {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	if want := []string{"acknowledged:k1:ack-1", "acknowledged:k2:ack-1"}; !slices.Equal(ids, want) {
		t.Errorf("the record holds the promises %q, want %q", ids, want)
	}
}

// Nothing of what was asked for is repeated in a refusal: it is the reference of a child.
func TestARefusedQuestionIsNotRepeated(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	for _, tc := range []struct {
		path, body string
		status     int
		holds      string
	}{
		{"/v1/duties:query", `{"case":"Plover"}`, 404, "unknown_case"},
		{"/v1/duties:query", `{"state":"Plover"}`, 422, "/state"},
		{"/v1/duties:query", `{"ref":"Plover"}`, 404, "unknown_timescale"},
		{"/v1/duties:query", `{"limit":1001}`, 422, "/limit"},
		{"/v1/duties:query", `{"limit":0}`, 422, "/limit"},
		{"/v1/duties:query", `{"after":"Plover"}`, 422, "/after"},
		{"/v1/duties:query", `{"after":"ZHV0aWVzAFBsb3ZlcgB4"}`, 422, "/after"},
		{"/v1/duties:query", `{"child":"Plover"}`, 422, "unknown_property"},
		{"/v1/plans:query", `{"case":"C1","as_of":"Plover"}`, 422, "/as_of"},
		{"/v1/plans:query", `{"case":"C1","known_at":"Plover"}`, 422, "/known_at"},
		{"/v1/plans:query", `{"case":"C1","as_of":"2199-01-01"}`, 422, "/as_of"},
		{"/v1/plans:query", `{"case":"Plover"}`, 404, "unknown_case"},
		{"/v1/explanations:query", `{"case":"Plover","ref":"CP-10"}`, 404, "unknown_case"},
		{"/v1/explanations:query", `{"case":"C1","ref":"Plover"}`, 404, "unknown_timescale"},
		{"/v1/explanations:query", `{"case":"C1","duty":"CP-10:Plover"}`, 404, "unknown_duty"},
		{"/v1/explanations:query", `{"case":"C2","ref":"CP-10"}`, 404, "unknown_duty"},
		{"/v1/explanations:query", `{"case":"C1"}`, 422, "Name a case"},
		{"/v1/explanations:query", `{"notice":"00000000-0000-4000-8000-00000000c0de"}`, 404, "unknown_"},
		{"/v1/notices:query", `{"case":"Plover"}`, 404, "unknown_case"},
		{"/v1/notices:query", `{"state":"Plover"}`, 422, "/state"},
	} {
		answer := d.asks("POST", tc.path, tc.body)
		if answer.status != tc.status || !strings.Contains(answer.text, tc.holds) || strings.Contains(answer.text, "Plover") {
			t.Errorf("%s %s: %d %s", tc.path, tc.body, answer.status, answer.text)
		}
	}
}
