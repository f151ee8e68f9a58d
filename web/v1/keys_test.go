package v1_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"longstop/access"
	"longstop/api"
	"longstop/internal/casetime"
	"longstop/service"
	"longstop/store"
	"longstop/web/server"
	v1 "longstop/web/v1"
)

// keyed is the API with keys that the record holds, as the web program has it.
type keyed struct {
	*door
	http.Handler
	frame      *server.Server
	operations []operation
	addresses  []operation // those for which no key is looked at, since their address is a secret
	callers    int         // how many there were, each at an address of its own
}

// operation is one of the description.
type operation struct {
	method, path string
	*huma.Operation
	actions []access.Action // of which one will do
}

func newKeyed(tb testing.TB) *keyed {
	tb.Helper()
	return keyedOver(tb, newDoor(tb))
}

// keyedOver is the API with keys over the record of a door.
func keyedOver(tb testing.TB, d *door) *keyed {
	tb.Helper()
	k := &keyed{door: d}
	s := server.New(server.Options{
		Authenticator: k.uses, Issuer: k.uses, Enter: enter, Denied: k.uses.Denied, OtherCouncil: k.uses.OtherCouncil, Log: logOf(tb), Now: casetime.WallNow, Build: "test",
	})
	v1.Register(s, v1.Deps{Service: k.uses, Calendars: k.calendars})
	k.Handler, k.frame = s.Handler(), s
	k.operations, k.addresses = operationsOf(tb, s.OpenAPI())
	return k
}

// operationsOf are the operations of a description, with the actions that it says they need, and those that it says need none.
func operationsOf(tb testing.TB, doc *huma.OpenAPI) (list, addresses []operation) {
	tb.Helper()
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
			http.MethodHead: item.Head, http.MethodOptions: item.Options, http.MethodTrace: item.Trace,
		} {
			if op == nil {
				continue
			}
			o := operation{method: method, path: path, Operation: op}
			if secret, _ := op.Extensions["x-secret-in-address"].(bool); secret {
				addresses = append(addresses, o)
				continue
			}
			text, _ := op.Extensions["x-action"].(string)
			or, _ := op.Extensions["x-or"].([]access.Action)
			o.actions = append([]access.Action{access.Action(text)}, or...)
			for _, a := range o.actions {
				if !a.Known() {
					tb.Errorf("%s %s says that it needs the action %q, which there is not", method, path, a)
				}
			}
			list = append(list, o)
		}
	}
	return list, addresses
}

// request is one that the operation may refuse for what it says, and answers for who asks.
func (o *operation) request() *http.Request {
	path := o.path
	query := []string{}
	for _, p := range o.Parameters {
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", valueOf(p))
		case p.In == "query" && p.Required:
			query = append(query, p.Name+"="+valueOf(p))
		}
	}
	r := httptest.NewRequest(o.method, path, nil)
	r.URL.RawQuery = strings.Join(query, "&")
	if o.RequestBody != nil {
		types := slices.Sorted(maps.Keys(o.RequestBody.Content))
		r = httptest.NewRequest(o.method, r.URL.String(), strings.NewReader("{}"))
		r.Header.Set("Content-Type", types[0])
	}
	return r
}

// valueOf is something that a parameter may be.
func valueOf(p *huma.Param) string {
	switch {
	case p.Example != nil:
		return fmt.Sprint(p.Example)
	case p.Schema == nil:
		return "C1"
	case len(p.Schema.Examples) > 0:
		return fmt.Sprint(p.Schema.Examples[0])
	case len(p.Schema.Enum) > 0:
		return fmt.Sprint(p.Schema.Enum[0])
	case p.Schema.Format == "date":
		return "2026-11-02"
	case p.Schema.Type == huma.TypeInteger, p.Schema.Type == huma.TypeNumber:
		return "1"
	default:
		return "C1"
	}
}

// key makes a key for some actions of the tests' source.
func (k *keyed) key(may []access.Action, change ...func(*service.NewKey)) *api.NewKey {
	k.Helper()
	in := service.NewKey{Name: "tests", Owner: "tests", Environment: "test", Source: source, PerSecond: 10_000, AtOnce: 1000}
	for _, a := range may {
		in.May = append(in.May, string(a))
	}
	for _, f := range change {
		f(&in)
	}
	made, err := k.uses.CreateKey(k.Context(), in)
	if err != nil {
		k.Fatal(err)
	}
	return made
}

// asks serves a request with a key, from an address of its own.
func (k *keyed) asks(r *http.Request, key string) (int, http.Header) {
	k.Helper()
	k.callers++
	r.RemoteAddr = fmt.Sprintf("192.0.%d.%d:1234", k.callers/250, k.callers%250)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	w := httptest.NewRecorder()
	k.ServeHTTP(w, r)
	if kind := w.Header().Get("Content-Type"); w.Code >= http.StatusBadRequest && kind != "application/problem+json" {
		k.Errorf("%s %s: %d is answered as %q: %s", r.Method, r.URL.Path, w.Code, kind, w.Body)
	}
	return w.Code, w.Header()
}

// noted are the outcomes of the requests of a key that the audit has, each with what it was used for.
func (k *keyed) noted(key string) (list []string) {
	k.Helper()
	err := k.record.EachAudit(k.Context(), store.AuditFilter{Key: key}, func(r store.AuditRow) error {
		if r.Outcome != store.AuditCreated && r.Outcome != store.AuditRevoked {
			list = append(list, strings.TrimSpace(string(r.Outcome)+" "+r.Action))
		}
		return nil
	})
	if err != nil {
		k.Fatal(err)
	}
	return list
}

// Every operation of the description, so a new one is tried here as soon as it is registered.
func TestEveryOperationIsForItsOwnActionsAlone(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	if len(k.operations) == 0 {
		t.Fatal("the description has no operation")
	}
	alone := map[access.Action]*api.NewKey{}
	for _, a := range access.Actions() {
		alone[a] = k.key([]access.Action{a})
	}
	denied := map[access.Action][]string{}
	for _, o := range k.operations {
		for _, a := range access.Actions() {
			status, _ := k.asks(o.request(), alone[a].Secret)
			may := slices.Contains(o.actions, a)
			switch isDenied := status == http.StatusForbidden; {
			case status == http.StatusUnauthorized, status == http.StatusTooManyRequests, status == http.StatusInternalServerError, status == http.StatusNotImplemented:
				t.Errorf("%s %s by a key for %s: %d", o.method, o.path, a, status)
			case may == isDenied:
				t.Errorf("%s %s by a key for %s: %d", o.method, o.path, a, status)
			case !may:
				denied[a] = append(denied[a], "denied "+string(o.actions[0]))
			}
		}
	}
	for a, key := range alone {
		got := slices.DeleteFunc(k.noted(key.Key.Key), func(row string) bool { return !strings.HasPrefix(row, "denied") })
		if !slices.Equal(got, denied[a]) {
			t.Errorf("the audit of the key for %s: %q, want %q", a, got, denied[a])
		}
	}
}

func TestNoOperationIsForWhoeverHasNoKeyThatIsGood(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	good, revoked := k.key(access.Actions()), k.key(access.Actions())
	replaced := k.key(access.Actions())
	expired := k.key(access.Actions(), func(in *service.NewKey) { in.Expires = casetime.WallNow().Add(time.Hour) })
	if _, err := k.uses.RotateKey(t.Context(), service.Rotation{Key: replaced.Key.Key}); err != nil {
		t.Fatal(err)
	}
	k.ends(expired.Key.Key)
	other := k.key(access.Actions(), func(in *service.NewKey) { in.Council = "Anytown" })
	for _, o := range k.operations {
		for what, key := range map[string]string{
			"none": "", "expired": expired.Secret, "replaced and not kept": replaced.Secret, "malformed": good.Secret[:len(good.Secret)-1],
			"of another secret": good.Label + other.Secret[len(other.Label):], "an id alone": good.Key.Key, "of nobody": "ls_test_aaaaaaaa_" + strings.Repeat("a", 59),
		} {
			status, header := k.asks(o.request(), key)
			if status != http.StatusUnauthorized || header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s with a key that is %s: %d", o.method, o.path, what, status)
			}
		}
		if status, _ := k.asks(o.request(), other.Secret); status != http.StatusForbidden {
			t.Errorf("%s %s with the key of another council: %d", o.method, o.path, status)
		}
		if status, _ := k.asks(o.request(), good.Secret); status == http.StatusUnauthorized || status == http.StatusForbidden {
			t.Errorf("%s %s with a key that is good: %d", o.method, o.path, status)
		}
		// From one request to the next.
		if status, _ := k.asks(o.request(), revoked.Secret); status == http.StatusUnauthorized || status == http.StatusForbidden {
			t.Errorf("%s %s before the key is revoked: %d", o.method, o.path, status)
		}
		if _, err := k.uses.RevokeKey(t.Context(), revoked.Key.Key, "the test's"); err != nil {
			t.Fatal(err)
		}
		if status, _ := k.asks(o.request(), revoked.Secret); status != http.StatusUnauthorized {
			t.Errorf("%s %s after the key was revoked: %d", o.method, o.path, status)
		}
		revoked = k.key(access.Actions())
	}
	// Once an hour, which may have ended meanwhile.
	if got := k.noted(other.Key.Key); len(got) < 1 || len(got) > 2 || slices.ContainsFunc(got, func(row string) bool { return !strings.HasPrefix(row, "denied ") }) {
		t.Errorf("the audit of the key of another council, after %d requests: %q", len(k.operations), got)
	}
}

// ends has a key expire.
func (k *keyed) ends(key string) {
	k.Helper()
	conn, err := pgx.Connect(k.Context(), k.url)
	if err != nil {
		k.Fatal(err)
	}
	defer conn.Close(k.Context())
	// The owner may shorten what a key has, and nobody may lengthen it.
	if _, err := conn.Exec(k.Context(), `update api_keys set expires = clock_timestamp() where id = $1`, key); err != nil {
		k.Fatal(err)
	}
}

func TestAKeyIsForTheCouncilWhoseOverlayIsInForce(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Law}, func(in *service.NewKey) { in.Council = "Anytown" })
	_, err := k.uses.Authenticate(t.Context(), key.Secret)
	if !errors.Is(err, access.ErrOtherCouncil) {
		t.Errorf("got %v", err)
	}
	began := casetime.WallNow().Truncate(time.Hour)
	for range 5 {
		if status, _ := k.asks(httptest.NewRequest(http.MethodGet, "/v1/law", http.NoBody), key.Secret); status != http.StatusForbidden {
			t.Errorf("%d", status)
		}
	}
	hours := 1 + int(casetime.WallNow().Truncate(time.Hour).Sub(began)/time.Hour) // the hour may have ended meanwhile
	if got := k.noted(key.Key.Key); len(got) < 1 || len(got) > hours || got[0] != "denied law" {
		t.Errorf("the audit: %q", got)
	}
}

func TestAKeysSourceIsKeptAsEventsNameTheirs(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	if key := k.key([]access.Action{access.Record}, func(in *service.NewKey) { in.Source = " case-system\u00a0" }); key.Source != source {
		t.Errorf("it is kept as %q", key.Source)
	}
	_, err := k.uses.CreateKey(t.Context(), service.NewKey{Name: "tests", Owner: "tests", Environment: "test", May: []string{"record"}, Source: "case\u200b-system"})
	if err == nil || !strings.Contains(err.Error(), "zero-width space") {
		t.Errorf("what nobody sees in a source: %v", err)
	}
}

func TestTheAuditNamesWhatARequestAskedFor(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	all := k.key(access.Actions())
	follows := k.key([]access.Action{access.Changes})
	for _, c := range []struct {
		key  *api.NewKey
		r    *http.Request
		want []string
	}{
		{all, pushes(manyEvents, batch(planned, kinds[access.People])), []string{"recorded people,record"}},
		{all, pushes(manyEvents, "["+planned+`,{"specversion":"1.0"}]`), []string{"refused record"}},
		{all, pushes(manyEvents, `[{"specversion":"1.0"}]`), []string{"refused record"}},
		{all, httptest.NewRequest(http.MethodGet, "/v1/changes?details=true", http.NoBody), []string{"read read"}},
		{follows, httptest.NewRequest(http.MethodGet, "/v1/changes?details=true", http.NoBody), []string{"denied read"}},
		{follows, httptest.NewRequest(http.MethodGet, "/v1/changes", http.NoBody), []string{"read changes"}},
	} {
		before := len(k.noted(c.key.Key.Key))
		status, _ := k.asks(c.r, c.key.Secret)
		if got := k.noted(c.key.Key.Key)[before:]; !slices.Equal(got, c.want) {
			t.Errorf("%s: %d, the audit has %q, want %q", c.r.URL, status, got, c.want)
		}
	}
}

// ofAnotherSource makes, for each operation that hands in what belongs to a source and says which, a request that is another's.
var ofAnotherSource = map[string]func() *http.Request{
	"push-events": func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(
			`{"specversion":"1.0","id":"e1","source":"another","type":"referral.received","subject":"C1","at":"2026-11-02"}`))
		r.Header.Set("Content-Type", "application/cloudevents+json")
		return r
	},
}

func TestNothingIsHandedInOfAnotherSourceThanTheKeys(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key(access.Actions())
	for _, o := range k.operations {
		make, tried := ofAnotherSource[o.OperationID]
		if !tried {
			if slices.ContainsFunc(o.actions, access.Action.NeedsSource) && !saysNoSource[o.OperationID] {
				t.Errorf("%s hands in what belongs to a source: add a request of another source, or that it names none", o.OperationID)
			}
			continue
		}
		if status, _ := k.asks(make(), key.Secret); status != http.StatusForbidden {
			t.Errorf("%s of another source: %d", o.OperationID, status)
		}
		if got := k.noted(key.Key.Key); len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "denied") {
			t.Errorf("the audit after %s of another source: %q", o.OperationID, got)
		}
	}
}

// saysNoSource are the operations whose requests name no source: it is always the key's.
var saysNoSource = map[string]bool{
	"attach-source": true, "void-attachment": true, "list-attachments": true, "feed-children": true, "list-feed-refusals": true, "load-return": true,
}

func TestWhatARequestDoesIsOnTheAuditRecordWithItsKey(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Record})
	push := func(id, kind string) int {
		r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(fmt.Sprintf(
			`{"specversion":"1.0","id":%q,"source":%q,"type":%q,"subject":"C1","at":"2026-11-02"}`, id, source, kind)))
		r.Header.Set("Content-Type", "application/cloudevents+json")
		status, _ := k.asks(r, key.Secret)
		return status
	}
	for _, c := range []struct {
		id, kind string
		status   int
		want     []string
	}{
		{"e1", "referral.received", http.StatusCreated, []string{"recorded record"}},
		{"e1", "referral.received", http.StatusOK, []string{"done record"}},
		{"e1", "cp_plan.started", http.StatusConflict, []string{"refused record"}},
		{"e2", "no.such_type", http.StatusUnprocessableEntity, []string{"refused record"}},
		{"e3", "worker.allocated", http.StatusForbidden, []string{"denied people"}},
	} {
		before := len(k.noted(key.Key.Key))
		if status := push(c.id, c.kind); status != c.status {
			t.Errorf("%s %s: %d", c.id, c.kind, status)
		}
		if got := k.noted(key.Key.Key)[before:]; !slices.Equal(got, c.want) {
			t.Errorf("the audit of %s %s: %q, want %q", c.id, c.kind, got, c.want)
		}
	}
	runs := map[string]int{}
	err := k.record.EachAudit(t.Context(), store.AuditFilter{Key: key.Key.Key}, func(r store.AuditRow) error {
		if r.Action != "" {
			runs[cmp.Or(r.Run, "none")]++
			if r.KeyName != "tests" {
				t.Errorf("%+v", r)
			}
		}
		return nil
	})
	if err != nil || len(runs) != 5 || runs["none"] > 0 {
		t.Errorf("the requests on the audit record: %v, %v", runs, err)
	}
}

// Every operation has an example that succeeds, so a new one is looked at here as soon as it is registered.
func TestEveryUseOfTheRecordIsOnTheAuditRecordUnderItsActionBeforeItIsAnswered(t *testing.T) {
	t.Parallel()
	d, notice := newExamples(t)
	found := map[string]operation{}
	k := newKeyed(t)
	for _, o := range append(k.operations, k.addresses...) {
		found[o.OperationID] = o
	}
	list, err := v1.Examples()
	if err != nil {
		t.Fatal(err)
	}
	traced, seen := map[string]bool{}, 0
	for i := range list {
		o := found[list[i].Operation]
		answer := d.play(&list[i], [2]string{strings.ToLower(o.method), o.path}, notice)
		var rows []store.AuditRow
		if err := d.record.EachAudit(t.Context(), store.AuditFilter{}, func(r store.AuditRow) error {
			if r.Key == "k1" || r.Key == d.calendar.Calendar.Calendar && r.Outcome != store.AuditCreated {
				rows = append(rows, r)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		rows, seen = rows[seen:], len(rows)
		if answer.status >= http.StatusMultipleChoices {
			continue
		}
		traced[o.OperationID] = traced[o.OperationID] || len(rows) > 0
		for _, r := range rows {
			if r.Run == "" || r.KeyName == "" || !slices.ContainsFunc(append(o.actions, access.Read, access.Calendar), func(a access.Action) bool { return strings.Contains(r.Action, string(a)) }) {
				t.Errorf("%s: %s: the audit has %+v", o.OperationID, list[i].Summary, r)
			}
		}
	}
	for id := range found {
		if !traced[id] {
			t.Errorf("%s leaves no trace on the audit record", id)
		}
	}
}
