package casework

import (
	"fmt"
	"slices"
	"strings"

	"longstop/timescale"
)

// asFolded is the duty as the fold had it, so that a limit can be worked out again.
func (x *explaining) asFolded() (*ruleFold, *openDuty) {
	d := x.duty
	f := &ruleFold{timeline: x.line, own: x.line.spans[d.Rule.Period], rule: x.book.byRef[d.Ref]}
	return f, &openDuty{Duty: *d, base: d.Started.Day, opener: x.happenedAs[d.Entry]}
}

// anchorWords names the date that a limit was counted from: "the date “for” of meeting.arranged (e1)".
func (x *explaining) anchorWords(a *timescale.Anchor) string {
	if a.Birthday > 0 {
		return timescale.Birthday(a.Birthday)
	}
	f, open := x.asFolded()
	n := open.opener
	if a.Event != "" {
		n = f.anchored(a.Event, open)
	}
	return dateWords(n.Type+" ("+n.id+")", a.Field)
}

// dateWords names a date that an event holds.
func dateWords(event, field string) string {
	switch {
	case strings.Contains(event, typeBorn):
		return "the date of birth"
	case field == "date":
		return "the date of " + event
	}
	return fmt.Sprintf("the date “%s” of %s", field, event)
}

// window is the window that the duty is for, with its days.
func (x *explaining) window() string {
	d := x.duty
	if d.Window == "" {
		return ""
	}
	return fmt.Sprintf("%s, from %s to %s", d.Window, longDay(d.Started.Day), longDay(d.Due))
}

// startedByBirthday says which birthday started the duty, and since when the period was open.
func (x *explaining) startedByBirthday(opener *entry) string {
	d := x.duty
	if d.WaitingFor == typeBorn || x.line.born.IsZero() {
		return fmt.Sprintf("%s; it starts on %s, and the date of birth is not known", x.StartedBy, timescale.Birthday(d.Birthday))
	}
	return fmt.Sprintf("%s; the period was opened on %s by %s", timescale.Birthday(d.Birthday), longDay(opener.At.Day), x.StartedBy)
}

// notBefore says how soon the thing may be done.
func (x *explaining) notBefore() string {
	d := x.duty
	if d.NotBefore.IsZero() {
		return ""
	}
	l := d.Edition.NotBefore
	f, open := x.asFolded()
	start, _ := f.anchor(l, open)
	from := "the day of the start"
	if l.From != nil {
		from = longDay(start) + ", " + x.anchorWords(l.From)
	}
	direction := "after"
	if l.Back {
		direction = "before"
	}
	return fmt.Sprintf("%s: %s %s %s", longDay(d.NotBefore), lengthAlone(l), direction, from)
}

// owedBefore is the event before which the thing is owed.
func (x *explaining) owedBefore() string {
	d := x.duty
	switch {
	case len(d.Edition.By) == 0:
		return ""
	case d.DueBy != "":
		return "on " + longDay(d.Due) + " there was " + x.event(d.DueBy)
	case len(d.Edition.By) > 1:
		return byWords(d.Edition.By) + ", of which none has happened"
	}
	return byWords(d.Edition.By) + ", which has not happened"
}

// byWords names the events before which something is owed.
func byWords(list []timescale.Deadline) string {
	words := make([]string, len(list))
	for i := range list {
		words[i] = deadlineWords(&list[i])
	}
	if len(list) > 1 {
		return strings.Join(words, " or ") + ", whichever is first"
	}
	return words[0]
}

func deadlineWords(by *timescale.Deadline) string {
	switch ordinals := []string{"", "first", "second", "third", "fourth"}; {
	case by.Nth == 0:
		return by.Match.String()
	case by.Nth < len(ordinals):
		return fmt.Sprintf("the %s %s since the period opened", ordinals[by.Nth], by.Match)
	default:
		return fmt.Sprintf("no. %d of %s since the period opened", by.Nth, by.Match)
	}
}

// others says what the limits would have given that did not give the date.
func (x *explaining) others() string {
	d := x.duty
	byStart := func(s timescale.Start) bool { return len(s.Limits) > 0 }
	if !d.Edition.Earliest && d.DueBy == "" || slices.ContainsFunc(d.Rule.Starts, byStart) {
		return ""
	}
	f, open := x.asFolded()
	var parts []string
	for i := range d.Edition.Limits {
		if l := &d.Edition.Limits[i]; l != d.Limit {
			parts = append(parts, x.other(f, open, l))
		}
	}
	return strings.Join(parts, "; ")
}

func (x *explaining) other(f *ruleFold, open *openDuty, l *timescale.Limit) string {
	from, missing := f.anchor(l, open)
	if missing != "" {
		return fmt.Sprintf("%s cannot be worked out, for %s is not known", x.limitWords(l), dateWords(missing, l.From.Field))
	}
	return fmt.Sprintf("%s would be %s, which is no earlier", x.limitWords(l), longDay(l.Due(x.calendar, from)))
}
