package organisation_test

import (
	"slices"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func to(staff string, role timescale.Role, why organisation.Why) organisation.Route {
	return organisation.Route{Staff: staff, Role: role, Why: why}
}

// appointed is a person of team T1.
func appointed(ref string, role timescale.Role) casework.Event {
	return casework.Event{ID: "a-" + ref, Type: organisation.Appointed, At: casework.OnDay(day("2020-01-01")), Data: casework.Data{
		"worker": ref, "role": string(role), "team": "T1", "email": ref + "@example.org",
	}}
}

func left(ref, at string) casework.Event {
	return casework.Event{ID: "l-" + ref, Type: organisation.Left, At: casework.OnDay(day(at)), Data: casework.Data{"worker": ref}}
}

func absent(ref, from, until, cover string) casework.Event {
	return casework.Event{ID: "x-" + ref + from, Type: organisation.Absent, At: casework.OnDay(day(from)), Data: casework.Data{
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
	return casework.Event{ID: "f", Type: organisation.Formed, At: casework.OnDay(day("2020-01-01")), Data: data}
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
		alloc  organisation.Allocation
		role   timescale.Role
		skip   []string
		want   organisation.Route // no staff: nobody
	}{
		{"the allocated worker", everybody, organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("W1", timescale.Worker, organisation.InRole)},
		{"the team manager of the worker's team", everybody, organisation.Allocation{Worker: "W1"}, timescale.TeamManager, nil, to("M1", timescale.TeamManager, organisation.InRole)},
		{"the team manager of the team that the case is with", everybody, organisation.Allocation{Team: "T1"}, timescale.TeamManager, nil, to("M1", timescale.TeamManager, organisation.InRole)},
		{"the team manager where no worker is allocated", everybody, organisation.Allocation{Team: "T1"}, timescale.Worker, nil, to("M1", timescale.TeamManager, organisation.Vacant)},
		{"the cover of a worker who is away", with(absent("W1", "2026-11-01", "2026-11-30", "W2")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("W2", timescale.Worker, organisation.Cover)},
		{"the worker again on the day after an absence", with(absent("W1", "2026-10-01", "2026-11-01", "W2")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("W1", timescale.Worker, organisation.InRole)},
		{"the cover still on the last day of an absence", with(absent("W1", "2026-10-01", "2026-11-02", "W2")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("W2", timescale.Worker, organisation.Cover)},
		{"the cover of a cover who is away too", with(absent("W1", "2026-11-01", "", "W2"), absent("W2", "2026-11-01", "", "W3")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("W3", timescale.Worker, organisation.Cover)},
		{"the next role up where covers run in a circle", with(absent("W1", "2026-11-01", "", "W2"), absent("W2", "2026-11-01", "", "W1")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("M1", timescale.TeamManager, organisation.Vacant)},
		{"the next role up where the absence names no cover", with(absent("W1", "2026-11-01", "", "")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("M1", timescale.TeamManager, organisation.Vacant)},
		{"the next role up where the worker has left", with(left("W1", "2026-10-01")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("M1", timescale.TeamManager, organisation.Vacant)},
		{"the cover does not stand in for somebody who has left", with(absent("W1", "2026-09-01", "", "W2"), left("W1", "2026-10-01")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("M1", timescale.TeamManager, organisation.Vacant)},
		{"the service manager where worker and team manager have left", with(left("W1", "2026-10-01"), left("M1", "2026-10-01")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("S1", timescale.ServiceManager, organisation.Vacant)},
		{"the next role up where the address was refused", everybody, organisation.Allocation{Worker: "W1"}, timescale.Worker, []string{"W1"}, to("M1", timescale.TeamManager, organisation.Refused)},
		{"the next role up where the cover's address was refused", with(absent("W1", "2026-11-01", "", "W2")), organisation.Allocation{Worker: "W1"}, timescale.Worker, []string{"W2"}, to("M1", timescale.TeamManager, organisation.Vacant)},
		{"nobody where all have been refused", everybody, organisation.Allocation{Worker: "W1"}, timescale.Worker, []string{"W1", "M1", "S1", "H1"}, organisation.Route{}},
		{"nobody where a case has no worker and no team", everybody, organisation.Allocation{}, timescale.Worker, nil, organisation.Route{}},
		{"nobody where the worker is not known", everybody, organisation.Allocation{Worker: "W9"}, timescale.Worker, nil, organisation.Route{}},
		{"the head of service is the last", with(left("H1", "2026-10-01")), organisation.Allocation{Worker: "W1"}, timescale.HeadOfService, nil, organisation.Route{}},
		{"the manager appointed to a team that names none", []casework.Event{appointed("M2", timescale.TeamManager), appointed("W1", timescale.Worker)}, organisation.Allocation{Worker: "W1"}, timescale.TeamManager, nil, to("M2", timescale.TeamManager, organisation.InRole)},
		{"not a manager named by the team and appointed by nobody", []casework.Event{appointed("W1", timescale.Worker), appointed("S1", timescale.ServiceManager), formed("M8", "S1")}, organisation.Allocation{Worker: "W1"}, timescale.TeamManager, nil, to("S1", timescale.ServiceManager, organisation.Vacant)},
		{"somebody appointed again after leaving", with(left("W1", "2019-01-01")), organisation.Allocation{Worker: "W1"}, timescale.Worker, nil, to("W1", timescale.Worker, organisation.InRole)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, ok := organisation.NewDirectory(tc.events).Route(tc.role, tc.alloc, day("2026-11-02"), tc.skip)
			if got != tc.want || ok != (tc.want.Staff != "") {
				t.Errorf("got %+v (%v), want %+v", got, ok, tc.want)
			}
		})
	}
}

func TestManagersOfATeamAreEachNamedOnceInTheirHighestRole(t *testing.T) {
	t.Parallel()
	d := organisation.NewDirectory([]casework.Event{
		appointed("M1", timescale.TeamManager), appointed("S1", timescale.ServiceManager), formed("S1", "S1", "H9"),
	})
	got := d.ManagersOf("T1")
	if len(got) != 1 || got[0] != (organisation.Manager{"S1", timescale.ServiceManager}) {
		t.Errorf("got %v", got)
	}
}

// A post of a worker that nobody holds is nobody's case: each case has its own worker.
func TestAVacantPostOfAWorkerSilencesNoOtherWorker(t *testing.T) {
	t.Parallel()
	vacant := casework.Event{ID: "v", Type: organisation.Vacated, At: casework.OnDay(day("2026-10-01")), Data: casework.Data{
		"team": "T1", "level": "worker", "cover": "M1",
	}}
	d := organisation.NewDirectory([]casework.Event{
		appointed("W1", timescale.Worker), appointed("M1", timescale.TeamManager), formed("M1"), vacant,
	})
	got, ok := d.Route(timescale.Worker, organisation.Allocation{Worker: "W1"}, day("2026-11-02"), nil)
	if want := to("W1", timescale.Worker, organisation.InRole); !ok || got != want {
		t.Errorf("got %+v (%v), want %+v", got, ok, want)
	}
}

func formedTeam(id, team string, managers map[timescale.Role]string) casework.Event {
	data := casework.Data{"team": team}
	for level, ref := range managers {
		data[string(level)] = ref
	}
	return casework.Event{ID: id, Type: organisation.Formed, At: casework.OnDay(day("2020-01-01")), Data: data}
}

// Somebody who holds a case and alone manages it is told as its manager: nobody else could be.
func TestWhoHoldsACaseIsToldAsItsManagerOnlyWhereNobodyElseCanBe(t *testing.T) {
	t.Parallel()
	manager, above := appointed("M1", timescale.TeamManager), appointed("S1", timescale.ServiceManager)
	held := organisation.Allocation{Worker: "M1", Team: "T1"}
	for _, tc := range []struct {
		name   string
		events []casework.Event
		skip   []string
		want   organisation.Route
	}{
		{"alone", []casework.Event{manager, formed("M1")}, nil, to("M1", timescale.TeamManager, organisation.Alone)},
		{"alone and away", []casework.Event{manager, formed("M1"), absent("M1", "2026-11-01", "", "")}, nil, to("M1", timescale.TeamManager, organisation.Alone)},
		{"the others have left", []casework.Event{manager, above, formed("M1", "S1"), left("S1", "2026-10-01")}, nil, to("M1", timescale.TeamManager, organisation.Alone)},
		{"the others cannot be reached", []casework.Event{manager, above, formed("M1", "S1")}, []string{"S1"}, to("M1", timescale.TeamManager, organisation.Alone)},
		{"the next up", []casework.Event{manager, above, formed("M1", "S1")}, nil, to("S1", timescale.ServiceManager, organisation.OwnCase)},
		{"the next up, who is away", []casework.Event{manager, above, formed("M1", "S1"), absent("S1", "2026-11-01", "", "")}, nil, to("S1", timescale.ServiceManager, organisation.OwnCase)},
		{
			"the next up, and not who covers for both the holder and the manager that they are",
			[]casework.Event{manager, above, appointed("W2", timescale.Worker), formed("M1", "S1"), absent("M1", "2026-11-01", "", "W2")},
			nil,
			to("S1", timescale.ServiceManager, organisation.OwnCase),
		},
		{
			"their cover, where there is nobody else",
			[]casework.Event{manager, appointed("W2", timescale.Worker), formed("M1"), absent("M1", "2026-11-01", "", "W2")},
			nil,
			to("W2", timescale.TeamManager, organisation.Cover),
		},
		{"nobody, where they have left", []casework.Event{manager, formed("M1"), left("M1", "2026-10-01")}, nil, organisation.Route{}},
	} {
		d := organisation.NewDirectory(tc.events)
		if got, ok := d.Route(timescale.TeamManager, held, day("2026-11-02"), tc.skip); got != tc.want || ok != (tc.want.Staff != "") {
			t.Errorf("%s: %+v (%v), want %+v", tc.name, got, ok, tc.want)
		}
	}
}

// Whatever is wrong with who has a part, somebody of the case is told of its step.
func TestAStepForAPartNeverVanishes(t *testing.T) {
	t.Parallel()
	everybody := []casework.Event{
		appointed("W1", timescale.Worker), appointed("W2", timescale.Worker), appointed("M1", timescale.TeamManager), formed("M1"),
	}
	chair := func(worker string) organisation.Assignment {
		return organisation.Assignment{Part: organisation.Chair, Staff: worker}
	}
	elsewhere := func(ref string, level timescale.Role) casework.Event {
		e := appointed(ref, level)
		e.Data["team"] = "QA"
		return e
	}
	quality := formedTeam("qa", "QA", map[timescale.Role]string{timescale.TeamManager: "QM1"})
	for _, tc := range []struct {
		name  string
		more  []casework.Event
		parts []organisation.Assignment
		skip  []string
		want  organisation.Route
	}{
		{"nobody has it", nil, nil, nil, to("W1", timescale.Worker, organisation.NoPart)},
		{"nobody has it and the holder is away", []casework.Event{absent("W1", "2026-11-01", "", "W2")}, nil, nil, to("W2", timescale.Worker, organisation.NoPart)},
		{"nobody has it and the holder has left", []casework.Event{left("W1", "2026-10-01")}, nil, nil, to("M1", timescale.TeamManager, organisation.NoPart)},
		{"nobody is known of them", nil, []organisation.Assignment{chair("C9")}, nil, to("M1", timescale.TeamManager, organisation.Vacant)},
		{"their team is not known", nil, []organisation.Assignment{{Part: organisation.Chair, Team: "X9"}}, nil, to("M1", timescale.TeamManager, organisation.Vacant)},
		{
			"they have left, and their manager is known",
			[]casework.Event{elsewhere("C1", timescale.Worker), elsewhere("QM1", timescale.TeamManager), quality, left("C1", "2026-10-01")},
			[]organisation.Assignment{chair("C1")},
			nil, to("QM1", timescale.TeamManager, organisation.Vacant),
		},
		{"they cannot be reached, and have no manager", []casework.Event{elsewhere("C1", timescale.Worker)}, []organisation.Assignment{chair("C1")}, []string{"C1"}, to("M1", timescale.TeamManager, organisation.Refused)},
		{"nor has the case", []casework.Event{left("M1", "2026-10-01")}, []organisation.Assignment{chair("C9")}, nil, to("W1", timescale.Worker, organisation.Vacant)},
	} {
		d := organisation.NewDirectory(append(slices.Clone(everybody), tc.more...))
		c := organisation.Case{Allocation: organisation.Allocation{Worker: "W1", Team: "T1"}, Parts: tc.parts}
		got := d.Told(organisation.Question{Role: "chair", Day: day("2026-11-02"), Unreachable: tc.skip}, c)
		if len(got) != 1 || got[0] != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
	}
}
