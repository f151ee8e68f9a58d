package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"longstop/api"
	"longstop/store"
)

func TestTheLawIsAnsweredUnlessItIsKnown(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	for _, path := range []string{"/v1/law", "/v1/rules", "/v1/rules/CP-10", "/v1/rules/CP-03/due?started=2026-12-19"} {
		first := d.asks("GET", path, "")
		tag := first.header.Get("ETag")
		if first.status != http.StatusOK || tag == "" || first.header.Get("Cache-Control") != "private, no-cache" {
			t.Fatalf("%s: %d %v %s", path, first.status, first.header, first.text)
		}
		for _, known := range []string{tag, `"other", W/` + tag, "*"} {
			if again := d.asks("GET", path, "", "If-None-Match="+known); again.status != http.StatusNotModified || again.text != "" || again.header.Get("ETag") != tag {
				t.Errorf("%s, known as %s: %d %q", path, known, again.status, again.text)
			}
		}
		if other := d.asks("GET", path, "", `If-None-Match="other"`); other.status != http.StatusOK || other.text != first.text {
			t.Errorf("%s, known as another: %d", path, other.status)
		}
	}
}

func TestADueDateIsWorkedOutByTheLawInForce(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	due := gets[api.Due](d, "GET", "/v1/rules/CP-03/due?started=2026-12-19", "")
	if due.Due != "2027-01-13" || len(due.Skipped) == 0 {
		t.Errorf("%+v", due)
	}
	for path, want := range map[string]int{
		"/v1/rules/Plover": 404, "/v1/rules/Plover/due?started=2026-12-19": 404, "/v1/rules/CP-03/due": 400,
		"/v1/rules/CP-03/due?started=Plover": 400, "/v1/rules/CP-10/due?started=1940-01-01": 400, "/v1/rules/CP-03/due?begun=2026-12-19": 400,
	} {
		if answer := d.asks("GET", path, ""); answer.status != want || strings.Contains(answer.text, "Plover") {
			t.Errorf("%s: %d %s", path, answer.status, answer.text)
		}
	}
	for _, rule := range gets[[]api.Rule](d, "GET", "/v1/rules", "") {
		if rule.From <= "1960" || strings.HasPrefix(rule.Limit, "alarms") {
			continue
		}
		if answer := d.asks("GET", "/v1/rules/"+rule.Ref+"/due?started=1955-06-01", ""); answer.status != http.StatusUnprocessableEntity {
			t.Errorf("%s before it was in force: %d %s", rule.Ref, answer.status, answer.text)
		}
	}
	for _, path := range []string{"/v1/law", "/v1/rules", "/v1/rules/CP-10", "/v1/rules/CP-03/due?started=2026-12-19"} {
		if answer := d.asks("GET", path, "", "Authorization=Bearer key.read"); answer.status != http.StatusForbidden {
			t.Errorf("%s by a key that may read cases alone: %d", path, answer.status)
		}
	}
}

const (
	ownVisits = "overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: CP-10\n    editions:\n      - limit: 5 days\n        source: Anytown procedures, 4\n"
	yamlType  = "Content-Type=application/yaml"
)

func TestWhatAnOverlayWouldChangeIsCountedAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	before := len(d.audited())
	found := gets[api.WhatIf](d, "POST", "/v1/law:what-if", ownVisits, yamlType)
	if found.Cases != 4 || found.Touched != 2 || found.All.Moves == 0 || len(found.Changes) == 0 || found.After.Overlay == "" {
		t.Errorf("%+v", found)
	}
	law := gets[api.Law](d, "GET", "/v1/law", "")
	if law.Overlay != "" {
		t.Errorf("the law in force is %+v", law)
	}
	for _, row := range d.audited()[before:] {
		if row.Outcome != store.AuditRead {
			t.Errorf("the audit has %+v", row)
		}
	}
	// A key that may not read cases is told how many there are, and not which.
	counted := gets[api.WhatIf](d, "POST", "/v1/law:what-if", ownVisits, yamlType, "Authorization=Bearer key.law")
	if len(counted.Changes) != 0 || counted.All != found.All {
		t.Errorf("%+v", counted)
	}
	early := gets[api.WhatIf](d, "POST", "/v1/law:what-if?as_of=2026-08-31", ownVisits, yamlType)
	if early.Cases == 0 || early.All != (api.Tally{}) {
		t.Errorf("as of before anything happened: %+v", early)
	}
}

func TestAFaultyOverlayIsRefusedWithEachFaultsLine(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	overlay := strings.Replace(ownVisits, "5 days", "5 dais", 1) + "  - ref: CP-99\n    confirmed: true\n"
	answer := d.asks("POST", "/v1/law:what-if", overlay, yamlType)
	if answer.status != http.StatusUnprocessableEntity || !strings.Contains(answer.text, `"line":6,"rule":"CP-10"`) || !strings.Contains(answer.text, `"line":8`) {
		t.Errorf("%d %s", answer.status, answer.text)
	}
	for _, body := range []string{"{", "not: an overlay", "\tx"} {
		if answer := d.asks("POST", "/v1/law:what-if", body, yamlType); answer.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d %s", body, answer.status, answer.text)
		}
	}
	if answer := d.asks("POST", "/v1/law:what-if", ownVisits, "Content-Type=application/json"); answer.status != http.StatusUnsupportedMediaType {
		t.Errorf("as JSON: %d %s", answer.status, answer.text)
	}
}
