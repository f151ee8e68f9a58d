package store_test

import (
	"strings"
	"testing"

	"longstop/casework"
	"longstop/store"
	"longstop/timescale/load"
)

// newPlanned's C1 has a plan from 2 November and its first visit due on 2 December; the worker W1
// is told on 25 November, on 1 December and on the day, the team manager M1 on the 3rd.
func TestAnExplanationHoldsNothingThatWasNotKnown(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	r.tell("2026-11-25 09:00")
	r.tell("2026-12-03 09:00")
	r.setClock("2026-12-04 10:00")
	r.mustRecord(
		staff("p9", "staff.appointed", "2026-01-01", "worker=M1", "name=Tess Married", "email=tess@example.org", "role=service_manager"),
		event("v1", "C1", "cp_visit.made", "2026-12-01", "seen=true"),
	)
	ctx, key := t.Context(), r.key("C1")
	for _, tc := range []struct {
		name    string
		knownAt string
		notices int
		state   casework.State
		manager string
	}{
		{"before anybody was told", "2026-11-25 08:59", 0, casework.Running, "Tess Manager (team manager)"},
		{"once the worker was", "2026-11-25 09:00", 1, casework.Running, "Tess Manager (team manager)"},
		{"before the visit was recorded", "2026-12-03 09:30", 2, casework.Overdue, "Tess Manager (team manager)"},
		{"with everything", "", 2, casework.Met, "Tess Married (service manager)"},
	} {
		m := casework.Moment{AsOf: london("2026-12-04 10:00")}
		if tc.knownAt != "" {
			m = casework.At(london(tc.knownAt))
		}
		x, err := r.Explain(ctx, key, m)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, tc.name+": notices", len(x.Notices), tc.notices)
		equal(t, tc.name+": state", x.Plan.Duty("CP-10:e1").State(m.AsOf), tc.state)
		equal(t, tc.name+": the manager", x.Name("M1", date("2026-12-04")), tc.manager)
		for i := range x.Notices {
			equal(t, tc.name+": sent", x.Notices[i].State, "sent")
		}
	}
	if _, err := r.Explain(ctx, "00000000-0000-4000-8000-000000000000", casework.Moment{AsOf: london("2026-12-04 10:00")}); err == nil {
		t.Error("a case that is not there is explained")
	}
}

// A notice that was claimed and not yet sent is shown as it was then, not as it ended.
func TestWhatBecameOfANoticeLaterIsNotKnown(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	planned := r.plan("C1", cp)
	c, err := r.Claim(t.Context(), r.key("C1"), planned.Send[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	r.sending(c)
	r.setClock("2026-11-25 09:05")
	r.sent(c)
	for _, tc := range []struct{ at, want string }{{"2026-11-25 09:04", "sending"}, {"2026-11-25 09:05", "sent"}} {
		x, err := r.Explain(t.Context(), r.key("C1"), casework.At(london(tc.at)))
		if err != nil || len(x.Notices) != 1 {
			t.Fatalf("%+v, %v", x, err)
		}
		equal(t, "at "+tc.at, x.Notices[0].State, tc.want)
		equal(t, "when it was sent, at "+tc.at, x.Notices[0].SentAt != nil, tc.want == "sent")
	}
}

// Bank holidays that were adopted later are not known. From Monday 2 November 45 working days are 20 in
// November, 18 up to Christmas, 3 before the New Year and 4 of January: Thursday 7 January 2027.
func TestAnExplanationGoesByTheLawThatWasKnown(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	r.setClock("2026-11-10 10:00")
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-11")}})
	r.planAgain()
	for _, tc := range []struct {
		at  string
		due string
		law int
	}{{"2026-11-10 09:59", "2027-01-07", 0}, {"2026-11-10 10:00", "2027-01-08", 1}} {
		x, err := r.Explain(t.Context(), r.key("C1"), casework.At(london(tc.at)))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "due at "+tc.at, x.Plan.Duty("AS-01:e1").DueText(), tc.due)
		equal(t, "changes of the law at "+tc.at, len(x.Law), tc.law)
	}
}

func TestCasesAndNoticesAreFoundByWhatPeopleHave(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	r.tell("2026-11-25 09:00")
	ctx, key := t.Context(), r.key("C1")
	for text, want := range map[string]string{
		"C1": "C1", "c1": "C1", key: "C1", key[:8]: "C1", strings.ToUpper(key[:13]): "C1", key[:7]: "", "C": "", "": "", "%": "", "not-a-key-1": "",
	} {
		found, err := r.FindCases(ctx, "", text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range found {
			got += f.Reference
		}
		equal(t, "the cases named "+text, got, want)
	}
	if found, err := r.FindCases(ctx, "another", "C1"); err != nil || len(found) != 0 {
		t.Errorf("of another source: %v, %v", found, err)
	}
	all, err := r.Notices(ctx, store.NoticeFilter{Case: "C1"})
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	for text, want := range map[string]int{all[0].ID: 1, all[0].ID[:8]: 1, strings.ToUpper(all[0].ID[:8]): 1, all[0].ID[:7]: 0, "": 0, "zzzzzzzz": 0} {
		found, err := r.FindNotices(ctx, text)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "the notices named "+text, len(found), want)
	}
}
