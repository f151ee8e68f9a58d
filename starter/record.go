package main

import (
	"cmp"
	"encoding/json"
	"strings"

	"longstop/api"
	"longstop/casework"
	"longstop/internal/arguments"
	"longstop/report"
	"longstop/service"
)

type recordCommand struct {
	File string `arg:"" placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input."`
	source
	Backlog bool `help:"This is history: what it finds overdue goes on one list for each manager, and reminders and escalations about it start five working days later."`
	JSON    bool `name:"json" help:"One JSON object, for machines."`
}

// Run records the events, case by case.
func (c *recordCommand) Run(a *app) error {
	events, unread, err := a.parseEvents(c.File)
	if err != nil {
		return err
	}
	in := service.Recording{Source: c.Source, Events: events, Unread: unread, Backlog: c.Backlog}
	return a.records(in, c.JSON, func(s *service.Service) (*api.Recorded, error) { return s.Record(a.ctx, in) })
}

type correctCommand struct {
	Event   string           `arg:"" help:"The id of the event, or of a correction of it."`
	At      arguments.Moment `placeholder:"DATE|INSTANT" help:"When it happened."`
	Set     []string         `sep:"none" placeholder:"KEY=VALUE" help:"A field of its data; may be given again. true, false and lists (JSON) are read as such."`
	Unset   []string         `sep:"none" placeholder:"KEY" help:"Leaves a field of its data out; may be given again."`
	Episode *string          `placeholder:"NAME" help:"Its episode; empty for none."`
	Type    string           `placeholder:"TYPE" help:"Its type, where it was another thing that happened."`
	changeFlags
}

// Run writes a correction.
func (c *correctCommand) Run(a *app) error {
	in := service.Correction{Change: c.of(c.Event), At: c.At.When, Unset: c.Unset, Episode: c.Episode, Type: c.Type}
	for _, set := range c.Set {
		name, value, ok := strings.Cut(set, "=")
		if !ok || name == "" {
			return usagef("--set %q: give KEY=VALUE", set)
		}
		in.Set = append(in.Set, service.FieldValue{Name: name, Value: valueOf(value)})
	}
	return a.records(oneEvent, c.JSON, func(s *service.Service) (*api.Recorded, error) { return s.Correct(a.ctx, in) })
}

// valueOf reads true, false and lists as JSON, and everything else as a text.
func valueOf(s string) any {
	if s == "true" || s == "false" || strings.HasPrefix(s, "[") {
		var v any
		if json.Unmarshal([]byte(s), &v) == nil {
			return v
		}
	}
	return s
}

type voidCommand struct {
	Event string `arg:"" help:"The id of the event, or of a correction of it."`
	changeFlags
}

// Run writes a void.
func (c *voidCommand) Run(a *app) error {
	return a.records(oneEvent, c.JSON, func(s *service.Service) (*api.Recorded, error) { return s.Void(a.ctx, c.of(c.Event)) })
}

// changeFlags are the flags of what changes an event.
type changeFlags struct {
	Reason string `required:"" placeholder:"TEXT" help:"Why: it is kept with the change."`
	By     string `placeholder:"WHO" help:"Who says so."`
	ID     string `name:"id" placeholder:"ID" help:"The id of the change. Default: one is made."`
	anySource
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

func (c *changeFlags) of(event string) service.Change {
	return service.Change{Event: event, Source: c.Source, Reason: c.Reason, By: c.By, ID: c.ID}
}

type acknowledgeCommand struct {
	Notice  string        `arg:"" help:"The notice's id, as its letter shows it."`
	By      string        `required:"" placeholder:"WHO" help:"Who acknowledges it: a manager who was told of it, or one above them, or who covers for one of these."`
	Promise arguments.Day `required:"" placeholder:"DATE" help:"The day by which it will be done, at most ten working days from today."`
	Note    string        `required:"" placeholder:"TEXT" help:"What is being done."`
	JSON    bool          `name:"json" help:"One JSON object, for machines."`
}

// Run records the acknowledgement.
func (c *acknowledgeCommand) Run(a *app) error {
	in := service.Promise{Notice: c.Notice, By: c.By, Until: c.Promise.Date, Note: c.Note}
	return a.records(oneEvent, c.JSON, func(s *service.Service) (*api.Recorded, error) { return s.Acknowledge(a.ctx, in) })
}

// oneEvent is what a command that writes one event has to record.
var oneEvent = service.Recording{Events: make([]casework.Event, 1)}

// records opens the record, records with a use case and prints the answer: also where the record cannot be opened.
func (a *app) records(in service.Recording, asJSON bool, record func(*service.Service) (*api.Recorded, error)) error {
	var done *api.Recorded
	err := a.with(func(s *session) (err error) {
		done, err = record(s.uses)
		return err
	})
	if done == nil {
		done, err = in.Untried(a.ctx, err)
	}
	if done == nil {
		return err
	}
	a.saidFailed = done.Failure != nil
	return cmp.Or(a.printRecorded(done, asJSON), err)
}

// printRecorded says what was done on standard output, and what was refused on standard error.
func (a *app) printRecorded(r *api.Recorded, asJSON bool) error {
	for i := range r.Refused {
		a.say(r.Refused[i].Text())
	}
	for i := range r.Warnings {
		a.say("warning: " + r.Warnings[i].Text())
	}
	return printWaiting(a, r, r.Clocks, asJSON, (*report.Page).Recorded)
}

// printWaiting writes an answer, and next to one in JSON reports on standard error which nudges wait.
func printWaiting[T any](a *app, x T, c api.Clocks, asJSON bool, print func(*report.Page, T) error) error {
	if asJSON && c.Waiting > 0 {
		a.say(report.Waiting(c))
	}
	return printAnswer(a, x, asJSON, print)
}

type attachCommand struct {
	source
	Reports           []string      `placeholder:"TYPE" help:"The event types that the source reports from then on; in all of its cases, those that come later too."`
	From              arguments.Day `placeholder:"DATE" help:"The first day of which it reports them. Nobody is called late with what started before."`
	Until             arguments.Day `placeholder:"DATE" help:"The last day of which it reports them. Default: it is a live feed, without an end."`
	Backlog           bool          `help:"It tells of history: what it brings to light as overdue goes on one list for each manager, and reminders and escalations about it start five working days later."`
	DryRun            bool          `name:"dry-run" help:"Say what it would do, and write nothing."`
	ConfirmUnreported bool          `name:"confirm-unreported" help:"Attach it though timescales that run now would be followed no longer."`
	List              bool          `help:"List what sources report, and do nothing else."`
	Void              string        `placeholder:"ID" help:"Take an attachment back as a mistake, in all cases, by the id that --list shows."`
	Reason            string        `placeholder:"TEXT" help:"Why; it is kept. Needed with --void."`
	By                string        `placeholder:"WHO" help:"Who says so. Default: the login of the database."`
	ID                string        `name:"id" placeholder:"ID" help:"Its id, where a script wants to know it. Default: one is made."`
	JSON              bool          `name:"json" help:"One JSON object, for machines; with --list one for each attachment."`
}

// Run attaches a source, takes an attachment back, or lists them.
func (c *attachCommand) Run(a *app) error {
	switch {
	case c.List:
		return c.list(a)
	case c.Void != "":
		if c.Reason == "" {
			return usagef("say why with --reason: an attachment is taken back for one, which is kept")
		}
	case len(c.Reports) == 0:
		return usagef("say what the source reports, with --reports: event types such as cp_visit.made, joined by commas")
	case c.From.IsZero():
		return usagef("say from which day on the source reports this, with --from: without a first day every timescale of the past " +
			"would be taken as reported, and what nobody recorded then would be overdue at once")
	}
	return a.with(func(s *session) error {
		done, err := c.change(a, s.uses)
		return cmp.Or(c.print(a, done), err)
	})
}

func (c *attachCommand) change(a *app, s *service.Service) (*api.Attached, error) {
	options := service.AttachOptions{Reason: c.Reason, By: c.By, DryRun: c.DryRun, ConfirmUnreported: c.ConfirmUnreported}
	if c.Void != "" {
		return s.Detach(a.ctx, service.Detaching{Attachment: c.Void, AttachOptions: options})
	}
	return s.Attach(a.ctx, service.Attaching{
		Source: c.Source, Reports: c.Reports, From: c.From.Date, Until: c.Until.Date, Backlog: c.Backlog, ID: c.ID, AttachOptions: options,
	})
}

// list shows what stands.
func (c *attachCommand) list(a *app) error {
	return a.with(func(s *session) error {
		rows, err := s.uses.Attachments(a.ctx, "")
		return printRows(a, rows, err, c.JSON, (*report.Page).Attachments)
	})
}

func (c *attachCommand) print(a *app, x *api.Attached) error {
	if x == nil {
		return nil
	}
	a.saidFailed = x.Failure != nil
	return printWaiting(a, x, x.Clocks, c.JSON, (*report.Page).Attached)
}
