package sample

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// Script is a few cases to be played while case time passes, with the people in them.
type Script struct {
	Start   time.Time // case time at which it begins: 08:00 in London on the first day
	End     time.Time // six weeks later
	Staff   []casework.Event
	Stories []Story
}

// Story is one case: what is recorded, and what a narrator says meanwhile.
type Story struct {
	Title  string
	Case   string           // the case's reference
	Lines  []Line           // in order of time
	Events []casework.Event // in order of Recorded: when the case system would push them
}

// Line is what a narrator says once case time has reached an instant.
type Line struct {
	At   time.Time
	Text string
}

// playFor is how long the stories last, in days of case time.
const playFor = 42

// Stories writes the script of a demonstration that begins on a day. What happened before
// the day is recorded as it begins; nothing was overdue by then. It refuses a day outside
// the years 2018 to 2150.
func Stories(day calendar.Date) (*Script, error) {
	if y := day.Year(); y < 2018 || y > 2150 {
		return nil, errors.New("sample: the day on which the stories begin is missing or outside the years 2018 to 2150")
	}
	s := &Script{Start: day.At(8, 0), End: day.AddDays(playFor).At(18, 0), Staff: storyStaff(day)}
	for i, write := range []func(*author){
		missedVisit, lateAssessment, conferenceInTime, visitRecordedLate, promisedAssessment, brother,
	} {
		a := newAuthor(day, i+1)
		write(a)
		s.Stories = append(s.Stories, a.finish())
	}
	return s, nil
}

// Events are those of every story, in the order in which they are to be recorded.
func (s *Script) Events() []casework.Event {
	var list []casework.Event
	for i := range s.Stories {
		list = append(list, s.Stories[i].Events...)
	}
	sortByRecorded(list)
	return list
}

func sortByRecorded(list []casework.Event) {
	slices.SortStableFunc(list, func(a, b casework.Event) int { return a.Recorded.Compare(b.Recorded) })
}

// author writes one story.
type author struct {
	cal   *calendar.Calendar
	day   calendar.Date
	story Story
}

func newAuthor(day calendar.Date, number int) *author {
	return &author{cal: calendar.Published(), day: day, story: Story{Case: fmt.Sprintf("STORY-%d", number)}}
}

func (a *author) finish() Story {
	sortByRecorded(a.story.Events)
	slices.SortStableFunc(a.story.Lines, func(x, y Line) int { return cmp.Or(x.At.Compare(y.At), 0) })
	return a.story
}

// wd is the nth working day after a day, or before it.
func (a *author) wd(d calendar.Date, n int) calendar.Date { return a.cal.AddWorkingDays(d, n) }

// before is the last working day at least so many days before the story begins.
func (a *author) before(days int) calendar.Date { return a.cal.OnOrBefore(a.day.AddDays(-days)) }

// past is something that happened before the story begins, recorded as it begins. It
// returns the event's id.
func (a *author) past(kind string, on calendar.Date, data casework.Data) string {
	return a.add(kind, casework.OnDay(on), a.day.At(8, 0), data)
}

// referred is a referral before the story begins: who holds it, what was decided at once, and that an
// assessment starts.
func (a *author) referred(on calendar.Date, worker, decision string) {
	a.past("worker.allocated", on, held(worker))
	a.past("referral.received", on, nil)
	a.past("referral.decided", on, casework.Data{"outcome": decision})
	a.past("assessment.started", on, nil)
}

// happens is something that happens at an hour of a day and is recorded at once.
func (a *author) happens(kind string, on calendar.Date, hour int, data casework.Data) string {
	return a.recorded(kind, on, hour, on.At(hour, 30), data)
}

// recorded is something that happens at an hour and is recorded at a given instant.
func (a *author) recorded(kind string, on calendar.Date, hour int, at time.Time, data casework.Data) string {
	return a.add(kind, casework.AtInstant(on.At(hour, 0)), at, data)
}

func (a *author) add(kind string, at casework.When, recorded time.Time, data casework.Data) string {
	id := fmt.Sprintf("%s-%02d", a.story.Case, len(a.story.Events)+1)
	a.story.Events = append(a.story.Events, casework.Event{
		ID: id, Case: a.story.Case, Type: kind, At: at, Recorded: recorded, Data: data,
	})
	return id
}

func (a *author) say(at time.Time, format string, args ...any) {
	a.story.Lines = append(a.story.Lines, Line{At: at, Text: fmt.Sprintf(format, args...)})
}

// morning is when notices go.
func (a *author) morning(d calendar.Date) time.Time { return d.At(9, 0) }

// spoken is a day as a narrator says it.
func spoken(d calendar.Date) string { return d.Format("Monday 2 January") }

// missedVisit: nobody visits a child on a child protection plan for a month, and on.
func missedVisit(a *author) {
	a.story.Title = "A monthly visit is not made"
	last, due, visited := a.planWithoutVisit()

	a.say(a.day.At(8, 0), "A child has a protection plan. The last visit was on %s, so the next is due by %s.", spoken(last), spoken(due))
	a.say(a.morning(a.wd(due, -5)), "Five working days to go: the social worker is reminded, and will be again as the day comes.")
	a.say(due.AddDays(1).At(0, 1), "%s has passed without a visit. It is overdue.", spoken(due))
	a.say(a.morning(a.wd(due, 1)), "One working day late: the team manager is told.")
	a.say(a.morning(a.wd(due, 5)), "Five working days late, and still no visit: the service manager is told.")
	a.say(visited.At(14, 30), "The child has been seen. The visit was %d days late.", visited.DaysSince(due))
	a.say(a.morning(a.wd(visited, 1)), "Both managers are told that it is resolved. The next visit is due by %s.", spoken(visited.AddMonths(1)))
}

// brother: the child of missedVisit has a brother, who is on a plan since the same day and would be seen on the same visit.
func brother(a *author) {
	a.story.Title = "Her brother, on the same visit"
	_, due, visited := a.planWithoutVisit()

	a.say(a.day.At(8, 0), "Her brother has a plan since the same day, and is seen on the same visit.")
	a.say(a.morning(a.wd(due, -5)), "It is one message for both of them: what somebody is told in a morning comes at once, and one visit is one line.")
	a.say(a.morning(a.wd(due, 1)), "The team manager has one message too, with both children in it.")
	a.say(a.morning(a.wd(due, 5)), "And so has the service manager.")
	a.say(a.morning(a.wd(visited, 1)), "Both are told of both children that it is resolved.")
}

// planWithoutVisit is a child protection plan whose visit is not made in time: the last visit before, when the next was due,
// and when it was made.
func (a *author) planWithoutVisit() (last, due, visited calendar.Date) {
	conference := a.before(40)
	referral := a.wd(conference, -17)
	a.referred(referral, "SW01", "strategy_discussion")
	a.past("strategy_discussion.held", a.wd(conference, -14), casework.Data{"s47": true})
	a.past("icpc.held", conference, casework.Data{"outcome": "plan"})
	a.past("cp_plan.started", conference, casework.Data{"category": "NEG"})
	a.past("assessment.completed", a.wd(conference, 8), nil)
	coreGroup := a.wd(conference, 9)
	a.past("core_group.held", coreGroup, nil)
	a.past("cp_visit.made", a.wd(conference, 4), seen(true, true))
	last = a.before(16)
	a.past("cp_visit.made", last, seen(true, true))

	due = last.AddMonths(1)
	visited = a.wd(due, 7)
	a.happens("core_group.held", a.cal.OnOrBefore(coreGroup.AddDays(33)), 11, nil)
	a.happens("cp_visit.made", visited, 14, seen(true, true))
	return last, due, visited
}

// lateAssessment: an assessment is completed on its 46th working day.
func lateAssessment(a *author) {
	a.story.Title = "An assessment goes to day 46"
	referral := a.wd(a.day, -32)
	a.referred(referral, "SW02", "assessment")
	due, done := a.wd(referral, 45), a.wd(referral, 46)
	a.happens("assessment.completed", done, 15, casework.Data{"outcome": "no further action"})
	a.happens("case.closed", a.wd(done, 2), 11, casework.Data{"reason": "RC8"})

	a.say(a.day.At(8, 0), "An assessment has been open since the referral on %s. Its 45th working day is %s.", spoken(referral), spoken(due))
	a.say(a.morning(a.wd(due, -10)), "Ten working days to go: the social worker is reminded.")
	a.say(a.morning(due), "Day 45. The social worker is reminded for the last time.")
	a.say(a.morning(done), "Day 46: the team manager is told.")
	a.say(done.At(15, 30), "The assessment is completed, one working day late.")
	a.say(a.morning(a.wd(done, 1)), "The team manager is told that it is done.")
	a.say(a.wd(done, 2).At(11, 30), "The case is closed, and its timescales stop.")
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
	a.say(a.morning(a.wd(discussion, 13)), "Two working days to go: the social worker is reminded.")
	a.say(conference.At(12, 30), "The conference is held on the 14th working day. Nobody needs to be told; the timescales of the plan start.")
	a.say(a.wd(conference, 7).At(10, 30), "The core group meets on the seventh of its ten working days.")
}

// visitRecordedLate: a visit finds nobody, the next is in time but recorded days later.
func visitRecordedLate(a *author) {
	a.story.Title = "A visit that was made, but not recorded"
	started := a.before(45)
	referral := a.wd(started, -20)
	a.referred(referral, "SW02", "assessment")
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
	a.say(attempt.At(16, 30), "The social worker calls, and nobody is in. The attempt is kept, but the child was not seen: the timescale runs on.")
	a.say(made.At(16, 1), "The social worker sees the child, in time. It is not recorded yet.")
	a.say(a.morning(a.wd(due, 1)), "As far as anybody knows the visit is a day late: the team manager is told.")
	a.say(entered.At(11, 0), "The visit is recorded. It was in time; only the record was late, and both are kept.")
	a.say(a.morning(a.wd(entered, 1)), "The team manager is told that it was in time after all.")
}

// promisedAssessment: a manager takes note of an overdue assessment and promises a day.
func promisedAssessment(a *author) {
	a.story.Title = "A manager agrees a date"
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
	a.say(answered.At(11, 30), "The team manager has spoken with the social worker and agrees %s as the date. Until then no manager is told again; the due date stays.", spoken(promise))
	a.say(a.morning(a.wd(due, 5)), "Five working days late. The service manager would be told now, and is not: the agreed date holds.")
	a.say(done.At(16, 30), "The assessment is completed, one working day before the agreed date.")
	a.say(a.morning(a.wd(done, 1)), "The team manager is told that it is done.")
}

func held(worker string) casework.Data { return casework.Data{"worker": worker, "team": storyTeam} }

func seen(seen, alone bool) casework.Data { return casework.Data{"seen": seen, "seen_alone": alone} }

const storyTeam = "T01"

// storyStaff is a team of two workers with the managers above them. What the record knows
// of them it has known for years.
func storyStaff(day calendar.Date) []casework.Event {
	since := calendar.Published().OnOrAfter(day.AddYears(-appointedBefore))
	t := teams{people: []person{
		{id: "HS01", role: "head_of_service", team: storyTeam},
		{id: "SM01", role: "service_manager", team: storyTeam},
		{id: "TM01", role: "team_manager", team: storyTeam},
		{id: "SW01", role: "worker", team: storyTeam},
		{id: "SW02", role: "worker", team: storyTeam},
	}}
	for i := range t.people {
		t.people[i].name, t.people[i].email = nameOf(i)
		t.people[i].appointed = since
	}
	t.teams = []team{{
		id: storyTeam, name: teamName(0), manager: "TM01", service: "SM01", top: "HS01", workers: []int{3, 4}, left: -1, away: -1,
	}}
	return t.events()
}
