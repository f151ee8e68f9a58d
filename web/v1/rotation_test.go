package v1_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// atOnce makes the same request many times at once, each time by another of the keys, and counts the statuses.
func (k *keyed) atOnce(n int, path, kind, body string, keys ...*api.NewKey) map[int]int {
	k.Helper()
	var sending sync.WaitGroup
	var mu sync.Mutex
	found, begin := map[int]int{}, make(chan struct{})
	for i := range n {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(strings.ReplaceAll(body, "{n}", strconv.Itoa(i))))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Authorization", "Bearer "+keys[i%len(keys)].Secret)
		sending.Go(func() {
			<-begin
			w := httptest.NewRecorder()
			k.ServeHTTP(w, r)
			mu.Lock()
			defer mu.Unlock()
			found[w.Code]++
			if w.Code >= http.StatusInternalServerError {
				k.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	close(begin)
	sending.Wait()
	return found
}

func TestTwoKeysOfOneSourceThatSendOneEventAtOnceRecordItOnce(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	first := k.key([]access.Action{access.Record})
	second := k.rotates(first)
	another := k.key([]access.Action{access.Record})
	if got := k.atOnce(24, "/v1/events", oneEvent, planned, first, second, another); got[201] != 1 || got[200] != 23 {
		t.Errorf("the same: %v", got)
	}
	other := strings.Replace(cloud("v1", "C1", "cp_visit.made", "2026-09-{n}", ""), "{n}", "1{n}", 1)
	if got := k.atOnce(10, "/v1/events", oneEvent, other, first, second, another); got[201] != 1 || got[409] != 9 {
		t.Errorf("with other content each: %v", got)
	}
	if got := k.ids("C1"); len(got) != 2 {
		t.Errorf("the record holds %q", got)
	}
}

// An event of a promise is dated by the clock, so the second of two that come at once finds the first with another time.
func TestOnePromiseThatIsSentManyTimesAtOnceIsRecordedOnce(t *testing.T) {
	t.Parallel()
	k := newAcknowledging(t)
	promise := `{"id":"ack-1","notice":"` + k.notice.ID + `","by":"M1","until":"2026-12-10","note":"a visit is booked"}`
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				k.clock.Set(k.clock.Now().Add(time.Millisecond))
			}
		}
	}()
	got := k.atOnce(16, "/v1/notices:acknowledge", "application/json", promise, k.first, k.second, k.third)
	close(stop)
	<-stopped
	if got[200] != 16 {
		t.Errorf("it is answered %v", got)
	}
	if held := k.held(); len(held) != 1 {
		t.Errorf("the record holds %q", held)
	}
}

func TestOneStatementThatIsSentManyTimesAtOnceIsRecordedOnce(t *testing.T) {
	t.Parallel()
	k := newAttach(t)
	second := k.rotates(k.attach)
	// One is worked on at a time: the others are told to send theirs again.
	for n := 0; n < 8; {
		got := k.atOnce(8, "/v1/attachments", "application/json", visitsOnly, k.attach, second)
		if got[200]+got[429] != 8 || got[200] == 0 {
			t.Fatalf("it is answered %v", got)
		}
		n += got[200]
	}
	if got := k.rows(`select id from attachments`); len(got) != 1 {
		t.Errorf("the record holds %q", got)
	}
}

// Each instant of a key's life as its end comes: a request is answered by the key or by 401, and what is issued ends with it.
func TestAKeyEndsAtItsVerySecondAndItsTokensWithIt(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Law})
	_, _, got := k.asksToken(form(key.Key.Key, key.Secret))
	token, _ := got["access_token"].(string)
	reads := func(with string) int {
		status, _ := k.asks(httptest.NewRequest(http.MethodGet, "/v1/law", http.NoBody), with)
		return status
	}
	for _, with := range []string{key.Secret, token} {
		if status := reads(with); status != http.StatusOK {
			t.Fatalf("before its end: %d", status)
		}
	}
	// Its end is now, by the clock that is asked next.
	k.ends(key.Key.Key)
	for _, with := range []string{key.Secret, token} {
		if status := reads(with); status != http.StatusUnauthorized {
			t.Errorf("at its end: %d", status)
		}
	}
	if status, _, _ := k.asksToken(form(key.Key.Key, key.Secret)); status != http.StatusUnauthorized {
		t.Errorf("a token at its end: %d", status)
	}
	// A rotation that keeps the old key for no time ends its tokens, too.
	old := k.key([]access.Action{access.Law})
	_, _, got = k.asksToken(form(old.Key.Key, old.Secret))
	token, _ = got["access_token"].(string)
	made, err := k.uses.RotateKey(t.Context(), service.Rotation{Key: old.Key.Key})
	if err != nil {
		t.Fatal(err)
	}
	for with, want := range map[string]int{old.Secret: 401, token: 401, made.Secret: 200} {
		if status := reads(with); status != want {
			t.Errorf("after a rotation without overlap: %d, want %d", status, want)
		}
	}
	// With an overlap the old key's tokens go on until it ends.
	kept := k.key([]access.Action{access.Law})
	_, _, got = k.asksToken(form(kept.Key.Key, kept.Secret))
	token, _ = got["access_token"].(string)
	k.rotates(kept)
	if status := reads(token); status != http.StatusOK {
		t.Errorf("a token of a key that was replaced and is kept: %d", status)
	}
	k.ends(kept.Key.Key)
	if status := reads(token); status != http.StatusUnauthorized {
		t.Errorf("a token of a key that was kept and has ended: %d", status)
	}
}

// Requests and the end of a key go on at once: after the revocation has been answered nobody is let in.
func TestNobodyIsLetInAfterARevocationHoweverManyAskMeanwhile(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Law})
	var asking sync.WaitGroup
	var revoked atomic.Bool
	for range 8 {
		asking.Go(func() {
			for {
				before := revoked.Load()
				r := httptest.NewRequest(http.MethodGet, "/v1/law", http.NoBody)
				r.Header.Set("Authorization", "Bearer "+key.Secret)
				w := httptest.NewRecorder()
				k.ServeHTTP(w, r)
				if w.Code == http.StatusUnauthorized || w.Code == http.StatusTooManyRequests {
					return
				}
				if before {
					t.Errorf("after the revocation: %d %s", w.Code, w.Body)
					return
				}
			}
		})
	}
	if _, err := k.uses.RevokeKey(t.Context(), key.Key.Key, "the test's"); err != nil {
		t.Error(err)
	}
	revoked.Store(true)
	asking.Wait()
}
