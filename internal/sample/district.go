package sample

import (
	"fmt"
	"iter"

	"longstop/calendar"
)

// district draws the families of a sample, one after the other.
type district struct {
	f        frame
	seed     uint64
	children int
	cast     []*family // the first families: there are few, and finding them takes long
}

// newDistrict casts the first families. It says so where the day allows none of a kind.
func newDistrict(f frame, seed uint64, children int) (*district, error) {
	s := &district{f: f, seed: seed, children: children}
	for i, role := range s.roles() {
		fam, err := s.castFor(i, role)
		if err != nil {
			return nil, err
		}
		s.cast = append(s.cast, fam)
	}
	s.cast = s.cast[:s.enrol(s.cast)]
	return s, nil
}

// enrol numbers the children of the first families, as far as there is room for them, and
// returns how many families that makes.
func (s *district) enrol(list []*family) int {
	before := 0
	for i, fam := range list {
		if before = fam.enrol(before, s.children); before >= s.children {
			return i + 1
		}
	}
	return len(list)
}

// enrol numbers the children after those of the families before, leaves out those that
// there is no room for, and returns how many there are now.
func (fam *family) enrol(before, room int) int {
	fam.children = fam.children[:min(len(fam.children), room-before)]
	for i := range fam.children {
		fam.children[i].id = fmt.Sprintf("SAMPLE-%04d", before+i+1)
	}
	return before + len(fam.children)
}

// families yields each family in turn. Those that were not cast are drawn again each time,
// and the same each time.
func (s *district) families() iter.Seq[*family] {
	return func(yield func(*family) bool) {
		before := 0
		for _, fam := range s.cast {
			if before += len(fam.children); !yield(fam) {
				return
			}
		}
		for number := len(s.cast); before < s.children; number++ {
			fam := s.draw(number)
			if before = fam.enrol(before, s.children); !yield(fam) {
				return
			}
		}
	}
}

// roles are the situations that the period is long enough for.
func (s *district) roles() []*situation {
	var list []*situation
	for i := range cast {
		if cast[i].period <= s.f.periodDays() {
			list = append(list, &cast[i])
		}
	}
	return list
}

// castingTries bounds the search for a family that shows a situation; the rarest needs some
// thousands.
const castingTries = 200_000

// castFor draws families until one shows a situation.
func (s *district) castFor(number int, role *situation) (*family, error) {
	d := newDice(s.seed, number, streamJourney)
	for range castingTries {
		if fam, ok := s.audition(d, number, role); ok {
			return fam, nil
		}
	}
	return nil, fmt.Errorf("sample: no family shows %q in a return made on %s: choose another day or seed", role.name, s.f.day)
}

func (s *district) audition(d *dice, number int, role *situation) (*family, bool) {
	within, p := role.within, role.path
	if within == 0 {
		within = reach
	}
	if p == "" {
		p = paths.draw(d)
	}
	first := referralDay(s.f, d, s.f.ref.AddDays(-within))
	fam := &family{number: number, episodes: shownOf(s.f, history(s.f, d, first, p)), conduct: role.conduct.orSteady()}
	if len(fam.episodes) == 0 || !role.shows(s.f, fam) {
		return nil, false
	}
	fam.bear(s.f, d, max(1, role.size))
	return fam, !role.unborn || fam.expecting()
}

// draw draws families until one is in the return, and of those without open work most are
// passed over.
func (s *district) draw(number int) *family {
	d := newDice(s.seed, number, streamJourney)
	for {
		first := referralDay(s.f, d, s.f.ref.AddDays(-reach))
		fam := &family{number: number, episodes: shownOf(s.f, history(s.f, d, first, paths.draw(d)))}
		if len(fam.episodes) == 0 || !fam.current().open() && !d.chance(closedKept) {
			continue
		}
		fam.conduct = newConduct(d)
		fam.bear(s.f, d, familySizes.draw(d))
		return fam
	}
}

// situation is something worth seeing in the sample. A family is drawn until it shows.
type situation struct {
	name    string
	size    int  // children; 0 is one
	path    path // "" is any
	within  int  // days before the reference date in which the first referral lies; 0 is any
	period  int  // days of the period that must have passed for it to be possible
	conduct conduct
	unborn  bool
	shows   func(f frame, fam *family) bool
}

// cast is every situation of which a sample of sixty children holds at least one.
var cast = []situation{
	// The front door and the assessment.
	{name: "a new referral", within: 6, shows: undecided},
	{name: "no further action", path: noAction, within: 200, period: 20, shows: nothingDone},
	{name: "an assessment under way", within: 20, shows: assessing(2, 15)},
	{name: "an assessment in its last days", within: 75, shows: assessing(40, 44)},
	{name: "an assessment just overdue", within: 90, conduct: conduct{holder: whoIsAway}, shows: assessing(46, 52)},
	{name: "an assessment long overdue", within: 140, conduct: conduct{holder: whoLeft}, shows: assessing(61, 90)},
	{name: "an assessment done at the last", path: assessed, period: 90, shows: assessedIn(44, 45)},
	{name: "an assessment done late", path: worked, within: 220, period: 90, shows: assessedIn(47, 70)},
	{name: "an unborn child", within: 100, unborn: true, shows: assessing(3, 40)},
	{name: "three children of one family", size: 3, within: 60, shows: assessing(15, 35)},
	{name: "a family referred again", size: 2, period: 120, shows: again},

	// Section 47 and the conference.
	{name: "an enquiry under way", path: protected, within: 30, shows: enquiring(2, 10)},
	{name: "an enquiry with its conference overdue", path: protected, within: 60, shows: enquiring(17, 30)},
	{name: "an enquiry that needed no conference", path: supported, within: 60, period: 20, shows: notNeeded},
	{name: "a conference without a plan", path: conferenced, within: 120, period: 45, shows: decidedAgainst},
	{name: "a conference held late", path: protected, within: 120, period: 45, shows: conferredLate},

	// Child protection plans, by age.
	{name: "a new plan", path: protected, size: 2, within: 90, period: 45, shows: planned(10, 60)},
	{name: "a plan of nine months", path: protected, shows: planned(280, 450)},
	{name: "a plan of fifteen months", path: protected, shows: planned(460, 540)},
	{name: "a plan of eighteen months", path: protected, shows: planned(552, 725)},
	{name: "a plan of two years", path: protected, size: 2, shows: planned(735, 1100)},
	{name: "a plan whose review is overdue", path: protected, period: 100, shows: reviewOverdue},
	{name: "a plan on which nobody visits", path: protected, conduct: conduct{visits: drifting}, shows: planned(120, 500)},
	{name: "a plan with visits that see nobody", path: protected, conduct: conduct{visits: missed}, shows: planned(130, 400)},
	{name: "a plan without core groups", path: protected, conduct: conduct{coreGroups: drifting}, shows: planned(140, 400)},
	{name: "a family that moved here on a plan", path: movedIn, within: 150, period: 60, shows: transferred},
	{name: "a plan that ended in step-down", path: protected, period: 60, shows: steppedDown},

	// Child in need plans.
	{name: "a child in need plan in good order", path: supported, size: 2, within: 200, shows: onSupport(40, 150)},
	{
		name: "a child in need plan on which nobody visits", path: supported, within: 300,
		conduct: conduct{visits: drifting}, shows: onSupport(110, 250),
	},
	{
		name: "a child in need plan that nobody reviews", path: supported, within: 400,
		conduct: conduct{reviews: drifting}, shows: onSupport(220, 350),
	},
	{name: "a child in need plan that ended", path: supported, period: 60, shows: supportedAndClosed},

	// Before proceedings.
	{name: "pre-proceedings in good order", path: protected, within: 500, period: 80, shows: preCourtAt(50, 90, true)},
	{name: "pre-proceedings over sixteen weeks", path: protected, within: 600, period: 130, shows: preCourtAt(118, 170, true)},
	{name: "pre-proceedings without a review", path: protected, within: 500, period: 90, shows: preCourtAt(75, 110, false)},
}

// undecided: nothing has followed the referral yet.
func undecided(_ frame, fam *family) bool { return fam.current().open() && !fam.current().started() }

func nothingDone(_ frame, fam *family) bool { return fam.current().noAction }

// assessing: the assessment is open, and the given number of working days old on the day.
func assessing(low, high int) func(frame, *family) bool {
	return func(f frame, fam *family) bool {
		e := fam.current()
		age := f.cal.WorkingDaysBetween(e.referral, f.day)
		return len(e.assessments) == 1 && e.assessments[0].authorised.IsZero() && low <= age && age <= high &&
			len(e.inNeed)+len(e.protection)+len(e.enquiries) == 0
	}
}

func assessedIn(low, high int) func(frame, *family) bool {
	return func(f frame, fam *family) bool {
		e := fam.current()
		if len(e.assessments) == 0 || e.assessments[0].authorised.IsZero() {
			return false
		}
		days := f.cal.WorkingDaysBetween(e.referral, e.assessments[0].authorised)
		return low <= days && days <= high
	}
}

func again(_ frame, fam *family) bool {
	return len(fam.episodes) > 1 && fam.episodes[0].started() && fam.current().open() && fam.current().started()
}

// enquiring: an enquiry that goes to conference is open, so many working days on.
func enquiring(low, high int) func(frame, *family) bool {
	return func(f frame, fam *family) bool {
		for _, q := range fam.current().enquiries {
			age := f.cal.WorkingDaysBetween(q.start, f.day)
			if q.concluded().IsZero() && low <= age && age <= high {
				return true
			}
		}
		return false
	}
}

func notNeeded(_ frame, fam *family) bool {
	e := fam.current()
	return e.open() && len(e.enquiries) == 1 && !e.enquiries[0].notNeeded.IsZero()
}

func decidedAgainst(_ frame, fam *family) bool {
	e := fam.current()
	return e.open() && len(e.enquiries) == 1 && !e.enquiries[0].conference.IsZero() && len(e.protection) == 0
}

func conferredLate(f frame, fam *family) bool {
	e := fam.current()
	return e.open() && len(e.enquiries) == 1 && f.cal.WorkingDaysBetween(e.enquiries[0].start, e.enquiries[0].conference) > 16
}

// planned: the family is on a child protection plan so many days old, with its reviews in
// time.
func planned(low, high int) func(frame, *family) bool {
	return func(f frame, fam *family) bool {
		p := fam.current().onProtection()
		return p != nil && between(f.day.DaysSince(p.start), low, high) && nextReview(p) >= f.day.AddDays(5)
	}
}

// reviewOverdue: and the return reaches back far enough to show it.
func reviewOverdue(f frame, fam *family) bool {
	p := fam.current().onProtection()
	return p != nil && max(p.start, lastOf(p.reviews)) >= f.from && nextReview(p) <= f.day.AddDays(-5)
}

// nextReview is the day by which the next review of a plan is due.
func nextReview(p *protectionPlan) calendar.Date {
	if len(p.reviews) > 0 {
		return lastOf(p.reviews).AddMonths(6)
	}
	return p.start.AddMonths(3)
}

// lastOf is the last of some days in order, or zero.
func lastOf(days []calendar.Date) calendar.Date {
	if len(days) == 0 {
		return 0
	}
	return days[len(days)-1]
}

func transferred(_ frame, fam *family) bool {
	return !fam.current().transfer.IsZero() && fam.current().onProtection() != nil
}

func steppedDown(f frame, fam *family) bool {
	e := fam.current()
	return len(e.protection) == 1 && e.protection[0].end >= f.from && e.onSupport() != nil
}

func onSupport(low, high int) func(frame, *family) bool {
	return func(f frame, fam *family) bool {
		p := fam.current().onSupport()
		return p != nil && between(f.day.DaysSince(p.start), low, high)
	}
}

func supportedAndClosed(_ frame, fam *family) bool {
	e := fam.current()
	return !e.closure.IsZero() && len(e.inNeed) == 1 && len(e.protection) == 0
}

// preCourtAt: pre-proceedings so many days old and undecided; with reviews, or without any
// where one has been due for days.
func preCourtAt(low, high int, reviewed bool) func(frame, *family) bool {
	return func(f frame, fam *family) bool {
		for _, p := range fam.current().preCourt {
			if !p.decision.IsZero() || !between(f.day.DaysSince(p.start), low, high) {
				continue
			}
			if reviewed && len(p.reviews) > 0 && lastOf(p.reviews).AddDays(42) > f.day {
				return true
			}
			if !reviewed && len(p.reviews) == 0 && !p.meeting.IsZero() && p.meeting.AddDays(45) < f.day {
				return true
			}
		}
		return false
	}
}

func between(n, low, high int) bool { return low <= n && n <= high }
