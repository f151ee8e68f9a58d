package main

import (
	"fmt"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// print writes the date on a line of its own, and then how it was worked out.
func (d *dueDate) print(a *app) error {
	a.printf("%s\n\n%s  %s\n\n", d.text(), d.rule.Ref, d.rule.Title)
	if err := a.table("", d.rows()...); err != nil {
		return err
	}
	if len(d.skipped) > 0 {
		a.printf("\nDays not counted\n")
	}
	for _, s := range d.skipped {
		a.printf("  %s  %s\n", s.Date.Format("Mon 02 Jan 2006"), s.Why)
	}
	return nil
}

func (d *dueDate) rows() [][]string {
	rows := [][]string{
		{"Started", d.startedWords()},
		{"Limit", d.limit.String() + localWords(d.edition)},
		{"Counted", d.counted()},
		{"Source", d.edition.Source + " (" + d.edition.Status + ")"},
		{"In force", d.inForce()},
		{"Calendar", d.calendar.Edition()},
	}
	if !d.localDue.IsZero() {
		rows = append(rows, []string{"Local due", fmt.Sprintf("%s: %s here (%s)", d.localDue, d.edition.LocalLimit, d.edition.LocalSource)})
	}
	if d.provisional {
		rows = append(rows, []string{"Provisional", "the count touches days that this calendar may not know yet: a year whose bank holidays are not published, or further closed days"})
	}
	if known := d.edition.Checked.Sentence(); known != "" {
		rows = append(rows, []string{"Checked", known})
	}
	return rows
}

// inForce is when the edition holds, or why the timescale does not.
func (d *dueDate) inForce() string {
	if d.rule.Off != "" {
		return "not here: " + d.rule.Off + "; a council's overlay switches it on"
	}
	return stretch(d.edition.From, d.edition.Until)
}

func localWords(e *timescale.Edition) string {
	switch {
	case e.Default:
		return " (local, " + e.Whose() + ": no law sets it)"
	case e.Local:
		return " (local: no law sets it)"
	}
	return ""
}

func (d *dueDate) startedWords() string {
	if d.dueAt.IsZero() || d.started.DayOnly() {
		return english.Day(d.started.Day)
	}
	return english.Second(d.started.Instant)
}

// counted says how the limit was counted.
func (d *dueDate) counted() string {
	l := d.limit
	switch {
	case l.InHours() && d.started.DayOnly():
		return "elapsed time from 00:00 London, since only the day is known; it ends " + english.Second(d.dueAt)
	case l.InHours():
		return "elapsed time, through weekends and clock changes; it ends " + english.Second(d.dueAt)
	case l.BeginningWith:
		return "the day it started is day 1; the last day is " + english.Day(d.due)
	case l.Unit == timescale.WorkingDays:
		return fmt.Sprintf("the day it started is day 0; working day %d after it is %s", l.N, english.Day(d.due))
	case l.Unit == timescale.Months || l.Unit == timescale.Years:
		return "the corresponding date is " + english.Day(d.due) + "; weekends and bank holidays make no difference"
	default:
		return fmt.Sprintf("%d days on is %s; weekends and bank holidays make no difference", d.due.DaysSince(d.started.Day), english.Day(d.due))
	}
}

// inForce is every stretch in which a timescale is in force, in words.
func inForce(t *timescale.Timescale) string {
	words := ""
	for i := 0; i < len(t.Editions); {
		first, until := &t.Editions[i], t.Editions[i].Until
		for i++; i < len(t.Editions) && t.Editions[i].From == until; i++ {
			until = t.Editions[i].Until
		}
		if words != "" {
			words += "; "
		}
		words += stretch(first.From, until)
	}
	return words
}

// stretch is a stretch of in-force dates in words; until is the first day outside it.
func stretch(from, until calendar.Date) string {
	switch {
	case from.IsZero() && until.IsZero():
		return "without limit of time"
	case from.IsZero():
		return "before " + english.Day(until)
	case until.IsZero():
		return "from " + english.Day(from)
	default:
		return "from " + english.Day(from) + ", before " + english.Day(until)
	}
}
