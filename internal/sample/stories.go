package sample

import "longstop/casework"

// missedVisit: nobody visits a child on a child protection plan for a month, and on.
func missedVisit(a *author) {
	a.story.Title = "A monthly visit is missed"
	conference := a.before(40)
	referral := a.wd(conference, -17)
	a.past("worker.allocated", referral, held("SW01"))
	a.past("referral.received", referral, nil)
	a.past("referral.decided", referral, casework.Data{"outcome": "strategy_discussion"})
	a.past("assessment.started", referral, nil)
	a.past("strategy_discussion.held", a.wd(conference, -14), casework.Data{"s47": true})
	a.past("icpc.held", conference, casework.Data{"outcome": "plan"})
	a.past("cp_plan.started", conference, casework.Data{"category": "NEG"})
	a.past("assessment.completed", a.wd(conference, 8), nil)
	coreGroup := a.wd(conference, 9)
	a.past("core_group.held", coreGroup, nil)
	a.past("cp_visit.made", a.wd(conference, 4), seen(true, true))
	last := a.before(16)
	a.past("cp_visit.made", last, seen(true, true))

	due := last.AddMonths(1)
	visited := a.wd(due, 7)
	a.happens("core_group.held", a.cal.OnOrBefore(coreGroup.AddDays(33)), 11, nil)
	a.happens("cp_visit.made", visited, 14, seen(true, true))

	a.say(a.day.At(8, 0), "A child has a protection plan. The last visit was on %s, so the next is due by %s.", spoken(last), spoken(due))
	a.say(a.morning(a.wd(due, -5)), "Five working days to go: the worker is reminded, and will be again as the day comes.")
	a.say(due.AddDays(1).At(0, 1), "%s has passed without a visit. It is overdue.", spoken(due))
	a.say(a.morning(a.wd(due, 1)), "One working day late: the team manager is told.")
	a.say(a.morning(a.wd(due, 5)), "Five working days late, and still no visit: the service manager is told.")
	a.say(visited.At(14, 30), "The child has been seen. The visit was %d days late.", visited.DaysSince(due))
	a.say(a.morning(a.wd(visited, 1)), "Both managers are told that it is resolved. The next visit is due by %s.", spoken(visited.AddMonths(1)))
}

// lateAssessment: an assessment is completed on its 46th working day.
func lateAssessment(a *author) {
	a.story.Title = "An assessment goes to day 46"
	referral := a.wd(a.day, -32)
	a.past("worker.allocated", referral, held("SW02"))
	a.past("referral.received", referral, nil)
	a.past("referral.decided", referral, casework.Data{"outcome": "assessment"})
	a.past("assessment.started", referral, nil)
	due, done := a.wd(referral, 45), a.wd(referral, 46)
	a.happens("assessment.completed", done, 15, casework.Data{"outcome": "no further action"})
	a.happens("case.closed", a.wd(done, 2), 11, casework.Data{"reason": "RC8"})

	a.say(a.day.At(8, 0), "An assessment has been open since the referral on %s. Its 45th working day is %s.", spoken(referral), spoken(due))
	a.say(a.morning(a.wd(due, -10)), "Ten working days to go: the worker is reminded.")
	a.say(a.morning(due), "Day 45. The worker is reminded for the last time.")
	a.say(a.morning(done), "Day 46: the team manager is told.")
	a.say(done.At(15, 30), "The assessment is completed, one working day late.")
	a.say(a.morning(a.wd(done, 1)), "The team manager is told that it is done.")
	a.say(a.wd(done, 2).At(11, 30), "The case is closed, and its clocks stop.")
}

// conferenceInTime: an enquiry goes to conference within its fifteen working days.
func conferenceInTime(a *author) {
	a.story.Title = "A conference is held in time"
	referral := a.wd(a.day, 1)
	discussion := a.wd(referral, 1)
	conference := a.wd(discussion, 14)
	a.happens("referral.received", referral, 10, nil)
	a.happens("worker.allocated", referral, 11, held("SW01"))
	a.happens("referral.decided", referral, 14, casework.Data{"outcome": "strategy_discussion"})
	a.happens("assessment.started", referral, 15, nil)
	a.happens("strategy_discussion.held", discussion, 11, casework.Data{"s47": true})
	a.happens("icpc.held", conference, 12, casework.Data{"outcome": "plan"})
	a.happens("cp_plan.started", conference, 12, casework.Data{"category": "EMO"})
	a.happens("cp_visit.made", a.wd(conference, 3), 16, seen(true, false))
	a.happens("core_group.held", a.wd(conference, 7), 10, nil)
	a.happens("assessment.completed", a.wd(conference, 9), 15, casework.Data{"outcome": "child protection plan"})

	a.say(referral.At(10, 30), "A referral comes in. It is decided the same day: a strategy discussion.")
	a.say(discussion.At(11, 30), "An enquiry under section 47 starts. A conference is due within 15 working days, by %s.", spoken(a.wd(discussion, 15)))
	a.say(a.morning(a.wd(discussion, 13)), "Two working days to go: the worker is reminded.")
	a.say(conference.At(12, 30), "The conference is held on the 14th working day. Nobody needs to be told; the clocks of the plan start.")
	a.say(a.wd(conference, 7).At(10, 30), "The core group meets on the seventh of its ten working days.")
}

// visitRecordedLate: a visit finds nobody, the next is in time but recorded days later.
func visitRecordedLate(a *author) {
	a.story.Title = "A visit that was made, but not recorded"
	started := a.before(45)
	referral := a.wd(started, -20)
	a.past("worker.allocated", referral, held("SW02"))
	a.past("referral.received", referral, nil)
	a.past("referral.decided", referral, casework.Data{"outcome": "assessment"})
	a.past("assessment.started", referral, nil)
	a.past("assessment.completed", started, casework.Data{"outcome": "child in need plan"})
	a.past("cin_plan.started", started, nil)
	a.past("cin_visit.made", a.before(33), seen(true, true))
	last := a.before(17)
	a.past("cin_visit.made", last, seen(true, false))

	due := last.AddDays(28)
	made := a.cal.OnOrBefore(due)
	attempt := a.wd(made, -2)
	entered := a.wd(due, 3)
	a.happens("cin_visit.made", attempt, 16, seen(false, false))
	a.recorded("cin_visit.made", made, 16, entered.At(11, 0), seen(true, true))
	a.happens("cin_visit.made", a.cal.OnOrBefore(made.AddDays(23)), 15, seen(true, true))

	a.say(a.day.At(8, 0), "A child in need is visited every four weeks. The next visit is due by %s.", spoken(due))
	a.say(attempt.At(16, 30), "The worker calls, and nobody is in. The attempt is kept, but the child was not seen: the clock runs on.")
	a.say(made.At(16, 1), "The worker sees the child, in time. It is not recorded yet.")
	a.say(a.morning(a.wd(due, 1)), "As far as anybody knows the visit is a day late: the team manager is told.")
	a.say(entered.At(11, 0), "The visit is recorded. It was in time; only the record was late, and both are kept.")
	a.say(a.morning(a.wd(entered, 1)), "The team manager is told that it was in time after all.")
}

// promisedAssessment: a manager takes note of an overdue assessment and promises a day.
func promisedAssessment(a *author) {
	a.story.Title = "A manager promises a date"
	referral := a.wd(a.day, -37)
	a.past("worker.allocated", referral, held("SW01"))
	opened := a.past("referral.received", referral, nil)
	a.past("referral.decided", referral, casework.Data{"outcome": "assessment"})
	a.past("assessment.started", referral, nil)
	due := a.wd(referral, 45)
	told := a.wd(due, 1)
	answered := a.wd(told, 1) // a fast clock would have an answer of the same day overtake the question
	promise, done := a.wd(told, 6), a.wd(told, 5)
	a.happens("notice.acknowledged", answered, 11, casework.Data{"duty": "AS-01:" + opened, "by": "TM01", "promise": promise.String()})
	a.happens("assessment.completed", done, 16, casework.Data{"outcome": "child in need plan"})

	a.say(a.day.At(8, 0), "Another assessment nears its 45th working day, %s.", spoken(due))
	a.say(a.morning(told), "Day 46: the team manager is told.")
	a.say(answered.At(11, 30), "The team manager has spoken with the worker and promises it by %s. Until then no manager is told again; the due date stays.", spoken(promise))
	a.say(a.morning(a.wd(due, 5)), "Five working days late. The service manager would be told now, and is not: the promise holds.")
	a.say(done.At(16, 30), "The assessment is completed, one working day before the day that was promised.")
	a.say(a.morning(a.wd(done, 1)), "The team manager is told that it is done.")
}

func held(worker string) casework.Data { return casework.Data{"worker": worker, "team": storyTeam} }

func seen(seen, alone bool) casework.Data { return casework.Data{"seen": seen, "seen_alone": alone} }
