package loading

import (
	"context"
	"errors"
	"fmt"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/intake/people"
	"longstop/organisation"
	"longstop/store"
	"longstop/timescale"
)

// PeopleRecord is what the loading of a list of people asks of the record.
type PeopleRecord interface {
	Now(ctx context.Context) (time.Time, error)
	StaffEvents(ctx context.Context) ([]casework.Event, error)
	Events(ctx context.Context, source, reference string) ([]casework.Event, error)
	OpenAllocations(ctx context.Context) ([]store.Allocated, error)
}

// PeopleOptions are a list of people and teams, and how it is loaded.
type PeopleOptions struct {
	Source        string // the name under which the record keeps it, and whose references the cases go by
	File          *people.File
	On            calendar.Date // the day of what has changed; zero: today
	Whole         bool          // who and what is not in it is no longer there
	DryRun        bool          // compare, and write nothing
	ConfirmGone   bool          // load a whole list that takes many to have left
	ConfirmNobody bool          // load it though cases are left without anybody to tell
}

// ErrAhead is the error of a list whose changes are of a day to come.
var ErrAhead = errors.New("the day of the changes lies ahead: load the list on that day")

// People compares a list with the record, and returns the reconciliation and the events that it leads to.
// Nothing is written.
func People(ctx context.Context, record PeopleRecord, o PeopleOptions) (*api.PeopleLoaded, []casework.Event, error) {
	load, err := comparePeople(ctx, record, &o)
	if err != nil {
		return nil, nil, err
	}
	open, err := record.OpenAllocations(ctx)
	if err != nil {
		return nil, nil, err
	}
	out := load.answer()
	load.after(open, out)
	events := make([]casework.Event, len(load.Changes))
	for i := range load.Changes {
		events[i] = load.Changes[i].Event
	}
	return out, events, nil
}

// mostGone is the share of the people in the record that a whole list may take to have left unasked: a
// tenth, and two in any case.
func mostGone(employed int) int { return max(2, employed/10) }

// peopleLoad is a list of people while it is loaded.
type peopleLoad struct {
	*people.Result

	*PeopleOptions

	before *organisation.Directory
	cases  map[string][]casework.Event
}

// comparePeople compares a file with what the record holds.
func comparePeople(ctx context.Context, record PeopleRecord, in *PeopleOptions) (*peopleLoad, error) {
	now, err := record.Now(ctx)
	if err != nil {
		return nil, err
	}
	if in.On.IsZero() {
		in.On = calendar.DateOf(now)
	}
	if in.On > calendar.DateOf(now) {
		return nil, ErrAhead
	}
	history, err := record.StaffEvents(ctx)
	if err != nil {
		return nil, err
	}
	load := &peopleLoad{PeopleOptions: in, before: organisation.DirectoryOn(history, in.On), cases: map[string][]casework.Event{}}
	for i := range in.File.Rows {
		r := &in.File.Rows[i]
		if r.Kind != people.Move || load.cases[r.Reference()] != nil {
			continue
		}
		events, err := record.Events(ctx, in.Source, r.Reference())
		if err != nil && !errors.Is(err, store.ErrUnknown) {
			return nil, err
		}
		load.cases[r.Reference()] = events
	}
	load.Result = people.Compare(people.Input{
		File: in.File, History: history, Cases: load.cases, Source: in.Source, On: in.On, Now: now, Whole: in.Whole,
	})
	return load, nil
}

func (l *peopleLoad) answer() *api.PeopleLoaded {
	out := &api.PeopleLoaded{
		Source: l.Source, On: l.On.String(), DryRun: l.DryRun, Whole: l.Whole,
		Changes: []api.PeopleChange{}, Refused: []api.PeopleFault{},
	}
	into := map[people.Kind]*api.PeopleRows{
		people.Person: &out.People, people.Absence: &out.Absences, people.Team: &out.Teams, people.Vacancy: &out.Vacancies, people.Move: &out.Cases,
	}
	for kind, rows := range into {
		rows.Rows, rows.Unchanged = l.Read[kind], l.Same[kind]
	}
	for i := range l.Changes {
		c := &l.Changes[i]
		rows := into[c.Kind]
		if c.What == people.Away || c.What == people.Back {
			rows = &out.Absences
		}
		if c.Line == 0 {
			rows.Gone++
		} else {
			rows.Changed++
		}
		out.Changes = append(out.Changes, api.PeopleChange{
			Line: c.Line, What: string(c.What), Ref: c.Ref, On: c.Event.At.Day.String(), Fields: c.Fields, Event: c.Event.ID,
		})
	}
	for _, f := range l.Faults {
		out.Refused = append(out.Refused, api.PeopleFault(f))
	}
	for _, p := range l.Planned {
		out.Planned = append(out.Planned, p.Worker+" from "+p.From.String())
	}
	return out
}

// after says how the organisation stands after a load, and what of that asks to be confirmed.
func (l *peopleLoad) after(open []store.Allocated, out *api.PeopleLoaded) {
	d := l.After
	for _, ref := range d.Staff() {
		if d.Person(ref).Employed() {
			out.After.People++
		}
	}
	for _, ref := range d.Teams() {
		if t, _ := d.Team(ref); !t.Ended {
			out.After.Teams++
		}
	}
	out.After.TeamsWithoutManager, out.After.Uncovered, out.After.Unsupervised = d.TeamsWithoutManager(l.On), d.Uncovered(l.On), d.Unsupervised()
	for _, x := range d.Unknowns() {
		out.After.Unknown = append(out.After.Unknown, fmt.Sprintf("%s: %s %s", x.Of, english.Spaced(x.Field), x.Ref))
	}
	lost := l.tally(open, &out.After)
	if gone := len(l.Missing); gone > mostGone(l.Employed) && !l.ConfirmGone {
		out.Asks = append(out.Asks, fmt.Sprintf("it does not have %d of the %d people and teams in the record, who would be taken to have left: "+
			"check that the file is whole, then load it with --confirm-gone", gone, l.Employed))
	}
	if l.Whole && l.File.Unnamed > 0 && len(l.Missing) > 0 && !l.ConfirmGone {
		out.Asks = append(out.Asks, fmt.Sprintf("%s of the file cannot be read, and whoever they are about would be taken to have left: "+
			"mend them, or load it with --confirm-gone", english.Count(l.File.Unnamed, "row")))
	}
	if lost > 0 && !l.ConfirmNobody {
		out.Asks = append(out.Asks, fmt.Sprintf("it leaves %s in which something is open without anybody to tell, at any level: "+
			"allocate them in the same file (a row with case, worker and team), or load it with --confirm-nobody", english.Count(lost, "case")))
	}
}

// tally counts open cases by what they lack after a load, and returns how many lose the last person
// to be told by it.
func (l *peopleLoad) tally(open []store.Allocated, after *api.PeopleAfter) (lost int) {
	cases := map[organisation.Allocation]int{}
	for _, a := range open {
		cases[organisation.Allocation{Worker: a.Worker, Team: a.Team}] += a.Cases
	}
	moved := map[organisation.Allocation]int{} // of open cases, by where they go
	for i := range l.Changes {
		c := &l.Changes[i]
		if c.What != people.Moved {
			continue
		}
		from := organisation.AllocationOf(l.cases[c.Ref])
		from.Supervisor = ""
		if cases[from] > 0 {
			cases[from]--
			moved[organisation.Allocation{Worker: c.Event.Data.Text("worker"), Team: c.Event.Data.Text("team")}]++
		}
	}
	tells := func(d *organisation.Directory, a organisation.Allocation) bool {
		_, ok := d.Route(timescale.Worker, a, l.On, nil)
		return ok
	}
	for _, group := range []map[organisation.Allocation]int{cases, moved} {
		for a, n := range group {
			after.OpenCases += n
			if a.Worker == "" {
				after.WithoutWorker += n
			}
			if l.After.TeamOf(a) == "" {
				after.WithoutTeam += n
			}
			if tells(l.After, a) {
				continue
			}
			after.WithoutAny += n
			if tells(l.before, a) {
				lost += n
			}
		}
	}
	return lost
}
