package casework

import (
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Pause is one stretch in which a duty's clock stood still. The day of the pause does not
// count; that on which the clock ran on does.
type Pause struct {
	Entry  string
	From   When
	Until  When // when the clock ran on or the duty was closed; zero while it stands
	Reason string
	By     string
}

// paused says whether the duty's clock stands still: its date waits for that to end.
func (d *Duty) paused() bool { return d.WaitingFor == typeResumed }

// dates are what a duty is due by.
type dates struct {
	due, local calendar.Date
	at         time.Time
}

// pause stops the clocks of the timescale's duties and lets them run on, in the order in
// which that was recorded.
func (f *ruleFold) pause(n *entry, day calendar.Date) {
	if !f.rule.Pausable || n.Data.Text("ref") != f.rule.Ref {
		return
	}
	for _, d := range f.running {
		switch {
		case !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty):
		case n.Type == typeResumed:
			f.change(d)
			f.runOn(d, n.At)
		case n.Type == typePaused && d.pauseFault(n.At) == "":
			f.change(d)
			d.stop(n)
		}
	}
}

func (d *openDuty) stop(n *entry) {
	d.Pauses = append(d.Pauses, Pause{
		Entry: n.id, From: n.At, Reason: n.Data.Text("reason"), By: n.Data.Text("by"),
	})
	d.stood = dates{due: d.Due, local: d.LocalDue, at: d.DueAt}
	d.Due, d.LocalDue, d.DueAt, d.Provisional = 0, 0, time.Time{}, false
	d.WaitingFor = typeResumed
}

// mayPause judges an event that pauses or resumes by the duties that were open on its day.
func (b *Book) mayPause(plan *Plan, e Event) *Refusal {
	t := b.pack.Timescale(e.Data.Text("ref"))
	switch {
	case t == nil:
		return refuse(e, "the rule pack has no timescale with that ref: see 'starter rules'")
	case !t.Pausable:
		return refuse(e, "%s cannot be paused: the law does not stop this clock", t.Ref)
	}
	why := "no duty of it was open on that day"
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if d.Ref != t.Ref || !touches(e.Episode, d) || !d.openOn(e.At.Day) {
			continue
		}
		fault := d.pauseFault
		if e.Type == typeResumed {
			fault = d.resumeFault
		}
		if why = fault(e.At); why == "" {
			return nil
		}
	}
	return refuse(e, "%s: %s", t.Ref, why)
}

// pauseFault says why a duty's clock cannot be stopped; "" where it can.
func (d *Duty) pauseFault(at When) string {
	switch {
	case d.paused():
		return "it is paused already"
	case d.DueText() == "":
		return "it has no date to pause"
	case at.Day > d.DueDay() || !d.DueAt.IsZero() && at.Start().After(d.DueAt):
		return "it was due on " + d.DueDay().String() + ": a clock is paused on or before that day"
	}
	return ""
}

// resumeFault says why a duty's clock cannot run on; "" where it can.
func (d *Duty) resumeFault(at When) string {
	if len(d.Pauses) == 0 {
		return "it is not paused"
	}
	last := d.Pauses[len(d.Pauses)-1]
	switch closedPaused := !d.Open() && last.Until.Day == d.closedOn(); {
	case !d.paused() && !closedPaused:
		return "it is not paused"
	case at.Day < last.From.Day:
		return "it was paused on " + last.From.Day.String() + ": a clock runs on from that day or later"
	}
	return ""
}

// runOn lets a paused duty's clock run on: what had not been counted when it was paused is
// counted from then.
func (f *ruleFold) runOn(d *openDuty, at When) {
	if d.resumeFault(at) != "" {
		return
	}
	p := &d.Pauses[len(d.Pauses)-1]
	p.Until, d.WaitingFor = at, ""
	f.leaveOut(d, p, d.stood)
}

// leaveOut moves a duty's dates by what a pause keeps out of its count.
func (f *ruleFold) leaveOut(d *openDuty, p *Pause, stood dates) {
	if !stood.at.IsZero() {
		d.DueAt = stood.at.Add(max(0, p.Until.Start().Sub(p.From.Start())))
		return
	}
	if stood.due.IsZero() {
		return
	}
	d.Due = f.shifted(d, p, *d.Limit, stood.due)
	d.Provisional = d.Limit.Unit == timescale.WorkingDays && f.rule.calendar.Provisional(d.CountedFrom, d.Due)
	if !stood.local.IsZero() {
		d.LocalDue = f.shifted(d, p, *d.Edition.LocalLimit, stood.local)
	}
}

// shifted is a due date less the days of a pause that a limit counts.
func (f *ruleFold) shifted(d *openDuty, p *Pause, l timescale.Limit, due calendar.Date) calendar.Date {
	from, until := max(p.From.Day, d.CountedFrom.AddDays(1)), p.Until.Day
	if l.BeginningWith {
		from = max(p.From.Day, d.CountedFrom)
	}
	if until <= from || due < from {
		return due
	}
	if l.Unit != timescale.WorkingDays {
		return due.AddDays(until.DaysSince(from))
	}
	left := f.rule.calendar.WorkingDaysBetween(from.AddDays(-1), due)
	return f.rule.calendar.AddWorkingDays(until.AddDays(-1), left)
}
