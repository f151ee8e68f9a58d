package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longstop/access"
	"longstop/admission"
	"longstop/api"
	"longstop/casework"
	"longstop/intake/cloudevents"
	"longstop/service"
	"longstop/web/server"
)

// tagEvents orders the operations by which events come in.
const tagEvents = "Events"

// pushWithin is how long a push may take: a batch is many transactions.
const pushWithin = 60 * time.Second

// busy is after how long a push that failed may be sent again.
const busy = 5 * time.Second

// pushed is a request with events. What carries them is read by package cloudevents.
type pushed struct {
	RawBody []byte `contentType:"application/cloudevents+json"`

	header http.Header
}

// Resolve keeps the headers, among which those of binary mode have no list of names.
func (in *pushed) Resolve(ctx huma.Context) []error {
	in.header = http.Header{}
	ctx.EachHeader(in.header.Add)
	return nil
}

type pushAnswer struct {
	Status int
	Body   api.Pushed
}

// pushProblem is the answer to a push of which not everything is in the record.
type pushProblem struct {
	server.Problem
	Items []api.Outcome `json:"items,omitempty" doc:"What became of each event, in the order in which they were sent."`
}

func registerEvents(s *server.Server, d Deps) {
	const path = "/v1/events"
	server.Register(s, server.Operation{
		ID: "push-events", Method: http.MethodPost, Path: path, Tag: tagEvents,
		Action: access.Record, Or: []access.Action{access.People, access.Attach, access.Acknowledge},
		Summary: "Hand in what happened", Description: pushDescription,
		MaxBytes: cloudevents.MaxBody, Within: pushWithin, Answers: []*server.Kind{server.Conflict},
		Describe: func(h *huma.Operation) { describePush(s, h) },
	}, d.push)
	takeEveryMode(s, s.OpenAPI().Paths[path].Post)
	describeProblem[pushProblem](s, "push-events", http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable)
}

const pushDescription = `Takes CloudEvents 1.0 over HTTP: one event in the body (` + "`application/cloudevents+json`" + `), one in headers with its data as the body (` + "`ce-…` and `application/json`" + `), or a batch (` + "`application/cloudevents-batch+json`" + `).

` + "`id`" + ` is the event's own, and the same when it is sent again. ` + "`source`" + ` is the key's. ` + "`type`" + ` is a type of the rule pack, such as cp_visit.made. ` + "`subject`" + ` is your reference of the case, and is left out for events of people and teams. When it happened is ` + "`time`" + `, an instant, or ` + "`at`" + `, a date where only the day is known; with ` + "`at`, `time`" + ` is when you noted it, as libraries set it. ` + "`corrects` and `voids`" + ` name an earlier event of yours; ` + "`episode` and `by`" + ` may be added. ` + "`data`" + ` is an object. ` + "`dataschema`, `traceparent` and `tracestate`" + ` are taken and not kept; any other attribute is refused.

One event is answered 201 when it is new, 200 when it was known, 409 when its id is known with other content, and 422 when it is refused. A batch is answered 200 when the record holds every event of it; otherwise as a problem whose items say what became of each: what is not refused is recorded all the same. So 2xx always means that all of it is committed, and sending again is always safe. Nothing waits for Temporal: the clocks follow.`

func describePush(s *server.Server, h *huma.Operation) {
	h.SkipValidateBody = true // package cloudevents does
	describe[api.Pushed](s, nil)(h)
	h.Responses["200"].Description = "All of it is in the record; of one event: it was known."
	h.Responses["201"] = &huma.Response{Description: "The event is new, and in the record.", Content: map[string]*huma.MediaType{
		typeJSON: {Schema: h.Responses["200"].Content[typeJSON].Schema},
	}}
}

// Event is how the description shows an event: the attributes that package cloudevents takes.
type Event struct {
	SpecVersion     string         `json:"specversion" enum:"1.0" doc:"The version of CloudEvents."`
	ID              string         `json:"id" minLength:"1" maxLength:"200" doc:"The event's own id in its source, and the same when it is sent again." example:"visit-4711"`
	Source          string         `json:"source" minLength:"1" maxLength:"200" doc:"The source of the key." example:"case-system"`
	Type            string         `json:"type" minLength:"1" maxLength:"80" doc:"What happened: one of the types that GET /v1/event-types lists." example:"cp_visit.made"`
	Subject         string         `json:"subject,omitempty" maxLength:"200" doc:"The source's own reference of the case. It is left out of events of people and teams, and needed in every other." example:"C4"`
	Time            string         `json:"time,omitempty" format:"date-time" doc:"When it happened, an instant. With at: when the source noted it." example:"2026-12-02T14:30:00Z"`
	At              string         `json:"at,omitempty" doc:"When it happened: a date (YYYY-MM-DD) where only the day is known, or an instant. Every event but one that voids has time or at." example:"2026-12-02"`
	Episode         string         `json:"episode,omitempty" maxLength:"200" doc:"The episode of the case, where its source tells several apart."`
	By              string         `json:"by,omitempty" maxLength:"200" doc:"Who recorded it in the source; kept, and never interpreted."`
	Corrects        string         `json:"corrects,omitempty" maxLength:"200" doc:"The id of an earlier event of the same source and case, in whose place this one stands. It is the whole event as it should have been."`
	Voids           string         `json:"voids,omitempty" maxLength:"200" doc:"The id of an earlier event of the same source and case that never happened."`
	DataContentType string         `json:"datacontenttype,omitempty" doc:"application/json, or left out." example:"application/json"`
	DataSchema      string         `json:"dataschema,omitempty" doc:"Taken, and not kept."`
	TraceParent     string         `json:"traceparent,omitempty" doc:"Taken, and not kept."`
	TraceState      string         `json:"tracestate,omitempty" doc:"Taken, and not kept."`
	Data            map[string]any `json:"data,omitempty" doc:"What else it tells. GET /v1/event-types and docs/law/words.md say for each type which fields are read, of which kind they are, and which are needed; others are kept and never read. At most 64 KB." example:"{\"seen\": true, \"seen_alone\": true}"`
}

// takeEveryMode names what the body may be. It may be empty: an event in headers may have no data.
func takeEveryMode(s *server.Server, op *huma.Operation) {
	event := s.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Event](), true, "")
	data := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Description: "The data of an event whose attributes are in headers: ce-specversion, ce-id, ce-source, ce-type and so on.",
	}
	op.RequestBody.Required = false
	op.RequestBody.Content = map[string]*huma.MediaType{
		"application/cloudevents+json":       {Schema: event},
		"application/cloudevents-batch+json": {Schema: &huma.Schema{Type: huma.TypeArray, Items: event, MaxItems: new(cloudevents.MaxItems)}},
		typeJSON:                             {Schema: data},
		"application/*+json":                 {Schema: data},
	}
}

// push records the events of a request. Once the body has been read, it is carried through within its time though
// whoever sent it has gone: sent again, what is recorded is known.
func (d Deps) push(ctx context.Context, in *pushed) (*pushAnswer, error) {
	mode, items, err := cloudevents.Decode(in.header, in.RawBody)
	if err != nil {
		return nil, unreadable(err)
	}
	caller, _ := access.CallerFrom(ctx)
	if problem := notAllowed(caller, items); problem != nil {
		return nil, problem
	}
	p := newPush(mode, items)
	ctx, cancel := carried(server.Doing(ctx, p.actions()...))
	defer cancel()
	err = p.record(ctx, d.Service, caller)
	return p.answer(err)
}

// carried returns a context that ends when the request's time is up, and not before.
func carried(ctx context.Context) (context.Context, context.CancelFunc) {
	until, bounded := ctx.Deadline()
	ctx = context.WithoutCancel(ctx)
	if !bounded {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, until)
}

func unreadable(err error) error {
	var fault *cloudevents.Error
	if !errors.As(err, &fault) {
		return err
	}
	kind := server.Malformed
	switch {
	case fault.Unsupported:
		kind = server.MediaType
	case fault.TooLarge:
		kind = server.TooLarge
	}
	return kind.Problem(sentence(fault.Detail), errorOf(&fault.Fault))
}

func errorOf(f *cloudevents.Fault) server.Error {
	return server.Error{Detail: sentence(f.Detail), Pointer: f.Pointer, Header: f.Header, Code: string(f.Code)}
}

// sentence begins with a capital, unless it begins with the name of a field or a type, and ends with a full stop, as details do.
func sentence(text string) string {
	if text == "" {
		return text
	}
	if first, _, _ := strings.Cut(text, " "); !strings.ContainsAny(first, "._") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return strings.TrimSuffix(text, ".") + "."
}

// errorAt is what is wrong with a field of an event, which refusals name.
func errorAt(item *cloudevents.Item, field string, code casework.Code, detail string) server.Error {
	e := server.Error{Detail: sentence(detail), Code: string(code)}
	e.Pointer, e.Header = item.Place(field)
	return e
}

// mostErrors bounds the errors of a problem; its items say the rest.
const mostErrors = 100

// notAllowed refuses a request whole that holds an event of another source than the key's, or of a type that the key
// may not record.
func notAllowed(caller access.Caller, items []cloudevents.Item) error {
	problem := server.NotAllowed.Problem("The key does not allow every event that was sent. Nothing was recorded.")
	var asked []casework.Event
	for n := range items {
		e := &items[n].Event
		if items[n].Faults != nil || len(problem.Errors) == mostErrors {
			continue
		}
		switch action := service.ActionOf(e); {
		case e.Source != caller.Source || caller.Source == "":
			problem.At(errorAt(&items[n], "source", casework.CodeForbidden,
				"it is not the source of this key: send the events of each source with a key of its own"))
		case !caller.May(action):
			problem.At(errorAt(&items[n], "type", casework.CodeForbidden, fmt.Sprintf("this key does not allow %q, which events of this type need", action)))
		default:
			continue
		}
		asked = append(asked, *e)
	}
	if problem.Errors == nil {
		return nil
	}
	return problem.For(actionsOf(asked)...)
}

// push is a request in the making of its answer.
type push struct {
	mode   cloudevents.Mode
	items  []cloudevents.Item
	events []casework.Event // those that could be read
	places []int            // where each of these stands among the items
	done   api.Pushed
}

func newPush(mode cloudevents.Mode, items []cloudevents.Item) *push {
	p := &push{mode: mode, items: items, done: api.Pushed{Items: make([]api.Outcome, len(items))}}
	for n := range items {
		if faults := items[n].Faults; len(faults) > 0 {
			p.done.Items[n] = api.Outcome{Outcome: admission.Refused, Reason: faults[0].Detail, Code: faults[0].Code}
			continue
		}
		p.events, p.places = append(p.events, items[n].Event), append(p.places, n)
	}
	return p
}

// actionsOf are what events ask for, each once.
func actionsOf(events []casework.Event) []access.Action {
	var actions []access.Action
	for i := range events {
		actions = append(actions, service.ActionOf(&events[i]))
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// actions are what the request does.
func (p *push) actions() []access.Action { return actionsOf(p.events) }

// record records what could be read.
func (p *push) record(ctx context.Context, s *service.Service, caller access.Caller) error {
	permits := func(eventType string) bool {
		return caller.May(service.ActionOf(&casework.Event{Case: "any", Type: eventType}))
	}
	done, err := s.Push(ctx, service.Pushing{Source: caller.Source, Events: p.events, Unread: len(p.items) - len(p.events), Permits: permits, Reads: caller.May(access.Read)})
	for i, o := range done.Items {
		p.done.Items[p.places[i]] = o
	}
	p.done.Warnings, p.done.Changed = done.Warnings, done.Changed
	return err
}

// answer is what the request is answered, or the problem.
func (p *push) answer(err error) (*pushAnswer, error) {
	switch {
	case err != nil && p.inVain():
		problem := server.Refused.Problem("Some events are of cases that cannot be worked out: they are not recorded, and sending them again does not help " +
			"before whoever runs Longstop has mended that. items says what became of each event.")
		return nil, fmt.Errorf("%w: %w", p.problem(problem), err)
	case err != nil:
		problem := server.Unavailable.Problem("Not every event could be tried. Sending all of them again is safe: what is recorded is known then.").RetryAfter(busy)
		return nil, fmt.Errorf("%w: %w", p.problem(problem), err)
	case !p.done.Taken():
		return nil, p.problem(p.kind().Problem(p.whatIsRefused()).For(p.actions()...))
	case p.mode != cloudevents.Batch && p.done.Items[0].Outcome != admission.Known:
		return &pushAnswer{http.StatusCreated, p.done}, nil
	default:
		return &pushAnswer{http.StatusOK, p.done}, nil
	}
}

// inVain reports whether sending again would help none of the events that were not tried.
func (p *push) inVain() bool {
	for i := range p.done.Items {
		if o := &p.done.Items[i]; o.Outcome == admission.NotTried && o.Code != casework.CodeNotWorkedOut {
			return false
		}
	}
	return true
}

// kind is the kind of problem of what was refused: a batch is refused, whatever for.
func (p *push) kind() *server.Kind {
	if p.mode == cloudevents.Batch {
		return server.Refused
	}
	switch p.done.Items[0].Code {
	case casework.CodeConflict:
		return server.Conflict
	case casework.CodeForbidden:
		return server.NotAllowed
	default:
		return server.Refused
	}
}

func (p *push) whatIsRefused() string {
	if p.mode != cloudevents.Batch {
		return "The event was refused: " + p.done.Items[0].Reason + "."
	}
	refused := 0
	for i := range p.done.Items {
		if p.done.Items[i].Outcome == admission.Refused {
			refused++
		}
	}
	return fmt.Sprintf("%d of %d events were refused, and the others are recorded: items says what became of each. "+
		"Mend those that were refused and send them again, alone or with the others.", refused, len(p.items))
}

// problem adds what became of each event to a problem, and where something is wrong.
func (p *push) problem(problem *server.Problem) *pushProblem {
	for n := range p.items {
		if len(problem.Errors) >= mostErrors {
			break
		}
		for i := range p.items[n].Faults {
			problem.At(errorOf(&p.items[n].Faults[i]))
		}
		if o := &p.done.Items[n]; len(p.items[n].Faults) == 0 && (o.Outcome == admission.Refused || o.Code == casework.CodeNotWorkedOut) {
			problem.At(errorAt(&p.items[n], o.Field, o.Code, o.Reason))
		}
	}
	return &pushProblem{*problem, p.done.Items}
}
