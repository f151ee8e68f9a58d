package loading_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/pgtest"
	"longstop/service/loading"
	"longstop/store"
)

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// loader loads one return after another into one record.
type loader struct {
	t      *testing.T
	record *store.Store
	change func(*loading.Options)
}

func newLoader(t *testing.T) *loader {
	t.Helper()
	return &loader{t: t, record: newRecord(t)}
}

func (l *loader) load(text string) (*api.Loaded, error) {
	l.t.Helper()
	o := options(text)
	if l.change != nil {
		l.change(&o)
	}
	return loading.Return(l.t.Context(), l.record, &told{}, o)
}

func (l *loader) must(text string) *api.Loaded {
	l.t.Helper()
	result, err := l.load(text)
	if err != nil {
		l.t.Fatal(err)
	}
	return result
}

// asked loads a return that must be confirmed.
func (l *loader) asked(text string) *api.Loaded {
	l.t.Helper()
	result, err := l.load(text)
	var gone *loading.GoneError
	if !errors.As(err, &gone) || result == nil || len(result.Asks) == 0 {
		l.t.Fatalf("expected to be asked to confirm, got %+v, %v", result, err)
	}
	if result.New+result.Voids+result.Corrections > 0 {
		l.t.Errorf("it says that it has written %+v", result)
	}
	return result
}

func (l *loader) voids(children ...string) int {
	l.t.Helper()
	n := 0
	held, err := l.record.SourceEntries(l.t.Context(), "council", children)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, events := range held {
		for i := range events {
			if events[i].Voids != "" {
				n++
			}
		}
	}
	return n
}

// A vendor's update writes every date with a time, so that every row is refused.
func TestAReturnWhoseEveryDateIsRefusedTakesNothingBack(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	if first := l.must(file(t, "whole.xml")); first.New != 20*5 {
		t.Fatalf("%+v", first)
	}
	result := l.must(file(t, "dates-with-time.xml"))
	if len(result.RowsRefused) != 40 || result.Voids+result.Corrections+result.New > 0 || len(result.TakenBack) > 0 {
		t.Errorf("refused %d rows, voided %d, corrected %d, new %d", len(result.RowsRefused), result.Voids, result.Corrections, result.New)
	}
	if len(result.Kept) != 20 {
		t.Fatalf("it names %d children as kept", len(result.Kept))
	}
	for i, child := range result.Kept {
		if child.Child != i+1 || child.Line != i+3 || len(child.Rows) != 2 || child.Rows[0].Element != "CINreferralDate" ||
			child.Rows[0].Date != "2025-06-02" || child.Rows[0].Why != "the referral of its episode was refused in this return" || child.Reference != "" {
			t.Errorf("child %d: %+v", i+1, child)
		}
	}
	if again := l.must(file(t, "whole.xml")); again.New+again.Voids+again.Corrections > 0 {
		t.Errorf("the sound return again records %+v", again)
	}
}

func TestAReferralOfBeforeThePeriodIsCorrectedAndItIsSaid(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	l.must(file(t, "old-referral-corrected-1.xml"))
	result := l.must(file(t, "old-referral-corrected-2.xml"))
	want := api.Redated{Child: 1, Line: 3, Element: "CINreferralDate", Episode: "R1", Was: "2025-02-10", Is: "2025-02-12"}
	if len(result.Redated) != 1 || result.Redated[0] != want {
		t.Errorf("it says %+v", result.Redated)
	}
	// The referral, and with it the inferred decision.
	if result.Corrections != 2 || result.New != 0 || result.Voids != 0 {
		t.Errorf("corrected %d, new %d, voided %d", result.Corrections, result.New, result.Voids)
	}
}

// renamed is a return in which an element has another name.
func renamed(text, element, name string) string {
	return strings.NewReplacer("<"+element+">", "<"+name+">", "</"+element+">", "</"+name+">").Replace(text)
}

func TestALoadAsksWhereverMuchWouldBeTakenBackWhateverTheCause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, first, then string
		asks              string // "": it does not ask
	}{
		{"the rows of one child", returnOf(20), plansOf(20, 1), ""},
		{"two rows of two children, which is a tenth", returnOf(20), plansOf(20, 2), ""},
		{"three rows of three children", returnOf(20), plansOf(20, 3), "rows of 3 of the 20 children are not in it any more; 3 of the 20 rows of CINPlanStartDate"},
		{"two of three rows: as few as that are an ordinary correction", returnOf(3), plansOf(3, 2), ""},
		{"all three rows of an element", returnOf(3), plansOf(3, 3), "all 3 rows of CINPlanStartDate"},
		{
			"an element under another name", returnOf(20), renamed(returnOf(20), "CINPlanStartDate", "PlanStart"),
			"all 20 rows of CINPlanStartDate, where the return holds an unknown element, PlanStart",
		},
		{
			"even of one row", returnOf(1), renamed(returnOf(1), "CINPlanStartDate", "PlanStart"),
			"the only row of CINPlanStartDate, where the return holds an unknown element, PlanStart",
		},
		{
			"a group under another name", returnOf(20), renamed(returnOf(20), "CINPlanDates", "CINPlan"),
			"all 20 rows of CINPlanStartDate, where the return holds an unknown element, CINPlan",
		},
		{
			"episodes under another name", returnOf(20), renamed(returnOf(20), "CINdetails", "CINdetail"),
			"all 20 rows of CINreferralDate, where the return holds an unknown element, CINdetail",
		},
		{"children without anything", returnOf(20), emptied(returnOf(20)), "all 20 rows of CINreferralDate"},
		{"most children gone", returnOf(20), returnOf(5), "15 of the 20 children that the record holds of this period are not in the return"},
		{
			"the return of another council", returnOf(20), strings.Replace(returnOf(20), "<LEA>999", "<LEA>888", 1),
			"20 of the 20 children that the record knows were loaded from the returns of another authority",
		},
		{"referrals that are refused", returnOf(20), strings.ReplaceAll(returnOf(20), "2026-01-05", "05/01/2026"), ""},
		{"children whose ids are refused", returnOf(20), renamed(returnOf(20), "LAchildID", "ChildID"), ""},
		{"a namespace", returnOf(20), strings.Replace(returnOf(20), "<Message>", `<Message xmlns="urn:example">`, 1), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLoader(t)
			l.must(c.first)
			if c.asks == "" {
				l.must(c.then)
				return
			}
			result := l.asked(c.then)
			if said := strings.Join(result.Asks, "; "); !strings.Contains(said, c.asks) {
				t.Errorf("it asks because %s", said)
			}
			if n := l.voids("K1", "K7", "K20"); n > 0 {
				t.Errorf("it has written %d voids", n)
			}
			l.change = func(o *loading.Options) { o.ConfirmGone = true }
			l.must(c.then)
		})
	}
}

// plansOf is a return of some children; the first n have no plan.
func plansOf(children, n int) string {
	text := returnOf(children)
	for range n {
		from := strings.Index(text, "<CINPlanDates>")
		to := strings.Index(text, "</CINPlanDates>") + len("</CINPlanDates>")
		text = text[:from] + text[to:]
	}
	return text
}

// emptied is a return of children without episodes.
func emptied(text string) string {
	for strings.Contains(text, "<CINdetails>") {
		from := strings.Index(text, "<CINdetails>")
		to := strings.Index(text, "</CINdetails>") + len("</CINdetails>")
		text = text[:from] + text[to:]
	}
	return text
}

func TestNobodyIsGoneWhereAChildOfTheReturnCannotBeTold(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	l.must(returnOf(20))
	result := l.must(strings.Replace(returnOf(20), "<LAchildID>K4<", "<LAchildID><", 1))
	if result.ChildrenKept != 1 || result.ChildrenGone != 0 || result.Voids != 0 || result.ChildrenRefused != 1 {
		t.Errorf("%+v", result)
	}
}

func TestEachChildOfWhomSomethingIsTakenBackIsNamedWithTheClocksThatStop(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.April, 13, 10, 0, 0, 0, time.UTC)
	withPlan := func(plan string) string {
		return strings.Replace(returnOf(20, 9), "</CINPlanDates></CINdetails>", "</CINPlanDates>"+plan+"</CINdetails>", 1)
	}
	plan := "<ChildProtectionPlans><CPPstartDate>2026-02-02</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse></ChildProtectionPlans>"
	for _, ids := range []bool{false, true} {
		record := pgtest.Open(t, store.Options{GivesWay: formats.GivesWay, MakeWay: intake.MakeWay, Clock: pgtest.NewClock(now)})
		l := &loader{t: t, record: record, change: func(o *loading.Options) { o.ShowIDs = ids }}
		l.must(withPlan(plan))
		result := l.must(withPlan(""))
		if len(result.TakenBack) != 1 {
			t.Fatalf("%+v", result.TakenBack)
		}
		child := result.TakenBack[0]
		if child.Child != 1 || child.Line != 3 || (child.Reference == "K1") != ids || len(child.Rows) != 1 ||
			child.Rows[0] != (api.HeldRow{Element: "CPPstartDate", Date: "2026-02-02", Episode: "R1"}) {
			t.Errorf("it names %+v", child)
		}
		var refs []string
		for _, clock := range child.Clocks {
			refs = append(refs, clock.Ref+" "+clock.Due)
		}
		// The first review conference is due within three months of the conference, that was inferred
		// on the day on which the plan began: 2 May 2026. The other opens with the plan as well.
		if !strings.Contains(strings.Join(refs, ", "), "CP-13") {
			t.Errorf("the clocks that stop are %v", refs)
		}
		if got := result.Elements; len(got) != 1 || got[0].Element != "CPPstartDate" || got[0].Taken != 1 || got[0].Held != 1 {
			t.Errorf("by element %+v", got)
		}
	}
}

func TestAnEventThatTheRecordRefusesIsNamedByItsChild(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	// The birth was recorded by hand, so that the record, and not the return, goes against the proceedings.
	born := casework.Event{ID: "hand-1", Case: "K2", Type: "person.born", At: casework.OnDay(calendar.NewDate(2026, 3, 1))}
	if _, err := l.record.Record(t.Context(), "council", []casework.Event{born}); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(returnOf(2), "</CINdetails></Child></Children>",
		"<PreProceedingsandFGDM><CourtAppDate>2026-02-02</CourtAppDate></PreProceedingsandFGDM></CINdetails></Child></Children>", 1)
	text = strings.Replace(text, "K2</LAchildID><PersonBirthDate>2018-05-04</PersonBirthDate>", "K2</LAchildID>", 1)
	result := l.must(text)
	if len(result.EventsRefused) != 1 {
		t.Fatalf("%+v", result)
	}
	if got := result.EventsRefused[0]; got.Child != 2 || got.Line != 4 || got.Element != "CourtAppDate" {
		t.Errorf("%+v", got)
	}
	for _, line := range result.Refusals {
		if !strings.HasPrefix(line, "child 2, line 4: CourtAppDate: it happened before ") || strings.Contains(line, "K2") {
			t.Errorf("it reads %s", line)
		}
	}
}

func TestAReturnOfAPeriodThatHasNotBegunIsRefused(t *testing.T) {
	t.Parallel()
	// Loaded on 13 April 2026.
	dated := func(reference, made string) string {
		text := strings.Replace(returnOf(1), "2026-03-31</ReferenceDate>", reference+"</ReferenceDate>", 1)
		if made == "" {
			return strings.Replace(text, "<DateTime>2026-04-10T09:00:00</DateTime>", "", 1)
		}
		return strings.Replace(text, "<DateTime>2026-04-10T09:00:00", "<DateTime>"+made, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"a year that is past", dated("2025-03-31", "2025-05-01T10:00:00"), ""},
		{"a trial return before the reference date", dated("2027-03-31", "2026-04-12T10:00:00"), ""},
		{"a year too far", dated("2028-03-31", ""), "line 2: its ReferenceDate, 2028-03-31, is too far ahead: the period that it ends begins on 2027-04-01, and today is 2026-04-13"},
		{"a mistyped year", dated("2099-03-31", ""), "line 2: its ReferenceDate, 2099-03-31, is too far ahead"},
		{"a trial return that does not say when it was made", dated("2027-03-31", ""), "is to come, and its header has no DateTime"},
		{"one made tomorrow", dated("2027-03-31", "2026-04-14T10:00:00"), "is to come, and its DateTime, 2026-04-14, as well"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLoader(t)
			_, err := l.load(c.text)
			var broken *intake.BrokenError
			switch {
			case c.want == "" && err != nil:
				t.Errorf("it is refused: %v", err)
			case c.want != "" && (!errors.As(err, &broken) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("it says %v", err)
			}
		})
	}
}

func TestADateAfterTheDayOfTheLoadIsRefused(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	text := strings.Replace(returnOf(1), "2026-03-31</ReferenceDate>", "2027-03-31</ReferenceDate>", 1)
	text = strings.Replace(text, "<CINPlanStartDate>2026-01-19", "<CINPlanStartDate>2026-04-14", 1)
	result := l.must(text)
	if len(result.RowsRefused) != 1 || result.RowsRefused[0].Reason != "is later than today, 2026-04-13: it is 2026-04-14" {
		t.Errorf("%+v", result.RowsRefused)
	}
}

// Two halves of a return, under one reference date: the second is no reason to forget the first.
func TestASecondReturnOfOneReferenceDateAsksBeforeItTakesTheFirstBack(t *testing.T) {
	t.Parallel()
	l := newLoader(t)
	l.must(returnOf(10))
	half := returnOf(20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	result := l.asked(half)
	if result.ChildrenGone != 10 || len(result.TakenBack) != 10 || result.TakenBack[0].Child != 0 {
		t.Errorf("%+v", result)
	}
	if day := calendar.NewDate(2026, 1, 5).String(); result.TakenBack[0].Rows[0].Date != day {
		t.Errorf("it names %+v", result.TakenBack[0])
	}
}
