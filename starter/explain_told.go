package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
)

// tellings are what was said about a duty, in order: the notices as they were sent, and the lists
// on which it stood.
func tellings(x *store.Explained, d *casework.Explanation) []casework.ExplainedNotice {
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

// telling is a notice of the record without its words.
func telling(n *store.NoticeRow) casework.ExplainedNotice {
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
	t := telling(n)
	t.Name = name
	said := casework.Notice{
		At: n.At, Duty: n.Duty, Ref: n.Ref, Due: n.Due, Rung: n.Rung, Role: timescale.Role(n.Role), Kind: casework.Kind(n.Kind), Missed: n.Missed,
	}
	t.Text = fmt.Sprintf("%s  %s. %s Notice %s.", londonTime(n.At), b.NoticeWords(&said, addressee(n, t.Name)), delivery(n), n.ID)
	return t
}

// listReceipt is a list on which a duty stood.
func listReceipt(l *store.Listed, name string) casework.ExplainedNotice {
	t := telling(&l.NoticeRow)
	t.Name, t.Due = name, l.ListedDue
	on := "this duty stood on it"
	if !l.Named {
		on = "this duty was counted in it, and is not among the latest that it names"
	}
	t.Text = fmt.Sprintf("%s  list of what was overdue at the first load, to %s: %s, due %s. %s Notice %s.",
		londonTime(l.At), addressee(&l.NoticeRow, t.Name), on, dueWords(l.ListedDue), delivery(&l.NoticeRow), l.ID)
	return t
}

// londonTime is an instant to the minute in London, as explanations write it.
func londonTime(t time.Time) string { return calendar.InLondon(t).Format("Mon 2 Jan 2006 15:04 MST") }

// addressee is who got a notice, and why they where the rung names somebody else.
func addressee(n *store.NoticeRow, name string) string {
	role := "the " + strings.ReplaceAll(n.Role, "_", " ")
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
		return who + ", in the place of " + role + " (" + n.Standing + ")"
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
			words = "Sent by " + channelWords(n.Channel) + " on " + longInstant(*n.SentAt)
		}
	case "logged":
		words = "Kept in the record and the log, since no mail server was set; it reached nobody"
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
	if reason := strings.ReplaceAll(n.Reason, "_", " "); reason != "" {
		words += ": " + reason
	}
	if n.With > 0 {
		words += fmt.Sprintf(", in one letter with %d %s", n.With, plural(n.With, "other"))
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
