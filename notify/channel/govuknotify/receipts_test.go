package govuknotify

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"longstop/internal/notifytest"
	"longstop/notify"
	"longstop/notify/setting"
)

const receiptToken = "a-token-of-receipts"

// book keeps reports as the record would: by attempt, the outcome that stands.
type book struct {
	mu    sync.Mutex
	kept  map[string]notify.Outcome
	taken int
	fail  error
	only  string // the one notice that it knows; "": any
}

func (b *book) Take(_ context.Context, r notify.Report) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.fail != nil:
		return b.fail
	case b.only != "" && r.Delivery != b.only:
		return notify.ErrUnknown
	case b.kept == nil:
		b.kept = map[string]notify.Outcome{}
	}
	b.taken++
	if key := reference(r.Delivery, r.Attempt); r.Outcome.Supersedes(b.kept[key]) {
		b.kept[key] = r.Outcome
	}
	return nil
}

// receive starts the handler, and has the server call it.
func receive(t *testing.T, server *notifytest.Server, b *book) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	web := httptest.NewServer(Receipts(receiptToken, b, zerolog.New(&log)))
	t.Cleanup(web.Close)
	server.CallBack(web.URL, receiptToken)
	return &log
}

func sendReceipts(t *testing.T, server *notifytest.Server, want int) {
	t.Helper()
	if n, err := server.SendReceipts(t.Context()); err != nil || n != want {
		t.Fatalf("%d receipts wait, want %d: %v", n, want, err)
	}
}

func TestEachRecipientOfATestKeyEndsAsNotifySays(t *testing.T) {
	t.Parallel()
	server, b := start(t), &book{}
	receive(t, server, b)
	key := setting.Secret(server.Key(notifytest.TestKey))
	for _, kind := range []Kind{Email, SMS} {
		ch := channel(t, server, kind, func(c *Config) { c.APIKey = key })
		for i, to := range map[Kind][]string{
			Email: {address, "temp-fail@simulator.notify", "perm-fail@simulator.notify", "simulate-delivered@notifications.service.gov.uk"},
			SMS:   {mobile, "07700900003", "07700900002", "07700900000"},
		}[kind] {
			m := message(kind, i+1)
			m.To, m.Notice = to, string(kind)
			if _, err := ch.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	sendReceipts(t, server, 0)
	want := map[string]notify.Outcome{
		"email.1": notify.Delivered, "email.2": notify.FailedForNow, "email.3": notify.FailedForGood,
		"sms.1": notify.Delivered, "sms.2": notify.FailedForNow, "sms.3": notify.FailedForGood,
	}
	if len(b.kept) != len(want) {
		t.Errorf("kept %v", b.kept)
	}
	for ref, outcome := range want {
		if b.kept[ref] != outcome {
			t.Errorf("%s: %s, want %s", ref, b.kept[ref], outcome)
		}
	}
}

func TestAReceiptComesAgainUntilItIsKept(t *testing.T) {
	t.Parallel()
	server, b := start(t), &book{fail: errors.New("the database is down")}
	log := receive(t, server, b)
	ch := channel(t, server, Email)
	if _, err := ch.Send(t.Context(), message(Email, 1)); err != nil {
		t.Fatal(err)
	}
	id := server.Notifications()[0].ID
	server.End(id, "delivered")
	sendReceipts(t, server, 1)
	b.fail = notify.ErrNotYet
	sendReceipts(t, server, 1)
	b.fail = nil
	sendReceipts(t, server, 0)
	if b.kept["n1.1"] != notify.Delivered || strings.Contains(log.String(), "ada") || !strings.Contains(log.String(), "n1") {
		t.Errorf("kept %v; the log: %s", b.kept, log)
	}
	// Then the mailbox sends it back, and both receipts come once more, the later one first.
	server.End(id, "permanent-failure")
	sendReceipts(t, server, 0)
	server.Redeliver()
	sendReceipts(t, server, 0)
	if b.kept["n1.1"] != notify.FailedForGood || b.taken != 3 {
		t.Errorf("kept %v after %d", b.kept, b.taken)
	}
}

// Notify gives a receipt up after an answer of 400 or more, but for 429 and 500 and more.
func TestOnlyWhatIsNotNotifysIsRefused(t *testing.T) {
	t.Parallel()
	handler := Receipts(receiptToken, &book{only: "n1"}, zerolog.Nop())
	const good = `{"id":"740e5834-3a29-46b4-9a6f-16142fde533a","reference":"n1.1","to":"ada@council.example","status":"delivered","notification_type":"email","template_version":1}`
	for name, c := range map[string]struct {
		method, token, body string
		want                int
	}{
		"a receipt":                         {"POST", receiptToken, good, 204},
		"one of a notice that nobody knows": {"POST", receiptToken, strings.ReplaceAll(good, "n1.1", "n2.1"), 204},
		"one of another program's":          {"POST", receiptToken, strings.ReplaceAll(good, `"n1.1"`, "null"), 204},
		"a status that nobody has heard of": {"POST", receiptToken, strings.ReplaceAll(good, "delivered", "pondering"), 204},
		"another token":                     {"POST", receiptToken + "!", good, 401},
		"no token":                          {"POST", "", good, 401},
		"a request for a page":              {"GET", receiptToken, "", 405},
		"something else than JSON":          {"POST", receiptToken, "to=ada", 400},
		"a body larger than any receipt's":  {"POST", receiptToken, `{"id":"` + strings.Repeat("a", mostReceipt) + `"}`, 400},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "/receipts", strings.NewReader(c.body))
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want || w.Body.Len() > 0 {
			t.Errorf("%s: %d, want %d; %s", name, w.Code, c.want, w.Body)
		}
	}
}

func TestNoReceiptIsTakenWithoutAToken(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{}`))
	r.Header.Set("Authorization", "Bearer ")
	w := httptest.NewRecorder()
	Receipts("", &book{}, zerolog.Nop()).ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("%d", w.Code)
	}
}

func TestWhatHasNoReceiptIsAskedFor(t *testing.T) {
	t.Parallel()
	server, b := start(t), &book{}
	ch := channel(t, server, Email)
	for attempt := 1; attempt <= 3; attempt++ {
		if _, err := ch.Send(t.Context(), message(Email, attempt)); err != nil {
			t.Fatal(err)
		}
	}
	all := server.Notifications()
	server.End(all[0].ID, "delivered")
	server.End(all[1].ID, "permanent-failure")
	awaited := []Awaited{{"n1", 1}, {"n1", 2}, {"n1", 3}, {"n1", 4}}
	ended, err := ch.Ask(t.Context(), awaited, b)
	if err != nil || ended != 3 || b.kept["n1.1"] != notify.Delivered || b.kept["n1.2"] != notify.FailedForGood || b.kept["n1.4"] != notify.FailedForNow || len(b.kept) != 3 {
		t.Errorf("%d ended, kept %v: %v", ended, b.kept, err)
	}
	b.fail = errors.New("the database is down")
	if ended, err := ch.Ask(t.Context(), awaited, b); err == nil || ended != 0 {
		t.Errorf("%d ended though nothing was kept", ended)
	}
	server.FailNextLook(http.StatusServiceUnavailable, "Exception")
	if _, err := ch.Ask(t.Context(), awaited, b); err == nil || strings.Contains(err.Error(), "ada") {
		t.Errorf("got %v", err)
	}
}
