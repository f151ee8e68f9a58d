package sample

import "longstop/calendar"

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
