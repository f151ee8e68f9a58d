package outwards_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"longstop/api"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/outwards"
	"longstop/store"
	"longstop/store/receivers"
)

// message is what a receiver was sent.
type message struct {
	id     string
	at     time.Time // the attempt
	header http.Header
	body   []byte
	event  outwards.Event
	change api.FeedChange
}

// inbox is a receiver. answer decides what it answers to each message; nil: 204.
type inbox struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(w http.ResponseWriter, r *http.Request, m message)
	calls  int
	taken  []message
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	in := &inbox{}
	in.Server = httptest.NewServer(in)
	t.Cleanup(in.Close)
	return in
}

// taking answers every message as taken.
func taking(w http.ResponseWriter, _ *http.Request, _ message) { w.WriteHeader(http.StatusNoContent) }

func status(code int) func(http.ResponseWriter, *http.Request, message) {
	return func(w http.ResponseWriter, _ *http.Request, _ message) { w.WriteHeader(code) }
}

func (in *inbox) answers(f func(http.ResponseWriter, *http.Request, message)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.answer = f
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := message{id: r.Header.Get("webhook-id"), header: r.Header}
	m.body, _ = io.ReadAll(r.Body)
	m.event.Data = &m.change
	_ = json.Unmarshal(m.body, &m.event)
	seconds, _ := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
	m.at = time.Unix(seconds, 0)
	in.mu.Lock()
	answer := in.answer
	in.calls++
	in.mu.Unlock()
	if answer == nil {
		answer = taking
	}
	counted := &statusOf{ResponseWriter: w}
	answer(counted, r, m)
	if counted.status/100 == 2 {
		in.mu.Lock()
		in.taken = append(in.taken, m)
		in.mu.Unlock()
	}
}

type statusOf struct {
	http.ResponseWriter
	status int
}

func (s *statusOf) WriteHeader(code int) {
	s.status = code
	s.ResponseWriter.WriteHeader(code)
}

func (in *inbox) got() (calls int, taken []message) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.calls, slices.Clone(in.taken)
}

// world is a record, a wall clock that is moved by hand, and a sender.
type world struct {
	*testing.T
	record *store.Store
	to     *receivers.Receivers
	owner  *receivers.Receivers // with the rights of the database's owner, who says who is told
	clock  *pgtest.Clock
	url    string
	keys   *outwards.Keys
	log    *bytes.Buffer

	mu   sync.Mutex
	wall time.Time
	*outwards.Sender
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		T: t, clock: pgtest.NewClock(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)), url: pgtest.Database(t), log: &bytes.Buffer{},
		wall: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC),
	}
	var err error
	if w.keys, err = outwards.ParseKeys("k1 " + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))); err != nil {
		t.Fatal(err)
	}
	w.record = pgtest.Open(t, store.Options{URL: w.url, Clock: w.clock})
	w.to = receivers.Of(w.record)
	w.owner = receivers.Of(pgtest.OpenAs(t, store.Options{URL: w.url, Clock: w.clock}))
	w.Sender = w.sender(w.record)
	return w
}

func (w *world) sender(record *store.Store) *outwards.Sender {
	return &outwards.Sender{
		Record: record, Receivers: receivers.Of(record), Client: outwards.NewClient(nil, w.now), Keys: w.keys,
		Log: zerolog.New(zerolog.SyncWriter(w.log)), Now: w.now,
	}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wall
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wall = w.wall.Add(d)
}

// round tells everybody what can be told now.
func (w *world) round() {
	w.Helper()
	if err := w.Dispatch(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.Wait()
}

// add adds a webhook and returns its id.
func (w *world) add(name, url string, kinds ...string) string {
	w.Helper()
	id, err := w.owner.Add(w.Context(), receivers.Webhook{Name: name, URL: url, Kinds: kinds, Owner: "systems team"}, "k1", w.now())
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func (w *world) hook(id string) receivers.Webhook {
	w.Helper()
	found, err := w.to.Find(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	return found
}

func (w *world) secret(id string, n int) string {
	w.Helper()
	s, err := w.keys.Secret("k1", id, n)
	if err != nil {
		w.Fatal(err)
	}
	return s.String()
}

// refer records a referral in each case, under ids that begin with this text.
func (w *world) refer(id string, cases ...string) {
	w.Helper()
	day, err := casework.ParseWhen("2026-11-02")
	if err != nil {
		w.Fatal(err)
	}
	for _, ref := range cases {
		got, err := w.record.Record(w.Context(), "cms", []casework.Event{{ID: id + "-" + ref, Case: ref, Type: "referral.received", At: day}})
		if err != nil || got.New != 1 {
			w.Fatal(got, err)
		}
	}
}

// feed are the ids of all changes, in order.
func (w *world) feed() (ids []string) {
	w.Helper()
	for after, more := (store.Cursor{}), true; more; {
		page, err := w.record.Feed(w.Context(), after, 1000, false)
		if err != nil {
			w.Fatal(err)
		}
		for i := range page.Items {
			ids = append(ids, page.Items[i].ID)
		}
		after, more = page.Next, page.More
	}
	return ids
}

// all checks that a receiver has taken every change once, and those of each case in order.
func (w *world) all(taken []message) {
	w.Helper()
	want, got := w.feed(), make([]string, len(taken))
	last := map[string]int{}
	for i, m := range taken {
		got[i] = m.id
		at := slices.Index(want, m.id)
		if at < last[m.event.Subject] {
			w.Errorf("%s came late in its case", m.id)
		}
		last[m.event.Subject] = at
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) == 0 {
		w.Errorf("it took %d messages of %d changes", len(got), len(want))
	}
}

// verified checks a message with the public library, for a secret.
func verified(secret string, m message) error {
	hook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	return hook.VerifyIgnoringTimestamp(m.body, m.header)
}

func TestAReceiverThatIsDownForAnHourGetsEverythingInOrderOnceItIsBack(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	in.answers(func(http.ResponseWriter, *http.Request, message) { panic(http.ErrAbortHandler) })
	for minute := range 60 {
		if minute%10 == 0 {
			w.refer(fmt.Sprint("m", minute), "C1", "C2", "C3")
		}
		w.round()
		w.pass(time.Minute)
	}
	if calls, taken := in.got(); len(taken) != 0 || calls > 8+3 || calls < 3 {
		t.Errorf("while it was down it was called %d times, and took %d", calls, len(taken))
	}
	if h := w.hook(id); h.DownSince == nil || h.State != receivers.Active || h.Waiting == 0 || h.LastReason != "no connection" {
		t.Errorf("while it is down: %+v", h)
	}
	in.answers(taking)
	for range 4 * 60 {
		if w.hook(id).Waiting == 0 {
			break
		}
		w.round()
		w.pass(time.Minute)
	}
	_, taken := in.got()
	w.all(taken)
	first, last := taken[0].at, taken[len(taken)-1].at
	if last.Sub(first) != 0 {
		t.Errorf("the rest came %v after the first that was taken", last.Sub(first))
	}
	for _, m := range taken {
		if err := verified(w.secret(id, 1), m); err != nil {
			t.Errorf("%s: %v", m.id, err)
		}
	}
	if h := w.hook(id); h.DownSince != nil || h.Tries != 0 || h.LastTaken == nil {
		t.Errorf("once it is back: %+v", h)
	}
	if strings.Contains(w.log.String(), in.URL) || strings.Contains(w.log.String(), "C1") {
		t.Errorf("the log names an address or a case: %s", w.log)
	}
}

func TestAMessageIsAThinSignedCloudEvent(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	w.wall = casetime.WallNow() // the library goes by the machine's clock
	id := w.add("case system", in.URL)
	w.refer("child-4711", "LA-0815")
	w.round()
	_, taken := in.got()
	w.all(taken)
	name, err := w.to.RecordName(t.Context())
	if err != nil || name == "" {
		t.Fatal(name, err)
	}
	source := "urn:longstop:" + name
	for _, m := range taken {
		hook, err := standardwebhooks.NewWebhook(w.secret(id, 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := hook.Verify(m.body, m.header); err != nil {
			t.Error(err)
		}
		if err := hook.Verify(append(slices.Clone(m.body), ' '), m.header); err == nil {
			t.Error("a message that was changed is verified")
		}
		e := m.event
		if m.header.Get("Content-Type") != "application/cloudevents+json" || e.SpecVersion != "1.0" || e.ID != m.id || e.Type != "longstop.duty."+string(m.change.Kind) ||
			e.Subject != m.change.CaseKey || e.Source != source || e.Time.IsZero() || m.change.Ref == "" || m.change.Due == "" || strings.Contains(m.id, ".") {
			t.Errorf("%s", m.body)
		}
		for _, made := range []string{"4711", "0815"} {
			if bytes.Contains(m.body, []byte(made)) {
				t.Errorf("it holds what a source made: %s", m.body)
			}
		}
		if len(m.body) > 2000 {
			t.Errorf("it is not thin: %d bytes", len(m.body))
		}
	}
}

func TestOneCaseThatIsRefusedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	w.refer("a", "C1")
	w.round()
	_, taken := in.got()
	poisoned := taken[0].event.Subject
	in.answers(func(rw http.ResponseWriter, _ *http.Request, m message) {
		if m.event.Subject == poisoned {
			rw.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		rw.WriteHeader(http.StatusOK)
	})
	w.refer("b", "C1", "C2", "C3", "C4")
	w.refer("c", "C1", "C2", "C3", "C4")
	for range 12 {
		w.round()
		w.pass(time.Second)
	}
	_, taken = in.got()
	cases := map[string]int{}
	for _, m := range taken {
		cases[m.event.Subject]++
	}
	if len(cases) != 4 || w.hook(id).DownSince != nil {
		t.Errorf("it took of each case: %v; %+v", cases, w.hook(id))
	}
	for range 10 {
		w.pass(30 * time.Hour)
		w.round()
	}
	h := w.hook(id)
	if h.Aside != 1 || h.State != receivers.Active || !strings.Contains(w.log.String(), `"put_aside":true`) {
		t.Errorf("after the last attempt: %+v", h)
	}
	calls, _ := in.got()
	w.pass(100 * time.Hour)
	w.round()
	if again, _ := in.got(); again != calls {
		t.Errorf("what was put aside is tried %d times more", again-calls)
	}
	in.answers(taking)
	if err := w.to.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.round()
	_, taken = in.got()
	w.all(taken)
}

func TestAReceiverThatRefusesEverythingIsTriedWithOneAtATime(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	in.answers(status(http.StatusInternalServerError))
	for i := range 40 {
		w.refer("a", fmt.Sprint("C", i))
	}
	for range 4 {
		w.round()
	}
	before, _ := in.got()
	if w.hook(id).DownSince == nil || before > 32 {
		t.Fatalf("called %d times: %+v", before, w.hook(id))
	}
	for range 3 {
		w.pass(7 * time.Minute)
		w.round()
	}
	if calls, _ := in.got(); calls != before+3 {
		t.Errorf("tried %d times in 21 minutes", calls-before)
	}
	in.answers(taking)
	for range 3 {
		w.pass(7 * time.Minute)
		w.round()
	}
	_, taken := in.got()
	if h := w.hook(id); h.DownSince != nil || h.Waiting > 0 && h.Waiting == len(w.feed()) || len(taken) == 0 {
		t.Errorf("once it takes them: %+v", h)
	}
}

func TestSeveralSendersNeverSendTheSameAtOnce(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	w.add("case system", in.URL)
	others := []*outwards.Sender{w.Sender, w.sender(pgtest.Open(t, store.Options{URL: w.url, Clock: w.clock})), w.sender(pgtest.Open(t, store.Options{URL: w.url, Clock: w.clock}))}
	for i := range 4 {
		w.refer(fmt.Sprint("a", i), "C1", "C2", "C3", "C4", "C5")
	}
	var sending sync.WaitGroup
	for _, s := range others {
		sending.Go(func() {
			for range 10 {
				if err := s.Dispatch(t.Context()); err != nil {
					t.Error(err)
				}
				s.Wait()
			}
		})
	}
	sending.Wait()
	_, taken := in.got()
	w.all(taken)
}

func TestWhatWasSentAndNotNotedIsSentAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	w.refer("a", "C1")
	if _, err := w.record.PlaceChanges(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A sender that dies once the receiver has taken the message has claimed it and noted nothing.
	claimed, err := w.to.Claim(t.Context(), id, w.now(), outwards.Lease, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("one of the case: %v, %v", claimed, err)
	}
	w.round()
	if calls, _ := in.got(); calls != 0 {
		t.Fatalf("while somebody may be sending it: %d calls", calls)
	}
	w.pass(outwards.Lease + time.Second)
	w.round()
	_, taken := in.got()
	w.all(taken)
	items, err := w.record.FeedItems(t.Context(), []int64{claimed[0].Position})
	if err != nil || items[claimed[0].Position].ID != taken[0].id {
		t.Errorf("sent again as %s: %v, %v", taken[0].id, items, err)
	}
}

func TestASenderThatIsStoppedLosesNothing(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	w.refer("a", "C1", "C2")
	ctx, stop := context.WithCancel(t.Context())
	in.answers(func(rw http.ResponseWriter, r *http.Request, _ message) {
		stop()
		<-r.Context().Done() // it never answers
		rw.WriteHeader(http.StatusServiceUnavailable)
	})
	if err := w.Dispatch(ctx); err != nil {
		t.Fatal(err)
	}
	w.Wait()
	if h := w.hook(id); h.DownSince != nil || h.LastFailed != nil {
		t.Errorf("being stopped says nothing of the receiver: %+v", h)
	}
	in.answers(taking)
	w.round()
	_, taken := in.got()
	w.all(taken)
}

func TestWhileASecretIsReplacedBothSign(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	for n, until := range []time.Duration{24 * time.Hour, 24 * time.Hour} {
		if got, err := w.owner.Rotate(t.Context(), id, "k1", w.now(), w.now().Add(until)); err != nil || got != n+2 {
			t.Fatal(got, err)
		}
	}
	last := func(round string) message {
		t.Helper()
		w.refer(round, "C1")
		w.round()
		_, taken := in.got()
		return taken[len(taken)-1]
	}
	m := last("a")
	if first, second, third := verified(w.secret(id, 1), m), verified(w.secret(id, 2), m), verified(w.secret(id, 3), m); first == nil || second != nil || third != nil {
		t.Errorf("while it is replaced: %v, %v, %v", first, second, third)
	}
	w.pass(25 * time.Hour)
	m = last("b")
	if second, third := verified(w.secret(id, 2), m), verified(w.secret(id, 3), m); second == nil || third != nil || strings.Contains(m.header.Get("webhook-signature"), " ") {
		t.Errorf("afterwards: %v, %v", second, third)
	}
}

func TestAReceiverThatWantsNoMoreIsDisabledUntilItIsResumed(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	in.answers(status(http.StatusGone))
	w.refer("a", "C1")
	w.round()
	w.pass(48 * time.Hour)
	w.round()
	if calls, _ := in.got(); calls != 1 || w.hook(id).State != receivers.Disabled || w.hook(id).Reason == "" {
		t.Errorf("called %d times: %+v", calls, w.hook(id))
	}
	in.answers(taking)
	w.refer("b", "C1")
	if err := w.to.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.round()
	_, taken := in.got()
	w.all(taken)
}

func TestAReceiverThatIsDownForThreeDaysIsDisabledAndTheLogSaysSo(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	in.answers(status(http.StatusBadGateway))
	w.refer("a", "C1")
	hours := 0
	for ; w.hook(id).State == receivers.Active && hours < 200; hours++ {
		w.round()
		w.pass(time.Hour)
	}
	calls, _ := in.got()
	if hours < 75 || hours > 80 || calls != hours {
		t.Errorf("disabled after %d hours and %d attempts", hours, calls)
	}
	if !strings.Contains(w.log.String(), "could not be told for three days") {
		t.Errorf("the log: %s", w.log)
	}
}

func TestWhenAReceiverAsksForAPauseItGetsOne(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	w.add("case system", in.URL)
	in.answers(func(rw http.ResponseWriter, _ *http.Request, _ message) {
		rw.Header().Set("Retry-After", "3600")
		rw.WriteHeader(http.StatusTooManyRequests)
	})
	w.refer("a", "C1")
	w.round()
	in.answers(taking)
	w.pass(59 * time.Minute)
	w.round()
	if calls, _ := in.got(); calls != 1 {
		t.Errorf("called %d times within the pause", calls)
	}
	w.pass(2 * time.Minute)
	w.round()
	_, taken := in.got()
	w.all(taken)
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	w, in, elsewhere := newWorld(t), newInbox(t), newInbox(t)
	id := w.add("case system", in.URL)
	in.answers(func(rw http.ResponseWriter, r *http.Request, _ message) {
		http.Redirect(rw, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	w.refer("a", "C1")
	w.round()
	if calls, _ := elsewhere.got(); calls != 0 || w.hook(id).DownSince == nil || !strings.Contains(w.hook(id).LastReason, "307") {
		t.Errorf("called elsewhere %d times: %+v", calls, w.hook(id))
	}
}

func TestAReceiverThatDoesNotAnswerIsLeftInTime(t *testing.T) {
	t.Parallel()
	w, in, quick := newWorld(t), newInbox(t), newInbox(t)
	id := w.add("slow", in.URL)
	w.add("quick", quick.URL)
	w.Client.AnswerWithin(time.Second)
	in.answers(func(_ http.ResponseWriter, r *http.Request, _ message) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	w.refer("a", "C1")
	w.round()
	if h := w.hook(id); h.DownSince == nil || !strings.Contains(h.LastReason, "no answer within") {
		t.Errorf("%+v", h)
	}
	_, taken := quick.got()
	w.all(taken)
}

func TestAnEndlessAnswerIsNotRead(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	in.answers(func(rw http.ResponseWriter, _ *http.Request, _ message) {
		rw.WriteHeader(http.StatusOK)
		for line := strings.Repeat("x", 1<<16); ; {
			if _, err := io.WriteString(rw, line); err != nil {
				return
			}
		}
	})
	w.refer("a", "C1")
	w.round()
	if h := w.hook(id); h.Waiting != 0 || h.DownSince != nil {
		t.Errorf("it took the message: %+v", h)
	}
}

func TestAReceiverIsToldOfTheKindsItAskedForAndNotOfAFirstLoad(t *testing.T) {
	t.Parallel()
	w, some, everything := newWorld(t), newInbox(t), newInbox(t)
	w.add("met", some.URL, "met")
	if _, err := w.owner.Add(t.Context(), receivers.Webhook{Name: "mirror", URL: everything.URL, Backlog: true, Owner: "data"}, "k1", w.now()); err != nil {
		t.Fatal(err)
	}
	day, err := casework.ParseWhen("2026-11-02")
	if err != nil {
		t.Fatal(err)
	}
	load, backlog, err := w.record.BeginLoad(t.Context(), store.Load{Source: "cms", Kind: "test"})
	if err != nil || !backlog {
		t.Fatal(backlog, err)
	}
	events := func(ref string) []casework.Event {
		return []casework.Event{
			{ID: ref + "1", Case: ref, Type: "referral.received", At: day},
			{ID: ref + "2", Case: ref, Type: "referral.decided", At: day, Data: casework.Data{"outcome": "nfa"}},
		}
	}
	if _, err := w.record.LoadCases(t.Context(), load, []store.CaseEvents{{Reference: "C1", Events: events("C1")}}); err != nil {
		t.Fatal(err)
	}
	if err := w.record.CompleteLoad(t.Context(), load); err != nil {
		t.Fatal(err)
	}
	w.round()
	if calls, _ := some.got(); calls != 0 {
		t.Errorf("it was told %d times of a first load", calls)
	}
	if _, err := w.record.Record(t.Context(), "cms", events("C2")); err != nil {
		t.Fatal(err)
	}
	w.round()
	_, taken := some.got()
	if len(taken) == 0 || slices.ContainsFunc(taken, func(m message) bool { return m.change.Kind != store.DutyMet }) {
		t.Errorf("it was told %+v", taken)
	}
	_, taken = everything.got()
	w.all(taken)
}

func TestAPausedReceiverGetsWhatWaitedOnceItIsResumed(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	if err := w.to.Pause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.refer("a", "C1", "C2")
	w.round()
	if calls, _ := in.got(); calls != 0 {
		t.Errorf("called %d times", calls)
	}
	if err := w.to.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.round()
	_, taken := in.got()
	w.all(taken)
}

func TestWithoutItsKeyNothingIsSentAndTheLogSaysSoOnce(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	w.add("case system", in.URL)
	w.refer("a", "C1")
	w.Keys = nil
	for range 3 {
		w.round()
	}
	if calls, _ := in.got(); calls != 0 || strings.Count(w.log.String(), "nothing can be signed") != 1 {
		t.Errorf("%d calls; the log: %s", calls, w.log)
	}
	w.Keys = w.keys
	w.round()
	_, taken := in.got()
	w.all(taken)
}

// asOwner runs a statement as the database's owner.
func (w *world) asOwner(sql string) {
	w.Helper()
	conn, err := pgx.Connect(w.Context(), w.url)
	if err != nil {
		w.Fatal(err)
	}
	defer conn.Close(w.Context())
	if _, err := conn.Exec(w.Context(), sql); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

func TestWhatCannotBePrunedHoldsUpNoWebhook(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	w.add("case system", in.URL)
	w.refer("a", "C1", "C2", "C3")
	w.asOwner(`update changes set written = '2020-01-01'; create trigger kept before delete on changes for each row execute function refuse_change()`)
	w.round()
	w.round()
	_, taken := in.got()
	w.all(taken)
	if n := strings.Count(w.log.String(), "could not be deleted"); n != 1 {
		t.Errorf("said %d times: %s", n, w.log)
	}
}

func TestWhatComesAfterAMessageThatWasPutAsideIsNotLookedAtUntilThatOneGoes(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	w.refer("a", "C1")
	w.refer("b", "C1")
	in.answers(status(http.StatusUnprocessableEntity))
	for range 10 {
		w.round()
		w.pass(30 * time.Hour)
	}
	w.refer("c", "C1") // queued behind it
	w.round()
	calls, _ := in.got()
	if due, err := w.to.Due(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("looked at again: %+v, %v", due, err)
	}
	if h := w.hook(id); h.Aside != 1 || h.Waiting != len(w.feed()) {
		t.Errorf("put aside: %+v", h)
	}
	in.answers(taking)
	// The message that was put aside goes with its change, and what came after it goes on.
	w.asOwner(`update changes set written = '2020-01-01' where id in (select id from changes order by id limit 2)`)
	w.pass(2 * time.Hour)
	w.round()
	if again, _ := in.got(); again <= calls {
		t.Errorf("once it is kept no more: %d calls, then %d", calls, again)
	}
	if err := w.to.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.round()
	if h := w.hook(id); h.Waiting != 0 || h.Aside != 0 {
		t.Errorf("in the end: %+v", h)
	}
}

func TestAProgramSaysNeitherWhoIsToldNorWhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("case system", "https://case-system.council.example/?sig=x")
	_, adding := w.to.Add(t.Context(), receivers.Webhook{Name: "other", URL: "https://other.example/", Owner: "x"}, "k1", w.now())
	_, rotating := w.to.Rotate(t.Context(), id, "k1", w.now(), w.now())
	for what, err := range map[string]error{"adding": adding, "rotating": rotating, "removing": w.to.Remove(t.Context(), id)} {
		if !errors.Is(err, receivers.ErrOwners) || !strings.Contains(err.Error(), "LONGSTOP_MIGRATE_URL") {
			t.Errorf("%s: %v", what, err)
		}
	}
	reader := receivers.Of(pgtest.OpenAs(t, store.Options{URL: pgtest.AsReader(t, w.url), Clock: w.clock}))
	if list, err := reader.List(t.Context()); err != nil || len(list) != 1 || list[0].Address != "https://case-system.council.example/?..." || list[0].URL != "" {
		t.Errorf("who only reads lists %+v, %v", list, err)
	}
}
