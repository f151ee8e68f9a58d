package sample_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// share is one proportion of a county against what it should be, in percent.
type share struct {
	what        string
	part, of    int
	want, apart float64 // apart: how far it may lie from what is wanted
}

func check(t *testing.T, shares []share) {
	t.Helper()
	for _, s := range shares {
		got := 100 * float64(s.part) / float64(max(1, s.of))
		t.Logf("%-52s %5.1f %% of %5d, want %5.1f", s.what, got, s.of, s.want)
		if got < s.want-s.apart || got > s.want+s.apart {
			t.Errorf("%s: %.1f %%, want %.1f, allowed %.1f either way", s.what, got, s.want, s.apart)
		}
	}
}

func TestCountyLooksLikeTheStatistics(t *testing.T) {
	t.Parallel()
	t.Run("in November", func(t *testing.T) {
		t.Parallel()
		checkCounty(t, county(t))
	})
	t.Run("at the end of the year", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("one county is enough for a quick run")
		}
		checkCounty(t, makeSample(t, "2027-03-31", 3000, 0))
	})
}

func checkCounty(t *testing.T, m *made) {
	t.Helper()
	t.Run("assessments take as long as they do in England", func(t *testing.T) { assessmentsOf(t, m) })
	t.Run("open assessments have every age", func(t *testing.T) { openAssessmentsOf(t, m) })
	t.Run("conferences are held when they are in England", func(t *testing.T) { conferencesOf(t, m) })
	t.Run("protection plans last as long as they do in England", func(t *testing.T) { plansOf(t, m) })
	t.Run("nine plans in ten were reviewed in time", func(t *testing.T) { reviewsOf(t, m) })
	t.Run("a fifth of referrals follow another", func(t *testing.T) { referralsOf(t, m) })
	t.Run("visits are mostly in time", func(t *testing.T) { visitsOf(t, m) })
}

// assessmentsOf: table C2, 2025.
func assessmentsOf(t *testing.T, m *made) {
	t.Helper()
	var days []int
	for _, e := range m.episodes() {
		for i, a := range e.all("Assessments") {
			start, done := e.day(t, "CINreferralDate"), a.day(t, "AssessmentAuthorisationDate")
			if i > 0 {
				start = a.day(t, "AssessmentActualStartDate")
			}
			if !done.IsZero() {
				days = append(days, m.cal().WorkingDaysBetween(start, done))
			}
		}
	}
	within := func(low, high int) int { return countIn(days, low, high) }
	n := len(days)
	check(t, []share{
		{"assessed within 10 working days", within(0, 10), n, 13.4, 4},
		{"assessed in 11 to 20", within(11, 20), n, 17.3, 4},
		{"assessed in 21 to 30", within(21, 30), n, 15.8, 4},
		{"assessed in 31 to 40", within(31, 40), n, 20.2, 4},
		{"assessed in 41 to 45: the pile-up", within(41, 45), n, 18.9, 4},
		{"assessed in more than 45", within(46, 1000), n, 14.3, 3},
		{"assessed in more than 60", within(61, 1000), n, 4.2, 2},
	})
	if pile, before := within(41, 45), within(36, 40); pile <= before {
		t.Errorf("%d were done in 41 to 45 days and %d in 36 to 40: the pile-up is missing", pile, before)
	}
}

func countIn(days []int, low, high int) int {
	n := 0
	for _, d := range days {
		if low <= d && d <= high {
			n++
		}
	}
	return n
}

// openAssessmentsOf: with the durations published, seven in a hundred of those open at any
// time are over 45 working days.
func openAssessmentsOf(t *testing.T, m *made) {
	t.Helper()
	var ages []int
	for _, e := range m.episodes() {
		for i, a := range e.all("Assessments") {
			if i == 0 && a.get("AssessmentAuthorisationDate") == "" {
				ages = append(ages, m.cal().WorkingDaysBetween(e.day(t, "CINreferralDate"), m.day))
			}
		}
	}
	n := len(ages)
	check(t, []share{
		{"open for up to 15 working days", countIn(ages, 0, 15), n, 46, 10},
		{"open for 16 to 30", countIn(ages, 16, 30), n, 30, 9},
		{"open for 31 to 45", countIn(ages, 31, 45), n, 17, 7},
		{"open for more than 45", countIn(ages, 46, 1000), n, 7, 4},
	})
}

// conferencesOf: tables C4 and D1, 2025.
func conferencesOf(t *testing.T, m *made) {
	t.Helper()
	var days []int
	enquiries, plans := 0, 0
	for _, e := range m.episodes() {
		for _, q := range e.all("Section47") {
			held := q.day(t, "DateOfInitialCPC")
			if !held.IsZero() || q.get("ICPCnotRequired") == "1" {
				enquiries++
			}
			if held.IsZero() {
				continue
			}
			days = append(days, m.cal().WorkingDaysBetween(q.day(t, "S47ActualStartDate"), held))
			for _, p := range e.all("ChildProtectionPlans") {
				if p.day(t, "CPPstartDate") == held {
					plans++
				}
			}
		}
	}
	n := len(days)
	check(t, []share{
		{"conference within 10 working days", countIn(days, 0, 10), n, 8.7, 5},
		{"conference in 11 to 15", countIn(days, 11, 15), n, 72.7, 9},
		{"conference after more than 15", countIn(days, 16, 100), n, 18.6, 7},
		{"conferences that led to a plan", plans, n, 86, 7},
	})
	slices.Sort(days)
	for _, q := range []struct{ at, want int }{{25, 13}, {50, 14}, {75, 15}} {
		if got := days[n*q.at/100]; got < q.want-1 || got > q.want+1 {
			t.Errorf("percentile %d of days to conference is %d, published %d", q.at, got, q.want)
		}
	}
	if n*4 > enquiries*3 {
		t.Errorf("%d of %d enquiries went to conference: most need none", n, enquiries)
	}
}

// plansOf: table D7, 2025.
func plansOf(t *testing.T, m *made) {
	t.Helper()
	var months []int
	open, old := 0, map[int]int{}
	for _, p := range m.groups("ChildProtectionPlans") {
		start, end := p.day(t, "CPPstartDate"), p.day(t, "CPPendDate")
		if !end.IsZero() {
			months = append(months, fullMonths(start, end))
			continue
		}
		open++
		for _, n := range []int{9, 15, 18, 24} {
			if start.AddMonths(n) <= m.day {
				old[n]++
			}
		}
	}
	n := len(months)
	check(t, []share{
		{"plans ended within 3 months", countIn(months, 0, 2), n, 15.9, 7},
		{"plans ended within 6 months", countIn(months, 3, 5), n, 11.0, 7},
		{"plans ended within a year", countIn(months, 6, 11), n, 43.5, 10},
		{"plans ended within two years", countIn(months, 12, 23), n, 25.2, 9},
		{"plans ended after two years", countIn(months, 24, 100), n, 4.4, 4},
	})
	for _, n := range []int{9, 15, 18, 24} {
		if old[n] == 0 || old[n]*2 > open {
			t.Errorf("%d of %d open plans are %d months old: some are, and not most", old[n], open, n)
		}
	}
}

// fullMonths is how many whole months have passed.
func fullMonths(from, to calendar.Date) int {
	n := 0
	for from.AddMonths(n+1) <= to {
		n++
	}
	return n
}

// reviewsOf: table D6, 2024: of the children on a plan for three months and more, those all
// of whose reviews were in time.
func reviewsOf(t *testing.T, m *made) {
	t.Helper()
	all, inTime, overdue := 0, 0, 0
	for _, p := range m.groups("ChildProtectionPlans") {
		start := p.day(t, "CPPstartDate")
		if p.get("CPPendDate") != "" || start.AddMonths(3) >= m.day {
			continue
		}
		all++
		due, good := start.AddMonths(3), true
		if reviews := p.at("Reviews"); reviews != nil {
			for _, r := range reviews.days(t, "CPPreviewDate") {
				good = good && r <= due
				due = r.AddMonths(6)
			}
		}
		if due < m.day {
			good = false
			overdue++
		}
		if good {
			inTime++
		}
	}
	check(t, []share{{"plans with every review in time", inTime, all, 89.8, 5}})
	if overdue == 0 {
		t.Error("no plan has its review overdue")
	}
}

// referralsOf: tables C1 and C6. A referral follows another where the return holds an
// earlier one of the child within twelve months.
func referralsOf(t *testing.T, m *made) {
	t.Helper()
	all, again := 0, 0
	months := map[time.Month]int{}
	for _, c := range m.children {
		var before calendar.Date
		for _, e := range c.all("CINdetails") {
			day := e.day(t, "CINreferralDate")
			if day >= m.from {
				all++
				_, month, _ := day.Split()
				months[month]++
				if !before.IsZero() && day <= before.AddMonths(12) {
					again++
				}
			}
			before = day
		}
	}
	check(t, []share{{"referrals that follow another", again, all, 22.6, 4}})
	if august := months[time.August] * 2; august > months[time.July]+months[time.September] {
		t.Errorf("August has %d referrals, July %d and September %d: schools are closed in August",
			months[time.August], months[time.July], months[time.September])
	}
}

// visitsOf: no figure is published; most are in time, and some are not.
func visitsOf(t *testing.T, m *made) {
	t.Helper()
	seen, unseen, late := 0, 0, 0
	for _, e := range m.events {
		if !strings.HasSuffix(e.Type, "_visit.made") {
			continue
		}
		if calendar.DateOf(e.Recorded) > e.At.Day.AddDays(3) {
			late++
		}
		if e.Data.Flag("seen") {
			seen++
			continue
		}
		unseen++
	}
	check(t, []share{
		{"visits that saw nobody", unseen, seen + unseen, 7.5, 2.5},
		{"visits recorded more than three days late", late, seen + unseen, 13, 4},
	})
	x := mixOf(t, m)
	for _, ref := range []string{"CP-10", "CN-02", "CP-09"} {
		good := x.counts[ref+" "+string(casework.Met)]
		bad := x.counts[ref+" "+string(casework.MetLate)]
		check(t, []share{{ref + " met late", bad, good + bad, 7, 4}})
		running, overdue := x.counts[ref+" "+string(casework.Running)], x.counts[ref+" "+string(casework.Overdue)]
		check(t, []share{{ref + " overdue now", overdue, running + overdue, 5, 4}})
	}
	t.Logf("the mix:\n%s", x.print())
}
