package store_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
)

// withSupervisor are people: W1 is alternatively qualified and S9 supervises them.
func withSupervisor() []casework.Event {
	return append(people(),
		staff("q1", "staff.appointed", "2026-01-02", "worker=W1", "level=worker", "name=Ada Example", "email=ada@example.org", "team=T1",
			"qualification=alternatively_qualified", "supervisor=S9"),
		staff("q2", "staff.appointed", "2026-01-02", "worker=S9", "level=worker", "name=Sanjay Example", "email=sanjay@example.org", "team=T1",
			"qualification=social_worker"),
	)
}

// newSupervised is the case of newPlanned, with a worker who is not qualified as a social worker.
func newSupervised(t *testing.T, more ...casework.Event) *record {
	t.Helper()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(slices.Concat(withSupervisor(), []casework.Event{
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
	}, more)...)
	return r
}

func (r *record) expect(now string, want ...string) {
	r.t.Helper()
	if got := r.tell(now); !slices.Equal(got, want) {
		r.t.Errorf("on %s: %q, want %q", now, got, want)
	}
}

func TestTheSupervisorOfAnAlternativelyQualifiedWorkerIsToldWithThemAndEachMessageHasItsOwnState(t *testing.T) {
	t.Parallel()
	r := newSupervised(t)
	r.setClock("2026-11-25 09:00")
	planned := r.plan("C1", cp)
	if len(planned.Send) != 2 || planned.Send[0].Escalation || planned.Send[1].Escalation {
		t.Fatalf("due: %+v", planned.Send)
	}
	equal(t, "summary", planned.Send[1].Summary, "remind supervisor: CP-10, the step “5 working days before the due date”")
	worker, supervisor := r.claim(planned.Send[0]), r.claim(planned.Send[1])
	equal(t, "the worker", worker.To.Staff, "W1")
	equal(t, "the supervisor", supervisor.To.Staff, "S9")
	has(t, "the supervisor's letter", strings.Join(strings.Fields(message(t, supervisor).Text), " "), "You get it as supervisor of the social worker or lead practitioner who holds the case.")
	r.sending(worker)
	r.sent(worker)
	r.sending(supervisor)
	r.sent(supervisor)
	if again := r.plan("C1", cp); len(again.Send) != 0 {
		t.Errorf("told twice: %+v", again.Send)
	}
	r.expect("2026-12-01 09:00", "W1 reminder -1wd", "S9 reminder -1wd")
	r.expect("2026-12-02 09:00", "W1 reminder 0", "S9 reminder 0")
	r.expect("2026-12-03 09:00", "M1 escalation +1wd") // the managers' own steps are theirs alone
}

func TestASupervisorWhoseMessageFailedIsToldAgainThoughTheWorkerWasTold(t *testing.T) {
	t.Parallel()
	r := newSupervised(t)
	r.setClock("2026-11-25 09:00")
	planned := r.plan("C1", cp)
	worker := r.claim(planned.Send[0])
	r.sending(worker)
	r.sent(worker) // and the program stops before it comes to the supervisor
	r.setClock("2026-11-25 09:30")
	again := r.plan("C1", cp)
	if len(again.Send) != 1 {
		t.Fatalf("due: %+v", again.Send)
	}
	supervisor := r.claim(again.Send[0])
	equal(t, "to", supervisor.To.Staff, "S9")
	r.sending(supervisor)
	r.sent(supervisor)
	if more := r.plan("C1", cp); len(more.Send) != 0 {
		t.Errorf("told twice: %+v", more.Send)
	}
}

func TestWhereTheSupervisorIsAwayTheNextUpIsToldWithTheWorker(t *testing.T) {
	t.Parallel()
	r := newSupervised(t)
	r.mustRecord(staff("x", "staff.absent", "2026-11-02", "worker=S9"))
	r.expect("2026-11-25 09:00", "W1 reminder -5wd", "M1 reminder -5wd")
	r.mustRecord(staff("y", "staff.returned", "2026-11-25", "worker=S9"))
	r.expect("2026-12-01 09:00", "W1 reminder -1wd", "S9 reminder -1wd")
}

func TestNobodyIsToldTwiceOfOneStep(t *testing.T) {
	t.Parallel()
	r := newSupervised(t)
	r.mustRecord(staff("x", "staff.absent", "2026-11-02", "worker=W1", "cover=S9"))
	r.expect("2026-11-25 09:00", "S9 reminder -5wd")
}

func TestWhoHoldsACaseIsNotEscalatedToAboutIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(append(people(),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=M1", "team=T1"))...)
	r.expect("2026-12-02 09:00", "M1 reminder 0")
	r.expect("2026-12-03 09:00", "S1 escalation +1wd")
	list, err := r.Notices(t.Context(), store.NoticeFilter{Case: "C1"})
	if err != nil {
		t.Fatal(err)
	}
	if last := list[len(list)-1]; last.To != "S1" || last.Role != "team_manager" {
		t.Errorf("%+v", last)
	}
}

func TestAUnitThatHoldsACaseIsToldAtItsInbox(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	unit := staff("u", "team.formed", "2026-01-02", "team=U12", "name=Unit 12", "kind=unit", "inbox=u12@example.org")
	unit.Data["chain"] = []any{[]any{"team_manager", "M1"}, []any{"head_of_service", "H1"}}
	r.mustRecord(append(people(), unit,
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "team=U12"))...)
	r.setClock("2026-12-02 09:00")
	c := r.claim(r.plan("C1", cp).Send[0])
	equal(t, "to", c.To, store.Recipient{Staff: "team:U12", Name: "Unit 12", Email: "u12@example.org", Role: "worker"})
	has(t, "why", strings.Join(strings.Fields(message(t, c).Text), " "), "You get it because your team holds the case together.")
	r.sending(c)
	r.sent(c)
	r.expect("2026-12-03 09:00", "M1 escalation +1wd")
	r.expect("2026-12-09 09:00", "H1 escalation +5wd") // the unit has no service manager
}

func TestOutOfHoursTheEmergencyDutyTeamIsToldOfLimitsInHours(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-07 10:00") // a Saturday
	r.mustRecord(append(people(), staff("edt", "team.formed", "2026-01-02", "team=EDT", "kind=emergency_duty_team", "inbox=edt@example.org"),
		event("e2", "C1", "worker.allocated", "2026-11-06", "worker=W1"),
		casework.Event{ID: "m1", Case: "C1", Type: "missing.started", At: casework.AtInstant(london("2026-11-06 12:00"))},
		casework.Event{ID: "m2", Case: "C1", Type: "missing.ended", At: casework.AtInstant(london("2026-11-07 09:00"))})...)
	// Half of the 72 hours are over on Sunday at 21:00, so that it goes on Monday at 08:00, before anybody is in the office.
	if got := r.tellIn(pathway.Missing, "2026-11-09 08:00"); !slices.Equal(got, []string{"W1 reminder 50%", "team:EDT reminder 50%"}) {
		t.Errorf("out of hours: %q", got)
	}
	// Three quarters are over on Monday at 15:00, in office hours.
	if got := r.tellIn(pathway.Missing, "2026-11-09 15:00"); !slices.Equal(got, []string{"W1 reminder 75%", "M1 escalation 75%"}) {
		t.Errorf("in office hours: %q", got)
	}
}

func TestThatSomebodyLeavesIsRecordedAheadAndCountsFromItsDay(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-03 10:00")
	r.mustRecord(staff("l", "staff.left", "2026-12-01", "worker=W1"))
	r.expect("2026-11-25 09:00", "W1 reminder -5wd")
	r.expect("2026-12-01 09:00", "M1 reminder -1wd")
}

// Of a limit in hours the worker is reminded and the team manager told at one moment: a manager who supervises the worker
// is told as manager, whatever they are told with the worker.
func TestATeamManagerWhoSupervisesTheWorkerIsToldAsManager(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-24 10:00")
	r.mustRecord(slices.Concat(people(), []casework.Event{
		staff("q1", "staff.appointed", "2026-01-02", "worker=W1", "level=worker", "name=Ada Example", "email=ada@example.org", "team=T1",
			"qualification=alternatively_qualified", "supervisor=M1"),
		staff("q2", "staff.appointed", "2026-01-02", "worker=M1", "level=team_manager", "name=Tess Manager", "email=tess@example.org", "team=T1",
			"qualification=social_worker"),
		event("m", "C1", "missing.ended", "2026-11-24T09:00:00Z"), event("w", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
	})...)
	r.setClock("2026-11-26 15:30") // three quarters of 72 hours
	got := r.tellIn(pathway.Missing, "2026-11-26 15:30")
	slices.Sort(got)
	equal(t, "told", strings.Join(got, "; "), "M1 escalation 75%; W1 reminder 75%; not_sent: told as team manager")
}

// What stood still in the middle of a step goes on when it would have gone, whenever it is that the program runs again.
func TestASupervisorWhoWasMissedIsToldWithinTheHoursOfTheirLetterAndOnce(t *testing.T) {
	t.Parallel()
	r := newSupervised(t)
	r.setClock("2026-11-25 09:00")
	worker := r.claim(r.plan("C1", cp).Send[0])
	r.sending(worker)
	r.sent(worker)
	for _, odd := range []string{"2026-11-25 23:30", "2026-11-26 08:59", "2026-11-28 12:00", "2026-11-29 03:04"} { // at night, early, a Saturday, a Sunday
		r.expect(odd)
	}
	equal(t, "it wakes for it", r.row("C1", cp).Wake, london("2026-11-30 09:00"))
	r.expect("2026-11-30 09:00", "S9 reminder -5wd")
	r.expect("2026-11-30 09:10")
	r.expect("2026-12-01 09:00", "W1 reminder -1wd", "S9 reminder -1wd")
}

func TestASupervisorIsNotToldOfAStepThatNobodyWasTold(t *testing.T) {
	t.Parallel()
	r := newSupervised(t)
	r.setClock("2026-11-25 09:00")
	equal(t, "due", len(r.plan("C1", cp).Send), 2) // and the program stops before anything is sent
	r.expect("2026-11-29 03:04")
	r.expect("2026-12-01 09:00", "W1 reminder -1wd", "S9 reminder -1wd")
	r.expect("2026-12-01 12:00")
}

// Of a limit in hours it goes between 08:00 and 20:00, on any day.
func TestASupervisorWhoWasMissedIsToldOfALimitInHoursInItsHours(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-27 12:00")
	r.mustRecord(slices.Concat(withSupervisor(), []casework.Event{
		event("m", "C1", "missing.ended", "2026-11-27T07:00:00Z"), event("w", "C1", "worker.allocated", "2026-11-27", "worker=W1"),
	})...)
	r.setClock("2026-11-28 19:00") // half of 72 hours, on a Saturday
	worker := r.claim(r.plan("C1", pathway.Missing).Send[0])
	equal(t, "to", worker.To.Staff, "W1")
	r.sending(worker)
	r.sent(worker)
	for _, odd := range []string{"2026-11-28 20:30", "2026-11-29 03:04"} {
		if got := r.tellIn(pathway.Missing, odd); len(got) != 0 {
			t.Errorf("at %s: %q", odd, got)
		}
	}
	if got := r.tellIn(pathway.Missing, "2026-11-29 08:00"); !slices.Equal(got, []string{"S9 reminder 50%"}) {
		t.Errorf("in the morning: %q", got)
	}
}

func TestWhoAloneManagesTheCaseThatTheyHoldIsToldAsItsManager(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(
		staff("p", "staff.appointed", "2020-01-01", "worker=M1", "name=Tess Manager", "email=tess@example.org", "level=team_manager", "team=T1"),
		staff("f", "team.formed", "2020-01-01", "team=T1", "name=Team One", "team_manager=M1"),
		event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=M1", "team=T1"))
	r.expect("2026-12-02 09:00", "M1 reminder 0")
	r.setClock("2026-12-03 09:00")
	c := r.claim(r.plan("C1", cp).Send[0])
	equal(t, "to", c.To.Staff, "M1")
	has(t, "why", strings.Join(strings.Fields(message(t, c).Text), " "), "You get it as the team manager, although you hold the case yourself: nobody else can be told who manages it.")
	d, err := r.OrganisationDrift(t.Context())
	if err != nil || d.OwnManager != 1 || d.String() == "" {
		t.Errorf("%+v, %v", d, err)
	}
}

// The duty team is told of every step of a limit in hours that falls out of office hours, of those to managers too, each once, and of one that
// nobody else can be told as well.
func TestOutOfHoursTheDutyTeamIsToldOfEscalationsToo(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-04 12:00")
	duty := staff("edt", "team.formed", "2026-01-02", "team=EDT", "kind=emergency_duty_team", "inbox=edt@example.org")
	r.mustRecord(append(people(), duty,
		event("e2", "C1", "worker.allocated", "2026-11-04", "worker=W1"),
		casework.Event{ID: "m2", Case: "C1", Type: "missing.ended", At: casework.AtInstant(london("2026-11-04 12:00"))})...)
	expect := func(now string, want ...string) {
		t.Helper()
		if got := r.tellIn(pathway.Missing, now); !slices.Equal(got, want) {
			t.Errorf("on %s: %q, want %q", now, got, want)
		}
	}
	expect("2026-11-06 08:00", "W1 reminder 50%", "team:EDT reminder 50%") // half were over at midnight
	expect("2026-11-06 18:00", "W1 reminder 75%", "team:EDT reminder 75%", "M1 escalation 75%")
	expect("2026-11-07 12:00", "S1 escalation 0", "team:EDT reminder 0") // a Saturday
	expect("2026-11-07 16:00", "H1 escalation +4h", "team:EDT reminder +4h")
	expect("2026-11-07 17:00")
	// So does the duty team learn that nobody has to go out any more.
	r.mustRecord(casework.Event{ID: "i1", Case: "C1", Type: "return_interview.completed", At: casework.AtInstant(london("2026-11-07 17:00"))})
	expect("2026-11-07 17:30", "M1 resolved", "team:EDT resolved", "S1 resolved", "H1 resolved")
	expect("2026-11-07 18:00")
}

// Who was told of nothing is not told that it is resolved, and in office hours the duty team is asleep.
func TestTheDutyTeamIsToldThatSomethingIsResolvedOnlyOutOfHoursAndWhereItWasToldOfIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 09:00")
	r.mustRecord(append(people(), staff("edt", "team.formed", "2026-01-02", "team=EDT", "kind=emergency_duty_team", "inbox=edt@example.org"),
		event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		casework.Event{ID: "m2", Case: "C1", Type: "missing.ended", At: casework.AtInstant(london("2026-11-02 09:00"))})...)
	// Three quarters are over on Wednesday at 15:00.
	if got := r.tellIn(pathway.Missing, "2026-11-04 15:00"); !slices.Equal(got, []string{"W1 reminder 75%", "M1 escalation 75%"}) {
		t.Errorf("%q", got)
	}
	r.mustRecord(casework.Event{ID: "i1", Case: "C1", Type: "return_interview.completed", At: casework.AtInstant(london("2026-11-04 15:00"))})
	if got := r.tellIn(pathway.Missing, "2026-11-04 18:00"); !slices.Equal(got, []string{"M1 resolved"}) {
		t.Errorf("%q", got)
	}
}

func TestOutOfHoursTheDutyTeamIsToldWhereNobodyElseCanBe(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-04 12:00")
	r.mustRecord(staff("edt", "team.formed", "2026-01-02", "team=EDT", "kind=emergency_duty_team", "inbox=edt@example.org"),
		casework.Event{ID: "m2", Case: "C1", Type: "missing.ended", At: casework.AtInstant(london("2026-11-04 12:00"))})
	got := r.tellIn(pathway.Missing, "2026-11-07 12:00")
	if !slices.Contains(got, "team:EDT reminder 0") {
		t.Errorf("%q", got)
	}
	if got := r.tellIn(pathway.Missing, "2026-11-07 16:00"); !slices.Contains(got, "team:EDT reminder +4h") {
		t.Errorf("%q", got)
	}
}
