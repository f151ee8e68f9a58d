package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"longstop/casework"
	"longstop/store"
)

type recordCommand struct {
	File string `arg:"" placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input."`
	source
	Backlog bool `help:"This is history: what it finds overdue goes on one list for each manager, and those ladders start five working days later."`
	JSON    bool `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (recordCommand) Help() string {
	return `Example:

    starter record visits.jsonl
    starter record people.jsonl
    starter record --backlog history.jsonl
    echo '{"id":"v7","case":"C1","type":"cp_visit.made","at":"2026-11-02","data":{"seen":true}}' | starter record -

Events of a case name it by its source's reference. Events of staff and teams (staff.appointed, staff.left, staff.absent, team.formed) name none:

    {"id":"s1","type":"staff.appointed","at":"2026-04-01","data":{"worker":"W01","name":"Ada Example","email":"ada@example.org","role":"worker","team":"T1"}}

Recording an event again changes nothing. An event is recorded once it is in the record: where Temporal cannot be reached its nudge waits, and a worker sends it.`
}

// casesAtOnce is how many cases are handed to the record before their nudges are sent.
const casesAtOnce = 50

// Run records the events, case by case.
func (c *recordCommand) Run(a *app) error {
	events, unread, err := a.parseEvents(c.File)
	if err != nil {
		return err
	}
	done := newRecorded(len(events))
	done.unread(unread)
	err = a.withService(true, func(s *service) error {
		record := s.recordAll
		if c.Backlog {
			record = s.recordBacklog
		}
		err := record(c.Source, events, done)
		s.doubtUnopened(done)
		return done.outcome(err)
	})
	return done.end(a, c.JSON, err)
}

// recordAll records events and sends the nudges that follow. An error is a failure: done
// says what was recorded all the same. One of single cases keeps none of the others from
// being recorded.
func (s *service) recordAll(source string, events []casework.Event, done *recorded) error {
	sending := s.connected()
	delivery := inBackground(s.app.ctx, sending)
	p := s.app.progress("events recorded", len(events))
	var failed error
	for _, chunk := range inCases(events, casesAtOnce) {
		r, err := s.record.Record(s.app.ctx, source, chunk)
		done.add(&r, len(chunk))
		delivery.Deliver(s.app.ctx, r.Nudges)
		if failed = cmp.Or(failed, err); r.Stopped {
			break
		}
		p.add(len(chunk))
	}
	delivery.wait()
	p.end()
	done.Clocks, done.why = sending.clocks()
	return failed
}

// inCases cuts events into chunks of so many cases, each case whole and in the order of the
// file; those of people come first, since others are told of what follows from the cases.
func inCases(events []casework.Event, most int) [][]casework.Event {
	byRef := map[[2]string][]casework.Event{}
	var refs [][2]string
	for i := range events {
		key := [2]string{events[i].Source, events[i].Case}
		if byRef[key] == nil {
			refs = append(refs, key)
		}
		byRef[key] = append(byRef[key], events[i])
	}
	slices.SortStableFunc(refs, func(x, y [2]string) int { return cmp.Compare(min(1, len(x[1])), min(1, len(y[1]))) })
	var chunks [][]casework.Event
	for chunk := range slices.Chunk(refs, most) {
		var list []casework.Event
		for _, ref := range chunk {
			list = append(list, byRef[ref]...)
		}
		chunks = append(chunks, list)
	}
	return chunks
}

// recorded says what became of events.
type recorded struct {
	ID       string       `json:"id,omitempty"` // of the one event that a command made
	New      int          `json:"events_new"`
	Known    int          `json:"events_known"`
	GaveWay  int          `json:"events_gave_way"`
	Refused  []refusedRow `json:"refused"`
	Warnings []refusedRow `json:"warnings,omitempty"`
	// Changed is nil where nothing was corrected or voided.
	Changed  *[]recordedChange `json:"changed,omitempty"`
	Clocks   delivered         `json:"clocks"`
	*failure                   // nil where everything was tried

	unopened []store.Unopened // see doubtUnopened

	left int   // how many events were not tried
	why  error // why nudges wait
}

// newRecorded is the answer of a command that is to record so many events.
func newRecorded(events int) *recorded { return &recorded{Refused: []refusedRow{}, left: events} }

// refusedRow is a refusal or a warning as JSON.
type refusedRow struct {
	Event  string `json:"event,omitempty"`
	Line   int    `json:"line,omitempty"`
	Reason string `json:"reason"`
}

// add adds what the record says of so many events.
func (r *recorded) add(done *store.Recorded, events int) {
	r.left -= events - done.EventsNotTried()
	r.New += done.New
	r.Known += done.Known
	r.GaveWay += done.GaveWay
	r.Refused = append(r.Refused, refusedRows(done.Refused)...)
	r.Warnings = append(r.Warnings, refusedRows(slices.Concat(done.Warnings, done.DidNotCount))...)
	if len(done.Changed) > 0 {
		all := recordedChanges(done.Changed)
		if r.Changed != nil {
			all = append(*r.Changed, all...)
		}
		r.Changed = &all
	}
	r.unopened = append(r.unopened, done.Unopened...)
}

// unread puts the lines that were no events before what the record refused.
func (r *recorded) unread(list []casework.Refusal) {
	r.Refused = append(refusedRows(list), r.Refused...)
}

func refusedRows(list []casework.Refusal) []refusedRow {
	rows := make([]refusedRow, len(list))
	for i := range list {
		rows[i] = refusedRow{Event: list[i].Event, Line: list[i].Line, Reason: list[i].Reason}
	}
	return rows
}

func (r *refusedRow) text() string {
	f := casework.Refusal{Event: r.Event, Line: r.Line, Reason: r.Reason}
	return f.Error()
}

// outcome is how recording ended, for the audit: by a failure, or with something refused.
func (r *recorded) outcome(err error) error {
	return cmp.Or(err, refusedIf(len(r.Refused) > 0))
}

// end prints the answer and returns how the command ends. err is what it was ended by: what
// refused all of it, or was given wrongly, is said by itself.
func (r *recorded) end(a *app, asJSON bool, err error) error {
	if r.failure = a.failureOf(err); r.failure != nil {
		r.NotTried, a.saidFailed = &r.left, true
	} else if err != nil && !errors.Is(err, errRefused) {
		return err
	}
	return cmp.Or(r.print(a, asJSON), err, refusedIf(len(r.Refused) > 0))
}

// print says what was done on standard output, and what was refused on standard error.
func (r *recorded) print(a *app, asJSON bool) error {
	for i := range r.Refused {
		a.say(r.Refused[i].text())
	}
	for i := range r.Warnings {
		a.say("warning: " + r.Warnings[i].text())
	}
	if asJSON {
		if r.Clocks.Waiting > 0 {
			a.say(waitWords(r.Clocks.Waiting, r.why))
		}
		return a.printJSON(r)
	}
	if r.ID != "" && r.New > 0 {
		a.printf("Recorded as %s.\n", r.ID)
	} else if r.ID == "" || r.failure == nil {
		a.printf("%d %s recorded, %d known already, %d refused.\n", r.New, plural(r.New, "event"), r.Known, len(r.Refused))
	}
	if r.GaveWay > 0 {
		a.printf("%d inferred %s gave way to a real one.\n", r.GaveWay, plural(r.GaveWay, "event"))
	}
	r.printChanges(a)
	r.Clocks.print(a, r.why)
	if r.failure != nil {
		a.printf("Not finished: %s (%s). What is recorded stays, and the same command again does the rest.\n", untriedEvents(r.left), r.Reason)
	}
	return nil
}

func untriedEvents(n int) string {
	switch n {
	case 0:
		return "every event was tried, and not all that follows from them is worked out"
	case 1:
		return "1 event was not tried"
	default:
		return fmt.Sprintf("%d events were not tried", n)
	}
}

func (c delivered) print(a *app, why error) {
	if c.Told+c.Ended > 0 {
		a.printf("%d %s started or moved, %d ended.\n", c.Told, plural(c.Told, "clock"), c.Ended)
	}
	if c.Waiting > 0 {
		a.printf("%s\n", waitWords(c.Waiting, why))
	}
}
