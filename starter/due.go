package main

import (
	"fmt"

	"longstop/english"
	"longstop/service"
	"longstop/timescale"
)

type dueCommand struct {
	Ref  string    `arg:"" help:"The timescale, such as AS-01."`
	Date momentArg `arg:"" placeholder:"DATE" help:"The day on which it started (YYYY-MM-DD); for a limit in hours the instant (2026-12-10T14:30:00Z)."`
	JSON bool      `name:"json" help:"One JSON object, for machines."`
	law
}

// Help shows examples.
func (dueCommand) Help() string {
	return `Example:

    starter due AS-01 2026-12-10
    starter due CP-03 2026-12-19 --json
    starter due CP-10 2026-12-10 --overlay council.yaml

The first line of the output is the date alone.`
}

// Run works the date out.
func (c *dueCommand) Run(a *app) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	d, err := service.Due(book, c.Ref, c.Date.When)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return a.printJSON(d.Answer())
	default:
		return printDue(a, d)
	}
}

// printDue writes the date on a line of its own, and then how it was worked out.
func printDue(a *app, d *service.DueDate) error {
	a.printf("%s\n\n%s  %s\n\n", d.Text(), d.Rule.Ref, d.Rule.Title)
	if err := a.table("", dueRows(d)...); err != nil {
		return err
	}
	if len(d.Skipped) > 0 {
		a.printf("\nDays not counted\n")
	}
	for _, s := range d.Skipped {
		a.printf("  %s  %s\n", english.AlignedDay(s.Date), s.Why)
	}
	return nil
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
