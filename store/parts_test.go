package store_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// withPartsReminded is the ladder of a month with the chair and the reviewing officer reminded next to the worker.
const withPartsReminded = `overlay: Anytown
language: 1
ladders:
  - name: four to six weeks
    rungs:
      - {at: -5wd, remind: [worker, chair]}
      - {at: -1wd, remind: worker}
      - {at: 0, remind: [worker, reviewing_officer]}
      - {at: +1wd, escalate: team_manager}
      - {at: +5wd, escalate: service_manager}
      - {at: +10wd, escalate: head_of_service}
`

func TestAStepRemindsWhoHasAPartInTheCaseAndTheWorkerWhereNobodyHasIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{{Name: "anytown.yaml", Text: withPartsReminded}}}})
	r.mustRecord(append(people(),
		staff("c", "staff.appointed", "2020-01-01", "worker=CH1", "name=Xanthe Example", "email=xanthe@example.org", "level=worker", "team=QA"),
		staff("q", "staff.appointed", "2020-01-01", "worker=QM1", "name=Umar Example", "email=umar@example.org", "level=team_manager", "team=QA"),
		staff("qa", "team.formed", "2020-01-01", "team=QA", "team_manager=QM1"),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		event("e3", "C1", "chair.appointed", "2026-11-02", "worker=CH1"))...)
	r.setClock("2026-11-25 09:00")
	var chair store.Claimed
	var to []string
	for _, n := range r.plan("C1", cp).Send {
		c := r.claim(n)
		to = append(to, c.To.Staff+" "+n.Summary)
		r.sending(c)
		r.sent(c)
		if c.To.Staff == "CH1" {
			chair = c
		}
	}
	if !slices.ContainsFunc(to, func(s string) bool {
		return s == "CH1 remind chair: CP-10, the step “5 working days before the due date”"
	}) {
		t.Fatalf("%q", to)
	}
	has(t, "the chair's letter", strings.Join(strings.Fields(message(t, chair).Text), " "), "You get it as the chair.")
	r.mustRecord(staff("x", "staff.left", "2026-11-26", "worker=CH1"))
	// The visit is due on 2 December. Nobody is reviewing officer: what would be theirs is the worker's, who is told once.
	told := r.tell("2026-12-02 09:00")
	if !slices.Equal(told, []string{"W1 reminder 0"}) {
		t.Errorf("%q", told)
	}
	// A date that moves is told to the chair too, now to the manager of the chairs.
	r.mustRecord(casework.Event{ID: "e1c", Corrects: "e1", Case: "C1", Type: "cp_plan.started", At: casework.OnDay(date("2026-11-30"))})
	told = r.tell("2026-12-03 09:00")
	if !slices.Contains(told, "W1 moved") || !slices.Contains(told, "QM1 moved") {
		t.Errorf("%q", told)
	}
}

func TestGapsInTheOrganisationAreCounted(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	unit := staff("u", "team.formed", "2026-01-02", "team=U12", "kind=unit", "inbox=u12@example.org")
	unit.Data["chain"] = []any{[]any{"team_manager", "M1"}, []any{"head_of_service", "H1"}}
	r.mustRecord(append(people(), unit,
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		event("f1", "C2", "cp_plan.started", "2026-11-02"), event("f2", "C2", "worker.allocated", "2026-11-02", "team=U12"),
		event("g1", "C3", "cp_plan.started", "2026-11-02"), event("g2", "C3", "worker.allocated", "2026-11-02", "team=T1"),
		event("h1", "C4", "cp_plan.started", "2026-11-02"))...)
	drift := func() store.Drift {
		t.Helper()
		d, err := r.OrganisationDrift(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := drift(); d.WithoutWorker != 2 || d.WithoutAnybody != 1 || len(d.TeamsWithoutManager) != 0 || len(d.Uncovered) != 0 {
		t.Errorf("a case without a worker, and one with nobody at all: %+v", d)
	}
	// C2 has a chair who is not among the people; the council's ladder reminds one in each case.
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{{Name: "anytown.yaml", Text: withPartsReminded}}}})
	r.mustRecord(event("j", "C2", "chair.appointed", "2026-11-02", "worker=C9"), event("i", "C2", "iro.appointed", "2026-11-02", "worker=W2"))
	r.planQueued()
	if d := drift(); d.WithoutPart != 3 || d.PartUnknown != 1 {
		t.Errorf("parts: %+v", d)
	}
	r.mustRecord(staff("l", "staff.left", "2026-11-02", "worker=M1"), staff("x", "staff.absent", "2026-11-02", "worker=S1"))
	if d := drift(); !slices.Equal(d.TeamsWithoutManager, []string{"T1", "U12"}) || !slices.Equal(d.Uncovered, []string{"S1"}) {
		t.Errorf("%+v", d)
	}
	r.mustRecord(staff("v", "team.vacancy", "2026-11-02", "team=T1", "level=team_manager", "cover=W2"), staff("y", "staff.absent", "2026-11-02", "worker=S1", "cover=H1"))
	if d := drift(); !slices.Equal(d.TeamsWithoutManager, []string{"U12"}) || len(d.Uncovered) != 0 || d.String() == "" {
		t.Errorf("who acts in the post, and who covers: %+v", d)
	}
}

// Whoever is named in a part and is not among the people reaches nobody: the managers of the case are told, who see to it.
func TestAPartThatSomebodyUnknownHasClimbs(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{{Name: "anytown.yaml", Text: withPartsReminded}}}})
	r.mustRecord(append(people(),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		event("e3", "C1", "chair.appointed", "2026-11-02", "worker=CH9"))...)
	r.expect("2026-11-25 09:00", "W1 reminder -5wd", "M1 reminder -5wd")
	r.expect("2026-11-25 10:00")
}

// One case with a worker who is supervised, a reviewing officer and a chair: each is told of what is theirs, once, by who it is on the morning.
func TestThreeProfessionalsOnOneCaseAreEachToldWhatIsTheirs(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	officer := func(id, ref, name string) casework.Event {
		return staff(id, "staff.appointed", "2020-01-01", "worker="+ref, "name="+name, "email="+ref+"@example.org", "level=worker", "team=QA", "qualification=social_worker")
	}
	r.mustRecord(slices.Concat(withSupervisor(), []casework.Event{
		officer("o1", "IRO1", "Ivo Example"), officer("o2", "IRO2", "Una Example"), officer("o3", "IRO3", "Ola Example"),
		staff("q", "staff.appointed", "2020-01-01", "worker=QM1", "name=Umar Example", "email=umar@example.org", "level=team_manager", "team=QA"),
		staff("qa", "team.formed", "2020-01-01", "team=QA", "team_manager=QM1"),
		event("e1", "C1", "looked_after.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		event("e3", "C1", "iro.appointed", "2026-11-02", "worker=IRO1"), event("e4", "C1", "chair.appointed", "2026-11-02", "worker=IRO3"),
	})...)
	// The first review is due on 30 November.
	review := func(now string, want ...string) {
		t.Helper()
		r.setClock(now)
		var got []string
		for _, n := range r.plan("C1", pathway.LookedAfter).Send {
			c := r.claim(n)
			if c.State != "claimed" {
				continue
			}
			r.sending(c)
			r.sent(c)
			if strings.Contains(n.Summary, "LA-06") {
				got = append(got, c.To.Staff)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("on %s: %q, want %q", now, got, want)
		}
	}
	// The day before the step the case goes to W2, who needs no supervisor, and the reviewing officer is away, as is their cover: the next cover is told.
	r.setClock("2026-11-20 10:00")
	r.mustRecord(event("w2", "C1", "worker.allocated", "2026-11-20", "worker=W2"),
		staff("x1", "staff.absent", "2026-11-20", "worker=IRO1", "cover=IRO2", "until=2026-11-26"),
		staff("x2", "staff.absent", "2026-11-20", "worker=IRO2", "cover=IRO3"))
	review("2026-11-23 09:00", "IRO3", "W2")
	review("2026-11-23 12:00")
	// Another reviewing officer, and back to W1, whose supervisor is told with them.
	r.setClock("2026-11-26 10:00")
	r.mustRecord(event("e5", "C1", "iro.appointed", "2026-11-26", "worker=IRO2"), staff("b", "staff.returned", "2026-11-24", "worker=IRO2"),
		event("w3", "C1", "worker.allocated", "2026-11-26", "worker=W1"))
	review("2026-11-27 09:00", "IRO2", "S9", "W1")
	// They leave: their own manager has to find somebody.
	r.mustRecord(staff("l", "staff.left", "2026-11-27", "worker=IRO2"))
	review("2026-11-30 09:00", "QM1", "S9", "W1")
	review("2026-12-01 09:00", "M1")
}

// Teams that go on as each other in a circle, covers who stand in for each other, and a manager who holds the case: somebody is told of every step.
func TestWhateverRunsInACircleSomebodyIsTold(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(
		staff("p1", "staff.appointed", "2020-01-01", "worker=M1", "name=Tess Manager", "email=tess@example.org", "level=team_manager", "team=T1"),
		staff("p2", "staff.appointed", "2020-01-01", "worker=W1", "name=Ada Example", "email=ada@example.org", "level=worker", "team=T1"),
		staff("f1", "team.formed", "2020-01-01", "team=T1", "team_manager=M1", "service_manager=M1"),
		staff("f2", "team.formed", "2020-01-01", "team=T2", "team_manager=M1"),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=M1", "team=T1"),
	)
	r.mustRecord(
		staff("n1", "team.ended", "2026-11-02", "team=T1", "into=T2"), staff("n2", "team.ended", "2026-11-02", "team=T2", "into=T1"),
		staff("x1", "staff.absent", "2026-11-02", "worker=M1", "cover=W1"), staff("x2", "staff.absent", "2026-11-02", "worker=W1", "cover=M1"))
	for _, on := range []string{"2026-11-25 09:00", "2026-12-02 09:00", "2026-12-03 09:00", "2026-12-09 09:00"} {
		if told := r.tell(on); len(told) == 0 || !strings.HasPrefix(told[0], "M1 ") {
			t.Errorf("on %s: %q", on, told)
		}
	}
}
