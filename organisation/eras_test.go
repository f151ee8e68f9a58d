package organisation_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// era reads what was recorded of the people of one county, whose people are invented, in one or more
// of its eras: units until 2018, teams then, Family Safeguarding from 2020.
func era(t *testing.T, years ...string) []casework.Event {
	t.Helper()
	var events []casework.Event
	for _, year := range years {
		f, err := os.Open("testdata/people-" + year + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			var e casework.Event
			if err := e.UnmarshalJSON(lines.Bytes()); err != nil {
				t.Fatal(err)
			}
			e.Recorded = e.At.End()
			if r := organisation.Check(&e, nil); r != nil {
				t.Fatal(r)
			}
			events = append(events, e)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return events
}

// said reads a case's events: "type at worker=W1 team=T1".
func said(t *testing.T, lines ...string) organisation.Case {
	t.Helper()
	var events []casework.Event
	for i, line := range lines {
		words := strings.Fields(line)
		e := casework.Event{ID: string(rune('a' + i)), Type: words[0], At: casework.OnDay(day(words[1])), Data: casework.Data{}}
		e.Recorded = e.At.End()
		for _, field := range words[2:] {
			name, value, _ := strings.Cut(field, "=")
			e.Data[name] = value
		}
		events = append(events, e)
	}
	return organisation.CaseOf(events)
}

// told is who is told, in the order in which they are: "CSW12", and where it is not simply the holder
// of the role "GM3 (own_case)".
func told(routes []organisation.Route) string {
	words := make([]string, len(routes))
	for i, r := range routes {
		if words[i] = r.Staff; r.Why != organisation.InRole {
			words[i] += " (" + string(r.Why) + ")"
		}
	}
	return strings.Join(words, ", ")
}

func TestWhoIsToldInThreeErasOfOneCounty(t *testing.T) {
	t.Parallel()
	units := era(t, "2012")
	teams := era(t, "2012", "2018")
	safeguarding := era(t, "2012", "2018", "2020")
	for _, tc := range []struct {
		name    string
		people  []casework.Event
		history []string
		on      string
		want    map[string]string // by role
		out     bool              // of hours
		skip    []string
	}{
		{
			"2012: the unit holds the case, and is told at its inbox", units,
			[]string{"worker.allocated 2012-05-01 team=U12"},
			"2012-05-02",
			map[string]string{"worker": "team:U12 (together)", "team_manager": "CSW12", "service_manager": "GM3", "head_of_service": "HS2", "director": "SD1"},
			false, nil,
		},
		{
			"2012: a named worker of the unit", units,
			[]string{"worker.allocated 2012-05-01 team=U12", "worker.allocated 2012-05-08 team=U12 worker=SW122"},
			"2012-05-09",
			map[string]string{"worker": "SW122", "team_manager": "CSW12"},
			false, nil,
		},
		{
			"2012: who manages the unit holds the case: the steps to them go to the group manager at once", units,
			[]string{"worker.allocated 2012-05-01 team=U12 worker=CSW12"},
			"2012-05-02",
			map[string]string{"worker": "CSW12", "team_manager": "GM3 (own_case)", "service_manager": "GM3", "head_of_service": "HS2"},
			false, nil,
		},
		{
			"2012: the same, and the group manager is away with the holder as cover", append(slices.Clone(units), absent("GM3", "2012-05-01", "2012-05-20", "CSW12")),
			[]string{"worker.allocated 2012-05-01 team=U12 worker=CSW12"},
			"2012-05-02",
			map[string]string{"worker": "CSW12", "team_manager": "HS2 (own_case)", "service_manager": "HS2 (own_case)"},
			false, nil,
		},
		{
			"2012: the clinician joins, and is told nothing that is not for clinicians", units,
			[]string{"worker.allocated 2012-05-01 team=U12 worker=SW121", "practitioner.joined 2012-05-03 worker=CL12 part=clinician"},
			"2012-05-04",
			map[string]string{"worker": "SW121", "clinician": "CL12"},
			false, nil,
		},
		{
			"2012: the access team has no group manager: what would go to one goes to the head of service", units,
			[]string{"worker.allocated 2012-05-01 team=TAT"},
			"2012-05-02",
			map[string]string{"worker": "team:TAT (together)", "team_manager": "TAM1", "service_manager": "HS2 (no_level)"},
			false, nil,
		},
		{
			"2012: the inbox of the unit is refused", units,
			[]string{"worker.allocated 2012-05-01 team=U12"},
			"2012-05-02",
			map[string]string{"worker": "CSW12 (refused)"},
			false,
			[]string{"team:U12"},
		},
		{
			"2018: on the day of the reorganisation a case that has not moved yet is with the team that took the unit's", teams,
			[]string{"worker.allocated 2012-05-01 team=U12 worker=CSW12"},
			"2018-04-03",
			map[string]string{"worker": "TM31 (nobody)", "team_manager": "TM31", "service_manager": "HS2 (no_level)"},
			false, nil,
		},
		{
			"2018: a case that the reorganisation moved", teams,
			[]string{"worker.allocated 2012-05-01 team=U12 worker=CSW12", "worker.allocated 2018-04-02 team=FC1 worker=SW121 reason=reorganisation"},
			"2018-04-03",
			map[string]string{"worker": "SW121", "team_manager": "TM31"},
			false, nil,
		},
		{
			"2018: an alternatively qualified holder, and the supervisor with them, but not at the managers' steps", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=AQ31"},
			"2018-05-02",
			map[string]string{"worker": "AQ31, SS31 (supervisor)", "team_manager": "TM31"},
			false, nil,
		},
		{
			"2018: the supervisor that the allocation names comes before the worker's own", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=AQ31 supervisor=SW121"},
			"2018-05-02",
			map[string]string{"worker": "AQ31, SW121 (supervisor)"},
			false, nil,
		},
		{
			"2018: a family worker is no supervisor: the next up is told with the holder", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=AQ31 supervisor=FW31"},
			"2018-05-02",
			map[string]string{"worker": "AQ31, SS31 (supervisor)"},
			false,
			[]string{},
		},
		{
			"2018: a family worker holds the case and nobody supervises", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=FW31"},
			"2018-05-02",
			map[string]string{"worker": "FW31, TM31 (supervisor)"},
			false, nil,
		},
		{
			"2018: the supervisor is away and nobody covers", append(slices.Clone(teams), absent("SS31", "2018-05-01", "", "")),
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=AQ31"},
			"2018-05-02",
			map[string]string{"worker": "AQ31, TM31 (supervisor)"},
			false, nil,
		},
		{
			"2018: holder and supervisor are both away: the next up is told once", append(slices.Clone(teams), absent("SS31", "2018-05-01", "", ""), absent("AQ31", "2018-05-01", "", "")),
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=AQ31"},
			"2018-05-02",
			map[string]string{"worker": "TM31 (nobody)"},
			false, nil,
		},
		{
			"2018: the manager's post is vacant, and a senior acts in it", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=SW121"},
			"2018-09-04",
			map[string]string{"worker": "SW121", "team_manager": "SS31 (acting)", "service_manager": "HS2 (no_level)"},
			false, nil,
		},
		{
			"2018: who acts in the post holds the case", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=SS31"},
			"2018-09-04",
			map[string]string{"worker": "SS31", "team_manager": "HS2 (own_case)"},
			false, nil,
		},
		{
			"2018: the end of the vacancy has passed and nobody was appointed", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=SW121"},
			"2018-11-01",
			map[string]string{"team_manager": "HS2 (nobody)"},
			false, nil,
		},
		{
			"2018: out of hours the emergency duty team is told with the worker", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=SW121"},
			"2018-05-02",
			map[string]string{"worker": "SW121, team:EDT (duty_team)", "team_manager": "TM31, team:EDT (duty_team)"},
			true, nil,
		},
		{
			"2018: out of hours, with nobody known in the case, the emergency duty team alone", teams, nil, "2018-05-02",
			map[string]string{"worker": "team:EDT (duty_team)"},
			true, nil,
		},
		{
			"2018: the hub has a part in the case, at its inbox", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=SW121", "practitioner.joined 2018-05-02 team=HUB part=hub"},
			"2018-05-03",
			map[string]string{"worker": "SW121", "hub": "team:HUB"},
			false, nil,
		},
		{
			"2018: the hub's inbox is refused: its manager", teams,
			[]string{"worker.allocated 2018-05-01 team=FC1 worker=SW121", "practitioner.joined 2018-05-02 team=HUB part=hub"},
			"2018-05-03",
			map[string]string{"hub": "MM1 (refused)"},
			false,
			[]string{"team:HUB"},
		},
		{
			"2020: three professionals in one case, each told of their own", safeguarding,
			[]string{
				"worker.allocated 2020-03-02 team=HUN1 worker=SP1", "practitioner.joined 2020-03-04 worker=REC1 part=recovery_worker",
				"practitioner.joined 2020-03-04 worker=MH1 part=mental_health_practitioner", "chair.appointed 2020-03-05 worker=CH1",
			},
			"2020-03-09",
			map[string]string{
				"worker": "SP1", "recovery_worker": "REC1", "mental_health_practitioner": "MH1", "chair": "CH1",
				"service_manager": "DSM1", "director": "AD1",
			},
			false, nil,
		},
		{
			"2020: the reviewing officer is away: the manager of the reviewing officers, and not the social worker's", append(slices.Clone(safeguarding), absent("IRO1", "2020-03-02", "", "")),
			[]string{"worker.allocated 2020-03-02 team=HUN1 worker=SP1", "iro.appointed 2020-03-03 worker=IRO1"},
			"2020-03-09",
			map[string]string{"reviewing_officer": "QM1 (nobody)"},
			false, nil,
		},
		{
			"2020: nobody was appointed reviewing officer, so that whoever holds the case is reminded", safeguarding,
			[]string{"worker.allocated 2020-03-02 team=HUN1 worker=SP1"},
			"2020-03-09",
			map[string]string{"reviewing_officer": "SP1 (no_part)"},
			false, nil,
		},
		{
			"2020: another reviewing officer, and a practitioner who has left the case", safeguarding,
			[]string{
				"worker.allocated 2020-03-02 team=HUN1 worker=SP1", "iro.appointed 2020-03-03 worker=IRO1", "iro.appointed 2020-03-04 worker=CH1",
				"iro.appointed 2020-03-05", "practitioner.joined 2020-03-04 worker=REC1 part=recovery_worker", "practitioner.left 2020-03-06 worker=REC1",
			},
			"2020-03-09",
			map[string]string{"reviewing_officer": "CH1", "recovery_worker": "SP1 (no_part)"},
			false, nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := organisation.DirectoryOn(tc.people, day(tc.on))
			c := said(t, tc.history...)
			for role, want := range tc.want {
				got := d.Told(organisation.Question{Role: timescale.Role(role), Day: day(tc.on), OutOfHours: tc.out, Unreachable: tc.skip}, c)
				if told(got) != want {
					t.Errorf("%s: %s, want %s", role, told(got), want)
				}
			}
		})
	}
}

func TestWhatIsRecordedOfPeopleIsKeptApart(t *testing.T) {
	t.Parallel()
	d := organisation.DirectoryOn(era(t, "2012"), day("2012-05-01"))
	p := d.Person("CSW12")
	if p.Post != "consultant social worker" || p.Role != timescale.TeamManager || p.Qualification != organisation.SocialWorker || !p.HoldsCases {
		t.Errorf("%+v", p)
	}
	if d.Person("GM3").HoldsCases || d.Person("CL12").HoldsCases || !d.Person("SW121").HoldsCases {
		t.Error("only workers hold cases, and others where the record says so")
	}
	if unit, ok := d.Team("U12"); !ok || unit.Kind != organisation.Unit || !slices.Equal(unit.Councils, []string{"873"}) || unit.District != "Fenland" {
		t.Errorf("%+v", unit)
	}
	inbox := d.Person(organisation.InboxRef("U12"))
	if inbox.Email != "u12@example.org" || inbox.Name != "Unit 12" || !inbox.Employed() {
		t.Errorf("%+v", inbox)
	}
	if !slices.Contains(d.Recipients(), "team:U12") || slices.Contains(d.Staff(), "team:U12") {
		t.Error("an inbox can be told, and is nobody of the staff")
	}
}

func TestAVacancyHasItsDatesAndEndsWhenThePostIsFilled(t *testing.T) {
	t.Parallel()
	people := era(t, "2012", "2018", "2020")
	at := func(on, team string) []organisation.Vacancy {
		return organisation.DirectoryOn(people, day(on)).Vacancies(team, day(on))
	}
	if list := at("2018-09-10", "FC1"); len(list) != 1 || list[0].Until != day("2018-10-31") || list[0].Cover != "SS31" || list[0].From != day("2018-09-03") {
		t.Errorf("%+v", list)
	}
	if list := at("2018-11-01", "FC1"); len(list) != 0 {
		t.Errorf("after its last day: %+v", list)
	}
	if list := at("2020-06-01", "HUN1"); len(list) != 1 || list[0].Post != "domestic abuse practitioner" {
		t.Errorf("%+v", list)
	}
	for _, filled := range []casework.Event{
		{ID: "f1", Type: organisation.Appointed, At: casework.OnDay(day("2020-05-04")), Data: casework.Data{"worker": "DA1", "level": "worker", "post": "Domestic abuse practitioner", "team": "HUN1"}},
	} {
		people = append(people, filled)
		if list := at("2020-06-01", "HUN1"); len(list) != 0 {
			t.Errorf("filled: %+v", list)
		}
	}
}
