package notifytest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"longstop/internal/notifytest"
)

// GOV.UK Notify's own client for JavaScript is fetched by npm as the lock file in testdata/client has it,
// each module by its checksum; nothing of it is kept in the repository, and none of its scripts is run.
func TestNotifysOwnClientTakesTheServerForNotify(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not installed, and this test is not to be left out here", program)
			}
			t.Skipf("%s is not installed, so Notify's own client cannot be tried here: install nodejs and npm", program)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "try.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "client", name))
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
		t.Fatalf("npm could not fetch Notify's client: %v\n%s", err, out)
	}
	server := notifytest.Start(t,
		notifytest.WithTemplate(notifytest.Template{ID: emailTemplate, Type: "email", Subject: "((subject))", Body: "((body))"}),
		notifytest.WithTemplate(notifytest.Template{ID: smsTemplate, Type: "sms", Body: "Longstop: ((body))"}))
	try := exec.CommandContext(t.Context(), "node", "try.js", server.URL(), server.Key(notifytest.LiveKey), emailTemplate, smsTemplate)
	try.Dir = dir
	out, err := try.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, want := strings.TrimSpace(string(out)), strings.Join([]string{
		`{"step":"email","status":201,"reference":"n1.1","subject":"Due","body":"\n\n* one\n* two","template":true}`,
		`{"step":"sms","status":201,"reference":null,"body":"Longstop: Due"}`,
		`{"step":"get","status":200,"to":"ada@council.example","state":"created","type":"email","reference":"n1.1"}`,
		`{"step":"list by reference","status":200,"found":[true],"next":true}`,
		`{"step":"list of nothing","status":200,"found":[],"next":false}`,
		`{"step":"template","status":200,"type":"email","subject":"((subject))","body":"((body))"}`,
		`{"step":"templates","status":200,"types":["sms"]}`,
		`{"step":"a missing value","status":400,"error":"BadRequestError","code":400}`,
		`{"step":"a wrong address","status":400,"error":"ValidationError","code":400}`,
		`{"step":"a wrong number","status":400,"error":"ValidationError","code":400}`,
		`{"step":"the other template","status":400,"error":"BadRequestError","code":400}`,
		`{"step":"an id of nothing","status":404,"error":"NoResultFound","code":404}`,
		`{"step":"a wrong key","status":403,"error":"AuthError","code":403}`,
	}, "\n"); got != want {
		t.Errorf("it was answered\n%s\nwant\n%s", got, want)
	}
}

const (
	emailTemplate = "f33517ff-2a88-4f6e-b855-c550268ce08a"
	smsTemplate   = "0a35dd69-6cb1-45c0-a6a2-c7ed7f2c1d5c"
)
