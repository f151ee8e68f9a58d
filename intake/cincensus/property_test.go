package cincensus

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// The days that generated returns use: few, so that rows meet, and on both sides of two
// periods' ends.
var (
	someDays = []string{
		"2024-11-04", "2025-02-20", "2025-03-28", "2025-03-30", "2025-04-01", "2025-04-03", "2025-05-12",
		"2025-05-16", "2025-06-30", "2025-09-01", "2026-03-29", "2026-03-31", "2026-04-02", "2026-06-05",
	}
	someReferences = []string{"2025-03-31", "2025-07-31", "2026-03-31", "2026-07-21"}
)

func drawDay(t *rapid.T) string { return rapid.SampledFrom(someDays).Draw(t, "day") }

// perhaps draws an element that may be missing.
func perhaps(t *rapid.T, name string, values ...string) []node {
	if !rapid.Bool().Draw(t, "has "+name) {
		return nil
	}
	if len(values) == 0 {
		return []node{el(name, drawDay(t))}
	}
	return []node{el(name, rapid.SampledFrom(values).Draw(t, name))}
}

func drawMany(t *rapid.T, most int, draw func() node) []node {
	var list []node
	for range rapid.IntRange(0, most).Draw(t, "how many") {
		list = append(list, draw())
	}
	return list
}

func drawEpisode(t *rapid.T) node {
	e := details(referral(drawDay(t)))
	add := func(list ...node) { e.kids = append(e.kids, list...) }
	add(perhaps(t, elClosure)...)
	add(perhaps(t, elClosureReason, "RC7", "RC8")...)
	add(perhaps(t, elNFA, "0", "1")...)
	add(perhaps(t, elConference)...)
	add(drawMany(t, 2, func() node {
		return in("Assessments", slices.Concat([]node{el(elAssessmentStart, drawDay(t))}, perhaps(t, elAssessmentReview), perhaps(t, elAssessmentEnd))...)
	})...)
	add(drawMany(t, 1, func() node {
		return in("CINPlanDates", append(perhaps(t, elCINPlanEnd), el(elCINPlanStart, drawDay(t)))...)
	})...)
	add(drawMany(t, 2, func() node {
		return section47(drawDay(t), append(perhaps(t, elConference), perhaps(t, elNotRequired, "0", "1")...)...)
	})...)
	add(drawMany(t, 2, func() node {
		return in("ChildProtectionPlans", slices.Concat([]node{el(elPlanStart, drawDay(t))}, perhaps(t, elPlanEnd), perhaps(t, elCategory, "NEG", "EMO"),
			[]node{in("Reviews", drawMany(t, 3, func() node { return el(elReview, drawDay(t)) })...)})...)
	})...)
	add(drawMany(t, 1, func() node {
		return in("PreProceedingsandFGDM", slices.Concat(perhaps(t, elPPStart), perhaps(t, elLetter), perhaps(t, elFGDMOffer, "0", "1"),
			perhaps(t, elPPMeeting), perhaps(t, elStep), perhaps(t, elPPOutcome, "A", "B"), perhaps(t, elCourt))...)
	})...)
	return e
}

func drawChild(t *rapid.T, id string) node {
	who := in("ChildIdentifiers", slices.Concat([]node{el(elChildID, id)},
		perhaps(t, elBorn, "2015-06-01", "2015-06-02", "2025-05-12"), perhaps(t, elExpected, "2025-10-01", "2025-11-01"), perhaps(t, elDied))...)
	return in("Child", append(drawMany(t, 3, func() node { return drawEpisode(t) }), who)...)
}

// drawReturn is a return of a few children, of which some are missing.
func drawReturn(t *rapid.T) node {
	kids := []node{kid("always", details(referral("2025-05-12")))}
	for _, id := range []string{"A", "B"} {
		if rapid.IntRange(0, 4).Draw(t, "is "+id+" there") > 0 {
			kids = append(kids, drawChild(t, id))
		}
	}
	return in("Message", headerOf(rapid.SampledFrom(someReferences).Draw(t, "reference date")), in("Children", kids...))
}

// changed is a return in which something was touched up, as by a data team: mostly the
// same rows, some dates moved, some rows gone, some new.
func changed(t *rapid.T, n node) node {
	kids := make([]node, 0, len(n.kids))
	for _, k := range n.kids {
		if k.text == "" && k.name != "Child" && k.name != "Header" && k.name != "ChildIdentifiers" && k.name != "Children" && rapid.IntRange(0, 9).Draw(t, "drop") == 0 {
			continue
		}
		if k.name != "Header" {
			k = changed(t, k)
		}
		if strings.HasSuffix(k.name, "Date") && slices.Contains(someDays, k.text) && rapid.IntRange(0, 5).Draw(t, "move") == 0 {
			k.text = drawDay(t)
		}
		if k.text != "" && k.name != elChildID && rapid.IntRange(0, 19).Draw(t, "mistype") == 0 {
			k.text = "mistyped"
		}
		kids = append(kids, k)
	}
	if n.name == "Child" && rapid.IntRange(0, 5).Draw(t, "episode") == 0 {
		kids = append(kids, drawEpisode(t))
	}
	n.kids = kids
	return n
}

// drawNext is the next return of a council: something else, or the same touched up, of the
// same reference date or another.
func drawNext(t *rapid.T, before node) node {
	if rapid.IntRange(0, 3).Draw(t, "unrelated") == 0 {
		return drawReturn(t)
	}
	next := changed(t, before)
	if rapid.Bool().Draw(t, "later") {
		next.kids[0] = headerOf(rapid.SampledFrom(someReferences).Draw(t, "reference date"))
	}
	return next
}

func TestAReturnThatIsLoadedSaysNothingNew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l ledger
		r := drawReturn(t)
		for range rapid.IntRange(1, 5).Draw(t, "loads") {
			l.load(t, write(r))
			for reference, events := range l.load(t, write(r)) {
				if len(events) > 0 {
					t.Fatalf("loaded again, %s gets %v", reference, lines(events))
				}
			}
			for _, held := range l.held {
				sound(t, held)
			}
			r = drawNext(t, r)
		}
	})
}

// standing is what stands of the real rows of a record, by element, day and data.
func standingRows(held []casework.Event, keep func(*intake.Entry) bool) []string {
	var list []string
	for _, e := range entriesOf(held) {
		if keep(e) {
			list = append(list, fmt.Sprintf("%s %s %s", e.Element(), e.Current.At, dataWords(intake.StatedData(e.Current))))
		}
	}
	slices.Sort(list)
	return list
}

func TestAfterALoadThePeriodIsAsTheReturnSaysAndTheRestAsBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l ledger
		first := drawReturn(t)
		l.load(t, write(first))
		second := drawNext(t, first)
		if periodOf(t, second).From < periodOf(t, first).From {
			t.Skip("the return of an earlier year only adds")
		}
		before := maps.Clone(l.held)
		l.load(t, write(second))
		var fresh ledger
		fresh.load(t, write(second))
		header, _ := children(t, write(second))
		period := header.Period
		isInside := func(d calendar.Date) bool { return period.Holds(d) }
		for reference, held := range l.held {
			// What a return says of days outside its period may add to the record, which
			// may change what is derived from it: only elements and days are compared.
			inside := func(e *intake.Entry) bool {
				return isInside(e.Current.At.Day) && e.Element() != elExpected && e.Element() != elReferral
			}
			got, want := bare(standingRows(held, inside)), bare(standingRows(fresh.held[reference], inside))
			for _, row := range l.last[reference].Kept { // what was refused takes nothing back
				if row.Day.IsZero() { // a birth or a death, whose day is not told
					got = slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, row.Element+" ") })
				}
				if period.Holds(row.Day) && row.Element != elReferral && row.Element != elExpected {
					got = without(t, got, row.Element+" "+row.Day.String())
				}
			}
			for _, row := range l.last[reference].Refused { // nor does what goes against what was kept
				_, day, _ := strings.Cut(row.Reason, ": it is ")
				if row.Element != elReferral && isInside(mustDate(t, day)) {
					want = without(t, want, row.Element+" "+day)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("the period holds\n%s\nbut the return says\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			outside := func(e *intake.Entry) bool {
				return !isInside(e.Current.At.Day) && e.Element() != elBorn && e.Element() != elDied
			}
			after, was := standingRows(held, outside), standingRows(before[reference], outside)
			for _, row := range l.last[reference].Old { // and the load reports it
				was = without(t, bareOf(row.Element, was), row.Element+" "+row.Was.String())
				after = bareOf(row.Element, after)
			}
			for _, row := range was {
				after = without(t, after, row)
			}
		}
	})
}

// without is a list without the first of its rows that begins so; it must have one.
func without(t *rapid.T, list []string, row string) []string {
	at := slices.Index(list, row)
	if at < 0 {
		at = slices.IndexFunc(list, func(s string) bool { return strings.HasPrefix(s, row) })
	}
	if at < 0 {
		t.Fatalf("%s is not among\n%s", row, strings.Join(list, "\n"))
	}
	return slices.Delete(slices.Clone(list), at, at+1)
}

func mustDate(t *rapid.T, text string) calendar.Date {
	day, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

func periodOf(t *rapid.T, r node) intake.Period {
	header, _ := children(t, write(r))
	return header.Period
}

// bareOf are rows of which those of one element are without their data.
func bareOf(element string, rows []string) []string {
	list := slices.Clone(rows)
	for i, row := range rows {
		if parts := strings.SplitN(row, " ", 3); parts[0] == element {
			list[i] = parts[0] + " " + parts[1]
		}
	}
	return list
}

// bare are rows without their data.
func bare(rows []string) []string {
	list := make([]string, len(rows))
	for i, row := range rows {
		parts := strings.SplitN(row, " ", 3)
		list[i] = parts[0] + " " + parts[1]
	}
	slices.Sort(list)
	return list
}

// mistyped is a return in which some texts cannot be read.
func mistyped(t *rapid.T, n node) node {
	kids := make([]node, len(n.kids))
	for i, k := range n.kids {
		if k.name != "Header" && k.name != elChildID {
			k = mistyped(t, k)
		}
		kids[i] = k
	}
	if n.text != "" && rapid.IntRange(0, 3).Draw(t, "mistype") == 0 {
		n.text = rapid.SampledFrom([]string{"07/09/2026", "2025-05-12T00:00:00", "20250512", "2025-02-30", "1900-01-01", "2999-12-31", "?"}).Draw(t, "so")
	}
	n.kids = kids
	return n
}

// faulty are the children of a return with a row that is refused.
func faulty(t *rapid.T, r node) map[string]bool {
	found := map[string]bool{}
	_, list := children(t, write(r))
	for _, c := range list {
		found[c.Reference] = len(c.Refused) > 0
	}
	return found
}

// inConsequence reports whether a correction says no more than that an assessment is not open, or that a
// conference decided on a plan, and whether the end, or the plan, is new in its episode.
func inConsequence(correction casework.Event, held, load []casework.Event) bool {
	var was casework.Event
	for _, e := range held { // in the order of recording: the last is what the correction changes
		if e.ID == correction.Corrects || e.Corrects == correction.Corrects && e.ID != correction.ID {
			was = e
		}
	}
	isNew := func(kind string, fits func(calendar.Date) bool) bool {
		return slices.ContainsFunc(load, func(e casework.Event) bool {
			return e.Type == kind && e.Corrects == "" && e.Voids == "" && e.Episode == correction.Episode && fits(e.At.Day)
		})
	}
	before, after := intake.StatedData(was), intake.StatedData(correction)
	because := false
	switch was.Type {
	case typeAssessmentStart:
		because = before.Flag("open") && isNew(typeAssessmentEnd, func(calendar.Date) bool { return true })
		delete(before, "open")
	case typeConference:
		because = before.Text(fieldOutcome) == "no_plan" && isNew(typePlanStart, func(start calendar.Date) bool { return decidedOn(was.At.Day, start) })
		before[fieldOutcome] = "plan"
	}
	return because && was.At == correction.At && dataWords(before) == dataWords(after)
}

func TestWhatCannotBeReadChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l ledger
		r := drawReturn(t)
		l.load(t, write(r))
		faulty := faulty(t, r)
		for reference, events := range l.load(t, write(mistyped(t, r))) {
			for _, e := range events {
				// What was refused by a date that cannot be read now is not refused any more, and
				// may take the place of what was inferred for it, end what was open without it, or be
				// the plan that a conference decided on.
				inPlace := e.Type == typeConference && strings.HasSuffix(e.Voids, "+i")
				if e.Voids != "" && !inPlace || e.Corrects != "" && !inConsequence(e, l.held[reference], events) || !faulty[reference] {
					t.Fatalf("%s gets %v", reference, lines(events))
				}
			}
		}
		for reference, events := range l.load(t, write(r)) {
			if len(events) > 0 && !faulty[reference] {
				t.Fatalf("mended, %s gets %v", reference, lines(events))
			}
		}
	})
}

func TestALoadThatIsTakenBackLeavesThePeriodAsBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l, alone ledger
		first := drawReturn(t)
		faulty := faulty(t, first)
		l.load(t, write(first))
		l.load(t, write(changed(t, first)))
		l.load(t, write(first))
		alone.load(t, write(first))
		period := periodOf(t, first)
		inside := func(e *intake.Entry) bool { return period.Holds(e.Current.At.Day) && e.Element() != elExpected }
		for reference, held := range l.held {
			// A row that the other load added outside the period stays, and with it what follows
			// from it, such as that an assessment is not the first.
			got, want := bare(standingRows(held, inside)), bare(standingRows(alone.held[reference], inside))
			for _, row := range l.last[reference].Kept { // and the end of one stays with its start
				if row.Why == intake.WhyEnds {
					got = without(t, got, row.Element+" "+row.Day.String())
				}
			}
			if !faulty[reference] && !slices.Equal(got, want) {
				t.Fatalf("%s holds\n%s\nand with the first load alone\n%s", reference, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	})
}

func TestTheOrderOfTheFileDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l, other ledger
		r := drawReturn(t)
		for range 2 {
			seed := rapid.Uint64().Draw(t, "seed")
			mixed := in("Message", r.kids[0], r.kids[1].shuffled(rand.New(rand.NewPCG(seed, 0))))
			got, want := other.load(t, write(mixed)), l.load(t, write(r))
			for reference := range want {
				if x, y := written(got[reference]), written(want[reference]); x != y {
					t.Fatalf("in another order %s gets\n%s\ninstead of\n%s", reference, x, y)
				}
			}
			r = drawNext(t, r)
		}
	})
}

func written(events []casework.Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s %s %s%s\n", e.ID, short(e), e.Corrects, e.Voids)
	}
	return b.String()
}

func TestAChildThatIsGoneAndComesBackIsAsBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l ledger
		r := drawReturn(t)
		without := in("Message", r.kids[0], in("Children", kid("always", details(referral("2025-05-12")))))
		l.load(t, write(r))
		before := map[string][]string{}
		for reference, held := range l.held {
			before[reference] = standingRows(held, func(*intake.Entry) bool { return true })
		}
		l.load(t, write(without))
		for reference, events := range l.load(t, write(without)) {
			if len(events) > 0 {
				t.Fatalf("gone twice, %s gets %v", reference, lines(events))
			}
		}
		l.load(t, write(r))
		for reference, held := range l.held {
			if after := standingRows(held, func(*intake.Entry) bool { return true }); !slices.Equal(after, before[reference]) {
				t.Fatalf("back again the record holds\n%s\ninstead of\n%s", strings.Join(after, "\n"), strings.Join(before[reference], "\n"))
			}
			sound(t, held)
		}
	})
}
