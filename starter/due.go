package main

import (
	"time"

	"longstop/calendar"
	"longstop/casework"
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

// Run works the date out. A timescale that the pack lacks, one whose limit hangs on more
// than the date, and a date on which it is not in force are refused.
func (c *dueCommand) Run(a *app) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	t, err := timescaleOf(book.Pack(), c.Ref)
	if err != nil {
		return err
	}
	d, err := workOut(book.CalendarOf(t), t, c.Date.When)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(d.answer())
	}
	return d.print(a)
}

// dueDate is a due date and how it was worked out.
type dueDate struct {
	rule     *timescale.Timescale
	edition  *timescale.Edition
	limit    timescale.Limit
	started  casework.When
	due      calendar.Date
	dueAt    time.Time // of a limit in hours, in place of due
	localDue calendar.Date
	calendar *calendar.Calendar
	skipped  []calendar.Skipped
	// provisional: the count touches a year that the calendar lacks.
	provisional bool
}

// workOut counts from a start with the edition in force on its day.
func workOut(cal *calendar.Calendar, t *timescale.Timescale, started casework.When) (*dueDate, error) {
	switch {
	case len(t.Drift) > 0:
		return nil, refusef("%s has no due date: %s", t.Ref, t.LimitText())
	case t.HangsOnMore():
		return nil, refusef("%s has no due date for a date alone: its limit is %s. 'starter plan' works it out from a case's events", t.Ref, t.LimitText())
	}
	e := t.EditionOn(started.Day)
	if e == nil {
		return nil, refusef("%s was not in force on %s: it is in force %s", t.Ref, started.Day, inForce(t))
	}
	d := &dueDate{rule: t, edition: e, limit: e.Limits[0], started: started, calendar: cal}
	if d.limit.InHours() && t.DateAsDays > 0 && started.DayOnly() {
		d.limit = timescale.Limit{N: t.DateAsDays, Unit: timescale.Days}
	}
	if d.limit.InHours() {
		d.dueAt = d.limit.DueAt(started.Start())
		return d, nil
	}
	d.countDays()
	return d, nil
}

func (d *dueDate) countDays() {
	start := d.started.Day
	d.due = d.limit.Due(d.calendar, start)
	if d.edition.LocalLimit != nil {
		d.localDue = d.edition.LocalLimit.Due(d.calendar, start)
	}
	if d.limit.Unit != timescale.WorkingDays {
		return
	}
	if d.limit.BeginningWith {
		start = start.AddDays(-1)
	}
	d.skipped = d.calendar.Skipped(start, d.due)
	d.provisional = d.calendar.Provisional(start, d.due)
}

// text is the due date as YYYY-MM-DD, or the instant in UTC for a limit in hours.
func (d *dueDate) text() string {
	if d.dueAt.IsZero() {
		return d.due.String()
	}
	return d.dueAt.UTC().Format(time.RFC3339)
}

func (d *dueDate) startedText() string {
	if d.dueAt.IsZero() {
		return d.started.Day.String()
	}
	return d.started.Start().UTC().Format(time.RFC3339)
}

// dueAnswer is the JSON of "due" (docs/commands.md).
type dueAnswer struct {
	Ref         string             `json:"ref"`
	Title       string             `json:"title"`
	Source      string             `json:"source"`
	Started     string             `json:"started"`
	Due         string             `json:"due"`
	Provisional bool               `json:"provisional"`
	LocalDue    string             `json:"local_due,omitempty"`
	Local       bool               `json:"local,omitempty"`
	Calendar    string             `json:"calendar"`
	Skipped     []calendar.Skipped `json:"skipped"`
}

func (d *dueDate) answer() dueAnswer {
	skipped := d.skipped
	if skipped == nil {
		skipped = []calendar.Skipped{}
	}
	return dueAnswer{
		Ref: d.rule.Ref, Title: d.rule.Title, Source: d.edition.Source, Started: d.startedText(), Due: d.text(),
		Provisional: d.provisional, LocalDue: d.localDue.String(), Local: d.edition.Local,
		Calendar: d.calendar.Edition(), Skipped: skipped,
	}
}
