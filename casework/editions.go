package casework

import (
	"time"

	"longstop/calendar"
)

// movingDays are the days on which an edition takes over duties that run, up to the day of
// the fold.
func (f *ruleFold) movingDays() []calendar.Date {
	var days []calendar.Date
	for i := range f.rule.Editions {
		if e := &f.rule.Editions[i]; e.Moves {
			f.turn(e.From)
			if e.From <= f.asOf {
				days = append(days, e.From)
			}
		}
	}
	return days
}

// moveEditions gives the running duties the edition that takes over on a day: its limit,
// from their own start. A date that was extended stands where it is later; days of a pause
// are left out as before; and a clock that stands still keeps the edition that it has.
func (f *ruleFold) moveEditions(day calendar.Date) {
	for i := range f.rule.Editions {
		e := &f.rule.Editions[i]
		if !e.Moves || e.From != day {
			continue
		}
		for _, d := range f.running {
			if d.Open() && d.Started.Day < day && !d.paused() && d.Edition != e {
				f.moveTo(d, day, i)
			}
		}
	}
}

// takenOverNext is the next day after another on which an edition takes the duty over; zero
// where none does.
func (d *Duty) takenOverNext(after calendar.Date) calendar.Date {
	for i := range d.Rule.Editions {
		if e := &d.Rule.Editions[i]; e.Moves && e.From > after {
			return e.From
		}
	}
	return 0
}

// takenOverOn is the day on which the duty took the edition that it has; zero where it has
// that since its start.
func (d *Duty) takenOverOn() calendar.Date {
	if len(d.Moves) == 0 {
		return 0
	}
	return d.Moves[len(d.Moves)-1].On
}

func (f *ruleFold) moveTo(d *openDuty, day calendar.Date, edition int) {
	f.change(d)
	e := &f.rule.Editions[edition]
	moved := TakenOver{On: day, From: d.DueText(), Replaced: d.Edition}
	d.Edition, d.Local = e, e.Local
	if d.Window == "" { // a window's last day is the same in each edition
		f.limitAnew(d)
	}
	moved.Until = d.DueText()
	d.Moves = append(d.Moves, moved)
}

// limitAnew works out the dates of a duty by the edition that it has now.
func (f *ruleFold) limitAnew(d *openDuty) {
	extended := d.Due
	d.Limit, d.base, d.CountedFrom = nil, d.Started.Day, 0
	d.Due, d.LocalDue, d.DueAt, d.NotBefore = 0, 0, time.Time{}, 0
	d.DueBy, d.WaitingFor, d.Provisional = "", "", false
	f.limit(d.by, d)
	for i := range d.Pauses {
		f.leaveOut(d, &d.Pauses[i], dates{due: d.Due, local: d.LocalDue, at: d.DueAt})
	}
	if len(d.Extensions) > 0 && !d.Due.IsZero() {
		d.Due = max(d.Due, extended)
	}
}
