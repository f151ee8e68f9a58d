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
	for day := start.AddDays(5); day < today; day = day.AddDays(38) {
		add(day, "lac_visit.made", casework.Data{"seen": true})
	}
	for day := start.AddDays(19); day < today; day = day.AddMonths(5) {
		add(day, "lac_review.held", nil)
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

// homeRecordedPiecemeal is a home of 1988 with visits and other events, each recorded at another
// time: some at once, some years later.
func homeRecordedPiecemeal() []casework.Event {
	r := rand.New(rand.NewSource(1))
	opened := calendar.NewDate(1988, 5, 17)
	events := []casework.Event{{ID: "h1", Case: "C1", Type: "home.opened", At: casework.OnDay(opened), Recorded: opened.End()}}
	for i := range 30 {
		at := casework.OnDay(opened.AddDays(r.Intn(14000)))
		events = append(events, casework.Event{
			ID: fmt.Sprintf("v%d", i), Case: "C1", Type: []string{"independent_person.visited", "supervision.held"}[i%2], At: at,
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
	{"a home of 1998", homeOf1998(), 2, 1, 4},
	{"ten years in care, the first plan recorded late", tenYearsInCare(), 10, 6, 30},
	{"ten years in care, in one load", asOneLoad(tenYearsInCare()), 10, 0, 20},
	{"a home of 1988 that is recorded piecemeal", homeRecordedPiecemeal(), 30, 30, 80},
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

// However late ten years of a case are recorded, no agenda of a service that runs names more rungs
// than two (a rung goes to two roles at most) for each duty that an event can open, and for each
// period with windows those of three: the latest that had ended when it was heard of, one that
// ended since, and the one that runs. So the number hangs on what happened, never on how many
// years it lies back. (What is told to be resolved or moved goes once to each who was told before.)
func TestNoAgendaNamesMoreRungsThanItsEventsCanOpen(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := slices.DeleteFunc(k.longCase(t, 10), func(e casework.Event) bool { return e.Corrects != "" || e.Voids != "" })
		most := 0
		for i := range events {
			most += 2 * k.canOpen(events[i].Type)
		}
		rungs := map[time.Time]int{}
		for _, n := range k.book.Notices(events, firstDay.AddYears(-11), firstDay.AddYears(12)) {
			if n.Rung == "" {
				continue
			}
			if rungs[n.At]++; rungs[n.At] > most {
				t.Fatalf("%d events name more than %d rungs at %s", len(events), most, n.At)
			}
		}
	})
}

// canOpen is how many duties that may ring at one time an event of a type can open.
func (k kitchen) canOpen(eventType string) int {
	pack, count := k.book.Pack(), 0
	opens := func(period string) bool {
		p := pack.Period(period)
		return p != nil && slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return o.Event == eventType })
	}
	for i := range pack.Timescales {
		r := &pack.Timescales[i]
		switch {
		case r.Off != "":
		case r.Windows != "" && opens(r.Period):
			count += 3
		default:
			count += len(slices.DeleteFunc(slices.Clone(r.Starts), func(s timescale.Start) bool {
				return s.Event != eventType && !(s.PeriodOpens && opens(r.Period))
			}))
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
