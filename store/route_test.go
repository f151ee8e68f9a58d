package store

import (
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/notify/letter"
	"longstop/timescale"
)

func day0(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// appointed is a person of team T1.
func appointed(ref string, role timescale.Role) casework.Event {
	return casework.Event{ID: "a-" + ref, Type: typeAppointed, At: casework.OnDay(day0("2020-01-01")), Data: casework.Data{
		"worker": ref, "role": string(role), "team": "T1", "email": ref + "@example.org",
	}}
}

func left(ref, at string) casework.Event {
	return casework.Event{ID: "l-" + ref, Type: typeLeft, At: casework.OnDay(day0(at)), Data: casework.Data{"worker": ref}}
}

func absent(ref, from, until, cover string) casework.Event {
	return casework.Event{ID: "x-" + ref + from, Type: typeAbsent, At: casework.OnDay(day0(from)), Data: casework.Data{
		"worker": ref, "until": until, "cover": cover,
	}}
}

func formed(managers ...string) casework.Event {
	data := casework.Data{"team": "T1"}
	for i, role := range []string{"team_manager", "service_manager", "head_of_service"} {
		if i < len(managers) {
			data[role] = managers[i]
		}
	}
	return casework.Event{ID: "f", Type: typeFormed, At: casework.OnDay(day0("2020-01-01")), Data: data}
}

func TestWhoIsTold(t *testing.T) {
	t.Parallel()
	everybody := []casework.Event{
		appointed("W1", timescale.Worker), appointed("W2", timescale.Worker), appointed("W3", timescale.Worker),
		appointed("M1", timescale.TeamManager), appointed("S1", timescale.ServiceManager),
		appointed("H1", timescale.HeadOfService), formed("M1", "S1", "H1"),
	}
	with := func(more ...casework.Event) []casework.Event {
		return append(append([]casework.Event{}, everybody...), more...)
	}
	for _, tc := range []struct {
		name   string
		events []casework.Event
		alloc  allocation
		role   timescale.Role
		skip   []string
		want   route // no staff: nobody
	}{
		{"the allocated worker", everybody, allocation{"W1", ""}, timescale.Worker, nil, route{"W1", timescale.Worker, letter.InRole}},
		{"the team manager of the worker's team", everybody, allocation{"W1", ""}, timescale.TeamManager, nil, route{"M1", timescale.TeamManager, letter.InRole}},
		{"the team manager of the team that the case is with", everybody, allocation{"", "T1"}, timescale.TeamManager, nil, route{"M1", timescale.TeamManager, letter.InRole}},
		{"the team manager where no worker is allocated", everybody, allocation{"", "T1"}, timescale.Worker, nil, route{"M1", timescale.TeamManager, letter.Nobody}},
		{"the cover of a worker who is away", with(absent("W1", "2026-11-01", "2026-11-30", "W2")), allocation{"W1", ""}, timescale.Worker, nil, route{"W2", timescale.Worker, letter.Cover}},
		{"the worker again on the day after an absence", with(absent("W1", "2026-10-01", "2026-11-01", "W2")), allocation{"W1", ""}, timescale.Worker, nil, route{"W1", timescale.Worker, letter.InRole}},
		{"the cover still on the last day of an absence", with(absent("W1", "2026-10-01", "2026-11-02", "W2")), allocation{"W1", ""}, timescale.Worker, nil, route{"W2", timescale.Worker, letter.Cover}},
		{"the cover of a cover who is away too", with(absent("W1", "2026-11-01", "", "W2"), absent("W2", "2026-11-01", "", "W3")), allocation{"W1", ""}, timescale.Worker, nil, route{"W3", timescale.Worker, letter.Cover}},
		{"the next role up where covers run in a circle", with(absent("W1", "2026-11-01", "", "W2"), absent("W2", "2026-11-01", "", "W1")), allocation{"W1", ""}, timescale.Worker, nil, route{"M1", timescale.TeamManager, letter.Nobody}},
		{"the next role up where the absence names no cover", with(absent("W1", "2026-11-01", "", "")), allocation{"W1", ""}, timescale.Worker, nil, route{"M1", timescale.TeamManager, letter.Nobody}},
		{"the next role up where the worker has left", with(left("W1", "2026-10-01")), allocation{"W1", ""}, timescale.Worker, nil, route{"M1", timescale.TeamManager, letter.Nobody}},
		{"the cover does not stand in for somebody who has left", with(absent("W1", "2026-09-01", "", "W2"), left("W1", "2026-10-01")), allocation{"W1", ""}, timescale.Worker, nil, route{"M1", timescale.TeamManager, letter.Nobody}},
		{"the service manager where worker and team manager have left", with(left("W1", "2026-10-01"), left("M1", "2026-10-01")), allocation{"W1", ""}, timescale.Worker, nil, route{"S1", timescale.ServiceManager, letter.Nobody}},
		{"the next role up where the address was refused", everybody, allocation{"W1", ""}, timescale.Worker, []string{"W1"}, route{"M1", timescale.TeamManager, letter.Refused}},
		{"the next role up where the cover's address was refused", with(absent("W1", "2026-11-01", "", "W2")), allocation{"W1", ""}, timescale.Worker, []string{"W2"}, route{"M1", timescale.TeamManager, letter.Nobody}},
		{"nobody where all have been refused", everybody, allocation{"W1", ""}, timescale.Worker, []string{"W1", "M1", "S1", "H1"}, route{}},
		{"nobody where a case has no worker and no team", everybody, allocation{}, timescale.Worker, nil, route{}},
		{"nobody where the worker is not known", everybody, allocation{"W9", ""}, timescale.Worker, nil, route{}},
		{"the head of service is the last", with(left("H1", "2026-10-01")), allocation{"W1", ""}, timescale.HeadOfService, nil, route{}},
		{"the manager appointed to a team that names none", []casework.Event{appointed("M2", timescale.TeamManager), appointed("W1", timescale.Worker)}, allocation{"W1", ""}, timescale.TeamManager, nil, route{"M2", timescale.TeamManager, letter.InRole}},
		{"not a manager whom the team names and nobody appointed", []casework.Event{appointed("W1", timescale.Worker), appointed("S1", timescale.ServiceManager), formed("M8", "S1")}, allocation{"W1", ""}, timescale.TeamManager, nil, route{"S1", timescale.ServiceManager, letter.Nobody}},
		{"somebody appointed again after leaving", with(left("W1", "2019-01-01")), allocation{"W1", ""}, timescale.Worker, nil, route{"W1", timescale.Worker, letter.InRole}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, ok := newDirectory(tc.events).find(tc.role, tc.alloc, day0("2026-11-02"), tc.skip)
			if got != tc.want || ok != (tc.want.staff != "") {
				t.Errorf("got %+v (%v), want %+v", got, ok, tc.want)
			}
		})
	}
}

func TestADirectoryDoesNotDependOnTheOrderOfItsEvents(t *testing.T) {
	t.Parallel()
	events := []casework.Event{appointed("W1", timescale.Worker), absent("W1", "2026-01-01", "2026-12-31", ""), absent("W1", "2026-11-01", "2026-11-01", "")}
	forwards := newDirectory(events)
	backwards := newDirectory([]casework.Event{events[2], events[1], events[0]})
	if !forwards.here("W1", day0("2026-11-02")) || !backwards.here("W1", day0("2026-11-02")) {
		t.Error("the latest absence counts, whatever the order")
	}
}

func TestManagersOfATeamAreEachNamedOnceInTheirHighestRole(t *testing.T) {
	t.Parallel()
	d := newDirectory([]casework.Event{
		appointed("M1", timescale.TeamManager), appointed("S1", timescale.ServiceManager), formed("S1", "S1", "H9"),
	})
	got := d.managersOf("T1")
	if len(got) != 1 || got[0] != (manager{"S1", timescale.ServiceManager}) {
		t.Errorf("got %v", got)
	}
}
