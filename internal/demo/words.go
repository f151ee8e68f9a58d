package demo

import (
	"fmt"
	"strings"

	"longstop/english"
	"longstop/store"
)

// toldOf reports whether a channel has taken a notice: e-mail, or the log, which reaches
// nobody.
func toldOf(n *store.NoticeRow) bool { return n.State == "sent" || n.State == "logged" }

// noticeWords returns one line about a notice that was sent.
func noticeWords(n *store.NoticeRow) string {
	to := english.Role(n.Role)
	if n.ToName != "" {
		to = n.ToName + ", " + to
	}
	about := n.Ref
	if n.Due != "" {
		about += " due " + n.Due
	}
	if n.Rung != "" {
		about += ", " + english.Step(n.Rung)
	}
	words := fmt.Sprintf("%-10s %s; case %s, to %s", n.Kind, about, n.Case, to)
	if len(n.Missed) > 0 {
		missed := make([]string, len(n.Missed))
		for i, label := range n.Missed {
			missed[i] = english.Step(label)
		}
		words += " (making up for " + strings.Join(missed, ", ") + ")"
	}
	return words
}

// noticeCounts says how many notices were sent, wait and reached nobody, from their number
// by state. What was only logged is named as such, where there is any.
func noticeCounts(states map[string]int) string {
	words := []string{fmt.Sprintf("%d sent", states["sent"])}
	if n := states["logged"]; n > 0 {
		words = append(words, fmt.Sprintf("%d logged, which reaches nobody", n))
	}
	waiting := states["due"] + states["in_tray"] + states["claimed"] + states["sending"] + states["failed"]
	return strings.Join(append(words, fmt.Sprintf("%d waiting", waiting), fmt.Sprintf("%d undeliverable", states["undeliverable"])), ", ")
}
