package cincensus

import (
	"strings"
	"testing"

	"longstop/intake"
)

// Of two assessments that the return starts on one day one ends before it, on a day on which the
// record holds the end of another. The record holds neither start, and would hold one of the two after
// the load: the one that goes against it must not stand the second time.
func TestAStartThatWasRefusedForTheRecordDoesNotStandTheSecondTime(t *testing.T) {
	t.Parallel()
	var l ledger
	l.load(t, message("2026-03-31", kid("K", details(referral("2025-05-01"), assessed("2025-06-01", "2025-06-20")))))
	slip := message("2026-03-31", kid("K", details(referral("2025-05-01"), assessed("2025-07-01", ""), assessed("2025-07-01", "2025-06-20"))))
	same(t, lines(l.load(t, slip)["K"]), []string{"2025-07-01 assessment.started R1 open reassessment"})
	for range 2 {
		same(t, lines(l.load(t, slip)["K"]), nil)
		if list := l.last["K"].Refused; len(list) != 1 || list[0].Element != elAssessmentStart {
			t.Errorf("it refuses %+v", list)
		}
	}
}

// An end that the record holds and that the return still says of its own assessment is not the end of
// a second one that was mistyped.
func TestAnEndThatItsOwnStartStillHasRefusesNoOtherStart(t *testing.T) {
	t.Parallel()
	var l ledger
	first := assessed("2025-06-01", "2025-06-20")
	l.load(t, message("2026-03-31", kid("K", details(referral("2025-05-01"), first))))
	slip := message("2026-03-31", kid("K", details(referral("2025-05-01"), first, assessed("2025-07-01", "2025-06-20"))))
	same(t, lines(l.load(t, slip)["K"]), []string{"2025-07-01 assessment.started R1 open reassessment"})
	same(t, lines(l.load(t, slip)["K"]), nil)
}

// Whether a conference was required could be read of the one enquiry and not of the other. Which of
// two rows has the lower id is chance, so several children are tried.
func TestOfTwoEnquiriesOfOneDayTheOneThatCouldBeReadIsKnownFirst(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"K", "L", "M", "N", "O", "P"} {
		var l ledger
		slip := message("2026-03-31", kid(id, details(referral("2025-05-01"),
			section47("2025-05-12", el(elNotRequired, "1")), section47("2025-05-12", el(elNotRequired, "mistyped")))))
		l.load(t, message("2026-03-31", kid(id, details(referral("2025-05-01")))))
		l.load(t, slip)
		same(t, lines(l.load(t, slip)[id]), nil)
	}
}

// Two episodes of one mistyped referral date: the one is known as that of the record by the review
// that its referral refused, and keeps its referral; the other is new, and stays the other.
func TestAnEpisodeWhoseReferralGoesAgainstTheRecordStaysTheSameWhenLoadedAgain(t *testing.T) {
	t.Parallel()
	var l ledger
	l.load(t, message("2026-03-31", kid("K", details(referral("2025-04-10"), protected("2025-04-20", "", "2025-05-12")))))
	slip := message("2026-03-31", kid("K",
		details(referral("2025-06-30"), protected("mistyped", "", "2025-05-12")),
		details(referral("2025-06-30"), in("PreProceedingsandFGDM", el(elPPStart, "mistyped")))))
	same(t, lines(l.load(t, slip)["K"]), []string{"2025-06-30 referral.received R2"})
	same(t, lines(l.load(t, slip)["K"]), nil)
}

// Two episodes of one referral before the period: a review of before it is in the one; in the other the
// same review is before the start of its plan, and refused. When the child comes back the plan is not
// taken into the first, where it would go against that review and not stand.
func TestAPlanOfAChildWhoComesBackStandsInTheEpisodeThatHasNothingAgainstIt(t *testing.T) {
	t.Parallel()
	var l ledger
	whole := message("2025-07-31", kid("other", details(referral("2025-05-12"))), kid("K",
		details(referral("2025-03-30"), protected("", "", "2025-03-30")),
		details(referral("2025-03-30"), protected("2025-04-03", "", "2025-03-30"))))
	l.load(t, whole)
	before := standingRows(l.held["K"], func(*intake.Entry) bool { return true })
	l.load(t, message("2025-07-31", kid("other", details(referral("2025-05-12")))))
	same(t, lines(l.load(t, whole)["K"]), []string{"2025-04-03 icpc.held R2 inferred outcome=plan", "2025-04-03 cp_plan.started R2 category=NEG"})
	same(t, standingRows(l.held["K"], func(*intake.Entry) bool { return true }), before)
}

// Two episodes of one referral, each with an assessment; the end of the second was refused, since it lay
// after its closure. Now the referral of the first and the closure cannot be read. The end is new in one
// episode, or corrects that of the other: as many events, of which the new one changes nothing.
func TestOfTwoPairingsOfAsManyEventsTheOneThatChangesNothingIsTaken(t *testing.T) {
	t.Parallel()
	const to, day = "2025-03-31", "2024-11-04"
	var l ledger
	first := func(referred string) node {
		return details(referral(referred), assessed(day, day), section47(day))
	}
	second := func(start, closed string) node {
		return details(referral(day), closure(closed), assessed(start, "2025-02-20"), section47(day))
	}
	for _, id := range []string{"K", "L", "M", "N", "O", "P"} { // which episode is numbered first is no matter
		l.load(t, message(to, kid(id, first(day), second(day, day))))
		for _, e := range l.load(t, message(to, kid(id, first("mistyped"), second("mistyped", "mistyped"))))[id] {
			if e.Corrects != "" || e.Voids != "" {
				t.Errorf("%s gets %s", id, short(e))
			}
		}
	}
}

// Two episodes of one referral, the first closed on that day, so that its plan was refused. Now the closure of
// the first and the referral of the second cannot be read: the plan is new in the first episode (two events, with
// the decision on its referral), and must not correct that of the second (one event), which the return does not hold.
func TestAnEpisodeWhoseReferralCannotBeReadIsNotTakenForAnotherOfThatDay(t *testing.T) {
	t.Parallel()
	const to, day = "2026-07-21", "2024-11-04"
	of := func(id, closed, referred string) string {
		return message(to, kid(id,
			details(referral(day), closure(closed), in("CINPlanDates", el(elCINPlanStart, "2025-02-20"))),
			details(referral(referred), in("CINPlanDates", el(elCINPlanStart, "2025-05-12")))))
	}
	for _, id := range []string{"K", "L", "M", "N"} {
		var l ledger
		l.load(t, of(id, day, day))
		slip := of(id, "mistyped", "mistyped")
		got := l.load(t, slip)[id]
		if len(got) != 2 || got[0].Type != typeDecided || short(got[1]) != "2025-02-20 cin_plan.started "+got[0].Episode {
			t.Errorf("%s gets %v", id, lines(got))
		}
		same(t, lines(l.load(t, slip)[id]), nil)
		if got := lines(l.load(t, of(id, "mistyped", day))[id]); len(got) > 0 {
			t.Errorf("mended, %s gets %v", id, got)
		}
	}
}

// Of two episodes the one referral is mistyped so that it refuses all that the record holds of it, and the other
// lies after the reference date, so that it is known by the rows that it shares: it shares the conference with both,
// and more with its own. Nothing is taken back of either, and only what is told of for the first time is new.
func TestEpisodesWithoutAReferralThatStandsAreKnownByTheMostThatTheyShare(t *testing.T) {
	t.Parallel()
	const to = "2025-07-31"
	var l ledger
	l.load(t, message(to, kid("K",
		details(referral("2025-01-10"), conference("2025-02-20"), assessed("2025-01-15", "2025-05-16")),
		details(referral("2025-02-10"), conference("2025-02-20"), assessed("2025-02-12", "2025-06-30")))))
	slip := message(to, kid("K",
		details(referral("2025-06-10"), conference("2025-02-20"), assessed("mistyped", "2025-05-16")),
		details(referral("2026-03-31"), conference("2025-02-20"), assessed("2025-02-12", "2025-06-30")),
		details(referral("2025-07-01"))))
	for _, want := range [][]string{{"2025-07-01 referral.received R3"}, nil} {
		same(t, lines(l.load(t, slip)["K"]), want)
		if list := l.last["K"].Refused; len(list) != 1 || list[0].Element != elReferral || !strings.HasSuffix(list[0].Reason, ": it is 2025-06-10") {
			t.Errorf("it refuses %+v", list)
		}
	}
}

// The conference of an episode that was over before the period is carried along into the next one: it is
// refused there, and does not make the next the same episode, whose referral were mistyped.
func TestANewReferralStandsThoughAConferenceOfAnEpisodeThatIsOverIsWrittenInIt(t *testing.T) {
	t.Parallel()
	var l ledger
	l.load(t, message("2025-03-31", kid("K", details(referral("2024-11-04"), closure("2025-03-20"), conference("2024-12-02")))))
	next := message("2026-03-31", kid("K", details(referral("2025-06-30"), conference("2024-12-02"))))
	same(t, lines(l.load(t, next)["K"]), []string{"2025-06-30 referral.received R2"})
	same(t, lines(l.load(t, next)["K"]), nil)
}

// The return of the later year moved the referral to after the earlier year, whose conference stays. The return of
// the earlier year is loaded again, with three episodes of that conference, of which the referral of one cannot be read.
func TestAnEpisodeThatCannotBeReadMayBeOneThatWasReferredAfterTheReturn(t *testing.T) {
	t.Parallel()
	var l ledger
	told := func(referred string) node { return details(referral(referred), conference("2025-03-28")) }
	l.load(t, message("2025-03-31", kid("K", told("2025-03-20"))))
	same(t, lines(l.load(t, message("2026-03-31", kid("K", details(referral("2025-04-10")))))["K"]), []string{
		"correct to 2025-04-10 referral.decided R1 inferred outcome=assessment", "correct to 2025-04-10 referral.received R1",
	})
	earlier := message("2025-03-31", kid("K", told("2025-03-20"), told("2025-03-21"), told("mistyped")))
	for _, e := range l.load(t, earlier)["K"] {
		if e.Corrects != "" || e.Voids != "" || e.Episode == "R1" {
			t.Errorf("the earlier return says %s", short(e))
		}
	}
	same(t, lines(l.load(t, earlier)["K"]), nil)
}

// The referral is mistyped to after the closure that the record holds, and the same return says that nothing
// further was done: the decision is recorded in the episode, which is known the second time all the same.
func TestAnEpisodeWhoseReferralGoesAgainstTheRecordStaysTheSameWhenNothingFurtherWasDone(t *testing.T) {
	t.Parallel()
	var l ledger
	l.load(t, message("2025-07-31", kid("K", details(referral("2025-03-28"), closure("2025-05-12")))))
	slip := message("2025-07-31", kid("K", details(referral("2025-05-16"), closure("2025-05-12"), el(elNFA, "1"))))
	same(t, lines(l.load(t, slip)["K"]), []string{"2025-03-28 referral.decided R1 inferred outcome=nfa"})
	same(t, lines(l.load(t, slip)["K"]), nil)
}
