package sample

import (
	"time"

	"longstop/calendar"
)

// path is the road that an episode takes from its referral.
type path string

const (
	noAction    path = "no further action"
	assessed    path = "closed after the assessment"
	supported   path = "a child in need plan"
	worked      path = "work without a plan"
	conferenced path = "a conference without a plan"
	protected   path = "a child protection plan"
	movedIn     path = "moved here on a child protection plan"
)

// paths are as common as the tables have it: of 633,000 referrals in England in 2025 some
// 62,000 led to a child protection plan, more than twice as many to a child in need plan.
var paths = weighted[path]{
	{7, noAction}, {42, assessed}, {26, supported}, {11, worked}, {1.9, conferenced}, {9, protected}, {0.3, movedIn},
}

// journey runs one episode to its end, however far in the future that lies: what a return
// shows of it is decided afterwards, so that what is open has the ages that open things
// have.
type journey struct {
	f    frame
	d    *dice
	e    episode
	last calendar.Date // of everything so far: the episode cannot close before
}

func newEpisode(f frame, d *dice, referral calendar.Date, p path) episode {
	j := &journey{f: f, d: d, last: referral}
	j.e = episode{referral: referral, source: referralSources.draw(d)}
	j.run(p)
	return j.e
}

func (j *journey) run(p path) {
	if p == noAction {
		j.e.noAction = true
		return
	}
	j.e.need = needs.draw(j.d)
	authorised := j.assess()
	switch p {
	case noAction: // ended above
	case assessed:
		j.enquireInPassing(0.2)
		j.closeAssessed()
		return
	case supported:
		j.enquireInPassing(0.3)
		j.support(j.f.wd(authorised, j.d.between(0, 8)))
	case worked:
		j.enquireInPassing(0.1)
		j.work(300)
	case conferenced:
		held := j.enquire(j.e.referral)
		j.support(j.f.wd(max(held, authorised), j.d.between(1, 5)))
	case protected:
		j.protect(j.enquire(j.e.referral))
	case movedIn:
		j.e.transfer = j.f.wd(j.e.referral, j.d.between(3, 12))
		j.protect(j.e.transfer)
	}
	j.reassess()
	j.close(closedAfterPlan.draw(j.d))
}

// reached notes the days up to which the episode is at work.
func (j *journey) reached(days ...calendar.Date) {
	for _, d := range days {
		j.last = max(j.last, d)
	}
}

var assessmentLag = weighted[span]{{60, span{0, 0}}, {25, span{1, 1}}, {15, span{2, 4}}}

// assess gives the episode its assessment, timed from the referral as the law counts it,
// and returns the day of its authorisation.
func (j *journey) assess() calendar.Date {
	authorised := j.f.wd(j.e.referral, j.assessmentLength())
	start := min(authorised, j.f.wd(j.e.referral, assessmentLag.draw(j.d).draw(j.d)))
	j.e.assessments = append(j.e.assessments, assessment{start, authorised, j.factors()})
	j.reached(authorised)
	return authorised
}

// reassess gives one long episode in eight a second assessment.
func (j *journey) reassess() {
	start := j.f.wd(j.e.referral, j.d.between(130, 330))
	if j.last.DaysSince(j.e.referral) < 200 || start > j.last || !j.d.chance(0.125) {
		return
	}
	authorised := j.f.wd(start, j.assessmentLength())
	j.e.assessments = append(j.e.assessments, assessment{start, authorised, j.factors()})
	j.reached(authorised)
}

func (j *journey) assessmentLength() int {
	s := assessmentDays.draw(j.d)
	if s == longAssessment {
		return s.low + j.d.tail(17, 70)
	}
	return s.draw(j.d)
}

// factors are one to four, each once.
func (j *journey) factors() []string {
	list := []string{factors.draw(j.d)}
	for range j.d.between(0, 3) {
		list = appendNew(list, factors.draw(j.d))
	}
	return list
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// enquireInPassing adds, with a probability, an enquiry that needed no conference.
func (j *journey) enquireInPassing(p float64) {
	if !j.d.chance(p) {
		return
	}
	start := j.strategyDiscussion(j.e.referral)
	over := j.f.wd(start, j.d.between(3, 12))
	j.e.enquiries = append(j.e.enquiries, enquiry{start: start, notNeeded: over})
	j.reached(over)
}

// enquire adds an enquiry that goes to conference, and returns the day of that.
func (j *journey) enquire(from calendar.Date) calendar.Date {
	start := j.strategyDiscussion(from)
	held := j.f.wd(start, conferenceDays.draw(j.d).draw(j.d))
	j.e.enquiries = append(j.e.enquiries, enquiry{start: start, conference: held})
	j.reached(held)
	return held
}

var discussionLag = weighted[span]{{60, span{0, 0}}, {20, span{1, 2}}, {20, span{3, 9}}}

func (j *journey) strategyDiscussion(from calendar.Date) calendar.Date {
	return j.f.wd(from, discussionLag.draw(j.d).draw(j.d))
}

var supportDays = weighted[span]{
	{22, span{40, 90}}, {33, span{91, 180}}, {30, span{181, 365}}, {12, span{366, 730}}, {3, span{731, 1000}},
}

// support gives the episode a child in need plan. One in twelve gets worse and goes to
// conference.
func (j *journey) support(start calendar.Date) {
	end := j.f.cal.OnOrBefore(start.AddDays(supportDays.draw(j.d).draw(j.d)))
	worse := j.f.wd(start.AddDays(j.d.between(35, 200)), 0)
	if worse >= end || !j.d.chance(0.08) {
		j.inNeed(start, end)
		return
	}
	held := j.enquire(worse)
	if j.d.chance(noPlanAtConference) {
		j.inNeed(start, end)
		return
	}
	j.inNeed(start, min(end, j.f.wd(held, -1))) // a child is on one plan at a time
	j.protect(held)
}

func (j *journey) inNeed(start, end calendar.Date) {
	j.e.inNeed = append(j.e.inNeed, inNeedPlan{start, end})
	j.reached(end)
}

// work is what goes on without a plan that a return shows: children looked after and the
// long work of a disabled children's team among it.
func (j *journey) work(mean float64) {
	j.reached(j.f.cal.OnOrAfter(j.last.AddDays(20 + j.d.tail(mean, 1200))))
}

var (
	closedAfterAssessment = weighted[string]{{70, "RC8"}, {30, "RC9"}}
	closedAfterPlan       = weighted[string]{
		{80, "RC7"}, {4, "RC3"}, {7, "RC4"}, {6, "RC5"}, {2, "RC1"}, {1, "RC6"},
	}
)

// closeAssessed closes after an assessment. Where there was an enquiry the reason cannot be
// one of the two that say that nothing else happened.
func (j *journey) closeAssessed() {
	reason := closedAfterAssessment.draw(j.d)
	if len(j.e.enquiries) > 0 {
		reason = "RC7"
	}
	j.close(reason)
}

func (j *journey) close(reason string) {
	j.e.closure, j.e.reason = j.f.wd(j.last, j.d.between(0, 6)), reason
}

// protect gives the episode a child protection plan from the day of the conference, and what
// comes after it: most families step down to a child in need plan.
func (j *journey) protect(conference calendar.Date) {
	p := protectionPlan{
		start: conference, end: j.f.workday(conference.AddDays(planDays.draw(j.d).draw(j.d)), conference.AddDays(14)),
		first: abuse.draw(j.d), previous: previousPlans.draw(j.d),
	}
	if p.latest = p.first; j.d.chance(0.1) {
		p.latest, p.changed = abuse.draw(j.d), p.start.AddMonths(3)
	}
	p.reviews = j.reviews(p.start, p.end)
	j.e.protection = append(j.e.protection, p)
	j.reached(p.end)
	j.preProceedings(&p)
	switch {
	case j.d.chance(0.75):
		j.inNeed(j.afterwards(p.end))
	case j.d.chance(0.5):
		j.work(200)
	}
}

// previousPlans: about a quarter of plans are a second or later one (table D3).
var previousPlans = weighted[int]{{76, 0}, {18, 1}, {5, 2}, {1, 3}}

// afterwards is a child in need plan that follows a child protection plan, from the next
// working day or soon after: a child is on one plan at a time.
func (j *journey) afterwards(ended calendar.Date) (start, end calendar.Date) {
	start = j.f.wd(ended, j.d.between(1, 3))
	return start, j.f.cal.OnOrBefore(start.AddDays(j.d.between(60, 240)))
}

// reviews are those of a plan: within three months of the conference, then within six of
// the last. Most plans end at one.
func (j *journey) reviews(start, end calendar.Date) []calendar.Date {
	var held []calendar.Date
	due := start.AddMonths(3)
	for last := start; ; due = last.AddMonths(6) {
		if end <= due {
			if j.d.chance(0.85) {
				held = append(held, end)
			}
			return held
		}
		if last = j.review(due, last); last >= end {
			return held
		}
		held = append(held, last)
	}
}

// review is held in the fortnight up to the day on which it is due, or late.
func (j *journey) review(due, last calendar.Date) calendar.Date {
	if j.d.chance(reviewLate) {
		return j.f.wd(due.AddDays(1+j.d.tail(24, 90)), 0)
	}
	return j.f.workday(due.AddDays(-j.d.between(0, 12)), last)
}

var (
	letterDays  = weighted[span]{{85, span{1, 5}}, {15, span{6, 12}}}
	meetingDays = weighted[span]{{85, span{4, 10}}, {15, span{11, 16}}}
	// preCourtDays: guidance looks for an end within 16 weeks; some take longer.
	preCourtDays = weighted[span]{{40, span{60, 90}}, {32, span{91, 112}}, {28, span{113, 190}}}
	outcomes     = weighted[string]{{50, "A"}, {35, "B"}, {15, "C"}}
)

// preProceedings gives one long plan in four a time before proceedings.
func (j *journey) preProceedings(plan *protectionPlan) {
	length := plan.end.DaysSince(plan.start)
	if length < 150 || !j.d.chance(0.25) {
		return
	}
	p := preProceedings{start: j.f.wd(plan.start.AddDays(j.d.between(45, min(300, length-60))), 0)}
	p.letter = j.f.wd(p.start, letterDays.draw(j.d).draw(j.d))
	p.meeting = j.f.wd(p.letter, meetingDays.draw(j.d).draw(j.d))
	p.offered = j.d.chance(0.85)
	p.held = p.offered && j.d.chance(0.6)
	p.decision = max(j.f.wd(p.start.AddDays(preCourtDays.draw(j.d).draw(j.d)), 0), p.meeting)
	p.outcome = outcomes.draw(j.d)
	p.reviews = j.preCourtReviews(p.meeting, p.decision)
	if p.outcome == "B" {
		p.court = j.f.wd(p.decision, j.d.between(3, 12))
		p.courtLetter = j.f.wd(p.court, j.d.between(0, 3))
	}
	j.e.preCourt = append(j.e.preCourt, p)
	j.reached(p.decision, p.courtLetter)
}

// preCourtReviews are held every six weeks from the first meeting; in one family in eight
// nobody holds any.
func (j *journey) preCourtReviews(meeting, decision calendar.Date) []calendar.Date {
	if j.d.chance(0.12) {
		return nil
	}
	var held []calendar.Date
	for last := meeting; ; {
		due := last.AddDays(42)
		if j.d.chance(0.1) {
			last = j.f.wd(due.AddDays(j.d.between(1, 14)), 0)
		} else {
			last = j.f.workday(due.AddDays(-j.d.between(0, 10)), last)
		}
		if last >= decision {
			return held
		}
		held = append(held, last)
	}
}

// The published distributions, England. Crown copyright, Open Government Licence v3.0.
// Weights are the published numbers, so they need not add up to anything.

// assessmentDays is how long assessments take, in working days: DfE, Children in need
// 2025, table C2. The published table has bins; within 41 to 45 the weight rises towards
// the last day, as a deadline makes it, and the 61 and more are drawn by longAssessment.
var assessmentDays = weighted[span]{
	{11680, span{0, 0}},
	{75590, span{1, 10}},
	{112180, span{11, 20}},
	{102260, span{21, 30}},
	{131380, span{31, 40}},
	{122730 * 0.16, span{41, 41}},
	{122730 * 0.17, span{42, 42}},
	{122730 * 0.20, span{43, 43}},
	{122730 * 0.22, span{44, 44}},
	{122730 * 0.25, span{45, 45}},
	{37640, span{46, 50}},
	{27860, span{51, 60}},
	{27500, longAssessment},
}

// longAssessment stands for the open-ended bin, 61 working days and more.
var longAssessment = span{61, 61}

// conferenceDays is the working days from the start of a section 47 enquiry to the initial
// conference: table C4, 2025. Within 11 to 15 the weights give the published quartiles 13,
// 14 and 15.
var conferenceDays = weighted[span]{
	{6240, span{4, 10}},
	{52430 * 0.06, span{11, 11}},
	{52430 * 0.12, span{12, 12}},
	{52430 * 0.24, span{13, 13}},
	{52430 * 0.31, span{14, 14}},
	{52430 * 0.27, span{15, 15}},
	{6430, span{16, 20}},
	{6990, span{21, 38}},
}

// planDays is how long child protection plans last, in days: table D7, 2025. The last bin
// is open; plans of over three years are rare.
var planDays = weighted[span]{
	{9920 * 0.35, span{20, 70}},
	{9920 * 0.65, span{71, 90}}, // they end at the first review, which is due at three months
	{6880, span{93, 180}},
	{27110, span{186, 360}},
	{15680 * 0.6, span{368, 530}},
	{15680 * 0.4, span{531, 726}},
	{2710, span{733, 1200}},
}

// referralsInMonth is how many referrals England had in each month: table C6, year ending
// March 2024.
var referralsInMonth = map[time.Month]float64{
	time.April: 43340, time.May: 55680, time.June: 58690, time.July: 51880, time.August: 44080, time.September: 54090,
	time.October: 55710, time.November: 55790, time.December: 45150, time.January: 54670, time.February: 50870,
	time.March: 51940,
}

const (
	// noPlanAtConference: 61,840 plans started from 72,100 conferences (tables D1 and C4, 2025).
	noPlanAtConference = 0.14
	// reviewLate is the chance that one review is late. With two to three reviews a plan,
	// nine children in ten have had all of theirs in time (table D6, 2024: 89.8 %).
	reviewLate = 0.058
	// weekendReferrals: most come on working days; the emergency duty team takes the rest.
	weekendReferrals = 0.06
)
