package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"longstop/casework"
)

// Nobody is told of hundreds of months because a home's opening of long ago is recorded.
func TestAHomeOf1998OwesAHandfulOfDutiesAndOneOfTheYear1IsRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-27 10:00")
	got, err := r.Record(t.Context(), source, []casework.Event{event("h1", "C1", "home.opened", "1998-01-01"), event("h2", "C2", "home.opened", "0001-01-01")})
	if err != nil || got.New != 1 || len(got.Refused) != 1 {
		t.Fatalf("recorded %+v, %v", got, err)
	}
	has(t, "reason", got.Refused[0].Reason, "the null date of .NET and SQL Server")
	duties := r.column(`select duty from duties where pathway = 'Oversight' order by duty`)
	equal(t, "duties", strings.Join(duties, " "), "HO-01:h1.2026-10-01 HO-01:h1.2026-11-01 HO-02:h1")
}

func TestWhatComesBeforeABirthIsRefusedWhateverTheOrderInWhichTheyAreHandedIn(t *testing.T) {
	t.Parallel()
	born := event("b1", "C1", "person.born", "2026-06-10")
	care := event("a1", "C1", "looked_after.started", "2026-06-09")
	referral := event("r1", "C1", "referral.received", "2026-02-01")
	for _, list := range [][]casework.Event{{born, care, referral}, {care, referral, born}} {
		r := newRecord(t, "2026-11-02 10:00")
		got, err := r.Record(t.Context(), source, list)
		if err != nil || got.New != 2 || len(got.Refused) != 1 || got.Refused[0].Event != "a1" {
			t.Fatalf("recorded %+v, %v", got, err)
		}
		has(t, "reason", got.Refused[0].Reason, "before the child was born")
	}
}

func TestAnEventOfStaffHasBoundsOnItsDatesToo(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	got, err := r.Record(t.Context(), source, []casework.Event{
		event("s1", "", "staff.appointed", "1900-01-01", "worker=W1", "role=worker"),
		event("s2", "", "staff.absent", "2026-11-02", "worker=W1", "until=9999-12-31"),
	})
	if err != nil || len(got.Refused) != 2 {
		t.Fatalf("recorded %+v, %v", got, err)
	}
	has(t, "reason", got.Refused[0].Reason, "the null date of SQL Server and Excel")
	has(t, "reason", got.Refused[1].Reason, "leave it out where no end is known")
}

// A case that several children share is found out when it is recorded.
func TestWhatOpensMoreDutiesThanAnyCaseHasIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-27 10:00")
	r.LimitWork(time.Hour) // the number is tested here, not how long this machine takes
	var list []casework.Event
	for i := range casework.MaxDuties/2 + 1 { // each referral opens two duties
		list = append(list, event(fmt.Sprintf("r%d", i), "C1", "referral.received", "2026-11-02"))
	}
	for i := range list {
		list[i].Episode = list[i].ID
	}
	got, err := r.Record(t.Context(), source, list)
	if err != nil || got.New != casework.MaxDuties/2 || len(got.Refused) != 1 {
		t.Fatalf("%d new, %d refused, %v", got.New, len(got.Refused), err)
	}
	has(t, "reason", got.Refused[0].Reason, "the case would have more than 5000 timescales")
	got, err = r.Record(t.Context(), source, []casework.Event{
		event("r-more", "C1", "referral.received", "2026-11-03"), event("d1", "C1", "referral.decided", "2026-11-03", "outcome=nfa"),
	})
	if err != nil || got.New != 1 || len(got.Refused) != 1 || got.Refused[0].Event != "r-more" {
		t.Fatalf("%d new, refused %v, %v", got.New, got.Refused, err)
	}
}

// One that was recorded before there was a bound is put aside: half a plan tells nobody anything.
func TestACaseThatHoldsMoreDutiesThanAnyIsPutAsideAndCanBePutRight(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-27 10:00")
	r.LimitWork(time.Hour) // as above
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-26"))
	err := r.exec(`insert into events (case_key, source, id, type, at_day, recorded, episode)
		select $1, $2, 'old' || n, 'referral.received', '2026-11-20', '2026-11-20 12:00Z', 'old' || n from generate_series(1, $3) n`,
		r.key("C1"), source, casework.MaxDuties/2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Record(t.Context(), source, []casework.Event{event("d1", "C1", "referral.decided", "2026-11-27", "outcome=nfa")})
	if err != nil || got.New != 1 || len(got.Refused) != 0 {
		t.Fatalf("what opens nothing is kept: %+v, %v", got, err)
	}
	has(t, "the fault of the duty", r.duty("C1", "AS-01").Fault, "more than 5000 timescales, which no child has")
	got, err = r.Record(t.Context(), source, []casework.Event{{ID: "v1", Case: "C1", Voids: "old1"}})
	if err != nil || got.New != 1 {
		t.Fatalf("what takes something back is kept: %+v, %v", got, err)
	}
	if n, err := r.RetryFaults(t.Context()); n > 1 || err != nil {
		t.Fatal(n, err)
	}
	r.planQueued()
	equal(t, "faults", len(r.column(`select fault from cases where fault <> ''`)), 0)
}
