package main

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/timescale"
)

type correctCommand struct {
	Event   string    `arg:"" help:"The id of the event, or of a correction of it."`
	At      momentArg `placeholder:"DATE|INSTANT" help:"When it happened."`
	Set     []string  `sep:"none" placeholder:"KEY=VALUE" help:"A field of its data; may be given again. true, false and lists (JSON) are read as such."`
	Unset   []string  `sep:"none" placeholder:"KEY" help:"Leaves a field of its data out; may be given again."`
	Episode *string   `placeholder:"NAME" help:"Its episode; empty for none."`
	Type    string    `placeholder:"TYPE" help:"Its type, where it was another thing that happened."`
	change
}

// Help shows examples.
func (correctCommand) Help() string {
	return `Example:

    starter correct v7 --at 2026-11-03 --reason "the diary says Tuesday"
    starter correct v7 --set seen=false --reason "nobody opened the door"

The event stays in the record; what is written is a correction, which is the event as it stands with what is given here. The duty keeps its name.`
}

type voidCommand struct {
	Event string `arg:"" help:"The id of the event, or of a correction of it."`
	change
}

// Help shows an example.
func (voidCommand) Help() string {
	return `Example:

    starter void v7 --reason "recorded for the wrong child"

The event stays in the record; what is written is a void. A void is never taken back: record the event anew.`
}

// change are the flags of what changes an event.
type change struct {
	Reason string `required:"" placeholder:"TEXT" help:"Why: it is kept with the change."`
	By     string `placeholder:"WHO" help:"Who says so."`
	ID     string `name:"id" placeholder:"ID" help:"The id of the change. Default: one is made."`
	anySource
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Run writes a correction.
func (c *correctCommand) Run(a *app) error {
	return c.run(a, func(s *service, done *recorded) error {
		h, err := s.findEvent(c.Source, c.Event)
		if err != nil {
			return err
		}
		e, err := c.event(h)
		if err != nil {
			return err
		}
		if err := c.sound(s, e.Type); err != nil {
			return err
		}
		return c.write(s, e, done)
	})
}

// sound refuses a correction that changes nothing, and one of a field that the event's type
// does not have: typed by hand it is a slip.
func (c *correctCommand) sound(s *service, eventType string) error {
	if c.At.isZero() && c.Episode == nil && c.Type == "" && len(c.Set) == 0 && len(c.Unset) == 0 {
		return usagef("say what is corrected: --at, --set KEY=VALUE, --unset KEY, --episode or --type")
	}
	kind, known := s.record.Book().Pack().EventType(eventType)
	for _, set := range c.Set {
		name, _, _ := strings.Cut(set, "=")
		if known && !slices.ContainsFunc(kind.Fields, func(f timescale.Field) bool { return f.Name == name }) {
			return refusef("--set %s: %s has no field of that name: it has %s", name, eventType, fieldWords(kind))
		}
	}
	return nil
}

func fieldWords(kind timescale.EventType) string {
	names := make([]string, len(kind.Fields))
	for i, f := range kind.Fields {
		names[i] = f.Name
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// event is the event as it stands with what the command line gives.
func (c *correctCommand) event(h *held) (casework.Event, error) {
	e := c.changed(h)
	e.Corrects = h.ID // what stands: so this stands after it, whatever the clock says
	if !c.At.isZero() {
		e.At = c.At.When
	}
	if c.Episode != nil {
		e.Episode = *c.Episode
	}
	e.Type = cmp.Or(c.Type, e.Type)
	data, err := c.data(h.Data)
	e.Data = data
	return e, err
}

// reasonField keeps the reason of a correction apart from an event's own reason.
const reasonField = "correction_reason"

func (c *correctCommand) data(was casework.Data) (casework.Data, error) {
	data := maps.Clone(was)
	if data == nil {
		data = casework.Data{}
	}
	delete(data, "source_recorded") // when the source recorded what is now corrected
	for _, name := range c.Unset {
		delete(data, name)
	}
	for _, set := range c.Set {
		name, value, ok := strings.Cut(set, "=")
		if !ok || name == "" {
			return nil, usagef("--set %q: give KEY=VALUE", set)
		}
		data[name] = valueOf(value)
	}
	data[reasonField] = c.Reason
	return data, nil
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

// Run writes a void.
func (c *voidCommand) Run(a *app) error {
	return c.run(a, func(s *service, done *recorded) error {
		h, err := s.findEvent(c.Source, c.Event)
		if err != nil {
			return err
		}
		e := c.changed(h)
		e.Voids, e.Data = h.first, casework.Data{"reason": c.Reason}
		now, err := s.now()
		if err != nil {
			return err
		}
		e.At = casework.AtInstant(now)
		return c.write(s, e, done)
	})
}

// changed is what a change takes over of the event as it stands.
func (c *change) changed(h *held) casework.Event {
	return casework.Event{
		ID: cmp.Or(c.ID, changeID(h.first)), Source: h.Source, Case: h.Case, Type: h.Type, At: h.At, Episode: h.Episode, By: c.By,
	}
}

// longestBase is the longest id that is kept in the id of its change.
const longestBase = 160

// changeID makes an id for a change of an event. It names the event, so that people see
// what belongs together.
func changeID(event string) string {
	var random [6]byte
	rand.Read(random[:]) // it never returns an error
	if len(event) > longestBase {
		event = event[:longestBase]
	}
	return event + ".by-hand." + hex.EncodeToString(random[:])
}

// run runs what records one change.
func (c *change) run(a *app, change func(*service, *recorded) error) error {
	done := newRecorded(1)
	return done.end(a, c.JSON, a.withService(true, func(s *service) error { return done.outcome(change(s, done)) }))
}

func (c *change) write(s *service, e casework.Event, done *recorded) error {
	done.ID = e.ID
	return s.recordAll(e.Source, []casework.Event{e}, done)
}
