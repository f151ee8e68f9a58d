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

// open reports whether work on the episode goes on.
func (e *episode) open() bool { return !e.noAction && e.closure.IsZero() }

// over is the last day of an episode that has ended, or zero.
func (e *episode) over() calendar.Date {
	if e.noAction {
		return e.referral
	}
	return e.closure
}

// started reports whether anything followed the referral.
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

const (
	// reach is how far back, in days, a first referral can lie and still be open.
	reach = 1600
	// closedKept is the share of families without open work that the sample keeps.
	closedKept = 0.25
)

// returning is the chance that a family is referred again after its episode closed. With it
// as many referrals follow another in the same return as, by table C1 of 2025, follow another
// within twelve months: 22.6 %. A return of part of a year shows fewer of the earlier ones,
// so there are more.
func returning(f frame) float64 { return 0.7 - 0.001*float64(max(150, f.periodDays())) }

// history is a family's episodes, one after the other until one outlasts the return.
func history(f frame, d *dice, first calendar.Date, p path) []episode {
	var list []episode
	for referral := first; ; p = paths.draw(d) {
		e := newEpisode(f, d, referral, p)
		list = append(list, e)
		over := e.over()
		if over >= f.ref || !d.chance(returning(f)) {
			return list
		}
		referral = f.cal.OnOrAfter(over.AddDays(3 + d.tail(95, 400)))
		if referral > f.ref {
			return list
		}
	}
}

// shownOf is what the return shows of a history.
func shownOf(f frame, all []episode) []episode {
	var list []episode
	for i := range all {
		if s, ok := all[i].shown(f); ok {
			list = append(list, s)
		}
	}
	return list
}

// referralDay draws a day on which a referral arrives, from one up to the reference date:
// as many in each month as England has, few at weekends.
func referralDay(f frame, d *dice, earliest calendar.Date) calendar.Date {
	for {
		day := earliest.AddDays(d.between(0, f.ref.DaysSince(earliest)))
		if d.chance(arrival(f, day)) {
			return day
		}
	}
}

// busiest is more referrals a day than any month has.
const busiest = 2000

func arrival(f frame, day calendar.Date) float64 {
	_, month, _ := day.Split()
	length := day.AddMonths(1).DaysSince(day) // 28 to 31, near enough
	p := referralsInMonth[month] / float64(length) / busiest
	if !f.cal.IsWorkingDay(day) {
		p *= weekendReferrals
	}
	return p
}
