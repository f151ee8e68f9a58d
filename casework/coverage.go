package casework

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/english"
	"longstop/internal/names"
	"longstop/timescale"
)

// typeSource is the event by which a source says what it reports.
const typeSource = "source.attached"

// dayRange is a stretch of days, the first and the last included. A zero from reaches back for ever;
// an until of lastOfAll has no end.
type dayRange struct{ from, until calendar.Date }

func (s dayRange) includes(day calendar.Date) bool { return s.from <= day && day <= s.until }

// Reports returns the event types that a source.attached names, without the blanks around them,
// each once.
func (e *Event) Reports() []string {
	var types []string
	for _, name := range e.Data.Names("reports") {
		if name = strings.TrimSpace(name); !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	return types
}

// validateSource refuses a source.attached that would mute a case by a slip: a type that nobody
// records, no type at all, no day, or none but days to come.
func (b *Book) validateSource(e *Event) *Refusal {
	if e.Type != typeSource {
		return nil
	}
	reports := e.Reports()
	for _, name := range reports {
		if b.types[name] == nil {
			return refuse(*e, "data.reports", CodeUnknownType, "data.reports names %q, which is not an event type%s; the types are listed in docs/law/words.md",
				clip(name), b.suggestion(name))
		}
	}
	from, until := daysOf(e.Data)
	switch {
	case len(reports) == 0:
		return refuse(*e, "data.reports", CodeReportsNone, "data.reports is empty: name the event types that the source reports, such as \"cp_visit.made\"")
	case until < from:
		return refuse(*e, "data.until", CodeDatesContradict, "data.until is earlier than data.from: a source covers its days from the first to the last")
	case !e.Recorded.IsZero() && from > calendar.DateOf(e.Recorded):
		return refuse(*e, "data.from", CodeInFuture, "data.from is later than the day on which it was recorded, and until then every timescale of the case would stand still: "+
			"check the year, or attach the source once that day has come")
	}
	return nil
}

// doubtfulSource returns of a source.attached that nothing it reports meets a timescale that is on; ""
// where something does, and of other events.
func (b *Book) doubtfulSource(e *Event) string {
	if e.Type != typeSource {
		return ""
	}
	a, _ := b.attachmentOf(e)
	switch all := strings.Join(e.Reports(), ", "); {
	case len(a.reports) == 0:
		return "nothing of what it reports (" + all + ") is work on a case, so the source is taken as not attached: " +
			"name the event types that it reports of the work, such as cp_visit.made"
	case !slices.ContainsFunc(b.rules, func(r *rule) bool { return a.reportsMeetingOf(r.Timescale) }):
		return "nothing of what it reports (" + all + ") is what a timescale asks for, so none of its cases is followed unless another source " +
			"reports it: name also the event types by which it shows what was done"
	}
	return ""
}

// ReportedBy returns the event types that a source.attached attaches to its case; none if it counts
// as no attachment, as other events do.
func (b *Book) ReportedBy(e *Event) []string {
	if e.Type != typeSource {
		return nil
	}
	a, _ := b.attachmentOf(e)
	return a.reports
}

// suggestion suggests the event type that a misspelt one stands for; "" if none is near.
func (b *Book) suggestion(name string) string {
	if meant := names.Meant(name, maps.Keys(b.types)); meant != "" {
		return " (did you mean " + meant + "?)"
	}
	return ""
}

func daysOf(d Data) (from, until calendar.Date) {
	return d.Day("from"), cmp.Or(d.Day("until"), calendar.Date(lastOfAll))
}

// attachment is what a source.attached that counts says.
type attachment struct {
	reports []string
	dayRange
}

// reportsMeetingOf reports whether the source reports a type that could meet a timescale.
func (a *attachment) reportsMeetingOf(t *timescale.Timescale) bool {
	return slices.ContainsFunc(t.MetBy, func(m timescale.Meeting) bool { return slices.Contains(a.reports, m.Event) })
}

// coverage is what the sources of a case cover.
type coverage struct {
	attached []attachment
	kept     map[*timescale.Timescale][]dayRange
}

// findCoverage reads what is attached to the case; nil if nothing is. What shows nothing of the work
// must not mute the case: types that nobody records (from before such a source.attached was refused)
// are left out, and one that names only those, or only what marks a case, is no attachment. Both are
// noted in the plan.
func (t *timeline) findCoverage(plan *Plan) *coverage {
	var c *coverage
	for _, n := range t.eventsOfType(typeSource) {
		a, why := t.book.attachmentOf(n.Event)
		if why != "" {
			plan.NotCounted = append(plan.NotCounted, NotCounted{Entry: n.id, Event: n.ID, Type: n.Type, At: n.At, Why: why})
		}
		if len(a.reports) == 0 {
			continue
		}
		if c == nil {
			c = &coverage{kept: map[*timescale.Timescale][]dayRange{}}
		}
		c.attached = append(c.attached, a)
	}
	return c
}

// attachmentOf returns what counts of a source.attached, and why the rest does not; it reports
// nothing where nothing counts.
func (b *Book) attachmentOf(e *Event) (a attachment, why string) {
	a.from, a.until = daysOf(e.Data)
	var unknown []string
	works := false
	for _, name := range e.Reports() {
		if b.types[name] == nil {
			unknown = append(unknown, fmt.Sprintf("%q%s", clip(name), b.suggestion(name)))
			continue
		}
		a.reports, works = append(a.reports, name), works || b.types[name].works
	}
	switch {
	case a.until < a.from:
		return attachment{}, "its last day is earlier than its first, so the source is taken as not attached: correct it"
	case len(a.reports) == 0 && unknown == nil:
		return attachment{}, "it names nothing that the source reports, so the source is taken as not attached: correct it"
	case len(a.reports) == 0:
		return attachment{}, "it names no event type, but " + strings.Join(unknown, ", ") + ", so the source is taken as not attached: correct it"
	case !works:
		return attachment{}, "nothing of what it reports (" + strings.Join(a.reports, ", ") + ") is work on a case, so the source is taken as not attached"
	case unknown != nil:
		return a, "of what it reports " + strings.Join(unknown, ", ") + " is not an event type; the rest counts: correct it"
	}
	return a, ""
}

// of returns the stretches in which some source reports what could meet a timescale, in order.
// Stretches that overlap, or of which one begins on the day after the other, are one.
func (c *coverage) of(rule *timescale.Timescale) []dayRange {
	if list, ok := c.kept[rule]; ok {
		return list
	}
	var all []dayRange
	for i := range c.attached {
		a := &c.attached[i]
		if a.reportsMeetingOf(rule) {
			all = append(all, a.dayRange)
		}
	}
	slices.SortFunc(all, func(x, y dayRange) int { return cmp.Compare(x.from, y.from) })
	var list []dayRange
	for _, s := range all {
		if last := len(list) - 1; last >= 0 && s.from <= list[last].until+1 {
			list[last].until = max(list[last].until, s.until)
		} else {
			list = append(list, s)
		}
	}
	c.kept[rule] = list
	return list
}

// gapsIn returns the stretches between those that are covered.
func gapsIn(covered []dayRange) []dayRange {
	var gaps []dayRange
	for i := 1; i < len(covered); i++ {
		gaps = append(gaps, dayRange{covered[i-1].until + 1, covered[i].from - 1})
	}
	return gaps
}

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

// whyUnshown returns why a duty that is not met may have been, without a source to show it; ""
// where a source would have.
func (t *timeline) whyUnshown(d *Duty, covered []dayRange) string {
	if len(covered) == 0 {
		return "no source reports whether it was done"
	}
	if t.shownOpen(d) {
		return ""
	}
	started, due := d.Started.Day, cmp.Or(d.DueDay(), d.EndedOn, calendar.Date(lastOfAll))
	if started < covered[0].from {
		return "it started before " + english.Day(covered[0].from) + ", the first day that a source covers"
	}
	for _, gap := range gapsIn(covered) {
		if started <= gap.until && gap.from <= due {
			return "it may have been done between " + english.Day(gap.from) + " and " + english.Day(gap.until) + ", which no source covers"
		}
	}
	return ""
}

// whyLateUnshown returns why a duty that was met late may have been met in time before, without a
// source to show it: what fell due before the sources' reach, or in a gap of it, accuses nobody
// by what was done once they reported again.
func (t *timeline) whyLateUnshown(d *Duty, covered []dayRange) string {
	if len(covered) == 0 || t.shownOpen(d) {
		return ""
	}
	due, met := d.DueDay(), d.MetOn.Day
	if first := covered[0].from; due < first && first <= met {
		return "it fell due before " + english.Day(first) + ", the first day that a source covers, " +
			"so what was done in time could not have been shown"
	}
	for _, gap := range gapsIn(covered) {
		if gap.includes(due) && gap.until < met {
			return "it fell due between " + english.Day(gap.from) + " and " + english.Day(gap.until) + ", which no source covers, " +
				"so what was done in time could not have been shown"
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
	return slices.ContainsFunc(t.eventsOfType(m.Event), func(n *entry) bool {
		return matches(m, n.Event) && touches(n.Episode, d)
	})
}
