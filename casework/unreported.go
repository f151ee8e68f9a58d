package casework

import (
	"cmp"
	"slices"

	"longstop/calendar"
)

// findUnreported marks a duty that no attached source could have shown met in time (rules.md,
// section 3, "Unreported"). A case without a source (c is nil) is taken to report everything.
func (t *timeline) findUnreported(d *Duty, c *coverage) {
	if c == nil || len(d.Rule.MetBy) == 0 || d.neverFellDue() {
		return
	}
	covered := c.of(d.Rule)
	if d.Met {
		if d.metLate() {
			d.NotReportedWhy = t.whyLateUnshown(d, covered)
			d.NotReported = d.NotReportedWhy != ""
		}
		return
	}
	d.NotReportedWhy = t.whyUnshown(d, covered)
	d.NotReported = d.NotReportedWhy != ""
	if last := len(covered) - 1; !d.NotReported && covered[last].until < lastOfAll {
		d.ReportedUntil = covered[last].until
	}
}

// whyUnshown says why a duty that is not met may have been, without a source to show it; ""
// where a source would have.
func (t *timeline) whyUnshown(d *Duty, covered []dayRange) string {
	if len(covered) == 0 {
		return "no source reports what could meet it"
	}
	if t.shownOpen(d) {
		return ""
	}
	started, due := d.Started.Day, cmp.Or(d.DueDay(), d.EndedOn, calendar.Date(lastOfAll))
	if started < covered[0].from {
		return "it started before " + longDay(covered[0].from) + ", the first day that a source covers"
	}
	for _, gap := range gapsIn(covered) {
		if started <= gap.until && gap.from <= due {
			return "it may have been met between " + longDay(gap.from) + " and " + longDay(gap.until) + ", which no source covers"
		}
	}
	return ""
}

// whyLateUnshown says why a duty that was met late may have been met in time before, without a
// source to show it: what fell due before the sources' reach, or in a gap of it, accuses nobody
// by what was done once they reported again.
func (t *timeline) whyLateUnshown(d *Duty, covered []dayRange) string {
	if len(covered) == 0 || t.shownOpen(d) {
		return ""
	}
	due, met := d.DueDay(), d.MetOn.Day
	if first := covered[0].from; due < first && first <= met {
		return "it fell due before " + longDay(first) + ", the first day that a source covers, " +
			"so what met it in time could not have been shown"
	}
	for _, gap := range gapsIn(covered) {
		if gap.holds(due) && gap.until < met {
			return "it fell due between " + longDay(gap.from) + " and " + longDay(gap.until) + ", which no source covers, " +
				"so what met it in time could not have been shown"
		}
	}
	return ""
}

// shownOpen reports whether an event of the episode shows that the duty was still open.
func (t *timeline) shownOpen(d *Duty) bool {
	m := d.Rule.ShownOpenBy
	if m == nil {
		return false
	}
	return slices.ContainsFunc(t.of(m.Event), func(n *entry) bool {
		return matches(m, n.Event) && touches(n.Episode, d)
	})
}
