package service

import (
	"context"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/organisation"
	"longstop/store"
	"longstop/timescale"
	"longstop/timescale/load"
	"longstop/timescale/pages"
)

// Rules returns the timescales of a pack as JSON, or the one of a ref.
func Rules(pack *timescale.Pack, ref string) ([]api.Rule, error) {
	if ref != "" {
		t, err := timescaleOf(pack, ref)
		if err != nil {
			return nil, err
		}
		return []api.Rule{api.RuleOf(pack, t)}, nil
	}
	rows := make([]api.Rule, len(pack.Timescales))
	for i := range pack.Timescales {
		rows[i] = api.RuleOf(pack, &pack.Timescales[i])
	}
	return rows, nil
}

// LawInForce returns the law in force on the record.
func (s *Service) LawInForce(ctx context.Context) (law api.Law, err error) {
	err = s.reads(ctx, func(u *use) error {
		book := s.record.Book()
		if book == nil {
			return store.ErrNotMigrated
		}
		law = api.LawOf(book)
		return u.readsCases(ctx)
	})
	return law, err
}

// RulesInForce returns the timescales in force on the record as JSON, or the one of a ref.
func (s *Service) RulesInForce(ctx context.Context, ref string) ([]api.Rule, error) {
	pack, err := s.AdoptedPack(ctx)
	if err != nil {
		return nil, err
	}
	return Rules(pack, ref)
}

// EventTypes returns the types that events may have by the law in force on the record, as JSON: those of cases in the order of the
// rule pack, then those of people and teams.
func (s *Service) EventTypes(ctx context.Context) ([]api.EventType, error) {
	pack, err := s.AdoptedPack(ctx)
	if err != nil {
		return nil, err
	}
	var types []api.EventType
	for i := range pack.Events {
		t := &pack.Events[i]
		types = append(types, api.EventTypeOf(t, "case", string(ActionOf(&casework.Event{Case: "any", Type: t.Name}))))
	}
	for _, t := range organisation.Vocabulary() {
		types = append(types, api.EventTypeOf(&t, "people", string(ActionOf(&casework.Event{Type: t.Name}))))
	}
	return types, nil
}

// DueDate works out a due date from a start alone, as Due does, by the law in force on the record.
func (s *Service) DueDate(ctx context.Context, ref string, started casework.When) (due api.Due, err error) {
	err = s.reads(ctx, func(u *use) error {
		book := s.record.Book()
		if book == nil {
			return store.ErrNotMigrated
		}
		if err := u.readsCases(ctx); err != nil {
			return err
		}
		found, err := Due(book, ref, started)
		if err == nil {
			due = found.Answer()
		}
		return err
	})
	return due, err
}

// Unset lists what a council has still to set.
func Unset(pack *timescale.Pack) []api.Unset {
	rows := []api.Unset{}
	for _, t := range pages.Unset(pack) {
		rows = append(rows, api.UnsetOf(t))
	}
	return rows
}

// Template is an overlay with what a council has still to set commented out, to choose from.
func Template(pack *timescale.Pack) string { return pages.Template(pack) }

// Stale lists the checks of the law that are to be made again on a day.
func Stale(pack *timescale.Pack, day calendar.Date) []api.Stale {
	rows := []api.Stale{}
	stale := pack.Stale(day)
	for i := range stale {
		rows = append(rows, api.StaleOf(&stale[i]))
	}
	return rows
}

// Checked is what checking rule packs and overlays found.
type Checked struct {
	Faults, Warnings []timescale.Fault
	Files            int
}

// Check checks rule packs and overlays together: every fault of them, and what may not be meant as of a day.
func Check(paths []string, day calendar.Date) Checked {
	c := Checked{}
	c.Faults, c.Warnings = load.CheckFiles(paths, day)
	for _, p := range paths {
		files, err := load.Paths(p)
		if err == nil { // else it is among the faults
			c.Files += len(files)
		}
	}
	return c
}

// DueDate is a due date and how it was worked out.
type DueDate struct {
	Rule     *timescale.Timescale
	Edition  *timescale.Edition
	Limit    timescale.Limit
	Started  casework.When
	Due      calendar.Date
	DueAt    time.Time // of a limit in hours, in place of Due
	LocalDue calendar.Date
	Calendar *calendar.Calendar
	Skipped  []calendar.Skipped
	// Provisional: the count touches a year that the calendar lacks.
	Provisional bool
}

// Due works out the due date of a timescale whose clock started at a moment. It refuses a timescale that the pack
// lacks, one whose limit hangs on more than the date, and a date on which it is not in force.
func Due(book *casework.Book, ref string, started casework.When) (*DueDate, error) {
	t, err := timescaleOf(book.Pack(), ref)
	if err != nil {
		return nil, err
	}
	return workOut(book.CalendarOf(t), t, started)
}

// workOut counts from a start with the edition in force on its day.
func workOut(cal *calendar.Calendar, t *timescale.Timescale, started casework.When) (*DueDate, error) {
	switch {
	case len(t.Drift) > 0:
		return nil, Refusef("%s has no due date: %s", t.Ref, t.LimitText())
	case t.HangsOnMore():
		return nil, refusef(LimitHangsOnMore, "%s has no due date for a date alone: its limit is %s", t.Ref, t.LimitText())
	}
	e := t.EditionOn(started.Day)
	if e == nil {
		return nil, Refusef("%s was not in force on %s: it is in force %s", t.Ref, started.Day, InForce(t))
	}
	d := &DueDate{Rule: t, Edition: e, Limit: e.Limits[0], Started: started, Calendar: cal}
	if d.Limit.InHours() && t.DateAsDays > 0 && started.DayOnly() {
		d.Limit = timescale.Limit{N: t.DateAsDays, Unit: timescale.Days}
	}
	if d.Limit.InHours() {
		d.DueAt = d.Limit.DueAt(started.Start())
		return d, nil
	}
	d.countDays()
	return d, nil
}

func (d *DueDate) countDays() {
	start := d.Started.Day
	d.Due = d.Limit.Due(d.Calendar, start)
	if d.Edition.LocalLimit != nil {
		d.LocalDue = d.Edition.LocalLimit.Due(d.Calendar, start)
	}
	if d.Limit.Unit != timescale.WorkingDays {
		return
	}
	if d.Limit.BeginningWith {
		start = start.AddDays(-1)
	}
	d.Skipped = d.Calendar.Skipped(start, d.Due)
	d.Provisional = d.Calendar.Provisional(start, d.Due)
}

// Text is the due date as YYYY-MM-DD, or the instant in UTC for a limit in hours.
func (d *DueDate) Text() string {
	if d.DueAt.IsZero() {
		return d.Due.String()
	}
	return d.DueAt.UTC().Format(time.RFC3339)
}

func (d *DueDate) startedText() string {
	if d.DueAt.IsZero() {
		return d.Started.Day.String()
	}
	return d.Started.Start().UTC().Format(time.RFC3339)
}

// Answer returns the date as JSON.
func (d *DueDate) Answer() api.Due {
	skipped := d.Skipped
	if skipped == nil {
		skipped = []calendar.Skipped{}
	}
	return api.Due{
		Ref: d.Rule.Ref, Title: d.Rule.Title, Source: d.Edition.Source, Started: d.startedText(), Due: d.Text(),
		Provisional: d.Provisional, LocalDue: d.LocalDue.String(), Local: d.Edition.Local,
		Calendar: d.Calendar.Edition(), Skipped: skipped,
	}
}

// InForce is every stretch in which a timescale is in force, in words.
func InForce(t *timescale.Timescale) string {
	words := ""
	for i := 0; i < len(t.Editions); {
		first, until := &t.Editions[i], t.Editions[i].Until
		for i++; i < len(t.Editions) && t.Editions[i].From == until; i++ {
			until = t.Editions[i].Until
		}
		if words != "" {
			words += "; "
		}
		words += Stretch(first.From, until)
	}
	return words
}

// Stretch is a stretch of in-force dates in words; until is the first day outside it.
func Stretch(from, until calendar.Date) string {
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
