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
		missedVisit, lateAssessment, conferenceInTime, visitRecordedLate, promisedAssessment,
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

// happens is something that happens at an hour of a day and is recorded at once.
func (a *author) happens(kind string, on calendar.Date, hour int, data casework.Data) string {
	return a.recorded(kind, on, hour, on.At(hour, 30), data)
}

// recorded is something that happens at an hour and is recorded when it is said.
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
