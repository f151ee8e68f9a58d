package cincensus

import (
	"slices"

	"longstop/casework"
	"longstop/intake"
)

// The elements of a return that become events or say which child it is. Each name is
// also the data.element of the events that it becomes.
const (
	elReferenceDate = "ReferenceDate"
	elMade          = "DateTime"
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

// layout is what package intake has to know about them.
var layout = &intake.Layout{
	Prefix: "cin-",
	Order: intake.Rank(typeBorn, typeExpected, typeReferral, typeDecided, typeAssessmentStart, typeCheckpoint,
		typeAssessmentEnd, typeStrategy, typeNotRequired, typeConference, typePlanStart, typeReview, typePlanEnd,
		typeCINPlanStart, typeCINPlanEnd, typePPStart, typeLetter, typeOffered, typePPMeeting, typePPEnd, typeIssued,
		typeClosed, typeDied, intake.TypeSource),
	Born:    elBorn,
	Private: setOf(elBorn, elExpected, elDied),
	Opens:   elReferral,
	Closes:  elClosure,
	Ends: map[string]intake.End{
		elAssessmentStart: {Element: elAssessmentEnd},
		elCINPlanStart:    {Element: elCINPlanEnd},
		elEnquiry:         {Element: elConference, Inferred: typeNotRequired},
		elPlanStart:       {Element: elPlanEnd},
		elPPStart:         {Element: elStep},
	},
	Inside: elementsAround(childShape, "Child", nil, map[string][]string{}),
	Flag:   flagOf,
}

// flagOf returns the element whose yes an inferred event stands for; "" where it follows from the dates
// of others.
func flagOf(inferred casework.Event) string {
	switch {
	case inferred.Type == typeNotRequired:
		return elNotRequired
	case inferred.Type == typeOffered:
		return elFGDMOffer
	case inferred.Type == typeDecided && inferred.Data.Text(fieldOutcome) == "nfa":
		return elNFA
	}
	return ""
}

// elementsAround collects, for each element of a shape, the elements inside which it stands.
func elementsAround(s *shape, name string, outside []string, found map[string][]string) map[string][]string {
	inside := append(slices.Clone(outside), name)
	for element := range s.read {
		found[element] = append(found[element], inside...)
	}
	for name, group := range s.groups {
		elementsAround(group, name, inside, found)
	}
	return found
}

// shape is what may stand inside one element: groups of further elements, leaves whose
// text is read, and leaves that are known and passed over. The order of elements is not
// relied on. What is passed over never enters memory: a UPN, an ethnicity, a disability.
type shape struct {
	groups map[string]*shape
	read   map[string]bool
	passed map[string]bool
}

func setOf(list ...string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, name := range list {
		set[name] = true
	}
	return set
}

// headerShape is Message/Header.
var headerShape = &shape{groups: map[string]*shape{
	"CollectionDetails": {read: setOf("Collection", "Year", elReferenceDate)},
	"Source": {
		read:   setOf("LEA", elMade),
		passed: setOf("SourceLevel", "SoftwareCode", "Release", "SerialNo"),
	},
}}

// childShape is Message/Children/Child, in every layout from 2017 to 2026: an element
// that a year does not know does not occur in its returns.
var childShape = &shape{groups: map[string]*shape{
	"ChildIdentifiers": {
		read:   setOf(elChildID, elBorn, elExpected, elDied),
		passed: setOf("UPN", "FormerUPN", "UPNunknown", "GenderCurrent", "Sex"),
	},
	"ChildCharacteristics": {
		passed: setOf("Ethnicity"),
		groups: map[string]*shape{"Disabilities": {passed: setOf("Disability")}},
	},
	"CINdetails": detailsShape,
}}

var detailsShape = &shape{
	read:   setOf(elReferral, elClosure, elClosureReason, elConference, elNFA),
	passed: setOf("ReferralSource", "PrimaryNeedCode"),
	groups: map[string]*shape{
		"Assessments": {
			read:   setOf(elAssessmentStart, elAssessmentReview, elAssessmentEnd),
			groups: map[string]*shape{"FactorsIdentifiedAtAssessment": {passed: setOf("AssessmentFactors")}},
		},
		"CINPlanDates": {read: setOf(elCINPlanStart, elCINPlanEnd)},
		"Section47":    {read: setOf(elEnquiry, elTarget, elConference, elNotRequired)},
		"ChildProtectionPlans": {
			read:   setOf(elPlanStart, elPlanEnd, elCategory),
			passed: setOf("LatestCategoryOfAbuse", "NumberOfPreviousCPP"),
			groups: map[string]*shape{"Reviews": {read: setOf(elReview)}},
		},
		"PreProceedingsandFGDM": {read: setOf(elPPStart, elLetter, elFGDMOffer, elFGDMHeld,
			elPPMeeting, elPPReviews, elStep, elPPOutcome, elCourt, elIssueLetter)},
	},
}
