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
			switch {
			case !o.moved || at.After(o.known):
			case o.inTurn:
				at = morning(b.calendar.AddWorkingDays(o.day, placeAmong(d.Rule.Drift, a.Role)))
			default:
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

// placeAmong is the place of a role among those that alarms go to.
func placeAmong(alarms []timescale.Alarm, role timescale.Role) int {
	var roles []timescale.Role
	for i := range alarms {
		if !slices.Contains(roles, alarms[i].Role) {
			roles = append(roles, alarms[i].Role)
		}
	}
	return slices.Index(roles, role)
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
		switch {
		case o.inTurn && r.Percent > 0:
			at = o.known
		case o.inTurn:
			at = morning(o.day).Add(time.Duration(r.Hours) * time.Hour)
		case r.Percent > 0:
			at = start.Add(length * time.Duration(r.Percent) / 100)
		}
		if !d.Rule.AnyHour {
			at = civilHour(at)
		}
		if o.moved && !o.inTurn && !at.After(o.known) {
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
