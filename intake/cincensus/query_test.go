package cincensus

import (
	"slices"
	"testing"
)

func TestTheValidatorsRulesAreReportedAndRefuseNothing(t *testing.T) {
	t.Parallel()
	pre := func(kids ...node) node { return details(referral("2025-05-10"), in("PreProceedingsandFGDM", kids...)) }
	for _, c := range []struct {
		name string
		kid  node
		want []string // code and element
	}{
		{"nothing odd", kid("K", details(referral("2025-05-12"), conference("2025-05-20"), protected("2025-05-20", "", "2025-08-01"))), nil},
		{"neither birth date", in("Child", in("ChildIdentifiers", el(elChildID, "K")), details(referral("2025-05-12"))), []string{"8525 " + elBorn}},
		{"both birth dates", in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2025-01-01"), el(elExpected, "2025-01-02")), details(referral("2025-05-12"))), []string{"8525 " + elBorn}},
		{"a death before the birth", in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2025-01-01"), el(elDied, "2024-01-02")), details(referral("2025-05-12"))), []string{"8535Q " + elDied, "8555Q " + elReferral}},
		{
			"activity after the death", in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2015-01-01"), el(elDied, "2025-06-01")),
				details(referral("2025-05-12"), closure("2025-06-03"), el(elClosureReason, "RC2"), assessed("2025-06-01", "2025-06-02"),
					in("CINPlanDates", el(elCINPlanStart, "2025-06-02"), el(elCINPlanEnd, "2025-06-03")))),
			[]string{"8555Q " + elAssessmentEnd, "4008 " + elCINPlanStart, "4009 " + elCINPlanEnd},
		},
		{
			"a referral after the death", in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2015-01-01"), el(elDied, "2025-06-01")),
				details(referral("2025-06-02"), el(elNFA, "1"))),
			[]string{"8555Q " + elReferral},
		},
		{"two open episodes", kid("K", details(referral("2025-05-12")), details(referral("2025-07-14"))), []string{"8815 " + elReferral, "8816 " + elReferral, "8815 " + elReferral, "8820 " + elReferral}},
		{"an episode inside another", kid("K", details(referral("2025-05-12"), closure("2025-08-01"), el(elClosureReason, "RC7")), details(referral("2025-07-14"))), []string{"8820 " + elReferral}},
		{"an episode after one without further action, and one on the day of the last closure", kid("K", details(referral("2025-05-12"), el(elNFA, "1")),
			details(referral("2025-07-14"), closure("2025-08-01"), el(elClosureReason, "RC7")), details(referral("2025-08-01"))), nil},
		{"a plan that does not start on the day of a conference", kid("K", details(referral("2025-05-12"), conference("2025-05-20"), protected("2025-05-21", ""))), []string{"2885 " + elPlanStart}},
		{"activity in an episode closed after assessment", kid("K", details(referral("2025-05-12"), closure("2025-06-20"), el(elClosureReason, "RC8"), section47("2025-05-13", el(elNotRequired, "1")))), []string{"2990 " + elEnquiry}},
		{
			"a CIN plan and a child protection plan both open", kid("K", details(referral("2025-05-12"), conference("2025-05-20"), protected("2025-05-20", ""), in("CINPlanDates", el(elCINPlanStart, "2025-05-13")))),
			[]string{"4017 " + elPlanStart, "4001 " + elCINPlanStart},
		},
		{
			"a CIN plan inside a child protection plan", kid("K", details(referral("2025-05-12"), conference("2025-05-20"), protected("2025-05-20", "2025-09-01"), in("CINPlanDates", el(elCINPlanStart, "2025-06-13")))),
			[]string{"4016 " + elCINPlanStart},
		},
		{
			"a CIN plan inside another", kid("K", details(referral("2025-05-12"), in("CINPlanDates", el(elCINPlanStart, "2025-06-13")), in("CINPlanDates", el(elCINPlanStart, "2025-07-13")))),
			[]string{"4014 " + elCINPlanStart},
		},
		{
			"plans, assessments and enquiries that are open though the episode is closed", kid("K", details(referral("2025-05-12"), closure("2025-06-20"), el(elClosureReason, "RC7"),
				assessed("2025-05-13", ""), section47("2025-05-14"), protected("2025-05-20", ""), in("CINPlanDates", el(elCINPlanStart, "2025-05-13")))),
			[]string{"8670Q " + elAssessmentStart, "8867 " + elAssessmentStart, "8675Q " + elEnquiry, "8868 " + elEnquiry, "2885 " + elPlanStart, "4017 " + elPlanStart, "8565 " + elPlanStart, "4001 " + elCINPlanStart, "8565 " + elCINPlanStart},
		},
		{
			"dates outside the year", kid("K", details(referral("2023-05-12"), closure("2024-06-20"), el(elClosureReason, "RC7"), conference("2023-05-16"), assessed("2023-05-15", "2023-06-01"))),
			[]string{"8620 " + elClosure, "8715 " + elConference, "8696 " + elAssessmentEnd},
		},
		{"an assessment open for 45 working days at the end of the year", kid("K", details(referral("2026-01-12"), assessed("2026-01-27", ""))), nil},
		{"an assessment open for 46", kid("K", details(referral("2026-01-12"), assessed("2026-01-26", ""))), []string{"8670Q " + elAssessmentStart}},
		{"an enquiry open for 15 working days at the end of the year", kid("K", details(referral("2026-01-12"), section47("2026-03-10"))), nil},
		{"an enquiry open for 16", kid("K", details(referral("2026-01-12"), section47("2026-03-09"))), []string{"8675Q " + elEnquiry}},
		{"a plan without a start", kid("K", details(referral("2025-05-12"), in("ChildProtectionPlans", el(elPlanEnd, "2025-07-01")))), []string{"8720 " + elPlanStart}},
		{"a closure without a reason", kid("K", details(referral("2025-05-12"), closure("2025-06-20"))), []string{"8805 " + elClosure}},
		{"activity on a referral without further action", kid("K", details(referral("2025-05-12"), el(elNFA, "1"), assessed("2025-05-13", "2025-05-14"))), []string{"8831 " + elAssessmentStart}},
		{"two open plans", kid("K", details(referral("2025-05-12"), conference("2025-05-20"), protected("2025-05-20", ""), protected("2025-05-20", ""))), []string{"8839 " + elPlanStart, "8839 " + elPlanStart}},
		{
			"a plan that ends, and is reviewed, on the day on which it starts", kid("K", details(referral("2025-05-12"), conference("2025-05-20"), protected("2025-05-20", "2025-05-20", "2025-05-20"))),
			[]string{"8840 " + elPlanEnd, "8841 " + elReview},
		},
		{"a target on a bank holiday", kid("K", details(referral("2025-05-02"), section47("2025-05-02", el(elTarget, "2025-05-05"), conference("2025-05-20")))), []string{"8870Q " + elTarget}},
		{"a conference on a Sunday", kid("K", details(referral("2025-05-12"), conference("2025-05-18"))), []string{"8875 " + elConference}},
		{"an enquiry inside another", kid("K", details(referral("2025-05-12"), section47("2025-05-12", conference("2025-05-20")), section47("2025-05-20", el(elNotRequired, "1")))), []string{"8890 " + elEnquiry}},
		{"two enquiries of one day", kid("K", details(referral("2025-05-12"), section47("2025-05-12", conference("2025-05-20")), section47("2025-05-12", conference("2025-05-21")))), []string{"8890 " + elEnquiry}},
		{"two open assessments", kid("K", details(referral("2026-03-12"), assessed("2026-03-13", ""), assessed("2026-03-16", ""))), []string{"8896 " + elAssessmentStart, "8896 " + elAssessmentStart}},
		{"a letter before pre-proceedings, without an offer", kid("K", pre(el(elPPStart, "2025-06-02"), el(elLetter, "2025-05-30"))), []string{"9006 " + elLetter, "9007 " + elLetter}},
		{"an offer without what came of it, a meeting without reviews", kid("K", pre(el(elPPStart, "2025-06-02"), el(elLetter, "2025-06-03"), el(elFGDMOffer, "1"), el(elPPMeeting, "2025-06-04"))), []string{"9010Q " + elLetter, "9015Q " + elPPMeeting}},
		{"court before the decision, the letter of issue before court", kid("K", pre(el(elPPStart, "2025-06-02"), el(elStep, "2025-07-02"), el(elCourt, "2025-07-01"), el(elIssueLetter, "2025-06-30"))), []string{"9012 " + elCourt, "9013 " + elIssueLetter}},
		{"an offer without a letter", kid("K", pre(el(elPPStart, "2025-06-02"), el(elFGDMOffer, "1"))), []string{"layout " + elLetter}},
		{
			"codes and flags that are not on their lists", kid("K", details(referral("2025-05-12"), closure("2025-06-20"), el(elClosureReason, "RC7"), el(elNFA, "perhaps"), in("Section47", el(elTarget, "soon")))),
			[]string{"layout " + elNFA, "layout " + elTarget},
		},
		{"an element that stands twice", kid("K", details(referral("2025-05-12"), closure("2025-06-20"), closure("2025-06-21"), el(elClosureReason, "RC7"))), []string{"layout " + elClosure}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, list := children(t, message("2026-03-31", c.kid))
			var got []string
			for _, q := range list[0].Queries {
				got = append(got, q.Code+" "+q.Element)
				if q.Child != 1 || q.Line < 1 || q.Words == "" {
					t.Errorf("%s does not say where or what", q)
				}
			}
			slices.Sort(got)
			slices.Sort(c.want)
			same(t, got, c.want)
			if len(list[0].Refused) > 0 {
				t.Errorf("refused: %v", list[0].Refused)
			}
		})
	}
}
