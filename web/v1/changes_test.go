package v1_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"longstop/api"
	"longstop/casework"
	"longstop/service"
)

// followed is what following the changes was answered.
type followed struct {
	answer
	api.Changes
}

func (d *door) follow(query, key string) followed {
	d.Helper()
	r := httptest.NewRequest(http.MethodGet, "/v1/changes"+query, http.NoBody)
	r.Header.Set("Authorization", "Bearer "+key)
	f := followed{answer: d.serve(r)}
	if err := json.Unmarshal([]byte(f.text), &f.Changes); err != nil {
		d.Fatal(err)
	}
	return f
}

// refers records a referral in a case.
func (d *door) refers(id, ref string) {
	d.Helper()
	when, err := casework.ParseWhen("2026-11-02")
	if err != nil {
		d.Fatal(err)
	}
	if _, err := d.uses.Record(d.Context(), service.Recording{Source: source, Events: []casework.Event{{ID: id, Case: ref, Type: "referral.received", At: when}}}); err != nil {
		d.Fatal(err)
	}
}

func TestChangesAreFollowedFromCursorToCursor(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	if f := d.follow("", "key"); f.status != http.StatusOK || f.Cursor != "0" || !strings.Contains(f.text, `"changes":[]`) {
		t.Fatalf("nothing yet: %d %s", f.status, f.text)
	}
	d.refers("child-4711", "LA-0815")
	first := d.follow("?after=0&limit=1", "key")
	if len(first.Changes.Changes) != 1 || !first.More || first.Changes.Changes[0].Kind != "opened" || first.Cursor != first.Changes.Changes[0].Cursor {
		t.Fatalf("the first: %s", first.text)
	}
	if strings.Contains(first.text, "4711") || strings.Contains(first.text, "0815") {
		t.Errorf("without details it names what a source made: %s", first.text)
	}
	second := d.follow("?after="+first.Cursor, "key.changes")
	if second.status != http.StatusOK || len(second.Changes.Changes) == 0 || second.More {
		t.Errorf("the rest: %s", second.text)
	}
	if latest := d.follow("?after=latest", "key"); latest.Cursor != second.Cursor || len(latest.Changes.Changes) != 0 {
		t.Errorf("the latest: %s", latest.text)
	}
	named := d.asks("POST", "/v1/duties:query", `{"case":"`+first.Changes.Changes[0].CaseKey+`"}`)
	if named.status != http.StatusOK || !strings.Contains(named.text, "LA-0815") {
		t.Errorf("asked for by the key of its case: %d %s", named.status, named.text)
	}
	again := d.follow("?details=true&limit=1", "key").Changes.Changes[0]
	if again.Case != "LA-0815" || !strings.HasSuffix(again.Duty, ":child-4711") || again.ID != first.Changes.Changes[0].ID {
		t.Errorf("with details: %+v", again)
	}
}

func TestFollowingChangesNeedsItsAction(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for query, keys := range map[string]map[string]int{
		"":              {"key.changes": 200, "key.read": 403, "nobody": 401},
		"?details=true": {"key": 200, "key.changes": 403},
	} {
		for key, want := range keys {
			if f := d.follow(query, key); f.status != want {
				t.Errorf("%q with %s: %d %s", query, key, f.status, f.text)
			}
		}
	}
}

func TestACursorThatCannotBeGoneOnFromIsAProblemOfItsOwn(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.refers("e1", "C1")
	for query, want := range map[string]struct {
		status int
		kind   string
	}{
		"?after=9000.0a1b2c3d": {409, "/problems/cursor-elsewhere"},
		"?after=1.0a1b2c3d":    {409, "/problems/cursor-elsewhere"},
		"?after=x":             {400, "/problems/bad-parameter"},
		"?limit=0":             {400, "/problems/bad-parameter"},
		"?limit=1001":          {400, "/problems/bad-parameter"},
		"?before=1":            {400, "/problems/bad-parameter"},
	} {
		f := d.follow(query, "key")
		if f.status != want.status || f.Type != want.kind || f.places() == "" {
			t.Errorf("%s: %d %s", query, f.status, f.text)
		}
	}
	end := d.follow("", "key").Cursor
	d.refers("e2", "C2")
	d.follow("", "key")
	if _, err := d.record.PruneChanges(t.Context(), d.clock.Now().AddDate(10, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if f := d.follow("?after="+end, "key"); f.status != http.StatusGone || f.Type != "/problems/cursor-old" {
		t.Errorf("a cursor of what is kept no more: %d %s", f.status, f.text)
	}
}
