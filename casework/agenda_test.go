package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

// agendaAt returns what the record would say at an instant: what had been recorded by then, and
// what had been sent up to another. It writes what is to be sent and what is stopped.
func agendaAt(t testing.TB, script, sentUpTo, now string) (*casework.Agenda, string) {
	t.Helper()
	at := instant(t, now)
	events := slices.DeleteFunc(accepted(t, script), func(e casework.Event) bool { return e.Recorded.After(at) })
	var told []casework.Notice
	if sentUpTo != "" {
		until := instant(t, sentUpTo)
		told = slices.DeleteFunc(book.Notices(events, day(t, "2020-01-01"), calendar.DateOf(until)),
			func(n casework.Notice) bool { return n.At.After(until) })
	}
	ag := book.Agenda(events, told, at)
	return ag, agendaLines(ag)
}

func agendaLines(ag *casework.Agenda) string {
	lines := noticesOf(ag.Send)
	for _, s := range ag.Stopped {
		lines += "\nstopped " + noticesOf([]casework.Notice{s.Notice}) + ": " + s.Reason
	}
	return lines
}

func TestAgenda(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, events, sentUpTo, now, want string }{
		{"at nine the rung that is due goes", enquiry, "", "2026-01-22T09:00:00Z", `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder`},
		{"a second before, nothing", enquiry, "", "2026-01-22T08:59:59Z", ``},
		{"until eight in the evening what was due at nine still goes, and was due then", enquiry, "", "2026-01-22T20:00:00Z", `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder`},
		{"after it, it waits for the next nine", enquiry, "", "2026-01-22T20:00:01Z", ``},
		{"which makes up for it", enquiry, "", "2026-01-23T09:00:00Z", `
			2026-01-23T09:00 CP-03 2026-01-26 -2wd worker reminder`},
		{"on a Sunday nothing goes", enquiry, "", "2026-01-25T12:00:00Z", ``},
		{"after an outage of days the highest goes and says what it makes up for", enquiry, "", "2026-01-28T10:00:00Z", `
			2026-01-28T09:00 CP-03 2026-01-26 +1wd team_manager escalation missed=-2wd,0`},
		{"what was sent is not sent again", enquiry, "2026-01-27T09:00:00Z", "2026-01-27T15:00:00Z", ``},
		{
			"what was recorded after nine waits for the next", enquiry + "i1 icpc.held 2026-01-27T12:00:00Z outcome=no_plan",
			"2026-01-27T09:00:00Z", "2026-01-27T15:00:00Z", ``,
		},
		{"what was met after nine is stopped", enquiry + "i1 icpc.held 2026-01-27T09:20:00Z outcome=no_plan", "2026-01-26T09:00:00Z", "2026-01-27T09:30:00Z", `
			stopped 2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation: it is done out of timescale`},
		{"what was undone after nine is stopped", enquiry + "x1 - 2026-01-27 voids=s1 rec=2026-01-27T09:20:00Z", "2026-01-26T09:00:00Z", "2026-01-27T09:30:00Z", `
			stopped 2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation: it no longer exists`},
		{"what has moved after nine is stopped", enquiry + "c1 strategy_discussion.held 2026-01-07 s47=true corrects=s1 rec=2026-01-27T09:20:00Z", "2026-01-26T09:00:00Z", "2026-01-27T09:30:00Z", `
			stopped 2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation: the due date has moved`},
		{"what is held after nine is stopped", enquiry + ack("k1", "2026-01-27", "2026-01-27T09:20:00Z", "2026-01-29"), "2026-01-26T09:00:00Z", "2026-01-27T09:30:00Z", `
			stopped 2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation: it is held by an acknowledgement`},
		{"a reminder is not held", enquiry + ack("k1", "2026-01-26", "2026-01-26T09:20:00Z", "2026-01-29"), "2026-01-22T09:00:00Z", "2026-01-26T09:30:00Z", `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder`},
		{"what is open again after nine is not said to be resolved", enquiry + "i1 icpc.held 2026-01-27T12:00:00Z outcome=no_plan\nx1 - 2026-01-28 voids=i1 rec=2026-01-28T09:20:00Z", "2026-01-27T09:00:00Z", "2026-01-28T09:30:00Z", `
			stopped 2026-01-28T09:00 CP-03 2026-01-26 team_manager resolved: it is open again`},
		{"hours go at any moment, and a resolved of hours too", "p1 police_protection.started 2026-03-07T10:00:00Z\np2 police_protection.ended 2026-03-09T20:00:00Z", "2026-03-09T16:00:00Z", "2026-03-09T20:30:00Z", `
			2026-03-09T20:30 EM-01 2026-03-10T10:00:00Z team_manager resolved`},
		{"hours of others wait for eight", "m1 missing.ended 2026-03-02T10:00:00Z", "", "2026-03-04T07:59:59Z", ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, got := agendaAt(t, c.events, c.sentUpTo, c.now)
			same(t, c.want, got)
		})
	}
}

// What only some were told before a crash is told to the rest.
func TestARungToTwoRolesIsSaidToTheSecondWhereOnlyTheFirstWasTold(t *testing.T) {
	t.Parallel()
	events := accepted(t, "p1 police_protection.started 2026-03-02T10:00:00Z")
	at := instant(t, "2026-03-04T16:00:00Z")
	both := book.Agenda(events, nil, at).Send
	if len(both) != 2 {
		t.Fatalf("%v", both)
	}
	for i := range both {
		rest := book.Agenda(events, both[i:i+1], at.Add(time.Minute)).Send
		if len(rest) != 1 || rest[0].Role != both[1-i].Role || rest[0].Rung != "75%" {
			t.Errorf("after %s: %v", both[i].Role, rest)
		}
	}
	if rest := book.Agenda(events, both, at.Add(time.Minute)).Send; len(rest) > 0 {
		t.Errorf("after both: %v", rest)
	}
}

func TestEachRoleIsToldOfTheEndWhereOnlySomeWereTold(t *testing.T) {
	t.Parallel()
	events := accepted(t, enquiry+"i1 icpc.held 2026-02-03T12:00:00Z outcome=no_plan")
	at := instant(t, "2026-02-04T09:00:00Z")
	told := book.Notices(events, day(t, "2026-01-01"), day(t, "2026-02-03"))
	all := book.Agenda(events, told, at).Send
	if len(all) != 3 {
		t.Fatalf("%v", all)
	}
	for i := range all {
		ag := book.Agenda(events, append(slices.Clone(told), all[i]), at.Add(time.Minute))
		if want := slices.Delete(slices.Clone(all), i, i+1); noticesOf(want) != noticesOf(ag.Send) {
			t.Errorf("after %s: %v", all[i].Role, ag.Send)
		}
	}
	if ag := book.Agenda(events, append(told, all...), at.Add(time.Minute)); len(ag.Send) > 0 || len(ag.Owed) > 0 || len(ag.Wakes) > 0 {
		t.Errorf("after all: %+v", ag)
	}
}

func TestWakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, events, sentUpTo, now, want string }{
		{
			"the next rung", enquiry, "", "2026-01-05T12:00:00Z",
			"Section47 2026-01-22T09:00 remind social worker or lead practitioner: CP-03 due Mon 26 Jan 2026, 2 working days before the due date",
		},
		{
			"midnight, when it becomes overdue", enquiry, "2026-01-26T09:00:00Z", "2026-01-26T12:00:00Z",
			"Section47 2026-01-27T00:00 overdue: CP-03",
		},
		{
			"an escalation", enquiry, "2026-01-29T09:00:00Z", "2026-01-30T12:00:00Z",
			"Section47 2026-02-02T09:00 escalate to head of service: CP-03 due Mon 26 Jan 2026, 5 working days after the due date",
		},
		{"nothing, after the last rung", enquiry, "2026-02-02T09:00:00Z", "2026-02-02T12:00:00Z", ""},
		{
			"what the evening kept back", enquiry, "", "2026-01-22T21:00:00Z",
			"Section47 2026-01-23T09:00 remind social worker or lead practitioner: CP-03 due Mon 26 Jan 2026, the step “2 working days before the due date”",
		},
		{
			"the end of a hold", enquiry + ack("k1", "2026-01-26", "2026-01-26T12:00:00Z", "2026-01-28"), "2026-01-26T09:00:00Z", "2026-01-27T12:00:00Z",
			"Section47 2026-01-29T09:00 escalate to service manager: CP-03 due Mon 26 Jan 2026, 3 working days after the due date",
		},
		{
			"the end of two holds that follow each other", enquiry + ack("k1", "2026-01-26", "2026-01-26T12:00:00Z", "2026-01-28") +
				ack("k2", "2026-01-28", "2026-01-28T12:00:00Z", "2026-01-29"), "2026-01-26T09:00:00Z", "2026-01-28T13:00:00Z",
			"Section47 2026-01-30T09:00 escalate to service manager: CP-03 due Mon 26 Jan 2026, the step “3 working days after the due date”",
		},
		{
			"a hold that reaches past the head of service's rung holds up the others", enquiry + ack("k1", "2026-01-26", "2026-01-26T12:00:00Z", "2026-02-06"), "2026-01-26T09:00:00Z", "2026-01-28T13:00:00Z",
			"Section47 2026-02-02T09:00 escalate to head of service: CP-03 due Mon 26 Jan 2026, 5 working days after the due date",
		},
		{
			"a message that is owed", enquiry + "i1 icpc.held 2026-01-30T12:00:00Z outcome=no_plan", "2026-01-29T09:00:00Z", "2026-01-31T12:00:00Z",
			"Section47 2026-02-02T09:00 tell: CP-03 resolved",
		},
		{
			"a move to be told", enquiry + "c1 strategy_discussion.held 2026-01-14 s47=true corrects=s1 rec=2026-01-23T12:00:00Z", "2026-01-22T09:00:00Z", "2026-01-23T12:00:00Z",
			"Section47 2026-01-26T09:00 tell: CP-03 moved",
		},
		{
			"hours, to the second after the due instant", "p1 police_protection.started 2026-03-02T10:00:00Z", "2026-03-05T10:00:00Z", "2026-03-05T10:00:00Z",
			"EmergencyProtection 2026-03-05T10:00 overdue: EM-01",
		},
		{
			"hours between eight and eight", "m1 missing.ended 2026-03-02T10:00:00Z", "", "2026-03-03T22:30:00Z",
			"Missing 2026-03-04T08:00 remind social worker or lead practitioner: MI-01 due Thu 5 Mar 2026, when 50% of the time had gone",
		},
		{
			"each pathway by itself, in summer time too", "p1 cp_plan.started 2025-09-08\nc1 cin_plan.started 2026-06-01T10:00:00Z", "", "2026-06-01T20:00:00Z",
			"ChildInNeed 2026-06-22T09:00 remind social worker or lead practitioner: CN-02 due Mon 29 Jun 2026, 5 working days before the due date\nChildProtection 2026-06-02T09:00 escalate to head of service: CP-10 due Wed 8 Oct 2025, the step “10 working days after the due date”",
		},
		{
			"a drift alarm and what waits", "p1 cp_plan.started 2026-05-29\ns1 source.attached 2026-05-29 name=x reports=[health_assessment.completed]\nl1 looked_after.started 2026-05-29\nh1 health_assessment.completed 2026-05-29 initial=true", "", "2026-05-30T12:00:00Z",
			"ChildProtection 2027-03-01T09:00 escalate to team manager: CP-13, after 9 months\nLookedAfter 2026-06-05T09:00 remind social worker or lead practitioner: LA-24, a date that could not be worked out",
		},
		{
			"the eighteenth birthday, at nine of a working day", "b1 person.born 2008-06-06\ns1 source.attached 2026-05-29 name=x reports=[cp_visit.made] from=2026-01-01\np1 cp_plan.started 2026-05-29\nv1 cp_visit.made 2026-06-01 seen=true", "", "2026-06-02T12:00:00Z",
			"ChildProtection 2026-06-08T09:00 18th birthday",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ag, _ := agendaAt(t, c.events, c.sentUpTo, c.now)
			var lines []string
			for pathway, w := range ag.Wakes {
				lines = append(lines, fmt.Sprintf("%s %s %s", pathway, calendar.InLondon(w.At).Format("2006-01-02T15:04"), w.Why))
			}
			slices.Sort(lines)
			same(t, c.want, strings.Join(lines, "\n"))
		})
	}
}

func TestOwedIsWhatAClosedPathwayHasStillToSay(t *testing.T) {
	t.Parallel()
	closed := enquiry + "i1 icpc.held 2026-01-30T12:00:00Z outcome=no_plan"
	ag, _ := agendaAt(t, closed, "2026-01-29T09:00:00Z", "2026-01-31T12:00:00Z")
	if !cmp.Equal(ag.Owed, map[string]bool{"Section47": true}) {
		t.Errorf("owed %v", ag.Owed)
	}
	// Nobody was told what is stopped, so nothing is to be taken back.
	ag, _ = agendaAt(t, enquiry+"i1 icpc.held 2026-01-27T09:20:00Z outcome=no_plan", "2026-01-26T09:00:00Z", "2026-01-27T09:30:00Z")
	if len(ag.Stopped) != 1 || len(ag.Owed) > 0 || len(ag.Wakes) > 0 {
		t.Errorf("%+v", ag)
	}
}

// A wake is never in the past, and a case in which nothing can be sent does not wake at once.
func TestAWakeIsInTheFuture(t *testing.T) {
	t.Parallel()
	events := accepted(t, `
		p1 police_protection.started 2026-03-05T12:00:00Z
		k1 notice.acknowledged 2026-03-07 duty=EM-01:p1 by=TM1 promise=2026-03-07 rec=2026-03-07T10:00:00Z
		m1 missing.ended 2026-03-05T12:00:00Z
		e1 referral.received 2026-03-05`)
	var told []casework.Notice
	for now := instant(t, "2026-03-05T12:00:00Z"); now.Before(instant(t, "2026-03-10")); now = now.Add(20 * time.Minute) {
		ag := book.Agenda(events, told, now)
		told = append(told, ag.Send...)
		for pathway, w := range ag.Wakes {
			if !w.At.After(now) || w.At.Sub(now) < time.Minute && w.Why != "overdue" && w.At.Minute()%20 != 0 {
				t.Fatalf("at %s %s wakes at %s: %s", now, pathway, w.At, w.Why)
			}
		}
	}
}

func TestAKeyNamesANoticeWithinItsCase(t *testing.T) {
	t.Parallel()
	n := casework.Notice{Case: "C1", Duty: "CP-03:s1", Due: "2026-01-26", Rung: "+1wd", Role: timescale.TeamManager, Kind: casework.Escalation, Spell: 2}
	if got := n.Key(); got != "CP-03:s1|2026-01-26|+1wd|team_manager|escalation|2" {
		t.Error(got)
	}
	n.At = instant(t, "2026-06-01T08:00:00Z")
	want := casework.NoticeRow{At: "2026-06-01T08:00:00Z", Case: "C1", Due: "2026-01-26", Rung: "+1wd", Role: timescale.TeamManager, Kind: casework.Escalation}
	if diff := cmp.Diff(want, n.Row()); diff != "" {
		t.Error(diff)
	}
}

func TestAHeldRungOfHoursThatGoAtAnyHourWakesAfterTheHold(t *testing.T) {
	t.Parallel()
	events := accepted(t, `
		p1 police_protection.started 2026-10-24T09:00:00Z
		k1 notice.acknowledged 2026-10-26T14:00:00Z duty=EM-01:p1 by=M1 promise=2026-10-27`)
	now := instant(t, "2026-10-27T10:00:00Z") // the service manager's 0 was at nine, by the clock of winter
	told := book.Notices(events, day(t, "2026-10-24"), day(t, "2026-10-26"))
	ag := book.Agenda(events, told, now)
	if len(ag.Send) > 0 {
		t.Errorf("held, and sent: %+v", ag.Send)
	}
	if w := ag.Wakes["EmergencyProtection"]; !w.At.Equal(instant(t, "2026-10-27T13:00:00Z")) { // the head of service's +4h
		t.Errorf("it wakes %+v", w)
	}
	later := book.Agenda(events, append(told, ag.Send...), instant(t, "2026-10-27T14:00:00Z"))
	if len(later.Send) != 1 || later.Send[0].Rung != "+4h" {
		t.Errorf("got %+v", later.Send)
	}
	after := book.Agenda(events, append(told, later.Send...), instant(t, "2026-10-27T14:00:01Z"))
	if w, ok := after.Wakes["EmergencyProtection"]; ok {
		t.Errorf("a higher rung has gone, and it wakes %+v", w)
	}
}

// Who is told next, as a letter and a page say it. CP-03 is due on Mon 26 Jan 2026.
func TestStepsAhead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, events, sentUpTo, now, duty, want string }{
		{
			"all of the ladder", enquiry, "", "2026-01-05T12:00:00Z", "CP-03:s1", `
			2026-01-22T09:00 -2wd worker reminder
			2026-01-26T09:00 0 worker reminder
			2026-01-27T09:00 +1wd team_manager escalation
			2026-01-29T09:00 +3wd service_manager escalation
			2026-02-02T09:00 +5wd head_of_service escalation`,
		},
		{
			"what is left of it", enquiry, "2026-01-29T09:00:00Z", "2026-01-29T12:00:00Z", "CP-03:s1", `
			2026-02-02T09:00 +5wd head_of_service escalation`,
		},
		{"nothing after the last", enquiry, "2026-02-02T09:00:00Z", "2026-02-02T12:00:00Z", "CP-03:s1", ``},
		{
			"after a promise the highest that came due, once", enquiry + ack("k1", "2026-01-27", "2026-01-27T12:00:00Z", "2026-01-30"),
			"2026-01-27T09:00:00Z", "2026-01-27T13:00:00Z", "CP-03:s1", `
			2026-02-02T09:00 +5wd head_of_service escalation`,
		},
		{
			"of a promise that ends on a Sunday, on the Monday", enquiry + ack("k1", "2026-01-27", "2026-01-27T12:00:00Z", "2026-01-29"),
			"2026-01-27T09:00:00Z", "2026-01-27T13:00:00Z", "CP-03:s1", `
			2026-01-30T09:00 +3wd service_manager escalation
			2026-02-02T09:00 +5wd head_of_service escalation`,
		},
		{
			"a date that was known late has its own days", "s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-02-10T12:00:00Z", "", "2026-02-10T13:00:00Z", "CP-03:s1", `
			2026-02-11T09:00 0 worker reminder
			2026-02-12T09:00 +1wd team_manager escalation
			2026-02-16T09:00 +3wd service_manager escalation
			2026-02-18T09:00 +5wd head_of_service escalation`,
		},
		{"nothing once it is met", enquiry + "i1 icpc.held 2026-01-20T12:00:00Z outcome=no_plan", "", "2026-01-21T12:00:00Z", "CP-03:s1", ``},
		{"nothing after the 18th birthday", "b1 person.born 2008-01-24\n" + enquiry, "", "2026-01-06T12:00:00Z", "CP-03:s1", `
			2026-01-22T09:00 -2wd worker reminder`},
		{
			"a limit in hours, on a Sunday too", "p1 police_protection.started 2026-03-05T22:00:00Z", "", "2026-03-06T12:00:00Z", "EM-01:p1", `
			2026-03-07T10:00 50% worker reminder
			2026-03-08T04:00 75% worker reminder
			2026-03-08T04:00 75% team_manager escalation
			2026-03-08T22:00 0 service_manager escalation
			2026-03-09T02:00 +4h head_of_service escalation`,
		},
		{"of no duty nothing", enquiry, "", "2026-01-05T12:00:00Z", "CP-03:s2", ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now, events := instant(t, c.now), accepted(t, c.events)
			var told []casework.Notice
			if c.sentUpTo != "" {
				told = slices.DeleteFunc(book.Notices(events, day(t, "2025-01-01"), day(t, c.sentUpTo[:10])),
					func(n casework.Notice) bool { return n.At.After(instant(t, c.sentUpTo)) })
			}
			var lines []string
			for _, s := range book.StepsAhead(book.FoldDuties(events, casework.At(now)), c.duty, events, told) {
				if s.Day() != calendar.DateOf(s.At) || s.InHours != strings.HasPrefix(c.duty, "EM-") || s.Local {
					t.Errorf("%+v", s)
				}
				lines = append(lines, fmt.Sprint(calendar.InLondon(s.At).Format("2006-01-02T15:04"), " ", s.Rung, " ", s.Role, " ", s.Kind))
			}
			same(t, c.want, strings.Join(lines, "\n"))
		})
	}
}

// Alarms that recur have no last one.
func TestStepsAheadOfDriftReachFiveYears(t *testing.T) {
	t.Parallel()
	events, now := accepted(t, "p1 cp_plan.started 2026-01-05"), instant(t, "2026-01-06T12:00:00Z")
	ahead := book.StepsAhead(book.FoldDuties(events, casework.At(now)), "CP-13:p1", events, nil)
	if len(ahead) < 5 || ahead[0].Rung != "9m" || ahead[0].Role != "team_manager" || ahead[1].Rung != "15m" || ahead[1].Role != "service_manager" {
		t.Fatalf("%+v", ahead)
	}
	if last := ahead[len(ahead)-1]; last.Day() > day(t, "2031-01-06") || last.Day() < day(t, "2030-10-01") || last.Role != "head_of_service" || last.Kind != casework.Drift {
		t.Errorf("%+v", last)
	}
}
