package cincensus

// The events that a return becomes.
const (
	typeBorn     = "person.born"
	typeExpected = "person.expected"
	typeDied     = "person.died"

	typeReferral = "referral.received"
	typeDecided  = "referral.decided"
	typeClosed   = "case.closed"

	typeAssessmentStart = "assessment.started"
	typeCheckpoint      = "assessment.checkpoint"
	typeAssessmentEnd   = "assessment.completed"

	typeCINPlanStart = "cin_plan.started"
	typeCINPlanEnd   = "cin_plan.ended"

	typeStrategy    = "strategy_discussion.held"
	typeNotRequired = "icpc.not_required"
	typeConference  = "icpc.held"

	typePlanStart = "cp_plan.started"
	typeReview    = "cp_review.held"
	typePlanEnd   = "cp_plan.ended"

	typePPStart   = "pre_proceedings.started"
	typeLetter    = "letter_before_proceedings.sent"
	typeOffered   = "fgdm.offered"
	typePPMeeting = "pre_proceedings_meeting.held"
	typePPEnd     = "pre_proceedings.ended"
	typeIssued    = "proceedings.issued"

	typeSource = "source.attached"
)

// order is the order in which the events of one day are recorded.
var order = rank(typeBorn, typeExpected, typeReferral, typeDecided, typeAssessmentStart, typeCheckpoint,
	typeAssessmentEnd, typeStrategy, typeNotRequired, typeConference, typePlanStart, typeReview, typePlanEnd,
	typeCINPlanStart, typeCINPlanEnd, typePPStart, typeLetter, typeOffered, typePPMeeting, typePPEnd, typeIssued,
	typeClosed, typeDied, typeSource)

func rank(types ...string) map[string]int {
	ranks := make(map[string]int, len(types))
	for i, t := range types {
		ranks[t] = i
	}
	return ranks
}

// Reports are the event types that a return reports: those of the middle column of the
// design's table. What stands beside them is inferred, or dated by something else.
func Reports() []string {
	return []string{
		typeBorn, typeDied, typeReferral,
		typeAssessmentStart, typeAssessmentEnd, typeCheckpoint,
		typeCINPlanStart, typeCINPlanEnd,
		typeStrategy, typeConference,
		typePlanStart, typePlanEnd, typeReview,
		typePPStart, typeLetter, typePPMeeting, typePPEnd, typeIssued,
		typeClosed,
	}
}

// The fields of an event's data.
const (
	fieldElement  = "element"
	fieldInferred = "inferred"
	fieldReason   = "reason"
	fieldOutcome  = "outcome"
)

// reasonField is where a correction says why: case.closed has a reason of its own, that
// of the closure.
func reasonField(eventType string) string {
	if eventType == typeClosed {
		return "correction_reason"
	}
	return fieldReason
}
