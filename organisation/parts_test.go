package organisation_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
	"longstop/timescale/load"
)

// The vocabulary refuses a part that it does not list, and this package finds nobody in one that it does
// not know: so they list the same.
func TestThePartsAreThoseOfTheVocabulary(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	for _, name := range []string{organisation.Allocated, organisation.Joined, organisation.LeftCase} {
		kind, ok := pack.EventType(name)
		if !ok {
			t.Fatalf("the pack has no %s", name)
		}
		found := false
		for _, f := range kind.Fields {
			if f.Name != "part" {
				continue
			}
			found = true
			var want []string
			for _, p := range organisation.Parts {
				want = append(want, string(p))
			}
			if !slices.Equal(f.OneOf, want) {
				t.Errorf("%s: %v, want %v", name, f.OneOf, want)
			}
		}
		if !found {
			t.Errorf("%s has no part", name)
		}
	}
}

// A step can remind every part but those whose holders are told with somebody else.
func TestThePartsThatAStepCanRemindAreThoseOfThePack(t *testing.T) {
	t.Parallel()
	var want []timescale.Role
	for _, p := range organisation.Parts {
		if p != organisation.Supervisor && p != organisation.DutyTeam {
			want = append(want, p)
		}
	}
	if !slices.Equal(timescale.Parts, want) {
		t.Errorf("%v, want %v", timescale.Parts, want)
	}
}

func happened(id, kind, at string, data casework.Data) casework.Event {
	e := casework.Event{ID: id, Type: kind, At: casework.OnDay(day(at)), Data: data}
	e.Recorded = e.At.End()
	return e
}

// Of two allocations of one day the later recorded counts, also after the earlier was corrected.
func TestACorrectionOfTheEarlierAllocationDoesNotMakeItTheLater(t *testing.T) {
	t.Parallel()
	at := func(h int, e casework.Event) casework.Event {
		e.Recorded = day("2026-11-02").At(h, 0)
		return e
	}
	first := at(9, happened("z1", organisation.Allocated, "2026-11-02", casework.Data{"worker": "W1"}))
	second := at(11, happened("a2", organisation.Allocated, "2026-11-02", casework.Data{"worker": "W2"}))
	mended := at(15, happened("z3", organisation.Allocated, "2026-11-02", casework.Data{"worker": "W1", "team": "T9"}))
	mended.Corrects = "z1"
	for _, events := range [][]casework.Event{{first, second, mended}, {mended, second, first}} {
		if a := organisation.AllocationOf(events); a.Worker != "W2" {
			t.Errorf("%+v", a)
		}
	}
	void := at(16, casework.Event{ID: "v", Voids: "a2"})
	if a := organisation.AllocationOf([]casework.Event{first, second, mended, void}); a != (organisation.Allocation{Worker: "W1", Team: "T9"}) {
		t.Errorf("the later is voided: %+v", a)
	}
}

func TestSeveralPeopleHaveTheirPartsInOneCase(t *testing.T) {
	t.Parallel()
	events := []casework.Event{
		happened("1", organisation.Allocated, "2026-03-02", casework.Data{"worker": "W1", "team": "T1"}),
		happened("2", organisation.Allocated, "2026-03-03", casework.Data{"team": "ENQ", "part": "enquiry_team"}),
		happened("3", organisation.Joined, "2026-03-04", casework.Data{"worker": "W2", "part": "co_worker"}),
		happened("4", organisation.Joined, "2026-03-05", casework.Data{"worker": "W3", "part": "co_worker", "pathway": "ChildProtection"}),
		happened("5", organisation.Allocated, "2026-03-06", casework.Data{"team": "ENQ2", "part": "enquiry_team"}),
		happened("6", organisation.ChairAppointed, "2026-03-06", casework.Data{"worker": "C1"}),
		happened("7", organisation.ChairAppointed, "2026-03-09", casework.Data{"worker": "C2"}),
	}
	who := func(c organisation.Case, part organisation.Part, pathway string) string {
		var list []string
		for _, a := range c.In(part, pathway) {
			list = append(list, a.Staff+a.Team)
		}
		return strings.Join(list, " ")
	}
	c := organisation.CaseOf(events)
	if c.Worker != "W1" || c.Team != "T1" {
		t.Errorf("a part took the case from its holder: %+v", c.Allocation)
	}
	for _, tc := range []struct{ part, pathway, want string }{
		{"enquiry_team", "", "ENQ2"},
		{"co_worker", "", "W2 W3"},
		{"co_worker", "ChildProtection", "W3"},
		{"co_worker", "LookedAfter", "W2"},
		{"chair", "", "C2"},
		{"lado", "", ""},
	} {
		if got := who(c, organisation.Part(tc.part), tc.pathway); got != tc.want {
			t.Errorf("%s of %q: %q, want %q", tc.part, tc.pathway, got, tc.want)
		}
	}
	gone := append(slices.Clone(events), happened("8", organisation.LeftCase, "2026-03-10", casework.Data{"worker": "W3"}))
	if got := who(organisation.CaseOf(gone), "co_worker", "ChildProtection"); got != "W2" {
		t.Errorf("after one has left: %q", got)
	}
	back := append(gone, casework.Event{ID: "9", Voids: "8", Recorded: day("2026-03-11").At(9, 0)})
	if got := who(organisation.CaseOf(back), "co_worker", "ChildProtection"); got != "W3" {
		t.Errorf("after that was taken back: %q", got)
	}
}

func TestAPartThatNamesNobodyIsRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	pathways := []string{"ChildProtection", "LookedAfter"}
	for _, tc := range []struct {
		kind string
		data casework.Data
		want string // "" where it is accepted
	}{
		{organisation.Joined, casework.Data{"part": "clinician"}, "give data.worker"},
		{organisation.Joined, casework.Data{"worker": "W1"}, "needs data.part"},
		{organisation.Joined, casework.Data{"worker": "W1", "part": "chair", "pathway": "Elsewhere"}, "data.pathway must be one of ChildProtection or LookedAfter"},
		{organisation.Joined, casework.Data{"team": "HUB", "part": "hub", "pathway": "LookedAfter"}, ""},
		{organisation.LeftCase, casework.Data{}, "give data.worker"},
		{organisation.LeftCase, casework.Data{"worker": "W1"}, ""},
		{organisation.Allocated, casework.Data{"part": "enquiry_team"}, "who has the part"},
		{organisation.Allocated, casework.Data{"worker": "W1", "supervisor": "W1"}, "supervises themselves"},
		{organisation.Allocated, casework.Data{}, ""},
		{"cp_visit.made", casework.Data{}, ""},
	} {
		e := happened("e", tc.kind, "2026-03-02", tc.data)
		switch r := organisation.CheckPart(&e, pathways); {
		case tc.want == "" && r != nil:
			t.Errorf("%s %v: %s", tc.kind, tc.data, r.Reason)
		case tc.want != "" && (r == nil || !strings.Contains(r.Reason, tc.want)):
			t.Errorf("%s %v: %+v, want %q", tc.kind, tc.data, r, tc.want)
		}
	}
}

func TestStaffEventsThatSayTooLittleOrTwoThingsAreRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind string
		data casework.Data
		want string
	}{
		{organisation.Appointed, casework.Data{"worker": "W1", "level": "worker", "qualification": "wizard"}, "must be one of social_worker"},
		{organisation.Appointed, casework.Data{"worker": "W1", "level": "worker", "holds_cases": "yes"}, "must be true or false"},
		{organisation.Appointed, casework.Data{"worker": "W1", "level": "worker", "supervisor": "W1"}, "supervises themselves"},
		{organisation.Appointed, casework.Data{"worker": "team:W1", "level": "worker"}, "begins with \"team:\""},
		{organisation.Appointed, casework.Data{"worker": "W1", "level": "team_manager", "role": "team_manager"}, ""},
		{organisation.Formed, casework.Data{"team": "T1", "kind": "squad"}, "must be one of team, unit"},
		{organisation.Formed, casework.Data{"team": "T1", "inbox": "here"}, "not an e-mail address"},
		{organisation.Formed, casework.Data{"team": "T1", "councils": []any{7}}, "a list of texts"},
		{organisation.Formed, casework.Data{"team": "T1", "chain": "M1"}, "a list of 1 to 12 steps"},
		{organisation.Formed, casework.Data{"team": "T1", "chain": []any{[]any{"worker", "M1"}}}, "in step 1: the level must be one of team_manager"},
		{organisation.Formed, casework.Data{"team": "T1", "chain": []any{[]any{"director", "D1"}, []any{"team_manager", "M1"}}}, "in step 2: its level lies below"},
		{organisation.Formed, casework.Data{"team": "T1", "director": "D1", "chain": []any{[]any{"director", "D1"}}}, "leave out data.director"},
		{organisation.Formed, casework.Data{"team": "T1", "chain": []any{[]any{"team_manager", ""}, []any{"director", "D1"}}}, ""},
		{organisation.Ended, casework.Data{"team": "T1", "into": "T1"}, "does not go on as itself"},
		{organisation.Vacated, casework.Data{"team": "T1"}, "which post is vacant"},
		{organisation.Vacated, casework.Data{"team": "T1", "post": "clinician", "until": "2026-03-01"}, "lies before"},
		{organisation.Returned, casework.Data{}, "needs data.worker"},
	} {
		e := happened("e", tc.kind, "2026-03-02", tc.data)
		switch r := organisation.Check(&e, nil); {
		case tc.want == "" && r != nil:
			t.Errorf("%s %v: %s", tc.kind, tc.data, r.Reason)
		case tc.want != "" && (r == nil || !strings.Contains(r.Reason, tc.want)):
			t.Errorf("%s %v: %+v, want %q", tc.kind, tc.data, r, tc.want)
		}
	}
	planned := absent("W1", "2026-12-21", "2027-01-04", "W2")
	planned.Recorded = day("2026-03-02").At(9, 0)
	if r := organisation.Check(&planned, nil); r != nil {
		t.Errorf("an absence is planned ahead: %s", r.Reason)
	}
}
