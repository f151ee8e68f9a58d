package v1_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/access"
	"longstop/internal/casetime"
	"longstop/service"
	"longstop/store"
)

// asksToken asks for a token by a form, from an address of its own.
func (k *keyed) asksToken(form url.Values, change ...func(*http.Request)) (status int, header http.Header, fields map[string]any) {
	k.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v1/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, f := range change {
		f(r)
	}
	r.RemoteAddr = "192.0.2.99:1234"
	w := httptest.NewRecorder()
	k.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &fields); err != nil {
		k.Fatalf("%v: %s", err, w.Body)
	}
	return w.Code, w.Header(), fields
}

// form is what senders of the Department's API ask with.
func form(id, secret string) url.Values {
	return url.Values{"client_id": {id}, "client_secret": {secret}, "scope": {"api://any/.default"}, "grant_type": {"client_credentials"}}
}

// sends hands in a body of the daily JSON with a key or a token.
func (k *keyed) sends(with string) int {
	k.Helper()
	r := httptest.NewRequest(http.MethodPost, feedPath, strings.NewReader(departments(k, "sample_4")))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("SupplierKey", "any")
	status, _ := k.asks(r, with)
	return status
}

func TestASenderGetsATokenForItsKeyAndSendsWithIt(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Feed})
	status, header, got := k.asksToken(form(key.Key.Key, key.Secret))
	token, _ := got["access_token"].(string)
	seconds, _ := got["expires_in"].(float64)
	if status != http.StatusOK || header.Get("Cache-Control") != "no-store" || header.Get("Content-Type") != "application/json" ||
		got["token_type"] != "Bearer" || got["scope"] != "feed" || seconds < 3500 || seconds > 3600 || !strings.HasPrefix(token, "lst_") {
		t.Fatalf("%d %v %v", status, header, got)
	}
	if status := k.sends(token); status != http.StatusOK {
		t.Errorf("with the token: %d", status)
	}
	k.stands("Child5234", "2005-03-15 person.born", "2010-06-01 referral.received")
	// A token may do what its key may, and the audit knows it by its key.
	if status, _ := k.asks(httptest.NewRequest(http.MethodGet, "/v1/law", http.NoBody), token); status != http.StatusForbidden {
		t.Errorf("what the key is not for: %d", status)
	}
	want := "issued token,began feed,recorded feed,recorded feed,done feed,denied law" // whose feed it is, and the child
	if got := strings.Join(k.noted(key.Key.Key), ","); got != want {
		t.Errorf("the audit: %s", got)
	}
	// The label, and basic authentication.
	if status, _, got := k.asksToken(form(key.Label, key.Secret)); status != http.StatusOK || got["access_token"] == token {
		t.Errorf("by its label: %d %v", status, got)
	}
	if status, _, got := k.asksToken(url.Values{"grant_type": {"client_credentials"}}, func(r *http.Request) { r.SetBasicAuth(key.Key.Key, key.Secret) }); status != http.StatusOK {
		t.Errorf("by basic authentication: %d %v", status, got)
	}
	if found := k.rows(`select encode(digest, 'hex') || expires::text from api_tokens`); len(found) != 3 || strings.Contains(strings.Join(found, ""), token) {
		t.Errorf("the record holds %q", found)
	}
}

func TestATokenEndsAtOnceWithItsKeyAndByItself(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	token := func(key, secret string) string {
		_, _, got := k.asksToken(form(key, secret))
		text, _ := got["access_token"].(string)
		if status := k.sends(text); status != http.StatusOK {
			t.Fatalf("a fresh token: %d %v", status, got)
		}
		return text
	}
	revoked, expired, old := k.key([]access.Action{access.Feed}), k.key([]access.Action{access.Feed}), k.key([]access.Action{access.Feed})
	tokens := map[string]string{"of a key that was revoked": token(revoked.Key.Key, revoked.Secret), "of a key that has expired": token(expired.Key.Key, expired.Secret)}
	if _, err := k.uses.RevokeKey(t.Context(), revoked.Key.Key, "the test's"); err != nil {
		t.Fatal(err)
	}
	k.ends(expired.Key.Key)
	tokens["that has ended"] = token(old.Key.Key, old.Secret)
	k.does(`update api_tokens set expires = clock_timestamp() where key = '` + old.Key.Key + `'`)
	tokens["that is mistyped"] = strings.Repeat("a", 4) + tokens["that has ended"][4:]
	tokens["that nobody gave"] = "lst_" + strings.Repeat("a", 52)
	for what, text := range tokens {
		if status := k.sends(text); status != http.StatusUnauthorized {
			t.Errorf("a token %s: %d", what, status)
		}
	}
	if status, _, got := k.asksToken(form(revoked.Key.Key, revoked.Secret)); status != http.StatusUnauthorized || got["error"] != "invalid_client" {
		t.Errorf("a token for a key that was revoked: %d %v", status, got)
	}
	token(old.Key.Key, old.Secret) // what has ended goes
	if found := k.rows(`select key from api_tokens where expires <= clock_timestamp()`); len(found) > 0 {
		t.Errorf("%d tokens that have ended are kept", len(found))
	}
}

func TestAWrongRequestForATokenIsAnsweredAsOAuthSays(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key, other := k.key([]access.Action{access.Feed}), k.key([]access.Action{access.Feed})
	elsewhere := k.key([]access.Action{access.Feed}, func(in *service.NewKey) { in.Council = "Anytown" })
	with := func(name, value string) url.Values {
		f := form(key.Key.Key, key.Secret)
		f.Set(name, value)
		return f
	}
	without := func(name string) url.Values {
		f := form(key.Key.Key, key.Secret)
		f.Del(name)
		return f
	}
	twice := form(key.Key.Key, key.Secret)
	twice.Add("scope", "again")
	for what, c := range map[string]struct {
		form   url.Values
		change func(*http.Request)
		status int
		code   string
	}{
		"the id of another key":    {form(other.Key.Key, key.Secret), nil, http.StatusUnauthorized, "invalid_client"},
		"a secret cut off":         {form(key.Key.Key, key.Secret[:60]), nil, http.StatusUnauthorized, "invalid_client"},
		"a token as secret":        {form(key.Key.Key, "lst_"+strings.Repeat("a", 52)), nil, http.StatusUnauthorized, "invalid_client"},
		"a key of another council": {form(elsewhere.Key.Key, elsewhere.Secret), nil, http.StatusForbidden, "unauthorized_client"}, //nolint:misspell // as the protocol spells it
		"another grant":            {with("grant_type", "password"), nil, http.StatusBadRequest, "unsupported_grant_type"},
		"no grant":                 {without("grant_type"), nil, http.StatusBadRequest, "unsupported_grant_type"},
		"no secret":                {without("client_secret"), nil, http.StatusBadRequest, "invalid_request"},
		"no id":                    {without("client_id"), nil, http.StatusBadRequest, "invalid_request"},
		"a field twice":            {twice, nil, http.StatusBadRequest, "invalid_request"},
		"too much":                 {with("scope", strings.Repeat("x", 9000)), nil, http.StatusRequestEntityTooLarge, "invalid_request"},
		"the secret in both":       {form(key.Key.Key, key.Secret), func(r *http.Request) { r.SetBasicAuth(key.Key.Key, key.Secret) }, http.StatusBadRequest, "invalid_request"},
		"JSON":                     {form(key.Key.Key, key.Secret), func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, http.StatusUnsupportedMediaType, "invalid_request"},
		"in the address":           {form(key.Key.Key, key.Secret), func(r *http.Request) { r.URL.RawQuery = "client_id=x" }, http.StatusBadRequest, "invalid_request"},
	} {
		var change []func(*http.Request)
		if c.change != nil {
			change = append(change, c.change)
		}
		status, header, got := k.asksToken(c.form, change...)
		if status != c.status || got["error"] != c.code || header.Get("Content-Type") != "application/problem+json" || got["error_description"] != got["detail"] || got["detail"] == "" {
			t.Errorf("%s: %d %v", what, status, got)
		}
	}
	if found := k.rows(`select key from api_tokens`); len(found) > 0 {
		t.Errorf("%d tokens were given", len(found))
	}
	// As with any operation: of a key of another council it is noted, of one that is not valid it is not.
	for whose, key := range map[string]string{"this council's": key.Key.Key, "another key": other.Key.Key} {
		if got := k.noted(key); len(got) > 0 {
			t.Errorf("the audit of %s: %q", whose, got)
		}
	}
	if got := k.noted(elsewhere.Key.Key); !slices.Equal(got, []string{"denied token"}) {
		t.Errorf("the audit of the key of another council: %q", got)
	}
}

// A token is on the audit record with its request, in the transaction that issues it.
func TestWhoGotATokenIsOnTheAuditRecord(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Feed})
	runs := map[string]bool{}
	for range 2 {
		_, header, _ := k.asksToken(form(key.Key.Key, key.Secret))
		runs[header.Get("X-Request-Id")] = true
	}
	if _, err := k.uses.RevokeKey(t.Context(), key.Key.Key, "the test's"); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := k.asksToken(form(key.Key.Key, key.Secret)); status != http.StatusUnauthorized {
		t.Errorf("a key that was revoked: %d", status)
	}
	var rows []string
	err := k.record.EachAudit(t.Context(), store.AuditFilter{Key: key.Key.Key}, func(r store.AuditRow) error {
		rows = append(rows, string(r.Outcome))
		if r.Outcome == store.AuditIssued && (!runs[r.Run] || r.KeyName != "tests" || r.Action != "token") {
			t.Errorf("%+v", r)
		}
		return nil
	})
	if want := []string{"created", "issued", "issued", "revoked", "rejected"}; err != nil || !slices.Equal(rows, want) {
		t.Errorf("%v: the audit has %q, want %q", err, rows, want)
	}
	// No token is written of a key that is good no longer, whoever looked at it before.
	if _, err := k.uses.IssueToken(t.Context(), access.Caller{Key: key.Key.Key}); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("a token of a key that was revoked: %v", err)
	}
}

func TestATokenIsSaidToLastNoLongerThanItsKey(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Feed}, func(in *service.NewKey) { in.Expires = casetime.WallNow().Add(10 * time.Minute) })
	_, _, got := k.asksToken(form(key.Key.Key, key.Secret))
	if seconds, _ := got["expires_in"].(float64); seconds < 500 || seconds > 600 {
		t.Errorf("%v", got)
	}
}
