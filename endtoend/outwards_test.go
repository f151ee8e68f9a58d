package endtoend_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"longstop/access"
	"longstop/api"
)

// manner is what a receiver does with messages.
type manner int

const (
	breaksOff manner = iota // the connection
	fails                   // with 500
	hangs                   // it keeps the message, and never says so
	takes
)

// receiver is a council's system that is told of changes by a webhook.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	does   manner
	secret string
	calls  map[manner]int
	kept   []heard
	faults []string // of messages that are not what the signature says
}

// heard is a message that a receiver has kept.
type heard struct{ id, subject string }

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{calls: map[manner]int{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) now(does manner) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.does = does
}

func (r *receiver) called(does manner) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[does]
}

// ServeHTTP does what docs/webhooks.md asks of a receiver, as long as it can.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	r.mu.Lock()
	does := r.does
	r.calls[does]++
	if does == hangs || does == takes {
		r.keep(body, err, request.Header)
	}
	r.mu.Unlock()
	switch does {
	case breaksOff:
		panic(http.ErrAbortHandler)
	case fails:
		w.WriteHeader(http.StatusInternalServerError)
	case hangs:
		<-request.Context().Done()
		panic(http.ErrAbortHandler)
	case takes:
		w.WriteHeader(http.StatusNoContent)
	}
}

// keep checks the signature, and keeps a message of an id that it has not seen.
func (r *receiver) keep(body []byte, err error, header http.Header) {
	var event struct{ ID, Subject string }
	if err == nil {
		var hook *standardwebhooks.Webhook
		if hook, err = standardwebhooks.NewWebhook(r.secret); err == nil {
			err = hook.Verify(body, header)
		}
	}
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err == nil && event.ID != header.Get("webhook-id") {
		err = fmt.Errorf("the event is %s", event.ID)
	}
	if err != nil {
		r.faults = append(r.faults, fmt.Sprintf("%s: %v", header.Get("webhook-id"), err))
		return
	}
	if !slices.ContainsFunc(r.kept, func(k heard) bool { return k.id == event.ID }) {
		r.kept = append(r.kept, heard{event.ID, event.Subject})
	}
}

// byCase are the ids of messages of each case, in order.
func byCase(list []heard) map[string][]string {
	ids := map[string][]string{}
	for _, one := range list {
		ids[one.subject] = append(ids[one.subject], one.id)
	}
	return ids
}

func TestAReceiverThatWasDownIsToldEverythingOnceItIsBack(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsOutwards)
	x.webhooks = file(t, "webhook-keys", []byte("k1 "+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))+"\n"))
	worker, web := x.startWorker(t), x.startWeb(t)
	key := x.newKey(t, "case-system", access.Record, access.Changes)
	from := newSystem(&place{address: web.address()}, &pulse{}, "case-system", key, 0)

	r := newReceiver(t)
	var added api.Webhook
	x.must(t, 0, "webhooks", "add", "mirror", r.URL+"/longstop", "--owner", "Data team", "--json").read(t, &added)
	r.secret = added.Secret

	// It comes back before anybody has noticed: the worker tries it again by itself.
	x.happens(t, from, 5)
	until(t, "the receiver is called", func() string { return missing(r.called(breaksOff) > 0) })
	r.now(takes)
	x.allIsTold(t, r, web, key)

	// It is down in every way, and the worker is killed while the receiver has kept a message and not said so.
	r.now(fails)
	x.happens(t, from, 5)
	until(t, "it is believed to be down", func() string { return missing(x.webhook(t).DownSince != nil) })
	r.now(hangs)
	x.must(t, 0, "webhooks", "resume", "mirror")
	until(t, "it hangs", func() string { return missing(r.called(hangs) > 0) })
	worker.kill()
	x.happens(t, from, 5)
	x.startWorker(t)
	r.now(takes)
	x.must(t, 0, "webhooks", "resume", "mirror")
	x.allIsTold(t, r, web, key)

	kept, fed := byCase(r.kept), byCase(x.changes(t, web, key))
	if len(fed) != 15 {
		t.Errorf("the feed has changes of %d cases", len(fed))
	}
	for subject, want := range fed {
		if !slices.Equal(kept[subject], want) {
			t.Errorf("of case %s it kept %v; the feed has %v", subject, kept[subject], want)
		}
	}
	if len(kept) != len(fed) || len(r.faults) > 0 {
		t.Errorf("it was told of %d cases; %v", len(kept), r.faults)
	}
	t.Logf("%d messages were kept; calls: %d broke off, %d failed, %d hung, %d were taken", len(r.kept), r.calls[breaksOff], r.calls[fails], r.calls[hangs], r.calls[takes])
}

func missing(there bool) string {
	if there {
		return ""
	}
	return "not yet"
}

// happens pushes what opens and moves timescales of so many new cases.
func (x *site) happens(t testing.TB, from *system, cases int) {
	t.Helper()
	for range cases {
		from.opened++
		ref := from.ownCase()
		for _, batch := range []handIn{{structured, nil}, {binary, nil}} {
			if batch.mode == structured {
				batch.events = append(batch.events, onAPlan(ref, "plan-"+ref))
			} else {
				batch.events = append(batch.events, from.visit(ref))
			}
			if err := from.handIn(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// webhook is the only webhook, as the command lists it.
func (x *site) webhook(t testing.TB) (w api.Webhook) {
	t.Helper()
	x.must(t, 0, "webhooks", "list", "--json").read(t, &w)
	return w
}

// allIsTold waits until the receiver has kept as many messages as there are changes, and nothing waits for it.
func (x *site) allIsTold(t testing.TB, r *receiver, web *program, key string) {
	t.Helper()
	until(t, "the receiver is told of every change", func() string {
		if w := x.webhook(t); w.Waiting > 0 || w.DownSince != nil {
			return fmt.Sprintf("%+v", w)
		}
		r.mu.Lock()
		kept := len(r.kept)
		r.mu.Unlock()
		if fed := len(x.changes(t, web, key)); kept != fed {
			return fmt.Sprintf("it has kept %d messages, and there are %d changes", kept, fed)
		}
		return ""
	})
}

// changes follows GET /v1/changes to its end.
func (x *site) changes(t testing.TB, web *program, key string) (list []heard) {
	t.Helper()
	page := api.Changes{Cursor: "0", More: true}
	for page.More {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+web.address()+"/v1/changes?limit=7&after="+page.Cursor, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+key)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		page = api.Changes{}
		if err != nil || answer.StatusCode != http.StatusOK || json.NewDecoder(strings.NewReader(string(body))).Decode(&page) != nil {
			t.Fatalf("the feed: %s: %s, %v", answer.Status, body, err)
		}
		for i := range page.Changes {
			list = append(list, heard{page.Changes[i].ID, page.Changes[i].CaseKey})
		}
	}
	return list
}
