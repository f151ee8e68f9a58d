package service_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"longstop/internal/casetime"
	"longstop/outwards"
	"longstop/service"
	"longstop/store"
	"longstop/store/receivers"
)

// outside is what telling systems outside needs, with a key of these tests.
func outside(t *testing.T) service.Outside {
	t.Helper()
	keys, err := outwards.ParseKeys("k1 " + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return service.Outside{Keys: keys, Now: casetime.WallNow}
}

func TestAWebhookIsAddedTestedAndRotatedAndItsSecretIsShownOnceOnly(t *testing.T) {
	t.Parallel()
	c, o := newCouncil(t), outside(t)
	got := make(chan error, 8)
	var secret string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, err := body.ReadFrom(r.Body)
		if hook, failed := standardwebhooks.NewWebhook(secret); err == nil && failed == nil {
			err = hook.Verify(body.Bytes(), r.Header)
		}
		if err == nil && !bytes.Contains(body.Bytes(), []byte(`"data":{"kind":"test"}`)) {
			err = fmt.Errorf("its data: %s", body.Bytes())
		}
		got <- err
	}))
	t.Cleanup(server.Close)
	added, err := c.AddWebhook(t.Context(), service.NewWebhook{Name: "case system", URL: server.URL + "?token=hidden", Owner: "systems team", Kinds: []string{"met"}}, o)
	if err != nil || !strings.HasPrefix(added.Secret, "whsec_") || added.URL != server.URL+"?..." {
		t.Fatalf("%+v, %v", added, err)
	}
	secret = added.Secret
	if tried, err := c.TestWebhook(t.Context(), "case system", o); err != nil || !tried.Taken {
		t.Errorf("the test: %+v, %v", tried, err)
	}
	if err := <-got; err != nil {
		t.Errorf("its signature: %v", err)
	}
	rotated, err := c.RotateWebhook(t.Context(), added.ID, time.Hour, o)
	if err != nil || rotated.Secret == added.Secret || rotated.Secret == "" || rotated.OldUntil == nil {
		t.Fatalf("%+v, %v", rotated, err)
	}
	for _, secret = range []string{added.Secret, rotated.Secret} {
		if _, err := c.TestWebhook(t.Context(), "case system", o); err != nil {
			t.Fatal(err)
		}
		if err := <-got; err != nil {
			t.Errorf("both sign while one is replaced: %v", err)
		}
	}
	list, err := c.Webhooks(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	shown, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"whsec_", "hidden"} {
		if strings.Contains(string(shown), hidden) {
			t.Errorf("the list shows %s: %s", hidden, shown)
		}
	}
	if audit := c.audited(); audit[len(audit)-1] != store.AuditRead {
		t.Errorf("the audit: %v", audit)
	}
}

func TestAWebhookIsPausedResumedAndRemovedByItsName(t *testing.T) {
	t.Parallel()
	c, o := newCouncil(t), outside(t)
	if _, err := c.AddWebhook(t.Context(), service.NewWebhook{Name: "mirror", URL: "https://mirror.council.example/", Owner: "data"}, o); err != nil {
		t.Fatal(err)
	}
	state := func() string {
		t.Helper()
		list, err := c.Webhooks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for i := range list {
			text += fmt.Sprintf("%s %s %d;", list[i].Name, list[i].State, list[i].Waiting)
		}
		return text
	}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return c.PauseWebhook(t.Context(), "mirror") }, "mirror " + string(receivers.Paused) + " 0;"},
		{func() error { return c.ResumeWebhook(t.Context(), "mirror") }, "mirror " + string(receivers.Active) + " 0;"},
		{func() error { return c.RemoveWebhook(t.Context(), "mirror") }, ""},
	} {
		if err := step.do(); err != nil || state() != step.want {
			t.Errorf("%v: %s instead of %s", err, state(), step.want)
		}
	}
	c.expectKind(c.RemoveWebhook(t.Context(), "mirror"), service.Refused, "no webhook of that name")
}

func TestAWebhookThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	c, o := newCouncil(t), outside(t)
	good := service.NewWebhook{Name: "mirror", URL: "https://mirror.council.example/", Owner: "data"}
	for text, change := range map[string]func(*service.NewWebhook){
		"name":  func(w *service.NewWebhook) { w.Name = "" },
		"owner": func(w *service.NewWebhook) { w.Owner = "\x00" },
		"https": func(w *service.NewWebhook) { w.URL = "http://mirror.council.example/" },
		"kinds": func(w *service.NewWebhook) { w.Kinds = []string{"overdeu"} },
	} {
		w := good
		change(&w)
		_, err := c.AddWebhook(t.Context(), w, o)
		c.expectKind(err, service.Usage, text)
	}
	_, err := c.AddWebhook(t.Context(), good, service.Outside{Now: casetime.WallNow})
	c.expectKind(err, service.Usage, outwards.SettingKeys)
	if _, err := c.AddWebhook(t.Context(), good, o); err != nil {
		t.Fatal(err)
	}
	_, err = c.AddWebhook(t.Context(), good, o)
	c.expectKind(err, service.Refused, "already")
	_, err = c.RotateWebhook(t.Context(), "mirror", 1000*time.Hour, o)
	c.expectKind(err, service.Usage, "keep-old-for")
	_, err = c.TestWebhook(t.Context(), "nobody", o)
	c.expectKind(err, service.Refused, "no webhook of that name")
}
