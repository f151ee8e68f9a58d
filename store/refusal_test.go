package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
)

// relay is a mail server: it refuses the addresses that it is told to.
type relay struct {
	refuses func(address string) bool
	took    []string // "09:01 ada@example.org": when, and who to
}

func everybody(string) bool { return true }
func nobody(string) bool    { return false }
func only(addresses ...string) func(string) bool {
	return func(a string) bool { return slices.Contains(addresses, a) }
}

// deliver makes one attempt of a notice as the activity does, and returns how it ended.
func (r *record) deliver(m *relay, n pathway.Notice) string {
	r.t.Helper()
	c := r.claim(n)
	for c.State == "claimed" {
		r.sending(c)
		if !m.refuses(c.To.Email) {
			now, err := r.Now(r.t.Context())
			if err != nil {
				r.t.Fatal(err)
			}
			m.took = append(m.took, now.Format("15:04 ")+c.To.Email)
			r.sent(c)
			return "sent"
		}
		var err error
		if c, err = r.NotDelivered(r.t.Context(), c.NoticeID, 0, "550 5.1.1"); err != nil {
			r.t.Fatalf("not delivered: %v", err)
		}
	}
	return c.State
}

// deliverAll plans the child protection pathway of cases and makes one attempt of everything
// that is to be sent: how each ended.
func (r *record) deliverAll(m *relay, at string, refs ...string) []string {
	r.t.Helper()
	r.setClock(at)
	var ended []string
	for _, ref := range refs {
		for _, n := range r.plan(ref, cp).Send {
			ended = append(ended, r.deliver(m, n))
		}
	}
	return ended
}

// newCouncil is a record with cases C1 to Cn, each with a child protection plan since 2 November
// 2026 and a worker of its own, Wn, whose address is wn@example.org. All have team T1, with its
// managers. See newPlanned for what is due when.
func newCouncil(t *testing.T, cases int) (r *record, refs []string) {
	t.Helper()
	r = newRecord(t, "2026-11-02 10:00")
	events := people()[2:]
	for n := 1; n <= cases; n++ {
		ref := fmt.Sprintf("C%d", n)
		refs = append(refs, ref)
		events = append(events, appointment(n, fmt.Sprintf("w%d@example.org", n)),
			event("e"+ref, ref, "cp_plan.started", "2026-11-02"),
			event("a"+ref, ref, "worker.allocated", "2026-11-02", fmt.Sprintf("worker=W%d", n)))
	}
	r.mustRecord(events...)
	return r, refs
}

func appointment(n int, email string) casework.Event {
	return staff(fmt.Sprintf("w%d-%s", n, email), "staff.appointed", "2020-01-01",
		fmt.Sprintf("worker=W%d", n), "email="+email, "role=worker", "team=T1")
}

func (r *record) states() string {
	r.t.Helper()
	return strings.Join(r.column(`
		select s || ' ' || count(*) from (select case when n.state = 'enclosed' then d.state else n.state end as s
			from notices n left join deliveries d on d.id = n.delivery) as all_of_them group by s order by s`), ", ")
}

func TestAMailServerThatRefusesEverybodyForTenMinutesLosesNoNotice(t *testing.T) {
	t.Parallel()
	for _, cases := range []int{1, 3, 7} {
		t.Run(fmt.Sprintf("%d cases", cases), func(t *testing.T) {
			t.Parallel()
			r, refs := newCouncil(t, cases)
			m := &relay{refuses: everybody}
			for minute := range 11 {
				for _, ended := range r.deliverAll(m, fmt.Sprintf("2026-11-25 09:%02d", minute), refs...) {
					equal(t, fmt.Sprintf("at 09:%02d", minute), ended, "failed")
				}
			}
			equal(t, "while it is broken", r.states(), fmt.Sprintf("failed %d", cases))
			m.refuses = nobody
			r.deliverAll(m, "2026-11-25 09:11", refs...)
			for n := range cases {
				equal(t, "told", m.took[n], fmt.Sprintf("09:11 w%d@example.org", n+1))
			}
			equal(t, "letters", len(m.took), cases)
			equal(t, "afterwards", r.states(), fmt.Sprintf("sent %d", cases))
		})
	}
}

func TestAllAreRefusedAtNineMendedAtTenAndToldAtOneMinutePast(t *testing.T) {
	t.Parallel()
	r, refs := newCouncil(t, 6)
	m := &relay{refuses: everybody}
	r.deliverAll(m, "2026-11-25 09:00", refs...)
	s, err := r.Summary(t.Context())
	if err != nil || len(s.Faults) == 0 {
		t.Fatalf("no fault is raised: %+v, %v", s.Faults, err)
	}
	has(t, "the fault", s.Faults[0].Reason, "the mail server refuses every address")
	for minute := 1; minute < 60; minute++ {
		// Most pathways wait for their next try by now: two go on.
		r.deliverAll(m, fmt.Sprintf("2026-11-25 09:%02d", minute), refs[:2]...)
	}
	equal(t, "undeliverable", strings.Count(r.states(), "undeliverable"), 0)
	m.refuses = nobody
	r.deliverAll(m, "2026-11-25 10:01", refs...)
	slices.Sort(m.took)
	equal(t, "told", strings.Join(m.took, ", "), "10:01 w1@example.org, 10:01 w2@example.org, 10:01 w3@example.org, "+
		"10:01 w4@example.org, 10:01 w5@example.org, 10:01 w6@example.org")
	s, err = r.Summary(t.Context())
	if err != nil || len(s.Faults) != 0 {
		t.Errorf("the fault stands: %+v, %v", s.Faults, err)
	}
}

func TestOneBadAddressAmongGoodOnesIsBelievedWithinAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	r, refs := newCouncil(t, 3)
	m := &relay{refuses: only("w1@example.org")}
	r.deliverAll(m, "2026-11-25 09:00", refs...)
	equal(t, "the others are told", strings.Join(m.took, ", "), "09:00 w2@example.org, 09:00 w3@example.org")
	r.deliverAll(m, "2026-11-25 09:01", refs...)
	equal(t, "the next role up is told", m.took[2], "09:01 tess@example.org")
	list, err := r.Notices(t.Context(), store.NoticeFilter{Case: "C1"})
	if err != nil || len(list) != 1 || list[0].Standing != "refused" || list[0].To != "M1" {
		t.Errorf("%+v, %v", list, err)
	}

	r.setClock("2026-11-25 11:00")
	r.mustRecord(appointment(1, "ada@example.org"))
	r.deliverAll(m, "2026-12-01 09:00", "C1")
	equal(t, "the next thing", m.took[3], "09:00 ada@example.org")
}

func TestABadAddressIsBelievedAfterAQuarterOfAnHourWhereNobodyElseIsWrittenTo(t *testing.T) {
	t.Parallel()
	r, _ := newCouncil(t, 1)
	m := &relay{refuses: only("w1@example.org")}
	for _, at := range []string{"09:00", "09:07", "09:14"} {
		equal(t, at, r.deliverAll(m, "2026-11-25 "+at, "C1")[0], "failed")
	}
	r.deliverAll(m, "2026-11-25 09:15", "C1")
	equal(t, "told", strings.Join(m.took, ", "), "09:15 tess@example.org")
}

// A directorate whose mail moved to another domain: to a server that serves the managers it
// looks as if it refused everybody, since only the same addresses are tried.
func TestTheAlarmsOfAWholeTeamOfLeaversClimbThoughNobodyElseIsWrittenTo(t *testing.T) {
	t.Parallel()
	r, refs := newCouncil(t, 6)
	m := &relay{refuses: func(a string) bool { return strings.HasPrefix(a, "w") }}
	for minute := range 17 {
		r.deliverAll(m, fmt.Sprintf("2026-11-25 09:%02d", minute), refs...)
	}
	told := map[string]int{}
	for _, took := range m.took {
		at, who, _ := strings.Cut(took, " ")
		if at > "09:16" {
			t.Errorf("%s was told at %s", who, at)
		}
		told[who]++
	}
	equal(t, "told", fmt.Sprint(told), "map[tess@example.org:6]")
	equal(t, "states", r.states(), "sent 6")
	s, err := r.Summary(t.Context())
	if err != nil || len(s.Faults) != 0 {
		t.Errorf("a fault stands though all are told: %+v, %v", s.Faults, err)
	}
}

// While the same address stands it is not tried for a day; then it is.
func TestARefusedAddressIsTriedAgainAfterADay(t *testing.T) {
	t.Parallel()
	r, _ := newCouncil(t, 2)
	m := &relay{refuses: only("w1@example.org")}
	r.deliverAll(m, "2026-12-01 09:00", "C1", "C2")
	r.deliverAll(m, "2026-12-01 09:05", "C1")
	equal(t, "believed", m.took[1], "09:05 tess@example.org")
	m.refuses = nobody
	r.deliverAll(m, "2026-12-02 09:00", "C1")
	equal(t, "within a day", m.took[2], "09:00 tess@example.org")
	r.setClock("2026-12-03 10:00")
	r.mustRecord(event("v", "C1", "cp_visit.made", "2026-12-02", "seen=true"))
	r.deliverAll(m, "2026-12-29 09:00", "C1")
	equal(t, "later", m.took[3], "09:00 w1@example.org")
}

// The head of service has the last say: with no director, a refusal leaves nobody to tell.
func TestTheHeadOfServicesAlarmIsMadeUpForOnceTheAddressIsCorrected(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		event casework.Event
		at    string
		told  string
	}{
		{
			"at once, by a new address",
			staff("h2", "staff.appointed", "2026-12-16", "worker=H1", "name=Hal Head", "email=new@example.org", "role=head_of_service"),
			"2026-12-16 10:00", "10:00 new@example.org",
		},
		{"after a day, by the same one", event("x", "C2", "core_group.held", "2026-12-16"), "2026-12-17 09:02", "09:02 hal@example.org"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, _ := newCouncil(t, 2)
			m := &relay{refuses: nobody}
			r.setClock("2026-11-16 10:00")
			r.mustRecord(event("e9", "C9", "cp_plan.started", "2026-11-16"), event("a9", "C9", "worker.allocated", "2026-11-16", "worker=W2"))
			for _, day := range []string{"11-25", "12-01", "12-02", "12-03", "12-09"} {
				r.deliverAll(m, "2026-"+day+" 09:00", "C1")
			}
			m.refuses = only("hal@example.org")
			equal(t, "at first", r.deliverAll(m, "2026-12-16 09:00", "C1")[0], "failed")
			equal(t, "somebody else", r.deliverAll(m, "2026-12-16 09:01", "C9")[0], "sent")
			equal(t, "then", r.deliverAll(m, "2026-12-16 09:02", "C1")[0], "undeliverable")
			has(t, "shown with the duty", r.duty("C1", "CP-10").Undeliverable, "refused")
			equal(t, "looked at again", r.row("C1", cp).Wake, london("2026-12-17 09:00"))
			m.took, m.refuses = nil, nobody

			r.setClock("2026-12-16 10:00")
			r.mustRecord(tc.event)
			r.deliverAll(m, "2026-12-16 10:00", "C1")
			r.deliverAll(m, "2026-12-17 09:00", "C1")
			if len(m.took) == 0 {
				equal(t, "and again when the refusal ends", r.row("C1", cp).Wake, london("2026-12-17 09:02"))
				r.deliverAll(m, "2026-12-17 09:02", "C1")
			}
			equal(t, "told", strings.Join(m.took, ", "), tc.told)
			equal(t, "once", len(r.deliverAll(m, "2026-12-18 09:00", "C1")), 0)
		})
	}
}

// Nothing shows that the server serves anybody: so nobody is silenced.
func TestOneCouncilWithOneCaseWhoseServerRefusesEverybodyForHoursLosesNothing(t *testing.T) {
	t.Parallel()
	r, _ := newCouncil(t, 1)
	m := &relay{refuses: everybody}
	for minute := 0; minute < 180; minute += 5 {
		at := fmt.Sprintf("2026-11-25 %02d:%02d", 9+minute/60, minute%60)
		for _, ended := range r.deliverAll(m, at, "C1") {
			equal(t, at, ended, "failed")
		}
	}
	m.refuses = nobody
	r.deliverAll(m, "2026-11-25 12:01", "C1")
	equal(t, "letters", len(m.took), 1)
	equal(t, "states", r.states(), "sent 1")
}

// What an earlier release silenced for good is made up for.
func TestACouncilThatWasSilencedBeforeTheUpgradeIsHealed(t *testing.T) {
	t.Parallel()
	r, _ := newCouncil(t, 1)
	m := &relay{refuses: nobody}
	n := r.plan1("2026-11-25 09:00")
	if err := r.exec(`update notices set state = 'undeliverable', reason = 'refused: nobody at any level can be reached',
		claimed_at = nominal_at where id = $1`, n.Key); err != nil {
		t.Fatal(err)
	}
	r.deliverAll(m, "2026-11-25 10:00", "C1")
	equal(t, "told", strings.Join(m.took, ", "), "10:00 w1@example.org")
}

// plan1 plans the child protection pathway of C1, in which one thing is due.
func (r *record) plan1(at string) pathway.Notice {
	r.t.Helper()
	r.setClock(at)
	send := r.plan("C1", cp).Send
	if len(send) != 1 {
		r.t.Fatalf("due: %+v", send)
	}
	return send[0]
}
