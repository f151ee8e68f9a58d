package main

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"longstop/outwards"
)

// aSecret is a secret of a webhook, wherever it is printed.
var aSecret = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`)

// withoutWebhooks takes from what is printed of webhooks what differs from run to run.
func withoutWebhooks(text, receiver string) string {
	text = aSecret.ReplaceAllString(strings.ReplaceAll(text, receiver, "http://RECEIVER"), "whsec_SECRET")
	text = regexp.MustCompile(`(?m)^out\| (NAME|case system|mirror) .*$`).ReplaceAllStringFunc(text, func(row string) string {
		return regexp.MustCompile(` {2,}`).ReplaceAllString(row, "  ") // a column is as wide as the receiver's address
	})
	for _, c := range byChanceOfKeys {
		text = c.found.ReplaceAllString(text, c.shown)
	}
	return text
}

func TestWhatTheCommandsOfWebhooksPrint(t *testing.T) {
	const now = "2026-11-02 10:00"
	var answers atomic.Int32
	answers.Store(http.StatusNoContent)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(answers.Load())) }))
	defer receiver.Close()
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, []byte("k1 "+base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := issuing(t)
	add := []string{"webhooks", "add", "case system", receiver.URL, "--owner", "Systems team"}
	x.run(now, "", add...)
	x.env[outwards.SettingKeys] = keys

	x.both(now, "", "webhooks", "list")
	x.run(now, "", append(add, "--kinds", "overdue,escalated", "--backlog")...)
	x.run(now, "", add...)
	x.run(now, "", "webhooks", "add", "mirror", "https://mirror.council.example/longstop", "--owner", "Data team", "--json")
	x.both(now, "", "webhooks", "list")
	x.both(now, "", "webhooks", "test", "case system")
	answers.Store(http.StatusServiceUnavailable)
	x.both(now, "", "webhooks", "test", "case system")
	x.both(now, "", "webhooks", "rotate", "case system", "--keep-old-for", "48h")
	x.run(now, "", "webhooks", "rotate", "case system")
	x.run(now, "", "webhooks", "pause", "case system")
	x.run(now, "", "webhooks", "list")
	x.run(now, "", "webhooks", "resume", "case system")
	x.run(now, "", "webhooks", "remove", "mirror")
	x.run(now, "", "webhooks", "list")

	// What is asked for wrongly.
	for _, command := range []string{"pause", "resume", "remove", "test", "rotate"} {
		x.run(now, "", "webhooks", command, "nobody")
	}
	x.run(now, "", "webhooks", "add", "plain", "http://mirror.council.example/longstop", "--owner", "Data team")
	x.run(now, "", "webhooks", "add", "named", "https://me:secret@mirror.council.example/", "--owner", "Data team")
	x.run(now, "", "webhooks", "add", "kinds", "https://mirror.council.example/", "--owner", "Data team", "--kinds", "overdeu")
	x.run(now, "", "webhooks", "add", " ", "https://mirror.council.example/", "--owner", "Data team")
	x.run(now, "", "webhooks", "add", "nobody's", "https://mirror.council.example/")
	x.run(now, "", "webhooks", "rotate", "case system", "--keep-old-for", "721h")
	x.env[outwards.SettingNetworks] = "10.20.0.0/99"
	x.run(now, "", "webhooks", "test", "case system")

	text := withoutWebhooks(x.text.String(), receiver.URL)
	x.text.Reset()
	x.text.WriteString(text)
	x.golden("webhooks.txt")
}

// byChanceOfChanges is what differs from run to run in what is printed of changes.
var byChanceOfChanges = []struct {
	found *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`"id":"[0-9a-f-]+-(\d+)"`), `"id":"ID-$1"`},
	{regexp.MustCompile(`\b(\d+)\.[0-9a-f]{8}\b`), "$1.MARK"},
	{regexp.MustCompile(`"(case_key|duty_key|law)":"[0-9a-f-]+"`), `"$1":"KEY"`},
	{regexp.MustCompile(`(?m)^(out\| \d{4}-\d\d-\d\d \d\d:\d\d  )[0-9a-f]{8}  `), "${1}CASE-KEY  "},
	{regexp.MustCompile(` {2,}`), "  "},
}

func TestWhatTheFeedOfChangesPrints(t *testing.T) {
	x := &transcript{council: newCouncil(t, "2026-11-02 09:30")}
	const now = "2026-11-02 10:00"
	x.both(now, "", "changes")
	x.run(now, `{"id":"p","case":"C1","type":"cp_plan.started","at":"2026-10-26"}`+"\n", "record", "-")
	x.both(now, "", "changes")
	x.run(now, `{"id":"v","case":"C1","type":"cp_visit.made","at":"2026-10-28","data":{"seen":true,"seen_alone":true}}`+"\n", "record", "-")
	x.both(now, "", "changes", "--details", "--limit", "4")
	x.run(now, "", "changes", "--after", "latest")

	// What is asked for wrongly.
	x.run(now, "", "changes", "--after", "yesterday")
	x.run(now, "", "changes", "--after", "99999.0a1b2c3d")
	x.run(now, "", "changes", "--limit", "1001")

	text := x.text.String()
	for _, c := range byChanceOfChanges {
		text = c.found.ReplaceAllString(text, c.shown)
	}
	x.text.Reset()
	x.text.WriteString(text)
	x.golden("changes.txt")
}
