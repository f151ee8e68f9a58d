package sample_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/sample"
)

// staff is what the people file says of one person.
type staff struct {
	role, team, email string
	left              calendar.Date
	away, until       calendar.Date
	cover             string
	held              int
}

func staffOf(tb testing.TB, m *made) map[string]*staff {
	tb.Helper()
	people := map[string]*staff{}
	for _, e := range m.people {
		p := people[e.Data.Text("worker")]
		switch e.Type {
		case "staff.appointed":
			if p != nil {
				tb.Errorf("%s is appointed twice", e.Data.Text("worker"))
			}
			people[e.Data.Text("worker")] = &staff{role: e.Data.Text("role"), team: e.Data.Text("team"), email: e.Data.Text("email")}
		case "staff.left":
			p.left = e.At.Day
		case "staff.absent":
			p.away, p.until, p.cover = e.At.Day, e.Data.Day("until"), e.Data.Text("cover")
		case "team.formed":
		default:
			tb.Errorf("the people file holds %s", e.Type)
		}
	}
	for _, e := range m.allocated() {
		people[e.Data.Text("worker")].held++
	}
	return people
}

func TestEachWorkerHoldsFifteenOrSixteenChildren(t *testing.T) {
	t.Parallel()
	for _, m := range []*made{makeSample(t, "2026-11-20", 60, 0), county(t)} {
		working, held := 0, 0
		for id, p := range staffOf(t, m) {
			if p.role != "worker" || !p.left.IsZero() {
				continue
			}
			working++
			held += p.held
			if p.held < 13 || p.held > 19 {
				t.Errorf("of %d children %s holds %d", len(m.children), id, p.held)
			}
		}
		if mean := float64(held) / float64(working); mean < 14.5 || mean > 16.5 {
			t.Errorf("%d children: a worker holds %.1f on average", len(m.children), mean)
		}
	}
}

func TestOneWorkerHasLeftWithACaseStillInTheirName(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 60, 0)
	left := 0
	for id, p := range staffOf(t, m) {
		if p.left.IsZero() {
			continue
		}
		left++
		if p.held == 0 || p.left >= m.day {
			t.Errorf("%s left on %s and holds %d children: nobody can see where their notices go", id, p.left, p.held)
		}
	}
	if left != 1 {
		t.Errorf("%d workers have left, want 1", left)
	}
}

func TestOneWorkerIsAwayAndCoveredByAColleagueAtWork(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 60, 0)
	people := staffOf(t, m)
	away := 0
	for id, p := range people {
		if p.away.IsZero() {
			continue
		}
		away++
		cover := people[p.cover]
		if p.away >= m.day || p.until <= m.day || p.held == 0 {
			t.Errorf("%s is away from %s to %s with %d children", id, p.away, p.until, p.held)
		}
		if p.cover == id || cover.team != p.team || !cover.left.IsZero() || !cover.away.IsZero() {
			t.Errorf("%s is covered by %s, who cannot", id, p.cover)
		}
	}
	if away != 1 {
		t.Errorf("%d workers are away, want 1", away)
	}
}

func TestNobodyIsGivenACaseAfterLeaving(t *testing.T) {
	t.Parallel()
	m := county(t)
	people := staffOf(t, m)
	for _, e := range m.events {
		if e.Type != "worker.allocated" {
			continue
		}
		p := people[e.Data.Text("worker")]
		if p == nil || p.role != "worker" || p.team != e.Data.Text("team") {
			t.Errorf("event %s gives the case to %s, who is no worker of that team", e.ID, e.Data.Text("worker"))
			continue
		}
		if !p.left.IsZero() && e.At.Day >= p.left {
			t.Errorf("event %s gives a case on %s to somebody who left on %s", e.ID, e.At, p.left)
		}
	}
}

func TestEveryTeamHasItsManagers(t *testing.T) {
	t.Parallel()
	for _, m := range []*made{makeSample(t, "2026-11-20", 1, 0), makeSample(t, "2026-11-20", 60, 0), county(t)} {
		people := staffOf(t, m)
		for _, e := range m.people {
			if e.Type == "team.formed" {
				checkTeam(t, people, e)
			}
		}
	}
}

func checkTeam(t *testing.T, people map[string]*staff, e casework.Event) {
	t.Helper()
	for _, role := range []string{"team_manager", "service_manager", "head_of_service"} {
		if p := people[e.Data.Text(role)]; p == nil || p.role != role {
			t.Errorf("team %s has no %s", e.Data.Text("team"), role)
		}
	}
	workers := 0
	for _, p := range people {
		if p.role == "worker" && p.team == e.Data.Text("team") && p.left.IsZero() {
			workers++
		}
	}
	if workers < 2 || workers > 4 {
		t.Errorf("team %s has %d workers, want 2 to 4", e.Data.Text("team"), workers)
	}
}

func TestNamesAndAddressesAreInventedAndOnesOwn(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := sampleOf(t, sample.Options{Day: date(t, "2026-11-20"), Children: 20000}).WritePeople(&file); err != nil {
		t.Fatal(err)
	}
	var emails []string
	for _, e := range read(t, &file) {
		if e.Type != "staff.appointed" {
			continue
		}
		email := e.Data.Text("email")
		if !strings.HasSuffix(email, "@example.org") {
			t.Errorf("%s is no address of example.org", email)
		}
		emails = append(emails, email)
	}
	slices.Sort(emails)
	if n := len(slices.Compact(slices.Clone(emails))); n != len(emails) {
		t.Errorf("%d people share %d addresses", len(emails), n)
	}
}
