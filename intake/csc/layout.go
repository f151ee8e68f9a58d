package csc

import (
	"longstop/casework"
	"longstop/intake"
)

// The elements of the events, each named by where it stands.
const (
	elChild    = "la_child_id"
	elBorn     = "child_details.date_of_birth"
	elExpected = "child_details.expected_date_of_birth"
	elSDQ      = "health_and_wellbeing.sdq_assessments.date"

	elEpisode  = "social_care_episodes"
	elReferral = "social_care_episodes.referral_date"
	elClosure  = "social_care_episodes.closure_date"

	elDecision = "adoption.initial_decision_date"
	elMatched  = "adoption.matched_date"
	elPlaced   = "adoption.placed_date"
	elContact  = "care_leavers.contact_date"

	// Worked out from all placements of an episode.
	elCareStart = "child_looked_after_placements.start_reason"
	elCareEnd   = "child_looked_after_placements.end_reason"
)

// The events that the feed becomes.
const (
	typeBorn     = "person.born"
	typeExpected = "person.expected"

	typeReferral = "referral.received"
	typeDecided  = "referral.decided"
	typeClosed   = "case.closed"

	typeAssessmentStart = "assessment.started"
	typeAssessmentEnd   = "assessment.completed"

	typeStrategy    = "strategy_discussion.held"
	typeEnquiryEnd  = "section47.completed"
	typeConference  = "icpc.held"
	typeNotRequired = "icpc.not_required"

	typePlanStart    = "cp_plan.started"
	typePlanEnd      = "cp_plan.ended"
	typeCINPlanStart = "cin_plan.started"
	typeCINPlanEnd   = "cin_plan.ended"

	typeCareStart      = "looked_after.started"
	typePlacementStart = "placement.started"
	typePlacementEnd   = "placement.ended"
	typeCareEnd        = "looked_after.ended"

	typeDecision = "adm.decided"
	typePlaced   = "adoption.placed"
	typeContact  = "care_leaver.contacted"
	typeSDQ      = "sdq.completed"
)

// The fields of events' data.
const (
	fieldRow     = "row" // the id of the item in the council's system, as it was told last
	fieldOutcome = "outcome"

	outcomePlan, outcomeNoPlan = "plan", "no_plan"
)

// kind is a list of an episode: what its items are called, and which events their dates become.
type kind struct {
	list, id   string
	start, end string // the names of the dates
	other      string // of a third date, or ""

	startType, endType, otherType string

	texts, flags []string // further fields that are read
	passed       []string // those that are known and not read
}

// element is the element of a date of the kind.
func (k *kind) element(date string) string { return k.list + "." + date }

// dates are the names of the dates.
func (k *kind) dates() []string {
	if k.other == "" {
		return []string{k.start, k.end}
	}
	return []string{k.start, k.other, k.end}
}

// eventType is the type of the event that a date becomes.
func (k *kind) eventType(date string) string {
	switch date {
	case k.start:
		return k.startType
	case k.end:
		return k.endType
	default:
		return k.otherType
	}
}

// The fields of items that decide on events.
const (
	flagConference   = "icpc_required_flag"
	textStartReason  = "start_reason"
	textEndReason    = "end_reason"
	textPlacement    = "placement_type"
	dateStart        = "start_date"
	dateEnd          = "end_date"
	dateAuthorised   = "authorisation_date"
	dateConference   = "icpc_date"
	reasonStarted    = "S"  // a placement that begins a period of being looked after
	reasonGoesOn     = "X1" // a placement that ends while the child stays looked after
	placedWithParent = "P1"
)

var (
	assessments = &kind{
		list: "child_and_family_assessments", id: "child_and_family_assessment_id", start: dateStart, end: dateAuthorised,
		startType: typeAssessmentStart, endType: typeAssessmentEnd, passed: []string{"factors"},
	}
	cinPlans = &kind{
		list: "child_in_need_plans", id: "child_in_need_plan_id", start: dateStart, end: dateEnd,
		startType: typeCINPlanStart, endType: typeCINPlanEnd,
	}
	enquiries = &kind{
		list: "section_47_assessments", id: "section_47_assessment_id", start: dateStart, end: dateEnd, other: dateConference,
		startType: typeStrategy, endType: typeEnquiryEnd, otherType: typeConference, flags: []string{flagConference},
	}
	plans = &kind{
		list: "child_protection_plans", id: "child_protection_plan_id", start: dateStart, end: dateEnd,
		startType: typePlanStart, endType: typePlanEnd,
	}
	placements = &kind{
		list: "child_looked_after_placements", id: "child_looked_after_placement_id", start: dateStart, end: dateEnd,
		startType: typePlacementStart, endType: typePlacementEnd, texts: []string{textStartReason, textEndReason, textPlacement},
		passed: []string{"postcode", "change_reason"},
	}
	kinds = []*kind{assessments, cinPlans, enquiries, plans, placements}
)

// layout is what package intake has to know.
var layout = &intake.Layout{
	Prefix: "csc-",
	Order: intake.Rank(typeBorn, typeExpected, typeReferral, typeDecided, typeAssessmentStart, typeAssessmentEnd, typeStrategy,
		typeNotRequired, typeConference, typeEnquiryEnd, typePlanStart, typePlanEnd, typeCINPlanStart, typeCINPlanEnd, typeCareStart,
		typePlacementStart, typePlacementEnd, typeCareEnd, typeDecision, typePlaced, typeContact, typeSDQ, typeClosed, intake.TypeSource),
	Born: elBorn, Private: map[string]bool{elBorn: true, elExpected: true},
	Opens: elReferral, Ends: endsOf(), Flag: flagOf, HandStays: true,
}

func endsOf() map[string]intake.End {
	ends := map[string]intake.End{}
	for _, k := range kinds {
		ends[k.element(k.start)] = intake.End{Element: k.element(k.end)}
	}
	return ends
}

// flagOf returns the flag that an inferred event stands for; "" where it follows from dates.
func flagOf(inferred casework.Event) string {
	switch {
	case inferred.Type == typeNotRequired:
		return enquiries.element(flagConference)
	case inferred.Type == typeDecided && inferred.Data.Text(fieldOutcome) == "nfa":
		return elEpisode + "." + flagNFA
	}
	return ""
}
