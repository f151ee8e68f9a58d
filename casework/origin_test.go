package casework_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake/rows"
)

// longCase draws a case of ten years in which much is recorded late, by days or by years.
func (k kitchen) longCase(t *rapid.T, most int) []casework.Event {
	cook := k.recipe(t)
	var events []casework.Event
	for i := range rapid.IntRange(1, most).Draw(t, "events") {
		e := randomEvent(t, i)
		e.At = casework.OnDay(firstDay.AddDays(-rapid.IntRange(0, 3650).Draw(t, "days ago")))
		late := rapid.SampledFrom([]int{0, 0, 0, 1, 30, 400, 3650}).Draw(t, "recorded late by days")
		e.Recorded = e.At.End().AddDate(0, 0, late)
		if rapid.IntRange(0, 3).Draw(t, "in one recording") == 0 {
			e.Recorded = firstDay.At(10, 0)
			e.Backlog = rapid.Bool().Draw(t, "backlog")
		}
		e.Type, e.Data = cook(e.At.Day)
		if len(events) > 0 && rapid.IntRange(0, 4).Draw(t, "change") == 0 {
			target := rapid.SampledFrom(events).Draw(t, "target")
			switch {
			case target.Voids != "":
			case rapid.IntRange(0, 2).Draw(t, "void") == 0:
				e.Type, e.Data, e.Voids = "", nil, target.ID
			default:
				e.Type, e.Corrects = target.Type, target.ID
				if rapid.Bool().Draw(t, "same day") {
					e.At = target.At
				}
			}
		}
		events = append(events, e)
	}
	events, _ = k.book.Accept(events)
	return events
}

// anInstant returns one at which the agenda of a long case may be asked for: near a recording, or
// any time later.
func anInstant(t *rapid.T, events []casework.Event) time.Time {
	e := rapid.SampledFrom(events).Draw(t, "around")
	return e.Recorded.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "days later"))
}

func TestTheOriginOfALadderIsThatOfFoldingTheCaseAtEveryRecording(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := k.withActs(t, k.randomCase(t))
		if rapid.Bool().Draw(t, "long") {
			events = k.longCase(t, 30)
		}
		events, _ = k.book.Accept(events)
		if len(events) == 0 {
			return
		}
		at := anInstant(t, events)
		b := k.book
		if rapid.IntRange(0, 3).Draw(t, "another law before") == 0 {
			other := rapid.SampledFrom(kitchens).Draw(t, "law").book
			b = b.After(func() *casework.Book { return other }, firstDay.AddDays(rapid.IntRange(-3000, 100).Draw(t, "adopted")).At(12, 0))
		}
		var told []casework.Notice
		if rapid.Bool().Draw(t, "told") {
			told = slices.DeleteFunc(b.Notices(events, firstDay.AddYears(-11), calendar.DateOf(at)), func(n casework.Notice) bool { return !n.At.Before(at) })
		}
		got := casework.Origins(b, events, told, at)
		want := casework.OriginsByScan(b, events, told, at)
		if !slices.Equal(got, want) {
			t.Fatalf("as of %s\n%s\ngot\n%s\nwant\n%s", at, eventLines(events), strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// noticesOfFile returns what is sent about a file of events.
func noticesOfFile(t *testing.T, name, from, to string, refs ...string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	events, unread, err := rows.Read(strings.NewReader(string(text)))
	if err != nil || len(unread) > 0 {
		t.Fatal(err, unread)
	}
	events, refused := book.Accept(events)
	if len(refused) > 0 {
		t.Fatal(refused)
	}
	return noticesOf(book.Notices(events, day(t, from), day(t, to)), refs...)
}

// LA-14 is due within a week of the placement, by Monday 12 January; its ladder is that of up to 7
// days. The visit is voided on Tuesday 20 January at noon.
func TestAVisitThatIsVoidedIsOwedAgainAndTheWorkerIsToldFirst(t *testing.T) {
	t.Parallel()
	same(t, `
		2026-01-09T09:00 LA-14 2026-01-12 -1wd worker reminder
		2026-01-21T09:00 LA-14 2026-01-12 0 worker reminder
		2026-01-22T09:00 LA-14 2026-01-12 +1wd team_manager escalation
		2026-01-23T09:00 LA-14 2026-01-12 +2wd service_manager escalation
		2026-01-26T09:00 LA-14 2026-01-12 +3wd head_of_service escalation`,
		noticesOfFile(t, "visit-voided.jsonl", "2026-01-01", "2026-07-31", "LA-14"))
}

// AS-01 is due 45 working days after Monday 5 January, on Monday 9 March. The closing of 10 February
// is taken back on Monday 1 June at 11:00 London time.
func TestAClosingThatIsTakenBackHasItsDutiesOwedAgain(t *testing.T) {
	t.Parallel()
	same(t, `
		2026-06-02T09:00 AS-01 2026-03-09 0 worker reminder
		2026-06-03T09:00 AS-01 2026-03-09 +1wd team_manager escalation
		2026-06-09T09:00 AS-01 2026-03-09 +5wd service_manager escalation
		2026-06-16T09:00 AS-01 2026-03-09 +10wd head_of_service escalation`,
		noticesOfFile(t, "closing-voided.jsonl", "2026-01-01", "2026-07-31", "AS-01"))
}

// placed is a placement whose first visit is due by Monday 12 January.
const placed = `
	l looked_after.started 2026-01-05 rec=2026-01-05T12:00:00Z
	pl placement.started 2026-01-05 rec=2026-01-05T12:00:00Z
`

// visited is its visit, made and recorded on the Friday before.
const visited = placed + "v1 lac_visit.made 2026-01-09 seen=true rec=2026-01-09T12:00:00Z\n"

// discussed is an enquiry whose conference is due 15 working days later, on Monday 26 January; its
// ladder is that of 6 to 19 working days.
const discussed = "s1 strategy_discussion.held 2026-01-05 s47=true ep=A rec=2026-01-05T12:00:00Z\n"

// conferred is its ladder from Wednesday 4 February on.
const conferred = `
	2026-02-04T09:00 CP-03 2026-01-26 0 worker reminder
	2026-02-05T09:00 CP-03 2026-01-26 +1wd team_manager escalation
	2026-02-09T09:00 CP-03 2026-01-26 +3wd service_manager escalation
	2026-02-11T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`

var owedAgainCases = []noticeCase{
	{
		name:   "a visit that turns out not to have seen the child is as good as voided",
		events: visited + "c1 lac_visit.made 2026-01-09 seen=false corrects=v1 rec=2026-01-20T12:00:00Z",
		from:   "2026-01-10", to: "2026-02-28", refs: []string{"LA-14"},
		want: `
			2026-01-21T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-22T09:00 LA-14 2026-01-12 +1wd team_manager escalation
			2026-01-23T09:00 LA-14 2026-01-12 +2wd service_manager escalation
			2026-01-26T09:00 LA-14 2026-01-12 +3wd head_of_service escalation`,
	},
	{
		name:   "recorded exactly at nine of a working day it counts from that morning",
		events: visited + "x1 - - voids=v1 rec=2026-01-20T09:00:00Z",
		from:   "2026-01-10", to: "2026-01-21", refs: []string{"LA-14"},
		want: `
			2026-01-20T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-21T09:00 LA-14 2026-01-12 +1wd team_manager escalation`,
	},
	{
		name:   "recorded on a Saturday it counts from Monday",
		events: visited + "x1 - - voids=v1 rec=2026-01-17T12:00:00Z",
		from:   "2026-01-10", to: "2026-01-20", refs: []string{"LA-14"},
		want: `
			2026-01-19T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-20T09:00 LA-14 2026-01-12 +1wd team_manager escalation`,
	},
	{
		name:   "owed again before nine of its due date it has its ladder as ever",
		events: visited + "x1 - - voids=v1 rec=2026-01-12T08:00:00Z",
		from:   "2026-01-01", to: "2026-02-28", refs: []string{"LA-14"},
		want: `
			2026-01-09T09:00 LA-14 2026-01-12 -1wd worker reminder
			2026-01-12T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-13T09:00 LA-14 2026-01-12 +1wd team_manager escalation
			2026-01-14T09:00 LA-14 2026-01-12 +2wd service_manager escalation
			2026-01-15T09:00 LA-14 2026-01-12 +3wd head_of_service escalation`,
	},
	{
		name:   "owed again after nine of its due date it begins the next morning",
		events: visited + "x1 - - voids=v1 rec=2026-01-12T10:00:00Z",
		from:   "2026-01-10", to: "2026-01-14", refs: []string{"LA-14"},
		want: `
			2026-01-13T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-14T09:00 LA-14 2026-01-12 +1wd team_manager escalation`,
	},
	{
		name: "owed again twice it begins twice, and who had been told is told for each time",
		events: visited + `
			x1 - - voids=v1 rec=2026-01-20T12:00:00Z
			v2 lac_visit.made 2026-01-21 seen=true rec=2026-01-22T12:00:00Z
			x2 - - voids=v2 rec=2026-01-27T12:00:00Z`,
		from: "2026-01-10", to: "2026-02-28", refs: []string{"LA-14"},
		want: `
			2026-01-21T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-22T09:00 LA-14 2026-01-12 +1wd team_manager escalation
			2026-01-23T09:00 LA-14 2026-01-12 team_manager resolved
			2026-01-28T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-29T09:00 LA-14 2026-01-12 +1wd team_manager escalation
			2026-01-30T09:00 LA-14 2026-01-12 +2wd service_manager escalation
			2026-02-02T09:00 LA-14 2026-01-12 +3wd head_of_service escalation`,
	},
	{
		name: "a visit that is recorded and taken back between two mornings puts off no alarm",
		events: placed + `
			v1 lac_visit.made 2026-01-13 seen=true rec=2026-01-13T12:00:00Z
			x1 - - voids=v1 rec=2026-01-13T13:00:00Z`,
		from: "2026-01-12", to: "2026-02-28", refs: []string{"LA-14"},
		want: `
			2026-01-12T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-13T09:00 LA-14 2026-01-12 +1wd team_manager escalation
			2026-01-14T09:00 LA-14 2026-01-12 +2wd service_manager escalation
			2026-01-15T09:00 LA-14 2026-01-12 +3wd head_of_service escalation`,
	},
	{
		name:   "a visit that is corrected to a later day was late: nothing is owed again",
		events: visited + "c1 lac_visit.made 2026-01-15 seen=true corrects=v1 rec=2026-01-20T12:00:00Z",
		from:   "2026-01-10", to: "2026-01-30", refs: []string{"LA-14"},
		want: "",
	},
	{
		name: "corrections of the visit that leave it standing change nothing, and the last decides",
		events: visited + `
			c1 lac_visit.made 2026-01-09 seen=false corrects=v1 rec=2026-01-20T12:00:00Z
			c2 lac_visit.made 2026-01-08 seen=true corrects=c1 rec=2026-01-20T12:00:00Z`,
		from: "2026-01-10", to: "2026-01-30", refs: []string{"LA-14"},
		want: "",
	},
	{
		name: "a conference that is corrected to another episode leaves its own enquiry without one",
		events: discussed + `
			i1 icpc.held 2026-01-20 outcome=no_plan ep=A rec=2026-01-20T12:00:00Z
			c1 icpc.held 2026-01-20 outcome=no_plan ep=B corrects=i1 rec=2026-02-03T12:00:00Z`,
		from: "2026-01-21", to: "2026-02-28", refs: []string{"CP-03"},
		want: conferred,
	},
	{
		name: "an ending that is taken back",
		events: discussed + `
			n1 icpc.not_required 2026-01-20 ep=A rec=2026-01-20T12:00:00Z
			x1 - - voids=n1 rec=2026-02-03T12:00:00Z`,
		from: "2026-01-21", to: "2026-02-28", refs: []string{"CP-03"},
		want: conferred,
	},
	{
		name: "an ending that is corrected to one that ends nothing",
		events: discussed + `
			n1 section47.completed 2026-01-20 outcome=nfa ep=A rec=2026-01-20T12:00:00Z
			c1 section47.completed 2026-01-20 outcome=icpc ep=A corrects=n1 rec=2026-02-03T12:00:00Z`,
		from: "2026-01-21", to: "2026-02-28", refs: []string{"CP-03"},
		want: conferred,
	},
	{
		// Without the second referral the closing of the first takes the plan with it, which carries no
		// episode. The first visit of the plan is due a month after 5 January, on Thursday 5 February.
		name: "a closing that turns out not to have ended what carries no episode, by a referral that is recorded late",
		events: `
			r1 referral.received 2025-12-01 ep=R1 rec=2025-12-01T12:00:00Z
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T12:00:00Z
			k1 case.closed 2026-01-20 ep=R1 rec=2026-01-20T12:00:00Z
			r2 referral.received 2026-01-15 ep=R2 rec=2026-02-17T12:00:00Z`,
		from: "2026-01-10", to: "2026-03-31", refs: []string{"CP-10"},
		want: `
			2026-02-18T09:00 CP-10 2026-02-05 0 worker reminder
			2026-02-19T09:00 CP-10 2026-02-05 +1wd team_manager escalation
			2026-02-25T09:00 CP-10 2026-02-05 +5wd service_manager escalation
			2026-03-04T09:00 CP-10 2026-02-05 +10wd head_of_service escalation`,
	},
	{
		name: "what no source reported is owed from when one does",
		events: placed + `
			a1 source.attached 2026-01-05 name=plans reports=[cp_visit.made] from=2026-01-01 rec=2026-01-05T12:00:00Z
			a2 source.attached 2026-01-20 name=visits reports=[lac_visit.made] from=2026-01-01 rec=2026-01-20T12:00:00Z`,
		from: "2026-01-06", to: "2026-01-31", refs: []string{"LA-14"},
		want: `
			2026-01-21T09:00 LA-14 2026-01-12 0 worker reminder
			2026-01-22T09:00 LA-14 2026-01-12 +1wd team_manager escalation
			2026-01-23T09:00 LA-14 2026-01-12 +2wd service_manager escalation
			2026-01-26T09:00 LA-14 2026-01-12 +3wd head_of_service escalation`,
	},
	{
		// The load of Monday 2 March finds the visit overdue: the fifth working day after Tuesday is its 0.
		name: "what a first load found overdue does not begin before its day",
		events: `
			l looked_after.started 2026-01-05 rec=2026-03-02T10:00:00Z backlog
			pl placement.started 2026-01-05 rec=2026-03-02T10:00:00Z backlog
			v1 lac_visit.made 2026-01-09 seen=true rec=2026-03-03T12:00:00Z
			x1 - - voids=v1 rec=2026-03-04T12:00:00Z`,
		from: "2026-03-01", to: "2026-03-12", refs: []string{"LA-14"},
		want: `
			2026-03-10T09:00 LA-14 2026-01-12 0 worker reminder
			2026-03-11T09:00 LA-14 2026-01-12 +1wd team_manager escalation
			2026-03-12T09:00 LA-14 2026-01-12 +2wd service_manager escalation`,
	},
	{
		name: "of a first load that brought the visit too, it is owed again from the void",
		events: `
			l looked_after.started 2026-01-05 rec=2026-03-02T10:00:00Z backlog
			pl placement.started 2026-01-05 rec=2026-03-02T10:00:00Z backlog
			v1 lac_visit.made 2026-01-09 seen=true rec=2026-03-02T10:00:00Z backlog
			x1 - - voids=v1 rec=2026-03-18T12:00:00Z`,
		from: "2026-03-01", to: "2026-03-20", refs: []string{"LA-14"},
		want: `
			2026-03-19T09:00 LA-14 2026-01-12 0 worker reminder
			2026-03-20T09:00 LA-14 2026-01-12 +1wd team_manager escalation`,
	},
	{
		// 72 hours from Monday 10:00 are up on Thursday 8 January at 10:00; half of them on Tuesday at
		// 22:00. The ending is taken back on Friday at noon.
		name: "a limit in hours: the worker and the team manager at once, the others from the next morning",
		events: `
			p1 police_protection.started 2026-01-05T10:00:00Z rec=2026-01-05T10:00:00Z
			p2 police_protection.ended 2026-01-07T12:00:00Z rec=2026-01-07T12:00:00Z
			x1 - - voids=p2 rec=2026-01-09T12:00:00Z`,
		from: "2026-01-05", to: "2026-01-31", refs: []string{"EM-01"},
		want: `
			2026-01-06T22:00 EM-01 2026-01-08T10:00:00Z 50% worker reminder
			2026-01-09T12:00 EM-01 2026-01-08T10:00:00Z 75% worker reminder
			2026-01-09T12:00 EM-01 2026-01-08T10:00:00Z 75% team_manager escalation
			2026-01-12T09:00 EM-01 2026-01-08T10:00:00Z 0 service_manager escalation
			2026-01-12T13:00 EM-01 2026-01-08T10:00:00Z +4h head_of_service escalation`,
	},
	{
		name: "a limit in hours that is taken back at night waits for eight o'clock",
		events: `
			m1 missing.ended 2026-01-05T10:00:00Z rec=2026-01-05T10:00:00Z
			i1 return_interview.completed 2026-01-06T12:00:00Z rec=2026-01-06T12:00:00Z
			x1 - - voids=i1 rec=2026-01-09T22:00:00Z`,
		from: "2026-01-05", to: "2026-01-31", refs: []string{"MI-01"},
		want: `
			2026-01-10T08:00 MI-01 2026-01-08T10:00:00Z 75% worker reminder
			2026-01-10T08:00 MI-01 2026-01-08T10:00:00Z 75% team_manager escalation
			2026-01-12T09:00 MI-01 2026-01-08T10:00:00Z 0 service_manager escalation
			2026-01-12T13:00 MI-01 2026-01-08T10:00:00Z +4h head_of_service escalation`,
	},
	{
		name: "a limit in hours that is owed again before its instant has its ladder as ever",
		events: `
			m1 missing.ended 2026-01-05T10:00:00Z rec=2026-01-05T10:00:00Z
			i1 return_interview.completed 2026-01-06T12:00:00Z rec=2026-01-06T12:00:00Z
			x1 - - voids=i1 rec=2026-01-08T09:00:00Z`,
		from: "2026-01-05", to: "2026-01-31", refs: []string{"MI-01"},
		want: `
			2026-01-08T09:00 MI-01 2026-01-08T10:00:00Z 75% worker reminder missed=50%
			2026-01-08T09:00 MI-01 2026-01-08T10:00:00Z 75% team_manager escalation missed=50%
			2026-01-08T10:00 MI-01 2026-01-08T10:00:00Z 0 service_manager escalation
			2026-01-08T14:00 MI-01 2026-01-08T10:00:00Z +4h head_of_service escalation`,
	},
	{
		// With a date only it is due by the end of the third day after, Thursday 8 January.
		name: "a limit in hours whose start is known by its day",
		events: `
			m1 missing.ended 2026-01-05 rec=2026-01-05T12:00:00Z
			i1 return_interview.completed 2026-01-06 rec=2026-01-06T12:00:00Z
			x1 - - voids=i1 rec=2026-01-13T12:00:00Z`,
		from: "2026-01-06", to: "2026-01-31", refs: []string{"MI-01"},
		want: `
			2026-01-13T12:00 MI-01 2026-01-08 75% worker reminder
			2026-01-13T12:00 MI-01 2026-01-08 75% team_manager escalation
			2026-01-14T09:00 MI-01 2026-01-08 0 service_manager escalation
			2026-01-14T13:00 MI-01 2026-01-08 +4h head_of_service escalation`,
	},
	{
		// 9 months on 6 October 2025, 15 on 6 April, 18 on 6 July 2026; 24 on 6 January 2027. The end of the
		// plan is taken back on Tuesday 4 August.
		name: "alarms of drift that had passed go one role after the other",
		events: `
			p1 cp_plan.started 2025-01-06 rec=2025-01-06T12:00:00Z
			e1 cp_plan.ended 2025-08-01 rec=2025-08-01T12:00:00Z
			x1 - - voids=e1 rec=2026-08-04T12:00:00Z`,
		from: "2025-08-02", to: "2027-01-31", refs: []string{"CP-13"},
		want: `
			2026-08-05T09:00 CP-13 9m team_manager drift
			2026-08-06T09:00 CP-13 15m service_manager drift
			2026-08-07T09:00 CP-13 18m head_of_service drift
			2027-01-06T09:00 CP-13 24m head_of_service drift`,
	},
	{
		// The case is closed on the day of the referral: of a case that was not open before, the referral with
		// it. Work of the day before, recorded on Wednesday 21 January, shows that it was: then what was open
		// before the day is closed, and the referral stays open. The decision was due on Monday 5 January.
		name: "work before the day of a closing shows that the closing left open what opened on that day",
		events: `
			r1 referral.received 2026-01-02 rec=2026-01-02T08:00:00Z
			c1 case.closed 2026-01-02 rec=2026-01-06T12:00:00Z
			w1 fgdm.offered 2026-01-01 rec=2026-01-21T08:30:00Z
			d1 referral.decided 2026-01-23 outcome=nfa rec=2026-01-23T12:00:00Z`,
		from: "2026-01-01", to: "2026-01-31", refs: []string{"FD-01"},
		want: `
			2026-01-02T09:00 FD-01 2026-01-05 -1wd worker reminder
			2026-01-05T09:00 FD-01 2026-01-05 0 worker reminder
			2026-01-06T09:00 FD-01 2026-01-05 +1wd team_manager escalation
			2026-01-07T09:00 FD-01 2026-01-05 team_manager resolved
			2026-01-21T09:00 FD-01 2026-01-05 0 worker reminder
			2026-01-22T09:00 FD-01 2026-01-05 +1wd team_manager escalation
			2026-01-23T09:00 FD-01 2026-01-05 +2wd service_manager escalation
			2026-01-26T09:00 FD-01 2026-01-05 team_manager resolved
			2026-01-26T09:00 FD-01 2026-01-05 service_manager resolved`,
	},
	{
		name: "work that turns out to have been before the day of a closing shows it too",
		events: `
			r1 referral.received 2026-01-02 rec=2026-01-02T12:00:00Z
			w1 fgdm.offered 2026-01-05 rec=2026-01-05T12:00:00Z
			c1 case.closed 2026-01-02 rec=2026-01-06T12:00:00Z
			k1 fgdm.offered 2026-01-01 corrects=w1 rec=2026-01-21T08:30:00Z`,
		from: "2026-01-07", to: "2026-01-22", refs: []string{"FD-01"},
		want: `
			2026-01-07T09:00 FD-01 2026-01-05 team_manager resolved
			2026-01-21T09:00 FD-01 2026-01-05 0 worker reminder
			2026-01-22T09:00 FD-01 2026-01-05 +1wd team_manager escalation`,
	},
}

func TestWhatIsOwedAgain(t *testing.T) {
	t.Parallel()
	runNoticeCases(t, owedAgainCases)
}
