package cincensus

import (
	"io"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// Census is the Children in Need census as a format of [intake].
type Census struct {
	// Calendar counts the working days of the validator's rules; nil for the published calendar of
	// England and Wales.
	Calendar *calendar.Calendar
}

// Name returns the name under which the record keeps loads of census returns.
func (Census) Name() string { return "cin-census" }

// Check reads a whole return and returns what is in it. It returns an [*intake.BrokenError] where the
// file is broken (cut off, not XML, in another encoding than it declares or in one that is not read,
// with a DOCTYPE, with a text or a nesting beyond all measure, of another kind, without a reference
// date or without a child) or cannot be loaded today. Any other error is one of reading.
func (Census) Check(r io.Reader, today calendar.Date) (*intake.Contents, error) {
	found, h, err := check(r)
	if err != nil {
		return nil, err
	}
	if err := h.untimely(today); err != nil {
		return nil, err
	}
	return found, nil
}

// Read streams a return: it calls each with every Child in file order, those that are refused as a
// whole included. One child at a time is in memory.
func (f Census) Read(r io.Reader, checked *intake.Contents, today calendar.Date, each func(intake.Child) error) error {
	_, err := read(r, options{checked: checked, today: today, calendar: f.Calendar}, each)
	return err
}

// Reports returns the event types that a return reports: those of the middle column of the table in
// census.md. What else it becomes is inferred, or dated by something else.
func (Census) Reports() []string {
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

// Gone reports whether a child that the return does not hold is gone: a return holds every child of its
// period.
func (Census) Gone(l intake.Load, r *intake.Record) bool { return r.OfPeriod(l) }

// Layout returns the layout of the return's elements.
func (Census) Layout() *intake.Layout { return layout }

// followsWithin is how long after an inferred event a real one of its type is taken to be
// the same thing where nothing else says so, in months.
const followsWithin = 1

// GivesWay reports whether an inferred event gives way to a real one of its type.
//
// A conference inferred for a plan gives way to a real one in the seven days up to the plan's start,
// unless that decided on no plan. The other inferred events give way to a real one on or after their
// day: within a month, since a case has more than one referral, enquiry and letter, but without end for
// the decision on a referral whose episode both name.
func (Census) GivesWay(inferred, real casework.Event) bool {
	day, other := inferred.At.Day, real.At.Day
	switch inferred.Type {
	case typeConference:
		return decidedOn(other, day) && real.Data.Text(fieldOutcome) != "no_plan"
	case typeDecided:
		named := inferred.Episode != "" && inferred.Episode == real.Episode
		return day <= other && (named || follows(day, other))
	default:
		return follows(day, other)
	}
}

func follows(day, other calendar.Date) bool {
	return day <= other && other <= day.AddMonths(followsWithin)
}

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
)

// fieldOutcome is the field of an event's data that holds a decision's outcome.
const fieldOutcome = "outcome"
