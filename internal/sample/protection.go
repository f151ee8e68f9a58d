package sample

import "longstop/calendar"

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
