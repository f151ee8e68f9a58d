package main

import (
	"cmp"
	"slices"

	"longstop/casework"
	"longstop/store"
)

// recordBacklog records the history of a source as a load of its own: what it finds overdue
// goes on one list for each manager, and those ladders start five working days later
// (rules.md, section 6). Events of people are recorded first, and belong to no load.
func (s *service) recordBacklog(source string, events []casework.Event, done *recorded) error {
	staff, cases, err := ofOneSource(source, events)
	if err != nil {
		return err
	}
	r, err := s.record.Record(s.app.ctx, source, staff)
	done.add(&r, len(staff))
	if err != nil {
		return err
	}
	id, _, err := s.record.BeginLoad(s.app.ctx, store.Load{Source: source, Kind: "events", Backlog: true})
	if err != nil {
		return err
	}
	sending := s.connected()
	delivery := inBackground(s.app.ctx, sending)
	failed := s.loadAll(id, cases, done, delivery)
	if failed == nil {
		failed = s.record.CompleteLoad(s.app.ctx, id)
	}
	delivery.wait()
	done.Clocks, done.why = sending.clocks()
	return failed
}

// loadAll records the cases of a load, some at a time. An error of single cases keeps none
// of the others from being recorded.
func (s *service) loadAll(id string, cases []store.CaseEvents, done *recorded, to *background) error {
	p := s.app.progress("cases recorded", len(cases))
	defer p.end()
	var failed error
	for chunk := range slices.Chunk(cases, casesAtOnce) {
		r, err := s.record.LoadCases(s.app.ctx, id, chunk)
		done.add(&r, eventsIn(chunk))
		to.Deliver(s.app.ctx, r.Nudges)
		if failed = cmp.Or(failed, err); r.Stopped {
			return failed
		}
		p.add(len(chunk))
	}
	return failed
}

func eventsIn(cases []store.CaseEvents) int {
	n := 0
	for i := range cases {
		n += len(cases[i].Events)
	}
	return n
}

// ofOneSource parts the events of people from those of cases, which it gathers by case. A
// load is of one source: events that name another are wrong usage.
func ofOneSource(source string, events []casework.Event) (staff []casework.Event, cases []store.CaseEvents, err error) {
	at := map[string]int{}
	for _, e := range events {
		if cmp.Or(e.Source, source) != source {
			return nil, nil, usagef("%s: the event names the source %s, and the history is of %s: record each source's by itself with --source",
				e.ID, e.Source, source)
		}
		if e.Case == "" {
			staff = append(staff, e)
			continue
		}
		i, known := at[e.Case]
		if !known {
			i = len(cases)
			at[e.Case] = i
			cases = append(cases, store.CaseEvents{Reference: e.Case})
		}
		cases[i].Events = append(cases[i].Events, e)
	}
	return staff, cases, nil
}
