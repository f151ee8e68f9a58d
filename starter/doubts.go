package main

import (
	"fmt"
	"slices"
	"time"

	"longstop/casework"
	"longstop/internal/names"
)

// lookedFor bounds for how many references of one command similar ones are looked for: a whole
// file of cases that nobody has opened is no slip of the keyboard.
const lookedFor = 20

// unopenedReason says that nothing has opened a case, and which one may be meant among others.
func unopenedReason(reference, others string) string {
	return fmt.Sprintf("nothing has opened its case %s, so it starts no timescale and counts for none: check the case's reference.%s", reference, others)
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
