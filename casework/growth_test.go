package casework_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// mostTimes is how many times as long something may take of four times as much: what is worked
// out of one case grows about as fast as the case.
const mostTimes = 5

// BenchmarkGrowth prints how the time for one case grows with the case, and fails where of four
// times as much it takes more than five times as long. It is a benchmark, never a test: how long
// something takes says nothing of whether it is right. What is corrected years after it happened
// costs the years between, and is only printed (docs/decisions/0025-a-fold-that-goes-on.md).
func BenchmarkGrowth(b *testing.B) {
	for _, g := range []struct {
		what string
		of   string // the things that are counted
		n    int
		make func(n int) func() // makes a case of so many, and returns what is measured
		most float64            // how many times as long it may take; 0 is without bound
	}{
		{"chains of corrections, each of the one before", "corrections", 4000, chainOf(ofTheOneBefore), mostTimes},
		{"chains of corrections, each of the first", "corrections", 4000, chainOf(ofTheFirst), mostTimes},
		{"chains of corrections, read backwards", "corrections", 4000, chainOf(readBackwards), mostTimes},
		{"notices of one case, recorded as it happens", "events", 1000, noticesOver(asItHappens), mostTimes},
		{"notices of one case, visits and nothing else", "events", 1000, noticesOver(onlyVisits), mostTimes},
		{"notices of one case, a tenth corrected long after", "events", 1000, noticesOver(correctedLongAfter), 0},
		{"notices of one case, everything recorded a year late", "events", 1000, noticesOver(aYearLate), mostTimes},
		{"notices of one case, loaded at once", "events", 1000, noticesOver(loadedAtOnce), mostTimes},
		{"notices of one case, one event corrected again and again", "corrections", 1000, noticesOver(correctedAgainAndAgain), mostTimes},
		{"agenda of one case, recorded as it happens", "events", 1000, agendaOf(asItHappens), mostTimes},
		{"agenda of one case, everything recorded a year late", "events", 1000, agendaOf(aYearLate), mostTimes},
		{"agenda of one case, one event corrected again and again", "corrections", 1000, agendaOf(correctedAgainAndAgain), mostTimes},
		{"rolling sums of days", "breaks", 500, foldOfBreaks, mostTimes},
		{"explain of every duty of a case", "duties", 1000, explainOf, mostTimes},
		{"explain of a duty whose start was corrected again and again", "corrections", 1000, explainOfChain, mostTimes},
	} {
		b.Run(g.what, func(b *testing.B) {
			for b.Loop() {
				grows(b, g.what, g.of, g.n, g.make, g.most)
			}
		})
	}
}

// grows measures one kind of case in two sizes, by turns and each for about as long.
func grows(b *testing.B, what, of string, n int, make func(n int) func(), most float64) {
	b.Helper()
	small, large := make(n), make(4*n)
	small() // so that neither pays for what is worked out once
	x, y := sizes(b, small, large)
	for i := 1; i < 3 && y.Seconds() > mostTimes*x.Seconds(); i++ { // a busy machine is no growth
		if v, w := sizes(b, small, large); w.Seconds()/v.Seconds() < y.Seconds()/x.Seconds() {
			x, y = v, w
		}
	}
	times := y.Seconds() / x.Seconds()
	fmt.Printf("%s: %d %s %s; %d %s; %.1f times\n", what, n, of, inWords(x), 4*n, inWords(y), times)
	b.ReportMetric(times, "times")
	if most > 0 && times > most {
		b.Errorf("%s: of four times as many %s it takes %.1f times as long, more than %v", what, of, times, most)
	}
}

// sizes returns the medians of both sizes.
func sizes(b *testing.B, small, large func()) (few, many time.Duration) {
	b.Helper()
	var x, y []time.Duration
	fourTimes := func() {
		for range 4 {
			small()
		}
	}
	for round := 0; round < 5 && (round < 1 || y[0] < 10*time.Second); round++ {
		x, y = append(x, took(b, fourTimes)/4), append(y, took(b, large))
	}
	return median(x), median(y)
}

func took(b *testing.B, f func()) time.Duration {
	b.Helper()
	start := b.Elapsed()
	f()
	return b.Elapsed() - start
}

func median(list []time.Duration) time.Duration {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// inWords returns a duration to three figures.
func inWords(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	default:
		return d.Round(100 * time.Nanosecond).String()
	}
}

// asLaid is when the cases of the benchmark are looked at.
var asLaid = calendar.NewDate(2026, 3, 2).End()

// A chain of corrections is accepted from a file and folded.

func ofTheOneBefore(i int) int { return i }
func ofTheFirst(int) int       { return 0 }

func chainOf(target func(i int) int) func(n int) func() {
	return func(n int) func() {
		events := corrections(n, target)
		return func() {
			accepted, refused := book.Accept(events)
			if len(refused) > 0 {
				panic(refused[0])
			}
			book.Fold(accepted, casework.At(asLaid))
		}
	}
}

// readBackwards marks the chain whose last correction stands first in the file.
func readBackwards(int) int { return -1 }

func corrections(n int, target func(i int) int) []casework.Event {
	backwards := target(0) < 0
	if backwards {
		target = ofTheOneBefore
	}
	at := casework.OnDay(calendar.NewDate(2026, 1, 5))
	events := []casework.Event{{ID: "v0", Case: "C1", Type: "cp_plan.started", At: at, Recorded: at.End()}}
	for i := range n {
		events = append(events, casework.Event{
			ID: fmt.Sprintf("v%d", i+1), Case: "C1", Type: "cp_plan.started", At: casework.OnDay(at.Day.AddDays(-(i % 28))),
			Recorded: at.End().Add(time.Duration(i+1) * time.Minute), Corrects: fmt.Sprintf("v%d", target(i)),
		})
	}
	if backwards {
		slices.Reverse(events)
	}
	return events
}

func noticesOver(history func(n int) []casework.Event) func(n int) func() {
	return func(n int) func() {
		events, refused := book.Accept(history(n))
		if len(refused) > 0 {
			panic(refused[0])
		}
		return func() { book.Notices(events, calendar.NewDate(2008, 1, 1), calendar.NewDate(2028, 1, 1)) }
	}
}

// agendaOf works out what to send about a case at its last recording when nobody was told
// anything: so of every duty that is overdue it is found since when it is.
func agendaOf(history func(n int) []casework.Event) func(n int) func() {
	return func(n int) func() {
		events, refused := book.Accept(history(n))
		if len(refused) > 0 {
			panic(refused[0])
		}
		now := slices.MaxFunc(events, func(a, b casework.Event) int { return a.Recorded.Compare(b.Recorded) }).Recorded.AddDate(0, 0, 40)
		return func() { book.Agenda(events, nil, now) }
	}
}

// work is what social workers record of a child most, with what makes it count.
var work = []struct {
	often int
	event string
	data  casework.Data
}{
	{30, "lac_visit.made", casework.Data{"seen": true}},
	{20, "cp_visit.made", casework.Data{"seen": true}},
	{5, "cp_visit.made", casework.Data{"seen": false}},
	{10, "core_group.held", nil},
	{8, "supervision.held", nil},
	{6, "missing.ended", nil},
	{5, "return_interview.completed", nil},
	{3, "lac_review.held", nil},
	{3, "cp_review.held", nil},
	{2, "health_assessment.completed", casework.Data{"initial": false}},
	{2, "pep.completed", nil},
	{2, "placement.started", nil},
	{2, "referral.received", nil},
	{2, "referral.decided", casework.Data{"outcome": "assessment"}},
	{1, "assessment.completed", nil},
	{1, "strategy_discussion.held", casework.Data{"s47": true}},
	{1, "icpc.held", casework.Data{"outcome": "plan"}},
}

// sixteenYears returns as many years years of a child in care, of so many events on days spread evenly.
func sixteenYears(n int, late func(r *rand.Rand) int) []casework.Event {
	r := rand.New(rand.NewSource(int64(n)))
	born, days := calendar.NewDate(2009, 3, 1), 16*365
	var kinds []int
	for i, w := range work {
		for range w.often {
			kinds = append(kinds, i)
		}
	}
	var events []casework.Event
	add := func(day calendar.Date, kind string, data casework.Data, late int) {
		at := casework.OnDay(day)
		events = append(events, casework.Event{
			ID: fmt.Sprintf("e%d", len(events)), Case: "C1", Type: kind, At: at, Recorded: at.End().AddDate(0, 0, late), Data: data,
		})
	}
	add(born, "person.born", casework.Data{"date": born.String()}, 0)
	add(born.AddDays(5), "cp_plan.started", nil, 0)
	add(born.AddDays(20), "looked_after.started", nil, 0)
	add(born.AddDays(20), "placement.started", nil, 0)
	for i := len(events); i < n; i++ {
		w := work[kinds[r.Intn(len(kinds))]]
		add(born.AddDays(30+i*days/n), w.event, w.data, late(r))
	}
	return events
}

// asItHappens returns recorded within days, a tenth of it within a month; one in twenty is corrected a
// little later.
func asItHappens(n int) []casework.Event {
	events := sixteenYears(n*20/21, func(r *rand.Rand) int {
		if r.Intn(10) == 0 {
			return r.Intn(30)
		}
		return r.Intn(4)
	})
	return correctedLater(events, n-len(events), func(r *rand.Rand) int { return r.Intn(60) })
}

// correctedLater adds corrections of so many of a case's events: they happened a day earlier.
func correctedLater(events []casework.Event, n int, later func(r *rand.Rand) int) []casework.Event {
	r := rand.New(rand.NewSource(int64(n)))
	most := len(events)
	for i := range n {
		e := events[4+r.Intn(most-4)]
		e.Corrects, e.ID = e.ID, fmt.Sprintf("c%d", i)
		e.At.Day = e.At.Day.AddDays(-1)
		e.Recorded = e.Recorded.AddDate(0, 0, 1+later(r)).Add(time.Duration(i) * time.Second)
		events = append(events, e)
	}
	return events
}

func correctedLongAfter(n int) []casework.Event {
	events := sixteenYears(n*10/11, func(r *rand.Rand) int { return r.Intn(4) })
	return correctedLater(events, n-len(events), func(r *rand.Rand) int { return r.Intn(16 * 365) })
}

func aYearLate(n int) []casework.Event {
	return sixteenYears(n, func(*rand.Rand) int { return 365 })
}

func loadedAtOnce(n int) []casework.Event {
	events := sixteenYears(n, func(*rand.Rand) int { return 0 })
	for i := range events {
		events[i].Recorded, events[i].Backlog = calendar.NewDate(2026, 1, 5).At(10, 0), true
	}
	return events
}

func onlyVisits(n int) []casework.Event {
	plan := casework.OnDay(calendar.NewDate(2009, 3, 1))
	events := []casework.Event{{ID: "p", Case: "C1", Type: "cp_plan.started", At: plan, Recorded: plan.End()}}
	for i := 1; i < n; i++ {
		at := casework.OnDay(plan.Day.AddDays(i * 16 * 365 / n))
		events = append(events, casework.Event{
			ID: fmt.Sprintf("v%d", i), Case: "C1", Type: "cp_visit.made", At: at, Recorded: at.End().AddDate(0, 0, 1), Data: casework.Data{"seen": true},
		})
	}
	return events
}

// correctedAgainAndAgain returns the start of a plan whose day is corrected each hour.
func correctedAgainAndAgain(n int) []casework.Event {
	events := corrections(n, ofTheOneBefore)
	for i := range events {
		events[i].Recorded = events[0].Recorded.Add(time.Duration(i) * time.Hour)
	}
	return events
}

func explainOfChain(n int) func() {
	events := correctedAgainAndAgain(n)
	plan := book.Fold(events, casework.Moment{AsOf: asLaid.AddDate(2, 0, 0)})
	return func() {
		if x := book.Explain(plan, "CP-10:v0", events, nil); len(x.Changes) < n {
			panic("a correction is not explained")
		}
	}
}

// foldOfBreaks folds a case of breaks every second day, of a day each, whose days count together.
func foldOfBreaks(n int) func() {
	first := calendar.NewDate(2012, 1, 2)
	var events []casework.Event
	for i := range 2 * n {
		at := casework.OnDay(first.AddDays(i / 2 * 2))
		kind := []string{"short_break.started", "short_break.ended"}[i%2]
		events = append(events, casework.Event{ID: fmt.Sprintf("b%d", i), Case: "C1", Type: kind, At: at, Recorded: at.End()})
	}
	m := casework.Moment{AsOf: asLaid}
	return func() {
		if d := book.Fold(events, m).Duty("LA-34D:b0"); d == nil || !d.Met {
			panic("a break is not counted")
		}
	}
}

// explainOf explains each duty of a case to which referrals were made, each of which opens two,
// and were not decided for a month. Notices were sent about each.
func explainOf(n int) func() {
	first := calendar.NewDate(2014, 1, 6)
	var events []casework.Event
	for i := range n / 2 {
		day := first.AddDays(i * 12 * 365 * 2 / n)
		e := casework.Event{
			ID: fmt.Sprintf("r%d", i), Case: "C1", Type: "referral.received", Episode: fmt.Sprintf("E%d", i),
			At: casework.OnDay(day), Recorded: day.End(),
		}
		d := e
		d.ID, d.Type, d.At, d.Data = fmt.Sprintf("d%d", i), "referral.decided", casework.OnDay(day.AddDays(30)), casework.Data{"outcome": "nfa"}
		d.Recorded = d.At.End()
		events = append(events, e, d)
	}
	plan := book.Fold(events, casework.At(asLaid))
	var told []casework.Notice
	for i := range plan.Duties {
		d := &plan.Duties[i]
		told = append(told, casework.Notice{At: d.Due.End(), Case: "C1", Duty: d.ID, Ref: d.Ref, Due: d.DueText(), Rung: "0", Kind: casework.Reminder})
	}
	return func() {
		x := book.Explainer(plan, events, told)
		for i := range plan.Duties {
			if x.Explain(plan.Duties[i].ID) == nil {
				panic("a duty of the plan was not found in it")
			}
		}
	}
}
