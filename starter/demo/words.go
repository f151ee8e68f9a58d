package demo

import (
	"fmt"
	"slices"
	"strings"

	"longstop/store"
)

func sortMoments(list []moment) {
	slices.SortStableFunc(list, func(a, b moment) int { return a.at.Compare(b.at) })
}

// noticeWords is one line about a notice that was sent.
func noticeWords(n *store.NoticeRow) string {
	to := strings.ReplaceAll(n.Role, "_", " ")
	if n.ToName != "" {
		to = n.ToName + ", " + to
	}
	what := n.Kind
	if n.Rung != "" {
		what += " " + n.Rung
	}
	about := n.Ref
	if n.Due != "" {
		about += " due " + n.Due
	}
	words := fmt.Sprintf("%-16s %s, case %s, to %s", what, about, n.Case, to)
	if len(n.Missed) > 0 {
		words += " (making up for " + strings.Join(n.Missed, ", ") + ")"
	}
	return words
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
