package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/access"
	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/internal/names"
	"longstop/store"
	"longstop/timescale"
)

// Change is what every change of an event says.
type Change struct {
	Event  string // the id of the event, or of a correction of it
	Source string // that it is of; "" for any
	Reason string // it is kept with the change
	By     string // who says so
	ID     string // of the change; "" for one that is made
}

// Correction is how an event should stand. What is left out stays as it is.
type Correction struct {
	Change
	At      casework.When // zero: as it is
	Set     []FieldValue
	Unset   []string // fields of its data to leave out
	Episode *string
	Type    string
}

// FieldValue is a field of an event's data.
type FieldValue struct {
	Name  string
	Value any
}

// Correct writes a correction, which is the event as it stands with what is given. The event stays in the record.
func (s *Service) Correct(ctx context.Context, c Correction) (*api.Recorded, error) {
	return s.change(ctx, func(done *recording) error {
		h, err := s.findEvent(ctx, c.Source, c.Event)
		if err != nil {
			return err
		}
		e := c.event(h)
		if err := c.check(s.record.Book().Pack(), e.Type); err != nil {
			return err
		}
		return s.writeChange(ctx, e, done)
	})
}

// check refuses a correction that changes nothing, and one of a field that the event's type does not have: typed by
// hand it is a slip.
func (c *Correction) check(pack *timescale.Pack, eventType string) error {
	if c.At.Day.IsZero() && c.Episode == nil && c.Type == "" && len(c.Set) == 0 && len(c.Unset) == 0 {
		return usagef(NothingToCorrect, "say what is corrected")
	}
	kind, known := pack.EventType(eventType)
	for _, set := range c.Set {
		if known && !slices.ContainsFunc(kind.Fields, func(f timescale.Field) bool { return f.Name == set.Name }) {
			return refuseField("set", "%s: %s has no field of that name: it has %s", set.Name, eventType, fieldNames(kind))
		}
	}
	return nil
}

func fieldNames(kind timescale.EventType) string {
	names := make([]string, len(kind.Fields))
	for i, f := range kind.Fields {
		names[i] = f.Name
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

// event is the event as it stands with what is given.
func (c *Correction) event(h *heldEvent) casework.Event {
	e := c.changed(h)
	e.Corrects = h.ID // what stands: so this stands after it, whatever the clock says
	if !c.At.Day.IsZero() {
		e.At = c.At
	}
	if c.Episode != nil {
		e.Episode = *c.Episode
	}
	e.Type = cmp.Or(c.Type, e.Type)
	e.Data = c.data(h.Data)
	return e
}

// reasonField keeps the reason of a correction apart from an event's own reason.
const reasonField = "correction_reason"

func (c *Correction) data(was casework.Data) casework.Data {
	data := maps.Clone(was)
	if data == nil {
		data = casework.Data{}
	}
	delete(data, "source_recorded") // when the source recorded what is now corrected
	for _, name := range c.Unset {
		delete(data, name)
	}
	for _, set := range c.Set {
		data[set.Name] = set.Value
	}
	data[reasonField] = c.Reason
	return data
}

// Void takes an event back. It stays in the record; what is written is a void, which is never taken back.
func (s *Service) Void(ctx context.Context, c Change) (*api.Recorded, error) {
	return s.change(ctx, func(done *recording) error {
		h, err := s.findEvent(ctx, c.Source, c.Event)
		if err != nil {
			return err
		}
		e := c.changed(h)
		e.Voids, e.Data = h.first, casework.Data{"reason": c.Reason}
		now, err := s.record.Now(ctx)
		if err != nil {
			return err
		}
		e.At = casework.AtInstant(now)
		return s.writeChange(ctx, e, done)
	})
}

// changed is what a change takes over of the event as it stands.
func (c *Change) changed(h *heldEvent) casework.Event {
	return casework.Event{
		ID: cmp.Or(c.ID, changeID(h.first)), Source: h.Source, Case: h.Case, Type: h.Type, At: h.At, Episode: h.Episode, By: c.By,
	}
}

// longestBase is the longest id that is kept in the id of its change.
const longestBase = 160

// changeID makes an id for a change of an event. It names the event, so that people see what belongs together.
func changeID(event string) string {
	var random [6]byte
	rand.Read(random[:]) // it never returns an error
	if len(event) > longestBase {
		event = event[:longestBase]
	}
	return event + ".by-hand." + hex.EncodeToString(random[:])
}

// change runs what records one event.
func (s *Service) change(ctx context.Context, do func(*recording) error) (*api.Recorded, error) {
	done := newRecording(1)
	return done.end(ctx, s.writes(ctx, func(*use) error { return done.outcome(do(done)) }))
}

func (s *Service) writeChange(ctx context.Context, e casework.Event, done *recording) error {
	done.ID = e.ID
	return s.recordAll(ctx, e.Source, []casework.Event{e}, done)
}

// recordNow is writeChange for a request, which waits for nothing but the record: the nudges are sent behind it.
func (s *Service) recordNow(ctx context.Context, e casework.Event, done *recording) error {
	r, err := s.record.Record(ctx, e.Source, []casework.Event{e})
	done.add(&r, 1)
	s.nudges.hand(r.Nudges)
	return err
}

// heldEvent is an event that the record holds, as it stands.
type heldEvent struct {
	casework.Event // as last corrected; its id is that of the correction
	first          string
	voided         bool
}

// standingOf finds the entry that an event belongs to among all events of its case from its source; nil where there
// is no such event, and where it is a void. Of a voided entry it holds what stood last.
func standingOf(events []casework.Event, id string) *heldEvent {
	h, ok := casework.HistoryOf(events, id, time.Time{})
	if !ok || h.IsVoid(id) {
		return nil
	}
	stood := h.Last()
	return &heldEvent{Event: *stood, first: h.ID(), voided: h.Voided()}
}

// findEvent finds an event by its id, as it stands; with source "" it may be of any, unless several sources have one of that
// id. It refuses one that the record does not hold, and one that is voided.
func (s *Service) findEvent(ctx context.Context, source, id string) (*heldEvent, error) {
	if err := s.oneEvent(ctx, source, id); err != nil {
		return nil, err
	}
	events, err := s.record.CaseOfEvent(ctx, source, id)
	if errors.Is(err, store.ErrUnknown) {
		events, err = s.record.StaffEvents(ctx)
	}
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(events, func(e casework.Event) bool { return e.ID == id && (source == "" || e.Source == source) })
	if i < 0 {
		return nil, refusef(UnknownEvent, "%s: the record holds no such event", id)
	}
	from := events[i].Source
	h := standingOf(slices.DeleteFunc(events, func(e casework.Event) bool { return e.Source != from }), id)
	switch {
	case h == nil:
		return nil, Refusef("%s: it is a void, and a void is never changed: record the event again, with an id of its own", id)
	case h.voided:
		return nil, Refusef("%s: it is voided already: record the event again, with an id of its own", id)
	}
	return h, nil
}

// oneEvent refuses an id that does not say which event is meant. An id is unique among the events of cases of one source, and
// among those of people and teams of one source.
func (s *Service) oneEvent(ctx context.Context, source, id string) error {
	found, err := s.record.WhereEvent(ctx, id)
	if err != nil {
		return err
	}
	if source != "" {
		found = slices.DeleteFunc(found, func(at store.EventPlace) bool { return at.Source != source })
	}
	var sources []string
	for _, at := range found {
		sources = append(sources, at.Source)
	}
	switch sources = slices.Compact(sources); {
	case len(sources) > 1:
		return refusef(SeveralSources, "%s: %d sources have an event of that id (%s)", id, len(sources), strings.Join(sources, ", "))
	case len(found) > 1:
		return refusef(SeveralEvents, "%s: %s has an event of that id in a case, and another of people and teams: "+
			"write the change as an event that names the case, or none, and record that", id, sources[0])
	}
	return nil
}

// Promise acknowledges a notice.
type Promise struct {
	Notice string // its id, as its letter shows it
	By     string // the reference of who promises
	Until  calendar.Date
	Note   string // what is being done
	// ID is whoever promises' own; "" makes one. The same promise again under the same id changes nothing. The event's id is
	// made of it (ownIDs): it becomes an event of the case's source, so it must not be taken for one of that source's ids.
	ID string
	// Blind leaves out of the answer what it says of the record: for whoever may not read that.
	Blind bool
}

// ownIDs returns ids that are apart from those of everybody but who calls, made of the one that they chose, which
// is digested where the whole would be longer than a number of bytes. An id is one of all the keys that replaced one another: it is written under the first of
// them, which comes first; the others are those under which it may have been written by an earlier release.
func (s *Service) ownIDs(ctx context.Context, of, id string, longest int) ([]string, error) {
	by := []string{"by-hand"}
	if caller, ok := access.CallerFrom(ctx); ok && caller.Key != "" {
		line, err := s.record.KeyLine(ctx, caller.Key)
		if err != nil {
			return nil, err
		}
		if by = line; len(by) == 0 {
			by = []string{caller.Key}
		}
	}
	ids := make([]string, len(by))
	for i := range by {
		prefix, own := of+":"+by[i]+":", id
		if len(prefix)+len(own) > longest {
			digest := sha256.Sum256([]byte(own))
			own = hex.EncodeToString(digest[:])
		}
		ids[i] = prefix + own
	}
	return ids, nil
}

// Acknowledge records a promise in the case that a notice is about. Until the end of the promised day the alarms of
// the team manager and the service manager are held.
func (s *Service) Acknowledge(ctx context.Context, p Promise) (*api.Recorded, error) {
	done := newRecording(1)
	out, err := done.end(ctx, s.writes(ctx, func(u *use) error { return u.acknowledge(ctx, p, done) }))
	if out != nil && p.Blind {
		blind(out)
	}
	return out, err
}

// blind takes out of an answer what it says of the record, for whoever may write a promise and not read the case.
func blind(out *api.Recorded) {
	out.Changed = nil
	for i := range out.Warnings {
		out.Warnings[i] = doubtful
	}
}

func (u *use) acknowledge(ctx context.Context, p Promise, done *recording) error {
	n, err := u.findNotice(ctx, p.Notice)
	if err != nil {
		return err
	}
	u.about = n.CaseKey // a promise that is refused leaves its trace there
	from, err := u.sourceOf(ctx, n)
	if err != nil {
		return err
	}
	now, err := u.record.Now(ctx)
	if err != nil {
		return err
	}
	ids := []string{changeID(n.ID)}
	if p.ID != "" {
		if ids, err = u.ownIDs(ctx, "acknowledged", p.ID, names.Longest); err != nil {
			return err
		}
	}
	e := casework.Event{
		ID: ids[0], Source: from, Case: n.Case, Type: "notice.acknowledged", At: casework.AtInstant(now), By: p.By,
		Data: casework.Data{"duty": n.Duty, "by": p.By, "promise": p.Until.String(), "note": p.Note, "notice": n.ID},
	}
	switch known, err := u.promised(ctx, &e, ids); {
	case err != nil:
		return err
	case known:
		done.ID, done.Known, done.left = cmp.Or(p.ID, e.ID), 1, 0
		return nil
	}
	if err := u.checkEmployed(ctx, p.By); err != nil {
		return err
	}
	if store.InRequest(ctx) {
		err = u.recordNow(ctx, e, done)
	} else {
		err = u.writeChange(ctx, e, done)
	}
	done.ID = cmp.Or(p.ID, e.ID)
	if len(done.Refused) > 0 {
		// The same may have come twice at once, and the one that came first has another moment.
		switch known, err := u.promised(ctx, &e, ids); {
		case err != nil:
			return err
		case known:
			done.Refused, done.Known, done.left = []api.Refusal{}, 1, 0
			return nil
		}
		why := done.Refused[0]
		return &Error{Kind: Refused, Code: PromiseRefused, Event: &why, err: fmt.Errorf("%s: %s", p.Notice, why.Reason)}
	}
	return err
}

// promised reports whether the record holds a promise already, under one of its ids. It refuses one under whose ids it holds
// something else alone.
func (u *use) promised(ctx context.Context, e *casework.Event, ids []string) (bool, error) {
	other := ""
	for _, id := range ids {
		held, err := u.heldEvent(ctx, e.Source, id)
		switch {
		case err != nil:
			return false, err
		case held == nil:
		case samePromise(held, e):
			return true, nil
		default:
			other = id
		}
	}
	if other != "" {
		return false, refusef(KnownOtherwise, "%s: the record holds something else under that id: give this agreed date an id of its own", other)
	}
	return false, nil
}

// heldEvent returns the event of a source and an id; nil where the record holds none in a case.
func (s *Service) heldEvent(ctx context.Context, source, id string) (*casework.Event, error) {
	events, err := s.record.CaseOfEvent(ctx, source, id)
	if err != nil {
		if errors.Is(err, store.ErrUnknown) {
			err = nil
		}
		return nil, err
	}
	if i := slices.IndexFunc(events, func(held casework.Event) bool { return held.ID == id && held.Source == source }); i >= 0 {
		return &events[i], nil
	}
	return nil, nil
}

// samePromise reports whether an event says what a promise does.
func samePromise(held, promise *casework.Event) bool {
	same := held.Type == promise.Type
	for name := range promise.Data {
		same = same && held.Data.Text(name) == promise.Data.Text(name)
	}
	return same
}

// checkEmployed refuses a reference of nobody who works here.
func (s *Service) checkEmployed(ctx context.Context, who string) error {
	known, err := s.record.Employed(ctx, who)
	if err == nil && !known {
		err = &Error{
			Kind: Refused, Code: UnknownPerson, Field: "by",
			err: fmt.Errorf("%s: the record knows nobody of that reference who works here: give the staff reference of a staff.appointed", who),
		}
	}
	return err
}

// findNotice finds a notice by its id.
func (s *Service) findNotice(ctx context.Context, id string) (*store.NoticeRow, error) {
	if id == "" {
		return nil, Refusef("name a notice by its id, which stands in the letter")
	}
	list, err := s.record.FindNotices(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, refusef(UnknownNotice, "%s: the record holds no such notice: its id stands in the letter", id)
	case len(list) > 1:
		return nil, refusef(UnknownNotice, "%s: %s", id, severalNotices(list))
	case list[0].Case == "":
		return nil, refusef(ListAcknowledged, "%s: it is a list of a first load, not a notice about one timescale", id)
	}
	return &list[0], nil
}

// severalNotices says which notices an id names that names more than one: a morning's message, or too little of an id.
func severalNotices(list []store.NoticeRow) string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].ID[:8] + " (" + cmp.Or(list[i].Ref, list[i].Kind) + ")"
	}
	return "it names several notices: give the id of one of them, " + english.Or(names)
}

// sourceOf is the source by whose reference the notice shows its case.
func (s *Service) sourceOf(ctx context.Context, n *store.NoticeRow) (string, error) {
	events, err := s.record.Events(ctx, "", n.Case)
	if err != nil {
		return "", err
	}
	for i := range events {
		key, err := s.record.CaseKey(ctx, events[i].Source, n.Case)
		switch {
		case errors.Is(err, store.ErrUnknown):
		case err != nil:
			return "", err
		case key == n.CaseKey:
			return events[i].Source, nil
		}
	}
	return "", Refusef("%s: no source refers to its case as %s any more", n.ID, n.Case)
}
