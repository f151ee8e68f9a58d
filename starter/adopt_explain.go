package main

import (
	"cmp"
	"fmt"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
)

// lawByDuty are what adopted laws changed about duties, by duty, with what they put right of the
// timescales.
func lawByDuty(book *casework.Book, changes []store.LawChange) map[string][]casework.FactChange {
	found := map[string][]casework.FactChange{}
	for i := range changes {
		c := &changes[i]
		found[c.Duty] = append(found[c.Duty], casework.FactChange{
			At: instantText(c.At), Kind: casework.ChangeLaw, Type: lawPart(c), By: c.By, Why: c.Reason,
			DueBefore: c.DueBefore, DueAfter: c.DueAfter, LocalBefore: c.LocalBefore, LocalAfter: c.LocalAfter,
			Text: strings.TrimSpace(londonTime(c.At) + "  " + lawChangeWords(c) + " " + casework.CorrectionWords(book.CorrectionsBy(c.On, c.Ref, c.Change))),
		})
	}
	return found
}

// lawChangeWords says what an adoption did to a duty: "The date moved on … from … to …
// because the law changed: …".
func lawChangeWords(c *store.LawChange) string {
	on := longDay(calendar.DateOf(c.At))
	if c.Past != nil && !c.Live {
		return pastChangeWords(c, on)
	}
	why := fmt.Sprintf("the law changed: %s, by %s, on %s.", strings.TrimRight(c.Reason, ". "), c.By, longDay(calendar.DateOf(c.On)))
	switch c.Change {
	case casework.Appears:
		return fmt.Sprintf("It is owed since %s because %s", on, why)
	case casework.Goes:
		return fmt.Sprintf("It was owed no more from %s because %s", on, why)
	case casework.Moves:
		here := ""
		if c.LocalBefore != c.LocalAfter {
			here = fmt.Sprintf(", and the council's own from %s to %s,", dueWords(c.LocalBefore), dueWords(c.LocalAfter))
		}
		return fmt.Sprintf("The date moved on %s from %s to %s%s because %s", on, dueWords(c.DueBefore), dueWords(c.DueAfter), here, why)
	case casework.Local:
		return fmt.Sprintf("The council's own date moved on %s from %s to %s because %s", on, dueWords(c.LocalBefore), dueWords(c.LocalAfter), why)
	default:
		return fmt.Sprintf("On %s it went from %s to %s because %s", on, stateWord(c.StateBefore), stateWord(c.StateAfter), why)
	}
}

// lawPart is what of the law an adoption changed.
func lawPart(c *store.LawChange) string {
	switch {
	case c.CalendarChanged && c.RulesChanged:
		return "rules and bank holidays"
	case c.CalendarChanged:
		return "bank holidays"
	default:
		return "rules"
	}
}

// lawOfLater says of an explanation that it goes by a law which was adopted after its moment.
func lawOfLater(x *store.Explained) string {
	at := x.Plan.AsOf
	if !x.Plan.KnownAt.IsZero() && x.Plan.KnownAt.Before(at) {
		at = x.Plan.KnownAt
	}
	adopted := x.Book.Adopted()
	switch {
	case !adopted.After(at):
		return ""
	case x.LawUnread:
		return fmt.Sprintf("This release cannot read the rules of that day: it goes by those adopted on %s.", longDay(calendar.DateOf(adopted)))
	case x.Plan.KnownAt.IsZero():
		return fmt.Sprintf("It goes by the rules and bank holidays adopted on %s, after that day; --known-at goes by those that were in force.", longDay(calendar.DateOf(adopted)))
	}
	return ""
}

// pastChangeWords says what an adoption that was meant for the past too did to a duty that
// was over.
func pastChangeWords(c *store.LawChange, on string) string {
	why := fmt.Sprintf("%s adopted other %s for the past as well, on %s, because: %s.", c.By, lawPart(c), longDay(calendar.DateOf(c.On)), strings.TrimRight(c.Reason, ". "))
	was, is := shownAs(c.StateBefore, c.DueBefore, c.LocalBefore), shownAs(c.StateAfter, c.DueAfter, c.LocalAfter)
	switch c.Change {
	case casework.Appears:
		return fmt.Sprintf("Until %s it was not shown. Since then it is shown as %s: %s", on, is, why)
	case casework.Goes:
		return fmt.Sprintf("Until %s it was shown as %s. Since then it is not shown: %s", on, was, why)
	default:
		return fmt.Sprintf("Until %s it was shown as %s. Since then it is shown as %s: %s", on, was, is, why)
	}
}

// shownAs is how a duty that is over stood, with its dates.
func shownAs(state casework.State, due, local string) string {
	words := stateWord(state)
	if state == casework.Met {
		words = "met in time"
	}
	if due != "" {
		words += ", with the due date " + dueWords(due)
	}
	if local != "" {
		words += " and the council's own date " + dueWords(local)
	}
	return words
}

// dueWords is a due date or instant in words.
func dueWords(text string) string {
	when, err := casework.ParseWhen(text)
	switch {
	case text == "" || err != nil:
		return cmp.Or(text, "none")
	case when.DayOnly():
		return longDay(when.Day)
	default:
		return longInstant(when.Instant)
	}
}
