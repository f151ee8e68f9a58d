package main

import (
	"fmt"
	"slices"
	"time"

	"longstop/casework"
	"longstop/internal/names"
	"longstop/store"
)

// lookedFor bounds for how many references of one command similar ones are looked for: a whole
// file of cases that nobody has opened is no slip of the keyboard.
const lookedFor = 20

// unopenedReason says that nothing has opened a case, and which one may be meant among others.
func unopenedReason(reference, others string) string {
	return fmt.Sprintf("nothing has opened its case %s, so it starts no clock and meets nothing: check the case's reference.%s", reference, others)
}

// doubtUnopened warns of what was recorded in cases that nothing has opened, and names cases with
// similar references. Where these cannot be read, that is said in their place.
func (s *service) doubtUnopened(done *recorded) {
	known := map[string][]string{}
	for i, u := range done.unopened {
		others := ""
		if i < lookedFor {
			others = s.similar(u, known)
		}
		done.Warnings = append(done.Warnings, refusedRow{Event: u.Event, Line: u.Line, Reason: "recorded, but " + unopenedReason(u.Reference, others)})
	}
	done.unopened = nil
}

// similar asks whether another case was meant; known keeps each source's references.
func (s *service) similar(u store.Unopened, known map[string][]string) string {
	refs, read := known[u.Source]
	if !read {
		var err error
		if refs, err = s.record.References(s.app.ctx, u.Source); err != nil {
			return fmt.Sprintf(" (Similar ones could not be looked for: %v.)", err)
		}
		known[u.Source] = refs
	}
	return names.DidYouMean(u.Reference, slices.Values(refs))
}

// warn names what is probably a slip in accepted events of a file, one line each.
func (a *app) warn(doubts []casework.Refusal) {
	for i := range doubts {
		a.say("warning: " + doubts[i].Error())
	}
}

// lastOf is when the last of some events was recorded.
func lastOf(events []casework.Event) time.Time {
	var last time.Time
	for i := range events {
		if events[i].Recorded.After(last) {
			last = events[i].Recorded
		}
	}
	return last
}

// doubtsOf are those about the events of a file, case by case.
func doubtsOf(book *casework.Book, cases [][]casework.Event) []casework.Refusal {
	var doubts []casework.Refusal
	var opened []string
	var unopened []*casework.Event
	for _, events := range cases {
		for i := range events {
			doubts = append(doubts, book.Doubts(&events[i])...)
		}
		for _, d := range book.DoubtfulDeaths(events, lastOf(events)) {
			doubts = append(doubts, casework.Refusal{Line: d.Death.Line, Event: d.Death.ID, Reason: d.Why})
		}
		if e := book.Unopened(events, lastOf(events)); e != nil {
			unopened = append(unopened, e)
		} else if len(events) > 0 {
			opened = append(opened, events[0].Case)
		}
	}
	for i, e := range unopened {
		others := ""
		if i < lookedFor {
			others = names.DidYouMean(e.Case, slices.Values(opened))
		}
		doubts = append(doubts, casework.Refusal{Line: e.Line, Event: e.ID, Reason: unopenedReason(e.Case, others)})
	}
	return doubts
}
