package cincensus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// wholeChild has each dated element of the format once, all within the period, so that each can
// be mistyped by itself.
func wholeChild() node {
	return in("Child",
		in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2025-04-03"), el(elDied, "2026-03-30")),
		details(referral("2025-04-10"), el(elNFA, "0"), closure("2026-03-30"), el(elClosureReason, "RC2"),
			in("Assessments", el(elAssessmentStart, "2025-04-11"), el(elAssessmentReview, "2025-04-20"), el(elAssessmentEnd, "2025-05-20")),
			in("CINPlanDates", el(elCINPlanStart, "2025-05-21"), el(elCINPlanEnd, "2025-06-02")),
			section47("2025-06-02", el(elConference, "2025-06-12"), el(elNotRequired, "0")),
			protected("2025-06-12", "2026-02-12", "2025-09-01"),
			in("PreProceedingsandFGDM", el(elPPStart, "2025-10-01"), el(elLetter, "2025-10-03"), el(elFGDMOffer, "1"),
				el(elPPMeeting, "2025-10-20"), el(elStep, "2025-12-01"), el(elPPOutcome, "A"), el(elCourt, "2025-12-10")),
		))
}

// edited is a return of a child in which the text of one element is another.
func edited(n node, element, text string) node {
	kids := make([]node, len(n.kids))
	for i, k := range n.kids {
		kids[i] = edited(k, element, text)
	}
	if n.kids = kids; n.name == element {
		n.text = text
	}
	return n
}

func TestOneMistypedDateOfAnyElementTakesNothingBack(t *testing.T) {
	t.Parallel()
	other := kid("other", details(referral("2025-05-01")))
	// Of each element: the rows that are kept, with it those that are refused for its sake.
	everything := []string{
		"CINreferralDate", "AssessmentActualStartDate", "AssessmentInternalReviewDate", "AssessmentAuthorisationDate", "CINPlanStartDate",
		"CINPlanEndDate", "S47ActualStartDate", "DateOfInitialCPC", "CPPstartDate", "CPPreviewDate", "PPStartDate", "LBPSentDate",
		"InitialPPMeetingDate", "StepDecisionDate", "CourtAppDate", "CPPendDate", "CINclosureDate",
	}
	for _, element := range []string{
		elBorn, elDied, elReferral, elClosure, elAssessmentStart, elAssessmentReview, elAssessmentEnd, elCINPlanStart, elCINPlanEnd,
		elEnquiry, elConference, elPlanStart, elPlanEnd, elReview, elPPStart, elLetter, elPPMeeting, elStep, elCourt,
	} {
		for _, text := range []string{"07/09/2026", "2025-06-02T00:00:00", "1900-01-01", "2027-01-01", "2025-02-29"} {
			t.Run(element+" "+text, func(t *testing.T) {
				t.Parallel()
				var l ledger
				l.load(t, message("2026-03-31", other, wholeChild()))
				slip := message("2026-03-31", other, edited(wholeChild(), element, text))
				got := l.load(t, slip)["K"]
				same(t, lines(got), nil)
				var kept []string
				for _, row := range l.last["K"].Kept {
					kept = append(kept, row.Element)
					if at := strings.Split(slip, "\n")[row.Line-1]; !strings.Contains(at, element) {
						t.Errorf("%s is reported as refused in line %d: %s", row.Element, row.Line, at)
					}
				}
				want := []string{element}
				if element == elReferral {
					want = everything
				}
				if fmt.Sprint(sortedStrings(kept)) != fmt.Sprint(sortedStrings(want)) {
					t.Errorf("it keeps %v, expected %v", kept, want)
				}
				if n := len(l.last["K"].Taken); n > 0 {
					t.Errorf("it takes %d rows back", n)
				}
			})
		}
	}
}

func TestACodeOrAYesThatCannotBeReadChangesNothing(t *testing.T) {
	t.Parallel()
	nfa := kid("K", details(referral("2025-04-10"), el(elNFA, "1")))
	notRequired := kid("K", details(referral("2025-04-10"), section47("2025-04-11", el(elNotRequired, "1"))))
	for _, c := range []struct {
		element, text string
		child         node
	}{
		{elNFA, "maybe", nfa},
		{elNotRequired, "maybe", notRequired},
		{elFGDMOffer, "2", wholeChild()},
		{elCategory, "NEGL", wholeChild()},
		{elClosureReason, "RC99", wholeChild()},
		{elPPOutcome, "Z", wholeChild()},
	} {
		t.Run(c.element, func(t *testing.T) {
			t.Parallel()
			var l ledger
			l.load(t, message("2026-03-31", c.child))
			same(t, lines(l.load(t, message("2026-03-31", edited(c.child, c.element, c.text)))["K"]), nil)
		})
	}
}

func TestWhatIsTakenBackIsCountedAndTheReasonIsTrue(t *testing.T) {
	t.Parallel()
	nfa := kid("K", details(referral("2025-04-10"), el(elNFA, "1")))
	for _, c := range []struct {
		name          string
		before, after node
		taken         []string
		reason        string
	}{
		{
			"a row that is gone", kid("K", details(referral("2025-04-10"), conference("2025-05-01"))), kid("K", details(referral("2025-04-10"))),
			[]string{elConference + " 2025-05-01 R1"},
			"the return to 2026-03-31 no longer holds it",
		},
		{
			"a child that is gone", kid("K", details(referral("2025-04-10"))), kid("L", details(referral("2025-04-10"))),
			[]string{elReferral + " 2025-04-10 R1"},
			"the return to 2026-03-31 does not hold the child",
		},
		{
			"a yes that is gone", nfa, kid("K", details(referral("2025-04-10"))),
			[]string{elNFA + " 2025-04-10 R1"},
			"it was inferred, and the return to 2026-03-31 no longer gives reason to",
		},
		{
			"a conference that takes the place of an inferred one", kid("K", details(referral("2025-04-10"), protected("2025-05-12", ""))),
			kid("K", details(referral("2025-04-10"), conference("2025-05-11"), protected("2025-05-12", ""))),
			nil, "it was inferred, and the return to 2026-03-31 no longer gives reason to",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			l.load(t, message("2026-03-31", c.before))
			got := l.load(t, message("2026-03-31", c.after))["K"]
			var taken []string
			for _, row := range l.last["K"].Taken {
				taken = append(taken, fmt.Sprintf("%s %s %s", row.Element, row.Day, row.Episode))
			}
			same(t, taken, c.taken)
			var reasons []string
			for _, e := range got {
				if e.Voids != "" {
					reasons = append(reasons, e.Data.Text("reason"))
				}
			}
			if !slices.Contains(reasons, c.reason) {
				t.Errorf("it records %v, because %q", lines(got), reasons)
			}
		})
	}
}

func TestAnEpisodeWhoseReferralIsRefusedIsNotGone(t *testing.T) {
	t.Parallel()
	first := details(referral("2025-04-10"), assessed("2025-04-11", ""))
	second := details(referral("2025-09-10"), assessed("2025-09-11", ""))
	bare := details(referral("2025-11-10"))
	lost := func(e node) node { return edited(e, elReferral, "soon") }
	for _, c := range []struct {
		name          string
		before, after []node
		want          []string
		kept          []string
	}{
		{"the only one", []node{first}, []node{lost(first)}, nil, []string{"R1 CINreferralDate", "R1 AssessmentActualStartDate"}},
		{"one of two", []node{first, second}, []node{first, lost(second)}, nil, []string{"R2 CINreferralDate", "R2 AssessmentActualStartDate"}},
		{
			"one of two while the other is gone",
			[]node{first, second},
			[]node{lost(second)},
			[]string{"void referral.received", "void referral.decided", "void assessment.started"},
			[]string{"R2 CINreferralDate", "R2 AssessmentActualStartDate"},
		},
		{
			"one that nothing else identifies",
			[]node{first, bare},
			[]node{lost(bare)},
			nil,
			[]string{"R1 CINreferralDate", "R1 AssessmentActualStartDate", "R2 CINreferralDate"},
		},
		{
			"one while the referral of the other has moved",
			[]node{bare, second},
			[]node{lost(bare), edited(second, elReferral, "2025-09-09")},
			[]string{"correct to 2025-09-09 referral.decided R1 inferred outcome=assessment", "correct to 2025-09-09 referral.received R1"},
			[]string{"R2 CINreferralDate"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			l.load(t, message("2026-03-31", kid("K", c.before...)))
			same(t, lines(l.load(t, message("2026-03-31", kid("K", c.after...)))["K"]), c.want)
			var kept []string
			for _, row := range l.last["K"].Kept {
				kept = append(kept, row.Episode+" "+row.Element)
			}
			same(t, kept, c.kept)
		})
	}
}

// old is a referral of before the period with an assessment within it.
func old(referred, started string) node { return details(referral(referred), assessed(started, "")) }

func TestADateOfBeforeThePeriodIsCorrectedAndNeverDoubled(t *testing.T) {
	t.Parallel()
	plan := func(day string) node { return details(referral("2024-02-10"), protected(day, "", "2025-06-10")) }
	for _, c := range []struct {
		name          string
		before, after []node
		want          []string // what stands of the child, without what is inferred
		said          []string
	}{
		{
			"a referral, known by its assessment",
			[]node{old("2025-02-10", "2025-05-10")},
			[]node{old("2025-02-12", "2025-05-10")},
			[]string{"R1 AssessmentActualStartDate 2025-05-10", "R1 CINreferralDate 2025-02-12"},
			[]string{"R1 CINreferralDate 2025-02-10 2025-02-12"},
		},
		{
			"a referral with nothing else in its episode",
			[]node{details(referral("2025-02-10"))},
			[]node{details(referral("2025-02-12"))},
			[]string{"R1 CINreferralDate 2025-02-12"},
			[]string{"R1 CINreferralDate 2025-02-10 2025-02-12"},
		},
		{
			"one of two",
			[]node{old("2025-01-05", "2025-05-10"), old("2025-02-10", "2025-06-10")},
			[]node{old("2025-01-05", "2025-05-10"), old("2025-02-12", "2025-06-10")},
			[]string{
				"R1 AssessmentActualStartDate 2025-05-10", "R1 CINreferralDate 2025-01-05",
				"R2 AssessmentActualStartDate 2025-06-10", "R2 CINreferralDate 2025-02-12",
			},
			[]string{"R2 CINreferralDate 2025-02-10 2025-02-12"},
		},
		{
			"one of two with nothing else in their episodes",
			[]node{details(referral("2025-01-05")), details(referral("2025-02-10"))},
			[]node{details(referral("2025-01-05")), details(referral("2025-02-12"))},
			[]string{"R1 CINreferralDate 2025-01-05", "R2 CINreferralDate 2025-02-12"},
			[]string{"R2 CINreferralDate 2025-02-10 2025-02-12"},
		},
		{
			"two that are swapped",
			[]node{old("2025-01-05", "2025-05-10"), old("2025-02-10", "2025-06-10")},
			[]node{old("2025-02-10", "2025-05-10"), old("2025-01-05", "2025-06-10")},
			[]string{
				"R1 AssessmentActualStartDate 2025-05-10", "R1 CINreferralDate 2025-02-10",
				"R2 AssessmentActualStartDate 2025-06-10", "R2 CINreferralDate 2025-01-05",
			},
			[]string{"R1 CINreferralDate 2025-01-05 2025-02-10", "R2 CINreferralDate 2025-02-10 2025-01-05"},
		},
		{
			"one that moves into the period",
			[]node{old("2025-02-10", "2025-05-10")},
			[]node{old("2025-04-10", "2025-05-10")},
			[]string{"R1 AssessmentActualStartDate 2025-05-10", "R1 CINreferralDate 2025-04-10"},
			[]string{"R1 CINreferralDate 2025-02-10 2025-04-10"},
		},
		{
			"one that moves into the period by some days, with nothing else in its episode",
			[]node{details(referral("2025-03-28"))},
			[]node{details(referral("2025-04-02"))},
			[]string{"R1 CINreferralDate 2025-04-02"},
			[]string{"R1 CINreferralDate 2025-03-28 2025-04-02"},
		},
		{
			"one that moves out of the period",
			[]node{old("2025-04-10", "2025-05-10")},
			[]node{old("2025-02-10", "2025-05-10")},
			[]string{"R1 AssessmentActualStartDate 2025-05-10", "R1 CINreferralDate 2025-02-10"},
			nil,
		},
		{
			"an episode that was over before the period is another",
			[]node{details(referral("2025-01-05"), closure("2025-02-01"))},
			[]node{details(referral("2025-02-10"))},
			[]string{"R1 CINclosureDate 2025-02-01", "R1 CINreferralDate 2025-01-05", "R2 CINreferralDate 2025-02-10"},
			nil,
		},
		{
			"the start of a plan that goes on",
			[]node{plan("2024-03-01")},
			[]node{plan("2024-03-04")},
			[]string{"R1 CINreferralDate 2024-02-10", "R1 CPPreviewDate 2025-06-10", "R1 CPPstartDate 2024-03-04"},
			[]string{"R1 CPPstartDate 2024-03-01 2024-03-04"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			l.load(t, message("2026-03-31", kid("K", c.before...)))
			l.load(t, message("2026-03-31", kid("K", c.after...)))
			var said, stands []string
			for _, row := range l.last["K"].Old {
				said = append(said, fmt.Sprintf("%s %s %s %s", row.Episode, row.Element, row.Was, row.Is))
			}
			same(t, sortedStrings(said), c.said)
			for _, e := range entriesOf(l.held["K"]) {
				if e.Stated.Episode != "" {
					stands = append(stands, fmt.Sprintf("%s %s %s", e.Stated.Episode, e.Element(), e.Current.At))
				}
			}
			same(t, sortedStrings(stands), c.want)
			sound(t, l.held["K"])
			if again := l.load(t, message("2026-03-31", kid("K", c.after...)))["K"]; len(again) > 0 {
				t.Errorf("loaded again it records %v", lines(again))
			}
		})
	}
}

func TestTheReturnOfAnEarlierYearTakesNothingOfALaterOneBack(t *testing.T) {
	t.Parallel()
	var l ledger
	// The plan of March was recorded late, so that only the return of the next year holds it.
	l.load(t, message("2027-03-31", kid("K", details(referral("2026-03-02"), assessed("2026-03-03", "2026-04-20"), protected("2026-03-20", ""))),
		kid("L", details(referral("2026-03-02")))))
	got := l.load(t, message("2026-03-31", kid("K", details(referral("2026-03-02"), assessed("2026-03-03", "")), details(referral("2025-06-02"), closure("2025-06-09")))))
	same(t, lines(got["K"]), []string{"2025-06-02 referral.received R2", "2025-06-09 case.closed R2"})
	same(t, lines(got["L"]), nil)
	var kept []string
	for _, row := range l.last["K"].Kept {
		kept = append(kept, row.Element+": "+row.Why)
	}
	later := ": a return of a later year is loaded already: this one adds, and changes nothing"
	same(t, kept, []string{elAssessmentStart + later, elPlanStart + later})
}

func TestTheReturnOfAnotherAuthorityTakesNothingBack(t *testing.T) {
	t.Parallel()
	var l ledger
	l.load(t, message("2026-03-31", kid("K", details(referral("2025-06-02"), assessed("2025-06-03", "")))))
	wrong := strings.Replace(message("2026-03-31", kid("K", details(referral("2025-07-02")))), "<LEA>873", "<LEA>888", 1)
	same(t, lines(l.load(t, wrong)["K"]), []string{"2025-07-02 referral.received R2"})
	if n := len(l.last["K"].Kept); n != 2 {
		t.Errorf("it keeps %v", l.last["K"].Kept)
	}
}

// The wrong return is a trial return, so that it covers other days than the right one: from then on
// the child was held to be its own, and loading it again moved the referral of the right one.
func TestTheReturnOfAnotherAuthorityTakesNothingBackHoweverOftenItIsLoaded(t *testing.T) {
	t.Parallel()
	var l ledger
	of := func(authority, made string, children ...node) string {
		return strings.Replace(message("2026-03-31", children...), "<LEA>873</LEA>", "<LEA>"+authority+"</LEA><DateTime>"+made+"T09:00:00</DateTime>", 1)
	}
	right := of("873", "2026-04-10", kid("K", details(referral("2025-06-02"), assessed("2025-06-03", ""))))
	wrong := of("888", "2026-03-20", kid("K", details(referral("2025-07-02"))))
	l.load(t, right)
	same(t, lines(l.load(t, wrong)["K"]), []string{"2025-07-02 referral.received R2"})
	same(t, lines(l.load(t, wrong)["K"]), nil)
	// The authority whose child it is puts it right.
	same(t, lines(l.load(t, right)["K"]), []string{"void referral.received"})
	same(t, lines(l.load(t, right)["K"]), nil)
	same(t, lines(l.load(t, wrong)["K"]), []string{"2025-07-02 referral.received R2"})
}

// Where a council becomes another, the first return of the new one adds, and its next one corrects.
func TestAChildBecomesAnotherAuthoritysWithItsNextReturn(t *testing.T) {
	t.Parallel()
	var l ledger
	of := func(authority, reference string, children ...node) string {
		return strings.Replace(message(reference, children...), "<LEA>873", "<LEA>"+authority, 1)
	}
	child := func(referred string, more ...node) node {
		return kid("K", details(append(more, referral(referred), assessed("2025-02-05", ""))...))
	}
	l.load(t, of("873", "2025-03-31", child("2025-02-03")))
	first := of("942", "2026-03-31", child("2025-02-04", in("CINPlanDates", el(elCINPlanStart, "2025-04-02"))))
	same(t, lines(l.load(t, first)["K"]), []string{"2025-04-02 cin_plan.started R1"})
	same(t, lines(l.load(t, first)["K"]), nil)
	next := lines(l.load(t, of("942", "2026-07-31", child("2025-02-04", in("CINPlanDates", el(elCINPlanStart, "2025-04-02")))))["K"])
	same(t, next, []string{"correct to 2025-02-04 referral.decided R1 inferred outcome=assessment", "correct to 2025-02-04 referral.received R1"})
	if l.last["K"].Foreign {
		t.Error("it is still another authority's")
	}
}

// The plan was refused, since it began after the closure. Now the closure cannot be read: it stays, and the plan,
// which nothing in the return refuses, is loaded with the conference that decided on it. Mended, nothing is taken
// back, since the plan is refused again.
func TestAPlanThatAClosureRefusedIsThatOfItsConferenceWhenTheClosureCannotBeRead(t *testing.T) {
	t.Parallel()
	var l ledger
	of := func(closed string) string {
		return message("2025-07-31", kid("K", details(referral("2025-04-11"), closure(closed), conference("2025-05-12"), protected("2025-05-16", ""))))
	}
	l.load(t, of("2025-05-12"))
	want := []string{"correct to 2025-05-12 icpc.held R1 outcome=plan", "2025-05-16 cp_plan.started R1 category=NEG"}
	same(t, lines(l.load(t, of("mistyped"))["K"]), want)
	same(t, lines(l.load(t, of("2025-05-12"))["K"]), nil)
	same(t, lines(l.load(t, of("2025-05-12"))["K"]), nil)
}

func TestAPrefixOfANamespaceChangesNothing(t *testing.T) {
	t.Parallel()
	plain := message("2026-03-31", wholeChild())
	prefixed := strings.NewReplacer("</", "</cin:", "<?xml", "<?xml", "<", "<cin:").Replace(plain)
	prefixed = strings.Replace(prefixed, "<cin:Message>", `<cin:Message xmlns:cin="urn:example">`, 1)
	var l ledger
	l.load(t, plain)
	same(t, lines(l.load(t, prefixed)["K"]), nil)
	if n := len(l.last["K"].Kept); n > 0 {
		t.Errorf("%d rows are kept, and none was refused", n)
	}
}

func TestACopyOfAChildThatDiffersIsSaidToAndChangesNothing(t *testing.T) {
	t.Parallel()
	whole := kid("K", details(referral("2025-04-10"), assessed("2025-04-11", "2025-05-20")), details(referral("2025-09-10")))
	half := kid("K", details(referral("2025-04-10"), assessed("2025-04-11", "")))
	for _, c := range []struct {
		name string
		copy node
		says string
		want []string
	}{
		{"another copy that differs", kid("K", details(referral("2025-09-10"))), "and this one says something else", nil},
		{"the same again", half, "which says the same", []string{
			"void referral.received", "void assessment.completed", "correct to 2025-04-11 assessment.started R1 open",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			l.load(t, message("2026-03-31", whole))
			text := message("2026-03-31", half, kid("L", details(referral("2025-04-10"))), c.copy)
			same(t, lines(l.load(t, text)["K"]), c.want)
			found, _, err := check(strings.NewReader(text))
			if err != nil || len(found.Refused) != 1 {
				t.Fatalf("%v, %v", found, err)
			}
			r := found.Refused[0].Error()
			if !strings.HasPrefix(r, "child 3, line ") || !strings.Contains(r, "as child 1, line 16, ") || !strings.Contains(r, c.says) {
				t.Errorf("it reads %s", r)
			}
		})
	}
}

// A date that can be read and is wrong must do no more than one that cannot: here the referral, a
// start or the closure is mistyped so that it refuses what lies between them.
func TestAMistypedStartOrEndDoesNotPassWhatTheRecordHoldsBetweenThem(t *testing.T) {
	t.Parallel()
	other := kid("other", details(referral("2025-05-01")))
	open := edited(wholeChild(), elClosure, "")
	for _, c := range []struct {
		element, text string
		before        node
		because       string // the first row that it goes against
	}{
		{elReferral, "2025-10-04", wholeChild(), elAssessmentStart},
		{elReferral, "2025-04-12", wholeChild(), elAssessmentStart},
		{elClosure, "2025-04-30", wholeChild(), elAssessmentEnd},
		{elClosure, "2026-02-11", open, elPlanEnd},
		{elAssessmentStart, "2025-05-21", wholeChild(), elAssessmentReview},
		{elCINPlanStart, "2025-06-03", wholeChild(), elCINPlanEnd},
		{elEnquiry, "2025-06-13", wholeChild(), elConference},
		{elPlanStart, "2026-02-13", wholeChild(), elReview},
		{elPPStart, "2025-12-02", wholeChild(), elStep},
	} {
		t.Run(c.element+" "+c.text, func(t *testing.T) {
			t.Parallel()
			var l, fresh ledger
			l.load(t, message("2026-03-31", other, c.before))
			slip := message("2026-03-31", other, edited(wholeChild(), c.element, c.text))
			same(t, lines(l.load(t, slip)["K"]), nil)
			if list := l.last["K"].Refused; len(list) != 1 || list[0].Element != c.element ||
				!strings.HasPrefix(list[0].Reason, "goes against "+c.because+" in line ") || !strings.HasSuffix(list[0].Reason, ": it is "+c.text) {
				t.Errorf("it says %+v", list)
			}
			same(t, lines(l.load(t, slip)["K"]), nil)
			// Seen for the first time, the referral, the start and the closure stand as the return says them.
			if got := strings.Join(lines(fresh.load(t, slip)["K"]), "\n"); !strings.Contains(got, c.text) {
				t.Errorf("loaded first it says\n%s", got)
			}
		})
	}
}

func TestAReferralThatIsCorrectedPastNothingThatTheRecordHoldsIsCorrected(t *testing.T) {
	t.Parallel()
	var l ledger
	child := func(referred string) node {
		return kid("K", details(referral(referred), assessed("2025-04-11", "2025-05-20")))
	}
	// The assessment was before the referral from the first, so that the record does not hold its start.
	l.load(t, message("2026-03-31", child("2025-04-15")))
	got := lines(l.load(t, message("2026-03-31", child("2025-04-14")))["K"])
	same(t, got, []string{"correct to 2025-04-14 referral.decided R1 inferred outcome=assessment", "correct to 2025-04-14 referral.received R1"})
}

// A return tells of all that went on in its period, with the day on which it began. What it does not tell of did not reach into it, and must not
// go on for ever because only its end lies in the period.
func TestWhatBeganBeforeThePeriodIsNotOpenedAgainByAReturnThatDoesNotTellOfIt(t *testing.T) {
	t.Parallel()
	plan := protected("2024-06-01", "2025-05-10")
	old := details(referral("2024-05-02"), closure("2025-06-20"), el(elClosureReason, "RC1"), plan)
	later := details(referral("2025-10-01"))
	for _, c := range []struct {
		name         string
		before, then node
		want, kept   []string
	}{
		{"the plan", kid("K", details(referral("2024-05-02"), plan)), kid("K", details(referral("2024-05-02"))), nil, []string{elPlanEnd}},
		{"the end alone", kid("K", details(referral("2024-05-02"), plan)), kid("K", details(referral("2024-05-02"), in("ChildProtectionPlans", el(elPlanStart, "2024-06-01")))), []string{elPlanEnd}, nil},
		{"the episode", kid("K", old, later), kid("K", later), nil, []string{elClosure, elPlanEnd}},
		{"a plan of the period", kid("K", details(referral("2024-05-02"), protected("2025-04-12", "2025-05-10"))), kid("K", details(referral("2024-05-02"))), []string{elPlanEnd, elPlanStart}, nil},
		{
			"of two plans the later one",
			kid("K", details(referral("2024-05-02"), protected("2024-06-01", "2025-04-20"), protected("2025-05-02", "2025-08-10"))),
			kid("K", details(referral("2024-05-02"), protected("2024-06-01", "2025-04-20"))),
			[]string{elPlanEnd, elPlanStart},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			l.load(t, message("2026-03-31", c.before))
			for range 2 {
				l.load(t, message("2026-03-31", c.then))
				var taken, kept []string
				for _, row := range l.last["K"].Taken {
					taken = append(taken, row.Element)
				}
				for _, row := range l.last["K"].Kept {
					kept = append(kept, row.Element)
				}
				slices.Sort(taken)
				slices.Sort(kept)
				if !slices.Equal(taken, c.want) || !slices.Equal(kept, c.kept) {
					t.Errorf("it takes back %v, want %v, and keeps %v, want %v", taken, c.want, kept, c.kept)
				}
				c.want = nil
			}
		})
	}
}
