package sample

import "longstop/calendar"

// An episode is one referral and all that followed from it. A zero date is one that never
// comes, or has not come yet.
type episode struct {
	referral    calendar.Date
	source      string
	need        string
	noAction    bool
	closure     calendar.Date
	reason      string
	transfer    calendar.Date // a conference without an enquiry: the family moved here on a plan
	assessments []assessment
	inNeed      []inNeedPlan
	enquiries   []enquiry
	protection  []protectionPlan
	preCourt    []preProceedings
}

type assessment struct {
	start, authorised calendar.Date
	factors           []string
}

type inNeedPlan struct{ start, end calendar.Date }

// enquiry is one under section 47. It ends in a conference, or in the finding on a day that
// none is needed.
type enquiry struct{ start, conference, notNeeded calendar.Date }

// concluded is the day on which it is known how the enquiry ended.
func (q enquiry) concluded() calendar.Date { return max(q.conference, q.notNeeded) }

type protectionPlan struct {
	start, end    calendar.Date
	first, latest string // category of abuse
	changed       calendar.Date
	previous      int
	reviews       []calendar.Date
}

type preProceedings struct {
	start, letter, meeting calendar.Date
	offered, held          bool // of a family group decision-making meeting
	reviews                []calendar.Date
	decision               calendar.Date
	outcome                string
	court, courtLetter     calendar.Date
}

// open says whether work on the episode goes on.
func (e *episode) open() bool { return !e.noAction && e.closure.IsZero() }

// over is the last day of an episode that has ended, or zero.
func (e *episode) over() calendar.Date {
	if e.noAction {
		return e.referral
	}
	return e.closure
}

// started says whether anything followed the referral.
func (e *episode) started() bool {
	return len(e.assessments)+len(e.enquiries)+len(e.inNeed)+len(e.protection)+len(e.preCourt) > 0
}

// onProtection is the child protection plan that the family is on, or nil.
func (e *episode) onProtection() *protectionPlan {
	for i := range e.protection {
		if e.protection[i].end.IsZero() {
			return &e.protection[i]
		}
	}
	return nil
}

// onSupport is the child in need plan that the family is on, or nil.
func (e *episode) onSupport() *inNeedPlan {
	for i := range e.inNeed {
		if e.inNeed[i].end.IsZero() {
			return &e.inNeed[i]
		}
	}
	return nil
}
