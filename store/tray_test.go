package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"longstop/casework"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
)

func gathering(o *store.Options) { o.Trays = true }

// newMorning is a record whose people have trays: W1 holds some cases with a child protection plan since 2 November
// 2026. The worker is told on 25 November, 1 and 2 December, the team manager on the 3rd.
func newMorning(t *testing.T, cases int) *record {
	t.Helper()
	r := newRecord(t, "2026-11-02 10:00", gathering)
	r.mustRecord(people()...)
	for i := range cases {
		ref := fmt.Sprintf("C%d", i+1)
		r.mustRecord(event("s"+ref, ref, "cp_plan.started", "2026-11-02"), event("w"+ref, ref, "worker.allocated", "2026-11-02", "worker=W1"))
	}
	return r
}

// gather plans a pathway of some cases and claims what is due, and returns how each claim ended.
func (r *record) gather(name string, refs ...string) []string {
	r.t.Helper()
	var states []string
	for _, ref := range refs {
		for _, n := range r.plan(ref, name).Send {
			states = append(states, r.claim(n).State)
		}
	}
	return states
}

func (r *record) owedTrays() []string {
	r.t.Helper()
	found, err := r.FindTrays(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []string
	for _, tray := range found.Ready {
		ids = append(ids, tray.ID)
	}
	return ids
}

func (r *record) claimTray(id string) store.Claimed {
	r.t.Helper()
	c, err := r.ClaimTray(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// sendTrays sends every tray that is owed, and returns what each said: "W1: C1 CP-10, C2 CP-10".
func (r *record) sendTrays() []string {
	r.t.Helper()
	var told []string
	for _, id := range r.owedTrays() {
		c := r.claimTray(id)
		if c.State != "claimed" {
			told = append(told, c.State)
			continue
		}
		r.sending(c)
		r.sent(c)
		told = append(told, c.To.Staff+": "+contentsOf(r.t, c))
	}
	slices.Sort(told)
	return told
}

func contentsOf(tb testing.TB, c store.Claimed) string {
	tb.Helper()
	var list []string
	for _, l := range said(tb, c).Letters {
		list = append(list, l.CaseReference+" "+l.DutyRef)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func lines(list []string) string { return strings.Join(list, "; ") }

func TestAllThatAPersonIsToldInAMorningIsOneMessage(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 3)
	r.setClock("2026-11-25 09:00")
	equal(t, "claims", lines(r.gather(cp, "C1", "C2", "C3")), "in_tray; in_tray; in_tray")
	equal(t, "offered again", len(r.plan("C1", cp).Send), 0)
	equal(t, "wake", r.row("C1", cp).Wake, london("2026-12-01 09:00"))
	equal(t, "states", r.states(), "due 3")
	equal(t, "told", lines(r.sendTrays()), "W1: C1 CP-10, C2 CP-10, C3 CP-10")
	equal(t, "states", r.states(), "sent 3")
	equal(t, "owed after that", len(r.owedTrays()), 0)
	equal(t, "attempts", r.attempts(), "1 W1 sent")
	r.setClock("2026-12-01 09:00")
	r.gather(cp, "C1", "C2", "C3")
	equal(t, "told on another morning", lines(r.sendTrays()), "W1: C1 CP-10, C2 CP-10, C3 CP-10")
}

func TestATrayWaitsUntilAllThatWasDueIsPlannedAtTheLongestHalfAnHour(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1")
	found, err := r.FindTrays(t.Context())
	if err != nil || len(found.Ready) != 0 || !found.Waiting {
		t.Fatalf("while a pathway is still to be planned: %+v, %v", found, err)
	}
	r.setClock("2026-11-25 09:29")
	equal(t, "trays a minute before half past", len(r.owedTrays()), 0)
	r.setClock("2026-11-25 09:30")
	equal(t, "told at half past", lines(r.sendTrays()), "W1: C1 CP-10")
	r.gather(cp, "C2")
	equal(t, "told afterwards", lines(r.sendTrays()), "W1: C2 CP-10")
}

func TestWhoIsToldIsDecidedWhenTheTrayIsSent(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 3)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2", "C3")
	r.mustRecord(
		event("x", "C2", "worker.allocated", "2026-11-25", "worker=W2"),
		event("y", "C3", "cp_visit.made", "2026-11-24", "seen=true", "seen_alone=true"))
	told := append(r.sendTrays(), r.sendTrays()...)
	slices.Sort(told)
	equal(t, "told", lines(told), "W1: C1 CP-10; W2: C2 CP-10")
	list, err := r.Notices(t.Context(), store.NoticeFilter{Case: "C3"})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	equal(t, "the visited child's", list[0].State, "not_sent")
	if r.row("C3", cp).Wake.Before(london("2026-11-26 09:00")) {
		t.Errorf("the visited child's pathway wakes %v", r.row("C3", cp).Wake)
	}
}

func TestATrayFromWhichEverythingHasGoneIsNotSent(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 1)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1")
	r.mustRecord(event("y", "C1", "cp_visit.made", "2026-11-24", "seen=true", "seen_alone=true"))
	equal(t, "told", lines(r.sendTrays()), "not_sent")
	equal(t, "owed after that", len(r.owedTrays()), 0)
	equal(t, "attempts", r.attempts(), "")
}

func TestACoverGetsTheMorningOfWhoeverWentAwayAfterNine(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	r.mustRecord(staff("x", "staff.absent", "2026-11-25", "worker=W1", "until=2026-11-30", "cover=W2"))
	told := append(r.sendTrays(), r.sendTrays()...)
	equal(t, "told", lines(told), "not_sent; W2: C1 CP-10, C2 CP-10")
}

func TestWhatIsToldOfALimitInHoursGoesAtOnce(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 1)
	r.setClock("2026-11-24 09:30")
	r.mustRecord(event("m", "C1", "missing.ended", "2026-11-24T09:00:00Z"))
	r.setClock("2026-11-25 21:00") // half of 72 hours
	equal(t, "claims at the next 08:00", lines(r.gather(pathway.Missing, "C1")), "")
	r.setClock("2026-11-26 09:00")
	equal(t, "claim of the limit in hours", lines(r.gather(pathway.Missing, "C1")), "claimed")
	equal(t, "claim of the limit in days", lines(r.gather(cp, "C1")), "in_tray")
}

func TestATrayIsClosedOnceMoreAfterACrash(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	id := r.owedTrays()[0]
	first := r.claimTray(id)
	again := r.claimTray(id)
	equal(t, "message", again.MessageID, first.MessageID)
	if _, err := r.Sending(t.Context(), id, first.Claim); !errors.Is(err, store.ErrBusy) {
		t.Errorf("sending an older claim: %v", err)
	}
	r.sending(again)
	if _, err := r.ClaimTray(t.Context(), id); !errors.Is(err, store.ErrBusy) {
		t.Errorf("claiming what is being sent: %v", err)
	}
	if err := r.exec(`update deliveries set sending_until = clock_timestamp() where id = $1::uuid`, id); err != nil {
		t.Fatal(err)
	}
	taken := r.claimTray(id)
	equal(t, "perhaps twice", taken.PerhapsTwice, true)
	equal(t, "the same message", taken.MessageID, first.MessageID)
	r.sending(taken)
	r.sent(taken)
	equal(t, "owed after that", len(r.owedTrays()), 0)
	equal(t, "claim of what was sent", r.claimTray(id).State, "sent")
	equal(t, "attempts", r.attempts(), "1 W1 lost, 2 W1 sent")
}

func TestWhatComesAfterATrayIsClosedGathersInTheNext(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:30")
	r.gather(cp, "C1")
	r.setClock("2026-11-25 10:00")
	id := r.owedTrays()[0]
	c := r.claimTray(id)
	r.gather(cp, "C2")
	r.sending(c)
	r.sent(c)
	equal(t, "in the first", contentsOf(t, c), "C1 CP-10")
	equal(t, "told after it", lines(r.sendTrays()), "W1: C2 CP-10")
}

func TestWhatIsInATrayOfSomebodyWhoCannotBeReachedIsToldToTheNextRoleUp(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	c := r.claimTray(r.owedTrays()[0])
	r.sending(c)
	r.setClock("2026-11-25 09:01")
	refused, err := r.NotDelivered(t.Context(), c.NoticeID, 0, "550 5.1.1")
	if err != nil {
		t.Fatal(err)
	}
	for refused.State == "failed" { // not believed yet
		r.setClock("2026-11-25 09:20")
		c = r.claimTray(c.NoticeID)
		r.sending(c)
		if refused, err = r.NotDelivered(t.Context(), c.NoticeID, 0, "550 5.1.1"); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "the tray", refused.State, "undeliverable")
	equal(t, "claims once more", lines(r.gather(cp, "C1", "C2")), "in_tray; in_tray")
	equal(t, "told", lines(r.sendTrays()), "M1: C1 CP-10, C2 CP-10")
}

func TestWhatWasInAMessageThatCameBackIsToldToTheNextRoleUp(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	c := r.claimTray(r.owedTrays()[0])
	r.sending(c)
	r.sent(c)
	r.setClock("2026-11-25 10:00")
	r.bounced(c, c.To.Email)
	equal(t, "states", r.states(), "bounced 2")
	r.planQueued()
	equal(t, "claims once more", lines(r.gather(cp, "C1", "C2")), "in_tray; in_tray")
	equal(t, "told", lines(r.sendTrays()), "M1: C1 CP-10, C2 CP-10")
}

func TestATrayThatAChannelCouldNotTakeIsOwedAndLooksAtEverythingAgain(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	c := r.claimTray(r.owedTrays()[0])
	r.sending(c)
	if err := r.SendFailed(t.Context(), c.NoticeID, 0, "email", "421 4.3.2", false); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(event("y", "C1", "cp_visit.made", "2026-11-24", "seen=true", "seen_alone=true"))
	equal(t, "told", lines(r.sendTrays()), "W1: C2 CP-10")
}

// Claims and the closing of trays run at once, as they do in a morning: every notice is in exactly one
// message that went.
func TestNothingGetsBetweenWhatIsInATrayAndWhatIsSent(t *testing.T) {
	t.Parallel()
	const cases = 12
	r := newMorning(t, cases)
	r.setClock("2026-11-25 10:00")
	var all sync.WaitGroup
	for i := range cases {
		all.Go(func() {
			key := r.key(fmt.Sprintf("C%d", i+1))
			planned, err := r.Plan(t.Context(), key, cp)
			for _, n := range planned.Send {
				if err == nil {
					_, err = r.Claim(t.Context(), n.CaseKey, n.Key)
				}
			}
			if err != nil || len(planned.Send) != 1 {
				t.Errorf("case %d: %d, %v", i+1, len(planned.Send), err)
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	sent := map[string]int{}
	post := func() {
		for _, id := range r.column(`select id::text from deliveries where holds = 'tray' and state = 'due'`) {
			c := r.claimTray(id)
			if c.State != "claimed" {
				t.Fatalf("a tray is %s", c.State)
			}
			r.sending(c)
			r.sent(c)
			for _, l := range said(t, c).Letters {
				sent[l.CaseReference]++
			}
		}
	}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		post()
	}
	for i := range cases {
		ref := fmt.Sprintf("C%d", i+1)
		equal(t, "messages about "+ref, sent[ref], 1)
	}
	equal(t, "states", r.states(), fmt.Sprintf("sent %d", cases))
}

// What lies before somebody, other than what is new: the rest of their cases, and how their teams stand.
func TestAMorningsMessageSaysWhatElseLiesBeforeThem(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.mustRecord(
		staff("x", "staff.absent", "2026-11-02", "worker=W2", "until=2026-12-30"),
		event("s3", "C3", "cp_plan.started", "2026-11-02"), event("w3", "C3", "worker.allocated", "2026-11-02", "team=T1"))
	desk := func(at, person string) *letter.Desk {
		t.Helper()
		r.setClock(at)
		r.gather(cp, "C1", "C2", "C3")
		var found *letter.Desk
		for _, id := range r.owedTrays() {
			c := r.claimTray(id)
			if c.To.Staff == person {
				found = said(t, c).Desk
			}
			r.sending(c)
			r.sent(c)
		}
		if found == nil {
			t.Fatalf("%s was told nothing on %s", person, at)
		}
		return found
	}
	worker := desk("2026-11-25 09:00", "W1")
	equal(t, "held", len(worker.Held), 2)
	equal(t, "a worker's teams", len(worker.Teams), 0)
	manager := desk("2026-12-03 09:00", "M1")
	equal(t, "teams", len(manager.Teams), 1)
	team := manager.Teams[0]
	equal(t, "local", team.Local, 3)
	equal(t, "without a worker", team.Unallocated, 1)
	equal(t, "away", strings.Join(team.Away, ", "), "Ben Example")
	if manager.Before == nil { // the worker's reminder about a case without a worker went to the manager on 25 November
		t.Fatal("no figures of a week ago")
	}
	equal(t, "local a week ago", manager.Before.Local, 0)
	equal(t, "the day of that", text(t, manager.BeforeOn), "2026-11-25")
	equal(t, "what is of those away comes to them", team.Next, true)
	senior := desk("2026-12-09 09:00", "S1")
	equal(t, "what is of those away comes to the next up", senior.Teams[0].Next, false)
	equal(t, "without an answer", len(senior.Unanswered), 3)
	equal(t, "told", senior.Unanswered[0].To, "Tess Manager")
	equal(t, "sent", text(t, senior.Unanswered[0].Sent), "2026-12-03")
}

// gathering returns the id of the one tray that gathers, whether or not it waits for more.
func (r *record) gathering() string {
	r.t.Helper()
	ids := r.column(`select id::text from deliveries where holds = 'tray' and state = 'due'`)
	if len(ids) != 1 {
		r.t.Fatalf("%d trays gather", len(ids))
	}
	return ids[0]
}

// fails lets a channel fail to take a tray. maybe: it may have arrived.
func (r *record) fails(id string, maybe bool) store.Claimed {
	r.t.Helper()
	c := r.claimTray(id)
	r.sending(c)
	if err := r.SendFailed(r.t.Context(), c.NoticeID, 0, "email", "421 4.3.2", maybe); err != nil {
		r.t.Fatal(err)
	}
	return c
}

func TestWhatDidNotGoJoinsTheNextMorningsMessageAndNothingIsSaidTwice(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1")
	failed := r.fails(r.gathering(), true)
	r.mustRecord(event("s9", "C9", "cp_plan.started", "2026-11-03"), event("w9", "C9", "worker.allocated", "2026-11-03", "worker=W1"))
	equal(t, "owed meanwhile", lines(r.owedTrays()), failed.NoticeID)

	r.setClock("2026-12-01 09:00") // the next step of C1, and the first that C2 was planned for
	r.gather(cp, "C1", "C2", "C9")
	owed := r.owedTrays()
	equal(t, "messages", len(owed), 1)
	if owed[0] == failed.NoticeID {
		t.Error("the earlier message takes up what came later: a mailbox may drop it")
	}
	c := r.claimTray(owed[0])
	equal(t, "says", contentsOf(t, c), "C1 CP-10, C2 CP-10, C9 CP-10")
	equal(t, "perhaps twice", c.PerhapsTwice, true)
	for _, l := range said(t, c).Letters {
		if l.CaseReference == "C1" && lines(l.Missed) != "-5wd" {
			t.Errorf("C1 makes up for %v", l.Missed)
		}
	}
	r.sending(c)
	r.sent(c)
	equal(t, "the earlier one", r.claimTray(failed.NoticeID).State, "not_sent")
	equal(t, "owed after that", len(r.owedTrays()), 0)
	equal(t, "attempts", r.attempts(), "1 W1 failed, 1 W1 sent")
	list, err := r.Notices(t.Context(), store.NoticeFilter{Case: "C1"})
	if err != nil || len(list) != 2 || list[0].State != "not_sent" || list[1].State != "sent" || list[1].Attempts != 1 || list[1].MessageID != c.MessageID {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestATrayThatIsTriedAgainWhileTheNextGathersJoinsIt(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1")
	failed := r.fails(r.gathering(), false)
	r.gather(cp, "C2")
	equal(t, "tried again", r.claimTray(failed.NoticeID).State, "not_sent")
	equal(t, "told", lines(r.sendTrays()), "W1: C1 CP-10, C2 CP-10")
	equal(t, "states", r.states(), "sent 2")
}

// An answer of the channel that comes late belongs to the message that it took.
func TestAMessageThatIsHeardOfAfterItsContentsJoinedAnotherKeepsThem(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1")
	first := r.fails(r.gathering(), true)
	r.gather(cp, "C2")
	owed := r.owedTrays()[0]
	second := r.claimTray(owed)
	equal(t, "in the second", contentsOf(t, second), "C1 CP-10, C2 CP-10")
	if _, err := r.Sent(t.Context(), first.NoticeID, 1, "email", "250 ok"); err != nil {
		t.Fatal(err)
	}
	equal(t, "says now", contentsOf(t, r.claimTray(owed)), "C2 CP-10")
}

// logs lets a program without a mail server log every tray that is owed.
func (r *record) logs() {
	r.t.Helper()
	for _, id := range r.owedTrays() {
		c := r.claimTray(id)
		r.sending(c)
		if _, err := r.Logged(r.t.Context(), id, 0); err != nil {
			r.t.Fatal(err)
		}
	}
}

func TestTraysThatWereOnlyLoggedGoAsOneMessageOfWhatStillStands(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	toLog := &record{Store: r.open(func(o *store.Options) { o.LogOnly, o.Trays = true, true }), t: t, clock: r.clock, url: r.url}
	for _, morning := range []string{"2026-11-25 09:00", "2026-12-01 09:00", "2026-12-02 09:00"} {
		r.setClock(morning)
		toLog.gather(cp, "C1", "C2")
		toLog.logs()
	}
	equal(t, "states", r.states(), "logged 6")
	equal(t, "owed to a program that logs", len(toLog.owedTrays()), 0)

	r.setClock("2026-12-02 11:00") // a mail server is set
	r.mustRecord(event("y", "C1", "cp_visit.made", "2026-12-02", "seen=true", "seen_alone=true"))
	owed := r.owedTrays()
	equal(t, "trays that were logged", len(owed), 3)
	c := r.claimTray(owed[0])
	equal(t, "says", contentsOf(t, c), "C2 CP-10")
	equal(t, "makes up for", strings.Join(said(t, c).Letters[0].Missed, ", "), "-5wd, -1wd")
	r.sending(c)
	r.sent(c)
	for _, id := range owed[1:] {
		equal(t, "another", r.claimTray(id).State, "not_sent")
	}
	equal(t, "owed after that", len(r.owedTrays()), 0)
	equal(t, "offered by the pathway", len(r.plan("C2", cp).Send), 0)
	equal(t, "states", r.states(), "not_sent 5, sent 1")
}

func TestATrayThatWasOnlyLoggedJoinsTheOneThatGathers(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	toLog := &record{Store: r.open(func(o *store.Options) { o.LogOnly, o.Trays = true, true }), t: t, clock: r.clock, url: r.url}
	r.setClock("2026-11-25 09:30")
	toLog.gather(cp, "C1")
	r.setClock("2026-11-25 10:00")
	toLog.logs()
	r.gather(cp, "C2")
	equal(t, "told", lines(append(r.sendTrays(), r.sendTrays()...)), "W1: C1 CP-10, C2 CP-10; not_sent")
	equal(t, "states", r.states(), "sent 2")
}

// A person who answers a message quotes its subject, which names the message.
func TestWhatIsInAMessageIsFoundByTheNameOfTheMessage(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	c := r.claimTray(r.gathering())
	r.sending(c)
	r.sent(c)
	has(t, "subject", message(t, c).Subject, "["+c.NoticeID[:8]+"]")
	found, err := r.FindNotices(t.Context(), c.NoticeID[:8])
	if err != nil || len(found) != 2 {
		t.Fatal(found, err)
	}
	for i := range found {
		equal(t, "its message", found[i].In, c.NoticeID)
		equal(t, "and its receipt", found[i].Receipt, "250 ok")
	}
}

func TestAPathwayThatIsStuckKeepsTheMessagesOfOneMorningWaitingAndNotOfEveryMorning(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1") // and C2 is never planned
	equal(t, "told at nine", lines(r.sendTrays()), "")
	r.setClock("2026-11-25 09:30")
	equal(t, "told at half past", lines(r.sendTrays()), "W1: C1 CP-10")
	r.setClock("2026-12-01 09:00")
	r.gather(cp, "C1")
	equal(t, "told at nine on another morning", lines(r.sendTrays()), "W1: C1 CP-10")
}

func TestAfterAnOutageAMessageWaitsForWhatWasDueMeanwhile(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.morning("2026-11-25 09:00", "C1", "C2")
	r.setClock("2026-12-01 11:30") // from before nine until now nothing ran
	r.gather(cp, "C1")
	equal(t, "told while the other is still to be planned", lines(r.sendTrays()), "")
	r.gather(cp, "C2")
	equal(t, "told", lines(r.sendTrays()), "W1: C1 CP-10, C2 CP-10")
}

func TestTheChangesNameTheRoleOfEachEscalationInOneMessage(t *testing.T) {
	t.Parallel()
	r := newWeek(t, "2026-10-20 10:00")
	r.planned("C1", "2026-10-26") // late since 26 November: five working days later its service manager is told
	r.planned("C2", "2026-11-02") // late since 2 December: a working day later its team manager is told
	for _, day := range []string{"2026-11-19", "2026-11-25", "2026-11-26", "2026-11-27", "2026-12-01", "2026-12-02"} {
		r.morning(day+" 09:00", "C1", "C2")
	}
	r.mustRecord(staff("x", "staff.absent", "2026-12-02", "worker=S1", "until=2026-12-30", "cover=M1"))
	var at store.Cursor
	r.items(&at)
	equal(t, "told", lines(r.morning("2026-12-03 09:00", "C1", "C2")), "M1: C1 CP-10, C2 CP-10")
	var roles []string
	for _, item := range r.items(&at) {
		if item.Kind == store.DutyEscalated {
			roles = append(roles, string(item.Role))
		}
	}
	slices.Sort(roles)
	equal(t, "roles", lines(roles), "service_manager; team_manager")
}

// unansweredOn returns what a service manager is shown on 9 December that those below them have not answered.
func (r *record) unansweredOn(morning string, refs ...string) string {
	r.t.Helper()
	r.setClock(morning)
	r.gather(cp, refs...)
	for _, id := range r.owedTrays() {
		if c := r.claimTray(id); c.To.Staff == "S1" {
			var list []string
			for _, u := range said(r.t, c).Desk.Unanswered {
				list = append(list, u.CaseReference+" "+u.To)
			}
			return lines(list)
		}
	}
	r.t.Fatal("the service manager is told nothing")
	return ""
}

func TestAPromiseThatWasVoidedIsNoAnswer(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 3)
	r.morning("2026-12-03 09:00", "C1", "C2", "C3")
	for _, ref := range []string{"C1", "C2"} {
		r.mustRecord(event("k"+ref, ref, "notice.acknowledged", "2026-12-03", "duty="+r.duty(ref, "CP-10").Duty, "by=M1", "promise=2026-12-08"))
	}
	r.mustRecord(casework.Event{ID: "v", Case: "C1", Voids: "kC1"})
	equal(t, "without an answer", r.unansweredOn("2026-12-09 09:00", "C1", "C2", "C3"), "C1 Tess Manager; C3 Tess Manager")
}

func TestWhatWasReRoutedToTheReaderIsNotShownAsUnansweredBelowThem(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 1)
	r.morning("2026-12-03 09:00", "C1")
	r.setClock("2026-12-03 09:10")
	r.mustRecord(staff("x", "staff.left", "2026-12-03", "worker=M1"),
		event("sC2", "C2", "cp_plan.started", "2026-11-02"), event("wC2", "C2", "worker.allocated", "2026-11-02", "worker=W1"))
	r.morning("2026-12-04 09:00", "C1", "C2")
	equal(t, "told instead of the team manager", lines(r.morning("2026-12-07 09:00", "C1", "C2")), "S1: C2 CP-10")
	equal(t, "without an answer", r.unansweredOn("2026-12-09 09:00", "C1", "C2"), "C1 Tess Manager")
}

func TestThatAnAlarmIsSettledIsNotSaidToSomebodyWhoNeverGotIt(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-12-03 09:00")
	r.gather(cp, "C1", "C2")
	r.fails(r.gathering(), false)
	r.setClock("2026-12-03 15:00")
	r.mustRecord(event("y", "C1", "cp_visit.made", "2026-12-03", "seen=true", "seen_alone=true"))
	told := append(r.morning("2026-12-04 09:00", "C1", "C2"), r.sendTrays()...)
	equal(t, "told", lines(told), "M1: C2 CP-10")
	kinds := r.column(`select kind || ' ' || state from notices n join case_references c using (case_key) where c.reference = 'C1' and role = 'team_manager' order by 1`)
	equal(t, "of the visited child", lines(kinds), "escalation not_sent; resolved not_sent")
}

func TestNothingGoesToALeaverThoughItsCaseCannotBeWorkedOut(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	r.setClock("2026-11-25 09:10")
	broken := r.key("C2")
	r.BeforeWork(func(key string) {
		if key == broken {
			panic(secret)
		}
	})
	r.mustRecord(staff("x", "staff.left", "2026-11-25", "worker=W1"))
	told := append(r.sendTrays(), r.sendTrays()...)
	slices.Sort(told)
	equal(t, "told", lines(told), "M1: C1 CP-10; not_sent")
	equal(t, "states", r.states(), "due 1, sent 1")
	r.BeforeWork(nil)
	if n, err := r.RetryFaults(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	r.planQueued()
	r.gather(cp, "C2")
	equal(t, "told once it can be worked out", lines(r.sendTrays()), "M1: C2 CP-10")
}

func TestNobodyPromisesAnythingAboutWhatLiesInATray(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 1)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1")
	promise := func(id string) int {
		got, err := r.Record(t.Context(), source, []casework.Event{
			event(id, "C1", "notice.acknowledged", "2026-11-25", "duty="+r.duty("C1", "CP-10").Duty, "by=M1", "promise=2026-12-09"),
		})
		if err != nil {
			t.Fatal(err)
		}
		return got.New
	}
	equal(t, "accepted before it was sent", promise("k1"), 0)
	equal(t, "told", lines(r.sendTrays()), "W1: C1 CP-10")
	equal(t, "accepted after that", promise("k2"), 1)
}
