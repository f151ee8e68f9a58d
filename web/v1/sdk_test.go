package v1_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The CloudEvents SDK for JavaScript is fetched by npm as the lock file in testdata/sdk has it, each module by its
// checksum; nothing of it is kept in the repository, and none of its scripts is run.
func TestTheCloudEventsSDKForJavaScriptPushesInEachMode(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed, so the SDK for JavaScript cannot be tried here: install nodejs and npm", program)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "push.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "sdk", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fetch := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	fetch.Dir = dir
	if out, err := fetch.CombinedOutput(); err != nil {
		t.Fatalf("npm could not fetch the SDK: %v\n%s", err, out)
	}
	d := newDoor(t)
	web := httptest.NewServer(d)
	defer web.Close()
	push := exec.CommandContext(t.Context(), "node", "push.js", web.URL+"/v1/events", "key")
	push.Dir = dir
	out, err := push.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, want := strings.TrimSpace(string(out)), strings.Join([]string{
		`{"status":201,"items":["recorded"]}`,
		`{"status":201,"items":["recorded"]}`,
		`{"status":200,"items":["known","known","recorded","recorded","recorded"]}`,
		`{"status":200,"items":["known","known","known","known","known"]}`,
		`{"status":409,"items":["refused"]}`,
		`{"status":201,"items":["recorded"]}`,
		`{"status":200,"items":["known"]}`,
	}, "\n"); got != want {
		t.Errorf("it was answered\n%s\nwant\n%s", got, want)
	}
	if got := d.ids("C1"); !slices.Equal(got, []string{"p1", "v1", "v2", "v2-v", "a1"}) {
		t.Errorf("the record holds %q", got)
	}
	if e := d.events("C1")[4]; e.Type != "source.attached" || !slices.Equal(e.Reports(), []string{"cp_plan.started", "cp_visit.made"}) || e.Data.Text("from") != "2026-09-01" {
		t.Errorf("the record holds %+v", e)
	}
	if e := d.events("C1")[1]; e.At.String() != "2026-09-10" || e.By != "Ada Example" || e.Data.Text("source_recorded") == "" {
		t.Errorf("the record holds %+v", e)
	}
}
