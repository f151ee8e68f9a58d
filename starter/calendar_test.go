package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"longstop/internal/casetime"
)

// withoutCalendars gives calendars names in the order in which they appear.
func withoutCalendars(text string) string {
	text = regexp.MustCompile(`lsc_[a-z2-7]{52}`).ReplaceAllString(text, "lsc_SECRET")
	names := map[string]string{}
	for _, found := range regexp.MustCompile(`(?:"calendar":"|Calendar |revoke |out\| )([a-z2-7]{8})\b`).FindAllStringSubmatch(text, -1) {
		if id := found[1]; names[id] == "" {
			names[id] = fmt.Sprintf("CALENDAR-%d", len(names)+1)
			text = strings.ReplaceAll(text, id, names[id])
		}
	}
	return withoutKeys(text)
}

func TestWhatTheCommandsOfCalendarsPrint(t *testing.T) {
	x := issuing(t)
	const now = "2026-11-02 10:00"
	people := `{"id":"s1","type":"staff.appointed","at":"2020-01-01","data":{"worker":"W1","name":"Ada Example","email":"ada@example.org","level":"worker","team":"T1"}}
{"id":"s2","type":"staff.appointed","at":"2020-01-01","data":{"worker":"W2","name":"Bo Example","email":"bo@example.org","level":"worker","team":"T1"}}
`
	if r := x.tries(now, people, "record", "-"); r.code != exitDone {
		t.Fatal(r)
	}
	x.run(now, "", "calendar", "list")
	x.both(now, "", "calendar", "create", "W1")
	x.run(now, "", "calendar", "create", "W1", "--address", "https://longstop.council.example/longstop/", "--expires", "20d")
	found := regexp.MustCompile(`lsc_[a-z2-7]{52}`).FindAllString(x.text.String(), -1)
	x.run(now, "", "calendar", "create", "W2", "--expires", casetime.WallNow().AddDate(0, 3, 0).Format("2006-01-02"))
	x.both(now, "", "calendar", "list")
	x.run(now, "", "calendar", "list", "W2")
	x.run(now, "", "calendar", "revoke", "https://longstop.council.example/longstop/v1/calendar/"+found[2]+"/duties.ics", "--reason", "found in a mail")
	id := regexp.MustCompile(`Calendar ([a-z2-7]{8}) of W2`).FindStringSubmatch(x.text.String())[1]
	x.both(now, "", "calendar", "revoke", id, "--reason", "lost phone")
	x.run(now, "", "calendar", "revoke", "W1")
	x.run(now, "", "calendar", "list")
	x.run(now, "", "audit", "--key", id, "--json")

	// What is asked for wrongly.
	x.run(now, "", "calendar", "revoke", "W1")
	x.run(now, "", "calendar", "revoke", "abcd2345")
	x.run(now, "", "calendar", "create", "W3")
	x.run(now, "", "calendar", "create", "team:T1")
	x.run(now, "", "calendar", "create", "W1", "--expires", "800d")
	x.run(now, "", "calendar", "create", "W1", "--expires", "2020-01-01")
	x.run(now, "", "calendar", "create", "W1", "--address", "http://longstop.council.example")
	x.run(now, "", "calendar", "create", "W1", "--address", "https://")

	// Whoever does not own the database.
	delete(x.env, envMigrate)
	x.both(now, "", "calendar", "create", "W1")
	x.run(now, "", "calendar", "list", "W1")

	text := withoutCalendars(x.text.String())
	for _, secret := range found {
		if strings.Contains(text, secret) {
			t.Errorf("%s is printed", secret)
		}
	}
	x.text.Reset()
	x.text.WriteString(regexp.MustCompile(`--expires \d{4}-\d\d-\d\d\n`).ReplaceAllStringFunc(text, func(s string) string {
		if strings.Contains(s, "2020-01-01") {
			return s
		}
		return "--expires DATE\n"
	}))
	x.golden("calendars.txt")
}
