package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Promise is an acknowledgement of a duty's notices, which holds some of them back.
type Promise struct {
	At      string   `json:"at"` // when it was recorded, in UTC
	Entry   string   `json:"entry"`
	By      string   `json:"by,omitempty"`   // a staff reference
	Name    string   `json:"name,omitempty"` // and role, where they are known
	Note    string   `json:"note,omitempty"`
	Until   string   `json:"until"` // the promised day
	Renewal bool     `json:"renewal,omitempty"`
	Held    []string `json:"held_back,omitempty"` // the messages that it held back
	Text    string   `json:"text"`

	from, until time.Time
}

func (p Promise) line() string { return p.Text }

// promises are those that were made about the duty, in the order in which they were recorded.
func (x *explaining) promises() []Promise {
	var list []Promise
	for _, n := range x.promised[x.duty.ID] {
		p := Promise{
			At: n.recorded.UTC().Format(time.RFC3339), Entry: n.id, By: n.Data.Text("by"), Note: n.Data.Text("note"),
			Until: n.Data.Day("promise").String(), from: n.recorded, until: n.Data.Day("promise").End(),
		}
		if name := x.nameOf(p.By, calendar.DateOf(n.recorded)); name != p.By {
			p.Name = name
		}
		last := len(list) - 1
		p.Renewal = last >= 0 && !p.from.After(list[last].until) && x.dueAt(p.from) == x.dueAt(list[last].from)
		p.Held = x.heldBack(&p, list)
		p.Text = x.promiseWords(&p)
		list = append(list, p)
	}
	return list
}

// dueAt is the due date that the duty had at an instant; "" where it had none.
func (x *explaining) dueAt(t time.Time) string {
	if d := x.run.log.at(x.duty.ID, t); d != nil {
		return d.DueText()
	}
	return ""
}

// promiseWords is "Mon 14 Dec 2026 10:00 GMT  Carys Plover (team manager) wrote: “…”, to be done by
// Mon 21 Dec 2026", and what that held back.
func (x *explaining) promiseWords(p *Promise) string {
	who := cmp.Or(p.Name, p.By, "Somebody who is not named")
	day := longDay(calendar.DateOf(p.until))
	verb := "wrote"
	if p.Renewal {
		verb = "renewed the promise and wrote"
	}
	said := fmt.Sprintf("%s %s: “%s”, to be done by %s.", who, verb, p.Note, day)
	switch {
	case p.Note == "" && p.Renewal:
		said = fmt.Sprintf("%s renewed the promise, to be done by %s.", who, day)
	case p.Note == "":
		said = fmt.Sprintf("%s promised that it would be done by %s.", who, day)
	}
	held := "This held back"
	if x.plan.AsOf.Before(p.until) {
		held = "So far this has held back"
	}
	if len(p.Held) == 0 {
		return longInstant(p.from) + "  " + said + " " + held + " no message."
	}
	return longInstant(p.from) + "  " + said + " " + held + ": " + strings.Join(p.Held, "; ") + "."
}

// heldBack are the messages that would have gone to the managers while a promise held, but for
// those that an earlier promise held back already.
func (x *explaining) heldBack(p *Promise, before []Promise) []string {
	until := p.until
	if x.plan.AsOf.Before(until) {
		until = x.plan.AsOf
	}
	turns := append([]time.Time{p.from}, x.run.learned[x.run.knownAt(p.from):x.run.knownAt(until)]...)
	var list []string
	for i, at := range turns {
		next := until.Add(1)
		if i+1 < len(turns) {
			next = turns[i+1]
		}
		list = append(list, x.heldBetween(at, next, before)...)
	}
	return slices.Compact(list)
}

// heldBetween are the managers' messages that would have gone between two instants between which
// nothing was recorded, but for those that a promise held back already.
func (x *explaining) heldBetween(from, until time.Time, before []Promise) []string {
	d := x.run.planAt(from).Duty(x.duty.ID)
	if d == nil || !rings(d, from) {
		return nil
	}
	var list []string
	for _, s := range x.run.stepsOf(d, from) {
		if s.kind == Reminder || s.at.Before(from) || !s.at.Before(until) || heldBefore(before, s.at) {
			continue
		}
		if then := x.run.planAt(s.at).Duty(x.duty.ID); then == nil || !rings(then, s.at) {
			continue
		}
		for _, role := range s.roles {
			if role.Role == timescale.TeamManager || role.Role == timescale.ServiceManager {
				n := x.run.noticeOf(d, &s, role)
				n.At = s.at
				list = append(list, fmt.Sprintf("the %s to %s of %s, %s", noticeKind(n.Kind), roleName(n.Role), longInstant(n.At), x.book.rungWords(&n)))
			}
		}
	}
	return list
}

func heldBefore(list []Promise, at time.Time) bool {
	return slices.ContainsFunc(list, func(p Promise) bool { return !at.Before(p.from) && !at.After(p.until) })
}

// findPromises finds the acknowledgements that had happened by the moment, and those that were
// corrected or voided, by duty.
func (e *Explainer) findPromises() {
	e.promised, e.revised = map[string][]*entry{}, map[string][]revised{}
	for _, n := range e.line.of(typeAcknowledged) {
		duty := n.Data.Text("duty")
		e.promised[duty] = append(e.promised[duty], n)
	}
	for _, list := range e.promised {
		slices.SortFunc(list, byRecorded)
	}
	for i := range e.histories {
		h := &e.histories[i]
		if h.First.Type != typeAcknowledged {
			continue
		}
		duty := h.First.Data.Text("duty")
		for j := range h.Revisions {
			e.revised[duty] = append(e.revised[duty], revised{&h.Revisions[j], h})
		}
	}
}
