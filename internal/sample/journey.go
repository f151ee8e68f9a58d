package sample

import "longstop/calendar"

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
