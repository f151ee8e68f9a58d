package admission

import (
	"fmt"
	"slices"
	"time"

	"longstop/casework"
	"longstop/internal/names"
	"longstop/organisation"
)

// SourceAttached is the event by which a source says what it reports.
const SourceAttached = "source.attached"

// notReported warns of new events of a type that no source attached to the case reports:
// they are kept, but the duties that they could meet may stay unreported. What an import
// inferred is no such event: it is there because its source does not report it.
func notReported(book *casework.Book, stands []entry, added []Event) []casework.Refusal {
	var reported []string
	for i := range stands {
		reported = append(reported, book.ReportedBy(stands[i].Event)...)
	}
	if len(reported) == 0 {
		return nil
	}
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		kind, known := book.Pack().EventType(e.Type)
		if !known || kind.Marks || e.Voids != "" || e.Data.Flag("inferred") || slices.Contains(reported, e.Type) {
			continue
		}
		warnings = append(warnings, casework.Refusal{Line: e.Line, Event: e.ID, Reason: fmt.Sprintf(
			"recorded, but no source attached to this case reports %s, so what it shows as done may be shown as not reported: "+
				"say from which day on the source reports it with 'starter attach --source %s --reports %[1]s --from DATE'", e.Type, e.Source)})
	}
	return warnings
}

// attachedForEver warns of a source.attached without a first day.
func attachedForEver(added []Event) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if e.Type == SourceAttached && e.Voids == "" && e.Data.Day("from").IsZero() {
			warnings = append(warnings, casework.Refusal{Event: e.ID, Reason: "recorded, but it has no data.from, so it reaches back for ever: " +
				"every timescale of the past that it could show as done is taken as reported, and what nobody recorded then is overdue; correct it to the " +
				"first day that the source covers"})
		}
	}
	return warnings
}

// didNotCount names the new events that nothing came of, as a case stands at an instant: of an
// episode that nothing opened, a visit when no plan was open, a start after a death. A visit on which
// the child was not seen is not among them, nor one that does not say so, of which Doubts warns, nor
// what an import inferred. It keeps the plan that it makes.
func didNotCount(book *casework.Book, a *Admission, now time.Time) []casework.Refusal {
	fresh := make(map[string]*casework.Event, len(a.Added))
	for i := range a.Added {
		e := &a.Added[i].Event
		said := a.Unopened != nil && a.Unopened.ID == e.ID // that nothing has opened the case
		if e.Voids == "" && !e.Data.Flag("inferred") && !said {
			fresh[e.ID] = e
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var warnings []casework.Refusal
	name := func(id, why string) {
		if e := fresh[id]; e != nil {
			delete(fresh, id)
			warnings = append(warnings, warn(e, "recorded, but it did not count: "+why))
		}
	}
	if slices.ContainsFunc(a.Added, func(x Event) bool { return x.Corrects != "" }) {
		for _, r := range casework.AfterVoid(nil, asTheirSourceSays(a.all)) {
			if r != nil {
				name(r.Event, r.Reason)
			}
		}
	}
	a.Plan = book.Fold(a.all, casework.At(now))
	for _, n := range a.Plan.NotCounted {
		if n.Nowhere && !n.Unseen {
			name(n.Event, n.Why)
		}
	}
	return warnings
}

// asTheirSourceSays returns events as recorded when their source says that it recorded them. What
// is handed in together is recorded at one instant, at which a void takes back all the rest: only
// the source knows which corrections came after it.
func asTheirSourceSays(events []casework.Event) []casework.Event {
	list := slices.Clone(events)
	for i := range list {
		e := &list[i]
		at, err := time.Parse(time.RFC3339, e.Data.Text(sourceRecorded))
		switch {
		case err == nil:
			e.Recorded = at
		case e.At.Day.IsZero(): // as in a file, when what it changes was
			e.Recorded = time.Time{}
		default:
			e.Recorded = e.At.End()
		}
	}
	return list
}

// doubtfulDeaths warns of a death that is probably dated too early, where it or the birth that it
// contradicts is new. Of what is new and dated after it, didNotCount speaks as well.
func doubtfulDeaths(book *casework.Book, a *Admission, now time.Time) []casework.Refusal {
	isNew := make(map[ID]bool, len(a.Added))
	for i := range a.Added {
		isNew[IDOf(&a.Added[i].Event)] = true
	}
	var warnings []casework.Refusal
	for _, d := range book.DoubtfulDeaths(a.all, now) {
		switch {
		case isNew[IDOf(d.Death)]:
			warnings = append(warnings, warn(d.Death, "recorded, but "+d.Why))
		case d.Birth != nil && isNew[IDOf(d.Birth)]:
			warnings = append(warnings, warn(d.Birth, "recorded, but "+d.Why))
		}
	}
	return warnings
}

// unknownStaff warns of allocations, and of parts in a case, that name a worker or a team which is not
// in the record of people: nobody can be told of the case.
func unknownStaff(dir *organisation.Directory, added []Event) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if !organisation.IsPeopleType(e.Type) && e.Type != organisation.OfficerAppointed || e.Voids != "" {
			continue
		}
		for _, field := range []string{"worker", "supervisor"} {
			if who := e.Data.Text(field); who != "" && !dir.Knows(who) {
				warnings = append(warnings, warn(e, "recorded, but no worker "+who+" is in the record of people: "+
					"record staff.appointed, or check data."+field+"."+names.DidYouMean(who, slices.Values(dir.Staff()))))
			}
		}
		team := e.Data.Text("team")
		if _, known := dir.Team(team); team != "" && !known {
			warnings = append(warnings, warn(e, "recorded, but no team "+team+" is in the record of people: "+
				"record team.formed, or check data.team."+names.DidYouMean(team, slices.Values(dir.Teams()))))
		}
	}
	return warnings
}

// unopened returns one event of those added to a case that nothing has opened; nil without one.
func unopened(book *casework.Book, a *Admission, now time.Time) *casework.Event {
	e := book.Unopened(a.all, now)
	if e == nil || !slices.ContainsFunc(a.Added, func(added Event) bool { return IDOf(&added.Event) == IDOf(e) }) {
		return nil
	}
	return e
}

func warn(e *casework.Event, reason string) casework.Refusal {
	return casework.Refusal{Line: e.Line, Event: e.ID, Reason: reason}
}
