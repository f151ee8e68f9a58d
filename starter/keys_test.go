package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"longstop/access"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
)

// byChanceOfKeys is what differs from run to run in what is printed of keys: they go by the wall clock.
var byChanceOfKeys = []struct {
	found *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`), "INSTANT"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`), "WHEN"},
	{regexp.MustCompile(`([A-Z][a-z]{2} )?\d+ [A-Z][a-z]+ \d{4} \d\d:\d\d (GMT|BST)`), "WHEN"},
}

// withoutKeys gives keys names in the order in which they appear.
func withoutKeys(text string) string {
	text = regexp.MustCompile(`(ls_[a-z]+_[a-z2-7]{8})_[a-z2-7]{59}`).ReplaceAllString(text, "${1}_SECRET")
	names := map[string]string{}
	for _, found := range regexp.MustCompile(`ls_[a-z]+_([a-z2-7]{8})`).FindAllStringSubmatch(text, -1) {
		if id := found[1]; names[id] == "" {
			names[id] = fmt.Sprintf("KEY-%d", len(names)+1)
			text = strings.ReplaceAll(text, id, names[id])
		}
	}
	for _, c := range byChanceOfKeys {
		text = c.found.ReplaceAllString(text, c.shown)
	}
	return regexp.MustCompile(` {2,}`).ReplaceAllString(text, "  ")
}

// issuing is a record whose owner issues keys, and what was printed there.
func issuing(t *testing.T) *transcript {
	t.Helper()
	t.Setenv("TEMPORAL_ADDRESS", nowhere)
	owner := pgtest.Database(t)
	return &transcript{council: &council{
		T: t, clock: pgtest.NewClock(londonTimeOf(t, "2026-11-02 09:30")), env: map[string]string{envDatabase: pgtest.AsApp(t, owner), envMigrate: owner},
	}}
}

// made runs what makes a key, and returns its id.
func (x *transcript) made(args ...string) string {
	x.Helper()
	var key struct{ Key, Secret string }
	r := x.tries("2026-11-02 10:00", "", append(args, "--json")...)
	if err := json.Unmarshal([]byte(r.out), &key); err != nil {
		x.Fatalf("%v: %+v", err, r)
	}
	if read, err := access.ParseKey(key.Secret); err != nil || read.ID != key.Key {
		x.Fatalf("%s: %v", r.out, err)
	}
	return key.Key
}

func TestWhatTheCommandsOfKeysPrint(t *testing.T) {
	x := issuing(t)
	const now = "2026-11-02 10:00"
	create := []string{"keys", "create", "case system", "--owner", "Data team", "--may", "record,read,record", "--source", "cms"}
	x.run(now, "", "keys", "list")
	x.both(now, "", create...)
	x.run(now, "", append(create, "--expires", "20d", "--council", "Anytown", "--per-second", "50", "--at-once", "4", "--environment", "test", "--json")...)
	until := casetime.WallNow().AddDate(0, 3, 0).Format("2006-01-02")
	x.run(now, "", "keys", "create", "dashboard", "--owner", "Performance team", "--may", "read,changes", "--expires", until)

	old := x.made(append(create, "--expires", "60d")...)
	x.both(now, "", "keys", "rotate", old, "--keep-old-for", "12h")
	other := x.made(create...)
	x.run(now, "", "keys", "rotate", other, "--keep-old-for", "0")
	x.both(now, "", "keys", "revoke", old, "--reason", "seen in a public repository")
	x.run(now, "", "keys", "revoke", old)
	x.both(now, "", "keys", "list")
	x.run(now, "", "keys", "rotate", old)

	// What is asked for wrongly.
	x.run(now, "", "keys", "create", "x", "--owner", "x", "--may", "record")
	x.run(now, "", "keys", "create", "x", "--owner", "x", "--may", "write", "--source", "cms")
	x.run(now, "", "keys", "create", "x", "--owner", "x", "--may", "read", "--expires", "2y")
	x.run(now, "", "keys", "create", "x", "--owner", "x", "--may", "read", "--expires", "800d")
	x.run(now, "", "keys", "create", "x", "--owner", "x", "--may", "read", "--expires", "2020-01-01")
	x.run(now, "", "keys", "create", "x", "--owner", "x", "--may", "read", "--environment", "Live")
	x.run(now, "", "keys", "create", "x", "--owner", "x", "--may", "read", "--per-second", "-1")
	x.run(now, "", "keys", "create", " ", "--owner", "x", "--may", "read")
	x.run(now, "", "keys", "create", "x", "--may", "read")
	x.run(now, "", "keys", "rotate", other, "--keep-old-for", "31d")
	x.run(now, "", "keys", "rotate", other, "--keep-old-for", "soon")
	x.run(now, "", "keys", "revoke", "abcd2345")
	x.run(now, "", "keys", "revoke", "what I found")
	x.run(now, "", "audit", "--key", "what I found")

	// Whoever does not own the database.
	delete(x.env, envMigrate)
	x.both(now, "", create...)
	x.run(now, "", "keys", "revoke", other)

	text := withoutKeys(strings.ReplaceAll(x.text.String(), until, "DATE"))
	x.text.Reset()
	x.text.WriteString(text)
	x.golden("keys.txt")
}

func TestAKeyIsShownOnceAndRevokedByWhatWasFoundOfIt(t *testing.T) {
	x := issuing(t)
	var key struct{ Key, Secret, Label string }
	const now = "2026-11-02 10:00"
	r := x.tries(now, "", "keys", "create", "case system", "--owner", "Data team", "--may", "read", "--json")
	if err := json.Unmarshal([]byte(r.out), &key); err != nil {
		t.Fatal(err, r)
	}
	x.run(now, "", "keys", "list")
	x.run(now, "", "keys", "list", "--json")
	x.run(now, "", "keys", "revoke", key.Secret, "--reason", "found")
	x.run(now, "", "keys", "rotate", key.Secret)
	x.run(now, "", "audit", "--key", key.Label, "--json")
	secret := strings.TrimPrefix(key.Secret, key.Label+"_")
	printed := strings.ReplaceAll(x.text.String(), "keys revoke "+key.Secret, "")
	printed = strings.ReplaceAll(printed, "keys rotate "+key.Secret, "")
	if strings.Contains(printed, secret) || strings.Contains(printed, secret[:20]) {
		t.Errorf("the secret is printed again:\n%s", printed)
	}
	for _, want := range []string{`"state":"active"`, "is revoked", "it is not active (revoked)", `"command":"keys create"`, `"outcome":"created"`, `"outcome":"revoked"`} {
		if !strings.Contains(printed, want) {
			t.Errorf("%s is not in\n%s", want, printed)
		}
	}
}
