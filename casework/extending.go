package casework

import (
	"longstop/calendar"
	"longstop/timescale"
)

// extend moves the due dates of the running duties that an event extends. Whether it may was
// decided when it was accepted.
func (f *ruleFold) extend(n *entry, day calendar.Date) {
	if !f.book.extends(f.rule.Timescale, n.Event) {
		return
	}
	for _, d := range f.running {
		until := n.Data.Day("until")
		if !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty) || d.Due.IsZero() || until <= d.Due {
			continue
		}
		f.change(d)
		d.Extensions = append(d.Extensions, Extended{
			Entry: n.id, On: granted(n.Event), From: d.Due, Until: until,
			Reason: n.Data.Text("reason"), By: n.Data.Text("by"), Role: n.Data.Text("role"),
		})
		d.Due = until
		n.used = true
	}
}

// mayExtend judges an event that extends by the duties that were open on its day.
func (b *Book) mayExtend(plan *Plan, e Event) *Refusal {
	if e.Type == typeExtended {
		t := b.pack.Timescale(e.Data.Text("ref"))
		switch {
		case t == nil:
			return refuse(e, "the rule pack has no timescale with that ref: see 'starter rules'")
		case t.Extend == nil || t.Extend.Event != typeExtended:
			return refuse(e, "%s cannot be extended in this way: record the reason for exceeding it, which moves no date", t.Ref)
		}
	}
	why := "no duty was open on that day that it could extend"
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if !b.extends(d.Rule, &e) || !touches(e.Episode, d) || !d.openOn(e.At.Day) {
			continue
		}
		reason := b.extensionFault(d, &e)
		if reason == "" {
			return nil
		}
		why = d.Ref + ": " + reason
	}
	return refuse(e, "%s", why)
}

// extends says whether an event is of the kind that extends a timescale.
func (b *Book) extends(t *timescale.Timescale, e *Event) bool {
	if t.Extend == nil || t.Extend.Event != e.Type {
		return false
	}
	return e.Type != typeExtended || e.Data.Text("ref") == t.Ref
}

// extensionFault says what is wrong with an extension of a duty; "" where nothing is.
func (b *Book) extensionFault(d *Duty, e *Event) string {
	until := e.Data.Day("until")
	x := d.Rule.Extend
	switch {
	case d.Due.IsZero():
		return "it has no due date to extend"
	case granted(e) < d.Started.Day:
		return "it started after data.granted: check both dates"
	case until <= d.Due:
		return "the new date must be later than " + d.Due.String()
	case !x.MayFollowDue && e.At.Day > d.Due:
		return "it was due on " + d.Due.String() + ": an extension must be given on or before that day" + bySource(x)
	case x.Times > 0 && len(d.Extensions) >= x.Times:
		return "it has been extended as often as the law allows" + bySource(x)
	}
	if last := b.extensionCap(d, e); until > last {
		return "the latest date allowed is " + last.String() + bySource(x)
	}
	return ""
}

// bySource names the law that bounds an extension.
func bySource(x *timescale.Extension) string {
	if x.Source == "" {
		return ""
	}
	return " (" + x.Source + ")"
}

func (b *Book) extensionCap(d *Duty, e *Event) calendar.Date {
	base := d.Due
	x := d.Rule.Extend
	if x.AfterLaterOfDueAndGranted {
		base = max(base, granted(e))
	}
	cal := b.CalendarOf(d.Rule)
	last := x.Most.Due(cal, base)
	if x.Total != nil {
		last = min(last, x.Total.Due(cal, d.Started.Day))
	}
	return last
}

// granted is the day on which an extension was granted: the event's own where it says none.
func granted(e *Event) calendar.Date {
	if day := e.Data.Day("granted"); !day.IsZero() {
		return day
	}
	return e.At.Day
}
