package store_test

import (
	"strings"
	"testing"

	"longstop/pathway"
)

// newWeek is a record whose people have trays and that holds no case yet.
func newWeek(t *testing.T, now string) *record {
	t.Helper()
	r := newRecord(t, now, gathering)
	r.mustRecord(people()...)
	return r
}

// planned gives W1 a case with a child protection plan since a day; by Longstop's default the child is visited within a month of it.
func (r *record) planned(ref, since string) {
	r.t.Helper()
	r.setClock(since + " 10:00")
	r.mustRecord(event("s"+ref, ref, "cp_plan.started", since), event("w"+ref, ref, "worker.allocated", since, "worker=W1"))
}

// morning lets every pathway of some cases that is due by an instant be planned, and sends what is owed then.
func (r *record) morning(at string, refs ...string) []string {
	r.t.Helper()
	r.setClock(at)
	for _, ref := range refs {
		for _, name := range pathway.All {
			if wake := r.row(ref, name).Wake; !wake.IsZero() && !wake.After(london(at)) {
				r.gather(name, ref)
			}
		}
	}
	return r.sendTrays()
}

func TestWhatIsRecordedAMinuteBeforeNineIsInThatMorningsMessage(t *testing.T) {
	t.Parallel()
	r := newWeek(t, "2026-11-02 10:00")
	for _, ref := range []string{"C1", "C2", "C3"} {
		r.planned(ref, "2026-11-02")
	}
	equal(t, "told when it was late", lines(r.morning("2026-12-03 09:00", "C1", "C2", "C3")), "M1: C1 CP-10, C2 CP-10, C3 CP-10")

	r.setClock("2026-12-08 08:59")
	r.mustRecord(
		event("v1", "C1", "cp_visit.made", "2026-12-07", "seen=true", "seen_alone=true"), // the manager is told that it is done, and nobody that it is late
		event("a2", "C2", "worker.allocated", "2026-12-08", "worker=W2"),
		event("k3", "C3", "notice.acknowledged", "2026-12-08", "duty="+r.duty("C3", "CP-10").Duty, "by=M1", "promise=2026-12-15")) // holds the service manager's step back
	equal(t, "told", lines(r.morning("2026-12-09 09:00", "C1", "C2", "C3")), "M1: C1 CP-10; S1: C2 CP-10")
}

// What is recorded after nine and before the message goes counts as well.
func TestWhatIsRecordedWhileTheMessagesWaitIsInThem(t *testing.T) {
	t.Parallel()
	r := newWeek(t, "2026-11-02 10:00")
	r.planned("C1", "2026-11-02")
	r.planned("C2", "2026-11-02")
	r.setClock("2026-12-02 09:00")
	r.gather(cp, "C1")
	r.setClock("2026-12-02 09:01")
	r.mustRecord(event("v1", "C1", "cp_visit.made", "2026-12-01", "seen=true", "seen_alone=true"))
	r.gather(cp, "C2")
	equal(t, "told", lines(r.sendTrays()), "W1: C2 CP-10")
}

// Friday, Saturday, Sunday: nothing of Longstop runs, or its mail server takes nothing.
func TestAnOutageOverAWeekendEndsInOneMessageThatSaysWhatWasMissed(t *testing.T) {
	t.Parallel()
	refs := []string{"C1", "C2", "C3"}
	week := func(t *testing.T) *record {
		t.Helper()
		r := newWeek(t, "2026-10-20 10:00")
		r.planned("C1", "2026-10-30") // due on Monday 30 November: told a working day before, and on the day
		r.planned("C2", "2026-11-01") // due on Tuesday 1 December
		r.planned("C3", "2026-11-04") // due on Friday 4 December: told five working days before
		for _, day := range []string{"2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"} {
			r.morning(day+" 09:00", refs...)
		}
		return r
	}
	says := func(t *testing.T, r *record) string {
		t.Helper()
		owed := r.owedTrays()
		if len(owed) != 1 {
			t.Fatalf("%d messages are owed", len(owed))
		}
		c := r.claimTray(owed[0])
		r.sending(c)
		r.sent(c)
		equal(t, "the one message", c.To.Staff+": "+contentsOf(t, c), "W1: C1 CP-10, C2 CP-10, C3 CP-10")
		equal(t, "owed after it", len(r.owedTrays()), 0)
		return strings.Join(strings.Fields(message(t, c).Text), " ")
	}
	t.Run("nothing runs", func(t *testing.T) {
		t.Parallel()
		r := week(t)
		r.setClock("2026-11-30 11:00") // the workers come back
		for _, ref := range refs {
			r.gather(cp, ref)
		}
		text := says(t, r)
		has(t, "what was missed of C1", text, "C1: by Mon 30 Nov 2026, today; not told at its time: the message for 1 working day before the due date")
	})
	t.Run("the mail server takes nothing", func(t *testing.T) {
		t.Parallel()
		r := week(t)
		r.setClock("2026-11-27 09:00")
		for _, ref := range refs {
			r.gather(cp, ref)
		}
		id := r.gathering()
		for _, at := range []string{"2026-11-27 09:01", "2026-11-28 12:00", "2026-11-29 23:00"} {
			r.setClock(at)
			r.fails(id, false)
		}
		r.setClock("2026-11-30 09:00")
		for _, ref := range refs {
			r.gather(cp, ref)
		}
		text := says(t, r)
		has(t, "when it should have come", text, "Some of this was to be told on Fri 27 Nov 2026, and could not be")
		has(t, "what was missed of C1", text, "C1: by Mon 30 Nov 2026, today; not told at its time: the message for 1 working day before the due date")
	})
}

// Nine o'clock is London's: at 08:00 and 09:00 of UTC on the two sides of a change.
func TestMessagesGoAtNineInLondonOnBothSidesOfAChangeOfTheClocks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ since, dayBefore, before, after, utcBefore, utcAfter string }{ // due on the Friday before
		"the clocks go back":    {"2026-09-23", "2026-10-22 09:00", "2026-10-23 09:00", "2026-10-26 09:00", "08:00", "09:00"},
		"the clocks go forward": {"2026-02-27", "2026-03-26 09:00", "2026-03-27 09:00", "2026-03-30 09:00", "09:00", "08:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newWeek(t, "2026-02-02 10:00")
			r.planned("C1", tc.since)
			r.morning(tc.dayBefore, "C1")
			for at, utc := range map[string]string{tc.before: tc.utcBefore, tc.after: tc.utcAfter} {
				equal(t, "in UTC", london(at).Format("15:04"), utc)
			}
			for _, at := range []string{tc.before, tc.after} {
				equal(t, "told a minute before", len(r.morning(strings.Replace(at, "09:00", "08:59", 1), "C1")), 0)
				equal(t, "wakes at", r.row("C1", cp).Wake, london(at))
				equal(t, "told at nine", len(r.morning(at, "C1")), 1)
			}
		})
	}
}

// Good Friday is 26 March 2027, the clocks go forward on the Sunday, and Easter Monday is a bank holiday too.
func TestOverEasterRemindersGoBeforeAndEscalationsAfter(t *testing.T) {
	t.Parallel()
	r := newWeek(t, "2027-02-01 10:00")
	r.planned("C2", "2027-02-25") // due on the Thursday before Good Friday: late from the Tuesday after Easter
	r.planned("C1", "2027-02-26") // due on Good Friday
	r.morning("2027-03-19 09:00", "C1", "C2")
	told := map[string]string{}
	for _, day := range []string{"22", "23", "24", "25", "26", "27", "28", "29", "30", "31"} {
		if got := r.morning("2027-03-"+day+" 09:00", "C1", "C2"); len(got) > 0 {
			told[day] = lines(got)
		}
	}
	for day, want := range map[string]string{"26": "", "27": "", "28": "", "29": "", "25": "W1: C1 CP-10, C2 CP-10", "30": "M1: C1 CP-10, C2 CP-10"} {
		equal(t, "told on "+day+" March", told[day], want)
	}
}

// Whoever sends the same message twice at once, or again, sends it once.
func TestTheSameMessageIsSentOnceHoweverOftenItIsAskedFor(t *testing.T) {
	t.Parallel()
	r := newMorning(t, 2)
	r.setClock("2026-11-25 09:00")
	r.gather(cp, "C1", "C2")
	id := r.gathering()
	first, second := r.claimTray(id), r.claimTray(id)
	r.sending(second)
	if _, err := r.Sending(t.Context(), id, first.Claim); err == nil {
		t.Error("both are sent")
	}
	for range 2 { // the note that it went is lost, and made again
		r.sent(second)
	}
	equal(t, "claimed again", r.claimTray(id).State, "sent")
	equal(t, "attempts", r.attempts(), "1 W1 sent")
	equal(t, "states", r.states(), "sent 2")
}
