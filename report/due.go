package report

import (
	"fmt"

	"longstop/english"
	"longstop/service"
	"longstop/timescale"
)

// Due writes the date on a line of its own, and then how it was worked out.
func (p *Page) Due(d *service.DueDate) error {
	p.printf("%s\n\n%s  %s\n\n", d.Text(), d.Rule.Ref, d.Rule.Title)
	p.table("", dueRows(d)...)
	if len(d.Skipped) > 0 {
		p.printf("\nDays not counted\n")
	}
	for _, s := range d.Skipped {
		p.printf("  %s  %s\n", english.AlignedDay(s.Date), s.Why)
	}
	return p.err
}

func dueRows(d *service.DueDate) [][]string {
	rows := [][]string{
		{"Started", startedWords(d)},
		{"Limit", d.Limit.String() + localWords(d.Edition)},
		{"Counted", counted(d)},
		{"Source", d.Edition.Source + " (" + d.Edition.Status + ")"},
		{"In force", inForceHere(d)},
		{"Calendar", d.Calendar.Edition()},
	}
	if !d.LocalDue.IsZero() {
		rows = append(rows, []string{"Local due", fmt.Sprintf("%s: %s here (%s)", d.LocalDue, d.Edition.LocalLimit, d.Edition.LocalSource)})
	}
	if d.Provisional {
		rows = append(rows, []string{"Provisional", "the count touches days that this calendar may not know yet: a year whose bank holidays are not published, or further closed days"})
	}
	if known := d.Edition.Checked.Sentence(); known != "" {
		rows = append(rows, []string{"Checked", known})
	}
	return rows
}

// inForceHere is when the edition holds, or why the timescale does not.
func inForceHere(d *service.DueDate) string {
	if d.Rule.Off != "" {
		return "not here: " + d.Rule.Off + "; a council's overlay switches it on"
	}
	return service.Stretch(d.Edition.From, d.Edition.Until)
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

func startedWords(d *service.DueDate) string {
	if d.DueAt.IsZero() || d.Started.DayOnly() {
		return english.Day(d.Started.Day)
	}
	return english.Second(d.Started.Instant)
}

// counted says how the limit was counted.
func counted(d *service.DueDate) string {
	l := d.Limit
	switch {
	case l.InHours() && d.Started.DayOnly():
		return "elapsed time from 00:00 London, since only the day is known; it ends " + english.Second(d.DueAt)
	case l.InHours():
		return "elapsed time, through weekends and clock changes; it ends " + english.Second(d.DueAt)
	case l.BeginningWith:
		return "the day it started is day 1; the last day is " + english.Day(d.Due)
	case l.Unit == timescale.WorkingDays:
		return fmt.Sprintf("the day it started is day 0; working day %d after it is %s", l.N, english.Day(d.Due))
	case l.Unit == timescale.Months || l.Unit == timescale.Years:
		return "the corresponding date is " + english.Day(d.Due) + "; weekends and bank holidays make no difference"
	default:
		return fmt.Sprintf("%d days on is %s; weekends and bank holidays make no difference", d.Due.DaysSince(d.Started.Day), english.Day(d.Due))
	}
}
