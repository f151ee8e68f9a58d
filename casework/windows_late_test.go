package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

// Of windows that had ended before it was recorded that their period was open, only the latest
// opens a duty (rules.md, section 6). Expected values by hand.
func TestWindowsOfBeforeAnythingWasRecorded(t *testing.T) {
	t.Parallel()
	runFoldCases(t, lateWindowCases)
}

var lateWindowCases = []foldCase{
	{
		name: "a home of 1998 that is recorded in 2026 owes the latest month that had ended, and what began since",
		events: `
			h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`,
		asOf: "2026-12-02", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 overdue late=32
			HO-01:h1.2026-11-01 2026-11-01 2026-11-30 overdue late=2
			HO-01:h1.2026-12-01 2026-12-01 2026-12-31 running`,
	},
	{
		name:   "on the last day of a month it has not ended",
		events: `h1 home.opened 1998-01-01 rec=2026-11-30T23:30:00Z`,
		asOf:   "2026-12-01", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 overdue late=31
			HO-01:h1.2026-11-01 2026-11-01 2026-11-30 overdue late=1
			HO-01:h1.2026-12-01 2026-12-01 2026-12-31 running`,
	},
	{
		name:   "as of a day long before it was recorded the latest is the one of that day",
		events: `h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`,
		asOf:   "2003-05-10", refs: []string{"HO-01"},
		want: `HO-01:h1.2003-05-01 2003-05-01 2003-05-31 running`,
	},
	{
		name: "a home that closed before it was recorded owes its last month",
		events: `
			h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z
			x1 home.closed 2004-03-15 rec=2026-11-27T10:00:00Z`,
		asOf: "2026-12-02", refs: []string{"HO-01"},
		want: `HO-01:h1.2004-03-01 2004-03-01 2004-03-31 ended ended=2004-03-15`,
	},
	{
		name:   "what was recorded as it happened keeps every month",
		events: `h1 home.opened 2026-07-20`,
		asOf:   "2026-10-02", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=32
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=2
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`,
	},
	{
		name: "an opening that is corrected to an earlier day keeps the months that were known, and owes one of those before",
		events: `
			h1 home.opened 2026-07-20
			c1 home.opened 2006-07-20 corrects=h1 rec=2026-10-05T10:00:00Z`,
		asOf: "2026-10-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-07-01 2026-07-01 2026-07-31 overdue late=67
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=36
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=6
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`,
	},
	{
		name: "a correction that leaves the day as it is takes no month away",
		events: `
			h1 home.opened 2026-07-20
			c1 home.opened 2026-07-20 corrects=h1 rec=2026-10-05T10:00:00Z`,
		asOf: "2026-10-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=36
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=6
			HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`,
	},
	{
		name: "what was moved to a later day and back again was not known for the months between",
		events: `
			h1 home.opened 2026-01-20
			c1 home.opened 2026-06-20 corrects=h1 rec=2026-06-21T10:00:00Z
			c2 home.opened 2026-01-20 corrects=c1 rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-06-01 2026-06-01 2026-06-30 overdue late=68
			HO-01:h1.2026-07-01 2026-07-01 2026-07-31 overdue late=37
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	},
	{
		name: "an event that became an opening by a correction is known from that",
		events: `
			h1 home.closed 2025-01-20
			c1 home.opened 2025-01-20 corrects=h1 rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	},
	{
		name: "a closing that is taken back after years owes the latest month, and those before it was recorded",
		events: `
			h1 home.opened 2015-11-20
			v1 independent_person.visited 2016-01-10
			x1 home.closed 2016-02-20
			z1 - - voids=x1 rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2015-12-01 2015-12-01 2015-12-31 met_late met=2016-01-10 late=10
			HO-01:h1.2016-01-01 2016-01-01 2016-01-31 met met=2016-01-10
			HO-01:h1.2016-02-01 2016-02-01 2016-02-29 overdue late=3842
			HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			HO-01:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	},
	{
		name: "a closing that is taken back does not concern the months of a later opening",
		events: `
			h1 home.opened 2026-01-20
			x1 home.closed 2026-02-10
			h2 home.opened 2026-05-20
			z1 - - voids=x1 rec=2026-08-05T10:00:00Z`,
		asOf: "2026-08-06", refs: []string{"HO-01"},
		want: `
			HO-01:h1.2026-02-01 2026-02-01 2026-02-28 overdue late=159
			HO-01:h1.2026-05-01 2026-05-01 2026-05-31 overdue late=67
			HO-01:h2.2026-06-01 2026-06-01 2026-06-30 overdue late=37
			HO-01:h2.2026-07-01 2026-07-01 2026-07-31 overdue late=6
			HO-01:h2.2026-08-01 2026-08-01 2026-08-31 running`,
	},
	{
		name: "ten years of terms of a looked-after child whose first plan is recorded late are two",
		events: `
			a1 looked_after.started 2016-09-01
			p1 pep.completed 2016-09-10 rec=2026-11-03T10:00:00Z`,
		asOf: "2026-11-04", refs: []string{"LA-27"},
		want: `
			LA-27:p1.2026-04-01 2026-04-01 2026-07-31 overdue late=96 provisional
			LA-27:p1.2026-09-01 2026-09-01 2026-12-31 running provisional`,
	},
	{
		name: "an older plan that is heard of later changes neither the names nor the number of what was owed",
		events: `
			a1 looked_after.started 2016-09-01
			p2 pep.completed 2025-08-20
			p1 pep.completed 2016-09-10 rec=2026-11-03T10:00:00Z`,
		asOf: "2026-11-04", refs: []string{"LA-27"},
		want: `
			LA-27:p1.2025-04-01 2025-04-01 2025-07-31 met_late met=2025-08-20 late=20 provisional
			LA-27:p2.2025-09-01 2025-09-01 2025-12-31 overdue late=308 provisional
			LA-27:p2.2026-01-01 2026-01-01 2026-03-31 overdue late=218 provisional
			LA-27:p2.2026-04-01 2026-04-01 2026-07-31 overdue late=96 provisional
			LA-27:p2.2026-09-01 2026-09-01 2026-12-31 running provisional`,
	},
}

func TestWindowsWhileAnotherPeriodWasTakenForOpen(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, []foldCase{{
		name: "the end of what keeps them from starting is heard of late: of those that had ended only the latest is owed",
		events: `
			h1 home.opened 2026-01-20
			s1 secure.started 2026-02-10T10:00:00Z
			v1 home.visited 2026-02-20 seen=true
			e1 secure.ended 2026-03-10T10:00:00Z rec=2026-09-05T10:00:00Z`,
		asOf: "2026-09-06", refs: []string{"WIN-1"},
		want: `
			WIN-1:h1.2026-02-01 2026-02-01 2026-02-28 met met=2026-02-20
			WIN-1:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=6
			WIN-1:h1.2026-09-01 2026-09-01 2026-09-30 running`,
	}})
}

func TestWindowsThatHadEndedAreJudgedWithWhatWasKnownThen(t *testing.T) {
	t.Parallel()
	events := accepted(t, `
		h1 home.opened 2026-07-20
		c1 home.opened 2006-07-20 corrects=h1 rec=2026-10-05T10:00:00Z`)
	before := book.Fold(events, casework.At(instant(t, "2026-10-04")))
	same(t, `
		HO-01:h1.2026-08-01 2026-08-01 2026-08-31 overdue late=34
		HO-01:h1.2026-09-01 2026-09-01 2026-09-30 overdue late=4
		HO-01:h1.2026-10-01 2026-10-01 2026-10-31 running`, dutyLines(before, "HO-01"))
}

func TestTheLatestOfTheWindowsThatHadEndedIsToldToTheWorkerFirst(t *testing.T) {
	t.Parallel()
	// Recorded on a Friday after 09:00: the ladder of October is counted from Monday, that of
	// November is its own.
	events := accepted(t, `h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`)
	same(t, `
		2026-11-30T09:00 HO-01 2026-10-31 0 worker reminder
		2026-11-30T09:00 HO-01 2026-11-30 0 worker reminder missed=-5wd,-1wd
		2026-12-01T09:00 HO-01 2026-10-31 +1wd team_manager escalation
		2026-12-01T09:00 HO-01 2026-11-30 +1wd team_manager escalation`,
		noticesOf(book.Notices(events, day(t, "1998-01-01"), day(t, "2026-12-02")), "HO-01"))
}

func TestAnExplanationSaysThatEarlierWindowsAreNotListed(t *testing.T) {
	t.Parallel()
	events := accepted(t, `h1 home.opened 1998-01-01 rec=2026-11-27T10:00:00Z`)
	plan := book.Fold(events, casework.At(instant(t, "2026-11-30")))
	for id, want := range map[string]bool{"HO-01:h1.2026-10-01": true, "HO-01:h1.2026-11-01": false} {
		if got := strings.Contains(strings.Join(book.Explain(plan, id, events, nil).Remarks, "\n"), "only the latest is owed"); got != want {
			t.Errorf("%s: says so %t, want %t", id, got, want)
		}
	}
}
