package casework_test

import (
	"cmp"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

// The events that random cases are made of, with data that matters.
var ingredients = []struct {
	event string
	data  []casework.Data
}{
	{"referral.received", []casework.Data{nil}},
	{"referral.decided", []casework.Data{{"outcome": "nfa"}, {"outcome": "assessment"}}},
	{"assessment.started", []casework.Data{{"reassessment": true}, {"open": true}}},
	{"assessment.completed", []casework.Data{nil}},
	{"strategy_discussion.held", []casework.Data{{"s47": true}, nil}},
	{"section47.completed", []casework.Data{{"outcome": "cin"}, {"outcome": "icpc"}}},
	{"icpc.held", []casework.Data{{"outcome": "plan"}, {"outcome": "no_plan"}}},
	{"icpc.not_required", []casework.Data{nil}},
	{"cp_plan.started", []casework.Data{nil}},
	{"cp_plan.ended", []casework.Data{nil}},
	{"core_group.held", []casework.Data{nil}},
	{"cp_visit.made", []casework.Data{{"seen": true}, {"seen": false}}},
	{"cp_review.held", []casework.Data{nil}},
	{"cin_plan.started", []casework.Data{nil}},
	{"cin_visit.made", []casework.Data{{"seen": true}}},
	{"cin_plan.ended", []casework.Data{nil}},
	{"pre_proceedings.started", []casework.Data{nil}},
	{"pre_proceedings_meeting.held", []casework.Data{nil}},
	{"pre_proceedings_review.held", []casework.Data{nil}},
	{"proceedings.issued", []casework.Data{nil}},
	{"looked_after.started", []casework.Data{nil}},
	{"looked_after.ended", []casework.Data{nil}},
	{"placement.started", []casework.Data{nil, {"to_18": true}}},
	{"placement.ended", []casework.Data{nil}},
	{"lac_visit.made", []casework.Data{{"seen": true}, {"seen": false}}},
	{"lac_review.held", []casework.Data{nil}},
	{"adoption.authorised", []casework.Data{nil}},
	{"adoption.placed", []casework.Data{nil}},
	{"case.closed", []casework.Data{nil}},
	{"person.died", []casework.Data{nil}},
	{"missing.ended", []casework.Data{nil}},
	{"return_interview.completed", []casework.Data{nil}},
	{"police_protection.started", []casework.Data{nil}},
	{"police_protection.ended", []casework.Data{nil}},
	{"health_assessment.completed", []casework.Data{{"initial": true}, nil}},
	{"adoption_review.held", []casework.Data{nil}},
	{"person.born", []casework.Data{{"date": "2008-03-03"}}},
	{"source.attached", []casework.Data{{"name": "census", "reports": []any{"cp_review.held", "assessment.completed"}, "from": "2026-01-10", "until": "2026-03-31"}}},
}

// randomCase draws the events of a case: most in a few months, many on the same days, some
// recorded late, some corrected or voided, some with an episode.
func (k kitchen) randomCase(t *rapid.T) []casework.Event {
	n := rapid.IntRange(1, 25).Draw(t, "events")
	cook := k.recipe(t)
	var events []casework.Event
	for i := range n {
		e := randomEvent(t, i)
		e.Type, e.Data = cook(e.At.Day)
		if len(events) > 0 && rapid.IntRange(0, 5).Draw(t, "change") == 0 {
			target := events[rapid.IntRange(0, len(events)-1).Draw(t, "target")]
			if target.Voids == "" {
				if rapid.Bool().Draw(t, "void") {
					e.Type, e.Data, e.Voids = "", nil, target.ID
				} else {
					e.Type, e.Data, e.Corrects = target.Type, target.Data, target.ID
				}
			}
		}
		events = append(events, e)
	}
	return events
}

func randomEvent(t *rapid.T, i int) casework.Event {
	at := casework.OnDay(firstDay.AddDays(rapid.IntRange(0, 120).Draw(t, "day")))
	if rapid.Bool().Draw(t, "to the hour") {
		at = casework.AtInstant(at.Day.At(rapid.IntRange(0, 23).Draw(t, "hour"), 30))
	}
	late := rapid.SampledFrom([]int{0, 0, 0, 1, 5, 20}).Draw(t, "recorded late")
	return casework.Event{
		ID: fmt.Sprintf("e%02d", i), Case: "C1", At: at, Recorded: at.End().AddDate(0, 0, late),
		Episode: rapid.SampledFrom([]string{"", "", "", "R1", "R2"}).Draw(t, "episode"),
	}
}

// withActs adds to a random case events that act on duties: acknowledgements and
// extensions, of which many will be refused.
func (k kitchen) withActs(t *rapid.T, events []casework.Event) []casework.Event {
	for i := range rapid.IntRange(0, 6).Draw(t, "acts") {
		on := events[rapid.IntRange(0, len(events)-1).Draw(t, "on")]
		at := on.At.Day.AddDays(rapid.IntRange(0, 60).Draw(t, "days after"))
		e := casework.Event{
			ID: fmt.Sprintf("x%02d", i), Case: "C1", Type: "notice.acknowledged",
			At:       casework.AtInstant(at.At(rapid.IntRange(0, 23).Draw(t, "hour"), 0)),
			Recorded: at.End(),
		}
		ref := rapid.SampledFrom(k.refs).Draw(t, "ref")
		e.Data = casework.Data{"duty": ref + ":" + on.ID, "by": "W1", "promise": at.AddDays(rapid.IntRange(0, 9).Draw(t, "promise")).String()}
		if rapid.IntRange(0, 3).Draw(t, "extend") == 0 {
			e.Type, e.Data = k.extension(t, at)
		}
		events = append(events, e)
	}
	return events
}

// withoutActs leaves out what acts on duties: that is accepted by what was recorded before it.
func (k kitchen) withoutActs(events []casework.Event) []casework.Event {
	acts := map[string]bool{"clock.paused": true, "clock.resumed": true, "notice.acknowledged": true}
	for _, r := range k.book.Pack().Timescales {
		if r.Extend != nil {
			acts[r.Extend.Event] = true
		}
	}
	return slices.DeleteFunc(events, func(e casework.Event) bool { return acts[e.Type] })
}

func (k kitchen) foldLines(events []casework.Event, m casework.Moment) string {
	return dutyLines(k.book.Fold(events, m))
}

func shuffled(t *rapid.T, events []casework.Event) []casework.Event {
	list := slices.Clone(events)
	r := rand.New(rand.NewSource(rapid.Int64().Draw(t, "order")))
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// birthFirst leaves one birth, which is known before everything else and is never changed: what
// comes before a birth is refused once that is known.
func birthFirst(events []casework.Event) []casework.Event {
	var birth []casework.Event
	rest := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool {
		if e.Type == "person.born" && len(birth) == 0 && e.Corrects == "" {
			e.At = casework.OnDay(firstDay.AddDays(-1))
			e.Recorded = e.At.End()
			birth = append(birth, e)
		}
		return e.Type == "person.born"
	})
	return append(birth, rest...)
}

func randomMoment(t *rapid.T) casework.Moment {
	m := casework.Moment{AsOf: firstDay.AddDays(rapid.IntRange(0, 200).Draw(t, "as of")).End()}
	if rapid.Bool().Draw(t, "two times") {
		m.KnownAt = firstDay.AddDays(rapid.IntRange(0, 200).Draw(t, "known at")).End()
	}
	return m
}

func TestAnyOrderOfTheSameEventsGivesTheSameDuties(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, m := k.randomCase(t), randomMoment(t)
		one, refusedOne := k.book.Accept(events)
		other, refusedOther := k.book.Accept(shuffled(t, events))
		if a, b := k.foldLines(one, m), k.foldLines(other, m); a != b {
			t.Fatalf("in file order:\n%s\nin another:\n%s", a, b)
		}
		if len(refusedOne) != len(refusedOther) {
			t.Fatalf("%d refused in file order, %d in another", len(refusedOne), len(refusedOther))
		}
	})
}

func TestRepeatingAnyEventChangesNothing(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, m := k.randomCase(t), randomMoment(t)
		once, refusedOnce := k.book.Accept(events)
		again := append(slices.Clone(events), events[rapid.IntRange(0, len(events)-1).Draw(t, "again")])
		twice, refusedTwice := k.book.Accept(again)
		if a, b := k.foldLines(once, m), k.foldLines(twice, m); a != b || len(refusedOnce) != len(refusedTwice) {
			t.Fatalf("once:\n%s\ntwice:\n%s", a, b)
		}
	})
}

func TestRecordingOneByOneInAnyOrderIsTheFoldOfAll(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		var history []casework.Event
		for _, e := range birthFirst(shuffled(t, k.withoutActs(k.randomCase(t)))) {
			if k.book.Check(history, e) == nil {
				history = append(history, e)
			}
		}
		m := randomMoment(t)
		all, refused := k.book.Accept(shuffled(t, history))
		for _, r := range refused {
			if !changesWhatWasVoided(history, r.Event) { // the void came later than the change that it was recorded before
				t.Fatalf("accepted one by one, refused together: %s", r.Error())
			}
		}
		if a, b := k.foldLines(history, m), k.foldLines(all, m); a != b {
			t.Fatalf("one by one:\n%s\ntogether:\n%s", a, b)
		}
	})
}

// changesWhatWasVoided reports whether an event changes one that was voided by then.
func changesWhatWasVoided(events []casework.Event, id string) bool {
	h, _ := casework.HistoryOf(events, id, time.Time{})
	return slices.ContainsFunc(h.Revisions, func(r casework.Revision) bool { return r.Event.ID == id && r.Was == nil })
}

// The record takes events in the order in which it records them.
func TestRecordingInOrderAcceptsWhatAFileOfAllOfThemDoes(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := birthFirst(k.withActs(t, k.randomCase(t)))
		slices.SortFunc(events, func(a, b casework.Event) int {
			return cmp.Or(a.Recorded.Compare(b.Recorded), cmp.Compare(a.ID, b.ID))
		})
		var history []casework.Event
		for _, e := range events {
			if k.book.Check(history, e) == nil {
				history = append(history, e)
			}
		}
		all, refused := k.book.Accept(shuffled(t, history))
		if len(refused) > 0 {
			t.Fatalf("accepted one by one, refused together: %v", refused)
		}
		m := randomMoment(t)
		if a, b := k.foldLines(history, m), k.foldLines(all, m); a != b {
			t.Fatalf("one by one:\n%s\ntogether:\n%s", a, b)
		}
	})
}

func TestWhatIsKnownLaterChangesNothingThatWasKnownBefore(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, _ := k.book.Accept(k.randomCase(t))
		at := firstDay.AddDays(rapid.IntRange(0, 150).Draw(t, "day")).At(9, 0)
		then := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool { return e.Recorded.After(at) })
		if a, b := k.foldLines(then, casework.At(at)), k.foldLines(events, casework.At(at)); a != b {
			t.Fatalf("with what was recorded by then:\n%s\nwith all:\n%s", a, b)
		}
	})
}

func TestEveryDutyStandsInOneStateWithItsDates(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, _ := k.book.Accept(k.withActs(t, k.randomCase(t)))
		m := randomMoment(t)
		seen := map[string]bool{}
		for _, d := range k.book.Fold(events, m).Duties {
			state := d.State(m.AsOf)
			switch {
			case seen[d.ID]:
				t.Fatalf("%s twice", d.ID)
			case !slices.Contains(casework.States, state):
				t.Fatalf("%s has no state", d.ID)
			case d.Met && d.Ended:
				t.Fatalf("%s is met and ended", d.ID)
			case state == casework.Overdue && d.Due.IsZero() && !m.AsOf.After(d.DueAt):
				t.Fatalf("%s is overdue before its instant", d.ID)
			case d.Met && d.MetEvent.Day < d.NotBefore:
				t.Fatalf("%s was met before it may be", d.ID)
			case d.Window != "" && d.Due < d.Started.Day:
				t.Fatalf("%s ends before its window begins", d.ID)
			case d.Met && d.MetOn.Day < d.Started.Day, d.Ended && d.EndedOn < d.Started.Day:
				t.Fatalf("%s closed before it started", d.ID)
			case state == casework.Overdue && !d.Due.IsZero() && !m.AsOf.After(d.Due.End()):
				t.Fatalf("%s is overdue on its due date", d.ID)
			}
			seen[d.ID] = true
		}
	})
}

// A notice is sent once, and playing the agenda moment by moment says what the offline
// notices say: the service and the command share one ladder.
func TestPlayingTheAgendaSaysWhatTheNoticesSay(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, _ := k.book.Accept(k.withActs(t, k.randomCase(t)))
		from, to := firstDay, calendar.NewDate(2026, 9, 1)
		offline := k.book.Notices(events, from, to)
		keys := map[string]bool{}
		for _, n := range offline {
			if keys[n.Key()] {
				t.Fatalf("sent twice: %s", n.Key())
			}
			keys[n.Key()] = true
		}
		live := playAgenda(k.book, events, from, to, allOfThem)
		if a, b := noticeLines(offline), noticeLines(live); a != b {
			t.Fatalf("offline:\n%s\nlive:\n%s", a, b)
		}
	})
}

// A crash after any of the notices that are due loses none and repeats none.
func TestACrashBetweenTwoNoticesLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, _ := k.book.Accept(k.withActs(t, k.randomCase(t)))
		from, to := firstDay, calendar.NewDate(2026, 6, 1)
		crash := rand.New(rand.NewSource(rapid.Int64().Draw(t, "crashes")))
		live := playAgenda(k.book, events, from, to, func(due int) int { return 1 + crash.Intn(due) })
		if a, b := noticeLines(k.book.Notices(events, from, to)), noticeLines(live); a != b {
			t.Fatalf("offline:\n%s\nwith crashes:\n%s", a, b)
		}
	})
}

// playAgenda runs a case as a service does: it wakes when something is recorded and when
// the last agenda said. survive is how many of the notices that are due go out before the
// worker crashes and looks again.
func playAgenda(b *casework.Book, events []casework.Event, from, to calendar.Date, survive func(due int) int) []casework.Notice {
	var told []casework.Notice
	for t := from.Start(); !t.After(to.End()); {
		known := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool { return e.Recorded.After(t) })
		agenda := b.Agenda(known, told, t)
		for len(agenda.Send) > 0 {
			told = append(told, agenda.Send[:survive(len(agenda.Send))]...)
			agenda = b.Agenda(known, told, t)
		}
		next := to.End().Add(time.Second)
		for _, w := range agenda.Wakes {
			if w.At.Before(next) {
				next = w.At
			}
		}
		for _, e := range events {
			if e.Recorded.After(t) && e.Recorded.Before(next) {
				next = e.Recorded
			}
		}
		t = next
	}
	casework.SortNotices(told)
	return told
}

func allOfThem(due int) int { return due }

func noticeLines(list []casework.Notice) string {
	var lines []string
	for _, n := range list {
		lines = append(lines, fmt.Sprint(n.At.UTC().Format(time.RFC3339), " ", n.Key()))
	}
	return strings.Join(lines, "\n")
}

// firstDay is the first on which something happens in a random case.
var firstDay = calendar.NewDate(2026, 1, 1)

// kitchen is a law with what random cases under it are made of.
type kitchen struct {
	name string
	book *casework.Book
	refs []string // of duties that are acknowledged
	// recipe draws what a case is about, and returns what draws an event of it on a day.
	recipe func(t *rapid.T) func(on calendar.Date) (eventType string, data casework.Data)
	// extension draws an event that may extend something.
	extension func(t *rapid.T, on calendar.Date) (eventType string, data casework.Data)
}

// core is the shipped law, and cases of what the core rules speak of.
var core = kitchen{
	name: "core", book: book, recipe: fromIngredients,
	refs:      []string{"FD-01", "AS-01", "CP-03", "CP-10", "CP-13", "LA-14", "MI-01", "EM-01"},
	extension: courtTimetable,
}

// kitchens are the core rules, the made-up law of all that the language can say, and the
// whole shipped pack with every rule switched on.
var kitchens = []kitchen{
	core, aroundRules("made up", madeUp),
	aroundRules("everything on", everything),
}

func randomCase(t *rapid.T) []casework.Event { return core.randomCase(t) }

func withActs(t *rapid.T, events []casework.Event) []casework.Event { return core.withActs(t, events) }

// inEachKitchen checks a property of random cases under each law.
func inEachKitchen(t *testing.T, check func(t *rapid.T, k kitchen)) {
	t.Helper()
	for _, k := range kitchens {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { check(t, k) })
		})
	}
}

func everythingOn() *timescale.Pack {
	pack := *load.Embedded()
	pack.Timescales = slices.Clone(pack.Timescales)
	for i := range pack.Timescales {
		pack.Timescales[i].Off = ""
	}
	return &pack
}

func fromIngredients(t *rapid.T) func(calendar.Date) (string, casework.Data) {
	return func(calendar.Date) (string, casework.Data) {
		kind := rapid.SampledFrom(ingredients).Draw(t, "type")
		return kind.event, rapid.SampledFrom(kind.data).Draw(t, "data")
	}
}

func courtTimetable(t *rapid.T, on calendar.Date) (string, casework.Data) {
	return "court_timetable.extended", casework.Data{"until": on.AddDays(rapid.IntRange(50, 220).Draw(t, "until")).String()}
}

// aroundRules returns a kitchen whose cases are made of the events that a few of a pack's rules
// speak of: so what happens in them matters to those.
func aroundRules(name string, b *casework.Book) kitchen {
	pack := b.Pack()
	k := kitchen{name: name, book: b}
	var extensions []string
	for i := range pack.Timescales {
		r := &pack.Timescales[i]
		k.refs = append(k.refs, r.Ref)
		if r.Extend != nil {
			extensions = append(extensions, r.Ref)
		}
	}
	k.recipe = func(t *rapid.T) func(calendar.Date) (string, casework.Data) {
		var about, types []string
		for range rapid.IntRange(1, 3).Draw(t, "rules") {
			r := &pack.Timescales[rapid.IntRange(0, len(pack.Timescales)-1).Draw(t, "rule")]
			about, types = append(about, r.Ref), append(types, eventsOf(pack, r)...)
		}
		return func(on calendar.Date) (string, casework.Data) {
			kind, _ := pack.EventType(rapid.SampledFrom(types).Draw(t, "type"))
			return kind.Name, randomData(t, kind, on, rapid.SampledFrom(about).Draw(t, "ref"))
		}
	}
	k.extension = func(t *rapid.T, on calendar.Date) (string, casework.Data) {
		r := pack.Timescale(rapid.SampledFrom(extensions).Draw(t, "extended"))
		kind, _ := pack.EventType(r.Extend.Event)
		return kind.Name, randomData(t, kind, on, r.Ref)
	}
	return k
}

// eventsOf returns the event types that a rule speaks of, what meets it more often than the rest.
func eventsOf(pack *timescale.Pack, r *timescale.Timescale) []string {
	types := []string{"person.born", "case.closed"}
	add := func(names ...string) { types = append(types, names...) }
	for _, m := range r.MetBy {
		add(m.Event, m.Event)
	}
	for _, m := range r.EndedBy {
		add(m.Event)
	}
	for _, s := range r.Starts {
		add(s.Event, s.Event, s.SameDay, s.NoneSameDay, s.NoneSince)
		if s.PrecededBy != nil {
			add(s.PrecededBy.Event, s.PrecededBy.Event)
		}
		for _, l := range s.Limits {
			add(anchorOf(l))
		}
	}
	for _, e := range r.Editions {
		for _, by := range e.By {
			add(by.Event)
		}
		if e.NotBefore != nil {
			add(anchorOf(*e.NotBefore))
		}
		for _, l := range e.Limits {
			add(anchorOf(l))
		}
	}
	for _, name := range append(slices.Clone(r.EndsWith), r.NotWhile...) {
		p := pack.Period(name)
		for _, o := range p.Opens {
			add(o.Event, o.Event)
		}
		for _, m := range p.Ends {
			add(m.Event)
		}
	}
	if r.Extend != nil {
		add(r.Extend.Event)
	}
	if r.Pausable {
		add("clock.paused", "clock.resumed")
	}
	return slices.DeleteFunc(types, func(name string) bool { _, known := pack.EventType(name); return !known })
}

func anchorOf(l timescale.Limit) string {
	if l.From == nil {
		return ""
	}
	return l.From.Event
}

// randomData fills an event's fields; those that are not required sometimes.
func randomData(t *rapid.T, kind timescale.EventType, on calendar.Date, ref string) casework.Data {
	data := casework.Data{}
	for _, f := range kind.Fields {
		if f.Name == "inferred" || !f.Required && rapid.IntRange(0, 3).Draw(t, "without "+f.Name) == 0 {
			continue
		}
		switch f.Kind {
		case timescale.Flag:
			data[f.Name] = rapid.IntRange(0, 3).Draw(t, f.Name) > 0
		case timescale.Word:
			data[f.Name] = rapid.SampledFrom(f.OneOf).Draw(t, f.Name)
		case timescale.Text:
			data[f.Name] = map[bool]string{true: ref, false: "x"}[f.Name == "ref"]
		case timescale.Day:
			data[f.Name] = randomDay(t, kind.Name, on).String()
		case timescale.Names:
			data[f.Name] = []any{"x"}
		}
	}
	return data
}

// randomDay returns a date that an event speaks of: in the next months, mostly; of a birth years ago.
func randomDay(t *rapid.T, kind string, on calendar.Date) calendar.Date {
	if kind == "person.born" {
		if rapid.Bool().Draw(t, "a birthday near") { // of those on which something starts or ends
			age := rapid.SampledFrom([]int{4, 11, 16, 17, 18, 21}).Draw(t, "age")
			return on.AddDays(rapid.IntRange(-20, 200).Draw(t, "days to the birthday")).AddYears(-age)
		}
		return on.AddDays(-rapid.IntRange(0, 18*366).Draw(t, "age in days"))
	}
	return on.AddDays(rapid.IntRange(-10, 200).Draw(t, "days ahead"))
}

// The steps that StepsAhead returns are those that are sent, to the same role at the same time, if nothing more is
// recorded: whatever was held, moved, made up for or known late.
func TestTheStepsAheadAreThoseThatAreSent(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events, _ := k.book.Accept(k.withActs(t, k.randomCase(t)))
		for i := range events { // some of it is brought by a first load
			events[i].Backlog = rapid.IntRange(0, 9).Draw(t, "loaded") == 0
		}
		day := firstDay.AddDays(rapid.IntRange(0, 150).Draw(t, "day"))
		now := day.At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 30}).Draw(t, "minute"))
		known := slices.DeleteFunc(events, func(e casework.Event) bool { return e.Recorded.After(now) })
		told := slices.DeleteFunc(playAgenda(k.book, known, firstDay, day, allOfThem), func(n casework.Notice) bool { return !n.At.Before(now) })
		told = told[:len(told)-rapid.IntRange(0, min(2, len(told))).Draw(t, "not sent in an outage")]
		agenda := k.book.Agenda(known, told, now)
		end := day.AddDays(400)
		sent := map[string]string{}
		for _, n := range playOn(k.book, known, slices.Concat(told, agenda.Send), now, end) {
			if n.Rung != "" {
				sent[n.Duty] += fmt.Sprintln(n.At.UTC().Format(time.RFC3339), n.Rung, n.Role, n.Kind)
			}
		}
		for _, d := range agenda.Plan.Duties {
			ahead := ""
			for _, s := range k.book.StepsAhead(agenda.Plan, d.ID, known, slices.Concat(told, agenda.Send)) {
				if s.Day() <= end {
					ahead += fmt.Sprintln(s.At.UTC().Format(time.RFC3339), s.Rung, s.Role, s.Kind)
				}
			}
			if d.State(now) == casework.Paused || !d.Open() || d.State(now) == casework.Unreported {
				if ahead != "" {
					t.Fatalf("of %s, which is %s, steps are ahead:\n%s", d.ID, d.State(now), ahead)
				}
				continue
			}
			if want := sortedLines(sent[d.ID]); sortedLines(ahead) != want {
				t.Fatalf("at %s of %s these are ahead:\n%s\nand these are sent:\n%s", now.UTC().Format(time.RFC3339), d.ID, sortedLines(ahead), want)
			}
		}
	})
}

// playOn runs a case on from an instant as a service does, with nothing more recorded.
func playOn(b *casework.Book, events []casework.Event, told []casework.Notice, now time.Time, to calendar.Date) []casework.Notice {
	before := len(told)
	for t := now; !t.After(to.End()); {
		agenda := b.Agenda(events, told, t)
		told = append(told, agenda.Send...)
		next := to.End().Add(time.Second)
		for _, w := range agenda.Wakes {
			if w.At.Before(next) {
				next = w.At
			}
		}
		t = next
	}
	return told[before:]
}

func sortedLines(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Whoever admits events has folded the case at the second of their recording; the agenda takes that fold, and
// is what it would be without.
func TestTheAgendaAfterAFoldIsTheAgenda(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		h := k.history(t)
		recorded := firstDay.AddDays(rapid.IntRange(0, 400).Draw(t, "recorded")).At(rapid.IntRange(0, 23).Draw(t, "hour"), 30)
		// Up to two days lie between the two, in which a law may be adopted, something recorded, or a day pass.
		now := recorded.Add(time.Duration(rapid.IntRange(0, 2*24*60).Draw(t, "minutes after")) * time.Minute)
		b := h.inForce(recorded)
		if rapid.Bool().Draw(t, "by a clock that is ahead of the law's") {
			b = h.book
		}
		var told []casework.Notice
		if rapid.Bool().Draw(t, "told before") {
			told = b.Agenda(h.events, nil, recorded.AddDate(0, 0, -20)).Send
		}
		want, got := b.Agenda(h.events, told, now), b.AgendaAfter(b.Fold(h.events, casework.At(recorded)), h.events, told, now)
		if a, b := agendaLines(want), agendaLines(got); a != b {
			t.Fatalf("folded again:\n%s\nafter the fold:\n%s", a, b)
		}
		if !reflect.DeepEqual(want.Wakes, got.Wakes) || !reflect.DeepEqual(want.Owed, got.Owed) {
			t.Fatalf("folded again: %v %v\nafter the fold: %v %v", want.Wakes, want.Owed, got.Wakes, got.Owed)
		}
		if a, b := foldedLines(want.Plan), foldedLines(got.Plan); a != b {
			t.Fatalf("folded again:\n%s\nafter the fold:\n%s", a, b)
		}
	})
}

// foldedLines is what a plan says of its duties, and as of when.
func foldedLines(p *casework.Plan) string {
	lines := fmt.Sprint(p.AsOf, p.KnownAt, p.TooMany)
	for i := range p.Duties {
		d := &p.Duties[i]
		lines += fmt.Sprintf("\n%s %s %s %v", d.ID, d.State(p.AsOf), d.DueText(), d.Open())
	}
	return lines
}
