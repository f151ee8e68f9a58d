package service

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/store"
	"longstop/timescale"
)

// explainedNotices returns what was said about a duty, in order: the notices as they were sent, and the lists
// on which it stood.
func explainedNotices(x *store.Explained, d *casework.Explanation) []casework.ExplainedNotice {
	var list []casework.ExplainedNotice
	for i := range x.Notices {
		if n := &x.Notices[i]; n.Duty == d.Duty {
			list = append(list, receipt(x.Book, n, x.Name(n.To, calendar.DateOf(n.At))))
		}
	}
	for i := range x.Listed {
		if l := &x.Listed[i]; stoodOn(l, d) {
			list = append(list, listReceipt(l, x.Name(l.To, calendar.DateOf(l.At))))
		}
	}
	slices.SortStableFunc(list, func(a, b casework.ExplainedNotice) int { return cmp.Compare(a.At, b.At) })
	return list
}

// stoodOn reports whether a duty is the one on a list. A list of an earlier release does not say
// which of a timescale's duties it means: then it is the one that had the date.
func stoodOn(l *store.Listed, d *casework.Explanation) bool {
	if l.Duty != "" {
		return l.Duty == d.Duty
	}
	had := d.DueDate == l.ListedDue || slices.ContainsFunc(d.Changes, func(c casework.FactChange) bool { return c.DueBefore == l.ListedDue })
	return l.Ref == d.Ref && had
}

// explainedNotice is a notice of the record without its words.
func explainedNotice(n *store.NoticeRow) casework.ExplainedNotice {
	t := casework.ExplainedNotice{
		At: instantText(n.At), Kind: n.Kind, Rung: n.Rung, Role: timescale.Role(n.Role), Due: n.Due, ID: n.ID, To: n.To,
		State: n.State, Channel: n.Channel, Reason: n.Reason,
	}
	if n.SentAt != nil {
		t.SentAt = instantText(*n.SentAt)
	}
	return t
}

// receipt is "Mon 7 Dec 2026 09:00 GMT  escalation to Carys Plover (team manager), 1 working day
// after the due date, Sat 5 Dec 2026. Sent by e-mail on …. Notice 6f1d….".
func receipt(b *casework.Book, n *store.NoticeRow, name string) casework.ExplainedNotice {
	t := explainedNotice(n)
	t.Name = name
	said := casework.Notice{
		At: n.At, Duty: n.Duty, Ref: n.Ref, Due: n.Due, Rung: n.Rung, Role: timescale.Role(n.Role), Kind: casework.Kind(n.Kind), Missed: n.Missed,
	}
	t.Text = fmt.Sprintf("%s  %s. %s Notice %s.", english.Minute(n.At), b.NoticeWords(&said, addressee(n, t.Name)), delivery(n), n.ID)
	return t
}

// listReceipt is a list on which a duty stood.
func listReceipt(l *store.Listed, name string) casework.ExplainedNotice {
	t := explainedNotice(&l.NoticeRow)
	t.Name, t.Due = name, l.ListedDue
	on := "this timescale was on it"
	if !l.Named {
		on = "this timescale was counted in it, and is not among the latest that it names"
	}
	t.Text = fmt.Sprintf("%s  list of what was overdue at the first load, to %s: %s, due %s. %s Notice %s.",
		english.Minute(l.At), addressee(&l.NoticeRow, t.Name), on, dueWords(l.ListedDue), delivery(&l.NoticeRow), l.ID)
	return t
}

// addressee is who got a notice, and why they where the rung names somebody else.
func addressee(n *store.NoticeRow, name string) string {
	role := english.TheRole(n.Role)
	who := cmp.Or(name, n.To)
	switch {
	case who == "":
		return role
	case n.Standing == "cover":
		return who + ", who covers for " + role
	case n.Standing == "nobody":
		return who + ", since nobody was there as " + strings.TrimPrefix(role, "the ")
	case n.Standing == "refused":
		return who + ", since " + role + " could not be reached"
	case n.Standing != "":
		return who + ", instead of " + role + " (" + n.Standing + ")"
	case name == "" || !strings.HasSuffix(name, "("+strings.TrimPrefix(role, "the ")+")"):
		return who + ", as " + strings.TrimPrefix(role, "the ")
	}
	return who
}

// delivery says what became of a notice, in a sentence.
func delivery(n *store.NoticeRow) string {
	words := ""
	switch n.State {
	case "sent":
		words = "Sent"
		if n.SentAt != nil {
			words = "Sent by " + channelWords(n.Channel) + " on " + english.Second(*n.SentAt)
		}
	case "logged":
		words = "Kept in the record and the log, since no mail server was set; it reached nobody"
	case "bounced":
		words = "It was sent and came back; it reached nobody"
	case "not_sent":
		words = "Withdrawn before it was sent"
	case "undeliverable":
		words = "It could not be delivered"
	case "failed":
		words = "Not delivered yet, and tried again"
	case "due", "claimed", "sending":
		words = "About to be sent"
	default:
		words = n.State
	}
	if reason := english.Spaced(n.Reason); reason != "" {
		words += ": " + reason
	}
	if n.With > 0 {
		words += ", in one letter with " + english.Count(n.With, "other")
	}
	if n.PerhapsTwice {
		words += ", perhaps twice"
	}
	return strings.TrimRight(words, ". ") + "."
}

// channelWords is a channel as people call it.
func channelWords(channel string) string {
	if channel == "email" {
		return "e-mail"
	}
	return cmp.Or(channel, "an unknown channel")
}

// lawChanges returns what adopted laws changed about duties, by duty, with what they put right of the timescales.
func lawChanges(book *casework.Book, changes []store.LawChange) map[string][]casework.FactChange {
	found := map[string][]casework.FactChange{}
	for i := range changes {
		c := &changes[i]
		found[c.Duty] = append(found[c.Duty], casework.FactChange{
			At: instantText(c.At), Kind: casework.ChangeLaw, Type: lawPart(c), By: c.By, Why: c.Reason,
			DueBefore: c.DueBefore, DueAfter: c.DueAfter, LocalBefore: c.LocalBefore, LocalAfter: c.LocalAfter,
			Text: strings.TrimSpace(english.Minute(c.At) + "  " + lawChangeWords(c) + " " + casework.CorrectionWords(book.CorrectionsBy(c.On, c.Ref, c.Change))),
		})
	}
	return found
}

// lawChangeWords says what an adoption did to a duty: "The date moved on … from … to …
// because the law changed: …".
func lawChangeWords(c *store.LawChange) string {
	on := english.Day(calendar.DateOf(c.At))
	if c.Past != nil && !c.Live {
		return pastChangeWords(c, on)
	}
	why := fmt.Sprintf("the law changed: %s, by %s, on %s.", strings.TrimRight(c.Reason, ". "), c.By, english.Day(calendar.DateOf(c.On)))
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
		return fmt.Sprintf("On %s it went from %s to %s because %s", on, english.State(c.StateBefore), english.State(c.StateAfter), why)
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
		return fmt.Sprintf("This release cannot read the rules of that day: it goes by those adopted on %s.", english.Day(calendar.DateOf(adopted)))
	case x.Plan.KnownAt.IsZero():
		return fmt.Sprintf("It goes by the rules and bank holidays adopted on %s, after that day; --known-at goes by those that were in force.", english.Day(calendar.DateOf(adopted)))
	}
	return ""
}

// pastChangeWords says what an adoption that was meant for the past too did to a duty that
// was over.
func pastChangeWords(c *store.LawChange, on string) string {
	why := fmt.Sprintf("%s adopted other %s for the past as well, on %s, because: %s.", c.By, lawPart(c), english.Day(calendar.DateOf(c.On)), strings.TrimRight(c.Reason, ". "))
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
	words := english.State(state)
	if state == casework.Met {
		words = "done in timescale"
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
		return english.Day(when.Day)
	default:
		return english.Second(when.Instant)
	}
}

func instantText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
