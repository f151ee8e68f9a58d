package cincensus

import (
	"regexp"
	"testing"

	"longstop/intake"
)

// Every row of the table in the design, from element to event.
func TestElementBecomesEvent(t *testing.T) {
	t.Parallel()
	const born = "2015-06-01 person.born"
	for _, c := range []struct {
		name string
		kid  node
		want []string
	}{
		{
			"a child alone is born", kid("K", details(referral("2026-01-05"))),
			[]string{born, "2026-01-05 referral.received R1"},
		},
		{
			"an expected birth alone is dated by the first referral",
			unborn("K", "2026-08-01", details(referral("2026-02-05"), closure("2026-02-09"), el(elNFA, "1")), details(referral("2026-01-05"), closure("2026-01-07"), el(elNFA, "1"))),
			[]string{
				"2026-01-05 person.expected date=2026-08-01",
				"2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=nfa", "2026-01-07 case.closed R1",
				"2026-02-05 referral.received R2", "2026-02-05 referral.decided R2 inferred outcome=nfa", "2026-02-09 case.closed R2",
			},
		},
		{
			"an expected birth next to a birth says nothing",
			in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2015-06-01"), el(elExpected, "2015-06-09")), details(referral("2026-01-05"))),
			[]string{born, "2026-01-05 referral.received R1"},
		},
		{
			"a death",
			in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2015-06-01"), el(elDied, "2026-02-01")), details(referral("2026-01-05"))),
			[]string{born, "2026-01-05 referral.received R1", "2026-02-01 person.died"},
		},
		{
			"a referral without further action is decided on its day", kid("K", details(referral("2026-01-05"), el(elNFA, "1"))),
			[]string{born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=nfa"},
		},
		{
			"true is read as 1", kid("K", details(referral("2026-01-05"), el(elNFA, "true"))),
			[]string{born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=nfa"},
		},
		{
			"a referral without further action is nfa whatever followed", kid("K", details(referral("2026-01-05"), el(elNFA, "true"), conference("2026-01-20"))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=nfa",
				"2026-01-20 icpc.held R1 outcome=no_plan",
			},
		},
		{
			"a referral that anything followed was decided on", kid("K", details(referral("2026-01-05"), el(elNFA, "0"), assessed("2026-01-06", ""))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 assessment.started R1 open",
			},
		},
		{
			"a closure alone shows no decision", kid("K", details(referral("2026-01-05"), closure("2026-01-09"), el(elClosureReason, "RC8"))),
			[]string{born, "2026-01-05 referral.received R1", "2026-01-09 case.closed R1 reason=RC8"},
		},
		{
			"an assessment with its review and authorisation", kid("K", details(referral("2026-01-05"), in("Assessments",
				el(elAssessmentStart, "2026-01-06"), el(elAssessmentReview, "2026-01-15"), el(elAssessmentEnd, "2026-02-20")))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 assessment.started R1", "2026-01-15 assessment.checkpoint R1", "2026-02-20 assessment.completed R1",
			},
		},
		{
			"the second and later assessments of an episode are reassessments, by date and not by place",
			kid("K", details(referral("2026-01-05"), assessed("2026-03-02", ""), assessed("2026-01-06", "2026-01-30"), assessed("2026-02-03", "2026-02-20"))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 assessment.started R1", "2026-01-30 assessment.completed R1",
				"2026-02-03 assessment.started R1 reassessment", "2026-02-20 assessment.completed R1",
				"2026-03-02 assessment.started R1 open reassessment",
			},
		},
		{
			"the first assessment of the next episode is not a reassessment", kid("K",
				details(referral("2026-01-05"), closure("2026-01-30"), assessed("2026-01-06", "2026-01-30")),
				details(referral("2026-02-05"), assessed("2026-02-06", "2026-02-28"))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 assessment.started R1", "2026-01-30 assessment.completed R1", "2026-01-30 case.closed R1",
				"2026-02-05 referral.received R2", "2026-02-05 referral.decided R2 inferred outcome=assessment",
				"2026-02-06 assessment.started R2", "2026-02-28 assessment.completed R2",
			},
		},
		{
			"a CIN plan", kid("K", details(referral("2026-01-05"), in("CINPlanDates", el(elCINPlanStart, "2026-01-20"), el(elCINPlanEnd, "2026-03-01")))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-20 cin_plan.started R1", "2026-03-01 cin_plan.ended R1",
			},
		},
		{
			"an enquiry that needs no conference", kid("K", details(referral("2026-01-05"), section47("2026-01-06", el(elNotRequired, "true")))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 strategy_discussion.held R1 s47", "2026-01-06 icpc.not_required R1 inferred",
			},
		},
		{
			"a conference that is followed by a plan on the seventh day decided on it", kid("K", details(referral("2026-01-05"),
				section47("2026-01-06", conference("2026-01-20"), el(elNotRequired, "0")), protected("2026-01-27", "", "2026-03-30"))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 strategy_discussion.held R1 s47", "2026-01-20 icpc.held R1 outcome=plan",
				"2026-01-27 cp_plan.started R1 category=NEG", "2026-03-30 cp_review.held R1",
			},
		},
		{
			"a conference that is followed by a plan on the eighth day did not, and one is inferred for the plan", kid("K", details(referral("2026-01-05"),
				conference("2026-01-20"), protected("2026-01-28", "2026-03-01"))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-20 icpc.held R1 outcome=no_plan",
				"2026-01-28 icpc.held R1 inferred outcome=plan", "2026-01-28 cp_plan.started R1 category=NEG", "2026-03-01 cp_plan.ended R1",
			},
		},
		{
			"a conference on the day of the plan's start decided on it", kid("K", details(referral("2026-01-05"), conference("2026-01-20"), protected("2026-01-20", ""))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-20 icpc.held R1 outcome=plan", "2026-01-20 cp_plan.started R1 category=NEG",
			},
		},
		{
			"a conference of another episode decides nothing", kid("K",
				details(referral("2026-01-05"), closure("2026-01-21"), conference("2026-01-20")),
				details(referral("2026-01-21"), protected("2026-01-22", ""))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-20 icpc.held R1 outcome=no_plan", "2026-01-21 referral.received R2",
				"2026-01-21 referral.decided R2 inferred outcome=assessment", "2026-01-21 case.closed R1",
				"2026-01-22 icpc.held R2 inferred outcome=plan", "2026-01-22 cp_plan.started R2 category=NEG",
			},
		},
		{
			"the same conference date twice is one event", kid("K", details(referral("2026-01-05"), conference("2026-01-20"),
				section47("2026-01-06", conference("2026-01-20")), section47("2026-01-07", conference("2026-01-20")))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 strategy_discussion.held R1 s47", "2026-01-07 strategy_discussion.held R1 s47",
				"2026-01-20 icpc.held R1 outcome=no_plan",
			},
		},
		{
			"pre-proceedings with an offer of a family group decision-making meeting", kid("K", details(referral("2026-01-05"), in("PreProceedingsandFGDM",
				el(elPPStart, "2026-01-06"), el(elLetter, "2026-01-12"), el(elFGDMOffer, "1"), el(elPPMeeting, "2026-01-21"),
				el(elStep, "2026-03-02"), el(elPPOutcome, "B"), el(elCourt, "2026-03-09")))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 pre_proceedings.started R1", "2026-01-12 letter_before_proceedings.sent R1", "2026-01-12 fgdm.offered R1 inferred",
				"2026-01-21 pre_proceedings_meeting.held R1", "2026-03-02 pre_proceedings.ended R1 outcome=B", "2026-03-09 proceedings.issued R1",
			},
		},
		{
			"an offer without a letter has no day", kid("K", details(referral("2026-01-05"), in("PreProceedingsandFGDM", el(elPPStart, "2026-01-06"), el(elFGDMOffer, "1")))),
			[]string{
				born, "2026-01-05 referral.received R1", "2026-01-05 referral.decided R1 inferred outcome=assessment",
				"2026-01-06 pre_proceedings.started R1",
			},
		},
		{
			"an unknown code is left out", kid("K", details(referral("2026-01-05"), closure("2026-02-01"), el(elClosureReason, "RCX"))),
			[]string{born, "2026-01-05 referral.received R1", "2026-02-01 case.closed R1"},
		},
		{
			"rows dated before the period are loaded when they are new", kid("K", details(referral("2023-01-05"), assessed("2023-01-06", "2023-02-01"))),
			[]string{
				born, "2023-01-05 referral.received R1", "2023-01-05 referral.decided R1 inferred outcome=assessment",
				"2023-01-06 assessment.started R1", "2023-02-01 assessment.completed R1",
			},
		},
		{
			"episodes are numbered by referral date, not by place", kid("K", details(referral("2026-02-05")), details(referral("2026-01-05"), closure("2026-01-09"))),
			[]string{born, "2026-01-05 referral.received R1", "2026-01-09 case.closed R1", "2026-02-05 referral.received R2"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			same(t, lines(l.load(t, message("2026-03-31", c.kid))["K"]), c.want)
		})
	}
}

// firstID is the form of the id of a row's first event.
var firstID = regexp.MustCompile(`^cin-[a-z2-7]{16}(\+i)?$`)

func TestEveryEventNamesItsElementAndHidesTheChild(t *testing.T) {
	t.Parallel()
	var l ledger
	for _, e := range l.load(t, message("2026-03-31", kid("LA-4711", details(referral("2026-01-05"), conference("2026-01-20")))))["LA-4711"] {
		if !firstID.MatchString(e.ID) {
			t.Errorf("%s is not the id of a first event", e.ID)
		}
		if e.Type != intake.TypeSource && e.Data.Text(intake.FieldElement) == "" {
			t.Errorf("%s does not name its element", e.Type)
		}
		if e.Case != "LA-4711" || e.Source != source {
			t.Errorf("%s belongs to %q of %q", e.Type, e.Case, e.Source)
		}
	}
}
