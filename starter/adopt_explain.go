package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
)

// addLawChanges adds to explanations from the record what adopted laws did to their duties
// up to an instant.
func (s *service) addLawChanges(source, ref string, asOf time.Time, list []*casework.Explanation) error {
	changes, err := s.record.LawChanges(s.app.ctx, source, ref)
	if err != nil {
		return err
	}
	for _, x := range list {
		for i := range changes {
			if c := &changes[i]; c.Duty == x.Duty && !c.At.After(asOf) {
				x.Remarks = append(x.Remarks, lawChangeWords(c))
			}
		}
	}
	return nil
}

// lawChangeWords says what an adoption did to a duty: "The date moved on … from … to …
// because the law changed: …".
func lawChangeWords(c *store.LawChange) string {
	on := longDay(calendar.DateOf(c.At))
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
		return fmt.Sprintf("On %s it went from %s to %s because %s", on, c.StateBefore, c.StateAfter, why)
	}
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
