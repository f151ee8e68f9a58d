package casework

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/internal/names"
	"longstop/timescale"
)

// Doubts says what in an event that stands is probably a slip: a key of its data that is not read
// and resembles one that is, a visit that does not say whether the child was seen, something
// agreed for a day before the agreement, and a source that reports nothing by which anything could be
// met. It is taken as it is.
func (b *Book) Doubts(e *Event) []Refusal {
	t := b.types[e.Type]
	if t == nil || e.Voids != "" {
		return nil
	}
	doubts, meant := b.doubtfulKeys(e, t)
	for _, f := range t.Fields {
		switch {
		case f.Name == "seen" && e.Data["seen"] == nil && !meant["seen"]:
			doubts = append(doubts, *refuse(*e, "it does not say whether the child was seen, so it counts as no visit: give data.seen, true or false"))
		case f.Kind == timescale.Day && lookAhead(f.Name) && before(e.Data.Day(f.Name), e.At.Day):
			doubts = append(doubts, *refuse(*e, "data.%s is earlier than the event: check both dates", f.Name))
		}
	}
	if why := b.doubtfulSource(e); why != "" {
		doubts = append(doubts, *refuse(*e, "%s", why))
	}
	return doubts
}

// lookAhead reports whether a date is one that was set for later.
func lookAhead(field string) bool { return field == "for" || field == "due" || field == "review_by" }

func before(day, other calendar.Date) bool { return !day.IsZero() && day < other }

// doubtfulKeys are keys that may be misspelt. Other keys that the vocabulary does not know are a
// source's own, and are kept.
func (b *Book) doubtfulKeys(e *Event, t *eventType) (doubts []Refusal, meant map[string]bool) {
	var fields []string
	for _, f := range t.Fields {
		fields = append(fields, f.Name)
	}
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		if slices.Contains(fields, key) || slices.Contains(shownAlways, key) {
			continue
		}
		near := names.Near(key, slices.Values(fields))
		if len(near) == 0 {
			continue
		}
		if meant == nil {
			meant = map[string]bool{}
		}
		for _, field := range near {
			meant[field] = true
		}
		doubts = append(doubts, *refuse(*e, "data.%.40q is not read. Did you mean %s?", key, strings.Join(near, " or ")))
	}
	return doubts, meant
}

// Unopened finds, among the events of one case, the first that belongs to something which nothing in
// the case has begun: such as a visit of a case in which no plan, no care and no referral was ever
// recorded. It is nil where something has, where nothing asks for it, and where a duty has started
// by an instant all the same. A mistyped reference makes such a case.
func (b *Book) Unopened(events []Event, now time.Time) *Event {
	var found *Event
	for i := range events {
		e := &events[i]
		t := b.types[e.Type]
		switch {
		case t == nil || e.Voids != "":
		case t.founds:
			return nil
		case t.follows && found == nil:
			found = e
		}
	}
	if found == nil || len(b.Fold(events, Moment{AsOf: now}).Duties) > 0 {
		return nil
	}
	return found
}

// DoubtfulDeath is a death that is probably dated too early.
type DoubtfulDeath struct {
	Death *Event
	Birth *Event // what it contradicts; nil where that is no birth
	Why   string
}

// DoubtfulDeaths finds, among the events of one case that have happened by an instant, a death that
// lies before the birth, and one after which more is recorded than what ends something: plans and
// cases are closed after a death, and nothing else is to be expected.
func (b *Book) DoubtfulDeaths(events []Event, now time.Time) []DoubtfulDeath {
	if !slices.ContainsFunc(events, func(e Event) bool { return e.Type == typeDied }) {
		return nil
	}
	t := b.lay(events, Moment{AsOf: now})
	if t.died.IsZero() {
		return nil
	}
	at := slices.IndexFunc(t.all, (*entry).isDeath)
	death, after := t.all[at].Event, 0
	var doubts []DoubtfulDeath
	if born := t.of(typeBorn); len(born) > 0 && t.died < t.born {
		doubts = append(doubts, DoubtfulDeath{
			Death: death, Birth: born[len(born)-1].Event,
			Why: "the child died before the day of birth that the case holds: it may be a stillbirth; otherwise correct the one that is wrong",
		})
	}
	for _, n := range t.late {
		if !n.kind.ends {
			after++
		}
	}
	if after > 0 {
		doubts = append(doubts, DoubtfulDeath{Death: death, Why: fmt.Sprintf(
			"the child died on %s, and %s; check the date of the death, and correct it where it is wrong", longDay(t.died), datedAfter(after))})
	}
	return doubts
}

func datedAfter(events int) string {
	if events == 1 {
		return "1 event is dated after that day: it does not count"
	}
	return fmt.Sprintf("%d events are dated after that day: they do not count", events)
}

// UnopenedReason says what Unopened has found.
const UnopenedReason = "nothing has opened its case, so it starts no clock and meets nothing: check the case's reference"

// countRoles notes for each type of event whether it needs nothing before it: it opens a case or a
// period, or starts a timescale without one and neither meets nor ends anything; and whether it
// meets or ends what another began; and whether it is work, or meets anything. Timescales that are off count: what they are about has begun.
func (b *Book) countRoles() {
	opens, starts, meets, follows := map[string]bool{}, map[string]bool{}, map[string]bool{}, setOf(b.pack.CaseEnds)
	matched := func(list []timescale.Match) {
		for i := range list {
			follows[list[i].Event] = true
		}
	}
	for i := range b.pack.Periods {
		p := &b.pack.Periods[i]
		for _, e := range p.Ends {
			follows[e.Event] = true
		}
		for _, o := range p.Opens {
			opens[o.Event] = true
		}
	}
	for i := range b.pack.Timescales {
		t := &b.pack.Timescales[i]
		for _, m := range t.MetBy {
			meets[m.Event], follows[m.Event] = true, true
		}
		matched(t.EndedBy)
		for _, s := range t.Starts {
			starts[s.Event] = starts[s.Event] || t.Period == ""
		}
	}
	for name, t := range b.types {
		t.founds = t.opens || !t.Marks && (opens[name] || starts[name] && !follows[name])
		t.follows = follows[name] && !t.Marks
		t.works = !t.Marks || meets[name]
	}
}
