package loading_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/pgtest"
	"longstop/service/loading"
	"longstop/store"
	"longstop/timescale/load"
)

// onTheDay is a loader into a record whose clock stands at the day on which options loads.
func onTheDay(t *testing.T) *loader {
	t.Helper()
	now := time.Date(2026, time.April, 13, 10, 0, 0, 0, time.UTC)
	return &loader{t: t, record: pgtest.Open(t, store.Options{GivesWay: formats.GivesWay, MakeWay: intake.MakeWay, Clock: pgtest.NewClock(now)})}
}

// owes reports whether a child owes a timescale.
func (l *loader) owes(child, ref string) bool {
	l.t.Helper()
	plan, _, err := l.record.FoldWith(l.t.Context(), "council", child, nil, calendar.NewDate(2026, 4, 13).At(10, 0))
	if err != nil {
		l.t.Fatal(err)
	}
	for i := range plan.Duties {
		if d := &plan.Duties[i]; d.Ref == ref && d.Open() {
			return true
		}
	}
	return false
}

// planned is a return of some children; the first is on a child protection plan: the core
// group (CP-03) and the first review conference (CP-13) are owed.
func planned(children int) string {
	return strings.Replace(returnOf(children), "</CINPlanDates></CINdetails>", "</CINPlanDates>"+
		"<ChildProtectionPlans><CPPstartDate>2026-02-02</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse></ChildProtectionPlans></CINdetails>", 1)
}

const (
	bornAs = "<PersonBirthDate>2018-05-04</PersonBirthDate>"
	nowOf  = "<PersonBirthDate>2008-04-01</PersonBirthDate>" // 18 on 1 April 2026, twelve days before the load
	dead   = "<PersonDeathDate>2026-03-20</PersonDeathDate>"
)

func TestABirthOrADeathThatStopsClocksNamesTheChild(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, becomes string
		row           api.HeldRow
	}{
		{"a birth is moved, so that the child is 18", nowOf, api.HeldRow{Element: "PersonBirthDate", Change: "corrected"}},
		{"a death is new", bornAs + dead, api.HeldRow{Element: "PersonDeathDate", Change: "new"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := onTheDay(t)
			l.must(planned(20))
			if !l.owes("K1", "CP-13") {
				t.Fatal("the review conference is not owed before")
			}
			result := l.must(strings.Replace(planned(20), bornAs, c.becomes, 1))
			if len(result.TakenBack) != 1 {
				t.Fatalf("it names %+v", result.TakenBack)
			}
			child := result.TakenBack[0]
			if child.Child != 1 || child.Line != 3 || child.Reference != "" || len(child.Rows) != 1 || child.Rows[0] != c.row {
				t.Errorf("it names %+v", child)
			}
			if !slices.ContainsFunc(child.Clocks, func(c api.StoppedClock) bool { return c.Ref == "CP-13" }) {
				t.Errorf("the clocks that stop are %+v", child.Clocks)
			}
			if l.owes("K1", "CP-13") {
				t.Error("the review conference is still owed")
			}
		})
	}
}

func TestTheClocksOfADeathThatIsTakenBackComeBack(t *testing.T) {
	t.Parallel()
	l := onTheDay(t)
	l.must(strings.Replace(planned(20), bornAs, bornAs+dead, 1))
	if l.owes("K1", "CP-13") {
		t.Fatal("the review conference of a child who has died is owed")
	}
	result := l.must(planned(20))
	want := api.HeldRow{Element: "PersonDeathDate"}
	if len(result.TakenBack) != 1 || len(result.TakenBack[0].Rows) != 1 || result.TakenBack[0].Rows[0] != want || len(result.TakenBack[0].Clocks) > 0 {
		t.Errorf("it names %+v", result.TakenBack)
	}
	if !l.owes("K1", "CP-13") {
		t.Error("the review conference is not owed again")
	}
}

func TestABirthThatIsCorrectedAndStopsNoClockNamesNobody(t *testing.T) {
	t.Parallel()
	l := onTheDay(t)
	l.must(planned(20))
	result := l.must(strings.Replace(planned(20), bornAs, "<PersonBirthDate>2018-05-05</PersonBirthDate>", 1))
	if len(result.TakenBack) > 0 || result.Corrections != 1 {
		t.Errorf("%d corrections, and it names %+v", result.Corrections, result.TakenBack)
	}
}

// The conference that was inferred for the plan gives way to the real one, and the clock of the first review
// runs from that: nothing stops by the birth, which is corrected by a day in the same return.
func TestABirthThatIsCorrectedIsNotBlamedForWhatAConferenceReplaces(t *testing.T) {
	t.Parallel()
	l := onTheDay(t)
	l.must(planned(20))
	text := strings.Replace(planned(20), bornAs, "<PersonBirthDate>2018-05-05</PersonBirthDate>", 1)
	text = strings.Replace(text, "</CINPlanDates><Child", "</CINPlanDates><DateOfInitialCPC>2026-01-30</DateOfInitialCPC><Child", 1)
	result := l.must(text)
	if result.New != 1 || result.Voids != 1 || result.Corrections != 1 {
		t.Fatalf("new %d, voids %d, corrections %d", result.New, result.Voids, result.Corrections)
	}
	if len(result.TakenBack) > 0 || !l.owes("K1", "CP-11") {
		t.Errorf("it names %+v", result.TakenBack)
	}
}

// Of twenty children three were expected and are born now. The council has switched on the assessment before
// a birth, which is owed until the birth: an ordinary birth ends it, and neither names nor asks. A child who
// is 18 by the birth is named all the same.
func TestABirthThatWasExpectedNamesNobody(t *testing.T) {
	t.Parallel()
	l := onTheDay(t)
	law := store.Law{Change: load.Change{Overlays: []load.File{{
		Name: "anytown.yaml", Text: "overlay: Anytown\nlanguage: 1\ntimescales:\n- {ref: PB-01, on: true}\n",
	}}}, Reason: "agreed by the board", By: "D. Director"}
	if _, err := l.record.Adopt(t.Context(), law); err != nil {
		t.Fatal(err)
	}
	expected := strings.Replace(allPlanned(20), bornAs, "<ExpectedPersonBirthDate>2026-06-20</ExpectedPersonBirthDate>", 4)
	l.must(expected)
	if !l.owes("K1", "PB-01") {
		t.Fatal("the assessment before the birth is not owed")
	}
	born := strings.Replace(expected, "<ExpectedPersonBirthDate>2026-06-20</ExpectedPersonBirthDate>", "<PersonBirthDate>2026-03-30</PersonBirthDate>", 3)
	if result := l.must(born); len(result.TakenBack) > 0 {
		t.Errorf("it names %+v", result.TakenBack)
	}
	if l.owes("K1", "PB-01") || !l.owes("K4", "PB-01") {
		t.Error("the assessment before the birth is owed after it, or no more by who is not born")
	}
	grown := strings.Replace(born, "<ExpectedPersonBirthDate>2026-06-20</ExpectedPersonBirthDate>", nowOf, 1)
	result := l.must(grown)
	if len(result.TakenBack) != 1 || result.TakenBack[0].Child != 4 || !slices.ContainsFunc(result.TakenBack[0].Clocks, func(c api.StoppedClock) bool { return c.Ref == "CP-13" }) {
		t.Errorf("it names %+v", result.TakenBack)
	}
}

// allPlanned is a return of some children who are all on a plan.
func allPlanned(children int) string {
	return strings.ReplaceAll(returnOf(children), "</CINPlanDates></CINdetails>", "</CINPlanDates>"+
		"<ChildProtectionPlans><CPPstartDate>2026-02-02</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse></ChildProtectionPlans></CINdetails>")
}

func TestALoadAsksWhereBirthsOrDeathsStopTheClocksOfMany(t *testing.T) {
	t.Parallel()
	for _, becomes := range []string{nowOf, bornAs + dead} {
		l := onTheDay(t)
		l.must(allPlanned(20))
		// Two of twenty are a tenth; a third child makes it more.
		if result := l.must(strings.Replace(allPlanned(20), bornAs, becomes, 2)); len(result.TakenBack) != 2 {
			t.Errorf("it names %+v", result.TakenBack)
		}
		result := l.asked(strings.Replace(allPlanned(20), bornAs, becomes, 5)) // two of them are known
		if want := "a birth or a death would stop the timescales of 3 of the 20 children that the record knows"; !slices.Contains(result.Asks, want) {
			t.Errorf("it asks because %v", result.Asks)
		}
		l.change = func(o *loading.Options) { o.ConfirmGone = true }
		l.must(strings.Replace(allPlanned(20), bornAs, becomes, 5))
		if l.owes("K5", "CP-13") || !l.owes("K6", "CP-13") {
			t.Error("confirmed, it does not stop what it should")
		}
	}
}

// moved is a return in which the first n dates of an element are others.
func moved(text, element, from, to string, n int) string {
	return strings.Replace(text, "<"+element+">"+from, "<"+element+">"+to, n)
}

func TestALoadAsksWhereItWouldMoveManyDates(t *testing.T) {
	t.Parallel()
	const plan, referred, born = "CINPlanStartDate", "CINreferralDate", "PersonBirthDate"
	plans := func(children, n int) string { return moved(returnOf(children), plan, "2026-01-19", "2026-01-18", n) }
	swapped := strings.ReplaceAll(returnOf(20), "2026-01-19", "2026-02-03")
	for _, c := range []struct {
		name, first, then string
		asks              string // "": it does not ask
	}{
		{"two of three: as few as that are ordinary corrections", returnOf(3), plans(3, 2), ""},
		{"three of three", returnOf(3), plans(3, 3), "all 3 dates of CINPlanStartDate would be moved (the first in child 1, line 3, from 2026-01-19 to 2026-01-18)"},
		{"ten of twenty: no more than half, and no more than ten", returnOf(20), plans(20, 10), ""},
		{"eleven of twenty", returnOf(20), plans(20, 11), "11 of the 20 dates of CINPlanStartDate would be moved"},
		{"twelve of 120, which is a tenth", returnOf(120), plans(120, 12), ""},
		{"thirteen of 120", returnOf(120), plans(120, 13), "13 of the 120 dates of CINPlanStartDate would be moved"},
		{
			"day and month of every plan in each other's place", swapped, strings.ReplaceAll(swapped, "2026-02-03", "2026-03-02"),
			"all 20 dates of CINPlanStartDate would be moved (the first in child 1, line 3, from 2026-02-03 to 2026-03-02)",
		},
		{
			"every birth by a day, whose dates are not shown", returnOf(20), moved(returnOf(20), born, "2018-05-04", "2018-05-03", -1),
			"all 20 dates of PersonBirthDate would be moved (the first in child 1, line 3)",
		},
		{
			// Nine referrals (of the last nine children) and nine plans (of the first) of twenty ask neither
			// by themselves. 18 of 3 × 20 dates do.
			"a few of each element, and many of all", strings.Replace(returnOf(20), "2026-01-05", "2026-01-06", 11),
			moved(strings.Replace(plans(20, 9), "2026-01-05", "2026-01-06", 11), referred, "2026-01-05", "2026-01-04", -1),
			"18 of the 60 dates of all elements would be moved",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLoader(t)
			l.must(c.first)
			if c.asks == "" {
				if result := l.must(c.then); result.Corrections == 0 || len(result.Moved) != 1 {
					t.Errorf("it corrects %d, and moves %+v", result.Corrections, result.Moved)
				}
				return
			}
			result := l.asked(c.then)
			if said := strings.Join(result.Asks, "; "); !strings.Contains(said, c.asks) {
				t.Errorf("it asks because %s", said)
			}
			l.change = func(o *loading.Options) { o.ConfirmGone = true }
			if result := l.must(c.then); result.Corrections == 0 {
				t.Error("confirmed, it corrects nothing")
			}
		})
	}
}

func TestTheQuestionSaysHowManyDatesWouldBeMoved(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	l.must(returnOf(20))
	_, err := l.load(moved(returnOf(20), "CINPlanStartDate", "2026-01-19", "2026-01-18", -1))
	var gone *loading.GoneError
	if !errors.As(err, &gone) || gone.Moved != 20 || gone.Rows != 0 || !strings.Contains(err.Error(), "; it would move 20 dates. Check that it is the right file") {
		t.Errorf("it says %v", err)
	}
}

// The next year's return: a year's turnover, the older starts of what goes on, and a handful of
// corrections.
func TestANormalYearlyReturnIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	year := func(text, reference, made string) string {
		text = strings.Replace(text, "2026-03-31</ReferenceDate>", reference+"</ReferenceDate>", 1)
		return strings.Replace(text, "<DateTime>2026-04-10T09:00:00", "<DateTime>"+made, 1)
	}
	l.must(year(strings.ReplaceAll(returnOf(60), "2026-01-", "2025-01-"), "2025-03-31", "2025-04-10T09:00:00"))
	// Of the sixty fifteen are not open any more; of the others the referral of four, the plan of four
	// and the birth of two are corrected. Thirty are new.
	gone := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	text := strings.Replace(returnOf(90, gone...), "2026-01-", "2025-01-", 2*45)
	text = moved(text, "CINreferralDate", "2025-01-05", "2025-01-06", 4)
	text = strings.Replace(text, "<CINreferralDate>2025-01-05</CINreferralDate><CINPlanDates><CINPlanStartDate>2025-01-19",
		"<CINreferralDate>2025-01-05</CINreferralDate><CINPlanDates><CINPlanStartDate>2025-01-20", 4)
	text = moved(text, "PersonBirthDate", "2018-05-04", "2018-05-14", 2)
	result := l.must(text)
	// A referral is corrected with its inferred decision: 4 × 2 + 4 + 2.
	if result.Corrections != 14 || result.ChildrenGone != 0 || len(result.Redated) != 8 || len(result.Asks) > 0 {
		t.Errorf("it corrects %d, %d are gone, %d are older, and it asks %v", result.Corrections, result.ChildrenGone, len(result.Redated), result.Asks)
	}
}
