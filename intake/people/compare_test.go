package people_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake/people"
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

// record is what stands of earlier loads.
type record struct {
	t     *testing.T
	staff []casework.Event
	cases map[string][]casework.Event
}

// load compares a file with the record on a day, and records what it leads to.
func (r *record) load(on, text string, whole bool) *people.Result {
	r.t.Helper()
	f, err := people.Read(strings.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	now := day(on).At(12, 0)
	got := people.Compare(people.Input{File: f, History: r.staff, Cases: r.cases, Source: "hr", On: day(on), Now: now, Whole: whole})
	for i := range got.Changes {
		e := got.Changes[i].Event
		e.Recorded = now
		if e.Case != "" {
			r.cases[e.Case] = append(r.cases[e.Case], e)
			continue
		}
		if refused := organisation.Check(&e, nil); refused != nil {
			r.t.Fatalf("%s: %s", e.ID, refused.Reason)
		}
		for _, held := range r.staff {
			if held.ID == e.ID {
				r.t.Fatalf("%s is recorded already", e.ID)
			}
		}
		r.staff = append(r.staff, e)
	}
	return got
}

// changes are the changes of a result, each on a line.
func changes(got *people.Result) string {
	var list []string
	for _, c := range got.Changes {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%d %s %s %s %s", c.Line, c.What, c.Ref, c.Event.At.Day, strings.Join(c.Fields, ","))))
	}
	return strings.Join(list, "\n")
}

func faults(got *people.Result) string {
	var list []string
	for _, f := range got.Faults {
		list = append(list, fmt.Sprintf("%d %s: %s", f.Line, f.Column, f.Reason))
	}
	return strings.Join(list, "\n")
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if want = strings.TrimSpace(want); got != want {
		t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
	}
}

const first = `worker,name,email,level,post,qualification,holds_cases,supervisor,team,from,absent,until,cover,kind,inbox,chain
CSW12,Ada Wren,ada.wren@example.org,team_manager,consultant social worker,social_worker,yes,,U12,2026-01-05,,,,,,
SW1,Bilal Heron,bilal.heron@example.org,worker,social worker,social_worker,,,U12,2026-01-05,,,,,,
AQ1,Carys Plover,carys.plover@example.org,worker,family worker,alternatively_qualified,,SW1,U12,2026-01-05,2026-08-03,2026-08-14,SW1,,,
AQ1,,,,,,,,,,2026-12-21,2027-01-04,CSW12,,,
,Unit 12,,,,,,,U12,2026-01-05,,,,unit,u12@example.org,team_manager=CSW12; head_of_service=HS1
`

func TestAFileBecomesEventsAndTheSameFileAgainNothing(t *testing.T) {
	t.Parallel()
	r := &record{t: t, cases: map[string][]casework.Event{}}
	got := r.load("2026-08-05", first, false)
	want(t, "faults", faults(got), "")
	want(t, "changes", changes(got), `
2 appointed CSW12 2026-01-05
3 appointed SW1 2026-01-05
4 appointed AQ1 2026-01-05
4 absence AQ1 2026-08-03
5 absence AQ1 2026-12-21
6 formed U12 2026-01-05`)
	d := got.After
	if p := d.Person("AQ1"); p.Post != "family worker" || p.Qualification != organisation.AlternativelyQualified || p.Supervisor != "SW1" || !p.Away(day("2026-12-24")) {
		t.Errorf("%+v", p)
	}
	if p := d.Person("CSW12"); !p.HoldsCases || p.Role != timescale.TeamManager {
		t.Errorf("%+v", p)
	}
	for _, on := range []string{"2026-08-05", "2026-08-20", "2027-02-01"} {
		if again := r.load(on, first, false); len(again.Changes) != 0 || len(again.Faults) != 0 || again.Same[people.Person] != 3 || again.Same[people.Absence] != 1 || again.Same[people.Team] != 1 {
			t.Errorf("again on %s:\n%s%s %v", on, changes(again), faults(again), again.Same)
		}
	}
}

func TestJSONLinesSayTheSameAsATable(t *testing.T) {
	t.Parallel()
	r := &record{t: t, cases: map[string][]casework.Event{}}
	r.load("2026-08-05", first, false)
	got := r.load("2026-08-05", `{"worker":"CSW12","name":"Ada Wren","email":"ada.wren@example.org","role":"team_manager","post":"consultant social worker","qualification":"social_worker","holds_cases":true,"team":"U12"}
{"worker":"AQ1","absent":"2026-12-21","until":"2027-01-04","cover":"CSW12"}
{"worker":"AQ1","level":"worker","absent":"2026-08-03","until":"2026-08-14","cover":"SW1"}

{"team":"U12","name":"Unit 12","kind":"unit","chain":[["team_manager","CSW12"],["head_of_service","HS1"]]}
`, false)
	want(t, "changes", changes(got)+faults(got), "")
}

func TestWhatHasChangedIsRecordedAsOfItsDay(t *testing.T) {
	t.Parallel()
	r := &record{t: t, cases: map[string][]casework.Event{}}
	r.load("2026-08-05", first, false)
	got := r.load("2026-09-10", `worker,name,post,team,from,left,chain,ended,into
SW1,-,senior social worker,U12,2026-09-01,,,,
AQ1,Carys Plover,family worker,U13,,,,,
CSW12,,,,,2026-09-09,,,
NEW1,Dev Dunnock,,U12,2026-09-07,,,,
,-,,U12,,,team_manager=SW1,,
`, false)
	want(t, "faults", faults(got), "5 level: somebody new needs a level: worker, team_manager, service_manager, head_of_service or director")
	want(t, "changes", changes(got), `
2 changed SW1 2026-09-01 name,post
3 changed AQ1 2026-09-10 team
4 left CSW12 2026-09-09
6 changed U12 2026-09-10 chain,name`)
	p := got.After.Person("SW1")
	if p.Email != "bilal.heron@example.org" || p.Name != "" {
		t.Errorf("what the row does not have stays, and what it takes away goes: %+v", p)
	}
	back := r.load("2026-10-01", "worker,level,team,from\nCSW12,team_manager,U12,2026-10-01\n", false)
	want(t, "somebody comes back", changes(back), "2 appointed CSW12 2026-10-01")
	there := r.load("2026-10-02", "worker,name\nSW1,Bilal Heron\n", false)
	andBack := r.load("2026-10-02", "worker,name\nSW1,-\n", false)
	third := r.load("2026-10-02", "worker,name\nSW1,Bilal Heron\n", false)
	if len(there.Changes) != 1 || len(andBack.Changes) != 1 || len(third.Changes) != 1 {
		t.Error("a change, its undoing and the change again on one day are three events")
	}
}

func TestAbsencesOfAFileAreThoseThatStand(t *testing.T) {
	t.Parallel()
	r := &record{t: t, cases: map[string][]casework.Event{}}
	r.load("2026-08-05", first, false)
	got := r.load("2026-08-06", "worker,absent,until,cover\nAQ1,2026-08-03,2026-08-21,SW1\nAQ1,2026-12-21,2027-01-04,CSW12\n", false)
	want(t, "a longer absence", changes(got), "2 absence AQ1 2026-08-03")
	if got.After.Person("AQ1").AwayUntil(day("2026-08-10")) != day("2026-08-21") {
		t.Error("the end did not move")
	}
	got = r.load("2026-08-10", "worker,level,absent\nAQ1,worker,\nSW1,worker,\n", false)
	want(t, "back early", changes(got), "2 returned AQ1 2026-08-10")
	if p := got.After.Person("AQ1"); p.Away(day("2026-08-10")) || !p.Away(day("2026-12-24")) {
		t.Error("who is back is not away, and what is planned stays")
	}
	if !slices.Equal(got.Planned, []people.PlannedAbsence{{Worker: "AQ1", From: day("2026-12-21")}}) {
		t.Errorf("%v", got.Planned)
	}
	got = r.load("2026-08-11", "worker,level\nAQ1,worker\n", false)
	want(t, "a file without absences says nothing of them", changes(got), "")
}

func TestAWholeListTakesThoseWhoAreNotInItToHaveLeft(t *testing.T) {
	t.Parallel()
	r := &record{t: t, cases: map[string][]casework.Event{}}
	r.load("2026-08-05", first, false)
	got := r.load("2026-09-10", "worker,level\nCSW12,team_manager\nSW1,wizard\n", true)
	want(t, "changes", changes(got), "0 left AQ1 2026-09-10")
	if !slices.Equal(got.Missing, []string{"AQ1"}) || got.Employed != 3 {
		t.Errorf("%v of %d", got.Missing, got.Employed)
	}
	got = r.load("2026-09-11", "worker,team,level,name\nCSW12,U12,team_manager,\nSW1,U12,worker,\n,T2,,North\n", true)
	if !strings.Contains(changes(got), "0 ended U12 2026-09-11") || strings.Contains(changes(got), "left") {
		t.Errorf("%s", changes(got))
	}
}

func TestOneDatedFileIsAReorganisation(t *testing.T) {
	t.Parallel()
	r := &record{t: t, cases: map[string][]casework.Event{"FEN-1": {
		{ID: "o", Source: "hr", Case: "FEN-1", Type: "referral.received", At: casework.OnDay(day("2026-05-01"))},
		{ID: "a", Source: "hr", Case: "FEN-1", Type: organisation.Allocated, At: casework.OnDay(day("2026-05-01")), Data: casework.Data{"worker": "CSW12", "team": "U12"}},
	}}}
	r.load("2026-08-05", first, false)
	const file = `case,worker,team,level,name,ended,into,chain,reason,vacant,until,cover,part,from
,,U12,,,2026-10-05,FC1,,,,,,,
,,FC1,,Fenland children,,,team_manager=TM1; director=D1,,,,,,2026-10-05
,,FC1,team_manager,,,,,,2026-10-05,2026-11-30,SW1,,
FEN-1,SW1,FC1,,,,,,reorganisation,,,,,2026-10-05
FEN-1,AQ1,,,,,,,,,,,co_worker,
FEN-2,SW1,FC1,,,,,,,,,,,
`
	got := r.load("2026-10-05", file, false)
	want(t, "faults", faults(got), "7 case: the record has no case of that reference from this source: check it, and --source")
	want(t, "changes", changes(got), `
2 ended U12 2026-10-05
3 formed FC1 2026-10-05
4 vacancy FC1 2026-10-05
5 moved FEN-1 2026-10-05
6 joined FEN-1 2026-10-05`)
	c := organisation.CaseOf(r.cases["FEN-1"])
	if c.Worker != "SW1" || c.Team != "FC1" || len(c.Parts) != 1 {
		t.Errorf("%+v", c)
	}
	if again := r.load("2026-10-06", file, false); len(again.Changes) != 0 {
		t.Errorf("again:\n%s", changes(again))
	}
}

func TestFaultsNameLineAndColumnAndSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"nobody", "worker,name\n,Ada\n", "2 worker: the row names nobody"},
		{"an unknown level", "worker,level\nW1,boss\n", "2 level: level of staff.appointed must be one of worker"},
		{"no e-mail address", "worker,level,email\nW1,worker,Ada\n", "2 email: email of staff.appointed is not an e-mail address"},
		{"yes or no", "worker,level,holds_cases\nW1,worker,perhaps\n", "2 holds_cases: it must be yes or no"},
		{"no date", "worker,level,from\nW1,worker,1/4/2026\n", "2 from: it must be a date (YYYY-MM-DD)"},
		{"a day to come", "worker,level,from\nW1,worker,2027-01-01\n", "2 from: recorded before it happened"},
		{"an end without an absence", "worker,level,until,absent\nW1,worker,2026-09-01,\n", "2 absent: the row has until, which belongs to absent"},
		{"an absence that ends before it begins", "worker,absent,until\nW1,2026-09-02,2026-09-01\n", "2 until: until lies before"},
		{"twice the same", "worker,level\nW1,worker\nW2,worker\nW1,worker\n", "4 worker: line 2 is about the same"},
		{"a field of a team in a row of a person", "worker,level,inbox\nW1,worker,a@example.org\n", "2 inbox: a row of a person has no inbox"},
		{"a chain without levels", "worker,team,chain\n,T1,M1\n", "2 chain: each step of a chain is a level and who holds it"},
		{"a chain from the top down", "worker,team,chain\n,T1,director=D1; team_manager=M1\n", "2 chain: chain of team.formed is wrong in step 2"},
		{"too few fields", "worker,level\nW1\n", "2 : it has 1 fields and the first line names 2"},
		{"a JSON number", `{"worker":"W1","level":"worker","name":7}`, "1 name: it must be a text"},
		{"a JSON field that no row has", `{"worker":"W1","leveel":"worker"}`, "1 : it has a field that no row has; docs/people.md lists them. Did you mean level?"},
		{"a JSON field twice", `{"worker":"W1","worker":"W2"}`, "1 : a field is there twice"},
		{"a line that is not JSON", "{\"worker\":\"W1\",\"level\":\"worker\"}\nnonsense\n", "2 : expected one JSON object a line"},
		{"a case that nobody takes", "case,worker\nC1,\n", "2 worker: the row does not say who takes the case"},
		{"supervising oneself", "worker,level,supervisor\nW1,worker,W1\n", "2 supervisor: nobody supervises themselves"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := &record{t: t, cases: map[string][]casework.Event{}}
			if got := faults(r.load("2026-09-10", tc.text, false)); !strings.Contains(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestAFileThatIsNoListOfPeopleIsRefusedWhole(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"a column that nobody knows", "worker,namee\n", `unknown column "namee"`},
		{"a column twice", "worker,name,name\n", "the column name is there twice"},
		{"a column without a name", "worker,,name\n", "a column has no name"},
		{"a quote without an end", "worker,name\n\"W1,Ada\n", "line"},
		{"a spreadsheet", "PK\x03\x04abc", "save it as CSV"},
		{"not UTF-8", "worker,name\nW1,\xe9\n", "line 2 is not UTF-8"},
		{"UTF-16", "\xff\xfew\x00", "UTF-16"},
		{"nothing", "", "no line of column names"},
	} {
		if _, err := people.Read(strings.NewReader(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	for _, text := range []string{"\ufeffWorker; Level\nW1;worker\n", "worker\tlevel\nW1\tworker\n"} {
		if f, err := people.Read(strings.NewReader(text)); err != nil || len(f.Rows) != 1 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzAFileOfPeople(f *testing.F) {
	f.Add(first, false)
	f.Add("{\"worker\":\"W1\",\"level\":\"worker\",\"absent\":\"2026-08-03\"}\n", true)
	f.Fuzz(func(t *testing.T, text string, whole bool) {
		file, err := people.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		r := &record{t: t, cases: map[string][]casework.Event{}}
		now := day("2026-09-10").At(12, 0)
		in := people.Input{File: file, Source: "hr", On: day("2026-09-10"), Now: now, Whole: whole}
		got := people.Compare(in)
		for i := range got.Changes {
			e := got.Changes[i].Event
			e.Recorded = now
			if refused := organisation.Check(&e, nil); refused != nil {
				t.Fatalf("it leads to what the record refuses: %s", refused.Reason)
			}
			r.staff = append(r.staff, e)
		}
		in.History = r.staff
		if again := people.Compare(in); len(again.Changes) > 0 {
			t.Fatalf("the same file again leads to %v", changes(again))
		}
	})
}

// The sample lists that docs/people.md shows say the same as the events in which package organisation has
// the three eras, and each after the other is a reorganisation.
func TestTheListsOfThreeErasOfOneCounty(t *testing.T) {
	t.Parallel()
	r := &record{t: t, cases: map[string][]casework.Event{}}
	var events []casework.Event
	for _, era := range []struct{ year, on string }{{"2012", "2012-05-01"}, {"2018", "2018-10-01"}, {"2020", "2020-03-02"}} {
		text, err := os.ReadFile("../../starter/testdata/people/people-" + era.year + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		got := r.load(era.on, string(text), false)
		want(t, "faults of "+era.year, faults(got), "")
		if again := r.load(era.on, string(text), false); len(again.Changes) > 0 {
			t.Errorf("%s again:\n%s", era.year, changes(again))
		}
		events = append(events, eventsOf(t, "../../organisation/testdata/people-"+era.year+".jsonl")...)
		wanted := organisation.DirectoryOn(events, day(era.on))
		if !slices.Equal(got.After.Staff(), wanted.Staff()) || !slices.Equal(got.After.Teams(), wanted.Teams()) {
			t.Fatalf("%v %v, want %v %v", got.After.Staff(), got.After.Teams(), wanted.Staff(), wanted.Teams())
		}
		for _, ref := range wanted.Staff() {
			a, b := got.After.Person(ref), wanted.Person(ref)
			if a.Employed() != b.Employed() || fmt.Sprint(a.Appointment()) != fmt.Sprint(b.Appointment()) {
				t.Errorf("%s: %s: %v, want %v", era.year, ref, a.Appointment(), b.Appointment())
			}
		}
		for _, ref := range wanted.Teams() {
			a, _ := got.After.Team(ref)
			b, _ := wanted.Team(ref)
			if a.Ended != b.Ended || a.Into != b.Into || fmt.Sprint(a.Formation()) != fmt.Sprint(b.Formation()) {
				t.Errorf("%s: %s: %v, want %v", era.year, ref, a.Formation(), b.Formation())
			}
			if a, b := got.After.Vacancies(ref, day(era.on)), wanted.Vacancies(ref, day(era.on)); !slices.Equal(a, b) {
				t.Errorf("%s: vacancies of %s: %v, want %v", era.year, ref, a, b)
			}
		}
	}
}

func eventsOf(t *testing.T, name string) []casework.Event {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var events []casework.Event
	for line := range strings.Lines(string(text)) {
		var e casework.Event
		if err := e.UnmarshalJSON([]byte(strings.TrimSpace(line))); err != nil {
			t.Fatal(err)
		}
		e.Recorded = e.At.End()
		events = append(events, e)
	}
	return events
}
