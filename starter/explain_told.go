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

// addReceipts gives explanations from the record the notices of their duties as they were
// sent: to whom, how, and by which id an answer names them.
func (s *service) addReceipts(source, ref string, asOf time.Time, list []*casework.Explanation) error {
	rows, err := s.record.Notices(s.app.ctx, store.NoticeFilter{Source: source, Case: ref})
	if err != nil {
		return err
	}
	for _, x := range list {
		x.Notices = nil
		for i := range rows {
			if n := &rows[i]; n.Duty == x.Duty && n.ClaimedAt != nil && !n.ClaimedAt.After(asOf) {
				x.Notices = append(x.Notices, receipt(n))
			}
		}
	}
	return nil
}

// receipt is "Mon 7 Dec 2026 09:00  escalation +1wd, due Sat 5 Dec 2026, to the team manager,
// Carys Plover: sent by email on …. Notice 6f1d….".
func receipt(n *store.NoticeRow) string {
	what := strings.Join(strings.Fields(n.Kind+" "+n.Rung), " ")
	to := strings.ReplaceAll(n.Role, "_", " ")
	if name := cmp.Or(n.ToName, n.To); name != "" {
		to += ", " + name
	}
	if n.Standing != "" {
		to += " (" + n.Standing + ")"
	}
	at := calendar.InLondon(n.At).Format("Mon 2 Jan 2006 15:04")
	if n.Due != "" {
		what += ", due " + dueWords(n.Due) + ","
	}
	return fmt.Sprintf("%s  %s to the %s: %s. Notice %s.", at, what, to, delivery(n), n.ID)
}

// delivery says what became of a notice.
func delivery(n *store.NoticeRow) string {
	words := strings.ReplaceAll(n.State, "_", " ")
	switch {
	case n.State == "logged":
		words = "kept in the record and the log, since no mail server is set; it reached nobody"
	case n.State == "sent" && n.SentAt != nil:
		words = "sent by " + cmp.Or(n.Channel, "an unknown channel") + " on " + longInstant(*n.SentAt)
	}
	if n.Reason != "" {
		words += ", " + n.Reason
	}
	if n.With > 0 {
		words += fmt.Sprintf(", in one letter with %d %s", n.With, plural(n.With, "other"))
	}
	if n.PerhapsTwice {
		words += ", perhaps twice"
	}
	return words
}
