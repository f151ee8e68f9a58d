package sample

import (
	"time"

	"longstop/calendar"
)

// habit is how faithfully something that recurs is done.
type habit string

const (
	steady   habit = "steady"   // nearly always in time
	slack    habit = "slack"    // often late
	drifting habit = "drifting" // not done for seven weeks and more
	missed   habit = "missed"   // drifting, and then tried without seeing the child
)

// conduct is how the work with a family is done, and who does it: what no return can tell.
type conduct struct {
	visits     habit
	coreGroups habit
	reviews    habit // of a child in need plan
	holder     holder
}

// holder says whose case it is, where that is worth seeing.
type holder string

const (
	anyone    holder = ""
	whoLeft   holder = "a worker who has left"
	whoIsAway holder = "a worker who is away"
)

var (
	visitHabits   = weighted[habit]{{86, steady}, {9, slack}, {4, drifting}, {1, missed}}
	meetingHabits = weighted[habit]{{87, steady}, {9, slack}, {4, drifting}}
)

func newConduct(d *dice) conduct {
	return conduct{visits: visitHabits.draw(d), coreGroups: meetingHabits.draw(d), reviews: meetingHabits.draw(d)}
}

// orSteady is the conduct with everything steady that it leaves open.
func (c conduct) orSteady() conduct {
	for _, h := range []*habit{&c.visits, &c.coreGroups, &c.reviews} {
		if *h == "" {
			*h = steady
		}
	}
	return c
}

// rhythm is how often something recurs and how early it tends to be done.
type rhythm struct {
	next  func(last calendar.Date) calendar.Date // the day by which the next is due
	early int                                    // done up to so many days before that
	late  int                                    // done up to so many days after, where late
	quiet span                                   // where the work drifts: how many days nothing has been done
}

// What recurs, with the limits of the rule pack: CP-10 (the Cambridgeshire expectation, a
// local limit), CN-02, CP-09 and CN-03 (local limits, common practice).
var (
	protectionVisits = rhythm{monthly(1), 12, 9, span{50, 110}}
	supportVisits    = rhythm{weekly(4), 9, 9, span{50, 110}}
	coreGroups       = rhythm{weekly(6), 9, 12, span{55, 120}}
	supportReviews   = rhythm{monthly(3), 14, 25, span{100, 150}}
)

func weekly(n int) func(calendar.Date) calendar.Date {
	return func(last calendar.Date) calendar.Date { return last.AddDays(7 * n) }
}

func monthly(n int) func(calendar.Date) calendar.Date {
	return func(last calendar.Date) calendar.Date { return last.AddMonths(n) }
}

// latenessOf is the chance that one turn is late.
func latenessOf(h habit) float64 {
	if h == slack {
		return 0.35
	}
	return 0.04
}

// after is the day, a working day, on which a turn is taken after the last.
func (r rhythm) after(f frame, d *dice, h habit, last calendar.Date) calendar.Date {
	due := r.next(last)
	if d.chance(latenessOf(h)) {
		return f.wd(due.AddDays(d.between(1, r.late)), 0)
	}
	return f.workday(due.AddDays(-d.between(0, r.early)), last)
}

// until is the last day on which something of a plan can have been done: its end, or the
// last that the feed holds. Where the work drifts that is some time before the return, but
// never in the first fortnight.
func (r rhythm) until(f frame, d *dice, h habit, start, end calendar.Date) calendar.Date {
	switch {
	case !end.IsZero():
		return end
	case h == drifting || h == missed:
		return min(f.ref, max(start.AddDays(14), f.ref.AddDays(-r.quiet.draw(d))))
	default:
		return f.ref
	}
}

// moment is when something happened and when it was recorded.
type moment struct {
	day      calendar.Date
	at       time.Time // zero where only the day is known
	recorded time.Time
}

var recordingDelay = weighted[span]{{74, span{0, 0}}, {18, span{1, 2}}, {8, span{4, 14}}}

// onDay is a meeting, known by its day, recorded at the end of it or later.
func (f frame) onDay(d *dice, day calendar.Date) moment {
	return moment{day: day, recorded: f.recordedAfter(d, day)}
}

// atHour is a visit, known to the quarter of an hour.
func (f frame) atHour(d *dice, day calendar.Date) moment {
	return moment{day: day, at: day.At(d.between(9, 16), 15*d.between(0, 3)), recorded: f.recordedAfter(d, day)}
}

// recordedAfter is between half past five and half past six of a working day, or of the day
// itself, and never after the return was made.
func (f frame) recordedAfter(d *dice, day calendar.Date) time.Time {
	on := day
	if delay := recordingDelay.draw(d).draw(d); delay > 0 {
		on = f.wd(day, delay)
	}
	return min(on, f.ref).At(17, 30+d.between(0, 60))
}
