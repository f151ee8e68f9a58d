package casework

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// step is one rung of one duty at its moment.
type step struct {
	label string
	at    time.Time
	roles []timescale.RungRole
	kind  Kind // "" where each role says whether it is a reminder or an escalation
}

// The hour at which notices go, and the hours between which those of limits in hours do.
const (
	morningHour = 9
	dayBegins   = 8
	dayEnds     = 20
)

func morning(day calendar.Date) time.Time { return day.At(morningHour, 0) }

// morningFrom is the first 09:00 of a working day at or after an instant.
func (b *Book) morningFrom(t time.Time) time.Time {
	day := calendar.DateOf(t)
	if t.After(morning(day)) {
		day = day.AddDays(1)
	}
	return morning(b.calendar.OnOrAfter(day))
}

// morningAfter is the first 09:00 of a working day after an instant.
func (b *Book) morningAfter(t time.Time) time.Time { return b.morningFrom(t.Add(time.Nanosecond)) }

// lastMorning is the last 09:00 of a working day at or before an instant.
func (b *Book) lastMorning(t time.Time) time.Time {
	day := calendar.DateOf(t)
	if t.Before(morning(day)) {
		day = day.AddDays(-1)
	}
	return morning(b.calendar.OnOrBefore(day))
}

// steps are a duty's rungs in the order of their moments; of drift alarms, those up to some
// years after an instant. origin is where a ladder is counted from in place of the due date.
func (b *Book) steps(d *Duty, o origin, t time.Time) []step {
	switch {
	case d.WaitingFor != "":
		return b.waitingSteps(d)
	case d.Limit == nil:
		return b.alarmSteps(d, o, t)
	case d.inHours():
		return hourSteps(d, b.pack.LadderOf(d.Rule, *d.Limit), o)
	default:
		return b.daySteps(d, o)
	}
}

// waitingRung is the one reminder of what is missing, on the fifth working day after the
// start.
const (
	waitingRung = "waiting"
	waitingDays = 5
)

func (b *Book) waitingSteps(d *Duty) []step {
	at := morning(b.calendar.AddWorkingDays(d.Started.Day, waitingDays))
	return []step{{label: waitingRung, at: at, kind: Reminder, roles: []timescale.RungRole{{Role: timescale.Worker}}}}
}

func (b *Book) daySteps(d *Duty, o origin) []step {
	ladder := b.pack.LadderOf(d.Rule, *d.Limit)
	if ladder == nil {
		return nil
	}
	var steps []step
	for i := range ladder.Rungs {
		if r := &ladder.Rungs[i]; !r.InHours {
			steps = append(steps, b.rungSteps(d, r, o)...)
		}
	}
	return inOrder(steps)
}

// rungSteps are the moments of a rung: one, or none where it is skipped, or two where a
// reminder and an alarm for one day are moved apart by its being no working day.
func (b *Book) rungSteps(d *Duty, r *timescale.Rung, o origin) []step {
	switch {
	case o.moved && r.Days < 0: // its moment had passed before anybody knew the date
		return nil
	case o.moved:
		return []step{{label: r.Label, at: morning(b.calendar.AddWorkingDays(o.day, r.Days)), roles: r.Roles}}
	case r.Days != 0:
		return skipEarly(d, step{label: r.Label, at: morning(b.calendar.AddWorkingDays(d.Due, r.Days)), roles: r.Roles})
	case b.calendar.IsWorkingDay(d.Due):
		return []step{{label: r.Label, at: morning(d.Due), roles: r.Roles}}
	}
	reminders := slices.DeleteFunc(slices.Clone(r.Roles), func(x timescale.RungRole) bool { return x.Escalation })
	alarms := slices.DeleteFunc(slices.Clone(r.Roles), func(x timescale.RungRole) bool { return !x.Escalation })
	return append(skipEarly(d, step{label: r.Label, at: morning(b.calendar.OnOrBefore(d.Due)), roles: reminders}),
		skipEarly(d, step{label: r.Label, at: morning(b.calendar.OnOrAfter(d.Due)), roles: alarms})...)
}

// skipEarly leaves out a step before the day of the start, and one that goes to nobody.
func skipEarly(d *Duty, s step) []step {
	if len(s.roles) == 0 || calendar.DateOf(s.at) < d.Started.Day {
		return nil
	}
	return []step{s}
}

// alarmsAhead is how many years of alarms are worked out at once.
const alarmsAhead = 5

// alarmSteps are the drift alarms: on the first working day on or after each, up to one
// that lies some years after an instant.
func (b *Book) alarmSteps(d *Duty, o origin, t time.Time) []step {
	var steps []step
	ahead := t.AddDate(alarmsAhead, 0, 0)
	for _, a := range d.Rule.Drift {
		for n := 0; ; n++ {
			day := b.calendar.OnOrAfter(a.On(b.CalendarOf(d.Rule), d.Started.Day, n))
			if day.IsZero() { // beyond the year 9999
				break
			}
			at := morning(day)
			due := at
			if o.moved && !at.After(o.known) {
				at = morning(o.day)
			}
			steps = append(steps, step{
				label: a.Label(n), at: at, kind: Drift, roles: []timescale.RungRole{{Role: a.Role}},
			})
			if a.Every == nil || due.After(ahead) {
				break
			}
		}
	}
	return steps
}

// hourSteps are the rungs of a limit in hours: between 08:00 and 20:00 London, else at the
// next 08:00, unless the timescale's go at any hour.
func hourSteps(d *Duty, ladder *timescale.Ladder, o origin) []step {
	if ladder == nil {
		return nil
	}
	start, due := d.Started.Start(), d.DueAt
	if due.IsZero() { // the start is known by its day: the limit runs to the end of a day
		due = d.Due.AddDays(1).Start()
	}
	length := due.Sub(start)
	var steps []step
	for _, r := range ladder.Rungs {
		if !r.InHours {
			continue
		}
		at := due.Add(time.Duration(r.Hours) * time.Hour)
		if r.Percent > 0 {
			at = start.Add(length * time.Duration(r.Percent) / 100)
		}
		if !d.Rule.AnyHour {
			at = civilHour(at)
		}
		if o.moved && !at.After(o.known) {
			at = morning(o.day)
		}
		steps = append(steps, step{label: r.Label, at: at, roles: r.Roles})
	}
	return inOrder(steps)
}

// civilHour is the instant itself between 08:00 and 20:00 London, else the next 08:00.
func civilHour(t time.Time) time.Time {
	day := calendar.DateOf(t)
	switch {
	case t.Before(day.At(dayBegins, 0)):
		return day.At(dayBegins, 0)
	case t.After(day.At(dayEnds, 0)):
		return day.AddDays(1).At(dayBegins, 0)
	default:
		return t
	}
}

// inOrder sorts steps by their moments; a pack lists a ladder's rungs from low to high, and
// of several at one moment the last is the highest.
func inOrder(steps []step) []step {
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return steps
}

// origin is where a ladder is counted from when that is not the due date.
type origin struct {
	moved bool
	day   calendar.Date // its rung 0
	known time.Time     // when the date became known
}

// backlogDays is how many working days after a council's first load the ladders of what
// was already overdue start (rules.md, section 6).
const backlogDays = 5

// originOf finds where a duty's ladder is counted from at an instant. A duty limited in
// days whose due date became known only after 09:00 of that date is counted from the first
// 09:00 of a working day at or after that; one that a first load found overdue, from five
// working days later.
func (r *ladderRun) originOf(d *Duty, t time.Time) origin {
	if d.Due.IsZero() {
		return r.originOfBacklog(d)
	}
	due := morning(d.Due)
	if !t.After(due) || r.knewDue(d, due, t) {
		return origin{}
	}
	for _, learned := range r.turns(d, due, t) {
		if !r.knewDue(d, learned, t) {
			continue
		}
		day := calendar.DateOf(r.book.morningFrom(learned))
		if d.Due < calendar.DateOf(learned) && recordedInBacklog(r.events, learned) {
			day = r.book.calendar.AddWorkingDays(day, backlogDays)
		}
		return origin{moved: true, day: day, known: learned}
	}
	return origin{}
}

// turns are the instants after one and up to another at which a duty's date may have become
// known: when something was recorded, and when the duty took a new edition.
func (r *ladderRun) turns(d *Duty, after, t time.Time) []time.Time {
	list := r.learned[r.knownAt(after):r.knownAt(t)]
	if moved := d.takenOverOn().Start(); moved.After(after) && !moved.After(t) {
		list = append(slices.Clip(list), moved)
		slices.SortFunc(list, time.Time.Compare)
	}
	return list
}

// originOfBacklog is for drift alarms and limits in hours: what had come due when a first
// load brought the duty waits for five working days.
func (r *ladderRun) originOfBacklog(d *Duty) origin {
	for i := range r.events {
		e := &r.events[i]
		if e.ID != d.Entry || !e.Backlog || !d.DueAt.IsZero() && !e.Recorded.After(d.DueAt) {
			continue
		}
		day := r.book.calendar.AddWorkingDays(calendar.DateOf(r.book.morningFrom(e.Recorded)), backlogDays)
		return origin{moved: true, day: day, known: e.Recorded}
	}
	return origin{}
}

// knewDue says whether a duty that has this due date at an instant had it with what was
// known at an earlier one.
func (r *ladderRun) knewDue(d *Duty, earlier, t time.Time) bool {
	same := r.knownAt(earlier) == r.knownAt(t) && d.takenOverOn() <= calendar.DateOf(earlier)
	if same || r.told.of(d.ID).saidAt(earlier, d.DueText()) { // no need to fold
		return true
	}
	then := r.planAt(earlier).Duty(d.ID)
	return then != nil && then.Due == d.Due
}

func recordedInBacklog(events []Event, at time.Time) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.Backlog && e.Recorded.Equal(at) })
}
