package v1_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"longstop/access"
	"longstop/api"
	"longstop/casework"
	"longstop/service"
)

// keyedAttach is the API with a key for attach, on a record with a child protection plan of its source and one of another.
type keyedAttach struct {
	*keyed
	attach *api.NewKey
}

func newAttach(t *testing.T) *keyedAttach {
	t.Helper()
	k := &keyedAttach{keyed: newKeyed(t)}
	k.attach = k.key([]access.Action{access.Attach})
	when, err := casework.ParseWhen("2026-09-01")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{source, "another"} {
		if _, err := k.uses.Record(t.Context(), service.Recording{Source: from, Events: []casework.Event{
			{ID: "p1", Case: "C1", Type: "cp_plan.started", At: when},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// sends sends a request with a key, and returns its answer, or the problem.
func (k *keyedAttach) sends(method, path, body string, key *api.NewKey) (status int, out api.Attached, code, text string) {
	k.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key.Secret)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	k.ServeHTTP(w, r)
	var problem struct{ Errors []struct{ Code string } }
	to := any(&problem)
	if w.Code == http.StatusOK {
		to = &out
	}
	if err := json.Unmarshal(w.Body.Bytes(), to); err != nil {
		k.Fatalf("%v: %s", err, w.Body)
	}
	for _, e := range problem.Errors {
		code = e.Code
	}
	return w.Code, out, code, w.Body.String()
}

// reported are the events of a source's case that say what it reports.
func (k *keyedAttach) reported(from string) (list []string) {
	k.Helper()
	events, err := k.record.Events(k.Context(), from, "C1")
	if err != nil {
		k.Fatal(err)
	}
	for _, e := range events {
		if e.Type == "source.attached" {
			list = append(list, fmt.Sprint(strings.Join(e.Reports(), " "), " from ", e.Data.Text("from"), " until ", e.Data.Text("until"), " by ", e.By))
		}
	}
	return list
}

// planned has the workers' part done.
func (k *keyedAttach) planned() {
	k.Helper()
	for more := true; more; {
		var err error
		if more, err = k.record.PlanQueued(k.Context()); err != nil {
			k.Fatal(err)
		}
	}
}

const visitsOnly = `{"id":"visits","reports":["cp_visit.made"],"from":"2026-09-01","reason":"the feed","confirm_unreported":true}`

func TestWhatASourceReportsIsCommittedAndFollowedBehindTheAnswer(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	status, tried, _, text := k.sends("POST", "/v1/attachments", strings.Replace(visitsOnly, `"id"`, `"dry_run":true,"id"`, 1), k.attach)
	if status != 200 || tried.Changed || !tried.DryRun || tried.Cases != 1 {
		t.Fatalf("tried: %d %s", status, text)
	}
	status, done, _, text := k.sends("POST", "/v1/attachments", visitsOnly, k.attach)
	if status != 200 || !done.Changed || done.Cases != 1 || done.Attachment.Attachment != "attached:"+k.attach.Key.Key+":visits" || done.Source != source {
		t.Fatalf("%d %s", status, text)
	}
	if len(k.workflows.told) > 0 && done.Clocks.Told > 0 {
		t.Errorf("the answer has waited for clocks: %s", text)
	}
	if got := k.reported(source); got != nil {
		t.Errorf("before the workers came by the case holds %q", got)
	}
	k.planned()
	if got := k.reported(source); !slices.Equal(got, []string{"cp_visit.made from 2026-09-01 until  by tests"}) {
		t.Errorf("the case holds %q", got)
	}
	if got := k.reported("another"); got != nil {
		t.Errorf("a case of another source holds %q", got)
	}
}

func TestWhatASourceReportsIsTakenOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	ended := strings.Replace(strings.Replace(visitsOnly, `"visits"`, `"visits-end"`, 1), `"from"`, `"until":"2026-10-31","from"`, 1)
	for i, body := range []string{visitsOnly, visitsOnly, ended, ended, visitsOnly} { // the last comes late: it stands no more
		status, done, _, text := k.sends("POST", "/v1/attachments", body, k.attach)
		if status != 200 || done.Changed != (i%2 == 0 && i < 4) {
			t.Errorf("%d: %d %s", i, status, text)
		}
		k.planned()
	}
	if got := k.reported(source); len(got) != 2 || !strings.HasSuffix(got[1], "until 2026-10-31 by tests") {
		t.Errorf("the case holds %q", got)
	}
	for _, other := range []string{strings.Replace(visitsOnly, "2026-09-01", "2026-09-02", 1), strings.Replace(visitsOnly, "the feed", "another reason", 1)} {
		if status, _, code, text := k.sends("POST", "/v1/attachments", other, k.attach); status != 409 || code != "other_attachment" {
			t.Errorf("another statement under a known id: %d %s", status, text)
		}
	}
	// The ids of another key are its own.
	if status, done, _, text := k.sends("POST", "/v1/attachments", strings.Replace(visitsOnly, "2026-09-01", "2026-09-02", 1), k.key([]access.Action{access.Attach})); status != 200 || !done.Changed {
		t.Errorf("by another key: %d %s", status, text)
	}
}

func TestWhatASourceReportsIsTakenBackOnceAndOnlyByItsOwnSource(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	_, done, _, _ := k.sends("POST", "/v1/attachments", visitsOnly, k.attach)
	k.planned()
	void := fmt.Sprintf(`{"attachment":%q,"reason":"a mistake","confirm_unreported":true}`, done.Attachment.Attachment)
	another := k.key([]access.Action{access.Attach}, func(in *service.NewKey) { in.Source = "another" })
	if status, _, code, text := k.sends("POST", "/v1/attachments:void", void, another); status != 404 || code != "unknown_attachment" {
		t.Errorf("by the key of another source: %d %s", status, text)
	}
	if status, _, _, text := k.sends("POST", "/v1/attachments:void", strings.Replace(void, `"attachment":"attached`, `"attachment":"none`, 1), k.attach); status != 404 {
		t.Errorf("of one that there is not: %d %s", status, text)
	}
	for i := range 2 {
		if status, done, _, text := k.sends("POST", "/v1/attachments:void", void, k.attach); status != 200 || done.Changed != (i == 0) {
			t.Errorf("%d: %d %s", i, status, text)
		}
	}
	if status, _, _, text := k.sends("POST", "/v1/attachments:void", void, another); status != 404 {
		t.Errorf("taken back, by the key of another source: %d %s", status, text)
	}
	k.planned()
	events, err := k.record.Events(t.Context(), source, "C1")
	if err != nil || len(events) != 3 || events[2].Voids == "" {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestOnlyTheStatementsOfTheKeysOwnSourceAreListed(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	list := func(key *api.NewKey) (rows []api.Attachment) {
		r := httptest.NewRequest(http.MethodGet, "/v1/attachments", http.NoBody)
		r.Header.Set("Authorization", "Bearer "+key.Secret)
		w := httptest.NewRecorder()
		k.ServeHTTP(w, r)
		if err := json.Unmarshal(w.Body.Bytes(), &rows); err != nil || w.Code != http.StatusOK || rows == nil {
			t.Errorf("%v: %d %s", err, w.Code, w.Body)
		}
		return rows
	}
	if got := list(k.attach); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	k.sends("POST", "/v1/attachments", visitsOnly, k.attach)
	if got := list(k.attach); len(got) != 1 || got[0].Source != source || got[0].By != "tests" || got[0].Reason != "the feed" {
		t.Errorf("%+v", got)
	}
	if got := list(k.key([]access.Action{access.Attach}, func(in *service.NewKey) { in.Source = "another" })); len(got) != 0 {
		t.Errorf("of another source: %+v", got)
	}
}

func TestAStatementThatCannotBeIsRefusedWithItsReasonAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
		says   string
	}{
		"it silences what runs":       {strings.NewReplacer(`,"confirm_unreported":true`, "", "cp_visit.made", "core_group.held").Replace(visitsOnly), 422, "clocks_unfollowed", "confirm_unreported"},
		"a misspelt type":             {strings.Replace(visitsOnly, "cp_visit.made", "cp_visit.maid", 1), 422, "", "cp_visit.maid"},
		"no day":                      {strings.Replace(visitsOnly, "2026-09-01", "2026-09-31", 1), 422, "", "from"},
		"an instant":                  {strings.Replace(visitsOnly, "2026-09-01", "2026-09-01T09:00:00Z", 1), 422, "", "from"},
		"the days the wrong way":      {strings.Replace(visitsOnly, `"from"`, `"until":"2026-08-01","from"`, 1), 422, "", "until"},
		"without what it reports":     {`{"id":"x","from":"2026-09-01"}`, 422, "", "reports"},
		"without a first day":         {`{"id":"x","reports":["cp_visit.made"]}`, 422, "", "from"},
		"a source of somebody else's": {strings.Replace(visitsOnly, `"id"`, `"source":"another","id"`, 1), 422, "unknown_property", "/source"},
	} {
		if status, _, code, text := k.sends("POST", "/v1/attachments", c.body, k.attach); status != c.status || code != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %q %s", name, status, code, text)
		}
	}
	fresh := k.key([]access.Action{access.Attach}, func(in *service.NewKey) { in.Source = "a-new-feed" })
	if status, _, code, text := k.sends("POST", "/v1/attachments", visitsOnly, fresh); status != 422 || code != "unknown_source" || strings.Contains(text, source) || strings.Contains(text, "another") {
		t.Errorf("of a source that the record does not know: %d %s", status, text)
	}
	if rows, err := k.uses.Attachments(t.Context(), ""); err != nil || len(rows) != 0 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestWhatASourceReportsIsOnTheAuditRecordWithItsKey(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	_, done, _, _ := k.sends("POST", "/v1/attachments", visitsOnly, k.attach)
	k.sends("POST", "/v1/attachments:void", fmt.Sprintf(`{"attachment":%q,"reason":"a mistake"}`, done.Attachment.Attachment), k.attach)
	want := []string{"began attach", "read attach", "recorded attach", "done attach", "began attach", "read attach", "recorded attach", "done attach"}
	if got := k.noted(k.attach.Key.Key); !slices.Equal(got, want) {
		t.Errorf("the audit has %q", got)
	}
}
