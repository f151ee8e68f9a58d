package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
)

// post delivers what is due in a case as its workflows would: each pathway that is to wake at an
// instant or before plans and sends, and plans again while it wakes at once. It
// returns the letters: who got them, and how many notices each says.
func (r *record) post(ref, at string) map[string][]int {
	r.t.Helper()
	r.setClock(at)
	letters := map[string][]int{}
	for range 200 {
		woke := false
		for _, n := range r.openOf(ref) {
			if !n.Wake.IsZero() && !n.Wake.After(london(at).Add(time.Second)) {
				woke = true
				r.wake(n, letters)
			}
		}
		if !woke {
			return letters
		}
	}
	r.t.Fatalf("the pathways of the case wake for ever at %s", at)
	return nil
}

// openOf are the open pathways of a case as the record has them.
func (r *record) openOf(ref string) []pathway.Nudge {
	r.t.Helper()
	all, err := r.OpenPathways(r.t.Context(), "", 10_000)
	if err != nil {
		r.t.Fatal(err)
	}
	key := r.key(ref)
	return slices.DeleteFunc(all, func(n pathway.Nudge) bool { return n.CaseKey != key })
}

// wake is one wake of a pathway: what its workflow does.
func (r *record) wake(n pathway.Nudge, letters map[string][]int) {
	r.t.Helper()
	planned, err := r.Plan(r.t.Context(), n.CaseKey, n.Pathway)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(planned.Send) > 20 {
		r.t.Errorf("one wake names %d notices", len(planned.Send))
	}
	for _, due := range planned.Send {
		c := r.claim(due)
		if c.State != "claimed" {
			continue
		}
		r.sending(c)
		r.sent(c)
		letters[c.To.Staff] = append(letters[c.To.Staff], len(said(r.t, c).Letters))
	}
}

// newBacklog is a case C1 of worker W1 with so many section 47 enquiries since January 2024, each without
// a conference, recorded on 2 November 2026.
func newBacklog(t *testing.T, months int) *record {
	t.Helper()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(people()...)
	var events []casework.Event
	for n := range months {
		start := date("2024-01-15").AddDays(30 * n)
		events = append(events, enquiry(n, start))
	}
	r.mustRecord(append(events, event("a", "C1", "worker.allocated", "2026-11-02", "worker=W1"))...)
	return r
}

// enquiry is a section 47 enquiry in an episode of its own.
func enquiry(n int, at calendar.Date) casework.Event {
	e := event(fmt.Sprintf("s%02d", n), "C1", "strategy_discussion.held", at.String(), "s47=true")
	e.Episode = fmt.Sprintf("E%d", n)
	return e
}

func TestAMorningWithMoreThanThreeNoticesForOnePersonIsOneLetter(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		enquiries int
		want      string // the worker's letters
	}{{1, "[1]"}, {3, "[1 1 1]"}, {4, "[4]"}, {30, "[30]"}} {
		t.Run(fmt.Sprint(tc.enquiries), func(t *testing.T) {
			t.Parallel()
			r := newBacklog(t, tc.enquiries)
			letters := r.post("C1", "2026-11-03 09:00")
			equal(t, "the worker's letters", fmt.Sprint(letters["W1"]), tc.want)
			equal(t, "nothing is left", len(r.post("C1", "2026-11-03 09:01")), 0)
			equal(t, "sent", r.states(),
				fmt.Sprintf("sent %d", tc.enquiries))
		})
	}
}

func TestACombinedLetterSaysWhatEachNoticeWouldHaveSaid(t *testing.T) {
	t.Parallel()
	r := newBacklog(t, 5)
	r.setClock("2026-11-03 09:00")
	c := r.claim(r.plan("C1", s47).Send[0])
	if len(said(t, c).Letters) != 5 {
		t.Fatalf("%+v", c)
	}
	m := message(t, c)
	has(t, "subject", m.Subject, "5 things to do in one case")
	if strings.Contains(m.Subject, "C1") {
		t.Errorf("the subject holds the case: %s", m.Subject)
	}
	for _, l := range said(t, c).Letters {
		equal(t, "its case", l.CaseReference, "C1")
	}
	for _, due := range r.column(`select to_char(due, 'FMDD Mon YYYY') from duties where ref = 'CP-03'`) {
		has(t, "each date", strings.ReplaceAll(m.Text, "\n  ", " "), due)
	}
	has(t, "how late", m.Text, "working day 710 of 15")
	list, err := r.Notices(t.Context(), store.NoticeFilter{Case: "C1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.With != 4 {
			t.Errorf("%s shows as in one letter with %d others", n.ID, n.With)
		}
	}
}

// While the letter that carries it waits for the mail server, a carried notice is not sent by
// itself, and keeps nobody awake.
func TestACarriedNoticeFollowsTheOneThatCarriesIt(t *testing.T) {
	t.Parallel()
	r := newBacklog(t, 5)
	r.setClock("2026-11-03 09:00")
	send := r.plan("C1", s47).Send
	c := r.claim(send[0])
	equal(t, "carried", r.claim(send[1]).State, "carried")
	r.sending(c)
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "connection refused", false); err != nil {
		t.Fatal(err)
	}
	equal(t, "offered again", len(r.plan("C1", s47).Send), 1)
	equal(t, "carried still", r.claim(send[1]).State, "carried")

	// One is taken back meanwhile: the letter says the others.
	r.setClock("2026-11-03 12:00")
	r.mustRecord(casework.Event{ID: "v", Case: "C1", Voids: "s03"})
	again := r.claim(send[0])
	equal(t, "state", again.State, "claimed")
	equal(t, "what it says", len(said(t, again).Letters), 4)
	r.sending(again)
	r.sent(again)
	r.post("C1", "2026-11-03 12:01")
	equal(t, "states", r.states(), "not_sent 1, sent 4")
}

func TestWhatACarrierThatIsStoppedCarriedIsSentByAnother(t *testing.T) {
	t.Parallel()
	r := newBacklog(t, 5)
	r.setClock("2026-11-03 09:00")
	send := r.plan("C1", s47).Send
	c := r.claim(send[0])
	duty := r.column(`select duty from notices where id = $1`, c.NoticeID)[0]
	_, entry, _ := strings.Cut(duty, ":")
	r.setClock("2026-11-03 09:01")
	r.mustRecord(casework.Event{ID: "v", Case: "C1", Voids: entry})
	equal(t, "the carrier", r.claim(send[0]).State, "not_sent")
	if _, err := r.Sending(t.Context(), c.NoticeID, c.Claim); err == nil {
		t.Error("a claim that another has overtaken is sent")
	}
	letters := r.post("C1", "2026-11-03 09:02")
	equal(t, "the rest", fmt.Sprint(letters["W1"]), "[4]")
}

func TestALetterOfTheDayBeforeThatFailedIsPutIntoTodays(t *testing.T) {
	t.Parallel()
	r := newBacklog(t, 5)
	r.setClock("2026-11-03 09:00")
	c := r.claim(r.plan("C1", s47).Send[0])
	r.sending(c)
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "connection refused", false); err != nil {
		t.Fatal(err)
	}
	letters := r.post("C1", "2026-11-04 09:00") // the managers' alarms come due, the worker's letter waits
	equal(t, "the worker's letters", len(letters["W1"]), 1)
	for staff, list := range letters {
		if len(list) > 5 {
			t.Errorf("%s got %v", staff, list)
		}
	}
}

func TestOneWakeSendsTheHighestStakesFirstAndWakesAgainAtOnce(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	var events []casework.Event
	for n := range 25 { // each case's worker is another: nothing is combined
		events = append(events, enquiry(n, date("2024-01-15").AddDays(n)))
	}
	r.mustRecord(append(people(), events...)...) // nobody is allocated: each is undeliverable by itself
	r.setClock("2026-11-03 09:00")
	planned := r.plan("C1", s47)
	equal(t, "named", len(planned.Send), 20)
	if wake := planned.Next.Wake; !wake.After(london("2026-11-03 09:00")) || wake.After(london("2026-11-03 09:00:01")) {
		t.Errorf("the next wake is %s", wake)
	}
	equal(t, "the earliest due date first", planned.Send[0].Key, r.column(`select id::text from notices order by due, key limit 1`)[0])
	again := r.plan("C1", s47)
	for i := range planned.Send {
		equal(t, "planned again", again.Send[i].Key, planned.Send[i].Key)
	}
	r.post("C1", "2026-11-03 09:00")
	equal(t, "all of them", r.states(), "undeliverable 25")
}

// had makes as if somebody had been sent so many letters of a case today already.
func (r *record) had(ref, staff string, letters int, at string) {
	r.t.Helper()
	for range letters {
		if err := r.exec(`
			with sent as (
				insert into deliveries (id, holds, state, recipient, sent_at, claimed_at, channel, attempts, message_id)
				select id, 'notices', 'sent', $2, $3, $3, 'email', 1, id::text from gen_random_uuid() as id returning id)
			insert into notices (id, case_key, key, pathway, duty, ref, due, rung, role, kind, spell, missed, nominal_at, claimed_at, state, delivery)
			select id, $1, id::text, 'Referral', 'told:' || id, 'REF-01', '2026-11-02', '', 'worker', 'moved', 1, '{}'::text[], $3, $3, 'enclosed', id
			from sent`, r.key(ref), staff, london(at)); err != nil {
			r.t.Fatal(err)
		}
	}
}

// What is told of a limit in hours at its own moment is no flood: it may not wait for the next day,
// however many letters there were about the child today.
func TestPoliceProtectionThatRunsOutIsToldThoughEverybodyHadEnoughLettersToday(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 16:30") // due at 16:30 on the 5th
	r.mustRecord(append(people(), event("a", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		event("e", "C1", "police_protection.started", "2026-11-02T16:30:00Z"))...)
	for _, at := range []string{"2026-11-04 00:00", "2026-11-05 00:01"} {
		for _, staff := range []string{"W1", "M1", "S1", "H1"} {
			r.had("C1", staff, 5, at)
		}
	}
	var told []string
	for _, at := range []string{"2026-11-04 04:30", "2026-11-04 22:30", "2026-11-05 16:31", "2026-11-05 20:31"} {
		for staff := range r.post("C1", at) {
			told = append(told, at[8:]+" "+staff)
		}
	}
	slices.Sort(told)
	equal(t, "told", strings.Join(told, ", "),
		"04 04:30 W1, 04 22:30 M1, 04 22:30 W1, 05 16:31 S1, 05 20:31 H1")
}

// Police protection from 16:30 on 2 November ran out at 16:30 on the 5th, of which the service manager was told.
// That it ended is known on the 6th: no child is without protection while that waits for the next morning.
func TestThatALimitInHoursWasSettledWaitsAfterFourLettersOfADay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		had           int
		then, morning string
	}{{3, "[1]", "[]"}, {4, "[]", "[1]"}} {
		t.Run(fmt.Sprint(tc.had), func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, "2026-11-02 16:30")
			r.mustRecord(append(people(), event("a", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
				event("e", "C1", "police_protection.started", "2026-11-02T16:30:00Z"))...)
			equal(t, "told that it ran out", fmt.Sprint(r.post("C1", "2026-11-05 16:31")["S1"]), "[1]")
			r.had("C1", "S1", tc.had, "2026-11-06 08:00")
			r.setClock("2026-11-06 10:00")
			r.mustRecord(event("x", "C1", "police_protection.ended", "2026-11-06T09:30:00Z"))
			equal(t, "told that it ended", fmt.Sprint(r.post("C1", "2026-11-06 10:00")["S1"]), tc.then)
			equal(t, "told in the morning", fmt.Sprint(r.post("C1", "2026-11-07 09:00")["S1"]), tc.morning)
		})
	}
}

// lettersNotOfHours counts the letters of a day to each person, without those about a limit
// in hours on the day of its moment.
func (r *record) lettersNotOfHours(day string) map[string]int {
	r.t.Helper()
	letters := map[string]int{}
	for _, staff := range r.column(`select d.recipient from notices n join deliveries d on d.id = n.id where d.state = 'sent'
		and (sent_at at time zone 'Europe/London')::date = $1::date
		and not (ref in ('EM-01', 'MI-01') and (nominal_at at time zone 'Europe/London')::date = $1::date)`, day) {
		letters[staff]++
	}
	return letters
}

// The worker's reminder of 09:00 on 25 November.
func TestAfterFourLettersOfADayTheFifthWaitsForTheMorning(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		had       int
		at        string
		then, due string // what is told at 09:00, and in the morning after
	}{
		{3, "2026-11-25 08:00", "W1 reminder -5wd", ""},
		{4, "2026-11-25 00:00", "", "W1 reminder -5wd"},
		{9, "2026-11-24 23:59", "W1 reminder -5wd", ""},
	} {
		t.Run(fmt.Sprintf("%d since %s", tc.had, tc.at), func(t *testing.T) {
			t.Parallel()
			r := newPlanned(t, "2026-11-25 09:00")
			r.had("C1", "M1", 9, tc.at) // another person's letters are their own
			r.had("C1", "W1", tc.had, tc.at)
			equal(t, "at nine", strings.Join(r.tell("2026-11-25 09:00"), ", "), tc.then)
			equal(t, "in the evening", strings.Join(r.tell("2026-11-25 23:59"), ", "), "")
			equal(t, "in the morning", strings.Join(r.tell("2026-11-26 09:00"), ", "), tc.due)
		})
	}
}

// No person gets more than five letters from a case on any day, whatever is recorded, but for
// limits in hours that run out on that day.
func TestNobodyGetsMoreThanFiveLettersOfACaseOnADay(t *testing.T) {
	t.Parallel()
	kinds := []string{
		"strategy_discussion.held s47=true", "referral.received", "cp_plan.started", "icpc.held outcome=plan", "cin_plan.started",
		"looked_after.started", "placement.started", "cp_visit.made seen=true", "lac_review.held", "missing.ended",
		"police_protection.started", "pep.completed", "cp_plan.ended", "looked_after.ended",
	}
	const backlogs = 8 // each is a few hundred transactions
	for seed := range uint64(backlogs) {
		t.Run(fmt.Sprintf("backlog %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			r := newRecord(t, "2026-10-30 10:00")
			r.mustRecord(append(people(), event("a", "C1", "worker.allocated", "2026-10-30", "worker=W1"))...)
			n := 0
			record := func(day calendar.Date) {
				for range 1 + random.IntN(25) {
					n++
					kind, data, _ := strings.Cut(kinds[random.IntN(len(kinds))], " ")
					e := event(fmt.Sprintf("e%d", n), "C1", kind, day.AddDays(-1-random.IntN(900)).String())
					e.Episode = fmt.Sprintf("E%d", random.IntN(30))
					if data != "" {
						e.Data = dataOf([]string{data})
					}
					if _, err := r.Record(t.Context(), source, []casework.Event{e}); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, day := range []string{"2026-11-02", "2026-11-03", "2026-11-04"} {
				for _, at := range []string{"08:30", "09:00", "11:00", "13:00", "15:00", "17:00"} {
					r.setClock(day + " " + at)
					if at != "09:00" {
						record(date(day))
					}
					r.post("C1", day+" "+at)
				}
				for staff, got := range r.lettersNotOfHours(day) {
					if got > 5 {
						t.Errorf("%s got %d letters on %s", staff, got, day)
					}
				}
			}
		})
	}
}
