package cincensus

// The elements of a return that become events or say which child it is. Each name is
// also the data.element of the events that it becomes.
const (
	elReferenceDate = "ReferenceDate"
	elChildID       = "LAchildID"

	elBorn     = "PersonBirthDate"
	elExpected = "ExpectedPersonBirthDate"
	elDied     = "PersonDeathDate"

	elReferral      = "CINreferralDate"
	elClosure       = "CINclosureDate"
	elClosureReason = "ReasonForClosure"
	elNFA           = "ReferralNFA"
	elConference    = "DateOfInitialCPC"

	elAssessmentStart  = "AssessmentActualStartDate"
	elAssessmentReview = "AssessmentInternalReviewDate"
	elAssessmentEnd    = "AssessmentAuthorisationDate"

	elCINPlanStart = "CINPlanStartDate"
	elCINPlanEnd   = "CINPlanEndDate"

	elEnquiry     = "S47ActualStartDate"
	elTarget      = "InitialCPCtarget"
	elNotRequired = "ICPCnotRequired"

	elPlanStart = "CPPstartDate"
	elPlanEnd   = "CPPendDate"
	elReview    = "CPPreviewDate"
	elCategory  = "InitialCategoryOfAbuse"

	elPPStart     = "PPStartDate"
	elLetter      = "LBPSentDate"
	elFGDMOffer   = "FGDMMeetingOffer"
	elFGDMHeld    = "FGDMMeetingFac"
	elPPMeeting   = "InitialPPMeetingDate"
	elPPReviews   = "ReviewMeetingsCount"
	elStep        = "StepDecisionDate"
	elPPOutcome   = "PPOutcome"
	elCourt       = "CourtAppDate"
	elIssueLetter = "LetterInitCPDate"
)

// shape is what may stand inside one element: groups of further elements, leaves whose
// text is read, and leaves that are known and passed over. The order of elements is not
// relied on. What is passed over never enters memory: a UPN, an ethnicity, a disability.
type shape struct {
	groups map[string]*shape
	read   map[string]bool
	passed map[string]bool
}

func names(list ...string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, name := range list {
		set[name] = true
	}
	return set
}

// headerShape is Message/Header.
var headerShape = &shape{groups: map[string]*shape{
	"CollectionDetails": {read: names("Collection", "Year", elReferenceDate)},
	"Source": {
		read:   names("LEA", "DateTime"),
		passed: names("SourceLevel", "SoftwareCode", "Release", "SerialNo"),
	},
}}

// childShape is Message/Children/Child, in every layout from 2017 to 2026: an element
// that a year does not know does not occur in its returns.
var childShape = &shape{groups: map[string]*shape{
	"ChildIdentifiers": {
		read:   names(elChildID, elBorn, elExpected, elDied),
		passed: names("UPN", "FormerUPN", "UPNunknown", "GenderCurrent", "Sex"),
	},
	"ChildCharacteristics": {
		passed: names("Ethnicity"),
		groups: map[string]*shape{"Disabilities": {passed: names("Disability")}},
	},
	"CINdetails": detailsShape,
}}

var detailsShape = &shape{
	read:   names(elReferral, elClosure, elClosureReason, elConference, elNFA),
	passed: names("ReferralSource", "PrimaryNeedCode"),
	groups: map[string]*shape{
		"Assessments": {
			read:   names(elAssessmentStart, elAssessmentReview, elAssessmentEnd),
			groups: map[string]*shape{"FactorsIdentifiedAtAssessment": {passed: names("AssessmentFactors")}},
		},
		"CINPlanDates": {read: names(elCINPlanStart, elCINPlanEnd)},
		"Section47":    {read: names(elEnquiry, elTarget, elConference, elNotRequired)},
		"ChildProtectionPlans": {
			read:   names(elPlanStart, elPlanEnd, elCategory),
			passed: names("LatestCategoryOfAbuse", "NumberOfPreviousCPP"),
			groups: map[string]*shape{"Reviews": {read: names(elReview)}},
		},
		"PreProceedingsandFGDM": {read: names(elPPStart, elLetter, elFGDMOffer, elFGDMHeld,
			elPPMeeting, elPPReviews, elStep, elPPOutcome, elCourt, elIssueLetter)},
	},
}
