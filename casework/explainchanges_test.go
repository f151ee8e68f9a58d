package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

// Each change of what a duty rests on is told: what it was and became, why, and the due date
// before and after. The dates are worked out by hand:
//
//	CP-03, 15 working days: from Mon 5 Jan to Mon 26 Jan, from Tue 6 Jan to Tue 27 Jan, from Wed 7 Jan to Wed 28 Jan
//	CP-10, a month: from 5 Jan to 5 Feb
//	AS-01, 45 working days: from Mon 5 Jan to Mon 9 Mar, from Tue 6 Jan to Tue 10 Mar
//	CT-01, 26 weeks beginning with Mon 5 Jan: Sun 5 Jul; extended to 24 Aug, or to 17 Aug
//	LA-24 from 5 Jan: six months where that is before the fifth birthday, Sun 5 Jul, else Tue 5 Jan 2027
var changeCases = []struct {
	name, duty, asOf, knownAt, events, want string
}{
	{
		name: "a start that is corrected twice has every value that it had", duty: "CP-03:s1", asOf: "2026-01-23",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T12:00:00Z
			c1 strategy_discussion.held 2026-01-06 s47=true correction_reason=minutes corrects=s1 rec=2026-01-12T10:00:00Z
			c2 strategy_discussion.held 2026-01-07 s47=true correction_reason=diary corrects=c1 rec=2026-01-14T10:00:00Z`,
		want: `
			Mon 12 Jan 2026 10:00 GMT  strategy_discussion.held (s1) of Mon 5 Jan 2026, recorded Mon 5 Jan 2026 12:00 GMT, was corrected because: “minutes”. It was: on Mon 5 Jan 2026; it became: on Tue 6 Jan 2026. Due was Mon 26 Jan 2026; changed to Tue 27 Jan 2026.
			Wed 14 Jan 2026 10:00 GMT  strategy_discussion.held (s1) of Tue 6 Jan 2026, recorded Mon 12 Jan 2026 10:00 GMT, was corrected because: “diary”. It was: on Tue 6 Jan 2026; it became: on Wed 7 Jan 2026. Due was Tue 27 Jan 2026; changed to Wed 28 Jan 2026.`,
	},
	{
		name: "what was recorded later than is known is not told", duty: "CP-03:s1", asOf: "2026-01-13", knownAt: "2026-01-13T10:00:00Z",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T12:00:00Z
			c1 strategy_discussion.held 2026-01-06 s47=true correction_reason=minutes corrects=s1 rec=2026-01-12T10:00:00Z
			c2 strategy_discussion.held 2026-01-07 s47=true correction_reason=diary corrects=c1 rec=2026-01-14T10:00:00Z`,
		want: `
			Mon 12 Jan 2026 10:00 GMT  strategy_discussion.held (s1) of Mon 5 Jan 2026, recorded Mon 5 Jan 2026 12:00 GMT, was corrected because: “minutes”. It was: on Mon 5 Jan 2026; it became: on Tue 6 Jan 2026. Due was Mon 26 Jan 2026; changed to Tue 27 Jan 2026.`,
	},
	{
		name: "a visit that is taken back leaves the duty open", duty: "CP-10:p1", asOf: "2026-02-20",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T12:00:00Z
			v1 cp_visit.made 2026-01-20 seen=true rec=2026-01-21T10:00:00Z
			x1 - - voids=v1 reason=sister rec=2026-01-23T10:00:00Z`,
		want: `
			Fri 23 Jan 2026 10:00 GMT  cp_visit.made (v1) of Tue 20 Jan 2026, recorded Wed 21 Jan 2026 10:00 GMT, was voided because: “sister”. Due was Thu 5 Feb 2026, and stayed so. It stood as done on Tue 20 Jan 2026; since then as open.`,
	},
	{
		name: "a visit whose child was not seen after all", duty: "CP-10:p1", asOf: "2026-02-20",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T12:00:00Z
			v1 cp_visit.made 2026-01-20 seen=true rec=2026-01-21T10:00:00Z
			c1 cp_visit.made 2026-01-20 seen=false correction_reason=nobody corrects=v1 rec=2026-01-23T10:00:00Z`,
		want: `
			Fri 23 Jan 2026 10:00 GMT  cp_visit.made (v1) of Tue 20 Jan 2026, recorded Wed 21 Jan 2026 10:00 GMT, was corrected because: “nobody”. It was: seen yes; it became: seen no. Due was Thu 5 Feb 2026, and stayed so. It stood as done on Tue 20 Jan 2026; since then as open.`,
	},
	{
		name: "an inferred decision that gets its own date, and a reason that it had not", duty: "FD-01:e1", asOf: "2026-01-20",
		events: `
			e1 referral.received 2026-01-05 rec=2026-01-05T12:00:00Z
			d1 referral.decided 2026-01-05 outcome=assessment inferred=true rec=2026-01-05T12:00:00Z
			c1 referral.decided 2026-01-07 outcome=assessment panel=A corrects=d1 rec=2026-01-12T10:00:00Z`,
		want: `
			Mon 12 Jan 2026 10:00 GMT  referral.decided (d1) of Mon 5 Jan 2026, recorded Mon 5 Jan 2026 12:00 GMT, was corrected. It was: on Mon 5 Jan 2026, inferred, panel not given; it became: on Wed 7 Jan 2026, not inferred, panel “A”. Due was Tue 6 Jan 2026, and stayed so. It stood as taken as done; since then as done on Wed 7 Jan 2026.`,
	},
	{
		name: "a visit that is moved moves when it was met", duty: "CP-10:p1", asOf: "2026-02-20",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T12:00:00Z
			v1 cp_visit.made 2026-01-20 seen=true rec=2026-01-21T10:00:00Z
			c1 cp_visit.made 2026-01-19 seen=true corrects=v1 rec=2026-01-23T10:00:00Z`,
		want: `
			Fri 23 Jan 2026 10:00 GMT  cp_visit.made (v1) of Tue 20 Jan 2026, recorded Wed 21 Jan 2026 10:00 GMT, was corrected. It was: on Tue 20 Jan 2026; it became: on Mon 19 Jan 2026. Due was Thu 5 Feb 2026, and stayed so. It stood as done on Tue 20 Jan 2026; since then as done on Mon 19 Jan 2026.`,
	},
	{
		name: "a closing that is taken back opens the duty again", duty: "AS-01:e1", asOf: "2026-02-20",
		events: `
			e1 referral.received 2026-01-05 rec=2026-01-05T12:00:00Z
			c1 case.closed 2026-02-10 rec=2026-02-10T12:00:00Z
			x1 - - voids=c1 rec=2026-02-12T10:00:00Z`,
		want: `
			Thu 12 Feb 2026 10:00 GMT  case.closed (c1) of Tue 10 Feb 2026, recorded Tue 10 Feb 2026 12:00 GMT, was voided. Due was Mon 9 Mar 2026, and stayed so. It stood as ended on Tue 10 Feb 2026; since then as open.`,
	},
	{
		name: "an extension that is corrected", duty: "CT-01:c1", asOf: "2026-07-10",
		events: `
			c1 proceedings.issued 2026-01-05 rec=2026-01-05T12:00:00Z
			x1 court_timetable.extended 2026-06-29 until=2026-08-24 rec=2026-06-29T11:00:00Z
			x2 court_timetable.extended 2026-06-29 until=2026-08-17 correction_reason=order corrects=x1 rec=2026-07-01T09:00:00Z`,
		want: `
			Wed 1 Jul 2026 10:00 BST  court_timetable.extended (x1) of Mon 29 Jun 2026, recorded Mon 29 Jun 2026 12:00 BST, was corrected because: “order”. It was: until Mon 24 Aug 2026; it became: until Mon 17 Aug 2026. Due was Mon 24 Aug 2026; changed to Mon 17 Aug 2026.`,
	},
	{
		name: "a birth that is corrected", duty: "LA-24:h1", asOf: "2026-03-01",
		events: `
			b1 person.born 2021-02-01 rec=2026-01-05T11:00:00Z
			l1 looked_after.started 2026-01-05 rec=2026-01-05T12:00:00Z
			h1 health_assessment.completed 2026-01-05 initial=true rec=2026-01-05T13:00:00Z
			c1 person.born 2022-02-01 correction_reason=certificate corrects=b1 rec=2026-01-30T10:00:00Z`,
		want: `
			Fri 30 Jan 2026 10:00 GMT  person.born (b1) of Mon 1 Feb 2021, recorded Mon 5 Jan 2026 11:00 GMT, was corrected because: “certificate”. It was: on Mon 1 Feb 2021; it became: on Tue 1 Feb 2022. Due was Tue 5 Jan 2027; changed to Sun 5 Jul 2026.`,
	},
	{
		name: "a birth that is recorded late gives a date", duty: "LA-24:h1", asOf: "2026-03-01",
		events: `
			l1 looked_after.started 2026-01-05 rec=2026-01-05T12:00:00Z
			h1 health_assessment.completed 2026-01-05 initial=true rec=2026-01-05T13:00:00Z
			b1 person.born 2022-02-01 rec=2026-01-30T10:00:00Z`,
		want: `
			Fri 30 Jan 2026 10:00 GMT  person.born (b1) of Tue 1 Feb 2022 was recorded. Due was not known; changed to Sun 5 Jul 2026.`,
	},
	{
		name: "what was voided and recorded again is told of the duty that is owed now", duty: "AS-01:e2", asOf: "2026-02-20",
		events: `
			e1 referral.received 2026-01-05 rec=2026-01-05T12:00:00Z
			x1 - - voids=e1 reason=typo rec=2026-02-10T10:00:00Z
			e2 referral.received 2026-01-06 rec=2026-02-10T10:05:00Z`,
		want: `
			Tue 10 Feb 2026 10:00 GMT  referral.received (e1) of Mon 5 Jan 2026, recorded Mon 5 Jan 2026 12:00 GMT, was voided because: “typo”. The timescale AS-01:e1, which was due Mon 9 Mar 2026, went with it.`,
	},
	{
		name: "what another correction has superseded changed nothing", duty: "CP-03:s1", asOf: "2026-01-23",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T12:00:00Z
			c1 strategy_discussion.held 2026-01-06 s47=true corrects=s1 rec=2026-01-12T10:00:00Z
			x1 - - voids=s1 rec=2026-01-13T10:00:00Z
			c2 strategy_discussion.held 2026-01-07 s47=true corrects=c1 rec=2026-01-14T10:00:00Z`,
		want: "",
	},
	{
		name: "what concerns another timescale is not told", duty: "CP-10:p1", asOf: "2026-02-20",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T12:00:00Z
			g1 core_group.held 2026-01-20 rec=2026-01-21T10:00:00Z
			c1 core_group.held 2026-01-19 corrects=g1 rec=2026-01-23T10:00:00Z`,
		want: "",
	},
	{
		name: "a promise that is taken back", duty: "CP-03:s1", asOf: "2026-01-29",
		events: enquiry + ack("k1", "2026-01-26", "2026-01-26T10:00:00Z", "2026-01-28") + "x1 - - voids=k1 reason=mistake rec=2026-01-27T10:00:00Z",
		want: `
			Tue 27 Jan 2026 10:00 GMT  notice.acknowledged (k1) of Mon 26 Jan 2026, recorded Mon 26 Jan 2026 10:00 GMT, was voided because: “mistake”.`,
	},
}

func TestEveryChangeOfWhatADutyRestsOnIsExplained(t *testing.T) {
	t.Parallel()
	for _, c := range changeCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			events, _ := book.Accept(tell(t, c.events))
			m := casework.Moment{AsOf: instant(t, c.asOf)}
			if c.knownAt != "" {
				m.KnownAt = instant(t, c.knownAt)
			}
			x := book.Explain(book.Fold(events, m), c.duty, events, nil)
			if x == nil {
				if c.want != "" {
					t.Fatalf("no duty %s", c.duty)
				}
				return
			}
			var got []string
			for i := range x.Changes {
				got = append(got, x.Changes[i].Text)
			}
			same(t, c.want, strings.Join(got, "\n"))
		})
	}
}

// 300 corrections of one start, of which each moves the date: all are told while that costs
// little.
func TestLongChainsAreToldWhole(t *testing.T) {
	t.Parallel()
	events := tell(t, "s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T12:00:00Z")
	before := "s1"
	for i := range 300 {
		e := tell(t, "c strategy_discussion.held 2026-01-0"+string(rune('5'+(i+1)%2))+" s47=true")[0]
		e.ID, e.Corrects, e.Recorded = before+"x", before, events[0].Recorded.AddDate(0, 0, i+1)
		before = e.ID
		events = append(events, e)
	}
	x := book.Explain(book.Fold(events, casework.Moment{AsOf: instant(t, "2026-12-31")}), "CP-03:s1", events, nil)
	if len(x.Changes) != 300 || x.Changes[0].DueBefore != "2026-01-26" || x.Changes[0].DueAfter != "2026-01-27" || x.Changes[299].DueAfter != "2026-01-26" {
		t.Errorf("%d changes, the first %+v", len(x.Changes), x.Changes[0])
	}
}

// A record that was corrected to one of another kind, and back: each change names the kind that stood before it.
func TestAChangeNamesTheKindOfRecordThatItCorrected(t *testing.T) {
	t.Parallel()
	events := accepted(t, `
		s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T12:00:00Z
		c1 referral.received 2026-01-06 correction_reason=minutes corrects=s1 rec=2026-01-12T10:00:00Z
		c2 strategy_discussion.held 2026-01-07 s47=true correction_reason=diary corrects=c1 rec=2026-01-14T10:00:00Z`)
	x := book.Explain(book.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-23")}), "CP-03:s1", events, nil)
	var got []string
	for i := range x.Changes {
		c := &x.Changes[i]
		got = append(got, strings.Join([]string{c.At[:10], c.Kind, c.Event, c.Type, c.DueBefore, c.DueAfter}, " "))
	}
	same(t, `
		2026-01-12 corrected s1 strategy_discussion.held 2026-01-26 `+`
		2026-01-14 corrected s1 referral.received  2026-01-28`, strings.Join(got, "\n"))
}

func TestAnExplanationSaysWhoCorrectedAnEventAndWhy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, correction, want string }{
		{"who and why", "c cp_visit.made 2026-08-12 seen=true correction_reason=diary corrects=v rec=2026-08-20", " was corrected by W01 because: “diary”. It was: on Mon 10 Aug 2026;"},
		{"why, as a return says it", "c cp_visit.made 2026-08-12 seen=true reason=return corrects=v rec=2026-08-20", " was corrected because: “return”. It was: on Mon 10 Aug 2026;"},
		{"neither", "c cp_visit.made 2026-08-12 seen=true corrects=v rec=2026-08-20", " was corrected. It was: on Mon 10 Aug 2026; it became: on Wed 12 Aug 2026."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, "p cp_plan.started 2026-08-03\nv cp_visit.made 2026-08-10 seen=true\n"+tc.correction)
			if strings.Contains(tc.want, " by ") {
				events[len(events)-1].By = "W01"
			}
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-09-20").End()})
			x := book.Explain(plan, "CP-10:p", events, nil)
			if len(x.Changes) != 1 || !strings.Contains(x.Changes[0].Text, tc.want) {
				t.Errorf("changes %+v, of which one should hold %q", x.Changes, tc.want)
			}
			if !strings.Contains(x.MetBy, "(v), as corrected on Thu 20 Aug 2026") {
				t.Errorf("met by %q", x.MetBy)
			}
		})
	}
}

func TestAnExplanationAsksForTheDateThatAnOrderMayName(t *testing.T) {
	t.Parallel()
	const asks = "The event that started it does not say “until”. Where it does, that date is the one that counts"
	for _, tc := range []struct {
		name, events, duty string
		asks               bool
	}{
		{"an order without its end", "e epo.granted 2026-11-02", "EM-02:e", true},
		{"an order with it", "e epo.granted 2026-11-02 until=2026-11-09", "EM-02:e", false},
		{"a supervision order without it", "e supervision_order.made 2026-11-02", "CT-10:e", true},
		{"what has no such date", "e police_protection.started 2026-11-02", "EM-01:e", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, tc.events)
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-11-03").End()})
			remarks := strings.Join(book.Explain(plan, tc.duty, events, nil).Remarks, "\n")
			if strings.Contains(remarks, asks) != tc.asks {
				t.Errorf("asks for it %t: %s", tc.asks, remarks)
			}
		})
	}
}

func TestAnExplanationOfAFileSaysThatTheRuleWasCorrected(t *testing.T) {
	t.Parallel()
	const corrected = "The rule was corrected on Sun 29 Nov 2026: until then it counted from the day on which the incident was known"
	for _, tc := range []struct {
		notified string
		says     bool
	}{{"2026-11-28", true}, {"2026-11-29", false}} {
		events := acceptedBy(t, book, "n serious_incident.notified "+tc.notified)
		plan := book.Fold(events, casework.Moment{AsOf: day(t, "2026-12-01").End()})
		remarks := strings.Join(book.Explain(plan, "SI-02:n", events, nil).Remarks, "\n")
		if strings.Contains(remarks, corrected) != tc.says {
			t.Errorf("notified on %s, it says that the rule was corrected %t: %s", tc.notified, tc.says, remarks)
		}
	}
}

// What was put right of placements for adoption is nothing to a child who never had one.
func TestACorrectionOfAPeriodIsToldOnlyWhereTheCaseHadThePeriod(t *testing.T) {
	t.Parallel()
	const corrected = "a placement for adoption was taken to last after it had broken down"
	const visits = "p placement.started 2025-03-03\nv lac_visit.made 2025-03-07 seen=true\n"
	for _, tc := range []struct {
		name, events string
		says         bool
	}{
		{"never placed for adoption", visits, false},
		{"placed for adoption before", "a adoption.placed 2024-03-04\nd adoption.disrupted 2024-05-20\n" + visits, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			events := acceptedBy(t, book, tc.events)
			plan := book.Fold(events, casework.Moment{AsOf: day(t, "2025-03-10").End()})
			remarks := strings.Join(book.Explain(plan, "LA-15:v", events, nil).Remarks, "\n")
			if strings.Contains(remarks, corrected) != tc.says {
				t.Errorf("tells of it %t: %s", tc.says, remarks)
			}
		})
	}
}

// Born on 29 February 2012, the child is 16 on 29 February 2028. On 3 March the birth is corrected to 29
// March: what ran goes, and on that day starts again, due three months later.
func TestADutyThatABirthdayBringsBackIsNotSaidToBeNoLongerOwed(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, book, `
		b person.born 2012-02-29 date=2012-02-29 rec=2027-01-05
		l looked_after.started 2027-01-04 rec=2027-01-05
		c person.born 2012-03-29 date=2012-03-29 corrects=b rec=2028-03-03`)
	plan := book.Fold(events, casework.Moment{AsOf: day(t, "2028-05-05").End()})
	x := book.Explain(plan, "LC-01B:l.16", events, nil)
	const want = " From then on this was not owed; due was Mon 29 May 2028." +
		" It came to be owed again, with its start on Wed 29 Mar 2028; due is Thu 29 Jun 2028."
	if len(x.Changes) != 1 || !strings.HasSuffix(x.Changes[0].Text, want) {
		t.Errorf("changes %+v, of which the one should end %q", x.Changes, want)
	}
}
