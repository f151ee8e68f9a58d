package casework_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

// The cases of which one late record once opened hundreds of duties.

// homeOf1998 is a home that is recorded long after it opened.
func homeOf1998() []casework.Event {
	return []casework.Event{{
		ID: "h1", Case: "C1", Type: "home.opened", At: casework.OnDay(calendar.NewDate(1998, 1, 1)), Recorded: lateMorning,
	}}
}

// lateMorning is a Tuesday.
var lateMorning = calendar.NewDate(2026, 11, 10).At(8, 0)

// tenYearsInCare is a child who has been looked after since 2016, recorded as it happened, but for
// the first personal education plan: that is heard of on lateMorning.
func tenYearsInCare() []casework.Event {
	var events []casework.Event
	add := func(day calendar.Date, eventType string, data casework.Data) {
		at := casework.OnDay(day)
		events = append(events, casework.Event{
			ID: fmt.Sprintf("e%d", len(events)), Case: "C1", Type: eventType, At: at, Recorded: at.End(), Data: data,
		})
	}
	born, start, today := calendar.NewDate(2011, 3, 3), calendar.NewDate(2016, 9, 1), calendar.NewDate(2026, 11, 9)
	add(born, "person.born", casework.Data{"date": born.String()})
	add(start, "looked_after.started", nil)
	add(start, "placement.started", nil)
	add(start, "care_plan.completed", nil)
	add(start, "iro.appointed", nil)
	for day := start.AddDays(5); day < today; day = day.AddDays(38) {
		add(day, "lac_visit.made", casework.Data{"seen": true})
	}
	for day := start.AddDays(19); day < today; day = day.AddMonths(5) {
		add(day.AddDays(-1), "iro_contact.made", nil)
		add(day, "lac_review.held", nil)
		add(day.AddDays(3), "lac_review_decisions.sent", nil)
		add(day.AddDays(10), "lac_review_record.completed", nil)
		add(day.AddDays(15), "lac_review_record.sent", nil)
	}
	for day := start.AddDays(15); day < today; day = day.AddMonths(11) {
		add(day, "health_assessment.completed", casework.Data{"initial": day == start.AddDays(15)})
	}
	for year := range 10 {
		add(start.AddYears(year), "unit_meeting.held", nil)
	}
	add(start.AddDays(9), "pep.completed", nil)
	events[len(events)-1].Recorded = lateMorning
	return events
}

// asOneLoad is a case whose whole history is recorded at once, as a council's first load is.
func asOneLoad(events []casework.Event) []casework.Event {
	events = slices.Clone(events)
	for i := range events {
		events[i].Recorded, events[i].Backlog = lateMorning, true
	}
	return events
}

// homeRecordedPiecemeal is a home of 1988 with events of two types, each recorded at another time:
// some at once, some years later.
func homeRecordedPiecemeal(types ...string) []casework.Event {
	r := rand.New(rand.NewSource(1))
	opened := calendar.NewDate(1988, 5, 17)
	events := []casework.Event{{ID: "h1", Case: "C1", Type: "home.opened", At: casework.OnDay(opened), Recorded: opened.End()}}
	for i := range 30 {
		at := casework.OnDay(opened.AddDays(r.Intn(14000)))
		events = append(events, casework.Event{
			ID: fmt.Sprintf("v%d", i), Case: "C1", Type: types[i%len(types)], At: at,
			Recorded: at.End().AddDate(0, r.Intn(60), r.Intn(28)),
		})
	}
	return events
}

var lateCases = []struct {
	name   string
	events []casework.Event
	duties int // that still run or are overdue when it is recorded, at most
	sends  int // in one agenda, at most
	folds  int // in one agenda, at most
}{
	{"a home of 1998", homeOf1998(), 3, 2, 4},
	{"ten years in care, the first plan recorded late", tenYearsInCare(), 11, 6, 30},
	{"ten years in care, in one load", asOneLoad(tenYearsInCare()), 11, 0, 20},
	{"a home of 1988 that is recorded piecemeal", homeRecordedPiecemeal("independent_person.visited", "supervision.held"), 30, 30, 40},
	// Each of its 461 months, and the first review of the quality of care, was owed, and told in its time, by a service that ran.
	{"a home of 1988 that was never visited", homeRecordedPiecemeal("unit_meeting.held", "supervision.held"), 463, 462, 40},
}

// The case is planned at the 09:00 after its last recording, and nobody was told anything before.
func TestOneLateRecordOpensAHandfulOfDuties(t *testing.T) {
	t.Parallel()
	for _, c := range lateCases {
		now := lateMorning.Add(time.Hour)
		ag, folds := casework.AgendaInFolds(book, c.events, nil, now)
		open := 0
		for i := range ag.Plan.Duties {
			if ag.Plan.Duties[i].Open() {
				open++
			}
		}
		if open > c.duties || len(ag.Send) > c.sends || folds > c.folds {
			t.Errorf("%s: %d duties are open, %d notices are sent, %d folds were made; at most %d, %d and %d",
				c.name, open, len(ag.Send), folds, c.duties, c.sends, c.folds)
		}
	}
}

func BenchmarkAgendaOfLateRecords(b *testing.B) {
	for _, c := range lateCases {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				book.Agenda(c.events, nil, lateMorning.Add(time.Hour))
			}
		})
	}
}

// However late ten years of a case are recorded, the agenda that follows a recording names of each
// timescale at most two rungs (one goes to two roles at most) for each duty that an event can
// open; and for each period with windows those of three: the latest that had ended when it was
// heard of, one that ended since, and the one that runs. So the number hangs on what happened,
// never on how many years it lies back. (What is told to be resolved or moved goes once to each
// who was told before.) Nothing is taken back in these cases, nor is a birth or the end of a period
// heard of late: what had met or ended many duties, or had kept them from opening, has been one
// record too.
func TestNoAgendaNamesMoreRungsThanItsEventsCanOpen(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := slices.DeleteFunc(k.longCase(t, 10), func(e casework.Event) bool {
			return e.Corrects != "" || e.Voids != "" || e.Type == "person.born" || k.endsPeriod(e.Type)
		})
		events, _ = k.book.Accept(append(events, k.openingOfWindows(t)))
		for i := range events {
			before, after := morningsAround(events[i].Recorded)
			told := k.book.Agenda(events, nil, before).Send // of a service that ran up to then
			rungs := map[string]int{}
			for _, n := range k.book.Agenda(events, told, after).Send {
				if n.Rung != "" {
					rungs[n.Ref]++
				}
			}
			for ref, n := range rungs {
				if most := 2 * k.canOpen(k.book.Pack().Timescale(ref), events); n > most {
					t.Fatalf("%d rungs of %s are named at %s, more than %d", n, ref, after, most)
				}
			}
		}
	})
}

// morningsAround are the last 09:00 of a working day before an instant and the first from it on.
func morningsAround(at time.Time) (before, after time.Time) {
	cal := calendar.Published()
	day := cal.OnOrBefore(calendar.DateOf(at))
	if before = day.At(9, 0); !before.Before(at) {
		before = cal.OnOrBefore(day.AddDays(-1)).At(9, 0)
	}
	return before, cal.OnOrAfter(calendar.DateOf(before).AddDays(1)).At(9, 0)
}

// endsPeriod says whether an event of a type ends a period, or the case.
func (k kitchen) endsPeriod(eventType string) bool {
	pack := k.book.Pack()
	return slices.Contains(pack.CaseEnds, eventType) || slices.ContainsFunc(pack.Periods, func(p timescale.Period) bool {
		return slices.ContainsFunc(p.Ends, func(e timescale.Ending) bool { return e.Event == eventType })
	})
}

// openingOfWindows draws an event that opens a period with windows, recorded years later or at once.
func (k kitchen) openingOfWindows(t *rapid.T) casework.Event {
	pack := k.book.Pack()
	windowed := slices.DeleteFunc(slices.Clone(pack.Timescales), func(r timescale.Timescale) bool { return r.Windows == "" || r.Off != "" })
	r := rapid.SampledFrom(windowed).Draw(t, "windows")
	at := casework.OnDay(firstDay.AddDays(-rapid.IntRange(0, 3650).Draw(t, "opened days ago")))
	return casework.Event{
		ID: "w", Case: "C1", Type: pack.Period(r.Period).Opens[0].Event, At: at,
		Recorded: at.End().AddDate(0, 0, rapid.IntRange(0, 4000).Draw(t, "recorded days later")),
	}
}

// canOpen is how many duties of a timescale that may ring at one time a case's events can open.
func (k kitchen) canOpen(r *timescale.Timescale, events []casework.Event) int {
	count := 0
	for i := range events {
		opens := false
		if p := k.book.Pack().Period(r.Period); p != nil {
			opens = slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return o.Event == events[i].Type })
		}
		if r.Windows != "" && opens {
			count += 3
		}
		for _, s := range r.Starts {
			if s.Event == events[i].Type || (s.PeriodOpens || s.Birthday > 0) && opens {
				count++
			}
		}
	}
	return count
}

// Of the windows of one opening that had ended before it was recorded, at most one opens a duty,
// and it is the latest of them all.
func TestOfWindowsThatHadEndedOnlyTheLatestOpensADuty(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := k.longCase(t, 15)
		if len(events) == 0 {
			return
		}
		recorded := map[string]time.Time{}
		for i := range events {
			if events[i].Corrects == "" && events[i].Voids == "" {
				recorded[events[i].ID] = events[i].Recorded
			}
		}
		passed := map[string]calendar.Date{}
		for _, d := range k.book.Fold(events, casework.At(anInstant(t, events))).Duties {
			if d.Window == "" || d.Due.End().After(recorded[d.Entry]) && !d.WindowPassed {
				continue
			}
			key := d.Ref + d.Entry
			if !d.WindowPassed || passed[key] != 0 {
				t.Fatalf("%s had ended before its opening was recorded", d.ID)
			}
			passed[key] = d.Due
		}
	})
}
