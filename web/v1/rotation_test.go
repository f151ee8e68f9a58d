package v1_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/access"
	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/service"
)

// rotates replaces a key, which stays good for a day.
func (k *keyed) rotates(key *api.NewKey) *api.NewKey {
	k.Helper()
	made, err := k.uses.RotateKey(k.Context(), service.Rotation{Key: key.Key.Key, KeepOldFor: 24 * time.Hour})
	if err != nil {
		k.Fatal(err)
	}
	return made
}

// Whoever sends again what was not answered may do so with the key that has replaced the one of the first time, or with the old
// one while that is good.
func TestAStatementIsTheSameUnderEachOfTheKeysThatReplacedOneAnother(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	second := k.rotates(k.attach)
	third := k.rotates(second)
	for i, key := range []*api.NewKey{second, third, k.attach, second} {
		status, done, _, text := k.sends("POST", "/v1/attachments", visitsOnly, key)
		if status != 200 || done.Changed != (i == 0) || done.Attachment.Attachment != "attached:"+k.attach.Key.Key+":visits" {
			t.Errorf("%d: %d %s", i, status, text)
		}
	}
	if status, _, code, text := k.sends("POST", "/v1/attachments", strings.Replace(visitsOnly, "2026-09-01", "2026-09-02", 1), third); status != 409 || code != "other_attachment" {
		t.Errorf("another statement: %d %s", status, text)
	}
	if got := k.rows(`select id from attachments`); len(got) != 1 {
		t.Errorf("the record holds %q", got)
	}
}

// Releases that went by the single key wrote a statement under the id of whichever key it came with.
func TestAStatementIsKnownThatWasWrittenUnderALaterKeysID(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	second := k.rotates(k.attach)
	third := k.rotates(second)
	from, err := calendar.ParseDate("2026-09-01")
	if err != nil {
		t.Fatal(err)
	}
	was := "attached:" + second.Key.Key + ":visits"
	if _, err := k.uses.Attach(t.Context(), service.Attaching{
		Source: source, Reports: []string{"cp_visit.made"}, From: from, ID: was, AttachOptions: service.AttachOptions{Reason: "the feed", By: "tests", ConfirmUnreported: true},
	}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []*api.NewKey{k.attach, second, third} {
		status, done, _, text := k.sends("POST", "/v1/attachments", visitsOnly, key)
		if status != 200 || done.Changed || done.Attachment.Attachment != was {
			t.Errorf("%d %s", status, text)
		}
		if status, _, code, text := k.sends("POST", "/v1/attachments", strings.Replace(visitsOnly, "2026-09-01", "2026-09-02", 1), key); status != 409 || code != "other_attachment" {
			t.Errorf("another statement: %d %s", status, text)
		}
	}
}

// acknowledging is the API with keys over the record of a case of which a manager was told.
type acknowledging struct {
	*keyed
	first, second, third *api.NewKey // each replaced by the next
	notice               api.Notice
}

func newAcknowledging(t *testing.T) *acknowledging {
	t.Helper()
	d, notice := newExamples(t)
	k := &acknowledging{keyed: keyedOver(t, d)}
	k.first = k.key([]access.Action{access.Acknowledge})
	k.second = k.rotates(k.first)
	k.third = k.rotates(k.second)
	all := gets[api.NoticePage](d, "POST", "/v1/notices:query", `{"case":"C5"}`).Notices
	i := slices.IndexFunc(all, func(n api.Notice) bool { return n.ID == notice })
	if i < 0 {
		t.Fatalf("%+v", all)
	}
	k.notice = all[i]
	return k
}

// promises sends a promise with each of the keys.
func (k *acknowledging) promises(body string, want int) {
	k.Helper()
	for i, key := range []*api.NewKey{k.third, k.first, k.second} {
		r := httptest.NewRequest(http.MethodPost, "/v1/notices:acknowledge", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if status, _ := k.asks(r, key.Secret); status != want {
			k.Errorf("%d: %d", i, status)
		}
	}
}

// held are the ids of the promises that the record holds.
func (k *acknowledging) held() (ids []string) {
	k.Helper()
	for _, e := range k.events("C5") {
		if e.Type == "notice.acknowledged" {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func TestAPromiseIsTheSameUnderEachOfTheKeysThatReplacedOneAnother(t *testing.T) {
	t.Parallel()
	k := newAcknowledging(t)
	promise := `{"id":"ack-1","notice":"` + k.notice.ID + `","by":"M1","until":"2026-12-10","note":"a visit is booked"}`
	k.promises(promise, http.StatusOK)
	k.promises(strings.Replace(promise, "12-10", "12-11", 1), http.StatusConflict)
	if got := k.held(); !slices.Equal(got, []string{"acknowledged:" + k.first.Key.Key + ":ack-1"}) {
		t.Errorf("the record holds %q", got)
	}
}

func TestAPromiseIsKnownThatWasWrittenUnderALaterKeysID(t *testing.T) {
	t.Parallel()
	k := newAcknowledging(t)
	was := "acknowledged:" + k.second.Key.Key + ":ack-1"
	done, err := k.uses.Record(t.Context(), service.Recording{Source: source, Events: []casework.Event{{
		ID: was, Case: "C5", Type: "notice.acknowledged", At: casework.AtInstant(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC)), By: "M1",
		Data: casework.Data{"duty": k.notice.Duty, "by": "M1", "promise": "2026-12-10", "note": "a visit is booked", "notice": k.notice.ID},
	}}})
	if err != nil || len(done.Refused) > 0 {
		t.Fatalf("%v %+v", err, done)
	}
	promise := `{"id":"ack-1","notice":"` + k.notice.ID + `","by":"M1","until":"2026-12-10","note":"a visit is booked"}`
	k.promises(promise, http.StatusOK)
	k.promises(strings.Replace(promise, "a visit", "nothing", 1), http.StatusConflict)
	if got := k.held(); !slices.Equal(got, []string{was}) {
		t.Errorf("the record holds %q", got)
	}
}
